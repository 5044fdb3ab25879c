//! What happens to photographs. Source: intake.

use domain::codes::ViewKind;
use domain::ids::{AccountId, CaseId, ObjectId, PhotoId};
use domain::photo::ContentHash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A photograph of an object was taken in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PhotoAddedV1 {
    /// The photograph.
    pub photo_id: PhotoId,
    /// The case.
    pub case_id: CaseId,
    /// The object.
    pub object_id: ObjectId,
    /// Which view it is.
    pub view: ViewKind,
    /// Whether it shows another object that looks like the one that was lost.
    pub look_alike: bool,
    /// The SHA-256 of the original, which is proof of what was sent in.
    pub original_sha256: ContentHash,
    /// Who added it.
    pub added_by: AccountId,
}

/// A photograph was taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PhotoRemovedV1 {
    /// The photograph.
    pub photo_id: PhotoId,
    /// The case.
    pub case_id: CaseId,
    /// The object.
    pub object_id: ObjectId,
    /// The SHA-256 of the original.
    pub original_sha256: ContentHash,
    /// Whether its files are kept, because an alert version was frozen with it.
    pub kept: bool,
    /// Who took it back.
    pub removed_by: AccountId,
}

super::event!(PhotoAddedV1, "photo.added.v1", photo_id, case_id);
super::event!(PhotoRemovedV1, "photo.removed.v1", photo_id, case_id);
