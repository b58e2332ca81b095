//! The plan of one escalation: the path as it stood when it began, with the
//! people on it and how each is reached. It is stored in the event `Escalated`,
//! so that a later edit of the directory cannot pull the rug from under it. A
//! rotation is part of it whole: who is on call is answered when a level is
//! entered.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

use super::channel::{Reach, SeverityPlan};
use super::id::{ChannelId, MethodId, PathId, PersonId, RotationId};
use super::presence::{Presence, Presences};
use super::rotation::{OnCall, Rotation, Shift, Why};
use super::sequence::Sequence;
use super::severity::Severity;
use super::time::{Instant, spoken};
use super::timetable::Timetable;
use super::why::Absent;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Plan {
    pub path: PathId,
    pub path_name: String,
    pub levels: Vec<PlanLevel>,
    pub rounds: u8,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct PlanLevel {
    /// What the desk calls it; empty where its number is enough.
    pub name: String,
    /// Who is on it whatever the time.
    pub contacts: Vec<Contact>,
    /// Whose people on call are on it besides.
    pub rotations: Vec<PlanRotation>,
    pub minutes: u32,
    pub repeat_every: Option<u32>,
    /// Skipped below this severity.
    pub least: Option<Severity>,
    /// Skipped outside these hours.
    pub hours: Option<Timetable>,
}

/// A rotation with how everybody in it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanRotation {
    pub rotation: Rotation,
    pub members: Vec<Contact>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Contact {
    pub person: PersonId,
    pub name: String,
    pub role: String,
    #[serde(flatten)]
    pub presence: Presence,
    /// Every usable method in the person's order of preference.
    pub methods: Vec<ContactMethod>,
    /// Their own way at a severity, where they have one.
    #[serde(default)]
    pub sequences: BTreeMap<Severity, Sequence>,
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

/// One try to reach somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Try<'a> {
    /// Minutes after the level was entered.
    pub after: u32,
    pub method: &'a ContactMethod,
}

/// Somebody on a level at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnLevel<'a> {
    pub contact: &'a Contact,
    /// The rotation that put them there, and why it did.
    pub on_call: Option<(&'a PlanRotation, OnCall)>,
}

impl Plan {
    #[must_use]
    pub fn contact(&self, person: PersonId) -> Option<&Contact> {
        self.levels.iter().flat_map(PlanLevel::everybody).find(|contact| contact.person == person)
    }

    /// The rotations on it, each once.
    pub fn rotations(&self) -> impl Iterator<Item = &PlanRotation> {
        let mut known: BTreeSet<RotationId> = BTreeSet::new();
        self.levels.iter().flat_map(|level| &level.rotations).filter(move |one| known.insert(one.rotation.id))
    }
}

impl PlanLevel {
    /// Everybody who can come to be on it.
    pub fn everybody(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.iter().chain(self.rotations.iter().flat_map(|one| &one.members))
    }

    /// Who is on it at a moment, each once.
    #[must_use]
    pub fn at(&self, now: Instant) -> Vec<OnLevel<'_>> {
        let fixed = self.contacts.iter().map(|contact| OnLevel { contact, on_call: None });
        let on_call = self.rotations.iter().flat_map(|one| one.at(now));
        let mut known = BTreeSet::new();
        fixed.chain(on_call).filter(|one| known.insert(one.contact.person)).collect()
    }

    /// Why nobody can be contacted at this level now, or `None` where somebody can.
    #[must_use]
    pub fn why_empty(&self, severity: Severity, wrong: &BTreeSet<MethodId>, now: Instant) -> Option<Vec<Absent>> {
        if let Some(least) = self.least.filter(|least| severity < *least) {
            return Some(vec![Absent::Below { least }]);
        }
        if self.hours.as_ref().is_some_and(|hours| !hours.covers(now)) {
            return Some(vec![Absent::OutsideHours {}]);
        }
        let there = self.at(now);
        if there.iter().any(|one| one.contact.is_reachable(wrong, now)) {
            return None;
        }
        let reason = |c: &Contact| {
            let (name, presence) = (c.name.clone(), &c.presence);
            match (presence.is_away(now), presence.is_off_hours(now)) {
                (true, true) => Absent::OffHours { name },
                (true, false) => Absent::Away { name },
                _ => Absent::NoMethod { name },
            }
        };
        let mut reasons: Vec<Absent> = there.iter().map(|one| reason(one.contact)).collect();
        let unmanned = self.rotations.iter().filter(|one| one.at(now).is_empty());
        reasons.extend(unmanned.map(|one| Absent::NobodyOnCall { rotation: one.rotation.name.clone() }));
        Some(if reasons.is_empty() { vec![Absent::Nobody {}] } else { reasons })
    }
}

impl PlanRotation {
    /// Who is on call at a moment.
    #[must_use]
    pub fn at(&self, now: Instant) -> Vec<OnLevel<'_>> {
        let known = |on_call: OnCall| {
            let contact = self.member(on_call.person)?;
            Some(OnLevel { contact, on_call: Some((self, on_call)) })
        };
        self.rotation.on_call(&self.presences(), now).into_iter().filter_map(known).collect()
    }

    /// The final schedule of a time.
    #[must_use]
    pub fn schedule(&self, from: Instant, to: Instant) -> Vec<Shift> {
        self.rotation.schedule(&self.presences(), from, to)
    }

    /// "on call until 18:00", "stands in for Ana until 18:00".
    #[must_use]
    pub fn why(&self, on_call: OnCall, at: Instant, now: Instant, zone: Tz) -> String {
        let until = self.rotation.until(&self.presences(), on_call.person, at);
        let until = until.map_or_else(String::new, |until| format!(" until {}", spoken(until, now, zone)));
        match on_call.why {
            Why::Turn {} => format!("on call{until}"),
            Why::Override {} => format!("on call{until}, as agreed"),
            Why::StandsIn { absent } => {
                let absent = self.member(absent).map_or("somebody", |contact| contact.name.as_str());
                format!("stands in for {absent}{until}")
            }
        }
    }

    /// It with today's shifts and absences; `None` where nothing changed, or where
    /// somebody in it was removed from the directory: what was agreed with them holds
    /// until this is over.
    #[must_use]
    pub fn followed_by(&self, today: Self, is_known: impl Fn(PersonId) -> bool) -> Option<Self> {
        if self.members.iter().any(|contact| !is_known(contact.person)) {
            return None;
        }
        let mut members = self.members.clone();
        for new in today.members {
            match members.iter_mut().find(|known| known.person == new.person) {
                Some(known) => known.presence = new.presence,
                None => members.push(new),
            }
        }
        let followed = Self { rotation: today.rotation, members };
        (followed != *self).then_some(followed)
    }

    fn member(&self, person: PersonId) -> Option<&Contact> {
        self.members.iter().find(|contact| contact.person == person)
    }

    fn presences(&self) -> Presences<'_> {
        self.members.iter().map(|contact| (contact.person, &contact.presence)).collect()
    }
}

impl ContactMethod {
    /// Its address is a number.
    #[must_use]
    pub const fn is_phone(&self) -> bool {
        matches!(self.reach, Reach::Phone | Reach::Text)
    }
}

impl Contact {
    /// The methods that are not known to be wrong.
    pub fn usable<'a>(&'a self, wrong: &'a BTreeSet<MethodId>) -> impl Iterator<Item = &'a ContactMethod> {
        self.methods.iter().filter(|method| !wrong.contains(&method.id))
    }

    #[must_use]
    pub fn is_reachable(&self, wrong: &BTreeSet<MethodId>, now: Instant) -> bool {
        !self.presence.is_away(now) && self.usable(wrong).next().is_some()
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

    /// What is done to reach them at a level that waits so many minutes, in order:
    /// their own sequence, and where they have none for this severity, or nothing in
    /// it can be used, what the desk's plan says, at once.
    #[must_use]
    pub fn tries<'a>(&'a self, severity: Severity, minutes: u32, channels: &SeverityPlan, wrong: &'a BTreeSet<MethodId>) -> Vec<Try<'a>> {
        let known = |id: MethodId| self.usable(wrong).find(|method| method.id == id);
        let usable: Vec<MethodId> = self.usable(wrong).map(|method| method.id).collect();
        let own = self.sequences.get(&severity).map_or_else(Vec::new, |own| own.within(minutes, &usable));
        if own.is_empty() {
            return self.methods_for(severity, channels, wrong).into_iter().map(|method| Try { after: 0, method }).collect();
        }
        own.iter().filter_map(|step| known(step.method).map(|method| Try { after: step.after, method })).collect()
    }
}
