//! Files that no photograph names.
//!
//! Upload: the files are written down here and committed ([`add`]), then written, then named by a row that takes them
//! off this list in its own transaction ([`claim`]). Killed anywhere between, they stay on the list and lie about
//! without harm. Removal: the row goes and its files come on the list in one transaction. A sweep takes what is on the
//! list for long: it dooms them and commits ([`doom`]), then forgets and removes each in a transaction of its own. A
//! doomed file cannot be claimed, so no row ever names a file that a sweep is about to remove; and of two sweeps only the
//! one that forgets a file removes it.

use domain::Timestamp;
use domain::photo::ContentHash;
use sqlx::FromRow;

use super::PhotoRow;
use crate::{Error, Tx, on_tx};

/// A file: what it is kept for (`originals`, `renditions`, `documents`), and its hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow)]
pub struct LooseFile {
    /// What it is kept for.
    pub shelf: String,
    /// Its hash.
    pub hash: ContentHash,
}

impl LooseFile {
    /// A file of a shelf.
    pub fn new(shelf: &str, hash: ContentHash) -> Self {
        Self { shelf: shelf.to_owned(), hash }
    }
}

/// The files of a photograph, each once.
pub(super) fn files_of(photo: &PhotoRow) -> Vec<LooseFile> {
    let mut files = vec![LooseFile::new("originals", photo.original), LooseFile::new("renditions", photo.page)];
    if photo.preview != photo.page {
        files.push(LooseFile::new("renditions", photo.preview));
    }
    files
}

/// Writes files down as loose since now. False if one of them is being removed this moment: try again soon.
pub async fn add(tx: &mut Tx, files: &[LooseFile], now: Timestamp) -> Result<bool, Error> {
    let mut all = true;
    for file in files {
        let rows = on_tx!(tx, c => sqlx::query(
            "INSERT INTO loose_blobs (shelf, hash, since, doomed) VALUES ($1, $2, $3, FALSE)
             ON CONFLICT (shelf, hash) DO UPDATE SET since = excluded.since WHERE loose_blobs.doomed = FALSE",
        )
        .bind(&file.shelf)
        .bind(file.hash)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
        all &= rows == 1;
    }
    Ok(all)
}

/// Takes the files of a new photograph off the list; see [`claim_files`].
pub async fn claim(tx: &mut Tx, photo: &PhotoRow) -> Result<bool, Error> {
    claim_files(tx, &files_of(photo)).await
}

/// Takes files that a row is about to name off the list. False if one of them is not there and no other row names it, or if
/// it is doomed: then it was loose for so long that it may be gone.
pub async fn claim_files(tx: &mut Tx, files: &[LooseFile]) -> Result<bool, Error> {
    let mut all = true;
    for file in files {
        let rows = on_tx!(tx, c =>
            sqlx::query("DELETE FROM loose_blobs WHERE shelf = $1 AND hash = $2 AND doomed = FALSE")
                .bind(&file.shelf).bind(file.hash).execute(c).await.map(|done| done.rows_affected()))?;
        all &= rows == 1 || is_named(tx, file).await?;
    }
    Ok(all)
}

async fn is_named(tx: &mut Tx, file: &LooseFile) -> Result<bool, Error> {
    let found: Option<i64> = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT CAST(1 AS BIGINT) FROM photos WHERE (original = $1 AND $2 = 'originals')
             OR (page = $1 AND $2 = 'renditions') OR (preview = $1 AND $2 = 'renditions')
         UNION ALL SELECT CAST(1 AS BIGINT) FROM restitution_documents
             WHERE sha256 = $1 AND format IS NOT NULL AND $2 = 'documents'
         LIMIT 1",
    )
    .bind(file.hash)
    .bind(&file.shelf)
    .fetch_optional(c)
    .await)?;
    Ok(found.is_some())
}

/// Dooms what has been loose since before `before`, and gives it. What a row names after all (the same file was sent in
/// twice) only leaves the list.
pub async fn doom(tx: &mut Tx, before: Timestamp) -> Result<Vec<LooseFile>, Error> {
    on_tx!(tx, c => sqlx::query(
        "DELETE FROM loose_blobs WHERE since < $1 AND doomed = FALSE AND (
             EXISTS (SELECT 1 FROM photos WHERE photos.original = loose_blobs.hash AND loose_blobs.shelf = 'originals')
             OR EXISTS (SELECT 1 FROM photos WHERE photos.page = loose_blobs.hash AND loose_blobs.shelf = 'renditions')
             OR EXISTS (SELECT 1 FROM photos WHERE photos.preview = loose_blobs.hash AND loose_blobs.shelf = 'renditions')
             OR EXISTS (SELECT 1 FROM restitution_documents d WHERE d.sha256 = loose_blobs.hash
                 AND d.format IS NOT NULL AND loose_blobs.shelf = 'documents'))",
    )
    .bind(before)
    .execute(c)
    .await
    .map(drop))?;
    on_tx!(tx, c => sqlx::query("UPDATE loose_blobs SET doomed = TRUE WHERE since < $1 AND doomed = FALSE")
        .bind(before).execute(c).await.map(drop))?;
    Ok(
        on_tx!(tx, c => sqlx::query_as("SELECT shelf, hash FROM loose_blobs WHERE doomed = TRUE ORDER BY since LIMIT 1000")
        .fetch_all(c).await)?,
    )
}

/// Forgets a doomed file, in the transaction in which it is removed. Says false if it is doomed no more: another sweep
/// removed it, and it may have been sent in again since and be named by now.
///
/// Whoever wants to write the file down meanwhile waits for the end of the transaction, and writes its bytes after that.
pub async fn forget(tx: &mut Tx, file: &LooseFile) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query("DELETE FROM loose_blobs WHERE shelf = $1 AND hash = $2 AND doomed = TRUE")
        .bind(&file.shelf).bind(file.hash).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
