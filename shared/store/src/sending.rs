//! Whether mail may leave. Written by: routing, on an officer's word; read by the sender before every mail.

use domain::Timestamp;
use domain::ids::AccountId;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, expect_one, on_tx};

/// How sending stands.
#[derive(Clone, Debug, FromRow)]
pub struct SendingRow {
    /// Whether nothing may leave.
    pub stopped: bool,
    /// Why it was stopped or taken up again, in the officer's words.
    pub reason: Option<String>,
    /// By whom; none if it was never stopped.
    pub changed_by: Option<AccountId>,
    /// When.
    pub changed_at: Option<Timestamp>,
    /// How many mails may leave in an hour; none if any number may.
    pub per_hour: Option<i64>,
}

/// What a sender may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Going {
    /// Nothing may leave: on an officer's word, or because the database was restored and nobody has compared yet.
    pub stopped: bool,
    /// How many mails may leave in an hour; none if any number may.
    pub per_hour: Option<i64>,
}

/// How sending stands.
pub async fn find(tx: &mut Tx) -> Result<SendingRow, Error> {
    Ok(
        on_tx!(tx, c => sqlx::query_as("SELECT stopped, reason, changed_by, changed_at, per_hour FROM sending WHERE id = 1")
        .fetch_one(c).await)?,
    )
}

/// Whether nothing may leave: on an officer's word, or because the database was restored and nobody has compared yet.
pub async fn is_stopped(tx: &mut Tx) -> Result<bool, Error> {
    Ok(going(tx).await?.stopped)
}

/// What a sender may do now.
pub async fn going(tx: &mut Tx) -> Result<Going, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT s.stopped OR m.older_since IS NOT NULL AS stopped, s.per_hour
         FROM sending s CROSS JOIN sending_marks m WHERE s.id = 1 AND m.id = 1",
    ).fetch_one(c).await)?)
}

/// Lets mail go at a rate, or at any with none. Says false if it stood so already.
pub async fn pace(
    tx: &mut Tx,
    per_hour: Option<i64>,
    reason: &str,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE sending SET stopped = FALSE, per_hour = $1, reason = $2, changed_by = $3, changed_at = $4
         WHERE id = 1 AND (stopped OR per_hour IS DISTINCT FROM $1)",
    )
    .bind(per_hour)
    .bind(reason)
    .bind(by)
    .bind(now)
    .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// How far what waits has gone: how many mails are due, and how many tries began since a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Backlog {
    /// Mails that are due.
    pub waiting: i64,
    /// Mails that left since, by their tries; one that gathers several alerts counts for each of them.
    pub gone: i64,
}

/// How far what waits has gone.
pub async fn backlog(tx: &mut Tx, since: Timestamp, now: Timestamp) -> Result<Backlog, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM deliveries WHERE due_at <= $2)
             + (SELECT COUNT(*) FROM notice_deliveries WHERE due_at <= $2) AS waiting,
             (SELECT COUNT(*) FROM attempts WHERE started_at >= $1)
             + (SELECT COUNT(*) FROM notice_attempts WHERE started_at >= $1) AS gone",
    ).bind(since).bind(now).fetch_one(c).await)?)
}

/// Ends a rate if nothing is due any more; gives the rate and who chose it. Since when sending stands as it does stays what
/// it was: that all is sent gives nobody more time to answer.
pub async fn drained(tx: &mut Tx, now: Timestamp) -> Result<Option<(i64, AccountId)>, Error> {
    let found: Option<(i64, AccountId)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT per_hour, changed_by FROM sending
         WHERE id = 1 AND per_hour IS NOT NULL AND changed_by IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM deliveries
                           WHERE due_at <= $1 OR (due_at IS NOT NULL AND tries = 0 AND first_due_at <= $1))
           AND NOT EXISTS (SELECT 1 FROM notice_deliveries WHERE due_at <= $1)",
    ).bind(now).fetch_optional(c).await)?;
    let Some((per_hour, by)) = found else { return Ok(None) };
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE sending SET per_hour = NULL WHERE id = 1 AND per_hour = $1 AND changed_by = $2",
    ).bind(per_hour).bind(by).execute(c).await.map(|done| done.rows_affected()))?;
    Ok((rows == 1).then_some((per_hour, by)))
}

/// Stops sending or takes it up again. Says false if it stood so already.
pub async fn switch(tx: &mut Tx, stopped: bool, reason: &str, by: AccountId, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE sending SET stopped = $1, per_hour = NULL, reason = $2, changed_by = $3, changed_at = $4
         WHERE id = 1 AND stopped <> $1",
    )
    .bind(stopped)
    .bind(reason)
    .bind(by)
    .bind(now)
    .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Keeps every other plan from being frozen until the transaction ends, so that what the caps count is all there is.
/// Who only reads is not kept waiting.
pub async fn one_plan_at_a_time(tx: &mut Tx) -> Result<(), Error> {
    let clause = match tx {
        Tx::Postgres(_) => " FOR UPDATE",
        Tx::Sqlite(_) => "",
    };
    let id: i64 = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT id FROM sending WHERE id = 1");
        sql.push(clause);
        sql.build_query_scalar().fetch_one(c).await
    })?;
    expect_one(u64::try_from(id).unwrap_or_default())
}
