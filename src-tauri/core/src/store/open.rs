//! Opening the database: made where there is none, brought up to date with a
//! backup first, refused where it is newer than the program, and set aside where
//! it is damaged. Never deleted.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{migration, restore};

pub const FILE: &str = "baton.db";

/// What a damaged one is called, and a number.
const DAMAGED: &str = "baton-damaged-";

/// Something worth saying once after opening.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// There was no database before.
    pub made: bool,
    /// A copy has taken the place of the database that was there.
    pub restored: bool,
    /// A damaged database was moved here.
    pub set_aside: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenFailure {
    #[error(
        "The data in {folder} was written by a newer Baton (its format is {found}, this one knows {known}). Nothing was changed. Start the newer Baton, or choose another data folder with BATON_HOME."
    )]
    Newer { folder: PathBuf, found: i64, known: i64 },
    #[error(
        "The data folder {folder} cannot be used: {reason}. Nothing was changed. Check that it exists and can be written to, or choose another with BATON_HOME."
    )]
    Folder { folder: PathBuf, reason: String },
    #[error("The database could not be opened: {0}. It was not changed.")]
    Database(#[from] rusqlite::Error),
}

/// The oldest SQLite without the error that could lose a write-ahead log when it
/// was reset (fixed in 3.51.3, and in 3.50.7 for its line).
const OLDEST_SQLITE: i32 = 3_051_003;

/// A database larger than this is not read through at the start.
const CHECKED_WHOLE: u64 = 64 * 1024 * 1024;

pub fn open(folder: &Path) -> Result<(Connection, Opened), OpenFailure> {
    assert!(rusqlite::version_number() >= OLDEST_SQLITE, "SQLite {} can lose data; build with the bundled one", rusqlite::version());
    let unusable = |error: std::io::Error| OpenFailure::Folder { folder: folder.to_path_buf(), reason: error.to_string() };
    std::fs::create_dir_all(folder).map_err(unusable)?;
    let file = folder.join(FILE);
    let restored = restore::complete(folder)?;
    let mut opened = Opened { made: !file.exists(), restored, set_aside: None };

    let mut connection = match connect(&file) {
        Err(error) if is_damage(&error) => {
            opened = Opened { made: true, restored: false, set_aside: Some(set_aside(&file).map_err(unusable)?) };
            connect(&file)?
        }
        Err(error) if is_folder_trouble(&error) => {
            return Err(OpenFailure::Folder { folder: folder.to_path_buf(), reason: error.to_string() });
        }
        other => other?,
    };
    migration::bring_up_to_date(&mut connection, folder)?;
    Ok((connection, opened))
}

pub fn reader(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "mmap_size", 256 * 1024 * 1024)?;
    keep_plans(&connection)?;
    Ok(connection)
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // What is undone alone is kept where it needs no file.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(128);
    keep_plans(&connection)?;
    // Taking the write lock finds out now, not at the first incident, that the
    // folder cannot be written to.
    connection.execute_batch("BEGIN IMMEDIATE; PRAGMA user_version; COMMIT")?;
    let small = std::fs::metadata(file).is_ok_and(|found| found.len() <= CHECKED_WHOLE);
    let check = if small { "PRAGMA quick_check(1)" } else { "SELECT 'ok' FROM (SELECT count(*) FROM sqlite_master)" };
    let verdict: String = connection.query_row(check, [], |row| row.get(0))?;
    if verdict == "ok" {
        return Ok(connection);
    }
    Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), Some(verdict)))
}

/// Otherwise SQLite makes a new plan for every value that is bound, though no statistics are kept by which it could be another.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode as Code;
    matches!(error.sqlite_error_code(), Some(Code::DatabaseCorrupt | Code::NotADatabase))
}

fn is_folder_trouble(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode as Code;
    matches!(
        error.sqlite_error_code(),
        Some(Code::CannotOpen | Code::ReadOnly | Code::PermissionDenied | Code::DiskFull | Code::SystemIoFailure)
    )
}

/// Whether a damaged database was ever set aside here.
pub fn is_any_set_aside(folder: &Path) -> bool {
    let Ok(files) = std::fs::read_dir(folder) else { return false };
    files.filter_map(Result::ok).any(|file| file.file_name().to_string_lossy().starts_with(DAMAGED))
}

/// Moves the damaged file and what belongs to it to the first free name.
fn set_aside(file: &Path) -> std::io::Result<PathBuf> {
    let name = |number: u32, suffix: &str| file.with_file_name(format!("{DAMAGED}{number}.db{suffix}"));
    let number = (1..).find(|&number| !name(number, "").exists()).unwrap_or(u32::MAX);
    std::fs::rename(file, name(number, ""))?;
    for suffix in ["-wal", "-shm"] {
        let beside = file.with_file_name(format!("{FILE}{suffix}"));
        if beside.exists() {
            std::fs::rename(beside, name(number, suffix))?;
        }
    }
    Ok(name(number, ""))
}
