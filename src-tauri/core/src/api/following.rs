//! What is watched after it was handed on: check-ins, promises and tasks as the window shows them.

use chrono_tz::Tz;
use rusqlite::Connection;

use super::board::order::readable;
use super::types::{CheckInView, PromiseRead, TaskRow};
use super::{Answer, Desk};
use crate::domain::check_in;
use crate::domain::commitment::reading::{self, Promised};
use crate::domain::commitment::{Commitment, Kind};
use crate::domain::desk::DeskRules;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::nudge;
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
        nudged: holder.and_then(|holder| nudge::words(incident, holder)),
        nudge: holder.filter(|holder: &PersonId| incident.told.contains(holder)),
    }
}

/// What is still to be done of what is over, and of these open ones, the soonest due first and what has no day last.
pub(super) fn tasks(db: &Connection, open: &[IncidentId], now: Instant) -> Answer<Vec<TaskRow>> {
    let open_tasks = |one: &Commitment| one.is_open() && one.kind == Kind::Task;
    committed(db, open, open_tasks, now)
}

/// At most so many promises and tasks that the desk has been asked about, of these open ones and of what is over, the
/// longest due first.
pub(super) fn asked_for(db: &Connection, open: &[IncidentId], most: usize, now: Instant) -> Answer<Vec<TaskRow>> {
    let mut rows = committed(db, open, |one| one.awaited_since().is_some(), now)?;
    rows.truncate(most);
    Ok(rows)
}

fn committed(db: &Connection, open: &[IncidentId], which: impl Fn(&Commitment) -> bool, now: Instant) -> Answer<Vec<TaskRow>> {
    let zone = lookup::desk(db)?.tz();
    let mut known = incidents::with_tasks(db)?;
    for id in open {
        known.extend(readable(db, *id));
    }
    let rows_of = |incident: &Incident| -> Vec<TaskRow> {
        incident.commitments.iter().filter(|one| which(one)).map(|one| task_row(incident, one, now, zone)).collect()
    };
    let mut rows: Vec<TaskRow> = known.iter().flat_map(rows_of).collect();
    rows.sort_by_key(|row| (row.due_at.is_none(), row.due_at));
    Ok(rows)
}

fn task_row(incident: &Incident, task: &Commitment, now: Instant, zone: Tz) -> TaskRow {
    let late = task.due_at.is_some_and(|due| due < now);
    let due = match task.due_at {
        None => "no day".into(),
        Some(due) if late => format!("{} late", spoken_length(now.since(due))),
        Some(due) => spoken(due, now, zone),
    };
    TaskRow {
        incident: incident.id,
        reference: incident.reference.clone(),
        title: incident.facts.title(),
        number: task.number,
        what: task.what.clone(),
        name: task.name.clone(),
        due_at: task.due_at,
        due,
        late,
    }
}
