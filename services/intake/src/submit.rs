//! A report as it is sent in, by a program or by the form: nothing is parsed yet, so that every error can be told at
//! once. Unknown fields are refused: a misspelt field is never silently dropped, and nobody sets a field of ours.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// A report. Every field is text as typed; blank counts as left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SubmitCase {
    /// `theft`, `illicit_export`, `looting`, `missing`, `emergency`, `seizure` or `sighting`.
    #[schema(example = "theft")]
    pub event: Option<String>,
    /// A short title for people.
    #[schema(example = "Head of a seated figure, Pobé Mengao")]
    pub title: Option<String>,
    /// The language of the report: ISO 639, two or three letters.
    #[schema(example = "fr")]
    pub language: Option<String>,
    /// Traffic Light Protocol 2.0 label of the full case data; `TLP:AMBER+STRICT` if left out.
    #[schema(example = "TLP:AMBER+STRICT")]
    pub label: Option<String>,
    /// The country of the loss, or of the last lawful location: ISO 3166-1 alpha-2.
    #[schema(example = "BF")]
    pub country: Option<String>,
    /// When it was lost.
    pub loss: RawLoss,
    /// Holder, place, method, police reference.
    pub circumstances: RawCircumstances,
    /// What only an illicit export has.
    pub export: RawExport,
    /// The institution whose case it is, by its name here; the caller's own if left out. Only a duty officer may name
    /// another one.
    #[schema(example = "National Museum of Burkina Faso")]
    pub institution: Option<String>,
    /// What only a looting has.
    pub looting: RawLooting,
    /// What only an object found missing at stock-taking has.
    pub missing: RawMissing,
    /// What only an emergency has.
    pub emergency: RawEmergency,
    /// What only a seizure has.
    pub seizure: RawSeizure,
    /// What only a sighting has.
    pub sighting: RawSighting,
    /// What to look for where no list of objects exists: required for a looting and an emergency.
    pub typology: RawTypology,
    /// Who reports.
    pub reporter: RawReporter,
    /// 1 to 2,000 objects; none for an emergency; may be left out where `typology` says what to look for.
    pub objects: Vec<RawObject>,
}

/// When it was lost, as far as known. Dates are `YYYY-MM-DD`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawLoss {
    /// Not before this day.
    #[schema(example = "2026-11-20")]
    pub earliest: Option<String>,
    /// Not after this day.
    #[schema(example = "2026-11-21")]
    pub latest: Option<String>,
    /// The day it was noticed.
    pub discovered: Option<String>,
}

/// Circumstances: shown to partners with the full share and to the desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawCircumstances {
    /// Who held the object.
    pub holder: Option<String>,
    /// The kind of place, such as `museum`.
    pub premises: Option<String>,
    /// The subdivision of the country: ISO 3166-2, such as `BF-SUM`.
    pub subdivision: Option<String>,
    /// Town, building, room.
    pub place: Option<String>,
    /// How it was lost, such as `burglary`.
    pub method: Option<String>,
    /// The police's own number.
    pub police_reference: Option<String>,
    /// True if the police have given no number yet.
    pub police_reference_not_yet: bool,
    /// The authority that was informed.
    pub authority_informed: Option<String>,
    /// When it was informed.
    pub authority_informed_on: Option<String>,
    /// What happened, in the reporter's words.
    pub narrative: Option<String>,
}

/// What an illicit export adds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawExport {
    /// The state that claims the object: ISO 3166-1 alpha-2.
    pub claiming_state: Option<String>,
    /// The last place where it lawfully was.
    pub last_lawful_location: Option<String>,
    /// The state of the export permit, such as `none` or `forged`.
    pub permit: Option<String>,
    /// The number of the certificate shown.
    pub certificate_number: Option<String>,
    /// The law that forbids the export.
    pub law: Option<String>,
    /// Countries it is presumed to have passed.
    pub route: Vec<String>,
    /// Countries it is presumed to be bound for or in.
    pub destinations: Vec<String>,
}

/// What a looting adds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawLooting {
    /// The name of the site.
    pub site: Option<String>,
    /// Its number in a register of sites.
    pub site_number: Option<String>,
    /// How it was detected, such as `satellite`.
    pub detected_by: Option<String>,
    /// How much of it is disturbed.
    pub extent: Option<String>,
}

/// What an absence at a stock-taking adds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawMissing {
    /// The inventory or register that lists it.
    pub inventory: Option<String>,
    /// Who deposited or lent it.
    pub depositor: Option<String>,
}

/// What an emergency adds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawEmergency {
    /// What threatens the collection, such as `armed_conflict`.
    pub threat: Option<String>,
    /// What the collection holds, roughly.
    pub extent: Option<String>,
}

/// What a seizure adds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawSeizure {
    /// Who seized.
    pub authority: Option<String>,
    /// States they may come from: ISO 3166-1 alpha-2.
    pub likely_origins: Vec<String>,
    /// Where they were sent from.
    pub sent_from: Option<String>,
    /// Where they were bound for.
    pub bound_for: Option<String>,
}

/// What a sighting adds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawSighting {
    /// The kind of place, such as `auction`.
    pub venue: Option<String>,
    /// Lot, page or address under which it was seen.
    pub found_under: Option<String>,
    /// The day of an announced sale.
    pub sale_on: Option<String>,
}

/// What to look for where no list of objects exists. Every partner that is told may read it: no findspot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawTypology {
    /// Types of objects, such as `coin_medal`.
    pub types: Vec<String>,
    /// The ICOM Red List that shows such objects.
    pub red_list: Option<String>,
    /// What they look like.
    pub description: Option<String>,
}

/// Who reports: personal data, for the desk and the own institution.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawReporter {
    /// The person's name.
    pub name: Option<String>,
    /// In which capacity, such as `holder`.
    pub capacity: Option<String>,
    /// Where the person can be reached.
    pub email: Option<String>,
    /// A telephone number, as given.
    pub telephone: Option<String>,
}

/// Keeps the person out of logs, where `Debug` output ends.
impl std::fmt::Debug for RawReporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawReporter").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

/// One object, by Object ID: ten categories and the five recommended additions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawObject {
    /// Title or name by which it is known.
    pub title: Option<String>,
    /// `available`, `look_alike`, `none` or `unknown`.
    pub photographs: Option<String>,
    /// Type, level 1, such as `sculpture`.
    #[serde(rename = "type")]
    pub object_type: Option<String>,
    /// Type, level 2, in words.
    pub type_detail: Option<String>,
    /// Materials and techniques.
    pub materials: Option<String>,
    /// Measurements, each with dimension and unit.
    pub measurements: Vec<RawMeasurement>,
    /// Inscriptions and markings.
    pub inscriptions: Option<String>,
    /// Distinguishing features: damage, repairs, defects.
    pub distinguishing_features: Option<String>,
    /// What is pictured or represented.
    pub subject: Option<String>,
    /// Date or period, in words.
    pub date_or_period: Option<String>,
    /// Made not before this year: `1893`, or `-1200` for 1200 before the common era.
    pub made_from: Option<String>,
    /// Made not after this year.
    pub made_to: Option<String>,
    /// Maker, workshop or culture.
    pub maker: Option<String>,
    /// The short description.
    pub description: Option<String>,
    /// Inventory number; required with the flag `inventoried`.
    pub inventory_number: Option<String>,
    /// Related written material.
    pub related_material: Option<String>,
    /// Place of origin or discovery: present-day country, ISO 3166-1 alpha-2.
    pub origin_country: Option<String>,
    /// Place of origin or discovery, in words.
    pub origin_text: Option<String>,
    /// Cross reference to related objects, in words.
    pub related_objects: Option<String>,
    /// How it belongs with other objects of this report: `set`, `pair` or `stolen_together`.
    pub link: Option<String>,
    /// What the objects that belong together are called; the same for each of them.
    pub link_name: Option<String>,
    /// Date documented.
    pub date_documented: Option<String>,
    /// Such as `sacred_or_communal` or `inventoried`.
    pub flags: Vec<String>,
}

/// One measurement; a row without dimension and value is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RawMeasurement {
    /// Such as `height`.
    pub dimension: Option<String>,
    /// A positive number, written as text so that 27.50 stays 27.50.
    #[schema(example = "27.5")]
    pub value: Option<String>,
    /// `mm`, `cm`, `m`, `in` or `ft`; for a weight `g`, `kg`, `oz` or `lb`.
    pub unit: Option<String>,
}

impl SubmitCase {
    /// SHA-256 of what is asked, whatever the spacing or order of the fields: a program that builds its request anew
    /// for a repeat asks the same.
    pub fn hash(&self) -> [u8; 32] {
        let canonical = serde_json::to_vec(self).expect("text, lists and one truth value always have a JSON form");
        Sha256::digest(canonical).into()
    }
}

impl RawExport {
    /// Whether nothing was typed. The form always sends the fields.
    pub fn is_blank(&self) -> bool {
        let texts =
            [&self.claiming_state, &self.last_lawful_location, &self.permit, &self.certificate_number, &self.law];
        texts.into_iter().all(is_blank) && self.route.iter().chain(&self.destinations).all(|c| c.trim().is_empty())
    }
}

impl RawLooting {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        [&self.site, &self.site_number, &self.detected_by, &self.extent].into_iter().all(is_blank)
    }
}

impl RawMissing {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        is_blank(&self.inventory) && is_blank(&self.depositor)
    }
}

impl RawEmergency {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        is_blank(&self.threat) && is_blank(&self.extent)
    }
}

impl RawSeizure {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        [&self.authority, &self.sent_from, &self.bound_for].into_iter().all(is_blank)
            && self.likely_origins.iter().all(|country| country.trim().is_empty())
    }
}

impl RawSighting {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        [&self.venue, &self.found_under, &self.sale_on].into_iter().all(is_blank)
    }
}

impl RawTypology {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        [&self.red_list, &self.description].into_iter().all(is_blank)
            && self.types.iter().all(|text| text.trim().is_empty())
    }
}

impl RawMeasurement {
    /// Whether nothing was typed; a unit alone, which the form proposes, says nothing.
    pub fn is_blank(&self) -> bool {
        is_blank(&self.dimension) && is_blank(&self.value)
    }
}

#[expect(clippy::ref_option, reason = "called on fields, which are owned options")]
fn is_blank(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_of_what_is_asked_not_of_how_it_is_written() {
        let one: SubmitCase = serde_json::from_str(r#"{"title": "A", "event": "theft"}"#).unwrap();
        let same: SubmitCase = serde_json::from_str(r#"{"event":"theft","title":"A"}"#).unwrap();
        let other: SubmitCase = serde_json::from_str(r#"{"event":"theft","title":"B"}"#).unwrap();
        assert_eq!(one.hash(), same.hash());
        assert_ne!(one.hash(), other.hash());
    }

    #[test]
    fn fields_that_are_not_the_reporters_to_set_are_refused() {
        for body in [
            r#"{"state": "verified"}"#,
            r#"{"institution_id": "institution_0"}"#,
            r#"{"objects": [{"status": "recovered"}]}"#,
            r#"{"reporter": {"role": "admin"}}"#,
            r#"{"title": "A", "title": "B"}"#,
        ] {
            assert!(serde_json::from_str::<SubmitCase>(body).is_err(), "{body}");
        }
    }
}
