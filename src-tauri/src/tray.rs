//! The icon in the tray and its menu: how things stand, in a picture and in words.
//!
//! The menu is made once. Its entries are renamed, and the three incidents are
//! put in and taken out whole, only when something changed: a menu that is rebuilt
//! while it is open can bring the library below it down. An incident keeps its
//! place while it is among the three, so that no entry becomes another one under
//! the pointer. What is asked about an incident stands below its other entries, so that
//! none of them moves when it comes or goes.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use baton_core::api::types::BoardRow;
use baton_core::domain::id::IncidentId;
use baton_core::domain::notice::Button;
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry, include_image};

use crate::closing::who_is_left;
use crate::desk::{TheDesk, follow};
use crate::window;

/// As many as one reads at a glance.
const URGENT: usize = 3;

/// Before the incidents stand the state, a line, "Open Baton" and "New incident".
const FIRST: usize = 4;

pub struct Tray {
    icon: TrayIcon,
    menu: Menu<Wry>,
    state: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    places: [PlaceMenu; URGENT],
    shown: Mutex<Shown>,
}

/// The entries of one incident.
struct PlaceMenu {
    all: Submenu<Wry>,
    solved: MenuItem<Wry>,
    longer: MenuItem<Wry>,
    escalate: MenuItem<Wry>,
}

/// What the tray shows now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shown {
    mood: Mood,
    words: String,
    quit: String,
    places: [Option<Place>; URGENT],
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    incident: IncidentId,
    words: String,
    asks: Asks,
}

/// Whether the desk is asked for progress, and may have more time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Asks {
    progress: bool,
    more: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Calm,
    Open,
    Overdue,
}

impl Mood {
    fn picture(self) -> Image<'static> {
        match self {
            Self::Calm => include_image!("src-tauri/icons/tray/calm.png"),
            Self::Open => include_image!("src-tauri/icons/tray/open.png"),
            Self::Overdue => include_image!("src-tauri/icons/tray/overdue.png"),
        }
    }
}

/// Makes the icon and keeps it with the program. `folder` is for the pictures:
/// Linux wants them as files, and two profiles must not share them.
pub fn make(app: &AppHandle, folder: &Path) -> tauri::Result<()> {
    let state = MenuItem::with_id(app, "state", "Starting", false, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    let menu = Menu::with_items(
        app,
        &[
            &state,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, "open", "Open Baton", true, None::<&str>)?,
            &MenuItem::with_id(app, "new", "New incident", true, None::<&str>)?,
            &PredefinedMenuItem::separator(app)?,
            &quit,
        ],
    )?;
    let place = |number: usize| -> tauri::Result<PlaceMenu> {
        let named = |button: Button, words: &str| MenuItem::with_id(app, format!("{}/{number}", button.id()), words, true, None::<&str>);
        let item = |button: Button| named(button, &button.label());
        let all = Submenu::with_items(app, "", true, &[&named(Button::Done, "Check in")?, &item(Button::Snooze)?, &item(Button::Open)?])?;
        Ok(PlaceMenu { all, solved: item(Button::Solved)?, longer: item(Button::Longer)?, escalate: item(Button::Escalate)? })
    };
    let places = [place(0)?, place(1)?, place(2)?];
    let icon = TrayIconBuilder::with_id("baton")
        .temp_dir_path(folder.join("tray"))
        .icon(Mood::Calm.picture())
        .tooltip("Baton")
        .menu(&menu)
        .show_menu_on_left_click(true)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .build(app)?;
    app.manage(Tray { icon, menu, state, quit, places, shown: Mutex::default() });
    Ok(())
}

impl Tray {
    pub fn show(&self, board: &[BoardRow]) {
        self.become_(|before| next(before, board));
    }

    /// The desk could not be opened; the window says why.
    pub fn show_unopened(&self) {
        self.become_(|_| Shown {
            mood: Mood::Overdue,
            words: "Baton cannot open its data".into(),
            quit: "Quit".into(),
            ..Shown::default()
        });
    }

    fn become_(&self, next: impl FnOnce(&Shown) -> Shown) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let next = next(&shown);
        if let Err(error) = self.change(&shown, &next) {
            tracing::warn!(%error, "the tray does not follow");
        }
        *shown = next;
    }

    fn change(&self, before: &Shown, after: &Shown) -> tauri::Result<()> {
        if after.mood != before.mood {
            self.icon.set_icon(Some(after.mood.picture()))?;
        }
        if after.words != before.words {
            self.state.set_text(&after.words)?;
            self.icon.set_tooltip(Some(format!("Baton: {}", after.words)))?;
        }
        if after.quit != before.quit {
            self.quit.set_text(&after.quit)?;
        }
        let mut position = FIRST;
        for (place, (before, after)) in self.places.iter().zip(before.places.iter().zip(&after.places)) {
            if let Some(after) = after
                && before.as_ref().is_none_or(|before| before.words != after.words)
            {
                place.all.set_text(&after.words)?;
            }
            let asks = |place: &Option<Place>| place.as_ref().map(|place| place.asks).unwrap_or_default();
            place.ask(asks(before), asks(after))?;
            match (before, after) {
                (None, Some(_)) => self.menu.insert(&place.all, position)?,
                (Some(_), None) => self.menu.remove(&place.all)?,
                _ => {}
            }
            position += usize::from(after.is_some());
        }
        Ok(())
    }

    fn incident(&self, number: &str) -> Option<IncidentId> {
        let number: usize = number.parse().ok()?;
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.places.get(number)?.as_ref().map(|place| place.incident)
    }
}

impl PlaceMenu {
    fn ask(&self, before: Asks, after: Asks) -> tauri::Result<()> {
        if before == after {
            return Ok(());
        }
        let entries = |asks: Asks| {
            let all = [(&self.solved, asks.progress), (&self.escalate, asks.progress), (&self.longer, asks.more)];
            all.into_iter().filter_map(|(entry, there)| there.then_some(entry))
        };
        // All of them, so that they stand in their order again.
        entries(before).try_for_each(|entry| self.all.remove(entry))?;
        entries(after).try_for_each(|entry| self.all.append(entry))
    }
}

/// The board comes with the most urgent first.
fn next(before: &Shown, board: &[BoardRow]) -> Shown {
    let open: Vec<&BoardRow> = board.iter().filter(|row| row.open).collect();
    let late = open.iter().filter(|row| row.late).count();
    let (mood, words) = match (open.len(), late) {
        (0, _) => (Mood::Calm, "Nothing is open".into()),
        (open, 0) => (Mood::Open, format!("{open} open")),
        (open, late) => (Mood::Overdue, format!("{open} open, {late} overdue")),
    };
    let quit = match u32::try_from(open.len()).unwrap_or(u32::MAX) {
        0 => "Quit".into(),
        count => format!("Quit: {} not watched then", who_is_left(count)),
    };
    let mut waiting: Vec<&BoardRow> = open.into_iter().take(URGENT).collect();
    let mut places: [Option<&BoardRow>; URGENT] = [None; URGENT];
    for (place, before) in places.iter_mut().zip(&before.places) {
        let stays = before.as_ref().and_then(|before| waiting.iter().position(|row| row.id == before.incident));
        *place = stays.map(|at| waiting.remove(at));
    }
    let mut waiting = waiting.into_iter();
    for place in places.iter_mut().filter(|place| place.is_none()) {
        *place = waiting.next();
    }
    Shown { mood, words, quit, places: places.map(|row| row.map(place)) }
}

fn place(row: &BoardRow) -> Place {
    let asks = Asks { progress: row.asked.is_some(), more: row.asked.as_ref().is_some_and(|asked| asked.more.is_some()) };
    Place { incident: row.id, words: line(row), asks }
}

fn line(row: &BoardRow) -> String {
    let title: String =
        if row.title.chars().count() > 40 { row.title.chars().take(39).chain(['…']).collect() } else { row.title.clone() };
    // A menu takes an ampersand or an underscore for a mark under the next letter.
    format!("{} {title} · {}", row.reference, row.next).replace('&', "&&")
}

fn chosen(app: &AppHandle, id: &str) {
    match id.split_once('/') {
        None if id == "open" => window::open(app, None),
        None if id == "new" => window::open(app, Some("new".into())),
        None if id == "quit" => app.exit(0),
        Some((what, number)) => {
            let Some(incident) = app.state::<Tray>().incident(number) else { return };
            let all = [Button::Done, Button::Snooze, Button::Open, Button::Solved, Button::Longer, Button::Escalate];
            if let Some(button) = all.into_iter().find(|button| button.id() == what) {
                answer(app, incident, button);
            }
        }
        None => {}
    }
}

fn answer(app: &AppHandle, incident: IncidentId, button: Button) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let answered = match app.state::<TheDesk>().get().await {
            Ok(desk) => desk.answer(incident, button, "from the tray").await,
            Err(failure) => Err(failure),
        };
        match answered {
            Ok(answered) => follow(&app, answered),
            Err(failure) => {
                tracing::info!(message = failure.message, "the tray opens the incident instead");
                window::open(&app, Some(format!("incident/{incident}")));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_core::domain::progress::ProgressQuestion;
    use baton_core::domain::severity::Severity;
    use baton_core::domain::time::Instant;

    fn row(title: &str, late: bool) -> BoardRow {
        BoardRow {
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
            next_at: None,
            late,
            reports: 1,
            asked: None,
        }
    }

    fn incidents(shown: &Shown) -> Vec<Option<IncidentId>> {
        shown.places.iter().map(|place| place.as_ref().map(|place| place.incident)).collect()
    }

    #[test]
    fn the_state_is_said_in_words_and_by_the_icon() {
        let none = next(&Shown::default(), &[]);
        assert_eq!((none.mood, none.words.as_str(), none.quit.as_str()), (Mood::Calm, "Nothing is open", "Quit"));
        let some = next(&none, &[row("a", false)]);
        assert_eq!((some.mood, some.words.as_str()), (Mood::Open, "1 open"));
        assert_eq!(some.quit, "Quit: 1 open incident is not watched then", "quitting is said to be what it is");
        let late = next(&some, &[row("a", true), row("b", false)]);
        assert_eq!((late.mood, late.words.as_str()), (Mood::Overdue, "2 open, 1 overdue"));
    }

    #[test]
    fn an_incident_keeps_its_place_while_it_is_among_the_three() {
        let (a, b, c, d) = (row("a", false), row("b", false), row("c", false), row("d", true));
        let before = next(&Shown::default(), &[a.clone(), b.clone(), c.clone()]);
        let after = next(&before, &[d.clone(), c.clone(), a.clone(), b]);
        assert_eq!(
            incidents(&after),
            [Some(a.id), Some(d.id), Some(c.id)],
            "only the place that was left is given away: an entry must not become another under the pointer"
        );
    }

    #[test]
    fn what_is_asked_about_an_incident_stands_with_it() {
        let asked = |more| Some(ProgressQuestion { title: "Any progress?".into(), words: String::new(), more });
        let trying = |more| BoardRow { asked: asked(more), ..row("a", true) };
        let asks = |row: BoardRow| next(&Shown::default(), &[row]).places[0].as_ref().map(|place| place.asks);
        assert_eq!(asks(trying(Some(10))), Some(Asks { progress: true, more: true }));
        assert_eq!(asks(trying(None)), Some(Asks { progress: true, more: false }), "a third time is not offered");
        assert_eq!(asks(row("b", true)), Some(Asks::default()), "and what is with others is not asked for");
    }

    #[test]
    fn a_place_that_is_not_needed_is_empty() {
        let a = row("a", false);
        assert_eq!(incidents(&next(&Shown::default(), std::slice::from_ref(&a))), [Some(a.id), None, None]);
    }
}
