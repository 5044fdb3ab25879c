//! Which changes of a partner are dangerous: whoever makes one alone could have alerts sent to himself, or silence a
//! police unit. Pure.

use serde_json::Value;

use super::diff::{FieldChange, Overtaken, apply, changes, contact_of};
use super::{Categories, Contact, Mandate, Partner};
use crate::codes::PartnerKind;
use crate::country::Country;
use crate::label::Label;

/// Why a change waits for a second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Danger {
    /// Mail would go to an address it did not go to before.
    Address,
    /// More would be shown than before.
    Clearance,
    /// The kind decides the greatest share.
    Kind,
    /// TLP:RED goes to named persons, and this would be another one.
    Person,
    /// A police or national unit would hear less, or nothing any more.
    Silenced,
    /// The rules choose by mandate and name, and would choose otherwise.
    Mandate,
    /// Follow-ups would go to another organisation.
    Successor,
    /// Mail would be encrypted for another key.
    Key,
    /// Mail would be less protected than before.
    Protection,
}

impl Danger {
    /// In words, after "waits, because".
    pub fn because(self) -> &'static str {
        match self {
            Self::Address => "mail would go to a new address",
            Self::Clearance => "more would be shown than before",
            Self::Kind => "the kind decides how much may be shown",
            Self::Person => "named persons are told what mailboxes are not",
            Self::Silenced => "a police or national unit would hear less, or nothing any more",
            Self::Mandate => "the rules would no longer choose it for what they choose it for now",
            Self::Successor => "follow-ups would go to another organisation",
            Self::Key => "mail would be encrypted for another key",
            Self::Protection => "mail would be less protected than before",
        }
    }
}

/// A change of a partner in two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The partner with everything that need not wait.
    pub at_once: Partner,
    /// What waits.
    pub held: Vec<FieldChange>,
}

/// Parts what may be done at once from what must wait.
pub fn split(old: &Partner, new: &Partner) -> Result<Split, Overtaken> {
    let (held, safe): (Vec<_>, Vec<_>) =
        changes(old, new).into_iter().partition(|change| danger(old, new, change).is_some());
    Ok(Split { at_once: apply(old, &safe)?, held })
}

/// Why one of the changes between two revisions is dangerous; none if it is not.
pub fn danger(old: &Partner, new: &Partner, change: &FieldChange) -> Option<Danger> {
    let police = old.kind == PartnerKind::Police;
    let removed = change.to.is_null();
    let mut path = change.field.split('/');
    match (path.next()?, path.next(), path.next()) {
        ("contacts", Some(_), None) if removed => (police && !stands_in(old, new, change)).then_some(Danger::Silenced),
        ("contacts", Some(_), None | Some("address")) => Some(Danger::Address),
        // Without a person behind it, an address hears nothing of TLP:RED.
        ("contacts", Some(_), Some("person")) if removed => police.then_some(Danger::Silenced),
        ("contacts", Some(_), Some("person")) => Some(Danger::Person),
        ("contacts", Some(_), Some("clearance")) | ("clearance", ..) => {
            if raised(change) {
                Some(Danger::Clearance)
            } else {
                police.then_some(Danger::Silenced)
            }
        }
        // With a ground named, rules that ask for one show everything in place of object data.
        ("legal_basis", ..) => change.from.is_null().then_some(Danger::Clearance),
        // Rules and their exceptions name partners.
        ("name", ..) => Some(Danger::Mandate),
        ("scope", ..) => (police && smaller(&old.mandate, &new.mandate)).then_some(Danger::Mandate),
        ("categories", ..) => (police && fewer(&old.mandate, &new.mandate)).then_some(Danger::Mandate),
        ("events", ..) => {
            let lost = old.mandate.events.iter().any(|event| !new.mandate.events.contains(event));
            (police && lost).then_some(Danger::Mandate)
        }
        // One more may be one too many: exceptions from rules name keywords as well.
        ("keywords", ..) => police.then_some(Danger::Mandate),
        ("active", ..) => (police && change.to == Value::Bool(false)).then_some(Danger::Silenced),
        // Dates are written so that their order is that of their texts.
        ("valid_to", ..) => (police && earlier(&change.to, &change.from)).then_some(Danger::Silenced),
        ("valid_from", ..) => (police && !removed && text(&change.to) > text(&change.from)).then_some(Danger::Silenced),
        ("kind", ..) => Some(Danger::Kind),
        ("successor", ..) => (!removed).then_some(Danger::Successor),
        ("keys", ..) => (!removed).then_some(Danger::Key),
        ("encryption", ..) => old.encryption.is_weakened_by(new.encryption).then_some(Danger::Protection),
        ("mail_content", ..) => old.mail_content.is_widened_by(new.mail_content).then_some(Danger::Protection),
        _ => None,
    }
}

/// Whether an address that is there before and after hears what the removed one heard. What is new does not count: it
/// waits for a second person, and until then nobody would hear.
fn stands_in(old: &Partner, new: &Partner, removal: &FieldChange) -> bool {
    let by_id = |contacts: &[Contact], id| contacts.iter().find(|contact| contact.id == id).cloned();
    let Some(gone) = contact_of(&removal.field).and_then(|id| by_id(&old.contacts, id)) else { return false };
    old.contacts
        .iter()
        .filter(|contact| by_id(&new.contacts, contact.id).is_some())
        .any(|contact| contact.clearance >= gone.clearance && (contact.person.is_some() || gone.person.is_none()))
}

/// Whether a scope no longer covers what it covered.
fn smaller(old: &Mandate, new: &Mandate) -> bool {
    let (before, after) = (&old.scope, &new.scope);
    (before.is_world() && !after.is_world())
        || Country::all().any(|country| before.covers(country) && !after.covers(country))
}

/// Whether a category is wanted no longer.
fn fewer(old: &Mandate, new: &Mandate) -> bool {
    match (&old.categories, &new.categories) {
        (_, Categories::All) => false,
        (Categories::All, Categories::Only(_)) => true,
        (Categories::Only(before), Categories::Only(after)) => before.iter().any(|one| !after.contains(one)),
    }
}

/// Nothing is the latest end there is.
fn earlier(to: &Value, from: &Value) -> bool {
    match (to.as_str(), from.as_str()) {
        (Some(to), Some(from)) => to < from,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn raised(change: &FieldChange) -> bool {
    let label = |value: &Value| text(value).parse::<Label>().ok();
    // What cannot be read is not safe.
    match (label(&change.from), label(&change.to)) {
        (Some(from), Some(to)) => to > from,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;
    use crate::codes::{Event, LegalGround, ObjectType};
    use crate::ids::{ContactId, PartnerId};
    use crate::partner::{Contact, Encryption, LegalBasis, MailContent};

    fn contact(address: &str) -> Contact {
        let id = ContactId::generate(&Clock::System);
        Contact::mailbox(id, address.parse().expect("an address"), Label::Green)
    }

    fn partner(kind: PartnerKind) -> Partner {
        let name = "Unit".parse().expect("a line");
        Partner {
            clearance: Label::Amber,
            contacts: vec![contact("a@unit.example")],
            mandate: Mandate {
                scope: "FR".parse().expect("a scope"),
                keywords: Vec::new(),
                categories: Categories::Only(vec![ObjectType::Sculpture, ObjectType::Archaeological]),
                events: vec![Event::Theft],
            },
            ..Partner::bare(PartnerId::generate(&Clock::System), name, kind, "FR".parse().expect("a scope"))
        }
    }

    fn dangers(old: &Partner, edit: impl FnOnce(&mut Partner)) -> Vec<Danger> {
        let mut new = old.clone();
        edit(&mut new);
        changes(old, &new).iter().filter_map(|change| danger(old, &new, change)).collect()
    }

    #[test]
    fn each_change_is_dangerous_or_not() {
        let date = |text: &str| Some(text.parse().expect("a date"));
        let other = PartnerId::generate(&Clock::System);
        let table: Vec<(&str, Box<dyn Fn(&mut Partner)>, &[Danger], &[Danger])> = vec![
            ("nothing", Box::new(|_| ()), &[], &[]),
            ("name", Box::new(|p| p.name = "Other".parse().expect("a line")), &[Danger::Mandate], &[Danger::Mandate]),
            ("wider scope", Box::new(|p| p.mandate.scope = "M49:001".parse().expect("a scope")), &[], &[]),
            ("other scope", Box::new(|p| p.mandate.scope = "BE".parse().expect("a scope")), &[Danger::Mandate], &[]),
            ("more categories", Box::new(|p| p.mandate.categories = Categories::All), &[], &[]),
            (
                "fewer categories",
                Box::new(|p| p.mandate.categories = Categories::Only(vec![ObjectType::Archaeological])),
                &[Danger::Mandate],
                &[],
            ),
            ("more events", Box::new(|p| p.mandate.events.push(Event::Looting)), &[], &[]),
            ("fewer events", Box::new(|p| p.mandate.events.clear()), &[Danger::Mandate], &[]),
            (
                "fewer events in a wider scope",
                Box::new(|p| {
                    p.mandate.events.clear();
                    p.mandate.scope = "M49:001".parse().expect("a scope");
                }),
                &[Danger::Mandate],
                &[],
            ),
            (
                "keywords",
                Box::new(|p| p.mandate.keywords.push("customs".parse().expect("a line"))),
                &[Danger::Mandate],
                &[],
            ),
            (
                "a legal ground",
                Box::new(|p| {
                    p.legal_basis = Some(LegalBasis { ground: LegalGround::Agreement, reference: None });
                }),
                &[Danger::Clearance],
                &[Danger::Clearance],
            ),
            (
                "address",
                Box::new(|p| p.contacts[0].address = "z@unit.example".parse().expect("an address")),
                &[Danger::Address],
                &[Danger::Address],
            ),
            (
                "one more",
                Box::new(|p| p.contacts.push(contact("b@unit.example"))),
                &[Danger::Address],
                &[Danger::Address],
            ),
            ("none left", Box::new(|p| p.contacts.clear()), &[Danger::Silenced], &[]),
            (
                "another person",
                Box::new(|p| p.contacts[0].person = Some("Jo".parse().expect("a line"))),
                &[Danger::Person],
                &[Danger::Person],
            ),
            ("raised", Box::new(|p| p.clearance = Label::Red), &[Danger::Clearance], &[Danger::Clearance]),
            ("lowered", Box::new(|p| p.clearance = Label::Clear), &[Danger::Silenced], &[]),
            (
                "contact raised",
                Box::new(|p| p.contacts[0].clearance = Label::Amber),
                &[Danger::Clearance],
                &[Danger::Clearance],
            ),
            ("contact lowered", Box::new(|p| p.contacts[0].clearance = Label::Clear), &[Danger::Silenced], &[]),
            ("switched off", Box::new(|p| p.active = false), &[Danger::Silenced], &[]),
            ("ends", Box::new(move |p| p.valid_to = date("2026-01-01")), &[Danger::Silenced], &[]),
            ("begins later", Box::new(move |p| p.valid_from = date("2030-01-01")), &[Danger::Silenced], &[]),
            ("kind", Box::new(|p| p.kind = PartnerKind::Igo), &[Danger::Kind], &[Danger::Kind]),
            ("successor", Box::new(move |p| p.successor = Some(other)), &[Danger::Successor], &[Danger::Successor]),
            (
                "not encrypted",
                Box::new(|p| p.encryption = Encryption::Never),
                &[Danger::Protection],
                &[Danger::Protection],
            ),
            ("encrypted always", Box::new(|p| p.encryption = Encryption::Required), &[], &[]),
            (
                "more in the clear",
                Box::new(|p| p.mail_content = MailContent::Amber),
                &[Danger::Protection],
                &[Danger::Protection],
            ),
            ("less by mail", Box::new(|p| p.mail_content = MailContent::Green), &[], &[]),
            ("review", Box::new(move |p| p.review_on = date("2030-01-01")), &[], &[]),
        ];
        for (what, edit, police, ngo) in &table {
            assert_eq!(dangers(&partner(PartnerKind::Police), edit), *police, "police: {what}");
            assert_eq!(dangers(&partner(PartnerKind::Ngo), edit), *ngo, "ngo: {what}");
        }
    }

    #[test]
    fn what_gives_back_is_not_dangerous() {
        let until = |text: &str| Partner {
            valid_to: Some(text.parse().expect("a date")),
            active: false,
            ..partner(PartnerKind::Police)
        };
        assert_eq!(dangers(&until("2026-01-01"), |p| p.valid_to = None), []);
        assert_eq!(dangers(&until("2026-01-01"), |p| p.valid_to = until("2027-01-01").valid_to), []);
        assert_eq!(dangers(&until("2026-01-01"), |p| p.valid_to = until("2025-01-01").valid_to), [Danger::Silenced]);
        assert_eq!(dangers(&until("2026-01-01"), |p| p.active = true), []);
    }

    #[test]
    fn a_save_is_parted_and_the_parts_make_the_whole() {
        let old = partner(PartnerKind::Police);
        let mut new = old.clone();
        new.notes = Some("Closed in August.".parse().expect("prose"));
        new.contacts[0].address = "z@unit.example".parse().expect("an address");
        new.active = false;
        let parts = split(&old, &new).expect("nothing is in between");
        assert_eq!((&parts.at_once.notes, parts.at_once.active), (&new.notes, true));
        assert_eq!(parts.at_once.contacts, old.contacts, "the old address is told until the new one is approved");
        assert_eq!(apply(&parts.at_once, &parts.held), Ok(new));
    }

    #[test]
    fn an_address_of_the_police_is_heard_by_until_another_that_is_there_stands_in_for_it() {
        let old = partner(PartnerKind::Police);
        let person = || Contact { person: Some("P".parse().expect("a line")), ..contact("p@unit.example") };
        let mut new = old.clone();
        new.contacts = vec![person()];
        let parts = split(&old, &new).expect("nothing is in between");
        assert_eq!(parts.at_once, old, "the person waits, so the mailbox stays");
        assert_eq!(apply(&parts.at_once, &parts.held), Ok(new.clone()));
        // Of two that are there, either may go; the one that hears more may not.
        let both = Partner { contacts: vec![old.contacts[0].clone(), contact("b@unit.example")], ..old.clone() };
        assert_eq!(dangers(&both, |p| drop(p.contacts.remove(0))), []);
        let mut higher = both.clone();
        higher.contacts[0].clearance = Label::Amber;
        assert_eq!(dangers(&higher, |p| drop(p.contacts.remove(0))), [Danger::Silenced]);
        // Nobody but a person hears of TLP:RED.
        let named = Partner { contacts: vec![person(), contact("b@unit.example")], ..old.clone() };
        assert_eq!(dangers(&named, |p| drop(p.contacts.remove(0))), [Danger::Silenced]);
        assert_eq!(dangers(&named, |p| p.contacts[0].person = None), [Danger::Silenced]);
        // Whom others relay to may be replaced at once.
        let ngo = Partner { kind: PartnerKind::Ngo, ..old };
        assert_eq!(dangers(&ngo, |p| p.contacts.clone_from(&new.contacts)), [Danger::Address]);
    }
}
