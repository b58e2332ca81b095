//! One desk in a temporary folder with a clock that the story turns. Everything
//! else is real: the database, the engine, the sockets.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use baton_core::api::Desk;
use baton_core::clock::{Clock, SystemClock};
use baton_core::domain::time::{Instant, MINUTE};
use baton_core::engine::Engine;
use baton_core::host::{Change, EventSink, Notifier, Secret, SecretName, Secrets, SecretsFailure, SecretsState, ShownNotice};
use baton_core::store::Store;
use tempfile::TempDir;
use tokio::sync::broadcast;

/// Monday, 23 November 2026, 13:42 in Berlin.
pub const BEGINNING: Instant = Instant(1_795_437_720_000);

pub struct World {
    pub clock: Arc<TestClock>,
    pub desk: Arc<Desk>,
    pub engine: Arc<Engine>,
    pub screen: Arc<Screen>,
    pub window: Arc<Window>,
    pub secrets: Arc<Vault>,
    pub folder: Arc<Folder>,
}

impl World {
    /// A new desk with nothing but the channels it has from the start.
    pub async fn new() -> Self {
        let folder = Arc::new(Folder::temporary());
        Self::in_folder(folder, Arc::new(TestClock::at(BEGINNING)), Arc::default()).await
    }

    /// A new desk on the computer's own clock, for a person to look at.
    pub async fn now_and_here() -> Self {
        let now = SystemClock::starting_after(None).now();
        let folder = Arc::new(Folder::temporary());
        Self::build(folder, Arc::new(TestClock::at(now)), Arc::new(SystemClock::starting_after(None)), Arc::default()).await
    }

    /// A new desk that begins at this very moment, on a clock that is turned by hand: for
    /// servers that know only the computer's own.
    pub async fn beginning_now() -> Self {
        let now = SystemClock::starting_after(None).now();
        Self::in_folder(Arc::new(Folder::temporary()), Arc::new(TestClock::at(now)), Arc::default()).await
    }

    /// The desk in this folder, on the computer's own clock.
    pub async fn at(folder: &Path) -> Self {
        let time = Arc::new(SystemClock::starting_after(None));
        let clock = Arc::new(TestClock::at(time.now()));
        Self::build(Arc::new(Folder { path: folder.to_path_buf(), temporary: None }), clock, time, Arc::default()).await
    }

    /// The same desk after a restart: what was in memory is gone.
    pub async fn restarted(self) -> Self {
        let Self { folder, clock, secrets, .. } = self;
        Self::in_folder(folder, clock, secrets).await
    }

    async fn in_folder(folder: Arc<Folder>, clock: Arc<TestClock>, secrets: Arc<Vault>) -> Self {
        Self::build(folder, clock.clone(), clock, secrets).await
    }

    async fn build(folder: Arc<Folder>, clock: Arc<TestClock>, time: Arc<dyn Clock>, secrets: Arc<Vault>) -> Self {
        let (store, _) = Store::open(folder.path()).expect("the database opens");
        let (screen, window) = (Arc::new(Screen::default()), Arc::new(Window::default()));
        let engine = Arc::new(Engine::new(store, time, screen.clone(), secrets.clone(), window.clone()));
        let desk = Arc::new(Desk::new(engine.clone()));
        desk.prepare(None).await.expect("a new desk can be prepared");
        engine.resume().await.expect("what the last run left open can be taken up");
        Self { clock, desk, engine, screen, window, secrets, folder }
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Does everything that is due now, and waits for every send to come to an
    /// end. Returns when something is due next.
    pub async fn settle(&self) -> Option<Instant> {
        self.engine.settle().await.expect("every turn of the engine succeeds")
    }

    /// Takes in what has come back by the channels so far, and does what is due by it.
    /// Returns how much was heard.
    pub async fn hear(&self) -> usize {
        self.settle().await;
        let heard = self.engine.listen_once().await.expect("what was heard can be written down");
        self.settle().await;
        heard
    }

    /// Lets time pass from one due moment to the next, as it would.
    pub async fn fast_forward(&self, minutes: i64) {
        let end = self.now().plus(minutes * MINUTE);
        while let Some(due) = self.settle().await.filter(|due| *due <= end) {
            self.clock.set(due.max(self.now()));
        }
        self.clock.set(end);
        self.settle().await;
    }

    /// Somebody looks once a minute whether everything is in time, for so many minutes, and nothing else is done.
    pub async fn looked_over(&self, minutes: i64) {
        for _ in 0..minutes {
            self.clock.set(self.now().plus(MINUTE));
            self.look_over().await;
        }
    }

    /// Somebody looks whether everything is in time.
    pub async fn look_over(&self) {
        if let Some(alarm) = self.engine.look().await {
            alarm.await.expect("the alarm is shown");
        }
    }

    /// The computer sleeps: nothing is done until it wakes.
    pub async fn sleep(&self, minutes: i64) {
        self.clock.set(self.now().plus(minutes * MINUTE));
        self.settle().await;
    }
}

/// Where a desk keeps its data.
pub struct Folder {
    path: PathBuf,
    /// Removed with the world.
    #[allow(dead_code, reason = "kept for what happens when it is dropped")]
    temporary: Option<TempDir>,
}

impl Folder {
    fn temporary() -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder can be made");
        Self { path: temporary.path().to_path_buf(), temporary: Some(temporary) }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Stands still until it is set.
pub struct TestClock(AtomicI64);

impl TestClock {
    #[must_use]
    pub fn at(moment: Instant) -> Self {
        Self(AtomicI64::new(moment.0))
    }

    pub fn set(&self, moment: Instant) {
        self.0.store(moment.0, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// Stands in for the desktop: remembers what it was asked to show.
#[derive(Default)]
pub struct Screen {
    shown: Mutex<Vec<ShownNotice>>,
    broken: Mutex<Option<String>>,
}

impl Screen {
    /// The titles shown so far, the oldest first.
    pub fn shown(&self) -> Vec<ShownNotice> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn titles(&self) -> Vec<String> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|notice| notice.title.clone()).collect()
    }

    /// The same of those that were heard, too.
    pub fn heard(&self) -> Vec<String> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.iter().filter(|notice| notice.sound).map(|notice| notice.title.clone()).collect()
    }

    pub fn last(&self) -> Option<ShownNotice> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }

    /// From now on there is no notification daemon.
    pub fn breaks(&self, reason: &str) {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.into());
    }
}

impl Notifier for Screen {
    fn show(&self, notice: &ShownNotice) -> Result<(), String> {
        if let Some(reason) = self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Err(reason);
        }
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).push(notice.clone());
        Ok(())
    }
}

/// A keyring in memory.
#[derive(Default)]
pub struct Vault {
    kept: Mutex<std::collections::BTreeMap<SecretName, Secret>>,
    locked: AtomicBool,
    hangs: Mutex<bool>,
    answers: Condvar,
}

impl Vault {
    /// No secret is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Whether whoever asks for a secret has to wait.
    pub fn hang(&self, hangs: bool) {
        *self.hangs.lock().unwrap_or_else(PoisonError::into_inner) = hangs;
        self.answers.notify_all();
    }

    /// From now on nothing can be read until it is unlocked.
    pub fn lock(&self) {
        self.locked.store(true, Ordering::SeqCst);
    }
}

impl Secrets for Vault {
    fn state(&self) -> SecretsState {
        SecretsState::Keyring
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretsFailure> {
        let hangs = self.hangs.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.answers.wait_while(hangs, |hangs| *hangs));
        if self.locked.load(Ordering::SeqCst) {
            return Err(SecretsFailure::Locked);
        }
        Ok(self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretsFailure> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), secret.clone());
        Ok(())
    }

    fn remove(&self, name: &SecretName) -> Result<(), SecretsFailure> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }

    fn unlock(&self, _passphrase: &Secret) -> Result<(), SecretsFailure> {
        self.locked.store(false, Ordering::SeqCst);
        Ok(())
    }
}

/// Hears what a window would hear.
pub struct Window(pub broadcast::Sender<Change>);

impl Default for Window {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

impl EventSink for Window {
    fn changed(&self, change: Change) {
        // Nobody listening is a closed window.
        drop(self.0.send(change));
    }
}
