//! What is touched on a phone that follows a topic of ntfy.

use baton_core::domain::delivery::DeliveryState;
use baton_tests::providers::ntfy::{ANSWERS, Ntfy};
use baton_tests::world::World;

use crate::answering::{holder, lines};

#[tokio::test]
async fn on_it_touched_in_a_push_stops_the_climb() {
    let (world, ntfy) = (World::new().await, Ntfy::start().await);
    let push = world.ntfy(&ntfy).await;
    let (marta, ben) = (world.person("Marta", &[(push, "marta-x7Kq2")]).await, world.person("Ben", &[(push, "ben-p3Wv8")]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = ntfy.wait_for(1).await.remove(0);
    assert_eq!(message["topic"], "marta-x7Kq2", "her own topic");
    assert_eq!(message["priority"], 5, "what is critical rings until somebody looks");
    assert!(message["title"].as_str().is_some_and(|title| title.contains("Checkout fails for everybody [")), "{message}");
    assert_eq!(world.hear().await, 0, "nobody has touched anything yet");

    ntfy.press(&message, "On it");
    world.hear().await;
    let held = world.incident(id).await;
    assert_eq!(holder(&held), Some("Marta"), "{:?}", lines(&held));
    assert_eq!(held.deliveries[0].state, DeliveryState::Seen, "whoever answers has seen it");
    world.fast_forward(15).await;
    assert_eq!(ntfy.wait_for(1).await.iter().filter(|sent| sent["topic"] == "ben-p3Wv8").count(), 0, "Ben is not woken");
}

#[tokio::test]
async fn what_strangers_write_to_the_topic_of_answers_counts_for_nothing() {
    let (world, ntfy) = (World::new().await, Ntfy::start().await);
    let push = world.ntfy(&ntfy).await;
    let marta = world.person("Marta", &[(push, "marta-x7Kq2")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = ntfy.wait_for(1).await.remove(0);
    for text in ["on it", "on_it:2AAAAAAAAAAAAAAA", "on_it:", "triggered", "{\"event\":\"message\"}", "delete:7KQ47KQ47KQ47KQ4"] {
        ntfy.post(ANSWERS, text);
    }
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), None, "only a message's own token answers for it");
    ntfy.press(&message, "Not me");
    world.hear().await;
    let incident = world.incident(id).await;
    assert!(
        lines(&incident).iter().any(|line| line.starts_with("Marta cannot take it")),
        "and what follows is still heard: {:?}",
        lines(&incident)
    );
}

#[tokio::test]
async fn an_answer_is_heard_once_over_a_restart_and_a_cache_that_forgot() {
    let (world, ntfy) = (World::new().await, Ntfy::start().await);
    let push = world.ntfy(&ntfy).await;
    let marta = world.person("Marta", &[(push, "marta-x7Kq2")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = ntfy.wait_for(1).await.remove(0);
    ntfy.post(ANSWERS, "something else");
    world.hear().await;
    ntfy.press(&message, "Call me");
    ntfy.press(&message, "On it");
    let world = world.restarted().await;
    assert_eq!(world.hear().await, 2, "what was touched meanwhile is there");
    ntfy.forgets();
    world.hear().await;
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"));
    // Heard a second time it would say that she is still on it.
    let heard = |line: &&String| line.starts_with("Marta has it") || line.starts_with("Marta is still on it");
    assert_eq!(lines(&incident).iter().filter(heard).count(), 1, "{:?}", lines(&incident));
}

#[tokio::test]
async fn a_topic_that_may_not_be_read_is_said_to_the_desk() {
    let (world, ntfy) = (World::new().await, Ntfy::start().await);
    let push = world.ntfy(&ntfy).await;
    let marta = world.person("Marta", &[(push, "marta-x7Kq2")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = ntfy.wait_for(1).await.remove(0);
    ntfy.press(&message, "On it");
    ntfy.fails(403, r#"{"code":40301,"http":403,"error":"forbidden"}"#);
    world.hear().await;
    assert!(world.screen.titles().contains(&"Answers by ntfy are not heard".to_string()), "{:?}", world.screen.titles());
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"), "once it may be read again the answer is still there");
}
