//! What a promise, a task or a missed check-in is to whoever has it, and to the desk.

use super::queue::Queue;
use super::{Asks, Severity};
use crate::domain::channel::Reach;
use crate::domain::check_in::COUNTS;
use crate::domain::commitment::{Commitment, Happened, Kind};
use crate::domain::event::IncidentEvent;
use crate::domain::id::PersonId;
use crate::domain::message::Purpose;
use crate::domain::plan::{Contact, ContactMethod};
use crate::domain::time::{MINUTE, spoken, spoken_length};
use crate::store::{Result, deliveries, events, notices, people};

impl Queue<'_> {
    pub(super) fn commitment(&self, number: u32, happened: &Happened) -> Result<()> {
        let Some(one) = self.incident.commitments.iter().find(|one| one.number == number) else { return Ok(()) };
        match happened {
            Happened::Made { answered: Some(answered), .. } | Happened::Moved { answered: Some(answered), .. } => {
                notices::read_about(self.db, self.incident.id, number, self.now)?;
                self.was_read_from_an_answer(one, &answered.words)
            }
            Happened::Fell { late_ms, .. } => self.fell(one, *late_ms),
            Happened::Made { .. } | Happened::Given { .. } => Ok(()),
            Happened::Done { .. } | Happened::Moved { .. } | Happened::PutOff { .. } | Happened::Dropped { .. } => {
                notices::read_about(self.db, self.incident.id, number, self.now)
            }
        }
    }

    /// It is said that it was made by itself, with the words it was read from: whoever reads them knows better.
    fn was_read_from_an_answer(&self, one: &Commitment, words: &str) -> Result<()> {
        notices::read_titled(self.db, self.incident.id, &format!("{} wrote", one.name), self.now)?;
        let by = one.due_at.map_or_else(String::new, |due| spoken(due, self.now, self.agreed.desk.tz()));
        let title = format!("{} promised, by {by}: {}", one.name, one.what);
        let body = format!("{}\n“{words}”\nRead from this answer. You are reminded then; drop it if it is no promise.", self.called());
        self.notice_about(one.number, &title, &body, Asks::Look, false)
    }

    /// A promise is asked for here and, once, of whoever gave it; a task is told to whoever has it, and the desk is
    /// reminded where nobody can be told, and from the second time on.
    fn fell(&self, one: &Commitment, late_ms: i64) -> Result<()> {
        let first = one.reminders <= 1;
        // Nobody is written to about what they promised days ago: the desk is asked. Nobody is woken by a task.
        let stale = one.kind == Kind::Promise && late_ms > i64::from(self.agreed.rules.rhythm.stale) * MINUTE;
        let asked = if first && !stale { self.ask_for(one)? } else { None };
        if one.kind == Kind::Task && asked.is_some() {
            return Ok(());
        }
        let zone = self.agreed.desk.tz();
        let due = one.due_at.map(|due| format!("due {}", spoken(due, self.now, zone)));
        let late = one.due_at.map(|due| self.now.since(due)).filter(|late| *late >= MINUTE);
        let said = due.into_iter().chain(late.map(|late| format!("{} late", spoken_length(late)))).collect::<Vec<_>>().join(", ");
        let asked = asked.map_or_else(String::new, |via| format!(" {} was asked by {via}.", one.name));
        let title = match one.kind {
            Kind::Promise => one.words(),
            Kind::Task => format!("To do: {}", one.what),
        };
        let critical = one.kind == Kind::Promise && self.incident.severity == Severity::Critical;
        self.notice_about(one.number, &title, &format!("{}\n{said}.{asked}", self.called()), Asks::Commitment, critical)
    }

    /// One polite text to whoever has it, about all that they have due now, by the way they answered; by which way it
    /// went, if any.
    fn ask_for(&self, one: &Commitment) -> Result<Option<String>> {
        let Some(person) = one.person else { return Ok(None) };
        // A task outlives its incident, and perhaps the time that whoever has it is here.
        if one.kind == Kind::Task && people::all(self.db)?.iter().all(|known| known.id != person) {
            return Ok(None);
        }
        let Some(contact) = self.contact(person)? else { return Ok(None) };
        let Some(method) = self.way_to(&contact)? else { return Ok(None) };
        if deliveries::sent_since(self.db, self.incident.id, method.id, Purpose::Nudge, self.now.plus(-MINUTE))? {
            // What they were asked just now names this one too.
            return Ok(Some(method.channel_name.clone()));
        }
        let due = self.incident.commitments.iter().filter(|other| {
            other.is_open() && other.person == one.person && other.kind == one.kind && other.due_at.is_some_and(|due| due <= self.now)
        });
        let what = due.map(|other| format!("“{}”", other.what)).collect::<Vec<_>>().join(", ");
        let text = match one.kind {
            Kind::Promise => format!("You said that by now: {what}. Is it done, or when will it be? One line is enough."),
            Kind::Task => format!("You have this to do, and it is due: {what}. Tell the desk when it is done, or when it will be."),
        };
        let step = deliveries::next_step(self.db, self.incident.id)?;
        self.queue(step, Purpose::Nudge, &contact, method, &text)?;
        Ok(Some(method.channel_name.clone()))
    }

    /// In writing, by the way they answered last; else as the severity has it.
    pub(super) fn way_to<'a>(&'a self, contact: &'a Contact) -> Result<Option<&'a ContactMethod>> {
        let (severity, wrong) = (self.incident.severity, &self.incident.wrong_methods);
        let planned = contact.methods_for(severity, &self.agreed.rules.channels, wrong).into_iter();
        let written: Vec<&ContactMethod> = planned.chain(contact.usable(wrong)).filter(|method| method.reach != Reach::Phone).collect();
        let answered = self.answered_by(contact.person)?;
        let same = written.iter().find(|method| answered.as_ref() == Some(&method.channel_name));
        Ok(same.or(written.first()).copied())
    }

    /// The channel, as the desk calls it, by which they last said something.
    fn answered_by(&self, who: PersonId) -> Result<Option<String>> {
        use IncidentEvent as E;
        let via = |event: IncidentEvent| match event {
            E::Acknowledged { person, answered: Some(answered), .. } => (person == Some(who)).then_some(answered.via),
            E::Responded { person, via, .. } | E::Wrote { person, via, in_room: false, .. } => (person == Some(who)).then_some(via),
            _ => None,
        };
        Ok(events::of(self.db, self.incident.id)?.into_iter().rev().find_map(|one| via(one.event)))
    }

    /// Nobody at the desk has answered twice: whoever leads it is told by all that the severity uses at once. Where nobody
    /// can be told, this desk is alarmed.
    pub(super) fn missed(&self, lead: Option<PersonId>, name: &str) -> Result<()> {
        let contact = lead.map_or(Ok(None), |lead| self.contact(lead))?;
        let since = self.incident.check_in.as_ref().map_or(0, |check_in| self.now.since(check_in.due_at));
        let desk = if self.agreed.desk.name.is_empty() { "the desk" } else { &self.agreed.desk.name };
        let text = format!(
            "Nobody at {desk} has said for {} how this stands, although they were asked twice. Please see that somebody does.",
            spoken_length(since)
        );
        let (severity, wrong) = (self.incident.severity, &self.incident.wrong_methods);
        let methods = contact.as_ref().map_or_else(Vec::new, |contact| contact.methods_for(severity, &self.agreed.rules.channels, wrong));
        // A call by hand would be one more thing that this desk does not see.
        let told: Vec<&ContactMethod> = methods.into_iter().filter(|method| !method.by_hand).collect();
        if let (Some(contact), false) = (&contact, told.is_empty()) {
            let step = deliveries::next_step(self.db, self.incident.id)?;
            for method in told {
                self.send_news(step, contact, method, &text)?;
            }
            return Ok(());
        }
        let why = if name.is_empty() {
            "Nobody is named to lead this desk: choose somebody under Settings.".into()
        } else {
            format!("{name} leads this desk and has no way to be written to.")
        };
        let body = format!("{}\n{why}\n{COUNTS}", self.called());
        self.notice("Needs you now: asked twice, and nobody has checked in", &body, Asks::CheckInOnly, true)
    }

    pub(super) fn called(&self) -> String {
        format!("{} {}", self.incident.reference, self.incident.facts.title())
    }
}
