//! A copy of everything a day, and going on from one.

use std::fs;
use std::path::{Path, PathBuf};

use baton_core::api::types::Action;
use baton_core::domain::backup::BackupSettings;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::incident::Phase;
use baton_core::domain::time::DAY;
use baton_core::engine::lookup;
use baton_core::store;
use baton_core::store::StoreError;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

const A_DAY: i64 = 24 * 60;

/// A desk with one service and somebody behind it.
async fn desk(mailbox: &SmtpSink) -> (World, baton_core::domain::directory::Service) {
    let world = World::new().await;
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta Vogel", &[(mail, "marta@example.org")]).await;
    let service = world.service("Webshop", &[(&[&marta], 10)]).await;
    (world, service)
}

/// The copies that were made, the oldest first.
fn copies(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "db"))
        .collect();
    files.sort();
    files
}

fn everything_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// By what name this installation writes what happens.
async fn device_of(world: &World) -> String {
    let now = world.now();
    world.engine.store.write(move |db| lookup::device(db, now)).await.expect("it has a name").to_string()
}

#[tokio::test]
async fn there_is_a_copy_a_day_and_the_last_fourteen_are_kept_with_what_they_name() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    let own = world.folder.path().join("backups");
    let mut draft = world.draft("The shop shows an error to everybody.", &service).await;
    let kept = world.attach(&mut draft, "app.log", b"12:41 ERROR no connection\n").await;
    let id = world.desk.escalate(draft).await.expect("it can be escalated");
    world.act(id, Action::Resolve { cause: "A full disk".into(), fix: "Made room".into(), follow_ups: vec![] }).await;
    assert_eq!(copies(&own).len(), 0, "not in the middle of the start");
    world.fast_forward(15).await;
    assert_eq!(copies(&own).len(), 1, "the first comes soon");
    world.fast_forward(A_DAY - 20).await;
    assert_eq!(copies(&own).len(), 1, "no second before a day has passed");
    world.fast_forward(20).await;
    assert_eq!(copies(&own).len(), 2);
    let oldest = copies(&own)[0].clone();
    world.fast_forward(20 * A_DAY).await;
    assert_eq!(copies(&own).len(), 14, "the last ones");
    assert!(!oldest.exists(), "and not the first ones");
    let files: Vec<String> = everything_in(&own).into_iter().filter(|name| name.ends_with("-files")).collect();
    assert_eq!(everything_in(&own.join(&files[0])), [kept.hash.to_string()], "what is attached is there, once");
    let known = world.desk.backups().await.expect("they are listed");
    assert_eq!(known.copies.len(), 14);
    assert!(known.copies.iter().all(|copy| copy.fault.is_none() && copy.incidents == Some(1)), "{:?}", known.copies);
    assert!(known.failing.is_none() && known.last_good.is_some());
}

#[tokio::test]
async fn after_a_long_sleep_and_a_restart_one_copy_is_made_and_not_one_for_each_day() {
    let mailbox = SmtpSink::start().await;
    let (world, _) = desk(&mailbox).await;
    let own = world.folder.path().join("backups");
    world.fast_forward(30).await;
    world.sleep(5 * A_DAY).await;
    assert_eq!(copies(&own).len(), 2, "five days are late by one copy");
    let world = world.restarted().await;
    world.settle().await;
    assert_eq!(copies(&own).len(), 2, "a restart is no reason for another");
    world.clock.set(world.now().plus(-3 * DAY));
    world.settle().await;
    assert_eq!(copies(&own).len(), 3, "a copy from the future tells nothing of today");
    world.settle().await;
    assert_eq!(copies(&own).len(), 3);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_told_once_and_tried_again_with_a_rest_while_everything_else_goes_on() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    let disk = tempfile::tempdir().expect("another disk");
    let folder = disk.path().join("copies");
    fs::create_dir(&folder).expect("a folder on it");
    let settings = BackupSettings { daily: true, folder: folder.display().to_string() };
    world.desk.save_backup_settings(settings).await.expect("it can be chosen");
    world.fast_forward(16).await;
    assert_eq!(copies(&folder).len(), 1, "the copy is there");
    let away = disk.path().join("unplugged");
    fs::rename(&folder, &away).expect("the disk is taken away");
    world.fast_forward(A_DAY).await;
    let told = |titles: Vec<String>| titles.iter().filter(|title| title.contains("backup could not be made")).count();
    assert_eq!(told(world.screen.titles()), 1, "the desk is told");
    world.fast_forward(5 * 60).await;
    assert_eq!(told(world.screen.titles()), 1, "once");
    assert!(!folder.exists(), "a folder of somebody else's disk is not made where that disk is not");
    let known = world.desk.backups().await.expect("they are listed");
    assert!(known.failing.is_some_and(|failing| failing.words.contains("is not there")), "Settings says why");
    assert!(known.last_good.is_some(), "and when the last good one was");
    world.escalates("The shop shows an error to everybody.", &service).await;
    assert_eq!(mailbox.mails().len(), 1, "nothing else waits for it");
    fs::rename(&away, &folder).expect("the disk is back");
    world.fast_forward(61).await;
    assert_eq!(copies(&folder).len(), 2, "an hour later it is tried again");
    assert!(world.desk.backups().await.expect("they are listed").failing.is_none(), "and all is well");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_turns_read_only_is_said_and_leaves_the_last_good_copy_known() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    world.desk.back_up_now().await.expect("a copy");
    let good = world.desk.backups().await.expect("they are listed").last_good;
    // The kernel lets nobody write there, whoever runs this.
    let settings = BackupSettings { daily: true, folder: "/sys/kernel".into() };
    assert!(world.desk.save_backup_settings(settings.clone()).await.is_err(), "today it would not be taken");
    let turned = move |db: &rusqlite::Connection| store::settings::put(db, "backup", &settings);
    world.engine.store.write(turned).await.expect("it could be written to when it was chosen");
    let refused = world.desk.back_up_now().await.expect_err("it cannot be written to").message;
    assert!(refused.contains("/sys/kernel cannot be written to") && refused.contains("No copy was made"), "{refused}");
    let known = world.desk.backups().await.expect("they are listed");
    assert_eq!((known.last_good, known.failing.is_some()), (good, true));
    world.escalates("The shop shows an error to everybody.", &service).await;
    assert_eq!(mailbox.mails().len(), 1, "nothing else waits for it");
}

#[tokio::test]
async fn where_it_cannot_be_written_down_that_a_copy_was_made_it_is_not_made_without_end() {
    let mailbox = SmtpSink::start().await;
    let (world, _) = desk(&mailbox).await;
    let refuses = "CREATE TRIGGER full BEFORE UPDATE ON settings WHEN NEW.name = 'backup_standing' BEGIN SELECT RAISE (ABORT, 'full'); END;
        CREATE TRIGGER full_too BEFORE INSERT ON settings WHEN NEW.name = 'backup_standing' AND NEW.document LIKE '%\"good\":\"%'
        BEGIN SELECT RAISE (ABORT, 'full'); END;";
    world.fast_forward(1).await;
    world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute_batch(refuses)?)).await.expect("the disk is full for this");
    let own = world.folder.path().join("backups");
    world.fast_forward(20).await;
    let begun = copies(&own).len();
    assert!(begun > 0, "it is tried");
    for _ in 0..5 {
        world.settle().await;
    }
    assert_eq!(copies(&own).len(), begun, "and not with every turn of the engine");
}

#[tokio::test]
async fn a_copy_can_be_gone_on_from_with_a_preview_of_what_would_be_lost() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    let mut draft = world.draft("The shop shows an error to everybody.", &service).await;
    let kept = world.attach(&mut draft, "app.log", b"12:41 ERROR no connection\n").await;
    let known = world.desk.escalate(draft).await.expect("it can be escalated");
    world.settle().await;
    world.desk.back_up_now().await.expect("a copy");
    let copy = copies(&world.folder.path().join("backups"))[0].clone();
    world.fast_forward(2).await;
    let mark = Action::Acknowledge { person: None, name: "Marta Vogel".into(), how: AcknowledgedHow::Call };
    world.act(known, mark).await;
    let newer = world.escalates("Nobody can pay by card.", &service).await;
    let reference = world.incident(newer).await.incident.reference;

    let preview = world.desk.restore_preview(copy.display().to_string()).await.expect("it is a copy");
    assert_eq!((preview.incidents, preview.open, preview.lost_in_all, preview.gone_on), (1, 1, 1, 1), "{preview:?}");
    assert_eq!(preview.lost[0].reference, reference, "what would be lost has its name");
    assert!(preview.lost_events >= 4, "and so many things that happened: {preview:?}");
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 2, "to look changes nothing");
    assert!(!world.folder.path().join("restore").exists(), "and leaves nothing behind");

    fs::remove_dir_all(world.folder.path().join("attachments")).expect("the files of this desk are gone too");
    world.desk.restore_backup(copy.display().to_string()).await.expect("it is made ready");
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 2, "until the restart Baton goes on");
    for again in [
        world.desk.restore_backup(copy.display().to_string()).await,
        world.desk.restore_preview(copy.display().to_string()).await.map(drop),
    ] {
        let said = again.expect_err("it is under way").message;
        assert!(said.contains("is ready"), "a double click does it once: {said}");
        assert!(!said.contains("the data it has"), "and nobody is told that Baton goes on as it is: {said}");
    }
    let device = device_of(&world).await;
    let world = world.restarted().await;
    world.settle().await;
    assert_ne!(device_of(&world).await, device, "what happens from here on has numbers of its own, beside those that are set aside");
    let board = world.desk.board().await.expect("the board");
    assert_eq!(board.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [known], "Baton goes on from the copy");
    let view = world.incident(known).await;
    assert!(matches!(view.incident.phase, Phase::Climbing { .. }), "as it stood then: {:?}", view.incident.phase);
    let file = world.desk.copy_attachment(kept).await.expect("what is attached came with it");
    assert_eq!(fs::read(file).expect("a file"), b"12:41 ERROR no connection\n");
    let notices = world.desk.notices().await.expect("the inbox");
    assert!(notices.iter().any(|notice| notice.title.contains("goes on from a copy") && notice.opens == "settings/backup"), "it is told");

    // What was here before is kept, and one can go back to it.
    let aside = world.folder.path().join("baton-before-restore-1.db");
    let listed = world.desk.backups().await.expect("they are listed").copies;
    assert!(listed.iter().any(|copy| copy.file == aside.display().to_string() && copy.incidents == Some(2)), "{listed:?}");
    world.act(known, Action::CheckIn { note: "Written after going back".into() }).await;
    world.desk.restore_backup(aside.display().to_string()).await.expect("it is made ready");
    let world = world.restarted().await;
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 2, "everything is as it was");
    assert_eq!(world.incident(newer).await.incident.reference, reference);
}

#[tokio::test]
async fn what_a_copy_has_due_that_is_stale_asks_the_desk_and_wakes_nobody() {
    let mailbox = SmtpSink::start().await;
    let (world, _) = desk(&mailbox).await;
    let marta = world.desk.directory().await.expect("the directory").people[0].clone();
    let lead = world.person("Ilse Brandt", &[(marta.methods[0].channel, "ilse@example.org")]).await;
    let checkout = world.service("Checkout", &[(&[&marta], 10), (&[&lead], 10)]).await;
    let id = world.escalates("Nobody can pay by card.", &checkout).await;
    world.desk.back_up_now().await.expect("a copy, while level 2 is yet to come");
    let copy = copies(&world.folder.path().join("backups"))[0].clone();
    world.act(id, Action::Resolve { cause: "A certificate".into(), fix: "A new one".into(), follow_ups: vec![] }).await;
    world.fast_forward(3 * A_DAY).await;
    let sent = mailbox.mails().len();
    world.desk.restore_backup(copy.display().to_string()).await.expect("it is made ready");
    let world = world.restarted().await;
    world.settle().await;
    assert_eq!(mailbox.mails().len(), sent, "nobody is woken by what was due three days ago");
    let timeline = world.timeline(id).await;
    assert!(timeline.contains(&"This desk was alarmed".to_string()), "the desk is asked: {timeline:?}");
    assert!(!timeline.iter().any(|words| words.starts_with("Level 2")), "{timeline:?}");
}

#[tokio::test]
async fn what_is_no_copy_is_refused_with_what_it_is_and_nothing_is_touched() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    world.escalates("The shop shows an error to everybody.", &service).await;
    world.desk.back_up_now().await.expect("a copy");
    let data = world.folder.path().to_path_buf();
    let copy = copies(&data.join("backups"))[0].clone();
    let bytes = fs::read(&copy).expect("the copy");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let file = |name: &str| elsewhere.path().join(name);
    let with = |name: &str, bytes: &[u8]| {
        fs::write(file(name), bytes).expect("a file");
        file(name)
    };

    let newer = with("newer.db", &bytes);
    rusqlite::Connection::open(&newer).and_then(|db| db.pragma_update(None, "user_version", 99)).expect("a format of tomorrow");
    let another = file("another.db");
    rusqlite::Connection::open(&another).and_then(|db| db.execute_batch("CREATE TABLE songs (title TEXT)")).expect("a database");
    let mut damaged = bytes.clone();
    let (from, to) = (damaged.len() / 2, damaged.len() - 10);
    damaged[from..to].fill(0x5a);
    let refused = [
        (file("nowhere.db"), "There is no file"),
        (elsewhere.path().to_path_buf(), "is a folder"),
        (with("empty.db", b""), "is empty"),
        (with("letter.txt", b"Dear all, the shop is down again."), "no database at all"),
        (with("short.db", &bytes[..bytes.len() / 2]), "is cut short"),
        (with("head.db", &bytes[..40]), "is cut short"),
        (another, "another program's database"),
        (newer, "written by a newer Baton"),
        (with("damaged.db", &damaged), "is damaged"),
    ];
    let before = everything_in(&data);
    for (file, why) in refused {
        let name = file.display().to_string();
        for refused in [world.desk.restore_preview(name.clone()).await.map(drop), world.desk.restore_backup(name.clone()).await] {
            let said = refused.expect_err(&name).message;
            assert!(said.contains(why) && said.contains("Nothing was changed"), "{name}: {said}");
        }
        assert_eq!(everything_in(&data), before, "{name}: nothing is left behind");
    }
    let world = world.restarted().await;
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 1, "the present data is what it was");
}

#[tokio::test]
async fn a_crash_in_the_middle_of_the_exchange_loses_neither_the_copy_nor_what_was_there() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    world.desk.back_up_now().await.expect("a copy of an empty board");
    let data = world.folder.path().to_path_buf();
    let copy = copies(&data.join("backups"))[0].clone();
    world.escalates("The shop shows an error to everybody.", &service).await;
    world.desk.restore_backup(copy.display().to_string()).await.expect("it is made ready");
    let folder = world.folder.clone();
    drop(world);
    // The power fails after the database was set aside and before the copy has its name.
    let aside = data.join("baton-before-restore-1.db");
    fs::rename(data.join("baton.db"), &aside).expect("the first step");
    let world = World::at(folder.path()).await;
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 0, "the exchange is taken up where it was cut short");
    let listed = world.desk.backups().await.expect("they are listed").copies;
    let kept = listed.iter().find(|one| one.file == aside.display().to_string()).expect("what was there before is kept");
    assert_eq!(kept.incidents, Some(1), "with all that was in it");
    drop(world);
    let again = World::at(folder.path()).await;
    assert_eq!(again.desk.board().await.expect("the board").rows.len(), 0, "and it is done once");
}

#[tokio::test]
async fn a_folder_that_cannot_serve_is_refused_where_it_is_chosen() {
    let world = World::new().await;
    let file = world.folder.path().join("a-file");
    fs::write(&file, b"").expect("a file");
    let (nowhere, inside) = (world.folder.path().join("nowhere"), world.folder.path().join("attachments"));
    fs::create_dir_all(&inside).expect("a folder of Baton's");
    for (folder, why) in [("copies".into(), "whole path"), (nowhere, "is not there"), (file, "is a file"), (inside, "own data folder")] {
        let folder: PathBuf = folder;
        let settings = BackupSettings { daily: true, folder: folder.display().to_string() };
        let refused = world.desk.save_backup_settings(settings).await.expect_err("it cannot serve");
        assert!(refused.message.contains(why) && refused.details == ["folder"], "{}: {}", folder.display(), refused.message);
    }
    assert_eq!(world.desk.backups().await.expect("they are listed").settings, BackupSettings::default(), "nothing was changed");
}

#[tokio::test]
async fn settings_that_cannot_be_read_keep_neither_the_desk_nor_its_copies_from_going_on() {
    let mailbox = SmtpSink::start().await;
    let (world, service) = desk(&mailbox).await;
    world.fast_forward(16).await;
    let spoil = |db: &rusqlite::Connection| -> Result<(), store::StoreError> {
        Ok(db.execute_batch("UPDATE settings SET document = '{{' WHERE name IN ('backup_standing', 'backup', 'retention')")?)
    };
    world.engine.store.write(spoil).await.expect("spoilt");
    let world = world.restarted().await;
    world.escalates("The shop shows an error to everybody.", &service).await;
    assert_eq!(mailbox.mails().len(), 1);
    world.fast_forward(A_DAY).await;
    assert!(copies(&world.folder.path().join("backups")).len() >= 2, "and there are copies again");
}

#[tokio::test]
async fn a_copy_of_an_older_baton_is_brought_up_to_date_on_its_way_in_and_stays_as_it_was_itself() {
    let world = World::new().await;
    let elsewhere = tempfile::tempdir().expect("a folder");
    let old = elsewhere.path().join("format-3.db");
    fs::copy(baton_tests::root().join("tests/fixtures/databases/format-3.db"), &old).expect("a saved database");
    let before = fs::read(&old).expect("it is there");
    let preview = world.desk.restore_preview(old.display().to_string()).await.expect("it is a copy");
    assert!(preview.format == 3 && preview.present_format > 3 && preview.open == 4, "{preview:?}");
    world.desk.restore_backup(old.display().to_string()).await.expect("it is made ready");
    assert_eq!(fs::read(&old).expect("it is there"), before, "the copy itself is not touched");
    let world = world.restarted().await;
    assert_eq!(world.desk.board().await.expect("the board").rows.len(), 4, "Baton goes on from it");
}
