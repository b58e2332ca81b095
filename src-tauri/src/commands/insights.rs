//! What the desk learns.

use baton_core::api::{InsightsTable, InsightsView};
use baton_core::domain::insights::Span;

use super::{Answer, AtDesk};

#[tauri::command]
pub async fn insights(desk: AtDesk<'_>, span: Span) -> Answer<InsightsView> {
    desk.get().await?.insights(span).await
}

#[tauri::command]
pub async fn save_insights(desk: AtDesk<'_>, span: Span, table: InsightsTable) -> Answer<String> {
    desk.get().await?.save_insights(span, table).await
}
