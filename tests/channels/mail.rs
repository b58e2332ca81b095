//! Mail's own ways.

use std::sync::Arc;

use baton_core::channel::Envelope;
use baton_core::domain::id::DeliveryId;
use baton_tests::authority::Authority;
use baton_tests::smtp_sink::{SmtpBehaviour, SmtpSecurity, SmtpSink, SmtpStep};
use mail_parser::MessageParser;

use crate::desk::{Desk, Kind, NOW, envelope, kind, mail_channel, message, once_read};

#[tokio::test]
async fn starttls_is_either_there_or_nothing_is_said() {
    let (desk, ours) = (Desk::new(), Authority::new());
    let ca_file = ours.file().to_string_lossy().into_owned();
    let plain = SmtpSink::start().await;
    let outcome = mail_channel(&desk, "localhost", plain.port(), "starttls", &ca_file).send(&envelope(message())).await;
    assert_eq!(kind(&outcome), Kind::Permanent, "waiting does not bring STARTTLS");
    assert!(outcome.words().contains("offers no STARTTLS"), "{outcome:?}");
    assert!(
        plain.commands().iter().all(|line| line.starts_with("EHLO")),
        "neither sender nor password was said in the clear: {:?}",
        plain.commands()
    );

    let encrypted = SmtpSink::listen(SmtpSecurity::StartTls(ours.server("localhost")), Some(("desk", "pass word"))).await;
    let port = encrypted.port().to_string();
    let account = |password| {
        desk.open(
            "mail",
            &[
                ("host", "localhost"),
                ("port", &port),
                ("ca_file", &ca_file),
                ("from_address", "desk@example.org"),
                ("username", "desk"),
                ("!password", password),
            ],
        )
    };
    assert_eq!(kind(&account("pass word").send(&envelope(message())).await), Kind::Accepted, "with STARTTLS and the password it goes");
    let mail = encrypted.wait_for(1).await.remove(0);
    assert!(mail.encrypted && mail.login == Some(("desk".into(), "pass word".into())), "encrypted first, then logged in");

    let outcome = account("wrong").send(&envelope(message())).await;
    assert_eq!(kind(&outcome), Kind::Permanent, "a wrong password stays wrong");
    assert!(outcome.words().contains("535") && outcome.words().contains("Check the user name"), "{outcome:?}");
    encrypted.replies(SmtpStep::Login, "454 4.7.0 try later");
    assert_eq!(kind(&account("pass word").send(&envelope(message())).await), Kind::Temporary, "a login server that is down comes back");
}

#[tokio::test]
async fn each_step_of_the_conversation_may_fail_and_says_so() {
    let sink = SmtpSink::start().await;
    let cases = [
        (SmtpStep::Greeting, "421 too busy", Kind::Temporary),
        (SmtpStep::Greeting, "554 no mail here", Kind::Permanent),
        (SmtpStep::Sender, "451 local trouble", Kind::Temporary),
        (SmtpStep::Recipient, "421 closing down", Kind::Temporary),
        (SmtpStep::Recipient, "452 mailbox full", Kind::Temporary),
        (SmtpStep::Data, "554 no", Kind::Permanent),
        (SmtpStep::Content, "451 queue full", Kind::Temporary),
        (SmtpStep::Content, "552 5.3.4 too big", Kind::Permanent),
    ];
    for (step, words, expected) in cases {
        let desk = Desk::new();
        sink.behave();
        sink.replies(step, words);
        let outcome = mail_channel(&desk, "127.0.0.1", sink.port(), "plain", "").send(&envelope(message())).await;
        assert_eq!(kind(&outcome), expected, "{words:?} at {step:?} came out as {outcome:?}");
        assert!(outcome.words().contains(&words[..3]), "the server’s own words are shown: {outcome:?}");
        assert!(outcome.words().contains(&format!("127.0.0.1:{}", sink.port())), "and which server said them: {outcome:?}");
    }
    for (step, behaviour) in [
        (SmtpStep::Greeting, SmtpBehaviour::Garbage),
        (SmtpStep::Greeting, SmtpBehaviour::Reset),
        (SmtpStep::Sender, SmtpBehaviour::Reset),
        (SmtpStep::Recipient, SmtpBehaviour::Garbage),
        (SmtpStep::Data, SmtpBehaviour::Reset),
    ] {
        let desk = Desk::new();
        sink.behave();
        sink.at(step, behaviour.clone());
        let outcome = mail_channel(&desk, "127.0.0.1", sink.port(), "plain", "").send(&envelope(message())).await;
        assert_eq!(kind(&outcome), Kind::Temporary, "nothing had left at {step:?} {behaviour:?}: {outcome:?}");
    }
    assert!(sink.mails().is_empty(), "not one of them was taken");
}

#[tokio::test]
async fn a_server_that_never_greets_is_given_up_before_anything_is_sent() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await);
    sink.at(SmtpStep::Greeting, SmtpBehaviour::Silence);
    let channel = mail_channel(&desk, "127.0.0.1", sink.port(), "plain", "");
    let outcome = once_read(channel, async || sink.wait_for_misbehaviour(1).await).await;
    assert_eq!(kind(&outcome), Kind::Temporary, "nothing has left: {outcome:?}");
}

#[tokio::test]
async fn a_connection_that_died_while_it_rested_is_replaced_without_a_word() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await);
    let channel = mail_channel(&desk, "127.0.0.1", sink.port(), "plain", "");
    assert_eq!(kind(&channel.send(&envelope(message())).await), Kind::Accepted);
    sink.once(SmtpStep::Sender, SmtpBehaviour::Reset);
    assert_eq!(kind(&channel.send(&envelope(message())).await), Kind::Accepted, "a new connection is opened");
    // After ten seconds, by the wall clock, a connection is not trusted at all.
    let late = Envelope { now: NOW.plus(11_000), ..envelope(message()) };
    assert_eq!(kind(&channel.send(&late).await), Kind::Accepted);
    let connections: Vec<usize> = sink.wait_for(3).await.iter().map(|mail| mail.connection).collect();
    assert_eq!(connections, [1, 2, 3], "the first rested and died, the second rested too long");
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_here() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await);
    let channel = mail_channel(&desk, "127.0.0.1", sink.port(), "plain", "");
    for address in ["", "ilse", "ilse@", "a@b\r\nRCPT TO:<evil@example.org>", "<ilse@example.org>"] {
        let outcome = channel.send(&Envelope { address: address.into(), ..envelope(message()) }).await;
        assert_eq!(kind(&outcome), Kind::Permanent, "{address:?} is no address: {outcome:?}");
    }
    let outcome = channel.send(&Envelope { address: "älse@example.org".into(), ..envelope(message()) }).await;
    assert!(outcome.words().contains("beyond a to z"), "a server that cannot take it is not asked to: {outcome:?}");
}

#[tokio::test]
async fn a_second_attempt_is_the_same_mail_and_an_incident_is_one_thread() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await);
    let channel = mail_channel(&desk, "127.0.0.1", sink.port(), "plain", "");
    let first = envelope(message());
    let other = Envelope { delivery: DeliveryId::new(NOW), ..first.clone() };
    for envelope in [&first, &first, &other] {
        assert_eq!(kind(&channel.send(envelope).await), Kind::Accepted);
    }
    let received = sink.wait_for(3).await;
    let mails: Vec<_> = received.iter().map(|mail| MessageParser::default().parse(&mail.bytes).expect("a mail")).collect();
    let id = |at: usize| mails[at].message_id().expect("a Message-ID").to_string();
    let root = |at: usize| mails[at].references().as_text().expect("a thread").to_string();
    assert_eq!(id(0), id(1), "two attempts are one mail to a server that looks");
    assert_ne!(id(0), id(2), "another message is another mail");
    let own = format!("{}.{}@example.org", first.delivery, first.token.reveal());
    assert_eq!(id(0), own, "the id is the delivery’s, with its token, at the sender’s domain");
    assert!((1..3).all(|at| root(at) == root(0)), "all of one incident answer one root");
    assert!(received.iter().all(|mail| mail.connection == 1), "one connection carried all three");
}

#[tokio::test]
async fn a_burst_goes_through_a_few_connections() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await);
    let channel = mail_channel(&desk, "127.0.0.1", sink.port(), "plain", "");
    let burst: Vec<_> = (0..100)
        .map(|_| {
            let channel = Arc::clone(&channel);
            tokio::spawn(async move { channel.send(&envelope(message())).await })
        })
        .collect();
    for sending in burst {
        assert_eq!(kind(&sending.await.expect("sending does not panic")), Kind::Accepted);
    }
    let most = sink.wait_for(100).await.iter().map(|mail| mail.connection).max();
    assert!(most <= Some(8), "a mail server is not stormed: {most:?} connections");
}
