//! When it began, as people write it: "since 13:40", "seit gestern 9 Uhr", "for 20
//! minutes". A day without a time of day is no moment, and none is made up.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use crate::domain::time::{DAY, HOUR, Instant, MINUTE, WallTime};

/// Before one of these the words mean something else.
const SINCE: [&str; 9] = ["since", "seit", "from", "ab", "starting", "started", "began", "begann", "beginning"];

/// What may stand between the cue and the time.
const FILLERS: [&str; 23] = [
    "about",
    "around",
    "approx",
    "approximately",
    "roughly",
    "ca",
    "circa",
    "etwa",
    "ungefähr",
    "gegen",
    "um",
    "at",
    "the",
    "on",
    "am",
    "dem",
    "der",
    "den",
    "early",
    "ca.",
    "approx.",
    "this",
    "~",
];

/// It happened, and so the time in the same sentence is when.
const HAPPENED: [&str; 22] = [
    "stopped",
    "failed",
    "crashed",
    "went",
    "began",
    "started",
    "froze",
    "dropped",
    "lost",
    "died",
    "noticed",
    "ausgefallen",
    "abgestürzt",
    "begann",
    "begonnen",
    "angefangen",
    "fiel",
    "stürzte",
    "aufgehört",
    "abgebrochen",
    "stehengeblieben",
    "gestoppt",
];

/// How far back a time of day alone can lie.
const A_DAY: i64 = DAY;

/// By which clock the times of day in a text are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wall {
    /// The desk's.
    Here(Tz),
    /// The one of whoever wrote it, so many milliseconds ahead of UTC.
    Theirs(i64),
}

impl Wall {
    /// Reads by this clock: one that is ahead of UTC shows its own time as if it were UTC's.
    fn read(self, now: Instant, read: impl FnOnce(Instant, Tz) -> Option<Instant>) -> Option<Instant> {
        match self {
            Self::Here(zone) => read(now, zone),
            Self::Theirs(ahead) => read(now.plus(ahead), Tz::UTC).map(|moment| moment.plus(-ahead)),
        }
    }
}

/// How far ahead of UTC the clock was that stamped it, in milliseconds, where the stamp says so. "Z" and "-0000" say only
/// that a machine wrote it.
pub(super) fn ahead(said: &str) -> Option<i64> {
    let said = said.trim();
    if said.ends_with(['Z', 'z']) || said.contains("-0000") {
        return None;
    }
    let exact = DateTime::parse_from_rfc2822(said).or_else(|_| DateTime::parse_from_rfc3339(said)).ok()?;
    Some(i64::from(exact.offset().local_minus_utc()) * 1000)
}

/// The moment that a field of a form or a header says.
pub(super) fn moment(said: &str, now: Instant, wall: Wall) -> Option<Instant> {
    let said = said.trim();
    let exact = DateTime::parse_from_rfc2822(said).or_else(|_| DateTime::parse_from_rfc3339(said)).ok();
    if let Some(exact) = exact {
        return Some(Instant(exact.timestamp_millis()));
    }
    let words = words(said);
    wall.read(now, |now, zone| length_ago(&words, now).or_else(|| at(&words, now, zone, words.len()).map(|(moment, _)| moment)))
}

/// When the text says it began.
pub(super) fn began(text: &str, now: Instant, wall: Wall) -> Option<Instant> {
    wall.read(now, |now, zone| began_by(text, now, zone))
}

fn began_by(text: &str, now: Instant, zone: Tz) -> Option<Instant> {
    let sentences: Vec<Vec<String>> = sentences(text).map(words).collect();
    let since = |words: &Vec<String>| {
        words.iter().enumerate().filter(|(_, word)| SINCE.contains(&word.as_str())).find_map(|(index, _)| {
            let after = &words[index + 1..];
            length(after).map(|length| now.plus(-length)).or_else(|| at(after, now, zone, 7).map(|(moment, _)| moment))
        })
    };
    let happened = |words: &Vec<String>| {
        let says_so = words.iter().any(|word| HAPPENED.contains(&word.as_str()));
        let cue = words.iter().position(|word| ["at", "um", "gegen"].contains(&word.as_str()))?;
        if says_so { at(&words[cue + 1..], now, zone, 4).map(|(moment, _)| moment) } else { None }
    };
    let found = sentences.iter().find_map(since).or_else(|| sentences.iter().find_map(|words| length_ago(words, now)));
    found.or_else(|| sentences.iter().find_map(happened)).filter(|moment| *moment <= now)
}

/// A full stop ends one only before a capital, and not behind a number: "ca. 23. November".
pub(in crate::domain) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |line: &str, at: usize| {
        !line[..at].ends_with(|sign: char| sign.is_ascii_digit()) && line[at + 2..].starts_with(|sign: char| !sign.is_lowercase())
    };
    text.split(['\n', '!', '?', ';']).flat_map(move |line| {
        let mut begin = 0;
        let ends = line.match_indices(". ").map(|(at, _)| at).filter(|at| is_end(line, *at));
        let mut all: Vec<&str> = ends.map(|at| &line[std::mem::replace(&mut begin, at + 2)..at]).collect();
        all.push(&line[begin..]);
        all
    })
}

pub(in crate::domain) fn words(text: &str) -> Vec<String> {
    let edges = |sign: char| !sign.is_alphanumeric() && sign != '~';
    let stop = |word: &str| word.ends_with('.') && word.trim_end_matches('.').ends_with(|sign: char| sign.is_ascii_digit());
    text.split_whitespace()
        .map(|word| {
            let word = word.to_lowercase();
            // The stop of "23." and of "23.11." says that it is a date.
            if stop(&word) { word.trim_start_matches(edges).to_string() } else { word.trim_matches(edges).to_string() }
        })
        .filter(|word| !word.is_empty())
        .collect()
}

/// "20 minutes ago", "vor zwei Stunden", "for the last hour", "für 20 Minuten".
fn length_ago(words: &[String], now: Instant) -> Option<Instant> {
    words.iter().enumerate().find_map(|(index, word)| {
        let before = match word.as_str() {
            "ago" => (1..=4).filter(|back| *back <= index).rev().find_map(|back| {
                let span = &words[index - back..index];
                length(span).filter(|_| figure(&span[0]).is_some() || span[0] == "half")
            }),
            "vor" | "for" | "past" | "last" | "letzten" => length(&words[index + 1..]),
            _ => None,
        };
        before.map(|length| now.plus(-length))
    })
}

/// "20 minutes", "about half an hour", "einer halben Stunde", "den letzten zwei Stunden".
pub(in crate::domain) fn length(words: &[String]) -> Option<i64> {
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| {
            !FILLERS.contains(word)
                && !["last", "past", "letzten", "über", "over", "more", "than", "mehr", "als", "gut", "rund", "knapp"].contains(word)
        })
        .take(4)
        .collect();
    let half = |word: &&str| word.starts_with("halbe") || *word == "half";
    let begin = words.iter().take(2).position(half);
    if let Some(at) = begin {
        let unit = words.iter().skip(at + 1).find_map(|word| unit(word))?;
        return Some(unit / 2);
    }
    let first = words.first()?;
    // "20min", "2h"
    let digits = first.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(first.len());
    if digits > 0 && digits < first.len() {
        return Some(first[..digits].parse::<i64>().ok()?.checked_mul(unit(&first[digits..])?)?).filter(|length| *length <= 14 * DAY);
    }
    let many = figure(first)?;
    let unit = unit(words.get(1)?)?;
    many.checked_mul(unit).filter(|length| *length > 0 && *length <= 14 * DAY)
}

fn unit(word: &str) -> Option<i64> {
    match word {
        "min" | "mins" | "minute" | "minutes" | "minuten" => Some(MINUTE),
        "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" => Some(HOUR),
        "d" | "day" | "days" | "tag" | "tage" | "tagen" => Some(DAY),
        _ => None,
    }
}

/// A small number in digits or as a word.
fn figure(word: &str) -> Option<i64> {
    let words: [(&str, i64); 30] = [
        ("a", 1),
        ("an", 1),
        ("one", 1),
        ("ein", 1),
        ("eine", 1),
        ("einer", 1),
        ("einem", 1),
        ("two", 2),
        ("zwei", 2),
        ("three", 3),
        ("drei", 3),
        ("four", 4),
        ("vier", 4),
        ("five", 5),
        ("fünf", 5),
        ("six", 6),
        ("sechs", 6),
        ("seven", 7),
        ("sieben", 7),
        ("eight", 8),
        ("acht", 8),
        ("nine", 9),
        ("neun", 9),
        ("ten", 10),
        ("zehn", 10),
        ("fifteen", 15),
        ("twenty", 20),
        ("zwanzig", 20),
        ("thirty", 30),
        ("dreißig", 30),
    ];
    word.parse().ok().or_else(|| words.iter().find(|(name, _)| *name == word).map(|(_, many)| *many))
}

/// The moment that begins within so many words: a day if one is named, and a time of day. With it, how many words it took.
fn at(words: &[String], now: Instant, zone: Tz, within: usize) -> Option<(Instant, usize)> {
    let today = now.at(zone).date_naive();
    let (mut day, mut time) = (None, None);
    let mut index = 0;
    let end = words.len().min(within);
    while index < end {
        let rest = &words[index..];
        if day.is_none()
            && let Some((found, used)) = date(rest, today)
        {
            day = Some(found);
            index += used;
        } else if time.is_none()
            && let Some((found, used)) = time_of_day(rest)
        {
            time = Some(found);
            index += used;
        } else if FILLERS.contains(&rest[0].as_str())
            || is_part_of_day(&rest[0])
            || ["uhr", "h", "morgen", "o'clock", "cet", "cest", "utc"].contains(&rest[0].as_str())
        {
            index += 1;
        } else if day.is_some() || time.is_some() {
            break;
        } else {
            // Anything else between the cue and the time, and it is no time of this cue.
            return None;
        }
    }
    let time = time?;
    let moment = |day: NaiveDate| WallTime(day.and_time(time)).in_zone(zone);
    let moment = match day {
        Some(day) => moment(day),
        // The last time that the clock showed it.
        None => Some(moment(today)).filter(|moment| *moment <= now).unwrap_or(moment(today.pred_opt()?)),
    };
    (day.is_some() || now.since(moment) <= A_DAY).then_some((moment, index))
}

fn is_part_of_day(word: &str) -> bool {
    ["morning", "afternoon", "evening", "night", "früh", "morgens", "vormittag", "mittag", "nachmittag", "abend", "nachts", "frueh"]
        .contains(&word)
}

/// A day at the beginning of the words, and how many of them it takes.
fn date(words: &[String], today: NaiveDate) -> Option<(NaiveDate, usize)> {
    let word = words.first()?.as_str();
    let back = |days: u64| today.checked_sub_days(Days::new(days));
    match word {
        "today" | "heute" => return Some((today, 1)),
        "yesterday" | "gestern" => return Some((back(1)?, 1)),
        "vorgestern" => return Some((back(2)?, 1)),
        _ => {}
    }
    if let Some(weekday) = weekday(word) {
        // A date may follow, which then counts.
        let next = words.get(1..).and_then(|rest| date(rest, today)).filter(|_| words.len() > 1 && weekday_is_no_day(&words[1]));
        if let Some((day, used)) = next {
            return Some((day, used + 1));
        }
        let days = (7 + today.weekday().num_days_from_monday() - weekday) % 7;
        return Some((back(u64::from(days))?, 1));
    }
    if let Ok(day) = NaiveDate::parse_from_str(word.split('t').next().unwrap_or(word), "%Y-%m-%d") {
        return Some((day, 1));
    }
    let in_parts = |sign: char| -> Option<NaiveDate> {
        let parts: Vec<&str> = word.trim_end_matches(sign).split(sign).collect();
        let (day, month) = (parts.first()?.parse().ok()?, parts.get(1)?.parse().ok()?);
        let year = match parts.get(2) {
            Some(year) if year.len() == 2 => 2000 + year.parse::<i32>().ok()?,
            Some(year) => year.parse().ok()?,
            None if word.ends_with(sign) => today.year(),
            None => return None,
        };
        NaiveDate::from_ymd_opt(year, month, day)
    };
    if let Some(day) = in_parts('.').or_else(|| in_parts('/')) {
        return Some((day, 1));
    }
    // "23 November 2026", "23. November", "November 23, 2026"
    let number = |word: &String| word.trim_end_matches(['.', ',']).parse::<u32>().ok();
    let month_of = |word: &String| month(word);
    let (first, second) = (words.first()?, words.get(1)?);
    let written = (number(first), month_of(second), month_of(first), number(second));
    let ((Some(day), Some(month), _, _) | (_, _, Some(month), Some(day))) = written else { return None };
    let year = words.get(2).and_then(number).filter(|year| (1970..2200).contains(year));
    let found = NaiveDate::from_ymd_opt(year.map_or(today.year(), |year| i32::try_from(year).unwrap_or(today.year())), month, day)?;
    Some((found, if year.is_some() { 3 } else { 2 }))
}

/// Whether a date may be what follows a weekday, and not another weekday.
fn weekday_is_no_day(next: &str) -> bool {
    weekday(next).is_none() && !["today", "heute", "yesterday", "gestern"].contains(&next)
}

fn weekday(word: &str) -> Option<u32> {
    let days = [
        ["monday", "mon", "montag", "mo"],
        ["tuesday", "tue", "dienstag", "di"],
        ["wednesday", "wed", "mittwoch", "mi"],
        ["thursday", "thu", "donnerstag", "do"],
        ["friday", "fri", "freitag", "fr"],
        ["saturday", "sat", "samstag", "sa"],
        ["sunday", "sun", "sonntag", "so"],
    ];
    let at = days.iter().position(|names| names.contains(&word))?;
    u32::try_from(at).ok()
}

fn month(word: &str) -> Option<u32> {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let german = ["jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"];
    let start: String = word.chars().take(3).collect();
    let at = months.iter().zip(german).position(|(english, german)| start == *english || start == german)?;
    // "mark" and "septic" are no months.
    let is_one = word.chars().count() <= 4
        || [
            "january",
            "february",
            "march",
            "april",
            "august",
            "september",
            "october",
            "november",
            "december",
            "januar",
            "februar",
            "märz",
            "juni",
            "juli",
            "oktober",
            "dezember",
            "june",
            "july",
        ]
        .contains(&word);
    if is_one { u32::try_from(at + 1).ok() } else { None }
}

/// A time of day at the beginning of the words, and how many of them it takes.
pub(in crate::domain) fn time_of_day(words: &[String]) -> Option<(NaiveTime, usize)> {
    let word = words.first()?.as_str();
    let next = words.get(1).map(String::as_str).unwrap_or_default();
    match word {
        "noon" | "mittags" => return NaiveTime::from_hms_opt(12, 0, 0).map(|time| (time, 1)),
        "midnight" | "mitternacht" => return NaiveTime::from_hms_opt(0, 0, 0).map(|time| (time, 1)),
        "halb" => {
            let hour = u32::try_from(figure(next)?).ok()?;
            return NaiveTime::from_hms_opt(hour.checked_sub(1)?, 30, 0).map(|time| (time, 2));
        }
        _ => {}
    }
    let digits = word.find(|sign: char| !(sign.is_ascii_digit() || sign == ':' || sign == '.')).unwrap_or(word.len());
    let (clock, stuck) = word.split_at(digits);
    let clock = clock.trim_end_matches('.');
    // Seconds are not asked for.
    let mut parts = clock.split([':', '.']);
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute: Option<u32> = parts.next().map(str::parse).transpose().ok()?;
    let said = if stuck.is_empty() { next } else { stuck };
    let suffix = said.replace('.', "");
    let used = 1 + usize::from(stuck.is_empty() && ["am", "pm", "uhr", "h", "hrs", "o'clock"].contains(&suffix.as_str()));
    let hour = match suffix.as_str() {
        "pm" if (1..12).contains(&hour) => hour + 12,
        "am" if hour == 12 => 0,
        "pm" | "am" if hour > 12 => return None,
        "pm" | "am" | "uhr" | "o'clock" => hour,
        "h" | "hrs" if minute.is_some() || !stuck.is_empty() => hour,
        _ if !stuck.is_empty() => return None,
        // Without a word that says so, only a colon makes a number a time.
        _ if clock.contains(':') => hour,
        _ => return None,
    };
    // "9 Uhr 30"
    let late = words
        .get(2)
        .filter(|_| minute.is_none() && suffix == "uhr" && used == 2)
        .and_then(|word| word.parse::<u32>().ok())
        .filter(|minute| *minute < 60);
    NaiveTime::from_hms_opt(hour, late.or(minute).unwrap_or(0), 0).map(|time| (time, used + usize::from(late.is_some())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::spoken;

    /// Monday, 23 November 2026, 13:52 in Berlin.
    const NOW: Instant = Instant(1_795_438_320_000);
    const HERE: Wall = Wall::Here(chrono_tz::Europe::Berlin);

    #[test]
    fn what_people_write_is_a_moment_or_none() {
        for (text, expected) in [
            ("Down since 13:40.", "13:40"),
            ("since about 1:40 pm today", "13:40"),
            ("Seit 13:40 Uhr steht die Kasse.", "13:40"),
            ("seit gestern 9 Uhr", "yesterday 09:00"),
            ("seit gestern früh um 9:15 Uhr geht nichts", "yesterday 09:15"),
            ("since yesterday, 6pm", "yesterday 18:00"),
            ("seit Freitag 17 Uhr 30", "20 Nov 17:30"),
            ("since Friday at 5 pm", "20 Nov 17:00"),
            ("seit 22.11. gegen 22 Uhr", "yesterday 22:00"),
            ("since 2026-11-22 08:30", "yesterday 08:30"),
            ("since 9 am on November 22", "yesterday 09:00"),
            ("seit heute halb acht", "07:30"),
            ("seit 20 Minuten", "13:32"),
            ("seit ca. einer halben Stunde", "13:22"),
            ("for the last two hours", "11:52"),
            ("It stopped about 20 minutes ago.", "13:32"),
            ("vor 10 min ausgefallen", "13:42"),
            ("The belt stopped at 13:20, all of it.", "13:20"),
            ("um 13.20 Uhr ausgefallen", "13:20"),
            ("seit 23:50 Uhr", "yesterday 23:50"),
            // Not said, or not meant.
            ("since Monday", "none"),
            ("seit dem Update", "none"),
            ("Meeting at 15:00 about the new printers", "none"),
            ("since version 4.2 it is slow", "none"),
            ("Please call me at 13:00", "none"),
            ("for a user", "none"),
        ] {
            let found = began(text, NOW, HERE);
            let said = found.map_or_else(|| "none".into(), |moment| spoken(moment, NOW, chrono_tz::Europe::Berlin));
            assert_eq!(said, expected, "{text}");
        }
    }

    #[test]
    fn the_header_of_a_mail_says_when_it_was_written() {
        for said in [
            "Mon, 23 Nov 2026 13:45:10 +0100",
            "2026-11-23T13:45:00+01:00",
            "Montag, 23. November 2026 13:45",
            "Monday, November 23, 2026 1:45 PM",
            "23.11.2026 13:45",
            "2026-11-23 13:45:59",
        ] {
            let found = moment(said, NOW, HERE).map(|moment| spoken(moment, NOW, chrono_tz::Europe::Berlin));
            assert_eq!(found.as_deref(), Some("13:45"), "{said}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_read_without_harm(text in "((since|seit|halb|vor|for|[0-9]{1,20}|[0-9:.]{1,6}|uhr|pm|minutes|ago|é) ?){0,12}") {
            let _ = (began(&text, NOW, HERE), moment(&text, NOW, HERE));
        }
    }
}
