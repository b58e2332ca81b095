//! What providers answer: one table that every provider of the catalogue passes by its
//! line in `entries.rs`, and what only one of them says.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_core::channel::Outcome;
use baton_core::channel::catalogue::Catalogue;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};

use crate::desk::{Desk, Kind, envelope, kind, message, once_read};
use crate::entries::{ENTRIES, OneWay};
use crate::interface::{INTERFACES, Interface};

const SECONDS_30: Option<Duration> = Some(Duration::from_secs(30));

/// What it is where any success counts, and what it is where a success is told by its body.
struct Row {
    what: &'static str,
    /// Given how it is when the message is taken.
    answer: fn(HttpBehaviour) -> HttpBehaviour,
    any_success: Kind,
    by_body: Kind,
    wait: Option<Duration>,
}

const fn always(what: &'static str, answer: fn(HttpBehaviour) -> HttpBehaviour, is: Kind) -> Row {
    Row { what, answer, any_success: is, by_body: is, wait: None }
}

const fn by_body(what: &'static str, answer: fn(HttpBehaviour) -> HttpBehaviour) -> Row {
    Row { what, answer, any_success: Kind::Accepted, by_body: Kind::Uncertain, wait: None }
}

const PAGE: &str = "<!doctype html><html><body>Please accept our cookies and sign in.</body></html>";

const TABLE: [Row; 18] = [
    always("takes it", |taken| taken, Kind::Accepted),
    Row { wait: SECONDS_30, ..always("too many, with a time", |_| HttpBehaviour::status(429).with("retry-after", "30"), Kind::Temporary) },
    always("too many, without one", |_| HttpBehaviour::status(429), Kind::Temporary),
    always("too many, with a time that is none", |_| HttpBehaviour::status(429).with("retry-after", "soon"), Kind::Temporary),
    always("fails", |_| HttpBehaviour::says(500, "Internal Server Error"), Kind::Temporary),
    always("has nobody behind it", |_| HttpBehaviour::says(502, "<html>Bad Gateway</html>"), Kind::Temporary),
    Row { wait: SECONDS_30, ..always("is down for a while", |_| HttpBehaviour::status(503).with("retry-after", "30"), Kind::Temporary) },
    always("waited in vain", |_| HttpBehaviour::status(504), Kind::Temporary),
    always("finds it wrong", |_| HttpBehaviour::says(400, "{}"), Kind::Permanent),
    always("does not know the desk", |_| HttpBehaviour::says(401, "{}"), Kind::Permanent),
    always("forbids it", |_| HttpBehaviour::says(403, "{}"), Kind::Permanent),
    always("knows no such place", |_| HttpBehaviour::says(404, "{}"), Kind::Permanent),
    always("finds it too long", |_| HttpBehaviour::says(413, ""), Kind::Permanent),
    always("leads elsewhere", |_| HttpBehaviour::status(302).with("location", "https://sign-in.example.org/"), Kind::Permanent),
    always("breaks off after reading", |_| HttpBehaviour::ResetAfterReading, Kind::Uncertain),
    always("talks no HTTP", |_| HttpBehaviour::Garbage, Kind::Uncertain),
    by_body("never stops answering", |_| HttpBehaviour::Huge),
    by_body("is a web page", |_| HttpBehaviour::says(200, PAGE).with("content-type", "text/html")),
];

async fn answered(one: &OneWay, answer: HttpBehaviour) -> Outcome {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.next(one.answers_before());
    sink.always(answer);
    one.open(&desk, sink.url("").trim_end_matches('/'), "").send(&envelope(message())).await
}

fn wait(outcome: &Outcome) -> Option<Duration> {
    match outcome {
        Outcome::Temporary { retry_after, .. } => *retry_after,
        _ => None,
    }
}

#[test]
fn every_provider_of_the_catalogue_has_its_line() {
    let there: BTreeSet<String> = Catalogue::standard().providers().map(|provider| provider.id.clone()).collect();
    let lines: BTreeSet<String> = ENTRIES.iter().map(|one| one.provider.to_string()).collect();
    assert_eq!(there, lines, "a provider without a line in entries.rs was never tried");
}

#[tokio::test]
async fn the_same_answer_has_the_same_meaning_at_every_provider() {
    for one in ENTRIES {
        for row in &TABLE {
            let outcome = answered(one, (row.answer)(one.taken())).await;
            let expected = if one.any_success { row.any_success } else { row.by_body };
            assert_eq!(kind(&outcome), expected, "{} {}: {outcome:?}", one.provider, row.what);
            assert_eq!(wait(&outcome), row.wait, "{} {}: it is left in peace for as long as it asks", one.provider, row.what);
            assert!(outcome.words().chars().count() < 700, "{} {}: nobody shows all of it: {outcome:?}", one.provider, row.what);
        }
    }
}

#[tokio::test]
async fn the_same_answer_has_the_same_meaning_at_every_channel_that_is_answered_by() {
    for one in INTERFACES {
        for row in &TABLE {
            let outcome = answered_by(one, (row.answer)(one.taken())).await;
            // Twilio may have taken what it fails at, and a phone would ring twice.
            let may_have = one.provider.starts_with("twilio") && ["fails", "has nobody behind it", "waited in vain"].contains(&row.what);
            let expected = if may_have { Kind::Uncertain } else { row.by_body };
            assert_eq!(kind(&outcome), expected, "{} {}: {outcome:?}", one.provider, row.what);
            assert_eq!(wait(&outcome), row.wait, "{} {}: it is left in peace for as long as it asks", one.provider, row.what);
            assert!(outcome.words().chars().count() < 700, "{} {}: nobody shows all of it: {outcome:?}", one.provider, row.what);
        }
        for (what, answer) in
            [("breaks off before reading", HttpBehaviour::ResetBeforeReading), ("answers by half", HttpBehaviour::HalfAnswer)]
        {
            let outcome = answered_by(one, answer).await;
            assert_eq!(kind(&outcome), Kind::Uncertain, "{} {what}: {outcome:?}", one.provider);
        }
    }
}

async fn answered_by(one: &Interface, answer: HttpBehaviour) -> Outcome {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(answer);
    one.open(&desk, &sink.url("/"), "").send(&envelope(message())).await
}

#[tokio::test]
async fn half_an_answer_is_enough_only_where_the_status_says_it_all() {
    for one in ENTRIES {
        let outcome = answered(one, HttpBehaviour::HalfAnswer).await;
        // Teams takes any success, but some of what it says with a 200 is a failure.
        let expected = if one.provider == "webhook" { Kind::Accepted } else { Kind::Uncertain };
        assert_eq!(kind(&outcome), expected, "{}: {outcome:?}", one.provider);
    }
}

#[tokio::test]
async fn a_connection_broken_before_anything_is_read_is_tried_again_at_every_provider() {
    for one in ENTRIES {
        let outcome = answered_at_once(one, HttpBehaviour::ResetBeforeReading).await;
        assert!(matches!(kind(&outcome), Kind::Temporary | Kind::Uncertain), "{}: {outcome:?}", one.provider);
    }
}

#[tokio::test]
async fn silence_is_uncertain_at_every_provider() {
    for one in ENTRIES {
        let (desk, sink) = (Desk::new(), HttpSink::start().await);
        sink.next(one.answers_before());
        sink.always(HttpBehaviour::Silence);
        let channel = one.open(&desk, sink.url("").trim_end_matches('/'), "");
        let outcome = once_read(channel, async || drop(sink.wait_for(one.before.len() + 1).await)).await;
        assert_eq!(kind(&outcome), Kind::Uncertain, "{} has read it: {outcome:?}", one.provider);
    }
}

/// The same answer to the very first request, whatever that asks for.
async fn answered_at_once(one: &OneWay, answer: HttpBehaviour) -> Outcome {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(answer);
    one.open(&desk, sink.url("").trim_end_matches('/'), "").send(&envelope(message())).await
}

#[tokio::test]
async fn nothing_is_uncertain_while_the_message_has_not_left() {
    for one in ENTRIES.iter().filter(|one| !one.before.is_empty()) {
        for answer in [HttpBehaviour::ResetAfterReading, HttpBehaviour::Garbage, HttpBehaviour::status(503)] {
            let outcome = answered_at_once(one, answer.clone()).await;
            assert_eq!(kind(&outcome), Kind::Temporary, "{} at {answer:?}: {outcome:?}", one.provider);
            assert!(outcome.words().contains("Nothing was sent"), "{} at {answer:?}: {outcome:?}", one.provider);
        }
    }
}

/// Who says it, its status and words, what that is, and what the person is told.
const OWN: [(&str, u16, &str, Kind, &str); 38] = [
    ("slack-webhook", 404, "no_service", Kind::Permanent, "make a new one in Slack"),
    ("slack-webhook", 403, "action_prohibited", Kind::Permanent, "forbidden it"),
    ("slack-webhook", 200, "success", Kind::Accepted, ""),
    ("slack-webhook", 200, PAGE, Kind::Uncertain, "a page to sign in"),
    ("mattermost", 200, PAGE, Kind::Uncertain, "a page to sign in"),
    ("mattermost", 400, r#"{"id":"web.incoming_webhook.disabled.app_error"}"#, Kind::Permanent, "under Integrations"),
    (
        "teams",
        200,
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x",
        Kind::Temporary,
        "429",
    ),
    (
        "teams",
        200,
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 503 with ContextId x",
        Kind::Temporary,
        "503",
    ),
    (
        "teams",
        200,
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId x",
        Kind::Permanent,
        "413",
    ),
    ("teams", 400, r#"{"error":{"code":"WorkflowTriggerIsNotEnabled"}}"#, Kind::Permanent, "Switch it on"),
    ("teams", 401, r#"{"error":{"code":"DirectApiAuthorizationRequired"}}"#, Kind::Permanent, "to the end of “sig=…”"),
    ("discord", 404, r#"{"message":"Unknown Webhook","code":10015}"#, Kind::Permanent, "Make a new one"),
    ("discord", 204, "", Kind::Uncertain, "not how Discord answers"),
    ("google-chat", 404, r#"{"error":{"code":404,"status":"NOT_FOUND"}}"#, Kind::Permanent, "new webhook in the space"),
    ("rocketchat", 200, r#"{"success":false,"error":"invalid-channel"}"#, Kind::Permanent, "Check the integration"),
    ("zulip", 400, r#"{"result":"error","msg":"","code":"STREAM_DOES_NOT_EXIST"}"#, Kind::Permanent, "Check the channel's name"),
    ("zulip", 401, r#"{"result":"error","msg":"Invalid API key","code":"INVALID_API_KEY"}"#, Kind::Permanent, "API key is not valid"),
    ("zulip-person", 400, r#"{"result":"error","msg":"Invalid email 'x'"}"#, Kind::Permanent, "Nobody in this Zulip"),
    ("webex", 401, r#"{"message":"The request requires a valid access token"}"#, Kind::Permanent, "developer.webex.com"),
    ("webex", 404, r#"{"message":"Could not find a room"}"#, Kind::Permanent, "The bot is not in that space"),
    ("webex-person", 404, r#"{"message":"Not found"}"#, Kind::Permanent, "Nobody in Webex"),
    ("signal", 400, r#"{"error":"Unregistered user \"+493023125011\""}"#, Kind::Permanent, "has no Signal"),
    ("signal", 400, r#"{"error":"Failed to send: rate limit"}"#, Kind::Temporary, "rate limit"),
    ("signal", 400, r#"{"error":"java.net.UnknownHostException"}"#, Kind::Temporary, "UnknownHost"),
    ("signal", 400, r#"{"error":"Request Timeout"}"#, Kind::Uncertain, "Timeout"),
    ("signal", 400, r#"{"error":"User +493023125000 is not registered."}"#, Kind::Permanent, "link your number"),
    ("gotify", 401, r#"{"error":"Unauthorized","errorCode":401}"#, Kind::Permanent, "under Apps"),
    ("sms-kannel", 202, "3: Queued for later delivery", Kind::Accepted, "Queued"),
    ("sms-kannel", 202, "Sent.", Kind::Accepted, ""),
    ("sms-kannel", 403, "Not routable. Do not try again.", Kind::Permanent, "Check the number"),
    ("sms-kannel", 403, "Authorization failed for sendsms", Kind::Permanent, "not Kannel's"),
    ("sms-gateway", 200, "ERROR no credit", Kind::Uncertain, "no credit"),
    ("sms-gateway", 401, "", Kind::Permanent, "does not know this user name"),
    ("servicenow", 403, r#"{"error":{"message":"Operation Failed"}}"#, Kind::Permanent, "the role `itil`"),
    ("zammad", 422, r#"{"error":"No lookup value found for 'group'"}"#, Kind::Permanent, "names of the group"),
    ("glpi", 401, r#"["ERROR_RIGHT_MISSING","x"]"#, Kind::Permanent, "may not open tickets"),
    ("zendesk", 401, r#"{"error":"Couldn't authenticate you"}"#, Kind::Permanent, "API token"),
    ("freshservice", 403, r#"{"code":"access_denied"}"#, Kind::Permanent, "API key"),
];

#[tokio::test]
async fn what_only_one_provider_says_is_understood_and_says_what_to_do() {
    for (provider, status, says, expected, told) in OWN {
        let outcome = answered(OneWay::of(provider), HttpBehaviour::says(status, says)).await;
        assert_eq!(kind(&outcome), expected, "{provider} says {status} {says}: {outcome:?}");
        assert!(outcome.words().contains(told), "{provider} says {status} {says}: the person reads {told:?} in {outcome:?}");
    }
}

#[tokio::test]
async fn patience_that_is_asked_for_in_the_body_is_had() {
    for (provider, says, expected) in [
        ("discord", r#"{"message":"You are being rate limited.","retry_after":0.5,"global":false}"#, 0.5),
        ("zulip", r#"{"result":"error","msg":"API usage exceeded rate limit","retry-after":28.5}"#, 28.5),
        ("zulip-person", r#"{"result":"error","retry-after":28.5}"#, 28.5),
        ("discord", r#"{"retry_after":1e9}"#, 3_600.0),
    ] {
        let outcome = answered(OneWay::of(provider), HttpBehaviour::says(429, says)).await;
        assert_eq!(wait(&outcome), Some(Duration::from_secs_f64(expected)), "{provider} says {says}: {outcome:?}");
    }
}

#[tokio::test]
async fn without_a_session_glpi_gets_nothing() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(HttpBehaviour::says(401, r#"["ERROR_LOGIN_PARAMETERS_MISSING","x"]"#));
    let outcome = OneWay::of("glpi").open(&desk, sink.url("").trim_end_matches('/'), "").send(&envelope(message())).await;
    assert_eq!(kind(&outcome), Kind::Permanent, "{outcome:?}");
    assert!(outcome.words().contains("Nothing was sent"), "{outcome:?}");
    assert_eq!(sink.requests().len(), 1, "what follows would be refused as well");
}
