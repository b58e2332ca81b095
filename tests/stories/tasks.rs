//! What is still to do once it is over is not forgotten.

use baton_core::api::Answered;
use baton_core::api::types::{Action, Doing};
use baton_core::domain::commitment::{Commitment, FollowUp, Standing};
use baton_core::domain::directory::Person;
use baton_core::domain::event::{AcknowledgedHow, IncidentEvent};
use baton_core::domain::id::IncidentId;
use baton_core::domain::time::{DAY, HOUR, Instant, MINUTE};
use baton_core::store::{StoreError, incidents};
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

use crate::answering::lines;

struct Scene {
    world: World,
    mailbox: SmtpSink,
    marta: Person,
    id: IncidentId,
}

async fn held() -> Scene {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    Scene { world, mailbox, marta, id }
}

impl Scene {
    fn task(&self, what: &str, owner: bool, due: Option<Instant>) -> FollowUp {
        FollowUp { what: what.into(), person: owner.then_some(self.marta.id), name: String::new(), due_at: due }
    }

    async fn resolves(&self, follow_ups: Vec<FollowUp>) {
        self.world.act(self.id, Action::Resolve { cause: "Pool exhausted".into(), fix: "Pool doubled".into(), follow_ups }).await;
    }

    async fn mails(&self, count: usize) -> Vec<String> {
        self.mailbox.wait_for(count).await.into_iter().map(|mail| mail.text()).collect()
    }
}

#[tokio::test]
async fn a_task_is_told_to_whoever_has_it_when_it_is_due_and_the_desk_hears_the_day_after() {
    let scene = held().await;
    let due = scene.world.now().plus(3 * DAY);
    scene.resolves(vec![scene.task("Alert on pool size", true, Some(due))]).await;
    let sent = scene.mails(2).await.len();
    let resolved = scene.world.incident(scene.id).await;
    assert_eq!(resolved.next.first().map(|step| (step.at, step.words.as_str())), Some((due, "task for Marta: Alert on pool size")));
    let board = scene.world.desk.board().await.expect("the board");
    assert!(board.rows.is_empty(), "it is not open");
    assert_eq!((board.tasks.len(), board.tasks[0].name.as_str(), board.tasks[0].late), (1, "Marta", false), "and on the list of tasks");

    let before = scene.world.screen.titles().len();
    scene.world.fast_forward(3 * 24 * 60).await;
    let mails = scene.mails(sent + 1).await;
    assert!(mails[sent].contains("You have this to do, and it is due: “Alert on pool size”"), "{}", mails[sent]);
    assert_eq!(scene.world.screen.titles().len(), before, "she is told, so the desk is left alone");
    scene.world.fast_forward(24 * 60).await;
    let notice = scene.world.screen.last().expect("still to do the day after, the desk is reminded");
    assert_eq!(notice.title, "To do: Alert on pool size");
    assert_eq!(scene.mailbox.mails().len(), sent + 1, "and she is not told twice");
    assert!(scene.world.desk.board().await.expect("the board").tasks[0].late);
    assert_eq!(scene.world.desk.answer_notice(notice.id, "done", Some(String::new())).await.expect("answered"), Answered::Done);
    let board = scene.world.desk.board().await.expect("the board");
    assert!(board.tasks.is_empty(), "done, it leaves the list");
    assert!(scene.world.timeline(scene.id).await.iter().any(|line| line == "Marta's task is done: Alert on pool size"));
}

#[tokio::test]
async fn whoever_has_left_is_told_of_no_task_and_the_desk_is_reminded_at_once() {
    let scene = held().await;
    let due = scene.world.now().plus(3 * DAY);
    let mail = scene.marta.methods[0].channel;
    let ben = scene.world.person("Ben", &[(mail, "ben@example.org")]).await;
    scene.resolves(vec![FollowUp { person: Some(ben.id), ..scene.task("Alert on pool size", false, Some(due)) }]).await;
    let sent = scene.mails(2).await.len();
    scene.world.desk.remove_person(ben.id, true).await.expect("he left");
    scene.world.fast_forward(3 * 24 * 60).await;
    assert_eq!(scene.mailbox.mails().len(), sent, "he has nothing to do with it any more");
    assert_eq!(scene.world.screen.last().expect("the desk is reminded").title, "To do: Alert on pool size");
}

#[tokio::test]
async fn a_task_that_nobody_has_reminds_the_desk() {
    let scene = held().await;
    scene.resolves(vec![scene.task("Ask the vendor", false, Some(scene.world.now().plus(HOUR)))]).await;
    let sent = scene.mails(2).await.len();
    scene.world.fast_forward(60).await;
    assert_eq!(scene.world.screen.titles().last().map(String::as_str), Some("To do: Ask the vendor"));
    assert_eq!(scene.mailbox.mails().len(), sent);
    let to = scene.world.now().plus(2 * DAY);
    scene.world.act(scene.id, Action::Commitment { number: 1, doing: Doing::Move { to, why: "on holiday".into() } }).await;
    let moved = scene.world.incident(scene.id).await;
    assert_eq!((moved.next[0].at, moved.incident.commitments[0].moved), (to, 1), "moved, it comes back then");
    let unread = scene.world.desk.notices().await.expect("the inbox").into_iter().filter(|one| !one.read).count();
    assert_eq!(unread, 0, "and what was asked is answered");
    scene.world.act(scene.id, Action::Commitment { number: 1, doing: Doing::Drop { why: "the vendor is gone".into() } }).await;
    let dropped = scene.world.incident(scene.id).await;
    assert!(dropped.next.is_empty() && dropped.incident.commitments[0].standing == Standing::Dropped);
}

#[tokio::test]
async fn tasks_stay_where_it_is_reopened_and_told_more_of() {
    let scene = held().await;
    let due = scene.world.now().plus(3 * DAY);
    scene.resolves(vec![scene.task("Alert on pool size", true, Some(due))]).await;
    scene.world.act(scene.id, Action::Reopen { why: "it is back".into() }).await;
    assert!(scene.world.incident(scene.id).await.incident.commitments[0].is_open(), "it is to be done all the same");
    scene.resolves(vec![scene.task("A bigger pool", false, None)]).await;
    scene.resolves(vec![scene.task("A bigger pool", true, Some(due))]).await;
    let both = scene.world.incident(scene.id).await.incident.commitments;
    assert_eq!(both.iter().filter(|one| one.what == "A bigger pool").count(), 2, "two may have the same to do");
    scene.world.act(scene.id, Action::Commitment { number: both[2].number, doing: Doing::Drop { why: String::new() } }).await;
    // The second of two clicks, and more to say.
    scene.resolves(vec![scene.task("A bigger pool", false, None)]).await;
    scene.world.act(scene.id, Action::Resolve { cause: "The pool".into(), fix: String::new(), follow_ups: vec![] }).await;
    let open: Vec<String> =
        scene.world.incident(scene.id).await.incident.commitments.into_iter().filter(Commitment::is_open).map(|one| one.what).collect();
    assert_eq!(open, ["Alert on pool size", "A bigger pool"], "nothing is lost, and nothing is there twice");
    scene.world.act(scene.id, Action::Task { person: None, name: "Vendor".into(), what: "Send the invoice".into(), due: Some(due) }).await;
    let tasks = scene.world.desk.board().await.expect("the board").tasks;
    let listed: Vec<(&str, &str)> = tasks.iter().map(|task| (task.what.as_str(), task.due.as_str())).collect();
    assert_eq!(listed[2], ("A bigger pool", "no day"), "nobody is reminded of what has no day, and it stands last: {listed:?}");
    let sheet = format!("{:?}", scene.world.desk.hand_over().await.expect("the sheet").sheet);
    assert!(sheet.contains("A bigger pool: nobody yet, no day"), "the next one at the desk reads of it too: {sheet}");
}

#[tokio::test]
async fn a_task_comes_due_after_a_restart_and_is_told_once() {
    let scene = held().await;
    scene.resolves(vec![scene.task("Alert on pool size", true, Some(scene.world.now().plus(DAY)))]).await;
    let sent = scene.mails(2).await.len();
    let Scene { world, mailbox, .. } = scene;
    world.clock.set(world.now().plus(3 * DAY));
    let world = world.restarted().await;
    world.settle().await;
    world.settle().await;
    assert_eq!(mailbox.wait_for(sent + 1).await.len(), sent + 1, "two days late, and once");
    let told = world.desk.board().await.expect("the board").tasks.remove(0);
    assert_eq!((told.late, told.due.as_str()), (true, "2 days late"));
}

#[tokio::test]
async fn the_words_of_older_logs_are_read_as_what_they_were() {
    let old = r#"{"type":"resolved","by":"Ana","cause":"","fix":"","follow_ups":["Alert on pool size","A bigger pool"]}"#;
    let IncidentEvent::Resolved { follow_ups, .. } = serde_json::from_str(old).expect("an event of an older log") else {
        panic!("resolved")
    };
    assert_eq!(follow_ups, ["Alert on pool size".into(), "A bigger pool".into()], "notes without an owner and without a day");
    let scene = held().await;
    scene.resolves(follow_ups).await;
    let view = scene.world.incident(scene.id).await;
    assert!(view.next.is_empty(), "nobody is reminded of what nobody gave a day: {:?}", view.next);
    assert_eq!(view.incident.commitments.len(), 2, "and they are shown");
    let to = scene.world.now().plus(10 * MINUTE);
    scene.world.act(scene.id, Action::Commitment { number: 2, doing: Doing::Move { to, why: "worth it".into() } }).await;
    let view = scene.world.incident(scene.id).await;
    assert_eq!(
        (view.next[0].at, view.incident.commitments[1].moved),
        (to, 0),
        "once it has one it is watched; nothing was put off by that"
    );
    let rebuilt = |db: &rusqlite::Connection| -> Result<_, StoreError> {
        incidents::rebuild(db)?;
        incidents::next_due_at(db)
    };
    assert_eq!(scene.world.engine.store.write(rebuilt).await.expect("rebuilt"), Some(to), "from the events alone");
    assert!(lines(&view).iter().any(|line| line.contains("to do: Alert on pool size · to do: A bigger pool")), "{:?}", lines(&view));
}
