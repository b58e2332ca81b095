//! The ways of the Slack app: what its answers mean, how a message looks, and how
//! listening keeps to what it promises.

use std::sync::Arc;
use std::time::Duration;

use baton_core::channel::inbound::{Arrived, Awaited, Heard, Listening};
use baton_core::channel::rooms::NewRoom;
use baton_core::channel::{Channel, Envelope, Outcome};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::id::DeliveryId;
use baton_core::domain::message::Purpose;
use baton_core::domain::token::Token;
use baton_tests::authority::Authority;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use baton_tests::providers::slack::{APP_TOKEN, Fails, Message, Slack, TOKEN};

use crate::desk::{Desk, Kind, NOW, assert_clean, envelope, kind, message, nasty};

/// Far longer than any answer takes; a test that waited so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

fn open(desk: &Desk, url: &str, more: &[(&str, &str)]) -> Arc<dyn Channel> {
    let fields = [("server", url), ("!token", TOKEN), ("!app_token", APP_TOKEN), ("allow_private", "yes")];
    desk.open("slack", &[&fields[..], more].concat())
}

fn app(desk: &Desk, slack: &Slack) -> Arc<dyn Channel> {
    open(desk, &slack.url(), &[("allow_plain", "yes")])
}

fn to(address: &str) -> Envelope {
    Envelope { address: address.into(), ..envelope(message()) }
}

async fn sent(channel: &Arc<dyn Channel>, slack: &Slack, envelope: &Envelope) -> Message {
    let outcome = channel.send(envelope).await;
    assert_eq!(kind(&outcome), Kind::Accepted, "it is taken: {outcome:?}");
    slack.messages().pop().expect("it is there")
}

#[tokio::test]
async fn every_word_of_slacks_has_one_meaning() {
    let (desk, slack) = (Desk::new(), Slack::start().await);
    let channel = app(&desk, &slack);
    for (error, expected, part) in [
        ("channel_not_found", Kind::Permanent, "check the ID"),
        ("not_in_channel", Kind::Permanent, "Invite the bot"),
        ("is_archived", Kind::Permanent, "archived"),
        ("invalid_auth", Kind::Permanent, "install the app again"),
        ("account_inactive", Kind::Permanent, "install the app again"),
        ("token_revoked", Kind::Permanent, "install the app again"),
        ("msg_too_long", Kind::Permanent, "does not take it"),
        ("restricted_action", Kind::Permanent, "ask them"),
        ("something_new", Kind::Permanent, "something_new"),
        ("internal_error", Kind::Uncertain, "may have arrived"),
        ("fatal_error", Kind::Uncertain, "may have arrived"),
        ("ratelimited", Kind::Temporary, "ratelimited"),
        ("request_timeout", Kind::Temporary, "request_timeout"),
        ("team_added_to_org", Kind::Temporary, "team_added_to_org"),
    ] {
        slack.fails(Fails::with("chat.postMessage", error));
        let outcome = channel.send(&to("C100")).await;
        assert_eq!(kind(&outcome), expected, "{error} came out as {outcome:?}");
        assert!(outcome.words().contains(part) && outcome.words().contains(error), "{error} is said and what to do: {outcome:?}");
    }
    for (status, body, expected) in [
        (200, "<html>Sign in to the hotel's network</html>", Kind::Uncertain),
        (200, "{\"ok\":true}", Kind::Uncertain),
        (200, "{\"ok\":\"yes\",\"ts\":5}", Kind::Uncertain),
        (500, "{\"ok\":false,\"error\":\"fatal_error\"}", Kind::Uncertain),
        (503, "{\"ok\":false,\"error\":\"service_unavailable\"}", Kind::Temporary),
        (500, "", Kind::Temporary),
        (404, "", Kind::Permanent),
    ] {
        slack.fails(Fails { status, body: body.into(), ..Fails::with("chat.postMessage", "") });
        let outcome = channel.send(&to("C100")).await;
        assert_eq!(kind(&outcome), expected, "{status} {body} came out as {outcome:?}");
    }
    for (status, retry_after, expected) in [(429, Some(7), Some(7)), (429, None, None), (200, None, Some(30))] {
        slack.fails(Fails { status, retry_after, ..Fails::with("chat.postMessage", "ratelimited") });
        let outcome = channel.send(&to("C100")).await;
        let Outcome::Temporary { retry_after, .. } = outcome else { panic!("a limit passes: {outcome:?}") };
        assert_eq!(retry_after, expected.map(Duration::from_secs));
    }
}

#[tokio::test]
async fn what_is_no_id_is_said_before_anything_is_sent() {
    let (desk, slack) = (Desk::new(), Slack::start().await);
    let channel = app(&desk, &slack);
    for address in ["#ops", "@marta", "marta", "u024be7lh", "C1", "C024 BE91L", ""] {
        let outcome = channel.send(&to(address)).await;
        assert_eq!(kind(&outcome), Kind::Permanent, "{address:?}");
        assert!(outcome.words().contains("copy the ID"), "{outcome:?}");
    }
    assert_eq!(slack.calls("chat.postMessage"), 0);
    assert_eq!(sent(&channel, &slack, &to(" U501 ")).await.channel, "D501", "a blank around it does no harm");
}

#[tokio::test]
async fn what_was_typed_reaches_the_app_as_text_within_slacks_limits() {
    let (desk, slack) = (Desk::new(), Slack::start().await);
    let channel = app(&desk, &slack);
    let what = Envelope { address: "C100".into(), ..envelope(nasty()) };
    let shown = channel.render(&what.message);
    let message = sent(&channel, &slack, &what).await;
    let [header, section, actions] = &message.blocks[..] else { panic!("three blocks: {:?}", message.blocks) };
    for (text, most) in [(&header["text"], 150), (&section["text"], 3000)] {
        assert_eq!(text["type"], "plain_text", "formatting signs stay signs");
        let text = text["text"].as_str().expect("a text");
        assert!(!text.contains(['<', '>']), "no mention, link or tag can be made of what was typed: {text:?}");
        assert!(text.encode_utf16().count() <= most, "Slack refuses more than {most}, this has {}", text.len());
        assert_clean(text);
    }
    assert!(header["text"]["text"].as_str().expect("a text").contains("K7-3QF"), "the reference is kept: {header}");
    let plain = section["text"]["text"].as_str().expect("a text").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    assert_eq!(plain, shown.text, "what was previewed is what went");
    assert!(shown.length <= shown.limit.expect("Slack has a limit"), "and the preview knows how long that is");
    assert!(!message.text.contains(['<', '>']), "what notifications show is text too: {}", message.text);
    for button in actions["elements"].as_array().expect("buttons") {
        assert_eq!(button["value"], Token::sample().reveal(), "each brings the token back, and nothing that was typed");
        assert_eq!(button["text"]["type"], "plain_text");
    }
    assert_eq!(slack.messages()[0].metadata["event_payload"]["delivery"], serde_json::json!(what.delivery), "by this it is found again");
}

#[tokio::test]
async fn a_second_attempt_looks_first_and_a_first_one_does_not() {
    let (desk, slack) = (Desk::new(), Slack::start().await);
    let channel = app(&desk, &slack);
    let first = to("U501");
    sent(&channel, &slack, &first).await;
    assert_eq!(slack.calls("conversations.history"), 0, "there is nothing to look for");
    let again = channel.send(&Envelope { attempt: 2, ..first.clone() }).await;
    let there = slack.messages()[0].clone();
    assert!(
        matches!(&again, Outcome::Accepted { provider_id: Some(id), .. } if *id == format!("D501/{}", there.ts)),
        "it is found by its own mark, in the conversation it went to: {again:?}"
    );
    let other = Envelope { delivery: DeliveryId::new(NOW), attempt: 2, ..first };
    assert_eq!(kind(&channel.send(&other).await), Kind::Accepted);
    assert_eq!(slack.messages().len(), 2, "another delivery is another message");
    slack.fails(Fails { status: 503, ..Fails::with("conversations.history", "service_unavailable") });
    let outcome = channel.send(&Envelope { attempt: 3, ..to("C100") }).await;
    assert_eq!((kind(&outcome), slack.messages().len()), (Kind::Temporary, 2), "while it cannot look it sends nothing: {outcome:?}");
}

#[tokio::test]
async fn a_room_whose_name_others_have_is_opened_under_another_and_what_is_done_already_is_fine() {
    let (desk, slack) = (Desk::new(), Slack::start().await);
    let channel = app(&desk, &slack);
    let rooms = channel.rooms().expect("Slack has rooms");
    slack.has_a_channel("inc-k7-3qf-orders");
    let wanted = |attempt| NewRoom { name: "inc-k7-3qf-orders".into(), topic: "Orders <cannot> be placed".into(), attempt, now: NOW };
    let first = rooms.open(&wanted(1)).await.expect("opened");
    assert_eq!(first.name, "#inc-k7-3qf-orders-2", "what is others’ stays theirs");
    let again = rooms.open(&wanted(2)).await.expect("found");
    assert_eq!((again.id, slack.rooms().len()), (first.id.clone(), 2), "a second try finds what the first one opened");
    for (method, done) in
        [("conversations.invite", "already_in_channel"), ("pins.add", "already_pinned"), ("conversations.archive", "already_archived")]
    {
        slack.fails(Fails::with(method, done));
    }
    rooms.invite(&first.id, &["U501".into(), "C100".into()], NOW).await.expect("they are in");
    rooms.pin(&first.id, &format!("{}/1.1", first.id), NOW).await.expect("it is pinned");
    rooms.close(&first.id, NOW).await.expect("it is closed");
    slack.fails(Fails { status: 429, retry_after: Some(7), ..Fails::with("conversations.invite", "ratelimited") });
    let busy = rooms.invite(&first.id, &["U502".into()], NOW).await.expect_err("not now");
    assert!(matches!(busy, Outcome::Temporary { retry_after: Some(wait), .. } if wait == Duration::from_secs(7)), "{busy:?}");
    rooms.invite(&first.id, &["C100".into()], NOW).await.expect("a channel is nobody");
    assert_eq!(slack.calls("conversations.invite"), 2, "and is not asked for");
}

#[tokio::test]
async fn what_goes_below_a_message_goes_below_it_and_is_looked_for_there() {
    let (desk, slack) = (Desk::new(), Slack::start().await);
    let channel = app(&desk, &slack);
    let head = sent(&channel, &slack, &to("C100")).await;
    let address = channel.rooms().expect("Slack has rooms").below(&format!("C100/{}", head.ts)).expect("Slack has threads");
    let news = to(&address);
    let below = sent(&channel, &slack, &news).await;
    assert_eq!((below.channel.as_str(), below.thread.as_deref()), ("C100", Some(head.ts.as_str())));
    let again = channel.send(&Envelope { attempt: 2, ..news }).await;
    assert_eq!((kind(&again), slack.messages().len()), (Kind::Accepted, 2), "it is there already: {again:?}");
}

fn listening(message: &Message, cursor: Option<String>, patience: Duration) -> Listening {
    let awaited = Awaited {
        delivery: DeliveryId::new(NOW),
        token: Token::sample(),
        provider_id: Some(format!("{}/{}", message.channel, message.ts)),
        address: "U501".into(),
        purpose: Purpose::Alert,
        state: DeliveryState::Accepted,
        sent_at: NOW,
    };
    Listening { cursor, awaited: vec![awaited], rooms: vec![], patience, now: NOW }
}

#[tokio::test]
async fn a_press_is_heard_the_moment_it_comes_and_acknowledged_once_it_is_kept() {
    let (desk, slack) = (Desk::new(), Slack::start().await);
    let channel = app(&desk, &slack);
    let message = sent(&channel, &slack, &to("U501")).await;
    let hears = async |cursor: Option<String>, patience| -> Heard {
        channel.inbound().expect("Slack answers").listen(&listening(&message, cursor, patience)).await.expect("it is heard")
    };
    let (first, ()) = tokio::join!(hears(None, PATIENCE), async {
        while !slack.press(&message, "On it", "U501") {
            tokio::task::yield_now().await;
        }
    });
    assert!(matches!(first.arrivals[0].what, Arrived::Pressed { .. }), "{first:?}");
    let again = hears(None, Duration::ZERO).await;
    assert_eq!(again, first, "what could not be kept is told again, by the same name");
    assert_eq!(slack.line().acknowledged(), 0, "and Slack is not told that it was");
    let nothing = hears(first.cursor.clone(), Duration::ZERO).await;
    assert_eq!(nothing.arrivals, [], "what was kept is not told again");
    slack.line().acknowledges(1).await;
    assert_eq!(slack.now(&message).labels(), Vec::<String>::new(), "and by then the message shows it");
}

#[tokio::test]
async fn listening_that_is_given_up_loses_nothing() {
    let (desk, slack) = (Desk::new(), Slack::start().await);
    let channel = app(&desk, &slack);
    let message = sent(&channel, &slack, &to("C100")).await;
    let inbound = channel.inbound().expect("Slack answers");
    let waiting = listening(&message, None, PATIENCE);
    let mut hears = inbound.listen(&waiting);
    tokio::select! {
        heard = &mut hears => panic!("nothing was said: {heard:?}"),
        () = async { while slack.line().opened() == 0 || slack.calls("conversations.history") == 0 { tokio::task::yield_now().await } } => {}
    }
    assert!(slack.press(&message, "On it", "U777"));
    // It is given up while somebody's name is asked for: the press was taken off the socket by then.
    tokio::select! {
        heard = &mut hears => panic!("the name is known only later: {heard:?}"),
        () = async { while slack.calls("users.info") == 0 { tokio::task::yield_now().await } } => {}
    }
    drop(hears);
    let heard = inbound.listen(&listening(&message, None, Duration::ZERO)).await.expect("it is heard");
    assert_eq!(heard.arrivals.len(), 1, "{heard:?}");
    assert_eq!(slack.line().acknowledged(), 0);
}

#[tokio::test]
async fn answers_come_by_no_line_that_the_channel_does_not_allow() {
    let (desk, ours, slack) = (Desk::new(), Authority::new(), Slack::start().await);
    let ca_file = ours.file().to_string_lossy().into_owned();
    let sink = HttpSink::start_encrypted(ours.server("localhost")).await;
    let channel = open(&desk, &sink.url("/api"), &[("ca_file", &ca_file)]);
    let message = Message {
        channel: "D501".into(),
        ts: "1.1".into(),
        thread: None,
        user: None,
        text: String::new(),
        blocks: vec![],
        metadata: serde_json::Value::Null,
        files: vec![],
    };
    let wss = sink.url("/link").replace("https://", "wss://");
    for (named, part, lasts) in [
        ("ws://localhost:1/link", "without encryption", true),
        ("https://localhost/link", "no address for a WebSocket", false),
        ("wss://169.254.169.254/link", "link-local", true),
        ("wss://localhost:1/link", "refused the connection", false),
        (wss.as_str(), "opened no WebSocket", false),
    ] {
        sink.next([HttpBehaviour::says(200, &format!("{{\"ok\":true,\"url\":\"{named}\"}}"))]);
        let deaf = channel.inbound().expect("Slack answers").listen(&listening(&message, None, Duration::ZERO)).await.expect_err(named);
        assert!(deaf.words.contains(part) && deaf.lasts == lasts, "{named}: {deaf:?}");
    }
    drop(slack);
}
