//! Looking into conversations: what was written in the threads of the messages that
//! are awaited, and straight back to the bot. One question tells which threads of a
//! conversation have something new; only those are read.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::events::Written;
use super::meaning::Refused;
use super::{PAGE, Slack};
use crate::channel::inbound::{Arrival, Arrived, Deaf, From, Heard, Listening};

/// Questions of one look. Slack takes about fifty a minute of each kind from an app.
const QUESTIONS: usize = 15;

/// Of which the newest conversations get so many; the others take turns for the rest.
const NEWEST: usize = 4;

/// Threads that are read of one conversation at once, so that one in which much is
/// said leaves room for the others.
const THREADS: usize = 2;

/// From one look to the next.
const AGAIN: Duration = Duration::from_secs(20);

/// How far it was heard. What is in no thread and not straight back is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Counts what Socket Mode returned, so that it is known what is on the disk.
    #[serde(default)]
    pub(super) turn: u64,
    /// The latest message heard, by thread ("C1/170.1") and by conversation ("D1").
    #[serde(default)]
    pub(super) heard: BTreeMap<String, String>,
}

impl Position {
    pub(super) fn read(cursor: Option<&str>) -> Self {
        cursor.and_then(|cursor| serde_json::from_str(cursor).ok()).unwrap_or_default()
    }

    pub(super) fn written(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    fn reached(&mut self, place: &str, ts: &str) {
        let before = self.heard.entry(place.into()).or_default();
        if later(ts, before) {
            *before = ts.into();
        }
    }
}

/// What is wanted of one conversation.
struct Conversation<'a> {
    id: &'a str,
    /// The messages that are awaited, by their time stamps, the newest first.
    sent: Vec<&'a str>,
    /// Whatever is said there.
    room: bool,
}

impl Slack {
    /// Looks once at what was written.
    pub(super) async fn look(&self, listening: &Listening) -> Result<Heard, Deaf> {
        let mut position = Position::read(listening.cursor.as_deref());
        let conversations = conversations(listening);
        position.heard.retain(|place, _| {
            let (id, ts) = place.split_once('/').unwrap_or((place, ""));
            conversations.iter().any(|one| one.id == id && (ts.is_empty() || one.room || one.sent.contains(&ts)))
        });
        let (mut heard, mut failed, mut left) = (Heard { again_in: AGAIN, ..Heard::default() }, None, QUESTIONS);
        let (newest, others) = conversations.split_at(conversations.len().min(NEWEST));
        let begins = *self.turn.lock().unwrap_or_else(PoisonError::into_inner) % others.len().max(1);
        let mut looked_into = 0;
        for conversation in newest.iter().chain(&others[begins..]).chain(&others[..begins]) {
            // One question more, so that a thread that has something new is read too.
            if left < 2 {
                break;
            }
            looked_into += 1;
            match self.read_conversation(conversation, &mut position, &mut left, &mut heard.arrivals, listening).await {
                Ok(()) => {}
                Err(refused) => {
                    let stops = !refused.concerns_one();
                    failed = Some(refused.deaf());
                    if stops {
                        break;
                    }
                }
            }
        }
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = begins + looked_into.max(newest.len()) - newest.len();
        match failed {
            // What was heard counts; the next look says why there is no more.
            Some(deaf) if heard.arrivals.is_empty() => Err(deaf),
            failed => {
                if let Some(Deaf { retry_after: Some(wait), .. }) = failed {
                    heard.again_in = heard.again_in.max(wait);
                }
                for arrival in &mut heard.arrivals {
                    self.named(arrival, listening).await;
                }
                heard.cursor = position.written();
                Ok(heard)
            }
        }
    }

    async fn read_conversation(
        &self,
        conversation: &Conversation<'_>,
        position: &mut Position,
        left: &mut usize,
        arrivals: &mut Vec<Arrival>,
        listening: &Listening,
    ) -> Result<(), Refused> {
        let Conversation { id, sent, room } = conversation;
        // A room is as old as its incident.
        let Some(oldest) = sent.last().filter(|_| !room).copied().or(room.then_some("0")) else { return Ok(()) };
        *left -= 1;
        let pairs = [("channel", *id), ("oldest", oldest), ("inclusive", "true"), ("limit", PAGE)];
        let page: Page = self.ask(self.question("conversations.history", &pairs), listening.now).await?;
        if id.starts_with('D') || *room {
            let from = position.heard.get(*id).map_or(oldest, String::as_str).to_string();
            // The newest come first, and what is heard last shall be what was said last.
            for written in page.messages.iter().rev().filter(|written| later(&written.ts, &from)) {
                arrivals.extend(if *room { written.in_room(id) } else { written.straight_back(id) });
                position.reached(id, &written.ts);
            }
        }
        let mut threads = THREADS.min(*left);
        let begun: Vec<&str> = if *room { page.messages.iter().map(|head| head.ts.as_str()).collect() } else { sent.clone() };
        for thread in &begun {
            let place = format!("{id}/{thread}");
            let from = position.heard.get(&place).cloned().unwrap_or_default();
            let known = page.messages.iter().find(|written| written.ts == *thread);
            // What is not on the page may have a thread all the same.
            let silent = match known {
                Some(head) => head.latest_reply.as_ref().is_none_or(|latest| !later(latest, &from)),
                None => !page.has_more,
            };
            if silent || threads == 0 {
                continue;
            }
            (*left, threads) = (*left - 1, threads - 1);
            let mut pairs = vec![("channel", *id), ("ts", *thread), ("limit", PAGE)];
            if !from.is_empty() {
                pairs.push(("oldest", &from));
            }
            let replies: Page = match self.ask(self.question("conversations.replies", &pairs), listening.now).await {
                Err(refused) if refused.concerns_one() => continue,
                replies => replies?,
            };
            for written in replies.messages.iter().filter(|written| later(&written.ts, &from)) {
                let said = if *room { written.in_room(id).filter(|_| written.ts != *thread) } else { written.in_thread(id, thread) };
                arrivals.extend(said);
                position.reached(&place, &written.ts);
            }
        }
        Ok(())
    }

    /// Gives whoever is not the one that was written to the name they have in Slack.
    pub(super) async fn named(&self, arrival: &mut Arrival, listening: &Listening) {
        if let Arrived::Pressed { by: From::Member { id, name }, .. } | Arrived::Said { by: From::Member { id, name }, .. } =
            &mut arrival.what
            && !listening.awaited.iter().any(|awaited| awaited.address.trim() == id)
        {
            let known = self.name(id, listening.now).await;
            if known != *id || name.is_empty() {
                *name = known;
            }
        }
    }
}

fn conversations(listening: &Listening) -> Vec<Conversation<'_>> {
    let mut found: Vec<Conversation<'_>> = Vec::new();
    for awaited in &listening.awaited {
        let Some((id, ts)) = awaited.provider_id.as_deref().and_then(|id| id.split_once('/')) else { continue };
        match found.iter_mut().find(|one| one.id == id) {
            Some(known) => known.sent.push(ts),
            None => found.push(Conversation { id, sent: vec![ts], room: false }),
        }
    }
    for open in &listening.rooms {
        match found.iter_mut().find(|one| one.id == open.id) {
            Some(known) => known.room = true,
            None => found.push(Conversation { id: &open.id, sent: vec![], room: true }),
        }
    }
    for one in &mut found {
        one.sent.sort_unstable_by(|a, b| b.cmp(a));
    }
    found
}

/// Whether a time stamp of Slack's is later than another: seconds with ten digits, a
/// point, and six more.
fn later(ts: &str, than: &str) -> bool {
    ts > than
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Written>,
    #[serde(default)]
    has_more: bool,
}
