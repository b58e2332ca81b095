//! Step 3: how a message leaves. A two-way channel is one file here; a one-way
//! one is a file of the catalogue. Nothing here knows the database.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::domain::id::DeliveryId;
use crate::domain::message::Message;

/// One way to send, set up and ready.
pub trait Channel: Send + Sync {
    /// The message as it will go, for the preview and for `send`.
    fn render(&self, message: &Message) -> Rendered;

    /// Sends it. Gives up by itself within the channel's own time limit, and
    /// always says how far it came.
    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a>;
}

pub type Sending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// One message to one address. Every attempt at the same delivery carries the
/// same id, from which a channel makes its idempotency key.
#[derive(Clone, Debug)]
pub struct Envelope {
    pub delivery: DeliveryId,
    pub to_name: String,
    pub address: String,
    pub message: Message,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: Option<String>,
    /// What a person reads.
    pub text: String,
    /// Characters, or bytes where the provider counts bytes.
    pub length: usize,
    pub limit: Option<usize>,
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
    /// Never by this method again; the person's next one, at once.
    Permanent {
        words: String,
    },
    /// The bytes may have left before it broke.
    Uncertain {
        words: String,
    },
}
