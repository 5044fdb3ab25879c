//! Hands a service's outbox rows to the bus until it confirms them.
//!
//! A crash between the confirmation and its note, or of the database's server just after the note, publishes a fact twice,
//! under one identifier: the inbox absorbs it.

use std::time::Duration;

use contracts::{Envelope, Service};
use domain::Clock;
use metrics::counter;
use store::trace::TraceParent;
use store::{Db, outbox};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use crate::consumer::chain;
use crate::{Bell, Bus, BusState};

/// How many facts are handed over at once.
const BATCH: i64 = 500;
/// How long a relay that died keeps others from its claim.
const CLAIM: Duration = Duration::from_secs(30);
/// How long without a ring before the relay looks by itself: the longest that a fact waits where nobody rings for it, because
/// there is more pressing work.
const POLL: Duration = Duration::from_secs(1);
/// How long after some facts no bell is heard, so that those that come one by one leave together.
const TOGETHER: Duration = Duration::from_millis(20);
/// The longest pause while the broker is away.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Relays one batch; gives how many facts it found and how many of them the bus took.
pub async fn relay_once(bus: &Bus, db: &Db, clock: &Clock, service: Service) -> Result<(usize, usize), store::Error> {
    let mut tx = db.begin_claim().await?;
    let rows = outbox::claim_unpublished(&mut tx, service, clock.now(), CLAIM, BATCH).await?;
    tx.commit().await?;
    if rows.is_empty() {
        return Ok((0, 0));
    }
    let messages: Vec<Envelope> = rows.into_iter().map(outbox::OutboxRow::into_envelope).collect();
    let spans: Vec<Span> = messages.iter().filter_map(publishing).collect();
    let results = bus.publish(&messages).await;
    drop(spans);
    let (mut taken, mut left) = (Vec::new(), Vec::new());
    for (message, result) in messages.iter().zip(results) {
        let word = match &result {
            Ok(()) => "confirmed",
            Err(error) => {
                tracing::debug!(event.id = %message.id, event.kind = message.kind(), %error, "the bus did not take a fact");
                error.word()
            }
        };
        counter!("bus_published_total", "result" => word).increment(1);
        if result.is_ok() { taken.push(message.id) } else { left.push(message.id) }
    }
    let mut tx = db.begin_claim().await?;
    outbox::mark_published(&mut tx, service, &taken).await?;
    outbox::release_claims(&mut tx, service, &left).await?;
    tx.commit().await?;
    Ok((messages.len(), taken.len()))
}

/// The span of handing one fact over, as a child of what caused it.
fn publishing(message: &Envelope) -> Option<Span> {
    let cause: TraceParent = message.traceparent.as_deref()?.parse().ok()?;
    let context = cause.child();
    Some(tracing::info_span!(
        "publish",
        event.kind = message.kind(),
        event.id = %message.id,
        span.kind = "producer",
        trace.id = context.trace(),
        span.id = context.span(),
        parent.id = cause.span()
    ))
}

/// Relays until `stop`, woken by `bell`.
pub async fn relay(bus: &Bus, db: &Db, clock: &Clock, service: Service, bell: &Bell, stop: &CancellationToken) {
    let service_name = service.as_str();
    let mut pause = POLL;
    while !stop.is_cancelled() {
        let stuck = match Box::pin(relay_once(bus, db, clock, service)).await {
            Ok((found, taken)) if taken > 0 => {
                if found >= usize::try_from(BATCH).unwrap_or(usize::MAX) {
                    // More are waiting.
                    pause = POLL;
                    continue;
                }
                stop.run_until_cancelled(tokio::time::sleep(TOGETHER)).await;
                false
            }
            Ok((0, _)) => false,
            Ok((found, _)) => {
                tracing::warn!(service = service_name, found, "the bus takes no facts; they wait in the outbox");
                true
            }
            Err(error) => {
                tracing::warn!(service = service_name, error = chain(&error), "cannot relay facts");
                true
            }
        };
        if !stuck {
            pause = POLL;
            // A link that nobody has needed yet, or that broke while nobody published, is opened now and not by the
            // next fact, so that readiness tells the truth.
            if matches!(bus.state(), BusState::Away(_) | BusState::Untried) {
                drop(Box::pin(bus.check()).await);
            }
            tokio::select! {
                () = bell.wait(pause) => {}
                () = stop.cancelled() => {}
            }
            continue;
        }
        // Deaf to the bell: each ring would claim and release the same rows, and load the database that has to take
        // every new case while the broker is away.
        stop.run_until_cancelled(tokio::time::sleep(pause.mul_f64(rand::random_range(0.8..1.2)))).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}
