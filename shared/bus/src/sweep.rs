//! Finds facts that were stored and never handled, whatever the broker did with their messages.

use std::time::Duration;

use contracts::Envelope;
use domain::{Clock, Timestamp};
use store::{Db, inbox, outbox};
use tokio_util::sync::CancellationToken;

use crate::{Consumer, deliver};

/// How old a fact must be before the sweep takes it: younger ones are on their way.
pub const SWEEP_AFTER: Duration = Duration::from_secs(15);
/// How often a consumer sweeps.
pub const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// A fact may become visible this long after its own time (a slow transaction); the sweep never looks past that.
const LATE_COMMIT: Duration = Duration::from_secs(600);
/// How many facts are looked for at once.
const PAGE: u16 = 500;

/// Handles what is overdue; gives how many facts it handled.
pub async fn sweep_once<C: Consumer>(db: &Db, clock: &Clock, consumer: &C) -> Result<usize, store::Error> {
    let now = clock.now();
    let mut handled = 0;
    let mut tx = db.read().await?;
    let swept_to = inbox::swept_to(&mut tx, C::NAME).await?;
    tx.commit().await?;
    let mut from = swept_to;
    let mut oldest_left: Option<Timestamp> = None;
    loop {
        let mut tx = db.read().await?;
        let rows = outbox::unhandled(&mut tx, C::NAME, C::KEYS, from, now.minus(SWEEP_AFTER), PAGE.into()).await?;
        tx.commit().await?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { break };
        let (first, last, full) = (first.occurred_at, last.occurred_at, rows.len() == usize::from(PAGE));
        let messages: Vec<Envelope> = rows.into_iter().map(outbox::OutboxRow::into_envelope).collect();
        let delivered = deliver(db, clock, consumer, &messages).await?;
        handled += delivered.handled;
        if delivered.left > 0 {
            oldest_left = oldest_left.or(Some(first));
            // What is left would be found again at once; go on behind it.
            from = if last > from { last } else { break };
        }
        if !full {
            break;
        }
    }
    let finished = oldest_left.unwrap_or(now).min(now.minus(LATE_COMMIT));
    if finished.since(swept_to) > Duration::from_secs(60) {
        let mut tx = db.begin().await?;
        inbox::set_swept_to(&mut tx, C::NAME, finished).await?;
        tx.commit().await?;
    }
    if handled > 0 {
        tracing::info!(bus.consumer = C::NAME, handled, "the sweep handled facts that no message brought");
    }
    Ok(handled)
}

/// Sweeps until `stop`.
pub(crate) async fn run<C: Consumer>(db: &Db, clock: &Clock, consumer: &C, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = sweep_once(db, clock, consumer).await {
            tracing::warn!(bus.consumer = C::NAME, error = %crate::consumer::chain(&error), "cannot sweep");
        }
        // Several processes of one service should not sweep at the same moment.
        let pause = SWEEP_EVERY.mul_f64(rand::random_range(0.8..1.2));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}
