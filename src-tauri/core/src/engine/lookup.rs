//! The directory as an escalation sees it: people with the methods that can be
//! used now.

use rusqlite::Connection;
use std::collections::HashMap;

use crate::domain::desk::{DeskRules, DeskSettings};
use crate::domain::directory::{Method, Person};
use crate::domain::facts::Facts;
use crate::domain::id::{ChannelId, DeviceId, PathId, PersonId};
use crate::domain::plan::{Contact, ContactMethod, Plan};
use crate::domain::time::Instant;
use crate::store::{Result, channels, paths, people, services, settings};

/// The provider of calls that somebody at the desk makes.
pub const BY_HAND: &str = "call";

/// The setting that holds this computer's time zone, the desk's until another is saved.
pub const SYSTEM_ZONE: &str = "system_zone";

pub fn desk(db: &Connection) -> Result<DeskSettings> {
    let new = DeskSettings::default();
    if let Some(saved) = settings::get_over(db, "desk", &new)? {
        return Ok(saved);
    }
    Ok(DeskSettings { zone: settings::get(db, SYSTEM_ZONE)?.unwrap_or(new.zone), ..new })
}

pub fn rules(db: &Connection) -> Result<DeskRules> {
    let standard = DeskRules::default();
    Ok(settings::get_over(db, "rules", &standard)?.unwrap_or(standard))
}

/// This installation's id, made when it is first asked for.
pub fn device(db: &Connection, now: Instant) -> Result<DeviceId> {
    if let Some(known) = settings::get(db, "device")? {
        return Ok(known);
    }
    let made = DeviceId::new(now);
    settings::put(db, "device", &made)?;
    Ok(made)
}

/// Turns a person's method into one that can be used, where its channel is there
/// and switched on.
pub struct Methods {
    channels: HashMap<ChannelId, (String, crate::domain::channel::Reach, bool)>,
}

impl Methods {
    pub fn read(db: &Connection) -> Result<Self> {
        let enabled = channels::all(db)?.into_iter().filter(|setup| setup.enabled);
        Ok(Self { channels: enabled.map(|setup| (setup.id, (setup.name, setup.reach, setup.provider == BY_HAND))).collect() })
    }

    pub fn usable(&self, method: &Method) -> Option<ContactMethod> {
        let (name, reach, by_hand) = self.channels.get(&method.channel)?;
        Some(ContactMethod {
            id: method.id,
            channel: method.channel,
            channel_name: name.clone(),
            reach: *reach,
            address: method.address.clone(),
            by_hand: *by_hand,
        })
    }

    pub fn contact(&self, person: Person) -> Contact {
        Contact {
            methods: person.methods.iter().filter(|method| method.wrong_since.is_none()).filter_map(|method| self.usable(method)).collect(),
            person: person.id,
            name: person.name,
            role: person.role,
            away_until: person.away_until,
        }
    }
}

pub fn contact(db: &Connection, id: PersonId) -> Result<Option<Contact>> {
    let methods = Methods::read(db)?;
    Ok(people::find(db, id)?.map(|person| methods.contact(person)))
}

/// The path an incident takes: the one chosen for it, else its service's, else the
/// desk's own, and where a desk has but one path, that one. A path that was
/// removed is none.
pub fn path_for(db: &Connection, chosen: Option<PathId>, facts: &Facts) -> Result<Option<PathId>> {
    let there: Vec<PathId> = paths::all(db)?.into_iter().map(|path| path.id).collect();
    let service = services::all(db)?.into_iter().find(|service| Some(service.id) == facts.service).and_then(|service| service.path);
    let wanted = [chosen, service, desk(db)?.path].into_iter().flatten().find(|path| there.contains(path));
    Ok(wanted.or(if let [only] = there[..] { Some(only) } else { None }))
}

pub fn plan(db: &Connection, path: PathId) -> Result<Option<Plan>> {
    let Some(path) = paths::find(db, path)? else { return Ok(None) };
    let methods = Methods::read(db)?;
    let contacts: HashMap<PersonId, Contact> = people::all(db)?.into_iter().map(|person| (person.id, methods.contact(person))).collect();
    Ok(Some(Plan::of(&path, |id| contacts.get(&id).cloned())))
}
