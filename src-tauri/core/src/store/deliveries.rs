//! The outbox: one row for each message to one person by one method, written in
//! the transaction of the event that causes it.

use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

mod cancelled;
mod heard;
mod waiting;

pub use cancelled::{cancel, method_is_wrong, news_cancelled, overtaken, wanted_again, withdrawn};
pub use heard::{awaited_by, awaiting, by_provider_id, by_token, carried_by, responded, rises};
pub use waiting::{bring_forward, gathered_by, goes_as, hold, hurry, last_sent_to, moved, news_waiting, release, waiting};

use super::{Result, column};
use crate::domain::delivery::DeliveryState;
use crate::domain::id::{ChannelId, DeliveryId, IncidentId, MethodId, PersonId};
use crate::domain::message::{Message, Purpose};
use crate::domain::plan::{Contact, ContactMethod};
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

/// The place in the queue that its severity gives a message; what cannot be read comes first and is set aside.
pub const V5: &str = "
ALTER TABLE deliveries ADD COLUMN place INTEGER NOT NULL GENERATED ALWAYS AS (
  CASE iif(json_valid(message), message ->> 'severity', NULL) WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 0 END
) VIRTUAL;
CREATE INDEX deliveries_by_place ON deliveries (place, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
";

/// What left may have failed since, and is answered all the same. And when a message first came how far, which the time of
/// its last change does not say: of what is older the last step is known, and when a provider took it.
pub const V7: &str = "
DROP INDEX deliveries_sent;
CREATE INDEX deliveries_sent ON deliveries (channel_id, changed_at) WHERE state IN ('accepted', 'delivered', 'seen', 'uncertain', 'failed');
ALTER TABLE deliveries ADD COLUMN accepted_at INTEGER;
ALTER TABLE deliveries ADD COLUMN delivered_at INTEGER;
ALTER TABLE deliveries ADD COLUMN seen_at INTEGER;
UPDATE deliveries SET
  accepted_at = (SELECT min(ended_at) FROM attempts WHERE delivery_id = deliveries.id AND outcome = 'accepted'),
  delivered_at = iif(state = 'delivered', changed_at, NULL), seen_at = iif(state = 'seen', changed_at, NULL)
WHERE attempts > 0;
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

/// One way to one person, or to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub person: PersonId,
    pub name: String,
    pub method: MethodId,
    pub channel: ChannelId,
    pub via: String,
    pub address: String,
}

impl Recipient {
    #[must_use]
    pub fn of(contact: &Contact, method: &ContactMethod) -> Self {
        Self {
            person: contact.person,
            name: contact.name.clone(),
            method: method.id,
            channel: method.channel,
            via: method.channel_name.clone(),
            address: method.address.clone(),
        }
    }
}

impl Delivery {
    /// One that is to leave now, tried until `give_up_at`.
    #[must_use]
    pub fn queued(to: Recipient, step: i64, message: Message, give_up_at: Instant, now: Instant) -> Self {
        Self {
            id: DeliveryId::new(now),
            incident: message.incident,
            person: to.person,
            name: to.name,
            method: to.method,
            channel: to.channel,
            via: to.via,
            address: to.address,
            purpose: message.purpose,
            step,
            message,
            state: DeliveryState::Queued,
            words: String::new(),
            queued_at: now,
            changed_at: now,
            next_attempt_at: Some(now),
            give_up_at,
            attempts: 0,
            provider_id: None,
            cancelled_because: None,
            token: Token::of(rand::random()),
            response: None,
            responded_at: None,
            held: None,
            carrier: None,
        }
    }

    /// The same, as a call that somebody at the desk makes.
    #[must_use]
    pub fn by_hand(self) -> Self {
        Self { state: DeliveryState::ByHand, next_attempt_at: None, ..self }
    }

    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient {
            person: self.person,
            name: self.name.clone(),
            method: self.method,
            channel: self.channel,
            via: self.via.clone(),
            address: self.address.clone(),
        }
    }

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

/// What is to be tried by `now`, the worst first and of that the longest waiting, and
/// those among it that cannot be read.
pub fn to_send(db: &Connection, now: Instant, limit: usize) -> Result<(Vec<Delivery>, Vec<DeliveryId>)> {
    let mut statement = db.prepare_cached(&due())?;
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

/// Every place there is is named, so that the index by them leads to what is due and not past all that waits.
fn due() -> String {
    format!(
        "SELECT {COLUMNS} FROM deliveries WHERE place IN (0, 1, 2, 3) AND next_attempt_at <= ?1
         ORDER BY place, next_attempt_at, id LIMIT ?2"
    )
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

/// Those whose attempt has begun, and when it did; after a start, those that a crash
/// left open.
pub fn attempting(db: &Connection) -> Result<Vec<(DeliveryId, Instant)>> {
    let mut statement = db.prepare_cached(
        "SELECT id, coalesce((SELECT max(began_at) FROM attempts WHERE attempts.delivery_id = deliveries.id AND ended_at IS NULL), changed_at)
         FROM deliveries WHERE state = 'attempting'",
    )?;
    Ok(statement.query_map([], |row| Ok((column::parse(row, 0)?, Instant(row.get(1)?))))?.collect::<rusqlite::Result<_>>()?)
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
        "UPDATE deliveries SET state = ?2, words = ?3, next_attempt_at = ?4, provider_id = coalesce(?5, provider_id), changed_at = ?6,
           accepted_at = coalesce(accepted_at, iif(?2 = 'accepted', ?6, NULL)), seen_at = coalesce(seen_at, iif(?2 = 'seen', ?6, NULL))
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

/// What has not left says this.
pub fn says(db: &Connection, id: DeliveryId, message: &Message) -> Result<()> {
    db.prepare_cached("UPDATE deliveries SET message = ?2 WHERE id = ?1")?
        .execute(params![id.to_string(), column::to_document(message)?])?;
    Ok(())
}

/// Those for whom something was queued about an incident and nothing ever left.
pub fn never_left_for(db: &Connection, incident: IncidentId) -> Result<BTreeSet<PersonId>> {
    let mut statement = db.prepare_cached(
        "SELECT person_id FROM deliveries WHERE incident_id = ?1
         GROUP BY person_id HAVING max(attempts > 0 OR state NOT IN ('queued', 'cancelled')) = 0",
    )?;
    Ok(statement.query_map([incident.to_string()], |row| column::parse(row, 0))?.collect::<rusqlite::Result<_>>()?)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_is_led_to_and_comes_in_its_order() {
        let db = Connection::open_in_memory().expect("a database");
        db.execute_batch(&[V1, V4, V5].concat()).expect("the table");
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {}", due())).expect("it is understood");
        let steps: Vec<String> =
            plan.query_map([0, 1], |row| row.get(3)).expect("a plan").collect::<rusqlite::Result<_>>().expect("its steps");
        let only = "SEARCH deliveries USING INDEX deliveries_by_place (place=? AND next_attempt_at<?)";
        assert_eq!(steps, [only], "neither is all that waits looked through, nor is anything sorted");
    }
}
