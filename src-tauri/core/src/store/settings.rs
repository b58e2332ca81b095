//! The desk's settings, each a document under its name.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};

use super::{Result, column};

pub const V1: &str = "CREATE TABLE settings (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;";

pub fn get<T: DeserializeOwned>(db: &Connection, name: &str) -> Result<Option<T>> {
    Ok(db.prepare_cached("SELECT document FROM settings WHERE name = ?1")?.query_row([name], |row| column::document(row, 0)).optional()?)
}

pub fn put<T: Serialize>(db: &Connection, name: &str, value: &T) -> Result<()> {
    db.prepare_cached("INSERT INTO settings (name, document) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET document = excluded.document")?
        .execute(params![name, column::to_document(value)?])?;
    Ok(())
}
