//! What the beginning of a reply means. A phrase of ours counts where nothing but a greeting
//! comes before it, nothing but a pause or idle words after it, and nothing in the rest
//! of the paragraph turns it round, puts it off or takes it back.

use super::Response;
use super::phrases::{
    BEFORE_MINUTES, CLOSINGS, DENIES, GREETINGS, IDLE, LIMITS, MINUTES, MORE, OPENINGS, Opening, REASSURES, TAKES_BACK, TURNS,
};
use crate::domain::message::Purpose;

pub(super) struct Meant {
    pub response: Response,
    /// It says nothing besides.
    pub is_all: bool,
}

/// `None` where it leaves a doubt.
pub(super) fn meant(text: &str, to: Purpose) -> Option<Meant> {
    let mut paragraphs = paragraphs(text).into_iter().peekable();
    paragraphs.next_if(|lines| after_greeting(&spoken(lines).words(), to).is_empty());
    let lines = paragraphs.next()?;
    if is_question(&lines) || is_our_own(lines[0], to) {
        return None;
    }
    let spoken = spoken(&lines);
    let words = spoken.words();
    if let Some(response) = key_of(&words, to) {
        return Some(Meant { response, is_all: true });
    }
    let (response, rest) = answered(after_greeting(&words, to), to)?;
    // Who takes it may need ten minutes; who would escalate in ten minutes would not escalate now.
    let hurried = response == Response::OnIt || !spoken.in_minutes;
    // "Wait, this is bad" is an exclamation.
    let is_whole = response != Response::Wait || without_pause(rest).is_empty();
    let certain = hurried && is_whole && !is_doubtful(response, rest) && !paragraphs.any(|lines| is_turned_later(response, &lines));
    certain.then(|| Meant { response, is_all: without_pause(rest).is_empty() })
}

/// More words than these below an answer are a disclaimer, or a log.
const AFTERTHOUGHT: usize = 12;

/// Whether a later paragraph takes it back, or says in a few words what leaves it open.
fn is_turned_later(response: Response, lines: &[&str]) -> bool {
    let spoken = spoken(lines);
    let words: Vec<&str> = std::iter::once(PAUSE).chain(spoken.words()).collect();
    let count = words.iter().filter(|word| **word != PAUSE).count();
    longest(TAKES_BACK, &words[1..]).is_some() || (count <= AFTERTHOUGHT && is_doubtful(response, &words))
}

/// Its lines by paragraph, until it closes.
fn paragraphs(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.iter().skip(1).position(|line| begins(&said(line), CLOSINGS)).map_or(lines.len(), |at| at + 1);
    let paragraphs = lines[..end].split(|line| line.trim().is_empty());
    paragraphs.filter(|lines| !lines.is_empty()).map(<[&str]>::to_vec).collect()
}

/// Whether its first line asks, with those to which it was broken.
fn is_question(lines: &[&str]) -> bool {
    let goes_on = |line: &&&str| line.trim_start().starts_with(char::is_lowercase);
    let first = lines.iter().take(1).chain(lines[1..].iter().take_while(goes_on));
    first.into_iter().any(|line| line.contains(['?', '？', '؟']))
}

/// Whether a line is what Baton wrote on how to answer, quoted without a mark.
fn is_our_own(line: &str, to: Purpose) -> bool {
    let line = line.to_lowercase();
    to.responses().iter().filter(|one| line.contains(&format!("“{}”", one.label(to).to_lowercase()))).count() > 1
}

/// A bare digit, as on a telephone.
fn key_of(words: &[&str], to: Purpose) -> Option<Response> {
    let mut spoken = words.iter().filter(|word| **word != PAUSE);
    let (Some(key), None) = (spoken.next(), spoken.next()) else { return None };
    to.responses().iter().copied().find(|one| key.chars().eq([one.key(to)]))
}

/// What stands behind a greeting and whoever is greeted.
fn after_greeting<'a>(words: &'a [&'a str], to: Purpose) -> &'a [&'a str] {
    let Some(rest) = longest(GREETINGS, words) else { return words };
    let name = rest.iter().take_while(|word| **word != PAUSE).count();
    let is_name = name <= 2 && rest.len() > name && answered(&rest[..=name], to).is_none();
    without_pause(if is_name { &rest[name..] } else { rest })
}

/// The response whose words come first, and what follows them.
fn answered<'a>(words: &'a [&'a str], to: Purpose) -> Option<(Response, &'a [&'a str])> {
    let (mut rest, mut openings) = (words, Vec::new());
    loop {
        let here = to.responses().iter().filter_map(|one| Some((*one, phrased(rest, *one).or_else(|| alone(rest, *one, &openings))?)));
        if let Some((response, behind)) = here.min_by_key(|(_, behind)| behind.len()) {
            let refused = openings.contains(&Opening::Refuses) && !matches!(response, Response::NotMe | Response::Wait);
            return (!refused).then_some((response, behind));
        }
        let (kind, behind) = OPENINGS.iter().find_map(|(kind, phrases)| Some((*kind, longest(phrases, rest)?)))?;
        openings.push(kind);
        rest = without_pause(behind);
    }
}

/// What follows a phrase of this response and the harmless words behind it, from a pause on.
fn phrased<'a>(words: &'a [&'a str], response: Response) -> Option<&'a [&'a str]> {
    let harmless = |rest: &'a [&'a str]| {
        let mut rest = rest;
        while let Some(shorter) = longest(response.harmless(), rest) {
            rest = shorter;
        }
        rest
    };
    let found = response.phrases().split(", ").filter_map(|phrase| after(words, phrase)).map(harmless);
    found.filter(|rest| rest.first() == Some(&PAUSE)).min_by_key(|rest| rest.len())
}

/// A word that says it only where nothing else is said, except what leans the same way.
fn alone<'a>(words: &'a [&'a str], response: Response, openings: &[Opening]) -> Option<&'a [&'a str]> {
    let leans = match response {
        Response::OnIt => openings.iter().all(|one| *one == Opening::Agrees),
        _ => !openings.contains(&Opening::Agrees),
    };
    let spoken: Vec<&str> = words.iter().copied().filter(|word| *word != PAUSE).collect();
    (leans && response.bare().split(", ").any(|one| one.split(' ').eq(spoken.iter().copied()))).then_some(&[])
}

/// Whether what else is said leaves it open.
fn is_doubtful(response: Response, rest: &[&str]) -> bool {
    let doubts: &[&str] = match response {
        Response::NotMe => &[TURNS],
        Response::CallMe => &[TURNS, LIMITS],
        Response::OnIt | Response::Escalate | Response::Wait => &[TURNS, LIMITS, DENIES],
    };
    let (mut rest, mut begins) = (rest, false);
    while let Some((word, behind)) = rest.split_first() {
        if let Some(reassured) = longest(REASSURES, rest) {
            rest = reassured;
            continue;
        }
        let contrary = response.contrary().filter(|_| begins).and_then(|contrary| phrased(rest, contrary));
        let taken_back = begins && response == Response::OnIt && longest(TAKES_BACK, rest).is_some();
        if contrary.is_some() || taken_back || doubts.iter().any(|doubts| longest(doubts, rest).is_some()) {
            return true;
        }
        (rest, begins) = (behind, *word == PAUSE);
    }
    false
}

/// Stands for whatever parts one piece of a sentence from the next.
const PAUSE: &str = "|";

/// What the words are followed by, if they begin so.
fn after<'a>(words: &'a [&'a str], phrase: &str) -> Option<&'a [&'a str]> {
    let mut rest = words;
    for part in phrase.split(' ') {
        let (word, behind) = rest.split_first()?;
        let fits = match part.strip_suffix('*') {
            // An hour or a few days; a longer number is a line of a log.
            Some("#") => (1..=2).contains(&word.bytes().take_while(u8::is_ascii_digit).count()),
            Some(begin) => word.starts_with(begin),
            None if part == "#" => word.bytes().all(|sign| sign.is_ascii_digit()),
            None => *word == part,
        };
        if !fits {
            return None;
        }
        rest = behind;
    }
    Some(rest)
}

/// What follows the longest of the phrases with which the words begin.
fn longest<'a>(phrases: &str, words: &'a [&'a str]) -> Option<&'a [&'a str]> {
    phrases.split(", ").filter_map(|phrase| after(words, phrase)).min_by_key(|rest| rest.len())
}

fn without_pause<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    let pauses = words.iter().take_while(|word| **word == PAUSE).count();
    &words[pauses..]
}

fn begins(said: &str, phrases: &str) -> bool {
    longest(phrases, &said.split(' ').collect::<Vec<_>>()).is_some()
}

struct Spoken {
    text: String,
    /// A number of minutes was said, and is left out.
    in_minutes: bool,
}

impl Spoken {
    fn words(&self) -> Vec<&str> {
        self.text.split(' ').collect()
    }
}

/// More than anybody writes before they decide: what is longer is a log.
const MOST_WORDS: usize = 500;

/// A paragraph without the words that change nothing.
fn spoken(lines: &[&str]) -> Spoken {
    let said = said(&lines.join("\n"));
    let mut words: Vec<&str> = said.split(' ').flat_map(number_and_unit).take(MOST_WORDS).collect();
    let whole = words.len();
    while let Some((from, to)) = minutes(&words) {
        words.drain(from..to);
    }
    let in_minutes = words.len() < whole;
    let (mut kept, mut rest) = (Vec::new(), &words[..]);
    while let Some((word, behind)) = rest.split_first() {
        let idle = longest(IDLE, rest);
        if idle.is_none() {
            kept.push(*word);
        }
        rest = idle.unwrap_or(behind);
    }
    kept.push(PAUSE);
    Spoken { text: kept.join(" "), in_minutes }
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

fn is_one_of(words: &str, word: &str) -> bool {
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

/// Lower case, letters without their marks, nothing but words and the pauses between them, of
/// which the last ends it.
fn said(text: &str) -> String {
    let letters: String = text
        .replace(" - ", "–")
        .to_lowercase()
        .chars()
        .filter(|sign| !matches!(sign, '\'' | '’' | '´'))
        .flat_map(|sign| match sign {
            'ü' => [None, Some('u'), None],
            'ö' => [None, Some('o'), None],
            'ä' => [None, Some('a'), None],
            ',' | '.' | ';' | '!' | '(' | '–' | '—' | '\n' => [Some(' '), Some('|'), Some(' ')],
            other if other.is_alphanumeric() => [None, Some(other), None],
            // What follows a colon belongs to what stands before it: "on it: Ben".
            _ => [None, Some(' '), None],
        })
        .flatten()
        .collect();
    let words = letters.split_whitespace().chain([PAUSE]);
    words.collect::<Vec<_>>().join(" ")
}
