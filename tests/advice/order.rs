//! A worse answer never makes the advice milder, whatever policy a desk has agreed on.

use baton_core::domain::advice::{Verdict, advise};
use baton_core::domain::assessment::{Affected, Answers, ColleagueView, Condition, Expertise, Gut, Risk, Stuck};
use baton_core::domain::policy::{self, MatrixRow, Override, Policy, Weights};
use baton_core::domain::severity::{BySeverity, Severity};
use baton_core::domain::time::Instant;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

/// Each answer with everything that is one step worse.
fn worse(answers: &Answers) -> Vec<Answers> {
    fn next<A: Copy + PartialEq>(order: &[A], given: Option<A>) -> Option<A> {
        let at = order.iter().position(|one| Some(*one) == given)?;
        order.get(at + 1).copied()
    }
    let affected = [Affected::KNOWN.as_slice(), &[Affected::NotSure]].concat();
    let condition = [Condition::KNOWN.as_slice(), &[Condition::NotSure]].concat();
    let expertise = [Expertise::KnowHow, Expertise::Perhaps, Expertise::Outside];
    let stuck = [Stuck::JustStarted, Stuck::QuarterHour, Stuck::HalfHour, Stuck::HourOrMore];
    let gut = [Gut::WillPass, Gut::Unsure, Gut::SomethingIsWrong];
    let colleague = [ColleagueView::Wait, ColleagueView::NotAsked, ColleagueView::Escalate];
    let change = |change: &dyn Fn(&mut Answers)| {
        let mut changed = answers.clone();
        change(&mut changed);
        changed
    };
    let mut all = Vec::new();
    all.extend(next(&affected, answers.affected).map(|one| change(&|answers| answers.affected = Some(one))));
    all.extend(next(&condition, answers.condition).map(|one| change(&|answers| answers.condition = Some(one))));
    all.extend(next(&expertise, answers.expertise).map(|one| change(&|answers| answers.expertise = Some(one))));
    all.extend(next(&stuck, answers.stuck).map(|one| change(&|answers| answers.stuck = Some(one))));
    all.extend(next(&gut, answers.gut).map(|one| change(&|answers| answers.gut = Some(one))));
    all.extend(next(&colleague, answers.colleague).map(|one| change(&|answers| answers.colleague = Some(one))));
    all.extend(Risk::ALL.map(|risk| change(&|answers| answers.risks.get_or_insert_default().extend([risk]))));
    all
}

/// The advice as a rank: the higher, the sooner somebody else hears of it.
fn rank(verdict: &Verdict) -> (usize, i64) {
    match verdict {
        Verdict::Open {} => (0, 0),
        Verdict::CarryOn { minutes, .. } => (1, -i64::from(*minutes)),
        Verdict::AskColleague {} => (2, 0),
        Verdict::Escalate {} => (3, 0),
    }
}

fn is_monotonic(policy: &Policy, answers: &Answers) {
    let before = advise(policy, answers, NOW, chrono_tz::Europe::Berlin);
    for changed in worse(answers) {
        let after = advise(policy, &changed, NOW, chrono_tz::Europe::Berlin);
        assert!(before.severity <= after.severity, "less severe by a worse answer: {answers:?} → {changed:?}");
        assert!(rank(&before.verdict) <= rank(&after.verdict), "milder by a worse answer: {answers:?} → {changed:?}");
    }
}

/// Any policy, in order or not.
fn policies() -> impl Strategy<Value = Policy> {
    let points = |count| vec(-30..60_i32, count);
    let rows = vec(0..4_usize, 15);
    let minutes = vec(1..90_u32, 4);
    let weights = (points(5), points(3), points(3), points(4), points(3), points(3));
    let edges = (0..60_i32, 20..120_i32, option::of(0..4_usize));
    (any::<bool>(), rows, weights, edges, minutes, vec(0..60_i32, 4), vec(any::<bool>(), 4)).prop_map(
        |(in_order, mut rows, weights, (ask_at, escalate_at, from), mut minutes, risks, decisive)| {
            let (mut affected, mut condition, mut expertise, mut stuck, mut gut, mut colleague) = weights;
            if in_order {
                for column in [&mut affected, &mut condition, &mut expertise, &mut stuck, &mut gut, &mut colleague] {
                    column.sort_unstable();
                }
                minutes.sort_unstable();
                for (at, before) in
                    (0..15).flat_map(|at| [(at, at % 3 > 0, 1), (at, at >= 3, 3)]).filter(|one| one.1).map(|one| (one.0, one.2))
                {
                    rows[at] = rows[at].max(rows[at - before]);
                }
            }
            let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
            let cells = Affected::KNOWN.into_iter().flat_map(|affected| Condition::KNOWN.map(|condition| (affected, condition)));
            let matrix = cells.zip(rows).map(|((affected, condition), at)| MatrixRow { affected, condition, severity: severities[at] });
            let overrides = Risk::ALL.into_iter().zip(decisive).filter(|(_, decides)| *decides);
            Policy {
                version: 1,
                matrix: matrix.collect(),
                weights: Weights {
                    affected: Affected::KNOWN.into_iter().zip(affected).collect(),
                    condition: Condition::KNOWN.into_iter().zip(condition).collect(),
                    risk: Risk::ALL.into_iter().zip(risks).collect(),
                    expertise: [Expertise::KnowHow, Expertise::Perhaps, Expertise::Outside].into_iter().zip(expertise).collect(),
                    stuck: [Stuck::JustStarted, Stuck::QuarterHour, Stuck::HalfHour, Stuck::HourOrMore].into_iter().zip(stuck).collect(),
                    gut: [Gut::WillPass, Gut::Unsure, Gut::SomethingIsWrong].into_iter().zip(gut).collect(),
                    colleague: [ColleagueView::Wait, ColleagueView::NotAsked, ColleagueView::Escalate].into_iter().zip(colleague).collect(),
                },
                overrides: overrides.map(|(risk, _)| Override { risk, at_least: Severity::High }).collect(),
                escalate_from: from.map(|at| severities[at]),
                escalate_at,
                ask_at,
                carry_on_minutes: BySeverity { critical: minutes[0], high: minutes[1], medium: minutes[2], low: minutes[3] },
            }
        },
    )
}

fn any_answers() -> impl Strategy<Value = Answers> {
    let affected = [Affected::KNOWN.as_slice(), &[Affected::NotSure]].concat();
    let condition = [Condition::KNOWN.as_slice(), &[Condition::NotSure]].concat();
    let expertise = vec![Expertise::KnowHow, Expertise::Perhaps, Expertise::Outside];
    let stuck = vec![Stuck::JustStarted, Stuck::QuarterHour, Stuck::HalfHour, Stuck::HourOrMore];
    let gut = vec![Gut::WillPass, Gut::Unsure, Gut::SomethingIsWrong];
    let colleague = vec![ColleagueView::Wait, ColleagueView::NotAsked, ColleagueView::Escalate];
    (
        option::of(select(affected)),
        option::of(select(condition)),
        option::of(btree_set(select(Risk::ALL.to_vec()), 0..3)),
        option::of(select(expertise)),
        option::of(select(stuck)),
        option::of(select(gut)),
        option::of(select(colleague)),
    )
        .prop_map(|(affected, condition, risks, expertise, stuck, gut, colleague)| Answers {
            affected,
            condition,
            risks,
            expertise,
            stuck,
            gut,
            colleague,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn no_worse_answer_ever_makes_the_advice_of_an_accepted_policy_milder(policy in policies(), answers in vec(any_answers(), 20)) {
        prop_assume!(policy::faults(&policy).is_empty());
        answers.iter().for_each(|answers| is_monotonic(&policy, answers));
    }

    #[test]
    fn no_worse_answer_ever_makes_the_standard_advice_milder(answers in any_answers()) {
        is_monotonic(&Policy::standard(), &answers);
    }
}
