//! Alerts, answers and rooms through Synapse.

use std::sync::Arc;

use baton_core::api::types::{Action, IncidentView};
use baton_core::channel::rooms::NewRoom;
use baton_core::channel::{Channel, Channels, Outcome, Ready};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_core::domain::incident::Phase;
use baton_core::domain::severity::Severity;
use baton_core::domain::time::DAY;
use baton_tests::peers::comes;
use baton_tests::peers::matrix::{Member, Synapse};
use baton_tests::world::World;
use serde_json::{Value, json};

/// With what looks like HTML, and letters of all kinds.
const WHAT: &str = "Größe der Bestellung <b>überall</b> falsch 💥 注文";

/// Baton with an account of its own, on a clock that begins now and is turned by hand.
async fn desk(synapse: &Synapse) -> (World, Member, ChannelId) {
    let (world, baton) = (World::beginning_now().await, synapse.member("baton"));
    let url = synapse.url();
    let settings = [("server", url.as_str()), ("allow_private", "yes"), ("allow_plain", "yes")];
    let matrix = world.channel("matrix", "Matrix", &settings, &[("token", &baton.token)]).await.expect("the account is accepted");
    (world, baton, matrix)
}

/// The room that Baton asks somebody into; they come in.
async fn room_of(member: &Member) -> String {
    let (room, _) = comes("an invitation", async || member.invitations().pop()).await;
    member.joins(&room);
    room
}

fn holder(incident: &IncidentView) -> Option<String> {
    if let Phase::Held { name, .. } = &incident.incident.phase { Some(name.clone()) } else { None }
}

fn said(incident: &IncidentView) -> Vec<String> {
    incident.timeline.iter().map(|entry| format!("{} · {}", entry.words, entry.detail)).collect()
}

async fn hears_of(world: &World, id: IncidentId, words: &str) -> IncidentView {
    comes(words, async || {
        world.hear().await;
        let incident = world.incident(id).await;
        said(&incident).iter().any(|line| line.contains(words)).then_some(incident)
    })
    .await
}

#[tokio::test]
async fn synapse_carries_an_alert_that_rings_and_brings_back_whose_answer_it_is() {
    let synapse = Synapse::start();
    let (world, _, matrix) = desk(&synapse).await;
    let (marta, zoe) = (synapse.member("marta"), synapse.member("zoe"));
    let person = world.person("Marta", &[(matrix, &marta.id)]).await;
    let shop = world.service("Shop", &[(&[&person], 30)]).await;

    let first = world.escalates(WHAT, &shop).await;
    let room = room_of(&marta).await;
    let alert = marta.reads(&room).pop().expect("the alert");
    assert_eq!(alert["content"]["m.mentions"]["user_ids"], json!([marta.id]));
    assert!(alert["content"]["body"].as_str().is_some_and(|body| body.contains(WHAT)), "{alert}");
    assert!(alert["content"].get("formatted_body").is_none(), "a tag that was typed stays text");
    assert_eq!(world.incident(first).await.deliveries[0].state, DeliveryState::Accepted);

    // Whom she lets into her room may say what they like there.
    marta.lets_in(&room, &zoe);
    zoe.reacts(&room, &alert, "✅");
    zoe.replies(&room, &alert, "on it");
    let incident = hears_of(&world, first, "on it").await;
    assert_eq!(holder(&incident), None, "it was not asked of her: {:?}", said(&incident));
    marta.replies(&room, &alert, "on it");
    comes("her reply", async || {
        world.hear().await;
        holder(&world.incident(first).await).filter(|name| name == "Marta")
    })
    .await;

    let second = world.escalates("Search is slow for everybody", &shop).await;
    world.settle().await;
    let alert = marta.reads(&room).pop().expect("a second alert");
    assert!(alert["content"]["body"].as_str().is_some_and(|body| body.contains("Search is slow")), "{alert}");
    assert!(marta.rung_by(&room) > 0, "the homeserver counts it as one that names her");
    assert_eq!(zoe.rung_by(&room), 0, "and nobody else");
    marta.reacts(&room, &alert, "👍🏽");
    comes("her reaction", async || {
        world.hear().await;
        holder(&world.incident(second).await).filter(|name| name == "Marta")
    })
    .await;
}

/// Opens rooms for whatever is high or critical.
async fn has_rooms(world: &World, matrix: ChannelId) {
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.rooms.severities = vec![Severity::Critical, Severity::High];
    rules.rooms.channel = Some(matrix);
    world.desk.save_rules(rules).await.expect("Matrix opens rooms");
}

#[tokio::test]
async fn synapse_has_a_room_for_an_incident_from_its_beginning_to_its_end() {
    let synapse = Synapse::start();
    let (world, baton, matrix) = desk(&synapse).await;
    let (marta, ben, zoe) = (synapse.member("marta"), synapse.member("ben"), synapse.member("zoe"));
    let (first, second) = (world.person("Marta", &[(matrix, &marta.id)]).await, world.person("Ben", &[(matrix, &ben.id)]).await);
    let shop = world.service("Shop", &[(&[&first], 10), (&[&second], 10)]).await;
    has_rooms(&world, matrix).await;
    let id = world.escalates(WHAT, &shop).await;
    world.settle().await;
    let opened = world.incident(id).await.room.expect("there is a room");
    let named = |(_, about): &(String, Vec<Value>)| {
        about.iter().any(|event| event["type"] == "m.room.name" && event["content"]["name"] == json!(opened.name))
    };
    let invited = comes("an invitation", async || marta.invitations().into_iter().find(|one| named(one))).await;
    let room = invited.0;
    assert!(opened.link.ends_with("?via=example.org"), "{}", opened.link);
    assert!(!ben.invitations().iter().any(named), "who is not told of it sleeps on");
    assert_eq!(zoe.tries_to_join(&room), 403, "nobody comes in who was not asked");

    marta.joins(&room);
    let brief = marta.reads(&room).remove(0);
    assert!(
        brief["content"]["body"].as_str().is_some_and(|body| body.contains("This room is for those") && body.contains(WHAT)),
        "{brief}"
    );
    assert_eq!(marta.state(&room, "m.room.pinned_events")["pinned"], json!([brief["event_id"]]), "it stays in sight");
    assert!(marta.state(&room, "m.room.topic")["topic"].as_str().is_some_and(|topic| topic.contains("<b>überall</b>")));

    marta.writes(&room, "on it");
    marta.lets_in(&room, &zoe);
    zoe.replies(&room, &brief, "Seit wann? 💥");
    hears_of(&world, id, "Marta wrote in").await;
    let incident = hears_of(&world, id, "Seit wann? 💥").await;
    assert_eq!(holder(&incident), None, "what is said to everybody is no answer");
    assert_eq!(said(&incident).iter().filter(|line| line.contains("on it")).count(), 1, "{:?}", said(&incident));

    world.fast_forward(10).await;
    comes("Ben’s invitation, with his level", async || ben.invitations().iter().any(named).then_some(())).await;
    world.act(id, Action::ShareUpdate { text: "The pool is being restarted.".into() }).await;
    world.act(id, Action::Acknowledge { person: Some(first.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    let resolved = Action::Resolve { cause: "The pool was exhausted".into(), fix: "Restarted".into(), follow_ups: vec![] };
    world.act(id, resolved).await;
    let happened = ["The pool is being restarted.", "Marta has it.", "Cause: The pool was exhausted"];
    // Synapse takes ten messages at once, and then one every five seconds of its own clock.
    let bodies = comes("what happened, in the room", async || {
        world.fast_forward(1).await;
        let bodies: Vec<String> = marta.reads(&room).iter().map(|event| event["content"]["body"].to_string()).collect();
        happened.iter().all(|words| bodies.iter().any(|body| body.contains(words))).then_some(bodies)
    })
    .await;
    for words in happened {
        assert_eq!(bodies.iter().filter(|body| body.contains(words)).count(), 1, "{words}: {bodies:?}");
    }

    world.sleep(DAY / 60_000 + 1).await;
    comes("the end of the room", async || {
        world.fast_forward(1).await;
        world.incident(id).await.room.filter(|room| room.words == "closed")
    })
    .await;
    assert_eq!(marta.tries_to_write(&room), 403, "it is over");
    assert_eq!(marta.stands(&room, &baton.id), "leave");
    assert_eq!(marta.reads(&room).len(), bodies.len(), "what was written can still be read");
}

#[tokio::test]
async fn synapse_takes_every_step_of_a_room_twice() {
    let synapse = Synapse::start();
    let (world, baton, matrix) = desk(&synapse).await;
    let (marta, ben) = (synapse.member("marta"), synapse.member("ben"));
    let setup =
        world.desk.directory().await.expect("the directory").channels.into_iter().find(|one| one.id == matrix).expect("the channel");
    let channels = Channels::new(world.secrets.clone(), world.screen.clone());
    let Ok(Ready::Automatic(channel)) = channels.ready(&setup) else { panic!("the channel opens") };
    let channel: Arc<dyn Channel> = channel;
    let rooms = channel.rooms().expect("Matrix has rooms");
    let (now, wanted) =
        (world.now(), |name: &str, attempt| NewRoom { name: name.into(), topic: "A topic".into(), attempt, now: world.now() });

    let room = rooms.open(&wanted("inc-1", 1)).await.expect("it opens").id;
    let other = rooms.open(&wanted("inc-2", 1)).await.expect("it opens").id;
    assert_eq!(rooms.open(&wanted("inc-1", 2)).await.expect("it is found").id, room, "a second try finds what the first has opened");
    assert_ne!(room, other);

    let people = ["@ada:127.0.0.1:1".to_string(), ben.id.clone(), marta.id.clone()];
    for _ in 0..2 {
        let outcome = rooms.invite(&room, &people, now).await.expect_err("there is no server of Ada’s");
        assert!(!matches!(outcome, Outcome::Permanent { .. }), "there may be one later: {outcome:?}");
    }
    marta.joins(&room);
    ben.joins(&room);
    rooms.invite(&room, &people[1..], now).await.expect("whoever is in it is in it");

    marta.writes(&room, "Keep this in sight");
    let event = marta.reads(&room).remove(0)["event_id"].as_str().expect("an id").to_string();
    for _ in 0..2 {
        rooms.pin(&room, &format!("{room}/{event}"), now).await.expect("it is pinned");
    }
    assert_eq!(ben.state(&room, "m.room.pinned_events")["pinned"], json!([event]), "once");

    for _ in 0..2 {
        rooms.close(&room, now).await.expect("it is closed");
    }
    assert_eq!((marta.tries_to_write(&room), ben.stands(&room, &baton.id).as_str()), (403, "leave"));
    assert_ne!(rooms.open(&wanted("inc-1", 3)).await.expect("it opens").id, room, "what was closed is not taken for open");
}
