//! A provider over HTTP that does as it is told: answers well or badly, late or
//! never, breaks off, talks nonsense. It records every request it reads.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::wire::{Wire, until};

/// What the sink does with one request.
#[derive(Clone, Debug)]
pub enum HttpBehaviour {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// Breaks off as soon as somebody connects.
    ResetBeforeReading,
    /// Reads it all, then breaks off.
    ResetAfterReading,
    /// Reads it all and never says a word.
    Silence,
    /// Answers what is no HTTP.
    Garbage,
    /// Says 200, promises more than it sends, and breaks off.
    HalfAnswer,
    /// Says 200 and sends far more than anybody wants to read.
    Huge,
}

impl HttpBehaviour {
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: String::new() }
    }

    #[must_use]
    pub fn says(status: u16, body: &str) -> Self {
        Self::Answer { status, headers: Vec::new(), body: body.into() }
    }

    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Answer { status, mut headers, body } => {
                headers.push((name, value.into()));
                Self::Answer { status, headers, body }
            }
            other => other,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Counts connections, so that a test can tell one that is used again.
    pub connection: usize,
}

impl HttpRequest {
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; a test that asks for it expects JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

pub struct HttpSink {
    address: SocketAddr,
    name: &'static str,
    encrypted: bool,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

struct State {
    /// For the next requests, in order; then `always`.
    next: Mutex<VecDeque<HttpBehaviour>>,
    always: Mutex<HttpBehaviour>,
    requests: Mutex<Vec<HttpRequest>>,
    count: watch::Sender<usize>,
}

impl HttpSink {
    /// On 127.0.0.1, in the clear, answering 200 "ok".
    pub async fn start() -> Self {
        Self::listen("127.0.0.1", None).await
    }

    /// The same, encrypted, reached by the name "localhost".
    pub async fn start_encrypted(with: TlsAcceptor) -> Self {
        Self::listen("localhost", Some(with)).await
    }

    async fn listen(name: &'static str, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("the port just bound");
        let state = Arc::new(State {
            next: Mutex::default(),
            always: Mutex::new(HttpBehaviour::says(200, "ok")),
            requests: Mutex::default(),
            count: watch::channel(0).0,
        });
        let encrypted = tls.is_some();
        let accepting = tokio::spawn(accept(listener, tls, Arc::clone(&state)));
        Self { address, name, encrypted, state, accepting }
    }

    #[must_use]
    pub fn url(&self, path: &str) -> String {
        let scheme = if self.encrypted { "https" } else { "http" };
        format!("{scheme}://{}:{}{path}", self.name, self.address.port())
    }

    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it does with the next requests, one after the other.
    pub fn next(&self, behaviours: impl IntoIterator<Item = HttpBehaviour>) {
        self.state.next.lock().expect("no test panics here").extend(behaviours);
    }

    /// What it does with every request that `next` says nothing of.
    pub fn always(&self, behaviour: HttpBehaviour) {
        *self.state.always.lock().expect("no test panics here") = behaviour;
    }

    #[must_use]
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.state.requests.lock().expect("no test panics here").clone()
    }

    /// Waits until so many requests were read, and gives all of them.
    pub async fn wait_for(&self, requests: usize) -> Vec<HttpRequest> {
        until(self.state.count.subscribe(), requests, "requests").await;
        self.requests()
    }
}

impl Drop for HttpSink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl State {
    fn behaviour(&self) -> HttpBehaviour {
        let next = self.next.lock().expect("no test panics here").pop_front();
        next.unwrap_or_else(|| self.always.lock().expect("no test panics here").clone())
    }

    fn breaks_off_at_once(&self) -> bool {
        let mut next = self.next.lock().expect("no test panics here");
        match next.front() {
            Some(HttpBehaviour::ResetBeforeReading) => next.pop_front().is_some(),
            Some(_) => false,
            None => matches!(*self.always.lock().expect("no test panics here"), HttpBehaviour::ResetBeforeReading),
        }
    }

    fn record(&self, request: HttpRequest) {
        self.requests.lock().expect("no test panics here").push(request);
        self.count.send_modify(|count| *count += 1);
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, state: Arc<State>) {
    let mut connection = 0;
    while let Ok((stream, _)) = listener.accept().await {
        connection += 1;
        drop(stream.set_nodelay(true));
        let (state, tls, wire) = (Arc::clone(&state), tls.clone(), Wire::Plain(stream));
        tokio::spawn(async move {
            if state.breaks_off_at_once() {
                return wire.reset();
            }
            let wire = match &tls {
                Some(tls) => wire.encrypt(tls).await,
                None => Ok(wire),
            };
            if let Ok(wire) = wire {
                // The other side going away is how a connection ends.
                drop(converse(wire, &state, connection).await);
            }
        });
    }
}

async fn converse(mut wire: Wire, state: &State, connection: usize) -> io::Result<()> {
    let mut received = Vec::new();
    loop {
        let Some(request) = read_request(&mut wire, &mut received, connection).await? else { return Ok(()) };
        state.record(request);
        match state.behaviour() {
            HttpBehaviour::Answer { status, headers, body } => wire.write(answer(status, &headers, &body).as_bytes()).await?,
            HttpBehaviour::ResetBeforeReading | HttpBehaviour::ResetAfterReading => {
                wire.reset();
                return Ok(());
            }
            HttpBehaviour::Silence => {
                wire.keep_silent().await;
                return Ok(());
            }
            HttpBehaviour::Garbage => return wire.write(b"\x16\x03\x01 220 hello? {\"ok\":true}\r\n\r\n").await,
            HttpBehaviour::HalfAnswer => {
                wire.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of").await?;
                wire.reset();
                return Ok(());
            }
            HttpBehaviour::Huge => {
                wire.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n").await?;
                let chunk = vec![b'z'; 64 * 1024];
                for _ in 0..100_000_000 / chunk.len() {
                    wire.write(&chunk).await?;
                }
                return Ok(());
            }
        }
    }
}

/// One request; `None` for what is no HTTP. What follows it stays in `received`.
async fn read_request(wire: &mut Wire, received: &mut Vec<u8>, connection: usize) -> io::Result<Option<HttpRequest>> {
    let head_end = loop {
        if let Some(at) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        wire.read(received).await?;
    };
    let head = String::from_utf8_lossy(&received[..head_end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(path)) = (first.next(), first.next()) else { return Ok(None) };
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_string())).collect();
    let length: usize = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    while received.len() < head_end + 4 + length {
        wire.read(received).await?;
    }
    let rest = received.split_off(head_end + 4 + length);
    let body = received.split_off(head_end + 4);
    *received = rest;
    Ok(Some(HttpRequest { method: method.into(), path: path.into(), headers, body, connection }))
}

fn answer(status: u16, headers: &[(&str, String)], body: &str) -> String {
    let mut text = format!("HTTP/1.1 {status} \r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        // Writing to a String cannot fail.
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text + "\r\n" + body
}
