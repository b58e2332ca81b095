//! A sign of life that somebody else can watch: a file, and an address.

use baton_core::domain::heartbeat::{BeatMethod, HeartbeatSettings};
use baton_core::domain::time::MINUTE;
use baton_core::error::FailureCode;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::world::World;
use serde_json::Value;

const TOLD: &str = "The heartbeat does not get through";

fn to_a_private_server(method: BeatMethod) -> HeartbeatSettings {
    HeartbeatSettings { method, allow_private: true, allow_plain: true, ..HeartbeatSettings::default() }
}

async fn agreed(world: &World, sink: &HttpSink, method: BeatMethod) {
    world.desk.save_heartbeat(to_a_private_server(method), Some(sink.url("/ping/t0ken"))).await.expect("it can be used");
}

/// What the file says.
fn file(world: &World) -> Value {
    serde_json::from_slice(&std::fs::read(world.folder.path().join("heartbeat.json")).expect("a file")).expect("JSON")
}

fn told(world: &World) -> usize {
    world.screen.titles().iter().filter(|title| *title == TOLD).count()
}

/// Minutes of a Baton that does all it should.
async fn minutes(world: &World, minutes: i64) {
    for _ in 0..minutes {
        world.fast_forward(1).await;
        world.look_over().await;
    }
    world.settle().await;
}

#[tokio::test]
async fn the_file_is_rewritten_each_minute_and_says_when_something_is_late() {
    let world = World::new().await;
    let marta = world.person("Marta", &[(world.by_hand().await, "+49 30 23125011")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    world.look_over().await;
    let first = file(&world);
    assert_eq!((&first["program"], &first["at"], &first["well"]), (&"Baton".into(), &"2026-11-23T12:42:00Z".into(), &true.into()));
    assert_eq!((&first["version"], &first["open_incidents"]), (&env!("CARGO_PKG_VERSION").into(), &0.into()));

    world.escalates("Checkout fails for everybody", &shop).await;
    minutes(&world, 1).await;
    let second = file(&world);
    assert_eq!((&second["at"], &second["open_incidents"]), (&"2026-11-23T12:43:00Z".into(), &1.into()));
    assert_eq!(second["next_due"], "2026-11-23T12:52:00Z", "whoever reads it knows what is next");
    assert!(!second.to_string().contains("Checkout"), "and nothing of what the incidents are: {second}");

    world.looked_over(12).await;
    let late = file(&world);
    assert_eq!((&late["well"], &late["late_since"]), (&false.into(), &"2026-11-23T12:52:00Z".into()), "the engine did not turn");
}

#[tokio::test]
async fn the_address_hears_in_its_time_and_nothing_while_something_is_late() {
    let (world, sink) = (World::new().await, HttpSink::start().await);
    let marta = world.person("Marta", &[(world.by_hand().await, "+49 30 23125011")]).await;
    let shop = world.service("Shop", &[(&[&marta], 20)]).await;
    agreed(&world, &sink, BeatMethod::Get).await;
    world.look_over().await;
    assert_eq!(sink.requests().len(), 1, "the first comes with the start");
    let first = &sink.requests()[0];
    assert_eq!((first.method.as_str(), first.path.as_str(), first.body.len()), ("GET", "/ping/t0ken", 0));
    minutes(&world, 9).await;
    assert_eq!(sink.requests().len(), 2, "every five minutes");
    minutes(&world, 1).await;
    assert_eq!(sink.requests().len(), 3);

    world.escalates("Checkout fails for everybody", &shop).await;
    world.looked_over(40).await;
    let heard = sink.requests().len();
    world.looked_over(15).await;
    assert_eq!(sink.requests().len(), heard, "whoever watches notices the silence of an engine that hangs");
    world.settle().await;
    world.look_over().await;
    assert_eq!(sink.requests().len(), heard + 1, "and hears at once that it goes on");
}

#[tokio::test]
async fn what_is_posted_is_what_the_file_says() {
    let (world, sink) = (World::new().await, HttpSink::start().await);
    agreed(&world, &sink, BeatMethod::Post).await;
    world.look_over().await;
    let posted = &sink.requests()[0];
    assert_eq!((posted.method.as_str(), posted.header("content-type")), ("POST", Some("application/json")));
    assert_eq!(posted.json(), file(&world));
}

#[tokio::test]
async fn that_it_does_not_get_through_is_said_once_and_calmly() {
    let (world, sink) = (World::new().await, HttpSink::start().await);
    agreed(&world, &sink, BeatMethod::Get).await;
    sink.next([HttpBehaviour::status(503)]);
    world.look_over().await;
    minutes(&world, 1).await;
    assert_eq!((sink.requests().len(), told(&world)), (2, 0), "one that is lost is sent again within a minute, and no news");

    sink.always(HttpBehaviour::says(404, "no such check: t0ken"));
    minutes(&world, 20).await;
    assert_eq!(told(&world), 1, "once: {:?}", world.screen.titles());
    assert!(world.screen.heard().is_empty(), "and without a sound");
    let view = world.desk.heartbeat().await.expect("how it stands");
    let failing = view.failing.expect("that it fails");
    assert!(failing.words.contains("404") && !failing.words.contains("t0ken"), "what it said, without what is secret: {failing:?}");
    let notice = world.desk.notices().await.expect("the inbox").into_iter().find(|one| one.title == TOLD).expect("in the inbox");
    assert_eq!((notice.opens.as_str(), notice.critical), ("settings/desk", false));

    sink.always(HttpBehaviour::status(200));
    minutes(&world, 1).await;
    let view = world.desk.heartbeat().await.expect("how it stands");
    assert_eq!((view.failing, view.last_good.is_some()), (None, true), "it mends by itself");
}

#[tokio::test]
async fn trying_it_now_says_what_came_of_it() {
    let (world, sink) = (World::new().await, HttpSink::start().await);
    assert!(world.desk.try_heartbeat().await.expect_err("there is none").message.contains("no address"));
    agreed(&world, &sink, BeatMethod::Get).await;
    assert!(world.desk.try_heartbeat().await.expect("it gets through").contains("200"));
    sink.always(HttpBehaviour::status(301).with("location", "https://elsewhere.example/"));
    let moved = world.desk.try_heartbeat().await.expect_err("a redirect").message;
    assert!(moved.contains("does not follow"), "{moved}");
}

#[tokio::test]
async fn the_address_is_a_secret_and_goes_by_the_rules_of_every_other() {
    let (world, sink) = (World::new().await, HttpSink::start().await);
    let refused = world.desk.save_heartbeat(HeartbeatSettings::default(), Some(sink.url("/t0ken"))).await.expect_err("http");
    assert_eq!((refused.code, refused.details), (FailureCode::Invalid, vec!["address".to_string()]));
    let plain = HeartbeatSettings { allow_plain: true, ..HeartbeatSettings::default() };
    let refused = world.desk.save_heartbeat(plain, Some(sink.url("/t0ken"))).await.expect_err("this computer");
    assert!(refused.message.contains("private network"), "{refused:?}");
    assert_eq!(world.desk.heartbeat().await.expect("none").settings, HeartbeatSettings::default(), "nothing was saved");

    agreed(&world, &sink, BeatMethod::Get).await;
    let settings = world.desk.heartbeat().await.expect("it").settings;
    assert_eq!(settings.host, sink.url("").trim_start_matches("http://"), "its host is shown, and no more");
    let other = HeartbeatSettings { minutes: 1, ..settings.clone() };
    world.desk.save_heartbeat(other, None).await.expect("the address stays");
    world.look_over().await;
    assert_eq!(sink.requests().len(), 1);
    let strict = HeartbeatSettings { allow_private: false, ..settings.clone() };
    world.desk.save_heartbeat(strict, None).await.expect_err("what is kept would not be allowed");

    world.desk.save_heartbeat(settings, Some(String::new())).await.expect("it is taken away");
    world.looked_over(10).await;
    assert_eq!(sink.requests().len(), 1, "nothing is sent any more");
    assert!(world.secrets.is_empty(), "and nothing is kept");
}

#[tokio::test]
async fn where_its_secret_is_gone_that_is_said() {
    let (world, sink) = (World::new().await, HttpSink::start().await);
    agreed(&world, &sink, BeatMethod::Get).await;
    world.secrets.lock();
    minutes(&world, 2).await;
    assert_eq!(told(&world), 1);
    assert!(sink.requests().is_empty());
    world.clock.set(world.now().plus(MINUTE));
}

#[tokio::test]
async fn a_keyring_that_does_not_answer_keeps_nobody_from_looking_again() {
    let (world, sink) = (World::new().await, HttpSink::start().await);
    agreed(&world, &sink, BeatMethod::Get).await;
    world.secrets.hang(true);
    let engine = world.engine.clone();
    let looking = tokio::spawn(async move { drop(engine.look().await) });
    let file = world.folder.path().join("heartbeat.json");
    while !file.exists() {
        tokio::task::yield_now().await;
    }
    tokio::time::pause();
    while !looking.is_finished() {
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
    }
    tokio::time::resume();
    assert_eq!(sink.requests().len(), 0, "the address is in the keyring");
    world.secrets.hang(false);
    minutes(&world, 5).await;
    assert!(!sink.requests().is_empty(), "and once that answers, the address hears again");
}
