//! What a file changes in a directory. Pure.

use std::collections::HashMap;

use domain::Clock;
use domain::ids::{ContactId, PartnerId};
use domain::partner::{Contact, Directory, Partner};

use super::{ImportRow, default_clearance};

/// What must be written, and the counts.
pub(crate) struct Merged {
    pub write: Vec<Partner>,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
}

/// Brings a file into a directory, by name. Partners that the file does not name stay as they are; so do the switch
/// of a partner, its clearance and its addresses where the file has no such column.
pub(crate) fn merge(directory: Directory, rows: Vec<ImportRow>, clock: &Clock) -> Merged {
    let mut known: HashMap<String, Partner> =
        directory.partners.into_iter().map(|partner| (partner.name.to_string(), partner)).collect();
    let mut merged = Merged { write: Vec::new(), added: 0, changed: 0, unchanged: 0 };
    for row in rows {
        match known.remove(row.name.as_str()) {
            None => {
                merged.added += 1;
                merged.write.push(added(row, clock));
            }
            Some(old) => {
                let new = changed(&old, row, clock);
                if new == old {
                    merged.unchanged += 1;
                } else {
                    merged.changed += 1;
                    merged.write.push(new);
                }
            }
        }
    }
    merged
}

fn added(row: ImportRow, clock: &Clock) -> Partner {
    let clearance = row.clearance.unwrap_or_else(|| default_clearance(row.kind));
    let contact = |contact: super::ImportContact| Contact {
        person: contact.person,
        ..Contact::mailbox(ContactId::generate(clock), contact.address, clearance)
    };
    let mut contacts: Vec<Contact> = row.contacts.into_iter().map(contact).collect();
    contacts.sort_by(|a, b| a.address.cmp(&b.address));
    let bare = Partner::bare(PartnerId::generate(clock), row.name, row.kind, row.mandate.scope.clone());
    Partner { languages: row.languages, mandate: row.mandate, clearance, contacts, ..bare }
}

fn changed(old: &Partner, row: ImportRow, clock: &Clock) -> Partner {
    let clearance = row.clearance.unwrap_or(old.clearance);
    let mut contacts = old.contacts.clone();
    if !row.addresses_derived {
        let kept =
            |contact: super::ImportContact| match old.contacts.iter().find(|known| known.address == contact.address) {
                Some(known) => Contact { person: contact.person, ..known.clone() },
                None => Contact {
                    person: contact.person,
                    ..Contact::mailbox(ContactId::generate(clock), contact.address, clearance)
                },
            };
        contacts = row.contacts.into_iter().map(kept).collect();
        contacts.sort_by(|a, b| a.address.cmp(&b.address));
    }
    if row.clearance.is_some() {
        // A named person is cleared in person, by hand; a file speaks for mailboxes.
        contacts.iter_mut().filter(|contact| contact.person.is_none()).for_each(|c| c.clearance = clearance);
    }
    Partner {
        name: row.name,
        kind: row.kind,
        languages: row.languages,
        mandate: row.mandate,
        clearance,
        contacts,
        ..old.clone()
    }
}

#[cfg(test)]
mod tests {
    use domain::Label;

    use super::*;
    use crate::import::parse_csv;

    const HEAD: &str = "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types";

    fn after(directory: &Directory, text: &str) -> (Directory, (i64, i64, i64)) {
        let merged = merge(directory.clone(), parse_csv(text).expect("a file"), &Clock::System);
        let mut next = directory.clone();
        for partner in merged.write {
            next.partners.retain(|known| known.id != partner.id);
            next.partners.push(partner);
        }
        (next, (merged.added, merged.changed, merged.unchanged))
    }

    #[test]
    fn importing_twice_changes_nothing_the_second_time() {
        let empty = Directory { revision: 0, partners: Vec::new() };
        let files = [
            format!("{HEAD}\nA,ngo,FR,en,,*,theft\nB,police,DE,de,,*,theft\n"),
            format!(
                "{HEAD},address,contact_person,clearance\nA,ngo,FR,en,,*,theft,z@a.example;b@a.example,;Jo,TLP:GREEN\n"
            ),
        ];
        for file in &files {
            let (first, counts) = after(&empty, file);
            assert!(counts.0 > 0 && counts.1 == 0);
            let (second, counts) = after(&first, file);
            assert_eq!((counts.0, counts.1), (0, 0), "{file}");
            assert_eq!(first, second);
        }
    }

    #[test]
    fn a_file_without_a_column_leaves_what_was_set_by_hand() {
        let empty = Directory { revision: 0, partners: Vec::new() };
        let file = format!("{HEAD}\nA,ngo,FR,en,,*,theft\n");
        let (mut directory, _) = after(&empty, &file);
        let partner = &mut directory.partners[0];
        partner.active = false;
        partner.clearance = Label::Clear;
        partner.contacts[0].address = "desk@real.example".parse().expect("an address");
        let (after_again, counts) = after(&directory, &file);
        assert_eq!(counts, (0, 0, 1));
        let (changed, counts) = after(&after_again, &file.replace("theft", "looting"));
        assert_eq!(counts, (0, 1, 0));
        assert_eq!(changed.partners[0].contacts[0].address.as_str(), "desk@real.example");
        assert!(!changed.partners[0].active && changed.partners[0].clearance == Label::Clear);
    }
}
