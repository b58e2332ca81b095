//! On-call rotations. A rotation is one document: its layers and what was agreed
//! otherwise are only ever read and written together.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, StoreError, column};
use crate::domain::id::RotationId;
use crate::domain::rotation::Rotation;
use crate::domain::time::Instant;

pub const V2: &str = "
CREATE TABLE rotations (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, rotation TEXT NOT NULL, sample INTEGER NOT NULL, removed_at INTEGER
) STRICT, WITHOUT ROWID;
";

pub fn all(db: &Connection) -> Result<Vec<Rotation>> {
    let mut statement = db.prepare_cached("SELECT rotation FROM rotations WHERE removed_at IS NULL ORDER BY id")?;
    column::each_by_name(&mut statement, "a rotation", |row| column::document(row, 0), |rotation: &Rotation| &rotation.name)
}

pub fn find(db: &Connection, id: RotationId) -> Result<Option<Rotation>> {
    Ok(db
        .prepare_cached("SELECT rotation FROM rotations WHERE id = ?1 AND removed_at IS NULL")?
        .query_row([id.to_string()], |row| column::document(row, 0))
        .optional()?)
}

pub fn save(db: &Connection, rotation: &Rotation) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO rotations (id, name, rotation, sample) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET name = excluded.name, rotation = excluded.rotation, removed_at = NULL",
    )?
    .execute(params![rotation.id.to_string(), rotation.name, column::to_document(rotation)?, rotation.sample])?;
    Ok(())
}

pub fn set_removed(db: &Connection, id: RotationId, at: Option<Instant>) -> Result<()> {
    let changed =
        db.prepare_cached("UPDATE rotations SET removed_at = ?2 WHERE id = ?1")?.execute(params![id.to_string(), at.map(|at| at.0)])?;
    if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

pub fn delete_sample(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM rotations WHERE sample = 1", [])?;
    Ok(())
}
