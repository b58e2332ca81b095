//! One delivery from the outbox to the wire and back: the attempt is on the disk
//! before the bytes leave, and its outcome (`outcome.rs`) as soon as it is known.

use rusqlite::Connection;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::gather::{Bundle, gathered};
use super::outcome::settle;
use super::pacing::{Later, Pacing};
use super::record::{Agreed, CommandFailure};
use super::{Engine, effects, lookup, record, rooms};
use crate::channel::pace::pace;
use crate::channel::{CannotOpen, Envelope, Outcome, Ready};
use crate::domain::channel::ChannelSetup;
use crate::domain::command::{Command, Failing, Reaching};
use crate::domain::delivery::DeliveryState;
use crate::domain::id::{ChannelId, DeliveryId, IncidentId};
use crate::domain::message::Purpose;
use crate::domain::time::{Instant, MINUTE, spoken_length};
use crate::host::{Change, SecretsFailure};
use crate::store::deliveries::{self, Addressed, Delivery, Standing};
use crate::store::{Result, StoreError, attempts, channels, within_savepoint};

/// From one try to write an outcome down to the next.
const RECORD_AGAIN: Duration = Duration::from_secs(5);

/// Why a message of a drill is not sent any more.
const DRILL_IS_OVER: &str = "the drill is over";

/// What has left the queue.
#[derive(Default)]
pub(super) struct Claimed {
    pub to_send: Vec<Bundle>,
    /// Calls that are somebody's at the desk now.
    pub to_call: Vec<Delivery>,
}

/// Takes what is to be tried now out of the queue, and writes down that it is
/// being tried.
pub(super) fn claim(db: &Connection, now: Instant, limit: usize, pacing: &mut Pacing) -> std::result::Result<Claimed, CommandFailure> {
    let rhythm = lookup::rules(db)?.rhythm;
    let stale = i64::from(rhythm.stale) * MINUTE;
    let late = |delivery: &Delivery| now.since(delivery.next_attempt_at.unwrap_or(now));
    let (readable, unreadable) = deliveries::to_send(db, now, limit)?;
    for id in unreadable {
        set_aside(db, id, now)?;
    }
    // A drill that is over asks nobody any more, whether or not that was written down yet.
    let (over, wanted): (Vec<_>, Vec<_>) =
        readable.into_iter().partition(|delivery| delivery.purpose == Purpose::Drill && delivery.give_up_at <= now);
    for delivery in over {
        let standing = Standing { state: DeliveryState::Cancelled, words: DRILL_IS_OVER, next_attempt_at: None, provider_id: None };
        deliveries::stands(db, delivery.id, &standing, now)?;
    }
    let (too_late, claimed): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|delivery| late(delivery) > stale);
    for delivery in too_late {
        does_not_go(db, &delivery, &spoken_length(late(&delivery)), now)?;
    }
    if claimed.is_empty() {
        return Ok(Claimed::default());
    }
    let known: BTreeMap<ChannelId, ChannelSetup> = channels::all(db)?.into_iter().map(|setup| (setup.id, setup)).collect();
    let provider = |delivery: &Delivery| known.get(&delivery.channel).map_or("", |setup| setup.provider.as_str());
    let (to_call, to_send): (Vec<_>, Vec<_>) = claimed.into_iter().partition(|delivery| provider(delivery) == lookup::BY_HAND);
    for delivery in &to_call {
        let standing = Standing { state: DeliveryState::ByHand, words: "", next_attempt_at: None, provider_id: None };
        deliveries::stands(db, delivery.id, &standing, now)?;
        effects::call_is_due(db, delivery, now)?;
    }
    let mut to_send = gathered(db, to_send, &rhythm, now)?;
    // Where a provider takes one at a time, nothing waits behind what is less bad.
    to_send.sort_by_key(|bundle| bundle.0.iter().map(|delivery| Reverse(delivery.message.severity)).min());
    to_send.retain(|bundle| {
        let carrier = bundle.carrier();
        let later = pacing.go(carrier.channel, &carrier.address, pace(provider(carrier)), now);
        later.map_err(|later| put_off(db, bundle, later, now)).is_ok()
    });
    for bundle in &mut to_send {
        let carrier = bundle.carrier().id;
        for delivery in &mut bundle.0 {
            delivery.attempts += 1;
            deliveries::attempt_begins(db, delivery.id, Some(carrier).filter(|carrier| *carrier != delivery.id), now)?;
            attempts::begin(db, delivery.id, delivery.attempts, now)?;
        }
    }
    Ok(Claimed { to_send, to_call })
}

/// What would come too late. Where an earlier try may have arrived nobody knows whether
/// it failed, so it does not count as a failure.
fn does_not_go(db: &Connection, delivery: &Delivery, late: &str, now: Instant) -> Result<()> {
    let (state, words) = if delivery.state == DeliveryState::Uncertain {
        (
            DeliveryState::Uncertain,
            format!(
                "it may have arrived, and was not sent again, because that would have come {late} late: this computer was off or asleep"
            ),
        )
    } else {
        (DeliveryState::Failed, format!("not sent, because it would have come {late} late: this computer was off or asleep"))
    };
    deliveries::stands(db, delivery.id, &Standing { state, words: &words, next_attempt_at: None, provider_id: None }, now)?;
    if state == DeliveryState::Failed {
        follows(db, &delivery.addressed(), &words, Failing::TooLate, now);
    } else if delivery.purpose == Purpose::Room {
        rooms::look_after(db, delivery.incident, now)?;
    }
    Ok(())
}

/// What a provider does not want now waits, and says so; what would come too late for
/// its level goes the next way at once.
fn put_off(db: &Connection, bundle: &Bundle, later: Later, now: Instant) {
    for delivery in &bundle.0 {
        let (at, words) = match later {
            Later::Paced(at) => (at, "waits its turn: the provider takes no more at once".to_string()),
            Later::Paused(at) => {
                (at, format!("waits: {} asked to be left alone for {}", delivery.via, spoken_length(at.since(now).max(MINUTE))))
            }
        };
        let put_off = within_savepoint(db, |db| {
            if matches!(later, Later::Paused(_)) && at >= delivery.give_up_at {
                let standing = Standing { state: DeliveryState::Failed, words: &words, next_attempt_at: None, provider_id: None };
                deliveries::stands(db, delivery.id, &standing, now)?;
                return failed(db, &delivery.addressed(), &words, Failing::Refused, now);
            }
            let standing = Standing { state: DeliveryState::Queued, words: &words, next_attempt_at: Some(at), provider_id: None };
            Ok(deliveries::stands(db, delivery.id, &standing, now)?)
        });
        if let Err(failure) = put_off {
            tracing::error!(id = %delivery.id, %failure, "a message that has to wait could not be put off");
        }
    }
}

/// A message that cannot be read keeps no other waiting: the person's next method
/// is tried, and it is said.
pub(super) fn set_aside(db: &Connection, id: DeliveryId, now: Instant) -> Result<()> {
    let words = "this message could not be read, so it was not sent";
    deliveries::stands(db, id, &Standing { state: DeliveryState::Failed, words, next_attempt_at: None, provider_id: None }, now)?;
    match deliveries::addressed(db, id) {
        Ok(Some(delivery)) => follows(db, &delivery, words, Failing::Refused, now),
        unknown => tracing::error!(%id, ?unknown, "nobody knows to whom a message was that could not be read"),
    }
    Ok(())
}

/// What follows from a failure for one incident must not keep the others waiting.
fn follows(db: &Connection, delivery: &Addressed, words: &str, failing: Failing, now: Instant) {
    if let Err(failure) = within_savepoint(db, |db| failed(db, delivery, words, failing, now)) {
        tracing::error!(id = %delivery.id, %failure, "what follows from a message that was not sent could not be recorded");
    }
}

/// Attempts that a crash cut short: nobody knows how far they came, so they go
/// again, with the same idempotency key, unless that would be too late by now: each is
/// due since it was tried.
pub(super) fn reopen_cut_short(db: &Connection, now: Instant) -> Result<usize> {
    let cut_short = deliveries::attempting(db)?;
    for (id, began_at) in &cut_short {
        let words = "Baton was stopped while this was being sent; it is sent again and may arrive twice";
        attempts::end(db, *id, "uncertain", words, now)?;
        let cancelled = deliveries::cancelled_because(db, *id)?;
        let standing = match &cancelled {
            Some(why) => Standing { state: DeliveryState::Cancelled, words: why, next_attempt_at: None, provider_id: None },
            None => Standing { state: DeliveryState::Uncertain, words, next_attempt_at: Some(*began_at.min(&now)), provider_id: None },
        };
        deliveries::stands(db, *id, &standing, now)?;
    }
    Ok(cut_short.len())
}

impl Engine {
    /// Sends what was claimed as one message and records what came of it.
    pub(super) async fn send(self: Arc<Self>, bundle: Bundle) {
        let (ids, channel) = (bundle.ids(), bundle.carrier().channel);
        let incidents: BTreeSet<IncidentId> = bundle.0.iter().map(|delivery| delivery.incident).collect();
        let engine = Arc::clone(&self);
        // In a task of its own, so that a channel that panics is an outcome too.
        let attempted = tokio::spawn(async move { engine.attempt(&bundle).await }).await;
        let outcome = attempted.unwrap_or_else(|_| Outcome::Uncertain { words: "Baton itself failed while sending this".into() });
        if let Outcome::Temporary { retry_after: Some(wait), .. } = &outcome {
            let until = self.now().plus(i64::try_from(wait.as_millis()).unwrap_or(0));
            self.pacing.lock().unwrap_or_else(PoisonError::into_inner).pause(channel, until);
        }
        loop {
            let (now, known, all) = (self.now(), outcome.clone(), ids.clone());
            match self.store.write(move |db| settle(db, &all, &known, now)).await {
                Ok(()) => break,
                // A full disk, most likely. Until somebody makes room the outcome is
                // kept here, and after a crash the attempt counts as cut short.
                Err(failure) if failure.passes() => {
                    tracing::error!(?ids, %failure, "the outcome of a delivery could not be recorded yet");
                }
                // Trying again mends nothing, and would hold this place for ever.
                Err(failure) => {
                    tracing::error!(?ids, %failure, "the outcome of a delivery could not be recorded");
                    break;
                }
            }
            self.clock.sleep(RECORD_AGAIN).await;
        }
        self.tell(incidents.into_iter().map(Change::Incident));
        self.wake();
        self.ears_wake.notify_one();
    }

    /// The channel, ready to send. A keyring may ask its owner for a password
    /// before it answers, so this is not waited for on a thread others need.
    pub(crate) async fn ready(self: &Arc<Self>, setup: ChannelSetup) -> std::result::Result<Ready, CannotOpen> {
        let engine = Arc::clone(self);
        let opened = tokio::task::spawn_blocking(move || engine.channels.ready(&setup)).await;
        opened.unwrap_or_else(|_| Err(SecretsFailure::Unavailable("the keyring did not answer".into()).into()))
    }

    async fn attempt(self: &Arc<Self>, bundle: &Bundle) -> Outcome {
        let delivery = bundle.carrier();
        let channel = delivery.channel;
        let setup = self.store.read::<_, StoreError, _>(move |db| channels::find(db, channel)).await;
        let setup = match setup {
            Ok(Some(setup)) if setup.enabled => setup,
            Ok(_) => return Outcome::Permanent { words: format!("the channel \"{}\" is switched off or gone", delivery.via) },
            Err(failure) => return Outcome::Temporary { words: failure.to_string(), retry_after: None },
        };
        let channel = match self.ready(setup).await {
            Ok(Ready::Automatic(channel)) => channel,
            // Queued while the channel could still send, and made by hand since.
            Ok(Ready::ByHand(_)) => return Outcome::Permanent { words: "this channel is a call by hand now".into() },
            Err(cannot) => return cannot.outcome(),
        };
        let envelope = Envelope {
            delivery: delivery.id,
            token: delivery.token.clone(),
            to_name: delivery.name.clone(),
            address: delivery.address.clone(),
            message: bundle.message(),
            now: self.now(),
            attempt: delivery.attempts,
        };
        channel.send(&envelope).await
    }
}

pub(super) fn failed(
    db: &Connection,
    delivery: &Addressed,
    words: &str,
    failing: Failing,
    now: Instant,
) -> std::result::Result<(), CommandFailure> {
    // A drill is no incident: that it did not arrive is its result.
    // Nor does a person miss anything where a provider could not be told to stop.
    if matches!(delivery.purpose, Purpose::Drill | Purpose::Taken) {
        return Ok(());
    }
    if delivery.purpose == Purpose::Room {
        rooms::look_after(db, delivery.incident, now)?;
    }
    let agreed = Agreed::read(db, now)?;
    let command = Command::DeliveryFailed { send: reaching(db, delivery)?, words: words.into(), failing };
    record::command(db, &agreed, delivery.incident, command, now)?;
    Ok(())
}

/// The delivery as a command sees it.
pub fn reaching(db: &Connection, delivery: &Addressed) -> Result<Reaching> {
    let deliveries::Tried { methods: tried, still_on_its_way, waiting } = deliveries::tried(db, delivery)?;
    Ok(Reaching {
        delivery: delivery.id,
        purpose: delivery.purpose,
        person: delivery.person,
        name: delivery.name.clone(),
        method: delivery.method,
        via: delivery.via.clone(),
        tried,
        still_on_its_way,
        waiting,
    })
}
