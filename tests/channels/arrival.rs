//! What was typed arrives as text, whatever it looks like, and as previewed.

use baton_core::channel::Ready;
use baton_core::domain::message::Message;
use baton_tests::http_sink::{HttpRequest, HttpSink};
use baton_tests::smtp_sink::SmtpSink;
use mail_parser::MessageParser;

use crate::desk::{Desk, Kind, NOW, assert_clean, envelope, http_channel, kind, mail_channel, message, nasty, set_up};

async fn sent_by_http(provider: &str, what: Message) -> (serde_json::Value, HttpRequest, String) {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let channel = http_channel(&desk, provider, &sink.url("/hook?key=1"), "");
    let shown = channel.render(&what).text;
    let outcome = channel.send(&envelope(what)).await;
    assert_eq!(kind(&outcome), Kind::Accepted, "it is taken: {outcome:?}");
    let request = sink.wait_for(1).await.remove(0);
    (request.json(), request, shown)
}

#[tokio::test]
async fn what_was_typed_reaches_slack_as_text_within_slacks_limits() {
    let (body, request, shown) = sent_by_http("slack-webhook", nasty()).await;
    assert_eq!(request.path, "/hook?key=1", "the address is used as it is");
    assert_eq!(body["mrkdwn"], false, "nothing typed becomes formatting");
    let (header, section) = (&body["blocks"][0]["text"], &body["blocks"][1]["text"]);
    for block in [header, section] {
        assert_eq!(block["type"], "plain_text", "formatting signs stay signs");
    }
    for (text, most) in [(&body["text"], 40_000), (&header["text"], 150), (&section["text"], 3000)] {
        let text = text.as_str().expect("a text");
        assert!(!text.contains(['<', '>']), "no mention, link or tag can be made of what was typed: {text:?}");
        assert!(text.encode_utf16().count() <= most, "Slack refuses more than {most}, this has {}", text.len());
        assert_clean(text);
    }
    let plain = section["text"].as_str().expect("a text").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let kept = plain.trim_end_matches('…');
    assert!(shown.starts_with(kept) && kept.len() > 1500, "what was previewed is what went: {plain:?} / {shown:?}");
    assert!(
        header["text"].as_str().expect("a text").contains("*_~` &amp; \"q\" \\ {{ 7*7 }}"),
        "what looks like a format or a template is text"
    );
}

#[tokio::test]
async fn what_was_typed_reaches_a_webhook_as_json_in_full_contract() {
    let (body, request, _) = sent_by_http("webhook", nasty()).await;
    assert!(request.body.len() <= 20_000, "the convention asks for less than 20 kB, this is {}", request.body.len());
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(body["type"], "baton.alert");
    let data = &body["data"];
    assert_eq!(
        data["title"], "<script>alert(1)</script> *_~` & \"q\" \\ {{ 7*7 }} Bcc: evil@example.org قاعدة 💥",
        "the title is one line, and all of it is there"
    );
    assert!(data["facts"][0]["value"].as_str().expect("a text").contains("<b>bold</b> 💥"), "values are values");
    assert!(data["facts"][1]["value"].as_str().expect("a text").ends_with('…'), "what was cut says so");
    let names: Vec<&String> = data.as_object().expect("an object").keys().collect();
    for name in ["delivery", "incident", "reference", "severity", "title", "place", "lead", "facts", "reply", "from", "to", "zone"] {
        assert!(names.contains(&&name.to_string()), "{name} is part of the contract");
    }
}

#[tokio::test]
async fn what_was_typed_reaches_the_mailbox_and_no_header_or_command_can_be_smuggled_in() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await);
    let channel = mail_channel(&desk, "127.0.0.1", sink.port(), "plain", "");
    let what = nasty();
    let shown = channel.render(&what);
    let mut envelope = envelope(what);
    envelope.to_name = "Ilse \"the\" Brandl\r\nBcc: evil@example.org".into();
    let outcome = channel.send(&envelope).await;
    assert_eq!(kind(&outcome), Kind::Accepted, "it is taken: {outcome:?}");
    let received = sink.wait_for(1).await.remove(0);
    assert_eq!(received.to, ["ilse@example.org"], "one recipient, the one that was meant");
    assert!(!sink.commands().join("\n").contains("evil"), "nothing that was typed is a command");
    let mail = MessageParser::default().parse(&received.bytes).expect("it is a mail");
    assert!(mail.bcc().is_none() && mail.cc().is_none(), "no header was smuggled in");
    assert_eq!(mail.subject(), shown.subject.as_deref(), "the subject is what was previewed");
    assert_clean(mail.subject().expect("a subject"));
    let text = mail.body_text(0).expect("a text part").replace("\r\n", "\n");
    assert_eq!(text.trim_end(), shown.text, "the text is what was previewed, dots and all");
    assert_clean(&text);
    let html = mail.body_html(0).expect("an HTML part");
    assert!(!html.contains("<b>bold") && html.contains("&lt;b&gt;bold"), "what was typed is no HTML");
    assert!(received.bytes.split(|&byte| byte == b'\n').all(|line| line.len() <= 999), "no line is longer than SMTP allows");
    assert_eq!(mail.header("Auto-Submitted").and_then(|value| value.as_text()), Some("auto-generated"));
    assert_eq!(mail.header("X-Auto-Response-Suppress").and_then(|value| value.as_text()), Some("All"));
    assert_eq!(mail.date().map(mail_parser::DateTime::to_timestamp), Some(NOW.0 / 1000), "the date is that of the attempt");
}

#[tokio::test]
async fn a_notification_is_shown_here_or_says_why_not() {
    let desk = Desk::new();
    let channel = desk.open("desktop", &[]);
    let sent = envelope(nasty());
    assert_eq!(kind(&channel.send(&sent).await), Kind::Accepted);
    let shown = desk.screen.last().expect("it was shown");
    assert_eq!(shown.incident, Some(sent.message.incident), "it opens its incident");
    assert!(shown.body.chars().count() <= 200, "a notification is short");
    assert_clean(&shown.body);
    assert_clean(&shown.title);
    desk.screen.breaks("there is no notification daemon");
    let outcome = channel.send(&sent).await;
    assert_eq!(kind(&outcome), Kind::Temporary);
    assert!(outcome.words().contains("there is no notification daemon"), "{outcome:?}");
}

#[test]
fn a_call_is_a_script_for_a_person() {
    let (setup, _) = set_up("call", &[]);
    let Ok(ready) = Desk::new().channels.ready(&setup) else { panic!("calling by hand needs nothing") };
    assert!(matches!(ready, Ready::ByHand(_)), "nothing is sent by itself");
    let script = ready.render(&message()).text;
    assert!(script.contains("Ana Ruiz") && script.contains("reference"), "it says who calls and about what: {script}");
}
