//! Until when nobody is told anything new of a case. Written by: intake.

use domain::Timestamp;
use domain::ids::{AccountId, CaseId};
use domain::text::Prose;
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// The embargo of a case.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EmbargoRow {
    /// Until when.
    pub until_at: Timestamp,
    /// Why; for the desk.
    pub reason: Prose,
    /// Who set it.
    pub set_by: AccountId,
    /// When.
    pub set_at: Timestamp,
}

/// Sets the embargo of a case, or another one.
pub async fn set(tx: &mut Tx, case_id: CaseId, row: &EmbargoRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO case_embargoes (case_id, until_at, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (case_id) DO UPDATE SET until_at = excluded.until_at, reason = excluded.reason,
             set_by = excluded.set_by, set_at = excluded.set_at",
    )
    .bind(case_id)
    .bind(row.until_at)
    .bind(&row.reason)
    .bind(row.set_by)
    .bind(row.set_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Lifts the embargo of a case.
pub async fn lift(tx: &mut Tx, case_id: CaseId) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("DELETE FROM case_embargoes WHERE case_id = $1")
        .bind(case_id).execute(c).await.map(drop))?;
    Ok(())
}

/// The embargo of a case, whether or not it has ended.
pub async fn find(tx: &mut Tx, case_id: CaseId) -> Result<Option<EmbargoRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as("SELECT until_at, reason, set_by, set_at FROM case_embargoes WHERE case_id = $1")
        .bind(case_id).fetch_optional(c).await)?)
}
