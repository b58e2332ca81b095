//! The tray's entries about sound: how long it is muted, and muting it for a time that ends by itself.

use baton_core::api::Sound;
use baton_core::domain::sound::MuteFor;
use tauri::menu::{MenuItem, Submenu};
use tauri::{AppHandle, Manager, Wry};

use crate::desk::TheDesk;

/// What the entries are called by.
const IDS: [(&str, Option<MuteFor>); 4] = [
    ("mute-half", Some(MuteFor::HalfAnHour)),
    ("mute-hour", Some(MuteFor::AnHour)),
    ("mute-shift", Some(MuteFor::Shift)),
    ("unmute", None),
];

const ON: &str = "Mute the sound";
const SHIFT: &str = "Until my shift ends";

pub struct MuteMenu {
    pub all: Submenu<Wry>,
    shift: MenuItem<Wry>,
    heard: MenuItem<Wry>,
}

impl MuteMenu {
    pub fn make(app: &AppHandle) -> tauri::Result<Self> {
        let item = |id: &str, words: &str, enabled| MenuItem::with_id(app, id, words, enabled, None::<&str>);
        let shift = item("mute-shift", SHIFT, false)?;
        let heard = item("unmute", "Sound on again", false)?;
        let (half, hour) = (item("mute-half", "For 30 minutes", true)?, item("mute-hour", "For an hour", true)?);
        let all = Submenu::with_items(app, ON, true, &[&half, &hour, &shift, &heard])?;
        Ok(Self { all, shift, heard })
    }

    /// Only what changed is touched.
    pub fn change(&self, before: &Sound, after: &Sound) -> tauri::Result<()> {
        if before.muted_until != after.muted_until {
            self.all.set_text(after.muted_until.as_ref().map_or_else(|| ON.into(), |until| format!("Sound muted until {until}")))?;
            self.heard.set_enabled(after.muted_until.is_some())?;
        }
        if before.shift_ends != after.shift_ends {
            self.shift.set_text(after.shift_ends.as_ref().map_or_else(|| SHIFT.into(), |end| format!("{SHIFT}, {end}")))?;
            self.shift.set_enabled(after.shift_ends.is_some())?;
        }
        Ok(())
    }
}

/// Whether it was an entry of these that was chosen.
pub fn chosen(app: &AppHandle, id: &str) -> bool {
    let Some((_, wanted)) = IDS.into_iter().find(|(known, _)| *known == id) else { return false };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let done = match app.state::<TheDesk>().get().await {
            Ok(desk) => desk.mute(wanted).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = done {
            tracing::warn!(message = failure.message, "the sound is as it was");
        }
    });
    true
}
