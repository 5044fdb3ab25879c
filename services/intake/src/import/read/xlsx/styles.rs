//! Which cells are dates: a workbook keeps a day as a number, and only its format says that it is one.

use std::collections::HashSet;

use super::{Archive, MAX_INDEX, attribute, each_start, open};
use crate::import::read::FileError;

/// The most formats; a program that makes one for each cell stops at 64,000.
const MAX_FORMATS: usize = 65_536;

/// For each format of a cell, whether it shows a date.
#[derive(Default)]
pub(super) struct Styles(Vec<bool>);

impl Styles {
    pub(super) fn is_date(&self, format: usize) -> bool {
        self.0.get(format).copied().unwrap_or(false)
    }
}

pub(super) fn read(archive: &mut Archive<'_>) -> Result<Styles, FileError> {
    let Some(mut part) = open(archive, "xl/styles.xml", MAX_INDEX)? else { return Ok(Styles::default()) };
    let mut own_dates = HashSet::new();
    let mut formats = Vec::new();
    let mut in_cells = false;
    each_start(&mut part, "the workbook's formats", |element| match element.local_name().as_ref() {
        "numFmt" => {
            let code = attribute(element, "formatCode").unwrap_or_default();
            if shows_a_date(&code) {
                own_dates.extend(attribute(element, "numFmtId"));
            }
        }
        "cellXfs" => in_cells = true,
        "cellStyleXfs" | "cellStyles" | "dxfs" => in_cells = false,
        "xf" if in_cells && formats.len() < MAX_FORMATS => {
            let number = attribute(element, "numFmtId").unwrap_or_default();
            // ECMA-376, part 1, 18.8.30: the dates among the formats that every workbook has.
            let built_in = number.parse().is_ok_and(|number: u32| matches!(number, 14..=17 | 22 | 27..=36 | 50..=58));
            formats.push(built_in || own_dates.contains(&number));
        }
        _ => {}
    })?;
    Ok(Styles(formats))
}

/// Whether a format has a year or a day outside of quotes, brackets and escapes.
fn shows_a_date(code: &str) -> bool {
    let mut characters = code.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => drop(characters.by_ref().find(|c| *c == '"')),
            '[' => drop(characters.by_ref().find(|c| *c == ']')),
            '\\' | '_' | '*' => drop(characters.next()),
            'y' | 'Y' | 'd' | 'D' => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::shows_a_date;

    #[test]
    fn dates_are_told_from_numbers_with_words() {
        for date in ["yyyy-mm-dd", "[$-40C]d mmmm yyyy", "dd/mm/yy", "\"le\" d"] {
            assert!(shows_a_date(date), "{date}");
        }
        for number in ["0.00", "#,##0 \"days\"", "[Red]0", "0\\d", "General", "\"unfinished day"] {
            assert!(!shows_a_date(number), "{number}");
        }
    }
}
