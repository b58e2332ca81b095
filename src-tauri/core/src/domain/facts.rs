//! Step 4: what, who, when, the impact in figures, and what has been tried.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::id::ServiceId;
use super::text::clean;
use super::time::Instant;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct Facts {
    pub what: String,
    pub service: Option<ServiceId>,
    /// The service's name, or what was typed where it is in no directory.
    pub place: String,
    pub who: String,
    /// Whom the desk has it from, who need not be affected, and where they can be called.
    pub reported_by: String,
    pub people_affected: Option<u32>,
    /// When it began, not when it was filed.
    pub began_at: Option<Instant>,
    /// Money lost per hour, in the desk's currency.
    pub cost_per_hour: Option<u32>,
    pub tried: Vec<Tried>,
    /// Fields honestly answered with "unknown, finding out by …".
    pub unknown: Vec<Unknown>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Tried {
    pub what: String,
    pub result: TriedResult,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum TriedResult {
    Helped,
    NoEffect,
    MadeWorse,
    CouldNot,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Unknown {
    pub field: FactField,
    /// "finding out by".
    pub until: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum FactField {
    What,
    Place,
    Who,
    Began,
    Impact,
    Tried,
}

impl FactField {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::What => "what happened",
            Self::Place => "where",
            Self::Who => "who is affected",
            Self::Began => "when it began",
            Self::Impact => "the business impact",
            Self::Tried => "what has been tried",
        }
    }
}

impl TriedResult {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Helped => "helped",
            Self::NoEffect => "no effect",
            Self::MadeWorse => "made it worse",
            Self::CouldNot => "could not be done",
        }
    }
}

impl Facts {
    /// The first line or sentence of what happened, short enough for a list.
    #[must_use]
    pub fn title(&self) -> String {
        let line = self.what.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
        let sentence = line.split_inclusive(['.', '!', '?']).next().unwrap_or(line).trim().trim_end_matches('.');
        super::text::shorten(if sentence.chars().count() >= 12 { sentence } else { line }, 90)
    }

    /// Which of the two that are always required are still wanting.
    #[must_use]
    pub fn missing(&self) -> Vec<FactField> {
        let mut missing = Vec::new();
        if clean(&self.what).is_empty() {
            missing.push(FactField::What);
        }
        if self.service.is_none() && clean(&self.place).is_empty() {
            missing.push(FactField::Place);
        }
        missing
    }

    /// What another report adds: it fills what is empty, and what was tried stands beside what was tried before.
    pub fn hear(&mut self, report: &Self) {
        if clean(&self.who).is_empty() {
            self.who.clone_from(&report.who);
        }
        self.people_affected = self.people_affected.or(report.people_affected);
        self.began_at = self.began_at.or(report.began_at);
        self.cost_per_hour = self.cost_per_hour.or(report.cost_per_hour);
        let new = report.tried.iter().filter(|one| self.tried.iter().all(|known| known.what != one.what));
        self.tried.extend(new.cloned().collect::<Vec<_>>());
    }

    /// Money lost between the beginning and `now`, in the desk's currency.
    #[must_use]
    pub fn cost_so_far(&self, now: Instant) -> Option<i64> {
        let (rate, began) = (self.cost_per_hour?, self.began_at?);
        let minutes = now.since(began).max(0) / super::time::MINUTE;
        Some(i64::from(rate) * minutes / 60)
    }
}
