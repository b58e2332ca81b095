//! Step 2: who there is, how each can be reached, and in which order they are
//! contacted as an incident gets bigger.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

use super::id::{ChannelId, MethodId, PathId, PersonId, RotationId, ServiceId, TeamId};
use super::rotation::{Absence, Absences};
use super::severity::Severity;
use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    /// What they do, in the desk's words: "databases", "team lead".
    pub role: String,
    /// Not to be contacted before this moment.
    pub away_until: Option<Instant>,
    /// When they cannot be called, as far as it is known beforehand.
    pub absences: Vec<Absence>,
    /// In order of preference.
    pub methods: Vec<Method>,
    /// Came with the sample data and goes with it.
    pub sample: bool,
}

/// One way to reach one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Method {
    pub id: MethodId,
    pub channel: ChannelId,
    /// As the channel wants it: a mail address, an E.164 number, or empty where
    /// the channel itself is the address.
    pub address: String,
    /// When something last arrived this way for certain.
    pub proven_at: Option<Instant>,
    /// When a call or a bounce said that it does not reach this person.
    pub wrong_since: Option<Instant>,
}

/// People who answer for the same things, in an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub people: Vec<PersonId>,
    pub sample: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Service {
    pub id: ServiceId,
    pub name: String,
    pub owner: Option<PersonId>,
    pub path: Option<PathId>,
    /// Money lost per hour while it is down, in the desk's currency.
    pub cost_per_hour: Option<u32>,
    pub sample: bool,
}

/// Who is contacted, in which order, when nobody takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Path {
    pub id: PathId,
    pub name: String,
    pub levels: Vec<Level>,
    /// How often the whole path is walked before the desk is alarmed; at least 1.
    pub rounds: u8,
    pub sample: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Level {
    pub targets: Vec<Target>,
    /// Minutes without an acknowledgement until the next level; at least 1.
    pub minutes: u32,
    /// Contact the same people again every so many minutes while waiting.
    pub repeat_every: Option<u32>,
    /// Each of them for `minutes` before the next one, rather than all at once.
    #[serde(default)]
    pub in_turn: bool,
    /// Skipped below this severity.
    #[serde(default)]
    pub least: Option<Severity>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    Person {
        id: PersonId,
    },
    Team {
        id: TeamId,
    },
    /// Whoever is on call when the level is entered.
    Rotation {
        id: RotationId,
    },
}

impl Person {
    #[must_use]
    pub fn is_away(&self, now: Instant) -> bool {
        self.away_until.is_some_and(|until| now < until) || self.absences.iter().any(|absence| absence.covers(now))
    }
}

/// When each of these people cannot be called.
pub struct AbsencesOf(BTreeMap<PersonId, Vec<Absence>>);

impl AbsencesOf {
    #[must_use]
    pub fn of(people: &[Person]) -> Self {
        let all = |person: &Person| all_absences(&person.absences, person.away_until);
        Self(people.iter().map(|person| (person.id, all(person))).collect())
    }
}

impl Absences for AbsencesOf {
    fn of(&self, person: PersonId) -> &[Absence] {
        self.0.get(&person).map_or(&[], Vec::as_slice)
    }
}

/// Those known beforehand, and the one that has begun.
#[must_use]
pub fn all_absences(known: &[Absence], away_until: Option<Instant>) -> Vec<Absence> {
    let now = away_until.map(|to| Absence { from: Instant(i64::MIN), to });
    known.iter().cloned().chain(now).collect()
}

impl Path {
    pub fn targets(&self) -> impl Iterator<Item = Target> + '_ {
        self.levels.iter().flat_map(|level| &level.targets).copied()
    }
}
