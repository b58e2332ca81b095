//! A text with its words apart, and the words that are looked for in it.

use serde::Deserialize;
use std::str::FromStr;

/// What stands in a language's list: words in a row, some of which may be only the
/// beginning or the end of one, or so many words that it does not matter which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    parts: Vec<Part>,
    /// Only at the beginning of the text.
    first: bool,
    /// Only before one of the language's `after_subject`, or at the end.
    pub(super) before_verb: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Word(String),
    Begins(String),
    Ends(String),
    Gap,
}

/// Words that may stand in a gap.
const GAP: usize = 4;

impl FromStr for Phrase {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let wrong = || format!("\"{written}\" cannot be looked for");
        let (first, rest) = written.strip_prefix('^').map_or((false, written), |rest| (true, rest));
        let (before_verb, rest) = rest.strip_suffix('+').map_or((false, rest), |rest| (true, rest));
        let part = |word: &str| match (word.strip_prefix('*'), word.strip_suffix('*')) {
            _ if word == "~" => Part::Gap,
            (Some(end), None) => Part::Ends(end.into()),
            (None, Some(beginning)) => Part::Begins(beginning.into()),
            _ => Part::Word(word.into()),
        };
        let parts: Vec<Part> = rest.split_whitespace().map(part).collect();
        let is_word = |part: &Part| match part {
            Part::Gap => true,
            Part::Word(word) | Part::Begins(word) | Part::Ends(word) => {
                let of_a_word = |sign: char| sign.is_alphanumeric() || sign == '\'' || sign == '-';
                !word.is_empty() && word.chars().all(of_a_word) && word.to_lowercase() == *word
            }
        };
        let ends_in_a_gap = parts.first() == Some(&Part::Gap) || parts.last() == Some(&Part::Gap);
        if parts.is_empty() || ends_in_a_gap || !parts.iter().all(is_word) { Err(wrong()) } else { Ok(Self { parts, first, before_verb }) }
    }
}

impl Phrase {
    /// The word itself, where it is one and whole.
    pub(super) fn word(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Word(word)] => Some(word),
            _ => None,
        }
    }

    /// How many of these words it takes, if it stands at their beginning.
    fn taken(&self, words: &[String]) -> Option<usize> {
        taken(&self.parts, words)
    }
}

fn taken(parts: &[Part], words: &[String]) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else { return Some(0) };
    if *part == Part::Gap {
        return (0..=GAP.min(words.len())).find_map(|gap| Some(gap + taken(rest, &words[gap..])?));
    }
    let (word, others) = words.split_first()?;
    if part.is(word) { Some(1 + taken(rest, others)?) } else { None }
}

impl Part {
    /// A word made of several with dashes is each of them, too.
    fn is(&self, word: &str) -> bool {
        let one = |word: &str| match self {
            Self::Word(whole) => whole == word,
            Self::Begins(beginning) => word.starts_with(beginning.as_str()),
            Self::Ends(end) => word.ends_with(end.as_str()),
            Self::Gap => false,
        };
        one(word) || (word.contains('-') && word.split('-').any(one))
    }
}

/// Words and phrases, as a language file writes them: parted by commas.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct List(pub(super) Vec<Phrase>);

impl TryFrom<String> for List {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        written.split(',').map(|phrase| phrase.trim().parse()).collect::<Result<_, _>>().map(Self)
    }
}

/// Words of a text from one to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: usize,
    pub(super) to: usize,
}

/// A text with its words apart, small for looking and as they were written for quoting.
pub(super) struct Text<'a> {
    pub(super) whole: &'a str,
    small: Vec<String>,
    written: Vec<&'a str>,
}

impl<'a> Text<'a> {
    pub(super) fn of(whole: &'a str) -> Self {
        let of_a_word = |sign: char| sign.is_alphanumeric() || matches!(sign, '\'' | '’' | '-');
        let word = |word: &'a str| word.trim_matches(['\'', '’', '-']);
        let written: Vec<&str> = whole.split(|sign: char| !of_a_word(sign)).map(word).filter(|word| !word.is_empty()).collect();
        let small = written.iter().map(|word| word.to_lowercase().replace('’', "'")).collect();
        Self { whole, small, written }
    }

    pub(super) fn count(&self) -> usize {
        self.small.len()
    }

    pub(super) fn words(&self) -> &[String] {
        &self.small
    }

    /// Everywhere one of the list is said.
    pub(super) fn all_of<'l>(&'l self, list: &'l List) -> impl Iterator<Item = (Span, &'l Phrase)> {
        list.0.iter().flat_map(move |phrase| {
            let places = if phrase.first { 0..self.small.len().min(1) } else { 0..self.small.len() };
            places.filter_map(move |from| Some((Span { from, to: from + phrase.taken(&self.small[from..])? }, phrase)))
        })
    }

    pub(super) fn has(&self, list: &List) -> bool {
        self.all_of(list).next().is_some()
    }

    /// Whether one of the list stands at this place.
    pub(super) fn has_at(&self, list: &List, at: usize) -> bool {
        self.small.get(at..).is_some_and(|words| list.0.iter().any(|phrase| phrase.taken(words).is_some()))
    }

    /// As it was written, with what stands between its words made one space.
    pub(super) fn quoted(&self, span: Span) -> String {
        self.written[span.from..span.to].join(" ")
    }

    /// Its numbers: each word that begins with a digit, with its place.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> {
        self.small.iter().enumerate().filter(|(_, word)| word.starts_with(|sign: char| sign.is_ascii_digit())).map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(list: &str, text: &str) -> Vec<String> {
        let list = List::try_from(list.to_string()).expect("a list");
        let text = Text::of(text);
        text.all_of(&list).map(|(span, _)| text.quoted(span)).collect()
    }

    #[test]
    fn a_phrase_is_found_only_whole_and_quoted_as_it_was_written() {
        assert_eq!(found("down", "The shop is Down. Download it"), ["Down"], "no part of another word");
        assert_eq!(found("doesn't work", "It doesn’t  work!"), ["doesn’t work"], "whatever apostrophe the keyboard had");
        assert_eq!(found("*drucker, langsam*", "Etikettendrucker langsamer"), ["Etikettendrucker", "langsamer"], "ends and beginnings");
        assert_eq!(found("tls", "der TLS-Handshake"), ["TLS-Handshake"], "a part of a word with a dash is a word");
    }

    #[test]
    fn up_to_four_words_stand_in_a_gap() {
        assert_eq!(found("geht ~ nicht", "Das geht seit heute früh leider nicht"), ["geht seit heute früh leider nicht"]);
        assert_eq!(found("geht ~ nicht", "Das geht nicht"), ["geht nicht"], "or none");
        assert_eq!(found("geht ~ nicht", "Das geht so und wenn es nun einmal nicht"), Vec::<String>::new(), "but no more");
    }

    #[test]
    fn some_count_only_at_the_beginning() {
        assert_eq!(found("^network", "Network is down"), ["Network"]);
        assert_eq!(found("^network", "The payment network is down"), Vec::<String>::new(), "elsewhere it belongs to a name");
    }

    #[test]
    fn what_cannot_be_looked_for_is_refused() {
        for wrong in ["down, ", "Down", "~ nicht", "what?", "*"] {
            assert!(List::try_from(wrong.to_string()).is_err(), "\"{wrong}\" would never be found");
        }
    }
}
