//! Calendars of other programs: absences and turns out of them, a rotation into one.

use rusqlite::Connection;
use std::collections::BTreeMap;

use super::call_sheet::replace;
use super::directory::listed;
use super::types::CalendarAbsence;
use super::{Answer, Desk};
use crate::domain::directory::{Person, presences};
use crate::domain::id::{PersonId, RotationId};
use crate::domain::presence::Absence;
use crate::domain::rotation::{ShiftChange, ShiftOverride};
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
            let whose = named(event, &people).and_then(|id| people.iter().find(|person| person.id == id));
            let theirs = whose.is_some_and(|person| person.name.to_lowercase() != mine);
            let named = !mine.is_empty() && event.title.to_lowercase().contains(&mine);
            !theirs && (named || event.to.since(event.from) >= WHOLE_DAY)
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
                Some(person) => turns.entry(person).or_default().push(Absence { from: event.from, to: event.to }),
                None if unknown.contains(&event.title) => {}
                None => unknown.push(event.title),
            }
        }
        if !unknown.is_empty() {
            unknown.truncate(5);
            let names: Vec<String> = unknown.iter().map(|title| format!("\"{title}\"")).collect();
            let message = format!(
                "Nobody in the directory is named in {}. Add them first, or write their names or addresses into the calendar. Nothing was changed.",
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
        let read = tokio::task::spawn_blocking(move || calendar::read(&text, desk.tz())).await;
        let events = read.map_err(|_| Failure::invalid("file", "This calendar could not be read. Nothing was changed."))?;
        let events = events.map_err(|words| Failure::invalid("file", format!("{words} Nothing was changed.")))?;
        Ok(events.into_iter().filter(|event| event.from < now.plus(READ)).collect())
    }
}

/// Whoever takes part, or, where nobody does, whose name stands in the title; the longest such name.
fn named(event: &CalendarEvent, people: &[Person]) -> Option<PersonId> {
    let known_by = |person: &&Person, said: &str| {
        said.eq_ignore_ascii_case(&person.name)
            || person.methods.iter().any(|method| !method.address.is_empty() && said.eq_ignore_ascii_case(&method.address))
    };
    let taking_part = event.people.iter().find_map(|said| people.iter().find(|person| known_by(person, said)));
    let title = event.title.to_lowercase();
    let in_title = || people.iter().filter(|person| title.contains(&person.name.to_lowercase())).max_by_key(|person| person.name.len());
    taking_part.or_else(in_title).map(|person| person.id)
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
    let shifts = rotation.schedule(&presences(&people), now, now.plus(WRITTEN));
    let event = |shift: &crate::domain::rotation::Shift, person: PersonId| CalendarEvent {
        from: shift.from,
        to: shift.to,
        title: format!("{} on call: {}", name(person), rotation.name),
        people: vec![],
    };
    let events: Vec<CalendarEvent> = shifts.iter().flat_map(|shift| shift.people.iter().map(move |one| event(shift, one.person))).collect();
    let file_name: String = rotation.name.to_lowercase().chars().map(|sign| if sign.is_alphanumeric() { sign } else { '-' }).collect();
    Ok((file_name, calendar::write(&rotation.name, &id.to_string(), &events, now)))
}
