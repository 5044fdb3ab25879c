//! The rule set: which partners must know of which events, and how much. Declarative: one closed grammar, no code.
//!
//! Owns: the types of a rule, its text form ([`RuleSet::parse`]), its wording for people (`words`) and the cases that
//! are kept beside the rules ([`check::check`]). Promises: a filter that is present and empty selects nobody, never
//! everybody; an absent filter is no condition; a rule only ever adds partners, so no order of rules can hide one, and
//! an exception takes away from its own rule alone. Must not: know labels or addresses; `plan` brings rules and
//! partners together.

pub mod check;
mod parse;
pub(crate) mod words;

use std::fmt;
use std::str::FromStr;

use domain::codes::{AlertKind, Certainty, Event, ObjectFlag, ObjectType, Pace, PartnerKind, Share, Urgency};
use domain::scope::Scope;
use domain::text::Line;
use domain::{CivilDate, Country, Label};

pub use check::PolicyCase;
pub use parse::{MAX_BYTES, MAX_RULES, RuleError};

/// One version of the routing rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// Its version, from 1.
    pub version: i64,
    /// Countries whose art market is known to take in stolen and looted objects.
    pub markets: Vec<Country>,
    /// What needs an officer's word.
    pub limits: Limits,
    /// The rules, in the order of the text.
    pub rules: Vec<Rule>,
    /// Cases with their expected audiences.
    pub cases: Vec<PolicyCase>,
}

/// How much goes out by itself; what is beyond waits for an officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most partners that one alert tells.
    pub per_alert: i64,
    /// The most notifications that one partner is sent within an hour.
    pub per_partner_hour: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_alert: 300, per_partner_hour: 20 }
    }
}

/// One rule. It selects a partner when every condition holds and no exception does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, stored with every decision it makes.
    pub id: String,
    /// Why the rule exists, in words.
    pub because: String,
    /// What must hold.
    pub when: Conditions,
    /// What must not: each is a set of conditions that hold together.
    pub except: Vec<Conditions>,
    /// How much the partner is shown.
    pub share: Share,
    /// How soon.
    pub pace: Pace,
    /// Within how many minutes somebody must acknowledge; none: no such wish.
    pub acknowledge_within: Option<i64>,
    /// Whether it waits unless two officers drafted and released the alert.
    pub two_officers: bool,
    /// Whether more than object data goes only to partners for whose transfer the directory names a legal basis.
    pub legal_basis: bool,
}

/// Conditions that hold together. Each is absent, or a list of alternatives; an empty list holds for nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The alert is about one of these events.
    pub events: Option<Vec<Event>>,
    /// It is of one of these kinds.
    pub alerts: Option<Vec<AlertKind>>,
    /// The desk is at least this sure.
    pub certainty_at_least: Option<Certainty>,
    /// It is this urgent.
    pub urgency: Option<Vec<Urgency>>,
    /// Its full share bears one of these labels.
    pub labels: Option<Vec<Label>>,
    /// It may have been lost on this day or later.
    pub lost_from: Option<CivilDate>,
    /// It may have been lost on this day or earlier.
    pub lost_until: Option<CivilDate>,
    /// Where the place, the origin and so on lie.
    pub lies: [Option<Vec<Scope>>; Where::ALL.len()],
    /// The alert has an object of one of these types.
    pub categories: Option<Vec<ObjectType>>,
    /// It has an object with one of these flags.
    pub flags: Option<Vec<ObjectFlag>>,
    /// The partner is of one of these kinds.
    pub kinds: Option<Vec<PartnerKind>>,
    /// It has one of these names.
    pub partners: Option<Vec<Line>>,
    /// Its scope stands to the case in one of these relations.
    pub relations: Option<Vec<Relation>>,
    /// Its mandate names one of these keywords, whatever their case.
    pub mandates: Option<Vec<String>>,
}

impl Conditions {
    /// The name of the filter that is present and empty, so that nobody is selected.
    pub fn empty_filter(&self) -> Option<&'static str> {
        let lies = Where::ALL.iter().map(|part| (part.as_str(), self.lies[part.position()].as_ref().map(Vec::len)));
        [
            ("events", self.events.as_ref().map(Vec::len)),
            ("alerts", self.alerts.as_ref().map(Vec::len)),
            ("urgency", self.urgency.as_ref().map(Vec::len)),
            ("labels", self.labels.as_ref().map(Vec::len)),
            ("categories", self.categories.as_ref().map(Vec::len)),
            ("flags", self.flags.as_ref().map(Vec::len)),
            ("kinds", self.kinds.as_ref().map(Vec::len)),
            ("partners", self.partners.as_ref().map(Vec::len)),
            ("relations", self.relations.as_ref().map(Vec::len)),
            ("mandates", self.mandates.as_ref().map(Vec::len)),
        ]
        .into_iter()
        .chain(lies)
        .find(|(_, length)| *length == Some(0))
        .map(|(name, _)| name)
    }
}

/// A part of a case that lies somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// The country of the loss.
    Place,
    /// A country the objects come from, or the claiming state.
    Origin,
    /// A country of the presumed route.
    Route,
    /// A country of the presumed destination.
    Destination,
    /// The place or an origin.
    About,
}

impl Where {
    /// Every part.
    pub const ALL: [Self; 5] = [Self::Place, Self::Origin, Self::Route, Self::Destination, Self::About];

    /// Its position in [`Conditions::lies`].
    pub fn position(self) -> usize {
        self as usize
    }

    /// The word in the text of a rule.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Origin => "origin",
            Self::Route => "route",
            Self::Destination => "destination",
            Self::About => "about",
        }
    }
}

/// How a partner's scope stands to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// It covers the country of the loss.
    Place,
    /// It covers a country the objects come from, or the claiming state.
    Origin,
    /// It covers a country of the presumed route.
    Route,
    /// It covers a country of the presumed destination.
    Destination,
    /// It covers a country with a land border to the country of the loss.
    NeighbourOfPlace,
    /// It covers a market state of the rule set.
    Market,
    /// It is the whole world.
    World,
}

impl Relation {
    /// Every relation, in the order of preference when a basis is given.
    pub const ALL: [Self; 7] =
        [Self::Place, Self::Origin, Self::Destination, Self::Route, Self::NeighbourOfPlace, Self::Market, Self::World];

    /// The word in the text of a rule.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Origin => "origin",
            Self::Route => "route",
            Self::Destination => "destination",
            Self::NeighbourOfPlace => "neighbour-of-place",
            Self::Market => "market",
            Self::World => "world",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is not a relation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of place, origin, route, destination, neighbour-of-place, market, world")]
pub struct UnknownRelation;

impl FromStr for Relation {
    type Err = UnknownRelation;
    fn from_str(text: &str) -> Result<Self, UnknownRelation> {
        Self::ALL.into_iter().find(|relation| relation.as_str() == text).ok_or(UnknownRelation)
    }
}

/// The most a kind may ever be shown, whatever a rule says: circumstances, holder and police reference are for police
/// and intergovernmental bodies alone.
pub fn greatest_share(kind: PartnerKind) -> Share {
    match kind {
        PartnerKind::Police | PartnerKind::Igo => Share::Full,
        PartnerKind::Ngo | PartnerKind::Research | PartnerKind::Market => Share::ObjectData,
    }
}
