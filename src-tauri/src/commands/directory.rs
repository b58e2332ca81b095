//! Step 2: people, services and paths.

use baton_core::api::types::Directory;
use baton_core::domain::directory::{Path, Person, Service};
use baton_core::domain::id::{PathId, PersonId, ServiceId};

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
