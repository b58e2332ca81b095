//! Channels over a provider's own interface: what each is set up with, and what the
//! provider says when it takes a message.

use std::sync::Arc;

use baton_core::channel::{Channel, Envelope, Files, Inbound, Rendered, Sending};
use baton_core::domain::message::Message;

use baton_tests::http_sink::HttpBehaviour;

use crate::desk::Desk;

pub struct Interface {
    pub provider: &'static str,
    /// Besides `server`; names that begin with "!" are secrets.
    pub fields: &'static [(&'static str, &'static str)],
    /// Whom it writes to.
    pub address: &'static str,
    /// Status and body.
    pub takes: (u16, &'static str),
}

/// All there are. Mail speaks SMTP, and a modem has no server: they are tried by themselves.
pub const INTERFACES: [&Interface; 9] = [&SLACK, &TELEGRAM, &JSM, &MATRIX, &NTFY, &PAGERDUTY, &PUSHOVER, &TWILIO_TEXT, &TWILIO_CALL];

pub const NTFY: Interface = Interface {
    provider: "ntfy",
    fields: &[("!answers", "answers-9fK2mQx7Lr"), ("!token", "tk_secret")],
    address: "ilse-x7Kq2",
    takes: (200, r#"{"id":"sPs71M8A2T","time":1643935928,"expires":1643936928,"event":"message","topic":"ilse-x7Kq2","message":"m"}"#),
};

pub const JSM: Interface = Interface {
    provider: "jsm",
    fields: &[("!key", "eb243592-faa2-4ba2-a551-1afdf565c889")],
    address: "",
    takes: (202, r#"{"result":"Request will be processed","took":0.302,"requestId":"43a29c5c-3dbf-4fa4-9c26-f4f71023e120"}"#),
};

pub const MATRIX: Interface = Interface {
    provider: "matrix",
    fields: &[("!token", "syt_YmF0b24_secret")],
    address: "!AbCdEf:example.org",
    takes: (200, r#"{"event_id":"$acR1l0raoZnm60CBwAVgqbZqoO_mYU81xysh1u7XcJk"}"#),
};

pub const PAGERDUTY: Interface = Interface {
    provider: "pagerduty",
    fields: &[("!routing_key", "R0123456789abcdefghijklmnopqrstu")],
    address: "",
    takes: (202, r#"{"status":"success","message":"Event processed","dedup_key":"baton-1"}"#),
};

pub const PUSHOVER: Interface = Interface {
    provider: "pushover",
    fields: &[("!token", "azGDORePK8gMaC0QOYAMyEEuzJnyUi")],
    address: "uQiRzpo4DXghDmr9QzzgQu27cmVRsG",
    takes: (200, r#"{"status":1,"request":"647d2300-702c-4b38-8b2f-d56326ae460b","receipt":"rLqVuqTRh62UzxtmqiaLzQmVcPgiCy"}"#),
};

pub const SLACK: Interface = Interface {
    provider: "slack",
    fields: &[("!token", "xoxb-42-secret")],
    address: "C024BE91L",
    takes: (200, r#"{"ok":true,"channel":"C024BE91L","ts":"1503435956.000247","message":{"type":"message","text":"m"}}"#),
};

pub const TELEGRAM: Interface = Interface {
    provider: "telegram",
    fields: &[("!token", "424242:AAbbccddeeffgghhiijjkkllmmnnooppqqr")],
    address: "501",
    takes: (200, r#"{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":501,"type":"private"},"text":"m"}}"#),
};

pub const TWILIO_TEXT: Interface = Interface {
    provider: "twilio-text",
    fields: &[
        ("account", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("!secret", "0123456789abcdef0123456789abcdef"),
        ("sender", "+493023120000"),
    ],
    address: "+493023125011",
    takes: (201, r#"{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued","direction":"outbound-api","error_code":null}"#),
};

pub const TWILIO_CALL: Interface = Interface {
    provider: "twilio-call",
    fields: &[
        ("account", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("!secret", "0123456789abcdef0123456789abcdef"),
        ("from", "+493023120000"),
    ],
    address: "+493023125011",
    takes: (201, r#"{"sid":"CA0123456789abcdef0123456789abcdef","status":"queued","direction":"outbound-api"}"#),
};

impl Interface {
    pub fn taken(&self) -> HttpBehaviour {
        HttpBehaviour::says(self.takes.0, self.takes.1)
    }

    pub fn open(&self, desk: &Desk, url: &str, ca_file: &str) -> Arc<dyn Channel> {
        self.open_with(desk, url, ca_file, &[])
    }

    /// The same with more fields, or other values of them.
    pub fn open_with(&self, desk: &Desk, url: &str, ca_file: &str, more: &[(&str, &str)]) -> Arc<dyn Channel> {
        let open = [("allow_private", "yes"), ("allow_plain", "yes"), ("ca_file", ca_file), ("server", url)];
        Arc::new(To { channel: desk.open(self.provider, &[&open[..], self.fields, more].concat()), address: self.address })
    }
}

/// A channel that writes to this address, whatever the envelope says.
struct To {
    channel: Arc<dyn Channel>,
    address: &'static str,
}

impl Channel for To {
    fn render(&self, message: &Message) -> Rendered {
        self.channel.render(message)
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(async move { self.channel.send(&Envelope { address: self.address.into(), ..envelope.clone() }).await })
    }

    fn files(&self) -> Option<&dyn Files> {
        self.channel.files()
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        self.channel.inbound()
    }
}
