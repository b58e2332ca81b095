//! The directory as an escalation sees it: people with the methods that can be
//! used now.

use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap};

use crate::domain::bridge::Bridge;
use crate::domain::desk::{DeskRules, DeskSettings};
use crate::domain::directory::{Level, Method, Path, Person, Target};
use crate::domain::facts::Facts;
use crate::domain::id::{ChannelId, DeviceId, PathId, PersonId, RotationId, TeamId};
use crate::domain::plan::{Contact, ContactMethod, Plan, PlanLevel, PlanRotation};
use crate::domain::readiness::{self, Finding};
use crate::domain::rotation::Rotation;
use crate::domain::severity::Severity;
use crate::domain::time::Instant;
use crate::store::{Result, channels, paths, people, rotations, services, settings, teams};

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
    let mut rules = settings::get_over(db, "rules", &standard)?.unwrap_or(standard);
    rules.rhythm.quiet.zone = desk(db)?.zone;
    Ok(rules)
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
            presence: person.presence,
            sequences: person.sequences,
        }
    }
}

pub fn contact(db: &Connection, id: PersonId) -> Result<Option<Contact>> {
    let methods = Methods::read(db)?;
    Ok(people::find(db, id)?.map(|person| methods.contact(person)))
}

/// Where people talk about it: the service's own bridge, else the severity's.
pub fn bridge(db: &Connection, rules: &DeskRules, facts: &Facts, severity: Severity) -> Result<Bridge> {
    let services = if facts.service.is_some() { services::all(db)? } else { vec![] };
    let own = services.into_iter().find(|service| Some(service.id) == facts.service).map(|service| service.bridge);
    Ok(own.filter(|bridge| !bridge.is_none()).unwrap_or_else(|| rules.bridges.of(severity).clone()))
}

/// The path an incident takes: the one chosen for it, else its service's for this
/// severity, else its service's, else the desk's own, and where a desk has but one path, that one. A path that was
/// removed is none.
pub fn path_for(db: &Connection, chosen: Option<PathId>, facts: &Facts, severity: Severity) -> Result<Option<PathId>> {
    let there: Vec<PathId> = paths::all(db)?.into_iter().map(|path| path.id).collect();
    let service = services::all(db)?.into_iter().find(|service| Some(service.id) == facts.service);
    let (for_severity, always) = service.map_or((None, None), |service| (service.path_at(severity), service.path));
    let wanted = [chosen, for_severity, always, desk(db)?.path].into_iter().flatten().find(|path| there.contains(path));
    Ok(wanted.or(if let [only] = there[..] { Some(only) } else { None }))
}

/// The directory with everybody's methods as they can be used now, to make plans of.
pub struct Roll {
    contacts: HashMap<PersonId, Contact>,
    teams: HashMap<TeamId, Vec<PersonId>>,
    rotations: HashMap<RotationId, Rotation>,
}

impl Roll {
    pub fn read(db: &Connection) -> Result<Self> {
        let methods = Methods::read(db)?;
        Ok(Self {
            contacts: people::all(db)?.into_iter().map(|person| (person.id, methods.contact(person))).collect(),
            teams: teams::all(db)?.into_iter().map(|team| (team.id, team.people)).collect(),
            rotations: rotations::all(db)?.into_iter().map(|rotation| (rotation.id, rotation)).collect(),
        })
    }

    /// The path with its people filled in; who and what is no longer there is left out.
    #[must_use]
    pub fn plan(&self, path: &Path) -> Plan {
        let levels = path.levels.iter().flat_map(|level| self.levels(level)).collect();
        Plan { path: path.id, path_name: path.name.clone(), levels, rounds: path.rounds.max(1) }
    }

    /// A level where one is called after the other is as many levels.
    fn levels(&self, level: &Level) -> Vec<PlanLevel> {
        let base = PlanLevel {
            name: level.name.clone(),
            minutes: level.minutes.max(1),
            repeat_every: level.repeat_every.filter(|&minutes| minutes > 0),
            least: level.least,
            hours: level.hours.clone(),
            ..PlanLevel::default()
        };
        let mut whole = base.clone();
        for target in &level.targets {
            match target {
                Target::Person { id } => whole.contacts.extend(self.contacts.get(id).cloned()),
                Target::Team { id } => whole.contacts.extend(self.members(self.teams.get(id).into_iter().flatten().copied())),
                Target::Rotation { id } => whole.rotations.extend(self.rotation(*id)),
            }
        }
        let mut known = BTreeSet::new();
        whole.contacts.retain(|contact| known.insert(contact.person));
        if !level.in_turn || whole.contacts.len() + whole.rotations.len() < 2 {
            return vec![whole];
        }
        let alone = |contact| PlanLevel { contacts: vec![contact], ..base.clone() };
        let on_call = |rotation| PlanLevel { rotations: vec![rotation], ..base.clone() };
        whole.contacts.into_iter().map(alone).chain(whole.rotations.into_iter().map(on_call)).collect()
    }

    /// Whether somebody is (still) in the directory.
    #[must_use]
    pub fn knows(&self, person: PersonId) -> bool {
        self.contacts.contains_key(&person)
    }

    /// A rotation as a plan holds it; `None` where it was removed.
    #[must_use]
    pub fn rotation(&self, id: RotationId) -> Option<PlanRotation> {
        let rotation = self.rotations.get(&id)?.clone();
        let mut known = BTreeSet::new();
        let members = self.members(rotation.people().filter(|person| known.insert(*person)).collect::<Vec<_>>());
        Some(PlanRotation { rotation, members })
    }

    fn members(&self, people: impl IntoIterator<Item = PersonId>) -> Vec<Contact> {
        people.into_iter().filter_map(|id| self.contacts.get(&id).cloned()).collect()
    }
}

pub fn plan(db: &Connection, path: PathId) -> Result<Option<Plan>> {
    let Some(path) = paths::find(db, path)? else { return Ok(None) };
    Ok(Some(Roll::read(db)?.plan(&path)))
}

/// Holes in the plan, for now and for the days ahead.
pub fn holes(db: &Connection, now: Instant) -> Result<Vec<Finding>> {
    let roll = Roll::read(db)?;
    let plans: Vec<Plan> = paths::all(db)?.iter().map(|path| roll.plan(path)).collect();
    let (people, channels, services, desk) = (people::all(db)?, channels::all(db)?, services::all(db)?, desk(db)?);
    let directory = readiness::Directory {
        plans: &plans,
        people: &people,
        channels: &channels,
        services: &services,
        path: desk.path,
        stale_days: desk.stale_days,
    };
    let mut holes = readiness::findings(&directory, now, desk.tz());
    // A desk that calls nobody yet needs nobody to lead it.
    if !plans.is_empty() {
        holes.extend(readiness::without_lead(&people, desk.lead));
    }
    Ok(holes)
}
