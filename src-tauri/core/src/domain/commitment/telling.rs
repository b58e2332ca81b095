//! What happened to a promise or a task, as the timeline says it.

use super::{Commitment, Happened, Kind};
use crate::domain::time::{Instant, spoken_length};

/// The line, what stands beside it, and whether something is late by it. `known` is how it stood before.
#[must_use]
pub fn told(known: Option<&Commitment>, happened: &Happened, say: &dyn Fn(Instant) -> String) -> (String, String, bool) {
    let what = known.map_or_else(String::new, |one| format!(": {}", one.what));
    let name = known.map_or("", |one| one.name.as_str());
    let is_task = known.is_some_and(|one| one.kind == Kind::Task);
    let thing = match (is_task, name) {
        (true, "") => "The task".into(),
        (true, name) => format!("{name}'s task"),
        (false, name) => format!("{name}'s promise"),
    };
    match happened {
        Happened::Made { by, kind, name, what, due_at, answered, part, .. } => {
            let words = match kind {
                Kind::Promise => format!("{name} promised: {what}"),
                Kind::Task if name.is_empty() => format!("Task: {what}"),
                Kind::Task => format!("Task for {name}: {what}"),
            };
            let due = due_at.map(|at| format!("by {}", say(at)));
            let from = match (answered, part) {
                (Some(answered), _) => format!("read from what they answered by {}", answered.via),
                (None, Some(reference)) => format!("came along from {reference}"),
                (None, None) => format!("written down by {by}"),
            };
            (words, due.into_iter().chain([from]).collect::<Vec<_>>().join(" · "), false)
        }
        Happened::Fell { late_ms, .. } if *late_ms > 0 => {
            (format!("{thing} is due, {} late{what}", spoken_length(*late_ms)), "this computer was off or asleep".into(), true)
        }
        Happened::Fell { .. } => (format!("{thing} is due{what}"), String::new(), false),
        Happened::Done { .. } if is_task => (format!("{thing} is done{what}"), String::new(), false),
        Happened::Done { .. } => (format!("{name} kept the promise{what}"), String::new(), false),
        Happened::Moved { to, why, answered, .. } => {
            let times = known.map_or(0, |one| one.moved + u32::from(one.due_at.is_some()));
            let times = (times > 1).then(|| format!("moved {times} times now"));
            let via = answered.as_ref().map(|answered| format!("answered by {}", answered.via));
            let why = Some(why.clone()).filter(|why| !why.is_empty());
            let detail = why.into_iter().chain(via).chain(times).collect::<Vec<_>>().join(" · ");
            (format!("{thing} is due {} now{what}", say(*to)), detail, false)
        }
        Happened::PutOff { until, .. } => (format!("{thing} is asked for again {}{what}", say(*until)), String::new(), false),
        Happened::Given { by, name: next, .. } => (format!("{thing} is {next}'s now{what}"), format!("handed over by {by}"), false),
        Happened::Dropped { why, .. } => (format!("{thing} was dropped{what}"), why.clone(), false),
    }
}

/// Reminders of the same one follow one another on the timeline.
pub(in crate::domain) fn is_reminder(words: &str) -> bool {
    ["'s promise is due: ", "'s task is due: ", "The task is due: "].iter().any(|one| words.contains(one))
}
