//! The whole directory as one document, out and back in.

use baton_core::domain::directory::Target;
use baton_core::domain::time::DAY;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// A desk with one of everything.
async fn full() -> (World, SmtpSink) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let mut ana = world.person("Ana \"=cmd|'/C calc'!A0\" Żółć", &[(mail, "a@example.org"), (call, "+493023125012")]).await;
    ana.role = "databases\u{202f}🚒".into();
    ana.absences = vec![baton_core::domain::rotation::Absence { from: world.now(), to: world.now().plus(DAY) }];
    world.desk.save_person(ana.clone()).await.expect("saved");
    let ben = world.person("Ben", &[(mail, "b@example.org")]).await;
    let rotation = world.rotation("Databases", &[&ana, &ben]).await;
    world.service_for("Shop", &[(Target::Person { id: ben.id }, 10), (Target::Rotation { id: rotation.id }, 10)]).await;
    world.desk.load_sample().await.expect("the sample loads");
    (world, mailbox)
}

#[tokio::test]
async fn what_goes_out_comes_back_byte_for_byte_at_an_empty_desk() {
    let (world, _mailbox) = full().await;
    let out = world.desk.export_directory().await.expect("exported");
    assert!(out.contains("Ben") && !out.contains("Marta Lindqvist"), "the sample is nobody's directory");
    let other = World::new().await;
    let found = other.desk.import_directory(out.clone(), false).await.expect("imported");
    assert_eq!(found.refused, [""; 0], "nothing is refused");
    assert_eq!(other.desk.export_directory().await.expect("exported again"), out, "the same document, byte for byte");
    let again = other.desk.import_directory(out, false).await.expect("imported again");
    assert_eq!((again.added.len(), again.changed.len()), (0, 0), "and a second time changes nothing");
}

#[tokio::test]
async fn it_says_first_what_it_would_change_and_can_be_taken_back() {
    let (world, _mailbox) = full().await;
    let out = world.desk.export_directory().await.expect("exported");
    let changed = out.replace("\"name\": \"Ben\"", "\"name\": \"Benedikt\"");
    let found = world.desk.import_directory(changed.clone(), true).await.expect("looked at");
    assert_eq!((found.changed.as_slice(), found.added.len()), (&["Benedikt".to_string()][..], 0), "one name, and nobody twice");
    assert_eq!(world.desk.export_directory().await.expect("exported"), out, "looking changes nothing");
    world.desk.import_directory(changed.clone(), false).await.expect("imported");
    assert_eq!(world.desk.export_directory().await.expect("exported"), changed, "doing it does");
    world.desk.undo_import().await.expect("taken back");
    assert_eq!(world.desk.export_directory().await.expect("exported"), out, "and it is as it was");
    assert!(world.desk.undo_import().await.is_err(), "once");
}

#[tokio::test]
async fn with_one_thing_refused_nothing_is_imported_and_each_reason_is_said() {
    let (world, _mailbox) = full().await;
    let out = world.desk.export_directory().await.expect("exported");
    let other = World::new().await;
    let empty = other.desk.export_directory().await.expect("exported");
    let broken = out.replace("a@example.org", "no address").replace("\"zone\": \"UTC\"", "\"zone\": \"Mars/Olympus\"");
    let found = other.desk.import_directory(broken, false).await.expect("looked at");
    assert!(found.refused.iter().any(|why| why.contains("Żółć") && why.contains("no address")), "who, and why: {:?}", found.refused);
    assert!(
        found.refused.iter().any(|why| why.starts_with("Databases: There is no such time zone")),
        "all of it at once: {:?}",
        found.refused
    );
    assert_eq!(other.desk.export_directory().await.expect("exported"), empty, "nothing came in");

    for (what, words) in
        [("", "no directory of Baton's"), ("{\"a\": 1}", "no directory of Baton's"), ("name;mail\nAna;a@b.c", "line 1 column 2")]
    {
        let refused = other.desk.import_directory(what.into(), false).await.expect_err("it is none");
        assert!(refused.message.contains(words), "{what:?}: {}", refused.message);
    }
    let newer = out.replace("\"baton_directory\": 1", "\"baton_directory\": 2");
    let refused = other.desk.import_directory(newer, false).await.expect_err("it is newer");
    assert!(refused.message.contains("newer Baton"), "{}", refused.message);
}
