//! Reach, clearance and named persons.

use domain::plan::Exclusion;

use super::*;
use crate::plan::plan;

fn person(name: &str, clearance: Label) -> Contact {
    let address = format!("{}@unit.example", name.to_lowercase()).parse().expect("an address");
    let person = Some(name.parse().expect("a line"));
    Contact { person, ..Contact::mailbox(ContactId::generate(&Clock::System), address, clearance) }
}

/// Share and addresses, or the code of the reason.
fn decided(partner: &Partner, label: Label) -> Result<(Share, Vec<String>), &'static str> {
    let plan = plan(&AlertFacts { label, ..facts() }, &directory(vec![partner.clone()]), &default_rules(), &nothing());
    match plan.told.first() {
        Some(told) => Ok((told.share, told.addressees.iter().map(|to| to.address.to_string()).collect())),
        None => Err(plan.not_told[0].reason.code()),
    }
}

#[test]
fn the_label_lessens_then_excludes() {
    let mut unit = partner("unit", PartnerKind::Police);
    assert_eq!(decided(&unit, Label::AmberStrict).map(|d| d.0), Ok(Share::Full));
    unit.clearance = Label::Amber;
    assert_eq!(decided(&unit, Label::AmberStrict).map(|d| d.0), Ok(Share::ObjectData));
    unit.clearance = Label::Clear;
    assert_eq!(decided(&unit, Label::AmberStrict), Err("clearance"));
    assert_eq!(decided(&unit, Label::Clear).map(|d| d.0), Ok(Share::Full));
    // The mailbox's own clearance caps the partner's.
    unit.clearance = Label::AmberStrict;
    unit.contacts[0].clearance = Label::Green;
    assert_eq!(decided(&unit, Label::AmberStrict).map(|d| d.0), Ok(Share::ObjectData));
    unit.contacts.clear();
    assert_eq!(decided(&unit, Label::Clear), Err("no_address"));
}

#[test]
fn red_is_for_named_persons_who_are_cleared_for_it() {
    let mut unit = partner("unit", PartnerKind::Police);
    unit.clearance = Label::Red;
    unit.contacts[0].clearance = Label::Red;
    assert_eq!(decided(&unit, Label::Red), Err("no_named_person"), "a mailbox is no person");
    unit.contacts.push(person("Ada", Label::AmberStrict));
    assert_eq!(decided(&unit, Label::Red), Err("no_named_person"), "not every person is cleared");
    unit.contacts.push(person("Bo", Label::Red));
    assert_eq!(decided(&unit, Label::Red), Ok((Share::Full, vec!["bo@unit.example".to_owned()])));
    assert_eq!(decided(&unit, Label::AmberStrict), Ok((Share::Full, vec!["alerts@unit.example".to_owned()])));
}

#[test]
fn nobody_of_the_sample_hears_of_a_red_case() {
    let plan = plan(&AlertFacts { label: Label::Red, ..facts() }, &sample(), &default_rules(), &nothing());
    assert!(plan.told.is_empty());
    assert!(plan.not_told.iter().any(|not_told| matches!(not_told.reason, Exclusion::NoNamedPerson { .. })));
}

#[test]
fn the_desks_reach_limits_what_rules_select() {
    let plan = plan(&AlertFacts { reach: Reach::Police, ..facts() }, &sample(), &default_rules(), &nothing());
    assert!(!plan.told.is_empty() && plan.told.iter().all(|told| told.kind == PartnerKind::Police));
    let codes: Vec<_> = plan.not_told.iter().map(|not_told| not_told.reason.code()).collect();
    assert!(codes.contains(&"reach") && codes.contains(&"no_rule"));
}

#[test]
fn a_switched_off_partner_is_told_nothing() {
    let mut unit = partner("unit", PartnerKind::Police);
    unit.active = false;
    assert_eq!(decided(&unit, Label::Clear), Err("inactive"));
}

#[test]
fn one_address_gets_one_mail() {
    let mut unit = partner("unit", PartnerKind::Police);
    unit.contacts.push(unit.contacts[0].clone());
    assert_eq!(decided(&unit, Label::Green).map(|d| d.1.len()), Ok(1));
}
