//! What the policy makes of the answers: a recommendation with its reasons. The
//! person decides.

mod alternatives;

use std::cmp::Reverse;

use chrono_tz::Tz;
use serde::Serialize;
use ts_rs::TS;

use self::alternatives::alternatives;
use super::assessment::{Affected, Answers, ColleagueView, Condition, Expertise, Risk, Stuck};
use super::policy::{MatrixRow, Policy};
use super::severity::Severity;
use super::time::{Instant, spoken};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Advice {
    pub severity: Severity,
    pub verdict: Verdict,
    /// Weightiest first.
    pub factors: Vec<Factor>,
    /// The one answer that would change the advice.
    pub would_change: String,
    pub if_you_carry_on: String,
    pub answered: u8,
    pub questions: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// Too little is answered to advise.
    Open {},
    Escalate {},
    AskColleague {},
    CarryOn {
        until: Instant,
        minutes: u32,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Factor {
    pub words: String,
    pub points: i32,
    /// Reason enough by itself.
    pub decisive: bool,
}

const QUESTIONS: u8 = 7;

#[must_use]
pub fn advise(policy: &Policy, answers: &Answers, now: Instant, zone: Tz) -> Advice {
    let severity = severity(policy, answers);
    let verdict = verdict(policy, answers, severity, now);
    Advice {
        factors: factors(policy, answers, severity),
        would_change: would_change(policy, answers, &verdict, now, zone),
        if_you_carry_on: match verdict {
            Verdict::Open {} => String::new(),
            _ => {
                let until = now.plus_minutes(minutes_alone(policy, severity));
                format!("If you carry on alone, Baton asks you again at {}.", spoken(until, now, zone))
            }
        },
        answered: answers.given(),
        questions: QUESTIONS,
        severity,
        verdict,
    }
}

/// The highest matching row of the matrix. "Not sure" matches every row, so the
/// worst of them counts; while one of the two questions is open it does too, but
/// no higher than High: half an answer does not make a catastrophe. A risk raises
/// it to what its override demands.
fn severity(policy: &Policy, answers: &Answers) -> Severity {
    let matches = |row: &&MatrixRow| {
        let affected = answers.affected.is_none_or(|given| given == Affected::NotSure || given == row.affected);
        let condition = answers.condition.is_none_or(|given| given == Condition::NotSure || given == row.condition);
        affected && condition
    };
    let worst = policy.matrix.iter().filter(matches).map(|row| row.severity).max().unwrap_or(Severity::Medium);
    let from_matrix = match (answers.affected, answers.condition) {
        (None, None) => Severity::Medium,
        (None, _) | (_, None) => worst.min(Severity::High),
        _ => worst,
    };
    let demanded = policy.overrides.iter().filter(|rule| answers.has(rule.risk)).map(|rule| rule.at_least).max();
    demanded.map_or(from_matrix, |least| least.max(from_matrix))
}

fn verdict(policy: &Policy, answers: &Answers, severity: Severity, now: Instant) -> Verdict {
    if policy.overrides.iter().any(|rule| answers.has(rule.risk)) {
        return Verdict::Escalate {};
    }
    let a_risk = answers.risks.as_ref().is_some_and(|risks| !risks.is_empty());
    if answers.affected.is_none() && answers.condition.is_none() && !a_risk {
        return Verdict::Open {};
    }
    let points = total(policy, answers);
    if points >= policy.escalate_at || is_escalated_by_severity(policy, answers, severity) {
        return Verdict::Escalate {};
    }
    let minutes = minutes_alone(policy, severity);
    let carry_on = Verdict::CarryOn { until: now.plus_minutes(minutes), minutes };
    if points < policy.ask_at {
        return carry_on;
    }
    // What the points leave open, a colleague decides; one who was asked already
    // is not asked again.
    match answers.colleague {
        None | Some(ColleagueView::NotAsked) => Verdict::AskColleague {},
        Some(ColleagueView::Escalate) => Verdict::Escalate {},
        Some(ColleagueView::Wait) => carry_on,
    }
}

/// Whether the severity is reason enough by itself. Half an answer is not: it makes no catastrophe.
fn is_escalated_by_severity(policy: &Policy, answers: &Answers, severity: Severity) -> bool {
    answers.affected.is_some() && answers.condition.is_some() && policy.escalate_from.is_some_and(|from| severity >= from)
}

fn minutes_alone(policy: &Policy, severity: Severity) -> u32 {
    (*policy.carry_on_minutes.of(severity)).max(1)
}

fn total(policy: &Policy, answers: &Answers) -> i32 {
    weighed(policy, answers).iter().fold(0, |sum, factor| sum.saturating_add(factor.points))
}

/// Every reason for the advice; the weightiest first.
fn factors(policy: &Policy, answers: &Answers, severity: Severity) -> Vec<Factor> {
    let mut factors = weighed(policy, answers);
    if !factors.iter().any(|factor| factor.decisive) && is_escalated_by_severity(policy, answers, severity) {
        factors.push(Factor { words: format!("{} by impact and urgency", severity.word()), points: 0, decisive: true });
    }
    factors.sort_by_key(|factor| (!factor.decisive, Reverse(factor.points.unsigned_abs())));
    factors
}

/// Every answer that was given and weighs something.
fn weighed(policy: &Policy, answers: &Answers) -> Vec<Factor> {
    let weights = &policy.weights;
    let mut factors = Vec::new();
    let mut add = |words: &str, points: i32, decisive: bool| {
        if points != 0 || decisive {
            factors.push(Factor { words: words.into(), points, decisive });
        }
    };
    if let Some(answer) = answers.affected {
        let points = if answer == Affected::NotSure { highest(&weights.affected) } else { points(&weights.affected, answer) };
        add(answer.words(), points, false);
    }
    if let Some(answer) = answers.condition {
        let points = if answer == Condition::NotSure { highest(&weights.condition) } else { points(&weights.condition, answer) };
        add(answer.words(), points, false);
    }
    for risk in answers.risks.iter().flatten() {
        let decisive = policy.overrides.iter().any(|rule| rule.risk == *risk || *risk == Risk::NotSure);
        let points = if *risk == Risk::NotSure { highest(&weights.risk) } else { points(&weights.risk, *risk) };
        add(risk.words(), points, decisive);
    }
    if let Some(answer) = answers.expertise {
        let points = if answer == Expertise::NotSure { highest(&weights.expertise) } else { points(&weights.expertise, answer) };
        add(answer.words(), points, false);
    }
    if let Some(answer) = answers.stuck {
        let points = if answer == Stuck::NotSure { highest(&weights.stuck) } else { points(&weights.stuck, answer) };
        add(answer.words(), points, false);
    }
    if let Some(answer) = answers.gut {
        add(answer.words(), points(&weights.gut, answer), false);
    }
    if let Some(answer) = answers.colleague {
        add(answer.words(), points(&weights.colleague, answer), false);
    }
    factors
}

fn points<A: PartialEq + Copy>(weights: &[(A, i32)], answer: A) -> i32 {
    weights.iter().find(|(given, _)| *given == answer).map_or(0, |(_, points)| *points)
}

fn highest<A>(weights: &[(A, i32)]) -> i32 {
    weights.iter().map(|(_, points)| *points).max().unwrap_or(0)
}

/// The smallest change of one answer after which the advice would be another.
fn would_change(policy: &Policy, answers: &Answers, verdict: &Verdict, now: Instant, zone: Tz) -> String {
    if matches!(verdict, Verdict::Open {}) {
        return String::new();
    }
    let here = total(policy, answers);
    let nearest = alternatives(answers)
        .into_iter()
        .filter_map(|(words, changed)| {
            let other = self::verdict(policy, &changed, severity(policy, &changed), now);
            let differs = std::mem::discriminant(&other) != std::mem::discriminant(verdict);
            differs.then(|| (total(policy, &changed).abs_diff(here), words, other))
        })
        .min_by_key(|(distance, _, _)| *distance);
    let Some((_, words, other)) = nearest else {
        return "No single answer would change this.".into();
    };
    let then = match other {
        Verdict::Escalate {} => "the advice would be to escalate now".to_string(),
        Verdict::AskColleague {} if matches!(verdict, Verdict::Escalate {}) => "asking a colleague first would be enough".to_string(),
        Verdict::AskColleague {} => "the advice would be to ask a colleague first".to_string(),
        Verdict::CarryOn { until, .. } => format!("you could carry on until {}", spoken(until, now, zone)),
        Verdict::Open {} => "there would be no advice".to_string(),
    };
    format!("If {words}, {then}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::assessment::{Expertise, Gut, Risk, Stuck};

    const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

    fn on(answers: &Answers) -> Advice {
        advise(&Policy::standard(), answers, NOW, chrono_tz::Europe::Berlin)
    }

    fn answers(affected: Affected, condition: Condition) -> Answers {
        Answers { affected: Some(affected), condition: Some(condition), ..Answers::default() }
    }

    fn with(mut answers: Answers, change: impl FnOnce(&mut Answers)) -> Answers {
        change(&mut answers);
        answers
    }

    fn risking(answers: Answers, risk: Risk) -> Answers {
        with(answers, |answers| answers.risks = Some([risk].into()))
    }

    fn letter(verdict: &Verdict) -> char {
        match verdict {
            Verdict::Open {} => 'o',
            Verdict::Escalate {} => 'e',
            Verdict::AskColleague {} => 'a',
            Verdict::CarryOn { .. } => 'c',
        }
    }

    #[test]
    fn before_anything_is_answered_there_is_no_advice() {
        let advice = on(&Answers::default());
        assert_eq!((advice.verdict, advice.severity, advice.answered), (Verdict::Open {}, Severity::Medium, 0), "nothing is guessed");
        assert_eq!((advice.would_change.as_str(), advice.if_you_carry_on.as_str()), ("", ""), "nor is anything said of it");
    }

    #[test]
    fn the_reasons_come_with_their_weight_the_weightiest_first() {
        let advice = on(&Answers { expertise: Some(Expertise::Outside), ..answers(Affected::ManyCustomers, Condition::Degraded) });
        let reasons: Vec<(&str, i32)> = advice.factors.iter().map(|factor| (factor.words.as_str(), factor.points)).collect();
        assert_eq!(reasons, [("Many customers are affected", 40), ("Slow or partly working", 15), ("Outside what you know", 15)]);
    }

    #[test]
    fn what_would_change_the_advice_is_the_smallest_step_in_the_direction_it_says() {
        use Affected as A;
        use Condition as C;
        for (answers, expected) in [
            (answers(A::Site, C::Down), "If only one team were affected, asking a colleague first would be enough."),
            (answers(A::ManyCustomers, C::Down), "If it were only at risk, asking a colleague first would be enough."),
            (answers(A::OnePerson, C::AtRisk), "If a whole site were affected, the advice would be to ask a colleague first."),
            (answers(A::Team, C::Degraded), "If you were unsure how to fix it, the advice would be to ask a colleague first."),
            (answers(A::OnePerson, C::Down), "If you had only just started, you could carry on until 14:02."),
            (
                Answers { stuck: Some(Stuck::HourOrMore), ..answers(A::OnePerson, C::Down) },
                "If you had been stuck for only 30 minutes, asking a colleague first would be enough.",
            ),
        ] {
            assert_eq!(on(&answers).would_change, expected, "{answers:?}: {:?}", on(&answers).verdict);
        }
    }

    #[test]
    fn a_risk_is_reason_enough_and_says_so() {
        let advice = on(&risking(answers(Affected::OnePerson, Condition::AtRisk), Risk::DataLoss));
        assert!(advice.factors[0].decisive, "data loss alone decides: {:?}", advice.factors);
        assert_eq!(advice.would_change, "If there were no such risk, you could carry on until 14:42.");
    }

    #[test]
    fn what_is_critical_is_escalated_however_sure_somebody_is() {
        let sure = Answers {
            expertise: Some(Expertise::KnowHow),
            stuck: Some(Stuck::JustStarted),
            gut: Some(Gut::WillPass),
            colleague: Some(ColleagueView::Wait),
            ..answers(Affected::ManyCustomers, Condition::Down)
        };
        let advice = on(&sure);
        assert_eq!(advice.verdict, Verdict::Escalate {}, "25 points, and everybody waits: {:?}", advice.factors);
        assert_eq!((advice.factors[0].words.as_str(), advice.factors[0].decisive), ("Critical by impact and urgency", true), "and says so");
        assert_eq!(advice.would_change, "If only one site were affected, you could carry on until 13:57.");
        let points_alone = Policy { escalate_from: None, ..Policy::standard() };
        let advice = advise(&points_alone, &sure, NOW, chrono_tz::Europe::Berlin);
        assert_eq!(letter(&advice.verdict), 'c', "where a desk has agreed on points alone, they decide");
        let half = on(&Answers { condition: None, ..answers(Affected::Everyone, Condition::Down) });
        assert!(half.factors.iter().all(|factor| !factor.decisive), "half an answer decides nothing: {:?}", half.factors);
    }

    #[test]
    fn a_policy_that_was_saved_before_there_was_such_a_rule_goes_by_points() {
        let mut saved = serde_json::to_value(Policy::standard()).expect("a document");
        saved.as_object_mut().expect("an object").remove("escalate_from");
        let read: Policy = serde_json::from_value(saved).expect("an older document is read");
        assert_eq!(read.escalate_from, None, "what was agreed is not changed by a new version of Baton");
    }

    #[test]
    fn a_risk_without_an_override_counts_its_points_and_is_an_answer() {
        let policy = Policy { overrides: vec![], ..Policy::standard() };
        let advice = advise(&policy, &risking(Answers::default(), Risk::Reputation), NOW, chrono_tz::Europe::Berlin);
        assert_eq!(advice.verdict, Verdict::AskColleague {}, "40 points: between asking and escalating");
    }

    #[test]
    fn what_happens_if_the_person_carries_on_is_said_whatever_the_advice() {
        assert_eq!(
            on(&answers(Affected::ManyCustomers, Condition::Down)).if_you_carry_on,
            "If you carry on alone, Baton asks you again at 13:47.",
            "the person decides, and knows what follows"
        );
    }

    #[test]
    fn a_policy_with_absurd_points_still_gives_advice() {
        let mut policy = Policy::standard();
        policy.weights.affected = vec![(Affected::Everyone, i32::MAX)];
        policy.weights.condition = vec![(Condition::Down, i32::MAX), (Condition::AtRisk, i32::MIN)];
        let advise = |answers| advise(&policy, &answers, NOW, chrono_tz::Europe::Berlin).verdict;
        assert_eq!(letter(&advise(answers(Affected::Everyone, Condition::Down))), 'e');
        assert_eq!(letter(&advise(answers(Affected::OnePerson, Condition::AtRisk))), 'c');
    }
}
