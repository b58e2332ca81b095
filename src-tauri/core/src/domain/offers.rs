//! What a person can do with an incident as it stands, so that no window offers
//! what [`decide`](super::decide::decide) would refuse.

use serde::Serialize;
use std::collections::BTreeSet;
use ts_rs::TS;

use super::climb;
use super::id::PersonId;
use super::incident::{Incident, Phase};
use super::message::Purpose;
use super::plan::PlanLevel;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    Escalate,
    CarryOn,
    AskColleague,
    ColleagueSaid,
    Acknowledge,
    Further,
    StillOnIt,
    HandBack,
    CheckIn,
    Share,
    Nudge,
    Snooze,
    WakeUp,
    Severity,
    Facts,
    /// Somebody is to be told, and not called.
    Inform,
    /// Somebody promised something.
    Promise,
    Resolve,
    /// What it was and what mended it, once it is over.
    TellResolution,
    /// Whether it was escalated in time, once it is over.
    Judge,
    /// Something more is to be done after it.
    Task,
    Reopen,
}

#[must_use]
pub fn offers(incident: &Incident) -> Vec<Offer> {
    use Offer as O;
    let some = |offered: bool, offer: Offer| offered.then_some(offer);
    if !incident.is_open() {
        let over = [O::Facts, O::TellResolution, O::Task, O::Reopen];
        return over.into_iter().chain(some(incident.escalated_at.is_some(), O::Judge)).collect();
    }
    let trying = matches!(incident.phase, Phase::Trying { .. });
    let used_up = matches!(incident.phase, Phase::Trying { attempt: Some(attempt), .. } if attempt.is_used_up());
    let climbing = matches!(incident.phase, Phase::Climbing {});
    let held = matches!(incident.phase, Phase::Held { .. });
    let told = !incident.told.is_empty();
    let asked = incident.opinion.as_ref().is_some_and(|opinion| opinion.answer.is_none());
    [
        some(trying, O::Escalate),
        some(trying && !used_up, O::CarryOn),
        some(trying, O::AskColleague),
        some(asked, O::ColleagueSaid),
        some(climbing || held, O::Acknowledge),
        some(climb::further(incident).is_some(), O::Further),
        some(held, O::StillOnIt),
        some(held, O::HandBack),
        Some(O::CheckIn),
        some(told || incident.listeners().next().is_some(), O::Share),
        some(told, O::Nudge),
        some(incident.may_sleep(), O::Snooze),
        some(incident.snooze.is_some(), O::WakeUp),
        Some(O::Severity),
        Some(O::Facts),
        Some(O::Inform),
        Some(O::Promise),
        Some(O::Resolve),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Somebody who may be the one that has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Candidate {
    pub person: PersonId,
    pub name: String,
}

/// Who may be the one that has it, the likeliest first: those of the level that rings now, then everybody
/// who was told, then everybody on the path.
#[must_use]
pub fn candidates(incident: &Incident) -> Vec<Candidate> {
    let Some(plan) = &incident.plan else { return vec![] };
    let rings = incident.climb.as_ref().and_then(|climb| climb.level).and_then(|level| plan.levels.get(level));
    let everybody = || plan.levels.iter().flat_map(PlanLevel::everybody);
    let told = || everybody().filter(|contact| incident.told.contains(&contact.person));
    let now = rings.into_iter().flat_map(PlanLevel::everybody).filter(|contact| incident.told.contains(&contact.person));
    let mut named = BTreeSet::new();
    now.chain(told())
        .chain(everybody())
        .filter(|contact| named.insert(contact.person))
        .map(|contact| Candidate { person: contact.person, name: contact.name.clone() })
        .collect()
}

/// Whether who is called may say that they have it: asked to take it always, and called about anything else while
/// nobody has it.
#[must_use]
pub fn takes_by_call(incident: &Incident, purpose: Purpose, person: PersonId, name: &str) -> bool {
    let taken = matches!(incident.phase, Phase::Held { questioned: false, .. });
    incident.is_open() && (purpose == Purpose::Alert || !taken || incident.is_held_by(Some(person), name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::Command;
    use crate::domain::decide::decide;
    use crate::domain::event::{AcknowledgedHow, IncidentEvent};
    use crate::domain::facts::Facts;
    use crate::domain::id::{IncidentId, PathId};
    use crate::domain::plan::{Contact, Plan};
    use crate::domain::presence::Presence;
    use crate::domain::rhythm::Rhythm;
    use crate::domain::severity::Severity;
    use crate::domain::time::Instant;
    use std::collections::BTreeMap;

    const NOW: Instant = Instant(0);

    fn filed() -> Incident {
        let facts = Facts { what: "Orders fail".into(), place: "Shop".into(), ..Facts::default() };
        let filed = IncidentEvent::Filed { reference: "K7-3QF".into(), by: "Ana".into(), severity: Severity::High, facts };
        Incident::filed(IncidentId::new(NOW), &filed, NOW).expect("it is filed")
    }

    fn after(incident: &Incident, command: Command) -> Incident {
        let events = decide(incident, command, &Rhythm::standard(), NOW).expect("it can be done");
        events.iter().fold(incident.clone(), |incident, event| incident.apply(event, NOW))
    }

    fn plan(levels: &[&[(PersonId, &str)]]) -> Plan {
        let contact = |(person, name): &(PersonId, &str)| Contact {
            person: *person,
            name: (*name).into(),
            role: String::new(),
            presence: Presence::default(),
            sequences: BTreeMap::new(),
            methods: vec![],
        };
        let level = |people: &&[_]| PlanLevel { contacts: people.iter().map(contact).collect(), minutes: 10, ..PlanLevel::default() };
        Plan { path: PathId::new(NOW), path_name: "Databases".into(), rounds: 1, levels: levels.iter().map(level).collect() }
    }

    fn climbing(levels: &[&[(PersonId, &str)]]) -> Incident {
        let escalated = after(&filed(), Command::Escalate { by: "Ana".into(), plan: plan(levels) });
        after(&escalated, Command::TimePasses)
    }

    #[test]
    fn what_the_desk_tries_itself_can_be_escalated_and_not_handed_back() {
        let offered = offers(&filed());
        assert!([Offer::Escalate, Offer::CarryOn, Offer::Snooze].iter().all(|one| offered.contains(one)), "{offered:?}");
        assert!(![Offer::HandBack, Offer::Further, Offer::Acknowledge].iter().any(|one| offered.contains(one)), "{offered:?}");
    }

    #[test]
    fn while_nobody_has_it_it_cannot_be_put_off() {
        let (marta, jonas) = (PersonId::new(NOW), PersonId::new(NOW));
        let climbing = climbing(&[&[(marta, "Marta")], &[(jonas, "Jonas")]]);
        let offered = offers(&climbing);
        assert!(!offered.contains(&Offer::Snooze), "a climb cannot sleep");
        assert!([Offer::Acknowledge, Offer::Further].iter().all(|one| offered.contains(one)), "{offered:?}");
        let held = after(&climbing, Command::Acknowledge { person: Some(marta), name: "Marta".into(), how: AcknowledgedHow::Call });
        assert!(offers(&held).contains(&Offer::Snooze), "Marta has it, so it may wait");
    }

    #[test]
    fn what_is_resolved_can_only_be_reopened_and_told_more_of() {
        let by = "Ana".into();
        let resolved = after(&filed(), Command::Resolve { by, cause: String::new(), fix: String::new(), follow_ups: vec![] });
        assert_eq!(offers(&resolved), [Offer::Facts, Offer::TellResolution, Offer::Task, Offer::Reopen]);
    }

    #[test]
    fn who_rings_now_is_named_first_and_nobody_twice() {
        let (marta, jonas) = (PersonId::new(NOW), PersonId::new(NOW));
        let levels: &[&[_]] = &[&[(marta, "Marta")], &[(jonas, "Jonas"), (marta, "Marta")]];
        let mut incident = climbing(levels);
        incident.told = [marta, jonas].into();
        let named = |incident: &Incident| candidates(incident).into_iter().map(|one| one.name).collect::<Vec<_>>();
        incident.climb.as_mut().expect("it climbs").level = Some(0);
        assert_eq!(named(&incident), ["Marta", "Jonas"]);
        incident.climb.as_mut().expect("it climbs").level = Some(1);
        assert_eq!(named(&incident), ["Jonas", "Marta"]);
    }
}
