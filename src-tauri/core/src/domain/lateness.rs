//! Whether everything is done in its time, as somebody sees who stands beside the engine and looks once a minute.

use super::time::{Instant, MINUTE};

/// So often somebody looks.
pub const EVERY: i64 = MINUTE;

/// What is due is late after so long, whatever the reason.
const LATE: i64 = MINUTE;

/// Between two looks that are so much further apart than they should be, this computer slept.
const SLEPT: i64 = 30_000;

/// The desk is told again while it lasts.
const AGAIN: i64 = 15 * MINUTE;

/// Since when this computer is awake, as far as looking once a minute tells.
#[derive(Debug, Default)]
pub struct Wakefulness {
    looked_at: Option<Instant>,
    awake_since: Instant,
}

impl Wakefulness {
    /// Somebody looks now. Lateness counts from what is returned: what a sleep made late is not the engine's doing,
    /// and it has a minute to catch up like everything else.
    pub fn look(&mut self, now: Instant) -> Instant {
        let slept = self.looked_at.is_none_or(|before| now.since(before) > EVERY + SLEPT);
        self.looked_at = Some(now);
        if slept {
            self.awake_since = now;
        }
        self.awake_since
    }
}

/// Whether what was due at this moment should have been done long ago.
#[must_use]
pub fn is_late(due: Instant, awake_since: Instant, now: Instant) -> bool {
    now.since(due.max(awake_since)) > LATE
}

/// Something that should have been done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// "3 messages wait to be sent".
    pub words: String,
    pub since: Instant,
}

/// What is late, and when the desk was last told so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarm {
    overdue: Vec<Overdue>,
    told_at: Option<Instant>,
}

impl Alarm {
    /// Takes over what is late now; answers whether the desk is to be told. It ends by itself where nothing is.
    pub fn stands(&mut self, overdue: Vec<Overdue>, now: Instant) -> bool {
        self.overdue = overdue;
        if self.overdue.is_empty() {
            self.told_at = None;
            return false;
        }
        let tell = self.told_at.is_none_or(|told| now.since(told) >= AGAIN);
        if tell {
            self.told_at = Some(now);
        }
        tell
    }

    #[must_use]
    pub fn overdue(&self) -> &[Overdue] {
        &self.overdue
    }

    /// Since when something is late.
    #[must_use]
    pub fn since(&self) -> Option<Instant> {
        self.overdue.iter().map(|one| one.since).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::HOUR;

    const NOW: Instant = Instant(1_795_437_720_000);

    #[test]
    fn what_a_sleep_made_late_is_late_only_a_minute_after_waking() {
        let mut awake = Wakefulness::default();
        let due = NOW.plus(-HOUR);
        assert!(!is_late(due, awake.look(NOW), NOW), "a start is a waking, too");
        let next = NOW.plus(EVERY);
        assert!(!is_late(due, awake.look(next), next), "one minute is what the engine has");
        let later = next.plus(EVERY);
        assert!(is_late(due, awake.look(later), later), "and then it is late");
        let morning = later.plus(8 * HOUR);
        assert!(!is_late(due, awake.look(morning), morning), "after a night the same minute is given again");
    }

    #[test]
    fn a_look_that_comes_a_little_late_is_no_sleep() {
        let mut awake = Wakefulness::default();
        awake.look(NOW);
        let (next, later) = (NOW.plus(EVERY + 20_000), NOW.plus(2 * EVERY + 40_000));
        assert_eq!(awake.look(next), NOW, "a busy computer must not hide an engine that hangs");
        assert_eq!(awake.look(later), NOW);
    }

    #[test]
    fn the_desk_is_told_at_once_and_again_while_it_lasts() {
        let (mut alarm, late) = (Alarm::default(), vec![Overdue { words: "a".into(), since: NOW }]);
        assert!(alarm.stands(late.clone(), NOW));
        assert!(!alarm.stands(late.clone(), NOW.plus(MINUTE)), "once is enough");
        assert!(alarm.stands(late.clone(), NOW.plus(AGAIN)), "for a while");
        assert!(!alarm.stands(vec![], NOW.plus(AGAIN + MINUTE)), "that it is over needs no alarm");
        assert!(alarm.stands(late, NOW.plus(AGAIN + 2 * MINUTE)), "and the next is one of its own");
    }
}
