//! What is to be heard at the desk, and for how long nothing is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::directory::Person;
use super::incident::{Incident, Phase};
use super::rotation::Rotation;
use super::severity::Severity;
use super::time::{DAY, HOUR, Instant, MINUTE};
use super::{directory::presences, text::clean_line};

/// A silence that is longer was written down by a clock that was ahead.
const LONGEST: i64 = DAY;

/// For how long nothing is heard. Every notice is shown all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum MuteFor {
    HalfAnHour,
    AnHour,
    /// Until whoever sits at this desk has done their day's work, or their turn.
    Shift,
}

/// Whether what the desk is told of this incident is heard: a critical one that nobody has, or whose check-in was asked
/// for more than once.
#[must_use]
pub fn is_heard(incident: &Incident) -> bool {
    let nobody_has_it = matches!(incident.phase, Phase::Climbing {});
    let missed = incident.check_in.as_ref().is_some_and(|check_in| check_in.reminders > 1);
    incident.severity == Severity::Critical && incident.is_open() && (nobody_has_it || missed)
}

/// Until when, where that is known.
#[must_use]
pub fn mute_until(wanted: MuteFor, shift: Option<Instant>, now: Instant) -> Option<Instant> {
    match wanted {
        MuteFor::HalfAnHour => Some(now.plus(30 * MINUTE)),
        MuteFor::AnHour => Some(now.plus(HOUR)),
        MuteFor::Shift => shift,
    }
}

/// Whether nothing is heard now.
#[must_use]
pub fn is_muted(until: Option<Instant>, now: Instant) -> bool {
    until.is_some_and(|until| now < until && until.since(now) <= LONGEST)
}

/// When whoever is called so has done their day's work, or, where no hours are known of them, their turn. `None` where
/// neither ends within a day.
#[must_use]
pub fn end_of_shift(me: &str, people: &[Person], rotations: &[Rotation], now: Instant) -> Option<Instant> {
    let name = |text: &str| clean_line(text).to_lowercase();
    let me = people.iter().find(|person| !me.is_empty() && name(&person.name) == name(me))?;
    let hours = me.presence.hours.as_ref().filter(|hours| hours.covers(now));
    let worked = hours.and_then(|hours| hours.edges(now.plus(1), now.plus(DAY)).into_iter().filter(|edge| !hours.covers(*edge)).min());
    let presences = presences(people);
    let turns = rotations.iter().filter_map(|rotation| rotation.until(&presences, me.id, now)).filter(|until| until.since(now) <= LONGEST);
    worked.or_else(|| turns.max())
}
