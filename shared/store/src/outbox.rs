//! Facts on their way. Written by every service: each its own rows, in the transaction of the change they tell of.
//!
//! A row is never changed, but by an erasure, or deleted: it is what the ledger is compared with, and what a sweep finds when the broker has
//! lost everything. Beside it stands in `unpublished` that no broker has confirmed it yet; nothing else depends on that.

use std::time::Duration;

use contracts::{Envelope, Event, Service};
use domain::ids::{CaseId, EventId};
use domain::{Clock, Timestamp};
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, answer, beyond_any_claim, column, expect_rows, listed, on_tx, trace};

/// Records that `event` happened, together with whatever else the transaction does.
pub async fn record<E: Event>(tx: &mut Tx, service: Service, clock: &Clock, event: &E) -> Result<EventId, Error> {
    let traceparent = trace::current().map(|context| context.to_string());
    let id = EventId::generate(clock);
    insert(tx, service, clock.now(), &[(id, event, traceparent.as_deref())]).await?;
    Ok(id)
}

/// Records facts of one kind, each with the trace of what caused it.
pub async fn record_all<E: Event>(
    tx: &mut Tx,
    service: Service,
    clock: &Clock,
    facts: &[(E, Option<&str>)],
) -> Result<(), Error> {
    let facts: Vec<_> =
        facts.iter().map(|(event, traceparent)| (EventId::generate(clock), event, *traceparent)).collect();
    insert(tx, service, clock.now(), &facts).await
}

/// Each fact, and that no broker has it yet; on PostgreSQL all in one statement.
async fn insert<E: Event>(
    tx: &mut Tx,
    service: Service,
    now: Timestamp,
    facts: &[(EventId, &E, Option<&str>)],
) -> Result<(), Error> {
    match tx {
        Tx::Postgres(inner) => {
            let insert = sqlx::query(
                "WITH new AS (
                     INSERT INTO outbox (id, service, kind, case_id, subject, data, traceparent, occurred_at)
                     SELECT id, $1, $2, case_id, subject, data, traceparent, $3
                     FROM UNNEST($4::UUID[], $5::UUID[], $6::TEXT[], $7::JSONB[], $8::TEXT[])
                         AS new (id, case_id, subject, data, traceparent)
                     RETURNING service, id, occurred_at)
                 INSERT INTO unpublished (service, event_id, occurred_at) SELECT service, id, occurred_at FROM new",
            )
            .bind(service.as_str())
            .bind(E::KIND)
            .bind(now)
            .bind(column(facts, |(id, ..)| *id))
            .bind(column(facts, |(_, event, _)| event.case_id()))
            .bind(column(facts, |(_, event, _)| event.subject()))
            .bind(column(facts, |(_, event, _)| Json(json(*event))))
            .bind(column(facts, |(.., traceparent)| *traceparent));
            expect_rows(facts.len(), answer(inner.patience(), insert.execute(&mut **inner)).await?.rows_affected())
        }
        Tx::Sqlite(inner) => {
            for (id, event, traceparent) in facts {
                sqlx::query(
                    "INSERT INTO outbox (id, service, kind, case_id, subject, data, traceparent, occurred_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(*id)
                .bind(service.as_str())
                .bind(E::KIND)
                .bind(event.case_id())
                .bind(event.subject())
                .bind(Json(json(*event)))
                .bind(*traceparent)
                .bind(now)
                .execute(&mut **inner)
                .await?;
                sqlx::query("INSERT INTO unpublished (service, event_id, occurred_at) VALUES ($1, $2, $3)")
                    .bind(service.as_str())
                    .bind(*id)
                    .bind(now)
                    .execute(&mut **inner)
                    .await?;
            }
            Ok(())
        }
    }
}

fn json(event: &impl Event) -> serde_json::Value {
    serde_json::to_value(event).expect("an event is plain data and always has a JSON form")
}

/// A stored fact.
#[derive(Clone, Debug, FromRow)]
pub struct OutboxRow {
    /// Its identifier, and its message's.
    pub id: EventId,
    /// The service it happened in.
    pub service: String,
    /// Its kind, such as `alert.released.v1`.
    pub kind: String,
    /// The case it belongs to.
    pub case_id: Option<CaseId>,
    /// What it happened to.
    pub subject: String,
    /// The event.
    pub data: Json<serde_json::Value>,
    /// What caused it.
    pub traceparent: Option<String>,
    /// When.
    pub occurred_at: Timestamp,
}

const COLUMNS: &str = "id, service, kind, case_id, subject, data, traceparent, occurred_at";

impl OutboxRow {
    /// The fact in the envelope it travels in.
    pub fn into_envelope(self) -> Envelope {
        Envelope {
            specversion: "1.0".to_owned(),
            id: self.id,
            source: format!("/tocsin/{}", self.service),
            event_type: format!("{}{}", Envelope::TYPE_PREFIX, self.kind),
            subject: self.subject,
            time: self.occurred_at,
            datacontenttype: "application/json".to_owned(),
            traceparent: self.traceparent,
            data: self.data.0,
        }
    }
}

/// Claims up to `limit` facts of one service that no broker has confirmed, for `lease`; gives them oldest first.
///
/// The claim only spares two relays the same work: a fact that is published twice keeps its identifier.
pub async fn claim_unpublished(
    tx: &mut Tx,
    service: Service,
    now: Timestamp,
    lease: Duration,
    limit: i64,
) -> Result<Vec<OutboxRow>, Error> {
    let lock = tx.skip_locked();
    // Those first, in a part of its own: within the update's condition PostgreSQL may look for them anew for each row, and the
    // limit would be none.
    let ids: Vec<EventId> = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("WITH first AS (SELECT event_id FROM unpublished WHERE service = ");
        sql.push_bind(service.as_str())
            .push(" AND (claimed_until IS NULL OR claimed_until <= ")
            .push_bind(now)
            .push(" OR claimed_until > ")
            .push_bind(beyond_any_claim(now, lease))
            .push(") ORDER BY event_id LIMIT ")
            .push_bind(limit)
            .push(lock)
            .push(") UPDATE unpublished SET claimed_until = ")
            .push_bind(now.plus(lease))
            .push(" WHERE service = ")
            .push_bind(service.as_str())
            .push(" AND event_id IN (SELECT event_id FROM first) RETURNING event_id");
        sql.build_query_scalar().fetch_all(c).await
    })?;
    find_all(tx, &ids).await
}

/// Notes that the broker confirmed these facts of one service.
pub async fn mark_published(tx: &mut Tx, service: Service, ids: &[EventId]) -> Result<(), Error> {
    of_unpublished(tx, "DELETE FROM unpublished", service, ids).await
}

/// Gives claimed facts of one service back at once, after the broker did not take them.
pub async fn release_claims(tx: &mut Tx, service: Service, ids: &[EventId]) -> Result<(), Error> {
    of_unpublished(tx, "UPDATE unpublished SET claimed_until = NULL", service, ids).await
}

async fn of_unpublished(tx: &mut Tx, change: &str, service: Service, ids: &[EventId]) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let list = listed(tx, ids.iter().map(|id| id.as_uuid()));
    on_tx!(tx, c => {
        let mut sql = QueryBuilder::new(change);
        sql.push(" WHERE service = ").push_bind(service.as_str()).push(" AND event_id IN (SELECT ");
        sql.push(list.before).push_bind(list.ids).push(list.after).push(")");
        sql.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// Facts of the given kinds (all kinds if the list is empty) since `from` and before `until` that `consumer` has
/// neither handled nor parked, oldest first: what a sweep works on, whatever the broker did with the messages.
pub async fn unhandled(
    tx: &mut Tx,
    consumer: &str,
    kinds: &[&str],
    from: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<OutboxRow>, Error> {
    let rows = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS)
            .push(" FROM outbox WHERE occurred_at >= ")
            .push_bind(from)
            .push(" AND occurred_at < ")
            .push_bind(until)
            .push(" AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.event_id = outbox.id AND inbox.consumer = ")
            .push_bind(consumer.to_owned())
            .push(")");
        if !kinds.is_empty() {
            sql.push(" AND kind IN (");
            let mut list = sql.separated(", ");
            for kind in kinds {
                list.push_bind((*kind).to_owned());
            }
            sql.push(")");
        }
        sql.push(" ORDER BY occurred_at, id LIMIT ").push_bind(limit);
        sql.build_query_as().fetch_all(c).await
    })?;
    Ok(rows)
}

/// One fact by its identifier.
pub async fn find(tx: &mut Tx, id: EventId) -> Result<Option<OutboxRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, service, kind, case_id, subject, data, traceparent, occurred_at FROM outbox WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// Those of these facts that there are, oldest first.
pub async fn find_all(tx: &mut Tx, ids: &[EventId]) -> Result<Vec<OutboxRow>, Error> {
    let list = listed(tx, ids.iter().map(|id| id.as_uuid()));
    let mut rows: Vec<OutboxRow> = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS).push(" FROM outbox WHERE id IN (SELECT ");
        sql.push(list.before).push_bind(list.ids).push(list.after).push(")");
        sql.build_query_as().fetch_all(c).await
    })?;
    rows.sort_by_key(|row| (row.occurred_at, row.id));
    Ok(rows)
}

/// When the newest fact happened.
pub async fn newest(tx: &mut Tx) -> Result<Option<Timestamp>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT MAX(occurred_at) FROM outbox").fetch_one(c).await)?)
}

/// How much is waiting for the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// How many facts.
    pub depth: i64,
    /// Since when the oldest one waits.
    pub oldest: Option<Timestamp>,
}

/// What waits for the broker, over all services.
pub async fn backlog(tx: &mut Tx) -> Result<Backlog, Error> {
    let (depth, oldest): (i64, Option<Timestamp>) = on_tx!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), MIN(occurred_at) FROM unpublished",
    )
    .fetch_one(c)
    .await)?;
    Ok(Backlog { depth, oldest })
}
