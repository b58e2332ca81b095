//! Baton's real window on a desktop of the test's own, used as a person with a
//! keyboard and two eyes uses it.

pub mod browser;
pub mod desktop;
pub mod display;
pub mod footprint;
pub mod page;
pub mod shift;
pub mod tour;
mod tray_host;
pub mod typing_daemon;
pub mod webdriver;

use serde_json::json;
use std::path::{Path, PathBuf};

use self::desktop::Desktop;
use self::webdriver::{Session, key};
use crate::process::{Process, free_port, listening};

/// More Tabs than any screen has stops.
const STOPS: usize = 150;

pub struct Window {
    // Dropped first: closing the session ends the app.
    session: Session,
    _driver: Process,
}

impl Window {
    /// Starts the app on that desktop and waits until its window is there.
    pub fn open(desktop: &Desktop) -> Self {
        Self::open_with(desktop, &[])
    }

    /// The same with these words on its command line.
    pub fn open_with(desktop: &Desktop, words: &[&str]) -> Self {
        let (port, native_port) = (free_port(), free_port());
        let driver = std::env::var("TAURI_DRIVER").unwrap_or_else(|_| "tauri-driver".into());
        let args = ["--port".into(), port.to_string(), "--native-port".into(), native_port.to_string()];
        let driver = Process::start(&driver, args, &desktop.env_with_clock());
        // The driver passes everything on to WebKit's own and gives up at once where that is not there yet.
        listening(native_port);
        let session = Session::open(port, &json!({ "tauri:options": { "application": app(), "args": words } }));
        Self { session, _driver: driver }.ready()
    }

    fn ready(self) -> Self {
        // Whoever types before the page is there types into nothing.
        self.expect("Baton");
        self
    }

    /// The web view itself, for what no person could ask of it.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Types into whatever has the focus.
    pub fn typed(&self, text: &str) -> &Self {
        self.session.keys(text.chars().map(|c| if c == '\n' { key::ENTER } else { c }));
        self
    }

    /// Presses one key.
    pub fn press(&self, key: char) -> &Self {
        self.session.keys([key]);
        self
    }

    /// Presses a key while others are held: `chord(&[key::CONTROL], 'n')`.
    pub fn chord(&self, held: &[char], key: char) -> &Self {
        self.session.chord(held, key);
        self
    }

    /// Goes on with Tab until the control with this accessible name has the focus.
    pub fn tab_to(&self, name: &str) -> &Self {
        let mut seen = Vec::new();
        for _ in 0..STOPS {
            let focused = self.focused();
            if focused == name {
                return self;
            }
            seen.push(focused);
            self.press(key::TAB);
        }
        seen.dedup();
        self.fail(&format!("Tab never reaches \"{name}\"; it goes through {seen:#?}"))
    }

    /// As [`Window::tab_to`], then empties the field and types the text.
    pub fn fill(&self, name: &str, text: &str) -> &Self {
        self.tab_to(name).chord(&[key::CONTROL], 'a').typed(text)
    }

    /// As [`Window::tab_to`], then presses Enter.
    pub fn choose(&self, name: &str) -> &Self {
        self.tab_to(name).press(key::ENTER)
    }

    /// As [`Window::tab_to`], then presses the space bar, as one ticks a box.
    pub fn tick(&self, name: &str) -> &Self {
        self.tab_to(name).press(key::SPACE)
    }

    /// Goes on with Tab to the question that has this answer, and gives it by its number key.
    pub fn answer(&self, label: &str) -> &Self {
        for _ in 0..STOPS {
            if let Some(number) = self.session.run(NUMBER, &[json!(label)]).as_str().and_then(|keys| keys.chars().next()) {
                return self.press(number);
            }
            self.press(key::TAB);
        }
        self.fail(&format!("Tab never reaches a question that can be answered with \"{label}\""))
    }

    /// Presses the mouse on the button with these words.
    pub fn click(&self, name: &str) -> &Self {
        self.clicks(name, 1)
    }

    /// As [`Window::click`], as often as a hasty hand does before the page can answer.
    pub fn clicks(&self, name: &str, times: usize) -> &Self {
        let Ok(at) = self.session.run_until_called(WHERE, &[json!(name)]) else {
            self.fail(&format!("there never is a button \"{name}\" that can be reached"))
        };
        let whole = |of: &str| at[of].as_i64().unwrap_or_default();
        self.session.clicks((whole("x"), whole("y")), times);
        self
    }

    /// The name of what has the focus, as a screen reader says it.
    pub fn focused(&self) -> String {
        self.session.focused()
    }

    /// Waits until these words can be read in the window.
    pub fn expect(&self, words: &str) -> &Self {
        if page::comes_to_say(&self.session, words) { self } else { self.fail(&format!("the window never says \"{words}\"")) }
    }

    /// Waits until these words can no longer be read in the window.
    pub fn expect_gone(&self, words: &str) -> &Self {
        if page::stops_saying(&self.session, words) { self } else { self.fail(&format!("the window still says \"{words}\"")) }
    }

    /// Takes the picture of what the page draws once it has drawn all it knows.
    pub fn picture(&self, to: &Path) -> &Self {
        page::settle(&self.session);
        self.session.screenshot(to);
        self
    }

    /// Fails the test with what was to be seen at that moment.
    fn fail(&self, why: &str) -> ! {
        let picture = app().with_file_name("window-test-failure.png");
        self.session.screenshot(&picture);
        panic!("{why}\n\nThe window, drawn in {}:\n{}", picture.display(), page::text(&self.session));
    }
}

/// The app that was built with the page in it.
fn app() -> PathBuf {
    // `cargo xtask` says where it is; a test run by hand finds it beside itself.
    std::env::var_os("BATON_APP").map_or_else(
        || {
            let test = std::env::current_exe().expect("a running program has a path");
            let debug = test.ancestors().find(|folder| folder.ends_with("debug")).expect("tests lie in the target folder");
            debug.join("baton")
        },
        PathBuf::from,
    )
}

/// The number key of an answer to the question that has the focus.
const NUMBER: &str = r"
const question = document.activeElement?.closest('[role=radiogroup], [role=group]')
const answers = [...(question?.querySelectorAll('[aria-keyshortcuts]') ?? [])]
const said = (one) => [...one.childNodes].filter((part) => part.ariaHidden !== 'true').map((part) => part.textContent).join('').trim()
return answers.find((one) => said(one) === arguments[0])?.getAttribute('aria-keyshortcuts') ?? null
";

/// The middle of the button with these words, once there is one that nothing lies upon, in the form that is open over the rest if one is.
const WHERE: &str = r"
const [name, done] = arguments
const said = (one) => (one.ariaLabel ?? one.innerText).replaceAll(/\s+/g, ' ').trim()
const look = () => {
  const within = [...document.querySelectorAll('[role=dialog][data-state=open]')].at(-1) ?? document
  const found = [...within.querySelectorAll('button')].find((one) => one.checkVisibility() && !one.disabled && said(one) === name)
  if (!found) return false
  found.scrollIntoView({ block: 'center', inline: 'center' })
  const box = found.getBoundingClientRect()
  const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]
  if (!found.contains(document.elementFromPoint(x, y))) return false
  done({ x, y })
  return true
}
if (look()) return
const again = setInterval(() => { if (look()) clearInterval(again) }, 30)
";
