//! The board and the search.

use baton_core::api::types::{Board, BoardPart, BoardRow};

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn board(desk: AtDesk<'_>, part: Option<BoardPart>) -> Answer<Board> {
    desk.get().await?.board_in_window(part.unwrap_or_default()).await
}

#[tauri::command]
pub async fn search(desk: AtDesk<'_>, query: String) -> Answer<Vec<BoardRow>> {
    desk.get().await?.search(query).await
}
