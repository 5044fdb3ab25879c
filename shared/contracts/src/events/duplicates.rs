//! What becomes of reports that may be about one event. Source: intake.

use domain::ids::{AccountId, CaseId, DuplicateId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Two cases may be about one event. The evidence is circumstances (class B) and stays in the database; here are only
/// its kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DuplicateProposedV1 {
    /// The proposal.
    pub duplicate_id: DuplicateId,
    /// The case that was registered later, and which the proposal is about.
    pub case_id: CaseId,
    /// The case that was registered earlier.
    pub earlier_id: CaseId,
    /// The kinds of evidence, such as `inventory`.
    pub evidence: Vec<String>,
}

/// An officer found that two cases are about different events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DuplicateDismissedV1 {
    /// The proposal.
    pub duplicate_id: DuplicateId,
    /// The case that was registered later.
    pub case_id: CaseId,
    /// The case that was registered earlier.
    pub earlier_id: CaseId,
    /// By whom.
    pub dismissed_by: AccountId,
}

/// A case became part of another one. Both keep what was reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseMergedV1 {
    /// The case that became part of the other one.
    pub case_id: CaseId,
    /// That other one.
    pub into_id: CaseId,
    /// The proposal an officer decided on.
    pub duplicate_id: DuplicateId,
    /// By whom.
    pub merged_by: AccountId,
}

/// A case that had become part of another one stands for itself again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseUnmergedV1 {
    /// The case.
    pub case_id: CaseId,
    /// The one it was part of.
    pub from_id: CaseId,
    /// The proposal, which is dismissed by this.
    pub duplicate_id: DuplicateId,
    /// By whom.
    pub unmerged_by: AccountId,
}

super::event!(DuplicateProposedV1, "duplicate.proposed.v1", duplicate_id, case_id);
super::event!(DuplicateDismissedV1, "duplicate.dismissed.v1", duplicate_id, case_id);
super::event!(CaseMergedV1, "case.merged.v1", case_id, case_id);
super::event!(CaseUnmergedV1, "case.unmerged.v1", case_id, case_id);
