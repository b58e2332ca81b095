//! A policy while it is changed: what it would have said, and why it would be refused.

use baton_core::domain::assessment::{Affected, Answers, Condition, Expertise};
use baton_tests::bridge;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;
use serde_json::json;

use crate::scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_tried_on_past_incidents_before_it_is_saved() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let office = world.service("Office", &[(&[&marta], 30)]).await;
    for (what, affected, condition) in [
        ("A report has the wrong total", Affected::OnePerson, Condition::Degraded),
        ("Accounting cannot print", Affected::Team, Condition::Down),
    ] {
        let mut draft = world.draft(what, &office).await;
        let expertise = Some(Expertise::KnowHow);
        draft.answers = Answers { affected: Some(affected), condition: Some(condition), expertise, ..Answers::default() };
        world.desk.carry_on(draft, 20).await.expect("it is tried");
    }

    let desktop = Desktop::start(Look::Light);
    let url = bridge::serve(&world, &scene::built(), 0).await;
    let window = Window::in_chromium(&desktop, &url, Look::Light);
    page::go(window.session(), "settings/policy");
    window.expect("Of the latest 2 incidents, none would be advised otherwise.");

    // One below Critical in the list is High.
    window.tab_to("Severity from").press(key::DOWN);
    window.expect("1 of the latest 2 incidents would be advised otherwise.").expect("changed").expect("escalate now");
    window.expect("Not saved yet");
    let rules = page::ask(window.session(), "rules", &json!({}));
    assert_eq!(rules["policy"]["escalate_from"], "critical", "nothing is in force before it is saved");

    window
        .press(key::DOWN)
        .press(key::DOWN)
        .expect("It cannot be saved like this:")
        .expect("nothing is less severe than what is escalated at once");
    window.click("Save").expect("The rules in force were not changed.");
    window.tab_to("Severity from").press(key::UP).press(key::UP).expect_gone("It cannot be saved like this:");
    window.click("Save").expect("Version 2.");
    let rules = page::ask(window.session(), "rules", &json!({}));
    assert_eq!(rules["policy"]["escalate_from"], "high", "and then it is");
}
