//! JSON Lines: on each line a body as the API takes it.

use domain::codes::ImportKind;
use serde_json::{Value, json};
use store::imports::RowError;

use super::{FileError, Record, Sink};
use crate::submit::{RawObject, SubmitCase};

/// The longest line.
const MAX_LINE: usize = 1024 * 1024;

pub(super) fn read(kind: ImportKind, content: &[u8], sink: &mut Sink<'_>) -> Result<(), FileError> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    for (bytes, line) in content.split(|byte| *byte == b'\n').zip(1_i64..) {
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        if bytes.len() > MAX_LINE {
            return Err(FileError(format!("line {line} is longer than {} KiB", MAX_LINE / 1024)));
        }
        let body = match kind {
            ImportKind::Objects => web::read_json::<RawObject>(bytes).map(|value| json!(value)),
            ImportKind::Cases => web::read_json::<SubmitCase>(bytes).map(|value| json!(value)),
        };
        let mut record = Record { line, body: Value::Null, places: Vec::new(), errors: Vec::new() };
        match body {
            Ok(body) => record.body = body,
            Err(problem) => {
                record.errors = problem
                    .errors
                    .into_iter()
                    .map(|error| RowError { line, column: field(&error.pointer), cell: None, rule: error.message })
                    .collect();
                if record.errors.is_empty() {
                    let rule = problem.detail.unwrap_or_default();
                    record.errors.push(RowError { line, column: "line".to_owned(), cell: None, rule });
                }
            }
        }
        if !sink(record) {
            return Ok(());
        }
    }
    Ok(())
}

/// A JSON Pointer as the columns of a table are written.
fn field(pointer: &str) -> String {
    let text = pointer.trim_start_matches('/').replace('/', ".");
    if text.is_empty() { "line".to_owned() } else { text }
}
