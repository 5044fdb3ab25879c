//! How long to wait before knocking again.

use std::time::Duration;

/// The ceiling of the first pause.
const FIRST: Duration = Duration::from_millis(200);
/// The ceiling of every later pause.
const LAST: Duration = Duration::from_secs(2);
/// The shortest pause: a draw near zero must not become a loop that burns a core.
const LEAST: Duration = Duration::from_millis(20);

/// Pauses with full jitter under a doubling ceiling: many processes must not come back to a broker that has just
/// started all at the same moment.
#[derive(Debug, Default)]
pub(crate) struct Backoff(Option<Duration>);

impl Backoff {
    /// The next pause.
    pub(crate) fn next(&mut self) -> Duration {
        let ceiling = self.0.map_or(FIRST, |last| (last * 2).min(LAST));
        self.0 = Some(ceiling);
        ceiling.mul_f64(rand::random_range(0.0..1.0)).max(LEAST)
    }

    /// After a success the next pause is a first one again.
    pub(crate) fn reset(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_stay_under_a_ceiling_that_doubles_and_ends_at_two_seconds() {
        let mut backoff = Backoff::default();
        for ceiling in [200, 400, 800, 1600, 2000, 2000] {
            let pause = backoff.next();
            assert!(pause >= LEAST && pause <= Duration::from_millis(ceiling), "{pause:?} of {ceiling} ms");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
