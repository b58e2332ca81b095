//! What is not to be sent any more, and why.

use rusqlite::{Connection, params};

use super::{Addressed, COLUMNS, Delivery, Held, delivery};
use crate::domain::id::{DeliveryId, IncidentId, PersonId};
use crate::domain::message::Purpose;
use crate::domain::time::Instant;
use crate::store::{Result, column};

/// Cancels what has not left yet, of everybody or of one: alerts when somebody has it,
/// everything but the news of it when it is resolved. What is being attempted runs to
/// its end, and what may have arrived stays so, but neither is tried again; nor is
/// anything else tried where what was taken turns out not to have arrived.
pub fn cancel(db: &Connection, incident: IncidentId, whose: Option<PersonId>, purposes: &[Purpose], why: &str, now: Instant) -> Result<()> {
    let mut statement = db.prepare_cached(
        "UPDATE deliveries SET state = CASE WHEN state IN ('attempting', 'uncertain') THEN state ELSE 'cancelled' END,
           words = CASE WHEN state IN ('attempting', 'uncertain') THEN words ELSE ?3 END, cancelled_because = ?3, next_attempt_at = NULL, changed_at = ?4
         WHERE incident_id = ?1 AND purpose = ?2 AND (?5 IS NULL OR person_id = ?5) AND state IN ('queued', 'uncertain', 'by_hand', 'attempting')",
    )?;
    let mut taken = db.prepare_cached(
        "UPDATE deliveries SET cancelled_because = ?3
         WHERE incident_id = ?1 AND purpose = ?2 AND (?4 IS NULL OR person_id = ?4) AND state IN ('accepted', 'delivered')",
    )?;
    let whose = whose.map(|person| person.to_string());
    for purpose in purposes {
        statement.execute(params![incident.to_string(), purpose.name(), why, now.0, whose])?;
        taken.execute(params![incident.to_string(), purpose.name(), why, whose])?;
    }
    Ok(())
}

/// Whatever was still to be done for an incident by a method that does not reach its person, but for one.
pub fn method_is_wrong(db: &Connection, but: &Addressed, why: &str, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = 'cancelled', words = ?4, cancelled_because = ?4, next_attempt_at = NULL, changed_at = ?5
         WHERE incident_id = ?1 AND method_id = ?2 AND id <> ?3 AND state IN ('queued', 'by_hand')",
    )?
    .execute(params![but.incident.to_string(), but.method.to_string(), but.id.to_string(), why, now.0])?;
    Ok(())
}

/// Calls by hand to the same number for the same purpose, earlier than this one.
pub fn overtaken(db: &Connection, by: &Addressed, why: &str, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = 'cancelled', words = ?5, cancelled_because = ?5, changed_at = ?6
         WHERE incident_id = ?1 AND method_id = ?2 AND purpose = ?3 AND id <> ?4 AND state = 'by_hand'",
    )?
    .execute(params![by.incident.to_string(), by.method.to_string(), by.purpose.name(), by.id.to_string(), why, now.0])?;
    Ok(())
}

/// One that has not left.
pub fn withdrawn(db: &Connection, id: DeliveryId, why: &str, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = 'cancelled', words = ?2, cancelled_because = ?2, next_attempt_at = NULL, changed_at = ?3 WHERE id = ?1 AND state = 'queued'",
    )?
    .execute(params![id.to_string(), why, now.0])?;
    Ok(())
}

/// News that was cancelled for this reason, and would still have been tried.
pub fn news_cancelled(db: &Connection, incident: IncidentId, why: &str, now: Instant) -> Result<Vec<Delivery>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM deliveries WHERE incident_id = ?1 AND purpose = 'update' AND state = 'cancelled' AND cancelled_because = ?2
           AND give_up_at > ?3 ORDER BY queued_at, id"
    ))?;
    column::each_readable(&mut statement, params![incident.to_string(), why, now.0], "news that was cancelled", delivery)
}

/// It is to be sent after all.
pub fn wanted_again(db: &Connection, id: DeliveryId, held: Option<Held>, at: Instant, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = 'queued', words = '', cancelled_because = NULL, held = ?2, next_attempt_at = ?3, changed_at = ?4
         WHERE id = ?1 AND state = 'cancelled'",
    )?
    .execute(params![id.to_string(), held.map(|held| column::to_word(&held)).transpose()?, at.0, now.0])?;
    Ok(())
}
