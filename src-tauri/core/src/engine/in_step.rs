//! Providers at which something goes on after a message has arrived: an alert that
//! stays open, a phone that rings on.

use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

use crate::channel::{self, InStep};
use crate::domain::delivery::DeliveryState as State;
use crate::domain::id::{ChannelId, IncidentId, MethodId};
use crate::domain::message::Purpose;
use crate::store::deliveries::{self, Delivery};
use crate::store::{Result, channels as setups};

/// The channels over such providers.
pub(super) fn channels(db: &Connection, how: InStep) -> Result<BTreeSet<ChannelId>> {
    let all = setups::all(db)?.into_iter().filter(|setup| channel::in_step(&setup.provider) == Some(how));
    Ok(all.map(|setup| setup.id).collect())
}

/// The last alert of an incident by each method over such a provider, of those that
/// may have arrived.
pub(super) fn alerted(db: &Connection, incident: IncidentId) -> Result<Vec<(Delivery, InStep)>> {
    let ways: BTreeMap<ChannelId, InStep> =
        setups::all(db)?.into_iter().filter_map(|setup| Some((setup.id, channel::in_step(&setup.provider)?))).collect();
    if ways.is_empty() {
        return Ok(vec![]);
    }
    let left = |state| matches!(state, State::Attempting | State::Uncertain | State::Accepted | State::Delivered | State::Seen);
    let mut last: BTreeMap<MethodId, (Delivery, InStep)> = BTreeMap::new();
    for sent in deliveries::of(db, incident)? {
        if let (true, Some(how)) = (sent.purpose == Purpose::Alert && left(sent.state), ways.get(&sent.channel)) {
            last.insert(sent.method, (sent, *how));
        }
    }
    Ok(last.into_values().collect())
}
