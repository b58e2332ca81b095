//! An incident that somebody has, as the window shows it.

use baton_core::api::types::Action;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::IncidentId;
use baton_tests::bridge;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::window::desktop::{Desktop, Look};
use baton_tests::window::{Window, page};
use baton_tests::world::World;

use crate::scene;

/// Ana is at the desk. Marta has it, Ben is next, and Dora is nobody's to call.
pub async fn shown(world: &World, mailbox: &SmtpSink, desktop: &Desktop) -> (IncidentId, Window) {
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let ben = world.person("Ben", &[(mail, "ben@example.org")]).await;
    world.person("Dora", &[(mail, "dora@example.org")]).await;
    let mut settings = world.desk.overview().await.expect("the frame").desk;
    settings.me = "Ana".into();
    world.desk.save_desk(settings).await.expect("saved");
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&ben], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    let url = bridge::serve(world, &scene::built(), 0).await;
    let window = Window::in_chromium(desktop, &url, Look::Light);
    page::go(window.session(), &format!("incident/{id}"));
    window.expect("Marta has it");
    (id, window)
}
