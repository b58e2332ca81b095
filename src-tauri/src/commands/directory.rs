//! Step 2: people, teams, rotations, services and paths, and whether they would do.

use baton_core::api::types::{Directory, Import};
use baton_core::domain::call_sheet::CallSheet;
use baton_core::domain::directory::{Path, Person, Service, Team};
use baton_core::domain::id::{PathId, PersonId, RotationId, ServiceId, TeamId};
use baton_core::domain::readiness::Finding;
use baton_core::domain::rotation::{Rotation, Shift};
use baton_core::domain::time::Instant;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn directory(desk: AtDesk<'_>) -> Answer<Directory> {
    desk.get().await?.directory().await
}

#[tauri::command]
pub async fn save_person(desk: AtDesk<'_>, person: Person) -> Answer<()> {
    desk.get().await?.save_person(person).await
}

#[tauri::command]
pub async fn remove_person(desk: AtDesk<'_>, id: PersonId, anyway: bool) -> Answer<()> {
    desk.get().await?.remove_person(id, anyway).await
}

#[tauri::command]
pub async fn save_team(desk: AtDesk<'_>, team: Team) -> Answer<()> {
    desk.get().await?.save_team(team).await
}

#[tauri::command]
pub async fn remove_team(desk: AtDesk<'_>, id: TeamId, anyway: bool) -> Answer<()> {
    desk.get().await?.remove_team(id, anyway).await
}

#[tauri::command]
pub async fn save_rotation(desk: AtDesk<'_>, rotation: Rotation) -> Answer<()> {
    desk.get().await?.save_rotation(rotation).await
}

#[tauri::command]
pub async fn remove_rotation(desk: AtDesk<'_>, id: RotationId, anyway: bool) -> Answer<()> {
    desk.get().await?.remove_rotation(id, anyway).await
}

#[tauri::command]
pub async fn schedule(desk: AtDesk<'_>, rotation: Rotation, from: Instant, to: Instant) -> Answer<Vec<Shift>> {
    desk.get().await?.schedule(rotation, from, to).await
}

#[tauri::command]
pub async fn readiness(desk: AtDesk<'_>) -> Answer<Vec<Finding>> {
    desk.get().await?.readiness().await
}

#[tauri::command]
pub async fn call_sheet(desk: AtDesk<'_>) -> Answer<CallSheet> {
    desk.get().await?.call_sheet().await
}

#[tauri::command]
pub async fn save_directory_file(desk: AtDesk<'_>) -> Answer<String> {
    desk.get().await?.save_directory_file().await
}

#[tauri::command]
pub async fn import_directory(desk: AtDesk<'_>, text: String, try_only: bool) -> Answer<Import> {
    desk.get().await?.import_directory(text, try_only).await
}

#[tauri::command]
pub async fn undo_import(desk: AtDesk<'_>) -> Answer<()> {
    desk.get().await?.undo_import().await
}

#[tauri::command]
pub async fn save_service(desk: AtDesk<'_>, service: Service) -> Answer<()> {
    desk.get().await?.save_service(service).await
}

#[tauri::command]
pub async fn remove_service(desk: AtDesk<'_>, id: ServiceId) -> Answer<()> {
    desk.get().await?.remove_service(id).await
}

#[tauri::command]
pub async fn save_path(desk: AtDesk<'_>, path: Path) -> Answer<()> {
    desk.get().await?.save_path(path).await
}

#[tauri::command]
pub async fn remove_path(desk: AtDesk<'_>, id: PathId, anyway: bool) -> Answer<()> {
    desk.get().await?.remove_path(id, anyway).await
}

#[tauri::command]
pub async fn restore(desk: AtDesk<'_>, id: String) -> Answer<()> {
    desk.get().await?.restore(id).await
}
