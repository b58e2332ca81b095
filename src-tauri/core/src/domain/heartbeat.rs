//! A sign of life for somebody else to watch: a file, and an address that hears from Baton for as long as all is well.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::id::ChannelId;
use super::time::{Instant, MINUTE};

/// After so many that did not get through in a row the desk is told; one alone is the network's weather.
const TOLD_AFTER: u32 = 2;

/// What the desk has agreed about the address. The address itself is a secret: whoever has it can say that all is well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HeartbeatSettings {
    /// What the address is kept under among the secrets; `None` while there is none.
    pub kept_as: Option<ChannelId>,
    /// What of the address may be shown.
    pub host: String,
    pub method: BeatMethod,
    /// It is sent every so many minutes.
    pub minutes: u32,
    pub allow_private: bool,
    pub allow_plain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum BeatMethod {
    Get,
    /// With what is in the file.
    Post,
}

impl Default for HeartbeatSettings {
    fn default() -> Self {
        Self { kept_as: None, host: String::new(), method: BeatMethod::Get, minutes: 5, allow_private: false, allow_plain: false }
    }
}

/// What the file says, and what is posted. No word of any incident is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Heartbeat {
    pub program: &'static str,
    pub version: &'static str,
    /// RFC 3339, in UTC.
    pub at: String,
    /// Nothing is late.
    pub well: bool,
    /// Since when something is.
    pub late_since: Option<String>,
    /// `None` where nobody could look.
    pub open_incidents: Option<u32>,
    pub next_due: Option<String>,
}

/// How the address stands since Baton was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beating {
    tried_at: Option<Instant>,
    pub good_at: Option<Instant>,
    pub failing: Option<Failing>,
}

/// Since then nothing got through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    pub since: Instant,
    pub words: String,
    in_a_row: u32,
}

impl Beating {
    /// Whether the next one is due. One that did not get through is sent again with the next look.
    #[must_use]
    pub fn is_due(&self, minutes: u32, now: Instant) -> bool {
        // Looks come about once a minute: one that comes a second early is not to wait for another minute.
        let wait = if self.failing.is_some() { MINUTE } else { i64::from(minutes) * MINUTE } - MINUTE / 2;
        self.tried_at.is_none_or(|tried| now.since(tried) >= wait || tried > now)
    }

    /// Takes over what came of one; answers whether the desk is to be told.
    pub fn came_to(&mut self, outcome: Result<(), String>, now: Instant) -> bool {
        self.tried_at = Some(now);
        match outcome {
            Ok(()) => {
                self.good_at = Some(now);
                self.failing = None;
                false
            }
            Err(words) => {
                let failing = self.failing.get_or_insert(Failing { since: now, words: String::new(), in_a_row: 0 });
                failing.in_a_row = failing.in_a_row.saturating_add(1);
                failing.words = words;
                failing.in_a_row == TOLD_AFTER
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant(1_795_437_720_000);

    #[test]
    fn it_beats_in_its_time_and_sooner_after_one_that_did_not_get_through() {
        let mut beating = Beating::default();
        assert!(beating.is_due(5, NOW), "the first comes with the start");
        beating.came_to(Ok(()), NOW);
        assert!(!beating.is_due(5, NOW.plus(4 * MINUTE)));
        assert!(beating.is_due(5, NOW.plus(5 * MINUTE - 1_000)), "a look that comes a second early is the one");
        beating.came_to(Err("no".into()), NOW.plus(5 * MINUTE));
        assert!(beating.is_due(5, NOW.plus(6 * MINUTE)), "whoever listens is not to wait for long");
    }

    #[test]
    fn that_it_does_not_get_through_is_said_once() {
        let mut beating = Beating::default();
        let told: Vec<bool> = (0..5).map(|minute| beating.came_to(Err("no".into()), NOW.plus(minute * MINUTE))).collect();
        assert_eq!(told, [false, true, false, false, false], "one alone is weather, and more than two are no news");
        assert_eq!(beating.failing.as_ref().map(|failing| failing.since), Some(NOW), "it is known since when");
        beating.came_to(Ok(()), NOW);
        assert_eq!(beating.failing, None);
    }
}
