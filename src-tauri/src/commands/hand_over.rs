//! The desk goes from one person to the next.

use baton_core::api::HandOverView;
use baton_core::domain::id::{HandOverId, PersonId};

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn hand_over(desk: AtDesk<'_>) -> Answer<HandOverView> {
    desk.get().await?.hand_over().await
}

#[tauri::command]
pub async fn give_desk(desk: AtDesk<'_>, person: Option<PersonId>, name: String, note: String) -> Answer<()> {
    desk.get().await?.give_desk(person, name, note).await
}

#[tauri::command]
pub async fn accept_desk(desk: AtDesk<'_>, id: HandOverId) -> Answer<()> {
    desk.get().await?.accept_desk(id).await
}

#[tauri::command]
pub async fn decline_desk(desk: AtDesk<'_>, id: HandOverId, why: String) -> Answer<()> {
    desk.get().await?.decline_desk(id, why).await
}

#[tauri::command]
pub async fn take_desk_back(desk: AtDesk<'_>, id: HandOverId) -> Answer<()> {
    desk.get().await?.take_desk_back(id).await
}
