//! Step 1, by the keyboard: a number for each question, a reason where one is asked for, and
//! nothing that moves under the hands.

use baton_core::api::types::Action;
use baton_core::domain::directory::Service;
use baton_core::domain::event::AcknowledgedHow;
use baton_tests::bridge;
use baton_tests::patience::until;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::{Value, json};

use crate::scene;

async fn page_of(world: &World, desktop: &Desktop) -> Window {
    let url = bridge::serve(world, &scene::built(), 0).await;
    Window::in_chromium(desktop, &url, Look::Light)
}

async fn shop(world: &World, mailbox: &SmtpSink) -> Service {
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    world.service("Shop", &[(&[&marta], 30)]).await
}

/// What the page answers to a question of one line.
fn seen(window: &Window, script: &str) -> Value {
    window.session().run(&format!("return {script}"), &[])
}

/// The question that has the keyboard.
fn question(window: &Window) -> String {
    let asked = "document.getElementById(document.activeElement.closest('.choice')?.getAttribute('aria-labelledby'))?.innerText ?? ''";
    seen(window, asked).as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_answers_each_question_and_goes_on_to_the_next() {
    let world = World::new().await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "new");
    window.expect("What happened?").tab_to("One person");
    let mut asked = vec![question(&window)];
    for answer in ["4", "1", "13\n", "3", "2", "1"] {
        answer.chars().for_each(|key| {
            window.press(if key == '\n' { key::ENTER } else { key });
        });
        asked.push(question(&window));
    }
    let all = [
        "Who is affected?",
        "Is it down right now?",
        "Could it cause any of these?",
        "Can you fix it yourself?",
        "How long without progress?",
        "What does your gut say?",
        "What does a colleague say?",
    ];
    assert_eq!(asked, all, "one number, one question; where several can be chosen, Enter goes on");

    window.tab_to("Outside what I know").chord(&[key::SHIFT], key::TAB);
    assert_eq!(question(&window), all[2], "Shift+Tab goes back");
    window.press('1');
    assert_eq!(question(&window), all[2], "and what is taken back or added there answers nothing else");
    window.press(key::ENTER);
    assert_eq!(question(&window), all[3], "until Enter goes on");
    window.expect("draft saved");
    let draft = world.desk.board().await.expect("the board").drafts.pop().expect("a draft");
    assert_eq!(draft.answers.risks.map(|risks| risks.len()), Some(1), "what was not taken back stays");
}

/// Presses the button of a form whose reason is empty.
fn without_a_reason(window: &Window, submit: &str, field: &str) {
    window.click(submit).expect(&format!("“{field}” Say why in a line."));
    until("the keyboard is where the reason goes", || (window.focused() == field).then_some(()));
    let told = "(() => { const one = document.activeElement; return [one.ariaInvalid, one.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' ').includes('Say why')] })()";
    assert_eq!(seen(window, told), json!(["true", true]), "{field} is marked, and says what it waits for");
    window.typed("x").expect_gone("Say why in a line.");
    assert_eq!(seen(window, "document.activeElement.ariaInvalid"), json!(null), "{field} is mended");
    window.press(key::ESCAPE).click("Throw it away").expect_gone("Throw away what you typed?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_is_missing_is_asked_for_by_name_and_gone_to() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let shop = shop(&world, &mailbox).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "new");
    window.expect("What happened?").typed("Checkout fails").press(key::ENTER).typed("Shop").press(key::ENTER);
    window.tab_to("One person").typed("51").expect("Everyone is affected");
    window.expect("Critical").click("Change the severity").expect("from the answers so far").answer("Low");
    without_a_reason(&window, "Use it", "Why, in one line?");
    window.click("I'll try for 5 min").expect("The advice is to escalate now.");
    without_a_reason(&window, "Try for 5 min", "Why?");

    let id = world.escalates("The belt stands", &shop).await;
    let marta = world.incident(id).await.candidates[0].person;
    world.act(id, Action::Acknowledge { person: Some(marta), name: String::new(), how: AcknowledgedHow::Call }).await;
    page::go(window.session(), &format!("incident/{id}"));
    window.expect("Marta has it").click("Snooze").expect("Why can it wait?");
    without_a_reason(&window, &submit(&window), "Why can it wait?");
    window.click("Change the severity").expect("Change severity").answer("Critical");
    without_a_reason(&window, "Change", "Why, in one line?");
}

/// The words of the button that sends a form, which may name a time.
fn submit(window: &Window) -> String {
    seen(window, "document.querySelector('[role=dialog] [type=submit]').innerText").as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reads_alike_stands_beside_and_moves_nothing() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let shop = shop(&world, &mailbox).await;
    let draft = world.draft("Checkout shows an error to every customer", &shop).await;
    let id = world.desk.carry_on(draft, 45).await.expect("the desk tries");
    let reference = world.incident(id).await.incident.reference;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "new");
    let places =
        "[...document.querySelectorAll('.question-side :is(.choice, .field)')].map((one) => Math.round(one.getBoundingClientRect().top))";
    for step in ['1', '4'] {
        window.chord(&[key::ALT], step).expect("What happened?").fill("What happened?", "Zebra");
        window.expect_gone("Looks like").expect("draft saved");
        let before = seen(&window, places);
        window.fill("What happened?", "Checkout shows an error to every customer").expect("Looks like").expect("Join it");
        let line = seen(&window, "document.activeElement.closest('.question-side')?.innerText.includes('Looks like')");
        assert_eq!(line, json!(false), "it does not stand among what is typed");
        if step == '1' {
            assert_eq!(seen(&window, places), before, "no question moves");
        }
    }
    window.resize_in_chromium((900, 640));
    window.expect("Looks like").click("Similar 1").click(&format!("Join it : {reference}")).expect("this draft ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_shows_and_says_how_much_of_the_brief_is_clear() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    shop(&world, &mailbox).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "new");
    window.expect("what and where are missing");
    let ring = || seen(&window, "document.querySelector('nav [role=img]').ariaLabel");
    assert_eq!(ring(), json!("0 of 6 facts are clear."));
    let top = "document.querySelector('.question-side').getBoundingClientRect().top";
    let before = seen(&window, top);
    window.typed("Checkout shows \"please try again\"").press(key::ENTER).typed("Shop").press(key::ENTER);
    window.expect("what and where known, 3 to add");
    assert_eq!(ring(), json!("3 of 6 facts are clear."), "what a service usually costs is known");
    window.chord(&[key::ALT], '4').expect("Since when?").fill("Who is affected?", "Many").expect("About how many?");
    window.fill("Who is affected?", "All customers in Graz, about 300").fill("Since when?", "10 min ago").fill("Money lost", "100");
    window.choose("Add what you tried").fill("Tried 1", "Restarted the pool").press(key::TAB);
    until("all of it is clear", || (ring() == json!("6 of 6 facts are clear.")).then_some(()));
    assert_eq!(seen(&window, top), before, "and nothing moved meanwhile");
}
