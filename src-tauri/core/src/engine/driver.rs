//! Keeps the engine turning: sleeps until something is due, or until woken.

use std::sync::Arc;
use std::time::Duration;

use super::Engine;
use crate::store::StoreError;

/// The longest sleep. A laptop that was closed and a clock that was moved are
/// noticed within it.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

impl Engine {
    /// Runs until the future is dropped. A turn that fails is logged and tried
    /// again; nothing is lost, for everything due is in the database.
    pub async fn run(self: Arc<Self>) {
        if let Err(failure) = self.resume().await {
            tracing::error!(%failure, "what the last run left open could not be taken up");
        }
        loop {
            // Registered before the database is read, so that what is written while
            // it is read is not slept through.
            let woken = self.wake.notified();
            let engine = Arc::clone(&self);
            // In a task of its own: a turn that panics is one that failed, and the
            // next one comes.
            let turn = tokio::spawn(async move { engine.cycle().await }).await.unwrap_or(Err(StoreError::Stopped));
            let wait = match turn {
                Ok(Some(due)) => {
                    let left = u64::try_from(due.since(self.now())).unwrap_or(0);
                    Duration::from_millis(left).clamp(Duration::from_millis(1), LONGEST_SLEEP)
                }
                Ok(None) => LONGEST_SLEEP,
                Err(failure) => {
                    tracing::error!(%failure, "a turn of the engine failed; it is tried again");
                    LONGEST_SLEEP
                }
            };
            tokio::select! {
                () = woken => {}
                () = self.clock.sleep(wait) => {}
            }
        }
    }
}
