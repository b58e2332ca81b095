//! Listening on the channels that bring something back. A channel is listened to
//! while something sent by it may still be answered, and not otherwise. Who listens
//! takes no input: what is waited for, and from where to go on, is in the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use serde::Serialize;
use tokio::task::AbortHandle;
use ts_rs::TS;

use super::Engine;
use super::hearing::{AWAITED, AWAITED_AT_ONCE, hear};
use super::record::CommandFailure;
use crate::channel::inbound::{About, Arrival, Arrived, Awaited, Deaf, From, Heard, Listening, OpenRoom};
use crate::channel::{CannotOpen, Ready};
use crate::domain::channel::ChannelSetup;
use crate::domain::id::{ChannelId, IncidentId, NoticeId};
use crate::domain::message::Purpose;
use crate::domain::notice::Asks;
use crate::domain::text::{clean_line, shorten};
use crate::domain::time::{Instant, MINUTE};
use crate::host::Change;
use crate::store::notices::{self, NoticeRow};
use crate::store::{Result, StoreError, arrivals, channels, deliveries, rooms, within_savepoint};

/// How long a channel may wait for something to come before what is awaited is read
/// anew.
const PATIENCE: Duration = Duration::from_secs(50);

/// The longest rest between two looks at whom to listen to.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// From one failed try to listen to the next, doubling from the first to the second.
const AGAIN: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

/// A channel deaf for longer while somebody is awaited is said to the desk.
const DEAF_FOR_LONG: i64 = MINUTE;

/// Characters of what somebody wrote that a notice has room for.
const LONGEST_QUOTE: usize = 400;

/// How it stands with listening on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EarState {
    /// Why nothing can be heard; empty while it can.
    pub words: String,
    pub since: Instant,
    /// Waiting does not mend it.
    pub lasts: bool,
}

impl Engine {
    /// Listens wherever an answer is awaited, until the future is dropped.
    pub async fn listen(self: Arc<Self>) {
        let mut ears = Ears::default();
        loop {
            // Registered before the database is read, as the driver does.
            let woken = self.ears_wake.notified();
            match self.awaiting().await {
                Ok(awaiting) => ears.attend(&self, &awaiting),
                Err(failure) => tracing::error!(%failure, "whom to listen to could not be read"),
            }
            tokio::select! {
                () = woken => {}
                () = self.clock.sleep(LONGEST_REST) => {}
            }
        }
    }

    /// Asks every channel once what has come, without waiting for more. Returns how
    /// many things were heard.
    pub async fn listen_once(self: &Arc<Self>) -> std::result::Result<usize, CommandFailure> {
        let mut heard = 0;
        for channel in self.awaiting().await? {
            match self.ask(channel, Duration::ZERO).await? {
                Asked::Heard { count, .. } => heard += count,
                Asked::Deaf(_) | Asked::Nothing => {}
            }
        }
        Ok(heard)
    }

    /// How it stands with each channel that is listened to.
    pub fn ear_states(&self) -> BTreeMap<ChannelId, EarState> {
        self.ear_states.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn awaiting(&self) -> Result<BTreeSet<ChannelId>> {
        let since = self.now().plus(-AWAITED);
        self.store
            .read(move |db| {
                let mut awaiting = deliveries::awaiting(db, since)?;
                awaiting.extend(rooms::channels_with_one(db)?);
                Ok(awaiting)
            })
            .await
    }

    /// Listens on one channel until nothing is awaited from it any more.
    async fn attend(self: Arc<Self>, channel: ChannelId) {
        let mut failed: u32 = 0;
        loop {
            // In a task of its own, so that a channel that panics is only deaf.
            let engine = Arc::clone(&self);
            let asked = tokio::spawn(async move { engine.ask(channel, PATIENCE).await }).await;
            let rest = match asked {
                Ok(Ok(Asked::Nothing)) => return,
                Ok(Ok(Asked::Heard { again_in, .. })) => {
                    failed = 0;
                    again_in
                }
                Ok(Ok(Asked::Deaf(deaf))) => {
                    failed = failed.saturating_add(1);
                    deaf.retry_after.unwrap_or_default().max(pause(failed))
                }
                Ok(Err(failure)) => {
                    tracing::error!(%failure, "what was heard could not be written down");
                    failed = failed.saturating_add(1);
                    pause(failed)
                }
                Err(_) => {
                    tracing::error!(%channel, "listening to a channel failed in Baton itself");
                    failed = failed.saturating_add(1);
                    pause(failed)
                }
            };
            if !rest.is_zero() {
                self.clock.sleep(rest).await;
            }
        }
    }

    /// Listens once: what was heard is on the disk, with how far it was heard, when
    /// this returns.
    async fn ask(self: &Arc<Self>, channel: ChannelId, patience: Duration) -> std::result::Result<Asked, CommandFailure> {
        let now = self.now();
        let (setup, cursor, awaited, rooms) = self
            .store
            .read::<_, StoreError, _>(move |db| {
                let since = now.plus(-AWAITED);
                Ok((
                    channels::find(db, channel)?.filter(|setup| setup.enabled),
                    arrivals::cursor(db, channel)?,
                    deliveries::awaited_by(db, channel, since, AWAITED_AT_ONCE)?,
                    rooms::open_by(db, channel)?,
                ))
            })
            .await?;
        let Some(setup) = setup.filter(|_| !awaited.is_empty() || !rooms.is_empty()) else { return Ok(Asked::Nothing) };
        let ready = match self.ready(setup.clone()).await {
            Ok(Ready::Automatic(ready)) => ready,
            Ok(Ready::ByHand(_)) => return Ok(Asked::Nothing),
            Err(cannot) => {
                let deaf = match &cannot {
                    CannotOpen::Setup(_) => Deaf::for_good(cannot.to_string()),
                    CannotOpen::Secrets(_) => Deaf::now(cannot.to_string()),
                };
                self.is_deaf(&setup, &deaf).await?;
                return Ok(Asked::Deaf(deaf));
            }
        };
        let Some(inbound) = ready.inbound() else { return Ok(Asked::Nothing) };
        let awaited = awaited.into_iter().map(|delivery| Awaited {
            delivery: delivery.id,
            token: delivery.token,
            provider_id: delivery.provider_id,
            address: delivery.address,
            purpose: delivery.purpose,
            state: delivery.state,
            sent_at: delivery.queued_at,
        });
        let rooms = rooms.into_iter().map(|room| OpenRoom { id: room.room, opened_at: room.wanted_at }).collect();
        let listening = Listening { cursor, awaited: awaited.collect(), rooms, patience, now };
        match inbound.listen(&listening).await {
            Ok(heard) => {
                self.hears(channel);
                let (count, again_in) = (heard.arrivals.len(), heard.again_in);
                self.take_in(setup, heard, listening.cursor).await?;
                Ok(Asked::Heard { count, again_in })
            }
            Err(deaf) => {
                self.is_deaf(&setup, &deaf).await?;
                Ok(Asked::Deaf(deaf))
            }
        }
    }

    /// Writes down what was heard and how far, in one transaction.
    async fn take_in(&self, setup: ChannelSetup, heard: Heard, before: Option<String>) -> std::result::Result<(), CommandFailure> {
        let now = self.now();
        if heard.arrivals.is_empty() && (heard.cursor.is_none() || heard.cursor == before) {
            return Ok(());
        }
        let (changed, lost) = self
            .store
            .write::<_, CommandFailure, _>(move |db| {
                let (mut changed, mut lost) = (BTreeSet::new(), false);
                for arrival in &heard.arrivals {
                    // What one of them makes of its incident must not keep the others waiting.
                    match within_savepoint(db, |db| hear(db, &setup, arrival, now)) {
                        Ok(incident) => changed.extend(incident),
                        // Nothing of it is confirmed, so all of it comes again.
                        Err(failure) if failure.passes() => return Err(failure),
                        Err(failure) => {
                            tracing::error!(channel = %setup.id, %failure, "something that was heard could not be recorded");
                            lost = true;
                            changed.extend(not_recorded(db, &setup, arrival, now)?);
                        }
                    }
                }
                if let Some(cursor) = &heard.cursor {
                    arrivals::set_cursor(db, setup.id, cursor)?;
                }
                arrivals::forget_old(db, now)?;
                Ok((changed, lost))
            })
            .await?;
        if !changed.is_empty() || lost {
            self.tell(changed.into_iter().map(Change::Incident).chain([Change::Notices, Change::Directory]));
            self.wake();
        }
        Ok(())
    }

    fn hears(&self, channel: ChannelId) {
        let mut states = self.ear_states.lock().unwrap_or_else(PoisonError::into_inner);
        let fine = states.get(&channel).is_some_and(|state| state.words.is_empty());
        if !fine {
            states.insert(channel, EarState { words: String::new(), since: self.now(), lasts: false });
            drop(states);
            self.tell([Change::Channels]);
        }
    }

    /// Keeps why, and once it has lasted tells the desk: an answer may be on its way
    /// that Baton does not hear.
    async fn is_deaf(&self, setup: &ChannelSetup, deaf: &Deaf) -> Result<()> {
        let (now, channel) = (self.now(), setup.id);
        let (news, tell) = {
            let mut states = self.ear_states.lock().unwrap_or_else(PoisonError::into_inner);
            let before = states.get(&channel).filter(|state| !state.words.is_empty()).cloned();
            let since = before.as_ref().map_or(now, |before| before.since);
            states.insert(channel, EarState { words: deaf.words.clone(), since, lasts: deaf.lasts });
            let mut told = self.told_deaf.lock().unwrap_or_else(PoisonError::into_inner);
            let long = deaf.lasts || now.since(since) >= DEAF_FOR_LONG;
            (before.is_none_or(|before| before.words != deaf.words), long && told.insert((channel, since)))
        };
        if news {
            tracing::warn!(%channel, words = %deaf.words, "a channel cannot be listened to");
            self.tell([Change::Channels]);
        }
        if tell {
            let title = format!("Answers by {} are not heard", setup.name);
            let body = format!("{} Ask by phone, and enter who has it.", deaf.words);
            let notice = NoticeRow {
                id: NoticeId::new(now),
                incident: None,
                at: now,
                title,
                body,
                critical: true,
                asks: Asks::Look,
                about: None,
                read: false,
            };
            self.store.write::<_, StoreError, _>(move |db| notices::add(db, &notice)).await?;
            self.wake();
        }
        Ok(())
    }
}

/// What cannot be put to its incident comes no more: the desk is told who sent it and
/// what they wrote. Names the incident, where it is known.
fn not_recorded(db: &Connection, setup: &ChannelSetup, arrival: &Arrival, now: Instant) -> Result<Option<IncidentId>> {
    let to = match &arrival.about {
        About::Delivery(id) => deliveries::find(db, *id),
        About::Token(token) => deliveries::by_token(db, setup.id, token),
        About::Thread(name) => deliveries::by_provider_id(db, setup.id, name),
        About::Room(_) | About::Sender { .. } => Ok(None),
    };
    let to = to.unwrap_or_default();
    let Some(said) = said(&arrival.what, to.as_ref().map_or(Purpose::Alert, |to| to.purpose)) else { return Ok(None) };
    if !arrivals::is_new(db, setup.id, &arrival.id, now)? {
        return Ok(None);
    }
    let about = to.as_ref().map_or_else(String::new, |to| format!(" about {}", to.message.reference));
    let sent_to = to.as_ref().map_or_else(String::new, |to| format!(" The message had gone to {}.", to.name));
    let title = format!("What came back{about} by {} could not be recorded", setup.name);
    let body = format!("{said}{sent_to} Enter by hand what it changes.");
    let incident = to.map(|to| to.incident);
    let notice =
        NoticeRow { id: NoticeId::new(now), incident, at: now, title, body, critical: true, asks: Asks::Look, about: None, read: false };
    notices::add(db, &notice)?;
    Ok(incident)
}

/// Who sent it and what it says; `None` for what nobody has to read.
fn said(what: &Arrived, to: Purpose) -> Option<String> {
    let sender = |by: &From| match by {
        From::Addressee => "Whoever was written to".to_string(),
        From::Address(address) => address.clone(),
        From::Member { id, name } => if name.is_empty() { id } else { name }.clone(),
    };
    match what {
        Arrived::Pressed { by, response } => Some(format!("{} answered “{}”.", sender(by), response.label(to))),
        Arrived::Said { by, text } => Some(format!("{} wrote: “{}”", sender(by), shorten(&clean_line(text), LONGEST_QUOTE))),
        Arrived::Resolved { by } => Some(format!("{} closed it there.", sender(by))),
        Arrived::Failed { words, .. } => Some(format!("It did not arrive: {words}.")),
        Arrived::Delivered { .. } | Arrived::Seen { .. } | Arrived::Automatic { .. } => None,
    }
}

enum Asked {
    Heard {
        count: usize,
        again_in: Duration,
    },
    Deaf(Deaf),
    /// Nothing is awaited, or nothing comes back this way.
    Nothing,
}

/// Who listens at the moment.
#[derive(Default)]
struct Ears(BTreeMap<ChannelId, AbortHandle>);

impl Ears {
    fn attend(&mut self, engine: &Arc<Engine>, awaiting: &BTreeSet<ChannelId>) {
        self.0.retain(|_, listening| !listening.is_finished());
        for channel in awaiting {
            self.0.entry(*channel).or_insert_with(|| tokio::spawn(Arc::clone(engine).attend(*channel)).abort_handle());
        }
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        self.0.values().for_each(AbortHandle::abort);
    }
}

fn pause(failed: u32) -> Duration {
    (AGAIN.0 * 2_u32.saturating_pow(failed.saturating_sub(1).min(8))).min(AGAIN.1)
}
