//! The severity changes while it goes on, and what has not happened yet is planned anew.

use baton_core::api::types::Action;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::draft::Draft;
use baton_core::domain::id::IncidentId;
use baton_core::domain::sequence::{Sequence, SequenceStep};
use baton_core::domain::severity::Severity;
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
