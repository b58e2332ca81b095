//! A second thing that a channel may be able to do: open a room for an incident, bring
//! people in, and close it. What is posted there goes as any message does, to the room's
//! own id as the address.

use std::future::Future;
use std::pin::Pin;

use super::Outcome;
use crate::domain::time::Instant;

/// What a channel can do that has rooms. Everything may be asked for again, after an
/// earlier time of which nobody knows what came of it.
pub trait Rooms: Send + Sync {
    /// Opens it, or finds the one that an earlier try opened unnoticed.
    fn open<'a>(&'a self, wanted: &'a NewRoom) -> Doing<'a, Opened>;

    /// Brings people in, each by the address that messages to them have. Whoever cannot
    /// come keeps nobody else out.
    fn invite<'a>(&'a self, room: &'a str, people: &'a [String], now: Instant) -> Doing<'a, ()>;

    /// Keeps a message in sight; `message` is the provider's name for it.
    fn pin<'a>(&'a self, room: &'a str, message: &'a str, now: Instant) -> Doing<'a, ()>;

    /// Nothing more is written there; what was written can still be read.
    fn close<'a>(&'a self, room: &'a str, now: Instant) -> Doing<'a, ()>;

    /// The address by which something is written below this message; `None` where the
    /// provider has no threads.
    fn below(&self, message: &str) -> Option<String>;
}

/// What it came to, or why not: as with messages, for now, for good, or nobody knows.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Outcome>> + Send + 'a>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRoom {
    /// Lower-case letters, digits and dashes; no other incident's room has it.
    pub name: String,
    /// What it is about, in one line.
    pub topic: String,
    /// Counted from 1.
    pub attempt: u32,
    pub now: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The provider's name for it, and the address of what is posted there.
    pub id: String,
    /// As people see it.
    pub name: String,
    /// Where it can be opened; empty where there is no such address.
    pub link: String,
}
