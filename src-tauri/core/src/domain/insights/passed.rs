//! How one incident went, worked out from its events and small enough to keep for every incident there ever was.

use serde::{Deserialize, Serialize};

use crate::domain::event::{CallOutcome, IncidentEvent, Recorded};
use crate::domain::id::{PathId, PersonId, ServiceId};
use crate::domain::incident::Incident;
use crate::domain::judgement::Judgement;
use crate::domain::plan::Plan;
use crate::domain::severity::Severity;
use crate::domain::time::Instant;
use crate::domain::times::{Moment, Times, moments};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    pub filed: Instant,
    pub service: Option<ServiceId>,
    /// The service's name then, or what was typed where it is in no directory.
    pub place: String,
    pub severity: Severity,
    pub escalated: Option<Instant>,
    pub to_acknowledge: Option<i64>,
    pub to_resolve: Option<i64>,
    pub open: bool,
    /// It went on as part of another incident: how long it took is told there.
    pub merged: bool,
    pub judgement: Option<Judgement>,
    /// The level whose person had it first, counted from 0.
    pub taken_at: Option<usize>,
    /// The levels that were asked, in that order.
    pub asked: Vec<Asked>,
    pub calls: u32,
    pub calls_answered: u32,
}

/// A level of a path that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub path: PathId,
    pub path_name: String,
    pub level: usize,
    /// What the desk calls it; empty where its number is enough.
    pub level_name: String,
    /// How long after it was first asked somebody of it took it.
    pub took_after: Option<i64>,
    /// Somebody of it took it, answered otherwise, wrote, or picked up the telephone.
    pub answered: bool,
}

/// What is known of an asked level while the events are read.
struct Asking {
    since: Moment,
    people: Vec<PersonId>,
    /// The order in which it was asked last.
    turn: usize,
}

impl Passed {
    /// `None` where the events do not begin with the filing.
    #[must_use]
    pub fn of(recorded: &[Recorded]) -> Option<Self> {
        use IncidentEvent as E;
        let (first, rest) = recorded.split_first()?;
        let filed = Incident::filed(first.incident, &first.event, first.at)?;
        let incident = rest.iter().fold(filed, |incident, next| incident.apply(&next.event, next.at));
        let times = Times::of(recorded);
        let mut passed = Self {
            filed: times.filed?,
            service: incident.facts.service,
            place: incident.facts.place.clone(),
            severity: incident.severity,
            escalated: times.escalated,
            to_acknowledge: times.to_acknowledge(),
            to_resolve: times.to_resolve(),
            open: incident.is_open(),
            merged: false,
            judgement: incident.judgement,
            taken_at: None,
            asked: vec![],
            calls: 0,
            calls_answered: 0,
        };
        let (mut plan, mut asking, mut taken) = (None, Vec::<Asking>::new(), false);
        for (turn, (event, at)) in moments(recorded).enumerate() {
            match event {
                E::Escalated { plan: followed, .. } => plan = Some(followed),
                E::LevelEntered { level, contacts, held_until, .. } => {
                    let wait = held_until.map_or(0, |until| until.since(at.at).max(0));
                    passed.is_asked(&mut asking, plan, *level, contacts, at.later(wait), turn);
                }
                E::LevelRepeated { level, contacts, .. } => passed.is_asked(&mut asking, plan, *level, contacts, at, turn),
                E::Acknowledged { person, .. } if plan.is_some() => {
                    // Whoever took it from elsewhere is no answer of those who were asked.
                    let level = whose(&asking, *person);
                    if let Some(level) = level {
                        let asked = &mut passed.asked[level];
                        asked.took_after.get_or_insert(at.since(asking[level].since));
                        asked.answered = true;
                    }
                    if !taken {
                        passed.taken_at = level.map(|level| passed.asked[level].level);
                    }
                    taken = true;
                }
                E::Responded { person, .. } | E::Wrote { person, in_room: false, .. } => passed.answers(whose(&asking, *person)),
                E::CalledByHand { person, outcome, .. } => {
                    passed.calls += 1;
                    if *outcome == CallOutcome::Answered {
                        passed.calls_answered += 1;
                        passed.answers(whose(&asking, Some(*person)));
                    }
                }
                E::MergedInto { .. } => passed.merged = true,
                E::Reopened { .. } => passed.merged = false,
                _ => {}
            }
        }
        Some(passed)
    }

    fn is_asked(&mut self, asking: &mut Vec<Asking>, plan: Option<&Plan>, level: usize, people: &[PersonId], since: Moment, turn: usize) {
        let Some(plan) = plan.filter(|_| !people.is_empty()) else { return };
        if let Some(known) = self.asked.iter().position(|one| one.path == plan.path && one.level == level) {
            asking[known].people.extend(people);
            asking[known].turn = turn;
            return;
        }
        let level_name = plan.levels.get(level).map_or_else(String::new, |level| level.name.clone());
        let (path, path_name) = (plan.path, plan.path_name.clone());
        self.asked.push(Asked { path, path_name, level, level_name, took_after: None, answered: false });
        asking.push(Asking { since, people: people.to_vec(), turn });
    }

    fn answers(&mut self, level: Option<usize>) {
        if let Some(level) = level {
            self.asked[level].answered = true;
        }
    }
}

/// The level at which this person was asked last.
fn whose(asking: &[Asking], person: Option<PersonId>) -> Option<usize> {
    let with = asking.iter().enumerate().filter(|(_, one)| person.is_some_and(|person| one.people.contains(&person)));
    with.max_by_key(|(_, one)| one.turn).map(|(at, _)| at)
}
