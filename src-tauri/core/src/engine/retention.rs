//! What is over and old goes once a day, after a copy of everything that was found sound; and when somebody
//! at the desk says so.

use rusqlite::Connection;

use super::Engine;
use crate::domain::attachment::ContentHash;
use crate::domain::id::IncidentId;
use crate::domain::retention::Retention;
use crate::domain::time::Instant;
use crate::host::Change;
use crate::store::{Result, StoreError, retention, settings};

/// What the desk has agreed.
pub const SETTINGS: &str = "retention";

/// So many incidents go in one transaction, so that a person who files one never waits for hundreds.
const AT_ONCE: usize = 50;

/// Nothing goes by rules that cannot be read.
pub fn agreed(db: &Connection) -> Retention {
    settings::get(db, SETTINGS).ok().flatten().unwrap_or_default()
}

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    pub incidents: usize,
    pub attached: usize,
}

impl Engine {
    /// Removes what the desk's rules say is to go by now.
    pub async fn retain(&self, now: Instant) -> Result<Gone> {
        let going = self.store.read::<_, StoreError, _>(move |db| retention::going(db, agreed(db).limits(now))).await?;
        let mut all = Gone::default();
        for some in going.incidents.chunks(AT_ONCE).map(<[_]>::to_vec) {
            all.incidents += self.store.write::<_, StoreError, _>(move |db| remove(db, &some, now)).await?;
        }
        for some in going.attached.chunks(AT_ONCE).map(<[_]>::to_vec) {
            all.attached += self.store.write::<_, StoreError, _>(move |db| detach(db, &some, now)).await?;
        }
        if all != Gone::default() {
            tracing::info!(incidents = all.incidents, attached = all.attached, "what is over and old was removed");
            self.tell([Change::Settings, Change::Notices]);
        }
        Ok(all)
    }
}

/// What has happened to an incident since it was looked at keeps it.
fn remove(db: &Connection, ids: &[IncidentId], now: Instant) -> Result<usize> {
    let limit = agreed(db).limits(now).incidents;
    let mut gone = 0;
    for id in ids {
        if retention::is_over(db, *id, limit)? {
            retention::remove(db, *id)?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// An incident that has gone has taken its own along.
fn detach(db: &Connection, attached: &[(ContentHash, IncidentId)], now: Instant) -> Result<usize> {
    let limit = agreed(db).limits(now).attachments;
    let mut gone = 0;
    for (hash, incident) in attached {
        if retention::is_over(db, *incident, limit)? {
            gone += retention::detach(db, hash, *incident)?;
        }
    }
    Ok(gone)
}
