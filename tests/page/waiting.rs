//! What the desk is asked when its time is over, answered by keyboard wherever it is asked.

use baton_core::domain::incident::Phase;
use baton_core::domain::time::MINUTE;
use baton_tests::bridge;
use baton_tests::patience::until;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;

use crate::scene;

#[tokio::test(flavor = "multi_thread")]
async fn the_three_answers_are_given_by_keyboard_on_the_board_in_the_inbox_and_at_the_incident() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let office = world.service("Office", &[(&[&marta], 30)]).await;
    let mut trying = vec![];
    for what in ["The printer in hall 3 is slow", "A report has the wrong total", "Badges open no door"] {
        let draft = world.draft(what, &office).await;
        trying.push(world.desk.carry_on(draft, 20).await.expect("the desk tries"));
    }
    world.fast_forward(20).await;

    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), "board");
    window.expect("10 more minutes").press('/').typed("printer").expect_gone("Badges open no door");
    window.expect("The printer in hall 3 is slow").press(key::DOWN).press('2').expect("The question comes back in 10 min.");
    let printer = world.incident(trying[0]).await;
    assert!(matches!(printer.incident.phase, Phase::Trying { until, .. } if until == world.now().plus(10 * MINUTE)), "on its row");

    page::go(window.session(), "inbox");
    window.expect("A report has the wrong total");
    // The newest stands first: the badges, then the report.
    window.tab_to("Solved").press('1').expect("Resolved. Cause and fix may follow.");
    let solved = world.incident(trying[2]).await.incident.phase;
    let other = world.incident(trying[1]).await.incident.phase;
    let resolved = [&solved, &other].iter().filter(|phase| matches!(phase, Phase::Resolved { .. })).count();
    assert_eq!(resolved, 1, "the one that was answered, and no other");

    let left = if matches!(solved, Phase::Resolved { .. }) { trying[1] } else { trying[2] };
    page::go(window.session(), &format!("incident/{left}"));
    window.expect("Any progress?").expect("Without an answer you are asked again");
    window.press('3').expect("Escalate now").expect("Marta");
    assert!(mailbox.mails().is_empty(), "it is looked at first");
    window.press(key::ENTER).expect("Nobody has it yet");
    world.settle().await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["marta@example.org"], "and one key does it");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_notification_one_enter_escalates_and_what_comes_too_late_is_said() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let office = world.service("Office", &[(&[&marta], 30)]).await;
    let id = world.desk.carry_on(world.draft("Badges open no door", &office).await, 20).await.expect("the desk tries");
    world.fast_forward(20).await;

    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    // Where "Escalate" on the notification leads.
    page::go(window.session(), &format!("incident/{id}/escalate"));
    window.expect("Escalate now").expect("Marta").chord(&[key::CONTROL], key::ENTER).expect("Nobody has it yet");
    world.settle().await;
    mailbox.wait_for(1).await;
    page::go(window.session(), &format!("incident/{id}/escalate"));
    window.expect("What you pressed came too late").expect("Nobody has it yet");
    assert_eq!(mailbox.mails().len(), 1, "and nothing is done twice");
}

/// Clicks "Level 2 now" as a slow double click does: where it appears, and 350 and 700 ms later.
const HASTY: &str = "
window.hasty = 0
const look = setInterval(() => {
  const found = () => [...document.querySelectorAll('button')].find((one) => one.innerText.startsWith('Level 2 now'))
  if (!found()) return
  clearInterval(look)
  for (const after of [0, 350, 700]) setTimeout(() => { found()?.click(); window.hasty += 1 }, after)
}, 20)";

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_clicks_on_escalate_enters_no_second_level() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let office = world.service("Office", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let id = world.desk.carry_on(world.draft("Badges open no door", &office).await, 20).await.expect("the desk tries");

    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), &format!("incident/{id}"));
    let takes = |name: &str| {
        let found = "return [...document.querySelectorAll('button')].some((one) => one.innerText === arguments[0] && !one.ariaDisabled)";
        until(name, || (window.session().run(found, &[name.into()]) == true).then_some(()));
    };
    takes("Escalate now");
    window.session().run(HASTY, &[]);
    window.click("Escalate now").expect("Nobody has it yet");
    until("the hand is still", || (window.session().run("return window.hasty", &[]) == 3).then_some(()));
    world.settle().await;
    let level = async || world.incident(id).await.incident.climb.and_then(|climb| climb.level);
    assert_eq!(level().await, Some(0), "what was meant for the first button does nothing at the second");
    takes("Level 2 now: Jonas");
    window.click("Level 2 now: Jonas").expect("Level 2: Jonas.");
    assert_eq!(level().await, Some(1), "which a moment later does what it says");
}
