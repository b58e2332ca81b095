//! The names that callers have for what they filed: the same name again is the same
//! incident.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, column};
use crate::domain::id::IncidentId;
use crate::domain::time::Instant;

pub const V5: &str = "CREATE TABLE keys (key TEXT PRIMARY KEY, incident TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

pub fn find(db: &Connection, key: &str) -> Result<Option<IncidentId>> {
    Ok(db.prepare_cached("SELECT incident FROM keys WHERE key = ?1")?.query_row([key], |row| column::parse(row, 0)).optional()?)
}

/// One whose draft was thrown away is free again.
pub fn put(db: &Connection, key: &str, incident: IncidentId, at: Instant) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO keys (key, incident, at) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET incident = excluded.incident, at = excluded.at",
    )?
    .execute(params![key, incident.to_string(), at.0])?;
    Ok(())
}
