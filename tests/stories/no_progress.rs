//! The desk tries alone, for a time that ends.

use baton_core::api::Answered;
use baton_core::api::types::Action;
use baton_core::domain::advice::Verdict;
use baton_core::domain::id::IncidentId;
use baton_core::domain::incident::Phase;
use baton_core::domain::severity::Severity;
use baton_core::host::ShownNotice;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

/// A desk that tries for twenty minutes.
async fn trying() -> (World, SmtpSink, IncidentId) {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("One label printer is slow", &shop).await;
    let id = world.desk.carry_on(draft, 20).await.expect("the desk tries");
    (world, mailbox, id)
}

fn buttons(notice: &ShownNotice) -> Vec<&str> {
    notice.actions.iter().map(|(id, _)| id.as_str()).collect()
}

/// Presses a button of the notification that was shown last.
async fn press(world: &World, button: &str) -> Answered {
    let notice = world.screen.last().expect("something is asked");
    let answered = world.desk.answer_notice(notice.id, button, None).await.expect("it is answered");
    world.settle().await;
    answered
}

#[tokio::test]
async fn ten_more_minutes_are_ten_and_given_twice_and_then_it_is_said_why_no_more() {
    let (world, _, id) = trying().await;
    world.fast_forward(20).await;
    let asked = world.screen.last().expect("the time is up");
    assert_eq!((asked.title.as_str(), buttons(&asked)), ("Any progress?", vec!["solved", "longer", "escalate"]));
    assert_eq!(asked.actions[1].1, "10 more minutes", "the button says how many");
    assert!(asked.body.contains("Without an answer you are asked again 13:07"), "what comes of no answer is said: {}", asked.body);
    for time in 1..=2 {
        assert_eq!(press(&world, "longer").await, Answered::Done, "{time}");
        let shown = world.screen.titles().len();
        world.fast_forward(9).await;
        assert_eq!(world.screen.titles().len(), shown, "they are not cut short");
        world.fast_forward(1).await;
        assert_eq!(world.screen.titles().len(), shown + 1, "nor any longer");
    }
    let last = world.screen.last().expect("asked a third time");
    assert_eq!(buttons(&last), ["solved", "escalate"], "more is not offered again");
    assert!(last.body.contains("tried for 40 min") && last.body.contains("Escalating is advised"), "and it is said why: {}", last.body);
    let view = world.incident(id).await;
    let asked = view.row.asked.expect("the board asks the same");
    assert_eq!((asked.title.as_str(), asked.more), ("Still no progress: escalate?", None));
    let refused = world.desk.act(id, Action::CarryOn { minutes: 10 }).await.expect_err("nor taken by another way");
    assert!(refused.message.contains("twice"), "{}", refused.message);
    world.act(id, Action::Snooze { minutes: 30, why: "the part comes at three".into() }).await;
    assert!(world.incident(id).await.incident.snooze.is_some(), "whoever has a reason is not held: it is advice, and no gate");
}

#[tokio::test]
async fn solved_on_the_notification_resolves_it_and_the_cause_may_follow() {
    let (world, _, id) = trying().await;
    world.fast_forward(20).await;
    assert_eq!(press(&world, "solved").await, Answered::Done);
    assert!(matches!(world.incident(id).await.incident.phase, Phase::Resolved { .. }), "one click resolves it");
    let told = || Action::Resolve { cause: "A queue of 4,000 labels".into(), fix: "Emptied it".into(), follow_ups: vec![] };
    world.act(id, told()).await;
    world.act(id, told()).await;
    let lines = world.timeline(id).await;
    let more = lines.iter().filter(|line| line.contains("told more of how it was resolved")).count();
    assert_eq!(more, 1, "what it was follows, once: {lines:?}");
    assert_eq!(world.desk.search("4,000 labels".into()).await.expect("searched").len(), 1, "and it is found by it");
}

#[tokio::test]
async fn escalate_on_the_notification_opens_it_with_everything_filled_in_and_sends_nothing_by_itself() {
    let (world, mailbox, id) = trying().await;
    world.fast_forward(20).await;
    assert_eq!(press(&world, "escalate").await, Answered::OpenToEscalate(id), "the window is wanted");
    assert!(mailbox.mails().is_empty(), "a stray click on a bubble calls nobody");
    let deciding = world.incident(id).await.deciding.expect("everything to decide by is there");
    assert_eq!(deciding.plan.lines[0].name, "Marta", "who would be called");
    world.act(id, Action::Escalate {}).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["marta@example.org"], "and one key does it");
}

#[tokio::test]
async fn the_time_that_passed_counts_in_the_advice_by_itself() {
    let (world, _, id) = trying().await;
    let before = world.incident(id).await.deciding.expect("to decide").advice;
    world.fast_forward(35).await;
    let now = world.incident(id).await.deciding.expect("to decide").advice;
    assert!(before.factors.iter().all(|factor| !factor.words.contains("without progress")), "{before:?}");
    assert!(now.factors.iter().any(|factor| factor.words == "30 minutes without progress"), "nobody has to say so: {now:?}");
    assert_eq!(now.verdict, Verdict::Escalate {});
}

#[tokio::test]
async fn without_an_answer_it_is_asked_again_after_a_restart_too() {
    let (world, _, id) = trying().await;
    world.fast_forward(20).await;
    let world = world.restarted().await;
    world.fast_forward(5).await;
    assert_eq!(world.screen.titles(), ["Any progress?"], "the new run asks again, five minutes after the first time");
    let waits = world.desk.notices().await.expect("the inbox");
    let open: Vec<_> = waits.iter().filter(|notice| !notice.read).collect();
    assert_eq!((open.len(), open[0].asked.as_ref().and_then(|asked| asked.more)), (1, Some(10)), "and the inbox can answer it");
    assert_eq!(press(&world, "longer").await, Answered::Done, "so can the notification of the new run");
    assert!(world.incident(id).await.row.asked.is_none(), "while the time runs nothing is asked");
}

#[tokio::test]
async fn a_computer_that_slept_says_how_late_it_asks() {
    let (world, _, id) = trying().await;
    world.sleep(62).await;
    let asked = world.screen.last().expect("asked at once when it wakes");
    assert!(asked.body.contains("up 42 min ago: this computer was off or asleep"), "{}", asked.body);
    let lines = world.timeline(id).await;
    assert!(lines.iter().any(|line| line == "Asked the desk: any progress? 42 min late"), "{lines:?}");
}

#[tokio::test]
async fn a_notification_answered_after_others_have_decided_does_nothing_and_says_so() {
    let (world, mailbox, id) = trying().await;
    world.fast_forward(20).await;
    world.act(id, Action::CarryOn { minutes: 10 }).await;
    assert_eq!(press(&world, "longer").await, Answered::TooLate(id), "it was given in the window already");
    world.act(id, Action::Escalate {}).await;
    mailbox.wait_for(1).await;
    let before = world.timeline(id).await;
    for button in ["solved", "longer", "escalate"] {
        assert_eq!(press(&world, button).await, Answered::TooLate(id), "{button}: it is escalated");
    }
    assert_eq!(world.timeline(id).await, before, "an old bubble stops no climb");
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    assert_eq!(press(&world, "solved").await, Answered::TooLate(id), "it is resolved");
}

#[tokio::test]
async fn worse_than_it_was_it_is_asked_about_sooner() {
    let (world, _, id) = trying().await;
    world.fast_forward(5).await;
    let before = world.incident(id).await.incident.severity;
    world.act(id, Action::ChangeSeverity { severity: Severity::Low, why: "one printer of nine".into() }).await;
    assert_eq!(world.incident(id).await.next[0].time, "13:02", "milder than {before:?} it keeps the time it was given");
    world.act(id, Action::ChangeSeverity { severity: Severity::Critical, why: "all nine stand".into() }).await;
    assert_eq!(world.incident(id).await.next[0].time, "12:52", "at critical nobody tries alone for longer than five minutes");
    world.fast_forward(5).await;
    assert_eq!(world.screen.titles(), ["Any progress?"]);
}

#[tokio::test]
async fn what_a_script_filed_reads_as_nobodys_until_somebody_takes_it_up() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    world.service("Shop", &[(&[&marta], 30)]).await;
    let filed = r#"{"what": "A printer is slow", "service": "Shop", "severity": "medium"}"#;
    let id = world.hand_in(filed).await.expect("taken").remove(0).id;
    world.settle().await;
    let row = world.incident(id).await.row;
    assert_eq!((row.holder.as_str(), row.holder_note.as_str()), ("nobody yet", "filed by a script, to be taken up"));
    assert!(row.next.contains("who takes it up?"), "{}", row.next);
    world.fast_forward(20).await;
    let asked = world.screen.last().expect("the desk is asked");
    assert_eq!((asked.title.as_str(), buttons(&asked)), ("Filed by a script: who takes it up?", vec!["solved", "escalate"]));
    world.act(id, Action::CarryOn { minutes: 20 }).await;
    let row = world.incident(id).await.row;
    assert_eq!((row.holder.as_str(), row.holder_note.as_str()), ("you", "trying until 13:22"), "now the desk tries");
    world.fast_forward(20).await;
    assert_eq!(world.screen.last().map(|asked| asked.actions.len()), Some(3), "and has its two times more, as anybody has");
}
