//! When a channel may be used next: as fast as its provider allows, and not at all
//! while it asked to be left alone. Kept in memory: after a start it is learnt anew.

use std::collections::HashMap;

use crate::channel::pace::{Pace, Rate};
use crate::domain::id::ChannelId;
use crate::domain::time::Instant;

#[derive(Default)]
pub(super) struct Pacing {
    /// Until when a provider asked to be left alone.
    paused: HashMap<ChannelId, Instant>,
    /// When the last of what was let go would have gone at the steady rate.
    all: HashMap<ChannelId, Instant>,
    each: HashMap<(ChannelId, String), Instant>,
}

/// Why something does not go now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Later {
    /// The provider asked for it.
    Paused(Instant),
    /// The provider takes no more than so much.
    Paced(Instant),
}

impl Pacing {
    pub(super) fn pause(&mut self, channel: ChannelId, until: Instant) {
        let known = self.paused.entry(channel).or_insert(until);
        *known = (*known).max(until);
    }

    /// Lets one message go, or says when it may.
    pub(super) fn go(&mut self, channel: ChannelId, address: &str, pace: Pace, now: Instant) -> Result<(), Later> {
        if let Some(until) = self.paused.get(&channel).copied() {
            if until > now {
                return Err(Later::Paused(until));
            }
            self.paused.remove(&channel);
        }
        if let Some(rate) = pace.all
            && let Some(at) = too_fast(self.all.get(&channel), rate, now)
        {
            return Err(Later::Paced(at));
        }
        let key = (channel, address.to_string());
        if let Some(rate) = pace.each
            && let Some(at) = too_fast(self.each.get(&key), rate, now)
        {
            return Err(Later::Paced(at));
        }
        if let Some(rate) = pace.all {
            let last = self.all.entry(channel).or_insert(now);
            *last = (*last).max(now).plus(rate.every);
        }
        if let Some(rate) = pace.each {
            let last = self.each.entry(key).or_insert(now);
            *last = (*last).max(now).plus(rate.every);
        }
        // Whoever was not written to lately starts afresh.
        if self.each.len() > 10_000 {
            self.each.retain(|_, last| *last > now);
        }
        Ok(())
    }
}

/// When it would be slow enough, if it is too fast now.
fn too_fast(last: Option<&Instant>, rate: Rate, now: Instant) -> Option<Instant> {
    let may = last?.plus(-(rate.burst - 1).max(0) * rate.every);
    (may > now).then_some(may)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_the_rest_as_fast_as_the_provider_takes_it() {
        let channel = ChannelId::new(Instant(0));
        let pace = Pace { all: None, each: Some(Rate { burst: 3, every: 1_000 }) };
        let mut pacing = Pacing::default();
        let mut went = Vec::new();
        let mut now = Instant(0);
        while went.len() < 6 {
            match pacing.go(channel, "C1", pace, now) {
                Ok(()) => went.push(now.0),
                Err(Later::Paced(at)) => {
                    assert!(at > now, "waiting leads somewhere");
                    now = at;
                }
                Err(paused) => panic!("nobody asked for a pause: {paused:?}"),
            }
        }
        assert_eq!(went, [0, 0, 0, 1_000, 2_000, 3_000], "three at once, then one a second");
        assert_eq!(pacing.go(channel, "C2", pace, Instant(3_000)), Ok(()), "another room has a pace of its own");
        pacing.pause(channel, Instant(60_000));
        assert_eq!(pacing.go(channel, "C3", pace, Instant(4_000)), Err(Later::Paused(Instant(60_000))), "a pause is everybody's");
        assert_eq!(pacing.go(channel, "C3", pace, Instant(60_000)), Ok(()), "and ends");
    }
}
