//! Comparing the ledger with the facts that services recorded.

use domain::Timestamp;
use domain::ids::EventId;
use sqlx::FromRow;

use crate::{Error, Tx, inbox, on_tx};

/// How far the ledger is behind the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lag {
    /// How many facts have no entry yet.
    pub count: i64,
    /// When the oldest of them happened.
    pub oldest: Option<Timestamp>,
}

/// How far the ledger is behind. `consumer` is the ledger's own: before what its sweep has finished nothing is
/// looked for, which keeps the question cheap however long the history is.
pub async fn lag(tx: &mut Tx, consumer: &str) -> Result<Lag, Error> {
    let since = inbox::swept_to(tx, consumer).await?;
    let (count, oldest) = on_tx!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), MIN(o.occurred_at) FROM outbox o
         WHERE o.occurred_at >= $1 AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.event_id = o.id)",
    )
    .bind(since)
    .fetch_one(c)
    .await)?;
    Ok(Lag { count, oldest })
}

/// A fact without an entry.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Missing {
    /// The fact.
    pub id: EventId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The ledger's consumer says that it has handled it.
    pub handled: bool,
    /// It was set aside for an operator.
    pub parked: bool,
}

/// Facts that happened before `until` and have no entry, oldest first, over the whole history.
pub async fn missing(tx: &mut Tx, consumer: &str, until: Timestamp, limit: i64) -> Result<Vec<Missing>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT o.id, o.occurred_at,
                EXISTS (SELECT 1 FROM inbox i WHERE i.consumer = $1 AND i.event_id = o.id) AS handled,
                EXISTS (SELECT 1 FROM parked p WHERE p.consumer = $1 AND p.event_id = o.id) AS parked
         FROM outbox o
         WHERE o.occurred_at < $2 AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.event_id = o.id)
         ORDER BY o.occurred_at, o.id LIMIT $3",
    )
    .bind(consumer)
    .bind(until)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}
