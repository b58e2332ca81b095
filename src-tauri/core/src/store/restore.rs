//! Going on from a copy. It is made ready beside the database while that is in use: copied,
//! checked, brought up to date. It takes the database's place at the next start, before
//! anything is opened, by renames that can be taken up wherever a crash cut them short.
//! What was there before is kept under another name.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::backup::{self, Found, NoBackup, files, keep_names, make_folder, unsound, with_ending};
use super::{OpenFailure, Result, StoreError, attachments, column, events, migration, notices, open, settings};
use crate::domain::attachment::ContentHash;
use crate::domain::incident::Incident;
use crate::domain::time::Instant;
use crate::store::notices::NoticeRow;

/// What the database is called that a copy has replaced, and a number.
pub const ASIDE: &str = "baton-before-restore-";

/// Below the data folder: the copy that is being made ready.
const STAGE: &str = "restore";

/// In it: the copy is ready, and this is what is to be done.
const READY: &str = "ready.json";

/// The files SQLite keeps beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// What is to be done at the next start, in names within the data folder.
#[derive(Serialize, Deserialize)]
struct Swap {
    /// What the present database is called from then on.
    aside: String,
}

/// A copy that was checked and brought up to date, not yet in use.
pub struct Staged {
    file: PathBuf,
    /// As it was before it was brought up to date.
    pub found: Found,
    /// The time of its newest event.
    pub newest: Option<Instant>,
}

#[derive(Debug, thiserror::Error)]
pub enum RestoreFailure {
    #[error("{0}")]
    NoBackup(#[from] NoBackup),
    #[error("A copy is ready to be gone on from. Start Baton again.")]
    Ready,
    #[error("The copy could not be made ready: {0}")]
    Store(#[from] StoreError),
    #[error("The copy could not be made ready ({0}).")]
    Folder(#[from] io::Error),
}

impl From<rusqlite::Error> for RestoreFailure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What the present database has that the copy has not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// That nobody would know of any more: reference, title, whether it is open; the newest first, and not all of them.
    pub incidents: Vec<(String, String, bool)>,
    pub incidents_in_all: u64,
    /// Of incidents that the copy knows, so many have gone on since.
    pub gone_on: u64,
    pub events: u64,
}

/// The most incidents that are named.
const NAMED: i64 = 20;

/// Copies the file beside the database, looks through all of it, and brings it up to date there; what cannot be
/// used leaves nothing behind. Neither the file nor the database is changed.
pub fn stage(data: &Path, file: &Path) -> Result<Staged, RestoreFailure> {
    let folder = data.join(STAGE);
    if folder.join(READY).exists() {
        return Err(RestoreFailure::Ready);
    }
    let staged = copy_and_check(&folder, file);
    if staged.is_err() {
        forget(data);
    }
    staged
}

fn copy_and_check(folder: &Path, file: &Path) -> Result<Staged, RestoreFailure> {
    backup::is_whole(file)?;
    clear(folder)?;
    make_folder(folder)?;
    let staged = folder.join(open::FILE);
    fs::copy(file, &staged)?;
    // Of a database that was copied while it was in use, the newest is in there.
    let log = with_ending(file, BESIDE[0]);
    if log.exists() {
        fs::copy(&log, with_ending(&staged, BESIDE[0]))?;
    }
    let mut copy = Connection::open(&staged)?;
    let found = backup::look_into(&copy)?;
    if let Some(fault) = unsound(&copy).map_err(|error| NoBackup::of(&error))? {
        return Err(NoBackup::Damaged(fault).into());
    }
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    migration::bring_up_to_date(&mut copy, folder).map_err(|failure| NoBackup::Damaged(failure.to_string()))?;
    let newest = events::last_at(&copy)?;
    Ok(Staged { file: staged, found, newest })
}

/// What would be gone if the copy took the place of the database in `data`.
pub fn lost(data: &Path, staged: &Staged) -> Result<Lost> {
    let present = open::reader(&data.join(open::FILE))?;
    present.execute("ATTACH ?1 AS copy", [staged.file.to_string_lossy()])?;
    let count = |statement: &str| present.query_row(statement, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs);
    let absent = "NOT EXISTS (SELECT 1 FROM copy.incidents AS kept WHERE kept.id = incidents.id)";
    let newer =
        "NOT EXISTS (SELECT 1 FROM copy.events AS kept WHERE kept.device_id = events.device_id AND kept.sequence = events.sequence)";
    let mut statement = present.prepare_cached(&format!(
        "SELECT reference, state, is_open FROM main.incidents WHERE {absent} ORDER BY number DESC LIMIT {NAMED}"
    ))?;
    let named = column::each_readable(&mut statement, [], "an incident", |row| {
        // One that cannot be read is lost as well.
        let title = column::document::<Incident>(row, 1).map(|incident| incident.facts.title()).unwrap_or_default();
        Ok((row.get(0)?, title, row.get(2)?))
    })?;
    Ok(Lost {
        incidents: named,
        incidents_in_all: count(&format!("SELECT count(*) FROM main.incidents WHERE {absent}"))?,
        gone_on: count(&format!(
            "SELECT count(DISTINCT incident_id) FROM main.events WHERE {newer} AND incident_id IN (SELECT id FROM copy.incidents)"
        ))?,
        events: count(&format!("SELECT count(*) FROM main.events WHERE {newer}"))?,
    })
}

/// Makes the copy the one that is opened at the next start, with the files it names, and answers how
/// many of those are nowhere to be found and what the present database will be called.
pub fn make_ready(
    data: &Path,
    staged: &Staged,
    from: &Path,
    notice: impl FnOnce(&str) -> NoticeRow,
) -> Result<(usize, PathBuf), RestoreFailure> {
    let folder = data.join(STAGE);
    let aside = (1..).map(|number: u32| format!("{ASIDE}{number}.db")).find(|name| !data.join(name).exists()).unwrap_or_default();
    let mut copy = Connection::open(&staged.file)?;
    let named = attachments::all_named(&copy)?;
    let changes = copy.transaction()?;
    // This desk has written events since the copy that would have the same numbers: what comes now is another device's.
    settings::remove(&changes, "device")?;
    notices::add(&changes, &notice(&aside))?;
    changes.commit()?;
    drop(copy);
    let beside = from.parent().unwrap_or(data);
    let without = named.iter().filter(|hash| attachments::read(data, hash).is_err() && !attachments::fetch(data, hash, beside)).count();
    File::options().write(true).open(&staged.file)?.sync_all()?;
    let ready = folder.join(READY);
    let unfinished = with_ending(&ready, ".part");
    let mut file = File::create(&unfinished)?;
    file.write_all(&serde_json::to_vec(&Swap { aside: aside.clone() }).map_err(StoreError::from)?)?;
    file.sync_all()?;
    fs::rename(unfinished, ready)?;
    keep_names(&folder)?;
    Ok((without, data.join(aside)))
}

/// Throws away what was made ready or looked into.
pub fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The same for this data folder, where nothing was made ready.
pub fn forget(data: &Path) {
    if let Err(error) = clear(&data.join(STAGE)) {
        tracing::warn!(%error, "a copy that was looked into is still there");
    }
}

/// Puts the copy that was made ready, if there is one, in the place of the database, and answers whether
/// it did. Nothing may have the database open. Where a rename fails, the database is where it was.
pub fn complete(data: &Path) -> Result<bool, OpenFailure> {
    let folder = data.join(STAGE);
    let Ok(ready) = fs::read(folder.join(READY)) else { return Ok(false) };
    let (staged, present) = (folder.join(open::FILE), data.join(open::FILE));
    let Ok(swap) = serde_json::from_slice::<Swap>(&ready) else {
        forget(data);
        return Ok(false);
    };
    let aside = data.join(&swap.aside);
    if staged.exists()
        && let Err(error) = exchange(&staged, &present, &aside)
    {
        tracing::error!(%error, "the copy could not take the place of the database");
        if !present.exists() {
            // A new and empty one in its place would hide what there is.
            let reason = format!("{error}; your data is in {}", aside.display());
            return Err(OpenFailure::Folder { folder: data.to_path_buf(), reason });
        }
        return Ok(false);
    }
    let _ = keep_names(data);
    forget(data);
    Ok(true)
}

fn exchange(staged: &Path, present: &Path, aside: &Path) -> io::Result<()> {
    if present.exists() {
        // One file is kept more safely than three. A damaged one is kept as it is.
        if let Err(error) = Connection::open(present).and_then(|db| db.pragma_update(None, "journal_mode", "DELETE")) {
            tracing::warn!(%error, "the database is set aside with its log");
        }
        fs::rename(present, aside)?;
    }
    for ending in BESIDE {
        let beside = with_ending(present, ending);
        if beside.exists() {
            fs::rename(&beside, with_ending(aside, ending))?;
        }
    }
    fs::rename(staged, present).inspect_err(|_| {
        if fs::rename(aside, present).is_ok() {
            for ending in BESIDE {
                drop(fs::rename(with_ending(aside, ending), with_ending(present, ending)));
            }
        }
    })
}

/// What the databases name that copies have replaced here and that are kept; `None` where that of one cannot be read.
pub fn named_aside(folder: &Path) -> Option<BTreeSet<ContentHash>> {
    let aside = |file: &PathBuf| {
        file.extension().is_some_and(|ending| ending == "db")
            && file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(ASIDE))
    };
    let mut named = BTreeSet::new();
    for file in files(folder).into_iter().filter(aside) {
        named.extend(open::reader(&file).map_err(StoreError::from).and_then(|db| attachments::all_named(&db)).ok()?);
    }
    Some(named)
}
