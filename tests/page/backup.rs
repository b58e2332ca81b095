//! Copies, going on from one, how long things are kept, and what is held of a person, on the page.

use baton_core::api::types::Action;
use baton_tests::bridge;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::json;

use crate::scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_made_looked_into_and_gone_on_from() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;

    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), "settings/backup");
    window.expect("There is none yet.").click("Back up now").expect("Copied and checked").expect("The last good one: 12:42");

    window.click("Restore… 12:42").expect("Go on from this copy?").expect("It knows everything that happened here.");
    window.click("Cancel").expect_gone("Go on from this copy?");
    world.escalates("Nobody can pay by card", &shop).await;
    window.click("Restore… 12:42").expect("1 incident that is newer").expect("Nobody can pay by card (open)");
    window.click("Cancel").expect_gone("Go on from this copy?");

    let letter = world.folder.path().join("letter.txt");
    std::fs::write(&letter, "Dear all, the shop is down again.").expect("a file");
    window.click("Restore from a file…").fill("File", &letter.display().to_string()).click("Look into it").expect("no database at all");
    window.expect("Nothing was changed");
    window.click("Cancel").expect_gone("Look into it");

    window.fill("Folder", "/nowhere/at/all").click("Save").expect("This folder is not there.");
    let known = page::ask(window.session(), "backups", &json!({}));
    assert_eq!(known["settings"]["folder"], "", "what cannot serve is not saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_go_is_said_before_anything_does_and_a_person_can_go_too() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta Vogel", &[(mail, "marta@example.org")]).await;
    let ilse = world.person("Ilse Brandt", &[(mail, "ilse@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta, &ilse], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);

    page::go(window.session(), "directory/people");
    window.click("Data held of Marta Vogel").expect("What Baton holds of Marta Vogel").expect("They cannot be removed yet");
    window.click("Close").expect_gone("They cannot be removed yet");
    world.act(id, Action::Resolve { cause: "A full disk".into(), fix: "Made room".into(), follow_ups: vec![] }).await;
    window.click("Data held of Marta Vogel").expect("In what happened").tick("Remove them from everything");
    window.click("Remove them from everything").expect("They are on");
    window.click("Remove them all the same").expect("They were removed from everything.").expect_gone("Marta Vogel");
    page::go(window.session(), &format!("incident/{id}"));
    window.expect("a removed person").expect("Ilse Brandt");

    world.sleep(60 * 24 * 60).await;
    page::go(window.session(), "settings/kept");
    window.fill("Incidents that are over", "1").click("What would go now?").expect("1 incident with").expect("not saved yet");
    window.click("Close").expect_gone("This would go now").click("Save").expect("Saved.");
    window.click("What would go now?").click("Remove it now").expect("1 incident was removed.");
    window.click("What would go now?").expect("Nothing would go now");
}
