//! Whom to call is on paper when nothing else works.

use baton_core::api::types::Action;
use baton_core::domain::directory::Target;
use baton_core::domain::event::CallOutcome;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

async fn desk() -> World {
    let world = World::new().await;
    let call = world.by_hand().await;
    let marta = world.person("Małgorzata Żółć", &[(call, "+493023125011")]).await;
    let (ana, ben) = (world.person("Ana", &[(call, "+493023125012")]).await, world.person("Ben", &[(call, "+493023125013")]).await);
    let rotation = world.rotation("Databases", &[&ana, &ben]).await;
    world.service_for("Order platform", &[(Target::Person { id: marta.id }, 10), (Target::Rotation { id: rotation.id }, 10)]).await;
    world
}

#[tokio::test]
async fn it_names_everybody_in_order_with_their_numbers_and_whose_turn_it_is() {
    let world = desk().await;
    let sheet = world.desk.call_sheet(None).await.expect("a sheet");
    let text = sheet.as_text();
    for words in [
        "ORDER PLATFORM",
        "[ ] Level 1 · now: Małgorzata Żółć",
        "+49 30 23125011",
        "[ ] Level 2 · +10 min: Ana (on call until tomorrow 08:00)",
        "+49 30 23125012",
        "After that it alarms this desk every 5 min until somebody has it.",
        "ON CALL: Databases",
        "Ana until tomorrow 08:00",
        "Ben until Wed 08:00",
        "Monday, 23 November 2026, 12:42 UTC",
    ] {
        assert!(text.contains(words), "\"{words}\" is on it:\n{text}");
    }
}

#[tokio::test]
async fn where_nobody_is_it_says_until_when_and_there_is_nothing_to_tick() {
    let world = World::new().await;
    let call = world.by_hand().await;
    let ana = world.person("Ana Berg", &[(call, "+493023125012")]).await;
    let mut rotation = world.rotation("Databases", &[&ana]).await;
    rotation.layers[0].from.0 += chrono::TimeDelta::days(125);
    world.desk.save_rotation(rotation.clone()).await.expect("it begins in spring");
    world.service_for("Shop", &[(Target::Rotation { id: rotation.id }, 10), (Target::Person { id: ana.id }, 10)]).await;
    let text = async || world.desk.call_sheet(None).await.expect("a sheet").as_text();
    assert!(text().await.contains("NOBODY until 28 Mar 2027 08:00, then Ana Berg\n"), "{}", text().await);
    assert!(text().await.contains("\n    Level 1 · now (skipped at once: nobody is on call in Databases)\n"), "{}", text().await);
    assert!(text().await.contains("\n[ ] Level 2 · now: Ana Berg"), "{}", text().await);
    rotation.layers[0].from.0 += chrono::TimeDelta::days(730);
    world.desk.save_rotation(rotation).await.expect("it begins in years");
    assert!(text().await.contains("NOBODY after that\n"), "what is years away helps nobody: {}", text().await);
}

#[tokio::test]
async fn its_file_follows_the_directory_and_is_never_half_written() {
    let world = desk().await;
    let folder = world.folder.path().to_path_buf();
    let keeping = {
        let desk = world.desk.clone();
        tokio::spawn(async move { desk.keep_call_sheet().await })
    };
    let says = |words: &'static str| {
        let folder = folder.clone();
        async move {
            loop {
                let text = std::fs::read_to_string(folder.join("call-sheet.txt")).unwrap_or_default();
                if text.contains(words) {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    };
    says("Małgorzata").await;
    let call = world.by_hand().await;
    world.person("Nobody on a path", &[(call, "+493023125019")]).await;
    let mut path = world.desk.directory().await.expect("the directory").paths.remove(0);
    path.name = "Everything that is sold".into();
    world.desk.save_path(path).await.expect("renamed");
    says("EVERYTHING THAT IS SOLD").await;
    let pdf = std::fs::read(folder.join("call-sheet.pdf")).expect("the PDF beside it");
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 5_000, "a whole document, its fonts inside: {} bytes", pdf.len());
    keeping.abort();
}

#[tokio::test]
async fn two_people_of_one_name_have_each_their_own_number() {
    let world = World::new().await;
    let call = world.by_hand().await;
    let (one, two) =
        (world.person("Jan Novak", &[(call, "+493023125011")]).await, world.person("Jan Novak", &[(call, "+493023125012")]).await);
    world.service("Shop", &[(&[&one, &two], 10)]).await;
    let text = world.desk.call_sheet(None).await.expect("the sheet").as_text();
    assert!(text.contains("+49 30 23125011") && text.contains("+49 30 23125012"), "{text}");
}

#[tokio::test]
async fn one_incident_has_a_sheet_of_its_own_and_what_came_of_its_calls_stands_on_the_timeline() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let marta = world.person("Marta", &[(mail, "m@example.org"), (call, "+493023125011")]).await;
    let jonas = world.person("Jonas", &[(call, "+493023125012"), (mail, "j@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    world.service("Payroll", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let sheet = world.desk.call_sheet(Some(id)).await.expect("its sheet");
    assert_eq!(sheet.paths.len(), 1, "its own path and no other");
    assert!(sheet.script.contains("Checkout fails for everybody"), "with the words to say: {}", sheet.script);
    let row = sheet.paths[0].rows.iter().find(|row| row.name == "Jonas").expect("Jonas is on level 2");

    let called = |outcome, took_it| Action::Called {
        person: row.person.expect("somebody"),
        method: row.ways[0].method,
        outcome,
        note: "from the paper list".into(),
        took_it,
    };
    world.act(id, called(CallOutcome::Voicemail, false)).await;
    world.act(id, called(CallOutcome::Answered, true)).await;
    let told = world.timeline(id).await;
    assert!(told.iter().any(|words| words == "Called Jonas: voicemail"), "{told:?}");
    assert_eq!(world.incident(id).await.row.holder, "Jonas", "nobody had asked the desk to call him, and he has it");
    let file = world.desk.write_call_sheet(Some(id)).await.expect("written");
    assert!(std::fs::read(file).expect("there").starts_with(b"%PDF"), "and it can be printed");
}
