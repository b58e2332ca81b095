//! Why a policy is refused: what it leaves open, what would always come of it, and
//! where it contradicts itself.

use super::{Policy, Weights};
use crate::domain::assessment::{Affected, ColleagueView, Condition, Expertise, Gut, Risk, Stuck};
use crate::domain::severity::Severity;

/// Beyond this a single answer would drown all the others.
const MOST_POINTS: u32 = 1000;

/// What is wrong with a policy, in words; empty where nothing is.
#[must_use]
pub fn faults(policy: &Policy) -> Vec<String> {
    let mut faults = Vec::new();
    matrix(policy, &mut faults);
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
    order(weights, &mut faults);
    thresholds(policy, &columns, &mut faults);
    for severity in Severity::ALL {
        if !(1..=1440).contains(policy.carry_on_minutes.of(severity)) {
            faults.push(format!("Carrying on alone at {} must be between 1 and 1440 minutes.", severity.word()));
        }
    }
    for pair in Severity::ALL.windows(2) {
        let (worse, milder) = (pair[0], pair[1]);
        if policy.carry_on_minutes.of(worse) > policy.carry_on_minutes.of(milder) {
            faults.push(format!("Carrying on alone at {} must not be longer than at {}.", worse.word(), milder.word()));
        }
    }
    faults
}

/// It says something to every case, not the same to all, and nothing milder to what
/// is worse.
fn matrix(policy: &Policy, faults: &mut Vec<String>) {
    for affected in Affected::KNOWN {
        for condition in Condition::KNOWN {
            if policy.cell(affected, condition).is_none() {
                faults.push(format!("The matrix has no severity for \"{}\" with \"{}\".", affected.words(), condition.words()));
            }
        }
    }
    let cells = || Affected::KNOWN.into_iter().flat_map(|affected| Condition::KNOWN.map(|condition| policy.cell(affected, condition)));
    if let Some(first) = cells().next().flatten().filter(|first| cells().all(|cell| cell == Some(*first))) {
        faults.push(format!("The matrix gives {} to everything: it would tell nothing apart.", first.word()));
    }
    let milder = |worse: Option<Severity>, mild: Option<Severity>| worse.zip(mild).is_some_and(|(worse, mild)| worse < mild);
    for condition in Condition::KNOWN {
        for pair in Affected::KNOWN.windows(2).filter(|pair| milder(policy.cell(pair[1], condition), policy.cell(pair[0], condition))) {
            let (mild, worse) = (pair[0].words(), pair[1].words());
            faults.push(format!("With \"{}\", \"{worse}\" must not be less severe than \"{mild}\".", condition.words()));
        }
    }
    for affected in Affected::KNOWN {
        for pair in Condition::KNOWN.windows(2).filter(|pair| milder(policy.cell(affected, pair[1]), policy.cell(affected, pair[0]))) {
            let (mild, worse) = (pair[0].words(), pair[1].words());
            faults.push(format!("With \"{}\", \"{worse}\" must not be less severe than \"{mild}\".", affected.words()));
        }
    }
}

/// A worse answer weighs no less.
fn order(weights: &Weights, faults: &mut Vec<String>) {
    let gut = [Gut::WillPass, Gut::Unsure, Gut::SomethingIsWrong];
    let colleague = [ColleagueView::Wait, ColleagueView::NotAsked, ColleagueView::Escalate];
    rises(&weights.affected, &Affected::KNOWN, Affected::words, faults);
    rises(&weights.condition, &Condition::KNOWN, Condition::words, faults);
    rises(&weights.expertise, &Expertise::KNOWN, Expertise::words, faults);
    rises(&weights.stuck, &Stuck::KNOWN, Stuck::words, faults);
    rises(&weights.gut, &gut, Gut::words, faults);
    rises(&weights.colleague, &colleague, ColleagueView::words, faults);
    for risk in Risk::ALL.into_iter().filter(|risk| points(&weights.risk, *risk) < 0) {
        faults.push(format!("\"{}\" must not speak for carrying on.", risk.words()));
    }
}

fn rises<A: PartialEq + Copy>(weights: &[(A, i32)], order: &[A], words: fn(A) -> &'static str, faults: &mut Vec<String>) {
    for pair in order.windows(2).filter(|pair| points(weights, pair[1]) < points(weights, pair[0])) {
        faults.push(format!("\"{}\" must not weigh less than \"{}\".", words(pair[1]), words(pair[0])));
    }
}

/// An answer without points counts nothing.
fn points<A: PartialEq + Copy>(weights: &[(A, i32)], answer: A) -> i32 {
    weights.iter().find(|(given, _)| *given == answer).map_or(0, |(_, points)| *points)
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
    let mildest =
        points(&policy.weights.affected, Affected::OnePerson).saturating_add(points(&policy.weights.condition, Condition::AtRisk));
    let severities = || policy.matrix.iter().map(|row| row.severity);
    let from = |edge: Option<Severity>| policy.escalate_from.zip(edge).is_some_and(|(from, edge)| from <= edge);
    if least >= policy.escalate_at {
        faults.push("With these points everything would be escalated: even the mildest answers reach the threshold.".into());
    } else if mildest >= policy.escalate_at {
        faults
            .push("With these points everything would be escalated: even one person with something at risk reaches the threshold.".into());
    } else if from(severities().min()) {
        faults.push("Everything would be escalated: nothing is less severe than what is escalated at once.".into());
    } else if least >= policy.ask_at {
        faults.push("With these points nobody could ever carry on alone: even the mildest answers reach the threshold for asking.".into());
    }
    if greatest < policy.escalate_at && !from(severities().max()) {
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
    use crate::domain::policy::{MatrixRow, Override};

    fn broken(change: impl FnOnce(&mut Policy)) -> Vec<String> {
        let mut policy = Policy::standard();
        change(&mut policy);
        faults(&policy)
    }

    fn set(policy: &mut Policy, affected: Affected, condition: Condition, severity: Severity) {
        policy.matrix.retain(|row| (row.affected, row.condition) != (affected, condition));
        policy.matrix.push(MatrixRow { affected, condition, severity });
    }

    #[test]
    fn the_standard_policy_is_sound() {
        assert_eq!(faults(&Policy::standard()), Vec::<String>::new(), "a new desk starts with a sound policy");
    }

    #[test]
    fn each_fault_is_named_in_plain_words_and_none_besides() {
        type Case = (fn(&mut Policy), &'static str);
        let cases: [Case; 19] = [
            (
                |policy| policy.matrix.retain(|row| (row.affected, row.condition) != (Affected::Team, Condition::AtRisk)),
                "The matrix has no severity for \"A team is affected\" with \"Working, but at risk\".",
            ),
            (
                |policy| policy.matrix.iter_mut().for_each(|row| row.severity = Severity::High),
                "The matrix gives High to everything: it would tell nothing apart.",
            ),
            (
                |policy| {
                    policy.escalate_from = None;
                    policy.matrix.iter_mut().for_each(|row| row.severity = Severity::Critical);
                },
                "The matrix gives Critical to everything: it would tell nothing apart.",
            ),
            (
                |policy| set(policy, Affected::Everyone, Condition::AtRisk, Severity::Low),
                "With \"Working, but at risk\", \"Everyone is affected\" must not be less severe than \"Many customers are affected\".",
            ),
            (
                |policy| set(policy, Affected::Site, Condition::AtRisk, Severity::Critical),
                // Each neighbour is named; the first is shown where it is refused.
                "With \"Working, but at risk\", \"Many customers are affected\" must not be less severe than \"A whole site is affected\".",
            ),
            (|policy| policy.weights.affected[1].1 = -5, "\"A team is affected\" must not weigh less than \"One person is affected\"."),
            (|policy| policy.weights.condition[0].1 = 10, "\"Down right now\" must not weigh less than \"Slow or partly working\"."),
            (
                |policy| policy.weights.stuck[0].1 = 30,
                "\"15 minutes without progress\" must not weigh less than \"You have only just started\".",
            ),
            (|policy| policy.weights.risk[2].1 = -1, "\"Could harm the reputation\" must not speak for carrying on."),
            (|policy| policy.carry_on_minutes.critical = 16, "Carrying on alone at Critical must not be longer than at High."),
            (|policy| policy.ask_at = 60, "Asking a colleague must begin at no more points than escalating does."),
            (
                |policy| (policy.ask_at, policy.escalate_at) = (-200, -100),
                "With these points everything would be escalated: even the mildest answers reach the threshold.",
            ),
            (
                |policy| (policy.ask_at, policy.escalate_at) = (-40, 5),
                "With these points everything would be escalated: even one person with something at risk reaches the threshold.",
            ),
            (
                |policy| policy.escalate_from = Some(Severity::Low),
                "Everything would be escalated: nothing is less severe than what is escalated at once.",
            ),
            (
                |policy| policy.ask_at = -100,
                "With these points nobody could ever carry on alone: even the mildest answers reach the threshold for asking.",
            ),
            (
                |policy| (policy.escalate_at, policy.escalate_from) = (900, None),
                "With these points nothing would ever be escalated unless a risk alone decides: even the worst answers stay below the threshold.",
            ),
            (
                |policy| (policy.escalate_at, policy.escalate_from, policy.overrides) = (900, None, Vec::<Override>::new()),
                "With these points nothing would ever be escalated: even the worst answers stay below the threshold.",
            ),
            (|policy| policy.carry_on_minutes.low = 1441, "Carrying on alone at Low must be between 1 and 1440 minutes."),
            (
                |policy| policy.weights.stuck.push((Stuck::HalfHour, 99)),
                "An answer to time without progress has its points twice; only the first would count.",
            ),
        ];
        for (change, expected) in cases {
            assert_eq!(broken(change).first().map(String::as_str), Some(expected));
        }
        assert_eq!(broken(|policy| policy.weights.affected[1].1 = -5).len(), 1, "one fault is one");
    }

    #[test]
    fn no_time_at_all_and_points_beyond_all_others_are_refused() {
        assert_eq!(
            broken(|policy| policy.carry_on_minutes.high = 0),
            [
                "Carrying on alone at High must be between 1 and 1440 minutes.",
                "Carrying on alone at Critical must not be longer than at High."
            ]
        );
        assert_eq!(
            broken(|policy| policy.weights.gut[2].1 = i32::MAX),
            ["An answer to your gut feeling has more than 1000 points; no other answer would count beside it."]
        );
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
