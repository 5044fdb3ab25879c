//! The steps of cases, and the statuses of objects over time. Rows are never changed.

use domain::codes::{CaseState, CaseStep, ObjectStatus};
use domain::ids::{AccountId, CaseId, ObjectId, StepId};
use domain::text::Prose;
use domain::{CivilDate, Timestamp};
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// A step that a case took.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StepRow {
    /// Its identifier.
    pub id: StepId,
    /// The step.
    pub step: CaseStep,
    /// Where the case stood.
    pub from_state: CaseState,
    /// Where it stood then.
    pub to_state: CaseState,
    /// Why, for the desk.
    pub reason: Option<Prose>,
    /// The day on which somebody looks again.
    pub review_on: Option<CivilDate>,
    /// Who took it.
    pub taken_by: AccountId,
    /// When.
    pub taken_at: Timestamp,
}

/// A status that an object took.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StatusRow {
    /// The object.
    pub object_id: ObjectId,
    /// The status.
    pub status: ObjectStatus,
    /// On what it rests, for the desk.
    pub note: Option<Prose>,
    /// Who set it.
    pub set_by: AccountId,
    /// When.
    pub set_at: Timestamp,
}

/// Stores a step.
pub async fn insert_step(tx: &mut Tx, case_id: CaseId, row: &StepRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO case_steps (id, case_id, step, from_state, to_state, reason, review_on, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row.id)
    .bind(case_id)
    .bind(row.step)
    .bind(row.from_state)
    .bind(row.to_state)
    .bind(&row.reason)
    .bind(row.review_on)
    .bind(row.taken_by)
    .bind(row.taken_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The steps of a case, oldest first.
pub async fn steps(tx: &mut Tx, case_id: CaseId) -> Result<Vec<StepRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, step, from_state, to_state, reason, review_on, taken_by, taken_at
         FROM case_steps WHERE case_id = $1 ORDER BY taken_at, id",
    )
    .bind(case_id)
    .fetch_all(c)
    .await)?)
}

/// Gives one object a status and notes it in its history.
pub async fn set_status(tx: &mut Tx, row: &StatusRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE objects SET status = $2 WHERE id = $1")
        .bind(row.object_id).bind(row.status).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO object_statuses (object_id, number, status, note, set_by, set_at)
         SELECT $1, COUNT(*) + 1, $2, $3, $4, $5 FROM object_statuses WHERE object_id = $1",
    )
    .bind(row.object_id)
    .bind(row.status)
    .bind(&row.note)
    .bind(row.set_by)
    .bind(row.set_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The statuses that the objects of a case took, oldest first.
pub async fn statuses(tx: &mut Tx, case_id: CaseId) -> Result<Vec<StatusRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT s.object_id, s.status, s.note, s.set_by, s.set_at
         FROM object_statuses s JOIN objects o ON o.id = s.object_id
         WHERE o.case_id = $1 ORDER BY s.set_at, o.ordinal, s.number",
    )
    .bind(case_id)
    .fetch_all(c)
    .await)?)
}

/// The case of an object.
pub async fn case_of_object(tx: &mut Tx, id: ObjectId) -> Result<Option<CaseId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT case_id FROM objects WHERE id = $1")
        .bind(id).fetch_optional(c).await)?)
}
