//! What somebody runs into on the first day: things looked for under another name,
//! a click too many, something forgotten that nothing says.

use baton_tests::bridge;
use baton_tests::http_sink::HttpSink;
use baton_tests::patience::until;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::json;

use crate::scene;

async fn page_of(world: &World, desktop: &Desktop) -> Window {
    let url = bridge::serve(world, &scene::built(), 0).await;
    Window::in_chromium(desktop, &url, Look::Light)
}

/// What the page answers to a question of one line.
fn seen(window: &Window, script: &str) -> serde_json::Value {
    window.session().run(&format!("return {script}"), &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_found_by_any_of_its_names_and_whatever_was_looked_for_before() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    assert_eq!(seen(&window, "document.querySelectorAll('.count.late').length"), 0, "before anything is set up nothing is late or lost");
    window.click("Set up my desk").expect("You and your desk").click("Skip").expect("A way to send");
    let mail = "Sends mail through your own mail server";
    for typed in ["hook", "mail", "twilio", "email", "zulip", "e-mail", "smtp", "outlook", "exchange", "mail server"] {
        window.fill("What do you have?", typed);
        if ["hook", "twilio", "zulip"].contains(&typed) {
            window.expect_gone(mail)
        } else {
            window.expect(mail)
        };
    }
    window.fill("What do you have?", "sms").expect_gone(mail);
    for kind in ["Text message (Twilio)", "Text message (Kannel)", "Text message (any gateway)", "modem"] {
        window.expect(kind);
    }
    // Home is for what is typed, as in any field.
    window.fill("What do you have?", "ail").press(key::HOME).typed("m").expect(mail).press(key::ENTER).expect("Server");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_already_can_be_chosen_again() {
    let world = World::new().await;
    world.person("Marta", &[]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/rotations");
    window.expect("No rotations yet").click("Add a rotation").expect("Handovers are by the clock on the wall there");
    window.typed("Nights");
    for _ in 0..2 {
        window.fill("Time zone", "Berlin").press(key::ENTER);
        let stands = || seen(&window, "document.activeElement.value") == json!("Europe/Berlin");
        until("the zone stands in the field", || stands().then_some(()));
    }
    window.answer("Marta").choose("Save").expect_gone("Handovers are by the clock");
    let directory = page::ask(window.session(), "directory", &json!({}));
    assert_eq!(directory["rotations"][0]["zone"], "Europe/Berlin", "nothing was in the way of saving it");
}

#[tokio::test(flavor = "multi_thread")]
async fn among_many_none_of_them_can_be_chosen_too() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let ana = world.person("Ana", &[(mail, "ana@example.org")]).await;
    for name in ["Belt", "Door", "Lift", "Mail", "Net", "Print", "Shop", "Till"] {
        world.service(name, &[(&[&ana], 10)]).await;
    }
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/services");
    window.expect("path Belt").click("Edit Belt").expect("What is often wrong with it");
    window.fill("Who is called, in which order?", "the desk").press(key::ENTER);
    let stands = || seen(&window, "document.activeElement.value") == json!("As the desk says");
    until("the choice stands in the field", || stands().then_some(()));
    window.choose("Save").expect_gone("What is often wrong with it").expect("the desk’s own path");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_opens_a_form_and_leaves_it_open() {
    let world = World::new().await;
    world.person("Marta", &[]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("Marta").clicks("Edit Marta", 2).expect("How to reach them");
    window.fill("What they do", "databases").expect("How to reach them").choose("Save").expect_gone("How to reach them");
    window.expect("databases").click("Edit Marta").expect("How to reach them");
    // A click beside it that is meant closes it.
    until("the form closes", || {
        window.session().clicks((4, 4), 1);
        (!page::text(window.session()).contains("How to reach them")).then_some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_found_without_its_marks() {
    let world = World::new().await;
    for name in ["Çiğdem Müller", "Øyvind Ødegård", "Ana Ruiz", "Ben Okoro", "Caro Lang", "Dirk Ott", "Eva Roth", "Jonas Weber"] {
        world.person(name, &[]).await;
    }
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    for (typed, name) in [("muller", "Çiğdem Müller"), ("mueller", "Çiğdem Müller"), ("odegard", "Øyvind Ødegård")] {
        window.expect("People 8").fill("Find by name", typed).expect(name).expect_gone("Ana Ruiz");
    }
    // The list of holes is none of names.
    window.click("Readiness 1").expect("There is no path yet");
    assert_eq!(seen(&window, "document.querySelector('[data-search]')"), json!(null), "and is not looked through by name");
    page::go(window.session(), "directory/teams");
    window.expect("No teams yet").click("Add a team").expect("Add to people");
    window.typed("Office").fill("Add to people", "odegard").press(key::ENTER).expect("1. Øyvind Ødegård");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_ends_where_its_work_ends() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let ana = world.person("Ana", &[(mail, "ana@example.org")]).await;
    world.service("Shop", &[(&[&ana], 10)]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("ana@example.org").click("Remove Ana").expect("which would reach nobody");
    window.click("Services 1").expect("which would reach nobody");
    window.choose("Settings").expect("This desk").expect_gone("which would reach nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_for_a_person_begins_with_a_way_and_says_when_there_is_none() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    world.mail(&mailbox).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("Nobody yet").click("Add a person").expect("How to reach them");
    window.typed("Petra Eilig").fill("Mail address", "petra@example.org").press(key::ENTER).expect_gone("How to reach them");
    window.expect("Mail petra@example.org").click("Add a person").expect("How to reach them");
    window.typed("Ben Okoro").press(key::ENTER).expect_gone("How to reach them");
    window.expect("Ben Okoro is saved and cannot be reached: add a way to reach them.").expect("Cannot be reached: no method yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_reaches_nobody_says_so_as_it_is_saved() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    world.person("Ana", &[]).await;
    let ben = world.person("Ben", &[(mail, "ben@example.org")]).await;
    world.service("Shop", &[(&[&ben], 10)]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/paths");
    window.expect("Paths 1").click("Add a path").expect("Start from a ladder").typed("Nights").answer("Ana");
    window.choose("Save").expect_gone("Start from a ladder");
    let said =
        "Nights reaches nobody, because Ana has no working method: only this desk would be alarmed, now and in all of the next 14 days.";
    window.expect(said).choose("Open readiness").expect("Open the person").expect_gone(said);

    // Whoever becomes unreachable takes the path along.
    page::go(window.session(), "directory/people");
    window.expect("ben@example.org").click("Edit Ben").expect("How to reach them").click("Remove method 1").choose("Save");
    window.expect("Shop reaches nobody, because Ben has no working method");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_far_up_a_long_form_is_gone_to_and_marked() {
    let world = World::new().await;
    for name in ["Ana", "Ben", "Caro"] {
        world.person(name, &[]).await;
    }
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    window.resize_in_chromium((900, 640));
    page::go(window.session(), "directory/rotations");
    window.expect("No rotations yet").click("Add a rotation").expect("Handovers are by the clock on the wall there");
    window.click("Swap a shift").expect("Take it back").click("Save").expect("“Name” is still empty.");
    let marked = "(() => { const one = document.activeElement; const box = one.getBoundingClientRect(); const form = document.querySelector('[role=dialog]').getBoundingClientRect();
        return [one.labels?.[0]?.innerText, one.ariaInvalid, box.top > form.top && box.bottom < form.bottom - 80] })()";
    assert_eq!(seen(&window, marked), json!(["Name", "true", true]), "the keyboard is there, it is marked, and it is in sight");
    window.typed("Nights");
    assert_eq!(seen(&window, "document.activeElement.ariaInvalid"), json!(null), "and not marked once it is mended");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_follows_what_is_agreed_and_taken_back() {
    let world = World::new().await;
    let (ana, ben) = (world.person("Ana", &[]).await, world.person("Ben", &[]).await);
    world.rotation("Nights", &[&ana, &ben]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/rotations");
    window.expect("Nights").click("Edit Nights").expect("Agreed otherwise").choose("Swap a shift").expect("Take it back");
    let within = || seen(&window, "document.activeElement?.closest('fieldset')?.querySelector('legend')?.innerText");
    until("the keyboard is at what was agreed", || (within() == json!("Agreement 1")).then_some(()));
    window.choose("Take it back : agreement 1").expect_gone("Take it back");
    until("the keyboard is where the next is agreed", || (window.focused() == "Swap a shift").then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_can_be_made_and_looked_at_until_it_is_saved() {
    let (world, hook) = (World::new().await, HttpSink::start().await);
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "channels");
    window.expect("Call by hand").click("Add a channel").expect("What kind?").fill("What kind?", "webhook").press(key::ENTER);
    let address = hook.url("/hook");
    window.expect("Signing secret").fill("Address", &address);
    let field = |name: &str| {
        let found = "const found = [...document.querySelectorAll('[role=dialog] input')].find((one) => one.labels[0]?.innerText === arguments[0]); return [found.type, found.value]";
        window.session().run(found, &[json!(name)])
    };
    assert_eq!(field("Address"), json!(["password", address]), "dots while it is typed");
    window.click("Show Address").expect("Hide");
    assert_eq!(field("Address"), json!(["text", address]), "and words for who wants to look");
    window.click("Make one for Signing secret").expect("once saved it is not shown again");
    let made = field("Signing secret");
    let secret = made[1].as_str().unwrap_or_default();
    assert!(made[0] == "text" && secret.starts_with("whsec_") && secret.len() == 50, "one to copy: {made}");
    window.tick("Allow private addresses").tick("Allow http:// without encryption").chord(&[key::CONTROL], key::ENTER);
    window.expect("Webhook is set up").click("Send a test through Webhook").expect("Working");
    assert!(hook.wait_for(1).await[0].header("webhook-signature").is_some(), "and it signs");
    window.click("Edit Webhook").expect("is set");
    assert_eq!(field("Signing secret"), json!(["password", ""]), "what is kept is not shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_brings_nothing_new_says_so_once_and_has_one_way_out() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    world.person("Ana Ruiz", &[(mail, "ana@example.org")]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/files");
    window.expect("People from other programs");
    // Written twice by a hasty hand, it is said once.
    window.clicks("Save as a file", 2).expect("Saved as");
    assert_eq!(seen(&window, "document.querySelectorAll('.toast').length"), 1, "one thing was done");
    let file = page::ask(window.session(), "save_directory_file", &json!({}));
    let text = std::fs::read_to_string(file.as_str().expect("where it is")).expect("the file that was written");
    page::offer(window.session(), "The file to import", "directory.json", &text);
    window.expect("All of it is here already.");
    let once = "[...document.querySelector('[role=dialog]').innerText.matchAll('All of it is here already')].length";
    assert_eq!(seen(&window, once), 1, "once");
    assert!(!page::text(window.session()).contains("Cancel"), "there is nothing to cancel");
    window.click("Close").expect_gone("All of it is here already.");
}
