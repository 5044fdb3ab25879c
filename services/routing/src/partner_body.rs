//! A partner as sent by the API and the form, and the checks that make a [`Partner`] of it. Pure.
//!
//! A field that is left out stays as it is; one that is empty is emptied. Nothing that is left out can widen what a
//! partner may be sent.

use std::collections::HashSet;
use std::fmt::Display;
use std::str::FromStr;

use domain::codes::{AcknowledgedBy, Event, ObjectType, PartnerKind};
use domain::ids::{ContactId, PartnerId};
use domain::partner::{
    AcknowledgementPolicy, Categories, Contact, Fingerprint, Key, KeyText, LegalBasis, Mandate, Partner, WorkingHours,
};
use domain::scope::ScopeSet;
use domain::text::Line;
use domain::{CivilDate, Clock, FieldErrors, Label, Language, Mailbox};
use seal::{KeyError, Recipient};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::import::default_clearance;

/// The most addresses or keys of one partner.
const MAX_CONTACTS: usize = 50;
/// The most items of a list of languages or keywords.
const MAX_ITEMS: usize = 50;

/// A partner as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PartnerBody {
    /// Its name in its own words; no other partner has the same.
    pub name: String,
    /// `police`, `igo`, `ngo`, `research`; `market` where the administrator allows it.
    pub kind: String,
    /// Countries, subdivisions, UN M49 regions and groups, separated by semicolons: `FR;M49:145;GRP:EU`.
    #[schema(example = "FR;M49:145")]
    pub scope: String,
    /// Its languages (ISO 639), the preferred one first.
    pub languages: Vec<String>,
    /// Keywords of its mandate.
    pub keywords: Vec<String>,
    /// Object types it wants to hear of; `*` alone means every one.
    pub categories: Vec<String>,
    /// Events it wants to hear of.
    pub events: Vec<String>,
    /// The greatest handling label of its mailboxes; left out, it stays as it is, and a new partner has its kind's.
    pub clearance: Option<String>,
    /// Whether it is to be told anything; left out, it stays as it is, and a new partner is told.
    pub active: Option<bool>,
    /// Its addresses.
    pub contacts: Vec<ContactBody>,
    /// `agreement`, `law_enforcement`, `adequacy`, `public_interest` or `consent`.
    pub legal_ground: Option<String>,
    /// The document behind the legal ground.
    pub legal_reference: Option<String>,
    /// The partner it belongs to.
    pub parent: Option<String>,
    /// The partner that hears in its stead once it is retired.
    pub successor: Option<String>,
    /// The first day on which it is to be told.
    pub valid_from: Option<String>,
    /// The last day on which it is to be told.
    pub valid_to: Option<String>,
    /// When somebody last checked the whole record.
    pub verified_on: Option<String>,
    /// When it is to be checked again.
    pub review_on: Option<String>,
    /// `mail` or `feed`.
    pub channel: Option<String>,
    /// Within how many hours it has agreed to acknowledge.
    pub acknowledge_within_hours: Option<String>,
    /// `any` or `all` of its contacts acknowledge.
    pub acknowledged_by: Option<String>,
    /// The largest attachment its mail server takes, in MiB.
    pub max_attachment_mib: Option<String>,
    /// Whether mail to it is encrypted: `never`, `preferred` or `required`.
    pub encryption: Option<String>,
    /// What mail may carry above TLP:GREEN: nothing (`green`), what is encrypted (`encrypted`), or TLP:AMBER also in
    /// the clear (`amber`). The rest it is told by a reference and a link.
    pub mail_content: Option<String>,
    /// A zone of the IANA database.
    #[schema(example = "Europe/Paris")]
    pub zone: Option<String>,
    /// Days and hours in that zone.
    #[schema(example = "Mo-Fr 09:00-17:00")]
    pub working_week: Option<String>,
    /// Its keys; left out, they stay.
    pub keys: Option<Vec<KeyBody>>,
    /// What the desk has to remember of it.
    pub notes: Option<String>,
    /// Why it is added or changed; kept with the revision. Required for a change that waits for a second person.
    pub reason: String,
}

/// One address as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContactBody {
    /// Which contact it is, if it is known and its address changes.
    pub id: Option<String>,
    /// Where mail goes.
    #[schema(example = "alerts@unit.example")]
    pub address: String,
    /// The person's name; left out for a functional mailbox.
    pub person: Option<String>,
    /// The greatest handling label it may receive; the partner's if left out.
    pub clearance: Option<String>,
    /// `primary`, `second` or `out_of_hours`.
    pub role: Option<String>,
}

/// One key as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeyBody {
    /// 40 or 64 hexadecimal digits.
    pub fingerprint: String,
    /// The last day on which it may be used.
    pub expires_on: Option<String>,
    /// The address it is for; left out for every address.
    pub address: Option<String>,
    /// The armoured public key or certificate.
    pub text: String,
}

/// The partner, unless a field breaks a rule. Contacts keep their identifiers.
pub(crate) fn check(
    body: &PartnerBody,
    old: Option<&Partner>,
    clock: &Clock,
    errors: &mut FieldErrors,
) -> Option<Partner> {
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
    let clearance = given(errors, "/clearance", body.clearance.as_deref()).or(usual);
    if kind == Some(PartnerKind::Market) && clearance.is_some_and(|clearance| clearance > Label::Clear) {
        errors.push("/clearance", "must be TLP:CLEAR for a market body");
    }
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
    let bare = name.clone().zip(kind).zip(scope.clone());
    let bare = bare.map(|((name, kind), scope)| Partner::bare(PartnerId::generate(clock), name, kind, scope));
    let before = old.cloned().or(bare);
    let mut details = before.map(|before| details(body, before, errors));
    if let (Some(details), Some(sent)) = (&mut details, &body.keys) {
        let known = old.map_or(&[][..], |old| &old.keys);
        check_keys(sent, known, &mut details.keys, clock, errors);
    }
    Some(Partner {
        name: name?,
        kind: kind?,
        languages,
        mandate: Mandate { scope: scope?, keywords, categories, events },
        clearance: clearance?,
        active: body.active.or(old.map(|old| old.active)).unwrap_or(true),
        contacts,
        ..details?
    })
}

/// Everything that may be left out.
pub(crate) fn details(body: &PartnerBody, before: Partner, errors: &mut FieldErrors) -> Partner {
    let ground = kept(errors, "/legal_ground", body.legal_ground.as_deref(), || {
        before.legal_basis.as_ref().map(|basis| basis.ground)
    });
    let reference = kept(errors, "/legal_reference", body.legal_reference.as_deref(), || {
        before.legal_basis.as_ref().and_then(|basis| basis.reference.clone())
    });
    if ground.is_none() && reference.is_some() {
        errors.push("/legal_ground", "is required beside the document");
    }
    let parent = kept(errors, "/parent", body.parent.as_deref(), || before.parent);
    let successor = kept(errors, "/successor", body.successor.as_deref(), || before.successor);
    for (pointer, other) in [("/parent", parent), ("/successor", successor)] {
        if other == Some(before.id) {
            errors.push(pointer, "must be another partner");
        }
    }
    let mut date = |pointer: &str, text: &Option<String>, otherwise: Option<CivilDate>| {
        kept(errors, pointer, text.as_deref(), || otherwise)
    };
    let valid_from = date("/valid_from", &body.valid_from, before.valid_from);
    let valid_to = date("/valid_to", &body.valid_to, before.valid_to);
    let verified_on = date("/verified_on", &body.verified_on, before.verified_on);
    let review_on = date("/review_on", &body.review_on, before.review_on);
    for (pointer, first, second, rule) in [
        ("/valid_to", valid_from, valid_to, "must not be before the first day"),
        ("/review_on", verified_on, review_on, "must not be before the day it was verified"),
    ] {
        if first.zip(second).is_some_and(|(first, second)| second < first) {
            errors.push(pointer, rule);
        }
    }
    let policy = before.acknowledgement;
    let within = number(errors, "/acknowledge_within_hours", body.acknowledge_within_hours.as_deref(), || {
        policy.map(|policy| policy.within_hours)
    });
    let within = in_range(errors, "/acknowledge_within_hours", within, AcknowledgementPolicy::MAX_HOURS);
    let by: Option<AcknowledgedBy> =
        kept(errors, "/acknowledged_by", body.acknowledged_by.as_deref(), || policy.map(|policy| policy.by));
    let max = number(errors, "/max_attachment_mib", body.max_attachment_mib.as_deref(), || before.max_attachment_mib);
    let max = in_range(errors, "/max_attachment_mib", max, Partner::MAX_ATTACHMENT_MIB);
    let zone = kept(errors, "/zone", body.zone.as_deref(), || before.hours.as_ref().map(|hours| hours.zone.clone()));
    let week = kept(errors, "/working_week", body.working_week.as_deref(), || {
        before.hours.as_ref().and_then(|hours| hours.week)
    });
    if zone.is_none() && week.is_some() {
        errors.push("/zone", "is required beside working hours");
    }
    Partner {
        legal_basis: ground.map(|ground| LegalBasis { ground, reference }),
        parent,
        successor,
        valid_from,
        valid_to,
        verified_on,
        review_on,
        channel: given(errors, "/channel", body.channel.as_deref()).unwrap_or(before.channel),
        acknowledgement: within
            .map(|within_hours| AcknowledgementPolicy { within_hours, by: by.unwrap_or(AcknowledgedBy::Any) }),
        max_attachment_mib: max,
        hours: zone.map(|zone| WorkingHours { zone, week }),
        keys: body.keys.as_ref().map_or_else(|| before.keys.clone(), |sent| keys(sent, errors)),
        encryption: given(errors, "/encryption", body.encryption.as_deref()).unwrap_or(before.encryption),
        mail_content: given(errors, "/mail_content", body.mail_content.as_deref()).unwrap_or(before.mail_content),
        notes: kept(errors, "/notes", body.notes.as_deref(), || before.notes.clone()),
        ..before
    }
}

fn keys(sent: &[KeyBody], errors: &mut FieldErrors) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for (index, key) in sent.iter().take(MAX_CONTACTS).enumerate() {
        let at = |field: &str| format!("/keys/{index}/{field}");
        let text: Option<KeyText> = errors.required(&at("text"), Some(&key.text));
        let fingerprint: Option<Fingerprint> = errors.required(&at("fingerprint"), Some(&key.fingerprint));
        let expires_on = errors.optional(&at("expires_on"), key.expires_on.as_deref());
        let address = errors.optional(&at("address"), key.address.as_deref());
        let (Some(text), Some(fingerprint)) = (text, fingerprint) else { continue };
        if keys.iter().any(|known| known.fingerprint == fingerprint) {
            errors.push(at("fingerprint"), "is there twice");
        }
        keys.push(Key { format: text.format(), fingerprint, expires_on, address, text });
    }
    if sent.len() > MAX_CONTACTS {
        errors.push("/keys", format!("must be at most {MAX_CONTACTS}"));
    }
    keys.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
    keys
}

/// Reads the keys that are new: a key must be whole, made for encryption and the one whose fingerprint was compared. The
/// day it says it ends on is believed before the day that somebody typed. A build without the key's format takes it as
/// it is; it is looked at again before anything is encrypted for it.
fn check_keys(sent: &[KeyBody], known: &[Key], keys: &mut [Key], clock: &Clock, errors: &mut FieldErrors) {
    for key in keys.iter_mut().filter(|key| !known.contains(key)) {
        let at = |field: &str| {
            let same =
                |sent: &KeyBody| sent.fingerprint.parse().is_ok_and(|print: Fingerprint| print == key.fingerprint);
            format!("/keys/{}/{field}", sent.iter().position(same).unwrap_or_default())
        };
        match Recipient::read(&key.text, clock.now()) {
            Ok(read) if !read.has(&key.fingerprint) => {
                errors.push(at("fingerprint"), "is not the fingerprint of this key: compare it by telephone again");
            }
            Ok(read) => key.expires_on = [key.expires_on, read.expires_on()].into_iter().flatten().min(),
            Err(KeyError::NotBuilt(_)) => {}
            Err(wrong) => errors.push(at("text"), wrong.to_string()),
        }
    }
}

fn contacts(
    body: &PartnerBody,
    old: Option<&Partner>,
    of_partner: Option<Label>,
    clock: &Clock,
    errors: &mut FieldErrors,
) -> Vec<Contact> {
    let before: &[Contact] = old.map_or(&[], |old| &old.contacts);
    let mut contacts: Vec<(Contact, bool)> = Vec::new();
    let mut seen = HashSet::new();
    for (index, contact) in body.contacts.iter().take(MAX_CONTACTS).enumerate() {
        let at = |field: &str| format!("/contacts/{index}/{field}");
        let id: Option<ContactId> = errors.optional(&at("id"), contact.id.as_deref());
        let address: Option<Mailbox> = errors.required(&at("address"), Some(&contact.address));
        let person: Option<Line> = errors.optional(&at("person"), contact.person.as_deref());
        let clearance = given(errors, &at("clearance"), contact.clearance.as_deref()).or(of_partner);
        let role = given(errors, &at("role"), contact.role.as_deref());
        let (Some(address), Some(clearance)) = (address, clearance) else { continue };
        if !seen.insert(address.clone()) {
            errors.push(at("address"), "is there twice");
        }
        if clearance == Label::Red && person.is_none() {
            errors.push(at("clearance"), "can be TLP:RED for a named person only");
        }
        let same = before.iter().find(|known| known.address == address);
        let known = same.or_else(|| before.iter().find(|known| Some(known.id) == id));
        let base =
            known.cloned().unwrap_or_else(|| Contact::mailbox(ContactId::generate(clock), address.clone(), clearance));
        let verified_at = base.verified_at.filter(|_| base.address == address);
        let role = role.unwrap_or(base.role);
        contacts.push((Contact { address, person, clearance, role, verified_at, ..base }, known.is_some()));
    }
    if body.contacts.len() > MAX_CONTACTS {
        errors.push("/contacts", format!("must be at most {MAX_CONTACTS}"));
    }
    pair(before, &mut contacts);
    let mut contacts: Vec<Contact> = contacts.into_iter().map(|(contact, _)| contact).collect();
    contacts.sort_by(|a, b| a.address.cmp(&b.address));
    contacts
}

/// A new address beside one that went is a change of it: the old one is told until the new one is approved, and is not
/// left with nobody in between.
pub(crate) fn pair(before: &[Contact], contacts: &mut [(Contact, bool)]) {
    let gone: Vec<&Contact> = before.iter().filter(|old| contacts.iter().all(|(new, _)| new.id != old.id)).collect();
    for old in gone {
        let alike = |new: &Contact| new.person.is_some() == old.person.is_some();
        if let Some((new, known)) = contacts.iter_mut().find(|(new, known)| !known && alike(new)) {
            (new.id, *known) = (old.id, true);
        }
    }
}

/// A code or label that somebody gave.
fn given<T: FromStr<Err: Display>>(errors: &mut FieldErrors, pointer: &str, text: Option<&str>) -> Option<T> {
    errors.optional(pointer, text)
}

/// Left out: what was there. Empty: nothing.
fn kept<T: FromStr<Err: Display>>(
    errors: &mut FieldErrors,
    pointer: &str,
    text: Option<&str>,
    otherwise: impl FnOnce() -> Option<T>,
) -> Option<T> {
    match text {
        None => otherwise(),
        text => errors.optional(pointer, text),
    }
}

fn number(
    errors: &mut FieldErrors,
    pointer: &str,
    text: Option<&str>,
    otherwise: impl FnOnce() -> Option<i64>,
) -> Option<i64> {
    match text.map(str::trim) {
        None => otherwise(),
        Some("") => None,
        Some(text) => match text.parse() {
            Ok(number) => Some(number),
            Err(_) => {
                errors.push(pointer, "must be a whole number");
                None
            }
        },
    }
}

fn in_range(errors: &mut FieldErrors, pointer: &str, value: Option<i64>, most: i64) -> Option<i64> {
    if value.is_some_and(|value| !(1..=most).contains(&value)) {
        errors.push(pointer, format!("must be from 1 to {most}"));
    }
    value
}

/// The items of a list, each once; errors name the list, because a form has one field for it.
fn list<T>(errors: &mut FieldErrors, pointer: &str, items: &[String], most: usize) -> Vec<T>
where
    T: FromStr<Err: Display> + PartialEq,
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
    fn what_is_left_out_stays_and_what_is_emptied_goes() {
        let text = |text: &str| Some(text.to_owned());
        let full = PartnerBody {
            valid_to: text("2030-01-01"),
            zone: text("Africa/Dakar"),
            working_week: text("Mo-Fr 08:00-16:00"),
            acknowledge_within_hours: text("24"),
            notes: text("Call first."),
            ..body()
        };
        let old = check(&full, None, &Clock::System, &mut FieldErrors::new()).expect("a partner");
        assert!(old.valid_to.is_some() && old.hours.is_some() && old.acknowledgement.is_some());
        assert_eq!(check(&body(), Some(&old), &Clock::System, &mut FieldErrors::new()), Some(old.clone()));
        let emptied = PartnerBody { valid_to: text(""), working_week: text(""), notes: text(" "), ..body() };
        let new = check(&emptied, Some(&old), &Clock::System, &mut FieldErrors::new()).expect("a partner");
        assert!(new.valid_to.is_none() && new.notes.is_none());
        assert!(new.hours.is_some_and(|hours| hours.week.is_none()) && new.acknowledgement.is_some());
    }

    #[test]
    fn a_new_address_beside_one_that_went_is_a_change_of_it() {
        let old = check(&body(), None, &Clock::System, &mut FieldErrors::new()).expect("a partner");
        let mut moved = body();
        moved.contacts[0].address = "z@unit.example".to_owned();
        let new = check(&moved, Some(&old), &Clock::System, &mut FieldErrors::new()).expect("a partner");
        assert_eq!(new.contacts[0].id, old.contacts[0].id);
        moved.contacts[0].person = Some("Jo".to_owned());
        let other = check(&moved, Some(&old), &Clock::System, &mut FieldErrors::new()).expect("a partner");
        assert_ne!(other.contacts[0].id, old.contacts[0].id, "a person does not take a mailbox's place");
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
        let text = |text: &str| Some(text.to_owned());
        let wrong = PartnerBody {
            legal_reference: text("MoU 7"),
            parent: text("somebody"),
            valid_from: text("2026-02-01"),
            valid_to: text("2026-01-01"),
            acknowledge_within_hours: text("0"),
            max_attachment_mib: text("many"),
            working_week: text("Mo-Fr 09:00-17:00"),
            channel: text("fax"),
            keys: Some(vec![KeyBody { fingerprint: "D4".to_owned(), ..KeyBody::default() }]),
            ..body()
        };
        let expected = [
            "/legal_ground",
            "/parent",
            "/valid_to",
            "/acknowledge_within_hours",
            "/max_attachment_mib",
            "/zone",
            "/channel",
            "/keys/0/text",
            "/keys/0/fingerprint",
        ];
        assert_eq!(pointers(&wrong), expected);
    }
}
