//! What reaches a telephone: within what the network and Twilio take, and what was typed
//! is said or read, never obeyed.

use std::collections::BTreeMap;

use baton_core::channel::catalogue::Catalogue;
use baton_core::domain::message::Message;
use baton_core::domain::short_text::{PAIR, room};
use baton_tests::http_sink::{HttpBehaviour, HttpRequest, HttpSink};
use baton_tests::providers::modem::Modem;
use baton_tests::providers::twilio::FLOW;
use baton_tests::world::TestClock;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

use crate::desk::{Desk, Kind, NOW, assert_clean, envelope, kind, message, nasty};
use crate::interface::{Interface, TWILIO_CALL, TWILIO_TEXT};

/// The form that a provider is sent, and how it was previewed.
async fn sent(by: &Interface, more: &[(&str, &str)], what: Message) -> (BTreeMap<String, String>, String, HttpRequest) {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(HttpBehaviour::says(by.takes.0, by.takes.1));
    let url = sink.url("/");
    let fields = [&[("studio", url.as_str())], more].concat();
    let channel = by.open_with(&desk, &url, "", &fields);
    let shown = channel.render(&what).text;
    let outcome = channel.send(&envelope(what)).await;
    assert_eq!(kind(&outcome), Kind::Accepted, "it is taken: {outcome:?}");
    let request = sink.wait_for(1).await.remove(0);
    (url::form_urlencoded::parse(&request.body).into_owned().collect(), shown, request)
}

/// The elements of a document and what each says; panics where it is not well-formed.
fn spoken(document: &str) -> Vec<(String, String)> {
    let (mut reader, mut said, mut open) = (Reader::from_str(document), Vec::<(String, String)>::new(), Vec::new());
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event().expect("it is well-formed") {
            Event::Eof => break,
            Event::Start(start) => {
                open.push(start.name().as_ref().to_string());
                said.push((open.join("/"), String::new()));
            }
            Event::Empty(empty) => said.push((format!("{}/{}", open.join("/"), empty.name().as_ref()), String::new())),
            Event::End(_) => drop(open.pop()),
            Event::Text(text) => said.last_mut().expect("within an element").1.push_str(&text),
            Event::GeneralRef(sign) => {
                let sign = format!("&{};", &*sign);
                said.last_mut().expect("within an element").1.push_str(&unescape(&sign).expect("a sign that XML knows"));
            }
            other => panic!("a call has no use for {other:?}"),
        }
    }
    assert!(open.is_empty(), "every element is closed");
    said
}

#[tokio::test]
async fn what_was_typed_reaches_a_phone_as_text_within_two_segments() {
    for what in [message(), nasty()] {
        let (form, shown, request) = sent(&TWILIO_TEXT, &[], what).await;
        let text = &form["Body"];
        assert_eq!(*text, shown, "what was previewed is what goes");
        assert_clean(text);
        assert!(text.encode_utf16().count() <= room(text, PAIR).0, "two segments: {text}");
        assert!(text.contains("K7-3QF") && text.ends_with("Answer: on it 7KQ4 / not me 7KQ4 / call me 7KQ4"), "{text}");
        assert_eq!(request.path, "/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages.json");
        let names: Vec<&String> = form.keys().collect();
        assert_eq!(names, ["Body", "From", "To", "ValidityPeriod"], "nothing typed became a field of its own");
        assert!(request.header("authorization").is_some_and(|login| login.starts_with("Basic ")), "the login is in the header alone");
    }
}

#[tokio::test]
async fn a_sender_that_cannot_be_answered_asks_for_no_answer() {
    for (sender, answered) in [("Baton Desk", false), ("MGcccccccccccccccccccccccccccccccc", true), ("12345", true)] {
        let (form, ..) = sent(&TWILIO_TEXT, &[("sender", sender)], message()).await;
        assert_eq!(form["Body"].contains("Answer: "), answered, "{sender}: {}", form["Body"]);
        assert!(answered || form["Body"].ends_with("Tell Ana Ruiz, Service desk Berlin."), "{}", form["Body"]);
        let field = if sender.starts_with("MG") { "MessagingServiceSid" } else { "From" };
        assert_eq!(form[field], sender);
    }
}

#[tokio::test]
async fn what_was_typed_is_said_and_is_no_instruction_to_twilio() {
    for what in [message(), nasty(), Message { title: "</Say><Dial>+1900</Dial>]]>&#x41;<!--".into(), ..message() }] {
        let (form, shown, _) = sent(&TWILIO_CALL, &[], what.clone()).await;
        let document = &form["Twiml"];
        assert!(document.chars().count() <= 4000, "Twilio refuses more, this has {}", document.chars().count());
        let said = spoken(document);
        assert!(
            said.iter().all(|(element, _)| matches!(element.as_str(), "Response" | "Response/Say" | "Response/Pause")),
            "a voice and pauses, whatever was typed: {said:?}"
        );
        let words: Vec<&str> = said.iter().map(|(_, words)| words.as_str()).filter(|words| !words.is_empty()).collect();
        assert_clean(&words.join("\n"));
        let (first, second) = words.split_at(words.iter().position(|words| *words == "Once more.").expect("it is said again"));
        assert_eq!(first, &second[1..], "the same again");
        assert_eq!(first.join("\n"), shown, "what was previewed is what is said");
        assert!(first.iter().any(|line| line.contains("K seven, three Q F")), "the reference is spelled: {first:?}");
    }
}

#[tokio::test]
async fn a_flow_is_given_words_that_it_cannot_take_for_its_own() {
    let flow = [("flow", FLOW)];
    for what in [message(), nasty()] {
        let (form, _, request) = sent(&TWILIO_CALL, &flow, what).await;
        assert_eq!(request.path, format!("/v2/Flows/{FLOW}/Executions"));
        let given: serde_json::Value = serde_json::from_str(&form["Parameters"]).expect("the parameters are JSON");
        let script = given["script"].as_str().expect("a script");
        assert!(!script.contains(['{', '}', '<', '>', '&']) && script.chars().count() <= 1600, "{script}");
        assert_clean(script);
        assert!(given["token"].as_str().is_some_and(|token| token.len() == 16), "by which an answer is known");
    }
}

#[test]
fn the_flow_to_paste_is_whole_and_knows_what_baton_gives_and_reads() {
    let page = std::fs::read_to_string(baton_tests::root().join("docs/twilio-studio.md")).expect("the page is there");
    let json = page.split_once("```json").and_then(|(_, rest)| rest.split_once("```")).expect("it has a flow").0;
    let flow: serde_json::Value = serde_json::from_str(json).expect("the flow is JSON");
    let states = flow["states"].as_array().expect("states");
    let names: Vec<&str> = states.iter().filter_map(|state| state["name"].as_str()).collect();
    let transitions = states.iter().flat_map(|state| state["transitions"].as_array().expect("transitions"));
    for next in transitions.filter_map(|transition| transition["next"].as_str()) {
        assert!(names.contains(&next), "{next} is where it goes on, and is there");
    }
    assert!(json.contains("{{flow.data.script}} {{flow.data.keys}}"), "what is said is what Baton gives");
    let outcomes: Vec<&str> = states.iter().filter_map(|state| state["properties"]["variables"][0]["value"].as_str()).collect();
    assert_eq!(outcomes, ["no-key", "busy", "no-answer", "failed"], "and each end is one that Baton knows");
}

#[tokio::test]
async fn what_was_typed_is_text_in_a_file_of_the_outbox_and_no_part_of_its_name() {
    let (desk, modem) = (Desk::new(), Modem::new(TestClock::at(NOW).into()));
    let channel = desk.open("modem", &[("folder", &modem.path().to_string_lossy())]);
    let what = nasty();
    let shown = channel.render(&what).text;
    let mut envelope = envelope(what);
    envelope.address = "+493023125011".into();
    assert_eq!(kind(&channel.send(&envelope).await), Kind::Accepted);
    let again = baton_core::channel::Envelope { attempt: 2, now: NOW.plus(60_000), ..envelope.clone() };
    assert_eq!(kind(&channel.send(&again).await), Kind::Accepted);
    let sent = modem.sends();
    assert_eq!(sent.len(), 1, "a second try of the same message is not a second text");
    assert_eq!((sent[0].text.as_str(), sent[0].number.as_str()), (shown.as_str(), "+493023125011"), "what was previewed is what goes");
    assert_clean(&sent[0].text);
    assert!(sent[0].file.starts_with("OUTB"), "the more urgent the earlier: {}", sent[0].file);
    assert_eq!(kind(&channel.send(&again).await), Kind::Accepted);
    assert!(modem.names("outbox").is_empty(), "nor is one that was sent already");
}

#[test]
fn a_set_up_that_cannot_work_says_which_field_is_wrong() {
    let secret = ("!secret", "0123456789abcdef0123456789abcdef");
    let account = ("account", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    for (provider, fields, wrong) in [
        ("twilio-text", vec![("account", "AC1"), secret, ("sender", "+493023120000")], "account"),
        ("twilio-text", vec![account, secret, ("sender", "a sender with too long a name")], "sender"),
        ("twilio-text", vec![account, secret, ("sender", "+493023120000"), ("key", "AC…")], "key"),
        ("twilio-text", vec![account, ("sender", "+493023120000")], "secret"),
        ("twilio-call", vec![account, secret, ("from", "Baton")], "from"),
        ("twilio-call", vec![account, secret, ("from", "+493023120000"), ("flow", "my flow")], "flow"),
        ("modem", vec![("folder", "spool")], "folder"),
    ] {
        let (setup, secrets) = crate::desk::set_up(provider, &fields);
        let fault = baton_core::channel::check(&Catalogue::standard(), &setup, |field| secrets.get(field).cloned()).expect_err(wrong);
        assert_eq!(fault.field, wrong, "{provider}: {fault}");
    }
}
