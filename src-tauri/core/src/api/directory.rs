//! Step 2's people, services and paths.

use rusqlite::Connection;

use super::types::Directory;
use super::{Answer, Desk};
use crate::channel::providers;
use crate::domain::channel::AddressKind;
use crate::domain::contact;
use crate::domain::directory::{Level, Path, Person, Service, Target};
use crate::domain::id::{ChannelId, PathId, PersonId, ServiceId};
use crate::domain::text::{clean_line, shorten};
use crate::engine::lookup;
use crate::error::Failure;
use crate::host::Change;
use crate::store::{StoreError, channels, paths, people, services, settings};

/// The longest name that is kept whole.
const NAME: usize = 120;

impl Desk {
    pub async fn directory(&self) -> Answer<Directory> {
        self.read(|db| {
            let channels = channels::all(db)?;
            let mut people = people::all(db)?;
            for person in &mut people {
                // A removed channel comes back with its methods if its removal is taken back.
                person.methods.retain(|method| channels.iter().any(|setup| setup.id == method.channel));
            }
            Ok(Directory { people, services: services::all(db)?, paths: paths::all(db)?, channels, providers: providers() })
        })
        .await
    }

    pub async fn save_person(&self, person: Person) -> Answer<()> {
        self.write([Change::Directory], move |db| Ok(people::save(db, &checked_person(db, person)?)?)).await
    }

    pub async fn remove_person(&self, id: PersonId, anyway: bool) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory], move |db| {
            let on: Vec<Path> = paths::all(db)?.into_iter().filter(|path| path.people().any(|person| person == id)).collect();
            if !on.is_empty() && !anyway {
                let names: Vec<String> = on.into_iter().map(|path| path.name).collect();
                let message =
                    format!("They are on {}. Removing them takes them off; escalations under way keep their plan.", listed(&names));
                return Err(Failure::in_use(message, names));
            }
            for mut path in on {
                for level in &mut path.levels {
                    level.targets.retain(|Target::Person { id: on }| *on != id);
                }
                if path.people().next().is_none() {
                    let name = path.name;
                    return Err(Failure::in_use(
                        format!("They are the only one on \"{name}\": it would reach nobody. Put somebody else on it first."),
                        vec![name],
                    ));
                }
                paths::save(db, &path)?;
            }
            Ok(people::set_removed(db, id, Some(now))?)
        })
        .await
    }

    pub async fn save_service(&self, mut service: Service) -> Answer<()> {
        service.name = named(&service.name, "Give the service the name people use for it.")?;
        self.write([Change::Directory], move |db| {
            let twin = services::all(db)?.into_iter().any(|other| other.id != service.id && other.name.eq_ignore_ascii_case(&service.name));
            if twin {
                return Err(Failure::invalid("name", format!("There is a service \"{}\" already.", service.name)));
            }
            Ok(services::save(db, &service)?)
        })
        .await
    }

    pub async fn remove_service(&self, id: ServiceId) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory], move |db| Ok(services::set_removed(db, id, Some(now))?)).await
    }

    pub async fn save_path(&self, path: Path) -> Answer<()> {
        self.write([Change::Directory], move |db| Ok(paths::save(db, &checked_path(db, path)?)?)).await
    }

    pub async fn remove_path(&self, id: PathId, anyway: bool) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory], move |db| {
            let mut used: Vec<String> =
                services::all(db)?.into_iter().filter(|service| service.path == Some(id)).map(|service| service.name).collect();
            let mut desk = lookup::desk(db)?;
            if desk.path == Some(id) {
                used.push("this desk itself".into());
            }
            if !used.is_empty() && !anyway {
                let message = format!("It is the path of {}. Without it they need another.", listed(&used));
                return Err(Failure::in_use(message, used));
            }
            if desk.path == Some(id) {
                desk.path = None;
                settings::put(db, "desk", &desk)?;
            }
            services::forget_path(db, id)?;
            Ok(paths::set_removed(db, id, Some(now))?)
        })
        .await
    }

    /// Takes back a removal, whatever kind of thing it was.
    pub async fn restore(&self, id: String) -> Answer<()> {
        self.write([Change::Directory, Change::Channels], move |db| {
            let gone = |result: Result<(), StoreError>| match result {
                Err(StoreError::Missing) => Ok(false),
                other => other.map(|()| true),
            };
            let parsed: uuid::Uuid = id.parse().map_err(|_| StoreError::Missing)?;
            let restored = gone(people::set_removed(db, PersonId(parsed), None))?
                || gone(services::set_removed(db, ServiceId(parsed), None))?
                || gone(paths::set_removed(db, PathId(parsed), None))?
                || gone(channels::set_removed(db, ChannelId(parsed), None))?;
            if restored { Ok(()) } else { Err(StoreError::Missing.into()) }
        })
        .await
    }
}

fn checked_person(db: &Connection, mut person: Person) -> Answer<Person> {
    person.name = named(&person.name, "Give the person a name.")?;
    person.role = shorten(&clean_line(&person.role), NAME);
    let (channels, providers) = (channels::all(db)?, providers());
    let before = people::find(db, person.id)?;
    for (position, method) in person.methods.iter_mut().enumerate() {
        let field = format!("methods.{position}.address");
        let Some(setup) = channels.iter().find(|setup| setup.id == method.channel) else {
            return Err(Failure::invalid(&format!("methods.{position}.channel"), "Choose a channel that is set up."));
        };
        let kind = providers.iter().find(|provider| provider.id == setup.provider).map_or(AddressKind::None, |provider| provider.address);
        method.address = match kind {
            AddressKind::Mail => contact::mail_address(&method.address),
            AddressKind::Phone => contact::phone_number(&method.address, None),
            AddressKind::None => Ok(String::new()),
        }
        .map_err(|words| Failure::invalid(&field, words))?;
        // What is known of a way to reach somebody is known of that address only.
        let known = before.iter().flat_map(|before| &before.methods).find(|known| known.id == method.id);
        let same = known.filter(|known| (known.channel, &known.address) == (method.channel, &method.address));
        method.proven_at = same.and_then(|known| known.proven_at);
        method.wrong_since = same.and_then(|known| known.wrong_since);
    }
    Ok(person)
}

fn checked_path(db: &Connection, mut path: Path) -> Answer<Path> {
    path.name = named(&path.name, "Give the path a name, such as the service it is for.")?;
    if path.levels.is_empty() {
        return Err(Failure::invalid("levels", "A path needs at least one level: who is contacted first?"));
    }
    if path.levels.len() > 20 {
        return Err(Failure::invalid("levels", "Twenty levels are the most a path can have."));
    }
    let known = people::all(db)?;
    for (position, level) in path.levels.iter_mut().enumerate() {
        level.targets.dedup();
        level.targets.retain(|Target::Person { id }| known.iter().any(|person| person.id == *id));
        check_minutes(level, position)?;
    }
    if path.people().next().is_none() {
        return Err(Failure::invalid(
            "levels.0.targets",
            "Nobody is on this path, so it would reach nobody. Put at least one person on a level.",
        ));
    }
    if !(1..=9).contains(&path.rounds) {
        return Err(Failure::invalid("rounds", "A path can be walked one to nine times."));
    }
    Ok(path)
}

fn check_minutes(level: &Level, position: usize) -> Answer<()> {
    if !(1..=1440).contains(&level.minutes) {
        let message = format!("Level {}: the next level comes after 1 to 1440 minutes (a day).", position + 1);
        return Err(Failure::invalid(&format!("levels.{position}.minutes"), message));
    }
    if level.repeat_every.is_some_and(|every| every == 0 || every >= level.minutes) {
        let message = format!("Level {}: a repeat must come before the next level does, or not at all.", position + 1);
        return Err(Failure::invalid(&format!("levels.{position}.repeat_every"), message));
    }
    Ok(())
}

pub(super) fn named(name: &str, wanting: &str) -> Answer<String> {
    let name = shorten(&clean_line(name), NAME);
    if name.is_empty() { Err(Failure::invalid("name", wanting)) } else { Ok(name) }
}

/// "A", "A and B", "A, B and C".
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
