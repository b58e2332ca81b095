//! What an event causes outside its incident: messages queued, messages
//! cancelled, the desk told. Everything is written, nothing is sent here.

use rusqlite::Connection;
use std::collections::BTreeSet;

use super::record::Agreed;
use super::{in_step, lookup, parcels, rooms};
use crate::channel::InStep;
use crate::domain::asking::AfterWait;
use crate::domain::brief::{self, Sender};
use crate::domain::channel::Reach;
use crate::domain::delivery::DeliveryState;
use crate::domain::directory::Proof;
use crate::domain::event::{CallOutcome, IncidentEvent};
use crate::domain::id::{DeliveryId, IncidentId, MethodId, NoticeId, PersonId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::message::{Message, Purpose};
use crate::domain::notice::Asks;
use crate::domain::plan::{Contact, ContactMethod};
use crate::domain::progress;
use crate::domain::response::{NotCounted, Response};
use crate::domain::severity::Severity;
use crate::domain::time::{HOUR, Instant, MINUTE, spoken, spoken_length};
use crate::store::deliveries::{self, Delivery, Held, Recipient};
use crate::store::notices::{self, NoticeRow};
use crate::store::{Result, attachments, events, people};

/// One person gets one message per method and incident within this time.
const WINDOW: i64 = MINUTE;

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
        E::UpdateShared { to, text, .. } => out.tell(Purpose::Update, to, text)?,
        E::Nudged { person, .. } => out.tell(Purpose::Nudge, &[*person], "")?,
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
            let asks = if matches!(incident.phase, Phase::Climbing {}) { Asks::CheckInOnly } else { Asks::CheckIn };
            let about: Vec<&str> = about.iter().map(|field| field.word()).collect();
            let title = if about.is_empty() { "Check in".into() } else { format!("Check in: do you know {}?", about.join(", ")) };
            out.notice(&title, &called, asks, incident.severity == Severity::Critical)?;
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
            let told = out.over(&[Purpose::Alert, Purpose::StillOnIt, Purpose::Nudge, Purpose::Opinion, Purpose::Update], RESOLVED)?;
            out.tell(Purpose::Resolved, &told, "")?;
            out.in_step(Purpose::Resolved)?;
        }
        E::MergedInto { into, title, .. } => {
            // News that waits for the morning goes with where it goes on.
            let told = out.over(&[Purpose::Alert, Purpose::StillOnIt, Purpose::Nudge, Purpose::Opinion], "part of another incident")?;
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
        E::CheckedIn { .. } | E::Snoozed { .. } | E::CarriedOn { .. } | E::SecondOpinionGiven { .. } => {
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
        E::Wrote { person, name, words, in_room: false, .. } => {
            let asked = incident.opinion.as_ref().is_some_and(|opinion| opinion.is_awaited() && Some(opinion.person) == *person);
            let meant = if asked && matches!(incident.phase, Phase::Trying { .. }) {
                format!("\nThat is neither yes nor no: record what they would do. {}", out.agreed_without_answer())
            } else {
                String::new()
            };
            out.notice(&format!("{name} wrote"), format!("{called}\n{words}{meant}").trim_end(), Asks::Look, false)?;
        }
        E::ReplyNotCounted { from, why, .. } => {
            // Machines answer often, and say nothing that somebody has to do.
            if !matches!(why, NotCounted::Automatic) {
                let title = format!("A reply from {from} does not count");
                out.notice(&title, &format!("{called}\n{}", why.words()), Asks::Look, incident.severity >= Severity::High)?;
            }
        }
        // What is said in a room the desk reads on the timeline; a notification for each word would bury what needs it.
        E::Wrote { in_room: true, .. }
        | E::HandedIn { .. }
        | E::ResolutionTold { .. }
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
    notices::add(db, &NoticeRow { id, incident, at: now, title, body, critical, asks: Asks::Look, read: false })
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

struct Queue<'a> {
    db: &'a Connection,
    agreed: &'a Agreed,
    incident: &'a Incident,
    now: Instant,
}

impl Queue<'_> {
    /// To each of them what is done for them within so many minutes: at once, or by
    /// their own sequence one after the other.
    fn alert(&self, people: &[PersonId], begins: Instant, minutes: i64) -> Result<()> {
        let minutes = u32::try_from(minutes).unwrap_or(1).max(1);
        let step = deliveries::next_step(self.db, self.incident.id)?;
        for person in people {
            let Some(contact) = self.contact(*person)? else { continue };
            let rules = &self.agreed.rules;
            for one in contact.tries(self.incident.severity, minutes, &rules.channels, &self.incident.wrong_methods) {
                if one.after > 0 || begins > self.now {
                    self.queue_at(begins.plus_minutes(one.after), step, Purpose::Alert, &contact, one.method, "")?;
                    continue;
                }
                let method = one.method;
                // An escalation that begins anew alerts anew.
                let since = self.incident.escalated_at.map_or(self.now.plus(-WINDOW), |at| at.plus(-1).max(self.now.plus(-WINDOW)));
                if !deliveries::sent_since(self.db, self.incident.id, method.id, Purpose::Alert, since)? {
                    self.queue(step, Purpose::Alert, &contact, method, "")?;
                }
            }
        }
        Ok(())
    }

    /// Takes back what has not left yet, and answers who is to hear that it is over.
    fn over(&self, unsent: &[Purpose], why: &str) -> Result<Vec<PersonId>> {
        deliveries::cancel(self.db, self.incident.id, None, unsent, why, self.now)?;
        notices::read_all_of(self.db, self.incident.id, self.now)?;
        told_of(self.db, self.incident)
    }

    /// What is still to be done at this level, as the severity now wants it: a way that it does not use is not tried any
    /// more, and one that it adds is.
    fn replan(&self) -> Result<()> {
        let climb = self.incident.climb.as_ref().filter(|climb| climb.alarmed_since.is_none());
        let (Phase::Climbing {}, Some(climb)) = (&self.incident.phase, climb) else { return Ok(()) };
        let mut alerts = deliveries::of(self.db, self.incident.id)?;
        alerts.retain(|sent| sent.purpose == Purpose::Alert);
        let Some(step) = alerts.iter().map(|sent| sent.step).max() else { return Ok(()) };
        let begins = climb.held_until.unwrap_or(self.now).max(self.now);
        let minutes = u32::try_from(climb.until.since(begins) / MINUTE).unwrap_or(1).max(1);
        let (severity, rules) = (self.incident.severity, &self.agreed.rules);
        for person in climb.contacted.difference(&climb.declined) {
            let Some(contact) = self.contact(*person)? else { continue };
            let theirs = || alerts.iter().filter(|sent| sent.step == step && sent.person == *person);
            let wanted = contact.tries(severity, minutes, &rules.channels, &self.incident.wrong_methods);
            let has_begun = |sent: &Delivery| sent.state != DeliveryState::Queued || sent.attempts > 0;
            for waiting in theirs().filter(|sent| !has_begun(sent) && wanted.iter().all(|one| one.method.id != sent.method)) {
                deliveries::withdrawn(self.db, waiting.id, &format!("not for {}", severity.word().to_lowercase()), self.now)?;
            }
            for one in wanted.iter().filter(|one| theirs().all(|sent| sent.method != one.method.id)) {
                self.queue_at(begins.plus_minutes(one.after), step, Purpose::Alert, &contact, one.method, "")?;
            }
        }
        Ok(())
    }

    /// One message to each of them, by the first method that is no phone call: a
    /// call by hand is for waking somebody. Who has nothing but a phone is called,
    /// unless it is only to say that it is over. News waits for the end of quiet hours.
    fn tell(&self, purpose: Purpose, people: &[PersonId], text: &str) -> Result<()> {
        let step = deliveries::next_step(self.db, self.incident.id)?;
        for person in people {
            let Some(contact) = self.contact(*person)? else { continue };
            let planned = contact.methods_for(self.incident.severity, &self.agreed.rules.channels, &self.incident.wrong_methods);
            let all: Vec<&ContactMethod> = planned.into_iter().chain(contact.usable(&self.incident.wrong_methods)).collect();
            let written = all.iter().find(|method| method.reach != Reach::Phone);
            let chosen = written.or_else(|| all.first().filter(|_| purpose != Purpose::Resolved));
            match chosen {
                Some(method) => {
                    let news = if purpose == Purpose::Update { self.with_news_that_wait(method.id, text)? } else { text.into() };
                    let delivery = self.delivery(step, &contact, method, self.said(purpose, &news)?);
                    self.add_at(self.may_leave(&delivery)?, delivery)?;
                }
                None if contact.methods.is_empty() => {
                    let called = format!("{} {}", self.incident.reference, self.incident.facts.title());
                    self.notice(&format!("{} has no working method and was not told", contact.name), &called, Asks::Look, false)?;
                }
                None => {}
            }
        }
        Ok(())
    }

    /// What could not be told yet goes with what is newer, in one message.
    fn with_news_that_wait(&self, method: MethodId, text: &str) -> Result<String> {
        let mut told = Vec::new();
        for older in deliveries::news_waiting(self.db, self.incident.id, method)? {
            deliveries::withdrawn(self.db, older.id, "overtaken: it goes with newer news", self.now)?;
            told.push(older.message.lead);
        }
        told.push(text.into());
        Ok(told.join("\n"))
    }

    /// What was not told any more because it was over is told after all, where it still would have been.
    fn news_is_wanted_again(&self) -> Result<()> {
        for news in deliveries::news_cancelled(self.db, self.incident.id, RESOLVED, self.now)? {
            let (at, held) = (self.may_leave(&news)?, self.quiet_until(news.purpose).map(|_| Held::Quiet));
            deliveries::wanted_again(self.db, news.id, held, at, self.now)?;
        }
        Ok(())
    }

    /// Tells the providers that go on by themselves, by the way each was alerted, and
    /// once since it was.
    fn in_step(&self, purpose: Purpose) -> Result<()> {
        let step = deliveries::next_step(self.db, self.incident.id)?;
        for (alert, how) in in_step::alerted(self.db, self.incident.id)? {
            let purpose = if how == InStep::Rings { Purpose::Taken } else { purpose };
            let message = brief::message(purpose, self.incident, "", &Sender::of(&self.agreed.desk), self.now);
            let told = deliveries::sent_since(self.db, self.incident.id, alert.method, purpose, alert.queued_at.plus(-1))?;
            if !told {
                let again = Delivery::queued(alert.recipient(), step, message, self.now.plus(HOUR), self.now);
                deliveries::add(self.db, &again)?;
            }
        }
        Ok(())
    }

    /// What was still to stop a provider must not stop what begins anew.
    fn taken_no_more(&self) -> Result<()> {
        deliveries::cancel(self.db, self.incident.id, None, &[Purpose::Taken], "nobody has it any more", self.now)
    }

    /// A call by hand to whoever asks for one, by the first number they have.
    fn call_wanted(&self, person: Option<PersonId>) -> Result<()> {
        let Some(contact) = person.map_or(Ok(None), |person| self.contact(person))? else { return Ok(()) };
        let by_hand = contact.usable(&self.incident.wrong_methods).find(|method| method.by_hand);
        let Some(method) = by_hand else { return Ok(()) };
        let step = deliveries::next_step(self.db, self.incident.id)?;
        self.queue(step, Purpose::Alert, &contact, method, "")
    }

    /// The call that was recorded as a wrong number is to be made once more.
    fn call_again(&self, method: MethodId) -> Result<()> {
        let sent = deliveries::of(self.db, self.incident.id)?;
        let made = |one: &&Delivery| one.method == method && one.purpose == Purpose::Alert && one.state == DeliveryState::Failed;
        let waits = |one: &Delivery| one.method == method && one.state == DeliveryState::ByHand;
        let Some(call) = sent.iter().rfind(made).filter(|_| !sent.iter().any(waits)) else { return Ok(()) };
        let standing = deliveries::Standing { state: DeliveryState::ByHand, words: "", next_attempt_at: None, provider_id: None };
        deliveries::stands(self.db, call.id, &standing, self.now)
    }

    fn ask(&self, person: PersonId, method: crate::domain::id::MethodId, question: &str) -> Result<()> {
        let Some(contact) = self.contact(person)? else { return Ok(()) };
        let step = deliveries::next_step(self.db, self.incident.id)?;
        let chosen = contact.methods.iter().find(|known| known.id == method);
        chosen.map_or(Ok(()), |method| self.queue(step, Purpose::Opinion, &contact, method, question))
    }

    /// What failed is followed at once by the next step of the person's own sequence.
    fn next_step(&self, failed: Option<deliveries::Addressed>) -> Result<()> {
        failed.map_or(Ok(()), |failed| deliveries::bring_forward(self.db, &failed, self.now))
    }

    /// The same message by the person's next method.
    fn forward(&self, failed: DeliveryId, method: crate::domain::id::MethodId) -> Result<()> {
        let Some(to) = deliveries::addressed(self.db, failed)? else { return Ok(()) };
        let Some(contact) = self.contact(to.person)? else { return Ok(()) };
        let Some(method) = contact.methods.iter().find(|known| known.id == method) else { return Ok(()) };
        let message = match deliveries::find(self.db, failed) {
            Ok(Some(failed)) => failed.message,
            // Whatever it said cannot be read; what is known now can be said anew.
            _ => self.said(to.purpose, "")?,
        };
        let delivery = self.delivery(to.step, &contact, method, message);
        self.add_at(self.may_leave(&delivery)?, delivery)
    }

    fn queue(&self, step: i64, purpose: Purpose, contact: &Contact, method: &ContactMethod, text: &str) -> Result<()> {
        self.queue_at(self.now, step, purpose, contact, method, text)
    }

    fn queue_at(&self, at: Instant, step: i64, purpose: Purpose, contact: &Contact, method: &ContactMethod, text: &str) -> Result<()> {
        self.add_at(at, self.delivery(step, contact, method, self.said(purpose, text)?))
    }

    fn add_at(&self, at: Instant, mut delivery: Delivery) -> Result<()> {
        if at > self.now {
            // Whatever it is, it begins when its time has come, a call by hand too.
            (delivery.state, delivery.next_attempt_at) = (DeliveryState::Queued, Some(at));
            delivery.held = self.quiet_until(delivery.purpose).map(|_| Held::Quiet);
            if delivery.purpose != Purpose::Alert {
                delivery.give_up_at = at.plus(HOUR);
            }
        }
        if delivery.state == DeliveryState::ByHand {
            deliveries::overtaken(self.db, &delivery.addressed(), "not made, and due again since", self.now)?;
        }
        parcels::queue(self.db, self.incident, delivery)
    }

    /// When news, or what follows a failure, may leave. Where an alert stays open until it is told
    /// that it is over, nobody sleeps by its not being told.
    fn may_leave(&self, delivery: &Delivery) -> Result<Instant> {
        let closes = delivery.purpose == Purpose::Resolved && in_step::channels(self.db, InStep::Keeps)?.contains(&delivery.channel);
        Ok(self.quiet_until(delivery.purpose).filter(|_| !closes).unwrap_or(self.now))
    }

    /// Until when what is sent for this purpose waits for quiet hours to end.
    fn quiet_until(&self, purpose: Purpose) -> Option<Instant> {
        let until = match purpose {
            // What somebody escalates by hand in the night is not held.
            Purpose::Alert => self.incident.climb.as_ref().and_then(|climb| climb.held_until),
            Purpose::Update | Purpose::Resolved => self.agreed.rules.rhythm.quiet.end(self.incident.severity, self.now),
            _ => None,
        };
        until.filter(|until| *until > self.now)
    }

    fn said(&self, purpose: Purpose, text: &str) -> Result<Message> {
        let bridge = lookup::bridge(self.db, &self.agreed.rules, &self.incident.facts, self.incident.severity)?;
        Ok(brief::message(purpose, self.incident, text, &Sender::of(&self.agreed.desk).who_meet_at(&bridge), self.now))
    }

    fn delivery(&self, step: i64, contact: &Contact, method: &ContactMethod, message: Message) -> Delivery {
        // An alert is tried until the next level is due; news has an hour.
        let give_up_at = match (&self.incident.climb, message.purpose) {
            (Some(climb), Purpose::Alert) => climb.until.max(self.now.plus(2 * MINUTE)),
            _ => self.now.plus(HOUR),
        };
        let delivery = Delivery::queued(Recipient::of(contact, method), step, message, give_up_at, self.now);
        if method.by_hand { delivery.by_hand() } else { delivery }
    }

    /// What was decided for the end of the wait for a colleague, said before it happens; empty where the desk is asked.
    fn agreed_without_answer(&self) -> String {
        let agreed = self.incident.opinion.as_ref().filter(|opinion| opinion.is_awaited() && opinion.then == AfterWait::Escalate);
        agreed.map_or_else(String::new, |opinion| {
            let at = spoken(opinion.until, self.now, self.agreed.desk.tz());
            format!("Without an answer it is escalated {at}, as {} decided. ", opinion.by)
        })
    }

    /// The person as the plan has them, or as the directory does.
    fn contact(&self, person: PersonId) -> Result<Option<Contact>> {
        let planned = self.incident.plan.as_ref().and_then(|plan| plan.contact(person));
        planned.map_or_else(|| lookup::contact(self.db, person), |contact| Ok(Some(contact.clone())))
    }

    fn notice(&self, title: &str, body: &str, asks: Asks, critical: bool) -> Result<()> {
        notices::add(
            self.db,
            &NoticeRow {
                id: NoticeId::new(self.now),
                incident: Some(self.incident.id),
                at: self.now,
                title: title.into(),
                body: body.into(),
                critical,
                asks,
                read: false,
            },
        )
    }
}
