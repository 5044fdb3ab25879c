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
}

/// How sending stands.
pub async fn find(tx: &mut Tx) -> Result<SendingRow, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as("SELECT stopped, reason, changed_by, changed_at FROM sending WHERE id = 1")
        .fetch_one(c).await)?)
}

/// Whether nothing may leave: on an officer's word, or because the database was restored and nobody has compared yet.
pub async fn is_stopped(tx: &mut Tx) -> Result<bool, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT s.stopped OR m.older_since IS NOT NULL FROM sending s CROSS JOIN sending_marks m WHERE s.id = 1 AND m.id = 1",
    ).fetch_one(c).await)?)
}

/// Stops sending or takes it up again. Says false if it stood so already.
pub async fn switch(tx: &mut Tx, stopped: bool, reason: &str, by: AccountId, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE sending SET stopped = $1, reason = $2, changed_by = $3, changed_at = $4
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
