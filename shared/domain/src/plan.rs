//! The frozen result of routing one alert version: who is told, what share, why; and who is not, why.

use serde::{Deserialize, Serialize};

use crate::codes::{PartnerKind, Reach, Share};
use crate::ids::{AlertId, ContactId, PartnerId};
use crate::label::Label;
use crate::language::Language;
use crate::mailbox::Mailbox;
use crate::text::Line;

/// Who is told about one alert version and who is not; together every partner of the directory exactly once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The alert version.
    pub alert_id: AlertId,
    /// The rule set that decided.
    pub rule_set_version: i64,
    /// The directory as of which it decided.
    pub directory_revision: i64,
    /// Who is told.
    pub told: Vec<Told>,
    /// Who is not.
    pub not_told: Vec<NotTold>,
}

/// One partner that is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name then.
    pub name: Line,
    /// Its kind then.
    pub kind: PartnerKind,
    /// How much it is shown.
    pub share: Share,
    /// The label of that share.
    pub label: Label,
    /// Its preferred languages, in order; the mail uses the first that Tocsin speaks.
    pub languages: Vec<Language>,
    /// Why.
    pub basis: Basis,
    /// Where mail goes; never empty.
    pub addressees: Vec<Addressee>,
}

/// One address a notification goes to, as it was when the plan was frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// The contact.
    pub contact_id: ContactId,
    /// Its address then.
    pub address: Mailbox,
    /// The person's name, for a named person.
    pub person: Option<Line>,
}

/// Why a partner is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Basis {
    /// A rule selected it.
    Rule {
        /// The rule's name in the rule set.
        rule: String,
        /// The rule's reason, in words.
        because: String,
        /// What matched: "police of the place: scope FR covers FR".
        matched: Vec<String>,
    },
    /// It was told an earlier version of this case.
    ToldBefore {
        /// The latest version it was told.
        version: i64,
    },
}

impl Basis {
    /// The basis as one English sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Rule { rule, because, matched } => format!("Rule {rule}: {because} ({}).", matched.join("; ")),
            Self::ToldBefore { version } => {
                format!("Was told version {version} of this case, so hears every later version.")
            }
        }
    }
}

/// One partner that is not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotTold {
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name then.
    pub name: Line,
    /// Its kind then.
    pub kind: PartnerKind,
    /// Why not.
    pub reason: Exclusion,
}

/// Why a partner is not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "because")]
pub enum Exclusion {
    /// It is switched off in the directory.
    Inactive,
    /// No rule selected it; the closest rule failed on this condition.
    NoRule {
        /// The rule that came closest, or none if the rule set has no rule for its kind.
        closest: Option<String>,
        /// The first condition that failed, in words.
        failed: String,
    },
    /// A follow-up that goes only to those told before, and it was not.
    NotToldBefore,
    /// The desk limited the alert's reach.
    Reach {
        /// The limit.
        reach: Reach,
    },
    /// Its clearance is below the label of the smallest share.
    Clearance {
        /// The label of the share it would have got.
        label: Label,
        /// Its clearance.
        clearance: Label,
        /// The version it was told before, if any: the desk must reach it by other means.
        told_before: Option<i64>,
    },
    /// The label is for named persons, and it has none that is cleared.
    NoNamedPerson {
        /// The label.
        label: Label,
        /// The version it was told before, if any: the desk must reach it by other means.
        told_before: Option<i64>,
    },
    /// It has no address.
    NoAddress,
}

impl Exclusion {
    /// A stable code for exports and filters.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::NoRule { .. } => "no_rule",
            Self::NotToldBefore => "not_told_before",
            Self::Reach { .. } => "reach",
            Self::Clearance { .. } => "clearance",
            Self::NoNamedPerson { .. } => "no_named_person",
            Self::NoAddress => "no_address",
        }
    }

    /// The reason as one English sentence.
    pub fn sentence(&self) -> String {
        let by_other_means = |told_before: &Option<i64>| match told_before {
            Some(version) => format!(" It was told version {version}: reach it by other means."),
            None => String::new(),
        };
        match self {
            Self::Inactive => "The partner is switched off in the directory.".to_owned(),
            Self::NoRule { closest: Some(rule), failed } => format!("No rule selects it; closest is {rule}: {failed}."),
            Self::NoRule { closest: None, failed } => format!("No rule selects it: {failed}."),
            Self::NotToldBefore => {
                "It was told no earlier version, and this one goes only to those who were.".to_owned()
            }
            Self::Reach { reach } => format!("The desk limited this alert to: {}.", reach.label().to_lowercase()),
            Self::Clearance { label, clearance, told_before } => {
                format!("The label {label} is above its clearance {clearance}.{}", by_other_means(told_before))
            }
            Self::NoNamedPerson { label, told_before } => {
                format!("{label} is for named persons, and it has none cleared for it.{}", by_other_means(told_before))
            }
            Self::NoAddress => "The directory has no address for it.".to_owned(),
        }
    }
}
