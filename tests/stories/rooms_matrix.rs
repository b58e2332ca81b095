//! A room for the incident by Matrix: one that only those come into who are asked, and that
//! is read only when it is over.

use baton_core::api::types::{Action, IncidentView};
use baton_core::domain::directory::{Person, Service};
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_core::domain::time::DAY;
use baton_tests::providers::matrix::{Matrix, Message, Room};
use baton_tests::world::World;
use serde_json::{Value, json};

use crate::answering::{holder, lines};
use crate::rooms::{acknowledged, has, has_rooms, resolved};

const MARTA: &str = "@marta:example.org";
const BEN: &str = "@ben:example.org";
const ZOE: &str = "@zoe:example.org";

/// Marta, and Ben ten minutes later, at a desk that opens rooms by its Matrix.
struct Scene {
    world: World,
    matrix: Matrix,
    chat: ChannelId,
    marta: Person,
    shop: Service,
}

impl Scene {
    async fn set() -> Self {
        let (world, matrix) = (World::new().await, Matrix::start().await);
        let chat = world.matrix(&matrix).await;
        let (marta, ben) = (world.person("Marta", &[(chat, MARTA)]).await, world.person("Ben", &[(chat, BEN)]).await);
        let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
        has_rooms(&world, chat, "").await.expect("Matrix opens rooms");
        Self { world, matrix, chat, marta, shop }
    }

    async fn escalated(&self) -> IncidentId {
        let id = self.world.escalates("Checkout fails for everybody", &self.shop).await;
        self.world.settle().await;
        id
    }

    fn room(&self) -> Room {
        self.matrix.rooms().pop().expect("there is a room")
    }

    /// What was posted there.
    fn posts(&self) -> Vec<Message> {
        posts(&self.matrix)
    }

    async fn incident(&self, id: IncidentId) -> IncidentView {
        self.world.incident(id).await
    }
}

fn posts(matrix: &Matrix) -> Vec<Message> {
    let room = matrix.rooms().pop().expect("there is a room");
    matrix.messages().into_iter().filter(|message| message.room == room.id).collect()
}

/// What a homeserver says to whoever asks too often.
fn too_many(wait_ms: u64) -> Value {
    json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": wait_ms })
}

#[tokio::test]
async fn an_incident_gets_its_room_with_its_people_and_the_brief_in_sight() {
    let scene = Scene::set().await;
    let id = scene.escalated().await;
    assert!(scene.matrix.messages()[0].room.starts_with("!direct"), "the alert goes before everything else");
    let (room, incident) = (scene.room(), scene.incident(id).await);
    let reference = incident.incident.reference.to_lowercase();
    assert_eq!(room.name, format!("inc-{reference}-checkout-fails-for-everybody"));
    assert!(room.topic.contains("Checkout fails for everybody"), "{}", room.topic);
    assert_eq!(room.preset, "private_chat", "nobody comes in who was not asked");
    assert_eq!(room.invited, [MARTA], "whoever was told of it, and nobody who sleeps still");
    let brief = &scene.posts()[0];
    assert!(brief.body.contains("This room is for those who work on it.") && brief.body.contains("Where: Shop"), "{}", brief.body);
    assert_eq!(room.pinned, [brief.id.as_str()], "what it is about stays in sight");
    assert!(has(&incident, &format!("Opened the room {} · by Matrix", room.name)), "{:?}", lines(&incident));
    let shown = incident.room.expect("it is on the incident");
    assert_eq!((shown.name, shown.words.as_str()), (room.name, ""));
    assert_eq!(shown.link, "https://matrix.to/#/%21Room0?via=example.org", "one click away, by the server that has it");
    scene.world.fast_forward(10).await;
    assert_eq!(scene.room().invited, [MARTA, BEN], "Ben comes in with his level");
}

#[tokio::test]
async fn what_happens_is_posted_and_what_people_write_there_is_theirs_and_decides_nothing() {
    let scene = Scene::set().await;
    let Scene { world, matrix, .. } = &scene;
    let id = scene.escalated().await;
    world.hear().await;
    let (room, brief) = (scene.room(), scene.posts().remove(0));
    matrix.is_called(ZOE, "Zoë Kern");
    matrix.says(&room.id, ZOE, "on it");
    let said = matrix.says(&room.id, MARTA, "Teh pool is full");
    matrix.edit(&room.id, &said, MARTA, "The pool is full");
    matrix.reply(&brief, BEN, "Since when?");
    matrix.react(&brief, ZOE, "✅");
    matrix.event(&room.id, MARTA, "m.room.message", &json!({ "msgtype": "m.image", "body": "graph.png", "url": "mxc://example.org/1" }));
    matrix.event(&room.id, ZOE, "m.room.message", &json!({ "msgtype": "m.notice", "body": "Build 17 passed" }));
    let notices = world.screen.titles().len();
    world.hear().await;
    let incident = scene.incident(id).await;
    for words in [
        format!("Zoë Kern ({ZOE}) wrote in {} · on it", room.name),
        format!("Marta wrote in {} · Teh pool is full", room.name),
        format!("Marta wrote in {} · (corrected) The pool is full", room.name),
        format!("Ben wrote in {} · Since when?", room.name),
        format!("Marta wrote in {} · (sent graph.png)", room.name),
    ] {
        assert!(has(&incident, &words), "{words}: {:?}", lines(&incident));
    }
    assert!(!has(&incident, "Build 17"), "what a machine says is nobody’s word");
    assert_eq!(lines(&incident).iter().filter(|line| line.contains("✅")).count(), 0, "a sign is no word either");
    assert_eq!(holder(&incident), None, "what is said to everybody is no answer");
    assert_eq!(world.screen.titles().len(), notices, "the desk is not rung for each word");
    world.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await;
    world.act(id, acknowledged(&scene.marta)).await;
    let posts = scene.posts();
    assert_eq!(posts.len(), 3, "the brief, the news, and who has it");
    assert!(posts[1].body.contains("The pool is being restarted.") && !posts[1].body.contains("Where: Shop"), "{}", posts[1].body);
    assert!(posts[2].body.contains("Marta has it.") && !posts[2].body.contains("react with"), "{}", posts[2].body);
    assert_eq!(world.hear().await, 0, "Baton does not hear itself");
}

#[tokio::test]
async fn it_ends_with_a_summary_and_a_day_later_it_can_only_be_read() {
    let scene = Scene::set().await;
    let Scene { world, matrix, .. } = &scene;
    let id = scene.escalated().await;
    let room = scene.room();
    matrix.comes_in(&room.id, MARTA);
    world.fast_forward(5).await;
    world.act(id, resolved()).await;
    let last = scene.posts().pop().expect("a summary");
    for words in ["Resolved by", "5 min after it began", "Cause: The pool was exhausted", "Fix: Restarted", "Still to do: A bigger pool"] {
        assert!(last.body.contains(words), "{words}: {}", last.body);
    }
    world.sleep(DAY / 60_000 - 1).await;
    assert!(!scene.room().is_read_only(), "somebody may still have a word to say");
    // What closes it breaks off in the middle, and is done again.
    matrix.loses_an_answer_to("/leave");
    world.sleep(2).await;
    world.fast_forward(2).await;
    assert!(scene.room().is_read_only());
    assert_eq!(matrix.members(&room.id), [MARTA], "Baton has gone, and whoever is in it reads on");
    let incident = scene.incident(id).await;
    assert!(has(&incident, "Closed the room inc-"), "{:?}", lines(&incident));
    assert_eq!(incident.room.map(|room| room.words).as_deref(), Some("closed"));
}

#[tokio::test]
async fn whoever_cannot_come_in_keeps_nobody_out_and_nothing_up() {
    let (world, matrix) = (World::new().await, Matrix::start().await);
    let chat = world.matrix(&matrix).await;
    let mut team = Vec::new();
    for (name, address) in [("Ada", "@ada:dead.example.net"), ("Ben", BEN), ("Cleo", "@cleo:closed.example.net"), ("Marta", MARTA)] {
        team.push(world.person(name, &[(chat, address)]).await);
    }
    let shop = world.service("Shop", &[(&team.iter().collect::<Vec<_>>(), 30)]).await;
    has_rooms(&world, chat, "").await.expect("Matrix opens rooms");
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(2).await;
    let room = matrix.rooms().pop().expect("there is a room");
    assert_eq!(room.invited, [BEN, MARTA], "each of the others was asked, and once");
    assert_eq!(room.pinned.len(), 1, "the brief waits for nobody");
    world.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await;
    assert_eq!(posts(&matrix).len(), 2, "nor do the news");
    let asked = matrix.calls("/invite");
    world.fast_forward(25).await;
    assert!(matrix.calls("/invite") > asked, "whose server does not answer is asked again, in case it does");
    assert!(matrix.calls("/invite") < asked + 12, "and less and less often: {}", matrix.calls("/invite"));
    assert_eq!(matrix.rooms()[0].invited, [BEN, MARTA]);
}

#[tokio::test]
async fn an_invitation_refused_for_good_is_left_and_the_room_goes_on() {
    let scene = Scene::set().await;
    let Scene { world, matrix, .. } = &scene;
    matrix.fails_at("/invite", 403, json!({ "errcode": "M_FORBIDDEN", "error": "You are not allowed to invite this user." }));
    matrix.fails_at("/m.room.pinned_events", 403, json!({ "errcode": "M_FORBIDDEN", "error": "You don't have permission." }));
    let id = scene.escalated().await;
    world.act(id, Action::ShareUpdate { text: "News".into() }).await;
    assert_eq!(scene.posts().len(), 2, "what matters is there");
    world.fast_forward(5).await;
    assert_eq!((matrix.calls("/invite"), scene.room().pinned.len()), (1, 0), "neither is tried for ever");
}

#[tokio::test]
async fn a_homeserver_that_wants_a_pause_gets_it_and_nobody_is_asked_twice() {
    let Scene { world, matrix, marta, chat, shop } = Scene::set().await;
    let ben = world.person("Benno", &[(chat, "@benno:example.org")]).await;
    let search = world.service("Search", &[(&[&marta, &ben], 30)]).await;
    // Both have a room with Baton already, so that the next one is the incident’s.
    world.act(world.escalates("An earlier one", &search).await, resolved()).await;
    world.escalates("Another", &shop).await;
    world.settle().await;
    let before = matrix.rooms().len();
    matrix.fails_at("/createRoom", 429, too_many(90_000));
    let id = world.escalates("Checkout fails for everybody", &search).await;
    world.fast_forward(1).await;
    assert_eq!(matrix.rooms().len(), before, "not before the pause is over");
    matrix.pauses_before(MARTA, 120_000);
    world.fast_forward(1).await;
    assert_eq!(matrix.rooms().len(), before + 1);
    let room = || matrix.rooms().pop().expect("its room");
    assert!(has(&world.incident(id).await, "Opened the room"));
    assert_eq!(room().invited, ["@benno:example.org"], "and then there is another one");
    assert_eq!(room().pinned.len(), 1, "which the brief need not wait for");
    world.fast_forward(3).await;
    assert_eq!(room().invited, ["@benno:example.org", MARTA], "each once");
}

#[tokio::test]
async fn a_room_that_was_opened_without_a_word_is_found_again_after_a_crash() {
    let Scene { world, matrix, shop, .. } = Scene::set().await;
    world.escalates("An earlier one", &shop).await;
    world.settle().await;
    matrix.loses_an_answer_to("/createRoom");
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.settle().await;
    let world = world.restarted().await;
    world.fast_forward(2).await;
    let rooms = matrix.rooms();
    assert_eq!(rooms.len(), 2, "it is the one that was opened: {rooms:?}");
    assert!(has(&world.incident(id).await, &format!("Opened the room {}", rooms[1].name)), "{:?}", lines(&world.incident(id).await));
    assert_eq!(posts(&matrix).len(), 1);
}

#[tokio::test]
async fn what_a_crash_cut_short_is_posted_again_and_is_there_once() {
    let Scene { world, matrix, shop, .. } = Scene::set().await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.settle().await;
    let sends = matrix.calls("Room0/send/");
    matrix.falls_silent_at("Room0/send/");
    world.desk.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await.expect("it can be shared");
    world.engine.cycle().await.expect("a turn");
    matrix.wait_until("the news", || posts(&matrix).len() == 2).await;
    let world = world.restarted().await;
    world.settle().await;
    assert_eq!(matrix.calls("Room0/send/"), sends + 2, "nobody knew whether it had arrived, so it went again");
    assert_eq!(posts(&matrix).len(), 2, "and is the same event by its name: {:?}", posts(&matrix));
}

#[tokio::test]
async fn what_a_sync_tells_twice_is_kept_once() {
    let Scene { world, matrix, shop, .. } = Scene::set().await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.hear().await;
    let room = matrix.rooms().remove(0).id;
    matrix.says(&room, MARTA, "The pool is full");
    matrix.repeats_itself();
    world.hear().await;
    world.hear().await;
    let world = world.restarted().await;
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(lines(&incident).iter().filter(|line| line.contains("The pool is full")).count(), 1, "{:?}", lines(&incident));
}

#[tokio::test]
async fn what_was_said_before_anybody_listened_is_heard_however_much_it_was() {
    let Scene { world, matrix, shop, .. } = Scene::set().await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.settle().await;
    let room = matrix.rooms().remove(0).id;
    matrix.pages(10);
    for number in 0..25 {
        matrix.says(&room, MARTA, &format!("step {number} is done"));
    }
    world.hear().await;
    let incident = world.incident(id).await;
    assert_eq!(lines(&incident).iter().filter(|line| line.contains("is done")).count(), 25, "{:?}", lines(&incident));
}

#[tokio::test]
async fn where_the_homeserver_encrypts_rooms_it_is_said_once_that_nothing_can_be_read() {
    let Scene { world, matrix, shop, .. } = Scene::set().await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.hear().await;
    let room = matrix.rooms().remove(0).id;
    for _ in 0..3 {
        matrix.event(&room, MARTA, "m.room.encrypted", &json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEn" }));
        world.hear().await;
    }
    let incident = world.incident(id).await;
    assert_eq!(lines(&incident).iter().filter(|line| line.contains("cannot read")).count(), 1, "{:?}", lines(&incident));
}

#[tokio::test]
async fn whatever_was_typed_is_text_in_the_brief_the_name_and_the_topic() {
    let Scene { world, matrix, shop, .. } = Scene::set().await;
    let typed = "<script>alert(1)</script> **bold** [here](javascript:alert(1)) @room <a href=\"https://evil.example\">x</a> `$(id)`";
    let id = world.escalates(typed, &shop).await;
    world.settle().await;
    world.act(id, Action::ShareUpdate { text: typed.into() }).await;
    let posts = posts(&matrix);
    assert_eq!(posts.len(), 2);
    for post in &posts {
        assert!(post.body.contains(typed), "as it was typed: {}", post.body);
        let keys: Vec<&String> = post.content.as_object().expect("a content").keys().collect();
        assert_eq!(keys, ["body", "m.mentions", "msgtype"], "nothing in it says that it is to be read as HTML");
        assert_eq!(post.content["msgtype"], "m.text");
        assert_eq!(post.content["m.mentions"], json!({}), "“@room” that somebody typed rings nobody");
    }
    let room = matrix.rooms().remove(0);
    assert!(room.name.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-'), "{}", room.name);
    assert!(!room.topic.contains('\n') && room.topic.contains("<script>"), "a topic is text: {}", room.topic);
}

#[tokio::test]
async fn what_people_pinned_stays_beside_the_brief() {
    let Scene { world, matrix, shop, .. } = Scene::set().await;
    matrix.fails_at("/m.room.pinned_events", 503, json!({ "errcode": "M_UNKNOWN", "error": "busy" }));
    world.escalates("Checkout fails for everybody", &shop).await;
    world.settle().await;
    matrix.pins(&matrix.rooms()[0].id, "$theirs");
    matrix.loses_an_answer_to("/m.room.pinned_events");
    world.fast_forward(3).await;
    assert_eq!(matrix.rooms()[0].pinned, ["$theirs".to_string(), posts(&matrix)[0].id.clone()], "each once, whatever was lost on the way");
}

#[tokio::test]
async fn an_account_that_may_open_no_rooms_is_told_so_and_everybody_is_alerted_all_the_same() {
    let Scene { world, matrix, shop, .. } = Scene::set().await;
    world.escalates("An earlier one", &shop).await;
    world.settle().await;
    matrix.fails_at("/createRoom", 403, json!({ "errcode": "M_FORBIDDEN", "error": "You are not permitted to create rooms" }));
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.settle().await;
    let incident = world.incident(id).await;
    assert!(
        has(&incident, "No room could be opened by Matrix") && has(&incident, "Let Baton's account create rooms"),
        "{:?}",
        lines(&incident)
    );
    assert_eq!(matrix.rooms().len(), 1);
    assert_eq!(matrix.messages().iter().filter(|message| message.room.starts_with("!direct")).count(), 2, "both alerts are out");
}

#[tokio::test]
async fn in_a_standing_room_each_incident_is_a_thread_of_its_own() {
    let Scene { world, matrix, shop, chat, .. } = Scene::set().await;
    let ops = matrix.room("ops", &[MARTA, ZOE]);
    has_rooms(&world, chat, &ops).await.expect("accepted");
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.settle().await;
    world.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await;
    let posts: Vec<Message> = matrix.messages().into_iter().filter(|message| message.room == ops).collect();
    assert_eq!(posts.len(), 2);
    assert!(posts[0].content.get("m.relates_to").is_none(), "the brief stands in the room");
    let relation = &posts[1].content["m.relates_to"];
    assert_eq!((&relation["rel_type"], &relation["event_id"]), (&json!("m.thread"), &json!(posts[0].id)), "and the news below it");
    assert_eq!(
        (matrix.rooms().len(), matrix.calls("/invite"), matrix.calls("/m.room.pinned_events")),
        (0, 0, 0),
        "the room stays as it is"
    );
    world.hear().await;
    let below =
        json!({ "rel_type": "m.thread", "event_id": posts[0].id, "is_falling_back": true, "m.in_reply_to": { "event_id": posts[1].id } });
    matrix.event(&ops, ZOE, "m.room.message", &json!({ "msgtype": "m.text", "body": "on it", "m.relates_to": below }));
    matrix.says(&ops, ZOE, "Lunch?");
    world.hear().await;
    let incident = world.incident(id).await;
    assert!(
        has(&incident, &format!("wrote in {ops} · on it")) && !has(&incident, "Lunch"),
        "only the thread is the incident’s: {:?}",
        lines(&incident)
    );
    assert_eq!(holder(&incident), None);
    world.act(id, resolved()).await;
    world.sleep(DAY / 60_000 + 1).await;
    assert!(!has(&world.incident(id).await, "Closed the room"), "it was there before and goes on");
    assert_eq!(matrix.calls("/leave"), 0);
}
