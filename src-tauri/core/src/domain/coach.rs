//! Step 4: says what is vague or missing in a brief, why, and how it could be
//! said. It never blocks.

use serde::Serialize;
use ts_rs::TS;

use super::facts::FactField;

/// What the coach says of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Hint {
    pub field: FactField,
    pub tone: HintTone,
    pub words: String,
    pub example: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum HintTone {
    Good,
    Vague,
    Missing,
}
