//! CSV (RFC 4180), in UTF-8, separated by commas, semicolons or tabs.

use domain::codes::ImportKind;

use super::table::{Cell, Table};
use super::{FileError, Sink};
use crate::import::columns::MAX_COLUMNS;

pub(super) fn read(kind: ImportKind, content: &[u8], sink: &mut Sink<'_>) -> Result<(), FileError> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(content)).from_reader(content);
    let mut table = Table::new(kind, sink);
    let mut record = csv::ByteRecord::new();
    loop {
        let line = i64::try_from(reader.position().line()).unwrap_or(i64::MAX);
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(FileError(format!("line {line} cannot be read: {error}"))),
        }
        // The reader skips blank lines, so the record says itself where it begins.
        let line = record.position().map_or(line, |position| i64::try_from(position.line()).unwrap_or(i64::MAX));
        if record.len() > MAX_COLUMNS {
            return Err(FileError(format!("line {line} has {} cells; at most {MAX_COLUMNS} are read", record.len())));
        }
        let mut cells = Vec::with_capacity(record.len());
        for (column, bytes) in record.iter().enumerate() {
            let Ok(text) = str::from_utf8(bytes) else {
                return Err(FileError(format!(
                    "line {line} is not UTF-8: save the table as \u{201c}CSV UTF-8\u{201d}"
                )));
            };
            cells.push(Cell { column, name: None, text: Ok(text.to_owned()) });
        }
        if !table.row(line, &cells)? {
            return Ok(());
        }
    }
    table.finish()
}

/// What separates the cells: whatever the first line has most of outside quotes.
fn delimiter(content: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in content.iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')) {
        quoted ^= *byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += usize::from(!quoted && byte == delimiter);
        }
    }
    // A comma if none is there: a table may have one column.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}
