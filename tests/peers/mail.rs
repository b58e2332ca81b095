//! Mail through Postfix and Dovecot, there and back.

use std::sync::Arc;

use baton_core::api::types::IncidentView;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::id::{ChannelId, IncidentId};
use baton_core::domain::incident::Phase;
use baton_tests::peers::comes;
use baton_tests::peers::mail::{MailHouse, PASSWORD};
use baton_tests::replies::Reply;
use baton_tests::smtp_sink::ReceivedMail;
use baton_tests::world::World;

const MARTA: &str = "marta@example.org";

async fn channel(world: &World, house: &MailHouse) -> ChannelId {
    let settings = house.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    world.channel("mail", "Mail", &settings, &[("password", PASSWORD)]).await.expect("the account is accepted")
}

/// An alert to somebody at this address, with Ben after them in half an hour.
async fn alerted(world: &World, house: &MailHouse, address: &str) -> IncidentId {
    let mail = channel(world, house).await;
    let marta = world.person("Marta", &[(mail, address)]).await;
    let ben = world.person("Ben", &[(mail, "ben@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 30), (&[&ben], 30)]).await;
    world.escalates("Checkout fails for everybody", &shop).await
}

/// The mail as it lies in somebody's mailbox.
async fn received(house: &MailHouse, name: &str) -> ReceivedMail {
    let bytes = comes(&format!("a mail for {name}"), async || house.mails(name).pop()).await;
    ReceivedMail { from: String::new(), to: vec![format!("{name}@example.org")], bytes, login: None, encrypted: true, connection: 0 }
}

fn answers(house: &MailHouse, mail: &ReceivedMail, words: &str) {
    let quoted: String = mail.text().lines().map(|line| format!("> {line}\r\n")).collect();
    let reply = Reply::to(mail, MARTA).text(&format!("{words}\r\n\r\nOn Monday, Service desk wrote:\r\n{quoted}"));
    house.send(MARTA, "desk@example.org", &String::from_utf8(reply).expect("plain text"));
}

fn holder(incident: &IncidentView) -> Option<&str> {
    if let Phase::Held { name, .. } = &incident.incident.phase { Some(name) } else { None }
}

#[tokio::test]
async fn an_answer_written_in_a_mail_program_takes_it_and_the_inbox_stays_as_it_was() {
    let (world, house) = (World::now_and_here().await, MailHouse::start(&["desk", "marta", "ben"]));
    house.send("news@example.net", "desk@example.org", "From: news@example.net\nSubject: Nothing of ours\n\nNothing.\n");
    let id = alerted(&world, &house, MARTA).await;
    let mail = received(&house, "marta").await;
    assert!(mail.subject().contains("Checkout fails for everybody"), "{}", mail.subject());
    answers(&house, &mail, "On it, restarting the pool");
    comes("both mails in the desk's inbox", async || (house.mails("desk").len() == 2).then_some(())).await;
    comes("Marta's answer", async || {
        world.hear().await;
        (holder(&world.incident(id).await) == Some("Marta")).then_some(())
    })
    .await;
    assert!(house.flags("desk").iter().all(String::is_empty), "nothing in it was marked as read or answered: {:?}", house.flags("desk"));
    assert_eq!(house.mails("desk").len(), 2, "and nothing is gone");
}

#[tokio::test]
async fn whoever_waits_is_told_as_soon_as_the_answer_is_there() {
    let (world, house) = (World::now_and_here().await, MailHouse::start(&["desk", "marta", "ben"]));
    let id = alerted(&world, &house, MARTA).await;
    let listening = tokio::spawn(Arc::clone(&world.engine).listen());
    let mail = received(&house, "marta").await;
    comes("somebody who waits for mail", async || house.says("dovecot").contains("Login: user=<desk@example.org>").then_some(())).await;
    answers(&house, &mail, "On it");
    comes("Marta's answer", async || (holder(&world.incident(id).await) == Some("Marta")).then_some(())).await;
    listening.abort();
}

const AWAY: &str = "require \"vacation\";\nvacation :subject \"On it\" \"On it as soon as I am back.\";\n";

#[tokio::test]
async fn whoever_answers_for_the_absent_leaves_an_alert_alone() {
    let (world, house) = (World::now_and_here().await, MailHouse::start(&["desk", "marta", "ben"]));
    house.sorts("marta", AWAY);
    alerted(&world, &house, MARTA).await;
    received(&house, "marta").await;
    comes("Sieve's word on it", async || house.says("dovecot").contains("discarding vacation response to auto-submitted").then_some(()))
        .await;
}

#[tokio::test]
async fn an_out_of_office_answer_is_shown_and_takes_nothing() {
    // Many of them answer all the same, as they do where a gateway has dropped what tells them not to.
    let (world, house) = (
        World::now_and_here().await,
        MailHouse::dropping(&["desk", "marta", "ben"], "(Auto-Submitted: auto-generated|X-Auto-Response-Suppress: All)"),
    );
    house.sorts("marta", AWAY);
    let id = alerted(&world, &house, MARTA).await;
    let shown = comes("the automatic answer", async || {
        world.hear().await;
        let timeline = world.incident(id).await.timeline;
        timeline.into_iter().find(|entry| format!("{} {}", entry.words, entry.detail).contains("as soon as I am back"))
    })
    .await;
    assert!(format!("{shown:?}").contains("automatic"), "it is shown for what it is: {shown:?}");
    assert_eq!(holder(&world.incident(id).await), None, "and nobody has it by that");
}

#[tokio::test]
async fn a_bounce_brings_the_next_person_at_once() {
    let (world, house) = (World::now_and_here().await, MailHouse::start(&["desk", "ben"]));
    let id = alerted(&world, &house, "nobody@example.org").await;
    assert_eq!(world.incident(id).await.deliveries[0].state, DeliveryState::Accepted, "Postfix takes it first");
    comes("the bounce", async || {
        world.hear().await;
        (world.incident(id).await.deliveries[0].state == DeliveryState::Failed).then_some(())
    })
    .await;
    received(&house, "ben").await;
    let incident = world.incident(id).await;
    assert!(incident.deliveries[0].words.contains("5.1.1"), "with the reason: {}", incident.deliveries[0].words);
    let directory = world.desk.directory().await.expect("the directory");
    let marta = directory.people.iter().find(|one| one.name == "Marta").expect("Marta");
    assert!(marta.methods[0].wrong_since.is_some(), "and the address is known to be wrong");
}
