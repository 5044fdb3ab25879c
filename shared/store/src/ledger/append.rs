//! Appending.
//!
//! PostgreSQL gets whole columns as arrays: one statement for any number of rows, planned once. SQLite has no arrays
//! and gets rows of values.

use std::time::Duration;

use domain::Timestamp;
use domain::ids::{EventId, LeaseId, Uuid};
use sqlx::{FromRow, QueryBuilder};

use super::{CheckpointRow, ContentRow, EntryRow, NodeRow};
use crate::{Error, Tx, answer, beyond_any_claim, expect_one, expect_rows, on_tx};

/// The head of the ledger in the hands of its writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Head {
    /// How many entries there are.
    pub size: i64,
    /// The writer's number: it grows with each change of writer.
    pub fence: i64,
}

/// Takes, keeps or renews the lease to append, and locks the head until the transaction ends; none while another
/// writer holds it. A lease from the future, of a clock that was set back since, holds it no more.
///
/// A writer that holds it names the `fence` it was given. Whoever else wants to append waits at the row and then sees
/// everything this transaction wrote, so positions have no gap and no double. A writer that was overtaken while it was
/// paused or cut off has an old fence and gets none, whatever its clock says.
pub async fn hold(
    tx: &mut Tx,
    writer: LeaseId,
    fence: i64,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Head>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "UPDATE ledger_head SET writer = $1, leased_until = $3,
             fence = CASE WHEN writer = $1 AND fence = $2 THEN fence ELSE fence + 1 END
         WHERE id = 1 AND ((writer = $1 AND fence = $2) OR leased_until <= $4 OR leased_until > $5)
         RETURNING size, fence",
    )
    .bind(writer)
    .bind(fence)
    .bind(now.plus(lease))
    .bind(now)
    .bind(beyond_any_claim(now, lease))
    .fetch_optional(c)
    .await)?)
}

/// Gives the lease back, so that another writer need not wait for its end.
pub async fn let_go(tx: &mut Tx, writer: LeaseId, fence: i64, now: Timestamp) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("UPDATE ledger_head SET leased_until = $3 WHERE writer = $1 AND fence = $2")
        .bind(writer).bind(fence).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Moves the size on, under the lock.
pub async fn advance(tx: &mut Tx, from: i64, to: i64) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE ledger_head SET size = $2 WHERE id = 1 AND size = $1")
        .bind(from).bind(to).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Adds entries.
pub async fn insert_entries(tx: &mut Tx, entries: &[EntryRow]) -> Result<(), Error> {
    match tx {
        Tx::Postgres(inner) => {
            let column = |of: fn(&EntryRow) -> i64| entries.iter().map(of).collect::<Vec<_>>();
            let event_ids: Vec<Uuid> = entries.iter().map(|row| row.event_id.as_uuid()).collect();
            let case_ids: Vec<Option<Uuid>> = entries.iter().map(|row| row.case_id.map(|id| id.as_uuid())).collect();
            let kinds: Vec<&str> = entries.iter().map(|row| row.kind.as_str()).collect();
            let commitments: Vec<&[u8]> = entries.iter().map(|row| row.commitment.as_slice()).collect();
            let leaves: Vec<&[u8]> = entries.iter().map(|row| row.leaf.as_slice()).collect();
            let insert = sqlx::query(
                "INSERT INTO ledger (position, event_id, kind, case_id, occurred_at, commitment, leaf)
                 SELECT position, event_id, kind, case_id,
                     TIMESTAMPTZ '1970-01-01T00:00:00Z' + micros * INTERVAL '1 microsecond', commitment, leaf
                 FROM UNNEST($1::BIGINT[], $2::UUID[], $3::TEXT[], $4::UUID[], $5::BIGINT[], $6::BYTEA[], $7::BYTEA[])
                     AS entry (position, event_id, kind, case_id, micros, commitment, leaf)",
            )
            .bind(column(|row| row.position))
            .bind(event_ids)
            .bind(kinds)
            .bind(case_ids)
            .bind(column(|row| row.occurred_at.as_micros()))
            .bind(commitments)
            .bind(leaves);
            let done = answer(inner.patience(), insert.execute(&mut **inner)).await?;
            expect_rows(entries.len(), done.rows_affected())
        }
        Tx::Sqlite(inner) => {
            for chunk in entries.chunks(500) {
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
                expect_rows(chunk.len(), sql.build().execute(&mut **inner).await?.rows_affected())?;
            }
            Ok(())
        }
    }
}

/// Adds what entries commit to.
pub async fn insert_contents(tx: &mut Tx, contents: &[ContentRow]) -> Result<(), Error> {
    match tx {
        Tx::Postgres(inner) => {
            let positions: Vec<i64> = contents.iter().map(|row| row.position).collect();
            let salts: Vec<&[u8]> = contents.iter().map(|row| row.salt.as_slice()).collect();
            let bodies: Vec<&str> = contents.iter().map(|row| row.body.as_str()).collect();
            let insert = sqlx::query(
                "INSERT INTO ledger_contents (position, salt, body)
                 SELECT * FROM UNNEST($1::BIGINT[], $2::BYTEA[], $3::TEXT[])",
            )
            .bind(positions)
            .bind(salts)
            .bind(bodies);
            let done = answer(inner.patience(), insert.execute(&mut **inner)).await?;
            expect_rows(contents.len(), done.rows_affected())
        }
        Tx::Sqlite(inner) => {
            for chunk in contents.chunks(500) {
                let mut sql = QueryBuilder::new("INSERT INTO ledger_contents (position, salt, body) ");
                sql.push_values(chunk, |mut row, content| {
                    row.push_bind(content.position).push_bind(&content.salt).push_bind(&content.body);
                });
                expect_rows(chunk.len(), sql.build().execute(&mut **inner).await?.rows_affected())?;
            }
            Ok(())
        }
    }
}

/// Adds the hashes of subtrees that became complete: one in 256 entries makes one.
pub async fn insert_nodes(tx: &mut Tx, nodes: &[NodeRow]) -> Result<(), Error> {
    for chunk in nodes.chunks(500) {
        let rows = on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("INSERT INTO ledger_nodes (level, position, hash) ");
            sql.push_values(chunk, |mut row, node| {
                row.push_bind(node.level).push_bind(node.position).push_bind(&node.hash);
            });
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        expect_rows(chunk.len(), rows)?;
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

/// Which of these facts have an entry.
pub async fn known(tx: &mut Tx, ids: &[EventId]) -> Result<std::collections::HashSet<EventId>, Error> {
    let mut known = std::collections::HashSet::new();
    match tx {
        Tx::Postgres(inner) => {
            let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
            let asked = sqlx::query_as("SELECT event_id FROM ledger WHERE event_id = ANY($1)").bind(ids);
            let rows: Vec<(EventId,)> = answer(inner.patience(), asked.fetch_all(&mut **inner)).await?;
            known.extend(rows.into_iter().map(|(id,)| id));
        }
        Tx::Sqlite(inner) => {
            for chunk in ids.chunks(500) {
                let mut sql = QueryBuilder::new("SELECT event_id FROM ledger WHERE event_id IN (");
                let mut list = sql.separated(", ");
                for id in chunk {
                    list.push_bind(*id);
                }
                sql.push(")");
                let rows: Vec<(EventId,)> = sql.build_query_as().fetch_all(&mut **inner).await?;
                known.extend(rows.into_iter().map(|(id,)| id));
            }
        }
    }
    Ok(known)
}
