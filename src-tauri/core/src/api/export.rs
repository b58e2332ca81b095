//! Everything, for another program to read.

use super::{Answer, Desk};
use crate::error::Failure;
use crate::store::export::{self, ExportFailure};

impl Desk {
    /// Writes everything but secrets beside the database, one JSON object a line, and says where.
    pub async fn export_everything(&self) -> Answer<String> {
        let (now, data) = (self.now(), self.engine.store.folder().to_path_buf());
        let file = data.join(format!("baton-export-{}.jsonl", now.utc().format("%Y%m%d-%H%M%S")));
        let to = file.clone();
        let written = tokio::task::spawn_blocking(move || export::write(&data, &to, env!("CARGO_PKG_VERSION"), now)).await;
        let lines = written.map_err(|error| Failure::other(error.to_string()))??;
        tracing::info!(lines, "everything was written out");
        Ok(file.display().to_string())
    }
}

impl From<ExportFailure> for Failure {
    fn from(failure: ExportFailure) -> Self {
        Self::other(format!("{failure} Nothing was exported, and nothing else was touched."))
    }
}
