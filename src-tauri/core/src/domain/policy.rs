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

/// What is wrong with a policy, in words; empty where nothing is.
#[must_use]
pub fn faults(policy: &Policy) -> Vec<String> {
    use Affected as A;
    use Condition as C;
    let mut faults = Vec::new();
    for affected in [A::OnePerson, A::Team, A::Site, A::ManyCustomers, A::Everyone] {
        for condition in [C::Down, C::Degraded, C::AtRisk] {
            if !policy.matrix.iter().any(|row| (row.affected, row.condition) == (affected, condition)) {
                faults.push(format!("The matrix has no severity for {affected:?} × {condition:?}."));
            }
        }
    }
    if policy.ask_at > policy.escalate_at {
        faults.push("Asking a colleague must begin at no more points than escalating does.".into());
    }
    let first = |points: &[i32]| points.iter().copied().min().unwrap_or(0);
    let most = |points: &[i32]| points.iter().copied().max().unwrap_or(0);
    let weights = &policy.weights;
    let columns: Vec<Vec<i32>> = vec![
        weights.affected.iter().map(|(_, points)| *points).collect(),
        weights.condition.iter().map(|(_, points)| *points).collect(),
        weights.expertise.iter().map(|(_, points)| *points).collect(),
        weights.stuck.iter().map(|(_, points)| *points).collect(),
        weights.gut.iter().map(|(_, points)| *points).collect(),
        weights.colleague.iter().map(|(_, points)| *points).collect(),
    ];
    let (least, greatest): (i32, i32) =
        columns.iter().fold((0, 0), |(low, high), column| (low.saturating_add(first(column)), high.saturating_add(most(column))));
    if least >= policy.escalate_at {
        faults.push("With these points everything would be escalated: even the mildest answers reach the threshold.".into());
    }
    if greatest < policy.escalate_at {
        faults.push("With these points nothing would ever be escalated: even the worst answers stay below the threshold.".into());
    }
    for severity in Severity::ALL {
        if !(1..=1440).contains(policy.carry_on_minutes.of(severity)) {
            faults.push(format!("Carrying on alone at {} must be between 1 and 1440 minutes.", severity.word()));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_policy_is_sound_and_each_fault_is_named() {
        assert_eq!(faults(&Policy::standard()), Vec::<String>::new(), "a new desk starts with a sound policy");
        let broken = |change: fn(&mut Policy)| {
            let mut policy = Policy::standard();
            change(&mut policy);
            faults(&policy).join(" ")
        };
        assert!(broken(|policy| policy.matrix.truncate(3)).contains("no severity for"), "a hole in the matrix");
        assert!(broken(|policy| policy.ask_at = 500).contains("Asking a colleague"), "thresholds the wrong way round");
        assert!(
            broken(|policy| policy.escalate_at = -100).contains("everything would be escalated"),
            "weights that make everything urgent"
        );
        assert!(broken(|policy| policy.escalate_at = 10_000).contains("nothing would ever"), "weights that make nothing urgent");
        assert!(broken(|policy| policy.carry_on_minutes.high = 0).contains("High"), "no time to carry on");
    }
}
