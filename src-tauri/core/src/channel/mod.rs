//! Step 3: how a message leaves. A two-way channel is one file here; a one-way
//! one is a file of the catalogue. Nothing here knows the database.

mod api;
pub mod call;
pub mod catalogue;
pub mod desktop;
pub mod files;
pub mod heartbeat;
mod html;
mod http;
mod imap;
pub mod inbound;
mod jsm;
mod letter;
mod line;
mod mail;
mod mailbox;
mod matrix;
mod modem;
mod ntfy;
mod one_way;
mod outbound;
pub mod pace;
mod pagerduty;
pub mod pasted;
mod pushover;
mod returned;
pub mod rooms;
mod rounds;
mod server;
mod setup;
mod signature;
mod slack;
mod socket;
mod speech;
mod telegram;
mod texting;
mod tls;
mod twilio;
mod twilio_call;
mod twilio_text;
mod wording;
mod written;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::id::DeliveryId;
use crate::domain::message::Message;
use crate::domain::text;
use crate::domain::time::Instant;
use crate::domain::token::Token;

pub use call::ByHand;
pub use files::Files;
pub use inbound::Inbound;
pub use rooms::Rooms;
pub use setup::{
    CannotOpen, Channels, InStep, SetupFault, brings_answers, carries_files, check, check_without_secrets, in_step, opens_rooms, providers,
};

/// One way to send, set up and ready.
pub trait Channel: Send + Sync {
    /// The message as it will go, for the preview and for `send`.
    fn render(&self, message: &Message) -> Rendered;

    /// Sends it. Gives up by itself within the channel's own time limit, and
    /// always says how far it came.
    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a>;

    /// The way back, where there is one.
    fn inbound(&self) -> Option<&dyn Inbound> {
        None
    }

    /// What carries files after a message, where anything does.
    fn files(&self) -> Option<&dyn Files> {
        None
    }

    /// Rooms that can be opened, where there are any.
    fn rooms(&self) -> Option<&dyn Rooms> {
        None
    }
}

pub type Sending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A channel that is set up: one that sends by itself, or one that a person at
/// the desk carries out and whose outcome that person records.
#[derive(Clone)]
pub enum Ready {
    Automatic(Arc<dyn Channel>),
    ByHand(ByHand),
}

impl Ready {
    /// What goes out, or what is read out.
    #[must_use]
    pub fn render(&self, message: &Message) -> Rendered {
        match self {
            Self::Automatic(channel) => channel.render(message),
            Self::ByHand(by_hand) => by_hand.render(message),
        }
    }
}

/// One message to one address. Every attempt at the same delivery carries the
/// same id, from which a channel makes its idempotency key.
#[derive(Clone, Debug)]
pub struct Envelope {
    pub delivery: DeliveryId,
    /// What an answer has to bring back.
    pub token: Token,
    pub to_name: String,
    pub address: String,
    pub message: Message,
    /// The moment of this attempt: signatures and a mail's date carry it.
    pub now: Instant,
    /// Which attempt this is, from 1. An earlier one may have arrived unnoticed, which
    /// a channel without an idempotency key looks for where its provider lets it.
    pub attempt: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: Option<String>,
    /// What a person reads.
    pub text: String,
    /// Of `text`, in characters or whatever else the provider counts.
    pub length: usize,
    pub limit: Option<usize>,
}

impl Rendered {
    fn new(subject: Option<String>, text: String, limit: Option<usize>) -> Self {
        Self { subject, length: text.chars().count(), text, limit }
    }
}

/// How far one attempt came. `words` are the provider's own where it said any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted {
        words: String,
        provider_id: Option<String>,
    },
    Temporary {
        words: String,
        retry_after: Option<Duration>,
    },
    /// Never by this method again; the person's next one, at once. A fault in
    /// the set-up is one of these: waiting does not mend it, and the words say
    /// what does.
    Permanent {
        words: String,
    },
    /// The bytes may have left before it broke.
    Uncertain {
        words: String,
    },
}

impl Outcome {
    fn temporary(words: impl Into<String>) -> Self {
        Self::Temporary { words: words.into(), retry_after: None }
    }

    fn permanent(words: impl Into<String>) -> Self {
        Self::Permanent { words: words.into() }
    }

    fn uncertain(words: impl Into<String>) -> Self {
        Self::Uncertain { words: words.into() }
    }

    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Accepted { words, .. } | Self::Temporary { words, .. } | Self::Permanent { words } | Self::Uncertain { words } => words,
        }
    }
}

/// What a provider said, fit for a timeline: one line, no control characters.
fn said(words: &str) -> String {
    text::shorten(&text::clean_line(words), 240)
}

/// Words after which another sentence can stand.
fn sentence(words: &str) -> String {
    if words.ends_with(['.', '!', '?', '…']) { words.into() } else { format!("{words}.") }
}
