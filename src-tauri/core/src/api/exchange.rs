//! The whole directory as one readable document, out and back in. What comes in
//! comes in whole or not at all, says first what it would change, and can be
//! taken back.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::directory::{checked_path, checked_person, checked_rotation, checked_service, checked_team, listed, named};
use super::file::replace;
use super::types::{Import, ImportKind};
use super::{Answer, Desk};
use crate::channel;
use crate::channel::catalogue::Catalogue;
use crate::domain::channel::ChannelSetup;
use crate::domain::directory::{Path, Person, Service, Team};
use crate::domain::id::{ChannelId, PersonId};
use crate::domain::rotation::Rotation;
use crate::domain::text::shorten;
use crate::domain::time::Instant;
use crate::engine::lookup::BY_HAND;
use crate::error::{Failure, FailureCode};
use crate::host::Change;
use crate::store::{channels, paths, people, rotations, services, settings, teams, within_savepoint};

/// The form of the document; a newer one is refused rather than half understood.
const VERSION: u32 = 2;

/// The setting that holds the directory as it was before the last import.
pub(super) const BEFORE: &str = "directory_before_import";

#[derive(Serialize, Deserialize)]
struct Document {
    baton_directory: u32,
    channels: Vec<Channel>,
    people: Vec<Person>,
    teams: Vec<Team>,
    rotations: Vec<Rotation>,
    services: Vec<Service>,
    paths: Vec<Path>,
}

/// A channel without its secrets, and without what its last test said.
#[derive(PartialEq, Serialize, Deserialize)]
struct Channel {
    id: ChannelId,
    provider: String,
    name: String,
    settings: BTreeMap<String, String>,
    enabled: bool,
}

impl Desk {
    /// Everything but the sample, as text that reads well and keeps well.
    pub async fn export_directory(&self) -> Answer<String> {
        self.read(|db| written(&document(db)?)).await
    }

    /// Writes that document beside the database and returns where it is.
    pub async fn save_directory_file(&self) -> Answer<String> {
        let text = self.export_directory().await?;
        let file = self.engine.store.folder().join("directory.json");
        let written = file.clone();
        let done = tokio::task::spawn_blocking(move || replace(&file, text.as_bytes())).await;
        let done = done.map_err(|error| Failure::other(error.to_string()))?;
        done.map_err(|error| Failure::other(format!("The file could not be written ({error}). The directory is as it was.")))?;
        Ok(written.display().to_string())
    }

    /// What the document would change, or, unless `try_only`, changes.
    pub async fn import_directory(&self, text: String, try_only: bool) -> Answer<Import> {
        let incoming = read(&text)?;
        let catalogue = self.catalogue();
        self.write([Change::Directory, Change::Channels], move |db| {
            let mut found = Import::default();
            all_or_nothing(db, &mut found, try_only, |db, found| take_in(db, &catalogue, incoming, found))?;
            Ok(found)
        })
        .await
    }

    /// Puts the directory back as it was before the last import.
    pub async fn undo_import(&self) -> Answer<()> {
        let now = self.now();
        let catalogue = self.catalogue();
        self.write([Change::Directory, Change::Channels], move |db| {
            let Some((before, after)) = settings::get::<Option<(String, String)>>(db, BEFORE)?.flatten() else {
                return Err(Failure::other("There is no import to take back (any more)."));
            };
            if written(&document(db)?)? != after {
                return Err(Failure::other(
                    "The directory was changed since that import, and taking it back would lose that. Nothing was changed.",
                ));
            }
            let before = read(&before)?;
            remove_others(db, &before, now)?;
            let mut found = Import::default();
            take_in(db, &catalogue, before, &mut found)?;
            // A refusal undoes all of it.
            if let Some(why) = found.refused.first() {
                return Err(Failure::other(format!("The import could not be taken back: {why}. Nothing was changed.")));
            }
            Ok(settings::put(db, BEFORE, &serde_json::Value::Null)?)
        })
        .await
    }
}

/// Brings something in, and keeps the directory as it was for whoever takes it back.
/// All of it is undone again where it is only tried, or where something was refused.
pub(super) fn all_or_nothing(
    db: &Connection,
    found: &mut Import,
    try_only: bool,
    take_in: impl FnOnce(&Connection, &mut Import) -> Answer<()>,
) -> Answer<()> {
    let before = written(&document(db)?)?;
    let mut undone = false;
    let done = within_savepoint(db, |db| {
        take_in(db, found)?;
        settings::put(db, BEFORE, &(before, written(&document(db)?)?))?;
        undone = try_only || !found.refused.is_empty();
        if undone { Err(Failure::other("")) } else { Ok(()) }
    });
    if undone { Ok(()) } else { done }
}

fn document(db: &Connection) -> Answer<Document> {
    let channel = |setup: ChannelSetup| Channel {
        id: setup.id,
        provider: setup.provider,
        name: setup.name,
        settings: setup.settings,
        enabled: setup.enabled,
    };
    let there: BTreeSet<ChannelId> = channels::all(db)?.into_iter().map(|setup| setup.id).collect();
    let mut people = people::all(db)?;
    // What waits for a removed channel to come back is no part of the directory.
    people.iter_mut().for_each(|person| person.methods.retain(|method| there.contains(&method.channel)));
    Ok(Document {
        baton_directory: VERSION,
        channels: channels::all(db)?.into_iter().filter(|one| !one.sample).map(channel).collect(),
        people: people.into_iter().filter(|one| !one.sample).collect(),
        teams: teams::all(db)?.into_iter().filter(|one| !one.sample).collect(),
        rotations: rotations::all(db)?.into_iter().filter(|one| !one.sample).collect(),
        services: services::all(db)?.into_iter().filter(|one| !one.sample).collect(),
        paths: paths::all(db)?.into_iter().filter(|one| !one.sample).collect(),
    })
}

fn written(document: &Document) -> Answer<String> {
    let text = serde_json::to_string_pretty(document).map_err(|error| Failure::other(error.to_string()))?;
    Ok(text + "\n")
}

fn read(text: &str) -> Answer<Document> {
    // A byte order mark is what some editors add of their own accord.
    let text = text.trim_start_matches('\u{feff}');
    let refused = |words: String| Failure::invalid("file", format!("{words} Nothing was changed."));
    if text.trim().is_empty() {
        return Err(refused("This file is empty.".into()));
    }
    let whole: serde_json::Value = serde_json::from_str(text).map_err(|error| refused(unreadable(&error)))?;
    let Some(version) = whole.get("baton_directory").and_then(serde_json::Value::as_u64) else {
        return Err(refused("This is no directory of Baton's: it is a file of something else.".into()));
    };
    if version > u64::from(VERSION) {
        return Err(refused("This directory was written by a newer Baton: import it there.".into()));
    }
    // Read from the text again, for that knows the line of what is wrong.
    serde_json::from_str(text).map_err(|error| refused(unreadable(&error)))
}

/// What is wrong with a document, and where, for whoever wrote it.
fn unreadable(error: &serde_json::Error) -> String {
    let (line, said) = (error.line(), error.to_string());
    match error.classify() {
        Category::Eof => format!("This file ends too early, on line {line}: a part of it is missing."),
        Category::Syntax | Category::Io => {
            format!("This is no directory of Baton's, or was damaged: line {line} cannot be read.")
        }
        Category::Data => match said.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
            Some((entry, _)) => format!("This directory cannot be read: what ends on line {line} has no \"{entry}\"."),
            None => format!("This directory cannot be read: what stands on line {line} is not what Baton writes there."),
        },
    }
}

fn take_in(db: &Connection, catalogue: &Catalogue, mut incoming: Document, found: &mut Import) -> Answer<()> {
    already_here(db, &mut incoming)?;
    let known: HashMap<ChannelId, ChannelSetup> = channels::all(db)?.into_iter().map(|setup| (setup.id, setup)).collect();
    for one in &incoming.channels {
        let providers = crate::channel::providers(catalogue);
        let Some(provider) = providers.iter().find(|provider| provider.id == one.provider) else {
            found.refused.push(format!("{}: this Baton has no channel of the kind \"{}\"", one.name, one.provider));
            continue;
        };
        let before = known.get(&one.id);
        // A password goes only where it was given for.
        let elsewhere = before.is_some_and(|before| before.settings != one.settings || before.provider != one.provider);
        if elsewhere && before.is_some_and(|before| !before.secrets_set.is_empty()) {
            found.notes.push(format!("{}: where it goes changes, so its password has to be given again", one.name));
        }
        let Some(name) = found.accepts(&one.name, named(&one.name, "Give the channel a name."))? else { continue };
        let setup = ChannelSetup {
            id: one.id,
            provider: one.provider.clone(),
            name,
            reach: provider.reach,
            settings: one.settings.clone(),
            secrets_set: before.filter(|_| !elsewhere).map_or_else(Vec::new, |before| before.secrets_set.clone()),
            enabled: one.enabled,
            last_test: before.and_then(|before| before.last_test.clone()),
            sample: false,
        };
        if let Err(fault) = channel::check_without_secrets(catalogue, &setup) {
            found.refused.push(format!("{}: {fault}", one.name));
            continue;
        }
        found.count(ImportKind::Channel, &one.name, before, &setup);
        channels::save(db, &setup)?;
    }
    let before: HashMap<_, _> = people::all(db)?.into_iter().map(|one| (one.id, one)).collect();
    for one in incoming.people {
        let proofs: Vec<_> = one.methods.iter().map(|method| (method.id, method.proven_at, method.proven_by, method.wrong_since)).collect();
        if let Some(mut person) = found.accepts(&one.name.clone(), checked_person(db, catalogue, one))? {
            for method in &mut person.methods {
                if let Some((_, at, by, wrong)) = proofs.iter().find(|(id, ..)| *id == method.id) {
                    (method.proven_at, method.proven_by, method.wrong_since) = (*at, *by, *wrong);
                }
            }
            found.count(ImportKind::Person, &person.name, before.get(&person.id), &person);
            people::save(db, &person)?;
        }
    }
    let before: HashMap<_, _> = teams::all(db)?.into_iter().map(|one| (one.id, one)).collect();
    for one in incoming.teams {
        if let Some(team) = found.accepts(&one.name.clone(), checked_team(db, one))? {
            found.count(ImportKind::Team, &team.name, before.get(&team.id), &team);
            teams::save(db, &team)?;
        }
    }
    let before: HashMap<_, _> = rotations::all(db)?.into_iter().map(|one| (one.id, one)).collect();
    for one in incoming.rotations {
        if let Some(rotation) = found.accepts(&one.name.clone(), checked_rotation(db, one))? {
            found.count(ImportKind::Rotation, &rotation.name, before.get(&rotation.id), &rotation);
            rotations::save(db, &rotation)?;
        }
    }
    let before: HashMap<_, _> = paths::all(db)?.into_iter().map(|one| (one.id, one)).collect();
    for one in incoming.paths {
        if let Some(path) = found.accepts(&one.name.clone(), checked_path(db, one))? {
            let bare: Vec<String> = path.bare_levels().map(|position| path.level_name(position)).collect();
            if !bare.is_empty() {
                found.notes.push(format!("{}: nobody is on {}", path.name, listed(&bare)));
            }
            found.count(ImportKind::Path, &path.name, before.get(&path.id), &path);
            paths::save(db, &path)?;
        }
    }
    let before: HashMap<_, _> = services::all(db)?.into_iter().map(|one| (one.id, one)).collect();
    for one in incoming.services {
        if let Some(service) = found.accepts(&one.name.clone(), checked_service(db, one))? {
            found.count(ImportKind::Service, &service.name, before.get(&service.id), &service);
            services::save(db, &service)?;
        }
    }
    Ok(())
}

/// Whoever and whatever is here under another id is the same one, not a second.
fn already_here(db: &Connection, incoming: &mut Document) -> Answer<()> {
    let mine = people::all(db)?;
    // This desktop and the calls by hand are there once at every desk.
    for setup in channels::all(db)?.into_iter().filter(|setup| ["desktop", BY_HAND].contains(&setup.provider.as_str())) {
        let Some(theirs) = incoming.channels.iter_mut().find(|one| one.provider == setup.provider && one.id != setup.id) else { continue };
        if mine.iter().any(|person| person.methods.iter().any(|method| method.channel == setup.id)) {
            let was = std::mem::replace(&mut theirs.id, setup.id);
            let methods = incoming.people.iter_mut().flat_map(|person| &mut person.methods);
            methods.filter(|method| method.channel == was).for_each(|method| method.channel = setup.id);
        } else {
            channels::delete(db, setup.id)?;
        }
    }
    let named: BTreeSet<PersonId> = incoming.people.iter().map(|person| person.id).collect();
    for theirs in &incoming.people {
        // Two of one name that the document itself knows apart are two.
        let same = |person: &&Person| {
            let has = |address: &str| person.methods.iter().any(|method| method.address.eq_ignore_ascii_case(address));
            let shared = theirs.methods.iter().any(|method| !method.address.is_empty() && has(&method.address));
            !named.contains(&person.id) && person.name == theirs.name && shared
        };
        if let Some(person) = mine.iter().find(same) {
            let words = format!("{} is here already, with the same address. Remove one of the two from the document.", person.name);
            return Err(Failure::invalid("file", words));
        }
    }
    Ok(())
}

/// What the document does not name was not there before.
fn remove_others(db: &Connection, document: &Document, now: Instant) -> Answer<()> {
    let at = Some(now);
    for id in others(services::all(db)?.iter().map(|one| (one.id, one.sample)), document.services.iter().map(|one| one.id)) {
        services::set_removed(db, id, at)?;
    }
    for id in others(paths::all(db)?.iter().map(|one| (one.id, one.sample)), document.paths.iter().map(|one| one.id)) {
        paths::set_removed(db, id, at)?;
    }
    for id in others(rotations::all(db)?.iter().map(|one| (one.id, one.sample)), document.rotations.iter().map(|one| one.id)) {
        rotations::set_removed(db, id, at)?;
    }
    for id in others(teams::all(db)?.iter().map(|one| (one.id, one.sample)), document.teams.iter().map(|one| one.id)) {
        teams::set_removed(db, id, at)?;
    }
    for id in others(people::all(db)?.iter().map(|one| (one.id, one.sample)), document.people.iter().map(|one| one.id)) {
        people::set_removed(db, id, at)?;
    }
    for id in others(channels::all(db)?.iter().map(|one| (one.id, one.sample)), document.channels.iter().map(|one| one.id)) {
        channels::set_removed(db, id, at)?;
    }
    Ok(())
}

/// Those that are here, not of the sample, and not among the kept.
fn others<I: Ord>(here: impl Iterator<Item = (I, bool)>, kept: impl Iterator<Item = I>) -> Vec<I> {
    let kept: BTreeSet<I> = kept.collect();
    here.filter(|(id, sample)| !sample && !kept.contains(id)).map(|(id, _)| id).collect()
}

impl Import {
    pub(super) fn count<T: PartialEq>(&mut self, kind: ImportKind, name: &str, before: Option<&T>, after: &T) {
        match before {
            None => {
                *self.added_of.entry(kind).or_default() += 1;
                self.added.push(name.into());
            }
            Some(before) if before == after => self.same += 1,
            Some(_) => {
                *self.changed_of.entry(kind).or_default() += 1;
                self.changed.push(name.into());
            }
        }
    }

    /// The thing, unless it is refused; then the reason is kept and the rest is looked at all the same.
    fn accepts<T>(&mut self, name: &str, checked: Answer<T>) -> Answer<Option<T>> {
        match checked {
            Ok(thing) => Ok(Some(thing)),
            Err(failure) if failure.code == FailureCode::Invalid => {
                self.refused.push(format!("{}: {}", shorten(name, 60), failure.message));
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}
