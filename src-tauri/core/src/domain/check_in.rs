//! When the desk is asked how it stands: often at first, then at longer and longer
//! intervals, and anew when it grows worse or is escalated. What is asked twice and not
//! answered is missed.

use super::incident::Incident;
use super::rhythm::Rhythm;
use super::severity::Severity;
use super::time::Instant;

/// What counts as an update, as it stands wherever one is asked for.
pub const COUNTS: &str =
    "Anything that says how it stands is an update: what is known now, what is being tried, until when. “Nothing new” is one too.";

/// What is suggested where a word can be typed.
pub const NOTHING_NEW: &str = "Nothing new";

/// So often a check-in is asked for before it is missed.
const ASKED: u32 = 2;

/// Minutes from one check-in to the next, when so many were done since it began anew.
#[must_use]
pub fn interval(rhythm: &Rhythm, severity: Severity, done: u32) -> u32 {
    let first = (*rhythm.check_in.of(severity)).max(1);
    let longest = (*rhythm.check_in_longest.of(severity)).max(first);
    let mut minutes = u64::from(first);
    for _ in 0..done.min(100) {
        minutes = minutes * u64::from(rhythm.check_in_stretch.max(100)) / 100;
        if minutes >= u64::from(longest) {
            break;
        }
    }
    u32::try_from(minutes).unwrap_or(longest).min(longest)
}

/// Whether it was asked for twice and the time for the second answer is over as well; once for each check-in.
#[must_use]
pub fn is_missed(incident: &Incident) -> bool {
    let asked = incident.check_in.as_ref().filter(|_| incident.is_open() && incident.snooze.is_none());
    asked.is_some_and(|check_in| check_in.reminders > ASKED && !check_in.missed)
}

/// The first interval again, where an escalation comes sooner by it than the check-in would.
pub(super) fn anew(incident: &Incident, rhythm: &Rhythm, now: Instant) -> Option<Instant> {
    let first = now.plus_minutes(interval(rhythm, incident.severity, 0));
    let due = incident.check_in.as_ref().filter(|check_in| check_in.reminders == 0 && incident.check_ins > 0)?.due_at;
    (first < due).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stretches_from_the_first_interval_to_the_longest() {
        let rhythm = Rhythm::standard();
        let minutes = |severity| (0..7).map(|done| interval(&rhythm, severity, done)).collect::<Vec<_>>();
        assert_eq!(minutes(Severity::Critical), [15, 30, 60, 60, 60, 60, 60], "every quarter of an hour at first");
        assert_eq!(interval(&rhythm, Severity::Low, u32::MAX), 1440);
    }

    #[test]
    fn it_never_shrinks_whatever_is_agreed() {
        let mut rhythm = Rhythm::standard();
        (rhythm.check_in.high, rhythm.check_in_longest.high, rhythm.check_in_stretch) = (90, 30, 0);
        assert_eq!([0, 1, 50].map(|done| interval(&rhythm, Severity::High, done)), [90, 90, 90], "never shorter than the first");
    }
}
