//! One object, by Object ID.

use domain::codes::{Event, ObjectFlag};
use domain::object::{Measurement, ObjectDescription, Year, YearSpan};
use domain::{CivilDate, Country, FieldErrors};

use super::{links, not_in_the_future};
use crate::submit::{RawMeasurement, RawObject};

/// An object has a handful of extents; more is a mistake.
const MAX_MEASUREMENTS: usize = 50;

/// Parses the object at `index` of the report.
pub(super) fn parse(
    e: &mut FieldErrors,
    index: usize,
    raw: &RawObject,
    event: Option<Event>,
    today: CivilDate,
) -> Option<ObjectDescription> {
    let at = |field: &str| format!("/objects/{index}/{field}");
    let title = e.required(&at("title"), raw.title.as_deref());
    let photographs = e.required(&at("photographs"), raw.photographs.as_deref());
    let object_type = e.required(&at("type"), raw.object_type.as_deref());
    let type_detail = e.optional(&at("type_detail"), raw.type_detail.as_deref());
    let materials = e.optional(&at("materials"), raw.materials.as_deref());
    let measurements = measurements(e, &at("measurements"), &raw.measurements);
    let inscriptions = e.optional(&at("inscriptions"), raw.inscriptions.as_deref());
    let distinguishing_features = e.optional(&at("distinguishing_features"), raw.distinguishing_features.as_deref());
    let subject = e.optional(&at("subject"), raw.subject.as_deref());
    let date_or_period = e.optional(&at("date_or_period"), raw.date_or_period.as_deref());
    let dated = dated(e, index, raw);
    let maker = e.optional(&at("maker"), raw.maker.as_deref());
    let description = e.optional(&at("description"), raw.description.as_deref());
    let flags = flags(e, &at("flags"), &raw.flags);
    let inventory_number = e.optional(&at("inventory_number"), raw.inventory_number.as_deref());
    if flags.contains(&ObjectFlag::Inventoried) && blank(raw.inventory_number.as_deref()) {
        e.push(at("inventory_number"), "is required, because the object is marked as inventoried");
    }
    if event == Some(Event::Missing)
        && blank(raw.inventory_number.as_deref())
        && !flags.contains(&ObjectFlag::Inventoried)
    {
        e.push(at("inventory_number"), "is required for an object found missing at stock-taking");
    }
    let related_material = e.optional(&at("related_material"), raw.related_material.as_deref());
    let origin_country: Option<Country> = e.optional(&at("origin_country"), raw.origin_country.as_deref());
    if event == Some(Event::IllicitExport) && blank(raw.origin_country.as_deref()) {
        e.push(at("origin_country"), "is required for an illicit export: the country the object comes from");
    }
    let origin_text = e.optional(&at("origin_text"), raw.origin_text.as_deref());
    let related_objects = e.optional(&at("related_objects"), raw.related_objects.as_deref());
    let link = links::parse(e, &format!("/objects/{index}"), raw);
    let date_documented = e.optional(&at("date_documented"), raw.date_documented.as_deref());
    not_in_the_future(e, &at("date_documented"), date_documented, today);
    Some(ObjectDescription {
        title: title?,
        photographs: photographs?,
        object_type: object_type?,
        type_detail,
        materials,
        measurements,
        inscriptions,
        distinguishing_features,
        subject,
        date_or_period,
        dated,
        maker,
        description,
        inventory_number,
        related_material,
        origin_country,
        origin_text,
        related_objects,
        link,
        date_documented,
        flags,
    })
}

fn blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

/// The years between which it was made. One of them alone is that year.
fn dated(e: &mut FieldErrors, index: usize, raw: &RawObject) -> Option<YearSpan> {
    let from: Option<Year> = e.optional(&format!("/objects/{index}/made_from"), raw.made_from.as_deref());
    let to: Option<Year> = e.optional(&format!("/objects/{index}/made_to"), raw.made_to.as_deref());
    let (from, to) = (from.or(to)?, to.or(from)?);
    if to < from {
        e.push(format!("/objects/{index}/made_to"), "must not be before the first year");
        return None;
    }
    Some(YearSpan { from, to })
}

fn measurements(e: &mut FieldErrors, pointer: &str, raw: &[RawMeasurement]) -> Vec<Measurement> {
    if raw.len() > MAX_MEASUREMENTS {
        e.push(pointer, format!("must have at most {MAX_MEASUREMENTS} measurements, has {}", raw.len()));
        return Vec::new();
    }
    let rows = raw.iter().enumerate().filter(|(_, row)| !row.is_blank());
    rows.filter_map(|(index, row)| {
        let dimension = e.required(&format!("{pointer}/{index}/dimension"), row.dimension.as_deref());
        let value = e.required(&format!("{pointer}/{index}/value"), row.value.as_deref());
        let unit = e.required(&format!("{pointer}/{index}/unit"), row.unit.as_deref());
        match Measurement::new(dimension?, value?, unit?) {
            Ok(measurement) => Some(measurement),
            Err(error) => {
                e.push(format!("{pointer}/{index}/unit"), error.to_string());
                None
            }
        }
    })
    .collect()
}

fn flags(e: &mut FieldErrors, pointer: &str, texts: &[String]) -> Vec<ObjectFlag> {
    let most = ObjectFlag::ALL.len();
    if texts.len() > most {
        e.push(pointer, format!("must have at most {most} flags, has {}", texts.len()));
        return Vec::new();
    }
    let mut flags: Vec<ObjectFlag> = e.list(pointer, texts);
    flags.sort_unstable();
    flags.dedup();
    flags
}
