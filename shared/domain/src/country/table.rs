//! The embedded CSV files of `data/`, parsed once. They are part of the program, so a fault in them is a bug, not input.

use std::ops::Range;
use std::sync::LazyLock;

use super::{Country, Region};
use crate::language::Language;

/// One row of `countries.csv`.
pub(super) struct CountryRow {
    pub(super) alpha2: String,
    pub(super) alpha3: String,
    pub(super) m49: u16,
    pub(super) names: Names,
    pub(super) regions: Vec<Region>,
    pub(super) neighbours: Vec<Country>,
}

/// One row of `regions.csv`.
pub(super) struct RegionRow {
    pub(super) m49: u16,
    pub(super) names: Names,
}

/// A name in each language the file has a column for; the first column is English.
pub(super) struct Names(Vec<(Language, String)>);

impl Names {
    pub(super) fn get(&self, language: Language) -> &str {
        let wanted = self.0.iter().find(|(of, _)| *of == language);
        wanted.or(self.0.first()).map_or("", |(_, name)| name)
    }
}

static COUNTRIES: LazyLock<Vec<CountryRow>> = LazyLock::new(|| {
    let lines = lines(include_str!("../../data/countries.csv"));
    let codes: Vec<&str> = lines.iter().map(|line| line.get("alpha2")).collect();
    assert!(codes.is_sorted(), "rows are numbered by code, and found by binary search");
    let country = |code: &str| {
        let row = codes.binary_search(&code).expect("neighbours are countries of the same file");
        Country(u16::try_from(row).expect("fewer rows than letter pairs"))
    };
    lines
        .iter()
        .map(|line| CountryRow {
            alpha2: line.get("alpha2").to_owned(),
            alpha3: line.get("alpha3").to_owned(),
            m49: number(line.get("m49")),
            names: line.names(),
            regions: list(line.get("regions"))
                .map(|m49| m49.parse().expect("regions are those of regions.csv"))
                .collect(),
            neighbours: list(line.get("neighbours")).map(country).collect(),
        })
        .collect()
});

static REGIONS: LazyLock<Vec<RegionRow>> = LazyLock::new(|| {
    let rows: Vec<RegionRow> = lines(include_str!("../../data/regions.csv"))
        .iter()
        .map(|line| RegionRow { m49: number(line.get("m49")), names: line.names() })
        .collect();
    assert!(rows.is_sorted_by_key(|row| row.m49), "rows are found by binary search");
    rows
});

pub(super) fn countries() -> Range<u16> {
    0..u16::try_from(COUNTRIES.len()).expect("fewer rows than letter pairs")
}

pub(super) fn country(Country(row): Country) -> &'static CountryRow {
    &COUNTRIES[usize::from(row)]
}

pub(super) fn row_of(alpha2: &str) -> Option<u16> {
    let row = COUNTRIES.binary_search_by(|row| row.alpha2.as_str().cmp(alpha2)).ok()?;
    Some(u16::try_from(row).expect("fewer rows than letter pairs"))
}

pub(super) fn regions() -> &'static [RegionRow] {
    &REGIONS
}

pub(super) fn region(m49: u16) -> Option<&'static RegionRow> {
    let row = REGIONS.binary_search_by_key(&m49, |row| row.m49).ok()?;
    Some(&REGIONS[row])
}

/// A line of an embedded file, its cells found by the names of the columns.
pub(super) struct Line {
    columns: csv::StringRecord,
    cells: csv::StringRecord,
}

impl Line {
    pub(super) fn get(&self, column: &str) -> &str {
        let at = self.columns.iter().position(|name| name == column).expect("the embedded file has this column");
        &self.cells[at]
    }

    /// The cells of all columns headed by a language code; other headings are longer or hold digits.
    pub(super) fn names(&self) -> Names {
        let cells = self.columns.iter().zip(&self.cells);
        let names: Vec<_> = cells.filter_map(|(column, cell)| Some((column.parse().ok()?, cell.to_owned()))).collect();
        assert!(names.first().is_some_and(|(of, _)| *of == Language::ENGLISH), "English is what others fall back to");
        Names(names)
    }
}

pub(super) fn lines(file: &'static str) -> Vec<Line> {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let columns = reader.headers().expect("the embedded file has a heading").clone();
    reader
        .into_records()
        .map(|record| Line { columns: columns.clone(), cells: record.expect("the embedded file is well-formed CSV") })
        .collect()
}

/// The values of a cell; an empty cell has none.
pub(super) fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').filter(|value| !value.is_empty())
}

fn number(cell: &str) -> u16 {
    cell.parse().expect("an M49 code has three digits")
}
