//! What is written beside the database for people to read, print and carry away.

use std::io;
use std::path::{Path, PathBuf};

use super::types::ReportForm;
use crate::formats::markdown::{blocks, page};
use crate::paper;

/// Whoever opens it finds the old one or the new one, and never half of it.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = file.with_file_name(name);
    let mut written = std::fs::File::create(&part)?;
    io::Write::write_all(&mut written, bytes)?;
    written.sync_all()?;
    std::fs::rename(part, file)
}

/// The same pages in the form that is wanted; answers where they are.
pub(super) async fn write_pages(folder: &Path, name: String, markdown: String, form: ReportForm) -> io::Result<PathBuf> {
    let folder = folder.to_path_buf();
    let written = tokio::task::spawn_blocking(move || {
        let (ending, bytes) = match form {
            ReportForm::Markdown => ("md", markdown.into_bytes()),
            ReportForm::Html => ("html", page(&markdown).into_bytes()),
            ReportForm::Pdf => {
                let drawn = paper::document(&blocks(&markdown)).ok_or_else(|| io::Error::other("the page could not be drawn"))?;
                ("pdf", drawn)
            }
        };
        let file = folder.join(format!("{name}.{ending}"));
        replace(&file, &bytes)?;
        Ok(file)
    });
    written.await.map_err(io::Error::other)?
}
