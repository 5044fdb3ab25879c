//! Versions of the routing rules and the drafts of the next one. Written by: routing.

use domain::Timestamp;
use domain::ids::{AccountId, RuleSetId};
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// A version, as it was released; it never changes.
#[derive(Clone, Debug, FromRow)]
pub struct RuleSetRow {
    /// Its identifier; that of the draft it was.
    pub id: RuleSetId,
    /// Its number, from 1.
    pub version: i64,
    /// Its text.
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: Vec<u8>,
    /// Who drafted it; none for the version that the program brings along.
    pub drafted_by: Option<AccountId>,
    /// Who released it; another person.
    pub released_by: Option<AccountId>,
    /// Since when it decides.
    pub released_at: Timestamp,
}

/// The version in force.
pub async fn current(tx: &mut Tx) -> Result<Option<RuleSetRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, version, text, sha256, drafted_by, released_by, released_at
         FROM rule_sets ORDER BY version DESC LIMIT 1",
    ).fetch_optional(c).await)?)
}

/// The number of the version in force.
pub async fn current_version(tx: &mut Tx) -> Result<Option<i64>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT MAX(version) FROM rule_sets").fetch_one(c).await)?)
}

/// One version.
pub async fn version(tx: &mut Tx, version: i64) -> Result<Option<RuleSetRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, version, text, sha256, drafted_by, released_by, released_at FROM rule_sets WHERE version = $1",
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
        "INSERT INTO rule_sets (id, version, text, sha256, drafted_by, released_by, released_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.id)
    .bind(row.version)
    .bind(row.text.clone())
    .bind(row.sha256.clone())
    .bind(row.drafted_by)
    .bind(row.released_by)
    .bind(row.released_at)
    .execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// A text that may become the next version.
#[derive(Clone, Debug, FromRow)]
pub struct DraftRow {
    /// Its identifier.
    pub id: RuleSetId,
    /// Its text.
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: Vec<u8>,
    /// Who drafted it.
    pub drafted_by: AccountId,
    /// When.
    pub drafted_at: Timestamp,
}

/// Stores a draft.
pub async fn insert_draft(tx: &mut Tx, row: &DraftRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO rule_set_drafts (id, text, sha256, drafted_by, drafted_at, state)
         VALUES ($1, $2, $3, $4, $5, 'open')",
    )
    .bind(row.id)
    .bind(row.text.clone())
    .bind(row.sha256.clone())
    .bind(row.drafted_by)
    .bind(row.drafted_at)
    .execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// A draft that nobody has decided on yet.
pub async fn open_draft(tx: &mut Tx, id: RuleSetId) -> Result<Option<DraftRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, text, sha256, drafted_by, drafted_at FROM rule_set_drafts WHERE id = $1 AND state = 'open'",
    ).bind(id).fetch_optional(c).await)?)
}

/// The drafts that nobody has decided on yet, newest first.
pub async fn open_drafts(tx: &mut Tx, limit: i64) -> Result<Vec<DraftRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, text, sha256, drafted_by, drafted_at FROM rule_set_drafts WHERE state = 'open'
         ORDER BY drafted_at DESC, id LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// Decides on a draft. Says false if somebody has done so before.
pub async fn decide_draft(
    tx: &mut Tx,
    id: RuleSetId,
    released: bool,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, Error> {
    let state = if released { "released" } else { "discarded" };
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE rule_set_drafts SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND state = 'open'",
    )
    .bind(id)
    .bind(state)
    .bind(by)
    .bind(now)
    .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
