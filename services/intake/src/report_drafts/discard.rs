//! Throws a draft away: whoever began it does, for good.

use axum::extract::State;
use axum::http::StatusCode;
use domain::ids::ReportDraftId;
use store::report_drafts;
use web::{Authority, Path, Principal, Problem, Reporter};

use super::{KEPT_DAYS, not_found, scope};
use crate::Deps;

/// Why a draft was not thrown away.
#[derive(Debug, thiserror::Error)]
pub enum DiscardDraftError {
    /// There is no such draft, or it is another institution's.
    #[error("find the draft")]
    NoDraft,
    /// A colleague began it.
    #[error("throw away a colleague's draft")]
    NotYours,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Throws a draft away.
pub async fn discard_draft(deps: &Deps, principal: &Principal, id: ReportDraftId) -> Result<(), DiscardDraftError> {
    let mut tx = deps.db.begin().await?;
    let scope = scope(principal);
    let draft = report_drafts::find(&mut tx, scope, id).await?.ok_or(DiscardDraftError::NoDraft)?;
    if draft.owner_id != principal.account_id {
        return Err(DiscardDraftError::NotYours);
    }
    report_drafts::remove(&mut tx, scope, id).await?;
    tx.commit().await?;
    tracing::info!(draft.id = %id, "threw a draft of a report away");
    Ok(())
}

impl From<DiscardDraftError> for Problem {
    fn from(error: DiscardDraftError) -> Self {
        match error {
            DiscardDraftError::NoDraft => not_found(),
            DiscardDraftError::NotYours => Self::conflict(
                "draft-of-a-colleague",
                format!(
                    "Only whoever began a draft throws it away. It goes by itself {KEPT_DAYS} days after the last saving."
                ),
            ),
            DiscardDraftError::Store(error) => error.into(),
        }
    }
}

/// Throws a draft away.
#[utoipa::path(
    delete, path = "/api/v1/report-drafts/{id}", tag = "intake",
    params(("id" = String, Path, description = "The draft's identifier")),
    responses(
        (status = 204, description = "Thrown away"),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "The caller's institution has no such draft"),
        (status = 409, description = "A colleague began it"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ReportDraftId>,
) -> Result<StatusCode, Problem> {
    discard_draft(&deps, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
