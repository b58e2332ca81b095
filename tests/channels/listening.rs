//! Listening, for as long as it is asked to.

use std::time::Duration;

use baton_core::channel::inbound::{Arrived, Awaited, Heard, Listening};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::id::DeliveryId;
use baton_core::domain::message::Purpose;
use baton_core::domain::token::Token;
use baton_tests::providers::ntfy::{ANSWERS, Ntfy, TOKEN};
use baton_tests::world::BEGINNING;

use crate::desk::Desk;

/// Far longer than any answer takes; a test that waited so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

fn listening(cursor: Option<String>) -> Listening {
    let awaited = Awaited {
        delivery: DeliveryId::new(BEGINNING),
        token: Token::sample(),
        provider_id: None,
        address: "marta-x7Kq2".into(),
        purpose: Purpose::Alert,
        state: DeliveryState::Accepted,
        sent_at: BEGINNING,
    };
    Listening { cursor, awaited: vec![awaited], rooms: vec![], patience: PATIENCE, now: BEGINNING }
}

#[tokio::test]
async fn an_answer_by_ntfy_is_heard_the_moment_it_comes_and_once() {
    let (desk, ntfy) = (Desk::new(), Ntfy::start().await);
    let url = ntfy.url();
    let fields = [("server", url.as_str()), ("!answers", ANSWERS), ("!token", TOKEN), ("allow_plain", "yes"), ("allow_private", "yes")];
    let channel = desk.open("ntfy", &fields);
    let hears = async |cursor: Option<String>| -> Heard {
        let listening = listening(cursor);
        channel.inbound().expect("ntfy answers").listen(&listening).await.expect("it is heard")
    };
    let answer = |response: &str| ntfy.post(ANSWERS, &format!("{response}:{}", Token::sample().reveal()));
    let (first, ()) = tokio::join!(hears(None), async {
        while ntfy.followed() == 0 {
            tokio::task::yield_now().await;
        }
        answer("on_it");
    });
    assert!(matches!(first.arrivals[0].what, Arrived::Pressed { .. }), "{first:?}");
    answer("not_me");
    let second = hears(first.cursor.clone()).await;
    assert_eq!(second.arrivals.len(), 1, "what came in between is there at once, and the first is not told again");
    assert_ne!(first.arrivals[0].id, second.arrivals[0].id);
    let again = hears(first.cursor).await;
    assert_eq!(again, second, "what was not confirmed is told again, by the same name");
}
