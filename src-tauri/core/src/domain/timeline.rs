//! The events of an incident in words.

use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

use super::asking::AfterWait;
use super::assessment::ColleagueView;
use super::attachment;
use super::commitment::{self, Commitment, FollowUp};
use super::difference::difference;
use super::event::{CallOutcome, IncidentEvent, Recorded};
use super::facts::Facts;
use super::id::PersonId;
use super::plan::PlanLevel;
use super::response::Response;
use super::stakeholder::NO_WAY;
use super::text::capital;
use super::time::{Instant, MINUTE, spoken, spoken_length};
use super::why::{Absent, Changed};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TimelineEntry {
    #[ts(type = "number")]
    pub sequence: i64,
    pub at: Instant,
    pub time: String,
    pub words: String,
    pub detail: String,
    /// Late, failed or lost.
    pub bad: bool,
}

/// The events, oldest first, as lines of the timeline. Names are those that the
/// events themselves carry, so that they read as they did when it happened.
#[must_use]
pub fn entries(recorded: &[Recorded], currency: &str, zone: Tz, now: Instant) -> Vec<TimelineEntry> {
    let say = |at: Instant| spoken(at, now, zone);
    let mut known = Known::default();
    // The log goes on from a clock that was ahead; people read the one on the wall.
    let mut ahead = 0;
    let entry = |one: &Recorded| {
        known.learn(&one.event);
        let Told { words, mut detail, bad } = told(&one.event, &known, &say);
        if let (IncidentEvent::FactsChanged { facts, .. }, Some(before)) = (&one.event, &known.facts) {
            detail = difference(before, facts, currency, zone, now);
        }
        known.remember(&one.event);
        if let IncidentEvent::ClockPutRight { ahead_ms } = one.event {
            ahead += ahead_ms;
        }
        let at = one.at.plus(-ahead);
        TimelineEntry { sequence: one.sequence, at, time: say(at), words, detail, bad }
    };
    gathered(recorded.iter().map(entry).collect())
}

const ANY_PROGRESS: &str = "Asked the desk: any progress?";
const ALARMED: &str = "This desk was alarmed";
const MISSED: &str = "Nobody checked in, although asked twice";
const CHECK_IN: &str = "Asked the desk to check in";
const REMINDERS: [&str; 3] = [ANY_PROGRESS, ALARMED, CHECK_IN];

/// Reminders of the same thing that follow one another are one line, with the time
/// of the first and their number: a night's worth must not bury what happened.
fn gathered(entries: Vec<TimelineEntry>) -> Vec<TimelineEntry> {
    let mut lines: Vec<(TimelineEntry, u32)> = Vec::new();
    for entry in entries {
        match lines.last_mut() {
            Some((last, times))
                if (&last.words, &last.detail) == (&entry.words, &entry.detail)
                    && (REMINDERS.contains(&&*entry.words) || commitment::is_reminder(&entry.words)) =>
            {
                *times += 1;
            }
            _ => lines.push((entry, 1)),
        }
    }
    let say = |(entry, times): (TimelineEntry, u32)| {
        let detail = if times > 1 { list([Some(entry.detail), Some(format!("{times} times"))]) } else { entry.detail };
        TimelineEntry { detail, ..entry }
    };
    lines.into_iter().map(say).collect()
}

/// What earlier events said that later ones refer to.
#[derive(Default)]
struct Known {
    names: BTreeMap<PersonId, String>,
    holder: Option<String>,
    facts: Option<Facts>,
    commitments: Vec<Commitment>,
}

impl Known {
    fn learn(&mut self, event: &IncidentEvent) {
        match event {
            IncidentEvent::Escalated { plan, .. } => {
                let contacts = plan.levels.iter().flat_map(PlanLevel::everybody);
                self.names.extend(contacts.map(|contact| (contact.person, contact.name.clone())));
            }
            IncidentEvent::RotationChanged { rotation } => {
                self.names.extend(rotation.members.iter().map(|contact| (contact.person, contact.name.clone())));
            }
            IncidentEvent::SecondOpinionAsked { person, name, .. }
            | IncidentEvent::Nudged { person, name, .. }
            | IncidentEvent::StakeholderAdded { person, name, .. }
            | IncidentEvent::Responded { person: Some(person), name, .. }
            | IncidentEvent::Wrote { person: Some(person), name, .. }
            | IncidentEvent::Acknowledged { person: Some(person), name, .. } => {
                self.names.insert(*person, name.clone());
            }
            _ => {}
        }
    }

    /// What the events after this one change.
    fn remember(&mut self, event: &IncidentEvent) {
        commitment::follow(&mut self.commitments, event);
        match event {
            IncidentEvent::Filed { facts, .. } | IncidentEvent::FactsChanged { facts, .. } => self.facts = Some(facts.clone()),
            IncidentEvent::ReportedAgain { facts, .. } => self.facts.iter_mut().for_each(|known| known.hear(facts)),
            IncidentEvent::Acknowledged { name, .. } => self.holder = Some(name.clone()),
            IncidentEvent::AcknowledgementLapsed {}
            | IncidentEvent::HandedBack { .. }
            | IncidentEvent::Resolved { .. }
            | IncidentEvent::MergedInto { .. }
            | IncidentEvent::Reopened { .. } => self.holder = None,
            _ => {}
        }
    }

    /// The promises that end with it.
    fn ending(&self) -> Option<String> {
        let open = self.commitments.iter().filter(|one| one.is_open() && one.kind == commitment::Kind::Promise);
        let open: Vec<String> = open.map(Commitment::words).collect();
        (!open.is_empty()).then(|| format!("not asked for any more: {}", open.join(", ")))
    }

    /// "Marta Vogel, Jonas Behr and Ilse Brandl"; their number where a name is
    /// not known.
    fn people(&self, people: &[PersonId]) -> String {
        let names: Option<Vec<&str>> = people.iter().map(|person| self.names.get(person).map(String::as_str)).collect();
        match names.as_deref() {
            Some([]) => "nobody".into(),
            Some([one]) => (*one).into(),
            Some([first @ .., last]) => format!("{} and {last}", first.join(", ")),
            None if people.len() == 1 => "1 person".into(),
            None => format!("{} people", people.len()),
        }
    }
}

struct Told {
    words: String,
    detail: String,
    bad: bool,
}

fn fine(words: impl Into<String>, detail: impl Into<String>) -> Told {
    Told { words: words.into(), detail: detail.into(), bad: false }
}

fn bad(words: impl Into<String>, detail: impl Into<String>) -> Told {
    Told { words: words.into(), detail: detail.into(), bad: true }
}

fn told(event: &IncidentEvent, known: &Known, say: &dyn Fn(Instant) -> String) -> Told {
    use IncidentEvent as E;
    match event {
        E::Filed { by, severity, facts, .. } => fine(format!("Filed by {by} as {}", severity.word()), facts.place.clone()),
        E::Assessed { advice, severity, against_advice, .. } => {
            let against = against_advice.as_ref().map(|why| format!("decided otherwise: {why}"));
            match advice.words() {
                Some(advice) => fine(format!("Assessed as {}", severity.word()), list([Some(format!("advice: {advice}")), against])),
                None => fine(format!("{} without assessing it", severity.word()), list([against])),
            }
        }
        E::CarriedOn { until } => fine(format!("The desk carried on until {}", say(*until)), ""),
        E::TimeIsUp { late_ms, .. } if *late_ms >= MINUTE => {
            bad(format!("{ANY_PROGRESS} {} late", spoken_length(*late_ms)), "this computer was off or asleep")
        }
        E::TimeIsUp { .. } => fine(ANY_PROGRESS, ""),
        E::HandedIn { until } => fine("Nobody at the desk has taken it up yet", format!("the desk is asked {}", say(*until))),
        E::SecondOpinionAsked { name, question, until, by, then, on_call, again, .. } => {
            let words = if *again { format!("Asked {name} again, as no answer had come") } else { format!("Asked {name} for an opinion") };
            let then = match then {
                AfterWait::AskMe => None,
                AfterWait::AskAgain => Some("without an answer they are asked once more".into()),
                AfterWait::Escalate => Some(format!("without an answer it is escalated, as {by} decided")),
            };
            let on_call = on_call.as_ref().map(|rotation| format!("on call in {rotation}"));
            fine(words, list([on_call, Some(question.clone()), Some(format!("waiting until {}", say(*until))), then]))
        }
        E::ColleagueNotReached { name, .. } => bad(format!("The question did not reach {name}"), ""),
        E::SecondOpinionGiven { name, view, words } => fine(format!("{name} {}", view.would()), words.clone()),
        E::Escalated { by, plan, unanswered: Some(name), .. } => {
            let decided = format!("as {by} decided when asking them");
            fine(format!("Escalated, as {name} had not answered"), list([Some(decided), Some(format!("path {}", plan.path_name))]))
        }
        E::Escalated { by, plan, .. } => fine(format!("Escalated by {by}"), format!("path {}", plan.path_name)),
        E::ClockPutRight { ahead_ms } => fine(
            format!("The computer's clock was put right: it had been {} ahead", spoken_length(*ahead_ms)),
            "what was due by it is due sooner",
        ),
        E::RotationChanged { rotation } => fine(format!("The rotation {} was changed", rotation.rotation.name), "followed from here on"),
        E::LevelEntered { level, round, contacts, by_hand, late_ms, held_until, .. } => {
            let late = *late_ms >= MINUTE;
            let detail = list([
                Some(known.people(contacts)),
                (*round > 1).then(|| format!("round {round}")),
                by_hand.then(|| "by hand".into()),
                held_until.map(|at| format!("quiet hours: nobody is written to before {}", say(at))),
                late.then(|| "this computer was off or asleep".into()),
            ]);
            let lateness = if late { format!(", {} late", spoken_length(*late_ms)) } else { String::new() };
            Told { words: format!("Level {} entered{lateness}", level + 1), detail, bad: late }
        }
        E::LevelRepeated { level, contacts, .. } => fine(format!("Level {} contacted again", level + 1), known.people(contacts)),
        E::LevelSkipped { level, why, .. } => bad(format!("Level {} skipped", level + 1), Absent::all_words(why)),
        E::DeskAlarmed { why, .. } => bad(ALARMED, why.words()),
        E::DeliveryFailed { name, via, words, .. } => bad(format!("{} to {name} failed", capital(via)), words.clone()),
        E::NextMethodTried { name, via, .. } => fine(format!("Tried {name} by {via} instead"), ""),
        E::PersonUnreachable { name, .. } => bad(format!("Could not reach {name}"), "nothing they have is left to try"),
        E::CalledByHand { name, outcome, note, .. } => {
            let words = format!("Called {name}: {}", outcome.word());
            Told { words, detail: note.clone(), bad: *outcome == CallOutcome::WrongNumber }
        }
        E::WrongNumberTakenBack { name, .. } => fine(format!("{name}'s number is not wrong after all"), "it counts again"),
        E::Acknowledged { name, until, answered, .. } if known.holder.as_ref() == Some(name) => {
            let words = answered.as_ref().filter(|one| !one.words.is_empty()).map(|one| format!("“{}”", one.words));
            fine(format!("{name} is still on it"), list([words, Some(format!("asked again {}", say(*until)))]))
        }
        E::Acknowledged { name, answered: Some(answered), until, .. } => {
            let words = (!answered.words.is_empty()).then(|| format!("“{}”", answered.words));
            let (by, again) = (format!("answered by {}", answered.via), format!("asked again {}", say(*until)));
            fine(format!("{name} has it"), list([words, Some(by), Some(again)]))
        }
        E::Acknowledged { name, how, until, .. } => {
            fine(format!("{name} has it"), format!("told {} · asked again {}", how.word(), say(*until)))
        }
        E::Responded { name, via, response, words, .. } => {
            let said = (!words.is_empty()).then(|| format!("“{words}”"));
            let line = match response {
                Response::OnIt => format!("{name} is on it too"),
                Response::NotMe => format!("{name} cannot take it"),
                Response::CallMe => format!("{name} asks to be called"),
                Response::Escalate => format!("{name} would escalate"),
                Response::Wait => format!("{name} would wait"),
            };
            Told { words: line, detail: list([said, Some(format!("answered by {via}"))]), bad: *response == Response::NotMe }
        }
        E::Wrote { name, via, words, in_room: true, .. } => fine(format!("{name} wrote in {via}"), words.clone()),
        E::RoomOpened { via, name, .. } => fine(format!("Opened the room {name}"), format!("by {via}")),
        E::RoomNotOpened { via, words } => bad(format!("No room could be opened by {via}"), words.clone()),
        E::RoomClosed { name } => fine(format!("Closed the room {name}"), ""),
        E::Wrote { name, via, words, counts_for: Some(reference), .. } => fine(
            format!("{name} answered by {via}"),
            list([Some(words.clone()), Some(format!("counts for {reference}, where it goes on"))]),
        ),
        E::Wrote { name, via, words, .. } => fine(format!("{name} wrote by {via}"), words.clone()),
        E::ReplyNotCounted { from, via, why, words } => {
            fine(format!("A reply from {from} by {via} does not count"), list([Some(why.words().into()), Some(words.clone())]))
        }
        E::AcknowledgementQuestioned { until } => {
            let holder = known.holder.as_ref().map_or_else(|| "Asked".into(), |name| format!("Asked {name}"));
            fine(format!("{holder}: still on it?"), format!("without an answer the climb goes on {}", say(*until)))
        }
        E::AcknowledgementLapsed {} => {
            let from = known.holder.as_ref().map(|name| format!(" from {name}")).unwrap_or_default();
            bad(format!("No answer{from}: nobody has it any more"), "the climb goes on")
        }
        E::HandedBack { name, why } => bad(format!("{name} gave it back"), why.clone()),
        E::CheckInFell { about, .. } => fine(CHECK_IN, about.iter().map(|field| field.word()).collect::<Vec<_>>().join(", ")),
        E::CheckedIn { by, note, next } => {
            let next = next.map(|at| format!("next {}", say(at)));
            fine(format!("{by} checked in"), list([Some(note.clone()), next]))
        }
        E::Snoozed { until, why } => fine(format!("Snoozed until {}", say(*until)), why.clone()),
        E::SnoozeEnded { .. } => fine("The snooze ended", ""),
        E::UpdateShared { by, to, of_facts: true, .. } => fine(format!("{by} told {} what changed", known.people(to)), ""),
        E::UpdateShared { by, text, to, also_told: true, .. } => {
            let who = if to.is_empty() { "those who are told".into() } else { format!("{} and those who are told", known.people(to)) };
            fine(format!("{by} shared news with {who}"), text.clone())
        }
        E::UpdateShared { by, text, to, .. } => fine(format!("{by} shared news with {}", known.people(to)), text.clone()),
        E::StakeholderAdded { name, by, because, unreached: true, .. } => {
            bad(format!("{name} is to be told and cannot be"), list([Some(NO_WAY.into()), Some(because.words()), Some(format!("by {by}"))]))
        }
        E::StakeholderAdded { name, by, because, .. } => {
            fine(format!("{name} is told from here on"), list([Some(because.words()), Some(format!("by {by}"))]))
        }
        E::StakeholderRemoved { name, by, .. } => fine(format!("{name} is not told any more"), format!("by {by}")),
        E::StakeholdersTold { milestone, to, unreached, .. } if to.is_empty() => {
            bad(format!("Could not tell {} {}", known.people(unreached), milestone.words()), NO_WAY)
        }
        E::StakeholdersTold { milestone, to, news, next, unreached, .. } => {
            let untold = (!unreached.is_empty()).then(|| format!("not {}: {NO_WAY}", known.people(unreached)));
            let next = next.map(|at| format!("next word by {}", say(at)));
            fine(format!("Told {} {}", known.people(to), milestone.words()), list(news.iter().cloned().map(Some).chain([untold, next])))
        }
        E::HandedOver { from, to } => fine(format!("{to} follows it from here on"), format!("the desk was handed over by {from}")),
        E::Nudged { name, count, .. } => {
            fine(format!("{name} was nudged"), if *count > 1 { format!("{count} times now") } else { String::new() })
        }
        E::SeverityChanged { from, to, why, .. } => fine(format!("{} became {}", from.word(), to.word()), why.clone()),
        E::FactsChanged { by, changed, .. } => {
            fine(format!("{by} changed {}", changed.iter().map(Changed::words).collect::<Vec<_>>().join(", ")), "")
        }
        E::ReportedAgain { by, reference, facts, colleague, .. } => {
            let words = reference.as_ref().map_or_else(|| format!("{by} added another report"), |it| format!("{it} became part of it"));
            let people = facts.people_affected.map(|people| format!("{people} people"));
            let began = facts.began_at.map(|began| format!("since {}", say(began)));
            let asked = colleague.filter(|view| *view != ColleagueView::NotAsked).map(|view| view.words().to_lowercase());
            fine(words, list([Some(facts.what.clone()), Some(facts.place.clone()), Some(facts.who.clone()), people, began, asked]))
        }
        E::Linked { by, with, title } => fine(format!("{by} linked it with {}", with.reference), title.clone()),
        E::MergedInto { by, into, title } => {
            let along = known.ending().map(|_| "promises go along".into());
            fine(format!("{by} made it part of {}", into.reference), list([Some("it goes on there".into()), Some(title.clone()), along]))
        }
        E::Attached { by, attachments } => {
            fine(format!("{by} attached {}", attachment::files(attachments)), attachment::listed(attachments))
        }
        E::Resolved { by, cause, fix, follow_ups } => {
            fine(format!("Resolved by {by}"), list([Some(resolution(cause, fix, follow_ups)), known.ending()]))
        }
        E::ResolutionTold { by, cause, fix, follow_ups } => {
            fine(format!("{by} told more of how it was resolved"), resolution(cause, fix, follow_ups))
        }
        E::Reopened { by, why, .. } => fine(format!("Reopened by {by}"), why.clone()),
        E::Judged { by, judgement, note } => fine(format!("{by} judged: {}", judgement.words()), note.clone()),
        E::CheckInMissed { name, .. } if name.is_empty() => bad(MISSED, "nobody is named to lead this desk: it was alarmed"),
        E::CheckInMissed { lead: None, name } => {
            bad(MISSED, format!("{name}, who leads this desk, has no way to be written to: it was alarmed"))
        }
        E::CheckInMissed { name, .. } => bad(MISSED, format!("{name}, who leads this desk, was told")),
        E::Commitment { number, happened } => {
            let meant = known.commitments.iter().find(|one| one.number == *number);
            let (words, detail, bad) = commitment::told(meant, happened, say);
            Told { words, detail, bad }
        }
    }
}

fn resolution(cause: &str, fix: &str, follow_ups: &[FollowUp]) -> String {
    let labelled = |label: &str, words: &str| (!words.is_empty()).then(|| format!("{label}: {words}"));
    let tasks = follow_ups.iter().map(|task| labelled("to do", &task.words()));
    list([labelled("cause", cause), labelled("fix", fix)].into_iter().chain(tasks))
}

fn list(parts: impl IntoIterator<Item = Option<String>>) -> String {
    let said: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    said.join(" · ")
}

#[cfg(test)]
mod tests;
