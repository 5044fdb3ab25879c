//! The columns of a table, and how a row of cells becomes the body that a program would send.
//!
//! The columns follow from the request types themselves, so a table can say everything the API can: a field within a
//! part is `loss.earliest`, a field of an object in a table of cases is `object.title`, a list is separated by
//! semicolons.

use std::collections::HashSet;
use std::sync::LazyLock;

use domain::codes::{Dimension, ImportKind, Unit};
use serde_json::{Map, Value, json};

use crate::submit::{RawObject, SubmitCase};

/// The column of a table of cases that says which rows belong together.
pub const CASE_KEY: &str = "case";
/// What is before the fields of an object in a table of cases.
const OBJECT: &str = "object.";
/// The objects of a case in its body.
const OBJECTS: &str = "objects";
/// The most columns of a table.
pub const MAX_COLUMNS: usize = 200;

/// How the text of a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As it stands.
    Text,
    /// Yes or no.
    Truth,
    /// Separated by semicolons.
    List,
    /// `height 27.5 cm; width 12 cm`.
    Measurements,
    /// The number of one extent.
    Extent(Dimension, Unit),
    /// Which rows are one case.
    Key,
}

/// A column that a table may have.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in the table.
    pub name: String,
    /// Where its text goes: the fields from the outside in.
    path: Vec<String>,
    reading: Reading,
    /// Whether it belongs to an object and not to the case around it.
    of_object: bool,
}

impl Field {
    /// Where an error of this field points (RFC 6901); within its object for a field of one.
    pub fn pointer(&self) -> String {
        self.path.iter().map(|part| format!("/{part}")).collect()
    }

    /// Whether it belongs to an object.
    pub fn of_object(&self) -> bool {
        self.of_object
    }

    /// Whether it says which rows are one case.
    pub fn is_key(&self) -> bool {
        self.reading == Reading::Key
    }
}

static OBJECT_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let mut fields = fields_of(&json!(RawObject::default()), &[], "", true);
    for dimension in Dimension::ALL {
        for unit in Unit::ALL {
            fields.push(Field {
                name: format!("{dimension}_{unit}"),
                path: vec!["measurements".to_owned()],
                reading: Reading::Extent(*dimension, *unit),
                of_object: true,
            });
        }
    }
    fields
});

static CASE_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let key = Field { name: CASE_KEY.to_owned(), path: Vec::new(), reading: Reading::Key, of_object: false };
    let case = fields_of(&json!(SubmitCase::default()), &[], "", false);
    let objects = OBJECT_FIELDS.iter().map(|field| Field { name: format!("{OBJECT}{}", field.name), ..field.clone() });
    std::iter::once(key).chain(case).chain(objects).collect()
});

/// Every column a table of this kind may have.
pub fn fields(kind: ImportKind) -> &'static [Field] {
    match kind {
        ImportKind::Objects => &OBJECT_FIELDS,
        ImportKind::Cases => &CASE_FIELDS,
    }
}

/// The columns of the table that people are given to fill in: without the shorthands for single extents.
pub fn template(kind: ImportKind) -> Vec<&'static str> {
    let written = fields(kind).iter().filter(|field| !matches!(field.reading, Reading::Extent(..)));
    written.map(|field| field.name.as_str()).collect()
}

fn fields_of(shape: &Value, path: &[String], prefix: &str, of_object: bool) -> Vec<Field> {
    let Value::Object(parts) = shape else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in parts {
        let path: Vec<String> = path.iter().chain([name]).cloned().collect();
        let reading = match value {
            Value::Object(_) => {
                found.extend(fields_of(value, &path, &format!("{prefix}{name}."), of_object));
                continue;
            }
            Value::Array(_) if name == OBJECTS => continue,
            Value::Array(_) if name == "measurements" => Reading::Measurements,
            Value::Array(_) => Reading::List,
            Value::Bool(_) => Reading::Truth,
            Value::Null | Value::Number(_) | Value::String(_) => Reading::Text,
        };
        found.push(Field { name: format!("{prefix}{name}"), path, reading, of_object });
    }
    found
}

/// The fields that the head of a table names, one for each column; none for a column without a name.
pub fn head(kind: ImportKind, names: &[String]) -> Result<Vec<Option<&'static Field>>, String> {
    if names.len() > MAX_COLUMNS {
        return Err(format!("the table has {} columns; at most {MAX_COLUMNS} are read", names.len()));
    }
    let mut seen = HashSet::new();
    let mut columns = Vec::new();
    for name in names {
        let folded = name.trim().to_lowercase().replace([' ', '-'], "_");
        if folded.is_empty() {
            columns.push(None);
            continue;
        }
        let Some(field) = fields(kind).iter().find(|field| field.name == folded) else {
            let known = template(kind).join(", ");
            let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            return Err(format!("the column \u{201c}{name}\u{201d} is not known; known are {known}"));
        };
        if !seen.insert(&field.name) {
            return Err(format!("the column \u{201c}{}\u{201d} is there twice", field.name));
        }
        columns.push(Some(field));
    }
    if seen.is_empty() {
        return Err("the first row must name the columns, and names none".to_owned());
    }
    Ok(columns)
}

/// Puts the text of a cell where it belongs in `body`. An error is a rule, as a fragment.
pub fn put(body: &mut Value, field: &Field, text: &str) -> Result<(), String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(());
    }
    if text.starts_with(['=', '@', '＝', '＠']) {
        return Err("begins as a formula does: put its value there".to_owned());
    }
    let place = place(body, &field.path);
    match field.reading {
        Reading::Text => *place = json!(text),
        Reading::Truth => *place = json!(truth(text)?),
        Reading::List => *place = text.split(';').map(str::trim).filter(|item| !item.is_empty()).collect(),
        Reading::Measurements => {
            for extent in text.split(';').map(str::trim).filter(|extent| !extent.is_empty()) {
                let [dimension, value, unit] = extent.split_whitespace().collect::<Vec<_>>()[..] else {
                    return Err("must read like \u{201c}height 27.5 cm; width 12 cm\u{201d}".to_owned());
                };
                push(place, json!({"dimension": dimension.to_lowercase(), "value": value, "unit": unit}));
            }
        }
        Reading::Extent(dimension, unit) => {
            push(place, json!({"dimension": dimension, "value": text, "unit": unit}));
        }
        Reading::Key => {}
    }
    Ok(())
}

/// The place in `body` that a path leads to, made if it is not there.
fn place<'a>(body: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(body, |value, part| {
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        &mut value[part]
    })
}

fn push(list: &mut Value, item: Value) {
    match list {
        Value::Array(items) => items.push(item),
        _ => *list = json!([item]),
    }
}

fn truth(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "oui" | "x" | "1" => Ok(true),
        "false" | "no" | "non" | "0" => Ok(false),
        _ => Err("must be yes or no".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(cells: &[(&str, &str)]) -> Value {
        let names: Vec<_> = cells.iter().map(|(name, _)| (*name).to_owned()).collect();
        let columns = head(ImportKind::Cases, &names).unwrap();
        let mut body = json!({});
        for (column, (_, text)) in columns.into_iter().zip(cells) {
            put(&mut body, column.unwrap(), text).unwrap();
        }
        body
    }

    #[test]
    fn cells_become_the_body_a_program_would_send() {
        let found = body(&[
            ("Event", "theft"),
            ("loss.earliest", " 2026-11-20 "),
            ("circumstances.police_reference_not_yet", "yes"),
            ("export.route", "GH; ;FR"),
            ("object.title", "Head"),
            ("object.measurements", "height 27,5 cm; Width 12 cm"),
            ("object.depth_mm", "4"),
            ("object.description", ""),
        ]);
        assert_eq!(
            found,
            json!({
                "event": "theft", "loss": {"earliest": "2026-11-20"},
                "circumstances": {"police_reference_not_yet": true}, "export": {"route": ["GH", "FR"]},
                "title": "Head",
                "measurements": [
                    {"dimension": "height", "value": "27,5", "unit": "cm"},
                    {"dimension": "width", "value": "12", "unit": "cm"},
                    {"dimension": "depth", "value": "4", "unit": "mm"},
                ],
            })
        );
    }

    #[test]
    fn a_head_names_known_columns_once() {
        let head = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            head(ImportKind::Objects, &names)
        };
        assert!(head(&["Inventory number", "", "type"]).unwrap()[1].is_none());
        for bad in [&["", " "][..], &["titel"], &["title", "Title"], &["event"], &["status"]] {
            assert!(head(bad).is_err(), "{bad:?}");
        }
        assert!(head(&vec![""; 201]).is_err());
    }

    #[test]
    fn a_cell_that_would_run_is_refused() {
        let field = fields(ImportKind::Objects).iter().find(|field| field.name == "title").unwrap();
        for bad in ["=1+1", " =cmd|' /C calc'!A0", "@SUM(A1)", "＝1"] {
            assert!(put(&mut json!({}), field, bad).is_err(), "{bad}");
        }
        assert_eq!(put(&mut json!({}), field, "-"), Ok(()));
    }

    #[test]
    fn every_field_of_a_report_has_a_column() {
        let names: Vec<_> = fields(ImportKind::Cases).iter().map(|field| field.name.as_str()).collect();
        for name in ["case", "event", "reporter.name", "circumstances.holder", "object.flags", "object.height_cm"] {
            assert!(names.contains(&name), "{name}");
        }
        assert!(!names.contains(&"objects"));
    }
}
