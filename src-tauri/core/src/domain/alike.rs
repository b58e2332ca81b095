//! Whether two incidents read as if they were the same, and whether many that do are one large incident.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

use super::facts::Facts;
use super::id::IncidentId;
use super::incident::{Incident, Phase};
use super::text::clean_line;
use super::time::{HOUR, Instant};

/// More words than these say nothing more about what it is.
const MOST: usize = 24;

/// So many alike within an hour are taken for one.
const MANY: usize = 3;

/// Another incident that has to do with this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Link {
    pub incident: IncidentId,
    pub reference: String,
}

/// Somebody else who has the same trouble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Report {
    /// The draft it was, or the incident: the same one is counted once.
    pub source: IncidentId,
    pub at: Instant,
}

/// The words that say what it is about: the longer ones, once each.
#[must_use]
pub fn telling(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3).map(str::to_lowercase).take(MOST).collect()
}

/// A word and how else it is written, in English and German: "printer", "printers", "Drucker", "Druckern".
#[must_use]
pub fn forms(word: &str) -> Vec<String> {
    const ENDINGS: [&str; 6] = ["s", "es", "n", "en", "e", "er"];
    let shorter = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).filter(|stem| stem.chars().count() > 3);
    let longer = ENDINGS.iter().map(|ending| format!("{word}{ending}"));
    std::iter::once(word.to_string()).chain(shorter.map(String::from)).chain(longer).collect()
}

/// Whether so many shared words make it perhaps the same: two, or the only one there is; at the same place, any.
#[must_use]
pub const fn is_alike(shared: usize, words: usize, at_the_same_place: bool) -> bool {
    shared > 0 && (shared >= 2 || shared == words || at_the_same_place)
}

/// Whether both are told of the same service, or of a place of the same name.
#[must_use]
pub fn same_place(one: &Facts, other: &Facts) -> bool {
    let place = |facts: &Facts| clean_line(&facts.place).to_lowercase();
    (one.service.is_some() && one.service == other.service) || (!place(one).is_empty() && place(one) == place(other))
}

/// That they become more, in words, where they do. `times` is when each of them was filed or reported again, the one
/// that is being written included.
#[must_use]
pub fn rising(times: &[Instant], now: Instant) -> Option<String> {
    let ago = |from: i64, to: i64| times.iter().filter(|at| (from..to).contains(&now.since(**at).max(0))).count();
    let (latest, before) = (ago(0, HOUR), ago(HOUR, 2 * HOUR));
    (latest >= MANY && latest > before).then(|| format!("{latest} alike within an hour, {before} in the hour before."))
}

/// Why nobody would go on with the part if it ended in favour of the lead; `None` where somebody would.
#[must_use]
pub fn cannot_go_on_as(part: &Incident, lead: &Incident) -> Option<String> {
    let reference = &lead.reference;
    let trying = |one: &Incident| matches!(one.phase, Phase::Trying { .. });
    if !lead.is_open() {
        return Some(format!("{reference} is resolved. Reopen it first, or link the two."));
    }
    if trying(lead) && !trying(part) {
        return Some(format!(
            "{reference} is not escalated yet, and this one is: nobody would be contacted any more. Make {reference} part of this one instead."
        ));
    }
    if lead.snooze.is_some() && part.snooze.is_none() {
        return Some(format!("{reference} is snoozed, and this one is not. Wake it up first, or make it part of this one instead."));
    }
    match (&part.phase, &lead.phase) {
        (Phase::Held { name, .. }, Phase::Climbing {}) => Some(format!(
            "{name} has this one, and nobody has {reference}. Say who has {reference} first, or make it part of this one instead."
        )),
        (Phase::Trying { .. }, _) => {
            let asked = part.opinion.as_ref().filter(|opinion| opinion.answer.is_none())?;
            Some(format!("{} was asked about this one and has not answered. Record the answer or escalate it first.", asked.name))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::MINUTE;

    #[test]
    fn the_same_word_in_the_plural_is_the_same_word() {
        let shared = |one: &str, other: &str| {
            let known = telling(other);
            telling(one).iter().filter(|word| forms(word).iter().any(|form| known.contains(form))).count()
        };
        for (one, other) in [("printer jams", "Printers jammed"), ("Drucker steht", "Druckern fehlt Papier"), ("Rechnung", "Rechnungen")] {
            assert_eq!(shared(one, other), 1, "{one} / {other}");
        }
        assert_eq!(shared("mail", "mainframe"), 0, "a common beginning makes no word the same");
    }

    #[test]
    fn the_short_words_tell_nothing() {
        assert_eq!(telling("the VPN is off at the Graz office"), ["graz", "office"].map(String::from).into());
    }

    #[test]
    fn many_within_an_hour_are_one_and_as_many_as_ever_are_not() {
        let now = Instant(1_795_437_720_000);
        let at = |minutes: &[i64]| minutes.iter().map(|ago| now.plus(-ago * MINUTE)).collect::<Vec<_>>();
        assert_eq!(rising(&at(&[0, 5, 20, 70]), now).as_deref(), Some("3 alike within an hour, 1 in the hour before."));
        assert_eq!(rising(&at(&[0, 5]), now), None, "two may be chance");
        assert_eq!(rising(&at(&[0, 5, 20, 61, 70, 80]), now), None, "no more than before: that is how it always is");
    }
}
