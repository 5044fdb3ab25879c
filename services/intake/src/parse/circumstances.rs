//! Holder, place, method, police reference.

use domain::case::{Circumstances, PoliceReference};
use domain::codes::{Event, LossMethod};
use domain::details::Details;
use domain::scope::Subdivision;
use domain::text::Line;
use domain::{CivilDate, Country, FieldErrors};

use super::not_in_the_future;
use crate::submit::RawCircumstances;

/// Parses the circumstances; `details` is what the kind of event has of its own.
pub(super) fn parse(
    e: &mut FieldErrors,
    raw: &RawCircumstances,
    event: Option<Event>,
    details: Option<Details>,
    country: Option<Country>,
    today: CivilDate,
) -> Option<Circumstances> {
    let at = |field: &str| format!("/circumstances/{field}");
    let holder = e.required(&at("holder"), raw.holder.as_deref());
    let premises = e.required(&at("premises"), raw.premises.as_deref());
    let subdivision: Option<Subdivision> = e.optional(&at("subdivision"), raw.subdivision.as_deref());
    if let (Some(part), Some(country)) = (subdivision, country)
        && part.country() != country
    {
        e.push(at("subdivision"), format!("must be a part of {country}, is one of {}", part.country()));
    }
    let place = e.required(&at("place"), raw.place.as_deref());
    let lost = !matches!(event, Some(Event::Emergency | Event::Seizure | Event::Sighting));
    let method = if lost {
        e.required(&at("method"), raw.method.as_deref())
    } else {
        // Nothing is lost yet, or nobody knows how it was.
        Some(e.optional(&at("method"), raw.method.as_deref()).unwrap_or(LossMethod::Unknown))
    };
    let police_reference = police_reference(e, raw, lost);
    let authority_informed = e.optional(&at("authority_informed"), raw.authority_informed.as_deref());
    let authority_informed_on = e.optional(&at("authority_informed_on"), raw.authority_informed_on.as_deref());
    not_in_the_future(e, &at("authority_informed_on"), authority_informed_on, today);
    let narrative = e.optional(&at("narrative"), raw.narrative.as_deref());
    Some(Circumstances {
        holder: holder?,
        premises: premises?,
        subdivision,
        place: place?,
        method: method?,
        police_reference: police_reference?,
        authority_informed,
        authority_informed_on,
        narrative,
        details: details?,
    })
}

/// Left open by mistake and not known yet are two different answers, so the reporter must say which.
fn police_reference(e: &mut FieldErrors, raw: &RawCircumstances, required: bool) -> Option<PoliceReference> {
    const AT: &str = "/circumstances/police_reference";
    let reference = raw.police_reference.as_deref().map(str::trim).filter(|text| !text.is_empty());
    match (reference, raw.police_reference_not_yet) {
        (None, true) => Some(PoliceReference::NotYet),
        (None, false) if !required => Some(PoliceReference::NotYet),
        (Some(_), true) => {
            e.push(AT, "is given although \"not yet\" is ticked: leave one of them out");
            None
        }
        (None, false) => {
            e.push(AT, "is required: write the police reference, or tick \"not yet\"");
            None
        }
        (Some(reference), false) => e.required::<Line>(AT, Some(reference)).map(PoliceReference::Known),
    }
}
