//! What is over and old goes: whole incidents, or only what is attached to them. An incident
//! leaves by the one door in the triggers of `events`, and with everything that belongs to it.

use rusqlite::{Connection, params};
use std::collections::BTreeSet;
use std::path::Path;

use super::{Result, attachments, column, events, search};
use crate::domain::attachment::ContentHash;
use crate::domain::id::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::retention::Limits;
use crate::domain::time::Instant;

/// What would go now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Going {
    pub incidents: Vec<IncidentId>,
    pub events: u64,
    pub deliveries: u64,
    /// What is attached: each file with the incident that would no longer have it.
    pub attached: Vec<(ContentHash, IncidentId)>,
}

/// One incident that would go, to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    pub reference: String,
    pub title: String,
    /// When something last happened to it.
    pub last: Instant,
}

/// Over, with no task that is still to be done, not of the sample, and nothing has happened to it since.
const OVER: &str =
    "is_open = 0 AND due_at IS NULL AND tasks = 0 AND sample = 0 AND (SELECT max(at) FROM events WHERE incident_id = incidents.id) < ?1";

pub fn going(db: &Connection, limits: Limits) -> Result<Going> {
    let of = |limit: Option<Instant>| -> Result<Vec<IncidentId>> {
        let Some(limit) = limit else { return Ok(vec![]) };
        let mut statement = db.prepare_cached(&format!("SELECT id FROM incidents WHERE {OVER} ORDER BY number"))?;
        let ids = statement.query_map([limit.0], |row| column::parse(row, 0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(ids)
    };
    let incidents = of(limits.incidents)?;
    let count = |statement: &str, id: IncidentId| -> Result<u64> {
        Ok(db.prepare_cached(statement)?.query_row([id.to_string()], |row| row.get::<_, i64>(0))?.unsigned_abs())
    };
    let (mut happened, mut sent) = (0, 0);
    for id in &incidents {
        happened += count("SELECT count(*) FROM events WHERE incident_id = ?1", *id)?;
        sent += count("SELECT count(*) FROM deliveries WHERE incident_id = ?1", *id)?;
    }
    let mut attached = Vec::new();
    for id in incidents.iter().copied().chain(of(limits.attachments)?).collect::<BTreeSet<_>>() {
        let mut statement = db.prepare_cached("SELECT hash FROM attachments WHERE incident_id = ?1 ORDER BY hash")?;
        let hashes = statement.query_map([id.to_string()], |row| Ok(ContentHash::read(row.get_ref(0)?.as_str()?)))?;
        attached.extend(hashes.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().map(|hash| (hash, id)));
    }
    Ok(Going { incidents, events: happened, deliveries: sent, attached })
}

/// Whether it is still so that this incident is over and older than the limit.
pub fn is_over(db: &Connection, id: IncidentId, limit: Option<Instant>) -> Result<bool> {
    let Some(limit) = limit else { return Ok(false) };
    Ok(db.prepare_cached(&format!("SELECT 1 FROM incidents WHERE {OVER} AND id = ?2"))?.exists(params![limit.0, id.to_string()])?)
}

/// How the first of them read, for whoever is asked.
pub fn leaving(db: &Connection, ids: &[IncidentId], limit: usize) -> Result<Vec<Leaving>> {
    let mut statement = db.prepare_cached(
        "SELECT reference, state, (SELECT max(at) FROM events WHERE incident_id = incidents.id) FROM incidents WHERE id = ?1",
    )?;
    let read = |id: &IncidentId| {
        statement.query_row([id.to_string()], |row| {
            // One that cannot be read goes as well.
            let title = column::document::<Incident>(row, 1).map(|incident| incident.facts.title()).unwrap_or_default();
            Ok(Leaving { reference: row.get(0)?, title, last: Instant(row.get(2)?) })
        })
    };
    Ok(ids.iter().take(limit).map(read).collect::<rusqlite::Result<_>>()?)
}

/// How much room a file takes that nothing else names.
pub fn freed(db: &Connection, folder: &Path, attached: &[(ContentHash, IncidentId)]) -> Result<(usize, u64)> {
    let mut last = BTreeSet::new();
    for (hash, _) in attached {
        let leaving = attached.iter().filter(|(other, _)| other == hash).count();
        let named: i64 = db
            .prepare_cached(
                "SELECT (SELECT count(*) FROM attachments WHERE hash = ?1) + (SELECT count(*) FROM drafts WHERE instr(draft, ?1) > 0)",
            )?
            .query_row([hash.to_string()], |row| row.get(0))?;
        if usize::try_from(named).is_ok_and(|named| named == leaving) {
            last.insert(hash);
        }
    }
    let bytes = last.iter().map(|hash| attachments::size(folder, hash)).sum();
    Ok((last.len(), bytes))
}

/// Removes this incident with everything that belongs to it; refused by the database where it is not over.
pub fn remove(db: &Connection, id: IncidentId) -> Result<()> {
    events::leaves(db, id)?;
    remove_what_belongs_to(db, id)
}

/// Everything of an incident but its events, which have doors of their own.
pub(super) fn remove_what_belongs_to(db: &Connection, id: IncidentId) -> Result<()> {
    let number: i64 = db.prepare_cached("SELECT number FROM incidents WHERE id = ?1")?.query_row([id.to_string()], |row| row.get(0))?;
    db.prepare_cached("DELETE FROM attempts WHERE delivery_id IN (SELECT id FROM deliveries WHERE incident_id = ?1)")?
        .execute([id.to_string()])?;
    for table in of_incidents(db)? {
        db.prepare_cached(&format!("DELETE FROM {table} WHERE incident_id = ?1"))?.execute([id.to_string()])?;
    }
    db.prepare_cached("DELETE FROM keys WHERE incident = ?1")?.execute([id.to_string()])?;
    db.prepare_cached("DELETE FROM incidents WHERE id = ?1")?.execute([id.to_string()])?;
    search::remove(db, number)
}

/// Every table, also one that is yet to come, that says of its rows to which incident they belong.
fn of_incidents(db: &Connection) -> Result<Vec<String>> {
    let mut statement = db.prepare_cached(
        "SELECT tables.name FROM sqlite_master AS tables JOIN pragma_table_xinfo(tables.name) AS columns
         WHERE tables.type = 'table' AND columns.name = 'incident_id' AND tables.name NOT IN ('events', 'leaving')",
    )?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// An incident no longer has this file; its bytes go when nothing names them. Answers how many went.
pub fn detach(db: &Connection, hash: &ContentHash, incident: IncidentId) -> Result<usize> {
    Ok(db
        .prepare_cached("DELETE FROM attachments WHERE hash = ?1 AND incident_id = ?2")?
        .execute(params![hash.to_string(), incident.to_string()])?)
}
