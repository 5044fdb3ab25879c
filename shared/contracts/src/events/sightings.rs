//! That objects were seen, and what the desk made of it. What was seen, where and by whom is never here (class D).
//! Source: notifier where a partner answered, else intake.

use domain::codes::{ErasureGround, SightingOrigin, SightingState};
use domain::ids::{AccountId, AnswerId, CaseId, ObjectId, SightingId};
use domain::photo::ContentHash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody reported that an object was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectSightedV1 {
    /// The sighting.
    pub sighting_id: SightingId,
    /// The case.
    pub case_id: CaseId,
    /// The object, if it was named.
    pub object_id: Option<ObjectId>,
    /// From where it came in.
    pub origin: SightingOrigin,
}

/// An officer accepted or dismissed a sighting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SightingDecidedV1 {
    /// The sighting.
    pub sighting_id: SightingId,
    /// The case.
    pub case_id: CaseId,
    /// The object that was seen, of an accepted one.
    pub object_id: Option<ObjectId>,
    /// What became of it.
    pub state: SightingState,
    /// The officer.
    pub decided_by: AccountId,
}

/// A photograph of a sighting was kept that did not come with a partner's answer. The picture is never here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SightingPhotoAddedV1 {
    /// The sighting.
    pub sighting_id: SightingId,
    /// The case.
    pub case_id: CaseId,
    /// SHA-256 of the file as it was sent in.
    pub original_sha256: ContentHash,
    /// By whom.
    pub added_by: AccountId,
}

/// The person who told of a sighting was erased from it. Place and day stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SightingErasedV1 {
    /// The sighting.
    pub sighting_id: SightingId,
    /// The case.
    pub case_id: CaseId,
    /// By whom; nobody if the time of keeping ended by itself.
    pub erased_by: Option<AccountId>,
    /// On which ground.
    pub ground: ErasureGround,
}

/// The person who answered was erased from an answer. Source: notifier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerErasedV1 {
    /// The answer.
    pub answer_id: AnswerId,
    /// The case.
    pub case_id: CaseId,
    /// The sighting that came with it.
    pub sighting_id: Option<SightingId>,
    /// By whom; nobody if the time of keeping ended by itself.
    pub erased_by: Option<AccountId>,
    /// On which ground.
    pub ground: ErasureGround,
}

super::event!(SightingErasedV1, "sighting.erased.v1", sighting_id, case_id);
super::event!(AnswerErasedV1, "answer.erased.v1", answer_id, case_id);
super::event!(ObjectSightedV1, "object.sighted.v1", sighting_id, case_id);
super::event!(SightingPhotoAddedV1, "sighting.photo_added.v1", sighting_id, case_id);
super::event!(SightingDecidedV1, "sighting.decided.v1", sighting_id, case_id);
