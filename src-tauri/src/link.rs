//! What a `baton://` link opens: a new incident with what it says filled in. It comes
//! from outside, and so it does nothing but that.

use tauri::{AppHandle, Manager};

use crate::desk::TheDesk;
use crate::window;

/// Opens the wizard at what the link fills in, once the desk is open.
pub fn open(app: &AppHandle, link: String) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let draft = match app.state::<TheDesk>().get().await {
            Ok(desk) => desk.draft_from_link(link).await,
            Err(failure) => Err(failure),
        };
        match draft {
            Ok(id) => window::open(&app, Some(format!("new/{id}"))),
            // The window itself says what is wrong.
            Err(failure) => {
                tracing::warn!(message = failure.message, "a link was not opened");
                window::open(&app, None);
            }
        }
    });
}
