//! Somebody saw an object. A leak moves it, so what was seen, where and by whom is class D: it is wrapped in
//! [`Restricted`], which nothing can write out, and opens only for a [`NeedToKnow`].
//!
//! A renderer for partners has no way to make one, and a view that is sent as JSON cannot hold the wrapper:
//!
//! ```compile_fail
//! fn sent<T: serde::Serialize>(_: T) {}
//! fn leak(seen: domain::sighting::Restricted<domain::sighting::Seen>) {
//!     sent(seen);
//! }
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::codes::{PartnerKind, Venue};
use crate::scope::ScopeSet;
use crate::text::{Line, Prose};
use crate::{CivilDate, Country};

/// What was seen, where, when, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Where: town, shop, lot number, address of a page.
    pub place: Line,
    /// The country of that place; none on a site that is nowhere.
    pub country: Option<Country>,
    /// The day.
    pub seen_on: CivilDate,
    /// The time of day, in words and with its place.
    pub time: Option<Line>,
    /// The kind of place.
    pub venue: Option<Venue>,
    /// What was seen, and what became of it.
    pub what: Prose,
    /// Who saw it, or how it is known.
    pub source: Line,
}

impl Seen {
    /// The same without the person who told it: who, in which words, at what time of their day. Place, day and kind of place
    /// are not about them and stay.
    #[must_use]
    pub fn without_person(self) -> Self {
        Self { time: None, what: Prose::erased(), source: Line::erased(), ..self }
    }
}

/// A value of confidentiality class D.
#[derive(Clone, PartialEq, Eq)]
pub struct Restricted<T>(T);

/// Logs show that there is something, and not what.
impl<T> fmt::Debug for Restricted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Restricted")
    }
}

impl<T> Restricted<T> {
    /// Wraps it.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Opens it for somebody who needs to know.
    pub fn shown_to(&self, _: &NeedToKnow) -> &T {
        &self.0
    }

    /// Opens it for its column. Only storage may call this.
    pub fn for_storage(&self) -> &T {
        &self.0
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Reader<'a> {
    /// A duty officer, who works it.
    Desk,
    /// The institution whose case it is: the source authority, or the claimant.
    Source,
    /// A partner of the directory.
    Partner {
        /// Its kind.
        kind: PartnerKind,
        /// What it answers for.
        scope: &'a ScopeSet,
    },
    /// Anybody else, auditors among them: they see that there is a sighting, and what became of it.
    Other,
}

/// The proof that somebody needs to know of one sighting: the source authority, the claimant, the police at the
/// place, and the desk between them. There is no other way to make one.
#[derive(Debug)]
pub struct NeedToKnow(());

impl NeedToKnow {
    /// Whether `reader` needs to know of a sighting in this country.
    pub fn of(reader: Reader<'_>, country: Option<Country>) -> Option<Self> {
        let needs = match reader {
            Reader::Desk | Reader::Source => true,
            // A body that answers for the whole world is not the police at the place.
            Reader::Partner { kind: PartnerKind::Police, scope } => country
                .is_some_and(|country| scope.as_slice().iter().any(|area| !area.is_world() && area.covers(country))),
            Reader::Partner { .. } | Reader::Other => false,
        };
        needs.then_some(Self(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_desk_the_source_and_the_police_at_the_place_need_to_know() {
        let belgium: ScopeSet = "BE".parse().unwrap();
        let europe: ScopeSet = "M49:150".parse().unwrap();
        let world: ScopeSet = "M49:001".parse().unwrap();
        let at = |text: &str| Some(text.parse().unwrap());
        let partner = |kind, scope| Reader::Partner { kind, scope };
        for (reader, country, needs) in [
            (Reader::Desk, None, true),
            (Reader::Source, at("BE"), true),
            (partner(PartnerKind::Police, &belgium), at("BE"), true),
            (partner(PartnerKind::Police, &europe), at("BE"), true),
            (partner(PartnerKind::Police, &belgium), at("FR"), false),
            (partner(PartnerKind::Police, &belgium), None, false),
            (partner(PartnerKind::Police, &world), at("BE"), false),
            (partner(PartnerKind::Igo, &belgium), at("BE"), false),
            (partner(PartnerKind::Ngo, &belgium), at("BE"), false),
            (partner(PartnerKind::Research, &belgium), at("BE"), false),
            (partner(PartnerKind::Market, &belgium), at("BE"), false),
            (Reader::Other, at("BE"), false),
        ] {
            assert_eq!(NeedToKnow::of(reader, country).is_some(), needs, "{reader:?} {country:?}");
        }
    }

    #[test]
    fn a_log_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", Some(Restricted::new("CANARY"))), "Some(Restricted)");
    }
}
