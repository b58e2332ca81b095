//! Texts by a modem at this computer, through the folders of gammu-smsd.

use baton_core::api::types::{DeliveryView, IncidentView};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::id::IncidentId;
use baton_tests::providers::modem::Modem;
use baton_tests::providers::telegram::Telegram;
use baton_tests::world::World;

use crate::answering::{holder, lines};

const MARTA: &str = "+493023125011";

/// The text to Marta, among whatever followed it.
fn text(incident: &IncidentView) -> DeliveryView {
    incident.deliveries.iter().find(|one| one.via == "Modem").expect("a text").clone()
}

fn code(text: &str) -> String {
    let answer = text.lines().last().and_then(|line| line.strip_prefix("Answer: on it ")).expect("the last line says how to answer");
    answer.split(' ').next().expect("a code").to_string()
}

/// A desk that texts Marta by the modem, and writes to Ben where that fails.
async fn texted() -> (World, Modem, Telegram, IncidentId) {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let modem = Modem::new(world.clock.clone());
    let (by_modem, chat) = (world.modem(&modem).await, world.telegram(&telegram).await);
    let (marta, ben) = (world.person("Marta", &[(by_modem, MARTA)]).await, world.person("Ben", &[(chat, "502")]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
    let id = world.escalates("Größe der Bestellung “überall” falsch", &shop).await;
    (world, modem, telegram, id)
}

#[tokio::test]
async fn a_text_goes_by_the_modem_and_the_answer_comes_back_by_it() {
    let (world, modem, telegram, id) = texted().await;
    let names = modem.names("outbox");
    assert!(names.len() == 1 && names[0].starts_with("OUTA20261123_124200_00_+493023125011_"), "whole, and under its own name: {names:?}");
    assert_eq!(text(&world.incident(id).await).state, DeliveryState::Accepted);
    let sent = modem.sends();
    assert_eq!((sent[0].number.as_str(), sent[0].receipt), (MARTA, true), "the letter is no part of the number");
    assert!(sent[0].text.contains("Größe der Bestellung \"überall\" falsch"), "{}", sent[0].text);
    world.hear().await;
    assert_eq!(text(&world.incident(id).await).state, DeliveryState::Accepted, "sent is not delivered");
    modem.receives(MARTA, &["Delivered"]);
    world.hear().await;
    assert_eq!(text(&world.incident(id).await).state, DeliveryState::Delivered, "the network's receipt lies in the inbox");
    modem.receives(MARTA, &[&format!("Ich übernehme {}", code(&sent[0].text).to_lowercase())]);
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"), "{:?}", lines(&incident));
    assert_eq!(world.hear().await, 0, "an answer is news once");
    assert_eq!((modem.names("inbox").len(), modem.names("sent").len()), (2, 1), "nothing of it is removed");
    world.fast_forward(15).await;
    assert_eq!(telegram.messages().len(), 0, "Ben is not woken");
}

#[tokio::test]
async fn what_the_network_does_not_take_goes_the_next_way_at_once() {
    let (world, modem, telegram, id) = texted().await;
    modem.cannot_send();
    world.hear().await;
    let delivery = text(&world.incident(id).await);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(delivery.words.contains("gammu-smsd"), "where to look: {}", delivery.words);
    assert_eq!(telegram.wait_for(1).await[0].chat, 502);
}

#[tokio::test]
async fn an_outbox_that_nobody_empties_is_noticed_and_the_text_is_taken_back() {
    let (world, modem, telegram, id) = texted().await;
    std::fs::write(modem.path().join("outbox/OUTC_+4930_00.txt"), "somebody else's").expect("it can be written");
    world.hear().await;
    world.fast_forward(1).await;
    world.hear().await;
    assert_eq!(text(&world.incident(id).await).state, DeliveryState::Accepted, "a minute is no time for a modem");
    world.fast_forward(2).await;
    world.hear().await;
    let delivery = text(&world.incident(id).await);
    assert_eq!(delivery.state, DeliveryState::Failed, "{}", delivery.words);
    assert!(delivery.words.contains("taken back"), "{}", delivery.words);
    assert_eq!(telegram.wait_for(1).await[0].chat, 502, "the next is reached while somebody looks after the modem");
    assert_eq!(modem.names("outbox"), ["OUTC_+4930_00.txt"], "it wakes nobody later, and what is others' is left alone");
}

#[tokio::test]
async fn a_modem_that_has_much_to_do_is_not_stuck() {
    let (world, modem, telegram, id) = texted().await;
    for minute in 0..6 {
        std::fs::write(modem.path().join(format!("outbox/OUTA_+4930{minute}_00.txt")), "somebody else's").expect("it can be written");
        world.hear().await;
        world.fast_forward(1).await;
        std::fs::remove_file(modem.path().join(format!("outbox/OUTA_+4930{minute}_00.txt"))).expect("it was sent");
        world.hear().await;
    }
    assert_eq!(text(&world.incident(id).await).state, DeliveryState::Accepted, "as long as something moves it waits its turn");
    assert_eq!(telegram.messages().len(), 0);
}

#[tokio::test]
async fn a_long_answer_in_parts_is_one_and_waits_until_it_is_whole() {
    let (world, modem, _, id) = texted().await;
    let sent = modem.sends();
    let long =
        format!("on it {}, und zwar gleich: {}", code(&sent[0].text), "ich sehe mir zuerst den Pool an, dann die Datenbank. ".repeat(4));
    let (first, second): (String, String) = (long.chars().take(153).collect(), long.chars().skip(153).collect());
    modem.receives(MARTA, &[&first]);
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), None, "there may be more of it");
    modem.lays_down(MARTA, 1, second.as_bytes());
    world.hear().await;
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"));
    let said = lines(&incident).into_iter().filter(|line| line.contains("zuerst den Pool")).collect::<Vec<_>>();
    assert!(said.len() == 1 && said[0].matches("Datenbank").count() == 4, "all of it, once: {said:?}");
}

#[tokio::test]
async fn whatever_else_lies_in_the_inbox_is_not_answered_for() {
    let (world, modem, _, id) = texted().await;
    let sent = modem.sends();
    modem.receives("+15005550006", &[&format!("on it {}", code(&sent[0].text))]);
    modem.receives("My_Bank", &["on it"]);
    modem.lays_down(MARTA, 0, b"");
    std::fs::write(modem.path().join("inbox/notes.txt"), "on it").expect("it can be written");
    std::fs::create_dir(modem.path().join("inbox/IN20261123_124200_00_+493023125011_07.txt")).expect("even a folder of that name");
    std::fs::remove_dir(modem.path().join("inbox/IN20261123_124200_00_+493023125011_07.txt")).expect("it can be removed");
    for _ in 0..3 {
        world.hear().await;
    }
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), None, "{:?}", lines(&incident));
}

#[tokio::test]
async fn an_answer_that_came_while_baton_was_closed_counts_once_when_it_is_back() {
    let (world, modem, _, id) = texted().await;
    modem.sends();
    modem.receives(MARTA, &["on it"]);
    let world = world.restarted().await;
    world.hear().await;
    let world = world.restarted().await;
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(lines(&incident).iter().filter(|line| line.starts_with("Marta has it")).count(), 1, "{:?}", lines(&incident));
}

#[tokio::test]
async fn folders_that_are_not_there_are_said_and_the_next_way_is_used() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let modem = Modem::new(world.clock.clone());
    let (by_modem, chat) = (world.modem(&modem).await, world.telegram(&telegram).await);
    std::fs::remove_dir(modem.path().join("outbox")).expect("it can be removed");
    let (marta, ben) = (world.person("Marta", &[(by_modem, MARTA)]).await, world.person("Ben", &[(chat, "502")]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let delivery = text(&world.incident(id).await);
    assert!(delivery.state == DeliveryState::Failed && delivery.words.contains("outbox"), "{}", delivery.words);
    assert_eq!(telegram.wait_for(1).await[0].chat, 502);
}
