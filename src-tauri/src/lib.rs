//! Baton's desktop: the window, the tray, notifications and the keyring, around
//! a core that knows none of them. This file puts the parts together.

mod arguments;
mod autostart;
mod closing;
mod commands;
mod desk;
mod door;
mod events;
mod hand_in;
mod home;
mod link;
mod log;
mod mute;
mod notify;
mod secrets;
mod sound;
mod tray;
mod tray_host;
mod window;

use std::process::ExitCode;

use baton_core::api::NotFiled;
use baton_core::formats::new;
use tauri::{AppHandle, Manager, RunEvent};

use arguments::Asked;
use desk::TheDesk;
use door::{Knock, Reply};
use home::{Home, HomeFailure};

/// How to come up.
struct Start {
    link: Option<String>,
    in_tray: bool,
}

/// Does what the command line asks for. Without anything on it, Baton runs until somebody quits.
pub fn main() -> ExitCode {
    match arguments::read(std::env::args_os().skip(1)) {
        Ok(Asked::Window { link, in_tray }) => run(Start { link, in_tray }),
        Ok(Asked::HandIn) => hand_in::run(),
        Ok(Asked::Schema) => {
            print!("{}", new::schema());
            ExitCode::SUCCESS
        }
        Ok(Asked::Words(words)) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(words) => {
            eprintln!("{words}");
            ExitCode::from(2)
        }
    }
}

fn run(start: Start) -> ExitCode {
    let home = Home::find();
    if let Ok(home) = &home
        && is_running(home, &start)
    {
        return ExitCode::SUCCESS;
    }
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
        .plugin(tauri_plugin_single_instance::init(|app, words, _| match arguments::link_in(&words) {
            Some(link) => link::open(app, link),
            None if words.iter().any(|word| word == arguments::IN_TRAY) => {}
            None => window::open(app, None),
        }))
        .plugin(autostart::plugin())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(commands::handler())
        .manage(TheDesk::default())
        .setup(move |app| {
            open(app.handle(), home, start);
            Ok(())
        })
        .build(context);
    match app {
        Ok(app) => app.run(|_app, event| match event {
            // The last window was closed: Baton goes on in the tray.
            RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
            // Elsewhere a link comes by the command line.
            #[cfg(target_os = "macos")]
            RunEvent::Opened { urls } => urls.into_iter().for_each(|url| link::open(_app, url.into())),
            _ => {}
        }),
        Err(error) => {
            tracing::error!(%error, "Baton cannot start");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Whether a Baton with this data folder runs already. It comes forward, at what the link fills in.
fn is_running(home: &Home, start: &Start) -> bool {
    let knock = if start.in_tray { Knock::Watching } else { Knock::Open { link: start.link.clone() } };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return false };
    matches!(runtime.block_on(door::knock(home.folder(), &knock)), Ok(Reply::Done))
}

/// A desktop that lacks something is told in the window, so there is always one.
fn open(app: &AppHandle, home: Result<Home, HomeFailure>, start: Start) {
    let locked = home.and_then(|home| home.lock_in_time().map(|lock| (home, lock)));
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
            desk::start(app, folder.clone());
            keep_door(app, folder);
        }
        Err(failure) => desk::refuse(app, failure.to_string()),
    }
    tray_host::watch(app);
    match start {
        Start { link: Some(link), .. } => link::open(app, link),
        Start { in_tray: true, .. } => stay_in_tray(app),
        Start { in_tray: false, .. } => window::open(app, None),
    }
}

/// Somebody else's start, not a person's: no window, unless there is nowhere else to be seen.
fn stay_in_tray(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if !tray_host::is_there().await {
            window::open(&app, None);
        }
    });
}

/// Scripts, and second starts, come in by it.
fn keep_door(app: &AppHandle, folder: std::path::PathBuf) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let kept = door::keep(&folder, move |knock| answer(app.clone(), knock)).await;
        if let Err(error) = kept {
            tracing::warn!(%error, "scripts cannot reach this Baton");
        }
    });
}

async fn answer(app: AppHandle, knock: Knock) -> Reply {
    if let Knock::Open { link } = knock {
        match link {
            Some(link) => link::open(&app, link),
            None => window::open(&app, None),
        }
        return Reply::Done;
    }
    let state = app.state::<TheDesk>();
    let desk = match state.get().await {
        Ok(desk) => desk,
        Err(failure) => return Reply::Failed(failure.message),
    };
    let Knock::HandIn { text, folder } = knock else { return Reply::Done };
    match desk.hand_in(text.into_bytes(), &folder).await {
        Ok(mut handed) => {
            handed.iter_mut().for_each(|one| one.watched = true);
            Reply::HandedIn(handed)
        }
        Err(NotFiled::Faulty(faults)) => Reply::Faulty(faults),
        Err(NotFiled::Failed(failure)) => Reply::Failed(failure.message),
    }
}
