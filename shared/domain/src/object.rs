//! One cultural object, described by Object ID (ten categories and the five recommended additions).
//!
//! Everything here is confidentiality class A: it may be shown to every partner after release.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::codes::{Dimension, ObjectFlag, ObjectType, Photographs, Unit};
use crate::country::Country;
use crate::date::CivilDate;
use crate::text::{Line, Prose};

/// An object as Object ID describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectDescription {
    /// Title or name by which the object is known.
    pub title: Line,
    /// Photographs: do any exist?
    pub photographs: Photographs,
    /// Type of object, level 1.
    #[serde(rename = "type")]
    pub object_type: ObjectType,
    /// Type of object, level 2, in words: "ancestor statuette".
    pub type_detail: Option<Line>,
    /// Materials and techniques.
    pub materials: Option<Line>,
    /// Measurements, each with dimension and unit.
    pub measurements: Vec<Measurement>,
    /// Inscriptions and markings.
    pub inscriptions: Option<Prose>,
    /// Distinguishing features: damage, repairs, defects.
    pub distinguishing_features: Option<Prose>,
    /// Subject: what is pictured or represented.
    pub subject: Option<Line>,
    /// Date or period, in words.
    pub date_or_period: Option<Line>,
    /// Maker, workshop or culture.
    pub maker: Option<Line>,
    /// The short description, in the language of the report.
    pub description: Option<Prose>,
    /// Inventory number (recommended).
    pub inventory_number: Option<Line>,
    /// Related written material (recommended).
    pub related_material: Option<Prose>,
    /// Place of origin or discovery: present-day country (recommended).
    pub origin_country: Option<Country>,
    /// Place of origin or discovery, in words: historic state, region, culture (recommended).
    pub origin_text: Option<Line>,
    /// Cross reference to related objects: set, pair, stolen together (recommended).
    pub related_objects: Option<Prose>,
    /// Date documented (recommended).
    pub date_documented: Option<CivilDate>,
    /// What else is true of it.
    pub flags: Vec<ObjectFlag>,
}

/// One measurement: "height 27.5 cm".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Measurement {
    /// Which extent.
    pub dimension: Dimension,
    /// A positive decimal number, kept as written so that 27.50 stays 27.50.
    pub value: Decimal,
    /// The unit.
    pub unit: Unit,
}

/// A positive decimal number with at most six digits on each side of the point.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(String);

/// Why a text is not a measurement's value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a positive number such as 27.5, with at most six digits on each side of the point")]
pub struct ParseDecimalError;

impl std::str::FromStr for Decimal {
    type Err = ParseDecimalError;
    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        // A comma is the decimal sign of most of our reporters (ISO 80000-1 allows both).
        let text = text.trim().replace(',', ".");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
        let digits = |part: &str| (1..=6).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || text.bytes().all(|b| matches!(b, b'0' | b'.')) {
            return Err(ParseDecimalError);
        }
        Ok(Self(text))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

crate::text::string_serde!(Decimal);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_keep_what_was_written() {
        assert_eq!("27,50".parse::<Decimal>().map(|d| d.to_string()), Ok("27.50".to_owned()));
        for bad in ["0", "0.0", "-3", "1e5", "12 cm", "", "1.2.3", "1234567"] {
            assert!(bad.parse::<Decimal>().is_err(), "{bad}");
        }
    }
}
