//! A brief as the coach reads it: which field says what, and what is told elsewhere.

use super::language::Language;
use super::rules::{Rule, Unless, When};
use super::words::Text;
use super::{Coach, Hint, HintKind};
use crate::domain::assessment::{Affected, Answers};
use crate::domain::facts::{FactField, Facts};
use crate::domain::time::{DAY, Instant};

/// A pasted log is not read to its end: what it is about stands at its beginning.
const READ: usize = 600;

/// A text, and the language in which it is read.
struct Read<'a> {
    text: Text<'a>,
    language: &'a Language,
}

impl Read<'_> {
    /// The words that the rule listens for, as they were written.
    fn quoted(&self, rule: &Rule) -> Option<String> {
        let short = rule.most.is_none_or(|most| self.text.count() <= most);
        self.language.finds(&rule.key, &self.text).filter(|_| short).map(|span| self.text.quoted(span))
    }
}

/// What was written, read: each field in its own language, or in the one of the whole
/// where it does not tell.
pub(super) struct Brief<'a> {
    pub(super) facts: &'a Facts,
    answers: &'a Answers,
    what: Read<'a>,
    /// The description says what people see.
    sees: bool,
    /// The description names something.
    names: bool,
    who: Read<'a>,
    tried: Vec<Read<'a>>,
    /// In which hints are said.
    pub(super) speech: &'a Language,
}

impl<'a> Brief<'a> {
    pub(super) fn of(coach: &'a Coach, facts: &'a Facts, answers: &'a Answers) -> Self {
        let what = facts.what.trim();
        let what = &what[..what.char_indices().nth(READ).map_or(what.len(), |(at, _)| at)];
        let tried: Vec<&str> = facts.tried.iter().map(|tried| tried.what.trim()).filter(|what| !what.is_empty()).collect();
        let all: Vec<&str> = [what, facts.place.trim(), facts.who.trim()].into_iter().chain(tried.iter().copied()).collect();
        let all = all.join("\n");
        let speech = coach.language_of(&Text::of(&all)).unwrap_or(&coach.languages[0]);
        let read = |whole: &'a str| {
            let text = Text::of(whole);
            let language = coach.language_of(&text).unwrap_or(speech);
            Read { text, language }
        };
        let tried = tried.into_iter().map(read).collect();
        let what = read(what);
        let (sees, names) = (what.language.sees(&what.text), what.language.names(&what.text));
        Self { facts, answers, what, sees, names, who: read(facts.who.trim()), tried, speech }
    }

    /// Whether there is something to say by this rule; with the words it is about, if
    /// it is about words.
    pub(super) fn meets(&self, rule: &Rule, now: Instant) -> Option<String> {
        let holds = |holds: bool| holds.then(String::new);
        let people = self.facts.people_affected;
        match rule.when {
            When::Said => self.said(rule),
            When::Empty => holds(!self.tells(rule.field)),
            When::Filled => holds(self.who.text.count() > 0),
            When::Short => {
                let text = &self.what.text;
                let short = text.count() > 0 && rule.most.is_none_or(|most| text.count() <= most);
                holds(short && self.what.language.could_be(text))
            }
            When::Clear => holds(self.sees && (self.is_placed() || self.names)),
            When::MoreThanOne => holds(self.answers.affected == Some(Affected::OnePerson) && people.is_some_and(|count| count > 1)),
            When::OneAtMost => {
                let many = matches!(self.answers.affected, Some(Affected::ManyCustomers | Affected::Everyone));
                holds(many && people.is_some_and(|count| count <= 1))
            }
            When::ToCome => holds(self.facts.began_at.is_some_and(|began| began > now)),
            When::LongAgo => holds(self.facts.began_at.is_some_and(|began| now.since(began) > 3650 * DAY)),
        }
    }

    fn said(&self, rule: &Rule) -> Option<String> {
        let within = |read: &Read<'_>| read.quoted(rule);
        match rule.field {
            FactField::What | FactField::Began => within(&self.what),
            // What it costs has no words of its own.
            FactField::Impact => within(&self.what).or_else(|| within(&self.who)),
            FactField::Who => within(&self.who),
            FactField::Tried => self.tried.iter().find_map(within),
            FactField::Place | FactField::Reporter | FactField::People | FactField::Share | FactField::Orders | FactField::Customers => {
                None
            }
        }
    }

    pub(super) fn excuses(&self, unless: Unless, rule: &Rule, hints: &[Hint]) -> bool {
        let what = &self.what;
        match unless {
            Unless::Placed => self.is_placed(),
            Unless::Named => self.names,
            Unless::Seen => self.sees,
            Unless::Figure => what.language.has_figure(&what.text),
            Unless::Measured => what.language.measures(&what.text),
            // In the description, a crowd has its number if anybody is named at all.
            Unless::Counted => self.counts_people() || (rule.field == FactField::What && self.who.text.count() > 0),
            Unless::Told => self.tells(rule.field),
            Unless::Hinted => hints.iter().any(|hint| hint.field == rule.field),
            Unless::Crowd => hints.iter().any(|hint| (hint.field, hint.kind) == (FactField::What, HintKind::NoFigure)),
        }
    }

    /// Whether the field is told: in itself, or by what stands elsewhere.
    fn tells(&self, field: FactField) -> bool {
        let Read { text, language } = &self.what;
        match field {
            FactField::What => text.count() > 0,
            FactField::Place => self.is_placed(),
            FactField::Who => self.who.text.count() > 0 || self.counts_people(),
            FactField::Began => self.facts.began_at.is_some() || language.tells_since(text),
            FactField::Impact => {
                let figures = [FactField::Impact, FactField::Orders, FactField::Customers];
                figures.into_iter().any(|figure| self.facts.tells(figure)) || self.counts_people() || language.counts_money(text)
            }
            FactField::Tried => !self.tried.is_empty() || language.tells_steps(text),
            FactField::Reporter | FactField::People | FactField::Share | FactField::Orders | FactField::Customers => {
                self.facts.tells(field)
            }
        }
    }

    fn is_placed(&self) -> bool {
        self.facts.service.is_some() || !self.facts.place.trim().is_empty()
    }

    /// Whoever it is, one is a figure.
    fn counts_people(&self) -> bool {
        self.facts.people_affected.is_some()
            || self.answers.affected == Some(Affected::OnePerson)
            || self.who.text.numbers().next().is_some()
            || self.what.language.counts_people(&self.what.text)
    }
}
