//! What those hear who are told and not called.

use super::queue::Queue;
use super::{Asks, Purpose};
use crate::domain::delivery::DeliveryState;
use crate::domain::id::PersonId;
use crate::domain::plan::Contact;
use crate::domain::severity::Severity;
use crate::domain::stakeholder::{Milestone, is_quiet};
use crate::engine::lookup;
use crate::store::Result;
use crate::store::deliveries;

impl Queue<'_> {
    /// The first they hear of it, unless they are called and hear more.
    pub(super) fn inform(&self, person: PersonId) -> Result<()> {
        if self.incident.is_open() && self.incident.listeners().any(|one| one.person == person) {
            self.word(person, Milestone::Begins, &[])?;
        }
        Ok(())
    }

    pub(super) fn tell_stakeholders(&self, milestone: Milestone, to: &[PersonId], news: &[String]) -> Result<()> {
        to.iter().try_for_each(|person| self.word(*person, milestone, news))
    }

    /// One message by the first way of theirs that rings nowhere. What still waits to be sent is overtaken by it: a word
    /// is whole by itself.
    fn word(&self, person: PersonId, milestone: Milestone, news: &[String]) -> Result<()> {
        let mut news = news.to_vec();
        for older in deliveries::of(self.db, self.incident.id)? {
            if (older.person, older.purpose, older.state) == (person, Purpose::Status, DeliveryState::Queued) {
                deliveries::withdrawn(self.db, older.id, "overtaken: a newer word goes", self.now)?;
                let untold = older.message.lead.lines().skip(1).map(String::from).filter(|line| !news.contains(line));
                news = untold.chain(news.iter().cloned()).collect();
            }
        }
        let Some(contact) = lookup::contact(self.db, person)? else { return Ok(()) };
        let wrong = &self.incident.wrong_methods;
        let Some(method) = contact.usable(wrong).find(|method| is_quiet(method.reach)) else {
            return self.cannot_be_told(&contact, milestone);
        };
        let lead = std::iter::once(self.begun(milestone, !news.is_empty())).chain(news).collect::<Vec<_>>().join("\n");
        let step = deliveries::next_step(self.db, self.incident.id)?;
        let delivery = self.delivery(step, &contact, method, self.said(Purpose::Status, &lead)?);
        self.add_at(self.may_leave(&delivery)?, delivery)
    }

    /// Said once: whoever has no such way has none for the next word either.
    fn cannot_be_told(&self, contact: &Contact, milestone: Milestone) -> Result<()> {
        if milestone != Milestone::Begins {
            return Ok(());
        }
        let body = format!(
            "{} {}\nThey have neither mail nor chat, and nobody is rung for this. Add a way under Directory, or tell them yourself.",
            self.incident.reference,
            self.incident.facts.title()
        );
        self.notice(&format!("{} is to be told and cannot be", contact.name), &body, Asks::Look, false)
    }

    /// The line that a word begins with.
    fn begun(&self, milestone: Milestone, has_news: bool) -> String {
        let severity = self.incident.severity.word().to_lowercase();
        let weight = match self.incident.severity {
            Severity::Critical | Severity::High => format!(", and it is {severity}"),
            Severity::Medium | Severity::Low => String::new(),
        };
        match milestone {
            Milestone::Begins => format!("Something is wrong{weight}. It is being seen to."),
            Milestone::Taken => "Somebody is working on it now.".into(),
            Milestone::Worse => format!("It is worse than it seemed: it counts as {severity} now."),
            Milestone::Better => format!("It is less severe than it was: it counts as {severity} now."),
            Milestone::Resolved => "It is over.".into(),
            Milestone::Reopened => "It is not over after all, and is being worked on again.".into(),
            Milestone::Merged => match &self.incident.goes_on_as {
                Some(into) => {
                    format!("It is part of a larger incident, {}, where it goes on. You hear of that from now on.", into.reference)
                }
                None => "It is part of a larger incident now.".into(),
            },
            Milestone::Regular if has_news || self.incident.word.as_ref().is_some_and(|word| word.unchanged == 0) => "This is new:".into(),
            Milestone::Regular => "Nothing new since the last word. It is still being worked on.".into(),
        }
    }
}
