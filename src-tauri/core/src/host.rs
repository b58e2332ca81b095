//! What the core asks of the program it runs in. The shell implements these for
//! a desktop; tests implement them for a bare process.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::id::{ChannelId, IncidentId, NoticeId};

/// Shows a notification on this desktop. The notice is in the database before
/// this is called; a desktop that cannot show it answers `Err` with the reason
/// and the notice waits in the inbox.
pub trait Notifier: Send + Sync {
    fn show(&self, notice: &ShownNotice) -> Result<(), String>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownNotice {
    pub id: NoticeId,
    pub incident: Option<IncidentId>,
    pub title: String,
    pub body: String,
    pub critical: bool,
    /// It is to be heard, too.
    pub sound: bool,
    /// Identifiers and labels of the buttons, in order: "done", "snooze", "open".
    pub actions: Vec<(String, String)>,
    /// What is suggested as the word that goes with "done", where the desktop lets one be typed; `None` where none belongs to it.
    pub word: Option<&'static str>,
}

/// Where secrets are kept. Never the database, a log or a URL.
pub trait Secrets: Send + Sync {
    fn state(&self) -> SecretsState;
    fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretsFailure>;
    fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretsFailure>;
    fn remove(&self, name: &SecretName) -> Result<(), SecretsFailure>;
    /// Opens the encrypted file, or makes it where there is none.
    fn unlock(&self, passphrase: &Secret) -> Result<(), SecretsFailure>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum SecretsState {
    /// In the operating system's keyring.
    Keyring,
    /// In the encrypted file, opened.
    FileOpen,
    /// In the encrypted file, waiting for its passphrase.
    FileLocked,
    /// No keyring here, and no encrypted file yet: a passphrase makes one.
    FileWanted,
}

/// One secret field of one channel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName {
    pub channel: ChannelId,
    pub field: String,
}

/// A secret's value. It has no `Display`, and its `Debug` tells nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself. Call it only where the value leaves for its purpose.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Secret(…)")
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SecretsFailure {
    #[error("The passwords are locked. Enter the passphrase under Settings; nothing is lost, and what waits is sent then.")]
    Locked,
    #[error("That passphrase does not open the passwords file.")]
    WrongPassphrase,
    #[error("The passwords could not be read or written: {0}")]
    Unavailable(String),
    #[error("A password of this channel is not where it was kept. Start Baton again once your keyring is open, or enter it anew.")]
    NotFound,
}

/// Tells the window that something changed. Ids only; the window fetches.
pub trait EventSink: Send + Sync {
    fn changed(&self, change: Change);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Incident(IncidentId),
    Directory,
    Channels,
    Settings,
    Notices,
    Drafts,
}

impl Change {
    /// The change as the window is told it: what kind, and which one.
    #[must_use]
    pub fn topic(self) -> (&'static str, Option<String>) {
        match self {
            Self::Incident(id) => ("incident", Some(id.to_string())),
            Self::Directory => ("directory", None),
            Self::Channels => ("channels", None),
            Self::Settings => ("settings", None),
            Self::Notices => ("notices", None),
            Self::Drafts => ("drafts", None),
        }
    }
}
