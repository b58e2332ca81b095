//! How long a level waits: for as long as somebody who was contacted at it can
//! still be reached, and not a minute longer.

use baton_core::api::types::Action;
use baton_core::domain::directory::{Level, Target};
use baton_core::domain::event::CallOutcome;
use baton_core::domain::rotation::{ShiftChange, ShiftOverride};
use baton_core::domain::time::HOUR;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

#[tokio::test]
async fn what_is_heard_late_of_an_earlier_level_ends_no_later_one() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let marta = world.person("Marta", &[(call, "+493023125011")]).await;
    let (ana, boss) = (world.person("Ana", &[(mail, "a@example.org")]).await, world.person("Ngozi", &[(mail, "n@example.org")]).await);
    let nights = world.rotation("Databases", &[&ana]).await;
    let levels = [(Target::Person { id: marta.id }, 10), (Target::Rotation { id: nights.id }, 30), (Target::Person { id: boss.id }, 30)];
    let shop = world.service_for("Shop", &levels).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let delivery = world.incident(id).await.calls[0].delivery;
    world.fast_forward(11).await;
    let outcome = CallOutcome::NoAnswer;
    world.act(id, Action::RecordCall { delivery, outcome, note: String::new(), took_it: false }).await;
    let climb = world.incident(id).await.incident.climb.expect("it climbs");
    assert_eq!(climb.level, Some(1), "Ana, who is on call at level 2, keeps her thirty minutes");
    assert_eq!(mailbox.mails().len(), 1, "and nobody is woken at level 3");
}

#[tokio::test]
async fn while_whoever_is_on_call_was_reached_the_level_waits_whoever_else_was_not() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    chat.always(HttpBehaviour::says(404, "channel_not_found"));
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let (marta, ben) = (world.person("Marta", &[(slack, "")]).await, world.person("Ben", &[(slack, "")]).await);
    let (ana, boss) = (world.person("Ana", &[(mail, "a@example.org")]).await, world.person("Ngozi", &[(mail, "n@example.org")]).await);
    let mut nights = world.rotation("Databases", &[&ana]).await;
    let hour = world.now().plus(HOUR);
    nights.overrides.push(ShiftOverride { from: world.now(), to: hour, change: ShiftChange::Add { person: ben.id } });
    world.desk.save_rotation(nights.clone()).await.expect("two on call");
    let level = |targets| Level { targets, minutes: 30, ..Level::default() };
    let first = level(vec![Target::Person { id: marta.id }, Target::Rotation { id: nights.id }]);
    let shop = world.service_with("Shop", vec![first, level(vec![Target::Person { id: boss.id }])]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(world.incident(id).await.incident.climb.expect("it climbs").level, Some(0), "Marta and Ben were not reached, Ana was");
    assert_eq!(mailbox.wait_for(1).await[0].to, ["a@example.org"]);
    world.fast_forward(29).await;
    assert_eq!(mailbox.mails().len(), 1, "she has the whole half hour");
    world.fast_forward(1).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["n@example.org"], "and not a minute more");
}
