//! Telegram as a bot sees it: messages with buttons, and updates that stay until a
//! later poll confirms them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::wire::until;
pub const TOKEN: &str = "424242:AbCdEfGhIjKlMnOpQrStUvWxYz";

/// A message as it stands in a chat.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: i64,
    pub chat: i64,
    pub text: String,
    /// Label and data of each button.
    pub buttons: Vec<(String, String)>,
}

/// A document as it stands in a chat.
#[derive(Clone, Debug)]
pub struct Document {
    pub chat: i64,
    /// The message that it answers.
    pub below: i64,
    pub silent: bool,
    pub name: String,
    pub bytes: Vec<u8>,
}

#[derive(Default)]
struct Kept {
    messages: Vec<Message>,
    documents: Vec<Document>,
    updates: Vec<Value>,
    /// Presses that were told to have been heard.
    quieted: usize,
    /// For the next calls: what is answered instead.
    fails: Vec<(u16, Value)>,
}

#[derive(Clone)]
struct Shared {
    kept: Arc<Mutex<Kept>>,
    sent: watch::Sender<usize>,
}

pub struct Telegram {
    port: u16,
    shared: Shared,
    serving: JoinHandle<()>,
}

impl Telegram {
    pub async fn start() -> Self {
        let shared = Shared { kept: Arc::default(), sent: watch::channel(0).0 };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let port = listener.local_addr().expect("the port just bound").port();
        let router = Router::new().route("/{bot}/{method}", post(call)).layer(DefaultBodyLimit::disable()).with_state(shared.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        Self { port, shared, serving }
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every message so far, once there are so many.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        until(self.shared.sent.subscribe(), count, "messages").await;
        self.messages()
    }

    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.kept().messages.clone()
    }

    #[must_use]
    pub fn documents(&self) -> Vec<Document> {
        self.kept().documents.clone()
    }

    #[must_use]
    pub fn quieted(&self) -> usize {
        self.kept().quieted
    }

    /// The next call is answered so instead.
    pub fn fails(&self, status: u16, body: Value) {
        self.kept().fails.push((status, body));
    }

    /// Somebody presses the button with this label.
    pub fn press(&self, message: &Message, label: &str, who: (i64, &str)) {
        let data = message.buttons.iter().find(|(one, _)| one == label).map(|(_, data)| data.clone());
        self.update("callback_query", json!({ "id": "77", "from": user(who), "data": data.expect("the message has such a button") }));
    }

    /// Somebody answers a message with words.
    pub fn reply(&self, message: &Message, text: &str, who: (i64, &str)) {
        self.update(
            "message",
            json!({ "message_id": 9000, "chat": { "id": message.chat }, "from": user(who), "text": text,
                    "reply_to_message": { "message_id": message.id } }),
        );
    }

    /// Something else the bot is told of.
    pub fn update(&self, kind: &str, what: impl Into<Value>) {
        let mut kept = self.kept();
        let id = kept.updates.last().and_then(|update| update["update_id"].as_i64()).unwrap_or(100) + 1;
        let what: Value = what.into();
        kept.updates.push(json!({ "update_id": id, kind: what }));
    }

    /// The last update once more, as happens where a poll broke off.
    pub fn tells_again(&self) {
        let mut kept = self.kept();
        let again = kept.updates.last().cloned().expect("something was told before");
        kept.updates.push(again);
    }
}

impl Drop for Telegram {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Part {
    name: String,
    file_name: Option<String>,
    bytes: Vec<u8>,
}

/// The parts of a form, as they stand between its boundaries.
fn parts(body: &[u8], boundary: &str) -> Vec<Part> {
    let mark = format!("--{boundary}").into_bytes();
    let starts: Vec<usize> = (0..body.len()).filter(|at| body[*at..].starts_with(&mark)).collect();
    let part = |pair: &[usize]| {
        let inside = &body[pair[0] + mark.len() + 2..pair[1] - 2];
        let end = inside.windows(4).position(|window| window == b"\r\n\r\n").expect("a part has a head");
        let head = String::from_utf8_lossy(&inside[..end]).into_owned();
        let named =
            |key: &str| head.split_once(&format!("{key}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(name, _)| name.to_string());
        Part { name: named(" name").expect("a part has a name"), file_name: named("filename"), bytes: inside[end + 4..].to_vec() }
    };
    starts.windows(2).map(part).collect()
}

fn user((id, name): (i64, &str)) -> Value {
    json!({ "id": id, "is_bot": false, "first_name": name })
}

async fn call(
    State(shared): State<Shared>,
    Path((bot, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    if bot != format!("bot{TOKEN}") {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "ok": false, "error_code": 401, "description": "Unauthorized" })));
    }
    let mut kept = shared.kept.lock().unwrap_or_else(PoisonError::into_inner);
    if !kept.fails.is_empty() {
        let (status, body) = kept.fails.remove(0);
        return (StatusCode::from_u16(status).expect("a status"), Json(body));
    }
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = media_type.split_once("boundary=").map(|(_, boundary)| parts(&body, boundary));
    let asked: Value = if form.is_some() { Value::Null } else { serde_json::from_slice(&body).expect("what is asked is JSON") };
    let result = match method.as_str() {
        "sendDocument" => {
            let form = form.expect("a document comes in a form");
            let field =
                |name: &str| form.iter().find(|part| part.name == name).map(|part| String::from_utf8_lossy(&part.bytes).into_owned());
            let file = form.iter().find(|part| part.name == "document").expect("there is a document");
            let chat = field("chat_id").and_then(|id| id.parse().ok()).unwrap_or_default();
            let below: Value = serde_json::from_str(&field("reply_parameters").unwrap_or_default()).unwrap_or_default();
            kept.documents.push(Document {
                chat,
                below: below["message_id"].as_i64().unwrap_or_default(),
                silent: field("disable_notification").as_deref() == Some("true"),
                name: file.file_name.clone().unwrap_or_default(),
                bytes: file.bytes.clone(),
            });
            // Documents have numbers of their own here, so that no message has the same.
            json!({ "message_id": 5000 + kept.documents.len(), "chat": { "id": chat } })
        }
        "sendMessage" => {
            let (id, chat) = (kept.messages.len() as i64 + 1, asked["chat_id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default());
            let rows = asked["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
            let text_of = |button: &Value, key: &str| button[0][key].as_str().expect("buttons have text and data").to_string();
            let buttons = rows.iter().map(|button| (text_of(button, "text"), text_of(button, "callback_data"))).collect();
            kept.messages.push(Message { id, chat, text: asked["text"].as_str().unwrap_or_default().into(), buttons });
            shared.sent.send_replace(kept.messages.len());
            json!({ "message_id": id, "chat": { "id": chat } })
        }
        "getUpdates" => {
            // A poll from there on confirms everything before.
            let from = asked["offset"].as_i64().unwrap_or(0);
            kept.updates.retain(|update| update["update_id"].as_i64().is_some_and(|id| id >= from));
            json!(kept.updates)
        }
        "answerCallbackQuery" => {
            kept.quieted += 1;
            json!(true)
        }
        other => panic!("a bot has no method {other} here"),
    };
    (StatusCode::OK, Json(json!({ "ok": true, "result": result })))
}
