//! The board with more on it than one looks at.

use baton_core::api::types::Action;
use baton_core::domain::severity::Severity;
use baton_tests::bridge;
use baton_tests::patience::until;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;

use crate::scene;

const OPEN: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn of_three_hundred_only_those_in_sight_are_drawn_and_what_is_looked_at_is_chosen_by_keyboard() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let office = world.service("Office", &[(&[&marta], 30)]).await;
    let mut last = None;
    for number in 1..=OPEN {
        let draft = world.draft(&format!("Till {number} is slow"), &office).await;
        last = Some(world.desk.carry_on(draft, u32::try_from(10 + number).expect("few")).await.expect("the desk tries"));
    }
    let last = last.expect("there are some");

    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), "board");
    window.expect("300 open").expect("Till 1 is slow");
    let drawn = window.session().run("return document.querySelectorAll('.rows li').length", &[]).as_u64().unwrap_or_default();
    assert!((5..60).contains(&drawn), "{drawn} rows are drawn");

    window.session().run("document.querySelector('.list').scrollTo({ top: 1e9 })", &[]);
    window.expect("Till 300 is slow");
    window.session().run("document.querySelector('.list').scrollTo({ top: 0 })", &[]);
    window.expect("Till 1 is slow");
    window.session().run("document.querySelector('.rows button').focus()", &[]);
    window.press(key::DOWN).press('j').press('k').press(key::ENTER);
    window.expect("Till 2 is slow").expect("You are on it yourself");
    page::go(window.session(), "board");

    // What changes is seen, and nothing else is fetched anew by hand.
    world.act(last, Action::ChangeSeverity { severity: Severity::Low, why: "a spare one runs".into() }).await;
    window.expect("Low 1").press('f').tab_to("Low 1").press(key::ENTER);
    window.expect("1 of 300").expect("Till 300 is slow").expect_gone("Till 1 is slow");
    page::go(window.session(), "inbox");
    page::go(window.session(), "board");
    window.expect("1 of 300");
    window.session().run("location.reload()", &[]);
    window.expect("1 of 300").expect_gone("Till 1 is slow");

    world.act(last, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    window.expect("No match").choose("Show all 299").expect("Till 1 is slow").expect_gone("No match");
    until("the desk looks at everything again", || (!page::text(window.session()).contains(" of 299")).then_some(()));
}
