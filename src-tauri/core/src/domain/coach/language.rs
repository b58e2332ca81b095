//! What the coach needs of a language, read from one file.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

use super::words::{List, Span, Text};

/// A third language is a file and a line here.
pub(super) const FILES: [(&str, &str); 2] = [("en.toml", include_str!("en.toml")), ("de.toml", include_str!("de.toml"))];

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Language {
    /// ISO 639-1, as the page's `lang` wants it.
    pub(super) code: String,
    grammar: Grammar,
    words: Lists,
    pub(super) said: Said,
    rules: BTreeMap<String, Spoken>,
    /// Every whole word that stands in a list: by these the language is recognised.
    #[serde(skip)]
    known: BTreeSet<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Grammar {
    quotes: String,
    own_letters: String,
    letters: String,
    nouns_are_large: bool,
    before_negation: usize,
    after_negation: usize,
}

#[derive(Clone, Debug, Deserialize)]
struct Lists {
    common: List,
    after_subject: List,
    harmless: List,
    seen: List,
    negations: List,
    empty_verbs: List,
    named: List,
    people: List,
    money: List,
    units: List,
    since: List,
    clock: List,
    steps: List,
}

/// The words around a hint, and how moments are said.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Said {
    pub(super) example: String,
    pub(super) overdue: String,
    pub(super) today: String,
    pub(super) yesterday: String,
    pub(super) tomorrow: String,
    pub(super) day: String,
    pub(super) year: String,
}

/// One rule in this language.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Spoken {
    #[serde(default)]
    words: List,
    pub(super) ask: String,
    pub(super) example: Option<String>,
    pub(super) with_service: Option<String>,
}

impl Language {
    pub(super) fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut language: Self = toml::from_str(text)?;
        let lists = &language.words;
        let all = [
            &lists.common,
            &lists.after_subject,
            &lists.seen,
            &lists.negations,
            &lists.empty_verbs,
            &lists.named,
            &lists.people,
            &lists.since,
            &lists.steps,
        ];
        let all = all.into_iter().chain(language.rules.values().map(|spoken| &spoken.words));
        language.known = all.flat_map(|list| &list.0).filter_map(|phrase| phrase.word().map(Into::into)).collect();
        Ok(language)
    }

    pub(super) fn spoken(&self, rule: &str) -> &Spoken {
        &self.rules[rule]
    }

    pub(super) fn in_quotes(&self, words: &str) -> String {
        self.grammar.quotes.replace("{}", words)
    }

    /// How much of the text speaks for this language.
    pub(super) fn share(&self, text: &Text<'_>) -> usize {
        let own = |word: &String| word.contains(|sign| self.grammar.own_letters.contains(sign));
        text.words().iter().filter(|word| own(word) || self.known.contains(*word)).count()
    }

    /// Whether its words are made of letters of this language, known or not.
    pub(super) fn could_be(&self, text: &Text<'_>) -> bool {
        let fits =
            |sign: char| sign.is_ascii() || !sign.is_alphabetic() || sign.to_lowercase().all(|small| self.grammar.letters.contains(small));
        text.whole.chars().all(fits)
    }

    /// The words of the rule that stand in the text and mean what it listens for.
    pub(super) fn finds(&self, rule: &str, text: &Text<'_>) -> Option<Span> {
        let harmless: Vec<Span> = text.all_of(&self.words.harmless).map(|(span, _)| span).collect();
        let is_harmless = |found: Span| harmless.iter().any(|span| span.from < found.to && found.from < span.to);
        let stands_so = |span: Span| span.to == text.count() || text.has_at(&self.words.after_subject, span.to);
        let found = text.all_of(&self.rules[rule].words).filter(|(span, phrase)| !phrase.before_verb || stands_so(*span));
        let found: Vec<Span> = found.map(|(span, _)| span).filter(|span| !is_harmless(*span)).collect();
        // "since this morning" rather than "since"; of several, the one that the list has first.
        let first = found.first()?.from;
        found.into_iter().filter(|span| span.from == first).max_by_key(|span| span.to)
    }

    /// It says what people see: in their own words, by a verb that describes, or by
    /// what cannot be done.
    pub(super) fn sees(&self, text: &Text<'_>) -> bool {
        let quotes = text.whole.contains(['"', '“', '„', '«', '»']);
        // "Takes" describes, "takes forever" does not.
        let vague: Vec<Span> = self.rules.values().flat_map(|spoken| text.all_of(&spoken.words)).map(|(span, _)| span).collect();
        let is_part =
            |seen: Span| vague.iter().any(|span| span.from <= seen.from && seen.to <= span.to && span.to - span.from > seen.to - seen.from);
        quotes
            || text.all_of(&self.words.seen).any(|(span, _)| !is_part(span))
            || text.all_of(&self.words.negations).any(|(span, _)| self.negates(text, span))
    }

    fn negates(&self, text: &Text<'_>, negation: Span) -> bool {
        let Grammar { before_negation, after_negation, .. } = self.grammar;
        let (from, to) = (negation.from.saturating_sub(before_negation), (negation.to + after_negation).min(text.count()));
        let is_empty = |at: usize| text.has_at(&self.words.empty_verbs, at);
        let said = if before_negation > 0 { from < negation.from } else { negation.to < to };
        said && !(from..negation.from).chain(negation.to..to).any(is_empty)
    }

    /// It names something: a thing every house has, a sign such as "db-17", or a
    /// name written large that does not merely begin a sentence.
    pub(super) fn names(&self, text: &Text<'_>) -> bool {
        let jargon: BTreeSet<usize> = text.all_of(&self.rules["jargon"].words).flat_map(|(span, _)| span.from..span.to).collect();
        if text.all_of(&self.words.named).any(|(span, _)| !jargon.contains(&span.from)) {
            return true;
        }
        let is_jargon = |word: &str| {
            let word = word.to_lowercase();
            jargon.iter().any(|at| text.words()[*at] == word)
        };
        let is_sign = |word: &str| {
            word.starts_with(char::is_alphabetic) && word.contains(|sign: char| sign.is_ascii_digit()) && !word.contains("://")
        };
        let loud = !text.whole.contains(char::is_lowercase);
        let mut begins = true;
        for word in text.whole.split_whitespace() {
            let bare = word.trim_matches(|sign: char| !sign.is_alphanumeric());
            let large = bare.chars().filter(|sign| sign.is_uppercase()).count();
            let is_name = large > 1 || (large == 1 && !begins && !self.grammar.nouns_are_large && bare.starts_with(char::is_uppercase));
            if !is_jargon(bare) && (is_sign(bare) || (is_name && !loud)) {
                return true;
            }
            begins = word.ends_with(['.', '!', '?', ':']);
        }
        false
    }

    /// A number that is no time of day.
    pub(super) fn has_figure(&self, text: &Text<'_>) -> bool {
        let clock_time = |word: &str| word.contains(':');
        let spoken_time = text.numbers().filter(|at| text.has_at(&self.words.clock, at + 1)).count();
        let figures =
            text.whole.split_whitespace().filter(|word| word.starts_with(|sign: char| sign.is_ascii_digit()) && !clock_time(word));
        figures.count() > spoken_time
    }

    /// A number with what it counts: "40 s", "90%", "5x".
    pub(super) fn measures(&self, text: &Text<'_>) -> bool {
        let glued = |word: &str| {
            let unit = word.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.' || sign == ',');
            !unit.is_empty() && Text::of(unit).has_at(&self.words.units, 0)
        };
        text.whole.contains('%') || text.numbers().any(|at| text.has_at(&self.words.units, at + 1) || glued(&text.words()[at]))
    }

    /// A number before people: "40 users", "18 of our drivers".
    pub(super) fn counts_people(&self, text: &Text<'_>) -> bool {
        text.numbers().any(|at| (at + 1..at + 4).any(|next| text.has_at(&self.words.people, next)))
    }

    pub(super) fn counts_money(&self, text: &Text<'_>) -> bool {
        let has_sign = |word: &str| word.contains(['$', '€', '£', '¥']) && word.contains(|sign: char| sign.is_ascii_digit());
        text.whole.split_whitespace().any(has_sign) || text.numbers().any(|at| text.has_at(&self.words.money, at + 1))
    }

    /// A number soon after "since".
    pub(super) fn tells_since(&self, text: &Text<'_>) -> bool {
        text.all_of(&self.words.since).any(|(span, _)| text.numbers().any(|at| (span.to..span.to + 3).contains(&at)))
    }

    pub(super) fn tells_steps(&self, text: &Text<'_>) -> bool {
        text.has(&self.words.steps)
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::coach::rules::{Rules, When};

    /// The keys that every language file has besides those of the rules.
    const KEYS: [&str; 28] = [
        "code",
        "name",
        "grammar.quotes",
        "grammar.own_letters",
        "grammar.letters",
        "grammar.nouns_are_large",
        "grammar.before_negation",
        "grammar.after_negation",
        "words.common",
        "words.after_subject",
        "words.harmless",
        "words.seen",
        "words.negations",
        "words.empty_verbs",
        "words.named",
        "words.people",
        "words.money",
        "words.units",
        "words.since",
        "words.clock",
        "words.steps",
        "said.example",
        "said.overdue",
        "said.today",
        "said.yesterday",
        "said.tomorrow",
        "said.day",
        "said.year",
    ];

    /// What is wrong with a language file, by key; empty where nothing is.
    fn faults(rules: &Rules, text: &str) -> Vec<String> {
        let table: toml::Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(error) => return vec![error.to_string()],
        };
        let mut wanted: BTreeSet<String> = KEYS.into_iter().map(Into::into).collect();
        for rule in &rules.rule {
            let mut want = |name: &str| wanted.insert(format!("rules.{}.{name}", rule.key));
            want("ask");
            if rule.when == When::Said {
                want("words");
            }
            if rule.example.is_some() {
                want("example");
                want("with_service");
            }
        }
        let mut there = BTreeMap::new();
        flatten("", &table, &mut there);
        let missing = wanted.iter().filter(|key| !there.contains_key(*key)).map(|key| format!("{key} is missing"));
        let superfluous = there.keys().filter(|key| !wanted.contains(*key)).map(|key| format!("{key} is superfluous"));
        let empty =
            there.iter().filter(|(key, value)| !key.starts_with("grammar.") && value.as_str().is_some_and(|text| text.trim().is_empty()));
        let empty = empty.map(|(key, _)| format!("{key} is empty"));
        let lacks = |key: &str, sign: &str| there.get(key).and_then(toml::Value::as_str).is_some_and(|text| !text.contains(sign));
        let signs = [
            ("grammar.quotes", "{}"),
            ("said.example", "{}"),
            ("said.overdue", "{time}"),
            ("said.overdue", "{words}"),
            ("rules.to_come.ask", "{time}"),
        ];
        let signs = signs.into_iter().filter(|(key, sign)| lacks(key, sign)).map(|(key, sign)| format!("{key} lacks {sign}"));
        let nameless = there.keys().filter(|key| key.ends_with(".with_service") && lacks(key, "{service}"));
        let nameless = nameless.map(|key| format!("{key} lacks {{service}}"));
        let mut faults: Vec<String> = missing.chain(superfluous).chain(empty).chain(signs).chain(nameless).collect();
        for (key, value) in &there {
            let is_list = key.starts_with("words.") || key.ends_with(".words");
            if let Some(Err(why)) = value.as_str().filter(|_| is_list).map(|text| List::try_from(text.to_string())) {
                faults.push(format!("{key}: {why}"));
            }
        }
        if faults.is_empty()
            && let Err(error) = toml::from_str::<Language>(text)
        {
            faults.push(error.to_string());
        }
        faults
    }

    fn flatten(above: &str, table: &toml::Table, into: &mut BTreeMap<String, toml::Value>) {
        for (name, value) in table {
            let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
            match value {
                toml::Value::Table(below) => flatten(&key, below, into),
                _ => {
                    into.insert(key, value.clone());
                }
            }
        }
    }

    #[test]
    fn every_language_file_has_every_key_and_no_other() {
        let rules = Rules::built_in();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/coach");
        let mut read = Vec::new();
        for entry in std::fs::read_dir(folder).expect("the folder of the coach") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string();
            if name.ends_with(".toml") && name != "rules.toml" {
                let text = std::fs::read_to_string(&path).expect("a text");
                assert_eq!(faults(&rules, &text), Vec::<String>::new(), "{name}");
                read.push(name);
            }
        }
        read.sort();
        let mut built_in = FILES.map(|(name, _)| name.to_string());
        built_in.sort();
        assert_eq!(read, built_in, "each file of the folder is built in");
    }

    #[test]
    fn what_is_missing_or_superfluous_in_a_language_file_is_said_by_key() {
        let broken = FILES[0]
            .1
            .replace("nouns_are_large = false", "")
            .replace("[rules.slow]", "[rules.fast]")
            .replace("code = \"en\"", "code = \"\"")
            .replace("\"am, pm, o'clock\"", "\"AM\"")
            .replace("Restarted {service}: no effect", "Restarted it: no effect");
        assert_eq!(
            faults(&Rules::built_in(), &broken),
            [
                "grammar.nouns_are_large is missing",
                "rules.slow.ask is missing",
                "rules.slow.example is missing",
                "rules.slow.with_service is missing",
                "rules.slow.words is missing",
                "rules.fast.ask is superfluous",
                "rules.fast.example is superfluous",
                "rules.fast.with_service is superfluous",
                "rules.fast.words is superfluous",
                "code is empty",
                "rules.no_steps.with_service lacks {service}",
                "words.clock: \"AM\" cannot be looked for",
            ]
        );
    }

    #[test]
    fn no_word_of_a_language_is_there_twice_in_one_list() {
        for (name, text) in FILES {
            let table: toml::Table = toml::from_str(text).expect("a language file");
            let mut all = BTreeMap::new();
            flatten("", &table, &mut all);
            for (key, value) in all.iter().filter(|(key, _)| key.starts_with("words.") || key.ends_with(".words")) {
                let mut words: Vec<&str> = value.as_str().unwrap_or_default().split(',').map(str::trim).collect();
                words.sort_unstable();
                let twice: Vec<&str> = words.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
                assert_eq!(twice, Vec::<&str>::new(), "{name}, {key}: one of them is enough");
            }
        }
    }
}
