//! Somebody has it, and somebody is still watching.

use baton_core::api::Answered;
use baton_core::api::types::Action;
use baton_core::domain::asking::AfterWait;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::facts::{FactField, Unknown};
use baton_core::domain::id::IncidentId;
use baton_core::domain::incident::Phase;
use baton_core::domain::time::MINUTE;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// Marta has it, by phone.
async fn held(world: &World, mailbox: &SmtpSink) -> IncidentId {
    let mail = world.mail(mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    id
}

#[tokio::test]
async fn a_check_in_falls_due_is_asked_for_and_done_from_the_notification() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held(&world, &mailbox).await;
    world.fast_forward(15).await;
    let notice = world.screen.last().expect("a critical incident is checked on after fifteen minutes");
    assert_eq!(
        notice.actions.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
        ["done", "snooze", "nudge", "escalate"],
        "with its buttons"
    );
    assert!(world.incident(id).await.row.late, "until it is done, it is late");

    assert_eq!(world.desk.answer_notice(notice.id, "done", Some(String::new())).await.expect("answered"), Answered::Done, "Done does it");
    let after = world.incident(id).await;
    assert!(!after.row.late, "the board is calm again");
    assert!(after.timeline.last().is_some_and(|entry| entry.words.to_lowercase().contains("check")), "and the timeline has it");
}

#[tokio::test]
async fn snooze_on_the_notification_holds_everything_for_fifteen_minutes_and_no_longer() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held(&world, &mailbox).await;
    world.fast_forward(15).await;
    let notice = world.screen.last().expect("asked");
    world.desk.answer_notice(notice.id, "snooze", None).await.expect("answered");
    let before = world.screen.titles().len();
    world.fast_forward(14).await;
    assert_eq!(world.screen.titles().len(), before, "quiet while it sleeps");
    world.fast_forward(1).await;
    assert_eq!(world.screen.titles().len(), before + 1, "and asked again when it wakes");
    assert!(world.incident(id).await.incident.snooze.is_none(), "the snooze is over");
}

#[tokio::test]
async fn an_acknowledgement_that_runs_out_is_questioned_and_then_the_climb_goes_on() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held(&world, &mailbox).await;
    let mails = mailbox.mails().len();
    world.fast_forward(30).await;
    assert_eq!(
        mailbox.wait_for(mails + 1).await[mails].to,
        ["marta@example.org"],
        "after 30 minutes Marta is asked whether she is still on it"
    );
    world.fast_forward(5).await;
    let received = mailbox.wait_for(mails + 2).await;
    assert_eq!(received[mails + 1].to, ["jonas@example.org"], "no answer within the grace: level 2 is contacted");
    assert!(matches!(world.incident(id).await.incident.phase, Phase::Climbing {}), "and nobody is shown as having it");
}

#[tokio::test]
async fn still_on_it_keeps_the_climb_at_rest() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held(&world, &mailbox).await;
    world.fast_forward(30).await;
    world.act(id, Action::StillOnIt {}).await;
    world.fast_forward(25).await;
    assert!(mailbox.mails().iter().all(|mail| mail.to == ["marta@example.org"]), "Jonas is left in peace");
}

#[tokio::test]
async fn carrying_on_comes_back_by_itself() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("One label printer is slow", &shop).await;
    let id = world.desk.carry_on(draft, 20).await.expect("carrying on");
    world.fast_forward(19).await;
    assert!(world.screen.titles().is_empty(), "the desk asked for twenty minutes and has them");
    world.fast_forward(1).await;
    assert_eq!(world.screen.titles(), ["Any progress?"], "then it is asked");
    world.act(id, Action::Escalate {}).await;
    assert_eq!(mailbox.wait_for(1).await.len(), 1, "and can escalate what is already written down");
}

#[tokio::test]
async fn a_computer_that_slept_works_out_what_is_late_and_says_so() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.sleep(42).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["jonas@example.org"], "level 2 was due twelve minutes ago and is contacted now");
    let told = world.incident(id).await.timeline;
    assert!(told.iter().any(|entry| format!("{} {}", entry.words, entry.detail).contains("12 min late")), "it says how late: {told:?}");
}

#[tokio::test]
async fn three_days_asleep_asks_the_desk_instead_of_waking_somebody() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.sleep(3 * 24 * 60).await;
    assert_eq!(mailbox.mails().len(), 1, "nobody is woken about what was due three days ago");
    assert!(world.screen.titles().iter().any(|title| title.contains("Needs you now")), "the desk is asked");
    world.act(id, Action::EscalateFurther { from_level: Some(0), from_round: 1 }).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["jonas@example.org"], "and can let it go on");
}

#[tokio::test]
async fn resolving_tells_everybody_who_was_told_and_reopening_goes_on_with_the_same_incident() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held(&world, &mailbox).await;
    let mails = mailbox.mails().len();
    let resolve =
        || Action::Resolve { cause: "Pool exhausted".into(), fix: "Pool doubled".into(), follow_ups: vec!["Alert on pool size".into()] };
    world.act(id, resolve()).await;
    world.act(id, resolve()).await;
    assert_eq!(mailbox.wait_for(mails + 1).await.len(), mails + 1, "Marta hears that it is over, once");
    assert!(world.desk.board().await.expect("the board").rows.is_empty(), "it has left the board");
    assert_eq!(world.desk.search("pool doubled".into()).await.expect("searched").len(), 1, "and is found by how it was mended");

    world.act(id, Action::Reopen { why: "It is back".into() }).await;
    let rows = world.desk.board().await.expect("the board").rows;
    assert_eq!((rows.len(), rows[0].id), (1, id), "it is the same incident again");
    world.fast_forward(5).await;
    assert!(world.screen.titles().iter().any(|title| title == "Any progress?"), "and it is watched again");
}

#[tokio::test]
async fn without_a_notification_daemon_the_inbox_has_it() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    world.screen.breaks("no daemon");
    held(&world, &mailbox).await;
    world.fast_forward(15).await;
    let inbox = world.desk.notices().await.expect("the inbox");
    assert!(inbox.iter().any(|notice| !notice.read && notice.title == "Check in"), "what could not be shown waits: {inbox:?}");
    assert_eq!(world.desk.overview().await.expect("the frame").unread_notices, 1, "and the frame counts it");
}

#[tokio::test]
async fn a_notification_answered_after_it_was_resolved_opens_it_and_changes_nothing() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held(&world, &mailbox).await;
    world.fast_forward(15).await;
    let notice = world.screen.last().expect("asked");
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    let events = world.incident(id).await.timeline.len();
    assert_eq!(
        world.desk.answer_notice(notice.id, "done", Some(String::new())).await.expect("answered"),
        Answered::TooLate(id),
        "too late: it is shown, and said"
    );
    assert_eq!(world.incident(id).await.timeline.len(), events, "and nothing happened to it");
}

#[tokio::test]
async fn a_night_of_reminders_is_one_line_one_notice_and_says_since_when() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("One label printer is slow", &shop).await;
    let id = world.desk.carry_on(draft, 20).await.expect("carrying on");
    world.fast_forward(20 + 120).await;
    let incident = world.incident(id).await;
    assert!(incident.row.next.contains("2 h late"), "two hours, not the time since the last reminder: {}", incident.row.next);
    let asked = incident.timeline.iter().filter(|entry| entry.words.contains("any progress")).count();
    assert_eq!(asked, 1, "the timeline has one line for all of them");
    let unread = world.desk.notices().await.expect("the inbox").into_iter().filter(|notice| !notice.read).count();
    assert_eq!(unread, 1, "and so has the inbox");
}

#[tokio::test]
async fn what_is_being_found_out_is_asked_for_when_it_was_promised() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let id = held(&world, &mailbox).await;
    world.act(id, Action::CheckIn { note: String::new() }).await;
    let until = world.now().plus(4 * MINUTE);
    world.edit(id, false, |facts| facts.unknown = vec![Unknown { field: FactField::Who, until }]).await;
    world.act(id, Action::CheckIn { note: "asking the shop".into() }).await;
    let before = world.screen.titles().len();
    world.fast_forward(3).await;
    assert_eq!(world.screen.titles().len(), before, "it was promised in four minutes");
    world.fast_forward(1).await;
    assert_eq!(world.screen.titles().len(), before + 1, "and is asked for then, eleven minutes before the rhythm would");
}

#[tokio::test]
async fn news_goes_to_everybody_who_was_told() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (marta, jonas) = (world.person("Marta", &[(mail, "m@example.org")]).await, world.person("Jonas", &[(mail, "j@example.org")]).await);
    let ilse = world.person("Ilse", &[(mail, "i@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta, &jonas], 30), (&[&ilse], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    mailbox.wait_for(2).await;
    world.act(id, Action::ShareUpdate { text: "The replica is up again".into() }).await;
    let mut told: Vec<String> = mailbox.wait_for(4).await[2..].iter().flat_map(|sent| sent.to.clone()).collect();
    told.sort();
    assert_eq!(told, ["j@example.org", "m@example.org"], "both who were told, and nobody who was not");
}

#[tokio::test]
async fn resolving_takes_back_questions_and_news_that_have_not_left() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.always(HttpBehaviour::status(503));
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 60)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let request = world.asks(&marta, AfterWait::AskMe);
    let id = world.desk.ask_colleague(draft, request).await.expect("asked");
    world.settle().await;
    world.act(id, Action::Escalate {}).await;
    world.act(id, Action::ShareUpdate { text: "Half of the shops are back".into() }).await;
    let resolved = Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] };
    world.act(id, resolved).await;
    let waiting = world.incident(id).await.deliveries.into_iter().filter(|one| one.state == DeliveryState::Queued);
    let waiting: Vec<String> = waiting.map(|one| one.words).collect();
    assert_eq!(waiting.len(), 1, "of all that had not left only the news that it is over still goes: {waiting:?}");
}
