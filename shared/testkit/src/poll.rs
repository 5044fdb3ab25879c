//! The one bounded poll of the test kit.
//!
//! Inside one process a test waits on a notification, never on time. Another process (a server that
//! starts, a row that a killed and restarted service will write) offers no notification, so here,
//! and only here, a test looks again every few milliseconds until a limit.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Time between two looks at first; doubles up to [`SLOWEST`] so that a long wait costs no core.
const FASTEST: Duration = Duration::from_millis(10);
const SLOWEST: Duration = Duration::from_millis(160);

/// Waits until `condition` answers true, at most `limit`. `what` completes "waited for ...".
pub async fn wait_until(what: &str, limit: Duration, mut condition: impl AsyncFnMut() -> bool) -> Result<()> {
    wait_for(what, limit, async || condition().await.then_some(())).await
}

/// Waits until `probe` answers a value and returns it, at most `limit`. `what` completes "waited for ...".
pub async fn wait_for<T>(what: &str, limit: Duration, mut probe: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    let mut patience = Patience::new(what, limit);
    loop {
        if let Some(value) = probe().await {
            return Ok(value);
        }
        patience.pause().await?;
    }
}

/// The loop above without its closure, for functions whose futures must be `Send`: a compiler that looks through a
/// borrowing async closure cannot see that it is.
pub(crate) struct Patience<'a> {
    what: &'a str,
    limit: Duration,
    // The system clock, not tokio's: a test that pauses tokio's time still waits for real processes.
    start: Instant,
    pause: Duration,
}

impl<'a> Patience<'a> {
    pub(crate) fn new(what: &'a str, limit: Duration) -> Self {
        Self { what, limit, start: Instant::now(), pause: FASTEST }
    }

    /// Waits a little before the next look; an error once the limit has passed.
    pub(crate) async fn pause(&mut self) -> Result<()> {
        if self.start.elapsed() >= self.limit {
            bail!("waited {:?} in vain for {}", self.limit, self.what);
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(SLOWEST);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn returns_the_value_as_soon_as_the_probe_has_one() {
        let mut looks = 0;
        let value = wait_for("three looks", Duration::from_secs(5), async || {
            looks += 1;
            (looks == 3).then_some("here")
        })
        .await;
        assert_eq!(value.unwrap(), "here");
    }

    #[tokio::test]
    async fn gives_up_at_the_limit_and_says_for_what() {
        let error = wait_until("the moon", Duration::from_millis(30), async || false).await.unwrap_err();
        assert!(error.to_string().contains("the moon"), "{error}");
    }
}
