//! How well the coach sees: sixty briefs as people type them, each labelled with
//! the hints it deserves. `cargo test -p baton-tests --test briefs -- --nocapture`
//! prints the figures.

use std::collections::BTreeSet;
use std::fs;

use baton_core::domain::assessment::{Affected, Answers};
use baton_core::domain::coach::{Coach, HintKind, HintTone};
use baton_core::domain::facts::{FactField, Facts, Tried, TriedResult};
use baton_core::domain::time::{Instant, MINUTE};
use baton_tests::root;
use serde::Deserialize;

const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

/// So many of the hints given are deserved at least, and of those deserved given.
const ENOUGH: f64 = 0.95;

/// The same for a part of the briefs, where one more or less counts for much.
const ENOUGH_OF_A_PART: f64 = 0.9;

#[derive(Deserialize)]
struct Sheet {
    brief: Vec<Labelled>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    name: String,
    language: String,
    #[serde(default)]
    held_out: bool,
    what: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    who: String,
    people: Option<u32>,
    /// Minutes ago.
    began: Option<i64>,
    cost: Option<u32>,
    #[serde(default)]
    tried: Vec<String>,
    affected: Option<Affected>,
    deserves: Vec<Deserved>,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Deserved(HintKind, FactField);

impl TryFrom<String> for Deserved {
    type Error = serde_json::Error;

    fn try_from(label: String) -> Result<Self, Self::Error> {
        let (kind, field) = label.split_once(' ').unwrap_or((&label, ""));
        Ok(Self(serde_json::from_value(kind.into())?, serde_json::from_value(field.into())?))
    }
}

type Hints = BTreeSet<(HintKind, FactField)>;

impl Labelled {
    fn deserved(&self) -> Hints {
        self.deserves.iter().map(|one| (one.0, one.1)).collect()
    }

    fn given(&self, coach: &Coach) -> Hints {
        let tried = |what: &String| Tried { what: what.clone(), result: TriedResult::NoEffect, at: NOW };
        let facts = Facts {
            what: self.what.clone(),
            place: self.place.clone(),
            who: self.who.clone(),
            people_affected: self.people,
            began_at: self.began.map(|minutes| NOW.plus(-minutes * MINUTE)),
            cost_per_hour: self.cost,
            tried: self.tried.iter().map(tried).collect(),
            ..Facts::default()
        };
        let answers = Answers { affected: self.affected, ..Answers::default() };
        let hints = coach.hints(&facts, &answers, &[], NOW, chrono_tz::Europe::Berlin);
        hints.iter().filter(|hint| hint.tone != HintTone::Good).map(|hint| (hint.kind, hint.field)).collect()
    }
}

#[derive(Default)]
struct Score {
    briefs: usize,
    right: usize,
    given: usize,
    deserved: usize,
}

impl Score {
    fn add(&mut self, given: &Hints, deserved: &Hints) {
        self.briefs += 1;
        self.right += given.intersection(deserved).count();
        self.given += given.len();
        self.deserved += deserved.len();
    }

    fn precision(&self) -> f64 {
        self.right as f64 / self.given as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / self.deserved as f64
    }
}

fn sheet() -> Vec<Labelled> {
    let text = fs::read_to_string(root().join("tests/fixtures/briefs.toml")).expect("the briefs");
    toml::from_str::<Sheet>(&text).expect("a sheet of labelled briefs").brief
}

#[test]
fn the_coach_gives_the_hints_that_a_brief_deserves_and_hardly_any_other() {
    type Part = (&'static str, fn(&Labelled) -> bool);
    let parts: [Part; 7] = [
        ("all", |_| true),
        ("English", |brief| brief.language == "en"),
        ("German", |brief| brief.language == "de"),
        ("tuned on", |brief| !brief.held_out),
        ("held out", |brief| brief.held_out),
        ("held out, English", |brief| brief.held_out && brief.language == "en"),
        ("held out, German", |brief| brief.held_out && brief.language == "de"),
    ];
    let (coach, briefs) = (Coach::new(), sheet());
    // What is empty is seen without reading; so what was read is counted apart, too.
    let is_read = |hints: Hints| hints.into_iter().filter(|(kind, _)| *kind != HintKind::Missing).collect::<Hints>();
    let mut wrong = Vec::new();
    for brief in &briefs {
        let (given, deserved) = (brief.given(&coach), brief.deserved());
        let kept = if brief.held_out { ", held out" } else { "" };
        wrong.extend(given.difference(&deserved).map(|hint| format!("{}{kept}: {hint:?} is not deserved", brief.name)));
        wrong.extend(deserved.difference(&given).map(|hint| format!("{}{kept}: {hint:?} is not seen", brief.name)));
    }
    println!("{:<20} {:>6}   {:^20}   {:^20}", "", "briefs", "every hint", "read from words");
    println!("{:<20} {:>6}   {:>9} {:>10}   {:>9} {:>10}", "", "", "precision", "recall", "precision", "recall");
    let mut poor = Vec::new();
    for (name, belongs) in parts {
        let (mut every, mut read) = (Score::default(), Score::default());
        for brief in briefs.iter().filter(|brief| belongs(brief)) {
            let (given, deserved) = (brief.given(&coach), brief.deserved());
            every.add(&given, &deserved);
            read.add(&is_read(given), &is_read(deserved));
        }
        println!(
            "{name:<20} {:>6}   {:>9.3} {:>10.3}   {:>9.3} {:>10.3}",
            every.briefs,
            every.precision(),
            every.recall(),
            read.precision(),
            read.recall()
        );
        let enough = if name == "all" { ENOUGH } else { ENOUGH_OF_A_PART };
        if [every.precision(), every.recall()].iter().any(|figure| *figure < enough) {
            poor.push(name);
        }
    }
    println!("\nWhat the coach gets wrong:\n{}", wrong.join("\n"));
    assert_eq!(poor, Vec::<&str>::new(), "nearly every hint is deserved, and nearly every deserved one is given");
}

#[test]
fn the_sheet_is_what_it_says_it_is() {
    let briefs = sheet();
    let count = |belongs: fn(&Labelled) -> bool| briefs.iter().filter(|brief| belongs(brief)).count();
    assert!(briefs.len() >= 60, "sixty briefs");
    assert!(count(|brief| brief.language == "de") >= 20, "a third of them German");
    assert!(count(|brief| brief.held_out) >= 20, "and twenty on which nothing was tuned");
    assert!(count(|brief| brief.deserves.is_empty()) >= 15, "some of them good");
    let names: BTreeSet<&str> = briefs.iter().map(|brief| brief.name.as_str()).collect();
    assert_eq!(names.len(), briefs.len(), "each has a name of its own");
}
