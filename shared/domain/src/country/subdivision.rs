//! Subdivisions: the syntax of ISO 3166-2.

use std::fmt;
use std::str::FromStr;

use super::{Country, shortened};

/// An ISO 3166-2 code such as `ES-CT`: an assigned country, a hyphen, one to three upper-case letters or digits.
///
/// Only the syntax is checked: the list of some 5,000 codes changes every year, and an old code in a directory must
/// not stop an alert.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subdivision {
    country: Country,
    part: [u8; 3], // ASCII, padded with NUL, so that the derived order is that of the printed code
}

/// Why a text is not a subdivision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 3166-2 subdivision code (country, hyphen, 1 to 3 capitals or digits): {given:?}")]
pub struct ParseSubdivisionError {
    /// What was given, shortened.
    pub given: String,
}

impl Subdivision {
    /// The country it is a part of.
    pub fn country(self) -> Country {
        self.country
    }
}

impl FromStr for Subdivision {
    type Err = ParseSubdivisionError;
    fn from_str(text: &str) -> Result<Self, ParseSubdivisionError> {
        parse(text).ok_or_else(|| ParseSubdivisionError { given: shortened(text) })
    }
}

fn parse(text: &str) -> Option<Subdivision> {
    let (country, code) = text.split_once('-')?;
    let well_formed =
        (1..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !well_formed {
        return None;
    }
    let mut part = [0; 3];
    part[..code.len()].copy_from_slice(code.as_bytes());
    Some(Subdivision { country: country.parse().ok()?, part })
}

impl fmt::Display for Subdivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.country)?;
        let part = str::from_utf8(&self.part).expect("the part is ASCII");
        f.write_str(part.trim_end_matches('\0'))
    }
}

impl fmt::Debug for Subdivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

crate::text::string_serde!(Subdivision);
#[cfg(feature = "sql")]
crate::sql::text_column!(Subdivision);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_part_of_an_assigned_country_is_accepted() {
        for bad in ["ES", "ES-", "ES-ct", "ES-CATA", "XX-CT", "es-CT", "ES--C", "ES_CT", "-CT", "ES-C T", "ES-É"] {
            assert!(bad.parse::<Subdivision>().is_err(), "{bad:?}");
        }
        let catalonia: Subdivision = "ES-CT".parse().expect("well-formed");
        assert_eq!(catalonia.country().as_str(), "ES");
        let error = "ES-ct".parse::<Subdivision>().expect_err("lower case").to_string();
        assert!(error.starts_with("not an ISO 3166-2 subdivision code") && error.ends_with("\"ES-ct\""));
    }

    proptest! {
        #[test]
        fn a_code_is_read_back_as_written(a in 0..249_u16, b in 0..249_u16, x in "[A-Z0-9]{1,3}", y in "[A-Z0-9]{1,3}") {
            let (first, second) = (format!("{}-{x}", Country(a)), format!("{}-{y}", Country(b)));
            let parsed: Subdivision = first.parse().expect("well-formed");
            prop_assert_eq!(parsed.to_string(), &*first);
            prop_assert_eq!(serde_json::from_value(serde_json::json!(parsed)).ok(), Some(parsed));
            prop_assert_eq!(parsed.cmp(&second.parse().expect("well-formed")), first.cmp(&second));
        }
    }
}
