//! When somebody is there: `Mo-Fr 09:00-17:00` in a zone of the IANA database.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/// A time zone of the IANA database, such as `Africa/Ouagadougou`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(String);

/// Why a text is no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a time zone of the IANA database, such as Europe/Paris")]
pub struct ParseZoneError;

impl FromStr for Zone {
    type Err = ParseZoneError;
    fn from_str(text: &str) -> Result<Self, ParseZoneError> {
        let zone = jiff::tz::TimeZone::get(text.trim()).map_err(|_| ParseZoneError)?;
        Ok(Self(zone.iana_name().ok_or(ParseZoneError)?.to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::text::string_serde!(Zone);

/// A minute of the day, as clocks show it: `07:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayMinute(u16);

/// Why a text is no minute of the day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an hour and a minute such as 07:00")]
pub struct ParseDayMinuteError;

impl FromStr for DayMinute {
    type Err = ParseDayMinuteError;
    fn from_str(text: &str) -> Result<Self, ParseDayMinuteError> {
        minute(text).filter(|minute| *minute < 24 * 60).map(Self).ok_or(ParseDayMinuteError)
    }
}

impl fmt::Display for DayMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

crate::text::string_serde!(DayMinute);

/// Minutes since midnight; 24:00 is the day's end.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60 && hours * 60 + minutes <= 24 * 60).then_some(hours * 60 + minutes)
}

/// The days of a week and the hours of each: `Mo-Fr 09:00-17:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingWeek {
    first: u8,
    last: u8,
    from: u16,
    to: u16,
}

/// Why a text is no working week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be days and hours such as Mo-Fr 09:00-17:00 (days: Mo Tu We Th Fr Sa Su; 24:00 is the day's end)")]
pub struct ParseHoursError;

impl FromStr for WorkingWeek {
    type Err = ParseHoursError;
    fn from_str(text: &str) -> Result<Self, ParseHoursError> {
        let day = |text: &str| DAYS.iter().position(|day| *day == text).and_then(|n| u8::try_from(n).ok());
        let parse = || {
            let (days, hours) = text.trim().split_once(' ')?;
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let (from, to) = hours.trim().split_once('-')?;
            Some(Self { first: day(first)?, last: day(last)?, from: minute(from)?, to: minute(to)? })
        };
        parse().filter(|week| week.from < week.to).ok_or(ParseHoursError)
    }
}

impl fmt::Display for WorkingWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DAYS[usize::from(self.first)])?;
        if self.last != self.first {
            write!(f, "-{}", DAYS[usize::from(self.last)])?;
        }
        let (from, to) = (self.from, self.to);
        write!(f, " {:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

crate::text::string_serde!(WorkingWeek);

/// When somebody is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingHours {
    /// Where the clock is read.
    pub zone: Zone,
    /// Days and hours; none if only the zone is known.
    pub week: Option<WorkingWeek>,
}

impl WorkingHours {
    /// Whether somebody is there at an instant; none if only the zone is known.
    pub fn open(&self, at: Timestamp) -> Option<bool> {
        let week = self.week?;
        let zone = jiff::tz::TimeZone::get(&self.zone.0).ok()?;
        let local = at.to_jiff().to_zoned(zone);
        let day = u8::try_from(local.weekday().to_monday_zero_offset()).ok()?;
        // A week may run over Sunday: Su-Th.
        let on_day = if week.first <= week.last {
            (week.first..=week.last).contains(&day)
        } else {
            day >= week.first || day <= week.last
        };
        let minute = u16::try_from(local.hour()).ok()? * 60 + u16::try_from(local.minute()).ok()?;
        Some(on_day && (week.from..week.to).contains(&minute))
    }

    /// The first instant from `at` on at which somebody is there; `at` itself if nobody knows the hours.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        if self.open(at).unwrap_or(true) {
            return at;
        }
        let Some(week) = self.week else { return at };
        // Today and a week on: the same day again is the latest that a week can begin.
        let opening = |days| next_day(&self.zone, at, days, week.from);
        (0..=7).filter_map(opening).find(|open| *open >= at && self.open(*open) == Some(true)).unwrap_or(at)
    }
}

impl Zone {
    /// Universal time.
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    /// The first instant after `at` at which the clock there shows a minute of the day.
    pub fn next_minute(&self, at: Timestamp, minute: DayMinute) -> Timestamp {
        (0..=2).filter_map(|days| next_day(self, at, days, minute.0)).find(|next| *next > at).unwrap_or(at)
    }
}

/// The minute of a day some days after `at`, where the clock is read. A minute that the clocks leave out in spring is
/// the one that comes in its place.
fn next_day(zone: &Zone, at: Timestamp, days: i64, minute: u16) -> Option<Timestamp> {
    let zone = jiff::tz::TimeZone::get(&zone.0).ok()?;
    let date = at.to_jiff().to_zoned(zone.clone()).date().checked_add(jiff::Span::new().days(days)).ok()?;
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    let local = date.at(hour, minute, 0, 0).to_zoned(zone).ok()?;
    Some(Timestamp::from_micros(local.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_in_their_zone() {
        let hours = WorkingHours {
            zone: "Asia/Beirut".parse().expect("a zone"),
            week: Some("Su-Th 08:00-14:00".parse().expect("a week")),
        };
        for (at, open) in [
            ("2026-11-22T07:00:00Z", true),  // Sunday, 09:00 there
            ("2026-11-22T05:59:59Z", false), // 07:59
            ("2026-11-22T12:00:00Z", false), // 14:00
            ("2026-11-27T07:00:00Z", false), // Friday
            ("2026-11-26T07:00:00Z", true),  // Thursday
        ] {
            assert_eq!(hours.open(at.parse().expect("an instant")), Some(open), "{at}");
        }
        let zone_only = WorkingHours { week: None, ..hours };
        assert_eq!(zone_only.open("2026-11-22T07:00:00Z".parse().expect("an instant")), None);
    }

    #[test]
    fn the_next_opening_is_found_in_its_zone_and_over_the_change_of_clocks() {
        let hours = |zone: &str, week: &str| WorkingHours {
            zone: zone.parse().expect("a zone"),
            week: Some(week.parse().expect("a week")),
        };
        let paris = hours("Europe/Paris", "Mo-Fr 09:00-17:00");
        let beirut = hours("Asia/Beirut", "Su-Th 08:00-14:00");
        for (hours, at, open) in [
            (&paris, "2026-11-26T10:00:00Z", "2026-11-26T10:00:00Z"), // Thursday, 11:00 there
            (&paris, "2026-11-26T05:00:00Z", "2026-11-26T08:00:00Z"), // before it opens
            (&paris, "2026-11-26T16:00:00Z", "2026-11-27T08:00:00Z"), // 17:00 is closed
            (&paris, "2026-11-27T16:30:00Z", "2026-11-30T08:00:00Z"), // over the weekend
            (&paris, "2026-03-27T16:30:00Z", "2026-03-30T07:00:00Z"), // and the change to summer time
            (&beirut, "2026-11-26T13:00:00Z", "2026-11-29T06:00:00Z"), // Thursday afternoon to Sunday
            (&hours("Asia/Tokyo", "Mo 09:00-10:00"), "2026-11-30T01:00:00Z", "2026-12-07T00:00:00Z"), // a week on
        ] {
            let at = at.parse().expect("an instant");
            assert_eq!(hours.next_open(at), open.parse().expect("an instant"), "{hours:?} {at}");
        }
        let zone_only = WorkingHours { week: None, ..paris };
        let at = "2026-11-28T03:00:00Z".parse().expect("an instant");
        assert_eq!(zone_only.next_open(at), at);
    }

    #[test]
    fn the_next_minute_of_a_day_is_after_the_instant() {
        let zone: Zone = "America/Lima".parse().expect("a zone");
        for (at, next) in [
            ("2026-11-26T11:59:59Z", "2026-11-26T12:00:00Z"),
            ("2026-11-26T12:00:00Z", "2026-11-27T12:00:00Z"),
            ("2026-11-27T02:00:00Z", "2026-11-27T12:00:00Z"),
        ] {
            let at = at.parse().expect("an instant");
            assert_eq!(
                zone.next_minute(at, "07:00".parse().expect("a minute")),
                next.parse().expect("an instant"),
                "{at}"
            );
        }
    }

    #[test]
    fn what_is_no_week_or_zone_is_refused() {
        for good in ["Mo-Fr 09:00-17:00", "Sa 00:00-24:00"] {
            assert_eq!(good.parse::<WorkingWeek>().map(|week| week.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "Mo-Fr", "Mo-Fr 9-17", "Mo 17:00-09:00", "Xx 09:00-10:00", "Mo 09:60-10:00", "Mo 00:00-24:01"] {
            assert_eq!(bad.parse::<WorkingWeek>(), Err(ParseHoursError), "{bad}");
        }
        for (text, good) in [("07:00", true), ("23:59", true), ("24:00", false), ("7:00", false), ("", false)] {
            let read = text.parse::<DayMinute>();
            assert_eq!(read.map(|minute| minute.to_string()).ok().as_deref(), good.then_some(text), "{text}");
        }
        assert_eq!("Mars/Olympus".parse::<Zone>(), Err(ParseZoneError));
        assert_eq!("europe/paris".parse::<Zone>().map(|zone| zone.to_string()), Ok("Europe/Paris".to_owned()));
    }
}
