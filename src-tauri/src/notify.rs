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
//! - Some desktops let a word be typed into the notification. They tell it by a signal of
//!   its own, which notify-rust does not know, and may close the notification first.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use baton_core::domain::id::NoticeId;
use baton_core::host::{Notifier, ShownNotice};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::sound::Sound;

/// A daemon that takes longer is as good as none.
const LIMIT: Duration = Duration::from_secs(2);

/// Called with the notice and what was done with it.
pub type OnButton = Arc<dyn Fn(NoticeId, Pressed) + Send + Sync>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pressed {
    /// "done", "snooze", "open".
    pub button: String,
    /// What was typed into the notification; `None` where it had no field.
    pub word: Option<String>,
}

pub struct DesktopNotifier {
    asks: UnboundedSender<Ask>,
    sound: Sound,
}

struct Ask {
    notice: ShownNotice,
    shown: SyncSender<Result<(), String>>,
}

impl DesktopNotifier {
    /// Starts the thread.
    pub fn start(on_button: OnButton, sound: Sound) -> std::io::Result<Self> {
        let (asks, queue) = unbounded_channel();
        let played = sound.clone();
        std::thread::Builder::new().name("notifications".into()).spawn(move || desktop::run(queue, &on_button, &played))?;
        Ok(Self { asks, sound })
    }
}

impl Notifier for DesktopNotifier {
    fn show(&self, notice: &ShownNotice) -> Result<(), String> {
        let (shown, answer) = sync_channel(1);
        let _ = self.asks.send(Ask { notice: notice.clone(), shown });
        // A little longer than the thread's own limit, which knows more words.
        let shown = answer.recv_timeout(LIMIT + Duration::from_secs(1));
        let shown = shown.unwrap_or_else(|_| Err("notifications do not answer on this desktop".into()));
        if shown.is_err() && notice.sound {
            // What cannot be seen can be heard all the same.
            self.sound.play();
        }
        shown
    }
}

impl Pressed {
    /// A click on the notification itself is a wish to see it.
    fn action(action: &str) -> Self {
        Self { button: if action == "default" { "open".into() } else { action.into() }, word: None }
    }
}

#[cfg(target_os = "linux")]
mod desktop {
    use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Timeout, Urgency};
    use tokio::task::spawn_local;
    use tokio::time::timeout;
    use zbus::export::futures_core::Stream;
    use zbus::fdo::{DBusProxy, NameOwnerChanged};
    use zbus::message::Type;
    use zbus::{Connection, MatchRule, MessageStream};

    use super::{Ask, Duration, LIMIT, OnButton, Pressed, ShownNotice, Sound, UnboundedReceiver};

    const DAEMON: &str = "org.freedesktop.Notifications";
    const OBJECT: &str = "/org/freedesktop/Notifications";

    /// The button in place of which a desktop shows a field, and what such a desktop calls it.
    const DONE: &str = "done";
    const INLINE_REPLY: &str = "inline-reply";

    /// So long after the notification was closed, what was typed into it may still be on its way.
    const BEHIND: Duration = Duration::from_millis(500);

    pub fn run(mut asks: UnboundedReceiver<Ask>, on_button: &OnButton, sound: &Sound) {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return tracing::error!(%error, "no notifications in this run"),
        };
        tokio::task::LocalSet::new().block_on(&runtime, async {
            while let Some(ask) = asks.recv().await {
                let (on_button, sound) = (OnButton::clone(on_button), sound.clone());
                spawn_local(async move {
                    let Ask { notice, shown } = ask;
                    let sent = timeout(LIMIT, send(&notice, &sound)).await;
                    let sent = sent.unwrap_or_else(|_| Err("the notification daemon does not answer".into()));
                    let shown_at = match sent {
                        Ok(sent) => sent,
                        Err(reason) => {
                            let _ = shown.send(Err(reason));
                            return;
                        }
                    };
                    let _ = shown.send(Ok(()));
                    let Shown { handle, gone, replies } = shown_at;
                    if let Some(pressed) = answer(&handle, gone, replies).await {
                        on_button(notice.id, pressed);
                        // Not every daemon takes an answered one away by itself.
                        let _ = timeout(LIMIT, handle.close_async()).await;
                    }
                });
            }
        });
    }

    type Gone = std::pin::Pin<Box<dyn Stream<Item = NameOwnerChanged>>>;

    /// A notification on the screen, and what may come of it.
    struct Shown {
        handle: NotificationHandle,
        gone: Gone,
        /// What is typed into any notification; `None` where this one has no field.
        replies: Option<MessageStream>,
    }

    /// Asks the daemon what it can do, which also tells whether it lives, and
    /// shows the notice accordingly.
    async fn send(notice: &ShownNotice, sound: &Sound) -> Result<Shown, String> {
        let said = |error: zbus::Error| format!("no notification daemon answers ({error})");
        let bus = Connection::session().await.map_err(said)?;
        let names = DBusProxy::new(&bus).await.map_err(said)?;
        let gone = names.receive_name_owner_changed_with_args(&[(0, DAEMON)]).await.map_err(said)?;
        let capabilities: Vec<String> = bus
            .call_method(Some(DAEMON), OBJECT, Some(DAEMON), "GetCapabilities", &())
            .await
            .and_then(|reply| reply.body().deserialize())
            .map_err(said)?;
        let replies = if has_field(notice, &capabilities) { Some(replies(&bus).await.map_err(said)?) } else { None };
        let handle = made(notice, &capabilities, sound).show_async().await.map_err(|error| error.to_string())?;
        if notice.sound && !plays(&capabilities) {
            sound.play();
        }
        Ok(Shown { handle, gone: Box::pin(gone), replies })
    }

    async fn replies(bus: &Connection) -> zbus::Result<MessageStream> {
        let rule = MatchRule::builder().msg_type(Type::Signal).path(OBJECT).interface(DAEMON).member("NotificationReplied").build()?;
        MessageStream::for_match_rule(rule, bus, None).await
    }

    fn has_field(notice: &ShownNotice, capabilities: &[String]) -> bool {
        let can = |what: &str| capabilities.iter().any(|capability| capability == what);
        notice.word.is_some() && can("actions") && can(INLINE_REPLY)
    }

    /// Whether the daemon plays a sound itself, as its person has set it up.
    fn plays(capabilities: &[String]) -> bool {
        capabilities.iter().any(|capability| capability == "sound")
    }

    pub(super) fn made(notice: &ShownNotice, capabilities: &[String], sound: &Sound) -> Notification {
        let can = |what: &str| capabilities.iter().any(|capability| capability == what);
        let body = if can("body-markup") { escaped(&notice.body) } else { notice.body.clone() };
        let mut notification = Notification::new();
        notification.appname("Baton").summary(&notice.title).body(&body).icon("baton").hint(Hint::DesktopEntry("Baton".into()));
        if notice.critical {
            notification.urgency(Urgency::Critical).timeout(Timeout::Never);
        }
        // A daemon has sounds of its own for what is urgent; what is silent here is to be silent there.
        if let (true, Some(file)) = (notice.sound, sound.file()) {
            notification.hint(Hint::SoundFile(file.display().to_string()));
        } else {
            notification.hint(Hint::SuppressSound(true));
        }
        if can("actions") {
            notification.action("default", "Open");
            let field = notice.word.filter(|_| has_field(notice, capabilities));
            for (identifier, label) in &notice.actions {
                let in_place = field.is_some() && identifier == DONE;
                notification.action(if in_place { INLINE_REPLY } else { identifier }, label);
            }
            if let Some(word) = field {
                let hint = |name: &str, value: &str| Hint::Custom(name.into(), value.into());
                notification.hint(hint("x-kde-reply-placeholder-text", word)).hint(hint("x-kde-reply-submit-button-text", "Done"));
            }
        }
        notification
    }

    fn escaped(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    /// What was pressed or typed; `None` if it was closed, or its daemon ended.
    async fn answer(handle: &NotificationHandle, mut gone: Gone, mut replies: Option<MessageStream>) -> Option<Pressed> {
        let mut pressed = None;
        let wait = handle.wait_for_action_async(|response: &NotificationResponse| {
            pressed = match response {
                NotificationResponse::Default => Some(Pressed::action("default")),
                NotificationResponse::Action(action) => Some(Pressed::action(action)),
                _ => None,
            };
        });
        let lost = std::future::poll_fn(|context| gone.as_mut().poll_next(context));
        tokio::select! {
            () = wait => {}
            _ = lost => return None,
            word = typed(&mut replies, handle.id()) => return Some(word),
        }
        if pressed.is_none() && replies.is_some() {
            return timeout(BEHIND, typed(&mut replies, handle.id())).await.ok();
        }
        pressed
    }

    /// Waits, for ever where nothing can be, until something is typed into this notification.
    async fn typed(replies: &mut Option<MessageStream>, notification: u32) -> Pressed {
        let Some(replies) = replies else { return std::future::pending().await };
        loop {
            let next = std::future::poll_fn(|context| std::pin::Pin::new(&mut *replies).poll_next(context)).await;
            let Some(message) = next else { return std::future::pending().await };
            match message.ok().and_then(|message| message.body().deserialize::<(u32, String)>().ok()) {
                Some((of, word)) if of == notification => return Pressed { button: DONE.into(), word: Some(word) },
                _ => {}
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod desktop {
    use notify_rust::{Notification, NotificationResponse};

    use super::{Ask, OnButton, Pressed, Sound, UnboundedReceiver};

    pub fn run(mut asks: UnboundedReceiver<Ask>, on_button: &OnButton, sound: &Sound) {
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
            if notice.sound {
                sound.play();
            }
            let on_button = OnButton::clone(on_button);
            // One waits for each notification that is still on the screen.
            std::thread::spawn(move || {
                let _ = handle.wait_for_response(|response: &NotificationResponse| match response {
                    NotificationResponse::Default => on_button(notice.id, Pressed::action("default")),
                    NotificationResponse::Action(action) => on_button(notice.id, Pressed::action(action)),
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
            actions: vec![("done".into(), "Done".into()), ("nudge".into(), "Nudge".into())],
            sound: false,
            word: Some("Nothing new"),
        }
    }

    #[test]
    fn a_daemon_gets_only_what_it_says_it_can_show() {
        let sound = Sound::kept_in(std::path::Path::new("/nowhere"));
        let capable = desktop::made(&notice(), &["actions".into(), "body-markup".into()], &sound);
        assert_eq!(capable.body, "&lt;b&gt;Payments&lt;/b&gt; &amp; more", "what somebody typed must not become markup");
        assert_eq!(
            capable.actions,
            ["default", "Open", "done", "Done", "nudge", "Nudge"],
            "a click on the notification itself must lead somewhere"
        );
        let plain = desktop::made(&notice(), &[], &sound);
        assert_eq!(plain.body, "<b>Payments</b> & more", "a daemon without markup would show the entities");
        assert!(plain.actions.is_empty());
    }

    #[test]
    fn where_a_word_can_be_typed_done_is_where_it_is_typed() {
        let (daemon, sound) = (["actions".into(), "inline-reply".into()], Sound::kept_in(std::path::Path::new("/nowhere")));
        let actions = desktop::made(&notice(), &daemon, &sound).actions;
        assert_eq!(actions, ["default", "Open", "inline-reply", "Done", "nudge", "Nudge"]);
        let about_nothing = ShownNotice { word: None, ..notice() };
        assert!(
            !desktop::made(&about_nothing, &daemon, &sound).actions.contains(&"inline-reply".into()),
            "only where a word belongs to it"
        );
    }

    #[test]
    fn only_what_is_to_be_heard_is() {
        let folder = tempfile::tempdir().unwrap();
        let sound = Sound::kept_in(folder.path());
        let file = sound.file().unwrap().display().to_string();
        let hints = |sounds| desktop::made(&ShownNotice { sound: sounds, ..notice() }, &["sound".into()], &sound).hints;
        assert!(hints(true).contains(&notify_rust::Hint::SoundFile(file)), "the daemon is told which sound");
        assert!(hints(false).contains(&notify_rust::Hint::SuppressSound(true)), "and to make none of its own while it is muted");
    }
}
