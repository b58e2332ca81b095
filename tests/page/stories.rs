//! What a hasty or interrupted person does to the page.

use baton_tests::bridge;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::shift::{describe, set_up};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::json;

use crate::scene;

async fn page_of(world: &World, desktop: &Desktop) -> Window {
    let url = bridge::serve(world, &scene::built(), 0).await;
    Window::in_chromium(desktop, &url, Look::Light)
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_an_escalation_by_keyboard_with_only_what_and_where() {
    let (world, mailbox) = (World::now_and_here().await, SmtpSink::start().await);
    let running = tokio::spawn(world.engine.clone().run());
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    set_up(&window, mailbox.port(), &mut |_| {});

    window.chord(&[key::CONTROL], 'n').expect("What happened?");
    window.typed("Checkout shows \"please try again\"").press(key::ENTER).typed("Order platform").press(key::ENTER);
    window.expect("Marta Lindqvist").chord(&[key::CONTROL, key::SHIFT], key::ENTER).expect("What happens next");

    let mails = mailbox.wait_for(1).await;
    assert_eq!(mails[0].to, ["marta@example.org"], "what and where is enough to reach whom the path names");
    running.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_loaded_anew_is_at_the_same_step_of_the_same_draft_with_every_word() {
    let world = World::now_and_here().await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    let before = describe(&window);

    window.session().reload();
    window.expect("Since when?").expect("Restarted the pool");
    assert_eq!(page::written(window.session()), before, "not a word is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_escalates_once() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let address = format!("new/{}", draft.id);
    world.desk.save_draft(draft).await.expect("a draft is kept");

    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), &address);
    window.expect("in the directory").clicks("Escalate now", 2).expect("What happens next");
    world.settle().await;

    let board = page::ask(window.session(), "board", &json!({}));
    assert_eq!(board["rows"].as_array().map(Vec::len), Some(1), "one incident: {board}");
    assert_eq!(board["drafts"], json!([]), "and no draft of it left behind");
    assert_eq!(mailbox.mails().len(), 1, "of which Marta hears once");
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_saves_a_small_form_and_closes_nothing_that_is_not_saved() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("Nobody yet").click("Add a person").expect("How to reach them");
    window.press(key::ENTER).expect("“Name” is still empty.");
    window.typed("Petra Eilig").press(key::ENTER).expect_gone("How to reach them").expect("Petra Eilig");
    let directory = page::ask(window.session(), "directory", &json!({}));
    assert_eq!(directory["people"][0]["name"], "Petra Eilig", "what closed was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_never_saved_as_something_else() {
    let world = World::new().await;
    let marta = world.person("Marta", &[]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("Marta").click("Edit Marta").expect("How to reach them");
    window.fill("Away until", "until next Monday or so").press(key::ENTER).expect("This is no time yet");
    window.click("Save").expect("This is no time yet");
    let person = page::ask(window.session(), "directory", &json!({}))["people"][0].clone();
    assert_eq!(person["away_until"], json!(null), "{} is not said to be there either: nothing was saved", marta.name);
    window.fill("Away until", "in 1 week").click("Save").expect_gone("How to reach them").expect("Away until");
}

#[tokio::test(flavor = "multi_thread")]
async fn escape_asks_before_it_throws_away_what_was_typed() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("Nobody yet").click("Add a person").expect("How to reach them");
    window.press(key::ESCAPE).expect_gone("How to reach them");
    window.click("Add a person").expect("How to reach them").typed("Petra");
    window.press(key::ESCAPE).expect("Throw away what you typed?");
    // The keyboard is at the side that loses nothing.
    window.press(key::ENTER).expect_gone("Throw away what you typed?").expect("How to reach them");
    window.fill("Name", "Petra Eilig").press(key::ENTER).expect("Petra Eilig");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_mail_keeps_its_lines_from_the_first_step_to_the_message() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut draft = world.draft("", &shop).await;
    draft.facts.what = "From: hall 3\nSubject: the belt stands\n\nIt stopped at 13:20.".into();
    let address = format!("new/{}", draft.id);
    world.desk.save_draft(draft).await.expect("a draft is kept");
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), &address);
    window.expect("in the directory").tab_to("What happened?").chord(&[key::CONTROL], key::END).typed("!");
    assert_eq!(
        page::written(window.session())[0],
        "From: hall 3\nSubject: the belt stands\n\nIt stopped at 13:20.!",
        "a letter more, and no line less"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_not_taken_is_said_where_one_looks_first() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    drop(mailbox);
    let id = world.escalates_although("Checkout fails for everybody", &shop).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    window.expect("not sent, next try");
    page::go(window.session(), &format!("incident/{id}"));
    window.expect("Nobody has it yet").expect("not sent, next try").expect("refused the connection");
    page::go(window.session(), "channels");
    window.expect("Failing").expect("a message was not taken");
}
