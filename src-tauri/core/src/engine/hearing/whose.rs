//! Which message a text answers that came without a thread: by the code in its words, else by
//! being the only one that its sender can mean.

use std::collections::BTreeSet;

use super::{AWAITED, AWAITED_AT_ONCE, Hearing, Meant, same_address};
use crate::domain::id::IncidentId;
use crate::domain::incident::{Incident, Phase};
use crate::domain::message::Purpose;
use crate::domain::response::{self, NotCounted, Reading, Response};
use crate::domain::time::{Instant, MINUTE};
use crate::store::deliveries::{self, Delivery};
use crate::store::{Result, incidents};

/// As much as a provider's clock and this computer's may differ before an answer
/// looks older than its question.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;

/// A message, and the incidents that it can be about.
type Candidate = (Delivery, BTreeSet<IncidentId>);

impl Hearing<'_> {
    pub(super) fn named_by(&self, address: &str, text: &str, at: Option<Instant>) -> Result<Meant> {
        let mut to_them = deliveries::awaited_by(self.db, self.setup.id, self.now.plus(-AWAITED), AWAITED_AT_ONCE)?;
        let codes = response::codes(text);
        if let Some(named) = self.named(&to_them, &codes, address)? {
            return Ok(named);
        }
        to_them.retain(|delivery| same_address(&delivery.address, address));
        let Some(latest) = to_them.first().cloned() else { return Ok(Meant::default()) };
        if !codes.is_empty() && response::is_but_a_code(text, latest.purpose) {
            return Ok(Meant::in_doubt(latest, NotCounted::WrongCode));
        }
        if let Some(at) = at {
            to_them.retain(|delivery| delivery.queued_at <= at.plus(CLOCKS_DIFFER));
        }
        let Some(last) = to_them.first().cloned() else { return Ok(Meant::in_doubt(latest, NotCounted::Earlier)) };
        let Some(candidates) = self.candidates(&to_them, &response::read(text, Purpose::Alert, &[]))? else {
            return Ok(Meant::in_doubt(last, NotCounted::Ambiguous));
        };
        let Some((chosen, about)) = candidates.first().cloned() else { return Ok(Meant::surely([last])) };
        if candidates.iter().any(|(_, incidents)| *incidents != about) {
            return Ok(Meant::in_doubt(chosen, NotCounted::Ambiguous));
        }
        // A yes may be to whatever came since.
        let is_newer = |other: &Delivery| other.purpose.responses().is_empty() && other.queued_at > chosen.queued_at;
        let reading = response::read(text, chosen.purpose, &[]);
        let bare = reading.response.is_some() && !reading.is_plain;
        if bare && chosen.purpose != Purpose::Drill && to_them.iter().any(is_newer) {
            return Ok(Meant::in_doubt(chosen, NotCounted::AfterNews));
        }
        Ok(Meant::surely([chosen]))
    }

    /// The messages whose codes stand in the words, where they came from whom those went to.
    fn named(&self, awaited: &[Delivery], codes: &[String], address: &str) -> Result<Option<Meant>> {
        let mut theirs = Vec::new();
        let named: Vec<&Delivery> = awaited.iter().filter(|delivery| codes.iter().any(|code| code == delivery.token.code())).collect();
        for delivery in &named {
            if self.is_from(delivery, address)? {
                theirs.push((*delivery).clone());
            }
        }
        Ok(match named.first() {
            Some(_) if !theirs.is_empty() => Some(Meant::surely(theirs)),
            Some(another) => Some(Meant::in_doubt((*another).clone(), NotCounted::Stranger)),
            None => None,
        })
    }

    /// The messages that somebody can mean who names none; `None` where it is about none of them.
    fn candidates(&self, to_them: &[Delivery], said: &Reading) -> Result<Option<Vec<Candidate>>> {
        let held = self.held(to_them, true)?;
        if said.goes_on && !held.is_empty() {
            return Ok(Some(held));
        }
        // What they have came another way, and this is no word on what they were asked here.
        let is_theirs = |incident: &Incident| to_them.iter().any(|one| incident.is_held_by(Some(one.person), &one.name));
        if said.goes_on && incidents::open(self.db)?.iter().any(is_theirs) {
            return Ok(None);
        }
        let mut waiting = Vec::new();
        for delivery in to_them.iter().filter(|delivery| {
            // Whoever asked to be called still has to say whether they take it.
            !delivery.purpose.responses().is_empty() && delivery.response.is_none_or(|response| response == Response::CallMe)
        }) {
            if self.is_still_asked(delivery)? {
                waiting.push(delivery);
            }
        }
        // Whoever is asked for help answers that, and not a drill.
        if waiting.iter().any(|delivery| delivery.purpose != Purpose::Drill) {
            waiting.retain(|delivery| delivery.purpose != Purpose::Drill);
        }
        // Nor what somebody else has, or they said they cannot take, where something still waits for somebody.
        let about = |wanted: bool| {
            let each = waiting.iter().map(|delivery| Ok(((*delivery).clone(), self.carried(delivery, wanted)?)));
            each.filter(|one| one.as_ref().map_or(true, |(_, incidents)| !incidents.is_empty())).collect::<Result<Vec<_>>>()
        };
        let mut asked = about(true)?;
        if asked.is_empty() {
            // What they have concerns them more than what nobody wants from them any more, unless they take that too.
            if !held.is_empty() && said.response != Some(Response::OnIt) {
                return Ok(Some(held));
            }
            asked = about(false)?;
            // Who takes something after all means what they declined and nobody has; of two, nobody knows which.
            if said.is_plain && matches!(said.response, Some(Response::OnIt | Response::CallMe)) {
                asked.extend(self.declined(to_them)?);
            }
        }
        // "Working on it" may say how it goes with what they have, where somebody has asked them that since.
        if let Some(since) = asked.first().map(|(delivery, _)| delivery.queued_at) {
            let is_newer = |one: &&Delivery| one.purpose == Purpose::Nudge && one.response.is_none() && one.queued_at > since;
            let nudges: Vec<Delivery> = to_them.iter().filter(is_newer).cloned().collect();
            asked.extend(self.held(&nudges, false)?);
        }
        Ok(Some(asked))
    }

    /// The messages about what they said they cannot take, and nobody has.
    fn declined(&self, to_them: &[Delivery]) -> Result<Vec<Candidate>> {
        let mut declined = Vec::new();
        for delivery in to_them.iter().filter(|one| one.purpose == Purpose::Alert && one.response == Some(Response::NotMe)) {
            let mut waiting = BTreeSet::new();
            for id in self.carried(delivery, false)? {
                let incident = incidents::find(self.db, id)?;
                if incident.is_some_and(|incident| matches!(incident.phase, Phase::Climbing {})) {
                    waiting.insert(id);
                }
            }
            if !waiting.is_empty() {
                declined.push((delivery.clone(), waiting));
            }
        }
        Ok(declined)
    }

    /// The messages about what they have, and where `recalled` also about what they were asked whether they still have,
    /// or reminded of.
    fn held(&self, to_them: &[Delivery], recalled: bool) -> Result<Vec<Candidate>> {
        let mut held = Vec::new();
        for delivery in to_them.iter().filter(|delivery| delivery.purpose != Purpose::Drill) {
            let recalls = recalled && matches!(delivery.purpose, Purpose::StillOnIt | Purpose::Nudge);
            let mut theirs = BTreeSet::new();
            for id in self.carried(delivery, false)? {
                let incident = incidents::find(self.db, id)?.filter(Incident::is_open);
                if incident.is_some_and(|incident| recalls || incident.is_held_by(Some(delivery.person), &delivery.name)) {
                    theirs.insert(id);
                }
            }
            if !theirs.is_empty() {
                held.push((delivery.clone(), theirs));
            }
        }
        Ok(held)
    }
}
