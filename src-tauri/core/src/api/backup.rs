//! Copies of everything: what the desk has agreed of them, which there are, and going on from one.

use std::path::{Path, PathBuf};

use serde::Serialize;
use ts_rs::TS;

use super::{Answer, Desk};
use crate::domain::attachment::spoken_size;
use crate::domain::backup::BackupSettings;
use crate::domain::id::NoticeId;
use crate::domain::notice::Asks;
use crate::domain::time::{Instant, spoken};
use crate::engine::{backup as engine_backup, lookup};
use crate::error::Failure;
use crate::host::Change;
use crate::store::backup::{self, BackupFailure, Listed, NoBackup, Origin};
use crate::store::notices::NoticeRow;
use crate::store::restore::{self, Lost, RestoreFailure, Staged};
use crate::store::settings;
use chrono_tz::Tz;

/// How the desk stands with its copies, and which there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Backups {
    pub settings: BackupSettings,
    /// Where they go.
    pub folder: String,
    /// Where they would go if no other folder were chosen.
    pub own_folder: String,
    /// When the last good one was made; `None` where none ever was.
    pub last_good: Option<String>,
    /// When the next is due; `None` where the desk wants none by itself.
    pub next: Option<String>,
    pub failing: Option<BackupTrouble>,
    /// The newest first.
    pub copies: Vec<BackupCopy>,
}

/// No copy can be made at present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BackupTrouble {
    pub since: String,
    pub words: String,
}

/// A file that one can go on from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BackupCopy {
    pub file: String,
    /// When it was made, or on which occasion.
    pub made: String,
    pub size: String,
    #[ts(type = "number | null")]
    pub incidents: Option<u64>,
    /// Every page of it was looked at when it was made.
    pub checked: bool,
    /// Why it is none that could be restored.
    pub fault: Option<String>,
}

/// What going on from a copy would mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RestorePreview {
    pub file: String,
    /// When it was made, as far as its name tells.
    pub made: Option<String>,
    pub size: String,
    #[ts(type = "number")]
    pub format: i64,
    #[ts(type = "number")]
    pub present_format: i64,
    #[ts(type = "number")]
    pub incidents: u64,
    #[ts(type = "number")]
    pub open: u64,
    /// When something last happened in it.
    pub newest: Option<String>,
    /// Incidents that only the present data knows, the newest first, and not all of them.
    pub lost: Vec<LostIncident>,
    #[ts(type = "number")]
    pub lost_in_all: u64,
    /// Of the others, so many have gone on since.
    #[ts(type = "number")]
    pub gone_on: u64,
    /// What happened that it does not know.
    #[ts(type = "number")]
    pub lost_events: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LostIncident {
    pub reference: String,
    pub title: String,
    pub open: bool,
}

impl Desk {
    pub async fn backups(&self) -> Answer<Backups> {
        let now = self.now();
        let data = self.engine.store.folder().to_path_buf();
        self.read(move |db| {
            let (settings, zone) = (engine_backup::agreed(db), lookup::desk(db)?.tz());
            let standing = engine_backup::known(db);
            let own_folder = data.join(backup::FOLDER);
            let folder = engine_backup::folder(&data, &settings);
            let say = |at: Instant| spoken(at, now, zone);
            Ok(Backups {
                folder: folder.display().to_string(),
                own_folder: own_folder.display().to_string(),
                last_good: standing.as_ref().and_then(|standing| standing.good.as_ref()).map(|good| say(good.at)),
                next: standing.as_ref().filter(|_| settings.daily).map(|standing| say(standing.due(now).max(now))),
                failing: standing
                    .and_then(|standing| standing.failing)
                    .map(|failing| BackupTrouble { since: say(failing.since), words: failing.words }),
                copies: backup::list(&data, &folder).into_iter().map(|one| view(&one, now, zone)).collect(),
                settings,
            })
        })
        .await
    }

    pub async fn save_backup_settings(&self, mut settings: BackupSettings) -> Answer<()> {
        settings.folder = settings.folder.trim().into();
        let data = self.engine.store.folder().to_path_buf();
        if Path::new(&settings.folder) == data.join(backup::FOLDER) {
            settings.folder.clear();
        }
        if !settings.folder.is_empty() {
            let folder = PathBuf::from(&settings.folder);
            let checked = tokio::task::spawn_blocking(move || check_folder(&data, &folder)).await;
            checked.map_err(|error| Failure::other(error.to_string()))?.map_err(|words| Failure::invalid("folder", words))?;
        }
        self.write([Change::Settings], move |db| Ok(settings::put(db, engine_backup::SETTINGS, &settings)?)).await
    }

    /// Makes a copy now, and says where it is.
    pub async fn back_up_now(&self) -> Answer<String> {
        let made = self.engine.back_up().await?;
        let file = made.file.display();
        Ok(match made.without {
            0 => format!("Copied and checked: {file}."),
            1 => format!("Copied and checked: {file}. One attached file is gone or damaged here and is not in it."),
            many => format!("Copied and checked: {file}. {many} attached files are gone or damaged here and are not in it."),
        })
    }

    /// What is in this file, and what would be lost by going on from it. Nothing is changed.
    pub async fn restore_preview(&self, file: String) -> Answer<RestorePreview> {
        let alone = self.engine.no_copies().await;
        let (now, data) = (self.now(), self.engine.store.folder().to_path_buf());
        let zone = self.read(|db| Ok(lookup::desk(db)?.tz())).await?;
        let looked = tokio::task::spawn_blocking(move || {
            let file = PathBuf::from(file.trim());
            let staged = restore::stage(&data, &file)?;
            let seen = restore::lost(&data, &staged).map(|lost| preview(&file, &staged, lost, now, zone));
            restore::forget(&data);
            Ok::<_, RestoreFailure>(seen?)
        });
        let seen = looked.await.map_err(|error| Failure::other(error.to_string()))??;
        drop(alone);
        Ok(seen)
    }

    /// Makes the copy the one that Baton opens when it starts next, which is to be at once. What is here until
    /// then is kept under another name.
    pub async fn restore_backup(&self, file: String) -> Answer<()> {
        // A copy that is under way ends first, and none begins.
        let alone = self.engine.no_copies().await;
        let (now, data) = (self.now(), self.engine.store.folder().to_path_buf());
        let zone = self.read(|db| Ok(lookup::desk(db)?.tz())).await?;
        let made_ready = tokio::task::spawn_blocking(move || {
            let file = PathBuf::from(file.trim());
            let staged = restore::stage(&data, &file)?;
            let notice = |aside: &str| told(&file, &data.join(aside), &staged, now, zone);
            let done = restore::make_ready(&data, &staged, &file, notice);
            if done.is_err() {
                restore::forget(&data);
            }
            done
        });
        let (without, aside) = made_ready.await.map_err(|error| Failure::other(error.to_string()))??;
        tracing::warn!(without, aside = %aside.display(), "a copy takes the place of the database at the next start");
        drop(alone);
        Ok(())
    }
}

fn view(one: &Listed, now: Instant, zone: Tz) -> BackupCopy {
    let glance = backup::glance(&one.file);
    BackupCopy {
        file: one.file.display().to_string(),
        made: match one.origin {
            Origin::Made(at) => spoken(at, now, zone),
            Origin::BeforeUpdate => "Before an update of Baton".into(),
            Origin::BeforeRestore => "Before another was restored".into(),
        },
        size: spoken_size(one.size),
        checked: one.origin != Origin::BeforeRestore,
        incidents: glance.as_ref().ok().map(|found| found.incidents),
        fault: glance.err().map(|fault| fault.to_string()),
    }
}

fn preview(file: &Path, staged: &Staged, lost: Lost, now: Instant, zone: Tz) -> RestorePreview {
    RestorePreview {
        file: file.display().to_string(),
        made: backup::made_at(file).map(|at| spoken(at, now, zone)),
        size: spoken_size(std::fs::metadata(file).map(|found| found.len()).unwrap_or_default()),
        format: staged.found.format,
        present_format: crate::store::migration::known(),
        incidents: staged.found.incidents,
        open: staged.found.open,
        newest: staged.newest.map(|at| spoken(at, now, zone)),
        lost: lost.incidents.into_iter().map(|(reference, title, open)| LostIncident { reference, title, open }).collect(),
        lost_in_all: lost.incidents_in_all,
        gone_on: lost.gone_on,
        lost_events: lost.events,
    }
}

fn told(file: &Path, aside: &Path, staged: &Staged, now: Instant, zone: Tz) -> NoticeRow {
    let newest = staged.newest.map(|at| format!(" The last that happened in it was {}.", spoken(at, now, zone))).unwrap_or_default();
    NoticeRow {
        id: NoticeId::new(now),
        incident: None,
        at: now,
        title: "Baton goes on from a copy".into(),
        body: format!("{}.{newest} What was here before is kept as {}.", file.display(), aside.display()),
        critical: false,
        asks: Asks::SeeBackup,
        about: None,
        read: false,
    }
}

/// Copies can be written there, and get in nobody's way.
fn check_folder(data: &Path, folder: &Path) -> Result<(), String> {
    if !folder.is_absolute() {
        return Err("Write the whole path of the folder.".into());
    }
    let there = folder.canonicalize().map_err(|_| "This folder is not there. Make it first, or choose another.".to_string())?;
    if !there.is_dir() {
        return Err("This is a file. Choose a folder.".into());
    }
    if there.starts_with(data.canonicalize().unwrap_or_else(|_| data.to_path_buf())) {
        return Err("This is in Baton's own data folder. Choose one elsewhere, best on another disk, or leave it empty.".into());
    }
    let trial = there.join(".baton-trial");
    let written = std::fs::write(&trial, b"").and_then(|()| std::fs::remove_file(&trial));
    written.map_err(|error| format!("Baton may not write into this folder ({error})."))
}

impl From<BackupFailure> for Failure {
    fn from(failure: BackupFailure) -> Self {
        Self::other(format!("{failure} No copy was made; those that are there are as they were."))
    }
}

impl From<RestoreFailure> for Failure {
    fn from(failure: RestoreFailure) -> Self {
        let words = format!("{failure} Nothing was changed: Baton goes on with the data it has.");
        match failure {
            // There it goes on with another's.
            RestoreFailure::Ready => Self::other(failure.to_string()),
            RestoreFailure::NoBackup(NoBackup::Missing(_) | NoBackup::Folder(_)) => Self::invalid("file", words),
            _ => Self::other(words),
        }
    }
}
