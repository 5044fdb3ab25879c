//! Directory files that wait to be approved, and what the last file said of each partner. Written by: routing.

use domain::Timestamp;
use domain::ids::{AccountId, ImportId, PartnerId};
use domain::partner::Partner;
use domain::text::Line;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, expect_one, expect_rows, on_tx};

/// A file with its lines as `L`.
#[derive(Clone, Debug, FromRow)]
pub struct ImportFileRow<L: Send + Unpin + DeserializeOwned + 'static> {
    /// Its identifier.
    pub id: ImportId,
    /// Where it came from, in words.
    pub origin: Line,
    /// SHA-256 over it.
    pub sha256: Vec<u8>,
    /// What it says.
    pub rows: Json<Vec<L>>,
    /// `open`, `applied` or `cancelled`.
    pub state: String,
    /// Who brought it; none for the machine's own command line.
    pub prepared_by: Option<AccountId>,
    /// When.
    pub prepared_at: Timestamp,
}

/// Keeps a file that waits.
pub async fn insert_file<L: Serialize + Sync>(
    tx: &mut Tx,
    (id, origin, sha256): (ImportId, &Line, &[u8]),
    rows: &[L],
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<(), Error> {
    let written = on_tx!(tx, c => sqlx::query(
        "INSERT INTO directory_imports (id, origin, sha256, rows, state, prepared_by, prepared_at)
         VALUES ($1, $2, $3, $4, 'open', $5, $6)",
    )
    .bind(id)
    .bind(origin.clone())
    .bind(sha256.to_vec())
    .bind(Json(rows))
    .bind(by)
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(written)
}

/// One file.
pub async fn file<L>(tx: &mut Tx, id: ImportId) -> Result<Option<ImportFileRow<L>>, Error>
where
    L: Send + Unpin + DeserializeOwned + 'static,
{
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, origin, sha256, rows, state, prepared_by, prepared_at FROM directory_imports WHERE id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// The newest files: identifier, origin, state, when it was brought.
pub async fn files(tx: &mut Tx, limit: i64) -> Result<Vec<(ImportId, Line, String, Timestamp)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, origin, state, prepared_at FROM directory_imports ORDER BY prepared_at DESC, id DESC LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// Ends a file that waits; says false if it had ended.
pub async fn end_file(
    tx: &mut Tx,
    id: ImportId,
    applied: bool,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, Error> {
    let state = if applied { "applied" } else { "cancelled" };
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE directory_imports SET state = $2, ended_by = $3, ended_at = $4 WHERE id = $1 AND state = 'open'",
    ).bind(id).bind(state).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// What the last file said of each partner.
pub async fn imported(tx: &mut Tx) -> Result<Vec<Partner>, Error> {
    let rows: Vec<Json<Partner>> =
        on_tx!(tx, c => sqlx::query_scalar("SELECT record FROM imported_partners").fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Notes what a file says of partners.
pub async fn note_imported(tx: &mut Tx, id: ImportId, partners: &[Partner]) -> Result<(), Error> {
    for chunk in partners.chunks(500) {
        let rows = on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("INSERT INTO imported_partners (partner_id, record, import_id) ");
            sql.push_values(chunk, |mut row, partner| {
                row.push_bind(partner.id).push_bind(Json(partner.clone())).push_bind(id);
            });
            sql.push(" ON CONFLICT (partner_id) DO UPDATE SET record = excluded.record, import_id = excluded.import_id");
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        expect_rows(chunk.len(), rows)?;
    }
    Ok(())
}

/// Forgets what the last file said of a partner that later files do not name.
pub async fn forget_imported(tx: &mut Tx, partner: PartnerId) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("DELETE FROM imported_partners WHERE partner_id = $1")
        .bind(partner).execute(c).await.map(drop))?;
    Ok(())
}
