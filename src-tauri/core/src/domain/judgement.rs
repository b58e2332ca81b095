//! What the desk thinks of an escalation once it is over, so that it learns when to pass on.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    InTime,
    /// It should have been passed on sooner.
    Late,
    /// The desk could have done it alone.
    Needless,
}

impl Judgement {
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::InTime => "escalated in time",
            Self::Late => "escalated too late",
            Self::Needless => "need not have been escalated",
        }
    }
}
