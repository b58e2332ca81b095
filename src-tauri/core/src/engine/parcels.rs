//! The files of messages. Each message goes first and alone; what is attached follows
//! once it has been taken, and whatever becomes of a file changes nothing of the message.

use rusqlite::Connection;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::pacing::{Later, Pacing};
use super::{Engine, lookup};
use crate::channel::files::{File, Parcel as ToCarry};
use crate::channel::pace::pace;
use crate::channel::{self, Envelope, Outcome, Ready};
use crate::domain::attachment::{Attachment, listed};
use crate::domain::brief;
use crate::domain::id::DeliveryId;
use crate::domain::incident::Incident;
use crate::domain::time::{HOUR, Instant, MINUTE};
use crate::host::Change;
use crate::store::deliveries::{self, Delivery};
use crate::store::parcels::{self, Parcel, ParcelState, With};
use crate::store::{Result, StoreError, attachments, channels};

/// Files that are on their way at once: messages have the other places, and the line.
pub(super) const AT_ONCE: usize = 4;

/// The most that is looked at in one turn.
const LOOKED_AT: usize = 100;

/// A file that could not be carried for so long is not carried any more.
const TRIED_FOR: i64 = HOUR;

/// The longest rest between two tries, and the first.
const REST: (i64, i64) = (10_000, 10 * MINUTE);

/// Queues a message, with the files of its incident that whoever gets it does not have
/// by this way: named where its channel carries none.
pub(super) fn queue(db: &Connection, incident: &Incident, mut delivery: Delivery) -> Result<()> {
    if incident.attachments.is_empty() || !delivery.message.brings_files() {
        return deliveries::add(db, &delivery);
    }
    let provider = channels::find(db, delivery.channel)?.map_or_else(String::new, |setup| setup.provider);
    // What is read out names no files.
    if provider == lookup::BY_HAND {
        return deliveries::add(db, &delivery);
    }
    let carried = channel::carries_files(&provider).is_some();
    let known = parcels::sent_by(db, incident.id, delivery.method)?;
    let new: Vec<Attachment> = incident.attachments.iter().filter(|one| !known.contains(&one.hash)).cloned().collect();
    delivery.message = brief::with_attachments(delivery.message, &new, carried);
    deliveries::add(db, &delivery)?;
    let with = With { delivery: delivery.id, incident: incident.id, method: delivery.method };
    parcels::add(db, &with, &new, if carried { ParcelState::Waits } else { ParcelState::Named })
}

/// A message has been taken.
pub(super) fn follow(db: &Connection, delivery: DeliveryId, now: Instant) -> Result<()> {
    parcels::follow(db, delivery, now.plus(TRIED_FOR), now)
}

/// What is to leave now: files of one message that go together.
struct Claimed {
    delivery: Delivery,
    parcels: Vec<Parcel>,
}

fn claim(db: &Connection, limit: usize, pacing: &mut Pacing, now: Instant) -> Result<Vec<Claimed>> {
    let mut by_message: BTreeMap<DeliveryId, Vec<Parcel>> = BTreeMap::new();
    for parcel in parcels::due(db, now, LOOKED_AT)? {
        by_message.entry(parcel.delivery).or_default().push(parcel);
    }
    let known = channels::all(db)?;
    let mut claimed = Vec::new();
    for (id, waiting) in by_message {
        // Nobody waits any more for the files of a message that is not wanted.
        let unwanted = match deliveries::find(db, id)? {
            Some(Delivery { cancelled_because: Some(why), .. }) => why,
            None => "its message is gone".into(),
            Some(delivery) => {
                let provider = known.iter().find(|setup| setup.id == delivery.channel).map_or("", |setup| setup.provider.as_str());
                if claimed.len() == limit {
                    break;
                }
                let parcels = first_of(waiting, channel::carries_files(provider).unwrap_or(0));
                if let Err(Later::Paced(at) | Later::Paused(at)) = pacing.go(delivery.channel, &delivery.address, pace(provider), now) {
                    stand(db, parcels, ParcelState::Queued, "waits its turn", Some(at), None)?;
                    continue;
                }
                for parcel in &parcels {
                    parcels::begins(db, parcel)?;
                }
                claimed.push(Claimed { delivery, parcels });
                continue;
            }
        };
        stand(db, waiting, ParcelState::NotCarried, &unwanted, None, None)?;
    }
    Ok(claimed)
}

/// The first, and with it as many of those behind it as have room together.
fn first_of(waiting: Vec<Parcel>, together: u64) -> Vec<Parcel> {
    let mut size = 0;
    let fits = |(at, parcel): &(usize, Parcel)| {
        size += parcel.attachment.size;
        *at == 0 || size <= together
    };
    waiting.into_iter().enumerate().take_while(fits).map(|(_, parcel)| parcel).collect()
}

fn stand(
    db: &Connection,
    parcels: Vec<Parcel>,
    state: ParcelState,
    words: &str,
    next_attempt_at: Option<Instant>,
    provider_id: Option<&str>,
) -> Result<()> {
    for parcel in parcels {
        parcels::stands(db, &Parcel { state, words: words.into(), next_attempt_at, ..parcel }, provider_id)?;
    }
    Ok(())
}

/// What came of a try. What fails for now, or may have arrived, is tried again.
fn settle(db: &Connection, parcels: Vec<Parcel>, outcome: &Outcome, now: Instant) -> Result<()> {
    let words = outcome.words();
    let asked = match outcome {
        Outcome::Accepted { provider_id, .. } => return stand(db, parcels, ParcelState::Carried, words, None, provider_id.as_deref()),
        Outcome::Permanent { .. } => return stand(db, parcels, ParcelState::NotCarried, words, None, None),
        Outcome::Temporary { retry_after, .. } => retry_after.unwrap_or_default(),
        Outcome::Uncertain { .. } => Duration::ZERO,
    };
    let rest = |tried: u32| (REST.0 << tried.min(10)).min(REST.1).max(i64::try_from(asked.as_millis()).unwrap_or(REST.1));
    for parcel in parcels {
        let next = now.plus(rest(parcel.attempts));
        let again = next < parcel.give_up_at;
        let state = if again { ParcelState::Queued } else { ParcelState::NotCarried };
        stand(db, vec![parcel], state, words, again.then_some(next), None)?;
    }
    Ok(())
}

/// What a crash cut short goes again: nobody knows how far it came.
pub(super) fn reopen(db: &Connection, now: Instant) -> Result<()> {
    let cut_short = parcels::reopen(db, now)?;
    if cut_short > 0 {
        tracing::warn!(cut_short, "files that the last run left on their way go again");
    }
    Ok(())
}

/// When a file is (next) to leave.
pub(super) fn next_due(db: &Connection) -> Result<Option<Instant>> {
    parcels::next_attempt_at(db)
}

impl Engine {
    /// Begins to carry what is due. Called when everything else that is to be sent has begun.
    pub(super) async fn carry_files(self: &Arc<Self>, now: Instant) -> Result<()> {
        let place = || Some((Arc::clone(&self.carrying).try_acquire_owned().ok()?, Arc::clone(&self.sending).try_acquire_owned().ok()?));
        let places: Vec<_> = std::iter::from_fn(place).collect();
        if places.is_empty() {
            return Ok(());
        }
        let (limit, pacing) = (places.len(), Arc::clone(&self.pacing));
        let claim = move |db: &Connection| claim(db, limit, &mut pacing.lock().unwrap_or_else(PoisonError::into_inner), now);
        let claimed = self.store.write::<_, StoreError, _>(claim).await?;
        for (claimed, place) in claimed.into_iter().zip(places) {
            let engine = Arc::clone(self);
            tokio::spawn(async move {
                engine.carry(claimed).await;
                drop(place);
            });
        }
        Ok(())
    }

    async fn carry(self: Arc<Self>, Claimed { delivery, parcels }: Claimed) {
        let (engine, incident, carried) = (Arc::clone(&self), delivery.incident, parcels.clone());
        // In a task of its own, so that a channel that panics is an outcome too.
        let tried = tokio::spawn(async move { engine.try_to_carry(delivery, &carried).await }).await;
        let outcome = tried.unwrap_or_else(|_| Outcome::Uncertain { words: "Baton itself failed while sending this".into() });
        let now = self.now();
        if let Err(failure) = self.store.write(move |db| settle(db, parcels, &outcome, now)).await {
            // After a start it counts as cut short, and goes again.
            tracing::error!(%incident, %failure, "what came of a file could not be recorded");
        }
        self.tell([Change::Incident(incident)]);
        self.wake();
        self.ears_wake.notify_one();
    }

    async fn try_to_carry(self: &Arc<Self>, delivery: Delivery, parcels: &[Parcel]) -> Outcome {
        let (now, id) = (self.now(), delivery.channel);
        let permanent = |words: String| Outcome::Permanent { words };
        let setup = match self.store.read::<_, StoreError, _>(move |db| channels::find(db, id)).await {
            Ok(Some(setup)) if setup.enabled => setup,
            Ok(_) => return permanent(format!("the channel “{}” is switched off or gone", delivery.via)),
            Err(failure) => return Outcome::Temporary { words: failure.to_string(), retry_after: None },
        };
        let channel = match self.ready(setup).await {
            Ok(Ready::Automatic(channel)) => channel,
            Ok(Ready::ByHand(_)) => return permanent("this channel is a call by hand now".into()),
            Err(cannot) => return cannot.outcome(),
        };
        let Some(carrier) = channel.files() else { return permanent(format!("{} carries no files (any more)", delivery.via)) };
        let (folder, wanted) = (self.store.folder().to_path_buf(), parcels.iter().map(|one| one.attachment.clone()).collect::<Vec<_>>());
        let reading =
            tokio::task::spawn_blocking(move || wanted.into_iter().map(|one| read(&folder, one)).collect::<Result<Vec<_>, String>>());
        let files = match reading.await {
            Ok(Ok(files)) => files,
            Ok(Err(words)) => return permanent(words),
            Err(_) => return Outcome::Temporary { words: "the file could not be read".into(), retry_after: None },
        };
        let with = Envelope {
            delivery: delivery.id,
            token: delivery.token,
            to_name: delivery.name,
            address: delivery.address,
            message: delivery.message,
            now,
            attempt: parcels.iter().map(|one| one.attempts).max().unwrap_or(0) + 1,
        };
        carrier.carry(&ToCarry { with, below: delivery.provider_id, files }).await
    }
}

fn read(folder: &std::path::Path, one: Attachment) -> Result<File, String> {
    let bytes = attachments::read(folder, &one.hash)
        .map_err(|error| format!("{} could not be read from the data folder ({error})", listed(std::slice::from_ref(&one))))?;
    Ok(File { name: one.name, kind: one.kind, hash: one.hash, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attachment::{ContentHash, FileKind};

    fn waiting(sizes: &[u64]) -> Vec<Parcel> {
        let now = Instant(1_800_000_000_000);
        let parcel = |(at, size): (usize, &u64)| Parcel {
            delivery: DeliveryId::new(now),
            attachment: Attachment {
                hash: ContentHash::of([u8::try_from(at).expect("few"); 32]),
                name: format!("{at}.log"),
                kind: FileKind::Text,
                size: *size,
                added_at: now,
                by: String::new(),
            },
            state: ParcelState::Queued,
            words: String::new(),
            attempts: 0,
            next_attempt_at: Some(now),
            give_up_at: now.plus(TRIED_FOR),
        };
        sizes.iter().enumerate().map(parcel).collect()
    }

    #[test]
    fn as_much_goes_together_as_the_channel_takes_and_never_less_than_one() {
        for (sizes, together, go) in [(&[1, 2, 3][..], 7, 3), (&[3, 3, 3], 7, 2), (&[9, 1], 7, 1), (&[1, 9, 1], 7, 1), (&[1, 1], 0, 1)] {
            assert_eq!(first_of(waiting(sizes), together).len(), go, "{sizes:?} where {together} go together");
        }
    }
}
