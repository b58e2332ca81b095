//! The inbox.

use baton_core::api::types::Notice;
use baton_core::domain::id::NoticeId;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn notices(desk: AtDesk<'_>) -> Answer<Vec<Notice>> {
    desk.get().await?.notices().await
}

#[tauri::command]
pub async fn read_notice(desk: AtDesk<'_>, id: NoticeId) -> Answer<()> {
    desk.get().await?.read_notice(id).await
}

/// Answers with where in the window the rest is done; with nothing where nothing is left to do.
#[tauri::command]
pub async fn answer_notice(desk: AtDesk<'_>, id: NoticeId, button: String, word: Option<String>) -> Answer<Option<String>> {
    Ok(desk.get().await?.answer_notice(id, &button, word).await?.address())
}
