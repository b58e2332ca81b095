//! Texts through an account at Twilio: what becomes of them, and what people answer with
//! a word and a code, or without.

use baton_core::api::types::Action;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::Person;
use baton_core::domain::draft::Draft;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{IncidentId, MethodId};
use baton_core::domain::severity::Severity;
use baton_tests::providers::telegram::Telegram;
use baton_tests::providers::twilio::{Text, Twilio};
use baton_tests::world::World;

use crate::answering::{holder, lines};

const MARTA: &str = "+493023125011";
const BEN: &str = "+493023125012";

async fn desk() -> (World, Twilio) {
    let world = World::new().await;
    let twilio = Twilio::start(world.clock.clone()).await;
    (world, twilio)
}

/// The code as whoever reads the text finds it.
fn code(text: &Text) -> String {
    let answer = text.body.lines().last().expect("a text has lines");
    let words = answer.strip_prefix("Answer: on it ").expect("the last line says how to answer");
    words.split(' ').next().expect("a code").to_string()
}

async fn is_wrong(world: &World, person: &Person, method: MethodId) -> bool {
    let directory = world.desk.directory().await.expect("the directory");
    let found = directory.people.iter().find(|one| one.id == person.id).expect("the person");
    found.methods.iter().find(|one| one.id == method).expect("the method").wrong_since.is_some()
}

#[tokio::test]
async fn a_text_says_how_to_answer_it_and_a_code_in_small_letters_is_enough() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let (marta, ben) = (world.person("Marta", &[(text, MARTA)]).await, world.person("Ben", &[(text, BEN)]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sent = twilio.wait_for(1).await[0].clone();
    let code = code(&sent);
    assert!(sent.body.ends_with(&format!("Answer: on it {code} / not me {code} / call me {code}")), "{}", sent.body);
    assert!(sent.body.chars().count() <= 304, "two segments at most: {}", sent.body);

    twilio.becomes(&sent, "sent", None);
    world.hear().await;
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Accepted, "sent is not delivered");
    twilio.becomes(&sent, "delivered", None);
    world.hear().await;
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Delivered);
    assert_eq!(holder(&world.incident(id).await), None, "and delivered is nobody's word");

    twilio.writes(MARTA, &format!("on it {}", code.to_lowercase()));
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"), "{:?}", lines(&incident));
    assert!(lines(&incident).last().is_some_and(|line| line.contains("answered by Text")), "{:?}", lines(&incident));
    world.fast_forward(15).await;
    assert_eq!(twilio.texts().len(), 1, "Ben is not woken");
}

#[tokio::test]
async fn a_digit_and_the_code_or_words_in_german_alone_say_the_same() {
    for (answer, with_code, taken) in
        [("1 ", true, true), ("Ich übernehme, bin in 5 Min dran", false, true), ("Ich kann nicht ", true, false)]
    {
        let (world, twilio) = desk().await;
        let text = world.twilio_text(&twilio).await;
        let marta = world.person("Marta", &[(text, MARTA)]).await;
        let shop = world.service("Shop", &[(&[&marta], 30)]).await;
        let id = world.escalates("Checkout fails for everybody", &shop).await;
        let sent = twilio.wait_for(1).await[0].clone();
        twilio.writes(MARTA, &if with_code { format!("{answer}{}", code(&sent)) } else { answer.to_string() });
        world.hear().await;
        let incident = world.incident(id).await;
        assert_eq!(holder(&incident), taken.then_some("Marta"), "{answer}: {:?}", lines(&incident));
        if !taken {
            assert!(lines(&incident).iter().any(|line| line.starts_with("Marta cannot take it")), "{:?}", lines(&incident));
        }
    }
}

#[tokio::test]
async fn without_a_code_an_answer_counts_only_where_one_message_waits() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let (shop, till) = (world.service("Shop", &[(&[&marta], 30)]).await, world.service("Till", &[(&[&marta], 30)]).await);
    let first = world.escalates("Checkout fails for everybody", &shop).await;
    let second = world.escalates("Till 4 is dead", &till).await;
    let sent = twilio.wait_for(2).await;
    twilio.writes(MARTA, "on it");
    world.hear().await;
    for id in [first, second] {
        assert_eq!(holder(&world.incident(id).await), None, "nobody knows which is meant");
    }
    assert!(
        world.screen.titles().iter().any(|title| title.contains("Marta") || title.contains("answer") || title.contains("reply")),
        "so the desk is told to ask: {:?}",
        world.screen.titles()
    );
    let said = [lines(&world.incident(first).await), lines(&world.incident(second).await)].concat();
    assert!(said.iter().any(|line| line.contains("more than one incident")), "and why it does not count: {said:?}");

    let about_second = sent.iter().find(|text| text.body.contains("Till 4")).expect("one is about the till");
    twilio.writes(MARTA, &format!("on it {}", code(about_second)));
    world.hear().await;
    assert_eq!(holder(&world.incident(second).await), Some("Marta"), "the code says which");
    assert_eq!(holder(&world.incident(first).await), None, "and not the other");
    twilio.writes(MARTA, "ok");
    world.hear().await;
    assert_eq!(holder(&world.incident(first).await), Some("Marta"), "now only one waits, so there is no doubt");
}

#[tokio::test]
async fn an_answer_from_another_number_is_nobodys_even_with_the_code() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sent = twilio.wait_for(1).await[0].clone();
    twilio.writes("+15005550006", &format!("on it {}", code(&sent)));
    twilio.writes("My Bank", "Your parcel waits");
    twilio.writes(MARTA, "on it 2QQQ");
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), None, "a code that somebody read over a shoulder takes nothing: {:?}", lines(&incident));
    assert!(!lines(&incident).iter().any(|line| line.contains("parcel")), "what is not Baton's is not written down");
}

#[tokio::test]
async fn what_was_written_before_the_alert_does_not_answer_it() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    twilio.writes_earlier(MARTA, "ok", 5);
    twilio.writes_earlier(MARTA, "on it", 600);
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    twilio.wait_for(1).await;
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), None, "she said that of something else: {:?}", lines(&incident));
    assert!(lines(&incident).iter().any(|line| line.contains("before the message was sent")), "{:?}", lines(&incident));
    twilio.writes(MARTA, "ok");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"));
}

#[tokio::test]
async fn what_was_taken_and_could_not_be_delivered_goes_the_next_way_at_once() {
    for (error, for_good) in [(30005, true), (30003, false)] {
        let (world, twilio, telegram) = (World::new().await, (), Telegram::start().await);
        let () = twilio;
        let twilio = Twilio::start(world.clock.clone()).await;
        let (text, chat) = (world.twilio_text(&twilio).await, world.telegram(&telegram).await);
        let marta = world.person("Marta", &[(text, MARTA), (chat, "501")]).await;
        let mut once = marta.clone();
        // Her phone first, and the chat only where it fails.
        once.sequences.clear();
        let shop = world.service("Shop", &[(&[&marta], 30)]).await;
        let id = world.escalates("Checkout fails for everybody", &shop).await;
        let sent = twilio.wait_for(1).await[0].clone();
        let before = telegram.messages().len();
        twilio.becomes(&sent, "undelivered", Some(error));
        world.hear().await;
        let incident = world.incident(id).await;
        let delivery = incident.deliveries.iter().find(|one| one.via == "Text").expect("the text");
        assert_eq!(delivery.state, DeliveryState::Failed);
        assert!(delivery.words.contains(&error.to_string()), "with the provider's number and what it means: {}", delivery.words);
        assert!(before == 1 || telegram.wait_for(1).await.len() == 1, "her next way is used at once");
        assert_eq!(is_wrong(&world, &marta, marta.methods[0].id).await, for_good, "{error}");
    }
}

#[tokio::test]
async fn receipts_that_come_late_twice_or_out_of_order_lower_nothing() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sent = twilio.wait_for(1).await[0].clone();
    let state = async || world.incident(id).await.deliveries[0].state;
    twilio.becomes(&sent, "delivered", None);
    world.hear().await;
    twilio.becomes(&sent, "sent", None);
    world.hear().await;
    twilio.becomes(&sent, "delivered", None);
    world.hear().await;
    assert_eq!(state().await, DeliveryState::Delivered, "what was on the phone is on the phone");
    twilio.writes(MARTA, &format!("on it {}", code(&sent)));
    world.hear().await;
    twilio.becomes(&sent, "undelivered", Some(30008));
    world.hear().await;
    assert_eq!(state().await, DeliveryState::Seen, "who has answered has received it, whatever the network says");
    assert_eq!(holder(&world.incident(id).await), Some("Marta"));
    let asked = twilio.asked().iter().filter(|asked| asked.contains(&sent.sid)).count();
    assert_eq!(asked, 1, "what is delivered is not asked after again: {:?}", twilio.asked());
}

#[tokio::test]
async fn whoever_said_stop_is_reached_another_way() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let twilio = Twilio::start(world.clock.clone()).await;
    let (text, chat) = (world.twilio_text(&twilio).await, world.telegram(&telegram).await);
    let marta = world.person("Marta", &[(text, MARTA), (chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    twilio.fails(400, 21610, "Attempt to send to unsubscribed recipient");
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    telegram.wait_for(1).await;
    let incident = world.incident(id).await;
    let delivery = incident.deliveries.iter().find(|one| one.via == "Text").expect("the text");
    assert_eq!(delivery.state, DeliveryState::Failed, "it is not tried again");
    assert!(delivery.words.contains("START"), "and it is said what she can do: {}", delivery.words);
}

#[tokio::test]
async fn a_text_whose_answer_was_lost_is_looked_for_before_it_goes_again() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    twilio.takes_and_fails(500);
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Uncertain, "nobody knows");
    world.fast_forward(1).await;
    let incident = world.incident(id).await;
    assert_eq!((twilio.texts().len(), incident.deliveries[0].state), (1, DeliveryState::Accepted), "{}", incident.deliveries[0].words);
    let sent = twilio.texts()[0].clone();
    twilio.becomes(&sent, "delivered", None);
    world.hear().await;
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Delivered, "and is followed like any other");
}

#[tokio::test]
async fn too_much_at_once_waits_as_long_as_twilio_asks() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    twilio.has_enough("90");
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(1).await;
    assert_eq!(twilio.texts().len(), 0, "not before the time it asked for");
    world.fast_forward(1).await;
    assert_eq!(twilio.texts().len(), 1);
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Accepted);
}

#[tokio::test]
async fn an_answer_is_found_behind_hundreds_of_others_and_counts_once_over_a_restart() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sent = twilio.wait_for(1).await[0].clone();
    twilio.writes(MARTA, &format!("on it {}", code(&sent)));
    for number in 0..250 {
        twilio.writes("+15005550006", &format!("win prize {number}"));
    }
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"));
    let pages = twilio.asked().iter().filter(|asked| asked.starts_with("GET Messages.json")).count();
    assert_eq!(world.hear().await, 0, "what was written down is not news");
    assert!((3..10).contains(&pages), "page by page, and no further than it must: {pages}");
    let world = world.restarted().await;
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(lines(&incident).iter().filter(|line| line.starts_with("Marta has it")).count(), 1, "{:?}", lines(&incident));
}

#[tokio::test]
async fn a_login_that_is_refused_is_said_and_an_answer_waits_for_it() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sent = twilio.wait_for(1).await[0].clone();
    twilio.writes(MARTA, &format!("on it {}", code(&sent)));
    twilio.fails(401, 20003, "Authenticate");
    world.hear().await;
    assert!(world.screen.titles().contains(&"Answers by Text are not heard".to_string()), "{:?}", world.screen.titles());
    for nonsense in ["<html>captive portal</html>", "{}", "{\"messages\": 7}", ""] {
        twilio.says(200, nonsense);
        world.hear().await;
        assert_eq!(holder(&world.incident(id).await), None, "nonsense is no answer: {nonsense}");
    }
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"), "nothing was lost meanwhile");
}

#[tokio::test]
async fn what_is_over_makes_no_answer_doubtful() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let resolve = || Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] };
    let over = world.escalates("The lift is stuck", &shop).await;
    world.act(over, resolve()).await;
    world.desk.begin_drill(None).await.expect("begun");
    world.settle().await;
    let gate = world.escalates("The gate is open", &shop).await;
    twilio.writes(MARTA, "on it");
    world.hear().await;
    assert_eq!(holder(&world.incident(gate).await), Some("Marta"), "a drill that runs is not what somebody means who is needed");
    world.act(gate, resolve()).await;

    world.fast_forward(60).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    twilio.writes(MARTA, "on it");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"), "neither what is resolved nor a drill that is over still waits");
}

#[tokio::test]
async fn a_port_number_is_no_code_and_is_passed_on() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let marta = world.person("Marta", &[(text, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    twilio.wait_for(1).await;
    twilio.writes(MARTA, "on it 6379");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), None, "alone beside the answer it can only be a code, and is the wrong one");
    twilio.writes(MARTA, "On it, restarting redis on 6379");
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"), "in a sentence it is what it is");
    assert!(lines(&incident).iter().any(|line| line.contains("restarting redis on 6379")), "and the desk reads it: {:?}", lines(&incident));
}

/// Two incidents that went as one text, and a third by itself.
async fn three_of_which_two_went_as_one(world: &World, twilio: &Twilio) -> ([IncidentId; 3], Person) {
    let text = world.twilio_text(twilio).await;
    let (marta, ben) = (world.person("Marta", &[(text, MARTA)]).await, world.person("Ben", &[(text, BEN)]).await);
    let shop = world.service("Shop", &[(&[&marta], 60)]).await;
    let mut ids = vec![];
    for what in ["Till 1", "Till 2"] {
        // The earlier one carries the other.
        world.clock.set(world.now().plus(1));
        let draft = world.draft(what, &shop).await;
        ids.push(
            world
                .desk
                .escalate(Draft { severity: Some(Severity::High), against_advice: "agreed".into(), ..draft })
                .await
                .expect("escalated"),
        );
    }
    world.settle().await;
    assert!(twilio.wait_for(1).await[0].body.contains("2 incidents"), "they go as one");
    world.fast_forward(5).await;
    ids.push(world.escalates("Door 3", &shop).await);
    twilio.wait_for(2).await;
    (ids.try_into().expect("three"), ben)
}

fn takes(person: &Person) -> Action {
    Action::Acknowledge { person: Some(person.id), name: String::new(), how: AcknowledgedHow::InPerson }
}

#[tokio::test]
async fn while_one_of_those_that_went_as_one_is_open_an_answer_without_a_code_may_mean_it() {
    for taken in [0, 1] {
        let (world, twilio) = desk().await;
        let (ids, ben) = three_of_which_two_went_as_one(&world, &twilio).await;
        world.act(ids[taken], takes(&ben)).await;
        twilio.writes(MARTA, "on it");
        world.hear().await;
        for id in [ids[1 - taken], ids[2]] {
            assert_eq!(holder(&world.incident(id).await), None, "it may mean either of the two that are open; Ben took {taken}");
        }
    }
}

#[tokio::test]
async fn where_another_has_all_of_what_went_as_one_an_answer_without_a_code_means_the_rest() {
    let (world, twilio) = desk().await;
    let (ids, ben) = three_of_which_two_went_as_one(&world, &twilio).await;
    world.act(ids[0], takes(&ben)).await;
    world.act(ids[1], takes(&ben)).await;
    twilio.writes(MARTA, "on it");
    world.hear().await;
    let holders = [world.incident(ids[0]).await, world.incident(ids[1]).await, world.incident(ids[2]).await];
    assert_eq!(holders.each_ref().map(holder), [Some("Ben"), Some("Ben"), Some("Marta")], "nothing else waits for anybody");
}

#[tokio::test]
async fn without_a_code_it_is_about_what_the_incident_has_become_part_of() {
    let (world, twilio) = desk().await;
    let text = world.twilio_text(&twilio).await;
    let (marta, ben) = (world.person("Marta", &[(text, MARTA)]).await, world.person("Ben", &[(text, BEN)]).await);
    let (shop, tills) = (world.service("Shop", &[(&[&marta], 30)]).await, world.service("Tills", &[(&[&ben], 30)]).await);
    let lead = world.escalates("Checkout fails for everybody", &shop).await;
    let part = world.escalates("Nobody can pay at the tills", &tills).await;
    twilio.wait_for(2).await;
    world.desk.merge(part, lead).await.expect("one is part of the other");
    world.settle().await;
    twilio.writes(BEN, "on it");
    world.hear().await;
    let goes_on = world.incident(lead).await;
    assert_eq!(holder(&goes_on), Some("Ben"), "{:?}", lines(&goes_on));
}
