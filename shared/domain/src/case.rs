//! A case: the event, told in three parts that never mix.
//!
//! Class A ([`CaseFacts`], the objects) may be shown to partners after release; class B ([`Circumstances`]) only to
//! those given the full share; class C ([`Reporter`]) to the desk alone. They are separate types and separate tables,
//! so that a function that renders for a partner cannot be handed what it may not show.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::codes::{Capacity, Event, LossMethod, Premises};
use crate::country::Country;
use crate::date::CivilDate;
use crate::details::{Details, Typology};
use crate::label::Label;
use crate::language::Language;
use crate::mailbox::Mailbox;
use crate::object::ObjectDescription;
use crate::scope::Subdivision;
use crate::text::{Line, Prose};

/// What people quote on the telephone: `TOC-2026-000123`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseReference {
    /// The year of registration.
    pub year: i16,
    /// The number within the year, from 1.
    pub number: i64,
}

/// Why a text is not a case reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a case reference such as TOC-2026-000123")]
pub struct ParseReferenceError;

impl fmt::Display for CaseReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TOC-{:04}-{:06}", self.year, self.number)
    }
}

impl FromStr for CaseReference {
    type Err = ParseReferenceError;
    fn from_str(text: &str) -> Result<Self, ParseReferenceError> {
        let rest = text.trim().strip_prefix("TOC-").ok_or(ParseReferenceError)?;
        let (year, number) = rest.split_once('-').ok_or(ParseReferenceError)?;
        let digits = |part: &str, least: usize| part.len() >= least && part.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || !digits(year, 4) || !digits(number, 6) {
            return Err(ParseReferenceError);
        }
        Ok(Self {
            year: year.parse().map_err(|_| ParseReferenceError)?,
            number: number.parse().map_err(|_| ParseReferenceError)?,
        })
    }
}

crate::text::string_serde!(CaseReference);
#[cfg(feature = "sql")]
crate::sql::text_column!(CaseReference);

/// When the loss happened, as far as known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LossInterval {
    /// Not before this day.
    pub earliest: CivilDate,
    /// Not after this day.
    pub latest: CivilDate,
    /// The day it was noticed, which starts other clocks than the loss itself.
    pub discovered: Option<CivilDate>,
}

/// Class A: what every partner that is told may know of the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseFacts {
    /// The kind of event.
    pub event: Event,
    /// A short title for people.
    pub title: Line,
    /// The language the report is written in.
    pub language: Language,
    /// Handling label of the full case data.
    pub label: Label,
    /// The country of the loss, or of the last lawful location.
    pub country: Country,
    /// When it was lost, detected, seized or seen.
    pub loss: LossInterval,
    /// What to look for, where no list of objects exists.
    pub typology: Option<Typology>,
}

/// Class B: circumstances, for partners with the full share and the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Circumstances {
    /// Who held the objects, keeps them, offers them, or answers for the site.
    pub holder: Line,
    /// The kind of place.
    pub premises: Premises,
    /// The subdivision of the country (ISO 3166-2).
    pub subdivision: Option<Subdivision>,
    /// Town, building, room.
    pub place: Line,
    /// How it was lost.
    pub method: LossMethod,
    /// The police reference, or that there is none yet.
    pub police_reference: PoliceReference,
    /// The authority that was informed.
    pub authority_informed: Option<Line>,
    /// When the authority was informed.
    pub authority_informed_on: Option<CivilDate>,
    /// What happened, in the reporter's words.
    pub narrative: Option<Prose>,
    /// What this kind of event has of its own.
    pub details: Details,
}

/// The reference under which the police know the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PoliceReference {
    /// Not reported to the police yet, or no number given yet.
    NotYet,
    /// The police's own number.
    Known(Line),
}

impl fmt::Display for PoliceReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet => f.write_str("not yet"),
            Self::Known(reference) => f.write_str(reference.as_str()),
        }
    }
}

/// Class C: who reported. Personal data, for the desk alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    /// The person's name.
    pub name: Line,
    /// In which capacity the person speaks.
    pub capacity: Capacity,
    /// Where the person can be reached.
    pub email: Option<Mailbox>,
    /// A telephone number, as given.
    pub telephone: Option<Line>,
}

/// Keeps the person out of logs, where `Debug` output ends.
impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

/// A report as accepted: every part parsed, nothing stored yet.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// Class A.
    pub facts: CaseFacts,
    /// Class B.
    pub circumstances: Circumstances,
    /// The name of the institution whose case it is; none: that of whoever registers it.
    pub institution: Option<Line>,
    /// Class C.
    pub reporter: Reporter,
    /// Class A; none where a typology stands for them.
    pub objects: Vec<ObjectDescription>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_quoted_as_written() {
        let reference = CaseReference { year: 2026, number: 123 };
        assert_eq!(reference.to_string(), "TOC-2026-000123");
        assert_eq!("TOC-2026-000123".parse(), Ok(reference));
        for bad in ["TOC-26-000123", "TOC-2026-123", "2026-000123", "TOC-2026-+00123"] {
            assert!(bad.parse::<CaseReference>().is_err(), "{bad}");
        }
    }
}
