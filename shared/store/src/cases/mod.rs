//! Cases with their circumstances, reporters, objects and verifications. Written by: intake.
//!
//! The three confidentiality classes are three tables and three functions, so that a reader takes class B or C only
//! by asking for it.

mod idempotency;
mod list;
mod objects;
mod search;
mod steps;
mod verifications;

use domain::case::{CaseFacts, CaseReference, Circumstances, LossInterval, Reporter};
use domain::codes::{CaseState, Event};
use domain::details::Typology;
use domain::ids::{AccountId, CaseId, InstitutionId};
use domain::text::Line;
use domain::{CivilDate, Country, Label, Language, Timestamp};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::{Error, Tx, answer, expect_one, on_tx};

pub use idempotency::{KeyedRequest, find_key, insert_key};
pub use list::{CaseFilter, ListPosition, ListedCase, explain_list, list};
pub use objects::{
    ObjectRow, append_objects, insert_objects, last_ordinal, objects, remove_objects_after, set_description,
};
pub use search::{add_words, refresh_words};
pub use steps::{StatusRow, StepRow, case_of_object, insert_step, set_status, statuses, steps};
pub use verifications::{VerificationRow, insert_verification, verifications};

/// A case as stored: class A and who registered it.
#[derive(Clone, Debug, FromRow)]
pub struct CaseRow {
    /// Its identifier.
    pub id: CaseId,
    /// What people quote.
    pub reference: CaseReference,
    /// The institution that reports.
    pub institution_id: InstitutionId,
    /// The account that sent the report in.
    pub registered_by: AccountId,
    /// When.
    pub registered_at: Timestamp,
    /// Where it stands.
    pub state: CaseState,
    /// The kind of event.
    pub event: Event,
    /// A short title.
    pub title: Line,
    /// The language of the report.
    pub language: Language,
    /// Handling label of the full case data.
    pub label: Label,
    /// The country of the loss.
    pub country: Country,
    /// Lost not before this day.
    pub lost_earliest: CivilDate,
    /// Lost not after this day.
    pub lost_latest: CivilDate,
    /// The day the loss was noticed.
    pub discovered: Option<CivilDate>,
    /// What to look for, where no list of objects exists.
    pub typology: Option<Json<Typology>>,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
}

impl CaseRow {
    /// The class A facts.
    pub fn facts(&self) -> CaseFacts {
        CaseFacts {
            event: self.event,
            title: self.title.clone(),
            language: self.language,
            label: self.label,
            country: self.country,
            loss: LossInterval { earliest: self.lost_earliest, latest: self.lost_latest, discovered: self.discovered },
            typology: self.typology.as_ref().map(|json| json.0.clone()),
        }
    }
}

/// The next number of a year, from 1.
///
/// The year's row stays locked until the transaction ends: two registrations at the same moment queue here, and one
/// that is undone gives its number back, so references have no gaps.
pub async fn next_number(tx: &mut Tx, year: i16) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "INSERT INTO case_numbers (year, last_number) VALUES ($1, 1)
         ON CONFLICT (year) DO UPDATE SET last_number = case_numbers.last_number + 1
         RETURNING last_number",
    )
    .bind(i64::from(year))
    .fetch_one(c)
    .await)?)
}

/// Stores a case's class A.
pub async fn insert(tx: &mut Tx, case: &CaseRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO cases (id, reference, institution_id, registered_by, registered_at, state, event, title, language,
             label, country, lost_earliest, lost_latest, discovered, typology, updated_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(case.id)
    .bind(case.reference)
    .bind(case.institution_id)
    .bind(case.registered_by)
    .bind(case.registered_at)
    .bind(case.state)
    .bind(case.event)
    .bind(&case.title)
    .bind(case.language)
    .bind(case.label)
    .bind(case.country)
    .bind(case.lost_earliest)
    .bind(case.lost_latest)
    .bind(case.discovered)
    .bind(&case.typology)
    .bind(case.updated_at)
    .bind(case.state.has_ended().then_some(case.updated_at))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// A case's class A.
pub async fn find(tx: &mut Tx, id: CaseId) -> Result<Option<CaseRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, reference, institution_id, registered_by, registered_at, state, event, title, language, label,
             country, lost_earliest, lost_latest, discovered, typology, updated_at
         FROM cases WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// A case's class A, held until the transaction ends: whoever decides something about a case takes this first, so
/// that two officers who act at the same moment decide one after the other.
pub async fn lock(tx: &mut Tx, id: CaseId) -> Result<Option<CaseRow>, Error> {
    // SQLite needs no row lock: a transaction that may write is the only one.
    if let Tx::Postgres(inner) = tx {
        let lock = sqlx::query("SELECT 1 FROM cases WHERE id = $1 FOR UPDATE").bind(id);
        answer(inner.patience(), lock.execute(&mut **inner)).await?;
    }
    find(tx, id).await
}

/// Moves a case to `state`; notes since when it has ended, or that it has not.
pub async fn set_state(tx: &mut Tx, id: CaseId, state: CaseState, now: Timestamp) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE cases SET state = $2, updated_at = $3, ended_at = CASE WHEN $4 THEN COALESCE(ended_at, $3) END
         WHERE id = $1",
    )
    .bind(id)
    .bind(state)
    .bind(now)
    .bind(state.has_ended())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Replaces a case's class A facts by corrected ones.
pub async fn update_facts(tx: &mut Tx, case: &CaseRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE cases SET event = $2, title = $3, language = $4, label = $5, country = $6, lost_earliest = $7,
             lost_latest = $8, discovered = $9, updated_at = $10, typology = $11
         WHERE id = $1",
    )
    .bind(case.id)
    .bind(case.event)
    .bind(&case.title)
    .bind(case.language)
    .bind(case.label)
    .bind(case.country)
    .bind(case.lost_earliest)
    .bind(case.lost_latest)
    .bind(case.discovered)
    .bind(case.updated_at)
    .bind(&case.typology)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Replaces class B.
pub async fn update_circumstances(tx: &mut Tx, id: CaseId, body: &Circumstances) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE case_circumstances SET body = $2 WHERE case_id = $1")
        .bind(id).bind(Json(body)).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Replaces class C.
pub async fn update_reporter(tx: &mut Tx, id: CaseId, body: &Reporter) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE case_reporters SET body = $2 WHERE case_id = $1")
        .bind(id).bind(Json(body)).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Stores class B.
pub async fn insert_circumstances(tx: &mut Tx, id: CaseId, body: &Circumstances) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("INSERT INTO case_circumstances (case_id, body) VALUES ($1, $2)")
        .bind(id).bind(Json(body)).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Class B.
pub async fn circumstances(tx: &mut Tx, id: CaseId) -> Result<Option<Circumstances>, Error> {
    let body: Option<Json<Circumstances>> = on_tx!(tx, c => sqlx::query_scalar("SELECT body FROM case_circumstances WHERE case_id = $1")
            .bind(id).fetch_optional(c).await)?;
    Ok(body.map(|json| json.0))
}

/// Stores class C.
pub async fn insert_reporter(tx: &mut Tx, id: CaseId, body: &Reporter) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("INSERT INTO case_reporters (case_id, body) VALUES ($1, $2)")
        .bind(id).bind(Json(body)).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Class C. None once it was erased.
pub async fn reporter(tx: &mut Tx, id: CaseId) -> Result<Option<Reporter>, Error> {
    let body: Option<Json<Reporter>> = on_tx!(tx, c => sqlx::query_scalar("SELECT body FROM case_reporters WHERE case_id = $1")
            .bind(id).fetch_optional(c).await)?;
    Ok(body.map(|json| json.0))
}

/// Erases class C, and the hash of the request that brought it: a hash over a name is still about its bearer. Says
/// false if it was erased before.
pub async fn erase_reporter(tx: &mut Tx, id: CaseId) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query("DELETE FROM case_reporters WHERE case_id = $1")
        .bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    on_tx!(tx, c => sqlx::query("UPDATE idempotency_keys SET request_hash = $2 WHERE case_id = $1")
        .bind(id).bind(vec![0_u8; 32]).execute(c).await.map(drop))?;
    Ok(rows == 1)
}
