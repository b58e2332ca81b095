//! Messages queued, held, taken back and told anew, and notices for the desk.

use rusqlite::Connection;

use super::{RESOLVED, told_of};
use crate::channel::InStep;
use crate::domain::asking::AfterWait;
use crate::domain::brief::{self, Sender};
use crate::domain::channel::Reach;
use crate::domain::delivery::DeliveryState;
use crate::domain::id::{DeliveryId, MethodId, NoticeId, PersonId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::message::{Message, Purpose};
use crate::domain::notice::Asks;
use crate::domain::plan::{Contact, ContactMethod};
use crate::domain::time::{HOUR, Instant, MINUTE, spoken};
use crate::engine::record::Agreed;
use crate::engine::{in_step, lookup, parcels};
use crate::store::Result;
use crate::store::deliveries::{self, Delivery, Held, Recipient};
use crate::store::notices::{self, NoticeRow};

/// One person gets one message per method and incident within this time.
const WINDOW: i64 = MINUTE;

/// What is queued for people and for the desk because of one event.
pub(super) struct Queue<'a> {
    pub(super) db: &'a Connection,
    pub(super) agreed: &'a Agreed,
    pub(super) incident: &'a Incident,
    pub(super) now: Instant,
}

impl Queue<'_> {
    /// To each of them what is done for them within so many minutes: at once, or by
    /// their own sequence one after the other.
    pub(super) fn alert(&self, people: &[PersonId], begins: Instant, minutes: i64) -> Result<()> {
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
    pub(super) fn over(&self, unsent: &[Purpose], why: &str) -> Result<Vec<PersonId>> {
        deliveries::cancel(self.db, self.incident.id, None, unsent, why, self.now)?;
        notices::read_everything_of(self.db, self.incident.id, self.now)?;
        told_of(self.db, self.incident)
    }

    /// What is still to be done at this level, as the severity now wants it: a way that it does not use is not tried any
    /// more, and one that it adds is.
    pub(super) fn replan(&self) -> Result<()> {
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
    pub(super) fn tell(&self, purpose: Purpose, people: &[PersonId], text: &str) -> Result<()> {
        self.tell_or_add(purpose, people, text, text)
    }

    /// News that was shared. What is news of the facts a call that is still to be made says by itself.
    pub(super) fn share(&self, people: &[PersonId], text: &str, of_facts: bool) -> Result<()> {
        self.tell_or_add(Purpose::Update, people, text, if of_facts { "" } else { text })
    }

    /// Who is still to be called hears it in that call, with what is `added` to it.
    fn tell_or_add(&self, purpose: Purpose, people: &[PersonId], text: &str, added: &str) -> Result<()> {
        let step = deliveries::next_step(self.db, self.incident.id)?;
        for person in people {
            let Some(contact) = self.contact(*person)? else { continue };
            let planned = contact.methods_for(self.incident.severity, &self.agreed.rules.channels, &self.incident.wrong_methods);
            let all: Vec<&ContactMethod> = planned.into_iter().chain(contact.usable(&self.incident.wrong_methods)).collect();
            let written = all.iter().find(|method| method.reach != Reach::Phone);
            let chosen = written.or_else(|| all.first().filter(|_| purpose != Purpose::Resolved));
            match chosen {
                Some(method) if method.by_hand && self.goes_with_call(method.id, added)? => {}
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

    /// Whether an alert by this number is still to be made by hand: then that call says it, and there is no second one.
    fn goes_with_call(&self, method: MethodId, added: &str) -> Result<bool> {
        let waits = |one: &Delivery| {
            one.method == method && one.purpose == Purpose::Alert && matches!(one.state, DeliveryState::ByHand | DeliveryState::Queued)
        };
        let Some(call) = deliveries::of(self.db, self.incident.id)?.into_iter().rfind(waits) else { return Ok(false) };
        deliveries::says(self.db, call.id, &call.message.with_news(added))?;
        Ok(true)
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
    pub(super) fn news_is_wanted_again(&self) -> Result<()> {
        for news in deliveries::news_cancelled(self.db, self.incident.id, RESOLVED, self.now)? {
            let (at, held) = (self.may_leave(&news)?, self.quiet_until(news.purpose).map(|_| Held::Quiet));
            deliveries::wanted_again(self.db, news.id, held, at, self.now)?;
        }
        Ok(())
    }

    /// Tells the providers that go on by themselves, by the way each was alerted, and
    /// once since it was.
    pub(super) fn in_step(&self, purpose: Purpose) -> Result<()> {
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
    pub(super) fn taken_no_more(&self) -> Result<()> {
        deliveries::cancel(self.db, self.incident.id, None, &[Purpose::Taken], "nobody has it any more", self.now)
    }

    /// A call by hand to whoever asks for one, by the first number they have.
    pub(super) fn call_wanted(&self, person: Option<PersonId>) -> Result<()> {
        let Some(contact) = person.map_or(Ok(None), |person| self.contact(person))? else { return Ok(()) };
        let by_hand = contact.usable(&self.incident.wrong_methods).find(|method| method.by_hand);
        let Some(method) = by_hand else { return Ok(()) };
        let step = deliveries::next_step(self.db, self.incident.id)?;
        self.queue(step, Purpose::Alert, &contact, method, "")
    }

    /// The call that was recorded as a wrong number is to be made once more.
    pub(super) fn call_again(&self, method: MethodId) -> Result<()> {
        let sent = deliveries::of(self.db, self.incident.id)?;
        let made = |one: &&Delivery| one.method == method && one.purpose == Purpose::Alert && one.state == DeliveryState::Failed;
        let waits = |one: &Delivery| one.method == method && one.state == DeliveryState::ByHand;
        let Some(call) = sent.iter().rfind(made).filter(|_| !sent.iter().any(waits)) else { return Ok(()) };
        let standing = deliveries::Standing { state: DeliveryState::ByHand, words: "", next_attempt_at: None, provider_id: None };
        deliveries::stands(self.db, call.id, &standing, self.now)
    }

    pub(super) fn ask(&self, person: PersonId, method: crate::domain::id::MethodId, question: &str) -> Result<()> {
        let Some(contact) = self.contact(person)? else { return Ok(()) };
        let step = deliveries::next_step(self.db, self.incident.id)?;
        let chosen = contact.methods.iter().find(|known| known.id == method);
        chosen.map_or(Ok(()), |method| self.queue(step, Purpose::Opinion, &contact, method, question))
    }

    /// What failed is followed at once by the next step of the person's own sequence.
    pub(super) fn next_step(&self, failed: Option<deliveries::Addressed>) -> Result<()> {
        failed.map_or(Ok(()), |failed| deliveries::bring_forward(self.db, &failed, self.now))
    }

    /// The same message by the person's next method.
    pub(super) fn forward(&self, failed: DeliveryId, method: crate::domain::id::MethodId) -> Result<()> {
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

    pub(super) fn queue(&self, step: i64, purpose: Purpose, contact: &Contact, method: &ContactMethod, text: &str) -> Result<()> {
        self.queue_at(self.now, step, purpose, contact, method, text)
    }

    fn queue_at(&self, at: Instant, step: i64, purpose: Purpose, contact: &Contact, method: &ContactMethod, text: &str) -> Result<()> {
        self.add_at(at, self.delivery(step, contact, method, self.said(purpose, text)?))
    }

    pub(super) fn add_at(&self, at: Instant, mut delivery: Delivery) -> Result<()> {
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
    pub(super) fn may_leave(&self, delivery: &Delivery) -> Result<Instant> {
        let closes = delivery.purpose == Purpose::Resolved && in_step::channels(self.db, InStep::Keeps)?.contains(&delivery.channel);
        Ok(self.quiet_until(delivery.purpose).filter(|_| !closes).unwrap_or(self.now))
    }

    /// Until when what is sent for this purpose waits for quiet hours to end.
    fn quiet_until(&self, purpose: Purpose) -> Option<Instant> {
        let until = match purpose {
            // What somebody escalates by hand in the night is not held.
            Purpose::Alert => self.incident.climb.as_ref().and_then(|climb| climb.held_until),
            Purpose::Update | Purpose::Status | Purpose::Resolved => self.agreed.rules.rhythm.quiet.end(self.incident.severity, self.now),
            _ => None,
        };
        until.filter(|until| *until > self.now)
    }

    pub(super) fn said(&self, purpose: Purpose, text: &str) -> Result<Message> {
        let bridge = lookup::bridge(self.db, &self.agreed.rules, &self.incident.facts, self.incident.severity)?;
        Ok(brief::message(purpose, self.incident, text, &Sender::of(&self.agreed.desk).who_meet_at(&bridge), self.now))
    }

    pub(super) fn delivery(&self, step: i64, contact: &Contact, method: &ContactMethod, message: Message) -> Delivery {
        // An alert is tried until the next level is due; news has an hour.
        let give_up_at = match (&self.incident.climb, message.purpose) {
            (Some(climb), Purpose::Alert) => climb.until.max(self.now.plus(2 * MINUTE)),
            _ => self.now.plus(HOUR),
        };
        let delivery = Delivery::queued(Recipient::of(contact, method), step, message, give_up_at, self.now);
        if method.by_hand { delivery.by_hand() } else { delivery }
    }

    /// What was decided for the end of the wait for a colleague, said before it happens; empty where the desk is asked.
    pub(super) fn agreed_without_answer(&self) -> String {
        let agreed = self.incident.opinion.as_ref().filter(|opinion| opinion.is_awaited() && opinion.then == AfterWait::Escalate);
        agreed.map_or_else(String::new, |opinion| {
            let at = spoken(opinion.until, self.now, self.agreed.desk.tz());
            format!("Without an answer it is escalated {at}, as {} decided. ", opinion.by)
        })
    }

    /// The person as the plan has them, or as the directory does.
    pub(super) fn contact(&self, person: PersonId) -> Result<Option<Contact>> {
        let planned = self.incident.plan.as_ref().and_then(|plan| plan.contact(person));
        planned.map_or_else(|| lookup::contact(self.db, person), |contact| Ok(Some(contact.clone())))
    }

    /// News to one person by this way, when it may leave.
    pub(super) fn send_news(&self, step: i64, contact: &Contact, method: &ContactMethod, text: &str) -> Result<()> {
        let news = self.with_news_that_wait(method.id, text)?;
        let delivery = self.delivery(step, contact, method, self.said(Purpose::Update, &news)?);
        self.add_at(self.may_leave(&delivery)?, delivery)
    }

    pub(super) fn notice(&self, title: &str, body: &str, asks: Asks, critical: bool) -> Result<()> {
        self.put_notice(None, title, body, asks, critical)
    }

    /// The same about one promise or task.
    pub(super) fn notice_about(&self, about: u32, title: &str, body: &str, asks: Asks, critical: bool) -> Result<()> {
        self.put_notice(Some(about), title, body, asks, critical)
    }

    fn put_notice(&self, about: Option<u32>, title: &str, body: &str, asks: Asks, critical: bool) -> Result<()> {
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
                about,
                read: false,
            },
        )
    }
}
