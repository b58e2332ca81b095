//! An incident that is still being written. It saves itself at every change.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::assessment::Answers;
use super::facts::Facts;
use super::id::{IncidentId, PathId};
use super::severity::Severity;
use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Draft {
    /// The incident will have this id, so that filing twice is filing once.
    pub id: IncidentId,
    pub began_at: Instant,
    pub saved_at: Instant,
    /// Where the person is, 1 to 4; the fifth step is the incident itself.
    pub step: u8,
    pub answers: Answers,
    pub facts: Facts,
    /// The person's own choice against the policy's.
    pub severity: Option<Severity>,
    /// Against the service's own path.
    pub path: Option<PathId>,
    /// One line, where the person decides against the advice.
    pub against_advice: String,
}
