//! What the policy makes of the answers: a recommendation with its reasons. The
//! person decides.

use serde::Serialize;
use ts_rs::TS;

use super::severity::Severity;
use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Advice {
    pub severity: Severity,
    pub verdict: Verdict,
    /// Weightiest first.
    pub factors: Vec<Factor>,
    /// The one answer that would change the advice.
    pub would_change: String,
    pub if_you_carry_on: String,
    pub answered: u8,
    pub questions: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// Too little is answered to advise.
    Open {},
    Escalate {},
    AskColleague {},
    CarryOn {
        until: Instant,
        minutes: u32,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Factor {
    pub words: String,
    pub points: i32,
    /// Reason enough by itself.
    pub decisive: bool,
}
