//! People, and the ways to reach each in order of preference.

use rusqlite::{Connection, params};
use std::collections::HashMap;

use super::{Result, StoreError, column};
use crate::domain::directory::{Method, Person, Proof};
use crate::domain::id::{MethodId, PersonId};
use crate::domain::presence::Presence;
use crate::domain::time::Instant;

pub const V1: &str = "
CREATE TABLE people (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, away_until INTEGER,
  sample INTEGER NOT NULL, removed_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE methods (
  id TEXT PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE, position INTEGER NOT NULL,
  channel_id TEXT NOT NULL, address TEXT NOT NULL, proven_at INTEGER, wrong_since INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX methods_of_person ON methods (person_id, position);
";

pub const V2: &str = "ALTER TABLE people ADD COLUMN absences TEXT NOT NULL DEFAULT '[]';";

pub const V3: &str = "
ALTER TABLE people ADD COLUMN hours TEXT NOT NULL DEFAULT 'null';
ALTER TABLE people ADD COLUMN sequences TEXT NOT NULL DEFAULT '{}';
ALTER TABLE methods ADD COLUMN proven_by TEXT;
";

const COLUMNS: &str = "id, name, role, away_until, sample, absences, hours, sequences";

const METHOD: &str = "person_id, id, channel_id, address, proven_at, wrong_since, proven_by";

pub fn all(db: &Connection) -> Result<Vec<Person>> {
    let mut methods: HashMap<PersonId, Vec<Method>> = HashMap::new();
    let mut statement = db.prepare_cached(&format!("SELECT {METHOD} FROM methods ORDER BY person_id, position"))?;
    for (person, method) in column::each_readable(&mut statement, [], "a method", |row| Ok((column::parse(row, 0)?, method(row)?)))? {
        methods.entry(person).or_default().push(method);
    }
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM people WHERE removed_at IS NULL ORDER BY id"))?;
    let with_methods = |row: &rusqlite::Row<'_>| {
        let id = column::parse(row, 0)?;
        person(row, id, methods.get(&id).cloned().unwrap_or_default())
    };
    column::each_by_name(&mut statement, "a person", with_methods, |person| &person.name)
}

/// One person, removed or not: somebody told about an incident is still told
/// that it is over.
pub fn find(db: &Connection, id: PersonId) -> Result<Option<Person>> {
    let mut statement = db.prepare_cached(&format!("SELECT {METHOD} FROM methods WHERE person_id = ?1 ORDER BY position"))?;
    let methods = column::each_readable(&mut statement, [id.to_string()], "a method", method)?;
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM people WHERE id = ?1"))?;
    Ok(column::each_readable(&mut statement, [id.to_string()], "a person", |row| person(row, id, methods.clone()))?.pop())
}

pub fn save(db: &Connection, person: &Person) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO people (id, name, role, away_until, sample, absences, hours, sequences) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT DO UPDATE SET name = excluded.name, role = excluded.role, away_until = excluded.away_until,
           absences = excluded.absences, hours = excluded.hours, sequences = excluded.sequences, removed_at = NULL",
    )?
    .execute(params![
        person.id.to_string(),
        person.name,
        person.role,
        person.presence.away_until.map(|at| at.0),
        person.sample,
        column::to_document(&person.presence.absences)?,
        column::to_document(&person.presence.hours)?,
        column::to_document(&person.sequences)?
    ])?;
    db.prepare_cached("DELETE FROM methods WHERE person_id = ?1")?.execute([person.id.to_string()])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO methods (id, person_id, position, channel_id, address, proven_at, wrong_since, proven_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (position, method) in person.methods.iter().enumerate() {
        insert.execute(params![
            method.id.to_string(),
            person.id.to_string(),
            position as i64,
            method.channel.to_string(),
            method.address,
            method.proven_at.map(|at| at.0),
            method.wrong_since.map(|at| at.0),
            method.proven_by.map(|proof| column::to_word(&proof)).transpose()?,
        ])?;
    }
    Ok(())
}

/// Sets or takes back the removal of anybody; the row stays for what refers to it.
pub fn set_removed(db: &Connection, id: PersonId, at: Option<Instant>) -> Result<()> {
    let changed =
        db.prepare_cached("UPDATE people SET removed_at = ?2 WHERE id = ?1")?.execute(params![id.to_string(), at.map(|at| at.0)])?;
    if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

/// Something certainly arrived this way.
pub fn method_proven(db: &Connection, id: MethodId, by: Proof, at: Instant) -> Result<()> {
    db.prepare_cached("UPDATE methods SET proven_at = ?2, proven_by = ?3, wrong_since = NULL WHERE id = ?1")?.execute(params![
        id.to_string(),
        at.0,
        column::to_word(&by)?
    ])?;
    Ok(())
}

/// A call or a bounce said that this does not reach the person.
pub fn method_wrong(db: &Connection, id: MethodId, at: Instant) -> Result<()> {
    db.prepare_cached("UPDATE methods SET wrong_since = ?2 WHERE id = ?1")?.execute(params![id.to_string(), at.0])?;
    Ok(())
}

/// What was said then was said by mistake. What somebody else said of it since stays.
pub fn method_wrong_taken_back(db: &Connection, id: MethodId, said_at: Option<Instant>) -> Result<()> {
    db.prepare_cached("UPDATE methods SET wrong_since = NULL WHERE id = ?1 AND wrong_since <= ?2")?
        .execute(params![id.to_string(), said_at.map(|at| at.0)])?;
    Ok(())
}

pub fn delete_sample(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM people WHERE sample = 1", [])?;
    Ok(())
}

fn person(row: &rusqlite::Row<'_>, id: PersonId, methods: Vec<Method>) -> rusqlite::Result<Person> {
    let away: Option<i64> = row.get(3)?;
    let presence = Presence { away_until: away.map(Instant), absences: column::document(row, 5)?, hours: column::document(row, 6)? };
    let sequences = column::document(row, 7)?;
    Ok(Person { id, name: row.get(1)?, role: row.get(2)?, presence, methods, sequences, sample: row.get(4)? })
}

fn method(row: &rusqlite::Row<'_>) -> rusqlite::Result<Method> {
    let (proven, wrong): (Option<i64>, Option<i64>) = (row.get(4)?, row.get(5)?);
    Ok(Method {
        id: column::parse(row, 1)?,
        channel: column::parse(row, 2)?,
        address: row.get(3)?,
        proven_at: proven.map(Instant),
        proven_by: column::word_if_any(row, 6)?,
        wrong_since: wrong.map(Instant),
    })
}
