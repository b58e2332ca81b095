//! Tells the window and the tray that something changed. Ids only: the window
//! fetches what it shows. Changes that come together are told once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use baton_core::host::{Change, EventSink};
use serde::Serialize;
use tauri::{AppHandle, Emitter};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How long changes are gathered: less than one sees, more than a burst lasts.
const GATHERING: Duration = Duration::from_millis(25);

pub struct Changes {
    to: UnboundedSender<Change>,
}

/// What the window is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Changed {
    topic: &'static str,
    id: Option<String>,
}

impl Changes {
    pub fn new() -> (Self, UnboundedReceiver<Change>) {
        let (to, from) = unbounded_channel();
        (Self { to }, from)
    }
}

impl EventSink for Changes {
    fn changed(&self, change: Change) {
        // Nobody listens any more only when the program ends.
        let _ = self.to.send(change);
    }
}

/// Runs until the desk is gone, and stirs whoever else shows how things stand.
pub async fn tell(app: AppHandle, mut changes: UnboundedReceiver<Change>, stirred: Arc<Notify>) {
    while let Some(first) = changes.recv().await {
        tokio::time::sleep(GATHERING).await;
        let mut together = BTreeSet::from([said(first)]);
        while let Ok(next) = changes.try_recv() {
            together.insert(said(next));
        }
        for changed in together {
            if let Err(error) = app.emit("changed", &changed) {
                tracing::warn!(%error, ?changed, "the window did not hear of a change");
            }
        }
        stirred.notify_one();
    }
}

fn said(change: Change) -> Changed {
    let (topic, id) = change.topic();
    Changed { topic, id }
}
