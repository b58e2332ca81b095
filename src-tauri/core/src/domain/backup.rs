//! When a copy of everything is due, and what is known of the last one.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::time::{DAY, HOUR, Instant, MINUTE};

/// So many copies of one desk are kept.
pub const KEPT: usize = 14;

/// A desk that has no copy yet has its first soon, but not in the middle of its start.
const FIRST: i64 = 15 * MINUTE;

/// After a copy that could not be made, the next is tried so much later.
const REST: i64 = HOUR;

/// What the desk has agreed about copies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BackupSettings {
    /// One a day, by itself.
    pub daily: bool,
    /// Where to; empty for the folder beside the database.
    pub folder: String,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self { daily: true, folder: String::new() }
    }
}

/// How the desk stands with its copies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// A part of the copies' names, so that desks can share a folder.
    pub mark: String,
    /// Since when there are copies at this desk.
    pub since: Instant,
    pub good: Option<Good>,
    pub failing: Option<Failing>,
}

/// The last copy that was made and found sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Good {
    pub at: Instant,
    pub file: String,
}

/// Since then no copy could be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    pub since: Instant,
    pub tried_at: Instant,
    pub words: String,
}

impl Standing {
    #[must_use]
    pub fn new(mark: String, now: Instant) -> Self {
        Self { mark, since: now, good: None, failing: None }
    }

    /// When the next copy is due. What was written down by a clock that was ahead puts nothing off.
    #[must_use]
    pub fn due(&self, now: Instant) -> Instant {
        let after = |moment: Instant, wait: i64| if moment > now { now } else { moment.plus(wait) };
        let due = self.good.as_ref().map_or_else(|| after(self.since, FIRST), |good| after(good.at, DAY));
        match &self.failing {
            Some(failing) => due.max(after(failing.tried_at, REST)),
            None => due,
        }
    }

    /// A copy was made and is sound.
    pub fn succeeded(&mut self, at: Instant, file: String) {
        self.good = Some(Good { at, file });
        self.failing = None;
    }

    /// None could be made; answers whether that is news.
    pub fn failed(&mut self, words: String, at: Instant) -> bool {
        let news = self.failing.is_none();
        let since = self.failing.as_ref().map_or(at, |failing| failing.since);
        self.failing = Some(Failing { since, tried_at: at, words });
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant(1_795_437_720_000);

    #[test]
    fn a_copy_is_due_a_day_after_the_last_good_one_however_the_clock_was_moved() {
        let mut standing = Standing::new("k7".into(), NOW);
        assert_eq!(standing.due(NOW), NOW.plus(FIRST), "the first comes soon");
        standing.succeeded(NOW, "one".into());
        assert_eq!(standing.due(NOW.plus(HOUR)), NOW.plus(DAY));
        assert_eq!(standing.due(NOW.plus(3 * DAY)), NOW.plus(DAY), "after a long sleep it is due, once");
        let back = NOW.plus(-30 * DAY);
        assert_eq!(standing.due(back), back, "a copy from the future tells nothing: there is to be one now");
    }

    #[test]
    fn a_copy_that_fails_is_news_once_and_is_tried_again_after_a_rest() {
        let mut standing = Standing::new("k7".into(), NOW);
        let due = standing.due(NOW);
        assert!(standing.failed("The disk is full.".into(), due), "the first time it is news");
        assert_eq!(standing.due(due), due.plus(REST));
        assert!(!standing.failed("The disk is full.".into(), due.plus(REST)), "the second time it is not");
        assert_eq!(standing.failing.as_ref().map(|failing| failing.since), Some(due), "it is known since when");
        standing.succeeded(due.plus(2 * REST), "one".into());
        assert!(standing.failed("The disk is full.".into(), due.plus(DAY)), "and after a good one it is news again");
    }
}
