//! `/api/v1/partner-changes`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::codes::ChangeState;
use domain::ids::{ChangeId, PartnerId};
use domain::text::Line;
use domain::{FieldErrors, Timestamp};
use serde::{Deserialize, Serialize};
use store::partners::{self, ChangeRow};
use utoipa::ToSchema;
use web::{Auditing, Authority, Json, Path, Problem};

use crate::permission::Approving;
use crate::{Deps, approve_change, cancel_change};

/// A dangerous change of a partner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeView {
    #[schema(value_type = String)]
    id: ChangeId,
    #[schema(value_type = String)]
    partner_id: PartnerId,
    partner: String,
    /// Each field with what was there (`from`) and what is to be (`to`).
    #[schema(value_type = Vec<Object>)]
    changes: Vec<domain::partner::diff::FieldChange>,
    reason: String,
    /// The proposer's name.
    proposed_by: Option<String>,
    #[schema(value_type = String)]
    proposed_at: Timestamp,
    /// Made then if one other person agreed; at once if two have.
    #[schema(value_type = String)]
    due_at: Timestamp,
    /// How many besides the proposer agreed.
    approvals: i64,
    /// `open`, `applied`, `cancelled` or `overtaken`.
    #[schema(value_type = String)]
    state: ChangeState,
    /// The revision it made.
    revision: Option<i64>,
}

impl From<ChangeRow> for ChangeView {
    fn from(row: ChangeRow) -> Self {
        Self {
            id: row.id,
            partner_id: row.partner_id,
            partner: row.partner_name.to_string(),
            changes: row.changes.0,
            reason: row.reason.to_string(),
            proposed_by: row.proposer.map(|name| name.to_string()),
            proposed_at: row.proposed_at,
            due_at: row.due_at,
            approvals: row.approvals,
            state: row.state,
            revision: row.revision,
        }
    }
}

/// Lists the changes that wait, soonest due first.
#[utoipa::path(
    get, path = "/api/v1/partner-changes", tag = "routing",
    responses((status = 200, description = "The changes that wait", body = Vec<ChangeView>))
)]
pub(crate) async fn list(State(deps): State<Deps>, _: Authority<Auditing>) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let rows = partners::open_changes(&mut tx, 1_000).await?;
    tx.commit().await?;
    Ok(axum::Json(rows.into_iter().map(ChangeView::from).collect::<Vec<_>>()).into_response())
}

async fn shown(deps: &Deps, id: ChangeId) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let row = partners::change(&mut tx, id).await?.ok_or_else(|| Problem::not_found("change"))?;
    tx.commit().await?;
    Ok(axum::Json(ChangeView::from(row)).into_response())
}

/// Agrees to a change that somebody else proposed.
#[utoipa::path(
    post, path = "/api/v1/partner-changes/{id}/agree", tag = "routing",
    params(("id" = String, Path, description = "The change's identifier")),
    responses(
        (status = 200, description = "The change as it stands then", body = ChangeView),
        (status = 404, description = "There is no such change"),
        (status = 409, description = "It has ended, or the caller proposed it or has agreed before"),
    )
)]
pub(crate) async fn agree(
    State(deps): State<Deps>,
    caller: Authority<Approving>,
    Path(id): Path<ChangeId>,
) -> Result<Response, Problem> {
    approve_change(&deps, id, caller.account_id).await?;
    shown(&deps, id).await
}

/// Why a change is cancelled.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CancelBody {
    /// Required.
    reason: String,
}

/// Cancels a change that waits.
#[utoipa::path(
    post, path = "/api/v1/partner-changes/{id}/cancel", tag = "routing", request_body = CancelBody,
    params(("id" = String, Path, description = "The change's identifier")),
    responses(
        (status = 200, description = "The change as it stands then", body = ChangeView),
        (status = 404, description = "There is no such change"),
        (status = 409, description = "It has ended"),
        (status = 422, description = "There is no reason"),
    )
)]
pub(crate) async fn cancel(
    State(deps): State<Deps>,
    caller: Authority<Approving>,
    Path(id): Path<ChangeId>,
    body: Json<CancelBody>,
) -> Result<Response, Problem> {
    let mut errors = FieldErrors::new();
    let reason: Option<Line> = errors.required("/reason", Some(&body.value.reason));
    let reason = errors.into_result(reason)?;
    cancel_change(&deps, id, caller.account_id, reason).await?;
    shown(&deps, id).await
}
