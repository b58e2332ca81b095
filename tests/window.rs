//! What only the real window can show: that a person at a keyboard gets from
//! "something is wrong" to bytes on the wire, and that the desktop answers back.

use baton_tests::window::Window;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::shift::from_an_empty_desk_to_a_resolved_incident;
use baton_tests::window::webdriver::key;

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_desk_is_set_up_and_an_incident_escalated_taken_and_resolved_by_keyboard_alone() {
    let desktop = Desktop::start(Look::Light);
    let window = Window::open(&desktop);
    from_an_empty_desk_to_a_resolved_incident(&desktop, &window, |_| {}).await;
}

#[test]
fn what_was_left_for_later_comes_back_as_a_notification_whose_button_works() {
    let desktop = Desktop::start(Look::Light);
    let window = Window::open(&desktop);
    desktop.expect_tray_icon();

    window.chord(&[key::CONTROL], 'n').expect("What happened?");
    window.typed("Checkout shows \"please try again\"\n").typed("Web shop\n");
    // One person, slow, none of the risks, I know how, just started, it will pass, nobody asked.
    window.typed("1251113").expect("Carry on until");
    window.choose("Try 60 more minutes").expect("trying until");

    desktop.set_clock_forward(61);
    desktop.expect_notification("Any progress?");
    window.expect("Asked the desk: any progress?").expect("to decide");

    desktop.press_notification_button("15 more minutes");
    window.expect("trying until").expect_gone("to decide");
}
