//! Step 3: channels.

use baton_core::api::types::{ChannelChange, TestResult};
use baton_core::domain::channel::ChannelSetup;
use baton_core::domain::id::ChannelId;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn save_channel(desk: AtDesk<'_>, change: ChannelChange) -> Answer<ChannelSetup> {
    desk.get().await?.save_channel(change).await
}

#[tauri::command]
pub async fn remove_channel(desk: AtDesk<'_>, id: ChannelId, anyway: bool) -> Answer<()> {
    desk.get().await?.remove_channel(id, anyway).await
}

#[tauri::command]
pub async fn test_channel(desk: AtDesk<'_>, id: ChannelId, address: String) -> Answer<TestResult> {
    desk.get().await?.test_channel(id, address).await
}

#[tauri::command]
pub async fn new_id(desk: AtDesk<'_>) -> Answer<String> {
    Ok(desk.get().await?.new_id())
}
