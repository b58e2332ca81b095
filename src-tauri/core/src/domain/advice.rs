//! What the policy makes of the answers: a recommendation with its reasons. The
//! person decides.

use std::cmp::Reverse;

use chrono_tz::Tz;
use serde::Serialize;
use ts_rs::TS;

use super::assessment::{Affected, Answers, ColleagueView, Condition, Expertise, Gut, Risk, Stuck};
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
        factors: factors(policy, answers),
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
    if points >= policy.escalate_at {
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

fn minutes_alone(policy: &Policy, severity: Severity) -> u32 {
    (*policy.carry_on_minutes.of(severity)).max(1)
}

fn total(policy: &Policy, answers: &Answers) -> i32 {
    factors(policy, answers).iter().fold(0, |sum, factor| sum.saturating_add(factor.points))
}

/// Every answer that was given and weighs something; the weightiest first.
fn factors(policy: &Policy, answers: &Answers) -> Vec<Factor> {
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
        let decisive = policy.overrides.iter().any(|rule| rule.risk == *risk);
        add(risk.words(), points(&weights.risk, *risk), decisive);
    }
    if let Some(answer) = answers.expertise {
        add(answer.words(), points(&weights.expertise, answer), false);
    }
    if let Some(answer) = answers.stuck {
        add(answer.words(), points(&weights.stuck, answer), false);
    }
    if let Some(answer) = answers.gut {
        add(answer.words(), points(&weights.gut, answer), false);
    }
    if let Some(answer) = answers.colleague {
        add(answer.words(), points(&weights.colleague, answer), false);
    }
    factors.sort_by_key(|factor| (!factor.decisive, Reverse(factor.points.unsigned_abs())));
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

/// The answers with one of them changed, each with the change in words. A change
/// to something milder says "only".
fn alternatives(answers: &Answers) -> Vec<(&'static str, Answers)> {
    let mut others = Vec::new();
    let mut with = |words: &'static str, change: &dyn Fn(&mut Answers)| {
        let mut changed = answers.clone();
        change(&mut changed);
        if changed != *answers {
            others.push((words, changed));
        }
    };
    // "Not sure" is the last of either enum, as it counts as the worst.
    for value in Affected::KNOWN {
        let only = answers.affected.is_some_and(|given| value < given);
        let words = match (value, only) {
            (Affected::OnePerson, _) => "only one person were affected",
            (Affected::Team, true) => "only one team were affected",
            (Affected::Team, false) => "a team were affected",
            (Affected::Site, true) => "only one site were affected",
            (Affected::Site, false) => "a whole site were affected",
            (Affected::ManyCustomers, true) => "many customers were affected, but not everyone",
            (Affected::ManyCustomers, false) => "many customers were affected",
            (Affected::Everyone | Affected::NotSure, _) => "everyone were affected",
        };
        with(words, &|answers| answers.affected = Some(value));
    }
    for value in Condition::KNOWN {
        let only = answers.condition.is_some_and(|given| given != Condition::AtRisk);
        let words = match (value, only) {
            (Condition::AtRisk, _) => "it were only at risk",
            (Condition::Degraded, true) => "it were only slow or partly working",
            (Condition::Degraded, false) => "it were slow or partly working",
            (Condition::Down | Condition::NotSure, _) => "it were down",
        };
        with(words, &|answers| answers.condition = Some(value));
    }
    for risk in Risk::ALL {
        let words = match risk {
            Risk::DataLoss => "data could be lost",
            Risk::Legal => "it could mean legal trouble",
            Risk::Reputation => "it could harm the reputation",
            Risk::Safety => "people could be in danger",
        };
        with(words, &|answers| answers.risks.get_or_insert_default().extend([risk]));
    }
    if answers.risks.as_ref().is_some_and(|risks| !risks.is_empty()) {
        with("there were no such risk", &|answers| answers.risks = Some(Default::default()));
    }
    for value in [Expertise::KnowHow, Expertise::Perhaps, Expertise::Outside] {
        let words = match value {
            Expertise::KnowHow => "you knew how to fix it",
            Expertise::Perhaps if answers.expertise == Some(Expertise::Outside) => "you could perhaps fix it",
            Expertise::Perhaps => "you were unsure how to fix it",
            Expertise::Outside => "it were outside what you know",
        };
        with(words, &|answers| answers.expertise = Some(value));
    }
    for value in [Stuck::JustStarted, Stuck::QuarterHour, Stuck::HalfHour, Stuck::HourOrMore] {
        let only = answers.stuck.is_some_and(|given| value < given);
        let words = match (value, only) {
            (Stuck::JustStarted, _) => "you had only just started",
            (Stuck::QuarterHour, true) => "you had been stuck for only 15 minutes",
            (Stuck::QuarterHour, false) => "there were no progress for 15 minutes",
            (Stuck::HalfHour, true) => "you had been stuck for only 30 minutes",
            (Stuck::HalfHour, false) => "there were no progress for 30 minutes",
            (Stuck::HourOrMore, _) => "there were no progress for an hour",
        };
        with(words, &|answers| answers.stuck = Some(value));
    }
    with("your gut said that something is wrong", &|answers| answers.gut = Some(Gut::SomethingIsWrong));
    with("your gut said that it will pass", &|answers| answers.gut = Some(Gut::WillPass));
    with("a colleague said to escalate", &|answers| answers.colleague = Some(ColleagueView::Escalate));
    with("a colleague said to wait", &|answers| answers.colleague = Some(ColleagueView::Wait));
    others
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn situations_and_the_advice_expected_of_each() {
        use Affected as A;
        use Condition as C;
        use Severity::{Critical, High, Low, Medium};
        let known = |answers| with(answers, |answers| answers.expertise = Some(Expertise::KnowHow));
        let outside = |answers| with(answers, |answers| answers.expertise = Some(Expertise::Outside));
        let stuck = |answers, stuck| with(answers, |answers| answers.stuck = Some(stuck));
        let gut = |answers, gut| with(answers, |answers| answers.gut = Some(gut));
        let colleague = |answers, view| with(answers, |answers| answers.colleague = Some(view));
        let only = |change: fn(&mut Answers)| with(Answers::default(), change);
        // The situation, the answers, the severity, the advice: (e)scalate, (a)sk, (c)arry on, (o)pen.
        let table: [(&str, Answers, Severity, char); 34] = [
            ("checkout down for all customers", answers(A::ManyCustomers, C::Down), Critical, 'e'),
            ("the whole company cannot log in", answers(A::Everyone, C::Down), Critical, 'e'),
            ("mail is slow for everyone", answers(A::Everyone, C::Degraded), Critical, 'e'),
            ("certificate of the shop ends tonight", answers(A::ManyCustomers, C::AtRisk), Medium, 'a'),
            ("VPN drops at one site", outside(answers(A::Site, C::Degraded)), High, 'e'),
            ("one site offline", answers(A::Site, C::Down), High, 'e'),
            ("one site offline, the provider's fault is known", known(answers(A::Site, C::Down)), High, 'a'),
            ("a team cannot print", answers(A::Team, C::Down), High, 'a'),
            ("a team cannot print, known fix", known(answers(A::Team, C::Down)), High, 'c'),
            ("a team cannot print, half an hour later", stuck(answers(A::Team, C::Down), Stuck::HalfHour), High, 'e'),
            ("a team's tool is slow", answers(A::Team, C::Degraded), Medium, 'c'),
            ("a team's tool is slow, a quarter of an hour", stuck(answers(A::Team, C::Degraded), Stuck::QuarterHour), Medium, 'a'),
            ("a team's tool is slow for an hour", stuck(outside(answers(A::Team, C::Degraded)), Stuck::HourOrMore), Medium, 'e'),
            ("one laptop is dead", answers(A::OnePerson, C::Down), Medium, 'a'),
            ("one laptop is dead, spare in the cupboard", known(answers(A::OnePerson, C::Down)), Medium, 'c'),
            ("one laptop is dead, and that feels wrong", gut(answers(A::OnePerson, C::Down), Gut::SomethingIsWrong), Medium, 'a'),
            ("one laptop is dead, will pass", gut(answers(A::OnePerson, C::Down), Gut::WillPass), Medium, 'c'),
            ("one person's mouse sticks", answers(A::OnePerson, C::Degraded), Low, 'c'),
            ("one disk reports errors", risking(answers(A::OnePerson, C::AtRisk), Risk::DataLoss), Critical, 'e'),
            ("one customer's data sent to another", risking(answers(A::OnePerson, C::AtRisk), Risk::Legal), High, 'e'),
            ("a wrong price on the front page", risking(answers(A::Team, C::Degraded), Risk::Reputation), High, 'e'),
            ("the door system locks people in", risking(known(answers(A::OnePerson, C::Down)), Risk::Safety), Critical, 'e'),
            ("a legal risk does not lower a critical one", risking(answers(A::Everyone, C::Down), Risk::Legal), Critical, 'e'),
            ("something at the shop, nobody knows", answers(A::NotSure, C::NotSure), Critical, 'e'),
            ("one person, nobody knows how bad", answers(A::OnePerson, C::NotSure), Medium, 'a'),
            ("at risk, nobody knows for whom", answers(A::NotSure, C::AtRisk), High, 'e'),
            ("a site at risk, just noticed", stuck(known(answers(A::Site, C::AtRisk)), Stuck::JustStarted), Medium, 'c'),
            ("a team down, the colleague would wait", colleague(answers(A::Team, C::Down), ColleagueView::Wait), High, 'c'),
            (
                "one person slow, the colleague would escalate",
                colleague(answers(A::OnePerson, C::Degraded), ColleagueView::Escalate),
                Low,
                'e',
            ),
            (
                "a certificate, the colleague was not there",
                colleague(answers(A::ManyCustomers, C::AtRisk), ColleagueView::NotAsked),
                Medium,
                'a',
            ),
            ("only that it is down", only(|answers| answers.condition = Some(C::Down)), High, 'a'),
            ("only that one person noticed", only(|answers| answers.affected = Some(A::OnePerson)), Medium, 'c'),
            ("only that nobody may get hurt", only(|answers| answers.risks = Some([Risk::Safety].into())), Critical, 'e'),
            ("only a gut feeling", only(|answers| answers.gut = Some(Gut::SomethingIsWrong)), Medium, 'o'),
        ];
        for (situation, answers, severity, expected) in table {
            let advice = on(&answers);
            assert_eq!((advice.severity, letter(&advice.verdict)), (severity, expected), "{situation}: {:?}", advice.factors);
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
        let advice = on(&Answers { expertise: Some(Expertise::Outside), ..answers(Affected::ManyCustomers, Condition::Down) });
        let reasons: Vec<(&str, i32)> = advice.factors.iter().map(|factor| (factor.words.as_str(), factor.points)).collect();
        assert_eq!(reasons, [("Many customers are affected", 40), ("Down right now", 30), ("Outside what you know", 15)]);
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

    #[test]
    fn no_worse_answer_ever_makes_the_advice_milder() {
        let rank = |answers: &Answers| ['o', 'c', 'a', 'e'].iter().position(|known| *known == letter(&on(answers).verdict));
        for (mild, affected) in Affected::KNOWN.windows(2).map(|pair| (pair[0], pair[1])) {
            for condition in Condition::KNOWN {
                let (before, after) = (answers(mild, condition), answers(affected, condition));
                assert!(rank(&before) <= rank(&after), "{affected:?} is worse than {mild:?} when {condition:?}");
                assert!(on(&before).severity <= on(&after).severity, "{affected:?} is no less severe than {mild:?} when {condition:?}");
            }
        }
    }
}
