//! After a long sleep hundreds of things are due at the same moment. The desk is told so
//! once, with how much it is and how late the oldest is; each of them is in the inbox. What
//! alarms it is shown for itself all the same.

use crate::domain::id::NoticeId;
use crate::domain::notice::{Asks, Button};
use crate::domain::time::{Instant, MINUTE, spoken_length};
use crate::host::ShownNotice;
use crate::store::notices::NoticeRow;

/// So many are shown one by one.
pub(super) const EACH: usize = 8;

/// No desk has more.
pub(super) const MOST: usize = 20_000;

/// What a notice wants of the desk, what cannot wait first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Alarm,
    CheckIn,
    Commitment,
    Decision,
    /// Neither asked nor due, only to be looked at.
    ToSee,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Alarm, Self::CheckIn, Self::Commitment, Self::Decision, Self::ToSee];

    const fn of(notice: &NoticeRow) -> Self {
        match notice.asks {
            Asks::Look if notice.critical => Self::Alarm,
            Asks::CheckIn | Asks::CheckInHeld | Asks::CheckInOnly => Self::CheckIn,
            Asks::Commitment => Self::Commitment,
            Asks::Progress | Asks::Decision => Self::Decision,
            Asks::Look | Asks::SeeBackup | Asks::HandOver | Asks::SeeHeartbeat => Self::ToSee,
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Alarm => ("alarm", "alarms"),
            Self::CheckIn => ("check-in", "check-ins"),
            Self::Commitment => ("promise or task", "promises and tasks"),
            Self::Decision => ("decision", "decisions"),
            Self::ToSee => ("other thing", "other things"),
        }
    }
}

/// Those that are shown one by one, and those that are said together.
pub(super) fn parted(waiting: Vec<NoticeRow>) -> (Vec<NoticeRow>, Vec<NoticeRow>) {
    if waiting.len() <= EACH {
        return (waiting, vec![]);
    }
    let (alarms, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|notice| Kind::of(notice) == Kind::Alarm);
    match (alarms.len() <= EACH, others.len()) {
        (true, 0 | 1) => ([alarms, others].concat(), vec![]),
        (true, _) => (alarms, others),
        (false, _) => (vec![], [alarms, others].concat()),
    }
}

/// One notification for all of them. It has no row of its own, for each of them has one: a click opens the inbox.
pub(super) fn of(waiting: &[NoticeRow], awaited_longest: Option<Instant>, now: Instant) -> ShownNotice {
    let counted = Kind::ALL.map(|kind| (kind, waiting.iter().filter(|one| Kind::of(one) == kind).count()));
    let counted: Vec<(Kind, usize)> = counted.into_iter().filter(|(_, count)| *count > 0).collect();
    let named: Vec<String> =
        counted.iter().map(|(kind, count)| format!("{count} {}", if *count == 1 { kind.words().0 } else { kind.words().1 })).collect();
    let oldest = awaited_longest.map(|since| now.since(since)).filter(|late| *late >= MINUTE);
    let oldest = oldest.map_or_else(String::new, |late| format!("; the oldest is {} late", spoken_length(late)));
    let title = match counted[..] {
        [(Kind::ToSee, many)] => format!("{many} things to look at{oldest}"),
        [(_, 1)] => format!("{} is due{oldest}", named.concat()),
        _ => format!("{} are due{oldest}", named.join(", ")),
    };
    let critical = waiting.iter().any(|one| one.critical);
    let body = "Each of them is in the inbox, the latest first.".into();
    ShownNotice {
        id: NoticeId::new(now),
        incident: None,
        title,
        body,
        critical,
        sound: false,
        actions: vec![(Button::Open.id().into(), Button::Open.label())],
        word: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(asks: &[(Asks, usize)]) -> Vec<NoticeRow> {
        let row = |asks| NoticeRow {
            id: NoticeId::new(Instant(0)),
            incident: None,
            at: Instant(0),
            title: String::new(),
            body: String::new(),
            critical: false,
            asks,
            about: None,
            read: false,
        };
        asks.iter().flat_map(|(asks, times)| std::iter::repeat_with(move || row(*asks)).take(*times)).collect()
    }

    #[test]
    fn everything_that_waits_is_counted() {
        let title = |asks: &[(Asks, usize)]| of(&waiting(asks), None, Instant(0)).title;
        assert_eq!(title(&[(Asks::CheckIn, 8), (Asks::SeeBackup, 1)]), "8 check-ins, 1 other thing are due", "a copy that failed too");
        assert_eq!(title(&[(Asks::Look, 5), (Asks::SeeBackup, 3), (Asks::HandOver, 1)]), "9 things to look at", "none of them is due");
        assert_eq!(title(&[(Asks::CheckIn, 1)]), "1 check-in is due");
    }

    #[test]
    fn a_few_alarms_are_never_one_of_many() {
        let alarm = NoticeRow { critical: true, ..waiting(&[(Asks::Look, 1)]).remove(0) };
        let check_ins = waiting(&[(Asks::CheckIn, 500)]);
        let (each, together) = parted([check_ins.clone(), vec![alarm.clone()]].concat());
        assert_eq!((each.as_slice(), together.len()), ([alarm.clone()].as_slice(), 500), "it is read for itself");
        let (each, together) = parted([check_ins, vec![alarm; 20]].concat());
        assert!(each.is_empty(), "twenty are a burst of their own");
        assert_eq!(of(&together, None, Instant(0)).title, "20 alarms, 500 check-ins are due", "and are said first");
    }
}
