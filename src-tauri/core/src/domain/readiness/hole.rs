//! A time at which nobody is reached, and why.

use chrono_tz::Tz;
use std::collections::BTreeSet;

use super::{AHEAD, Mend};
use crate::domain::id::{PathId, PersonId};
use crate::domain::plan::{Plan, PlanLevel};
use crate::domain::severity::Severity;
use crate::domain::time::{DAY, Instant, spoken};
use crate::domain::why::Absent;

/// So many reasons are read; of the others their number.
const SAID: usize = 4;

/// Times of the same kind, in order, none touching the next.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Times(Vec<(Instant, Instant)>);

impl Times {
    pub(super) fn add(&mut self, from: Instant, to: Instant) {
        match self.0.last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => self.0.push((from, to)),
        }
    }

    /// All of them as one, whatever the reason of each.
    pub(super) fn all<'a>(parts: impl Iterator<Item = &'a Self>) -> Self {
        let mut spans: Vec<(Instant, Instant)> = parts.flat_map(|times| times.0.iter().copied()).collect();
        spans.sort_unstable();
        let mut all = Self::default();
        spans.into_iter().for_each(|(from, to)| all.add(from, to));
        all
    }

    /// `None` where there are none.
    pub(super) fn words(&self, now: Instant, end: Instant, zone: Tz) -> Option<String> {
        let (from, to) = *self.0.first()?;
        let say = |at| spoken(at, now, zone);
        let first = match (from <= now, to >= end) {
            (true, true) => return Some(format!("now and in all of the next {} days", AHEAD / DAY)),
            (true, false) => format!("now until {}", say(to)),
            (false, true) => format!("from {}", say(from)),
            (false, false) => format!("{} to {}", say(from), say(to)),
        };
        Some(match self.0.len() - 1 {
            0 => first,
            1 => format!("{first}, and once more"),
            more => format!("{first}, and {more} more times"),
        })
    }
}

/// Why nobody is reached at a moment.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hole {
    /// By level, counted from 0.
    why: Vec<(usize, Absent)>,
    /// Whoever alone is the reason.
    alone: Option<PersonId>,
}

impl Hole {
    /// `None` where somebody on the level is reached.
    pub(super) fn in_level(at: usize, level: &PlanLevel, severity: Severity, now: Instant) -> Option<Self> {
        let why = level.why_empty(severity, &BTreeSet::new(), now)?;
        let of_people = why.iter().all(|one| matches!(one, Absent::Away { .. } | Absent::OffHours { .. } | Absent::NoMethod { .. }));
        let alone = match level.at(now)[..] {
            [only] if of_people => Some(only.contact.person),
            _ => None,
        };
        Some(Self { why: why.into_iter().map(|one| (at, one)).collect(), alone })
    }

    /// `None` where somebody on any level is reached.
    pub(super) fn in_path(plan: &Plan, severity: Severity, now: Instant) -> Option<Self> {
        let levels: Vec<Self> =
            plan.levels.iter().enumerate().map(|(at, level)| Self::in_level(at, level, severity, now)).collect::<Option<_>>()?;
        let first = levels.first().and_then(|level| level.alone);
        let alone = first.filter(|_| levels.iter().all(|level| level.alone == first));
        Some(Self { why: levels.into_iter().flat_map(|level| level.why).collect(), alone })
    }

    /// Whether what is worse would reach somebody.
    pub(super) fn is_of_severity(&self) -> bool {
        self.why.iter().any(|(_, why)| matches!(why, Absent::Below { .. }))
    }

    pub(super) const fn mend(&self, path: PathId) -> Mend {
        match self.alone {
            Some(id) => Mend::Person { id },
            None => Mend::Path { id: path },
        }
    }

    /// "Marta is away, level 2 is for other hours"; empty for a path without levels.
    pub(super) fn words(&self) -> String {
        let one = |(level, why): &(usize, Absent)| match why {
            Absent::Below { least } => format!("level {} is for {} and above", level + 1, least.word()),
            Absent::OutsideHours {} => format!("level {} is for other hours", level + 1),
            Absent::Nobody {} => format!("nobody is on level {}", level + 1),
            of_somebody => of_somebody.words(),
        };
        let mut said: Vec<String> = Vec::new();
        for words in self.why.iter().map(one) {
            if !said.contains(&words) {
                said.push(words);
            }
        }
        let more = said.len().saturating_sub(SAID);
        said.truncate(SAID);
        if more > 0 { format!("{}, and {more} more", said.join(", ")) } else { said.join(", ") }
    }

    /// The same where it is plain which level is meant.
    pub(super) fn words_of_level(&self) -> String {
        let why: Vec<Absent> = self.why.iter().map(|(_, why)| why.clone()).collect();
        Absent::all_words(&why)
    }
}
