//! What an event causes outside its incident: messages queued, messages
//! cancelled, the desk told. Everything is written, nothing is sent here.

mod commitments;
mod nudges;
mod queue;
mod stakeholders;

use rusqlite::Connection;
use std::collections::BTreeSet;

use queue::Queue;

use super::record::Agreed;
use super::{lookup, rooms};
use crate::domain::brief::{self, Sender};
use crate::domain::check_in::COUNTS;
use crate::domain::directory::Proof;
use crate::domain::event::{CallOutcome, IncidentEvent};
use crate::domain::id::{DeliveryId, IncidentId, MethodId, NoticeId, PersonId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::message::Purpose;
use crate::domain::notice::Asks;
use crate::domain::progress;
use crate::domain::response::{self, NotCounted, Response};
use crate::domain::severity::Severity;
use crate::domain::time::{Instant, MINUTE, spoken_length};
use crate::store::deliveries::{self, Delivery};
use crate::store::notices::{self, NoticeRow};
use crate::store::{Result, attachments, events, people};

pub fn cause(db: &Connection, agreed: &Agreed, incident: &Incident, event: &IncidentEvent, now: Instant) -> Result<()> {
    to_each(db, agreed, incident, event, now)?;
    if matches!(event, IncidentEvent::Escalated { .. } | IncidentEvent::SeverityChanged { .. }) {
        rooms::want(db, agreed, incident, now)?;
    }
    rooms::follow(db, agreed, incident, event, now)
}

/// Why what has not left yet is taken back when it is over.
const RESOLVED: &str = "resolved";

/// What it is to each person and to the desk; a room comes after them.
fn to_each(db: &Connection, agreed: &Agreed, incident: &Incident, event: &IncidentEvent, now: Instant) -> Result<()> {
    use IncidentEvent as E;
    let out = Queue { db, agreed, incident, now };
    let called = format!("{} {}", incident.reference, incident.facts.title());
    match event {
        E::LevelEntered { contacts, until, held_until, .. } => {
            let begins = held_until.unwrap_or(now);
            out.alert(contacts, begins, until.since(begins) / MINUTE)?;
        }
        // What somebody's own sequence does later is queued already.
        E::LevelRepeated { contacts, .. } => out.alert(contacts, now, 1)?,
        E::NextMethodTried { delivery, method, .. } => out.forward(*delivery, *method)?,
        E::SecondOpinionAsked { person, method, question, .. } => {
            deliveries::cancel(db, incident.id, None, &[Purpose::Opinion], "asked anew", now)?;
            notices::read_all_of(db, incident.id, now)?;
            out.ask(*person, *method, question)?;
        }
        E::ColleagueNotReached { name, .. } => {
            // Where the desk is asked at once, that is said there.
            if matches!(incident.phase, Phase::Trying { until, .. } if until > now) {
                let words = format!("{called}\n{}Ask somebody else, or escalate now.", out.agreed_without_answer());
                out.notice(&format!("The question did not reach {name}"), &words, Asks::Look, false)?;
            }
        }
        E::UpdateShared { to, text, of_facts, .. } => out.share(to, text, *of_facts)?,
        E::StakeholderAdded { person, .. } => out.inform(*person)?,
        E::StakeholderRemoved { person, .. } => {
            deliveries::cancel(db, incident.id, Some(*person), &[Purpose::Status], "told no more", now)?;
        }
        E::StakeholdersTold { milestone, to, news, .. } => out.tell_stakeholders(*milestone, to, news)?,
        E::Nudged { person, name, count } => out.nudge(*person, name, *count)?,
        E::AcknowledgementQuestioned { .. } => {
            if let Phase::Held { by, name, .. } = &incident.phase {
                out.tell(Purpose::StillOnIt, by.as_slice(), "")?;
                out.notice(&format!("Is {name} still on it?"), &called, Asks::Look, incident.severity >= Severity::High)?;
            }
        }
        E::AcknowledgementLapsed {} => {
            out.taken_no_more()?;
            out.notice("Nobody has it any more: the climb goes on", &called, Asks::Look, true)?;
        }
        E::HandedBack { .. } => out.taken_no_more()?,
        E::Reopened { .. } => {
            out.taken_no_more()?;
            deliveries::cancel(db, incident.id, None, &[Purpose::Resolved], "open again", now)?;
            out.news_is_wanted_again()?;
        }
        E::TimeIsUp { late_ms, .. } => {
            if let Some(asked) = progress::question(incident, now, agreed.desk.tz()) {
                let late = (*late_ms >= MINUTE)
                    .then(|| format!("The time was up {} ago: this computer was off or asleep. ", spoken_length(*late_ms)));
                let words = format!("{called}\n{}{}", late.unwrap_or_default(), asked.words);
                let asks = if asked.more.is_some() { Asks::Progress } else { Asks::Decision };
                out.notice(&asked.title, &words, asks, incident.severity == Severity::Critical)?;
            }
        }
        E::CheckInFell { about, .. } => {
            let asks = match incident.phase {
                Phase::Climbing {} => Asks::CheckInOnly,
                Phase::Held { by: Some(_), .. } => Asks::CheckInHeld,
                _ => Asks::CheckIn,
            };
            let about: Vec<&str> = about.iter().map(|field| field.word()).collect();
            let title = if about.is_empty() { "Check in".into() } else { format!("Check in: do you know {}?", about.join(", ")) };
            out.notice(&title, &format!("{called}\n{COUNTS}"), asks, incident.severity == Severity::Critical)?;
        }
        E::DeskAlarmed { why, .. } => out.notice(&format!("Needs you now: {}", why.words()), &called, Asks::Look, true)?,
        E::DeliveryFailed { delivery, name, words, last, .. } => {
            out.next_step(deliveries::addressed(db, *delivery)?)?;
            if !last {
                return Ok(());
            }
            // While it climbs, somebody who cannot be reached is followed by the
            // next level; anything else nobody would notice.
            let purpose = deliveries::addressed(db, *delivery)?.map(|sent| sent.purpose);
            let is_followed = match incident.phase {
                Phase::Climbing {} => purpose == Some(Purpose::Alert),
                Phase::Trying { .. } => purpose == Some(Purpose::Opinion),
                _ => false,
            };
            if !is_followed {
                out.notice(&format!("{name} was not reached"), &format!("{called}\n{words}"), Asks::Look, false)?;
            }
        }
        E::CalledByHand { method, outcome, .. } => match outcome {
            CallOutcome::Answered => people::method_proven(db, *method, Proof::Call, now)?,
            CallOutcome::WrongNumber => {
                people::method_wrong(db, *method, now)?;
                out.next_step(deliveries::latest_by(db, incident.id, *method)?)?;
            }
            CallOutcome::Voicemail | CallOutcome::NoAnswer => out.next_step(deliveries::latest_by(db, incident.id, *method)?)?,
        },
        E::WrongNumberTakenBack { method, .. } => {
            people::method_wrong_taken_back(db, *method, said_wrong_at(db, incident.id, *method)?)?;
            if matches!(incident.phase, Phase::Climbing {}) {
                out.call_again(*method)?;
            }
        }
        E::Acknowledged { name, .. } => {
            let why = format!("{name} has it");
            deliveries::cancel(db, incident.id, None, &[Purpose::Alert, Purpose::StillOnIt, Purpose::Nudge], &why, now)?;
            out.in_step(Purpose::Taken)?;
            notices::read_all_of(db, incident.id, now)?;
        }
        E::Attached { attachments, .. } => attachments::named(db, incident.id, attachments)?,
        E::Resolved { .. } => {
            let unsent = [Purpose::Alert, Purpose::StillOnIt, Purpose::Nudge, Purpose::Opinion, Purpose::Update, Purpose::Status];
            let told = out.over(&unsent, RESOLVED)?;
            out.tell(Purpose::Resolved, &told, "")?;
            out.in_step(Purpose::Resolved)?;
        }
        E::MergedInto { into, title, .. } => {
            // News that waits for the morning goes with where it goes on.
            let unsent = [Purpose::Alert, Purpose::StillOnIt, Purpose::Nudge, Purpose::Opinion, Purpose::Status];
            let told = out.over(&unsent, "part of another incident")?;
            out.tell(Purpose::Update, &told, &format!("This is part of {}, where it goes on: {title}", into.reference))?;
            out.in_step(Purpose::Resolved)?;
        }
        E::Escalated { unanswered, .. } => {
            notices::read_all_of(db, incident.id, now)?;
            deliveries::cancel(db, incident.id, None, &[Purpose::Opinion], "escalated", now)?;
            if let Some(name) = unanswered {
                out.notice(&format!("Escalated, as {name} had not answered"), &called, Asks::Look, incident.severity >= Severity::High)?;
            }
        }
        E::SecondOpinionGiven { name, view, words } if !matches!(incident.phase, Phase::Trying { .. }) => {
            let said = if words.is_empty() { called } else { format!("{called}\n“{words}”") };
            out.notice(&format!("{name} {}, and it is escalated already", view.would()), &said, Asks::Look, false)?;
        }
        E::CheckInMissed { lead, name } => out.missed(*lead, name)?,
        E::Commitment { number, happened } => out.commitment(*number, happened)?,
        E::Snoozed { .. } => notices::read_everything_of(db, incident.id, now)?,
        E::CheckedIn { .. } | E::CarriedOn { .. } | E::SecondOpinionGiven { .. } => {
            notices::read_all_of(db, incident.id, now)?;
        }
        E::SeverityChanged { from, to, .. } => {
            deliveries::goes_as(db, incident.id, *to, now)?;
            // Worse than it was, it waits for nothing.
            if to > from {
                deliveries::release(db, incident.id, now)?;
            }
            out.replan()?;
        }
        E::ClockPutRight { ahead_ms } => deliveries::moved(db, incident.id, -ahead_ms, now)?,
        E::Responded { person, name, response, words, .. } => {
            let said = if words.is_empty() { called } else { format!("{called}\n“{words}”") };
            match (response, person) {
                (Response::NotMe, Some(person)) => {
                    deliveries::cancel(db, incident.id, Some(*person), &[Purpose::Alert], &format!("{name} cannot take it"), now)?;
                    out.notice(&format!("{name} cannot take it"), &said, Asks::Look, false)?;
                }
                (Response::CallMe, _) => {
                    out.call_wanted(*person)?;
                    out.notice(&format!("Call {name}: they ask for it"), &said, Asks::Look, incident.severity >= Severity::High)?;
                }
                (Response::OnIt, Some(person)) => {
                    deliveries::cancel(db, incident.id, Some(*person), &[Purpose::Alert], &format!("{name} is on it"), now)?;
                }
                (Response::OnIt | Response::NotMe | Response::Escalate | Response::Wait, _) => {
                    out.notice(&format!("{name}: {}", response.label(Purpose::Opinion)), &said, Asks::Look, false)?;
                }
            }
        }
        E::RoomNotOpened { words, .. } => {
            out.notice("There is no room for it", &format!("{called}\n{words} Everybody is alerted all the same."), Asks::Look, false)?;
        }
        E::Wrote { person, name, words, in_room: false, counts_for: None, .. } => {
            let asked = incident.opinion.as_ref().is_some_and(|opinion| opinion.is_awaited() && Some(opinion.person) == *person);
            let meant = if asked && matches!(incident.phase, Phase::Trying { .. }) {
                format!("\nThat is neither yes nor no: record what they would do. {}", out.agreed_without_answer())
            } else {
                String::new()
            };
            let gives_up = incident.is_held_by(*person, name) && response::gives_up(words);
            let ask = if gives_up { "\nThey have it: ask whether they still do." } else { "" };
            out.notice(&format!("{name} wrote"), format!("{called}\n{words}{meant}{ask}").trim_end(), Asks::Look, gives_up)?;
        }
        E::ReplyNotCounted { from, why, words, .. } => {
            // Machines answer often, and say nothing that somebody has to do.
            if !matches!(why, NotCounted::Automatic) {
                let title = format!("A reply from {from} does not count");
                let said = if words.is_empty() { String::new() } else { format!("\n“{words}”") };
                out.notice(&title, &format!("{called}{said}\n{}", why.words()), Asks::Look, incident.severity >= Severity::High)?;
            }
        }
        // What is said in a room the desk reads on the timeline; a notification for each word would bury what needs it.
        // Where an answer counts, the desk hears it there.
        E::Wrote { .. }
        | E::HandedIn { .. }
        | E::HandedOver { .. }
        | E::ResolutionTold { .. }
        | E::Judged { .. }
        | E::RoomOpened { .. }
        | E::RoomClosed { .. }
        | E::Filed { .. }
        | E::Assessed { .. }
        | E::RotationChanged { .. }
        | E::LevelSkipped { .. }
        | E::PersonUnreachable { .. }
        | E::SnoozeEnded { .. }
        | E::ReportedAgain { .. }
        | E::Linked { .. }
        | E::FactsChanged { .. } => {}
    }
    Ok(())
}

/// Puts a call on the list that the desk makes of its own accord; `None` where the
/// plan knows no such number.
pub fn calls_on_its_own(
    db: &Connection,
    agreed: &Agreed,
    incident: &Incident,
    person: PersonId,
    method: MethodId,
    now: Instant,
) -> Result<Option<DeliveryId>> {
    let out = Queue { db, agreed, incident, now };
    let Some(contact) = out.contact(person)? else { return Ok(None) };
    let Some(method) = contact.methods.iter().find(|known| known.id == method) else { return Ok(None) };
    // It belongs to what was tried last.
    let step =
        deliveries::of(db, incident.id)?.iter().filter(|sent| sent.purpose == Purpose::Alert).map(|sent| sent.step).max().unwrap_or(1);
    let bridge = lookup::bridge(db, &agreed.rules, &incident.facts, incident.severity)?;
    let message = brief::message(Purpose::Alert, incident, "", &Sender::of(&agreed.desk).who_meet_at(&bridge), now);
    let call = out.delivery(step, &contact, method, message).by_hand();
    deliveries::add(db, &call)?;
    Ok(Some(call.id))
}

/// Somebody at the desk is to make a call now. An earlier one to the same number is
/// overtaken by it.
pub fn call_is_due(db: &Connection, delivery: &Delivery, now: Instant) -> Result<()> {
    deliveries::overtaken(db, &delivery.addressed(), "not made, and due again since", now)?;
    let title = format!("Call {} now", delivery.name);
    let body = format!("{} {}", delivery.message.reference, delivery.message.title);
    let (id, incident) = (NoticeId::new(now), Some(delivery.incident));
    let critical = delivery.message.severity >= Severity::High;
    notices::add(db, &NoticeRow { id, incident, at: now, title, body, critical, asks: Asks::Look, about: None, read: false })
}

/// When a call of this incident last said that a number is wrong.
fn said_wrong_at(db: &Connection, incident: IncidentId, method: MethodId) -> Result<Option<Instant>> {
    let wrong = |event: &IncidentEvent| matches!(event, IncidentEvent::CalledByHand { method: called, outcome: CallOutcome::WrongNumber, .. } if *called == method);
    Ok(events::of(db, incident)?.iter().rfind(|one| wrong(&one.event)).map(|one| one.at))
}

/// Those who have heard of it: whoever was not told yet that it began has not, unless they knew.
pub fn told_of(db: &Connection, incident: &Incident) -> Result<Vec<PersonId>> {
    let (mut never, knew) = (deliveries::never_left_for(db, incident.id)?, known_to(db, incident.id)?);
    never.retain(|person| !knew.contains(person));
    Ok(incident.told.difference(&never).copied().collect())
}

/// Those who took it, answered or wrote, however they had heard of it.
fn known_to(db: &Connection, incident: IncidentId) -> Result<BTreeSet<PersonId>> {
    use IncidentEvent as E;
    let who = |event: IncidentEvent| match event {
        E::Acknowledged { person, .. } | E::Responded { person, .. } | E::Wrote { person, .. } => person,
        _ => None,
    };
    Ok(events::of(db, incident)?.into_iter().filter_map(|one| who(one.event)).collect())
}
