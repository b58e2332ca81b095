//! ntfy: topics that anyone writes to who knows them, a cache of what was written,
//! and readers who hold a line open.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

use super::serving::Serving;
use crate::wire::until;

pub const TOKEN: &str = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2";
pub const ANSWERS: &str = "answers-9fK2mQx7Lr";

/// The most that a message may be long, in bytes.
const LIMIT: usize = 4096;

#[derive(Clone)]
struct Shared {
    kept: Arc<Mutex<Kept>>,
    sent: watch::Sender<usize>,
    /// For whoever holds a line open.
    live: broadcast::Sender<(String, String)>,
}

#[derive(Default)]
struct Kept {
    /// What was published as JSON, as it came.
    published: Vec<Value>,
    /// Topic, time and line of each message.
    cache: Vec<(String, i64, String)>,
    /// For the next calls: what is answered instead.
    fails: Vec<(u16, String)>,
    /// Lines that were opened to be held.
    followed: usize,
}

pub struct Ntfy {
    shared: Shared,
    serving: Serving,
}

impl Ntfy {
    pub async fn start() -> Self {
        let shared = Shared { kept: Arc::default(), sent: watch::channel(0).0, live: broadcast::channel(64).0 };
        let router = Router::new().route("/", post(publish)).route("/{topic}/json", get(read)).with_state(shared.clone());
        Self { shared, serving: Serving::start(router).await }
    }

    #[must_use]
    pub fn url(&self) -> String {
        self.serving.url()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every message so far, once there are so many.
    pub async fn wait_for(&self, count: usize) -> Vec<Value> {
        until(self.shared.sent.subscribe(), count, "messages").await;
        self.kept().published.clone()
    }

    #[must_use]
    pub fn followed(&self) -> usize {
        self.kept().followed
    }

    /// The next call is answered so instead.
    pub fn fails(&self, status: u16, body: &str) {
        self.kept().fails.push((status, body.into()));
    }

    /// What a phone does when the button with this label is touched.
    pub fn press(&self, message: &Value, label: &str) {
        let actions = message["actions"].as_array().expect("the message has buttons");
        let action = actions.iter().find(|action| action["label"] == label).expect("it has this one");
        assert_eq!((&action["action"], &action["method"]), (&json!("http"), &json!("POST")), "a phone does it by itself");
        let url = action["url"].as_str().expect("an address");
        let topic = url.strip_prefix(&format!("{}/", self.url())).expect("it posts to this server");
        self.post(topic, action["body"].as_str().expect("a body"));
    }

    /// Somebody writes to a topic.
    pub fn post(&self, topic: &str, text: &str) {
        self.shared.keep(topic, &json!({ "message": text }));
    }

    /// The cache forgets everything but the last message, as it does after some hours,
    /// and knows the id of none that went.
    pub fn forgets(&self) {
        let mut kept = self.kept();
        let last = kept.cache.pop();
        kept.cache = last.into_iter().collect();
    }
}

impl Shared {
    fn keep(&self, topic: &str, message: &Value) -> Value {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let number = kept.cache.len() as i64 + kept.published.len() as i64;
        // Of the desk's time, which stands still.
        let time = crate::world::BEGINNING.0 / 1000 + 1;
        let mut line = json!({ "id": format!("m{number:09}"), "time": time, "event": "message", "topic": topic });
        line.as_object_mut().expect("an object").extend(message.as_object().cloned().unwrap_or_default());
        let text = format!("{line}\n");
        kept.cache.push((topic.into(), time, text.clone()));
        // Nobody holding a line open is no fault.
        drop(self.live.send((topic.into(), text)));
        line
    }

    /// What the next call is answered instead of what it asks for, if so.
    fn refusal(&self, headers: &HeaderMap) -> Option<Response> {
        if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some(&format!("Bearer {TOKEN}")) {
            return Some(error(401, 40101, "unauthorized"));
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (status, body) = (!kept.fails.is_empty()).then(|| kept.fails.remove(0))?;
        Some((StatusCode::from_u16(status).expect("a status"), body).into_response())
    }
}

fn error(status: u16, code: u32, words: &str) -> Response {
    let body = json!({ "code": code, "http": status, "error": words, "link": "https://ntfy.sh/docs/publish/" });
    (StatusCode::from_u16(status).expect("a status"), body.to_string()).into_response()
}

async fn publish(State(shared): State<Shared>, headers: HeaderMap, body: String) -> Response {
    if let Some(refusal) = shared.refusal(&headers) {
        return refusal;
    }
    if body.len() > 2 * LIMIT {
        return error(413, 41303, "JSON body too large");
    }
    let Ok(asked) = serde_json::from_str::<Value>(&body) else {
        return error(400, 40024, "invalid request: request body must be valid JSON");
    };
    let topic = asked["topic"].as_str().unwrap_or_default().to_string();
    if topic.is_empty() || !topic.bytes().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'_' | b'-')) {
        return error(400, 40009, "invalid request: topic invalid");
    }
    let actions = asked["actions"].as_array().map_or(0, Vec::len);
    let text = asked["message"].as_str().unwrap_or_default();
    if actions > 3 || text.len() > LIMIT {
        return error(400, 40018, "invalid request: actions invalid");
    }
    let line = shared.keep(&topic, &json!({ "title": asked["title"], "message": text }));
    let mut kept = shared.kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.published.push(asked);
    shared.sent.send_replace(kept.published.len());
    line.to_string().into_response()
}

async fn read(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(topic): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    if let Some(refusal) = shared.refusal(&headers) {
        return refusal;
    }
    // Before the cache is read, so that nothing falls between the two.
    let live = BroadcastStream::new(shared.live.subscribe());
    let since = asked.get("since").cloned().unwrap_or_default();
    let mut kept = shared.kept.lock().unwrap_or_else(PoisonError::into_inner);
    let mut lines: Vec<(i64, String)> =
        kept.cache.iter().filter(|(one, ..)| *one == topic).map(|(_, time, line)| (*time, line.clone())).collect();
    if let Ok(since) = since.parse::<i64>() {
        lines.retain(|(time, _)| *time >= since);
    } else if let Some(at) = lines.iter().position(|(_, line)| line.contains(&format!("\"id\":\"{since}\""))) {
        // An id that is not known (any more) is taken for the beginning.
        lines.drain(..=at);
    }
    let cached: String = lines.into_iter().map(|(_, line)| line).collect();
    if asked.get("poll").is_some_and(|poll| poll == "1") {
        return cached.into_response();
    }
    kept.followed += 1;
    let open = json!({ "id": "open", "time": 1, "event": "open", "topic": topic }).to_string();
    let first = tokio_stream::once(format!("{open}\n{cached}"));
    let then = live.filter_map(move |sent| sent.ok().filter(|(one, _)| *one == topic).map(|(_, line)| line));
    Body::from_stream(first.chain(then).map(Ok::<_, Infallible>)).into_response()
}
