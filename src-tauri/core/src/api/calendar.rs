//! Calendars of other programs: absences and turns out of them, a rotation into one.

use rusqlite::Connection;
use std::collections::BTreeMap;

use super::directory::listed;
use super::file::replace;
use super::types::CalendarAbsence;
use super::{Answer, Desk};
use crate::domain::directory::{Method, Person, presences};
use crate::domain::id::{PersonId, RotationId};
use crate::domain::presence::Absence;
use crate::domain::rotation::{Shift, ShiftChange, ShiftOverride};
use crate::domain::time::{DAY, HOUR, Instant};
use crate::engine::lookup;
use crate::error::Failure;
use crate::formats::calendar::{self, CalendarEvent};
use crate::formats::text;
use crate::store::{StoreError, people, rotations};

/// So far ahead a rotation is written out.
const WRITTEN: i64 = 180 * DAY;

/// A day on which the clocks are set forward is one too.
const WHOLE_DAY: i64 = 23 * HOUR;

/// The longest turn whose beginning is looked for.
const BEFORE: i64 = 63 * DAY;

/// So far ahead is read.
const READ: i64 = 2 * 366 * DAY;

impl Desk {
    /// What a calendar tells of the time ahead, for whoever says what of it are absences
    /// of this person. Whole days are likely to be, and what is somebody else's is not.
    pub async fn absences_from_calendar(&self, text: String, name: String) -> Answer<Vec<CalendarAbsence>> {
        let now = self.now();
        let events = self.events(text).await?;
        let people = self.read(|db| Ok(people::all(db)?)).await?;
        let mine = name.trim().to_lowercase();
        let likely = |event: &CalendarEvent| {
            let whose = named(event, &people).unwrap_or_default();
            let is_me = |id: &PersonId| people.iter().any(|person| person.id == *id && person.name.to_lowercase() == mine);
            let named = says(&event.title, &mine) || whose.iter().any(is_me);
            named || (whose.is_empty() && event.to.since(event.from) >= WHOLE_DAY)
        };
        let ahead = events.into_iter().filter(|event| event.to > now);
        Ok(ahead.map(|event| CalendarAbsence { likely: likely(&event), from: event.from, to: event.to, title: event.title }).collect())
    }

    /// Who is on call in a calendar, as agreements for a rotation's form: each event
    /// names somebody of the directory by their address or in its title.
    pub async fn shifts_from_calendar(&self, text: String) -> Answer<Vec<ShiftOverride>> {
        let now = self.now();
        let events = self.events(text).await?;
        let people = self.read(|db| Ok(people::all(db)?)).await?;
        let (mut turns, mut unknown): (BTreeMap<PersonId, Vec<Absence>>, Vec<String>) = (BTreeMap::new(), Vec::new());
        for event in events.into_iter().filter(|event| event.to > now) {
            match named(&event, &people) {
                Ok(who) if !who.is_empty() => {
                    let turn = || Absence { from: event.from, to: event.to };
                    who.into_iter().for_each(|person| turns.entry(person).or_default().push(turn()));
                }
                _ if unknown.contains(&event.title) => {}
                _ => unknown.push(event.title),
            }
        }
        if !unknown.is_empty() {
            unknown.truncate(5);
            let names: Vec<String> = unknown.iter().map(|title| format!("\"{title}\"")).collect();
            let message = format!(
                "It is not clear who of the directory is meant in {}. Add them first, or write their whole names or addresses into the calendar. Nothing was changed.",
                listed(&names)
            );
            return Err(Failure::invalid("file", message));
        }
        let shift =
            |person: PersonId| move |turn: Absence| ShiftOverride { from: turn.from, to: turn.to, change: ShiftChange::Add { person } };
        let mut shifts: Vec<ShiftOverride> =
            turns.into_iter().flat_map(|(person, turns)| joined(turns).into_iter().map(shift(person))).collect();
        shifts.sort_by_key(|shift| shift.from);
        if shifts.is_empty() {
            return Err(Failure::invalid("file", "Nothing in this calendar lies ahead. Nothing was changed."));
        }
        Ok(shifts)
    }

    /// Writes who is on call for half a year beside the database, for any calendar to
    /// take; returns where it is.
    pub async fn save_rotation_calendar(&self, id: RotationId) -> Answer<String> {
        let now = self.now();
        let (name, text) = self.read(move |db| written(db, id, now)).await?;
        let file = self.engine.store.folder().join(format!("on-call-{name}.ics"));
        let path = file.display().to_string();
        let done = tokio::task::spawn_blocking(move || replace(&file, text.as_bytes())).await;
        let done = done.map_err(|error| Failure::other(error.to_string()))?;
        done.map_err(|error| Failure::other(format!("The calendar could not be written ({error}). The rotation is as it was.")))?;
        Ok(path)
    }

    async fn events(&self, text: String) -> Answer<Vec<CalendarEvent>> {
        let (now, desk) = (self.now(), self.read(|db| Ok(lookup::desk(db)?)).await?);
        let text = text::decode(text.as_bytes()).text;
        let read = tokio::task::spawn_blocking(move || calendar::read(&text, desk.tz(), now.plus(READ))).await;
        let events = read.map_err(|_| Failure::invalid("file", "This calendar could not be read. Nothing was changed."))?;
        events.map_err(|words| Failure::invalid("file", format!("{words} Nothing was changed.")))
    }
}

/// Whoever takes part, or, where nobody does, whose whole name stands in the title;
/// an error where more than one does, unless it begins with one of them.
fn named(event: &CalendarEvent, people: &[Person]) -> Result<Vec<PersonId>, ()> {
    let is = |person: &Person, said: &String| {
        let address = |method: &Method| !method.address.is_empty() && said.eq_ignore_ascii_case(&method.address);
        said.eq_ignore_ascii_case(&person.name) || person.methods.iter().any(address)
    };
    let taking_part: Vec<PersonId> =
        people.iter().filter(|person| event.people.iter().any(|said| is(person, said))).map(|person| person.id).collect();
    if !taking_part.is_empty() {
        return Ok(taking_part);
    }
    let mut in_title: Vec<&Person> = people.iter().filter(|person| says(&event.title, &person.name.to_lowercase())).collect();
    in_title.sort_by_key(|person| std::cmp::Reverse(person.name.len()));
    let begins = in_title.iter().find(|person| event.title.to_lowercase().starts_with(&person.name.to_lowercase()));
    match (begins, &in_title[..]) {
        (Some(first), _) => Ok(vec![first.id]),
        (None, []) => Ok(vec![]),
        (None, [only]) => Ok(vec![only.id]),
        // "Ana Maria Ruiz" says "Ana Maria" too.
        (None, [longest, others @ ..]) if others.iter().all(|other| says(&longest.name, &other.name.to_lowercase())) => {
            Ok(vec![longest.id])
        }
        _ => Err(()),
    }
}

/// Whether a name, in small letters, stands whole in a text.
fn says(text: &str, name: &str) -> bool {
    let text = text.to_lowercase();
    let whole = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        [before, after].into_iter().flatten().all(|sign| !sign.is_alphanumeric())
    };
    !name.is_empty() && text.match_indices(name).any(|(at, _)| whole(at))
}

/// In order, those that touch or meet as one.
fn joined(times: impl IntoIterator<Item = Absence>) -> Vec<Absence> {
    let mut times: Vec<Absence> = times.into_iter().collect();
    times.sort_by_key(|time| time.from);
    let mut whole: Vec<Absence> = Vec::new();
    for time in times {
        match whole.last_mut() {
            Some(last) if time.from <= last.to => last.to = last.to.max(time.to),
            _ => whole.push(time),
        }
    }
    whole
}

/// A name for the file, and the calendar.
fn written(db: &Connection, id: RotationId, now: Instant) -> Answer<(String, String)> {
    let rotation = rotations::find(db, id)?.ok_or(StoreError::Missing)?;
    let people = people::all(db)?;
    let name = |id: PersonId| people.iter().find(|person| person.id == id).map_or("somebody", |person| person.name.as_str());
    // From before now, so that the turn under way begins where it began.
    let shifts = rotation.schedule(&presences(&people), now.plus(-BEFORE), now.plus(WRITTEN));
    let event = |shift: &Shift, person: PersonId| {
        let mail = people.iter().filter(|one| one.id == person).flat_map(|one| &one.methods).find(|method| method.address.contains('@'));
        let event = CalendarEvent {
            from: shift.from,
            to: shift.to,
            title: format!("{} on call: {}", name(person), rotation.name),
            people: mail.map(|method| method.address.clone()).into_iter().collect(),
        };
        (format!("{id}-{person}-{}", shift.from.0), event)
    };
    let ahead = shifts.iter().filter(|shift| shift.to > now);
    let events: Vec<(String, CalendarEvent)> =
        ahead.flat_map(|shift| shift.people.iter().map(move |one| event(shift, one.person))).collect();
    // A name that every disk takes, and that is no other rotation's.
    let letters: String =
        rotation.name.to_lowercase().chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).take(40).collect();
    let short: String = id.to_string().chars().rev().take(6).collect();
    Ok((format!("{letters}-{short}"), calendar::write(&rotation.name, &events, now)))
}
