//! A ticket that is pasted, by the keyboard.

use baton_tests::bridge;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::json;

use crate::scene;

const TICKET: &str = "Ticket: INC0012345\nCaller: Anna Weber\nShort description: The belt in hall 3 stands\nAffected users: 12\n\nDescription: It stopped at 13:20 and nothing can be booked out any more.\n";

async fn wizard(world: &World, desktop: &Desktop) -> Window {
    let url = bridge::serve(world, &scene::built(), 0).await;
    let window = Window::in_chromium(desktop, &url, Look::Light);
    page::go(window.session(), "new");
    window.expect("What happened?");
    window
}

/// Pastes it into what has the focus, as the desktop's clipboard would.
fn paste(window: &Window, text: &str) {
    let pasted = "const [text] = arguments
        const clipboardData = new DataTransfer()
        clipboardData.setData('text/plain', text)
        const into = document.activeElement
        if (into.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))) {
          into.setRangeText(text, into.selectionStart, into.selectionEnd, 'end')
          into.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste', data: text }))
        }";
    window.session().run(pasted, &[json!(text)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_fills_in_what_is_empty_and_marks_it_until_it_is_touched() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = wizard(&world, &desktop).await;
    window.chord(&[key::ALT], '4').expect("Since when?").fill("Who reported it?", "Ben from hall 3");
    window.click("Paste a ticket").expect("Ticket or mail");
    paste(&window, TICKET);
    window.chord(&[key::CONTROL], key::ENTER).expect_gone("Ticket or mail");
    window.expect("Filled in: what happened, since when, people affected. Left as you had it: who reported it.");
    let written = page::written(window.session());
    assert_eq!((&written[3], &written[5]), (&json!("Ben from hall 3"), &json!("12")), "what was typed stays: {written:#?}");
    assert!(written[0].as_str().is_some_and(|what| what.starts_with("The belt in hall 3 stands") && what.ends_with("Ticket INC0012345")));
    assert_eq!(marked(&window), ["What happened?", "Since when?", "People affected"]);

    window.fill("People affected", "15").expect("draft saved");
    assert_eq!(marked(&window), ["What happened?", "Since when?"], "what was touched is somebody's own");
    window.session().reload();
    window.expect("Since when?");
    assert_eq!(marked(&window), ["What happened?", "Since when?"], "and so it stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_filled_in_can_be_taken_back() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = wizard(&world, &desktop).await;
    window.chord(&[key::ALT], '4').expect("Since when?");
    window.click("Paste a ticket").expect("Ticket or mail");
    paste(&window, TICKET);
    window.chord(&[key::CONTROL], key::ENTER).expect("Filled in:").fill("Who is affected?", "All of hall 3");
    window.click("Undo").expect_gone("Filled in:").expect("draft saved");
    let written = page::written(window.session());
    assert_eq!((&written[0], &written[2], &written[5]), (&json!(""), &json!("All of hall 3"), &json!("")), "{written:#?}");
    assert_eq!(marked(&window), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_text_in_the_first_field_is_offered_to_be_read_and_stays_where_it_is_otherwise() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = wizard(&world, &desktop).await;
    window.tab_to("What happened?");
    paste(&window, TICKET);
    window.expect("This looks like a ticket or a mail.").click("Leave it as it is").expect_gone("This looks like a ticket");
    assert_eq!(page::written(window.session())[0], json!(TICKET), "no line is lost");

    window.tab_to("What happened?").chord(&[key::CONTROL], 'a').press(key::DELETE);
    paste(&window, TICKET);
    window.click("Fill in the fields").expect("Filled in: what happened, who reported it, since when, people affected.");
    let what = page::written(window.session())[0].clone();
    assert!(what.as_str().is_some_and(|what| what.starts_with("The belt in hall 3 stands\n")), "it is put where it belongs: {what}");
    window.click("Undo").expect_gone("Filled in:");
    assert_eq!(page::written(window.session())[0], json!(TICKET), "Undo brings back what was pasted");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_says_nothing_is_said_to_and_is_not_lost() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = wizard(&world, &desktop).await;
    window.fill("What happened?", "The belt stands").click("Paste a ticket").expect("Ticket or mail");
    window.typed("Hello").chord(&[key::CONTROL], key::ENTER).expect("Nothing was found in it that a field asks for. Nothing was changed.");
    assert_eq!(page::written(window.session())[0], json!("The belt stands"));
}

/// The labels of the fields that are marked as found.
fn marked(window: &Window) -> Vec<String> {
    let found = "return [...document.querySelectorAll('.question-side .field')]
        .filter((one) => one.querySelector('.note')?.textContent.startsWith('found'))
        .map((one) => one.querySelector('label').textContent)";
    let found = window.session().run(found, &[]);
    found.as_array().expect("a list").iter().filter_map(|label| label.as_str().map(str::to_owned)).collect()
}
