//! Slack by an app of the desk's own: a message with buttons to a person or a channel.
//! What is pressed or written comes back by Socket Mode where the app has an app-level
//! token, else by looking into the threads now and then.

mod blocks;
mod events;
mod files;
mod meaning;
mod rooms;
mod socket_mode;
mod threads;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::api::{self, Api, Call, LIST_LIMIT};
use super::http::{Answer, Clients};
use super::inbound::{Hears, Inbound, Listening};
use super::rooms::Rooms;
use super::setup::{Form, SetupFault};
use super::wording::Answering;
use super::{Channel, Envelope, Files, Outcome, Rendered, Sending, catalogue, sentence};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::id::DeliveryId;
use crate::domain::message::Message;
use crate::domain::time::Instant;
use crate::host::Secret;

use meaning::Refused;

/// What a message carries so that it is found again. Nobody sees it.
const EVENT_TYPE: &str = "baton_message";

/// The longest that somebody's name is waited for; their answer is what counts.
const NAME_LIMIT: Duration = Duration::from_secs(5);

/// How long a list of messages may take.
const READ_LIMIT: Duration = Duration::from_secs(15);

/// How many of a conversation's latest messages are looked through at once.
const PAGE: &str = "200";

pub(super) struct Slack {
    api: Api,
    /// The bot's, which sends and reads.
    token: Secret,
    /// The app's, which opens sockets.
    app_token: Option<Secret>,
    /// By id, as Slack told them.
    names: Mutex<HashMap<String, String>>,
    line: tokio::sync::Mutex<socket_mode::Line>,
    /// Which of the conversations beyond the newest is looked into next.
    turn: Mutex<usize>,
}

impl Slack {
    pub(super) fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        let api = Api::read(form, "server", clients)?;
        let trimmed = |key: &str| form.secret(key).map(|secret| Secret::new(secret.reveal().trim().to_string()));
        let plain = |secret: &Secret, start: &str| {
            let text = secret.reveal();
            text.starts_with(start) && text.bytes().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'.'))
        };
        let token = trimmed("token").filter(|token| plain(token, "xoxb-")).ok_or_else(|| {
            SetupFault::new("token", "A bot’s token begins with xoxb-. It stands under “OAuth & Permissions” once the app is installed.")
        })?;
        let app_token = trimmed("app_token");
        if app_token.as_ref().is_some_and(|token| !plain(token, "xapp-")) {
            return Err(SetupFault::new("app_token", "An app-level token begins with xapp-. It is made under “Basic Information”."));
        }
        Ok(Self { api, token, app_token, names: Mutex::default(), line: tokio::sync::Mutex::default(), turn: Mutex::default() })
    }

    /// Without the app-level token nothing would come of a press.
    const fn answering(&self) -> Answering<'static> {
        if self.app_token.is_some() { Answering::Buttons } else { Answering::Thread }
    }

    fn write(&self, method: &str, body: &Value) -> Call {
        self.api.post(&[method]).bearer(&self.token).json(body)
    }

    /// Slack takes what is asked only as a form.
    fn question(&self, method: &str, pairs: &[(&str, &str)]) -> Call {
        self.api.post(&[method]).bearer(&self.token).form(pairs).limits(READ_LIMIT, LIST_LIMIT)
    }

    /// What Slack answered, where it did what was asked.
    fn told<T: DeserializeOwned>(&self, answer: &Answer, now: Instant) -> Result<T, Refused> {
        meaning::told(answer, &self.api.host(), now)
    }

    async fn ask<T: DeserializeOwned>(&self, call: Call, now: Instant) -> Result<T, Refused> {
        let answer = self.api.make(call).await.map_err(Refused::unanswered)?;
        self.told(&answer, now)
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        // Below a message, or in nothing but the conversation.
        let (to, thread) = envelope.address.split_once('/').map_or((envelope.address.as_str(), None), |(to, thread)| (to, Some(thread)));
        let Some(address) = id(to) else {
            return Outcome::permanent(format!(
                "“{}” is no ID of Slack’s. In Slack, open the profile or the channel’s details and copy the ID; it looks like U024BE7LH or C024BE91L.",
                super::said(&envelope.address)
            ));
        };
        let mut doubt = String::new();
        if envelope.attempt > 1 {
            match self.arrived_before(address, thread, envelope).await {
                Ok(Some(provider_id)) => {
                    let words = format!("{} has it already: an earlier try had arrived.", self.api.host());
                    return Outcome::Accepted { words, provider_id: Some(provider_id) };
                }
                Ok(None) => {}
                // Nothing has left now, whatever the question broke on.
                Err(Refused { outcome: Outcome::Uncertain { words }, .. }) => return Outcome::temporary(words),
                Err(Refused { outcome: outcome @ Outcome::Temporary { retry_after: None, .. }, .. }) => return outcome,
                Err(refused) => {
                    doubt = format!(" It may have arrived twice, because Baton could not look: {}", sentence(refused.outcome.words()));
                }
            }
        }
        let message = self.answering().told(&envelope.message);
        let mut body = blocks::written(&message, self.app_token.as_ref().map(|_| &envelope.token));
        body["channel"] = address.into();
        if let Some(thread) = thread {
            body["thread_ts"] = thread.into();
        }
        body["metadata"] = json!({ "event_type": EVENT_TYPE, "event_payload": { "delivery": envelope.delivery } });
        match self.ask::<Posted>(self.write("chat.postMessage", &body), envelope.now).await {
            Ok(posted) => Outcome::Accepted {
                words: format!("{} took it.{doubt}", self.api.host()),
                provider_id: Some(format!("{}/{}", posted.channel, posted.ts)),
            },
            Err(refused) => refused.outcome,
        }
    }

    /// Whether an earlier attempt at this delivery is in the conversation, and by which
    /// name. Slack knows no idempotency key, so it is looked for by what it carries.
    async fn arrived_before(&self, address: &str, thread: Option<&str>, envelope: &Envelope) -> Result<Option<String>, Refused> {
        let opened;
        let conversation = if is_person(address) {
            opened = self.ask::<Opened>(self.question("conversations.open", &[("users", address)]), envelope.now).await?;
            opened.channel.id.as_str()
        } else {
            address
        };
        let mut pairs = vec![("channel", conversation), ("limit", PAGE), ("include_all_metadata", "true")];
        pairs.extend(thread.map(|thread| ("ts", thread)));
        let method = if thread.is_some() { "conversations.replies" } else { "conversations.history" };
        let page: Marked = self.ask(self.question(method, &pairs), envelope.now).await?;
        let mut sent = page.messages.into_iter().filter(|sent| sent.is(envelope.delivery));
        Ok(sent.next().map(|sent| format!("{conversation}/{}", sent.ts)))
    }

    /// How Slack calls somebody; their id where it does not say.
    async fn name(&self, user: &str, now: Instant) -> String {
        if let Some(known) = self.names.lock().unwrap_or_else(PoisonError::into_inner).get(user) {
            return known.clone();
        }
        let asked = self.question("users.info", &[("user", user)]).limits(NAME_LIMIT, LIST_LIMIT);
        match self.ask::<Known>(asked, now).await {
            Ok(Known { user: User { profile: Profile { real_name, display_name }, name } }) => {
                let name = [real_name, display_name, name].into_iter().find(|name| !name.trim().is_empty()).unwrap_or_else(|| user.into());
                self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(user.into(), name.clone());
                name
            }
            Err(refused) => {
                tracing::debug!(words = refused.outcome.words(), "Slack does not say what somebody is called");
                user.into()
            }
        }
    }
}

impl Channel for Slack {
    fn render(&self, message: &Message) -> Rendered {
        blocks::rendered(&self.answering().told(message))
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }

    fn files(&self) -> Option<&dyn Files> {
        Some(self)
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        Some(self)
    }

    fn rooms(&self) -> Option<&dyn Rooms> {
        Some(self)
    }
}

impl Inbound for Slack {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        match &self.app_token {
            Some(app_token) => Box::pin(self.hear(app_token, listening)),
            None => Box::pin(self.look(listening)),
        }
    }
}

/// An address as Slack's own id, or nothing that is one.
fn id(address: &str) -> Option<&str> {
    let address = address.trim();
    let known = address.starts_with(['U', 'W', 'C', 'G', 'D']) && address.len() > 3;
    (known && address.bytes().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit())).then_some(address)
}

fn is_person(id: &str) -> bool {
    id.starts_with(['U', 'W'])
}

pub(super) fn provider() -> Provider {
    let secret = |key: &str, label: &str, help: &str, required| Field {
        key: key.into(),
        label: label.into(),
        help: help.into(),
        kind: FieldKind::Secret,
        required,
        default: String::new(),
        choices: Vec::new(),
    };
    let mut fields = vec![
        secret(
            "token",
            "Bot token",
            "xoxb-…, from “OAuth & Permissions” of your app. It needs chat:write, im:write, users:read, and to hear answers im:history, channels:history and groups:history; to send files, files:write; to open rooms, channels:manage and pins:write. The bot has to be in every channel it writes to.",
            true,
        ),
        secret(
            "app_token",
            "App-level token",
            "xapp-…, with connections:write, for an app with Socket Mode and interactivity on. With it messages have buttons, and answers come at once. One desk, one app: two desks on one app take each other’s answers.",
            false,
        ),
        api::server_field("https://slack.com/api", "Another one only for a Slack of its own, such as GovSlack."),
    ];
    fields.extend(catalogue::network_fields());
    Provider {
        id: "slack".into(),
        name: "Slack (app)".into(),
        about: "A message from an app of yours, to a person or a channel. “On it”, “Not me” and “Call me” come back by themselves.".into(),
        reach: Reach::Chat,
        address: AddressKind::handle("member or channel ID", "U024BE7LH"),
        fields,
    }
}

pub(super) fn open(form: &Form, clients: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(Slack::read(form, clients)?))
}

#[derive(Deserialize)]
struct Posted {
    channel: String,
    ts: String,
}

#[derive(Deserialize)]
struct Opened {
    channel: Conversation,
}

#[derive(Deserialize)]
struct Conversation {
    id: String,
}

#[derive(Deserialize)]
struct Marked {
    messages: Vec<Sent>,
}

#[derive(Deserialize)]
struct Sent {
    ts: String,
    /// Whatever other apps put there too.
    #[serde(default)]
    metadata: Value,
}

impl Sent {
    fn is(&self, delivery: DeliveryId) -> bool {
        self.metadata["event_type"] == EVENT_TYPE && self.metadata["event_payload"]["delivery"] == json!(delivery)
    }
}

#[derive(Deserialize)]
struct Known {
    user: User,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    name: String,
    #[serde(default)]
    profile: Profile,
}

#[derive(Default, Deserialize)]
struct Profile {
    #[serde(default)]
    real_name: String,
    #[serde(default)]
    display_name: String,
}
