//! Matrix by an account of the desk's own: a message into a room, or to a person in
//! a room of theirs with Baton; replies and reactions come back by a sync that
//! waits. What is end-to-end encrypted Baton can neither write nor read.

mod files;
mod rooms;
mod timeline;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::api::{self, Api, Call};
use super::http::{self, Answer, Clients};
use super::inbound::{Deaf, Hears, Inbound, Listening};
use super::rooms::Rooms;
use super::setup::{Form, SetupFault};
use super::wording::{self, Answering};
use super::{Channel, Envelope, Files, Outcome, Rendered, Sending, catalogue, said, sentence};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::message::Message;
use crate::domain::response::Response;
use crate::domain::time::Instant;
use crate::host::Secret;

/// Characters of one message: a whole event has 64 KiB, and a sign four bytes at most.
const LIMIT: usize = 8000;

/// What helps where Baton is not let in.
const LET_IN: &str = "Invite Baton's account into the room.";

/// What each answer is by one touch, the first as it is written in the message.
pub(super) const REACTIONS: [(Response, &[&str]); 5] = [
    (Response::OnIt, &["✅", "👍", "✔", "🙋", "👌", "+1"]),
    (Response::NotMe, &["❌", "👎", "🚫", "✖", "-1"]),
    (Response::CallMe, &["📞", "☎", "🤙", "📱"]),
    (Response::Escalate, &["🚨", "⬆", "🔺"]),
    (Response::Wait, &["✋", "⏳", "⏸"]),
];

pub(super) struct Matrix {
    api: Api,
    token: Secret,
    me: OnceCell<String>,
    /// Each person's room with Baton, as far as it was needed.
    rooms: Mutex<BTreeMap<String, String>>,
    /// Answers that were heard: who gave them, and to which message.
    heard: Mutex<BTreeMap<String, (String, String)>>,
}

impl Matrix {
    pub(super) fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        let token = form.secret("token").map_or("", |token| token.reveal().trim());
        if token.is_empty() || token.contains(|sign: char| sign.is_whitespace() || sign.is_control()) {
            return Err(SetupFault::new("token", "An access token is one word; Element shows it under Settings, Help & About."));
        }
        Ok(Self {
            token: Secret::new(token.to_string()),
            api: Api::read(form, "server", clients)?,
            me: OnceCell::new(),
            rooms: Mutex::default(),
            heard: Mutex::default(),
        })
    }

    fn path<'a>(parts: &[&'a str]) -> Vec<&'a str> {
        ["_matrix", "client", "v3"].iter().chain(parts).copied().collect()
    }

    fn get(&self, path: &[&str]) -> Call {
        self.api.get(&Self::path(path)).bearer(&self.token)
    }

    fn post(&self, path: &[&str], body: &Value) -> Call {
        self.api.post(&Self::path(path)).bearer(&self.token).json(body)
    }

    fn put(&self, path: &[&str], body: &Value) -> Call {
        self.api.put(&Self::path(path)).bearer(&self.token).json(body)
    }

    /// Makes a call and reads its answer; anything but a success is its outcome.
    async fn done<T: DeserializeOwned>(&self, call: Call, now: Instant) -> Result<T, Outcome> {
        self.done_if_allowed(call, LET_IN, now).await
    }

    /// The same, where something else helps against being forbidden it.
    async fn done_if_allowed<T: DeserializeOwned>(&self, call: Call, helps: &str, now: Instant) -> Result<T, Outcome> {
        let answer = self.api.make(call).await?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer, helps, now));
        }
        serde_json::from_str(&answer.body).map_err(|_| {
            Outcome::uncertain(format!("{} answered what Baton does not understand. It may have arrived all the same.", self.api.host()))
        })
    }

    fn refused(&self, answer: &Answer, helps: &str, now: Instant) -> Outcome {
        let host = self.api.host();
        let Ok(told) = serde_json::from_str::<Refused>(&answer.body) else { return http::classify(answer, &host, now) };
        let words = format!("{host} answered {}: {}", answer.status, said(&told.error));
        match told.errcode.as_str() {
            "M_LIMIT_EXCEEDED" => {
                let asked = told.retry_after_ms.map(|wait| Duration::from_millis(wait.min(3_600_000)));
                let header = match http::classify(answer, &host, now) {
                    Outcome::Temporary { retry_after, .. } => retry_after,
                    _ => None,
                };
                Outcome::Temporary { words, retry_after: asked.or(header) }
            }
            "M_UNKNOWN_TOKEN" | "M_MISSING_TOKEN" | "M_USER_DEACTIVATED" => {
                Outcome::permanent(format!("{} Sign Baton's account in anew and enter its access token.", sentence(&words)))
            }
            "M_FORBIDDEN" => Outcome::permanent(format!("{} {helps}", sentence(&words)).trim().to_string()),
            _ => match http::classify(answer, &host, now) {
                Outcome::Temporary { retry_after, .. } => Outcome::Temporary { words, retry_after },
                _ => Outcome::permanent(words),
            },
        }
    }

    /// Who Baton is here, so that it does not hear itself.
    async fn me(&self, now: Instant) -> Result<&str, Outcome> {
        let me = self.me.get_or_try_init(async || {
            let known: Whoami = self.done(self.get(&["account", "whoami"]), now).await?;
            Ok::<_, Outcome>(known.user_id)
        });
        me.await.map(String::as_str)
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        match self.try_to_deliver(envelope).await {
            Ok(outcome) | Err(outcome) => outcome,
        }
    }

    async fn try_to_deliver(&self, envelope: &Envelope) -> Result<Outcome, Outcome> {
        let now = envelope.now;
        let (to, thread) = in_thread(&envelope.address);
        let room = self.room(to, now).await?;
        let mut body = json!({ "msgtype": "m.text", "body": self.render(&envelope.message).text, "m.mentions": {} });
        if envelope.address.starts_with('@') {
            body["m.mentions"] = json!({ "user_ids": [envelope.address] });
        }
        if let Some(thread) = thread {
            // Who knows no threads sees an answer to it.
            body["m.relates_to"] = json!({
                "rel_type": "m.thread", "event_id": thread, "is_falling_back": true, "m.in_reply_to": { "event_id": thread },
            });
        }
        // The same name for the same delivery: however often it is sent, it is one event.
        let txn = format!("baton-{}", envelope.delivery.0.simple());
        let send = async || self.api.make(self.put(&["rooms", &room, "send", "m.room.message", &txn], &body)).await;
        let mut answer = send().await?;
        if answer.status == StatusCode::FORBIDDEN && !envelope.address.starts_with('@') {
            // Whoever was invited may come in, and whoever was not is told so.
            self.done::<Value>(self.post(&["join", &room], &json!({})), now).await?;
            answer = send().await?;
        }
        if !answer.status.is_success() {
            return Err(self.refused(&answer, LET_IN, now));
        }
        let host = self.api.host();
        Ok(serde_json::from_str::<Sent>(&answer.body).map_or_else(
            |_| Outcome::uncertain(format!("{host} answered what Baton does not understand. It may have arrived all the same.")),
            |sent| Outcome::Accepted { words: format!("{host} took it."), provider_id: Some(name(&room, &sent.event_id)) },
        ))
    }

    /// The room to write into.
    async fn room(&self, address: &str, now: Instant) -> Result<String, Outcome> {
        match address.chars().next() {
            Some('!') => Ok(address.into()),
            Some('#') => {
                let joined: Room =
                    self.done(self.post(&["join", address], &json!({})), now).await.map_err(|outcome| nothing_sent(&outcome))?;
                Ok(joined.room_id)
            }
            Some('@') => self.room_with(address, now).await.map_err(|outcome| nothing_sent(&outcome)),
            _ => Err(Outcome::permanent(format!(
                "“{}” is no Matrix address. It looks like @marta:example.org or !room:example.org.",
                said(address)
            ))),
        }
    }

    /// The person's own room with Baton, made where there is none that they are in.
    async fn room_with(&self, person: &str, now: Instant) -> Result<String, Outcome> {
        let me = self.me(now).await?;
        let account = ["user", me, "account_data", "m.direct"];
        let known = self.rooms.lock().unwrap_or_else(PoisonError::into_inner).get(person).cloned();
        let mut direct = BTreeMap::<String, Vec<String>>::new();
        let room = if let Some(room) = known {
            Some(room)
        } else {
            let answer = self.api.make(self.get(&account)).await?;
            if answer.status.is_success() {
                direct = serde_json::from_str(&answer.body).unwrap_or_default();
            } else if answer.status != StatusCode::NOT_FOUND {
                return Err(self.refused(&answer, LET_IN, now));
            }
            direct.get(person).and_then(|rooms| rooms.last().cloned())
        };
        if let Some(room) = room {
            let answer = self.api.make(self.get(&["rooms", &room, "state", "m.room.member", person])).await?;
            let there =
                serde_json::from_str::<Member>(&answer.body).is_ok_and(|member| ["join", "invite"].contains(&member.membership.as_str()));
            if answer.status.is_success() && there {
                self.rooms.lock().unwrap_or_else(PoisonError::into_inner).insert(person.into(), room.clone());
                return Ok(room);
            }
        }
        let asked = json!({ "preset": "trusted_private_chat", "is_direct": true, "invite": [person] });
        let made: Room = self.done(self.post(&["createRoom"], &asked), now).await?;
        direct.entry(person.into()).or_default().push(made.room_id.clone());
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).insert(person.into(), made.room_id.clone());
        // Only so that the same room is found after a restart.
        drop(self.api.make(self.put(&account, &json!(direct))).await);
        Ok(made.room_id)
    }
}

impl Channel for Matrix {
    fn render(&self, message: &Message) -> Rendered {
        wording::within(&Answering::Reactions(&REACTIONS).told(message), LIMIT)
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

impl Inbound for Matrix {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }
}

/// An event as the provider knows it here: by its room and its own id.
fn name(room: &str, event: &str) -> String {
    format!("{room}/{event}")
}

/// Where to write to: below a message, or in nothing but the room.
fn in_thread(address: &str) -> (&str, Option<&str>) {
    let below = address.find("/$").filter(|_| address.starts_with('!'));
    below.map_or((address, None), |at| (&address[..at], Some(&address[at + 1..])))
}

/// What failed before the message itself left is known not to have arrived.
fn nothing_sent(outcome: &Outcome) -> Outcome {
    match outcome {
        Outcome::Uncertain { words } => Outcome::temporary(words.replace("It may have arrived all the same.", "Nothing was sent.")),
        other => other.clone(),
    }
}

pub(super) fn provider() -> Provider {
    let mut fields = vec![
        api::server_field("https://matrix-client.matrix.org", "The homeserver of Baton's account."),
        Field {
            key: "token".into(),
            label: "Access token".into(),
            help: "Of an account made for this desk alone. It reads the rooms it is in, and nothing that is encrypted.".into(),
            kind: FieldKind::Secret,
            required: true,
            default: String::new(),
            choices: Vec::new(),
        },
    ];
    fields.extend(catalogue::network_fields());
    Provider {
        id: "matrix".into(),
        name: "Matrix".into(),
        about: "A message to a person or into a room. A reply or a reaction comes back by itself.".into(),
        reach: Reach::Chat,
        address: AddressKind::handle("Matrix address", "@marta:example.org"),
        fields,
    }
}

pub(super) fn open(form: &Form, clients: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(Matrix::read(form, clients)?))
}

/// Why somebody is not heard, with what to do.
fn deaf(outcome: &Outcome) -> Deaf {
    api::deaf(outcome)
}

#[derive(Deserialize)]
struct Refused {
    errcode: String,
    #[serde(default)]
    error: String,
    retry_after_ms: Option<u64>,
}

#[derive(Deserialize)]
struct Whoami {
    user_id: String,
}

#[derive(Deserialize)]
struct Sent {
    event_id: String,
}

#[derive(Deserialize)]
struct Room {
    room_id: String,
}

#[derive(Deserialize)]
struct Member {
    membership: String,
}
