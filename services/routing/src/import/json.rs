//! The same file in JSON: a list of partners, or an object with one under `partners`, each as the API takes it.

use domain::ids::PartnerId;
use domain::{Clock, FieldErrors};
use serde::Deserialize;

use super::{ImportContact, ImportRow, MAX_BYTES, MAX_ROWS, Relations, RowError, error};
use crate::partner_body::{PartnerBody, check};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    partners: Vec<PartnerBody>,
}

/// Reads a file, or gives every error in it; the number of a partner in the list, from 1, stands for its line.
pub(super) fn parse_json(text: &str) -> Result<Vec<ImportRow>, Vec<RowError>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.len() > MAX_BYTES {
        return Err(vec![error(1, None, format!("a file must have at most {MAX_BYTES} bytes"))]);
    }
    let read = if text.starts_with('[') {
        serde_json::from_str(text)
    } else {
        serde_json::from_str(text).map(|file: File| file.partners)
    };
    let bodies: Vec<PartnerBody> =
        read.map_err(|wrong| vec![error(u64::try_from(wrong.line()).unwrap_or(1), None, wrong.to_string())])?;
    if bodies.is_empty() || bodies.len() > MAX_ROWS {
        return Err(vec![error(1, None, format!("a file must have from 1 to {MAX_ROWS} partners"))]);
    }
    let (mut rows, mut errors) = (Vec::with_capacity(bodies.len()), Vec::new());
    for (index, mut body) in bodies.into_iter().enumerate() {
        let relations = Relations { parent: named(&mut body.parent), successor: named(&mut body.successor) };
        let number = index as u64 + 1;
        let mut wrong = FieldErrors::new();
        let partner = check(&body, None, &Clock::System, &mut wrong);
        for field in wrong.as_slice() {
            errors.push(error(number, Some(field.pointer.trim_start_matches('/')), field.message.clone()));
        }
        let Some(partner) = partner.filter(|_| wrong.is_empty()) else { continue };
        if rows.iter().any(|row: &ImportRow| row.name == partner.name) {
            errors.push(error(number, Some("name"), "is there twice"));
        }
        let sent = body.contacts.iter();
        let contact = |contact: &crate::ContactBody| {
            let known = partner.contacts.iter().find(|known| Ok(&known.address) == contact.address.parse().as_ref());
            known.map(|known| ImportContact {
                address: known.address.clone(),
                person: known.person.clone(),
                role: contact.role.is_some().then_some(known.role),
            })
        };
        rows.push(ImportRow {
            clearance: body.clearance.is_some().then_some(partner.clearance),
            contacts: sent.filter_map(contact).collect(),
            addresses_derived: body.contacts.is_empty(),
            name: partner.name,
            kind: partner.kind,
            languages: partner.languages,
            mandate: partner.mandate,
            details: PartnerBody { contacts: Vec::new(), ..body },
            relations,
        });
    }
    if errors.is_empty() { Ok(rows) } else { Err(errors) }
}

/// Takes out another partner that is given by its name, as in a file that was not made from this directory; one that is
/// given by its identifier stays.
fn named(other: &mut Option<String>) -> Option<String> {
    match other.as_deref() {
        Some(text) if !text.trim().is_empty() && text.parse::<PartnerId>().is_err() => other.take(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_partners_is_read_as_the_api_takes_them() {
        let one = r#"{"name":"A","kind":"ngo","scope":"FR","languages":["fr"],"categories":["*"],"events":["theft"],
            "contacts":[{"address":"a@a.example","role":"second"}],"valid_to":"2030-01-01"}"#;
        for text in [format!("[{one}]"), format!(" {{\"partners\":[{one}]}}")] {
            let rows = parse_json(&text).expect("a file");
            assert_eq!(
                (rows.len(), rows[0].contacts.len(), rows[0].details.valid_to.as_deref()),
                (1, 1, Some("2030-01-01"))
            );
        }
        let of = |parent: &str| format!("[{}]", one.replace("\"kind\"", &format!("\"parent\":\"{parent}\",\"kind\"")));
        let rows = parse_json(&of("The Bureau")).expect("a name");
        assert_eq!(
            (rows[0].relations.parent.as_deref(), rows[0].details.parent.as_deref()),
            (Some("The Bureau"), None)
        );
        let id = PartnerId::generate(&Clock::System).to_string();
        let rows = parse_json(&of(&id)).expect("an identifier");
        assert_eq!((rows[0].relations.parent.as_deref(), rows[0].details.parent.as_ref()), (None, Some(&id)));
        let wrong = one.replace("\"FR\"", "\"Franconia\"").replace("a@a.example", "nowhere");
        let errors = parse_json(&format!("[{one},{wrong}]")).expect_err("two errors");
        let places: Vec<_> = errors.iter().map(|e| (e.line, e.column.as_deref().expect("a field"))).collect();
        assert_eq!(places, [(2, "scope"), (2, "contacts/0/address")]);
        assert!(parse_json("[]").is_err() && parse_json("{").is_err() && parse_json("[{\"fax\":1}]").is_err());
    }
}
