//! Slack's Socket Mode: envelopes over WebSockets that the app opened, each waiting to
//! be acknowledged.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use crate::wire::until;
/// What is said by the sockets, seen from the test.
#[derive(Clone)]
pub struct Line {
    kept: Arc<Mutex<Kept>>,
    /// Envelopes acknowledged so far.
    acknowledged: watch::Sender<usize>,
}

#[derive(Default)]
struct Kept {
    open: Vec<mpsc::UnboundedSender<Order>>,
    opened: usize,
    envelopes: Vec<Envelope>,
    /// What the next sockets are told at once instead of hello.
    turned_away: Vec<&'static str>,
}

struct Envelope {
    id: String,
    kind: &'static str,
    payload: Value,
    /// It is told again until it is acknowledged.
    again: bool,
    acknowledged: bool,
}

enum Order {
    Say(Value),
    Close,
    Break,
}

impl Line {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By one of the open sockets. False where there is none.
    pub fn tells(&self, kind: &'static str, payload: Value, again: bool) -> bool {
        let mut kept = self.kept();
        let id = format!("envelope-{}", kept.envelopes.len() + 1);
        let said = json!({ "type": kind, "envelope_id": id, "payload": payload, "accepts_response_payload": false });
        let envelope = Envelope { id, kind, payload, again, acknowledged: false };
        kept.envelopes.push(envelope);
        kept.open.last().is_some_and(|socket| socket.send(Order::Say(said)).is_ok())
    }

    /// Tells again what was not acknowledged, in a new envelope.
    pub fn tells_again(&self) {
        let waiting: Vec<_> =
            self.kept().envelopes.iter().filter(|one| one.again && !one.acknowledged).map(|one| (one.kind, one.payload.clone())).collect();
        for (kind, payload) in waiting {
            self.tells(kind, payload, true);
        }
    }

    /// Says that the socket will end, and why.
    pub fn disconnects(&self, reason: &str) {
        let said = json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "wss-111" } });
        self.each(|| Order::Say(said.clone()));
    }

    /// The next socket is told this at once, and ended.
    pub fn turns_away(&self, reason: &'static str) {
        self.kept().turned_away.push(reason);
    }

    /// Says what is no envelope.
    pub fn babbles(&self, said: &Value) {
        self.each(|| Order::Say(said.clone()));
    }

    pub fn closes(&self) {
        self.each(|| Order::Close);
        self.kept().open.clear();
    }

    /// The network goes away in the middle.
    pub fn breaks(&self) {
        self.each(|| Order::Break);
        self.kept().open.clear();
    }

    fn each(&self, order: impl Fn() -> Order) {
        self.kept().open.iter().for_each(|socket| drop(socket.send(order())));
    }

    /// How many sockets were opened so far.
    #[must_use]
    pub fn opened(&self) -> usize {
        self.kept().opened
    }

    #[must_use]
    pub fn acknowledged(&self) -> usize {
        *self.acknowledged.borrow()
    }

    /// Returns once so many envelopes were acknowledged.
    pub async fn acknowledges(&self, count: usize) {
        until(self.acknowledged.subscribe(), count, "acknowledgements").await;
    }
}

#[derive(Clone)]
pub(super) struct Sockets {
    pub(super) line: Line,
    port: Arc<Mutex<u16>>,
}

impl Default for Sockets {
    fn default() -> Self {
        Self { line: Line { kept: Arc::default(), acknowledged: watch::channel(0).0 }, port: Arc::default() }
    }
}

impl Sockets {
    /// An address that opens one socket.
    pub(super) fn ticket(&self) -> String {
        format!("ws://127.0.0.1:{}/link/?ticket=1234-5678&app_id=A42", *self.port.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Takes whoever comes with a ticket.
pub(super) async fn accept(sockets: Sockets) -> JoinHandle<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
    *sockets.port.lock().unwrap_or_else(PoisonError::into_inner) = listener.local_addr().expect("the port just bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(greet(stream, sockets.line.clone()));
        }
    })
}

async fn greet(stream: TcpStream, line: Line) {
    #[expect(clippy::result_large_err, reason = "the library asks for it so")]
    let ticket = |request: &Request, response: Response| {
        let has = request.uri().query().is_some_and(|query| query.contains("ticket=1234-5678"));
        if has { Ok(response) } else { Err(ErrorResponse::new(None)) }
    };
    // Whoever has no ticket is gone by that.
    let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, ticket).await else { return };
    let (tell, told) = mpsc::unbounded_channel();
    let away = {
        let mut kept = line.kept();
        kept.opened += 1;
        let away = (!kept.turned_away.is_empty()).then(|| kept.turned_away.remove(0));
        if away.is_none() {
            kept.open.push(tell);
        }
        away
    };
    if let Some(reason) = away {
        drop(socket.send(Frame::text(json!({ "type": "disconnect", "reason": reason }).to_string())).await);
        drop(socket.close(None).await);
        return;
    }
    let hello = json!({ "type": "hello", "num_connections": 1, "connection_info": { "app_id": "A42" }, "debug_info": {} });
    if socket.send(Frame::text(hello.to_string())).await.is_ok() {
        converse(socket, told, &line).await;
    }
}

async fn converse(mut socket: WebSocketStream<TcpStream>, mut told: mpsc::UnboundedReceiver<Order>, line: &Line) {
    loop {
        tokio::select! {
            // What was to be said before a ping came is said before its pong.
            biased;
            order = told.recv() => match order {
                Some(Order::Say(said)) => drop(socket.send(Frame::text(said.to_string())).await),
                Some(Order::Close) => return drop(socket.close(None).await),
                Some(Order::Break) | None => return,
            },
            frame = socket.next() => match frame {
                Some(Ok(Frame::Text(text))) => {
                    let said: Value = serde_json::from_str(&text).expect("an app says JSON");
                    let id = said["envelope_id"].as_str().expect("an app acknowledges envelopes");
                    let mut kept = line.kept();
                    let envelope = kept.envelopes.iter_mut().find(|one| one.id == id).expect("one that was sent");
                    envelope.acknowledged = true;
                    line.acknowledged.send_modify(|count| *count += 1);
                }
                Some(Ok(Frame::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
}
