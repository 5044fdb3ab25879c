//! What a file would change in a directory, for a person to look at. Pure.
//!
//! Three states of each field are compared: what the last file said, what the directory says, what this file says.
//! Where the directory is as the last file left it, the file may change it. Where a person has changed it since, the file
//! that says the same as last time leaves it alone; one that says something new is a conflict, and a person decides.

use std::collections::{HashMap, HashSet};

use domain::Clock;
use domain::ids::PartnerId;
use domain::partner::diff::{FieldChange, changes, value};
use domain::partner::{Directory, Partner};
use domain::text::Line;
use serde_json::Value;

use super::merge::{added, changed};
use super::{ImportRow, Relations};

/// What a file would change.
#[derive(Debug, Default)]
pub(crate) struct Review {
    pub entries: Vec<Entry>,
    /// Partners that an earlier file named and this one does not.
    pub gone: Vec<Partner>,
    /// What the file says of each partner that it names.
    pub said: Vec<Partner>,
    /// Partners that name others which neither the file nor the directory knows: the partner, the field, the name.
    pub unknown: Vec<(Line, &'static str, String)>,
    pub unchanged: i64,
}

/// One partner that would be added or changed.
#[derive(Debug)]
pub(crate) struct Entry {
    /// None: it would be added.
    pub old: Option<Partner>,
    pub file: Partner,
    /// What the file may change.
    pub plain: Vec<FieldChange>,
    /// What a person changed and the file would change back or otherwise.
    pub conflicts: Vec<FieldChange>,
    /// What a person changed and the file says as it did before: it stays.
    pub kept: Vec<FieldChange>,
}

impl Review {
    pub(crate) fn added(&self) -> i64 {
        count(self.entries.iter().filter(|entry| entry.old.is_none()).count())
    }

    pub(crate) fn changed(&self) -> i64 {
        count(self.entries.iter().filter(|entry| entry.old.is_some()).count())
    }

    pub(crate) fn conflicts(&self) -> i64 {
        count(self.entries.iter().map(|entry| entry.conflicts.len()).sum())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.gone.is_empty()
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).expect("a file has far fewer than 2^63 lines")
}

/// A name for a change that is the same each time the file is looked at; a new address has no identifier yet.
pub(crate) fn key(partner: PartnerId, change: &FieldChange) -> String {
    match change.to["address"].as_str().filter(|_| change.from.is_null()) {
        Some(address) => format!("{partner}/+{address}"),
        None => format!("{partner}/{}", change.field),
    }
}

/// Compares a file with the directory and with what the last file said.
pub(crate) fn review(directory: &Directory, rows: Vec<ImportRow>, last: Vec<Partner>, clock: &Clock) -> Review {
    let known: HashMap<&str, &Partner> = directory.partners.iter().map(|p| (p.name.as_str(), p)).collect();
    let last: HashMap<PartnerId, Partner> = last.into_iter().map(|partner| (partner.id, partner)).collect();
    let mut review = Review::default();
    let mut named = HashSet::new();
    // Each as the file has it first: one line may name another that comes after it.
    let mut files: Vec<(Option<&Partner>, Partner, Relations)> = rows
        .into_iter()
        .map(|row| {
            let old = known.get(row.name.as_str()).copied();
            let relations = row.relations.clone();
            (old, old.map_or_else(|| added(row.clone(), clock), |old| changed(old, row.clone(), clock)), relations)
        })
        .collect();
    let mut by_name: HashMap<String, PartnerId> = known.iter().map(|(name, p)| ((*name).to_owned(), p.id)).collect();
    by_name.extend(files.iter().map(|(_, file, _)| (file.name.to_string(), file.id)));
    for (_, file, relations) in &mut files {
        review.unknown.extend(relate(file, relations, &by_name));
    }
    for (old, file, _) in files {
        let Some(old) = old else {
            review.said.push(file.clone());
            let (plain, conflicts, kept) = (Vec::new(), Vec::new(), Vec::new());
            review.entries.push(Entry { old: None, file, plain, conflicts, kept });
            continue;
        };
        named.insert(old.id);
        review.said.push(file.clone());
        let before = last.get(&old.id);
        let mut entry =
            Entry { old: Some(old.clone()), file, plain: Vec::new(), conflicts: Vec::new(), kept: Vec::new() };
        for change in changes(old, &entry.file) {
            match before.map(|before| said_before(before, &change)) {
                Some(said) if said == change.to => entry.kept.push(change),
                Some(said) if said == change.from => entry.plain.push(change),
                _ => entry.conflicts.push(change),
            }
        }
        if entry.plain.is_empty() && entry.conflicts.is_empty() {
            review.unchanged += 1;
        } else {
            review.entries.push(entry);
        }
    }
    let gone = directory.partners.iter().filter(|p| p.active && last.contains_key(&p.id) && !named.contains(&p.id));
    review.gone = gone.cloned().collect();
    review
}

/// Puts the partners that a line names onto it; gives the names that nobody has.
fn relate(
    file: &mut Partner,
    relations: &Relations,
    by_name: &HashMap<String, PartnerId>,
) -> Vec<(Line, &'static str, String)> {
    let name = file.name.clone();
    let mut unknown = Vec::new();
    for (field, wanted, place) in
        [("parent", &relations.parent, &mut file.parent), ("successor", &relations.successor, &mut file.successor)]
    {
        match wanted.as_deref().map(str::trim) {
            None => {}
            Some("") => *place = None,
            Some(wanted) => match by_name.get(wanted) {
                Some(id) => *place = Some(*id),
                None => unknown.push((name.clone(), field, wanted.to_owned())),
            },
        }
    }
    unknown
}

/// What the last file said of the field. An address is known again by itself: its identifier is new each time a file is
/// read.
fn said_before(before: &Partner, change: &FieldChange) -> Value {
    match change.to["address"].as_str().filter(|_| change.from.is_null()) {
        Some(address) if before.contacts.iter().any(|contact| contact.address.as_str() == address) => change.to.clone(),
        Some(_) => Value::Null,
        None if change.field.ends_with("/address")
            && before.contacts.iter().any(|c| change.to == c.address.as_str()) =>
        {
            change.to.clone()
        }
        None => value(before, &change.field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::parse_csv;

    const HEAD: &str = "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types,address";

    fn rows(lines: &str) -> Vec<ImportRow> {
        parse_csv(&format!("{HEAD}\n{lines}")).expect("a file")
    }

    /// The directory after the first file, and what that said.
    fn first(lines: &str) -> (Directory, Vec<Partner>) {
        let empty = Directory { revision: 0, partners: Vec::new() };
        let review = review(&empty, rows(lines), Vec::new(), &Clock::System);
        assert_eq!(review.added(), count(review.said.len()));
        (Directory { revision: 1, partners: review.said.clone() }, review.said)
    }

    fn fields(changes: &[FieldChange]) -> Vec<&str> {
        changes.iter().map(|change| change.field.as_str()).collect()
    }

    const A: &str = "A,ngo,FR,en,,*,theft,a@a.example\n";
    const B: &str = "B,police,DE,de,,*,theft,b@b.example\n";

    #[test]
    fn the_same_file_changes_nothing_and_what_it_leaves_out_is_gone() {
        let (directory, said) = first(&format!("{A}{B}"));
        let again = review(&directory, rows(&format!("{A}{B}")), said.clone(), &Clock::System);
        assert!(again.is_empty() && again.unchanged == 2);
        let less = review(&directory, rows(A), said, &Clock::System);
        assert_eq!((less.gone.len(), less.gone[0].name.as_str()), (1, "B"));
    }

    #[test]
    fn an_edit_by_hand_stays_until_the_file_says_something_new_and_then_a_person_decides() {
        let (mut directory, said) = first(A);
        directory.partners[0].mandate.scope = "FR;BE".parse().expect("a scope");
        let same = review(&directory, rows(A), said.clone(), &Clock::System);
        assert!(same.is_empty() && same.unchanged == 1, "the hand's edit stands");
        let other = review(&directory, rows(&A.replace(",en,", ",fr,")), said.clone(), &Clock::System);
        let entry = &other.entries[0];
        assert_eq!((fields(&entry.plain), fields(&entry.kept)), (vec!["languages"], vec!["scope"]));
        let new = review(&directory, rows(&A.replace(",FR,", ",FR;LU,")), said, &Clock::System);
        let entry = &new.entries[0];
        assert_eq!((fields(&entry.plain), fields(&entry.conflicts)), (vec![], vec!["scope"]));
    }

    #[test]
    fn a_partner_that_no_file_named_before_is_never_overwritten_silently() {
        let (directory, _) = first(A);
        let review = review(&directory, rows(&A.replace("theft", "looting")), Vec::new(), &Clock::System);
        assert_eq!((review.conflicts(), review.entries[0].plain.len()), (1, 0));
    }

    #[test]
    fn a_line_names_others_of_the_file_or_the_directory_and_an_unknown_name_is_found() {
        let with = |lines: &str| parse_csv(&format!("{HEAD},parent,successor\n{lines}")).expect("a file");
        let lines = "A,ngo,FR,en,,*,theft,a@a.example,B,\nB,police,DE,de,,*,theft,b@b.example,,A\n";
        let empty = Directory { revision: 0, partners: Vec::new() };
        let all = review(&empty, with(lines), Vec::new(), &Clock::System);
        let (a, b) = (&all.said[0], &all.said[1]);
        assert_eq!((a.parent, a.successor, b.parent, b.successor), (Some(b.id), None, None, Some(a.id)));
        assert!(all.unknown.is_empty());
        let (directory, said) = (Directory { revision: 1, partners: all.said.clone() }, all.said.clone());
        let again = review(&directory, with(lines), said.clone(), &Clock::System);
        assert!(again.is_empty() && again.unchanged == 2, "the same names are the same partners");
        let other = review(&directory, with(&lines.replace(",B,\n", ",,\n")), said.clone(), &Clock::System);
        assert_eq!(fields(&other.entries[0].plain), ["parent"]);
        let none = review(&directory, rows(&format!("{A}{B}")), said.clone(), &Clock::System);
        assert!(none.is_empty(), "a file without the columns says nothing of them");
        let wrong = review(&directory, with(&lines.replace(",B,\n", ",Nobody,\n")), said, &Clock::System);
        assert_eq!(wrong.unknown, [("A".parse().expect("a line"), "parent", "Nobody".to_owned())]);
    }

    #[test]
    fn addresses_added_or_removed_by_hand_stay() {
        let (mut directory, said) = first(A);
        let (mut other, _) = first("A,ngo,FR,en,,*,theft,z@a.example\n");
        directory.partners[0].contacts = vec![other.partners[0].contacts.remove(0)];
        let same = review(&directory, rows(A), said.clone(), &Clock::System);
        assert!(same.is_empty(), "{same:?}");
        let new = review(&directory, rows(&A.replace("a@a.example", "n@a.example")), said, &Clock::System);
        let entry = &new.entries[0];
        assert_eq!((entry.plain.len(), entry.kept.len(), entry.conflicts.len()), (0, 0, 1));
        assert!(key(entry.file.id, &entry.conflicts[0]).ends_with("/address"));
    }
}
