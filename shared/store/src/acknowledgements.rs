//! What partners answered by their signed links. Written by: notifier.
//!
//! The name stays here: facts and ledger say only that somebody answered.

use domain::Timestamp;
use domain::ids::{AnswerId, CaseId, DeliveryId, NotificationId};
use domain::text::{Line, Prose};
use sqlx::FromRow;

use crate::{Error, Tx, on_tx};

/// An acknowledgement: one for each link, so that a quorum can be counted.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AcknowledgementRow {
    /// What was acknowledged.
    pub notification_id: NotificationId,
    /// The answer.
    pub id: AnswerId,
    /// The delivery whose link was used.
    pub delivery_id: DeliveryId,
    /// The case.
    pub case_id: CaseId,
    /// Who, as typed.
    pub answered_by: Line,
    /// What else was typed.
    pub note: Option<Prose>,
    /// When.
    pub acknowledged_at: Timestamp,
}

/// Keeps the first acknowledgement by a link. Says whether this is the first.
pub async fn insert(tx: &mut Tx, row: &AcknowledgementRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO acknowledgements (notification_id, id, delivery_id, case_id, answered_by, note, acknowledged_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (delivery_id) DO NOTHING",
    )
    .bind(row.notification_id)
    .bind(row.id)
    .bind(row.delivery_id)
    .bind(row.case_id)
    .bind(row.answered_by.clone())
    .bind(row.note.clone())
    .bind(row.acknowledged_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The first acknowledgement of a notification.
pub async fn find(tx: &mut Tx, id: NotificationId) -> Result<Option<AcknowledgementRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT notification_id, id, delivery_id, case_id, answered_by, note, acknowledged_at
         FROM acknowledgements WHERE notification_id = $1 ORDER BY acknowledged_at, id LIMIT 1",
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// The acknowledgement by one link.
pub async fn of_delivery(tx: &mut Tx, id: DeliveryId) -> Result<Option<AcknowledgementRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT notification_id, id, delivery_id, case_id, answered_by, note, acknowledged_at
         FROM acknowledgements WHERE delivery_id = $1",
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}
