//! What is held of a person, shown on request and removed on request.

use std::collections::BTreeSet;

use baton_core::api::types::Action;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::IncidentId;
use baton_core::error::FailureCode;
use baton_core::store::{StoreError, incidents};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// When what happened, as it stands in the log, without words.
async fn bones(world: &World) -> Vec<(String, i64, i64, String)> {
    let read = |db: &rusqlite::Connection| -> Result<Vec<(String, i64, i64, String)>, StoreError> {
        let mut statement = db.prepare("SELECT incident_id, sequence, at, event ->> 'type' FROM events ORDER BY sequence")?;
        let all = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(all.collect::<Result<_, _>>()?)
    };
    world.engine.store.read(read).await.expect("the log")
}

async fn states(world: &World) -> Vec<String> {
    let read = |db: &rusqlite::Connection| -> Result<Vec<String>, StoreError> {
        let mut statement = db.prepare("SELECT state FROM incidents ORDER BY number")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    };
    world.engine.store.read(read).await.expect("the incidents")
}

async fn lived(world: &World, mailbox: &SmtpSink) -> (baton_core::domain::directory::Person, IncidentId) {
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta Vogel", &[(mail, "marta@example.org")]).await;
    let ilse = world.person("Ilse Brandt", &[(mail, "ilse@example.org")]).await;
    let service = world.service("Webshop", &[(&[&marta, &ilse], 10)]).await;
    let id = world.escalates("The shop is down. Marta Vogel said so by marta@example.org.", &service).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    world.act(id, Action::ShareUpdate { text: "Marta Vogel and Ilse Brandt look into it".into() }).await;
    // Since then she is called and reached otherwise.
    let mut renamed = marta.clone();
    renamed.name = "Marta Klein".into();
    renamed.methods[0].address = "klein@example.org".into();
    world.desk.save_person(renamed.clone()).await.expect("a new name");
    (renamed, id)
}

#[tokio::test]
async fn everything_that_is_held_of_a_person_is_shown() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (marta, id) = lived(&world, &mailbox).await;
    let reference = world.incident(id).await.incident.reference;
    let held = world.desk.person_data(marta.id).await.expect("what is held");
    let part = |title: &str| held.parts.iter().find(|part| part.title == title).unwrap_or_else(|| panic!("{title}: {:?}", held.parts));
    assert_eq!(part("In the directory").lines, ["Name: Marta Klein", "Mail: klein@example.org"]);
    assert!(part("In what happened").lines[0].starts_with(&reference), "{:?}", part("In what happened"));
    assert!(part("Messages").lines[0].starts_with(&reference));
    assert_eq!(part("Paths").lines, ["Webshop"]);
    let file = world.desk.save_person_data(marta.id).await.expect("a file");
    let text = std::fs::read_to_string(file).expect("it is there");
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for known in ["Marta Vogel", "marta@example.org", "klein@example.org", "look into it"] {
        assert!(text.contains(known), "{known} is in it");
    }
    assert!(document["held"]["events"].as_array().is_some_and(|events| events.len() >= 4), "every event that she is in");
    assert!(!text.contains("\"token\""), "what proves an answer is nobody's to hand out");
}

#[tokio::test]
async fn each_part_of_it_has_a_title_of_its_own_and_no_name_of_a_table() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (marta, id) = lived(&world, &mailbox).await;
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    world.desk.save_post_incident(id, Some("# Ours\n\nMarta Klein saw it first.".into())).await.expect("kept");
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    desk.me = "Marta Klein".into();
    world.desk.save_desk(desk).await.expect("she is at this desk");
    let others =
        "INSERT INTO keys (key, incident, at) VALUES ('from Marta Klein', 'x', 1); INSERT INTO cursors VALUES ('klein@example.org', '7')";
    world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute_batch(others)?)).await.expect("and where nobody would look");

    let held = world.desk.person_data(marta.id).await.expect("what is held");
    let titles: BTreeSet<&str> = held.parts.iter().map(|part| part.title.as_str()).collect();
    assert_eq!(titles.len(), held.parts.len(), "each once: {titles:?}");
    let lines =
        |title: &str| held.parts.iter().find(|part| part.title == title).unwrap_or_else(|| panic!("{title}: {titles:?}")).lines.clone();
    let reference = world.incident(id).await.incident.reference;
    assert!(lines("Reports")[0].starts_with(&reference) && lines("Reports")[0].ends_with(": 1 report"), "{:?}", lines("Reports"));
    assert_eq!(lines("Settings"), ["1 setting"]);
    assert_eq!(lines("Elsewhere"), ["2 entries"], "all the rest in one");
}

#[tokio::test]
async fn somebody_in_an_open_incident_is_not_removed_and_it_is_said_which() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (marta, id) = lived(&world, &mailbox).await;
    let reference = world.incident(id).await.incident.reference;
    let refused = world.desk.forget_person(marta.id, true).await.expect_err("it is open");
    assert!(refused.code == FailureCode::InUse && refused.message.contains(&reference), "{refused:?}");
    assert_eq!(world.desk.directory().await.expect("the directory").people.len(), 2, "nothing was changed");
    assert_eq!(world.desk.person_data(marta.id).await.expect("what is held").in_the_way.len(), 1, "and it is said before");
}

#[tokio::test]
async fn a_removed_person_is_found_nowhere_and_the_timeline_is_as_it_was() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (marta, id) = lived(&world, &mailbox).await;
    world.act(id, Action::Resolve { cause: "Marta Klein pulled the plug".into(), fix: "Put it back".into(), follow_ups: vec![] }).await;
    let (before, entries) = (bones(&world).await, world.timeline(id).await.len());
    let kept = states(&world).await;
    let saved = world.desk.save_person_data(marta.id).await.expect("all of it in a file");
    let refused = world.desk.forget_person(marta.id, false).await.expect_err("she is on a path");
    assert_eq!(refused.code, FailureCode::InUse, "{refused:?}");
    world.desk.forget_person(marta.id, true).await.expect("off the path, and out of everything");
    assert!(!std::path::Path::new(&saved).exists(), "what was saved of her in the data folder goes too");

    assert_eq!(bones(&world).await, before, "when what happened is as it was");
    let timeline = world.timeline(id).await;
    assert_eq!(timeline.len(), entries);
    assert!(timeline.iter().any(|words| words.contains("a removed person")), "{timeline:?}");
    let now = states(&world).await;
    assert_ne!(now, kept, "she is out of how it stands");
    world.engine.store.write(incidents::rebuild).await.expect("worked out again");
    assert_eq!(states(&world).await, now, "which is still what the events tell");
    let view = format!("{:?}", world.incident(id).await);
    assert!(view.contains("Ilse Brandt"), "others are still there");
    assert!(world.desk.search("shop".into()).await.expect("a search").len() == 1);
    assert!(world.desk.search("vogel".into()).await.expect("a search").is_empty(), "and she is not found");
    assert!(world.desk.restore(marta.id.to_string()).await.is_err(), "it cannot be taken back");
    assert!(world.desk.undo_import().await.is_err(), "not even by an import of before");

    let folder = world.folder.clone();
    drop(world);
    let bytes = std::fs::read(folder.path().join("baton.db")).expect("the database");
    for known in ["Marta Vogel", "Marta Klein", "marta@example.org", "klein@example.org"] {
        assert!(!bytes.windows(known.len()).any(|window| window == known.as_bytes()), "{known} is on no page of the file");
    }
}

#[tokio::test]
async fn a_namesake_keeps_their_name() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let one = world.person("Anna Berg", &[(mail, "anna@example.org")]).await;
    let other = world.person("Anna Berg", &[(mail, "berg@example.org")]).await;
    let service = world.service("Webshop", &[(&[&one, &other], 10)]).await;
    let id = world.escalates("The shop shows an error to everybody.", &service).await;
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    assert!(world.desk.person_data(one.id).await.expect("what is held").namesake);
    world.desk.forget_person(one.id, true).await.expect("removed");
    let names: Vec<String> = world.incident(id).await.deliveries.iter().map(|one| one.name.clone()).collect();
    assert!(names.contains(&"Anna Berg".to_string()) && names.contains(&"a removed person".to_string()), "each by who they are: {names:?}");
    assert_eq!(world.desk.directory().await.expect("the directory").people[0].name, "Anna Berg");
}
