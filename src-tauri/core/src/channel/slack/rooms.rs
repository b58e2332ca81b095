//! A public channel for an incident, opened by the app and archived when it is over.

use serde::Deserialize;
use serde_json::Value;

use super::Slack;
use super::meaning::Refused;
use crate::channel::Outcome;
use crate::channel::api::Call;
use crate::channel::rooms::{Doing, NewRoom, Opened, Rooms};
use crate::domain::time::Instant;

/// Names that are tried where others have the first.
const NAMES: usize = 5;

impl Slack {
    async fn open_channel(&self, wanted: &NewRoom) -> Result<Opened, Outcome> {
        for number in 1..=NAMES {
            let name = if number == 1 { wanted.name.clone() } else { format!("{}-{number}", wanted.name) };
            let asked = self.question("conversations.create", &[("name", &name), ("is_private", "false")]);
            match self.ask::<Created>(asked, wanted.now).await {
                Ok(Created { channel }) => {
                    self.set_topic(&channel.id, wanted).await;
                    return Ok(self.opened(channel));
                }
                Err(Refused { code, .. }) if code == "name_taken" => {
                    // An earlier try may have opened it without a word.
                    let ours = if wanted.attempt > 1 { self.ours(&name, wanted.now).await? } else { None };
                    if let Some(channel) = ours {
                        return Ok(self.opened(channel));
                    }
                }
                Err(refused) => return Err(refused.outcome),
            }
        }
        Err(Outcome::permanent(format!("Slack has channels of the name {} already.", wanted.name)))
    }

    /// A channel of this name that the bot is in, which whoever opened one is.
    async fn ours(&self, name: &str, now: Instant) -> Result<Option<Channel>, Outcome> {
        let pairs = [("types", "public_channel"), ("exclude_archived", "true"), ("limit", "999")];
        let list: Channels = self.ask(self.question("users.conversations", &pairs), now).await.map_err(|refused| refused.outcome)?;
        Ok(list.channels.into_iter().find(|channel| channel.name == name))
    }

    /// A room without a topic is a room all the same.
    async fn set_topic(&self, channel: &str, wanted: &NewRoom) {
        let asked = self.question("conversations.setTopic", &[("channel", channel), ("topic", &wanted.topic)]);
        if let Err(refused) = self.ask::<Value>(asked, wanted.now).await {
            tracing::debug!(words = refused.outcome.words(), "a room has no topic");
        }
    }

    fn opened(&self, channel: Channel) -> Opened {
        let link = format!("https://{}/app_redirect?channel={}", self.api.host(), channel.id);
        Opened { name: format!("#{}", channel.name), id: channel.id, link }
    }

    /// Does it, where `done` are Slack's names for its being done already.
    async fn done(&self, call: Call, done: &[&str], now: Instant) -> Result<(), Outcome> {
        match self.ask::<Value>(call, now).await {
            Ok(_) => Ok(()),
            Err(Refused { code, .. }) if done.contains(&code.as_str()) => Ok(()),
            Err(refused) => Err(refused.outcome),
        }
    }
}

impl Rooms for Slack {
    fn open<'a>(&'a self, wanted: &'a NewRoom) -> Doing<'a, Opened> {
        Box::pin(self.open_channel(wanted))
    }

    fn invite<'a>(&'a self, room: &'a str, people: &'a [String], now: Instant) -> Doing<'a, ()> {
        Box::pin(async move {
            // A channel's own id is nobody who could come in.
            let users: Vec<&str> = people.iter().map(|one| one.trim()).filter(|one| super::is_person(one)).collect();
            if users.is_empty() {
                return Ok(());
            }
            let pairs = [("channel", room), ("users", &users.join(",")), ("force", "true")];
            self.done(self.question("conversations.invite", &pairs), &["already_in_channel", "cant_invite_self"], now).await
        })
    }

    fn pin<'a>(&'a self, room: &'a str, message: &'a str, now: Instant) -> Doing<'a, ()> {
        let ts = message.split_once('/').map_or(message, |(_, ts)| ts);
        Box::pin(self.done(self.question("pins.add", &[("channel", room), ("timestamp", ts)]), &["already_pinned"], now))
    }

    fn close<'a>(&'a self, room: &'a str, now: Instant) -> Doing<'a, ()> {
        Box::pin(self.done(self.question("conversations.archive", &[("channel", room)]), &["already_archived"], now))
    }

    fn below(&self, message: &str) -> Option<String> {
        Some(message.into())
    }
}

#[derive(Deserialize)]
struct Created {
    channel: Channel,
}

#[derive(Deserialize)]
struct Channels {
    channels: Vec<Channel>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    name: String,
}
