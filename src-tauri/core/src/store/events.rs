//! What happened, appended and never changed. The triggers hold that against a
//! slip of ours; only sample data may go again.

use rusqlite::{Connection, params};

use super::{Result, column};
use crate::domain::event::{IncidentEvent, Recorded};
use crate::domain::id::{DeviceId, IncidentId};
use crate::domain::incident::Incident;
use crate::domain::time::Instant;

pub const V1: &str = "
CREATE TABLE events (
  device_id TEXT NOT NULL, sequence INTEGER NOT NULL, incident_id TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,
  sample INTEGER NOT NULL,
  PRIMARY KEY (device_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_of_incident ON events (incident_id, at, sequence);
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE (ABORT, 'what happened cannot be changed'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events WHEN OLD.sample = 0
BEGIN SELECT RAISE (ABORT, 'what happened cannot be deleted'); END;
-- REPLACE deletes without asking the trigger above.
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE device_id = NEW.device_id AND sequence = NEW.sequence)
BEGIN SELECT RAISE (ABORT, 'what happened cannot be replaced'); END;
";

pub fn append(db: &Connection, device: DeviceId, incident: IncidentId, event: &IncidentEvent, at: Instant, sample: bool) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO events (device_id, sequence, incident_id, at, event, sample)
         SELECT ?1, coalesce(max(sequence), 0) + 1, ?2, ?3, ?4, ?5 FROM events WHERE device_id = ?1",
    )?
    .execute(params![device.to_string(), incident.to_string(), at.0, column::to_document(event)?, sample])?;
    Ok(())
}

/// The incident's events in the order in which they happened.
pub fn of(db: &Connection, incident: IncidentId) -> Result<Vec<Recorded>> {
    let mut statement =
        db.prepare_cached("SELECT incident_id, device_id, sequence, at, event FROM events WHERE incident_id = ?1 ORDER BY at, sequence")?;
    let recorded = statement.query_map([incident.to_string()], |row| {
        Ok(Recorded {
            incident: column::parse(row, 0)?,
            device: column::parse(row, 1)?,
            sequence: row.get(2)?,
            at: Instant(row.get(3)?),
            event: column::document(row, 4)?,
        })
    })?;
    Ok(recorded.collect::<rusqlite::Result<_>>()?)
}

/// The incident as its events tell it.
pub fn fold(db: &Connection, id: IncidentId) -> Result<Option<Incident>> {
    let mut recorded = of(db, id)?.into_iter();
    let Some(mut incident) = recorded.next().and_then(|first| Incident::filed(id, &first.event, first.at)) else {
        return Ok(None);
    };
    for next in recorded {
        incident = incident.apply(&next.event, next.at);
    }
    Ok(Some(incident))
}

/// Every incident with events, in the order they were filed, and whether it came
/// with the sample.
pub fn incidents(db: &Connection) -> Result<Vec<(IncidentId, bool)>> {
    let mut statement = db.prepare("SELECT incident_id, max(sample) FROM events GROUP BY incident_id ORDER BY min(at), min(sequence)")?;
    Ok(statement.query_map([], |row| Ok((column::parse(row, 0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

pub fn last_at(db: &Connection) -> Result<Option<Instant>> {
    let at: Option<i64> = db.query_row("SELECT max(at) FROM events", [], |row| row.get(0))?;
    Ok(at.map(Instant))
}

pub fn delete_sample(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM events WHERE sample = 1", [])?;
    Ok(())
}
