//! The true path, told once for the test that checks it and the walk that shows
//! it: an empty desk, set up and used by keyboard alone, against a mailbox and a
//! webhook on this machine.

use serde_json::json;

use super::desktop::Desktop;
use super::webdriver::key;
use super::{Window, page};
use crate::http_sink::HttpSink;
use crate::smtp_sink::SmtpSink;

const WHAT: &str = "Checkout shows \"please try again\" to every customer";

/// Calls `look` with the name of each place worth a picture.
pub async fn from_an_empty_desk_to_a_resolved_incident(desktop: &Desktop, window: &Window, mut look: impl FnMut(&str)) {
    let (chat, mailbox) = (HttpSink::start().await, SmtpSink::start().await);
    channels(window, &chat.url("/hook"), mailbox.port());
    directory(window);
    look("1-directory");

    window.chord(&[key::CONTROL], 'n').expect("What happened?");
    window.typed(WHAT).press(key::ENTER).typed("Order platform");
    window.tab_to("One person").typed("41").answer("Reputation").tab_to("Yes, I know how").typed("3231");
    window.expect("Your gut says something is wrong").expect("Marta Lindqvist");
    look("2-recognise");
    for (step, name) in [('2', "3-path"), ('3', "4-channels"), ('4', "5-details"), ('5', "6-follow-up")] {
        window.chord(&[key::ALT], step);
        look(name);
    }
    window.choose("Escalate now").expect("What happens next");

    let posts = chat.wait_for(1).await;
    assert!(posts[0].json().to_string().contains("please try again"), "the chat is told what happened: {}", posts[0].json());
    let mails = mailbox.wait_for(1).await;
    assert_eq!(mails[0].to, ["marta@example.org"], "the mail goes to whom the plan names");
    assert!(mails[0].subject().contains("please try again"), "its subject says what happened: {}", mails[0].subject());
    look("7-escalated");

    window.choose("Marta has it").expect("Who has it?");
    window.chord(&[key::CONTROL], key::ENTER).expect("Marta Lindqvist has it");
    look("8-somebody-has-it");

    // A critical incident asks for a check-in every quarter of an hour.
    desktop.set_clock_forward(16);
    let shown = desktop.expect_notification("Check in");
    desktop.press_notification_button("Done");
    window.expect("checked in");
    assert!(shown.body.contains("Checkout") || shown.summary.contains("Checkout"), "a notification says what it is about: {shown:?}");
    look("9-checked-in");

    window.choose("Resolve").expect("What was the cause?");
    window.typed("The connection pool was full").chord(&[key::CONTROL], key::ENTER).expect("Reopen");
    look("10-resolved");
}

/// A chat and a mail account on this machine.
fn channels(window: &Window, hook: &str, port: u16) {
    page::ask(window.session(), "unlock_secrets", &json!({ "passphrase": "correct horse battery" }));
    let save = |provider: &str, name: &str, settings, secrets| {
        let id = page::ask(window.session(), "new_id", &json!({}));
        let setup = json!({ "id": id, "provider": provider, "name": name, "reach": "mail", "settings": settings, "secrets_set": [], "enabled": true, "last_test": null, "sample": false });
        page::ask(window.session(), "save_channel", &json!({ "change": { "setup": setup, "secrets": secrets } }));
    };
    save("slack-webhook", "#on-call", json!({ "allow_private": "yes", "allow_plain": "yes" }), json!({ "url": hook }));
    let settings = json!({ "host": "127.0.0.1", "port": port.to_string(), "security": "plain", "from_address": "desk@example.org" });
    save("mail", "Mail", settings, json!({}));
}

/// One person, one path with one level, one service.
fn directory(window: &Window) {
    window.choose("Directory").expect("Nobody yet");
    window.choose("Add a person").expect("How to reach them");
    window.typed("Marta Lindqvist").choose("Add a way").answer("Mail").fill("Mail address", "marta@example.org");
    // Another way begins as the first channel there is, which is the chat.
    window.choose("Add another way").expect("the first is tried first");
    window.chord(&[key::CONTROL], key::ENTER).expect_gone("How to reach them").expect("marta@example.org");

    window.tab_to("People 1").press(key::RIGHT).press(key::RIGHT).expect("No paths yet");
    window.choose("Add a path").expect("Then wait");
    window.typed("Databases").answer("Marta Lindqvist");
    window.chord(&[key::CONTROL], key::ENTER).expect_gone("Then wait").expect("Databases");

    window.tab_to("Paths 1").press(key::LEFT).expect("No services yet");
    window.choose("Add a service").expect("Who is called, in which order?");
    window.typed("Order platform").answer("Databases");
    window.chord(&[key::CONTROL], key::ENTER).expect_gone("Who is called, in which order?").expect("Order platform");
}
