//! Step 2's people, services and paths.

use rusqlite::Connection;
use std::collections::BTreeSet;

use super::types::Directory;
use super::{Answer, Desk};
use crate::channel::catalogue::Catalogue;
use crate::channel::providers;
use crate::domain::channel::AddressKind;
use crate::domain::contact;
use crate::domain::directory::{Level, Method, Path, Person, Proof, Service, Target, Team, presences};
use crate::domain::facts::Facts;
use crate::domain::id::{ChannelId, PathId, PersonId, RotationId, ServiceId, TeamId};
use crate::domain::readiness::Finding;
use crate::domain::rotation::{Rotation, Shift};
use crate::domain::text::{clean, clean_line, shorten};
use crate::domain::time::{DAY, Instant, spoken};
use crate::domain::timetable::Timetable;
use crate::engine::lookup;
use crate::engine::telling::hears;
use crate::error::Failure;
use crate::host::Change;
use crate::store::{StoreError, channels, paths, people, rotations, services, settings, teams};

/// The longest time a schedule is drawn for.
const LONGEST_SCHEDULE: i64 = 366 * DAY;

/// The longest name that is kept, in characters.
pub(super) const NAME: usize = 120;

impl Desk {
    pub async fn directory(&self) -> Answer<Directory> {
        let now = self.now();
        let ears = self.engine.ear_states();
        let providers = providers(&self.catalogue());
        self.read(move |db| {
            let channels = channels::all(db)?;
            let mut people = people::all(db)?;
            for person in &mut people {
                // A removed channel comes back with its methods if its removal is taken back.
                person.methods.retain(|method| channels.iter().any(|setup| setup.id == method.channel));
            }
            let rotations = rotations::all(db)?;
            let desk = lookup::desk(db)?;
            let there = presences(&people);
            let on_call = |rotation: &Rotation| rotation.on_call(&there, now).into_iter().map(|one| one.person).collect();
            let methods = lookup::Methods::read(db)?;
            let hears = |person: &&Person| hears(&methods.contact((*person).clone()), &BTreeSet::new());
            Ok(Directory {
                tellable: people.iter().filter(hears).map(|person| person.id).collect(),
                shown: people
                    .iter()
                    .flat_map(|person| &person.methods)
                    .map(|method| (method.address.clone(), desk.shown(&method.address)))
                    .collect(),
                on_call: rotations.iter().map(|rotation| (rotation.id, on_call(rotation))).collect(),
                people,
                teams: teams::all(db)?,
                rotations,
                services: services::all(db)?,
                paths: paths::all(db)?,
                channels,
                providers,
                ears,
            })
        })
        .await
    }

    /// Returns what is good to know of it, such as that somebody of this name is here already.
    pub async fn save_person(&self, person: Person) -> Answer<Vec<String>> {
        let (now, catalogue) = (self.now(), self.catalogue());
        let codes: Vec<_> = person.methods.iter().map(|method| (method.id, self.proven_by_code(method.id))).collect();
        self.write([Change::Directory], move |db| {
            let mut person = checked_person(db, &catalogue, person)?;
            let mut notes = namesakes(db, &person)?;
            notes.extend(oddities(db, &person, now)?);
            // What was proven before it was saved counts from now on.
            for method in &mut person.methods {
                let told_at = codes.iter().filter(|(id, _)| *id == method.id).find_map(|(_, proven)| proven(method));
                if let Some(at) = told_at.filter(|at| method.proven_at.is_none_or(|known| known < *at)) {
                    (method.proven_at, method.proven_by, method.wrong_since) = (Some(at), Some(Proof::Code), None);
                }
            }
            people::save(db, &person)?;
            Ok(notes)
        })
        .await
    }

    /// Takes them off whatever they are on. Refused where something would then reach nobody.
    pub async fn remove_person(&self, id: PersonId, anyway: bool) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory], move |db| leave(db, id, anyway, now)).await
    }

    pub async fn save_team(&self, team: Team) -> Answer<()> {
        self.write([Change::Directory], move |db| Ok(teams::save(db, &checked_team(db, team)?)?)).await
    }

    pub async fn remove_team(&self, id: TeamId, anyway: bool) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory], move |db| {
            off_every_path(db, Target::Team { id })?.lets_go("It is", anyway)?;
            Ok(teams::set_removed(db, id, Some(now))?)
        })
        .await
    }

    pub async fn save_rotation(&self, rotation: Rotation) -> Answer<()> {
        self.write([Change::Directory], move |db| Ok(rotations::save(db, &checked_rotation(db, rotation)?)?)).await
    }

    pub async fn remove_rotation(&self, id: RotationId, anyway: bool) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory], move |db| {
            off_every_path(db, Target::Rotation { id })?.lets_go("It is", anyway)?;
            Ok(rotations::set_removed(db, id, Some(now))?)
        })
        .await
    }

    /// The final schedule of a rotation, saved or not, over a time.
    pub async fn schedule(&self, rotation: Rotation, from: Instant, to: Instant) -> Answer<Vec<Shift>> {
        if to.since(from) > LONGEST_SCHEDULE {
            return Err(Failure::invalid("to", "A schedule is drawn for a year at most."));
        }
        self.read(move |db| {
            let people = people::all(db)?;
            Ok(rotation.schedule(&presences(&people), from, to))
        })
        .await
    }

    /// Holes in the plan, for now and for the days ahead.
    pub async fn readiness(&self) -> Answer<Vec<Finding>> {
        let now = self.now();
        self.read(move |db| Ok(lookup::holes(db, now)?)).await
    }

    pub async fn save_service(&self, service: Service) -> Answer<()> {
        self.write([Change::Directory], move |db| Ok(services::save(db, &checked_service(db, service)?)?)).await
    }

    pub async fn remove_service(&self, id: ServiceId) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory], move |db| Ok(services::set_removed(db, id, Some(now))?)).await
    }

    pub async fn save_path(&self, path: Path) -> Answer<()> {
        self.write([Change::Directory], move |db| {
            let path = checked_path(db, path)?;
            if let Some(position) = path.bare_levels().next() {
                let message = format!("Nobody is on {}. Say who is called there, or remove the level.", path.level_name(position));
                return Err(Failure::invalid(&format!("levels.{position}.targets"), message));
            }
            Ok(paths::save(db, &path)?)
        })
        .await
    }

    pub async fn remove_path(&self, id: PathId, anyway: bool) -> Answer<()> {
        let now = self.now();
        self.write([Change::Directory], move |db| {
            let uses = |service: &Service| service.path == Some(id) || service.paths.values().any(|path| *path == id);
            let mut used: Vec<String> = services::all(db)?.into_iter().filter(uses).map(|service| service.name).collect();
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
                || gone(teams::set_removed(db, TeamId(parsed), None))?
                || gone(rotations::set_removed(db, RotationId(parsed), None))?
                || gone(channels::set_removed(db, ChannelId(parsed), None))?;
            if restored { Ok(()) } else { Err(StoreError::Missing.into()) }
        })
        .await
    }
}

/// A person is on nothing any more. A refusal undoes all of it.
pub(super) fn leave(db: &Connection, id: PersonId, anyway: bool, now: Instant) -> Answer<()> {
    let mut leaning = off_every_path(db, Target::Person { id })?;
    for mut team in teams::all(db)? {
        if team.people.contains(&id) {
            team.people.retain(|person| *person != id);
            leaning.add("team", &team.name, !team.people.is_empty());
            teams::save(db, &team)?;
        }
    }
    for mut rotation in rotations::all(db)? {
        if rotation.people().any(|person| person == id) {
            rotation.forget(id);
            leaning.add("rotation", &rotation.name, rotation.people().next().is_some());
            rotations::save(db, &rotation)?;
        }
    }
    leaning.lets_go("They are", anyway)?;
    Ok(people::set_removed(db, id, Some(now))?)
}

/// Those who have the name already, where it is new to this person.
fn namesakes(db: &Connection, person: &Person) -> Answer<Vec<String>> {
    let known = people::find(db, person.id)?;
    if known.is_some_and(|known| known.is_called(&person.name)) {
        return Ok(vec![]);
    }
    let others = people::all(db)?.into_iter().filter(|other| other.id != person.id && other.is_called(&person.name));
    let desk = lookup::desk(db)?;
    let words = |other: Person| {
        let of_role = if other.role.is_empty() { String::new() } else { format!(", {}", other.role) };
        let reached = other.methods.iter().map(|method| desk.shown(&method.address)).find(|address| !address.is_empty());
        let reached = reached.map_or_else(String::new, |address| format!(", {address}"));
        format!(
            "{} was saved, and there is another {}{of_role}{reached}. If they are one person, remove one of the two; if not, write what each does, to tell them apart.",
            person.name, other.name
        )
    };
    Ok(others.map(words).collect())
}

/// What is kept as it was said and may be a slip, where it is new to this person.
fn oddities(db: &Connection, person: &Person, now: Instant) -> Answer<Vec<String>> {
    let (known, desk) = (people::find(db, person.id)?, lookup::desk(db)?);
    let mut odd = Vec::new();
    let new = |method: &&Method| known.iter().flat_map(|known| &known.methods).all(|before| before.address != method.address);
    for method in person.methods.iter().filter(new) {
        if contact::phone_doubt(&method.address).is_some() {
            let number = desk.shown(&method.address);
            odd.push(format!("{} was saved. {number} does not look like a number that exists: call it once to be sure.", person.name));
        }
    }
    let away = person.presence.away_until.filter(|_| known.is_none_or(|known| known.presence.away_until != person.presence.away_until));
    if let Some(until) = away.filter(|until| *until <= now) {
        let until = spoken(until, now, desk.tz());
        odd.push(format!("{} was saved. \"Away until\" is over already ({until}), so they are called as always.", person.name));
    }
    Ok(odd)
}

/// What leans on something that is to go.
#[derive(Default)]
struct Leaning {
    /// What it is taken off, by name.
    used: Vec<String>,
    /// What would reach nobody without it.
    emptied: Vec<String>,
    /// Levels with nobody else on them, of paths that still reach somebody.
    bare: Vec<String>,
}

impl Leaning {
    fn add(&mut self, kind: &str, name: &str, still_reaches: bool) {
        self.used.push(if kind == "path" { name.into() } else { format!("the {kind} {name}") });
        if !still_reaches {
            self.emptied.push(format!("the {kind} \"{name}\""));
        }
    }

    /// Whether it may go, decided once: what is only asked about may go anyway, and
    /// what may not is refused whether or not "anyway" is said.
    fn lets_go(self, who_is: &str, anyway: bool) -> Answer<()> {
        if !self.emptied.is_empty() {
            let (what, it) = (listed(&self.emptied), if self.emptied.len() == 1 { "it" } else { "them" });
            return Err(Failure::other(format!(
                "Nobody else is on {what}, which would reach nobody. Nothing was changed; put somebody else on {it} first."
            )));
        }
        if self.used.is_empty() || anyway {
            return Ok(());
        }
        let bare = match &self.bare[..] {
            [] => String::new(),
            [one] => format!(" With nobody else on it, {one} is then skipped."),
            more => format!(" With nobody else on them, {} are then skipped.", listed(more)),
        };
        let message = format!("{who_is} on {}. Removing takes them off; escalations under way keep their plan.{bare}", listed(&self.used));
        Err(Failure::in_use(message, self.used))
    }
}

/// Takes it off every level of every path.
fn off_every_path(db: &Connection, gone: Target) -> Answer<Leaning> {
    let mut leaning = Leaning::default();
    for mut path in paths::all(db)? {
        let (mut was_on, mut bare) = (false, Vec::new());
        for (position, level) in path.levels.iter_mut().enumerate() {
            let before = level.targets.len();
            level.targets.retain(|target| *target != gone);
            was_on |= level.targets.len() < before;
            if level.targets.is_empty() && before > 0 {
                bare.push(position);
            }
        }
        if was_on {
            leaning.add("path", &path.name, path.targets().next().is_some());
            leaning.bare.extend(bare.into_iter().map(|position| format!("{} of {}", path.level_name(position), path.name)));
            paths::save(db, &path)?;
        }
    }
    Ok(leaning)
}

pub(super) fn checked_team(db: &Connection, mut team: Team) -> Answer<Team> {
    team.name = named(&team.name, "Give the team a name.")?;
    let known = people::all(db)?;
    team.people.retain(|id| known.iter().any(|person| person.id == *id));
    if team.people.is_empty() {
        return Err(Failure::invalid("people", "Nobody is on this team, so it would reach nobody. Put somebody on it."));
    }
    if teams::all(db)?.into_iter().any(|other| other.id != team.id && other.name.eq_ignore_ascii_case(&team.name)) {
        return Err(Failure::invalid("name", format!("There is a team \"{}\" already.", team.name)));
    }
    Ok(team)
}

pub(super) fn checked_rotation(db: &Connection, mut rotation: Rotation) -> Answer<Rotation> {
    rotation.name = named(&rotation.name, "Give the rotation a name, such as what is answered for.")?;
    let known = people::all(db)?;
    let there = |id: &PersonId| known.iter().any(|person| person.id == *id);
    rotation.layers.iter_mut().for_each(|layer| layer.people.retain(there));
    rotation.overrides.retain(|one| one.change.people().all(|person| there(&person)));
    rotation.check().map_err(|(field, words)| Failure::invalid(&field, words))?;
    Ok(rotation)
}

pub(super) fn checked_service(db: &Connection, mut service: Service) -> Answer<Service> {
    service.name = named(&service.name, "Give the service the name people use for it.")?;
    if services::all(db)?.into_iter().any(|other| other.id != service.id && other.name.eq_ignore_ascii_case(&service.name)) {
        return Err(Failure::invalid("name", format!("There is a service \"{}\" already.", service.name)));
    }
    service.bridge = service.bridge.checked().map_err(|words| Failure::invalid("bridge", words))?;
    let there = paths::all(db)?;
    service.paths.retain(|_, path| there.iter().any(|known| known.id == *path));
    service.checklist = checked_steps("checklist", &service.checklist)?;
    for (at, template) in service.templates.iter_mut().enumerate() {
        template.checklist = checked_steps(&format!("templates.{at}.checklist"), &template.checklist)?;
        if template.affected_percent.is_some_and(|percent| percent > 100) {
            return Err(Failure::invalid(&format!("templates.{at}.affected_percent"), "100 % is all of it."));
        }
    }
    service.templates.retain_mut(|template| {
        template.name = shorten(&clean_line(&template.name), NAME);
        (template.what, template.who) = (clean(&template.what), clean(&template.who));
        !template.what.is_empty() || !template.who.is_empty()
    });
    for template in &mut service.templates {
        if template.name.is_empty() {
            template.name = shorten(&clean_line(if template.what.is_empty() { &template.who } else { &template.what }), 40);
        }
    }
    Ok(service)
}

/// More steps than these nobody goes through before calling somebody.
const STEPS: usize = 20;

/// One step a line, without those that say nothing or say it again.
fn checked_steps(field: &str, steps: &[String]) -> Answer<Vec<String>> {
    let mut list = Facts::default();
    list.is_to_try(&steps.iter().map(|step| clean_line(step)).filter(|step| !step.is_empty()).collect::<Vec<_>>());
    if list.checklist.len() > STEPS {
        return Err(Failure::invalid(field, format!("These are {} steps; up to {STEPS} are kept.", list.checklist.len())));
    }
    if let Some(long) = list.checklist.iter().find(|step| step.chars().count() > LONGEST_STEP) {
        let words = format!("\"{}\" is longer than {LONGEST_STEP} characters: say it in one line.", shorten(long, 40));
        return Err(Failure::invalid(field, words));
    }
    Ok(list.checklist)
}

const LONGEST_STEP: usize = 200;

pub(super) fn checked_person(db: &Connection, catalogue: &Catalogue, mut person: Person) -> Answer<Person> {
    person.name = named(&person.name, "Give the person a name.")?;
    person.role = clean_line(&person.role);
    fits("role", &person.role)?;
    person.presence.check().map_err(|(field, words)| Failure::invalid(&field, words))?;
    let (channels, providers) = (channels::all(db)?, providers(catalogue));
    let before = people::find(db, person.id)?;
    for (position, method) in person.methods.iter_mut().enumerate() {
        let field = format!("methods.{position}.address");
        let Some(setup) = channels.iter().find(|setup| setup.id == method.channel) else {
            if before.iter().flat_map(|before| &before.methods).any(|known| known == method) {
                continue;
            }
            return Err(Failure::invalid(&format!("methods.{position}.channel"), "Choose a channel that is set up."));
        };
        let kind = providers.iter().find(|provider| provider.id == setup.provider).map_or(&AddressKind::None, |provider| &provider.address);
        method.address = kind.read(&method.address).map_err(|words| Failure::invalid(&field, words))?;
        // What is known of a way to reach somebody is known of that address only.
        let known = before.iter().flat_map(|before| &before.methods).find(|known| known.id == method.id);
        let same = known.filter(|known| (known.channel, &known.address) == (method.channel, &method.address));
        method.proven_at = same.and_then(|known| known.proven_at);
        method.proven_by = same.and_then(|known| known.proven_by);
        method.wrong_since = same.and_then(|known| known.wrong_since);
    }
    // Ways through a channel that was removed are not shown; they are here again when it is.
    let hidden = before.iter().flat_map(|before| &before.methods).filter(|method| channels.iter().all(|setup| setup.id != method.channel));
    let hidden: Vec<Method> = hidden.filter(|method| person.methods.iter().all(|shown| shown.id != method.id)).cloned().collect();
    person.methods.extend(hidden);
    for (severity, sequence) in &mut person.sequences {
        sequence.steps.retain(|step| person.methods.iter().any(|method| method.id == step.method));
        sequence.check().map_err(|words| Failure::invalid(&format!("sequences.{}", severity.word().to_lowercase()), words))?;
    }
    // One with nothing in it would say what the desk's plan says anyway.
    person.sequences.retain(|_, sequence| !sequence.steps.is_empty());
    Ok(person)
}

/// The path as it is kept. A level with nobody on it passes: somebody may have been
/// removed from it, and what was exported so must come back so.
pub(super) fn checked_path(db: &Connection, mut path: Path) -> Answer<Path> {
    path.name = named(&path.name, "Give the path a name, such as the service it is for.")?;
    if path.levels.is_empty() {
        return Err(Failure::invalid("levels", "A path needs at least one level: who is contacted first?"));
    }
    if path.levels.len() > 20 {
        return Err(Failure::invalid("levels", "Twenty levels are the most a path can have."));
    }
    let (people, teams, rotations) = (people::all(db)?, teams::all(db)?, rotations::all(db)?);
    for (position, level) in path.levels.iter_mut().enumerate() {
        level.targets.retain(|target| match target {
            Target::Person { id } => people.iter().any(|person| person.id == *id),
            Target::Team { id } => teams.iter().any(|team| team.id == *id),
            Target::Rotation { id } => rotations.iter().any(|rotation| rotation.id == *id),
        });
        let mut known = BTreeSet::new();
        level.targets.retain(|target| known.insert(*target));
        level.name = shorten(&clean_line(&level.name), 60);
        check_minutes(level, position)?;
        if let Some(Err((field, words))) = level.hours.as_ref().map(Timetable::check) {
            return Err(Failure::invalid(&format!("levels.{position}.hours.{field}"), words));
        }
    }
    if path.targets().next().is_none() {
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
    let name = clean_line(name);
    fits("name", &name)?;
    if name.is_empty() { Err(Failure::invalid("name", wanting)) } else { Ok(name) }
}

/// Refuses what would have to be cut.
pub(super) fn fits(field: &str, line: &str) -> Answer<()> {
    match line.chars().count() {
        ..=NAME => Ok(()),
        length => Err(Failure::invalid(field, format!("This has {length} characters; up to {NAME} are kept. Write it shorter."))),
    }
}

/// "A", "A and B", "A, B and C".
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
