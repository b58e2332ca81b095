//! What a desk agrees on, and what it may not.

use baton_core::domain::assessment::{Affected, Answers, Condition, Expertise};
use baton_core::domain::desk::DeskRules;
use baton_core::domain::directory::Service;
use baton_core::domain::id::IncidentId;
use baton_core::domain::policy::Policy;
use baton_core::domain::severity::Severity;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

async fn tried(world: &World, what: &str, service: &Service, affected: Affected, condition: Condition) -> IncidentId {
    let mut draft = world.draft(what, service).await;
    draft.answers =
        Answers { affected: Some(affected), condition: Some(condition), expertise: Some(Expertise::KnowHow), ..Answers::default() };
    world.desk.carry_on(draft, 20).await.expect("it is tried")
}

async fn shop(world: &World) -> Service {
    let mailbox = SmtpSink::start().await;
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    world.service("Shop", &[(&[&marta], 10)]).await
}

#[tokio::test]
async fn a_policy_that_contradicts_itself_is_refused_with_the_reason_and_the_old_one_stays() {
    type Case = (fn(&mut Policy), &'static str);
    let cases: [Case; 6] = [
        (|policy| policy.matrix.retain(|row| row.affected != Affected::Site), "The matrix has no severity for"),
        (|policy| policy.matrix.iter_mut().for_each(|row| row.severity = Severity::Critical), "it would tell nothing apart"),
        (|policy| policy.weights.affected[4].1 = 0, "\"Everyone is affected\" must not weigh less"),
        (|policy| policy.escalate_at = -100, "everything would be escalated"),
        (|policy| policy.ask_at = policy.escalate_at + 1, "Asking a colleague must begin"),
        (|policy| policy.carry_on_minutes.critical = 0, "between 1 and 1440 minutes"),
    ];
    let world = World::new().await;
    let agreed = world.desk.rules().await.expect("the rules");
    for (change, why) in cases {
        let mut rules = agreed.clone();
        change(&mut rules.policy);
        let preview = world.desk.policy_preview(rules.policy.clone()).await.expect("it can be looked at");
        assert!(preview.faults.iter().any(|fault| fault.contains(why)), "{why}: said while it is written: {:?}", preview.faults);
        let refused = world.desk.save_rules(rules).await.expect_err("it is not taken");
        assert!(refused.message.ends_with("The rules in force were not changed."), "{}", refused.message);
        assert_eq!(world.desk.rules().await.expect("the rules"), agreed, "{why}: the old one stays");
    }
    let mut rules = DeskRules { policy: Policy { ask_at: 35, ..agreed.policy.clone() }, ..agreed.clone() };
    rules.policy.version = 99;
    world.desk.save_rules(rules).await.expect("a sound one is taken");
    assert_eq!(world.desk.rules().await.expect("the rules").policy.version, agreed.policy.version + 1, "and counted by the desk");
}

#[tokio::test]
async fn the_ten_latest_assessed_incidents_are_looked_at_under_another_policy() {
    let world = World::new().await;
    let shop = shop(&world).await;
    for number in 1..=11 {
        tried(&world, &format!("Report {number} has the wrong total"), &shop, Affected::OnePerson, Condition::Degraded).await;
        world.fast_forward(1).await;
    }
    let team = tried(&world, "Accounting cannot print", &shop, Affected::Team, Condition::Down).await;
    let mut unanswered = world.draft("Nobody answered a question about this one", &shop).await;
    unanswered.answers = Answers::default();
    world.desk.escalate(unanswered).await.expect("what and where is enough");
    let mut policy = world.desk.rules().await.expect("the rules").policy;

    let same = world.desk.policy_preview(policy.clone()).await.expect("a preview");
    assert_eq!((same.faults.len(), same.past.len()), (0, 10), "the ten latest that were assessed");
    assert!(same.past.iter().all(|one| !one.severity_changed && !one.advice_changed), "under the policy in force nothing differs");
    let latest = &same.past[0];
    assert_eq!((latest.id, latest.title.as_str()), (team, "Accounting cannot print"), "the latest first");
    assert_eq!((latest.advice.as_str(), latest.done.as_str()), ("carry on for 15 min", "carried on"), "what was said, and what was done");
    assert!(same.past.iter().all(|one| one.title != "Report 1 has the wrong total"), "the eleventh is not looked at");

    policy.escalate_from = Some(Severity::High);
    let other = world.desk.policy_preview(policy).await.expect("a preview");
    let differ: Vec<&str> = other.past.iter().filter(|one| one.advice_changed).map(|one| one.title.as_str()).collect();
    assert_eq!(differ, ["Accounting cannot print"], "a team that is down is high, and would be escalated");
    assert_eq!(
        (other.past[0].advice_now.as_str(), other.past[0].severity_changed),
        ("escalate now", false),
        "by a rule, not by its severity"
    );
    let agreed = world.desk.rules().await.expect("the rules").policy;
    assert_eq!(agreed.escalate_from, Some(Severity::Critical), "looking changes nothing");
}

#[tokio::test]
async fn a_severity_that_somebody_chose_is_no_change_of_the_policy_s() {
    let world = World::new().await;
    let shop = shop(&world).await;
    let mut draft = world.draft("A report has the wrong total", &shop).await;
    draft.answers = Answers { affected: Some(Affected::OnePerson), condition: Some(Condition::Degraded), ..Answers::default() };
    draft.severity = Some(Severity::High);
    draft.against_advice = "The board meets in an hour".into();
    world.desk.carry_on(draft, 20).await.expect("it is tried");
    let policy = world.desk.rules().await.expect("the rules").policy;
    let preview = world.desk.policy_preview(policy).await.expect("a preview");
    let one = &preview.past[0];
    assert_eq!((one.severity, one.severity_now), (Severity::High, Severity::Low), "both are shown");
    assert_eq!(one.against_advice.as_deref(), Some("The board meets in an hour"), "with the reason");
    assert!(!one.severity_changed && !one.advice_changed, "and it is not the policy that differs");
}
