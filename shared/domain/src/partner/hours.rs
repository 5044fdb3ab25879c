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
        let minute = |text: &str| {
            let (hours, minutes) = text.split_once(':')?;
            let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            if !digits(hours) || !digits(minutes) {
                return None;
            }
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            (minutes < 60 && hours * 60 + minutes <= 24 * 60).then_some(hours * 60 + minutes)
        };
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
    fn what_is_no_week_or_zone_is_refused() {
        for good in ["Mo-Fr 09:00-17:00", "Sa 00:00-24:00"] {
            assert_eq!(good.parse::<WorkingWeek>().map(|week| week.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "Mo-Fr", "Mo-Fr 9-17", "Mo 17:00-09:00", "Xx 09:00-10:00", "Mo 09:60-10:00", "Mo 00:00-24:01"] {
            assert_eq!(bad.parse::<WorkingWeek>(), Err(ParseHoursError), "{bad}");
        }
        assert_eq!("Mars/Olympus".parse::<Zone>(), Err(ParseZoneError));
        assert_eq!("europe/paris".parse::<Zone>().map(|zone| zone.to_string()), Ok("Europe/Paris".to_owned()));
    }
}
