//! A promise, a check-in and a task, by hand in the window.

use baton_core::domain::commitment::Standing;
use baton_core::domain::time::MINUTE;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::page;
use baton_tests::window::webdriver::key;
use baton_tests::world::World;

use crate::held::shown;

/// The box that takes up what is offered, as it is read aloud.
const WRITE_DOWN: &str = "Write it down as a promise You are reminded when its time has come, and whoever promised it is asked.";

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_typed_in_and_kept_in_the_window() {
    let (world, mailbox, desktop) = (World::new().await, SmtpSink::start().await, Desktop::start(Look::Light));
    let (id, window) = shown(&world, &mailbox, &desktop).await;
    window.click("Somebody promised…").expect("Who promised it?").fill("What?", "Send the logs").fill("By when?", "in 20 min");
    window.press(key::ENTER).expect("Marta: Send the logs");
    let one = world.incident(id).await.incident.commitments.remove(0);
    assert_eq!(one.name, "Marta", "whoever has it is chosen already");
    let minutes = one.due_at.map(|due| due.since(world.now()) / MINUTE);
    assert_eq!(minutes, Some(20), "by the page's clock, which goes on");
    window.click("Kept : Send the logs").expect("Marta kept the promise");
    assert_eq!(world.incident(id).await.incident.commitments[0].standing, Standing::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_that_holds_a_promise_offers_it_filled_in() {
    let (world, mailbox, desktop) = (World::new().await, SmtpSink::start().await, Desktop::start(Look::Light));
    let (id, window) = shown(&world, &mailbox, &desktop).await;
    window.click("Check in").expect("is an update").fill("How does it stand?", "Sends the logs in 20 min");
    window.expect("Write it down as a promise").tick(WRITE_DOWN).expect("Who promised it?");
    window.chord(&[key::CONTROL], key::ENTER).expect("Marta: Sends the logs");
    let incident = world.incident(id).await.incident;
    assert_eq!((incident.check_ins, incident.commitments.len()), (1, 1), "both are done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_is_answered_where_it_is_asked_for() {
    let (world, mailbox, desktop) = (World::new().await, SmtpSink::start().await, Desktop::start(Look::Light));
    let (id, window) = shown(&world, &mailbox, &desktop).await;
    world.fast_forward(15).await;
    window.session().reload();
    window.expect("Nothing new").fill("In a word", "Replica is up").press(key::ENTER).expect("Replica is up");
    let incident = world.incident(id).await;
    assert!(!incident.check_in.asked && incident.incident.check_ins == 1, "Done with a word");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_of_the_resolution_is_done_on_the_board() {
    let (world, mailbox, desktop) = (World::new().await, SmtpSink::start().await, Desktop::start(Look::Light));
    let (id, window) = shown(&world, &mailbox, &desktop).await;
    window.click("Resolve").expect("What fixed it?").click("Add a task").typed("A bigger pool").answer("Marta");
    window.chord(&[key::CONTROL], key::ENTER).expect("Resolved by");
    let one = world.incident(id).await.incident.commitments.remove(0);
    assert_eq!(
        (one.name.as_str(), one.what.as_str(), one.due_at.is_some()),
        ("Marta", "A bigger pool", true),
        "in a week, where nothing else is said"
    );
    page::go(window.session(), "board");
    window.expect("Open tasks 1").click("Show it of the open tasks").click("Done : A bigger pool").expect_gone("Open tasks");
    assert_eq!(world.incident(id).await.incident.commitments[0].standing, Standing::Done);
}
