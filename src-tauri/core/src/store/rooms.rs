//! The rooms of incidents, as far as they have come: what was done for one, and what is
//! to be done next. That one was opened stands in the incident's events.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::{Result, column};
use crate::domain::id::{ChannelId, DeliveryId, IncidentId};
use crate::domain::time::Instant;

pub const V4: &str = "
CREATE TABLE rooms (
  incident_id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, via TEXT NOT NULL, state TEXT NOT NULL, standing TEXT NOT NULL,
  room TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '', name TEXT NOT NULL DEFAULT '', link TEXT NOT NULL DEFAULT '',
  invited TEXT NOT NULL DEFAULT '[]', brief_id TEXT, begun INTEGER NOT NULL DEFAULT 0, closes_at INTEGER,
  wanted_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER, words TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX rooms_due ON rooms (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX rooms_open ON rooms (channel_id) WHERE state = 'open';
";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomState {
    /// It is to be opened.
    Wanted,
    Open,
    /// It could not be opened, or need not any more.
    Failed,
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    pub incident: IncidentId,
    pub channel: ChannelId,
    /// The channel, as the desk calls it.
    pub via: String,
    pub state: RoomState,
    /// The channel that is there already; empty where the room is opened for this incident.
    pub standing: String,
    /// By which name the provider knows the room.
    pub room: String,
    /// Where to write to: the room, or the incident's thread in it.
    pub address: String,
    /// As people see it.
    pub name: String,
    pub link: String,
    /// Addresses of those who were invited, whatever came of it.
    pub invited: BTreeSet<String>,
    /// What those who come in read first.
    pub brief: Option<DeliveryId>,
    /// It is there and in sight, so that what follows comes after it.
    pub begun: bool,
    pub closes_at: Option<Instant>,
    pub wanted_at: Instant,
    /// Of what is done now.
    pub attempts: u32,
    /// When something is (next) done for it.
    pub next_attempt_at: Option<Instant>,
    /// What last went wrong.
    pub words: String,
}

impl Room {
    #[must_use]
    pub fn wanted(incident: IncidentId, channel: ChannelId, via: &str, standing: &str, now: Instant) -> Self {
        Self {
            incident,
            channel,
            via: via.into(),
            state: RoomState::Wanted,
            standing: standing.into(),
            room: String::new(),
            address: String::new(),
            name: String::new(),
            link: String::new(),
            invited: BTreeSet::new(),
            brief: None,
            begun: false,
            closes_at: None,
            wanted_at: now,
            attempts: 0,
            next_attempt_at: Some(now),
            words: String::new(),
        }
    }
}

const COLUMNS: &str = "incident_id, channel_id, via, state, standing, room, address, name, link, invited, brief_id, begun, closes_at,
    wanted_at, attempts, next_attempt_at, words";

pub fn save(db: &Connection, room: &Room) -> Result<()> {
    db.prepare_cached(&format!(
        "INSERT OR REPLACE INTO rooms ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
    ))?
    .execute(params![
        room.incident.to_string(),
        room.channel.to_string(),
        room.via,
        column::to_word(&room.state)?,
        room.standing,
        room.room,
        room.address,
        room.name,
        room.link,
        column::to_document(&room.invited)?,
        room.brief.map(|id| id.to_string()),
        room.begun,
        room.closes_at.map(|at| at.0),
        room.wanted_at.0,
        room.attempts,
        room.next_attempt_at.map(|at| at.0),
        room.words
    ])?;
    Ok(())
}

pub fn of(db: &Connection, incident: IncidentId) -> Result<Option<Room>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM rooms WHERE incident_id = ?1"))?;
    Ok(statement.query_row([incident.to_string()], room).optional()?)
}

/// Those for which something is to be done by now, the longest waiting first, and the
/// incidents of those among them that cannot be read.
pub fn due(db: &Connection, now: Instant, limit: usize) -> Result<(Vec<Room>, Vec<IncidentId>)> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM rooms WHERE next_attempt_at <= ?1 ORDER BY next_attempt_at, incident_id LIMIT ?2"
    ))?;
    let (mut readable, mut unreadable) = (Vec::new(), Vec::new());
    for (incident, found) in column::each_readable(&mut statement, params![now.0, limit as i64], "a room that is due", |row| {
        Ok((column::parse(row, 0)?, room(row).ok()))
    })? {
        match found {
            Some(room) => readable.push(room),
            None => unreadable.push(incident),
        }
    }
    Ok((readable, unreadable))
}

/// Nothing is done for it until then.
pub fn put_off(db: &Connection, incident: IncidentId, until: Instant) -> Result<()> {
    db.prepare_cached("UPDATE rooms SET next_attempt_at = ?2 WHERE incident_id = ?1")?.execute(params![incident.to_string(), until.0])?;
    Ok(())
}

pub fn next_attempt_at(db: &Connection) -> Result<Option<Instant>> {
    let at: Option<i64> =
        db.prepare_cached("SELECT min(next_attempt_at) FROM rooms WHERE next_attempt_at IS NOT NULL")?.query_row([], |row| row.get(0))?;
    Ok(at.map(Instant))
}

/// Channels by which rooms are open.
pub fn channels_with_one(db: &Connection) -> Result<BTreeSet<ChannelId>> {
    let mut statement = db.prepare_cached("SELECT DISTINCT channel_id FROM rooms WHERE state = 'open' AND standing = ''")?;
    Ok(statement.query_map([], |row| column::parse(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

/// The open rooms that a channel has for one incident each.
pub fn open_by(db: &Connection, channel: ChannelId) -> Result<Vec<Room>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM rooms WHERE channel_id = ?1 AND state = 'open' AND standing = '' ORDER BY wanted_at DESC"
    ))?;
    column::each_readable(&mut statement, [channel.to_string()], "a room", room)
}

fn room(row: &rusqlite::Row<'_>) -> rusqlite::Result<Room> {
    Ok(Room {
        incident: column::parse(row, 0)?,
        channel: column::parse(row, 1)?,
        via: row.get(2)?,
        state: column::word(row, 3)?,
        standing: row.get(4)?,
        room: row.get(5)?,
        address: row.get(6)?,
        name: row.get(7)?,
        link: row.get(8)?,
        invited: column::document(row, 9)?,
        brief: column::parse_if_any(row, 10)?,
        begun: row.get(11)?,
        closes_at: row.get::<_, Option<i64>>(12)?.map(Instant),
        wanted_at: Instant(row.get(13)?),
        attempts: row.get(14)?,
        next_attempt_at: row.get::<_, Option<i64>>(15)?.map(Instant),
        words: row.get(16)?,
    })
}
