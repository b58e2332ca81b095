//! Files in the chats that carry them: below their message, once, and whatever happens
//! to them changes nothing of it.

use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_tests::providers::matrix::Matrix;
use baton_tests::providers::slack::{Fails, Slack};
use baton_tests::providers::telegram::Telegram;
use baton_tests::world::World;
use serde_json::json;

use crate::answering::holder;
use crate::attaching::{hash, png, sent};

const LOG: &[u8] = b"12:41 ERROR no connection\r\n--boundary\r\n";

/// Marta is told by this channel, with a screenshot and a log; the message has left.
async fn begun(world: &World, channel: ChannelId, address: &str) -> IncidentId {
    let marta = world.person("Marta", &[(channel, address)]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    world.attach(&mut draft, "Störung.png", &png(200)).await;
    world.attach(&mut draft, "app.log", LOG).await;
    assert_eq!(world.desk.consider(draft.clone()).await.expect("considered").messages[0].with_files, Some(true), "which is seen before");
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.engine.cycle().await.expect("a turn");
    world.engine.sends_end().await;
    id
}

async fn all_sent(world: &World, id: IncidentId) {
    world.fast_forward(2).await;
    let incident = world.incident(id).await;
    let words: Vec<String> = sent(&incident).into_iter().map(|(name, words, _)| format!("{name} {words}")).collect();
    assert_eq!(words, ["Störung.png sent", "app.log sent"]);
    assert_eq!(incident.deliveries[0].state, DeliveryState::Accepted);
}

#[tokio::test]
async fn telegram_gets_each_as_a_document_below_the_message_and_an_answer_to_it_counts() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let id = begun(&world, chat, "4711").await;
    let message = telegram.wait_for(1).await[0].clone();
    assert!(message.text.contains("Attached: Störung.png (291 bytes), app.log (39 bytes); sent right after this"), "{}", message.text);
    all_sent(&world, id).await;
    let documents = telegram.documents();
    let arrived: Vec<_> = documents.iter().map(|one| (one.name.as_str(), hash(&one.bytes), one.below, one.silent)).collect();
    let below = message.id;
    assert_eq!(
        arrived,
        [("Störung.png", hash(&png(200)), below, true), ("app.log", hash(LOG), below, true)],
        "dot for dot, and without ringing again"
    );
    // She answers the picture and not the words.
    telegram.update(
        "message",
        json!({ "message_id": 9000, "chat": { "id": 4711 }, "from": { "id": 4711, "is_bot": false, "first_name": "Marta" }, "text": "on it",
                "reply_to_message": { "message_id": 5001 } }),
    );
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"));
}

#[tokio::test]
async fn telegram_that_takes_no_file_has_the_message_all_the_same() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let id = begun(&world, chat, "4711").await;
    telegram.fails(413, json!({ "ok": false, "error_code": 413, "description": "Request Entity Too Large" }));
    telegram.fails(429, json!({ "ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": { "retry_after": 30 } }));
    world.settle().await;
    let incident = world.incident(id).await;
    assert_eq!(incident.deliveries[0].state, DeliveryState::Accepted, "the message stands");
    let said = sent(&incident);
    assert_eq!(
        said.iter().filter(|(_, words, failed)| *failed && words.contains("Too Large")).count(),
        1,
        "one is said not to be sent: {said:?}"
    );
    world.fast_forward(2).await;
    assert_eq!(telegram.documents().len(), 1, "the other comes when it may");
}

#[tokio::test]
async fn slack_shows_them_in_the_message_s_thread_once() {
    let (world, slack) = (World::new().await, Slack::start().await);
    let chat = world.slack_app(&slack, false).await;
    let id = begun(&world, chat, "UMARTA").await;
    let message = slack.wait_for(1).await[0].clone();
    all_sent(&world, id).await;
    let shown: Vec<_> = slack
        .messages()
        .into_iter()
        .skip(1)
        .flat_map(|one| one.files.into_iter().map(move |file| (one.thread.clone(), file.title, hash(&file.bytes))))
        .collect();
    let thread = Some(message.ts);
    assert_eq!(shown, [(thread.clone(), "Störung.png".into(), hash(&png(200))), (thread, "app.log".into(), hash(LOG))]);
}

#[tokio::test]
async fn slack_that_has_a_file_already_gets_it_no_second_time() {
    let (world, slack) = (World::new().await, Slack::start().await);
    let chat = world.slack_app(&slack, false).await;
    let id = begun(&world, chat, "UMARTA").await;
    let lost = Fails {
        method: "files.completeUploadExternal",
        status: 502,
        retry_after: None,
        body: "upstream went away".into(),
        although_done: true,
    };
    slack.fails(lost);
    slack.fails(Fails { method: "upload", status: 503, retry_after: None, body: String::new(), although_done: false });
    all_sent(&world, id).await;
    assert_eq!(slack.messages().len(), 3, "the message, and each file once");
}

#[tokio::test]
async fn slack_without_the_permission_says_which_one_is_missing() {
    let (world, slack) = (World::new().await, Slack::start().await);
    let chat = world.slack_app(&slack, false).await;
    let id = begun(&world, chat, "UMARTA").await;
    for _ in 0..2 {
        let body = json!({ "ok": false, "error": "missing_scope", "needed": "files:write" }).to_string();
        slack.fails(Fails { method: "files.getUploadURLExternal", status: 200, retry_after: None, body, although_done: false });
    }
    world.fast_forward(1).await;
    let said = sent(&world.incident(id).await);
    assert!(said.iter().all(|(_, words, failed)| *failed && words.contains("“files:write”")), "{said:?}");
}

#[tokio::test]
async fn matrix_shows_them_in_the_message_s_thread_and_a_lost_answer_doubles_nothing() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let chat = world.matrix(&matrix).await;
    let id = begun(&world, chat, "@marta:example.org").await;
    let message = matrix.wait_for(1).await[0].clone();
    matrix.loses_an_answer();
    all_sent(&world, id).await;
    let events = matrix.messages();
    let shown: Vec<_> = events[1..]
        .iter()
        .map(|one| (one.body.as_str(), one.content["msgtype"].as_str().unwrap_or_default(), hash(&matrix.media(one))))
        .collect();
    let mut expected = [("Störung.png", "m.image", hash(&png(200))), ("app.log", "m.file", hash(LOG))];
    // Whichever was tried again came second.
    expected.sort_by_key(|(name, ..)| shown.iter().position(|(shown, ..)| shown == name));
    assert_eq!(shown, expected, "each once");
    for event in &events[1..] {
        assert_eq!(event.content["m.relates_to"]["event_id"], json!(message.id), "in the thread of the message");
    }
    assert_eq!(holder(&world.incident(id).await), None, "and Baton does not hear itself");
}
