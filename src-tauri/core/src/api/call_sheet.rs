//! The call sheet: on screen, and as files beside the database that are there when
//! nothing else works.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

use super::file::replace;
use super::{Answer, Desk};
use crate::domain::call_sheet::{CallSheet, call_sheet, incident_sheet};
use crate::domain::id::IncidentId;
use crate::domain::plan::Plan;
use crate::domain::time::Instant;
use crate::engine::lookup;
use crate::error::Failure;
use crate::paper;
use crate::store::{StoreError, incidents, paths, services};

/// Who is on call changes with the time as well.
const AT_LEAST_EVERY: Duration = Duration::from_secs(3600);

impl Desk {
    /// Of every path, or of one incident and its own plan.
    pub async fn call_sheet(&self, incident: Option<IncidentId>) -> Answer<CallSheet> {
        let now = self.now();
        self.read(move |db| {
            let Some(id) = incident else { return read(db, now) };
            let incident = incidents::find(db, id)?.ok_or(StoreError::Missing)?;
            let rules = lookup::rules(db)?;
            let bridge = lookup::bridge(db, &rules, &incident.facts, incident.severity)?;
            Ok(incident_sheet(&incident, &lookup::desk(db)?, &rules, &bridge, now))
        })
        .await
    }

    /// Writes it down as it is now, as a PDF and as text, and returns where the PDF is.
    pub async fn write_call_sheet(&self, incident: Option<IncidentId>) -> Answer<PathBuf> {
        // Opened while it is being kept, it is written once after the other.
        let _alone = self.writing_sheet.lock().await;
        let sheet = self.call_sheet(incident).await?;
        let name = if incident.is_some() { "call-sheet-incident" } else { "call-sheet" };
        let folder = self.engine.store.folder().to_path_buf();
        let written = tokio::task::spawn_blocking(move || {
            let pdf = paper::call_sheet(&sheet).ok_or_else(|| std::io::Error::other("the page could not be drawn"))?;
            replace(&folder.join(format!("{name}.txt")), sheet.as_text().as_bytes())?;
            let file = folder.join(format!("{name}.pdf"));
            replace(&file, &pdf)?;
            Ok::<_, std::io::Error>(file)
        });
        written.await.map_err(|error| Failure::other(error.to_string()))?.map_err(|error| {
            Failure::other(format!(
                "The call sheet could not be written ({error}). The one on the screen is complete; nothing was changed."
            ))
        })
    }

    /// Keeps the files as the directory is, for as long as this is awaited.
    pub async fn keep_call_sheet(&self) {
        loop {
            if let Err(failure) = self.write_call_sheet(None).await {
                tracing::warn!(message = failure.message, "the call sheet is older than the directory");
            }
            tokio::select! {
                () = self.sheet_is_old.notified() => {}
                () = self.engine.clock.sleep(AT_LEAST_EVERY) => {}
            }
        }
    }
}

fn read(db: &Connection, now: Instant) -> Answer<CallSheet> {
    let roll = lookup::Roll::read(db)?;
    let plans: Vec<Plan> = paths::all(db)?.iter().map(|path| roll.plan(path)).collect();
    Ok(call_sheet(&plans, &services::all(db)?, &lookup::desk(db)?, &lookup::rules(db)?, now))
}
