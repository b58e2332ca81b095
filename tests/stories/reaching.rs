//! How one person is reached: by their own sequence, at the hours they work, by the
//! path that is meant for what is so bad.

use baton_core::api::types::Action;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::{Level, Method, Person, Target};
use baton_core::domain::event::{AcknowledgedHow, CallOutcome};
use baton_core::domain::sequence::{Sequence, SequenceStep};
use baton_core::domain::severity::Severity;
use baton_core::domain::timetable::{Hours, Timetable};
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// Whatever the severity, each of their ways in turn after so many minutes.
fn follows(person: &mut Person, after: &[u32], again_every: Option<u32>) {
    let step = |(after, method): (&u32, &Method)| SequenceStep { method: method.id, after: *after };
    let steps: Vec<SequenceStep> = after.iter().zip(&person.methods).map(step).collect();
    for severity in Severity::ALL {
        person.sequences.insert(severity, Sequence { steps: steps.clone(), again_every });
    }
}

fn office() -> Timetable {
    Timetable { zone: "UTC".into(), hours: vec![Hours { days: vec![1, 2, 3, 4, 5], from: 8 * 60, to: 17 * 60 }] }
}

#[tokio::test]
async fn mail_now_a_call_after_two_minutes_then_every_five_until_somebody_has_it() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let mut marta = world.person("Marta", &[(mail, "m@example.org"), (call, "+493023125011")]).await;
    follows(&mut marta, &[0, 2], Some(5));
    world.desk.save_person(marta.clone()).await.expect("accepted");
    let shop = world.service("Shop", &[(&[&marta], 15)]).await;

    let id = world.escalates("Checkout fails for everybody", &shop).await;
    mailbox.wait_for(1).await;
    assert!(world.incident(id).await.calls.is_empty(), "the call is not to be made yet");
    world.fast_forward(2).await;
    assert_eq!(world.incident(id).await.calls.len(), 1, "now it is");
    assert!(world.screen.titles().contains(&"Call Marta now".to_string()), "and the desk is told: {:?}", world.screen.titles());
    world.fast_forward(5).await;
    let calls = world.incident(id).await.calls;
    assert_eq!((calls.len(), calls[0].since.as_str()), (1, "12:49"), "and again five minutes later, one call in place of the other");

    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Other }).await;
    world.fast_forward(6).await;
    let after = world.incident(id).await;
    assert!(after.calls.is_empty(), "whoever has it is called no more");
    let waiting = after.deliveries.iter().filter(|one| one.state == DeliveryState::Queued).count();
    assert_eq!(waiting, 0, "and nothing waits any longer: {:?}", after.deliveries);
    assert_eq!(mailbox.mails().len(), 1, "nor was a second mail sent");
}

#[tokio::test]
async fn where_one_step_fails_the_next_does_not_wait_for_its_time() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let mut marta = world.person("Marta", &[(call, "+493023125011"), (mail, "m@example.org")]).await;
    follows(&mut marta, &[0, 10], None);
    world.desk.save_person(marta.clone()).await.expect("accepted");
    let shop = world.service("Shop", &[(&[&marta], 15)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let task = world.incident(id).await.calls.pop().expect("she is called first");
    assert!(mailbox.mails().is_empty(), "and written to later");

    let outcome = CallOutcome::NoAnswer;
    world.act(id, Action::RecordCall { delivery: task.delivery, outcome, note: String::new(), took_it: false }).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["m@example.org"], "nobody answered, so the mail goes now");
    world.fast_forward(10).await;
    assert_eq!(mailbox.mails().len(), 1, "and not once more at its time");
}

#[tokio::test]
async fn a_level_repeated_does_not_begin_somebody_s_sequence_anew() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let mut marta = world.person("Marta", &[(mail, "m@example.org"), (call, "+493023125011")]).await;
    follows(&mut marta, &[0, 7], None);
    world.desk.save_person(marta.clone()).await.expect("accepted");
    let level = Level { targets: vec![Target::Person { id: marta.id }], minutes: 15, repeat_every: Some(5), ..Level::default() };
    let shop = world.service_with("Shop", vec![level]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(14).await;
    assert_eq!(mailbox.wait_for(3).await.len(), 3, "at 0, 5 and 10 minutes");
    assert_eq!(world.incident(id).await.calls.len(), 1, "one call at 7 minutes, and none for each repeat");
}

#[tokio::test]
async fn a_severity_may_have_a_path_of_its_own() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (marta, ngozi) = (world.person("Marta", &[(mail, "m@example.org")]).await, world.person("Ngozi", &[(mail, "n@example.org")]).await);
    let mut shop = world.service("Shop", &[(&[&marta], 15)]).await;
    let worst = world.service("Worst", &[(&[&ngozi], 15)]).await;
    shop.paths.insert(Severity::Critical, worst.path.expect("a path"));
    world.desk.save_service(shop.clone()).await.expect("accepted");

    let mut draft = world.draft("Checkout fails for everybody", &shop).await;
    let first = async |draft: &baton_core::domain::draft::Draft| {
        world.desk.consider(draft.clone()).await.expect("considered").plan.lines[0].name.clone()
    };
    draft.severity = Some(Severity::High);
    assert_eq!(first(&draft).await, "Marta", "as the service says");
    draft.severity = Some(Severity::Critical);
    assert_eq!(first(&draft).await, "Ngozi", "changing the severity changes the plan as one looks");
    world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["n@example.org"], "and what goes is what was shown");

    world.desk.remove_path(worst.path.expect("a path"), true).await.expect("removed");
    let shop = world.desk.directory().await.expect("the directory").services.into_iter().find(|one| one.id == shop.id).expect("it");
    assert!(shop.paths.is_empty() && shop.path.is_some(), "a path that is gone leaves the others");
}

#[tokio::test]
async fn a_level_for_other_hours_and_somebody_who_is_not_at_work_are_passed_over_and_said() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (mut marta, ana, ben) = (
        world.person("Marta", &[(mail, "m@example.org")]).await,
        world.person("Ana", &[(mail, "a@example.org")]).await,
        world.person("Ben", &[(mail, "b@example.org")]).await,
    );
    marta.presence.hours = Some(office());
    world.desk.save_person(marta.clone()).await.expect("accepted");
    let at = |person: &Person, hours| Level { targets: vec![Target::Person { id: person.id }], minutes: 10, hours, ..Level::default() };
    let shop = world.service_with("Shop", vec![at(&marta, None), at(&ana, Some(office())), at(&ben, None)]).await;
    // From Monday, 12:42, into the evening.
    world.fast_forward(6 * 60).await;

    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let plan = world.desk.consider(draft).await.expect("considered").plan;
    assert_eq!(plan.holes[0], "Level 1 is skipped at once: Marta is not at work then.");
    assert_eq!(plan.holes[1], "Level 2 is skipped at once: it is for other hours.");
    world.escalates_although("Checkout fails for everybody", &shop).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["b@example.org"], "and no minute is lost on them");
}

#[tokio::test]
async fn addresses_are_shown_in_part_where_others_see_the_screen() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 15)]).await;
    let shown = async || {
        let draft = world.draft("Checkout fails for everybody", &shop).await;
        world.desk.consider(draft).await.expect("considered").plan.lines[0].ways[0].address.clone()
    };
    assert_eq!(shown().await, "marta@example.org", "whom it goes to can be checked before it goes");
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    desk.mask_addresses = true;
    world.desk.save_desk(desk).await.expect("saved");
    assert_eq!(shown().await, "m•••@example.org");
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["marta@example.org"], "the mail itself goes to the whole address");
    assert_eq!(world.incident(id).await.deliveries[0].address, "m•••@example.org");
}

#[tokio::test]
async fn a_call_nobody_answers_comes_again_at_its_time_and_not_at_once() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let mut marta = world.person("Marta", &[(mail, "m@example.org"), (call, "+493023125011")]).await;
    follows(&mut marta, &[0, 2], Some(5));
    world.desk.save_person(marta.clone()).await.expect("accepted");
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(2).await;
    let delivery = world.incident(id).await.calls.pop().expect("the call").delivery;
    let outcome = CallOutcome::NoAnswer;
    world.act(id, Action::RecordCall { delivery, outcome, note: String::new(), took_it: false }).await;
    assert!(world.incident(id).await.calls.is_empty(), "the same number at once would be no other way");
    world.fast_forward(5).await;
    assert_eq!(world.incident(id).await.calls.len(), 1, "it comes again five minutes after the first");
}

#[tokio::test]
async fn a_number_known_to_be_wrong_is_not_called_again_and_holds_nothing_up() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (mail, call) = (world.mail(&mailbox).await, world.by_hand().await);
    let mut marta = world.person("Marta", &[(call, "+493023125011"), (mail, "m@example.org")]).await;
    follows(&mut marta, &[0], Some(5));
    world.desk.save_person(marta.clone()).await.expect("accepted");
    let mut ana = world.person("Ana", &[(call, "+493023125012")]).await;
    follows(&mut ana, &[0], Some(5));
    world.desk.save_person(ana.clone()).await.expect("accepted");
    let boss = world.person("Ngozi", &[(mail, "n@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&ana], 60), (&[&boss], 60)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let wrong = async || {
        let delivery = world.incident(id).await.calls.pop().expect("a call").delivery;
        world.act(id, Action::RecordCall { delivery, outcome: CallOutcome::WrongNumber, note: String::new(), took_it: false }).await;
    };
    wrong().await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["m@example.org"], "her mail is next, at once");
    world.fast_forward(20).await;
    assert!(world.incident(id).await.calls.is_empty(), "and the number stays off the list");

    world.fast_forward(10).await;
    wrong().await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["n@example.org"], "Ana had only that number, so nobody waits out her hour");
}

#[tokio::test]
async fn a_channel_that_refuses_is_asked_once_and_the_next_step_comes_at_once() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    chat.always(HttpBehaviour::says(404, "channel_not_found"));
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let mut marta = world.person("Marta", &[(slack, ""), (mail, "m@example.org")]).await;
    follows(&mut marta, &[0, 20], None);
    world.desk.save_person(marta.clone()).await.expect("accepted");
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["m@example.org"], "twenty minutes are not waited out after a refusal");
    assert_eq!(chat.requests().len(), 1, "and what refused for good is not asked again");
}
