//! What happens when what should carry a message does not.

use baton_core::api::types::Action;
use baton_core::domain::asking::AfterWait;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::time::MINUTE;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::smtp_sink::{SmtpSink, SmtpStep};
use baton_tests::world::World;

#[tokio::test]
async fn a_provider_that_is_down_for_a_while_gets_it_when_it_is_back() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.next([HttpBehaviour::status(500), HttpBehaviour::status(429).with("retry-after", "60")]);
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let first = &world.incident(id).await.deliveries[0];
    assert_eq!(first.state, DeliveryState::Queued, "a 500 passes: it is tried again, not given up");
    assert!(first.next_try.is_some() && first.words.contains("500"), "the screen says why and when: {first:?}");

    world.fast_forward(1).await;
    assert_eq!(chat.requests().len(), 2, "the second try met 429");
    world.fast_forward(2).await;
    assert_eq!(chat.requests().len(), 3, "the third came after what Retry-After asked for");
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Accepted, "and was accepted");
}

#[tokio::test]
async fn retry_after_is_kept_to_the_second() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.next([HttpBehaviour::status(429).with("retry-after", "120")]);
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    world.clock.set(world.now().plus(119_000));
    world.settle().await;
    assert_eq!(chat.requests().len(), 1, "119 s after 'retry after 120' is too early");
    world.clock.set(world.now().plus(1_000));
    world.settle().await;
    assert_eq!(chat.requests().len(), 2, "120 s is not");
}

#[tokio::test]
async fn what_can_never_work_is_followed_by_the_next_method_at_once() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    mailbox.replies(SmtpStep::Recipient, "550 5.1.1 no such user here");
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let marta = world.person("Marta", &[(mail, "marta@example.org"), (slack, "")]).await;
    let mut rules = world.desk.rules().await.expect("the rules are read");
    rules.channels.critical = vec![baton_core::domain::channel::Reach::Mail];
    world.desk.save_rules(rules).await.expect("critical means mail");
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;

    let id = world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(chat.wait_for(1).await.len(), 1, "no minute is lost: chat is used at once");
    let incident = world.incident(id).await;
    assert!(incident.deliveries.iter().any(|sent| sent.words.contains("no such user here")), "the server's own words are on the screen");
}

#[tokio::test]
async fn a_level_at_which_nobody_can_be_reached_does_not_wait_its_minutes_out() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    chat.always(HttpBehaviour::says(404, "channel_not_found"));
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let marta = world.person("Marta", &[(slack, "")]).await;
    let jonas = world.person("Jonas", &[(mail, "jonas@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["jonas@example.org"], "Marta cannot be reached by anything, so level 2 is next, now");
}

#[tokio::test]
async fn a_send_that_a_crash_cut_short_goes_again_with_the_same_identity() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.next([HttpBehaviour::Silence]);
    let url = chat.url("/hook");
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let hook = world
        .channel("webhook", "Hook", &[("allow_private", "yes"), ("allow_plain", "yes")], &[("url", &url), ("signing_secret", secret)])
        .await
        .expect("the webhook is accepted");
    let marta = world.person("Marta", &[(hook, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.engine.cycle().await.expect("a turn");
    let first = chat.wait_for(1).await;
    let known = &world.incident(id).await.deliveries[0];
    assert_eq!((known.state, known.tries.len()), (DeliveryState::Attempting, 1), "whoever receives it can read that it was being sent");
    assert_eq!(
        world.incident(id).await.row.holder_note,
        "Hook to Marta: being sent 12:42",
        "and the incident says so where one looks first"
    );

    let world = world.restarted().await;
    world.settle().await;
    let again = chat.wait_for(2).await;
    assert_eq!(again[1].header("webhook-id"), first[0].header("webhook-id"), "the receiver can tell that it is the same message");
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Accepted, "and this time it is known that it arrived");
}

#[tokio::test]
async fn what_a_crash_cut_short_hours_ago_wakes_nobody() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.next([HttpBehaviour::Silence]);
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.engine.cycle().await.expect("a turn");
    chat.wait_for(1).await;
    world.clock.set(world.now().plus(10 * 60 * MINUTE));
    let world = world.restarted().await;
    world.settle().await;
    assert_eq!(chat.requests().len(), 1, "nobody is served in the morning by an alert of the night");
    let sent = world.incident(id).await.deliveries.remove(0);
    assert_eq!((sent.state, sent.next_try), (DeliveryState::Uncertain, None), "it may have arrived when it was sent");
    assert!(sent.words.contains("not sent again") && sent.words.contains("10 h"), "and it says why not again: {}", sent.words);
}

#[tokio::test]
async fn news_for_somebody_who_took_it_reaches_them_although_their_first_method_fails() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let marta = world.person("Marta", &[(slack, ""), (mail, "marta@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Chat }).await;
    let mails = mailbox.wait_for(1).await.len();

    chat.always(HttpBehaviour::says(410, "channel_is_archived"));
    world.act(id, Action::ShareUpdate { text: "The replica is up again".into() }).await;
    let received = mailbox.wait_for(mails + 1).await;
    assert!(received[mails].text().contains("The replica is up again"), "the news came by mail instead");
}

#[tokio::test]
async fn what_was_being_sent_when_somebody_took_it_is_not_tried_again_and_not_called_a_failure() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.next([HttpBehaviour::Silence]);
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let draft = world.draft("Checkout fails for everybody", &shop).await;
    let id = world.desk.escalate(draft).await.expect("escalated");
    world.engine.cycle().await.expect("a turn");
    chat.wait_for(1).await;
    let took = Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call };
    world.desk.act(id, took).await.expect("she has it while the provider is still silent");

    // The process goes down with the send; the next one knows better than to repeat it.
    let world = world.restarted().await;
    world.fast_forward(10).await;
    assert_eq!(chat.requests().len(), 1, "somebody has it: nobody is written to again");
    let incident = world.incident(id).await;
    assert_eq!(incident.deliveries[0].state, DeliveryState::Cancelled, "and that is what is shown: {:?}", incident.deliveries[0].words);
    assert!(!incident.timeline.iter().any(|entry| entry.words.contains("failed")), "not a failure");
}

#[tokio::test]
async fn what_waited_for_days_is_not_sent_any_more() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.always(HttpBehaviour::status(503));
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let tried = chat.requests().len();
    chat.always(HttpBehaviour::status(200));
    world.sleep(3 * 24 * 60).await;
    assert_eq!(chat.requests().len(), tried, "an alert from three days ago wakes nobody");
    let incident = world.incident(id).await;
    let words = &incident.deliveries[0].words;
    assert!(words.contains("not sent") && words.contains("late"), "and it says why: {words}");
    assert!(incident.timeline.iter().any(|entry| entry.bad && entry.words.contains("failed")), "on the timeline too");
}

#[tokio::test]
async fn who_has_only_a_phone_is_called_with_the_news() {
    let world = World::new().await;
    let call = world.by_hand().await;
    let marta = world.person("Marta", &[(call, "+493023125011")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    world.act(id, Action::ShareUpdate { text: "The replica is up again".into() }).await;
    let calls = world.incident(id).await.calls;
    assert!(calls[0].script.ends_with("The replica is up again"), "no news is dropped for want of a mailbox: {}", calls[0].script);
}

#[tokio::test]
async fn a_long_level_keeps_trying_for_as_long_as_it_lasts() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.always(HttpBehaviour::status(503));
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 600)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.fast_forward(300).await;
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Queued, "after five hours it is still being tried");
    chat.always(HttpBehaviour::says(200, "ok"));
    world.fast_forward(10).await;
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Accepted, "and arrives when the provider is back");
}

#[tokio::test]
async fn the_next_level_asked_for_by_hand_is_reached_by_all_means_although_somebody_has_it() {
    let (world, mailbox, chat) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    let (mail, slack) = (world.mail(&mailbox).await, world.slack(&chat).await);
    let marta = world.person("Marta", &[(mail, "marta@example.org")]).await;
    let jonas = world.person("Jonas", &[(slack, ""), (mail, "jonas@example.org")]).await;
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.channels.critical = vec![baton_core::domain::channel::Reach::Chat];
    world.desk.save_rules(rules).await.expect("critical means chat");
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&jonas], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call }).await;
    chat.always(HttpBehaviour::says(404, "channel_not_found"));
    world.act(id, Action::EscalateFurther { from_level: Some(0), from_round: 1 }).await;
    let sent = mailbox.wait_for(2).await;
    assert_eq!(sent[1].to, ["jonas@example.org"], "chat refused, so his mail is used");
}

#[tokio::test]
async fn news_that_reaches_somebody_by_nothing_is_said_at_the_desk() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Chat }).await;
    chat.always(HttpBehaviour::says(410, "channel_is_archived"));
    world.act(id, Action::ShareUpdate { text: "The replica is up again".into() }).await;
    assert!(world.screen.titles().iter().any(|title| title == "Marta was not reached"), "{:?}", world.screen.titles());
}

#[tokio::test]
async fn a_colleague_who_cannot_be_written_to_is_not_said_to_have_been_asked() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut setup =
        world.desk.directory().await.expect("the directory").channels.into_iter().find(|setup| setup.id == slack).expect("chat");
    setup.enabled = false;
    let off = baton_core::api::types::ChannelChange { setup, secrets: Default::default(), forget: vec![] };
    world.desk.save_channel(off).await.expect("switched off");
    let draft = world.draft("A label printer is slow", &shop).await;
    let request = world.asks(&marta, AfterWait::AskMe);
    let refused = world.desk.ask_colleague(draft, request).await.expect_err("nothing would be sent");
    assert_eq!(refused.details, ["method"], "it says what to change: {}", refused.message);
    assert!(world.desk.board().await.expect("the board").rows.is_empty(), "and nothing was filed");
}

#[tokio::test]
async fn what_may_have_arrived_is_not_called_unsent_when_somebody_takes_it() {
    let (world, chat) = (World::new().await, HttpSink::start().await);
    chat.always(HttpBehaviour::ResetAfterReading);
    let slack = world.slack(&chat).await;
    let marta = world.person("Marta", &[(slack, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Chat }).await;
    let delivery = world.incident(id).await.deliveries.remove(0);
    assert_eq!((delivery.state, delivery.next_try), (DeliveryState::Uncertain, None), "nobody knows, and it is not tried again");
    assert_eq!(delivery.tries.len(), 1, "what was tried is there to read");
}
