//! What is acknowledged in Pushover.

use baton_core::api::types::Action;
use baton_tests::providers::pushover::Pushover;
use baton_tests::world::World;
use serde_json::json;

use crate::answering::{holder, lines};

const MARTA: &str = "uMartaRzpo4DXghDmr9QzzgQu27cmV";
const GROUP: &str = "gDatabaseo4DXghDmr9QzzgQu27cmV";
const BEN: &str = "uBenRzpo4DXghDmr9QzzgQu27cmVRs";

#[tokio::test]
async fn an_acknowledgement_in_pushover_is_hers_and_stops_the_climb() {
    let (world, pushover) = (World::new().await, Pushover::start().await);
    let push = world.pushover(&pushover).await;
    let (marta, ben) = (world.person("Marta", &[(push, MARTA)]).await, world.person("Ben", &[(push, BEN)]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = pushover.wait_for(1).await.remove(0);
    assert_eq!((message["user"].as_str(), message["priority"].as_str()), (MARTA, "2"), "what is critical rings until she looks");
    assert!(message["message"].contains("Acknowledge it only if you take it"), "she is told what it means: {}", message["message"]);
    assert_eq!(world.hear().await, 0, "it rings, and nobody has touched it");
    assert_eq!(holder(&world.incident(id).await), None, "that it was delivered is nobody's word");

    pushover.acknowledge(&message, MARTA, "martas-phone");
    world.hear().await;
    let held = world.incident(id).await;
    assert_eq!(holder(&held), Some("Marta"), "{:?}", lines(&held));
    let asked = pushover.asked();
    world.hear().await;
    assert_eq!(pushover.asked(), asked, "a receipt that has told everything is not asked for again");
    world.fast_forward(15).await;
    assert_eq!(pushover.wait_for(1).await.iter().filter(|sent| sent["user"] == BEN).count(), 0, "Ben is not woken");
}

#[tokio::test]
async fn whoever_of_a_group_acknowledges_has_it_by_their_own_name() {
    let (world, pushover) = (World::new().await, Pushover::start().await);
    let push = world.pushover(&pushover).await;
    let group = world.person("Database group", &[(push, GROUP)]).await;
    world.person("Ben", &[(push, BEN)]).await;
    let shop = world.service("Shop", &[(&[&group], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = pushover.wait_for(1).await.remove(0);
    pushover.acknowledge(&message, BEN, "bens-tablet");
    let world = world.restarted().await;
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Ben"), "the directory knows whose key this is: {:?}", lines(&incident));
}

#[tokio::test]
async fn what_rang_out_is_asked_for_no_more_and_stops_nothing() {
    let (world, pushover) = (World::new().await, Pushover::start().await);
    let push = world.pushover(&pushover).await;
    let (marta, ben) = (world.person("Marta", &[(push, MARTA)]).await, world.person("Ben", &[(push, BEN)]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let first = pushover.wait_for(1).await.remove(0);
    pushover.expire(&first);
    world.hear().await;
    let asked = pushover.asked();
    world.hear().await;
    assert_eq!(pushover.asked(), asked);
    world.fast_forward(11).await;
    let second = pushover.wait_for(2).await.remove(1);
    assert_eq!(second["user"], BEN, "the climb goes on");
    assert_eq!(holder(&world.incident(id).await), None);
}

#[tokio::test]
async fn a_receipt_that_cannot_be_asked_for_is_said_and_asked_for_again() {
    let (world, pushover) = (World::new().await, Pushover::start().await);
    let push = world.pushover(&pushover).await;
    let marta = world.person("Marta", &[(push, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = pushover.wait_for(1).await.remove(0);
    pushover.acknowledge(&message, MARTA, "martas-phone");
    pushover.fails(400, json!({ "token": "invalid", "errors": ["application token is invalid"], "status": 0 }));
    world.hear().await;
    assert!(world.screen.titles().contains(&"Answers by Pushover are not heard".to_string()), "{:?}", world.screen.titles());
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"), "the answer waits at the provider");
}

#[tokio::test]
async fn once_somebody_has_it_no_phone_rings_on() {
    let (world, pushover) = (World::new().await, Pushover::start().await);
    let push = world.pushover(&pushover).await;
    let (marta, ben) = (world.person("Marta", &[(push, MARTA)]).await, world.person("Ben", &[(push, BEN)]).await);
    let shop = world.service("Shop", &[(&[&marta, &ben], 10)]).await;
    let other = world.escalates("Search is slow for everybody", &shop).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sent = pushover.wait_for(4).await;
    let about = |what: &str| sent.iter().filter(|one| one["title"].contains(what)).cloned().collect::<Vec<_>>();
    let (search, checkout) = (about("Search"), about("Checkout"));
    assert!(checkout.iter().all(|one| pushover.rings(one)), "both phones ring");
    pushover.acknowledge(&checkout[0], MARTA, "martas-phone");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"));
    assert!(checkout.iter().all(|one| !pushover.rings(one)), "Ben's is told to stop");
    assert!(search.iter().all(|one| pushover.rings(one)), "what nobody has rings on");
    world.act(other, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    assert!(search.iter().all(|one| !pushover.rings(one)), "what is over rings no more");
}
