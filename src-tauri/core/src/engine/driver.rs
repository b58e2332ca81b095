//! Keeps the engine turning: sleeps until something is due, or until woken.

use std::sync::Arc;
use std::time::Duration;

use super::Engine;
use super::record::CommandFailure;
use crate::domain::id::NoticeId;
use crate::domain::time::Instant;
use crate::host::{Change, ShownNotice};
use crate::store::StoreError;

/// The longest sleep. A laptop that was closed and a clock that was moved are
/// noticed within it.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

impl Engine {
    /// Runs until the future is dropped. A turn that fails is said at the desk and
    /// tried again; nothing is lost, for everything due is in the database.
    pub async fn run(self: Arc<Self>) {
        let mut resumed = false;
        loop {
            // Registered before the database is read, so that what is written while
            // it is read is not slept through.
            let woken = self.wake.notified();
            let engine = Arc::clone(&self);
            // In a task of its own: a turn that panics is one that failed, and the
            // next one comes.
            let turn = tokio::spawn(async move { engine.turn(resumed).await }).await;
            let turn = turn.unwrap_or(Err(CommandFailure::Store(StoreError::Stopped)));
            resumed |= turn.is_ok();
            self.report(turn.as_ref().err());
            let wait = match turn {
                Ok(Some(due)) => {
                    let left = u64::try_from(due.since(self.now())).unwrap_or(0);
                    Duration::from_millis(left).clamp(Duration::from_millis(1), LONGEST_SLEEP)
                }
                Ok(None) | Err(_) => LONGEST_SLEEP,
            };
            tokio::select! {
                () = woken => {}
                () = self.clock.sleep(wait) => {}
            }
        }
    }

    async fn turn(self: &Arc<Self>, resumed: bool) -> Result<Option<Instant>, CommandFailure> {
        if !resumed {
            self.resume().await?;
        }
        self.cycle().await
    }

    /// Says at the desk that the engine cannot do its work, once, and takes it back
    /// when it can again. Not through the database: that may be what is broken.
    fn report(&self, failure: Option<&CommandFailure>) {
        let words = failure.map(|failure| format!("Baton cannot do what is due: {failure} It tries again every few seconds."));
        let mut trouble = self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *trouble == words {
            return;
        }
        trouble.clone_from(&words);
        drop(trouble);
        self.sink.changed(Change::Settings);
        let Some(body) = words else { return };
        tracing::error!(body, "a turn of the engine failed");
        let notifier = Arc::clone(&self.notifier);
        let title = "Baton cannot watch over your incidents".to_string();
        let notice = ShownNotice {
            id: NoticeId::new(self.now()),
            incident: None,
            title,
            body,
            critical: true,
            sound: false,
            actions: vec![],
            word: None,
        };
        tokio::task::spawn_blocking(move || drop(notifier.show(&notice)));
    }

    /// Why the engine cannot do its work at the moment, if it cannot.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}
