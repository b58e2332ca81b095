//! Telegram by a bot of the desk's own: a message with buttons, files below it, and a
//! long poll that brings back what is pressed or written.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{self, Api, Call, UPLOAD_LIMIT};
use super::files::Parcel;
use super::http::{self, Answer, Clients};
use super::inbound::{About, Arrival, Arrived, Deaf, From, Heard, Hears, Inbound, Listening};
use super::setup::{Form, SetupFault};
use super::wording::Answering;
use super::{Channel, Envelope, Files, Outcome, Rendered, Sending, catalogue, said, wording};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::message::Message;
use crate::domain::response::Response;
use crate::domain::time::Instant;
use crate::domain::token::Token;
use crate::host::Secret;

/// Characters of one message.
const LIMIT: usize = 4096;

/// The longest a poll is held open, in seconds; proxies on the way cut longer ones.
const POLL: u64 = 25;

pub(super) struct Telegram {
    api: Api,
    token: Secret,
    /// Buttons whose little clock still turns: it is stopped once the answer is kept.
    pressed: Mutex<Vec<String>>,
}

impl Telegram {
    pub(super) fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        let token = form.secret("token").cloned().unwrap_or_else(|| Secret::new(String::new()));
        let (id, secret) = token.reveal().trim().split_once(':').unwrap_or_default();
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'_' | b'-'));
        if !plain(id) || !plain(secret) {
            return Err(SetupFault::new("token", "A bot's token looks like 123456:ABC-DEF…; @BotFather gives it."));
        }
        Ok(Self {
            api: Api::read(form, "server", clients)?,
            token: Secret::new(token.reveal().trim().to_string()),
            pressed: Mutex::default(),
        })
    }

    fn call(&self, method: &str, body: &Value) -> Call {
        self.api.post(&[&format!("bot{}", self.token.reveal()), method]).json(body)
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        let Message { purpose, .. } = envelope.message;
        let mut body = json!({
            "chat_id": envelope.address,
            "text": self.render(&envelope.message).text,
            "link_preview_options": { "is_disabled": true },
        });
        let button = |response: &Response| json!([{ "text": response.label(purpose), "callback_data": format!("{}:{}", response.id(), envelope.token.reveal()) }]);
        if !purpose.responses().is_empty() {
            body["reply_markup"] = json!({ "inline_keyboard": purpose.responses().iter().map(button).collect::<Vec<_>>() });
        }
        match self.api.make(self.call("sendMessage", &body)).await {
            Ok(answer) => self.judge(&answer, envelope.now),
            Err(outcome) => outcome,
        }
    }

    /// As a document, so that it arrives dot for dot: an image sent as a photo is made
    /// smaller, and small print unreadable.
    async fn deliver_file(&self, parcel: &Parcel) -> Outcome {
        let Some((chat, message)) = parcel.below.as_deref().and_then(|name| name.split_once('/')) else {
            return Outcome::permanent("Telegram did not say which message it belongs to.");
        };
        let below = json!({ "message_id": message.parse::<i64>().unwrap_or_default(), "allow_sending_without_reply": true }).to_string();
        // The message has rung already.
        let fields = [("chat_id", chat), ("reply_parameters", &below), ("disable_notification", "true")];
        let asked = self.api.post(&[&format!("bot{}", self.token.reveal()), "sendDocument"]);
        let call = asked.multipart(&fields, "document", parcel.file()).limits(UPLOAD_LIMIT, 64 * 1024);
        match self.api.make(call).await {
            Ok(answer) => self.judge(&answer, parcel.with.now),
            Err(outcome) => outcome,
        }
    }

    fn judge(&self, answer: &Answer, now: Instant) -> Outcome {
        let host = self.api.host();
        let Ok(told) = serde_json::from_str::<Answered<Sent>>(&answer.body) else {
            // Whatever stands in between may say anything with a 200.
            return match http::classify(answer, &host, now) {
                Outcome::Accepted { .. } => {
                    Outcome::uncertain(format!("{host} answered what Baton does not understand. It may have arrived all the same."))
                }
                other => other,
            };
        };
        match told {
            Answered { ok: true, result: Some(sent), .. } => {
                Outcome::Accepted { words: format!("{host} took it."), provider_id: Some(format!("{}/{}", sent.chat.id, sent.message_id)) }
            }
            Answered { description, parameters, .. } => {
                let words = format!("{host} answered {}: {}", answer.status, said(&description));
                match (answer.status, parameters.retry_after) {
                    (StatusCode::TOO_MANY_REQUESTS, Some(seconds)) => {
                        Outcome::Temporary { words, retry_after: Some(Duration::from_secs(seconds.min(3600))) }
                    }
                    // The bot's own token is what is wrong, for everybody it writes to.
                    (StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND, _) => {
                        Outcome::permanent(format!("{words} The bot's token is not valid (any more); make a new one with @BotFather."))
                    }
                    (StatusCode::FORBIDDEN, _) => {
                        Outcome::permanent(format!("{words} They have to write /start to the bot once, and not block it."))
                    }
                    (status, _) if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => Outcome::permanent(words),
                    _ => Outcome::temporary(words),
                }
            }
        }
    }

    async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        let kept = std::mem::take(&mut *self.pressed.lock().unwrap_or_else(PoisonError::into_inner));
        for pressed in &kept {
            self.quiet(pressed).await;
        }
        let wait = listening.patience.as_secs().min(POLL);
        let offset = listening.cursor.as_deref().and_then(|cursor| cursor.parse::<i64>().ok());
        let asked = self.call(
            "getUpdates",
            &json!({ "offset": offset, "timeout": wait, "limit": 100, "allowed_updates": ["message", "callback_query"] }),
        );
        let told: Answered<Vec<Update>> = self.api.ask(asked, Duration::from_secs(wait), listening.now).await?;
        let updates = told.result.filter(|_| told.ok).ok_or_else(|| Deaf::now(format!("Telegram said: {}", said(&told.description))))?;
        let next = updates.iter().map(|update| update.update_id + 1).max().or(offset);
        let pressed = updates.iter().filter_map(|update| update.callback_query.as_ref()).map(|pressed| pressed.id.clone());
        self.pressed.lock().unwrap_or_else(PoisonError::into_inner).extend(pressed);
        Ok(Heard {
            arrivals: updates.into_iter().filter_map(arrival).collect(),
            cursor: next.map(|next| next.to_string()),
            ..Heard::default()
        })
    }

    /// Ends the little clock that the button shows; whoever pressed it sees that it
    /// was heard. Nothing depends on it.
    async fn quiet(&self, pressed: &str) {
        let answer = json!({ "callback_query_id": pressed, "text": "The desk has your answer." });
        drop(self.api.make(self.call("answerCallbackQuery", &answer)).await);
    }
}

impl Channel for Telegram {
    fn render(&self, message: &Message) -> Rendered {
        wording::within(&Answering::Buttons.told(message), LIMIT)
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
}

impl Files for Telegram {
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a> {
        Box::pin(self.deliver_file(parcel))
    }
}

impl Inbound for Telegram {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }
}

fn arrival(update: Update) -> Option<Arrival> {
    let id = format!("update {}", update.update_id);
    if let Some(pressed) = update.callback_query {
        let (response, token) = pressed.data.as_deref()?.split_once(':')?;
        let (response, token) = (Response::from_id(response)?, Token::read(token)?);
        let by = pressed.from.member();
        return Some(Arrival { id, about: About::Token(token), what: Arrived::Pressed { by, response } });
    }
    let said = update.message?;
    let answered = said.reply_to_message.as_ref()?;
    let about = About::Thread(format!("{}/{}", said.chat.id, answered.message_id));
    let by = said.from?;
    if by.is_bot {
        return None;
    }
    Some(Arrival { id, about, what: Arrived::Said { by: by.member(), text: said.text? } })
}

pub(super) fn provider() -> Provider {
    let mut fields = vec![
        Field {
            key: "token".into(),
            label: "Bot token".into(),
            help:
                "From @BotFather: /newbot, or /token for one you have. One desk, one bot: two desks on one bot take each other's answers."
                    .into(),
            kind: FieldKind::Secret,
            required: true,
            default: String::new(),
            choices: Vec::new(),
        },
        api::server_field("https://api.telegram.org", "Another one only if you run a Bot API server yourself."),
    ];
    fields.extend(catalogue::network_fields());
    Provider {
        id: "telegram".into(),
        name: "Telegram".into(),
        about: "A message with buttons from a bot of yours. “On it”, “Not me” and “Call me” come back by themselves.".into(),
        reach: Reach::Chat,
        address: AddressKind::handle("chat number", "123456789"),
        fields,
    }
}

pub(super) fn open(form: &Form, clients: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(Telegram::read(form, clients)?))
}

#[derive(Deserialize)]
struct Answered<T> {
    ok: bool,
    result: Option<T>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
}

#[derive(Deserialize)]
struct Sent {
    message_id: i64,
    chat: Chat,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
}

#[derive(Deserialize)]
struct Update {
    update_id: i64,
    message: Option<Said>,
    callback_query: Option<Pressed>,
}

#[derive(Deserialize)]
struct Said {
    chat: Chat,
    from: Option<User>,
    text: Option<String>,
    reply_to_message: Option<Referred>,
}

#[derive(Deserialize)]
struct Referred {
    message_id: i64,
}

#[derive(Deserialize)]
struct Pressed {
    id: String,
    from: User,
    data: Option<String>,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
}

impl User {
    fn member(self) -> From {
        From::Member { id: self.id.to_string(), name: format!("{} {}", self.first_name, self.last_name).trim().into() }
    }
}
