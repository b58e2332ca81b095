//! A policy before it is saved: what is wrong with it, and what it would have said
//! to the latest incidents. It changes nothing.

use rusqlite::Connection;

use super::types::{PastIncident, PolicyPreview};
use super::{Answer, Desk};
use crate::domain::advice::advise;
use crate::domain::event::{IncidentEvent, Recorded};
use crate::domain::id::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::policy::{self, Policy};
use crate::domain::time::{Instant, spoken};
use crate::domain::why::Advised;
use crate::engine::lookup;
use crate::store::{events, incidents};
use chrono_tz::Tz;

/// So many assessed incidents are looked at again.
const PAST: usize = 10;

/// Incidents in which they are looked for: most are escalated with what and where
/// alone, and have no assessment.
const LOOKED_AT: usize = 200;

impl Desk {
    pub async fn policy_preview(&self, policy: Policy) -> Answer<PolicyPreview> {
        let now = self.now();
        self.read(move |db| {
            let zone = lookup::desk(db)?.tz();
            let faults = policy::faults(&policy);
            let mut past = Vec::new();
            for id in incidents::latest(db, LOOKED_AT)? {
                past.extend(assessed(db, id)?.map(|one| one.under(&policy, now, zone)));
                if past.len() == PAST {
                    break;
                }
            }
            Ok(PolicyPreview { faults, past })
        })
        .await
    }
}

/// An incident as it was assessed last, and what the desk then did.
struct Assessed {
    incident: Incident,
    at: Instant,
    event: IncidentEvent,
    done: Option<String>,
}

/// `None` where nobody answered anything.
fn assessed(db: &Connection, id: IncidentId) -> Answer<Option<Assessed>> {
    // What cannot be read stops nothing but itself.
    let (Ok(recorded), Some(incident)) = (events::of(db, id), incidents::find(db, id)?) else { return Ok(None) };
    let is_assessed = |one: &Recorded| matches!(&one.event, IncidentEvent::Assessed { answers, .. } if answers.given() > 0);
    let Some(place) = recorded.iter().rposition(is_assessed) else { return Ok(None) };
    let done = recorded[place..].iter().find_map(|one| match &one.event {
        IncidentEvent::Escalated { .. } => Some("escalated".to_string()),
        IncidentEvent::CarriedOn { .. } => Some("carried on".to_string()),
        IncidentEvent::SecondOpinionAsked { name, .. } => Some(format!("asked {name}")),
        _ => None,
    });
    let Recorded { at, event, .. } = recorded[place].clone();
    Ok(Some(Assessed { incident, at, event, done }))
}

impl Assessed {
    fn under(self, policy: &Policy, now: Instant, zone: Tz) -> PastIncident {
        let IncidentEvent::Assessed { answers, advice: advised_then, severity, against_advice, .. } = self.event else {
            unreachable!("only an assessment is looked at again")
        };
        let advice = advise(policy, &answers, self.at, zone);
        let advised_now = Advised::from(&advice);
        let words = |advised: &Advised| advised.words().unwrap_or_else(|| "no advice".into());
        PastIncident {
            id: self.incident.id,
            reference: self.incident.reference.clone(),
            title: self.incident.facts.title(),
            at: spoken(self.at, now, zone),
            severity,
            advice: words(&advised_then),
            done: self.done.unwrap_or_default(),
            // A severity that somebody chose against the advice is no policy's.
            severity_changed: severity != advice.severity && against_advice.is_none(),
            advice_changed: words(&advised_then) != words(&advised_now),
            severity_now: advice.severity,
            advice_now: words(&advised_now),
            against_advice,
        }
    }
}
