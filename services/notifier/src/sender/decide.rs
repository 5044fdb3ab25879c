//! What a delivery becomes after a try. Pure: chance and time are arguments.

use std::time::Duration;

use domain::Timestamp;
use domain::delivery::{DeliveryState, GIVE_UP_AFTER, Outcome, retry_after};

use crate::transport::Fault;

/// How long a delivery in doubt waits before the same bytes go out again.
const DOUBT: Duration = Duration::from_secs(60);
/// After how many tries that the server left in doubt a person decides. Tries that our own end interrupted do not
/// count: they say nothing about the destination.
pub(super) const DOUBTS: usize = 10;
/// A failure of ours is over when it is repaired, so it is retried this many times as soon as a recipient's.
const SOONER: u32 = 5;

/// What is known about a try and those before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Try {
    pub outcome: Outcome,
    pub fault: Fault,
    /// How many tries have ended at the server, or before it by our own fault, with this one.
    pub number: i64,
    /// Tries before this one that the server left in doubt.
    pub doubts: usize,
    /// An earlier try had no known end.
    pub possible_repeat: bool,
    /// When its first try was due.
    pub tried_since: Timestamp,
    /// When this one was.
    pub due_at: Timestamp,
}

/// What a delivery becomes: its state, and when it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Next {
    pub state: DeliveryState,
    pub due_at: Option<Timestamp>,
}

/// Decides; `jitter` is drawn in 0..=1.
pub(crate) fn next(this: Try, now: Timestamp, jitter: f64) -> Next {
    let ended = |state| Next { state, due_at: None };
    let waits = |state, pause| Next { state, due_at: Some(now.plus(pause)) };
    // Once in doubt, a delivery stays so until it is known to have arrived: a later "not now" answers nothing.
    let waiting = if this.possible_repeat { DeliveryState::Uncertain } else { DeliveryState::Pending };
    let too_old = now.since(this.tried_since) >= GIVE_UP_AFTER;
    match this.outcome {
        Outcome::Accepted => ended(DeliveryState::Accepted),
        Outcome::Refused => ended(DeliveryState::Refused),
        // It had no try; and it is as old as it was.
        Outcome::Deferred if this.fault == Fault::Line => Next { state: waiting, due_at: Some(this.due_at) },
        Outcome::Deferred | Outcome::Uncertain if too_old => ended(DeliveryState::Expired),
        Outcome::Deferred => {
            let pause = retry_after(this.number, jitter);
            let pause = if this.fault == Fault::Ours { pause / SOONER } else { pause };
            waits(waiting, pause)
        }
        Outcome::Uncertain if this.doubts + 1 >= DOUBTS => ended(DeliveryState::Held),
        Outcome::Uncertain => {
            let pause = match i64::try_from(this.doubts) {
                Ok(0) => DOUBT,
                Ok(before) => retry_after(before, jitter),
                Err(_) => retry_after(i64::MAX, jitter),
            };
            waits(DeliveryState::Uncertain, pause)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn this(outcome: Outcome) -> Try {
        let tried_since = Timestamp::from_micros(1_795_000_000_000_000);
        let due_at = tried_since;
        Try { outcome, fault: Fault::Recipient, number: 1, doubts: 0, possible_repeat: false, tried_since, due_at }
    }

    #[test]
    fn every_outcome_leads_to_one_state() {
        let start = this(Outcome::Accepted).tried_since;
        let minutes = |n: u64| Duration::from_secs(n * 60);
        let deferred = this(Outcome::Deferred);
        let uncertain = this(Outcome::Uncertain);
        for (this, state, pause) in [
            (this(Outcome::Accepted), DeliveryState::Accepted, None),
            (this(Outcome::Refused), DeliveryState::Refused, None),
            (deferred, DeliveryState::Pending, Some(minutes(5))),
            (Try { number: 2, ..deferred }, DeliveryState::Pending, Some(minutes(10))),
            (Try { number: 9, ..deferred }, DeliveryState::Pending, Some(minutes(60))),
            (Try { fault: Fault::Ours, ..deferred }, DeliveryState::Pending, Some(minutes(1))),
            (Try { fault: Fault::Line, ..deferred }, DeliveryState::Pending, Some(minutes(0))),
            (Try { possible_repeat: true, ..deferred }, DeliveryState::Uncertain, Some(minutes(5))),
            (uncertain, DeliveryState::Uncertain, Some(minutes(1))),
            (Try { doubts: 1, ..uncertain }, DeliveryState::Uncertain, Some(minutes(5))),
            (Try { doubts: DOUBTS - 1, ..uncertain }, DeliveryState::Held, None),
        ] {
            let expected = Next { state, due_at: pause.map(|pause| start.plus(pause)) };
            assert_eq!(next(this, start, 0.5), expected, "{this:?}");
        }
    }

    #[test]
    fn after_five_days_a_delivery_expires_unless_its_last_try_succeeds() {
        let late = this(Outcome::Accepted).tried_since.plus(GIVE_UP_AFTER);
        assert_eq!(next(this(Outcome::Deferred), late, 0.5).state, DeliveryState::Expired);
        let never_tried = Try { fault: Fault::Line, ..this(Outcome::Deferred) };
        let back = Next { state: DeliveryState::Pending, due_at: Some(never_tried.due_at) };
        assert_eq!(next(never_tried, late, 0.5), back, "it stood in line when its time was over");
        assert_eq!(next(this(Outcome::Uncertain), late, 0.5).state, DeliveryState::Expired);
        assert_eq!(next(this(Outcome::Accepted), late, 0.5).state, DeliveryState::Accepted);
        assert_eq!(next(this(Outcome::Refused), late, 0.5).state, DeliveryState::Refused);
    }
}
