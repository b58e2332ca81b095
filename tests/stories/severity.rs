//! The severity changes while it goes on, and what has not happened yet is planned anew.

use baton_core::api::types::Action;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::draft::Draft;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::facts::{FactField, Unknown};
use baton_core::domain::id::IncidentId;
use baton_core::domain::sequence::{Sequence, SequenceStep};
use baton_core::domain::severity::Severity;
use baton_core::domain::time::MINUTE;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// Marta is written to, and can be called.
async fn alerted(severity: Severity) -> (World, SmtpSink, IncidentId) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let mut marta = world.person("Marta", &[(mail, "marta@example.org"), (call, "+49 30 23125011")]).await;
    let steps = [(0, 0), (1, 10)].map(|(at, after)| SequenceStep { method: marta.methods[at].id, after });
    marta.sequences.insert(Severity::Critical, Sequence { steps: steps.into(), again_every: None });
    world.desk.save_person(marta.clone()).await.expect("saved");
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut draft = world.draft("Checkout fails for some", &shop).await;
    draft.severity = Some(severity);
    draft.against_advice = "as told".into();
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    mailbox.wait_for(1).await;
    (world, mailbox, id)
}

async fn becomes(world: &World, id: IncidentId, severity: Severity) {
    world.act(id, Action::ChangeSeverity { severity, why: "it is otherwise than it looked".into() }).await;
}

#[tokio::test]
async fn grown_worse_the_same_people_are_reached_by_what_that_severity_uses_and_not_twice_by_the_same() {
    let (world, mailbox, id) = alerted(Severity::Low).await;
    assert!(world.incident(id).await.calls.is_empty(), "at low she is written to, and nobody calls");
    becomes(&world, id, Severity::Critical).await;
    assert!(world.incident(id).await.calls.is_empty(), "by her own sequence the call comes ten minutes later");
    world.fast_forward(10).await;
    assert_eq!(world.incident(id).await.calls.len(), 1, "and it does, at the level that is under way");
    assert_eq!(mailbox.mails().len(), 1, "what she has already is not sent again");
}

#[tokio::test]
async fn grown_milder_what_only_the_worse_would_have_done_does_not_happen() {
    let (world, _, id) = alerted(Severity::Critical).await;
    becomes(&world, id, Severity::Low).await;
    world.fast_forward(15).await;
    let incident = world.incident(id).await;
    assert!(incident.calls.is_empty(), "nobody is called for what is low");
    let call = incident.deliveries.iter().find(|delivery| delivery.state == DeliveryState::Cancelled).expect("the call");
    assert!(call.words.contains("not for low"), "and it is said why: {}", call.words);
    assert!(
        incident.timeline.iter().any(|entry| entry.words == "Critical became Low" && !entry.detail.is_empty()),
        "with the reason given"
    );
}

#[tokio::test]
async fn what_was_being_gathered_waits_no_longer_once_it_is_critical_and_says_so() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let filed = async |what: &str| {
        let draft = Draft { severity: Some(Severity::Medium), against_advice: "as told".into(), ..world.draft(what, &shop).await };
        let id = world.desk.escalate(draft).await.expect("escalated");
        world.settle().await;
        id
    };
    filed("Checkout fails for some").await;
    let second = filed("The label printer prints nothing").await;
    assert_eq!(mailbox.mails().len(), 1, "she was written to only just now");
    becomes(&world, second, Severity::Critical).await;
    let mails = mailbox.wait_for(2).await;
    assert!(mails[1].subject().starts_with("Critical: The label printer"), "it goes at once, as what it is now: {}", mails[1].subject());
}

#[tokio::test]
async fn what_was_promised_to_be_found_out_is_shown_whatever_is_asked_before_it() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 120)]).await;
    let mut draft = Draft { severity: Some(Severity::Medium), ..world.draft("Checkout fails for some", &shop).await };
    draft.facts.unknown = vec![Unknown { field: FactField::People, until: world.now().plus(38 * MINUTE) }];
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.act(id, Action::Acknowledge { person: None, name: "Marta".into(), how: AcknowledgedHow::Call }).await;
    let promised = async || {
        let steps = world.incident(id).await.next;
        steps.into_iter().find(|step| step.words == "check-in: how many people are affected").map(|step| step.time)
    };
    assert_eq!(promised().await.as_deref(), Some("13:20"), "it is asked for then");
    becomes(&world, id, Severity::Critical).await;
    let asked: Vec<String> = world.incident(id).await.next.into_iter().map(|step| format!("{} {}", step.time, step.words)).collect();
    assert!(asked.contains(&"12:57 check-in".to_string()), "the desk is asked sooner now: {asked:?}");
    assert_eq!(promised().await.as_deref(), Some("13:20"), "and what was promised is still there");
    world.fast_forward(37).await;
    assert_eq!(promised().await.as_deref(), Some("13:20"), "while nobody answers, too");
    world.fast_forward(1).await;
    assert!(world.screen.titles().contains(&"Check in: do you know how many people are affected?".into()), "{:?}", world.screen.titles());
}
