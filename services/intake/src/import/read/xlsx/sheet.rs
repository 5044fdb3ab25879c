//! The rows of a sheet.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::strings::Strings;
use super::styles::Styles;
use super::{add_text, attribute, broken};
use crate::import::columns::MAX_COLUMNS;
use crate::import::read::FileError;
use crate::import::read::table::Cell;

const WHAT: &str = "the sheet";
/// The most rows of a sheet, empty ones included.
const MAX_ROWS: i64 = 1_048_576;

/// What a cell refers to.
pub(super) struct Context<'a> {
    pub strings: &'a Strings,
    pub styles: &'a Styles,
    /// Whether days count from 1904 and not from 1900.
    pub from_1904: bool,
}

/// Takes a row and its cells; says false if it wants no more.
type Take<'a> = dyn FnMut(i64, &[Cell]) -> Result<bool, FileError> + 'a;

/// A cell as far as it was read.
#[derive(Default)]
struct Open {
    column: usize,
    name: String,
    kind: String,
    is_date: bool,
    formula: bool,
    value: String,
    inline: String,
}

/// Reads rows until the end; says whether it came there.
pub(super) fn read(
    part: &mut Reader<impl std::io::BufRead>,
    context: &Context<'_>,
    take: &mut Take<'_>,
) -> Result<bool, FileError> {
    let mut buffer = Vec::new();
    let mut row = 0_i64;
    let mut cells: Vec<Cell> = Vec::new();
    let mut cell = Open::default();
    let (mut in_value, mut in_text, mut in_phonetic) = (false, false, false);
    loop {
        buffer.clear();
        match part.read_event_into(&mut buffer).map_err(|error| broken(WHAT, error))? {
            Event::Start(element) => match element.local_name().as_ref() {
                "row" => {
                    row = next_row(row, &element)?;
                    cells.clear();
                }
                "c" => {
                    cell = open_cell(context, row, cells.last().map_or(0, |cell| cell.column + 1), &element)?;
                    (in_value, in_text) = (false, false);
                }
                "f" => cell.formula = true,
                "v" => in_value = true,
                "t" => in_text = true,
                "rPh" => in_phonetic = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "row" => {
                    if !take(row, &cells)? {
                        return Ok(false);
                    }
                    cells.clear();
                }
                "c" => {
                    let cell = std::mem::take(&mut cell);
                    if cells.last().is_some_and(|before| before.column >= cell.column) {
                        return Err(FileError(format!("the cells of row {row} are not in order")));
                    }
                    cells.push(cell.close(context));
                }
                "v" => in_value = false,
                "t" => in_text = false,
                "rPh" => in_phonetic = false,
                "sheetData" => return Ok(true),
                _ => {}
            },
            Event::DocType(_) => return Err(FileError(format!("{WHAT} has a document type declaration"))),
            Event::Eof => return Err(FileError(format!("{WHAT} breaks off in row {row}"))),
            event if in_value => add_text(&mut cell.value, &event)?,
            event if in_text && !in_phonetic => add_text(&mut cell.inline, &event)?,
            _ => {}
        }
    }
}

fn next_row(last: i64, element: &BytesStart<'_>) -> Result<i64, FileError> {
    let row = match attribute(element, "r") {
        Some(text) => text.parse().map_err(|_| FileError(format!("the row after {last} has no number")))?,
        None => last + 1,
    };
    if row <= last || row > MAX_ROWS {
        return Err(FileError(format!("the row after {last} is out of order")));
    }
    Ok(row)
}

fn open_cell(context: &Context<'_>, row: i64, next: usize, element: &BytesStart<'_>) -> Result<Open, FileError> {
    let column = match attribute(element, "r") {
        Some(name) => column(&name).ok_or_else(|| FileError(format!("a cell of row {row} has no place")))?,
        None => next,
    };
    if column >= MAX_COLUMNS {
        return Err(FileError(format!("row {row} goes beyond the {MAX_COLUMNS} columns that are read")));
    }
    let format = attribute(element, "s").and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(Open {
        column,
        name: format!("{}{row}", letters(column)),
        kind: attribute(element, "t").unwrap_or_default(),
        is_date: context.styles.is_date(format),
        ..Open::default()
    })
}

impl Open {
    fn close(self, context: &Context<'_>) -> Cell {
        let text =
            if self.formula { Err("holds a formula: put its value there".to_owned()) } else { self.text(context) };
        Cell { column: self.column, name: Some(self.name), text }
    }

    fn text(&self, context: &Context<'_>) -> Result<String, String> {
        let text = match self.kind.as_str() {
            "s" => {
                let index = self.value.trim().parse().ok();
                let text = index.and_then(|index| context.strings.get(index));
                text.ok_or_else(|| "refers to a text that the workbook does not have".to_owned())?.to_owned()
            }
            "inlineStr" => self.inline.clone(),
            "str" => self.value.clone(),
            "b" => if self.value.trim() == "1" { "yes" } else { "no" }.to_owned(),
            "e" => return Err(format!("holds the error {}", self.value.chars().take(20).collect::<String>())),
            "d" => self.value.split('T').next().unwrap_or_default().to_owned(),
            _ if self.value.trim().is_empty() => String::new(),
            _ => number(self.value.trim(), self.is_date, context.from_1904)?,
        };
        // How a workbook writes a character that XML cannot hold (ECMA-376, part 1, 22.9.2.19).
        Ok(text.replace("_x000D_", "\r"))
    }
}

/// A number as people write it, or the day it stands for.
fn number(text: &str, is_date: bool, from_1904: bool) -> Result<String, String> {
    let value: f64 = text.parse().map_err(|_| "holds a number that cannot be read".to_owned())?;
    if is_date {
        return day(value, from_1904).ok_or_else(|| "holds a day that no calendar has".to_owned());
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) && text.len() <= 15;
    Ok(if plain { text.to_owned() } else { value.to_string() })
}

/// The day of a serial number (ECMA-376, part 1, 18.17.4.1). The 1900 system counts a 29 February 1900 that never
/// was, so it fits from 1 March 1900 on, which is day 61.
fn day(serial: f64, from_1904: bool) -> Option<String> {
    let days = serial.trunc();
    if !(0.0..3_000_000.0).contains(&days) {
        return None;
    }
    let start = match (from_1904, days < 61.0) {
        (true, _) => jiff::civil::date(1904, 1, 1),
        (false, true) => jiff::civil::date(1899, 12, 31),
        (false, false) => jiff::civil::date(1899, 12, 30),
    };
    // Below three million, so nothing is cut off.
    let days: i64 = format!("{days:.0}").parse().ok()?;
    start.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(|date| date.to_string())
}

/// The column of a cell's name, from 0: `C7` is 2.
fn column(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_uppercase).take(4);
    let (count, number) =
        letters.fold((0, 0), |(count, number), letter| (count + 1, number * 26 + usize::from(letter - b'A') + 1));
    (1..=3).contains(&count).then(|| number - 1)
}

/// The letters of a column, from 0: 2 is `C`.
fn letters(column: usize) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).unwrap_or(0));
    if column < 26 { last.to_string() } else { format!("{}{last}", letters(column / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_in_a_sheet() {
        for (number, name) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!((letters(number).as_str(), column(&format!("{name}7"))), (name, Some(number)));
        }
        for bad in ["", "7", "a1", "ABCD1"] {
            assert_eq!(column(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_and_numbers_are_written_as_people_write_them() {
        for (serial, from_1904, expected) in [
            (1.0, false, Some("1900-01-01")),
            (59.0, false, Some("1900-02-28")),
            (61.0, false, Some("1900-03-01")),
            (46_346.75, false, Some("2026-11-20")),
            (44_884.0, true, Some("2026-11-20")),
            (-1.0, false, None),
            (1e300, false, None),
            (f64::NAN, false, None),
        ] {
            assert_eq!(day(serial, from_1904).as_deref(), expected, "{serial}");
        }
        for (text, expected) in
            [("27.5", "27.5"), ("1962", "1962"), ("1.0E-2", "0.01"), ("0.30000000000000004", "0.30000000000000004")]
        {
            assert_eq!(number(text, false, false).as_deref(), Ok(expected));
        }
        assert!(number("1,5", false, false).is_err());
    }
}
