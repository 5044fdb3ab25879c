//! What only an illicit export has.

use domain::case::ExportFacts;
use domain::codes::Event;
use domain::{Country, FieldErrors};

use crate::submit::RawExport;

/// More countries than this on one journey is a mistake.
const MAX_COUNTRIES: usize = 50;

/// Parses the block for an illicit export and refuses it for anything else.
pub(super) fn parse(e: &mut FieldErrors, raw: &RawExport, event: Option<Event>) -> Option<ExportFacts> {
    match event? {
        Event::IllicitExport => required(e, raw),
        other => {
            if !raw.is_blank() {
                let event = other.label().to_lowercase();
                e.push("/export", format!("is only for an illicit export, and this is a {event}"));
            }
            None
        }
    }
}

fn required(e: &mut FieldErrors, raw: &RawExport) -> Option<ExportFacts> {
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

fn countries(e: &mut FieldErrors, pointer: &str, texts: &[String]) -> Vec<Country> {
    if texts.len() > MAX_COUNTRIES {
        e.push(pointer, format!("must have at most {MAX_COUNTRIES} countries, has {}", texts.len()));
        return Vec::new();
    }
    e.list(pointer, texts)
}
