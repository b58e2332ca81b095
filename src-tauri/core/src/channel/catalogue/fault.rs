//! What is wrong with a file, where, and what to do about it.

use std::fmt;
use std::ops::Range;

use super::written::Said;

/// One thing that is wrong with a file of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FileFault {
    /// Its name, without the folder.
    pub file: String,
    /// Both count from one, columns in characters.
    pub line: u32,
    pub column: u32,
    /// What is wrong.
    pub words: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, words, remedy } = self;
        write!(to, "{file}, line {line}, column {column}: {words} {remedy}")
    }
}

/// A file that is being read, for saying where in it something stands.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl Page<'_> {
    /// A fault at a byte of the file.
    pub(super) fn fault(self, at: usize, words: impl Into<String>, remedy: impl Into<String>) -> FileFault {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        FileFault { file: self.file.into(), line: number(line), column: number(column), words: words.into(), remedy: remedy.into() }
    }

    /// A fault of a value as a whole.
    pub(super) fn at(self, said: &Said, words: impl Into<String>, remedy: impl Into<String>) -> FileFault {
        self.fault(said.span().start, words, remedy)
    }

    /// A fault at a place within a text: where the text stands in the file letter
    /// for letter there, else where it begins.
    pub(super) fn within(self, said: &Said, place: usize, words: impl Into<String>, remedy: impl Into<String>) -> FileFault {
        let Range { start, end } = said.span();
        let raw = self.text.get(start..end).unwrap_or_default();
        let quotes = if raw.starts_with("'''") || raw.starts_with("\"\"\"") { 3 } else { 1 };
        // TOML drops a line break right after the opening quotes.
        let opening =
            quotes + raw.get(quotes..).map_or(0, |rest| rest.len() - rest.trim_start_matches('\r').trim_start_matches('\n').len()).min(2);
        let opening = if quotes == 3 { opening } else { quotes };
        let verbatim = raw.get(opening..).is_some_and(|rest| rest.starts_with(said.get_ref().as_str()));
        self.fault(if verbatim { start + opening + place } else { start }, words, remedy)
    }

    /// What TOML or the shape of the file says, in our words.
    pub(super) fn unreadable(self, error: &toml::de::Error) -> FileFault {
        let at = error.span().map_or(0, |span| span.start);
        let (words, remedy) = in_our_words(error.message());
        self.fault(at, words, remedy)
    }
}

fn in_our_words(message: &str) -> (String, String) {
    let message = message.lines().next().unwrap_or_default();
    if let Some((key, known)) = message.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", expected ")) {
        let known = quoted(known);
        let remedy = meant(key.trim_matches('`'), &known).unwrap_or_else(|| format!("The keys here are {}.", listed(&known)));
        return (format!("There is no key {key} here."), remedy);
    }
    if let Some((value, known)) = message.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", expected ")) {
        let known = quoted(known);
        let remedy = meant(value.trim_matches('`'), &known).unwrap_or_else(|| format!("Choose from {}.", listed(&known)));
        return (format!("{value} is no choice here."), remedy);
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return (format!("The key {key} is missing."), format!("Add a line {} = … here.", key.trim_matches('`')));
    }
    if let Some((given, wanted)) = message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected ")) {
        return (format!("This is {}.", kind(given)), format!("Here belongs {}.", wanted_kind(wanted)));
    }
    if let Some((given, wanted)) = message.strip_prefix("invalid value: ").and_then(|rest| rest.split_once(", expected ")) {
        return (format!("This is {}.", kind(given)), format!("Here belongs {}.", wanted_kind(wanted)));
    }
    if message == "duplicate key" {
        return ("This key stands here twice.".into(), "Remove one of the two.".into());
    }
    (format!("This is no TOML: {message}."), "Mend this line; the lines before it are well formed.".into())
}

/// What serde calls a value, as a person would.
fn kind(given: &str) -> String {
    let (kind, value) = given.split_once(' ').unwrap_or((given, ""));
    match kind {
        "string" => format!("the text {value}"),
        "integer" | "floating" => format!("the number {}", value.trim_start_matches("point ").trim_matches('`')),
        "boolean" => value.trim_matches('`').to_string(),
        "map" => "a table".into(),
        "sequence" => "a list".into(),
        _ => given.into(),
    }
}

fn wanted_kind(wanted: &str) -> String {
    match wanted {
        "a string" | "a borrowed string" | "string" => "a text in quotes".into(),
        "a boolean" => "true or false, without quotes".into(),
        "usize" | "u16" => "a whole number".into(),
        "a sequence" => "a list in [ ]".into(),
        _ if wanted.starts_with("struct") || wanted == "a map" => "a table".into(),
        _ if wanted.starts_with("a tuple") => "a pair such as [\"value\", \"label\"]".into(),
        _ => wanted.into(),
    }
}

/// The words between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

pub(super) fn listed(names: &[&str]) -> String {
    let named: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match named.as_slice() {
        [] => "none".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Asks whether the nearest of the known names was meant, if one is near.
pub(super) fn meant(written: &str, known: &[&str]) -> Option<String> {
    let nearest = known.iter().map(|name| (distance(written, name), name)).min()?;
    (nearest.0 <= 2.min(written.len().saturating_sub(1))).then(|| format!("Did you mean `{}`?", nearest.1))
}

/// How many letters have to change to make the one out of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut before = above;
        row[0] = above + 1;
        for (at, known) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *known);
            before = row[at + 1];
            row[at + 1] = changed.min(row[at] + 1).min(before + 1);
        }
    }
    row[other.len()]
}
