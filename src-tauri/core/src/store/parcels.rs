//! The files that go with a message: one row for each, which waits until the message has
//! been taken and then goes its own way. It keeps no message waiting.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::{Result, column};
use crate::domain::attachment::{Attachment, ContentHash};
use crate::domain::id::{ChannelId, DeliveryId, IncidentId, MethodId};
use crate::domain::time::Instant;

pub const V6: &str = "
CREATE TABLE parcels (
  delivery_id TEXT NOT NULL, place INTEGER NOT NULL, incident_id TEXT NOT NULL, method_id TEXT NOT NULL, hash TEXT NOT NULL,
  attachment TEXT NOT NULL, state TEXT NOT NULL, words TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER, give_up_at INTEGER, provider_id TEXT, PRIMARY KEY (delivery_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX parcels_due ON parcels (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX parcels_of_incident ON parcels (incident_id);
CREATE INDEX parcels_by_provider_id ON parcels (provider_id) WHERE provider_id IS NOT NULL;
";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelState {
    /// For its message to be taken.
    Waits,
    Queued,
    Carrying,
    Carried,
    /// It was tried, and is not tried again.
    NotCarried,
    /// Its channel carries no files: the message names it.
    Named,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    pub delivery: DeliveryId,
    pub attachment: Attachment,
    pub state: ParcelState,
    /// The provider's last words, or ours.
    pub words: String,
    pub attempts: u32,
    pub next_attempt_at: Option<Instant>,
    pub give_up_at: Instant,
}

/// For which message, and by which way it goes.
pub struct With {
    pub delivery: DeliveryId,
    pub incident: IncidentId,
    pub method: MethodId,
}

pub fn add(db: &Connection, with: &With, attachments: &[Attachment], state: ParcelState) -> Result<()> {
    let mut statement = db.prepare_cached(
        "INSERT INTO parcels (delivery_id, place, incident_id, method_id, hash, attachment, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (place, one) in attachments.iter().enumerate() {
        statement.execute(params![
            with.delivery.to_string(),
            place as i64,
            with.incident.to_string(),
            with.method.to_string(),
            one.hash.to_string(),
            column::to_document(one)?,
            column::to_word(&state)?
        ])?;
    }
    Ok(())
}

/// What went, or goes, to somebody by this way with an earlier message of the incident.
pub fn sent_by(db: &Connection, incident: IncidentId, method: MethodId) -> Result<BTreeSet<ContentHash>> {
    let mut statement = db.prepare_cached(
        "SELECT hash FROM parcels JOIN deliveries ON deliveries.id = delivery_id
         WHERE parcels.incident_id = ?1 AND parcels.method_id = ?2 AND parcels.state <> 'not_carried'
           AND deliveries.state NOT IN ('cancelled', 'failed')",
    )?;
    let hashes = statement.query_map([incident.to_string(), method.to_string()], |row| row.get::<_, String>(0))?;
    Ok(hashes.collect::<rusqlite::Result<Vec<_>>>()?.iter().filter_map(|hash| ContentHash::read(hash)).collect())
}

/// The message has been taken: what belongs to it follows.
pub fn follow(db: &Connection, delivery: DeliveryId, give_up_at: Instant, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE parcels SET state = 'queued', next_attempt_at = ?2, give_up_at = ?3 WHERE delivery_id = ?1 AND state = 'waits'",
    )?
    .execute(params![delivery.to_string(), now.0, give_up_at.0])?;
    Ok(())
}

/// What a crash cut short goes again.
pub fn reopen(db: &Connection, now: Instant) -> Result<usize> {
    Ok(db.prepare_cached("UPDATE parcels SET state = 'queued', next_attempt_at = ?1 WHERE state = 'carrying'")?.execute([now.0])?)
}

const COLUMNS: &str = "delivery_id, attachment, state, words, attempts, next_attempt_at, give_up_at";

/// Files of one message go one after the other, as they were attached.
const ITS_TURN: &str =
    "NOT EXISTS (SELECT 1 FROM parcels AS other WHERE other.delivery_id = parcels.delivery_id AND other.state = 'carrying')";

/// What is to be tried by now, the longest waiting first.
pub fn due(db: &Connection, now: Instant, limit: usize) -> Result<Vec<Parcel>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM parcels WHERE next_attempt_at <= ?1 AND {ITS_TURN} ORDER BY next_attempt_at, delivery_id, place LIMIT ?2"
    ))?;
    column::each_readable(&mut statement, params![now.0, limit as i64], "a file that is to be sent", parcel)
}

/// All of an incident, as their messages were queued.
pub fn of(db: &Connection, incident: IncidentId) -> Result<Vec<Parcel>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM parcels WHERE incident_id = ?1 ORDER BY delivery_id, place"))?;
    column::each_readable(&mut statement, [incident.to_string()], "a file of a message", parcel)
}

pub fn begins(db: &Connection, parcel: &Parcel) -> Result<()> {
    db.prepare_cached(
        "UPDATE parcels SET state = 'carrying', next_attempt_at = NULL, attempts = attempts + 1 WHERE delivery_id = ?1 AND hash = ?2",
    )?
    .execute([parcel.delivery.to_string(), parcel.attachment.hash.to_string()])?;
    Ok(())
}

/// What became of it, or when it is tried (again).
pub fn stands(db: &Connection, parcel: &Parcel, provider_id: Option<&str>) -> Result<()> {
    db.prepare_cached(
        "UPDATE parcels SET state = ?3, words = ?4, next_attempt_at = ?5, provider_id = coalesce(?6, provider_id)
         WHERE delivery_id = ?1 AND hash = ?2",
    )?
    .execute(params![
        parcel.delivery.to_string(),
        parcel.attachment.hash.to_string(),
        column::to_word(&parcel.state)?,
        parcel.words,
        parcel.next_attempt_at.map(|at| at.0),
        provider_id
    ])?;
    Ok(())
}

/// The message to which a file belongs that the provider knows by this name.
pub fn by_provider_id(db: &Connection, channel: ChannelId, provider_id: &str) -> Result<Option<DeliveryId>> {
    Ok(db
        .prepare_cached(
            "SELECT delivery_id FROM parcels JOIN deliveries ON deliveries.id = delivery_id
             WHERE parcels.provider_id = ?1 AND channel_id = ?2 LIMIT 1",
        )?
        .query_row([provider_id, &channel.to_string()], |row| column::parse(row, 0))
        .optional()?)
}

pub fn next_attempt_at(db: &Connection) -> Result<Option<Instant>> {
    let at: Option<i64> = db
        .prepare_cached(&format!("SELECT min(next_attempt_at) FROM parcels WHERE next_attempt_at IS NOT NULL AND {ITS_TURN}"))?
        .query_row([], |row| row.get(0))?;
    Ok(at.map(Instant))
}

fn parcel(row: &rusqlite::Row<'_>) -> rusqlite::Result<Parcel> {
    Ok(Parcel {
        delivery: column::parse(row, 0)?,
        attachment: column::document(row, 1)?,
        state: column::word(row, 2)?,
        words: row.get(3)?,
        attempts: row.get(4)?,
        next_attempt_at: row.get::<_, Option<i64>>(5)?.map(Instant),
        give_up_at: Instant(row.get::<_, Option<i64>>(6)?.unwrap_or(0)),
    })
}
