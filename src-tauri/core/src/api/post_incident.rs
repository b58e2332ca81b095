//! The post-incident report: worked out from the events, written on by the desk, and as a
//! file to pass round.

use std::path::PathBuf;

use rusqlite::Connection;

use super::file::write_pages;
use super::types::{PostIncident, ReportForm};
use super::{Answer, Desk};
use crate::domain::id::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::post_incident::{Sent, markdown};
use crate::domain::time::{Instant, spoken};
use crate::engine::lookup;
use crate::error::Failure;
use crate::formats::markdown::blocks;
use crate::host::Change;
use crate::store::deliveries::Delivery;
use crate::store::post_incident::Written;
use crate::store::{StoreError, deliveries, events, incidents, post_incident};

/// More than anybody reads.
const LONGEST: usize = 400_000;

impl Desk {
    /// The report as it stands.
    pub async fn post_incident(&self, id: IncidentId) -> Answer<PostIncident> {
        let now = self.now();
        self.read(move |db| report(db, id, now)).await
    }

    /// Keeps what the desk wrote; `None` works it out from the events again.
    pub async fn save_post_incident(&self, id: IncidentId, words: Option<String>) -> Answer<()> {
        let now = self.now();
        if let Some(length) = words.as_ref().map(String::len).filter(|length| *length > LONGEST) {
            let message = format!(
                "The report is {} kB long; up to {} kB are kept. What was kept before is unchanged.",
                length / 1000,
                LONGEST / 1000
            );
            return Err(Failure::invalid("markdown", message));
        }
        self.write([Change::Incident(id)], move |db| {
            incidents::find(db, id)?.ok_or(StoreError::Missing)?;
            match words {
                Some(markdown) => {
                    let events = count(events::of(db, id)?.len());
                    post_incident::save(db, id, &Written { markdown, at: now, events })?;
                }
                None => post_incident::remove(db, id)?,
            }
            Ok(())
        })
        .await
    }

    /// Writes it down beside the database and says where.
    pub async fn write_post_incident(&self, id: IncidentId, form: ReportForm) -> Answer<PathBuf> {
        let report = self.post_incident(id).await?;
        let written = write_pages(self.engine.store.folder(), format!("report-{}", report.reference), report.markdown, form).await;
        written.map_err(|error| {
            Failure::other(format!("The report could not be written ({error}). What is on the screen is complete and kept."))
        })
    }
}

fn report(db: &Connection, id: IncidentId, now: Instant) -> Answer<PostIncident> {
    let incident = incidents::find(db, id)?.ok_or(StoreError::Missing)?;
    let (desk, written) = (lookup::desk(db)?, post_incident::of(db, id)?);
    let recorded = events::of(db, id)?;
    let since = |written: &Written| u32::try_from(count(recorded.len()) - written.events).unwrap_or(0);
    let (written_at, newer) = (written.as_ref().map(|written| spoken(written.at, now, desk.tz())), written.as_ref().map_or(0, since));
    let markdown = match written {
        Some(written) => written.markdown,
        None => {
            let sent: Vec<Sent> = deliveries::of(db, id)?.into_iter().map(sent).collect();
            markdown(&incident, &recorded, &sent, &desk, now)
        }
    };
    let Incident { reference, judgement, .. } = incident;
    Ok(PostIncident { blocks: blocks(&markdown), reference, markdown, written_at, newer, judgement })
}

fn sent(delivery: Delivery) -> Sent {
    Sent {
        name: delivery.name,
        via: delivery.via,
        purpose: delivery.purpose,
        state: delivery.state,
        words: delivery.words,
        queued_at: delivery.queued_at,
        changed_at: delivery.changed_at,
        response: delivery.response,
        responded_at: delivery.responded_at,
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
