//! The desk is asked how it stands: often at first, then less often, and its lead hears where nobody answers.

use baton_core::api::Answered;
use baton_core::api::types::Action;
use baton_core::domain::check_in::COUNTS;
use baton_core::domain::directory::Person;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{IncidentId, PersonId};
use baton_core::domain::readiness::Fault;
use baton_core::domain::severity::Severity;
use baton_core::domain::time::MINUTE;
use baton_tests::providers::telegram::Telegram;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

use crate::answering::{holder, lines};

/// Marta has it, and Ilse may lead the desk.
struct Scene {
    world: World,
    mailbox: SmtpSink,
    ilse: Person,
    marta: PersonId,
    id: IncidentId,
}

async fn held() -> Scene {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let ilse = world.person("Ilse", &[(mail, "ilse@example.org")]).await;
    // Nobody is asked "still on it?" while it is about check-ins.
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.rhythm.acknowledgement.critical = 10_000;
    rules.rhythm.acknowledgement.high = 10_000;
    world.desk.save_rules(rules).await.expect("saved");
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    mailbox.wait_for(1).await;
    Scene { world, mailbox, ilse, marta: marta.id, id }
}

impl Scene {
    async fn leads(&self) {
        let mut desk = self.world.desk.overview().await.expect("the frame").desk;
        desk.lead = Some(self.ilse.id);
        self.world.desk.save_desk(desk).await.expect("saved");
    }

    /// Minutes until the desk is asked next.
    async fn minutes_to_the_next(&self) -> i64 {
        let incident = self.world.incident(self.id).await.incident;
        incident.check_in.expect("there is a next one").due_at.since(self.world.now()) / MINUTE
    }

    async fn checks_in(&self, note: &str) {
        self.world.act(self.id, Action::CheckIn { note: note.into() }).await;
    }

    fn to_ilse(&self) -> Vec<String> {
        self.mailbox.mails().into_iter().filter(|mail| mail.to == ["ilse@example.org"]).map(|mail| mail.text()).collect()
    }
}

#[tokio::test]
async fn every_quarter_of_an_hour_at_first_then_stretching_and_anew_when_it_grows_worse_or_climbs() {
    let scene = held().await;
    assert_eq!(scene.minutes_to_the_next().await, 15);
    let mut stretched = Vec::new();
    for note in ["looking", "still looking", "found it", "mending it"] {
        scene.checks_in(note).await;
        stretched.push(scene.minutes_to_the_next().await);
    }
    assert_eq!(stretched, [30, 60, 60, 60], "twice as long each time, and never longer than an hour");
    let severity = |severity, why: &str| Action::ChangeSeverity { severity, why: why.into() };
    scene.world.act(scene.id, severity(Severity::High, "half is back")).await;
    scene.checks_in("half is back").await;
    assert_eq!(scene.minutes_to_the_next().await, 60, "high: half an hour at first, which this was, and then an hour");
    scene.world.act(scene.id, severity(Severity::Critical, "all is down again")).await;
    assert_eq!(scene.minutes_to_the_next().await, 15, "worse again, it begins anew");
    for note in ["looking", "waiting"] {
        scene.checks_in(note).await;
    }
    assert_eq!(scene.minutes_to_the_next().await, 60);
    scene.world.act(scene.id, Action::EscalateFurther { from_level: Some(0), from_round: 1 }).await;
    assert_eq!(scene.minutes_to_the_next().await, 15, "and so it does when the next level is called");
}

#[tokio::test]
async fn the_intervals_are_the_desks_own() {
    let scene = held().await;
    let mut rules = scene.world.desk.rules().await.expect("the rules");
    (rules.rhythm.check_in.critical, rules.rhythm.check_in_stretch, rules.rhythm.check_in_longest.critical) = (10, 150, 20);
    scene.world.desk.save_rules(rules.clone()).await.expect("saved");
    let mut stretched = Vec::new();
    for note in ["one", "two", "three"] {
        scene.checks_in(note).await;
        stretched.push(scene.minutes_to_the_next().await);
    }
    assert_eq!(stretched, [15, 20, 20]);
    rules.rhythm.check_in_stretch = 50;
    let refused = scene.world.desk.save_rules(rules).await.expect_err("it cannot shrink");
    assert!(refused.message.contains("100 to 400 %"), "{}", refused.message);
}

#[tokio::test]
async fn what_counts_is_said_where_it_is_asked() {
    let scene = held().await;
    scene.world.fast_forward(15).await;
    let notice = scene.world.screen.last().expect("asked");
    assert!(notice.body.contains(COUNTS), "{}", notice.body);
    let view = scene.world.incident(scene.id).await;
    assert!(view.check_in.asked, "the window asks too");
    assert_eq!(view.check_in.counts, COUNTS);
    assert_eq!(view.check_in.next, "You are asked again 30 min after it.");
}

#[tokio::test]
async fn missed_twice_the_lead_is_told_once_and_it_is_on_the_timeline() {
    let scene = held().await;
    scene.leads().await;
    scene.world.fast_forward(15 + 9).await;
    assert_eq!(scene.to_ilse(), Vec::<String>::new(), "it was asked twice, and the time for the second answer runs");
    scene.world.fast_forward(1).await;
    let told = scene.to_ilse();
    assert_eq!(told.len(), 1, "then Ilse is told");
    assert!(told[0].contains("Nobody at the desk has said for 10 min how this stands"), "{}", told[0]);
    scene.world.fast_forward(60).await;
    assert_eq!(scene.to_ilse().len(), 1, "once for each check-in");
    let incident = scene.world.incident(scene.id).await;
    assert!(incident.check_in.missed);
    let said = "Nobody checked in, although asked twice · Ilse, who leads this desk, was told";
    assert!(lines(&incident).iter().any(|line| line == said), "{:?}", lines(&incident));
    scene.checks_in("sorry, here").await;
    scene.world.fast_forward(30 + 10).await;
    assert_eq!(scene.to_ilse().len(), 2, "the next one that is missed is told again");
}

#[tokio::test]
async fn many_that_are_missed_at_once_are_one_message_to_the_lead() {
    let scene = held().await;
    scene.leads().await;
    let shop = scene.world.desk.directory().await.expect("the directory").services.remove(0);
    for number in 0..19 {
        let id = scene.world.escalates(&format!("Till {number} prints nothing"), &shop).await;
        scene.world.act(id, Action::Acknowledge { person: None, name: "Somebody".into(), how: AcknowledgedHow::Call }).await;
    }
    scene.world.fast_forward(15 + 10).await;
    let told = scene.to_ilse();
    assert_eq!(told.len(), 1, "one message, not twenty: {told:?}");
    assert!(told[0].contains("There is news of 20 incidents"), "{}", told[0]);
    let said = "Nobody checked in, although asked twice · Ilse, who leads this desk, was told";
    let timeline = lines(&scene.world.incident(scene.id).await);
    assert!(timeline.iter().any(|line| line == said), "and each has it on its timeline: {timeline:?}");
}

#[tokio::test]
async fn a_check_in_after_the_first_reminder_is_none_that_is_missed() {
    let scene = held().await;
    scene.leads().await;
    scene.world.fast_forward(15 + 8).await;
    scene.checks_in("here").await;
    scene.world.fast_forward(20).await;
    assert_eq!(scene.to_ilse(), Vec::<String>::new());
}

#[tokio::test]
async fn where_nobody_leads_the_desk_it_is_said_and_the_desk_is_alarmed() {
    let scene = held().await;
    let holes = scene.world.desk.readiness().await.expect("the holes");
    assert!(holes.iter().any(|hole| hole.fault == Fault::NoLead && !hole.grave), "readiness says so: {holes:?}");
    scene.world.fast_forward(15 + 10).await;
    let alarms = || scene.world.screen.titles().iter().filter(|title| title.starts_with("Needs you now: asked twice")).count();
    assert_eq!(alarms(), 1, "{:?}", scene.world.screen.titles());
    let timeline = lines(&scene.world.incident(scene.id).await);
    assert!(timeline.iter().any(|line| line.contains("nobody is named to lead this desk: it was alarmed")), "{timeline:?}");
    scene.leads().await;
    assert!(scene.world.desk.readiness().await.expect("the holes").iter().all(|hole| hole.fault != Fault::NoLead), "named, all is well");
    scene.world.desk.remove_person(scene.ilse.id, true).await.expect("she left");
    assert!(
        scene.world.desk.readiness().await.expect("the holes").iter().any(|hole| hole.fault == Fault::NoLead),
        "and gone, it is said again"
    );
    scene.checks_in("here").await;
    scene.world.fast_forward(60).await;
    assert_eq!(scene.to_ilse(), Vec::<String>::new(), "whoever has left is not written to");
    assert_eq!(alarms(), 2, "the desk is alarmed as where nobody is named");
}

#[tokio::test]
async fn a_lead_who_cannot_be_written_to_is_not_said_to_have_been_told() {
    let scene = held().await;
    scene.leads().await;
    let ilse = Person { methods: vec![], ..scene.ilse.clone() };
    scene.world.desk.save_person(ilse).await.expect("she has no way left");
    scene.world.fast_forward(15 + 10).await;
    let view = scene.world.incident(scene.id).await;
    let said = "Ilse, who leads this desk, has no way to be written to: it was alarmed";
    assert!(lines(&view).iter().any(|line| line.contains(said)), "{:?}", lines(&view));
    assert!(!view.incident.told.contains(&scene.ilse.id), "and is sent no news of what she never heard of");
    assert!(scene.world.screen.titles().iter().any(|title| title.starts_with("Needs you now: asked twice")), "the desk is alarmed");
}

#[tokio::test]
async fn a_snooze_is_no_missed_check_in() {
    let scene = held().await;
    scene.leads().await;
    scene.world.fast_forward(15).await;
    scene.world.act(scene.id, Action::Snooze { minutes: 60, why: "part ordered".into() }).await;
    scene.world.fast_forward(59).await;
    assert_eq!(scene.to_ilse(), Vec::<String>::new());
}

#[tokio::test]
async fn whoever_has_it_is_asked_again_after_a_snooze_before_anybody_else_is_called() {
    let scene = held().await;
    let mut rules = scene.world.desk.rules().await.expect("the rules");
    rules.rhythm.acknowledgement.critical = 30;
    scene.world.desk.save_rules(rules).await.expect("saved");
    scene.world.act(scene.id, Action::StillOnIt {}).await;
    scene.world.fast_forward(30).await;
    let asked = || async { scene.world.screen.titles().into_iter().filter(|title| title == "Is Marta still on it?").count() };
    assert_eq!(asked().await, 1, "the acknowledgement is over");
    scene.world.act(scene.id, Action::Snooze { minutes: 60, why: "part ordered".into() }).await;
    scene.world.fast_forward(60).await;
    scene.world.fast_forward(6).await;
    assert_eq!(asked().await, 2, "what she was asked an hour ago is no answer now");
    let view = scene.world.incident(scene.id).await;
    assert!(view.incident.is_held_by(Some(scene.marta), ""), "and she still has it: {:?}", lines(&view));
}

#[tokio::test]
async fn what_grows_worse_while_it_sleeps_wakes_up_and_asks_at_once() {
    let scene = held().await;
    scene.world.act(scene.id, Action::ChangeSeverity { severity: Severity::Low, why: "one shop".into() }).await;
    scene.world.act(scene.id, Action::Snooze { minutes: 24 * 60, why: "tomorrow".into() }).await;
    scene.world.settle().await;
    let shown = scene.world.screen.titles().len();
    scene.world.act(scene.id, Action::ChangeSeverity { severity: Severity::Critical, why: "all shops".into() }).await;
    scene.world.settle().await;
    assert_eq!(scene.world.incident(scene.id).await.incident.snooze, None, "critical does not sleep till tomorrow");
    assert_eq!(scene.world.screen.titles().split_off(shown), ["Check in"], "and the desk is asked how it stands");
    scene.world.act(scene.id, Action::CheckIn { note: "All hands".into() }).await;
    scene.world.act(scene.id, Action::Snooze { minutes: 60, why: "they work on it".into() }).await;
    scene.world.act(scene.id, Action::ChangeSeverity { severity: Severity::High, why: "half is back".into() }).await;
    assert!(scene.world.incident(scene.id).await.incident.snooze.is_some(), "what is better may sleep on");
}

#[tokio::test]
async fn two_clicks_nudge_share_and_snooze_once() {
    let scene = held().await;
    let acts = [
        Action::Nudge { person: scene.marta },
        Action::ShareUpdate { text: "The pool is empty".into() },
        Action::Snooze { minutes: 30, why: "part ordered".into() },
    ];
    for act in acts {
        let before = scene.world.incident(scene.id).await.timeline.len();
        let (one, other) = tokio::join!(scene.world.desk.act(scene.id, act.clone()), scene.world.desk.act(scene.id, act.clone()));
        one.and(other).expect("the second click is no mistake");
        assert_eq!(scene.world.incident(scene.id).await.timeline.len(), before + 1, "{act:?}");
    }
    scene.world.fast_forward(1).await;
    scene.world.act(scene.id, Action::Nudge { person: scene.marta }).await;
    assert_eq!(scene.world.incident(scene.id).await.incident.nudges.get(&scene.marta), Some(&2), "a minute later it is another");
    scene.world.act(scene.id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    scene.world.act(scene.id, Action::Reopen { why: "again".into() }).await;
    assert!(scene.world.incident(scene.id).await.incident.nudges.is_empty(), "what was not answered then is not counted now");
}

#[tokio::test]
async fn two_clicks_on_done_are_one_check_in() {
    let scene = held().await;
    scene.world.fast_forward(15).await;
    let notice = scene.world.screen.last().expect("asked");
    assert_eq!(scene.world.desk.answer_notice(notice.id, "done", Some(String::new())).await.expect("answered"), Answered::Done);
    assert_eq!(
        scene.world.desk.answer_notice(notice.id, "done", Some(String::new())).await.expect("answered"),
        Answered::TooLate(scene.id),
        "and said so"
    );
    let done = || scene.world.desk.act(scene.id, Action::CheckIn { note: "Replica is up".into() });
    let (one, other) = tokio::join!(done(), done());
    one.and(other).expect("two windows may click");
    let incident = scene.world.incident(scene.id).await;
    assert_eq!(incident.incident.check_ins, 2, "one from the notification, one from the windows: {:?}", lines(&incident));
}

#[tokio::test]
async fn done_on_the_notification_takes_a_word_or_asks_for_one_in_the_window() {
    let scene = held().await;
    scene.world.fast_forward(15).await;
    let notice = scene.world.screen.last().expect("asked");
    assert_eq!(notice.word, Some("Nothing new"), "where the desktop has a field, this is suggested");
    let answered = scene.world.desk.answer_notice(notice.id, "done", None).await.expect("answered");
    assert_eq!(answered, Answered::OpenToCheckIn(scene.id), "where it has none, the window has");
    assert!(scene.world.incident(scene.id).await.check_in.asked, "nothing was said yet");
    let answered = scene.world.desk.answer_notice(notice.id, "done", Some("The replica is up".into())).await.expect("answered");
    assert_eq!(answered, Answered::Done);
    let timeline = lines(&scene.world.incident(scene.id).await);
    assert!(timeline.iter().any(|line| line.contains("The replica is up")), "the word is kept: {timeline:?}");
    scene
        .world
        .act(
            scene.id,
            Action::Promise { person: None, name: "Ilse".into(), what: "call back".into(), due: Some(scene.world.now().plus(MINUTE)) },
        )
        .await;
    scene.world.fast_forward(1).await;
    assert_eq!(scene.world.screen.last().expect("asked").word, None, "a promise is kept without a word");
}

#[tokio::test]
async fn snooze_on_the_notification_says_why_and_two_clicks_at_once_are_one() {
    let scene = held().await;
    scene.world.fast_forward(15).await;
    let notice = scene.world.screen.last().expect("asked");
    let snooze = notice.actions.iter().find(|(id, _)| id == "snooze").expect("it can be put off");
    assert_eq!(snooze.1, "Snooze 15 min: work goes on", "the button says the reason it gives");
    let press = || scene.world.desk.answer_notice(notice.id, "snooze", None);
    let (one, other) = tokio::join!(press(), press());
    let mut both = [one.expect("answered"), other.expect("answered")];
    both.sort_by_key(|answered| *answered != Answered::Done);
    assert_eq!(both, [Answered::Done, Answered::TooLate(scene.id)]);
    let view = scene.world.incident(scene.id).await;
    assert_eq!(view.incident.snooze.as_ref().expect("it sleeps").why, "work goes on (from the notification)");
    assert_eq!(lines(&view).iter().filter(|line| line.contains("work goes on")).count(), 1, "{:?}", lines(&view));
}

#[tokio::test]
async fn escalate_on_the_notification_opens_it_where_one_key_does_it() {
    let scene = held().await;
    scene.world.fast_forward(15).await;
    let notice = scene.world.screen.last().expect("asked");
    let answered = scene.world.desk.answer_notice(notice.id, "escalate", None).await.expect("answered");
    assert_eq!(answered, Answered::OpenToGoFurther(scene.id), "what a stray click would send cannot be called back");
    assert_eq!(answered.address(), Some(format!("incident/{}/further", scene.id)));
    assert_eq!(scene.world.incident(scene.id).await.incident.climb.expect("a climb").level, Some(0), "nobody was called by it");
}

#[tokio::test]
async fn no_button_does_anything_once_it_was_resolved_elsewhere() {
    let scene = held().await;
    scene.world.fast_forward(15).await;
    let notice = scene.world.screen.last().expect("asked");
    scene.world.act(scene.id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    scene.world.settle().await;
    let (events, mails) = (scene.world.incident(scene.id).await.timeline.len(), scene.mailbox.mails().len());
    for (button, _) in &notice.actions {
        let answered = scene.world.desk.answer_notice(notice.id, button, Some("late".into())).await.expect("answered");
        assert_eq!(answered, Answered::TooLate(scene.id), "{button} says that it came too late");
    }
    scene.world.settle().await;
    assert_eq!((scene.world.incident(scene.id).await.timeline.len(), scene.mailbox.mails().len()), (events, mails), "and does nothing");
}

#[tokio::test]
async fn nudge_on_the_notification_writes_to_whoever_has_it() {
    let scene = held().await;
    scene.world.fast_forward(15).await;
    let notice = scene.world.screen.last().expect("asked");
    let sent = scene.mailbox.mails().len();
    assert_eq!(scene.world.desk.answer_notice(notice.id, "nudge", None).await.expect("answered"), Answered::Done);
    assert_eq!(
        scene.world.desk.answer_notice(notice.id, "nudge", None).await.expect("answered"),
        Answered::TooLate(scene.id),
        "one of two clicks"
    );
    scene.world.settle().await;
    assert_eq!(scene.mailbox.wait_for(sent + 1).await[sent].to, ["marta@example.org"]);
    assert_eq!(scene.mailbox.mails().len(), sent + 1);
    assert!(scene.world.incident(scene.id).await.check_in.asked, "and the check-in is still to be done");
}

#[tokio::test]
async fn nobody_real_hears_of_a_sample_that_nobody_checks_in_on() {
    let scene = held().await;
    scene.leads().await;
    scene.world.act(scene.id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    scene.world.desk.load_sample().await.expect("the sample loads");
    scene.world.fast_forward(180).await;
    assert!(scene.world.desk.board().await.expect("the board").rows.iter().any(|row| row.late), "it was asked for");
    assert_eq!(scene.to_ilse(), Vec::<String>::new(), "and Ilse is left in peace");
}

#[tokio::test]
async fn who_takes_it_after_it_was_opened_again_is_checked_in_on() {
    let scene = held().await;
    scene.world.act(scene.id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    scene.world.act(scene.id, Action::Reopen { why: "it is back".into() }).await;
    scene.world.act(scene.id, Action::Acknowledge { person: Some(scene.marta), name: String::new(), how: AcknowledgedHow::Call }).await;
    assert_eq!(scene.minutes_to_the_next().await, 15, "as if it had just been escalated");
}

#[tokio::test]
async fn calling_the_next_level_wakes_what_sleeps() {
    let scene = held().await;
    scene.world.act(scene.id, Action::Snooze { minutes: 12 * 60, why: "tomorrow".into() }).await;
    scene.world.act(scene.id, Action::EscalateFurther { from_level: Some(0), from_round: 1 }).await;
    let incident = scene.world.incident(scene.id).await.incident;
    assert_eq!(incident.snooze, None, "nobody is called and then not watched over");
    assert!(incident.check_in.is_some_and(|check_in| check_in.due_at <= scene.world.now().plus(15 * MINUTE)));
}

#[tokio::test]
async fn whoever_is_called_over_a_silent_holder_has_it_when_they_say_so() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let jonas = world.person("Jonas", &[(chat, "502")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let alert = telegram.wait_for(1).await.remove(0);
    telegram.press(&alert, "On it", (501, "Marta"));
    world.engine.listen_once().await.expect("heard");
    world.act(id, Action::EscalateFurther { from_level: Some(0), from_round: 1 }).await;
    world.settle().await;
    let to_jonas = telegram.wait_for(2).await.pop().expect("he is called");
    telegram.press(&to_jonas, "On it", (502, "Jonas"));
    world.engine.listen_once().await.expect("heard");
    assert_eq!(holder(&world.incident(id).await), Some("Jonas"), "and is not climbed over when Marta's time is up");
}
