//! The channels a desk has set up. Their secrets are not here but in the keyring.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, StoreError, column};
use crate::domain::channel::{ChannelSetup, ChannelTest};
use crate::domain::id::ChannelId;
use crate::domain::time::Instant;

pub const V1: &str = "
CREATE TABLE channels (
  id TEXT PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL, reach TEXT NOT NULL, settings TEXT NOT NULL,
  secrets_set TEXT NOT NULL, enabled INTEGER NOT NULL, last_test TEXT, sample INTEGER NOT NULL, removed_at INTEGER
) STRICT, WITHOUT ROWID;
";

const COLUMNS: &str = "id, provider, name, reach, settings, secrets_set, enabled, last_test, sample";

pub fn all(db: &Connection) -> Result<Vec<ChannelSetup>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM channels WHERE removed_at IS NULL ORDER BY id"))?;
    column::each_by_name(&mut statement, "a channel", setup, |setup| &setup.name)
}

/// One channel; a removed one is not found, so that nothing goes through it.
pub fn find(db: &Connection, id: ChannelId) -> Result<Option<ChannelSetup>> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM channels WHERE id = ?1 AND removed_at IS NULL"))?
        .query_row([id.to_string()], setup)
        .optional()?)
}

pub fn save(db: &Connection, setup: &ChannelSetup) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO channels (id, provider, name, reach, settings, secrets_set, enabled, last_test, sample)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT DO UPDATE SET name = excluded.name, reach = excluded.reach, settings = excluded.settings,
           secrets_set = excluded.secrets_set, enabled = excluded.enabled, last_test = excluded.last_test, removed_at = NULL",
    )?
    .execute(params![
        setup.id.to_string(),
        setup.provider,
        setup.name,
        column::to_word(&setup.reach)?,
        column::to_document(&setup.settings)?,
        column::to_document(&setup.secrets_set)?,
        setup.enabled,
        setup.last_test.as_ref().map(column::to_document).transpose()?,
        setup.sample
    ])?;
    Ok(())
}

/// For good: a channel nobody is reached by, in place of which another comes.
pub fn delete(db: &Connection, id: ChannelId) -> Result<()> {
    db.prepare_cached("DELETE FROM channels WHERE id = ?1")?.execute([id.to_string()])?;
    Ok(())
}

pub fn tested(db: &Connection, id: ChannelId, test: &ChannelTest) -> Result<()> {
    db.prepare_cached("UPDATE channels SET last_test = ?2 WHERE id = ?1")?.execute(params![id.to_string(), column::to_document(test)?])?;
    Ok(())
}

pub fn set_removed(db: &Connection, id: ChannelId, at: Option<Instant>) -> Result<()> {
    let changed =
        db.prepare_cached("UPDATE channels SET removed_at = ?2 WHERE id = ?1")?.execute(params![id.to_string(), at.map(|at| at.0)])?;
    if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

/// Channels removed before this that still have secrets somewhere.
pub fn removed_before(db: &Connection, at: Instant) -> Result<Vec<ChannelSetup>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM channels WHERE removed_at < ?1 AND secrets_set <> '[]'"))?;
    Ok(statement.query_map([at.0], setup)?.collect::<rusqlite::Result<_>>()?)
}

/// Notes that no secret of it is kept any more.
pub fn secrets_gone(db: &Connection, id: ChannelId) -> Result<()> {
    db.prepare_cached("UPDATE channels SET secrets_set = '[]' WHERE id = ?1")?.execute([id.to_string()])?;
    Ok(())
}

pub fn delete_sample(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM channels WHERE sample = 1", [])?;
    Ok(())
}

fn setup(row: &rusqlite::Row<'_>) -> rusqlite::Result<ChannelSetup> {
    let tested = row.get_ref(7)? != rusqlite::types::ValueRef::Null;
    Ok(ChannelSetup {
        id: column::parse(row, 0)?,
        provider: row.get(1)?,
        name: row.get(2)?,
        reach: column::word(row, 3)?,
        settings: column::document(row, 4)?,
        secrets_set: column::document(row, 5)?,
        enabled: row.get(6)?,
        last_test: if tested { Some(column::document(row, 7)?) } else { None },
        sample: row.get(8)?,
    })
}
