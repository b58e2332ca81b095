//! What only the real window can show: that a person at a keyboard gets from
//! "something is wrong" to bytes on the wire, and that the desktop answers back.

#[path = "window/restoring.rs"]
mod restoring;
#[path = "window/watching.rs"]
mod watching;
#[path = "window/ways_in.rs"]
mod ways_in;

use std::process::Command;

use baton_tests::patience::until;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::display::{Area, MAGENTA, Picture};
use baton_tests::window::shift::{describe, from_an_empty_desk_to_a_resolved_incident};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};

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
    window.choose("I'll try for 60 min").expect("trying until");

    desktop.set_clock_forward(61);
    desktop.expect_notification("Any progress?");
    window.expect("Asked the desk: any progress?").expect("to decide");

    desktop.press_notification_button("10 more minutes");
    window.expect("trying until").expect_gone("to decide");
}

#[test]
fn killed_in_step_4_it_opens_in_step_4_with_every_word() {
    let desktop = Desktop::start(Look::Light);
    let window = Window::open(&desktop);
    let before = describe(&window);

    desktop.kill_baton();
    drop(window);
    let window = Window::open(&desktop);

    window.expect("The draft you were writing is open again").expect("Since when?").expect("Restarted the pool");
    assert_eq!(page::written(window.session()), before, "not a word is lost, and nobody has to look for it");
}

#[test]
fn a_second_start_brings_the_first_window_forward_and_ends() {
    let desktop = Desktop::start(Look::Light);
    let _first = Window::open(&desktop);
    let display = desktop.display();
    display.cover_with("Ticket system");

    let status = desktop.start_baton().ended();
    assert!(status.success(), "a second start is no failure: {status}");
    until("Baton in front again", || (display.in_front() == "Baton").then_some(()));
    assert_eq!(display.windows("Baton").len(), 1, "there is one window, not two");

    let _other = desktop.start_baton_in(&desktop.home().with_file_name("other"));
    until("a window of its own for another data folder", || (display.windows("Baton").len() == 2).then_some(()));
}

#[test]
fn closed_it_goes_on_in_the_tray_and_comes_back_from_there() {
    let desktop = Desktop::start(Look::Light);
    let _baton = desktop.start_baton();
    let display = desktop.display();
    desktop.expect_in_tray("Nothing is open");
    let window = until("the window", || display.windows("Baton").first().copied());

    display.close(window);
    until("no window", || display.windows("Baton").is_empty().then_some(()));
    desktop.expect_in_tray("Nothing is open");

    desktop.choose_from_tray("Open Baton");
    let again = until("the window again", || display.windows("Baton").first().copied());
    until("a page in it", || is_drawn(&display.picture(), display.area(again)).then_some(()));
}

#[test]
fn the_tray_shows_what_is_urgent_and_acts_on_it() {
    let desktop = Desktop::start(Look::Light);
    let window = Window::open(&desktop);
    desktop.expect_in_tray("Nothing is open");
    window.choose("Look around with sample data");
    let line = desktop.expect_in_tray(" · ");
    let reference = line.split(' ').next().unwrap_or_default();

    window.choose(&format!("Open {reference}")).expect("What happens next");
    desktop.choose_from_tray("Done");
    window.expect("checked in");
    window.choose("Marta has it").expect("Who has it?").chord(&[key::CONTROL], key::ENTER).expect("Marta Lindqvist has it");
    // The tray follows a moment later, and the entries of the others read alike.
    desktop.expect_in_tray("Nudge Marta Lindqvist");
    desktop.choose_from_tray("Snooze 15 min: waiting for an answer");
    window.expect("waiting for an answer (from the tray)");
    desktop.choose_from_tray("New incident");
    window.expect("What happened?");
}

#[test]
fn a_rotation_and_a_path_are_built_by_keyboard_and_the_call_sheet_says_so_on_paper() {
    let desktop = Desktop::start(Look::Light);
    let window = Window::open(&desktop);
    window.choose("Look around with sample data").expect("Level 2");

    window.choose("Directory").tab_to("People 6").press(key::RIGHT).press(key::RIGHT).expect("weekly");
    window.choose("Add a rotation").expect("How long is a turn?");
    window.typed("Night watch").answer("Priya Raman · warehouse systems").expect("1. Priya Raman");
    window.answer("Ilse Brandl · network").expect("2. Ilse Brandl").expect("four weeks");
    window.chord(&[key::CONTROL], key::ENTER).expect_gone("How long is a turn?").expect("Priya Raman, Ilse Brandl, weekly");

    window.tab_to("Rotations 2").press(key::RIGHT).press(key::RIGHT).expect("Office and network");
    window.choose("Add a path").expect("Walk the whole path");
    window.typed("At night").fill("Who is called at level 1", "night").press(key::ENTER).expect("on call in Night watch");
    window.choose("Add level 2").fill("Who is called at level 2", "databases").press(key::ENTER);
    window.choose("Add level 3").fill("Who is called at level 3", "ngozi").press(key::ENTER).expect("Ngozi Adeyemi");
    window.chord(&[key::CONTROL], key::ENTER).expect_gone("Walk the whole path").expect("Level 3: Ngozi Adeyemi");

    window.chord(&[key::CONTROL], 'n').expect("What happened?").typed("Racks are hot\n").typed("Warehouse").press(key::ENTER);
    window.chord(&[key::ALT], '2').answer("At night").expect("on call until").expect("Ngozi Adeyemi");

    window.choose("Directory").choose("Call sheet").expect("We have an incident that needs you");
    let said = until("the night's path on paper", || {
        let said = Command::new("pdftotext").arg("-layout").arg(desktop.home().join("call-sheet.pdf")).arg("-").output().ok()?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        said.contains("At night").then_some(said)
    });
    for words in ["Priya Raman · Level 1 · now · on call until", "+49 30 23125015", "Ngozi Adeyemi · Level 3", "On call: Night watch"] {
        assert!(said.contains(words), "\"{words}\" can be read on it:\n{said}");
    }
}

#[test]
fn nothing_flashes_before_the_page_is_painted() {
    for (look, paper) in [(Look::Light, 0x00f6_f6f4), (Look::Dark, 0x0014_1619)] {
        let desktop = Desktop::start(look);
        let display = desktop.display();
        display.paint_desktop(MAGENTA);
        let _baton = desktop.start_baton();

        let mut seen: Vec<Picture> = Vec::new();
        let area = until("a painted page", || {
            seen.push(display.picture());
            let area = display.area(*display.windows("Baton").first()?);
            is_drawn(seen.last()?, area).then_some(area)
        });

        for (at, picture) in seen.iter().enumerate().filter(|(_, picture)| picture.share(area, MAGENTA) < 0.99) {
            let ground = picture.share(area, paper);
            assert!(
                ground > 0.5,
                "{look:?}: from its first moment the window has the page's own ground, not a web view's white; picture {at} has {ground:.2} of it"
            );
        }
    }
}

/// Letters have soft edges, and so a painted page has more colours than an empty one.
fn is_drawn(picture: &Picture, area: Area) -> bool {
    picture.colours(area) > 40
}
