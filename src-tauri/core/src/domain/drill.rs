//! A drill tries every way to reach people before it matters. It is no incident:
//! nothing climbs, and whoever does not answer is not called.

use chrono::{Datelike, Days, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::delivery::DeliveryState;
use super::id::{DeliveryId, DrillId, MethodId, PersonId};
use super::time::{DAY, Instant, MINUTE, WallTime};

/// So long an answer counts.
pub const OPEN_FOR: i64 = 30 * MINUTE;

/// When drills come by themselves: on a day of the week, every so many weeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DrillSchedule {
    /// 1 is Monday.
    pub day: u8,
    /// Minutes after midnight, on the wall of the desk's zone.
    pub at: u16,
    pub every_weeks: u8,
    /// From when on it counts.
    pub since: Instant,
}

impl DrillSchedule {
    /// The first drill after this moment, not before what was agreed.
    #[must_use]
    pub fn next(&self, last: Option<Instant>, zone: Tz) -> Option<Instant> {
        let weeks = i64::from(self.every_weeks.max(1));
        // The same weekday some weeks later, whatever the clocks did meanwhile.
        let after = last.map_or(self.since, |last| last.plus((weeks * 7 - 1) * DAY)).max(self.since);
        let today = after.at(zone).date_naive();
        (0..=7).filter_map(|days| today.checked_add_days(Days::new(days))).find_map(|date| {
            let at = WallTime(date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(self.at))).in_zone(zone);
            (date.weekday().number_from_monday() == u32::from(self.day) && at > after).then_some(at)
        })
    }

    /// What is wrong with it, by field.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if !(1..=7).contains(&self.day) {
            return Err(("day", "Choose a day of the week."));
        }
        if self.at >= 24 * 60 {
            return Err(("at", "Choose a time of the day, such as 10:00."));
        }
        if !(1..=13).contains(&self.every_weeks) {
            return Err(("every_weeks", "Every 1 to 13 weeks; what is tried less often is not known to work."));
        }
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Drill {
    pub id: DrillId,
    pub begun_at: Instant,
    /// Until then an answer counts.
    pub ends_at: Instant,
    /// Whoever began it; empty where the schedule did.
    pub by: String,
    pub closed: bool,
}

/// What became of one way to reach somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DrillWay {
    pub delivery: DeliveryId,
    pub method: MethodId,
    pub via: String,
    pub address: String,
    pub state: DeliveryState,
    /// How far it came, in the provider's words where it failed, or when it was answered.
    pub words: String,
    /// Milliseconds from the drill's beginning to the answer.
    #[ts(type = "number | null")]
    pub answered_after: Option<i64>,
}

/// One person's part of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DrillScore {
    pub person: PersonId,
    pub name: String,
    pub ways: Vec<DrillWay>,
}

impl DrillScore {
    /// The fastest of their answers.
    #[must_use]
    pub fn fastest(&self) -> Option<i64> {
        self.ways.iter().filter_map(|way| way.answered_after).min()
    }
}

/// Half of the answers were faster than this, in milliseconds.
#[must_use]
pub fn median(scores: &[DrillScore]) -> Option<i64> {
    let mut fastest: Vec<i64> = scores.iter().filter_map(DrillScore::fastest).collect();
    fastest.sort_unstable();
    let middle = fastest.len() / 2;
    match fastest.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(fastest[middle]),
        _ => Some(i64::midpoint(fastest[middle - 1], fastest[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(every_weeks: u8) -> DrillSchedule {
        // Since Monday, 23 November 2026, 13:42 in Berlin; on Wednesdays at ten.
        DrillSchedule { day: 3, at: 10 * 60, every_weeks, since: Instant(1_795_437_720_000) }
    }

    #[test]
    fn a_drill_comes_at_ten_on_the_wall_whatever_the_clocks_do() {
        let zone = chrono_tz::Europe::Berlin;
        let first = schedule(1).next(None, zone).expect("there is a Wednesday in every week");
        assert_eq!(first.utc().to_rfc3339(), "2026-11-25T09:00:00+00:00", "this week's Wednesday, in winter");
        let mut last = first;
        for _ in 0..18 {
            last = schedule(1).next(Some(last), zone).expect("and in the next");
            assert_eq!(last.at(zone).format("%a %H:%M").to_string(), "Wed 10:00");
        }
        assert_eq!(last.utc().to_rfc3339(), "2027-03-31T08:00:00+00:00", "eighteen weeks on it is summer time");
        let month = schedule(4).next(Some(first), zone).expect("a month on");
        assert_eq!(month.at(zone).date_naive().to_string(), "2026-12-23", "four weeks after the last one");
    }

    #[test]
    fn the_middle_of_the_answers_is_not_moved_by_a_slow_one() {
        let score = |after| DrillScore {
            person: PersonId::new(Instant(0)),
            name: String::new(),
            ways: vec![DrillWay {
                delivery: DeliveryId::new(Instant(0)),
                method: MethodId::new(Instant(0)),
                via: String::new(),
                address: String::new(),
                state: DeliveryState::Seen,
                words: String::new(),
                answered_after: after,
            }],
        };
        assert_eq!(median(&[score(Some(1)), score(Some(900)), score(Some(3)), score(None)]), Some(3));
        assert_eq!(median(&[score(None)]), None, "nobody answered");
    }
}
