//! Pushover: takes a message as a form, and keeps a receipt of each that has to be
//! acknowledged.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::serving::Serving;
use crate::wire::until;

pub const TOKEN: &str = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";

/// A message as it came, by the names of its fields.
pub type Message = BTreeMap<String, String>;

#[derive(Clone)]
struct Shared {
    kept: Arc<Mutex<Kept>>,
    sent: watch::Sender<usize>,
}

#[derive(Default)]
struct Kept {
    messages: Vec<Message>,
    receipts: BTreeMap<String, Value>,
    asked: usize,
    fails: Vec<(u16, Value)>,
}

pub struct Pushover {
    shared: Shared,
    serving: Serving,
}

impl Pushover {
    pub async fn start() -> Self {
        let shared = Shared { kept: Arc::default(), sent: watch::channel(0).0 };
        let router = Router::new()
            .route("/1/messages.json", post(take))
            .route("/1/receipts/{receipt}", get(receipt))
            .route("/1/receipts/cancel_by_tag/{tag}", post(cancel))
            .with_state(shared.clone());
        Self { shared, serving: Serving::start(router).await }
    }

    #[must_use]
    pub fn url(&self) -> String {
        self.serving.url()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.kept()
    }

    /// Every message so far, once there are so many. Each has its receipt with it.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        until(self.shared.sent.subscribe(), count, "messages").await;
        self.kept().messages.clone()
    }

    /// How often a receipt was asked for.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.kept().asked
    }

    /// Somebody acknowledges it on their device.
    pub fn acknowledge(&self, message: &Message, user: &str, device: &str) {
        let mut kept = self.kept();
        let receipt = kept.receipts.get_mut(&message["receipt"]).expect("it has a receipt");
        receipt["acknowledged"] = json!(1);
        receipt["acknowledged_by"] = json!(user);
        receipt["acknowledged_by_device"] = json!(device);
    }

    /// Whether it rings on until somebody acknowledges it.
    #[must_use]
    pub fn rings(&self, message: &Message) -> bool {
        let receipt = &self.kept().receipts[&message["receipt"]];
        receipt["acknowledged"] == 0 && receipt["expired"] == 0
    }

    /// It has rung for as long as it was to ring.
    pub fn expire(&self, message: &Message) {
        self.kept().receipts.get_mut(&message["receipt"]).expect("it has a receipt")["expired"] = json!(1);
    }

    /// The next call is answered so instead.
    pub fn fails(&self, status: u16, body: Value) {
        self.kept().fails.push((status, body));
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Answer = (StatusCode, Json<Value>);

fn refused(field: &str, words: &str) -> Answer {
    (StatusCode::BAD_REQUEST, Json(json!({ field: "invalid", "errors": [words], "status": 0, "request": "r" })))
}

async fn take(State(shared): State<Shared>, Form(mut message): Form<Message>) -> Answer {
    let mut kept = shared.kept();
    if !kept.fails.is_empty() {
        let (status, body) = kept.fails.remove(0);
        return (StatusCode::from_u16(status).expect("a status"), Json(body));
    }
    let field = |name: &str| message.get(name).cloned().unwrap_or_default();
    let number = |name: &str| field(name).parse::<u32>().ok();
    if field("token") != TOKEN {
        return refused("token", "application token is invalid");
    }
    if field("user").len() != 30 {
        return refused("user", "user identifier is not a valid user, group, or subscribed user key");
    }
    if field("message").is_empty() || field("message").chars().count() > 1024 || field("title").chars().count() > 250 {
        return refused("message", "message cannot be blank or too long");
    }
    let urgent = field("priority") == "2";
    if urgent && !(number("retry").is_some_and(|retry| retry >= 30) && number("expire").is_some_and(|expire| expire <= 10800)) {
        return refused("expire", "expire must be supplied with priority=2");
    }
    let number = kept.messages.len();
    let mut answer = json!({ "status": 1, "request": format!("647d2300-702c-4b38-8b2f-{number:012}") });
    if urgent {
        let receipt = format!("r{number:029}");
        answer["receipt"] = json!(receipt);
        let open = json!({ "status": 1, "acknowledged": 0, "acknowledged_at": 0, "acknowledged_by": "", "acknowledged_by_device": "",
            "last_delivered_at": 1_360_001_238, "expired": 0, "expires_at": 1_360_019_290, "called_back": 0, "called_back_at": 0 });
        kept.receipts.insert(receipt.clone(), open);
        message.insert("receipt".into(), receipt);
    }
    kept.messages.push(message);
    shared.sent.send_replace(kept.messages.len());
    (StatusCode::OK, Json(answer))
}

async fn cancel(State(shared): State<Shared>, Path(tag): Path<String>, Form(asked): Form<Message>) -> Answer {
    if asked.get("token").is_none_or(|token| token != TOKEN) {
        return refused("token", "application token is invalid");
    }
    let mut kept = shared.kept();
    let tagged: Vec<String> = kept
        .messages
        .iter()
        .filter(|message| message.get("tags").is_some_and(|one| Some(one.as_str()) == tag.strip_suffix(".json")))
        .filter_map(|message| message.get("receipt").cloned())
        .collect();
    for receipt in &tagged {
        kept.receipts.get_mut(receipt).expect("each has one")["expired"] = json!(1);
    }
    (StatusCode::OK, Json(json!({ "status": 1, "canceled": tagged.len(), "request": "r" })))
}

async fn receipt(State(shared): State<Shared>, Path(name): Path<String>, Query(asked): Query<Message>) -> Answer {
    let mut kept = shared.kept();
    kept.asked += 1;
    if !kept.fails.is_empty() {
        let (status, body) = kept.fails.remove(0);
        return (StatusCode::from_u16(status).expect("a status"), Json(body));
    }
    if asked.get("token").is_none_or(|token| token != TOKEN) {
        return refused("token", "application token is invalid");
    }
    let known = name.strip_suffix(".json").and_then(|name| kept.receipts.get(name));
    known.map_or_else(
        || {
            (
                StatusCode::NOT_FOUND,
                Json(json!({ "receipt": "not found; may be invalid or expired", "errors": ["receipt not found"], "status": 0 })),
            )
        },
        |receipt| (StatusCode::OK, Json(receipt.clone())),
    )
}
