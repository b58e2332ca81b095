//! Baton's desktop: the window, the tray, notifications and the keyring, around
//! a core that knows none of them. This file puts the parts together.

mod closing;
mod commands;
mod desk;
mod events;
mod home;
mod log;
mod notify;
mod secrets;
mod tray;
mod tray_host;
mod window;

use tauri::{AppHandle, Manager, RunEvent};

use desk::TheDesk;
use home::{Home, HomeFailure};

/// Runs until somebody quits.
pub fn run() {
    let home = Home::find();
    if let Ok(home) = &home {
        log::start(home.folder());
    }
    let mut context = tauri::generate_context!("tauri.conf.json");
    if let Some(profile) = home.as_ref().ok().and_then(Home::profile) {
        // What a second start looks for the first by: one program for each data folder.
        context.config_mut().identifier.push_str(&format!(".{profile}"));
    }
    let app = tauri::Builder::default()
        // First, so that a second start ends before it has opened anything.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::open(app, None)))
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(commands::handler())
        .manage(TheDesk::default())
        .setup(move |app| {
            open(app.handle(), home);
            Ok(())
        })
        .build(context);
    match app {
        Ok(app) => app.run(|_, event| {
            // The last window was closed: Baton goes on in the tray.
            if let RunEvent::ExitRequested { code: None, api, .. } = event {
                api.prevent_exit();
            }
        }),
        Err(error) => {
            tracing::error!(%error, "Baton cannot start");
            std::process::exit(1);
        }
    }
}

/// A desktop that lacks something is told in the window, so there is always one.
fn open(app: &AppHandle, home: Result<Home, HomeFailure>) {
    let locked = home.and_then(|home| home.lock().map(|lock| (home, lock)));
    if matches!(locked, Err(HomeFailure::Taken)) {
        // Without a session bus the other one cannot be told to come forward.
        eprintln!("Baton is already running with this data folder.");
        std::process::exit(1);
    }
    let folder = locked.as_ref().map_or_else(|_| std::env::temp_dir(), |(home, _)| home.folder().to_path_buf());
    if let Err(error) = tray::make(app, &folder) {
        tracing::warn!(%error, "no icon in the tray");
    }
    match locked {
        Ok((home, lock)) => {
            app.manage(lock);
            tracing::info!(version = env!("CARGO_PKG_VERSION"), folder = %home.folder().display(), "Baton starts");
            app.manage(home);
            desk::start(app, folder);
        }
        Err(failure) => desk::refuse(app, failure.to_string()),
    }
    tray_host::watch(app);
    window::open(app, None);
}
