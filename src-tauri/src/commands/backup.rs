//! Copies of everything, and going on from one.

use baton_core::api::{Backups, RestorePreview};
use baton_core::domain::backup::BackupSettings;
use tauri::AppHandle;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn backups(desk: AtDesk<'_>) -> Answer<Backups> {
    desk.get().await?.backups().await
}

#[tauri::command]
pub async fn save_backup_settings(desk: AtDesk<'_>, settings: BackupSettings) -> Answer<()> {
    desk.get().await?.save_backup_settings(settings).await
}

#[tauri::command]
pub async fn back_up_now(desk: AtDesk<'_>) -> Answer<String> {
    desk.get().await?.back_up_now().await
}

#[tauri::command]
pub async fn restore_preview(desk: AtDesk<'_>, file: String) -> Answer<RestorePreview> {
    desk.get().await?.restore_preview(file).await
}

/// The copy takes the database's place before the next start opens it, so Baton starts anew.
#[tauri::command]
pub async fn restore_backup(app: AppHandle, desk: AtDesk<'_>, file: String) -> Answer<()> {
    desk.get().await?.restore_backup(file).await?;
    app.request_restart();
    Ok(())
}
