//! One cultural object, described by Object ID (ten categories and the five recommended additions).
//!
//! Everything here is confidentiality class A: it may be shown to every partner after release.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::codes::{LinkKind, ObjectFlag, ObjectType, Photographs};
use crate::country::Country;
use crate::date::CivilDate;
pub use crate::measurement::{Decimal, Measurement, Quantity, WrongUnit};
use crate::text::{Line, Prose};
pub use crate::year::{Year, YearSpan};

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
    /// Date or period, as the years between which it was made.
    pub dated: Option<YearSpan>,
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
    /// Cross reference to related objects, in words (recommended).
    pub related_objects: Option<Prose>,
    /// The objects of the same case it belongs with.
    pub link: Option<Link>,
    /// Date documented (recommended).
    pub date_documented: Option<CivilDate>,
    /// What else is true of it.
    pub flags: Vec<ObjectFlag>,
}

/// Objects of a case that belong together bear the same link. Things that are not unique are found again because they
/// are found together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// How they belong together.
    pub kind: LinkKind,
    /// What the reporter calls the group: "A", "tea service".
    pub name: Line,
}
