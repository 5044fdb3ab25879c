//! The sender's claim on due rows.

use std::time::Duration;

use domain::Timestamp;
use domain::delivery::LONGEST_PAUSE;
use domain::ids::{AlertId, DeliveryId, LeaseId};
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, beyond_any_claim, expect_one, listed, on_tx};

/// How far a look for due rows reaches, in times of what is asked for. Domains that are full are passed over before this
/// limit, so one domain's backlog of any length hides nobody else's rows for longer than one look.
const WINDOW: i64 = 2;
/// However little is asked for.
const SMALLEST_WINDOW: i64 = 200;

/// A delivery that is due.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DueRow {
    /// The delivery.
    pub id: DeliveryId,
    /// The domain its limits are counted by.
    pub domain: String,
    /// The alert version.
    pub alert_id: AlertId,
    /// There is no lease, no try and no mail of it, and no doubt about it.
    pub is_new: bool,
}

/// What a sender can take now.
#[derive(Clone, Copy, Debug)]
pub struct DueRequest<'a> {
    /// Rows due by then.
    pub now: Timestamp,
    /// The longest that a lease lasts: one that ends later is from the future.
    pub lasts: Duration,
    /// The most rows.
    pub limit: i64,
    /// The most rows of one domain.
    pub per_domain: i64,
    /// Domains of which more may be taken.
    pub quick: &'a [String],
    /// The most rows of each of those.
    pub per_quick_domain: i64,
    /// Domains that have their share already.
    pub full: &'a [String],
    /// Rows the caller works on already, whatever has become of their claims.
    pub in_hand: &'a [DeliveryId],
    /// What cannot wait before what can, however long that is due.
    pub urgent_first: bool,
}

/// Orders what cannot wait before what can.
const URGENT: &str = "CASE WHEN EXISTS (SELECT 1 FROM chases h WHERE h.notification_id = deliveries.notification_id \
                      AND h.urgent) THEN 0 ELSE 1 END";

/// Due deliveries that nobody works on, longest due first: first tries, later tries and those whose sender died, by one path. They
/// are the caller's until the transaction ends, and what it neither begins nor leases ([`lease`]) stays due. A lease from the
/// future, of a clock that was set back since, holds nothing. Those that go out in digests have a lease of their own
/// ([`super::lease_digest`]).
///
/// The outer condition repeats the inner one: between the look and the lock another sender may have taken a row. `IS TRUE` keeps
/// the index of what is due out of it. The limit stands outside, so that what another has locked is passed over for what follows.
pub async fn due(tx: &mut Tx, request: &DueRequest<'_>) -> Result<Vec<DueRow>, Error> {
    let beyond = beyond_any_claim(request.now, request.lasts);
    let window = (request.limit * WINDOW).max(SMALLEST_WINDOW);
    let in_hand = listed(tx, request.in_hand.iter().map(|id| id.as_uuid()));
    let (words, lock) = match tx {
        Tx::Postgres(_) => ("jsonb_array_elements_text(", " FOR UPDATE OF d SKIP LOCKED"),
        Tx::Sqlite(_) => ("value FROM json_each(", ""),
    };
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new(
            "SELECT d.id, d.domain, d.alert_id,
                 d.tries = 0 AND d.message_id IS NULL AND d.lease IS NULL AND d.state = 'pending' AS is_new
             FROM (SELECT id, waits, due_at, domain,
                       ROW_NUMBER() OVER (PARTITION BY domain ORDER BY waits, due_at, id) AS place
                   FROM (SELECT id, domain, due_at, ",
        );
        sql.push(if request.urgent_first { URGENT } else { "0" })
            .push(" AS waits FROM deliveries WHERE NOT digest AND due_at <= ")
            .push_bind(request.now)
            .push(" AND (leased_until IS NULL OR leased_until <= ")
            .push_bind(request.now)
            .push(" OR leased_until > ")
            .push_bind(beyond)
            .push(") AND domain NOT IN (SELECT ")
            .push(words)
            .push_bind(Json(request.full))
            .push(")) AND id NOT IN (SELECT ")
            .push(in_hand.before)
            .push_bind(in_hand.ids)
            .push(in_hand.after)
            .push(if request.urgent_first { ") ORDER BY waits, due_at, id LIMIT " } else { ") ORDER BY due_at, id LIMIT " })
            .push_bind(window)
            .push(") AS oldest) AS placed JOIN deliveries d ON d.id = placed.id
                   WHERE placed.place <= CASE WHEN placed.domain IN (SELECT ")
            .push(words)
            .push_bind(Json(request.quick))
            .push(")) THEN ")
            .push_bind(request.per_quick_domain)
            .push(" ELSE ")
            .push_bind(request.per_domain)
            .push(" END AND (d.due_at <= ")
            .push_bind(request.now)
            .push(") IS TRUE AND (d.leased_until IS NULL OR d.leased_until <= ")
            .push_bind(request.now)
            .push(" OR d.leased_until > ")
            .push_bind(beyond)
            .push(") ORDER BY placed.waits, placed.due_at, placed.id LIMIT ")
            .push_bind(request.limit)
            .push(lock);
        sql.build_query_as().fetch_all(c).await
    })?)
}

/// Leases those of these rows that are due still and that nobody else has leased or locked: all that [`due`] gave in this
/// transaction.
pub async fn lease(
    tx: &mut Tx,
    ids: &[DeliveryId],
    lease: LeaseId,
    now: Timestamp,
    lasts: Duration,
) -> Result<Vec<DeliveryId>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lock = tx.skip_locked();
    let list = listed(tx, ids.iter().map(|id| id.as_uuid()));
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("UPDATE deliveries SET lease = ");
        sql.push_bind(lease).push(", leased_until = ").push_bind(now.plus(lasts));
        sql.push(" WHERE id IN (SELECT id FROM deliveries WHERE (due_at <= ").push_bind(now);
        sql.push(") IS TRUE AND (leased_until IS NULL OR leased_until <= ").push_bind(now);
        sql.push(" OR leased_until > ").push_bind(beyond_any_claim(now, lasts)).push(") AND id IN (SELECT ");
        sql.push(list.before).push_bind(list.ids).push(list.after).push(")").push(lock).push(") RETURNING id");
        sql.build_query_scalar().fetch_all(c).await
    })?)
}

/// Makes due what is put off for longer than any pause lasts: the clock by which it was put off was set back since. What
/// waits for its first hour may wait for days. Gives how many deliveries.
pub async fn recall(tx: &mut Tx, now: Timestamp) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => sqlx::query("UPDATE deliveries SET due_at = $1 WHERE due_at > $2 AND due_at > first_due_at")
        .bind(now).bind(beyond_any_claim(now, LONGEST_PAUSE)).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Gives a leased row back, not to be taken up before `until`.
pub async fn put_off(tx: &mut Tx, id: DeliveryId, lease: LeaseId, until: Timestamp) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE deliveries SET due_at = $3, lease = NULL, leased_until = NULL
         WHERE id = $1 AND lease = $2 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(lease)
    .bind(until)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Gives leased rows back untouched.
pub async fn give_back(tx: &mut Tx, lease: LeaseId, ids: &[DeliveryId]) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let list = listed(tx, ids.iter().map(|id| id.as_uuid()));
    on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("UPDATE deliveries SET lease = NULL, leased_until = NULL WHERE lease = ");
        sql.push_bind(lease).push(" AND id IN (SELECT ").push(list.before).push_bind(list.ids).push(list.after).push(")");
        sql.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// Keeps the lease of these rows for longer. Says whether all of them are still the caller's to work on; in a transaction that
/// writes, those that are stay locked until the end.
pub async fn renew(tx: &mut Tx, ids: &[DeliveryId], lease: LeaseId, until: Timestamp) -> Result<bool, Error> {
    let list = listed(tx, ids.iter().map(|id| id.as_uuid()));
    // In one order, as everywhere. SQLite has one writer.
    let lock = match tx {
        Tx::Postgres(_) => " ORDER BY id FOR UPDATE",
        Tx::Sqlite(_) => "",
    };
    let rows = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("UPDATE deliveries SET leased_until = ");
        sql.push_bind(until).push(" WHERE id IN (SELECT id FROM deliveries WHERE lease = ").push_bind(lease);
        sql.push(" AND ended_at IS NULL AND id IN (SELECT ");
        sql.push(list.before).push_bind(list.ids).push(list.after).push(")").push(lock).push(")");
        sql.build().execute(c).await.map(|done| done.rows_affected())
    })?;
    Ok(usize::try_from(rows) == Ok(ids.len()))
}

/// Whether anything is due that cannot wait.
pub async fn urgent_is_due(tx: &mut Tx, now: Timestamp) -> Result<bool, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM deliveries d JOIN chases h ON h.notification_id = d.notification_id
             WHERE d.due_at <= $1 AND h.urgent AND NOT d.digest)",
    ).bind(now).fetch_one(c).await)?)
}
