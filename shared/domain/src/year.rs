//! Years, before and after the beginning of the common era, and spans of them.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A year: `1893`, or `-1200` for 1200 before the common era. There is no year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Year(i32);

/// Why a text is not a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a year such as 1893, or -1200 for 1200 before the common era")]
pub struct ParseYearError;

impl Year {
    /// The earliest year: older than anything made by hand.
    pub const EARLIEST: i32 = -4_000_000;

    /// As people read it: `1893`, `1200 BCE`.
    pub fn human(self) -> String {
        if self.0 < 0 { format!("{} BCE", -self.0) } else { self.0.to_string() }
    }
}

impl FromStr for Year {
    type Err = ParseYearError;
    fn from_str(text: &str) -> Result<Self, ParseYearError> {
        let text = text.trim();
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || digits.len() > 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ParseYearError);
        }
        match text.parse().map_err(|_| ParseYearError)? {
            year @ (Self::EARLIEST..=-1 | 1..=9_999) => Ok(Self(year)),
            _ => Err(ParseYearError),
        }
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

crate::text::string_serde!(Year);

/// The years between which something was made, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct YearSpan {
    /// Not before.
    pub from: Year,
    /// Not after.
    pub to: Year,
}

impl YearSpan {
    /// As people read it: `1200 BCE to 1000 BCE`, `1893`.
    pub fn human(self) -> String {
        if self.from == self.to { self.from.human() } else { format!("{} to {}", self.from.human(), self.to.human()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_counted_without_a_year_zero() {
        for (text, human) in [("1893", "1893"), ("-1200", "1200 BCE"), (" 5 ", "5"), ("-4000000", "4000000 BCE")] {
            assert_eq!(text.parse::<Year>().map(Year::human), Ok(human.to_owned()));
        }
        for bad in ["", "0", "-0", "+5", "10000", "-4000001", "12a", "1893-1900", "99999999999"] {
            assert!(bad.parse::<Year>().is_err(), "{bad}");
        }
        let span = YearSpan { from: "-1200".parse().unwrap(), to: "-1000".parse().unwrap() };
        assert!(span.from < span.to);
        assert_eq!(span.human(), "1200 BCE to 1000 BCE");
    }
}
