//! A partner organisation and the directory of all of them.
//!
//! A [`Partner`] is one revision of it: the directory never changes a row, it adds the next. What differs between two
//! is [`diff`]; what of it must wait for a second person is [`danger`].

mod contact;
pub mod danger;
pub mod diff;
mod hours;
mod key;
mod protection;

use serde::{Deserialize, Serialize};

pub use contact::Contact;
pub use hours::{DayMinute, ParseDayMinuteError, ParseHoursError, ParseZoneError, WorkingHours, WorkingWeek, Zone};
pub use key::{Fingerprint, Key, KeyText, ParseKeyError};
pub use protection::{Carries, Encryption, MailContent, Way, carries, keys_for};

use crate::codes::{AcknowledgedBy, Channel, Event, LegalGround, ObjectType, PartnerKind};
use crate::date::CivilDate;
use crate::ids::PartnerId;
use crate::label::Label;
use crate::language::Language;
use crate::scope::ScopeSet;
use crate::text::{Line, Prose};

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

/// On what ground personal data and circumstances may be handed to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalBasis {
    /// The ground.
    pub ground: LegalGround,
    /// The document: a memorandum's number, an article.
    pub reference: Option<Line>,
}

/// What it has agreed to about answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcknowledgementPolicy {
    /// Within how many hours.
    pub within_hours: i64,
    /// By any one of its contacts, or by each.
    pub by: AcknowledgedBy,
}

impl AcknowledgementPolicy {
    /// The most hours: thirty days.
    pub const MAX_HOURS: i64 = 720;
}

/// An organisation in the directory, as of one revision.
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
    /// On what ground more than object data may be handed to it; none if nobody has said.
    #[serde(default)]
    pub legal_basis: Option<LegalBasis>,
    /// The organisation it belongs to: a National Central Bureau relays to units, and two alerts would be one too many.
    #[serde(default)]
    pub parent: Option<PartnerId>,
    /// Who hears in its stead once it is retired.
    #[serde(default)]
    pub successor: Option<PartnerId>,
    /// The first day on which it is to be told; none if it always was.
    #[serde(default)]
    pub valid_from: Option<CivilDate>,
    /// The last day on which it is to be told; none if there is no end.
    #[serde(default)]
    pub valid_to: Option<CivilDate>,
    /// When somebody last checked the whole record.
    #[serde(default)]
    pub verified_on: Option<CivilDate>,
    /// When it is to be checked again.
    #[serde(default)]
    pub review_on: Option<CivilDate>,
    /// How it is reached.
    #[serde(default = "mail")]
    pub channel: Channel,
    /// What it has agreed to about answering.
    #[serde(default)]
    pub acknowledgement: Option<AcknowledgementPolicy>,
    /// The largest attachment its mail server takes, in MiB.
    #[serde(default)]
    pub max_attachment_mib: Option<i64>,
    /// When somebody is there.
    #[serde(default)]
    pub hours: Option<WorkingHours>,
    /// Its keys.
    #[serde(default)]
    pub keys: Vec<Key>,
    /// Whether mail to it is encrypted.
    #[serde(default = "preferred")]
    pub encryption: Encryption,
    /// What mail to it may carry above TLP:GREEN.
    #[serde(default = "encrypted")]
    pub mail_content: MailContent,
    /// What the desk has to remember of it.
    #[serde(default)]
    pub notes: Option<Prose>,
}

fn mail() -> Channel {
    Channel::Mail
}

fn preferred() -> Encryption {
    Encryption::Preferred
}

fn encrypted() -> MailContent {
    MailContent::Encrypted
}

impl Partner {
    /// The largest attachment that can be asked for, in MiB.
    pub const MAX_ATTACHMENT_MIB: i64 = 100;

    /// One that may be told nothing yet: cleared for TLP:CLEAR, no address, no event; the rest is for `..` to fill in.
    pub fn bare(id: PartnerId, name: Line, kind: PartnerKind, scope: ScopeSet) -> Self {
        Self {
            id,
            name,
            kind,
            languages: Vec::new(),
            mandate: Mandate {
                scope,
                keywords: Vec::new(),
                categories: Categories::Only(Vec::new()),
                events: Vec::new(),
            },
            clearance: Label::Clear,
            active: true,
            contacts: Vec::new(),
            legal_basis: None,
            parent: None,
            successor: None,
            valid_from: None,
            valid_to: None,
            verified_on: None,
            review_on: None,
            channel: Channel::Mail,
            acknowledgement: None,
            max_attachment_mib: None,
            hours: None,
            keys: Vec::new(),
            encryption: preferred(),
            mail_content: encrypted(),
            notes: None,
        }
    }

    /// Whether the day is within the days on which it is to be told.
    pub fn valid_on(&self, day: CivilDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// Every partner, as of one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// Grows by one with every change.
    pub revision: i64,
    /// The partners, by name.
    pub partners: Vec<Partner>,
}
