//! The whole directory as one document, out and back in.

use baton_core::domain::bridge::Bridge;
use baton_core::domain::directory::{Level, Person, Proof, Target, Team, Template};
use baton_core::domain::id::TeamId;
use baton_core::domain::rotation::{Layer, ShiftChange, ShiftOverride};
use baton_core::domain::sequence::{Sequence, SequenceStep};
use baton_core::domain::severity::Severity;
use baton_core::domain::time::DAY;
use baton_core::domain::timetable::{Hours, Timetable};
use baton_core::store::{StoreError, people};
use baton_tests::smtp_sink::{SmtpSecurity, SmtpSink};
use baton_tests::world::World;
use serde_json::Value;
use std::collections::BTreeMap;

/// A desk with one of everything.
async fn full() -> (World, SmtpSink) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let mut ana = world.person("Ana \"=cmd|'/C calc'!A0\" Żółć", &[(mail, "a@example.org"), (call, "+493023125012")]).await;
    ana.role = "databases\u{202f}🚒".into();
    ana.presence.absences = vec![baton_core::domain::presence::Absence { from: world.now(), to: world.now().plus(DAY) }];
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

/// Says everything that can be said of each kind of thing.
async fn say_everything(world: &World) {
    let directory = world.desk.directory().await.expect("the directory");
    let find = |name: &str| directory.people.iter().find(|one| one.name.starts_with(name) && !one.sample).expect(name).clone();
    let (mut ana, ben, now) = (find("Ana"), find("Ben"), world.now());
    let office = vec![Hours { days: vec![1, 2, 3, 4, 5], from: 8 * 60, to: 17 * 60 }];
    ana.presence.away_until = Some(now.plus(DAY));
    ana.presence.hours = Some(Timetable { zone: "Australia/Lord_Howe".into(), hours: office.clone() });
    let steps = vec![SequenceStep { method: ana.methods[0].id, after: 0 }, SequenceStep { method: ana.methods[1].id, after: 2 }];
    ana.sequences.insert(Severity::Critical, Sequence { steps, again_every: Some(5) });
    world.desk.save_person(ana.clone()).await.expect("saved");
    // What is known of a way to reach somebody is written down by what happens, not by a form.
    let known = move |db: &rusqlite::Connection, mut person: Person| {
        (person.methods[0].proven_at, person.methods[0].proven_by) = (Some(now.plus(-DAY)), Some(Proof::Code));
        person.methods[1].wrong_since = Some(now);
        people::save(db, &person)
    };
    world.engine.store.write::<_, StoreError, _>(move |db| known(db, ana)).await.expect("known");
    let ana = find("Ana");

    let team = Team { id: TeamId::new(now), name: "Night watch".into(), people: vec![ben.id, ana.id], sample: false };
    world.desk.save_team(team.clone()).await.expect("saved");
    let mut rotation = directory.rotations.iter().find(|one| one.name == "Databases" && !one.sample).expect("it is there").clone();
    rotation.layers.push(Layer { people: vec![ana.id], shift_hours: 168, hours: office.clone(), ..rotation.layers[0].clone() });
    let agreed = |from: i64, change| ShiftOverride { from: now.plus(from * DAY), to: now.plus((from + 1) * DAY), change };
    let swap = ShiftChange::Replace { person: ana.id, by: ben.id };
    rotation.overrides =
        vec![agreed(1, swap), agreed(3, ShiftChange::Add { person: ben.id }), agreed(5, ShiftChange::Remove { person: ana.id })];
    world.desk.save_rotation(rotation).await.expect("saved");

    let mut path = directory.paths.iter().find(|one| one.name == "Shop").expect("it is there").clone();
    path.levels.push(Level {
        name: "Third line".into(),
        targets: vec![Target::Team { id: team.id }],
        minutes: 30,
        repeat_every: Some(10),
        in_turn: true,
        least: Some(Severity::High),
        hours: Some(Timetable { zone: "Europe/Berlin".into(), hours: office }),
    });
    world.desk.save_path(path.clone()).await.expect("saved");
    let mut shop = directory.services.iter().find(|one| one.name == "Shop").expect("it is there").clone();
    (shop.owner, shop.paths) = (Some(ben.id), [(Severity::Critical, path.id)].into());
    shop.stakeholders = vec![ben.id];
    (shop.orders_per_hour, shop.customers) = (Some(120), Some(50_000));
    shop.checklist = vec!["Restart the pool".into()];
    shop.templates = vec![Template {
        name: "Orders hang".into(),
        what: "Orders hang\nsince".into(),
        who: "Everybody".into(),
        people_affected: Some(40),
        affected_percent: Some(10),
        checklist: vec!["Look at the queue".into()],
    }];
    shop.bridge = Bridge { link: "https://meet.example.org/shop".into(), phone: "+493023125000".into(), code: "1234#".into() };
    world.desk.save_service(shop).await.expect("saved");
}

/// Whether each field of the document has something in it somewhere, by its place without numbers.
fn said(value: &Value, place: &str, all: &mut BTreeMap<String, bool>) {
    let something = match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => {
            items.iter().for_each(|item| said(item, place, all));
            !items.is_empty()
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| said(field, &format!("{place}.{name}"), all));
            !fields.is_empty()
        }
        Value::Bool(_) | Value::Number(_) => true,
    };
    *all.entry(place.into()).or_default() |= something;
}

#[tokio::test]
async fn nothing_that_can_be_said_in_a_directory_is_lost() {
    let (world, _mailbox) = full().await;
    say_everything(&world).await;
    let out = world.desk.export_directory().await.expect("exported");
    let mut all = BTreeMap::new();
    said(&serde_json::from_str(&out).expect("JSON"), "", &mut all);
    let unsaid: Vec<&String> = all.iter().filter(|(_, something)| !**something).map(|(place, _)| place).collect();
    assert_eq!(unsaid, [""; 0], "a field that is always empty here would not be missed where it is lost");

    let other = World::new().await;
    let found = other.desk.import_directory(out.clone(), false).await.expect("imported");
    assert_eq!(found.refused, [""; 0], "nothing is refused");
    assert_eq!(other.desk.export_directory().await.expect("exported again"), out, "the same document, byte for byte");
}

#[tokio::test]
async fn a_level_that_lost_its_last_person_goes_out_and_comes_back_and_is_said() {
    let (world, _mailbox) = full().await;
    let ben = world.desk.directory().await.expect("the directory").people.into_iter().find(|one| one.name == "Ben").expect("Ben");
    world.desk.remove_person(ben.id, true).await.expect("taken off level 1");
    let out = world.desk.export_directory().await.expect("exported");
    let other = World::new().await;
    let found = other.desk.import_directory(out.clone(), false).await.expect("imported");
    assert_eq!(found.refused, [""; 0], "a copy that is kept must come back whatever is in it");
    assert_eq!(found.notes, ["Shop: nobody is on level 1"], "and what is missing is said");
    assert_eq!(other.desk.export_directory().await.expect("exported again"), out, "the same document, byte for byte");
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

    let half: String = out.lines().take(20).collect::<Vec<_>>().join("\n");
    let (nameless, strange) = (out.replace("\"name\": \"Databases\",", ""), out.replace("\"people\": [", "\"people\": 7, \"more\": ["));
    for (what, words) in [
        ("", "This file is empty. Nothing was changed."),
        ("{\"a\": 1}", "no directory of Baton's: it is a file of something else."),
        ("[]", "no directory of Baton's: it is a file of something else."),
        ("name;mail\nAna;a@b.c", "no directory of Baton's, or was damaged: line 1 cannot be read."),
        (half.as_str(), "ends too early, on line 20: a part of it is missing."),
        (nameless.as_str(), "has no \"name\"."),
        (strange.as_str(), "is not what Baton writes there."),
    ] {
        let refused = other.desk.import_directory(what.into(), false).await.expect_err("it is none");
        assert!(refused.message.contains(words), "{what:?}: {}", refused.message);
        let of_the_code = ["field `", "EOF", "column", "expected"];
        assert!(of_the_code.iter().all(|word| !refused.message.contains(word)), "in plain words: {}", refused.message);
    }
    let newer = out.replace("\"baton_directory\": 2", "\"baton_directory\": 3");
    let refused = other.desk.import_directory(newer, false).await.expect_err("it is newer");
    assert!(refused.message.contains("newer Baton"), "{}", refused.message);
}

#[tokio::test]
async fn a_password_goes_only_where_it_was_given_for() {
    let world = World::new().await;
    let theirs = SmtpSink::listen(SmtpSecurity::Plain, Some(("desk", "hunter22"))).await;
    let set =
        [("host", "mail.example.org"), ("port", "465"), ("security", "tls"), ("from_address", "desk@example.org"), ("username", "desk")];
    let id = world.channel("mail", "Mail", &set, &[("password", "hunter22")]).await.expect("set up");
    let text = world.desk.export_directory().await.expect("exported");
    let elsewhere = text.replace("mail.example.org", "127.0.0.1").replace("\"465\"", &format!("\"{}\"", theirs.port()));
    let elsewhere = elsewhere.replace("\"tls\"", "\"plain\"");
    let shown = world.desk.import_directory(elsewhere.clone(), true).await.expect("looked through");
    assert_eq!(shown.notes, ["Mail: where it goes changes, so its password has to be given again"], "it is said before it is done");
    world.desk.import_directory(elsewhere, false).await.expect("imported");
    // Whether it can be tried without is the provider's business; the password stays here.
    drop(world.desk.test_channel(id, "x@example.org".into()).await);
    assert!(theirs.mails().is_empty(), "nobody gave the password for that server");
    let broken = text.replace("desk@example.org", "no address at all");
    let refused = world.desk.import_directory(broken, false).await.expect("looked through").refused;
    assert!(refused.iter().any(|words| words.starts_with("Mail: ")), "what could not be saved cannot be imported: {refused:?}");
}

#[tokio::test]
async fn an_import_is_taken_back_once() {
    let world = World::new().await;
    let text = world.desk.export_directory().await.expect("exported");
    world.desk.import_directory(text, false).await.expect("imported");
    world.desk.undo_import().await.expect("taken back");
    let refused = world.desk.undo_import().await.expect_err("there is nothing left to take back");
    assert_eq!(refused.message, "There is no import to take back (any more).");
}

#[tokio::test]
async fn two_people_of_one_name_go_out_and_come_back() {
    let world = World::new().await;
    world.person("Hans Meier", &[]).await;
    world.person("Hans Meier", &[]).await;
    let text = world.desk.export_directory().await.expect("exported");
    let found = world.desk.import_directory(text, false).await.expect("the desk's own file is taken by the desk");
    assert!(found.refused.is_empty() && found.added.is_empty(), "{found:?}");
    world.desk.undo_import().await.expect("and taken back");
}

#[tokio::test]
async fn what_was_changed_since_an_import_is_not_lost_by_taking_it_back() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let ana = world.person("Ana", &[(mail, "a@example.org")]).await;
    let text = world.desk.export_directory().await.expect("exported");
    world.desk.import_directory(text.replace("\"Ana\"", "\"Anna\""), false).await.expect("imported");
    world.person("Zoe", &[(mail, "z@example.org")]).await;
    let refused = world.desk.undo_import().await.expect_err("Zoe would be gone");
    assert!(refused.message.contains("changed since"), "{}", refused.message);
    let people = world.desk.directory().await.expect("the directory").people;
    assert_eq!(people.len(), 2, "{} and Zoe are both there", ana.name);
}

#[tokio::test]
async fn ways_through_a_channel_that_was_removed_stand_in_nobody_s_way_and_come_back_with_it() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let ana = world.person("Ana", &[(mail, "a@example.org"), (call, "+493023125011")]).await;
    world.desk.remove_channel(mail, true).await.expect("removed");
    let text = world.desk.export_directory().await.expect("exported");
    let found = world.desk.import_directory(text, false).await.expect("looked through");
    assert_eq!(found.refused, Vec::<String>::new(), "the desk's own file is taken");
    let mut shown = world.desk.directory().await.expect("the directory").people.remove(0);
    shown.role = "databases".into();
    world.desk.save_person(shown).await.expect("saved as it is shown");
    world.desk.restore(mail.to_string()).await.expect("back");
    let person = world.desk.directory().await.expect("the directory").people.remove(0);
    assert_eq!((person.methods.len(), person.role.as_str()), (2, "databases"), "{} has her mail again", ana.name);
}
