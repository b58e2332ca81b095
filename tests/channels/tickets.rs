//! One incident is one ticket: what follows the first message is added to the ticket
//! that is found, and only to one that is this incident's.

use baton_core::channel::Outcome;
use baton_tests::http_sink::{HttpBehaviour, HttpRequest, HttpSink};

use crate::desk::{Desk, Kind, assert_clean, envelope, kind, message, nasty};
use crate::entries::OneWay;
use crate::reading::{As, json};

/// A ticket system in which there is a ticket of this reference already.
struct Ticketed {
    provider: &'static str,
    /// What it answers before the message; "{}" is whose ticket it has found.
    finds: &'static [&'static str],
    /// How the ticket says that it is this incident's; empty where the search itself asks for nothing else.
    this: &'static str,
    another: &'static str,
    adds: (&'static str, &'static str),
    answer: (u16, &'static str),
    id: &'static str,
    text: (As, &'static str),
}

const SYSTEMS: [Ticketed; 5] = [
    Ticketed {
        provider: "servicenow",
        finds: &[r#"{"result":[{"sys_id":"a1b2"}]}"#],
        this: "",
        another: "",
        adds: ("PATCH", "/api/now/table/incident/a1b2"),
        answer: (200, r#"{"result":{"sys_id":"a1b2","number":"INC0010001"}}"#),
        id: "INC0010001",
        text: (As::Plain, "/work_notes"),
    },
    Ticketed {
        provider: "zammad",
        finds: &[r#"[{"id":7,"number":"53007","title":"{}"}]"#],
        this: "High: orders [K7-3QF]",
        another: "Re: K7-3QF of last year",
        adds: ("POST", "/api/v1/ticket_articles"),
        answer: (201, r#"{"id":99,"ticket_id":7}"#),
        id: "7",
        text: (As::Plain, "/body"),
    },
    Ticketed {
        provider: "glpi",
        finds: &[r#"{"session_token":"83af7e620c83a50a18d3eac2f6ed05a3"}"#, r#"[{"id":15,"name":"{}"}]"#],
        this: "High: orders [K7-3QF]",
        another: "Another matter [K7-3QX]",
        adds: ("POST", "/apirest.php/ITILFollowup"),
        answer: (201, r#"{"id":3,"message":""}"#),
        id: "3",
        text: (As::Html, "/input/content"),
    },
    Ticketed {
        provider: "zendesk",
        finds: &[r#"{"tickets":[{"id":35436,"external_id":"{}"}],"count":1}"#],
        // The incident's id, which is another each time.
        this: "{incident}",
        another: "0192f0c0-0000-7000-8000-000000000000",
        adds: ("PUT", "/api/v2/tickets/35436"),
        answer: (200, r#"{"ticket":{"id":35436},"audit":{"id":1}}"#),
        id: "35436",
        text: (As::Html, "/ticket/comment/html_body"),
    },
    Ticketed {
        provider: "freshservice",
        finds: &[r#"{"tickets":[{"id":264,"subject":"{}"}],"total":1}"#],
        this: "High: orders [K7-3QF]",
        another: "Somebody else's tag",
        adds: ("POST", "/api/v2/tickets/264/notes"),
        answer: (201, r#"{"conversation":{"id":1042}}"#),
        id: "1042",
        text: (As::Html, "/body"),
    },
];

/// Sends a message while a ticket is there that says it is `whose`.
async fn sent(one: &Ticketed, whose: &str, what: baton_core::domain::message::Message) -> (Outcome, Vec<HttpRequest>) {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let whose = whose.replace("{incident}", &what.incident.to_string());
    sink.next(one.finds.iter().map(|found| HttpBehaviour::says(200, &found.replacen("\"{}\"", &format!("\"{whose}\""), 1))));
    let opens = OneWay::of(one.provider);
    let another = !one.another.is_empty() && whose == one.another;
    sink.always(if another { opens.taken() } else { HttpBehaviour::says(one.answer.0, one.answer.1) });
    let outcome = opens.open(&desk, sink.url("").trim_end_matches('/'), "").send(&envelope(what)).await;
    (outcome, sink.requests())
}

#[tokio::test]
async fn what_follows_is_added_to_the_ticket_that_is_there() {
    for one in &SYSTEMS {
        let (outcome, requests) = sent(one, one.this, message()).await;
        let last = requests.last().expect("the message");
        assert_eq!((last.method.as_str(), last.path.as_str()), one.adds, "{} opens no second ticket: {outcome:?}", one.provider);
        let Outcome::Accepted { provider_id, .. } = outcome else { panic!("{} takes it: {outcome:?}", one.provider) };
        assert_eq!(provider_id.as_deref(), Some(one.id), "{}: it can be found again", one.provider);
        assert_eq!(requests.len(), one.finds.len() + 1, "{}: nothing is sent beside it", one.provider);
    }
}

#[tokio::test]
async fn what_was_typed_is_text_in_a_note_too() {
    for one in &SYSTEMS {
        let (outcome, requests) = sent(one, one.this, nasty()).await;
        assert_eq!(kind(&outcome), Kind::Accepted, "{}: {outcome:?}", one.provider);
        let (written_as, at) = one.text;
        let note = requests.last().expect("the message");
        let read = written_as.read(&json(note, at));
        assert_clean(&read);
        assert!(read.contains("<script>alert(1)</script>"), "{}: it is there as it was typed: {read}", one.provider);
        assert!(String::from_utf8_lossy(&note.body).contains("K7-3QF"), "{}: the reference is in every note", one.provider);
        if one.provider == "zendesk" {
            assert!(!read.contains("{{"), "Zendesk would fill in what stands in such brackets: {read}");
        }
    }
}

#[tokio::test]
async fn a_ticket_that_only_looks_alike_is_left_alone() {
    for one in SYSTEMS.iter().filter(|one| !one.another.is_empty()) {
        let (outcome, requests) = sent(one, one.another, message()).await;
        assert_eq!(kind(&outcome), Kind::Accepted, "{}: {outcome:?}", one.provider);
        let last = requests.last().expect("the message");
        assert_eq!(last.method, "POST", "{}", one.provider);
        assert_ne!(last.path, one.adds.1, "{}: nobody else's ticket is written into", one.provider);
    }
}

#[tokio::test]
async fn a_search_that_is_refused_keeps_no_ticket_from_being_opened() {
    for one in &SYSTEMS {
        let (desk, sink) = (Desk::new(), HttpSink::start().await);
        let opens = OneWay::of(one.provider);
        let before: Vec<HttpBehaviour> = opens.answers_before().collect();
        let searched = before.len() - 1;
        sink.next(before.into_iter().take(searched).chain([HttpBehaviour::says(403, r#"{"error":"no search for you"}"#)]));
        sink.always(opens.taken());
        let outcome = opens.open(&desk, sink.url("").trim_end_matches('/'), "").send(&envelope(message())).await;
        assert_eq!(kind(&outcome), Kind::Accepted, "{}: two tickets are better than none: {outcome:?}", one.provider);
    }
}

#[tokio::test]
async fn what_a_search_finds_leads_nowhere_else() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.next([HttpBehaviour::says(200, r#"{"result":[{"sys_id":"a1/../../sys_user?x#"}]}"#)]);
    sink.always(HttpBehaviour::says(200, SYSTEMS[0].answer.1));
    let channel = OneWay::of("servicenow").open(&desk, sink.url("").trim_end_matches('/'), "");
    assert_eq!(kind(&channel.send(&envelope(message())).await), Kind::Accepted);
    let path = &sink.requests()[1].path;
    assert_eq!(path, "/api/now/table/incident/a1%2F..%2F..%2Fsys_user%3Fx%23", "it is one part of the address, whatever is in it");
}
