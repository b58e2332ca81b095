//! Every attempt at a delivery: begun before the bytes leave, ended when it is
//! known how far they came. One without an end is one that a crash cut short.

use rusqlite::{Connection, params};

use super::Result;
use crate::domain::id::DeliveryId;
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
