//! What has changed of what is known, in plain words, for those who knew it before.

use chrono_tz::Tz;

use super::facts::{FactField, Facts, Tried};
use super::impact::{ASSUMED, grouped, money};
use super::text::capital;
use super::time::{Instant, spoken};

/// In the order in which one speaks of them.
const FIELDS: [FactField; 10] = [
    FactField::What,
    FactField::Place,
    FactField::Who,
    FactField::Reporter,
    FactField::Began,
    FactField::People,
    FactField::Share,
    FactField::Impact,
    FactField::Orders,
    FactField::Customers,
];

/// "People affected: 40 → 3,200. Now known: began 14:02." Empty where nothing changed.
#[must_use]
pub fn difference(before: &Facts, after: &Facts, currency: &str, zone: Tz, now: Instant) -> String {
    let said = |facts: &Facts, field| said(facts, field, currency, zone, now);
    let (mut changed, mut found, mut lost, mut confirmed) = (vec![], vec![], vec![], vec![]);
    for field in FIELDS {
        let label = label(field);
        let assumed = |facts: &Facts| facts.assumed.contains(&field);
        let mark = if assumed(after) { ASSUMED } else { "" };
        match (said(before, field), said(after, field)) {
            (Some(was), Some(is)) if was == is && assumed(before) && !assumed(after) => confirmed.push(format!("{label} {is}")),
            (Some(was), Some(is)) if was == is && assumed(before) == assumed(after) => {}
            (Some(_), Some(is)) if field == FactField::What => changed.push(format!("What happened is now: {is}{mark}")),
            (Some(was), Some(is)) if was == is => changed.push(format!("{} {is}{mark}", capital(label))),
            (Some(was), Some(is)) => changed.push(format!("{}: {was} → {is}{mark}", capital(label.trim_end_matches(':')))),
            (None, Some(is)) => found.push(format!("{label} {is}{mark}")),
            (Some(was), None) => lost.push(format!("{label} {was}")),
            (None, None) => {}
        }
    }
    let mut sentences = changed;
    for (words, these) in [("Now known", found), ("Confirmed", confirmed), ("Not known after all", lost)] {
        if !these.is_empty() {
            sentences.push(format!("{words}: {}", these.join(", ")));
        }
    }
    sentences.extend(tried(before, after));
    let open = after.unknown.iter().filter(|unknown| !before.unknown.contains(unknown));
    sentences.extend(open.map(|one| format!("Still unknown: {}, finding out by {}", one.field.word(), spoken(one.until, now, zone))));
    sentences.iter().map(|sentence| ended(sentence)).collect::<Vec<_>>().join(" ")
}

/// What had been changed while somebody edited it, and gave way to what they wrote; empty where nothing did.
#[must_use]
pub fn gave_way(fields: &[FactField], meanwhile: &Facts, currency: &str, zone: Tz, now: Instant) -> String {
    let one = |field: &FactField| match said(meanwhile, *field, currency, zone, now) {
        Some(words) => format!("{} {words}", label(*field)),
        None if *field == FactField::Tried => field.word().into(),
        None => format!("{} nothing", label(*field)),
    };
    if fields.is_empty() {
        return String::new();
    }
    ended(&format!("Changed meanwhile, and replaced by yours: {}", fields.iter().map(one).collect::<Vec<_>>().join(", ")))
}

/// What has been tried since, and what turned out otherwise.
fn tried(before: &Facts, after: &Facts) -> Vec<String> {
    let earlier = |tried: &Tried| before.tried.iter().find(|known| (&known.what, known.at) == (&tried.what, tried.at));
    let one = |tried: &Tried| match earlier(tried) {
        None => Some(format!("Tried: {} ({})", tried.what, tried.result.word())),
        Some(known) if known.result != tried.result => {
            Some(format!("{}: {} → {}", capital(&tried.what), known.result.word(), tried.result.word()))
        }
        Some(_) => None,
    };
    let gone = |known: &&Tried| after.tried.iter().all(|tried| tried.what != known.what);
    let gone = before.tried.iter().filter(gone).map(|known| format!("Not tried after all: {}", known.what));
    after.tried.iter().filter_map(one).chain(gone).collect()
}

/// What introduces the field in the middle of a sentence.
const fn label(field: FactField) -> &'static str {
    match field {
        FactField::What => "what happened:",
        FactField::Place => "where:",
        FactField::Who => "who is affected:",
        FactField::Began => "began",
        FactField::Impact => "money lost:",
        FactField::Tried => "tried:",
        FactField::People => "people affected:",
        FactField::Share => "share affected:",
        FactField::Orders => "orders lost:",
        FactField::Customers => "customers affected:",
        FactField::Reporter => "reported by:",
    }
}

/// `None` where nothing is said.
fn said(facts: &Facts, field: FactField, currency: &str, zone: Tz, now: Instant) -> Option<String> {
    let text = |text: &str| Some(text.trim().to_string()).filter(|text| !text.is_empty());
    let figure = |figure: Option<u32>| figure.map(|figure| grouped(i64::from(figure)));
    match field {
        FactField::What => text(&facts.what),
        FactField::Place => text(&facts.place),
        FactField::Who => text(&facts.who),
        FactField::Reporter => text(&facts.reported_by),
        FactField::Began => facts.began_at.map(|began| spoken(began, now, zone)),
        FactField::Impact => facts.cost_per_hour.map(|cost| format!("{} per hour", money(i64::from(cost), currency))),
        FactField::Tried => None,
        FactField::People => figure(facts.people_affected),
        FactField::Share => facts.affected_percent.map(|percent| format!("{percent} %")),
        FactField::Orders => figure(facts.orders_per_hour).map(|orders| format!("{orders} per hour")),
        FactField::Customers => figure(facts.customers_affected),
    }
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?', '…']) { sentence.into() } else { format!("{sentence}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::{TriedResult, Unknown};
    use crate::domain::time::MINUTE;

    const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

    fn known() -> Facts {
        let tried = vec![Tried { what: "restarted the pool".into(), result: TriedResult::NoEffect, at: NOW }];
        Facts { what: "Checkout fails".into(), place: "Shop".into(), people_affected: Some(40), tried, ..Facts::default() }
    }

    fn told(change: impl FnOnce(&mut Facts)) -> String {
        let mut after = known();
        change(&mut after);
        difference(&known(), &after, "EUR", chrono_tz::Europe::Berlin, NOW)
    }

    #[test]
    fn what_changed_is_said_with_what_it_was_and_what_is_new_as_news() {
        let words = told(|facts| {
            facts.people_affected = Some(3200);
            facts.began_at = Some(NOW.plus(-13 * MINUTE));
            facts.who = "All web customers".into();
        });
        assert_eq!(words, "People affected: 40 → 3,200. Now known: who is affected: All web customers, began 13:29.");
        assert_eq!(told(|_| {}), "", "nothing changed is nothing to say");
        assert_eq!(told(|facts| facts.people_affected = None), "Not known after all: people affected: 40.");
        assert_eq!(told(|facts| facts.what = "Nobody can pay!".into()), "What happened is now: Nobody can pay!");
        assert_eq!(told(|facts| facts.place = "Order platform".into()), "Where: Shop → Order platform.");
    }

    #[test]
    fn figures_are_written_as_in_the_brief() {
        let words = told(|facts| {
            facts.cost_per_hour = Some(10_000);
            facts.affected_percent = Some(40);
            facts.orders_per_hour = Some(1200);
            facts.customers_affected = Some(5);
        });
        assert_eq!(
            words,
            "Now known: share affected: 40 %, money lost: € 10,000 per hour, orders lost: 1,200 per hour, customers affected: 5."
        );
    }

    #[test]
    fn an_assumption_is_said_as_one_and_so_is_that_it_was_confirmed() {
        let assumed = [FactField::People].into();
        assert_eq!(
            told(|facts| (facts.people_affected, facts.assumed) = (Some(3200), [FactField::People].into())),
            "People affected: 40 → 3,200 (assumed)."
        );
        assert_eq!(told(|facts| facts.assumed = [FactField::People].into()), "People affected: 40 (assumed).");
        let before = Facts { assumed, ..known() };
        assert_eq!(difference(&before, &known(), "EUR", chrono_tz::UTC, NOW), "Confirmed: people affected: 40.");
    }

    #[test]
    fn whoever_edits_hears_what_gave_way_to_it() {
        let words = |fields: &[FactField]| gave_way(fields, &known(), "EUR", chrono_tz::Europe::Berlin, NOW);
        assert_eq!(
            words(&[FactField::People, FactField::Who, FactField::Tried]),
            "Changed meanwhile, and replaced by yours: people affected: 40, who is affected: nothing, what has been tried."
        );
        assert_eq!(words(&[]), "");
    }

    #[test]
    fn steps_and_open_questions_are_news_too() {
        let words = told(|facts| {
            facts.tried[0].result = TriedResult::Helped;
            facts.tried.push(Tried { what: "Failed over".into(), result: TriedResult::CouldNot, at: NOW });
            facts.unknown.push(Unknown { field: FactField::Who, until: NOW.plus(38 * MINUTE) });
        });
        assert_eq!(
            words,
            "Restarted the pool: no effect → helped. Tried: Failed over (could not be done). Still unknown: who is affected, finding out by 14:20."
        );
        assert_eq!(told(|facts| facts.tried.clear()), "Not tried after all: restarted the pool.");
    }
}
