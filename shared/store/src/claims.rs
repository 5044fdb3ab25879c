//! Claims that nobody holds any more.

use std::time::Duration;

use domain::Timestamp;

/// No claim that is made at `now` for `length` ends after this. One that does was made by a clock that ran ahead and was
/// set back since; whoever waited for its end would wait for as long as the clock was wrong. Twice the length, because
/// the clocks of two machines differ a little.
pub(crate) fn beyond_any_claim(now: Timestamp, length: Duration) -> Timestamp {
    now.plus(length * 2)
}
