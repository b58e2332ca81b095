//! One-way providers as data: a file says what the form asks, what is sent, and
//! what the answers mean. A file is proven when it is read: its templates are
//! rendered once with a sample message, so that a mistake in one is found here
//! and not in the middle of an incident.
//!
//! What stands between `{{ }}` in a body is escaped for the body's format by
//! itself; `mrkdwn` besides takes Slack's control characters away. Templates see:
//! `text`, `subject`, `purpose`, `severity`, `reference`, `title`, `place`,
//! `lead`, `facts` (label, value), `reply`, `from`, `at`, `zone`, `incident`,
//! `delivery`, `to` (name, address), `settings` and `secrets`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use reqwest::Method;
use serde::Deserialize;

use super::{Outcome, wording};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::id::{DeliveryId, IncidentId};
use crate::domain::message::{Fact, Message, Purpose};
use crate::domain::severity::Severity;
use crate::domain::time::Instant;

const STANDARD: [(&str, &str); 2] =
    [("slack-webhook.toml", include_str!("catalogue/slack-webhook.toml")), ("webhook.toml", include_str!("catalogue/webhook.toml"))];

#[derive(Debug)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

/// What is wrong with a file of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {words}")]
pub struct CatalogueFault {
    pub file: String,
    pub words: String,
}

impl Catalogue {
    /// The entries that come with Baton.
    pub fn standard() -> &'static Self {
        static STANDARD_CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
            // These files are part of the program and a test reads each of them.
            Catalogue { entries: STANDARD.iter().map(|(file, text)| Entry::read(file, text).expect("a standard entry is sound")).collect() }
        });
        &STANDARD_CATALOGUE
    }

    #[must_use]
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.provider.id == id)
    }

    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.entries.iter().map(|entry| &entry.provider)
    }
}

/// One provider, read and proven.
#[derive(Debug)]
pub struct Entry {
    pub provider: Provider,
    pub(super) method: Method,
    pub(super) content_type: &'static str,
    /// Header names, in lower case; the templates are called "header:<name>".
    pub(super) headers: Vec<String>,
    pub(super) limits: Limits,
    pub(super) signing: Signing,
    pub(super) answers: Vec<AnswerRule>,
    /// Where in a JSON answer the provider's own id stands.
    pub(super) id_at: Option<String>,
    templates: Environment<'static>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// Characters of the text that people read.
    pub(super) text_characters: Option<usize>,
    pub(super) body_bytes: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Signing {
    #[default]
    None,
    /// With the secret field `signing_secret`.
    StandardWebhooks,
}

/// What an answer means where that is not what its status usually means. All
/// conditions given must hold; the first rule that holds decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerRule {
    #[serde(default)]
    status: Vec<u16>,
    body_contains: Option<String>,
    means: Meaning,
    /// What to do about it, for the person at the desk.
    #[serde(default)]
    hint: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Meaning {
    Accepted,
    Temporary,
    Permanent,
    Uncertain,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    name: String,
    about: String,
    reach: Reach,
    address: AddressKind,
    fields: Vec<Field>,
    request: WrittenRequest,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    signing: Signing,
    #[serde(default)]
    answers: Vec<AnswerRule>,
    id_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRequest {
    #[serde(default = "post")]
    method: String,
    address: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    format: Format,
    body: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    Json,
    Text,
}

fn post() -> String {
    "POST".into()
}

impl Entry {
    /// Reads one file and proves it.
    pub fn read(file: &str, text: &str) -> Result<Self, CatalogueFault> {
        let fault = |words: String| CatalogueFault { file: file.into(), words };
        let written: Written = toml::from_str(text).map_err(|error| fault(error.to_string()))?;
        let mut provider = Provider {
            id: written.id,
            name: written.name,
            about: written.about,
            reach: written.reach,
            address: written.address,
            fields: written.fields,
        };
        if provider.id.is_empty() || !provider.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            return Err(fault("`id` must be of lower-case letters, digits and dashes.".into()));
        }
        if written.signing == Signing::StandardWebhooks
            && !provider.fields.iter().any(|field| field.key == "signing_secret" && field.kind == FieldKind::Secret)
        {
            return Err(fault("`signing` needs a secret field with the key `signing_secret`.".into()));
        }
        provider.fields.extend(network_fields());
        let mut keys: Vec<&str> = provider.fields.iter().map(|field| field.key.as_str()).collect();
        keys.sort_unstable();
        if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(fault(format!(
                "The field `{}` stands twice; `allow_plain`, `allow_private` and `ca_file` are there by themselves.",
                pair[0]
            )));
        }
        let method = match written.request.method.as_str() {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            other => return Err(fault(format!("`request.method` is POST or PUT, not {other}."))),
        };
        let format = written.request.format;
        let mut templates = environment(format);
        let mut add = |name: String, source: String| {
            templates.add_template_owned(name.clone(), source).map_err(|error| fault(format!("`request.{name}`: {error}")))
        };
        add("address".into(), written.request.address)?;
        add("body".into(), written.request.body)?;
        let mut headers = Vec::new();
        for (name, source) in written.request.headers {
            let name = name.to_ascii_lowercase();
            add(format!("header:{name}"), source)?;
            headers.push(name);
        }
        let content_type = if format == Format::Json { "application/json" } else { "text/plain; charset=utf-8" };
        let entry = Self {
            provider,
            method,
            content_type,
            headers,
            limits: written.limits,
            signing: written.signing,
            answers: written.answers,
            id_at: written.id_at,
            templates,
        };
        entry.prove().map_err(fault)?;
        Ok(entry)
    }

    /// Renders one of the entry's templates.
    pub(super) fn fill(&self, template: &str, with: &Value) -> Result<String, String> {
        let said = |error: minijinja::Error| super::said(&format!("{error:#}"));
        self.templates.get_template(template).and_then(|found| found.render(with)).map_err(said)
    }

    /// What an answer means by the entry's own rules, if one of them speaks of it.
    pub(super) fn judge(&self, status: u16, body: &str, words: &str) -> Option<Outcome> {
        let rule = self.answers.iter().find(|rule| rule.holds(status, body))?;
        let words = if rule.hint.is_empty() { words.to_string() } else { format!("{} {}", super::sentence(words), rule.hint) };
        Some(match rule.means {
            Meaning::Accepted => Outcome::Accepted { words, provider_id: None },
            Meaning::Temporary => Outcome::temporary(words),
            Meaning::Permanent => Outcome::permanent(words),
            Meaning::Uncertain => Outcome::uncertain(words),
        })
    }

    /// Whether only the whole body tells what an answer means.
    pub(super) fn reads_bodies(&self) -> bool {
        self.id_at.is_some() || self.answers.iter().any(|rule| rule.body_contains.is_some())
    }

    fn prove(&self) -> Result<(), String> {
        let message = sample();
        let filled = |secret: bool| -> Value {
            let fields = self.provider.fields.iter().filter(|field| (field.kind == FieldKind::Secret) == secret);
            fields.map(|field| (field.key.clone(), "https://example.org/")).collect::<BTreeMap<_, _>>().into()
        };
        let with =
            words_for(&message, "all of it", DeliveryId(uuid::Uuid::nil()), "Ilse Brandl", "ilse@example.org", filled(false), filled(true));
        for name in self.headers.iter().map(|name| format!("header:{name}")).chain(["address".into()]) {
            self.fill(&name, &with).map_err(|words| format!("`request.{name}` cannot be filled in: {words}"))?;
        }
        let body = self.fill("body", &with).map_err(|words| format!("`request.body` cannot be filled in: {words}"))?;
        if self.content_type == "application/json" {
            serde_json::from_str::<serde_json::Value>(&body).map_err(|error| format!("`request.body` makes no JSON: {error}."))?;
        }
        Ok(())
    }
}

impl AnswerRule {
    fn holds(&self, status: u16, body: &str) -> bool {
        (self.status.is_empty() || self.status.contains(&status)) && self.body_contains.as_ref().is_none_or(|part| body.contains(part))
    }
}

/// What the templates see.
pub(super) fn words_for(
    message: &Message,
    text: &str,
    delivery: DeliveryId,
    to_name: &str,
    to_address: &str,
    settings: Value,
    secrets: Value,
) -> Value {
    let facts: Vec<Value> = message.facts.iter().map(|Fact { label, value }| context! { label, value }).collect();
    context! {
        text,
        subject => wording::subject(message),
        purpose => message.purpose.name(),
        severity => message.severity.word().to_ascii_lowercase(),
        reference => message.reference.as_str(),
        title => message.title.as_str(),
        place => message.place.as_str(),
        lead => message.lead.as_str(),
        facts,
        reply => message.reply.as_str(),
        from => message.from.as_str(),
        at => message.at.utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        zone => message.zone.name(),
        incident => message.incident.to_string(),
        delivery => delivery.to_string(),
        to => context! { name => to_name, address => to_address },
        settings,
        secrets,
    }
}

fn environment(format: Format) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(
        move |name| {
            if name == "body" && format == Format::Json { AutoEscape::Json } else { AutoEscape::None }
        },
    );
    environment.add_filter("mrkdwn", mrkdwn);
    environment
}

/// Takes the meaning from Slack's control characters; at most `limit` units of
/// UTF-16 as escaped, never cut inside an escape.
fn mrkdwn(text: &str, limit: Option<usize>) -> String {
    let most = limit.unwrap_or(usize::MAX).saturating_sub(1);
    let (mut escaped, mut length) = (String::with_capacity(text.len()), 0);
    for character in text.chars() {
        let mut one = [0; 4];
        let part = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            other => &*other.encode_utf8(&mut one),
        };
        length += part.encode_utf16().count();
        if length > most {
            escaped.push('…');
            break;
        }
        escaped.push_str(part);
    }
    escaped
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

fn sample() -> Message {
    Message {
        purpose: Purpose::Alert,
        incident: IncidentId(uuid::Uuid::nil()),
        reference: "K7-3QF".into(),
        severity: Severity::High,
        title: "Orders <cannot> be \"placed\"".into(),
        place: "Order database".into(),
        lead: "Please take this over.".into(),
        facts: vec![Fact { label: "What".into(), value: "Timeouts\nsince noon".into() }],
        reply: "Call the desk.".into(),
        from: "Ana Ruiz, Service desk".into(),
        at: Instant(0),
        zone: chrono_tz::UTC,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(change: impl Fn(&str) -> String) -> String {
        Entry::read("mine.toml", &change(STANDARD[1].1)).expect_err("this file is bad").to_string()
    }

    #[test]
    fn the_standard_entries_are_sound_and_each_has_its_own_id() {
        let ids: Vec<&str> = Catalogue::standard().providers().map(|provider| provider.id.as_str()).collect();
        assert_eq!(ids, ["slack-webhook", "webhook"], "every file is read, in order");
    }

    #[test]
    fn a_bad_file_is_told_where_it_is_bad() {
        let says =
            |words: String, part: &str| assert!(words.contains(part) && words.starts_with("mine.toml: "), "{words:?} should say {part:?}");
        says(complaint(|text| text.replace("reach = ", "reech = ")), "reech");
        says(complaint(|text| text.replace("{{ title }}", "{{ titel }}")), "`request.body` cannot be filled in");
        says(complaint(|text| text.replace("{{ title }}", "{{ title ")), "`request.body`");
        says(complaint(|text| text.replace("{{ title }}", "{{ title }},,")), "makes no JSON");
        says(complaint(|text| text.replace("\"POST\"", "\"GET\"")), "POST or PUT");
        says(complaint(|text| text.replace("key = \"signing_secret\"", "key = \"sign\"")), "`signing_secret`");
        says(complaint(|text| text.replace("key = \"url\"", "key = \"ca_file\"")), "`ca_file` stands twice");
        says(complaint(|text| text.replace("id = \"webhook\"", "id = \"My Hook\"")), "`id`");
    }
}
