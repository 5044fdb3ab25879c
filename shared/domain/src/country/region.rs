//! Regions of the United Nations' M49 standard ("Standard Country or Area Codes for Statistical Use").

use std::fmt;
use std::str::FromStr;

use super::{Country, shortened, table};
use crate::language::Language;

/// A UN M49 region, sub-region or grouping, such as `145` Western Asia or `202` Sub-Saharan Africa.
///
/// Countries have M49 codes too (`854`); those are not regions and are refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(u16);

/// Why a text is not a region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a UN M49 region code of three digits: {given:?}")]
pub struct ParseRegionError {
    /// What was given, shortened.
    pub given: String,
}

impl Region {
    /// The whole world, `001`.
    pub const WORLD: Self = Self(1);

    /// Every region, in the order of its code.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        table::regions().iter().map(|row| Self(row.m49))
    }

    /// The M49 code; three digits when printed.
    pub fn code(self) -> u16 {
        self.0
    }

    /// Whether the country lies in the region, directly or through a sub-region.
    pub fn contains(self, country: Country) -> bool {
        country.regions().contains(&self)
    }

    /// The countries of the region, in the order of their codes.
    pub fn countries(self) -> impl Iterator<Item = Country> {
        Country::all().filter(move |country| self.contains(*country))
    }

    /// The name for readers of `language`, in English where that language has none.
    pub fn name(self, language: Language) -> &'static str {
        table::region(self.0).expect("a region is one of the table").names.get(language)
    }
}

impl FromStr for Region {
    type Err = ParseRegionError;
    fn from_str(text: &str) -> Result<Self, ParseRegionError> {
        let three_digits = text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
        let known = text.parse().ok().filter(|_| three_digits).and_then(table::region);
        known.map(|row| Self(row.m49)).ok_or_else(|| ParseRegionError { given: shortened(text) })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

crate::text::string_serde!(Region);
#[cfg(feature = "sql")]
crate::sql::text_column!(Region);

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> Region {
        code.parse().expect("a region of the table")
    }

    #[test]
    fn regions_hold_their_countries_at_every_level() {
        let burkina: Country = "BF".parse().expect("a country");
        for code in ["001", "002", "011", "202"] {
            assert!(region(code).contains(burkina), "{code}");
        }
        for code in ["014", "015", "019", "145", "150", "419"] {
            assert!(!region(code).contains(burkina), "{code}");
        }
        assert_eq!(region("021").countries().map(Country::as_str).collect::<String>(), "BMCAGLPMUS");
    }

    #[test]
    fn the_world_holds_every_country_and_the_continents_part_it() {
        let continents = ["002", "009", "019", "142", "150"].map(region);
        for country in Country::all() {
            assert_eq!(country.regions().first(), Some(&Region::WORLD), "{country}");
            let held_by = continents.iter().filter(|continent| continent.contains(country)).count();
            assert_eq!(held_by, usize::from(country.as_str() != "AQ"), "{country}");
        }
    }

    #[test]
    fn groupings_are_the_sum_of_their_parts() {
        for (whole, parts) in [("202", "011 014 017 018"), ("419", "005 013 029"), ("003", "013 021 029")] {
            let mut sum: Vec<_> = parts.split(' ').flat_map(|part| region(part).countries()).collect();
            sum.sort_unstable();
            assert_eq!(region(whole).countries().collect::<Vec<_>>(), sum, "{whole}");
        }
    }

    #[test]
    fn every_region_is_read_back_from_its_code_and_has_a_name() {
        for region in Region::all() {
            assert_eq!(region.to_string().parse(), Ok(region));
            assert_eq!(serde_json::from_value(serde_json::json!(region)).ok(), Some(region));
            assert!(!region.name(Language::FRENCH).is_empty());
            assert!(region.countries().count() > 0, "{region}");
        }
        assert_eq!(region("145").name(Language::ENGLISH), "Western Asia");
        assert_eq!(region("145").name(Language::FRENCH), "Asie de l’Ouest");
    }

    #[test]
    fn countries_and_loose_spellings_are_no_regions() {
        for bad in ["854", "1", "0001", "+01", "", "M49:001", "999", "٠٠١"] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
        let error = "854".parse::<Region>().expect_err("a country's code");
        assert_eq!(error.to_string(), "not a UN M49 region code of three digits: \"854\"");
    }
}
