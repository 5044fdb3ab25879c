//! Keeps a report as typed, however incomplete.

use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::ids::ReportDraftId;
use store::report_drafts::{self, ReportDraftRow};
use web::{Authority, Json, Path, Principal, Problem, Reporter};

use super::{MAX_DRAFTS, ReportDraftView, not_found, scope, view};
use crate::Deps;
use crate::edit::{Etag, Expected};
use crate::submit::{RawMeasurement, SubmitCase};

/// Why a draft was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveDraftError {
    /// There is no such draft, or it is another institution's.
    #[error("find the draft")]
    NoDraft,
    /// The institution has as many as it may have.
    #[error("keep more drafts than an institution may have")]
    TooMany,
    /// Somebody saved it meanwhile: this is how it is now.
    #[error("save over what somebody else saved meanwhile")]
    Changed(Box<ReportDraftView>),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// As typed, but for the empty rows that a form always sends.
fn body(report: &SubmitCase) -> Vec<u8> {
    let mut report = report.clone();
    for object in &mut report.objects {
        object.measurements.retain(|row: &RawMeasurement| !row.is_blank());
    }
    serde_json::to_vec(&report).expect("text, lists and one truth value always have a JSON form")
}

/// Begins a draft.
pub async fn begin_draft(
    deps: &Deps,
    principal: &Principal,
    report: &SubmitCase,
) -> Result<ReportDraftView, SaveDraftError> {
    let mut tx = deps.db.begin().await?;
    let scope = scope(principal);
    if report_drafts::count(&mut tx, scope).await? >= MAX_DRAFTS {
        return Err(SaveDraftError::TooMany);
    }
    let now = deps.clock.now();
    let row = ReportDraftRow {
        id: ReportDraftId::generate(&deps.clock),
        scope,
        owner_id: principal.account_id,
        body: body(report),
        revision: 1,
        created_at: now,
        saved_by: principal.account_id,
        saved_at: now,
    };
    report_drafts::insert(&mut tx, &row).await?;
    let view = view(deps, &mut tx, row).await?;
    tx.commit().await?;
    tracing::info!(draft.id = %view.id, "began a draft of a report");
    Ok(view)
}

/// Saves a draft again. `allows` says whether the revision it has now is one that the caller saw.
pub async fn save_draft(
    deps: &Deps,
    principal: &Principal,
    id: ReportDraftId,
    allows: impl Fn(i64) -> bool,
    report: &SubmitCase,
) -> Result<ReportDraftView, SaveDraftError> {
    let mut tx = deps.db.begin().await?;
    let scope = scope(principal);
    let known = report_drafts::find(&mut tx, scope, id).await?.ok_or(SaveDraftError::NoDraft)?;
    if !allows(known.revision) {
        return Err(SaveDraftError::Changed(Box::new(view(deps, &mut tx, known).await?)));
    }
    let row =
        ReportDraftRow { body: body(report), saved_by: principal.account_id, saved_at: deps.clock.now(), ..known };
    if !report_drafts::update(&mut tx, &row).await? {
        // Somebody was faster between the look and the change.
        let now = report_drafts::find(&mut tx, scope, id).await?.ok_or(SaveDraftError::NoDraft)?;
        return Err(SaveDraftError::Changed(Box::new(view(deps, &mut tx, now).await?)));
    }
    let saved = ReportDraftRow { revision: row.revision + 1, ..row };
    let view = view(deps, &mut tx, saved).await?;
    tx.commit().await?;
    Ok(view)
}

impl From<SaveDraftError> for Problem {
    fn from(error: SaveDraftError) -> Self {
        match error {
            SaveDraftError::NoDraft => not_found(),
            SaveDraftError::TooMany => Self::conflict(
                "too-many-drafts",
                format!("An institution has at most {MAX_DRAFTS} drafts of reports. Send some in, or throw some away."),
            ),
            SaveDraftError::Changed(_) => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "changed-meanwhile",
                "Changed meanwhile",
                "The draft is not as you saw it any more. Get it again, look at what changed, and send your change anew.",
            ),
            SaveDraftError::Store(error) => error.into(),
        }
    }
}

/// Begins a draft: a report as far as it is known, checked only when it is sent in.
#[utoipa::path(
    post, path = "/api/v1/report-drafts", tag = "intake",
    request_body(content = SubmitCase, example = crate::openapi::draft_example),
    responses(
        (status = 201, description = "Kept", body = ReportDraftView, headers(("Location" = String), ("ETag" = String))),
        (status = 400, description = "The body cannot be read"),
        (status = 403, description = "The caller may not register cases"),
        (status = 409, description = "The institution has as many drafts as it may have"),
        (status = 422, description = "A field is not known, or not of its type"),
    )
)]
pub(crate) async fn begin_api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    body: Json<SubmitCase>,
) -> Result<Response, Problem> {
    let view = begin_draft(&deps, &caller, &body.value).await?;
    let headers = [(LOCATION, format!("/api/v1/report-drafts/{}", view.id))];
    let etag = [(ETAG, Etag::of_revision(view.revision).header())];
    Ok((StatusCode::CREATED, headers, etag, axum::Json(view)).into_response())
}

/// Saves a draft again.
#[utoipa::path(
    put, path = "/api/v1/report-drafts/{id}", tag = "intake",
    request_body(content = SubmitCase, example = crate::openapi::draft_example),
    params(
        ("id" = String, Path, description = "The draft's identifier"),
        ("If-Match" = String, Header, description = "The ETag of the draft as the caller saw it"),
    ),
    responses(
        (status = 200, description = "Kept", body = ReportDraftView, headers(("ETag" = String))),
        (status = 400, description = "The body cannot be read"),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "The caller's institution has no such draft"),
        (status = 412, description = "Somebody else saved it meanwhile"),
        (status = 422, description = "A field is not known, or not of its type"),
        (status = 428, description = "The header If-Match is missing"),
    )
)]
pub(crate) async fn save_api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ReportDraftId>,
    headers: HeaderMap,
    body: Json<SubmitCase>,
) -> Result<Response, Problem> {
    let expected = Expected::from_headers(&headers)?;
    let allows = |revision| expected.allows(&Etag::of_revision(revision));
    let view = save_draft(&deps, &caller, id, allows, &body.value).await?;
    Ok(([(ETAG, Etag::of_revision(view.revision).header())], axum::Json(view)).into_response())
}
