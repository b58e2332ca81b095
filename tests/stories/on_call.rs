//! Whoever is on call when a level is entered is who is called.

use baton_core::api::types::Action;
use baton_core::domain::channel::Reach;
use baton_core::domain::directory::{Level, Target};
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::rotation::{ShiftChange, ShiftOverride};
use baton_core::domain::severity::Severity;
use baton_core::domain::time::{HOUR, MINUTE};
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
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
    let level = |targets, in_turn, least| baton_core::domain::directory::Level {
        targets,
        minutes: 5,
        in_turn,
        least,
        ..baton_core::domain::directory::Level::default()
    };
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

#[tokio::test]
async fn an_escalation_keeps_whom_it_calls_and_how_although_they_are_removed_or_readdressed() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let (mut ana, ben) = (world.person("Ana", &[(mail, "a@example.org")]).await, world.person("Ben", &[(mail, "b@example.org")]).await);
    let mut rotation = world.rotation("Databases", &[&ana, &ben]).await;
    let shop = world.service_for("Shop", &[(Target::Person { id: marta.id }, 10), (Target::Rotation { id: rotation.id }, 10)]).await;
    let readdressed = world.escalates("Checkout fails for everybody", &shop).await;
    ana.methods[0].address = "typo@example.org".into();
    world.desk.save_person(ana.clone()).await.expect("saved");
    rotation.name = "Databases, nights".into();
    world.desk.save_rotation(rotation).await.expect("saved");
    world.fast_forward(10).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["a@example.org"], "the address of the escalation counts until it is over");
    world.act(readdressed, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;

    let removed = world.escalates("Labels print blank", &shop).await;
    let before = mailbox.mails().len();
    let refused = world.desk.remove_person(ana.id, false).await.expect_err("she is on a rotation");
    assert!(refused.message.contains("escalations under way keep their plan"), "{}", refused.message);
    world.desk.remove_person(ana.id, true).await.expect("removed");
    world.fast_forward(10).await;
    assert_eq!(mailbox.wait_for(before + 1).await[before].to, ["typo@example.org"], "as was said, she is still called");
    let notes = world.incident(removed).await.notes;
    assert_eq!(notes, ["Ana was removed from the directory. This escalation keeps its plan and calls them all the same."]);
}

#[tokio::test]
async fn whoever_is_removed_while_being_reached_has_their_next_method_all_the_same() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    chat.next([HttpBehaviour::status(503), HttpBehaviour::says(404, "channel_not_found")]);
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let (ana, ben) =
        (world.person("Ana", &[(slack, ""), (mail, "a@example.org")]).await, world.person("Ben", &[(mail, "b@example.org")]).await);
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.channels.critical = vec![Reach::Chat];
    world.desk.save_rules(rules).await.expect("chat alone for the worst");
    let nights = world.rotation("Databases", &[&ana, &ben]).await;
    let shop = world.service_for("Shop", &[(Target::Rotation { id: nights.id }, 30)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    world.desk.remove_person(ana.id, true).await.expect("removed");
    world.fast_forward(2).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["a@example.org"], "the chat refuses for good, and twenty-eight minutes are not lost");
}

#[tokio::test]
async fn an_absence_entered_while_it_climbs_and_a_swap_while_somebody_holds_it_are_followed() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let (mut ana, ben) = (world.person("Ana", &[(mail, "a@example.org")]).await, world.person("Ben", &[(mail, "b@example.org")]).await);
    let mut rotation = world.rotation("Databases", &[&ana, &ben]).await;
    let shop = world.service_for("Shop", &[(Target::Person { id: marta.id }, 10), (Target::Rotation { id: rotation.id }, 10)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    ana.presence.away_until = Some(world.now().plus(HOUR));
    world.desk.save_person(ana.clone()).await.expect("away");
    world.fast_forward(10).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["b@example.org"], "Ben stands in for Ana, who has gone since");

    ana.presence.away_until = None;
    world.desk.save_person(ana.clone()).await.expect("back");
    let id = world.escalates("Labels print blank", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    let now = world.now();
    rotation.overrides.push(ShiftOverride { from: now, to: now.plus(HOUR), change: ShiftChange::Replace { person: ana.id, by: ben.id } });
    world.desk.save_rotation(rotation).await.expect("swapped");
    let before = mailbox.mails().len();
    world.act(id, Action::EscalateFurther { from_level: Some(0), from_round: 1 }).await;
    assert_eq!(mailbox.wait_for(before + 1).await[before].to, ["b@example.org"], "escalated further, whoever is on call now is called");
}

#[tokio::test]
async fn whoever_comes_on_call_between_two_repeats_is_called_named_and_told_that_it_is_over() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (ana, ben) = (world.person("Ana", &[(mail, "a@example.org")]).await, world.person("Ben", &[(mail, "b@example.org")]).await);
    let rotation = world.rotation("Databases", &[&ana, &ben]).await;
    let level = Level { targets: vec![Target::Rotation { id: rotation.id }], minutes: 60, repeat_every: Some(10), ..Level::default() };
    let shop = world.service_with("Shop", vec![level]).await;
    world.clock.set(world.now().plus(TO_HANDOVER - 5 * MINUTE));
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let entered = world.incident(id).await.timeline.into_iter().find(|line| line.words.starts_with("Level 1")).expect("it was entered");
    assert_eq!(entered.detail, "Ana", "the timeline names who was on call");
    world.fast_forward(11).await;
    let before = mailbox.wait_for(2).await;
    assert_eq!(before[1].to, ["b@example.org"], "it is Ben's turn at the repeat");
    let again =
        world.incident(id).await.timeline.into_iter().find(|line| line.words == "Level 1 contacted again").expect("it was repeated");
    assert_eq!(again.detail, "Ben", "and the timeline names him");
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    let told: Vec<String> = mailbox.wait_for(4).await[2..].iter().flat_map(|mail| mail.to.clone()).collect();
    assert!(
        told.contains(&"a@example.org".to_string()) && told.contains(&"b@example.org".to_string()),
        "both hear that it is over: {told:?}"
    );
}
