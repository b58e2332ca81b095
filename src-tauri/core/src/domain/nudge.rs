//! A polite question to whoever is awaited: what is awaited, and how often it was asked. The third that nobody answered
//! says that somebody else may have to be called.

use chrono_tz::Tz;

use super::climb;
use super::commitment::{Commitment, Kind};
use super::id::PersonId;
use super::incident::Incident;
use super::time::{Instant, spoken};

/// As often as one asks before one asks somebody else.
pub const ENOUGH: u32 = 3;

/// What they are asked for the so-many-th time since they last said something.
#[must_use]
pub fn text(incident: &Incident, person: PersonId, count: u32, zone: Tz, now: Instant) -> String {
    let asked = match count {
        0 | 1 => "A friendly question: how is it going?".into(),
        2 => "A second time, in case the first was lost: how is it going?".into(),
        many => format!("Asked for the {} time: how is it going?", nth(many)),
    };
    let awaited = awaited(incident, person, zone, now).map(|awaited| format!(" {awaited}"));
    let or_else = (count >= ENOUGH).then_some(" If you cannot go on with it, say so: then somebody else is called.");
    format!("{asked}{} One line is enough.{}", awaited.unwrap_or_default(), or_else.unwrap_or_default())
}

/// What they said for when, the first due; else what nobody knows yet.
fn awaited(incident: &Incident, person: PersonId, zone: Tz, now: Instant) -> Option<String> {
    let theirs = |one: &&Commitment| one.is_open() && one.kind == Kind::Promise && one.person == Some(person) && one.due_at.is_some();
    let say = |at| spoken(at, now, zone);
    if let Some(promise) = incident.commitments.iter().filter(theirs).min_by_key(|one| one.due_at) {
        let due = promise.due_at.map_or_else(String::new, say);
        return Some(format!("Awaited is “{}”, which you said for {due}.", promise.what));
    }
    let open = incident.facts.unknown.iter().min_by_key(|unknown| unknown.until)?;
    Some(format!("Still open is {}, promised for {}.", open.field.word(), say(open.until)))
}

/// What the desk is told of it; `None` where they were not asked, or have said something since.
#[must_use]
pub fn words(incident: &Incident, person: PersonId) -> Option<String> {
    let count = incident.nudges.get(&person).copied().filter(|count| *count > 0)?;
    let times = if count == 1 { "once".into() } else { format!("{count} times") };
    let further = climb::further(incident).filter(|_| count >= ENOUGH);
    let instead = further.map(|next| format!(". Escalate instead? Level {} is {}", next.level + 1, next.who));
    Some(format!("Nudged {times} without an answer{}.", instead.unwrap_or_default()))
}

fn nth(count: u32) -> String {
    let ending = match (count % 10, count % 100) {
        (1, hundred) if hundred != 11 => "st",
        (2, hundred) if hundred != 12 => "nd",
        (3, hundred) if hundred != 13 => "rd",
        _ => "th",
    };
    format!("{count}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_in_order() {
        assert_eq!([3, 4, 11, 12, 13, 21, 22, 103, 111].map(nth), ["3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "103rd", "111th"]);
    }
}
