//! Opsgenie's interface, which Jira Service Management has taken over: alerts are
//! asked for, made a little later, and looked at one by one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::serving::Serving;
use crate::wire::until;

pub const KEY: &str = "eb243592-faa2-4ba2-a551-1afdf565c889";

#[derive(Clone)]
struct Shared {
    kept: Arc<Mutex<Kept>>,
    opened: watch::Sender<usize>,
}

#[derive(Default)]
struct Kept {
    alerts: Vec<Value>,
    /// What came of each request, by its place.
    requests: Vec<Value>,
    refuses: bool,
    /// Of which alert, by its place, nothing can be said at the moment.
    silent: Option<usize>,
    looks: usize,
}

pub struct Jsm {
    shared: Shared,
    serving: Serving,
}

impl Jsm {
    pub async fn start() -> Self {
        let shared = Shared { kept: Arc::default(), opened: watch::channel(0).0 };
        let router = Router::new()
            .route("/v2/alerts", post(create))
            .route("/v2/alerts/requests/{request}", get(request))
            .route("/v2/alerts/{alert}", get(alert))
            .route("/v2/alerts/{alias}/{action}", post(act))
            .layer(middleware::from_fn(guarded))
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

    /// The alerts, once there are so many.
    pub async fn wait_for(&self, count: usize) -> Vec<Value> {
        until(self.shared.opened.subscribe(), count, "alerts").await;
        self.kept().alerts.clone()
    }

    #[must_use]
    pub fn alerts(&self) -> Vec<Value> {
        self.kept().alerts.clone()
    }

    pub fn acknowledge(&self, who: &str) {
        acknowledge(self.kept().alerts.last_mut().expect("there is one"), who);
    }

    pub fn close(&self, who: &str) {
        close(self.kept().alerts.last_mut().expect("there is one"), who);
    }

    /// Whoever asks for this alert, by its place, is told to come again later.
    pub fn says_nothing_of(&self, place: Option<usize>) {
        self.kept().silent = place;
    }

    /// How often an alert, or what came of asking for one, was looked at.
    #[must_use]
    pub fn looks(&self) -> usize {
        self.kept().looks
    }

    /// From now on what is asked for is taken, and comes to nothing.
    pub fn refuses(&self) {
        self.kept().refuses = true;
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn acknowledge(alert: &mut Value, who: &str) {
    alert["acknowledged"] = json!(true);
    alert["report"]["acknowledgedBy"] = json!(who);
}

fn close(alert: &mut Value, who: &str) {
    alert["status"] = json!("closed");
    alert["report"]["closedBy"] = json!(who);
}

async fn guarded(request: Request, next: Next) -> Response {
    if request.headers().get("authorization").is_none_or(|value| value != &format!("GenieKey {KEY}")) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "message": "Could not authenticate", "took": 0.1, "requestId": "r" })))
            .into_response();
    }
    next.run(request).await
}

fn taken(kept: &mut Kept, came: Value) -> Response {
    kept.requests.push(came);
    let id = format!("request-{}", kept.requests.len() - 1);
    (StatusCode::ACCEPTED, Json(json!({ "result": "Request will be processed", "took": 0.3, "requestId": id }))).into_response()
}

async fn create(State(shared): State<Shared>, Json(asked): Json<Value>) -> Response {
    let mut kept = shared.kept();
    let message = asked["message"].as_str().unwrap_or_default();
    if message.is_empty() || message.chars().count() > 130 || asked["description"].as_str().unwrap_or_default().chars().count() > 15_000 {
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "message": "Request body is not processable", "requestId": "r" })))
            .into_response();
    }
    if kept.refuses {
        return taken(&mut kept, json!({ "isSuccess": false, "status": "Integration is disabled", "alertId": "" }));
    }
    let known = kept.alerts.iter().rposition(|alert| alert["alias"] == asked["alias"] && alert["status"] != "closed");
    let at = known.unwrap_or(kept.alerts.len());
    if known.is_none() {
        let mut alert = asked;
        alert["id"] = json!(format!("alert-{at}"));
        alert["status"] = json!("open");
        alert["acknowledged"] = json!(false);
        alert["report"] = json!({});
        kept.alerts.push(alert);
        shared.opened.send_replace(kept.alerts.len());
    }
    taken(&mut kept, json!({ "isSuccess": true, "status": "Created alert", "alertId": format!("alert-{at}") }))
}

async fn request(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    shared.kept().looks += 1;
    let at = id.strip_prefix("request-").and_then(|at| at.parse::<usize>().ok());
    match at.and_then(|at| shared.kept().requests.get(at).cloned()) {
        Some(came) => Json(json!({ "data": came, "took": 0.1, "requestId": "r" })).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({ "message": "Request not found", "requestId": "r" }))).into_response(),
    }
}

async fn alert(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    let mut kept = shared.kept();
    kept.looks += 1;
    if kept.silent.is_some_and(|place| kept.alerts[place]["id"] == id.as_str()) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match kept.alerts.iter().find(|alert| alert["id"] == id.as_str()) {
        Some(alert) => Json(json!({ "data": alert, "took": 0.1, "requestId": "r" })).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({ "message": "Alert not found", "requestId": "r" }))).into_response(),
    }
}

async fn act(State(shared): State<Shared>, Path((alias, action)): Path<(String, String)>, Json(asked): Json<Value>) -> Response {
    let mut kept = shared.kept();
    let who = asked["source"].as_str().unwrap_or_default().to_string();
    let open = kept.alerts.iter_mut().rfind(|alert| alert["alias"] == alias.as_str() && alert["status"] != "closed");
    match (action.as_str(), open) {
        ("acknowledge", Some(alert)) => acknowledge(alert, &who),
        ("close", Some(alert)) => close(alert, &who),
        _ => {}
    }
    taken(&mut kept, json!({ "isSuccess": true, "status": action, "alertId": "" }))
}
