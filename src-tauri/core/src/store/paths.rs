//! Escalation paths. The levels are one document: they are only ever read and
//! written together.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, StoreError, column};
use crate::domain::directory::Path;
use crate::domain::id::PathId;
use crate::domain::time::Instant;

pub const V1: &str = "
CREATE TABLE paths (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, rounds INTEGER NOT NULL, levels TEXT NOT NULL,
  sample INTEGER NOT NULL, removed_at INTEGER
) STRICT, WITHOUT ROWID;
";

pub fn all(db: &Connection) -> Result<Vec<Path>> {
    let mut statement = db.prepare_cached("SELECT id, name, levels, rounds, sample FROM paths WHERE removed_at IS NULL ORDER BY id")?;
    column::each_by_name(&mut statement, "a path", path, |path| &path.name)
}

pub fn find(db: &Connection, id: PathId) -> Result<Option<Path>> {
    Ok(db
        .prepare_cached("SELECT id, name, levels, rounds, sample FROM paths WHERE id = ?1 AND removed_at IS NULL")?
        .query_row([id.to_string()], path)
        .optional()?)
}

pub fn save(db: &Connection, path: &Path) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO paths (id, name, rounds, levels, sample) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET name = excluded.name, rounds = excluded.rounds, levels = excluded.levels, removed_at = NULL",
    )?
    .execute(params![path.id.to_string(), path.name, path.rounds, column::to_document(&path.levels)?, path.sample])?;
    Ok(())
}

pub fn set_removed(db: &Connection, id: PathId, at: Option<Instant>) -> Result<()> {
    let changed =
        db.prepare_cached("UPDATE paths SET removed_at = ?2 WHERE id = ?1")?.execute(params![id.to_string(), at.map(|at| at.0)])?;
    if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

pub fn delete_sample(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM paths WHERE sample = 1", [])?;
    Ok(())
}

fn path(row: &rusqlite::Row<'_>) -> rusqlite::Result<Path> {
    Ok(Path { id: column::parse(row, 0)?, name: row.get(1)?, levels: column::document(row, 2)?, rounds: row.get(3)?, sample: row.get(4)? })
}
