//! PagerDuty: events become alerts, which people acknowledge and resolve there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::serving::Serving;
use crate::wire::until;

pub const ROUTING_KEY: &str = "R0123456789abcdefghijklmnopqrstu";
pub const REST_TOKEN: &str = "y_NbAkKc66ryYTWUXYEu";

#[derive(Clone)]
struct Shared {
    kept: Arc<Mutex<Kept>>,
    paged: watch::Sender<usize>,
}

#[derive(Default)]
struct Kept {
    /// As they came.
    events: Vec<Value>,
    /// As the REST interface shows them, the oldest first.
    incidents: Vec<Value>,
    looks: usize,
    fails: Vec<(u16, Value)>,
    /// Of which alert, by its place, nothing can be said at the moment.
    silent: Option<usize>,
}

pub struct PagerDuty {
    shared: Shared,
    serving: Serving,
}

impl PagerDuty {
    pub async fn start() -> Self {
        let shared = Shared { kept: Arc::default(), paged: watch::channel(0).0 };
        let router = Router::new().route("/v2/enqueue", post(enqueue)).route("/incidents", get(incidents)).with_state(shared.clone());
        Self { shared, serving: Serving::start(router).await }
    }

    #[must_use]
    pub fn url(&self) -> String {
        self.serving.url()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The alerts that have called somebody, once there are so many.
    pub async fn wait_for(&self, count: usize) -> Vec<Value> {
        until(self.shared.paged.subscribe(), count, "alerts").await;
        self.kept().incidents.clone()
    }

    /// The state of each alert, the oldest first.
    #[must_use]
    pub fn states(&self) -> Vec<String> {
        self.kept().incidents.iter().map(|one| one["status"].as_str().unwrap_or_default().to_string()).collect()
    }

    /// What was asked of it, in order.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        self.kept().events.iter().map(|event| event["event_action"].as_str().unwrap_or_default().to_string()).collect()
    }

    #[must_use]
    pub fn looks(&self) -> usize {
        self.kept().looks
    }

    /// Somebody says there that they have it.
    pub fn acknowledge(&self, who: (&str, &str)) {
        change(self.kept().incidents.last_mut().expect("there is one"), "acknowledged", &user(who));
    }

    pub fn resolve(&self, who: (&str, &str)) {
        change(self.kept().incidents.last_mut().expect("there is one"), "resolved", &user(who));
    }

    /// The service closes it by itself after a while.
    pub fn times_out(&self) {
        change(self.kept().incidents.last_mut().expect("there is one"), "resolved", &service());
    }

    /// Whoever asks for this alert, by its place, is told to come again later.
    pub fn says_nothing_of(&self, place: Option<usize>) {
        self.kept().silent = place;
    }

    /// The next call is answered so instead.
    pub fn fails(&self, status: u16, body: Value) {
        self.kept().fails.push((status, body));
    }
}

fn user((id, name): (&str, &str)) -> Value {
    json!({ "id": id, "type": "user_reference", "summary": name })
}

fn service() -> Value {
    json!({ "id": "PSERVICE", "type": "service_reference", "summary": "Shop" })
}

fn change(incident: &mut Value, to: &str, by: &Value) {
    let acknowledgements = incident["acknowledgements"].as_array_mut().expect("a list");
    if to == "acknowledged" {
        let at = format!("2026-11-23T12:42:{:02}Z", acknowledgements.len());
        acknowledgements.push(json!({ "at": at, "acknowledger": by }));
    } else {
        acknowledgements.clear();
    }
    incident["status"] = json!(to);
    incident["last_status_change_by"] = by.clone();
}

async fn enqueue(State(shared): State<Shared>, Json(event): Json<Value>) -> Response {
    let mut kept = shared.kept.lock().unwrap_or_else(PoisonError::into_inner);
    if !kept.fails.is_empty() {
        let (status, body) = kept.fails.remove(0);
        return (StatusCode::from_u16(status).expect("a status"), Json(body)).into_response();
    }
    let invalid = |words: &str| {
        let body = json!({ "status": "invalid event", "message": "Event object is invalid", "errors": [words] });
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    };
    if event["routing_key"] != ROUTING_KEY {
        return invalid("Invalid routing key");
    }
    let (action, key) = (event["event_action"].clone(), event["dedup_key"].clone());
    let known = kept.incidents.iter().rposition(|one| one["incident_key"] == key && one["status"] != "resolved");
    match (action.as_str(), known) {
        (Some("trigger"), None) => {
            let summary = event["payload"]["summary"].as_str().unwrap_or_default();
            if summary.is_empty() || summary.chars().count() > 1024 || event["payload"]["source"].as_str().is_none_or(str::is_empty) {
                return invalid("'payload.summary' is missing or too long");
            }
            let id = format!("P{:06}", kept.incidents.len());
            kept.incidents.push(json!({ "id": id, "incident_key": key, "status": "triggered", "title": summary, "acknowledgements": [],
                "last_status_change_by": service() }));
            shared.paged.send_replace(kept.incidents.len());
        }
        (Some("acknowledge"), Some(at)) => change(&mut kept.incidents[at], "acknowledged", &service()),
        (Some("resolve"), Some(at)) => change(&mut kept.incidents[at], "resolved", &service()),
        // Appended to what is open already, or about nothing: taken, and nothing happens.
        (Some("trigger" | "acknowledge" | "resolve"), _) => {}
        _ => return invalid("'event_action' is invalid"),
    }
    kept.events.push(event);
    (StatusCode::ACCEPTED, Json(json!({ "status": "success", "message": "Event processed", "dedup_key": key }))).into_response()
}

async fn incidents(State(shared): State<Shared>, headers: HeaderMap, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    let mut kept = shared.kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.looks += 1;
    if !kept.fails.is_empty() {
        let (status, body) = kept.fails.remove(0);
        return (StatusCode::from_u16(status).expect("a status"), Json(body)).into_response();
    }
    if headers.get("authorization").is_none_or(|value| value != &format!("Token token={REST_TOKEN}")) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": { "code": 2006, "message": "Unauthorized" } }))).into_response();
    }
    if kept.silent.is_some_and(|place| kept.incidents[place]["incident_key"] == asked["incident_key"].as_str()) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    assert_eq!(asked["sort_by"], "created_at:desc", "the latest of that name is what counts");
    let found: Vec<&Value> =
        kept.incidents.iter().rev().filter(|one| one["incident_key"] == asked["incident_key"].as_str()).take(1).collect();
    Json(json!({ "incidents": found, "limit": 1, "offset": 0, "more": false })).into_response()
}
