//! One message on its way to one person.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
