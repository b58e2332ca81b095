//! How long what is over is kept. Nothing is removed by itself until a desk says so.

use chrono::Months;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::time::Instant;

/// The longest that can be said, in months.
const LONGEST: u32 = 240;

/// After so many months in which nothing happened to an incident that is over; `None` for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Retention {
    /// The whole incident goes.
    pub incidents: Option<u32>,
    /// What is attached to it goes; that it was attached stays.
    pub attachments: Option<u32>,
}

/// What is older than these moments goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub incidents: Option<Instant>,
    pub attachments: Option<Instant>,
}

impl Retention {
    /// The field that cannot be used, if one cannot.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        let wrong = |months: Option<u32>| months.is_some_and(|months| !(1..=LONGEST).contains(&months));
        if wrong(self.incidents) {
            Some("incidents")
        } else if wrong(self.attachments) {
            Some("attachments")
        } else {
            None
        }
    }

    /// By the calendar: a month ends on the day of its number, or on its last.
    #[must_use]
    pub fn limits(&self, now: Instant) -> Limits {
        let before = |months: Option<u32>| {
            let then = months.and_then(|months| now.utc().checked_sub_months(Months::new(months)));
            then.map(|then| Instant(then.timestamp_millis()))
        };
        Limits { incidents: before(self.incidents), attachments: before(self.attachments) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_one_of_the_calendar() {
        let at = |text: &str| Instant(chrono::DateTime::parse_from_rfc3339(text).expect("a time").timestamp_millis());
        let keep = Retention { incidents: Some(12), attachments: Some(1) };
        let limits = keep.limits(at("2028-03-31T10:00:00Z"));
        assert_eq!(limits.incidents, Some(at("2027-03-31T10:00:00Z")));
        assert_eq!(limits.attachments, Some(at("2028-02-29T10:00:00Z")), "in a leap year");
        assert_eq!(Retention::default().limits(Instant(0)), Limits { incidents: None, attachments: None }, "off by default");
    }

    #[test]
    fn no_time_at_all_is_none_that_can_be_meant() {
        assert_eq!(Retention { incidents: Some(0), attachments: None }.fault(), Some("incidents"));
        assert_eq!(Retention { incidents: None, attachments: Some(241) }.fault(), Some("attachments"));
        assert_eq!(Retention { incidents: Some(1), attachments: Some(240) }.fault(), None);
    }
}
