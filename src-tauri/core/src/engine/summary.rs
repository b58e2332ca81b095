//! After a long sleep hundreds of things are due at the same moment. The desk is told so
//! once, with how much it is and how late the oldest is; each of them is in the inbox.

use crate::domain::id::NoticeId;
use crate::domain::notice::{Asks, Button};
use crate::domain::time::{Instant, MINUTE, spoken_length};
use crate::host::ShownNotice;
use crate::store::notices::NoticeRow;

/// So many are shown one by one.
pub(super) const EACH: usize = 8;

/// No desk has more.
pub(super) const MOST: usize = 20_000;

/// What is neither asked nor due, only to be looked at.
const TO_SEE: &[Asks] = &[Asks::Look, Asks::SeeBackup, Asks::SeeHeartbeat];

/// One notification for all of them. It has no row of its own, for each of them has one: a click opens the inbox.
pub(super) fn of(waiting: &[NoticeRow], awaited_longest: Option<Instant>, now: Instant) -> ShownNotice {
    let kinds: [(&str, &str, &[Asks]); 4] = [
        ("check-in", "check-ins", &[Asks::CheckIn, Asks::CheckInHeld, Asks::CheckInOnly]),
        ("promise or task", "promises and tasks", &[Asks::Commitment]),
        ("decision", "decisions", &[Asks::Progress, Asks::Decision]),
        ("other thing", "other things", TO_SEE),
    ];
    let count = |asks: &[Asks]| waiting.iter().filter(|one| asks.contains(&one.asks)).count();
    let counted = kinds.iter().map(|(one, many, asks)| (count(asks), one, many)).filter(|(count, ..)| *count > 0);
    let named: Vec<String> = counted.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many })).collect();
    let oldest = awaited_longest.map(|since| now.since(since)).filter(|late| *late >= MINUTE);
    let oldest = oldest.map_or_else(String::new, |late| format!("; the oldest is {} late", spoken_length(late)));
    let title = match named.as_slice() {
        [only] if waiting.iter().all(|one| !TO_SEE.contains(&one.asks)) => format!("{only} are due{oldest}"),
        [_] => format!("{} things to look at{oldest}", waiting.len()),
        several => format!("{} are due{oldest}", several.join(", ")),
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
        assert_eq!(title(&[(Asks::Look, 5), (Asks::SeeBackup, 4)]), "9 things to look at", "none of them is due");
    }
}
