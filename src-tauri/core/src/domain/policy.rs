//! The policy: what the desk has agreed makes an incident severe, and when to
//! escalate it. It is a document, not code; `Policy::standard` is where a new
//! desk starts.
//!
//! Source of the standard matrix: ITIL's impact × urgency priority matrix, with
//! the help desk's "when unsure, the higher" rule.

mod faults;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::assessment::{Affected, ColleagueView, Condition, Expertise, Gut, Risk, Stuck};
use super::severity::{BySeverity, Severity};

pub use self::faults::faults;

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
    /// What is at least so severe is escalated at once, whatever the points say.
    #[serde(default)]
    pub escalate_from: Option<Severity>,
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
    /// What the matrix says; the highest matching row wins.
    #[must_use]
    pub fn cell(&self, affected: Affected, condition: Condition) -> Option<Severity> {
        let matching = self.matrix.iter().filter(|row| (row.affected, row.condition) == (affected, condition));
        matching.map(|row| row.severity).max()
    }

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
                // Customers' data laid open has no other answer than this one, and is the worst there is by PagerDuty's
                // and by Atlassian's definitions.
                Override { risk: Risk::Legal, at_least: Critical },
                Override { risk: Risk::Reputation, at_least: High },
            ],
            // Nobody tries alone while everybody waits, however sure they are of the remedy.
            escalate_from: Some(Critical),
            escalate_at: 50,
            ask_at: 30,
            carry_on_minutes: BySeverity { critical: 5, high: 15, medium: 20, low: 60 },
        }
    }
}
