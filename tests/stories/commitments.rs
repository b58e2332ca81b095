//! What somebody has said they will do is asked for when its time has come.

use baton_core::api::Answered;
use baton_core::api::types::{Action, Doing};
use baton_core::domain::commitment::{Commitment, Standing};
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{IncidentId, PersonId};
use baton_core::domain::time::{Instant, MINUTE};
use baton_tests::providers::telegram::Telegram;
use baton_tests::world::World;

use crate::answering::{holder, lines};

const MARTA: (i64, &str) = (501, "Marta");
const BEN: (i64, &str) = (502, "Ben");

/// Marta and Ben, each by Telegram, and an incident that Marta was alerted of.
struct Scene {
    world: World,
    telegram: Telegram,
    marta: PersonId,
    id: IncidentId,
}

async fn alerted() -> Scene {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let ben = world.person("Ben", &[(chat, "502")]).await;
    let mut desk = world.desk.overview().await.expect("the frame").desk;
    desk.zone = "Europe/Berlin".into();
    world.desk.save_desk(desk).await.expect("saved");
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&ben], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    telegram.wait_for(1).await;
    Scene { world, telegram, marta: marta.id, id }
}

impl Scene {
    async fn marta_answers(&self, words: &str) {
        let message = self.telegram.messages().into_iter().rfind(|one| one.chat == 501).expect("she was written to");
        self.telegram.reply(&message, words, MARTA);
        self.world.hear().await;
    }

    async fn commitments(&self) -> Vec<Commitment> {
        self.world.incident(self.id).await.incident.commitments
    }

    /// Marta has it and says at the phone what she will do.
    async fn promises(&self, what: &str, minutes: i64) -> Instant {
        self.has_it().await;
        let due = self.world.now().plus(minutes * MINUTE);
        self.world.act(self.id, self.promise(what, due)).await;
        due
    }

    async fn has_it(&self) {
        self.world.act(self.id, Action::Acknowledge { person: Some(self.marta), name: String::new(), how: AcknowledgedHow::Call }).await;
    }

    fn promise(&self, what: &str, due: Instant) -> Action {
        Action::Promise { person: Some(self.marta), name: String::new(), what: what.into(), due: Some(due) }
    }

    fn to_marta(&self) -> Vec<String> {
        self.telegram.messages().into_iter().filter(|one| one.chat == 501).map(|one| one.text).collect()
    }
}

#[tokio::test]
async fn a_promise_is_made_asked_for_when_it_is_due_and_kept_from_the_notification() {
    let scene = alerted().await;
    let due = scene.promises("send the logs", 10).await;
    let view = scene.world.incident(scene.id).await;
    assert!(view.next.iter().any(|step| step.at == due && step.words == "Marta promised: send the logs"), "{:?}", view.next);
    assert!(view.row.next.starts_with("Marta promised: send the logs"), "it is what is due next, on the board too: {}", view.row.next);
    scene.world.fast_forward(9).await;
    assert!(scene.world.screen.titles().is_empty(), "its time has not come");
    scene.world.fast_forward(1).await;
    let notice = scene.world.screen.last().expect("the desk is reminded");
    assert_eq!(notice.title, "Marta promised: send the logs");
    assert_eq!(notice.actions.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["done", "later", "open"]);
    let asked = scene.to_marta().pop().expect("and she is asked");
    assert!(asked.contains("You said that by now: “send the logs”."), "politely, by the way she is reached: {asked}");
    assert!(scene.world.incident(scene.id).await.row.late, "until somebody says what came of it, it is late");

    assert_eq!(scene.world.desk.answer_notice(notice.id, "done", Some(String::new())).await.expect("answered"), Answered::Done);
    let kept = scene.world.incident(scene.id).await;
    assert_eq!(kept.incident.commitments[0].standing, Standing::Done);
    assert!(lines(&kept).iter().any(|line| line.starts_with("Marta kept the promise: send the logs")), "{:?}", lines(&kept));
    assert!(!kept.row.late && kept.row.next.starts_with("check-in"), "what is due next is something else: {}", kept.row.next);
    assert_eq!(
        scene.world.desk.answer_notice(notice.id, "done", Some(String::new())).await.expect("answered"),
        Answered::TooLate(scene.id),
        "the second click"
    );
}

#[tokio::test]
async fn what_the_holder_answers_is_kept_as_a_promise_and_said_so() {
    let scene = alerted().await;
    scene.marta_answers("On it, ETA 15:30. I'll send the logs by 14:00").await;
    let view = scene.world.incident(scene.id).await;
    assert_eq!(holder(&view), Some("Marta"));
    let promised: Vec<(&str, &str)> = view.incident.commitments.iter().map(|one| (one.name.as_str(), one.what.as_str())).collect();
    assert_eq!(promised, [("Marta", "ETA"), ("Marta", "send the logs")], "nobody had to sit at the desk for it");
    let titles = scene.world.screen.titles();
    assert!(titles.contains(&"Marta promised, by 14:00: send the logs".into()), "the desk is told what was read: {titles:?}");
    let notice = scene.world.desk.notices().await.expect("the inbox").remove(0);
    assert!(notice.body.contains("On it, ETA 15:30") && notice.body.contains("Read from this answer"), "with her words: {}", notice.body);
    assert!(lines(&view).iter().any(|line| line.contains("read from what they answered by Telegram")), "{:?}", lines(&view));
    scene.world.act(scene.id, Action::Commitment { number: 1, doing: Doing::Drop { why: "of the parts, not of this".into() } }).await;
    assert_eq!(scene.commitments().await[0].standing, Standing::Dropped, "one click takes back what was none");
}

#[tokio::test]
async fn another_time_for_the_same_moves_it_and_is_counted() {
    let scene = alerted().await;
    scene.marta_answers("On it, ETA 15:30").await;
    let first = scene.commitments().await[0].due_at.expect("a time");
    scene.world.fast_forward(5).await;
    scene.marta_answers("New ETA 16:00, the vendor is slow").await;
    let one = scene.commitments().await.remove(0);
    assert_eq!((one.due_at, one.moved), (Some(first.plus(30 * MINUTE)), 1), "it is the same promise at another time");
    let told = scene.world.incident(scene.id).await;
    assert!(lines(&told).iter().any(|line| line.contains("the vendor is slow")), "with the reason she gave: {:?}", lines(&told));
    scene.marta_answers("ETA 16:00").await;
    assert_eq!(scene.commitments().await[0].moved, 1, "said again it is no news");
}

#[tokio::test]
async fn what_others_answer_and_what_is_no_promise_is_none() {
    let scene = alerted().await;
    scene.has_it().await;
    let message = scene.telegram.messages()[0].clone();
    scene.telegram.reply(&message, "The vendor wants it by 15:00", BEN);
    scene.world.hear().await;
    assert_eq!(scene.commitments().await, [], "Ben does not have it, and promises nothing for Marta");
    scene.marta_answers("Can you restart it by 14:00?").await;
    scene.marta_answers("It went down at 13:20").await;
    assert_eq!(scene.commitments().await, [], "a question and a report are no promises");
}

#[tokio::test]
async fn an_answer_to_the_question_comes_to_the_desk_by_the_way_it_was_asked() {
    let scene = alerted().await;
    scene.marta_answers("On it, back in 10 min").await;
    scene.world.fast_forward(10).await;
    let asked = scene.to_marta().pop().expect("a question");
    assert!(asked.contains("“back”"), "by the chat she answered in: {asked}");
    let count = scene.to_marta().len();
    scene.world.fast_forward(5).await;
    assert_eq!(scene.to_marta().len(), count, "she is asked once");
    assert_eq!(
        scene.world.screen.titles().iter().filter(|title| *title == "Marta promised: back").count(),
        2,
        "the desk is reminded again"
    );
    scene.marta_answers("in 20 min").await;
    let all = scene.commitments().await;
    assert!(all.iter().any(|one| one.due_at.is_some_and(|due| due > scene.world.now())), "and a new time is heard: {all:?}");
}

#[tokio::test]
async fn two_promises_of_one_minute_are_one_text() {
    let scene = alerted().await;
    let due = scene.promises("send the logs", 10).await;
    scene.world.act(scene.id, scene.promise("restart the pool", due)).await;
    let before = scene.to_marta().len();
    scene.world.fast_forward(10).await;
    let asked = scene.to_marta().split_off(before);
    assert_eq!(asked.len(), 1, "one person gets one message: {asked:?}");
    assert!(asked[0].contains("send the logs") && asked[0].contains("restart the pool"), "about both: {asked:?}");
    let unread = scene.world.desk.notices().await.expect("the inbox").into_iter().filter(|one| !one.read && one.title.contains("promised"));
    assert_eq!(unread.count(), 2, "the desk is reminded of each");
}

#[tokio::test]
async fn later_puts_the_reminder_off_and_leaves_what_was_said() {
    let scene = alerted().await;
    let due = scene.promises("send the logs", 10).await;
    scene.world.fast_forward(10).await;
    let notice = scene.world.screen.last().expect("reminded");
    assert_eq!(scene.world.desk.answer_notice(notice.id, "later", None).await.expect("answered"), Answered::Done);
    let one = scene.commitments().await.remove(0);
    assert_eq!((one.due_at, one.moved, one.remind_at), (Some(due), 0, Some(scene.world.now().plus(15 * MINUTE))));
    let reminded = || scene.world.screen.titles().iter().filter(|title| *title == "Marta promised: send the logs").count();
    let before = reminded();
    scene.world.fast_forward(14).await;
    assert_eq!(reminded(), before);
    scene.world.fast_forward(1).await;
    assert_eq!(reminded(), before + 1, "then it is asked for again");
}

#[tokio::test]
async fn moved_by_the_desk_it_needs_a_reason_and_is_due_then() {
    let scene = alerted().await;
    let due = scene.promises("send the logs", 10).await;
    let to = due.plus(20 * MINUTE);
    let moved = |why: &str| Action::Commitment { number: 1, doing: Doing::Move { to, why: why.into() } };
    let refused = scene.world.desk.act(scene.id, moved(" ")).await.expect_err("without a reason");
    assert!(refused.message.contains("why"), "{}", refused.message);
    scene.world.act(scene.id, moved("she is on the train")).await;
    scene.world.act(scene.id, moved("she is on the train")).await;
    let one = scene.commitments().await.remove(0);
    assert_eq!((one.due_at, one.moved), (Some(to), 1), "the second click moves nothing");
    scene.world.fast_forward(29).await;
    assert!(!scene.world.screen.titles().iter().any(|title| title.contains("promised")), "its time is another now");
    scene.world.fast_forward(1).await;
    assert!(scene.world.screen.titles().iter().any(|title| title == "Marta promised: send the logs"));
}

#[tokio::test]
async fn a_promise_outlives_handing_back_a_severity_and_a_snooze_that_holds_it() {
    let scene = alerted().await;
    scene.promises("send the logs", 10).await;
    scene.world.act(scene.id, Action::Snooze { minutes: 20, why: "part ordered".into() }).await;
    scene.world.fast_forward(19).await;
    assert!(scene.world.screen.titles().is_empty(), "a snooze holds everything");
    scene.world.fast_forward(1).await;
    assert!(
        scene.world.screen.titles().iter().any(|title| title == "Marta promised: send the logs"),
        "and when it ends, what is due is asked for"
    );
    scene
        .world
        .act(scene.id, Action::ChangeSeverity { severity: baton_core::domain::severity::Severity::High, why: "half is back".into() })
        .await;
    scene.world.act(scene.id, Action::HandBack { why: "cannot".into() }).await;
    assert!(scene.commitments().await[0].is_open(), "what she said still stands");
}

#[tokio::test]
async fn promises_go_along_where_it_goes_on_and_end_where_it_is_over() {
    let scene = alerted().await;
    let due = scene.promises("send the logs", 30).await;
    let shop = scene.world.desk.directory().await.expect("the directory").services.remove(0);
    let lead = scene.world.escalates("Nobody can pay", &shop).await;
    scene.world.act(lead, Action::Acknowledge { person: Some(scene.marta), name: String::new(), how: AcknowledgedHow::Call }).await;
    scene.world.desk.merge(scene.id, lead).await.expect("it goes on there");
    scene.world.desk.merge(scene.id, lead).await.expect("the second click");
    let along = scene.world.incident(lead).await;
    let open: Vec<(&str, Option<Instant>)> = along.incident.commitments.iter().map(|one| (one.what.as_str(), one.due_at)).collect();
    assert_eq!(open, [("send the logs", Some(due))], "once");
    assert!(lines(&along).iter().any(|line| line.contains("came along from")), "{:?}", lines(&along));
    assert_eq!(scene.commitments().await[0].standing, Standing::Ended, "and nowhere else");

    scene.world.act(lead, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    let over = scene.world.incident(lead).await;
    assert_eq!(over.incident.commitments[0].standing, Standing::Ended);
    let said = "not asked for any more: Marta promised: send the logs";
    assert!(lines(&over).iter().any(|line| line.starts_with("Resolved") && line.contains(said)), "it is said: {:?}", lines(&over));
    let before = scene.world.screen.titles().len();
    scene.world.fast_forward(60).await;
    assert_eq!(scene.world.screen.titles().len(), before, "and nobody is asked any more");
}

#[tokio::test]
async fn what_was_said_where_it_goes_on_stands_and_what_was_asked_for_is_not_asked_for_anew() {
    let scene = alerted().await;
    scene.promises("ETA", 30).await;
    scene.world.act(scene.id, scene.promise("send the logs", scene.world.now().plus(10 * MINUTE))).await;
    let shop = scene.world.desk.directory().await.expect("the directory").services.remove(0);
    let lead = scene.world.escalates("Nobody can pay", &shop).await;
    scene.world.act(lead, Action::Acknowledge { person: Some(scene.marta), name: String::new(), how: AcknowledgedHow::Call }).await;
    let later = scene.world.now().plus(120 * MINUTE);
    scene.world.act(lead, scene.promise("ETA", later)).await;
    scene.world.fast_forward(11).await;
    let asked = scene.commitments().await.into_iter().find(|one| one.what == "send the logs").expect("it is there");
    assert_eq!(asked.reminders, 1, "it was asked for once");
    let asks = || scene.telegram.messages().iter().filter(|one| one.text.contains("You said that by now")).count();
    assert_eq!(asks(), 1);
    scene.world.desk.merge(scene.id, lead).await.expect("it goes on there");
    let along = scene.world.incident(lead).await.incident.commitments;
    let eta = along.iter().find(|one| one.what == "ETA").expect("an ETA");
    assert_eq!((eta.due_at, eta.moved), (Some(later), 0), "what she said there last stands");
    let logs = along.iter().find(|one| one.what == "send the logs").expect("they come along");
    assert_eq!((logs.reminders, logs.remind_at), (1, asked.remind_at), "and are asked for again when they would have been");
    scene.world.fast_forward(10).await;
    assert_eq!(asks(), 1, "nobody is asked twice");
}

#[tokio::test]
async fn what_the_holder_writes_below_an_older_alert_is_promised_where_it_goes_on() {
    let scene = alerted().await;
    scene.has_it().await;
    let shop = scene.world.desk.directory().await.expect("the directory").services.remove(0);
    let lead = scene.world.escalates("Nobody can pay", &shop).await;
    scene.world.act(lead, Action::Acknowledge { person: Some(scene.marta), name: String::new(), how: AcknowledgedHow::Call }).await;
    let alert = scene.telegram.messages().into_iter().find(|one| one.chat == 501).expect("her first alert");
    scene.world.desk.merge(scene.id, lead).await.expect("it goes on there");
    scene.telegram.reply(&alert, "I'll send the logs in 20 min", MARTA);
    scene.world.hear().await;
    let along = scene.world.incident(lead).await.incident.commitments;
    assert_eq!(along.iter().filter(|one| one.is_open()).count(), 1, "{along:?}");
}

#[tokio::test]
async fn whoever_gives_up_is_heard_loudly_whatever_time_they_name() {
    let scene = alerted().await;
    scene.has_it().await;
    scene.marta_answers("Wrong incident, sorry. I'll send the logs in 20 min").await;
    let notices = scene.world.desk.notices().await.expect("the inbox");
    assert!(notices.iter().any(|one| one.critical && !one.read && one.title.starts_with("Marta wrote")), "{notices:?}");
}

#[tokio::test]
async fn what_the_desk_types_is_offered_filled_in_and_made_by_nobody_but_the_desk() {
    let scene = alerted().await;
    scene.has_it().await;
    let offered =
        scene.world.desk.promise_in(scene.id, "Marta says the logs come by 14:30".into()).await.expect("read").expect("a promise");
    assert_eq!((offered.person, offered.name.as_str(), offered.what.as_str()), (Some(scene.marta), "Marta", "Marta says the logs come"));
    assert_eq!(offered.due_at, Instant(1_795_437_720_000).plus(48 * MINUTE), "14:30 by the desk's clock");
    assert_eq!(scene.world.desk.promise_in(scene.id, "still looking".into()).await.expect("read"), None);
    scene.world.act(scene.id, Action::CheckIn { note: "Marta says the logs come by 14:30".into() }).await;
    assert_eq!(scene.commitments().await, [], "typing it makes none");
}

#[tokio::test]
async fn two_clicks_promise_once_and_a_time_that_has_passed_is_refused() {
    let scene = alerted().await;
    scene.has_it().await;
    let due = scene.world.now().plus(10 * MINUTE);
    let (one, other) = tokio::join!(
        scene.world.desk.act(scene.id, scene.promise("send the logs", due)),
        scene.world.desk.act(scene.id, scene.promise("Send the logs", due))
    );
    one.and(other).expect("both are taken");
    assert_eq!(scene.commitments().await.len(), 1, "it is one promise");
    let late = scene.world.desk.act(scene.id, scene.promise("x", scene.world.now())).await.expect_err("refused");
    assert!(late.message.contains("has passed"), "{}", late.message);
    let nobody = Action::Promise { person: None, name: " ".into(), what: "x".into(), due: Some(due) };
    assert!(scene.world.desk.act(scene.id, nobody).await.is_err(), "a promise has an owner");
    let done = || scene.world.desk.act(scene.id, Action::Commitment { number: 1, doing: Doing::Done {} });
    let (one, other) = tokio::join!(done(), done());
    one.and(other).expect("both are taken");
    let kept = scene.world.timeline(scene.id).await.into_iter().filter(|line| line.starts_with("Marta kept the promise")).count();
    assert_eq!(kept, 1, "and it is kept once");
}
