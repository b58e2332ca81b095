//! Hours of the week by the clock on the wall of one zone: when somebody is at
//! work, when a level is in force, when turns are taken.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::time::{DAY, Instant, WallTime};

/// The same hours on several days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Hours {
    /// 1 is Monday, 7 Sunday: the day on which they begin.
    pub days: Vec<u8>,
    /// Minutes after midnight, below 1440.
    pub from: u16,
    /// At or before `from` it is the next day's.
    pub to: u16,
}

/// Hours with the zone they are meant in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Timetable {
    /// An IANA name.
    pub zone: String,
    pub hours: Vec<Hours>,
}

impl Timetable {
    /// Always, where the zone is not known (any more): better somebody called too
    /// early than nobody.
    #[must_use]
    pub fn covers(&self, at: Instant) -> bool {
        self.tz().is_none_or(|zone| is_within(&self.hours, zone, at))
    }

    /// The first moment at or after this one that it covers; `None` where it covers nothing.
    #[must_use]
    pub fn next_opening(&self, at: Instant) -> Option<Instant> {
        if self.covers(at) {
            return Some(at);
        }
        // Whatever there is comes back within a week.
        let zone = self.tz()?;
        let openings = self.around(zone, at, at.plus(8 * DAY)).map(|(from, _)| from);
        openings.filter(|from| *from > at).min()
    }

    /// Every moment of a time at which it begins or ends.
    #[must_use]
    pub fn edges(&self, from: Instant, to: Instant) -> Vec<Instant> {
        let Some(zone) = self.tz() else { return vec![] };
        let all = self.around(zone, from, to).flat_map(|(from, to)| [from, to]);
        all.filter(|edge| (from..=to).contains(edge)).collect()
    }

    /// What makes it unusable: the field, and what is wrong in words.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        if self.tz().is_none() {
            return Err(("zone", "There is no such time zone (any more). Choose the largest city near you.".into()));
        }
        if self.hours.is_empty() {
            return Err(("hours", "Say at which hours, or choose \"always\".".into()));
        }
        self.hours.iter().try_for_each(|hours| hours.check().map_err(|words| ("hours", words)))
    }

    fn tz(&self) -> Option<Tz> {
        self.zone.parse().ok()
    }

    fn around(&self, zone: Tz, from: Instant, to: Instant) -> impl Iterator<Item = (Instant, Instant)> + '_ {
        begin_and_end(&self.hours, zone, from, to)
    }
}

impl Hours {
    /// What makes them no hours, in words.
    pub fn check(&self) -> Result<(), String> {
        if self.days.is_empty() || self.days.iter().any(|day| !(1..=7).contains(day)) {
            return Err("Say on which days of the week.".into());
        }
        if self.from >= 24 * 60 || self.to > 24 * 60 {
            return Err("A time of day is between 00:00 and 24:00.".into());
        }
        Ok(())
    }

    /// When they begin and end that begin on this date, if they do on its day of the week.
    pub(super) fn on(&self, date: NaiveDate, zone: Tz) -> Option<(Instant, Instant)> {
        let day = u8::try_from(date.weekday().number_from_monday()).ok()?;
        if !self.days.contains(&day) {
            return None;
        }
        let end_date = if self.to > self.from { date } else { date.checked_add_days(Days::new(1))? };
        Some((moment(date, self.from, zone)?, moment(end_date, self.to, zone)?))
    }
}

pub(super) fn is_within(hours: &[Hours], zone: Tz, at: Instant) -> bool {
    let today = at.at(zone).date_naive();
    // What began yesterday may reach into today, and where the clocks change a date can be left early.
    let around = [today.checked_sub_days(Days::new(1)), Some(today), today.checked_add_days(Days::new(1))];
    let covers = |hours: &Hours, date| hours.on(date, zone).is_some_and(|(from, to)| from <= at && at < to);
    hours.iter().any(|hours| around.into_iter().flatten().any(|date| covers(hours, date)))
}

/// Each time they begin and end in and around a time.
pub(super) fn begin_and_end(hours: &[Hours], zone: Tz, from: Instant, to: Instant) -> impl Iterator<Item = (Instant, Instant)> + '_ {
    let first = from.plus(-2 * DAY).at(zone).date_naive();
    let last = to.plus(2 * DAY).at(zone).date_naive();
    let dates = first.iter_days().take_while(move |date| *date <= last);
    dates.flat_map(move |date| hours.iter().filter_map(move |hours| hours.on(date, zone)))
}

fn moment(date: NaiveDate, minutes: u16, zone: Tz) -> Option<Instant> {
    let midnight = date.and_time(NaiveTime::MIN);
    Some(WallTime(midnight.checked_add_signed(TimeDelta::minutes(minutes.into()))?).in_zone(zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::HOUR;
    use chrono::NaiveDateTime;

    fn utc(text: &str) -> Instant {
        WallTime(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a wall time")).in_zone(Tz::UTC)
    }

    fn office() -> Timetable {
        Timetable { zone: "Europe/Berlin".into(), hours: vec![Hours { days: vec![1, 2, 3, 4, 5], from: 480, to: 1020 }] }
    }

    #[test]
    fn office_hours_are_those_of_the_clock_on_the_wall_in_summer_and_in_winter() {
        assert!(office().covers(utc("2026-07-01 06:00")), "08:00 in Berlin, where it is summer");
        assert!(!office().covers(utc("2026-12-01 06:00")), "07:00 in Berlin, where it is winter");
        assert!(!office().covers(utc("2026-12-01 16:00")), "17:00 is the end and no longer within");
        assert!(!office().covers(utc("2026-12-05 10:00")), "a Saturday");
    }

    #[test]
    fn after_friday_comes_monday() {
        let friday_evening = utc("2026-11-27 18:00");
        assert_eq!(office().next_opening(friday_evening), Some(utc("2026-11-30 07:00")), "Monday, 08:00 in Berlin");
        assert_eq!(
            office().next_opening(utc("2026-11-27 10:00")),
            Some(utc("2026-11-27 10:00")),
            "within the hours there is nothing to wait for"
        );
        let one_day = Timetable { hours: vec![Hours { days: vec![5], from: 480, to: 1020 }], ..office() };
        assert_eq!(one_day.next_opening(friday_evening), Some(utc("2026-12-04 07:00")), "a week later");
    }

    #[test]
    fn its_edges_are_where_it_begins_and_ends() {
        let monday = utc("2026-11-30 00:00");
        assert_eq!(office().edges(monday, monday.plus(24 * HOUR)), [utc("2026-11-30 07:00"), utc("2026-11-30 16:00")]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_field_and_an_unknown_zone_keeps_nobody_away() {
        let nowhere = Timetable { zone: "Mars/Olympus".into(), ..office() };
        assert_eq!(nowhere.check().expect_err("no such zone").0, "zone");
        assert!(nowhere.covers(utc("2026-12-05 10:00")), "who is called too early says so; who is never called does not");
        assert_eq!(Timetable { hours: vec![], ..office() }.check().expect_err("no hours").0, "hours");
    }
}
