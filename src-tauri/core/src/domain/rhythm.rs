//! How often the desk is asked and how long an answer holds. Minutes throughout.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::quiet::QuietHours;
use super::severity::BySeverity;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Rhythm {
    /// From the beginning to the first check-in, and to the next.
    pub check_in: BySeverity<u32>,
    /// Each interval is so many percent of the one before it, ...
    #[serde(default = "stretch")]
    pub check_in_stretch: u32,
    /// ... up to this.
    #[serde(default = "longest")]
    pub check_in_longest: BySeverity<u32>,
    /// How long an acknowledgement holds before "still on it?".
    pub acknowledgement: BySeverity<u32>,
    /// From "still on it?" until the climb resumes.
    pub grace: u32,
    /// From one reminder of the same thing to the next.
    pub reminder: u32,
    /// From one alarm at the desk to the next, when the path has come to its end.
    pub alarm: u32,
    /// A step this late asks the desk instead of waking somebody.
    pub stale: u32,
    /// Whoever was written to is not written to again for so long by the same way:
    /// what comes meanwhile goes as one message. 0 is never; critical is never held.
    pub gather: BySeverity<u32>,
    /// Those who are told and not called hear how it stands no sooner than so long after the last time, unless
    /// something of weight happens.
    #[serde(default = "word")]
    pub word: u32,
    pub quiet: QuietHours,
}

impl Rhythm {
    #[must_use]
    pub fn standard() -> Self {
        Self {
            check_in: BySeverity { critical: 15, high: 30, medium: 120, low: 480 },
            check_in_stretch: stretch(),
            check_in_longest: longest(),
            acknowledgement: BySeverity { critical: 30, high: 60, medium: 240, low: 1440 },
            grace: 5,
            reminder: 5,
            alarm: 5,
            stale: 240,
            gather: BySeverity { critical: 0, high: 2, medium: 5, low: 15 },
            word: word(),
            quiet: QuietHours::standard(),
        }
    }
}

const fn stretch() -> u32 {
    200
}

const fn word() -> u32 {
    60
}

const fn longest() -> BySeverity<u32> {
    BySeverity { critical: 60, high: 120, medium: 480, low: 1440 }
}
