//! Dangerous changes of the directory: proposed by one person, agreed to by another, made when their time has come.
//!
//! 1. Saving a partner ([`crate::change_partner`]) or approving a file parts what is dangerous from what is not and
//!    proposes the former. The addresses that the partner had until then hear that a change waits, not which.
//! 2. Somebody other than the proposer agrees ([`approve_change`]), and nobody whose account the other
//!    lately made. With one such person the change waits its time, with two it is made at once. Anybody of them may
//!    cancel it with a reason ([`cancel_change`]).
//! 3. The service's loop makes what is due ([`apply_due`]), each in a transaction with its revision, its end and its
//!    fact; it may be killed at any moment and finds the rest again. A field that somebody changed meanwhile is not
//!    overwritten: the change ends as overtaken.

mod apply;
mod approve;
mod cancel;
mod propose;

pub use apply::{apply_due, run};
pub use approve::{ApproveError, approve_change};
pub use cancel::{CancelError, cancel_change};
pub(crate) use propose::propose;

use domain::Timestamp;
use domain::ids::AccountId;

/// Where a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody but the proposer has agreed.
    WaitsForPerson,
    /// Made then, unless one more person agrees.
    WaitsUntil(Timestamp),
    /// To be made now.
    Due,
}

/// How many others must agree for a change to be made before its time.
pub const AT_ONCE: i64 = 2;

/// Decides where an open change stands. Pure.
pub fn standing(approvals: i64, due_at: Timestamp, now: Timestamp) -> Standing {
    match approvals {
        0 => Standing::WaitsForPerson,
        1 if now < due_at => Standing::WaitsUntil(due_at),
        _ => Standing::Due,
    }
}

/// Whether somebody may agree to a change: not who proposed it. What the machine's command line proposed, anybody may.
pub fn may_approve(proposed_by: Option<AccountId>, by: AccountId) -> bool {
    proposed_by != Some(by)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::Clock;

    use super::*;

    #[test]
    fn one_other_person_lets_it_wait_and_two_make_it_at_once() {
        let due = Timestamp::from_micros(1_795_000_000_000_000);
        let (before, after) = (due.minus(Duration::from_micros(1)), due.plus(Duration::from_secs(1)));
        for (approvals, now, expected) in [
            (0, before, Standing::WaitsForPerson),
            (0, after, Standing::WaitsForPerson),
            (1, before, Standing::WaitsUntil(due)),
            (1, due, Standing::Due),
            (1, after, Standing::Due),
            (2, before, Standing::Due),
            (3, after, Standing::Due),
        ] {
            assert_eq!(standing(approvals, due, now), expected, "{approvals} at {now}");
        }
    }

    #[test]
    fn nobody_agrees_with_himself() {
        let (one, other) = (AccountId::generate(&Clock::System), AccountId::generate(&Clock::System));
        assert!(!may_approve(Some(one), one));
        assert!(may_approve(Some(one), other) && may_approve(None, one));
    }
}
