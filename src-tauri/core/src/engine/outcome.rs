//! What came of an attempt: how each message stands by it, what it tells of its channel,
//! and what it means for its incident.

use rusqlite::Connection;
use std::time::Duration;

use super::outbox::{failed, set_aside};
use super::record::CommandFailure;
use super::{parcels, rooms};
use crate::channel::Outcome;
use crate::domain::channel::ChannelTest;
use crate::domain::command::Failing;
use crate::domain::delivery::DeliveryState;
use crate::domain::id::DeliveryId;
use crate::domain::message::Purpose;
use crate::domain::time::{Instant, MINUTE};
use crate::store::deliveries::{self, Delivery, Standing};
use crate::store::{Result, attempts, channels, within_savepoint};

/// The same is not written down again for so long.
const LEARNT_AGAIN: i64 = 10 * MINUTE;

/// What an outcome means beyond the message itself.
enum Follows {
    Nothing,
    /// The room that it was for goes on.
    Room,
    Failed,
}

/// Writes down what came of an attempt for each of those that went as one, and what
/// follows from it. The first is the carrier. How each stands, what it tells of its
/// channel and what it means for its incident are written apart: where one of them
/// cannot be, the others are.
pub(super) fn settle(db: &Connection, ids: &[DeliveryId], outcome: &Outcome, now: Instant) -> std::result::Result<(), CommandFailure> {
    let mut carrier = None;
    for id in ids {
        let delivery = match apart(db, *id, |db| Ok(deliveries::find(db, *id)?))? {
            Some(Some(delivery)) => delivery,
            // It was removed meanwhile, and nobody waits for it.
            Some(None) => continue,
            None => {
                apart(db, *id, |db| settle_unread(db, *id, outcome, now))?;
                continue;
            }
        };
        // Those that went as one go again as one.
        let carrier = carrier.get_or_insert_with(|| delivery.clone());
        let follows = apart(db, *id, |db| settle_one(db, &delivery, carrier, outcome, now))?;
        apart(db, *id, |db| Ok(learn(db, &delivery, outcome, now)?))?;
        match follows {
            Some(Follows::Failed) => drop(apart(db, *id, |db| failed(db, &delivery.addressed(), outcome.words(), Failing::Refused, now))?),
            Some(Follows::Room) => drop(apart(db, *id, |db| Ok(rooms::look_after(db, delivery.incident, now)?))?),
            Some(Follows::Nothing) | None => {}
        }
    }
    Ok(())
}

/// Does one part of it. What may be written later is an error, so that all of it is done
/// again then; what never can be is said and left.
fn apart<T>(
    db: &Connection,
    id: DeliveryId,
    part: impl FnOnce(&Connection) -> std::result::Result<T, CommandFailure>,
) -> std::result::Result<Option<T>, CommandFailure> {
    match within_savepoint(db, part) {
        Ok(done) => Ok(Some(done)),
        Err(failure) if failure.passes() => Err(failure),
        Err(failure) => {
            tracing::error!(%id, %failure, "something that came of a message could not be recorded");
            Ok(None)
        }
    }
}

/// The same for one that cannot be read any more: it is not sent again.
fn settle_unread(db: &Connection, id: DeliveryId, outcome: &Outcome, now: Instant) -> std::result::Result<(), CommandFailure> {
    attempts::end(db, id, name(outcome), outcome.words(), now)?;
    let Outcome::Accepted { words, provider_id } = outcome else { return Ok(set_aside(db, id, now)?) };
    let standing = Standing { state: DeliveryState::Accepted, words, next_attempt_at: None, provider_id: provider_id.as_deref() };
    Ok(deliveries::stands(db, id, &standing, now)?)
}

const fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted { .. } => "accepted",
        Outcome::Temporary { .. } => "temporary",
        Outcome::Permanent { .. } => "permanent",
        Outcome::Uncertain { .. } => "uncertain",
    }
}

fn settle_one(
    db: &Connection,
    delivery: &Delivery,
    carrier: &Delivery,
    outcome: &Outcome,
    now: Instant,
) -> std::result::Result<Follows, CommandFailure> {
    let (id, words) = (delivery.id, outcome.words());
    let room_goes_on = if delivery.purpose == Purpose::Room { Follows::Room } else { Follows::Nothing };
    attempts::end(db, id, name(outcome), words, now)?;
    let stands = |state, next_attempt_at, provider_id: Option<&str>| {
        deliveries::stands(db, id, &Standing { state, words, next_attempt_at, provider_id }, now)
    };
    if let (Some(why), false) = (&delivery.cancelled_because, matches!(outcome, Outcome::Accepted { .. })) {
        let standing = Standing { state: DeliveryState::Cancelled, words: why, next_attempt_at: None, provider_id: None };
        deliveries::stands(db, id, &standing, now)?;
        return Ok(Follows::Nothing);
    }
    let retry_after = match outcome {
        Outcome::Accepted { provider_id, .. } => {
            stands(DeliveryState::Accepted, None, provider_id.as_deref())?;
            parcels::follow(db, id, now)?;
            return Ok(room_goes_on);
        }
        Outcome::Permanent { .. } => None,
        Outcome::Temporary { retry_after, .. } => Some(*retry_after),
        Outcome::Uncertain { .. } => Some(None),
    };
    let next = retry_after.map(|wait| now.plus(pause(carrier, wait)));
    // Once it may have left, that it could not be sent again later does not say that it never arrived.
    let may_have_left = attempts::any_is_uncertain(db, id)?;
    match next.filter(|next| *next < delivery.give_up_at) {
        Some(next) => {
            let state = if may_have_left { DeliveryState::Uncertain } else { DeliveryState::Queued };
            stands(state, Some(next), None)?;
            Ok(Follows::Nothing)
        }
        // Nobody knows whether it arrived, and it may not be sent again: that is
        // what is shown, and it does not count as a failure.
        None if matches!(outcome, Outcome::Uncertain { .. }) => {
            stands(DeliveryState::Uncertain, None, None)?;
            Ok(room_goes_on)
        }
        None => {
            let is_refused = matches!(outcome, Outcome::Permanent { .. });
            stands(if may_have_left && !is_refused { DeliveryState::Uncertain } else { DeliveryState::Failed }, None, None)?;
            Ok(Follows::Failed)
        }
    }
}

/// What a message tells of its channel. That one address is refused says nothing of
/// the others; where the channel itself is the address it does.
fn learn(db: &Connection, delivery: &Delivery, outcome: &Outcome, now: Instant) -> Result<()> {
    let worked = match outcome {
        Outcome::Accepted { .. } => true,
        Outcome::Temporary { .. } => false,
        Outcome::Permanent { .. } if delivery.address.is_empty() => false,
        Outcome::Permanent { .. } | Outcome::Uncertain { .. } => return Ok(()),
    };
    let known = channels::find(db, delivery.channel)?.and_then(|setup| setup.last_test);
    if worked && known.as_ref().is_some_and(|known| !known.worked && known.real) {
        // The line is back: what waits for it waits no longer.
        deliveries::hurry(db, now)?;
    }
    if known.is_some_and(|known| known.worked == worked && now.since(known.at) < LEARNT_AGAIN) {
        return Ok(());
    }
    channels::tested(db, delivery.channel, &ChannelTest { at: now, worked, words: outcome.words().into(), real: true })
}

/// Doubling from five seconds to five minutes, at least what the provider asked
/// for, and spread by up to a fifth so that a hundred retries do not meet again.
fn pause(delivery: &Delivery, asked: Option<Duration>) -> i64 {
    let doubled = 5_000_i64 << delivery.attempts.saturating_sub(1).min(6);
    let backoff = doubled.min(300_000);
    let spread = (delivery.id.0.as_u128() >> 8) as i64 & 0xff;
    let jittered = backoff + backoff * spread / (5 * 256);
    let asked = asked.map_or(0, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 4));
    jittered.max(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_never_undercut_what_the_provider_asked_for() {
        let one = sample();
        let delivery = |attempts| Delivery { attempts, ..one.clone() };
        let waits: Vec<i64> = (1..=9).map(|n| pause(&delivery(n), None)).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "each wait is at least the one before: {waits:?}");
        assert!((5_000..=6_000).contains(&waits[0]), "the first retry comes after about five seconds: {waits:?}");
        assert!(*waits.last().expect("nine") <= 360_000, "no wait is longer than six minutes: {waits:?}");
        let together: std::collections::BTreeSet<i64> = (0..20).map(|_| pause(&Delivery { attempts: 3, ..sample() }, None)).collect();
        assert!(together.len() > 5, "twenty that failed together do not come again together: {together:?}");
        assert_eq!(pause(&delivery(1), Some(Duration::from_secs(90))), 90_000, "Retry-After is kept");
    }

    fn sample() -> Delivery {
        use crate::domain::id::*;
        use crate::store::deliveries::Recipient;
        let now = Instant(1_800_000_000_000);
        let message = crate::domain::message::Message {
            purpose: crate::domain::message::Purpose::Alert,
            incident: IncidentId::new(now),
            reference: "K7-3QF".into(),
            severity: crate::domain::severity::Severity::High,
            title: String::new(),
            place: String::new(),
            lead: String::new(),
            facts: vec![],
            reply: String::new(),
            from: String::new(),
            at: now,
            zone: chrono_tz::Tz::UTC,
        };
        let to = Recipient {
            person: PersonId::new(now),
            name: String::new(),
            method: MethodId::new(now),
            channel: ChannelId::new(now),
            via: String::new(),
            address: String::new(),
        };
        Delivery::queued(to, 1, message, now, now)
    }
}
