//! A notification daemon into whose notifications one can type, as KDE's lets one. dunst does not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use tokio::sync::mpsc as errands;
use zbus::object_server::SignalEmitter;
use zbus::{OwnedVariant, interface};

const OBJECT: &str = "/org/freedesktop/Notifications";
const NAME: &str = "org.freedesktop.Notifications";

/// Shows notifications on the bus until it is dropped.
pub struct TypingDaemon {
    shown: Arc<Mutex<Vec<Typed>>>,
    /// The thread ends when this goes away.
    replies: errands::UnboundedSender<(u32, String)>,
}

/// What a program asked to be shown.
#[derive(Clone, Debug)]
pub struct Typed {
    pub id: u32,
    pub summary: String,
    /// Identifiers and labels by turns.
    pub actions: Vec<String>,
    /// What is suggested in the field.
    pub suggested: String,
}

impl TypingDaemon {
    pub fn on(bus: &str) -> Self {
        let shown = Arc::default();
        let (replies, mut asked) = errands::unbounded_channel::<(u32, String)>();
        let (told, ready) = mpsc::channel();
        let (address, here) = (bus.to_owned(), Arc::clone(&shown));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a small runtime");
            runtime.block_on(async {
                let daemon = Daemon(here);
                let built = zbus::connection::Builder::address(address.as_str()).serve_at(OBJECT, daemon).name(NAME).build().await;
                let bus = built.expect("the test's bus takes a notification daemon");
                let _ = told.send(());
                let emitter = SignalEmitter::new(&bus, OBJECT).expect("a path");
                while let Some((id, words)) = asked.recv().await {
                    let _ = Daemon::notification_replied(&emitter, id, &words).await;
                    let _ = Daemon::notification_closed(&emitter, id, 2).await;
                }
            });
        });
        ready.recv().expect("the notification daemon came up");
        Self { shown, replies }
    }

    /// What was asked to be shown so far, the oldest first.
    pub fn shown(&self) -> Vec<Typed> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Types these words into the field of a notification.
    pub fn types(&self, into: u32, words: &str) {
        self.replies.send((into, words.to_owned())).unwrap_or_else(|_| panic!("the notification daemon is gone"));
    }
}

struct Daemon(Arc<Mutex<Vec<Typed>>>);

#[interface(name = "org.freedesktop.Notifications")]
impl Daemon {
    #[allow(clippy::too_many_arguments, reason = "the specification has as many")]
    fn notify(
        &self,
        _program: &str,
        _replaces: u32,
        _icon: &str,
        summary: String,
        _body: &str,
        actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        _timeout: i32,
    ) -> u32 {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = u32::try_from(shown.len()).unwrap_or_default() + 1;
        let suggested = hints.into_iter().find(|(name, _)| name == "x-kde-reply-placeholder-text");
        let suggested = suggested.and_then(|(_, hint)| String::try_from(hint).ok()).unwrap_or_default();
        shown.push(Typed { id, summary, actions, suggested });
        id
    }

    async fn close_notification(&self, id: u32, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        let _ = Self::notification_closed(&emitter, id, 3).await;
    }

    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions", "body", "inline-reply"]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("typing", "tests", "1", "1.2")
    }

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_replied(emitter: &SignalEmitter<'_>, id: u32, words: &str) -> zbus::Result<()>;
}
