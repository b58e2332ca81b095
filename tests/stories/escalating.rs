//! From "escalate" to "somebody has it".

use baton_core::api::types::Action;
use baton_core::domain::command::Command;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::event::{AcknowledgedHow, CallOutcome};
use baton_core::domain::facts::Facts;
use baton_core::domain::incident::Phase;
use baton_core::domain::time::MINUTE;
use baton_core::engine::record::{self, Agreed, CommandFailure};
use baton_core::store::{StoreError, deliveries};
use baton_tests::http_sink::HttpSink;
use baton_tests::smtp_sink::SmtpSink;
use baton_tests::world::World;

#[tokio::test]
async fn nobody_answers_so_level_two_is_contacted_and_once_somebody_has_it_nothing_more_is_sent() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let marta = world.person("Marta Lindqvist", &[(mail, "marta@example.org"), (slack, "")]).await;
    let jonas = world.person("Jonas Weber", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Order platform", &[(&[&marta], 10), (&[&jonas], 10)]).await;

    let id = world.escalates("The database behind order processing is unresponsive", &shop).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["marta@example.org"], "a critical incident goes out by mail at once");
    let posted = chat.wait_for(1).await;
    assert!(posted[0].json().to_string().contains("order processing"), "and by chat at once, with what happened");

    world.fast_forward(9).await;
    assert_eq!(mailbox.mails().len(), 1, "before the level's ten minutes are over, nobody else is woken");
    world.fast_forward(1).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["jonas@example.org"], "nobody answered, so level 2 is contacted");

    world.act(id, Action::Acknowledge { person: Some(jonas.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    world.fast_forward(20).await;
    assert_eq!(mailbox.mails().len(), 2, "somebody has it, so nobody else is contacted");
    let incident = world.incident(id).await;
    assert_eq!(incident.row.holder, "Jonas Weber", "and the board says who");
    assert!(incident.next.iter().any(|next| next.at > world.now()), "it is still watched");
}

#[tokio::test]
async fn an_acknowledgement_takes_back_what_has_not_left_yet() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.always(baton_tests::http_sink::HttpBehaviour::status(503));
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let waiting = world.incident(id).await.deliveries;
    assert_eq!(waiting[0].state, DeliveryState::Queued, "the provider is down, so the alert waits to be tried again");

    // A nudge and a question wait beside it, as they do while somebody who had it is asked.
    world.act(id, Action::Nudge { person: marta.id }).await;
    world.engine.store.write(move |db| Ok::<_, StoreError>(db.execute(
        "INSERT INTO deliveries (id, incident_id, person_id, name, method_id, channel_id, via, address, purpose, step, message, state, words,
           queued_at, changed_at, next_attempt_at, give_up_at, attempts, provider_id, cancelled_because)
         SELECT replace(id, '-7', '-4'), incident_id, person_id, name, method_id, channel_id, via, address, 'still_on_it', step + 9,
           message, state, words, queued_at, changed_at, next_attempt_at, give_up_at, attempts, provider_id, cancelled_because
         FROM deliveries WHERE purpose = 'alert'", [])?)).await.expect("a question waits too");
    let tried = chat.requests().len();
    let now = world.now();
    let states = world.engine.store.write(move |db| {
        let agreed = Agreed::read(db, now)?;
        let how = AcknowledgedHow::InPerson;
        record::command(db, &agreed, id, Command::Acknowledge { person: Some(marta.id), name: "Marta".into(), how }, now)?;
        // Within the transaction still: whatever comes of it, nobody ever sees the one without the other.
        Ok::<_, CommandFailure>(deliveries::of(db, id)?.into_iter().map(|sent| (sent.purpose, sent.state)).collect::<Vec<_>>())
    });
    let states = states.await.expect("she has it");
    assert_eq!(states.len(), 3, "an alert, a nudge and a question: {states:?}");
    assert!(states.iter().all(|(_, state)| *state == DeliveryState::Cancelled), "the same transaction cancelled all of them: {states:?}");
    world.fast_forward(10).await;
    assert_eq!(chat.requests().len(), tried, "and nothing of it was sent afterwards");
}

#[tokio::test]
async fn a_level_where_nobody_is_there_is_skipped_at_once_and_the_timeline_says_why() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let mut away = world.person("Marta", &[(mail, "marta@example.org")]).await;
    away.presence.away_until = Some(world.now().plus(600 * MINUTE));
    world.desk.save_person(away.clone()).await.expect("she is away");
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&away], 30), (&[&jonas], 30)]).await;

    let id = world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["jonas@example.org"], "level 2 is contacted without waiting for level 1's minutes");
    let told = world.incident(id).await.timeline;
    let skipped = told.iter().find(|entry| entry.words.contains("skipped")).expect("the timeline says that level 1 was skipped");
    assert!(format!("{} {}", skipped.words, skipped.detail).contains("Marta is away"), "and why: {skipped:?}");
}

#[tokio::test]
async fn a_path_that_reaches_nobody_alarms_the_desk_and_keeps_alarming_it() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 5)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(5).await;
    let alarms = |titles: Vec<String>| titles.iter().filter(|title| title.contains("Needs you now")).count();
    assert_eq!(alarms(world.screen.titles()), 1, "everybody was contacted and nobody has it: the desk is told");
    assert!(world.incident(id).await.row.late, "and the board shows it as late");
    world.fast_forward(11).await;
    assert_eq!(alarms(world.screen.titles()), 3, "it is told again every five minutes until somebody has it");
    assert!(matches!(world.incident(id).await.incident.phase, Phase::Climbing {}), "and only a person can end that");
}

#[tokio::test]
async fn two_clicks_on_the_next_level_enter_one_level() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let mut people = Vec::new();
    for name in ["one", "two", "three"] {
        people.push(world.person(name, &[(mail, &format!("{name}@example.org"))]).await);
    }
    let shop = world.service("Shop", &[(&[&people[0]], 30), (&[&people[1]], 30), (&[&people[2]], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let click = || Action::EscalateFurther { from_level: Some(0), from_round: 1 };
    world.act(id, click()).await;
    world.act(id, click()).await;
    let to: Vec<_> = mailbox.wait_for(2).await.into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(to, ["one@example.org", "two@example.org"], "the second click meant the same level, so it does nothing");
}

#[tokio::test]
async fn escalating_one_draft_twice_is_one_incident() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 5)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let (first, second) = tokio::join!(world.desk.escalate(draft.clone()), world.desk.escalate(draft));
    assert_eq!(first.expect("filed"), second.expect("filed already"), "a double click is one incident");
    world.settle().await;
    assert_eq!(mailbox.mails().len(), 1, "and one mail");
}

#[tokio::test]
async fn a_call_by_hand_is_a_task_whose_outcome_moves_things_on() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (call, mail) = (world.by_hand().await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(call, "+49 30 23125 011"), (mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    // Low severity goes by mail; the call is made because the desk's plan says so.
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let task = world.incident(id).await.calls.pop().expect("the call is to be made");
    assert_eq!(task.dial, "tel:+493023125011", "with a number to dial");
    assert!(task.script.contains("Checkout fails"), "and the words to say: {}", task.script);

    let outcome = CallOutcome::Answered;
    world.act(id, Action::RecordCall { delivery: task.delivery, outcome, note: "on her way".into(), took_it: true }).await;
    let after = world.incident(id).await;
    assert_eq!(after.row.holder, "Marta", "she took it on the phone");
    assert!(after.calls.is_empty(), "so there is nobody left to call");
    let directory = world.desk.directory().await.expect("the directory opens");
    assert!(directory.people[0].methods[0].proven_at.is_some(), "and her number is known to work");
}

#[tokio::test]
async fn news_by_hand_is_told_in_the_call_that_is_still_to_be_made_and_later_in_one_that_may_give_it_to_them() {
    let world = World::new().await;
    let call = world.by_hand().await;
    let marta = world.person("Marta", &[(call, "+49 30 23125 011")]).await;
    let jonas = world.person("Jonas", &[(call, "+49 30 23125 012")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let tell = async |who: &str| {
        let opened = world.incident(id).await.incident.facts;
        let facts = Box::new(Facts { who: who.into(), ..opened.clone() });
        world.act(id, Action::ChangeFacts { opened: Box::new(opened), facts, tell: true }).await;
    };
    tell("All of Vienna").await;
    world.act(id, Action::ShareUpdate { text: "The pool is full".into() }).await;
    let calls = world.incident(id).await.calls;
    let [first] = &calls[..] else { panic!("one call tells it all: {calls:?}") };
    assert!(first.script.contains("All of Vienna"), "with the facts as they are by now: {}", first.script);
    assert!(first.script.contains("The pool is full"), "and what was shared: {}", first.script);
    assert_eq!(first.script.matches("All of Vienna").count(), 1, "once is enough: {}", first.script);

    let record = async |delivery, took_it| {
        world.act(id, Action::RecordCall { delivery, outcome: CallOutcome::Answered, note: String::new(), took_it }).await;
    };
    record(first.delivery, false).await;
    tell("All of Austria").await;
    let news = world.incident(id).await.calls.into_iter().find(|one| one.name == "Marta").expect("who was told is told of it");
    assert!(news.takes, "nobody has it, so she may say that she does");
    record(news.delivery, true).await;
    let after = world.incident(id).await;
    assert_eq!(after.row.holder, "Marta", "and the button does what it says");

    let takes = Action::Acknowledge { person: Some(jonas.id), name: String::new(), how: AcknowledgedHow::Call };
    world.act(id, takes).await;
    tell("All of Europe").await;
    let news = world.incident(id).await.calls.into_iter().find(|one| one.name == "Marta").expect("she is told");
    assert!(!news.takes, "somebody else has it, so the call only tells her");
    record(news.delivery, true).await;
    assert_eq!(world.incident(id).await.row.holder, "Jonas", "and takes it from nobody");
}

#[tokio::test]
async fn a_wrong_number_is_not_called_again_and_the_next_method_is_used_at_once() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (call, mail) = (world.by_hand().await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(call, "+493023125011"), (mail, "marta@example.org")]).await;
    let mut rules = world.desk.rules().await.expect("the rules are read");
    rules.channels.critical = vec![baton_core::domain::channel::Reach::Phone];
    world.desk.save_rules(rules).await.expect("critical means a call");
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    assert!(mailbox.mails().is_empty(), "only the call is planned");

    let task = world.incident(id).await.calls.pop().expect("the call is to be made");
    let outcome = CallOutcome::WrongNumber;
    world.act(id, Action::RecordCall { delivery: task.delivery, outcome, note: String::new(), took_it: false }).await;
    assert_eq!(mailbox.wait_for(1).await.len(), 1, "the mail goes at once, without waiting for the level's minutes");
    let directory = world.desk.directory().await.expect("the directory opens");
    assert!(directory.people[0].methods[0].wrong_since.is_some(), "and the number is marked wrong in the directory");
}

#[tokio::test]
async fn a_wrong_number_said_by_mistake_is_taken_back_and_counts_again() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (call, mail) = (world.by_hand().await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(call, "+493023125011"), (mail, "marta@example.org")]).await;
    let number = marta.methods[0].id;
    let mut rules = world.desk.rules().await.expect("the rules are read");
    rules.channels.critical = vec![baton_core::domain::channel::Reach::Phone];
    world.desk.save_rules(rules).await.expect("critical means a call");
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let says = async |outcome| {
        let task = world.incident(id).await.calls.pop().expect("a call is to be made");
        world.act(id, Action::RecordCall { delivery: task.delivery, outcome, note: String::new(), took_it: false }).await;
    };
    let directory = async || world.desk.directory().await.expect("the directory opens").people[0].methods[0].clone();
    world.desk.tried_number(number, CallOutcome::Answered).await.expect("noted");
    let proven = directory().await.proven_at;
    says(CallOutcome::WrongNumber).await;
    let shown = world.incident(id).await;
    assert_eq!(shown.wrong_numbers.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["+49 30 23125011"]);
    assert!(shown.calls.is_empty() && directory().await.wrong_since.is_some(), "it is called no more");

    let back = || Action::TakeBackWrongNumber { person: marta.id, method: number };
    world.act(id, back()).await;
    let after = world.incident(id).await;
    let told = after.timeline.last().expect("a line");
    assert_eq!((told.words.as_str(), told.detail.as_str()), ("Marta's number is not wrong after all", "it counts again"));
    assert_eq!((directory().await.wrong_since, directory().await.proven_at), (None, proven), "and what was known of it is known again");
    assert_eq!(after.calls.len(), 1, "the call is to be made, so that what really came of it can be said");
    assert!(after.wrong_numbers.is_empty(), "nothing is left to take back");
    world.act(id, back()).await;
    assert_eq!(world.incident(id).await.timeline.len(), after.timeline.len(), "the second of two clicks does nothing");
    says(CallOutcome::NoAnswer).await;
    let lines = world.incident(id).await.timeline;
    assert!(lines.iter().any(|line| line.words == "Called Marta: no answer"), "{lines:?}");
}

#[tokio::test]
async fn what_another_incident_says_of_a_number_since_is_not_taken_back_with_it() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let (call, mail) = (world.by_hand().await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(call, "+493023125011"), (mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let first = world.escalates("Checkout fails for everybody", &shop).await;
    let second = world.escalates("Nobody can log in", &shop).await;
    for id in [first, second] {
        world.clock.set(world.now().plus(1_000));
        let task = world.incident(id).await.calls.pop().expect("a call is to be made");
        let outcome = CallOutcome::WrongNumber;
        world.act(id, Action::RecordCall { delivery: task.delivery, outcome, note: String::new(), took_it: false }).await;
    }
    world.act(first, Action::TakeBackWrongNumber { person: marta.id, method: marta.methods[0].id }).await;
    let method = world.desk.directory().await.expect("the directory opens").people[0].methods[0].clone();
    assert!(method.wrong_since.is_some(), "the second call still says so");
}

#[tokio::test]
async fn a_number_put_right_is_used_again() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let call = world.by_hand().await;
    let mut marta = world.person("Marta", &[(call, "+493023125011")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let task = world.incident(id).await.calls.pop().expect("the call is to be made");
    let outcome = CallOutcome::WrongNumber;
    world.act(id, Action::RecordCall { delivery: task.delivery, outcome, note: String::new(), took_it: false }).await;
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;

    marta.methods[0].address = "+493023125012".into();
    world.desk.save_person(marta).await.expect("put right");
    let again = world.escalates("Checkout fails again", &shop).await;
    assert_eq!(world.incident(again).await.calls.len(), 1, "the new number is to be called");
    drop(mailbox);
}

#[tokio::test]
async fn reopened_and_escalated_again_within_the_minute_everybody_is_alerted_again() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    let mails = mailbox.wait_for(2).await.len();
    world.clock.set(world.now().plus(1_000));
    world.act(id, Action::Reopen { why: "it is back".into() }).await;
    world.act(id, Action::Escalate {}).await;
    assert_eq!(mailbox.wait_for(mails + 1).await.len(), mails + 1, "it is a new escalation, not a repeated message");
}

#[tokio::test]
async fn two_levels_with_the_same_person_within_a_minute_send_one_message() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::EscalateFurther { from_level: Some(0), from_round: 1 }).await;
    assert_eq!(mailbox.mails().len(), 1, "one person gets one message by one method in one minute");
}

#[tokio::test]
async fn while_waiting_the_same_people_are_contacted_again_as_often_as_the_level_says() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut path = world.desk.directory().await.expect("the directory").paths.remove(0);
    path.levels[0].repeat_every = Some(10);
    world.desk.save_path(path).await.expect("every ten minutes");
    world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(29).await;
    assert_eq!(mailbox.mails().len(), 3, "at once, after ten minutes and after twenty");
}

#[tokio::test]
async fn an_alarm_that_was_answered_and_given_back_climbs_on() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let (marta, jonas) = (world.person("Marta", &[(mail, "m@example.org")]).await, world.person("Jonas", &[(mail, "j@example.org")]).await);
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.sleep(3 * 24 * 60).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    world.act(id, Action::HandBack { why: "on the train".into() }).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["j@example.org"], "somebody has said that it is still wanted: level 2 is next");
}

#[tokio::test]
async fn a_higher_severity_asks_sooner() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut draft = world.draft("A label printer is slow", &shop).await;
    draft.severity = Some(baton_core::domain::severity::Severity::Low);
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.settle().await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    let why = "it is the printer of the emergency room".into();
    world.act(id, Action::ChangeSeverity { severity: baton_core::domain::severity::Severity::Critical, why }).await;
    world.fast_forward(15).await;
    assert!(world.screen.titles().iter().any(|title| title == "Check in"), "a critical incident is checked on after a quarter of an hour");
}

#[tokio::test]
async fn the_path_of_the_desk_cannot_vanish_unnoticed() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    world.service("Other", &[(&[&marta], 30)]).await;
    let mut settings = world.desk.overview().await.expect("the frame").desk;
    settings.path = shop.path;
    world.desk.save_desk(settings).await.expect("the desk's own path");
    world.desk.remove_service(shop.id).await.expect("removed");
    let path = shop.path.expect("its path");
    let refused = world.desk.remove_path(path, false).await.expect_err("the desk itself uses it");
    assert!(refused.details.iter().any(|user| user.contains("desk")), "and says so: {refused:?}");
    world.desk.remove_path(path, true).await.expect("removed all the same");
    assert_eq!(world.desk.overview().await.expect("the frame").desk.path, None, "and nothing points at it any more");
}

#[tokio::test]
async fn an_escalation_keeps_the_plan_it_began_with_whatever_becomes_of_the_directory() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let mut jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 10)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    mailbox.wait_for(1).await;

    jonas.methods[0].address = "typo@example.org".into();
    world.desk.save_person(jonas.clone()).await.expect("somebody tidies up the directory");
    world.fast_forward(10).await;
    assert_eq!(mailbox.wait_for(2).await[1].to, ["jonas@example.org"], "the plan as it was shown, not as it was changed under it");
}

#[tokio::test]
async fn an_alert_is_not_tried_beyond_its_level() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    chat.always(baton_tests::http_sink::HttpBehaviour::status(503));
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let marta = world.person("Marta", &[(slack, "")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&jonas], 60)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(11).await;
    let tried = chat.requests().len();
    assert!(tried > 2, "while her level lasts, it is tried again and again");
    world.fast_forward(40).await;
    assert_eq!(chat.requests().len(), tried, "once the next level was contacted, hers is over");
}
