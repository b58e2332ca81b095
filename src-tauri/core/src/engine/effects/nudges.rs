//! A polite word to whoever is awaited.

use super::queue::Queue;
use super::{Asks, Purpose, Severity};
use crate::domain::id::PersonId;
use crate::domain::nudge;
use crate::store::{Result, deliveries};

impl Queue<'_> {
    /// By the way they answered last, in writing; who has nothing but a phone is to be called. Where it was asked often
    /// enough, the desk is told that somebody else may have to be.
    pub(super) fn nudge(&self, person: PersonId, name: &str, count: u32) -> Result<()> {
        let text = nudge::text(self.incident, person, count, self.agreed.desk.tz(), self.now);
        let contact = self.contact(person)?;
        let way = contact.as_ref().map_or(Ok(None), |contact| self.way_to(contact))?;
        match (&contact, way) {
            (Some(contact), Some(method)) => {
                let step = deliveries::next_step(self.db, self.incident.id)?;
                self.queue(step, Purpose::Nudge, contact, method, &text)?;
            }
            _ => self.tell(Purpose::Nudge, &[person], &text)?,
        }
        if count >= nudge::ENOUGH
            && let Some(words) = nudge::words(self.incident, person)
        {
            let critical = self.incident.severity >= Severity::High;
            self.notice(&format!("{name} has not answered {count} nudges"), &format!("{}\n{words}", self.called()), Asks::Look, critical)?;
        }
        Ok(())
    }
}
