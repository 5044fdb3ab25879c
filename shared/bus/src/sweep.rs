//! Finds facts that were stored and never handled, whatever the broker did with their messages.

use std::collections::HashSet;
use std::time::Duration;

use contracts::Envelope;
use domain::{Clock, Timestamp};
use store::outbox::OutboxRow;
use store::{Db, inbox, outbox};
use tokio_util::sync::CancellationToken;

use crate::consumer::chain;
use crate::{Consumer, deliver};

/// How old a fact must be before the sweep takes it: younger ones are on their way.
pub const SWEEP_AFTER: Duration = Duration::from_secs(15);
/// How often a consumer sweeps.
pub const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// A fact may become visible this long after its own time (a slow transaction); the mark stays behind that.
const LATE_COMMIT: Duration = Duration::from_secs(600);
/// The mark moves in steps, so that a sweep that finds nothing writes nothing.
const STEP: Duration = Duration::from_secs(60);
/// A fact that is later than now by more than this was recorded before a clock was set back, and is not on its way. More
/// than the clocks of machines differ.
const AHEAD: Duration = Duration::from_secs(60);
/// How many facts are looked for at once.
const PAGE: u16 = 500;

/// Handles what is overdue; gives how many facts it handled.
pub async fn sweep_once<C: Consumer>(db: &Db, clock: &Clock, consumer: &C) -> Result<usize, store::Error> {
    let now = clock.now();
    let mut tx = db.read().await?;
    let mark = inbox::swept_to(&mut tx, C::NAME).await?;
    let newest = outbox::newest(&mut tx).await?;
    tx.commit().await?;
    // A process whose clock ran ahead may have left a mark in the future; what happens until then would not be seen.
    let from = mark.min(now.minus(LATE_COMMIT));
    let (mut handled, oldest_left) = look(db, clock, consumer, from, now.minus(SWEEP_AFTER)).await?;
    // Behind the mark whatever becomes of them: they are looked for again as long as they are in the future.
    handled += look(db, clock, consumer, now.plus(AHEAD), Timestamp::from_micros(i64::MAX)).await?.0;
    // Never past the newest fact: with a clock that runs ahead, "now" is a time that no fact has reached yet.
    let finished = oldest_left.unwrap_or(now).min(now.minus(LATE_COMMIT)).min(newest.map_or(mark, after));
    if finished.since(mark) > STEP || mark > now {
        advance::<C>(db, mark, finished).await?;
    }
    if handled > 0 {
        tracing::info!(bus.consumer = C::NAME, handled, "the sweep handled facts that no message brought");
    }
    Ok(handled)
}

/// Handles what is to be handled of a span of time; gives how many facts it handled, and when the oldest happened that
/// could not be.
async fn look<C: Consumer>(
    db: &Db,
    clock: &Clock,
    consumer: &C,
    mut from: Timestamp,
    until: Timestamp,
) -> Result<(usize, Option<Timestamp>), store::Error> {
    let mut handled = 0;
    // What could not be handled is found again by the next look; one try in a sweep is enough.
    let mut tried = HashSet::new();
    let mut oldest_left: Option<Timestamp> = None;
    loop {
        let mut tx = db.read().await?;
        let rows = outbox::unhandled(&mut tx, C::NAME, C::KEYS, from, until, PAGE.into()).await?;
        tx.commit().await?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { break };
        let (first, last, full) = (first.occurred_at, last.occurred_at, rows.len() == usize::from(PAGE));
        let messages: Vec<Envelope> =
            rows.into_iter().filter(|row| !tried.contains(&row.id)).map(OutboxRow::into_envelope).collect();
        let delivered = deliver(db, clock, consumer, &messages).await?;
        handled += delivered.handled;
        if delivered.left > 0 {
            oldest_left = oldest_left.or(Some(first));
            tried.extend(messages.iter().map(|message| message.id));
            from = last;
        } else if messages.is_empty() {
            // A full page of failures at one instant: what shares it waits until they are parked, what follows does not.
            from = last.plus(Duration::from_micros(1));
        }
        if !full {
            break;
        }
    }
    Ok((handled, oldest_left))
}

fn after(newest: Timestamp) -> Timestamp {
    newest.plus(Duration::from_micros(1))
}

/// Moves the mark: nothing before it is looked at again.
///
/// A replay at this very moment puts a fact back behind the mark and removes the mark. So the mark is moved first and
/// the look behind it comes second, in one transaction: whichever of the two writes the mark's row later sees what
/// the other did. That needs the row to be there, hence the first step only creates it.
async fn advance<C: Consumer>(db: &Db, from: Timestamp, to: Timestamp) -> Result<(), store::Error> {
    let to = if from.as_micros() == 0 { Timestamp::from_micros(1) } else { to };
    let mut tx = db.begin().await?;
    if inbox::swept_to(&mut tx, C::NAME).await? != from {
        return tx.rollback().await;
    }
    inbox::set_swept_to(&mut tx, C::NAME, to).await?;
    let missed = outbox::unhandled(&mut tx, C::NAME, C::KEYS, from, to, 1).await?;
    if missed.is_empty() { tx.commit().await } else { tx.rollback().await }
}

/// Sweeps until `stop`.
pub(crate) async fn run<C: Consumer>(db: &Db, clock: &Clock, consumer: &C, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        // A long sweep may be cut: what is not committed is found by the next one.
        let swept = tokio::select! {
            swept = sweep_once(db, clock, consumer) => swept,
            () = stop.cancelled() => return,
        };
        if let Err(error) = swept {
            tracing::warn!(bus.consumer = C::NAME, error = chain(&error), "cannot sweep");
        }
        // Several processes of one service should not sweep at the same moment.
        let pause = SWEEP_EVERY.mul_f64(rand::random_range(0.8..1.2));
        stop.run_until_cancelled(tokio::time::sleep(pause)).await;
    }
}
