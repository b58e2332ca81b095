//! Who gave the desk to whom, with the sheet that went along.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, column};
use crate::domain::hand_over::HandOver;
use crate::domain::id::HandOverId;
use crate::domain::time::Instant;

/// `remind_at` is `NULL` where it was answered.
pub const V8: &str = "
CREATE TABLE hand_overs (id TEXT PRIMARY KEY, remind_at INTEGER, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX hand_overs_waiting ON hand_overs (remind_at) WHERE remind_at IS NOT NULL;
";

pub fn save(db: &Connection, one: &HandOver, waits: bool) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO hand_overs (id, remind_at, document) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET remind_at = excluded.remind_at, document = excluded.document",
    )?
    .execute(params![one.id.to_string(), waits.then_some(one.remind_at.0), column::to_document(one)?])?;
    Ok(())
}

pub fn find(db: &Connection, id: HandOverId) -> Result<Option<HandOver>> {
    let mut statement = db.prepare_cached("SELECT document FROM hand_overs WHERE id = ?1")?;
    Ok(column::each_readable(&mut statement, [id.to_string()], "a hand-over", |row| column::document(row, 0))?.pop())
}

/// The one that nobody has answered.
pub fn waiting(db: &Connection) -> Result<Option<HandOver>> {
    let mut statement = db.prepare_cached("SELECT document FROM hand_overs WHERE remind_at IS NOT NULL ORDER BY id DESC LIMIT 1")?;
    Ok(column::each_readable(&mut statement, [], "a hand-over", |row| column::document(row, 0))?.pop())
}

/// The last ones, the latest first.
pub fn latest(db: &Connection, limit: usize) -> Result<Vec<HandOver>> {
    let mut statement = db.prepare_cached("SELECT document FROM hand_overs ORDER BY id DESC LIMIT ?1")?;
    column::each_readable(&mut statement, [limit as i64], "a hand-over", |row| column::document(row, 0))
}

/// One that cannot be read would be due for ever.
pub fn forget_due(db: &Connection, now: Instant) -> Result<()> {
    db.prepare_cached("UPDATE hand_overs SET remind_at = NULL WHERE remind_at <= ?1")?.execute([now.0])?;
    Ok(())
}

pub fn next_due(db: &Connection) -> Result<Option<Instant>> {
    let first = db
        .prepare_cached("SELECT remind_at FROM hand_overs WHERE remind_at IS NOT NULL ORDER BY remind_at LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(first.map(Instant))
}
