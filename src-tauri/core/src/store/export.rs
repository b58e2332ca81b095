//! Everything, one JSON object a line, read as it is written: however much there is, little of it is in
//! memory. `docs/export.md` says what each line holds.

use rusqlite::{Connection, Row};
use serde::Serialize;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::backup::with_ending;
use super::{Result, StoreError, channels, migration, open, paths, people, rotations, services, settings, teams};
use crate::domain::time::Instant;

/// The form of the lines.
const VERSION: u32 = 1;

#[derive(Debug, thiserror::Error)]
pub enum ExportFailure {
    #[error("There is no room for it on the disk.")]
    Full,
    #[error("The file could not be written ({0}).")]
    File(io::Error),
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for ExportFailure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<io::Error> for ExportFailure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::StorageFull { Self::Full } else { Self::File(error) }
    }
}

/// Writes everything to `file`, as it was at one moment, and answers how many lines. The file is whole or not there.
pub fn write(data: &Path, file: &Path, baton: &str, now: Instant) -> std::result::Result<u64, ExportFailure> {
    let unfinished = with_ending(file, ".part");
    let written = (|| {
        let mut out = Lines { out: BufWriter::new(File::create(&unfinished)?), written: 0 };
        let db = open::reader(&data.join(open::FILE))?;
        db.execute_batch("BEGIN")?;
        out.line("export", &json!({ "version": VERSION, "baton": baton, "format": migration::known(), "at": now }))?;
        directory(&db, &mut out)?;
        incidents(&db, &mut out)?;
        out.out.flush()?;
        out.out.get_ref().sync_all()?;
        fs::rename(&unfinished, file)?;
        Ok(out.written)
    })();
    if written.is_err() {
        drop(fs::remove_file(&unfinished));
    }
    written
}

struct Lines {
    out: BufWriter<File>,
    written: u64,
}

/// The kind first, for whoever reads by eye or by `grep`.
#[derive(Serialize)]
struct Line<'a, T> {
    kind: &'a str,
    #[serde(flatten)]
    thing: &'a T,
}

impl Lines {
    fn line<T: Serialize>(&mut self, kind: &str, thing: &T) -> std::result::Result<(), ExportFailure> {
        serde_json::to_writer(&mut self.out, &Line { kind, thing }).map_err(io::Error::from)?;
        self.out.write_all(b"\n")?;
        self.written += 1;
        Ok(())
    }
}

/// Without secrets: those are not in the database.
fn directory(db: &Connection, out: &mut Lines) -> std::result::Result<(), ExportFailure> {
    for name in ["desk", "rules", "backup", "retention"] {
        if let Some(document) = settings::get::<Value>(db, name)? {
            out.line("setting", &json!({ "name": name, "value": document }))?;
        }
    }
    for channel in channels::all(db)? {
        out.line("channel", &channel)?;
    }
    for person in people::all(db)? {
        out.line("person", &person)?;
    }
    for team in teams::all(db)? {
        out.line("team", &team)?;
    }
    for rotation in rotations::all(db)? {
        out.line("rotation", &rotation)?;
    }
    for path in paths::all(db)? {
        out.line("path", &path)?;
    }
    for service in services::all(db)? {
        out.line("service", &service)?;
    }
    Ok(())
}

/// What is read of a table: its lines' kind, and the statement. Columns whose names end so are documents.
const TABLES: [(&str, &str); 6] = [
    ("incident", "SELECT id, reference, is_open AS open, filed_at, sample FROM incidents ORDER BY number"),
    (
        "event",
        "SELECT incident_id AS incident, device_id AS device, sequence, at, event AS event_document FROM events ORDER BY device_id, sequence",
    ),
    // Neither the token nor the provider's name for it, which may hold it: whoever has it can answer.
    (
        "delivery",
        "SELECT id, incident_id AS incident, person_id AS person, name, method_id AS method, channel_id AS channel, via, address, purpose,
           step, message AS message_document, state, words, queued_at, changed_at, give_up_at, attempts, cancelled_because, response,
           responded_at, held, carrier FROM deliveries ORDER BY id",
    ),
    ("attempt", "SELECT delivery_id AS delivery, number, began_at, ended_at, outcome, words FROM attempts ORDER BY delivery_id, number"),
    ("post_incident_report", "SELECT incident_id AS incident, markdown, written_at FROM post_incident ORDER BY incident_id"),
    ("hand_over", "SELECT id, document AS hand_over_document FROM hand_overs ORDER BY id"),
];

const DOCUMENT: &str = "_document";

fn incidents(db: &Connection, out: &mut Lines) -> std::result::Result<(), ExportFailure> {
    for (kind, statement) in TABLES {
        let mut statement = db.prepare(statement)?;
        let columns: Vec<String> = statement.column_names().map(String::from).collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let thing = object(row, &columns)?;
            out.line(kind, &thing)?;
            if kind == "event" && thing["event"]["type"] == "attached" {
                attached(&thing, out)?;
            }
        }
    }
    Ok(())
}

/// What came with an event, by its name; its content lies in the folder of attachments under its hash.
fn attached(event: &Value, out: &mut Lines) -> std::result::Result<(), ExportFailure> {
    for attachment in event["event"]["attachments"].as_array().into_iter().flatten() {
        let mut thing = attachment.clone();
        thing["incident"] = event["incident"].clone();
        // A line has one kind.
        thing["type"] = thing["kind"].take();
        thing.as_object_mut().map(|fields| fields.remove("kind"));
        out.line("attachment", &thing)?;
    }
    Ok(())
}

fn object(row: &Row<'_>, columns: &[String]) -> Result<Value> {
    use rusqlite::types::ValueRef;
    let mut fields = serde_json::Map::new();
    for (at, column) in columns.iter().enumerate() {
        let value = match row.get_ref(at)? {
            ValueRef::Null | ValueRef::Blob(_) => Value::Null,
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => json!(number),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        };
        let (name, value) = match (column.strip_suffix(DOCUMENT), value) {
            // One that cannot be read is taken out as it stands.
            (Some(name), Value::String(text)) => (name, serde_json::from_str(&text).unwrap_or(Value::String(text))),
            (_, value) => (column.as_str(), value),
        };
        fields.insert(name.into(), value);
    }
    Ok(fields.into())
}
