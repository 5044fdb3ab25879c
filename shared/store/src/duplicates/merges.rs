//! Cases that became part of another one.

use domain::Timestamp;
use domain::codes::CaseState;
use domain::ids::{AccountId, CaseId, DuplicateId};
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// A merge that stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct MergeRow {
    /// The case that became part of the other one.
    pub case_id: CaseId,
    /// That other one.
    pub into_id: CaseId,
    /// The proposal an officer decided on.
    pub duplicate_id: DuplicateId,
    /// Where the case stood before.
    pub state_before: CaseState,
    /// By whom.
    pub merged_by: AccountId,
    /// When.
    pub merged_at: Timestamp,
}

/// Stores a merge. [`Error::Conflict`] if the case is part of another one already.
pub async fn insert_merge(tx: &mut Tx, merge: &MergeRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO merges (case_id, into_id, duplicate_id, state_before, merged_by, merged_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(merge.case_id)
    .bind(merge.into_id)
    .bind(merge.duplicate_id)
    .bind(merge.state_before)
    .bind(merge.merged_by)
    .bind(merge.merged_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Undoes a merge.
pub async fn delete_merge(tx: &mut Tx, case_id: CaseId) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("DELETE FROM merges WHERE case_id = $1")
        .bind(case_id).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The merge that made a case part of another one.
pub async fn merge_of(tx: &mut Tx, case_id: CaseId) -> Result<Option<MergeRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT case_id, into_id, duplicate_id, state_before, merged_by, merged_at FROM merges WHERE case_id = $1",
    )
    .bind(case_id)
    .fetch_optional(c)
    .await)?)
}

/// The cases that became part of this one, first come first.
pub async fn merged_into(tx: &mut Tx, into_id: CaseId) -> Result<Vec<MergeRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT case_id, into_id, duplicate_id, state_before, merged_by, merged_at
         FROM merges WHERE into_id = $1 ORDER BY merged_at, case_id",
    )
    .bind(into_id)
    .fetch_all(c)
    .await)?)
}
