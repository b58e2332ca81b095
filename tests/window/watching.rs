//! Still watching, against the real program: a reminder appears on the desktop, and is answered
//! there and from the tray.

use baton_core::api::types::Action;
use baton_core::domain::event::AcknowledgedHow;
use baton_tests::patience::until;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::Window;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::world::World;

/// A desktop whose Baton knows of a critical incident that Marta has, and that Jonas is next to be called about.
async fn held() -> (Desktop, SmtpSink, String) {
    held_on(Desktop::start(Look::Light)).await
}

async fn held_on(desktop: Desktop) -> (Desktop, SmtpSink, String) {
    let mailbox = SmtpSink::start().await;
    let world = World::at(&desktop.home()).await;
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta Lindqvist", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas Weber", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 240), (&[&jonas], 240)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    let reference = world.incident(id).await.row.reference;
    (desktop, mailbox, reference)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_appears_is_snoozed_there_and_done_from_the_tray_and_the_board_shows_both() {
    let (desktop, _mailbox, reference) = held().await;
    let window = Window::open(&desktop);
    window.expect(&reference).expect("on it since");
    desktop.expect_in_tray(&reference);

    desktop.set_clock_forward(16);
    let shown = desktop.expect_notification("Check in");
    assert!(shown.body.contains("is an update"), "what counts as one is said with it: {}", shown.body);
    window.expect("1 open · 1 late");
    desktop.expect_in_tray("1 open, 1 overdue");
    desktop.press_notification_button("Snooze 15 min: work goes on");
    window.expect("snoozed: work goes on (from the notification)").expect_gone("1 late");

    // The snooze is over, and it is asked for again.
    desktop.set_clock_forward(33);
    window.expect_gone("snoozed: work goes on (from").expect("1 open · 1 late");
    desktop.choose_from_tray("Done");
    window.expect("checked in").expect_gone("1 late");
    desktop.expect_in_tray("1 open");
}

#[tokio::test(flavor = "multi_thread")]
async fn done_on_a_desktop_without_a_field_opens_the_windows_and_what_is_late_says_so() {
    let (desktop, _mailbox, _) = held().await;
    let window = Window::open(&desktop);
    window.expect("on it since");

    desktop.set_clock_forward(16);
    desktop.expect_notification("Check in");
    desktop.press_notification_button("Done");
    until("the keyboard in the field", || window.focused().starts_with("How does it stand?").then_some(()));
    window.typed("The replica is up").chord(&[key::CONTROL], key::ENTER).expect("The replica is up").expect_gone("How does it stand?");

    desktop.set_clock_forward(16 + 31);
    let asked = || desktop.shown().iter().filter(|shown| shown.summary.contains("Check in")).count();
    until("the second reminder", || (asked() == 2).then_some(()));
    window.choose("Resolve").expect("It can be reopened").chord(&[key::CONTROL], key::ENTER).expect("Reopen");
    desktop.press_notification_button("Snooze 15 min: work goes on");
    window.expect("What you pressed came too late");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_can_type_into_a_notification_done_takes_a_word_there() {
    let (desktop, _mailbox, reference) = held_on(Desktop::start_with_typing(Look::Light)).await;
    let window = Window::open(&desktop);
    window.expect("on it since");
    desktop.set_clock_forward(16);
    window.expect("1 late");
    let suggested = desktop.type_into_notification("Check in", "The replica is up");
    assert_eq!(suggested, "Nothing new");
    window.expect("checked in").expect_gone("1 late");
    window.choose(&format!("Open {reference}")).expect("The replica is up");
}
