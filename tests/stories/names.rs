//! Names: where they stand in a list, and two people who share one.

use baton_core::domain::directory::{Method, Person};
use baton_core::domain::id::{MethodId, PersonId};
use baton_core::domain::presence::Presence;
use baton_core::domain::time::DAY;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

fn nobody_yet(world: &World, name: &str) -> Person {
    Person {
        id: PersonId::new(world.now()),
        name: name.into(),
        role: String::new(),
        presence: Presence::default(),
        methods: vec![],
        sequences: Default::default(),
        sample: false,
    }
}

#[tokio::test]
async fn every_list_has_its_names_where_people_look_for_them() {
    let world = World::new().await;
    let names = ["Zoë", "Ärzte", "arendt", "Ølsen", "Azmi", "Łukasz", "Oz"];
    let mut anybody = None;
    for name in names {
        anybody = Some(world.person(name, &[]).await);
    }
    let anybody = anybody.expect("somebody");
    for name in names {
        world.service(name, &[(&[&anybody], 10)]).await;
        world.rotation(name, &[&anybody]).await;
    }
    let directory = world.desk.directory().await.expect("the directory");
    let expected = ["arendt", "Ärzte", "Azmi", "Łukasz", "Ølsen", "Oz", "Zoë"];
    assert_eq!(directory.people.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), expected, "people");
    assert_eq!(directory.services.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), expected, "services");
    assert_eq!(directory.rotations.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), expected, "rotations");
    assert_eq!(directory.paths.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), expected, "paths");
}

#[tokio::test]
async fn the_same_name_twice_is_said_once_and_not_refused() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let mut first = world.person("Hans Meier", &[(mail, "h1@example.org")]).await;
    first.role = "databases".into();
    assert_eq!(world.desk.save_person(first).await.expect("saved"), Vec::<String>::new(), "nobody else is called so");
    let mut second = nobody_yet(&world, "hans  MEIER");
    let notes = world.desk.save_person(second.clone()).await.expect("it is a warning and no refusal");
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("another Hans Meier, databases, h1@example.org"), "told so that one knows which: {}", notes[0]);
    assert_eq!(world.desk.directory().await.expect("the directory").people.len(), 2, "both are here");
    second.role = "networks".into();
    assert_eq!(world.desk.save_person(second.clone()).await.expect("saved"), Vec::<String>::new(), "it was said already");
    second.name = "Hans Huber".into();
    assert_eq!(world.desk.save_person(second.clone()).await.expect("saved"), Vec::<String>::new(), "now they are told apart");
    second.name = "Hans Meier".into();
    assert_eq!(world.desk.save_person(second).await.expect("saved").len(), 1, "and now they are not");
}

#[tokio::test]
async fn what_may_be_a_slip_is_said_once_and_what_would_be_cut_is_refused() {
    let world = World::new().await;
    let call = world.by_hand().await;
    let mut marta = nobody_yet(&world, "Marta");
    let way = |address: &str| Method {
        id: MethodId::new(world.now()),
        channel: call,
        address: address.into(),
        proven_at: None,
        proven_by: None,
        wrong_since: None,
    };
    marta.methods = vec![way("+49 151 11111"), way("+49 30 23125011")];
    marta.presence.away_until = Some(world.now().plus(-DAY));
    let notes = world.desk.save_person(marta.clone()).await.expect("it is a remark and no refusal");
    assert_eq!(
        notes,
        [
            "Marta was saved. +49 15111111 does not look like a number that exists: call it once to be sure.",
            "Marta was saved. \"Away until\" is over already (yesterday 12:42), so they are called as always.",
        ]
    );
    assert_eq!(world.desk.save_person(marta.clone()).await.expect("saved"), Vec::<String>::new(), "it was said already");
    let before = world.desk.directory().await.expect("the directory").people;
    for (field, change) in
        [("name", (|person, long| person.name = long) as fn(&mut Person, String)), ("role", |person, long| person.role = long)]
    {
        let mut long = marta.clone();
        change(&mut long, "x".repeat(4_000));
        let refused = world.desk.save_person(long).await.expect_err("it would be cut");
        assert_eq!(refused.details, [field], "at its field");
        assert!(refused.message.contains("4000 characters; up to 120 are kept"), "{}", refused.message);
    }
    assert_eq!(world.desk.directory().await.expect("the directory").people, before, "nothing was changed");
}
