//! Text as people type it, made safe at the edge.
//!
//! A [`Line`] goes into mail headers, table cells and log-free messages; a [`Prose`] keeps its line breaks. Neither
//! holds control characters or invisible direction overrides: CR and LF in a name panic the mail builder and split
//! headers, U+202E makes a file name or a partner's name read as another.

use std::fmt;
use std::str::FromStr;

/// Serde and JSON Schema through `Display` and `FromStr`: one spelling in JSON, URLs, columns and pages.
macro_rules! string_serde {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    };
}
pub(crate) use string_serde;

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Longer than the field allows.
    #[error("must have at most {max} characters, has {has}")]
    TooLong {
        /// The limit in characters (Unicode scalar values).
        max: usize,
        /// What was given.
        has: usize,
    },
    /// A control character or an invisible direction override.
    #[error("must not contain control or text-direction characters (found U+{0:04X})")]
    Forbidden(u32),
}

/// One line of text of 1 to 300 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

/// Text of 1 to 20,000 characters that may have line breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prose(String);

/// What stands where a person's words were erased.
const ERASED: &str = "(erased)";

impl Line {
    /// What can be kept of a stranger's text: one line, without what a line must not hold, cut to its length.
    pub fn of_foreign(text: &str) -> Option<Self> {
        let safe: String = text.chars().map(|c| if is_forbidden(c) { ' ' } else { c }).collect();
        let words = safe.split_whitespace().collect::<Vec<_>>().join(" ");
        words.chars().take(Self::MAX).collect::<String>().parse().ok()
    }

    /// The longest line, in characters.
    pub const MAX: usize = 300;

    /// What stands where a name was erased.
    pub fn erased() -> Self {
        Self(ERASED.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prose {
    /// What can be kept of a stranger's text, at most `max` characters of it, and whether there was more.
    pub fn of_foreign(text: &str, max: usize) -> (Option<Self>, bool) {
        let text = text.replace("\r\n", "\n");
        let safe = text.trim().chars().map(|c| if is_forbidden(c) && c != '\n' { ' ' } else { c });
        let max = max.min(Self::MAX);
        let kept: String = safe.take(max + 1).collect();
        let cut = kept.chars().count() > max;
        (kept.chars().take(max).collect::<String>().parse().ok(), cut)
    }

    /// The longest text, in characters.
    pub const MAX: usize = 20_000;

    /// What stands where a person's words were erased.
    pub fn erased() -> Self {
        Self(ERASED.to_owned())
    }

    /// The text, lines separated by `\n`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn checked(text: &str, max: usize, line_breaks: bool) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    let has = text.chars().count();
    if has > max {
        return Err(TextError::TooLong { max, has });
    }
    match text.chars().find(|&c| is_forbidden(c) && !(line_breaks && c == '\n')) {
        Some(c) => Err(TextError::Forbidden(c.into())),
        None => Ok(()),
    }
}

/// Controls, line and paragraph separators, and bidirectional formatting characters (Unicode UAX #9).
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

impl FromStr for Line {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        checked(text, Self::MAX, false)?;
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for Prose {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        // Browsers send CRLF for each line break of a text area (HTML form submission); tabs are spaces to a reader.
        let text = text.replace("\r\n", "\n").replace('\t', " ");
        let text = text.trim();
        checked(text, Self::MAX, true)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

string_serde!(Line);
string_serde!(Prose);
#[cfg(feature = "sql")]
crate::sql::text_column!(Line);
#[cfg(feature = "sql")]
crate::sql::text_column!(Prose);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_refuses_what_would_split_a_header() {
        for bad in ["a\r\nBcc: x@y.example", "a\0b", "a\u{2028}b", "a\u{202E}b", "a\u{85}b"] {
            assert!(matches!(bad.parse::<Line>(), Err(TextError::Forbidden(_))), "{bad:?}");
        }
        assert_eq!("  ".parse::<Line>(), Err(TextError::Empty));
        assert_eq!(" تمثال ".parse::<Line>().map(|l| l.to_string()), Ok("تمثال".to_owned()));
    }

    #[test]
    fn prose_keeps_line_breaks_only() {
        assert_eq!("a\r\nb\tc".parse::<Prose>().map(|p| p.to_string()), Ok("a\nb c".to_owned()));
        assert!("a\u{1b}[31m".parse::<Prose>().is_err());
    }
}
