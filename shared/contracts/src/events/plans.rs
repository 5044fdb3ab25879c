//! What routing decides, and what changes its decisions. Source: routing.

use domain::ids::{AlertId, CaseId, PlanId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is told about an alert version, and who is not, was decided and frozen. One message per plan: the recipients
/// are rows, so ten or a hundred thousand cost the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanFrozenV1 {
    /// The plan.
    pub plan_id: PlanId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The rule set that decided.
    pub rule_set_version: i64,
    /// The directory as of which it decided.
    pub directory_revision: i64,
    /// How many partners are told.
    pub told: i64,
    /// How many partners are not.
    pub not_told: i64,
    /// SHA-256 over the whole plan (its JSON), in hexadecimal: commits the ledger to every decision and reason.
    pub plan_sha256: String,
}

/// The partner directory changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DirectoryChangedV1 {
    /// The revision after the change.
    pub revision: i64,
    /// Partners added.
    pub added: i64,
    /// Partners changed.
    pub changed: i64,
    /// SHA-256 over the directory after the change (its JSON), in hexadecimal.
    pub directory_sha256: String,
}

/// A version of the routing rules came into force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleSetReleasedV1 {
    /// Its version.
    pub version: i64,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
}

super::event!(PlanFrozenV1, "plan.frozen.v1", plan_id, case_id);
super::event!(DirectoryChangedV1, "directory.changed.v1", revision);
super::event!(RuleSetReleasedV1, "rule_set.released.v1", version);
