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
use crate::store::deliveries::{self, Delivery};
use crate::store::{Result, people};

/// The event as it is recorded; `None` where it would be a word to nobody.
pub(super) fn recorded<'a>(db: &Connection, incident: &Incident, event: &'a IncidentEvent) -> Result<Option<Cow<'a, IncidentEvent>>> {
    use IncidentEvent as E;
    Ok(Some(Cow::Owned(match event {
        E::StakeholderAdded { person, name, by, because, every, .. } => {
            // Whoever is called hears more than that.
            let unreached = !incident.told.contains(person) && !out_of_reach(db, [*person], &incident.wrong_methods).is_empty();
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
            let out = out_of_reach(db, to.iter().copied(), &incident.wrong_methods);
            let (unreached, to): (Vec<_>, Vec<_>) = to.into_iter().partition(|person| out.contains(person));
            if to.is_empty() && unreached.is_empty() {
                return Ok(None);
            }
            let (milestone, news, unchanged, every, next) = (*milestone, news.clone(), *unchanged, *every, *next);
            E::StakeholdersTold { milestone, to, news, unchanged, every, next, unreached }
        }
        _ => return Ok(Some(Cow::Borrowed(event))),
    })))
}

/// Who of them cannot be written to where nobody is rung for. Of whom this cannot be read it is tried.
pub fn out_of_reach(db: &Connection, of: impl IntoIterator<Item = PersonId>, wrong: &BTreeSet<MethodId>) -> BTreeSet<PersonId> {
    let Ok(methods) = lookup::Methods::read(db) else { return BTreeSet::new() };
    let is_out =
        |id: &PersonId| people::find(db, *id).is_ok_and(|person| person.is_none_or(|person| !hears(&methods.contact(person), wrong)));
    of.into_iter().filter(is_out).collect()
}

/// Whether mail or chat reaches them.
pub fn hears(contact: &Contact, wrong: &BTreeSet<MethodId>) -> bool {
    contact.usable(wrong).any(|method| is_quiet(method.reach))
}

fn has_heard(sent: &[Delivery], person: PersonId) -> bool {
    let left = |one: &Delivery| one.attempts > 0 || !matches!(one.state, DeliveryState::Queued | DeliveryState::Cancelled);
    sent.iter().any(|one| (one.person, one.purpose) == (person, Purpose::Status) && left(one))
}
