//! The plan of one escalation: the path as it stood when it began, with the
//! people on it and how each is reached. It is stored in the event `Escalated`,
//! so that a later edit of the directory cannot pull the rug from under it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

use super::channel::{Reach, SeverityPlan};
use super::directory::{Path, Target};
use super::id::{ChannelId, MethodId, PathId, PersonId};
use super::severity::Severity;
use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Plan {
    pub path: PathId,
    pub path_name: String,
    pub levels: Vec<PlanLevel>,
    pub rounds: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanLevel {
    pub contacts: Vec<Contact>,
    pub minutes: u32,
    pub repeat_every: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Contact {
    pub person: PersonId,
    pub name: String,
    pub role: String,
    pub away_until: Option<Instant>,
    /// Every usable method in the person's order of preference.
    pub methods: Vec<ContactMethod>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ContactMethod {
    pub id: MethodId,
    pub channel: ChannelId,
    pub channel_name: String,
    pub reach: Reach,
    pub address: String,
    /// Somebody at the desk does it; nothing is sent.
    pub by_hand: bool,
}

impl Plan {
    /// The path with its people filled in, as `contact` finds them; who is not
    /// found is left out.
    #[must_use]
    pub fn of(path: &Path, contact: impl Fn(PersonId) -> Option<Contact>) -> Self {
        let levels = path
            .levels
            .iter()
            .map(|level| PlanLevel {
                contacts: level.targets.iter().filter_map(|Target::Person { id }| contact(*id)).collect(),
                minutes: level.minutes.max(1),
                repeat_every: level.repeat_every.filter(|&minutes| minutes > 0),
            })
            .collect();
        Self { path: path.id, path_name: path.name.clone(), levels, rounds: path.rounds.max(1) }
    }

    #[must_use]
    pub fn contact(&self, person: PersonId) -> Option<&Contact> {
        self.levels.iter().flat_map(|level| &level.contacts).find(|contact| contact.person == person)
    }
}

impl PlanLevel {
    /// Why nobody can be contacted at this level now, or `None` where somebody can.
    #[must_use]
    pub fn why_empty(&self, wrong: &BTreeSet<MethodId>, now: Instant) -> Option<String> {
        if self.contacts.is_empty() {
            return Some("nobody is on this level".into());
        }
        if self.contacts.iter().any(|contact| contact.is_reachable(wrong, now)) {
            return None;
        }
        let reason = |c: &Contact| if c.is_away(now) { format!("{} is away", c.name) } else { format!("{} has no working method", c.name) };
        Some(self.contacts.iter().map(reason).collect::<Vec<_>>().join(", "))
    }
}

impl Contact {
    #[must_use]
    pub fn is_away(&self, now: Instant) -> bool {
        self.away_until.is_some_and(|until| now < until)
    }

    /// The methods that are not known to be wrong.
    pub fn usable<'a>(&'a self, wrong: &'a BTreeSet<MethodId>) -> impl Iterator<Item = &'a ContactMethod> {
        self.methods.iter().filter(|method| !wrong.contains(&method.id))
    }

    #[must_use]
    pub fn is_reachable(&self, wrong: &BTreeSet<MethodId>, now: Instant) -> bool {
        !self.is_away(now) && self.usable(wrong).next().is_some()
    }

    /// The methods this severity uses at once. Never empty while the person has
    /// any: where the severity's reaches match none of them, the preferred one.
    #[must_use]
    pub fn methods_for<'a>(&'a self, severity: Severity, channels: &SeverityPlan, wrong: &'a BTreeSet<MethodId>) -> Vec<&'a ContactMethod> {
        let wanted = channels.of(severity);
        let mut chosen: Vec<&ContactMethod> = Vec::new();
        for method in self.usable(wrong) {
            if wanted.contains(&method.reach) && !chosen.iter().any(|other| other.reach == method.reach) {
                chosen.push(method);
            }
        }
        if chosen.is_empty() {
            chosen.extend(self.usable(wrong).next());
        }
        chosen
    }
}
