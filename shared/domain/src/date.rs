//! Calendar dates (ISO 8601), without a time of day.

use std::fmt;
use std::str::FromStr;

/// A calendar date, `2026-11-23` (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(jiff::civil::Date);

/// Why a text is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a date such as 2026-11-23")]
pub struct ParseDateError;

impl CivilDate {
    /// From a calendar library's date.
    pub fn new(date: jiff::civil::Date) -> Self {
        Self(date)
    }

    /// The same date for calendars.
    pub fn to_jiff(self) -> jiff::civil::Date {
        self.0
    }
}

impl FromStr for CivilDate {
    type Err = ParseDateError;
    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        let date: jiff::civil::Date = text.trim().parse().map_err(|_| ParseDateError)?;
        // A longer text such as a date with a time parses too, and would be silently cut.
        if text.trim().len() == 10 && date.year() >= 1 { Ok(Self(date)) } else { Err(ParseDateError) }
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

crate::text::string_serde!(CivilDate);
#[cfg(feature = "sql")]
crate::sql::text_column!(CivilDate);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_whole_dates() {
        assert!("2026-02-29".parse::<CivilDate>().is_err());
        assert!("2026-02-28T10:00".parse::<CivilDate>().is_err());
        assert!("2024-02-29".parse::<CivilDate>().is_ok());
    }
}
