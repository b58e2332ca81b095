//! The desk's inbox over IMAP: servers that refuse, break off, lie, or do not tell.

use std::sync::Arc;
use std::time::Duration;

use baton_core::channel::Channel;
use baton_core::channel::inbound::{About, Arrived, Awaited, Deaf, Heard, Listening};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::message::Purpose;
use baton_tests::authority::Authority;
use baton_tests::imap_sink::{ImapBehaviour, ImapSecurity, ImapSink, ImapStep, LOGIN};
use baton_tests::nobody::Nobody;
use baton_tests::replies::Reply;
use baton_tests::smtp_sink::{ReceivedMail, SmtpSink};

use crate::desk::{Desk, NOW, envelope, message};

/// A mail that was sent, and the inbox in which something about it may arrive.
pub struct Post {
    pub inbox: ImapSink,
    pub mail: ReceivedMail,
    channel: Arc<dyn Channel>,
    awaited: Awaited,
}

impl Post {
    pub async fn sent() -> Self {
        Self::with(ImapSink::start().await, "plain", "127.0.0.1", "").await
    }

    async fn with(inbox: ImapSink, security: &str, host: &str, ca_file: &str) -> Self {
        let smtp = SmtpSink::start().await;
        let channel = both_ways(&smtp, host, inbox.port(), security, ca_file);
        let envelope = envelope(message());
        channel.send(&envelope).await;
        let awaited = Awaited {
            delivery: envelope.delivery,
            token: envelope.token.clone(),
            provider_id: None,
            address: envelope.address.clone(),
            purpose: Purpose::Alert,
            state: DeliveryState::Accepted,
            sent_at: NOW,
        };
        Self { inbox, mail: smtp.wait_for(1).await.remove(0), channel, awaited }
    }

    fn reply(&self, words: &str) -> Vec<u8> {
        let id = format!("<{}@client.example.org>", words.replace(' ', "."));
        Reply::to(&self.mail, "ilse@example.org").header("Message-ID", &id).text(words)
    }

    async fn listen(&self, cursor: Option<String>, patience: Duration) -> Result<Heard, Deaf> {
        let listening = Listening { cursor, awaited: vec![self.awaited.clone()], rooms: vec![], patience, now: NOW };
        self.channel.inbound().expect("answers are heard").listen(&listening).await
    }

    /// What is there now.
    pub async fn hear(&self, cursor: Option<String>) -> Heard {
        self.listen(cursor, Duration::ZERO).await.expect("the inbox can be read")
    }
}

fn both_ways(smtp: &SmtpSink, host: &str, port: u16, security: &str, ca_file: &str) -> Arc<dyn Channel> {
    let (smtp_port, port) = (smtp.port().to_string(), port.to_string());
    let fields = [
        ("host", "127.0.0.1"),
        ("port", &smtp_port),
        ("security", "plain"),
        ("from_address", "desk@example.org"),
        ("imap_host", host),
        ("imap_port", &port),
        ("imap_security", security),
        ("imap_username", LOGIN.0),
        ("!imap_password", LOGIN.1),
        ("ca_file", ca_file),
    ];
    Desk::new().open("mail", &fields)
}

fn words(heard: &Heard) -> Vec<&str> {
    heard.arrivals.iter().map(|one| if let Arrived::Said { text, .. } = &one.what { text.trim() } else { "nothing said" }).collect()
}

/// As long as a test may wait for what is told at once.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn without_an_inbox_nothing_is_asked_for_and_nothing_is_heard() {
    let smtp = SmtpSink::start().await;
    let port = smtp.port().to_string();
    let channel =
        Desk::new().open("mail", &[("host", "127.0.0.1"), ("port", &port), ("security", "plain"), ("from_address", "desk@example.org")]);
    assert!(channel.inbound().is_none());
    channel.send(&envelope(message())).await;
    assert!(!smtp.wait_for(1).await[0].text().contains("Answer this message"), "nobody is told to answer where nobody listens");
    let post = Post::sent().await;
    let parsed = mail_parser::MessageParser::default().parse(&post.mail.bytes).expect("a mail");
    for half in [post.mail.text(), parsed.body_html(0).expect("a page").into_owned()] {
        assert!(half.contains("Answer this message with “on it”"), "both halves say how: {half}");
    }
}

#[tokio::test]
async fn new_mail_is_heard_while_waiting_and_nothing_twice() {
    let post = Post::sent().await;
    let first = post.hear(None).await;
    assert_eq!(words(&first), [""; 0]);
    let (heard, ()) = tokio::join!(post.listen(first.cursor.clone(), PATIENCE), async {
        post.inbox.wait_for_idling(1).await;
        post.inbox.deliver(b"From: news@example.org\r\n\r\nnothing of ours\r\n".to_vec());
    });
    let heard = heard.expect("the inbox can be read");
    assert_eq!(words(&heard), [""; 0], "other mail is none of our business");
    assert_ne!(heard.cursor, first.cursor, "and is passed for good");
    let (heard, ()) = tokio::join!(post.listen(heard.cursor, PATIENCE), async {
        post.inbox.wait_for_idling(2).await;
        post.inbox.deliver(post.reply("On it"));
    });
    let heard = heard.expect("the inbox can be read");
    assert_eq!(words(&heard), ["On it"], "it is heard as soon as it is there");
    assert_eq!(heard.arrivals[0].about, About::Token(post.awaited.token.clone()));
    assert_eq!(words(&post.hear(heard.cursor).await), [""; 0], "and once");
    assert_eq!(post.inbox.connections(), 1, "one connection does for all of it");
}

#[tokio::test]
async fn a_server_that_does_not_tell_is_asked_now_and_then() {
    for refuses in [false, true] {
        let post = Post::sent().await;
        if refuses {
            post.inbox.replies(ImapStep::Idle, "NO not today");
        } else {
            post.inbox.can_only(&["AUTH=PLAIN"]);
        }
        let first = post.hear(None).await;
        let heard = post.listen(first.cursor, PATIENCE).await.expect("the inbox can be read");
        assert!((5..=60).contains(&heard.again_in.as_secs()), "it is asked again soon: {:?}", heard.again_in);
        post.inbox.deliver(post.reply("On it"));
        let heard = post.listen(heard.cursor, PATIENCE).await.expect("the inbox can be read");
        assert_eq!((words(&heard), heard.again_in), (vec!["On it"], Duration::ZERO));
    }
}

#[tokio::test]
async fn a_server_that_drops_whoever_waits_loses_no_answer() {
    for drops in [ImapBehaviour::Reset, ImapBehaviour::Bye, ImapBehaviour::Garbage, ImapBehaviour::HalfWay, ImapBehaviour::Endless] {
        let post = Post::sent().await;
        let first = post.hear(None).await;
        post.inbox.once(ImapStep::Idling, drops.clone());
        let heard = post.listen(first.cursor, PATIENCE).await.unwrap_or_else(|deaf| panic!("{drops:?} is no reason to be deaf: {deaf}"));
        assert!(heard.again_in >= Duration::from_secs(5), "a server that drops everybody is not stormed: {:?}", heard.again_in);
        post.inbox.deliver(post.reply("On it"));
        assert_eq!(words(&post.hear(heard.cursor).await), ["On it"], "after {drops:?}");
    }
}

#[tokio::test]
async fn a_connection_that_died_between_two_looks_is_replaced_without_a_word() {
    let post = Post::sent().await;
    let first = post.hear(None).await;
    post.inbox.once(ImapStep::Examine, ImapBehaviour::Reset);
    post.inbox.deliver(post.reply("On it"));
    assert_eq!(words(&post.hear(first.cursor).await), ["On it"]);
    assert_eq!(post.inbox.connections(), 2);
}

#[tokio::test]
async fn an_answer_that_broke_off_or_was_refused_is_asked_for_again() {
    for step in [ImapStep::Examine, ImapStep::Search, ImapStep::Fetch] {
        for fails in [
            ImapBehaviour::Reply("NO [UNAVAILABLE] later".into()),
            ImapBehaviour::Reply("BAD what".into()),
            ImapBehaviour::HalfWay,
            ImapBehaviour::Reset,
            ImapBehaviour::Garbage,
            ImapBehaviour::Endless,
            ImapBehaviour::Bye,
        ] {
            let post = Post::sent().await;
            let first = post.hear(None).await;
            post.inbox.deliver(post.reply("On it"));
            post.inbox.at(step, fails.clone());
            let deaf = post.listen(first.cursor.clone(), Duration::ZERO).await.expect_err("what failed is no empty inbox");
            assert!(!deaf.lasts, "{fails:?} at {step:?} may pass: {deaf}");
            assert!(deaf.words.contains("127.0.0.1:"), "it says who: {deaf}");
            post.inbox.behave();
            assert_eq!(words(&post.hear(first.cursor).await), ["On it"], "nothing is lost by {fails:?} at {step:?}");
        }
    }
}

#[tokio::test]
async fn what_nobody_asked_for_does_not_count() {
    let post = Post::sent().await;
    for step in [ImapStep::Examine, ImapStep::Search, ImapStep::Fetch] {
        post.inbox.at(step, ImapBehaviour::Chatter);
    }
    post.inbox.deliver(post.reply("On it"));
    let heard = post.hear(None).await;
    assert_eq!(words(&heard), ["On it"], "the mail is found among what the server says besides");
    post.inbox.behave();
    post.inbox.deliver(post.reply("Call me"));
    assert_eq!(words(&post.hear(heard.cursor).await)[..], ["Call me"], "and a made-up number hides none that come after");
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_in_time() {
    for step in [ImapStep::Greeting, ImapStep::Login, ImapStep::Search] {
        let post = Post::sent().await;
        post.inbox.once(step, ImapBehaviour::Silence);
        let began = tokio::time::Instant::now();
        let listening = post.listen(None, Duration::ZERO);
        tokio::pin!(listening);
        // As far as the server goes along, then the clock only jumps.
        while post.inbox.connections() == 0 || (step == ImapStep::Search && !post.inbox.commands().iter().any(|one| one.contains("SEARCH")))
        {
            tokio::select! {
                biased;
                heard = &mut listening => panic!("nothing was answered, but {heard:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        tokio::time::pause();
        let deaf = listening.await.expect_err("nothing was said");
        assert!(deaf.words.contains("within 30 seconds") && !deaf.lasts, "{deaf}");
        assert!(began.elapsed() < Duration::from_secs(120));
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_password_is_said_only_where_it_is_encrypted_and_the_server_is_the_right_one() {
    let ours = Authority::new();
    let ca_file = ours.file().to_string_lossy().into_owned();
    let plain = Post::with(ImapSink::start().await, "starttls", "localhost", &ca_file).await;
    let deaf = plain.listen(None, Duration::ZERO).await.expect_err("there is no encryption");
    assert!(deaf.lasts && deaf.words.contains("offers no STARTTLS"), "waiting does not bring it: {deaf}");
    assert_eq!(plain.inbox.commands(), ["CAPABILITY"], "and nothing else was said in the clear");

    let strange = ImapSink::listen(ImapSecurity::StartTls(ours.server("localhost"))).await;
    strange.replies(ImapStep::Greeting, "* PREAUTH welcome");
    let strange = Post::with(strange, "starttls", "localhost", &ca_file).await;
    let deaf = strange.listen(None, Duration::ZERO).await.expect_err("it must not be talked out of encryption");
    assert!(deaf.lasts && strange.inbox.commands().is_empty(), "{deaf}");

    for (security, wanted) in
        [(ImapSecurity::StartTls(ours.server("localhost")), "starttls"), (ImapSecurity::Tls(ours.server("localhost")), "tls")]
    {
        let post = Post::with(ImapSink::listen(security).await, wanted, "localhost", &ca_file).await;
        post.inbox.deliver(post.reply("On it"));
        assert_eq!(words(&post.hear(None).await), ["On it"], "by {wanted} it is read");
    }
    for (server, part) in
        [(Authority::new().server("localhost"), "nobody this computer trusts"), (ours.server("example.org"), "another name")]
    {
        let post = Post::with(ImapSink::listen(ImapSecurity::Tls(server)).await, "tls", "localhost", &ca_file).await;
        let deaf = post.listen(None, Duration::ZERO).await.expect_err("that is somebody else");
        assert!(deaf.lasts && deaf.words.contains(part) && !deaf.words.contains("sent"), "{deaf}");
    }
    let post = Post::with(ImapSink::start().await, "tls", "localhost", &ca_file).await;
    let deaf = post.listen(None, Duration::ZERO).await.expect_err("that is no TLS");
    assert!(deaf.words.contains("does not speak TLS"), "{deaf}");
}

#[tokio::test]
async fn every_way_to_log_in_works_or_says_why_not() {
    let post = Post::sent().await;
    post.inbox.can_only(&["IDLE"]);
    post.inbox.deliver(post.reply("On it"));
    assert_eq!(words(&post.hear(None).await), ["On it"], "with LOGIN, whatever signs the password has");

    let post = Post::sent().await;
    post.inbox.can_only(&["LOGINDISABLED"]);
    let deaf = post.listen(None, Duration::ZERO).await.expect_err("there is no way in");
    assert!(deaf.lasts && deaf.words.contains("no way to log in"), "{deaf}");
    let repeats = format!("BAD what is {}", LOGIN.1);
    for (said, lasts) in
        [("NO [AUTHENTICATIONFAILED] wrong", true), ("NO sorry", true), ("NO [UNAVAILABLE] later", false), (repeats.as_str(), true)]
    {
        let post = Post::sent().await;
        post.inbox.replies(ImapStep::Login, said);
        let deaf = post.listen(None, Duration::ZERO).await.expect_err("it was refused");
        assert_eq!(deaf.lasts, lasts, "{said}: {deaf}");
        assert!(!deaf.words.contains(LOGIN.1), "a password is not repeated: {deaf}");
        assert_eq!(deaf.words.contains("Check the user name and the password"), lasts, "{deaf}");
    }
}

#[tokio::test]
async fn nobody_there_is_said_and_may_pass() {
    let (nobody, smtp) = (Nobody::listens(), SmtpSink::start().await);
    let listening = Listening { cursor: None, awaited: vec![], rooms: vec![], patience: Duration::ZERO, now: NOW };
    for (host, port, part) in
        [("localhost", nobody.port(), "refused the connection"), ("nowhere.invalid", 993, "nowhere.invalid was not found")]
    {
        let channel = both_ways(&smtp, host, port, "tls", "");
        let deaf = channel.inbound().expect("answers are heard").listen(&listening).await.expect_err("nobody is there");
        assert!(deaf.words.contains(part) && !deaf.lasts, "{deaf}");
    }
}

#[tokio::test]
async fn a_full_inbox_is_read_in_parts_and_all_of_it() {
    let post = Post::sent().await;
    for at in 0..1200 {
        post.inbox.deliver(format!("From: news{at}@example.org\r\nReferences: {}\r\n\r\nnothing\r\n", "<x@example.org> ".repeat(2000)));
    }
    post.inbox.deliver(post.reply("On it"));
    let mut cursor = None;
    let mut rounds = 0;
    let heard = loop {
        let heard = post.hear(cursor.clone()).await;
        rounds += 1;
        assert!(heard.cursor != cursor && rounds < 10, "each round comes further");
        if !heard.arrivals.is_empty() {
            break heard;
        }
        cursor = heard.cursor;
    };
    assert_eq!(words(&heard), ["On it"]);
    assert!(rounds > 1, "not all at once");
}
