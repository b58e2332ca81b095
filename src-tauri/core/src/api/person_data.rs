//! What is held of one person, shown to whoever asks for it, and removed where they ask for that.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Value, json};
use ts_rs::TS;

use super::directory::leave;
use super::file::replace;
use super::{Answer, Desk};
use crate::domain::contact::spoken_address;
use crate::domain::id::PersonId;
use crate::engine::lookup;
use crate::error::Failure;
use crate::host::Change;
use crate::store::{StoreError, channels, people, person_data, settings};

/// Everything that is held of one person, to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PersonData {
    pub name: String,
    pub parts: Vec<PersonDataPart>,
    /// Why they cannot be removed at present; empty where they can.
    pub in_the_way: Vec<String>,
    /// Somebody else has this name: in mere words it stays.
    pub namesake: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PersonDataPart {
    pub title: String,
    pub lines: Vec<String>,
}

impl Desk {
    pub async fn person_data(&self, id: PersonId) -> Answer<PersonData> {
        self.read(move |db| {
            let person = people::find(db, id)?.ok_or(StoreError::Missing)?;
            let known = person_data::known(db, id)?;
            let everything = person_data::everything(db, &known)?;
            let channels = channels::all(db)?;
            let via = |method: &crate::domain::directory::Method| {
                let channel = channels.iter().find(|channel| channel.id == method.channel);
                let name = channel.map_or("A channel that is gone", |channel| channel.name.as_str());
                // Of some channels the channel itself is the address.
                if method.address.is_empty() { name.into() } else { format!("{name}: {}", spoken_address(&method.address)) }
            };
            let mut own = vec![format!("Name: {}", person.name)];
            own.extend((!person.role.is_empty()).then(|| format!("Role: {}", person.role)));
            own.extend(person.methods.iter().map(via));
            own.extend((!person.presence.absences.is_empty()).then(|| format!("Absences: {}", person.presence.absences.len())));
            let mut parts = vec![PersonDataPart { title: "In the directory".into(), lines: own }];
            parts.extend(parts_of(db, &everything)?);
            let namesake = !known.names.contains(&person.name);
            Ok(PersonData { name: person.name, parts, in_the_way: in_the_way(db, id)?, namesake })
        })
        .await
    }

    /// Writes all of it, row by row, as a JSON document beside the database and says where.
    pub async fn save_person_data(&self, id: PersonId) -> Answer<String> {
        let now = self.now();
        let (name, document) = self
            .read(move |db| {
                let person = people::find(db, id)?.ok_or(StoreError::Missing)?;
                let everything = person_data::everything(db, &person_data::known(db, id)?)?;
                let tables: serde_json::Map<String, Value> = everything.into_iter().map(|(name, rows)| (name, rows.into())).collect();
                Ok((person.name.clone(), json!({ "person": person, "at": now, "held": tables })))
            })
            .await?;
        let file = self.engine.store.folder().join(file_of(&name, id));
        let text = serde_json::to_string_pretty(&document).map_err(|error| Failure::other(error.to_string()))?;
        let to = file.clone();
        let done = tokio::task::spawn_blocking(move || replace(&to, text.as_bytes())).await;
        let done = done.map_err(|error| Failure::other(error.to_string()))?;
        done.map_err(|error| Failure::other(format!("The file could not be written ({error}).")))?;
        Ok(file.display().to_string())
    }

    /// Takes a person out of the directory and out of everything that happened. Fails with `in_use` naming what stands in
    /// the way; `anyway` takes them off their paths, teams and rotations. It cannot be taken back.
    pub async fn forget_person(&self, id: PersonId, anyway: bool) -> Answer<()> {
        let now = self.now();
        let done = self.write([Change::Directory, Change::Settings, Change::Notices], move |db| {
            let way = in_the_way(db, id)?;
            if !way.is_empty() {
                return Err(Failure::in_use(format!("They cannot be removed yet. {}", way.join(" ")), way));
            }
            let known = person_data::known(db, id)?;
            leave(db, id, anyway, now)?;
            // It could be put back with the person in it.
            settings::put(db, super::exchange::BEFORE, &Value::Null)?;
            let touched = person_data::forget(db, id, &known)?;
            tracing::info!(touched, "a person was removed from everything");
            Ok(())
        });
        done.await?;
        // What was saved of them here would outlive them.
        let folder = self.engine.store.folder().to_path_buf();
        let gone = tokio::task::spawn_blocking(move || remove_files_of(&folder, id)).await;
        gone.map_err(|error| Failure::other(error.to_string()))?.map_err(|(file, error)| {
            Failure::other(format!(
                "They are removed from everything but a file that stays: {} ({error}). Delete it by hand.",
                file.display()
            ))
        })
    }
}

/// Where all that is kept of somebody is saved: found by whose it is, whatever they were called then.
fn file_of(name: &str, id: PersonId) -> String {
    let stem: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    format!("person-{stem}-{id}.json")
}

fn remove_files_of(folder: &Path, id: PersonId) -> Result<(), (PathBuf, io::Error)> {
    let ending = format!("-{id}.json");
    let is_theirs = |file: &PathBuf| {
        file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("person-") && name.to_string_lossy().ends_with(&ending))
    };
    let all = std::fs::read_dir(folder).map_err(|error| (folder.to_path_buf(), error))?;
    for file in all.filter_map(|entry| Some(entry.ok()?.path())).filter(is_theirs) {
        std::fs::remove_file(&file).map_err(|error| (file, error))?;
    }
    Ok(())
}

/// What would go wrong without them.
fn in_the_way(db: &Connection, id: PersonId) -> Answer<Vec<String>> {
    let known = person_data::known(db, id)?;
    let mut way = Vec::new();
    let open = person_data::open_with(db, &known)?;
    if !open.is_empty() {
        way.push(match &open[..] {
            [one] => format!("{one} is open, and they are part of it: wait until it is over."),
            all => format!("{} are open, and they are part of them: wait until those are over.", all.join(", ")),
        });
    }
    if person_data::is_written_to(db, id)? {
        way.push("A message to them is on its way.".into());
    }
    if known.names.contains(&lookup::desk(db)?.me) {
        way.push("They are the person at this desk: write another name under Settings first.".into());
    }
    Ok(way)
}

/// What follows from others, and what is said above.
const SAID: [&str; 3] = ["people", "methods", "incidents"];

/// Each under a title of its own, and what has none in one at the end.
fn parts_of(db: &Connection, everything: &[(String, Vec<Value>)]) -> Answer<Vec<PersonDataPart>> {
    let (mut parts, mut elsewhere) = (Vec::new(), 0);
    for (table, rows) in everything.iter().filter(|(table, _)| !SAID.contains(&table.as_str())) {
        match part(db, table, rows)? {
            Some(part) => parts.push(part),
            None => elsewhere += rows.len(),
        }
    }
    parts
        .extend((elsewhere > 0).then(|| PersonDataPart { title: "Elsewhere".into(), lines: vec![counted(elsewhere, "entry", "entries")] }));
    Ok(parts)
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn part(db: &Connection, table: &str, rows: &[Value]) -> Answer<Option<PersonDataPart>> {
    let count = |one: &str, many: &str| vec![counted(rows.len(), one, many)];
    let by_incident = |title: String, one: &str, many: &str| -> Answer<PersonDataPart> {
        let found = person_data::incidents_with(db, rows)?;
        let known: usize = found.iter().map(|(_, _, times)| times).sum();
        let say = |times: usize| counted(times, one, many);
        let mut lines: Vec<String> =
            found.into_iter().map(|(reference, title, times)| format!("{reference} {title}: {}", say(times))).collect();
        lines.extend((rows.len() > known).then(|| format!("Drills: {}", say(rows.len() - known))));
        Ok(PersonDataPart { title, lines })
    };
    let plain = |title: &str, field: &str| PersonDataPart {
        title: title.into(),
        lines: rows.iter().filter_map(|row| row[field].as_str().map(String::from)).collect(),
    };
    Ok(match table {
        "events" => Some(by_incident("In what happened".into(), "event", "events")?),
        "deliveries" => Some(by_incident("Messages".into(), "message", "messages")?),
        "post_incident" => Some(by_incident("Reports".into(), "report", "reports")?),
        "rooms" => Some(by_incident("Rooms".into(), "room", "rooms")?),
        "teams" => Some(plain("Teams", "name")),
        "rotations" => Some(plain("Rotations", "name")),
        "paths" => Some(plain("Paths", "name")),
        "services" => Some(plain("Services", "name")),
        "notices" => Some(plain("Told to this desk", "title")),
        "attempts" => Some(PersonDataPart { title: "Attempts".into(), lines: count("answer of a provider", "answers of providers") }),
        "drafts" => Some(PersonDataPart { title: "Drafts".into(), lines: count("draft", "drafts") }),
        "settings" => Some(PersonDataPart { title: "Settings".into(), lines: count("setting", "settings") }),
        _ => None,
    })
}
