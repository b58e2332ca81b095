//! Signs of life, each minute beside the engine: a file beside the database, and, where the desk has agreed on one, an
//! address whose silence somebody else can watch. While something is late the address hears nothing.

use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Engine;
use crate::channel::heartbeat::HeartbeatLine;
use crate::domain::heartbeat::{Beating, Heartbeat, HeartbeatSettings};
use crate::domain::id::NoticeId;
use crate::domain::notice::Asks;
use crate::domain::time::Instant;
use crate::host::{Change, Secret, SecretName};
use crate::store::notices::{self, NoticeRow};
use crate::store::{StoreError, settings};

/// What the desk has agreed.
pub const SETTINGS: &str = "heartbeat";

/// What the address is called among the secrets.
const FIELD: &str = "heartbeat";

/// The name of the file, beside the database.
const FILE: &str = "heartbeat.json";

/// Who is told where the address is not where it was kept.
const NOT_THERE: &str = "The address of the heartbeat is not where it was kept: enter it again under Settings, Desk.";

/// No address, where that cannot be read.
pub fn agreed(db: &Connection) -> HeartbeatSettings {
    let standard = HeartbeatSettings::default();
    settings::get_over(db, SETTINGS, &standard).ok().flatten().unwrap_or(standard)
}

pub fn file(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// What its address is kept under; `None` where there is none.
pub fn secret_name(settings: &HeartbeatSettings) -> Option<SecretName> {
    settings.kept_as.map(|channel| SecretName { channel, field: FIELD.into() })
}

impl Engine {
    /// How the address stands since Baton was started.
    pub fn beating(&self) -> Beating {
        self.self_check.state().beating.clone()
    }

    /// Another address begins anew.
    pub fn forget_beats(&self) {
        self.self_check.state().beating = Beating::default();
    }

    pub(super) async fn give_sign_of_life(self: &Arc<Self>, now: Instant) {
        let sign = self.sign_of_life(now);
        let written = self.write_sign(&sign).await;
        if let Err(error) = &written {
            tracing::warn!(%error, "the heartbeat's file cannot be written");
        }
        let Ok(agreed) = self.store.read::<_, StoreError, _>(|db| Ok(agreed(db))).await else { return };
        let due = self.self_check.state().beating.is_due(agreed.minutes, now);
        if agreed.kept_as.is_none() || !sign.well || !due {
            return;
        }
        let outcome = self.beat(&self.self_check.line, &agreed, &sign, now).await.map(drop);
        let before = self.beating().failing.is_some();
        let failed = outcome.as_ref().err().cloned();
        let tell = self.self_check.state().beating.came_to(outcome, now);
        if let (true, Some(words)) = (tell, failed) {
            tracing::warn!(words, "the heartbeat does not get through");
            let notice = told(&words, now);
            if let Err(failure) = self.store.write::<_, StoreError, _>(move |db| notices::add(db, &notice)).await {
                tracing::error!(%failure, "that the heartbeat does not get through could not be said");
            }
            self.wake();
        }
        if tell || before != self.beating().failing.is_some() {
            self.tell([Change::Settings]);
        }
    }

    fn sign_of_life(&self, now: Instant) -> Heartbeat {
        let sight = self.self_check.sight();
        let said = |at: Instant| at.utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        Heartbeat {
            program: "Baton",
            version: env!("CARGO_PKG_VERSION"),
            at: said(now),
            well: sight.late_since.is_none() && sight.open.is_some(),
            late_since: sight.late_since.map(said),
            open_incidents: sight.open,
            next_due: sight.next_due.map(said),
        }
    }

    async fn write_sign(&self, sign: &Heartbeat) -> std::io::Result<()> {
        let (file, bytes) = (file(self.store.folder()), serde_json::to_vec_pretty(sign)?);
        tokio::task::spawn_blocking(move || replace(&file, &bytes)).await?
    }

    /// Sends one now, to see whether it gets through; what came of the others stands.
    pub async fn try_heartbeat(self: &Arc<Self>, agreed: &HeartbeatSettings) -> Result<String, String> {
        let now = self.now();
        let sign = self.sign_of_life(now);
        if sight_is_bad(&sign) {
            return Err("Something is late, so nothing is sent: whoever watches is to notice. See what is late above.".into());
        }
        self.beat(&HeartbeatLine::default(), agreed, &sign, now).await
    }

    async fn beat(&self, line: &HeartbeatLine, agreed: &HeartbeatSettings, sign: &Heartbeat, now: Instant) -> Result<String, String> {
        let address = self.address(agreed).await?;
        let body = serde_json::to_vec(sign).map_err(|error| error.to_string())?;
        line.send(&address, agreed, body, now).await
    }

    async fn address(&self, agreed: &HeartbeatSettings) -> Result<Secret, String> {
        let name = secret_name(agreed).ok_or_else(|| "There is no address to send it to.".to_string())?;
        let secrets = Arc::clone(&self.secrets);
        let found = tokio::task::spawn_blocking(move || secrets.get(&name)).await.map_err(|error| error.to_string())?;
        found.map_err(|failure| failure.to_string())?.ok_or_else(|| NOT_THERE.to_string())
    }
}

/// Before the first look nobody knows that anything is late.
fn sight_is_bad(sign: &Heartbeat) -> bool {
    sign.late_since.is_some()
}

/// Whoever reads it finds the old one or the new one. A heartbeat that a power cut takes is none that anybody misses,
/// so the disk is not waited for.
fn replace(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = file.with_extension("part");
    std::fs::write(&part, bytes)?;
    std::fs::rename(part, file)
}

fn told(words: &str, now: Instant) -> NoticeRow {
    NoticeRow {
        id: NoticeId::new(now),
        incident: None,
        at: now,
        title: "The heartbeat does not get through".into(),
        body: format!(
            "{words} Everything else goes on, and it is tried again every minute. Whoever watches for it may take this desk for dead. \
             See Settings, under Desk."
        ),
        critical: false,
        asks: Asks::SeeHeartbeat,
        about: None,
        read: false,
    }
}
