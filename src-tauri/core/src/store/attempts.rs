//! Every attempt at a delivery: begun before the bytes leave, ended when it is
//! known how far they came. One without an end is one that a crash cut short.

use rusqlite::{Connection, params};

use super::{Result, column};
use crate::domain::id::{DeliveryId, IncidentId};
use crate::domain::time::Instant;

pub const V1: &str = "
CREATE TABLE attempts (
  delivery_id TEXT NOT NULL, number INTEGER NOT NULL, began_at INTEGER NOT NULL, ended_at INTEGER,
  outcome TEXT, words TEXT, PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
";

pub fn begin(db: &Connection, delivery: DeliveryId, number: u32, at: Instant) -> Result<()> {
    db.prepare_cached("INSERT INTO attempts (delivery_id, number, began_at) VALUES (?1, ?2, ?3)")?.execute(params![
        delivery.to_string(),
        number,
        at.0
    ])?;
    Ok(())
}

/// `outcome` is "accepted", "temporary", "permanent" or "uncertain".
pub fn end(db: &Connection, delivery: DeliveryId, outcome: &str, words: &str, at: Instant) -> Result<()> {
    db.prepare_cached("UPDATE attempts SET ended_at = ?2, outcome = ?3, words = ?4 WHERE delivery_id = ?1 AND ended_at IS NULL")?
        .execute(params![delivery.to_string(), at.0, outcome, words])?;
    Ok(())
}

/// Whether nobody knows of one of them how far it came.
pub fn any_is_uncertain(db: &Connection, delivery: DeliveryId) -> Result<bool> {
    let mut statement = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM attempts WHERE delivery_id = ?1 AND outcome = 'uncertain')")?;
    Ok(statement.query_row([delivery.to_string()], |row| row.get(0))?)
}

/// One try at a delivery, as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub delivery: DeliveryId,
    pub began_at: Instant,
    /// Empty while it is under way.
    pub outcome: String,
    pub words: String,
}

/// Every try at every delivery of an incident, the first one first.
pub fn of(db: &Connection, incident: IncidentId) -> Result<Vec<Attempt>> {
    let mut statement = db.prepare_cached(
        "SELECT delivery_id, began_at, coalesce(outcome, ''), coalesce(attempts.words, '')
         FROM deliveries JOIN attempts ON attempts.delivery_id = deliveries.id
         WHERE incident_id = ?1 ORDER BY began_at, number",
    )?;
    let attempts = statement.query_map([incident.to_string()], |row| {
        Ok(Attempt { delivery: column::parse(row, 0)?, began_at: Instant(row.get(1)?), outcome: row.get(2)?, words: row.get(3)? })
    })?;
    Ok(attempts.collect::<rusqlite::Result<_>>()?)
}
