//! Whoever was just written to is not written to again at once: what comes meanwhile
//! is gathered and goes as one message, with one answer for all of it. Nothing is
//! gathered away: each message keeps its own row, its own tries and its own outcome.

use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

use super::in_step;
use crate::channel::InStep;
use crate::domain::digest::digest;
use crate::domain::id::{ChannelId, DeliveryId, IncidentId, PersonId};
use crate::domain::message::{Message, Purpose};
use crate::domain::rhythm::Rhythm;
use crate::domain::severity::Severity;
use crate::domain::time::{Instant, MINUTE};
use crate::store::Result;
use crate::store::deliveries::{self, Delivery, Held};

/// What leaves as one message. The first is the carrier: by its identity it is sent,
/// and by its token it is answered.
pub(super) struct Bundle(pub Vec<Delivery>);

impl Bundle {
    pub(super) fn carrier(&self) -> &Delivery {
        &self.0[0]
    }

    pub(super) fn ids(&self) -> Vec<DeliveryId> {
        self.0.iter().map(|delivery| delivery.id).collect()
    }

    /// What is said: the one message, or one about all of them.
    pub(super) fn message(&self) -> Message {
        let messages: Vec<&Message> = self.0.iter().map(|delivery| &delivery.message).collect();
        digest(&messages).unwrap_or_else(|| self.carrier().message.clone())
    }
}

/// One mailbox, phone or chat of one person, and what it is for.
type Key = (ChannelId, String, PersonId, Purpose);

/// What of all that is due goes now, and with what; the rest is put off.
pub(super) fn gathered(db: &Connection, due: Vec<Delivery>, rhythm: &Rhythm, now: Instant) -> Result<Vec<Bundle>> {
    let mut bundles = Vec::new();
    let mut by_key: BTreeMap<Key, Vec<Delivery>> = BTreeMap::new();
    let own_alerts = in_step::channels(db, InStep::Keeps)?;
    // What is critical never waits for more of it; but news that are due in this very moment go together.
    let together = |delivery: &Delivery| match (delivery.message.severity, delivery.purpose) {
        (Severity::Critical, purpose) => matches!(purpose, Purpose::Update | Purpose::Status),
        (severity, Purpose::Alert | Purpose::Update | Purpose::Status | Purpose::Resolved) => *rhythm.gather.of(severity) > 0,
        _ => false,
    };
    for delivery in due {
        if together(&delivery) && !own_alerts.contains(&delivery.channel) {
            let key = (delivery.channel, delivery.address.clone(), delivery.person, delivery.purpose);
            by_key.entry(key).or_default().push(delivery);
        } else {
            bundles.push(Bundle(vec![delivery]));
        }
    }
    for (key, mut waiting) in by_key {
        if let Some(until) = held_until(db, &key, &waiting, rhythm, now)? {
            for delivery in &waiting {
                deliveries::hold(db, delivery.id, Held::Gathered, until, now)?;
            }
            continue;
        }
        // Those that were to wait longer go along.
        waiting.extend(deliveries::gathered_by(db, key.0, &key.1, key.2, key.3, now)?);
        // Whichever carried the others at an earlier try does so again: it is known by its identity.
        let carrier = waiting.iter().find_map(|delivery| delivery.carrier);
        waiting.sort_by_key(|delivery| (Some(delivery.id) != carrier, delivery.queued_at, delivery.id));
        bundles.push(Bundle(waiting));
    }
    Ok(bundles)
}

/// Until when these wait, where their recipient was written to only just now.
fn held_until(db: &Connection, key: &Key, waiting: &[Delivery], rhythm: &Rhythm, now: Instant) -> Result<Option<Instant>> {
    // What was tried before has had its wait.
    if waiting.iter().any(|delivery| delivery.attempts > 0 || delivery.held.is_some()) {
        return Ok(None);
    }
    let Some(worst) = waiting.iter().map(|delivery| delivery.message.severity).max() else { return Ok(None) };
    if worst == Severity::Critical {
        return Ok(None);
    }
    let window = i64::from(*rhythm.gather.of(worst)) * MINUTE;
    // What was decided about an incident does not wait behind the question that was asked about it.
    let besides: BTreeSet<Option<IncidentId>> = match key.3 {
        Purpose::Alert => waiting.iter().map(|delivery| Some(delivery.incident)).collect(),
        _ => [None].into(),
    };
    let last = besides.iter().map(|asked| deliveries::last_sent_to(db, key.0, &key.1, key.2, *asked, now.plus(-window)));
    let Some(last) = last.collect::<Result<Vec<_>>>()?.into_iter().min().flatten() else { return Ok(None) };
    // Half of what is left of its level is the recipient's, whatever was sent before.
    let bound = |delivery: &Delivery| delivery.queued_at.plus(delivery.give_up_at.since(delivery.queued_at).max(0) / 2);
    let until = waiting.iter().map(bound).fold(last.plus(window), Instant::min);
    Ok((until > now).then_some(until))
}
