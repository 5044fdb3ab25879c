//! The driver: begin, inbox, handle, commit. It exists once, for both kinds of bus and for the sweep.

use std::panic::AssertUnwindSafe;

use contracts::Envelope;
use domain::Clock;
use futures::FutureExt;
use metrics::counter;
use store::trace::{self, TraceParent};
use store::{Db, inbox};
use tracing::{Instrument as _, Span};

use crate::consumer::{Consumer, HandleError, chain};

/// After how many failures a fact is set aside.
pub const PARK_AFTER: i64 = 5;

/// What became of the facts of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Handled now.
    pub handled: usize,
    /// Handled before; nothing done.
    pub repeated: usize,
    /// Set aside.
    pub parked: usize,
    /// Left for a later try.
    pub left: usize,
}

/// Hands facts to a consumer. An error means that the database is away and nothing was done with some of them.
pub async fn deliver<C: Consumer>(
    db: &Db,
    clock: &Clock,
    consumer: &C,
    messages: &[Envelope],
) -> Result<Delivered, store::Error> {
    let mut total = Delivered::default();
    for batch in messages.chunks(C::BATCH.max(1)) {
        match together(db, clock, consumer, batch).await {
            Ok((handled, repeated)) => {
                total.handled += handled;
                total.repeated += repeated;
            }
            Err(HandleError::Unavailable(error)) => return Err(error),
            // One bad fact must not hold up the others of its batch.
            Err(_) if batch.len() > 1 => {
                for message in batch {
                    alone(db, clock, consumer, message, &mut total).await?;
                }
            }
            Err(error) => failed(db, clock, consumer, &batch[0], &error, &mut total).await?,
        }
    }
    counter!("bus_consumed_total", "consumer" => C::NAME, "verdict" => "handled").increment(total.handled as u64);
    counter!("bus_consumed_total", "consumer" => C::NAME, "verdict" => "repeated").increment(total.repeated as u64);
    counter!("bus_consumed_total", "consumer" => C::NAME, "verdict" => "parked").increment(total.parked as u64);
    counter!("bus_consumed_total", "consumer" => C::NAME, "verdict" => "left").increment(total.left as u64);
    Ok(total)
}

async fn alone<C: Consumer>(
    db: &Db,
    clock: &Clock,
    consumer: &C,
    message: &Envelope,
    total: &mut Delivered,
) -> Result<(), store::Error> {
    match together(db, clock, consumer, std::slice::from_ref(message)).await {
        Ok((handled, repeated)) => {
            total.handled += handled;
            total.repeated += repeated;
            Ok(())
        }
        Err(HandleError::Unavailable(error)) => Err(error),
        Err(error) => failed(db, clock, consumer, message, &error, total).await,
    }
}

/// One transaction over a batch: how many facts it handled, and how many had been handled before.
async fn together<C: Consumer>(
    db: &Db,
    clock: &Clock,
    consumer: &C,
    batch: &[Envelope],
) -> Result<(usize, usize), HandleError> {
    let mut tx = db.begin().await?;
    let ids: Vec<_> = batch.iter().map(|message| message.id).collect();
    let mut fresh = inbox::claim(&mut tx, C::NAME, &ids, clock.now()).await?;
    // `remove` keeps the first of two copies in one batch.
    let mine: Vec<Envelope> = batch.iter().filter(|message| fresh.remove(&message.id)).cloned().collect();
    if mine.is_empty() {
        tx.commit().await?;
        return Ok((0, batch.len()));
    }
    // Each fact's own trace goes on; what a batch causes together belongs to none of them.
    let spans: Vec<(Span, TraceParent)> = mine.iter().filter_map(consuming::<C>).collect();
    let cause = match (mine.as_slice(), spans.as_slice()) {
        ([_], [(_, only)]) => Some(*only),
        _ => None,
    };
    // In a block of its own, so that a panic before the first await is caught as well. What it leaves behind is the
    // transaction, which is rolled back.
    let work = AssertUnwindSafe(async { consumer.handle(&mut tx, &mine).await }).catch_unwind();
    let outcome = match cause {
        Some(cause) => trace::scope(cause, work).instrument(spans[0].0.clone()).await,
        None => work.await,
    };
    match outcome {
        Ok(Ok(())) => tx.commit().await?,
        Ok(Err(error)) => return Err(error),
        // Without the panic's own words: they may quote the fact.
        Err(_) => return Err(HandleError::Retry("the handler panicked".into())),
    }
    consumer.committed();
    Ok((mine.len(), batch.len() - mine.len()))
}

/// The span of handling one fact, as a child of what caused it.
fn consuming<C: Consumer>(message: &Envelope) -> Option<(Span, TraceParent)> {
    let cause: TraceParent = message.traceparent.as_deref()?.parse().ok()?;
    let context = cause.child();
    let span = tracing::info_span!(
        "consume",
        bus.consumer = C::NAME,
        event.kind = message.kind(),
        event.id = %message.id,
        span.kind = "consumer",
        trace.id = context.trace(),
        span.id = context.span(),
        parent.id = cause.span()
    );
    Some((span, context))
}

/// Counts a failure, if it is one; sets the fact aside when it cannot work, or has failed too often.
async fn failed<C: Consumer>(
    db: &Db,
    clock: &Clock,
    _: &C,
    message: &Envelope,
    error: &HandleError,
    total: &mut Delivered,
) -> Result<(), store::Error> {
    let text = chain(error);
    if matches!(error, HandleError::Early(_)) {
        tracing::warn!(event.id = %message.id, event.kind = message.kind(), bus.consumer = C::NAME, error = text, "left a fact for later");
        total.left += 1;
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let failures = inbox::count_failure(&mut tx, C::NAME, message.id, &text, clock.now()).await?;
    let park = matches!(error, HandleError::Poison(_)) || failures >= PARK_AFTER;
    if park {
        inbox::park(&mut tx, C::NAME, message.id, message.kind(), &text, clock.now()).await?;
    }
    tx.commit().await?;
    if park {
        tracing::error!(event.id = %message.id, event.kind = message.kind(), bus.consumer = C::NAME, error = text, "parked a fact");
        total.parked += 1;
    } else {
        tracing::warn!(event.id = %message.id, event.kind = message.kind(), bus.consumer = C::NAME, failures, error = text, "left a fact for later");
        total.left += 1;
    }
    Ok(())
}
