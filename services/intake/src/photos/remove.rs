//! A photograph is taken back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::PhotoRemovedV1;
use domain::ids::PhotoId;
use store::photos::{self, PhotoRow, Removed};
use store::{cases, outbox};
use web::{Authority, Path, Principal, Problem, Reporter};

use super::{is_open, photo_of};
use crate::Deps;

/// Why a photograph was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// There is no such photograph, or none the caller may see.
    #[error("find the photograph")]
    NoPhoto,
    /// The case is closed.
    #[error("take a photograph of a closed case back")]
    Closed,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Takes a photograph back. What an alert version was frozen with is kept as what partners were told, and shown no
/// more; everything else is deleted with its files.
pub async fn remove_photo(deps: &Deps, principal: &Principal, id: PhotoId) -> Result<PhotoRow, RemoveError> {
    let mut tx = deps.db.begin().await?;
    let (photo, case) = photo_of(&mut tx, principal, id).await?.ok_or(RemoveError::NoPhoto)?;
    cases::lock(&mut tx, case.id).await?.ok_or(RemoveError::NoPhoto)?;
    let (photo, case) = match photo_of(&mut tx, principal, id).await? {
        Some(found) if found.0.removed_at.is_none() => found,
        // Somebody else was faster; it is gone, as asked.
        _ => return Ok(photo),
    };
    if !is_open(case.state) {
        return Err(RemoveError::Closed);
    }
    let removed = photos::remove(&mut tx, &photo, deps.clock.now()).await?;
    let event = PhotoRemovedV1 {
        photo_id: id,
        case_id: case.id,
        object_id: photo.object_id,
        original_sha256: photo.original,
        kept: removed == Removed::Kept,
        removed_by: principal.account_id,
    };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case.id, photo.id = %id, photo.kept = event.kept, "took a photograph back");
    Ok(photo)
}

impl From<RemoveError> for Problem {
    fn from(error: RemoveError) -> Self {
        match error {
            RemoveError::NoPhoto => Self::not_found("photograph"),
            RemoveError::Closed => Self::conflict("closed", super::ENDED),
            RemoveError::Store(error) => error.into(),
        }
    }
}

/// Takes a photograph back.
#[utoipa::path(
    delete, path = "/api/v1/photos/{id}", tag = "intake",
    params(("id" = String, Path, description = "The photograph's identifier, such as photo_0190…")),
    responses(
        (status = 204, description = "It is not shown any more"),
        (status = 404, description = "There is no such photograph, or none the caller may see"),
        (status = 409, description = "The case is closed"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<PhotoId>,
) -> Result<Response, Problem> {
    remove_photo(&deps, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
