//! Step 1: the questions, and the answers a person gave.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// What has been answered so far. A question not answered is `None`, which is
/// something else than "not sure".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(default)]
#[schemars(deny_unknown_fields, description = "The answers of step 1. A question that is left out is not answered.")]
pub struct Answers {
    pub affected: Option<Affected>,
    pub condition: Option<Condition>,
    /// `Some` and empty means "none of these".
    #[schemars(description = "An empty list means none of these.")]
    pub risks: Option<BTreeSet<Risk>>,
    pub expertise: Option<Expertise>,
    pub stuck: Option<Stuck>,
    pub gut: Option<Gut>,
    pub colleague: Option<ColleagueView>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema)]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    Down,
    Degraded,
    AtRisk,
    NotSure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    DataLoss,
    Legal,
    Reputation,
    Safety,
    /// Any of them, for all one knows.
    NotSure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Expertise {
    KnowHow,
    Perhaps,
    Outside,
    NotSure,
}

/// Time without progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Stuck {
    JustStarted,
    QuarterHour,
    HalfHour,
    HourOrMore,
    NotSure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Gut {
    WillPass,
    Unsure,
    SomethingIsWrong,
}

/// What a colleague who was asked thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ColleagueView {
    Escalate,
    Wait,
    NotAsked,
}

// Each answer as a reason, in the words of the person who gave it.

impl Affected {
    /// From the mildest to the worst.
    pub const KNOWN: [Self; 5] = [Self::OnePerson, Self::Team, Self::Site, Self::ManyCustomers, Self::Everyone];

    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::OnePerson => "One person is affected",
            Self::Team => "A team is affected",
            Self::Site => "A whole site is affected",
            Self::ManyCustomers => "Many customers are affected",
            Self::Everyone => "Everyone is affected",
            Self::NotSure => "Not sure who is affected: the worst counts",
        }
    }
}

impl Condition {
    /// From the mildest to the worst.
    pub const KNOWN: [Self; 3] = [Self::AtRisk, Self::Degraded, Self::Down];

    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Down => "Down right now",
            Self::Degraded => "Slow or partly working",
            Self::AtRisk => "Working, but at risk",
            Self::NotSure => "Not sure whether it is down: the worst counts",
        }
    }
}

impl Risk {
    /// Those that a policy weighs.
    pub const ALL: [Self; 4] = [Self::DataLoss, Self::Legal, Self::Reputation, Self::Safety];

    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::DataLoss => "Data could be lost",
            Self::Legal => "Could mean legal trouble",
            Self::Reputation => "Could harm the reputation",
            Self::Safety => "Could put people in danger",
            Self::NotSure => "Not sure what it could cause: the worst counts",
        }
    }
}

impl Expertise {
    /// From the mildest to the worst.
    pub const KNOWN: [Self; 3] = [Self::KnowHow, Self::Perhaps, Self::Outside];

    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::KnowHow => "You know how to fix it",
            Self::Perhaps => "You can perhaps fix it",
            Self::Outside => "Outside what you know",
            Self::NotSure => "Not sure whether you can fix it: the worst counts",
        }
    }
}

impl Stuck {
    /// From the mildest to the worst.
    pub const KNOWN: [Self; 4] = [Self::JustStarted, Self::QuarterHour, Self::HalfHour, Self::HourOrMore];

    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::JustStarted => "You have only just started",
            Self::QuarterHour => "15 minutes without progress",
            Self::HalfHour => "30 minutes without progress",
            Self::HourOrMore => "An hour or more without progress",
            Self::NotSure => "Not sure how long without progress: the longest counts",
        }
    }
}

impl Gut {
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::WillPass => "Your gut says it will pass",
            Self::Unsure => "Your gut is unsure",
            Self::SomethingIsWrong => "Your gut says something is wrong",
        }
    }
}

impl ColleagueView {
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Escalate => "A colleague would escalate",
            Self::Wait => "A colleague would wait",
            Self::NotAsked => "No colleague was asked",
        }
    }
}

impl Answers {
    /// How many of the questions have an answer, "not sure" among them.
    #[must_use]
    pub fn given(&self) -> u8 {
        let given = [
            self.affected.is_some(),
            self.condition.is_some(),
            self.risks.is_some(),
            self.expertise.is_some(),
            self.stuck.is_some(),
            self.gut.is_some(),
            self.colleague.is_some(),
        ];
        given.iter().map(|given| u8::from(*given)).sum()
    }

    /// Whether it is a risk, as far as is known: not to be sure is to have each of them.
    #[must_use]
    pub fn has(&self, risk: Risk) -> bool {
        self.risks.as_ref().is_some_and(|risks| risks.contains(&risk) || risks.contains(&Risk::NotSure))
    }
}
