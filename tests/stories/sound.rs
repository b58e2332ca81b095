//! What is heard at the desk, and the silence that ends by itself.

use baton_core::api::types::Action;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::IncidentId;
use baton_core::domain::severity::Severity;
use baton_core::domain::sound::MuteFor;
use baton_core::domain::time::MINUTE;
use baton_core::domain::timetable::{Hours, Timetable};
use baton_tests::world::World;

/// A critical incident that the one level, called by hand, leaves to the desk after ten minutes.
async fn critical(world: &World) -> IncidentId {
    let marta = world.person("Marta", &[(world.by_hand().await, "+49 30 23125011")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    world.escalates("Checkout fails for everybody", &shop).await
}

async fn is_muted(world: &World) -> Option<String> {
    world.desk.sound().await.expect("it").muted_until
}

#[tokio::test]
async fn a_critical_that_nobody_has_is_heard_and_one_that_somebody_has_is_not() {
    let world = World::new().await;
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.rhythm.acknowledgement.critical = 10_000;
    world.desk.save_rules(rules).await.expect("whoever has it has it for the day");
    let id = critical(&world).await;
    world.fast_forward(45).await;
    let heard = world.screen.heard();
    assert!(heard.iter().any(|title| title.starts_with("Needs you now")), "{heard:?} of {:?}", world.screen.titles());

    world.act(id, Action::Acknowledge { person: None, name: "Jonas".into(), how: AcknowledgedHow::Call }).await;
    world.act(id, Action::CheckIn { note: "Jonas looks at the pool".into() }).await;
    world.settle().await;
    let (heard, shown) = (world.screen.heard().len(), world.screen.titles().len());
    let due = world.incident(id).await.incident.check_in.expect("there is a next one").due_at;
    world.fast_forward(due.since(world.now()) / MINUTE).await;
    assert!(world.screen.titles().len() > shown, "the desk is asked how it stands");
    assert_eq!(world.screen.heard().len(), heard, "which a first time is only shown: {:?}", world.screen.titles().split_off(shown));
    world.fast_forward(10).await;
    assert_eq!(world.screen.heard().get(heard).map(String::as_str), Some("Check in"), "one that is missed is heard");
}

#[tokio::test]
async fn what_is_not_critical_is_never_heard() {
    let world = World::new().await;
    let id = critical(&world).await;
    world.act(id, Action::ChangeSeverity { severity: Severity::High, why: "it is one shop".into() }).await;
    world.fast_forward(120).await;
    assert!(world.screen.titles().iter().any(|title| title.starts_with("Needs you now")));
    assert!(world.screen.heard().is_empty(), "{:?}", world.screen.heard());
}

#[tokio::test]
async fn a_silence_hides_nothing_and_ends_by_itself() {
    let world = World::new().await;
    critical(&world).await;
    world.desk.mute(Some(MuteFor::HalfAnHour)).await.expect("muted");
    assert_eq!(is_muted(&world).await.as_deref(), Some("13:12"));
    world.fast_forward(29).await;
    assert!(!world.screen.titles().is_empty(), "every notice is shown");
    assert!(world.screen.heard().is_empty(), "and none is heard: {:?}", world.screen.heard());

    world.fast_forward(1).await;
    assert_eq!(is_muted(&world).await, None, "half an hour is over");
    world.look_over().await;
    world.fast_forward(30).await;
    assert!(!world.screen.heard().is_empty(), "nobody had to think of it");

    world.desk.mute(Some(MuteFor::AnHour)).await.expect("muted");
    assert_eq!(is_muted(&world).await.as_deref(), Some("14:42"));
    world.desk.mute(None).await.expect("heard again");
    assert_eq!(is_muted(&world).await, None);
}

#[tokio::test]
async fn the_alarm_of_the_self_check_is_heard_unless_it_is_muted() {
    for muted in [false, true] {
        let world = World::new().await;
        critical(&world).await;
        if muted {
            world.desk.mute(Some(MuteFor::HalfAnHour)).await.expect("muted");
        }
        world.look_over().await;
        world.looked_over(12).await;
        assert!(world.screen.titles().iter().any(|title| title.starts_with("Baton is late")), "it is shown either way");
        assert_eq!(world.screen.heard().is_empty(), muted);
    }
}

#[tokio::test]
async fn the_end_of_a_shift_is_the_end_of_the_hours_or_of_the_turn_where_one_is_known() {
    let world = World::new().await;
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    (desk.me, desk.zone) = ("Ana Ruiz".into(), "Europe/Berlin".into());
    world.desk.save_desk(desk).await.expect("saved");
    assert_eq!(world.desk.sound().await.expect("it").shift_ends, None, "nobody of that name is known");
    let refused = world.desk.mute(Some(MuteFor::Shift)).await.expect_err("until when?");
    assert!(refused.message.contains("for an hour instead"), "{refused:?}");

    let mut ana = world.person("Ana Ruiz", &[]).await;
    let weekdays = Hours { days: vec![1, 2, 3, 4, 5], from: 8 * 60, to: 16 * 60 + 30 };
    ana.presence.hours = Some(Timetable { zone: "Europe/Berlin".into(), hours: vec![weekdays] });
    world.desk.save_person(ana).await.expect("her hours");
    assert_eq!(world.desk.sound().await.expect("it").shift_ends.as_deref(), Some("16:30"));
    world.desk.mute(Some(MuteFor::Shift)).await.expect("until 16:30");
    assert_eq!(is_muted(&world).await.as_deref(), Some("16:30"));
    world.clock.set(world.now().plus(168 * MINUTE));
    assert_eq!(is_muted(&world).await, None);
}
