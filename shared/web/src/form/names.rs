//! Names of fields: `objects[0][title]` on a form, `/objects/0/title` in a problem (RFC 6901), "Object 1, title" to a
//! reader.

use std::collections::{BTreeMap, BTreeSet};

/// `/objects/0/title` as the field name `objects[0][title]`.
pub(crate) fn field_name(pointer: &str) -> String {
    let mut parts = pointer.trim_start_matches('/').split('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
    let first = parts.next().unwrap_or_default();
    parts.fold(first, |name, part| nested(&name, &part))
}

/// The name of a field within another.
fn nested(name: &str, part: &str) -> String {
    format!("{name}[{part}]")
}

/// The parts of a field name; `None` if its brackets do not match.
fn parts(name: &str) -> Option<Vec<&str>> {
    let Some((first, rest)) = name.split_once('[') else { return Some(vec![name]) };
    let inner = rest.strip_suffix(']')?;
    let parts: Vec<_> = std::iter::once(first).chain(inner.split("][")).collect();
    parts.iter().all(|part| !part.contains(['[', ']'])).then_some(parts)
}

/// A field name in words.
pub(crate) fn label(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for part in parts(name).unwrap_or_else(|| vec![name]) {
        match (part.parse::<usize>(), words.last_mut()) {
            (Ok(index), Some(group)) => {
                *group = format!("{} {}", group.strip_suffix('s').unwrap_or(group), index.saturating_add(1));
            }
            _ => words.push(part.replace('_', " ")),
        }
    }
    let text = words.join(", ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Numbers in names counted from 0 without gaps, in their order.
///
/// A form from which the second of three objects was taken away sends numbers 0 and 2. They become a list of two, and
/// an error in the second must be shown at the second.
pub(crate) fn renumber(mut pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut numbers: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for (name, _) in &pairs {
        visit(name, |prefix, number| {
            numbers.entry(prefix.to_owned()).or_default().insert(number);
        });
    }
    let places: BTreeMap<String, BTreeMap<u64, usize>> = numbers
        .into_iter()
        .map(|(prefix, numbers)| (prefix, numbers.into_iter().enumerate().map(|(place, n)| (n, place)).collect()))
        .collect();
    for (name, _) in &mut pairs {
        let Some(old) = parts(name) else { continue };
        let (mut prefix, mut new) = (old[0].to_owned(), old[0].to_owned());
        for part in &old[1..] {
            let place = part.parse().ok().and_then(|number: u64| places.get(&prefix)?.get(&number));
            new = nested(&new, &place.map_or_else(|| (*part).to_owned(), usize::to_string));
            prefix = nested(&prefix, part);
        }
        *name = new;
    }
    pairs
}

/// Calls `found` with each number in a name and what stands before it.
fn visit(name: &str, mut found: impl FnMut(&str, u64)) {
    let Some(parts) = parts(name) else { return };
    let mut prefix = parts[0].to_owned();
    for part in &parts[1..] {
        if let Ok(number) = part.parse() {
            found(&prefix, number);
        }
        prefix = nested(&prefix, part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_become_names() {
        for (pointer, name) in
            [("", ""), ("/title", "title"), ("/objects/1/title", "objects[1][title]"), ("/a~1b/~0", "a/b[~]")]
        {
            assert_eq!(field_name(pointer), name);
        }
    }

    #[test]
    fn names_become_words() {
        for (name, words) in [
            ("police_reference", "Police reference"),
            ("objects[0][place_found]", "Object 1, place found"),
            ("objects[1][materials][0]", "Object 2, material 1"),
            ("", ""),
            ("a[b", "A[b"),
        ] {
            assert_eq!(label(name), words);
        }
    }

    #[test]
    fn numbers_are_counted_within_their_own_group() {
        let pairs = ["o[5][m][9]", "o[5][m][3]", "o[1][m][9]", "o[][x]", "o[x", "p[5]"];
        let renumbered = renumber(pairs.map(|name| (name.to_owned(), String::new())).to_vec());
        let names: Vec<_> = renumbered.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["o[1][m][1]", "o[1][m][0]", "o[0][m][0]", "o[][x]", "o[x", "p[0]"]);
    }
}
