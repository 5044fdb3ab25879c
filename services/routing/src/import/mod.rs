//! Reads the directory file: CSV (RFC 4180), `;` between the items of a cell. Pure; it stores nothing.
//!
//! A file of programs from many offices: byte order mark and CRLF are tolerated, columns may come in any order, every
//! error is found at once with its line and column.

mod json;
pub(crate) mod merge;
pub(crate) mod review;
mod row;
mod slug;

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

pub(crate) use row::default_clearance;
pub use row::{ImportContact, ImportRow, Relations};

/// The most partners of one file.
pub const MAX_ROWS: usize = 10_000;
/// The largest file, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// More errors than this help nobody.
const MAX_ERRORS: usize = 200;

/// What the file must have.
pub const REQUIRED: [&str; 7] =
    ["name", "kind", "country_or_scope", "languages", "mandate_keywords", "object_categories", "event_types"];
/// What it may have.
pub const OPTIONAL: [&str; 25] = [
    "address",
    "contact_person",
    "contact_role",
    "clearance",
    "legal_ground",
    "legal_reference",
    "parent",
    "successor",
    "valid_from",
    "valid_to",
    "verified_on",
    "review_on",
    "channel",
    "acknowledge_within_hours",
    "acknowledged_by",
    "max_attachment_mib",
    "encryption",
    "mail_content",
    "zone",
    "working_week",
    "key_text",
    "key_fingerprint",
    "key_expires_on",
    "key_address",
    "notes",
];

/// A cell, a line or the file that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The line in the file, from 1; where a quoted cell runs over several lines, the first.
    pub line: u64,
    /// The column's name; none if it is the whole line.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, {column}: {}", self.line, self.message),
            None => write!(f, "line {}: {}", self.line, self.message),
        }
    }
}

fn error(line: u64, column: Option<&str>, message: impl Into<String>) -> RowError {
    RowError { line, column: column.map(str::to_owned), message: message.into() }
}

/// Reads the bytes of a file, which must be UTF-8: JSON if it begins as JSON does, else CSV.
pub fn parse_bytes(bytes: &[u8]) -> Result<Vec<ImportRow>, Vec<RowError>> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim_start_matches('\u{feff}').trim_start().starts_with(['[', '{']) => json::parse_json(text),
        Ok(text) => parse_csv(text),
        Err(wrong) => {
            let line = bytes[..wrong.valid_up_to()].split(|b| *b == b'\n').count() as u64;
            Err(vec![error(line, None, "the file is not UTF-8; save it as “CSV UTF-8”")])
        }
    }
}

/// Reads a file, or gives every error in it.
pub fn parse_csv(text: &str) -> Result<Vec<ImportRow>, Vec<RowError>> {
    if text.len() > MAX_BYTES {
        return Err(vec![error(
            1,
            None,
            format!("a file must have at most {MAX_BYTES} bytes, this has {}", text.len()),
        )]);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(wrong) => return Err(vec![error(1, None, wrong.to_string())]),
    };
    let columns = columns(&headers)?;
    let mut rows = Vec::new();
    let mut errors = Vec::new();
    let mut lines_by_name: HashMap<String, u64> = HashMap::new();
    for (index, record) in reader.records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(wrong) => {
                let line = wrong.position().map_or(0, csv::Position::line);
                errors.push(error(line, None, wrong.to_string()));
                continue;
            }
        };
        let line = record.position().map_or(0, |position| line_of(text, position));
        if index >= MAX_ROWS {
            errors.push(error(line, None, format!("a file must have at most {MAX_ROWS} partners")));
            break;
        }
        if errors.len() >= MAX_ERRORS {
            errors.push(error(line, None, "and so on: the lines from here on were not read"));
            break;
        }
        if record.len() != headers.len() {
            let message = format!("has {} cells, the first line has {}", record.len(), headers.len());
            errors.push(error(line, None, message));
            continue;
        }
        if let Some(row) = row::read(line, &columns, &record, &mut errors) {
            match lines_by_name.insert(row.name.to_string(), line) {
                Some(first) => errors.push(error(line, Some("name"), format!("stands in line {first} already"))),
                None => rows.push(row),
            }
        }
    }
    if rows.is_empty() && errors.is_empty() {
        errors.push(error(1, None, "the file has no partner"));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    if !columns.contains_key("address") {
        slug::derive_addresses(&mut rows);
    }
    Ok(rows)
}

/// The line a record begins in: the reader's position is that of the blank lines it skipped before.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(text.len());
    let skipped = text.as_bytes()[at..].iter().take_while(|b| matches!(b, b'\n' | b'\r'));
    position.line() + skipped.filter(|b| **b == b'\n').count() as u64
}

/// Where each column is.
type Columns = HashMap<&'static str, usize>;

fn columns(headers: &csv::StringRecord) -> Result<Columns, Vec<RowError>> {
    let mut columns = Columns::new();
    let mut errors = Vec::new();
    for (index, header) in headers.iter().enumerate() {
        if let Some(known) = REQUIRED.iter().chain(&OPTIONAL).find(|known| **known == header) {
            if columns.insert(*known, index).is_some() {
                errors.push(error(1, Some(known), "is there twice"));
            }
        } else {
            let shown: String = header.chars().take(40).collect();
            errors.push(error(1, Some(&shown), "is no column of a directory file"));
        }
    }
    for missing in REQUIRED.iter().filter(|name| !columns.contains_key(**name)) {
        errors.push(error(1, Some(missing), "is missing"));
    }
    if errors.is_empty() { Ok(columns) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use domain::Label;
    use domain::codes::PartnerKind;
    use domain::partner::Categories;
    use domain::text::Line;

    use super::*;

    const SAMPLE: &str = include_str!("../../data/sample_partners.csv");
    const HEAD: &str = "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types";

    fn places(text: &str) -> Vec<(u64, Option<String>)> {
        parse_csv(text).expect_err("must be refused").into_iter().map(|e| (e.line, e.column)).collect()
    }

    fn at(line: u64, column: &str) -> (u64, Option<String>) {
        (line, Some(column.to_owned()))
    }

    #[test]
    fn the_sample_directory_reads_whole() {
        let rows = parse_csv(SAMPLE).expect("the sample is well-formed");
        let count = |kind| rows.iter().filter(|row| row.kind == kind).count();
        assert_eq!(PartnerKind::ALL.iter().map(|kind| count(*kind)).collect::<Vec<_>>(), [33, 19, 13, 18, 0]);
        let addresses: std::collections::HashSet<_> = rows.iter().map(|row| row.contacts[0].address.as_str()).collect();
        assert_eq!(addresses.len(), 83, "every partner has an address of its own");
        assert!(addresses.contains("alerts@okokrim-environmental-and-art-crime.police.example"));
        assert!(addresses.iter().all(|address| address.ends_with(".example")));
        for row in &rows {
            let expected = match row.kind {
                PartnerKind::Police | PartnerKind::Igo => Label::AmberStrict,
                PartnerKind::Ngo | PartnerKind::Research | PartnerKind::Market => Label::Green,
            };
            assert_eq!(row.clearance, None);
            assert_eq!(default_clearance(row.kind), expected);
        }
        assert_eq!(rows[0].mandate.categories, Categories::All);
    }

    #[test]
    fn byte_order_mark_crlf_and_column_order_do_not_matter() {
        let text = "\u{feff}kind,name,country_or_scope,languages,mandate_keywords,object_categories,event_types\r\n\
                    ngo,\"A, B\",M49:001,en;fr,,*,theft\r\n\r\n";
        let rows = parse_csv(text).expect("a file");
        assert_eq!((rows.len(), rows[0].name.as_str()), (1, "A, B"));
        assert!(rows[0].mandate.keywords.is_empty());
    }

    #[test]
    fn every_error_comes_with_its_line_and_column() {
        let text = format!(
            "{HEAD}\nA,police,XX,fr,x,*,theft\n\nB,bishop,FR,xxxx,x,hats,theft;thieving\nC,ngo,FR\nA2,ngo,FR,en,x,*,\n"
        );
        let expected = [
            at(2, "country_or_scope"),
            at(4, "kind"),
            at(4, "languages"),
            at(4, "object_categories"),
            at(4, "event_types"),
            (5, None),
            at(6, "event_types"),
        ];
        assert_eq!(places(&text), expected);
        assert_eq!(places(&format!("{HEAD}\nA,ngo,FR,en,x,*,theft\nA,ngo,FR,en,x,*,theft\n")), [at(3, "name")]);
        assert_eq!(places("name,kind,fax\n").len(), 6);
        assert_eq!(places(&format!("{HEAD},name\n")), [at(1, "name")]);
        assert_eq!(places(HEAD), [(1, None)]);
        assert_eq!(places(""), REQUIRED.map(|column| at(1, column)));
    }

    #[test]
    fn addresses_persons_and_clearance_are_read_in_step() {
        let text = format!(
            "{HEAD},address,contact_person,clearance\nA,police,FR,fr,x,*,theft,duty@a.example;j@a.example,;Jo Doe,TLP:RED\n"
        );
        let row = parse_csv(&text).expect("a file").remove(0);
        assert_eq!(row.clearance, Some(Label::Red));
        assert_eq!(row.contacts[0].person, None);
        assert_eq!(row.contacts[1].person.as_ref().map(Line::as_str), Some("Jo Doe"));
        let wrong =
            format!("{HEAD},address,contact_person\nA,police,FR,fr,x,*,theft,a@b,\nB,police,FR,fr,x,*,theft,,Jo\n");
        assert_eq!(places(&wrong), [at(2, "address"), at(3, "address")]);
        let wrong = format!("{HEAD},address,contact_person\nA,police,FR,fr,x,*,theft,a@b.example,A;B\n");
        assert_eq!(places(&wrong), [at(2, "contact_person")]);
        let wrong = format!("{HEAD},contact_person\nA,police,FR,fr,x,*,theft,Jo\n");
        assert_eq!(places(&wrong), [at(2, "contact_person")]);
    }

    #[test]
    fn keys_and_the_names_of_other_partners_are_read() {
        let armoured = "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----";
        let (one, two) = ("a".repeat(64), "B".repeat(40));
        let head = format!("{HEAD},parent,successor,key_text,key_fingerprint,key_expires_on,key_address");
        let row = |cells: &str| format!("{head}\nA,police,FR,fr,x,*,theft,{cells}\n");
        let good = row(&format!("Bureau,,\"{armoured};{armoured}\",{one};{two},;2030-01-01,"));
        let row_read = parse_csv(&good).expect("a file").remove(0);
        assert_eq!(
            (row_read.relations.parent.as_deref(), row_read.relations.successor.as_deref()),
            (Some("Bureau"), Some(""))
        );
        let keys = row_read.details.keys.expect("keys");
        assert_eq!(
            (keys.len(), keys[1].fingerprint.as_str(), keys[1].expires_on.as_deref()),
            (2, two.as_str(), Some("2030-01-01"))
        );
        assert_eq!(keys[0].expires_on, None);
        assert_eq!(parse_csv(&row(",,,,,")).expect("a file")[0].details.keys, Some(Vec::new()), "no key any more");
        let without = format!("{HEAD}\nA,police,FR,fr,x,*,theft\n");
        let without = parse_csv(&without).expect("a file").remove(0);
        assert_eq!((without.details.keys, without.relations), (None, Relations::default()));
        for (cells, column) in [
            (format!(",,nonsense,{one},,"), "key_text"),
            (format!(",,\"{armoured}\",xyz,,"), "key_fingerprint"),
            (format!(",,\"{armoured}\",{one},soon,"), "key_expires_on"),
            (format!(",,\"{armoured}\",{one},,nowhere"), "key_address"),
        ] {
            assert_eq!(places(&row(&cells)), [at(2, column)], "{cells}");
        }
        assert_eq!(places(&row(&format!(",,,{one},,"))), [at(2, "key_text")]);
    }

    #[test]
    fn limits_hold() {
        let row = |n: usize| format!("P{n},ngo,FR,en,,*,theft\n");
        let many: String = std::iter::once(format!("{HEAD}\n")).chain((0..=MAX_ROWS).map(row)).collect();
        assert_eq!(places(&many), [(10_002, None)]);
        assert_eq!(places(&"x".repeat(MAX_BYTES + 1)), [(1, None)]);
        let bad: String = std::iter::once(format!("{HEAD}\n")).chain((0..1000).map(|_| "x\n".to_owned())).collect();
        assert_eq!(places(&bad).len(), MAX_ERRORS + 1);
        assert_eq!(parse_bytes(b"name\n\xff").expect_err("not UTF-8")[0].line, 2);
    }

    proptest::proptest! {
        #[test]
        fn no_file_makes_the_reader_panic(text in "\\PC{0,200}") {
            let _ = parse_csv(&text);
            let _ = parse_csv(&format!("{HEAD}\n{text}"));
        }
    }
}
