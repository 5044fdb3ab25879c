//! Stops trying while the mail server takes no mail at all. Pure: time is an argument.
//!
//! Without it a wrong password would be tried once for each of ten thousand mails, and each of them put off for
//! minutes; with it a few are, and the rest go out as soon as one mail gets through again.

use std::time::Duration;

use domain::Timestamp;

/// After how many failures in a row.
const FAILURES: u32 = 5;
/// The first pause; it doubles with each probe that fails.
const FIRST: Duration = Duration::from_secs(60);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(600);

#[derive(Debug, Default)]
pub(super) struct Breaker {
    in_a_row: u32,
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    until: Timestamp,
    pause: Duration,
}

impl Open {
    /// Whether the pause lasts at `now`. One that would last longer than any was begun before the clock was set back.
    fn lasts(self, now: Timestamp) -> bool {
        let left = self.until.since(now);
        !left.is_zero() && left <= LONGEST
    }
}

impl Breaker {
    /// How many mails may start: any number, none, or one to see whether the server is back.
    pub fn allows(&self, now: Timestamp, in_hand: usize) -> usize {
        match self.open {
            None => usize::MAX,
            Some(_) if self.lasts(now) || in_hand > 0 => 0,
            Some(_) => 1,
        }
    }

    /// Whether nothing may be said to the server now.
    pub fn lasts(&self, now: Timestamp) -> bool {
        self.open.is_some_and(|open| open.lasts(now))
    }

    /// A failure that would have hit any mail. Gives the end of the pause if this one begins or prolongs it.
    pub fn failed(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.in_a_row = self.in_a_row.saturating_add(1);
        let pause = match self.open {
            // Mails that were in hand when it opened say nothing new.
            Some(open) if open.lasts(now) => return None,
            Some(open) => (open.pause * 2).min(LONGEST),
            None if self.in_a_row >= FAILURES => FIRST,
            None => return None,
        };
        let until = now.plus(pause);
        self.open = Some(Open { until, pause });
        Some(until)
    }

    /// The server took a mail, or refused it for its own sake. Says whether that ends a pause.
    pub fn worked(&mut self) -> bool {
        self.in_a_row = 0;
        self.open.take().is_some()
    }

    pub fn open_until(&self) -> Option<Timestamp> {
        self.open.map(|open| open.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_micros(1_795_000_000_000_000).plus(Duration::from_secs(secs))
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_one_probe_closes_it() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            assert_eq!(breaker.failed(at(0)), None);
        }
        assert_eq!(breaker.allows(at(0), 3), usize::MAX);
        assert_eq!(breaker.failed(at(0)), Some(at(60)));
        assert_eq!(breaker.failed(at(1)), None, "a mail that was on the wire already");
        assert_eq!((breaker.allows(at(59), 0), breaker.allows(at(60), 0), breaker.allows(at(60), 1)), (0, 1, 0));
        assert_eq!((breaker.lasts(at(59)), breaker.lasts(at(60))), (true, false));
        assert!(breaker.worked());
        assert_eq!(breaker.allows(at(61), 5), usize::MAX);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_prolong_a_pause() {
        let mut breaker = Breaker::default();
        while breaker.failed(at(100_000)).is_none() {}
        assert_eq!(breaker.allows(at(100_000), 0), 0);
        assert_eq!(breaker.allows(at(10_000), 0), 1, "a probe");
    }

    #[test]
    fn the_pause_doubles_up_to_ten_minutes() {
        let mut breaker = Breaker::default();
        let mut now = at(0);
        let mut pauses = Vec::new();
        while pauses.len() < 6 {
            if let Some(until) = breaker.failed(now) {
                pauses.push(until.since(now).as_secs());
                now = until;
            }
        }
        assert_eq!(pauses, [60, 120, 240, 480, 600, 600]);
    }

    #[test]
    fn a_success_between_failures_starts_the_count_again() {
        let mut breaker = Breaker::default();
        for _ in 0..20 {
            for _ in 0..4 {
                assert_eq!(breaker.failed(at(0)), None);
            }
            assert!(!breaker.worked());
        }
    }
}
