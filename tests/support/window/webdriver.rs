//! As much of the WebDriver protocol as the window tests speak.

use base64::Engine;
use serde_json::{Value, json};
use std::cell::Cell;
use std::path::Path;
use std::time::Duration;
use ureq::Agent;

use crate::patience::until;
use crate::process::listening;

/// One automated web view. The session ends when it is dropped.
pub struct Session {
    wire: Wire,
    /// Keys pressed so far, held ones too.
    strokes: Cell<usize>,
}

/// Where the driver listens and how long to wait for it.
struct Wire {
    agent: Agent,
    base: String,
}

/// What the driver refused, in its words.
#[derive(Debug)]
pub struct Refused {
    pub error: String,
    pub message: String,
}

impl Session {
    /// Opens a session with the driver on this port, once it listens.
    pub fn open(port: u16, always_match: &Value) -> Self {
        listening(port);
        // The first session on a busy machine takes ten seconds and more.
        let agent = Agent::config_builder().timeout_global(Some(Duration::from_secs(120))).http_status_as_error(false).build().new_agent();
        let mut wire = Wire { agent, base: format!("http://127.0.0.1:{port}/session") };
        let opened = wire
            .post("", &json!({ "capabilities": { "alwaysMatch": always_match } }))
            .unwrap_or_else(|refused| panic!("the driver opened no session: {} ({})", refused.message, refused.error));
        let id = opened["sessionId"].as_str().expect("a session has an id").to_owned();
        wire.base = format!("{}/{id}", wire.base);
        let session = Self { wire, strokes: Cell::new(0) };
        session.done(session.wire.post("/timeouts", &json!({ "script": 30_000, "pageLoad": 60_000, "implicit": 0 })));
        session
    }

    /// Opens an address; for a browser, not for the app.
    pub fn go(&self, address: &str) {
        self.done(self.wire.post("/url", &json!({ "url": address })));
    }

    /// Loads the page anew.
    pub fn reload(&self) {
        self.done(self.wire.post("/refresh", &json!({})));
    }

    /// Runs the body of a function in the page and returns what it returns.
    pub fn run(&self, body: &str, args: &[Value]) -> Value {
        self.done(self.wire.post("/execute/sync", &json!({ "script": body, "args": args })))
    }

    /// As [`Session::run`]; the script calls its last argument when it is done, within 30 s.
    pub fn run_until_called(&self, body: &str, args: &[Value]) -> Result<Value, Refused> {
        self.wire.post("/execute/async", &json!({ "script": body, "args": args }))
    }

    /// The name of what has the focus, as a screen reader says it.
    pub fn focused(&self) -> String {
        until("something with the focus", || {
            let element = self.done(self.wire.get("/element/active"));
            let id = element.as_object()?.values().next()?.as_str()?;
            match self.wire.get(&format!("/element/{id}/computedlabel")) {
                Ok(label) => Some(label.as_str().unwrap_or_default().to_owned()),
                // The page drew it anew between the two questions.
                Err(refused) if refused.error == "stale element reference" => None,
                Err(refused) => self.done(Err(refused)).as_str().map(str::to_owned),
            }
        })
    }

    /// Presses and lets go of the keys one after the other, as a keyboard does.
    pub fn keys(&self, keys: impl IntoIterator<Item = char>) {
        let strokes: Vec<Value> = keys.into_iter().flat_map(|key| [down(key), up(key)]).collect();
        self.perform(&strokes);
    }

    /// Presses the key while the others are held.
    pub fn chord(&self, held: &[char], key: char) {
        let mut strokes: Vec<Value> = held.iter().copied().map(down).collect();
        strokes.extend([down(key), up(key)]);
        strokes.extend(held.iter().rev().copied().map(up));
        self.perform(&strokes);
    }

    /// How many keys were pressed in it so far; one that is held counts as one.
    pub fn keystrokes(&self) -> usize {
        self.strokes.get()
    }

    fn perform(&self, strokes: &[Value]) {
        self.strokes.set(self.strokes.get() + strokes.iter().filter(|stroke| stroke["type"] == "keyDown").count());
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.done(self.wire.post("/actions", &json!({ "actions": [keyboard] })));
    }

    /// Presses and lets go of the mouse's first button at this point of the view, so many times without a pause.
    pub fn clicks(&self, (x, y): (i64, i64), times: usize) {
        let mut actions = vec![json!({ "type": "pointerMove", "duration": 0, "origin": "viewport", "x": x, "y": y })];
        for _ in 0..times {
            actions.push(json!({ "type": "pointerDown", "button": 0 }));
            actions.push(json!({ "type": "pointerUp", "button": 0 }));
        }
        let mouse = json!({ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions });
        self.done(self.wire.post("/actions", &json!({ "actions": [mouse] })));
    }

    /// Chooses files in an input that the page returned, as the desktop's own dialog would.
    pub fn chooses(&self, input: &Value, files: &[&Path]) {
        let id = input.as_object().and_then(|element| element.values().next()?.as_str()).expect("an element");
        let names = files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join("\n");
        self.done(self.wire.post(&format!("/element/{id}/value"), &json!({ "text": names })));
    }

    /// Asks Chromium's own tools; other web views have none.
    pub fn devtools(&self, command: &str, params: &Value) {
        self.done(self.wire.post("/goog/cdp/execute", &json!({ "cmd": command, "params": params })));
    }

    /// The outer size of the window.
    pub fn resize(&self, width: u32, height: u32) {
        self.done(self.wire.post("/window/rect", &json!({ "width": width, "height": height })));
    }

    /// What the web view shows, as a PNG file.
    pub fn screenshot(&self, to: &Path) {
        let picture = self.done(self.wire.get("/screenshot"));
        let bytes = base64::engine::general_purpose::STANDARD.decode(picture.as_str().unwrap_or_default()).expect("a picture in base64");
        std::fs::write(to, bytes).unwrap_or_else(|error| panic!("cannot write {}: {error}", to.display()));
    }

    fn done(&self, answer: Result<Value, Refused>) -> Value {
        answer.unwrap_or_else(|refused| panic!("the driver refused: {} ({})", refused.message, refused.error))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The window may be gone already; then there is nothing to close.
        let _ = self.wire.agent.delete(&self.wire.base).call();
    }
}

impl Wire {
    fn post(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        Self::answer(self.agent.post(format!("{}{path}", self.base)).send_json(body))
    }

    fn get(&self, path: &str) -> Result<Value, Refused> {
        Self::answer(self.agent.get(format!("{}{path}", self.base)).call())
    }

    fn answer(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, Refused> {
        let broken = |error: ureq::Error| Refused { error: "no answer".into(), message: error.to_string() };
        let mut response = sent.map_err(broken)?;
        // A screenshot is larger than the client's own limit for a text.
        let body: Value = response.body_mut().with_config().limit(64 << 20).read_json().map_err(broken)?;
        let value = body["value"].clone();
        match value["error"].as_str() {
            Some(error) => Err(Refused { error: error.to_owned(), message: value["message"].as_str().unwrap_or_default().to_owned() }),
            None => Ok(value),
        }
    }
}

fn down(key: char) -> Value {
    json!({ "type": "keyDown", "value": key })
}

fn up(key: char) -> Value {
    json!({ "type": "keyUp", "value": key })
}

/// The protocol's code points for keys that print nothing.
pub mod key {
    pub const TAB: char = '\u{E004}';
    pub const ENTER: char = '\u{E007}';
    pub const SHIFT: char = '\u{E008}';
    pub const CONTROL: char = '\u{E009}';
    pub const ALT: char = '\u{E00A}';
    pub const ESCAPE: char = '\u{E00C}';
    pub const SPACE: char = ' ';
    pub const DOWN: char = '\u{E015}';
    pub const UP: char = '\u{E013}';
    pub const LEFT: char = '\u{E012}';
    pub const RIGHT: char = '\u{E014}';
    pub const END: char = '\u{E010}';
    pub const HOME: char = '\u{E011}';
    pub const DELETE: char = '\u{E017}';
}
