//! The drafts of an institution, and one of them.

use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use domain::ids::ReportDraftId;
use serde::Serialize;
use store::report_drafts;
use utoipa::ToSchema;
use web::{Authority, Path, Principal, Problem, Reporter};

use super::{MAX_DRAFTS, ReportDraftView, not_found, scope, view};
use crate::Deps;
use crate::edit::Etag;

/// The drafts of an institution.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportDraftList {
    /// The last saved first.
    pub drafts: Vec<ReportDraftView>,
}

/// The drafts that `principal` sees, the last saved first.
pub async fn drafts(deps: &Deps, principal: &Principal) -> Result<ReportDraftList, store::Error> {
    let mut tx = deps.db.read().await?;
    let mut drafts = Vec::new();
    for row in report_drafts::of_scope(&mut tx, scope(principal), MAX_DRAFTS).await? {
        drafts.push(view(deps, &mut tx, row).await?);
    }
    tx.commit().await?;
    Ok(ReportDraftList { drafts })
}

/// One draft, if `principal` may see it.
pub async fn find_draft(
    deps: &Deps,
    principal: &Principal,
    id: ReportDraftId,
) -> Result<Option<ReportDraftView>, store::Error> {
    let mut tx = deps.db.read().await?;
    let Some(row) = report_drafts::find(&mut tx, scope(principal), id).await? else { return Ok(None) };
    let view = view(deps, &mut tx, row).await?;
    tx.commit().await?;
    Ok(Some(view))
}

/// Lists the drafts of the caller's institution, the last saved first.
#[utoipa::path(
    get, path = "/api/v1/report-drafts", tag = "intake",
    responses(
        (status = 200, description = "The drafts", body = ReportDraftList),
        (status = 403, description = "The caller may not register cases"),
    )
)]
pub(crate) async fn list_api(State(deps): State<Deps>, caller: Authority<Reporter>) -> Result<Response, Problem> {
    Ok(axum::Json(drafts(&deps, &caller).await?).into_response())
}

/// Gives a draft of the caller's institution.
#[utoipa::path(
    get, path = "/api/v1/report-drafts/{id}", tag = "intake",
    params(("id" = String, Path, description = "The draft's identifier")),
    responses(
        (status = 200, description = "The draft", body = ReportDraftView, headers(("ETag" = String))),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "The caller's institution has no such draft"),
    )
)]
pub(crate) async fn show_api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ReportDraftId>,
) -> Result<Response, Problem> {
    let view = find_draft(&deps, &caller, id).await?.ok_or_else(not_found)?;
    Ok(([(ETAG, Etag::of_revision(view.revision).header())], axum::Json(view)).into_response())
}
