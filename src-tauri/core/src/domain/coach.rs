//! Step 4: says what is vague or missing in a brief, why, and how it could be
//! said. It never blocks. What it does not understand it leaves alone: praise
//! and blame both need a reason.

use chrono_tz::Tz;
use serde::Serialize;
use ts_rs::TS;

use super::assessment::{Affected, Answers};
use super::facts::{FactField, Facts};
use super::time::{DAY, Instant, spoken};
use super::vague::{CROWDS, Vague, WHO, Words};

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

/// A pasted log is not read to its end: what it is about stands at its beginning.
const READ: usize = 600;

/// A person whose text is this many words long has explained what is vague in it.
const EXPLAINED: usize = 25;

/// Fewer words than this can hardly name both a system and a symptom.
const SHORT: usize = 4;

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
    // An honest "unknown, finding out by 14:20" is an answer, until 14:20.
    hints.retain(|hint| {
        hint.tone == HintTone::Good || !facts.unknown.iter().any(|unknown| unknown.field == hint.field && unknown.until > now)
    });
    for hint in hints.iter_mut().filter(|hint| hint.tone == HintTone::Missing) {
        if let Some(overdue) = facts.unknown.iter().find(|unknown| unknown.field == hint.field) {
            hint.words = format!("You wanted to know by {}: {} Or say until when you will.", spoken(overdue.until, now, zone), hint.words);
        }
    }
    hints
}

fn hint(field: FactField, tone: HintTone, words: impl Into<String>, example: Option<&str>) -> Hint {
    Hint { field, tone, words: words.into(), example: example.map(Into::into) }
}

fn what(facts: &Facts, hints: &mut Vec<Hint>) {
    let said: String = facts.what.trim().chars().take(READ).collect();
    if said.is_empty() {
        let words = "Say what people see, in one line: it is the first thing the next person reads.";
        hints.push(hint(FactField::What, HintTone::Missing, words, Some("The order database does not answer; checkout fails")));
        return;
    }
    let text = Words::of(&said);
    let placed = facts.service.is_some() || !facts.place.trim().is_empty();
    let seen = text.describes();
    let before = hints.len();
    let mut vague = |(word, rule): (&str, &Vague)| {
        hints.push(hint(FactField::What, HintTone::Vague, format!("\"{word}\": {}", rule.ask), Some(rule.example)));
    };
    if text.count() < EXPLAINED {
        // The brief says where it is, so that "the system" is the one there.
        if !placed && let Some(found) = text.vague_subject() {
            vague(found);
        }
        if !seen && let Some(found) = text.vague_symptom() {
            vague(found);
        }
    }
    let counted = facts.people_affected.is_some() || !facts.who.trim().is_empty();
    if let Some(crowd) = text.first_of(CROWDS).filter(|_| !counted) {
        let words = format!("\"{crowd}\": Which, and about how many? It shows whether it spreads.");
        hints.push(hint(FactField::What, HintTone::Vague, words, Some("everybody in Graz, about 40")));
    }
    if hints.len() > before {
        return;
    }
    if seen && (placed || text.names()) {
        hints.push(hint(FactField::What, HintTone::Good, "Names the system and what people see", None));
    } else if text.count() < SHORT && said.is_ascii() {
        let words = "Name the system and what people see, so that nobody has to call back.";
        hints.push(hint(FactField::What, HintTone::Vague, words, Some("The order database does not answer; checkout fails")));
    }
}

fn place(facts: &Facts, hints: &mut Vec<Hint>) {
    if facts.service.is_none() && facts.place.trim().is_empty() {
        let words = "Choose the service, or type where it is: it decides who is contacted.";
        hints.push(hint(FactField::Place, HintTone::Missing, words, None));
    }
}

fn who(facts: &Facts, answers: &Answers, hints: &mut Vec<Hint>) {
    let mut add = |tone, words: &str, example| hints.push(hint(FactField::Who, tone, words, example));
    match (answers.affected, facts.people_affected) {
        (Some(Affected::OnePerson), Some(count)) if count > 1 => {
            add(HintTone::Vague, "Step 1 says one person, this says more. Which is right? The severity follows step 1.", None);
            return;
        }
        (Some(Affected::ManyCustomers | Affected::Everyone), Some(0..=1)) => {
            add(HintTone::Vague, "Step 1 says many, this says one at most. Which is right? The severity follows step 1.", None);
            return;
        }
        _ => {}
    }
    let said = facts.who.trim();
    let text = Words::of(said);
    let counted = facts.people_affected.is_some() || said.chars().any(char::is_numeric);
    if said.is_empty() && !counted {
        // Whoever it is, one is a figure.
        if answers.affected != Some(Affected::OnePerson) {
            let words = "Who notices it, and about how many are they? It shows how far it reaches.";
            add(HintTone::Missing, words, Some("All web customers in Germany and Austria, about 3,200"));
        }
    } else if !counted && text.first_of(WHO).is_some() {
        add(HintTone::Vague, "About how many? A guess helps to judge it.", Some("about 3,200"));
    } else if !said.is_empty() {
        add(HintTone::Good, "Says who is affected", None);
    }
}

fn began(facts: &Facts, now: Instant, zone: Tz, hints: &mut Vec<Hint>) {
    let (tone, words, example) = match facts.began_at {
        None => (HintTone::Missing, "When did it begin? What changed then is often the cause.".to_string(), Some("today 13:42")),
        Some(began) if began > now => {
            let words =
                format!("Begins {}, so it is still to come. Is the day right, or is it only at risk so far?", spoken(began, now, zone));
            (HintTone::Vague, words, None)
        }
        Some(began) if now.since(began) > 3650 * DAY => {
            (HintTone::Vague, "That is more than ten years ago. Is the year right?".to_string(), None)
        }
        Some(_) => return,
    };
    hints.push(hint(FactField::Began, tone, words, example));
}

fn impact(facts: &Facts, hints: &mut Vec<Hint>) {
    if facts.cost_per_hour.is_none() && facts.people_affected.is_none() {
        let words = "What does it cost, in money or in people who cannot work? A figure decides what is done first.";
        hints.push(hint(FactField::Impact, HintTone::Missing, words, Some("10,000 per hour, or 85 people waiting")));
    }
}

fn tried(facts: &Facts, hints: &mut Vec<Hint>) {
    if facts.tried.iter().all(|tried| tried.what.trim().is_empty()) {
        let words = "What has been tried? Otherwise the next person tries it again.";
        hints.push(hint(FactField::Tried, HintTone::Missing, words, Some("Restarted the connection pool: no effect")));
        return;
    }
    let vague = facts.tried.iter().find_map(|tried| Words::of(&tried.what).vague_step());
    if let Some((word, rule)) = vague {
        hints.push(hint(FactField::Tried, HintTone::Vague, format!("\"{word}\": {}", rule.ask), Some(rule.example)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::{Tried, TriedResult, Unknown};
    use crate::domain::time::MINUTE;

    const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

    fn on(facts: &Facts, answers: &Answers) -> Vec<Hint> {
        hints(facts, answers, NOW, chrono_tz::Europe::Berlin)
    }

    fn of(field: FactField, facts: &Facts) -> Vec<Hint> {
        on(facts, &Answers::default()).into_iter().filter(|hint| hint.field == field).collect()
    }

    fn on_what(text: &str) -> Vec<Hint> {
        of(FactField::What, &Facts { what: text.into(), ..Facts::default() })
    }

    #[test]
    fn what_is_vague_is_quoted_with_what_to_ask_and_an_example() {
        for (text, quoted) in [
            ("the system is down", vec!["\"the system\": Which one?", "\"down\": What do people see"]),
            ("Server slow", vec!["\"slow\": Slow at what"]),
            ("printing doesn't work", vec!["\"doesn't work\": What should it do"]),
            ("printing doesn’t work", vec!["\"doesn't work\": What should it do"]),
            ("The scanner no longer works", vec!["\"no longer works\": What should it do"]),
            ("Email not working!", vec!["\"not working\": What should it do"]),
            ("something is weird", vec!["\"something\": What exactly?", "\"weird\": What exactly is unusual?"]),
            ("SAP problem", vec!["\"problem\": Name what people see"]),
            ("Login error in the CRM since this morning", vec!["\"error\": Which error?"]),
            ("VPN down in Graz since 13:42", vec!["\"down\": What do people see"]),
            (
                "some users have trouble with Outlook",
                vec!["\"trouble\": Name what people see", "\"some users\": Which, and about how many?"],
            ),
            ("the server is broken again", vec!["\"the server\": Which one?", "\"broken\": What should it do"]),
            ("help", vec!["Name the system and what people see"]),
        ] {
            let said = on_what(text);
            assert_eq!(said.len(), quoted.len(), "{text}: {said:?}");
            for (hint, begins) in said.iter().zip(quoted) {
                assert_eq!(hint.tone, HintTone::Vague, "{text}");
                assert!(hint.words.starts_with(begins), "{text}: {}", hint.words);
                assert!(hint.example.is_some(), "{text}: whoever is told that it is vague is shown how it is not");
            }
        }
    }

    #[test]
    fn what_names_the_system_and_what_people_see_is_good() {
        for clear in [
            "The order database does not answer; checkout shows \"please try again\"",
            "VPN drops every ten minutes in Graz",
            "Payroll export rejects two cost centres",
            "Label printer in hall 3 prints blank labels",
            "db-17 answers ping, but queries wait 40 s",
            "Slowdown of the search in the shop: first page takes 40 s",
            "Order platform is down: checkout shows error 500",
            "Nobody can save invoices",
            "The webshop no longer takes cards",
            "VPN unreachable",
        ] {
            let said = on_what(clear);
            assert_eq!(said.iter().map(|hint| hint.tone).collect::<Vec<_>>(), [HintTone::Good], "{clear}: {said:?}");
        }
    }

    #[test]
    fn what_it_does_not_understand_it_leaves_alone() {
        for text in [
            "Everybody in the office is very unhappy today",
            "Die Kasse in Filiale 3 nimmt keine Karten an",
            "注文データベースが応答しません",
            "The server room door is open since the night",
            "Monitoring counts down to the shutdown of line 2",
            "قاعدة بيانات الطلبات لا تستجيب",
        ] {
            assert_eq!(on_what(text), [], "{text}: neither praise nor blame without a reason");
        }
        let story = "the system is slow ".repeat(40);
        assert_eq!(on_what(&story), [], "who writes this much has said more than the words that are looked for");
    }

    #[test]
    fn with_a_place_the_system_is_named() {
        let placed = |what: &str| Facts { what: what.into(), place: "Order platform".into(), ..Facts::default() };
        assert_eq!(of(FactField::What, &placed("the system shows \"try again\""))[0].tone, HintTone::Good);
        let down = of(FactField::What, &placed("the system is down"));
        assert!(down.len() == 1 && down[0].words.starts_with("\"down\""), "only the symptom is vague: {down:?}");
    }

    #[test]
    fn a_figure_explains_what_is_slow_but_a_time_of_day_does_not() {
        assert!(!on_what("Order search slow, 40 s a page").iter().any(|hint| hint.words.contains("slow")), "how slow is said");
        assert!(on_what("Order search slow since 13:42").iter().any(|hint| hint.words.contains("\"slow\"")), "when is not how slow");
    }

    #[test]
    fn what_is_missing_is_asked_for_unless_it_is_honestly_unknown() {
        let missing = |facts: &Facts| -> Vec<FactField> {
            on(facts, &Answers::default()).into_iter().filter(|hint| hint.tone == HintTone::Missing).map(|hint| hint.field).collect()
        };
        let mut facts = Facts::default();
        assert_eq!(missing(&facts).len(), 6, "an empty brief misses everything");
        facts.unknown = vec![Unknown { field: FactField::Began, until: NOW.plus(DAY) }];
        assert!(!missing(&facts).contains(&FactField::Began), "finding out by tomorrow is an answer");
        facts.unknown[0].until = NOW.plus(-12 * MINUTE);
        assert!(missing(&facts).contains(&FactField::Began), "once that time has passed it is missing again");
        let reminded = of(FactField::Began, &facts);
        assert!(reminded[0].words.starts_with("You wanted to know by 13:30: When did it begin?"), "and the promise is named: {reminded:?}");
        facts.tried = vec![Tried { what: "Restarted the connection pool".into(), result: TriedResult::NoEffect, at: NOW }];
        facts.people_affected = Some(85);
        assert!(!missing(&facts).iter().any(|field| matches!(field, FactField::Tried | FactField::Impact)), "figures and steps count");
    }

    #[test]
    fn a_crowd_is_asked_for_its_figure() {
        let who = |who: &str, people_affected| of(FactField::Who, &Facts { who: who.into(), people_affected, ..Facts::default() });
        for crowd in ["some users", "All web customers", "several colleagues in Graz", "everyone"] {
            assert_eq!(who(crowd, None)[0].tone, HintTone::Vague, "{crowd}");
            assert_eq!(who(crowd, Some(40))[0].tone, HintTone::Good, "{crowd}, about 40");
        }
        for clear in ["Marta Vogel", "Accounting", "about 30 people in Somerset", "the Somerset office"] {
            assert_eq!(who(clear, None)[0].tone, HintTone::Good, "{clear}");
        }
        assert_eq!(who("", Some(40)), [], "a figure without a name is neither praised nor asked for");
    }

    #[test]
    fn what_contradicts_the_first_step_is_asked_about() {
        let asked = |affected, count| {
            let facts = Facts { people_affected: Some(count), ..Facts::default() };
            let answers = Answers { affected: Some(affected), ..Answers::default() };
            on(&facts, &answers).iter().any(|hint| hint.field == FactField::Who && hint.words.contains("Which is right?"))
        };
        assert!(asked(Affected::OnePerson, 3200), "one person, and 3,200");
        assert!(asked(Affected::Everyone, 1), "everyone, and one");
        assert!(!asked(Affected::OnePerson, 1) && !asked(Affected::Team, 1) && !asked(Affected::NotSure, 3200), "the rest agrees");
    }

    #[test]
    fn one_person_need_not_be_counted() {
        let answers = Answers { affected: Some(Affected::OnePerson), ..Answers::default() };
        assert!(!on(&Facts::default(), &answers).iter().any(|hint| hint.field == FactField::Who), "one is a figure");
    }

    #[test]
    fn a_beginning_that_cannot_be_is_asked_about() {
        let began = |began| of(FactField::Began, &Facts { began_at: Some(began), ..Facts::default() });
        assert!(began(NOW.plus(DAY))[0].words.starts_with("Begins tomorrow 13:42, so it is still to come."));
        assert!(began(NOW.plus(-4000 * DAY))[0].words.contains("ten years"));
        assert_eq!(began(NOW), [], "now is a beginning");
        assert_eq!(began(NOW.plus(-3 * DAY)), [], "so is three days ago");
    }

    #[test]
    fn steps_that_nobody_could_avoid_repeating_are_asked_about() {
        let tried = |what: &str| {
            of(
                FactField::Tried,
                &Facts { tried: vec![Tried { what: what.into(), result: TriedResult::NoEffect, at: NOW }], ..Facts::default() },
            )
        };
        assert_eq!(tried("Tried everything")[0].tone, HintTone::Vague);
        assert_eq!(tried("the usual")[0].tone, HintTone::Vague);
        assert_eq!(tried("Restarted the connection pool"), [], "a step is a step");
        assert_eq!(tried("  ")[0].tone, HintTone::Missing, "an empty line is none");
    }

    #[test]
    fn a_complete_brief_has_nothing_to_add() {
        let facts = Facts {
            what: "Order database does not answer; checkout shows \"please try again\"".into(),
            place: "Order platform".into(),
            who: "All web customers".into(),
            people_affected: Some(3200),
            began_at: Some(NOW.plus(-13 * MINUTE)),
            cost_per_hour: Some(10_000),
            tried: vec![Tried { what: "Restarted the connection pool".into(), result: TriedResult::NoEffect, at: NOW }],
            ..Facts::default()
        };
        assert!(on(&facts, &Answers::default()).iter().all(|hint| hint.tone == HintTone::Good), "and is told so");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_typed_is_read(what in ".{0,80}", who in ".{0,40}", began in proptest::option::of(-1_i64 << 50..1 << 50)) {
            on(&Facts { what, who, began_at: began.map(Instant), ..Facts::default() }, &Answers::default());
        }
    }
}
