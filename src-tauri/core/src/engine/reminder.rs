//! Once a week the desk is told of the holes in its plan, on a quiet morning and not
//! when it burns.

use chrono::{Datelike, Days, NaiveTime, TimeDelta};
use rusqlite::Connection;

use super::lookup;
use crate::domain::desk::DeskSettings;
use crate::domain::id::NoticeId;
use crate::domain::notice::Asks;
use crate::domain::time::{Instant, WallTime};
use crate::store::notices::{self, NoticeRow};
use crate::store::{Result, settings};

/// When the desk was last told, or first could have been.
const TOLD: &str = "holes_told_at";

/// Holes that are named; of the others their number.
const NAMED: usize = 3;

/// Nine in the morning.
const HOUR_OF_DAY: i64 = 9;

/// Whether it is time. The first time nothing is told yet: the desk is only being set up.
pub(super) fn is_due(db: &Connection, now: Instant) -> bool {
    let Some(told) = told(db, now) else { return true };
    lookup::desk(db).is_ok_and(|desk| next(&desk, told).is_some_and(|due| due <= now))
}

/// Writes down that it was done, and the notice, if there is something to tell.
pub(super) fn remind(db: &Connection, now: Instant) -> Result<()> {
    let holes = if told(db, now).is_some() { lookup::holes(db, now)? } else { vec![] };
    settings::put(db, TOLD, &now)?;
    if holes.is_empty() {
        return Ok(());
    }
    let title =
        if holes.len() == 1 { "There is a hole in the plan".into() } else { format!("There are {} holes in the plan", holes.len()) };
    let mut named: Vec<String> = holes.iter().take(NAMED).map(|hole| hole.words.clone()).collect();
    if holes.len() > NAMED {
        named.push(format!("and {} more, under Directory", holes.len() - NAMED));
    }
    let row = NoticeRow {
        id: NoticeId::new(now),
        incident: None,
        at: now,
        title,
        body: named.join("\n"),
        critical: false,
        asks: Asks::Look,
        about: None,
        read: false,
    };
    notices::add(db, &row)
}

/// When it is due next; `None` where the desk does not want it, or that cannot be read.
pub(super) fn next_due(db: &Connection) -> Option<Instant> {
    let told = settings::get::<Instant>(db, TOLD).ok().flatten()?;
    next(&lookup::desk(db).ok()?, told)
}

/// When it was done last; `None` where it never was, or that cannot be read. A clock
/// that was ahead when it was written down silences nobody.
fn told(db: &Connection, now: Instant) -> Option<Instant> {
    settings::get::<Instant>(db, TOLD).ok().flatten().map(|told| told.min(now))
}

/// The first such morning after this moment.
fn next(desk: &DeskSettings, after: Instant) -> Option<Instant> {
    let wanted = desk.reminder_day?;
    let zone = desk.tz();
    let today = after.at(zone).date_naive();
    let mornings = (0..=7).filter_map(|days| today.checked_add_days(Days::new(days)));
    let mut wanted = mornings.filter(|date| date.weekday().number_from_monday() == u32::from(wanted));
    wanted.find_map(|date| {
        let morning = WallTime(date.and_time(NaiveTime::MIN) + TimeDelta::hours(HOUR_OF_DAY)).in_zone(zone);
        (morning > after).then_some(morning)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::DAY;

    #[test]
    fn the_next_monday_at_nine_is_nine_on_the_wall_in_summer_and_in_winter() {
        let desk = DeskSettings { zone: "Europe/Berlin".into(), ..DeskSettings::default() };
        // Monday, 23 November 2026, 12:42 UTC.
        let now = Instant(1_795_437_720_000);
        let due = next(&desk, now).expect("a week on");
        assert_eq!(due.utc().to_rfc3339(), "2026-11-30T08:00:00+00:00", "09:00 in Berlin, where it is winter");
        assert_eq!(next(&desk, due).map(|then| then.since(due)), Some(7 * DAY), "and again a week later");
        let spring = Instant(due.0 + 117 * DAY);
        assert_eq!(
            next(&desk, spring).expect("in spring").utc().to_rfc3339(),
            "2027-03-29T07:00:00+00:00",
            "the clocks were set forward the day before"
        );
        assert_eq!(next(&DeskSettings { reminder_day: None, ..desk }, now), None, "a desk that does not want it is left alone");
    }
}
