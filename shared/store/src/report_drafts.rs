//! Reports that are not sent in yet, as typed. Written by: intake.
//!
//! A draft belongs to a scope: the institution of whoever began it, or the account itself where it has none. Every
//! function asks for the scope, so that no other one's draft is found by its identifier.

use domain::Timestamp;
use domain::ids::{AccountId, ReportDraftId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Error, Tx, expect_one, on_tx};

/// A draft as stored (class C: whatever was typed).
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct ReportDraftRow {
    /// Its identifier.
    pub id: ReportDraftId,
    /// Whose it is: an institution, or an account without one.
    pub scope: Uuid,
    /// Who began it.
    pub owner_id: AccountId,
    /// The report as typed, as JSON. Bytes and not the database's JSON: it may hold what that refuses, such as U+0000.
    pub body: Vec<u8>,
    /// Counted from 1, one more with each saving.
    pub revision: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Who saved it last.
    pub saved_by: AccountId,
    /// When.
    pub saved_at: Timestamp,
}

/// Keeps what was typed out of logs, where `Debug` output ends.
impl std::fmt::Debug for ReportDraftRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReportDraftRow").field("id", &self.id).field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// That a body is no report.
pub fn unreadable(why: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Inconsistent(sqlx::Error::ColumnDecode { index: "report_drafts.body".to_owned(), source: Box::new(why) })
}

/// Stores a draft.
pub async fn insert(tx: &mut Tx, draft: &ReportDraftRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO report_drafts (id, scope, owner_id, body, revision, created_at, saved_by, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(draft.id)
    .bind(draft.scope)
    .bind(draft.owner_id)
    .bind(&draft.body)
    .bind(draft.revision)
    .bind(draft.created_at)
    .bind(draft.saved_by)
    .bind(draft.saved_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// One draft of a scope.
pub async fn find(tx: &mut Tx, scope: Uuid, id: ReportDraftId) -> Result<Option<ReportDraftRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, scope, owner_id, body, revision, created_at, saved_by, saved_at
         FROM report_drafts WHERE scope = $1 AND id = $2",
    )
    .bind(scope)
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// The drafts of a scope, the last saved first.
pub async fn of_scope(tx: &mut Tx, scope: Uuid, limit: i64) -> Result<Vec<ReportDraftRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, scope, owner_id, body, revision, created_at, saved_by, saved_at
         FROM report_drafts WHERE scope = $1 ORDER BY saved_at DESC, id DESC LIMIT $2",
    )
    .bind(scope)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// How many drafts a scope has.
pub async fn count(tx: &mut Tx, scope: Uuid) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM report_drafts WHERE scope = $1")
        .bind(scope).fetch_one(c).await)?)
}

/// Saves a draft again; `draft.revision` is the one it had. Says false if somebody saved it meanwhile, or it is gone.
pub async fn update(tx: &mut Tx, draft: &ReportDraftRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE report_drafts SET body = $4, revision = revision + 1, saved_by = $5, saved_at = $6
         WHERE scope = $1 AND id = $2 AND revision = $3",
    )
    .bind(draft.scope)
    .bind(draft.id)
    .bind(draft.revision)
    .bind(&draft.body)
    .bind(draft.saved_by)
    .bind(draft.saved_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Removes a draft of a scope; says whether there was one.
pub async fn remove(tx: &mut Tx, scope: Uuid, id: ReportDraftId) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query("DELETE FROM report_drafts WHERE scope = $1 AND id = $2")
        .bind(scope).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Removes a draft of a scope as it was read; says false if it was saved since, or is gone.
pub async fn remove_revision(tx: &mut Tx, scope: Uuid, id: ReportDraftId, revision: i64) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query("DELETE FROM report_drafts WHERE scope = $1 AND id = $2 AND revision = $3")
        .bind(scope).bind(id).bind(revision).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Removes what nobody has saved since; says how many.
pub async fn remove_untouched(tx: &mut Tx, since: Timestamp) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => sqlx::query("DELETE FROM report_drafts WHERE saved_at < $1")
        .bind(since).execute(c).await.map(|done| done.rows_affected()))?)
}
