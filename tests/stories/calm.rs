//! Nobody is written to thirty times because thirty things are wrong, nobody is woken
//! for what can wait, and nothing is lost by either.

use baton_core::api::types::Action;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::Service;
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_core::domain::sequence::{Sequence, SequenceStep};
use baton_core::domain::severity::Severity;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::providers::pagerduty::PagerDuty;
use baton_tests::providers::telegram::Telegram;
use baton_tests::smtp_sink::{SmtpSink, SmtpStep};
use baton_tests::world::World;
use serde_json::json;

use crate::answering::holder;

const MARTA: (i64, &str) = (501, "Marta");

/// Escalates without waiting for anything to be sent.
async fn filed(world: &World, what: &str, service: &Service, severity: Severity) -> IncidentId {
    let mut draft = world.draft(what, service).await;
    draft.severity = Some(severity);
    draft.against_advice = "it was agreed so".into();
    world.desk.escalate(draft).await.expect("it can be escalated")
}

/// It is night; Marta was alerted by PagerDuty during the day, and can be written to by Telegram.
async fn paged_by_day() -> (World, PagerDuty, Telegram, IncidentId) {
    let (world, pagerduty, telegram) = (World::new().await, PagerDuty::start().await, Telegram::start().await);
    let (pager, chat) = (world.pagerduty(&pagerduty).await, world.telegram(&telegram).await);
    let marta = world.person("Marta", &[(pager, ""), (chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 24 * 60)]).await;
    let id = filed(&world, "The lift is slow", &shop, Severity::Low).await;
    world.settle().await;
    world.fast_forward(10 * 60).await;
    (world, pagerduty, telegram, id)
}

/// A webhook, which shows by which identity a message comes.
async fn signed(world: &World, hook: &HttpSink) -> ChannelId {
    let url = hook.url("/hook");
    let settings = [("allow_private", "yes"), ("allow_plain", "yes")];
    let secrets = [("url", url.as_str()), ("signing_secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
    world.channel("webhook", "Hook", &settings, &secrets).await.expect("the webhook is accepted")
}

#[tokio::test]
async fn thirty_incidents_from_one_outage_are_one_message_and_one_answer() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut ids = vec![];
    for number in 1..=30 {
        ids.push(filed(&world, &format!("Till {number} has no connection"), &shop, Severity::High).await);
    }
    world.settle().await;
    let message = telegram.wait_for(1).await[0].clone();
    assert!(message.text.contains("30 incidents, first: "), "how many, and the first by name: {}", message.text);
    let named = message.text.lines().filter(|line| line.contains("High · Shop: Till ")).count();
    assert!(named == 20 && message.text.contains("10 more"), "as many as a message has room for: {}", message.text);
    world.settle().await;
    assert_eq!(telegram.messages().len(), 1, "one message, not thirty");
    telegram.press(&message, "On it", MARTA);
    world.hear().await;
    for id in ids {
        assert_eq!(holder(&world.incident(id).await), Some("Marta"), "her answer is for all of them, as it said");
    }
}

#[tokio::test]
async fn what_follows_within_the_window_is_gathered_and_critical_never_is() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    filed(&world, "Till 1 has no connection", &shop, Severity::High).await;
    world.settle().await;
    assert_eq!(telegram.wait_for(1).await.len(), 1, "the first goes at once");
    filed(&world, "Till 2 has no connection", &shop, Severity::High).await;
    let third = filed(&world, "Till 3 has no connection", &shop, Severity::High).await;
    world.settle().await;
    assert_eq!(telegram.messages().len(), 1, "the others do not follow on its heels");
    let waiting = &world.incident(third).await.deliveries[0];
    assert_eq!(waiting.state, DeliveryState::Queued);
    assert_eq!(waiting.words, "waits until 12:44, gathered with what else there is for Marta", "and it is said why, and until when");
    assert_eq!((waiting.time.as_str(), &waiting.next_try), ("", &None), "once");
    let row = world.incident(third).await.row;
    assert_eq!(row.holder_note, "Telegram to Marta: waits until 12:44, gathered with what else there is for Marta", "at a glance too");

    filed(&world, "All tills are on fire", &shop, Severity::Critical).await;
    world.settle().await;
    assert!(telegram.wait_for(2).await[1].text.contains("All tills are on fire"), "critical waits for nothing");
    world.fast_forward(2).await;
    let sent = telegram.wait_for(3).await;
    assert!(sent[2].text.contains("2 incidents, first: "), "then the rest comes as one: {}", sent[2].text);
}

#[tokio::test]
async fn a_gathered_message_never_outlasts_half_of_its_level() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let (marta, ben) = (world.person("Marta", &[(chat, "501")]).await, world.person("Ben", &[(chat, "502")]).await);
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 10)]).await;
    filed(&world, "The lift is slow", &shop, Severity::Low).await;
    world.settle().await;
    filed(&world, "The lift is loud", &shop, Severity::Low).await;
    world.settle().await;
    assert_eq!(telegram.messages().len(), 1, "low things are gathered for a quarter of an hour");
    world.fast_forward(5).await;
    let sent = telegram.wait_for(2).await;
    assert!(
        sent[1].chat == 501 && sent[1].text.contains("The lift is loud"),
        "but Marta has half of her level to answer: {}",
        sent[1].text
    );
}

#[tokio::test]
async fn an_acknowledgement_takes_its_incident_out_of_what_is_gathered() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    filed(&world, "Till 1 has no connection", &shop, Severity::High).await;
    world.settle().await;
    let second = filed(&world, "Till 2 has no connection", &shop, Severity::High).await;
    filed(&world, "Till 3 has no connection", &shop, Severity::High).await;
    world.settle().await;
    world.act(second, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::InPerson }).await;
    world.fast_forward(2).await;
    let sent = telegram.wait_for(2).await;
    assert!(sent[1].text.contains("Till 3") && !sent[1].text.contains("Till 2"), "only what still needs somebody: {}", sent[1].text);
}

#[tokio::test]
async fn where_one_message_for_many_fails_each_goes_its_own_next_way() {
    let (world, telegram, mailbox) = (World::new().await, Telegram::start().await, SmtpSink::start().await);
    let (chat, mail) = (world.telegram(&telegram).await, world.mail(&mailbox).await);
    let marta = world.person("Marta", &[(chat, "501"), (mail, "m@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.channels.high = vec![baton_core::domain::channel::Reach::Chat];
    world.desk.save_rules(rules).await.expect("saved");
    telegram.fails(403, json!({ "ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user" }));
    let ids = [filed(&world, "Till 1", &shop, Severity::High).await, filed(&world, "Till 2", &shop, Severity::High).await];
    world.settle().await;
    let mails = mailbox.wait_for(1).await;
    assert!(mails[0].subject().contains("2 incidents, first: "), "the mail in its place is one, too: {}", mails[0].subject());
    for id in ids {
        let incident = world.incident(id).await;
        assert!(incident.timeline.iter().any(|line| line.words.contains("failed")), "each incident says so: {:?}", incident.timeline);
    }
}

#[tokio::test]
async fn a_crash_between_sends_all_of_it_again_as_the_same_message() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    mailbox.replies(SmtpStep::Recipient, "450 4.2.0 come back later");
    for number in 1..=3 {
        filed(&world, &format!("Till {number}"), &shop, Severity::High).await;
    }
    world.settle().await;
    mailbox.behave();
    // What a crash in the middle of an attempt leaves behind.
    let cut = |db: &rusqlite::Connection| {
        Ok::<_, baton_core::store::StoreError>(db.execute("UPDATE deliveries SET state = 'attempting', next_attempt_at = NULL", [])?)
    };
    assert_eq!(world.engine.store.write(cut).await.expect("cut short"), 3);
    let carrier = |db: &rusqlite::Connection| {
        Ok::<String, baton_core::store::StoreError>(db.query_row(
            "SELECT DISTINCT carrier FROM deliveries WHERE carrier IS NOT NULL",
            [],
            |row| row.get(0),
        )?)
    };
    let before: String = world.engine.store.read(carrier).await.expect("two were carried by one");
    let world = world.restarted().await;
    world.settle().await;
    let mails = mailbox.wait_for(1).await;
    assert_eq!(mails.len(), 1, "still one message");
    assert!(mails[0].subject().contains("3 incidents, first: "), "{}", mails[0].subject());
    let after: String = world.engine.store.read(carrier).await.expect("and the same carrier");
    assert_eq!(before, after, "so that a provider who had it already can tell");
}

#[tokio::test]
async fn what_went_as_one_comes_again_by_the_same_identity_whatever_joins_it() {
    let (world, hook) = (World::new().await, HttpSink::start().await);
    let webhook = signed(&world, &hook).await;
    let marta = world.person("Marta", &[(webhook, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 60)]).await;
    hook.next([HttpBehaviour::status(503), HttpBehaviour::status(503)]);
    filed(&world, "Till 1", &shop, Severity::High).await;
    world.settle().await;
    world.clock.set(world.now().plus(1_000));
    for what in ["Till 2", "Till 3"] {
        filed(&world, what, &shop, Severity::High).await;
    }
    world.settle().await;
    hook.wait_for(2).await;
    world.sleep(5).await;
    let sent = hook.wait_for(3).await;
    let said = |at: usize| String::from_utf8_lossy(&sent[at].body).into_owned();
    assert!(said(1).contains("2 incidents") && said(2).contains("3 incidents"), "the first joins the two: {} {}", said(1), said(2));
    let identity = |at: usize| sent[at].header("webhook-id").expect("an identity").to_string();
    assert_eq!(identity(2), identity(1), "whoever got the two although they seemed to fail knows them by it");
    assert_ne!(identity(0), identity(1), "and not by the first one's");
}

#[tokio::test]
async fn what_is_low_waits_for_the_morning_and_its_climb_with_it() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let (marta, ben) = (world.person("Marta", &[(chat, "501")]).await, world.person("Ben", &[(chat, "502")]).await);
    let shop = world.service("Shop", &[(&[&marta], 15), (&[&ben], 15)]).await;
    // From Monday, 12:42 UTC, to 22:42.
    world.fast_forward(10 * 60).await;
    let id = filed(&world, "The printer is out of paper", &shop, Severity::Low).await;
    world.settle().await;
    assert!(telegram.messages().is_empty(), "nobody is woken for paper");
    let incident = world.incident(id).await;
    assert!(
        incident.timeline.iter().any(|line| line.detail.contains("quiet hours: nobody is written to before")),
        "{:?}",
        incident.timeline
    );
    assert!(incident.deliveries[0].words.contains("quiet hours"), "{}", incident.deliveries[0].words);
    world.fast_forward(8 * 60).await;
    assert!(telegram.messages().is_empty(), "at 06:42 the climb has not gone past anybody");
    world.fast_forward(20).await;
    assert_eq!(telegram.wait_for(1).await[0].chat, 501, "at seven Marta is written to");
    world.fast_forward(15).await;
    assert_eq!(telegram.wait_for(2).await[1].chat, 502, "and Ben a quarter of an hour later, as the path says");
}

#[tokio::test]
async fn news_of_what_is_low_waits_for_the_morning_too() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 60)]).await;
    let told = filed(&world, "The lift is slow", &shop, Severity::Low).await;
    world.settle().await;
    let before = telegram.wait_for(1).await.len();
    world.fast_forward(10 * 60).await;
    let never_told = filed(&world, "The printer is out of paper", &shop, Severity::Low).await;
    world.settle().await;
    let so_far = telegram.messages().len();
    for id in [told, never_told] {
        world.act(id, Action::ShareUpdate { text: "Somebody looks at it".into() }).await;
        world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    }
    world.fast_forward(60).await;
    assert_eq!(telegram.messages().len(), so_far, "nobody is woken at night to hear that all is well");
    world.fast_forward(8 * 60).await;
    let morning: Vec<String> = telegram.messages().into_iter().skip(so_far.max(before)).map(|one| one.text).collect();
    assert!(morning.len() == 1 && morning[0].contains("The lift is slow"), "in the morning she hears of what she knew of: {morning:?}");
    assert!(!morning[0].contains("paper"), "and not of the end of what she never heard of: {morning:?}");
}

#[tokio::test]
async fn what_is_open_again_before_the_morning_is_not_called_over() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 24 * 60)]).await;
    let id = filed(&world, "The lift is slow", &shop, Severity::Low).await;
    world.settle().await;
    telegram.wait_for(1).await;
    world.fast_forward(10 * 60).await;
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    world.fast_forward(30).await;
    world.act(id, Action::Reopen { why: "it is slow again".into() }).await;
    world.fast_forward(9 * 60).await;
    let said: Vec<String> = telegram.messages().into_iter().map(|one| one.text).filter(|text| text.contains("resolved")).collect();
    assert!(said.is_empty(), "in the morning nobody reads that it is over: {said:?}");
}

#[tokio::test]
async fn news_that_waited_for_the_morning_is_not_lost_where_it_is_open_again_by_then() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 24 * 60)]).await;
    let id = filed(&world, "The lift is slow", &shop, Severity::Low).await;
    world.settle().await;
    let before = telegram.wait_for(1).await.len();
    world.fast_forward(10 * 60).await;
    world.act(id, Action::ShareUpdate { text: "Use the stairs".into() }).await;
    for why in ["it is slow again", "and again"] {
        world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
        world.fast_forward(30).await;
        world.act(id, Action::Reopen { why: why.into() }).await;
    }
    world.act(id, Action::ShareUpdate { text: "The left one works".into() }).await;
    world.fast_forward(60).await;
    assert_eq!(telegram.messages().len(), before, "it is still night");
    world.fast_forward(9 * 60).await;
    let morning: Vec<String> = telegram.messages().into_iter().skip(before).map(|one| one.text).collect();
    assert!(morning.len() == 1 && morning[0].contains("Use the stairs"), "what was shared before is still news: {morning:?}");
    assert!(morning[0].contains("The left one works"), "and goes with what came since: {morning:?}");
}

#[tokio::test]
async fn news_of_before_is_no_news_where_it_is_open_again_a_day_after_its_end_was_told() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 24 * 60)]).await;
    let id = filed(&world, "The lift is slow", &shop, Severity::Low).await;
    world.settle().await;
    world.fast_forward(10 * 60).await;
    world.act(id, Action::ShareUpdate { text: "Use the stairs".into() }).await;
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    world.fast_forward(24 * 60).await;
    world.act(id, Action::Reopen { why: "it is slow again".into() }).await;
    world.fast_forward(12 * 60).await;
    let told: Vec<String> = telegram.messages().into_iter().map(|one| one.text).collect();
    assert!(told.iter().any(|text| text.contains("resolved")), "she read that it was over: {told:?}");
    assert!(!told.iter().any(|text| text.contains("stairs")), "and nothing of before that: {told:?}");
}

#[tokio::test]
async fn where_an_alert_stays_open_it_is_told_at_night_too_that_it_is_over() {
    let (world, pagerduty) = (World::new().await, PagerDuty::start().await);
    let pager = world.pagerduty(&pagerduty).await;
    let on_call = world.person("Database on-call", &[(pager, "")]).await;
    let shop = world.service("Shop", &[(&[&on_call], 24 * 60)]).await;
    let id = filed(&world, "The lift is slow", &shop, Severity::Low).await;
    world.settle().await;
    pagerduty.wait_for(1).await;
    world.fast_forward(10 * 60).await;
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    assert_eq!(pagerduty.states(), ["resolved"], "else it would go on calling people there until the morning");
    assert_eq!(pagerduty.actions(), ["trigger", "resolve"], "and once is enough");
}

#[tokio::test]
async fn where_a_provider_refuses_news_at_night_nobody_is_written_to_in_its_place() {
    let (world, _pagerduty, telegram, id) = paged_by_day().await;
    let before = telegram.messages().len();
    let since = async || telegram.messages().into_iter().skip(before).map(|one| one.text).collect::<Vec<_>>();
    world.act(id, Action::ShareUpdate { text: "Somebody looks at it".into() }).await;
    world.fast_forward(5).await;
    assert!(since().await.is_empty(), "there is no place for news in PagerDuty, and no hurry: {:?}", since().await);
    let waits = world.incident(id).await.deliveries.iter().any(|one| (one.via.as_str(), one.state) == ("PagerDuty", DeliveryState::Queued));
    assert!(waits, "nor is PagerDuty asked before the morning");
    world.fast_forward(9 * 60).await;
    let morning = since().await;
    assert!(morning.len() == 1 && morning[0].contains("Somebody looks at it"), "she reads it in the morning: {morning:?}");
}

#[tokio::test]
async fn where_a_provider_refuses_the_end_at_night_whoever_it_called_reads_it_in_the_morning() {
    let (world, pagerduty, telegram, id) = paged_by_day().await;
    let before = telegram.messages().len();
    let since = async || telegram.messages().into_iter().skip(before).map(|one| one.text).collect::<Vec<_>>();
    pagerduty.fails(400, json!({ "status": "invalid event", "message": "Event object is invalid", "errors": ["routing_key is revoked"] }));
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    world.fast_forward(5).await;
    assert!(since().await.is_empty(), "at night nobody is written to because PagerDuty would not hear: {:?}", since().await);
    world.fast_forward(9 * 60).await;
    let morning = since().await;
    assert!(morning.len() == 1 && morning[0].contains("resolved"), "and in the morning she reads that it is over: {morning:?}");
}

#[tokio::test]
async fn whoever_took_it_before_they_were_written_to_hears_that_it_is_over() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 60)]).await;
    world.fast_forward(10 * 60).await;
    let id = filed(&world, "The lift is slow", &shop, Severity::Low).await;
    world.settle().await;
    world.act(id, Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::InPerson }).await;
    world.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await;
    assert!(telegram.messages().is_empty(), "at night nobody is written to for so little");
    world.fast_forward(9 * 60).await;
    let said = telegram.wait_for(1).await;
    assert!(said.len() == 1 && said[0].text.contains("resolved"), "she had it, so she is told: {}", said[0].text);
}

#[tokio::test]
async fn what_grows_worse_at_night_waits_no_longer() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let (marta, ben) = (world.person("Marta", &[(chat, "501")]).await, world.person("Ben", &[(chat, "502")]).await);
    let shop = world.service("Shop", &[(&[&marta], 15), (&[&ben], 15)]).await;
    world.fast_forward(10 * 60).await;
    let id = filed(&world, "The printer smells", &shop, Severity::Low).await;
    world.settle().await;
    world.act(id, Action::ChangeSeverity { severity: Severity::High, why: "it burns".into() }).await;
    world.settle().await;
    assert_eq!(telegram.wait_for(1).await[0].chat, 501, "now Marta is woken");
    world.fast_forward(15).await;
    assert_eq!(telegram.wait_for(2).await[1].chat, 502, "and her quarter of an hour began with that");
}

#[tokio::test]
async fn what_waits_no_longer_keeps_its_distance_to_what_follows_it() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let mut marta = world.person("Marta", &[(chat, "501"), (chat, "503")]).await;
    let steps = [(0, 0), (1, 4)].map(|(method, after)| SequenceStep { method: marta.methods[method].id, after });
    for severity in [Severity::Low, Severity::High] {
        marta.sequences.insert(severity, Sequence { steps: steps.to_vec(), again_every: None });
    }
    world.desk.save_person(marta.clone()).await.expect("accepted");
    let shop = world.service("Shop", &[(&[&marta], 15)]).await;
    world.fast_forward(10 * 60).await;
    let id = filed(&world, "The printer smells", &shop, Severity::Low).await;
    world.settle().await;
    assert!(telegram.messages().is_empty(), "at night nobody is written to for so little");
    world.act(id, Action::ChangeSeverity { severity: Severity::High, why: "it burns".into() }).await;
    world.settle().await;
    assert_eq!(telegram.wait_for(1).await.iter().map(|one| one.chat).collect::<Vec<_>>(), [501], "her first way is tried now");
    world.fast_forward(3).await;
    assert_eq!(telegram.messages().len(), 1, "her second way is not tried before its four minutes are over");
    world.fast_forward(1).await;
    assert_eq!(telegram.wait_for(2).await[1].chat, 503, "and it is tried then");
}

#[tokio::test]
async fn news_of_many_incidents_is_one_message_too() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let ids = [filed(&world, "Till 1", &shop, Severity::High).await, filed(&world, "Till 2", &shop, Severity::High).await];
    world.settle().await;
    world.fast_forward(10).await;
    let before = telegram.messages().len();
    for id in ids {
        world.desk.act(id, Action::Resolve { cause: String::new(), fix: String::new(), follow_ups: vec![] }).await.expect("resolved");
    }
    world.settle().await;
    let sent = telegram.wait_for(before + 1).await;
    assert_eq!(sent.len(), before + 1);
    assert!(sent[before].text.contains("2 incidents are resolved"), "{}", sent[before].text);
}

#[tokio::test]
async fn a_provider_that_asks_for_a_pause_gets_it_for_everybody() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let (marta, ben) = (world.person("Marta", &[(chat, "501")]).await, world.person("Ben", &[(chat, "502")]).await);
    let (shop, office) = (world.service("Shop", &[(&[&marta], 30)]).await, world.service("Office", &[(&[&ben], 30)]).await);
    telegram.fails(429, json!({ "ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": { "retry_after": 90 } }));
    filed(&world, "Till 1", &shop, Severity::High).await;
    world.settle().await;
    let other = filed(&world, "The lift is stuck", &office, Severity::High).await;
    world.settle().await;
    assert!(telegram.messages().is_empty(), "nobody writes there meanwhile");
    let waiting = world.incident(other).await.deliveries[0].clone();
    assert!(waiting.words.contains("Telegram asked to be left alone"), "and it is said why: {}", waiting.words);
    world.fast_forward(2).await;
    assert_eq!(telegram.wait_for(2).await.len(), 2, "then both go");
}

#[tokio::test]
async fn a_pause_longer_than_the_level_is_no_reason_to_wait() {
    let (world, telegram, mailbox) = (World::new().await, Telegram::start().await, SmtpSink::start().await);
    let (chat, mail) = (world.telegram(&telegram).await, world.mail(&mailbox).await);
    let (marta, ben) =
        (world.person("Marta", &[(chat, "501")]).await, world.person("Ben", &[(chat, "502"), (mail, "b@example.org")]).await);
    let (shop, office) = (world.service("Shop", &[(&[&marta], 90)]).await, world.service("Office", &[(&[&ben], 5)]).await);
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.channels.high = vec![baton_core::domain::channel::Reach::Chat];
    world.desk.save_rules(rules).await.expect("saved");
    telegram
        .fails(429, json!({ "ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": { "retry_after": 1800 } }));
    filed(&world, "Till 1", &shop, Severity::High).await;
    world.settle().await;
    filed(&world, "The lift is stuck", &office, Severity::High).await;
    world.settle().await;
    assert_eq!(mailbox.wait_for(1).await[0].to, ["b@example.org"], "his level ends before the pause does, so his next way is used");
}

#[tokio::test]
async fn while_the_line_is_down_it_is_said_what_waits_and_what_works_and_then_it_all_goes() {
    let (world, mailbox) = (World::new().await, SmtpSink::start().await);
    let mail = world.mail(&mailbox).await;
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 120)]).await;
    let offline = async || world.desk.overview().await.expect("the frame").offline;
    assert_eq!(offline().await, None);
    mailbox.replies(SmtpStep::Recipient, "421 4.3.2 closing down");
    let id = filed(&world, "Till 1", &shop, Severity::High).await;
    world.settle().await;
    let down = offline().await.expect("nothing went out");
    assert_eq!(down.waiting, 1);
    assert!(down.still_works.contains(&"Call by hand".to_string()), "{down:?}");

    world.act(id, Action::ShareUpdate { text: "The pool is full".into() }).await;
    world.act(id, Action::ShareUpdate { text: "A restart helps".into() }).await;
    world.fast_forward(10).await;
    mailbox.behave();
    world.fast_forward(6).await;
    assert_eq!(offline().await, None, "the line is back");
    let mails = mailbox.wait_for(2).await;
    assert_eq!(mails.len(), 2, "the alert, and one piece of news");
    let news = mails.iter().find(|mail| mail.subject().starts_with("Update")).expect("the news");
    assert!(news.text().contains("The pool is full") && news.text().contains("A restart helps"), "nothing of it is lost: {}", news.text());
}

#[tokio::test]
async fn what_is_worse_goes_first_where_a_provider_takes_one_at_a_time() {
    let (world, telegram) = (World::new().await, Telegram::start().await);
    let chat = world.telegram(&telegram).await;
    let marta = world.person("Marta", &[(chat, "501")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut rules = world.desk.rules().await.expect("the rules");
    (rules.rhythm.gather.low, rules.rhythm.gather.high) = (0, 0);
    world.desk.save_rules(rules).await.expect("each by itself");
    for number in 1..=8 {
        filed(&world, &format!("Lamp {number} is broken"), &shop, Severity::Low).await;
    }
    world.settle().await;
    assert_eq!(telegram.messages().len(), 3, "one chat takes three at once, and then one a second");
    filed(&world, "Till 1 has no connection", &shop, Severity::High).await;
    filed(&world, "All tills are on fire", &shop, Severity::Critical).await;
    world.fast_forward(1).await;
    let sent: Vec<String> = telegram.messages().into_iter().map(|message| message.text).collect();
    assert_eq!(sent.len(), 10, "and everything goes");
    assert!(sent[3].contains("All tills are on fire"), "what is critical does not wait behind lamps: {sent:?}");
    assert!(sent[4].contains("Till 1 has no connection"), "nor does what is high: {sent:?}");
}

#[tokio::test]
async fn what_is_worse_goes_first_where_more_is_due_than_can_go_at_once() {
    let (world, hook) = (World::new().await, HttpSink::start().await);
    hook.always(HttpBehaviour::says(200, "ok"));
    let webhook = signed(&world, &hook).await;
    let marta = world.person("Marta", &[(webhook, "")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30)]).await;
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.rhythm.gather.low = 0;
    world.desk.save_rules(rules).await.expect("each by itself");
    for number in 1..=70 {
        filed(&world, &format!("Lamp {number} is broken"), &shop, Severity::Low).await;
    }
    world.clock.set(world.now().plus(1_000));
    filed(&world, "All tills are on fire", &shop, Severity::Critical).await;
    world.settle().await;
    let sent = hook.wait_for(71).await;
    let place = sent.iter().position(|request| String::from_utf8_lossy(&request.body).contains("All tills are on fire"));
    assert!(place.is_some_and(|place| place < 64), "64 go at once, and what is critical is among them, though it came last: {place:?}");
}

#[tokio::test]
async fn a_line_that_nobody_is_reached_by_says_nothing_of_whether_anything_goes_out() {
    let (world, mailbox, hook) = (World::new().await, SmtpSink::start().await, HttpSink::start().await);
    let (mail, idle) = (world.mail(&mailbox).await, world.slack(&hook).await);
    let marta = world.person("Marta", &[(mail, "m@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 120)]).await;
    let offline = async || world.desk.overview().await.expect("the frame").offline;
    hook.always(HttpBehaviour::status(500));
    assert!(!world.desk.test_channel(idle, String::new()).await.expect("it was tried").worked);
    mailbox.replies(SmtpStep::Recipient, "421 4.3.2 closing down");
    filed(&world, "Till 1", &shop, Severity::Critical).await;
    world.settle().await;
    assert_eq!(offline().await.expect("mail is all that anybody has").waiting, 1);
    assert!(!world.desk.test_channel(mail, "m@example.org".into()).await.expect("it was tried").worked);
    assert!(offline().await.is_some(), "to have tried it by hand too does not bring the line back");
    world.person("Ben", &[(idle, "")]).await;
    assert_eq!(offline().await, None, "once somebody is reached by it, it has to be tried by a message");
}
