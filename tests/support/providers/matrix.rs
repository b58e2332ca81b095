//! A homeserver with Baton's account on it: rooms, a timeline that everybody in them
//! writes to, and syncs that wait.

mod rooms;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::serving::Serving;
use crate::wire::found;

pub use rooms::Room;

pub const TOKEN: &str = "syt_YmF0b24_secret";
pub const ME: &str = "@baton:example.org";

#[derive(Clone)]
struct Shared {
    kept: Arc<Mutex<Kept>>,
    happened: watch::Sender<usize>,
}

#[derive(Default)]
struct Kept {
    /// Every event of every room, in order; its place is its position in the stream.
    events: Vec<(String, Value)>,
    members: BTreeMap<String, BTreeSet<String>>,
    names: BTreeMap<String, String>,
    txns: BTreeMap<String, String>,
    /// What was put here, by its address.
    media: BTreeMap<String, Vec<u8>>,
    direct: Value,
    /// Receipts since the last sync.
    receipts: Vec<(String, Value)>,
    /// Events of one room in one sync, and in one page.
    page: usize,
    fails: Vec<Fails>,
    /// Every call, as method and path.
    calls: Vec<String>,
    /// The next sync tells everything twice, and again the time after.
    repeats: bool,
    made: usize,
    /// What Baton opened that is no direct room.
    rooms: Vec<Room>,
    /// Before whom the next to be asked in there is a pause, in milliseconds.
    pause: Option<(String, u64)>,
}

/// What the next call gets instead whose path contains `at`.
struct Fails {
    at: String,
    status: u16,
    body: Value,
    /// It is done all the same, and only the answer is lost on the way.
    although_done: bool,
    /// There is no answer at all.
    silent: bool,
}

pub struct Matrix {
    shared: Shared,
    serving: Serving,
}

/// A message of Baton's in a room.
#[derive(Clone, Debug)]
pub struct Message {
    pub room: String,
    pub id: String,
    pub body: String,
    pub content: Value,
}

impl Matrix {
    pub async fn start() -> Self {
        let shared = Shared { kept: Arc::default(), happened: watch::channel(0).0 };
        shared.kept().page = 100;
        let v3 = Router::new()
            .route("/account/whoami", get(async || Json(json!({ "user_id": ME }))))
            .route("/createRoom", post(create))
            .route("/join/{room}", post(join))
            .route("/user/{me}/account_data/m.direct", get(direct).put(set_direct))
            .route("/rooms/{room}/state/m.room.member/{user}", get(member))
            .merge(rooms::routes())
            .route("/rooms/{room}/send/m.room.message/{txn}", put(send))
            .route("/rooms/{room}/event/{event}", get(event))
            .route("/rooms/{room}/messages", get(messages))
            .route("/sync", get(sync))
            .layer(middleware::from_fn_with_state(shared.clone(), guarded))
            .with_state(shared.clone());
        let media = Router::new()
            .route("/upload", post(upload))
            .layer(DefaultBodyLimit::disable())
            .layer(middleware::from_fn_with_state(shared.clone(), guarded))
            .with_state(shared.clone());
        let routes = Router::new().nest("/_matrix/client/v3", v3).nest("/_matrix/media/v3", media);
        Self { shared, serving: Serving::start(routes).await }
    }

    #[must_use]
    pub fn url(&self) -> String {
        self.serving.url()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.kept()
    }

    /// A room with these in it, and Baton.
    #[must_use]
    pub fn room(&self, name: &str, people: &[&str]) -> String {
        let room = format!("!{name}:example.org");
        let everybody = people.iter().chain(&[ME]).map(|one| (*one).to_string()).collect();
        self.kept().members.insert(room.clone(), everybody);
        room
    }

    /// A room that Baton is not in.
    #[must_use]
    pub fn room_without_us(&self, name: &str) -> String {
        let room = format!("!{name}:example.org");
        self.kept().members.insert(room.clone(), BTreeSet::new());
        room
    }

    pub fn is_called(&self, user: &str, name: &str) {
        self.kept().names.insert(user.into(), name.into());
    }

    /// What Baton wrote, once there is so much.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        let enough = |_| Some(self.messages()).filter(|messages| messages.len() >= count);
        found(self.shared.happened.subscribe(), enough, &format!("{count} messages")).await
    }

    /// Returns once what happened here made it so.
    pub async fn wait_until(&self, what: &str, so: impl Fn() -> bool) {
        found(self.shared.happened.subscribe(), |_| so().then_some(()), what).await;
    }

    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        let kept = self.kept();
        let ours = kept.events.iter().filter(|(_, event)| event["sender"] == ME && event["type"] == "m.room.message");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        ours.map(|(room, event)| Message {
            room: room.clone(),
            id: text(&event["event_id"]),
            body: text(&event["content"]["body"]),
            content: event["content"].clone(),
        })
        .collect()
    }

    /// What lies at an address that an event names.
    #[must_use]
    pub fn media(&self, message: &Message) -> Vec<u8> {
        self.kept().media.get(message.content["url"].as_str().unwrap_or_default()).cloned().unwrap_or_default()
    }

    /// How many rooms Baton has made.
    #[must_use]
    pub fn made(&self) -> usize {
        self.kept().made
    }

    /// Somebody answers a message with words. Gives the event's id.
    pub fn reply(&self, message: &Message, sender: &str, text: &str) -> String {
        // As clients did until lately: what is answered stands in front.
        let quoted = message.body.lines().map(|line| format!("> {line}\n")).collect::<String>();
        let content = json!({ "msgtype": "m.text", "body": format!("{quoted}\n{text}"),
            "m.relates_to": { "m.in_reply_to": { "event_id": message.id } } });
        self.event(&message.room, sender, "m.room.message", &content)
    }

    pub fn react(&self, message: &Message, sender: &str, key: &str) -> String {
        let content = json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": message.id, "key": key } });
        self.event(&message.room, sender, "m.reaction", &content)
    }

    pub fn says(&self, room: &str, sender: &str, text: &str) -> String {
        self.event(room, sender, "m.room.message", &json!({ "msgtype": "m.text", "body": text }))
    }

    pub fn edit(&self, room: &str, event: &str, sender: &str, text: &str) -> String {
        let content = json!({ "msgtype": "m.text", "body": format!("* {text}"), "m.new_content": { "msgtype": "m.text", "body": text },
            "m.relates_to": { "rel_type": "m.replace", "event_id": event } });
        self.event(room, sender, "m.room.message", &content)
    }

    /// Takes back what was said; the server forgets what it was.
    pub fn redact(&self, room: &str, event: &str, sender: &str) {
        for (_, known) in &mut self.kept().events {
            if known["event_id"] == event {
                known["content"] = json!({});
            }
        }
        self.event(room, sender, "m.room.redaction", &json!({ "redacts": event }));
    }

    pub fn event(&self, room: &str, sender: &str, kind: &str, content: &Value) -> String {
        self.shared.happens(room, sender, kind, content)
    }

    /// Somebody's client says that they have read up to it.
    pub fn read(&self, message: &Message, reader: &str) {
        let receipt = json!({ "type": "m.receipt", "content": { message.id.clone(): { "m.read": { reader: { "ts": 1 } } } } });
        self.kept().receipts.push((message.room.clone(), receipt));
    }

    /// From now on only so many events come in one answer.
    pub fn pages(&self, events: usize) {
        self.kept().page = events;
    }

    pub fn leaves(&self, room: &str, user: &str) {
        self.kept().members.get_mut(room).expect("the room is there").remove(user);
    }

    /// The next call is answered so instead.
    pub fn fails(&self, status: u16, body: Value) {
        self.fails_at("", status, body);
    }

    /// The next call is whose path contains this.
    pub fn fails_at(&self, at: &str, status: u16, body: Value) {
        self.kept().fails.push(Fails { at: at.into(), status, body, although_done: false, silent: false });
    }

    /// The next message is taken, and the answer to it lost.
    pub fn loses_an_answer(&self) {
        self.loses_an_answer_to("/send/");
    }

    /// The next call whose path contains this is carried out, and the answer to it lost.
    pub fn loses_an_answer_to(&self, at: &str) {
        let body = json!("upstream went away");
        self.kept().fails.push(Fails { at: at.into(), status: 502, body, although_done: true, silent: false });
    }

    /// The next call whose path contains this is carried out and never answered.
    pub fn falls_silent_at(&self, at: &str) {
        self.kept().fails.push(Fails { at: at.into(), status: 200, body: Value::Null, although_done: true, silent: true });
    }

    /// How often something was called whose path contains this.
    #[must_use]
    pub fn calls(&self, at: &str) -> usize {
        self.kept().calls.iter().filter(|call| call.contains(at)).count()
    }

    /// The next sync tells everything twice, and the one after it once more.
    pub fn repeats_itself(&self) {
        self.kept().repeats = true;
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn happens(&self, room: &str, sender: &str, kind: &str, content: &Value) -> String {
        let mut kept = self.kept();
        let id = format!("$event{}", kept.events.len());
        let event = json!({ "type": kind, "event_id": id, "sender": sender, "origin_server_ts": crate::world::BEGINNING.0 + 1000, "content": content });
        kept.events.push((room.into(), event));
        self.happened.send_replace(kept.events.len());
        id
    }
}

fn error(status: u16, errcode: &str, words: &str) -> Response {
    (StatusCode::from_u16(status).expect("a status"), Json(json!({ "errcode": errcode, "error": words }))).into_response()
}

async fn guarded(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if request.headers().get("authorization").is_none_or(|value| value != &format!("Bearer {TOKEN}")) {
        return error(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.");
    }
    let path = request.uri().path().to_string();
    let fails = {
        let mut kept = shared.kept();
        kept.calls.push(format!("{} {path}", request.method()));
        let next = kept.fails.iter().position(|fails| path.contains(&fails.at));
        next.map(|at| kept.fails.remove(at))
    };
    let Some(fails) = fails else { return next.run(request).await };
    if fails.although_done {
        next.run(request).await;
    }
    if fails.silent {
        std::future::pending::<()>().await;
    }
    (StatusCode::from_u16(fails.status).expect("a status"), Json(fails.body)).into_response()
}

async fn create(State(shared): State<Shared>, Json(asked): Json<Value>) -> Json<Value> {
    if asked["is_direct"] != true {
        return Json(json!({ "room_id": shared.opens(&asked) }));
    }
    let mut kept = shared.kept();
    kept.made += 1;
    let room = format!("!direct{}:example.org", kept.made);
    let invited = asked["invite"].as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_string));
    let everybody = invited.chain([ME.to_string()]).collect();
    kept.members.insert(room.clone(), everybody);
    Json(json!({ "room_id": room }))
}

async fn join(State(shared): State<Shared>, Path(room): Path<String>) -> Response {
    let room = room.replace('#', "!");
    match shared.kept().members.get_mut(&room) {
        Some(members) if !members.is_empty() => {
            members.insert(ME.into());
            Json(json!({ "room_id": room })).into_response()
        }
        _ => error(403, "M_FORBIDDEN", "You are not invited to this room."),
    }
}

async fn direct(State(shared): State<Shared>) -> Response {
    let known = shared.kept().direct.clone();
    if known.is_null() { error(404, "M_NOT_FOUND", "Account data not found") } else { Json(known).into_response() }
}

async fn set_direct(State(shared): State<Shared>, Json(direct): Json<Value>) -> Json<Value> {
    shared.kept().direct = direct;
    Json(json!({}))
}

async fn member(State(shared): State<Shared>, Path((room, user)): Path<(String, String)>) -> Response {
    let there = shared.kept().members.get(&room).is_some_and(|members| members.contains(&user));
    Json(json!({ "membership": if there { "join" } else { "leave" } })).into_response()
}

async fn send(State(shared): State<Shared>, Path((room, txn)): Path<(String, String)>, Json(content): Json<Value>) -> Response {
    let known = {
        let kept = shared.kept();
        if !kept.members.get(&room).is_some_and(|members| members.contains(ME)) {
            return error(403, "M_FORBIDDEN", "User @baton:example.org not in room");
        }
        kept.txns.get(&txn).cloned()
    };
    let id = known.unwrap_or_else(|| shared.happens(&room, ME, "m.room.message", &content));
    shared.kept().txns.insert(txn, id.clone());
    Json(json!({ "event_id": id })).into_response()
}

async fn upload(State(shared): State<Shared>, body: Bytes) -> Json<Value> {
    let mut kept = shared.kept();
    let address = format!("mxc://example.org/{}", kept.media.len() + 1);
    kept.media.insert(address.clone(), body.to_vec());
    Json(json!({ "content_uri": address }))
}

async fn event(State(shared): State<Shared>, Path((_, id)): Path<(String, String)>) -> Response {
    let kept = shared.kept();
    let known = kept.events.iter().find(|(_, event)| event["event_id"] == id.as_str());
    known.map_or_else(|| error(404, "M_NOT_FOUND", "Event not found"), |(_, event)| Json(event.clone()).into_response())
}

type Asked = BTreeMap<String, String>;

/// Whether a filter of a timeline lets an event through.
fn passes(filter: &Value, event: &Value) -> bool {
    let has = |list: &Value, what: &Value| list.as_array().is_some_and(|list| list.contains(what));
    let wanted = filter["types"].is_null() || has(&filter["types"], &event["type"]);
    wanted && !has(&filter["not_types"], &json!("*")) && !has(&filter["not_senders"], &event["sender"])
}

fn position(token: Option<&String>) -> usize {
    token.and_then(|token| token.strip_prefix('s')?.parse().ok()).unwrap_or(0)
}

async fn sync(State(shared): State<Shared>, Query(asked): Query<Asked>) -> Json<Value> {
    let filter: Value = serde_json::from_str(&asked["filter"]).expect("the filter is JSON");
    let since = position(asked.get("since"));
    let wait: u64 = asked["timeout"].parse().expect("a number of milliseconds");
    let mut happened = shared.happened.subscribe();
    if wait > 0 && *happened.borrow_and_update() <= since {
        drop(tokio::time::timeout(Duration::from_millis(wait), happened.changed()).await);
    }
    let mut kept = shared.kept();
    let mut rooms = serde_json::Map::new();
    let repeats = std::mem::take(&mut kept.repeats);
    for (room, _) in kept.members.iter().filter(|(_, members)| members.contains(ME)) {
        let timeline = &filter["room"]["timeline"];
        let all: Vec<(usize, Value)> = kept
            .events
            .iter()
            .enumerate()
            .skip(since)
            .filter(|(_, (of, event))| of == room && passes(timeline, event))
            .map(|(at, (_, event))| (at, event.clone()))
            .collect();
        let mut shown = all[all.len().saturating_sub(kept.page)..].to_vec();
        let limited = shown.len() < all.len();
        if repeats {
            shown.extend(shown.clone());
        }
        let begins = kept.rooms.iter().filter(|one| since == 0 && one.id == *room && passes(&filter["room"]["state"], &one.create()));
        let begins: Vec<Value> = begins.map(Room::create).collect();
        let receipts: Vec<&Value> = kept.receipts.iter().filter(|(of, _)| of == room).map(|(_, receipt)| receipt).collect();
        if shown.is_empty() && receipts.is_empty() && begins.is_empty() {
            continue;
        }
        let names: Vec<Value> = kept
            .names
            .iter()
            .map(|(user, name)| json!({ "type": "m.room.member", "state_key": user, "content": { "membership": "join", "displayname": name } }))
            .chain(begins)
            .collect();
        let first = shown.first().map_or(since, |(at, _)| *at);
        rooms.insert(
            room.clone(),
            json!({
                "timeline": { "events": shown.iter().map(|(_, event)| event).collect::<Vec<_>>(), "limited": limited, "prev_batch": format!("s{first}") },
                "state": { "events": names },
                "ephemeral": { "events": receipts },
            }),
        );
    }
    kept.receipts.clear();
    let next = if repeats { since } else { kept.events.len() };
    Json(json!({ "next_batch": format!("s{next}"), "rooms": { "join": rooms } }))
}

/// Backwards from a position, down to another one.
async fn messages(State(shared): State<Shared>, Path(room): Path<String>, Query(asked): Query<Asked>) -> Json<Value> {
    assert_eq!(asked["dir"], "b", "what was missed lies behind");
    let filter: Value = serde_json::from_str(&asked["filter"]).expect("the filter is JSON");
    let (from, to) = (position(asked.get("from")), position(asked.get("to")));
    let kept = shared.kept();
    let behind = kept.events.iter().enumerate().take(from).skip(to).rev();
    let page: Vec<(usize, &Value)> = behind
        .filter(|(_, (of, event))| *of == room && passes(&filter, event))
        .map(|(at, (_, event))| (at, event))
        .take(kept.page)
        .collect();
    let end = page.last().map(|(at, _)| format!("s{at}"));
    Json(json!({ "chunk": page.iter().map(|(_, event)| event).collect::<Vec<_>>(), "end": end }))
}
