//! What comes by Socket Mode, and which message each of it belongs to.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::blocks;
use crate::channel::inbound::{About, Arrival, Arrived, From};
use crate::domain::response::Response;
use crate::domain::time::Instant;
use crate::domain::token::Token;

/// One word of the socket.
#[derive(Deserialize)]
pub(super) struct Frame {
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// What is to be acknowledged.
    pub(super) envelope_id: Option<String>,
    /// Why a socket ends.
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    payload: Value,
}

/// A message that somebody answered by a button, as it stood there.
#[derive(Clone, Debug)]
pub(super) struct Pressed {
    pub(super) channel: String,
    pub(super) ts: String,
    pub(super) text: String,
    pub(super) blocks: Vec<Value>,
    pub(super) user: String,
    pub(super) response: Response,
    pub(super) token: Token,
}

/// What of it answers a message, and what it did to that message.
pub(super) fn arrivals(frame: &Frame, rooms: &BTreeSet<String>) -> Vec<(Arrival, Option<Pressed>)> {
    let read = |payload: &Value| match frame.kind.as_str() {
        "interactive" => BlockActions::deserialize(payload).ok().map(BlockActions::arrivals),
        "events_api" => {
            Happened::deserialize(payload).ok().and_then(|happened| written(&happened.event, rooms)).map(|one| vec![(one, None)])
        }
        _ => None,
    };
    read(&frame.payload).unwrap_or_default()
}

/// A message of a conversation, in an event or in a list.
#[derive(Deserialize)]
pub(super) struct Written {
    /// In events only.
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    pub(super) channel: String,
    #[serde(default)]
    channel_type: String,
    subtype: Option<String>,
    bot_id: Option<String>,
    user: Option<String>,
    #[serde(default)]
    text: String,
    pub(super) ts: String,
    pub(super) thread_ts: Option<String>,
    /// Of a message that has a thread, in lists.
    pub(super) latest_reply: Option<String>,
}

impl Written {
    /// Who wrote it, where that is a person and not a program or Slack itself.
    fn person(&self) -> Option<&str> {
        let written = self.subtype.as_deref().is_none_or(|kind| matches!(kind, "thread_broadcast" | "file_share" | "me_message"));
        self.user.as_deref().filter(|_| written && self.bot_id.is_none())
    }

    /// As an answer to the message at the head of its thread.
    pub(super) fn in_thread(&self, channel: &str, thread: &str) -> Option<Arrival> {
        let user = self.person().filter(|_| self.ts != thread)?;
        let by = From::Member { id: user.into(), name: String::new() };
        Some(self.arrival(channel, About::Thread(format!("{channel}/{thread}")), by))
    }

    /// As what was said to everybody in a room, in a thread there or not.
    pub(super) fn in_room(&self, channel: &str) -> Option<Arrival> {
        let by = From::Member { id: self.person()?.into(), name: String::new() };
        Some(self.arrival(channel, About::Room(channel.into()), by))
    }

    /// As an answer to what was written to this person, who wrote straight back.
    pub(super) fn straight_back(&self, channel: &str) -> Option<Arrival> {
        let user = self.person().filter(|_| self.thread_ts.as_ref().is_none_or(|thread| *thread == self.ts))?;
        let at = self.ts.split('.').next().and_then(|seconds| seconds.parse::<i64>().ok()).map(|seconds| Instant(seconds * 1000));
        Some(self.arrival(channel, About::Sender { at }, From::Address(user.into())))
    }

    /// The same name whichever way it came.
    fn arrival(&self, channel: &str, about: About, by: From) -> Arrival {
        Arrival { id: format!("message {channel}/{}", self.ts), about, what: Arrived::Said { by, text: blocks::read(&self.text) } }
    }
}

fn written(event: &Written, rooms: &BTreeSet<String>) -> Option<Arrival> {
    if event.kind != "message" {
        return None;
    }
    if rooms.contains(&event.channel) {
        return event.in_room(&event.channel);
    }
    match &event.thread_ts {
        Some(thread) if *thread != event.ts => event.in_thread(&event.channel, thread),
        _ if event.channel_type == "im" => event.straight_back(&event.channel),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Happened {
    event: Written,
}

#[derive(Deserialize)]
struct BlockActions {
    #[serde(rename = "type")]
    kind: String,
    user: Presser,
    #[serde(default)]
    container: Container,
    #[serde(default)]
    message: Shown,
    #[serde(default)]
    actions: Vec<Touched>,
}

#[derive(Deserialize)]
struct Presser {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Default, Deserialize)]
struct Container {
    #[serde(default)]
    channel_id: String,
    #[serde(default)]
    message_ts: String,
}

#[derive(Clone, Default, Deserialize)]
struct Shown {
    #[serde(default)]
    text: String,
    #[serde(default)]
    blocks: Vec<Value>,
}

#[derive(Deserialize)]
struct Touched {
    action_id: String,
    #[serde(default)]
    action_ts: String,
    #[serde(default)]
    value: String,
}

impl BlockActions {
    fn arrivals(self) -> Vec<(Arrival, Option<Pressed>)> {
        if self.kind != "block_actions" {
            return Vec::new();
        }
        self.actions.iter().filter_map(|touched| self.arrival(touched)).collect()
    }

    fn arrival(&self, touched: &Touched) -> Option<(Arrival, Option<Pressed>)> {
        let (response, token) = (Response::from_id(&touched.action_id)?, Token::read(&touched.value)?);
        let Presser { id: user, name } = &self.user;
        let by = From::Member { id: user.clone(), name: name.clone() };
        let Container { channel_id, message_ts } = &self.container;
        let arrival = Arrival {
            id: format!("press {channel_id}/{message_ts} {user} {}", touched.action_ts),
            about: About::Token(token.clone()),
            what: Arrived::Pressed { by, response },
        };
        let pressed = Pressed {
            channel: channel_id.clone(),
            ts: message_ts.clone(),
            text: self.message.text.clone(),
            blocks: self.message.blocks.clone(),
            user: user.clone(),
            response,
            token,
        };
        // Without its blocks it could only be replaced by less.
        let shown = !pressed.blocks.is_empty() && !channel_id.is_empty();
        Some((arrival, shown.then_some(pressed)))
    }
}
