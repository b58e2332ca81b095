//! Step 4: says what is vague or missing in a brief, why, and how it could be
//! said. It never blocks.

use serde::Serialize;
use ts_rs::TS;

use super::facts::FactField;

/// What the coach says of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Hint {
    pub field: FactField,
    pub tone: HintTone,
    pub words: String,
    pub example: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum HintTone {
    Good,
    Vague,
    Missing,
}

use chrono_tz::Tz;

use super::assessment::{Affected, Answers};
use super::facts::Facts;
use super::time::{DAY, Instant, spoken};

/// Words that say less than they seem to, with what to say instead.
const VAGUE: [(&str, &str, &str); 12] = [
    ("down", "Which part is down, and what do people see?", "The order database does not answer; checkout shows \"please try again\""),
    ("slow", "Slow at what, and how slow?", "db-17 answers ping, but queries wait 40 s"),
    ("doesn't work", "What should it do, and what does it do instead?", "Saving an invoice shows error 500; yesterday it took a second"),
    ("does not work", "What should it do, and what does it do instead?", "Saving an invoice shows error 500; yesterday it took a second"),
    ("not working", "What should it do, and what does it do instead?", "Saving an invoice shows error 500; yesterday it took a second"),
    ("broken", "What does it do that it should not?", "The label printer in hall 3 feeds paper but prints nothing"),
    ("issue", "Name what people see.", "Logging in shows \"account locked\" with the right password"),
    ("problem", "Name what people see.", "Logging in shows \"account locked\" with the right password"),
    ("weird", "What exactly is unusual?", "Prices are shown in dollars since the update at 9:00"),
    ("the system", "Which system? The next person may know it by its name only.", "The order platform"),
    ("the server", "Which server?", "db-17, behind the order platform"),
    ("something", "What is it?", "The nightly export of the payroll"),
];

/// A brief this short can hardly name both the system and what people see.
const SHORT: usize = 20;

/// What could be said better, field by field. Where a field is well said, that is
/// said too, once.
#[must_use]
pub fn hints(facts: &Facts, answers: &Answers, now: Instant, zone: Tz) -> Vec<Hint> {
    let mut hints = Vec::new();
    what(facts, &mut hints);
    place(facts, &mut hints);
    who(facts, answers, &mut hints);
    began(facts, now, zone, &mut hints);
    impact(facts, &mut hints);
    tried(facts, &mut hints);
    // An honest "unknown, finding out by 14:20" is an answer.
    hints.retain(|hint| {
        hint.tone == HintTone::Good || !facts.unknown.iter().any(|unknown| unknown.field == hint.field && unknown.until > now)
    });
    hints
}

fn hint(field: FactField, tone: HintTone, words: impl Into<String>, example: Option<&str>) -> Hint {
    Hint { field, tone, words: words.into(), example: example.map(Into::into) }
}

fn what(facts: &Facts, hints: &mut Vec<Hint>) {
    let said = facts.what.trim();
    if said.is_empty() {
        hints.push(hint(
            FactField::What,
            HintTone::Missing,
            "Say what people see, in one line.",
            Some("The order database does not answer since 13:42"),
        ));
        return;
    }
    match vague_word(said) {
        Some((word, question, example)) => {
            hints.push(hint(FactField::What, HintTone::Vague, format!("\"{word}\": {question}"), Some(example)));
        }
        None if said.chars().count() < SHORT => {
            let words = "Name the system and what people see, so that nobody has to call back.";
            hints.push(hint(FactField::What, HintTone::Vague, words, Some("The order database does not answer; checkout fails")));
        }
        None => hints.push(hint(FactField::What, HintTone::Good, "Names the system and what people see", None)),
    }
}

/// The first vague word, unless the text is long enough to have explained it.
fn vague_word(text: &str) -> Option<(&'static str, &'static str, &'static str)> {
    if text.split_whitespace().count() > 14 || text.contains(['"', '“']) {
        return None;
    }
    let lower = format!(" {} ", text.to_lowercase().replace(|c: char| !c.is_alphanumeric() && c != '\'', " "));
    VAGUE.iter().copied().find(|(word, _, _)| lower.contains(&format!(" {word} ")))
}

fn place(facts: &Facts, hints: &mut Vec<Hint>) {
    if facts.service.is_none() && facts.place.trim().is_empty() {
        hints.push(hint(FactField::Place, HintTone::Missing, "Choose the service, or type where it is.", None));
    }
}

fn who(facts: &Facts, answers: &Answers, hints: &mut Vec<Hint>) {
    let said = facts.who.trim().to_lowercase();
    let counted = facts.people_affected.is_some() || said.chars().any(|c| c.is_ascii_digit());
    if said.is_empty() && !counted {
        if answers.affected != Some(Affected::OnePerson) {
            hints.push(hint(
                FactField::Who,
                HintTone::Missing,
                "Who notices it, and about how many are they?",
                Some("All web customers in Germany and Austria, about 3,200"),
            ));
        }
    } else if !counted && ["some", "many", "several", "a few", "users", "customers", "people"].iter().any(|word| said.contains(word)) {
        hints.push(hint(FactField::Who, HintTone::Vague, "About how many? A guess helps to judge it.", Some("about 3,200")));
    } else {
        hints.push(hint(FactField::Who, HintTone::Good, "Says who is affected", None));
    }
}

fn began(facts: &Facts, now: Instant, zone: Tz, hints: &mut Vec<Hint>) {
    match facts.began_at {
        None => hints.push(hint(
            FactField::Began,
            HintTone::Missing,
            "When did it begin? What changed then is often the cause.",
            Some("today 13:42"),
        )),
        Some(began) if began > now => {
            hints.push(hint(
                FactField::Began,
                HintTone::Vague,
                format!("{} has not come yet. Is the day right?", spoken(began, now, zone)),
                None,
            ));
        }
        Some(began) if now.since(began) > 3650 * DAY => {
            hints.push(hint(FactField::Began, HintTone::Vague, "That is more than ten years ago. Is the year right?", None));
        }
        Some(_) => {}
    }
}

fn impact(facts: &Facts, hints: &mut Vec<Hint>) {
    if facts.cost_per_hour.is_none() && facts.people_affected.is_none() {
        let words = "What does it cost, in money or in people who cannot work?";
        hints.push(hint(FactField::Impact, HintTone::Missing, words, Some("10,000 per hour, or 85 people waiting")));
    }
}

fn tried(facts: &Facts, hints: &mut Vec<Hint>) {
    if facts.tried.iter().all(|tried| tried.what.trim().is_empty()) {
        let words = "What has been tried? Otherwise the next person tries it again.";
        hints.push(hint(FactField::Tried, HintTone::Missing, words, Some("Restarted the connection pool: no effect")));
        return;
    }
    let vague = facts.tried.iter().find_map(|tried| vague_word(&tried.what));
    if let Some((word, question, example)) = vague {
        hints.push(hint(FactField::Tried, HintTone::Vague, format!("\"{word}\": {question}"), Some(example)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::{Tried, TriedResult, Unknown};

    const NOW: Instant = Instant(1_795_437_720_000);

    fn on_what(text: &str) -> Hint {
        let facts = Facts { what: text.into(), ..Facts::default() };
        hints(&facts, &Answers::default(), NOW, chrono_tz::Europe::Berlin)
            .into_iter()
            .find(|hint| hint.field == FactField::What)
            .expect("a hint")
    }

    #[test]
    fn what_is_vague_is_said_to_be_and_what_is_clear_too() {
        for vague in [
            "the system is down",
            "Server slow",
            "printing doesn't work",
            "Email not working!",
            "something is weird",
            "SAP problem",
            "help",
        ] {
            assert_eq!(on_what(vague).tone, HintTone::Vague, "{vague}");
        }
        for clear in [
            "The order database does not answer; checkout shows \"please try again\"",
            "VPN drops every ten minutes in Graz",
            "Payroll export rejects two cost centres",
            "Label printer in hall 3 prints blank labels",
            "db-17 answers ping, but queries wait 40 s",
            "Slowdown of the search in the shop: first page takes 40 s",
        ] {
            assert_eq!(on_what(clear).tone, HintTone::Good, "{clear}");
        }
    }

    #[test]
    fn what_is_missing_is_asked_for_unless_it_is_honestly_unknown() {
        let missing = |facts: &Facts| -> Vec<FactField> {
            hints(facts, &Answers::default(), NOW, chrono_tz::Europe::Berlin)
                .into_iter()
                .filter(|hint| hint.tone == HintTone::Missing)
                .map(|hint| hint.field)
                .collect()
        };
        let mut facts = Facts::default();
        assert_eq!(missing(&facts).len(), 6, "an empty brief misses everything");
        facts.unknown = vec![Unknown { field: FactField::Began, until: NOW.plus(DAY) }];
        assert!(!missing(&facts).contains(&FactField::Began), "finding out by tomorrow is an answer");
        facts.unknown[0].until = NOW.plus(-1);
        assert!(missing(&facts).contains(&FactField::Began), "once that time has passed it is missing again");
        facts.tried = vec![Tried { what: "Restarted the connection pool".into(), result: TriedResult::NoEffect, at: NOW }];
        facts.people_affected = Some(85);
        assert!(!missing(&facts).iter().any(|field| matches!(field, FactField::Tried | FactField::Impact)), "figures and steps count");
    }

    #[test]
    fn a_beginning_that_cannot_be_is_asked_about() {
        for (began, says) in [(NOW.plus(DAY), "not come yet"), (NOW.plus(-4000 * DAY), "ten years")] {
            let facts = Facts { began_at: Some(began), ..Facts::default() };
            let said = hints(&facts, &Answers::default(), NOW, chrono_tz::Europe::Berlin);
            assert!(said.iter().any(|hint| hint.words.contains(says)), "{says}: {said:?}");
        }
    }
}
