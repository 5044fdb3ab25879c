//! What each kind of event has of its own. A part of the report that belongs to another kind must be empty: a reporter
//! who filled it in meant another kind.

use domain::codes::{Event, ObjectType};
use domain::details::{
    Details, EmergencyFacts, ExportFacts, LootingFacts, MissingFacts, SeizureFacts, SightingFacts, Typology,
};
use domain::{Country, FieldErrors};

use crate::submit::{RawExport, RawTypology, SubmitCase};

/// More countries than this on one journey is a mistake.
const MAX_COUNTRIES: usize = 50;

/// The kinds that are reported. A recovery and a restitution are told by versions of an alert.
pub const REPORTED: [Event; 7] = [
    Event::Theft,
    Event::IllicitExport,
    Event::Looting,
    Event::Missing,
    Event::Emergency,
    Event::Seizure,
    Event::Sighting,
];

/// Parses the part of the report's own kind and refuses what belongs to another.
pub(super) fn parse(e: &mut FieldErrors, raw: &SubmitCase, event: Option<Event>) -> Option<Details> {
    let event = event?;
    for (part, of, blank) in [
        ("export", Event::IllicitExport, raw.export.is_blank()),
        ("looting", Event::Looting, raw.looting.is_blank()),
        ("missing", Event::Missing, raw.missing.is_blank()),
        ("emergency", Event::Emergency, raw.emergency.is_blank()),
        ("seizure", Event::Seizure, raw.seizure.is_blank()),
        ("sighting", Event::Sighting, raw.sighting.is_blank()),
    ] {
        if event != of && !blank {
            let (of, is) = (of.label().to_lowercase(), event.label().to_lowercase());
            e.push(format!("/{part}"), format!("is only for the event “{of}”, and this is “{is}”"));
        }
    }
    match event {
        Event::Theft => Some(Details::Theft),
        Event::IllicitExport => export(e, &raw.export).map(Details::IllicitExport),
        Event::Looting => looting(e, raw).map(Details::Looting),
        Event::Missing => missing(e, raw).map(Details::Missing),
        Event::Emergency => emergency(e, raw).map(Details::Emergency),
        Event::Seizure => seizure(e, raw).map(Details::Seizure),
        Event::Sighting => sighting(e, raw).map(Details::Sighting),
        Event::Recovery | Event::Restitution => None,
    }
}

fn export(e: &mut FieldErrors, raw: &RawExport) -> Option<ExportFacts> {
    let claiming_state = e.required("/export/claiming_state", raw.claiming_state.as_deref());
    let last_lawful_location = e.optional("/export/last_lawful_location", raw.last_lawful_location.as_deref());
    let permit = e.required("/export/permit", raw.permit.as_deref());
    let certificate_number = e.optional("/export/certificate_number", raw.certificate_number.as_deref());
    let law = e.optional("/export/law", raw.law.as_deref());
    let route = countries(e, "/export/route", &raw.route);
    let destinations = countries(e, "/export/destinations", &raw.destinations);
    Some(ExportFacts {
        claiming_state: claiming_state?,
        last_lawful_location,
        permit: permit?,
        certificate_number,
        law,
        route,
        destinations,
    })
}

fn looting(e: &mut FieldErrors, raw: &SubmitCase) -> Option<LootingFacts> {
    let site = e.required("/looting/site", raw.looting.site.as_deref());
    let site_number = e.optional("/looting/site_number", raw.looting.site_number.as_deref());
    let detected_by = e.required("/looting/detected_by", raw.looting.detected_by.as_deref());
    let extent = e.optional("/looting/extent", raw.looting.extent.as_deref());
    Some(LootingFacts { site: site?, site_number, detected_by: detected_by?, extent })
}

fn missing(e: &mut FieldErrors, raw: &SubmitCase) -> Option<MissingFacts> {
    let inventory = e.required("/missing/inventory", raw.missing.inventory.as_deref());
    let depositor = e.optional("/missing/depositor", raw.missing.depositor.as_deref());
    Some(MissingFacts { inventory: inventory?, depositor })
}

fn emergency(e: &mut FieldErrors, raw: &SubmitCase) -> Option<EmergencyFacts> {
    let threat = e.required("/emergency/threat", raw.emergency.threat.as_deref());
    let extent = e.required("/emergency/extent", raw.emergency.extent.as_deref());
    Some(EmergencyFacts { threat: threat?, extent: extent? })
}

fn seizure(e: &mut FieldErrors, raw: &SubmitCase) -> Option<SeizureFacts> {
    let authority = e.required("/seizure/authority", raw.seizure.authority.as_deref());
    let likely_origins = countries(e, "/seizure/likely_origins", &raw.seizure.likely_origins);
    let sent_from = e.optional("/seizure/sent_from", raw.seizure.sent_from.as_deref());
    let bound_for = e.optional("/seizure/bound_for", raw.seizure.bound_for.as_deref());
    Some(SeizureFacts { authority: authority?, likely_origins, sent_from, bound_for })
}

fn sighting(e: &mut FieldErrors, raw: &SubmitCase) -> Option<SightingFacts> {
    let venue = e.required("/sighting/venue", raw.sighting.venue.as_deref());
    let found_under = e.optional("/sighting/found_under", raw.sighting.found_under.as_deref());
    let sale_on = e.optional("/sighting/sale_on", raw.sighting.sale_on.as_deref());
    Some(SightingFacts { venue: venue?, found_under, sale_on })
}

/// What to look for. Required where no list of objects can exist; elsewhere it stands for a list that follows.
pub(super) fn typology(e: &mut FieldErrors, raw: &RawTypology, event: Option<Event>) -> Option<Typology> {
    let required = matches!(event, Some(Event::Looting | Event::Emergency));
    if !required && raw.is_blank() {
        return None;
    }
    let most = ObjectType::ALL.len();
    if raw.types.len() > most {
        e.push("/typology/types", format!("must have at most {most} types, has {}", raw.types.len()));
        return None;
    }
    let mut types: Vec<ObjectType> = e.list("/typology/types", &raw.types);
    types.sort_unstable();
    types.dedup();
    if raw.types.iter().all(|text| text.trim().is_empty()) {
        e.push("/typology/types", "must have at least one type of object");
    }
    let red_list = e.optional("/typology/red_list", raw.red_list.as_deref());
    let description = e.required("/typology/description", raw.description.as_deref());
    Some(Typology { types, red_list, description: description? })
}

fn countries(e: &mut FieldErrors, pointer: &str, texts: &[String]) -> Vec<Country> {
    if texts.len() > MAX_COUNTRIES {
        e.push(pointer, format!("must have at most {MAX_COUNTRIES} countries, has {}", texts.len()));
        return Vec::new();
    }
    e.list(pointer, texts)
}
