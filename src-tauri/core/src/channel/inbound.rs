//! The way back: what a provider says of a message later, and what people answer.
//! A desktop has no address that a provider could call, so Baton asks, or holds a
//! connection open that it opened itself.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::domain::delivery::DeliveryState;
use crate::domain::id::DeliveryId;
use crate::domain::message::Purpose;
use crate::domain::response::Response;
use crate::domain::time::Instant;
use crate::domain::token::Token;

/// What a two-way channel can do besides sending.
pub trait Inbound: Send + Sync {
    /// Returns what has come since `listening.cursor`, at once if there is something,
    /// else after at most `listening.patience` of waiting for it.
    ///
    /// Calling it again with the cursor it returned confirms all that was returned
    /// before: it is on the disk by then. What was returned and not confirmed may be
    /// returned again, under the same names. Dropping the future loses nothing.
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a>;

    /// Whether it could listen at this moment, for whoever tries a set-up. Takes nothing in.
    fn try_out(&self) -> TriedOut<'_> {
        Box::pin(async { Ok(()) })
    }
}

pub type TriedOut<'a> = Pin<Box<dyn Future<Output = Result<(), Deaf>> + Send + 'a>>;

pub type Hears<'a> = Pin<Box<dyn Future<Output = Result<Heard, Deaf>> + Send + 'a>>;

/// From where to go on, and what is waited for.
#[derive(Clone, Debug)]
pub struct Listening {
    /// What the last call returned; `None` at the first. Then whatever came after
    /// the oldest of `awaited` was sent is wanted.
    pub cursor: Option<String>,
    /// Messages by this channel that may still be answered or reported on, the
    /// newest first.
    pub awaited: Vec<Awaited>,
    /// Rooms of incidents: everything that people write there is wanted.
    pub rooms: Vec<OpenRoom>,
    /// How long to wait where nothing has come yet; zero asks what is there now.
    pub patience: Duration,
    pub now: Instant,
}

/// A room in which people write to one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRoom {
    /// By which name the provider knows it.
    pub id: String,
    pub opened_at: Instant,
}

/// A message of which something more may be heard.
#[derive(Clone, Debug)]
pub struct Awaited {
    pub delivery: DeliveryId,
    pub token: Token,
    /// By which name the provider knows it.
    pub provider_id: Option<String>,
    pub address: String,
    pub purpose: Purpose,
    pub state: DeliveryState,
    pub sent_at: Instant,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub arrivals: Vec<Arrival>,
    pub cursor: Option<String>,
    /// When to ask again, for providers that are asked now and then; zero where
    /// `listen` waits by itself.
    pub again_in: Duration,
}

/// Why nothing can be heard at the moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Deaf {
    pub words: String,
    pub retry_after: Option<Duration>,
    /// Waiting mends nothing: a token was revoked, a permission is missing.
    pub lasts: bool,
}

impl Deaf {
    pub fn now(words: impl Into<String>) -> Self {
        Self { words: words.into(), retry_after: None, lasts: false }
    }

    pub fn for_good(words: impl Into<String>) -> Self {
        Self { words: words.into(), retry_after: None, lasts: true }
    }
}

/// One thing that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The provider's own name for it. The same name twice is the same thing.
    pub id: String,
    pub about: About,
    pub what: Arrived,
}

/// To which message it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Delivery(DeliveryId),
    /// The delivery's own token came back with it.
    Token(Token),
    /// It stands in the thread of the message that the provider knows by this name.
    Thread(String),
    /// It was written in the room that the provider knows by this name, to everybody there.
    Room(String),
    /// Nothing but the sender says so: a reply to a text message. The words may name
    /// a delivery's code. `at` is when it was written, as far as that is known: it
    /// answers nothing that was sent later.
    Sender {
        at: Option<Instant>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// It is on the recipient's device or in their mailbox.
    Delivered { words: String },
    /// The recipient has opened it.
    Seen { words: String },
    /// The provider had accepted it, and could not deliver it after all. `for_good`
    /// where the address itself is wrong: a bounce.
    Failed { words: String, for_good: bool },
    /// One touch.
    Pressed { by: From, response: Response },
    /// Somebody has closed there what the channel keeps in step with the incident.
    Resolved { by: From },
    /// Words that somebody typed.
    Said { by: From, text: String },
    /// A machine answered in somebody's place.
    Automatic { from: String, text: String },
}

/// Who sent it, as far as the provider vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// Whoever was addressed: nobody else can answer this way.
    Addressee,
    /// This number or address, which has to be the one that was written to.
    Address(String),
    /// Somebody in the room or chat that was written to.
    Member { id: String, name: String },
}
