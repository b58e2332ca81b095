//! Listening, for as long as it is asked to.

use std::time::Duration;

use baton_core::channel::inbound::{Arrived, Awaited, Heard, Listening};
use baton_core::channel::{Channel, Outcome};
use baton_core::domain::delivery::DeliveryState;
use baton_core::domain::id::DeliveryId;
use baton_core::domain::message::{Message, Purpose};
use baton_core::domain::severity::Severity;
use baton_core::domain::token::Token;
use baton_tests::providers::jsm::{self, Jsm};
use baton_tests::providers::ntfy::{ANSWERS, Ntfy, TOKEN};
use baton_tests::providers::pagerduty::{self, PagerDuty};
use baton_tests::providers::pushover::{self, Pushover};
use baton_tests::world::BEGINNING;

use crate::desk::{Desk, envelope, message};

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

/// Sends an alert, lets something happen to it, and looks for it until it is confirmed.
async fn is_told_until_it_is_confirmed(channel: &dyn Channel, address: &str, happens: impl AsyncFnOnce(), looks: impl Fn() -> usize) {
    let mut sent = envelope(Message { severity: Severity::Critical, ..message() });
    sent.address = address.into();
    let Outcome::Accepted { provider_id, .. } = channel.send(&sent).await else { panic!("the alert is taken") };
    let awaited = listening(None).awaited.remove(0);
    let awaited = vec![Awaited { delivery: sent.delivery, provider_id, address: address.into(), ..awaited }];
    let hears = async |cursor: &Option<String>| -> Heard {
        let listening =
            Listening { cursor: cursor.clone(), awaited: awaited.clone(), rooms: vec![], patience: Duration::ZERO, now: BEGINNING };
        channel.inbound().expect("it answers").listen(&listening).await.expect("it is heard")
    };
    // That it was opened is heard first, where that is told.
    let before = hears(&None).await.cursor;
    happens().await;
    let first = hears(&before).await;
    assert_eq!(first.arrivals.len(), 1, "{first:?}");
    let again = hears(&before).await;
    assert_eq!(again.arrivals, first.arrivals, "it could not be written down, so it comes again, under the same name");
    assert_ne!(again.cursor, before, "what confirms it is another cursor");
    assert_eq!(hears(&again.cursor).await.arrivals, [], "it is on the disk");
    let so_far = looks();
    hears(&again.cursor).await;
    assert_eq!(looks(), so_far, "and what is over is not asked after any more");
}

#[tokio::test]
async fn what_pagerduty_says_is_told_until_it_is_confirmed() {
    let (desk, pagerduty) = (Desk::new(), PagerDuty::start().await);
    let url = pagerduty.url();
    let fields = [
        ("server", url.as_str()),
        ("rest_server", &url),
        ("!routing_key", pagerduty::ROUTING_KEY),
        ("!rest_token", pagerduty::REST_TOKEN),
        ("allow_plain", "yes"),
        ("allow_private", "yes"),
    ];
    let channel = desk.open("pagerduty", &fields);
    let resolved = async || pagerduty.resolve(("PXPGF42", "Marta Lenz"));
    is_told_until_it_is_confirmed(channel.as_ref(), "", resolved, || pagerduty.looks()).await;
}

#[tokio::test]
async fn what_jira_says_is_told_until_it_is_confirmed() {
    let (desk, jsm) = (Desk::new(), Jsm::start().await);
    let url = jsm.url();
    let channel = desk.open("jsm", &[("server", url.as_str()), ("!key", jsm::KEY), ("allow_plain", "yes"), ("allow_private", "yes")]);
    let closed = async || jsm.close("marta@example.org");
    is_told_until_it_is_confirmed(channel.as_ref(), "", closed, || jsm.looks()).await;
}

#[tokio::test]
async fn what_pushover_says_is_told_until_it_is_confirmed() {
    const MARTA: &str = "uMartaRzpo4DXghDmr9QzzgQu27cmV";
    let (desk, pushover) = (Desk::new(), Pushover::start().await);
    let url = pushover.url();
    let fields = [("server", url.as_str()), ("!token", pushover::TOKEN), ("allow_plain", "yes"), ("allow_private", "yes")];
    let channel = desk.open("pushover", &fields);
    let acknowledged = async || pushover.acknowledge(&pushover.wait_for(1).await[0], MARTA, "martas-phone");
    is_told_until_it_is_confirmed(channel.as_ref(), MARTA, acknowledged, || pushover.asked()).await;
}
