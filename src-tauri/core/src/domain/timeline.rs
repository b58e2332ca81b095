//! The events of an incident in words.

use serde::Serialize;
use ts_rs::TS;

use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TimelineEntry {
    #[ts(type = "number")]
    pub sequence: i64,
    pub at: Instant,
    pub time: String,
    pub words: String,
    pub detail: String,
    pub bad: bool,
}

use chrono_tz::Tz;

use super::event::{CallOutcome, IncidentEvent, Recorded};
use super::time::{MINUTE, spoken, spoken_length};

/// One event as a line of the timeline.
#[must_use]
pub fn entry(recorded: &Recorded, zone: Tz, now: Instant) -> TimelineEntry {
    let say = |at: Instant| spoken(at, now, zone);
    let (words, detail, bad) = told(&recorded.event, &say);
    TimelineEntry { sequence: recorded.sequence, at: recorded.at, time: say(recorded.at), words, detail, bad }
}

fn told(event: &IncidentEvent, say: &dyn Fn(Instant) -> String) -> (String, String, bool) {
    use IncidentEvent as E;
    let fine = |words: String, detail: String| (words, detail, false);
    let bad = |words: String, detail: String| (words, detail, true);
    match event {
        E::Filed { by, severity, facts, .. } => fine(format!("Filed by {by} as {}", severity.word()), facts.place.clone()),
        E::Assessed { advice, against_advice, .. } => {
            let against = against_advice.as_ref().map_or_else(String::new, |why| format!(" · decided otherwise: {why}"));
            fine("Assessed".into(), format!("advice: {advice}{against}"))
        }
        E::CarriedOn { until } => fine(format!("The desk tries until {}", say(*until)), String::new()),
        E::TimeIsUp { .. } => bad("Asked the desk: any progress?".into(), String::new()),
        E::SecondOpinionAsked { name, question, until, .. } => {
            fine(format!("Asked {name}, waiting until {}", say(*until)), question.clone())
        }
        E::SecondOpinionGiven { name, view, words } => {
            let view = match view {
                super::assessment::ColleagueView::Escalate => "escalate",
                super::assessment::ColleagueView::Wait => "wait",
                super::assessment::ColleagueView::NotAsked => "no opinion",
            };
            fine(format!("{name} says: {view}"), words.clone())
        }
        E::Escalated { by, plan, .. } => fine(format!("Escalated by {by}"), format!("path {}", plan.path_name)),
        E::LevelEntered { level, round, by_hand, late_ms, contacts, .. } => {
            let late = *late_ms >= MINUTE;
            let mut detail = Vec::new();
            if *round > 1 {
                detail.push(format!("round {round}"));
            }
            if *by_hand {
                detail.push("by hand".into());
            }
            if late {
                detail.push(format!("{} late: this computer was off or asleep", spoken_length(*late_ms)));
            }
            let people = if contacts.len() == 1 { "1 person".into() } else { format!("{} people", contacts.len()) };
            (format!("Level {}: {people} contacted", level + 1), detail.join(" · "), late)
        }
        E::LevelRepeated { level, .. } => fine(format!("Level {} contacted again", level + 1), String::new()),
        E::LevelSkipped { level, why, .. } => bad(format!("Level {} skipped", level + 1), why.clone()),
        E::DeskAlarmed { why, .. } => bad("This desk was alarmed".into(), why.clone()),
        E::DeliveryFailed { name, via, words, .. } => bad(format!("{via} to {name} failed"), words.clone()),
        E::NextMethodTried { name, via, .. } => fine(format!("{name} is tried by {via} instead"), String::new()),
        E::PersonUnreachable { name, .. } => bad(format!("{name} cannot be reached by anything they have"), String::new()),
        E::CalledByHand { name, outcome, note, .. } => {
            (format!("Called {name}: {}", outcome.word()), note.clone(), *outcome == CallOutcome::WrongNumber)
        }
        E::Acknowledged { name, how, until, .. } => {
            fine(format!("{name} has it"), format!("told {}, asked again {}", how.word(), say(*until)))
        }
        E::AcknowledgementQuestioned { until } => {
            fine("Asked: still on it?".into(), format!("without an answer the climb goes on {}", say(*until)))
        }
        E::AcknowledgementLapsed {} => bad("No answer: nobody has it any more".into(), "the climb goes on".into()),
        E::HandedBack { name, why } => bad(format!("{name} gave it back"), why.clone()),
        E::CheckInFell { .. } => fine("A check-in is due".into(), String::new()),
        E::CheckedIn { by, note, next } => {
            let next = next.map_or_else(String::new, |at| format!("next {}", say(at)));
            let parts: Vec<String> = [note.clone(), next].into_iter().filter(|part| !part.is_empty()).collect();
            fine(format!("{by} checked in"), parts.join(" · "))
        }
        E::Snoozed { until, why } => fine(format!("Snoozed until {}", say(*until)), why.clone()),
        E::SnoozeEnded { .. } => fine("The snooze ended".into(), String::new()),
        E::UpdateShared { by, text, to } => {
            let people = if to.len() == 1 { "1 person".into() } else { format!("{} people", to.len()) };
            fine(format!("{by} shared news with {people}"), text.clone())
        }
        E::Nudged { name, count, .. } => {
            fine(format!("{name} was nudged"), if *count > 1 { format!("{count} times now") } else { String::new() })
        }
        E::SeverityChanged { from, to, why } => fine(format!("{} became {}", from.word(), to.word()), why.clone()),
        E::FactsChanged { by, changed, .. } => fine(format!("{by} changed {}", changed.join(", ")), String::new()),
        E::Resolved { by, cause, fix, follow_ups } => {
            let mut parts: Vec<String> = [("cause", cause), ("fix", fix)]
                .iter()
                .filter(|(_, words)| !words.is_empty())
                .map(|(label, words)| format!("{label}: {words}"))
                .collect();
            parts.extend(follow_ups.iter().map(|task| format!("to do: {task}")));
            fine(format!("Resolved by {by}"), parts.join(" · "))
        }
        E::Reopened { by, why, .. } => bad(format!("Reopened by {by}"), why.clone()),
    }
}
