//! One line of the directory file.

use std::fmt;
use std::str::FromStr;

use domain::codes::{ContactRole, Event, PartnerKind};
use domain::ids::PartnerId;
use domain::partner::{Categories, Mandate, Partner};
use domain::scope::ScopeSet;
use domain::text::Line;
use domain::{Clock, FieldErrors, Label, Language, Mailbox};
use serde::{Deserialize, Serialize};

use super::{Columns, RowError, error};
use crate::partner_body::{self, KeyBody, PartnerBody};

/// One partner as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Everything else, as typed and found readable; what the file has no column for is left out.
    pub details: PartnerBody,
    /// The other partners that it names.
    #[serde(default)]
    pub relations: Relations,
}

/// Other partners by their names, which may stand in the same file: none where there is no column, empty for nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relations {
    /// The organisation it belongs to.
    pub parent: Option<String>,
    /// Who hears in its stead once it is retired.
    pub successor: Option<String>,
}

/// One address of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportContact {
    /// The address.
    pub address: Mailbox,
    /// The person, if it is not a functional mailbox.
    pub person: Option<Line>,
    /// Whose turn it is; none if the file does not say.
    pub role: Option<ContactRole>,
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
    let relations = cells.relations();
    let details = cells.details(name.as_ref().zip(kind).zip(scope.as_ref()));
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
        details,
        relations,
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

    /// What may be left out: a column that is not there says nothing, an empty cell says "nothing".
    fn details(&mut self, known: Option<((&Line, PartnerKind), &ScopeSet)>) -> PartnerBody {
        let mut body = PartnerBody::default();
        for (column, place) in [
            ("legal_ground", &mut body.legal_ground),
            ("legal_reference", &mut body.legal_reference),
            ("valid_from", &mut body.valid_from),
            ("valid_to", &mut body.valid_to),
            ("verified_on", &mut body.verified_on),
            ("review_on", &mut body.review_on),
            ("channel", &mut body.channel),
            ("acknowledge_within_hours", &mut body.acknowledge_within_hours),
            ("acknowledged_by", &mut body.acknowledged_by),
            ("max_attachment_mib", &mut body.max_attachment_mib),
            ("encryption", &mut body.encryption),
            ("mail_content", &mut body.mail_content),
            ("zone", &mut body.zone),
            ("working_week", &mut body.working_week),
            ("notes", &mut body.notes),
        ] {
            if self.columns.contains_key(column) {
                *place = Some(self.text(column).to_owned());
            }
        }
        body.keys = self.keys();
        let Some(((name, kind), scope)) = known else { return body };
        let mut wrong = FieldErrors::new();
        let bare = Partner::bare(PartnerId::generate(&Clock::System), name.clone(), kind, scope.clone());
        let _ = partner_body::details(&body, bare, &mut wrong);
        for error in wrong.as_slice() {
            // A key's field is one of several lists: "/keys/0/text" stands in the column "key_text".
            let column = error.pointer.trim_start_matches('/');
            let column = match column.strip_prefix("keys/").and_then(|rest| rest.split_once('/')) {
                Some((_, field)) => format!("key_{field}"),
                None => column.to_owned(),
            };
            self.wrong(&column, error.message.clone());
        }
        body
    }

    fn relations(&self) -> Relations {
        let of = |column: &str| self.columns.contains_key(column).then(|| self.text(column).to_owned());
        Relations { parent: of("parent"), successor: of("successor") }
    }

    /// Keys in step: texts, fingerprints, last days, addresses. None if the file has no such column.
    fn keys(&self) -> Option<Vec<KeyBody>> {
        let list = |column: &str| -> Vec<String> { items(self.text(column)).map(str::to_owned).collect() };
        if !["key_text", "key_fingerprint"].iter().any(|column| self.columns.contains_key(column)) {
            return None;
        }
        let columns = ["key_text", "key_fingerprint", "key_expires_on", "key_address"].map(list);
        let count = columns.iter().map(Vec::len).max().unwrap_or(0);
        let at = |column: usize, key: usize| columns[column].get(key).cloned().unwrap_or_default();
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        let key = |n| KeyBody {
            text: at(0, n),
            fingerprint: at(1, n),
            expires_on: given(at(2, n)),
            address: given(at(3, n)),
        };
        Some((0..count).map(key).filter(|key| *key != KeyBody::default()).collect())
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
        let roles: Vec<String> = items(self.text("contact_role")).map(str::to_owned).collect();
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
            let role = match roles.get(index).map_or("", String::as_str) {
                "" => None,
                text => match text.parse() {
                    Ok(role) => Some(role),
                    Err(wrong) => {
                        self.wrong("contact_role", format!("{wrong}"));
                        None
                    }
                },
            };
            contacts.push(ImportContact { address, person, role });
        }
        contacts
    }
}

fn items(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim)
}
