//! Twilio as an account sees it: texts and calls that are listed and change their
//! status, texts that come in, and flows of Studio that remember which key was pressed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use baton_core::clock::Clock;
use baton_core::domain::time::Instant;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::serving::Serving;
use crate::wire::until;
use crate::world::TestClock;

pub const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub const FLOW: &str = "FWbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
/// The account's own number.
pub const OURS: &str = "+493023120000";

/// A text, as the list of messages has it.
#[derive(Clone, Debug)]
pub struct Text {
    pub sid: String,
    pub direction: &'static str,
    pub from: String,
    pub to: String,
    pub body: String,
    pub status: String,
    pub error_code: Option<i64>,
    pub at: Instant,
}

/// A call, or a flow's run.
#[derive(Clone, Debug)]
pub struct Called {
    pub sid: String,
    pub to: String,
    /// As it was asked for.
    pub asked: BTreeMap<String, String>,
    pub status: String,
    pub context: Value,
}

impl Called {
    /// What a flow was given.
    #[must_use]
    pub fn given(&self) -> Value {
        serde_json::from_str(&self.asked["Parameters"]).expect("the parameters are JSON")
    }
}

enum Fault {
    Answers(u16, String, Option<&'static str>),
    /// Takes what it is given, and says nothing that could be understood.
    TakesAndFails(u16),
}

#[derive(Default)]
struct Kept {
    texts: Vec<Text>,
    calls: Vec<Called>,
    faults: Vec<Fault>,
    asked: Vec<String>,
}

#[derive(Clone)]
struct Shared {
    kept: Arc<Mutex<Kept>>,
    made: watch::Sender<usize>,
    clock: Arc<TestClock>,
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct Twilio {
    shared: Shared,
    serving: Serving,
}

impl Twilio {
    pub async fn start(clock: Arc<TestClock>) -> Self {
        let shared = Shared { kept: Arc::default(), made: watch::channel(0).0, clock };
        let router = Router::new()
            .route("/2010-04-01/Accounts/{account}/{list}", get(list).post(make))
            .route("/2010-04-01/Accounts/{account}/{list}/{one}", get(one))
            .route("/v2/Flows/{flow}/Executions", axum::routing::post(run))
            .route("/v2/Flows/{flow}/Executions/{one}", get(execution))
            .route("/v2/Flows/{flow}/Executions/{one}/Context", get(context))
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

    /// The texts that were sent, once there are so many texts and calls.
    pub async fn wait_for(&self, count: usize) -> Vec<Text> {
        until(self.shared.made.subscribe(), count, "texts and calls").await;
        self.texts()
    }

    #[must_use]
    pub fn texts(&self) -> Vec<Text> {
        self.kept().texts.iter().filter(|text| text.direction != "inbound").cloned().collect()
    }

    #[must_use]
    pub fn calls(&self) -> Vec<Called> {
        self.kept().calls.clone()
    }

    /// Which addresses were asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.kept().asked.clone()
    }

    /// The network says what became of a text.
    pub fn becomes(&self, text: &Text, status: &str, error_code: Option<i64>) {
        let mut kept = self.kept();
        let found = kept.texts.iter_mut().find(|one| one.sid == text.sid).expect("it is on the list");
        (found.status, found.error_code) = (status.into(), error_code);
    }

    pub fn call_becomes(&self, call: &Called, status: &str) {
        self.kept().calls.iter_mut().find(|one| one.sid == call.sid).expect("it was placed").status = status.into();
    }

    /// What a flow has learnt so far.
    pub fn learns(&self, call: &Called, pointer: &[&str], value: Value) {
        let mut kept = self.kept();
        let mut at = &mut kept.calls.iter_mut().find(|one| one.sid == call.sid).expect("it was run").context;
        for key in pointer {
            at = &mut at[*key];
        }
        *at = value;
    }

    /// Somebody presses a key while the flow listens.
    pub fn presses(&self, call: &Called, key: &str) {
        self.learns(call, &["widgets", "answer", "Digits"], json!(key));
    }

    /// Somebody writes to the account's number, so long ago.
    pub fn writes_earlier(&self, from: &str, body: &str, minutes: i64) {
        let at = self.shared.clock.now().plus(-minutes * 60_000);
        let mut kept = self.kept();
        let sid = format!("SM{:032x}", kept.texts.len() + 0xf000);
        let (from, body) = (from.to_string(), body.to_string());
        let text = Text { sid, direction: "inbound", from, to: OURS.into(), body, status: "received".into(), error_code: None, at };
        kept.texts.push(text);
    }

    pub fn writes(&self, from: &str, body: &str) {
        self.writes_earlier(from, body, 0);
    }

    /// The next request is answered so instead.
    pub fn fails(&self, status: u16, code: i64, message: &str) {
        let body = json!({ "code": code, "message": message, "more_info": "https://example.org", "status": status });
        self.kept().faults.push(Fault::Answers(status, body.to_string(), None));
    }

    /// The next request is too much at once, for so many seconds.
    pub fn has_enough(&self, seconds: &'static str) {
        let body = json!({ "code": 20429, "message": "Too Many Requests", "status": 429 });
        self.kept().faults.push(Fault::Answers(429, body.to_string(), Some(seconds)));
    }

    /// The next request is answered with this, whatever it is.
    pub fn says(&self, status: u16, body: &str) {
        self.kept().faults.push(Fault::Answers(status, body.into(), None));
    }

    /// The next thing that is to be made is made, and the answer is lost.
    pub fn takes_and_fails(&self, status: u16) {
        self.kept().faults.push(Fault::TakesAndFails(status));
    }
}

type Answer = (StatusCode, HeaderMap, String);

fn answer(status: u16, body: impl Into<String>) -> Answer {
    (StatusCode::from_u16(status).expect("a status"), HeaderMap::new(), body.into())
}

fn not_found() -> Answer {
    answer(404, json!({ "code": 20404, "message": "The requested resource was not found", "status": 404 }).to_string())
}

/// Whether the account is known, and what is to be answered instead of the truth.
fn refused(shared: &Shared, headers: &HeaderMap, asked: &str) -> Option<Answer> {
    let login = format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{SECRET}")));
    let mut kept = shared.kept();
    kept.asked.push(asked.into());
    if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some(&login) {
        return Some(answer(401, json!({ "code": 20003, "message": "Authenticate", "status": 401 }).to_string()));
    }
    if let Some(Fault::Answers(status, body, after)) = kept.faults.first() {
        let (status, mut told, after) = (*status, answer(*status, body.clone()), *after);
        if let Some(after) = after {
            told.1.insert("retry-after", after.parse().expect("a header"));
        }
        told.0 = StatusCode::from_u16(status).expect("a status");
        kept.faults.remove(0);
        return Some(told);
    }
    None
}

fn fields(text: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn date(at: Instant) -> String {
    at.utc().format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

fn shown(text: &Text) -> Value {
    json!({
        "sid": text.sid, "account_sid": ACCOUNT, "direction": text.direction, "from": text.from, "to": text.to, "body": text.body,
        "status": text.status, "error_code": text.error_code, "error_message": null, "num_segments": "1", "num_media": "0",
        "date_created": date(text.at), "date_updated": date(text.at),
        // What is queued has not been sent yet.
        "date_sent": if text.status == "queued" { Value::Null } else { json!(date(text.at)) },
        "uri": format!("/2010-04-01/Accounts/{ACCOUNT}/Messages/{}.json", text.sid),
    })
}

async fn list(
    State(shared): State<Shared>,
    Path((_, kind)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let query = query.unwrap_or_default();
    if let Some(refusal) = refused(&shared, &headers, &format!("GET {kind}?{query}")) {
        return refusal;
    }
    assert_eq!(kind, "Messages.json", "calls are asked after one by one");
    let asks = fields(&query);
    let kept = shared.kept();
    let day = |at: Instant| at.utc().format("%Y-%m-%d").to_string();
    let mut found: Vec<&Text> = kept
        .texts
        .iter()
        .filter(|text| asks.get("To").is_none_or(|to| *to == text.to))
        .filter(|text| asks.get("DateSent>").is_none_or(|from| text.status != "queued" && day(text.at) >= *from))
        .collect();
    found.sort_by_key(|text| std::cmp::Reverse(text.at));
    let size: usize = asks.get("PageSize").and_then(|size| size.parse().ok()).unwrap_or(50);
    let page: usize = asks.get("Page").and_then(|page| page.parse().ok()).unwrap_or(0);
    let next = (found.len() > (page + 1) * size).then(|| {
        let mut next = asks.clone();
        next.insert("Page".into(), (page + 1).to_string());
        let pairs = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(next).finish();
        format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json?{pairs}")
    });
    let messages: Vec<Value> = found.into_iter().skip(page * size).take(size).map(shown).collect();
    answer(200, json!({ "messages": messages, "page": page, "page_size": size, "next_page_uri": next }).to_string())
}

async fn one(State(shared): State<Shared>, Path((_, kind, name)): Path<(String, String, String)>, headers: HeaderMap) -> Answer {
    if let Some(refusal) = refused(&shared, &headers, &format!("GET {kind}/{name}")) {
        return refusal;
    }
    let (sid, kept) = (name.trim_end_matches(".json"), shared.kept());
    let text = kept.texts.iter().find(|text| text.sid == sid).map(shown);
    let call = || kept.calls.iter().find(|call| call.sid == sid).map(|call| json!({ "sid": sid, "status": call.status, "duration": "12" }));
    text.or_else(call).map_or_else(not_found, |found| answer(200, found.to_string()))
}

async fn make(State(shared): State<Shared>, Path((_, kind)): Path<(String, String)>, headers: HeaderMap, body: String) -> Answer {
    if let Some(refusal) = refused(&shared, &headers, &format!("POST {kind}")) {
        return refusal;
    }
    let (asked, at) = (fields(&body), shared.clock.now());
    let mut kept = shared.kept();
    let made = if kind == "Messages.json" {
        assert!(asked["Body"].chars().count() <= 1600, "Twilio refuses more");
        let from = asked.get("From").or_else(|| asked.get("MessagingServiceSid")).expect("a sender").clone();
        let text = Text {
            sid: format!("SM{:032x}", kept.texts.len() + 1),
            direction: "outbound-api",
            from,
            to: asked["To"].clone(),
            body: asked["Body"].clone(),
            status: "queued".into(),
            error_code: None,
            at,
        };
        kept.texts.push(text.clone());
        shown(&text)
    } else {
        assert!(asked["Twiml"].chars().count() <= 4000, "Twilio refuses more");
        let sid = format!("CA{:032x}", kept.calls.len() + 1);
        kept.calls.push(Called { sid: sid.clone(), to: asked["To"].clone(), asked, status: "queued".into(), context: Value::Null });
        json!({ "sid": sid, "status": "queued" })
    };
    done(&shared, kept, &made)
}

async fn run(State(shared): State<Shared>, Path(flow): Path<String>, headers: HeaderMap, body: String) -> Answer {
    if let Some(refusal) = refused(&shared, &headers, "POST Executions") {
        return refusal;
    }
    if flow != FLOW {
        return not_found();
    }
    let (asked, mut kept) = (fields(&body), shared.kept());
    if kept.calls.iter().any(|call| call.status == "active" && call.to == asked["To"]) {
        let words = "Execution not created: one is active for this contact";
        return answer(409, json!({ "code": 20409, "message": words, "status": 409 }).to_string());
    }
    let sid = format!("FN{:032x}", kept.calls.len() + 1);
    let given: Value = serde_json::from_str(&asked["Parameters"]).expect("the parameters are JSON");
    let context = json!({ "trigger": { "request": {} }, "contact": { "channel": { "address": asked["To"] } }, "widgets": {},
                          "flow": { "data": given, "variables": {}, "channel": { "address": asked["From"] } } });
    kept.calls.push(Called { sid: sid.clone(), to: asked["To"].clone(), asked, status: "active".into(), context });
    done(&shared, kept, &json!({ "sid": sid, "flow_sid": flow, "status": "active", "context": {} }))
}

fn done(shared: &Shared, mut kept: MutexGuard<'_, Kept>, made: &Value) -> Answer {
    let lost = matches!(kept.faults.first(), Some(Fault::TakesAndFails(_))).then(|| kept.faults.remove(0));
    let count = kept.texts.iter().filter(|text| text.direction != "inbound").count() + kept.calls.len();
    drop(kept);
    shared.made.send_replace(count);
    match lost {
        Some(Fault::TakesAndFails(status)) => {
            answer(status, json!({ "code": 20500, "message": "Internal Server Error", "status": status }).to_string())
        }
        _ => answer(201, made.to_string()),
    }
}

async fn execution(State(shared): State<Shared>, Path((_, sid)): Path<(String, String)>, headers: HeaderMap) -> Answer {
    if let Some(refusal) = refused(&shared, &headers, &format!("GET Executions/{sid}")) {
        return refusal;
    }
    let kept = shared.kept();
    let found = kept.calls.iter().find(|call| call.sid == sid);
    found.map_or_else(not_found, |call| {
        answer(200, json!({ "sid": sid, "status": call.status, "contact_channel_address": call.to }).to_string())
    })
}

async fn context(State(shared): State<Shared>, Path((flow, sid)): Path<(String, String)>, headers: HeaderMap) -> Answer {
    if let Some(refusal) = refused(&shared, &headers, &format!("GET Executions/{sid}/Context")) {
        return refusal;
    }
    let kept = shared.kept();
    let found = kept.calls.iter().find(|call| call.sid == sid);
    found.map_or_else(not_found, |call| {
        answer(200, json!({ "account_sid": ACCOUNT, "flow_sid": flow, "execution_sid": sid, "context": call.context }).to_string())
    })
}
