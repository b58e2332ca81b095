//! What happened, appended and never changed. The triggers hold that against a
//! slip of ours. Sample data may go again; for the rest there are two doors
//! (docs/decisions/0016-two-doors-in-the-log.md), and both are in this file.

use rusqlite::{Connection, params};

use std::collections::BTreeSet;

use super::{Result, column};
use crate::domain::event::{IncidentEvent, Recorded};
use crate::domain::id::{DeviceId, IncidentId, PersonId};
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

/// The doors: what stands in one of these tables may go, or be changed, until it is taken out again in the
/// same transaction.
pub const V7: &str = "
CREATE TABLE leaving (incident_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TRIGGER leaving_is_over BEFORE INSERT ON leaving
WHEN NOT EXISTS (SELECT 1 FROM incidents WHERE id = NEW.incident_id AND is_open = 0 AND due_at IS NULL)
BEGIN SELECT RAISE (ABORT, 'only an incident that is over and has no task left may leave'); END;
CREATE TRIGGER leaving_is_whole BEFORE DELETE ON leaving
WHEN EXISTS (SELECT 1 FROM events WHERE incident_id = OLD.incident_id)
BEGIN SELECT RAISE (ABORT, 'an incident leaves whole'); END;
CREATE TABLE forgetting (person_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TRIGGER forgetting_is_of_those_who_left BEFORE INSERT ON forgetting
WHEN EXISTS (SELECT 1 FROM people WHERE id = NEW.person_id)
BEGIN SELECT RAISE (ABORT, 'only somebody who has left the directory is forgotten'); END;
DROP TRIGGER events_are_not_deleted;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
WHEN OLD.sample = 0 AND NOT EXISTS (SELECT 1 FROM leaving WHERE incident_id = OLD.incident_id)
BEGIN SELECT RAISE (ABORT, 'what happened cannot be deleted'); END;
DROP TRIGGER events_are_not_changed;
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
WHEN NOT EXISTS (SELECT 1 FROM forgetting) OR OLD.device_id <> NEW.device_id OR OLD.sequence <> NEW.sequence
  OR OLD.incident_id <> NEW.incident_id OR OLD.at <> NEW.at OR OLD.sample <> NEW.sample
  OR iif(json_valid(OLD.event), OLD.event ->> 'type', '') IS NOT iif(json_valid(NEW.event), NEW.event ->> 'type', '')
BEGIN SELECT RAISE (ABORT, 'what happened cannot be changed'); END;
";

/// A task that has no day is left as well.
pub const V9: &str = "
DROP TRIGGER leaving_is_over;
CREATE TRIGGER leaving_is_over BEFORE INSERT ON leaving
WHEN NOT EXISTS (SELECT 1 FROM incidents WHERE id = NEW.incident_id AND is_open = 0 AND due_at IS NULL AND tasks = 0)
BEGIN SELECT RAISE (ABORT, 'only an incident that is over and has no task left may leave'); END;
";

/// Takes out everything that happened to an incident that is over and has no task left.
pub fn leaves(db: &Connection, incident: IncidentId) -> Result<()> {
    let id = incident.to_string();
    db.prepare_cached("INSERT INTO leaving (incident_id) VALUES (?1)")?.execute([&id])?;
    db.prepare_cached("DELETE FROM events WHERE incident_id = ?1")?.execute([&id])?;
    db.prepare_cached("DELETE FROM leaving WHERE incident_id = ?1")?.execute([&id])?;
    Ok(())
}

/// Writes every event anew as `reword` says, for somebody who is to be forgotten; what it leaves as it was is
/// not touched. Answers which incidents were. Where and when something happened, and what it was, cannot change.
pub fn forget(db: &Connection, person: PersonId, reword: impl Fn(&str) -> Option<String>) -> Result<BTreeSet<IncidentId>> {
    db.execute("INSERT INTO forgetting (person_id) VALUES (?1)", [person.to_string()])?;
    let mut touched = BTreeSet::new();
    {
        let mut statement = db.prepare("SELECT device_id, sequence, incident_id, event FROM events")?;
        let mut change = db.prepare("UPDATE events SET event = ?3 WHERE device_id = ?1 AND sequence = ?2")?;
        let mut rows = statement.query([])?;
        let mut changes: Vec<(String, i64, String)> = Vec::new();
        while let Some(row) = rows.next()? {
            if let Some(event) = reword(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?) {
                changes.push((row.get(0)?, row.get(1)?, event));
                touched.insert(column::parse(row, 2)?);
            }
        }
        drop(rows);
        for (device, sequence, event) in changes {
            change.execute(params![device, sequence, event])?;
        }
    }
    db.execute("DELETE FROM forgetting WHERE person_id = ?1", [person.to_string()])?;
    Ok(touched)
}

pub fn append(db: &Connection, device: DeviceId, incident: IncidentId, event: &IncidentEvent, at: Instant, sample: bool) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO events (device_id, sequence, incident_id, at, event, sample)
         SELECT ?1, coalesce(max(sequence), 0) + 1, ?2, ?3, ?4, ?5 FROM events WHERE device_id = ?1",
    )?
    .execute(params![device.to_string(), incident.to_string(), at.0, column::to_document(event)?, sample])?;
    Ok(())
}

/// How far the log was read: the last event of each device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark(Vec<(String, i64, String, i64)>);

/// The end of the log.
pub fn mark(db: &Connection) -> Result<Mark> {
    // From device to device, for grouping would walk through all of it.
    let mut statement = db.prepare_cached(
        "WITH RECURSIVE devices (id) AS (
           SELECT min(device_id) FROM events
           UNION ALL SELECT (SELECT min(device_id) FROM events WHERE device_id > devices.id) FROM devices WHERE devices.id IS NOT NULL
         )
         SELECT device_id, sequence, incident_id, at FROM devices JOIN events ON device_id = devices.id
         WHERE sequence = (SELECT max(sequence) FROM events WHERE device_id = devices.id)",
    )?;
    let last = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    Ok(Mark(last.collect::<rusqlite::Result<_>>()?))
}

/// To which incidents something has happened since; `None` where what was read last is there no more, so that nobody can tell.
pub fn since(db: &Connection, mark: &Mark) -> Result<Option<BTreeSet<IncidentId>>> {
    let mut is_there = db.prepare_cached("SELECT 1 FROM events WHERE device_id = ?1 AND sequence = ?2 AND incident_id = ?3 AND at = ?4")?;
    let mut after = db.prepare_cached("SELECT DISTINCT incident_id FROM events WHERE device_id = ?1 AND sequence > ?2")?;
    let mut changed = BTreeSet::new();
    for (device, sequence, incident, at) in &mark.0 {
        if !is_there.exists(params![device, sequence, incident, at])? {
            return Ok(None);
        }
        for id in after.query_map(params![device, sequence], |row| column::parse(row, 0))? {
            changed.insert(id?);
        }
    }
    let known = mark.0.iter().map(|(device, ..)| device.as_str());
    let another = self::mark(db)?.0.iter().any(|(device, ..)| !known.clone().any(|one| one == device));
    Ok((!another).then_some(changed))
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
