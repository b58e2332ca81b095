//! Step 5: one incident.

use baton_core::api::types::{Action, EditPreview, IncidentView, PostIncident, PromiseRead};
use baton_core::domain::facts::Facts;
use baton_core::domain::id::IncidentId;
use baton_core::domain::status::StatusLanguage;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn incident(desk: AtDesk<'_>, id: IncidentId) -> Answer<IncidentView> {
    desk.get().await?.incident(id).await
}

#[tauri::command]
pub async fn status_text(desk: AtDesk<'_>, id: IncidentId, language: StatusLanguage) -> Answer<String> {
    desk.get().await?.status_text(id, language).await
}

#[tauri::command]
pub async fn what_changes(desk: AtDesk<'_>, id: IncidentId, opened: Facts, facts: Facts) -> Answer<EditPreview> {
    desk.get().await?.what_changes(id, opened, facts).await
}

#[tauri::command]
pub async fn post_incident(desk: AtDesk<'_>, id: IncidentId) -> Answer<PostIncident> {
    desk.get().await?.post_incident(id).await
}

#[tauri::command]
pub async fn save_post_incident(desk: AtDesk<'_>, id: IncidentId, words: Option<String>) -> Answer<()> {
    desk.get().await?.save_post_incident(id, words).await
}

#[tauri::command]
pub async fn promise_in(desk: AtDesk<'_>, id: IncidentId, text: String) -> Answer<Option<PromiseRead>> {
    desk.get().await?.promise_in(id, text).await
}

#[tauri::command]
pub async fn act(desk: AtDesk<'_>, id: IncidentId, action: Action) -> Answer<String> {
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
