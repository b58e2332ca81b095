//! The board and the search.

use baton_core::api::types::{Board, BoardRow};

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn board(desk: AtDesk<'_>) -> Answer<Board> {
    desk.get().await?.board().await
}

#[tauri::command]
pub async fn search(desk: AtDesk<'_>, query: String) -> Answer<Vec<BoardRow>> {
    desk.get().await?.search(query).await
}
