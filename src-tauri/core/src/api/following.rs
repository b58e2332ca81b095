//! What is watched after it was handed on: check-ins, promises and tasks as the window shows them.

use rusqlite::Connection;

use super::types::{CheckInView, PromiseRead, TaskRow};
use super::{Answer, Desk};
use crate::domain::check_in;
use crate::domain::commitment::Kind;
use crate::domain::commitment::reading::{self, Promised};
use crate::domain::desk::DeskRules;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::time::{Instant, spoken, spoken_length};
use crate::engine::lookup;
use crate::store::{StoreError, incidents};

impl Desk {
    /// The promise in what the desk types, filled in. It is only offered: whoever types it sits here and says whether it is
    /// one, and whose.
    pub async fn promise_in(&self, id: IncidentId, text: String) -> Answer<Option<PromiseRead>> {
        let now = self.now();
        self.read(move |db| {
            let incident = incidents::find(db, id)?.ok_or(StoreError::Missing)?;
            let found = reading::promises(&text, now, lookup::desk(db)?.tz()).into_iter().next();
            let (person, name) = match &incident.phase {
                Phase::Held { by, name, .. } => (*by, name.clone()),
                _ => (None, String::new()),
            };
            Ok(found.map(|Promised { what, due_at }| PromiseRead { person, name, what, due_at }))
        })
        .await
    }
}

pub(super) fn check_in(incident: &Incident, rules: &DeskRules) -> CheckInView {
    let minutes = check_in::interval(&rules.rhythm, incident.severity, incident.check_ins + 1);
    let asked =
        incident.is_open() && incident.snooze.is_none() && incident.check_in.as_ref().is_some_and(|check_in| check_in.reminders > 0);
    let holder = match &incident.phase {
        Phase::Held { by, .. } => *by,
        _ => None,
    };
    CheckInView {
        counts: check_in::COUNTS.into(),
        next: format!("You are asked again {} after it.", spoken_length(i64::from(minutes) * crate::domain::time::MINUTE)),
        asked,
        missed: incident.check_in.as_ref().is_some_and(|check_in| check_in.missed),
        nudge: holder.filter(|holder: &PersonId| incident.told.contains(holder)),
    }
}

/// What is still to be done of what is over, the soonest due first.
pub(super) fn tasks(db: &Connection, now: Instant) -> Answer<Vec<TaskRow>> {
    let zone = lookup::desk(db)?.tz();
    let mut known = incidents::with_tasks(db)?;
    known.extend(incidents::open(db)?.into_iter().filter(|one| one.commitments.iter().any(|task| task.kind == Kind::Task)));
    let mut rows: Vec<TaskRow> = Vec::new();
    for incident in &known {
        for task in incident.commitments.iter().filter(|one| one.is_open() && one.kind == Kind::Task) {
            let Some(due_at) = task.due_at else { continue };
            let late = due_at < now;
            let due = if late { format!("{} late", spoken_length(now.since(due_at))) } else { spoken(due_at, now, zone) };
            rows.push(TaskRow {
                incident: incident.id,
                reference: incident.reference.clone(),
                title: incident.facts.title(),
                number: task.number,
                what: task.what.clone(),
                name: task.name.clone(),
                due_at,
                due,
                late,
            });
        }
    }
    rows.sort_by_key(|row| row.due_at);
    Ok(rows)
}
