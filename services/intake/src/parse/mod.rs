//! Turns a report into a case that can be trusted, or says everything that is wrong with it.
//!
//! Pure: the day is an argument. Errors name their field by JSON Pointer (RFC 6901), so that the API and the form show
//! the same ones.

mod circumstances;
mod details;
mod links;
mod object;
#[cfg(test)]
pub(crate) mod tests;

use domain::case::{CaseFacts, LossInterval, NewCase, Reporter};
use domain::codes::{Capacity, Event};
use domain::object::ObjectDescription;
use domain::{CivilDate, FieldErrors, Label};

use crate::submit::{RawLoss, RawObject, RawReporter, SubmitCase};

pub use details::REPORTED;

/// The most objects a report may have.
pub const MAX_OBJECTS: usize = 2_000;

/// The most objects a case may have in the end, those that join it from uploads included.
pub const MAX_OBJECTS_OF_CASE: i64 = 12_000;

/// Parses a report; `today` is the calendar date in UTC.
pub fn parse(raw: &SubmitCase, today: CivilDate) -> Result<NewCase, FieldErrors> {
    let mut errors = FieldErrors::new();
    let e = &mut errors;
    let event = event(e, raw.event.as_deref());
    let title = e.required("/title", raw.title.as_deref());
    let language = e.required("/language", raw.language.as_deref());
    // A case without a label must not travel as if it had none (TLP 2.0 leaves the default to us).
    let label = e.optional("/label", raw.label.as_deref()).unwrap_or(Label::AmberStrict);
    let country = e.required("/country", raw.country.as_deref());
    let loss = loss(e, &raw.loss, event, today);
    let details = details::parse(e, raw, event);
    let circumstances = circumstances::parse(e, &raw.circumstances, event, details, country, today);
    let institution = e.optional("/institution", raw.institution.as_deref());
    let reporter = reporter(e, &raw.reporter);
    let typology = details::typology(e, &raw.typology, event);
    let objects = objects(e, raw, event, today);
    if objects.is_empty() && raw.objects.is_empty() {
        without_objects(e, event, typology.is_some(), reporter.as_ref().map(|reporter| reporter.capacity));
    }

    let value = (|| {
        let facts = CaseFacts {
            event: event?,
            title: title?,
            language: language?,
            label,
            country: country?,
            loss: loss?,
            typology,
        };
        Some(NewCase { facts, circumstances: circumstances?, institution, reporter: reporter?, objects })
    })();
    errors.into_result(value)
}

/// The kind of the report. One that is not a kind is shown as a theft, with what is wrong beside it.
pub fn event_of(raw: &SubmitCase) -> Event {
    let event = raw.event.as_deref().and_then(|text| text.trim().parse().ok());
    event.filter(|event| REPORTED.contains(event)).unwrap_or(Event::Theft)
}

/// Parses one object by itself; errors point into it.
pub fn parse_object(raw: &RawObject, event: Event, today: CivilDate) -> Result<ObjectDescription, FieldErrors> {
    const ALONE: &str = "/objects/0";
    let mut errors = FieldErrors::new();
    let object = object::parse(&mut errors, 0, raw, Some(event), today);
    errors.into_result(object).map_err(|errors| {
        let mut own = FieldErrors::new();
        for error in errors.as_slice() {
            own.push(error.pointer.strip_prefix(ALONE).unwrap_or(&error.pointer), error.message.clone());
        }
        own
    })
}

fn event(e: &mut FieldErrors, text: Option<&str>) -> Option<Event> {
    let event = e.required("/event", text)?;
    if REPORTED.contains(&event) {
        return Some(event);
    }
    let taken = REPORTED.map(Event::as_str).join(", ");
    e.push("/event", format!("{event} is told by a version of an alert, not reported; reported are {taken}"));
    None
}

/// Whether a source may alert before the list of objects exists.
pub fn is_official(capacity: Capacity) -> bool {
    matches!(capacity, Capacity::PermanentDelegation | Capacity::NationalAuthority | Capacity::Police)
}

/// A report that lists nothing says what to look for instead. Urgency beats form discipline, for those whose word is
/// enough: a delegation, an authority, the police.
fn without_objects(e: &mut FieldErrors, event: Option<Event>, typology: bool, capacity: Option<Capacity>) {
    match event {
        // Both require the typology anyway.
        Some(Event::Looting | Event::Emergency) => {}
        Some(Event::Theft | Event::IllicitExport) if typology => {
            if capacity.is_some_and(|capacity| !is_official(capacity)) {
                let who = "a permanent delegation, a national authority or the police";
                e.push("/objects", format!("must have at least one object; only {who} may send the list later"));
            }
        }
        _ => e.push("/objects", "must have at least one object"),
    }
}

/// Refuses a date that no clock on earth has reached: it is tomorrow in Kiribati while it is today in UTC, and a theft
/// reported there this morning must not be turned away.
fn not_in_the_future(e: &mut FieldErrors, pointer: &str, date: Option<CivilDate>, today: CivilDate) {
    let latest = today.to_jiff().tomorrow().unwrap_or(today.to_jiff());
    if date.is_some_and(|date| date.to_jiff() > latest) {
        e.push(pointer, "must not be in the future");
    }
}

fn loss(e: &mut FieldErrors, raw: &RawLoss, event: Option<Event>, today: CivilDate) -> Option<LossInterval> {
    let earliest: Option<CivilDate> = e.required("/loss/earliest", raw.earliest.as_deref());
    let latest: Option<CivilDate> = e.required("/loss/latest", raw.latest.as_deref());
    let discovered: Option<CivilDate> = e.optional("/loss/discovered", raw.discovered.as_deref());
    if event == Some(Event::Missing) && raw.discovered.as_deref().is_none_or(|text| text.trim().is_empty()) {
        e.push("/loss/discovered", "is required: the day of the stock-taking");
    }
    not_in_the_future(e, "/loss/earliest", earliest, today);
    not_in_the_future(e, "/loss/latest", latest, today);
    not_in_the_future(e, "/loss/discovered", discovered, today);
    let (earliest, latest) = (earliest?, latest?);
    if latest < earliest {
        e.push("/loss/latest", "must not be before the earliest day");
    }
    if discovered.is_some_and(|day| day < earliest) {
        e.push("/loss/discovered", "must not be before the earliest day");
    }
    Some(LossInterval { earliest, latest, discovered })
}

fn reporter(e: &mut FieldErrors, raw: &RawReporter) -> Option<Reporter> {
    let name = e.required("/reporter/name", raw.name.as_deref());
    let capacity = e.required("/reporter/capacity", raw.capacity.as_deref());
    let email = e.optional("/reporter/email", raw.email.as_deref());
    let telephone = e.optional("/reporter/telephone", raw.telephone.as_deref());
    Some(Reporter { name: name?, capacity: capacity?, email, telephone })
}

fn objects(e: &mut FieldErrors, raw: &SubmitCase, event: Option<Event>, today: CivilDate) -> Vec<ObjectDescription> {
    let count = raw.objects.len();
    if count > 0 && event == Some(Event::Emergency) {
        e.push("/objects", "must be empty: what is known to be lost is reported as a theft or a looting");
        return Vec::new();
    }
    if count > MAX_OBJECTS {
        e.push("/objects", format!("must have at most {MAX_OBJECTS} objects, has {count}"));
        return Vec::new();
    }
    let raw = raw.objects.iter().enumerate();
    let parsed: Vec<(usize, ObjectDescription)> =
        raw.filter_map(|(index, object)| Some((index, object::parse(e, index, object, event, today)?))).collect();
    links::check(e, &parsed);
    parsed.into_iter().map(|(_, object)| object).collect()
}
