//! Everything as one JSON object a line.

use std::collections::BTreeMap;

use baton_core::api::types::Action;
use baton_core::store::StoreError;
use baton_tests::http_sink::HttpSink;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;
use serde_json::Value;

#[tokio::test]
async fn everything_is_written_out_line_by_line_and_no_secret() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let marta = world.person("Marta Vogel", &[(mail, "marta@example.org"), (slack, "")]).await;
    let rotation = world.rotation("Databases", &[&marta]).await;
    let service = world.service("Webshop", &[(&[&marta], 10)]).await;
    let mut draft = world.draft("The shop shows an error to everybody.", &service).await;
    let file = world.attach(&mut draft, "app.log", b"12:41 ERROR no connection\n").await;
    let id = world.desk.escalate(draft).await.expect("it can be escalated");
    world.settle().await;
    world.act(id, Action::Resolve { cause: "The pool".into(), fix: "A bigger one".into(), follow_ups: vec![] }).await;
    world.desk.save_post_incident(id, Some("# Ours".into())).await.expect("kept");

    let path = world.desk.export_everything().await.expect("there is room");
    let text = std::fs::read_to_string(&path).expect("the file it says");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect();
    let mut kinds: BTreeMap<&str, i64> = BTreeMap::new();
    for line in &lines {
        *kinds.entry(line["kind"].as_str().expect("with its kind")).or_default() += 1;
    }
    let rows = |db: &rusqlite::Connection| -> Result<Vec<i64>, StoreError> {
        let count = |table: &str| db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
        Ok(["incidents", "events", "deliveries", "attempts"].into_iter().map(count).collect::<Result<_, _>>()?)
    };
    let rows = world.engine.store.read(rows).await.expect("counted");
    let written: Vec<i64> = ["incident", "event", "delivery", "attempt"].into_iter().map(|kind| kinds[kind]).collect();
    assert_eq!(written, rows, "every row is a line");
    assert_eq!((kinds["export"], kinds["person"], kinds["rotation"], kinds["service"], kinds["path"]), (1, 1, 1, 1, 1), "{kinds:?}");
    assert_eq!(lines[0]["kind"], "export", "which says first what it is");
    let attached = lines.iter().find(|line| line["kind"] == "attachment").expect("what is attached, by its name");
    assert_eq!(
        (&attached["name"], &attached["incident"], &attached["hash"]),
        (&"app.log".into(), &id.to_string().into(), &file.hash.to_string().into())
    );
    let report = lines.iter().find(|line| line["kind"] == "post_incident_report").expect("what was written in the report");
    assert_eq!((&report["incident"], &report["markdown"]), (&id.to_string().into(), &"# Ours".into()));
    let event = lines.iter().find(|line| line["kind"] == "event").expect("events");
    assert_eq!(event["event"]["type"], "filed", "as objects, not as text in text");
    assert!(text.contains(&rotation.id.to_string()));

    let address = chat.url("/hook");
    let token = |db: &rusqlite::Connection| -> Result<String, StoreError> {
        Ok(db.query_row("SELECT max(token) FROM deliveries", [], |row| row.get(0))?)
    };
    let token = world.engine.store.read(token).await.expect("read");
    assert!(token.len() > 8 && !text.contains(&token), "whoever has a token can answer");
    assert!(!text.contains(&address) && !text.contains(address.trim_end_matches("/hook")), "an address that is a secret is one here too");
}
