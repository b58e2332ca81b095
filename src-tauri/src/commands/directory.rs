//! Step 2: people, teams, rotations, services and paths, and whether they would do.

use baton_core::api::types::{CalendarAbsence, Directory, Import, PeopleColumns, PeopleFileFound, TestResult};
use baton_core::domain::call_sheet::CallSheet;
use baton_core::domain::directory::{Method, Path, Person, Service, Team};
use baton_core::domain::event::CallOutcome;
use baton_core::domain::id::{IncidentId, MethodId, PathId, PersonId, RotationId, ServiceId, TeamId};
use baton_core::domain::readiness::Finding;
use baton_core::domain::rotation::{Rotation, Shift, ShiftOverride};
use baton_core::domain::time::Instant;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn directory(desk: AtDesk<'_>) -> Answer<Directory> {
    desk.get().await?.directory().await
}

#[tauri::command]
pub async fn save_person(desk: AtDesk<'_>, person: Person) -> Answer<Vec<String>> {
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
pub async fn call_sheet(desk: AtDesk<'_>, incident: Option<IncidentId>) -> Answer<CallSheet> {
    desk.get().await?.call_sheet(incident).await
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
pub async fn open_people_file(desk: AtDesk<'_>, data: String, first_is_person: Option<bool>) -> Answer<PeopleFileFound> {
    desk.get().await?.open_people_file(data, first_is_person).await
}

#[tauri::command]
pub async fn import_people(desk: AtDesk<'_>, data: String, columns: PeopleColumns, try_only: bool) -> Answer<Import> {
    desk.get().await?.import_people(data, columns, try_only).await
}

#[tauri::command]
pub async fn save_people_files(desk: AtDesk<'_>) -> Answer<String> {
    desk.get().await?.save_people_files().await
}

#[tauri::command]
pub async fn absences_from_calendar(desk: AtDesk<'_>, text: String, name: String) -> Answer<Vec<CalendarAbsence>> {
    desk.get().await?.absences_from_calendar(text, name).await
}

#[tauri::command]
pub async fn shifts_from_calendar(desk: AtDesk<'_>, text: String) -> Answer<Vec<ShiftOverride>> {
    desk.get().await?.shifts_from_calendar(text).await
}

#[tauri::command]
pub async fn save_rotation_calendar(desk: AtDesk<'_>, id: RotationId) -> Answer<String> {
    desk.get().await?.save_rotation_calendar(id).await
}

#[tauri::command]
pub async fn send_code(desk: AtDesk<'_>, method: Method, name: String) -> Answer<TestResult> {
    desk.get().await?.send_code(method, name).await
}

#[tauri::command]
pub async fn confirm_code(desk: AtDesk<'_>, method: MethodId, code: String) -> Answer<Instant> {
    desk.get().await?.confirm_code(method, code).await
}

#[tauri::command]
pub async fn tried_number(desk: AtDesk<'_>, method: MethodId, outcome: CallOutcome) -> Answer<()> {
    desk.get().await?.tried_number(method, outcome).await
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
