//! What came back by a channel: how far it has been heard, and the names of what was
//! heard lately, so that the same thing heard twice is one.

use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use crate::domain::id::ChannelId;
use crate::domain::time::{DAY, Instant};

pub const V4: &str = "
CREATE TABLE arrivals (
  channel_id TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (channel_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX arrivals_by_age ON arrivals (at);
CREATE TABLE cursors (channel_id TEXT PRIMARY KEY, cursor TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// No provider tells of something again after so long.
const KEPT: i64 = 30 * DAY;

/// Notes an arrival; false where it was heard before.
pub fn is_new(db: &Connection, channel: ChannelId, id: &str, now: Instant) -> Result<bool> {
    let added = db.prepare_cached("INSERT OR IGNORE INTO arrivals (channel_id, id, at) VALUES (?1, ?2, ?3)")?.execute(params![
        channel.to_string(),
        id,
        now.0
    ])?;
    Ok(added > 0)
}

pub fn forget_old(db: &Connection, now: Instant) -> Result<()> {
    db.prepare_cached("DELETE FROM arrivals WHERE at < ?1")?.execute([now.plus(-KEPT).0])?;
    Ok(())
}

/// Up to where a channel has been heard.
pub fn cursor(db: &Connection, channel: ChannelId) -> Result<Option<String>> {
    let mut statement = db.prepare_cached("SELECT cursor FROM cursors WHERE channel_id = ?1")?;
    Ok(statement.query_row([channel.to_string()], |row| row.get(0)).optional()?)
}

pub fn set_cursor(db: &Connection, channel: ChannelId, cursor: &str) -> Result<()> {
    db.prepare_cached("INSERT INTO cursors (channel_id, cursor) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET cursor = excluded.cursor")?
        .execute(params![channel.to_string(), cursor])?;
    Ok(())
}
