//! What leaves by Matrix: plain text, and every refusal with what to do.

use std::time::Duration;

use baton_core::channel::Outcome;
use baton_tests::http_sink::{HttpBehaviour, HttpSink};

use crate::desk::{Desk, Kind, assert_clean, envelope, kind, message, nasty};
use crate::interface::MATRIX;

#[tokio::test]
async fn what_was_typed_reaches_matrix_as_plain_text_that_mentions_nobody() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    sink.always(HttpBehaviour::says(MATRIX.takes.0, MATRIX.takes.1));
    let channel = MATRIX.open(&desk, &sink.url("/"), "");
    let sent = envelope(nasty());
    let shown = channel.render(&sent.message).text;
    assert_eq!(kind(&channel.send(&sent).await), Kind::Accepted);
    channel.send(&sent).await;
    let requests = sink.wait_for(2).await;
    let body = requests[0].json();
    assert_eq!(body["body"], shown.as_str(), "what was previewed is what goes");
    assert!(body.get("formatted_body").is_none(), "a tag that was typed stays text");
    assert_eq!(body["m.mentions"], serde_json::json!({}), "nothing typed calls a whole room");
    assert!(requests[0].body.len() < 60_000, "an event has 64 KiB");
    assert_clean(&shown);
    assert_eq!(requests[0].path, requests[1].path, "a second try has the first one's name");
    assert!(
        requests[0].path.starts_with("/_matrix/client/v3/rooms/!AbCdEf:example.org/send/m.room.message/baton-"),
        "{}",
        requests[0].path
    );
}

#[tokio::test]
async fn what_a_homeserver_answers_is_said_with_what_to_do() {
    for (status, body, expected, part) in [
        (429, r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":2500}"#, Kind::Temporary, "Too Many Requests"),
        (401, r#"{"errcode":"M_UNKNOWN_TOKEN","error":"Invalid access token passed."}"#, Kind::Permanent, "access token"),
        (403, r#"{"errcode":"M_FORBIDDEN","error":"not in room"}"#, Kind::Permanent, "Invite Baton's account"),
        (413, r#"{"errcode":"M_TOO_LARGE","error":"event too large"}"#, Kind::Permanent, "event too large"),
        (502, "<html>Bad Gateway</html>", Kind::Temporary, "Bad Gateway"),
        (200, "<html>Sign in to the guest network</html>", Kind::Uncertain, "may have arrived"),
    ] {
        let (desk, sink) = (Desk::new(), HttpSink::start().await);
        sink.always(HttpBehaviour::says(status, body));
        let outcome = MATRIX.open(&desk, &sink.url("/"), "").send(&envelope(message())).await;
        assert_eq!(kind(&outcome), expected, "{status} {body} came out as {outcome:?}");
        assert!(outcome.words().contains(part), "{outcome:?}");
        if let Outcome::Temporary { retry_after: Some(wait), .. } = outcome {
            assert_eq!(wait, Duration::from_millis(2500), "as long as the server asks for");
        }
    }
}
