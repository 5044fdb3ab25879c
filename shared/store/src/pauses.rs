//! Pauses of a sender in front of a mail server that takes none of its mail. Written by: notifier.

use domain::Timestamp;
use domain::delivery::Stage;
use domain::ids::LeaseId;
use sqlx::FromRow;

use crate::{Error, Tx, on_tx};

/// A pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct PauseRow {
    /// Which sender, for as long as its process runs.
    pub sender: LeaseId,
    /// Since when.
    pub begun_at: Timestamp,
    /// When one mail is tried, to see whether the server is back.
    pub probe_at: Timestamp,
    /// At which step of the dialogue the last try failed.
    pub stage: Stage,
}

/// Begins a pause, or prolongs it; says whether it begins.
pub async fn put(tx: &mut Tx, row: &PauseRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO server_pauses (sender, begun_at, probe_at, stage) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sender) DO NOTHING",
    )
    .bind(row.sender)
    .bind(row.begun_at)
    .bind(row.probe_at)
    .bind(row.stage)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if rows == 1 {
        return Ok(true);
    }
    on_tx!(tx, c => sqlx::query("UPDATE server_pauses SET probe_at = $2, stage = $3 WHERE sender = $1")
        .bind(row.sender).bind(row.probe_at).bind(row.stage).execute(c).await.map(drop))?;
    Ok(false)
}

/// The server takes mail again, so every sender's pause is over or about to be.
pub async fn end_all(tx: &mut Tx) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => sqlx::query("DELETE FROM server_pauses").execute(c).await.map(|done| done.rows_affected()))?)
}

/// The pauses whose probe is not long overdue: a process that ended in one says nothing any more. Longest first.
pub async fn now(tx: &mut Tx, overdue: Timestamp) -> Result<Vec<PauseRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT sender, begun_at, probe_at, stage FROM server_pauses WHERE probe_at > $1 ORDER BY begun_at, sender",
    ).bind(overdue).fetch_all(c).await)?)
}
