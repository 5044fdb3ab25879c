//! Rows of cells as records. In a table of cases, rows that follow each other with the same key are one case.

use domain::codes::ImportKind;
use serde_json::{Value, json};
use store::imports::RowError;

use super::{FileError, Place, Record, Sink};
use crate::import::columns::{self, Field};
use crate::parse::MAX_OBJECTS;

/// A cell of a row.
#[derive(Debug)]
pub(super) struct Cell {
    /// Its column, from 0.
    pub column: usize,
    /// Its name, where the file has such names.
    pub name: Option<String>,
    /// Its text, or why it cannot be read.
    pub text: Result<String, String>,
}

/// Collects rows into records.
pub(super) struct Table<'s, 'f> {
    kind: ImportKind,
    head: Option<Vec<Option<&'static Field>>>,
    /// The case whose rows are being read, and its key.
    open: Option<(String, Record)>,
    sink: &'s mut Sink<'f>,
}

impl<'s, 'f> Table<'s, 'f> {
    pub(super) fn new(kind: ImportKind, sink: &'s mut Sink<'f>) -> Self {
        Self { kind, head: None, open: None, sink }
    }

    /// Takes a row; says false if no more are wanted. A row without any text is none.
    pub(super) fn row(&mut self, line: i64, cells: &[Cell]) -> Result<bool, FileError> {
        if cells.iter().all(|cell| cell.text.as_ref().is_ok_and(|text| text.trim().is_empty())) {
            return Ok(true);
        }
        let Some(head) = &self.head else {
            let mut names = vec![String::new(); cells.iter().map(|cell| cell.column + 1).max().unwrap_or(0)];
            for cell in cells {
                names[cell.column] =
                    cell.text.clone().map_err(|rule| FileError(format!("the head of a column {rule}")))?;
            }
            self.head = Some(columns::head(self.kind, &names).map_err(FileError)?);
            return Ok(true);
        };
        let row = read_row(head, line, cells);
        match self.kind {
            ImportKind::Objects => Ok((self.sink)(row.object)),
            ImportKind::Cases => self.case_row(row),
        }
    }

    fn case_row(&mut self, row: Row) -> Result<bool, FileError> {
        let Row { key, case, object } = row;
        if let Some((open, record)) = &mut self.open
            && !key.is_empty()
            && *open == key
        {
            join(record, object)?;
            return Ok(true);
        }
        let mut record = case;
        join(&mut record, object)?;
        let before = self.open.replace((key, record));
        Ok(before.is_none_or(|(_, record)| (self.sink)(record)))
    }

    /// The last record. Must be called at the end of the file.
    pub(super) fn finish(self) -> Result<(), FileError> {
        if self.head.is_none() {
            return Err(FileError::new("the file has no rows"));
        }
        if let Some((_, record)) = self.open {
            (self.sink)(record);
        }
        Ok(())
    }
}

/// A row, its object apart from the case around it.
struct Row {
    key: String,
    case: Record,
    object: Record,
}

fn read_row(head: &[Option<&'static Field>], line: i64, cells: &[Cell]) -> Row {
    let empty = || Record { line, body: json!({}), places: Vec::new(), errors: Vec::new() };
    let mut row = Row { key: String::new(), case: empty(), object: empty() };
    for cell in cells {
        let place = |column: String| RowError { line, column, cell: cell.name.clone(), rule: String::new() };
        let Some(field) = head.get(cell.column).copied().flatten() else {
            if cell.text.as_ref().is_ok_and(|text| text.trim().is_empty()) {
                continue;
            }
            let column = format!("column {}", cell.column + 1);
            row.object.errors.push(RowError { rule: "has no name in the first row".to_owned(), ..place(column) });
            continue;
        };
        let record = if field.of_object() { &mut row.object } else { &mut row.case };
        record.places.push(Place {
            pointer: field.pointer(),
            line,
            column: field.name.clone(),
            cell: cell.name.clone(),
        });
        let put = cell.text.clone().and_then(|text| {
            if field.is_key() {
                text.trim().clone_into(&mut row.key);
                return Ok(());
            }
            columns::put(&mut record.body, field, &text)
        });
        if let Err(rule) = put {
            record.errors.push(RowError { rule, ..place(field.name.clone()) });
        }
    }
    row
}

/// Adds an object to a case.
fn join(case: &mut Record, object: Record) -> Result<(), FileError> {
    if !matches!(case.body["objects"], Value::Array(_)) {
        case.body["objects"] = json!([]);
    }
    let Some(objects) = case.body["objects"].as_array_mut() else { return Ok(()) };
    let index = objects.len();
    if index >= MAX_OBJECTS {
        let text = format!("the case that begins in row {} has more than {MAX_OBJECTS} objects", case.line);
        return Err(FileError(text));
    }
    // Rows of a case without any object are told by the rule of the report that asks for one.
    if object.body.as_object().is_some_and(|fields| !fields.is_empty()) || !object.errors.is_empty() {
        objects.push(object.body);
        let nested = object
            .places
            .into_iter()
            .map(|place| Place { pointer: format!("/objects/{index}{}", place.pointer), ..place });
        case.places.push(Place {
            pointer: format!("/objects/{index}"),
            line: object.line,
            column: "object".to_owned(),
            cell: None,
        });
        case.places.extend(nested);
        case.errors.extend(object.errors);
    }
    Ok(())
}
