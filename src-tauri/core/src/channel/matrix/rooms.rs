//! A room for an incident: opened by Baton's account for those who are invited, and made
//! one to read only when it is over.

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::timeline::{Event, Synced};
use super::{LET_IN, Matrix};
use crate::channel::Outcome;
use crate::channel::api::{Call, LIST_LIMIT};
use crate::channel::http::TIME_LIMIT;
use crate::channel::rooms::{Doing, NewRoom, Opened, Rooms};
use crate::domain::time::Instant;

/// Under which key a room says from its beginning which one it is. Nobody sees it.
const MARK: &str = "desk.baton.room";

/// More than anybody has who is not made the room's keeper.
const KEEPERS: u32 = 100;

impl Matrix {
    async fn open_room(&self, wanted: &NewRoom) -> Result<Opened, Outcome> {
        let now = wanted.now;
        let me = self.me(now).await?;
        // The protocol has no name for a try at this, so an earlier one is looked for.
        let before = if wanted.attempt > 1 { self.opened_before(wanted, me).await? } else { None };
        let room = if let Some(room) = before {
            room
        } else {
            let asked = json!({
                "preset": "private_chat", "visibility": "private", "name": wanted.name, "topic": wanted.topic,
                "creation_content": { MARK: wanted.name },
            });
            let helps = "Let Baton's account create rooms on its homeserver.";
            self.done_if_allowed::<super::Room>(self.post(&["createRoom"], &asked), helps, now).await?.room_id
        };
        Ok(Opened { link: link(&room, me), name: wanted.name.clone(), id: room })
    }

    /// The room that an earlier try opened unnoticed, if Baton is in it. One that was
    /// closed it has left.
    async fn opened_before(&self, wanted: &NewRoom, me: &str) -> Result<Option<String>, Outcome> {
        let nothing = json!({ "not_types": ["*"] });
        // Synapse answers the same first sync for two minutes from memory. What leaves out a
        // room that there is not is another one.
        let not_the_same = format!("!{}-{}-{}:baton", wanted.name, wanted.attempt, wanted.now.0);
        let filter = json!({
            "presence": nothing,
            "account_data": nothing,
            "room": {
                "not_rooms": [not_the_same],
                "account_data": nothing,
                "ephemeral": nothing,
                "state": { "types": ["m.room.create"] },
                "timeline": { "not_types": ["*"], "limit": 1 },
            },
        });
        let asked = self.get(&["sync"]).query(&[("filter", &filter.to_string()), ("timeout", "0"), ("set_presence", "offline")]);
        let told: Synced = self.done(long(asked), wanted.now).await?;
        let ours = |event: &Event| event.sender == me && event.content[MARK] == wanted.name.as_str();
        Ok(told.rooms.join.into_iter().find(|(_, joined)| joined.state.events.iter().any(ours)).map(|(room, _)| room))
    }

    async fn ask_in(&self, room: &str, people: &[String], now: Instant) -> Result<(), Outcome> {
        // A room's own address is nobody who could come in.
        let people: Vec<&str> = people.iter().map(|one| one.trim()).filter(|one| one.starts_with('@')).collect();
        if people.is_empty() {
            return Ok(());
        }
        // Whoever was asked before may have gone again, and is not asked twice.
        let members: Members = self.done(long(self.get(&["rooms", room, "members"])), now).await?;
        let known = |person: &str| members.chunk.iter().any(|member| member.state_key.as_deref() == Some(person));
        let (mut refused, mut later) = (None, None);
        for person in people.into_iter().filter(|person| !known(person)) {
            let asked = self.post(&["rooms", room, "invite"], &json!({ "user_id": person }));
            match self.done_if_allowed::<Value>(asked, "", now).await {
                Ok(_) => {}
                // The homeserver itself wants a pause.
                Err(outcome @ Outcome::Temporary { retry_after: Some(_), .. }) => return Err(outcome),
                Err(Outcome::Permanent { words }) => refused = Some(Outcome::permanent(format!("{person} cannot come in: {words}"))),
                // Of one whose own server does not answer, others are not kept out.
                Err(outcome) => later = Some(outcome),
            }
        }
        later.or(refused).map_or(Ok(()), Err)
    }

    async fn keep_in_sight(&self, room: &str, message: &str, now: Instant) -> Result<(), Outcome> {
        let event = message.strip_prefix(room).and_then(|rest| rest.strip_prefix('/')).unwrap_or(message);
        let state = ["rooms", room, "state", "m.room.pinned_events"];
        let answer = self.api.make(self.get(&state)).await?;
        // Somebody may have pinned something of theirs meanwhile.
        let mut kept = match answer.status {
            StatusCode::NOT_FOUND => Pinned::default(),
            status if status.is_success() => serde_json::from_str(&answer.body).unwrap_or_default(),
            _ => return Err(self.refused(&answer, LET_IN, now)),
        };
        if kept.pinned.iter().any(|one| one == event) {
            return Ok(());
        }
        kept.pinned.push(event.into());
        self.done::<Value>(self.put(&state, &json!({ "pinned": kept.pinned })), now).await.map(drop)
    }

    async fn close_room(&self, room: &str, now: Instant) -> Result<(), Outcome> {
        let joined: JoinedRooms = self.done(long(self.get(&["joined_rooms"])), now).await?;
        if !joined.joined_rooms.iter().any(|one| one == room) {
            return Ok(());
        }
        let state = ["rooms", room, "state", "m.room.power_levels"];
        let mut levels: Map<String, Value> = self.done(self.get(&state), now).await?;
        for needed in ["events_default", "invite"] {
            levels.insert(needed.into(), KEEPERS.into());
        }
        self.done::<Value>(self.put(&state, &Value::Object(levels)), now).await?;
        // So that closed rooms are not synced for ever. Who is in it can still read it.
        self.done::<Value>(self.post(&["rooms", room, "leave"], &json!({})), now).await.map(drop)
    }
}

impl Rooms for Matrix {
    fn open<'a>(&'a self, wanted: &'a NewRoom) -> Doing<'a, Opened> {
        Box::pin(self.open_room(wanted))
    }

    fn invite<'a>(&'a self, room: &'a str, people: &'a [String], now: Instant) -> Doing<'a, ()> {
        Box::pin(self.ask_in(room, people, now))
    }

    fn pin<'a>(&'a self, room: &'a str, message: &'a str, now: Instant) -> Doing<'a, ()> {
        Box::pin(self.keep_in_sight(room, message, now))
    }

    fn close<'a>(&'a self, room: &'a str, now: Instant) -> Doing<'a, ()> {
        Box::pin(self.close_room(room, now))
    }

    fn below(&self, message: &str) -> Option<String> {
        Some(message.into())
    }
}

/// Where everybody's own client is asked to open it. A room's name alone does not say
/// by which server it can be reached.
fn link(room: &str, me: &str) -> String {
    let escaped = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let via = me.split_once(':').map_or("", |(_, server)| server);
    format!("https://matrix.to/#/{}?via={}", escaped(room), escaped(via))
}

/// A call whose answer may be long.
fn long(call: Call) -> Call {
    call.limits(TIME_LIMIT, LIST_LIMIT)
}

#[derive(Deserialize)]
struct Members {
    chunk: Vec<Event>,
}

#[derive(Default, Deserialize)]
struct Pinned {
    #[serde(default)]
    pinned: Vec<String>,
}

#[derive(Deserialize)]
struct JoinedRooms {
    joined_rooms: Vec<String>,
}
