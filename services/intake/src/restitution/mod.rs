//! The way back of an object: by which route, with whom, on which documents, what happened, and which time limits run.
//!
//! An officer opens it for an object that was located, secured or recovered ([`open_restitution`]), names parties,
//! records documents by their fingerprints, with their files if they are sent in, and records each step ([`take_way_step`]). A step that is confirmed starts
//! and stops time limits ([`domain::restitution::clocks`], pure); they are kept beside it, so that [`warn_once`] finds
//! every reminder that is due by a query, also after the process was down. The last step ends the restitution, and the
//! object stands where it then is.
//!
//! Partners are told by alert versions of kind restitution notice; a step shows which were released after it. Who the
//! parties are is for those who need to know ([`domain::sighting::NeedToKnow`]).

pub(crate) mod api;
pub(crate) mod document;
pub(crate) mod erase;
pub(crate) mod icprcp;
mod open;
pub(crate) mod page;
mod paper;
mod party;
#[cfg(feature = "pdf")]
pub(crate) mod print;
mod step;
mod view;
mod warn;

pub use document::{AddDocument, Document, add_document};
pub use erase::{erase_document, erase_party};
pub use icprcp::IcprcpForm;
pub use open::{OpenRestitution, open_restitution};
pub use party::{NameParty, name_party};
pub use step::{TakeWayStep, take_way_step};
pub use view::{ClockView, RestitutionView};
pub(crate) use warn::keep_warned;
pub use warn::warn_once;

use domain::FieldErrors;
use domain::ids::{ObjectId, RestitutionId};
use domain::lifecycle::StatusNotAllowed;
use domain::restitution::Claim;
use store::cases::ObjectRow;
use store::restitutions::RestitutionRow;
use store::{Tx, cases, restitutions};
use web::Problem;

use crate::photos::files_away;

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum RestitutionError {
    /// Some fields break a rule.
    #[error("read what was typed")]
    Invalid(FieldErrors),
    /// There is no such object.
    #[error("find the object")]
    NoObject,
    /// There is no such restitution.
    #[error("find the restitution")]
    NoRestitution,
    /// Another one is open.
    #[error("open a second restitution of an object")]
    Open,
    /// It has ended.
    #[error("add to a restitution that has ended")]
    Ended,
    /// The file is none that is kept.
    #[error("take the file as a document")]
    Paper(#[source] paper::Refusal),
    /// The same document was erased.
    #[error("keep a document that was erased")]
    Erased,
    /// The same file is being swept this moment.
    #[error("keep a file that is being removed")]
    Busy,
    /// The file could not be written.
    #[error(transparent)]
    Blobs(#[from] blobs::Error),
    /// The object cannot go this way from where it stands.
    #[error(transparent)]
    NotAllowed(#[from] StatusNotAllowed),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<RestitutionError> for Problem {
    fn from(error: RestitutionError) -> Self {
        match error {
            RestitutionError::Invalid(errors) => errors.into(),
            RestitutionError::NoObject => Self::not_found("object"),
            RestitutionError::NoRestitution => Self::not_found("restitution"),
            RestitutionError::Open => Self::conflict(
                "restitution-open",
                "A restitution of this object is open. End it before you open another.",
            ),
            RestitutionError::Ended => {
                Self::conflict("restitution-ended", "This restitution has ended. Open another one if the way goes on.")
            }
            RestitutionError::Paper(refusal) => {
                let mut errors = FieldErrors::new();
                errors.push("/file", refusal.to_string());
                errors.into()
            }
            RestitutionError::Erased => Self::conflict(
                "document-erased",
                "This document was erased from this restitution, and its file does not come back.",
            ),
            RestitutionError::Busy => Self::unavailable(
                std::time::Duration::from_secs(5),
                "The same file is just being removed. Please send it again in a few seconds.",
            ),
            RestitutionError::Blobs(error) => files_away(&error),
            RestitutionError::NotAllowed(error) => {
                let mut letters = error.to_string();
                letters.replace_range(..1, "A");
                Self::conflict("status-not-allowed", format!("{letters}."))
            }
            RestitutionError::Store(error) => error.into(),
        }
    }
}

/// An open restitution, with its case locked.
async fn open_one(tx: &mut Tx, id: RestitutionId) -> Result<RestitutionRow, RestitutionError> {
    let row = restitutions::find(tx, id).await?.ok_or(RestitutionError::NoRestitution)?;
    cases::lock(tx, row.case_id).await?.ok_or(RestitutionError::NoRestitution)?;
    let row = restitutions::find(tx, id).await?.ok_or(RestitutionError::NoRestitution)?;
    if row.ended_at.is_some() { Err(RestitutionError::Ended) } else { Ok(row) }
}

async fn object(tx: &mut Tx, row: &RestitutionRow, id: ObjectId) -> Result<ObjectRow, RestitutionError> {
    let objects = cases::objects(tx, row.case_id).await?;
    objects.into_iter().find(|one| one.id == id).ok_or(RestitutionError::NoObject)
}

/// Computes the time limits anew and keeps them.
async fn keep_clocks(tx: &mut Tx, row: &RestitutionRow) -> Result<(), RestitutionError> {
    let case = cases::find(tx, row.case_id).await?.ok_or(RestitutionError::NoRestitution)?;
    let object = object(tx, row, row.object_id).await?;
    let steps = restitutions::steps(tx, row.id).await?;
    let happened: Vec<_> = steps.iter().map(restitutions::WayStepRow::happened).collect();
    let claim = Claim {
        event: case.event,
        flags: &object.description.0.flags,
        instruments: &row.instruments.0,
        happened: &happened,
    };
    restitutions::set_clocks(tx, row.id, &domain::restitution::clocks(&claim)).await?;
    Ok(())
}
