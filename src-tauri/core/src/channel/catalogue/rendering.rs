//! What templates see and how what they write is escaped. What stands between
//! `{{ }}` is escaped by itself for where it goes: JSON, XML, or a part of an
//! address. Headers, queries and forms need nothing: they are made of parts.

use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, context};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::escape;
use crate::channel::wording;
use crate::domain::id::DeliveryId;
use crate::domain::message::{Fact, Message};
use crate::domain::text::{clean_line, shorten};

/// Everything a template can name.
pub(super) const NAMES: [&str; 21] = [
    "text",
    "text_is_gsm",
    "subject",
    "purpose",
    "severity",
    "reference",
    "title",
    "place",
    "lead",
    "facts",
    "reply",
    "from",
    "at",
    "zone",
    "incident",
    "delivery",
    "to",
    "settings",
    "secrets",
    "before",
    "range",
];

/// What can stand after a "|" besides minijinja's own.
pub(super) const FILTERS: [&str; 7] = ["mrkdwn", "markdown", "fence", "html", "base64", "shorten", "line"];

/// How far a template may go: a hundred times what the longest of Baton's takes.
const FUEL: u64 = 500_000;

/// Where a template's words go, which its name begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goes {
    Json,
    Xml,
    Address,
    Plain,
}

impl Goes {
    const ALL: [Self; 4] = [Self::Json, Self::Xml, Self::Address, Self::Plain];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Address => "address",
            Self::Plain => "plain",
        }
    }

    fn of(template: &str) -> Self {
        let kind = template.split(':').next().unwrap_or_default();
        Self::ALL.into_iter().find(|goes| goes.name() == kind).unwrap_or(Self::Plain)
    }
}

pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // It would write out all there is, secrets too.
    environment.remove_global("debug");
    environment.set_auto_escape_callback(|name| if Goes::of(name) == Goes::Json { AutoEscape::Json } else { AutoEscape::None });
    environment.set_formatter(write);
    environment.add_filter("mrkdwn", |text: &str, limit: Option<usize>| escape::mrkdwn(text, limit));
    environment.add_filter("markdown", |text: &str, limit: Option<usize>| escape::markdown(text, limit));
    environment.add_filter("fence", |text: &str, limit: Option<usize>| escape::fence(text, limit));
    environment.add_filter("html", |text: &str, limit: Option<usize>| escape::html(text, limit));
    environment.add_filter("base64", |text: &str| STANDARD.encode(text));
    environment.add_filter("shorten", shorten);
    environment.add_filter("line", clean_line);
    environment
}

fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let safe = match Goes::of(state.name()) {
        Goes::Address => escape::percent(&value.to_string()),
        Goes::Xml => escape::xml(&value.to_string()),
        Goes::Json | Goes::Plain => return minijinja::escape_formatter(out, state, value),
    };
    out.write_str(&safe).map_err(Error::from)
}

/// What one message is to the templates.
pub(in crate::channel) struct Words<'a> {
    pub text: &'a str,
    pub text_is_gsm: bool,
    pub delivery: DeliveryId,
    pub to_name: &'a str,
    pub to_address: &'a str,
    pub settings: Value,
    pub secrets: Value,
    /// What the requests before this one found, by their names.
    pub before: Value,
}

pub(in crate::channel) fn words_for(message: &Message, words: Words<'_>) -> Value {
    let facts: Vec<Value> = message.facts.iter().map(|Fact { label, value }| context! { label, value }).collect();
    context! {
        text => words.text,
        text_is_gsm => words.text_is_gsm,
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
        delivery => words.delivery.to_string(),
        to => context! { name => words.to_name, address => words.to_address },
        settings => words.settings,
        secrets => words.secrets,
        before => words.before,
    }
}
