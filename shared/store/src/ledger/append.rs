//! Appending.

use sqlx::QueryBuilder;

use super::{CheckpointRow, ContentRow, EntryRow, NodeRow};
use crate::{Error, Tx, expect_one, on_tx};

/// The ledger's size, with the row that holds it locked until the transaction ends.
///
/// Whoever else appends waits here and then sees everything this transaction wrote, so positions have no gap and no
/// double.
pub async fn lock(tx: &mut Tx) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("UPDATE ledger_head SET size = size WHERE id = 1 RETURNING size")
        .fetch_one(c).await)?)
}

/// Moves the size on, under the lock.
pub async fn advance(tx: &mut Tx, from: i64, to: i64) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE ledger_head SET size = $2 WHERE id = 1 AND size = $1")
        .bind(from).bind(to).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Adds entries.
pub async fn insert_entries(tx: &mut Tx, entries: &[EntryRow]) -> Result<(), Error> {
    for chunk in entries.chunks(500) {
        let rows = on_tx!(tx, c => {
            let mut sql = QueryBuilder::new(
                "INSERT INTO ledger (position, event_id, kind, case_id, occurred_at, commitment, leaf) ",
            );
            sql.push_values(chunk, |mut row, entry| {
                row.push_bind(entry.position)
                    .push_bind(entry.event_id)
                    .push_bind(&entry.kind)
                    .push_bind(entry.case_id)
                    .push_bind(entry.occurred_at)
                    .push_bind(&entry.commitment)
                    .push_bind(&entry.leaf);
            });
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        expect(chunk.len(), rows)?;
    }
    Ok(())
}

/// Adds what entries commit to.
pub async fn insert_contents(tx: &mut Tx, contents: &[ContentRow]) -> Result<(), Error> {
    for chunk in contents.chunks(500) {
        let rows = on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("INSERT INTO ledger_contents (position, salt, body) ");
            sql.push_values(chunk, |mut row, content| {
                row.push_bind(content.position).push_bind(&content.salt).push_bind(&content.body);
            });
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        expect(chunk.len(), rows)?;
    }
    Ok(())
}

/// Adds the hashes of subtrees that became complete.
pub async fn insert_nodes(tx: &mut Tx, nodes: &[NodeRow]) -> Result<(), Error> {
    for chunk in nodes.chunks(500) {
        let rows = on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("INSERT INTO ledger_nodes (level, position, hash) ");
            sql.push_values(chunk, |mut row, node| {
                row.push_bind(node.level).push_bind(node.position).push_bind(&node.hash);
            });
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        expect(chunk.len(), rows)?;
    }
    Ok(())
}

/// Adds a signed root.
pub async fn insert_checkpoint(tx: &mut Tx, checkpoint: &CheckpointRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("INSERT INTO checkpoints (size, root, note, signed_at) VALUES ($1, $2, $3, $4)")
        .bind(checkpoint.size)
        .bind(&checkpoint.root)
        .bind(&checkpoint.note)
        .bind(checkpoint.signed_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

fn expect(expected: usize, actual: u64) -> Result<(), Error> {
    let expected = expected as u64;
    if actual == expected { Ok(()) } else { Err(Error::RowsAffected { expected, actual }) }
}
