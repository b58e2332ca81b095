//! Who is told, what a nudge says, and the desk going to the next person, by hand in the window.

use baton_core::api::types::Action;
use baton_core::domain::time::MINUTE;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::page;
use baton_tests::world::World;

use crate::held::shown;

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_told_and_taken_off_and_the_status_text_stands_ready_to_copy() {
    let (world, mailbox, desktop) = (World::new().await, SmtpSink::start().await, Desktop::start(Look::Light));
    let (id, window) = shown(&world, &mailbox, &desktop).await;
    window.click("Tell somebody…").expect("Nobody waits for them").answer("Dora").click("Tell them").expect("chosen by the desk");
    let view = world.incident(id).await;
    assert_eq!(view.stakeholders.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Dora"]);
    world.settle().await;
    assert!(mailbox.mails().iter().any(|mail| mail.to == ["dora@example.org"]), "she hears at once");
    window
        .click("Status text…")
        .expect("State: A specialist is working on it.")
        .answer("Deutsch")
        .expect("Stand: Eine Fachkraft arbeitet daran.");
    window.click("Close").click("Take off Dora").expect("Nobody is. Whoever should know");
    assert!(world.incident(id).await.stakeholders.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_third_nudge_suggests_to_escalate_where_the_button_is() {
    let (world, mailbox, desktop) = (World::new().await, SmtpSink::start().await, Desktop::start(Look::Light));
    let (id, window) = shown(&world, &mailbox, &desktop).await;
    let marta = world.incident(id).await.incident.told.into_iter().next().expect("she was told");
    for _ in 0..3 {
        world.act(id, Action::Nudge { person: marta }).await;
        world.clock.set(world.now().plus(MINUTE));
    }
    window.session().reload();
    window.expect("Marta has it").click("Nudge").expect("Nudged 3 times without an answer. Escalate instead? Level 2 is Ben.");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_given_and_accepted() {
    let (world, mailbox, desktop) = (World::new().await, SmtpSink::start().await, Desktop::start(Look::Light));
    let (_, window) = shown(&world, &mailbox, &desktop).await;
    page::go(window.session(), "board");
    window.click("Hand over").expect("Ana has this desk").expect("Open incidents (1)");
    window.click("Hand over…").expect("Who takes this desk?").answer("Ben").click("Hand over to Ben").expect("Ana hands this desk to Ben");
    assert_eq!(world.desk.hand_over().await.expect("the view").holder, "Ana", "until he accepts");
    page::go(window.session(), "board");
    window
        .expect("Ana hands this desk to Ben")
        .click("Accept or decline the desk")
        .click("I am Ben: accept")
        .expect("Ben has this desk")
        .expect("accepted: Ben has the desk");
    assert_eq!(world.desk.overview().await.expect("the frame").desk.me, "Ben");
}
