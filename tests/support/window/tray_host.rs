//! What shows tray icons on a desktop: the same names on the bus, a list of who
//! asked to be shown instead of a panel, and a hand that chooses from their menus.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use tokio::sync::{mpsc as errands, oneshot};
use zbus::interface;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::{OwnedObjectPath, OwnedVariant, Variant};

/// Shows tray icons on the bus until it is dropped.
pub struct TrayHost {
    items: Items,
    /// The thread ends when this goes away.
    errands: errands::UnboundedSender<Errand>,
}

/// The programs with an icon.
type Items = Arc<Mutex<Vec<Item>>>;

#[derive(Clone)]
struct Item {
    program: String,
    path: String,
}

/// To read the menus' labels or, where one is named, to choose it; answered with the labels there were, and whether it was chosen.
struct Errand {
    label: Option<String>,
    answer: oneshot::Sender<(Vec<String>, bool)>,
}

impl TrayHost {
    pub fn on(bus: &str) -> Self {
        let items = Items::default();
        let (errands, mut asked) = errands::unbounded_channel::<Errand>();
        let (told, ready) = mpsc::channel();
        let (address, here) = (bus.to_owned(), Arc::clone(&items));
        // On a thread of its own, so that tests with a runtime and tests without one use it alike.
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a small runtime");
            runtime.block_on(async {
                let bus = serve(&address, Watcher(Arc::clone(&here))).await.expect("the test's bus takes a tray host");
                let _ = told.send(());
                while let Some(errand) = asked.recv().await {
                    let items = here.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    let _ = errand.answer.send(entries(&bus, &items, errand.label.as_deref()).await);
                }
            });
        });
        ready.recv().expect("the tray host came up");
        Self { items, errands }
    }

    /// How many programs have an icon in the tray.
    pub fn icons(&self) -> usize {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What can be read in the menus, from the top.
    pub fn menu(&self) -> Vec<String> {
        self.run(None).0
    }

    /// Chooses the first entry with this label; false if there is none that can be chosen.
    pub fn choose(&self, label: &str) -> bool {
        self.run(Some(label.to_owned())).1
    }

    fn run(&self, label: Option<String>) -> (Vec<String>, bool) {
        let (answer, answered) = oneshot::channel();
        self.errands.send(Errand { label, answer }).unwrap_or_else(|_| panic!("the tray host is gone"));
        // Not awaited but waited for, on a thread that may or may not be a runtime's.
        thread::scope(|scope| scope.spawn(|| answered.blocking_recv()).join()).ok().and_then(Result::ok).unwrap_or_default()
    }
}

async fn serve(address: &str, watcher: Watcher) -> zbus::Result<zbus::Connection> {
    zbus::connection::Builder::address(address)
        .serve_at("/StatusNotifierWatcher", watcher)
        .name("org.kde.StatusNotifierWatcher")
        .build()
        .await
}

const MENU: &str = "com.canonical.dbusmenu";

/// An entry's number, what is known of it, and the entries below it.
type Entry = (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>);

/// Reads the menus of these programs, and chooses the first entry with that label. A program that
/// has gone shows nothing.
async fn entries(bus: &zbus::Connection, items: &[Item], label: Option<&str>) -> (Vec<String>, bool) {
    let (mut read, mut chosen) = (Vec::new(), false);
    for item in items {
        let Ok(menu) = menu_of(bus, item).await else { continue };
        let Ok((_, root)) = menu.call::<_, _, (u32, Entry)>("GetLayout", &(0, -1, Vec::<&str>::new())).await else { continue };
        let mut found = Vec::new();
        flatten(root, true, &mut found);
        if let Some(one) = found.iter().find(|one| one.enabled && Some(one.label.as_str()) == label) {
            chosen |= menu.call::<_, _, ()>("Event", &(one.id, "clicked", Variant::from(0), 0_u32)).await.is_ok();
        }
        read.extend(found.into_iter().map(|one| one.label));
    }
    (read, chosen)
}

/// An entry as a person sees it: what is switched off, or lies below what is, cannot be chosen.
struct Seen {
    id: i32,
    label: String,
    enabled: bool,
}

async fn menu_of(bus: &zbus::Connection, item: &Item) -> zbus::Result<zbus::Proxy<'static>> {
    let icon = zbus::Proxy::new(bus, item.program.clone(), item.path.clone(), "org.kde.StatusNotifierItem").await?;
    let menu: OwnedObjectPath = icon.get_property("Menu").await?;
    zbus::Proxy::new(bus, item.program.clone(), menu, MENU).await
}

fn flatten((id, known, below): Entry, above: bool, into: &mut Vec<Seen>) {
    let enabled = above && known.get("enabled").and_then(|on| bool::try_from(on).ok()).unwrap_or(true);
    if let Some(label) = known.get("label").and_then(|label| <&str>::try_from(label).ok()) {
        // An underscore stands before the letter that chooses the entry; two stand for one.
        into.push(Seen { id, label: label.replace("__", "\0").replace('_', "").replace('\0', "_"), enabled });
    }
    for one in below {
        if let Ok(entry) = Entry::try_from(one) {
            flatten(entry, enabled, into);
        }
    }
}

struct Watcher(Items);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// `service` is the path of the icon, or the name of a program whose icon is at the usual path.
    async fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) {
        let program = header.sender().map(ToString::to_string).unwrap_or_default();
        let path = if service.starts_with('/') { service.to_owned() } else { "/StatusNotifierItem".to_owned() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Item { program, path });
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|item| format!("{}{}", item.program, item.path)).collect()
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;
}
