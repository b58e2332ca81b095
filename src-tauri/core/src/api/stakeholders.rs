//! Who is told of an incident and not called, as the window shows and changes it, and how it stands in words for them.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use rusqlite::Connection;

use super::types::StakeholderView;
use super::{Answer, Desk};
use crate::domain::command::Command;
use crate::domain::desk::DeskRules;
use crate::domain::facts::Facts;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::severity::Severity;
use crate::domain::stakeholder::{Because, Listed, NO_WAY, Stakeholder};
use crate::domain::status::{self, StatusLanguage};
use crate::domain::time::{Instant, spoken};
use crate::engine::lookup;
use crate::engine::record::{self, Agreed, listed};
use crate::engine::telling::out_of_reach;
use crate::error::Failure;
use crate::store::{StoreError, incidents, people};

impl Desk {
    /// How it stands, for a status page or a chat.
    pub async fn status_text(&self, id: IncidentId, language: StatusLanguage) -> Answer<String> {
        let now = self.now();
        self.read(move |db| {
            let incident = incidents::find(db, id)?.ok_or(StoreError::Missing)?;
            Ok(status::text(&incident, language, lookup::desk(db)?.tz(), now))
        })
        .await
    }
}

/// Whom somebody at the desk chose.
pub(super) fn chosen(db: &Connection, people: Vec<PersonId>) -> Answer<Vec<Listed>> {
    if people.is_empty() {
        return Ok(vec![]);
    }
    let known = people::all(db)?;
    let listed = |id| {
        let person = known.iter().find(|person| person.id == id);
        let name = person.map(|person| person.name.clone());
        let name = name.ok_or_else(|| Failure::invalid("person", "That person is not in the directory (any more)."))?;
        Ok(Listed { person: id, name, because: Because::Desk {} })
    };
    people.into_iter().map(listed).collect()
}

/// Whom a draft names. Whoever has left meanwhile keeps nobody from escalating.
pub(super) fn of_draft(db: &Connection, people: Vec<PersonId>) -> Answer<Vec<Listed>> {
    let known: Vec<PersonId> = if people.is_empty() { vec![] } else { people::all(db)?.into_iter().map(|one| one.id).collect() };
    chosen(db, people.into_iter().filter(|one| known.contains(one)).collect())
}

/// Whoever was told of a part is told of the whole.
pub(super) fn of_part(part: &Incident) -> Vec<Listed> {
    let because = Because::Part { reference: part.reference.clone() };
    part.listeners().map(|one| Listed { person: one.person, name: one.name.clone(), because: because.clone() }).collect()
}

/// They are told from here on; nothing where there is nobody.
pub(super) fn inform(db: &Connection, agreed: &Agreed, id: IncidentId, people: Vec<Listed>, now: Instant) -> Answer<()> {
    if !people.is_empty() {
        record::command(db, agreed, id, Command::Inform { by: agreed.desk.actor(), people }, now)?;
    }
    Ok(())
}

pub(super) fn views(db: &Connection, incident: &Incident) -> Vec<StakeholderView> {
    let out = out_of_reach(db, incident.stakeholders.iter().map(|one| one.person), &incident.wrong_methods);
    let view = |one: &Stakeholder| {
        let how = match incident.told.contains(&one.person) {
            true => " · called, and so not told besides".into(),
            false if out.contains(&one.person) => format!(" · not told: {NO_WAY}"),
            false => String::new(),
        };
        let words = format!("{}{how}", one.because.words());
        StakeholderView { person: one.person, name: one.name.clone(), words }
    };
    incident.stakeholders.iter().filter(|one| !one.taken_off).map(view).collect()
}

pub(super) fn next_word(incident: &Incident, now: Instant, zone: Tz) -> String {
    let word = incident.word.as_ref().filter(|_| incident.listeners().next().is_some());
    word.map_or_else(String::new, |word| spoken(word.due_at, now, zone))
}

/// Who would be told of it by the lists, once it is escalated.
pub(super) fn by_lists(db: &Connection, rules: &DeskRules, facts: &Facts, severity: Severity) -> Answer<Vec<StakeholderView>> {
    let listed = listed(db, rules, facts, severity)?;
    let out = out_of_reach(db, listed.iter().map(|one| one.person), &BTreeSet::new());
    let mut views: Vec<StakeholderView> = Vec::new();
    for Listed { person, name, because } in listed {
        if views.iter().all(|one| one.person != person) {
            let way = if out.contains(&person) { format!(" · not told: {NO_WAY}") } else { String::new() };
            views.push(StakeholderView { person, name, words: format!("{}{way}", because.words()) });
        }
    }
    Ok(views)
}
