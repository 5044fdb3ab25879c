//! Alert versions and their frozen circumstances. Written by: intake.
//!
//! Once released, a version never changes: the only updates here start from a draft.

use domain::alert::{AlertFacts, ObjectContent};
use domain::case::Circumstances;
use domain::codes::{AlertKind, AlertState, Reach};
use domain::ids::{AccountId, AlertId, CaseId};
use domain::{Label, Timestamp};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::{Error, Tx, expect_one, on_tx};

/// An alert version as stored (class A).
#[derive(Clone, Debug, FromRow)]
pub struct AlertRow {
    /// Its identifier.
    pub id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// Its number within the case, from 1. A discarded draft gives its number back.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// Where it stands.
    pub state: AlertState,
    /// How far it may go.
    pub reach: Reach,
    /// Handling label of the full share.
    pub label: Label,
    /// What the rules look at.
    pub facts: Json<AlertFacts>,
    /// What every recipient may read.
    pub content: Json<ObjectContent>,
    /// Who drafted it.
    pub drafted_by: AccountId,
    /// When.
    pub drafted_at: Timestamp,
    /// Who released it.
    pub released_by: Option<AccountId>,
    /// When.
    pub released_at: Option<Timestamp>,
    /// The moment before which nobody is told, if the word was given for later.
    pub not_before: Option<Timestamp>,
}

/// Stores a draft. [`Error::Conflict`] if the case has an open draft or the version exists.
pub async fn insert(tx: &mut Tx, alert: &AlertRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO alerts (id, case_id, version, kind, state, reach, label, facts, content, drafted_by, drafted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(alert.id)
    .bind(alert.case_id)
    .bind(alert.version)
    .bind(alert.kind)
    .bind(alert.state)
    .bind(alert.reach)
    .bind(alert.label)
    .bind(&alert.facts)
    .bind(&alert.content)
    .bind(alert.drafted_by)
    .bind(alert.drafted_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Stores class B of a draft.
pub async fn insert_circumstances(tx: &mut Tx, id: AlertId, body: &Circumstances) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("INSERT INTO alert_circumstances (alert_id, body) VALUES ($1, $2)")
        .bind(id).bind(Json(body)).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Class B of an alert version, as frozen with it.
pub async fn circumstances(tx: &mut Tx, id: AlertId) -> Result<Option<Circumstances>, Error> {
    let body: Option<Json<Circumstances>> = on_tx!(tx, c => sqlx::query_scalar("SELECT body FROM alert_circumstances WHERE alert_id = $1")
            .bind(id).fetch_optional(c).await)?;
    Ok(body.map(|json| json.0))
}

/// One alert version.
pub async fn find(tx: &mut Tx, id: AlertId) -> Result<Option<AlertRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, case_id, version, kind, state, reach, label, facts, content, drafted_by, drafted_at, released_by,
             released_at, not_before
         FROM alerts WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// The alert versions of a case, discarded drafts included, oldest first.
pub async fn of_case(tx: &mut Tx, case_id: CaseId) -> Result<Vec<AlertRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, case_id, version, kind, state, reach, label, facts, content, drafted_by, drafted_at, released_by,
             released_at, not_before
         FROM alerts WHERE case_id = $1 ORDER BY drafted_at, id",
    )
    .bind(case_id)
    .fetch_all(c)
    .await)?)
}

/// Keeps others from deciding about an alert until the transaction ends: its release, and decisions about its audience,
/// which another service makes that may not lock the alert's row. What was decided is in the plan, or comes too late
/// and is refused; never neither.
pub async fn hold(tx: &mut Tx, id: AlertId) -> Result<(), Error> {
    // SQLite has one writer anyway.
    if let Tx::Postgres(inner) = tx {
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(id.to_string())
            .execute(&mut **inner)
            .await?;
    }
    Ok(())
}

/// Gives the word for a moment to come. Says false if it is no draft any more.
pub async fn schedule(tx: &mut Tx, id: AlertId, by: AccountId, not_before: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE alerts SET state = 'scheduled', released_by = $2, not_before = $3
         WHERE id = $1 AND state IN ('draft', 'scheduled')",
    )
    .bind(id)
    .bind(by)
    .bind(not_before)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes a word back that was given for later: it is a draft again.
pub async fn unschedule(tx: &mut Tx, id: AlertId) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE alerts SET state = 'draft', released_by = NULL, not_before = NULL WHERE id = $1 AND state = 'scheduled'",
    )
    .bind(id)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The versions whose moment has come and that no embargo keeps, but for cancels, which none does; the longest due first.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<AlertId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT id FROM alerts
         WHERE state = 'scheduled' AND not_before <= $1
           AND (kind = 'cancel'
                OR NOT EXISTS (SELECT 1 FROM case_embargoes e WHERE e.case_id = alerts.case_id AND e.until_at > $1))
         ORDER BY not_before, id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// When the next version is due after `now`.
pub async fn next_due(tx: &mut Tx, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    Ok(
        on_tx!(tx, c => sqlx::query_scalar("SELECT MIN(not_before) FROM alerts WHERE state = 'scheduled' AND not_before > $1")
        .bind(now).fetch_one(c).await)?,
    )
}

/// Releases a draft, or what waits for its moment. Says false if it is neither any more.
pub async fn release(tx: &mut Tx, id: AlertId, by: AccountId, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE alerts SET state = 'released', released_by = $2, released_at = $3
         WHERE id = $1 AND state IN ('draft', 'scheduled')",
    )
    .bind(id)
    .bind(by)
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Throws a draft away. Says false if it is no draft any more.
pub async fn discard(tx: &mut Tx, id: AlertId) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE alerts SET state = 'discarded' WHERE id = $1 AND state = 'draft'")
        .bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// A released alert version as rules look at it.
#[derive(Clone, Debug, FromRow)]
pub struct ReleasedRow {
    /// Its identifier.
    pub id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// The case's reference.
    pub reference: String,
    /// The case's title.
    pub title: String,
    /// Its number within the case.
    pub version: i64,
    /// What the rules look at.
    pub facts: Json<AlertFacts>,
}

/// The released versions of all cases, the newest first.
pub async fn released(tx: &mut Tx, limit: i64) -> Result<Vec<ReleasedRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.id, a.case_id, cs.reference, cs.title, a.version, a.facts
         FROM alerts a JOIN cases cs ON cs.id = a.case_id
         WHERE a.state = 'released' ORDER BY a.released_at DESC, a.id DESC LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}
