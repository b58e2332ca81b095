//! One-way providers as data: a file says what the form asks, what is sent, and
//! what the answers mean. A file is proven when it is read: its templates are
//! rendered with sample messages, so that a mistake in one is found here and not
//! in the middle of an incident. `catalogue/own.md` says what a file may hold.

pub mod document;
mod entry;
mod escape;
mod fault;
mod fields;
mod meaning;
mod own;
mod proving;
mod reading;
mod rendering;
mod request;
mod sample;
mod written;

use std::path::Path;
use std::sync::Arc;

use crate::domain::channel::{Field, FieldKind, Provider};

pub use entry::Entry;
pub use fault::FileFault;
pub use own::{OwnFile, OwnFiles};

pub(super) use entry::Step;
pub(super) use meaning::{Answers, Judged, value_at};
pub(super) use rendering::{Words, words_for};
pub(super) use request::{Made, Unmade};
pub(super) use written::Signing;

/// The files that come with Baton, in the order they are offered.
const STANDARD: [(&str, &str); 20] = [
    ("slack-webhook.toml", include_str!("catalogue/slack-webhook.toml")),
    ("teams.toml", include_str!("catalogue/teams.toml")),
    ("discord.toml", include_str!("catalogue/discord.toml")),
    ("mattermost.toml", include_str!("catalogue/mattermost.toml")),
    ("google-chat.toml", include_str!("catalogue/google-chat.toml")),
    ("rocketchat.toml", include_str!("catalogue/rocketchat.toml")),
    ("zulip.toml", include_str!("catalogue/zulip.toml")),
    ("zulip-person.toml", include_str!("catalogue/zulip-person.toml")),
    ("webex.toml", include_str!("catalogue/webex.toml")),
    ("webex-person.toml", include_str!("catalogue/webex-person.toml")),
    ("signal.toml", include_str!("catalogue/signal.toml")),
    ("gotify.toml", include_str!("catalogue/gotify.toml")),
    ("sms-kannel.toml", include_str!("catalogue/sms-kannel.toml")),
    ("sms-gateway.toml", include_str!("catalogue/sms-gateway.toml")),
    ("servicenow.toml", include_str!("catalogue/servicenow.toml")),
    ("zammad.toml", include_str!("catalogue/zammad.toml")),
    ("glpi.toml", include_str!("catalogue/glpi.toml")),
    ("zendesk.toml", include_str!("catalogue/zendesk.toml")),
    ("freshservice.toml", include_str!("catalogue/freshservice.toml")),
    ("webhook.toml", include_str!("catalogue/webhook.toml")),
];

/// The entries that come with Baton, and the user's own beside them.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    standard: Vec<Arc<Entry>>,
    own: OwnFiles,
}

impl Catalogue {
    /// The entries that come with Baton.
    #[must_use]
    pub fn standard() -> Self {
        // These files are part of the program and a test reads each of them.
        let read = |(file, text): &(&str, &str)| Arc::new(Entry::read_proven(file, text).expect("a standard entry is sound"));
        Self { standard: STANDARD.iter().map(read).collect(), own: OwnFiles::default() }
    }

    /// The same with what is in `folder` now beside it. `taken` are ids that no file
    /// may have, for they are channels of Baton's own.
    #[must_use]
    pub fn with_own(&self, folder: &Path, taken: &[String]) -> Self {
        let standard: Vec<&str> = self.standard.iter().map(|entry| entry.provider.id.as_str()).collect();
        let taken: Vec<&str> = taken.iter().map(String::as_str).chain(standard).collect();
        Self { standard: self.standard.clone(), own: OwnFiles::read(folder, &taken) }
    }

    #[must_use]
    pub fn entry(&self, id: &str) -> Option<&Arc<Entry>> {
        self.entries().find(|entry| entry.provider.id == id)
    }

    pub fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.standard.iter().chain(self.own.entries())
    }

    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.entries().map(|entry| &entry.provider)
    }

    /// The user's own files, each with what is wrong with it.
    #[must_use]
    pub const fn own(&self) -> &OwnFiles {
        &self.own
    }
}

/// What every provider over HTTP can be told about the way to it.
pub(super) fn network_fields() -> [Field; 3] {
    let field = |key: &str, label: &str, help: &str, kind| Field {
        key: key.into(),
        label: label.into(),
        help: help.into(),
        kind,
        required: false,
        default: String::new(),
        choices: Vec::new(),
    };
    [
        field(
            "allow_private",
            "Allow private addresses",
            "For a server on this computer or in your own network. Off, Baton sends to the internet only.",
            FieldKind::Toggle,
        ),
        field(
            "allow_plain",
            "Allow http:// without encryption",
            "Anyone on the way can read and change what is sent. For tests and closed networks.",
            FieldKind::Toggle,
        ),
        field(
            "ca_file",
            "Own certificate authority",
            "The path of a PEM file, if your servers’ certificates come from your own authority.",
            FieldKind::Text,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_entries_are_sound_and_each_has_its_own_id() {
        for (file, text) in STANDARD {
            let entry = Entry::read(file, text).unwrap_or_else(|fault| panic!("{fault}"));
            assert_eq!(format!("{}.toml", entry.provider.id), file, "a file is called as its entry is");
        }
    }
}
