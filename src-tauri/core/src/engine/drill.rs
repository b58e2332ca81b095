//! Drills: begun by hand or by the schedule, sent through the outbox like anything
//! else, and ended with a result that the desk is told.

use rusqlite::Connection;
use std::collections::BTreeSet;

use super::lookup::{self, Methods};
use crate::domain::brief::{self, Sender};
use crate::domain::delivery::DeliveryState;
use crate::domain::drill::{Drill, DrillSchedule, DrillScore, DrillWay, OPEN_FOR};
use crate::domain::id::{DeliveryId, DrillId, IncidentId, NoticeId, PersonId};
use crate::domain::message::Purpose;
use crate::domain::notice::Asks;
use crate::domain::plan::Contact;
use crate::domain::text::by_name;
use crate::domain::time::{DAY, Instant, MINUTE};
use crate::store::deliveries::{self, Delivery, Recipient, Standing};
use crate::store::notices::{self, NoticeRow};
use crate::store::{Result, drills, people, settings};

/// The desk's agreement on when drills come by themselves.
pub const SCHEDULE: &str = "drill_schedule";

/// A drill that this computer slept through is left out once it is so late.
const TOO_LATE: i64 = DAY;

/// When a drill is to be begun or ended next.
pub(super) fn next_due(db: &Connection) -> Result<Option<Instant>> {
    let ends = drills::open(db)?.first().map(|drill| drill.ends_at);
    Ok([ends, scheduled(db)?].into_iter().flatten().min())
}

fn scheduled(db: &Connection) -> Result<Option<Instant>> {
    let Some(schedule) = settings::get::<Option<DrillSchedule>>(db, SCHEDULE)?.flatten() else { return Ok(None) };
    let next = schedule.next(drills::last_scheduled(db)?, lookup::desk(db)?.tz());
    // Nobody is tried twice at once: it waits for one that somebody began to end.
    let until = drills::open(db)?.iter().map(|drill| drill.ends_at).max();
    Ok(next.map(|next| until.map_or(next, |until| next.max(until))))
}

/// Does what is due of drills.
pub(super) fn perform(db: &Connection, now: Instant) -> Result<()> {
    for drill in drills::open(db)?.into_iter().filter(|drill| drill.ends_at <= now) {
        end(db, &drill, now)?;
    }
    let Some(due) = scheduled(db)?.filter(|due| *due <= now) else { return Ok(()) };
    if now.since(due) > TOO_LATE {
        // Nobody is served by Wednesday's drill on Saturday; the next one comes at its time.
        if let Some(schedule) = settings::get::<Option<DrillSchedule>>(db, SCHEDULE)?.flatten() {
            settings::put(db, SCHEDULE, &Some(DrillSchedule { since: now, ..schedule }))?;
        }
        return Ok(());
    }
    begin(db, None, "", now)?;
    Ok(())
}

/// Sends a drill to these people, or to everybody; by each of their ways that Baton
/// sends by itself. Returns its id and how many messages it has.
pub fn begin(db: &Connection, whom: Option<&BTreeSet<PersonId>>, by: &str, now: Instant) -> Result<(DrillId, usize)> {
    let drill = Drill { id: DrillId::new(now), begun_at: now, ends_at: now.plus(OPEN_FOR), by: by.into(), closed: false };
    drills::add(db, &drill)?;
    let desk = lookup::desk(db)?;
    let mut sent = 0;
    for contact in asked(db, whom, now)? {
        for delivery in to(&contact, &drill, &Sender::of(&desk), now) {
            deliveries::add(db, &delivery)?;
            sent += 1;
        }
    }
    Ok((drill.id, sent))
}

/// Whom a drill that begins now would write to, each with the ways it would go by.
pub fn asked(db: &Connection, whom: Option<&BTreeSet<PersonId>>, now: Instant) -> Result<Vec<Contact>> {
    let methods = Methods::read(db)?;
    let wanted = people::all(db)?.into_iter().filter(|person| whom.is_none_or(|whom| whom.contains(&person.id)));
    let mut contacts: Vec<Contact> = wanted.map(|person| methods.contact(person)).collect();
    for contact in &mut contacts {
        contact.methods.retain(|method| !method.by_hand);
    }
    contacts.retain(|contact| !contact.methods.is_empty() && (whom.is_some() || !contact.presence.is_away(now)));
    Ok(contacts)
}

fn to(contact: &Contact, drill: &Drill, sender: &Sender<'_>, now: Instant) -> Vec<Delivery> {
    let incident = IncidentId(drill.id.0);
    let message = brief::drill_message(sender, incident, OPEN_FOR / MINUTE, now);
    let ways = contact.methods.iter();
    ways.map(|method| Delivery::queued(Recipient::of(contact, method), 1, message.clone(), drill.ends_at, now)).collect()
}

/// The time for answers is over: what still waits does not go, and the desk is told
/// who did not answer.
pub fn end(db: &Connection, drill: &Drill, now: Instant) -> Result<()> {
    deliveries::cancel(db, IncidentId(drill.id.0), None, &[Purpose::Drill], "the drill is over", now)?;
    drills::close(db, drill.id)?;
    let scores = scores(db, drill)?;
    if scores.is_empty() {
        return Ok(());
    }
    let silent: Vec<&str> = scores.iter().filter(|score| score.fastest().is_none()).map(|score| score.name.as_str()).collect();
    let answered = scores.len() - silent.len();
    let body = match &silent[..] {
        [] => "Everybody answered.".into(),
        [first, rest @ ..] if rest.len() < 3 => {
            let others: String = rest.iter().map(|name| format!(", {name}")).collect();
            format!("No answer from {first}{others}.")
        }
        [first, second, third, rest @ ..] => format!("No answer from {first}, {second}, {third} and {} more.", rest.len()),
        _ => String::new(),
    };
    let title = format!("Drill: {answered} of {} answered", scores.len());
    notices::add(
        db,
        &NoticeRow {
            id: NoticeId::new(now),
            incident: None,
            at: now,
            title,
            body,
            critical: false,
            asks: Asks::Look,
            about: None,
            read: false,
        },
    )
}

/// What became of every way, by person: first who did not answer, by name, then who answered last.
pub fn scores(db: &Connection, drill: &Drill) -> Result<Vec<DrillScore>> {
    let mut scores: Vec<DrillScore> = Vec::new();
    for sent in deliveries::of(db, IncidentId(drill.id.0))? {
        let way = DrillWay {
            delivery: sent.id,
            method: sent.method,
            via: sent.via,
            address: sent.address,
            state: sent.state,
            words: if sent.words.is_empty() { sent.state.word().into() } else { sent.words },
            answered_after: sent.responded_at.map(|at| at.since(drill.begun_at).max(0)),
        };
        match scores.iter_mut().find(|score| score.person == sent.person) {
            Some(score) => score.ways.push(way),
            None => scores.push(DrillScore { person: sent.person, name: sent.name, ways: vec![way] }),
        }
    }
    let slowness = |score: &DrillScore| score.fastest().unwrap_or(i64::MAX);
    scores.sort_by(|one, other| slowness(other).cmp(&slowness(one)).then_with(|| by_name(&one.name, &other.name)));
    Ok(scores)
}

/// Somebody told the desk that they received it.
pub fn told(db: &Connection, delivery: DeliveryId, now: Instant) -> Result<bool> {
    let Some(sent) = deliveries::find(db, delivery)?.filter(|sent| sent.purpose == Purpose::Drill) else { return Ok(false) };
    let words = "told the desk";
    deliveries::stands(db, delivery, &Standing { state: DeliveryState::Seen, words, next_attempt_at: None, provider_id: None }, now)?;
    deliveries::responded(db, delivery, crate::domain::response::Response::OnIt, now)?;
    people::method_proven(db, sent.method, crate::domain::directory::Proof::Drill, now)?;
    Ok(true)
}
