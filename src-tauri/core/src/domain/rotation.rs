//! Who is on call when. A rotation is layers of turns by the clock on the wall of
//! one zone, with what was agreed otherwise on top; the final schedule follows
//! from them and is kept nowhere.

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::id::{PersonId, RotationId};
use super::presence::Presences;
use super::time::{DAY, Instant, WallTime};
use super::timetable::{Hours, begin_and_end, is_within};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Rotation {
    pub id: RotationId,
    pub name: String,
    /// An IANA name. All wall times of the rotation are this zone's.
    pub zone: String,
    /// The later layer comes before the earlier ones, wherever it has somebody.
    pub layers: Vec<Layer>,
    pub overrides: Vec<ShiftOverride>,
    pub sample: bool,
}

/// People who take turns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Layer {
    /// In the order of their turns.
    pub people: Vec<PersonId>,
    /// When the first turn begins; its time of day is that of every handover.
    pub from: WallTime,
    /// Hours by the clock on the wall from one handover to the next: 24 is
    /// daily, 168 weekly.
    pub shift_hours: u32,
    /// When somebody is on call at all; always, where it is empty.
    pub hours: Vec<Hours>,
}

/// What was agreed otherwise for a time. It ends before `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShiftOverride {
    pub from: Instant,
    pub to: Instant,
    #[serde(flatten)]
    pub change: ShiftChange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ShiftChange {
    /// On call besides whoever is.
    Add { person: PersonId },
    /// `by` takes every turn of `person`.
    Replace { person: PersonId, by: PersonId },
    /// Not on call, and nobody takes the turn.
    Remove { person: PersonId },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OnCall {
    pub person: PersonId,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Why {
    Turn {},
    /// It is somebody else's turn, who is absent.
    StandsIn {
        absent: PersonId,
    },
    Override {},
}

/// One piece of the final schedule, in which the same people are on call for the
/// same reasons. It ends before `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Shift {
    pub from: Instant,
    pub to: Instant,
    pub people: Vec<OnCall>,
}

impl ShiftChange {
    /// Everybody whose time it changes.
    pub fn people(self) -> impl Iterator<Item = PersonId> {
        let (one, other) = match self {
            Self::Add { person } | Self::Remove { person } => (person, None),
            Self::Replace { person, by } => (person, Some(by)),
        };
        std::iter::once(one).chain(other)
    }
}

impl ShiftOverride {
    #[must_use]
    pub fn covers(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

impl Rotation {
    /// The zone; `None` where it is none that is known (any more).
    #[must_use]
    pub fn tz(&self) -> Option<Tz> {
        self.zone.parse().ok()
    }

    /// Everybody who can come to be on call.
    pub fn people(&self) -> impl Iterator<Item = PersonId> + '_ {
        let turns = self.layers.iter().flat_map(|layer| layer.people.iter().copied());
        turns.chain(self.overrides.iter().flat_map(|one| one.change.people()))
    }

    /// Takes somebody off it; a layer of theirs alone goes too.
    pub fn forget(&mut self, person: PersonId) {
        self.overrides.retain(|one| one.change.people().all(|known| known != person));
        self.layers.iter_mut().for_each(|layer| layer.people.retain(|known| *known != person));
        self.layers.retain(|layer| !layer.people.is_empty());
    }

    /// Who is on call at this moment. Nobody where the zone is not known: better a
    /// hole that is found than a person called in the wrong night.
    #[must_use]
    pub fn on_call(&self, presences: &Presences<'_>, at: Instant) -> Vec<OnCall> {
        let Some(zone) = self.tz() else { return vec![] };
        // Who takes somebody's turns takes them also when that person is away.
        let taken_over = |whose: PersonId| {
            self.overrides.iter().filter(|one| one.covers(at)).find_map(|one| match one.change {
                ShiftChange::Replace { person, by } if person == whose => Some(by),
                _ => None,
            })
        };
        let turn = self.layers.iter().rev().find_map(|layer| layer.on_call(zone, presences, &taken_over, at));
        let mut people: Vec<OnCall> = turn.into_iter().collect();
        for one in self.overrides.iter().filter(|one| one.covers(at)) {
            match one.change {
                ShiftChange::Add { person } if people.iter().all(|known| known.person != person) => {
                    people.push(OnCall { person, why: Why::Override {} });
                }
                ShiftChange::Remove { person } => people.retain(|known| known.person != person),
                ShiftChange::Add { .. } | ShiftChange::Replace { .. } => {}
            }
        }
        people
    }

    /// The final schedule of a time, without gaps: a piece with nobody is a hole.
    #[must_use]
    pub fn schedule(&self, presences: &Presences<'_>, from: Instant, to: Instant) -> Vec<Shift> {
        let mut edges = vec![from, to];
        if let Some(zone) = self.tz() {
            self.layers.iter().for_each(|layer| layer.edges(zone, from, to, &mut edges));
        }
        edges.extend(self.overrides.iter().flat_map(|one| [one.from, one.to]));
        let people = self.layers.iter().flat_map(|layer| &layer.people);
        edges.extend(people.filter_map(|person| presences.of(*person)).flat_map(|presence| presence.edges(from, to)));
        edges.retain(|edge| (from..=to).contains(edge));
        edges.sort_unstable();
        edges.dedup();

        let mut shifts: Vec<Shift> = Vec::new();
        for pair in edges.windows(2) {
            let people = self.on_call(presences, pair[0]);
            match shifts.last_mut() {
                Some(last) if last.people == people => last.to = pair[1],
                _ => shifts.push(Shift { from: pair[0], to: pair[1], people }),
            }
        }
        shifts
    }

    /// Until when somebody who is on call now stays it; `None` where no end is in sight.
    #[must_use]
    pub fn until(&self, presences: &Presences<'_>, person: PersonId, now: Instant) -> Option<Instant> {
        // Most turns are over within a week; only who has long ones is looked at further.
        [8, 63].into_iter().find_map(|days| {
            let ahead = self.schedule(presences, now, now.plus(days * DAY));
            ahead.iter().find(|shift| shift.people.iter().all(|known| known.person != person)).map(|shift| shift.from)
        })
    }

    /// What makes it unusable: the field, and what is wrong in words.
    pub fn check(&self) -> Result<(), (String, String)> {
        let wrong = |field: String, words: &str| Err((field, words.to_string()));
        if self.tz().is_none() {
            return wrong("zone".into(), "There is no such time zone (any more). Choose the largest city near you.");
        }
        if self.layers.is_empty() && self.overrides.is_empty() {
            return wrong("layers".into(), "A rotation needs at least one person who takes turns.");
        }
        for (at, layer) in self.layers.iter().enumerate() {
            if layer.people.is_empty() {
                return wrong(format!("layers.{at}.people"), "Nobody takes turns here. Put somebody on it, or take it away.");
            }
            if !(1..=24 * 366).contains(&layer.shift_hours) {
                return wrong(format!("layers.{at}.shift_hours"), "A turn lasts from one hour to a year.");
            }
            if let Some(words) = layer.hours.iter().find_map(|hours| hours.check().err()) {
                return wrong(format!("layers.{at}.hours"), &words);
            }
        }
        for (at, one) in self.overrides.iter().enumerate() {
            if one.to <= one.from {
                return wrong(format!("overrides.{at}.to"), "It would end before it begins.");
            }
            let meets = |other: &ShiftOverride| other.from < one.to && one.from < other.to;
            let same = |other: &ShiftOverride| other.change.people().any(|person| one.change.people().any(|mine| mine == person));
            if self.overrides[..at].iter().any(|other| meets(other) && same(other)) {
                return wrong(
                    format!("overrides.{at}.from"),
                    "Something else is agreed for one of them in this time already. Change that instead.",
                );
            }
        }
        Ok(())
    }
}

impl Layer {
    fn on_call(
        &self,
        zone: Tz,
        presences: &Presences<'_>,
        taken_over: &impl Fn(PersonId) -> Option<PersonId>,
        at: Instant,
    ) -> Option<OnCall> {
        if !self.is_manned(zone, at) {
            return None;
        }
        let turn = self.turn(zone, at)?;
        let first = usize::try_from(turn.rem_euclid(self.people.len() as i64)).ok()?;
        let whose = self.people[first];
        if let Some(by) = taken_over(whose) {
            return Some(OnCall { person: by, why: Why::Override {} });
        }
        let in_order = self.people.iter().cycle().skip(first).take(self.people.len());
        let person = in_order.copied().find(|person| !presences.is_away(*person, at))?;
        Some(match taken_over(person) {
            Some(by) => OnCall { person: by, why: Why::Override {} },
            None if person == whose => OnCall { person, why: Why::Turn {} },
            None => OnCall { person, why: Why::StandsIn { absent: whose } },
        })
    }

    /// The number of the turn that is running, counted from 0; `None` before the first.
    fn turn(&self, zone: Tz, at: Instant) -> Option<i64> {
        if self.people.is_empty() || self.shift_hours == 0 || at < self.from.in_zone(zone) {
            return None;
        }
        let passed = at.at(zone).naive_local() - self.from.0;
        let mut turn = passed.num_seconds().div_euclid(i64::from(self.shift_hours) * 3600).max(0);
        // The hour the clocks show twice, or skip, may put it one off.
        while self.handover(zone, turn + 1) <= at {
            turn += 1;
        }
        while turn > 0 && self.handover(zone, turn) > at {
            turn -= 1;
        }
        Some(turn)
    }

    /// When a turn begins.
    fn handover(&self, zone: Tz, turn: i64) -> Instant {
        let later = turn.checked_mul(i64::from(self.shift_hours)).and_then(TimeDelta::try_hours);
        let wall = later.and_then(|later| self.from.0.checked_add_signed(later));
        wall.map_or(Instant(i64::MAX), |wall| WallTime(wall).in_zone(zone))
    }

    fn is_manned(&self, zone: Tz, at: Instant) -> bool {
        self.hours.is_empty() || is_within(&self.hours, zone, at)
    }

    /// Every moment within the time at which something of this layer begins or ends.
    fn edges(&self, zone: Tz, from: Instant, to: Instant, edges: &mut Vec<Instant>) {
        let begins = self.from.in_zone(zone);
        edges.push(begins);
        if let Some(first) = self.turn(zone, from.max(begins)) {
            edges.extend((first..).map(|turn| self.handover(zone, turn)).take_while(|handover| *handover < to));
        }
        if self.hours.is_empty() {
            return;
        }
        edges.extend(begin_and_end(&self.hours, zone, from, to).flat_map(|(from, to)| [from, to]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::presence::{Absence, Presence};
    use chrono::NaiveDateTime;

    const NAMES: [&str; 3] = ["Ana", "Ben", "Caro"];

    fn wall(text: &str) -> WallTime {
        WallTime(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a wall time"))
    }

    fn utc(text: &str) -> Instant {
        wall(text).in_zone(Tz::UTC)
    }

    /// Ana, Ben and Caro in turns from this wall time on.
    fn rotation(zone: &str, from: &str, shift_hours: u32, hours: Vec<Hours>) -> (Rotation, [PersonId; 3]) {
        let people = NAMES.map(|_| PersonId::new(Instant(0)));
        let layer = Layer { people: people.to_vec(), from: wall(from), shift_hours, hours };
        let id = RotationId::new(Instant(0));
        let (name, zone) = ("Databases".into(), zone.into());
        (Rotation { id, name, zone, layers: vec![layer], overrides: vec![], sample: false }, people)
    }

    /// "Ana 09:00, Ben 10:00": the schedule of a time in UTC, each piece by who is on call and when it begins.
    fn drawn(rotation: &Rotation, people: [PersonId; 3], away: &Presences<'_>, from: &str, to: &str) -> String {
        let name = |id: PersonId| people.iter().position(|known| *known == id).map_or("somebody", |at| NAMES[at]);
        let shifts = rotation.schedule(away, utc(from), utc(to));
        let one = |shift: &Shift| {
            let names: Vec<&str> = shift.people.iter().map(|known| name(known.person)).collect();
            let names = if names.is_empty() { "nobody".into() } else { names.join("+") };
            format!("{names} {}", shift.from.utc().format("%d. %H:%M"))
        };
        shifts.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// Worked out by hand. All times on the right are UTC; the reasoning stands beside each.
    #[test]
    fn the_schedule_is_what_a_calendar_on_the_wall_says() {
        let cases = [
            // Berlin is one hour before UTC until 29 March 2026, 02:00, when its clocks skip to 03:00; then two.
            // A daily handover at 08:00 is at 07:00 before and at 06:00 after: Ben's turn has 23 hours.
            (
                "Europe/Berlin",
                "2026-03-27 08:00",
                24,
                "2026-03-27 07:00",
                "2026-03-31 06:00",
                "Ana 27. 07:00, Ben 28. 07:00, Caro 29. 06:00, Ana 30. 06:00",
            ),
            // On 25 October 2026 at 03:00 they go back to 02:00: Ben's turn has 25 hours.
            (
                "Europe/Berlin",
                "2026-10-23 08:00",
                24,
                "2026-10-23 06:00",
                "2026-10-26 07:00",
                "Ana 23. 06:00, Ben 24. 06:00, Caro 25. 07:00",
            ),
            // A handover at 02:30 does not exist on 29 March: it is when the clocks skip, 01:00 UTC.
            (
                "Europe/Berlin",
                "2026-03-28 02:30",
                24,
                "2026-03-28 01:30",
                "2026-03-31 00:30",
                "Ana 28. 01:30, Ben 29. 01:00, Caro 30. 00:30",
            ),
            // It exists twice on 25 October: the first one counts, 00:30 UTC, and the second changes nothing.
            (
                "Europe/Berlin",
                "2026-10-24 02:30",
                24,
                "2026-10-24 00:30",
                "2026-10-27 01:30",
                "Ana 24. 00:30, Ben 25. 00:30, Caro 26. 01:30",
            ),
            // Sydney goes the other way: eleven hours before UTC until 5 April 2026, 03:00, when its clocks go
            // back to 02:00; then ten. 08:00 is 21:00 UTC of the day before, then 22:00.
            (
                "Australia/Sydney",
                "2026-04-04 08:00",
                24,
                "2026-04-03 21:00",
                "2026-04-06 22:00",
                "Ana 03. 21:00, Ben 04. 22:00, Caro 05. 22:00",
            ),
            // And forward on 4 October 2026, 02:00 to 03:00.
            (
                "Australia/Sydney",
                "2026-10-03 08:00",
                24,
                "2026-10-02 22:00",
                "2026-10-05 21:00",
                "Ana 02. 22:00, Ben 03. 21:00, Caro 04. 21:00",
            ),
            // A handover at 02:30 does not exist there on 4 October: it is when the clocks skip, 16:00 UTC.
            (
                "Australia/Sydney",
                "2026-10-03 02:30",
                24,
                "2026-10-02 16:30",
                "2026-10-05 15:30",
                "Ana 02. 16:30, Ben 03. 16:00, Caro 04. 15:30",
            ),
            // And twice on 5 April: the first one counts, eleven hours before UTC, and the second changes nothing.
            (
                "Australia/Sydney",
                "2026-04-04 02:30",
                24,
                "2026-04-03 15:30",
                "2026-04-06 16:30",
                "Ana 03. 15:30, Ben 04. 15:30, Caro 05. 16:30",
            ),
            // Lord Howe's clocks move by half an hour: 02:00 to 02:30 on 4 October 2026; 10:30 before UTC, then 11:00.
            (
                "Australia/Lord_Howe",
                "2026-10-03 08:00",
                24,
                "2026-10-02 21:30",
                "2026-10-05 21:00",
                "Ana 02. 21:30, Ben 03. 21:00, Caro 04. 21:00",
            ),
            // 29 February 2028 is a day like another.
            (
                "Europe/Berlin",
                "2028-02-28 08:00",
                24,
                "2028-02-28 07:00",
                "2028-03-02 07:00",
                "Ana 28. 07:00, Ben 29. 07:00, Caro 01. 07:00",
            ),
            // And so is the last of a year. 2026 begins on a Thursday; weekly from Monday, 21 December 2026.
            (
                "Europe/Berlin",
                "2026-12-21 08:00",
                168,
                "2026-12-21 07:00",
                "2027-01-11 07:00",
                "Ana 21. 07:00, Ben 28. 07:00, Caro 04. 07:00",
            ),
            // Day and night of twelve hours each: the night in which the clocks skip has eleven.
            (
                "Europe/Berlin",
                "2026-03-28 08:00",
                12,
                "2026-03-28 07:00",
                "2026-03-29 18:00",
                "Ana 28. 07:00, Ben 28. 19:00, Caro 29. 06:00",
            ),
            // Samoa crossed the date line: it had no 30 December 2011. A daily turn of that day never was.
            (
                "Pacific/Apia",
                "2011-12-29 08:00",
                24,
                "2011-12-29 18:00",
                "2012-01-01 18:00",
                "Ana 29. 18:00, Ben 30. 10:00, Caro 30. 18:00, Ana 31. 18:00",
            ),
            // Before the first turn there is nobody.
            ("Europe/Berlin", "2026-11-23 08:00", 24, "2026-11-22 07:00", "2026-11-23 09:00", "nobody 22. 07:00, Ana 23. 07:00"),
        ];
        for (zone, begins, shift, from, to, expected) in cases {
            let (rotation, people) = rotation(zone, begins, shift, vec![]);
            assert_eq!(drawn(&rotation, people, &Presences::default(), from, to), expected, "{zone}, from {begins} every {shift} h");
        }
    }

    #[test]
    fn hours_that_pass_midnight_belong_to_the_day_they_begin_on() {
        let nights = Hours { days: vec![5], from: 22 * 60, to: 6 * 60 };
        let (rotation, people) = rotation("UTC", "2026-11-23 00:00", 168, vec![nights]);
        // Friday, 27 November 2026, 22:00 to Saturday, 06:00; the Saturday has no night of its own.
        let expected = "nobody 27. 00:00, Ana 27. 22:00, nobody 28. 06:00";
        assert_eq!(drawn(&rotation, people, &Presences::default(), "2026-11-27 00:00", "2026-11-29 00:00"), expected);
    }

    #[test]
    fn who_is_absent_is_stood_in_for_by_the_next_and_nobody_where_all_are() {
        let (rotation, people) = rotation("UTC", "2026-11-23 08:00", 24, vec![]);
        let absence = Absence { from: utc("2026-11-23 12:00"), to: utc("2026-11-23 18:00") };
        let gone = Presence { absences: vec![absence], ..Presence::default() };
        let away: Presences<'_> = [(people[0], &gone)].into_iter().collect();
        let expected = "Ana 23. 08:00, Ben 23. 12:00, Ana 23. 18:00, Ben 24. 08:00";
        assert_eq!(drawn(&rotation, people, &away, "2026-11-23 08:00", "2026-11-25 08:00"), expected);
        let standing_in = rotation.on_call(&away, utc("2026-11-23 13:00"));
        assert_eq!(standing_in, [OnCall { person: people[1], why: Why::StandsIn { absent: people[0] } }], "and it is said for whom");

        let all_away: Presences<'_> = people.iter().map(|person| (*person, &gone)).collect();
        assert_eq!(rotation.on_call(&all_away, utc("2026-11-23 13:00")), [], "nobody can be called, and nobody is made up");
    }

    #[test]
    fn what_was_agreed_otherwise_comes_before_the_turns() {
        let (mut rotation, people) = rotation("UTC", "2026-11-23 08:00", 24, vec![]);
        let [ana, ben, caro] = people;
        let agreed = |from: &str, to: &str, change| ShiftOverride { from: utc(from), to: utc(to), change };
        rotation.overrides = vec![
            agreed("2026-11-23 10:00", "2026-11-23 11:00", ShiftChange::Add { person: caro }),
            agreed("2026-11-23 12:00", "2026-11-23 14:00", ShiftChange::Replace { person: ana, by: ben }),
            agreed("2026-11-23 20:00", "2026-11-23 21:00", ShiftChange::Remove { person: ana }),
        ];
        assert_eq!(rotation.check(), Ok(()));
        let expected = "Ana 23. 08:00, Ana+Caro 23. 10:00, Ana 23. 11:00, Ben 23. 12:00, Ana 23. 14:00, nobody 23. 20:00, Ana 23. 21:00";
        assert_eq!(drawn(&rotation, people, &Presences::default(), "2026-11-23 08:00", "2026-11-24 08:00"), expected);
    }

    #[test]
    fn who_takes_over_somebody_s_turns_has_them_when_that_one_is_away_too() {
        let (mut rotation, [ana, ben, caro]) = rotation("UTC", "2026-11-23 08:00", 24, vec![]);
        let (from, to) = (utc("2026-11-23 00:00"), utc("2026-11-24 00:00"));
        let gone = Presence { absences: vec![Absence { from, to }], ..Presence::default() };
        rotation.overrides = vec![ShiftOverride { from, to, change: ShiftChange::Replace { person: ana, by: caro } }];
        let caro_by_agreement = [OnCall { person: caro, why: Why::Override {} }];
        let on_call = |rotation: &Rotation, away: &[PersonId]| {
            rotation.on_call(&away.iter().map(|one| (*one, &gone)).collect(), utc("2026-11-23 12:00"))
        };
        assert_eq!(on_call(&rotation, &[ana]), caro_by_agreement, "Ana's holiday is why they agreed it");
        assert_eq!(on_call(&rotation, &[ana, ben]), caro_by_agreement, "nor does it hang on whoever would stand in");
        rotation.layers[0].people = vec![ana];
        assert_eq!(on_call(&rotation, &[ana]), caro_by_agreement, "also where nobody else takes turns");
    }

    #[test]
    fn a_later_layer_comes_first_wherever_it_has_somebody() {
        let (mut rotation, people) = rotation("UTC", "2026-11-23 08:00", 168, vec![]);
        let hours = vec![Hours { days: vec![1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60 }];
        rotation.layers.push(Layer { people: vec![people[2]], from: wall("2026-11-23 00:00"), shift_hours: 24, hours });
        let expected = "Ana 23. 08:00, Caro 23. 09:00, Ana 23. 17:00";
        assert_eq!(drawn(&rotation, people, &Presences::default(), "2026-11-23 08:00", "2026-11-24 00:00"), expected);
    }

    #[test]
    fn the_end_of_a_turn_is_known() {
        let (rotation, people) = rotation("Europe/Berlin", "2026-11-23 08:00", 168, vec![]);
        let now = utc("2026-11-24 12:00");
        assert_eq!(rotation.until(&Presences::default(), people[0], now), Some(utc("2026-11-30 07:00")), "Monday, 08:00 in Berlin");
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        let (sound, people) = rotation("Europe/Berlin", "2026-11-23 08:00", 24, vec![]);
        let field = |change: &dyn Fn(&mut Rotation)| {
            let mut broken = sound.clone();
            change(&mut broken);
            broken.check().map_err(|(field, _)| field)
        };
        let agreed = |from, to, person| ShiftOverride { from: Instant(from), to: Instant(to), change: ShiftChange::Remove { person } };
        assert_eq!(field(&|_| {}), Ok(()));
        assert_eq!(field(&|one| one.zone = "Mars/Olympus".into()), Err("zone".into()));
        assert_eq!(field(&|one| one.layers.clear()), Err("layers".into()));
        assert_eq!(field(&|one| one.layers[0].people.clear()), Err("layers.0.people".into()));
        assert_eq!(field(&|one| one.layers[0].shift_hours = 0), Err("layers.0.shift_hours".into()));
        assert_eq!(field(&|one| one.overrides.push(agreed(5, 5, people[0]))), Err("overrides.0.to".into()), "it ends before it begins");
        let overlapping = |one: &mut Rotation| one.overrides = vec![agreed(0, 10, people[0]), agreed(9, 20, people[0])];
        assert_eq!(field(&overlapping), Err("overrides.1.from".into()), "one person, two agreements for one time");
        let beside = |one: &mut Rotation| one.overrides = vec![agreed(0, 10, people[0]), agreed(9, 20, people[1])];
        assert_eq!(field(&beside), Ok(()), "two people may each have their own");
    }

    #[test]
    fn a_zone_that_is_no_longer_known_is_a_hole_and_no_guess() {
        let (mut rotation, _) = rotation("Europe/Berlin", "2026-11-23 08:00", 24, vec![]);
        rotation.zone = "Mars/Olympus".into();
        assert_eq!(rotation.on_call(&Presences::default(), utc("2026-11-24 12:00")), []);
    }
}
