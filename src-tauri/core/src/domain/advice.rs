//! What the policy makes of the answers: a recommendation with its reasons. The
//! person decides.

use chrono_tz::Tz;
use serde::Serialize;
use ts_rs::TS;

use super::assessment::{Affected, Answers, ColleagueView, Condition, Expertise, Gut, Risk, Stuck};
use super::policy::Policy;
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
    let minutes = (*policy.carry_on_minutes.of(severity)).max(1);
    Advice {
        factors: factors(policy, answers),
        would_change: would_change(policy, answers, &verdict, now, zone),
        if_you_carry_on: match verdict {
            Verdict::Open {} => String::new(),
            _ => format!("If you carry on alone, Baton asks you again at {}.", spoken(now.plus_minutes(minutes), now, zone)),
        },
        answered: answered(answers),
        questions: QUESTIONS,
        severity,
        verdict,
    }
}

fn answered(answers: &Answers) -> u8 {
    let given = [
        answers.affected.is_some(),
        answers.condition.is_some(),
        answers.risks.is_some(),
        answers.expertise.is_some(),
        answers.stuck.is_some(),
        answers.gut.is_some(),
        answers.colleague.is_some(),
    ];
    given.iter().map(|given| u8::from(*given)).sum()
}

/// The highest matching row of the matrix. "Not sure" matches every row, so the
/// worst of them counts; while one of the two questions is open it does too, but
/// no higher than High: half an answer does not make a catastrophe. A risk raises
/// it to what its override demands.
fn severity(policy: &Policy, answers: &Answers) -> Severity {
    let matches = |row: &&super::policy::MatrixRow| {
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
    let demanded = policy.overrides.iter().filter(|rule| has(answers, rule.risk)).map(|rule| rule.at_least).max();
    demanded.map_or(from_matrix, |least| least.max(from_matrix))
}

fn verdict(policy: &Policy, answers: &Answers, severity: Severity, now: Instant) -> Verdict {
    if policy.overrides.iter().any(|rule| has(answers, rule.risk)) {
        return Verdict::Escalate {};
    }
    if answers.affected.is_none() && answers.condition.is_none() {
        return Verdict::Open {};
    }
    let points: i32 = factors(policy, answers).iter().map(|factor| factor.points).sum();
    if points >= policy.escalate_at {
        Verdict::Escalate {}
    } else if points >= policy.ask_at && answers.colleague.is_none_or(|view| view == ColleagueView::NotAsked) {
        Verdict::AskColleague {}
    } else {
        let minutes = (*policy.carry_on_minutes.of(severity)).max(1);
        Verdict::CarryOn { until: now.plus_minutes(minutes), minutes }
    }
}

fn has(answers: &Answers, risk: Risk) -> bool {
    answers.risks.as_ref().is_some_and(|risks| risks.contains(&risk))
}

/// Every answer that was given, with its points; the weightiest first.
fn factors(policy: &Policy, answers: &Answers) -> Vec<Factor> {
    let weights = &policy.weights;
    let mut factors = Vec::new();
    let mut add = |words: &str, points: i32, decisive: bool| {
        if points != 0 || decisive {
            factors.push(Factor { words: words.into(), points, decisive });
        }
    };
    if let Some(answer) = answers.affected {
        // Not sure counts as the worse case.
        let points = if answer == Affected::NotSure { highest(&weights.affected) } else { points(&weights.affected, answer) };
        add(affected_words(answer), points, false);
    }
    if let Some(answer) = answers.condition {
        let points = if answer == Condition::NotSure { highest(&weights.condition) } else { points(&weights.condition, answer) };
        add(condition_words(answer), points, false);
    }
    for risk in answers.risks.iter().flatten() {
        let decisive = policy.overrides.iter().any(|rule| rule.risk == *risk);
        add(risk_words(*risk), points(&weights.risk, *risk), decisive);
    }
    if let Some(answer) = answers.expertise {
        add(expertise_words(answer), points(&weights.expertise, answer), false);
    }
    if let Some(answer) = answers.stuck {
        add(stuck_words(answer), points(&weights.stuck, answer), false);
    }
    if let Some(answer) = answers.gut {
        add(gut_words(answer), points(&weights.gut, answer), false);
    }
    if let Some(answer) = answers.colleague {
        add(colleague_words(answer), points(&weights.colleague, answer), false);
    }
    factors.sort_by_key(|factor| (!factor.decisive, -factor.points.abs()));
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
    let total = |answers: &Answers| factors(policy, answers).iter().map(|factor| factor.points).sum::<i32>();
    let here = total(answers);
    let nearest = alternatives(answers)
        .into_iter()
        .filter_map(|(words, changed)| {
            let severity = severity(policy, &changed);
            let other = self::verdict(policy, &changed, severity, now);
            (std::mem::discriminant(&other) != std::mem::discriminant(verdict)).then(|| (total(&changed).abs_diff(here), words, other))
        })
        .min_by_key(|(distance, _, _)| *distance);
    let Some((_, words, other)) = nearest else {
        return "No single answer would change this.".into();
    };
    let then = match other {
        Verdict::Escalate {} => "the advice would be to escalate now".to_string(),
        Verdict::AskColleague {} => "asking a colleague first would be enough".to_string(),
        Verdict::CarryOn { until, .. } => format!("you could carry on until {}", spoken(until, now, zone)),
        Verdict::Open {} => "there would be no advice".to_string(),
    };
    format!("If {words}, {then}.")
}

/// Every draft that differs in one answer, with the difference in words.
fn alternatives(answers: &Answers) -> Vec<(&'static str, Answers)> {
    let mut others = Vec::new();
    let mut with = |words: &'static str, change: &dyn Fn(&mut Answers)| {
        let mut changed = answers.clone();
        change(&mut changed);
        if changed != *answers {
            others.push((words, changed));
        }
    };
    for (value, words) in [
        (Affected::OnePerson, "only one person were affected"),
        (Affected::Team, "only one team were affected"),
        (Affected::Site, "a whole site were affected"),
        (Affected::ManyCustomers, "many customers were affected"),
        (Affected::Everyone, "everyone were affected"),
    ] {
        with(words, &|answers| answers.affected = Some(value));
    }
    for (value, words) in [
        (Condition::Down, "it were down"),
        (Condition::Degraded, "it were only slow or partly working"),
        (Condition::AtRisk, "it were only at risk"),
    ] {
        with(words, &|answers| answers.condition = Some(value));
    }
    for (risk, words) in [
        (Risk::DataLoss, "data could be lost"),
        (Risk::Legal, "there could be legal trouble"),
        (Risk::Reputation, "it could harm the reputation"),
        (Risk::Safety, "people could be in danger"),
    ] {
        with(words, &|answers| answers.risks.get_or_insert_default().extend([risk]));
    }
    if answers.risks.as_ref().is_some_and(|risks| !risks.is_empty()) {
        with("none of those risks were there", &|answers| answers.risks = Some(Default::default()));
    }
    for (value, words) in [
        (Expertise::KnowHow, "you knew how to fix it"),
        (Expertise::Perhaps, "you could perhaps fix it"),
        (Expertise::Outside, "it were outside what you know"),
    ] {
        with(words, &|answers| answers.expertise = Some(value));
    }
    for (value, words) in [
        (Stuck::JustStarted, "you had only just started"),
        (Stuck::QuarterHour, "there had been no progress for 15 minutes"),
        (Stuck::HalfHour, "there had been no progress for 30 minutes"),
        (Stuck::HourOrMore, "there had been no progress for an hour"),
    ] {
        with(words, &|answers| answers.stuck = Some(value));
    }
    with("your gut said that something is wrong", &|answers| answers.gut = Some(Gut::SomethingIsWrong));
    with("your gut said that it will pass", &|answers| answers.gut = Some(Gut::WillPass));
    with("a colleague said to escalate", &|answers| answers.colleague = Some(ColleagueView::Escalate));
    with("a colleague said to wait", &|answers| answers.colleague = Some(ColleagueView::Wait));
    others
}

const fn affected_words(answer: Affected) -> &'static str {
    match answer {
        Affected::OnePerson => "One person is affected",
        Affected::Team => "A team is affected",
        Affected::Site => "A whole site is affected",
        Affected::ManyCustomers => "Many customers are affected",
        Affected::Everyone => "Everyone is affected",
        Affected::NotSure => "Not sure who is affected: counted as everyone",
    }
}

const fn condition_words(answer: Condition) -> &'static str {
    match answer {
        Condition::Down => "Down right now",
        Condition::Degraded => "Slow or partly working",
        Condition::AtRisk => "Working, but at risk",
        Condition::NotSure => "Not sure whether it is down: counted as down",
    }
}

const fn risk_words(answer: Risk) -> &'static str {
    match answer {
        Risk::DataLoss => "Data could be lost",
        Risk::Legal => "Could mean legal trouble",
        Risk::Reputation => "Could harm the reputation",
        Risk::Safety => "Could put people in danger",
    }
}

const fn expertise_words(answer: Expertise) -> &'static str {
    match answer {
        Expertise::KnowHow => "You know how to fix it",
        Expertise::Perhaps => "You can perhaps fix it",
        Expertise::Outside => "Outside what you know",
    }
}

const fn stuck_words(answer: Stuck) -> &'static str {
    match answer {
        Stuck::JustStarted => "You have only just started",
        Stuck::QuarterHour => "15 minutes without progress",
        Stuck::HalfHour => "30 minutes without progress",
        Stuck::HourOrMore => "An hour or more without progress",
    }
}

const fn gut_words(answer: Gut) -> &'static str {
    match answer {
        Gut::WillPass => "Your gut says it will pass",
        Gut::Unsure => "Your gut is unsure",
        Gut::SomethingIsWrong => "Your gut says something is wrong",
    }
}

const fn colleague_words(answer: ColleagueView) -> &'static str {
    match answer {
        ColleagueView::Escalate => "A colleague would escalate",
        ColleagueView::Wait => "A colleague would wait",
        ColleagueView::NotAsked => "No colleague was asked",
    }
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

    #[test]
    fn situations_and_the_advice_expected_of_each() {
        use Affected as A;
        use Condition as C;
        use Severity::{Critical, High, Low, Medium};
        // Situation, affected, condition, risk, expertise, stuck, severity, advice: e(scalate), a(sk), c(arry on).
        type Row = (&'static str, A, C, Option<Risk>, Option<Expertise>, Option<Stuck>, Severity, char);
        let table: [Row; 20] = [
            ("checkout down for all customers", A::ManyCustomers, C::Down, None, None, None, Critical, 'e'),
            ("the whole company cannot log in", A::Everyone, C::Down, None, None, None, Critical, 'e'),
            ("mail is slow for everyone", A::Everyone, C::Degraded, None, None, None, Critical, 'e'),
            ("certificate of the shop ends tonight", A::ManyCustomers, C::AtRisk, None, None, None, Medium, 'a'),
            ("VPN drops at one site", A::Site, C::Degraded, None, Some(Expertise::Outside), None, High, 'e'),
            ("one site offline", A::Site, C::Down, None, None, None, High, 'e'),
            ("a team cannot print", A::Team, C::Down, None, None, None, High, 'a'),
            ("a team cannot print, known fix", A::Team, C::Down, None, Some(Expertise::KnowHow), None, High, 'c'),
            ("a team's tool is slow", A::Team, C::Degraded, None, None, None, Medium, 'c'),
            (
                "a team's tool is slow for an hour",
                A::Team,
                C::Degraded,
                None,
                Some(Expertise::Outside),
                Some(Stuck::HourOrMore),
                Medium,
                'e',
            ),
            ("one laptop is dead", A::OnePerson, C::Down, None, None, None, Medium, 'a'),
            ("one laptop is dead, spare in the cupboard", A::OnePerson, C::Down, None, Some(Expertise::KnowHow), None, Medium, 'c'),
            ("one person's mouse sticks", A::OnePerson, C::Degraded, None, None, None, Low, 'c'),
            ("one disk reports errors", A::OnePerson, C::AtRisk, Some(Risk::DataLoss), None, None, Critical, 'e'),
            ("one customer's data sent to another", A::OnePerson, C::AtRisk, Some(Risk::Legal), None, None, High, 'e'),
            ("a wrong price on the front page", A::Team, C::Degraded, Some(Risk::Reputation), None, None, High, 'e'),
            ("the door system locks people in", A::OnePerson, C::Down, Some(Risk::Safety), Some(Expertise::KnowHow), None, Critical, 'e'),
            ("something at the shop, nobody knows", A::NotSure, C::NotSure, None, None, None, Critical, 'e'),
            ("one person, nobody knows how bad", A::OnePerson, C::NotSure, None, None, None, Medium, 'a'),
            ("a site at risk, just noticed", A::Site, C::AtRisk, None, Some(Expertise::KnowHow), Some(Stuck::JustStarted), Medium, 'c'),
        ];
        for (situation, affected, condition, risk, expertise, stuck, severity, expected) in table {
            let answers = Answers { risks: Some(risk.into_iter().collect()), expertise, stuck, ..answers(affected, condition) };
            let advice = on(&answers);
            let verdict = match advice.verdict {
                Verdict::Escalate {} => 'e',
                Verdict::AskColleague {} => 'a',
                Verdict::CarryOn { .. } => 'c',
                Verdict::Open {} => 'o',
            };
            assert_eq!((advice.severity, verdict), (severity, expected), "{situation}: {:?}", advice.factors);
        }
    }

    #[test]
    fn before_anything_is_answered_there_is_no_advice() {
        let advice = on(&Answers::default());
        assert_eq!((advice.verdict, advice.severity, advice.answered), (Verdict::Open {}, Severity::Medium, 0), "nothing is guessed");
    }

    #[test]
    fn the_reasons_come_with_their_weight_and_the_answer_that_would_change_it() {
        let advice = on(&Answers { expertise: Some(Expertise::Outside), ..answers(Affected::ManyCustomers, Condition::Down) });
        let words: Vec<&str> = advice.factors.iter().map(|factor| factor.words.as_str()).collect();
        assert_eq!(words, ["Many customers are affected", "Down right now", "Outside what you know"], "the weightiest first");
        assert!(advice.would_change.starts_with("If only one"), "and what would have to be otherwise: {}", advice.would_change);
    }

    #[test]
    fn a_risk_is_reason_enough_and_says_so() {
        let advice = on(&Answers { risks: Some([Risk::DataLoss].into()), ..answers(Affected::OnePerson, Condition::AtRisk) });
        assert!(advice.factors[0].decisive, "data loss alone decides: {:?}", advice.factors);
        assert!(advice.would_change.contains("none of those risks"), "{}", advice.would_change);
    }

    #[test]
    fn a_colleague_who_says_wait_is_not_asked_again() {
        let asked = Answers { colleague: Some(ColleagueView::Wait), ..answers(Affected::Team, Condition::Down) };
        assert!(matches!(on(&asked).verdict, Verdict::CarryOn { .. }), "their opinion was asked and counts");
    }
}
