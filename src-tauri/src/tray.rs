//! The icon in the tray and its menu: how things stand, in a picture and in words.
//!
//! The menu is made once. Its entries are renamed and switched on and off, and the three
//! incidents and what is owed are put in and taken out whole, only when something changed: a
//! menu that is rebuilt while it is open can bring the library below it down. What is asked
//! about an incident stands below its other entries, so that none of them moves when it comes
//! or goes.

mod shown;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use baton_core::api::Sound;
use baton_core::api::types::Urgent;
use baton_core::domain::id::IncidentId;
use baton_core::domain::notice::{Button, LATER, Reason};
use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry, include_image};

pub use self::shown::MOST;
use self::shown::{Mood, Offered, Shown, behind, next};
use crate::desk::{TheDesk, follow};
use crate::mute::{self, MuteMenu};
use crate::window;

/// Before the incidents stand the state, a line, "Open Baton" and "New incident".
const FIRST: usize = 4;

/// What an entry of a promise or a task is chosen by, before its place.
const KEPT: &str = "kept";
const LATER_ASKED: &str = "later";
const SEEN: &str = "seen";

pub struct Tray {
    icon: TrayIcon,
    menu: Menu<Wry>,
    state: MenuItem<Wry>,
    inbox: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    mute: MuteMenu,
    sound: Mutex<Sound>,
    incidents: [PlaceMenu; MOST],
    committed: [Submenu<Wry>; MOST],
    shown: Mutex<Shown>,
}

/// The entries of one incident.
struct PlaceMenu {
    all: Submenu<Wry>,
    snooze: Submenu<Wry>,
    nudge: MenuItem<Wry>,
    escalate: MenuItem<Wry>,
    solved: MenuItem<Wry>,
    longer: MenuItem<Wry>,
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
    let mute = MuteMenu::make(app)?;
    let menu = Menu::with_items(
        app,
        &[
            &state,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, "open", "Open Baton", true, None::<&str>)?,
            &MenuItem::with_id(app, "new", "New incident", true, None::<&str>)?,
            &PredefinedMenuItem::separator(app)?,
            &mute.all,
            &quit,
        ],
    )?;
    let incidents = [PlaceMenu::make(app, 0)?, PlaceMenu::make(app, 1)?, PlaceMenu::make(app, 2)?];
    let committed = [owed(app, 0)?, owed(app, 1)?, owed(app, 2)?];
    let inbox = MenuItem::with_id(app, "inbox", "", true, None::<&str>)?;
    let icon = TrayIconBuilder::with_id("baton")
        .temp_dir_path(folder.join("tray"))
        .icon(Mood::Calm.picture())
        .tooltip("Baton")
        .menu(&menu)
        .show_menu_on_left_click(true)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .build(app)?;
    app.manage(Tray { icon, menu, state, inbox, quit, mute, sound: Mutex::default(), incidents, committed, shown: Mutex::default() });
    Ok(())
}

/// The entries of a promise or a task.
fn owed(app: &AppHandle, number: usize) -> tauri::Result<Submenu<Wry>> {
    let named = |what: &str, words: &str| MenuItem::with_id(app, format!("{what}/{number}"), words, true, None::<&str>);
    Submenu::with_items(
        app,
        "",
        true,
        &[&named(KEPT, "Mark done")?, &named(LATER_ASKED, &format!("Ask again in {LATER} min"))?, &named(SEEN, "Open")?],
    )
}

impl PlaceMenu {
    fn make(app: &AppHandle, number: usize) -> tauri::Result<Self> {
        let named = |button: Button, words: &str| MenuItem::with_id(app, format!("{}/{number}", button.id()), words, true, None::<&str>);
        let item = |button: Button| named(button, &button.label());
        let snooze = Submenu::new(app, "Snooze", true)?;
        for reason in Reason::ALL {
            snooze.append(&item(Button::Snooze(reason))?)?;
        }
        snooze.append(&item(Button::SnoozeElse)?)?;
        let (nudge, escalate) = (item(Button::Nudge)?, named(Button::Escalate, "Escalate…")?);
        let all = Submenu::with_items(app, "", true, &[&item(Button::Done)?, &snooze, &nudge, &escalate, &item(Button::Open)?])?;
        Ok(Self { all, snooze, nudge, escalate, solved: item(Button::Solved)?, longer: item(Button::Longer)? })
    }

    fn offer(&self, before: &Offered, after: &Offered) -> tauri::Result<()> {
        self.snooze.set_enabled(after.snooze)?;
        self.escalate.set_enabled(after.escalate)?;
        if before.nudge != after.nudge || after.nudge.is_none() {
            self.nudge.set_text(after.nudge.as_deref().unwrap_or("Nudge"))?;
            self.nudge.set_enabled(after.nudge.is_some())?;
        }
        let entries = |offered: &Offered| {
            let all = [(&self.solved, offered.progress), (&self.longer, offered.more)];
            all.into_iter().filter_map(|(entry, there)| there.then_some(entry))
        };
        if (before.progress, before.more) == (after.progress, after.more) {
            return Ok(());
        }
        // All of them, so that they stand in their order again.
        entries(before).try_for_each(|entry| self.all.remove(entry))?;
        entries(after).try_for_each(|entry| self.all.append(entry))
    }
}

impl Tray {
    /// `late` where Baton itself has not done what was due.
    pub fn show(&self, urgent: &Urgent, late: bool) {
        self.become_(|before| if late { behind(next(before, urgent)) } else { next(before, urgent) });
    }

    pub fn show_sound(&self, next: Sound) {
        let mut shown = self.sound.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.mute.change(&shown, &next) {
            tracing::warn!(%error, "the tray does not follow");
        }
        *shown = next;
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
        for (menu, (before, after)) in self.incidents.iter().zip(before.incidents.iter().zip(&after.incidents)) {
            let words = |place: &Option<shown::Place>| place.as_ref().map(|place| place.words.clone());
            let nothing = Offered::default();
            if let Some(now) = after
                && before.as_ref() != Some(now)
            {
                menu.offer(before.as_ref().map_or(&nothing, |before| &before.offered), &now.offered)?;
            } else if let (Some(before), None) = (before, after) {
                menu.offer(&before.offered, &nothing)?;
            }
            self.place(&menu.all, words(before).as_deref(), words(after).as_deref(), &mut position, |words| menu.all.set_text(words))?;
        }
        for (menu, (before, after)) in self.committed.iter().zip(before.committed.iter().zip(&after.committed)) {
            let words = |owed: &Option<shown::Owed>| owed.as_ref().map(|owed| owed.words.clone());
            self.place(menu, words(before).as_deref(), words(after).as_deref(), &mut position, |words| menu.set_text(words))?;
        }
        let said = |shown: &Shown| Some(shown.inbox.clone()).filter(|words| !words.is_empty());
        self.place(&self.inbox, said(before).as_deref(), said(after).as_deref(), &mut position, |words| self.inbox.set_text(words))
    }

    /// Puts an entry in, takes it out, or renames it; `position` is where it stands, and then where the next one does.
    fn place(
        &self,
        entry: &dyn IsMenuItem<Wry>,
        before: Option<&str>,
        after: Option<&str>,
        position: &mut usize,
        rename: impl FnOnce(&str) -> tauri::Result<()>,
    ) -> tauri::Result<()> {
        match after {
            Some(words) if before != after => rename(words)?,
            _ => {}
        }
        match (before, after) {
            (None, Some(_)) => self.menu.insert(entry, *position)?,
            (Some(_), None) => self.menu.remove(entry)?,
            _ => {}
        }
        *position += usize::from(after.is_some());
        Ok(())
    }

    fn incident(&self, number: &str) -> Option<IncidentId> {
        let number: usize = number.parse().ok()?;
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.incidents.get(number)?.as_ref().map(|place| place.incident)
    }

    fn owed(&self, number: &str) -> Option<(IncidentId, u32)> {
        let number: usize = number.parse().ok()?;
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.committed.get(number)?.as_ref().map(|owed| (owed.incident, owed.number))
    }
}

fn chosen(app: &AppHandle, id: &str) {
    let tray = app.state::<Tray>();
    match id.split_once('/') {
        None if id == "open" => window::open(app, None),
        None if matches!(id, "new" | "inbox") => window::open(app, Some(id.into())),
        None if id == "quit" => app.exit(0),
        Some((what @ (KEPT | LATER_ASKED | SEEN), number)) => {
            let Some((incident, number)) = tray.owed(number) else { return };
            let button = match what {
                KEPT => Button::Done,
                LATER_ASKED => Button::Later,
                _ => Button::Open,
            };
            answer(app, incident, Some(number), button);
        }
        Some((what, number)) => {
            let Some(incident) = tray.incident(number) else { return };
            let snoozes = Reason::ALL.map(Button::Snooze);
            let others = [Button::Done, Button::SnoozeElse, Button::Nudge, Button::Escalate, Button::Open, Button::Solved, Button::Longer];
            if let Some(button) = snoozes.into_iter().chain(others).find(|button| button.id() == what) {
                answer(app, incident, None, button);
            }
        }
        None => {
            mute::chosen(app, id);
        }
    }
}

/// `about` is which promise or task of the incident.
fn answer(app: &AppHandle, incident: IncidentId, about: Option<u32>, button: Button) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let answered = match (app.state::<TheDesk>().get().await, about) {
            (Ok(desk), Some(number)) => desk.answer_about(incident, number, button).await,
            (Ok(desk), None) => desk.answer(incident, button, "from the tray").await,
            (Err(failure), _) => Err(failure),
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
