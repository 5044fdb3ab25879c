//! SMTP tries. Written by: notifier.
//!
//! A row is committed before SMTP begins. Closing it is the fence between two senders: it can be closed once, and only
//! who closed it may say what became of the delivery.

use domain::Timestamp;
use domain::delivery::{Outcome, Stage};
use domain::ids::{AttemptId, DeliveryId};
use sqlx::FromRow;

use crate::{Error, Tx, answer, expect_one, on_tx};

/// One SMTP try.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AttemptRow {
    /// Its identifier.
    pub id: AttemptId,
    /// What it sends.
    pub delivery_id: DeliveryId,
    /// Its number, from 1.
    pub number: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// An earlier try had no known end.
    pub possible_repeat: bool,
    /// When it ended; none while it runs, or if its sender died.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// At which step.
    pub stage: Option<Stage>,
    /// The server's words.
    pub reply: Option<String>,
}

/// Notes that a try begins. Committed before SMTP does.
pub async fn begin(
    tx: &mut Tx,
    id: AttemptId,
    delivery_id: DeliveryId,
    number: i64,
    possible_repeat: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO attempts (id, delivery_id, number, started_at, possible_repeat) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(delivery_id)
    .bind(number)
    .bind(now)
    .bind(possible_repeat)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Notes how a try ended. Says whether it was still open: if not, somebody else closed it and the caller must change
/// nothing.
pub async fn end(
    tx: &mut Tx,
    id: AttemptId,
    outcome: Outcome,
    stage: Stage,
    reply: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE attempts SET ended_at = $2, outcome = $3, stage = $4, reply = $5 WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .bind(outcome)
    .bind(stage)
    .bind(reply)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// What a try in doubt turned out to be; gives the step at which it had ended. None: it is not in doubt.
pub async fn resolve(tx: &mut Tx, id: AttemptId, outcome: Outcome, reply: &str) -> Result<Option<Stage>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "UPDATE attempts SET outcome = $2, reply = $3 WHERE id = $1 AND outcome = 'uncertain' RETURNING stage",
    ).bind(id).bind(outcome).bind(reply).fetch_optional(c).await)?)
}

/// The tries of a delivery, oldest first.
pub async fn of_delivery(tx: &mut Tx, delivery_id: DeliveryId) -> Result<Vec<AttemptRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, delivery_id, number, started_at, possible_repeat, ended_at, outcome, stage, reply
         FROM attempts WHERE delivery_id = $1 ORDER BY number",
    )
    .bind(delivery_id)
    .fetch_all(c)
    .await)?)
}

/// The tries of these deliveries, those of each oldest first.
pub async fn of_deliveries(tx: &mut Tx, deliveries: &[DeliveryId]) -> Result<Vec<AttemptRow>, Error> {
    match tx {
        Tx::Postgres(inner) => {
            let asked = sqlx::query_as(
                "SELECT id, delivery_id, number, started_at, possible_repeat, ended_at, outcome, stage, reply
                 FROM attempts WHERE delivery_id = ANY($1) ORDER BY delivery_id, number",
            )
            .bind(deliveries);
            Ok(answer(inner.patience(), asked.fetch_all(&mut **inner)).await?)
        }
        Tx::Sqlite(_) => {
            let mut rows = Vec::new();
            for id in deliveries {
                rows.extend(of_delivery(tx, *id).await?);
            }
            Ok(rows)
        }
    }
}
