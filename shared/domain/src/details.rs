//! What each kind of event has of its own: one type a kind, so that a seizure cannot lack its authority nor a theft
//! carry an export permit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::codes::{DetectionMethod, Event, ObjectStatus, ObjectType, PermitStatus, Threat, Venue};
use crate::country::Country;
use crate::date::CivilDate;
use crate::text::{Line, Prose};

/// What a kind of event has of its own (class B). What all kinds have stands in [`crate::case::Circumstances`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Details {
    /// Holder, place, method and police reference say all.
    Theft,
    /// It left a country against its law.
    IllicitExport(ExportFacts),
    /// A site was plundered; nobody inventoried what was taken.
    Looting(LootingFacts),
    /// It was absent at a stock-taking.
    Missing(MissingFacts),
    /// A collection is at risk and nothing is known to be lost yet.
    Emergency(EmergencyFacts),
    /// An authority holds objects whose owner nobody knows.
    Seizure(SeizureFacts),
    /// Somebody saw an object that may be searched for.
    Sighting(SightingFacts),
}

/// What an illicit export adds (UNESCO 1970, articles 3 and 6; UNIDROIT 1995, chapter III).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExportFacts {
    /// The state that claims the object.
    pub claiming_state: Country,
    /// The last place where it lawfully was.
    pub last_lawful_location: Option<Line>,
    /// The state of the export permit.
    pub permit: PermitStatus,
    /// The number of the certificate shown.
    pub certificate_number: Option<Line>,
    /// The law that forbids the export.
    pub law: Option<Line>,
    /// Countries it is presumed to have passed.
    pub route: Vec<Country>,
    /// Countries it is presumed to be bound for or in.
    pub destinations: Vec<Country>,
}

/// What a looting adds. The findspot stays here, in class B: publishing it invites more looting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LootingFacts {
    /// The name of the site.
    pub site: Line,
    /// Its number in a register of sites.
    pub site_number: Option<Line>,
    /// How it was detected.
    pub detected_by: DetectionMethod,
    /// How much of it is disturbed.
    pub extent: Option<Line>,
}

/// What an absence at a stock-taking adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingFacts {
    /// The inventory or register that lists it.
    pub inventory: Line,
    /// Who deposited or lent it, if it is not the holder's.
    pub depositor: Option<Line>,
}

/// What an emergency adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmergencyFacts {
    /// What threatens the collection.
    pub threat: Threat,
    /// What the collection holds, roughly: "about 4,000 coins".
    pub extent: Line,
}

/// What a seizure adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeizureFacts {
    /// Who seized.
    pub authority: Line,
    /// States they may come from.
    pub likely_origins: Vec<Country>,
    /// Where they were sent from.
    pub sent_from: Option<Country>,
    /// Where they were bound for.
    pub bound_for: Option<Country>,
}

/// What a sighting adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SightingFacts {
    /// The kind of place it was seen at.
    pub venue: Venue,
    /// Lot, page or address under which it was seen.
    pub found_under: Option<Line>,
    /// The day of an announced sale.
    pub sale_on: Option<CivilDate>,
}

/// What to look for where no list of objects exists (class A): types, not things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Typology {
    /// The types of objects; at least one.
    pub types: Vec<ObjectType>,
    /// The ICOM Red List that shows such objects.
    pub red_list: Option<Line>,
    /// What they look like, in words. Must hold no findspot.
    pub description: Prose,
}

impl Details {
    /// The kind of event it is of.
    pub fn event(&self) -> Event {
        match self {
            Self::Theft => Event::Theft,
            Self::IllicitExport(_) => Event::IllicitExport,
            Self::Looting(_) => Event::Looting,
            Self::Missing(_) => Event::Missing,
            Self::Emergency(_) => Event::Emergency,
            Self::Seizure(_) => Event::Seizure,
            Self::Sighting(_) => Event::Sighting,
        }
    }

    /// What an illicit export adds.
    pub fn export(&self) -> Option<&ExportFacts> {
        match self {
            Self::IllicitExport(facts) => Some(facts),
            _ => None,
        }
    }

    /// States that claim the objects, or from which they may come.
    pub fn origins(&self) -> Vec<Country> {
        match self {
            Self::IllicitExport(facts) => vec![facts.claiming_state],
            Self::Seizure(facts) => facts.likely_origins.clone(),
            _ => Vec::new(),
        }
    }

    /// Countries they passed.
    pub fn route(&self) -> Vec<Country> {
        match self {
            Self::IllicitExport(facts) => facts.route.clone(),
            Self::Seizure(facts) => facts.sent_from.into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Countries they are bound for.
    pub fn destinations(&self) -> Vec<Country> {
        match self {
            Self::IllicitExport(facts) => facts.destinations.clone(),
            Self::Seizure(facts) => facts.bound_for.into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Where the objects of such a report stand at first.
    pub fn first_status(&self) -> ObjectStatus {
        match self {
            Self::Seizure(_) => ObjectStatus::Secured,
            Self::Sighting(_) => ObjectStatus::Sighted,
            Self::Theft | Self::IllicitExport(_) | Self::Looting(_) | Self::Missing(_) | Self::Emergency(_) => {
                ObjectStatus::Missing
            }
        }
    }
}
