//! What makes things happen by themselves: what is due is performed, what is
//! queued is sent, and the outcome of both is written down.

pub mod backup;
mod chores;
mod cycle;
pub mod drill;
mod driver;
mod ears;
mod effects;
mod gather;
pub mod hand_over;
mod hearing;
pub mod heartbeat;
mod in_step;
pub mod lookup;
mod outbox;
mod outcome;
mod pacing;
mod parcels;
pub mod record;
mod reminder;
pub mod retention;
mod rooms;
mod self_check;
pub mod sound;
mod summary;
pub mod telling;

pub use ears::EarState;
pub use effects::{calls_on_its_own, told_of};
pub use outbox::reaching;
pub use self_check::Lateness;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, Semaphore};

use crate::channel::Channels;
use crate::clock::Clock;
use crate::domain::id::ChannelId;
use crate::domain::time::Instant;
use crate::host::{Change, EventSink, Notifier, Secrets};
use crate::store::{Result, Store, StoreError, events};

/// The most sends under way at once.
const SENDING: usize = 64;

pub struct Engine {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub notifier: Arc<dyn Notifier>,
    pub secrets: Arc<dyn Secrets>,
    pub sink: Arc<dyn EventSink>,
    pub channels: Channels,
    wake: Notify,
    /// Something may be awaited from another channel now.
    ears_wake: Notify,
    ear_states: Mutex<BTreeMap<ChannelId, EarState>>,
    /// Which deafness the desk has been told of.
    told_deaf: Mutex<BTreeSet<(ChannelId, Instant)>>,
    trouble: Mutex<Option<String>>,
    sending: Arc<Semaphore>,
    /// Places for files, besides those among all sends.
    carrying: Arc<Semaphore>,
    pacing: Arc<Mutex<pacing::Pacing>>,
    resting: Mutex<rooms::Resting>,
    /// Held by whoever makes a copy of everything.
    copying: Arc<Semaphore>,
    no_copy_before: Mutex<Option<Instant>>,
    self_check: self_check::SelfCheck,
}

impl Engine {
    #[must_use]
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        notifier: Arc<dyn Notifier>,
        secrets: Arc<dyn Secrets>,
        sink: Arc<dyn EventSink>,
    ) -> Self {
        let channels = Channels::new(Arc::clone(&secrets), Arc::clone(&notifier));
        Self {
            store,
            clock,
            notifier,
            secrets,
            sink,
            channels,
            wake: Notify::new(),
            ears_wake: Notify::new(),
            ear_states: Mutex::default(),
            told_deaf: Mutex::default(),
            trouble: Mutex::default(),
            sending: Arc::new(Semaphore::new(SENDING)),
            carrying: Arc::new(Semaphore::new(parcels::AT_ONCE)),
            pacing: Arc::default(),
            resting: Mutex::default(),
            copying: Arc::new(Semaphore::new(1)),
            no_copy_before: Mutex::default(),
            self_check: self_check::SelfCheck::default(),
        }
    }

    /// Something may be due now. A hint: the database is the truth.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn tell(&self, changes: impl IntoIterator<Item = Change>) {
        changes.into_iter().for_each(|change| self.sink.changed(change));
    }
}

/// The time of the last event on record, for a clock that was set back while
/// Baton was not running.
pub async fn last_event_at(store: &Store) -> Result<Option<Instant>> {
    store.read::<_, StoreError, _>(events::last_at).await
}
