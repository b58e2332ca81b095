//! Addresses for other programs: a number to dial, a page to read.

use std::path::Path;

use baton_core::api::types::ReportForm;
use baton_core::domain::attachment::Attachment;
use baton_core::domain::id::{DrillId, IncidentId};
use baton_core::error::Failure;
use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

use super::{Answer, AtDesk};

/// What a desktop may be handed. Anything else could start any program.
const SCHEMES: [&str; 4] = ["tel", "mailto", "https", "http"];

#[tauri::command]
pub async fn open_outside(app: AppHandle, address: String) -> Answer<()> {
    if !may_leave(&address) {
        return Err(Failure::other("Baton opens phone numbers, mail addresses and web pages, and this is none of them."));
    }
    // The desktop's own opener may take its time.
    tauri::async_runtime::spawn_blocking(move || app.opener().open_url(address, None::<&str>))
        .await
        .map_err(|error| Failure::other(error.to_string()))?
        .map_err(|error| Failure::other(format!("This desktop has no program for that address ({error}). Copy it instead.")))
}

/// Asks for a folder by the desktop's own dialog; `None` where nobody chose one.
#[tauri::command]
pub async fn choose_folder(app: AppHandle, title: String) -> Answer<Option<String>> {
    Ok(chosen(|then| app.dialog().file().set_title(title).pick_folder(then)).await)
}

/// The same for a file.
#[tauri::command]
pub async fn choose_file(app: AppHandle, title: String) -> Answer<Option<String>> {
    Ok(chosen(|then| app.dialog().file().set_title(title).pick_file(then)).await)
}

/// Not by a call that blocks: a dialog may stand open for as long as somebody likes.
async fn chosen(ask: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<String> {
    let (answer, answered) = oneshot::channel();
    ask(Box::new(move |path| drop(answer.send(path))));
    let path = answered.await.ok().flatten()?.into_path().ok()?;
    Some(path.display().to_string())
}

/// Shows the call sheet as the PDF it is kept as, fresh.
#[tauri::command]
pub async fn open_call_sheet(app: AppHandle, desk: AtDesk<'_>, incident: Option<IncidentId>) -> Answer<()> {
    let file = desk.get().await?.write_call_sheet(incident).await?;
    show(app, &file).await
}

/// Shows a copy of what is attached in the program that the desktop has for it. It is an image, a
/// PDF or text, and its name ends as such.
#[tauri::command]
pub async fn open_attachment(app: AppHandle, desk: AtDesk<'_>, attachment: Attachment) -> Answer<()> {
    let file = desk.get().await?.copy_attachment(attachment).await?;
    show(app, &file).await
}

#[tauri::command]
pub async fn open_drill_report(app: AppHandle, desk: AtDesk<'_>, id: DrillId) -> Answer<()> {
    let file = desk.get().await?.write_drill_report(id).await?;
    show(app, &file).await
}

/// Shows the post-incident report as a file, ready to pass round.
#[tauri::command]
pub async fn open_post_incident(app: AppHandle, desk: AtDesk<'_>, id: IncidentId, form: ReportForm) -> Answer<()> {
    let file = desk.get().await?.write_post_incident(id, form).await?;
    show(app, &file).await
}

/// Shows the hand-over sheet as a file, to print or to pass on.
#[tauri::command]
pub async fn open_hand_over(app: AppHandle, desk: AtDesk<'_>, form: ReportForm) -> Answer<()> {
    let file = desk.get().await?.write_hand_over(form).await?;
    show(app, &file).await
}

async fn show(app: AppHandle, file: &Path) -> Answer<()> {
    let path = file.display().to_string();
    tauri::async_runtime::spawn_blocking(move || app.opener().open_path(path, None::<&str>))
        .await
        .map_err(|error| Failure::other(error.to_string()))?
        .map_err(|error| Failure::other(format!("This desktop has no program for it ({error}). The file is {}.", file.display())))
}

fn may_leave(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| SCHEMES.contains(&scheme.as_str())) && !address.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::may_leave;

    #[test]
    fn only_numbers_mail_and_pages_leave() {
        for fine in ["tel:+4989123456", "mailto:ilse@example.org", "https://status.example.org", "HTTP://example.org"] {
            assert!(may_leave(fine), "{fine} is what the window links to");
        }
        for foul in ["file:///etc/passwd", "javascript:alert(1)", "vnc://x", "/bin/sh", "-h", "", "https", "https://a\nb"] {
            assert!(!may_leave(foul), "{foul:?} could start something else");
        }
    }
}
