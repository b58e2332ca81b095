//! What shows tray icons on a desktop: the same names on the bus, and a list of
//! who asked to be shown instead of a panel.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use tokio::sync::oneshot;
use zbus::interface;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;

/// Shows tray icons on the bus until it is dropped.
pub struct TrayHost {
    items: Items,
    /// Ends the thread by going away.
    _until: oneshot::Sender<()>,
}

/// The bus names of the programs with an icon.
type Items = Arc<Mutex<Vec<String>>>;

impl TrayHost {
    pub fn on(bus: &str) -> Self {
        let items = Items::default();
        let (until, dropped) = oneshot::channel();
        let (told, ready) = mpsc::channel();
        let (address, watcher) = (bus.to_owned(), Watcher(Arc::clone(&items)));
        // On a thread of its own, so that tests with a runtime and tests without one use it alike.
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a small runtime");
            runtime.block_on(async {
                let _bus = serve(&address, watcher).await.expect("the test's bus takes a tray host");
                let _ = told.send(());
                let _ = dropped.await;
            });
        });
        ready.recv().expect("the tray host came up");
        Self { items, _until: until }
    }

    /// How many programs have an icon in the tray.
    pub fn icons(&self) -> usize {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

async fn serve(address: &str, watcher: Watcher) -> zbus::Result<zbus::Connection> {
    zbus::connection::Builder::address(address)
        .serve_at("/StatusNotifierWatcher", watcher)
        .name("org.kde.StatusNotifierWatcher")
        .build()
        .await
}

struct Watcher(Items);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        // Nobody listens but the program itself, which is free not to.
        let _ = Self::status_notifier_item_registered(&emitter, service).await;
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;
}
