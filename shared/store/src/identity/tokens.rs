//! Bearer tokens of integrators. Only a hash is kept.

use domain::Timestamp;
use domain::ids::{AccountId, TokenId};
use domain::text::Line;
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// A token to be written.
#[derive(Clone, Debug)]
pub struct NewTokenRow<'a> {
    /// Its identifier, by which it is listed and revoked.
    pub id: TokenId,
    /// Whose authority it carries.
    pub account_id: AccountId,
    /// SHA-256 of the token.
    pub token_hash: &'a [u8],
    /// What it is for, in its owner's words.
    pub name: &'a Line,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is good; none for as long as it is not revoked.
    pub expires_at: Option<Timestamp>,
}

/// Writes a token.
pub async fn issue_token(tx: &mut Tx, row: &NewTokenRow<'_>) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO api_tokens (id, account_id, token_hash, name, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.id)
    .bind(row.account_id)
    .bind(row.token_hash)
    .bind(row.name)
    .bind(row.created_at)
    .bind(row.expires_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// A token as its owner sees it.
#[derive(Clone, Debug, FromRow)]
pub struct TokenRow {
    /// Its identifier.
    pub id: TokenId,
    /// What it is for.
    pub name: Line,
    /// When it was issued.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
    /// Since when it is not.
    pub revoked_at: Option<Timestamp>,
}

/// An account's tokens, newest first, at most `limit`.
pub async fn tokens_of(tx: &mut Tx, account_id: AccountId, limit: i64) -> Result<Vec<TokenRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, name, created_at, expires_at, revoked_at FROM api_tokens
         WHERE account_id = $1
         ORDER BY created_at DESC, id DESC
         LIMIT $2",
    )
    .bind(account_id)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// How many of an account's tokens are in force.
pub async fn tokens_in_force(tx: &mut Tx, account_id: AccountId, now: Timestamp) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM api_tokens
         WHERE account_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
    )
    .bind(account_id)
    .bind(now)
    .fetch_one(c)
    .await)?)
}

/// Revokes a token of `account_id`; `false` if it has no such token in force.
#[must_use = "there may be no such token"]
pub async fn revoke_token(tx: &mut Tx, id: TokenId, account_id: AccountId, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE api_tokens SET revoked_at = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL",
    )
    .bind(id)
    .bind(account_id)
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Revokes every token of an account; gives those that were in force.
pub async fn revoke_tokens_of(tx: &mut Tx, account_id: AccountId, now: Timestamp) -> Result<Vec<TokenId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "UPDATE api_tokens SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL RETURNING id",
    )
    .bind(account_id)
    .bind(now)
    .fetch_all(c)
    .await)?)
}
