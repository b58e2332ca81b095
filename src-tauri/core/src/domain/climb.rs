//! What happens by itself when nobody does anything: the climb from level to
//! level, the questions and the reminders.

use serde::Serialize;
use ts_rs::TS;

use super::asking::AfterWait;
use super::check_in;
use super::commitment;
use super::decide::reachable;
use super::due::{Due, DueKind, next_due};
use super::event::IncidentEvent;
use super::incident::{Climb, Incident, Phase};
use super::plan::Plan;
use super::rhythm::Rhythm;
use super::stakeholder;
use super::text::shorten;
use super::time::{Instant, MINUTE};
use super::why::Alarm;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Its time has come.
    Time,
    /// Somebody at the desk said so.
    Hand,
}

/// Everything that has fallen due, in order. Each action puts the next one into
/// the future, so this ends.
pub(super) fn time_passes(incident: &Incident, rhythm: &Rhythm, now: Instant) -> Vec<IncidentEvent> {
    let mut state = incident.clone();
    let mut events = Vec::new();
    while let Some(due) = next_due(&state).filter(|due| due.at <= now) {
        let performed = perform(&state, due, rhythm, now);
        if performed.is_empty() {
            break;
        }
        for event in performed {
            // As it is recorded: the log goes on from a clock that was ahead.
            let recorded_at = now.plus(state.ahead_ms);
            state = state.apply(&event, recorded_at);
            events.push(event);
        }
    }
    events
}

fn perform(state: &Incident, due: Due, rhythm: &Rhythm, now: Instant) -> Vec<IncidentEvent> {
    use IncidentEvent as E;
    let reminder = now.plus_minutes(rhythm.reminder.max(1));
    match due.kind {
        DueKind::Climb => next_level(state, rhythm, now, Cause::Time),
        DueKind::Repeat => {
            let Some(Climb { level: Some(level), round, until, .. }) = state.climb else { return vec![] };
            let declined = state.climb.as_ref().map(|climb| &climb.declined);
            let mut contacts = reachable(state, level, now);
            contacts.retain(|person| declined.is_none_or(|declined| !declined.contains(person)));
            vec![E::LevelRepeated { level, round, contacts, until }]
        }
        DueKind::AcknowledgementExpiry => match state.phase {
            Phase::Held { questioned: true, .. } => vec![E::AcknowledgementLapsed {}],
            _ => vec![E::AcknowledgementQuestioned { until: now.plus_minutes(rhythm.grace.max(1)) }],
        },
        DueKind::TimeIsUp => vec![wait_is_over(state, due.at, rhythm, now)],
        DueKind::CheckIn => {
            let remind_at = state.facts.promised_after(now).map_or(reminder, |promised| reminder.min(promised));
            vec![E::CheckInFell { remind_at, about: state.facts.promised_by(now).collect() }]
        }
        DueKind::SnoozeEnd => vec![snooze_ended(state, rhythm, now)],
        DueKind::Word => stakeholder::regular(state, rhythm, now),
        DueKind::Commitment => {
            let fell = due.number.and_then(|number| state.commitments.iter().find(|one| one.number == number));
            let event = |one: &commitment::Commitment| E::Commitment { number: one.number, happened: commitment::fell(one, rhythm, now) };
            fell.map(event).into_iter().collect()
        }
    }
}

/// The colleague is asked once more where that was wanted, and else the desk.
fn wait_is_over(state: &Incident, due: Instant, rhythm: &Rhythm, now: Instant) -> IncidentEvent {
    let late = now.since(due);
    let again = state.opinion.as_ref().filter(|asked| {
        asked.then == AfterWait::AskAgain && asked.is_awaited() && asked.reached && !asked.again && late <= i64::from(rhythm.stale) * MINUTE
    });
    if let Some(asked) = again {
        return IncidentEvent::SecondOpinionAsked {
            person: asked.person,
            name: asked.name.clone(),
            method: asked.method,
            question: asked.question.clone(),
            until: now.plus(asked.until.since(asked.asked_at).max(MINUTE)),
            by: asked.by.clone(),
            then: AfterWait::AskMe,
            on_call: asked.on_call.clone(),
            again: true,
        };
    }
    let first = matches!(state.phase, Phase::Trying { asked_at: None, .. });
    let late_ms = if first && late >= MINUTE { late } else { 0 };
    IncidentEvent::TimeIsUp { remind_at: now.plus_minutes(rhythm.reminder.max(1)), late_ms }
}

pub(super) fn snooze_ended(state: &Incident, rhythm: &Rhythm, now: Instant) -> IncidentEvent {
    let acknowledged_until = match state.phase {
        // The holder is asked after the check-in, not in the same breath.
        Phase::Held { until, .. } => Some(until.max(now.plus_minutes(rhythm.grace.max(1)))),
        _ => None,
    };
    IncidentEvent::SnoozeEnded { check_in_at: now, acknowledged_until }
}

/// Enters the next level at which somebody can be reached, saying which were
/// skipped and why; alarms the desk where there is none.
pub(super) fn next_level(state: &Incident, rhythm: &Rhythm, now: Instant, cause: Cause) -> Vec<IncidentEvent> {
    use IncidentEvent as E;
    let (Some(plan), Some(climb)) = (&state.plan, &state.climb) else { return vec![] };
    let late_ms = if cause == Cause::Time { now.since(climb.until).max(0) } else { 0 };
    let alarm = |why: Alarm| E::DeskAlarmed { why, until: now.plus_minutes(rhythm.alarm.max(1)) };

    if cause == Cause::Time {
        if climb.alarmed_since.is_some() {
            return vec![alarm(Alarm::NobodyHasItYet {})];
        }
        if late_ms > i64::from(rhythm.stale) * MINUTE {
            return vec![alarm(Alarm::Stale { late_ms })];
        }
    }

    let mut events = Vec::new();
    let mut position = (climb.level, climb.round);
    // Walking past every level once is enough: who is not there now is not there
    // in the next round either.
    for _ in 0..plan.levels.len() {
        let again = cause == Cause::Hand && events.is_empty();
        let Some((level, round)) = after(plan, position, again) else { break };
        position = (Some(level), round);
        let Some(why) = plan.levels[level].why_empty(state.severity, &state.wrong_methods, now) else {
            let contacts = reachable(state, level, now);
            // A person's hand is a reason to wake somebody.
            let held_until = if cause == Cause::Hand { None } else { rhythm.quiet.end(state.severity, now) };
            let until = held_until.unwrap_or(now).plus_minutes(plan.levels[level].minutes.max(1));
            let check_in_at = check_in::anew(state, rhythm, now);
            events.push(E::LevelEntered { level, round, contacts, by_hand: cause == Cause::Hand, late_ms, until, held_until, check_in_at });
            return events;
        };
        events.push(E::LevelSkipped { level, round, why });
    }
    events.push(alarm(if events.is_empty() { Alarm::EverybodyContacted {} } else { Alarm::NobodyReachable {} }));
    events
}

/// The level and round after this one. The path is walked as often as it says;
/// once more only when the desk says so.
fn after(plan: &Plan, (level, round): (Option<usize>, u8), again: bool) -> Option<(usize, u8)> {
    match level {
        None => Some((0, round)),
        Some(level) if level + 1 < plan.levels.len() => Some((level + 1, round)),
        Some(_) => (round < plan.rounds || again).then(|| (0, round.saturating_add(1))),
    }
    .filter(|(level, _)| *level < plan.levels.len())
}

/// The level that is next by itself, and who is on it, in words; `None` where the
/// desk is alarmed instead.
#[must_use]
pub fn planned_level(incident: &Incident) -> Option<(usize, String)> {
    let (plan, climb) = (incident.plan.as_ref()?, incident.climb.as_ref()?);
    if climb.alarmed_since.is_some() {
        return None;
    }
    let (level, _) = after(plan, (climb.level, climb.round), false)?;
    Some((level, who(plan, level)))
}

/// A level that would be entered, and who is on it in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Further {
    pub level: usize,
    pub who: String,
    /// The same on a button: "Jonas +1".
    pub short: String,
}

/// What "escalate further" would enter.
#[must_use]
pub fn further(incident: &Incident) -> Option<Further> {
    let (plan, climb) = (incident.plan.as_ref().filter(|_| incident.is_open())?, incident.climb.as_ref()?);
    let (level, _) = after(plan, (climb.level, climb.round), true)?;
    Some(Further { level, who: who(plan, level), short: short(plan, level) })
}

fn short(plan: &Plan, level: usize) -> String {
    let level = &plan.levels[level];
    let first = level.contacts.first().and_then(|contact| contact.name.split_whitespace().next());
    let first = shorten(first.or_else(|| (!level.rotations.is_empty()).then_some("on call")).unwrap_or("nobody"), 16);
    match level.contacts.len() + level.rotations.len() {
        0 | 1 => first,
        many => format!("{first} +{}", many - 1),
    }
}

fn who(plan: &Plan, level: usize) -> String {
    let level = &plan.levels[level];
    let on_call: Vec<String> = level.rotations.iter().map(|one| format!("on call in {}", one.rotation.name)).collect();
    let names: Vec<&str> = level.contacts.iter().map(|contact| contact.name.as_str()).chain(on_call.iter().map(String::as_str)).collect();
    match names[..] {
        [] => "nobody".into(),
        [one] => one.into(),
        [one, two] => format!("{one} and {two}"),
        [one, .., _] => format!("{one} and {} others", names.len() - 1),
    }
}
