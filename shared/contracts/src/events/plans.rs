//! What routing decides, and what changes its decisions. Source: routing.

use domain::ids::{AccountId, AlertId, CaseId, OverrideId, PartnerId, PlanId, RuleSetId};
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
    /// How many of them wait for an officer.
    pub held: i64,
    /// How many partners are not told.
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
    /// Who drafted it; none for the version that the program brings along.
    pub drafted_by: Option<AccountId>,
    /// Who released it; another person than the drafter.
    pub released_by: Option<AccountId>,
}

/// Somebody drafted a text that may become the next version of the rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleSetDraftedV1 {
    /// The draft.
    pub draft_id: RuleSetId,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
    /// By whom.
    pub drafted_by: AccountId,
}

/// A draft of the rules was thrown away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleSetDiscardedV1 {
    /// The draft.
    pub draft_id: RuleSetId,
    /// By whom.
    pub discarded_by: AccountId,
}

/// An officer decided about one partner of a draft, or took such a decision back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OverrideMadeV1 {
    /// The decision.
    pub override_id: OverrideId,
    /// The alert version, which is a draft.
    pub alert_id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// `add`, `remove` or `take_back`.
    pub change: String,
    /// SHA-256 of the officer's reason, in hexadecimal.
    pub reason_sha256: String,
    /// By whom.
    pub made_by: AccountId,
}

/// A released alert tells nobody: the desk must know at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NobodyToldV1 {
    /// The plan.
    pub plan_id: PlanId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
}

/// Somebody settled that a released alert tells nobody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NobodyToldSettledV1 {
    /// The plan.
    pub plan_id: PlanId,
    /// SHA-256 of the reason, in hexadecimal.
    pub reason_sha256: String,
    /// By whom.
    pub settled_by: AccountId,
}

/// An officer let held notifications of a plan go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HoldReleasedV1 {
    /// The plan.
    pub plan_id: PlanId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// How many it was.
    pub notifications: i64,
    /// SHA-256 of the officer's reason, in hexadecimal.
    pub reason_sha256: String,
    /// By whom.
    pub released_by: AccountId,
}

/// All sending was stopped, or taken up again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SendingSwitchedV1 {
    /// Whether nothing may leave from now on.
    pub stopped: bool,
    /// How many mails may leave in an hour; none if any number may.
    pub per_hour: Option<i64>,
    /// SHA-256 of the officer's reason, in hexadecimal.
    pub reason_sha256: String,
    /// By whom.
    pub switched_by: AccountId,
}

/// What waited has left at the rate that an officer had chosen; any number may leave again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SendingDrainedV1 {
    /// The rate.
    pub per_hour: i64,
    /// Who had chosen it.
    pub chosen_by: AccountId,
}

super::event!(PlanFrozenV1, "plan.frozen.v1", plan_id, case_id);
super::event!(DirectoryChangedV1, "directory.changed.v1", revision);
super::event!(RuleSetReleasedV1, "rule_set.released.v1", version);
super::event!(RuleSetDraftedV1, "rule_set.drafted.v1", draft_id);
super::event!(RuleSetDiscardedV1, "rule_set.discarded.v1", draft_id);
super::event!(OverrideMadeV1, "override.made.v1", override_id, case_id);
super::event!(NobodyToldV1, "nobody.told.v1", plan_id, case_id);
super::event!(NobodyToldSettledV1, "nobody.told_settled.v1", plan_id);
super::event!(HoldReleasedV1, "hold.released.v1", plan_id, case_id);
super::event!(SendingSwitchedV1, "sending.switched.v1", switched_by);
super::event!(SendingDrainedV1, "sending.drained.v1", chosen_by);
