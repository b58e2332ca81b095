//! Step 4: says what is vague or missing in a brief, why, and how it could be
//! said. It never blocks. What it does not understand it leaves alone: praise
//! and blame both need a reason.
//!
//! What it looks for stands in `coach/rules.toml`, and the words for it in one file
//! for each language.

mod language;
mod reading;
mod rules;
mod words;

use chrono::Datelike;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use self::language::{FILES, Language, Said};
use self::reading::Brief;
use self::rules::{Example, Rule, Rules, When};
use self::words::Text;
use super::assessment::Answers;
use super::directory::Template;
use super::facts::{FactField, Facts};
use super::time::Instant;

pub use self::rules::HintKind;

/// What the coach says of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Hint {
    pub field: FactField,
    pub kind: HintKind,
    pub tone: HintTone,
    pub words: String,
    /// How it could be said, with what introduces it.
    pub example: Option<String>,
    /// The language of both, by ISO 639-1.
    pub language: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum HintTone {
    Good,
    Vague,
    Missing,
}

/// Reads along in every language it has a file for.
#[derive(Debug)]
pub struct Coach {
    rules: Vec<Rule>,
    /// The first is spoken where nothing tells another.
    languages: Vec<Language>,
}

impl Default for Coach {
    fn default() -> Self {
        Self::new()
    }
}

impl Coach {
    /// # Panics
    /// Where a built-in file cannot be read; a test reads them all.
    #[must_use]
    pub fn new() -> Self {
        let read = |(name, text)| Language::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { rules: Rules::built_in().rule, languages: FILES.into_iter().map(read).collect() }
    }

    /// What could be said better, field by field. Where a field is well said, that is
    /// said too, once. The service's descriptions are what examples are taken from.
    #[must_use]
    pub fn hints(&self, facts: &Facts, answers: &Answers, templates: &[Template], now: Instant, zone: Tz) -> Vec<Hint> {
        let brief = Brief::of(self, facts, answers);
        let speech = brief.speech;
        let mut hints: Vec<Hint> = Vec::new();
        for rule in &self.rules {
            let said_already = hints.iter().any(|hint| (hint.field, hint.kind) == (rule.field, rule.kind));
            if said_already || rule.unless.iter().any(|unless| brief.excuses(*unless, rule, &hints)) {
                continue;
            }
            let Some(quote) = brief.meets(rule, now) else { continue };
            let spoken = speech.spoken(&rule.key);
            let ask = match facts.began_at {
                Some(began) => spoken.ask.replace("{time}", &moment(&speech.said, began, now, zone)),
                None => spoken.ask.clone(),
            };
            let words = if quote.is_empty() { ask } else { format!("{}: {ask}", speech.in_quotes(&quote)) };
            let example = self.example(rule, speech, &brief, templates).map(|example| speech.said.example.replace("{}", &example));
            hints.push(Hint { field: rule.field, kind: rule.kind, tone: rule.tone, words, example, language: speech.code.clone() });
        }
        // An honest "unknown, finding out by 14:20" is an answer, until 14:20.
        hints.retain(|hint| {
            hint.tone == HintTone::Good || !facts.unknown.iter().any(|unknown| unknown.field == hint.field && unknown.until > now)
        });
        for hint in hints.iter_mut().filter(|hint| hint.tone == HintTone::Missing) {
            if let Some(overdue) = facts.unknown.iter().find(|unknown| unknown.field == hint.field) {
                let time = moment(&speech.said, overdue.until, now, zone);
                hint.words = speech.said.overdue.replace("{time}", &time).replace("{words}", &hint.words);
            }
        }
        hints
    }

    /// In the service's own words where they are known and well said.
    fn example(&self, rule: &Rule, speech: &Language, brief: &Brief<'_>, templates: &[Template]) -> Option<String> {
        let known = match rule.example? {
            Example::Words => None,
            Example::Description => templates.iter().map(|template| template.what.trim()).find(|what| self.is_clear(what)),
            Example::People => templates.iter().map(|template| template.who.trim()).find(|who| self.is_counted(who)),
        };
        let spoken = speech.spoken(&rule.key);
        // What is only typed may be a room or a town.
        let name = brief.facts.place.trim();
        let with_service = spoken.with_service.as_ref().filter(|_| brief.facts.service.is_some() && !name.is_empty());
        let with_service = with_service.map(|words| words.replace("{service}", name));
        known.map(Into::into).or(with_service).or_else(|| spoken.example.clone())
    }

    /// A description that draws no hint: one may be shown as an example.
    fn is_clear(&self, what: &str) -> bool {
        let text = Text::of(what);
        let language = self.language_of(&text).unwrap_or(&self.languages[0]);
        let mut vague = self.rules.iter().filter(|rule| rule.field == FactField::What && rule.when == When::Said);
        text.count() > 0 && language.sees(&text) && !vague.any(|rule| language.finds(&rule.key, &text).is_some())
    }

    fn is_counted(&self, who: &str) -> bool {
        Text::of(who).numbers().next().is_some()
    }

    /// The one language of which the text has the most words.
    fn language_of(&self, text: &Text<'_>) -> Option<&Language> {
        let shares: Vec<usize> = self.languages.iter().map(|language| language.share(text)).collect();
        let most = *shares.iter().max()?;
        let mut best = self.languages.iter().zip(&shares).filter(|(_, share)| **share == most).map(|(language, _)| language);
        best.next().filter(|_| most > 0 && best.next().is_none())
    }
}

/// A moment as people say it in this language.
fn moment(said: &Said, moment: Instant, now: Instant, zone: Tz) -> String {
    let (then, today) = (moment.at(zone), now.at(zone));
    let form = match (then.date_naive() - today.date_naive()).num_days() {
        0 => &said.today,
        -1 => &said.yesterday,
        1 => &said.tomorrow,
        _ if then.year() == today.year() => &said.day,
        _ => &said.year,
    };
    then.format(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::assessment::Affected;
    use crate::domain::facts::{Tried, TriedResult, Unknown};
    use crate::domain::id::ServiceId;
    use crate::domain::time::{DAY, MINUTE};
    use std::sync::LazyLock;

    static COACH: LazyLock<Coach> = LazyLock::new(Coach::new);
    const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

    fn on(facts: &Facts, answers: &Answers) -> Vec<Hint> {
        COACH.hints(facts, answers, &[], NOW, chrono_tz::Europe::Berlin)
    }

    fn facts_of(what: &str) -> Facts {
        Facts { what: what.into(), ..Facts::default() }
    }

    fn of(field: FactField, facts: &Facts) -> Vec<Hint> {
        on(facts, &Answers::default()).into_iter().filter(|hint| hint.field == field).collect()
    }

    fn on_what(text: &str) -> Vec<Hint> {
        of(FactField::What, &facts_of(text))
    }

    #[test]
    fn what_is_vague_is_quoted_with_what_to_ask_and_an_example() {
        for (text, quoted) in [
            ("the system is down", vec!["\"the system\": Which one?", "\"down\": What do people see"]),
            ("Server slow", vec!["\"Server\": Which one?", "\"slow\": Slow at what"]),
            ("printing doesn't work", vec!["\"doesn't work\": What should it do"]),
            ("printing doesn’t work", vec!["\"doesn’t work\": What should it do"]),
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
            ("is broken since 9", vec!["\"is broken\": What is it that does so?", "\"broken\": What should it do"]),
            ("doesnt work anymore", vec!["\"doesnt\": What is it that does so?", "\"doesnt work\": What should it do"]),
            ("ist seit 9 kaputt", vec!["„ist seit 9 kaputt“: Was denn genau?", "„kaputt“: Was sollte es tun"]),
            (
                "Bei einigen Nutzern funzt der Login nicht",
                vec!["„funzt der Login nicht“: Was sollte es tun", "„einigen Nutzern“: Welche, und etwa wie viele?"],
            ),
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
            "La caisse du magasin 3 refuse les cartes",
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
    fn a_symptom_alone_asks_what_it_is_doing() {
        let placed = |what: &str| Facts { place: "Order platform".into(), ..facts_of(what) };
        for bare in ["It hangs", "It keeps crashing", "server offline", "Page won't load", "Es hängt", "Es stürzt ab", "Seite lädt nicht"]
        {
            let said = of(FactField::What, &placed(bare));
            assert!(said.len() == 1 && said[0].tone == HintTone::Vague, "{bare}: where it is does not say what people see: {said:?}");
        }
        for clear in ["Checkout hangs", "Hangs at 99 % when saving an invoice", "Der Etikettendrucker ist offline"] {
            let said = of(FactField::What, &placed(clear));
            assert!(said.iter().all(|hint| hint.tone == HintTone::Good), "{clear}: named, or said at length: {said:?}");
        }
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
    fn an_example_is_of_the_service_that_was_chosen() {
        let facts =
            Facts { what: "everything is slow".into(), service: Some(ServiceId::new(NOW)), place: "Payroll".into(), ..Facts::default() };
        let template = |what: &str, who: &str| Template { name: "often".into(), what: what.into(), who: who.into(), ..Template::default() };
        let templates = [template("Payroll is down", "some"), template("Payroll rejects two cost centres", "Accounting, 12 people")];
        let example = |what: &str, templates: &[Template], field| {
            let facts = Facts { what: what.into(), ..facts.clone() };
            let hints = COACH.hints(&facts, &Answers::default(), templates, NOW, chrono_tz::Europe::Berlin);
            hints.into_iter().find(|hint| hint.field == field).and_then(|hint| hint.example)
        };
        assert_eq!(example("slow", &[], FactField::What).as_deref(), Some("For example: Payroll takes 40 s a page instead of one"));
        assert_eq!(
            example("down", &templates, FactField::What).as_deref(),
            Some("For example: Payroll rejects two cost centres"),
            "its own description, and not the one that is vague itself"
        );
        assert_eq!(
            example("down", &templates, FactField::Who).as_deref(),
            Some("For example: Accounting, 12 people"),
            "who counts, is shown"
        );
        let typed = Facts { service: None, place: "Head office".into(), ..facts };
        let said = of(FactField::What, &typed)[0].example.clone();
        assert_eq!(said.as_deref(), Some("For example: Queries on db-17 take 40 s instead of one"), "an office takes no 40 s a page");
    }

    #[test]
    fn each_field_is_read_in_its_own_language_and_all_hints_are_said_in_the_brief_s() {
        let facts = Facts {
            what: "Die Kasse in Filiale 3 ist seit heute früh sehr langsam".into(),
            who: "several colleagues".into(),
            ..Facts::default()
        };
        let hints = on(&facts, &Answers::default());
        let words = |field| hints.iter().find(|hint| hint.field == field).map_or("", |hint| hint.words.as_str());
        assert!(words(FactField::What).starts_with("„langsam“: Langsam wobei"), "{hints:?}");
        assert!(words(FactField::Who).starts_with("„several“: Etwa wie viele?"), "found in English, said in German: {hints:?}");
        assert!(words(FactField::Began).starts_with("„seit heute früh“: Etwa um wie viel Uhr?"), "quoted whole: {hints:?}");
        assert!(hints.iter().all(|hint| hint.language == "de"), "and the page is told which language that is");
        let promise = Facts { unknown: vec![Unknown { field: FactField::Tried, until: NOW.plus(-12 * MINUTE) }], ..facts };
        let words = of(FactField::Tried, &promise)[0].words.clone();
        assert!(words.starts_with("Bis 13:30 sollte das geklärt sein: Was wurde schon versucht?"), "{words}");
    }

    #[test]
    fn what_the_description_tells_is_not_asked_for_again() {
        let asked = |what: &str, field| of(field, &facts_of(what)).len();
        for (told, field) in [
            ("Tills refuse cards since 13:42", FactField::Began),
            ("Kassen lehnen seit 8 Uhr Karten ab", FactField::Began),
            ("40 cashiers cannot log in", FactField::Who),
            ("40 cashiers cannot log in", FactField::Impact),
            ("Checkout fails, $10,000 per hour", FactField::Impact),
            ("Bezahlen schlägt fehl, 800 Euro pro Stunde", FactField::Impact),
            ("Restarted the label printer twice, still blank", FactField::Tried),
        ] {
            assert_eq!(asked(told, field), 0, "{told}");
            assert_eq!(asked("Tills refuse cards", field), 1, "and where it is not told, it is");
        }
    }

    #[test]
    fn jargon_needs_the_name_of_its_system() {
        let kinds = |what: &str| {
            let hints = of(FactField::What, &facts_of(what));
            hints.into_iter().filter(|hint| hint.tone != HintTone::Good).map(|hint| hint.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds("upstream timeouts after failover"), [HintKind::Jargon]);
        assert_eq!(kinds("LDAP bind fails"), [HintKind::Jargon], "jargon in large letters is no name");
        assert_eq!(kinds("LDAP bind fails when people log in to Jira"), [], "Jira is one");
        assert_eq!(kinds("replica of db-17 40 minutes behind"), [], "and so is db-17");
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
