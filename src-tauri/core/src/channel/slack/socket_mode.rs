//! Socket Mode: Slack tells of presses and messages by a WebSocket that Baton opens.
//! An envelope is acknowledged once what it said is on the disk.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::events::{self, Frame, Pressed};
use super::threads::Position;
use super::{EVENT_TYPE, Slack, blocks};
use crate::channel::inbound::{Arrival, Deaf, Heard, Listening};
use crate::channel::socket::{Came, Socket, WAITING};
use crate::domain::response::Response;
use crate::domain::time::{Instant, MINUTE};
use crate::host::Secret;

/// Lines opened in one go that all ended: then something else is wrong.
const TRIES: usize = 3;

/// How long to leave Slack alone that has too many lines open already.
const TOO_MANY: Duration = Duration::from_secs(60);

/// How long one look into the threads may hold up whoever waits for the socket.
const LOOK_LIMIT: Duration = Duration::from_secs(30);

/// From one look into the threads to the next while the socket is silent. An app that
/// is not told of messages, and whatever was written while no line was open, is heard so.
const LOOK_AGAIN: i64 = MINUTE;

/// How long an update of a message that was answered may take.
const UPDATE_LIMIT: Duration = Duration::from_secs(5);

/// The lines of one app, and what came by them that is not on the disk yet.
pub(super) struct Line {
    came: mpsc::Receiver<Came>,
    sender: mpsc::Sender<Came>,
    current: Option<Socket>,
    /// Slack is about to end it, and may say something by it until then.
    leaving: Option<Socket>,
    opened: u32,
    /// Taken off the socket, and not returned yet.
    taken: Vec<Taken>,
    /// Returned, and not confirmed yet.
    told: Vec<Taken>,
    turn: u64,
    deaf: Option<Deaf>,
    /// Where everything that is said is wanted.
    rooms: BTreeSet<String>,
    looked_at: Option<Instant>,
}

struct Taken {
    socket: u32,
    envelope: String,
    arrivals: Vec<(Arrival, Option<Pressed>)>,
}

impl Default for Line {
    fn default() -> Self {
        let (sender, came) = mpsc::channel(WAITING);
        Self {
            came,
            sender,
            current: None,
            leaving: None,
            opened: 0,
            taken: Vec::new(),
            told: Vec::new(),
            turn: 0,
            deaf: None,
            rooms: BTreeSet::new(),
            looked_at: None,
        }
    }
}

impl Line {
    fn open(&self) -> Option<&Socket> {
        self.current.as_ref().filter(|socket| socket.is_open())
    }

    /// By the socket it came by where that is open still, else by the one there is.
    fn acknowledge(&self, socket: u32, envelope: &str) {
        let by = self.leaving.as_ref().filter(|leaving| leaving.number == socket && leaving.is_open()).or(self.open());
        if let Some(by) = by {
            by.say(json!({ "envelope_id": envelope }).to_string());
        }
    }

    /// What was returned up to this turn is on the disk: acknowledges it, and returns
    /// the presses among it.
    fn confirm(&mut self, turn: u64) -> Vec<Pressed> {
        if self.told.is_empty() {
            self.turn = turn;
        }
        if self.turn != turn {
            return Vec::new();
        }
        let told = std::mem::take(&mut self.told);
        for taken in &told {
            self.acknowledge(taken.socket, &taken.envelope);
        }
        told.into_iter().flat_map(|taken| taken.arrivals).filter_map(|(_, pressed)| pressed).collect()
    }

    /// Takes everything that has come so far.
    fn take_all(&mut self) {
        while let Ok(came) = self.came.try_recv() {
            self.take(came);
        }
    }

    fn take(&mut self, came: Came) {
        let (socket, text) = match came {
            Came::Said { socket, text } => (socket, text),
            Came::Ended { socket, words } => {
                tracing::debug!(socket, words, "a socket of Slack's ended");
                return;
            }
        };
        let Ok(frame) = serde_json::from_str::<Frame>(&text) else {
            tracing::warn!(socket, "Slack said by its socket what Baton does not understand");
            return;
        };
        if frame.kind == "disconnect" {
            return self.ends(socket, &frame.reason);
        }
        let Some(envelope) = &frame.envelope_id else { return };
        let arrivals = events::arrivals(&frame, &self.rooms);
        if arrivals.is_empty() {
            // Nothing of it has to be kept.
            return self.acknowledge(socket, envelope);
        }
        self.taken.push(Taken { socket, envelope: envelope.clone(), arrivals });
    }

    /// Slack ends a line every few hours, and mostly says so before.
    fn ends(&mut self, socket: u32, reason: &str) {
        let Some(ending) = self.current.take_if(|current| current.number == socket) else { return };
        match reason {
            "link_disabled" => {
                let words = "Socket Mode is switched off in the Slack app’s settings. Turn it on there; until then no button is heard.";
                self.deaf = Some(Deaf::for_good(words));
            }
            "too_many_websockets" => {
                let words = "The Slack app has as many lines open as Slack allows: other desks or programs use the same app. Give this desk an app of its own.";
                self.deaf = Some(Deaf { retry_after: Some(TOO_MANY), ..Deaf::now(words) });
            }
            _ => self.leaving = Some(ending),
        }
    }
}

impl Slack {
    pub(super) async fn hear(&self, app_token: &Secret, listening: &Listening) -> Result<Heard, Deaf> {
        let mut line = self.line.lock().await;
        let line = &mut *line;
        line.rooms = listening.rooms.iter().map(|room| room.id.clone()).collect();
        let position = Position::read(listening.cursor.as_deref());
        for pressed in line.confirm(position.turn) {
            self.show(&pressed, listening).await;
        }
        if line.told.is_empty() {
            match self.wait(line, app_token, listening).await? {
                Waited::Came => {}
                Waited::Looked(heard) => return Ok(heard),
                Waited::Nothing => return Ok(Heard { cursor: listening.cursor.clone(), ..Heard::default() }),
            }
            for index in 0..line.taken.len() {
                for (arrival, _) in &mut line.taken[index].arrivals {
                    self.named(arrival, listening).await;
                }
            }
            line.told = std::mem::take(&mut line.taken);
            line.turn += 1;
        }
        let cursor = Position { turn: line.turn, ..position }.written();
        let arrivals = line.told.iter().flat_map(|taken| &taken.arrivals).map(|(arrival, _)| arrival.clone()).collect();
        Ok(Heard { arrivals, cursor, again_in: Duration::ZERO })
    }

    /// Waits until something has come that answers a message.
    async fn wait(&self, line: &mut Line, app_token: &Secret, listening: &Listening) -> Result<Waited, Deaf> {
        let patience = tokio::time::sleep(listening.patience);
        tokio::pin!(patience);
        let mut tries = 0;
        loop {
            line.take_all();
            if line.taken.is_empty() && line.open().is_none() {
                if let Some(deaf) = line.deaf.take() {
                    return self.written_at_least(listening, deaf).await;
                }
                tries += 1;
                if tries > TRIES {
                    return self.written_at_least(listening, Deaf::now("Slack breaks its socket off as soon as it is open.")).await;
                }
                match self.connect(line, app_token, listening.now).await {
                    Ok(()) => {}
                    Err(deaf) => return self.written_at_least(listening, deaf).await,
                }
            }
            if let Some(socket) = line.open() {
                socket.attend();
                if listening.patience.is_zero() {
                    socket.caught_up().await;
                    line.take_all();
                }
            }
            if !line.taken.is_empty() {
                return Ok(Waited::Came);
            }
            if line.open().is_none() {
                continue;
            }
            let look = line.looked_at.is_none_or(|at| !(0..LOOK_AGAIN).contains(&listening.now.since(at)));
            tokio::select! {
                biased;
                came = line.came.recv() => came.into_iter().for_each(|came| line.take(came)),
                looked = tokio::time::timeout(LOOK_LIMIT, self.look(listening)), if look => {
                    line.looked_at = Some(listening.now);
                    match looked {
                        Ok(Ok(heard)) if !heard.arrivals.is_empty() => return Ok(Waited::Looked(Heard { again_in: Duration::ZERO, ..heard })),
                        // The socket is what is relied on; this is besides.
                        Ok(Err(deaf)) => tracing::debug!(words = deaf.words, "the threads of Slack could not be looked into"),
                        _ => {}
                    }
                }
                () = &mut patience, if !look => return Ok(Waited::Nothing),
            }
        }
    }

    /// While no socket can be had, what is written is heard all the same.
    async fn written_at_least(&self, listening: &Listening, deaf: Deaf) -> Result<Waited, Deaf> {
        match self.look(listening).await {
            Ok(heard) if !heard.arrivals.is_empty() => Ok(Waited::Looked(heard)),
            _ => Err(deaf),
        }
    }

    async fn connect(&self, line: &mut Line, app_token: &Secret, now: Instant) -> Result<(), Deaf> {
        let asked = self.api.post(&["apps.connections.open"]).bearer(app_token).form(&[]);
        let offered: Offered = self.ask(asked, now).await.map_err(|refused| {
            let deaf = refused.deaf();
            let words = format!("No answer by buttons can be heard. {}", deaf.words);
            Deaf { words, ..deaf }
        })?;
        let stream = self.api.socket(&offered.url, now).await?;
        line.opened += 1;
        line.current = Some(Socket::keep(stream, line.opened, line.sender.clone()));
        line.looked_at = None;
        Ok(())
    }

    /// Shows in the message who answered what. Nothing depends on it.
    async fn show(&self, pressed: &Pressed, listening: &Listening) {
        let awaited = listening.awaited.iter().find(|awaited| awaited.token == pressed.token);
        let label = awaited
            .map_or_else(|| pressed.response.label(crate::domain::message::Purpose::Alert), |one| pressed.response.label(one.purpose));
        // Nobody else reads what is between the bot and one person.
        let settles = match pressed.response {
            Response::OnIt | Response::Escalate | Response::Wait => true,
            Response::NotMe => pressed.channel.starts_with('D'),
            Response::CallMe => false,
        };
        let Some(blocks) = blocks::answered(pressed.blocks.clone(), &pressed.user, label, settles) else { return };
        let mut body = json!({ "channel": pressed.channel, "ts": pressed.ts, "text": pressed.text, "blocks": blocks });
        if let Some(awaited) = awaited {
            body["metadata"] = json!({ "event_type": EVENT_TYPE, "event_payload": { "delivery": awaited.delivery } });
        }
        let update = self.write("chat.update", &body).limits(UPDATE_LIMIT, crate::channel::api::LIST_LIMIT);
        if let Err(refused) = self.ask::<Value>(update, listening.now).await {
            tracing::debug!(words = refused.outcome.words(), "a message that was answered still looks as before");
        }
    }
}

enum Waited {
    Came,
    /// It was found in the threads.
    Looked(Heard),
    Nothing,
}

#[derive(Deserialize)]
struct Offered {
    url: String,
}
