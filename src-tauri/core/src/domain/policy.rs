//! The policy: what the desk has agreed makes an incident severe, and when to
//! escalate it. It is a document, not code; `Policy::standard` is where a new
//! desk starts.
//!
//! Source of the standard matrix: ITIL's impact × urgency priority matrix, with
//! the help desk's "when unsure, the higher" rule.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::assessment::{Affected, ColleagueView, Condition, Expertise, Gut, Risk, Stuck};
use super::severity::{BySeverity, Severity};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Policy {
    /// Raised by one each time the document is saved.
    pub version: u32,
    /// The highest matching row wins.
    pub matrix: Vec<MatrixRow>,
    pub weights: Weights,
    /// A risk that is reason enough by itself, and the least severity it means.
    pub overrides: Vec<Override>,
    /// Points from which the advice is to escalate.
    pub escalate_at: i32,
    /// Points from which the advice is to ask a colleague.
    pub ask_at: i32,
    /// Minutes to carry on alone before the question comes back.
    pub carry_on_minutes: BySeverity<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MatrixRow {
    pub affected: Affected,
    pub condition: Condition,
    pub severity: Severity,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Override {
    pub risk: Risk,
    pub at_least: Severity,
}

/// Points for each answer; a negative number speaks for carrying on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Weights {
    pub affected: Vec<(Affected, i32)>,
    pub condition: Vec<(Condition, i32)>,
    pub risk: Vec<(Risk, i32)>,
    pub expertise: Vec<(Expertise, i32)>,
    pub stuck: Vec<(Stuck, i32)>,
    pub gut: Vec<(Gut, i32)>,
    pub colleague: Vec<(ColleagueView, i32)>,
}

impl Policy {
    #[must_use]
    pub fn standard() -> Self {
        use Affected as A;
        use Condition as C;
        use Severity::{Critical, High, Low, Medium};
        let row = |affected, condition, severity| MatrixRow { affected, condition, severity };
        Self {
            version: 1,
            matrix: vec![
                row(A::Everyone, C::Down, Critical),
                row(A::Everyone, C::Degraded, Critical),
                row(A::Everyone, C::AtRisk, High),
                row(A::ManyCustomers, C::Down, Critical),
                row(A::ManyCustomers, C::Degraded, High),
                row(A::ManyCustomers, C::AtRisk, Medium),
                row(A::Site, C::Down, High),
                row(A::Site, C::Degraded, High),
                row(A::Site, C::AtRisk, Medium),
                row(A::Team, C::Down, High),
                row(A::Team, C::Degraded, Medium),
                row(A::Team, C::AtRisk, Low),
                row(A::OnePerson, C::Down, Medium),
                row(A::OnePerson, C::Degraded, Low),
                row(A::OnePerson, C::AtRisk, Low),
            ],
            weights: Weights {
                affected: vec![(A::OnePerson, 0), (A::Team, 10), (A::Site, 25), (A::ManyCustomers, 40), (A::Everyone, 50)],
                condition: vec![(C::Down, 30), (C::Degraded, 15), (C::AtRisk, 5)],
                risk: vec![(Risk::DataLoss, 60), (Risk::Legal, 60), (Risk::Reputation, 40), (Risk::Safety, 80)],
                expertise: vec![(Expertise::KnowHow, -20), (Expertise::Perhaps, 5), (Expertise::Outside, 15)],
                stuck: vec![(Stuck::JustStarted, -5), (Stuck::QuarterHour, 5), (Stuck::HalfHour, 15), (Stuck::HourOrMore, 25)],
                gut: vec![(Gut::WillPass, -5), (Gut::Unsure, 5), (Gut::SomethingIsWrong, 15)],
                colleague: vec![(ColleagueView::Escalate, 25), (ColleagueView::Wait, -15), (ColleagueView::NotAsked, 0)],
            },
            overrides: vec![
                Override { risk: Risk::Safety, at_least: Critical },
                Override { risk: Risk::DataLoss, at_least: Critical },
                Override { risk: Risk::Legal, at_least: High },
                Override { risk: Risk::Reputation, at_least: High },
            ],
            escalate_at: 50,
            ask_at: 30,
            carry_on_minutes: BySeverity { critical: 5, high: 15, medium: 20, low: 60 },
        }
    }
}

/// Beyond this a single answer would drown all the others.
const MOST_POINTS: u32 = 1000;

/// What is wrong with a policy, in words; empty where nothing is.
#[must_use]
pub fn faults(policy: &Policy) -> Vec<String> {
    let mut faults = Vec::new();
    for affected in Affected::KNOWN {
        for condition in Condition::KNOWN {
            if !policy.matrix.iter().any(|row| (row.affected, row.condition) == (affected, condition)) {
                faults.push(format!("The matrix has no severity for \"{}\" with \"{}\".", affected.words(), condition.words()));
            }
        }
    }
    let weights = &policy.weights;
    let columns = [
        column("who is affected", &weights.affected),
        column("how it is now", &weights.condition),
        column("the risks", &weights.risk),
        column("whether you can fix it", &weights.expertise),
        column("time without progress", &weights.stuck),
        column("your gut feeling", &weights.gut),
        column("a colleague's view", &weights.colleague),
    ];
    for Column { question, points, twice } in &columns {
        if points.iter().any(|points| points.unsigned_abs() > MOST_POINTS) {
            faults.push(format!("An answer to {question} has more than {MOST_POINTS} points; no other answer would count beside it."));
        }
        if *twice {
            faults.push(format!("An answer to {question} has its points twice; only the first would count."));
        }
    }
    thresholds(policy, &columns, &mut faults);
    for severity in Severity::ALL {
        if !(1..=1440).contains(policy.carry_on_minutes.of(severity)) {
            faults.push(format!("Carrying on alone at {} must be between 1 and 1440 minutes.", severity.word()));
        }
    }
    faults
}

/// Whether each of the three verdicts can come of some answers. A question left
/// open counts nothing, so the mildest case is at most zero, and any of the risks
/// may come together.
fn thresholds(policy: &Policy, columns: &[Column], faults: &mut Vec<String>) {
    if policy.ask_at > policy.escalate_at {
        faults.push("Asking a colleague must begin at no more points than escalating does.".into());
    }
    let sum = |of: &dyn Fn(&[i32]) -> i32| columns.iter().fold(0, |sum: i32, column| sum.saturating_add(of(&column.points)));
    let least = sum(&|points| points.iter().copied().min().unwrap_or(0).min(0));
    let greatest = sum(&|points| points.iter().copied().max().unwrap_or(0).max(0));
    if least >= policy.escalate_at {
        faults.push("With these points everything would be escalated: even the mildest answers reach the threshold.".into());
    } else if least >= policy.ask_at {
        faults.push("With these points nobody could ever carry on alone: even the mildest answers reach the threshold for asking.".into());
    }
    if greatest < policy.escalate_at {
        let unless = if policy.overrides.is_empty() { "" } else { " unless a risk alone decides" };
        faults.push(format!("With these points nothing would ever be escalated{unless}: even the worst answers stay below the threshold."));
    }
}

/// The points of one question's answers.
struct Column {
    question: &'static str,
    points: Vec<i32>,
    /// The same answer stands in it more than once.
    twice: bool,
}

fn column<A: PartialEq>(question: &'static str, weights: &[(A, i32)]) -> Column {
    let twice = weights.iter().enumerate().any(|(index, (answer, _))| weights[..index].iter().any(|(earlier, _)| earlier == answer));
    Column { question, points: weights.iter().map(|(_, points)| *points).collect(), twice }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(change: impl FnOnce(&mut Policy)) -> Vec<String> {
        let mut policy = Policy::standard();
        change(&mut policy);
        faults(&policy)
    }

    #[test]
    fn the_standard_policy_is_sound() {
        assert_eq!(faults(&Policy::standard()), Vec::<String>::new(), "a new desk starts with a sound policy");
    }

    #[test]
    fn each_fault_is_named_in_plain_words_and_none_besides() {
        type Case = (fn(&mut Policy), &'static str);
        let cases: [Case; 10] = [
            (
                |policy| policy.matrix.retain(|row| (row.affected, row.condition) != (Affected::Team, Condition::AtRisk)),
                "The matrix has no severity for \"A team is affected\" with \"Working, but at risk\".",
            ),
            (|policy| policy.ask_at = 60, "Asking a colleague must begin at no more points than escalating does."),
            (
                |policy| (policy.ask_at, policy.escalate_at) = (-200, -100),
                "With these points everything would be escalated: even the mildest answers reach the threshold.",
            ),
            (
                |policy| policy.ask_at = -100,
                "With these points nobody could ever carry on alone: even the mildest answers reach the threshold for asking.",
            ),
            (
                |policy| policy.escalate_at = 900,
                "With these points nothing would ever be escalated unless a risk alone decides: even the worst answers stay below the threshold.",
            ),
            (
                |policy| (policy.escalate_at, policy.overrides) = (900, vec![]),
                "With these points nothing would ever be escalated: even the worst answers stay below the threshold.",
            ),
            (|policy| policy.carry_on_minutes.high = 0, "Carrying on alone at High must be between 1 and 1440 minutes."),
            (|policy| policy.carry_on_minutes.low = 1441, "Carrying on alone at Low must be between 1 and 1440 minutes."),
            (
                |policy| policy.weights.gut[0].1 = i32::MIN,
                "An answer to your gut feeling has more than 1000 points; no other answer would count beside it.",
            ),
            (
                |policy| policy.weights.stuck.push((Stuck::HalfHour, 99)),
                "An answer to time without progress has its points twice; only the first would count.",
            ),
        ];
        for (change, expected) in cases {
            assert_eq!(broken(change), [expected]);
        }
    }

    #[test]
    fn an_empty_policy_has_every_fault_and_is_still_judged() {
        let faults = broken(|policy| {
            policy.matrix.clear();
            policy.weights = Weights {
                affected: vec![],
                condition: vec![],
                risk: vec![],
                expertise: vec![],
                stuck: vec![],
                gut: vec![],
                colleague: vec![],
            };
        });
        assert_eq!(faults.len(), 16, "15 holes in the matrix, and nothing is ever escalated: {faults:#?}");
    }
}
