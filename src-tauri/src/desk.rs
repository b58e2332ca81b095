//! Opens the desk beside the window, so that neither waits for the other, and
//! keeps it, or the reason why there is none.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use baton_core::api::{Answered, Desk};
use baton_core::clock::SystemClock;
use baton_core::domain::id::NoticeId;
use baton_core::engine::{Engine, last_event_at};
use baton_core::error::Failure;
use baton_core::host::EventSink;
use baton_core::store::Store;
use tauri::{AppHandle, Manager};
use tokio::sync::{Notify, SetOnce};

use crate::events::{self, Changes};
use crate::notify::{DesktopNotifier, OnButton, Pressed};
use crate::secrets::DeskSecrets;
use crate::sound::Sound;
use crate::tray::{self, Tray};
use crate::{tray_host, window};

/// The tray follows a burst of changes once.
const AT_REST: Duration = Duration::from_millis(250);

/// The desk, from the moment it is open. What is asked before waits; where it
/// could not be opened, every question is answered with the reason.
#[derive(Default)]
pub struct TheDesk(SetOnce<Result<Desk, Failure>>);

impl TheDesk {
    pub async fn get(&self) -> Result<&Desk, Failure> {
        self.0.wait().await.as_ref().map_err(Clone::clone)
    }
}

/// There is no desk to open; the window says why.
pub fn refuse(app: &AppHandle, why: String) {
    tracing::error!(why, "the desk cannot be opened");
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let _ = app.state::<TheDesk>().0.set(Err(Failure::other(why)));
        refresh(&app).await;
    });
}

/// Opens it on the runtime and lets the engine run.
pub fn start(app: &AppHandle, folder: PathBuf) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let (sink, changes) = Changes::new();
        let desk = match open(&app, &folder, sink).await {
            Ok((desk, engine)) => {
                tauri::async_runtime::spawn(Arc::clone(&engine).listen());
                watch_over(Arc::clone(&engine));
                tauri::async_runtime::spawn(engine.run());
                Ok(desk)
            }
            Err(failure) => {
                tracing::error!(message = failure.message, "the desk cannot be opened");
                Err(failure)
            }
        };
        let _ = app.state::<TheDesk>().0.set(desk);
        tauri::async_runtime::spawn(clear_secrets(app.clone()));
        tauri::async_runtime::spawn(keep_call_sheet(app.clone()));
        let stirred = Arc::new(Notify::new());
        tauri::async_runtime::spawn(events::tell(app.clone(), changes, Arc::clone(&stirred)));
        // Beside the telling, so that the window never waits for the tray.
        loop {
            refresh(&app).await;
            // What it says of time goes on where nothing happens.
            let _ = tokio::time::timeout(Duration::from_secs(60), stirred.notified()).await;
            tokio::time::sleep(AT_REST).await;
        }
    });
}

/// On a thread with a runtime of its own: whatever holds up all the others is noticed by it.
fn watch_over(engine: Arc<Engine>) {
    let watching = std::thread::Builder::new().name("self-check".into()).spawn(move || match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime.block_on(engine.watch_over()),
        Err(error) => tracing::error!(%error, "nobody looks whether everything is in time"),
    });
    if let Err(error) = watching {
        tracing::error!(%error, "nobody looks whether everything is in time");
    }
}

async fn open(app: &AppHandle, folder: &Path, sink: impl EventSink + 'static) -> Result<(Desk, Arc<Engine>), Failure> {
    // First, for looking for a keyring takes its time.
    let secrets = DeskSecrets::open(folder);
    let place = folder.to_path_buf();
    let (store, opened) = tauri::async_runtime::spawn_blocking(move || Store::open(&place))
        .await
        .map_err(|error| Failure::other(error.to_string()))?
        .map_err(|failure| Failure::other(failure.to_string()))?;
    let notifier = DesktopNotifier::start(answering(app), Sound::kept_in(folder)).map_err(|error| Failure::other(error.to_string()))?;
    let clock = SystemClock::starting_after(last_event_at(&store).await?);
    let engine = Arc::new(Engine::new(store, Arc::new(clock), Arc::new(notifier), Arc::new(secrets), Arc::new(sink)));
    let desk = Desk::new(Arc::clone(&engine));
    let zone = iana_time_zone::get_timezone().inspect_err(|error| tracing::info!(%error, "the time zone of this computer is not known"));
    desk.prepare(zone.ok()).await?;
    if opened.restored {
        // Whoever asked for it sees that it is done, however this Baton was started.
        window::open(app, Some("settings/backup".into()));
    }
    if let Some(aside) = opened.set_aside {
        desk.add_condition(format!("The database was damaged. It is kept as {}; Baton has begun a new one.", aside.display()));
    }
    if !tray_host::is_there().await {
        desk.add_condition("This desktop shows no tray icons: when its window is closed, Baton ends.".into());
    }
    Ok((desk, engine))
}

/// Beside the start, for a keyring may ask its owner for a password first.
async fn clear_secrets(app: AppHandle) {
    if let Ok(desk) = app.state::<TheDesk>().get().await
        && let Err(failure) = desk.clear_secrets().await
    {
        tracing::warn!(message = failure.message, "passwords of removed channels are still kept");
    }
}

async fn keep_call_sheet(app: AppHandle) {
    if let Ok(desk) = app.state::<TheDesk>().get().await {
        desk.keep_call_sheet().await;
    }
}

/// What a button on a notification does.
fn answering(app: &AppHandle) -> OnButton {
    let app = app.clone();
    Arc::new(move |notice: NoticeId, pressed: Pressed| {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let Pressed { button, word } = pressed;
            let wanted = match app.state::<TheDesk>().get().await {
                Ok(desk) => desk.answer_notice(notice, &button, word).await,
                Err(failure) => Err(failure),
            };
            match wanted {
                Ok(answered) => follow(&app, answered),
                Err(failure) => {
                    tracing::warn!(message = failure.message, button, "a notification's button did nothing");
                    window::open(&app, Some("inbox".into()));
                }
            }
        });
    })
}

/// Shows in the window what is left to do there once a button outside it was pressed.
pub fn follow(app: &AppHandle, answered: Answered) {
    if let Some(address) = answered.address() {
        window::open(app, Some(address));
    }
}

async fn refresh(app: &AppHandle) {
    let state = app.state::<TheDesk>();
    let Some(tray) = app.try_state::<Tray>() else { return };
    match state.get().await {
        Ok(desk) => {
            match desk.urgent(tray::MOST).await {
                Ok(urgent) => tray.show(&urgent, desk.lateness().is_some()),
                Err(failure) => tracing::warn!(message = failure.message, "the tray does not know what is urgent"),
            }
            match desk.sound().await {
                Ok(sound) => tray.show_sound(sound),
                Err(failure) => tracing::warn!(message = failure.message, "the tray does not know whether it is muted"),
            }
        }
        Err(_) => tray.show_unopened(),
    }
}
