//! The frozen result of routing one alert version: who is told, what share, why; and who is not, why.

use serde::{Deserialize, Serialize};

use crate::codes::{AcknowledgedBy, ContactRole, Pace, PartnerKind, Reach, Share};
use crate::date::CivilDate;
use crate::ids::{AccountId, AlertId, ContactId, PartnerId};
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
    /// How soon.
    pub pace: Pace,
    /// Within how many minutes somebody there must acknowledge it: as the rules ask, or as the partner agreed to,
    /// whichever is sooner; none if neither asks for that.
    pub acknowledge_within: Option<i64>,
    /// Which of those who are written to must acknowledge, as the partner agreed to.
    #[serde(default = "anybody")]
    pub acknowledged_by: AcknowledgedBy,
    /// Why nothing is sent before an officer says so; none if it is sent.
    pub hold: Option<Hold>,
    /// Why.
    pub basis: Basis,
    /// Where mail goes; never empty.
    pub addressees: Vec<Addressee>,
}

fn anybody() -> AcknowledgedBy {
    AcknowledgedBy::Any
}

/// Why a notification waits for an officer. It is never dropped: it is sent, or stays on record as held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "because")]
pub enum Hold {
    /// The rule asks for two persons, and one officer drafted and released the alert.
    SecondOfficer {
        /// The rule.
        rule: String,
    },
    /// The plan tells more partners than one case may by itself.
    CaseCap {
        /// How many it may.
        cap: i64,
    },
    /// The partner was sent as many notifications within an hour as it may be by itself.
    PartnerCap {
        /// How many it may be.
        cap: i64,
    },
}

impl Hold {
    /// A stable code for exports and filters.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SecondOfficer { .. } => "second_officer",
            Self::CaseCap { .. } => "case_cap",
            Self::PartnerCap { .. } => "partner_cap",
        }
    }

    /// The reason as one English sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::SecondOfficer { rule } => {
                format!("Held: rule {rule} asks for two officers, and one drafted and released this alert.")
            }
            Self::CaseCap { cap } => format!("Held: one alert tells at most {cap} partners by itself."),
            Self::PartnerCap { cap } => {
                format!("Held: a partner is sent at most {cap} notifications within an hour by themselves.")
            }
        }
    }
}

/// That a partner was told an earlier version of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EarlierTold {
    /// The partner.
    pub partner_id: PartnerId,
    /// The version.
    pub version: i64,
    /// What it was shown then.
    pub share: Share,
}

/// An officer's decision about one partner, made on the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The partner.
    pub partner_id: PartnerId,
    /// What it changes.
    pub change: OverrideChange,
    /// Why, in the officer's words.
    pub reason: Line,
    /// The officer.
    pub by: AccountId,
}

/// What an override changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum OverrideChange {
    /// Tell it, whatever the rules say; label and clearance still decide.
    Add {
        /// How much it is shown at most.
        share: Share,
    },
    /// Do not tell it, whatever rules and history say.
    Remove,
}

/// What a plan was made from besides alert, directory and rules. Kept with it, so that it can be made again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanInputs {
    /// The day; none asks no partner for its days.
    pub on: Option<CivilDate>,
    /// Who was told before.
    pub earlier: Vec<EarlierTold>,
    /// The officer's decisions, at most one a partner.
    pub overrides: Vec<Override>,
    /// How many notifications each partner was sent within the last hour, for those that were sent any.
    pub within_hour: Vec<(PartnerId, i64)>,
    /// Whether two officers drafted and released the alert.
    pub two_officers: bool,
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
    /// Whose turn it is: at least one is primary, and only those are written to at first.
    #[serde(default = "primary")]
    pub role: ContactRole,
}

fn primary() -> ContactRole {
    ContactRole::Primary
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
    /// It follows a partner that was told and is told nothing more.
    Succeeds {
        /// That partner's name.
        name: Line,
        /// The latest version that partner was told.
        version: i64,
    },
    /// An officer added it.
    Added {
        /// The officer.
        officer: AccountId,
        /// Why, in the officer's words.
        reason: Line,
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
            Self::Succeeds { name, version } => {
                format!("Follows {name}, which was told version {version} of this case, so hears every later version.")
            }
            Self::Added { reason, .. } => format!("An officer added it: {reason}"),
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
    /// The day is not within those on which it is to be told.
    NotValid {
        /// The day.
        on: CivilDate,
    },
    /// An officer removed it.
    Removed {
        /// The officer.
        by: AccountId,
        /// Why, in the officer's words.
        reason: Line,
        /// The version it was told before, if any.
        told_before: Option<i64>,
    },
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
            Self::NotValid { .. } => "not_valid",
            Self::Removed { .. } => "removed",
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
            Self::NotValid { on } => format!("The directory says that it is not to be told on {on}."),
            Self::Removed { reason, told_before, .. } => match told_before {
                Some(version) => format!("An officer removed it, though it was told version {version}: {reason}"),
                None => format!("An officer removed it: {reason}"),
            },
        }
    }
}
