//! What a command makes happen: pure, and total over every state. A refusal
//! changes nothing and says why.

use super::assessment::ColleagueView;
use super::attachment;
use super::check_in;
use super::climb;
use super::command::{Command, Failing, Reaching, Refusal, Responder, later};
use super::commitment::{self, FollowUp};
use super::event::{AcknowledgedHow, Answered, CallOutcome, IncidentEvent};
use super::facts::{FactField, Facts};
use super::id::PersonId;
use super::incident::{Click, Incident, Opinion, Phase};
use super::message::Purpose;
use super::offers;
use super::plan::ContactMethod;
use super::progress;
use super::response::{self, Reading, Response};
use super::rhythm::Rhythm;
use super::stakeholder;
use super::text::{LONGEST, clean, clean_line};
use super::time::{Instant, MINUTE};
use super::why::Changed;

/// Milliseconds within which the same is the second of two clicks.
const SAME_CLICK: i64 = 3_000;

pub fn decide(incident: &Incident, command: Command, rhythm: &Rhythm, now: Instant) -> Result<Vec<IncidentEvent>, Refusal> {
    let mut events = asked(incident, command, rhythm, now)?;
    stakeholder::follow(incident, &mut events, rhythm, now);
    Ok(events)
}

/// The same without what those hear who are only told.
fn asked(incident: &Incident, command: Command, rhythm: &Rhythm, now: Instant) -> Result<Vec<IncidentEvent>, Refusal> {
    use IncidentEvent as E;
    if !incident.is_open()
        && !matches!(
            command,
            Command::Reopen { .. }
                | Command::TimePasses
                | Command::DeliveryFailed { .. }
                | Command::ChangeFacts { .. }
                | Command::TakeBackWrongNumber { .. }
                | Command::Respond { .. }
                | Command::RespondElsewhere { .. }
                | Command::NotCounted { .. }
                | Command::SaidInRoom { .. }
                | Command::Link { .. }
                | Command::Judge { .. }
                | Command::Commitment { .. }
        )
    {
        return match command {
            Command::Resolve { by, cause, fix, follow_ups } => told_afterwards(incident, by, &cause, &fix, &follow_ups, now),
            // The second of two clicks.
            Command::ReportAgain { source, .. } if incident.reports.iter().any(|one| one.source == source) => Ok(vec![]),
            Command::MergeInto { into, .. } if incident.links.contains(&into) => Ok(vec![]),
            _ => Err(Refusal::MovedOn(format!("{} is resolved. Reopen it to go on with it.", incident.reference))),
        };
    }
    match command {
        Command::TimePasses => Ok(climb::time_passes(incident, rhythm, now)),
        Command::Escalate { by, plan } => {
            if !matches!(incident.phase, Phase::Trying { .. }) {
                return Ok(vec![]);
            }
            let check_in_at = next_check_in(&Incident { check_ins: 0, ..incident.clone() }, rhythm, now);
            Ok(vec![E::Escalated { by, plan, check_in_at, unanswered: None }])
        }
        Command::EscalateAsAgreed { plan } => {
            let agreed = progress::escalates_by_itself(incident, rhythm, now);
            let check_in_at = next_check_in(&Incident { check_ins: 0, ..incident.clone() }, rhythm, now);
            let escalated =
                |asked: &Opinion| E::Escalated { by: asked.by.clone(), plan, check_in_at, unanswered: Some(asked.name.clone()) };
            Ok(agreed.map(escalated).into_iter().collect())
        }
        Command::EscalateFurther { from_level, from_round } => {
            let Some(stands) = &incident.climb else {
                return Err(Refusal::MovedOn("It has not been escalated yet.".into()));
            };
            // The window showed an older state: the click was a double one, or the
            // climb was faster than the finger.
            if (stands.level, stands.round) != (from_level, from_round) {
                return Ok(vec![]);
            }
            // Who calls somebody now does not let it sleep.
            let woken = incident.snooze.is_some().then(|| climb::snooze_ended(incident, rhythm, now));
            Ok(woken.into_iter().chain(climb::next_level(incident, rhythm, now, climb::Cause::Hand)).collect())
        }
        Command::CarryOn { minutes } => match incident.phase {
            Phase::Trying { attempt: Some(attempt), .. } if attempt.is_used_up() => Err(Refusal::MovedOn(
                "You have had more time twice. More is not offered: escalate it, ask a colleague, or snooze it with a reason.".into(),
            )),
            Phase::Trying { .. } => Ok(vec![E::CarriedOn { until: later(now, minutes, "minutes")? }]),
            _ => Err(Refusal::MovedOn("It is escalated already; the path goes on by itself.".into())),
        },
        Command::HandIn { minutes } => match incident.phase {
            Phase::Trying { attempt: None, .. } if incident.opinion.is_none() => {
                Ok(vec![E::HandedIn { until: later(now, minutes, "minutes")? }])
            }
            _ => Ok(vec![]),
        },
        Command::AskColleague { by, person, name, method, question, minutes, then, on_call } => {
            if !matches!(incident.phase, Phase::Trying { .. }) {
                return Err(Refusal::MovedOn("It is escalated already; share an update or escalate further instead.".into()));
            }
            let question = required(&question, "question", "Write what you want to ask.")?;
            let until = later(now, minutes, "minutes")?;
            Ok(vec![E::SecondOpinionAsked { person, name, method, question, until, by, then, on_call, again: false }])
        }
        Command::ColleagueSaid { view, words } => match &incident.opinion {
            Some(opinion) => Ok(vec![E::SecondOpinionGiven { name: opinion.name.clone(), view, words: within(clean(&words), "words")? }]),
            None => Err(Refusal::MovedOn("No colleague was asked about this incident.".into())),
        },
        Command::Acknowledge { person, name, how } => {
            let name = clean_line(&name);
            if name.is_empty() {
                return Err(Refusal::Invalid { field: "name", words: "Say who has it: an acknowledgement needs a name.".into() });
            }
            if let Phase::Held { by, name: holder, questioned: false, .. } = &incident.phase
                && (by, holder) == (&person, &name)
            {
                return Ok(vec![]);
            }
            Ok(vec![acknowledged(incident, person, name, how, None, rhythm, now)])
        }
        Command::Respond { by, to, reading, how, via } => Ok(respond(incident, by, to, &reading, how, via, rhythm, now)),
        Command::RespondElsewhere { by: Responder { person, name }, reading, to, via, counts_for } => {
            let (name, words) = (clean_line(&name), said(&reading, to));
            Ok(vec![E::Wrote { person, name, via, words, in_room: false, counts_for: Some(counts_for) }])
        }
        Command::SaidInRoom { by: Responder { person, name }, via, words } => {
            let (name, words) = (clean_line(&name), response::kept(&words));
            Ok(if words.is_empty() { vec![] } else { vec![E::Wrote { person, name, via, words, in_room: true, counts_for: None }] })
        }
        Command::NotCounted { from, via, why, words } => {
            Ok(vec![E::ReplyNotCounted { from: clean_line(&from), via, why, words: response::gist(&words) }])
        }
        Command::StillOnIt => match &incident.phase {
            Phase::Held { by, name, .. } => Ok(vec![acknowledged(incident, *by, name.clone(), AcknowledgedHow::Other, None, rhythm, now)]),
            // It ran out in the moment before: whoever had it still has.
            _ => match incident.lapsed.clone().filter(|lapsed| now.since(lapsed.at) < MINUTE) {
                Some(lapsed) => Ok(vec![acknowledged(incident, lapsed.person, lapsed.name, AcknowledgedHow::Other, None, rhythm, now)]),
                None => Err(Refusal::MovedOn("Nobody has it at the moment.".into())),
            },
        },
        Command::HandBack { why } => match &incident.phase {
            Phase::Held { name, .. } => Ok(vec![E::HandedBack { name: name.clone(), why: within(clean_line(&why), "why")? }]),
            _ => Ok(vec![]),
        },
        Command::CheckIn { by, note } => {
            let note = within(clean(&note), "note")?;
            if is_second_click(incident, &Click::CheckedIn { note: note.clone() }, now) {
                return Ok(vec![]);
            }
            let next = next_check_in(&Incident { check_ins: incident.check_ins + 1, ..incident.clone() }, rhythm, now);
            Ok(vec![E::CheckedIn { by, note, next: Some(next) }])
        }
        Command::CheckInIsMissed { lead } => {
            let (lead, name) = lead.map_or((None, String::new()), |lead| (lead.person, lead.name));
            Ok(if check_in::is_missed(incident) { vec![E::CheckInMissed { lead, name }] } else { vec![] })
        }
        Command::Snooze { minutes, why } => {
            if !incident.may_sleep() {
                return Err(Refusal::MovedOn(
                    "Nobody has it yet, so it cannot be snoozed: the climb would stop. Say who has it first, or resolve it.".into(),
                ));
            }
            let why = required(&why, "why", "Say in a few words why it can wait.")?;
            let again = is_second_click(incident, &Click::Snoozed { minutes, why: why.clone() }, now) && incident.snooze.is_some();
            Ok(if again { vec![] } else { vec![E::Snoozed { until: later(now, minutes, "minutes")?, why }] })
        }
        Command::WakeUp => Ok(if incident.snooze.is_some() { vec![climb::snooze_ended(incident, rhythm, now)] } else { vec![] }),
        Command::Nudge { person, name } => {
            let count = incident.nudges.get(&person).copied().unwrap_or(0) + 1;
            let again = is_second_click(incident, &Click::Nudged { person }, now);
            Ok(if again { vec![] } else { vec![E::Nudged { person, name, count }] })
        }
        Command::ShareUpdate { by, text, also_told } => {
            let text = required(&text, "text", "Write what is new.")?;
            let to = incident.told.iter().copied().collect();
            let again = is_second_click(incident, &Click::Shared { text: text.clone() }, now);
            Ok(if again { vec![] } else { vec![E::UpdateShared { by, text, to, of_facts: false, also_told }] })
        }
        Command::Inform { by, people } => Ok(stakeholder::inform(incident, &by, people, rhythm)),
        Command::HandOver { from, to } => Ok(vec![E::HandedOver { from, to }]),
        Command::InformNoMore { by, person } => Ok(stakeholder::inform_no_more(incident, by, person)),
        Command::ChangeSeverity { to, why, alone } => {
            if to == incident.severity {
                return Ok(vec![]);
            }
            let why = required(&why, "why", "Say in one line why the severity changes.")?;
            let raised = Incident { severity: to, check_ins: 0, ..incident.clone() };
            let sooner = |at: Instant, due: Option<Instant>| due.filter(|due| at < *due).map(|_| at);
            let check_in = incident.check_in.as_ref().map(|check_in| check_in.due_at);
            let held = if let Phase::Held { until, questioned: false, .. } = incident.phase { Some(until) } else { None };
            let check_in_at = sooner(next_check_in(&raised, rhythm, now), check_in);
            let acknowledged_until = sooner(holds_until(&raised, rhythm, now), held);
            // Whoever was asked for an opinion still has the time that they were given.
            let alone_until = match (&incident.phase, &incident.opinion) {
                (Phase::Trying { .. }, Some(opinion)) if opinion.is_awaited() => None,
                (Phase::Trying { until, asked_at: None, .. }, _) => Some(*until),
                _ => None,
            };
            let ask_at = sooner(now.plus_minutes(alone.max(1)), alone_until);
            let changed = E::SeverityChanged { from: incident.severity, to, why, check_in_at, acknowledged_until, ask_at };
            // What has grown worse does not sleep on.
            let wakes = to > incident.severity && incident.snooze.is_some();
            let woken = wakes.then(|| incident.clone().apply(&changed, now.plus(incident.ahead_ms)));
            let woken = woken.map(|state| climb::snooze_ended(&state, rhythm, now));
            Ok([changed].into_iter().chain(woken).collect())
        }
        Command::ChangeFacts { by, facts, news } => {
            let facts = checked_facts(facts)?;
            let changed = changed_fields(&incident.facts, &facts);
            if changed.is_empty() {
                return Ok(vec![]);
            }
            let check_in_at = check_in_for(incident, &facts, now);
            let news = news.filter(|news| !news.is_empty() && incident.is_open() && !incident.told.is_empty());
            let told = news.map(|news| news_of_facts(incident, by.clone(), news));
            Ok([E::FactsChanged { by, facts, changed, check_in_at }].into_iter().chain(told).collect())
        }
        Command::Attach { by, attachments } => {
            let (attachments, refused) = attachment::added(&incident.attachments, attachments);
            if let Some((name, why)) = refused {
                return Err(Refusal::Invalid { field: "attachments", words: why.about(&name) });
            }
            Ok(if attachments.is_empty() { vec![] } else { vec![E::Attached { by, attachments }] })
        }
        Command::RecordCall { call, outcome, note, took_it } => {
            let mut events = vec![E::CalledByHand {
                person: call.person,
                name: call.name.clone(),
                method: call.method,
                outcome,
                note: within(clean(&note), "note")?,
            }];
            if outcome == CallOutcome::Answered {
                if took_it && offers::takes_by_call(incident, call.purpose, call.person, &call.name) {
                    events.push(acknowledged(incident, Some(call.person), call.name, AcknowledgedHow::Call, None, rhythm, now));
                }
            } else {
                let known = incident.clone().apply(&events[0], now);
                events.extend(what_follows_failure(&known, &call));
            }
            Ok(events)
        }
        // The second of two clicks finds nothing to take back.
        Command::TakeBackWrongNumber { person, name, method } => {
            let known = incident.wrong_methods.contains(&method);
            Ok(if known { vec![E::WrongNumberTakenBack { person, name, method }] } else { vec![] })
        }
        Command::DeliveryFailed { send, words, failing } => {
            let follows = if failing == Failing::TooLate { None } else { what_follows_failure(incident, &send) };
            let wrong = (failing == Failing::NoWay).then_some(send.method);
            let last = !matches!(follows, Some(E::NextMethodTried { .. })) && !send.still_on_its_way;
            let (delivery, person, name, via) = (send.delivery, send.person, send.name.clone(), send.via);
            let trying = matches!(incident.phase, Phase::Trying { .. });
            let unasked = last && trying && send.purpose == Purpose::Opinion;
            let unasked = unasked.then(|| E::ColleagueNotReached { person, name: name.clone() });
            let mut events = vec![E::DeliveryFailed { delivery, person, name, via, words, last, wrong }];
            events.extend(follows);
            events.extend(unasked);
            Ok(events)
        }
        Command::ReportAgain { by, source, reference, mut facts, told, colleague } => {
            // An incident that was taken apart again may become part of it once more; a draft is joined once.
            if source == incident.id || (reference.is_none() && incident.reports.iter().any(|one| one.source == source)) {
                return Ok(vec![]);
            }
            if facts.missing().contains(&FactField::Place) {
                (facts.service, facts.place) = (incident.facts.service, incident.facts.place.clone());
            }
            let facts = checked_facts(facts)?;
            let mut heard = incident.facts.clone();
            heard.hear(&facts);
            let check_in_at = check_in_for(incident, &heard, now);
            Ok(vec![E::ReportedAgain { by, source, reference, facts, told, check_in_at, colleague }])
        }
        Command::Link { by, with, title } => {
            let known = with.incident == incident.id || incident.links.contains(&with);
            Ok(if known { vec![] } else { vec![E::Linked { by, with, title }] })
        }
        Command::MergeInto { by, into, title } => {
            if into.incident == incident.id {
                return Err(Refusal::Invalid { field: "into", words: "It cannot become part of itself.".into() });
            }
            Ok(vec![E::MergedInto { by, into, title }])
        }
        Command::Resolve { by, cause, fix, follow_ups } => {
            let (cause, fix, follow_ups) = resolution(&cause, &fix, &follow_ups, now)?;
            Ok(vec![E::Resolved { by, cause, fix, follow_ups }])
        }
        Command::Reopen { by, why } => {
            if incident.is_open() {
                return Ok(vec![]);
            }
            let why = required(&why, "why", "Say in one line why it is open again.")?;
            Ok(vec![E::Reopened { by, why, check_in_at: now.plus_minutes(rhythm.reminder) }])
        }
        Command::Judge { by, judgement, note } => {
            if incident.is_open() || incident.escalated_at.is_none() {
                return Err(Refusal::MovedOn("An escalation is judged once it is over.".into()));
            }
            let note = within(clean(&note), "note")?;
            let known = incident.judgement == Some(judgement) && note.is_empty();
            Ok(if known { vec![] } else { vec![E::Judged { by, judgement, note }] })
        }
        Command::Commitment { by, wanted } => commitment::decide(incident, by, wanted, now),
    }
}

fn is_second_click(incident: &Incident, click: &Click, now: Instant) -> bool {
    incident.clicked.as_ref().is_some_and(|(at, last)| now.since(*at).abs() < SAME_CLICK && last == click)
}

/// What it was, what mended it and what is still to do, as they are kept.
fn resolution(cause: &str, fix: &str, follow_ups: &[FollowUp], now: Instant) -> Result<(String, String, Vec<FollowUp>), Refusal> {
    Ok((within(clean(cause), "cause")?, within(clean(fix), "fix")?, commitment::kept_tasks(follow_ups, now)?))
}

/// What is told of a resolution once it is over. The second of two clicks says nothing new.
fn told_afterwards(
    incident: &Incident,
    by: String,
    cause: &str,
    fix: &str,
    tasks: &[FollowUp],
    now: Instant,
) -> Result<Vec<IncidentEvent>, Refusal> {
    let Phase::Resolved { cause: known_cause, fix: known_fix, .. } = &incident.phase else { return Ok(vec![]) };
    let known_tasks = commitment::open_tasks(&incident.commitments);
    let (cause, fix, follow_ups) = resolution(cause, fix, tasks, now)?;
    let is_empty = cause.is_empty() && fix.is_empty() && follow_ups.is_empty();
    let follow_ups = commitment::with_tasks(&known_tasks, follow_ups);
    let is_known = (&cause, &fix, &follow_ups) == (known_cause, known_fix, &known_tasks);
    Ok(if is_empty || is_known { vec![] } else { vec![IncidentEvent::ResolutionTold { by, cause, fix, follow_ups }] })
}

/// A failed try is followed by the person's next method at once. Where there is
/// none and nothing else is under way, the person cannot be reached. Whether the
/// message is still wanted is known to the outbox: what is not is cancelled there
/// and does not fail.
fn what_follows_failure(incident: &Incident, tried: &Reaching) -> Option<IncidentEvent> {
    if !incident.is_open() && tried.purpose == Purpose::Alert {
        return None;
    }
    if tried.waiting {
        return None;
    }
    let contact = incident.plan.as_ref()?.contact(tried.person)?;
    // Whoever is only told is rung for by nothing.
    let may = |method: &&ContactMethod| tried.purpose != Purpose::Status || stakeholder::is_quiet(method.reach);
    if let Some(next) = contact.usable(&incident.wrong_methods).filter(may).find(|method| !tried.tried.contains(&method.id)) {
        let via = next.channel_name.clone();
        return Some(IncidentEvent::NextMethodTried {
            delivery: tried.delivery,
            person: tried.person,
            name: tried.name.clone(),
            method: next.id,
            via,
        });
    }
    (tried.purpose == Purpose::Alert && !tried.still_on_its_way)
        .then(|| IncidentEvent::PersonUnreachable { person: tried.person, name: tried.name.clone() })
}

/// What somebody's own answer makes happen. It is never refused: whatever comes too
/// late to decide anything is kept as what they wrote.
#[allow(clippy::too_many_arguments, reason = "everything that decides what an answer means")]
fn respond(
    incident: &Incident,
    by: Responder,
    to: Purpose,
    reading: &Reading,
    how: AcknowledgedHow,
    via: String,
    rhythm: &Rhythm,
    now: Instant,
) -> Vec<IncidentEvent> {
    use IncidentEvent as E;
    let Responder { person, name } = by;
    let (name, words) = (clean_line(&name), response::kept(&reading.words));
    let Some(response) = reading.response.filter(|_| incident.is_open()) else {
        return vec![E::Wrote { person, name, via, words: said(reading, to), in_room: false, counts_for: None }];
    };
    let holds = incident.is_held_by(person, &name);
    let taken = matches!(incident.phase, Phase::Held { questioned: false, .. });
    // The desk had them called because whoever has it was silent.
    let is_called_instead =
        incident.climb.as_ref().is_some_and(|climb| climb.over_holder && person.is_some_and(|one| climb.contacted.contains(&one)));
    match (response, &incident.opinion) {
        (Response::OnIt, _) if (!taken || holds || is_called_instead) && !name.is_empty() => {
            vec![acknowledged(incident, person, name, how, Some(Answered { via, words }), rhythm, now)]
        }
        (Response::NotMe, _) if holds => vec![E::HandedBack { name, why: response::gist(&words) }],
        (Response::Escalate | Response::Wait, Some(asked)) if person == Some(asked.person) => {
            let view = if response == Response::Escalate { ColleagueView::Escalate } else { ColleagueView::Wait };
            // Who thinks otherwise after all is heard while it is still to be decided.
            let is_news = asked.answer.is_none() || (matches!(incident.phase, Phase::Trying { .. }) && asked.answer != Some(view));
            if is_news {
                vec![E::SecondOpinionGiven { name, view, words }]
            } else {
                vec![E::Responded { person, name, via, response, words }]
            }
        }
        _ => vec![E::Responded { person, name, via, response, words }],
    }
}

/// What they wrote, or what was on the button that they pressed.
fn said(reading: &Reading, to: Purpose) -> String {
    let words = response::kept(&reading.words);
    let pressed = reading.response.map(|response| response.label(to)).filter(|_| words.is_empty());
    pressed.map_or(words, String::from)
}

#[allow(clippy::too_many_arguments, reason = "everything that is recorded of it")]
fn acknowledged(
    incident: &Incident,
    person: Option<PersonId>,
    name: String,
    how: AcknowledgedHow,
    answered: Option<Answered>,
    rhythm: &Rhythm,
    now: Instant,
) -> IncidentEvent {
    let until = holds_until(incident, rhythm, now);
    let check_in_at = incident.check_in.is_none().then(|| next_check_in(&Incident { check_ins: 0, ..incident.clone() }, rhythm, now));
    IncidentEvent::Acknowledged { person, name, how, until, answered, check_in_at }
}

fn holds_until(incident: &Incident, rhythm: &Rhythm, now: Instant) -> Instant {
    now.plus_minutes((*rhythm.acknowledgement.of(incident.severity)).max(1))
}

/// The next regular check-in, or the earliest "finding out by" if that is sooner.
pub(super) fn next_check_in(incident: &Incident, rhythm: &Rhythm, now: Instant) -> Instant {
    let regular = now.plus_minutes(check_in::interval(rhythm, incident.severity, incident.check_ins));
    incident.facts.promised_after(now).map_or(regular, |promised| regular.min(promised))
}

/// The facts as they are kept: cleaned, and with the two that are always needed.
pub fn checked_facts(mut facts: Facts) -> Result<Facts, Refusal> {
    facts.what = within(clean(&facts.what), "what")?;
    facts.who = within(clean(&facts.who), "who")?;
    facts.reported_by = at_most(clean_line(&facts.reported_by), 200, "reported_by")?;
    facts.place = at_most(clean_line(&facts.place), 200, "place")?;
    if let Some(percent) = facts.affected_percent.filter(|percent| *percent > 100) {
        let words = format!("{percent} % cannot be affected: 100 % is all of it. Nothing you typed is lost.");
        return Err(Refusal::Invalid { field: "affected_percent", words });
    }
    facts.assumed = facts.assumed.iter().copied().filter(|field| facts.tells(*field)).collect();
    for tried in &mut facts.tried {
        tried.what = within(clean(&tried.what), "tried")?;
    }
    facts.tried.retain(|tried| !tried.what.is_empty());
    for step in &mut facts.checklist {
        *step = within(clean_line(step), "checklist")?;
    }
    facts.checklist.retain(|step| !step.is_empty());
    match facts.missing().first() {
        Some(FactField::What) => {
            Err(Refusal::Invalid { field: "what", words: "Say what happened; one line is enough. Everything else can follow.".into() })
        }
        Some(_) => Err(Refusal::Invalid { field: "place", words: "Say where: choose the service, or type its name.".into() }),
        None => Ok(facts),
    }
}

fn required(text: &str, field: &'static str, words: &str) -> Result<String, Refusal> {
    let text = within(clean(text), field)?;
    if text.is_empty() { Err(Refusal::Invalid { field, words: words.into() }) } else { Ok(text) }
}

fn within(text: String, field: &'static str) -> Result<String, Refusal> {
    at_most(text, LONGEST, field)
}

pub(super) fn at_most(text: String, limit: usize, field: &'static str) -> Result<String, Refusal> {
    let length = text.chars().count();
    if length <= limit {
        return Ok(text);
    }
    let words = format!("This is {length} characters long; up to {limit} are kept. Put the few that matter here.");
    Err(Refusal::Invalid { field, words })
}

/// What changed, to everybody who was told. Those who are told and not called hear what of it concerns them by itself.
fn news_of_facts(incident: &Incident, by: String, text: String) -> IncidentEvent {
    IncidentEvent::UpdateShared { by, text, to: incident.told.iter().copied().collect(), of_facts: true, also_told: false }
}

/// Where these facts promise something sooner than the desk would be asked.
fn check_in_for(incident: &Incident, facts: &Facts, now: Instant) -> Option<Instant> {
    let due = incident.check_in.as_ref().map(|check_in| check_in.due_at);
    let sooner = |at: &Instant| due.map_or(matches!(incident.phase, Phase::Trying { .. }), |due| *at < due);
    facts.promised_after(now).filter(sooner)
}

fn changed_fields(before: &Facts, after: &Facts) -> Vec<Changed> {
    let differs = FactField::ALL.into_iter().filter(|field| !after.says_the_same(before, *field));
    let mut changed: Vec<Changed> = differs.map(|field| Changed::Fact { field }).collect();
    if changed.is_empty() && before.unknown != after.unknown {
        changed.push(Changed::StillUnknown {});
    }
    if changed.is_empty() && before.assumed != after.assumed {
        changed.push(Changed::Assumed {});
    }
    changed
}

/// Those of a level who can be contacted now.
pub(super) fn reachable(incident: &Incident, level: usize, now: Instant) -> Vec<PersonId> {
    let there = incident.plan.as_ref().and_then(|plan| plan.levels.get(level)).map_or_else(Vec::new, |level| level.at(now));
    there.iter().filter(|one| one.contact.is_reachable(&incident.wrong_methods, now)).map(|one| one.contact.person).collect()
}
