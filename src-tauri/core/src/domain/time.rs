//! Instants and wall clocks. Time is always an argument here; nothing in this
//! crate but `clock.rs` asks what time it is.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A moment, in milliseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(transparent)]
pub struct Instant(#[ts(type = "number")] pub i64);

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

impl Instant {
    #[must_use]
    pub const fn plus(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    #[must_use]
    pub fn plus_minutes(self, minutes: u32) -> Self {
        self.plus(i64::from(minutes) * MINUTE)
    }

    /// Milliseconds from `earlier` to `self`; negative if `self` is the earlier one.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        // Years beyond chrono's range (±262,000) can only come from a damaged
        // database; showing 1970 there is better than refusing to open.
        Utc.timestamp_millis_opt(self.0).single().unwrap_or_default()
    }

    #[must_use]
    pub fn at(self, zone: Tz) -> DateTime<Tz> {
        self.utc().with_timezone(&zone)
    }
}

/// What the clock on the wall shows: a date and a time of day that become a
/// moment only in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(transparent)]
pub struct WallTime(#[ts(type = "string")] pub NaiveDateTime);

impl WallTime {
    /// The moment at which the clock shows it: the first where it shows it twice,
    /// and where it skips it, the moment at which it does.
    #[must_use]
    pub fn in_zone(self, zone: Tz) -> Instant {
        // A zone that crossed the date line skipped a whole day.
        let longest_gap = 25 * 60;
        let wall = |later| self.0.checked_add_signed(TimeDelta::minutes(later));
        let shown = |wall: NaiveDateTime| zone.from_local_datetime(&wall).earliest();
        let found = (0..longest_gap).find_map(|later| wall(later).and_then(shown));
        found.map_or(Instant(i64::MAX), |moment| Instant(moment.timestamp_millis()))
    }
}

/// The time as people at the desk say it: "13:42" today, "yesterday 13:42",
/// "tomorrow 09:00", "Thu 09:00" within the coming week, "3 Nov 09:00" otherwise.
/// The page's `short` says the same.
#[must_use]
pub fn spoken(moment: Instant, now: Instant, zone: Tz) -> String {
    let (then, today) = (moment.at(zone), now.at(zone));
    let form = match (then.date_naive() - today.date_naive()).num_days() {
        0 => "%H:%M",
        -1 => "yesterday %H:%M",
        1 => "tomorrow %H:%M",
        2..=6 => "%a %H:%M",
        _ if then.year() == today.year() => "%-d %b %H:%M",
        _ => "%-d %b %Y %H:%M",
    };
    then.format(form).to_string()
}

/// The time as it stands in a document that is read at any time: "23 Nov 2026, 13:42".
#[must_use]
pub fn dated(moment: Instant, zone: Tz) -> String {
    moment.at(zone).format("%-d %b %Y, %H:%M").to_string()
}

/// A length of time in the largest unit that says enough: "40 s", "12 min",
/// "3 h 5 min", "2 days".
#[must_use]
pub fn spoken_length(milliseconds: i64) -> String {
    let milliseconds = milliseconds.max(0);
    if milliseconds < MINUTE {
        return format!("{} s", milliseconds / 1000);
    }
    let minutes = milliseconds / MINUTE;
    if minutes < 60 {
        return format!("{minutes} min");
    }
    let (hours, rest) = (minutes / 60, minutes % 60);
    if hours < 24 {
        return if rest == 0 { format!("{hours} h") } else { format!("{hours} h {rest} min") };
    }
    let days = hours / 24;
    if days == 1 { "1 day".into() } else { format!("{days} days") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin(text: &str) -> Instant {
        let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a test date");
        Instant(chrono_tz::Europe::Berlin.from_local_datetime(&naive).unwrap().timestamp_millis())
    }

    #[test]
    fn a_time_is_as_short_as_it_can_be_without_being_mistaken() {
        let now = berlin("2026-11-23 14:00");
        let say = |text| spoken(berlin(text), now, chrono_tz::Europe::Berlin);
        assert_eq!(say("2026-11-23 13:42"), "13:42", "today needs no day");
        assert_eq!(say("2026-11-26 09:00"), "Thu 09:00", "the coming week needs only the weekday");
        assert_eq!(say("2026-11-22 14:05"), "yesterday 14:05", "as people say it");
        assert_eq!(say("2026-11-24 09:00"), "tomorrow 09:00", "as people say it");
        assert_eq!(say("2026-11-20 14:05"), "20 Nov 14:05", "a weekday that has passed could be the next one");
        assert_eq!(say("2026-11-03 09:00"), "3 Nov 09:00", "a weekday three weeks ago would mislead");
        assert_eq!(say("2025-11-03 09:00"), "3 Nov 2025 09:00", "another year is said");
    }

    #[test]
    fn lengths_use_the_largest_unit_that_says_enough() {
        assert_eq!(spoken_length(40_000), "40 s");
        assert_eq!(spoken_length(12 * MINUTE), "12 min");
        assert_eq!(spoken_length(3 * HOUR + 5 * MINUTE), "3 h 5 min");
        assert_eq!(spoken_length(2 * DAY), "2 days");
    }
}
