//! Languages of people and the languages of Tocsin.
//!
//! A [`Language`] is what somebody reads or wrote in: any of ISO 639. An [`Interface`] is one Tocsin itself speaks:
//! one whose mails, pages and fixed phrases have been translated by people. Country and script subtags are not kept:
//! no wording here differs by them.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// A BCP 47 primary language subtag (RFC 5646, section 2.2.1) of ISO 639: two or three lower-case letters, such as
/// `fr`, `zh` or `ckb`. Only the syntax is checked: ISO 639-3 has 8,000 codes and a rare one must not stop a report.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 3]); // ASCII, padded with NUL, so that the derived order is that of the code

/// Why a text is not a language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a BCP 47 primary language subtag (2 or 3 lower-case letters): {given:?}")]
pub struct ParseLanguageError {
    /// What was given, shortened.
    pub given: String,
}

struct LanguageRow {
    endonym: String,
    is_rtl: bool,
}

static LANGUAGES: LazyLock<HashMap<Language, LanguageRow>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("../data/languages.csv").as_bytes())
        .into_records()
        .map(|record| {
            let record = record.expect("the embedded file is well-formed CSV");
            let language = record[0].parse().expect("the embedded file lists language codes");
            (language, LanguageRow { endonym: record[1].to_owned(), is_rtl: &record[2] == "rtl" })
        })
        .collect()
});

impl Language {
    /// English, which everything falls back to.
    pub const ENGLISH: Self = Self(*b"en\0");
    /// French.
    pub const FRENCH: Self = Self(*b"fr\0");

    /// The subtag.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("a subtag is ASCII").trim_end_matches('\0')
    }

    /// The language's own name, for a menu or a list; its code where Unicode CLDR knows none.
    pub fn endonym(&self) -> &str {
        LANGUAGES.get(self).map(|row| row.endonym.as_str()).filter(|name| !name.is_empty()).unwrap_or(self.as_str())
    }

    /// Whether the script it is usually written in runs from right to left.
    pub fn is_rtl(self) -> bool {
        LANGUAGES.get(&self).is_some_and(|row| row.is_rtl)
    }
}

impl FromStr for Language {
    type Err = ParseLanguageError;
    fn from_str(text: &str) -> Result<Self, ParseLanguageError> {
        match *text.as_bytes() {
            [a, b] if [a, b].iter().all(u8::is_ascii_lowercase) => Ok(Self([a, b, 0])),
            [a, b, c] if [a, b, c].iter().all(u8::is_ascii_lowercase) => Ok(Self([a, b, c])),
            _ => Err(ParseLanguageError { given: crate::country::shortened(text) }),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

crate::text::string_serde!(Language);
#[cfg(feature = "sql")]
crate::sql::text_column!(Language);

/// Why a text is not a language Tocsin speaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a language of the interface: {given:?}")]
pub struct ParseInterfaceError {
    /// What was given, shortened.
    pub given: String,
}

macro_rules! interfaces {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)+) => {
        /// A language Tocsin itself speaks, in pages and mails.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Interface {
            $($(#[$doc])* $name,)+
        }

        impl Interface {
            /// Every one, the default first.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its language subtag, for `lang` attributes and the names of catalogues.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

// A language is added by one line here, once its catalogue and mails exist.
interfaces! {
    /// English.
    #[default]
    English = "en";
    /// French.
    French = "fr";
    /// Spanish.
    Spanish = "es";
    /// Arabic, from right to left.
    Arabic = "ar";
    /// Russian.
    Russian = "ru";
    /// Chinese.
    Chinese = "zh";
}

impl Interface {
    /// The language to address a reader in: the first preference Tocsin speaks, else English.
    #[must_use]
    pub fn for_reader(preferences: &[Language]) -> Self {
        preferences.iter().find_map(|language| Self::speaking(*language)).unwrap_or_default()
    }

    /// The interface of that language, if there is one.
    #[must_use]
    pub fn speaking(language: Language) -> Option<Self> {
        Self::ALL.iter().copied().find(|interface| interface.as_str() == language.as_str())
    }

    /// The language it speaks.
    pub fn language(self) -> Language {
        self.as_str().parse().expect("every interface has a language subtag")
    }
}

impl FromStr for Interface {
    type Err = ParseInterfaceError;
    fn from_str(text: &str) -> Result<Self, ParseInterfaceError> {
        let interface = Self::ALL.iter().copied().find(|interface| interface.as_str() == text);
        interface.ok_or_else(|| ParseInterfaceError { given: crate::country::shortened(text) })
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Interface> for Language {
    fn from(interface: Interface) -> Self {
        interface.language()
    }
}

crate::text::string_serde!(Interface);
#[cfg(feature = "sql")]
crate::sql::text_column!(Interface);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn languages(codes: &str) -> Vec<Language> {
        codes.split_whitespace().map(|code| code.parse().expect("a language")).collect()
    }

    #[test]
    fn readers_get_their_first_preference_that_tocsin_speaks() {
        for (preferences, expected) in [
            ("it en fr", Interface::English),
            ("ht fr en", Interface::French),
            ("fr en", Interface::French),
            ("ar zh", Interface::Arabic),
            ("it de", Interface::English),
            ("uk zh", Interface::Chinese),
            ("", Interface::English),
        ] {
            assert_eq!(Interface::for_reader(&languages(preferences)), expected, "{preferences}");
        }
    }

    #[test]
    fn interfaces_and_their_languages_agree() {
        assert_eq!(Interface::ALL.first(), Some(&Interface::default()));
        assert_eq!(Interface::French.language(), Language::FRENCH);
        for &interface in Interface::ALL {
            assert_eq!(interface.to_string().parse(), Ok(interface));
            assert_eq!(Interface::speaking(interface.into()), Some(interface));
            assert_eq!(serde_json::from_value(serde_json::json!(interface)).ok(), Some(interface));
        }
        let error = "it".parse::<Interface>().expect_err("not yet");
        assert_eq!(error.to_string(), "not a language of the interface: \"it\"");
    }

    #[test]
    fn names_and_directions_are_known() {
        for (code, endonym, is_rtl) in [
            ("en", "English", false),
            ("fr", "Français", false),
            ("ht", "Kreyòl Ayisyen", false),
            ("ca", "Català", false),
            ("zh", "中文", false),
            ("ar", "العربية", true),
            ("qaa", "qaa", false),
        ] {
            let language: Language = code.parse().expect("a language");
            assert_eq!((language.endonym(), language.is_rtl()), (endonym, is_rtl));
        }
        assert!(languages("ar fa he ur ps prs ckb sd ug dv yi").iter().all(|language| language.is_rtl()));
    }

    #[test]
    fn tags_with_more_than_a_language_are_refused() {
        for bad in ["", "f", "FR", "fr-CA", "zh_Hans", "fran", "é", "f1", "fr ", "e\0"] {
            assert!(bad.parse::<Language>().is_err(), "{bad:?}");
        }
        let error = "fr-CA".parse::<Language>().expect_err("has a country");
        assert_eq!(error.to_string(), "not a BCP 47 primary language subtag (2 or 3 lower-case letters): \"fr-CA\"");
    }

    proptest! {
        #[test]
        fn every_code_is_read_back_as_written(a in "[a-z]{2,3}", b in "[a-z]{2,3}") {
            let language: Language = a.parse().expect("well-formed");
            prop_assert_eq!(language.to_string(), &*a);
            prop_assert_eq!(language.cmp(&b.parse().expect("well-formed")), a.cmp(&b));
            prop_assert_eq!(serde_json::from_value(serde_json::json!(language)).ok(), Some(language));
        }
    }
}
