//! A copy of everything once a day. It is made beside everything else, which waits for it in
//! nothing; one at a time; and where it fails the desk is told once.

use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::Engine;
use crate::domain::backup::{BackupSettings, Standing};
use crate::domain::id::NoticeId;
use crate::domain::notice::Asks;
use crate::domain::time::{Instant, MINUTE};
use crate::host::Change;
use crate::store::backup::{self, BackupFailure, Made, Place};
use crate::store::notices::{self, NoticeRow};
use crate::store::{Result, StoreError, settings};

/// What the desk has agreed.
pub const SETTINGS: &str = "backup";

/// How it stands.
const STANDING: &str = "backup_standing";

/// Where not even the outcome can be written down, nothing is tried before then.
const WHERE_NOTHING_IS_KEPT: i64 = 15 * MINUTE;

/// The standard, where that cannot be read: a copy too many does no harm.
pub fn agreed(db: &Connection) -> BackupSettings {
    let standard = BackupSettings::default();
    settings::get_over(db, SETTINGS, &standard).ok().flatten().unwrap_or(standard)
}

/// How the desk stands with its copies; it begins when this is first asked for.
pub fn standing(db: &Connection, now: Instant) -> Result<Standing> {
    if let Some(known) = known(db) {
        return Ok(known);
    }
    let new = Standing::new(format!("{:06x}", rand::random::<u32>() & 0xff_ffff), now);
    settings::put(db, STANDING, &new)?;
    Ok(new)
}

/// The same, where it can be read.
pub fn known(db: &Connection) -> Option<Standing> {
    settings::get(db, STANDING).ok().flatten()
}

/// When the next one is due; `None` where the desk wants none.
pub(super) fn next_due(db: &Connection, now: Instant) -> Option<Instant> {
    if agreed(db).daily { known(db).map(|standing| standing.due(now)) } else { None }
}

impl Engine {
    /// Begins a copy, where one is due and none is under way.
    pub(super) async fn back_up_if_due(self: &Arc<Self>, now: Instant) -> Result<()> {
        let Ok(alone) = Arc::clone(&self.copying).try_acquire_owned() else { return Ok(()) };
        if self.rests_from_copies(now)
            || self.store.read::<_, StoreError, _>(move |db| Ok(next_due(db, now))).await?.is_none_or(|due| due > now)
        {
            return Ok(());
        }
        let engine = Arc::clone(self);
        tokio::spawn(async move {
            match engine.copy().await {
                // Never before there is a sound copy of it all.
                Ok(_) => {
                    if let Err(failure) = engine.retain(now).await {
                        tracing::error!(%failure, "what is over and old could not be removed");
                    }
                }
                Err(failure) => tracing::warn!(%failure, "no copy could be made"),
            }
            drop(alone);
            engine.wake();
        });
        Ok(())
    }

    /// Whether the next copy is awaited: none is under way, and none failed just now.
    pub(super) fn awaits_copy(&self, now: Instant) -> bool {
        self.copying.available_permits() > 0 && !self.rests_from_copies(now)
    }

    fn rests_from_copies(&self, now: Instant) -> bool {
        let until = *self.no_copy_before.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| now < until && until.since(now) <= WHERE_NOTHING_IS_KEPT)
    }

    /// Makes a copy now, after one that is under way.
    pub async fn back_up(self: &Arc<Self>) -> Result<Made, BackupFailure> {
        let _alone = Arc::clone(&self.copying).acquire_owned().await;
        self.copy().await
    }

    /// Nothing is copied, and nothing that copies need is removed, while this is held.
    pub async fn no_copies(&self) -> impl Sized + use<> {
        Arc::clone(&self.copying).acquire_owned().await
    }

    async fn copy(&self) -> Result<Made, BackupFailure> {
        let now = self.now();
        let data = self.store.folder().to_path_buf();
        let made = match self.place(now).await {
            Ok(place) => {
                let making = tokio::task::spawn_blocking(move || backup::make(&data, &place, now)).await;
                making.unwrap_or(Err(BackupFailure::CutShort))
            }
            Err(failure) => Err(BackupFailure::Database(failure)),
        };
        let outcome = made.as_ref().map(|made| made.file.display().to_string()).map_err(ToString::to_string);
        if let Err(failure) = self.store.write::<_, StoreError, _>(move |db| record(db, outcome, now)).await {
            tracing::error!(%failure, "what came of a copy could not be written down");
            *self.no_copy_before.lock().unwrap_or_else(PoisonError::into_inner) = Some(now.plus(WHERE_NOTHING_IS_KEPT));
        }
        self.tell([Change::Settings, Change::Notices]);
        self.wake();
        made
    }

    async fn place(&self, now: Instant) -> Result<Place> {
        let data = self.store.folder().to_path_buf();
        self.store.write::<_, StoreError, _>(move |db| Ok(place_of(&data, &agreed(db), &standing(db, now)?))).await
    }
}

/// Where copies go by what the desk has agreed.
pub fn folder(data: &Path, agreed: &BackupSettings) -> PathBuf {
    if agreed.folder.is_empty() { data.join(backup::FOLDER) } else { PathBuf::from(&agreed.folder) }
}

fn place_of(data: &Path, agreed: &BackupSettings, standing: &Standing) -> Place {
    Place { folder: folder(data, agreed), mark: standing.mark.clone(), own: agreed.folder.is_empty() }
}

fn record(db: &Connection, outcome: std::result::Result<String, String>, now: Instant) -> Result<()> {
    let mut standing = standing(db, now)?;
    match outcome {
        Ok(file) => standing.succeeded(now, file),
        Err(words) => {
            if standing.failed(words.clone(), now) {
                notices::add(db, &told(&words, now))?;
            }
        }
    }
    settings::put(db, STANDING, &standing)
}

fn told(words: &str, now: Instant) -> NoticeRow {
    NoticeRow {
        id: NoticeId::new(now),
        incident: None,
        at: now,
        title: "Today's backup could not be made".into(),
        body: format!("{words} Everything goes on, and it is tried again every hour. See Settings, under Backup."),
        critical: false,
        asks: Asks::SeeBackup,
        about: None,
        read: false,
    }
}
