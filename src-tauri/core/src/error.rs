//! Errors inside, and the one shape in which they cross to the window.

use serde::Serialize;
use ts_rs::TS;

/// A failure as the window sees it. `message` says what happened, what is safe
/// and what to do next; a code exists only where the window branches on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Failure {
    pub code: FailureCode,
    pub message: String,
    /// The field that is wrong, or the names of what stands in the way.
    pub details: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// What was typed cannot be used; `details[0]` is the field.
    Invalid,
    /// It is still on a path; `details` are the paths' names.
    InUse,
    /// The incident has moved on; look again.
    MovedOn,
    /// The secrets' passphrase is wanted.
    Locked,
    /// Anything else; the message says all there is to say.
    Other,
}
