//! What was filed is never lost.

use std::collections::BTreeSet;

use baton_core::api::types::Action;
use baton_core::domain::directory::{Level, Person, Target};
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_core::domain::presence::{Absence, Presence};
use baton_core::domain::rotation::{ShiftChange, ShiftOverride};
use baton_core::domain::sequence::{Sequence, SequenceStep};
use baton_core::domain::severity::Severity;
use baton_core::domain::time::{DAY, MINUTE};
use baton_core::domain::timetable::{Hours, Timetable};
use baton_core::store::open::FILE;
use baton_core::store::{OpenFailure, Store, StoreError, incidents};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// A desk at which a few things have happened.
async fn lived(world: &World, mailbox: &SmtpSink) {
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    everything(world, mail, &marta).await;
    for what in ["Checkout fails", "Labels print blank", "VPN drops in Graz"] {
        let id = world.escalates(what, &shop).await;
        world.fast_forward(7).await;
        world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Mail }).await;
        world.fast_forward(40).await;
    }
    world.desk.load_sample().await.expect("the sample loads");
}

/// Somebody and a path with all there is to say, and an incident along it.
async fn everything(world: &World, mail: ChannelId, marta: &Person) {
    let office = || Timetable { zone: "UTC".into(), hours: vec![Hours { days: vec![1, 2, 3, 4, 5], from: 0, to: 1440 }] };
    let mut ana = world.person("Ana", &[(mail, "a@example.org")]).await;
    let now = world.now();
    ana.presence =
        Presence { away_until: None, absences: vec![Absence { from: now.plus(DAY), to: now.plus(2 * DAY) }], hours: Some(office()) };
    let steps = vec![SequenceStep { method: ana.methods[0].id, after: 0 }];
    ana.sequences.insert(Severity::Critical, Sequence { steps, again_every: Some(5) });
    world.desk.save_person(ana.clone()).await.expect("accepted");
    let mut rotation = world.rotation("Databases", &[&ana]).await;
    rotation.layers[0].hours = office().hours;
    rotation.overrides.push(ShiftOverride { from: now, to: now.plus(DAY), change: ShiftChange::Replace { person: ana.id, by: marta.id } });
    world.desk.save_rotation(rotation.clone()).await.expect("accepted");
    let level = Level {
        targets: vec![Target::Person { id: ana.id }, Target::Rotation { id: rotation.id }],
        minutes: 30,
        hours: Some(office()),
        ..Level::default()
    };
    let whole = world.service_with("Whole", vec![level]).await;
    let mut draft = world.draft("Everything there is to say", &whole).await;
    world.attach(&mut draft, "app.log", b"12:41 ERROR no connection\n").await;
    draft.stakeholders.push(world.person("Dora", &[(mail, "d@example.org")]).await.id);
    world.desk.escalate(draft).await.expect("it can be escalated");
    world.settle().await;
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
    let real = "FROM events WHERE incident_id IN (SELECT id FROM incidents WHERE sample = 0)";
    let slips = [
        "UPDATE events SET at = 0".to_string(),
        format!("DELETE {real}"),
        format!("INSERT OR REPLACE INTO events SELECT device_id, sequence, incident_id, 0, event, sample {real}"),
    ];
    for slip in slips {
        let said = slip.clone();
        let refused = world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute(&slip, [])?)).await;
        assert!(refused.is_err(), "the database itself refuses: {said}");
    }
}

async fn ids_of_the_sample(world: &World) -> Vec<(IncidentId, bool)> {
    let read = |db: &rusqlite::Connection| -> Result<Vec<(String, bool)>, StoreError> {
        let mut statement = db.prepare("SELECT id, is_open FROM incidents WHERE sample = 1")?;
        Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    };
    let found = world.engine.store.read(read).await.expect("read");
    found.into_iter().map(|(id, is_open)| (id.parse().expect("an id"), is_open)).collect()
}

/// Tables in which any of these still stands, in whatever column.
async fn tables_that_name(world: &World, ids: Vec<IncidentId>) -> BTreeSet<String> {
    let read = move |db: &rusqlite::Connection| -> Result<BTreeSet<String>, StoreError> {
        let mut statement = db.prepare(
            "SELECT tables.name, columns.name FROM sqlite_master AS tables JOIN pragma_table_xinfo(tables.name) AS columns
             WHERE tables.type = 'table' AND columns.type = 'TEXT'",
        )?;
        let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut naming = BTreeSet::new();
        for (table, column) in columns.collect::<Result<Vec<(String, String)>, _>>()? {
            let mut statement = db.prepare(&format!("SELECT 1 FROM {table} WHERE instr({column}, ?1) > 0"))?;
            if ids.iter().map(|id| statement.exists([id.to_string()])).collect::<Result<Vec<_>, _>>()?.contains(&true) {
                naming.insert(table);
            }
        }
        Ok(naming)
    };
    world.engine.store.read(read).await.expect("read")
}

#[tokio::test]
async fn removing_the_sample_leaves_what_is_real() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    lived(&world, &mailbox).await;
    let before = world.desk.overview().await.expect("the frame");
    assert!(before.has_sample, "the sample is marked");
    let ids = ids_of_the_sample(&world).await;
    let over = ids.iter().find(|(_, is_open)| !is_open).expect("one of them is over").0;
    world.desk.save_post_incident(over, Some("# What we learned".into())).await.expect("kept");
    let filed = "INSERT INTO keys (key, incident, at) SELECT 'monitor-' || id, id, 1 FROM incidents WHERE sample = 1";
    world.engine.store.write(|db| Ok::<_, StoreError>(db.execute(filed, [])?)).await.expect("as a script would");
    world.desk.remove_sample().await.expect("one click");
    let after = world.desk.overview().await.expect("the frame");
    assert_eq!((after.has_sample, after.open), (false, 4), "the real incidents stay");
    let directory = world.desk.directory().await.expect("the directory");
    assert_eq!((directory.people.len(), directory.services.len()), (3, 2), "and so do the real people and services");
    let left = tables_that_name(&world, ids.into_iter().map(|(id, _)| id).collect()).await;
    assert!(left.is_empty(), "nothing knows of an incident that is gone: {left:?}");
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
async fn an_incident_that_cannot_be_read_is_worked_out_from_its_events_and_climbs() {
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
    let rows = world.desk.board().await.expect("the board is there").rows;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [sound], "without the one");

    world.fast_forward(10).await;
    let climbed = mailbox.wait_for(4).await.iter().filter(|sent| sent.to == ["j@example.org"]).count();
    assert_eq!(climbed, 2, "both climb: what happened is in the events");
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 2, "and with that it can be read again");

    world.engine.store.write(slip).await.expect("damaged");
    let world = world.restarted().await;
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 2, "as it can after a start");
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

#[tokio::test]
async fn what_an_older_program_did_not_write_stops_nothing() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    lived(&world, &mailbox).await;
    let shop =
        world.desk.directory().await.expect("the directory").services.into_iter().find(|one| one.name == "Shop").expect("it is there");
    let resolved = world.escalates("Printer on fire", &shop).await;
    world.act(resolved, Action::Resolve { cause: "paper".into(), fix: "water".into(), follow_ups: vec![] }).await;
    world.desk.save_draft(world.draft("Half a thought", &shop).await).await.expect("kept");
    world.desk.save_draft(world.draft("A whole one", &shop).await).await.expect("kept");
    let rules = world.desk.rules().await.expect("the rules");
    world.desk.save_rules(rules).await.expect("saved once, so that they are in the database");
    let mails = mailbox.mails().len();
    let waiting = world.draft("Two go out at once", &shop).await;
    world.desk.escalate(waiting).await.expect("escalated, and not sent yet");
    let without = [
        "UPDATE settings SET document = json_remove(document, '$.rhythm.alarm') WHERE name = 'rules'",
        "UPDATE drafts SET draft = json_remove(draft, '$.against_advice') WHERE draft LIKE '%Half a thought%'",
        "UPDATE incidents SET state = json_remove(state, '$.nudges') WHERE state LIKE '%Printer on fire%'",
        "INSERT INTO deliveries (id, incident_id, person_id, name, method_id, channel_id, via, address, purpose, step, message, state, words,
           queued_at, changed_at, next_attempt_at, give_up_at, attempts, provider_id, cancelled_because)
         SELECT replace(id, '-7', '-4'), incident_id, person_id, name, method_id, channel_id, via, address, purpose, step + 1,
           json_remove(message, '$.reply'), state, words, queued_at, changed_at, next_attempt_at, give_up_at, attempts, provider_id,
           cancelled_because FROM deliveries WHERE state = 'queued' LIMIT 1",
    ];
    for statement in without {
        let changed = world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute(statement, [])?)).await.expect("an older form");
        assert_eq!(changed, 1, "one document is older: {statement}");
    }

    world.settle().await;
    assert_eq!(mailbox.wait_for(mails + 1).await.len(), mails + 1, "what can be read is sent, beside what cannot");
    assert_eq!(world.desk.board().await.expect("the board").drafts.len(), 1, "the draft that can be read is there");
    assert_eq!(world.incident(resolved).await.incident.reference.len(), 6, "what cannot be read is worked out from its events");
    world.fast_forward(60).await;
    assert!(world.screen.titles().iter().any(|title| title.contains("Needs you now")), "and the climb goes on, by the standard rhythm");
}

#[tokio::test]
async fn incidents_that_cannot_be_worked_on_keep_no_other_waiting() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (marta, jonas) =
        (world.person("Marta", &[(mail, "marta@example.org")]).await, world.person("Jonas", &[(mail, "jonas@example.org")]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 10)]).await;
    for number in 0..60 {
        world.escalates(&format!("Broken {number}"), &shop).await;
    }
    let broken = "UPDATE incidents SET state = '{}'";
    world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute(broken, [])?)).await.expect("broken");
    let unknown =
        "CREATE TRIGGER nothing_goes BEFORE INSERT ON events WHEN NEW.incident_id IN (SELECT id FROM incidents WHERE state = '{}')
       BEGIN SELECT RAISE (ABORT, 'no'); END";
    world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute(unknown, [])?)).await.expect("nothing can be added to them");
    world.clock.set(world.now().plus(1));
    let sound = world.escalates_although("Checkout fails for everybody", &shop).await;
    let mails = mailbox.mails().len();
    world.clock.set(world.now().plus(11 * MINUTE));
    let failed = world.engine.cycle().await;
    assert!(failed.is_err(), "what cannot be done is said");
    world.engine.sends_end().await;
    assert_eq!(
        mailbox.wait_for(mails + 1).await[mails].to,
        ["jonas@example.org"],
        "and the one that can be climbs, sixty places further back"
    );
    assert_eq!(world.incident(sound).await.incident.climb.expect("it climbs").level, Some(1));
}

#[tokio::test]
async fn a_turn_that_fails_is_said_and_the_next_one_comes() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let change = |statement: &'static str| {
        let store = world.engine.store.clone();
        async move { store.write(move |db| Ok::<_, StoreError>(db.execute(statement, [])?)).await.expect("changed") }
    };
    world.desk.save_rules(world.desk.rules().await.expect("the rules")).await.expect("saved");
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    world.desk.escalate(draft).await.expect("escalated");
    change("UPDATE settings SET document = '[' || document WHERE name = 'rules'").await;
    let running = tokio::spawn(world.engine.clone().run());
    while world.engine.trouble().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(mailbox.mails().len(), 0, "nothing goes out by rules that cannot be read");

    change("UPDATE settings SET document = substr(document, 2) WHERE name = 'rules'").await;
    world.engine.wake();
    assert_eq!(mailbox.wait_for(1).await.len(), 1, "the driver has gone on turning, and what was due is done");
    while world.engine.trouble().is_some() {
        tokio::task::yield_now().await;
    }
    assert!(world.screen.titles().iter().any(|title| title.contains("cannot watch over")), "the desk was told");
    running.abort();
}

#[tokio::test]
async fn what_is_said_to_be_saved_survives_a_power_cut() {
    let world = World::new().await;
    let mode = |db: &rusqlite::Connection| -> Result<(String, i64), StoreError> {
        let journal = db.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        Ok((journal, db.query_row("PRAGMA synchronous", [], |row| row.get(0))?))
    };
    assert_eq!(world.engine.store.write(mode).await.expect("asked"), ("wal".into(), 2), "2 is FULL: every commit waits for the disk");
}

/// Saved desks, each by a Baton of its time: its sample, and from the third on a draft besides. With the number of the format
/// what is open, begun, and how many people there are.
const SAVED: [(i64, usize, usize, usize); 8] =
    [(1, 5, 1, 6), (2, 4, 0, 6), (3, 4, 1, 6), (4, 4, 1, 6), (5, 4, 1, 6), (6, 4, 1, 6), (7, 4, 1, 6), (8, 4, 1, 6)];

#[tokio::test]
async fn a_database_of_every_format_there_was_is_opened_with_nothing_lost() {
    let new = World::new().await.engine.store.read(schema).await.expect("the form of a new one");
    let format = |db: &rusqlite::Connection| -> Result<i64, StoreError> { Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?) };
    let newest = World::new().await.engine.store.read(format).await.expect("its number");
    for before in 1..newest {
        assert!(SAVED.iter().any(|saved| saved.0 == before), "save a desk of format {before} while there is a Baton that writes it");
    }
    for (number, open, drafts, people) in SAVED {
        let format = format!("format-{number}.db");
        let folder = tempfile::tempdir().expect("a folder");
        let saved = baton_tests::root().join("tests/fixtures/databases").join(&format);
        std::fs::copy(saved, folder.path().join(FILE)).expect("a saved database");
        let world = World::at(folder.path()).await;
        let board = world.desk.board().await.expect("the board");
        assert_eq!((board.rows.len(), board.drafts.len()), (open, drafts), "{format}: everything open and everything begun");
        assert_eq!(world.desk.directory().await.expect("the directory").people.len(), people, "{format}: everybody");
        for row in &board.rows {
            let view = world.incident(row.id).await;
            assert!(!view.timeline.is_empty(), "{format}: {} has its history", row.reference);
        }
        world.desk.rules().await.expect("the rules that were saved");
        let kept = std::fs::read_dir(folder.path()).expect("the folder").filter_map(Result::ok);
        let kept = kept.filter(|file| file.file_name().to_string_lossy().starts_with("baton-before-format-")).count();
        assert_eq!(kept, usize::from(number < newest), "{format}: a copy from before it was changed is kept");
        assert_eq!(world.desk.search("mailbox".into()).await.expect("a search").len(), 1, "{format}: what was resolved is found");
        let brought_up = world.engine.store.read(schema).await.expect("its form");
        assert_eq!(brought_up, new, "{format}: brought up to date, it is like one that is new");
    }
}

/// Every table, index and trigger, with its statement.
fn schema(db: &rusqlite::Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = db.prepare("SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name")?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Whoever changes what an incident is made of counts `FORM` up, and so every desk works its incidents out again; this
/// is how it is noticed. The names are those of `state`, whatever their values.
#[tokio::test]
async fn the_form_of_what_is_kept_is_counted() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    lived(&world, &mailbox).await;
    let states = |db: &rusqlite::Connection| -> Result<Vec<String>, StoreError> {
        let mut statement = db.prepare("SELECT state FROM incidents")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    };
    let mut names = std::collections::BTreeSet::new();
    for state in world.engine.store.read(states).await.expect("read") {
        named(&serde_json::from_str(&state).expect("a document"), "", &mut names);
    }
    let all: String = names.into_iter().collect::<Vec<_>>().join("\n");
    let saved = baton_tests::root().join(format!("tests/fixtures/form-{}.txt", incidents::FORM));
    let known = std::fs::read_to_string(&saved).unwrap_or_default();
    assert_eq!(
        all.trim(),
        known.trim(),
        "an incident is made of something else: count FORM up, and write this down as {}",
        saved.display()
    );
}

fn named(value: &serde_json::Value, at: &str, names: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                // Ids and counts by person are no names of ours.
                let name = if name.len() == 36 { "*" } else { name };
                names.insert(format!("{at}.{name}"));
                named(value, &format!("{at}.{name}"), names);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| named(item, at, names)),
        _ => {}
    }
}
