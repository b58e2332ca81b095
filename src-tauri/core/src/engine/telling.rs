//! Which of those who are told and not called a word can reach. It is worked out in the transaction that records the word,
//! so that no timeline says that somebody was told who cannot be.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rusqlite::Connection;

use super::lookup;
use crate::domain::delivery::DeliveryState;
use crate::domain::event::IncidentEvent;
use crate::domain::id::{MethodId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::message::Purpose;
use crate::domain::plan::Contact;
use crate::domain::stakeholder::is_quiet;
use crate::store::Result;
use crate::store::deliveries::{self, Delivery};

/// The event as it is recorded; `None` where it would be a word to nobody.
pub(super) fn recorded<'a>(db: &Connection, incident: &Incident, event: &'a IncidentEvent) -> Result<Option<Cow<'a, IncidentEvent>>> {
    use IncidentEvent as E;
    Ok(Some(Cow::Owned(match event {
        E::StakeholderAdded { person, name, by, because, every, .. } => {
            // Whoever is called hears more than that.
            let unreached = !incident.told.contains(person) && !can_be_told(db, *person, &incident.wrong_methods);
            let (person, name, by, because, every) = (*person, name.clone(), by.clone(), because.clone(), *every);
            E::StakeholderAdded { person, name, by, because, every, unreached }
        }
        E::StakeholdersTold { milestone, to, news, unchanged, every, next, .. } => {
            let mut to = to.clone();
            if milestone.is_last() {
                // Whoever never heard that it began does not hear that it is over.
                let sent = deliveries::of(db, incident.id)?;
                to.retain(|person| has_heard(&sent, *person));
            }
            let (to, unreached): (Vec<_>, Vec<_>) = to.into_iter().partition(|person| can_be_told(db, *person, &incident.wrong_methods));
            if to.is_empty() && unreached.is_empty() {
                return Ok(None);
            }
            let (milestone, news, unchanged, every, next) = (*milestone, news.clone(), *unchanged, *every, *next);
            E::StakeholdersTold { milestone, to, news, unchanged, every, next, unreached }
        }
        _ => return Ok(Some(Cow::Borrowed(event))),
    })))
}

/// Whether they can be written to where nobody is rung for. Of whom this cannot be read it is tried.
pub fn can_be_told(db: &Connection, person: PersonId, wrong: &BTreeSet<MethodId>) -> bool {
    lookup::contact(db, person).map_or(true, |contact| contact.is_some_and(|contact| hears(&contact, wrong)))
}

/// The same of whom the directory knows so.
pub fn hears(contact: &Contact, wrong: &BTreeSet<MethodId>) -> bool {
    contact.usable(wrong).any(|method| is_quiet(method.reach))
}

fn has_heard(sent: &[Delivery], person: PersonId) -> bool {
    let left = |one: &Delivery| one.attempts > 0 || !matches!(one.state, DeliveryState::Queued | DeliveryState::Cancelled);
    sent.iter().any(|one| (one.person, one.purpose) == (person, Purpose::Status) && left(one))
}
