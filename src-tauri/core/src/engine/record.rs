//! The one door through which anything happens to an incident: its events are
//! appended, the projection follows, and what they cause is queued, all in one
//! transaction.

use std::borrow::Cow;

use rusqlite::Connection;

use super::{effects, lookup, telling};
use crate::domain::advice::advise;
use crate::domain::check_in;
use crate::domain::command::{Command, Refusal, Responder};
use crate::domain::decide::decide;
use crate::domain::desk::{DeskRules, DeskSettings};
use crate::domain::directory::Person;
use crate::domain::event::IncidentEvent;
use crate::domain::facts::Facts;
use crate::domain::id::{DeviceId, IncidentId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::plan::{Plan, PlanRotation};
use crate::domain::progress;
use crate::domain::severity::Severity;
use crate::domain::stakeholder::{Because, Listed};
use crate::domain::time::{Instant, MINUTE};
use crate::domain::why::Advised;
use crate::error::Failure;
use crate::store::{Result, StoreError, events, incidents, people, search, services};

/// What the desk has agreed, read once for a transaction.
pub struct Agreed {
    pub device: DeviceId,
    pub desk: DeskSettings,
    pub rules: DeskRules,
}

impl Agreed {
    pub fn read(db: &Connection, now: Instant) -> Result<Self> {
        Ok(Self { device: lookup::device(db, now)?, desk: lookup::desk(db)?, rules: lookup::rules(db)? })
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CommandFailure {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CommandFailure {
    /// Whether the same may succeed later.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Store(error) if error.passes())
    }
}

impl From<CommandFailure> for Failure {
    fn from(failure: CommandFailure) -> Self {
        match failure {
            CommandFailure::Refused(refusal) => refusal.into(),
            CommandFailure::Store(error) => error.into(),
        }
    }
}

/// Files an incident; its first event is `Filed`.
pub fn file(db: &Connection, agreed: &Agreed, id: IncidentId, filed: &IncidentEvent, sample: bool, now: Instant) -> Result<Incident> {
    let incident = Incident::filed(id, filed, now).ok_or(StoreError::Missing)?;
    events::append(db, agreed.device, id, filed, now, sample)?;
    incidents::save(db, &incident, sample)?;
    search::put(db, &incident)?;
    Ok(incident)
}

/// Decides what the command makes happen and records it.
pub fn command(db: &Connection, agreed: &Agreed, id: IncidentId, command: Command, now: Instant) -> Result<Incident, CommandFailure> {
    let incident = incidents::find(db, id)?.ok_or(StoreError::Missing)?;
    let incident = put_clock_right(db, agreed, incident, now)?;
    let incident = follow_rotations(db, agreed, incident, now)?;
    let incident = if matches!(command, Command::TimePasses) { escalate_as_agreed(db, agreed, incident, now)? } else { incident };
    let happened = decide(&incident, command, &agreed.rules.rhythm, now)?;
    Ok(append(db, agreed, incident, &happened, now)?)
}

/// What was recorded later than it is now was recorded by a clock that was ahead, and what is due by it would come
/// too late.
fn put_clock_right(db: &Connection, agreed: &Agreed, incident: Incident, now: Instant) -> Result<Incident> {
    if !was_ahead(&incident, now) {
        return Ok(incident);
    }
    let ahead_ms = incident.last_event_at.since(now.plus(incident.ahead_ms));
    let sample = incidents::is_sample(db, incident.id)?;
    let incident = fold(db, agreed, incident, &[IncidentEvent::ClockPutRight { ahead_ms }], sample, now)?;
    incidents::save(db, &incident, sample)?;
    Ok(incident)
}

/// Whether its last event was recorded by a clock that was more than a minute ahead.
pub fn was_ahead(incident: &Incident, now: Instant) -> bool {
    incident.last_event_at.since(now.plus(incident.ahead_ms)) > MINUTE
}

/// Who is on call is asked when a level is entered, so a shift that was swapped after the escalation counts, and so
/// does an absence. What the plan knows of its people stays: how they are reached, and that they are called although
/// they were removed meanwhile. A directory that cannot be read leaves all of it as it is.
fn follow_rotations(db: &Connection, agreed: &Agreed, incident: Incident, now: Instant) -> Result<Incident> {
    let held: Vec<&PlanRotation> = incident.plan.iter().flat_map(Plan::rotations).collect();
    if held.is_empty() || !matches!(incident.phase, Phase::Climbing {} | Phase::Held { .. }) {
        return Ok(incident);
    }
    let roll = match lookup::Roll::read(db) {
        Ok(roll) => roll,
        Err(error) => {
            tracing::error!(id = %incident.id, %error, "the directory could not be read, so the plan is followed as it is");
            return Ok(incident);
        }
    };
    let changed = held.into_iter().filter_map(|held| {
        let today = held.followed_by(roll.rotation(held.rotation.id)?, |person| roll.knows(person))?;
        Some(IncidentEvent::RotationChanged { rotation: today })
    });
    let changed: Vec<IncidentEvent> = changed.collect();
    if changed.is_empty() {
        return Ok(incident);
    }
    let sample = incidents::is_sample(db, incident.id)?;
    let incident = fold(db, agreed, incident, &changed, sample, now)?;
    incidents::save(db, &incident, sample)?;
    Ok(incident)
}

/// Appends what happened, and everything that falls due by it at this moment:
/// an escalation enters its first level in the transaction that records it.
pub fn append(db: &Connection, agreed: &Agreed, incident: Incident, happened: &[IncidentEvent], now: Instant) -> Result<Incident> {
    if happened.is_empty() {
        return Ok(incident);
    }
    let sample = incidents::is_sample(db, incident.id)?;
    let incident = fold(db, agreed, incident, happened, sample, now)?;
    let is_opinion = |event: &IncidentEvent| {
        matches!(event, IncidentEvent::SecondOpinionGiven { .. } | IncidentEvent::ReportedAgain { colleague: Some(_), .. })
    };
    let incident = if happened.iter().any(is_opinion) { assess_anew(db, agreed, incident, sample, now)? } else { incident };
    let incident = escalate_as_agreed(db, agreed, incident, now)?;
    let follows = decide(&incident, Command::TimePasses, &agreed.rules.rhythm, now).unwrap_or_default();
    let incident = fold(db, agreed, incident, &follows, sample, now)?;
    let changed = happened.iter().chain(&follows).any(changes_lists);
    let incident = if changed && !sample { inform_those_listed(db, agreed, incident, now)? } else { incident };
    let incident = tell_lead(db, agreed, incident, sample, now)?;
    incidents::save(db, &incident, sample)?;
    if happened.iter().any(IncidentEvent::changes_words) {
        search::put(db, &incident)?;
    }
    Ok(incident)
}

/// From the escalation on, whoever is listed for its service or its severity is told of it. Nobody real hears of a sample.
/// A list that cannot be read keeps nobody from being called.
fn inform_those_listed(db: &Connection, agreed: &Agreed, incident: Incident, now: Instant) -> Result<Incident> {
    if incident.escalated_at.is_none() || !incident.is_open() {
        return Ok(incident);
    }
    let people = match listed(db, &agreed.rules, &incident.facts, incident.severity) {
        Ok(people) => people,
        Err(error) => {
            tracing::error!(id = %incident.id, %error, "who is to be told could not be read");
            return Ok(incident);
        }
    };
    let informed = decide(&incident, Command::Inform { by: agreed.desk.actor(), people }, &agreed.rules.rhythm, now);
    fold(db, agreed, incident, &informed.unwrap_or_default(), false, now)
}

/// Whether somebody may be to be told by a list since.
const fn changes_lists(event: &IncidentEvent) -> bool {
    use IncidentEvent as E;
    // What escalates by itself is recorded before its first level, or the alarm that there is none.
    let escalated = matches!(event, E::Escalated { .. } | E::LevelEntered { .. } | E::DeskAlarmed { .. } | E::Reopened { .. });
    escalated || matches!(event, E::SeverityChanged { .. } | E::FactsChanged { .. } | E::ReportedAgain { .. })
}

/// Those of the directory who are to be told of it by a list.
pub fn listed(db: &Connection, rules: &DeskRules, facts: &Facts, severity: Severity) -> Result<Vec<Listed>> {
    let services = if facts.service.is_some() { services::all(db)? } else { vec![] };
    let service = services.iter().find(|service| Some(service.id) == facts.service);
    let of_service = service
        .into_iter()
        .flat_map(|service| service.stakeholders.iter().map(|person| (*person, Because::Service { name: service.name.clone() })));
    let of_severity = rules.told.of(severity).iter().map(|person| (*person, Because::Severity { severity }));
    let all: Vec<_> = of_service.chain(of_severity).collect();
    if all.is_empty() {
        return Ok(vec![]);
    }
    let known = people::all(db)?;
    let named = |(id, because)| {
        let person = known.iter().find(|person| person.id == id)?;
        Some(Listed { person: id, name: person.name.clone(), because })
    };
    Ok(all.into_iter().filter_map(named).collect())
}

/// Where the desk has missed a check-in, whoever leads it is told. Nobody real hears of a sample.
fn tell_lead(db: &Connection, agreed: &Agreed, incident: Incident, sample: bool, now: Instant) -> Result<Incident> {
    if sample || !check_in::is_missed(&incident) {
        return Ok(incident);
    }
    // Whoever has left, or cannot be read, is nobody who can be told: the desk is alarmed.
    let everybody = people::all(db).unwrap_or_default();
    let lead = everybody.into_iter().find(|person| Some(person.id) == agreed.desk.lead);
    let lead = lead.map(|person| lead_of(db, agreed, &incident, person)).transpose()?;
    let missed = decide(&incident, Command::CheckInIsMissed { lead }, &agreed.rules.rhythm, now).unwrap_or_default();
    fold(db, agreed, incident, &missed, sample, now)
}

/// By name only where there is no way to write to them.
fn lead_of(db: &Connection, agreed: &Agreed, incident: &Incident, lead: Person) -> Result<Responder> {
    let contact = lookup::contact(db, lead.id)?;
    let methods = contact
        .as_ref()
        .map_or_else(Vec::new, |contact| contact.methods_for(incident.severity, &agreed.rules.channels, &incident.wrong_methods));
    let told = methods.iter().any(|method| !method.by_hand);
    Ok(Responder { person: told.then_some(lead.id), name: lead.name })
}

/// A colleague's answer is an answer like the others: the advice is worked out with it while the desk decides.
fn assess_anew(db: &Connection, agreed: &Agreed, incident: Incident, sample: bool, now: Instant) -> Result<Incident> {
    if !matches!(incident.phase, Phase::Trying { .. }) {
        return Ok(incident);
    }
    let answers = progress::answers(&incident, now);
    let advice = Advised::from(&advise(&agreed.rules.policy, &answers, now, agreed.desk.tz()));
    let assessed = IncidentEvent::Assessed { answers, advice, severity: incident.severity, against_advice: None, path: None };
    fold(db, agreed, incident, &[assessed], sample, now)
}

/// Where the wait for a colleague is over and it was decided beforehand that this escalates it, it goes along the path as
/// it is now. Without one the desk is asked, as it is when anything else is over.
fn escalate_as_agreed(db: &Connection, agreed: &Agreed, incident: Incident, now: Instant) -> Result<Incident> {
    if progress::escalates_by_itself(&incident, &agreed.rules.rhythm, now).is_none() {
        return Ok(incident);
    }
    let path = lookup::path_for(db, incident.path, &incident.facts, incident.severity)?;
    let Some(plan) = path.map(|path| lookup::plan(db, path)).transpose()?.flatten() else { return Ok(incident) };
    let escalated = decide(&incident, Command::EscalateAsAgreed { plan }, &agreed.rules.rhythm, now).unwrap_or_default();
    let sample = incidents::is_sample(db, incident.id)?;
    let incident = fold(db, agreed, incident, &escalated, sample, now)?;
    incidents::save(db, &incident, sample)?;
    Ok(incident)
}

/// Appends what belongs to the filing itself. Nothing falls due by it yet: what
/// is to be done with the incident follows in the same transaction.
pub fn append_filed(db: &Connection, agreed: &Agreed, incident: Incident, event: &IncidentEvent, now: Instant) -> Result<Incident> {
    let sample = incidents::is_sample(db, incident.id)?;
    let incident = fold(db, agreed, incident, std::slice::from_ref(event), sample, now)?;
    incidents::save(db, &incident, sample)?;
    Ok(incident)
}

fn fold(
    db: &Connection,
    agreed: &Agreed,
    mut incident: Incident,
    happened: &[IncidentEvent],
    sample: bool,
    now: Instant,
) -> Result<Incident> {
    for event in happened {
        // Nobody real hears of a sample.
        let event = if sample { Some(Cow::Borrowed(event)) } else { telling::recorded(db, &incident, event)? };
        let Some(event) = event.as_deref() else { continue };
        // A clock that was set back while Baton was closed must not put what happened
        // later before what happened earlier.
        let at = now.plus(incident.ahead_ms).max(incident.last_event_at);
        events::append(db, agreed.device, incident.id, event, at, sample)?;
        incident = incident.apply(event, at);
        // What it causes is sent by the clock as it goes now.
        effects::cause(db, agreed, &incident, event, now)?;
    }
    Ok(incident)
}
