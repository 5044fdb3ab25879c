//! The way back of objects: routes, parties, documents, steps, and the time limits on them. Written by: intake.
//!
//! Parties, documents and steps are only added, and erased. `legal_clocks` is what [`domain::restitution::clocks`] makes of the
//! steps, so that a limit that needs a reminder is found by a query, also after a restart.

use domain::codes::{DocumentFormat, LegalInstrument, PartyRole, Route, TimeLimit, WayStep};
use domain::ids::{AccountId, CaseId, ObjectId, RestitutionId};
use domain::photo::ContentHash;
use domain::restitution::{Happened, LegalClock, Party};
use domain::sighting::Restricted;
use domain::text::{Line, Prose};
use domain::{CivilDate, Timestamp};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::photos::loose::{self, LooseFile};
use crate::{Error, Tx, expect_one, on_tx};

/// The way back of one object by one route.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct RestitutionRow {
    /// Its identifier.
    pub id: RestitutionId,
    /// The case.
    pub case_id: CaseId,
    /// The object.
    pub object_id: ObjectId,
    /// By which route.
    pub route: Route,
    /// What the claim relies on.
    pub instruments: Json<Vec<LegalInstrument>>,
    /// Who opened it.
    pub opened_by: AccountId,
    /// When.
    pub opened_at: Timestamp,
    /// The step that ended it.
    pub ended_by: Option<WayStep>,
    /// When.
    pub ended_at: Option<Timestamp>,
}

/// Opens a restitution. Says false while another one of the object is open.
pub async fn insert(tx: &mut Tx, row: &RestitutionRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO restitutions (id, case_id, object_id, route, instruments, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (object_id) WHERE ended_at IS NULL DO NOTHING",
    )
    .bind(row.id)
    .bind(row.case_id)
    .bind(row.object_id)
    .bind(row.route)
    .bind(&row.instruments)
    .bind(row.opened_by)
    .bind(row.opened_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends an open restitution.
pub async fn end(tx: &mut Tx, id: RestitutionId, by: WayStep, at: Timestamp) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE restitutions SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL",
    ).bind(id).bind(by).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// A restitution.
pub async fn find(tx: &mut Tx, id: RestitutionId) -> Result<Option<RestitutionRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, case_id, object_id, route, instruments, opened_by, opened_at, ended_by, ended_at
         FROM restitutions WHERE id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// The restitutions of an object, oldest first.
pub async fn of_object(tx: &mut Tx, id: ObjectId) -> Result<Vec<RestitutionRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, case_id, object_id, route, instruments, opened_by, opened_at, ended_by, ended_at
         FROM restitutions WHERE object_id = $1 ORDER BY opened_at, id",
    ).bind(id).fetch_all(c).await)?)
}

/// Somebody with a part in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyRow {
    /// Its number, from 1.
    pub number: i64,
    /// In which part.
    pub role: PartyRole,
    /// Who.
    pub party: Restricted<Party>,
    /// Who named them.
    pub named_by: AccountId,
    /// When.
    pub named_at: Timestamp,
    /// When they were erased.
    pub erased_at: Option<Timestamp>,
}

/// Adds a party; its number is given here.
pub async fn insert_party(tx: &mut Tx, id: RestitutionId, row: &PartyRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO restitution_parties (restitution_id, number, role, party, named_by, named_at)
         SELECT $1, COUNT(*) + 1, $2, $3, $4, $5 FROM restitution_parties WHERE restitution_id = $1",
    )
    .bind(id)
    .bind(row.role)
    .bind(Json(row.party.for_storage()))
    .bind(row.named_by)
    .bind(row.named_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The parties, in the order they were named.
pub async fn parties(tx: &mut Tx, id: RestitutionId) -> Result<Vec<PartyRow>, Error> {
    let rows: Vec<StoredParty> = on_tx!(tx, c => sqlx::query_as(
        "SELECT number, role, party, named_by, named_at, erased_at
         FROM restitution_parties WHERE restitution_id = $1 ORDER BY number",
    ).bind(id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(PartyRow::from).collect())
}

#[derive(FromRow)]
struct StoredParty {
    number: i64,
    role: PartyRole,
    party: Json<Party>,
    named_by: AccountId,
    named_at: Timestamp,
    erased_at: Option<Timestamp>,
}

impl From<StoredParty> for PartyRow {
    fn from(row: StoredParty) -> Self {
        Self {
            number: row.number,
            role: row.role,
            party: Restricted::new(row.party.0),
            named_by: row.named_by,
            named_at: row.named_at,
            erased_at: row.erased_at,
        }
    }
}

/// Erases who a party is; that there is one stays. Says false if that was done before, or there is none of this number.
pub async fn erase_party(tx: &mut Tx, id: RestitutionId, number: i64, at: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE restitution_parties SET party = $3, erased_at = $4
         WHERE restitution_id = $1 AND number = $2 AND erased_at IS NULL",
    )
    .bind(id)
    .bind(number)
    .bind(Json(Party::erased()))
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// A document, by its fingerprint. The file lies here if it has a format; else it stays with whoever has it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DocumentRow {
    /// Its number, from 1.
    pub number: i64,
    /// What it is.
    pub title: Line,
    /// SHA-256 of the file.
    pub sha256: ContentHash,
    /// Where it is kept.
    pub kept: Line,
    /// Who recorded it.
    pub added_by: AccountId,
    /// When.
    pub added_at: Timestamp,
    /// What the file that is kept here is.
    pub format: Option<DocumentFormat>,
    /// Its size.
    pub size_bytes: Option<i64>,
    /// When it was erased: title, place and file; the fingerprint stays.
    pub erased_at: Option<Timestamp>,
}

/// Adds a document; its number is given here. Says false if the same file was recorded before.
pub async fn insert_document(tx: &mut Tx, id: RestitutionId, row: &DocumentRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO restitution_documents (restitution_id, number, title, sha256, kept, added_by, added_at, format,
             size_bytes)
         SELECT $1, COUNT(*) + 1, $2, $3, $4, $5, $6, $7, $8 FROM restitution_documents WHERE restitution_id = $1
         ON CONFLICT (restitution_id, sha256) DO NOTHING",
    )
    .bind(id)
    .bind(&row.title)
    .bind(row.sha256)
    .bind(&row.kept)
    .bind(row.added_by)
    .bind(row.added_at)
    .bind(row.format)
    .bind(row.size_bytes)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Notes that the file of a document that was known by its fingerprint now lies here.
pub async fn keep_file(
    tx: &mut Tx,
    id: RestitutionId,
    number: i64,
    format: DocumentFormat,
    size_bytes: i64,
) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE restitution_documents SET format = $3, size_bytes = $4
         WHERE restitution_id = $1 AND number = $2 AND format IS NULL AND erased_at IS NULL",
    ).bind(id).bind(number).bind(format).bind(size_bytes).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Erases a document: title, place and file. Says false if that was done before, or there is none of this number. The file
/// is loose from then on, as if it had been for ever: the next sweep removes it.
pub async fn erase_document(tx: &mut Tx, id: RestitutionId, number: i64, at: Timestamp) -> Result<bool, Error> {
    let documents = documents(tx, id).await?;
    let Some(document) = documents.iter().find(|one| one.number == number && one.erased_at.is_none()) else {
        return Ok(false);
    };
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE restitution_documents SET title = $3, kept = $3, format = NULL, size_bytes = NULL, erased_at = $4
         WHERE restitution_id = $1 AND number = $2 AND erased_at IS NULL",
    ).bind(id).bind(number).bind(Line::erased()).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    if document.format.is_some() {
        let file = LooseFile::new("documents", document.sha256);
        loose::add(tx, &[file], Timestamp::from_micros(0)).await?;
    }
    Ok(true)
}

/// The documents, in the order they were recorded.
pub async fn documents(tx: &mut Tx, id: RestitutionId) -> Result<Vec<DocumentRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT number, title, sha256, kept, added_by, added_at, format, size_bytes, erased_at
         FROM restitution_documents WHERE restitution_id = $1 ORDER BY number",
    ).bind(id).fetch_all(c).await)?)
}

/// Something that happened on the way.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct WayStepRow {
    /// What.
    pub step: WayStep,
    /// When.
    pub happened_on: CivilDate,
    /// Whether an officer confirmed it on evidence.
    pub confirmed: bool,
    /// The document that shows it, by its number.
    pub document: Option<i64>,
    /// What else is to be said.
    pub note: Option<Prose>,
    /// Who recorded it.
    pub recorded_by: AccountId,
    /// When.
    pub recorded_at: Timestamp,
}

impl WayStepRow {
    /// What limits are computed from.
    pub fn happened(&self) -> Happened {
        Happened { step: self.step, on: self.happened_on, confirmed: self.confirmed }
    }
}

/// Adds a step.
pub async fn insert_step(tx: &mut Tx, id: RestitutionId, row: &WayStepRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO restitution_steps (restitution_id, number, step, happened_on, confirmed, document, note,
             recorded_by, recorded_at)
         SELECT $1, COUNT(*) + 1, $2, $3, $4, $5, $6, $7, $8 FROM restitution_steps WHERE restitution_id = $1",
    )
    .bind(id)
    .bind(row.step)
    .bind(row.happened_on)
    .bind(row.confirmed)
    .bind(row.document)
    .bind(&row.note)
    .bind(row.recorded_by)
    .bind(row.recorded_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The steps, in the order they were recorded.
pub async fn steps(tx: &mut Tx, id: RestitutionId) -> Result<Vec<WayStepRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT step, happened_on, confirmed, document, note, recorded_by, recorded_at
         FROM restitution_steps WHERE restitution_id = $1 ORDER BY number",
    ).bind(id).fetch_all(c).await)?)
}

/// A time limit as kept for its reminders.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ClockRow {
    /// The restitution.
    pub restitution_id: RestitutionId,
    /// The case.
    pub case_id: CaseId,
    /// The object.
    pub object_id: ObjectId,
    /// Which limit.
    pub time_limit: TimeLimit,
    /// The day that started it.
    pub started_on: CivilDate,
    /// Its last day.
    pub due_on: CivilDate,
    /// What stopped it.
    pub stopped_by: Option<WayStep>,
    /// When.
    pub stopped_on: Option<CivilDate>,
    /// The day of the last reminder that was given.
    pub warned_on: Option<CivilDate>,
    /// The day of the next one.
    pub next_warning_on: Option<CivilDate>,
}

/// Keeps the limits of a restitution as they are now. A reminder that was given is not given again, unless the limit
/// has moved.
pub async fn set_clocks(tx: &mut Tx, id: RestitutionId, clocks: &[LegalClock]) -> Result<(), Error> {
    let before = clocks_of(tx, id).await?;
    on_tx!(tx, c => sqlx::query("DELETE FROM legal_clocks WHERE restitution_id = $1").bind(id).execute(c).await.map(drop))?;
    for clock in clocks {
        let same = before.iter().find(|row| row.time_limit == clock.limit && row.due_on == clock.due_on);
        let warned_on = same.and_then(|row| row.warned_on);
        let running = clock.stopped_by.is_none();
        let rows = on_tx!(tx, c => sqlx::query(
            "INSERT INTO legal_clocks (restitution_id, time_limit, started_on, due_on, stopped_by, stopped_on, warned_on,
                 next_warning_on)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(id)
        .bind(clock.limit)
        .bind(clock.started_on)
        .bind(clock.due_on)
        .bind(clock.stopped_by.map(|(step, _)| step))
        .bind(clock.stopped_by.map(|(_, day)| day))
        .bind(warned_on)
        .bind(clock.next_warning(warned_on).filter(|_| running))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
        expect_one(rows)?;
    }
    Ok(())
}

/// The limits of a restitution, the soonest first.
pub async fn clocks_of(tx: &mut Tx, id: RestitutionId) -> Result<Vec<ClockRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT k.restitution_id, r.case_id, r.object_id, k.time_limit, k.started_on, k.due_on, k.stopped_by,
             k.stopped_on, k.warned_on, k.next_warning_on
         FROM legal_clocks k JOIN restitutions r ON r.id = k.restitution_id
         WHERE k.restitution_id = $1 ORDER BY k.due_on, k.time_limit",
    ).bind(id).fetch_all(c).await)?)
}

/// The limits that run, the soonest first.
pub async fn running(tx: &mut Tx, limit: i64) -> Result<Vec<ClockRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT k.restitution_id, r.case_id, r.object_id, k.time_limit, k.started_on, k.due_on, k.stopped_by,
             k.stopped_on, k.warned_on, k.next_warning_on
         FROM legal_clocks k JOIN restitutions r ON r.id = k.restitution_id
         WHERE k.stopped_on IS NULL ORDER BY k.due_on, k.restitution_id, k.time_limit LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// The limits whose reminder is due, the longest overdue first.
pub async fn warnings_due(tx: &mut Tx, today: CivilDate, limit: i64) -> Result<Vec<ClockRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT k.restitution_id, r.case_id, r.object_id, k.time_limit, k.started_on, k.due_on, k.stopped_by,
             k.stopped_on, k.warned_on, k.next_warning_on
         FROM legal_clocks k JOIN restitutions r ON r.id = k.restitution_id
         WHERE k.next_warning_on <= $1 ORDER BY k.next_warning_on, k.restitution_id, k.time_limit LIMIT $2",
    ).bind(today).bind(limit).fetch_all(c).await)?)
}

/// Notes that a reminder was given. Says false if another worker gave it.
pub async fn note_warning(
    tx: &mut Tx,
    row: &ClockRow,
    today: CivilDate,
    next: Option<CivilDate>,
) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE legal_clocks SET warned_on = $3, next_warning_on = $4
         WHERE restitution_id = $1 AND time_limit = $2 AND next_warning_on = $5",
    )
    .bind(row.restitution_id)
    .bind(row.time_limit)
    .bind(today)
    .bind(next)
    .bind(row.next_warning_on)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
