//! What officers had done about deliveries that did not simply go well. Written by: notifier.

use domain::Timestamp;
use domain::delivery::DeskStep;
use domain::ids::{AccountId, DeliveryId, NotificationId};
use domain::text::Line;
use sqlx::FromRow;

use crate::{Error, Tx, on_tx};

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DeskStepRow {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// What was done.
    pub step: DeskStep,
    /// How many tries there had been.
    pub seen_tries: i64,
    /// The notification.
    pub notification_id: NotificationId,
    /// To how many addresses something goes because of it.
    pub addresses: i64,
    /// Why.
    pub reason: Line,
    /// The officer.
    pub taken_by: AccountId,
    /// When.
    pub taken_at: Timestamp,
}

/// Keeps a step, in the transaction that carries it out. Says false if it was taken before, as long as nothing was tried
/// since.
pub async fn insert(tx: &mut Tx, row: &DeskStepRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO desk_steps (delivery_id, step, seen_tries, notification_id, addresses, reason, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (delivery_id, step, seen_tries) DO NOTHING",
    )
    .bind(row.delivery_id)
    .bind(row.step)
    .bind(row.seen_tries)
    .bind(row.notification_id)
    .bind(row.addresses)
    .bind(&row.reason)
    .bind(row.taken_by)
    .bind(row.taken_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Every step about a delivery, oldest first.
pub async fn of_delivery(tx: &mut Tx, id: DeliveryId) -> Result<Vec<DeskStepRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT delivery_id, step, seen_tries, notification_id, addresses, reason, taken_by, taken_at
         FROM desk_steps WHERE delivery_id = $1 ORDER BY taken_at, step, seen_tries",
    ).bind(id).fetch_all(c).await)?)
}

/// When an officer last had a delivery sent once more; none if nobody had.
pub async fn resent_at(tx: &mut Tx, id: DeliveryId) -> Result<Option<Timestamp>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT MAX(taken_at) FROM desk_steps WHERE delivery_id = $1 AND step = 'resent'",
    ).bind(id).fetch_one(c).await)?)
}
