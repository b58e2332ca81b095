//! What looks after Baton itself: the heartbeat, and what is heard at the desk.

use serde::Serialize;
use std::sync::Arc;
use ts_rs::TS;

use super::{Answer, Desk};
use crate::channel::heartbeat as line;
use crate::domain::heartbeat::HeartbeatSettings;
use crate::domain::id::ChannelId;
use crate::domain::sound::MuteFor;
use crate::domain::time::spoken;
use crate::engine::{Lateness, heartbeat, lookup, sound};
use crate::error::Failure;
use crate::host::{Change, Secret};
use crate::store::settings;

/// What the desk has agreed of the heartbeat, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HeartbeatView {
    pub settings: HeartbeatSettings,
    /// The file that is written each minute.
    pub file: String,
    /// When one last got through since Baton was started.
    pub last_good: Option<String>,
    pub failing: Option<HeartbeatTrouble>,
}

/// None gets through at present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HeartbeatTrouble {
    pub since: String,
    pub words: String,
}

/// What is heard at the desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Sound {
    /// Nothing until then.
    pub muted_until: Option<String>,
    /// When the shift of whoever sits at this desk is over, where that is known.
    pub shift_ends: Option<String>,
}

impl Desk {
    pub async fn heartbeat(&self) -> Answer<HeartbeatView> {
        let now = self.now();
        let (beating, file) = (self.engine.beating(), heartbeat::file(self.engine.store.folder()));
        self.read(move |db| {
            let zone = lookup::desk(db)?.tz();
            Ok(HeartbeatView {
                settings: heartbeat::agreed(db),
                file: file.display().to_string(),
                last_good: beating.good_at.map(|at| spoken(at, now, zone)),
                failing: beating.failing.map(|failing| HeartbeatTrouble { since: spoken(failing.since, now, zone), words: failing.words }),
            })
        })
        .await
    }

    /// `address` is a new one; without it the one that is kept stays, and an empty one takes it away.
    pub async fn save_heartbeat(&self, settings: HeartbeatSettings, address: Option<String>) -> Answer<()> {
        if !(1..=1440).contains(&settings.minutes) {
            return Err(Failure::invalid("minutes", "Every 1 to 1440 minutes (a day)."));
        }
        let before = self.read(|db| Ok(heartbeat::agreed(db))).await?;
        let given = address.map(|address| address.trim().to_string());
        let mut after = HeartbeatSettings { kept_as: before.kept_as, host: before.host.clone(), ..settings };
        match given.as_deref() {
            Some("") => (after.kept_as, after.host) = (None, String::new()),
            Some(new) => {
                let secret = Secret::new(new.to_string());
                after.host = line::host(&secret, &after)?;
                // Under a name of its own: until the row names it, the old one is in force.
                after.kept_as = Some(ChannelId::new(self.now()));
                self.keep_address(&after, Some(secret)).await?;
            }
            // What is allowed may have changed: the address it is allowed for is the judge.
            None => {
                if let Some(kept) = self.kept_address(&before).await? {
                    line::host(&kept, &after)?;
                }
            }
        }
        let row = after.clone();
        let written = self.write([Change::Settings], move |db| Ok(settings::put(db, heartbeat::SETTINGS, &row)?)).await;
        // The row decides: what it does not name is nobody's.
        let left = if written.is_ok() { &before } else { &after };
        if before.kept_as != after.kept_as
            && let Err(failure) = self.keep_address(left, None).await
        {
            tracing::warn!(message = failure.message, "an address of the heartbeat is still kept that nothing names");
        }
        if written.is_ok() {
            self.engine.forget_beats();
        }
        written
    }

    /// Sends one now, as it is saved; answers what came of it.
    pub async fn try_heartbeat(&self) -> Answer<String> {
        let agreed = self.read(|db| Ok(heartbeat::agreed(db))).await?;
        self.engine.try_heartbeat(&agreed).await.map_err(Failure::other)
    }

    /// What should have been done, as far as anything is late.
    pub fn lateness(&self) -> Option<Lateness> {
        self.engine.lateness()
    }

    pub async fn sound(&self) -> Answer<Sound> {
        let now = self.now();
        self.read(move |db| {
            let zone = lookup::desk(db)?.tz();
            let say = |at| spoken(at, now, zone);
            Ok(Sound { muted_until: sound::muted_until(db, now).map(say), shift_ends: sound::shift_ends(db, now)?.map(say) })
        })
        .await
    }

    /// Nothing is heard for so long, or everything is again with `None`. Every notice is shown all the same.
    pub async fn mute(&self, wanted: Option<MuteFor>) -> Answer<()> {
        let now = self.now();
        self.write([Change::Settings], move |db| {
            let until = sound::mute(db, wanted, now)?;
            if wanted == Some(MuteFor::Shift) && until.is_none() {
                let words = "It is not known when your shift ends: neither your hours nor a turn of yours that ends within a day are in the directory. Mute for an hour instead.";
                return Err(Failure::invalid("mute", words));
            }
            Ok(())
        })
        .await
    }

    async fn keep_address(&self, settings: &HeartbeatSettings, address: Option<Secret>) -> Answer<()> {
        let Some(name) = heartbeat::secret_name(settings) else { return Ok(()) };
        let keyring = Arc::clone(&self.engine.secrets);
        let kept = tokio::task::spawn_blocking(move || match address {
            Some(address) => keyring.set(&name, &address),
            None => keyring.remove(&name),
        });
        Ok(kept.await.map_err(|error| Failure::other(error.to_string()))??)
    }

    async fn kept_address(&self, settings: &HeartbeatSettings) -> Answer<Option<Secret>> {
        let Some(name) = heartbeat::secret_name(settings) else { return Ok(None) };
        let keyring = Arc::clone(&self.engine.secrets);
        Ok(tokio::task::spawn_blocking(move || keyring.get(&name)).await.map_err(|error| Failure::other(error.to_string()))??)
    }
}
