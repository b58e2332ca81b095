//! Teams. The people are one document: their order is what a team is.

use rusqlite::{Connection, params};

use super::{Result, StoreError, column};
use crate::domain::directory::Team;
use crate::domain::id::TeamId;
use crate::domain::time::Instant;

pub const V2: &str = "
CREATE TABLE teams (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, people TEXT NOT NULL, sample INTEGER NOT NULL, removed_at INTEGER
) STRICT, WITHOUT ROWID;
";

pub fn all(db: &Connection) -> Result<Vec<Team>> {
    let mut statement = db.prepare_cached("SELECT id, name, people, sample FROM teams WHERE removed_at IS NULL ORDER BY id")?;
    let team = |row: &rusqlite::Row<'_>| {
        Ok(Team { id: column::parse(row, 0)?, name: row.get(1)?, people: column::document(row, 2)?, sample: row.get(3)? })
    };
    column::each_by_name(&mut statement, "a team", team, |team| &team.name)
}

pub fn save(db: &Connection, team: &Team) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO teams (id, name, people, sample) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET name = excluded.name, people = excluded.people, removed_at = NULL",
    )?
    .execute(params![team.id.to_string(), team.name, column::to_document(&team.people)?, team.sample])?;
    Ok(())
}

pub fn set_removed(db: &Connection, id: TeamId, at: Option<Instant>) -> Result<()> {
    let changed =
        db.prepare_cached("UPDATE teams SET removed_at = ?2 WHERE id = ?1")?.execute(params![id.to_string(), at.map(|at| at.0)])?;
    if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

pub fn delete_sample(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM teams WHERE sample = 1", [])?;
    Ok(())
}
