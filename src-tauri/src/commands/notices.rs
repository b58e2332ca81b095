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
