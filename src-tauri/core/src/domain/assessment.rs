//! Step 1: the questions, and the answers a person gave.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// What has been answered so far. A question not answered is `None`, which is
/// something else than "not sure".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct Answers {
    pub affected: Option<Affected>,
    pub condition: Option<Condition>,
    /// `Some` and empty means "none of these".
    pub risks: Option<BTreeSet<Risk>>,
    pub expertise: Option<Expertise>,
    pub stuck: Option<Stuck>,
    pub gut: Option<Gut>,
    pub colleague: Option<ColleagueView>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Affected {
    OnePerson,
    Team,
    Site,
    ManyCustomers,
    Everyone,
    NotSure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    Down,
    Degraded,
    AtRisk,
    NotSure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    DataLoss,
    Legal,
    Reputation,
    Safety,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Expertise {
    KnowHow,
    Perhaps,
    Outside,
}

/// Time without progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Stuck {
    JustStarted,
    QuarterHour,
    HalfHour,
    HourOrMore,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Gut {
    WillPass,
    Unsure,
    SomethingIsWrong,
}

/// What a colleague who was asked thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ColleagueView {
    Escalate,
    Wait,
    NotAsked,
}
