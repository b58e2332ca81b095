//! What is said on the screens of step 2 where something is not as it should be, and
//! where the keyboard is then.

use baton_core::api::types::Action;
use baton_core::domain::desk::DeskSettings;
use baton_core::domain::event::CallOutcome;
use baton_core::domain::time::DAY;
use baton_core::store::{StoreError, settings};
use baton_tests::bridge;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;

use crate::scene;

async fn page_of(world: &World, desktop: &Desktop) -> Window {
    let url = bridge::serve(world, &scene::built(), 0).await;
    Window::in_chromium(desktop, &url, Look::Light)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_is_taken_back_where_it_is_said() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (call, mail) = (world.by_hand().await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(call, "+493023125011"), (mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let task = world.incident(id).await.calls.pop().expect("a call is to be made");
    let outcome = CallOutcome::WrongNumber;
    world.act(id, Action::RecordCall { delivery: task.delivery, outcome, note: String::new(), took_it: false }).await;

    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), &format!("incident/{id}"));
    window.expect("+49 30 23125011, was recorded as wrong and is not called").tab_to("Take back that the number of Marta is wrong");
    window.press(key::ENTER).expect_gone("was recorded as wrong").expect("Marta's number is not wrong after all");
    window.expect("Wrong number");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_name_twice_is_said_and_the_form_closes_all_the_same() {
    let world = World::new().await;
    world.person("Hans Meier", &[]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("Hans Meier").click("Add a person").expect("How to reach them");
    window.typed("Hans Meier").press(key::ENTER).expect_gone("How to reach them");
    window.expect("Hans Meier was saved, and there is another Hans Meier.").expect("People 2");
}

/// What stands in the field that has the focus.
fn stands_in(window: &Window) -> String {
    window.session().run("return document.activeElement?.value ?? ''", &[]).as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_zone_that_does_not_exist_is_said_and_stays_as_it_was_typed() {
    let world = World::new().await;
    world.person("Marta", &[]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    let zone = || page::ask(window.session(), "overview", &serde_json::json!({}))["desk"]["zone"].clone();
    let before = zone();

    page::go(window.session(), "settings/desk");
    window.expect("Who you are and where").fill("Your name", "Ana Ruiz");
    window.fill("Time zone", "Mars/Olympus").press(key::TAB).expect("No such time zone");
    window.click("Save").expect("No such time zone");
    assert_eq!(
        (window.focused().as_str(), stands_in(&window).as_str()),
        ("Time zone", "Mars/Olympus"),
        "the keyboard is where it is to be mended"
    );
    assert_eq!(zone(), before, "and nothing was saved with another zone than the one that was typed");
    window.fill("Time zone", "europe/ber").press(key::TAB).expect("Choose one of those that have these letters");
    window.fill("Time zone", "europe/berlin").press(key::TAB).expect_gone("Choose one of those");
    window.click("Save").expect("Saved.");
    assert_eq!(zone(), "Europe/Berlin", "written out in full it is as good as picked");

    // In a form over the screen it is the same.
    page::go(window.session(), "directory/rotations");
    window.expect("No rotations yet").click("Add a rotation").expect("Handovers are by the clock on the wall there");
    window.typed("Nights").fill("Time zone", "Atlantis").press(key::ENTER).expect("No such time zone");
    window.chord(&[key::CONTROL], key::ENTER).expect("Handovers are by the clock on the wall there");
    assert_eq!((window.focused().as_str(), stands_in(&window).as_str()), ("Time zone", "Atlantis"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_of_the_desk_has_the_keyboard_at_its_field() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "settings/desk");
    for (field, typed, why) in [("Where you can be called back", "030 1", "has no country code"), ("Currency", "EU", "three letters")] {
        let before = {
            window.expect("Who you are and where").tab_to(field);
            stands_in(&window)
        };
        window.fill(field, typed).choose("Save").expect(why);
        assert_eq!(window.focused(), field, "the keyboard is where it is to be mended");
        // Once it is mended, nothing says otherwise.
        window.chord(&[key::CONTROL], 'a').press(key::DELETE).typed(&before).expect_gone(why);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ladder_with_a_rung_left_empty_is_refused_at_that_rung() {
    let world = World::new().await;
    world.person("Marta", &[]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/paths");
    window.expect("No paths yet").click("Add a path").expect("Start from a ladder");
    window.typed("Everything").choose("On call, then the team, then the manager").expect("Level 3 · Manager");
    // The keyboard is at the first level.
    window.typed("1").choose("Save").expect("Nobody is on level 2 (The team). Say who is called there, or remove the level.");
    let within = "return document.activeElement?.closest('fieldset')?.querySelector('legend')?.innerText ?? ''";
    assert_eq!(window.session().run(within, &[]), "Level 2 · The team", "the keyboard is where it is to be mended");
    window.typed("1").expect_gone("Nobody is on level 2").choose("Save").expect("Nobody is on level 3 (Manager).");
    assert_eq!(window.session().run(within, &[]), "Level 3 · Manager");
    window.choose("Remove level 3").choose("Save").expect_gone("Start from a ladder");
    assert!(page::closes(window.session()), "with somebody on every level it is saved");
    let paths = page::ask(window.session(), "directory", &serde_json::json!({}))["paths"].clone();
    assert_eq!(paths[0]["levels"].as_array().map(Vec::len), Some(2), "{paths}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_refused_anyway_is_not_offered_anyway() {
    let world = World::new().await;
    let (ana, ben) = (world.person("Ana", &[]).await, world.person("Ben", &[]).await);
    world.service("Shop", &[(&[&ana], 10), (&[&ben], 10)]).await;
    world.rotation("Nights", &[&ana]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("Ben").click("Remove Ana").expect("Nobody else is on the rotation \"Nights\", which would reach nobody.");
    assert!(!page::text(window.session()).contains("Remove anyway"), "a button that would be refused");
    window.click("Remove Ben").expect("With nobody else on it, level 2 of Shop is then skipped.").click("Remove anyway");
    window.expect("Ben was removed.").expect("People 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_the_first_line_is_somebody_is_asked_and_what_is_shown_follows() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    world.mail(&mailbox).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/files");
    window.expect("People from other programs");
    page::offer(window.session(), "The file of people to import", "names.csv", "Ana Ruiz\nBen Okoro\n");
    window.expect("2 people in a table of one column").expect("Ana Ruiz · Ben Okoro");
    let switch = "The first line is a person too Otherwise it says what the columns are called.";
    window.tick(switch).expect("One person in a table of one column").expect_gone("Ana Ruiz · Ben Okoro");
    window.tick(switch).expect("Ana Ruiz · Ben Okoro");
    window.choose("What would change?").expect("New, 2 people: Ana Ruiz, Ben Okoro").choose("Import 2 people").expect("2 people added.");
    let directory = page::ask(window.session(), "directory", &serde_json::json!({}));
    assert_eq!(directory["people"][0]["name"], "Ana Ruiz", "the first line is somebody, and came in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_country_is_said_at_its_field_and_the_keyboard_is_there() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    world.mail(&mailbox).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/files");
    window.expect("People from other programs");
    page::offer(window.session(), "The file of people to import", "people.csv", "Name,Phone\nAna Ruiz,030 23125011\n");
    let country = "Country of numbers without one";
    window.expect(country).fill(country, "QQ").choose("What would change?").expect("\"QQ\" is no country");
    assert_eq!((window.focused().as_str(), stands_in(&window).as_str()), (country, "QQ"), "where it is wrong, and as it was typed");
    window.chord(&[key::CONTROL], 'a').typed("DE").expect_gone("is no country").press(key::ENTER).expect("New, 1 person: Ana Ruiz");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_whose_zone_no_longer_exists_is_drawn_in_utc_and_says_so() {
    let world = World::new().await;
    let gone = DeskSettings { zone: "Mars/Olympus".into(), ..DeskSettings::default() };
    world.engine.store.write::<_, StoreError, _>(move |db| settings::put(db, "desk", &gone)).await.expect("written");
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    window.expect("There is no time zone \"Mars/Olympus\" (any more), so times are in UTC.").expect("12:42 UTC");
    page::go(window.session(), "settings/desk");
    window.expect("This desk").fill("Time zone", "Europe/Berlin").press(key::TAB).choose("Save").expect("13:42 Europe/Berlin");
    window.expect_gone("There is no time zone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_would_be_cut_is_refused_at_its_field() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("Nobody yet").click("Add a person").expect("How to reach them");
    window.fill("Name", &"Maximilian ".repeat(20)).choose("Save").expect("This has 219 characters; up to 120 are kept.");
    assert_eq!(window.focused(), "Name", "the keyboard is where it is to be mended");
    window.chord(&[key::CONTROL], 'a').typed("Maximilian").expect_gone("This has 219 characters");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_says_who_is_its_reason_and_opens_them() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let mut marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    world.service("Shop", &[(&[&marta], 30)]).await;
    marta.presence.away_until = Some(world.now().plus(DAY));
    world.desk.save_person(marta).await.expect("she is away");
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/readiness");
    let hole = "Shop reaches nobody, because Marta is away: only this desk would be alarmed";
    window.expect(hole).expect("now until tomorrow 12:42");
    window.choose(&format!("Open the person : {hole}")).expect("How to reach them");
    assert_eq!((window.focused().as_str(), stands_in(&window).as_str()), ("Name", "Marta"), "the reason is where the hole is mended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_says_first_whom_it_would_write_to_and_then_finds_one_of_many() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    for number in 1..=21 {
        world.person(&format!("Person {number}"), &[(mail, &format!("p{number}@example.org"))]).await;
    }
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "channels/drills");
    window.expect("No drill yet").click("Begin a drill").expect("21 people, 21 messages: everybody in the directory");
    window.choose("Begin").expect("0 of 21 answered").expect("Person 12");
    page::go(window.session(), "channels/drills");
    let day = world.desk.drills().await.expect("the drills").latest[0].when.clone();
    window.fill(&format!("Find by name, in the drill of {day}"), "person 21").expect_gone("Person 12").expect("Person 21");
}
