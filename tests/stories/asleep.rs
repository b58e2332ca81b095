//! What is late after a long sleep is worked out at once and said once, and whatever comes in the same second
//! comes to the same end.

use baton_core::api::Answered;
use baton_core::api::types::Action;
use baton_core::domain::commitment::FollowUp;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::IncidentId;
use baton_core::domain::incident::Phase;
use baton_core::domain::time::{DAY, HOUR, Instant, MINUTE};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

use crate::answering::holder;

/// Friday, 27 March 2026, 16:00 in Berlin; on Sunday the clocks are set forward.
const BEFORE_SUMMER: Instant = Instant(1_774_623_600_000);

async fn held_by_marta(world: &World, mailbox: &SmtpSink) -> IncidentId {
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 10)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    id
}

#[tokio::test]
async fn five_hundred_check_ins_after_three_days_over_a_change_of_clocks_are_one_notification() {
    let world = World::new().await;
    world.clock.set(BEFORE_SUMMER);
    let marta = world.person("Marta", &[(world.by_hand().await, "+49 30 23125011")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10)]).await;
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.rhythm.acknowledgement.critical = 10_080;
    world.desk.save_rules(rules).await.expect("whoever has it has it over the weekend");
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    desk.reminder_day = None;
    world.desk.save_desk(desk).await.expect("the holes are another matter");
    for number in 0..500 {
        let draft = world.draft(&format!("Till {number} is down"), &shop).await;
        let id = world.desk.escalate(draft).await.expect("it can be escalated");
        let has = Action::Acknowledge { person: None, name: "Somebody".into(), how: AcknowledgedHow::Call };
        world.desk.act(id, has).await.expect("somebody has it");
    }
    world.settle().await;
    let before = world.screen.titles().len();
    world.sleep(3 * 24 * 60 + 15).await;
    let shown = world.screen.titles().split_off(before);
    assert_eq!(shown.len(), 1, "one notification, not five hundred: {:?}", &shown[..shown.len().min(5)]);
    assert_eq!(shown[0], "500 check-ins are due; the oldest is 3 days late");
    let inbox = world.desk.notices().await.expect("the inbox");
    assert_eq!(inbox.iter().filter(|one| !one.read && one.title == "Check in").count(), 500, "each of them is in the inbox");
    let summary = world.screen.last().expect("the one");
    assert_eq!(world.desk.answer_notice(summary.id, "open", None).await.expect("answered"), Answered::Open(None), "which it opens");
    assert_eq!(world.desk.overview().await.expect("the frame").overdue, 500);
}

#[tokio::test]
async fn what_a_sleep_made_late_says_how_late_and_writes_to_nobody_about_what_is_long_past() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held_by_marta(&world, &mailbox).await;
    let marta = world.desk.directory().await.expect("the directory").people.into_iter().find(|one| one.name == "Marta").expect("she").id;
    let promise = |what: &str, minutes| {
        let due = world.now().plus(minutes * MINUTE);
        Action::Promise { person: Some(marta), name: String::new(), what: what.into(), due: Some(due) }
    };
    world.act(id, promise("send the logs", 10)).await;
    world.act(id, Action::Snooze { minutes: 5, why: "gone home".into() }).await;
    let mails = mailbox.mails().len();
    world.sleep(3 * 24 * 60).await;
    let told = world.timeline(id).await;
    assert!(told.contains(&"Marta's promise is due, 2 days late: send the logs".into()), "{told:?}");
    assert_eq!(mailbox.mails().len(), mails, "she is not asked about what she promised three days ago");
    let notice = world.screen.titles();
    assert!(notice.contains(&"Marta promised: send the logs".into()), "the desk is: {notice:?}");
}

#[tokio::test]
async fn a_notification_about_a_promise_that_is_over_does_nothing_and_says_so() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held_by_marta(&world, &mailbox).await;
    let due = world.now().plus(5 * MINUTE);
    world.act(id, Action::Promise { person: None, name: "The vendor".into(), what: "call back".into(), due: Some(due) }).await;
    world.fast_forward(5).await;
    let notice = world.screen.last().expect("reminded");
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    let events = world.incident(id).await.timeline.len();
    for button in ["done", "later"] {
        assert_eq!(world.desk.answer_notice(notice.id, button, None).await.expect("answered"), Answered::TooLate(id), "{button}");
    }
    assert_eq!(world.incident(id).await.timeline.len(), events, "nothing happened to it");
}

/// The moment at which the acknowledgement of `held_by_marta` runs out after "still on it?".
async fn until_it_runs_out(world: &World, id: IncidentId) {
    world.fast_forward(30).await;
    let incident = world.incident(id).await.incident;
    let Phase::Held { until, questioned: true, .. } = incident.phase else { panic!("she is asked: {:?}", incident.phase) };
    world.clock.set(until);
}

#[tokio::test]
async fn still_on_it_in_the_second_in_which_it_runs_out_keeps_it_whichever_is_first() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held_by_marta(&world, &mailbox).await;
    until_it_runs_out(&world, id).await;
    world.act(id, Action::StillOnIt {}).await;
    assert_eq!(holder(&world.incident(id).await), Some("Marta"), "the answer came first");
    assert!(mailbox.mails().iter().all(|mail| mail.to == ["marta@example.org"]), "and nobody was climbed over");

    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held_by_marta(&world, &mailbox).await;
    until_it_runs_out(&world, id).await;
    world.settle().await;
    assert_eq!(holder(&world.incident(id).await), None, "it ran out first");
    world.act(id, Action::StillOnIt {}).await;
    let kept = world.incident(id).await;
    assert_eq!(holder(&kept), Some("Marta"), "and the answer of the same second still counts");
    let levels = kept.timeline.iter().filter(|entry| entry.words.starts_with("Level 2 entered")).count();
    world.fast_forward(9).await;
    let after = world.timeline(id).await.iter().filter(|line| line.starts_with("Level 2 entered")).count();
    assert_eq!((levels, after), (1, 1), "it climbs no further");
    world.clock.set(world.now().plus(HOUR));
    world.act(id, Action::HandBack { why: "cannot".into() }).await;
    assert!(world.desk.act(id, Action::StillOnIt {}).await.is_err(), "whoever gave it back does not have it by a stray click");
}

#[tokio::test]
async fn taken_in_the_second_in_which_the_next_level_is_due_it_is_taken_whichever_is_first() {
    for climbs_first in [false, true] {
        let (world, mailbox) = (World::new().await, SmtpSink::start().await);
        let mail = world.mail(&mailbox).await;
        let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
        let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
        let ilse = world.person("Ilse", &[(mail, "ilse@example.org")]).await;
        let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 10), (&[&ilse], 10)]).await;
        let id = world.escalates("Checkout fails for everybody", &shop).await;
        world.clock.set(world.now().plus(10 * MINUTE));
        if climbs_first {
            world.settle().await;
        }
        let taken = || world.desk.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call });
        let (one, other) = tokio::join!(taken(), taken());
        one.and(other).expect("two clicks");
        world.fast_forward(14).await;
        let view = world.incident(id).await;
        assert_eq!(holder(&view), Some("Marta"));
        assert_eq!(view.timeline.iter().filter(|entry| entry.words == "Marta has it").count(), 1, "two clicks take it once");
        let others = mailbox.mails().iter().filter(|mail| mail.to != ["marta@example.org"]).count();
        assert_eq!(others, usize::from(climbs_first), "nobody is called after it was taken");
    }
}

#[tokio::test]
async fn a_clock_set_back_makes_nobody_wait_for_what_was_promised() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held_by_marta(&world, &mailbox).await;
    let shop = world.desk.directory().await.expect("the directory").services.remove(0);
    let task = world.escalates("Labels print blank", &shop).await;
    let due = world.now().plus(20 * MINUTE);
    world.act(id, Action::Promise { person: None, name: "The vendor".into(), what: "call back".into(), due: Some(due) }).await;
    let follow_up = FollowUp { due_at: Some(world.now().plus(DAY)), ..FollowUp::from("Alert on pool size") };
    world.act(task, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![follow_up] }).await;
    world.clock.set(world.now().plus(-5 * HOUR));
    let world = world.restarted().await;
    world.settle().await;
    world.fast_forward(20).await;
    assert!(world.screen.titles().contains(&"The vendor promised: call back".into()), "in twenty minutes, and not in five hours more");
    world.fast_forward(24 * 60 - 20).await;
    assert!(world.screen.titles().contains(&"To do: Alert on pool size".into()), "and in a day, of what is over");
}
