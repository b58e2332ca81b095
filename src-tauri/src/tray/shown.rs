//! What the tray shows, worked out from how things stand: pure, so that it can be tested without a desktop.

use baton_core::api::types::{TaskRow, Urgent, UrgentRow};
use baton_core::domain::id::IncidentId;
use baton_core::domain::nudge::ENOUGH;

use crate::closing::who_is_left;

/// As many of each as one reads at a glance.
pub const MOST: usize = 3;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub mood: Mood,
    pub words: String,
    pub quit: String,
    /// Empty while nothing in the inbox is unread.
    pub inbox: String,
    pub incidents: [Option<Place>; MOST],
    pub committed: [Option<Owed>; MOST],
}

/// An incident in the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub incident: IncidentId,
    pub words: String,
    pub offered: Offered,
}

/// What can be done with an incident from here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    pub snooze: bool,
    /// The words of the entry; `None` while nobody can be nudged.
    pub nudge: Option<String>,
    pub escalate: bool,
    /// The desk is asked for progress, and may have more time.
    pub progress: bool,
    pub more: bool,
}

/// A promise or a task that the desk has been asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub incident: IncidentId,
    pub number: u32,
    pub words: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Calm,
    Open,
    Overdue,
}

/// What stays keeps its place, so that no entry becomes another one under the pointer.
pub fn next(before: &Shown, urgent: &Urgent) -> Shown {
    let (mood, words) = match (urgent.open, urgent.late) {
        (0, _) => (Mood::Calm, "Nothing is open".into()),
        (open, 0) => (Mood::Open, format!("{open} open")),
        (open, late) => (Mood::Overdue, format!("{open} open, {late} overdue")),
    };
    let due = urgent.committed.len();
    let (mood, words) = match (mood, due) {
        (mood, 0) => (mood, words),
        // A task of what is over waits too.
        (_, due) => (Mood::Overdue, format!("{words} · {due} promised or to do {} due", if due == 1 { "is" } else { "are" })),
    };
    let quit = match urgent.open {
        0 => "Quit".into(),
        count => format!("Quit: {} not watched then", who_is_left(count)),
    };
    let inbox = match urgent.unread_notices {
        0 => String::new(),
        count => format!("Inbox: {count} unread"),
    };
    let incidents = kept(&before.incidents, urgent.rows.iter().map(place).collect(), |one, other| one.incident == other.incident);
    let committed = kept(&before.committed, urgent.committed.iter().map(owed).collect(), |one, other| {
        (one.incident, one.number) == (other.incident, other.number)
    });
    Shown { mood, words, quit, inbox, incidents, committed }
}

/// The same where Baton itself is late: that comes before anything it could say of the incidents.
pub fn behind(shown: Shown) -> Shown {
    Shown { mood: Mood::Overdue, words: format!("Baton is late · {}", shown.words), ..shown }
}

fn kept<T>(before: &[Option<T>; MOST], mut now: Vec<T>, same: impl Fn(&T, &T) -> bool) -> [Option<T>; MOST] {
    now.truncate(MOST);
    let mut places = std::array::from_fn(|at| {
        let stays = before[at].as_ref().and_then(|before| now.iter().position(|one| same(before, one)));
        stays.map(|found| now.remove(found))
    });
    let mut now = now.into_iter();
    places.iter_mut().filter(|place| place.is_none()).for_each(|place| *place = now.next());
    places
}

fn place(urgent: &UrgentRow) -> Place {
    let row = &urgent.row;
    let nudge = urgent.nudge.as_ref().map(|(name, count)| match *count {
        0 => format!("Nudge {name}"),
        1 => format!("Nudge {name} again"),
        2..ENOUGH => format!("Nudge {name} again: nudged {count} times"),
        _ => format!("Nudge {name} again: nudged {count} times, better escalate"),
    });
    Place {
        incident: row.id,
        words: line(&format!("{} {} · {}", row.reference, shortened(&row.title), row.next)),
        offered: Offered {
            snooze: urgent.snooze,
            nudge: nudge.map(|words| line(&words)),
            escalate: urgent.escalate,
            progress: row.asked.is_some(),
            more: row.asked.as_ref().is_some_and(|asked| asked.more.is_some()),
        },
    }
}

fn owed(row: &TaskRow) -> Owed {
    let who = if row.name.is_empty() { "To do" } else { &row.name };
    let words = line(&format!("{} {who}: {} · {}", row.reference, shortened(&row.what), row.due));
    Owed { incident: row.incident, number: row.number, words }
}

fn shortened(words: &str) -> String {
    if words.chars().count() > 40 { words.chars().take(39).chain(['…']).collect() } else { words.to_owned() }
}

/// A menu takes an ampersand for a mark under the next letter.
fn line(words: &str) -> String {
    words.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_core::api::types::BoardRow;
    use baton_core::domain::progress::ProgressQuestion;
    use baton_core::domain::severity::Severity;
    use baton_core::domain::time::Instant;

    fn row(title: &str) -> UrgentRow {
        let row = BoardRow {
            id: IncidentId::new(Instant(0)),
            reference: "K7-3QF".into(),
            title: title.into(),
            severity: Severity::High,
            place: String::new(),
            filed_at: Instant(0),
            filed: String::new(),
            open: true,
            holder: String::new(),
            holder_note: String::new(),
            failing: false,
            next: "check in 14:04".into(),
            how: String::new(),
            next_at: None,
            late: false,
            reports: 1,
            asked: None,
        };
        UrgentRow { row, snooze: true, nudge: None, escalate: false }
    }

    fn promise(number: u32) -> TaskRow {
        TaskRow {
            incident: IncidentId::new(Instant(0)),
            reference: "K7-3QF".into(),
            title: "a".into(),
            number,
            what: "send the logs & more".into(),
            name: "Marta".into(),
            due_at: Some(Instant(0)),
            due: "5 min late".into(),
            late: true,
        }
    }

    fn urgent(late: u32, rows: &[UrgentRow]) -> Urgent {
        Urgent { open: u32::try_from(rows.len()).expect("few"), late, rows: rows.to_vec(), ..Urgent::default() }
    }

    fn incidents(shown: &Shown) -> Vec<Option<IncidentId>> {
        shown.incidents.iter().map(|place| place.as_ref().map(|place| place.incident)).collect()
    }

    #[test]
    fn the_state_is_said_in_words_and_by_the_icon() {
        let none = next(&Shown::default(), &Urgent::default());
        assert_eq!((none.mood, none.words.as_str(), none.quit.as_str()), (Mood::Calm, "Nothing is open", "Quit"));
        assert_eq!((none.inbox.as_str(), incidents(&none)), ("", vec![None; MOST]), "quiet when all is quiet");
        let some = next(&none, &urgent(0, &[row("a")]));
        assert_eq!((some.mood, some.words.as_str()), (Mood::Open, "1 open"));
        assert_eq!(some.quit, "Quit: 1 open incident is not watched then", "quitting is said to be what it is");
        let late = next(&some, &urgent(1, &[row("a"), row("b")]));
        assert_eq!((late.mood, late.words.as_str()), (Mood::Overdue, "2 open, 1 overdue"));
    }

    #[test]
    fn that_baton_itself_is_late_is_said_first_and_by_the_icon() {
        let late = behind(next(&Shown::default(), &urgent(0, &[row("a")])));
        assert_eq!((late.mood, late.words.as_str()), (Mood::Overdue, "Baton is late · 1 open"));
    }

    #[test]
    fn what_was_promised_and_is_due_has_its_entry_even_when_nothing_else_is_open() {
        let due = Urgent { committed: vec![promise(2)], unread_notices: 3, ..Urgent::default() };
        let shown = next(&Shown::default(), &due);
        assert_eq!((shown.mood, shown.words.as_str()), (Mood::Overdue, "Nothing is open · 1 promised or to do is due"));
        assert_eq!(shown.committed[0].as_ref().expect("an entry").words, "K7-3QF Marta: send the logs && more · 5 min late");
        assert_eq!(shown.inbox, "Inbox: 3 unread");
    }

    #[test]
    fn an_incident_keeps_its_place_while_it_is_among_the_three() {
        let (a, b, c, d) = (row("a"), row("b"), row("c"), row("d"));
        let id = |row: &UrgentRow| Some(row.row.id);
        let before = next(&Shown::default(), &urgent(0, &[a.clone(), b, c.clone()]));
        let after = next(&before, &urgent(1, &[d.clone(), c.clone(), a.clone()]));
        assert_eq!(
            incidents(&after),
            [id(&a), id(&d), id(&c)],
            "only the place that was left is given away: an entry must not become another under the pointer"
        );
    }

    #[test]
    fn what_is_asked_about_an_incident_stands_with_it() {
        let asked = |more| Some(ProgressQuestion { title: "Any progress?".into(), words: String::new(), more });
        let trying = |more| {
            let one = row("a");
            UrgentRow { row: BoardRow { asked: asked(more), ..one.row.clone() }, ..one }
        };
        let offered = |row: UrgentRow| next(&Shown::default(), &urgent(0, &[row])).incidents[0].clone().expect("a place").offered;
        let asks = |row: UrgentRow| {
            let offered = offered(row);
            (offered.progress, offered.more)
        };
        assert_eq!(asks(trying(Some(10))), (true, true));
        assert_eq!(asks(trying(None)), (true, false), "a third time is not offered");
        assert_eq!(asks(row("b")), (false, false), "and what is with others is not asked for");
    }

    #[test]
    fn after_three_nudges_one_had_better_escalate() {
        let nudged = |count| {
            let one = UrgentRow { nudge: Some(("Marta".into(), count)), ..row("a") };
            next(&Shown::default(), &urgent(0, &[one])).incidents[0].clone().expect("a place").offered.nudge
        };
        assert_eq!(nudged(0).as_deref(), Some("Nudge Marta"));
        assert_eq!(nudged(2).as_deref(), Some("Nudge Marta again: nudged 2 times"));
        assert_eq!(nudged(3).as_deref(), Some("Nudge Marta again: nudged 3 times, better escalate"), "as the window says");
    }
}
