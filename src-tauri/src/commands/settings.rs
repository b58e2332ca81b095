//! The frame of the window, the desk itself and what it has agreed.

use baton_core::api::types::{Overview, PolicyPreview};
use baton_core::domain::desk::{DeskRules, DeskSettings};
use baton_core::domain::policy::Policy;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn overview(desk: AtDesk<'_>) -> Answer<Overview> {
    desk.get().await?.overview().await
}

#[tauri::command]
pub async fn save_desk(desk: AtDesk<'_>, settings: DeskSettings) -> Answer<()> {
    desk.get().await?.save_desk(settings).await
}

#[tauri::command]
pub async fn load_sample(desk: AtDesk<'_>) -> Answer<()> {
    desk.get().await?.load_sample().await
}

#[tauri::command]
pub async fn remove_sample(desk: AtDesk<'_>) -> Answer<()> {
    desk.get().await?.remove_sample().await
}

#[tauri::command]
pub async fn unlock_secrets(desk: AtDesk<'_>, passphrase: String) -> Answer<()> {
    desk.get().await?.unlock_secrets(passphrase).await
}

#[tauri::command]
pub async fn rules(desk: AtDesk<'_>) -> Answer<DeskRules> {
    desk.get().await?.rules().await
}

#[tauri::command]
pub async fn standard_rules(desk: AtDesk<'_>) -> Answer<DeskRules> {
    Ok(desk.get().await?.standard_rules())
}

#[tauri::command]
pub async fn save_rules(desk: AtDesk<'_>, rules: DeskRules) -> Answer<()> {
    desk.get().await?.save_rules(rules).await
}

#[tauri::command]
pub async fn policy_preview(desk: AtDesk<'_>, policy: Policy) -> Answer<PolicyPreview> {
    desk.get().await?.policy_preview(policy).await
}
