//! Each time an officer established how sure the desk is, and on what.

use domain::Timestamp;
use domain::codes::{Certainty, EvidenceKind};
use domain::ids::{AccountId, CaseId, VerificationId};
use domain::text::Prose;
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// One verification. Rows are never changed: a later one stands beside the earlier.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct VerificationRow {
    /// Its identifier.
    pub id: VerificationId,
    /// How sure the desk is.
    pub certainty: Certainty,
    /// On what.
    pub evidence: EvidenceKind,
    /// The officer's note, for the desk.
    pub note: Option<Prose>,
    /// Who verified.
    pub verified_by: AccountId,
    /// When.
    pub verified_at: Timestamp,
}

/// Adds a verification.
pub async fn insert_verification(tx: &mut Tx, case_id: CaseId, row: &VerificationRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO verifications (id, case_id, certainty, evidence, note, verified_by, verified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.id)
    .bind(case_id)
    .bind(row.certainty)
    .bind(row.evidence)
    .bind(&row.note)
    .bind(row.verified_by)
    .bind(row.verified_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The verifications of a case, oldest first: the last one holds.
pub async fn verifications(tx: &mut Tx, case_id: CaseId) -> Result<Vec<VerificationRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, certainty, evidence, note, verified_by, verified_at
         FROM verifications WHERE case_id = $1 ORDER BY verified_at, id",
    )
    .bind(case_id)
    .fetch_all(c)
    .await)?)
}
