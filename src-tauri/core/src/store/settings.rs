//! The desk's settings, each a document under its name.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Result, column};

pub const V1: &str = "CREATE TABLE settings (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;";

pub fn get<T: DeserializeOwned>(db: &Connection, name: &str) -> Result<Option<T>> {
    Ok(db.prepare_cached("SELECT document FROM settings WHERE name = ?1")?.query_row([name], |row| column::document(row, 0)).optional()?)
}

/// The same where a program that is older may have written it: what it did not know is as in `standard`.
pub fn get_over<T: Serialize + DeserializeOwned>(db: &Connection, name: &str, standard: &T) -> Result<Option<T>> {
    let Some(stored) = get::<Value>(db, name)? else { return Ok(None) };
    let mut whole = serde_json::to_value(standard)?;
    lay_over(&mut whole, stored);
    Ok(Some(serde_json::from_value(whole)?))
}

fn lay_over(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (name, value) in above {
                lay_over(below.entry(name).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

pub fn put<T: Serialize>(db: &Connection, name: &str, value: &T) -> Result<()> {
    db.prepare_cached("INSERT INTO settings (name, document) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET document = excluded.document")?
        .execute(params![name, column::to_document(value)?])?;
    Ok(())
}

pub fn remove(db: &Connection, name: &str) -> Result<()> {
    db.prepare_cached("DELETE FROM settings WHERE name = ?1")?.execute([name])?;
    Ok(())
}
