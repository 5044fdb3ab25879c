//! Reads an upload into records, one after the other: never more of it in memory than the file itself, its texts in
//! common, and one record.
//!
//! What is uploaded is written by others. Each reader has limits of its own, follows no link, expands no entity, and
//! runs no formula; what breaks the file as a whole ends the reading with a sentence that says where.

mod csv;
mod json_lines;
mod lido;
mod table;
mod xlsx;

use domain::codes::{ImportFormat, ImportKind};
use serde_json::Value;
use store::imports::RowError;

pub use lido::NAMESPACE as LIDO_NAMESPACE;

/// The most records of one upload.
pub const MAX_RECORDS: i64 = 20_000;

/// Where a field of a record stands in the file.
#[derive(Clone, Debug)]
pub struct Place {
    /// The field, by JSON Pointer.
    pub pointer: String,
    /// The line or row.
    pub line: i64,
    /// The column's name.
    pub column: String,
    /// The cell's name.
    pub cell: Option<String>,
}

/// One record as read: nothing of it is checked yet.
#[derive(Clone, Debug)]
pub struct Record {
    /// The line it begins at.
    pub line: i64,
    /// A body as a program would send it.
    pub body: Value,
    /// Where its fields stand.
    pub places: Vec<Place>,
    /// What could not be read.
    pub errors: Vec<RowError>,
}

/// Why a file cannot be read as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FileError(pub String);

impl FileError {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Takes a record; says false if it wants no more.
pub type Sink<'a> = dyn FnMut(Record) -> bool + 'a;

/// Reads `content` into `sink`, record by record.
pub fn read(format: ImportFormat, kind: ImportKind, content: &[u8], sink: &mut Sink<'_>) -> Result<(), FileError> {
    let mut count = 0_i64;
    let mut full = false;
    let mut counted = |record: Record| {
        count += 1;
        full = count > MAX_RECORDS;
        !full && sink(record)
    };
    match format {
        ImportFormat::Csv => csv::read(kind, content, &mut counted)?,
        ImportFormat::Xlsx => xlsx::read(kind, content, &mut counted)?,
        ImportFormat::JsonLines => json_lines::read(kind, content, &mut counted)?,
        ImportFormat::Lido => lido::read(kind, content, &mut counted)?,
    }
    if full {
        return Err(FileError(format!("the file has more than {MAX_RECORDS} records: send it in parts")));
    }
    if count == 0 {
        return Err(FileError::new("the file has no record"));
    }
    Ok(())
}
