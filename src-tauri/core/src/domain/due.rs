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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Due {
    pub at: Instant,
    pub kind: DueKind,
}

/// Every action that is due now or later, soonest first.
#[must_use]
pub fn dues(incident: &Incident) -> Vec<Due> {
    let mut dues = Vec::new();
    let mut add = |at, kind| dues.push(Due { at, kind });
    if !incident.is_open() {
        return dues;
    }
    if let Some(snooze) = &incident.snooze {
        // A snooze holds everything else until it ends.
        add(snooze.until, DueKind::SnoozeEnd);
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
    dues.sort();
    dues
}

#[must_use]
pub fn next_due(incident: &Incident) -> Option<Due> {
    dues(incident).into_iter().next()
}

/// Since when a person is awaited: a check-in that was asked for, a decision, an
/// alarm. `None` where everything goes by itself.
#[must_use]
pub fn awaited_since(incident: &Incident) -> Option<Instant> {
    if !incident.is_open() || incident.snooze.is_some() {
        return None;
    }
    match &incident.phase {
        Phase::Trying { asked_at: Some(asked), .. } => return Some(*asked),
        Phase::Climbing {} => {
            if let Some(since) = incident.climb.as_ref().and_then(|climb| climb.alarmed_since) {
                return Some(since);
            }
        }
        _ => {}
    }
    incident.check_in.as_ref().filter(|check_in| check_in.reminders > 0).map(|check_in| check_in.due_at)
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
    }
}
