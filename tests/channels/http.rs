//! The ways of what goes over HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use baton_core::channel::Outcome;
use baton_tests::authority::Authority;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::desk::{Desk, KEY, Kind, NOW, envelope, http_channel, kind, message, signing_secret};

#[tokio::test]
async fn every_answer_over_http_has_one_meaning() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let channel = http_channel(&desk, "webhook", &sink.url("/"), "");
    let cases = [
        (200, Kind::Accepted),
        (202, Kind::Accepted),
        (204, Kind::Accepted),
        (301, Kind::Permanent),
        (304, Kind::Permanent),
        (400, Kind::Permanent),
        (401, Kind::Permanent),
        (408, Kind::Temporary),
        (410, Kind::Permanent),
        (413, Kind::Permanent),
        (425, Kind::Temporary),
        (429, Kind::Temporary),
        (500, Kind::Temporary),
        (502, Kind::Temporary),
        (504, Kind::Temporary),
        (599, Kind::Temporary),
    ];
    for (status, expected) in cases {
        sink.next([HttpBehaviour::status(status)]);
        let outcome = channel.send(&envelope(message())).await;
        assert_eq!(kind(&outcome), expected, "{status} came out as {outcome:?}");
        assert!(outcome.words().contains(&status.to_string()), "the status is shown: {outcome:?}");
    }
}

#[tokio::test]
async fn a_provider_that_asks_for_patience_gets_it() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let channel = http_channel(&desk, "slack-webhook", &sink.url("/"), "");
    sink.next([
        HttpBehaviour::status(429).with("retry-after", "30"),
        HttpBehaviour::status(503).with("retry-after", "Mon, 23 Nov 2026 05:21:00 GMT"),
        HttpBehaviour::status(429),
    ]);
    let mut waits = Vec::new();
    for _ in 0..3 {
        match channel.send(&envelope(message())).await {
            Outcome::Temporary { retry_after, .. } => waits.push(retry_after),
            other => panic!("it is temporary, not {other:?}"),
        }
    }
    assert_eq!(waits, [Some(Duration::from_secs(30)), Some(Duration::from_secs(60)), None], "as seconds, as a date, and not at all");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_names_where_it_leads() {
    let (desk, sink, elsewhere) = (Desk::new(), HttpSink::start().await, HttpSink::start().await);
    sink.always(HttpBehaviour::status(307).with("location", elsewhere.url("/secret?token=abc")));
    let outcome = http_channel(&desk, "webhook", &sink.url("/"), "").send(&envelope(message())).await;
    assert_eq!(kind(&outcome), Kind::Permanent);
    assert!(outcome.words().contains(&format!("127.0.0.1:{}", elsewhere.address().port())), "{outcome:?}");
    assert!(!outcome.words().contains("token"), "an address’s secrets are not shown: {outcome:?}");
    assert!(elsewhere.requests().is_empty(), "nobody went there");
}

#[tokio::test]
async fn broken_and_endless_answers_are_judged_by_what_is_known() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let by = async |provider: &str, behaviour: HttpBehaviour| {
        sink.next([behaviour]);
        http_channel(&desk, provider, &sink.url("/services/T0/B0/verysecret"), "").send(&envelope(message())).await
    };
    let send = async |behaviour| by("slack-webhook", behaviour).await;
    assert_eq!(kind(&by("webhook", HttpBehaviour::HalfAnswer).await), Kind::Accepted, "200 is 200, however little follows");
    assert_eq!(kind(&send(HttpBehaviour::HalfAnswer).await), Kind::Uncertain, "but where an \"ok\" is promised, there is none");
    let outcome = by("webhook", HttpBehaviour::Huge).await;
    assert_eq!(kind(&outcome), Kind::Accepted, "nobody reads it all");
    assert!(outcome.words().chars().count() < 400, "and nobody shows it all");
    let outcome = send(HttpBehaviour::Garbage).await;
    assert_eq!(kind(&outcome), Kind::Uncertain, "it was read by something: {outcome:?}");
    let outcome = send(HttpBehaviour::says(500, "\u{1b}[31mgone\r\nwrong\u{202e}")).await;
    assert!(outcome.words().ends_with("[31mgone wrong"), "a provider’s words cannot colour a terminal: {outcome:?}");
    let outcome = send(HttpBehaviour::ResetBeforeReading).await;
    assert!(matches!(kind(&outcome), Kind::Uncertain | Kind::Temporary), "it is tried again either way: {outcome:?}");
    assert!(!outcome.words().contains("verysecret"), "the address is a secret: {outcome:?}");
    assert!(send(HttpBehaviour::says(410, "")).await.words().contains("make a new one"), "what to do is said");
}

#[tokio::test]
async fn a_name_that_leads_into_the_private_network_is_not_followed() {
    let (desk, ours) = (Desk::new(), Authority::new());
    let sink = HttpSink::start_encrypted(ours.server("localhost")).await;
    let ca_file = ours.file().to_string_lossy().into_owned();
    let (url, secret) = (sink.url("/"), signing_secret());
    let fields = [("!url", url.as_str()), ("!signing_secret", secret.as_str()), ("ca_file", ca_file.as_str())];
    let outcome = desk.open("webhook", &fields).send(&envelope(message())).await;
    assert_eq!(kind(&outcome), Kind::Permanent, "localhost is private: {outcome:?}");
    assert!(outcome.words().contains("Allow private addresses"), "{outcome:?}");
    assert!(sink.requests().is_empty(), "nobody connected");
    let opted_in = [&fields[..], &[("allow_private", "yes")]].concat();
    assert_eq!(kind(&desk.open("webhook", &opted_in).send(&envelope(message())).await), Kind::Accepted, "unless it is meant");
}

#[tokio::test]
async fn a_webhook_is_signed_so_that_a_stranger_can_check_it() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let channel = http_channel(&desk, "webhook", &sink.url("/"), "");
    let mut envelope = envelope(message());
    channel.send(&envelope).await;
    envelope.now = NOW.plus(90_000);
    channel.send(&envelope).await;
    let requests = sink.wait_for(2).await;
    let ids: Vec<_> = requests.iter().map(|request| request.header("webhook-id").expect("an id")).collect();
    assert_eq!(ids[0], ids[1], "a second attempt can be told from a second message");
    for (request, at) in requests.iter().zip([NOW, NOW.plus(90_000)]) {
        let timestamp = request.header("webhook-timestamp").expect("a time");
        assert_eq!(timestamp, (at.0 / 1000).to_string(), "the time is that of the attempt, in seconds");
        let mut mac = Hmac::<Sha256>::new_from_slice(&KEY).expect("a key");
        mac.update(format!("{}.{timestamp}.", ids[0]).as_bytes());
        mac.update(&request.body);
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(request.header("webhook-signature"), Some(expected.as_str()), "worked out here by itself, it is the same");
    }
    assert_eq!(requests[0].connection, requests[1].connection, "the connection is used again");
}

#[tokio::test]
async fn a_secret_that_a_provider_repeats_goes_no_further() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(HttpBehaviour::says(404, "<p>The requested URL /services/T0/verysecret was not found on this server.</p>"));
    let outcome = http_channel(&desk, "slack-webhook", &sink.url("/services/T0/verysecret"), "").send(&envelope(message())).await;
    assert!(outcome.words().contains("The requested URL … was not found"), "the timeline is no place for a secret: {outcome:?}");
}

#[tokio::test]
async fn a_burst_shares_connections_and_loses_nothing() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let channel = http_channel(&desk, "webhook", &sink.url("/"), "");
    for _ in 0..4 {
        let burst: Vec<_> = (0..50)
            .map(|_| {
                let channel = Arc::clone(&channel);
                tokio::spawn(async move { channel.send(&envelope(message())).await })
            })
            .collect();
        for sending in burst {
            assert_eq!(kind(&sending.await.expect("sending does not panic")), Kind::Accepted);
        }
    }
    let requests = sink.wait_for(200).await;
    let ids: BTreeSet<_> = requests.iter().filter_map(|request| request.header("webhook-id")).collect();
    assert_eq!(ids.len(), 200, "each arrived, and once");
    let connections: BTreeSet<_> = requests.iter().map(|request| request.connection).collect();
    assert!(connections.len() <= 100, "connections are used again, {} were opened", connections.len());
}
