//! Slack as an app sees it: conversations that keep what is posted, and sockets by
//! which it tells of presses and messages until they are acknowledged.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::serving::Serving;
use super::slack_socket::{self, Line, Sockets};
use crate::wire::until;

pub const TOKEN: &str = "xoxb-42-AbCdEfGh";
pub const APP_TOKEN: &str = "xapp-1-A42-IjKlMnOp";

/// A message as it stands in a conversation.
#[derive(Clone, Debug)]
pub struct Message {
    pub channel: String,
    pub ts: String,
    pub thread: Option<String>,
    /// `None` for the bot's own.
    pub user: Option<String>,
    pub text: String,
    pub blocks: Vec<Value>,
    pub metadata: Value,
    pub files: Vec<File>,
}

/// A file as it is shown in a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    pub id: String,
    pub name: String,
    pub title: String,
    pub bytes: Vec<u8>,
}

impl Message {
    /// Label, action and value of each button.
    #[must_use]
    pub fn buttons(&self) -> Vec<(String, String, String)> {
        let elements =
            self.blocks.iter().filter(|block| block["type"] == "actions").filter_map(|block| block["elements"].as_array()).flatten();
        let text = |value: &Value| value.as_str().expect("buttons are whole").to_string();
        elements.map(|button| (text(&button["text"]["text"]), text(&button["action_id"]), text(&button["value"]))).collect()
    }

    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.buttons().into_iter().map(|(label, ..)| label).collect()
    }

    /// Everything that is read in it.
    #[must_use]
    pub fn shown(&self) -> String {
        let texts = |block: &Value| {
            let elements = block["elements"].as_array().cloned().unwrap_or_default();
            let inside: Vec<Value> = elements.iter().map(|element| element["text"].clone()).collect();
            [vec![block["text"]["text"].clone()], inside].concat()
        };
        self.blocks.iter().flat_map(texts).filter_map(|text| text.as_str().map(str::to_string)).collect::<Vec<_>>().join("\n")
    }
}

/// What the next call of a method gets instead of what it asks for.
#[derive(Clone, Debug)]
pub struct Fails {
    pub method: &'static str,
    pub status: u16,
    pub retry_after: Option<u32>,
    pub body: String,
    /// It is done all the same.
    pub although_done: bool,
}

impl Fails {
    #[must_use]
    pub fn with(method: &'static str, error: &str) -> Self {
        Self { method, status: 200, retry_after: None, body: json!({ "ok": false, "error": error }).to_string(), although_done: false }
    }
}

#[derive(Default)]
struct Kept {
    messages: Vec<Message>,
    moment: u32,
    fails: VecDeque<Fails>,
    calls: Vec<(String, Value)>,
    people: BTreeMap<String, String>,
    rooms: Vec<Room>,
    /// Where files are put, which is no method of the interface.
    url: String,
    /// Places for files, and what was put there; nobody sees it until it is completed.
    places: Vec<File>,
}

/// A channel that the app opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room {
    pub id: String,
    pub name: String,
    pub topic: String,
    /// Whoever was invited, in order.
    pub invited: Vec<String>,
    /// Time stamps of what was pinned.
    pub pinned: Vec<String>,
    pub archived: bool,
}

#[derive(Clone)]
struct Shared {
    kept: Arc<Mutex<Kept>>,
    posted: watch::Sender<usize>,
    sockets: Sockets,
}

pub struct Slack {
    serving: Serving,
    shared: Shared,
    accepting: JoinHandle<()>,
}

impl Slack {
    pub async fn start() -> Self {
        let sockets = Sockets::default();
        let accepting = slack_socket::accept(sockets.clone()).await;
        let shared = Shared { kept: Arc::default(), posted: watch::channel(0).0, sockets };
        let routes = Router::new().route("/api/{method}", post(call)).route("/upload/{id}", post(upload));
        let serving = Serving::start(routes.layer(DefaultBodyLimit::disable()).with_state(shared.clone())).await;
        shared.kept().url = serving.url();
        Self { serving, shared, accepting }
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/api", self.serving.url())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.kept()
    }

    /// The bot's messages so far, once there are so many.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        until(self.shared.posted.subscribe(), count, "messages").await;
        self.messages()
    }

    /// The bot's messages.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.kept().messages.iter().filter(|message| message.user.is_none()).cloned().collect()
    }

    #[must_use]
    pub fn rooms(&self) -> Vec<Room> {
        self.kept().rooms.clone()
    }

    /// Somebody else has a channel of this name.
    pub fn has_a_channel(&self, name: &str) {
        self.kept().rooms.push(Room { id: "CELSE".into(), name: name.into(), ..Room::default() });
    }

    /// The message as it stands now.
    #[must_use]
    pub fn now(&self, message: &Message) -> Message {
        self.kept().messages.iter().find(|one| one.ts == message.ts).cloned().expect("nothing is deleted here")
    }

    /// How often a method was called.
    #[must_use]
    pub fn calls(&self, method: &str) -> usize {
        self.kept().calls.iter().filter(|(called, _)| called == method).count()
    }

    pub fn fails(&self, fails: Fails) {
        self.kept().fails.push_back(fails);
    }

    /// What somebody is called.
    pub fn knows(&self, user: &str, name: &str) {
        self.kept().people.insert(user.into(), name.into());
    }

    #[must_use]
    pub fn line(&self) -> &Line {
        &self.shared.sockets.line
    }

    /// Somebody presses the button with this label. False where no socket takes it:
    /// then they are told that it went nowhere.
    pub fn press(&self, message: &Message, label: &str, user: &str) -> bool {
        let found = message.buttons().into_iter().find(|(one, ..)| one == label);
        let (_, action, value) = found.expect("the message has such a button");
        let (now, action_ts) = (self.now(message), self.kept().moment());
        let payload = json!({
            "type": "block_actions",
            "user": { "id": user, "username": "somebody", "name": "somebody", "team_id": "T1" },
            "api_app_id": "A42",
            "container": { "type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": false },
            "channel": { "id": message.channel, "name": "directmessage" },
            "message": { "type": "message", "bot_id": "B42", "ts": now.ts, "text": now.text, "blocks": now.blocks },
            "actions": [{ "type": "button", "action_id": action, "block_id": "b1", "value": value, "action_ts": action_ts,
                          "text": { "type": "plain_text", "text": label } }],
        });
        self.line().tells("interactive", payload, false)
    }

    /// Somebody writes in the message's thread.
    pub fn reply(&self, message: &Message, text: &str, user: &str) {
        self.writes(&message.channel, Some(&message.ts), text, user);
    }

    /// Somebody writes to the bot, or into a channel, and in no thread.
    pub fn says(&self, channel: &str, text: &str, user: &str) {
        self.writes(channel, None, text, user);
    }

    fn writes(&self, channel: &str, thread: Option<&str>, text: &str, user: &str) {
        let message = {
            let mut kept = self.kept();
            let ts = kept.moment();
            let written = Message {
                channel: channel.into(),
                ts,
                thread: thread.map(str::to_string),
                user: Some(user.into()),
                text: text.into(),
                blocks: Vec::new(),
                metadata: Value::Null,
                files: Vec::new(),
            };
            kept.messages.push(written.clone());
            written
        };
        let mut event = json!({
            "type": "message", "channel": channel, "user": user, "text": text, "ts": message.ts, "event_ts": message.ts,
            "channel_type": if channel.starts_with('D') { "im" } else { "channel" },
        });
        if let Some(thread) = thread {
            event["thread_ts"] = thread.into();
        }
        let payload = json!({ "type": "event_callback", "event_id": format!("Ev{}", message.ts), "team_id": "T1", "event": event });
        self.line().tells("events_api", payload, true);
    }
}

impl Drop for Slack {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn moment(&mut self) -> String {
        self.moment += 1;
        format!("1795437720.{:06}", self.moment)
    }

    /// Where somebody is written to.
    fn conversation(asked: &str) -> Option<String> {
        match asked.split_at_checked(1)? {
            ("U", rest) => Some(format!("D{rest}")),
            ("C" | "D", "404") => None,
            ("C" | "D", _) => Some(asked.into()),
            _ => None,
        }
    }

    fn answer(&mut self, method: &str, asked: &Value, socket: &Sockets) -> Value {
        let text = |key: &str| asked[key].as_str().unwrap_or_default().to_string();
        let refused = |error: &str| json!({ "ok": false, "error": error });
        match method {
            "chat.postMessage" => {
                let Some(channel) = Self::conversation(&text("channel")) else { return refused("channel_not_found") };
                let ts = self.moment();
                let blocks = asked["blocks"].as_array().cloned().unwrap_or_default();
                let metadata = asked["metadata"].clone();
                if self.rooms.iter().any(|room| room.id == channel && room.archived) {
                    return refused("is_archived");
                }
                let thread = asked["thread_ts"].as_str().map(str::to_string);
                let (channel_of, ts_of, text) = (channel.clone(), ts.clone(), text("text"));
                let message =
                    Message { channel: channel_of, ts: ts_of, thread, user: None, text: text.clone(), blocks, metadata, files: vec![] };
                self.messages.push(message);
                json!({ "ok": true, "channel": channel, "ts": ts, "message": { "text": text } })
            }
            "files.getUploadURLExternal" => {
                let id = format!("F{}", self.places.len() + 1);
                assert!(text("length").parse::<usize>().is_ok_and(|length| length > 0), "Slack wants to know how much will come");
                self.places.push(File { id: id.clone(), name: text("filename"), ..File::default() });
                json!({ "ok": true, "upload_url": format!("{}/upload/{id}", self.url), "file_id": id })
            }
            "files.completeUploadExternal" => {
                let named: Vec<Value> = serde_json::from_str(&text("files")).expect("a list of files as JSON");
                let whole = |file: &Value| {
                    let place = self.places.iter().find(|place| place.id == file["id"].as_str().unwrap_or_default())?;
                    Some(File { title: file["title"].as_str().unwrap_or_default().into(), ..place.clone() })
                };
                let files: Option<Vec<File>> = named.iter().map(whole).collect();
                let Some(files) = files.filter(|files| files.iter().all(|file| !file.bytes.is_empty())) else {
                    return refused("file_not_found");
                };
                let (ts, thread) = (self.moment(), asked["thread_ts"].as_str().map(str::to_string));
                let channel = text("channel_id");
                if !channel.starts_with(['C', 'D']) {
                    return refused("invalid_channel");
                }
                let (text, blocks, metadata) = (String::new(), vec![], Value::Null);
                self.messages.push(Message { channel, ts, thread, user: None, text, blocks, metadata, files: files.clone() });
                json!({ "ok": true, "files": files.iter().map(|file| json!({ "id": file.id, "title": file.title })).collect::<Vec<_>>() })
            }
            "chat.update" => {
                let (channel, ts) = (text("channel"), text("ts"));
                let found =
                    self.messages.iter_mut().find(|message| message.channel == channel && message.ts == ts && message.user.is_none());
                let Some(message) = found else { return refused("message_not_found") };
                (message.text, message.blocks) = (text("text"), asked["blocks"].as_array().cloned().unwrap_or_default());
                json!({ "ok": true, "channel": channel, "ts": ts, "text": message.text })
            }
            "conversations.open" => match Self::conversation(&text("users")) {
                Some(id) => json!({ "ok": true, "channel": { "id": id } }),
                None => refused("users_not_found"),
            },
            "conversations.create" => {
                let name = text("name");
                if self.rooms.iter().any(|room| room.name == name) {
                    return refused("name_taken");
                }
                assert!(name.len() <= 80 && name.chars().all(|sign| matches!(sign, 'a'..='z' | '0'..='9' | '-')), "Slack refuses {name}");
                let id = format!("CROOM{}", self.rooms.len() + 1);
                self.rooms.push(Room { id: id.clone(), name: name.clone(), ..Room::default() });
                json!({ "ok": true, "channel": { "id": id, "name": name } })
            }
            "users.conversations" => {
                let ours = self.rooms.iter().filter(|room| room.id != "CELSE" && !room.archived);
                json!({ "ok": true, "channels": ours.map(|room| json!({ "id": room.id, "name": room.name })).collect::<Vec<_>>() })
            }
            "conversations.setTopic" | "conversations.invite" | "pins.add" | "conversations.archive" => {
                let Some(room) = self.rooms.iter_mut().find(|room| room.id == text("channel")) else { return refused("channel_not_found") };
                match method {
                    "conversations.setTopic" => room.topic = text("topic"),
                    "conversations.invite" => room.invited.extend(text("users").split(',').map(str::to_string)),
                    "pins.add" => room.pinned.push(text("timestamp")),
                    _ => room.archived = true,
                }
                json!({ "ok": true })
            }
            "conversations.history" | "conversations.replies" => self.list(method, asked),
            "users.info" => match self.people.get(&text("user")) {
                Some(name) => {
                    json!({ "ok": true, "user": { "id": text("user"), "name": "handle", "profile": { "real_name": name, "display_name": "" } } })
                }
                None => refused("user_not_found"),
            },
            "apps.connections.open" => json!({ "ok": true, "url": socket.ticket() }),
            other => panic!("an app has no method {other} here"),
        }
    }

    fn list(&self, method: &str, asked: &Value) -> Value {
        let text = |key: &str| asked[key].as_str().unwrap_or_default();
        let (channel, thread, oldest) = (text("channel"), text("ts"), text("oldest"));
        let limit: usize = text("limit").parse().unwrap_or(100);
        let after = |message: &&Message| message.ts.as_str() > oldest || (text("inclusive") == "true" && message.ts == oldest);
        let here: Vec<&Message> = self.messages.iter().filter(|message| message.channel == channel).collect();
        let mut found: Vec<&Message> = if method == "conversations.history" {
            here.iter().copied().filter(|message| message.thread.is_none()).filter(after).collect()
        } else {
            let Some(head) = here.iter().copied().find(|message| message.ts == thread) else {
                return json!({ "ok": false, "error": "thread_not_found" });
            };
            let replies = here.iter().copied().filter(|message| message.thread.as_deref() == Some(thread)).filter(after);
            std::iter::once(head).chain(replies).collect()
        };
        if method == "conversations.history" {
            found.reverse();
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let shown = |message: &&Message| {
            let mut shown = json!({ "type": "message", "ts": message.ts, "text": message.text });
            match &message.user {
                Some(user) => shown["user"] = user.as_str().into(),
                None => (shown["user"], shown["bot_id"]) = ("UBOT".into(), "B42".into()),
            }
            let replies: Vec<&&Message> = here.iter().filter(|reply| reply.thread.as_ref() == Some(&message.ts)).collect();
            if let Some(latest) = replies.last() {
                (shown["thread_ts"], shown["reply_count"], shown["latest_reply"]) =
                    (message.ts.as_str().into(), replies.len().into(), latest.ts.as_str().into());
            }
            if let Some(thread) = &message.thread {
                shown["thread_ts"] = thread.as_str().into();
            }
            if !message.files.is_empty() {
                let shown_as = |file: &File| json!({ "id": file.id, "name": file.name, "title": file.title, "size": file.bytes.len() });
                shown["files"] = message.files.iter().map(shown_as).collect();
            }
            if text("include_all_metadata") == "true" {
                shown["metadata"] = message.metadata.clone();
            }
            shown
        };
        json!({ "ok": true, "messages": found.iter().map(shown).collect::<Vec<_>>(), "has_more": more })
    }
}

async fn upload(State(shared): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let mut kept = shared.kept();
    let fails = kept.fails.iter().position(|fails| fails.method == "upload").and_then(|at| kept.fails.remove(at));
    if let Some(fails) = fails {
        return (StatusCode::from_u16(fails.status).expect("a status"), fails.body).into_response();
    }
    match kept.places.iter_mut().find(|place| place.id == id) {
        Some(place) => {
            place.bytes = body.to_vec();
            format!("OK - {}", body.len()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn call(State(shared): State<Shared>, Path(method): Path<String>, headers: HeaderMap, request: Request) -> Response {
    let wanted = if method == "apps.connections.open" { APP_TOKEN } else { TOKEN };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if given != format!("Bearer {wanted}") {
        return Json(json!({ "ok": false, "error": "invalid_auth" })).into_response();
    }
    // What is asked is taken as a form only, as some of Slack's methods do.
    let asked = if method.starts_with("chat.") {
        Json::<Value>::from_request(request, &()).await.map(|Json(asked)| asked).ok()
    } else {
        Form::<BTreeMap<String, String>>::from_request(request, &()).await.map(|Form(asked)| json!(asked)).ok()
    };
    let Some(asked) = asked else { return Json(json!({ "ok": false, "error": "invalid_arguments" })).into_response() };
    let mut kept = shared.kept();
    kept.calls.push((method.clone(), asked.clone()));
    let fails = kept.fails.iter().position(|fails| fails.method == method).and_then(|at| kept.fails.remove(at));
    let done = fails.as_ref().is_none_or(|fails| fails.although_done).then(|| kept.answer(&method, &asked, &shared.sockets));
    shared.posted.send_replace(kept.messages.iter().filter(|message| message.user.is_none()).count());
    match (fails, done) {
        (Some(fails), _) => {
            let mut headers = HeaderMap::new();
            if let Some(seconds) = fails.retry_after {
                headers.insert(header::RETRY_AFTER, seconds.into());
            }
            (StatusCode::from_u16(fails.status).expect("a status"), headers, fails.body).into_response()
        }
        (None, done) => Json(done).into_response(),
    }
}
