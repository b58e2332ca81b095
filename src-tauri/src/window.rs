//! The one window: made when it is wanted, gone when it is closed to the tray.
//! What it shows is all in Rust, so that nothing is lost with it.

use std::time::Duration;

use tauri::utils::config::Color;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Emitter, Manager, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use crate::home::Home;

pub const MAIN: &str = "main";

/// The window shows itself when its page has loaded. One whose page never loads
/// is shown all the same: an empty window can be reported, none cannot.
const AT_THE_LATEST: Duration = Duration::from_secs(4);

/// Long enough for the window system to have put the window up.
const A_TICK: Duration = Duration::from_millis(60);

/// The page's own ground (`--paper` of tokens.css), so that nothing flashes
/// before it is painted.
const PAPER: Color = Color(0xf6, 0xf6, 0xf4, 0xff);
const PAPER_AT_NIGHT: Color = Color(0x14, 0x16, 0x19, 0xff);

/// Brings the window forward, made anew if need be, at an address of the page
/// such as "incident/<id>", or wherever it was.
pub fn open(app: &AppHandle, at: Option<String>) {
    let handle = app.clone();
    // GTK wants to be spoken to on its own thread.
    let opened = app.run_on_main_thread(move || {
        if let Some(window) = handle.get_webview_window(MAIN) {
            if let Some(at) = at
                && let Err(error) = window.emit("navigate", at)
            {
                tracing::warn!(%error, "the window did not hear where to go");
            }
            appear(&window);
        } else if let Err(error) = make(&handle, at.as_deref()) {
            tracing::error!(%error, "no window");
        }
    });
    if let Err(error) = opened {
        tracing::error!(%error, "no window");
    }
}

fn make(app: &AppHandle, at: Option<&str>) -> tauri::Result<()> {
    let Some(config) = app.config().app.windows.iter().find(|window| window.label == MAIN).cloned() else {
        return Err(tauri::Error::WindowNotFound);
    };
    let mut builder = WebviewWindowBuilder::from_config(app, &config)?
        .on_navigation(|to| matches!(to.host_str(), Some("localhost" | "tauri.localhost")))
        .on_page_load(|window, load| {
            tracing::debug!(event = ?load.event(), "the page");
            if load.event() == PageLoadEvent::Finished {
                appear(&window);
            }
        });
    if let Some(home) = app.try_state::<Home>() {
        // What the web view keeps of its own accord goes with the rest.
        builder = builder.data_directory(home.folder().join("webview"));
    }
    if let Some(at) = at {
        // The page keeps where it is in its history and finds it there on its start.
        let kept = serde_json::json!({ "to": at });
        builder = builder.initialization_script(format!("if (history.state === null) history.replaceState({kept}, '')"));
    }
    let window = builder.build()?;
    window.set_background_color(Some(if is_dark(&window) { PAPER_AT_NIGHT } else { PAPER }))?;
    let handle = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            crate::closing::close(&handle);
        }
    });
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(AT_THE_LATEST).await;
        if !window.is_visible().unwrap_or(true) {
            tracing::warn!("the page has not loaded; its window is shown as it is");
            appear(&window);
        }
    });
    Ok(())
}

fn appear(window: &WebviewWindow) {
    let _ = window.unminimize();
    if let Err(error) = window.show() {
        tracing::error!(%error, "the window cannot be shown");
    }
    // On Linux focus is only heeded once the window is up.
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(A_TICK).await;
        let _ = window.set_focus();
    });
}

/// As the web view will answer `prefers-color-scheme`.
#[cfg(target_os = "linux")]
fn is_dark(_: &WebviewWindow) -> bool {
    use gtk::prelude::GtkSettingsExt;
    gtk::Settings::default().is_some_and(|settings| {
        settings.is_gtk_application_prefer_dark_theme()
            || settings.gtk_theme_name().is_some_and(|name| name.ends_with("-dark") || name.ends_with("-Dark"))
    })
}

#[cfg(not(target_os = "linux"))]
fn is_dark(window: &WebviewWindow) -> bool {
    window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark)
}
