//! A partner as a file has it: made new, or put onto the one that the directory knows by this name. Pure.

use domain::ids::{ContactId, PartnerId};
use domain::partner::{Contact, Partner};
use domain::{Clock, FieldErrors};

use super::{ImportRow, default_clearance};
use crate::partner_body::{details, pair};

/// A partner that the directory does not know.
pub(crate) fn added(row: ImportRow, clock: &Clock) -> Partner {
    let clearance = row.clearance.unwrap_or_else(|| default_clearance(row.kind));
    let contact = |contact: super::ImportContact| {
        let made = Contact::mailbox(ContactId::generate(clock), contact.address, clearance);
        Contact { person: contact.person, role: contact.role.unwrap_or(made.role), ..made }
    };
    let mut contacts: Vec<Contact> = row.contacts.into_iter().map(contact).collect();
    contacts.sort_by(|a, b| a.address.cmp(&b.address));
    let bare = Partner::bare(PartnerId::generate(clock), row.name, row.kind, row.mandate.scope.clone());
    let made = Partner { languages: row.languages, mandate: row.mandate, clearance, contacts, ..bare };
    // Every cell was found readable when the file was read.
    details(&row.details, made, &mut FieldErrors::new())
}

/// A partner that it knows. Its switch stays, and so do its clearance and its addresses where the file has no such
/// column.
pub(super) fn changed(old: &Partner, row: ImportRow, clock: &Clock) -> Partner {
    let clearance = row.clearance.unwrap_or(old.clearance);
    let mut contacts = old.contacts.clone();
    if !row.addresses_derived {
        let kept = |contact: super::ImportContact| {
            let known = old.contacts.iter().find(|known| known.address == contact.address).cloned();
            let made = || Contact::mailbox(ContactId::generate(clock), contact.address.clone(), clearance);
            let is_known = known.is_some();
            let base = known.unwrap_or_else(made);
            (Contact { person: contact.person, role: contact.role.unwrap_or(base.role), ..base }, is_known)
        };
        let mut of_file: Vec<(Contact, bool)> = row.contacts.into_iter().map(kept).collect();
        // An address in the place of another is a change of it, so that the old one is told until the new one is agreed to.
        pair(&old.contacts, &mut of_file);
        contacts = of_file.into_iter().map(|(contact, _)| contact).collect();
        contacts.sort_by(|a, b| a.address.cmp(&b.address));
    }
    if row.clearance.is_some() {
        // A named person is cleared in person, by hand; a file speaks for mailboxes.
        contacts.iter_mut().filter(|contact| contact.person.is_none()).for_each(|c| c.clearance = clearance);
    }
    let made = Partner {
        name: row.name,
        kind: row.kind,
        languages: row.languages,
        mandate: row.mandate,
        clearance,
        contacts,
        ..old.clone()
    };
    details(&row.details, made, &mut FieldErrors::new())
}
