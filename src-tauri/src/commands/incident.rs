//! Step 5: one incident.

use baton_core::api::types::{Action, IncidentView, PromiseRead};
use baton_core::domain::facts::Facts;
use baton_core::domain::id::IncidentId;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn incident(desk: AtDesk<'_>, id: IncidentId) -> Answer<IncidentView> {
    desk.get().await?.incident(id).await
}

#[tauri::command]
pub async fn what_changes(desk: AtDesk<'_>, id: IncidentId, facts: Facts) -> Answer<String> {
    desk.get().await?.what_changes(id, facts).await
}

#[tauri::command]
pub async fn promise_in(desk: AtDesk<'_>, id: IncidentId, text: String) -> Answer<Option<PromiseRead>> {
    desk.get().await?.promise_in(id, text).await
}

#[tauri::command]
pub async fn act(desk: AtDesk<'_>, id: IncidentId, action: Action) -> Answer<()> {
    desk.get().await?.act(id, action).await
}

#[tauri::command]
pub async fn link(desk: AtDesk<'_>, one: IncidentId, other: IncidentId) -> Answer<()> {
    desk.get().await?.link(one, other).await
}

#[tauri::command]
pub async fn merge(desk: AtDesk<'_>, part: IncidentId, into: IncidentId) -> Answer<()> {
    desk.get().await?.merge(part, into).await
}
