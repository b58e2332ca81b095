//! Step 3: channels.

use std::collections::BTreeSet;

use baton_core::api::OwnChannels;
use baton_core::api::types::{ChannelChange, Drills, TestResult};
use baton_core::domain::channel::ChannelSetup;
use baton_core::domain::drill::DrillSchedule;
use baton_core::domain::id::{ChannelId, DeliveryId, DrillId, PersonId};

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
pub async fn own_channels(desk: AtDesk<'_>) -> Answer<OwnChannels> {
    desk.get().await?.own_channels().await
}

#[tauri::command]
pub async fn new_id(desk: AtDesk<'_>) -> Answer<String> {
    Ok(desk.get().await?.new_id())
}

#[tauri::command]
pub async fn drills(desk: AtDesk<'_>) -> Answer<Drills> {
    desk.get().await?.drills().await
}

#[tauri::command]
pub async fn begin_drill(desk: AtDesk<'_>, people: Option<BTreeSet<PersonId>>) -> Answer<DrillId> {
    desk.get().await?.begin_drill(people).await
}

#[tauri::command]
pub async fn end_drill(desk: AtDesk<'_>, id: DrillId) -> Answer<()> {
    desk.get().await?.end_drill(id).await
}

#[tauri::command]
pub async fn drill_received(desk: AtDesk<'_>, delivery: DeliveryId) -> Answer<()> {
    desk.get().await?.drill_received(delivery).await
}

#[tauri::command]
pub async fn save_drill_schedule(desk: AtDesk<'_>, schedule: Option<DrillSchedule>) -> Answer<()> {
    desk.get().await?.save_drill_schedule(schedule).await
}
