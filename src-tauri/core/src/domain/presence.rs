//! When somebody can be called: not while they are away, and where their hours
//! are known, only then.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

use super::id::PersonId;
use super::time::Instant;
use super::timetable::Timetable;

/// The year 1970, and the end of the year 9999.
const NEAREST: Instant = Instant(0);
const FARTHEST: Instant = Instant(253_402_300_799_000);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct Presence {
    /// Not to be contacted before this moment.
    pub away_until: Option<Instant>,
    /// When they cannot be called, as far as it is known beforehand.
    pub absences: Vec<Absence>,
    /// When they work; whatever the hour, where it is not said.
    pub hours: Option<Timetable>,
}

/// A time in which somebody cannot be called. It ends before `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Absence {
    pub from: Instant,
    pub to: Instant,
}

/// When each of several people can be called; whoever is not among them always can.
#[derive(Clone, Debug, Default)]
pub struct Presences<'a>(BTreeMap<PersonId, &'a Presence>);

impl<'a> FromIterator<(PersonId, &'a Presence)> for Presences<'a> {
    fn from_iter<I: IntoIterator<Item = (PersonId, &'a Presence)>>(people: I) -> Self {
        Self(people.into_iter().collect())
    }
}

impl<'a> Presences<'a> {
    #[must_use]
    pub fn of(&self, person: PersonId) -> Option<&'a Presence> {
        self.0.get(&person).copied()
    }

    #[must_use]
    pub fn is_away(&self, person: PersonId, at: Instant) -> bool {
        self.of(person).is_some_and(|presence| presence.is_away(at))
    }
}

impl Absence {
    #[must_use]
    pub fn covers(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

impl Presence {
    #[must_use]
    pub fn is_away(&self, at: Instant) -> bool {
        self.absent_until(at).is_some() || self.is_off_hours(at)
    }

    /// Not absent, and yet not at work.
    #[must_use]
    pub fn is_off_hours(&self, at: Instant) -> bool {
        self.hours.as_ref().is_some_and(|hours| !hours.covers(at))
    }

    /// When they are back who are away; `None` where they are there, or no end is in sight.
    #[must_use]
    pub fn back_at(&self, now: Instant) -> Option<Instant> {
        let mut back = now;
        // Each absence is left once; more than these no calendar has.
        for _ in 0..=self.absences.len() {
            while let Some(until) = self.absent_until(back) {
                back = until;
            }
            match &self.hours {
                Some(hours) if !hours.covers(back) => back = hours.next_opening(back)?,
                _ => break,
            }
        }
        (back > now).then_some(back)
    }

    /// Every moment of a time at which they come or go.
    #[must_use]
    pub fn edges(&self, from: Instant, to: Instant) -> Vec<Instant> {
        let absences = self.absences.iter().flat_map(|absence| [absence.from, absence.to]);
        let hours = self.hours.iter().flat_map(|hours| hours.edges(from, to));
        let all = absences.chain(self.away_until).chain(hours);
        all.filter(|edge| (from..=to).contains(edge)).collect()
    }

    /// What makes it unusable: the field, and what is wrong in words.
    pub fn check(&self) -> Result<(), (String, String)> {
        if let Some(at) = self.absences.iter().position(|absence| absence.to <= absence.from) {
            return Err((format!("absences.{at}.to"), "It would end before it begins.".into()));
        }
        if let Some(at) = self.absences.iter().position(|absence| absence.to > FARTHEST || absence.from < NEAREST) {
            return Err((format!("absences.{at}.to"), "That is too far away. Give a year between 1970 and 9999.".into()));
        }
        let hours = self.hours.as_ref().map_or(Ok(()), Timetable::check);
        hours.map_err(|(field, words)| (format!("hours.{field}"), words))
    }

    fn absent_until(&self, at: Instant) -> Option<Instant> {
        let now = self.away_until.filter(|until| at < *until);
        let planned = self.absences.iter().filter(|absence| absence.covers(at)).map(|absence| absence.to);
        planned.chain(now).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{DAY, HOUR};
    use crate::domain::timetable::Hours;

    /// A Monday, 00:00 UTC.
    const MONDAY: Instant = Instant(1_795_996_800_000);

    fn office() -> Presence {
        let hours = vec![Hours { days: vec![1, 2, 3, 4, 5], from: 480, to: 1020 }];
        Presence { hours: Some(Timetable { zone: "UTC".into(), hours }), ..Presence::default() }
    }

    #[test]
    fn who_is_away_over_the_evening_is_back_when_work_begins() {
        let absences = vec![Absence { from: MONDAY.plus(9 * HOUR), to: MONDAY.plus(20 * HOUR) }];
        let ana = Presence { absences, ..office() };
        assert!(!ana.is_away(MONDAY.plus(8 * HOUR)));
        assert_eq!(ana.back_at(MONDAY.plus(10 * HOUR)), Some(MONDAY.plus(DAY + 8 * HOUR)), "at 20:00 nobody is at work any more");
        assert_eq!(ana.back_at(MONDAY.plus(8 * HOUR)), None, "she is there");
    }

    #[test]
    fn absences_that_touch_are_one() {
        let to = |from: i64, to: i64| Absence { from: MONDAY.plus(from * HOUR), to: MONDAY.plus(to * HOUR) };
        let ana = Presence { away_until: Some(MONDAY.plus(HOUR)), absences: vec![to(3, 4), to(1, 3)], hours: None };
        assert_eq!(ana.back_at(MONDAY), Some(MONDAY.plus(4 * HOUR)), "from one into the next");
    }

    #[test]
    fn hours_that_cover_nothing_have_no_end_in_sight() {
        let never = Presence { hours: Some(Timetable { zone: "UTC".into(), hours: vec![] }), ..Presence::default() };
        assert!(never.is_away(MONDAY));
        assert_eq!(never.back_at(MONDAY), None);
    }
}
