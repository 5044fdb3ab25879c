//! Hands a service's outbox rows to the bus until it confirms them.
//!
//! A crash between the confirmation and its note publishes a fact twice, under one identifier: the inbox absorbs it.

use std::time::Duration;

use contracts::{Envelope, Service};
use domain::Clock;
use metrics::counter;
use store::{Db, outbox};
use tokio_util::sync::CancellationToken;

use crate::{Bell, Bus};

/// How many facts are handed over at once.
const BATCH: i64 = 200;
/// How long a relay that died keeps others from its claim.
const CLAIM: Duration = Duration::from_secs(30);
/// How long without a ring before the relay looks by itself.
const POLL: Duration = Duration::from_secs(1);
/// The longest pause while the broker is away.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Relays one batch; gives how many facts it found and how many of them the bus took.
pub async fn relay_once(bus: &Bus, db: &Db, clock: &Clock, service: Service) -> Result<(usize, usize), store::Error> {
    let mut tx = db.begin().await?;
    let rows = outbox::claim_unpublished(&mut tx, service, clock.now(), CLAIM, BATCH).await?;
    tx.commit().await?;
    if rows.is_empty() {
        return Ok((0, 0));
    }
    let messages: Vec<Envelope> = rows.into_iter().map(outbox::OutboxRow::into_envelope).collect();
    let results = bus.publish(&messages).await;
    let (mut taken, mut left) = (Vec::new(), Vec::new());
    for (message, result) in messages.iter().zip(results) {
        match result {
            Ok(()) => taken.push(message.id),
            Err(error) => {
                tracing::debug!(event.id = %message.id, event.kind = message.kind(), %error, "the bus did not take a fact");
                left.push(message.id);
            }
        }
    }
    let mut tx = db.begin().await?;
    outbox::mark_published(&mut tx, &taken, clock.now()).await?;
    outbox::release_claims(&mut tx, &left).await?;
    tx.commit().await?;
    counter!("bus_published_total", "result" => "confirmed").increment(taken.len() as u64);
    counter!("bus_published_total", "result" => "failed").increment(left.len() as u64);
    Ok((messages.len(), taken.len()))
}

/// Relays until `stop`, woken by `bell`.
pub async fn relay(bus: &Bus, db: &Db, clock: &Clock, service: Service, bell: &Bell, stop: &CancellationToken) {
    let mut pause = POLL;
    while !stop.is_cancelled() {
        match relay_once(bus, db, clock, service).await {
            // More may be waiting.
            Ok((found, taken)) if taken > 0 && found == taken => {
                pause = POLL;
                continue;
            }
            Ok((0, _)) => pause = POLL,
            Ok((found, taken)) => {
                tracing::warn!(
                    service = service.as_str(),
                    found,
                    taken,
                    "the bus takes no facts; they wait in the outbox"
                );
                pause = (pause * 2).min(MAX_PAUSE);
            }
            Err(error) => {
                tracing::warn!(service = service.as_str(), error = %crate::consumer::chain(&error), "cannot relay facts");
                pause = (pause * 2).min(MAX_PAUSE);
            }
        }
        tokio::select! {
            () = bell.wait(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}
