//! Is there anybody who shows tray icons? A stock GNOME shows none, and says so
//! only to those who ask.

use tauri::AppHandle;

#[cfg(target_os = "linux")]
pub use linux::{is_there, watch};

/// Windows and macOS always have a tray.
#[cfg(not(target_os = "linux"))]
#[allow(clippy::unused_async, reason = "it waits where a bus has to be asked")]
pub async fn is_there() -> bool {
    true
}

#[cfg(not(target_os = "linux"))]
pub fn watch(_: &AppHandle) {}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use tauri::Manager;
    use zbus::export::futures_core::Stream;

    use super::AppHandle;
    use crate::window;

    const WATCHER: &str = "org.kde.StatusNotifierWatcher";

    /// A panel that was restarted is back by then.
    const RESTART: Duration = Duration::from_secs(10);

    pub async fn is_there() -> bool {
        matches!(tokio::time::timeout(Duration::from_secs(1), ask()).await, Ok(Ok(true)))
    }

    async fn ask() -> zbus::Result<bool> {
        let bus = zbus::Connection::session().await?;
        let watcher = zbus::Proxy::new(&bus, WATCHER, "/StatusNotifierWatcher", WATCHER).await?;
        watcher.get_property("IsStatusNotifierHostRegistered").await
    }

    /// Brings the window back when the tray it was closed to is gone: an app that
    /// can be seen nowhere cannot be trusted to be watching.
    pub fn watch(app: &AppHandle) {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            if let Err(error) = keep_reachable(&app).await {
                tracing::info!(%error, "nobody says when the tray goes");
            }
        });
    }

    async fn keep_reachable(app: &AppHandle) -> zbus::Result<()> {
        let bus = zbus::Connection::session().await?;
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        let changes = names.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
        let mut changes = std::pin::pin!(changes);
        while std::future::poll_fn(|context| changes.as_mut().poll_next(context)).await.is_some() {
            tokio::time::sleep(RESTART).await;
            if app.get_webview_window(window::MAIN).is_none() && !is_there().await {
                window::open(app, None);
            }
        }
        Ok(())
    }
}
