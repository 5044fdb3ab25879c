//! Reading entries, subtrees and signed roots.

use domain::ids::{CaseId, EventId};
use sqlx::FromRow;

use super::{CheckpointRow, EntryAndContent, EntryRow, LatestRow, NodeRow};
use crate::{Error, Tx, on_tx};

/// How many entries the ledger says it has.
pub async fn size(tx: &mut Tx) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT size FROM ledger_head WHERE id = 1").fetch_one(c).await)?)
}

/// The entry of a fact.
pub async fn find(tx: &mut Tx, event_id: EventId) -> Result<Option<EntryRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT position, event_id, kind, case_id, occurred_at, commitment, leaf FROM ledger WHERE event_id = $1",
    )
    .bind(event_id)
    .fetch_optional(c)
    .await)?)
}

#[derive(FromRow)]
struct Joined {
    #[sqlx(flatten)]
    entry: EntryRow,
    salt: Option<Vec<u8>>,
    body: Option<String>,
}

impl From<Joined> for EntryAndContent {
    fn from(row: Joined) -> Self {
        Self { entry: row.entry, content: row.salt.zip(row.body) }
    }
}

/// Entries from a position on, in order, with what they commit to.
pub async fn entries(tx: &mut Tx, from: i64, limit: i64) -> Result<Vec<EntryAndContent>, Error> {
    let rows: Vec<Joined> = on_tx!(tx, c => sqlx::query_as(
        "SELECT l.position, l.event_id, l.kind, l.case_id, l.occurred_at, l.commitment, l.leaf, c.salt, c.body
         FROM ledger l LEFT JOIN ledger_contents c ON c.position = l.position
         WHERE l.position >= $1 ORDER BY l.position LIMIT $2",
    )
    .bind(from)
    .bind(limit)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(EntryAndContent::from).collect())
}

/// The last entry of a kind before a position, with what it commits to.
pub async fn last_of_kind(tx: &mut Tx, kind: &str, before: i64) -> Result<Option<EntryAndContent>, Error> {
    let row: Option<Joined> = on_tx!(tx, c => sqlx::query_as(
        "SELECT l.position, l.event_id, l.kind, l.case_id, l.occurred_at, l.commitment, l.leaf, c.salt, c.body
         FROM ledger l LEFT JOIN ledger_contents c ON c.position = l.position
         WHERE l.kind = $1 AND l.position < $2 ORDER BY l.position DESC LIMIT 1",
    )
    .bind(kind)
    .bind(before)
    .fetch_optional(c)
    .await)?;
    Ok(row.map(EntryAndContent::from))
}

/// The newest entries, newest first.
pub async fn latest(tx: &mut Tx, limit: i64) -> Result<Vec<LatestRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT l.position, l.event_id, l.kind, l.occurred_at, l.case_id, k.reference
         FROM ledger l LEFT JOIN cases k ON k.id = l.case_id
         ORDER BY l.position DESC LIMIT $1",
    )
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// The hashes of one level's subtrees from one position up to, not including, another, in order. Level 0 are the
/// entries' own hashes; above it only every eighth level is stored.
pub async fn nodes(tx: &mut Tx, level: i64, from: i64, until: i64) -> Result<Vec<NodeRow>, Error> {
    let statement = if level == 0 {
        "SELECT $1 AS level, position, leaf AS hash FROM ledger WHERE position >= $2 AND position < $3 ORDER BY position"
    } else {
        "SELECT level, position, hash FROM ledger_nodes
         WHERE level = $1 AND position >= $2 AND position < $3 ORDER BY position"
    };
    Ok(on_tx!(tx, c => sqlx::query_as(statement).bind(level).bind(from).bind(until).fetch_all(c).await)?)
}

/// How many subtree hashes are stored.
pub async fn node_count(tx: &mut Tx) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM ledger_nodes").fetch_one(c).await)?)
}

/// The entries of a case in order, with what they commit to.
pub async fn of_case(tx: &mut Tx, case_id: CaseId) -> Result<Vec<EntryAndContent>, Error> {
    let rows: Vec<Joined> = on_tx!(tx, c => sqlx::query_as(
        "SELECT l.position, l.event_id, l.kind, l.case_id, l.occurred_at, l.commitment, l.leaf, c.salt, c.body
         FROM ledger l LEFT JOIN ledger_contents c ON c.position = l.position
         WHERE l.case_id = $1 ORDER BY l.position",
    )
    .bind(case_id)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(EntryAndContent::from).collect())
}

/// The newest signed root of at most `size` entries.
pub async fn checkpoint_within(tx: &mut Tx, size: i64) -> Result<Option<CheckpointRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT size, root, note, signed_at FROM checkpoints WHERE size <= $1 ORDER BY size DESC LIMIT 1",
    )
    .bind(size)
    .fetch_optional(c)
    .await)?)
}

/// The newest signed root; none before the first entry.
pub async fn latest_checkpoint(tx: &mut Tx) -> Result<Option<CheckpointRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT size, root, note, signed_at FROM checkpoints ORDER BY size DESC LIMIT 1",
    )
    .fetch_optional(c)
    .await)?)
}

/// The signed roots at sizes above `after` and up to `until`, in order.
pub async fn checkpoints_between(tx: &mut Tx, after: i64, until: i64) -> Result<Vec<CheckpointRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT size, root, note, signed_at FROM checkpoints WHERE size > $1 AND size <= $2 ORDER BY size",
    )
    .bind(after)
    .bind(until)
    .fetch_all(c)
    .await)?)
}

/// How many signed roots speak of more than `size` entries, and the largest size among them.
pub async fn checkpoints_beyond(tx: &mut Tx, size: i64) -> Result<(i64, Option<i64>), Error> {
    Ok(on_tx!(tx, c => sqlx::query_as("SELECT COUNT(*), MAX(size) FROM checkpoints WHERE size > $1")
        .bind(size).fetch_one(c).await)?)
}
