//! Incidents that are still being written.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, column};
use crate::domain::draft::Draft;
use crate::domain::id::IncidentId;

pub const V1: &str = "CREATE TABLE drafts (id TEXT PRIMARY KEY, saved_at INTEGER NOT NULL, draft TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/// Most recently saved first. One that cannot be read stays where it is, and takes no other with it.
pub fn all(db: &Connection) -> Result<Vec<Draft>> {
    let mut statement = db.prepare_cached("SELECT draft FROM drafts ORDER BY saved_at DESC")?;
    column::each_readable(&mut statement, [], "a draft", |row| column::document(row, 0))
}

pub fn find(db: &Connection, id: IncidentId) -> Result<Option<Draft>> {
    Ok(db
        .prepare_cached("SELECT draft FROM drafts WHERE id = ?1")?
        .query_row([id.to_string()], |row| column::document(row, 0))
        .optional()?)
}

pub fn save(db: &Connection, draft: &Draft) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO drafts (id, saved_at, draft) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET saved_at = excluded.saved_at, draft = excluded.draft",
    )?
    .execute(params![draft.id.to_string(), draft.saved_at.0, column::to_document(draft)?])?;
    Ok(())
}

pub fn delete(db: &Connection, id: IncidentId) -> Result<()> {
    db.prepare_cached("DELETE FROM drafts WHERE id = ?1")?.execute([id.to_string()])?;
    Ok(())
}
