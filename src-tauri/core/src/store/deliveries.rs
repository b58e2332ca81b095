//! The outbox: one row for each message to one person by one method, written in
//! the transaction of the event that causes it.

use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

use super::{Result, column};
use crate::domain::delivery::DeliveryState;
use crate::domain::id::{ChannelId, DeliveryId, IncidentId, MethodId, PersonId};
use crate::domain::message::{Message, Purpose};
use crate::domain::response::Response;
use crate::domain::time::Instant;
use crate::domain::token::Token;

pub const V1: &str = "
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY, incident_id TEXT NOT NULL, person_id TEXT NOT NULL, name TEXT NOT NULL, method_id TEXT NOT NULL,
  channel_id TEXT NOT NULL, via TEXT NOT NULL, address TEXT NOT NULL, purpose TEXT NOT NULL, step INTEGER NOT NULL,
  message TEXT NOT NULL, state TEXT NOT NULL, words TEXT NOT NULL DEFAULT '', queued_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL, next_attempt_at INTEGER, give_up_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  provider_id TEXT, cancelled_because TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_of_incident ON deliveries (incident_id, queued_at);
CREATE INDEX deliveries_to_send ON deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX deliveries_open ON deliveries (state) WHERE state = 'attempting';
";

pub const V4: &str = "
ALTER TABLE deliveries ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN response TEXT;
ALTER TABLE deliveries ADD COLUMN responded_at INTEGER;
ALTER TABLE deliveries ADD COLUMN held TEXT;
ALTER TABLE deliveries ADD COLUMN carrier TEXT;
CREATE INDEX deliveries_to_person ON deliveries (person_id, channel_id, changed_at);
CREATE INDEX deliveries_carried ON deliveries (carrier) WHERE carrier IS NOT NULL;
CREATE INDEX deliveries_by_token ON deliveries (token) WHERE token <> '';
CREATE INDEX deliveries_by_provider_id ON deliveries (channel_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX deliveries_sent ON deliveries (channel_id, changed_at) WHERE state IN ('accepted', 'delivered', 'seen', 'uncertain');
";

/// Why a message that nobody tried yet waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// Its recipient was written to only just now.
    Gathered,
    /// Quiet hours.
    Quiet,
}

/// To whom, by what and on which occasion: enough to go on by where the rest of a
/// delivery cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    pub id: DeliveryId,
    pub incident: IncidentId,
    pub person: PersonId,
    pub name: String,
    pub method: MethodId,
    pub via: String,
    pub purpose: Purpose,
    pub step: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub incident: IncidentId,
    pub person: PersonId,
    pub name: String,
    pub method: MethodId,
    pub channel: ChannelId,
    pub via: String,
    pub address: String,
    pub purpose: Purpose,
    /// Groups what was sent to one person on one occasion (one level entered, one
    /// update shared), so that "has everything been tried?" has an answer.
    pub step: i64,
    pub message: Message,
    pub state: DeliveryState,
    /// The provider's last words, or ours.
    pub words: String,
    pub queued_at: Instant,
    pub changed_at: Instant,
    /// When it is (next) tried; `None` where it is not, or not by us.
    pub next_attempt_at: Option<Instant>,
    /// After this a temporary failure is a final one.
    pub give_up_at: Instant,
    pub attempts: u32,
    pub provider_id: Option<String>,
    /// It is not to be tried again, although an attempt may be under way.
    pub cancelled_because: Option<String>,
    /// What an answer has to bring back.
    pub token: Token,
    /// What its recipient answered, and when.
    pub response: Option<Response>,
    pub responded_at: Option<Instant>,
    pub held: Option<Held>,
    /// The delivery with which it went as one message; `None` where it went by itself
    /// or carried others.
    pub carrier: Option<DeliveryId>,
}

impl Delivery {
    #[must_use]
    pub fn addressed(&self) -> Addressed {
        Addressed {
            id: self.id,
            incident: self.incident,
            person: self.person,
            name: self.name.clone(),
            method: self.method,
            via: self.via.clone(),
            purpose: self.purpose,
            step: self.step,
        }
    }
}

const COLUMNS: &str = "id, incident_id, person_id, name, method_id, channel_id, via, address, purpose, step, message, state, words,
    queued_at, changed_at, next_attempt_at, give_up_at, attempts, provider_id, cancelled_because, token, response, responded_at,
    held, carrier";

pub fn add(db: &Connection, delivery: &Delivery) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO deliveries (id, incident_id, person_id, name, method_id, channel_id, via, address, purpose, step, message, state,
           words, queued_at, changed_at, next_attempt_at, give_up_at, token, held)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15, ?16, ?17, ?18)",
    )?
    .execute(params![
        delivery.id.to_string(),
        delivery.incident.to_string(),
        delivery.person.to_string(),
        delivery.name,
        delivery.method.to_string(),
        delivery.channel.to_string(),
        delivery.via,
        delivery.address,
        delivery.purpose.name(),
        delivery.step,
        column::to_document(&delivery.message)?,
        column::to_word(&delivery.state)?,
        delivery.words,
        delivery.queued_at.0,
        delivery.next_attempt_at.map(|at| at.0),
        delivery.give_up_at.0,
        delivery.token.reveal(),
        delivery.held.map(|held| column::to_word(&held)).transpose()?
    ])?;
    Ok(())
}

pub fn find(db: &Connection, id: DeliveryId) -> Result<Option<Delivery>> {
    Ok(db.prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1"))?.query_row([id.to_string()], delivery).optional()?)
}

pub fn of(db: &Connection, incident: IncidentId) -> Result<Vec<Delivery>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries WHERE incident_id = ?1 ORDER BY queued_at, id"))?;
    column::each_readable(&mut statement, [incident.to_string()], "a message", delivery)
}

/// What is to be tried by `now`, the longest waiting first, and those among it that
/// cannot be read.
pub fn to_send(db: &Connection, now: Instant, limit: usize) -> Result<(Vec<Delivery>, Vec<DeliveryId>)> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries WHERE next_attempt_at <= ?1 ORDER BY next_attempt_at, id LIMIT ?2"))?;
    let (mut readable, mut unreadable) = (Vec::new(), Vec::new());
    for (id, found) in column::each_readable(&mut statement, params![now.0, limit as i64], "a message that is to be sent", |row| {
        Ok((column::parse(row, 0)?, delivery(row).ok()))
    })? {
        match found {
            Some(delivery) => readable.push(delivery),
            None => unreadable.push(id),
        }
    }
    Ok((readable, unreadable))
}

/// What can be read of a delivery whose message cannot.
pub fn addressed(db: &Connection, id: DeliveryId) -> Result<Option<Addressed>> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Addressed {
            id,
            incident: column::parse(row, 0)?,
            person: column::parse(row, 1)?,
            name: row.get(2)?,
            method: column::parse(row, 3)?,
            via: row.get(4)?,
            purpose: column::word(row, 5)?,
            step: row.get(6)?,
        })
    };
    Ok(db
        .prepare_cached("SELECT incident_id, person_id, name, method_id, via, purpose, step FROM deliveries WHERE id = ?1")?
        .query_row([id.to_string()], read)
        .optional()?)
}

/// The latest message of an incident by this method.
pub fn latest_by(db: &Connection, incident: IncidentId, method: MethodId) -> Result<Option<Addressed>> {
    let id = db
        .prepare_cached("SELECT id FROM deliveries WHERE incident_id = ?1 AND method_id = ?2 AND state <> 'queued' ORDER BY changed_at DESC, id DESC LIMIT 1")?
        .query_row([incident.to_string(), method.to_string()], |row| column::parse(row, 0))
        .optional()?;
    id.map_or(Ok(None), |id| addressed(db, id))
}

/// Why it is not to be tried again, if it is not.
pub fn cancelled_because(db: &Connection, id: DeliveryId) -> Result<Option<String>> {
    let why = db.prepare_cached("SELECT cancelled_because FROM deliveries WHERE id = ?1")?.query_row([id.to_string()], |row| row.get(0));
    Ok(why.optional()?.flatten())
}

pub fn next_attempt_at(db: &Connection) -> Result<Option<Instant>> {
    let at: Option<i64> = db
        .prepare_cached("SELECT min(next_attempt_at) FROM deliveries WHERE next_attempt_at IS NOT NULL")?
        .query_row([], |row| row.get(0))?;
    Ok(at.map(Instant))
}

/// Those whose attempt has begun; after a start, those that a crash left open.
pub fn attempting(db: &Connection) -> Result<Vec<DeliveryId>> {
    let mut statement = db.prepare_cached("SELECT id FROM deliveries WHERE state = 'attempting'")?;
    Ok(statement.query_map([], |row| column::parse(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

/// What became of it, or what is to become of it.
pub struct Standing<'a> {
    pub state: DeliveryState,
    pub words: &'a str,
    pub next_attempt_at: Option<Instant>,
    pub provider_id: Option<&'a str>,
}

pub fn stands(db: &Connection, id: DeliveryId, standing: &Standing<'_>, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = ?2, words = ?3, next_attempt_at = ?4, provider_id = coalesce(?5, provider_id), changed_at = ?6
         WHERE id = ?1",
    )?
    .execute(params![
        id.to_string(),
        column::to_word(&standing.state)?,
        standing.words,
        standing.next_attempt_at.map(|at| at.0),
        standing.provider_id,
        now.0
    ])?;
    Ok(())
}

/// `carrier` is the delivery as part of whose message it goes, if it is another.
pub fn attempt_begins(db: &Connection, id: DeliveryId, carrier: Option<DeliveryId>, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = 'attempting', next_attempt_at = NULL, attempts = attempts + 1, held = NULL, carrier = ?3,
           changed_at = ?2 WHERE id = ?1",
    )?
    .execute(params![id.to_string(), now.0, carrier.map(|carrier| carrier.to_string())])?;
    Ok(())
}

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

/// What waits for the morning waits no longer; what was to follow it at some distance
/// still does.
pub fn release(db: &Connection, incident: IncidentId, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET held = NULL, changed_at = ?2,
           give_up_at = give_up_at - (SELECT min(next_attempt_at) - ?2 FROM deliveries WHERE incident_id = ?1 AND held = 'quiet'),
           next_attempt_at = next_attempt_at - (SELECT min(next_attempt_at) - ?2 FROM deliveries WHERE incident_id = ?1 AND held = 'quiet')
         WHERE incident_id = ?1 AND held = 'quiet' AND state = 'queued' AND next_attempt_at > ?2",
    )?
    .execute(params![incident.to_string(), now.0])?;
    Ok(())
}

/// What was tried in vain, and waits to be tried again, by channels that failed.
pub fn waiting(db: &Connection) -> Result<u32> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM deliveries WHERE state = 'queued' AND attempts > 0 AND next_attempt_at IS NOT NULL")?
        .query_row([], |row| row.get(0))?)
}

/// Whatever waits to be tried again is tried now.
pub fn hurry(db: &Connection, now: Instant) -> Result<()> {
    db.prepare_cached("UPDATE deliveries SET next_attempt_at = ?1 WHERE state = 'queued' AND attempts > 0 AND next_attempt_at > ?1")?
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

/// It goes as part of a later message.
pub fn overtaken_by_news(db: &Connection, id: DeliveryId, why: &str, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = 'cancelled', words = ?2, cancelled_because = ?2, next_attempt_at = NULL, changed_at = ?3 WHERE id = ?1 AND state = 'queued'",
    )?
    .execute(params![id.to_string(), why, now.0])?;
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

/// When somebody was last written to by this way, if that was after `since`.
pub fn last_sent_to(db: &Connection, channel: ChannelId, address: &str, person: PersonId, since: Instant) -> Result<Option<Instant>> {
    let at: Option<i64> = db
        .prepare_cached(
            "SELECT max(began_at) FROM deliveries JOIN attempts ON attempts.delivery_id = deliveries.id
             WHERE person_id = ?1 AND channel_id = ?2 AND address = ?3 AND changed_at > ?4 AND began_at > ?4
               AND state IN ('attempting', 'uncertain', 'accepted', 'delivered', 'seen')",
        )?
        .query_row(params![person.to_string(), channel.to_string(), address, since.0], |row| row.get(0))?;
    Ok(at.map(Instant))
}

/// Those that went as part of this one's message, and itself.
pub fn carried_by(db: &Connection, carrier: DeliveryId) -> Result<Vec<Delivery>> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1 OR carrier = ?1 ORDER BY id <> ?1, id"))?;
    column::each_readable(&mut statement, [carrier.to_string()], "a message", delivery)
}

/// Cancels what has not left yet: alerts when somebody has it, everything but the
/// news of it when it is resolved. What is being attempted runs to its end, and
/// what may have arrived stays so, but neither is tried again.
pub fn cancel(db: &Connection, incident: IncidentId, purposes: &[Purpose], why: &str, now: Instant) -> Result<()> {
    let mut statement = db.prepare_cached(
        "UPDATE deliveries SET state = CASE WHEN state IN ('attempting', 'uncertain') THEN state ELSE 'cancelled' END,
           words = CASE WHEN state IN ('attempting', 'uncertain') THEN words ELSE ?3 END, cancelled_because = ?3, next_attempt_at = NULL, changed_at = ?4
         WHERE incident_id = ?1 AND purpose = ?2 AND state IN ('queued', 'uncertain', 'by_hand', 'attempting')",
    )?;
    for purpose in purposes {
        statement.execute(params![incident.to_string(), purpose.name(), why, now.0])?;
    }
    Ok(())
}

/// Channels by which messages left since then that may still be answered or
/// reported on.
pub fn awaiting(db: &Connection, since: Instant) -> Result<BTreeSet<ChannelId>> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT channel_id FROM deliveries WHERE state IN ('accepted', 'delivered', 'seen', 'uncertain') AND changed_at > ?1",
    )?;
    Ok(statement.query_map([since.0], |row| column::parse(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

/// Those of one channel, the newest first.
pub fn awaited_by(db: &Connection, channel: ChannelId, since: Instant, limit: usize) -> Result<Vec<Delivery>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM deliveries
         WHERE channel_id = ?1 AND state IN ('accepted', 'delivered', 'seen', 'uncertain') AND changed_at > ?2 AND carrier IS NULL
         ORDER BY changed_at DESC, id DESC LIMIT ?3"
    ))?;
    column::each_readable(&mut statement, params![channel.to_string(), since.0, limit as i64], "a message", delivery)
}

/// By the token that came back with an answer, on the channel it came by.
pub fn by_token(db: &Connection, channel: ChannelId, token: &Token) -> Result<Option<Delivery>> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries WHERE token = ?1 AND channel_id = ?2"))?
        .query_row([token.reveal(), &channel.to_string()], delivery)
        .optional()?)
}

/// By the provider's name for it; the latest, where the provider reused it.
pub fn by_provider_id(db: &Connection, channel: ChannelId, provider_id: &str) -> Result<Option<Delivery>> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM deliveries WHERE channel_id = ?1 AND provider_id = ?2
             ORDER BY carrier IS NOT NULL, changed_at DESC, id DESC LIMIT 1"
        ))?
        .query_row([&channel.to_string(), provider_id], delivery)
        .optional()?)
}

/// A receipt raises what is known of a message and never lowers it: receipts come
/// late, twice and out of order. Says whether it did.
pub fn rises(db: &Connection, id: DeliveryId, from: &[DeliveryState], to: DeliveryState, words: &str, now: Instant) -> Result<bool> {
    let mut statement = db.prepare_cached(
        "UPDATE deliveries SET state = ?3, words = ?4, next_attempt_at = NULL, changed_at = ?5 WHERE id = ?1 AND state = ?2",
    )?;
    for state in from {
        let moved = statement.execute(params![id.to_string(), column::to_word(state)?, column::to_word(&to)?, words, now.0])?;
        if moved > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first answer keeps its time; the last one is what counts.
pub fn responded(db: &Connection, id: DeliveryId, response: Response, at: Instant) -> Result<()> {
    db.prepare_cached("UPDATE deliveries SET response = ?2, responded_at = coalesce(responded_at, ?3) WHERE id = ?1")?.execute(params![
        id.to_string(),
        column::to_word(&response)?,
        at.0
    ])?;
    Ok(())
}

/// Whatever is still to be sent to one person about an incident for this purpose.
pub fn cancel_for(db: &Connection, incident: IncidentId, person: PersonId, purpose: Purpose, why: &str, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = CASE WHEN state IN ('attempting', 'uncertain') THEN state ELSE 'cancelled' END,
           words = CASE WHEN state IN ('attempting', 'uncertain') THEN words ELSE ?4 END, cancelled_because = ?4, next_attempt_at = NULL, changed_at = ?5
         WHERE incident_id = ?1 AND person_id = ?2 AND purpose = ?3 AND state IN ('queued', 'uncertain', 'by_hand', 'attempting')",
    )?
    .execute(params![incident.to_string(), person.to_string(), purpose.name(), why, now.0])?;
    Ok(())
}

/// What else was or will be done on one occasion to reach one person.
#[derive(Default)]
pub struct Tried {
    pub methods: BTreeSet<MethodId>,
    /// Something besides this one has not failed (yet).
    pub still_on_its_way: bool,
    /// A later step of the person's sequence.
    pub waiting: bool,
}

pub fn tried(db: &Connection, delivery: &Addressed) -> Result<Tried> {
    let mut statement = db.prepare_cached(
        "SELECT method_id, id, state, attempts = 0 AND next_attempt_at > queued_at
         FROM deliveries WHERE incident_id = ?1 AND person_id = ?2 AND step = ?3 AND purpose = ?4",
    )?;
    let mut rows =
        statement.query(params![delivery.incident.to_string(), delivery.person.to_string(), delivery.step, delivery.purpose.name()])?;
    let mut tried = Tried::default();
    while let Some(row) = rows.next()? {
        tried.methods.insert(column::parse(row, 0)?);
        let (id, state): (DeliveryId, DeliveryState) = (column::parse(row, 1)?, column::word(row, 2)?);
        let other = id != delivery.id;
        tried.still_on_its_way |= other && !matches!(state, DeliveryState::Failed | DeliveryState::Cancelled);
        // The same way once more is no other way.
        let another = column::parse::<MethodId>(row, 0)? != delivery.method;
        tried.waiting |= other && another && state == DeliveryState::Queued && row.get::<_, Option<bool>>(3)?.unwrap_or(false);
    }
    Ok(tried)
}

/// What has not left yet goes there instead.
pub fn readdressed(db: &Connection, incident: IncidentId, purpose: Purpose, address: &str) -> Result<()> {
    db.prepare_cached("UPDATE deliveries SET address = ?3 WHERE incident_id = ?1 AND purpose = ?2 AND state = 'queued'")?
        .execute(params![incident.to_string(), purpose.name(), address])?;
    Ok(())
}

/// Whatever was still to be done for an incident by a method that does not reach its person, but for one.
pub fn method_is_wrong(db: &Connection, but: &Addressed, why: &str, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = 'cancelled', words = ?4, cancelled_because = ?4, next_attempt_at = NULL, changed_at = ?5
         WHERE incident_id = ?1 AND method_id = ?2 AND id <> ?3 AND state IN ('queued', 'by_hand')",
    )?
    .execute(params![but.incident.to_string(), but.method.to_string(), but.id.to_string(), why, now.0])?;
    Ok(())
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

/// Calls by hand to the same number for the same purpose, earlier than this one.
pub fn overtaken(db: &Connection, by: &Addressed, why: &str, now: Instant) -> Result<()> {
    db.prepare_cached(
        "UPDATE deliveries SET state = 'cancelled', words = ?5, cancelled_because = ?5, changed_at = ?6
         WHERE incident_id = ?1 AND method_id = ?2 AND purpose = ?3 AND id <> ?4 AND state = 'by_hand'",
    )?
    .execute(params![by.incident.to_string(), by.method.to_string(), by.purpose.name(), by.id.to_string(), why, now.0])?;
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

/// Whether this method was sent the same kind of message about the same incident
/// since then: the window in which a second one would be noise.
pub fn sent_since(db: &Connection, incident: IncidentId, method: MethodId, purpose: Purpose, since: Instant) -> Result<bool> {
    Ok(db
        .prepare_cached(
            "SELECT 1 FROM deliveries WHERE incident_id = ?1 AND method_id = ?2 AND purpose = ?3 AND queued_at > ?4
               AND state NOT IN ('cancelled', 'failed')",
        )?
        .exists(params![incident.to_string(), method.to_string(), purpose.name(), since.0])?)
}

/// The number of the next occasion for this incident.
pub fn next_step(db: &Connection, incident: IncidentId) -> Result<i64> {
    Ok(db
        .prepare_cached("SELECT coalesce(max(step), 0) + 1 FROM deliveries WHERE incident_id = ?1")?
        .query_row([incident.to_string()], |row| row.get(0))?)
}

fn delivery(row: &rusqlite::Row<'_>) -> rusqlite::Result<Delivery> {
    let next: Option<i64> = row.get(15)?;
    let id: DeliveryId = column::parse(row, 0)?;
    Ok(Delivery {
        id,
        incident: column::parse(row, 1)?,
        person: column::parse(row, 2)?,
        name: row.get(3)?,
        method: column::parse(row, 4)?,
        channel: column::parse(row, 5)?,
        via: row.get(6)?,
        address: row.get(7)?,
        purpose: column::word(row, 8)?,
        step: row.get(9)?,
        message: column::document(row, 10)?,
        state: column::word(row, 11)?,
        words: row.get(12)?,
        queued_at: Instant(row.get(13)?),
        changed_at: Instant(row.get(14)?),
        next_attempt_at: next.map(Instant),
        give_up_at: Instant(row.get(16)?),
        attempts: row.get(17)?,
        provider_id: row.get(18)?,
        cancelled_because: row.get(19)?,
        // One that was queued by a Baton that knew no tokens can be answered at the desk only.
        token: Token::read(row.get_ref(20)?.as_str()?).unwrap_or_else(|| Token::of(id.0.as_u128())),
        response: column::word_if_any(row, 21)?,
        responded_at: row.get::<_, Option<i64>>(22)?.map(Instant),
        held: column::word_if_any(row, 23)?,
        carrier: column::parse_if_any(row, 24)?,
    })
}
