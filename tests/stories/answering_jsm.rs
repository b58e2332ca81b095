//! An alert in Jira Service Management and its incident here, kept in step both ways.

use baton_core::api::types::Action;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::IncidentId;
use baton_core::domain::incident::Phase;
use baton_tests::providers::jsm::Jsm;
use baton_tests::world::World;

use crate::answering::{holder, lines};

async fn paged(world: &World, jsm: &Jsm) -> IncidentId {
    let alerts = world.jsm(jsm).await;
    let on_call = world.person("Database on-call", &[(alerts, "")]).await;
    let shop = world.service("Shop", &[(&[&on_call], 30)]).await;
    world.escalates("Checkout fails for everybody", &shop).await
}

#[tokio::test]
async fn acknowledged_and_closed_there_it_is_so_here() {
    let (world, jsm) = (World::new().await, Jsm::start().await);
    let id = paged(&world, &jsm).await;
    let alert = jsm.wait_for(1).await.remove(0);
    assert_eq!(alert["priority"], "P1");
    world.hear().await;
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Delivered, "taken is one thing, and opened another");
    assert_eq!(holder(&world.incident(id).await), None, "and neither is anybody's word");
    jsm.acknowledge("marta@example.org");
    world.hear().await;
    let held = world.incident(id).await;
    assert_eq!(holder(&held), Some("marta@example.org"), "{:?}", lines(&held));
    jsm.close("marta@example.org");
    world.hear().await;
    let over = world.incident(id).await;
    assert!(matches!(over.incident.phase, Phase::Resolved { .. }), "{:?}", lines(&over));
}

#[tokio::test]
async fn taken_and_resolved_here_it_is_so_there() {
    let (world, jsm) = (World::new().await, Jsm::start().await);
    let id = paged(&world, &jsm).await;
    world.hear().await;
    world.act(id, Action::Acknowledge { person: None, name: "Ben".into(), how: AcknowledgedHow::Call }).await;
    assert_eq!(jsm.alerts()[0]["acknowledged"], true, "nobody is called there any more");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Ben"), "Baton's own word there is not somebody else's");
    world.act(id, Action::Resolve { cause: String::new(), fix: "Restarted".into(), follow_ups: vec![] }).await;
    assert_eq!(jsm.alerts()[0]["status"], "closed");
    world.hear().await;
    let resolutions = lines(&world.incident(id).await).iter().filter(|line| line.starts_with("Resolved")).count();
    assert!(resolutions <= 1, "it is over once");
}

#[tokio::test]
async fn an_alert_that_was_taken_and_came_to_nothing_goes_another_way_at_once() {
    let (world, jsm) = (World::new().await, Jsm::start().await);
    jsm.refuses();
    let id = paged(&world, &jsm).await;
    world.hear().await;
    let failed = world.incident(id).await.deliveries.remove(0);
    assert_eq!(failed.state, DeliveryState::Failed);
    assert!(failed.words.contains("Integration is disabled"), "in the provider's words: {}", failed.words);
}

#[tokio::test]
async fn what_was_found_is_not_lost_where_the_next_question_fails() {
    let (world, jsm) = (World::new().await, Jsm::start().await);
    let alerts = world.jsm(&jsm).await;
    let on_call = world.person("Database on-call", &[(alerts, "")]).await;
    let shop = world.service("Shop", &[(&[&on_call], 60)]).await;
    world.escalates("Search is slow for everybody", &shop).await;
    world.fast_forward(1).await;
    let second = world.escalates("Checkout fails for everybody", &shop).await;
    jsm.wait_for(2).await;
    world.hear().await;
    jsm.close("marta@example.org");
    jsm.says_nothing_of(Some(0));
    world.hear().await;
    let over = world.incident(second).await;
    assert!(matches!(over.incident.phase, Phase::Resolved { .. }), "it counts although the older one was refused: {:?}", lines(&over));
}
