//! Comparisons of what should be with what is, and the differences they found. Written by: audit.

use domain::Timestamp;
use domain::codes::DifferenceKind;
use domain::delivery::Outcome;
use domain::ids::{AccountId, DifferenceId, PlanId, ReconciliationId};
use domain::text::Line;
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ReconciliationRow {
    /// Its identifier.
    pub id: ReconciliationId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Who asked for it; none for the nightly one.
    pub asked_by: Option<AccountId>,
    /// How many plans were compared.
    pub plans: i64,
    /// How many facts.
    pub facts: i64,
    /// How many tries; none if no log of the mail server is configured.
    pub attempts: Option<i64>,
    /// How many differences there were.
    pub found: i64,
}

/// Something that did not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Between what.
    pub kind: DifferenceKind,
    /// What it is about, by its identifier.
    pub subject: String,
    /// What does not agree, in words.
    pub detail: String,
}

/// A difference as a task.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DifferenceRow {
    /// Its identifier.
    pub id: DifferenceId,
    /// Between what.
    pub kind: DifferenceKind,
    /// What it is about.
    pub subject: String,
    /// What does not agree.
    pub detail: String,
    /// When it was first found.
    pub found_at: Timestamp,
    /// When it was last found.
    pub seen_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The reason given then.
    pub reason: Option<Line>,
}

/// Keeps a comparison.
pub async fn insert(tx: &mut Tx, row: &ReconciliationRow) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO reconciliations (id, started_at, ended_at, asked_by, plans, facts, attempts, found)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(row.id)
    .bind(row.started_at)
    .bind(row.ended_at)
    .bind(row.asked_by)
    .bind(row.plans)
    .bind(row.facts)
    .bind(row.attempts)
    .bind(row.found)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The newest comparison.
pub async fn newest(tx: &mut Tx) -> Result<Option<ReconciliationRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, started_at, ended_at, asked_by, plans, facts, attempts, found
         FROM reconciliations ORDER BY started_at DESC LIMIT 1",
    )
    .fetch_optional(c)
    .await)?)
}

/// Keeps a difference: a new task, or the same as before seen again. One that a person closed stays closed.
pub async fn report(tx: &mut Tx, id: DifferenceId, difference: &Difference, now: Timestamp) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO differences (id, kind, subject, detail, found_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (kind, subject, detail) DO UPDATE SET seen_at = $5",
    )
    .bind(id)
    .bind(difference.kind)
    .bind(&difference.subject)
    .bind(&difference.detail)
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// The tasks: open ones oldest first, then the last that were closed.
pub async fn differences(tx: &mut Tx, limit: i64) -> Result<Vec<DifferenceRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, kind, subject, detail, found_at, seen_at, closed_at, reason FROM differences
         ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, closed_at DESC, found_at, id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// How many tasks are open.
pub async fn open(tx: &mut Tx) -> Result<i64, Error> {
    Ok(
        on_tx!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM differences WHERE closed_at IS NULL").fetch_one(c).await)?,
    )
}

/// Closes a task with a reason. Says false if it is not open.
pub async fn close(tx: &mut Tx, id: DifferenceId, by: AccountId, reason: &Line, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE differences SET closed_at = $2, closed_by = $3, reason = $4 WHERE id = $1 AND closed_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .bind(by)
    .bind(reason)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// A plan with what it says and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PlanSums {
    /// The plan.
    pub id: PlanId,
    /// How many partners it tells.
    pub told: i64,
    /// How many notifications it has.
    pub notifications: i64,
    /// How many addresses that are written to: the primary ones, and others once their turn came.
    pub addresses: i64,
    /// How many of them have a delivery.
    pub made: i64,
    /// How many deliveries it has; more than addresses is a mail outside the plan.
    pub deliveries: i64,
}

/// Plans frozen before `until` whose sums do not agree.
pub async fn torn_plans(tx: &mut Tx, until: Timestamp, limit: i64) -> Result<Vec<PlanSums>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT * FROM (
             SELECT p.id, p.told,
                 (SELECT COUNT(*) FROM notifications n WHERE n.plan_id = p.id) AS notifications,
                 (SELECT COUNT(*) FROM notifications n
                  JOIN notification_addresses a ON a.notification_id = n.id
                  LEFT JOIN deliveries d ON d.notification_id = n.id AND d.address = a.address
                  WHERE n.plan_id = p.id AND (a.role = 'primary' OR d.id IS NOT NULL)) AS addresses,
                 (SELECT COUNT(*) FROM notifications n
                  JOIN notification_addresses a ON a.notification_id = n.id
                  JOIN deliveries d ON d.notification_id = n.id AND d.address = a.address
                  WHERE n.plan_id = p.id) AS made,
                 COALESCE(named.deliveries, 0) AS deliveries
             FROM plans p
             LEFT JOIN (SELECT plan_id, COUNT(*) AS deliveries FROM deliveries GROUP BY plan_id) AS named
                 ON named.plan_id = p.id
             WHERE p.frozen_at < $1) sums
         WHERE told <> notifications OR addresses <> made OR made <> deliveries ORDER BY id LIMIT $2",
    )
    .bind(until)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// How many plans and facts there are.
pub async fn counts(tx: &mut Tx) -> Result<(i64, i64), Error> {
    Ok(on_tx!(tx, c => sqlx::query_as("SELECT (SELECT COUNT(*) FROM plans), (SELECT COUNT(*) FROM outbox)")
        .fetch_one(c).await)?)
}

/// Entries about facts that no service has on record, by position.
pub async fn unrecorded(tx: &mut Tx, limit: i64) -> Result<Vec<(i64, domain::ids::EventId)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT l.position, l.event_id FROM ledger l
         WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = l.event_id) ORDER BY l.position LIMIT $1",
    )
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// What was sent under a Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Sent {
    /// The Message-ID.
    pub message_id: String,
    /// How many tries it had.
    pub tries: i64,
    /// How many of them the mail server accepted.
    pub accepted: i64,
    /// How many ended in doubt.
    pub uncertain: i64,
}

/// What was sent between two moments, by Message-ID.
pub async fn sent(tx: &mut Tx, from: Timestamp, until: Timestamp) -> Result<Vec<Sent>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT d.message_id, COUNT(*) AS tries, COUNT(CASE WHEN t.outcome = $3 THEN 1 END) AS accepted,
             COUNT(CASE WHEN t.outcome = $4 OR t.outcome IS NULL THEN 1 END) AS uncertain
         FROM attempts t JOIN deliveries d ON d.id = t.delivery_id
         WHERE t.started_at >= $1 AND t.started_at < $2 AND d.message_id IS NOT NULL
         GROUP BY d.message_id ORDER BY d.message_id",
    )
    .bind(from)
    .bind(until)
    .bind(Outcome::Accepted)
    .bind(Outcome::Uncertain)
    .fetch_all(c)
    .await)?)
}
