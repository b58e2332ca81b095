//! What else could have been answered, for what would change the advice.

use crate::domain::assessment::{Affected, Answers, ColleagueView, Condition, Expertise, Gut, Risk, Stuck};

/// The answers with one of them changed, each with the change in words. A change
/// to something milder says "only".
pub(super) fn alternatives(answers: &Answers) -> Vec<(&'static str, Answers)> {
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
            Risk::Safety | Risk::NotSure => "people could be in danger",
        };
        with(words, &|answers| answers.risks.get_or_insert_default().extend([risk]));
    }
    if answers.risks.as_ref().is_some_and(|risks| !risks.is_empty()) {
        with("there were no such risk", &|answers| answers.risks = Some(Default::default()));
    }
    for value in Expertise::KNOWN {
        let words = match value {
            Expertise::KnowHow => "you knew how to fix it",
            Expertise::Perhaps if answers.expertise >= Some(Expertise::Outside) => "you could perhaps fix it",
            Expertise::Perhaps => "you were unsure how to fix it",
            Expertise::Outside | Expertise::NotSure => "it were outside what you know",
        };
        with(words, &|answers| answers.expertise = Some(value));
    }
    for value in Stuck::KNOWN {
        let only = answers.stuck.is_some_and(|given| value < given);
        let words = match (value, only) {
            (Stuck::JustStarted, _) => "you had only just started",
            (Stuck::QuarterHour, true) => "you had been stuck for only 15 minutes",
            (Stuck::QuarterHour, false) => "there were no progress for 15 minutes",
            (Stuck::HalfHour, true) => "you had been stuck for only 30 minutes",
            (Stuck::HalfHour, false) => "there were no progress for 30 minutes",
            (Stuck::HourOrMore | Stuck::NotSure, _) => "there were no progress for an hour",
        };
        with(words, &|answers| answers.stuck = Some(value));
    }
    with("your gut said that something is wrong", &|answers| answers.gut = Some(Gut::SomethingIsWrong));
    with("your gut said that it will pass", &|answers| answers.gut = Some(Gut::WillPass));
    with("a colleague said to escalate", &|answers| answers.colleague = Some(ColleagueView::Escalate));
    with("a colleague said to wait", &|answers| answers.colleague = Some(ColleagueView::Wait));
    others
}
