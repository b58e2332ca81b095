//! What happens next, and when. Promise 1 is that this is never empty for an
//! incident that is open.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

use super::asking::AfterWait;
use super::facts::Unknown;
use super::incident::{Incident, Phase};
use super::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum DueKind {
    /// The next level of the path, or the alarm at its end.
    Climb,
    Repeat,
    /// "Still on it?", or the end of the grace after it.
    AcknowledgementExpiry,
    /// The time the desk gave itself is over.
    TimeIsUp,
    CheckIn,
    SnoozeEnd,
    /// A promise or a task is to be done by then, or is asked for again.
    Commitment,
    /// Those who are told and not called hear how it stands.
    Word,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Due {
    pub at: Instant,
    pub kind: DueKind,
    /// Which promise or task.
    pub number: Option<u32>,
}

/// Every action that is due now or later, soonest first.
#[must_use]
pub fn dues(incident: &Incident) -> Vec<Due> {
    let mut dues = Vec::new();
    let committed = incident.commitments.iter().filter(|one| one.is_open());
    let committed = committed.filter_map(|one| Some(Due { at: one.remind_at?, kind: DueKind::Commitment, number: Some(one.number) }));
    if !incident.is_open() {
        // Of what is over the tasks are left.
        dues.extend(committed);
        dues.sort();
        return dues;
    }
    let mut add = |at, kind| dues.push(Due { at, kind, number: None });
    // By when they hear next was said to them, whatever sleeps.
    if let Some(word) = incident.word.as_ref().filter(|_| incident.listeners().next().is_some()) {
        add(word.due_at, DueKind::Word);
    }
    if let Some(snooze) = &incident.snooze {
        // A snooze holds everything else until it ends.
        add(snooze.until, DueKind::SnoozeEnd);
        dues.sort();
        return dues;
    }
    match &incident.phase {
        Phase::Trying { until, .. } => add(*until, DueKind::TimeIsUp),
        Phase::Climbing {} => {
            if let Some(climb) = &incident.climb {
                add(climb.until, DueKind::Climb);
                if let Some(at) = climb.repeat_at {
                    add(at, DueKind::Repeat);
                }
            }
        }
        Phase::Held { until, .. } => add(*until, DueKind::AcknowledgementExpiry),
        Phase::Resolved { .. } => {}
    }
    if let Some(check_in) = &incident.check_in {
        add(check_in.remind_at, DueKind::CheckIn);
        // What was promised for later is asked later, whatever is asked before.
        let promised = incident.facts.unknown.iter().map(|unknown| unknown.until);
        let later: BTreeSet<Instant> = promised.filter(|until| *until > check_in.remind_at).collect();
        later.into_iter().for_each(|at| add(at, DueKind::CheckIn));
    }
    dues.extend(committed);
    dues.sort();
    dues
}

#[must_use]
pub fn next_due(incident: &Incident) -> Option<Due> {
    dues(incident).into_iter().next()
}

/// What a person at the desk is awaited for, and since when: a decision, an alarm, a check-in, a promise or a task that
/// was asked for. `None` where everything goes by itself.
#[must_use]
pub fn awaited(incident: &Incident) -> Option<Due> {
    let committed = incident.commitments.iter();
    let committed =
        committed.filter_map(|one| Some(Due { at: one.awaited_since()?, kind: DueKind::Commitment, number: Some(one.number) })).min();
    if !incident.is_open() {
        return committed;
    }
    if incident.snooze.is_some() {
        return None;
    }
    let since = |at, kind| Some(Due { at, kind, number: None });
    match &incident.phase {
        Phase::Trying { asked_at: Some(asked), .. } => return since(*asked, DueKind::TimeIsUp),
        Phase::Climbing {} => {
            if let Some(alarmed) = incident.climb.as_ref().and_then(|climb| climb.alarmed_since) {
                return since(alarmed, DueKind::Climb);
            }
        }
        _ => {}
    }
    let check_in = incident.check_in.as_ref().filter(|check_in| check_in.reminders > 0);
    check_in.and_then(|check_in| since(check_in.due_at, DueKind::CheckIn)).into_iter().chain(committed).min()
}

/// What will happen, as the board says it: "Level 2: Ana Ruiz", "check-in".
#[must_use]
pub fn words(incident: &Incident, due: Due) -> String {
    match due.kind {
        DueKind::Climb => match super::climb::planned_level(incident) {
            Some((level, contacts)) => format!("Level {}: {contacts}", level + 1),
            None => "alarms this desk".into(),
        },
        DueKind::Repeat => "contacts the same people again".into(),
        DueKind::AcknowledgementExpiry => match &incident.phase {
            Phase::Held { questioned: true, .. } => "the climb goes on unless somebody has it".into(),
            Phase::Held { name, .. } => format!("asks {name} \"still on it?\""),
            _ => String::new(),
        },
        DueKind::TimeIsUp => match (&incident.phase, &incident.opinion) {
            (Phase::Trying { handed_in: true, .. }, _) => "\"who takes it up?\"".into(),
            (_, Some(opinion)) if opinion.is_awaited() && opinion.then == AfterWait::AskAgain => format!("asks {} again", opinion.name),
            (_, Some(opinion)) if opinion.is_awaited() && opinion.then == AfterWait::Escalate => {
                format!("escalates unless {} answers", opinion.name)
            }
            (_, Some(opinion)) if opinion.is_awaited() => format!("answer from {}", opinion.name),
            _ => "\"any progress?\"".into(),
        },
        DueKind::CheckIn => {
            let first = incident.check_in.as_ref().is_none_or(|check_in| due.at <= check_in.remind_at);
            let is_asked = |unknown: &&Unknown| if first { unknown.until <= due.at } else { unknown.until == due.at };
            let about: Vec<&str> = incident.facts.unknown.iter().filter(is_asked).map(|unknown| unknown.field.word()).collect();
            if about.is_empty() { "check-in".into() } else { format!("check-in: {}", about.join(", ")) }
        }
        DueKind::SnoozeEnd => "snooze ends".into(),
        DueKind::Word => match incident.listeners().collect::<Vec<_>>()[..] {
            [only] if only.unreached => format!("tells {} how it stands, once mail or chat reaches them", only.name),
            [only] => format!("tells {} how it stands", only.name),
            ref many => match many.iter().filter(|one| !one.unreached).count() {
                0 => format!("tells {} people how it stands, once mail or chat reaches them", many.len()),
                1 => "tells 1 person how it stands".into(),
                reached => format!("tells {reached} people how it stands"),
            },
        },
        DueKind::Commitment => {
            let meant = incident.commitments.iter().find(|one| Some(one.number) == due.number);
            meant.map_or_else(String::new, super::commitment::Commitment::words)
        }
    }
}
