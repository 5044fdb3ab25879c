//! Failed sign-ins, by a hash of the address tried: an address that has no account is slowed down like any other.

use domain::Timestamp;
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// What is known of the failed sign-ins with one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct FailureRow {
    /// How many there were since the last success.
    pub failures: i64,
    /// When the last one was; with no failure, when the row was written.
    pub last_at: Timestamp,
}

/// Reads the failures of `key_hash` and keeps the row locked until the transaction ends, so that guesses sent at the
/// same moment are counted one after the other.
pub async fn lock_failures(tx: &mut Tx, key_hash: &[u8], now: Timestamp) -> Result<FailureRow, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "INSERT INTO sign_in_failures (key_hash, failures, last_at) VALUES ($1, 0, $2)
         ON CONFLICT (key_hash) DO UPDATE SET failures = sign_in_failures.failures
         RETURNING failures, last_at",
    )
    .bind(key_hash)
    .bind(now)
    .fetch_one(c)
    .await)?)
}

/// Sets the count of a key that the transaction has locked.
pub async fn count_failure(tx: &mut Tx, key_hash: &[u8], failures: i64, now: Timestamp) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE sign_in_failures SET failures = $2, last_at = $3 WHERE key_hash = $1")
        .bind(key_hash).bind(failures).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Takes one failure back: the try that was counted beforehand succeeded.
pub async fn forgive_failure(tx: &mut Tx, key_hash: &[u8]) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE sign_in_failures SET failures = failures - 1 WHERE key_hash = $1 AND failures > 0",
    )
    .bind(key_hash)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Forgets the failures of a key: its owner signed in.
pub async fn clear_failures(tx: &mut Tx, key_hash: &[u8]) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("DELETE FROM sign_in_failures WHERE key_hash = $1")
        .bind(key_hash).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets every key whose last failure is older than `before`, so that made-up addresses cannot fill the table.
pub async fn forget_failures(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => sqlx::query("DELETE FROM sign_in_failures WHERE last_at < $1")
        .bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}
