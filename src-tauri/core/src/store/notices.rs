//! What the desk was told by desktop notifications: written before it is shown,
//! kept where it could not be.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, column};
use crate::domain::id::{IncidentId, NoticeId};
use crate::domain::notice::Asks;
use crate::domain::time::Instant;

pub const V1: &str = "
CREATE TABLE notices (
  id TEXT PRIMARY KEY, incident_id TEXT, at INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  critical INTEGER NOT NULL, asks TEXT NOT NULL, shown_at INTEGER, read_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_of_incident ON notices (incident_id);
CREATE INDEX notices_unread ON notices (at) WHERE read_at IS NULL;
CREATE INDEX notices_unshown ON notices (at) WHERE shown_at IS NULL AND read_at IS NULL;
";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub incident: Option<IncidentId>,
    pub at: Instant,
    pub title: String,
    pub body: String,
    pub critical: bool,
    /// What is asked, so that the right buttons go with it.
    pub asks: Asks,
    /// Which promise or task of the incident it is about.
    pub about: Option<u32>,
    pub read: bool,
}

/// Which promise or task of its incident it is about; `NULL` where it is about the incident.
pub const V7: &str = "
ALTER TABLE notices ADD COLUMN about INTEGER;
";

/// Adds it, in place of an unread one that said the same of the same incident.
pub fn add(db: &Connection, notice: &NoticeRow) -> Result<()> {
    db.prepare_cached("DELETE FROM notices WHERE incident_id IS ?1 AND title = ?2 AND read_at IS NULL")?
        .execute(params![notice.incident.map(|id| id.to_string()), notice.title])?;
    db.prepare_cached(
        "INSERT INTO notices (id, incident_id, at, title, body, critical, asks, about) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        notice.id.to_string(),
        notice.incident.map(|id| id.to_string()),
        notice.at.0,
        notice.title,
        notice.body,
        notice.critical,
        column::to_word(&notice.asks)?,
        notice.about
    ])?;
    Ok(())
}

const COLUMNS: &str = "id, incident_id, at, title, body, critical, asks, about, read_at IS NOT NULL";

/// The latest, unread ones first.
pub fn latest(db: &Connection, limit: usize) -> Result<Vec<NoticeRow>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM notices ORDER BY read_at IS NOT NULL, at DESC LIMIT ?1"))?;
    column::each_readable(&mut statement, [limit as i64], "a notice", notice)
}

pub fn find(db: &Connection, id: NoticeId) -> Result<Option<NoticeRow>> {
    Ok(db.prepare_cached(&format!("SELECT {COLUMNS} FROM notices WHERE id = ?1"))?.query_row([id.to_string()], notice).optional()?)
}

/// What has not been shown yet, at most so many, the oldest first.
pub fn unshown(db: &Connection, limit: usize) -> Result<Vec<NoticeRow>> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM notices WHERE shown_at IS NULL AND read_at IS NULL ORDER BY at LIMIT ?1"))?;
    column::each_readable(&mut statement, [limit as i64], "a notice", notice)
}

/// Since when something waits to be shown that can be.
pub fn unshown_since(db: &Connection) -> Result<Option<Instant>> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM notices WHERE shown_at IS NULL AND read_at IS NULL ORDER BY at"))?;
    let first = statement.query_map([], notice)?.find_map(|one| one.ok().map(|one| one.at));
    Ok(first)
}

/// Shown, or tried: a notice that no daemon took waits in the inbox, unread.
pub fn shown(db: &Connection, id: NoticeId, at: Instant) -> Result<()> {
    db.prepare_cached("UPDATE notices SET shown_at = ?2 WHERE id = ?1")?.execute(params![id.to_string(), at.0])?;
    Ok(())
}

/// Whether it was unread until now: of two clicks one is the first.
pub fn read(db: &Connection, id: NoticeId, at: Instant) -> Result<bool> {
    let mut statement = db.prepare_cached("UPDATE notices SET read_at = ?2 WHERE id = ?1 AND read_at IS NULL")?;
    Ok(statement.execute(params![id.to_string(), at.0])? == 1)
}

/// What was asked about this incident has been answered; a promise or a task is answered for itself.
pub fn read_all_of(db: &Connection, incident: IncidentId, at: Instant) -> Result<()> {
    db.prepare_cached("UPDATE notices SET read_at = ?2 WHERE incident_id = ?1 AND about IS NULL AND read_at IS NULL")?
        .execute(params![incident.to_string(), at.0])?;
    Ok(())
}

/// Nothing at all is asked about this incident any more.
pub fn read_everything_of(db: &Connection, incident: IncidentId, at: Instant) -> Result<()> {
    db.prepare_cached("UPDATE notices SET read_at = ?2 WHERE incident_id = ?1 AND read_at IS NULL")?
        .execute(params![incident.to_string(), at.0])?;
    Ok(())
}

/// What was asked about this promise or task has been answered.
pub fn read_about(db: &Connection, incident: IncidentId, about: u32, at: Instant) -> Result<()> {
    db.prepare_cached("UPDATE notices SET read_at = ?3 WHERE incident_id = ?1 AND about = ?2 AND read_at IS NULL")?.execute(params![
        incident.to_string(),
        about,
        at.0
    ])?;
    Ok(())
}

/// Something that says more stands in place of it.
pub fn read_titled(db: &Connection, incident: IncidentId, title: &str, at: Instant) -> Result<()> {
    db.prepare_cached("UPDATE notices SET read_at = ?3 WHERE incident_id = ?1 AND title = ?2 AND critical = 0 AND read_at IS NULL")?
        .execute(params![incident.to_string(), title, at.0])?;
    Ok(())
}

pub fn unread(db: &Connection) -> Result<u32> {
    Ok(db.prepare_cached("SELECT count(*) FROM notices WHERE read_at IS NULL")?.query_row([], |row| row.get(0))?)
}

fn notice(row: &rusqlite::Row<'_>) -> rusqlite::Result<NoticeRow> {
    Ok(NoticeRow {
        id: column::parse(row, 0)?,
        incident: column::parse_if_any(row, 1)?,
        at: Instant(row.get(2)?),
        title: row.get(3)?,
        body: row.get(4)?,
        critical: row.get(5)?,
        asks: column::word(row, 6)?,
        about: row.get(7)?,
        read: row.get(8)?,
    })
}
