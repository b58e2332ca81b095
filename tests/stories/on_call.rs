//! Whoever is on call when a level is entered is who is called.

use baton_core::domain::directory::Target;
use baton_core::domain::rotation::{ShiftChange, ShiftOverride};
use baton_core::domain::severity::Severity;
use baton_core::domain::time::{HOUR, MINUTE};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// The story's clock stands at 12:42 UTC; a handover is at 08:00 UTC.
const TO_HANDOVER: i64 = 19 * HOUR + 18 * MINUTE;

#[tokio::test]
async fn the_handover_between_two_levels_counts() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let (ana, ben) = (world.person("Ana", &[(mail, "a@example.org")]).await, world.person("Ben", &[(mail, "b@example.org")]).await);
    let nights = world.rotation("Databases", &[&ana, &ben]).await;
    let shop = world.service_for("Shop", &[(Target::Person { id: marta.id }, 10), (Target::Rotation { id: nights.id }, 10)]).await;
    world.clock.set(world.now().plus(TO_HANDOVER - 5 * MINUTE));

    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let considered = world.desk.consider(draft).await.expect("considered");
    let second = considered.plan.lines.iter().find(|line| line.level == 1).expect("a second level");
    assert_eq!(
        (second.name.as_str(), second.note.as_str()),
        ("Ben", "on call until tomorrow 08:00"),
        "in ten minutes it will be Ben's turn, and the plan says so"
    );

    world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["m@example.org"], "Marta is on the first level whatever the time");
    world.fast_forward(10).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["b@example.org"], "it was Ana's turn when it was escalated, and is Ben's now");
}

#[tokio::test]
async fn a_shift_swapped_while_it_climbs_is_followed_and_said() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let (ana, ben) = (world.person("Ana", &[(mail, "a@example.org")]).await, world.person("Ben", &[(mail, "b@example.org")]).await);
    let mut rotation = world.rotation("Databases", &[&ana, &ben]).await;
    let shop = world.service_for("Shop", &[(Target::Person { id: marta.id }, 10), (Target::Rotation { id: rotation.id }, 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    mailbox.wait_for(1).await;

    let now = world.now();
    rotation.overrides.push(ShiftOverride { from: now, to: now.plus(HOUR), change: ShiftChange::Replace { person: ana.id, by: ben.id } });
    world.desk.save_rotation(rotation).await.expect("swapped");
    world.fast_forward(10).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["b@example.org"], "Ben took the hour over");
    assert!(world.timeline(id).await.iter().any(|words| words == "The rotation Databases was changed"), "and the timeline says why");
}

#[tokio::test]
async fn who_is_removed_while_on_call_in_a_running_escalation_is_still_reached() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let ana = world.person("Ana", &[(mail, "a@example.org")]).await;
    let rotation = world.rotation("Databases", &[&ana]).await;
    let shop = world.service_for("Shop", &[(Target::Person { id: marta.id }, 10), (Target::Rotation { id: rotation.id }, 10)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    mailbox.wait_for(1).await;

    let alone = world.desk.remove_person(ana.id, true).await.expect_err("nobody would be left");
    assert!(alone.message.contains("rotation \"Databases\""), "which would reach nobody: {}", alone.message);
    let on = world.desk.remove_rotation(rotation.id, false).await.expect_err("it is on a path");
    assert_eq!(on.details, ["Shop"], "and says which");
    world.desk.remove_rotation(rotation.id, true).await.expect("removed all the same");
    world.fast_forward(10).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["a@example.org"], "the escalation keeps the plan it began with");
}

#[tokio::test]
async fn a_level_for_the_worst_is_skipped_below_it_and_one_after_another_waits_for_each() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (ana, ben) = (world.person("Ana", &[(mail, "a@example.org")]).await, world.person("Ben", &[(mail, "b@example.org")]).await);
    let boss = world.person("Ngozi", &[(mail, "n@example.org")]).await;
    let team = baton_core::domain::directory::Team {
        id: baton_core::domain::id::TeamId::new(world.now()),
        name: "Databases".into(),
        people: vec![ben.id, ana.id],
        sample: false,
    };
    world.desk.save_team(team.clone()).await.expect("the team is accepted");
    let target = |target| vec![target];
    let level = |targets, in_turn, least| baton_core::domain::directory::Level { targets, minutes: 5, in_turn, least, repeat_every: None };
    let levels = vec![
        level(target(Target::Person { id: boss.id }), false, Some(Severity::Critical)),
        level(target(Target::Team { id: team.id }), true, None),
    ];
    let shop = world.service_with("Shop", levels).await;
    let mut draft = world.draft("One customer cannot log in", &shop).await;
    draft.severity = Some(Severity::Medium);
    world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["b@example.org"], "nobody wakes the boss for this; the team's first is next at once");
    world.fast_forward(4).await;
    assert_eq!(mailbox.mails().len(), 1, "he has his five minutes");
    world.fast_forward(1).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["a@example.org"], "then the next of the team");
}
