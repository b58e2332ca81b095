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

/// One notification for all of them. It has no row of its own, for each of them has one: a click opens the inbox.
pub(super) fn of(waiting: &[NoticeRow], awaited_longest: Option<Instant>, now: Instant) -> ShownNotice {
    let kinds: [(&str, &str, &[Asks]); 4] = [
        ("check-in", "check-ins", &[Asks::CheckIn, Asks::CheckInHeld, Asks::CheckInOnly]),
        ("promise or task", "promises and tasks", &[Asks::Commitment]),
        ("decision", "decisions", &[Asks::Progress, Asks::Decision]),
        ("other thing", "other things", &[Asks::Look]),
    ];
    let count = |asks: &[Asks]| waiting.iter().filter(|one| asks.contains(&one.asks)).count();
    let counted = kinds.iter().map(|(one, many, asks)| (count(asks), one, many)).filter(|(count, ..)| *count > 0);
    let named: Vec<String> = counted.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many })).collect();
    let oldest = awaited_longest.map(|since| now.since(since)).filter(|late| *late >= MINUTE);
    let oldest = oldest.map_or_else(String::new, |late| format!("; the oldest is {} late", spoken_length(late)));
    let title = match named.as_slice() {
        [only] if waiting.iter().all(|one| one.asks != Asks::Look) => format!("{only} are due{oldest}"),
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
        actions: vec![(Button::Open.id().into(), Button::Open.label())],
    }
}
