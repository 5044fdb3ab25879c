//! A draft is sent in: it becomes a case by the same checks as any report, and is gone with the same transaction.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::ids::ReportDraftId;
use store::{cases, report_drafts};
use web::{Authority, Path, Principal, Problem, Reporter};

use super::{not_found, read, scope};
use crate::Deps;
use crate::idempotency::IdempotencyKey;
use crate::parse::parse;
use crate::register::{RegisterError, Registered, RegisteredView, register_draft};

/// Why a draft did not become a case.
#[derive(Debug, thiserror::Error)]
pub enum SendDraftError {
    /// There is no such draft, or it is another institution's.
    #[error("find the draft")]
    NoDraft,
    /// It is not complete, or something in it is wrong.
    #[error("read the draft")]
    Invalid(FieldErrors),
    /// The case was not registered.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Makes a draft a case. One that became a case before answers with it: a draft is one case, however often it is sent.
pub async fn send_draft(deps: &Deps, principal: &Principal, id: ReportDraftId) -> Result<Registered, SendDraftError> {
    // Nobody else's key looks like a draft's identifier by chance, and one that was chosen so is another request.
    let key: IdempotencyKey = id.to_string().parse().expect("an identifier is visible ASCII");
    let mut tx = deps.db.read().await?;
    let draft = report_drafts::find(&mut tx, scope(principal), id).await?;
    let known = match draft {
        Some(_) => None,
        None => cases::find_key(&mut tx, scope(principal), key.as_str()).await?,
    };
    if let Some(known) = known
        && let Some(case) = cases::find(&mut tx, known.case_id).await?
    {
        return Ok(Registered { id: case.id, reference: case.reference, created: false });
    }
    tx.commit().await?;
    let draft = draft.ok_or(SendDraftError::NoDraft)?;
    let report = read(&draft)?;
    let today = deps.clock.today();
    let case = parse(&report, today).map_err(SendDraftError::Invalid)?;
    Ok(register_draft(deps, principal, &key, report.hash(), &case, Some((id, draft.revision))).await?)
}

impl From<SendDraftError> for Problem {
    fn from(error: SendDraftError) -> Self {
        match error {
            SendDraftError::NoDraft => not_found(),
            SendDraftError::Invalid(errors) => errors.into(),
            SendDraftError::Register(error) => error.into(),
            SendDraftError::Store(error) => error.into(),
        }
    }
}

/// Sends a draft in: it becomes a case. Sent again, it answers with the same case.
#[utoipa::path(
    post, path = "/api/v1/report-drafts/{id}/send", tag = "intake",
    params(("id" = String, Path, description = "The draft's identifier")),
    responses(
        (status = 201, description = "Registered", body = RegisteredView, headers(("Location" = String))),
        (status = 200, description = "It became this case before", body = RegisteredView),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "The caller's institution has no such draft"),
        (status = 422, description = "It is not complete, or some fields break a rule"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ReportDraftId>,
) -> Result<Response, Problem> {
    let registered = send_draft(&deps, &caller, id).await?;
    let status = if registered.created { StatusCode::CREATED } else { StatusCode::OK };
    let location = [(LOCATION, format!("/api/v1/cases/{}", registered.id))];
    Ok((status, location, axum::Json(RegisteredView::from(registered))).into_response())
}
