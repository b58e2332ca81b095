//! Step 3: the channels a desk has set up, and which of them a severity uses.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

use super::contact;
use super::id::ChannelId;
use super::severity::BySeverity;
use super::text::{clean_line, shorten};
use super::time::Instant;

/// How a channel reaches a person; severities choose by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    Chat,
    Mail,
    Text,
    Phone,
    Push,
    /// A ticket in another desk's system: handed over rather than rung for.
    Ticket,
    /// A notification on this very desktop.
    Desk,
}

impl Reach {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Mail => "mail",
            Self::Text => "text",
            Self::Phone => "call",
            Self::Push => "push",
            Self::Ticket => "ticket",
            Self::Desk => "this desktop",
        }
    }
}

/// A channel as it is set up at this desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelSetup {
    pub id: ChannelId,
    /// "mail", "desktop", "call", or the name of an entry of the catalogue.
    pub provider: String,
    pub name: String,
    pub reach: Reach,
    /// What is no secret, by the provider's field names.
    pub settings: BTreeMap<String, String>,
    /// Which of the provider's secret fields have a value in the keyring.
    pub secrets_set: Vec<String>,
    pub enabled: bool,
    pub last_test: Option<ChannelTest>,
    pub sample: bool,
}

/// What last came of it, in the provider's own words: of a test, or of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelTest {
    pub at: Instant,
    pub worked: bool,
    pub words: String,
    /// It was a message to somebody, and no test.
    #[serde(default)]
    pub real: bool,
}

/// What a channel wants to be told, for the form that sets it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Provider {
    pub id: String,
    pub name: String,
    pub about: String,
    pub reach: Reach,
    pub address: AddressKind,
    pub fields: Vec<Field>,
}

/// What a method's address must be for this provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    Mail,
    Phone,
    /// The provider's own name for somebody, or for a room: "U024BE7LH", "@marta:example.org".
    Handle {
        label: String,
        example: String,
    },
    /// The channel itself is the address.
    None,
}

/// The longest name a provider gives anybody.
const LONGEST_HANDLE: usize = 255;

impl AddressKind {
    #[must_use]
    pub fn handle(label: &str, example: &str) -> Self {
        Self::Handle { label: label.into(), example: example.into() }
    }

    /// The address in the one form it is kept in, or what is wrong with it.
    pub fn read(&self, typed: &str) -> Result<String, String> {
        match self {
            Self::Mail => contact::mail_address(typed),
            Self::Phone => contact::phone_number(typed, None),
            Self::None => Ok(String::new()),
            Self::Handle { label, example } => {
                let handle = clean_line(typed);
                if handle.is_empty() {
                    return Err(format!("Write the {label}, such as {example}."));
                }
                if handle.contains(' ') || handle.chars().count() > LONGEST_HANDLE {
                    return Err(format!("\"{}\" is no {label}. It looks like {example}.", shorten(&handle, 60)));
                }
                Ok(handle)
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Field {
    pub key: String,
    pub label: String,
    #[serde(default)]
    pub help: String,
    #[serde(default)]
    pub kind: FieldKind,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub default: String,
    /// For `FieldKind::Choice`: value and label.
    #[serde(default)]
    pub choices: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    #[default]
    Text,
    Url,
    Number,
    Secret,
    Choice,
    /// "yes" or empty.
    Toggle,
}

/// Which reaches a severity uses at once; never an empty list.
pub type SeverityPlan = BySeverity<Vec<Reach>>;

#[must_use]
pub fn standard_severity_plan() -> SeverityPlan {
    use Reach::{Chat, Desk, Mail, Phone, Push, Text, Ticket};
    BySeverity {
        critical: vec![Text, Phone, Push, Chat, Mail, Ticket, Desk],
        high: vec![Text, Push, Chat, Mail, Ticket],
        medium: vec![Chat, Mail, Ticket],
        low: vec![Mail, Ticket],
    }
}
