//! What a sync brings back: replies, reactions, edits, redactions and receipts that
//! belong to a message of Baton's.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Matrix, REACTIONS, deaf, name};
use crate::channel::inbound::{About, Arrival, Arrived, Deaf, From, Heard, Listening};
use crate::channel::said;
use crate::domain::message::Purpose;
use crate::domain::response::Response;
use crate::domain::time::Instant;

/// The longest a sync is held open; proxies on the way cut longer ones.
const SYNC: Duration = Duration::from_secs(30);

/// Events of one room in one answer.
const PAGE: usize = 100;

/// Pages read back where more happened than a sync tells.
const PAGES: usize = 20;

const TYPES: [&str; 4] = ["m.room.message", "m.room.encrypted", "m.reaction", "m.room.redaction"];

/// What a message of Baton's is about and whom it went to, by its name.
type Awaited = BTreeMap<String, (Purpose, String)>;

impl Matrix {
    pub(super) async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        let me = self.me(listening.now).await.map_err(|outcome| deaf(&outcome))?.to_string();
        // A cursor of another account leads nowhere.
        let since = listening.cursor.as_deref().and_then(|cursor| cursor.strip_prefix(&me)?.strip_prefix(' '));
        let wait = if since.is_none() { Duration::ZERO } else { listening.patience.min(SYNC) };
        let (filter, millis) = (filter(&me).to_string(), wait.as_millis().to_string());
        let mut asked = self.get(&["sync"]).query(&[("filter", &filter), ("timeout", &millis), ("set_presence", "offline")]);
        if let Some(since) = since {
            asked = asked.query(&[("since", since)]);
        }
        let told: Synced = self.api.ask(asked, wait, listening.now).await?;
        let sent = listening.awaited.iter();
        let awaited: Awaited = sent.filter_map(|one| Some((one.provider_id.clone()?, (one.purpose, one.address.clone())))).collect();
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (_, about)| awaited.contains_key(about));
        let mut arrivals = Vec::new();
        for (room, joined) in told.rooms.join {
            let mut events = joined.timeline.events;
            let mut names = joined.state.events;
            let open = listening.rooms.iter().any(|one| one.id == room);
            // Of a room of an incident all is wanted from its beginning, of others what is new.
            if let (true, Some(from)) = (joined.timeline.limited && (open || since.is_some()), joined.timeline.prev_batch) {
                let (missed, more) = self.missed(&room, from, since, &me, listening).await?;
                names.extend(more);
                events.splice(0..0, missed);
            }
            let room = HeardRoom { id: &room, awaited: &awaited, listening, names: &names, first: since.is_none(), open };
            for event in &events {
                arrivals.extend(self.arrival(&room, event).await?);
            }
            arrivals.extend(joined.ephemeral.events.iter().flat_map(|event| room.receipts(event, &me)));
        }
        Ok(Heard { arrivals, cursor: Some(format!("{me} {}", told.next_batch)), again_in: Duration::ZERO })
    }

    /// What happened in a room between the last sync and the beginning of this one.
    async fn missed(
        &self,
        room: &str,
        mut from: String,
        since: Option<&str>,
        me: &str,
        listening: &Listening,
    ) -> Result<(Vec<Event>, Vec<Event>), Deaf> {
        let (mut missed, mut names) = (Vec::new(), Vec::new());
        let filter = json!({ "types": TYPES, "not_senders": [me], "lazy_load_members": true }).to_string();
        let limit = PAGE.to_string();
        for _ in 0..PAGES {
            let mut pairs = vec![("dir", "b"), ("from", from.as_str()), ("limit", &limit), ("filter", &filter)];
            pairs.extend(since.map(|since| ("to", since)));
            let asked = self.get(&["rooms", room, "messages"]).query(&pairs);
            let page: Page = self.api.ask(asked, Duration::ZERO, listening.now).await?;
            let done = page.chunk.is_empty();
            missed.extend(page.chunk);
            names.extend(page.state);
            match page.end {
                Some(end) if !done && end != from => from = end,
                _ => break,
            }
        }
        missed.reverse();
        Ok((missed, names))
    }

    async fn arrival(&self, room: &HeardRoom<'_>, event: &Event) -> Result<Option<Arrival>, Deaf> {
        if room.open {
            return Ok(room.said_to_everybody(event));
        }
        if event.kind == "m.room.redaction" {
            let taken = event.redacts.clone().or_else(|| Some(event.content["redacts"].as_str()?.to_string()));
            let known = taken.and_then(|taken| self.heard.lock().unwrap_or_else(PoisonError::into_inner).remove(&taken));
            let text = "(took back what they had answered)".into();
            let known = known.filter(|(author, about)| *author == event.sender && room.awaited.contains_key(about));
            return Ok(known.map(|(_, about)| Arrival {
                id: event.event_id.clone(),
                what: Arrived::Said { by: room.by(event, &about), text },
                about: About::Thread(about),
            }));
        }
        let relation = &event.content["m.relates_to"];
        let edits = relation["rel_type"] == "m.replace";
        let original = if edits { self.original(room, relation).await? } else { None };
        let Some(target) = original.as_ref().map_or_else(|| refers_to(relation), |original| refers_to(&original["m.relates_to"])) else {
            return Ok(if edits { None } else { room.unrelated(event) });
        };
        let about = name(room.id, &target);
        let Some((purpose, _)) = room.awaited.get(&about) else { return Ok(None) };
        let by = room.by(event, &about);
        let what = match event.kind.as_str() {
            // What is told to those in a room asks for no sign.
            "m.reaction" if *purpose == Purpose::Room => return Ok(None),
            "m.reaction" => match relation["key"].as_str().and_then(|key| response(key, *purpose)) {
                Some(response) => Arrived::Pressed { by, response },
                None => Arrived::Said { by, text: said(relation["key"].as_str().unwrap_or_default()) },
            },
            "m.room.encrypted" => Arrived::Said { by, text: "(an encrypted answer, which Baton cannot read)".into() },
            _ => match words(&event.content, edits) {
                Some(text) => Arrived::Said { by, text },
                None => return Ok(None),
            },
        };
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.insert(event.event_id.clone(), (event.sender.clone(), about.clone()));
        Ok(Some(Arrival { id: event.event_id.clone(), about: About::Thread(about), what }))
    }

    /// The content of what was edited: only it says what it answered.
    async fn original(&self, room: &HeardRoom<'_>, relation: &Value) -> Result<Option<Value>, Deaf> {
        let Some(edited) = relation["event_id"].as_str() else { return Ok(None) };
        let asked = self.get(&["rooms", room.id, "event", edited]);
        match self.api.ask::<Event>(asked, Duration::ZERO, room.listening.now).await {
            Ok(event) => Ok(Some(event.content)),
            // It was taken back meanwhile, or is kept from Baton.
            Err(deaf) if deaf.lasts => Ok(None),
            Err(deaf) => Err(deaf),
        }
    }
}

/// A room that something was heard in.
struct HeardRoom<'a> {
    id: &'a str,
    awaited: &'a Awaited,
    listening: &'a Listening,
    names: &'a [Event],
    /// Nothing was synced before.
    first: bool,
    /// It is an incident's, and everything that people write there is wanted.
    open: bool,
}

impl HeardRoom<'_> {
    /// The name somebody goes by in the room, with their address, since anybody may
    /// choose any name.
    fn shown(&self, sender: &str) -> String {
        let member = self.names.iter().rev().find(|event| event.kind == "m.room.member" && event.state_key.as_deref() == Some(sender));
        match member.and_then(|event| event.content["displayname"].as_str()).map(said).filter(|name| !name.is_empty()) {
            Some(name) => format!("{name} ({sender})"),
            None => sender.into(),
        }
    }

    /// Whose answer it is: to what went to one person only that person's counts, whomever
    /// they have let into their room.
    fn by(&self, event: &Event, about: &str) -> From {
        match self.awaited.get(about) {
            Some((_, address)) if address.trim().starts_with('@') => From::Address(event.sender.clone()),
            _ => From::Member { id: event.sender.clone(), name: self.shown(&event.sender) },
        }
    }

    /// What somebody wrote in an incident's room, in answer to something or not.
    fn said_to_everybody(&self, event: &Event) -> Option<Arrival> {
        let (id, text) = match event.kind.as_str() {
            // Once is enough: it is so with all that is written there.
            "m.room.encrypted" => (format!("encrypted {}", self.id), "(encrypted, so that Baton cannot read what is written here)".into()),
            "m.room.message" => {
                let edited = event.content["m.relates_to"]["rel_type"] == "m.replace";
                let words = words(&event.content, edited).map(|words| if edited { format!("(corrected) {words}") } else { words });
                (event.event_id.clone(), words.or_else(|| file(&event.content))?)
            }
            _ => return None,
        };
        let by = From::Member { id: event.sender.clone(), name: self.shown(&event.sender) };
        Some(Arrival { id, about: About::Room(self.id.into()), what: Arrived::Said { by, text } })
    }

    /// Words that refer to nothing are meant for Baton only in a person's own room with it.
    fn unrelated(&self, event: &Event) -> Option<Arrival> {
        let own = format!("{}/", self.id);
        let here = |id: &Option<String>| id.as_deref().is_some_and(|id| id.starts_with(&own));
        let asked = self.listening.awaited.iter().filter(|one| one.address == event.sender && here(&one.provider_id));
        // A first sync tells old words too, which answered something else.
        let theirs = asked.map(|one| one.sent_at.0).max().is_some_and(|sent| !self.first || event.origin_server_ts >= sent);
        let text = (theirs && event.kind == "m.room.message").then(|| words(&event.content, false)).flatten()?;
        let what = Arrived::Said { by: From::Address(event.sender.clone()), text };
        Some(Arrival { id: event.event_id.clone(), about: About::Sender { at: Some(Instant(event.origin_server_ts)) }, what })
    }

    /// Whoever has read up to a message has seen it.
    fn receipts(&self, event: &Event, me: &str) -> Vec<Arrival> {
        let read = event.content.as_object().filter(|_| event.kind == "m.receipt").into_iter().flatten();
        let seen = read.filter_map(|(event, by)| {
            let about = name(self.id, event);
            let reader = by["m.read"].as_object()?.keys().find(|reader| *reader != me)?;
            self.awaited.contains_key(&about).then(|| Arrival {
                id: format!("read {event}"),
                about: About::Thread(about.clone()),
                what: Arrived::Seen { words: format!("read by {}", said(reader)) },
            })
        });
        seen.collect()
    }
}

/// The event that a relation answers.
fn refers_to(relation: &Value) -> Option<String> {
    let direct = match relation["rel_type"].as_str() {
        Some("m.annotation") => &relation["event_id"],
        // In a thread a reply names what it answers, unless that is only for readers that know no threads.
        Some("m.thread") if relation["is_falling_back"] == true || relation["m.in_reply_to"].is_null() => &relation["event_id"],
        _ => &relation["m.in_reply_to"]["event_id"],
    };
    direct.as_str().map(str::to_string)
}

fn response(key: &str, to: Purpose) -> Option<Response> {
    // The same sign in another colour, or asked to be drawn in colour, is the same.
    let plain: String = key.chars().filter(|sign| !matches!(sign, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')).collect();
    let meant = REACTIONS.iter().find(|(_, signs)| signs.contains(&plain.as_str()))?.0;
    to.responses().contains(&meant).then_some(meant)
}

/// What was written, without the message it answers, which older clients repeat in front of it.
fn words(content: &Value, edited: bool) -> Option<String> {
    let content = if edited { &content["m.new_content"] } else { content };
    let typed = matches!(content["msgtype"].as_str(), Some("m.text" | "m.emote"));
    let body = content["body"].as_str().filter(|_| typed)?;
    let quotes = content["m.relates_to"]["m.in_reply_to"].is_object() && body.starts_with("> ");
    let own = if quotes { body.lines().skip_while(|line| line.starts_with('>')).collect::<Vec<_>>().join("\n") } else { body.into() };
    Some(own.trim().to_string()).filter(|own| !own.is_empty())
}

/// That a picture or another file was sent, with what was written below it.
fn file(content: &Value) -> Option<String> {
    let kind = content["msgtype"].as_str()?;
    let body = content["body"].as_str().filter(|_| matches!(kind, "m.image" | "m.file" | "m.video" | "m.audio"))?;
    let name = content["filename"].as_str().unwrap_or(body);
    Some(if name == body { format!("(sent {})", said(name)) } else { format!("{} (sent {})", body.trim(), said(name)) })
}

/// Only what may be an answer, from anybody else.
fn filter(me: &str) -> Value {
    let nothing = json!({ "not_types": ["*"] });
    json!({
        "presence": nothing,
        "account_data": nothing,
        "room": {
            "account_data": nothing,
            "ephemeral": { "types": ["m.receipt"] },
            "state": { "types": ["m.room.member"], "lazy_load_members": true, "include_redundant_members": true },
            "timeline": { "types": TYPES, "not_senders": [me], "limit": PAGE },
        },
    })
}

#[derive(Deserialize)]
pub(super) struct Synced {
    next_batch: String,
    #[serde(default)]
    pub(super) rooms: Rooms,
}

#[derive(Default, Deserialize)]
pub(super) struct Rooms {
    #[serde(default)]
    pub(super) join: BTreeMap<String, Joined>,
}

#[derive(Deserialize)]
pub(super) struct Joined {
    #[serde(default)]
    timeline: Timeline,
    #[serde(default)]
    pub(super) state: Events,
    #[serde(default)]
    ephemeral: Events,
}

#[derive(Default, Deserialize)]
struct Timeline {
    #[serde(default)]
    events: Vec<Event>,
    #[serde(default)]
    limited: bool,
    prev_batch: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Events {
    #[serde(default)]
    pub(super) events: Vec<Event>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    chunk: Vec<Event>,
    #[serde(default)]
    state: Vec<Event>,
    end: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    event_id: String,
    #[serde(default)]
    pub(super) sender: String,
    #[serde(default)]
    origin_server_ts: i64,
    pub(super) state_key: Option<String>,
    redacts: Option<String>,
    #[serde(default)]
    pub(super) content: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_means_the_same_in_every_colour_and_only_what_can_be_answered() {
        for (key, to, expected) in [
            ("✅", Purpose::Alert, Some(Response::OnIt)),
            ("👍🏾", Purpose::Alert, Some(Response::OnIt)),
            ("✔️", Purpose::StillOnIt, Some(Response::OnIt)),
            ("☎️", Purpose::Alert, Some(Response::CallMe)),
            ("❌", Purpose::Alert, Some(Response::NotMe)),
            ("👍", Purpose::Opinion, None),
            ("🚨", Purpose::Opinion, Some(Response::Escalate)),
            ("🚨", Purpose::Alert, None),
            ("✅", Purpose::Update, None),
            ("🎉", Purpose::Alert, None),
            ("", Purpose::Alert, None),
        ] {
            assert_eq!(response(key, to), expected, "{key} to {to:?}");
        }
    }

    #[test]
    fn what_is_answered_is_not_taken_for_the_answer() {
        let reply = |body: &str| json!({ "msgtype": "m.text", "body": body, "m.relates_to": { "m.in_reply_to": { "event_id": "$1" } } });
        assert_eq!(words(&reply("> <@baton:x> Answer with “not me”\n> on it\n\nCall me"), false).as_deref(), Some("Call me"));
        assert_eq!(words(&reply("on it"), false).as_deref(), Some("on it"), "newer clients repeat nothing");
        assert_eq!(words(&json!({ "msgtype": "m.text", "body": "> quoted by hand" }), false).as_deref(), Some("> quoted by hand"));
        assert_eq!(words(&json!({ "msgtype": "m.notice", "body": "on it" }), false), None, "a notice is a machine's");
        assert_eq!(words(&json!({ "msgtype": "m.image", "body": "on it.png" }), false), None);
        let edit = json!({ "msgtype": "m.text", "body": "* not me", "m.new_content": { "msgtype": "m.text", "body": "not me" } });
        assert_eq!(words(&edit, true).as_deref(), Some("not me"));
    }
}
