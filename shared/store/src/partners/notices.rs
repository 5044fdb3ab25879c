//! Mails about the directory itself. Written by: routing; the notifier sends them (`crate::notices`).

use domain::ids::{ChangeId, NoticeId, PartnerId};
use domain::text::Line;
use domain::{Language, Mailbox, Timestamp};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::{Error, Tx, expect_one, on_tx};

/// A mail about the directory.
#[derive(Clone, Debug, FromRow)]
pub struct NoticeRow {
    /// Its identifier.
    pub id: NoticeId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name then.
    pub partner_name: Line,
    /// Where it goes.
    pub address: Mailbox,
    /// The partner's languages then.
    pub languages: Json<Vec<Language>>,
    /// The change it tells of; none if it carries a code.
    pub change_id: Option<ChangeId>,
    /// The code to enter; none if it tells of a change, or once it was entered.
    pub code: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when the code can be entered.
    pub expires_at: Option<Timestamp>,
    /// How often something else was entered.
    pub wrong_tries: i64,
    /// When the code was entered.
    pub used_at: Option<Timestamp>,
}

/// Notes a mail that is to be sent.
pub async fn insert_notice(tx: &mut Tx, row: &NoticeRow) -> Result<(), Error> {
    let kind = if row.change_id.is_some() { "change" } else { "code" };
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO partner_notices
             (id, partner_id, partner_name, kind, address, languages, change_id, code, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(row.id)
    .bind(row.partner_id)
    .bind(row.partner_name.clone())
    .bind(kind)
    .bind(row.address.clone())
    .bind(row.languages.clone())
    .bind(row.change_id)
    .bind(row.code.clone())
    .bind(row.created_at)
    .bind(row.expires_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// One mail.
pub async fn notice(tx: &mut Tx, id: NoticeId) -> Result<Option<NoticeRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, partner_id, partner_name, address, languages, change_id, code, created_at, expires_at, wrong_tries,
             used_at
         FROM partner_notices WHERE id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// Notes that the code was entered and forgets it; says false if that had happened.
pub async fn use_code(tx: &mut Tx, id: NoticeId, by: &Line, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE partner_notices SET used_at = $2, used_by = $3, code = NULL WHERE id = $1 AND used_at IS NULL",
    ).bind(id).bind(now).bind(by.clone()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Counts something that was entered and is not the code.
pub async fn note_wrong_try(tx: &mut Tx, id: NoticeId) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE partner_notices SET wrong_tries = wrong_tries + 1 WHERE id = $1")
        .bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// What became of the mails of a partner, newest first: address, whether it carried a code, when, how it stands.
pub async fn notices_of(
    tx: &mut Tx,
    partner: PartnerId,
    limit: i64,
) -> Result<Vec<(Mailbox, bool, Timestamp, Option<String>, Option<Timestamp>)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT n.address, n.change_id IS NULL, n.created_at, d.state, n.used_at
         FROM partner_notices n LEFT JOIN notice_deliveries d ON d.notice_id = n.id
         WHERE n.partner_id = $1 ORDER BY n.created_at DESC, n.id LIMIT $2",
    ).bind(partner).bind(limit).fetch_all(c).await)?)
}
