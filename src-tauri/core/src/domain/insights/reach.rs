//! Which channel reaches people, and how fast.

use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use ts_rs::TS;

use super::Spread;
use crate::domain::delivery::DeliveryState;
use crate::domain::id::ChannelId;
use crate::domain::text::by_name;
use crate::domain::time::Instant;

/// One message that asked somebody for an answer, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub channel: ChannelId,
    /// The channel, as it was called then.
    pub via: String,
    pub drill: bool,
    pub state: DeliveryState,
    /// A provider took it.
    pub accepted_at: Option<Instant>,
    pub delivered_at: Option<Instant>,
    pub seen_at: Option<Instant>,
    pub answered_at: Option<Instant>,
}

/// How far the messages of one channel came. Whoever answers has seen it, and what was seen was delivered: each count
/// is within the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Reached {
    pub channel: String,
    pub tried: u32,
    pub accepted: u32,
    pub delivered: u32,
    pub seen: u32,
    pub answered: u32,
    /// Given up, or come back.
    pub failed: u32,
    /// From the moment at which a provider took it, where both are known.
    pub to_deliver: Spread,
    pub to_see: Spread,
    pub to_answer: Spread,
}

#[derive(Default)]
struct Gathering {
    via: String,
    counts: [u32; 6],
    lengths: [Vec<i64>; 3],
}

impl Gathering {
    fn add(&mut self, one: Sent) {
        let answered = one.answered_at.is_some();
        let seen = answered || one.seen_at.is_some() || one.state == DeliveryState::Seen;
        let delivered = seen || one.delivered_at.is_some() || one.state == DeliveryState::Delivered;
        let accepted = delivered || one.accepted_at.is_some() || one.state == DeliveryState::Accepted;
        let known = [true, accepted, delivered, seen, answered, one.state == DeliveryState::Failed];
        for (count, is) in self.counts.iter_mut().zip(known) {
            *count += u32::from(is);
        }
        for (lengths, at) in self.lengths.iter_mut().zip([one.delivered_at, one.seen_at, one.answered_at]) {
            lengths.extend(one.accepted_at.zip(at).map(|(accepted, at)| at.since(accepted).max(0)));
        }
        self.via = one.via;
    }

    fn named(self, channel: Option<&String>) -> Reached {
        let [tried, accepted, delivered, seen, answered, failed] = self.counts;
        let [to_deliver, to_see, to_answer] = self.lengths.map(Spread::of);
        let channel = channel.cloned().unwrap_or(self.via);
        Reached { channel, tried, accepted, delivered, seen, answered, failed, to_deliver, to_see, to_answer }
    }
}

/// What was sent, taken in one by one: there may be more of it than is to lie in memory at once.
#[derive(Default)]
pub struct Reaching {
    meant: BTreeMap<ChannelId, Gathering>,
    drills: BTreeMap<ChannelId, Gathering>,
}

impl Reaching {
    pub fn add(&mut self, one: Sent) {
        let group = if one.drill { &mut self.drills } else { &mut self.meant };
        group.entry(one.channel).or_default().add(one);
    }

    /// By channel in the order of their names, first what was meant and then what was a drill. `names` are those of today.
    #[must_use]
    pub fn by_channel(self, names: &HashMap<ChannelId, String>) -> (Vec<Reached>, Vec<Reached>) {
        let named = |group: BTreeMap<ChannelId, Gathering>| {
            let mut rows: Vec<Reached> = group.into_iter().map(|(id, gathered)| gathered.named(names.get(&id))).collect();
            rows.sort_by(|one, other| by_name(&one.channel, &other.channel));
            rows
        };
        (named(self.meant), named(self.drills))
    }
}
