//! Versions of the routing rules. Written by: routing.

use domain::Timestamp;
use domain::ids::RuleSetId;
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// A version, as it was released; it never changes.
#[derive(Clone, Debug, FromRow)]
pub struct RuleSetRow {
    /// Its identifier.
    pub id: RuleSetId,
    /// Its number, from 1.
    pub version: i64,
    /// Its text.
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: Vec<u8>,
    /// Since when it decides.
    pub released_at: Timestamp,
}

/// The version in force.
pub async fn current(tx: &mut Tx) -> Result<Option<RuleSetRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, version, text, sha256, released_at FROM rule_sets ORDER BY version DESC LIMIT 1",
    ).fetch_optional(c).await)?)
}

/// One version.
pub async fn version(tx: &mut Tx, version: i64) -> Result<Option<RuleSetRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, version, text, sha256, released_at FROM rule_sets WHERE version = $1",
    ).bind(version).fetch_optional(c).await)?)
}

/// A version without its text.
#[derive(Clone, Debug, FromRow)]
pub struct RuleSetHead {
    /// Its number, from 1.
    pub version: i64,
    /// SHA-256 of the text.
    pub sha256: Vec<u8>,
    /// Since when it decides.
    pub released_at: Timestamp,
}

/// Every version, newest first.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<RuleSetHead>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT version, sha256, released_at FROM rule_sets ORDER BY version DESC LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// Adds a version. [`Error::Conflict`] if another one took its number meanwhile.
pub async fn insert(tx: &mut Tx, row: &RuleSetRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO rule_sets (id, version, text, sha256, released_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(row.id)
    .bind(row.version)
    .bind(row.text.clone())
    .bind(row.sha256.clone())
    .bind(row.released_at)
    .execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}
