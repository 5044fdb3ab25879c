//! Stopping in two steps: finish, then cut.
//!
//! The first signal asks every loop to take no new work and finish what it has (`soft`). After the grace period, or
//! at a second signal, whatever is left is dropped (`hard`): every state change is one transaction, so being dropped
//! is the same as crashing, which is the normal case.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long finishing may take before it is cut.
pub const GRACE: Duration = Duration::from_secs(30);

/// Runs `work` until it ends, or until it is told to stop. `work` is given the token that asks it to finish.
pub async fn run_until_stopped<F>(stop: CancellationToken, work: F)
where
    F: Future<Output = ()>,
{
    tokio::pin!(work);
    tokio::select! {
        () = &mut work => return,
        () = signal() => tracing::info!("asked to stop: finishing the work in hand"),
        () = stop.cancelled() => {}
    }
    stop.cancel();
    tokio::select! {
        () = &mut work => tracing::info!("stopped"),
        () = signal() => tracing::warn!("stopped at once at a second signal"),
        () = tokio::time::sleep(GRACE) => tracing::warn!("stopped after the grace period with work unfinished"),
    }
}

/// Waits for SIGTERM or SIGINT.
pub async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    // Without a handler the default action ends the process at once, which is safe but not graceful.
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::warn!("cannot listen for signals: stopping will not be graceful");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_is_asked_to_stop_finishes_first() {
        let stop = CancellationToken::new();
        let mut finished = false;
        let asked = stop.clone();
        let work = async {
            asked.cancelled().await;
            tokio::task::yield_now().await;
            finished = true;
        };
        stop.cancel();
        run_until_stopped(stop, work).await;
        assert!(finished);
    }
}
