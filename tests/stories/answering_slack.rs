//! What people answer in Slack comes back: by Socket Mode where the app has it, by
//! looking into the threads where not.

use baton_core::api::types::Action;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::Person;
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_tests::providers::slack::{Fails, Message, Slack};
use baton_tests::world::World;

use crate::answering::{holder, lines};

const MARTA: &str = "U501";
const BEN: &str = "U502";

/// Marta, and Ben ten minutes later, in a desk's Slack.
struct Scene {
    world: World,
    slack: Slack,
    marta: Person,
    ben: Person,
}

impl Scene {
    async fn set(socket_mode: bool) -> (Self, ChannelId) {
        let (world, slack) = (World::new().await, Slack::start().await);
        let chat = world.slack_app(&slack, socket_mode).await;
        let (marta, ben) = (world.person("Marta", &[(chat, MARTA)]).await, world.person("Ben", &[(chat, BEN)]).await);
        (Self { world, slack, marta, ben }, chat)
    }

    /// Marta is written to, and her answer is listened for.
    async fn marta_is_asked(&self) -> (IncidentId, Message) {
        let shop = self.world.service("Shop", &[(&[&self.marta], 10), (&[&self.ben], 10)]).await;
        let id = self.world.escalates("Checkout fails for everybody", &shop).await;
        let message = self.slack.wait_for(1).await[0].clone();
        assert_eq!(self.world.hear().await, 0, "nothing has come back yet");
        (id, message)
    }

    async fn holder(&self, id: IncidentId) -> Option<String> {
        holder(&self.world.incident(id).await).map(str::to_string)
    }
}

#[tokio::test]
async fn on_it_pressed_in_slack_stops_the_climb_and_the_message_says_who() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let (id, message) = scene.marta_is_asked().await;
    assert_eq!((message.channel.as_str(), message.labels()), ("D501", ["On it", "Not me", "Call me"].map(String::from).into()));
    assert!(slack.press(&message, "On it", MARTA), "a socket is open for it");
    world.hear().await;
    let held = world.incident(id).await;
    assert_eq!(holder(&held), Some("Marta"), "{:?}", lines(&held));
    assert!(lines(&held).last().is_some_and(|line| line.contains("answered by Slack")), "{:?}", lines(&held));
    assert_eq!(held.deliveries[0].state, DeliveryState::Seen, "whoever answers has seen it");
    world.fast_forward(15).await;
    assert_eq!(slack.messages().len(), 1, "Ben is not woken");

    world.hear().await;
    slack.line().acknowledges(1).await;
    let now = slack.now(&message);
    assert_eq!(now.labels(), Vec::<String>::new(), "there is nothing left to press");
    assert!(now.shown().contains("<@U501> answered “On it”.") && now.shown().contains("Checkout fails"), "{}", now.shown());
    assert_eq!(slack.line().opened(), 1, "one socket serves all of it");
}

#[tokio::test]
async fn not_me_in_slack_brings_the_next_person_and_call_me_leaves_the_buttons() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let (id, message) = scene.marta_is_asked().await;
    slack.press(&message, "Call me", MARTA);
    world.hear().await;
    world.hear().await;
    assert_eq!(slack.now(&message).labels().len(), 3, "she may still take it after the call: {}", slack.now(&message).shown());
    assert_eq!(scene.holder(id).await, None);
    slack.press(&message, "Not me", MARTA);
    world.hear().await;
    assert_eq!(slack.wait_for(2).await[1].channel, "D502", "Ben is written to at once");
    world.hear().await;
    assert_eq!(slack.now(&message).labels().len(), 0, "nobody else reads what was written to her");
}

#[tokio::test]
async fn words_in_the_thread_or_straight_back_are_heard_once_whichever_way_they_come() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let (id, message) = scene.marta_is_asked().await;
    slack.reply(&message, "Is this the same as &lt;this morning&gt;?", MARTA);
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(lines(&incident).last().map(String::as_str), Some("Marta wrote by Slack · Is this the same as <this morning>?"));
    assert_eq!(holder(&incident), None, "a question is no acknowledgement");
    slack.says("D501", "on it", MARTA);
    world.hear().await;
    assert_eq!(scene.holder(id).await.as_deref(), Some("Marta"), "she needs no thread to answer what only she was sent");
    // The threads are looked into besides, once the socket was silent for a while.
    world.fast_forward(2).await;
    world.hear().await;
    assert!(slack.calls("conversations.replies") > 0, "they were looked into");
    let incident = world.incident(id).await;
    let wrote = lines(&incident).iter().filter(|line| line.contains("this morning")).count();
    let took = lines(&incident).iter().filter(|line| line.starts_with("Marta has it")).count();
    assert_eq!((wrote, took), (1, 1), "{:?}", lines(&incident));
}

#[tokio::test]
async fn straight_back_counts_only_from_the_one_and_for_the_one_message() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let (id, _) = scene.marta_is_asked().await;
    slack.says("D999", "on it", "U999");
    slack.says("C100", "on it", MARTA);
    world.hear().await;
    assert_eq!(scene.holder(id).await, None, "not from a stranger, and not from what she says elsewhere");
    let mail = world.service("Mail", &[(&[&scene.marta], 10)]).await;
    let other = world.escalates("No mail goes out", &mail).await;
    slack.says("D501", "on it", MARTA);
    world.hear().await;
    assert_eq!((scene.holder(id).await, scene.holder(other).await), (None, None), "of two that wait, which?");
    let said = [lines(&world.incident(id).await), lines(&world.incident(other).await)].concat();
    assert!(said.iter().any(|line| line.contains("could mean more than one incident")), "{said:?}");
}

#[tokio::test]
async fn a_socket_that_breaks_in_the_middle_loses_no_words_and_counts_none_twice() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let (id, message) = scene.marta_is_asked().await;
    slack.reply(&message, "Looking at the pool now", MARTA);
    world.hear().await;
    slack.line().breaks();
    slack.reply(&message, "On it, restarting", MARTA);
    world.hear().await;
    slack.line().tells_again();
    world.hear().await;
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(holder(&incident), Some("Marta"), "{:?}", lines(&incident));
    let count = |words: &str| lines(&incident).iter().filter(|line| line.contains(words)).count();
    assert_eq!((count("Looking at the pool"), count("restarting")), (1, 1), "{:?}", lines(&incident));
    assert_eq!(slack.line().opened(), 2, "a new socket took the place of the broken one");
}

#[tokio::test]
async fn a_line_that_slack_renews_is_replaced_before_it_ends() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let (id, message) = scene.marta_is_asked().await;
    slack.line().disconnects("warning");
    slack.press(&message, "On it", MARTA);
    world.hear().await;
    assert_eq!(scene.holder(id).await.as_deref(), Some("Marta"), "what the old line still says is heard");
    world.hear().await;
    slack.line().acknowledges(1).await;
    assert_eq!(slack.line().opened(), 2);
    slack.line().disconnects("refresh_requested");
    slack.line().closes();
    world.hear().await;
    assert_eq!(world.screen.titles().iter().filter(|title| title.contains("not heard")).count(), 0, "renewing is no trouble");
}

#[tokio::test]
async fn socket_mode_switched_off_is_said_and_words_are_heard_all_the_same() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let (id, message) = scene.marta_is_asked().await;
    slack.line().disconnects("link_disabled");
    slack.line().closes();
    world.hear().await;
    assert!(world.screen.titles().contains(&"Answers by Slack are not heard".to_string()), "{:?}", world.screen.titles());
    assert!(!slack.press(&message, "On it", MARTA), "she is told by Slack that her press went nowhere");
    slack.reply(&message, "on it", MARTA);
    slack.fails(Fails::with("apps.connections.open", "not_allowed_token_type"));
    world.hear().await;
    assert_eq!(scene.holder(id).await.as_deref(), Some("Marta"), "what she writes is found in the thread");
}

#[tokio::test]
async fn too_many_sockets_is_said_with_what_to_do() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let shop = world.service("Shop", &[(&[&scene.marta], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = slack.wait_for(1).await[0].clone();
    slack.line().turns_away("too_many_websockets");
    world.hear().await;
    let directory = world.desk.directory().await.expect("the directory");
    let ears: Vec<_> = directory.ears.values().map(|ear| ear.words.clone()).collect();
    assert!(ears.iter().any(|words| words.contains("Give this desk an app of its own")), "{ears:?}");
    world.hear().await;
    slack.press(&message, "On it", MARTA);
    world.hear().await;
    assert_eq!(scene.holder(id).await.as_deref(), Some("Marta"), "once there is room it works");
}

#[tokio::test]
async fn what_is_no_answer_on_the_socket_harms_nothing() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let (id, message) = scene.marta_is_asked().await;
    let line = slack.line();
    for said in
        [serde_json::json!("hi"), serde_json::json!({ "type": 3 }), serde_json::json!({ "type": "interactive" }), serde_json::json!([])]
    {
        line.babbles(&said);
    }
    let press = |value: &str, action: &str| serde_json::json!({ "type": "block_actions", "user": { "id": "U666" }, "actions": [{ "action_id": action, "value": value, "action_ts": "1.1" }] });
    for payload in [press("2AAAAAAAAAAAAAAA", "on_it"), press("", "on_it"), press("2AAAAAAAAAAAAAAA", "delete"), serde_json::json!(null)] {
        line.tells("interactive", payload, false);
    }
    let (channel, thread) = (message.channel.as_str(), message.ts.as_str());
    let event = |extra: serde_json::Value| {
        let mut event =
            serde_json::json!({ "type": "message", "channel": channel, "thread_ts": thread, "ts": "1795437999.000001", "text": "on it" });
        event.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        serde_json::json!({ "event": event })
    };
    line.tells("events_api", event(serde_json::json!({ "user": "U777", "bot_id": "B1" })), true);
    line.tells("events_api", event(serde_json::json!({ "user": MARTA, "subtype": "channel_join" })), true);
    line.tells("events_api", event(serde_json::json!({ "user": MARTA, "channel": "C404" })), true);
    line.tells("slash_commands", serde_json::json!({ "command": "/baton" }), false);
    world.hear().await;
    world.hear().await;
    assert_eq!(scene.holder(id).await, None, "neither programs, nor made-up tokens, nor other threads answer for it");
    line.acknowledges(8).await;
    slack.press(&message, "On it", MARTA);
    world.hear().await;
    assert_eq!(scene.holder(id).await.as_deref(), Some("Marta"), "and the line still works");
}

#[tokio::test]
async fn somebody_else_in_the_channel_answers_under_the_name_they_have_in_slack() {
    let (scene, chat) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let group = world.person("Database group", &[(chat, "C100")]).await;
    let shop = world.service("Shop", &[(&[&group], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let message = slack.wait_for(1).await[0].clone();
    world.hear().await;
    slack.knows("U777", "Zoë Kern");
    slack.press(&message, "On it", "U777");
    world.hear().await;
    assert_eq!(scene.holder(id).await.as_deref(), Some("Zoë Kern"));
    world.act(id, Action::HandBack { why: "shift ends".into() }).await;
    slack.press(&message, "On it", BEN);
    world.hear().await;
    assert_eq!(scene.holder(id).await.as_deref(), Some("Ben"), "the directory knows whose number this is");
    world.act(id, Action::HandBack { why: "shift ends".into() }).await;
    slack.press(&message, "On it", "U888");
    world.hear().await;
    assert_eq!(scene.holder(id).await.as_deref(), Some("somebody"), "whom Slack does not name is who the press says");
    slack.press(&message, "On it", "U777");
    world.hear().await;
    assert_eq!(slack.calls("users.info"), 3, "a name that is known is not asked for again");
}

#[tokio::test]
async fn without_socket_mode_what_is_written_in_the_threads_is_heard_in_its_turn() {
    let (scene, _) = Scene::set(false).await;
    let Scene { world, slack, .. } = &scene;
    let (id, message) = scene.marta_is_asked().await;
    assert_eq!(message.buttons(), [], "a button that nobody hears is none");
    assert!(message.shown().contains("Answer this message with “on it”, “not me” or “call me”."), "{}", message.shown());
    slack.reply(&message, "Which pool?", MARTA);
    slack.reply(&message, "Not me, ask Ben", MARTA);
    world.hear().await;
    let incident = world.incident(id).await;
    assert!(lines(&incident).iter().any(|line| line.contains("Which pool?")), "{:?}", lines(&incident));
    let to_ben = slack.wait_for(2).await[1].clone();
    assert_eq!(to_ben.channel, "D502", "Ben is written to at once");
    slack.says("D502", "on it", BEN);
    let world = scene.world.restarted().await;
    assert_eq!(world.hear().await, 1, "after a restart what is new is heard, and nothing old as new");
    assert_eq!(holder(&world.incident(id).await), Some("Ben"));
    assert_eq!(world.hear().await, 0, "and only once");
}

#[tokio::test]
async fn many_threads_are_read_in_turns_and_a_limit_of_slacks_is_kept() {
    let (scene, chat) = Scene::set(false).await;
    let Scene { world, slack, .. } = &scene;
    let mut people = Vec::new();
    for number in 0..40 {
        people.push(world.person(&format!("Person {number}"), &[(chat, &format!("U6{number:02}"))]).await);
    }
    let all: Vec<&Person> = people.iter().collect();
    let shop = world.service("Shop", &[(&all, 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sent = slack.wait_for(40).await;
    let first = sent.iter().find(|one| one.channel == "D600").expect("the first one’s").clone();
    slack.reply(&first, "on it", "U600");
    let mut rounds = 0;
    while scene.holder(id).await.is_none() {
        let before = slack.calls("conversations.history") + slack.calls("conversations.replies");
        world.hear().await;
        let asked = slack.calls("conversations.history") + slack.calls("conversations.replies") - before;
        assert!(asked <= 15, "Slack takes so many questions a minute and no more, this were {asked}");
        rounds += 1;
        assert!(rounds <= 6, "everybody has their turn");
    }
    assert_eq!(scene.holder(id).await.as_deref(), Some("Person 0"));
}

#[tokio::test]
async fn a_missing_permission_to_read_is_said_with_its_name() {
    let (scene, _) = Scene::set(false).await;
    let Scene { world, slack, .. } = &scene;
    let shop = world.service("Shop", &[(&[&scene.marta], 10)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    slack.wait_for(1).await;
    let mut lacking = Fails::with("conversations.history", "");
    lacking.body = r#"{"ok":false,"error":"missing_scope","needed":"im:history","provided":"chat:write"}"#.into();
    slack.fails(lacking);
    world.hear().await;
    assert!(world.screen.titles().contains(&"Answers by Slack are not heard".to_string()), "{:?}", world.screen.titles());
    let last = world.screen.last().expect("a notice");
    assert!(last.body.contains("im:history"), "{}", last.body);
}

#[tokio::test]
async fn what_arrived_although_slack_said_otherwise_is_not_sent_again() {
    let (scene, _) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let shop = world.service("Shop", &[(&[&scene.marta], 10)]).await;
    slack.fails(Fails { although_done: true, ..Fails::with("chat.postMessage", "internal_error") });
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let doubtful = world.incident(id).await.deliveries[0].clone();
    assert_eq!(doubtful.state, DeliveryState::Uncertain, "nobody knows: {}", doubtful.words);
    world.fast_forward(1).await;
    let settled = world.incident(id).await.deliveries[0].clone();
    assert_eq!((settled.state, slack.messages().len()), (DeliveryState::Accepted, 1), "{}", settled.words);
    let message = slack.messages()[0].clone();
    world.hear().await;
    slack.press(&message, "On it", MARTA);
    world.hear().await;
    assert_eq!(scene.holder(id).await.as_deref(), Some("Marta"), "and it is answered as any other");
}

#[tokio::test]
async fn what_did_not_arrive_is_sent_again_after_looking() {
    let (scene, chat) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let group = world.person("Database group", &[(chat, "C100")]).await;
    let shop = world.service("Shop", &[(&[&group], 10)]).await;
    slack.fails(Fails::with("chat.postMessage", "fatal_error"));
    slack.fails(Fails::with("conversations.history", "missing_scope"));
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(slack.messages().len(), 0);
    world.fast_forward(1).await;
    let delivery = world.incident(id).await.deliveries[0].clone();
    assert_eq!((delivery.state, slack.messages().len()), (DeliveryState::Accepted, 1));
    assert!(delivery.words.contains("may have arrived twice"), "where Baton may not look it says so: {}", delivery.words);
}

#[tokio::test]
async fn whom_slack_does_not_know_is_reached_another_way_at_once() {
    let (scene, chat) = Scene::set(true).await;
    let Scene { world, slack, .. } = &scene;
    let gone = world.person("Gone", &[(chat, "C404"), (chat, "C100")]).await;
    let shop = world.service("Shop", &[(&[&gone], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(slack.wait_for(1).await[0].channel, "C100", "the next method is used at once");
    let incident = world.incident(id).await;
    let failed = incident.deliveries.iter().find(|one| one.state == DeliveryState::Failed).expect("the first method failed");
    assert!(failed.words.contains("channel_not_found") && failed.words.contains("invite the bot"), "{}", failed.words);
}

#[tokio::test]
async fn what_people_say_to_one_another_in_a_channel_is_no_answer_unless_it_says_so_itself() {
    for (asked, said, taken) in [
        ("Is it DNS?", "yes", None),
        ("How many tills?", "1", None),
        ("Anybody else seen this?", "no", None),
        ("The vendor is called", "ok", None),
        ("Is it DNS?", "On it", Some("Ben")),
    ] {
        let (scene, chat) = Scene::set(true).await;
        let Scene { world, slack, .. } = &scene;
        let group = world.person("Database group", &[(chat, "C100")]).await;
        let shop = world.service("Shop", &[(&[&group], 30)]).await;
        let id = world.escalates("Checkout fails for everybody", &shop).await;
        let message = slack.wait_for(1).await[0].clone();
        world.hear().await;
        slack.knows("U777", "Zoe");
        slack.reply(&message, asked, "U777");
        world.hear().await;
        slack.reply(&message, said, BEN);
        world.hear().await;
        let incident = world.incident(id).await;
        assert_eq!(holder(&incident), taken, "{asked} {said}");
        let declined = lines(&incident).iter().any(|line| line.contains("cannot take it"));
        let wrote = lines(&incident).iter().any(|line| line == &format!("Ben wrote by Slack · {said}"));
        assert_eq!((declined, wrote), (false, taken.is_none()), "{asked} {said}: {:?}", lines(&incident));
    }
}
