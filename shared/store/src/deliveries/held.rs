//! Deliveries that were held, and what officers decided about them.

use domain::Timestamp;
use domain::delivery::HeldDecision;
use domain::ids::{AccountId, DeliveryId};
use domain::text::Line;
use sqlx::FromRow;

use super::Standing;
use crate::{Error, Tx, on_tx};

/// What an officer decided about a held delivery.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct HeldDecisionRow {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Since when it was held: it may be held again later.
    pub held_at: Timestamp,
    /// The decision.
    pub decision: HeldDecision,
    /// Why.
    pub reason: Line,
    /// The officer.
    pub decided_by: AccountId,
    /// When.
    pub decided_at: Timestamp,
}

/// Since when the last gate holds a delivery; none if it does not. What its plan holds is let go with the plan.
pub async fn held_since(tx: &mut Tx, id: DeliveryId) -> Result<Option<Timestamp>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT ended_at FROM deliveries WHERE id = $1 AND state = 'held' AND awaits_officer = FALSE",
    ).bind(id).fetch_optional(c).await)?)
}

/// Moves a delivery on that is held since `held_at`. Says false if it is not: somebody decided before, or it was held
/// anew for another reason than the officer saw.
pub async fn move_held(
    tx: &mut Tx,
    id: DeliveryId,
    held_at: Timestamp,
    to: &Standing<'_>,
    now: Timestamp,
) -> Result<bool, Error> {
    let ended_at = to.due_at.is_none().then_some(now);
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE deliveries SET state = $3, due_at = $4, ended_at = $5, last_reply = COALESCE($6, last_reply)
         WHERE id = $1 AND state = 'held' AND ended_at = $2 AND awaits_officer = FALSE",
    )
    .bind(id)
    .bind(held_at)
    .bind(to.state)
    .bind(to.due_at)
    .bind(ended_at)
    .bind(to.reply)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Keeps a decision, in the transaction that carries it out.
pub async fn insert_decision(tx: &mut Tx, row: &HeldDecisionRow) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO held_decisions (delivery_id, held_at, decision, reason, decided_by, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.delivery_id)
    .bind(row.held_at)
    .bind(row.decision)
    .bind(&row.reason)
    .bind(row.decided_by)
    .bind(row.decided_at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Every decision about a delivery, oldest first.
pub async fn decisions(tx: &mut Tx, id: DeliveryId) -> Result<Vec<HeldDecisionRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT delivery_id, held_at, decision, reason, decided_by, decided_at FROM held_decisions
         WHERE delivery_id = $1 ORDER BY held_at",
    )
    .bind(id)
    .fetch_all(c)
    .await)?)
}
