//! Closing the window. With a tray, Baton goes on there. Without one it would be
//! running where nobody can see it, so it ends, but not without a word while
//! somebody still counts on it.

use tauri::{AppHandle, Manager};

use crate::desk::TheDesk;
use crate::{tray_host, window};

pub fn close(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if tray_host::is_there().await {
            // A hidden page frees nothing: the web view goes, and is made again on demand.
            if let Some(window) = app.get_webview_window(window::MAIN) {
                let _ = window.destroy();
            }
            return;
        }
        let open = match app.state::<TheDesk>().get().await {
            Ok(desk) => desk.overview().await.map_or(0, |overview| overview.open),
            Err(_) => 0,
        };
        if open == 0 { app.exit(0) } else { ask(&app, open) }
    });
}

/// "3 open incidents are".
pub fn who_is_left(open: u32) -> String {
    if open == 1 { "1 open incident is".into() } else { format!("{open} open incidents are") }
}

#[cfg(target_os = "linux")]
fn ask(app: &AppHandle, open: u32) {
    use gtk::prelude::{DialogExt, GtkWindowExt, WidgetExt};

    let handle = app.clone();
    let _ = app.run_on_main_thread(move || {
        let Some(window) = handle.get_webview_window(window::MAIN) else { return handle.exit(0) };
        let dialog = gtk::MessageDialog::builder()
            .modal(true)
            .message_type(gtk::MessageType::Question)
            .title("Quit Baton?")
            .text("Quit Baton?")
            .secondary_text(format!(
                "{} not watched while Baton is closed: nobody is called next and nothing is reminded of. \
                 All of it is kept, and goes on when you start Baton again.",
                who_is_left(open)
            ))
            .build();
        if let Ok(parent) = window.gtk_window() {
            dialog.set_transient_for(Some(&parent));
        }
        dialog.add_button("Quit", gtk::ResponseType::Close);
        dialog.add_button("Keep watching", gtk::ResponseType::Accept);
        dialog.set_default_response(gtk::ResponseType::Accept);
        dialog.connect_response(move |dialog, response| {
            dialog.close();
            match response {
                gtk::ResponseType::Close => handle.exit(0),
                // This desktop has nowhere else to keep it than among its windows.
                gtk::ResponseType::Accept => drop(window.minimize()),
                _ => {}
            }
        });
        dialog.show_all();
    });
}

/// Windows and macOS always have a tray.
#[cfg(not(target_os = "linux"))]
fn ask(app: &AppHandle, _: u32) {
    app.exit(0);
}
