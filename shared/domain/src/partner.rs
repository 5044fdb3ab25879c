//! A partner organisation and the directory of all of them.

use serde::{Deserialize, Serialize};

use crate::codes::{Event, ObjectType, PartnerKind};
use crate::ids::{ContactId, PartnerId};
use crate::label::Label;
use crate::language::Language;
use crate::mailbox::Mailbox;
use crate::scope::ScopeSet;
use crate::text::Line;

/// The object categories of a mandate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Categories {
    /// Every category (`*` in the directory file).
    All,
    /// These categories; empty means none, never all.
    Only(Vec<ObjectType>),
}

impl Categories {
    /// The first of `types` that the mandate covers.
    pub fn first_match(&self, types: &[ObjectType]) -> Option<ObjectType> {
        match self {
            Self::All => types.first().copied(),
            Self::Only(covered) => types.iter().copied().find(|t| covered.contains(t)),
        }
    }
}

/// What a partner is there for, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// Countries, regions and groups it answers for.
    pub scope: ScopeSet,
    /// Keywords of its mandate, as it names them: "customs cooperation".
    pub keywords: Vec<Line>,
    /// Object categories it wants to hear of.
    pub categories: Categories,
    /// Events it wants to hear of.
    pub events: Vec<Event>,
}

/// An organisation in the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Its identifier.
    pub id: PartnerId,
    /// Its name in its own words.
    pub name: Line,
    /// Its kind.
    pub kind: PartnerKind,
    /// Its languages, the preferred one first.
    pub languages: Vec<Language>,
    /// Its mandate.
    pub mandate: Mandate,
    /// The greatest label its functional mailboxes may receive.
    pub clearance: Label,
    /// Whether it is to be told anything.
    pub active: bool,
    /// Its addresses.
    pub contacts: Vec<Contact>,
}

/// One address of a partner: a functional mailbox, or a named person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its identifier.
    pub id: ContactId,
    /// Where mail goes.
    pub address: Mailbox,
    /// The person's name; none for a functional mailbox. Only a named person can be cleared for TLP:RED.
    pub person: Option<Line>,
    /// The greatest label this contact may receive.
    pub clearance: Label,
}

/// Every partner, as of one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// Grows by one with every change.
    pub revision: i64,
    /// The partners, by name.
    pub partners: Vec<Partner>,
}
