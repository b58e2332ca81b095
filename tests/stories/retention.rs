//! What is over and old goes, when a desk has said so, and by one door only.

use std::collections::BTreeMap;

use baton_core::api::types::{Action, Doing};
use baton_core::domain::commitment::FollowUp;
use baton_core::domain::directory::Service;
use baton_core::domain::id::IncidentId;
use baton_core::domain::retention::Retention;
use baton_core::domain::time::DAY;
use baton_core::store::{StoreError, incidents};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

const A_DAY: i64 = 24 * 60;

async fn desk(mailbox: &SmtpSink) -> (World, Service) {
    let world = World::new().await;
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta Vogel", &[(mail, "marta@example.org")]).await;
    let service = world.service("Webshop", &[(&[&marta], 10)]).await;
    (world, service)
}

/// One that was over as soon as it began, with a file.
async fn over(world: &World, service: &Service, what: &str, log: &[u8]) -> IncidentId {
    let mut draft = world.draft(what, service).await;
    world.attach(&mut draft, "app.log", log).await;
    let id = world.desk.escalate(draft).await.expect("it can be escalated");
    world.settle().await;
    world.act(id, Action::Resolve { cause: "A full disk".into(), fix: "Made room".into(), follow_ups: vec![] }).await;
    id
}

/// How many rows of each table are an incident's.
async fn rows_of(world: &World, id: IncidentId) -> BTreeMap<String, i64> {
    let count = move |db: &rusqlite::Connection| -> Result<BTreeMap<String, i64>, StoreError> {
        let mut tables = db.prepare(
            "SELECT tables.name FROM sqlite_master AS tables JOIN pragma_table_xinfo(tables.name) AS columns
             WHERE tables.type = 'table' AND columns.name = 'incident_id'",
        )?;
        let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let each = tables.into_iter().map(|table| {
            let rows = db.query_row(&format!("SELECT count(*) FROM {table} WHERE incident_id = ?1"), [id.to_string()], |row| row.get(0));
            Ok((table, rows?))
        });
        each.collect()
    };
    world.engine.store.read(count).await.expect("counted")
}

async fn run(world: &World, statement: &'static str) -> Result<(), StoreError> {
    world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute_batch(statement)?)).await
}

#[tokio::test]
async fn what_is_over_and_old_goes_with_the_next_copy_and_a_dry_run_says_exactly_what() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    let old = over(&world, &service, "Nobody in Graz can print any more.", b"12:41 printer on fire\n").await;
    let open = world.escalates("The shop shows an error to everybody.", &service).await;
    let before = rows_of(&world, old).await;
    world.sleep(400 * A_DAY).await;
    let recent = over(&world, &service, "Nobody can pay by card.", b"12:41 ERROR no connection\n").await;
    world.fast_forward(2 * A_DAY).await;
    assert_eq!(rows_of(&world, old).await, before, "nothing goes until a desk says so");

    let rules = Retention { incidents: Some(12), attachments: None };
    let dry = world.desk.retention_preview(rules).await.expect("a dry run");
    let named: Vec<&str> = dry.incidents.iter().map(|one| one.title.as_str()).collect();
    assert_eq!((dry.incidents_in_all, named), (1, vec!["Nobody in Graz can print any more"]), "the one that is over and old, by its name");
    let exactly = (i64::try_from(dry.events), i64::try_from(dry.deliveries), dry.files);
    assert_eq!(exactly, (Ok(before["events"]), Ok(before["deliveries"]), 1), "and all that goes with it");
    assert_eq!(rows_of(&world, old).await, before, "to look removes nothing");

    world.desk.save_retention(rules).await.expect("from now on");
    world.settle().await;
    assert_eq!(rows_of(&world, old).await, before, "never before there is a copy of it all");
    world.fast_forward(A_DAY).await;
    assert!(
        rows_of(&world, old).await.values().all(|rows| *rows == 0),
        "it is gone with everything of it: {:?}",
        rows_of(&world, old).await
    );
    assert!(world.desk.incident(old).await.is_err());
    assert!(world.desk.search("graz".into()).await.expect("a search").is_empty(), "and is not found");
    assert!(rows_of(&world, recent).await["events"] > 0 && rows_of(&world, open).await["events"] > 0, "the others stay");
    let kept: Vec<_> = world.desk.board().await.expect("the board").rows.iter().map(|row| row.id).collect();
    assert_eq!(kept, [open], "what is open stays however old it is");
    assert_eq!(world.engine.store.write(incidents::rebuild).await.expect("worked out again").len(), 0, "the log is whole");

    let attachments = world.folder.path().join("attachments");
    let world = world.restarted().await;
    assert_eq!(std::fs::read_dir(attachments).expect("the folder").count(), 1, "its file goes at the next start, and no other");
    assert_eq!(world.desk.search("card".into()).await.expect("a search").len(), 1);
}

#[tokio::test]
async fn only_what_is_attached_can_go_and_that_it_was_stays() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    let one = over(&world, &service, "Nobody in Graz can print any more.", b"12:41 printer on fire\n").await;
    world.sleep(100 * A_DAY).await;
    let same = over(&world, &service, "Nobody in Linz can print any more.", b"12:41 printer on fire\n").await;
    let rules = Retention { incidents: None, attachments: Some(2) };
    assert_eq!(world.desk.retention_preview(rules).await.expect("a dry run").files, 0, "another incident has the same file");
    world.desk.save_retention(rules).await.expect("from now on");
    assert_eq!(world.desk.remove_old().await.expect("at once"), 0, "no incident goes");
    assert_eq!((rows_of(&world, one).await["attachments"], rows_of(&world, same).await["attachments"]), (0, 1));
    let named = world.incident(one).await.incident.attachments;
    assert_eq!(named[0].name, "app.log", "the incident still says that there was one");
    let world = world.restarted().await;
    let kept = world.incident(same).await.incident.attachments.remove(0);
    assert!(world.desk.copy_attachment(kept).await.is_ok(), "the file is there for the other");
}

#[tokio::test]
async fn what_has_a_task_left_stays_until_that_is_done_and_old() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    let mut draft = world.draft("Nobody in Graz can print any more.", &service).await;
    world.attach(&mut draft, "app.log", b"12:41 printer on fire\n").await;
    let id = world.desk.escalate(draft).await.expect("it can be escalated");
    world.settle().await;
    let task = FollowUp { due_at: Some(world.now().plus(395 * DAY)), ..FollowUp::from("Renew the contract of the printers") };
    world.act(id, Action::Resolve { cause: "A fire".into(), fix: "Put it out".into(), follow_ups: vec![task] }).await;
    let some_day = over(&world, &service, "The scanner is slow", b"slow").await;
    let note = vec![FollowUp::from("Look for a faster one")];
    world.act(some_day, Action::Resolve { cause: "Old".into(), fix: String::new(), follow_ups: note }).await;
    world.desk.save_retention(Retention { incidents: Some(12), attachments: Some(1) }).await.expect("from now on");
    world.sleep(380 * A_DAY).await;
    world.fast_forward(2 * A_DAY).await;
    let kept = rows_of(&world, id).await;
    assert!(kept["events"] > 0 && kept["attachments"] == 1, "somebody still needs it: {kept:?}");
    let dry = world.desk.retention_preview(Retention { incidents: Some(12), attachments: Some(1) }).await.expect("a dry run");
    assert_eq!((dry.incidents_in_all, dry.files), (0, 0), "and nothing else is said");
    assert!(run(&world, "INSERT INTO leaving SELECT id FROM incidents").await.is_err(), "the database itself refuses");

    world.fast_forward(20 * A_DAY).await;
    let mut late = world.desk.board().await.expect("the board").tasks;
    assert_eq!(late.pop().map(|task| (task.incident, task.due_at)), Some((some_day, None)), "what is left for some day stays as well");
    assert_eq!(late.iter().map(|task| (task.incident, task.late)).collect::<Vec<_>>(), [(id, true)], "it is asked for on its day");
    world.act(id, Action::Commitment { number: late[0].number, doing: Doing::Done {} }).await;
    world.fast_forward(2 * A_DAY).await;
    assert!(rows_of(&world, id).await["events"] > 0, "it was done just now");
    world.sleep(400 * A_DAY).await;
    world.fast_forward(2 * A_DAY).await;
    assert!(rows_of(&world, id).await.values().all(|rows| *rows == 0), "old, and nothing of it is left to do");
}

#[tokio::test]
async fn rules_that_cannot_be_meant_are_refused() {
    let world = World::new().await;
    let refused = world.desk.save_retention(Retention { incidents: Some(0), attachments: None }).await.expect_err("that is everything");
    assert_eq!(refused.details, ["incidents"]);
    assert_eq!(world.desk.retention().await.expect("the rules"), Retention::default(), "they are off by default");
}

#[tokio::test]
async fn the_doors_in_the_log_open_for_nothing_else() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    over(&world, &service, "Nobody in Graz can print any more.", b"1").await;
    world.escalates("The shop shows an error to everybody.", &service).await;
    let (over, open) = ("(SELECT id FROM incidents WHERE is_open = 0)", "(SELECT id FROM incidents WHERE is_open = 1)");
    let slips = [
        ("an open incident", format!("INSERT INTO leaving SELECT id FROM incidents WHERE id = {open}")),
        ("an incident that never was", "INSERT INTO leaving VALUES ('nobody')".into()),
        (
            "a part of an incident",
            format!(
                "INSERT INTO leaving SELECT id FROM incidents WHERE id = {over}; DELETE FROM events WHERE incident_id = {over} AND sequence % 2 = 0; DELETE FROM leaving"
            ),
        ),
        (
            "another incident beside",
            format!("INSERT INTO leaving SELECT id FROM incidents WHERE id = {over}; DELETE FROM events WHERE incident_id = {open}"),
        ),
        ("somebody who is in the directory", "INSERT INTO forgetting SELECT id FROM people".into()),
        ("when it happened", "INSERT INTO forgetting VALUES ('nobody'); UPDATE events SET at = at + 1".into()),
        ("what it was", "INSERT INTO forgetting VALUES ('nobody'); UPDATE events SET event = json_set(event, '$.type', 'snoozed')".into()),
        ("to whom it happened", format!("INSERT INTO forgetting VALUES ('nobody'); UPDATE events SET incident_id = {open}")),
        ("that it happened", "INSERT INTO forgetting VALUES ('nobody'); DELETE FROM events".into()),
        ("a document that is none", "INSERT INTO forgetting VALUES ('nobody'); UPDATE events SET event = 'gone'".into()),
    ];
    for (what, slip) in slips {
        let refused = run(&world, slip.leak()).await;
        assert!(refused.is_err(), "{what}: the database itself refuses");
    }
    run(&world, "UPDATE incidents SET is_open = is_open").await.expect("the desk goes on");
    let doors = |db: &rusqlite::Connection| -> Result<i64, StoreError> {
        Ok(db.query_row("SELECT (SELECT count(*) FROM leaving) + (SELECT count(*) FROM forgetting)", [], |row| row.get(0))?)
    };
    assert_eq!(world.engine.store.read(doors).await.expect("counted"), 0, "and no door stands open");
}
