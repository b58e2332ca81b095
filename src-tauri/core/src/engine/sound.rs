//! What is heard at the desk, and the silence that ends by itself.

use rusqlite::Connection;

use super::{Engine, lookup};
use crate::domain::sound::{MuteFor, end_of_shift, is_heard, is_muted, mute_until};
use crate::domain::time::Instant;
use crate::host::Change;
use crate::store::notices::NoticeRow;
use crate::store::{Result, StoreError, incidents, people, rotations, settings};

/// Until when nothing is heard.
const MUTED: &str = "muted_until";

/// Until when nothing is heard; `None` where it is.
pub fn muted_until(db: &Connection, now: Instant) -> Option<Instant> {
    kept(db).filter(|until| is_muted(Some(*until), now))
}

/// When the shift of whoever sits at this desk is over, where that is known.
pub fn shift_ends(db: &Connection, now: Instant) -> Result<Option<Instant>> {
    Ok(end_of_shift(&lookup::desk(db)?.me, &people::all(db)?, &rotations::all(db)?, now))
}

/// Nothing is heard for so long, or everything is again with `None`. Answers until when; `None` where that is not known.
pub fn mute(db: &Connection, wanted: Option<MuteFor>, now: Instant) -> Result<Option<Instant>> {
    let Some(wanted) = wanted else {
        settings::remove(db, MUTED)?;
        return Ok(None);
    };
    let until = mute_until(wanted, shift_ends(db, now)?, now);
    if let Some(until) = until {
        settings::put(db, MUTED, &until)?;
    }
    Ok(until)
}

/// Whether one of these is to be heard now. What cannot be read is heard.
pub(super) fn wanted(db: &Connection, waiting: &[NoticeRow], now: Instant) -> Result<bool> {
    if muted_until(db, now).is_some() {
        return Ok(false);
    }
    let mut of = waiting.iter().filter(|notice| notice.critical).filter_map(|notice| notice.incident);
    Ok(of.any(|id| incidents::find(db, id).map_or(true, |known| known.as_ref().is_some_and(is_heard))))
}

fn kept(db: &Connection) -> Option<Instant> {
    settings::get(db, MUTED).ok().flatten()
}

impl Engine {
    /// Takes the silence away once it is over, so that the tray and the window say so.
    pub(super) async fn end_of_silence(&self, now: Instant) {
        let over = move |db: &Connection| Ok(kept(db).is_some() && muted_until(db, now).is_none());
        if !self.store.read::<_, StoreError, _>(over).await.unwrap_or(false) {
            return;
        }
        if let Err(failure) = self.store.write::<_, StoreError, _>(|db| settings::remove(db, MUTED)).await {
            tracing::warn!(%failure, "the silence is over, which could not be written down");
        }
        self.tell([Change::Settings]);
    }
}
