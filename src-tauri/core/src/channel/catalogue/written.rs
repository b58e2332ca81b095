//! A file of the catalogue as it is written. What each key means stands in
//! `own.md`; the names here are those a person types.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::channel::{AddressKind, FieldKind, Reach};

/// A text and where in the file it stands.
pub(super) type Said = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub id: Said,
    pub name: Said,
    pub about: Said,
    pub reach: Reach,
    pub address: AddressKind,
    #[serde(default)]
    pub notes: Vec<String>,
    pub signing: Option<Spanned<Signing>>,
    #[serde(default)]
    pub fields: Vec<WrittenField>,
    #[serde(default)]
    pub before: Vec<WrittenStep>,
    pub request: WrittenRequest,
    pub again: Option<WrittenAgain>,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    pub accepted: WrittenAccepted,
    #[serde(default)]
    pub answers: Vec<Spanned<WrittenAnswer>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::channel) enum Signing {
    /// With the secret field `signing_secret`.
    StandardWebhooks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenField {
    pub key: Said,
    pub label: String,
    #[serde(default)]
    pub help: String,
    #[serde(default)]
    pub kind: FieldKind,
    #[serde(default)]
    pub required: bool,
    pub default: Option<Said>,
    /// Value and label.
    #[serde(default)]
    pub choices: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenRequest {
    pub method: Option<Said>,
    pub address: Said,
    #[serde(default)]
    pub headers: BTreeMap<String, Said>,
    #[serde(default)]
    pub query: BTreeMap<String, Said>,
    pub format: Option<Spanned<Format>>,
    pub body: Option<Said>,
    pub form: Option<BTreeMap<String, Said>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    Json,
    Text,
    Xml,
}

/// A request that comes before the message's own, for a value that it needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenStep {
    pub name: Said,
    pub value_at: Said,
    /// Without the value nothing is sent.
    #[serde(default)]
    pub needed: bool,
    /// The value counts only where this place of the answer…
    pub sure_at: Option<Said>,
    /// …has this in it.
    pub sure_if: Option<Said>,
    pub request: WrittenRequest,
}

/// What is sent instead where a step before has found something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAgain {
    pub when: Said,
    pub id_at: Option<Said>,
    pub request: WrittenRequest,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::channel) struct Limits {
    /// Characters of the text that people read, as `text_as` writes them.
    pub text_characters: Option<usize>,
    /// The same in bytes of UTF-8.
    pub text_bytes: Option<usize>,
    #[serde(default)]
    pub text_as: Escaping,
    /// The whole body.
    pub body_bytes: Option<usize>,
    /// The text is a text message of so many characters of the GSM alphabet.
    pub short_text: Option<usize>,
}

/// How text is written so that nothing in it is formatting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::channel) enum Escaping {
    #[default]
    Plain,
    Mrkdwn,
    Markdown,
    Fence,
    Html,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAccepted {
    pub id_at: Option<Said>,
    /// One of these is in the body of an answer that accepts.
    #[serde(default)]
    pub contains: Vec<Said>,
    /// Where in a body that asks for patience the seconds stand.
    pub retry_after_at: Option<Said>,
}

/// What an answer means where that is not what its status usually means. All
/// conditions given must hold; the first rule that holds decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAnswer {
    #[serde(default)]
    pub status: Vec<u16>,
    pub contains: Option<String>,
    pub at: Option<Said>,
    pub is: Option<serde_json::Value>,
    pub means: Meaning,
    /// What to do about it, for the person at the desk.
    #[serde(default)]
    pub hint: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Meaning {
    Accepted,
    Temporary,
    Permanent,
    Uncertain,
}
