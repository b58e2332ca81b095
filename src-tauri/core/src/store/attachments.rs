//! What is attached, beside the database: one file for each content, called by its hash,
//! and here which incident names it. A file is whole before anything names it, and goes
//! when nothing does.

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{Result, drafts, open, restore};
use crate::domain::attachment::{Attachment, ContentHash, LARGEST};
use crate::domain::id::IncidentId;

pub const V6: &str = "
CREATE TABLE attachments (hash TEXT NOT NULL, incident_id TEXT NOT NULL, PRIMARY KEY (hash, incident_id)) STRICT, WITHOUT ROWID;
";

/// Beside the database.
const FOLDER: &str = "attachments";

/// What a file ends with that is not whole yet.
const UNFINISHED: &str = ".part";

/// Keeps these bytes, and on the disk before this returns. The same content is one file.
pub fn keep(folder: &Path, bytes: &[u8]) -> io::Result<ContentHash> {
    let hash = ContentHash::of(Sha256::digest(bytes).into());
    let file = place(folder, &hash);
    // One that was damaged is kept anew.
    if read(folder, &hash).is_ok() {
        return Ok(hash);
    }
    write_whole(&folder.join(FOLDER), &file, bytes)?;
    Ok(hash)
}

/// Keeps what has this hash in another folder.
pub(super) fn keep_in(folder: &Path, hash: &ContentHash, bytes: &[u8]) -> io::Result<()> {
    write_whole(folder, &folder.join(hash.to_string()), bytes)
}

fn write_whole(folder: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // Two that keep the same at once do not write into one another.
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = folder.join(format!("{name}.{:016x}{UNFINISHED}", rand::random::<u64>()));
    let written = write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, file));
    if written.is_err() {
        drop(fs::remove_file(&unfinished));
    }
    written?;
    // That it is there is on the disk too. Windows knows no such thing.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// What is kept under this hash; an error where it is gone, or is not what it was.
pub fn read(folder: &Path, hash: &ContentHash) -> io::Result<Vec<u8>> {
    read_from(&place(folder, hash), hash)
}

pub(super) fn read_from(file: &Path, hash: &ContentHash) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if ContentHash::of(Sha256::digest(&bytes).into()) != *hash {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not what was attached any more"));
    }
    Ok(bytes)
}

/// In bytes, as it lies there; none where it is gone.
pub(super) fn size(folder: &Path, hash: &ContentHash) -> u64 {
    fs::metadata(place(folder, hash)).map_or(0, |found| found.len())
}

fn place(folder: &Path, hash: &ContentHash) -> PathBuf {
    folder.join(FOLDER).join(hash.to_string())
}

/// Copies that were opened at the desk, below the folder; they go at the next start.
const OPENED: &str = "opened";

/// A copy under a name that a desktop knows how to open.
pub fn copy(folder: &Path, hash: &ContentHash, name: &str) -> io::Result<PathBuf> {
    let bytes = read(folder, hash)?;
    // Two of one name do not meet.
    let folder = folder.join(FOLDER).join(OPENED).join(&hash.to_string()[..12]);
    fs::create_dir_all(&folder)?;
    let file = folder.join(name);
    fs::write(&file, bytes)?;
    Ok(file)
}

/// An incident names these from now on.
pub fn named(db: &Connection, incident: IncidentId, attachments: &[Attachment]) -> Result<()> {
    let mut statement = db.prepare_cached("INSERT OR IGNORE INTO attachments (hash, incident_id) VALUES (?1, ?2)")?;
    for one in attachments {
        statement.execute(params![one.hash.to_string(), incident.to_string()])?;
    }
    Ok(())
}

/// Brings in what has this hash from beside a copy, where copies and data folders keep it, and answers whether it was there.
pub(super) fn fetch(folder: &Path, hash: &ContentHash, beside: &Path) -> bool {
    let Ok(places) = fs::read_dir(beside) else { return false };
    let mut found = places.filter_map(io::Result::ok).map(|place| place.path().join(hash.to_string()));
    found.find_map(|file| read_from(&file, hash).ok()).is_some_and(|bytes| keep(folder, &bytes).is_ok())
}

/// Every file that an incident names, or a draft that can be read.
pub fn all_named(db: &Connection) -> Result<BTreeSet<ContentHash>> {
    let mut statement = db.prepare("SELECT DISTINCT hash FROM attachments")?;
    let named = statement.query_map([], |row| Ok(ContentHash::read(row.get_ref(0)?.as_str()?)))?;
    let mut all: BTreeSet<ContentHash> = named.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect();
    all.extend(drafts::all(db)?.into_iter().flat_map(|draft| draft.attachments).map(|one| one.hash));
    Ok(all)
}

/// Whether an incident names it, or a draft, also one that cannot be read any more.
fn is_named(db: &Connection, hash: &ContentHash) -> Result<bool> {
    Ok(db
        .prepare_cached("SELECT 1 FROM attachments WHERE hash = ?1 UNION ALL SELECT 1 FROM drafts WHERE instr(draft, ?1) > 0")?
        .exists([hash.to_string()])?)
}

/// Removes the files that nothing names, and answers how many. Only while nobody can be
/// attaching one, and no draft can come back: before the desk is opened. Where a damaged database was set aside,
/// nobody knows what it named, and all of them stay; what one names that a copy has replaced stays too.
pub fn sweep(db: &Connection, folder: &Path) -> Result<usize> {
    drop(fs::remove_dir_all(folder.join(FOLDER).join(OPENED)));
    let Ok(files) = fs::read_dir(folder.join(FOLDER)) else { return Ok(0) };
    if open::is_any_set_aside(folder) {
        return Ok(0);
    }
    let Some(kept) = restore::named_aside(folder) else { return Ok(0) };
    let mut swept = 0;
    for file in files.filter_map(io::Result::ok) {
        let name = file.file_name().to_string_lossy().into_owned();
        let goes = match ContentHash::read(&name) {
            Some(hash) => !kept.contains(&hash) && !is_named(db, &hash)?,
            // Whatever else somebody put there is theirs.
            None => name.ends_with(UNFINISHED),
        };
        if goes && fs::remove_file(file.path()).is_ok() {
            swept += 1;
        }
    }
    Ok(swept)
}
