//! What each consumer has done with the facts it was given. Written by the consuming service, in the transaction of
//! its effect: that makes a message that comes twice harmless.

use domain::Timestamp;
use domain::ids::EventId;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, listed, on_tx};

/// Notes that `consumer` handles these facts now; gives back those that it had not handled before.
///
/// Two workers that are handed the same fact at the same moment meet here: the second waits for the first one's
/// transaction and then finds the row.
pub async fn claim(
    tx: &mut Tx,
    consumer: &str,
    ids: &[EventId],
    now: Timestamp,
) -> Result<std::collections::HashSet<EventId>, Error> {
    // One order for everybody, so that two batches that overlap cannot wait for each other.
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let list = listed(tx, ids.iter().map(|id| id.as_uuid()));
    let fresh: Vec<EventId> = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("INSERT INTO inbox (consumer, event_id, handled_at) SELECT ");
        sql.push_bind(consumer.to_owned()).push(", listed.*, ").push_bind(now).push(" FROM (SELECT ");
        sql.push(list.before).push_bind(list.ids).push(list.after);
        sql.push(") AS listed WHERE TRUE ON CONFLICT (consumer, event_id) DO NOTHING RETURNING event_id");
        sql.build_query_scalar().fetch_all(c).await
    })?;
    Ok(fresh.into_iter().collect())
}

/// Counts one more failure and gives the count.
pub async fn count_failure(
    tx: &mut Tx,
    consumer: &str,
    event_id: EventId,
    error: &str,
    now: Timestamp,
) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "INSERT INTO handling_failures (consumer, event_id, failures, error, failed_at)
         VALUES ($1, $2, 1, $3, $4)
         ON CONFLICT (consumer, event_id) DO UPDATE
             SET failures = handling_failures.failures + 1, error = excluded.error, failed_at = excluded.failed_at
         RETURNING failures",
    )
    .bind(consumer)
    .bind(event_id)
    .bind(error)
    .bind(now)
    .fetch_one(c)
    .await)?)
}

/// Sets a fact aside for an operator: no consumer and no sweep touches it until it is replayed.
pub async fn park(
    tx: &mut Tx,
    consumer: &str,
    event_id: EventId,
    kind: &str,
    error: &str,
    now: Timestamp,
) -> Result<(), Error> {
    claim(tx, consumer, &[event_id], now).await?;
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO parked (consumer, event_id, kind, error, parked_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (consumer, event_id) DO NOTHING",
    )
    .bind(consumer)
    .bind(event_id)
    .bind(kind)
    .bind(error)
    .bind(now)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// A fact that was set aside.
#[derive(Clone, Debug, FromRow)]
pub struct ParkedRow {
    /// Who could not handle it.
    pub consumer: String,
    /// The fact.
    pub event_id: EventId,
    /// Its kind.
    pub kind: String,
    /// What went wrong, without personal data.
    pub error: String,
    /// When it was set aside.
    pub parked_at: Timestamp,
}

/// Everything set aside, newest first.
pub async fn parked(tx: &mut Tx, limit: i64) -> Result<Vec<ParkedRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT consumer, event_id, kind, error, parked_at FROM parked ORDER BY parked_at DESC, event_id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// Takes a fact out of the parked ones, so that the next sweep hands it to its consumer again. Says whether it was
/// parked.
pub async fn replay(tx: &mut Tx, consumer: &str, event_id: EventId) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query("DELETE FROM parked WHERE consumer = $1 AND event_id = $2")
        .bind(consumer).bind(event_id).execute(c).await.map(|done| done.rows_affected()))?;
    if rows == 0 {
        return Ok(false);
    }
    on_tx!(tx, c => sqlx::query("DELETE FROM inbox WHERE consumer = $1 AND event_id = $2")
        .bind(consumer).bind(event_id).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query("DELETE FROM handling_failures WHERE consumer = $1 AND event_id = $2")
        .bind(consumer).bind(event_id).execute(c).await.map(drop))?;
    // Its place may lie before what the sweep has finished with.
    on_tx!(tx, c => sqlx::query("DELETE FROM sweeps WHERE consumer = $1")
        .bind(consumer).execute(c).await.map(drop))?;
    Ok(true)
}

/// Up to when `consumer`'s sweep has found everything handled; the beginning of time if it never ran.
pub async fn swept_to(tx: &mut Tx, consumer: &str) -> Result<Timestamp, Error> {
    let at: Option<Timestamp> = on_tx!(tx, c => sqlx::query_scalar("SELECT swept_to FROM sweeps WHERE consumer = $1")
        .bind(consumer).fetch_optional(c).await)?;
    Ok(at.unwrap_or(Timestamp::from_micros(0)))
}

/// Remembers that everything before `at` is handled.
pub async fn set_swept_to(tx: &mut Tx, consumer: &str, at: Timestamp) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO sweeps (consumer, swept_to) VALUES ($1, $2)
         ON CONFLICT (consumer) DO UPDATE SET swept_to = excluded.swept_to",
    )
    .bind(consumer)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}
