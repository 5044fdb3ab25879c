//! What every try needs while it lasts and when it ends, of a delivery and of a notice: its lease kept alive beside the
//! dialogue, and patience with the database.

use std::fmt::Display;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::chain;
use crate::transport::Report;

/// How long the end of a try is kept in hand while the database is away. What cannot be recorded by then is found as
/// an attempt without an end.
const RECORD_FOR: Duration = Duration::from_secs(120);

/// Waits for a dialogue, and beside it has the lease kept alive now and then, so that a slow server does not look like a
/// dead sender. Neither waits for the other: a database that does not answer must not silence us in front of the server.
pub(crate) async fn beside<K: Future<Output = ()>>(
    mut sending: impl Future<Output = Report> + Unpin,
    pause: Duration,
    keep_lease: impl Fn() -> K,
) -> Report {
    loop {
        tokio::select! {
            report = &mut sending => return report,
            () = tokio::time::sleep(pause) => {}
        }
        let mut keeping = Box::pin(keep_lease());
        tokio::select! {
            report = &mut sending => {
                // Not cut in the middle of its transaction; the end is recorded right after it.
                keeping.await;
                return report;
            }
            () = &mut keeping => {}
        }
    }
}

/// Keeps a lease alive and with it the right to send. `lease` is how long it lasts from now.
pub(crate) async fn keep(
    what: impl Display,
    hand: &watch::Sender<Option<Instant>>,
    lease: Duration,
    renewed: impl Future<Output = Result<bool, store::Error>>,
) {
    // Measured from before the transaction, so that ours ends before the one in the table.
    let deadline = Instant::now() + lease;
    match renewed.await {
        Ok(true) => drop(hand.send_replace(Some(deadline))),
        Ok(false) => {
            tracing::warn!(subject = %what, "another sender took over");
            hand.send_replace(None);
        }
        // The deadline in hand stands; if it passes, nothing is sent.
        Err(error) => tracing::warn!(subject = %what, error = chain(&error), "cannot keep a lease"),
    }
}

/// Records the end of a try, patiently: an end that is not recorded becomes a repeat.
pub(crate) async fn record<E, F>(what: impl Display, attempt: i64, finish: impl Fn() -> F)
where
    E: std::error::Error,
    F: Future<Output = Result<(), E>>,
{
    let begun = Instant::now();
    let mut pause = Duration::from_millis(100);
    loop {
        let error = match finish().await {
            Ok(()) => return,
            Err(error) => error,
        };
        let give_up = begun.elapsed() > RECORD_FOR;
        tracing::error!(subject = %what, attempt, give_up, error = chain(&error), "cannot record how a try ended");
        if give_up {
            return;
        }
        tokio::time::sleep(pause).await;
        // Well within the lease: whoever takes the row over would send again what is known to be accepted.
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}
