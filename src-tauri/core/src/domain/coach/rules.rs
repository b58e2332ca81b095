//! What the coach looks for, apart from the words of any language.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::HintTone;
use crate::domain::facts::FactField;

/// The rules that stand in `rules.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    pub(super) rule: Vec<Rule>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Its section in every language file.
    pub(super) key: String,
    pub(super) kind: HintKind,
    pub(super) field: FactField,
    pub(super) tone: HintTone,
    pub(super) when: When,
    #[serde(default)]
    pub(super) unless: Vec<Unless>,
    /// Words in the text, above which it explains itself.
    pub(super) most: Option<usize>,
    pub(super) example: Option<Example>,
}

/// What a hint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum HintKind {
    /// Nothing is there.
    Missing,
    /// A word that says less than it seems to.
    VagueWord,
    /// What is broken is not named.
    NoSubject,
    /// A specialists' word without the system it is about.
    Jargon,
    /// People without a number, an impact without a sum.
    NoFigure,
    /// It says something else than step 1, or cannot be meant.
    Contradiction,
    WellSaid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum When {
    /// One of the language's words is there.
    Said,
    /// Nothing is told, in the field or elsewhere.
    Empty,
    Filled,
    /// Too few words to name a system and a symptom.
    Short,
    /// Says what people see, and where.
    Clear,
    MoreThanOne,
    OneAtMost,
    ToCome,
    LongAgo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unless {
    /// The brief says where it is.
    Placed,
    /// Something has its name.
    Named,
    /// It says what people see.
    Seen,
    /// A number explains it.
    Figure,
    /// A number with its unit explains it.
    Measured,
    /// People have their number.
    Counted,
    /// The field is told elsewhere.
    Told,
    /// Something was said to the field already.
    Hinted,
    /// The number of people in the description was asked for already.
    Crowd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Example {
    /// From the language file.
    Words,
    /// What a description of the service says happens, where one is well said.
    Description,
    /// Whom a description of the service names, where it counts them.
    People,
}

impl Rules {
    /// The rules that are built in.
    ///
    /// # Panics
    /// Where `rules.toml` cannot be read; a test reads it.
    pub(super) fn built_in() -> Self {
        toml::from_str(include_str!("rules.toml")).unwrap_or_else(|error| panic!("rules.toml: {error}"))
    }
}
