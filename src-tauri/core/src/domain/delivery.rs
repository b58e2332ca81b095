//! One message on its way to one person.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::response::Response;

/// How far a message has come. Nothing here is an acknowledgement: that is an
/// event of the incident, and a person's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Queued,
    Attempting,
    /// The bytes may have left; nobody knows.
    Uncertain,
    /// The provider has it.
    Accepted,
    Delivered,
    Seen,
    Failed,
    Cancelled,
    /// A call that somebody at the desk is to make.
    ByHand,
}

/// How far a message has come, from the queue to a person's own word.
pub const LADDER: [&str; 5] = ["sent", "accepted", "delivered", "seen", "acknowledged"];

/// How many of the ladder's rungs are known to be reached. Nothing below the last one
/// is anybody's word.
#[must_use]
pub const fn reached(state: DeliveryState, response: Option<Response>) -> usize {
    match (state, response) {
        (_, Some(Response::OnIt)) => 5,
        (_, Some(_)) | (DeliveryState::Seen, None) => 4,
        (DeliveryState::Delivered, None) => 3,
        (DeliveryState::Accepted, None) => 2,
        (DeliveryState::Attempting, None) => 1,
        _ => 0,
    }
}

impl DeliveryState {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Attempting => "being sent",
            Self::Uncertain => "not known whether it arrived",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Seen => "seen",
            Self::Failed => "failed",
            Self::Cancelled => "not sent",
            Self::ByHand => "to be called by hand",
        }
    }

    /// How far it has come, to compare two by.
    #[must_use]
    pub const fn rung(self) -> u8 {
        match self {
            Self::Cancelled => 0,
            Self::Failed => 1,
            Self::Queued | Self::ByHand => 2,
            Self::Uncertain => 3,
            Self::Attempting => 4,
            Self::Accepted => 5,
            Self::Delivered => 6,
            Self::Seen => 7,
        }
    }
}
