//! What was filed is never lost.

use baton_core::api::types::Action;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::store::open::FILE;
use baton_core::store::{OpenFailure, Store, StoreError, incidents};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// A desk at which a few things have happened.
async fn lived(world: &World, mailbox: &SmtpSink) {
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    for what in ["Checkout fails", "Labels print blank", "VPN drops in Graz"] {
        let id = world.escalates(what, &shop).await;
        world.fast_forward(7).await;
        world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Mail }).await;
        world.fast_forward(40).await;
    }
    world.desk.load_sample().await.expect("the sample loads");
}

#[tokio::test]
async fn the_projection_rebuilt_equals_the_projection_kept() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    lived(&world, &mailbox).await;
    let dump = |db: &rusqlite::Connection| -> Result<Vec<String>, StoreError> {
        let mut rows = Vec::new();
        let mut statement =
            db.prepare("SELECT id, reference, is_open, due_at, awaited_since, filed_at, sample, state FROM incidents ORDER BY id")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            rows.push(format!("{:?}", (0..8).map(|column| row.get::<_, rusqlite::types::Value>(column)).collect::<Result<Vec<_>, _>>()?));
        }
        Ok(rows)
    };
    let kept = world.engine.store.read(dump).await.expect("read");
    // From the events alone: the rows themselves are gone.
    let lost = |db: &rusqlite::Connection| -> Result<(), StoreError> { Ok(db.execute_batch("DELETE FROM incidents")?) };
    world.engine.store.write(lost).await.expect("lost");
    world.engine.store.write(incidents::rebuild).await.expect("rebuilt");
    let rebuilt = world.engine.store.read(dump).await.expect("read");
    assert!(kept.len() > 5, "there is something to compare");
    assert_eq!(kept, rebuilt, "the events alone tell everything the lists show");
    assert_eq!(world.desk.search("graz".into()).await.expect("searched").len(), 2, "and the search index with them");
}

#[tokio::test]
async fn what_happened_cannot_be_changed_or_deleted() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    lived(&world, &mailbox).await;
    for slip in ["UPDATE events SET at = 0", "DELETE FROM events WHERE incident_id IN (SELECT id FROM incidents WHERE sample = 0)"] {
        let refused = world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute(slip, [])?)).await;
        assert!(refused.is_err(), "the database itself refuses: {slip}");
    }
}

#[tokio::test]
async fn removing_the_sample_leaves_what_is_real() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    lived(&world, &mailbox).await;
    let before = world.desk.overview().await.expect("the frame");
    assert!(before.has_sample, "the sample is marked");
    world.desk.remove_sample().await.expect("one click");
    let after = world.desk.overview().await.expect("the frame");
    assert_eq!((after.has_sample, after.open), (false, 3), "the three real incidents stay");
    let directory = world.desk.directory().await.expect("the directory");
    assert_eq!((directory.people.len(), directory.services.len()), (1, 1), "and so do the real person and service");
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_and_said() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    lived(&world, &mailbox).await;
    let folder = world.folder.clone();
    drop(world);
    let file = folder.path().join(FILE);
    for suffix in ["-wal", "-shm"] {
        drop(std::fs::remove_file(folder.path().join(format!("{FILE}{suffix}"))));
    }
    std::fs::write(&file, b"this is no database at all, and longer than a header would be").expect("written");
    let (_, opened) = Store::open(folder.path()).expect("a fresh start is possible");
    let aside = opened.set_aside.expect("and it is said where the damaged one went");
    assert!(std::fs::read(&aside).expect("kept").starts_with(b"this is no database"), "which is kept as it was");
}

#[tokio::test]
async fn a_database_of_a_newer_baton_is_refused_and_untouched() {
    let world = World::new().await;
    let folder = world.folder.clone();
    world.engine.store.write(|db| Ok::<_, StoreError>(db.execute_batch("PRAGMA user_version = 99")?)).await.expect("from the future");
    drop(world);
    let Err(refused) = Store::open(folder.path()) else { panic!("a newer database must not be opened") };
    assert!(matches!(refused, OpenFailure::Newer { found: 99, .. }), "it says so: {refused}");
}

#[tokio::test]
async fn a_full_disk_is_said_and_what_was_there_stays() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let kept = world.escalates("Checkout fails", &shop).await;
    // SQLite itself answers "full", as it does when the disk has no page left.
    let no_more = |db: &rusqlite::Connection| -> Result<(), StoreError> {
        let pages: i64 = db.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        Ok(db.pragma_update(None, "max_page_count", pages)?)
    };
    world.engine.store.write(no_more).await.expect("the disk is full now");
    let mut draft = world.draft("VPN drops in Graz", &shop).await;
    draft.facts.what = "x".repeat(15_000);
    let refused = world.desk.escalate(draft.clone()).await.expect_err("there is no room");
    assert!(refused.message.contains("disk is full"), "it says so: {}", refused.message);
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 1, "nothing of it is half there, and what was filed is");
    assert_eq!(world.incident(kept).await.row.title, "Checkout fails", "unchanged");

    let room = |db: &rusqlite::Connection| -> Result<(), StoreError> { Ok(db.pragma_update(None, "max_page_count", 1_000_000)?) };
    world.engine.store.write(room).await.expect("somebody made room");
    world.desk.escalate(draft).await.expect("and the same click works");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let occupied = folder.path().join("data");
    std::fs::write(&occupied, "a file where the folder should be").expect("written");
    let Err(refused) = Store::open(&occupied) else { panic!("a file is no folder") };
    let said = refused.to_string();
    assert!(said.contains(&*occupied.to_string_lossy()) && said.contains("BATON_HOME"), "which, and what to do: {said}");
    assert_eq!(std::fs::read(&occupied).expect("read"), b"a file where the folder should be", "and it was not touched");
}

#[tokio::test]
async fn one_incident_that_cannot_be_read_neither_stops_the_others_nor_stays_so() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (marta, jonas) = (world.person("Marta", &[(mail, "m@example.org")]).await, world.person("Jonas", &[(mail, "j@example.org")]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 10)]).await;
    let broken = world.escalates("Checkout fails", &shop).await;
    let sound = world.escalates("VPN drops in Graz", &shop).await;
    let slip = move |db: &rusqlite::Connection| -> Result<(), StoreError> {
        db.execute("UPDATE incidents SET state = '{' WHERE id = ?1", [broken.to_string()])?;
        Ok(())
    };
    world.engine.store.write(slip).await.expect("damaged");
    world.clock.set(world.now().plus(10 * 60_000));
    assert!(world.engine.cycle().await.is_err(), "the turn says that something could not be done");
    world.engine.sends_end().await;
    assert!(mailbox.mails().iter().any(|sent| sent.to == ["j@example.org"]), "and did the rest: the other one climbed");
    let rows = world.desk.board().await.expect("the board is there").rows;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [sound], "without the one");

    let world = world.restarted().await;
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 2, "the next start rebuilds it from its events");
}

#[tokio::test]
async fn a_start_with_the_clock_set_back_puts_nothing_before_what_it_followed() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let id = world.escalates("Checkout fails", &shop).await;
    world.clock.set(world.now().plus(-5 * 3_600_000));
    let world = world.restarted().await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Mail }).await;
    let told = world.timeline(id).await;
    assert!(told.first().is_some_and(|words| words.starts_with("Filed")), "what happened first stays first: {told:?}");
    world.engine.store.write(incidents::rebuild).await.expect("rebuilt");
    assert_eq!(world.incident(id).await.row.holder, "Marta", "and the log still folds to who has it");
}
