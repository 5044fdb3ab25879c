//! The words of a text, as full-text search knows them: the same on every database, in every script.
//!
//! Folded: without accents and without regard to capitals, so that whoever types "pobe" finds "Pobé". Chinese and
//! Japanese set no spaces between words, so there each character is one.

use std::collections::HashSet;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word kept, in characters; the rest of a longer one tells nothing apart.
const LONGEST: usize = 40;

/// The words of a text, in its order.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut length = 0;
    let folded = text.nfkd().flat_map(char::to_lowercase).filter(|c| !is_combining_mark(*c));
    for c in folded {
        if c.is_alphanumeric() && stands_alone(c) {
            found.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
            found.push(c.to_string());
            length = 0;
        } else if c.is_alphanumeric() {
            if length < LONGEST {
                word.push(c);
            }
            length += 1;
        } else {
            found.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
            length = 0;
        }
    }
    found.extend(Some(word).filter(|word| !word.is_empty()));
    found
}

/// Han characters and kana.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// The distinct words of several texts, up to a size.
#[derive(Clone, Debug, Default)]
pub struct WordList {
    list: Vec<String>,
    seen: HashSet<String>,
    size: usize,
}

impl WordList {
    /// The most bytes of a list. A case with thousands of objects stays below what one PostgreSQL text search vector
    /// can hold; what goes beyond is not found by its words.
    pub const MAX_BYTES: usize = 250_000;

    /// A list that was stored as text.
    pub fn stored(text: &str) -> Self {
        let mut list = Self::default();
        for word in text.split_ascii_whitespace() {
            list.push(word.to_owned());
        }
        list
    }

    /// Adds the words of a text.
    pub fn add(&mut self, text: &str) {
        for word in words(text) {
            self.push(word);
        }
    }

    /// Adds a mark of our own. It has a colon, which no word of a text has.
    pub fn mark(&mut self, kind: &str, code: &str) {
        self.push(format!("{kind}:{code}"));
    }

    fn push(&mut self, word: String) {
        if self.size + word.len() < Self::MAX_BYTES && !self.seen.contains(&word) {
            self.size += word.len() + 1;
            self.seen.insert(word.clone());
            self.list.push(word);
        }
    }

    /// The words, separated by spaces.
    pub fn text(&self) -> String {
        self.list.join(" ")
    }
}

/// What somebody looks for: cases that have every one of these words, or words that begin so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchWords(Vec<String>);

/// Why a text cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseSearchError {
    /// Punctuation alone.
    #[error("must have at least one letter or digit")]
    NoWord,
    /// A page of text.
    #[error("must have at most {max} words, has {has}", max = SearchWords::MAX)]
    TooMany {
        /// What was given.
        has: usize,
    },
}

impl SearchWords {
    /// The most words of one search.
    pub const MAX: usize = 10;

    /// The words.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl FromStr for SearchWords {
    type Err = ParseSearchError;
    fn from_str(text: &str) -> Result<Self, ParseSearchError> {
        let words = words(text);
        match words.len() {
            0 => Err(ParseSearchError::NoWord),
            1..=Self::MAX => Ok(Self(words)),
            has => Err(ParseSearchError::TooMany { has }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_folded_and_split_as_readers_expect() {
        for (text, expected) in [
            ("Statuette d’ancêtre, Pobé Mengao", &["statuette", "d", "ancetre", "pobe", "mengao"][..]),
            ("TOC-2026-000123", &["toc", "2026", "000123"]),
            ("ΑΓΑΛΜΑ Άγαλμα", &["αγαλμα", "αγαλμα"]),
            ("ﬁgure", &["figure"]),
            ("佛像 head", &["佛", "像", "head"]),
            ("تِمْثَال", &["تمثال"]),
            ("' % _ \\ -- \u{202e}", &[]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
        assert_eq!(words(&"x".repeat(100)), ["x".repeat(LONGEST)]);
    }

    #[test]
    fn a_list_has_each_word_once_and_a_greatest_size() {
        let mut list = WordList::stored("head of");
        list.mark("type", "sculpture");
        list.add("Head of type sculpture");
        assert_eq!(list.text(), "head of type:sculpture type sculpture");
        for number in 0..100_000 {
            list.add(&format!("word{number}"));
        }
        assert!(list.text().len() <= WordList::MAX_BYTES);
    }

    #[test]
    fn a_search_has_one_to_ten_words() {
        assert_eq!("?!".parse::<SearchWords>(), Err(ParseSearchError::NoWord));
        assert_eq!("a b c d e f g h i j k".parse::<SearchWords>(), Err(ParseSearchError::TooMany { has: 11 }));
        assert_eq!("Pobé".parse::<SearchWords>().map(|found| found.0), Ok(vec!["pobe".to_owned()]));
    }

    proptest! {
        #[test]
        fn a_word_has_nothing_that_a_query_language_would_read(text in "\\PC{0,80}") {
            for word in words(&text) {
                prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric), "{word:?}");
            }
        }
    }
}
