//! The time a desk gives itself to try alone: when it is over, what the desk is then
//! asked, and how often it may have more.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::asking::AfterWait;
use super::assessment::{Answers, ColleagueView, Stuck};
use super::incident::{Incident, Opinion, Phase};
use super::rhythm::Rhythm;
use super::time::{Instant, MINUTE, spoken, spoken_length};

/// Minutes that are given once more.
pub const MORE: u32 = 10;

/// So often they are given. A third time is only another word for hoping.
pub const MORE_TIMES: u8 = 2;

/// A try by the desk itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Attempt {
    pub since: Instant,
    /// How often it was given more time.
    pub extended: u8,
}

impl Attempt {
    #[must_use]
    pub const fn begun(since: Instant) -> Self {
        Self { since, extended: 0 }
    }

    #[must_use]
    pub const fn extended(self) -> Self {
        Self { extended: self.extended.saturating_add(1), ..self }
    }

    #[must_use]
    pub const fn is_used_up(self) -> bool {
        self.extended >= MORE_TIMES
    }
}

/// What the desk is asked when its time is over. It is answered by "solved", by more time
/// where there is any left, and by escalating.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ProgressQuestion {
    pub title: String,
    /// Why it is asked so, and what happens without an answer.
    pub words: String,
    /// Minutes of more time; `None` where it is not offered.
    pub more: Option<u32>,
}

/// `None` while nothing is asked.
#[must_use]
pub fn question(incident: &Incident, now: Instant, zone: Tz) -> Option<ProgressQuestion> {
    let Phase::Trying { until, asked_at: Some(_), attempt, handed_in } = incident.phase else { return None };
    if !incident.is_open() || incident.snooze.is_some() {
        return None;
    }
    let used_up = attempt.is_some_and(Attempt::is_used_up);
    let opinion = incident.opinion.as_ref().filter(|opinion| !opinion.settled);
    let title = match opinion {
        _ if handed_in => format!("Filed by {}: who takes it up?", incident.filed_by),
        Some(Opinion { answer: None, reached: false, name, .. }) => format!("{name} was not reached. Ask somebody else, or escalate?"),
        Some(Opinion { answer: None, name, .. }) => format!("No answer from {name} yet. Escalate?"),
        Some(Opinion { answer: Some(view), name, .. }) => format!("{name} {}. Decide now?", view.would()),
        None if used_up => "Still no progress: escalate?".into(),
        None => "Any progress?".into(),
    };
    let advice = opinion.is_some_and(|opinion| opinion.answer.is_some()) && !incident.advice.is_empty();
    let advice = advice.then(|| format!("With that, the advice is to {}.", incident.advice));
    let no_more = attempt.filter(|_| used_up).map(|attempt| {
        format!(
            "You have tried for {} and had {MORE} more minutes twice. More is not offered: somebody else should look. Escalating is advised.",
            spoken_length(now.since(attempt.since))
        )
    });
    let again = format!("Without an answer you are asked again {}.", spoken(until, now, zone));
    let words = [advice, no_more, Some(again)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(ProgressQuestion { title, words, more: (!used_up && !handed_in).then_some(MORE) })
}

/// The wait for a colleague that is over without an answer, where a person chose
/// beforehand that it is escalated then. What is too late for that asks the desk.
#[must_use]
pub fn escalates_by_itself<'a>(incident: &'a Incident, rhythm: &Rhythm, now: Instant) -> Option<&'a Opinion> {
    let Phase::Trying { asked_at: None, .. } = incident.phase else { return None };
    let opinion = incident.opinion.as_ref().filter(|opinion| opinion.is_awaited() && opinion.then == AfterWait::Escalate)?;
    let late = now.since(opinion.until);
    (incident.snooze.is_none() && (0..=i64::from(rhythm.stale) * MINUTE).contains(&late)).then_some(opinion)
}

/// The answers as they are now: the time that passed without progress counts by itself.
#[must_use]
pub fn answers(incident: &Incident, now: Instant) -> Answers {
    let mut answers = incident.answers.clone();
    if let Phase::Trying { attempt: Some(attempt), .. } = incident.phase {
        answers.stuck = answers.stuck.max(Stuck::after(now.since(attempt.since)));
    }
    answers
}

impl ColleagueView {
    /// As it is told of whoever has the view: "would escalate".
    #[must_use]
    pub const fn would(self) -> &'static str {
        match self {
            Self::Escalate => "would escalate",
            Self::Wait => "would wait",
            Self::NotAsked => "had no opinion",
        }
    }
}

impl Stuck {
    /// How long that is; `None` for the first minutes, which say nothing yet.
    #[must_use]
    pub const fn after(milliseconds: i64) -> Option<Self> {
        match milliseconds / MINUTE {
            ..15 => None,
            15..30 => Some(Self::QuarterHour),
            30..60 => Some(Self::HalfHour),
            _ => Some(Self::HourOrMore),
        }
    }
}
