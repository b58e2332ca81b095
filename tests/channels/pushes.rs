//! What leaves to ring a phone: within its limits, and what was typed is text.

use std::collections::BTreeMap;

use baton_core::channel::Outcome;
use baton_core::domain::message::{Fact, Message};
use baton_core::domain::severity::Severity;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};

use crate::desk::{Desk, Kind, assert_clean, envelope, kind, message, nasty};
use crate::interface::{Interface, JSM, NTFY, PAGERDUTY, PUSHOVER};

/// What a provider is sent, and how it was previewed.
async fn sent(by: &Interface, what: Message) -> (serde_json::Value, String) {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(HttpBehaviour::says(by.takes.0, by.takes.1));
    let channel = by.open(&desk, &sink.url("/"), "");
    let shown = channel.render(&what).text;
    let outcome = channel.send(&envelope(what)).await;
    assert_eq!(kind(&outcome), Kind::Accepted, "it is taken: {outcome:?}");
    (sink.wait_for(1).await.remove(0).json(), shown)
}

async fn answered(by: &Interface, status: u16, body: &str) -> Outcome {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(HttpBehaviour::says(status, body));
    by.open(&desk, &sink.url("/"), "").send(&envelope(message())).await
}

#[tokio::test]
async fn what_was_typed_reaches_ntfy_as_text_within_its_bytes() {
    let (body, shown) = sent(&NTFY, nasty()).await;
    let text = body["message"].as_str().expect("a text");
    assert!(text.len() <= 4096, "what is longer comes as a file: {}", text.len());
    assert!(body.to_string().len() <= 8192, "and the JSON around it is bounded too");
    assert_eq!(text, shown, "what was previewed is what goes");
    assert!(body.get("markdown").is_none(), "nothing typed becomes formatting");
    assert!(body["title"].as_str().is_some_and(|title| title.ends_with("[K7-3QF]")), "the reference is kept: {}", body["title"]);
    assert_clean(text);
    let actions = body["actions"].as_array().expect("buttons");
    assert!(actions.len() <= 3, "ntfy shows no more");
    for action in actions {
        assert!(action["url"].as_str().is_some_and(|url| url.ends_with("/answers-9fK2mQx7Lr")), "{action}");
        assert!(action.get("headers").is_none(), "the desk's own access token is never sent to a phone: {action}");
    }

    let wide = Message { facts: vec![Fact { label: "Log".into(), value: "\"\\ \n".repeat(3000) }], ..message() };
    let (body, _) = sent(&NTFY, wide).await;
    assert!(body.to_string().len() <= 8192, "signs that JSON writes twice count twice: {}", body.to_string().len());
    let (body, _) = sent(&NTFY, Message { facts: vec![Fact { label: "Log".into(), value: "💥".repeat(6000) }], ..message() }).await;
    let text = body["message"].as_str().expect("a text");
    assert!(text.len() <= 4096 && text.chars().filter(|sign| *sign == '💥').count() > 100, "bytes are counted, not signs: {}", text.len());
}

#[tokio::test]
async fn what_ntfy_answers_is_said_with_what_to_do() {
    for (status, body, expected, part) in [
        (429, r#"{"code":42901,"http":429,"error":"limit reached: too many requests"}"#, Kind::Temporary, "too many requests"),
        (429, r#"{"code":42908,"http":429,"error":"limit reached: daily message quota reached"}"#, Kind::Permanent, "used up"),
        (401, r#"{"code":40101,"http":401,"error":"unauthorized"}"#, Kind::Permanent, "access token"),
        (403, r#"{"code":40301,"http":403,"error":"forbidden"}"#, Kind::Permanent, "access token"),
        (400, r#"{"code":40009,"http":400,"error":"invalid request: topic invalid"}"#, Kind::Permanent, "topic invalid"),
        (500, r#"{"code":50001,"http":500,"error":"internal server error"}"#, Kind::Temporary, "internal server error"),
        (200, "<html>Sign in to the guest network</html>", Kind::Uncertain, "may have arrived"),
    ] {
        let outcome = answered(&NTFY, status, body).await;
        assert_eq!(kind(&outcome), expected, "{status} {body} came out as {outcome:?}");
        assert!(outcome.words().contains(part), "{outcome:?}");
    }
    let told = answered(&NTFY, 403, "no access to answers-9fK2mQx7Lr with tk_secret").await;
    assert!(!told.words().contains("9fK2") && !told.words().contains("tk_secret"), "a secret is not repeated: {told:?}");
}

#[tokio::test]
async fn what_was_typed_reaches_pushover_as_text_within_its_characters() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(HttpBehaviour::says(PUSHOVER.takes.0, PUSHOVER.takes.1));
    let channel = PUSHOVER.open(&desk, &sink.url("/"), "");
    let what = Message { severity: Severity::Critical, ..nasty() };
    let shown = channel.render(&what).text;
    assert_eq!(kind(&channel.send(&envelope(what)).await), Kind::Accepted);
    let request = sink.wait_for(1).await.remove(0);
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&request.body).into_owned().collect();
    assert_eq!(request.path, "/1/messages.json", "the token is in no address");
    assert_eq!(form["message"], shown, "what was previewed is what goes");
    assert!(shown.chars().count() <= 1024 && form["title"].chars().count() <= 250, "Pushover refuses more");
    assert!(form["title"].ends_with("[K7-3QF]"), "the reference is kept: {}", form["title"]);
    assert!(!form.contains_key("html") && !form.contains_key("monospace"), "a tag that was typed stays text");
    assert_clean(&form["message"]);
    assert_clean(&form["title"]);
}

#[tokio::test]
async fn what_pushover_answers_is_said_with_what_to_do() {
    for (status, body, expected, part) in [
        (400, r#"{"user":"invalid","errors":["user identifier is not a valid user"],"status":0}"#, Kind::Permanent, "user key"),
        (400, r#"{"token":"invalid","errors":["application token is invalid"],"status":0}"#, Kind::Permanent, "token on pushover.net"),
        (429, r#"{"errors":["too many requests"],"status":0}"#, Kind::Temporary, "too many requests"),
        (500, "<h1>oops</h1>", Kind::Temporary, "oops"),
        (200, "{}", Kind::Uncertain, "may have arrived"),
        (200, r#"{"status":0,"errors":["no"]}"#, Kind::Permanent, "no"),
    ] {
        let outcome = answered(&PUSHOVER, status, body).await;
        assert_eq!(kind(&outcome), expected, "{status} {body} came out as {outcome:?}");
        assert!(outcome.words().contains(part), "{outcome:?}");
    }
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let used_up = r#"{"errors":["application has exceeded its limit"],"status":0}"#;
    sink.always(HttpBehaviour::says(429, used_up).with("x-limit-app-remaining", "0"));
    let outcome = PUSHOVER.open(&desk, &sink.url("/"), "").send(&envelope(message())).await;
    assert_eq!(kind(&outcome), Kind::Permanent, "a month is longer than anybody waits: {outcome:?}");
}

#[tokio::test]
async fn what_was_typed_reaches_pagerduty_as_text_within_its_limits() {
    let (body, shown) = sent(&PAGERDUTY, nasty()).await;
    let payload = &body["payload"];
    let summary = payload["summary"].as_str().expect("a summary");
    assert!(summary.chars().count() <= 1024 && summary.ends_with("[K7-3QF]"), "the reference is kept: {summary}");
    assert_clean(summary);
    assert_eq!(payload["custom_details"]["message"], shown.as_str(), "what was previewed is what goes");
    assert_clean(&shown);
    assert!(body.to_string().len() < 512 * 1024, "PagerDuty refuses more");
    assert_eq!((&body["event_action"], &payload["severity"]), (&serde_json::json!("trigger"), &serde_json::json!("error")));
    assert!(body["dedup_key"].as_str().is_some_and(|key| key.len() <= 255), "{}", body["dedup_key"]);
}

#[tokio::test]
async fn what_pagerduty_answers_is_said_with_what_to_do() {
    let invalid = r#"{"status":"invalid event","message":"Event object is invalid","errors":["Invalid routing key"]}"#;
    for (status, body, expected, part) in [
        (400, invalid, Kind::Permanent, "Invalid routing key. Check the service's integration key."),
        (
            429,
            r#"{"status":"throttle exceeded","message":"Requests for this service are arriving too quickly."}"#,
            Kind::Temporary,
            "too quickly",
        ),
        (500, "", Kind::Temporary, "500"),
        (202, "accepted", Kind::Uncertain, "may have arrived"),
    ] {
        let outcome = answered(&PAGERDUTY, status, body).await;
        assert_eq!(kind(&outcome), expected, "{status} {body} came out as {outcome:?}");
        assert!(outcome.words().contains(part), "{outcome:?}");
    }
}

#[tokio::test]
async fn what_was_typed_reaches_jira_as_text_within_its_limits() {
    let (body, shown) = sent(&JSM, nasty()).await;
    let line = body["message"].as_str().expect("a line");
    assert!(line.chars().count() <= 130 && line.ends_with("[K7-3QF]"), "the reference is kept: {line}");
    assert_clean(line);
    assert_eq!(body["description"], shown.as_str(), "what was previewed is what goes");
    assert!(shown.chars().count() <= 15_000, "Jira refuses more");
    assert!(body["alias"].as_str().is_some_and(|alias| alias.len() <= 512), "{}", body["alias"]);
    let refused = answered(&JSM, 403, r#"{"message":"You are not authorized to access this API","requestId":"r"}"#).await;
    assert!(refused.words().contains("Check the integration's API key"), "{refused:?}");
    let busy = answered(&JSM, 429, r#"{"message":"You are making too many requests!","requestId":"r"}"#).await;
    assert_eq!(kind(&busy), Kind::Temporary, "{busy:?}");
}
