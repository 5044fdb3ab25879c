//! Agree to a change that somebody else proposed.

use contracts::Service;
use contracts::events::PartnerChangeApprovedV1;
use domain::codes::ChangeState;
use domain::ids::{AccountId, ChangeId};
use store::{identity, outbox, partners};

use super::apply::apply_one;
use super::{Standing, may_approve, standing};
use crate::Deps;

/// Why nothing was agreed to.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    /// There is no such change.
    #[error("find the change")]
    NotFound,
    /// It has ended.
    #[error("agree: the change has ended ({0})")]
    Ended(ChangeState),
    /// Nobody agrees with himself.
    #[error("agree: you proposed this change; somebody else must agree")]
    Proposer,
    /// Nobody agrees twice.
    #[error("agree: you have agreed to this change before")]
    Again,
    /// One administrator may be behind both.
    #[error("agree: one administrator may be behind you and another who stands for this change")]
    OneHand,
    /// The database failed.
    #[error("store the agreement")]
    Store(#[from] store::Error),
}

/// Agrees; makes the change at once if that was the second other person, or its time is over.
pub async fn approve_change(deps: &Deps, id: ChangeId, by: AccountId) -> Result<Standing, ApproveError> {
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    let change = partners::change(&mut tx, id).await?.ok_or(ApproveError::NotFound)?;
    if change.state != ChangeState::Open {
        return Err(ApproveError::Ended(change.state));
    }
    if !may_approve(change.proposed_by, by) {
        return Err(ApproveError::Proposer);
    }
    // Whoever has made himself a second account is still one person, also if he waited with it since the proposal.
    let since = change.proposed_at.minus(deps.config.change_wait());
    let agreed = partners::approvals(&mut tx, id).await?.into_iter().map(|(account, ..)| account);
    for other in agreed.chain(change.proposed_by).filter(|other| *other != by) {
        if identity::one_hand(&mut tx, other, by, since).await? {
            return Err(ApproveError::OneHand);
        }
    }
    if !partners::approve(&mut tx, id, by, now).await? {
        return Err(ApproveError::Again);
    }
    let event = PartnerChangeApprovedV1 { change_id: id, partner_id: change.partner_id, approved_by: by };
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    let stands = standing(change.approvals + 1, change.due_at, now);
    if stands == Standing::Due {
        apply_one(&mut tx, deps, id).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(change.id = %id, partner.id = %change.partner_id, "somebody agreed to a change");
    Ok(stands)
}
