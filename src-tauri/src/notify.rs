//! Notifications on this desktop, with buttons that really do it.
//!
//! On Linux notify-rust shows them, on one thread of its own, because showing
//! waits for D-Bus and neither the window's thread nor the engine's may wait. What
//! is not obvious:
//!
//! - A daemon may hang. Everything has a time limit, and a notice that could not
//!   be shown in time stays in the inbox.
//! - GNOME takes a notification away when the connection that sent it closes, and
//!   some daemons send the answer to that connection alone. So each notification's
//!   handle is kept, and the answer is awaited on it.
//! - That wait does not notice a daemon that dies, so it is given up when the name
//!   changes hands; the change is listened for before the notification is sent.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use baton_core::domain::id::NoticeId;
use baton_core::host::{Notifier, ShownNotice};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A daemon that takes longer is as good as none.
const LIMIT: Duration = Duration::from_secs(2);

/// Called with the notice and the button: "done", "snooze", "open".
pub type OnButton = Arc<dyn Fn(NoticeId, String) + Send + Sync>;

pub struct DesktopNotifier {
    asks: UnboundedSender<Ask>,
}

struct Ask {
    notice: ShownNotice,
    shown: SyncSender<Result<(), String>>,
}

impl DesktopNotifier {
    /// Starts the thread.
    pub fn start(on_button: OnButton) -> std::io::Result<Self> {
        let (asks, queue) = unbounded_channel();
        std::thread::Builder::new().name("notifications".into()).spawn(move || desktop::run(queue, &on_button))?;
        Ok(Self { asks })
    }
}

impl Notifier for DesktopNotifier {
    fn show(&self, notice: &ShownNotice) -> Result<(), String> {
        let (shown, answer) = sync_channel(1);
        let _ = self.asks.send(Ask { notice: notice.clone(), shown });
        // A little longer than the thread's own limit, which knows more words.
        answer.recv_timeout(LIMIT + Duration::from_secs(1)).unwrap_or_else(|_| Err("notifications do not answer on this desktop".into()))
    }
}

/// A click on the notification itself is a wish to see it.
fn button(action: &str) -> String {
    if action == "default" { "open".into() } else { action.into() }
}

#[cfg(target_os = "linux")]
mod desktop {
    use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Timeout, Urgency};
    use tokio::task::spawn_local;
    use tokio::time::timeout;
    use zbus::Connection;
    use zbus::export::futures_core::Stream;
    use zbus::fdo::{DBusProxy, NameOwnerChanged};

    use super::{Ask, LIMIT, OnButton, ShownNotice, UnboundedReceiver, button};

    const DAEMON: &str = "org.freedesktop.Notifications";

    pub fn run(mut asks: UnboundedReceiver<Ask>, on_button: &OnButton) {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return tracing::error!(%error, "no notifications in this run"),
        };
        tokio::task::LocalSet::new().block_on(&runtime, async {
            while let Some(ask) = asks.recv().await {
                let on_button = OnButton::clone(on_button);
                spawn_local(async move {
                    let Ask { notice, shown } = ask;
                    let sent = timeout(LIMIT, send(&notice)).await;
                    let sent = sent.unwrap_or_else(|_| Err("the notification daemon does not answer".into()));
                    let (handle, gone) = match sent {
                        Ok(sent) => sent,
                        Err(reason) => {
                            let _ = shown.send(Err(reason));
                            return;
                        }
                    };
                    let _ = shown.send(Ok(()));
                    if let Some(action) = answer(&handle, gone).await {
                        on_button(notice.id, button(&action));
                        // Not every daemon takes an answered one away by itself.
                        let _ = timeout(LIMIT, handle.close_async()).await;
                    }
                });
            }
        });
    }

    type Gone = std::pin::Pin<Box<dyn Stream<Item = NameOwnerChanged>>>;

    /// Asks the daemon what it can do, which also tells whether it lives, and
    /// shows the notice accordingly.
    async fn send(notice: &ShownNotice) -> Result<(NotificationHandle, Gone), String> {
        let said = |error: zbus::Error| format!("no notification daemon answers ({error})");
        let bus = Connection::session().await.map_err(said)?;
        let names = DBusProxy::new(&bus).await.map_err(said)?;
        let gone = names.receive_name_owner_changed_with_args(&[(0, DAEMON)]).await.map_err(said)?;
        let capabilities: Vec<String> = bus
            .call_method(Some(DAEMON), "/org/freedesktop/Notifications", Some(DAEMON), "GetCapabilities", &())
            .await
            .and_then(|reply| reply.body().deserialize())
            .map_err(said)?;
        let handle = made(notice, &capabilities).show_async().await.map_err(|error| error.to_string())?;
        Ok((handle, Box::pin(gone)))
    }

    pub(super) fn made(notice: &ShownNotice, capabilities: &[String]) -> Notification {
        let can = |what: &str| capabilities.iter().any(|capability| capability == what);
        let body = if can("body-markup") { escaped(&notice.body) } else { notice.body.clone() };
        let mut notification = Notification::new();
        notification.appname("Baton").summary(&notice.title).body(&body).icon("baton").hint(Hint::DesktopEntry("Baton".into()));
        if notice.critical {
            notification.urgency(Urgency::Critical).timeout(Timeout::Never);
        }
        if can("actions") {
            notification.action("default", "Open");
            for (identifier, label) in &notice.actions {
                notification.action(identifier, label);
            }
        }
        notification
    }

    fn escaped(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    /// The button that was pressed; `None` if it was closed, or its daemon ended.
    async fn answer(handle: &NotificationHandle, mut gone: Gone) -> Option<String> {
        let mut pressed = None;
        let wait = handle.wait_for_action_async(|response: &NotificationResponse| {
            pressed = match response {
                NotificationResponse::Default => Some("default".into()),
                NotificationResponse::Action(action) => Some(action.clone()),
                _ => None,
            };
        });
        let lost = std::future::poll_fn(|context| gone.as_mut().poll_next(context));
        tokio::select! {
            () = wait => {}
            _ = lost => {}
        }
        pressed
    }
}

#[cfg(not(target_os = "linux"))]
mod desktop {
    use notify_rust::{Notification, NotificationResponse};

    use super::{Ask, OnButton, UnboundedReceiver, button};

    pub fn run(mut asks: UnboundedReceiver<Ask>, on_button: &OnButton) {
        while let Some(Ask { notice, shown }) = asks.blocking_recv() {
            let mut notification = Notification::new();
            notification.appname("Baton").summary(&notice.title).body(&notice.body);
            // Without the identifier it was installed under, Windows drops it.
            #[cfg(windows)]
            notification.app_id("desk.baton.app");
            for (identifier, label) in &notice.actions {
                notification.action(identifier, label);
            }
            let handle = match notification.show() {
                Ok(handle) => handle,
                Err(error) => {
                    let _ = shown.send(Err(error.to_string()));
                    continue;
                }
            };
            let _ = shown.send(Ok(()));
            let on_button = OnButton::clone(on_button);
            // One waits for each notification that is still on the screen.
            std::thread::spawn(move || {
                let _ = handle.wait_for_response(|response: &NotificationResponse| match response {
                    NotificationResponse::Default => on_button(notice.id, button("default")),
                    NotificationResponse::Action(action) => on_button(notice.id, button(action)),
                    _ => {}
                });
            });
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use baton_core::domain::time::Instant;

    fn notice() -> ShownNotice {
        ShownNotice {
            id: NoticeId::new(Instant(0)),
            incident: None,
            title: "Check in".into(),
            body: "<b>Payments</b> & more".into(),
            critical: true,
            actions: vec![("done".into(), "Done".into())],
        }
    }

    #[test]
    fn a_daemon_gets_only_what_it_says_it_can_show() {
        let capable = desktop::made(&notice(), &["actions".into(), "body-markup".into()]);
        assert_eq!(capable.body, "&lt;b&gt;Payments&lt;/b&gt; &amp; more", "what somebody typed must not become markup");
        assert_eq!(capable.actions, ["default", "Open", "done", "Done"], "a click on the notification itself must lead somewhere");
        let plain = desktop::made(&notice(), &[]);
        assert_eq!(plain.body, "<b>Payments</b> & more", "a daemon without markup would show the entities");
        assert!(plain.actions.is_empty());
    }
}
