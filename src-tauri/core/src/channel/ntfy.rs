//! ntfy: a push to whoever follows a topic, with buttons that post to a topic of
//! the desk's own, which Baton reads. Whoever knows a topic can read it, so the one
//! with the answers is kept as a secret.

use std::sync::Arc;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{self, Api, Call};
use super::http::{self, Answer, Clients};
use super::inbound::{About, Arrival, Arrived, Deaf, From, Heard, Hears, Inbound, Listening};
use super::setup::{Form, SetupFault};
use super::wording::{self, Answering};
use super::{Channel, Envelope, Outcome, Rendered, Sending, catalogue, said, sentence};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::message::{Message, Purpose};
use crate::domain::response::Response;
use crate::domain::severity::Severity;
use crate::domain::time::Instant;
use crate::domain::token::Token;
use crate::host::Secret;

/// Bytes of one message; what is longer arrives as a file to be opened, or not at all.
const LIMIT: usize = 4096;

/// Bytes of the JSON around it.
const BODY_LIMIT: usize = 2 * LIMIT;

pub(super) struct Ntfy {
    api: Api,
    /// The topic that the buttons post to.
    answers: Secret,
    token: Option<Secret>,
    /// What the phones need to post there.
    answer_token: Option<Secret>,
}

impl Ntfy {
    pub(super) fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        let answers = form.secret("answers").map_or("", |topic| topic.reveal().trim());
        let plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'_' | b'-');
        if answers.is_empty() || answers.len() > 64 || !answers.bytes().all(plain) {
            return Err(SetupFault::new("answers", "A topic is made of up to 64 letters, digits, - and _."));
        }
        Ok(Self {
            answers: Secret::new(answers.to_string()),
            api: Api::read(form, "server", clients)?,
            token: form.secret("token").cloned(),
            answer_token: form.secret("answer_token").cloned(),
        })
    }

    fn authorized(&self, call: Call) -> Call {
        if let Some(token) = &self.token { call.bearer(token) } else { call }
    }

    fn body(&self, envelope: &Envelope, text: &str) -> Value {
        let Envelope { delivery, message, token, address, .. } = envelope;
        let mut body = json!({
            "topic": address,
            "title": wording::subject(message),
            "message": text,
            "priority": priority(message),
            // A server that knows it shows a second try in the place of the first; an
            // older one does not mind.
            "sequence_id": delivery.0.simple().to_string(),
        });
        let to = self.api.at(&[self.answers.reveal()]);
        let button = |response: &Response| {
            let mut action = json!({
                "action": "http",
                "label": response.label(message.purpose),
                "url": to.as_str(),
                "method": "POST",
                "body": format!("{}:{}", response.id(), token.reveal()),
                "clear": true,
            });
            if let Some(token) = &self.answer_token {
                action["headers"] = json!({ "Authorization": format!("Bearer {}", token.reveal().trim()) });
            }
            action
        };
        if !message.purpose.responses().is_empty() {
            body["actions"] = message.purpose.responses().iter().map(button).collect();
        }
        body
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        if envelope.address == self.answers.reveal() {
            return Outcome::permanent("This person's topic is the one the answers go to. Give them a topic of their own.");
        }
        let message = Answering::Buttons.told(&envelope.message);
        // Signs that JSON writes as two or more may need the text shorter still.
        let texts = [LIMIT, LIMIT / 2, LIMIT / 4].map(|limit| wording::below(&message, limit, str::len).text);
        let bodies = texts.map(|text| self.body(envelope, &text));
        let body = bodies.iter().find(|body| body.to_string().len() <= BODY_LIMIT).unwrap_or(&bodies[2]);
        match self.api.make(self.authorized(self.api.post(&[]).json(body))).await {
            Ok(answer) => self.judge(&answer, envelope.now),
            Err(outcome) => outcome,
        }
    }

    fn judge(&self, answer: &Answer, now: Instant) -> Outcome {
        let host = self.api.host();
        if answer.status.is_success() {
            return match serde_json::from_str::<Published>(&answer.body) {
                Ok(published) => Outcome::Accepted { words: format!("{host} took it."), provider_id: Some(published.id) },
                Err(_) => Outcome::uncertain(format!("{host} answered what Baton does not understand. It may have arrived all the same.")),
            };
        }
        let Ok(refused) = serde_json::from_str::<Refused>(&answer.body) else {
            return match (answer.status, http::classify(answer, &host, now)) {
                (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, Outcome::Permanent { words }) => Outcome::permanent(not_allowed(&words)),
                (_, other) => other,
            };
        };
        let words = format!("{host} answered {}: {}", answer.status, said(&refused.error));
        match (answer.status, refused.code) {
            // A day is longer than anybody waits for an alert.
            (_, 42908) => Outcome::permanent(format!("{} The account's messages for today are used up.", sentence(&words))),
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Outcome::permanent(not_allowed(&words)),
            _ => match http::classify(answer, &host, now) {
                Outcome::Temporary { retry_after, .. } => Outcome::Temporary { words, retry_after },
                _ => Outcome::permanent(words),
            },
        }
    }

    async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        let first = listening.awaited.iter().map(|awaited| awaited.sent_at).min().unwrap_or(listening.now);
        let since = listening.cursor.clone().unwrap_or_else(|| (first.0 / 1000).to_string());
        let mut asked = self.api.get(&[self.answers.reveal(), "json"]).query(&[("since", &since)]);
        if listening.patience.is_zero() {
            asked = asked.query(&[("poll", "1")]);
        }
        // A poll ends by itself once it has told everything.
        let polls = listening.patience.is_zero();
        let patience = if polls { http::TIME_LIMIT } else { listening.patience };
        let enough = |line: &str| !polls && posted(line).is_some();
        let lines = self.api.follow(self.authorized(asked), patience, listening.now, enough).await?;
        let posts: Vec<Posted> = lines.iter().filter_map(|line| posted(line)).collect();
        let cursor = posts.last().map(|post| post.id.clone()).or_else(|| listening.cursor.clone());
        Ok(Heard { arrivals: posts.into_iter().filter_map(arrival).collect(), cursor, ..Heard::default() })
    }
}

impl Channel for Ntfy {
    fn render(&self, message: &Message) -> Rendered {
        wording::below(&Answering::Buttons.told(message), LIMIT, str::len)
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        Some(self)
    }
}

impl Inbound for Ntfy {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }
}

/// 5 rings until somebody looks, 1 makes no sound.
const fn priority(message: &Message) -> u8 {
    match (message.purpose, message.severity) {
        (Purpose::Alert | Purpose::StillOnIt | Purpose::Opinion, Severity::Critical) => 5,
        (Purpose::Alert | Purpose::StillOnIt | Purpose::Opinion, Severity::High) => 4,
        (_, Severity::Low) if !matches!(message.purpose, Purpose::Drill | Purpose::Test) => 2,
        _ => 3,
    }
}

fn not_allowed(words: &str) -> String {
    format!("{} The access token may not write to this topic; check it, and who may use the topic.", sentence(words))
}

/// A line of the topic that is a message; there are lines that only say that it is still open.
fn posted(line: &str) -> Option<Posted> {
    serde_json::from_str::<Posted>(line).ok().filter(|post| post.event == "message")
}

fn arrival(post: Posted) -> Option<Arrival> {
    let (response, token) = post.message.trim().split_once(':')?;
    let (response, token) = (Response::from_id(response)?, Token::read(token)?);
    Some(Arrival { id: post.id, about: About::Token(token), what: Arrived::Pressed { by: From::Addressee, response } })
}

pub(super) fn provider() -> Provider {
    let secret = |key: &str, label: &str, required: bool, help: &str| Field {
        key: key.into(),
        label: label.into(),
        help: help.into(),
        kind: FieldKind::Secret,
        required,
        default: String::new(),
        choices: Vec::new(),
    };
    let mut fields = vec![
        api::server_field("https://ntfy.sh", "Another one only if you run ntfy yourself."),
        secret(
            "answers",
            "Topic for the answers",
            true,
            "A long name that nobody guesses and nobody else uses; the buttons post to it and Baton reads it.",
        ),
        secret(
            "token",
            "Access token",
            false,
            "Only where topics are protected: one that may write to people's topics and read the answers.",
        ),
        secret(
            "answer_token",
            "Token for the buttons",
            false,
            "Only where the answers' topic is protected: one that may do nothing but write to it. It is sent to the phones.",
        ),
    ];
    fields.extend(catalogue::network_fields());
    Provider {
        id: "ntfy".into(),
        name: "ntfy".into(),
        about: "A push with buttons, by ntfy.sh or a server of your own. “On it”, “Not me” and “Call me” come back by themselves.".into(),
        reach: Reach::Push,
        address: AddressKind::handle("topic", "marta-x7Kq2vR9"),
        fields,
    }
}

pub(super) fn open(form: &Form, clients: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(Ntfy::read(form, clients)?))
}

#[derive(Deserialize)]
struct Published {
    id: String,
}

#[derive(Deserialize)]
struct Refused {
    /// The status and two digits more.
    code: u32,
    error: String,
}

#[derive(Deserialize)]
struct Posted {
    id: String,
    event: String,
    #[serde(default)]
    message: String,
}
