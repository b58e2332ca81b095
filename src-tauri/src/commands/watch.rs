//! What looks after Baton itself: the heartbeat, what is heard, and that it is started.

use baton_core::api::{HeartbeatView, Sound};
use baton_core::domain::heartbeat::HeartbeatSettings;
use baton_core::domain::sound::MuteFor;
use tauri::AppHandle;

use super::{Answer, AtDesk};
use crate::autostart as at_login;

#[tauri::command]
pub async fn heartbeat(desk: AtDesk<'_>) -> Answer<HeartbeatView> {
    desk.get().await?.heartbeat().await
}

#[tauri::command]
pub async fn save_heartbeat(desk: AtDesk<'_>, settings: HeartbeatSettings, address: Option<String>) -> Answer<()> {
    desk.get().await?.save_heartbeat(settings, address).await
}

#[tauri::command]
pub async fn try_heartbeat(desk: AtDesk<'_>) -> Answer<String> {
    desk.get().await?.try_heartbeat().await
}

#[tauri::command]
pub async fn sound(desk: AtDesk<'_>) -> Answer<Sound> {
    desk.get().await?.sound().await
}

#[tauri::command]
pub async fn mute(desk: AtDesk<'_>, wanted: Option<MuteFor>) -> Answer<()> {
    desk.get().await?.mute(wanted).await
}

#[tauri::command]
pub async fn autostart(app: AppHandle) -> Answer<Option<bool>> {
    at_login::is_on(&app)
}

#[tauri::command]
pub async fn set_autostart(app: AppHandle, on: bool) -> Answer<()> {
    at_login::set(&app, on)
}
