//! Add a partner, or change one: the same checks for the API and the form.

use std::collections::HashSet;

use domain::codes::{Event, ObjectType, PartnerKind, RevisionSource};
use domain::ids::{AccountId, ContactId, PartnerId};
use domain::partner::{Categories, Contact, Mandate, Partner};
use domain::scope::ScopeSet;
use domain::text::Line;
use domain::{Clock, FieldErrors, Label, Language, Mailbox};
use serde::{Deserialize, Serialize};
use store::partners::{self, Why};
use utoipa::ToSchema;

use crate::Deps;
use crate::import::default_clearance;
use crate::import_directory::write_partners;

/// The most addresses of one partner.
const MAX_CONTACTS: usize = 50;
/// The most items of a list of languages or keywords.
const MAX_ITEMS: usize = 50;

/// A partner as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerBody {
    /// Its name in its own words; no other partner has the same.
    #[serde(default)]
    pub name: String,
    /// `police`, `igo`, `ngo` or `research`.
    #[serde(default)]
    pub kind: String,
    /// Countries, subdivisions, UN M49 regions and groups, separated by semicolons: `FR;M49:145;GRP:EU`.
    #[serde(default)]
    #[schema(example = "FR;M49:145")]
    pub scope: String,
    /// Its languages (ISO 639), the preferred one first.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Keywords of its mandate.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Object types it wants to hear of; `*` alone means every one.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Events it wants to hear of.
    #[serde(default)]
    pub events: Vec<String>,
    /// The greatest handling label of its mailboxes; left out, it stays as it is, and a new partner has its kind's.
    #[serde(default)]
    pub clearance: Option<String>,
    /// Whether it is to be told anything; left out, it stays as it is, and a new partner is told.
    #[serde(default)]
    pub active: Option<bool>,
    /// Its addresses.
    #[serde(default)]
    pub contacts: Vec<ContactBody>,
    /// Why it is added or changed; kept with the revision.
    #[serde(default)]
    pub reason: String,
}

/// Who changes the directory, and by what.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// The person; none for the machine's own command line.
    pub account: Option<AccountId>,
    /// By what.
    pub source: RevisionSource,
}

impl By {
    /// With a reason.
    pub(crate) fn because(self, reason: Line) -> Why {
        Why { by: self.account, source: self.source, reason }
    }
}

/// One address as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactBody {
    /// Where mail goes.
    #[serde(default)]
    #[schema(example = "alerts@unit.example")]
    pub address: String,
    /// The person's name; left out for a functional mailbox.
    #[serde(default)]
    pub person: Option<String>,
    /// The greatest handling label it may receive; the partner's if left out.
    #[serde(default)]
    pub clearance: Option<String>,
}

/// Why a partner was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SavePartnerError {
    /// Fields break rules.
    #[error("read the partner's fields")]
    Fields(FieldErrors),
    /// There is no such partner.
    #[error("find the partner")]
    NotFound,
    /// The database failed.
    #[error("store the partner")]
    Store(#[from] store::Error),
}

/// Adds a partner.
pub async fn add_partner(deps: &Deps, body: &PartnerBody, by: By) -> Result<Partner, SavePartnerError> {
    save(deps, None, body, by).await
}

/// Changes a partner to what the body says. If that is what it is, nothing happens.
pub async fn change_partner(
    deps: &Deps,
    id: PartnerId,
    body: &PartnerBody,
    by: By,
) -> Result<Partner, SavePartnerError> {
    save(deps, Some(id), body, by).await
}

async fn save(deps: &Deps, id: Option<PartnerId>, body: &PartnerBody, by: By) -> Result<Partner, SavePartnerError> {
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    let directory = partners::directory(&mut tx).await?;
    let old = match id {
        Some(id) => Some(directory.partners.iter().find(|p| p.id == id).ok_or(SavePartnerError::NotFound)?),
        None => None,
    };
    let mut errors = FieldErrors::new();
    let partner = check(body, old, &deps.clock, &mut errors);
    let reason: Option<Line> = errors.optional("/reason", Some(&body.reason));
    if let Some(partner) = &partner
        && directory.partners.iter().any(|other| other.name == partner.name && Some(other.id) != id)
    {
        errors.push("/name", "is the name of another partner");
    }
    let partner = errors.into_result(partner).map_err(SavePartnerError::Fields)?;
    if old == Some(&partner) {
        return Ok(partner);
    }
    let usual = || if old.is_some() { "Changed" } else { "Added" }.parse().expect("a line");
    let why = by.because(reason.unwrap_or_else(usual));
    let (added, changed) = if old.is_some() { (0, 1) } else { (1, 0) };
    let revision = write_partners(&mut tx, deps, std::slice::from_ref(&partner), (added, changed), &why).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(partner.id = %partner.id, directory.revision = revision, "changed a partner");
    Ok(partner)
}

/// The partner, unless a field breaks a rule. Contacts keep their identifiers by their addresses.
fn check(body: &PartnerBody, old: Option<&Partner>, clock: &Clock, errors: &mut FieldErrors) -> Option<Partner> {
    let name: Option<Line> = errors.required("/name", Some(&body.name));
    let kind: Option<PartnerKind> = errors.required("/kind", Some(&body.kind));
    let scope: Option<ScopeSet> = errors.required("/scope", Some(&body.scope));
    let languages: Vec<Language> = list(errors, "/languages", &body.languages, MAX_ITEMS);
    let keywords: Vec<Line> = list(errors, "/keywords", &body.keywords, MAX_ITEMS);
    let all = body.categories.iter().any(|category| category.trim() == "*");
    let categories = if all {
        Categories::All
    } else {
        Categories::Only(list::<ObjectType>(errors, "/categories", &body.categories, ObjectType::ALL.len()))
    };
    let events: Vec<Event> = list(errors, "/events", &body.events, Event::ALL.len());
    // A field that is left out must not widen what a partner may be sent.
    let usual = old.map(|old| old.clearance).or_else(|| kind.map(default_clearance));
    let clearance = clearance(errors, "/clearance", body.clearance.as_deref(), usual);
    for (pointer, missing) in [
        ("/languages", languages.is_empty()),
        ("/categories", categories == Categories::Only(Vec::new())),
        ("/events", events.is_empty()),
    ] {
        if missing && errors.at(pointer).next().is_none() {
            errors.push(pointer, "must name at least one");
        }
    }
    let contacts = contacts(body, old, clearance, clock, errors);
    let (name, kind, scope) = (name?, kind?, scope?);
    let bare = || Partner::bare(PartnerId::generate(clock), name.clone(), kind, scope.clone());
    let before = old.cloned().unwrap_or_else(bare);
    Some(Partner {
        name,
        kind,
        languages,
        mandate: Mandate { scope, keywords, categories, events },
        clearance: clearance?,
        active: body.active.unwrap_or(before.active),
        contacts,
        ..before
    })
}

fn contacts(
    body: &PartnerBody,
    old: Option<&Partner>,
    of_partner: Option<Label>,
    clock: &Clock,
    errors: &mut FieldErrors,
) -> Vec<Contact> {
    let mut contacts = Vec::new();
    let mut seen = HashSet::new();
    for (index, contact) in body.contacts.iter().take(MAX_CONTACTS).enumerate() {
        let at = |field: &str| format!("/contacts/{index}/{field}");
        let address: Option<Mailbox> = errors.required(&at("address"), Some(&contact.address));
        let person: Option<Line> = errors.optional(&at("person"), contact.person.as_deref());
        let clearance = clearance(errors, &at("clearance"), contact.clearance.as_deref(), of_partner);
        let (Some(address), Some(clearance)) = (address, clearance) else { continue };
        if !seen.insert(address.clone()) {
            errors.push(at("address"), "is there twice");
        }
        if clearance == Label::Red && person.is_none() {
            errors.push(at("clearance"), "can be TLP:RED for a named person only");
        }
        let known = old.and_then(|old| old.contacts.iter().find(|known| known.address == address));
        let id = known.map_or_else(|| ContactId::generate(clock), |known| known.id);
        let known = known.cloned().unwrap_or_else(|| Contact::mailbox(id, address, clearance));
        contacts.push(Contact { person, clearance, ..known });
    }
    if body.contacts.len() > MAX_CONTACTS {
        errors.push("/contacts", format!("must be at most {MAX_CONTACTS}"));
    }
    contacts.sort_by(|a, b| a.address.cmp(&b.address));
    contacts
}

fn clearance(errors: &mut FieldErrors, pointer: &str, text: Option<&str>, otherwise: Option<Label>) -> Option<Label> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => otherwise,
        text => errors.optional(pointer, text),
    }
}

/// The items of a list, each once; errors name the list, because a form has one field for it.
fn list<T>(errors: &mut FieldErrors, pointer: &str, items: &[String], most: usize) -> Vec<T>
where
    T: std::str::FromStr<Err: std::fmt::Display> + PartialEq,
{
    let mut values = Vec::new();
    for item in items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).take(most + 1) {
        match item.parse() {
            Ok(value) if values.contains(&value) => {}
            Ok(value) => values.push(value),
            Err(wrong) => {
                let shown: String = item.chars().take(40).collect();
                errors.push(pointer, format!("{shown:?} {wrong}"));
            }
        }
    }
    if values.len() > most {
        errors.push(pointer, format!("must name at most {most}"));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> PartnerBody {
        PartnerBody {
            name: "Unit".to_owned(),
            kind: "ngo".to_owned(),
            scope: "FR".to_owned(),
            languages: vec!["fr".to_owned()],
            categories: vec!["*".to_owned()],
            events: vec!["theft".to_owned()],
            active: Some(true),
            contacts: vec![ContactBody { address: "a@unit.example".to_owned(), ..ContactBody::default() }],
            ..PartnerBody::default()
        }
    }

    fn pointers(body: &PartnerBody) -> Vec<String> {
        let mut errors = FieldErrors::new();
        let _ = check(body, None, &Clock::System, &mut errors);
        errors.as_slice().iter().map(|error| error.pointer.clone()).collect()
    }

    #[test]
    fn a_partner_gets_the_clearance_of_its_kind() {
        let partner = check(&body(), None, &Clock::System, &mut FieldErrors::new()).expect("a partner");
        assert_eq!((partner.clearance, partner.contacts[0].clearance), (Label::Green, Label::Green));
        let again = check(&body(), Some(&partner), &Clock::System, &mut FieldErrors::new());
        assert_eq!(again, Some(partner), "identifiers stay");
    }

    #[test]
    fn every_error_names_its_field() {
        let expected = ["/name", "/kind", "/scope", "/languages", "/categories", "/events"];
        assert_eq!(pointers(&PartnerBody::default()), expected);
        let mut wrong = body();
        wrong.events = vec!["heist".to_owned()];
        wrong.contacts.push(ContactBody { address: "a@unit.example".to_owned(), ..ContactBody::default() });
        wrong.contacts[0].clearance = Some("TLP:RED".to_owned());
        assert_eq!(pointers(&wrong), ["/events", "/contacts/0/clearance", "/contacts/1/address"]);
    }
}
