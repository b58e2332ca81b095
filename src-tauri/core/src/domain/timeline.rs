//! The events of an incident in words.

use serde::Serialize;
use ts_rs::TS;

use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TimelineEntry {
    #[ts(type = "number")]
    pub sequence: i64,
    pub at: Instant,
    pub time: String,
    pub words: String,
    pub detail: String,
    pub bad: bool,
}
