//! The rooms of incidents. What is to be done for one is worked out from how far it has
//! come, one step at a time; a step that a crash cut short is done again. Alerts do not
//! wait for any of it.

use rusqlite::Connection;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::record::{self, Agreed, CommandFailure};
use super::{Engine, lookup, parcels};
use crate::channel::rooms::{NewRoom, Opened, Rooms};
use crate::channel::{Channel, Outcome, Ready, opens_rooms};
use crate::domain::brief::{self, Sender};
use crate::domain::delivery::DeliveryState;
use crate::domain::event::IncidentEvent;
use crate::domain::id::{DeliveryId, IncidentId, MethodId, PersonId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::message::Purpose;
use crate::domain::room;
use crate::domain::text::{clean_line, shorten};
use crate::domain::time::{DAY, Instant, MINUTE};
use crate::host::Change;
use crate::store::deliveries::{self, Delivery, Recipient};
use crate::store::rooms::{self, Room, RoomState};
use crate::store::{Result, StoreError, channels, events, incidents, people, within_savepoint};

/// Rooms that are looked after at once.
const AT_ONCE: usize = 4;

/// A step that takes longer than this was cut short.
const LEASE: i64 = 2 * MINUTE;

/// The longest rest between two tries, and the first.
const REST: (i64, i64) = (10_000, 10 * MINUTE);

/// Until when nobody is asked into a room, and how often that failed: it holds nothing
/// else up. Kept in memory: after a start it is tried at once.
pub(super) type Resting = BTreeMap<IncidentId, (Instant, u32)>;

/// What is to be done for a room.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Open,
    Invite(Vec<String>),
    /// The brief has arrived in the standing channel; what follows goes below it.
    Below(String),
    Pin(String),
    /// The brief is as far as it comes, and the provider has no name for it.
    Begin,
    Close,
    /// The incident was over before there was a room.
    NotNeeded,
}

/// What came of it.
enum Done {
    Opened(Opened),
    Below(Option<String>),
    Fine,
}

/// An incident was escalated, or is worse: where its severity asks for a room it gets one.
pub(super) fn want(db: &Connection, agreed: &Agreed, incident: &Incident, now: Instant) -> Result<()> {
    let rules = &agreed.rules.rooms;
    let (true, Some(channel)) = (rules.severities.contains(&incident.severity), rules.channel) else { return Ok(()) };
    if !matches!(incident.phase, Phase::Climbing {} | Phase::Held { .. }) || incidents::is_sample(db, incident.id)? {
        return Ok(());
    }
    if rooms::of(db, incident.id)?.is_some_and(|room| matches!(room.state, RoomState::Wanted | RoomState::Open)) {
        return Ok(());
    }
    let setup = channels::find(db, channel)?;
    let via = setup.as_ref().map_or("a channel that is gone", |setup| setup.name.as_str());
    // Where the channel itself is the address, it is what stands there already.
    let itself = rules.standing.is_empty() && setup.as_ref().is_some_and(|setup| !opens_rooms(&setup.provider));
    let standing = if itself { via } else { rules.standing.as_str() };
    rooms::save(db, &Room::wanted(incident.id, channel, via, standing, now))
}

/// Something has changed that a room may have to follow.
pub(super) fn look_after(db: &Connection, incident: IncidentId, now: Instant) -> Result<()> {
    match rooms::of(db, incident)? {
        Some(room) if room.state == RoomState::Open => rooms::save(db, &Room { next_attempt_at: Some(now), ..room }),
        _ => Ok(()),
    }
}

/// What an event is to those in the incident's room.
pub(super) fn follow(db: &Connection, agreed: &Agreed, incident: &Incident, event: &IncidentEvent, now: Instant) -> Result<()> {
    if let IncidentEvent::RoomOpened { .. } = event {
        return begin(db, agreed, incident, now);
    }
    let Some(mut room) = rooms::of(db, incident.id)?.filter(|room| room.state == RoomState::Open) else { return Ok(()) };
    match event {
        IncidentEvent::Resolved { .. } | IncidentEvent::MergedInto { .. } => {
            stays(&mut room, now);
            rooms::save(db, &room)?;
        }
        IncidentEvent::Reopened { .. } => {
            room.closes_at = None;
            rooms::save(db, &room)?;
        }
        IncidentEvent::LevelEntered { .. } | IncidentEvent::Acknowledged { .. } => look_after(db, incident.id, now)?,
        _ => {}
    }
    // Before the brief is there nothing is posted; what happens till then follows it.
    match room::post(incident, event).filter(|_| room.begun) {
        Some(words) => post(db, agreed, incident, &room, Some(&words), now).map(drop),
        None => Ok(()),
    }
}

/// What happened before those in the room could be told of it, in one message.
fn catch_up(db: &Connection, agreed: &Agreed, incident: &Incident, room: &Room, now: Instant) -> Result<()> {
    let since = incident.escalated_at.unwrap_or(incident.filed_at);
    let zone = agreed.desk.tz();
    let told = events::of(db, incident.id)?.into_iter().filter(|one| one.at >= since);
    let lines: Vec<String> = told
        .filter_map(|one| {
            let words = room::post(incident, &one.event)?;
            Some(format!("{} {words}", one.at.plus(-incident.ahead_ms).at(zone).format("%H:%M")))
        })
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    post(db, agreed, incident, room, Some(&format!("What happened so far:\n{}", lines.join("\n"))), now).map(drop)
}

/// What it is about, for whoever comes in.
fn begin(db: &Connection, agreed: &Agreed, incident: &Incident, now: Instant) -> Result<()> {
    let Some(mut room) = rooms::of(db, incident.id)? else { return Ok(()) };
    room.brief = Some(post(db, agreed, incident, &room, None, now)?);
    if !incident.is_open() {
        // It was over before the room was there; the summary follows the brief.
        stays(&mut room, now);
    }
    rooms::save(db, &room)
}

/// It is over: from now on the room stays for its while.
fn stays(room: &mut Room, now: Instant) {
    let closes_at = now.plus(room::STAYS);
    room.closes_at = Some(closes_at);
    room.next_attempt_at = Some(room.next_attempt_at.unwrap_or(closes_at));
}

/// Queues a message to the room; it goes through the outbox as any other does.
fn post(db: &Connection, agreed: &Agreed, incident: &Incident, room: &Room, words: Option<&str>, now: Instant) -> Result<DeliveryId> {
    let bridge = lookup::bridge(db, &agreed.rules, &incident.facts, incident.severity)?;
    let message = brief::room_message(incident, words, &Sender::of(&agreed.desk).who_meet_at(&bridge), now);
    // A room is nobody; under the incident's own id it is found and taken for no person.
    let to = Recipient {
        person: PersonId(incident.id.0),
        name: room.name.clone(),
        method: MethodId(incident.id.0),
        channel: room.channel,
        via: room.via.clone(),
        address: room.address.clone(),
    };
    let delivery = Delivery::queued(to, deliveries::next_step(db, incident.id)?, message, now.plus(DAY), now);
    let id = delivery.id;
    parcels::queue(db, incident, delivery)?;
    Ok(id)
}

/// What is to be done for it now; `None` for nothing.
fn next_step(db: &Connection, room: &Room, incident: &Incident, rests: bool, now: Instant) -> Result<Option<Step>> {
    let own = room.standing.is_empty();
    Ok(match room.state {
        RoomState::Wanted if incident.is_open() => Some(Step::Open),
        RoomState::Wanted => Some(Step::NotNeeded),
        RoomState::Open => {
            let absent = if own && incident.is_open() && !rests { not_invited(db, room, incident)? } else { vec![] };
            let brief = room.brief.map_or(Ok(None), |brief| deliveries::find(db, brief))?;
            let under_way = brief.as_ref().is_some_and(|one| one.next_attempt_at.is_some() || one.state == DeliveryState::Attempting);
            if !absent.is_empty() {
                Some(Step::Invite(absent))
            } else if room.begun {
                room.closes_at.filter(|at| *at <= now).map(|_| Step::Close)
            } else if under_way {
                None
            } else {
                Some(match brief.and_then(|brief| brief.provider_id) {
                    Some(brief) if own => Step::Pin(brief),
                    Some(brief) => Step::Below(brief),
                    None => Step::Begin,
                })
            }
        }
        RoomState::Failed | RoomState::Closed => None,
    })
}

/// Whoever was told of the incident and has an address on the room's channel.
fn not_invited(db: &Connection, room: &Room, incident: &Incident) -> Result<Vec<String>> {
    let told = people::all(db)?.into_iter().filter(|person| incident.told.contains(&person.id));
    let methods = told.flat_map(|person| person.methods).filter(|method| method.channel == room.channel && method.wrong_since.is_none());
    let mut addresses: Vec<String> = methods.map(|method| method.address).filter(|address| !room.invited.contains(address)).collect();
    addresses.sort();
    addresses.dedup();
    Ok(addresses)
}

/// What is due, each as being done from now on. A room that cannot be looked after now
/// keeps no other waiting.
fn claim(db: &Connection, limit: usize, resting: &Resting, now: Instant) -> Result<Vec<(Room, Incident, Step)>> {
    let (due, unreadable) = rooms::due(db, now, limit)?;
    for incident in unreadable {
        tracing::error!(%incident, "what is known of a room cannot be read, so nothing is done for it");
        rooms::put_off(db, incident, now.plus(REST.1))?;
    }
    let mut claimed = Vec::new();
    for room in due {
        let id = room.incident;
        match within_savepoint(db, |db| claim_one(db, room, resting, now)) {
            Ok(one) => claimed.extend(one),
            Err(failure) if failure.passes() => return Err(failure),
            Err(failure) => {
                tracing::error!(%id, %failure, "nothing can be done for a room at the moment");
                rooms::put_off(db, id, now.plus(REST.1))?;
            }
        }
    }
    Ok(claimed)
}

fn claim_one(db: &Connection, mut room: Room, resting: &Resting, now: Instant) -> Result<Option<(Room, Incident, Step)>> {
    let rests = resting.get(&room.incident).map(|(until, _)| *until).filter(|until| *until > now);
    let step = match incidents::find(db, room.incident)? {
        Some(incident) => next_step(db, &room, &incident, rests.is_some(), now)?.map(|step| (incident, step)),
        None => None,
    };
    room.next_attempt_at = match &step {
        Some(_) => Some(now.plus(LEASE)),
        // What still waits for its brief is looked after when that has come.
        None if room.state == RoomState::Open => room.closes_at.filter(|at| *at > now).into_iter().chain(rests).min(),
        None => None,
    };
    room.attempts += u32::from(step.is_some());
    rooms::save(db, &room)?;
    Ok(step.map(|(incident, step)| (room, incident, step)))
}

pub(super) fn next_due(db: &Connection) -> Result<Option<Instant>> {
    rooms::next_attempt_at(db)
}

impl Engine {
    /// Begins what is due for rooms. Called when everything that is to be sent has begun.
    pub(super) async fn tend_rooms(self: &Arc<Self>, now: Instant) -> Result<()> {
        // Only what has a place is begun. Where messages have taken all of them, the end of
        // one brings the next turn.
        let places: Vec<_> = std::iter::from_fn(|| Arc::clone(&self.sending).try_acquire_owned().ok()).take(AT_ONCE).collect();
        let free = places.len();
        if free == 0 {
            return Ok(());
        }
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let claimed = self.store.write(move |db| claim(db, free, &resting, now)).await?;
        for ((room, incident, step), permit) in claimed.into_iter().zip(places) {
            let engine = Arc::clone(self);
            tokio::spawn(async move {
                engine.tend(room, incident, step).await;
                drop(permit);
            });
        }
        Ok(())
    }

    async fn tend(self: Arc<Self>, room: Room, incident: Incident, step: Step) {
        let id = room.incident;
        let (engine, wanted, done) = (Arc::clone(&self), room.clone(), step.clone());
        let come = tokio::spawn(async move { engine.take_step(&wanted, &incident, &done).await }).await;
        let come = come.unwrap_or_else(|_| Err(Outcome::Uncertain { words: "Baton itself failed at this".into() }));
        let now = self.now();
        if matches!(step, Step::Invite(_)) {
            self.rest(id, come.as_ref().err(), now);
        }
        if let Err(failure) = self.store.write(move |db| settle(db, &room, &step, come, now)).await {
            // It comes again once its lease is over.
            tracing::error!(%id, %failure, "what came of a room could not be recorded");
        }
        self.tell([Change::Incident(id), Change::Notices]);
        self.wake();
        self.ears_wake.notify_one();
    }

    /// Whom nobody can be asked in by now is asked later, and meanwhile goes on what else there is.
    fn rest(&self, incident: IncidentId, failure: Option<&Outcome>, now: Instant) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let before = resting.remove(&incident).map_or(0, |(_, times)| times);
        if let Some(outcome) = failure.filter(|outcome| !matches!(outcome, Outcome::Permanent { .. })) {
            resting.retain(|_, (until, _)| now.since(*until) < DAY);
            resting.insert(incident, (now.plus(pause(before, outcome)), before + 1));
        }
    }

    async fn take_step(self: &Arc<Self>, room: &Room, incident: &Incident, step: &Step) -> std::result::Result<Done, Outcome> {
        let (now, id) = (self.now(), room.channel);
        if matches!(step, Step::NotNeeded | Step::Begin) {
            return Ok(Done::Fine);
        }
        let setup = self.store.read::<_, StoreError, _>(move |db| channels::find(db, id)).await;
        let setup = match setup {
            Ok(Some(setup)) if setup.enabled => setup,
            Ok(_) => return Err(permanent(format!("The channel {} is switched off or gone.", room.via))),
            Err(failure) => return Err(Outcome::Temporary { words: failure.to_string(), retry_after: None }),
        };
        let channel = match self.ready(setup).await {
            Ok(Ready::Automatic(channel)) => channel,
            Ok(Ready::ByHand(_)) => return Err(permanent("Calls by hand have no rooms.".into())),
            Err(cannot) => return Err(cannot.outcome()),
        };
        if !room.standing.is_empty() && matches!(step, Step::Open | Step::Close) {
            // It is there already, and stays.
            return Ok(if matches!(step, Step::Open) { Done::Opened(standing(room)) } else { Done::Fine });
        }
        if let Step::Below(message) = step {
            return Ok(Done::Below(channel.rooms().and_then(|rooms| rooms.below(message))));
        }
        let rooms = rooms_of(channel.as_ref(), room)?;
        match step {
            Step::Open => {
                let topic = shorten(&clean_line(&format!("{} {}", incident.reference, incident.facts.title())), 200);
                let wanted = NewRoom { name: room::name(incident), topic, attempt: room.attempts, now };
                rooms.open(&wanted).await.map(Done::Opened)
            }
            Step::Invite(people) => rooms.invite(&room.room, people, now).await.map(|()| Done::Fine),
            Step::Pin(message) => rooms.pin(&room.room, message, now).await.map(|()| Done::Fine),
            Step::Close => rooms.close(&room.room, now).await.map(|()| Done::Fine),
            Step::Below(_) | Step::Begin | Step::NotNeeded => Ok(Done::Fine),
        }
    }
}

fn rooms_of<'a>(channel: &'a dyn Channel, room: &Room) -> std::result::Result<&'a dyn Rooms, Outcome> {
    channel.rooms().ok_or_else(|| {
        permanent(format!("{} opens no rooms. Under Settings, “Where people talk”, name a channel that is there already.", room.via))
    })
}

fn standing(room: &Room) -> Opened {
    Opened { id: room.standing.clone(), name: room.standing.clone(), link: String::new() }
}

const fn permanent(words: String) -> Outcome {
    Outcome::Permanent { words }
}

fn settle(
    db: &Connection,
    done: &Room,
    step: &Step,
    come: std::result::Result<Done, Outcome>,
    now: Instant,
) -> std::result::Result<(), CommandFailure> {
    // Whatever was changed meanwhile stays changed.
    let Some(mut room) = rooms::of(db, done.incident)? else { return Ok(()) };
    let event = match come {
        Ok(come) => {
            (room.attempts, room.next_attempt_at, room.words) = (0, Some(now), String::new());
            carried_out(db, &mut room, step, come)?
        }
        Err(outcome) => {
            room.words = outcome.words().into();
            failed(&mut room, step, &outcome, now)
        }
    };
    let begins = room.begun && !done.begun;
    rooms::save(db, &room)?;
    if begins || event.is_some() {
        let agreed = Agreed::read(db, now)?;
        let incident = incidents::find(db, room.incident)?.ok_or(StoreError::Missing)?;
        if begins {
            catch_up(db, &agreed, &incident, &room, now)?;
        }
        record::append(db, &agreed, incident, &event.into_iter().collect::<Vec<_>>(), now)?;
    }
    Ok(())
}

fn carried_out(db: &Connection, room: &mut Room, step: &Step, come: Done) -> Result<Option<IncidentEvent>> {
    match (step, come) {
        (_, Done::Opened(Opened { id, name, link })) => {
            (room.state, room.room, room.address) = (RoomState::Open, id.clone(), id.clone());
            (room.name, room.link) = (name.clone(), link.clone());
            return Ok(Some(IncidentEvent::RoomOpened { channel: room.channel, via: room.via.clone(), room: id, name, link }));
        }
        (_, Done::Below(address)) => {
            // Once is enough, also where there are no threads.
            room.begun = true;
            if let Some(address) = address {
                deliveries::readdressed(db, room.incident, Purpose::Room, &address)?;
                room.address = address;
            }
        }
        (Step::Invite(people), Done::Fine) => room.invited.extend(people.iter().cloned()),
        (Step::Pin(_) | Step::Begin, Done::Fine) => room.begun = true,
        (Step::Close, Done::Fine) => {
            (room.state, room.next_attempt_at) = (RoomState::Closed, None);
            // A standing channel goes on.
            return Ok(room.standing.is_empty().then(|| IncidentEvent::RoomClosed { name: room.name.clone() }));
        }
        (Step::NotNeeded, Done::Fine) => (room.state, room.next_attempt_at) = (RoomState::Failed, None),
        (Step::Open | Step::Below(_), Done::Fine) => {}
    }
    Ok(None)
}

/// How long to rest after something failed as often before: as long as it is asked for, and
/// longer each time.
fn pause(before: u32, outcome: &Outcome) -> i64 {
    let asked = if let Outcome::Temporary { retry_after: Some(wait), .. } = outcome { *wait } else { Duration::ZERO };
    let doubled = (REST.0 << before.min(10)).min(REST.1);
    doubled.max(i64::try_from(asked.as_millis()).unwrap_or(0))
}

/// What fails for now is tried again; what fails for good is left, and only that there is
/// no room at all is worth a word of its own.
fn failed(room: &mut Room, step: &Step, outcome: &Outcome, now: Instant) -> Option<IncidentEvent> {
    let for_good = matches!(outcome, Outcome::Permanent { .. });
    room.next_attempt_at = Some(now.plus(pause(room.attempts.saturating_sub(1), outcome)));
    match step {
        Step::Invite(_) if !for_good => (room.attempts, room.next_attempt_at) = (0, Some(now)),
        Step::Open if for_good || now.since(room.wanted_at) > room::TRIED_FOR => {
            (room.state, room.next_attempt_at) = (RoomState::Failed, None);
            return Some(IncidentEvent::RoomNotOpened { via: room.via.clone(), words: room.words.clone() });
        }
        _ if !for_good => {}
        Step::Invite(people) => room.invited.extend(people.iter().cloned()),
        Step::Pin(_) | Step::Below(_) | Step::Begin => room.begun = true,
        Step::Close => {
            (room.state, room.next_attempt_at) = (RoomState::Closed, None);
            return Some(IncidentEvent::RoomClosed { name: room.name.clone() });
        }
        Step::Open | Step::NotNeeded => {}
    }
    if for_good {
        (room.attempts, room.next_attempt_at) = (0, Some(now));
        tracing::warn!(incident = %room.incident, words = room.words, "something could not be done for a room");
    }
    None
}
