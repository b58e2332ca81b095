//! Drills. What was sent for one is in the outbox, under the drill's id.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, column};
use crate::domain::drill::Drill;
use crate::domain::id::DrillId;
use crate::domain::time::Instant;

pub const V4: &str = "
CREATE TABLE drills (
  id TEXT PRIMARY KEY, begun_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, by TEXT NOT NULL, closed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
";

const COLUMNS: &str = "id, begun_at, ends_at, by, closed";

pub fn add(db: &Connection, drill: &Drill) -> Result<()> {
    db.prepare_cached("INSERT INTO drills (id, begun_at, ends_at, by, closed) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
        drill.id.to_string(),
        drill.begun_at.0,
        drill.ends_at.0,
        drill.by,
        drill.closed
    ])?;
    Ok(())
}

pub fn find(db: &Connection, id: DrillId) -> Result<Option<Drill>> {
    Ok(db.prepare_cached(&format!("SELECT {COLUMNS} FROM drills WHERE id = ?1"))?.query_row([id.to_string()], drill).optional()?)
}

/// The latest ones, the last first.
pub fn latest(db: &Connection, limit: usize) -> Result<Vec<Drill>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM drills ORDER BY begun_at DESC, id DESC LIMIT ?1"))?;
    column::each_readable(&mut statement, [limit as i64], "a drill", drill)
}

pub fn open(db: &Connection) -> Result<Vec<Drill>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM drills WHERE closed = 0 ORDER BY ends_at"))?;
    column::each_readable(&mut statement, [], "a drill", drill)
}

/// When the schedule began one last.
pub fn last_scheduled(db: &Connection) -> Result<Option<Instant>> {
    let at: Option<i64> = db.prepare_cached("SELECT max(begun_at) FROM drills WHERE by = ''")?.query_row([], |row| row.get(0))?;
    Ok(at.map(Instant))
}

pub fn close(db: &Connection, id: DrillId) -> Result<()> {
    db.prepare_cached("UPDATE drills SET closed = 1 WHERE id = ?1")?.execute([id.to_string()])?;
    Ok(())
}

fn drill(row: &rusqlite::Row<'_>) -> rusqlite::Result<Drill> {
    Ok(Drill {
        id: column::parse(row, 0)?,
        begun_at: Instant(row.get(1)?),
        ends_at: Instant(row.get(2)?),
        by: row.get(3)?,
        closed: row.get(4)?,
    })
}
