//! A projection of the events, for lists, search and what is due. Everything here
//! can be worked out again from `events`; `rebuild` does.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, column, events, retention, search, settings};
use crate::domain::commitment::open_tasks;
use crate::domain::due::{awaited, next_due};
use crate::domain::id::{IncidentId, ServiceId};
use crate::domain::incident::Incident;
use crate::domain::time::Instant;

pub const V1: &str = "
CREATE TABLE incidents (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reference TEXT NOT NULL UNIQUE, is_open INTEGER NOT NULL,
  due_at INTEGER, awaited_since INTEGER, filed_at INTEGER NOT NULL, sample INTEGER NOT NULL, state TEXT NOT NULL
) STRICT;
CREATE INDEX incidents_open ON incidents (due_at, number) WHERE is_open = 1;
CREATE INDEX incidents_sample ON incidents (number) WHERE sample = 1;
";

/// Which service it is of, to find its latest by; filled in when the incidents are worked out again.
pub const V6: &str = "
ALTER TABLE incidents ADD COLUMN service_id TEXT;
CREATE INDEX incidents_service ON incidents (service_id, number) WHERE service_id IS NOT NULL;
";

/// What is over and has tasks left, by when the next of them is due. And which incident a draft went to that was joined:
/// by it the draft is known to be filed.
pub const V7: &str = "
CREATE INDEX incidents_tasks ON incidents (due_at, number) WHERE is_open = 0 AND due_at IS NOT NULL;
CREATE TABLE reports (source TEXT PRIMARY KEY, incident_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// How many tasks it has that are still to do, whether they have a day or not; filled in when the incidents are worked
/// out again, and for those that cannot be from what is due.
pub const V9: &str = "
ALTER TABLE incidents ADD COLUMN tasks INTEGER NOT NULL DEFAULT 0;
UPDATE incidents SET tasks = 1 WHERE is_open = 0 AND due_at IS NOT NULL;
CREATE INDEX incidents_left ON incidents (number) WHERE is_open = 0 AND tasks > 0;
";

/// How the incident stands; where that cannot be read, what its events tell.
pub fn find(db: &Connection, id: IncidentId) -> Result<Option<Incident>> {
    let kept = db
        .prepare_cached("SELECT state FROM incidents WHERE id = ?1")?
        .query_row([id.to_string()], |row| Ok(column::document(row, 0).ok()))
        .optional()?;
    match kept {
        None => Ok(None),
        Some(Some(incident)) => Ok(Some(incident)),
        Some(None) => events::fold(db, id),
    }
}

/// Keeps how the incident stands; [`search::put`] keeps what it is found by.
pub fn save(db: &Connection, incident: &Incident, sample: bool) -> Result<()> {
    let due = next_due(incident).map(|due| due.at.0);
    db.prepare_cached(
        "INSERT INTO incidents (id, reference, is_open, due_at, filed_at, sample, state, awaited_since, service_id, tasks)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, due_at = excluded.due_at, state = excluded.state,
               awaited_since = excluded.awaited_since, service_id = excluded.service_id, tasks = excluded.tasks",
    )?
    .execute(params![
        incident.id.to_string(),
        incident.reference,
        incident.is_open(),
        due,
        incident.filed_at.0,
        sample,
        column::to_document(incident)?,
        awaited(incident).map(|due| due.at.0),
        incident.facts.service.map(|service| service.to_string()),
        open_tasks(&incident.commitments).len() as i64
    ])?;
    let mut report = db.prepare_cached("INSERT INTO reports (source, incident_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    for one in &incident.reports {
        report.execute(params![one.source.to_string(), incident.id.to_string()])?;
    }
    Ok(())
}

/// What a draft of this id has become: an incident of its own, or a report of another.
pub fn filed_as(db: &Connection, draft: IncidentId) -> Result<Option<Incident>> {
    if let Some(own) = find(db, draft)? {
        return Ok(Some(own));
    }
    let joined: Option<IncidentId> = db
        .prepare_cached("SELECT incident_id FROM reports WHERE source = ?1")?
        .query_row([draft.to_string()], |row| column::parse(row, 0))
        .optional()?;
    joined.map_or(Ok(None), |id| find(db, id))
}

/// The incident, or the open one as part of which it goes on.
pub fn goes_on_as(db: &Connection, mut incident: Incident) -> Result<Incident> {
    // Each went to one that was open then, so this comes to an end.
    while let Some(next) = &incident.goes_on_as {
        let Some(found) = find(db, next.incident)? else { break };
        incident = found;
    }
    Ok(incident)
}

pub fn reference_is_taken(db: &Connection, reference: &str) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM incidents WHERE reference = ?1")?.exists([reference])?)
}

/// Open incidents, the soonest due first. One that cannot be read is left out and
/// logged: it must not take the others off the board.
pub fn open(db: &Connection) -> Result<Vec<Incident>> {
    let mut statement = db.prepare_cached("SELECT state FROM incidents WHERE is_open = 1 ORDER BY due_at, number")?;
    column::each_readable(&mut statement, [], "an incident", |row| column::document(row, 0))
}

/// The form in which `state` is written. Whoever changes [`Incident`] or what it is
/// made of counts it up, and every incident is worked out again at the next start.
pub const FORM: u32 = 8;

/// Whether everything here was written by this form of the program, and every open incident can be read.
pub fn are_readable(db: &Connection) -> Result<bool> {
    let (open, form) = (count_open(db)?, settings::get::<u32>(db, "projection_form")?);
    Ok(form == Some(FORM) && self::open(db).is_ok_and(|read| read.len() == open))
}

/// What is over and has tasks left, the soonest due first.
pub fn with_tasks(db: &Connection) -> Result<Vec<Incident>> {
    let mut statement =
        db.prepare_cached("SELECT state FROM incidents WHERE is_open = 0 AND tasks > 0 ORDER BY due_at IS NULL, due_at, number")?;
    column::each_readable(&mut statement, [], "an incident", |row| column::document(row, 0))
}

/// Incidents of which something is due by `now`, at most `limit` after the first `skip`; a task is due of one that is over.
pub fn due(db: &Connection, now: Instant, skip: usize, limit: usize) -> Result<Vec<IncidentId>> {
    let mut statement = db.prepare_cached(
        "SELECT id, due_at, number FROM incidents WHERE is_open = 1 AND due_at <= ?1
             UNION ALL SELECT id, due_at, number FROM incidents WHERE is_open = 0 AND due_at <= ?1
             ORDER BY due_at, number LIMIT ?3 OFFSET ?2",
    )?;
    Ok(statement.query_map(params![now.0, skip as i64, limit as i64], |row| column::parse(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

/// The latest to be filed, the latest first.
pub fn latest(db: &Connection, limit: usize) -> Result<Vec<IncidentId>> {
    let mut statement = db.prepare_cached("SELECT id FROM incidents ORDER BY number DESC LIMIT ?1")?;
    Ok(statement.query_map([limit as i64], |row| column::parse(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

/// The latest of this service; `None` where there is none that can be read.
pub fn latest_of(db: &Connection, service: ServiceId) -> Result<Option<Incident>> {
    Ok(db
        .prepare_cached("SELECT state FROM incidents WHERE service_id = ?1 ORDER BY number DESC LIMIT 1")?
        .query_row([service.to_string()], |row| Ok(column::document(row, 0).ok()))
        .optional()?
        .flatten())
}

pub fn next_due_at(db: &Connection) -> Result<Option<Instant>> {
    let first = |sql| Ok(db.prepare_cached(sql)?.query_row([], |row| row.get::<_, Option<i64>>(0))?);
    let open: Result<Option<i64>> = first("SELECT min(due_at) FROM incidents WHERE is_open = 1");
    let tasks: Result<Option<i64>> = first("SELECT min(due_at) FROM incidents WHERE is_open = 0 AND due_at IS NOT NULL");
    Ok(open?.into_iter().chain(tasks?).min().map(Instant))
}

pub fn count_open(db: &Connection) -> Result<usize> {
    let count: i64 = db.prepare_cached("SELECT count(*) FROM incidents WHERE is_open = 1")?.query_row([], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Open incidents, and those with something overdue.
pub fn counts(db: &Connection, now: Instant) -> Result<(u32, u32)> {
    Ok(db
        .prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE due_at < ?1 OR awaited_since IS NOT NULL) FROM incidents WHERE is_open = 1",
        )?
        .query_row([now.0], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Since when somebody is awaited for the longest, among those of which the desk has not been shown yet what is asked.
pub fn awaited_longest(db: &Connection) -> Result<Option<Instant>> {
    let at: Option<i64> = db
        .prepare_cached(
            "SELECT min(awaited_since) FROM incidents
                 WHERE id IN (SELECT incident_id FROM notices WHERE shown_at IS NULL AND read_at IS NULL)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(at.map(Instant))
}

pub fn is_any(db: &Connection) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM incidents")?.exists([])?)
}

pub fn is_sample(db: &Connection, id: IncidentId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM incidents WHERE id = ?1 AND sample = 1")?.exists([id.to_string()])?)
}

/// Works the whole table and the search index out again from the events alone, and
/// answers which incidents have an event that cannot be read.
pub fn rebuild(db: &Connection) -> Result<Vec<IncidentId>> {
    let mut unreadable = Vec::new();
    db.execute("DELETE FROM incidents WHERE id NOT IN (SELECT incident_id FROM events)", [])?;
    search::clear(db)?;
    for (id, sample) in events::incidents(db)? {
        match events::fold(db, id) {
            Ok(Some(incident)) => {
                save(db, &incident, sample)?;
                search::put(db, &incident)?;
            }
            Ok(None) => {}
            // Its events are kept, and its row as it was; the others do not wait for it.
            Err(error) => {
                tracing::error!(%id, %error, "an incident could not be worked out from its events");
                unreadable.push(id);
            }
        }
    }
    settings::put(db, "projection_form", &FORM)?;
    Ok(unreadable)
}

/// Removes the sample incidents with all that belongs to them.
pub fn delete_sample(db: &Connection) -> Result<()> {
    events::delete_sample(db)?;
    let mut statement = db.prepare("SELECT id FROM incidents WHERE sample = 1")?;
    let ids = statement.query_map([], |row| column::parse(row, 0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    ids.into_iter().try_for_each(|id| retention::remove_what_belongs_to(db, id))
}
