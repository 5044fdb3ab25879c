//! Signed-in browsers. Only a hash of the cookie's token is kept.

use domain::Timestamp;
use domain::ids::AccountId;

use crate::{Error, Tx, expect_one, on_tx};

/// Opens a session of `account_id` that ends at `expires_at`.
pub async fn open_session(
    tx: &mut Tx,
    token_hash: &[u8],
    account_id: AccountId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO sessions (token_hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(token_hash)
    .bind(account_id)
    .bind(now)
    .bind(expires_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Ends one session, if it is still there.
pub async fn end_session(tx: &mut Tx, token_hash: &[u8]) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(token_hash).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends every session of an account; gives how many there were.
pub async fn end_sessions_of(tx: &mut Tx, account_id: AccountId) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => sqlx::query("DELETE FROM sessions WHERE account_id = $1")
        .bind(account_id).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Deletes the sessions that are over.
pub async fn forget_sessions(tx: &mut Tx, now: Timestamp) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
        .bind(now).execute(c).await.map(|done| done.rows_affected()))?)
}
