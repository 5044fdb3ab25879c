//! The ledger's tables. Written by: audit.

use domain::Timestamp;
use domain::ids::{CaseId, EventId};
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, expect_one, on_tx};

const CHUNK: usize = 500;

/// An entry as stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EntryRow {
    /// Its place, from 0.
    pub position: i64,
    /// The fact it records.
    pub event_id: EventId,
    /// The fact's kind.
    pub kind: String,
    /// The case it belongs to.
    pub case_id: Option<CaseId>,
    /// When the fact happened.
    pub occurred_at: Timestamp,
    /// SHA-256 over salt and body.
    pub commitment: Vec<u8>,
    /// The RFC 6962 leaf hash of the entry's line.
    pub leaf: Vec<u8>,
}

/// What a commitment opens to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ContentRow {
    /// The entry.
    pub position: i64,
    /// Sixteen random bytes.
    pub salt: Vec<u8>,
    /// The fact in its canonical JSON.
    pub body: String,
}

/// Locks the ledger for one writer and gives its size. Every writer passes here, so positions have no gap.
pub async fn lock(tx: &mut Tx) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("UPDATE ledger_head SET size = size WHERE id = 1 RETURNING size")
        .fetch_one(c).await)?)
}

/// The ledger's size.
pub async fn size(tx: &mut Tx) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT size FROM ledger_head WHERE id = 1").fetch_one(c).await)?)
}

/// Appends entries with their contents and moves the head.
pub async fn append(tx: &mut Tx, entries: &[EntryRow], contents: &[ContentRow]) -> Result<(), Error> {
    for chunk in entries.chunks(CHUNK) {
        on_tx!(tx, c => {
            let mut sql = QueryBuilder::new(
                "INSERT INTO ledger (position, event_id, kind, case_id, occurred_at, commitment, leaf) ",
            );
            sql.push_values(chunk, |mut row, entry| {
                row.push_bind(entry.position)
                    .push_bind(entry.event_id)
                    .push_bind(entry.kind.clone())
                    .push_bind(entry.case_id)
                    .push_bind(entry.occurred_at)
                    .push_bind(entry.commitment.clone())
                    .push_bind(entry.leaf.clone());
            });
            sql.build().execute(c).await.map(drop)
        })?;
    }
    for chunk in contents.chunks(CHUNK) {
        on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("INSERT INTO ledger_contents (position, salt, body) ");
            sql.push_values(chunk, |mut row, content| {
                row.push_bind(content.position).push_bind(content.salt.clone()).push_bind(content.body.clone());
            });
            sql.build().execute(c).await.map(drop)
        })?;
    }
    let added = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let rows = on_tx!(tx, c => sqlx::query("UPDATE ledger_head SET size = size + $1 WHERE id = 1")
        .bind(added).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// A hash of a complete subtree.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct NodeRow {
    /// 1 joins two leaves, 2 joins four, and so on.
    pub level: i64,
    /// Its place within the level, from 0.
    pub position: i64,
    /// The RFC 6962 node hash.
    pub hash: Vec<u8>,
}

/// Keeps subtree hashes.
pub async fn insert_nodes(tx: &mut Tx, nodes: &[NodeRow]) -> Result<(), Error> {
    for chunk in nodes.chunks(CHUNK) {
        on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("INSERT INTO ledger_nodes (level, position, hash) ");
            sql.push_values(chunk, |mut row, node| {
                row.push_bind(node.level).push_bind(node.position).push_bind(node.hash.clone());
            });
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// A subtree's hash; level 0 is a leaf.
pub async fn node(tx: &mut Tx, level: i64, position: i64) -> Result<Option<Vec<u8>>, Error> {
    if level == 0 {
        return Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT leaf FROM ledger WHERE position = $1")
            .bind(position).fetch_optional(c).await)?);
    }
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT hash FROM ledger_nodes WHERE level = $1 AND position = $2")
        .bind(level).bind(position).fetch_optional(c).await)?)
}

/// Entries from a position on, in order.
pub async fn entries(tx: &mut Tx, from: i64, limit: i64) -> Result<Vec<EntryRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT position, event_id, kind, case_id, occurred_at, commitment, leaf FROM ledger
         WHERE position >= $1 ORDER BY position LIMIT $2",
    ).bind(from).bind(limit).fetch_all(c).await)?)
}

/// The newest entries, newest first.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<EntryRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT position, event_id, kind, case_id, occurred_at, commitment, leaf FROM ledger
         ORDER BY position DESC LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// Contents of entries from a position on and before another.
pub async fn contents(tx: &mut Tx, from: i64, before: i64) -> Result<Vec<ContentRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT position, salt, body FROM ledger_contents WHERE position >= $1 AND position < $2 ORDER BY position",
    ).bind(from).bind(before).fetch_all(c).await)?)
}

/// A signed root.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CheckpointRow {
    /// How many entries it covers.
    pub size: i64,
    /// Their root.
    pub root: Vec<u8>,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// Keeps a signed root.
pub async fn insert_checkpoint(tx: &mut Tx, row: &CheckpointRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("INSERT INTO checkpoints (size, root, note, signed_at) VALUES ($1, $2, $3, $4)")
        .bind(row.size).bind(row.root.clone()).bind(row.note.clone()).bind(row.signed_at)
        .execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The newest signed root.
pub async fn latest_checkpoint(tx: &mut Tx) -> Result<Option<CheckpointRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT size, root, note, signed_at FROM checkpoints ORDER BY size DESC LIMIT 1",
    ).fetch_optional(c).await)?)
}

/// Every signed root, oldest first.
pub async fn checkpoints(tx: &mut Tx) -> Result<Vec<CheckpointRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as("SELECT size, root, note, signed_at FROM checkpoints ORDER BY size")
        .fetch_all(c).await)?)
}

/// Facts that happened before `before` and have no entry: how many.
pub async fn facts_without_entry(tx: &mut Tx, before: Timestamp) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM outbox o
         WHERE o.occurred_at < $1 AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.event_id = o.id)",
    ).bind(before).fetch_one(c).await)?)
}

/// Entries without a fact: how many.
pub async fn entries_without_fact(tx: &mut Tx) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM ledger l WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = l.event_id)",
    ).fetch_one(c).await)?)
}
