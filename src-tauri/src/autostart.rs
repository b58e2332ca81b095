//! Whether this desktop starts Baton when somebody logs in: in the tray, without a window. The desktop's own settings
//! say so; nothing of it is in the database.

use baton_core::error::Failure;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_autostart::{Builder, ManagerExt};

use crate::arguments::IN_TRAY;
use crate::home::Home;

/// A login knows nothing of a data folder that somebody chose for one start.
const NOT_THIS_ONE: &str = "This Baton has its data where BATON_HOME says, which a login does not know: it would start another one, with the data of this account.";

pub fn plugin() -> TauriPlugin<Wry> {
    Builder::new().arg(IN_TRAY).app_name("Baton").build()
}

pub fn is_on(app: &AppHandle) -> Result<bool, Failure> {
    app.autolaunch().is_enabled().map_err(|error| Failure::other(format!("This desktop does not say whether it starts Baton: {error}.")))
}

pub fn set(app: &AppHandle, on: bool) -> Result<(), Failure> {
    if on && app.try_state::<Home>().is_some_and(|home| home.profile().is_some()) {
        return Err(Failure::other(NOT_THIS_ONE));
    }
    let starting = app.autolaunch();
    let done = if on { starting.enable() } else { starting.disable() };
    done.map_err(|error| Failure::other(format!("This desktop does not take it: {error}.")))
}
