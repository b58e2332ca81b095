//! What the desk made of an incident's report. As long as nobody has written in it, it is
//! worked out from the events and not kept.

use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use crate::domain::id::IncidentId;
use crate::domain::time::Instant;

pub const V7: &str = "
CREATE TABLE post_incident (
  incident_id TEXT PRIMARY KEY, markdown TEXT NOT NULL, written_at INTEGER NOT NULL, events INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub markdown: String,
    pub at: Instant,
    /// How many events the incident had then.
    pub events: i64,
}

pub fn of(db: &Connection, incident: IncidentId) -> Result<Option<Written>> {
    let mut statement = db.prepare_cached("SELECT markdown, written_at, events FROM post_incident WHERE incident_id = ?1")?;
    let row = |row: &rusqlite::Row<'_>| Ok(Written { markdown: row.get(0)?, at: Instant(row.get(1)?), events: row.get(2)? });
    Ok(statement.query_row([incident.to_string()], row).optional()?)
}

pub fn save(db: &Connection, incident: IncidentId, written: &Written) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO post_incident (incident_id, markdown, written_at, events) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (incident_id) DO UPDATE SET markdown = ?2, written_at = ?3, events = ?4",
    )?
    .execute(params![incident.to_string(), written.markdown, written.at.0, written.events])?;
    Ok(())
}

/// It is worked out from the events again.
pub fn remove(db: &Connection, incident: IncidentId) -> Result<()> {
    db.prepare_cached("DELETE FROM post_incident WHERE incident_id = ?1")?.execute([incident.to_string()])?;
    Ok(())
}
