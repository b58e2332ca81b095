//! What somebody promises in what they write: "ETA 15:30", "I'll send logs by 14:00", "in
//! 20 min", "bis 14 Uhr". What is a question, a condition or a refusal promises nothing,
//! and a time that has passed is none.

use chrono::{Days, NaiveTime, Timelike};
use chrono_tz::Tz;

use crate::domain::text::shorten;
use crate::domain::ticket::times::{length, sentences, time_of_day, words};
use crate::domain::time::{HOUR, Instant, WallTime};

/// What is promised, and by when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promised {
    pub what: String,
    pub due_at: Instant,
}

/// What is promised where only its time is said.
const ETA: &str = "ETA";

/// More are no answer but a plan.
const MOST: usize = 3;

/// A time of day alone is meant within so long.
const SOON: i64 = 12 * HOUR;

/// "Half three" is meant by day within so long.
const BY_THE_SMALL_HAND: i64 = 6 * HOUR;

/// Before a time by which it is done.
const BY: [&str; 4] = ["by", "bis", "before", "spätestens"];

/// Before a length of time.
const WITHIN: [&str; 4] = ["in", "within", "innerhalb", "binnen"];

/// Before a time at which it happens: a promise only where somebody says that they will.
const AT: [&str; 3] = ["at", "um", "gegen"];

/// They will.
const WILL: [&str; 14] =
    ["i'll", "we'll", "i’ll", "we’ll", "will", "werde", "werden", "ich", "wir", "back", "schicke", "melde", "zurück", "da"];

/// What may stand between the word before a time and the time.
const BETWEEN: [&str; 22] = [
    "about",
    "around",
    "approx",
    "ca",
    "ca.",
    "etwa",
    "ungefähr",
    "um",
    "gegen",
    "at",
    "the",
    "next",
    "spätestens",
    "latest",
    "zum",
    "von",
    "den",
    "der",
    "is",
    "ist",
    "now",
    "circa",
];

/// It is asked, refused, or depends on something.
const OPEN: [&str; 24] = [
    "not",
    "no",
    "never",
    "can't",
    "cannot",
    "won't",
    "don't",
    "nicht",
    "nie",
    "kein",
    "keine",
    "if",
    "unless",
    "wenn",
    "falls",
    "sofern",
    "please",
    "bitte",
    "maybe",
    "perhaps",
    "vielleicht",
    "might",
    "könnte",
    "eventuell",
];

/// Somebody else is asked to.
const ASKED: [&str; 7] = ["can", "could", "would", "kannst", "könnt", "können", "who"];

/// How a promise begins, which is no part of what is promised.
const BEGINS: [&str; 20] = [
    "i'll", "we'll", "i’ll", "we’ll", "i", "we", "will", "am", "are", "going", "to", "ich", "wir", "werde", "werden", "so", "ok", "and",
    "und", "then",
];

/// What the text promises, in its order.
#[must_use]
pub fn promises(text: &str, now: Instant, zone: Tz) -> Vec<Promised> {
    let told = asked_apart(text).into_iter().map(times_apart);
    let clauses = told.flat_map(|sentence| clauses(&sentence).map(String::from).collect::<Vec<_>>());
    let mut found: Vec<Promised> = Vec::new();
    for promised in clauses.filter_map(|clause| promised(&clause, now, zone)) {
        if found.iter().all(|one| one.due_at != promised.due_at) {
            found.push(promised);
        }
    }
    found.truncate(MOST);
    found
}

/// The sentences that are no questions.
fn asked_apart(text: &str) -> Vec<&str> {
    let mut told = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(at) = rest.find('?') {
            let begin = rest[..at].rfind(['.', '!', ';', ',']).map_or(0, |end| end + 1);
            told.push(&rest[..begin]);
            rest = &rest[at + 1..];
        }
        told.push(rest);
    }
    told
}

/// "ETA 15:30. I'll …": behind a time a full stop ends a sentence too, as it belongs to no date.
fn times_apart(sentence: &str) -> String {
    let apart = |word: &str| match word.strip_suffix('.') {
        Some(time) if time.contains(':') => format!("{time};"),
        _ => word.into(),
    };
    sentence.split_whitespace().map(apart).collect::<Vec<_>>().join(" ")
}

fn clauses(text: &str) -> impl Iterator<Item = &str> {
    sentences(text).flat_map(|sentence| sentence.split(", ")).flat_map(|part| part.split(" - ")).flat_map(|part| part.split(" – "))
}

struct Word<'a> {
    written: &'a str,
    read: String,
}

fn promised(clause: &str, now: Instant, zone: Tz) -> Option<Promised> {
    let all: Vec<Word<'_>> =
        clause.split_whitespace().filter_map(|written| words(written).into_iter().next().map(|read| Word { written, read })).collect();
    let has = |known: &[&str]| all.iter().any(|word| known.contains(&word.read.as_str()) || word.read.ends_with("n't"));
    if has(&OPEN) || all.first().is_some_and(|word| ASKED.contains(&word.read.as_str())) {
        return None;
    }
    let reads: Vec<String> = all.iter().map(|word| word.read.clone()).collect();
    let will = reads.iter().any(|word| WILL.contains(&word.as_str()));
    for (cue, word) in reads.iter().enumerate() {
        let is = |known: &[&str]| known.contains(&word.as_str());
        let found = if word == "eta" {
            eta(&reads[cue + 1..], now, zone)
        } else if is(&BY) || (is(&AT) && will) {
            after_fillers(&reads[cue + 1..], now, zone)
        } else if is(&WITHIN) {
            lasting(&reads[cue + 1..]).map(|(long, used)| (now.plus(long), used))
        } else {
            None
        };
        let Some((due_at, used)) = found else { continue };
        if word == "eta" {
            let about: Vec<&str> =
                all[cue + 1..cue + 1 + used].iter().filter(|word| says_what(&word.read)).map(|word| word.written).collect();
            return Some(Promised { what: named(&about), due_at });
        }
        let besides = all[..cue].iter().chain(all.get(cue + 1 + used..).unwrap_or_default());
        let mut besides: Vec<&Word<'_>> = besides.collect();
        let begins = besides.iter().take_while(|word| BEGINS.contains(&word.read.as_str())).count();
        besides.drain(..begins);
        let about: Vec<&str> = besides.iter().map(|word| word.written).collect();
        return Some(Promised { what: named(&about), due_at });
    }
    None
}

fn named(words: &[&str]) -> String {
    let words = words.join(" ");
    let words = words.trim_matches([',', '.', ';', ':', '!', '(', ')', ' ']);
    if words.is_empty() { ETA.into() } else { shorten(words, 120) }
}

/// What stands between "ETA" and its time and is no filler says of what.
fn says_what(word: &str) -> bool {
    !BETWEEN.contains(&word)
        && !["for", "für", "in", "uhr", "min", "h"].contains(&word)
        && !word.starts_with(|sign: char| sign.is_ascii_digit())
}

/// "ETA 15:30", "ETA is about 15:30", "ETA for the logs 15:30", "ETA 20 min".
fn eta(words: &[String], now: Instant, zone: Tz) -> Option<(Instant, usize)> {
    (0..words.len().min(5)).find_map(|skipped| {
        let rest = &words[skipped..];
        let moment = day_and_time(rest, now, zone).or_else(|| lasting(rest).map(|(long, used)| (now.plus(long), used)));
        moment.map(|(moment, used)| (moment, skipped + used))
    })
}

fn after_fillers(words: &[String], now: Instant, zone: Tz) -> Option<(Instant, usize)> {
    let skipped = words.iter().take(3).take_while(|word| BETWEEN.contains(&word.as_str())).count();
    day_and_time(&words[skipped..], now, zone).map(|(moment, used)| (moment, skipped + used))
}

/// "20 min", "20min", "an hour", "einer halben Stunde", and how many words it took.
fn lasting(words: &[String]) -> Option<(i64, usize)> {
    let fillers = words.iter().take(3).take_while(|word| BETWEEN.contains(&word.as_str())).count();
    let rest = &words[fillers..];
    let longest = rest.len().min(4);
    (1..=longest).find_map(|used| length(&rest[..used]).map(|long| (long, fillers + used))).filter(|(long, _)| *long > 0)
}

/// "15:30", "tomorrow 9 am", "morgen um 9 Uhr": the next such moment.
fn day_and_time(words: &[String], now: Instant, zone: Tz) -> Option<(Instant, usize)> {
    let first = words.first()?.as_str();
    let days = match first {
        "tomorrow" | "morgen" => Some(1),
        "today" | "heute" => Some(0),
        _ => None,
    };
    let named = usize::from(days.is_some());
    let between = words[named..].iter().take(2).take_while(|word| days.is_some() && BETWEEN.contains(&word.as_str())).count();
    let (time, mut used) = time_of_day(&words[named + between..])?;
    used += named + between;
    // "9:00 tomorrow"
    let behind = words.get(used).filter(|_| days.is_none()).map(String::as_str);
    let (days, used) = match behind {
        Some("tomorrow" | "morgen") => (Some(1), used + 1),
        Some("today" | "heute") => (Some(0), used + 1),
        _ => (days, used),
    };
    let today = now.at(zone).date_naive();
    let on = |days: u64, time: NaiveTime| Some(WallTime(today.checked_add_days(Days::new(days))?.and_time(time)).in_zone(zone));
    if let Some(days) = days {
        return on(days, time).filter(|moment| *moment > now).map(|moment| (moment, used));
    }
    let next = |time: NaiveTime, within: i64| {
        (0..=1).filter_map(|days| on(days, time)).find(|moment| *moment > now && moment.since(now) <= within)
    };
    // "Halb drei" is said of the afternoon too.
    let morning = words[named + between..].iter().take(2).any(|word| word.ends_with("am") || word.ends_with("a.m"));
    let by_day = || {
        (time.hour() < 12 && !morning).then(|| time.with_hour(time.hour() + 12)).flatten().and_then(|time| next(time, BY_THE_SMALL_HAND))
    };
    by_day().or_else(|| next(time, SOON)).map(|moment| (moment, used))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::spoken;

    /// Monday, 23 November 2026, 13:52 in Berlin.
    const NOW: Instant = Instant(1_795_438_320_000);

    fn read(text: &str) -> String {
        let zone = chrono_tz::Europe::Berlin;
        let say = |one: Promised| format!("{} {}", spoken(one.due_at, NOW, zone), one.what);
        promises(text, NOW, zone).into_iter().map(say).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn what_people_write_is_a_promise_or_none() {
        for (text, expected) in [
            ("ETA 15:30", "15:30 ETA"),
            ("On it, ETA 15:30", "15:30 ETA"),
            ("New ETA is about 16:00.", "16:00 ETA"),
            ("ETA for the logs: 15:30", "15:30 logs"),
            ("ETA 20 min", "14:12 ETA"),
            ("I'll send logs by 14:00", "14:00 send logs"),
            ("On it. I'll send the logs by 2 pm, call me before that if it gets worse", "14:00 send the logs"),
            ("On it, back in 20 min", "14:12 back"),
            ("restarting the pool in 20 minutes", "14:12 restarting the pool"),
            ("We will have the replica up within an hour", "14:52 have the replica up"),
            ("Bin dran, bis 14 Uhr läuft es wieder", "14:00 läuft es wieder"),
            ("Ich schicke die Logs bis 14:30 Uhr", "14:30 schicke die Logs"),
            ("Ich melde mich um halb drei", "14:30 melde mich"),
            ("in einer halben Stunde", "14:22 ETA"),
            ("Logs kommen bis morgen um 9 Uhr", "tomorrow 09:00 Logs kommen"),
            ("A new disk by 9:00 tomorrow", "tomorrow 09:00 A new disk"),
            ("On it, ETA 15:30. I'll send the logs by 14:00.", "15:30 ETA | 14:00 send the logs"),
            ("ETA 15:30, logs by 14:00", "15:30 ETA | 14:00 logs"),
            // Nobody promises anything by these.
            ("Can you send the logs by 14:00?", ""),
            ("Who will do it by 14:00", ""),
            ("I can't do it by 14:00", ""),
            ("Not before 15:00", ""),
            ("If it is not up by 14:00, call me", ""),
            ("It went down at 13:40", ""),
            ("at 14:00 it was fine", ""),
            ("Down since 13:40", ""),
            ("I had it fixed by 13:00", ""),
            ("by 14", ""),
            ("Step by step", ""),
            ("in a meeting", ""),
            ("in the office", ""),
            ("", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_read_without_harm_and_lies_ahead(text in "((ETA|by|bis|in|um|halb|I'll|morgen|[0-9]{1,20}|[0-9:.]{1,6}|uhr|pm|minutes|\\?|é|,) ?){0,12}") {
            for one in promises(&text, NOW, chrono_tz::Europe::Berlin) {
                proptest::prop_assert!(one.due_at > NOW && !one.what.is_empty());
            }
        }
    }
}
