//! The directory's fields in words, for pages and reports. Pure.

use std::collections::HashMap;

use domain::ids::PartnerId;
use domain::partner::danger::{Danger, danger};
use domain::partner::diff::{FieldChange, contact_of};
use domain::partner::{Contact, Directory, Partner};
use domain::{Language, Mailbox};
use serde_json::Value;

/// One field that differs, in words.
pub(crate) struct ChangeView {
    pub what: String,
    pub from: String,
    pub to: String,
    /// Why it is dangerous, if it is.
    pub danger: Option<&'static str>,
    /// What a reader should look at twice.
    pub warning: Option<String>,
}

/// Changes in words. `old` is the partner they start from, `new` the one they lead to.
pub(crate) fn changes(old: &Partner, new: &Partner, all: &[FieldChange], directory: &Directory) -> Vec<ChangeView> {
    let names: HashMap<PartnerId, &str> = directory.partners.iter().map(|p| (p.id, p.name.as_str())).collect();
    all.iter()
        .map(|change| ChangeView {
            what: what(change, old, new),
            from: value(&change.from, &names),
            to: value(&change.to, &names),
            danger: danger(old, new, change).map(Danger::because),
            warning: mailbox(change).and_then(|address| suspicion(&address, new.id, directory)),
        })
        .collect()
}

/// The address that a change brings.
fn mailbox(change: &FieldChange) -> Option<Mailbox> {
    let to = if change.field.ends_with("/address") { &change.to } else { &change.to["address"] };
    to.as_str()?.parse().ok()
}

fn what(change: &FieldChange, old: &Partner, new: &Partner) -> String {
    if let Some(id) = contact_of(&change.field) {
        let known = old.contacts.iter().chain(&new.contacts).find(|contact| contact.id == id);
        let address = known.map_or("address", |contact| contact.address.as_str());
        return match change.field.rsplit_once('/') {
            Some((_, field)) if !field.starts_with("contact_") => format!("{address}: {}", field.replace('_', " ")),
            _ => "Address".to_owned(),
        };
    }
    match change.field.strip_prefix("keys/") {
        Some(fingerprint) => format!("Key {fingerprint}"),
        None => {
            let mut words = change.field.replace('_', " ");
            words[..1].make_ascii_uppercase();
            words
        }
    }
}

/// A value as people read it.
fn value(value: &Value, names: &HashMap<PartnerId, &str>) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => match text.parse::<PartnerId>().ok().and_then(|id| names.get(&id)) {
            Some(name) => (*name).to_owned(),
            None => text.clone(),
        },
        Value::Array(items) => items.iter().map(|item| self::value(item, names)).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => {
            let shown = |name: &str| !matches!(name, "id" | "text");
            let pairs = fields.iter().filter(|(name, value)| shown(name) && !value.is_null());
            pairs
                .map(|(name, value)| format!("{}: {}", name.replace('_', " "), self::value(value, names)))
                .collect::<Vec<_>>()
                .join(", ")
        }
    }
}

/// What is suspicious about an address beside the rest of the directory, in words.
pub(crate) fn suspicion(address: &Mailbox, of: PartnerId, directory: &Directory) -> Option<String> {
    let mut words = Vec::new();
    if address.mixes_scripts() {
        words.push("its domain mixes letters of several scripts".to_owned());
    }
    let skeleton = address.skeleton();
    let others = directory.partners.iter().flat_map(|partner| partner.contacts.iter().map(move |c| (partner, c)));
    let twin = others
        .into_iter()
        .find(|(_, other)| other.address.domain() != address.domain() && other.address.skeleton() == skeleton);
    if let Some((partner, other)) = twin {
        let whose = if partner.id == of { "this partner's own" } else { partner.name.as_str() };
        words.push(format!("its domain looks like {} ({whose})", other.address.domain()));
    }
    (!words.is_empty()).then(|| words.join("; "))
}

/// The address with its domain in both spellings.
pub(crate) fn address(contact: &Contact) -> String {
    match contact.address.domain_in_its_script() {
        Some(domain) => format!("{} ({}@{domain})", contact.address, contact.address.local()),
        None => contact.address.to_string(),
    }
}

/// Scopes by name; codes tell readers nothing.
pub(crate) fn scopes(partner: &Partner, most: usize) -> String {
    let areas = partner.mandate.scope.as_slice();
    let names: Vec<_> = areas.iter().take(most).map(|scope| scope.name(Language::ENGLISH)).collect();
    let more =
        if areas.len() > names.len() { format!(" and {} more", areas.len() - names.len()) } else { String::new() };
    format!("{}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use domain::codes::PartnerKind;
    use domain::ids::ContactId;
    use domain::{Clock, Label};

    use super::*;

    fn partner(name: &str, address: &str) -> Partner {
        let clock = Clock::System;
        let contact = Contact::mailbox(ContactId::generate(&clock), address.parse().expect("an address"), Label::Green);
        let scope = "FR".parse().expect("a scope");
        let bare = Partner::bare(PartnerId::generate(&clock), name.parse().expect("a line"), PartnerKind::Ngo, scope);
        Partner { contacts: vec![contact], ..bare }
    }

    #[test]
    fn changes_are_told_in_words_and_a_deceiving_domain_is_flagged() {
        let old = partner("Unit", "a@art-unit.example");
        let mut new = old.clone();
        // The first letter is Cyrillic.
        new.contacts[0].address = "a@\u{430}rt-unit.example".parse().expect("an address");
        new.clearance = Label::Amber;
        new.successor = Some(old.id);
        let directory = Directory { revision: 1, partners: vec![old.clone()] };
        let all = domain::partner::diff::changes(&old, &new);
        let shown = changes(&old, &new, &all, &directory);
        let whats: Vec<_> = shown.iter().map(|change| (change.what.as_str(), change.to.as_str())).collect();
        assert_eq!(whats[0], ("Clearance", "TLP:AMBER"));
        assert_eq!(whats[1].0, "a@art-unit.example: address");
        assert_eq!(whats[2], ("Successor", "Unit"));
        let warning = shown[1].warning.as_deref().expect("a warning");
        assert!(warning.contains("several scripts") && warning.contains("looks like art-unit.example"), "{warning}");
        assert!(shown.iter().all(|change| change.danger.is_some()));
    }
}
