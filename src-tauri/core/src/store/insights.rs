//! How each incident went, kept so that a screen of figures does not read the log of every incident there ever was.
//!
//! It is worked out when somebody looks, and not when something happens: filing and escalating do not wait for it. What
//! is appended to an incident's log removes its row here, by a trigger, so that a row that is there is never behind.

use rusqlite::{Connection, params};

use super::{Result, column, events};
use crate::domain::id::IncidentId;
use crate::domain::insights::{Passed, Sent};
use crate::domain::time::{DAY, Instant};

pub const V7: &str = "
CREATE TABLE insights (
  incident_id TEXT PRIMARY KEY, filed_at INTEGER NOT NULL, sample INTEGER NOT NULL, form INTEGER NOT NULL, document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX insights_by_time ON insights (filed_at);
CREATE TRIGGER insights_are_behind AFTER INSERT ON events
BEGIN DELETE FROM insights WHERE incident_id = NEW.incident_id; END;
CREATE TRIGGER insights_are_gone AFTER DELETE ON events
BEGIN DELETE FROM insights WHERE incident_id = OLD.incident_id; END;
";

/// The form in which a document is written. Whoever changes [`Passed`], or how it is worked out, counts it up.
const FORM: u32 = 1;

/// How one incident went, and how many events that was worked out from.
pub struct Worked {
    pub id: IncidentId,
    pub passed: Passed,
    events: i64,
}

/// The incidents that have no row, or one of another form.
pub fn behind(db: &Connection) -> Result<Vec<IncidentId>> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM incidents WHERE NOT EXISTS (SELECT 1 FROM insights WHERE incident_id = incidents.id AND form = ?1)",
    )?;
    Ok(statement.query_map([FORM], |row| column::parse(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

/// `None` where its events cannot be read.
pub fn work_out(db: &Connection, id: IncidentId) -> Option<Worked> {
    match events::of(db, id) {
        Ok(recorded) => {
            let events = i64::try_from(recorded.len()).unwrap_or(i64::MAX);
            Passed::of(&recorded).map(|passed| Worked { id, passed, events })
        }
        Err(error) => {
            tracing::error!(%id, %error, "an incident is left out of the insights, as its events cannot be read");
            None
        }
    }
}

/// Unless something happened to it since it was read: then it is worked out anew, the next time.
pub fn keep(db: &Connection, worked: &Worked) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO insights (incident_id, filed_at, sample, form, document)
         SELECT id, ?2, sample, ?3, ?4 FROM incidents WHERE id = ?1 AND (SELECT count(*) FROM events WHERE incident_id = ?1) = ?5
         ON CONFLICT (incident_id) DO UPDATE SET filed_at = excluded.filed_at, form = excluded.form, document = excluded.document",
    )?
    .execute(params![worked.id.to_string(), worked.passed.filed.0, FORM, column::to_document(&worked.passed)?, worked.events])?;
    Ok(())
}

/// Those filed since then, of the sample or without it.
pub fn since(db: &Connection, from: Option<Instant>, sample: bool) -> Result<Vec<(IncidentId, Passed)>> {
    let mut statement =
        db.prepare_cached("SELECT incident_id, document FROM insights WHERE filed_at >= ?1 AND sample = ?2 AND form = ?3")?;
    column::each_readable(&mut statement, params![from.map_or(i64::MIN, |from| from.0), sample, FORM], "how an incident went", |row| {
        Ok((column::parse(row, 0)?, column::document(row, 1)?))
    })
}

/// Whether there is an incident of this desk's own, and whether there is any.
pub fn is_any(db: &Connection) -> Result<(bool, bool)> {
    let own = db.prepare_cached("SELECT 1 FROM incidents WHERE sample = 0")?.exists([])?;
    Ok((own, own || super::incidents::is_any(db)?))
}

/// Hands over each message since then that was tried and asked for an answer: of the sample or without it, drills always.
/// Ids tell the time, so what is older is not read.
pub fn each_sent(db: &Connection, from: Option<Instant>, sample: bool, mut take: impl FnMut(Sent)) -> Result<()> {
    let mut statement = db.prepare_cached(
        "SELECT channel_id, via, purpose = 'drill', state, accepted_at, delivered_at, seen_at, responded_at FROM deliveries
         WHERE id >= ?1 AND queued_at >= ?2 AND attempts > 0 AND purpose IN ('alert', 'still_on_it', 'opinion', 'drill')
           AND (purpose = 'drill' OR (incident_id IN (SELECT id FROM incidents WHERE sample = 1)) = ?3)",
    )?;
    let first = from.map_or_else(String::new, |from| {
        let at = format!("{:012x}", from.plus(-DAY).0.max(0));
        format!("{}-{}", &at[..8], &at[8..])
    });
    let mut rows = statement.query(params![first, from.map_or(i64::MIN, |from| from.0), sample])?;
    let at = |at: Option<i64>| at.map(Instant);
    while let Some(row) = rows.next()? {
        take(Sent {
            channel: column::parse(row, 0)?,
            via: row.get(1)?,
            drill: row.get(2)?,
            state: column::word(row, 3)?,
            accepted_at: at(row.get(4)?),
            delivered_at: at(row.get(5)?),
            seen_at: at(row.get(6)?),
            answered_at: at(row.get(7)?),
        });
    }
    Ok(())
}
