//! Answers by mail: what people write counts where it is theirs, and what machines write
//! is shown for what it is.

use baton_core::api::types::{Action, IncidentView};
use baton_core::domain::channel::Reach;
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::directory::{Level, Person, Target};
use baton_core::domain::event::AcknowledgedHow;
use baton_core::domain::id::IncidentId;
use baton_core::store::StoreError;
use baton_tests::imap_sink::{ImapBehaviour, ImapSink, ImapStep};
use baton_tests::providers::telegram::Telegram;
use baton_tests::replies::{Reply, receipt, report};
use baton_tests::smtp_sink::{ReceivedMail, SmtpSink};
use baton_tests::world::World;

use crate::answering::{holder, lines};

const MARTA: &str = "marta@example.org";

/// A desk whose alert lies in Marta's mailbox, with Ben after her in ten minutes.
struct Alerted {
    world: World,
    smtp: SmtpSink,
    inbox: ImapSink,
    id: IncidentId,
    mail: ReceivedMail,
}

async fn alerted() -> Alerted {
    let (world, smtp, inbox) = (World::new().await, SmtpSink::start().await, ImapSink::start().await);
    let channel = world.mail_both_ways(&smtp, &inbox).await;
    let marta = world.person("Marta", &[(channel, MARTA)]).await;
    let ben = world.person("Ben", &[(channel, "ben@example.org")]).await;
    let shop = world.service("Shop", &[(&[&marta], 10), (&[&ben], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let mail = smtp.wait_for(1).await.remove(0);
    Alerted { world, smtp, inbox, id, mail }
}

impl Alerted {
    /// This arrives in the inbox and is heard.
    async fn hears(&self, mail: Vec<u8>) -> IncidentView {
        self.inbox.deliver(mail);
        self.world.hear().await;
        self.world.incident(self.id).await
    }
}

#[tokio::test]
async fn on_it_written_back_stops_the_climb() {
    let desk = alerted().await;
    assert!(
        desk.mail.text().contains("Answer this message with “on it”, “not me” or “call me”."),
        "the mail says how: {}",
        desk.mail.text()
    );
    let quoted: String = desk.mail.text().lines().map(|line| format!("> {line}\r\n")).collect();
    let incident = desk
        .hears(
            Reply::to(&desk.mail, "Marta@Example.org")
                .text(&format!("On it, restarting the pool\r\n\r\nAm 23.11.2026 um 13:45 schrieb Desk:\r\n{quoted}")),
        )
        .await;
    assert_eq!(holder(&incident), Some("Marta"), "it is hers by her own answer: {:?}", lines(&incident));
    assert!(
        lines(&incident)
            .last()
            .is_some_and(|line| line.contains("answered by Mail") && line.contains("restarting the pool") && !line.contains("needs")),
        "her words are kept, and ours are not hers: {:?}",
        lines(&incident)
    );
    assert_eq!(incident.deliveries[0].state, DeliveryState::Seen);
    desk.world.fast_forward(15).await;
    assert_eq!(desk.smtp.mails().len(), 1, "Ben is not written to");
    let commands = desk.inbox.commands().join("\n");
    assert!(
        !["SELECT", "STORE", "COPY", "MOVE", "EXPUNGE", "CLOSE", "DELETE", "BODY[", "RFC822"].iter().any(|word| commands.contains(word)),
        "nothing in the desk's mailbox is marked, moved or deleted:\n{commands}"
    );
}

#[tokio::test]
async fn not_me_written_back_brings_the_next_person_at_once() {
    let desk = alerted().await;
    let incident = desk.hears(Reply::to(&desk.mail, MARTA).text("Not me, I am on a plane.\r\n-- \r\nMarta")).await;
    assert_eq!(desk.smtp.wait_for(2).await[1].to, ["ben@example.org"]);
    assert_eq!(holder(&incident), None);
}

#[tokio::test]
async fn an_out_of_office_answer_is_shown_and_counts_for_nothing() {
    let desk = alerted().await;
    let away = Reply::to(&desk.mail, MARTA).header("Auto-Submitted", "auto-replied").header("Subject", "Out of office: on it");
    let incident = desk.hears(away.text("On it as soon as I am back on 7 December.")).await;
    assert_eq!(holder(&incident), None, "a machine takes nothing: {:?}", lines(&incident));
    assert!(
        lines(&incident).iter().any(|line| line.contains(MARTA) && line.contains("automatic")),
        "and whoever looks sees what came: {:?}",
        lines(&incident)
    );
    desk.world.fast_forward(11).await;
    assert_eq!(desk.smtp.wait_for(2).await[1].to, ["ben@example.org"], "the climb goes on as if nothing had come");
}

#[tokio::test]
async fn a_bounce_makes_the_address_wrong_and_moves_on_at_once() {
    let desk = alerted().await;
    let incident = desk.hears(report(&desk.mail, "failed", "5.1.1", "550 5.1.1 <marta@example.org>: User unknown")).await;
    assert_eq!(desk.smtp.wait_for(2).await[1].to, ["ben@example.org"], "Ben is written to now, not in ten minutes");
    let hers = incident.deliveries.iter().find(|delivery| delivery.address == MARTA).expect("hers");
    assert_eq!(hers.state, DeliveryState::Failed);
    assert!(hers.words.contains("User unknown"), "in the server's own words: {}", hers.words);
    let directory = desk.world.desk.directory().await.expect("the directory");
    let marta = directory.people.iter().find(|one| one.name == "Marta").expect("Marta");
    assert!(marta.methods[0].wrong_since.is_some(), "and the address is marked as wrong");
}

#[tokio::test]
async fn a_mail_that_is_late_is_not_a_mail_that_failed() {
    let desk = alerted().await;
    let incident = desk.hears(report(&desk.mail, "delayed", "4.4.1", "connect to mx.example.org: Connection timed out")).await;
    assert_eq!(incident.deliveries[0].state, DeliveryState::Accepted, "it may arrive yet");
    assert_eq!(desk.smtp.mails().len(), 1, "nobody else is woken for it");
}

#[tokio::test]
async fn receipts_raise_what_is_known_and_stop_nothing() {
    let desk = alerted().await;
    let incident = desk.hears(report(&desk.mail, "delivered", "2.0.0", "250 ok")).await;
    assert_eq!(incident.deliveries[0].state, DeliveryState::Delivered);
    let incident = desk.hears(receipt(&desk.mail, MARTA, "displayed")).await;
    assert_eq!(incident.deliveries[0].state, DeliveryState::Seen);
    assert_eq!(holder(&incident), None, "having read it is not having it");
    desk.world.fast_forward(11).await;
    assert_eq!(desk.smtp.wait_for(2).await.len(), 2, "the climb goes on");
}

#[tokio::test]
async fn a_colleague_to_whom_it_was_forwarded_does_not_answer_for_her() {
    let desk = alerted().await;
    let own = Reply::to(&desk.mail, "tom@example.org");
    let forwarded = own.header("In-Reply-To", "<forwarded.by.marta@client.example.org>").header("Subject", "Re: Fwd: Checkout");
    let incident = desk.hears(forwarded.text("On it")).await;
    assert_eq!(holder(&incident), None, "nobody at the desk knows who that is: {:?}", lines(&incident));
    assert!(
        lines(&incident).iter().any(|line| line.contains("tom@example.org") && line.contains("not from the address")),
        "but the desk reads it, and can ask: {:?}",
        lines(&incident)
    );
}

#[tokio::test]
async fn a_stranger_who_guesses_is_nobody() {
    let desk = alerted().await;
    let before = lines(&desk.world.incident(desk.id).await);
    let delivery = desk.world.incident(desk.id).await.deliveries[0].id;
    for id in [
        format!("<{delivery}.2AAAAAAAAAAAAAAA@example.org>"),
        format!("<{delivery}@example.org>"),
        format!("<incident.{}@example.org>", desk.id),
        String::new(),
    ] {
        let guessed =
            Reply::to(&desk.mail, MARTA).header("In-Reply-To", &id).header("References", &id).header("Message-ID", "<guess@example.net>");
        desk.inbox.deliver(guessed.text("On it"));
    }
    desk.world.hear().await;
    assert_eq!(lines(&desk.world.incident(desk.id).await), before, "without the token of the mail it answers nothing");
}

#[tokio::test]
async fn the_same_answer_is_one_over_a_restart_and_another_numbering() {
    let desk = alerted().await;
    desk.inbox.deliver_on("1-Nov-2026", Reply::to(&desk.mail, MARTA).header("Message-ID", "<old@x.example>").text("call me"));
    let incident = desk.hears(Reply::to(&desk.mail, MARTA).text("On it")).await;
    assert_eq!(holder(&incident), Some("Marta"));
    let Alerted { world, inbox, id, mail, .. } = desk;
    let world = world.restarted().await;
    assert_eq!(world.hear().await, 0, "where it had read to is known after a restart");
    inbox.renumbers();
    assert_eq!(world.hear().await, 1, "under other numbers all of it is looked at again");
    inbox.deliver(Reply::to(&mail, MARTA).header("Message-ID", "<second@client.example.org>").text("Pool restarted, watching it"));
    world.hear().await;
    let incident = world.incident(id).await;
    let taken = lines(&incident).iter().filter(|line| line.starts_with("Marta has it")).count();
    assert_eq!(taken, 1, "the same mail is the same answer: {:?}", lines(&incident));
    assert!(
        lines(&incident).last().is_some_and(|line| line.contains("watching it")),
        "and what came after is heard: {:?}",
        lines(&incident)
    );
    assert!(!lines(&incident).iter().any(|line| line.contains("call me")), "what came weeks before the alert answers nothing");
}

#[tokio::test]
async fn a_refused_login_is_said_to_the_desk_and_mended_without_losing_an_answer() {
    let desk = alerted().await;
    desk.inbox.once(ImapStep::Login, ImapBehaviour::Reply("NO [AUTHENTICATIONFAILED] wrong password".into()));
    let incident = desk.hears(Reply::to(&desk.mail, MARTA).text("On it")).await;
    assert_eq!(holder(&incident), None);
    assert!(desk.world.screen.titles().contains(&"Answers by Mail are not heard".to_string()), "{:?}", desk.world.screen.titles());
    desk.world.hear().await;
    assert_eq!(holder(&desk.world.incident(desk.id).await), Some("Marta"), "once it works again the answer is still there");
}

#[tokio::test]
async fn a_test_of_the_channel_tries_the_way_back_too() {
    let (world, smtp, inbox) = (World::new().await, SmtpSink::start().await, ImapSink::start().await);
    let channel = world.mail_both_ways(&smtp, &inbox).await;
    let test = async || world.desk.test_channel(channel, "ana@example.org".into()).await.expect("it can be tried");
    assert!(test().await.worked);
    inbox.replies(ImapStep::Login, "NO [AUTHENTICATIONFAILED] wrong password");
    let result = test().await;
    assert!(!result.worked, "half a channel is not one that works");
    assert!(
        result.words.contains("took it") && result.words.contains("answers cannot be heard"),
        "and it says which half: {}",
        result.words
    );
}

/// Ben is mailed before he is written to in the chat.
async fn mail_first() -> (World, SmtpSink, ImapSink, Telegram, [Person; 2]) {
    let (world, smtp, inbox, telegram) = (World::new().await, SmtpSink::start().await, ImapSink::start().await, Telegram::start().await);
    let (mail, chat) = (world.mail_both_ways(&smtp, &inbox).await, world.telegram(&telegram).await);
    let marta = world.person("Marta", &[(mail, MARTA)]).await;
    let ben = world.person("Ben", &[(mail, "ben@example.org"), (chat, "502")]).await;
    let mut rules = world.desk.rules().await.expect("the rules");
    rules.channels.critical = vec![Reach::Mail];
    world.desk.save_rules(rules).await.expect("saved");
    (world, smtp, inbox, telegram, [marta, ben])
}

#[tokio::test]
async fn a_bounce_that_comes_when_somebody_has_it_alerts_nobody() {
    let (world, smtp, inbox, telegram, [marta, ben]) = mail_first().await;
    let shop = world.service("Shop", &[(&[&marta, &ben], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let mails = smtp.wait_for(2).await;
    let has_it = Action::Acknowledge { person: Some(marta.id), name: String::new(), how: AcknowledgedHow::Call };
    world.act(id, has_it).await;
    let to_ben = mails.iter().find(|mail| mail.to == ["ben@example.org"]).expect("Ben was mailed");
    inbox.deliver(report(to_ben, "failed", "5.1.1", "550 5.1.1 unknown"));
    world.hear().await;
    world.fast_forward(1).await;
    assert!(telegram.messages().is_empty(), "nobody is alerted to what somebody has: {:?}", telegram.messages());
    let failed = world.incident(id).await.deliveries.into_iter().find(|one| one.state == DeliveryState::Failed).expect("it did not arrive");
    assert!(failed.words.contains("550 5.1.1"), "and that is said: {}", failed.words);
}

#[tokio::test]
async fn a_bounce_after_not_me_asks_the_same_person_no_other_way() {
    let (world, smtp, inbox, telegram, [marta, ben]) = mail_first().await;
    let shop = world.service("Shop", &[(&[&ben], 30), (&[&marta], 30)]).await;
    let id = world.escalates("Checkout fails for everybody", &shop).await;
    let mail = smtp.wait_for(1).await.remove(0);
    inbox.deliver(Reply::to(&mail, "ben@example.org").text("Not me"));
    world.hear().await;
    inbox.deliver(report(&mail, "failed", "4.4.7", "delivery time expired"));
    world.hear().await;
    world.fast_forward(1).await;
    assert!(telegram.messages().is_empty(), "Ben said that he cannot: {:?}", lines(&world.incident(id).await));
}

#[tokio::test]
async fn a_receipt_raises_what_is_known_of_a_message_and_never_lowers_it() {
    use DeliveryState as State;
    const BY_NAME: [(State, &str); 9] = [
        (State::Queued, "queued"),
        (State::Attempting, "attempting"),
        (State::Uncertain, "uncertain"),
        (State::Accepted, "accepted"),
        (State::Delivered, "delivered"),
        (State::Seen, "seen"),
        (State::Failed, "failed"),
        (State::Cancelled, "cancelled"),
        (State::ByHand, "by_hand"),
    ];
    let desk = alerted().await;
    // Ben's, of which nothing more is heard, keeps Baton listening.
    desk.world.fast_forward(10).await;
    let mail = &desk.mail;
    for (number, (before, name)) in BY_NAME.into_iter().enumerate() {
        for reported in [State::Delivered, State::Seen] {
            let set = move |db: &rusqlite::Connection| stands(db, name);
            desk.world.engine.store.write(set).await.expect("set as it should be");
            let came = if reported == State::Seen {
                String::from_utf8(receipt(mail, MARTA, "displayed")).expect("text").replace("displayed.9@", &format!("seen.{number}@"))
            } else {
                String::from_utf8(report(mail, "delivered", &format!("2.0.{number}"), "250 ok")).expect("text")
            };
            let after = desk.hears(came.into_bytes()).await.deliveries.into_iter().find(|sent| sent.name == "Marta").expect("hers").state;
            let raised = match before {
                State::Uncertain | State::Accepted => true,
                State::Delivered => reported == State::Seen,
                _ => false,
            };
            assert_eq!(after, if raised { reported } else { before }, "{before:?}, and then a receipt that says {reported:?}");
        }
    }
}

/// Whatever became of Marta's message, it stands so now.
fn stands(db: &rusqlite::Connection, state: &str) -> Result<usize, StoreError> {
    Ok(db.execute("UPDATE deliveries SET state = ?1, next_attempt_at = NULL WHERE name = 'Marta'", [state])?)
}

#[tokio::test]
async fn an_address_that_is_none_is_not_written_to_again_when_its_level_repeats() {
    let (world, smtp, inbox, telegram, [_, ben]) = mail_first().await;
    let level = Level { targets: vec![Target::Person { id: ben.id }], minutes: 30, repeat_every: Some(5), ..Level::default() };
    let shop = world.service_with("Shop", vec![level]).await;
    world.escalates("Checkout fails for everybody", &shop).await;
    let mail = smtp.wait_for(1).await.remove(0);
    inbox.deliver(report(&mail, "failed", "5.1.1", "550 5.1.1 unknown"));
    world.hear().await;
    assert_eq!(telegram.wait_for(1).await[0].chat, 502, "his next way is tried at once");
    world.fast_forward(11).await;
    assert_eq!(smtp.mails().len(), 1, "nothing goes again to where nobody is");
    assert!(telegram.messages().len() > 1, "each repeat reaches him where he is");
}

#[tokio::test]
async fn whoever_answers_the_news_answers_the_alert_where_they_say_so_themselves() {
    for (words, takes, line) in [
        ("On it", true, "Marta has it"),
        ("Not me", false, "Marta cannot take it"),
        ("Call me", false, "Marta asks to be called"),
        ("ok", false, "Marta wrote by"),
    ] {
        let desk = alerted().await;
        desk.world.act(desk.id, Action::ShareUpdate { text: "The vendor has been called".into() }).await;
        let news = desk.smtp.wait_for(2).await[1].clone();
        let incident = desk.hears(Reply::to(&news, MARTA).text(words)).await;
        assert_eq!(holder(&incident), takes.then_some("Marta"), "{words}: {:?}", lines(&incident));
        assert!(lines(&incident).iter().any(|one| one.starts_with(line)), "{words}: {:?}", lines(&incident));
    }
}

#[tokio::test]
async fn news_is_no_alert_to_whoever_was_never_alerted_or_where_another_has_it() {
    let desk = alerted().await;
    let directory = desk.world.desk.directory().await.expect("the directory");
    let ben = directory.people.iter().find(|one| one.name == "Ben").expect("Ben").id;
    desk.world.act(desk.id, Action::Acknowledge { person: Some(ben), name: String::new(), how: AcknowledgedHow::Call }).await;
    desk.world.act(desk.id, Action::ShareUpdate { text: "Ben restarts it".into() }).await;
    let mails = desk.smtp.wait_for(2).await;
    let news = mails.iter().rfind(|mail| mail.to == [MARTA]).expect("she hears of it").clone();
    let incident = desk.hears(Reply::to(&news, MARTA).text("Not me")).await;
    assert_eq!(holder(&incident), Some("Ben"));
    assert!(!lines(&incident).iter().any(|one| one.contains("cannot take it")), "nobody asks her: {:?}", lines(&incident));
}

#[tokio::test]
async fn what_a_list_passed_on_counts_for_nothing_and_is_said_where_it_reads_as_an_answer() {
    for (words, told) in [("On it", true), ("ok", false), ("Thank you for your mail", false)] {
        let desk = alerted().await;
        let incident = desk.hears(Reply::to(&desk.mail, MARTA).header("List-Id", "<servicedesk.example.org>").text(words)).await;
        assert_eq!(holder(&incident), None, "machines answer so, too");
        let notice = desk.world.screen.last();
        assert_eq!(notice.is_some_and(|notice| notice.body.contains("“On it”")), told, "{words}: {:?}", lines(&incident));
    }
}
