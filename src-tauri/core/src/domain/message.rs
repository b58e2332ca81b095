//! What is said to one person about one incident, before any channel gives it
//! its form. It is stored with the delivery, so that what was previewed is what
//! goes, whatever is edited meanwhile.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::id::IncidentId;
use super::severity::Severity;
use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub purpose: Purpose,
    pub incident: IncidentId,
    pub reference: String,
    pub severity: Severity,
    pub title: String,
    pub place: String,
    /// What is wanted of the reader, or what is new; one or two sentences.
    pub lead: String,
    /// What is known, as label and value, most important first.
    pub facts: Vec<Fact>,
    /// How to answer.
    pub reply: String,
    /// Who sends it: "Ana Ruiz, Service desk Berlin".
    pub from: String,
    pub at: Instant,
    /// The desk's zone, in which times in the message are given.
    pub zone: Tz,
}

impl Message {
    /// Whether whoever reads it needs what is attached: to take it over, to judge it, or
    /// because it is news. In a room it is for whoever comes in, who reads where it is.
    #[must_use]
    pub fn brings_files(&self) -> bool {
        matches!(self.purpose, Purpose::Alert | Purpose::Opinion | Purpose::Update | Purpose::Room)
    }
}

/// What names the news that goes with a message about something else.
const NEWS: &str = "News";

impl Message {
    /// The news that go with it; empty where there are none.
    #[must_use]
    pub fn news(&self) -> &str {
        self.facts.iter().find(|fact| fact.label == NEWS).map_or("", |fact| &fact.value)
    }

    /// The same with this news after those that go with it already.
    #[must_use]
    pub fn with_news(mut self, text: &str) -> Self {
        let value = [self.news(), text].into_iter().filter(|news| !news.is_empty()).collect::<Vec<_>>().join("\n");
        if !value.is_empty() {
            self.facts.retain(|fact| fact.label != NEWS);
            self.facts.insert(0, Fact { label: NEWS.into(), value });
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

/// Why somebody is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Take it over.
    Alert,
    /// Do you still have it?
    StillOnIt,
    Update,
    /// How it stands, for those who are told and not called.
    Status,
    /// A polite word to whoever holds it.
    Nudge,
    /// Should this be escalated?
    Opinion,
    Resolved,
    /// Somebody has it: for a channel that keeps an alert of its own, and never for a person.
    Taken,
    /// To those in the incident's room: what it is about, or what is new.
    Room,
    /// Nothing is wrong; somebody is asked to show that they can be reached.
    Drill,
    /// Nothing is wrong; a channel is being tried.
    Test,
}

impl Purpose {
    /// The name of the purpose in a database column and a webhook's body.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::StillOnIt => "still_on_it",
            Self::Update => "update",
            Self::Status => "status",
            Self::Nudge => "nudge",
            Self::Opinion => "opinion",
            Self::Resolved => "resolved",
            Self::Taken => "taken",
            Self::Room => "room",
            Self::Drill => "drill",
            Self::Test => "test",
        }
    }

    /// What such a message is called in a sentence.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::StillOnIt => "the question whether it is still in hand",
            Self::Update => "news",
            Self::Status => "word of how it stands",
            Self::Nudge => "nudge",
            Self::Opinion => "question",
            Self::Resolved => "word that it is over",
            Self::Taken => "word that somebody has it",
            Self::Room => "post",
            Self::Drill => "drill",
            Self::Test => "test",
        }
    }
}
