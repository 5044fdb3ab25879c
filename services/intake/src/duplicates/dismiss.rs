//! An officer finds that two cases are about different events.

use contracts::Service;
use contracts::events::DuplicateDismissedV1;
use domain::codes::DuplicateState;
use domain::ids::{AccountId, DuplicateId};
use store::duplicates::{self, DuplicateRow};
use store::outbox;
use web::Problem;

use crate::Deps;

/// Why a proposal was not dismissed.
#[derive(Debug, thiserror::Error)]
pub enum DismissError {
    /// There is no such proposal.
    #[error("find the proposal")]
    NoDuplicate,
    /// The cases were merged.
    #[error("dismiss a proposal whose cases were merged")]
    Merged,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Dismisses a proposal. One that was dismissed before stays so.
pub async fn dismiss_duplicate(deps: &Deps, by: AccountId, id: DuplicateId) -> Result<DuplicateRow, DismissError> {
    let mut tx = deps.db.begin().await?;
    duplicates::hold(&mut tx).await?;
    let row = duplicates::find(&mut tx, id).await?.ok_or(DismissError::NoDuplicate)?;
    match row.state {
        DuplicateState::Proposed => {}
        DuplicateState::Dismissed => return Ok(row),
        DuplicateState::Merged => return Err(DismissError::Merged),
    }
    let now = deps.clock.now();
    let (from, to) = (DuplicateState::Proposed, DuplicateState::Dismissed);
    if !duplicates::decide(&mut tx, id, from, to, by, now).await? {
        return Err(DismissError::Merged);
    }
    let event =
        DuplicateDismissedV1 { duplicate_id: id, case_id: row.later_id, earlier_id: row.earlier_id, dismissed_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(duplicate.id = %id, case.id = %row.later_id, "dismissed a proposal");
    Ok(DuplicateRow { state: to, decided_by: Some(by), decided_at: Some(now), ..row })
}

impl From<DismissError> for Problem {
    fn from(error: DismissError) -> Self {
        match error {
            DismissError::NoDuplicate => Self::not_found("proposal"),
            DismissError::Merged => Self::conflict("merged", "The cases were merged. Un-merge them first."),
            DismissError::Store(error) => error.into(),
        }
    }
}
