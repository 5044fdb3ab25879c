//! Handling labels: Traffic Light Protocol 2.0 (FIRST), never translated.

use std::fmt;
use std::str::FromStr;

/// How far a text may travel. Ordered: a greater label is more restricted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// No limit on disclosure.
    Clear,
    /// The community.
    Green,
    /// The organisation and its clients, on a need-to-know basis.
    Amber,
    /// The organisation only.
    AmberStrict,
    /// The named individuals only.
    Red,
}

/// Why a text is not a label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED")]
pub struct ParseLabelError;

impl Label {
    /// Every label, least restricted first.
    pub const ALL: [Self; 5] = [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// The label as TLP 2.0 writes it: capitals, no space, in every language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Label {
    type Err = ParseLabelError;
    fn from_str(text: &str) -> Result<Self, ParseLabelError> {
        Self::ALL.into_iter().find(|label| label.as_str() == text).ok_or(ParseLabelError)
    }
}

crate::text::string_serde!(Label);
#[cfg(feature = "sql")]
crate::sql::text_column!(Label);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_restriction() {
        assert!(Label::ALL.is_sorted());
        for label in Label::ALL {
            assert_eq!(label.as_str().parse(), Ok(label));
        }
    }
}
