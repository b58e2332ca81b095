//! What the desk learns, read and taken along by the keyboard.

use baton_core::api::types::Action;
use baton_core::domain::event::AcknowledgedHow;
use baton_tests::bridge;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;

use crate::scene;

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_behind_a_chart_are_read_and_saved_by_keyboard() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    window.choose("Insights").expect("Nothing to learn from yet");

    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails", &shop).await;
    world.fast_forward(7).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    page::go(window.session(), "board");
    window.choose("Insights").expect("9 of 10 within 7 min").expect("1 incident since");
    window.tab_to("The numbers, week by week").press(key::ENTER).expect("23 Nov 2026");
    window.tab_to("How long it takes").press(key::RIGHT).press(key::RIGHT).expect("Level 1");
    window.tab_to("Save as CSV: Levels that were asked").press(key::ENTER).expect("insights-levels-that-answer-3-months.csv");
}
