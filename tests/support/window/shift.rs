//! The true path, told once for the test that checks it and the walk that shows
//! it: an empty desk, set up and used by keyboard alone, against a mailbox and a
//! webhook on this machine.

use serde_json::Value;

use super::desktop::Desktop;
use super::webdriver::key;
use super::{Window, page};
use crate::http_sink::HttpSink;
use crate::patience::until;
use crate::smtp_sink::SmtpSink;

const WHAT: &str = "Checkout shows \"please try again\" to every customer";

/// Calls `look` with the name of each place worth a picture.
pub async fn from_an_empty_desk_to_a_resolved_incident(desktop: &Desktop, window: &Window, mut look: impl FnMut(&str)) {
    let (chat, mailbox) = (HttpSink::start().await, SmtpSink::start().await);
    set_up(window, mailbox.port(), &mut look);
    add_chat(window, &chat.url("/hook"));
    look("3-channels");

    window.chord(&[key::CONTROL], 'n').expect("What happened?");
    window.typed(WHAT).press(key::ENTER).typed("Order platform");
    window.tab_to("One person").typed("41").answer("Reputation").tab_to("Yes, I know how").typed("3221");
    window.expect("Could harm the reputation").expect("Marta Lindqvist");
    look("4-recognise");
    for (step, name) in [('2', "5-path"), ('3', "6-channels-by-severity"), ('4', "7-details"), ('5', "8-follow-up")] {
        window.chord(&[key::ALT], step);
        look(name);
    }
    window.choose("Escalate now").expect("What happens next");

    let posts = chat.wait_for(2).await;
    assert!(posts[0].json().to_string().contains("This is a test"), "the test says that it is one: {}", posts[0].json());
    assert!(posts[1].json().to_string().contains("please try again"), "the chat is told what happened: {}", posts[1].json());
    let mails = mailbox.wait_for(1).await;
    assert_eq!(mails[0].to, ["marta@example.org"], "the mail goes to whom the plan names");
    assert!(mails[0].subject().contains("please try again"), "its subject says what happened: {}", mails[0].subject());
    look("9-escalated");

    window.choose("Marta has it").expect("Who has it?");
    window.chord(&[key::CONTROL], key::ENTER).expect("Marta Lindqvist has it");
    look("10-somebody-has-it");

    // A critical incident asks for a check-in every quarter of an hour.
    desktop.set_clock_forward(16);
    let shown = desktop.expect_notification("Check in");
    desktop.press_notification_button("Done");
    until("the keyboard in the field", || window.focused().starts_with("How does it stand?").then_some(()));
    window.typed("Still looking").chord(&[key::CONTROL], key::ENTER).expect("Still looking").expect_gone("How does it stand?");
    assert!(shown.body.contains("Checkout") || shown.summary.contains("Checkout"), "a notification says what it is about: {shown:?}");
    look("11-checked-in");

    window.choose("Resolve").expect("What was the cause?");
    window.typed("The connection pool was full").chord(&[key::CONTROL], key::ENTER).expect("Reopen");
    look("12-resolved");
}

/// The five pages of a first start: the desk, a mail account, a service, a person, a path.
pub fn set_up(window: &Window, port: u16, look: &mut impl FnMut(&str)) {
    window.expect("Set up my desk");
    look("1-welcome");
    window.choose("Set up my desk").expect("You and your desk");
    window.typed("Ana Ruiz").fill("Your desk", "Service desk Berlin").fill("Time zone", "Europe/Berlin").press(key::TAB);
    onwards(window, "A way to send");
    window.fill("What do you have?", "mail").press(key::ENTER).expect("Server");
    window.fill("Server", "127.0.0.1").fill("Port", &port.to_string()).answer("None");
    window.fill("Sender’s address", "desk@example.org");
    onwards(window, "A service");
    window.typed("Order platform");
    onwards(window, "Somebody who can be called");
    window.typed("Marta Lindqvist").fill("Mail address", "marta@example.org");
    onwards(window, "Whom to call, in which order");
    look("2-path");
    onwards(window, "Your desk is ready");
}

/// A new incident as far as the fourth step with something in every field, which it returns once all of it is saved.
pub fn describe(window: &Window) -> Vec<Value> {
    window.expect("Welcome to Baton").chord(&[key::CONTROL], 'n').expect("What happened?");
    window.chord(&[key::ALT], '4').expect("Since when?");
    window.fill("What happened?", WHAT).fill("Where?", "Order platform").fill("Who is affected?", "All customers in Germany");
    window.fill("Who reported it?", "Anna Weber").fill("People affected", "3,200").fill("Money lost", "10,000");
    window.choose("Add what you tried").fill("Tried 1", "Restarted the pool").press(key::TAB).expect("draft saved");
    let written = page::written(window.session());
    assert_eq!(written.len(), 9, "the fields of the fourth step: {written:#?}");
    written
}

fn onwards(window: &Window, words: &str) {
    window.chord(&[key::CONTROL], key::ENTER).expect(words);
}

/// A chat beside the mail, whose address is a secret that this desktop has no keyring for.
fn add_chat(window: &Window, hook: &str) {
    window.choose("Channels").expect("A passphrase for the passwords");
    window.fill("Passphrase", "correct horse battery").fill("The same again", "correct horse battery").press(key::ENTER);
    window.expect_gone("A passphrase for the passwords");
    window.choose("Add a channel").expect("What kind?");
    window.fill("What kind?", "Slack (inc").press(key::ENTER).expect("Webhook address");
    window.fill("Name", "#on-call").fill("Webhook address", hook);
    window.tick("Allow private addresses").tick("Allow http:// without encryption");
    window.chord(&[key::CONTROL], key::ENTER).expect("#on-call is set up");
    window.choose("Send a test through #on-call").expect("Working");

    window.choose("Directory").choose("Edit Marta Lindqvist").expect("How to reach them");
    // Another way begins as the first channel there is, which is the chat.
    window.choose("Add another way").expect("the first is tried first");
    window.chord(&[key::CONTROL], key::ENTER).expect_gone("How to reach them").expect("#on-call");
}
