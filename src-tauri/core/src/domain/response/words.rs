//! The words of a reply: lower case, without marks, with the pauses between them, and whether they
//! begin with a phrase.

use super::phrases::{BEFORE_MINUTES, HOURS, IDLE, LESSENS, MINUTES, MORE, NEGATIONS};

/// Stands for whatever parts one piece of a sentence from the next.
pub(super) const PAUSE: &str = "|";

/// What the words are followed by, if they begin so.
pub(super) fn after<'a>(words: &'a [&'a str], phrase: &str) -> Option<&'a [&'a str]> {
    let mut rest = words;
    for part in phrase.split(' ') {
        let (word, behind) = rest.split_first()?;
        let fits = match part.strip_suffix('*') {
            // An hour or a few days; a longer number is a line of a log.
            Some("#") => (1..=2).contains(&word.bytes().take_while(u8::is_ascii_digit).count()),
            Some(begin) => word.starts_with(begin),
            None if part == "@" => is_one_of(HOURS, word),
            None => match part.strip_prefix('#') {
                Some(unit) => {
                    word.strip_suffix(unit).is_some_and(|number| number.bytes().all(|sign| sign.is_ascii_digit()) && !number.is_empty())
                }
                None => *word == part,
            },
        };
        if !fits {
            return None;
        }
        rest = behind;
    }
    Some(rest)
}

/// What follows words of each slot in turn.
pub(super) fn put_together<'a>(slots: &[&str], words: &'a [&'a str]) -> Option<&'a [&'a str]> {
    slots.iter().try_fold(words, |rest, slot| match slot.strip_prefix("? ") {
        Some(may) => Some(longest(may, rest).unwrap_or(rest)),
        None => longest(slot, rest),
    })
}

/// What follows the longest of the phrases with which the words begin.
pub(super) fn longest<'a>(phrases: &str, words: &'a [&'a str]) -> Option<&'a [&'a str]> {
    phrases.split(", ").filter_map(|phrase| after(words, phrase)).min_by_key(|rest| rest.len())
}

pub(super) fn without_pause<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    let pauses = words.iter().take_while(|word| **word == PAUSE).count();
    &words[pauses..]
}

pub(super) fn begins(said: &str, phrases: &str) -> bool {
    longest(phrases, &said.split(' ').collect::<Vec<_>>()).is_some()
}

pub(super) struct Spoken {
    text: String,
    /// With the words that change nothing, but without a number of minutes.
    pub whole: String,
    /// A number of minutes was said, and is left out.
    pub in_minutes: bool,
}

impl Spoken {
    pub fn words(&self) -> Vec<&str> {
        self.text.split(' ').collect()
    }
}

/// More than anybody writes before they decide: what is longer is a log.
const MOST_WORDS: usize = 500;

/// A paragraph without the words that change nothing.
pub(super) fn spoken(lines: &[&str]) -> Spoken {
    let said = said(&lines.iter().map(|line| without_addresses(line)).collect::<Vec<_>>().join("\n"));
    let mut words: Vec<&str> = said.split(' ').flat_map(number_and_unit).take(MOST_WORDS).collect();
    let whole = words.len();
    while let Some((from, to)) = minutes(&words) {
        words.drain(from..to);
    }
    let in_minutes = words.len() < whole;
    let whole = words.join(" ");
    let (mut kept, mut rest) = (Vec::<&str>::new(), &words[..]);
    while let Some((word, behind)) = rest.split_first() {
        // "Not just me", "ich noch nicht": beside a negation they are not idle.
        let negated =
            kept.last().is_some_and(|last| is_one_of(NEGATIONS, last)) || behind.first().is_some_and(|next| is_one_of(NEGATIONS, next));
        let idle = longest(IDLE, rest).filter(|_| !(negated && is_one_of(LESSENS, word)));
        if idle.is_none() {
            kept.push(*word);
        }
        rest = idle.unwrap_or(behind);
    }
    kept.push(PAUSE);
    Spoken { text: kept.join(" "), whole, in_minutes }
}

/// An address to open is no word.
pub(super) fn without_addresses(line: &str) -> String {
    line.split_whitespace().filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ")
}

/// Where a number of minutes stands, with what is said before it.
fn minutes(words: &[&str]) -> Option<(usize, usize)> {
    let unit = words.iter().position(|word| is_one_of(MINUTES, word))?;
    let number = unit.checked_sub(1 + usize::from(unit > 0 && is_one_of(MORE, words[unit - 1])))?;
    words[number].parse::<u8>().ok().filter(|minutes| *minutes <= 60)?;
    let mut from = number;
    while let Some(before) = BEFORE_MINUTES.split(", ").filter(|one| ends(&words[..from], one)).map(|one| one.split(' ').count()).max() {
        from -= before;
    }
    Some((from, unit + 1))
}

pub(super) fn is_one_of(words: &str, word: &str) -> bool {
    words.split(", ").any(|one| one == word)
}

/// "20min" is two words.
fn number_and_unit(word: &str) -> impl Iterator<Item = &str> {
    let unit = word.trim_start_matches(|sign: char| sign.is_ascii_digit());
    let (number, unit) = if is_one_of(MINUTES, unit) { word.split_at(word.len() - unit.len()) } else { (word, "") };
    [number, unit].into_iter().filter(|part| !part.is_empty())
}

fn ends(words: &[&str], phrase: &str) -> bool {
    let mut parts = phrase.rsplit(' ');
    let mut words = words.iter().rev();
    parts.all(|part| words.next() == Some(&part))
}

/// By whichever key: "I'm", "ich hab‘s".
pub(super) const APOSTROPHES: [char; 5] = ['\'', '’', '‘', '´', '`'];

/// Lower case, letters without their marks, nothing but words and the pauses between them, of
/// which the last ends it.
pub(super) fn said(text: &str) -> String {
    let letters: String = text
        .replace(" - ", "–")
        .replace(['👎', '❌', '🚫', '🙅', '⛔', '🛑', '✖', '❓', '❔', '🤷', '🙄', '😴'], "–✗–")
        .to_lowercase()
        .replace(APOSTROPHES, "'")
        // Without its mark it would be another word.
        .replace("we'll", "we will")
        .chars()
        .filter(|sign| !APOSTROPHES.contains(sign))
        .flat_map(|sign| match sign {
            'ü' => [None, Some('u'), None],
            'ö' => [None, Some('o'), None],
            'ä' => [None, Some('a'), None],
            ',' | '.' | ';' | '!' | '?' | '(' | '–' | '—' | '\n' => [Some(' '), Some('|'), Some(' ')],
            other if other.is_alphanumeric() || other == '✗' => [None, Some(other), None],
            // What follows a colon belongs to what stands before it: "on it: Ben".
            _ => [None, Some(' '), None],
        })
        .flatten()
        .collect();
    let words = letters.split_whitespace().chain([PAUSE]);
    words.collect::<Vec<_>>().join(" ")
}
