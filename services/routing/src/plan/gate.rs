//! The label gate: the last word. It can take a partner away or show it less, never add or show more.

use domain::Label;
use domain::alert::label_of_share;
use domain::codes::{ContactRole, Share};
use domain::partner::{Contact, Partner};
use domain::plan::{Addressee, Exclusion};

/// What the label lets through.
pub(super) struct Passed {
    pub share: Share,
    pub label: Label,
    pub addressees: Vec<Addressee>,
}

/// The greatest share up to `wanted` whose label at least one of the partner's addresses may receive.
pub(super) fn pass(
    partner: &Partner,
    case_label: Label,
    wanted: Share,
    told_before: Option<i64>,
) -> Result<Passed, Exclusion> {
    for share in [Share::Full, Share::ObjectData].into_iter().filter(|share| *share <= wanted) {
        let label = label_of_share(case_label, share);
        let addressees = addressees(partner, label);
        if !addressees.is_empty() {
            return Ok(Passed { share, label, addressees });
        }
    }
    if partner.contacts.is_empty() {
        return Err(Exclusion::NoAddress);
    }
    let label = label_of_share(case_label, Share::ObjectData);
    Err(match label {
        Label::Red => Exclusion::NoNamedPerson { label, told_before },
        _ => Exclusion::Clearance { label, clearance: greatest_clearance(partner), told_before },
    })
}

/// Functional mailboxes cleared for the label; if there is none, named persons who are. TLP:RED is for named persons
/// alone (TLP 2.0), and a shared mailbox is no person, whatever clearance the directory gives it.
///
/// Named persons stand in below TLP:RED as well: else a partner that is reached at TLP:RED would not be at TLP:AMBER,
/// and raising a label would add somebody.
fn addressees(partner: &Partner, label: Label) -> Vec<Addressee> {
    let cleared = |person: bool| {
        let contacts = partner.contacts.iter().filter(move |contact| contact.person.is_some() == person);
        contacts.filter(|contact| clearance(partner, contact) >= label)
    };
    let mailboxes: Vec<&Contact> = if label == Label::Red { Vec::new() } else { cleared(false).collect() };
    let chosen = if mailboxes.is_empty() { cleared(true).collect() } else { mailboxes };
    let mut addressees: Vec<Addressee> = Vec::with_capacity(chosen.len());
    for contact in chosen {
        // One mail to one address, even if the directory should list it twice.
        if addressees.iter().all(|known| known.address != contact.address) {
            addressees.push(Addressee {
                contact_id: contact.id,
                address: contact.address.clone(),
                person: contact.person.clone(),
                role: contact.role,
            });
        }
    }
    // Somebody must be written to at first: whoever is next if the label leaves no primary contact.
    let first = addressees.iter().map(|to| to.role).min();
    for to in addressees.iter_mut().filter(|to| Some(to.role) == first) {
        to.role = ContactRole::Primary;
    }
    addressees.sort_by(|a, b| a.address.cmp(&b.address));
    addressees
}

/// The partner's ceiling is for its mailboxes; a named person is cleared in person.
fn clearance(partner: &Partner, contact: &Contact) -> Label {
    match contact.person {
        Some(_) => contact.clearance,
        None => contact.clearance.min(partner.clearance),
    }
}

fn greatest_clearance(partner: &Partner) -> Label {
    partner.contacts.iter().map(|contact| clearance(partner, contact)).max().unwrap_or(partner.clearance)
}
