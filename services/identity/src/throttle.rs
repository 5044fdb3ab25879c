//! How long the next sign-in with an address must wait: guessing becomes slow, and nobody is ever locked out.

use std::time::Duration;

use domain::Timestamp;
use store::identity::FailureRow;

/// This many failures cost nothing: people mistype.
const FREE_FAILURES: i64 = 5;
/// The longest wait. A guesser gets at most 288 tries a day; the owner never waits longer than this.
const LONGEST: Duration = Duration::from_mins(5);
/// After so long without a failure the count begins again.
pub(crate) const FORGET_AFTER: Duration = Duration::from_hours(24);

/// What to do with a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Look at the password; should it be wrong, this is the count of failures.
    Try {
        /// The count with this try.
        failures: i64,
    },
    /// Do not look at the password for so many seconds. Such a try is not counted: only the clock decides when the
    /// owner is let in again, not how often others knock.
    Wait {
        /// Whole seconds, at least one.
        secs: u64,
    },
}

/// So many failures in a row a network has free, and one more for each of these pauses: many people share a network and
/// mistype, but a few hundred tries an hour over all accounts are a guesser's.
const NETWORK_FREE: i64 = 30;
const NETWORK_PAUSE: Duration = Duration::from_secs(20);

/// Judges a try from a network, whichever address is tried: a bucket that leaks.
pub(crate) fn judge_network(known: FailureRow, now: Timestamp) -> Verdict {
    let quiet = now.since(known.last_at);
    let leaked = i64::try_from(quiet.as_secs() / NETWORK_PAUSE.as_secs()).unwrap_or(i64::MAX);
    let level = known.failures.saturating_sub(leaked).max(0);
    if level < NETWORK_FREE {
        return Verdict::Try { failures: level + 1 };
    }
    let over = u64::try_from(level - NETWORK_FREE).unwrap_or(0);
    let into = quiet.as_secs() % NETWORK_PAUSE.as_secs();
    Verdict::Wait { secs: (over + 1) * NETWORK_PAUSE.as_secs() - into }
}

/// Judges a try at `now` by what is known of the address.
pub(crate) fn judge(known: FailureRow, now: Timestamp) -> Verdict {
    let quiet = now.since(known.last_at);
    if quiet >= FORGET_AFTER {
        return Verdict::Try { failures: 1 };
    }
    match wait_after(known.failures).checked_sub(quiet) {
        Some(left) if !left.is_zero() => {
            Verdict::Wait { secs: left.as_millis().div_ceil(1_000).try_into().unwrap_or(1) }
        }
        _ => Verdict::Try { failures: known.failures + 1 },
    }
}

/// 2, 4, 8, … seconds from the fifth failure on.
fn wait_after(failures: i64) -> Duration {
    match u32::try_from(failures - FREE_FAILURES) {
        Ok(more) => Duration::from_secs(2_u64.saturating_pow(more + 1)).min(LONGEST),
        Err(_) => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_micros(1_795_000_000_000_000 + secs * 1_000_000)
    }

    fn after(failures: i64, secs: i64) -> Verdict {
        judge(FailureRow { failures, last_at: at(0) }, at(secs))
    }

    #[test]
    fn waits_grow_from_the_fifth_failure_and_end_at_five_minutes() {
        for (failures, wait) in [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (12, 256), (13, 300), (63, 300), (9_999, 300)]
        {
            let expected =
                if wait == 0 { Verdict::Try { failures: failures + 1 } } else { Verdict::Wait { secs: wait } };
            assert_eq!(after(failures, 0), expected, "{failures} failures");
            let end = i64::try_from(wait).unwrap_or(0);
            assert_eq!(after(failures, end), Verdict::Try { failures: failures + 1 }, "{failures} failures, waited");
        }
        assert_eq!(after(7, 5), Verdict::Wait { secs: 3 });
    }

    #[test]
    fn a_network_has_thirty_failures_free_and_then_three_a_minute() {
        let after = |failures, secs| judge_network(FailureRow { failures, last_at: at(0) }, at(secs));
        for (failures, secs, expected) in [
            (0, 0, Verdict::Try { failures: 1 }),
            (29, 0, Verdict::Try { failures: 30 }),
            (30, 0, Verdict::Wait { secs: 20 }),
            (30, 19, Verdict::Wait { secs: 1 }),
            (30, 20, Verdict::Try { failures: 30 }),
            (30, 60, Verdict::Try { failures: 28 }),
            (31, 20, Verdict::Wait { secs: 20 }),
            (30, 24 * 3_600, Verdict::Try { failures: 1 }),
            (30, -60, Verdict::Wait { secs: 20 }),
        ] {
            assert_eq!(after(failures, secs), expected, "{failures} failures, {secs} s ago");
        }
    }

    #[test]
    fn a_quiet_day_forgets_and_a_clock_that_went_back_does_not() {
        assert_eq!(after(40, 24 * 3_600), Verdict::Try { failures: 1 });
        assert_eq!(after(40, -3_600), Verdict::Wait { secs: 300 });
    }
}
