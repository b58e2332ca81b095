//! What is attached, beside the database: one file for each content, called by its hash,
//! and here which incident names it. A file is whole before anything names it, and goes
//! when nothing does.

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{Result, open};
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
    let folder = folder.join(FOLDER);
    fs::create_dir_all(&folder)?;
    // Two that keep the same at once do not write into one another.
    let unfinished = folder.join(format!("{hash}.{:016x}{UNFINISHED}", rand::random::<u64>()));
    let written = write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, &file));
    if written.is_err() {
        drop(fs::remove_file(&unfinished));
    }
    written?;
    // That it is there is on the disk too. Windows knows no such thing.
    #[cfg(unix)]
    File::open(&folder)?.sync_all()?;
    Ok(hash)
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
    let mut bytes = Vec::new();
    File::open(place(folder, hash))?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if ContentHash::of(Sha256::digest(&bytes).into()) != *hash {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not what was attached any more"));
    }
    Ok(bytes)
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

/// Whether an incident names it, or a draft, also one that cannot be read any more.
fn is_named(db: &Connection, hash: &ContentHash) -> Result<bool> {
    Ok(db
        .prepare_cached("SELECT 1 FROM attachments WHERE hash = ?1 UNION ALL SELECT 1 FROM drafts WHERE instr(draft, ?1) > 0")?
        .exists([hash.to_string()])?)
}

/// Removes the files that nothing names, and answers how many. Only while nobody can be
/// attaching one, and no draft can come back: before the desk is opened. Where a damaged database was set aside,
/// nobody knows what it named, and all of them stay.
pub fn sweep(db: &Connection, folder: &Path) -> Result<usize> {
    drop(fs::remove_dir_all(folder.join(FOLDER).join(OPENED)));
    let Ok(files) = fs::read_dir(folder.join(FOLDER)) else { return Ok(0) };
    if open::is_any_set_aside(folder) {
        return Ok(0);
    }
    let mut swept = 0;
    for file in files.filter_map(io::Result::ok) {
        let name = file.file_name().to_string_lossy().into_owned();
        let goes = match ContentHash::read(&name) {
            Some(hash) => !is_named(db, &hash)?,
            // Whatever else somebody put there is theirs.
            None => name.ends_with(UNFINISHED),
        };
        if goes && fs::remove_file(file.path()).is_ok() {
            swept += 1;
        }
    }
    Ok(swept)
}
