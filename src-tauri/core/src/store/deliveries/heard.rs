//! What came back: which messages are still awaited, whose an answer is, and what is
//! known of a message since.

use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

use super::{COLUMNS, Delivery, delivery};
use crate::domain::delivery::DeliveryState;
use crate::domain::id::{ChannelId, DeliveryId};
use crate::domain::response::Response;
use crate::domain::time::Instant;
use crate::domain::token::Token;
use crate::store::{Result, column, parcels};

/// What left, as far as is known, in the words of the index of it. It may be answered although its provider said later
/// that it had failed.
const LEFT: &str = "state IN ('accepted', 'delivered', 'seen', 'uncertain', 'failed') AND (state <> 'failed' OR EXISTS (
  SELECT 1 FROM attempts WHERE delivery_id = deliveries.id AND outcome IN ('accepted', 'uncertain')))";

/// Channels by which messages left since then that may still be answered or
/// reported on.
pub fn awaiting(db: &Connection, since: Instant) -> Result<BTreeSet<ChannelId>> {
    let mut statement = db.prepare_cached(&format!("SELECT DISTINCT channel_id FROM deliveries WHERE {LEFT} AND changed_at > ?1"))?;
    Ok(statement.query_map([since.0], |row| column::parse(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

/// Those of one channel, the newest first.
pub fn awaited_by(db: &Connection, channel: ChannelId, since: Instant, limit: usize) -> Result<Vec<Delivery>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM deliveries
         WHERE channel_id = ?1 AND {LEFT} AND changed_at > ?2 AND carrier IS NULL
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

/// By the provider's name for it, or for a file that went with it; the latest, where the
/// provider reused it.
pub fn by_provider_id(db: &Connection, channel: ChannelId, provider_id: &str) -> Result<Option<Delivery>> {
    let known = db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM deliveries WHERE channel_id = ?1 AND provider_id = ?2
             ORDER BY carrier IS NOT NULL, changed_at DESC, id DESC LIMIT 1"
        ))?
        .query_row([&channel.to_string(), provider_id], delivery)
        .optional()?;
    match known {
        Some(delivery) => Ok(Some(delivery)),
        None => parcels::by_provider_id(db, channel, provider_id)?.map_or(Ok(None), |id| super::find(db, id)),
    }
}

/// Those that went as part of this one's message, and itself.
pub fn carried_by(db: &Connection, carrier: DeliveryId) -> Result<Vec<Delivery>> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1 OR carrier = ?1 ORDER BY id <> ?1, id"))?;
    column::each_readable(&mut statement, [carrier.to_string()], "a message", delivery)
}

/// A receipt raises what is known of a message and never lowers it: receipts come
/// late, twice and out of order. Says whether it did.
pub fn rises(db: &Connection, id: DeliveryId, from: &[DeliveryState], to: DeliveryState, words: &str, now: Instant) -> Result<bool> {
    let mut statement = db.prepare_cached(
        "UPDATE deliveries SET state = ?3, words = ?4, next_attempt_at = NULL, changed_at = ?5,
           delivered_at = coalesce(delivered_at, iif(?3 = 'delivered', ?5, NULL)), seen_at = coalesce(seen_at, iif(?3 = 'seen', ?5, NULL))
         WHERE id = ?1 AND state = ?2",
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
