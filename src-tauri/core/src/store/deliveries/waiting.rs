//! What waits: held back on purpose, gathered for one message, or tried in vain.

use rusqlite::{Connection, params};
use std::collections::BTreeMap;

use super::{Addressed, COLUMNS, Delivery, Held, delivery};
use crate::domain::id::{ChannelId, DeliveryId, IncidentId, MethodId, PersonId};
use crate::domain::message::Purpose;
use crate::domain::severity::Severity;
use crate::domain::time::Instant;
use crate::store::{Result, column};

/// Puts off what nobody tried yet.
pub fn hold(db: &Connection, id: DeliveryId, why: Held, until: Instant, now: Instant) -> Result<()> {
    db.prepare_cached("UPDATE deliveries SET held = ?2, next_attempt_at = ?3, changed_at = ?4 WHERE id = ?1")?.execute(params![
        id.to_string(),
        column::to_word(&why)?,
        until.0,
        now.0
    ])?;
    Ok(())
}

/// What nobody has tried yet goes as severe as it is now.
pub fn goes_as(db: &Connection, incident: IncidentId, severity: Severity, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET message = json_set(message, '$.severity', ?2), changed_at = ?3
         WHERE incident_id = ?1 AND state IN ('queued', 'by_hand') AND attempts = 0 AND json_valid(message)",
    )?
    .execute(params![incident.to_string(), column::to_word(&severity)?, now.0])?;
    Ok(())
}

/// What waits for the morning, or for what else there is, waits no longer; what was to follow it at some distance
/// still does.
pub fn release(db: &Connection, incident: IncidentId, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET held = NULL, changed_at = ?2, next_attempt_at = ?2
         WHERE incident_id = ?1 AND held = 'gathered' AND state = 'queued' AND next_attempt_at > ?2",
    )?
    .execute(params![incident.to_string(), now.0])?;
    const WAITS: &str = "incident_id = ?1 AND held = 'quiet' AND state = 'queued' AND next_attempt_at > ?2";
    let of = params![incident.to_string(), now.0];
    let first: Option<i64> =
        db.prepare_cached(&format!("SELECT min(next_attempt_at) FROM deliveries WHERE {WAITS}"))?.query_row(of, |row| row.get(0))?;
    let Some(first) = first else { return Ok(()) };
    db.prepare_cached(&format!(
        "UPDATE deliveries SET held = NULL, changed_at = ?2, give_up_at = give_up_at - ?3, next_attempt_at = next_attempt_at - ?3 WHERE {WAITS}"
    ))?
    .execute(params![incident.to_string(), now.0, first - now.0])?;
    Ok(())
}

/// What is gathered for one person by one way.
pub fn gathered_by(
    db: &Connection,
    channel: ChannelId,
    address: &str,
    person: PersonId,
    purpose: Purpose,
    now: Instant,
) -> Result<Vec<Delivery>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM deliveries WHERE person_id = ?1 AND channel_id = ?2 AND address = ?3 AND purpose = ?4
           AND held = 'gathered' AND state = 'queued' AND next_attempt_at > ?5"
    ))?;
    column::each_readable(
        &mut statement,
        params![person.to_string(), channel.to_string(), address, purpose.name(), now.0],
        "a message that waits",
        delivery,
    )
}

/// When somebody was last written to by this way, if that was after `since`; the question about one incident aside.
pub fn last_sent_to(
    db: &Connection,
    channel: ChannelId,
    address: &str,
    person: PersonId,
    besides_question: Option<IncidentId>,
    since: Instant,
) -> Result<Option<Instant>> {
    let at: Option<i64> = db
        .prepare_cached(
            "SELECT max(began_at) FROM deliveries JOIN attempts ON attempts.delivery_id = deliveries.id
             WHERE person_id = ?1 AND channel_id = ?2 AND address = ?3 AND changed_at > ?4 AND began_at > ?4
               AND state IN ('attempting', 'uncertain', 'accepted', 'delivered', 'seen')
               AND NOT (purpose = ?5 AND incident_id = ?6)",
        )?
        .query_row(
            params![
                person.to_string(),
                channel.to_string(),
                address,
                since.0,
                Purpose::Opinion.name(),
                besides_question.map(|asked| asked.to_string()).unwrap_or_default()
            ],
            |row| row.get(0),
        )?;
    Ok(at.map(Instant))
}

/// How many were tried in vain and wait to be tried again, by the channel they wait for.
pub fn waiting(db: &Connection) -> Result<BTreeMap<ChannelId, u32>> {
    let mut statement = db.prepare_cached(
        "SELECT channel_id, count(*) FROM deliveries WHERE state IN ('queued', 'uncertain') AND attempts > 0 AND next_attempt_at IS NOT NULL
         GROUP BY channel_id",
    )?;
    let rows = statement.query_map([], |row| Ok((column::parse(row, 0)?, row.get(1)?)))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}

/// Whatever waits to be tried again is tried now.
pub fn hurry(db: &Connection, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET next_attempt_at = ?1 WHERE state IN ('queued', 'uncertain') AND attempts > 0 AND next_attempt_at > ?1",
    )?
    .execute([now.0])?;
    Ok(())
}

/// News of an incident that waits for one way to one person, and has been tried in vain.
pub fn news_waiting(db: &Connection, incident: IncidentId, method: MethodId) -> Result<Vec<Delivery>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM deliveries WHERE incident_id = ?1 AND method_id = ?2 AND purpose = 'update' AND state = 'queued' ORDER BY queued_at, id"
    ))?;
    column::each_readable(&mut statement, [incident.to_string(), method.to_string()], "news that wait", delivery)
}

/// The clock was ahead, and so is what was to be done by it.
pub fn moved(db: &Connection, incident: IncidentId, by: i64, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET next_attempt_at = max(?3, next_attempt_at + ?2), give_up_at = max(?3, give_up_at + ?2)
         WHERE incident_id = ?1 AND next_attempt_at IS NOT NULL",
    )?
    .execute(params![incident.to_string(), by, now.0])?;
    Ok(())
}

/// Where one step has failed, the next of the same sequence that goes another way does not wait for its time.
pub fn bring_forward(db: &Connection, failed: &Addressed, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET next_attempt_at = ?5 WHERE id =
           (SELECT id FROM deliveries WHERE incident_id = ?1 AND person_id = ?2 AND step = ?3 AND purpose = ?4 AND state = 'queued'
              AND attempts = 0 AND next_attempt_at > ?5 AND method_id <> ?6 ORDER BY next_attempt_at LIMIT 1)",
    )?
    .execute(params![
        failed.incident.to_string(),
        failed.person.to_string(),
        failed.step,
        failed.purpose.name(),
        now.0,
        failed.method.to_string()
    ])?;
    Ok(())
}
