//! The sender's word on a checked upload: take it, or throw it away.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::codes::{ImportMode, ImportState};
use domain::ids::UploadId;
use serde::{Deserialize, Serialize};
use store::imports::{self, ImportRow};
use utoipa::ToSchema;
use web::{Authority, Json, Path, Principal, Problem, Reporter};

use super::show::ImportView;
use super::visible;
use crate::Deps;

/// What to do with a checked upload, as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfirmImport {
    /// `all_or_nothing` (if left out) or `skip_bad`.
    #[schema(example = "skip_bad")]
    pub mode: Option<String>,
}

impl ConfirmImport {
    /// Parses what was typed.
    pub fn parse(&self) -> Result<ImportMode, FieldErrors> {
        let mut e = FieldErrors::new();
        let mode = e.optional("/mode", self.mode.as_deref()).unwrap_or(ImportMode::AllOrNothing);
        e.into_result(Some(mode))
    }
}

/// Whether the word is still to be taken; not if the same was given before.
fn taken(row: &ImportRow, mode: ImportMode) -> Result<bool, Problem> {
    match row.state {
        ImportState::Checked => {}
        ImportState::Importing | ImportState::Done if row.mode == Some(mode) => return Ok(false),
        ImportState::Checking => {
            return Err(Problem::conflict("still-checking", "The file is still being checked. Ask again in a moment."));
        }
        ImportState::Importing | ImportState::Done | ImportState::Refused | ImportState::Cancelled => {
            return Err(Problem::conflict("import-ended", format!("The import is {} already.", row.state)));
        }
    }
    if row.good == 0 {
        return Err(Problem::conflict("nothing-to-import", "No record of the file obeys every rule."));
    }
    if mode == ImportMode::AllOrNothing && row.bad > 0 {
        let detail =
            format!("{} records break rules. Correct the file and send it again, or skip the bad ones.", row.bad);
        return Err(Problem::conflict("import-has-errors", detail));
    }
    Ok(true)
}

/// The same for throwing away.
fn thrown_away(row: &ImportRow) -> Result<bool, Problem> {
    match row.state {
        ImportState::Checking | ImportState::Checked => Ok(true),
        ImportState::Cancelled => Ok(false),
        ImportState::Importing | ImportState::Done | ImportState::Refused => {
            Err(Problem::conflict("import-ended", format!("The import is {} already.", row.state)))
        }
    }
}

/// Takes a checked upload. The same word once more changes nothing.
pub async fn confirm(deps: &Deps, principal: &Principal, id: UploadId, mode: ImportMode) -> Result<ImportRow, Problem> {
    let mut tx = deps.db.begin().await?;
    visible(&mut tx, principal, id).await?;
    let row = imports::lock(&mut tx, id).await?.ok_or_else(|| Problem::not_found("import"))?;
    let to_do = taken(&row, mode);
    if let Ok(true) = to_do {
        imports::set_state(&mut tx, id, ImportState::Importing, Some(mode), None, deps.clock.now()).await?;
    }
    // Lets go of the row at once, also after a refusal: the worker passes over what somebody holds.
    tx.commit().await?;
    Ok(if to_do? { ImportRow { state: ImportState::Importing, mode: Some(mode), ..row } } else { row })
}

/// Throws an upload away that was not taken yet. Done twice, it is thrown away once.
pub async fn cancel(deps: &Deps, principal: &Principal, id: UploadId) -> Result<ImportRow, Problem> {
    let mut tx = deps.db.begin().await?;
    visible(&mut tx, principal, id).await?;
    let row = imports::lock(&mut tx, id).await?.ok_or_else(|| Problem::not_found("import"))?;
    let to_do = thrown_away(&row);
    if let Ok(true) = to_do {
        imports::set_state(&mut tx, id, ImportState::Cancelled, None, None, deps.clock.now()).await?;
        imports::discard_content(&mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(if to_do? { ImportRow { state: ImportState::Cancelled, ..row } } else { row })
}

/// Takes a checked upload.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/confirm", tag = "intake", request_body = ConfirmImport,
    params(("id" = String, Path, description = "The import's identifier")),
    responses(
        (status = 202, description = "Being imported; look at it until it is `done`", body = ImportView),
        (status = 400, description = "The body cannot be read"),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "There is no such import, or none the caller may see"),
        (status = 409, description = "It is still being checked, has ended, or has errors and all or nothing is asked"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn confirm_api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<UploadId>,
    body: Json<ConfirmImport>,
) -> Result<Response, Problem> {
    let row = confirm(&deps, &caller, id, body.value.parse()?).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(ImportView::from(row))).into_response())
}

/// Throws an upload away that was not taken yet.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/cancel", tag = "intake",
    params(("id" = String, Path, description = "The import's identifier")),
    responses(
        (status = 200, description = "Thrown away", body = ImportView),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "There is no such import, or none the caller may see"),
        (status = 409, description = "It was taken or has ended"),
    )
)]
pub(crate) async fn cancel_api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<UploadId>,
) -> Result<Response, Problem> {
    let row = cancel(&deps, &caller, id).await?;
    Ok(axum::Json(ImportView::from(row)).into_response())
}
