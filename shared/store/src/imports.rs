//! Uploads of many objects or cases. Written by: intake.
//!
//! One worker at a time has an upload ([`claim`]); each of its commits says which lease it has, so that one that was
//! held up and replaced changes nothing any more.

use domain::Timestamp;
use domain::codes::{ImportFormat, ImportKind, ImportMode, ImportState};
use domain::ids::{AccountId, CaseId, InstitutionId, LeaseId, UploadId};
use domain::text::Line;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, answer, beyond_any_claim, expect_one, on_tx};

/// An upload as stored, without its content.
#[derive(Clone, Debug, FromRow)]
pub struct ImportRow {
    /// Its identifier.
    pub id: UploadId,
    /// What it holds.
    pub kind: ImportKind,
    /// How it is written.
    pub format: ImportFormat,
    /// Whose cases it is about.
    pub institution_id: InstitutionId,
    /// The case its objects join; none for cases.
    pub case_id: Option<CaseId>,
    /// What the sender calls the file.
    pub file_name: Line,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of its content.
    pub sha256: Vec<u8>,
    /// Where it stands.
    pub state: ImportState,
    /// What happens to the good records if some are bad; none before somebody said so.
    pub mode: Option<ImportMode>,
    /// Records that obey every rule, so far.
    pub good: i64,
    /// Records that do not, so far.
    pub bad: i64,
    /// The last record that was looked at for taking it.
    pub position: i64,
    /// Records that were taken.
    pub taken: i64,
    /// Why it was refused as a whole.
    pub message: Option<String>,
    /// Who sent it.
    pub created_by: AccountId,
    /// When.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "id, kind, format, institution_id, case_id, file_name, size, sha256, state, mode, good, bad,
    position, taken, message, created_by, created_at, updated_at";

/// What is wrong with one place of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The line of the text or the row of the sheet, from 1; the record of a LIDO file.
    pub line: i64,
    /// The column or field.
    pub column: String,
    /// The cell, such as `C7`, where the file has such names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The rule, as a fragment that reads after the column's name.
    pub rule: String,
}

/// A record that was read: its body, or everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// Its place among the records, from 1.
    pub ordinal: i64,
    /// The line it begins at.
    pub line: i64,
    /// A body that obeys every rule, or the errors.
    pub body: Result<Value, Vec<RowError>>,
}

/// A record that waits to be taken.
#[derive(Clone, Debug, FromRow)]
pub struct GoodRecord {
    /// Its place among the records, from 1.
    pub ordinal: i64,
    /// What it says.
    pub body: Json<Value>,
}

/// A record that breaks rules.
#[derive(Clone, Debug, FromRow)]
pub struct BadRecord {
    /// Its place among the records, from 1.
    pub ordinal: i64,
    /// Every rule it breaks.
    pub errors: Json<Vec<RowError>>,
}

/// Stores an upload with its content.
pub async fn insert(tx: &mut Tx, import: &ImportRow, content: &[u8]) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO imports (id, kind, format, institution_id, case_id, file_name, size, sha256, state, created_by,
             created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(import.id)
    .bind(import.kind)
    .bind(import.format)
    .bind(import.institution_id)
    .bind(import.case_id)
    .bind(&import.file_name)
    .bind(import.size)
    .bind(&import.sha256)
    .bind(import.state)
    .bind(import.created_by)
    .bind(import.created_at)
    .bind(import.updated_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    let rows = on_tx!(tx, c => sqlx::query("INSERT INTO import_files (import_id, content) VALUES ($1, $2)")
        .bind(import.id).bind(content).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// An upload.
pub async fn find(tx: &mut Tx, id: UploadId) -> Result<Option<ImportRow>, Error> {
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS).push(" FROM imports WHERE id = ").push_bind(id);
        sql.build_query_as().fetch_optional(c).await
    })?)
}

/// An upload, held until the transaction ends.
pub async fn lock(tx: &mut Tx, id: UploadId) -> Result<Option<ImportRow>, Error> {
    // SQLite needs no row lock: a transaction that may write is the only one.
    if let Tx::Postgres(inner) = tx {
        let lock = sqlx::query("SELECT 1 FROM imports WHERE id = $1 FOR UPDATE").bind(id);
        answer(inner.patience(), lock.execute(&mut **inner)).await?;
    }
    find(tx, id).await
}

/// The newest uploads of an institution, or of all, at most `limit`.
pub async fn newest(tx: &mut Tx, institution: Option<InstitutionId>, limit: i64) -> Result<Vec<ImportRow>, Error> {
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS).push(" FROM imports");
        if let Some(institution) = institution {
            sql.push(" WHERE institution_id = ").push_bind(institution);
        }
        sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").push_bind(limit);
        sql.build_query_as().fetch_all(c).await
    })?)
}

/// The newest upload of the same content for the same purpose that was neither refused nor cancelled.
pub async fn same(
    tx: &mut Tx,
    institution: InstitutionId,
    case_id: Option<CaseId>,
    sha256: &[u8],
) -> Result<Option<ImportRow>, Error> {
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS).push(" FROM imports WHERE institution_id = ").push_bind(institution);
        sql.push(" AND sha256 = ").push_bind(sha256);
        sql.push(" AND state NOT IN ('refused', 'cancelled')");
        match case_id {
            Some(case_id) => sql.push(" AND case_id = ").push_bind(case_id),
            None => sql.push(" AND case_id IS NULL"),
        };
        sql.push(" ORDER BY created_at DESC, id DESC LIMIT 1");
        sql.build_query_as().fetch_optional(c).await
    })?)
}

/// The content of an upload; none once it was thrown away.
pub async fn content(tx: &mut Tx, id: UploadId) -> Result<Option<Vec<u8>>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT content FROM import_files WHERE import_id = $1")
        .bind(id).fetch_optional(c).await)?)
}

/// Claims the oldest upload that waits for work and that nobody has, until `until`.
pub async fn claim(tx: &mut Tx, lease: LeaseId, now: Timestamp, until: Timestamp) -> Result<Option<ImportRow>, Error> {
    let lock = tx.skip_locked();
    let beyond = beyond_any_claim(now, until.since(now));
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("UPDATE imports SET lease = ");
        sql.push_bind(lease).push(", leased_until = ").push_bind(until);
        sql.push(
            " WHERE id IN (SELECT id FROM imports WHERE state IN ('checking', 'importing')
                  AND (leased_until IS NULL OR leased_until <= ",
        );
        sql.push_bind(now).push(" OR leased_until > ").push_bind(beyond);
        sql.push(") ORDER BY created_at, id LIMIT 1").push(lock);
        sql.push(") AND (leased_until IS NULL OR leased_until <= ").push_bind(now);
        sql.push(" OR leased_until > ").push_bind(beyond).push(") RETURNING ").push(COLUMNS);
        sql.build_query_as().fetch_optional(c).await
    })?)
}

/// Gives a claim back, so that nobody has to wait for its end; says whether it still held.
pub async fn release(tx: &mut Tx, id: UploadId, lease: LeaseId) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE imports SET lease = NULL, leased_until = NULL WHERE id = $1 AND lease = $2")
        .bind(id).bind(lease).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Stores records that were read.
pub async fn add_records(tx: &mut Tx, id: UploadId, records: &[NewRecord]) -> Result<(), Error> {
    for chunk in records.chunks(200) {
        let rows = on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("INSERT INTO import_rows (import_id, ordinal, line, body, errors) ");
            sql.push_values(chunk, |mut row, record| {
                row.push_bind(id)
                    .push_bind(record.ordinal)
                    .push_bind(record.line)
                    .push_bind(record.body.as_ref().ok().map(Json))
                    .push_bind(record.body.as_ref().err().map(Json));
            });
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        let expected = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if rows != expected {
            return Err(Error::RowsAffected { expected, actual: rows });
        }
    }
    Ok(())
}

/// What a worker has done, and until when it goes on having the upload.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The worker's lease.
    pub lease: LeaseId,
    /// Records that obey every rule.
    pub good: i64,
    /// Records that do not.
    pub bad: i64,
    /// The last record looked at for taking it.
    pub position: i64,
    /// Records taken.
    pub taken: i64,
    /// Now.
    pub now: Timestamp,
    /// The end of the lease.
    pub until: Timestamp,
}

/// Notes progress together with what was done. Fails if another worker has the upload by now, or somebody cancelled
/// it: then the transaction must be dropped.
pub async fn advance(tx: &mut Tx, id: UploadId, progress: &Progress) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE imports SET good = $3, bad = $4, position = $5, taken = $6, updated_at = $7, leased_until = $8
         WHERE id = $1 AND lease = $2 AND state IN ('checking', 'importing')",
    )
    .bind(id)
    .bind(progress.lease)
    .bind(progress.good)
    .bind(progress.bad)
    .bind(progress.position)
    .bind(progress.taken)
    .bind(progress.now)
    .bind(progress.until)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Moves an upload on and frees it for the next worker.
pub async fn set_state(
    tx: &mut Tx,
    id: UploadId,
    state: ImportState,
    mode: Option<ImportMode>,
    message: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE imports SET state = $2, mode = $3, message = $4, updated_at = $5, lease = NULL, leased_until = NULL
         WHERE id = $1",
    )
    .bind(id)
    .bind(state)
    .bind(mode)
    .bind(message)
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Throws away what was uploaded and what waits to be taken; the errors stay, for the page.
pub async fn discard_content(tx: &mut Tx, id: UploadId) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("DELETE FROM import_files WHERE import_id = $1").bind(id).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query("DELETE FROM import_rows WHERE import_id = $1 AND errors IS NULL")
        .bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Good records after a place, in order, at most `limit`.
pub async fn good_records(tx: &mut Tx, id: UploadId, after: i64, limit: i64) -> Result<Vec<GoodRecord>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT ordinal, body FROM import_rows WHERE import_id = $1 AND ordinal > $2 AND errors IS NULL
         ORDER BY ordinal LIMIT $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// Bad records after a place, in order, at most `limit`.
pub async fn bad_records(tx: &mut Tx, id: UploadId, after: i64, limit: i64) -> Result<Vec<BadRecord>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT ordinal, errors FROM import_rows WHERE import_id = $1 AND ordinal > $2 AND errors IS NOT NULL
         ORDER BY ordinal LIMIT $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// Uploads that were checked before `before` and that nobody gave a word to since, held until the transaction ends: one
/// to which somebody gives a word at this moment is not among them.
pub async fn forgotten(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<UploadId>, Error> {
    let lock = tx.skip_locked();
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT id FROM imports WHERE state = 'checked' AND updated_at < ");
        sql.push_bind(before).push(" ORDER BY updated_at LIMIT ").push_bind(limit).push(lock);
        sql.build_query_scalar().fetch_all(c).await
    })?)
}
