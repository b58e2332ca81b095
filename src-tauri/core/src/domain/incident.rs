//! What is known of one incident: the fold of its events.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

use super::alike::{Link, Report};
use super::asking::AfterWait;
use super::assessment::{Answers, ColleagueView};
use super::attachment::Attachment;
use super::commitment::{self, Commitment};
use super::event::IncidentEvent;
use super::facts::Facts;
use super::id::{IncidentId, MethodId, PathId, PersonId};
use super::judgement::Judgement;
use super::plan::Plan;
use super::progress::Attempt;
use super::response::Response;
use super::severity::Severity;
use super::stakeholder::{self, Stakeholder, Word};
use super::time::{Instant, MINUTE};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Incident {
    pub id: IncidentId,
    pub reference: String,
    pub filed_at: Instant,
    pub filed_by: String,
    /// Who at the desk follows it: whoever filed it, until the desk is handed over or it is opened again.
    pub followed_by: String,
    pub severity: Severity,
    pub facts: Facts,
    pub answers: Answers,
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Empty until somebody assessed it.
    pub advice: String,
    /// The path it is to take, where it is another than its service's own.
    pub path: Option<PathId>,
    pub phase: Phase,
    /// Set from the moment it is escalated.
    pub plan: Option<Plan>,
    /// Where the climb stands; kept while somebody holds it, to resume there.
    pub climb: Option<Climb>,
    /// When it was last handed to its path.
    pub escalated_at: Option<Instant>,
    pub opinion: Option<Opinion>,
    pub check_in: Option<CheckIn>,
    /// How many were done since they began anew: each is followed by a longer interval.
    pub check_ins: u32,
    /// What a person at the desk said last, in whose second the same again is a second click.
    pub clicked: Option<(Instant, Click)>,
    /// What people have said they will do, in the order in which they did.
    pub commitments: Vec<Commitment>,
    /// Somebody has had it since it was filed, or opened again.
    pub was_held: bool,
    /// Whoever had it until the acknowledgement ran out, and when that was.
    pub lapsed: Option<Lapsed>,
    pub snooze: Option<Snooze>,
    /// Everybody who was told, and so is told what is new.
    pub told: BTreeSet<PersonId>,
    /// How often somebody was asked since they last said something.
    pub nudges: BTreeMap<PersonId, u32>,
    /// Who is told how it stands, and not called.
    pub stakeholders: Vec<Stakeholder>,
    /// When they hear next; `None` where nobody does.
    pub word: Option<Word>,
    /// Methods a call has shown to be wrong since it was escalated.
    pub wrong_methods: BTreeSet<MethodId>,
    /// Others who had the same trouble.
    pub reports: Vec<Report>,
    /// Incidents that have to do with it.
    pub links: Vec<Link>,
    /// What the desk thought of the escalation once it was over.
    #[serde(default)]
    pub judgement: Option<Judgement>,
    /// The one whose part it has become.
    pub goes_on_as: Option<Link>,
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
        /// `None` until the desk has said that it tries.
        attempt: Option<Attempt>,
        /// A script filed it, and nobody at the desk has taken it up.
        handed_in: bool,
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
    /// They were called by hand while somebody had it, who has said nothing since: whoever of them says so has it.
    #[serde(default)]
    pub over_holder: bool,
}

/// A colleague's opinion that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Opinion {
    pub person: PersonId,
    pub name: String,
    pub method: MethodId,
    pub question: String,
    /// Who asked.
    pub by: String,
    pub asked_at: Instant,
    pub until: Instant,
    /// What follows where no answer comes.
    pub then: AfterWait,
    /// The rotation they were on call in, where whoever is on call was asked.
    pub on_call: Option<String>,
    /// They were asked once more.
    pub again: bool,
    /// The question is on its way or arrived, as far as is known.
    pub reached: bool,
    pub answer: Option<ColleagueView>,
    pub words: String,
    /// The desk has decided since.
    pub settled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CheckIn {
    pub due_at: Instant,
    /// When the reminder comes (again).
    pub remind_at: Instant,
    /// How often it has been reminded of.
    pub reminders: u32,
    /// Whoever leads the desk has been told of it.
    pub missed: bool,
}

/// What nobody at the desk says twice in one second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Click {
    CheckedIn { note: String },
    Nudged { person: PersonId },
    Shared { text: String },
    Snoozed { minutes: u32, why: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Lapsed {
    pub person: Option<PersonId>,
    pub name: String,
    pub at: Instant,
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
            over_holder: false,
        }
    }
}

impl Opinion {
    /// Whether anything still depends on their answer.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        self.answer.is_none() && !self.settled
    }
}

impl Phase {
    /// The desk has it, and is asked then.
    const fn trying(until: Instant, attempt: Option<Attempt>) -> Self {
        Self::Trying { until, asked_at: None, attempt, handed_in: false }
    }

    const fn attempt(&self) -> Option<Attempt> {
        if let Self::Trying { attempt, .. } = self { *attempt } else { None }
    }
}

impl CheckIn {
    const fn due(at: Instant) -> Self {
        Self { due_at: at, remind_at: at, reminders: 0, missed: false }
    }
}

impl Incident {
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.phase, Phase::Resolved { .. })
    }

    /// Whether it may be put off: while nobody has it, that would stop the climb.
    #[must_use]
    pub const fn may_sleep(&self) -> bool {
        self.is_open() && !matches!(self.phase, Phase::Climbing {})
    }

    /// Whether it is theirs. Whom the directory knows may have another name by now.
    #[must_use]
    pub fn is_held_by(&self, person: Option<PersonId>, name: &str) -> bool {
        match &self.phase {
            Phase::Held { by: Some(by), .. } => Some(*by) == person,
            Phase::Held { by: None, name: holder, .. } => person.is_none() && holder == name,
            _ => false,
        }
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
            followed_by: by.clone(),
            severity: *severity,
            facts: facts.clone(),
            answers: Answers::default(),
            attachments: vec![],
            advice: String::new(),
            path: None,
            // Until a later event of the same transaction says otherwise, the
            // desk itself is on it and is asked at once.
            phase: Phase::trying(at, None),
            plan: None,
            climb: None,
            escalated_at: None,
            opinion: None,
            check_in: facts.promised_after(at).map(CheckIn::due),
            check_ins: 0,
            clicked: None,
            commitments: vec![],
            was_held: false,
            lapsed: None,
            snooze: None,
            told: BTreeSet::new(),
            nudges: BTreeMap::new(),
            stakeholders: vec![],
            word: None,
            wrong_methods: BTreeSet::new(),
            reports: vec![],
            links: vec![],
            judgement: None,
            goes_on_as: None,
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
        commitment::follow(&mut self.commitments, event);
        let facts_before = matches!(event, E::FactsChanged { .. } | E::ReportedAgain { .. }).then(|| self.facts.clone());
        match event {
            E::Filed { facts, severity, .. } => {
                self.facts = facts.clone();
                self.severity = *severity;
            }
            E::Assessed { answers, advice, severity, path, .. } => {
                self.answers = answers.clone();
                self.advice = advice.words().unwrap_or_default();
                self.path = path.or(self.path);
                self.severity = *severity;
            }
            E::CarriedOn { until } => {
                let attempt = self.phase.attempt().map_or_else(|| Attempt::begun(at), Attempt::extended);
                self.phase = Phase::trying(*until, Some(attempt));
                self.snooze = None;
                self.settle_opinion();
            }
            E::HandedIn { until } => self.phase = Phase::Trying { until: *until, asked_at: None, attempt: None, handed_in: true },
            E::TimeIsUp { remind_at, .. } => {
                if let Phase::Trying { until, asked_at, .. } = &mut self.phase {
                    *until = *remind_at;
                    asked_at.get_or_insert(at);
                } else {
                    self.phase = Phase::Trying { until: *remind_at, asked_at: Some(at), attempt: None, handed_in: false };
                }
                // What was agreed for the end of the wait had its moment; now the desk is asked.
                if let Some(opinion) = &mut self.opinion {
                    opinion.then = AfterWait::AskMe;
                }
            }
            E::SecondOpinionAsked { person, name, method, question, until, by, then, on_call, again } => {
                self.opinion = Some(Opinion {
                    person: *person,
                    name: name.clone(),
                    method: *method,
                    question: question.clone(),
                    by: by.clone(),
                    asked_at: at,
                    until: *until,
                    then: *then,
                    on_call: on_call.clone(),
                    again: *again,
                    reached: true,
                    answer: None,
                    words: String::new(),
                    settled: false,
                });
                self.phase = Phase::trying(*until, self.phase.attempt());
                self.snooze = None;
                self.told.insert(*person);
            }
            E::ColleagueNotReached { person, .. } => {
                let Some(opinion) = self.opinion.as_mut().filter(|opinion| opinion.person == *person && opinion.is_awaited()) else {
                    return self;
                };
                opinion.reached = false;
                // Nothing is waited for that cannot come, but for what was decided beforehand.
                if opinion.then != AfterWait::Escalate
                    && let Phase::Trying { until, asked_at: None, .. } = &mut self.phase
                {
                    *until = at;
                }
            }
            E::SecondOpinionGiven { view, words, .. } => {
                self.answers.colleague = Some(*view);
                if let Some(opinion) = &mut self.opinion {
                    opinion.answer = Some(*view);
                    opinion.words.clone_from(words);
                    opinion.settled = !matches!(self.phase, Phase::Trying { .. });
                }
                // The answer is in; the desk decides now, and may try anew where it was told to wait.
                if matches!(self.phase, Phase::Trying { .. }) {
                    self.snooze = None;
                    let attempt = self.phase.attempt().filter(|_| *view != ColleagueView::Wait);
                    self.phase = Phase::trying(at, attempt);
                }
            }
            E::Escalated { plan, check_in_at, .. } => {
                self.plan = Some(plan.clone());
                self.phase = Phase::Climbing {};
                self.climb = Some(Climb::at_level(None, 1, at));
                self.escalated_at = Some(at);
                self.snooze = None;
                self.settle_opinion();
                self.check_in = Some(CheckIn::due(*check_in_at));
                self.check_ins = 0;
            }
            E::ClockPutRight { ahead_ms } => self.comes_sooner(*ahead_ms),
            E::RotationChanged { rotation } => {
                let held = self.plan.iter_mut().flat_map(|plan| &mut plan.levels).flat_map(|level| &mut level.rotations);
                held.filter(|one| one.rotation.id == rotation.rotation.id).for_each(|one| *one = rotation.clone());
            }
            E::LevelEntered { level, round, contacts, until, held_until, check_in_at, .. } => {
                self.check_in = check_in_at.map(CheckIn::due).or(self.check_in);
                self.check_ins = 0;
                self.told.extend(contacts);
                let over_holder = matches!(self.phase, Phase::Held { .. });
                self.phase = match self.phase {
                    // Escalated further while somebody holds it: they still do.
                    held @ Phase::Held { .. } => held,
                    _ => Phase::Climbing {},
                };
                let repeat_at = self.repeat_after(*level, held_until.unwrap_or(at), *until);
                let contacted = contacts.iter().copied().collect();
                self.climb = Some(Climb { repeat_at, contacted, held_until: *held_until, over_holder, ..Climb::at_level(Some(*level), *round, *until) });
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
            | E::UpdateShared { of_facts: true, .. }
            | E::StakeholderAdded { .. }
            | E::StakeholderRemoved { .. }
            | E::StakeholdersTold { .. }
            | E::ReplyNotCounted { .. }
            | E::RoomOpened { .. }
            | E::RoomNotOpened { .. }
            | E::RoomClosed { .. }
            | E::Commitment { .. }
            // Whoever reads the room is told there.
            | E::Wrote { in_room: true, .. } => {}
            E::UpdateShared { text, of_facts: false, .. } => self.clicked = Some((at, Click::Shared { text: text.clone() })),
            E::HandedOver { to, .. } => self.followed_by.clone_from(to),
            E::Responded { person: Some(person), response: Response::NotMe, .. } => {
                self.was_answered(Some(*person));
                self.is_out(*person, |climb| &mut climb.declined, at);
            }
            E::Responded { person, .. } => {
                self.was_answered(*person);
                self.hears(*person);
            }
            E::Wrote { person, words, .. } => {
                self.was_answered(*person);
                self.hears(*person);
                // Words that are neither yes nor no are still what the colleague says.
                let asked = self.opinion.as_mut().filter(|opinion| opinion.answer.is_none() && Some(opinion.person) == *person);
                if let Some(opinion) = asked {
                    opinion.words.clone_from(words);
                }
            }
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
            E::Acknowledged { person, name, until, answered, check_in_at, .. } => {
                if answered.is_some() {
                    self.was_answered(*person);
                }
                if !self.is_held_by(*person, name) {
                    // It slept as somebody else had it.
                    self.snooze = None;
                }
                if let Some(climb) = &mut self.climb {
                    climb.over_holder = false;
                }
                self.check_in = check_in_at.map(CheckIn::due).or_else(|| self.check_in.take());
                let since = match &self.phase {
                    Phase::Held { by, name: holder, since, .. } if by == person && holder == name => *since,
                    _ => at,
                };
                self.phase = Phase::Held { by: *person, name: name.clone(), since, until: *until, questioned: false };
                self.was_held = true;
                self.settle_opinion();
                self.told.extend(person);
            }
            E::AcknowledgementQuestioned { until: grace } => {
                if let Phase::Held { until, questioned, .. } = &mut self.phase {
                    *until = *grace;
                    *questioned = true;
                }
            }
            E::AcknowledgementLapsed {} | E::HandedBack { .. } => {
                let lapsed = matches!(event, E::AcknowledgementLapsed {});
                if let (Phase::Held { by, name, .. }, true) = (&self.phase, lapsed) {
                    self.lapsed = Some(Lapsed { person: *by, name: name.clone(), at });
                }
                self.snooze = None;
                self.resume_climb(at);
            }
            E::CheckInFell { remind_at, .. } => {
                let reminders = self.check_in.as_ref().map_or(0, |check_in| check_in.reminders);
                let due_at = self.check_in.as_ref().map_or(at, |check_in| check_in.due_at);
                let missed = self.check_in.as_ref().is_some_and(|check_in| check_in.missed);
                self.check_in = Some(CheckIn { due_at, remind_at: *remind_at, reminders: reminders + 1, missed });
            }
            E::CheckInMissed { lead, .. } => {
                if let Some(check_in) = &mut self.check_in {
                    check_in.missed = true;
                }
                self.told.extend(lead);
            }
            E::CheckedIn { next, note, .. } => {
                self.check_in = next.map(CheckIn::due);
                self.check_ins += 1;
                self.clicked = Some((at, Click::CheckedIn { note: note.clone() }));
                self.take_up();
            }
            E::Snoozed { until, why } => {
                let minutes = u32::try_from(until.since(at) / MINUTE).unwrap_or(u32::MAX);
                self.clicked = Some((at, Click::Snoozed { minutes, why: why.clone() }));
                self.snooze = Some(Snooze { until: *until, why: why.clone() });
                self.settle_opinion();
                self.take_up();
            }
            E::SnoozeEnded { check_in_at, acknowledged_until } => {
                self.snooze = None;
                match &mut self.phase {
                    Phase::Trying { until, .. } => *until = *check_in_at,
                    Phase::Held { until, questioned, .. } => {
                        *until = acknowledged_until.unwrap_or(*until);
                        // What was asked before it slept is asked again before anybody else is called.
                        *questioned = false;
                        self.check_in = Some(CheckIn::due(*check_in_at));
                    }
                    Phase::Climbing {} | Phase::Resolved { .. } => self.check_in = Some(CheckIn::due(*check_in_at)),
                }
            }
            E::Nudged { person, count, .. } => {
                self.nudges.insert(*person, *count);
                self.clicked = Some((at, Click::Nudged { person: *person }));
            }
            E::SeverityChanged { to, check_in_at, acknowledged_until, ask_at, .. } => {
                let raised = *to > self.severity;
                self.severity = *to;
                self.check_ins = 0;
                if raised {
                    self.release(at);
                }
                if let (Some(check_in), Some(sooner)) = (&mut self.check_in, check_in_at) {
                    *check_in = CheckIn::due(*sooner);
                }
                if let (Phase::Held { until, .. }, Some(sooner)) = (&mut self.phase, acknowledged_until) {
                    *until = *sooner;
                }
                if let (Phase::Trying { until, .. }, Some(sooner)) = (&mut self.phase, ask_at) {
                    *until = *sooner;
                }
                self.take_up();
            }
            E::FactsChanged { facts, check_in_at, .. } => {
                self.facts = facts.clone();
                self.check_in = check_in_at.map(CheckIn::due).or(self.check_in);
                self.take_up();
            }
            E::ReportedAgain { source, facts, told, check_in_at, colleague, .. } => {
                if !self.reports.iter().any(|one| one.source == *source) {
                    self.reports.push(Report { source: *source, at });
                }
                self.check_in = check_in_at.map(CheckIn::due).or(self.check_in);
                self.told.extend(told);
                self.facts.hear(facts);
                // Whoever was asked about this one knows better.
                if matches!(self.answers.colleague, None | Some(ColleagueView::NotAsked)) {
                    self.answers.colleague = colleague.or(self.answers.colleague);
                }
            }
            E::Linked { with, .. } => self.links.push(with.clone()),
            E::MergedInto { by, into, .. } => {
                let cause = format!("Part of {}, where it goes on", into.reference);
                self.is_over(Phase::Resolved { at, by: by.clone(), cause, fix: String::new() });
                self.goes_on_as = Some(into.clone());
                if !self.links.contains(into) {
                    self.links.push(into.clone());
                }
            }
            E::Attached { attachments, .. } => self.attachments.extend(attachments.iter().cloned()),
            E::Resolved { by, cause, fix, .. } => {
                self.is_over(Phase::Resolved { at, by: by.clone(), cause: cause.clone(), fix: fix.clone() });
            }
            E::ResolutionTold { cause, fix, .. } => {
                if let Phase::Resolved { cause: known_cause, fix: known_fix, .. } = &mut self.phase {
                    known_cause.clone_from(cause);
                    known_fix.clone_from(fix);
                }
            }
            E::Reopened { by, check_in_at, .. } => {
                self.followed_by.clone_from(by);
                self.was_held = false;
                self.check_ins = 0;
                self.phase = Phase::trying(*check_in_at, None);
                self.climb = None;
                self.judgement = None;
                self.goes_on_as = None;
            }
            E::Judged { judgement, .. } => self.judgement = Some(*judgement),
        }
        stakeholder::after(&mut self, event, facts_before.as_ref(), at);
        self
    }

    fn is_over(&mut self, resolved: Phase) {
        self.phase = resolved;
        self.check_in = None;
        self.snooze = None;
        self.nudges.clear();
        self.settle_opinion();
    }

    /// Whoever has said something was not nudged in vain; it is counted anew.
    fn was_answered(&mut self, person: Option<PersonId>) {
        if let Some(person) = person {
            self.nudges.remove(&person);
        }
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
            self.phase = Phase::trying(at, None);
        }
    }

    /// Somebody at the desk has it now.
    const fn take_up(&mut self) {
        if let Phase::Trying { handed_in, .. } = &mut self.phase {
            *handed_in = false;
        }
    }

    /// Somebody has decided since, so nothing hangs on an answer any more.
    fn settle_opinion(&mut self) {
        if let Some(opinion) = &mut self.opinion {
            opinion.settled = true;
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
            Phase::Trying { until, asked_at, attempt, .. } => {
                let since = attempt.as_mut().map(|attempt| &mut attempt.since);
                std::iter::once(until).chain(asked_at).chain(since).for_each(sooner);
            }
            Phase::Held { since, until, .. } => [since, until].into_iter().for_each(sooner),
            Phase::Climbing {} | Phase::Resolved { .. } => {}
        }
        if let Some(check_in) = &mut self.check_in {
            [&mut check_in.due_at, &mut check_in.remind_at].into_iter().for_each(sooner);
        }
        self.opinion.iter_mut().flat_map(|opinion| [&mut opinion.asked_at, &mut opinion.until]).for_each(sooner);
        self.snooze.iter_mut().map(|snooze| &mut snooze.until).for_each(sooner);
        self.lapsed.iter_mut().map(|lapsed| &mut lapsed.at).for_each(sooner);
        self.clicked.iter_mut().map(|(at, _)| at).for_each(sooner);
        self.escalated_at.iter_mut().for_each(sooner);
        self.word.iter_mut().flat_map(|word| [&mut word.told_at, &mut word.due_at]).for_each(sooner);
    }

    fn repeat_after(&self, level: usize, at: Instant, until: Instant) -> Option<Instant> {
        let every = self.plan.as_ref()?.levels.get(level)?.repeat_every.filter(|&minutes| minutes > 0)?;
        let next = at.plus_minutes(every);
        (next < until).then_some(next)
    }
}
