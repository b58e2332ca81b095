//! The plan in words before anything is sent: who hears it, when, and through
//! what.

use serde::Serialize;
use ts_rs::TS;

use super::id::PathId;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PlanPreview {
    pub path: Option<PathId>,
    pub path_name: String,
    pub lines: Vec<PlanLine>,
    pub after_last: String,
    /// Why it would reach nobody, or less than it should.
    pub holes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PlanLine {
    pub level: usize,
    /// "now", "+10 min".
    pub when: String,
    pub name: String,
    /// "text, mail"; empty where the level is skipped.
    pub via: String,
    pub note: String,
    pub skipped: bool,
}
