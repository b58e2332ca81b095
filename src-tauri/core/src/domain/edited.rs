//! What somebody edited beside what came meanwhile: only what they changed is changed.

use super::facts::{FactField, Facts, Tried};

/// The facts after an edit, and what had been said otherwise since it was begun and gave way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    pub facts: Facts,
    pub overwritten: Vec<FactField>,
}

/// `opened` is what the editor saw first, `by_hand` what they made of it, and `now` what is known by now.
#[must_use]
pub fn edited(opened: &Facts, by_hand: &Facts, now: &Facts) -> Edited {
    let mut facts = now.clone();
    let mut overwritten = Vec::new();
    let mut lose = |field, lost: bool| overwritten.extend(lost.then_some(field));
    for field in FactField::ALL.into_iter().filter(|field| *field != FactField::Tried) {
        if by_hand.says_the_same(opened, field) {
            continue;
        }
        facts.takes_over(by_hand, field);
        lose(field, !now.says_the_same(opened, field) && !now.says_the_same(by_hand, field));
    }
    if by_hand.customers_in_all != opened.customers_in_all {
        facts.customers_in_all = by_hand.customers_in_all;
    }
    let (tried, lost) = by_entry(&opened.tried, &by_hand.tried, &now.tried, Tried::is_entry);
    facts.tried = tried;
    lose(FactField::Tried, lost);
    facts.checklist = by_entry(&opened.checklist, &by_hand.checklist, &now.checklist, |one, other| one == other).0;
    facts.unknown = by_entry(&opened.unknown, &by_hand.unknown, &now.unknown, |one, other| one.field == other.field).0;
    // What has become known meanwhile nobody has to find out any more.
    let found_out = |field| facts.tells(field) && !by_hand.tells(field);
    facts.unknown = facts.unknown.iter().filter(|unknown| !found_out(unknown.field)).cloned().collect();
    for field in FactField::ALL {
        let mark = |facts: &Facts| facts.assumed.contains(&field);
        // A mark is of what it was set beside.
        let confirmed = now.says_the_same(opened, field) && mark(by_hand) != mark(opened);
        let is_theirs = confirmed || !by_hand.says_the_same(opened, field);
        if mark(if is_theirs { by_hand } else { now }) {
            facts.assumed.insert(field);
        } else {
            facts.assumed.remove(&field);
        }
    }
    Edited { facts, overwritten }
}

/// The list as the editor left it, with what was added, taken out or changed meanwhile where they left that alone; and
/// whether anything of it gave way.
fn by_entry<T: Clone + PartialEq>(opened: &[T], by_hand: &[T], now: &[T], is_same: impl Fn(&T, &T) -> bool) -> (Vec<T>, bool) {
    let of = |list: &[T], one: &T| list.iter().find(|other| is_same(other, one)).cloned();
    let (mut merged, mut lost) = (Vec::new(), false);
    for one in by_hand {
        let (before, meanwhile) = (of(opened, one), of(now, one));
        if before.as_ref() == Some(one) {
            merged.extend(meanwhile);
        } else {
            lost |= meanwhile != before && meanwhile.as_ref() != Some(one);
            merged.push(one.clone());
        }
    }
    for one in now.iter().filter(|one| of(by_hand, one).is_none()) {
        match of(opened, one) {
            None => merged.push(one.clone()),
            Some(before) => lost |= before != *one,
        }
    }
    (merged, lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::{TriedResult, Unknown};
    use crate::domain::time::Instant;

    fn step(what: &str, result: TriedResult, at: i64) -> Tried {
        Tried { what: what.into(), result, at: Instant(at) }
    }

    fn known() -> Facts {
        let tried = vec![step("Restarted the pool", TriedResult::NoEffect, 1), step("Failed over", TriedResult::CouldNot, 2)];
        Facts { what: "Checkout fails".into(), place: "Shop".into(), people_affected: Some(40), tried, ..Facts::default() }
    }

    #[test]
    fn only_what_was_edited_is_changed_and_what_gave_way_is_named() {
        use FactField as F;
        type Change = fn(&mut Facts);
        // What the editor did, what came meanwhile, what is so then, and what gave way.
        let table: [(&str, Change, Change, Change, &[F]); 14] = [
            ("nothing, nothing", |_| {}, |_| {}, |_| {}, &[]),
            ("what came stays", |_| {}, |facts| facts.who = "Graz".into(), |facts| facts.who = "Graz".into(), &[]),
            (
                "each changed another field",
                |facts| facts.people_affected = Some(90),
                |facts| facts.who = "Graz".into(),
                |facts| (facts.people_affected, facts.who) = (Some(90), "Graz".into()),
                &[],
            ),
            (
                "both the same field",
                |facts| facts.people_affected = Some(90),
                |facts| facts.people_affected = Some(3200),
                |facts| facts.people_affected = Some(90),
                &[F::People],
            ),
            (
                "both to the same",
                |facts| facts.people_affected = Some(90),
                |facts| facts.people_affected = Some(90),
                |facts| facts.people_affected = Some(90),
                &[],
            ),
            (
                "emptied by hand",
                |facts| facts.people_affected = None,
                |facts| facts.people_affected = Some(3200),
                |facts| facts.people_affected = None,
                &[F::People],
            ),
            (
                "a step of each",
                |facts| facts.tried.push(step("Other router", TriedResult::Helped, 3)),
                |facts| facts.tried.push(step("Cleared the cache", TriedResult::NoEffect, 4)),
                |facts| {
                    facts.tried.extend([step("Other router", TriedResult::Helped, 3), step("Cleared the cache", TriedResult::NoEffect, 4)]);
                },
                &[],
            ),
            (
                "one took a step out, the other put another result",
                |facts| drop(facts.tried.remove(1)),
                |facts| facts.tried[0].result = TriedResult::Helped,
                |facts| {
                    facts.tried[0].result = TriedResult::Helped;
                    facts.tried.truncate(1);
                },
                &[],
            ),
            (
                "both put another result",
                |facts| facts.tried[0].result = TriedResult::MadeWorse,
                |facts| facts.tried[0].result = TriedResult::Helped,
                |facts| facts.tried[0].result = TriedResult::MadeWorse,
                &[F::Tried],
            ),
            ("taken out meanwhile", |_| {}, |facts| drop(facts.tried.remove(0)), |facts| drop(facts.tried.remove(0)), &[]),
            (
                "to be found out, and found out meanwhile",
                |facts| facts.unknown.push(Unknown { field: F::Who, until: Instant(9) }),
                |facts| facts.who = "Graz".into(),
                |facts| facts.who = "Graz".into(),
                &[],
            ),
            (
                "confirmed, and guessed anew meanwhile",
                |facts| facts.assumed = [].into(),
                |facts| facts.affected_percent = Some(60),
                |facts| facts.affected_percent = Some(60),
                &[],
            ),
            (
                "confirmed, and something else meanwhile",
                |facts| facts.assumed = [].into(),
                |facts| facts.who = "Graz".into(),
                |facts| {
                    facts.assumed.remove(&F::Share);
                    facts.who = "Graz".into();
                },
                &[],
            ),
            (
                "put right, where it was guessed",
                |facts| {
                    facts.affected_percent = Some(50);
                    facts.assumed.remove(&F::Share);
                },
                |facts| facts.who = "Graz".into(),
                |facts| {
                    facts.affected_percent = Some(50);
                    facts.assumed.remove(&F::Share);
                    facts.who = "Graz".into();
                },
                &[],
            ),
        ];
        for (case, by_hand, meanwhile, then, lost) in table {
            let opened = Facts { affected_percent: Some(40), assumed: [F::Share].into(), ..known() };
            let after = |change: Change| {
                let mut facts = opened.clone();
                change(&mut facts);
                facts
            };
            let result = edited(&opened, &after(by_hand), &after(meanwhile));
            assert_eq!(result, Edited { facts: after(then), overwritten: lost.into() }, "{case}");
        }
    }
}
