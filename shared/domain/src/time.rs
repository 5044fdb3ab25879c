//! Instants and the clock that gives them.
//!
//! A [`Timestamp`] has microseconds, because that is what PostgreSQL keeps: a value must be equal before and after
//! a round trip through either database. Time is an argument everywhere ([`Clock`]); nothing else may ask for it.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::CivilDate;

/// An instant in UTC with microsecond precision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why a text is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 date and time with its offset, such as 2026-11-23T08:00:00Z")]
pub struct ParseTimestampError;

impl Timestamp {
    /// From microseconds since 1970-01-01T00:00:00Z, kept inside the years 1970 to 9999.
    pub fn from_micros(micros: i64) -> Self {
        const YEAR_9999: i64 = 253_402_207_200_000_000;
        Self(micros.clamp(0, YEAR_9999))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// This instant and `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_micros(self.0.saturating_add(micros(duration)))
    }

    /// This instant and `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_micros(self.0.saturating_sub(micros(duration)))
    }

    /// This instant, or the first one after `last` if a clock was set back meanwhile: what comes later in the record of
    /// one thing must be later there, or the word before it would hold again.
    #[must_use]
    pub fn after(self, last: Option<Self>) -> Self {
        last.map_or(self, |last| self.max(last.plus(Duration::from_micros(1))))
    }

    /// How long after `earlier` this is; zero if it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// The same instant for calendars and zones.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).expect("from_micros keeps the years 1970 to 9999, which jiff covers")
    }

    /// The calendar date in UTC.
    pub fn utc_date(self) -> jiff::civil::Date {
        self.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// `2026-11-23 08:00:05 UTC`: how pages and reports print an instant.
    pub fn human(self) -> String {
        self.to_jiff().strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.to_jiff())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;
    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| ParseTimestampError)?;
        Ok(Self::from_micros(instant.as_microsecond()))
    }
}

crate::text::string_serde!(Timestamp);

/// Where the time comes from: the system, or a test's hand.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A clock that stands still until it is advanced; clones share it.
    Fixed(FixedClock),
}

impl Clock {
    /// The present instant, cut to microseconds.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::from_micros(jiff::Timestamp::now().as_microsecond()),
            Self::Fixed(clock) => clock.now(),
        }
    }

    /// The present day, in UTC.
    pub fn today(&self) -> CivilDate {
        CivilDate::new(self.now().utc_date())
    }

    /// A clock that stands at `at`, and the hand that moves it.
    pub fn fixed(at: Timestamp) -> (Self, FixedClock) {
        let clock = FixedClock(Arc::new(Mutex::new(at)));
        (Self::Fixed(clock.clone()), clock)
    }
}

/// The hand of a clock that stands still.
#[derive(Clone, Debug)]
pub struct FixedClock(Arc<Mutex<Timestamp>>);

impl FixedClock {
    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *at = at.plus(by);
    }

    /// Sets the clock back, as the clocks of machines are.
    pub fn set_back(&self, by: Duration) {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *at = at.minus(by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trip_keeps_microseconds() {
        let at = Timestamp::from_micros(1_795_000_000_123_456);
        assert_eq!(at.to_string().parse::<Timestamp>(), Ok(at));
        assert!("2026-11-23 08:00".parse::<Timestamp>().is_err());
    }

    #[test]
    fn a_fixed_clock_moves_only_by_hand() {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(0));
        hand.advance(Duration::from_secs(2));
        assert_eq!(clock.now().as_micros(), 2_000_000);
        hand.set_back(Duration::from_secs(1));
        assert_eq!(clock.now().as_micros(), 1_000_000);
    }

    #[test]
    fn what_comes_later_is_later_whatever_the_clock_says() {
        let (early, late) = (Timestamp::from_micros(5), Timestamp::from_micros(9));
        assert_eq!((late.after(None), late.after(Some(early))), (late, late));
        assert_eq!(early.after(Some(late)), Timestamp::from_micros(10));
        assert_eq!(late.after(Some(late)), Timestamp::from_micros(10));
    }
}
