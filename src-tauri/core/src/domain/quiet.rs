//! Quiet hours: what is not bad enough to wake anybody waits until the morning, and
//! the climb waits with it, so that no level passes while nobody was told.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::severity::Severity;
use super::time::Instant;
use super::timetable::{Hours, Timetable};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QuietHours {
    /// Minutes after midnight.
    pub from: u16,
    /// At or before `from` it is the next day's.
    pub to: u16,
    /// What waits; never `Critical`.
    pub severities: Vec<Severity>,
    /// The desk's zone, an IANA name; filled in whenever the rules are read.
    #[serde(default)]
    pub zone: String,
}

impl QuietHours {
    #[must_use]
    pub fn standard() -> Self {
        Self { from: 21 * 60, to: 7 * 60, severities: vec![Severity::Low], zone: String::new() }
    }

    /// When they end, where something of this severity has to wait now.
    #[must_use]
    pub fn end(&self, severity: Severity, now: Instant) -> Option<Instant> {
        if severity == Severity::Critical || !self.severities.contains(&severity) || self.from == self.to {
            return None;
        }
        let awake =
            Timetable { zone: self.zone.clone(), hours: vec![Hours { days: vec![1, 2, 3, 4, 5, 6, 7], from: self.to, to: self.from }] };
        awake.next_opening(now).filter(|end| *end > now)
    }

    /// What is wrong with them, in words.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        if self.from >= 24 * 60 || self.to >= 24 * 60 {
            return Some("A time of day is between 00:00 and 23:59.");
        }
        self.severities.contains(&Severity::Critical).then_some("Critical never waits for the morning. Take it off the quiet hours.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{HOUR, MINUTE};

    #[test]
    fn what_is_low_waits_for_seven_in_the_morning_and_nothing_else_does() {
        let quiet = QuietHours { zone: "Europe/Berlin".into(), ..QuietHours::standard() };
        // Monday, 23 November 2026, 13:42 in Berlin.
        let noon = Instant(1_795_437_720_000);
        assert_eq!(quiet.end(Severity::Low, noon), None, "people are awake");
        let night = noon.plus(9 * HOUR);
        let morning = quiet.end(Severity::Low, night).expect("at 22:42 it waits");
        assert_eq!(morning.utc().to_rfc3339(), "2026-11-24T06:00:00+00:00", "until 07:00 in Berlin");
        assert_eq!(quiet.end(Severity::Low, morning), None, "and no longer");
        assert_eq!(quiet.end(Severity::Low, morning.plus(-MINUTE)), Some(morning));
        assert_eq!(quiet.end(Severity::High, night), None);
        let all = QuietHours { severities: Severity::ALL.into(), ..quiet };
        assert_eq!(all.end(Severity::Critical, night), None, "critical waits for nobody, whatever is ticked");
    }
}
