//! A desk with channels to set up, and what it sends.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use baton_core::channel::{Channel, Channels, Envelope, Outcome, Ready};
use baton_core::domain::channel::{ChannelSetup, Reach};
use baton_core::domain::id::{ChannelId, DeliveryId, IncidentId};
use baton_core::domain::message::{Fact, Message, Purpose};
use baton_core::domain::severity::Severity;
use baton_core::domain::time::Instant;
use baton_core::domain::token::Token;
use baton_core::host::{Secret, SecretName, Secrets};
use baton_tests::world::{Screen, Vault};

pub const NOW: Instant = Instant(1_795_411_200_000);
pub const KEY: [u8; 32] = [7; 32];

pub struct Desk {
    pub keyring: Arc<Vault>,
    pub screen: Arc<Screen>,
    pub channels: Channels,
}

impl Desk {
    pub fn new() -> Self {
        let (keyring, screen) = (Arc::new(Vault::default()), Arc::new(Screen::default()));
        let channels = Channels::new(keyring.clone(), screen.clone());
        Self { keyring, screen, channels }
    }

    /// Opens a channel from settings; names that begin with "!" are secrets.
    pub fn open(&self, provider: &str, fields: &[(&str, &str)]) -> Arc<dyn Channel> {
        let (setup, secrets) = set_up(provider, fields);
        for (field, value) in secrets {
            self.keyring.set(&SecretName { channel: setup.id, field }, &value).unwrap();
        }
        match self.channels.ready(&setup) {
            Ok(Ready::Automatic(channel)) => channel,
            Ok(Ready::ByHand(_)) => panic!("{provider} sends by itself"),
            Err(why) => panic!("{provider} should open: {why}"),
        }
    }
}

pub fn set_up(provider: &str, fields: &[(&str, &str)]) -> (ChannelSetup, BTreeMap<String, Secret>) {
    let mut settings = BTreeMap::new();
    let mut secrets = BTreeMap::new();
    for (key, value) in fields {
        match key.strip_prefix('!') {
            Some(key) => drop(secrets.insert(key.to_string(), Secret::new((*value).to_string()))),
            None => drop(settings.insert((*key).to_string(), (*value).to_string())),
        }
    }
    let setup = ChannelSetup {
        id: ChannelId::new(NOW),
        provider: provider.into(),
        name: "Ours".into(),
        reach: Reach::Chat,
        settings,
        secrets_set: secrets.keys().cloned().collect(),
        enabled: true,
        last_test: None,
        sample: false,
    };
    (setup, secrets)
}

pub fn signing_secret() -> String {
    format!("whsec_{}", STANDARD.encode(KEY))
}

pub fn message() -> Message {
    Message {
        purpose: Purpose::Alert,
        incident: IncidentId::new(NOW),
        reference: "K7-3QF".into(),
        severity: Severity::High,
        title: "Orders cannot be placed".into(),
        place: "Order database".into(),
        lead: "Please take this over.".into(),
        facts: vec![Fact { label: "What".into(), value: "Timeouts since noon".into() }],
        reply: "Call the desk on 4711.".into(),
        from: "Ana Ruiz, Service desk Berlin".into(),
        at: NOW,
        zone: chrono_tz::Europe::Berlin,
    }
}

/// Everything that ever broke a form, a header or a log.
pub fn nasty() -> Message {
    Message {
        title: "<script>alert(1)</script> *_~` & \"q\" \\ {{ 7*7 }}\r\nBcc: evil@example.org\r\n\r\n\u{202e}قاعدة 💥\u{0}".into(),
        facts: vec![
            Fact {
                label: "What <!channel>".into(), value: "line one\r\n.\r\nMAIL FROM:<evil@example.org>\r\n&lt; <b>bold</b> 💥".into()
            },
            Fact { label: "Log".into(), value: "0123456789 <&> ".repeat(200 * 1024 / 15) },
        ],
        ..message()
    }
}

pub fn envelope(message: Message) -> Envelope {
    Envelope {
        delivery: DeliveryId::new(NOW),
        token: Token::sample(),
        to_name: "Ilse Brandl".into(),
        address: "ilse@example.org".into(),
        message,
        now: NOW,
        attempt: 1,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Accepted,
    Temporary,
    Permanent,
    Uncertain,
}

pub fn kind(outcome: &Outcome) -> Kind {
    match outcome {
        Outcome::Accepted { .. } => Kind::Accepted,
        Outcome::Temporary { .. } => Kind::Temporary,
        Outcome::Permanent { .. } => Kind::Permanent,
        Outcome::Uncertain { .. } => Kind::Uncertain,
    }
}

pub fn http_channel(desk: &Desk, provider: &str, url: &str, ca_file: &str) -> Arc<dyn Channel> {
    let secret = signing_secret();
    let open = [("allow_private", "yes"), ("allow_plain", "yes"), ("ca_file", ca_file)];
    match provider {
        "webhook" => desk.open(provider, &[&open[..], &[("!url", url), ("!signing_secret", &secret)]].concat()),
        _ => desk.open(provider, &[&open[..], &[("!url", url)]].concat()),
    }
}

pub fn mail_channel(desk: &Desk, host: &str, port: u16, security: &str, ca_file: &str) -> Arc<dyn Channel> {
    let port = port.to_string();
    desk.open(
        "mail",
        &[
            ("host", host),
            ("port", &port),
            ("security", security),
            ("ca_file", ca_file),
            ("from_address", "desk@example.org"),
            ("from_name", "Service desk"),
        ],
    )
}

/// Sends, waits until the server has read it all, and lets the time limit pass
/// without waiting for it: from then on the clock only jumps.
pub async fn once_read(channel: Arc<dyn Channel>, read: impl AsyncFnOnce()) -> Outcome {
    let sending = tokio::spawn(async move { channel.send(&envelope(message())).await });
    read().await;
    tokio::time::pause();
    let outcome = sending.await.expect("sending does not panic");
    tokio::time::resume();
    outcome
}

/// Nothing in the world of text that came out can be a control character or a
/// directional override.
pub fn assert_clean(text: &str) {
    let bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!text.contains(bad), "no invisible character reaches the reader: {text:?}");
}
