//! One line of the directory file.

use std::fmt;
use std::str::FromStr;

use domain::codes::{Event, PartnerKind};
use domain::partner::{Categories, Mandate};
use domain::scope::ScopeSet;
use domain::text::Line;
use domain::{Label, Language, Mailbox};

use super::{Columns, RowError, error};

/// One partner as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Its name, by which the directory knows it again.
    pub name: Line,
    /// Its kind.
    pub kind: PartnerKind,
    /// Its languages, the preferred one first.
    pub languages: Vec<Language>,
    /// Its mandate.
    pub mandate: Mandate,
    /// Its clearance; none if the file does not say.
    pub clearance: Option<Label>,
    /// Its addresses.
    pub contacts: Vec<ImportContact>,
    /// Whether the addresses were made up, because the file has none. Such never replace real ones.
    pub addresses_derived: bool,
}

/// One address of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportContact {
    /// The address.
    pub address: Mailbox,
    /// The person, if it is not a functional mailbox.
    pub person: Option<Line>,
}

/// What a partner's mailboxes may receive when nobody has said.
pub(crate) fn default_clearance(kind: PartnerKind) -> Label {
    match kind {
        PartnerKind::Police | PartnerKind::Igo => Label::AmberStrict,
        PartnerKind::Ngo | PartnerKind::Research => Label::Green,
        PartnerKind::Market => Label::Clear,
    }
}

struct Cells<'a> {
    line: u64,
    columns: &'a Columns,
    record: &'a csv::StringRecord,
    errors: &'a mut Vec<RowError>,
}

/// The line, or nothing if a cell of it breaks a rule.
pub(super) fn read(
    line: u64,
    columns: &Columns,
    record: &csv::StringRecord,
    errors: &mut Vec<RowError>,
) -> Option<ImportRow> {
    let before = errors.len();
    let mut cells = Cells { line, columns, record, errors };
    let name = cells.one::<Line>("name");
    let kind = cells.one::<PartnerKind>("kind");
    let scope = cells.one::<ScopeSet>("country_or_scope");
    let languages = cells.list::<Language>("languages", true);
    let keywords = cells.list::<Line>("mandate_keywords", false);
    let categories = match cells.text("object_categories") {
        "*" => Categories::All,
        _ => Categories::Only(cells.list("object_categories", true)),
    };
    let events = cells.list::<Event>("event_types", true);
    let clearance = if cells.text("clearance").is_empty() { None } else { cells.one::<Label>("clearance") };
    let contacts = cells.contacts();
    if errors.len() > before {
        return None;
    }
    Some(ImportRow {
        name: name?,
        kind: kind?,
        languages,
        mandate: Mandate { scope: scope?, keywords, categories, events },
        clearance,
        contacts,
        addresses_derived: !columns.contains_key("address"),
    })
}

impl Cells<'_> {
    fn text(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|index| self.record.get(*index)).unwrap_or_default()
    }

    fn wrong(&mut self, column: &str, message: impl Into<String>) {
        self.errors.push(error(self.line, Some(column), message));
    }

    fn one<T: FromStr<Err: fmt::Display>>(&mut self, column: &str) -> Option<T> {
        match self.text(column) {
            "" => {
                self.wrong(column, "must not be empty");
                None
            }
            text => match text.parse() {
                Ok(value) => Some(value),
                Err(wrong) => {
                    let message = wrong.to_string();
                    self.wrong(column, message);
                    None
                }
            },
        }
    }

    /// The items of a cell, each once.
    fn list<T: FromStr<Err: fmt::Display> + PartialEq>(&mut self, column: &str, required: bool) -> Vec<T> {
        let mut values = Vec::new();
        let items: Vec<String> = items(self.text(column)).filter(|item| !item.is_empty()).map(str::to_owned).collect();
        if items.is_empty() && required {
            self.wrong(column, "must not be empty");
        }
        for item in items {
            match item.parse() {
                Ok(value) if values.contains(&value) => {}
                Ok(value) => values.push(value),
                Err(wrong) => {
                    let shown: String = item.chars().take(40).collect();
                    self.wrong(column, format!("{shown:?} {wrong}"));
                }
            }
        }
        values
    }

    /// Addresses and persons in step: `duty@a.example;jo@a.example` with `;Jo Doe`.
    fn contacts(&mut self) -> Vec<ImportContact> {
        let persons: Vec<String> = items(self.text("contact_person")).map(str::to_owned).collect();
        let addresses = if self.columns.contains_key("address") {
            self.list::<Mailbox>("address", true)
        } else {
            if persons.iter().any(|person| !person.is_empty()) {
                self.wrong("contact_person", "names a person without an address");
            }
            return Vec::new();
        };
        if persons.len() > addresses.len() && !addresses.is_empty() {
            self.wrong("contact_person", format!("names {} persons for {} addresses", persons.len(), addresses.len()));
        }
        let mut contacts = Vec::with_capacity(addresses.len());
        for (index, address) in addresses.into_iter().enumerate() {
            let person = match persons.get(index).map_or("", String::as_str) {
                "" => None,
                text => match text.parse() {
                    Ok(person) => Some(person),
                    Err(wrong) => {
                        self.wrong("contact_person", format!("{wrong}"));
                        None
                    }
                },
            };
            contacts.push(ImportContact { address, person });
        }
        contacts
    }
}

fn items(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim)
}
