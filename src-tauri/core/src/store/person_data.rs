//! Everything that is kept of one person, wherever it stands: found in every table, also those that are yet to come,
//! and reworded there.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use serde_json::json;
use std::collections::BTreeSet;

use super::{Result, column, events, incidents, search};
use crate::domain::contact::spoken_address;
use crate::domain::forgotten::{Known, MARKER};
use crate::domain::id::{IncidentId, PersonId};

/// A table with the columns that name a row and those that hold words or documents.
struct Table {
    name: String,
    keys: Vec<String>,
    texts: Vec<String>,
}

/// The search index holds no text that can be read back, and SQLite's own tables none of ours.
fn tables(db: &Connection) -> Result<Vec<Table>> {
    let mut statement = db.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'incident_search%' ORDER BY name",
    )?;
    let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut columns = db.prepare("SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid")?;
    let mut found = Vec::new();
    for name in names {
        let mut table = Table { name: name.clone(), keys: vec![], texts: vec![] };
        let mut rows = columns.query([&name])?;
        while let Some(row) = rows.next()? {
            let (column, kind, key): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if key > 0 {
                table.keys.push(column);
            } else if kind == "TEXT" {
                table.texts.push(column);
            }
        }
        found.push(table);
    }
    Ok(found)
}

/// Everything by which this person is known here, today and in what happened.
pub fn known(db: &Connection, id: PersonId) -> Result<Known> {
    let mut known = Known { id: id.to_string(), ..Known::default() };
    let mut add = |statement: &str, to: fn(&mut Known) -> &mut BTreeSet<String>| -> Result<()> {
        let mut statement = db.prepare(statement)?;
        let found = statement.query_map([id.to_string()], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
        to(&mut known).extend(found);
        Ok(())
    };
    add("SELECT name FROM people WHERE id = ?1", |known| &mut known.names)?;
    add("SELECT DISTINCT name FROM deliveries WHERE person_id = ?1", |known| &mut known.names)?;
    add("SELECT address FROM methods WHERE person_id = ?1", |known| &mut known.addresses)?;
    add("SELECT DISTINCT address FROM deliveries WHERE person_id = ?1", |known| &mut known.addresses)?;
    let mut statement = db.prepare("SELECT event FROM events WHERE instr(event, ?1) > 0")?;
    let mut rows = statement.query([id.to_string()])?;
    while let Some(row) = rows.next()? {
        if let Ok(document) = serde_json::from_str(row.get_ref(0)?.as_str().unwrap_or_default()) {
            known.learn(&document);
        }
    }
    known.without(&of_others(db, id)?);
    let spoken: Vec<String> = known.addresses.iter().map(|address| spoken_address(address)).collect();
    known.addresses.extend(spoken);
    Ok(known)
}

/// The names and addresses of everybody else.
fn of_others(db: &Connection, id: PersonId) -> Result<BTreeSet<String>> {
    let mut statement = db.prepare(
        "SELECT name FROM people WHERE id <> ?1 AND removed_at IS NULL
         UNION SELECT address FROM methods JOIN people ON people.id = person_id WHERE person_id <> ?1 AND removed_at IS NULL
         UNION SELECT name FROM channels UNION SELECT name FROM services UNION SELECT name FROM teams UNION SELECT name FROM paths",
    )?;
    Ok(statement.query_map([id.to_string()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Open incidents that this person is part of, by their references.
pub fn open_with(db: &Connection, known: &Known) -> Result<Vec<String>> {
    let mut statement = db.prepare("SELECT reference, state FROM incidents WHERE is_open = 1 ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if known.is_in(row.get_ref(1)?.as_str().unwrap_or_default()) {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// Whether something is still to be sent to this person.
pub fn is_written_to(db: &Connection, id: PersonId) -> Result<bool> {
    Ok(db
        .prepare("SELECT 1 FROM deliveries WHERE person_id = ?1 AND (next_attempt_at IS NOT NULL OR state = 'attempting')")?
        .exists([id.to_string()])?)
}

/// Columns by which an answer is known to be one.
const PROOF: [&str; 2] = ["token", "provider_id"];

/// Every row in which this person is, table by table, each as its columns say. What only proves an answer is left out.
pub fn everything(db: &Connection, known: &Known) -> Result<Vec<(String, Vec<serde_json::Value>)>> {
    let mut all = Vec::new();
    for table in tables(db)? {
        let mut statement = db.prepare(&format!("SELECT * FROM {}", table.name))?;
        let names: Vec<String> = statement.column_names().map(String::from).collect();
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let values: Vec<ValueRef<'_>> = (0..names.len()).map(|at| row.get_ref(at)).collect::<rusqlite::Result<_>>()?;
            let is_in = values.iter().any(|value| value.as_str().is_ok_and(|text| known.is_in(text)));
            if is_in {
                let shown = names.iter().zip(&values).filter(|(name, _)| !PROOF.contains(&name.as_str()));
                found.push(shown.map(|(name, value)| (name.clone(), as_json(value))).collect::<serde_json::Map<_, _>>().into());
            }
        }
        if !found.is_empty() {
            all.push((table.name, found));
        }
    }
    Ok(all)
}

fn as_json(value: &ValueRef<'_>) -> serde_json::Value {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => serde_json::Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(_) => {
            let text = value.as_str().unwrap_or_default();
            let document = text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten();
            document.unwrap_or_else(|| json!(text))
        }
    }
}

/// Takes this person out of everything. They have left the directory, and nothing open knows them; both are
/// the caller's to see to, and the first the database sees to as well.
pub fn forget(db: &Connection, id: PersonId, known: &Known) -> Result<usize> {
    // Nor do they stand on a page of the file that is free now.
    db.pragma_update(None, "secure_delete", "ON")?;
    let touched = forget_everywhere(db, id, known);
    db.pragma_update(None, "secure_delete", "OFF")?;
    touched
}

fn forget_everywhere(db: &Connection, id: PersonId, known: &Known) -> Result<usize> {
    db.execute("DELETE FROM people WHERE id = ?1", [id.to_string()])?;
    db.execute("UPDATE services SET owner_id = NULL WHERE owner_id = ?1", [id.to_string()])?;
    let touched = events::forget(db, id, |event| known.reword(event))?;
    // By their id, for a name that others have too is replaced nowhere else.
    db.execute("UPDATE deliveries SET name = ?2, address = '' WHERE person_id = ?1", params![id.to_string(), MARKER])?;
    for table in tables(db)?.iter().filter(|table| table.name != "events") {
        reword(db, table, known)?;
    }
    for incident in &touched {
        work_out_again(db, *incident)?;
    }
    search::forget_what_is_gone(db)?;
    Ok(touched.len())
}

fn reword(db: &Connection, table: &Table, known: &Known) -> Result<()> {
    let keys = if table.keys.is_empty() { vec!["rowid".to_string()] } else { table.keys.clone() };
    for text in &table.texts {
        let mut changes: Vec<Vec<Value>> = Vec::new();
        let mut statement = db.prepare(&format!("SELECT {text}, {} FROM {}", keys.join(", "), table.name))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(reworded) = row.get_ref(0)?.as_str().ok().and_then(|text| known.reword(text)) {
                let mut change = vec![Value::from(reworded)];
                change.extend((1..=keys.len()).map(|at| row.get(at)).collect::<rusqlite::Result<Vec<Value>>>()?);
                changes.push(change);
            }
        }
        drop(rows);
        let named: Vec<String> = keys.iter().enumerate().map(|(at, key)| format!("{key} = ?{}", at + 2)).collect();
        let mut update = db.prepare(&format!("UPDATE {} SET {text} = ?1 WHERE {}", table.name, named.join(" AND ")))?;
        for change in changes {
            update.execute(params_from_iter(change))?;
        }
    }
    Ok(())
}

/// How it stands follows from its events; where one of them cannot be read, it stays as it was reworded.
fn work_out_again(db: &Connection, id: IncidentId) -> Result<()> {
    let Ok(Some(incident)) = events::fold(db, id) else { return Ok(()) };
    let sample = incidents::is_sample(db, id)?;
    incidents::save(db, &incident, sample)?;
    search::put(db, &incident)
}

/// The reference and title of the incidents in which something of this person stands, the newest first.
pub fn incidents_with(db: &Connection, rows: &[serde_json::Value]) -> Result<Vec<(String, String, usize)>> {
    let ids: Vec<&str> = rows.iter().filter_map(|row| row.get("incident_id")?.as_str()).collect();
    let mut found = Vec::new();
    for id in ids.iter().copied().collect::<BTreeSet<_>>().into_iter().rev() {
        let reference = db
            .prepare_cached("SELECT reference, state FROM incidents WHERE id = ?1")?
            .query_row([id], |row| {
                let incident = column::document::<crate::domain::incident::Incident>(row, 1);
                Ok((row.get(0)?, incident.map(|incident| incident.facts.title()).unwrap_or_default()))
            })
            .optional()?;
        if let Some((reference, title)) = reference {
            found.push((reference, title, ids.iter().filter(|other| **other == id).count()));
        }
    }
    Ok(found)
}
