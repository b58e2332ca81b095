//! Copies of everything: the database as it was at one moment, and beside it the files that
//! it names. A copy is whole and checked before it has its name, and is made on a connection
//! of its own that only reads: nothing waits for it.

use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{StoreError, attachments, migration, open};
use crate::domain::attachment::ContentHash;
use crate::domain::backup::KEPT;
use crate::domain::time::Instant;

/// Below the data folder, where the desk has chosen no other.
pub const FOLDER: &str = "backups";

const UNFINISHED: &str = ".part";

/// Where copies go, and by which part of their names they are known.
#[derive(Clone, Debug)]
pub struct Place {
    pub folder: PathBuf,
    pub mark: String,
    /// It is Baton's own folder, and made where it is not there.
    pub own: bool,
}

/// A copy was made and found sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub file: PathBuf,
    /// Attached files that are gone or damaged here, and so are not in the copy.
    pub without: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupFailure {
    #[error("The folder {0} is not there (any more).")]
    Gone(PathBuf),
    #[error("There is no room left in {0}.")]
    Full(PathBuf),
    #[error("The folder {folder} cannot be written to ({reason}).")]
    Folder { folder: PathBuf, reason: String },
    #[error("The copy was not sound ({0}) and was thrown away.")]
    NotSound(String),
    #[error("{0}")]
    Database(StoreError),
    #[error("The copy was cut short.")]
    CutShort,
}

/// Makes a copy, checks it, gives it its name, and removes those that are too many. The database
/// in `data` may be in use meanwhile.
pub fn make(data: &Path, to: &Place, at: Instant) -> Result<Made, BackupFailure> {
    if to.own {
        make_folder(&to.folder).map_err(|error| of_folder(&to.folder, &error))?;
    } else if !to.folder.is_dir() {
        return Err(BackupFailure::Gone(to.folder.clone()));
    }
    clear_unfinished(to);
    let file = free_name(to, at);
    let unfinished = with_ending(&file, UNFINISHED);
    let made = write(data, to, &unfinished).and_then(|without| {
        fs::rename(&unfinished, &file).and_then(|()| keep_names(&to.folder)).map_err(|error| of_folder(&to.folder, &error))?;
        Ok(Made { file: file.clone(), without })
    });
    match &made {
        Ok(_) => remove_others(to, &file),
        Err(_) => drop(fs::remove_file(&unfinished)),
    }
    made
}

fn write(data: &Path, to: &Place, unfinished: &Path) -> Result<usize, BackupFailure> {
    let failed = |error: rusqlite::Error| of_database(&to.folder, error);
    let name = unfinished.to_str().ok_or_else(|| BackupFailure::Folder { folder: to.folder.clone(), reason: "its name".into() })?;
    for_its_owner(unfinished).map_err(|error| of_folder(&to.folder, &error))?;
    // One moment of the database, whatever is written meanwhile.
    open::reader(&data.join(open::FILE)).map_err(failed)?.execute("VACUUM INTO ?1", [name]).map_err(failed)?;
    let copy = open::reader(unfinished).map_err(failed)?;
    if let Some(fault) = unsound(&copy).map_err(failed)? {
        return Err(BackupFailure::NotSound(fault));
    }
    let format = format(&copy).map_err(failed)?;
    if format != migration::known() {
        return Err(BackupFailure::NotSound(format!("its format is {format}")));
    }
    let named = attachments::all_named(&copy).map_err(|error| BackupFailure::NotSound(error.to_string()))?;
    drop(copy);
    let without = copy_files(data, to, &named)?;
    File::options().write(true).open(unfinished).and_then(|file| file.sync_all()).map_err(|error| of_folder(&to.folder, &error))?;
    Ok(without)
}

/// Copies the files that are not there yet, and answers how many cannot be read here.
fn copy_files(data: &Path, to: &Place, named: &BTreeSet<ContentHash>) -> Result<usize, BackupFailure> {
    let place = files_of(to);
    let mut without = 0;
    for hash in named.iter().filter(|hash| !place.join(hash.to_string()).exists()) {
        match attachments::read(data, hash) {
            Ok(bytes) => attachments::keep_in(&place, hash, &bytes).map_err(|error| of_folder(&to.folder, &error))?,
            Err(_) => without += 1,
        }
    }
    Ok(without)
}

/// What SQLite finds wrong with it, if anything.
pub fn unsound(db: &Connection) -> rusqlite::Result<Option<String>> {
    let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Ok(Some(verdict));
    }
    let lost = db.prepare("PRAGMA foreign_key_check")?.exists([])?;
    Ok(lost.then(|| "rows of it are lost".into()))
}

pub fn format(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Where the files lie that copies of this mark name.
fn files_of(place: &Place) -> PathBuf {
    place.folder.join(format!("baton-{}-files", place.mark))
}

/// Keeps the last ones of this mark, whatever their clock said of the newest, and the files they name.
fn remove_others(place: &Place, newest: &Path) {
    let mut ours: Vec<PathBuf> = files(&place.folder).into_iter().filter(|file| is_of(file, &place.mark)).collect();
    ours.sort();
    ours.retain(|file| file != newest);
    let too_many = (ours.len() + 1).saturating_sub(KEPT);
    let removed: Vec<PathBuf> = ours.drain(..too_many).filter(|file| fs::remove_file(file).is_ok()).collect();
    if removed.is_empty() {
        return;
    }
    ours.push(newest.to_path_buf());
    let mut named = BTreeSet::new();
    for file in &ours {
        let found = open::reader(file).map_err(StoreError::from).and_then(|copy| attachments::all_named(&copy));
        // Nobody knows what one names that cannot be read: everything stays.
        let Ok(found) = found else { return };
        named.extend(found);
    }
    for file in files(&files_of(place)) {
        let hash = ContentHash::read(&file.file_name().unwrap_or_default().to_string_lossy());
        if hash.is_some_and(|hash| !named.contains(&hash)) {
            drop(fs::remove_file(file));
        }
    }
}

/// A file of a folder that may be a copy: its name says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub file: PathBuf,
    pub size: u64,
    pub origin: Origin,
}

/// How a copy came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// By the day or by hand, then.
    Made(Instant),
    /// Baton was about to bring the database to a new format.
    BeforeUpdate,
    /// Another copy was about to take its place.
    BeforeRestore,
}

/// The copies in this folder and those beside the database, the newest first.
pub fn list(data: &Path, folder: &Path) -> Vec<Listed> {
    let mut found: Vec<Listed> = files(folder).into_iter().chain(files(data)).filter_map(listed).collect();
    found.sort_by(|one, other| other.origin.rank().cmp(&one.origin.rank()).then_with(|| other.file.cmp(&one.file)));
    found.dedup();
    found
}

impl Origin {
    fn rank(&self) -> Instant {
        if let Self::Made(at) = self { *at } else { Instant(0) }
    }
}

fn listed(file: PathBuf) -> Option<Listed> {
    let name = file.file_name()?.to_str()?;
    let origin = if !name.ends_with(".db") {
        return None;
    } else if name.starts_with(super::restore::ASIDE) {
        Origin::BeforeRestore
    } else if name.starts_with(migration::BEFORE) {
        Origin::BeforeUpdate
    } else {
        Origin::Made(made_at(&file)?)
    };
    let size = fs::metadata(&file).ok()?.len();
    Some(Listed { file, size, origin })
}

const MOMENT: &str = "%Y%m%d-%H%M%S";

/// When a copy of this name was made: `baton-k7w3qf-20261123-124200`.
fn moment_of(name: &str) -> Option<Instant> {
    let moment = name.strip_prefix("baton-")?.split_once('-')?.1.get(..15)?;
    let moment = chrono::NaiveDateTime::parse_from_str(moment, MOMENT).ok()?;
    Some(Instant(moment.and_utc().timestamp_millis()))
}

/// When a copy was made, as far as its name tells.
#[must_use]
pub fn made_at(file: &Path) -> Option<Instant> {
    moment_of(file.file_name()?.to_str()?.strip_suffix(".db")?)
}

fn is_of(file: &Path, mark: &str) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(&format!("baton-{mark}-")) && made_at(file).is_some()
}

/// In UTC, so that names sort as the copies were made wherever the desk travels.
fn free_name(to: &Place, at: Instant) -> PathBuf {
    let stem = format!("baton-{}-{}", to.mark, at.utc().format(MOMENT));
    let first = to.folder.join(format!("{stem}.db"));
    let others = (2..).map(|number: u32| to.folder.join(format!("{stem}-{number}.db")));
    std::iter::once(first).chain(others).find(|file| !file.exists()).unwrap_or_default()
}

fn clear_unfinished(to: &Place) {
    let stem = format!("baton-{}-", to.mark);
    for file in files(&to.folder) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(&stem) && name.contains(UNFINISHED) {
            drop(fs::remove_file(&file));
        }
    }
}

pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    entries.filter_map(io::Result::ok).map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}

pub(super) fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_os_string();
    name.push(ending);
    name.into()
}

/// For this person's eyes only: names, numbers and what went wrong are in it.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// An empty file that nobody else may read, for SQLite to write into.
fn for_its_owner(file: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// That a file has its name is on the disk too. Windows knows no such thing.
pub(super) fn keep_names(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn of_folder(folder: &Path, error: &io::Error) -> BackupFailure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BackupFailure::Full(folder.to_path_buf()),
        io::ErrorKind::NotFound => BackupFailure::Gone(folder.to_path_buf()),
        _ => BackupFailure::Folder { folder: folder.to_path_buf(), reason: error.to_string() },
    }
}

fn of_database(folder: &Path, error: rusqlite::Error) -> BackupFailure {
    match StoreError::from(error) {
        StoreError::Full => BackupFailure::Full(folder.to_path_buf()),
        StoreError::ReadOnly(reason) => BackupFailure::Folder { folder: folder.to_path_buf(), reason },
        StoreError::Damaged(reason) => BackupFailure::NotSound(reason),
        other => BackupFailure::Folder { folder: folder.to_path_buf(), reason: other.to_string() },
    }
}

/// What is found in a file that is said to be a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub format: i64,
    pub incidents: u64,
    pub open: u64,
}

/// Why a file cannot be taken for a copy of Baton's.
#[derive(Debug, thiserror::Error)]
pub enum NoBackup {
    #[error("There is no file {0}.")]
    Missing(PathBuf),
    #[error("{0} is a folder. Choose the file in it.")]
    Folder(PathBuf),
    #[error("This file is empty.")]
    Empty,
    #[error("This file is no copy of Baton's: it is no database at all.")]
    NoDatabase,
    #[error("This is another program's database, not a copy of Baton's.")]
    Another,
    #[error("This copy is cut short: {there} of its {whole} bytes are there.")]
    Truncated { there: u64, whole: u64 },
    #[error("This copy is damaged ({0}).")]
    Damaged(String),
    #[error(
        "This copy was written by a newer Baton (its format is {found}, this one knows up to {known}). Install the newer Baton to restore it."
    )]
    Newer { found: i64, known: i64 },
    #[error("The file cannot be read ({0}).")]
    Unreadable(String),
}

/// What is said of SQLite's files at their beginning (<https://www.sqlite.org/fileformat2.html>).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Whether it is a database at all and is all there, from its first bytes and its size.
pub fn is_whole(file: &Path) -> Result<(), NoBackup> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => NoBackup::Missing(file.to_path_buf()),
        _ => NoBackup::Unreadable(error.to_string()),
    };
    let found = fs::metadata(file).map_err(unreadable)?;
    if found.is_dir() {
        return Err(NoBackup::Folder(file.to_path_buf()));
    }
    let mut header = Vec::new();
    File::open(file).and_then(|file| file.take(100).read_to_end(&mut header)).map_err(unreadable)?;
    if header.is_empty() {
        return Err(NoBackup::Empty);
    }
    if !header.starts_with(MAGIC) {
        return Err(NoBackup::NoDatabase);
    }
    let there = found.len();
    let Some(said) = header.get(..100) else { return Err(NoBackup::Truncated { there, whole: 100 }) };
    let number = |at: usize| u64::from(u32::from_be_bytes([said[at], said[at + 1], said[at + 2], said[at + 3]]));
    let page = match u64::from(u16::from_be_bytes([said[16], said[17]])) {
        1 => 65_536,
        page => page,
    };
    // Only then is its own count of pages to be believed.
    let whole = if number(24) == number(92) { number(28) * page } else { 0 };
    if there < whole { Err(NoBackup::Truncated { there, whole }) } else { Ok(()) }
}

/// Looks into a file without changing it, and not through all of it.
pub fn glance(file: &Path) -> Result<Found, NoBackup> {
    is_whole(file)?;
    look_into(&open::reader(file).map_err(|error| NoBackup::of(&error))?)
}

/// What is in this database, where it is Baton's and not newer than this program.
pub fn look_into(copy: &Connection) -> Result<Found, NoBackup> {
    let of = |error: rusqlite::Error| NoBackup::of(&error);
    let count = |statement: &str| copy.query_row(statement, [], |row| row.get::<_, i64>(0)).map_err(of);
    let found = format(copy).map_err(of)?;
    let ours =
        count("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('events', 'incidents', 'deliveries', 'settings')")?;
    if found < 1 || ours < 4 {
        return Err(NoBackup::Another);
    }
    if found > migration::known() {
        return Err(NoBackup::Newer { found, known: migration::known() });
    }
    let incidents = count("SELECT count(*) FROM incidents")?.unsigned_abs();
    let open = count("SELECT count(*) FROM incidents WHERE is_open = 1")?.unsigned_abs();
    Ok(Found { format: found, incidents, open })
}

impl NoBackup {
    pub fn of(error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::NotADatabase) => Self::NoDatabase,
            Some(Code::DatabaseCorrupt) => Self::Damaged(error.to_string()),
            _ => Self::Unreadable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_called_one_whoever_notices() {
        let folder = Path::new("/media/copies");
        let by_sqlite = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None);
        assert!(matches!(of_database(folder, by_sqlite), BackupFailure::Full(_)));
        assert!(matches!(of_folder(folder, &io::ErrorKind::StorageFull.into()), BackupFailure::Full(_)));
        assert!(matches!(of_folder(folder, &io::ErrorKind::NotFound.into()), BackupFailure::Gone(_)), "it went away in between");
    }

    #[test]
    fn a_copy_tells_by_its_name_when_it_was_made() {
        let at = made_at(Path::new("/media/copies/baton-3f09ac-20261123-124200.db")).expect("a name of ours");
        assert_eq!(at.utc().to_rfc3339(), "2026-11-23T12:42:00+00:00");
        assert_eq!(made_at(Path::new("baton-3f09ac-20261123-124200-2.db")), Some(at), "the second of that second too");
        for other in ["baton.db", "baton-before-format-5.db", "baton-damaged-1.db", "letters.db", "baton-x-2026.db"] {
            assert_eq!(made_at(Path::new(other)), None, "{other}");
        }
    }
}
