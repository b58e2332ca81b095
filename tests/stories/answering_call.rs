//! Calls through an account at Twilio: a voice that only tells, and a flow in Studio in
//! which a key can be pressed.

use baton_core::api::types::{DeliveryView, IncidentView};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::Level;
use baton_tests::providers::telegram::Telegram;
use baton_tests::providers::twilio::{Called, FLOW, Twilio};
use baton_tests::world::World;
use serde_json::json;

use crate::answering::holder;

const MARTA: &str = "+493023125011";

/// The call to Marta, among whatever followed it.
fn call(incident: &IncidentView) -> DeliveryView {
    incident.deliveries.iter().find(|one| one.via == "Call").expect("a call").clone()
}

/// A desk that calls Marta by this flow, or without one, and writes to her where that fails.
async fn called(flow: &str) -> (World, Twilio, Telegram, baton_core::domain::id::IncidentId, Called) {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let twilio = Twilio::start(world.clock.clone()).await;
    let (by_call, chat) = (world.twilio_call(&twilio, flow).await, world.telegram(&telegram).await);
    let marta = world.person("Marta", &[(by_call, MARTA)]).await;
    let ben = world.person("Ben", &[(chat, "502")]).await;
    let target = |person: &baton_core::domain::directory::Person| baton_core::domain::directory::Target::Person { id: person.id };
    let level = |person| Level { targets: vec![target(person)], minutes: 10, ..Level::default() };
    let shop = world.service_with("R&D <Shop>", vec![level(&marta), level(&ben)]).await;
    let id = world.escalates("Checkout fails \"everywhere\" & nobody knows why", &shop).await;
    twilio.wait_for(1).await;
    let placed = twilio.calls()[0].clone();
    (world, twilio, telegram, id, placed)
}

#[tokio::test]
async fn a_call_says_what_is_wrong_and_whoever_picks_up_has_not_taken_it() {
    let (world, twilio, telegram, id, placed) = called("").await;
    assert_eq!(placed.to, MARTA);
    let twiml = &placed.asked["Twiml"];
    assert_eq!(twiml.matches("Checkout fails &quot;everywhere&quot; &amp; nobody knows why").count(), 2, "everything twice: {twiml}");
    for status in ["ringing", "in-progress"] {
        twilio.call_becomes(&placed, status);
        world.hear().await;
        assert_eq!(call(&world.incident(id).await).state, DeliveryState::Accepted, "{status} is not yet over");
    }
    twilio.call_becomes(&placed, "completed");
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(call(&incident).state, DeliveryState::Delivered, "a mailbox may have answered, so it is not seen");
    assert!(call(&incident).words.contains("mailbox"), "{}", call(&incident).words);
    assert_eq!(holder(&incident), None);
    world.fast_forward(10).await;
    assert_eq!(telegram.wait_for(1).await[0].chat, 502, "the climb goes on");
}

#[tokio::test]
async fn a_call_that_nobody_answers_brings_the_next_at_once_and_no_number_is_marked_wrong() {
    for status in ["busy", "no-answer", "failed", "canceled"] {
        let (world, twilio, telegram, id, placed) = called("").await;
        twilio.call_becomes(&placed, status);
        world.hear().await;
        assert_eq!(call(&world.incident(id).await).state, DeliveryState::Failed, "{status}");
        assert_eq!(telegram.wait_for(1).await[0].chat, 502, "{status}: the next level does not wait for its time");
        let directory = world.desk.directory().await.expect("the directory");
        let marta = directory.people.iter().find(|one| one.name == "Marta").expect("Marta");
        assert_eq!(marta.methods[0].wrong_since, None, "{status}: tomorrow she may pick up");
    }
}

#[tokio::test]
async fn a_key_pressed_in_a_flow_takes_it() {
    let (world, twilio, telegram, id, placed) = called(FLOW).await;
    let given = placed.given();
    assert_eq!(given["keys"], "Press 1 for on it, 2 for not me, or 3 for call me.");
    let script = given["script"].as_str().expect("a script");
    assert!(
        script.contains("nobody knows why") && !script.contains(['&', '<', '>', '{', '}']),
        "nothing a flow could stumble over: {script}"
    );
    world.hear().await;
    assert_eq!(call(&world.incident(id).await).state, DeliveryState::Accepted, "it still rings");
    twilio.presses(&placed, "1");
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"), "while the flow still speaks");
    twilio.call_becomes(&placed, "ended");
    world.hear().await;
    world.fast_forward(15).await;
    assert_eq!((call(&world.incident(id).await).state, telegram.messages().len()), (DeliveryState::Seen, 0));
}

#[tokio::test]
async fn other_keys_say_other_things_and_what_means_nothing_takes_nothing() {
    for (key, state, next) in [
        ("2", DeliveryState::Seen, 1),
        ("3", DeliveryState::Seen, 0),
        ("9", DeliveryState::Delivered, 0),
        ("#", DeliveryState::Delivered, 0),
    ] {
        let (world, twilio, telegram, id, placed) = called(FLOW).await;
        twilio.presses(&placed, key);
        twilio.learns(&placed, &["flow", "variables", "outcome"], json!("no-key"));
        twilio.call_becomes(&placed, "ended");
        world.hear().await;
        let incident = world.incident(id).await;
        assert_eq!((call(&incident).state, holder(&incident)), (state, None), "{key}");
        assert_eq!(telegram.messages().len(), next, "{key}: “not me” brings the next at once");
    }
}

#[tokio::test]
async fn a_flow_that_reached_nobody_says_so_by_its_outcome_or_by_the_calls_status() {
    for (pointer, value, state) in [
        (&["flow", "variables", "outcome"][..], "busy", DeliveryState::Failed),
        (&["flow", "variables", "outcome"], "no-answer", DeliveryState::Failed),
        (&["widgets", "call", "CallStatus"], "no-answer", DeliveryState::Failed),
        (&["widgets", "call", "CallStatus"], "completed", DeliveryState::Delivered),
        (&["widgets", "other", "Nothing"], "known", DeliveryState::Failed),
    ] {
        let (world, twilio, telegram, id, placed) = called(FLOW).await;
        twilio.learns(&placed, &pointer[..2], json!({}));
        twilio.learns(&placed, pointer, json!(value));
        twilio.call_becomes(&placed, "ended");
        world.hear().await;
        let delivery = call(&world.incident(id).await);
        assert_eq!(delivery.state, state, "{value}: {}", delivery.words);
        assert_eq!(telegram.messages().len(), usize::from(state == DeliveryState::Failed), "{value}");
    }
}

#[tokio::test]
async fn a_run_that_was_given_another_message_answers_for_nothing() {
    let (world, twilio, _, id, placed) = called(FLOW).await;
    twilio.learns(&placed, &["flow", "data", "token"], json!("2AAAAAAAAAAAAAAA"));
    twilio.presses(&placed, "1");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), None);
}

#[tokio::test]
async fn a_phone_that_is_still_in_the_flow_is_called_again_later() {
    let (world, twilio, _, id, placed) = called(FLOW).await;
    let directory = world.desk.directory().await.expect("the directory");
    let marta = directory.people.iter().find(|one| one.name == "Marta").expect("Marta").clone();
    let till = world.service("Till", &[(&[&marta], 30)]).await;
    let second = world.escalates("Till 4 is dead", &till).await;
    let waiting = call(&world.incident(second).await);
    assert_eq!(waiting.state, DeliveryState::Queued, "one call at a time: {}", waiting.words);
    twilio.presses(&placed, "1");
    twilio.call_becomes(&placed, "ended");
    world.hear().await;
    world.fast_forward(2).await;
    assert_eq!(twilio.calls().len(), 2, "then it rings about the other");
    assert_eq!(holder(&world.incident(id).await), Some("Marta"));
    assert_eq!(holder(&world.incident(second).await), None);
}
