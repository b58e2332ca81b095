//! What can be done with Baton: one method here for each command of the window,
//! by the same name. Nothing here draws, and nothing here waits for a person.

mod alike;
mod asking;
mod attachments;
mod backup;
mod board;
mod calendar;
mod call_sheet;
mod channels;
mod consider;
mod directory;
mod drills;
mod exchange;
mod export;
mod file;
mod following;
mod hand_over;
mod incidents;
mod insights;
mod new;
mod notices;
mod own_channels;
mod people_file;
mod person_data;
mod policy;
mod post_incident;
mod proof;
mod retention;
mod sample;
mod settings;
mod stakeholders;
pub mod types;
mod watch;
mod wizard;

use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

use crate::channel::Channels;
use crate::channel::catalogue::Catalogue;
use crate::domain::channel::{ChannelSetup, Reach};
use crate::domain::coach::Coach;
use crate::domain::id::ChannelId;
use crate::domain::time::Instant;
use crate::engine::{Engine, backup as backup_engine, lookup};
use crate::error::Failure;
use crate::host::Change;
use crate::store;

pub use backup::{BackupCopy, BackupTrouble, Backups, LostIncident, RestorePreview};
pub use hand_over::{HandOverLine, HandOverView};
pub use insights::{InsightsTable, InsightsView, LearntFrom};
pub use new::{HandedIn, HandedInState, NotFiled};
pub use notices::Answered;
pub use own_channels::{OwnChannel, OwnChannels, OwnFault};
pub use person_data::{PersonData, PersonDataPart};
pub use retention::{LeavingIncident, RetentionPreview};
pub use watch::{HeartbeatTrouble, HeartbeatView, Sound};

pub type Answer<T> = Result<T, Failure>;

/// The use cases, over one database.
pub struct Desk {
    engine: Arc<Engine>,
    /// Lasting conditions the person at the desk should know of.
    conditions: Mutex<Vec<String>>,
    /// Something the call sheet tells has changed.
    sheet_is_old: Notify,
    writing_sheet: tokio::sync::Mutex<()>,
    codes: Mutex<proof::Codes>,
    /// Its rules and languages are read once.
    coach: Coach,
    /// The holes in the plan as they were last looked for, until something changes.
    holes: Mutex<Option<(Instant, Holes)>>,
    /// The open incidents in their order, as far as the log was read.
    order: Arc<Mutex<board::order::Order>>,
    /// What of the board the window looked at last.
    looked_at: Mutex<types::BoardFilter>,
}

/// How many holes there are in the plan, and how many of them are grave.
type Holes = (u32, u32);

impl Desk {
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            conditions: Mutex::default(),
            sheet_is_old: Notify::new(),
            writing_sheet: tokio::sync::Mutex::default(),
            codes: Mutex::default(),
            coach: Coach::new(),
            holes: Mutex::default(),
            order: Arc::default(),
            looked_at: Mutex::default(),
        }
    }

    /// What a new desk has from the start: this desktop, calls by hand, and the
    /// computer's time zone by its IANA name, if that is known.
    pub async fn prepare(&self, zone: Option<String>) -> Answer<()> {
        let now = self.now();
        self.read_own_channels().await?;
        let folder = self.engine.store.folder().to_path_buf();
        let unreadable = self.write([], move |db| {
            let mut unreadable = 0;
            let swept = store::attachments::sweep(db, &folder)?;
            if swept > 0 {
                tracing::info!(swept, "attached files that nothing names any more were removed");
            }
            lookup::device(db, now)?;
            backup_engine::standing(db, now)?;
            if let Some(zone) = zone.filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok()) {
                store::settings::put(db, lookup::SYSTEM_ZONE, &zone)?;
            }
            if !store::incidents::are_readable(db)? {
                // What the events tell can be worked out again; better now than when it burns.
                if store::incidents::is_any(db)? {
                    tracing::warn!("the projection could not be read and is rebuilt from the events");
                }
                unreadable = store::incidents::rebuild(db)?.len();
            }
            if store::settings::get::<bool>(db, "prepared")?.unwrap_or(false) {
                return Ok(unreadable);
            }
            for (provider, name, reach) in [("desktop", "This desktop", Reach::Desk), (lookup::BY_HAND, "Call by hand", Reach::Phone)] {
                let setup = ChannelSetup {
                    id: ChannelId::new(now),
                    provider: provider.into(),
                    name: name.into(),
                    reach,
                    settings: Default::default(),
                    secrets_set: vec![],
                    enabled: true,
                    last_test: None,
                    sample: false,
                };
                store::channels::save(db, &setup)?;
            }
            store::settings::put(db, "prepared", &true)?;
            Ok(unreadable)
        });
        match unreadable.await? {
            0 => {}
            1 => self.add_condition(
                "One incident has a record that cannot be read. It is shown as it was before; everything else goes on.".into(),
            ),
            many => self.add_condition(format!(
                "{many} incidents have records that cannot be read. They are shown as before; everything else goes on."
            )),
        }
        Ok(())
    }

    /// Says something in the window for as long as Baton runs: no keyring, no
    /// tray, a database that was set aside.
    pub fn add_condition(&self, words: String) {
        let mut conditions = self.conditions.lock().unwrap_or_else(PoisonError::into_inner);
        if !conditions.contains(&words) {
            conditions.push(words);
            self.engine.sink.changed(Change::Settings);
        }
    }

    fn now(&self) -> Instant {
        self.engine.now()
    }

    fn channels(&self) -> &Channels {
        &self.engine.channels
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        self.engine.channels.catalogue()
    }

    /// Writes, tells the window what changed, and lets the engine look at what is
    /// due by it.
    async fn write<T: Send + 'static>(
        &self,
        changes: impl IntoIterator<Item = Change>,
        work: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let done = self.engine.store.write(work).await?;
        self.written(changes.into_iter().collect());
        Ok(done)
    }

    fn written(&self, changes: Vec<Change>) {
        if changes.iter().any(|change| !matches!(change, Change::Drafts | Change::Notices)) {
            *self.holes.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        if changes.iter().any(|change| matches!(change, Change::Directory | Change::Channels | Change::Settings)) {
            self.sheet_is_old.notify_one();
        }
        self.engine.tell(changes);
        self.engine.wake();
    }

    async fn read<T: Send + 'static>(&self, work: impl FnOnce(&Connection) -> Answer<T> + Send + 'static) -> Answer<T> {
        self.engine.store.read(work).await
    }
}
