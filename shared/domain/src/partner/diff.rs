//! What differs between two revisions of a partner, field by field; and the same differences put onto a third.
//!
//! One form serves history, imports and changes that wait: each names its field, what was there and what is to be
//! there. A change whose field holds something else by now is not forced onto it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Partner;
use crate::ids::ContactId;

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// `clearance`, `scope`, `contacts/contact_0190…` (a whole one), `contacts/contact_0190…/address`, `keys/D4C9…`.
    pub field: String,
    /// What was there; null: nothing.
    pub from: Value,
    /// What is there then; null: nothing.
    pub to: Value,
}

/// A change that cannot be put onto a partner, because its field was changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} was changed meanwhile")]
pub struct Overtaken {
    /// The field.
    pub field: String,
}

type Fields = BTreeMap<String, Value>;

/// What differs, in the order of the fields' names; removals before additions, so that an address can change hands.
pub fn changes(old: &Partner, new: &Partner) -> Vec<FieldChange> {
    let (old, new) = (fields(old), fields(new));
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for name in names {
        let value = |fields: &Fields| fields.get(name).cloned().unwrap_or(Value::Null);
        let (from, to) = (value(&old), value(&new));
        if from == to {
            continue;
        }
        match (&from, &to) {
            // An address that stays is compared field by field.
            (Value::Object(before), Value::Object(after)) if name.starts_with(CONTACTS) => {
                changes.extend(within(name, before, after));
            }
            _ => changes.push(FieldChange { field: name.clone(), from, to }),
        }
    }
    changes.sort_by_key(|change| !change.to.is_null());
    changes
}

/// The partner with the changes made.
pub fn apply(partner: &Partner, changes: &[FieldChange]) -> Result<Partner, Overtaken> {
    let mut fields = fields(partner);
    for change in changes {
        let overtaken = || Overtaken { field: change.field.clone() };
        let place = match change.field.strip_prefix(CONTACTS).and_then(|rest| rest.split_once('/')) {
            Some((contact, field)) => {
                let whole = fields.get_mut(&format!("{CONTACTS}{contact}")).ok_or_else(overtaken)?;
                whole.as_object_mut().ok_or_else(overtaken)?.entry(field.to_owned()).or_insert(Value::Null)
            }
            None => fields.entry(change.field.clone()).or_insert(Value::Null),
        };
        if *place != change.from {
            return Err(overtaken());
        }
        *place = change.to.clone();
    }
    let unread = |_| Overtaken { field: changes.first().map_or_else(String::new, |change| change.field.clone()) };
    serde_json::from_value(joined(fields)).map_err(unread)
}

/// What is in a field, by the name a change gives it; null: nothing.
pub fn value(partner: &Partner, field: &str) -> Value {
    let fields = fields(partner);
    match field.strip_prefix(CONTACTS).and_then(|rest| rest.split_once('/')) {
        Some((contact, inner)) => fields.get(&format!("{CONTACTS}{contact}")).map_or(Value::Null, |c| c[inner].clone()),
        None => fields.get(field).cloned().unwrap_or(Value::Null),
    }
}

/// The contact that a field belongs to.
pub fn contact_of(field: &str) -> Option<ContactId> {
    field.strip_prefix(CONTACTS)?.split('/').next()?.parse().ok()
}

const CONTACTS: &str = "contacts/";
const KEYS: &str = "keys/";
const MANDATE: [&str; 4] = ["scope", "keywords", "categories", "events"];

fn within<'a>(
    name: &'a str,
    before: &'a Map<String, Value>,
    after: &'a Map<String, Value>,
) -> impl Iterator<Item = FieldChange> + 'a {
    after.iter().filter_map(move |(field, to)| {
        let from = before.get(field).cloned().unwrap_or(Value::Null);
        (from != *to).then(|| FieldChange { field: format!("{name}/{field}"), from, to: to.clone() })
    })
}

/// The partner as one flat list of fields; lists whose items have a name of their own are taken apart.
fn fields(partner: &Partner) -> Fields {
    let json = serde_json::to_value(partner).expect("plain data always has a JSON form");
    let Value::Object(json) = json else { unreachable!("a struct is an object") };
    let mut fields = Fields::new();
    for (name, value) in json {
        match (name.as_str(), value) {
            ("mandate", Value::Object(mandate)) => fields.extend(mandate),
            ("contacts", Value::Array(items)) => fields.extend(named(CONTACTS, "id", items)),
            ("keys", Value::Array(items)) => fields.extend(named(KEYS, "fingerprint", items)),
            (_, Value::Null) => {}
            (_, value) => drop(fields.insert(name, value)),
        }
    }
    fields
}

fn named<'a>(prefix: &'a str, by: &'a str, items: Vec<Value>) -> impl Iterator<Item = (String, Value)> + 'a {
    items.into_iter().map(move |item| (format!("{prefix}{}", item[by].as_str().unwrap_or_default()), item))
}

fn joined(fields: Fields) -> Value {
    let (mut whole, mut mandate) = (Map::new(), Map::new());
    let (mut contacts, mut keys) = (Vec::new(), Vec::new());
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
        if name.starts_with(CONTACTS) {
            contacts.push(value);
        } else if name.starts_with(KEYS) {
            keys.push(value);
        } else if MANDATE.contains(&name.as_str()) {
            mandate.insert(name, value);
        } else {
            whole.insert(name, value);
        }
    }
    contacts.sort_by(|a, b| a["address"].as_str().cmp(&b["address"].as_str()));
    whole.insert("mandate".to_owned(), Value::Object(mandate));
    whole.insert("contacts".to_owned(), Value::Array(contacts));
    whole.insert("keys".to_owned(), Value::Array(keys));
    Value::Object(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::PartnerKind;
    use crate::ids::PartnerId;
    use crate::partner::Contact;
    use crate::{Clock, Label};

    fn partner() -> Partner {
        let clock = Clock::System;
        let contact = |address: &str| {
            Contact::mailbox(ContactId::generate(&clock), address.parse().expect("an address"), Label::Green)
        };
        Partner {
            contacts: vec![contact("a@unit.example"), contact("b@unit.example")],
            ..Partner::bare(
                PartnerId::generate(&clock),
                "Unit".parse().expect("a line"),
                PartnerKind::Ngo,
                "FR".parse().expect("a scope"),
            )
        }
    }

    #[test]
    fn what_differs_is_named_and_put_onto_the_same_gives_the_other() {
        let old = partner();
        let mut new = old.clone();
        new.clearance = Label::Amber;
        new.mandate.scope = "FR;DE".parse().expect("a scope");
        new.contacts[0].address = "z@unit.example".parse().expect("an address");
        new.contacts.remove(1);
        new.valid_to = Some("2027-01-01".parse().expect("a date"));
        let changes = changes(&old, &new);
        let (a, b) = (old.contacts[0].id, old.contacts[1].id);
        let names: Vec<_> = changes.iter().map(|change| change.field.as_str()).collect();
        assert_eq!(
            names,
            [format!("contacts/{b}").as_str(), "clearance", &format!("contacts/{a}/address"), "scope", "valid_to"]
        );
        assert_eq!(apply(&old, &changes), Ok(new.clone()));
        assert_eq!(apply(&old, &[]), Ok(old.clone()));
        let back = super::changes(&new, &old);
        assert_eq!(apply(&new, &back), Ok(old));
    }

    #[test]
    fn a_field_that_was_changed_meanwhile_is_not_overwritten() {
        let old = partner();
        let mut new = old.clone();
        new.clearance = Label::Amber;
        let changes = changes(&old, &new);
        let meanwhile = Partner { clearance: Label::AmberStrict, ..old.clone() };
        assert_eq!(apply(&meanwhile, &changes), Err(Overtaken { field: "clearance".to_owned() }));
        let renamed = Partner { name: "Other".parse().expect("a line"), ..old };
        assert_eq!(apply(&renamed, &changes).map(|p| p.clearance), Ok(Label::Amber));
    }
}
