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
