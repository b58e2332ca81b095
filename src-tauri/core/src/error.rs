//! Errors inside, and the one shape in which they cross to the window.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::command::Refusal;
use crate::host::SecretsFailure;

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

impl Failure {
    /// What was typed cannot be used.
    #[must_use]
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { code: FailureCode::Invalid, message: message.into(), details: vec![field.into()] }
    }

    #[must_use]
    pub fn in_use(message: impl Into<String>, by: Vec<String>) -> Self {
        Self { code: FailureCode::InUse, message: message.into(), details: by }
    }

    #[must_use]
    pub fn other(message: impl Into<String>) -> Self {
        Self { code: FailureCode::Other, message: message.into(), details: vec![] }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid { field, words } => Self::invalid(field, words),
            Refusal::MovedOn(words) => Self { code: FailureCode::MovedOn, message: words, details: vec![] },
        }
    }
}

impl From<SecretsFailure> for Failure {
    fn from(failure: SecretsFailure) -> Self {
        let code = match failure {
            SecretsFailure::Locked => FailureCode::Locked,
            SecretsFailure::WrongPassphrase => FailureCode::Invalid,
            SecretsFailure::Unavailable(_) | SecretsFailure::NotFound => FailureCode::Other,
        };
        Self { code, message: failure.to_string(), details: vec![] }
    }
}
