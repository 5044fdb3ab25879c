//! The rule set: which partners must know of which events, and how much. Declarative: one closed grammar, no code.
//!
//! Owns: the types of a rule, its text form ([`RuleSet::parse`]) and its wording for people (`words`). Promises: a
//! filter that is present and empty selects nobody, never everybody; a rule only ever adds partners, so no order of
//! rules can hide one. Must not: know partners, labels or addresses; `plan` brings rules and partners together.

mod parse;
pub(crate) mod words;

use std::fmt;
use std::str::FromStr;

use domain::Country;
use domain::codes::{Certainty, Event, ObjectFlag, ObjectType, PartnerKind, Share};

pub use parse::{MAX_BYTES, MAX_RULES, RuleError};

/// One version of the routing rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// Its version, from 1.
    pub version: i64,
    /// Countries whose art market is known to take in stolen and looted objects.
    pub markets: Vec<Country>,
    /// The rules, in the order of the text.
    pub rules: Vec<Rule>,
}

/// One rule. It selects a partner when every condition holds; lists are any-of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, stored with every decision it makes.
    pub id: String,
    /// Why the rule exists, in words.
    pub because: String,
    /// The alert is about one of these events.
    pub events: Vec<Event>,
    /// The partner is of one of these kinds.
    pub kinds: Vec<PartnerKind>,
    /// The partner's scope stands to the case in one of these relations.
    pub relations: Vec<Relation>,
    /// The partner's mandate names one of these keywords, whatever their case; absent: no such condition.
    pub mandates: Option<Vec<String>>,
    /// The alert has an object of one of these types; absent: no such condition.
    pub categories: Option<Vec<ObjectType>>,
    /// The alert has an object with one of these flags; absent: no such condition.
    pub flags: Option<Vec<ObjectFlag>>,
    /// The desk is at least this sure; absent: no such condition.
    pub certainty_at_least: Option<Certainty>,
    /// How much the partner is shown.
    pub share: Share,
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
