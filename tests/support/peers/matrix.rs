//! Synapse, the homeserver that most of Matrix runs on: on SQLite, for clients on loopback
//! only, with people who speak to it as their own apps would.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{Method, Request};

use super::{Site, Wanted};
use crate::process::{free_port, listening};

pub const WANTED: Wanted = Wanted {
    name: "matrix",
    packages: &[("python3-venv", "makes the folder that Synapse is installed into")],
    answers: &[],
    wheels: &["matrix-synapse==1.163.2"],
};

/// What registers people without a mail or a picture puzzle.
const REGISTERS: &str = "only-for-this-test";

/// Counts what people ask and send, so that the homeserver takes no two for one.
static ASKED: AtomicUsize = AtomicUsize::new(0);

pub struct Synapse {
    site: Site,
    port: u16,
}

/// Somebody with an account there, signed in.
pub struct Member {
    /// Their Matrix address.
    pub id: String,
    pub token: String,
    url: String,
    agent: Agent,
}

impl Synapse {
    /// Starts it as the homeserver of example.org, with nobody on it.
    #[must_use]
    pub fn start() -> Self {
        let (mut site, port) = (Site::new(), free_port());
        let here = site.path("");
        let here = here.to_string_lossy().into_owned();
        let log = site.write(
            "log.yaml",
            "version: 1\nformatters: {line: {format: '%(asctime)s %(levelname)s %(name)s %(message)s'}}\n\
             handlers: {console: {class: logging.StreamHandler, formatter: line}}\n\
             root: {level: INFO, handlers: [console]}\ndisable_existing_loggers: false\n",
        );
        // Everything else is as Synapse has it, its limits too; but the people of all tests
        // sign in from one address.
        let settings = format!(
            "server_name: example.org\nreport_stats: false\ntrusted_key_servers: []\nsuppress_key_server_warning: true\n\
             signing_key_path: {here}signing.key\nmedia_store_path: {here}media\npid_file: {here}pid\nlog_config: {log}\n\
             macaroon_secret_key: {REGISTERS}\nregistration_shared_secret: {REGISTERS}\n\
             rc_login: {{address: {{per_second: 100, burst_count: 100}}, account: {{per_second: 100, burst_count: 100}}}}\n\
             database: {{name: sqlite3, args: {{database: {here}homeserver.db}}}}\n\
             listeners: [{{port: {port}, type: http, bind_addresses: [127.0.0.1], resources: [{{names: [client]}}]}}]\n",
            log = log.display(),
        );
        let settings = site.write("homeserver.yaml", &settings).to_string_lossy().into_owned();
        let python = WANTED.program("python").to_string_lossy().into_owned();
        let synapse = ["-m", "synapse.app.homeserver", "--config-path", &settings];
        site.done(&python, &[&synapse[..], &["--generate-keys"]].concat());
        site.run(&python, &synapse);
        listening(port);
        Self { site, port }
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Gives somebody an account and signs them in.
    #[must_use]
    pub fn member(&self, name: &str) -> Member {
        let (url, password) = (self.url(), format!("{name} keeps a secret"));
        let program = WANTED.program("register_new_matrix_user");
        self.site.done(&program.to_string_lossy(), &["-u", name, "-p", &password, "--no-admin", "-k", REGISTERS, &url]);
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        let mut member = Member { id: format!("@{name}:example.org"), token: String::new(), url, agent };
        let asked = json!({ "type": "m.login.password", "identifier": { "type": "m.id.user", "user": name }, "password": password });
        member.token = text(&member.does(&Method::POST, "/login", &asked)["access_token"]);
        member
    }
}

impl Member {
    /// What the homeserver answers, with its status.
    fn asks(&self, method: &Method, path: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder().method(method).uri(format!("{}/_matrix/client/v3{path}", self.url));
        let request = if self.token.is_empty() { request } else { request.header("authorization", format!("Bearer {}", self.token)) };
        let body = if *method == Method::GET { String::new() } else { body.to_string() };
        let request = request.header("content-type", "application/json").body(body).expect("a request");
        let mut answer = self.agent.run(request).unwrap_or_else(|error| panic!("{path}: {error}"));
        let status = answer.status().as_u16();
        (status, answer.body_mut().read_json().unwrap_or_else(|error| panic!("{path}: {error}")))
    }

    /// The same, where it has to go well.
    fn does(&self, method: &Method, path: &str, body: &Value) -> Value {
        let (status, answer) = self.asks(method, path, body);
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Everything that is new to somebody who has just signed in. It waits for nothing, but
    /// the same question would be answered from memory.
    fn synced(&self) -> Value {
        self.does(&Method::GET, &format!("/sync?timeout={}", ASKED.fetch_add(1, Ordering::Relaxed)), &Value::Null)
    }

    /// The rooms that they are asked into, each with what is shown of it beforehand.
    #[must_use]
    pub fn invitations(&self) -> Vec<(String, Vec<Value>)> {
        let synced = self.synced();
        let invited = synced["rooms"]["invite"].as_object().into_iter().flatten();
        invited.map(|(room, about)| (room.clone(), list(&about["invite_state"]["events"]))).collect()
    }

    /// How often a room has rung at them since they last read it.
    #[must_use]
    pub fn rung_by(&self, room: &str) -> u64 {
        self.synced()["rooms"]["join"][room]["unread_notifications"]["highlight_count"].as_u64().unwrap_or(0)
    }

    pub fn joins(&self, room: &str) {
        self.does(&Method::POST, &format!("/join/{room}"), &json!({}));
    }

    /// Tries to come in, and gives what the homeserver says to it.
    #[must_use]
    pub fn tries_to_join(&self, room: &str) -> u16 {
        self.asks(&Method::POST, &format!("/join/{room}"), &json!({})).0
    }

    pub fn lets_in(&self, room: &str, other: &Self) {
        self.does(&Method::POST, &format!("/rooms/{room}/invite"), &json!({ "user_id": other.id }));
        other.joins(room);
    }

    /// What was written in a room, as its events, the oldest first.
    #[must_use]
    pub fn reads(&self, room: &str) -> Vec<Value> {
        let page = self.does(&Method::GET, &format!("/rooms/{room}/messages?dir=b&limit=100"), &Value::Null);
        let mut events = list(&page["chunk"]);
        events.retain(|event| event["type"] == "m.room.message");
        events.reverse();
        events
    }

    /// A piece of the room's state, as everybody in it sees it.
    #[must_use]
    pub fn state(&self, room: &str, kind: &str) -> Value {
        self.does(&Method::GET, &format!("/rooms/{room}/state/{kind}"), &Value::Null)
    }

    /// How they stand to a room: "join", "invite" or "leave".
    #[must_use]
    pub fn stands(&self, room: &str, user: &str) -> String {
        text(&self.state(room, &format!("m.room.member/{user}"))["membership"])
    }

    pub fn writes(&self, room: &str, text: &str) {
        self.does(&Method::PUT, &sending(room, "m.room.message"), &json!({ "msgtype": "m.text", "body": text }));
    }

    /// Tries to write, and gives what the homeserver says to it.
    #[must_use]
    pub fn tries_to_write(&self, room: &str) -> u16 {
        self.asks(&Method::PUT, &sending(room, "m.room.message"), &json!({ "msgtype": "m.text", "body": "?" })).0
    }

    pub fn replies(&self, room: &str, to: &Value, text: &str) {
        let related = json!({ "m.in_reply_to": { "event_id": to["event_id"] } });
        self.does(&Method::PUT, &sending(room, "m.room.message"), &json!({ "msgtype": "m.text", "body": text, "m.relates_to": related }));
    }

    pub fn reacts(&self, room: &str, to: &Value, key: &str) {
        let related = json!({ "rel_type": "m.annotation", "event_id": to["event_id"], "key": key });
        self.does(&Method::PUT, &sending(room, "m.reaction"), &json!({ "m.relates_to": related }));
    }
}

fn sending(room: &str, kind: &str) -> String {
    format!("/rooms/{room}/send/{kind}/test{}", ASKED.fetch_add(1, Ordering::Relaxed))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}
