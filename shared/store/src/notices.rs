//! The sending of mails that hold no content of a case: about the directory, reminders, and that a
//! delivery could not be encrypted: a small sibling of `deliveries` and `attempts`. Written by: notifier.

use domain::Timestamp;
use domain::delivery::{DeliveryState, LONGEST_PAUSE, Outcome, Stage};
use domain::ids::{DeliveryId, LeaseId, NoticeId};
use sqlx::FromRow;

use crate::{Error, Tx, answer, beyond_any_claim, expect_one, on_tx};

/// Where the sending of a notice stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct NoticeDeliveryRow {
    /// The notice.
    pub notice_id: NoticeId,
    /// The delivery that could not be encrypted; none if it is about the directory.
    pub delivery_id: Option<DeliveryId>,
    /// Its state.
    pub state: DeliveryState,
    /// How many tries began.
    pub tries: i64,
    /// Its Message-ID, once rendered.
    pub message_id: Option<String>,
    /// The hash of its bytes, once rendered.
    pub mail_sha256: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Makes the delivery of a notice, due at once; says false if it was there.
pub async fn create(tx: &mut Tx, id: NoticeId, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO notice_deliveries (notice_id, state, due_at, created_at) VALUES ($1, 'pending', $2, $2)
         ON CONFLICT (notice_id) DO NOTHING",
    ).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Makes the notice that a delivery could not be encrypted, due at once. However often that happens to a delivery, its
/// reader is told once: says false if the notice was there.
pub async fn create_for_delivery(
    tx: &mut Tx,
    id: NoticeId,
    delivery: DeliveryId,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO notice_deliveries (notice_id, delivery_id, state, due_at, created_at)
         VALUES ($1, $2, 'pending', $3, $3)
         ON CONFLICT (delivery_id) DO NOTHING",
    ).bind(id).bind(delivery).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Leases the notice that is due longest; the outer condition repeats the inner one, and what a clock that was set back
/// left in the future holds nothing, as with deliveries.
pub async fn lease_one(
    tx: &mut Tx,
    lease: LeaseId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<NoticeDeliveryRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "UPDATE notice_deliveries SET lease = $1, leased_until = $3
         WHERE notice_id = (SELECT notice_id FROM notice_deliveries
                            WHERE (due_at <= $2 OR due_at > $5)
                              AND (leased_until IS NULL OR leased_until <= $2 OR leased_until > $4)
                            ORDER BY due_at, notice_id LIMIT 1)
           AND (due_at <= $2 OR due_at > $5) AND (leased_until IS NULL OR leased_until <= $2 OR leased_until > $4)
         RETURNING notice_id, delivery_id, state, tries, message_id, mail_sha256, created_at",
    )
    .bind(lease)
    .bind(now)
    .bind(until)
    .bind(beyond_any_claim(now, until.since(now)))
    .bind(beyond_any_claim(now, LONGEST_PAUSE))
    .fetch_optional(c)
    .await)?)
}

/// Keeps a lease for longer. Says whether the notice is still the caller's to send.
pub async fn renew(tx: &mut Tx, id: NoticeId, lease: LeaseId, until: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE notice_deliveries SET leased_until = $3 WHERE notice_id = $1 AND lease = $2 AND due_at IS NOT NULL",
    ).bind(id).bind(lease).bind(until).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Begins a try: the row of it is committed before SMTP does. Gives whether an earlier try had no known end; such a one
/// is ended here as uncertain.
pub async fn begin_try(
    tx: &mut Tx,
    row: &NoticeDeliveryRow,
    message_id: &str,
    mail_sha256: &[u8],
    now: Timestamp,
) -> Result<bool, Error> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE notice_attempts SET ended_at = $2, outcome = 'uncertain', stage = 'interrupted'
         WHERE notice_id = $1 AND ended_at IS NULL",
    ).bind(row.notice_id).bind(now).execute(c).await.map(drop))?;
    let doubts: i64 = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM notice_attempts WHERE notice_id = $1 AND outcome = 'uncertain'",
    ).bind(row.notice_id).fetch_one(c).await)?;
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE notice_deliveries SET tries = tries + 1, message_id = $2, mail_sha256 = $3 WHERE notice_id = $1",
    )
    .bind(row.notice_id)
    .bind(message_id)
    .bind(mail_sha256.to_vec())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO notice_attempts (notice_id, number, started_at, possible_repeat) VALUES ($1, $2, $3, $4)",
    )
    .bind(row.notice_id)
    .bind(row.tries + 1)
    .bind(now)
    .bind(doubts > 0)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    Ok(doubts > 0)
}

/// How a try ended and where the notice stands from then on.
#[derive(Clone, Copy, Debug)]
pub struct NoticeEnd<'a> {
    /// What is known.
    pub outcome: Outcome,
    /// At which step.
    pub stage: Stage,
    /// The server's words.
    pub reply: Option<&'a str>,
    /// What it becomes.
    pub state: DeliveryState,
    /// When to try again; none if it has ended.
    pub due_at: Option<Timestamp>,
}

/// Ends a try; says false if somebody else had ended it.
pub async fn end_try(
    tx: &mut Tx,
    id: NoticeId,
    number: i64,
    end: &NoticeEnd<'_>,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE notice_attempts SET ended_at = $3, outcome = $4, stage = $5, reply = $6
         WHERE notice_id = $1 AND number = $2 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(number)
    .bind(now)
    .bind(end.outcome)
    .bind(end.stage)
    .bind(end.reply)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if rows == 0 {
        return Ok(false);
    }
    let ended_at = end.due_at.is_none().then_some(now);
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE notice_deliveries SET state = $2, due_at = $3, ended_at = $4, last_reply = COALESCE($5, last_reply),
             lease = NULL, leased_until = NULL
         WHERE notice_id = $1 AND due_at IS NOT NULL",
    )
    .bind(id)
    .bind(end.state)
    .bind(end.due_at)
    .bind(ended_at)
    .bind(end.reply)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Where the sending of a notice stands.
pub async fn find(tx: &mut Tx, id: NoticeId) -> Result<Option<NoticeDeliveryRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT notice_id, delivery_id, state, tries, message_id, mail_sha256, created_at
         FROM notice_deliveries WHERE notice_id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// The outcomes of a notice's tries, oldest first; none for one without an end.
pub async fn outcomes(tx: &mut Tx, id: NoticeId) -> Result<Vec<Option<Outcome>>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT outcome FROM notice_attempts WHERE notice_id = $1 ORDER BY number")
        .bind(id).fetch_all(c).await)?)
}

/// Ends a notice without a try: what it says is not needed any more.
pub async fn cancel(tx: &mut Tx, id: NoticeId, why: &str, now: Timestamp) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE notice_deliveries SET state = 'cancelled', due_at = NULL, ended_at = $2, last_reply = $3, lease = NULL,
             leased_until = NULL
         WHERE notice_id = $1 AND due_at IS NOT NULL",
    ).bind(id).bind(now).bind(why).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Lets nobody else begin or end a try of a notice until the transaction ends.
pub async fn lock(tx: &mut Tx, id: NoticeId) -> Result<(), Error> {
    // SQLite needs no row lock: a transaction that may write is the only one.
    if let Tx::Postgres(inner) = tx {
        let lock = sqlx::query("SELECT 1 FROM notice_deliveries WHERE notice_id = $1 FOR UPDATE").bind(id);
        answer(inner.patience(), lock.execute(&mut **inner)).await?;
    }
    Ok(())
}

/// Takes an acceptance back: the notice came back. Says false if it stands elsewhere, or if a try of it has no end yet.
pub async fn come_back(
    tx: &mut Tx,
    id: NoticeId,
    state: DeliveryState,
    reply: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE notice_deliveries SET state = $2, due_at = NULL, ended_at = $3, last_reply = $4, lease = NULL,
             leased_until = NULL
         WHERE notice_id = $1 AND state IN ('accepted', 'uncertain')
           AND NOT EXISTS (SELECT 1 FROM notice_attempts
                           WHERE notice_id = notice_deliveries.notice_id AND ended_at IS NULL)",
    ).bind(id).bind(state).bind(now).bind(reply).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
