//! Every provider of the catalogue: what its form is told, whom it writes to, what it
//! says when it takes a message, and where in what is sent the text is.

use std::sync::Arc;

use baton_core::channel::{Channel, Envelope, Rendered, Sending};
use baton_core::domain::message::Message;
use baton_tests::http_sink::{HttpBehaviour, HttpRequest};

use crate::desk::Desk;
use crate::reading::{As, json, part};

pub struct OneWay {
    pub provider: &'static str,
    /// "{}" is the server; names that begin with "!" are secrets.
    pub fields: &'static [(&'static str, &'static str)],
    pub address: &'static str,
    /// What it answers to the requests that come before the message: that nothing is there yet.
    pub before: &'static [(u16, &'static str)],
    /// What it answers when it takes the message.
    pub takes: (u16, &'static str),
    /// Whether any answer that is a success counts, whatever it says.
    pub any_success: bool,
    /// The text that people read, and how it is written.
    pub text: fn(&HttpRequest) -> (As, String),
}

const NOTHING: &[(u16, &str)] = &[];
const SIGNING: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

pub const ENTRIES: &[OneWay] = &[
    OneWay {
        provider: "slack-webhook",
        fields: &[("!url", "{}/services/T0/B0/x")],
        address: "",
        before: NOTHING,
        takes: (200, "ok"),
        any_success: false,
        text: |sent| (As::Mrkdwn, json(sent, "/blocks/1/text/text")),
    },
    OneWay {
        provider: "teams",
        fields: &[("!url", "{}/workflows/1/triggers/manual/paths/invoke?api-version=1&sig=s3cret")],
        address: "",
        before: NOTHING,
        takes: (202, ""),
        any_success: true,
        text: |sent| {
            let body = sent.json();
            let blocks = body["attachments"][0]["content"]["body"].as_array().expect("a card").clone();
            let lines = blocks.iter().skip(1).map(|block| block["inlines"][0]["text"].as_str().expect("a text run").to_string());
            (As::Plain, lines.collect::<Vec<_>>().join("\n"))
        },
    },
    OneWay {
        provider: "discord",
        fields: &[("!url", "{}/api/webhooks/1/token")],
        address: "",
        before: NOTHING,
        takes: (200, r#"{"id":"1234567890","type":0,"content":"x"}"#),
        any_success: false,
        text: |sent| (As::Markdown, json(sent, "/content")),
    },
    OneWay {
        provider: "mattermost",
        fields: &[("!url", "{}/hooks/abc"), ("channel", "@ilse")],
        address: "",
        before: NOTHING,
        takes: (200, "ok"),
        any_success: false,
        text: |sent| (As::Markdown, json(sent, "/text")),
    },
    OneWay {
        provider: "google-chat",
        fields: &[("!url", "{}/v1/spaces/AAA/messages?key=k&token=t")],
        address: "",
        before: NOTHING,
        takes: (200, r#"{"name":"spaces/AAA/messages/BBB.BBB","thread":{"name":"spaces/AAA/threads/BBB"}}"#),
        any_success: false,
        text: |sent| (As::Html, json(sent, "/cardsV2/0/card/sections/0/widgets/0/textParagraph/text")),
    },
    OneWay {
        provider: "rocketchat",
        fields: &[("!url", "{}/hooks/1/2"), ("channel", "#ops")],
        address: "",
        before: NOTHING,
        takes: (200, r#"{"success":true}"#),
        any_success: false,
        text: |sent| (As::Fence, json(sent, "/text")),
    },
    OneWay {
        provider: "zulip",
        fields: &[("url", "{}"), ("email", "baton-bot@example.org"), ("!api_key", "a0b1c2"), ("channel", "db on-call")],
        address: "",
        before: NOTHING,
        takes: (200, r#"{"result":"success","msg":"","id":42}"#),
        any_success: false,
        text: |sent| (As::Fence, part(sent, "content")),
    },
    OneWay {
        provider: "zulip-person",
        fields: &[("url", "{}"), ("email", "baton-bot@example.org"), ("!api_key", "a0b1c2")],
        address: "ilse@example.org",
        before: NOTHING,
        takes: (200, r#"{"result":"success","msg":"","id":42}"#),
        any_success: false,
        text: |sent| (As::Fence, part(sent, "content")),
    },
    OneWay {
        provider: "webex",
        fields: &[("url", "{}/v1"), ("!token", "t0ken"), ("room", "Y2lzY29z")],
        address: "",
        before: NOTHING,
        takes: (200, r#"{"id":"Y2lzY29zcGFyazovL3VzL01FU1NBR0Uv","roomId":"Y2lzY29z"}"#),
        any_success: false,
        text: |sent| (As::Plain, json(sent, "/text")),
    },
    OneWay {
        provider: "webex-person",
        fields: &[("url", "{}/v1"), ("!token", "t0ken")],
        address: "ilse@example.org",
        before: NOTHING,
        takes: (200, r#"{"id":"Y2lzY29zcGFyazovL3VzL01FU1NBR0Uv"}"#),
        any_success: false,
        text: |sent| (As::Plain, json(sent, "/text")),
    },
    OneWay {
        provider: "signal",
        fields: &[("url", "{}"), ("number", "+493023125000"), ("!authorization", "Bearer t0ken")],
        address: "+493023125011",
        before: NOTHING,
        takes: (201, r#"{"timestamp":"1795411200000"}"#),
        any_success: false,
        text: |sent| (As::Plain, json(sent, "/message")),
    },
    OneWay {
        provider: "gotify",
        fields: &[("url", "{}"), ("!token", "Ax0k3n")],
        address: "",
        before: NOTHING,
        takes: (200, r#"{"id":25,"appid":5,"message":"x","priority":8}"#),
        any_success: false,
        text: |sent| (As::Plain, json(sent, "/message")),
    },
    OneWay {
        provider: "sms-kannel",
        fields: &[("url", "{}/cgi-bin/sendsms"), ("username", "baton"), ("!password", "p w&d"), ("from", "Desk")],
        address: "+493023125011",
        before: NOTHING,
        takes: (202, "0: Accepted for delivery"),
        any_success: false,
        text: |sent| (As::Short, part(sent, "text")),
    },
    OneWay {
        provider: "sms-gateway",
        fields: &[
            ("url", "{}/send"),
            ("to_name", "msisdn"),
            ("text_name", "message"),
            ("number", "zeros"),
            ("username", "baton"),
            ("!password", "pässword"),
            ("accepted", "OK"),
        ],
        address: "+493023125011",
        before: NOTHING,
        takes: (200, "OK 1"),
        any_success: false,
        text: |sent| (As::Short, part(sent, "message")),
    },
    OneWay {
        provider: "servicenow",
        fields: &[("url", "{}"), ("username", "baton"), ("!password", "s3cret"), ("group", "Databases")],
        address: "",
        before: &[(200, r#"{"result":[]}"#)],
        takes: (201, r#"{"result":{"sys_id":"a1b2","number":"INC0010001"}}"#),
        any_success: false,
        text: |sent| (As::Plain, json(sent, "/description")),
    },
    OneWay {
        provider: "zammad",
        fields: &[("url", "{}"), ("!token", "t0ken"), ("group", "Users"), ("customer", "desk@example.org")],
        address: "",
        before: &[(200, "[]")],
        takes: (201, r#"{"id":7,"number":"53007","title":"x","ticket_id":7}"#),
        any_success: false,
        text: |sent| (As::Plain, json(sent, "/article/body")),
    },
    OneWay {
        provider: "glpi",
        fields: &[("url", "{}"), ("!user_token", "us3r"), ("!app_token", "4pp")],
        address: "",
        before: &[(200, r#"{"session_token":"83af7e620c83a50a18d3eac2f6ed05a3"}"#), (200, "[]")],
        takes: (201, r#"{"id":15,"message":"Item successfully added: x"}"#),
        any_success: false,
        text: |sent| (As::Html, json(sent, "/input/content")),
    },
    OneWay {
        provider: "zendesk",
        fields: &[("url", "{}"), ("email", "agent@example.org"), ("!token", "t0ken")],
        address: "",
        before: &[(200, r#"{"tickets":[],"count":0}"#)],
        takes: (201, r#"{"ticket":{"id":35436,"subject":"x"}}"#),
        any_success: false,
        text: |sent| (As::Html, json(sent, "/ticket/comment/html_body")),
    },
    OneWay {
        provider: "freshservice",
        fields: &[("url", "{}"), ("!api_key", "k3y"), ("email", "desk@example.org")],
        address: "",
        before: &[(200, r#"{"tickets":[],"total":0}"#)],
        takes: (201, r#"{"ticket":{"id":264,"subject":"x"}}"#),
        any_success: false,
        text: |sent| (As::Html, json(sent, "/description")),
    },
    OneWay {
        provider: "webhook",
        fields: &[("!url", "{}/hook"), ("!signing_secret", SIGNING)],
        address: "",
        before: NOTHING,
        takes: (200, "ok"),
        any_success: true,
        // What is read is made of its parts by whoever receives it.
        text: |sent| (As::Facts, json(sent, "/data/facts/0/value")),
    },
];

impl OneWay {
    pub fn of(provider: &str) -> &'static Self {
        ENTRIES.iter().find(|one| one.provider == provider).unwrap_or_else(|| panic!("{provider} has no row"))
    }

    pub fn open(&self, desk: &Desk, server: &str, ca_file: &str) -> Arc<dyn Channel> {
        let fields: Vec<(&str, String)> = self.fields.iter().map(|(key, value)| (*key, value.replace("{}", server))).collect();
        let network = [("allow_private", "yes"), ("allow_plain", "yes"), ("ca_file", ca_file)];
        let all: Vec<(&str, &str)> = network.into_iter().chain(fields.iter().map(|(key, value)| (*key, value.as_str()))).collect();
        Arc::new(To { channel: desk.open(self.provider, &all), address: self.address })
    }

    /// What the server answers before the message comes.
    pub fn answers_before(&self) -> impl Iterator<Item = HttpBehaviour> {
        self.before.iter().map(|(status, body)| HttpBehaviour::says(*status, body))
    }

    pub fn taken(&self) -> HttpBehaviour {
        HttpBehaviour::says(self.takes.0, self.takes.1)
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
}
