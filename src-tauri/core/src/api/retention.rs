//! How long what is over is kept: the rules, what would go by them, and doing it.

use serde::Serialize;
use ts_rs::TS;

use super::{Answer, Desk};
use crate::domain::attachment::spoken_size;
use crate::domain::retention::Retention;
use crate::domain::time::spoken;
use crate::engine::{lookup, retention as engine_retention};
use crate::error::Failure;
use crate::host::Change;
use crate::store::{retention, settings};

/// The most incidents that are named before they go.
const NAMED: usize = 200;

/// What would go by some rules, if they were in force now. Nothing has gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RetentionPreview {
    /// The oldest first, and not all of them.
    pub incidents: Vec<LeavingIncident>,
    #[ts(type = "number")]
    pub incidents_in_all: usize,
    #[ts(type = "number")]
    pub events: u64,
    #[ts(type = "number")]
    pub deliveries: u64,
    /// Files that nothing else names.
    #[ts(type = "number")]
    pub files: usize,
    pub size: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LeavingIncident {
    pub reference: String,
    pub title: String,
    /// When something last happened to it.
    pub last: String,
}

impl Desk {
    pub async fn retention(&self) -> Answer<Retention> {
        self.read(|db| Ok(engine_retention::agreed(db))).await
    }

    /// From now on these are in force. What goes by them goes with the next daily copy, or by [`Desk::remove_old`].
    pub async fn save_retention(&self, rules: Retention) -> Answer<()> {
        check(rules)?;
        self.write([Change::Settings], move |db| Ok(settings::put(db, engine_retention::SETTINGS, &rules)?)).await
    }

    /// Says exactly what would go by these rules; they need not be saved.
    pub async fn retention_preview(&self, rules: Retention) -> Answer<RetentionPreview> {
        check(rules)?;
        let (now, folder) = (self.now(), self.engine.store.folder().to_path_buf());
        self.read(move |db| {
            let going = retention::going(db, rules.limits(now))?;
            let zone = lookup::desk(db)?.tz();
            let named = retention::leaving(db, &going.incidents, NAMED)?;
            let (files, bytes) = retention::freed(db, &folder, &going.attached)?;
            Ok(RetentionPreview {
                incidents: named
                    .into_iter()
                    .map(|one| LeavingIncident { reference: one.reference, title: one.title, last: spoken(one.last, now, zone) })
                    .collect(),
                incidents_in_all: going.incidents.len(),
                events: going.events,
                deliveries: going.deliveries,
                files,
                size: spoken_size(bytes),
            })
        })
        .await
    }

    /// Removes what the rules in force say, and answers how many incidents went.
    pub async fn remove_old(&self) -> Answer<usize> {
        let gone = self.engine.retain(self.now()).await?;
        self.written(vec![Change::Settings]);
        Ok(gone.incidents)
    }
}

fn check(rules: Retention) -> Answer<()> {
    match rules.fault() {
        Some(field) => Err(Failure::invalid(field, "After 1 to 240 months (twenty years), or never.")),
        None => Ok(()),
    }
}
