//! Places as routing knows them: countries (ISO 3166-1), subdivisions (ISO 3166-2), UN M49 regions and our groups.
//!
//! Owns: the embedded tables of `data/` (sources and licences in its README) and the four code types over them.
//! Promises: a `Country`, `Region` or `Group` is one the table holds, so names and members can always be looked up.
//! Must not: decide who is told; it only answers what lies where. Naming a place is not a statement on its status.

mod group;
mod region;
mod subdivision;
mod table;

use std::fmt;
use std::str::FromStr;

pub use group::{Group, ParseGroupError};
pub use region::{ParseRegionError, Region};
pub use subdivision::{ParseSubdivisionError, Subdivision};

use crate::language::Language;

/// A country or territory with an officially assigned ISO 3166-1 alpha-2 code, such as `BF`. Ordered by that code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u16); // row of the table, which is sorted by code

/// Why a text is not a country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 3166-1 alpha-2 country code: {given:?}")]
pub struct ParseCountryError {
    /// What was given, shortened.
    pub given: String,
}

impl Country {
    /// Every country, in the order of its code.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        table::countries().map(Self)
    }

    /// The alpha-2 code: two upper-case ASCII letters.
    pub fn as_str(self) -> &'static str {
        &table::country(self).alpha2
    }

    /// The ISO 3166-1 alpha-3 code, such as `BFA`.
    pub fn alpha3(self) -> &'static str {
        &table::country(self).alpha3
    }

    /// The number of ISO 3166-1, which is the UN M49 code: `854`; three digits when printed.
    pub fn m49(self) -> u16 {
        table::country(self).m49
    }

    /// The short name for readers of `language`, in English where that language has none.
    pub fn name(self, language: Language) -> &'static str {
        table::country(self).names.get(language)
    }

    /// The countries it shares a land border with, in the order of their codes; islands have none.
    pub fn neighbours(self) -> &'static [Self] {
        &table::country(self).neighbours
    }

    /// The UN M49 regions that hold it, in the order of their codes; [`Region::WORLD`] is always the first.
    pub fn regions(self) -> &'static [Region] {
        &table::country(self).regions
    }
}

impl FromStr for Country {
    type Err = ParseCountryError;
    fn from_str(text: &str) -> Result<Self, ParseCountryError> {
        table::row_of(text).map(Self).ok_or_else(|| ParseCountryError { given: shortened(text) })
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

crate::text::string_serde!(Country);
#[cfg(feature = "sql")]
crate::sql::text_column!(Country);

/// What an error repeats of a refused text: enough to find it, not a megabyte sent to provoke one.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(24).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn country(code: &str) -> Country {
        code.parse().expect("a country of the table")
    }

    fn countries(codes: &str) -> Vec<Country> {
        codes.split(' ').map(country).collect()
    }

    #[test]
    fn the_table_holds_the_249_codes_of_iso_3166_1() {
        assert_eq!(Country::all().len(), 249);
        for distinct in [
            Country::all().map(|c| c.alpha3().to_owned()).collect::<HashSet<_>>(),
            Country::all().map(|c| c.m49().to_string()).collect(),
        ] {
            assert_eq!(distinct.len(), 249);
        }
        let burkina = country("BF");
        assert_eq!((burkina.alpha3(), burkina.m49(), burkina.to_string().as_str()), ("BFA", 854, "BF"));
    }

    #[test]
    fn codes_that_iso_does_not_assign_are_refused_by_rule() {
        for bad in ["XX", "XK", "EU", "UK", "SU", "fr", "FRA", "F", "", " FR", "FR\n", "🇫🇷"] {
            assert!(bad.parse::<Country>().is_err(), "{bad:?}");
        }
        let error = "XX".parse::<Country>().expect_err("not assigned");
        assert_eq!(error.to_string(), "not an ISO 3166-1 alpha-2 country code: \"XX\"");
        assert!("X".repeat(1_000_000).parse::<Country>().expect_err("too long").to_string().len() < 100);
    }

    #[test]
    fn names_follow_the_reader_and_fall_back_to_english() {
        let language = |code: &str| code.parse::<Language>().expect("a language");
        let ivory = country("CI");
        assert_eq!(ivory.name(Language::FRENCH), "Côte d’Ivoire");
        assert_eq!(country("DE").name(Language::FRENCH), "Allemagne");
        assert_eq!(country("EG").name(language("ar")), "مصر");
        assert_eq!(country("DE").name(language("ht")), "Germany");
        for country in Country::all() {
            for code in ["en", "fr", "ar", "es", "ru", "zh"] {
                assert!(!country.name(language(code)).is_empty(), "{country} {code}");
            }
        }
    }

    #[test]
    fn where_a_name_is_a_statement_it_is_that_of_the_united_nations() {
        for (code, name) in [
            ("HK", "China, Hong Kong Special Administrative Region"),
            ("KP", "Democratic People's Republic of Korea"),
            ("KR", "Republic of Korea"),
            ("MO", "China, Macao Special Administrative Region"),
            ("PS", "State of Palestine"),
            ("TW", "Taiwan (Province of China)"),
            ("VA", "Holy See"),
        ] {
            assert_eq!(country(code).name(Language::ENGLISH), name);
        }
    }

    #[test]
    fn neighbours_are_those_of_the_map() {
        assert_eq!(country("BF").neighbours(), countries("BJ CI GH ML NE TG"));
        assert_eq!(country("FR").neighbours(), countries("AD BE BR CH DE ES IT LU MC SR"));
        assert_eq!(country("GF").neighbours(), countries("BR SR"));
        assert_eq!(country("ES").neighbours(), countries("AD FR GI MA PT"));
        assert_eq!(country("SY").neighbours(), countries("IL IQ JO LB TR"));
        assert_eq!(country("JP").neighbours(), []);
    }

    #[test]
    fn a_border_has_two_sides() {
        for here in Country::all() {
            assert!(here.neighbours().is_sorted() && !here.neighbours().contains(&here), "{here}");
            for there in here.neighbours() {
                assert!(there.neighbours().contains(&here), "{here} {there}");
            }
        }
    }

    #[test]
    fn json_is_the_code() {
        assert_eq!(serde_json::to_string(&country("FR")).expect("a string"), "\"FR\"");
        assert!(serde_json::from_str::<Country>("\"XX\"").expect_err("refused").to_string().contains("ISO 3166-1"));
    }

    proptest! {
        #[test]
        fn every_country_is_read_back_from_its_code(row in 0..249_u16) {
            let country = Country(row);
            prop_assert_eq!(country.to_string().parse(), Ok(country));
            prop_assert_eq!(serde_json::from_value(serde_json::json!(country)).ok(), Some(country));
        }

        #[test]
        fn what_is_accepted_is_printed_unchanged(text in "\\PC{0,4}|[A-Z]{2}") {
            if let Ok(country) = text.parse::<Country>() {
                prop_assert_eq!(country.as_str(), text);
            }
        }

        #[test]
        fn order_is_the_order_of_the_codes(a in 0..249_u16, b in 0..249_u16) {
            prop_assert_eq!(Country(a).cmp(&Country(b)), Country(a).as_str().cmp(Country(b).as_str()));
        }
    }
}
