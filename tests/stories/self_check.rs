//! Somebody looks beside the engine, once a minute, whether what is due was done, and alarms the desk where it was not.

use baton_core::api::types::Action;
use baton_core::domain::time::MINUTE;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

const ALARM: &str = "Baton is late: this needs you now";

/// Marta is called, and ten minutes later Jonas would be.
async fn climbing() -> (World, SmtpSink) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 10)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    (world, mailbox)
}

fn alarms(world: &World) -> usize {
    world.screen.titles().iter().filter(|title| *title == ALARM).count()
}

async fn late(world: &World) -> Option<baton_core::engine::Lateness> {
    world.desk.overview().await.expect("the frame").late
}

#[tokio::test]
async fn an_engine_that_hangs_is_alarmed_of_a_minute_after_something_is_due_and_the_alarm_ends_by_itself() {
    let (world, mailbox) = climbing().await;
    world.look_over().await;
    world.looked_over(11).await;
    assert_eq!((alarms(&world), late(&world).await), (0, None), "what is due since a minute may be under way");

    world.looked_over(1).await;
    assert_eq!(alarms(&world), 1, "nobody called Jonas: {:?}", world.screen.titles());
    let late_now = late(&world).await.expect("the window says it as well");
    assert_eq!(late_now.since, "12:52", "since when");
    assert!(late_now.what[0].contains("Level 2: Jonas") && late_now.what[0].contains("since 12:52"), "what: {late_now:?}");
    assert!(late_now.advice.contains("call sheet") && late_now.advice.contains("start it again"), "and what to do: {late_now:?}");
    assert_eq!(world.screen.last().expect("shown").body, format!("{}\n{}", late_now.what.join("\n"), late_now.advice));

    world.looked_over(14).await;
    assert_eq!(alarms(&world), 1, "it is not said every minute");
    world.looked_over(1).await;
    assert_eq!(alarms(&world), 2, "but again while it lasts");

    world.settle().await;
    world.look_over().await;
    assert_eq!(late(&world).await, None, "whoever comes back finds nothing late");
    assert_eq!((alarms(&world), mailbox.mails().len()), (2, 2), "and Jonas is told");
}

#[tokio::test]
async fn what_a_sleep_made_late_is_the_engines_to_catch_up_with_before_anybody_is_alarmed() {
    let (world, mailbox) = climbing().await;
    world.look_over().await;
    world.clock.set(world.now().plus(40 * MINUTE));
    world.look_over().await;
    assert_eq!(alarms(&world), 0, "it woke this very second");
    world.settle().await;
    world.looked_over(2).await;
    assert_eq!((alarms(&world), late(&world).await), (0, None), "the engine had its turn");
    assert_eq!(mailbox.mails().len(), 2);

    world.clock.set(world.now().plus(40 * MINUTE));
    world.look_over().await;
    world.looked_over(1).await;
    assert_eq!(alarms(&world), 0, "it has a minute like always");
    world.looked_over(1).await;
    assert_eq!(alarms(&world), 1, "an engine that does not wake is noticed");
}

#[tokio::test]
async fn a_start_after_days_alarms_nobody_before_the_first_turn() {
    let (world, _mailbox) = climbing().await;
    world.clock.set(world.now().plus(3 * 24 * 60 * MINUTE));
    let world = world.restarted().await;
    world.look_over().await;
    world.settle().await;
    world.looked_over(3).await;
    assert_eq!(alarms(&world), 0, "{:?}", world.screen.titles());
}

#[tokio::test]
async fn many_are_counted_and_a_few_named() {
    let (world, _mailbox) = climbing().await;
    let shop = world.desk.directory().await.expect("the directory").services.remove(0);
    for number in 0..5 {
        world.escalates(&format!("Till {number} is down"), &shop).await;
    }
    world.look_over().await;
    world.looked_over(12).await;
    let late = late(&world).await.expect("late");
    assert_eq!(late.what.len(), 4, "{late:?}");
    assert!(late.what[3].starts_with("3 more incidents wait, since 12:52"), "{late:?}");
}

#[tokio::test]
async fn a_message_that_does_not_leave_is_late_too() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 60)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    world.look_over().await;
    world.desk.escalate(draft).await.expect("it is escalated");
    // The engine, which would send it, does not turn.
    world.looked_over(2).await;
    let late = late(&world).await.expect("late");
    assert!(late.what.iter().any(|line| line.starts_with("Messages wait to be sent, since 12:42")), "{late:?}");
    assert!(mailbox.mails().is_empty());
}

#[tokio::test]
async fn what_the_desk_is_to_be_told_and_is_not_is_late_too() {
    let (world, _mailbox) = climbing().await;
    let by_hand = world.by_hand().await;
    let otto = world.person("Otto", &[(by_hand, "+4930231251")]).await;
    world.look_over().await;
    let id = world.desk.board().await.expect("the board").rows[0].id;
    // Which the desk is told, by an engine that does not turn.
    world.desk.act(id, Action::Inform { people: vec![otto.id] }).await.expect("he is to be told");
    world.looked_over(2).await;
    let late = late(&world).await.expect("late");
    assert!(late.what.iter().any(|line| line.starts_with("What this desk is to be told waits, since 12:42")), "{late:?}");
}
