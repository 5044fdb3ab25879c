//! Erasing what entries commit to. Entries, hashes and checkpoints stay, so every proof stays valid.

use domain::Timestamp;
use domain::ids::EventId;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, on_tx};

#[derive(FromRow)]
struct Due {
    id: EventId,
    position: i64,
}

/// Erases salt and body of entries of these kinds that happened before `until`, and the body of the recorded fact
/// itself; at most `limit` at once. Gives how many.
pub async fn erase(tx: &mut Tx, kinds: &[&str], until: Timestamp, limit: i64) -> Result<usize, Error> {
    if kinds.is_empty() {
        return Ok(0);
    }
    let due: Vec<Due> = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new(
            "SELECT o.id, l.position FROM outbox o JOIN ledger l ON l.event_id = o.id
             WHERE o.data <> '{}' AND o.occurred_at < ",
        );
        sql.push_bind(until).push(" AND o.kind IN (");
        let mut list = sql.separated(", ");
        for kind in kinds {
            list.push_bind((*kind).to_owned());
        }
        sql.push(") ORDER BY o.occurred_at, o.id LIMIT ").push_bind(limit);
        sql.build_query_as().fetch_all(c).await
    })?;
    for chunk in due.chunks(500) {
        on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("DELETE FROM ledger_contents WHERE position IN (");
            let mut list = sql.separated(", ");
            for row in chunk {
                list.push_bind(row.position);
            }
            sql.push(")");
            sql.build().execute(c).await.map(drop)
        })?;
        on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("UPDATE outbox SET data = ");
            sql.push_bind(Json(serde_json::json!({}))).push(" WHERE id IN (");
            let mut list = sql.separated(", ");
            for row in chunk {
                list.push_bind(row.id);
            }
            sql.push(")");
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(due.len())
}
