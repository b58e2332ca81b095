//! The five steps, as long as nothing is filed.

use baton_core::api::types::{Beginning, Consideration, FileShown, Joining, OpinionRequest, TicketRead};
use baton_core::domain::alike::Link;
use baton_core::domain::attachment::Attachment;
use baton_core::domain::draft::Draft;
use baton_core::domain::id::IncidentId;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn new_draft(desk: AtDesk<'_>) -> Answer<Draft> {
    desk.get().await?.new_draft().await
}

#[tauri::command]
pub async fn draft(desk: AtDesk<'_>, id: IncidentId) -> Answer<Option<Draft>> {
    desk.get().await?.draft(id).await
}

#[tauri::command]
pub async fn save_draft(desk: AtDesk<'_>, draft: Draft) -> Answer<Option<Link>> {
    desk.get().await?.save_draft(draft).await
}

#[tauri::command]
pub async fn discard_draft(desk: AtDesk<'_>, id: IncidentId) -> Answer<()> {
    desk.get().await?.discard_draft(id).await
}

#[tauri::command]
pub async fn may_attach(desk: AtDesk<'_>, name: String, size: u64, beside: Vec<Attachment>) -> Answer<()> {
    desk.get().await?.may_attach(name, size, beside).await
}

#[tauri::command]
pub async fn keep_file(desk: AtDesk<'_>, name: String, data: String, beside: Vec<Attachment>) -> Answer<Attachment> {
    desk.get().await?.keep_file(name, data, beside).await
}

#[tauri::command]
pub async fn show_file(desk: AtDesk<'_>, attachment: Attachment) -> Answer<FileShown> {
    desk.get().await?.show_file(attachment).await
}

#[tauri::command]
pub async fn consider(desk: AtDesk<'_>, draft: Draft) -> Answer<Consideration> {
    desk.get().await?.consider(draft).await
}

#[tauri::command]
pub async fn read_ticket(desk: AtDesk<'_>, draft: Draft, text: String) -> Answer<TicketRead> {
    desk.get().await?.read_ticket(draft, text).await
}

#[tauri::command]
pub async fn begin_with(desk: AtDesk<'_>, draft: Draft, beginning: Beginning) -> Answer<TicketRead> {
    desk.get().await?.begin_with(draft, beginning).await
}

#[tauri::command]
pub async fn escalate(desk: AtDesk<'_>, draft: Draft) -> Answer<IncidentId> {
    desk.get().await?.escalate(draft).await
}

#[tauri::command]
pub async fn carry_on(desk: AtDesk<'_>, draft: Draft, minutes: u32) -> Answer<IncidentId> {
    desk.get().await?.carry_on(draft, minutes).await
}

#[tauri::command]
pub async fn ask_colleague(desk: AtDesk<'_>, draft: Draft, request: OpinionRequest) -> Answer<IncidentId> {
    desk.get().await?.ask_colleague(draft, request).await
}

#[tauri::command]
pub async fn join(desk: AtDesk<'_>, joining: Joining) -> Answer<()> {
    desk.get().await?.join(joining).await
}
