//! An alert: a released, immutable, numbered text about a case.
//!
//! It has three parts with three readers: [`AlertFacts`] for routing, [`ObjectContent`] (class A) for every
//! recipient, [`crate::case::Circumstances`] (class B) for those given the full share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::{CaseReference, LossInterval};
use crate::change::Changed;
use crate::codes::{AlertKind, AlertState, Certainty, Event, ObjectFlag, ObjectType, Reach, Share, Urgency};
use crate::country::Country;
use crate::details::Typology;
use crate::ids::{AlertId, CaseId};
use crate::label::Label;
use crate::language::Language;
use crate::object::ObjectDescription;
use crate::text::{Line, Prose};

impl AlertState {
    /// Whether it waits for somebody's word, so that the case must stand as it does.
    pub fn is_open(self) -> bool {
        match self {
            Self::Draft | Self::Scheduled => true,
            Self::Released | Self::Discarded => false,
        }
    }
}

impl AlertKind {
    /// Whether it goes to exactly those who were told before, so that no rule may be for it. The others go to all whom
    /// the rules select, too.
    pub fn only_to_those_told_before(self) -> bool {
        match self {
            Self::Cancel | Self::Recovery => true,
            Self::Alert | Self::Update | Self::Restitution | Self::ExpertRequest | Self::Exercise => false,
        }
    }
}

/// What the rules look at. Frozen with the alert; the route and destinations are circumstances (class B), so it is
/// read from the database and does not travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertFacts {
    /// The alert version.
    pub alert_id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// The number of this version within the case, from 1.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// How far the desk lets it go.
    pub reach: Reach,
    /// The handling label of the full share.
    pub label: Label,
    /// The kind of event.
    pub event: Event,
    /// The country of the loss.
    pub country: Country,
    /// Where the objects come from: their origin, and the claiming state.
    pub origins: Vec<Country>,
    /// Countries of the presumed route.
    pub route: Vec<Country>,
    /// Countries of the presumed destination.
    pub destinations: Vec<Country>,
    /// The types of the objects.
    pub categories: Vec<ObjectType>,
    /// The flags of the objects.
    pub flags: Vec<ObjectFlag>,
    /// When it was lost or taken out of the country.
    pub loss: LossInterval,
    /// How sure the desk is.
    pub certainty: Certainty,
    /// How soon partners must act.
    pub urgency: Urgency,
    /// Of an update: the fields that changed since the last version that told the whole case, circumstances included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Changed>,
}

/// Class A content, frozen when the alert was drafted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectContent {
    /// The case's reference.
    pub reference: CaseReference,
    /// The case's title.
    pub title: Line,
    /// The language of the free texts.
    pub language: Language,
    /// The kind of event.
    pub event: Event,
    /// The country of the loss.
    pub country: Country,
    /// When it was lost.
    pub loss: LossInterval,
    /// How sure the desk is.
    pub certainty: Certainty,
    /// How soon partners must act.
    pub urgency: Urgency,
    /// The desk's words to all recipients: what changed, what to look for. Must hold no circumstances.
    pub message: Option<Prose>,
    /// What to look for, where no list of objects exists.
    pub typology: Option<Typology>,
    /// The objects.
    pub objects: Vec<ObjectDescription>,
    /// The numbers of the objects this version is about, where it is not about all: what was recovered or returned.
    pub named: Vec<i64>,
    /// How many others of the case are searched for still.
    pub others_missing: i64,
}

/// The label a share carries.
///
/// The case's label guards the full share; object data alone may travel up to TLP:GREEN. A case marked TLP:RED has
/// no lighter part: its very existence is for named persons.
pub fn label_of_share(case_label: Label, share: Share) -> Label {
    match (share, case_label) {
        (Share::Full, label) | (_, label @ (Label::Red | Label::Clear)) => label,
        (Share::ObjectData, _) => Label::Green,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_data_travels_up_to_green_unless_the_case_is_red() {
        assert_eq!(label_of_share(Label::AmberStrict, Share::Full), Label::AmberStrict);
        assert_eq!(label_of_share(Label::AmberStrict, Share::ObjectData), Label::Green);
        assert_eq!(label_of_share(Label::Clear, Share::ObjectData), Label::Clear);
        assert_eq!(label_of_share(Label::Red, Share::ObjectData), Label::Red);
    }
}
