//! Whether a record obeys every rule; pure.

use domain::codes::{Event, ImportKind};
use domain::{CivilDate, FieldErrors};
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::imports::{NewRecord, RowError};

use super::read::{Place, Record};
use crate::parse::{parse, parse_object};
use crate::submit::{RawObject, SubmitCase};

/// The most errors kept of one record.
const MAX_ERRORS: usize = 100;

/// What records are checked against.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// What the upload holds.
    pub kind: ImportKind,
    /// The kind of event of the case that objects join.
    pub event: Option<Event>,
    /// The calendar date in UTC.
    pub today: CivilDate,
    /// How many more objects the case may have.
    pub room: i64,
}

/// Checks a record; `good` are those before it that obey every rule.
pub fn check(rules: &Rules, ordinal: i64, good: i64, record: Record) -> NewRecord {
    let Record { line, body, places, mut errors } = record;
    if errors.is_empty() || !body.is_null() {
        let found = match rules.kind {
            ImportKind::Objects => object(rules, good, &body),
            ImportKind::Cases => case(rules, &body),
        };
        if let Err(found) = found {
            for error in found.as_slice() {
                let error = located(&places, line, &error.pointer, &error.message);
                // A cell that could not be read is not missing as well.
                let known = |known: &RowError| (known.line, &known.column) == (error.line, &error.column);
                if !errors.iter().any(known) {
                    errors.push(error);
                }
            }
        }
    }
    errors.truncate(MAX_ERRORS);
    NewRecord { ordinal, line, body: if errors.is_empty() { Ok(body) } else { Err(errors) } }
}

fn object(rules: &Rules, good: i64, body: &Value) -> Result<(), FieldErrors> {
    let raw: RawObject = typed(body)?;
    let event = rules.event.unwrap_or(Event::Theft);
    parse_object(&raw, event, rules.today)?;
    if good >= rules.room {
        let mut errors = FieldErrors::new();
        errors.push("", format!("does not fit: the case has room for {} more objects", rules.room));
        return Err(errors);
    }
    Ok(())
}

fn case(rules: &Rules, body: &Value) -> Result<(), FieldErrors> {
    let raw: SubmitCase = typed(body)?;
    let case = parse(&raw, rules.today)?;
    if case.institution.is_some() {
        let mut errors = FieldErrors::new();
        errors.push("/institution", "must be left out: the cases will be those of your own institution");
        return Err(errors);
    }
    Ok(())
}

/// The body as the request's type.
fn typed<T: DeserializeOwned>(body: &Value) -> Result<T, FieldErrors> {
    T::deserialize(body).map_err(|error| {
        let mut errors = FieldErrors::new();
        errors.push("", error.to_string());
        errors
    })
}

/// An error at the place in the file that it speaks of.
fn located(places: &[Place], line: i64, pointer: &str, rule: &str) -> RowError {
    let is_within = |place: &&Place| {
        let rest = pointer.strip_prefix(place.pointer.as_str());
        !place.pointer.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let place = places.iter().filter(is_within).max_by_key(|place| place.pointer.len());
    let rule = rule.to_owned();
    match place {
        // The object is there and the field is not: the column that would hold it.
        Some(place) if place.column == "object" => {
            let field = pointer.strip_prefix(place.pointer.as_str()).unwrap_or_default();
            let column = format!("object{}", field.replace('/', "."));
            RowError { line: place.line, column, cell: None, rule }
        }
        Some(place) => RowError { line: place.line, column: place.column.clone(), cell: place.cell.clone(), rule },
        None => {
            let column = pointer.trim_start_matches('/').replace('/', ".");
            let column = if column.is_empty() { "row".to_owned() } else { column };
            RowError { line, column, cell: None, rule }
        }
    }
}
