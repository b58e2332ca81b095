//! Rooms that Baton opens on the homeserver: who is asked in, what is pinned, and who may
//! write there.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{ME, Matrix, Shared, error};

/// Where a server is that nobody reaches.
const DEAD: &str = ":dead.example.net";

/// Where a server is that lets nobody be asked from here.
const CLOSED: &str = ":closed.example.net";

/// A room that Baton opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    pub id: String,
    pub name: String,
    pub topic: String,
    /// Who may find it and come in by themselves.
    pub preset: String,
    /// Whoever was asked in, in order, as often as they were.
    pub invited: Vec<String>,
    /// Ids of what is pinned.
    pub pinned: Vec<String>,
    levels: Value,
    creation: Value,
}

impl Room {
    /// Whether those who were invited can write there no more.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.levels["events_default"].as_u64() > self.levels["users_default"].as_u64()
    }

    /// Its first event.
    pub(super) fn create(&self) -> Value {
        json!({ "type": "m.room.create", "state_key": "", "sender": ME, "content": self.creation })
    }
}

impl Matrix {
    /// The rooms that Baton opened, but for those with one person.
    #[must_use]
    pub fn rooms(&self) -> Vec<Room> {
        self.kept().rooms.clone()
    }

    /// Whoever is in it.
    #[must_use]
    pub fn members(&self, room: &str) -> Vec<String> {
        self.kept().members[room].iter().cloned().collect()
    }

    /// Somebody who was asked in comes.
    pub fn comes_in(&self, room: &str, user: &str) {
        self.kept().members.get_mut(room).expect("the room is there").insert(user.into());
    }

    /// Before this one is asked in, the homeserver wants so long a pause, once.
    pub fn pauses_before(&self, user: &str, millis: u64) {
        self.kept().pause = Some((user.into(), millis));
    }

    /// Somebody pins something beside what is pinned already.
    pub fn pins(&self, room: &str, event: &str) {
        self.shared.on(room, |room| room.pinned.push(event.into()));
    }
}

impl Shared {
    /// Opens a room as asked, with Baton in it.
    pub(super) fn opens(&self, asked: &Value) -> String {
        let text = |key: &str| asked[key].as_str().unwrap_or_default().to_string();
        let mut kept = self.kept();
        // Newer rooms have no server in their name.
        let id = format!("!Room{}", kept.rooms.len());
        kept.members.insert(id.clone(), [ME.to_string()].into());
        kept.rooms.push(Room {
            id: id.clone(),
            name: text("name"),
            topic: text("topic"),
            preset: text("preset"),
            invited: vec![],
            pinned: vec![],
            levels: json!({ "users": {}, "users_default": 0, "events_default": 0, "state_default": 50, "invite": 0 }),
            creation: asked["creation_content"].clone(),
        });
        id
    }

    fn on<T>(&self, id: &str, change: impl FnOnce(&mut Room) -> T) -> Option<T> {
        self.kept().rooms.iter_mut().find(|room| room.id == id).map(change)
    }

    fn are_in(&self, room: &str) -> bool {
        self.kept().members.get(room).is_some_and(|members| members.contains(ME))
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/joined_rooms", get(joined))
        .route("/rooms/{room}/members", get(members))
        .route("/rooms/{room}/invite", post(invite))
        .route("/rooms/{room}/leave", post(leave))
        .route("/rooms/{room}/state/{kind}", get(state).put(set_state))
}

async fn joined(State(shared): State<Shared>) -> Json<Value> {
    let kept = shared.kept();
    let ours: Vec<&String> = kept.members.iter().filter(|(_, members)| members.contains(ME)).map(|(room, _)| room).collect();
    Json(json!({ "joined_rooms": ours }))
}

async fn members(State(shared): State<Shared>, Path(room): Path<String>) -> Response {
    if !shared.are_in(&room) {
        return error(403, "M_FORBIDDEN", "You aren't a member of the room.");
    }
    let invited = shared.on(&room, |room| room.invited.clone()).unwrap_or_default();
    let kept = shared.kept();
    let there = kept.members[&room].iter().map(|user| (user, "join"));
    let asked = invited.iter().filter(|user| !kept.members[&room].contains(*user)).map(|user| (user, "invite"));
    let chunk: Vec<Value> = there
        .chain(asked)
        .map(|(user, membership)| json!({ "type": "m.room.member", "state_key": user, "content": { "membership": membership } }))
        .collect();
    Json(json!({ "chunk": chunk })).into_response()
}

async fn invite(State(shared): State<Shared>, Path(room): Path<String>, Json(asked): Json<Value>) -> Response {
    let user = asked["user_id"].as_str().expect("somebody is named");
    if user.ends_with(DEAD) {
        return error(502, "M_UNKNOWN", "Can't connect to server dead.example.net");
    }
    if user.ends_with(CLOSED) {
        return error(403, "M_FORBIDDEN", "closed.example.net takes no invitations");
    }
    let pause = shared.kept().pause.take_if(|(before, _)| before == user);
    if let Some((_, millis)) = pause {
        let body = json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": millis });
        return (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response();
    }
    if shared.kept().members[&room].contains(user) {
        return error(403, "M_FORBIDDEN", &format!("{user} is already in the room."));
    }
    shared.on(&room, |room| room.invited.push(user.into()));
    Json(json!({})).into_response()
}

async fn leave(State(shared): State<Shared>, Path(room): Path<String>) -> Json<Value> {
    shared.kept().members.get_mut(&room).expect("the room is there").remove(ME);
    Json(json!({}))
}

async fn state(State(shared): State<Shared>, Path((room, kind)): Path<(String, String)>) -> Response {
    let known = shared.on(&room, |room| match kind.as_str() {
        "m.room.power_levels" => Some(room.levels.clone()),
        "m.room.pinned_events" if !room.pinned.is_empty() => Some(json!({ "pinned": room.pinned })),
        _ => None,
    });
    known.flatten().map_or_else(|| error(404, "M_NOT_FOUND", "Event not found."), |known| Json(known).into_response())
}

async fn set_state(State(shared): State<Shared>, Path((room, kind)): Path<(String, String)>, Json(content): Json<Value>) -> Response {
    if !shared.are_in(&room) {
        return error(403, "M_FORBIDDEN", "User @baton:example.org not in room");
    }
    shared.on(&room, |room| match kind.as_str() {
        "m.room.power_levels" => room.levels = content,
        "m.room.pinned_events" => room.pinned = serde_json::from_value(content["pinned"].clone()).expect("a list of ids"),
        other => panic!("Baton sets no {other}"),
    });
    Json(json!({ "event_id": "$state" })).into_response()
}
