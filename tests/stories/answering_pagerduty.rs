//! An alert in PagerDuty and its incident here, kept in step both ways.

use baton_core::api::types::{Action, IncidentView};
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::IncidentId;
use baton_core::domain::incident::Phase;
use baton_tests::providers::pagerduty::PagerDuty;
use baton_tests::world::World;
use serde_json::json;

use crate::answering::{holder, lines};

const LENZ: (&str, &str) = ("PXPGF42", "Marta Lenz");

async fn paged(world: &World, pagerduty: &PagerDuty) -> IncidentId {
    let pager = world.pagerduty(pagerduty).await;
    let on_call = world.person("Database on-call", &[(pager, "")]).await;
    let shop = world.service("Shop", &[(&[&on_call], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    pagerduty.wait_for(1).await;
    id
}

fn is_resolved(incident: &IncidentView) -> bool {
    matches!(incident.incident.phase, Phase::Resolved { .. })
}

#[tokio::test]
async fn acknowledged_there_it_is_held_here_by_whoever_did() {
    let (world, pagerduty) = (World::new().await, PagerDuty::start().await);
    let id = paged(&world, &pagerduty).await;
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), None, "an alert that was opened is nobody's word");
    pagerduty.acknowledge(LENZ);
    world.hear().await;
    let held = world.incident(id).await;
    assert_eq!(holder(&held), Some("Marta Lenz"), "{:?}", lines(&held));
    let before = lines(&held).len();
    world.hear().await;
    assert_eq!(lines(&world.incident(id).await).len(), before, "it is heard once");
    pagerduty.resolve(LENZ);
    world.hear().await;
    let over = world.incident(id).await;
    assert!(is_resolved(&over), "and what she resolves there is resolved here: {:?}", lines(&over));
    assert!(lines(&over).iter().any(|line| line.contains("Marta Lenz, by PagerDuty")), "by her name: {:?}", lines(&over));
    let looks = pagerduty.looks();
    world.hear().await;
    assert_eq!(pagerduty.looks(), looks, "what is over is looked at no more");
}

#[tokio::test]
async fn taken_and_resolved_here_it_is_so_there_and_nobody_is_told_of_it_twice() {
    let (world, pagerduty) = (World::new().await, PagerDuty::start().await);
    let id = paged(&world, &pagerduty).await;
    world.act(id, Action::Acknowledge { person: None, name: "Ben".into(), how: AcknowledgedHow::Call }).await;
    assert_eq!(pagerduty.states(), ["acknowledged"], "nobody is called there any more");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Ben"), "Baton's own acknowledgement is not somebody else's");
    world.act(id, Action::StillOnIt {}).await;
    assert_eq!(pagerduty.actions(), ["trigger", "acknowledge"], "once is enough");
    world.act(id, Action::Resolve { cause: String::new(), fix: "Restarted".into(), follow_ups: vec![] }).await;
    assert_eq!((pagerduty.states(), pagerduty.actions().len()), (vec!["resolved".to_string()], 3));
    world.hear().await;
    assert!(is_resolved(&world.incident(id).await));
}

#[tokio::test]
async fn what_is_handed_back_and_sent_again_calls_there_anew() {
    let (world, pagerduty) = (World::new().await, PagerDuty::start().await);
    let pager = world.pagerduty(&pagerduty).await;
    let on_call = world.person("Database on-call", &[(pager, "")]).await;
    let shop = world.service("Shop", &[(&[&on_call], 10), (&[&on_call], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    pagerduty.wait_for(1).await;
    pagerduty.acknowledge(LENZ);
    world.hear().await;
    world.fast_forward(5).await;
    world.act(id, Action::HandBack { why: "shift ends".into() }).await;
    assert_eq!(holder(&world.incident(id).await), None);
    assert_eq!(pagerduty.states(), ["resolved", "triggered"], "an alert that somebody acknowledged there would call nobody");
    pagerduty.acknowledge(LENZ);
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta Lenz"), "and the new one is heard");
}

#[tokio::test]
async fn a_machine_that_closes_it_there_closes_nothing_here() {
    let (world, pagerduty) = (World::new().await, PagerDuty::start().await);
    let id = paged(&world, &pagerduty).await;
    pagerduty.times_out();
    world.hear().await;
    let incident = world.incident(id).await;
    assert!(!is_resolved(&incident) && holder(&incident).is_none(), "only a person stops the clock: {:?}", lines(&incident));
}

#[tokio::test]
async fn a_service_told_too_late_does_not_silence_what_began_anew() {
    let (world, pagerduty) = (World::new().await, PagerDuty::start().await);
    let id = paged(&world, &pagerduty).await;
    let down = || json!({ "status": "throttle exceeded", "message": "try again", "errors": [] });
    pagerduty.fails(429, down());
    world.act(id, Action::Acknowledge { person: None, name: "Ben".into(), how: AcknowledgedHow::Call }).await;
    assert_eq!(pagerduty.states(), ["triggered"], "it could not be told yet");
    world.act(id, Action::HandBack { why: "wrong person".into() }).await;
    world.fast_forward(5).await;
    assert_eq!(pagerduty.states(), ["triggered"], "what he no longer has goes on calling");
}

#[tokio::test]
async fn a_question_goes_another_way_because_pagerduty_has_none() {
    let (world, pagerduty) = (World::new().await, PagerDuty::start().await);
    let id = paged(&world, &pagerduty).await;
    let actions = pagerduty.actions().len();
    world.act(id, Action::ShareUpdate { text: "A new node is starting.".into() }).await;
    assert_eq!(pagerduty.actions().len(), actions, "news opens no alert");
    assert!(
        world.screen.titles().iter().any(|title| title.contains("was not reached")),
        "and whoever sent it knows that it did not go: {:?}",
        world.screen.titles()
    );
}

#[tokio::test]
async fn what_was_found_is_not_lost_where_the_next_question_fails() {
    let (world, pagerduty) = (World::new().await, PagerDuty::start().await);
    let pager = world.pagerduty(&pagerduty).await;
    let on_call = world.person("Database on-call", &[(pager, "")]).await;
    let shop = world.service("Shop", &[(&[&on_call], 60)]).await;
    let first = world.escalates("Search is slow for everybody", &shop).await;
    world.fast_forward(1).await;
    let second = world.escalates("Checkout fails for everybody", &shop).await;
    pagerduty.wait_for(2).await;
    pagerduty.resolve(LENZ);
    pagerduty.says_nothing_of(Some(0));
    world.hear().await;
    assert!(is_resolved(&world.incident(second).await), "what it said of the newer one counts although the older one was refused");
    world.hear().await;
    assert!(!is_resolved(&world.incident(first).await));
    let words = &world.engine.ear_states()[&pager].words;
    assert!(words.contains("503"), "and that nothing is heard of the other is said: {words}");
}
