//! Step 3: providers that a desk wrote down itself, in the folder beside the database.

use std::sync::Arc;

use serde::Serialize;
use ts_rs::TS;

use super::{Answer, Desk};
use crate::channel::catalogue::{FileFault, OwnFile};
use crate::error::Failure;
use crate::host::Change;

/// Below the data folder.
const FOLDER: &str = "channels";

/// The providers that a desk wrote down itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OwnChannels {
    /// Where their files are.
    pub folder: String,
    pub files: Vec<OwnChannel>,
}

/// One file of them: the provider it is, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OwnChannel {
    pub file: String,
    pub provider: Option<String>,
    pub fault: Option<OwnFault>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OwnFault {
    pub line: u32,
    pub column: u32,
    pub words: String,
    /// What to do about it.
    pub remedy: String,
}

impl Desk {
    /// What is in the folder of own channels, read anew: what was mended counts at
    /// once, and what is wrong says where.
    pub async fn own_channels(&self) -> Answer<OwnChannels> {
        let folder = self.engine.store.folder().join(FOLDER);
        // So that it is there to put a file into. Without it there is none to be read.
        let made = folder.clone();
        let _ = tokio::task::spawn_blocking(move || std::fs::create_dir_all(made)).await;
        self.read_own_channels().await?;
        let catalogue = self.catalogue();
        let own = |file: &OwnFile| OwnChannel {
            file: file.name.clone(),
            provider: file.read.as_ref().ok().map(|entry| entry.provider.name.clone()),
            fault: file.read.as_ref().err().map(Into::into),
        };
        Ok(OwnChannels { folder: folder.display().to_string(), files: catalogue.own().iter().map(own).collect() })
    }

    /// Reads them beside everything else, for a disk may take its time.
    pub(super) async fn read_own_channels(&self) -> Answer<()> {
        let engine = Arc::clone(&self.engine);
        let read = tokio::task::spawn_blocking(move || engine.channels.read_own(&engine.store.folder().join(FOLDER)));
        if read.await.map_err(|error| Failure::other(error.to_string()))? {
            for file in self.catalogue().own().iter() {
                // Where it is wrong, and not what stands there: that may be somebody's password.
                if let Err(FileFault { file, line, column, .. }) = &file.read {
                    tracing::warn!(file, line, column, "a channel of one's own cannot be used");
                }
            }
            self.engine.tell([Change::Channels]);
        }
        Ok(())
    }
}

impl From<&FileFault> for OwnFault {
    fn from(fault: &FileFault) -> Self {
        Self { line: fault.line, column: fault.column, words: fault.words.clone(), remedy: fault.remedy.clone() }
    }
}
