//! What people answer in Matrix: replies and reactions, edited and taken back.

use baton_core::api::types::Action;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::{Person, Service};
use baton_core::domain::id::IncidentId;
use baton_tests::providers::matrix::{ME, Matrix, Message};
use baton_tests::world::World;
use serde_json::json;

use crate::answering::{holder, lines};

const MARTA: &str = "@marta:example.org";
const BEN: &str = "@ben:example.org";

async fn paged(world: &World, matrix: &Matrix, address: &str) -> (Person, Service, IncidentId, Message) {
    let chat = world.matrix(matrix).await;
    let marta = world.person("Marta", &[(chat, address)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = matrix.wait_for(1).await[0].clone();
    (marta, shop, id, message)
}

#[tokio::test]
async fn a_reaction_in_her_own_room_is_hers_and_stops_the_climb() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let (_, shop, id, message) = paged(&world, &matrix, MARTA).await;
    assert!(message.body.contains("or react with ✅, ❌ or 📞"), "she is told how: {}", message.body);
    assert_eq!(message.content["m.mentions"]["user_ids"], json!([MARTA]), "her phone rings");
    assert_eq!(world.hear().await, 0, "Baton does not hear itself");
    matrix.read(&message, MARTA);
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!((incident.deliveries[0].state, holder(&incident)), (DeliveryState::Seen, None), "that she has read it is no answer");
    matrix.react(&message, MARTA, "👍🏽");
    world.hear().await;
    let held = world.incident(id).await;
    assert_eq!(holder(&held), Some("Marta"), "{:?}", lines(&held));

    let world = world.restarted().await;
    world.escalates("Search is slow for everybody", &shop).await;
    let second = matrix.wait_for(2).await[1].clone();
    assert_eq!((second.room, matrix.made()), (message.room.clone(), 1), "her room is the same after a restart");
    matrix.leaves(&message.room, MARTA);
    world.escalates("Orders are lost", &shop).await;
    matrix.wait_for(3).await;
    assert_eq!(matrix.made(), 2, "whoever left it is asked into a new one, and not written to behind their back");
}

#[tokio::test]
async fn a_reply_counts_and_what_it_quotes_does_not() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let (_, _, id, message) = paged(&world, &matrix, MARTA).await;
    matrix.reply(&message, MARTA, "What have you tried so far?");
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), None, "a question is no acknowledgement, whatever it quotes");
    assert_eq!(lines(&incident).last().map(String::as_str), Some("Marta wrote by Matrix · What have you tried so far?"));
    let reply = matrix.reply(&message, MARTA, "not mee");
    world.hear().await;
    matrix.edit(&message.room, &reply, MARTA, "Not me, ask Ben");
    world.hear().await;
    let incident = world.incident(id).await;
    assert!(
        lines(&incident).iter().any(|line| line.starts_with("Marta cannot take it")),
        "what she corrected it to counts: {:?}",
        lines(&incident)
    );
}

#[tokio::test]
async fn words_that_answer_nothing_count_in_her_own_room_and_in_no_other() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let (_, _, id, message) = paged(&world, &matrix, MARTA).await;
    let other = matrix.room("lunch", &[MARTA, BEN]);
    matrix.says(&other, MARTA, "on it");
    matrix.says(&message.room, BEN, "on it");
    matrix.event(&message.room, MARTA, "m.room.message", &json!({ "msgtype": "m.notice", "body": "on it" }));
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), None, "who knows what that was about");
    matrix.says(&message.room, MARTA, "on it");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"), "to Baton alone she can only mean this");
}

#[tokio::test]
async fn whomever_she_lets_into_her_room_does_not_answer_for_her() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let (_, _, id, message) = paged(&world, &matrix, MARTA).await;
    matrix.react(&message, BEN, "✅");
    matrix.reply(&message, BEN, "on it");
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), None, "it was not asked of him: {:?}", lines(&incident));
    assert!(lines(&incident).iter().any(|line| line.contains(BEN) && line.contains("on it")), "and it is said: {:?}", lines(&incident));
    matrix.react(&message, MARTA, "✅");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"));
}

#[tokio::test]
async fn in_a_room_everybody_answers_by_their_own_name() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let room = matrix.room("database", &[MARTA, BEN, "@zoe:example.org"]);
    matrix.is_called("@zoe:example.org", "Marta");
    let (_, _, id, message) = paged(&world, &matrix, &room).await;
    let chat = world.desk.directory().await.expect("the directory").channels.iter().find(|one| one.provider == "matrix").expect("it").id;
    world.person("Ben", &[(chat, BEN)]).await;
    matrix.react(&message, BEN, "✅");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Ben"), "the directory knows whose address this is");
    world.act(id, Action::HandBack { why: "shift ends".into() }).await;
    matrix.react(&message, "@zoe:example.org", "✅");
    world.hear().await;
    assert_eq!(
        holder(&world.incident(id).await),
        Some("Marta (@zoe:example.org)"),
        "a name that anybody may choose is told with the address"
    );
}

#[tokio::test]
async fn a_reaction_taken_back_is_said_and_undoes_nothing_by_itself() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let (_, _, id, message) = paged(&world, &matrix, MARTA).await;
    let reaction = matrix.react(&message, MARTA, "✅");
    world.hear().await;
    matrix.redact(&message.room, &reaction, MARTA);
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"), "what was said was said");
    assert!(lines(&incident).last().is_some_and(|line| line.contains("took back")), "and the desk is told: {:?}", lines(&incident));
    matrix.reply(&message, MARTA, "not me");
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), None, "words give it back");
}

#[tokio::test]
async fn a_lost_answer_of_the_server_makes_no_second_message() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let chat = world.matrix(&matrix).await;
    let marta = world.person("Marta", &[(chat, MARTA)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    matrix.loses_an_answer();
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(2).await;
    assert_eq!(matrix.messages().len(), 1, "it was sent again under the same name");
    let incident = world.incident(id).await;
    assert_eq!((incident.deliveries[0].state, incident.deliveries.len()), (DeliveryState::Accepted, 1));
}

#[tokio::test]
async fn an_answer_among_much_talk_is_found_after_a_restart_and_heard_once() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let room = matrix.room("database", &[MARTA, BEN]);
    let (_, _, id, message) = paged(&world, &matrix, &room).await;
    world.hear().await;
    matrix.pages(10);
    let talk = |count: usize| (0..count).for_each(|number| drop(matrix.says(&room, BEN, &format!("line {number}"))));
    talk(15);
    matrix.react(&message, MARTA, "✅");
    talk(25);
    let world = world.restarted().await;
    assert_eq!(world.hear().await, 1, "what one sync does not tell is read back");
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(lines(&incident).iter().filter(|line| line.contains("has it")).count(), 1, "{:?}", lines(&incident));
}

#[tokio::test]
async fn a_room_that_baton_is_not_in_is_said_with_what_to_do() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let chat = world.matrix(&matrix).await;
    let room = matrix.room_without_us("private");
    let team = world.person("Database team", &[(chat, &room)]).await;
    let shop = world.service("Shop", &[(&[&team], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let failed = world.incident(id).await.deliveries.remove(0);
    assert_eq!(failed.state, DeliveryState::Failed, "no trying again mends that");
    assert!(failed.words.contains("Invite Baton's account into the room"), "{}", failed.words);
}

#[tokio::test]
async fn a_revoked_token_is_said_and_the_answer_waits() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let (_, _, id, message) = paged(&world, &matrix, MARTA).await;
    assert_ne!(message.room, ME);
    matrix.react(&message, MARTA, "✅");
    matrix.fails(401, json!({ "errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token passed." }));
    world.hear().await;
    assert!(world.screen.titles().contains(&"Answers by Matrix are not heard".to_string()), "{:?}", world.screen.titles());
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"));
}
