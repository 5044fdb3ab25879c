//! Photographs of objects: sent in, looked at in the [`pictures::Darkroom`], kept as files by their hash.
//!
//! An upload is four steps, and it may be killed between any two: the files are written down as loose; they are
//! written; a row names them, in one transaction with its fact; and what stayed loose for a day is swept. So a row
//! never lacks its files, and a file without a row lies about for a day and harms nobody.
//!
//! Who sees what: the copies are class A and go wherever the object goes. The original is evidence: it may tell where
//! and by whom it was taken, so it is for the desk and for the institution that sent it in.

pub(crate) mod add;
pub(crate) mod arrange;
pub(crate) mod page;
pub(crate) mod remove;
pub(crate) mod show;
mod sweep;
mod upload;
mod view;

use std::sync::Arc;

use blobs::{Blobs, Shelf};
use domain::codes::CaseState;
use domain::ids::{ObjectId, PhotoId};
use pictures::Darkroom;
use store::cases::CaseRow;
use store::photos::PhotoRow;
use store::{Tx, cases, photos};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use web::Principal;

use crate::access::{Sight, sight};

pub(crate) use add::files_away;
pub use add::{AddError, AddPhoto, NewPhoto, add_photo};
pub use arrange::{ArrangeError, Order, arrange_photos};
pub use remove::{RemoveError, remove_photo};
pub(crate) use sweep::keep_swept;
pub use sweep::{SweepError, sweep_photos};
pub(crate) use upload::MAX_BODY;
pub use view::PhotoView;

/// The most photographs of one object.
pub const MAX_PHOTOS: usize = 20;

/// How many uploads are read at once: each one may hold a whole file in memory before it is looked at.
const UPLOADS: usize = 8;

/// What photographs need besides the database.
#[derive(Clone, Debug)]
pub struct Photos {
    /// Where the files lie.
    pub blobs: Blobs,
    /// Where they are looked at.
    pub darkroom: Darkroom,
    uploads: Arc<Semaphore>,
}

impl Photos {
    /// With files in `blobs`.
    pub fn new(blobs: Blobs) -> Self {
        Self { blobs, darkroom: Darkroom::default(), uploads: Arc::new(Semaphore::new(UPLOADS)) }
    }

    /// A place among the uploads that are read at once, if one is free.
    pub(crate) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.uploads).try_acquire_owned().ok()
    }
}

/// The shelf by its name in tables.
fn shelf(name: &str) -> Option<Shelf> {
    Shelf::ALL.into_iter().find(|shelf| shelf.as_str() == name)
}

/// Whether photographs of a case's objects may still be added, moved and taken back.
fn is_open(state: CaseState) -> bool {
    !matches!(state, CaseState::Closed | CaseState::Rejected | CaseState::Withdrawn | CaseState::Merged)
}

/// What whoever tries it all the same is told.
const ENDED: &str = "The case is closed, or part of another one. Its photographs stay as they are.";

/// An object's case, if `principal` may see it.
async fn case_of_object(
    tx: &mut Tx,
    principal: &Principal,
    object_id: ObjectId,
) -> Result<Option<(CaseRow, Sight)>, store::Error> {
    let Some(case_id) = photos::case_of(tx, object_id).await? else { return Ok(None) };
    let Some(case) = cases::find(tx, case_id).await? else { return Ok(None) };
    Ok(sight(principal, case.institution_id).map(|sight| (case, sight)))
}

/// A photograph and its case, if `principal` may see them. One that was taken back is seen by the desk alone.
async fn photo_of(
    tx: &mut Tx,
    principal: &Principal,
    id: PhotoId,
) -> Result<Option<(PhotoRow, CaseRow)>, store::Error> {
    let Some(photo) = photos::find(tx, id).await? else { return Ok(None) };
    let found = case_of_object(tx, principal, photo.object_id).await?;
    Ok(found.filter(|(_, sight)| sight.desk || photo.removed_at.is_none()).map(|(case, _)| (photo, case)))
}
