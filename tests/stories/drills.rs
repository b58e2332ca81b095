//! Ways to reach people are tried before it matters, and nobody takes it for real.

use baton_core::api::types::DrillView;
use baton_core::domain::directory::Proof;
use baton_core::domain::drill::DrillSchedule;
use baton_tests::providers::slack::Slack;
use baton_tests::providers::telegram::Telegram;
use baton_tests::smtp_sink::{SmtpSink, SmtpStep};
use baton_tests::world::World;

async fn last(world: &World) -> DrillView {
    world.desk.drills().await.expect("the drills").latest.into_iter().next().expect("there is one")
}

#[tokio::test]
async fn a_drill_writes_by_every_way_and_what_is_answered_is_proof_of_that_way() {
    let (world, telegram, mailbox) = (World::new().await, Telegram::start().await, SmtpSink::start().await);
    let (chat, mail, call) = (world.telegram(&telegram).await, world.mail(&mailbox).await, world.by_hand().await);
    let marta = world.person("Marta", &[(chat, "501"), (mail, "m@example.org"), (call, "+493023125011")]).await;
    world.person("Ben", &[(mail, "b@example.org")]).await;
    world.person("Ilse", &[(call, "+493023125012")]).await;
    let planned = world.desk.drills().await.expect("the drills");
    assert_eq!((planned.people, planned.messages), (2, 3), "who is only called by hand is not among them");
    let id = world.desk.begin_drill(None).await.expect("begun");
    world.settle().await;
    let message = telegram.wait_for(1).await[0].clone();
    assert!(message.text.starts_with("DRILL, nothing is wrong"), "nobody takes it for real: {}", message.text);
    assert_eq!(message.buttons.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>(), ["Received"]);
    let mails = mailbox.wait_for(2).await;
    assert!(
        mails.iter().all(|mail| mail.subject().starts_with("DRILL, nothing is wrong") && mail.text().starts_with("This is a drill")),
        "nor in a mailbox"
    );
    assert!(
        mails.iter().all(|mail| mail.text().contains("Tell the help desk.") && !mail.text().contains("answer")),
        "a reply that nobody hears is not asked for: {}",
        mails[0].text()
    );
    assert!(
        message.text.contains("Press received, or answer this message. Or tell the help desk."),
        "where it is heard, it is: {}",
        message.text
    );
    assert!(world.desk.board().await.expect("the board").rows.is_empty(), "a drill is no incident");
    assert!(world.desk.begin_drill(None).await.is_err(), "one at a time");

    world.clock.set(world.now().plus(42_000));
    telegram.press(&message, "Received", (501, "Marta"));
    world.hear().await;
    let marta_s = last(&world).await.scores.into_iter().find(|one| one.person == marta.id).expect("hers");
    let by = |via: &str| marta_s.ways.iter().find(|way| way.via == via).expect("it was tried").clone();
    assert_eq!(by("Telegram").answered_after, Some(42_000), "how fast she was");
    assert_eq!(by("Mail").answered_after, None, "an answer by chat says nothing of the mail");
    let proven = async |way: usize| {
        let directory = world.desk.directory().await.expect("the directory");
        let known = directory.people.into_iter().find(|one| one.id == marta.id).expect("Marta");
        known.methods[way].proven_by
    };
    assert_eq!((proven(0).await, proven(1).await), (Some(Proof::Drill), None));
    world.desk.drill_received(by("Mail").delivery).await.expect("she told the desk");
    assert_eq!(proven(1).await, Some(Proof::Drill), "what she says on the phone is proof, too");

    world.fast_forward(30).await;
    let result = last(&world).await;
    assert!(result.drill.closed);
    assert_eq!(result.words, "1 of 2 answered, after 42 s");
    assert_eq!(result.scores[0].name, "Ben", "whoever did not answer comes first");
    assert!(world.screen.titles().contains(&"Drill: 1 of 2 answered".to_string()), "the desk is told: {:?}", world.screen.titles());
    let report = world.desk.write_drill_report(id).await.expect("written");
    let text = std::fs::read_to_string(report.with_extension("txt")).expect("beside the PDF");
    assert!(text.contains("Ben: no answer") && text.contains("Marta: 42 s"), "{text}");
    assert!(std::fs::read(&report).expect("the PDF").starts_with(b"%PDF-"));
}

#[tokio::test]
async fn what_does_not_arrive_is_the_result_and_no_incident() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    world.person("Marta", &[(mail, "gone@example.org")]).await;
    mailbox.replies(SmtpStep::Recipient, "550 5.1.1 nobody of that name");
    world.desk.begin_drill(None).await.expect("begun");
    world.settle().await;
    let way = last(&world).await.scores[0].ways[0].clone();
    assert!(way.words.contains("nobody of that name"), "in the provider's words: {}", way.words);
    world.fast_forward(31).await;
    assert!(world.screen.titles().contains(&"Drill: 0 of 1 answered".to_string()));
}

#[tokio::test]
async fn drills_come_by_themselves_and_one_that_was_slept_through_does_not_come_late() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    world.person("Marta", &[(chat, "501")]).await;
    let wrong = world.desk.save_drill_schedule(Some(DrillSchedule { day: 9, at: 600, every_weeks: 1, since: world.now() })).await;
    assert_eq!(wrong.expect_err("there is no ninth day").details, ["day"]);
    world.desk.save_drill_schedule(Some(DrillSchedule { day: 3, at: 600, every_weeks: 1, since: world.now() })).await.expect("agreed");
    // Monday noon to Wednesday noon.
    world.fast_forward(2 * 24 * 60).await;
    assert_eq!(telegram.wait_for(1).await.len(), 1, "on Wednesday at ten");
    assert_eq!(last(&world).await.drill.by, "", "nobody began it by hand");
    world.fast_forward(7 * 24 * 60).await;
    assert_eq!(telegram.messages().len(), 2, "and a week later again");
    world.sleep(9 * 24 * 60).await;
    assert_eq!(telegram.messages().len(), 2, "on Friday nobody is served by Wednesday's drill");
    world.fast_forward(7 * 24 * 60).await;
    assert_eq!(telegram.messages().len(), 3, "the next one comes at its time");
}

#[tokio::test]
async fn a_drill_with_nobody_to_try_says_what_to_do_instead() {
    let world = World::new().await;
    let call = world.by_hand().await;
    world.person("Marta", &[(call, "+493023125011")]).await;
    let refused = world.desk.begin_drill(None).await.expect_err("there is nothing to send");
    assert!(refused.message.contains("tried by calling"), "{}", refused.message);
    assert!(world.desk.drills().await.expect("the drills").latest.is_empty(), "and nothing is left behind");
}

#[tokio::test]
async fn an_answer_to_a_drill_takes_no_incident() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    telegram.wait_for(1).await;
    world.desk.begin_drill(None).await.expect("begun");
    world.settle().await;
    telegram.press(&telegram.wait_for(2).await[1], "Received", (501, "Marta"));
    world.hear().await;
    let incident = world.incident(id).await;
    assert!(incident.timeline.iter().all(|entry| !entry.words.contains("has it")), "what she received was a drill");
}

#[tokio::test]
async fn only_whoever_was_asked_answers_a_drill_and_only_in_time() {
    let (world, slack) = (World::new().await, Slack::start().await);
    let chat = world.slack_app(&slack, true).await;
    let marta = world.person("Marta", &[(chat, "C777")]).await;
    world.person("Ben", &[(chat, "U502")]).await;
    world.desk.begin_drill(Some([marta.id].into())).await.expect("begun");
    world.settle().await;
    let message = slack.wait_for(1).await.remove(0);
    world.hear().await;
    assert!(slack.press(&message, "Received", "U502"));
    world.hear().await;
    assert!(last(&world).await.words.starts_with("0 of 1"), "Ben's touch says nothing of Marta's telephone: {}", last(&world).await.words);

    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    world.person("Marta", &[(chat, "501")]).await;
    world.desk.begin_drill(None).await.expect("begun");
    world.settle().await;
    let message = telegram.wait_for(1).await.remove(0);
    world.fast_forward(31).await;
    telegram.press(&message, "Received", (501, "Marta"));
    world.hear().await;
    assert_eq!(last(&world).await.words, "0 of 1 answered", "what was told to the desk stays true");
    let directory = world.desk.directory().await.expect("the directory");
    assert_eq!(directory.people[0].methods[0].proven_by, Some(Proof::Drill), "that it reaches her is known all the same");
}

#[tokio::test]
async fn the_schedule_waits_for_a_drill_that_is_under_way() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    world.person("Marta", &[(chat, "501")]).await;
    world.desk.save_drill_schedule(Some(DrillSchedule { day: 3, at: 600, every_weeks: 1, since: world.now() })).await.expect("agreed");
    // Monday, 12:42, to Wednesday, 09:50.
    world.fast_forward(45 * 60 + 8).await;
    world.desk.begin_drill(None).await.expect("begun");
    world.settle().await;
    world.fast_forward(12).await;
    assert_eq!(telegram.messages().len(), 1, "nobody is tried twice at once");
    world.fast_forward(20).await;
    assert_eq!(telegram.messages().len(), 2, "when the first is over, the second begins");
}

#[tokio::test]
async fn what_still_waits_when_a_drill_is_over_does_not_go() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    world.person("Marta", &[(mail, "m@example.org")]).await;
    mailbox.replies(SmtpStep::Recipient, "450 4.2.1 try again later");
    world.desk.begin_drill(None).await.expect("begun");
    world.settle().await;
    mailbox.behave();
    // The computer sleeps through the rest of it.
    world.sleep(45).await;
    assert_eq!(mailbox.mails().len(), 0, "nobody can answer it any more");
    let result = last(&world).await;
    assert_eq!(result.scores[0].ways[0].words, "the drill is over");
    assert!(result.drill.closed && result.words.starts_with("0 of 1 answered"), "{}", result.words);
}

#[tokio::test]
async fn a_result_is_in_the_order_in_which_it_is_looked_at() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    for name in ["Uwe", "Ötzi", "Zoe", "ana", "Pia"] {
        world.person(name, &[(mail, &format!("{}@example.org", if name == "Ötzi" { "o" } else { name }))]).await;
    }
    world.desk.begin_drill(None).await.expect("begun");
    world.settle().await;
    for (name, after) in [("Zoe", 5_000), ("Pia", 55_000), ("Uwe", 40_000)] {
        world.clock.set(world.now().plus(after));
        let way = last(&world).await.scores.into_iter().find(|one| one.name == name).expect("asked").ways[0].delivery;
        world.desk.drill_received(way).await.expect("told");
    }
    let result = last(&world).await;
    let names: Vec<&str> = result.scores.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["ana", "Ötzi", "Uwe", "Pia", "Zoe"], "no answer by name, then the slowest first");
    assert!(result.words.starts_with("3 of 5 answered, half of the answers within 1 min"), "{}", result.words);
}
