//! The way back of objects. Who possesses one, and who else has a part, is never here (class D). Source: intake.

use domain::CivilDate;
use domain::codes::{ErasureGround, PartyRole, Route, TimeLimit, WayStep};
use domain::ids::{AccountId, CaseId, ObjectId, RestitutionId};
use domain::photo::ContentHash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An officer opened the way back of an object by one route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RestitutionOpenedV1 {
    /// The restitution.
    pub restitution_id: RestitutionId,
    /// The case.
    pub case_id: CaseId,
    /// The object.
    pub object_id: ObjectId,
    /// By which route.
    pub route: Route,
    /// By whom.
    pub opened_by: AccountId,
}

/// Something happened on the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RestitutionStepTakenV1 {
    /// The restitution.
    pub restitution_id: RestitutionId,
    /// The case.
    pub case_id: CaseId,
    /// The object.
    pub object_id: ObjectId,
    /// What.
    pub step: WayStep,
    /// When.
    pub happened_on: CivilDate,
    /// Whether an officer confirmed it on evidence.
    pub confirmed: bool,
    /// Who recorded it.
    pub recorded_by: AccountId,
}

/// Somebody has a part in a restitution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RestitutionPartyNamedV1 {
    /// The restitution.
    pub restitution_id: RestitutionId,
    /// The case.
    pub case_id: CaseId,
    /// In which part.
    pub role: PartyRole,
    /// By whom.
    pub named_by: AccountId,
}

/// A document of a restitution was recorded by its fingerprint, with or without its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RestitutionDocumentAddedV1 {
    /// The restitution.
    pub restitution_id: RestitutionId,
    /// The case.
    pub case_id: CaseId,
    /// SHA-256 of the document.
    pub sha256: ContentHash,
    /// By whom.
    pub added_by: AccountId,
}

/// Who a party is was erased; that there is one in this part stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RestitutionPartyErasedV1 {
    /// The restitution.
    pub restitution_id: RestitutionId,
    /// The case.
    pub case_id: CaseId,
    /// The party's number.
    pub number: i64,
    /// By whom; nobody if the time of keeping ended by itself.
    pub erased_by: Option<AccountId>,
    /// On which ground.
    pub ground: ErasureGround,
}

/// A document was erased: title, place and file. Its fingerprint stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RestitutionDocumentErasedV1 {
    /// The restitution.
    pub restitution_id: RestitutionId,
    /// The case.
    pub case_id: CaseId,
    /// The document's number.
    pub number: i64,
    /// By whom.
    pub erased_by: AccountId,
    /// On which ground.
    pub ground: ErasureGround,
}

/// The desk was reminded of a time limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClockWarnedV1 {
    /// The restitution.
    pub restitution_id: RestitutionId,
    /// The case.
    pub case_id: CaseId,
    /// The object.
    pub object_id: ObjectId,
    /// Which limit.
    pub limit: TimeLimit,
    /// Its last day.
    pub due_on: CivilDate,
}

super::event!(RestitutionOpenedV1, "restitution.opened.v1", restitution_id, case_id);
super::event!(RestitutionStepTakenV1, "restitution.step_taken.v1", restitution_id, case_id);
super::event!(RestitutionPartyNamedV1, "restitution.party_named.v1", restitution_id, case_id);
super::event!(RestitutionDocumentAddedV1, "restitution.document_added.v1", restitution_id, case_id);
super::event!(RestitutionPartyErasedV1, "restitution.party_erased.v1", restitution_id, case_id);
super::event!(RestitutionDocumentErasedV1, "restitution.document_erased.v1", restitution_id, case_id);
super::event!(ClockWarnedV1, "clock.warned.v1", restitution_id, case_id);
