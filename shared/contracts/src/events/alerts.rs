//! What happens to an alert version. Source: intake.

use domain::codes::{AlertKind, Reach};
use domain::ids::{AccountId, AlertId, CaseId};
use domain::{Label, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An officer drafted an alert version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertDraftedV1 {
    /// The alert version.
    pub alert_id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// Its number within the case.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// How far it may go.
    pub reach: Reach,
    /// By whom.
    pub drafted_by: AccountId,
}

/// An officer released a version for a moment to come; nobody is told before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertScheduledV1 {
    /// The alert version.
    pub alert_id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// Its number within the case.
    pub version: i64,
    /// The moment before which nobody is told.
    pub not_before: Timestamp,
    /// By whom; another person than the drafter where the four-eyes rule asks for one.
    pub scheduled_by: AccountId,
}

/// A version that waited for its moment was called back: it is a draft again, and nobody was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertUnscheduledV1 {
    /// The alert version.
    pub alert_id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// By whom; none if the case had fallen silent when the moment came.
    pub unscheduled_by: Option<AccountId>,
}

/// A draft was thrown away; nobody was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertDiscardedV1 {
    /// The alert version.
    pub alert_id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// By whom.
    pub discarded_by: AccountId,
}

/// An alert version was released: from here on it never changes, and routing decides who is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertReleasedV1 {
    /// The alert version.
    pub alert_id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// Its number within the case.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// How far it may go.
    pub reach: Reach,
    /// The handling label of the full share.
    pub label: Label,
    /// SHA-256 of the frozen class A content, in hexadecimal.
    pub content_sha256: String,
    /// Who drafted it.
    pub drafted_by: AccountId,
    /// Who released it; another person than the drafter where the four-eyes rule asks for one.
    pub released_by: AccountId,
}

super::event!(AlertDraftedV1, "alert.drafted.v1", alert_id, case_id);
super::event!(AlertScheduledV1, "alert.scheduled.v1", alert_id, case_id);
super::event!(AlertUnscheduledV1, "alert.unscheduled.v1", alert_id, case_id);
super::event!(AlertDiscardedV1, "alert.discarded.v1", alert_id, case_id);
super::event!(AlertReleasedV1, "alert.released.v1", alert_id, case_id);
