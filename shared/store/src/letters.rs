//! What people and machines at partners wrote back by mail. Written by: notifier.
//!
//! Untrusted: anybody can write a mail, so none changes where a case or a delivery stands (class D).

use domain::Timestamp;
use domain::delivery::LetterKind;
use domain::ids::{CaseId, DeliveryId, LetterId, NotificationId, PartnerId};
use domain::text::{Line, Prose};
use sqlx::FromRow;

use crate::{Error, Tx, on_tx};

/// One letter.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LetterRow {
    /// The letter.
    pub id: LetterId,
    /// The delivery that it answers.
    pub delivery_id: DeliveryId,
    /// The notification.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Whether a person seems to have written it.
    pub kind: LetterKind,
    /// Whom it says it is from.
    pub sender: Option<Line>,
    /// Its subject.
    pub subject: Option<Line>,
    /// Its text, as far as it is kept.
    pub body: Option<Prose>,
    /// Whether there was more.
    pub cut: bool,
    /// The digest of what it says: the same letter by two ways is one.
    pub digest: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
    /// When whoever wrote it was erased from it.
    pub erased_at: Option<Timestamp>,
}

/// Keeps a letter. Says false if it is known.
pub async fn insert(tx: &mut Tx, row: &LetterRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO letters (id, delivery_id, notification_id, case_id, partner_id, kind, sender, subject, body, cut,
             digest, received_at, erased_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (delivery_id, digest) DO NOTHING",
    )
    .bind(row.id)
    .bind(row.delivery_id)
    .bind(row.notification_id)
    .bind(row.case_id)
    .bind(row.partner_id)
    .bind(row.kind)
    .bind(&row.sender)
    .bind(&row.subject)
    .bind(&row.body)
    .bind(row.cut)
    .bind(&row.digest)
    .bind(row.received_at)
    .bind(row.erased_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// How many letters answer a notification.
pub async fn count(tx: &mut Tx, id: NotificationId) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM letters WHERE notification_id = $1")
        .bind(id).fetch_one(c).await)?)
}

/// The letters that answer a notification, oldest first.
pub async fn of_notification(tx: &mut Tx, id: NotificationId, limit: i64) -> Result<Vec<LetterRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, delivery_id, notification_id, case_id, partner_id, kind, sender, subject, body, cut, digest,
             received_at, erased_at
         FROM letters WHERE notification_id = $1 ORDER BY received_at, id LIMIT $2",
    ).bind(id).bind(limit).fetch_all(c).await)?)
}

/// A letter.
pub async fn find(tx: &mut Tx, id: LetterId) -> Result<Option<LetterRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, delivery_id, notification_id, case_id, partner_id, kind, sender, subject, body, cut, digest,
             received_at, erased_at
         FROM letters WHERE id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// The letters about a case that still say who wrote them.
pub async fn kept_of_case(tx: &mut Tx, id: CaseId) -> Result<Vec<LetterId>, Error> {
    Ok(
        on_tx!(tx, c => sqlx::query_scalar("SELECT id FROM letters WHERE case_id = $1 AND erased_at IS NULL ORDER BY id")
        .bind(id).fetch_all(c).await)?,
    )
}

/// Erases who wrote a letter, with every word of it. The digest stays, so that the same mail, handed in once more, brings
/// nothing back. Says false if that was done before.
pub async fn erase(tx: &mut Tx, id: LetterId, at: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE letters SET sender = $2, subject = NULL, body = NULL, erased_at = $3 WHERE id = $1 AND erased_at IS NULL",
    )
    .bind(id)
    .bind(Line::erased())
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
