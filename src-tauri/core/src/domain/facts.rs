//! Step 4: what, who, when, the impact in figures, and what has been tried.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

use super::id::ServiceId;
use super::text::{clean, clean_line};
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
    /// Money lost per hour where all of it is affected, in the desk's currency.
    pub cost_per_hour: Option<u32>,
    /// How much of it is affected, in percent.
    pub affected_percent: Option<u8>,
    /// Orders lost per hour where all of it is affected.
    pub orders_per_hour: Option<u32>,
    pub customers_affected: Option<u32>,
    /// All whom the service has; what is affected of them is worked out.
    pub customers_in_all: Option<u32>,
    pub tried: Vec<Tried>,
    /// What one usually tries first: whatever of it is not among what was tried has not been.
    pub checklist: Vec<String>,
    /// Fields honestly answered with "unknown, finding out by …".
    pub unknown: Vec<Unknown>,
    /// Fields that were filled in from what is usual, or guessed, and that nobody has confirmed.
    pub assumed: BTreeSet<FactField>,
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
    People,
    Share,
    Orders,
    Customers,
    Reporter,
}

impl FactField {
    pub const ALL: [Self; 11] = [
        Self::What,
        Self::Place,
        Self::Who,
        Self::Reporter,
        Self::People,
        Self::Began,
        Self::Share,
        Self::Impact,
        Self::Orders,
        Self::Customers,
        Self::Tried,
    ];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::What => "what happened",
            Self::Place => "where",
            Self::Who => "who is affected",
            Self::Began => "when it began",
            Self::Impact => "the business impact",
            Self::Tried => "what has been tried",
            Self::People => "how many people are affected",
            Self::Share => "how much of it is affected",
            Self::Orders => "how many orders are lost",
            Self::Customers => "how many customers are affected",
            Self::Reporter => "who reported it",
        }
    }
}

fn is_same_step(one: &str, other: &str) -> bool {
    let plain = |step: &str| clean_line(step).trim_end_matches('.').to_lowercase();
    plain(one) == plain(other)
}

impl Tried {
    /// Whether both are told of the same try, whatever came of it.
    #[must_use]
    pub fn is_entry(&self, other: &Self) -> bool {
        self.at == other.at && is_same_step(&self.what, &other.what)
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

    /// Whether anything is said of it.
    #[must_use]
    pub fn tells(&self, field: FactField) -> bool {
        match field {
            FactField::What => !self.what.trim().is_empty(),
            FactField::Place => self.service.is_some() || !self.place.trim().is_empty(),
            FactField::Who => !self.who.trim().is_empty(),
            FactField::Began => self.began_at.is_some(),
            FactField::Impact => self.cost_per_hour.is_some(),
            FactField::Tried => self.tried.iter().any(|tried| !tried.what.trim().is_empty()),
            FactField::People => self.people_affected.is_some(),
            FactField::Share => self.affected_percent.is_some(),
            FactField::Orders => self.orders_per_hour.is_some(),
            FactField::Customers => self.customers_affected.is_some(),
            FactField::Reporter => !self.reported_by.trim().is_empty(),
        }
    }

    /// Whether both say the same of it, however surely.
    #[must_use]
    pub fn says_the_same(&self, other: &Self, field: FactField) -> bool {
        match field {
            FactField::What => self.what == other.what,
            FactField::Place => (&self.place, self.service) == (&other.place, other.service),
            FactField::Who => self.who == other.who,
            FactField::Reporter => self.reported_by == other.reported_by,
            FactField::People => self.people_affected == other.people_affected,
            FactField::Began => self.began_at == other.began_at,
            FactField::Share => self.affected_percent == other.affected_percent,
            FactField::Impact => self.cost_per_hour == other.cost_per_hour,
            FactField::Orders => self.orders_per_hour == other.orders_per_hour,
            FactField::Customers => self.customers_affected == other.customers_affected,
            FactField::Tried => self.tried == other.tried,
        }
    }

    /// Says of it from now on what the other says.
    pub fn takes_over(&mut self, from: &Self, field: FactField) {
        match field {
            FactField::What => self.what.clone_from(&from.what),
            FactField::Place => (self.place, self.service) = (from.place.clone(), from.service),
            FactField::Who => self.who.clone_from(&from.who),
            FactField::Reporter => self.reported_by.clone_from(&from.reported_by),
            FactField::People => self.people_affected = from.people_affected,
            FactField::Began => self.began_at = from.began_at,
            FactField::Share => self.affected_percent = from.affected_percent,
            FactField::Impact => self.cost_per_hour = from.cost_per_hour,
            FactField::Orders => self.orders_per_hour = from.orders_per_hour,
            FactField::Customers => self.customers_affected = from.customers_affected,
            FactField::Tried => self.tried.clone_from(&from.tried),
        }
    }

    /// Steps to try, beside those that are on the list already.
    pub fn is_to_try<'a>(&mut self, steps: impl IntoIterator<Item = &'a String>) {
        for step in steps {
            if !self.checklist.iter().any(|known| is_same_step(known, step)) {
                self.checklist.push(step.clone());
            }
        }
    }

    /// What one usually tries first and nobody has, yet.
    pub fn untried(&self) -> impl Iterator<Item = &str> {
        let is_open = |step: &&String| !self.tried.iter().any(|tried| is_same_step(&tried.what, step));
        self.checklist.iter().filter(is_open).map(String::as_str)
    }

    /// The next moment by which something is to be known.
    #[must_use]
    pub fn promised_after(&self, now: Instant) -> Option<Instant> {
        self.unknown.iter().map(|unknown| unknown.until).filter(|until| *until > now).min()
    }

    /// What was to be known by then and is not.
    pub fn promised_by(&self, then: Instant) -> impl Iterator<Item = FactField> + '_ {
        self.unknown.iter().filter(move |unknown| unknown.until <= then).map(|unknown| unknown.field)
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

    /// What another report adds: it fills what is empty, as surely as it was said there, and what
    /// was tried or is to be tried stands beside what was before. What is known by it nobody has to find out any
    /// more; what it promised to find out still has to be.
    pub fn hear(&mut self, report: &Self) {
        let new: Vec<FactField> = report.assumed.iter().copied().filter(|field| !self.tells(*field)).collect();
        if clean(&self.who).is_empty() {
            self.who.clone_from(&report.who);
        }
        if clean(&self.reported_by).is_empty() {
            self.reported_by.clone_from(&report.reported_by);
        }
        self.people_affected = self.people_affected.or(report.people_affected);
        // Whoever noticed it first knows best when it began.
        self.began_at = [self.began_at, report.began_at].into_iter().flatten().min();
        self.cost_per_hour = self.cost_per_hour.or(report.cost_per_hour);
        self.affected_percent = self.affected_percent.or(report.affected_percent);
        self.orders_per_hour = self.orders_per_hour.or(report.orders_per_hour);
        self.customers_affected = self.customers_affected.or(report.customers_affected);
        let steps = report.tried.iter().filter(|one| !self.tried.iter().any(|known| is_same_step(&known.what, &one.what)));
        self.tried.extend(steps.cloned().collect::<Vec<_>>());
        self.is_to_try(&report.checklist);
        self.assumed.extend(new.into_iter().filter(|field| self.tells(*field)).collect::<Vec<_>>());
        let promised = |unknown: &&Unknown| !self.unknown.iter().any(|known| known.field == unknown.field);
        let promised: Vec<Unknown> = report.unknown.iter().filter(promised).cloned().collect();
        let unknown = std::mem::take(&mut self.unknown).into_iter().chain(promised);
        self.unknown = unknown.filter(|unknown| !self.tells(unknown.field)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_report_adds_what_is_not_known_and_no_more_surely_than_it_was_said() {
        let mut facts = Facts { people_affected: Some(40), checklist: vec!["Fail over".into()], ..Facts::default() };
        facts.hear(&Facts {
            who: "All of Graz".into(),
            people_affected: Some(3200),
            affected_percent: Some(40),
            checklist: vec!["fail over.".into(), "Restart the pool".into()],
            assumed: [FactField::Who, FactField::People, FactField::Impact].into(),
            ..Facts::default()
        });
        assert_eq!((facts.who.as_str(), facts.people_affected, facts.affected_percent), ("All of Graz", Some(40), Some(40)));
        assert_eq!(facts.assumed, [FactField::Who].into(), "what was known stays known, and what nobody said is nothing to assume");
        assert_eq!(facts.checklist, ["Fail over", "Restart the pool"], "each step once");
    }
}
