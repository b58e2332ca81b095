//! What is known of one incident: the fold of its events.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

use super::assessment::{Answers, ColleagueView};
use super::event::IncidentEvent;
use super::facts::Facts;
use super::id::{IncidentId, MethodId, PersonId};
use super::plan::Plan;
use super::response::Response;
use super::severity::Severity;
use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Incident {
    pub id: IncidentId,
    pub reference: String,
    pub filed_at: Instant,
    pub filed_by: String,
    pub severity: Severity,
    pub facts: Facts,
    pub answers: Answers,
    /// Empty until somebody assessed it.
    pub advice: String,
    pub phase: Phase,
    /// Set from the moment it is escalated.
    pub plan: Option<Plan>,
    /// Where the climb stands; kept while somebody holds it, to resume there.
    pub climb: Option<Climb>,
    /// When it was last handed to its path.
    pub escalated_at: Option<Instant>,
    pub opinion: Option<Opinion>,
    pub check_in: Option<CheckIn>,
    pub snooze: Option<Snooze>,
    /// Everybody who was told, and so is told what is new.
    pub told: BTreeSet<PersonId>,
    pub nudges: BTreeMap<PersonId, u32>,
    /// Methods a call has shown to be wrong since it was escalated.
    pub wrong_methods: BTreeSet<MethodId>,
    pub last_event_at: Instant,
    /// By so much the times of its log are later than those of the clock, since a
    /// clock that had been ahead was put right. Milliseconds.
    #[ts(type = "number")]
    pub ahead_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Phase {
    /// The desk tries by itself, until then.
    Trying {
        until: Instant,
        /// When the desk was first asked about it; `None` while the time runs.
        asked_at: Option<Instant>,
    },
    /// Escalated, and nobody has it yet.
    Climbing {},
    Held {
        by: Option<PersonId>,
        name: String,
        since: Instant,
        until: Instant,
        questioned: bool,
    },
    Resolved {
        at: Instant,
        by: String,
        cause: String,
        fix: String,
        follow_ups: Vec<String>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Climb {
    /// Index into the plan's levels; `None` before the first is entered.
    pub level: Option<usize>,
    /// Counted from 1.
    pub round: u8,
    /// The climb waits for the desk to say how it goes on.
    pub alarmed_since: Option<Instant>,
    /// When the next level, or the next alarm, is due.
    pub until: Instant,
    pub repeat_at: Option<Instant>,
    /// Nobody at this level is written to before then: quiet hours.
    #[serde(default)]
    pub held_until: Option<Instant>,
    /// Who was contacted at this level, in all its repeats.
    pub contacted: BTreeSet<PersonId>,
    /// Those of them who cannot be reached by anything they have.
    pub unreachable: BTreeSet<PersonId>,
    /// Those of them who said that they cannot take it: they are not asked again at
    /// this level.
    #[serde(default)]
    pub declined: BTreeSet<PersonId>,
}

/// A colleague's opinion that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Opinion {
    pub person: PersonId,
    pub name: String,
    pub asked_at: Instant,
    pub answer: Option<ColleagueView>,
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CheckIn {
    pub due_at: Instant,
    /// When the reminder comes (again).
    pub remind_at: Instant,
    /// How often it has been reminded of.
    pub reminders: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Snooze {
    pub until: Instant,
    pub why: String,
}

impl Climb {
    const fn at_level(level: Option<usize>, round: u8, until: Instant) -> Self {
        Self {
            level,
            round,
            alarmed_since: None,
            until,
            repeat_at: None,
            held_until: None,
            contacted: BTreeSet::new(),
            unreachable: BTreeSet::new(),
            declined: BTreeSet::new(),
        }
    }
}

impl CheckIn {
    const fn due(at: Instant) -> Self {
        Self { due_at: at, remind_at: at, reminders: 0 }
    }
}

impl Incident {
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.phase, Phase::Resolved { .. })
    }

    /// The state after the first event, which files it.
    #[must_use]
    pub fn filed(id: IncidentId, event: &IncidentEvent, at: Instant) -> Option<Self> {
        let IncidentEvent::Filed { reference, by, severity, facts } = event else {
            return None;
        };
        Some(Self {
            id,
            reference: reference.clone(),
            filed_at: at,
            filed_by: by.clone(),
            severity: *severity,
            facts: facts.clone(),
            answers: Answers::default(),
            advice: String::new(),
            // Until a later event of the same transaction says otherwise, the
            // desk itself is on it and is asked at once.
            phase: Phase::Trying { until: at, asked_at: None },
            plan: None,
            climb: None,
            escalated_at: None,
            opinion: None,
            check_in: facts.promised_after(at).map(CheckIn::due),
            snooze: None,
            told: BTreeSet::new(),
            nudges: BTreeMap::new(),
            wrong_methods: BTreeSet::new(),
            last_event_at: at,
            ahead_ms: 0,
        })
    }

    /// The state after `event`. Total: an event that does not fit the state is
    /// folded as far as it makes sense, for a log cannot be argued with.
    #[must_use]
    pub fn apply(mut self, event: &IncidentEvent, recorded_at: Instant) -> Self {
        use IncidentEvent as E;
        self.last_event_at = recorded_at;
        let at = recorded_at.plus(-self.ahead_ms);
        match event {
            E::Filed { facts, severity, .. } => {
                self.facts = facts.clone();
                self.severity = *severity;
            }
            E::Assessed { answers, advice, severity, .. } => {
                self.answers = answers.clone();
                self.advice = advice.words().unwrap_or_default();
                self.severity = *severity;
            }
            E::CarriedOn { until } => self.phase = Phase::Trying { until: *until, asked_at: None },
            E::TimeIsUp { remind_at } => {
                let first = if let Phase::Trying { asked_at, .. } = self.phase { asked_at } else { None };
                self.phase = Phase::Trying { until: *remind_at, asked_at: Some(first.unwrap_or(at)) };
            }
            E::SecondOpinionAsked { person, name, until, .. } => {
                self.opinion = Some(Opinion { person: *person, name: name.clone(), asked_at: at, answer: None, words: String::new() });
                self.phase = Phase::Trying { until: *until, asked_at: None };
                self.told.insert(*person);
            }
            E::SecondOpinionGiven { view, words, .. } => {
                self.answers.colleague = Some(*view);
                if let Some(opinion) = &mut self.opinion {
                    opinion.answer = Some(*view);
                    opinion.words.clone_from(words);
                }
                // The answer is in; the desk decides now.
                if matches!(self.phase, Phase::Trying { .. }) {
                    self.phase = Phase::Trying { until: at, asked_at: None };
                }
            }
            E::Escalated { plan, check_in_at, .. } => {
                self.plan = Some(plan.clone());
                self.phase = Phase::Climbing {};
                self.climb = Some(Climb::at_level(None, 1, at));
                self.escalated_at = Some(at);
                self.snooze = None;
                self.check_in = Some(CheckIn::due(*check_in_at));
            }
            E::ClockPutRight { ahead_ms } => self.comes_sooner(*ahead_ms),
            E::RotationChanged { rotation } => {
                let held = self.plan.iter_mut().flat_map(|plan| &mut plan.levels).flat_map(|level| &mut level.rotations);
                held.filter(|one| one.rotation.id == rotation.rotation.id).for_each(|one| *one = rotation.clone());
            }
            E::LevelEntered { level, round, contacts, until, held_until, .. } => {
                self.told.extend(contacts);
                self.phase = match self.phase {
                    // Escalated further while somebody holds it: they still do.
                    held @ Phase::Held { .. } => held,
                    _ => Phase::Climbing {},
                };
                let repeat_at = self.repeat_after(*level, held_until.unwrap_or(at), *until);
                let contacted = contacts.iter().copied().collect();
                self.climb = Some(Climb { repeat_at, contacted, held_until: *held_until, ..Climb::at_level(Some(*level), *round, *until) });
            }
            E::LevelRepeated { level, contacts, until, .. } => {
                self.told.extend(contacts);
                let repeat_at = self.repeat_after(*level, at, *until);
                if let Some(climb) = &mut self.climb {
                    climb.repeat_at = repeat_at;
                    climb.contacted.extend(contacts);
                    climb.unreachable.clear();
                }
            }
            E::LevelSkipped { level, round, .. } => {
                self.climb = Some(Climb::at_level(Some(*level), *round, at));
            }
            E::DeskAlarmed { until, .. } => {
                if let Some(climb) = &mut self.climb {
                    climb.until = *until;
                    climb.repeat_at = None;
                    climb.alarmed_since.get_or_insert(at);
                }
            }
            E::NextMethodTried { .. }
            | E::UpdateShared { .. }
            | E::ReplyNotCounted { .. }
            | E::RoomOpened { .. }
            | E::RoomNotOpened { .. }
            | E::RoomClosed { .. }
            // Whoever reads the room is told there.
            | E::Wrote { in_room: true, .. } => {}
            E::Responded { person: Some(person), response: Response::NotMe, .. } => {
                self.is_out(*person, |climb| &mut climb.declined, at);
            }
            E::Responded { person, .. } | E::Wrote { person, .. } => self.told.extend(person),
            E::PersonUnreachable { person, .. } => self.is_out(*person, |climb| &mut climb.unreachable, at),
            E::CalledByHand { method, outcome, .. } => {
                if *outcome == super::event::CallOutcome::WrongNumber {
                    self.wrong_methods.insert(*method);
                }
            }
            E::DeliveryFailed { wrong, .. } => self.wrong_methods.extend(wrong),
            E::WrongNumberTakenBack { person, method, .. } => {
                self.wrong_methods.remove(method);
                if let Some(climb) = &mut self.climb {
                    climb.unreachable.remove(person);
                }
            }
            E::Acknowledged { person, name, until, .. } => {
                let since = match &self.phase {
                    Phase::Held { by, name: holder, since, .. } if by == person && holder == name => *since,
                    _ => at,
                };
                self.phase = Phase::Held { by: *person, name: name.clone(), since, until: *until, questioned: false };
                self.told.extend(person);
            }
            E::AcknowledgementQuestioned { until: grace } => {
                if let Phase::Held { until, questioned, .. } = &mut self.phase {
                    *until = *grace;
                    *questioned = true;
                }
            }
            E::AcknowledgementLapsed {} | E::HandedBack { .. } => {
                self.snooze = None;
                self.resume_climb(at);
            }
            E::CheckInFell { remind_at, .. } => {
                let reminders = self.check_in.as_ref().map_or(0, |check_in| check_in.reminders);
                let due_at = self.check_in.as_ref().map_or(at, |check_in| check_in.due_at);
                self.check_in = Some(CheckIn { due_at, remind_at: *remind_at, reminders: reminders + 1 });
            }
            E::CheckedIn { next, .. } => {
                self.check_in = next.map(CheckIn::due);
            }
            E::Snoozed { until, why } => self.snooze = Some(Snooze { until: *until, why: why.clone() }),
            E::SnoozeEnded { check_in_at, acknowledged_until } => {
                self.snooze = None;
                match &mut self.phase {
                    Phase::Trying { until, .. } => *until = *check_in_at,
                    Phase::Held { until, .. } => {
                        *until = acknowledged_until.unwrap_or(*until);
                        self.check_in = Some(CheckIn::due(*check_in_at));
                    }
                    Phase::Climbing {} | Phase::Resolved { .. } => self.check_in = Some(CheckIn::due(*check_in_at)),
                }
            }
            E::Nudged { person, count, .. } => {
                self.nudges.insert(*person, *count);
            }
            E::SeverityChanged { to, check_in_at, acknowledged_until, .. } => {
                let raised = *to > self.severity;
                self.severity = *to;
                if raised {
                    self.release(at);
                }
                if let (Some(check_in), Some(sooner)) = (&mut self.check_in, check_in_at) {
                    *check_in = CheckIn::due(*sooner);
                }
                if let (Phase::Held { until, .. }, Some(sooner)) = (&mut self.phase, acknowledged_until) {
                    *until = *sooner;
                }
            }
            E::FactsChanged { facts, check_in_at, .. } => {
                self.facts = facts.clone();
                self.check_in = check_in_at.map(CheckIn::due).or(self.check_in);
            }
            E::Resolved { by, cause, fix, follow_ups } => {
                self.phase = Phase::Resolved { at, by: by.clone(), cause: cause.clone(), fix: fix.clone(), follow_ups: follow_ups.clone() };
                self.check_in = None;
                self.snooze = None;
            }
            E::Reopened { check_in_at, .. } => {
                self.snooze = None;
                self.check_in = None;
                self.phase = Phase::Trying { until: *check_in_at, asked_at: None };
                self.climb = None;
            }
        }
        self
    }

    /// Nobody has it (any more): the next step of the climb is due at once. Where
    /// it never climbed, the desk has it again and is asked at once.
    fn resume_climb(&mut self, at: Instant) {
        if let Some(climb) = &mut self.climb {
            climb.until = at;
            climb.repeat_at = None;
            // Whatever the desk was alarmed about, somebody has had it since.
            climb.alarmed_since = None;
            self.phase = Phase::Climbing {};
        } else {
            self.phase = Phase::Trying { until: at, asked_at: None };
        }
    }

    /// What has grown worse waits for no morning: the level's time begins now.
    fn release(&mut self, at: Instant) {
        let Some(climb) = self.climb.as_mut().filter(|climb| climb.held_until.is_some_and(|held| held > at)) else { return };
        let held = climb.held_until.take().unwrap_or(at).since(at);
        let sooner = |moment: &mut Instant| *moment = moment.plus(-held);
        sooner(&mut climb.until);
        climb.repeat_at.iter_mut().for_each(sooner);
    }

    /// Once nobody who was contacted at the level can be reached or would take it,
    /// waiting there is pointless. Whoever belongs to another level changes nothing.
    fn is_out(&mut self, person: PersonId, of: impl Fn(&mut Climb) -> &mut BTreeSet<PersonId>, at: Instant) {
        let Some(climb) = &mut self.climb else { return };
        if !climb.contacted.contains(&person) {
            return;
        }
        of(climb).insert(person);
        let out = |person| climb.unreachable.contains(person) || climb.declined.contains(person);
        if climb.contacted.iter().all(out) && climb.alarmed_since.is_none() {
            climb.until = at;
            climb.repeat_at = None;
        }
    }

    fn comes_sooner(&mut self, by: i64) {
        self.ahead_ms += by;
        let sooner = |at: &mut Instant| *at = at.plus(-by);
        if let Some(climb) = &mut self.climb {
            sooner(&mut climb.until);
            climb.repeat_at.iter_mut().chain(&mut climb.alarmed_since).chain(&mut climb.held_until).for_each(sooner);
        }
        match &mut self.phase {
            Phase::Trying { until, asked_at } => std::iter::once(until).chain(asked_at).for_each(sooner),
            Phase::Held { since, until, .. } => [since, until].into_iter().for_each(sooner),
            Phase::Climbing {} | Phase::Resolved { .. } => {}
        }
        if let Some(check_in) = &mut self.check_in {
            [&mut check_in.due_at, &mut check_in.remind_at].into_iter().for_each(sooner);
        }
        self.snooze.iter_mut().map(|snooze| &mut snooze.until).for_each(sooner);
        self.escalated_at.iter_mut().for_each(sooner);
    }

    fn repeat_after(&self, level: usize, at: Instant, until: Instant) -> Option<Instant> {
        let every = self.plan.as_ref()?.levels.get(level)?.repeat_every.filter(|&minutes| minutes > 0)?;
        let next = at.plus_minutes(every);
        (next < until).then_some(next)
    }
}
