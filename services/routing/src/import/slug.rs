//! Addresses for a file without any: under the reserved domain `example` (RFC 2606), so they can reach nobody.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::{ImportContact, ImportRow};

/// The longest label of a domain name (RFC 1035, 2.3.4).
const LONGEST: usize = 63;

/// Gives every row `alerts@<its name>.<its kind>.example`, each another one.
pub(super) fn derive_addresses(rows: &mut [ImportRow]) {
    let mut taken = HashSet::new();
    for row in rows {
        let name = row.name.as_str();
        let mut slug = slug(name);
        if !taken.insert((row.kind, slug.clone())) {
            // Names that differ only in what a domain name cannot show. The same name gives the same address.
            let mark = hex::encode(&Sha256::digest(name.as_bytes())[..4]);
            slug = format!("{}-{mark}", cut(&slug, LONGEST - 1 - mark.len()));
            taken.insert((row.kind, slug.clone()));
        }
        let address = format!("alerts@{slug}.{}.example", row.kind);
        let address = address.parse().expect("a slug is a label of letters, digits and inner hyphens");
        row.contacts = vec![ImportContact { address, person: None, role: None }];
    }
}

/// A name as a label of a domain name: ASCII letters and digits, single hyphens between.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if let Some(letters) = folded(c) {
            slug.push_str(letters);
        } else if !is_apostrophe_or_mark(c) && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    match cut(&slug, LONGEST) {
        // A name in another script: nothing is left of it.
        "" => format!("partner-{}", hex::encode(&Sha256::digest(name.as_bytes())[..4])),
        slug => slug.to_owned(),
    }
}

/// At most `length` bytes of an ASCII text, without a hyphen at its end.
fn cut(slug: &str, length: usize) -> &str {
    slug[..slug.len().min(length)].trim_matches('-')
}

/// Not a gap between words: an apostrophe, or a combining accent.
fn is_apostrophe_or_mark(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{300}'..='\u{36f}')
}

/// Latin letters with their accents taken off.
fn folded(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'ŕ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ț' | 'ŧ' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_labels() {
        for (name, expected) in [
            ("Økokrim - Environmental and Art Crime", "okokrim-environmental-and-art-crime"),
            ("Mossos d'Esquadra", "mossos-desquadra"),
            ("Institut fondamental d’Afrique noire (IFAN)", "institut-fondamental-dafrique-noire-ifan"),
            ("Sûreté du Québec", "surete-du-quebec"),
            ("TÜRKİYE", "turkiye"),
        ] {
            assert_eq!(slug(name), expected);
        }
        assert!(slug("متحف").starts_with("partner-"));
    }

    proptest! {
        #[test]
        fn every_name_gives_a_label(name in "\\PC{1,200}") {
            let slug = slug(&name);
            prop_assert!((1..=LONGEST).contains(&slug.len()), "{}", slug);
            let address: Result<domain::Mailbox, _> = format!("alerts@{slug}.ngo.example").parse();
            prop_assert!(address.is_ok(), "{}", slug);
        }
    }
}
