//! What has been tried already, and what came of it.

use super::letter::{Label, Letter};
use crate::domain::facts::{Tried, TriedResult};
use crate::domain::text::{clean_line, shorten};
use crate::domain::time::Instant;

/// So many steps are taken over; more is a log.
const MOST: usize = 8;

/// What somebody did, as far as it helps to know.
const DONE: [&str; 32] = [
    "tried",
    "restarted",
    "rebooted",
    "reinstalled",
    "cleared",
    "reset",
    "replaced",
    "checked",
    "swapped",
    "unplugged",
    "power-cycled",
    "power cycled",
    "logged out",
    "logged off",
    "reconnected",
    "updated",
    "rolled back",
    "versucht",
    "neu gestartet",
    "neugestartet",
    "neustart",
    "gebootet",
    "getauscht",
    "ausgetauscht",
    "geprüft",
    "zurückgesetzt",
    "geleert",
    "neu installiert",
    "gelöscht",
    "abgemeldet",
    "umgesteckt",
    "ausprobiert",
];

/// Who did it, or that it was done.
const ALREADY: [&str; 14] =
    ["already", "we ", "i ", "i've", "we've", "have ", "has been", "bereits", "schon", "wir ", "ich ", "haben ", "habe ", "wurde"];

/// Somebody is asked to do it, so nobody has.
const ASKED: [&str; 12] = [
    "please",
    "bitte",
    "can you",
    "could you",
    "können sie",
    "könnt ihr",
    "should we",
    "sollen wir",
    "would you",
    "need to",
    "müsste",
    "want to",
];

const RESULTS: [(TriedResult, &[&str]); 4] = [
    (TriedResult::MadeWorse, &["made it worse", "made things worse", "worse", "schlimmer", "verschlimmert"]),
    (
        TriedResult::CouldNot,
        &["could not", "couldn't", "not possible", "unable to", "nicht möglich", "konnte nicht", "konnten nicht", "ging nicht"],
    ),
    (
        TriedResult::NoEffect,
        &[
            "no effect",
            "without success",
            "no success",
            "did not help",
            "didn't help",
            "no change",
            "no luck",
            "to no avail",
            "still",
            "ohne erfolg",
            "ohne wirkung",
            "nicht geholfen",
            "half nicht",
            "hilft nicht",
            "nichts gebracht",
            "brachte nichts",
            "keine besserung",
            "keine änderung",
            "erfolglos",
            "vergeblich",
            "ohne ergebnis",
        ],
    ),
    (
        TriedResult::Helped,
        &[
            "helped",
            "it worked",
            "fixed it",
            "hat geholfen",
            "half kurz",
            "hilft kurz",
            "for a few minutes",
            "für ein paar minuten",
            "kurzzeitig",
        ],
    ),
];

/// The steps that the letter tells of; `at` is when it was written.
pub(super) fn tried(letter: &Letter, at: Instant) -> Vec<Tried> {
    let of_form =
        letter.label(Label::Tried).map(|list| list.lines().flat_map(|line| line.split([';'])).map(bare).filter(|step| !step.is_empty()));
    let steps: Vec<(String, TriedResult)> = match of_form {
        Some(steps) => steps.map(|step| (step.clone(), result(&step).unwrap_or(TriedResult::NoEffect))).collect(),
        None => told(&letter.body),
    };
    steps.into_iter().take(MOST).map(|(what, result)| Tried { what: shorten(&what, 300), result, at }).collect()
}

/// The sentences that say that something was done.
fn told(body: &str) -> Vec<(String, TriedResult)> {
    let sentences: Vec<String> = sentences(body).map(|sentence| bare(&sentence)).filter(|sentence| !sentence.is_empty()).collect();
    let mut steps = vec![];
    for (at, sentence) in sentences.iter().enumerate() {
        let said = format!("{} ", sentence.to_lowercase());
        let has = |cues: &[&str]| cues.iter().any(|cue| has_word(&said, cue));
        if !has(&DONE) || has(&ASKED) || sentence.ends_with('?') || !(has(&ALREADY) || begins_with_one(&said) || result(sentence).is_some())
        {
            continue;
        }
        // What came of it is often a sentence of its own.
        let next = sentences.get(at + 1).filter(|next| next.split_whitespace().count() <= 8).and_then(|next| result(next));
        steps.push((sentence.clone(), result(sentence).or(next).unwrap_or(TriedResult::NoEffect)));
    }
    steps
}

fn begins_with_one(said: &str) -> bool {
    DONE.iter().any(|done| said.starts_with(done))
}

/// The cue as words of its own, or as the beginning of one.
fn has_word(said: &str, cue: &str) -> bool {
    said.match_indices(cue).any(|(at, _)| !said[..at].ends_with(char::is_alphanumeric))
}

fn result(sentence: &str) -> Option<TriedResult> {
    let said = format!("{} ", sentence.to_lowercase());
    RESULTS.iter().find(|(_, cues)| cues.iter().any(|cue| has_word(&said, cue))).map(|(result, _)| *result)
}

/// A line break ends one only after an end or before a list.
fn sentences(text: &str) -> impl Iterator<Item = String> {
    let mut all: Vec<String> = vec![];
    for paragraph in text.split("\n\n") {
        let mut joined = String::new();
        for line in paragraph.lines() {
            let starts = line.starts_with(['-', '*', '•', '–'])
                || line
                    .split(['.', ')'])
                    .next()
                    .is_some_and(|number| !number.is_empty() && number.bytes().all(|sign| sign.is_ascii_digit()));
            joined.push_str(if starts { "\n" } else { " " });
            joined.push_str(line);
        }
        for line in joined.lines() {
            let mut sentence = String::new();
            for word in line.split_whitespace() {
                sentence.push_str(word);
                sentence.push(' ');
                if word.ends_with(['.', '!', '?']) && word.len() > 3 {
                    all.push(std::mem::take(&mut sentence));
                }
            }
            all.push(sentence);
        }
    }
    all.into_iter()
}

/// Without the mark of a list and the stop at the end.
fn bare(sentence: &str) -> String {
    let line = clean_line(sentence);
    let line = line.trim_start_matches(['-', '*', '•', '–', ' ']);
    let number = line.find(|sign: char| !sign.is_ascii_digit()).filter(|end| *end > 0 && line[*end..].starts_with(['.', ')']));
    let line = number.map_or(line, |end| line[end + 1..].trim_start());
    line.trim_end_matches(['.', ' ']).to_string()
}
