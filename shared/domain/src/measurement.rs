//! Measurements: a number, a unit and the extent it is of, which must fit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::codes::{Dimension, Unit};

/// One measurement: "height 27.5 cm". Its unit is one of its dimension: no height has kilograms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Measurement {
    dimension: Dimension,
    value: Decimal,
    unit: Unit,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MeasurementParts")]
struct Parts {
    /// Which extent.
    dimension: Dimension,
    /// A positive decimal number, kept as written so that 27.50 stays 27.50.
    value: Decimal,
    /// The unit.
    unit: Unit,
}

/// What a unit measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// How long.
    Length,
    /// How heavy.
    Mass,
}

/// A unit that does not measure what it is given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a unit of {}, and {unit} is not", if *dimension == Dimension::Weight { "weight: g, kg, oz or lb" } else { "length: mm, cm, m, in or ft" })]
pub struct WrongUnit {
    /// What is measured.
    pub dimension: Dimension,
    /// In what.
    pub unit: Unit,
}

impl Measurement {
    /// A measurement, if the unit is one of the dimension.
    pub fn new(dimension: Dimension, value: Decimal, unit: Unit) -> Result<Self, WrongUnit> {
        if dimension.quantity() == unit.quantity() {
            Ok(Self { dimension, value, unit })
        } else {
            Err(WrongUnit { dimension, unit })
        }
    }

    /// Which extent.
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// The number, as written.
    pub fn value(&self) -> &Decimal {
        &self.value
    }

    /// The unit, as written.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// In the unit a metric reader expects, to a tenth, where it was written in another: `10.5 in` is `26.7 cm`.
    pub fn metric(&self) -> Option<(f64, Unit)> {
        // NIST Handbook 44, appendix C: all four are exact.
        let (factor, unit) = match self.unit {
            Unit::Inch => (2.54, Unit::Centimetre),
            Unit::Foot => (30.48, Unit::Centimetre),
            Unit::Ounce => (28.349_523_125, Unit::Gram),
            Unit::Pound => (0.453_592_37, Unit::Kilogram),
            Unit::Millimetre | Unit::Centimetre | Unit::Metre | Unit::Gram | Unit::Kilogram => return None,
        };
        Some((self.value.to_f64() * factor, unit))
    }

    /// For a reader: in the unit it was written in and, where that is not metric, in metric too. `sign` is the
    /// reader's decimal sign.
    pub fn for_reader(&self, sign: &str) -> String {
        let written = format!("{} {}", self.value.to_string().replace('.', sign), self.unit);
        match self.metric() {
            None => written,
            Some((value, unit)) => format!("{written} ({} {unit})", format!("{value:.1}").replace('.', sign)),
        }
    }

    /// In millimetres or grams, to compare.
    pub fn base(&self) -> f64 {
        let (value, unit) = self.metric().unwrap_or((self.value.to_f64(), self.unit));
        match unit {
            Unit::Metre | Unit::Kilogram => value * 1_000.0,
            Unit::Centimetre => value * 10.0,
            _ => value,
        }
    }
}

impl Dimension {
    /// What it is measured as.
    pub fn quantity(self) -> Quantity {
        match self {
            Self::Weight => Quantity::Mass,
            Self::Height | Self::Width | Self::Depth | Self::Length | Self::Diameter | Self::Thickness => {
                Quantity::Length
            }
        }
    }
}

impl Unit {
    /// What it measures.
    pub fn quantity(self) -> Quantity {
        match self {
            Self::Gram | Self::Kilogram | Self::Ounce | Self::Pound => Quantity::Mass,
            Self::Millimetre | Self::Centimetre | Self::Metre | Self::Inch | Self::Foot => Quantity::Length,
        }
    }
}

impl TryFrom<Parts> for Measurement {
    type Error = WrongUnit;
    fn try_from(parts: Parts) -> Result<Self, WrongUnit> {
        Self::new(parts.dimension, parts.value, parts.unit)
    }
}

impl From<Measurement> for Parts {
    fn from(from: Measurement) -> Self {
        Self { dimension: from.dimension, value: from.value, unit: from.unit }
    }
}

/// A positive decimal number with at most six digits on each side of the point.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(String);

/// Why a text is not a measurement's value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a positive number such as 27.5, with at most six digits on each side of the point")]
pub struct ParseDecimalError;

impl Decimal {
    fn to_f64(&self) -> f64 {
        self.0.parse().expect("digits with at most one point among them are a number")
    }
}

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

    fn measured(dimension: Dimension, value: &str, unit: Unit) -> Result<Measurement, WrongUnit> {
        Measurement::new(dimension, value.parse().unwrap(), unit)
    }

    #[test]
    fn measurements_keep_what_was_written() {
        assert_eq!("27,50".parse::<Decimal>().map(|d| d.to_string()), Ok("27.50".to_owned()));
        for bad in ["0", "0.0", "-3", "1e5", "12 cm", "", "1.2.3", "1234567"] {
            assert!(bad.parse::<Decimal>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_weight_has_a_unit_of_mass_and_it_has_no_other() {
        for &dimension in Dimension::ALL {
            for &unit in Unit::ALL {
                let fits = (dimension == Dimension::Weight)
                    == matches!(unit, Unit::Gram | Unit::Kilogram | Unit::Ounce | Unit::Pound);
                assert_eq!(measured(dimension, "1", unit).is_ok(), fits, "{dimension} {unit}");
            }
        }
        let error = measured(Dimension::Height, "1", Unit::Kilogram).unwrap_err().to_string();
        assert_eq!(error, "must be a unit of length: mm, cm, m, in or ft, and kg is not");
        let stored = r#"{"dimension": "height", "value": "2", "unit": "kg"}"#;
        assert!(serde_json::from_str::<Measurement>(stored).is_err(), "not even from a database");
    }

    #[test]
    fn a_reader_gets_the_own_decimal_sign_and_metric_beside_other_units() {
        let height = measured(Dimension::Height, "27.50", Unit::Centimetre).unwrap();
        assert_eq!((height.for_reader("."), height.for_reader(",")), ("27.50 cm".to_owned(), "27,50 cm".to_owned()));
        let inches = measured(Dimension::Height, "10.5", Unit::Inch).unwrap();
        assert_eq!(inches.for_reader(","), "10,5 in (26,7 cm)");
        let weight = measured(Dimension::Weight, "2", Unit::Pound).unwrap();
        assert_eq!(weight.for_reader("."), "2 lb (0.9 kg)");
        assert!((inches.base() - 266.7).abs() < 1e-9 && (height.base() - 275.0).abs() < 1e-9);
    }
}
