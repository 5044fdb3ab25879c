//! Take a change back, or refuse it, with a reason.

use contracts::Service;
use contracts::events::PartnerChangeEndedV1;
use domain::codes::ChangeState;
use domain::ids::{AccountId, ChangeId};
use domain::text::Line;
use store::outbox;
use store::partners::{self, ChangeEnd};

use crate::Deps;

/// Why nothing was cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// There is no such change.
    #[error("find the change")]
    NotFound,
    /// It has ended.
    #[error("cancel: the change has ended")]
    Ended,
    /// The database failed.
    #[error("store the end of the change")]
    Store(#[from] store::Error),
}

/// Cancels an open change.
pub async fn cancel_change(deps: &Deps, id: ChangeId, by: AccountId, why: Line) -> Result<(), CancelError> {
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    let change = partners::change(&mut tx, id).await?.ok_or(CancelError::NotFound)?;
    let end = ChangeEnd { state: ChangeState::Cancelled, by: Some(by), why: Some(why), revision: None };
    if !partners::end_change(&mut tx, id, &end, deps.clock.now()).await? {
        return Err(CancelError::Ended);
    }
    let event = PartnerChangeEndedV1 {
        change_id: id,
        partner_id: change.partner_id,
        state: ChangeState::Cancelled,
        revision: None,
        ended_by: Some(by),
    };
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(change.id = %id, partner.id = %change.partner_id, "a change was cancelled");
    Ok(())
}
