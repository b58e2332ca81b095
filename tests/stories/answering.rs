//! What people answer comes back, and does what they meant and no more.

use baton_core::api::types::{Action, IncidentView};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::Proof;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::incident::Phase;
use baton_tests::providers::telegram::Telegram;
use baton_tests::world::World;
use serde_json::json;

const MARTA: (i64, &str) = (501, "Marta");
const BEN: (i64, &str) = (502, "Ben");

pub fn lines(incident: &IncidentView) -> Vec<String> {
    incident.timeline.iter().map(|entry| format!("{} · {}", entry.words, entry.detail)).collect()
}

pub fn holder(incident: &IncidentView) -> Option<&str> {
    if let Phase::Held { name, .. } = &incident.incident.phase { Some(name) } else { None }
}

#[tokio::test]
async fn on_it_pressed_on_a_phone_stops_the_climb_and_everything_that_still_waits() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let ben = world.person("Ben", &[(chat, "502")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = telegram.wait_for(1).await[0].clone();
    let labels: Vec<&str> = message.buttons.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(labels, ["On it", "Not me", "Call me"], "one touch each");
    assert_eq!(world.hear().await, 0, "nothing has come back yet");
    assert_eq!(holder(&world.incident(id).await), None, "and a message that was taken is nobody's word");

    telegram.press(&message, "On it", MARTA);
    world.hear().await;
    let held = world.incident(id).await;
    assert_eq!(holder(&held), Some("Marta"), "it is hers by her own answer: {:?}", lines(&held));
    assert!(
        lines(&held).last().is_some_and(|line| line.contains("Marta has it") && line.contains("answered by Telegram")),
        "{:?}",
        lines(&held)
    );
    assert_eq!(held.deliveries[0].state, DeliveryState::Seen, "whoever answers has seen it");
    world.fast_forward(15).await;
    assert_eq!(telegram.messages().len(), 1, "Ben is not woken");

    world.hear().await;
    assert_eq!(telegram.quieted(), 1, "her button is told that it was heard, once the answer is kept");
    let directory = world.desk.directory().await.expect("the directory");
    let method = &directory.people.iter().find(|one| one.id == marta.id).expect("Marta").methods[0];
    assert_eq!(method.proven_by, Some(Proof::Use), "and this way is known to reach her");
}

#[tokio::test]
async fn not_me_brings_the_next_person_at_once_and_no_repeat() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let (marta, ben) = (world.person("Marta", &[(chat, "501")]).await, world.person("Ben", &[(chat, "502")]).await);
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&ben], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = telegram.wait_for(1).await[0].clone();
    world.fast_forward(2).await;
    telegram.press(&message, "Not me", MARTA);
    world.hear().await;
    assert_eq!(telegram.wait_for(2).await[1].chat, 502, "Ben is written to at once, not after 30 minutes");
    let incident = world.incident(id).await;
    assert!(lines(&incident).iter().any(|line| line.starts_with("Marta cannot take it")), "and it is recorded: {:?}", lines(&incident));
    assert_eq!(holder(&incident), None, "nobody has it by that");
}

#[tokio::test]
async fn where_others_were_asked_too_not_me_leaves_it_to_them() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let (marta, ben) = (world.person("Marta", &[(chat, "501")]).await, world.person("Ben", &[(chat, "502")]).await);
    let ana = world.person("Ana", &[(chat, "503")]).await;
    let mut level = baton_core::domain::directory::Level { minutes: 30, repeat_every: Some(5), ..Default::default() };
    level.targets = [&marta, &ben].map(|one| baton_core::domain::directory::Target::Person { id: one.id }).into();
    let last = baton_core::domain::directory::Level {
        targets: vec![baton_core::domain::directory::Target::Person { id: ana.id }],
        minutes: 30,
        ..Default::default()
    };
    let shop = world.service_with("Shop", vec![level, last]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sent = telegram.wait_for(2).await;
    telegram.press(sent.iter().find(|one| one.chat == 501).expect("Marta's"), "Not me", MARTA);
    world.hear().await;
    assert_eq!(telegram.messages().len(), 2, "Ben may still take it, so Ana is left alone");
    world.fast_forward(5).await;
    let again = telegram.wait_for(3).await;
    assert_eq!(again.iter().filter(|one| one.chat == 501).count(), 1, "whoever said no is not asked again at this level");
    telegram.press(&again[2], "Not me", BEN);
    world.hear().await;
    assert_eq!(telegram.wait_for(4).await[3].chat, 503, "now it is Ana's turn, at once");
    assert_eq!(holder(&world.incident(id).await), None);
}

#[tokio::test]
async fn call_me_puts_a_call_on_the_desks_list_and_stops_nothing() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let (chat, call) = (world.telegram(&telegram).await, world.by_hand().await);
    let marta = world.person("Marta", &[(chat, "501"), (call, "+493023125011")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = telegram.wait_for(1).await[0].clone();
    telegram.press(&message, "Call me", MARTA);
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(incident.calls.iter().map(|call| call.name.as_str()).collect::<Vec<_>>(), ["Marta"], "the desk is to call her");
    assert!(world.screen.titles().iter().any(|title| title.starts_with("Call Marta")), "and is told so: {:?}", world.screen.titles());
    assert_eq!(holder(&incident), None, "asking to be called is not taking it");
}

#[tokio::test]
async fn words_are_hers_on_the_timeline_and_stop_nothing_unless_they_say_so() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = telegram.wait_for(1).await[0].clone();
    telegram.reply(&message, "Is this the same as this morning?", MARTA);
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(lines(&incident).last().map(String::as_str), Some("Marta wrote by Telegram · Is this the same as this morning?"));
    assert_eq!(holder(&incident), None, "a question is no acknowledgement");
    telegram.reply(&message, "On it, restarting the pool", MARTA);
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"));
    assert!(lines(&incident).last().is_some_and(|line| line.contains("restarting the pool")), "her words are kept: {:?}", lines(&incident));
}

#[tokio::test]
async fn the_same_answer_twice_is_one_and_a_restart_loses_none() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = telegram.wait_for(1).await[0].clone();
    telegram.press(&message, "On it", MARTA);
    telegram.tells_again();
    let world = world.restarted().await;
    world.hear().await;
    telegram.tells_again();
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"));
    // Heard a second time it would say that she is still on it.
    let heard = |line: &&String| line.starts_with("Marta has it") || line.starts_with("Marta is still on it");
    assert_eq!(lines(&incident).iter().filter(heard).count(), 1, "{:?}", lines(&incident));
}

#[tokio::test]
async fn a_late_answer_changes_nothing_that_is_settled() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let (marta, ben) = (world.person("Marta", &[(chat, "501")]).await, world.person("Ben", &[(chat, "502")]).await);
    let shop = world.service("Shop", &[(&[&marta, &ben], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sent = telegram.wait_for(2).await;
    let to = |chat: i64| sent.iter().find(|one| one.chat == chat).expect("each got one").clone();
    telegram.press(&to(501), "On it", MARTA);
    telegram.press(&to(502), "On it", BEN);
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"), "the first to take it has it");
    assert!(lines(&incident).last().is_some_and(|line| line.starts_with("Ben is on it too")), "{:?}", lines(&incident));

    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    telegram.press(&to(502), "Not me", BEN);
    world.hear().await;
    let incident = world.incident(id).await;
    assert!(matches!(incident.incident.phase, Phase::Resolved { .. }), "what is resolved stays so");
    assert!(lines(&incident).last().is_some_and(|line| line.starts_with("Ben wrote by Telegram")), "and is kept: {:?}", lines(&incident));
}

#[tokio::test]
async fn an_answer_with_a_made_up_token_is_nobodys() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    telegram.wait_for(1).await;
    for data in ["on_it:2AAAAAAAAAAAAAAA", "on_it:", "on_it", "delete_all:2AAAAAAAAAAAAAAA", ""] {
        telegram.update("callback_query", json!({ "id": "1", "from": { "id": 666, "first_name": "Eve" }, "data": data }));
    }
    telegram.update(
        "message",
        json!({ "message_id": 3, "chat": { "id": 501 }, "from": { "id": 501, "first_name": "Marta" }, "text": "on it" }),
    );
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), None, "only a message's own token or thread answers for it");
}

#[tokio::test]
async fn somebody_else_in_a_group_answers_under_their_own_name() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let group = world.person("Database group", &[(chat, "-900")]).await;
    world.person("Ben", &[(chat, "502")]).await;
    let shop = world.service("Shop", &[(&[&group], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = telegram.wait_for(1).await[0].clone();
    telegram.press(&message, "On it", BEN);
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Ben"), "the directory knows whose number this is");
    world.act(id, Action::HandBack { why: "shift ends".into() }).await;
    telegram.press(&message, "On it", (777, "Zoë from the night shift"));
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Zoë from the night shift"), "or the room does");
}

#[tokio::test]
async fn a_revoked_token_is_said_to_the_desk_and_mended_without_losing_an_answer() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = telegram.wait_for(1).await[0].clone();
    telegram.press(&message, "On it", MARTA);
    telegram.fails(401, json!({ "ok": false, "error_code": 401, "description": "Unauthorized" }));
    world.hear().await;
    assert!(
        world.screen.titles().contains(&"Answers by Telegram are not heard".to_string()),
        "whoever waits for an answer has to know: {:?}",
        world.screen.titles()
    );
    assert_eq!(holder(&world.incident(id).await), None);
    world.hear().await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"), "once it works again the answer is still there");
}

#[tokio::test]
async fn an_answer_given_while_the_desk_said_the_same_is_one() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = telegram.wait_for(1).await[0].clone();
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    telegram.press(&message, "On it", MARTA);
    world.hear().await;
    let since = |incident: &IncidentView| if let Phase::Held { since, .. } = incident.incident.phase { since } else { world.now() };
    let incident = world.incident(id).await;
    assert_eq!((holder(&incident), since(&incident)), (Some("Marta"), world.now()));
    telegram.press(&message, "Not me", MARTA);
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), None, "she can give it back the same way: {:?}", lines(&incident));
}
