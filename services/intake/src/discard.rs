//! An officer throws a draft away: nobody was told, and the number is free again.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::AlertDiscardedV1;
use domain::codes::{AlertState, CaseState};
use domain::ids::{AccountId, AlertId};
use store::alerts::AlertRow;
use store::{alerts, cases, outbox};
use web::{Authority, Officer, Path, Problem};

use crate::Deps;
use crate::step::reached;
use crate::view::AlertView;

/// Why a draft was not thrown away.
#[derive(Debug, thiserror::Error)]
pub enum DiscardError {
    /// There is no such version.
    #[error("find the alert")]
    NoAlert,
    /// It was released: what was sent cannot be unsent.
    #[error("discard a released alert")]
    AlreadyReleased,
    /// It waits for its moment: it is called back first.
    #[error("discard what waits for its moment")]
    Scheduled,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Throws a draft away. One that was thrown away before stays so.
pub async fn discard_alert(deps: &Deps, by: AccountId, id: AlertId) -> Result<AlertRow, DiscardError> {
    let mut tx = deps.db.begin().await?;
    let case_id = alerts::find(&mut tx, id).await?.ok_or(DiscardError::NoAlert)?.case_id;
    let case = cases::lock(&mut tx, case_id).await?.ok_or(DiscardError::NoAlert)?;
    let mut alert = alerts::find(&mut tx, id).await?.ok_or(DiscardError::NoAlert)?;
    match alert.state {
        AlertState::Draft => {}
        AlertState::Scheduled => return Err(DiscardError::Scheduled),
        AlertState::Discarded => return Ok(alert),
        AlertState::Released => return Err(DiscardError::AlreadyReleased),
    }
    if !alerts::discard(&mut tx, id).await? {
        return Err(DiscardError::AlreadyReleased);
    }
    if case.state == CaseState::Alerting {
        let verified = !cases::verifications(&mut tx, case_id).await?.is_empty();
        let back = reached(verified, &[]).state();
        cases::set_state(&mut tx, case_id, back, deps.clock.now()).await?;
    }
    let event = AlertDiscardedV1 { alert_id: id, case_id, discarded_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, alert.id = %id, "discarded a draft");
    alert.state = AlertState::Discarded;
    Ok(alert)
}

impl From<DiscardError> for Problem {
    fn from(error: DiscardError) -> Self {
        match error {
            DiscardError::NoAlert => Self::not_found("alert"),
            DiscardError::AlreadyReleased => Self::conflict(
                "already-released",
                "The version was released already. What was wrong with it is said by an update or a cancel.",
            ),
            DiscardError::Scheduled => {
                Self::conflict("scheduled", "The version waits for its moment. Call it back first.")
            }
            DiscardError::Store(error) => error.into(),
        }
    }
}

/// Throws a draft away.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/discard", tag = "intake",
    params(("id" = String, Path, description = "The alert's identifier, such as alert_0190…")),
    responses(
        (status = 200, description = "The draft as discarded", body = AlertView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such alert"),
        (status = 409, description = "It was released already"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
) -> Result<Response, Problem> {
    let row = discard_alert(&deps, officer.account_id, id).await?;
    Ok(axum::Json(AlertView::for_desk(row)).into_response())
}
