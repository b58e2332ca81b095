//! Whether this desktop starts Baton when somebody logs in: in the tray, without a window. The desktop's own settings
//! say so; nothing of it is in the database.

use baton_core::error::Failure;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_autostart::{Builder, ManagerExt};

use crate::arguments::IN_TRAY;
use crate::home::Home;

/// The plug-in writes the program's path into a line of words, and quotes nothing.
const NOT_FROM_HERE: &str = "Baton lies in a folder whose name has a space or a sign in it that the desktop would misread at login. Install Baton, or move it, and try again.";

pub fn plugin() -> TauriPlugin<Wry> {
    Builder::new().arg(IN_TRAY).app_name("Baton").build()
}

/// `None` where it is not offered: a login knows nothing of a data folder that somebody chose for one start, and would
/// start another Baton, with the data of this account.
pub fn is_on(app: &AppHandle) -> Result<Option<bool>, Failure> {
    if app.try_state::<Home>().is_some_and(|home| home.profile().is_some()) {
        return Ok(None);
    }
    let on = app.autolaunch().is_enabled();
    on.map(Some).map_err(|error| Failure::other(format!("This desktop does not say whether it starts Baton: {error}.")))
}

pub fn set(app: &AppHandle, on: bool) -> Result<(), Failure> {
    if on && cfg!(target_os = "linux") && !std::env::current_exe().is_ok_and(|path| is_one_word(&path.to_string_lossy())) {
        return Err(Failure::other(NOT_FROM_HERE));
    }
    let starting = app.autolaunch();
    let done = if on { starting.enable() } else { starting.disable() };
    done.map_err(|error| Failure::other(format!("This desktop does not take it: {error}.")))
}

/// Whether it stands in a desktop file's `Exec` without quotes.
fn is_one_word(path: &str) -> bool {
    path.chars().all(|sign| sign.is_alphanumeric() || "/._-+".contains(sign))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_that_would_be_misread_is_refused() {
        assert!(super::is_one_word("/opt/baton-1.0/bin/baton"));
        for path in ["/home/ana/My programs/baton", "/home/ana/100%/baton", "/home/ana/a\"b/baton", "/tmp/$x/baton"] {
            assert!(!super::is_one_word(path), "{path}");
        }
    }
}
