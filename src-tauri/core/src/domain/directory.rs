//! Step 2: who there is, how each can be reached, and in which order they are
//! contacted as an incident gets bigger.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

use super::bridge::Bridge;
use super::facts::{FactField, Facts};
use super::id::{ChannelId, MethodId, PathId, PersonId, RotationId, ServiceId, TeamId};
use super::presence::{Presence, Presences};
use super::sequence::Sequence;
use super::severity::Severity;
use super::time::Instant;
use super::timetable::Timetable;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    /// What they do, in the desk's words: "databases", "team lead".
    pub role: String,
    #[serde(flatten)]
    pub presence: Presence,
    /// In order of preference.
    pub methods: Vec<Method>,
    /// What is done for them at a severity; where there is none, what the desk's
    /// plan says.
    #[serde(default)]
    pub sequences: BTreeMap<Severity, Sequence>,
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
    #[serde(default)]
    pub proven_by: Option<Proof>,
    /// When a call or a bounce said that it does not reach this person.
    pub wrong_since: Option<Instant>,
}

/// How it is known that a method reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// They told the code that was sent to it.
    Code,
    /// They answered a call.
    Call,
    /// They answered a message that was sent to it.
    Use,
    /// They answered a drill.
    Drill,
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
    /// Where a severity has a path of its own.
    #[serde(default)]
    pub paths: BTreeMap<Severity, PathId>,
    /// Money lost per hour while it is down, in the desk's currency.
    pub cost_per_hour: Option<u32>,
    /// Orders lost per hour while it is down.
    #[serde(default)]
    pub orders_per_hour: Option<u32>,
    /// Customers or users in all.
    #[serde(default)]
    pub customers: Option<u32>,
    /// What one usually tries first, in this order.
    #[serde(default)]
    pub checklist: Vec<String>,
    /// Where a description can begin.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// Where people talk about it; where it is none, the desk's for the severity.
    #[serde(default)]
    pub bridge: Bridge,
    /// Who is told of it, and not called.
    #[serde(default)]
    pub stakeholders: Vec<PersonId>,
    pub sample: bool,
}

/// What is often wrong with a service, ready to be put right for this time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Template {
    /// "Orders hang".
    pub name: String,
    /// "___" is a blank to be filled in.
    pub what: String,
    pub who: String,
    #[serde(default)]
    pub people_affected: Option<u32>,
    #[serde(default)]
    pub affected_percent: Option<u8>,
    /// What one tries first where it is this, besides what one always does.
    #[serde(default)]
    pub checklist: Vec<String>,
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
    /// What the desk calls it, such as "second line"; empty where its number is enough.
    #[serde(default)]
    pub name: String,
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
    /// Skipped outside these hours.
    #[serde(default)]
    pub hours: Option<Timetable>,
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

/// When each of them can be called.
#[must_use]
pub fn presences(people: &[Person]) -> Presences<'_> {
    people.iter().map(|person| (person.id, &person.presence)).collect()
}

impl Person {
    /// Whoever looks for the one finds the other.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.to_lowercase()
    }
}

impl Service {
    /// What is usual for it, where nothing is said: assumed, until somebody confirms it.
    pub fn usual_of(&self, facts: &mut Facts) {
        let asked: BTreeSet<FactField> = facts.unknown.iter().map(|unknown| unknown.field).collect();
        let Facts { cost_per_hour, orders_per_hour, assumed, customers_in_all, .. } = facts;
        let figures = [(FactField::Impact, cost_per_hour, self.cost_per_hour), (FactField::Orders, orders_per_hour, self.orders_per_hour)];
        for (field, figure, usual) in figures {
            if figure.is_none() && usual.is_some() && !asked.contains(&field) {
                *figure = usual;
                assumed.insert(field);
            }
        }
        *customers_in_all = self.customers;
    }

    /// The path for what is so bad.
    #[must_use]
    pub fn path_at(&self, severity: Severity) -> Option<PathId> {
        self.paths.get(&severity).copied().or(self.path)
    }
}

impl Path {
    pub fn targets(&self) -> impl Iterator<Item = Target> + '_ {
        self.levels.iter().flat_map(|level| &level.targets).copied()
    }

    /// The levels on which nobody is.
    pub fn bare_levels(&self) -> impl Iterator<Item = usize> + '_ {
        self.levels.iter().enumerate().filter(|(_, level)| level.targets.is_empty()).map(|(position, _)| position)
    }

    /// "level 2", "level 2 (second line)".
    #[must_use]
    pub fn level_name(&self, position: usize) -> String {
        match self.levels.get(position).map(|level| level.name.as_str()) {
            None | Some("") => format!("level {}", position + 1),
            Some(name) => format!("level {} ({name})", position + 1),
        }
    }
}
