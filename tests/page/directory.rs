//! What is said on the screens of step 2 where something is not as it should be, and
//! where the keyboard is then.

use baton_core::api::types::Action;
use baton_core::domain::event::CallOutcome;
use baton_tests::bridge;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::webdriver::key;
use baton_tests::window::{Window, page};
use baton_tests::world::World;

use crate::scene;

async fn page_of(world: &World, desktop: &Desktop) -> Window {
    let url = bridge::serve(world, &scene::built(), 0).await;
    Window::in_chromium(desktop, &url, Look::Light)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_is_taken_back_where_it_is_said() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (call, mail) = (world.by_hand().await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(call, "+493023125011"), (mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let task = world.incident(id).await.calls.pop().expect("a call is to be made");
    let outcome = CallOutcome::WrongNumber;
    world.act(id, Action::RecordCall { delivery: task.delivery, outcome, note: String::new(), took_it: false }).await;

    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), &format!("incident/{id}"));
    window.expect("+49 30 23125011, was recorded as wrong and is not called").tab_to("Take back that the number of Marta is wrong");
    window.press(key::ENTER).expect_gone("was recorded as wrong").expect("Marta's number is not wrong after all");
    window.expect("Wrong number");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_name_twice_is_said_and_the_form_closes_all_the_same() {
    let world = World::new().await;
    world.person("Hans Meier", &[]).await;
    let desktop = Desktop::start(Look::Light);
    let window = page_of(&world, &desktop).await;
    page::go(window.session(), "directory/people");
    window.expect("Hans Meier").click("Add a person").expect("How to reach them");
    window.typed("Hans Meier").press(key::ENTER).expect_gone("How to reach them");
    window.expect("Hans Meier was saved, and there is another Hans Meier.").expect("People 2");
}
