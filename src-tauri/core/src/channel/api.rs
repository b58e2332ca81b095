//! A provider's own interface over HTTP, as two-way channels use it: where it is,
//! how it is trusted, and what of it must never be repeated.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Method, Upgraded};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use url::Url;

use super::files::File;
use super::http::{self, Answer, Clients, Followed, Request, Switched};
use super::inbound::Deaf;
use super::outbound::Guard;
use super::setup::{Form, SetupFault};
use super::tls::Authorities;
use super::{Outcome, said};
use crate::domain::channel::{Field, FieldKind};
use crate::domain::time::Instant;
use crate::host::Secret;

/// The most that is read of a list of what came back.
pub(super) const LIST_LIMIT: usize = 4 * 1024 * 1024;

/// How long a file may take on its way.
pub(super) const UPLOAD_LIMIT: Duration = Duration::from_secs(300);

/// How much longer than the provider is asked to wait its answer may take.
const GRACE: Duration = Duration::from_secs(10);

/// A WebSocket that Baton opened.
pub(super) type Stream = WebSocketStream<Upgraded>;

pub(super) struct Api {
    base: Url,
    client: Client,
    guard: Guard,
    allow_plain: bool,
    hidden: Vec<String>,
}

impl Api {
    /// Reads where it is from the form's field `key`, and what `network_fields` ask.
    pub(super) fn read(form: &Form, key: &str, clients: &Clients) -> Result<Self, SetupFault> {
        let fault = |words: String| SetupFault::new(key, words);
        let mut base = super::one_way::url(form.text(key)).map_err(fault)?;
        if base.scheme() == "http" && !form.yes("allow_plain") {
            return Err(fault(
                "The address begins with http://, so anyone on the way could read it. Use https://, or turn on “Allow http://” if this is meant.".into(),
            ));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let guard = if form.yes("allow_private") { Guard::Private } else { Guard::Public };
        let client = clients.client(guard, &Authorities::read(form.text("ca_file"))?)?;
        let hidden = form.secrets().values().map(|secret| secret.reveal().trim().to_string()).filter(|secret| secret.len() > 1).collect();
        Ok(Self { base, client, guard, allow_plain: form.yes("allow_plain"), hidden })
    }

    /// The address of one of its calls; each part of the path is escaped.
    pub(super) fn at(&self, path: &[&str]) -> Url {
        let mut address = self.base.clone();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        address
    }

    pub(super) fn get(&self, path: &[&str]) -> Call {
        Call(Request::new(Method::GET, self.at(path)))
    }

    pub(super) fn post(&self, path: &[&str]) -> Call {
        Call(Request::new(Method::POST, self.at(path)))
    }

    /// A call to an address that the provider itself named. The same rules hold as for its
    /// interface: where to connect, whom to trust, and nothing in the clear.
    pub(super) fn post_to(&self, address: &str) -> Result<Call, Outcome> {
        let known = Url::parse(address).ok().filter(|address| matches!(address.scheme(), "https" | "http") && address.has_host());
        let address = known
            .ok_or_else(|| Outcome::permanent(format!("{} named “{}”, which is no address to send to.", self.host(), said(address))))?;
        if address.scheme() == "http" && !self.allow_plain {
            return Err(Outcome::permanent(format!("{} wants files without encryption, which this channel does not allow.", self.host())));
        }
        Ok(Call(Request::new(Method::POST, address)))
    }

    pub(super) fn put(&self, path: &[&str]) -> Call {
        Call(Request::new(Method::PUT, self.at(path)))
    }

    pub(super) fn host(&self) -> String {
        http::host_and_port(&self.base)
    }

    /// Makes the call. `Err` is the outcome where there was no answer.
    pub(super) async fn make(&self, call: Call) -> Result<Answer, Outcome> {
        Ok(self.without_secrets(http::exchange(&self.client, self.guard, call.0).await?))
    }

    fn without_secrets(&self, mut answer: Answer) -> Answer {
        for secret in &self.hidden {
            answer.body = answer.body.replace(secret.as_str(), "…");
        }
        answer
    }

    /// Makes a call that answers with one line after the other and stays open; returns
    /// as soon as a line is `enough`, or with what there is once `patience` is over.
    pub(super) async fn follow(
        &self,
        mut call: Call,
        patience: Duration,
        now: Instant,
        enough: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, Deaf> {
        call.0.answer_limit = LIST_LIMIT;
        call.0.time_limit = call.0.time_limit.max(patience + GRACE);
        match http::follow(&self.client, self.guard, call.0, patience, enough).await.map_err(|outcome| deaf(&outcome))? {
            Followed::Lines(lines) => Ok(lines),
            Followed::Refused(answer) => Err(deaf(&http::classify(&self.without_secrets(answer), &self.host(), now))),
        }
    }

    /// Opens a WebSocket where the provider said there is one. The same rules hold as
    /// for its interface: where to connect, whom to trust, and nothing in the clear.
    pub(super) async fn socket(&self, address: &str, now: Instant) -> Result<Stream, Deaf> {
        let told = || format!("{} named “{}”, which is no address for a WebSocket.", self.host(), said(address));
        let (plain, rest) = match address.split_once("://") {
            Some(("wss", rest)) => (false, rest),
            Some(("ws", rest)) => (true, rest),
            _ => return Err(Deaf::now(told())),
        };
        if plain && !self.allow_plain {
            return Err(Deaf::for_good(format!(
                "{} offers answers without encryption only, which this channel does not allow.",
                self.host()
            )));
        }
        let address = Url::parse(&format!("{}://{rest}", if plain { "http" } else { "https" })).map_err(|_| Deaf::now(told()))?;
        let (host, key) = (http::host_and_port(&address), generate_key());
        let asked = Call(Request::new(Method::GET, address))
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", &key);
        let (headers, stream) = match http::switch(&self.client, self.guard, asked.0).await.map_err(|outcome| deaf(&outcome))? {
            Switched::To(headers, stream) => (headers, stream),
            Switched::Refused(answer) => {
                return Err(match http::classify(&self.without_secrets(answer), &host, now) {
                    Outcome::Accepted { words, .. } => Deaf::now(format!("{} It opened no WebSocket.", super::sentence(&words))),
                    outcome => deaf(&outcome),
                });
            }
        };
        if headers.get("sec-websocket-accept").is_none_or(|accepts| accepts.as_bytes() != derive_accept_key(key.as_bytes()).as_bytes()) {
            return Err(Deaf::now(format!("{host} does not speak WebSocket.")));
        }
        let limits = WebSocketConfig::default().max_message_size(Some(LIST_LIMIT)).max_frame_size(Some(LIST_LIMIT));
        Ok(Stream::from_raw_socket(stream, Role::Client, Some(limits)).await)
    }

    /// Makes a call that asks for what came back, and reads its JSON. Whatever is no
    /// success, or no such JSON, is why nothing could be heard.
    pub(super) async fn ask<T: DeserializeOwned>(&self, mut call: Call, patience: Duration, now: Instant) -> Result<T, Deaf> {
        call.0.answer_limit = LIST_LIMIT;
        call.0.time_limit = call.0.time_limit.max(patience + GRACE);
        let answer = self.make(call).await.map_err(|outcome| deaf(&outcome))?;
        if !answer.status.is_success() {
            return Err(deaf(&http::classify(&answer, &self.host(), now)));
        }
        if answer.cut {
            return Err(Deaf::now(format!("{} broke off in the middle of its answer.", self.host())));
        }
        serde_json::from_str(&answer.body)
            .map_err(|error| Deaf::now(format!("{} answered what Baton does not understand ({}).", self.host(), said(&error.to_string()))))
    }
}

/// One call to be made.
pub(super) struct Call(Request);

impl Call {
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    pub(super) fn bearer(self, token: &Secret) -> Self {
        self.authorized(&format!("Bearer {}", token.reveal().trim()))
    }

    /// With what the header `Authorization` shall say.
    pub(super) fn authorized(mut self, words: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(words) {
            value.set_sensitive(true);
            self.0.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// With more or less patience than usual for the answer, and more of it to be read.
    pub(super) fn limits(mut self, time: Duration, answer: usize) -> Self {
        (self.0.time_limit, self.0.answer_limit) = (time, answer);
        self
    }

    pub(super) fn query(mut self, pairs: &[(&str, &str)]) -> Self {
        self.0.address.query_pairs_mut().extend_pairs(pairs);
        self
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        self.0.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // What Baton builds is JSON by its type; were it not, the provider would say so of an empty body.
        self.0.body = serde_json::to_vec(body).unwrap_or_default();
        self
    }

    pub(super) fn bytes(mut self, media_type: &'static str, bytes: Vec<u8>) -> Self {
        self.0.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.0.body = bytes;
        self
    }

    /// A form with one file in it.
    pub(super) fn multipart(mut self, pairs: &[(&str, &str)], name: &str, file: &File) -> Self {
        // A digest of what is between the boundaries is not in it.
        let boundary = format!("baton-{}", file.hash);
        let mut body = String::new();
        for (name, value) in pairs {
            body.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        }
        let file_name = file.name.replace('"', "%22").replace(['\r', '\n'], " ");
        body.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: {}\r\n\r\n",
            file.kind.media_type()
        ));
        self.0.body = [body.as_bytes(), &file.bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
        if let Ok(value) = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}")) {
            self.0.headers.insert(CONTENT_TYPE, value);
        }
        self
    }

    pub(super) fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        self.0.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        self.0.body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes();
        self
    }
}

/// What a failed call means for listening.
pub(super) fn deaf(outcome: &Outcome) -> Deaf {
    let retry_after = if let Outcome::Temporary { retry_after, .. } = outcome { *retry_after } else { None };
    Deaf { words: outcome.words().into(), retry_after, lasts: matches!(outcome, Outcome::Permanent { .. }) }
}

/// Where the interface is, for a form: the provider's own address unless somebody
/// runs it themselves.
pub(super) fn server_field(default: &str, help: &str) -> Field {
    Field {
        key: "server".into(),
        label: "Server".into(),
        help: help.into(),
        kind: FieldKind::Url,
        required: true,
        default: default.into(),
        choices: Vec::new(),
    }
}
