//! What is kept: copies of everything and going on from one, how long, and what is held of a person.

use baton_core::api::{Backups, PersonData, RestorePreview, RetentionPreview};
use baton_core::domain::backup::BackupSettings;
use baton_core::domain::id::PersonId;
use baton_core::domain::retention::Retention;
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

#[tauri::command]
pub async fn retention(desk: AtDesk<'_>) -> Answer<Retention> {
    desk.get().await?.retention().await
}

#[tauri::command]
pub async fn save_retention(desk: AtDesk<'_>, rules: Retention) -> Answer<()> {
    desk.get().await?.save_retention(rules).await
}

#[tauri::command]
pub async fn retention_preview(desk: AtDesk<'_>, rules: Retention) -> Answer<RetentionPreview> {
    desk.get().await?.retention_preview(rules).await
}

#[tauri::command]
pub async fn remove_old(desk: AtDesk<'_>) -> Answer<usize> {
    desk.get().await?.remove_old().await
}

#[tauri::command]
pub async fn export_everything(desk: AtDesk<'_>) -> Answer<String> {
    desk.get().await?.export_everything().await
}

#[tauri::command]
pub async fn person_data(desk: AtDesk<'_>, id: PersonId) -> Answer<PersonData> {
    desk.get().await?.person_data(id).await
}

#[tauri::command]
pub async fn save_person_data(desk: AtDesk<'_>, id: PersonId) -> Answer<String> {
    desk.get().await?.save_person_data(id).await
}

#[tauri::command]
pub async fn forget_person(desk: AtDesk<'_>, id: PersonId, anyway: bool) -> Answer<()> {
    desk.get().await?.forget_person(id, anyway).await
}
