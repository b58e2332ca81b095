//! A WebSocket that Baton opened, kept in a task of its own: pings are answered, and
//! a line that has died is noticed, whether or not somebody listens at the moment.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::api::Stream;
use super::said;

/// After so long without a word the other side is asked for a sign of life, and after
/// as long again without one it is gone.
const QUIET: Duration = Duration::from_secs(30);

/// Nobody has listened for so long: the channel is closed, or nothing is awaited. A
/// line that is held open and not heard would take answers away from others.
const ABANDONED: Duration = Duration::from_secs(180);

/// The longest one word to the other side may take.
const SAYING: Duration = Duration::from_secs(10);

/// What may wait to be heard; more than that at once is no conversation.
pub(super) const WAITING: usize = 256;

/// What came by one of a channel's sockets.
pub(super) enum Came {
    Said {
        socket: u32,
        text: String,
    },
    Ended {
        socket: u32,
        /// Why, in words.
        words: String,
    },
}

/// One open line. Dropping it closes the line.
pub(super) struct Socket {
    pub(super) number: u32,
    tell: mpsc::UnboundedSender<Tell>,
}

enum Tell {
    Say(String),
    /// Somebody listens.
    Attend,
    CaughtUp(oneshot::Sender<()>),
}

impl Socket {
    /// Keeps the line in a task of its own, which hands on what comes.
    pub(super) fn keep(stream: Stream, number: u32, came: mpsc::Sender<Came>) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let words = converse(stream, number, told, &came).await;
            // Where nobody reads it, its being closed says the same.
            drop(came.try_send(Came::Ended { socket: number, words }));
        });
        Self { number, tell }
    }

    pub(super) fn is_open(&self) -> bool {
        !self.tell.is_closed()
    }

    /// Says it, unless the line has ended.
    pub(super) fn say(&self, text: String) {
        drop(self.tell.send(Tell::Say(text)));
    }

    pub(super) fn attend(&self) {
        drop(self.tell.send(Tell::Attend));
    }

    /// Returns once whatever the other side has said so far is handed on, or the line
    /// has ended.
    pub(super) async fn caught_up(&self) {
        let (done, caught_up) = oneshot::channel();
        drop(self.tell.send(Tell::CaughtUp(done)));
        drop(timeout(SAYING, caught_up).await);
    }
}

/// Reads and says until the line ends; returns why.
async fn converse(mut stream: Stream, number: u32, mut told: mpsc::UnboundedReceiver<Tell>, came: &mpsc::Sender<Came>) -> String {
    let (quiet, abandoned) = (sleep(QUIET), sleep(ABANDONED));
    tokio::pin!(quiet, abandoned);
    let mut asked_for_life = false;
    // What waits for the pong of each ping; both sides keep the order.
    let (mut pings, mut waiting) = (0_u32, Vec::new());
    loop {
        let to_say = tokio::select! {
            tell = told.recv() => {
                abandoned.set(sleep(ABANDONED));
                match tell {
                    None => {
                        drop(timeout(SAYING, stream.close(None)).await);
                        return "it was closed here".into();
                    }
                    Some(Tell::Attend) => continue,
                    Some(Tell::Say(text)) => Message::text(text),
                    Some(Tell::CaughtUp(done)) => {
                        pings += 1;
                        waiting.push((pings, done));
                        Message::Ping(pings.to_be_bytes().to_vec().into())
                    }
                }
            }
            frame = stream.next() => {
                quiet.set(sleep(QUIET));
                asked_for_life = false;
                match frame {
                    Some(Ok(Message::Text(text))) => {
                        if came.try_send(said_by(number, &text)).is_err() {
                            return "more came than could be heard".into();
                        }
                    }
                    Some(Ok(Message::Pong(of))) => {
                        let reached = of.as_ref().try_into().map_or(0, u32::from_be_bytes);
                        waiting.retain(|(ping, _): &(u32, oneshot::Sender<()>)| *ping > reached);
                    }
                    Some(Ok(Message::Close(why))) => {
                        let why = why.map(|why| said(&why.reason)).filter(|why| !why.is_empty());
                        return why.map_or_else(|| "the other side closed it".into(), |why| format!("the other side closed it: {why}"));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return said(&error.to_string()),
                    None => return "the other side closed it".into(),
                }
                continue;
            }
            () = &mut quiet => {
                if asked_for_life {
                    return "the other side fell silent".into();
                }
                asked_for_life = true;
                quiet.set(sleep(QUIET));
                Message::Ping(Vec::new().into())
            }
            () = &mut abandoned => return "nobody listened any more".into(),
        };
        match timeout(SAYING, stream.send(to_say)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return said(&error.to_string()),
            Err(_) => return "the other side takes nothing any more".into(),
        }
    }
}

fn said_by(socket: u32, text: &Utf8Bytes) -> Came {
    Came::Said { socket, text: text.to_string() }
}
