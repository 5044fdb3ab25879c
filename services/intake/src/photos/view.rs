//! What a photograph looks like in an answer.

use domain::CivilDate;
use domain::Timestamp;
use domain::codes::{PictureFormat, ViewKind};
use domain::ids::{ObjectId, PhotoId};
use domain::photo::ContentHash;
use domain::text::Line;
use serde::Serialize;
use store::photos::PhotoRow;
use utoipa::ToSchema;

/// A photograph of an object.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PhotoView {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: PhotoId,
    /// The object it shows.
    #[schema(value_type = String)]
    pub object_id: ObjectId,
    /// Which view it is.
    #[schema(value_type = String, example = "overall")]
    pub view: ViewKind,
    /// What it shows, in words.
    #[schema(value_type = String)]
    pub shows: Line,
    /// Whether a scale is in the picture.
    pub scale: bool,
    /// Whether it shows another object that looks like the one that was lost.
    pub look_alike: bool,
    /// The day it was taken.
    #[schema(value_type = Option<String>)]
    pub taken_on: Option<CivilDate>,
    /// The rights.
    #[schema(value_type = Option<String>)]
    pub rights: Option<Line>,
    /// Whom to name beside it.
    #[schema(value_type = Option<String>)]
    pub credit: Option<Line>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    /// The copy for pages: a JPEG without metadata.
    pub page: CopyView,
    /// The small copy, for lists and slow lines: a JPEG without metadata of at most 100 kB.
    pub preview: CopyView,
    /// The file as it was sent in; only for the desk and the institution that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<OriginalView>,
}

/// A copy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CopyView {
    /// Where it is.
    pub href: String,
    /// In pixels.
    pub width: i64,
    /// In pixels.
    pub height: i64,
    /// Its hash.
    #[schema(value_type = String)]
    pub sha256: ContentHash,
}

/// An original.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OriginalView {
    /// Where it is.
    pub href: String,
    /// What it is.
    #[schema(value_type = String, example = "image/jpeg")]
    pub format: PictureFormat,
    /// In bytes.
    pub size_bytes: i64,
    /// Upright, in pixels.
    pub width: i64,
    /// Upright, in pixels.
    pub height: i64,
    /// Its hash: proof of what was sent in.
    #[schema(value_type = String)]
    pub sha256: ContentHash,
}

impl PhotoView {
    /// For those who may have the original too.
    pub(crate) fn with_original(row: &PhotoRow) -> Self {
        let original = OriginalView {
            href: format!("/api/v1/photos/{}/original", row.id),
            format: row.format,
            size_bytes: row.size_bytes,
            width: row.width,
            height: row.height,
            sha256: row.original,
        };
        Self { original: Some(original), ..Self::copies(row) }
    }

    /// For everybody who may see the case.
    pub(crate) fn copies(row: &PhotoRow) -> Self {
        let copy = |name: &str, width, height, sha256| CopyView {
            href: format!("/api/v1/photos/{}/{name}", row.id),
            width,
            height,
            sha256,
        };
        Self {
            id: row.id,
            object_id: row.object_id,
            view: row.view,
            shows: row.shows.clone(),
            scale: row.scale,
            look_alike: row.look_alike,
            taken_on: row.taken_on,
            rights: row.rights.clone(),
            credit: row.credit.clone(),
            added_at: row.added_at,
            page: copy("page", row.page_width, row.page_height, row.page),
            preview: copy("preview", row.preview_width, row.preview_height, row.preview),
            original: None,
        }
    }
}
