//! A channel made of an entry of the catalogue and what the desk filled in.

use std::collections::BTreeMap;

use minijinja::Value;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::catalogue::{Entry, Signing, words_for};
use super::http::{self, Answer, Clients, Request};
use super::outbound::Guard;
use super::setup::{Form, SetupFault};
use super::signature::SigningKey;
use super::tls::Authorities;
use super::{Channel, Envelope, Outcome, Rendered, Sending, said, wording};
use crate::domain::channel::FieldKind;
use crate::domain::id::DeliveryId;
use crate::domain::message::Message;
use crate::domain::text::shorten;

/// Where it goes, read from the form.
pub(super) struct Destination {
    entry: &'static Entry,
    /// As the templates see them.
    settings: Value,
    secrets: Value,
    /// What no answer may carry into the timeline, should a provider repeat it.
    hidden: Vec<String>,
    key: Option<SigningKey>,
    guard: Guard,
    allow_plain: bool,
    authorities: Authorities,
}

impl Destination {
    pub(super) fn read(entry: &'static Entry, form: &Form) -> Result<Self, SetupFault> {
        let key = match entry.signing {
            Signing::None => None,
            Signing::StandardWebhooks => {
                form.secret("signing_secret").map(SigningKey::read).transpose().map_err(|words| SetupFault::new("signing_secret", words))?
            }
        };
        let destination = Self {
            entry,
            settings: Value::from(form.values().clone()),
            secrets: form
                .secrets()
                .iter()
                .map(|(key, value)| (key.clone(), value.reveal().trim().to_string()))
                .collect::<BTreeMap<_, _>>()
                .into(),
            hidden: form.secrets().values().flat_map(|secret| hidden(secret.reveal().trim())).collect(),
            key,
            guard: if form.yes("allow_private") { Guard::Private } else { Guard::Public },
            allow_plain: form.yes("allow_plain"),
            authorities: Authorities::read(form.text("ca_file"))?,
        };
        destination.prove()?;
        Ok(destination)
    }

    /// Finds now what every message would otherwise stumble over.
    fn prove(&self) -> Result<(), SetupFault> {
        let field = self.entry.provider.fields.iter().find(|field| field.key == "url" || field.kind == FieldKind::Url);
        let fault = |words| SetupFault::new(field.map_or("url", |field| field.key.as_str()), words);
        let with = self.context(&wording::nothing(), "", DeliveryId(uuid::Uuid::nil()), "", "");
        let address = self.entry.fill("address", &with).map_err(fault)?;
        let address = url(&address).map_err(fault)?;
        if address.scheme() == "http" && !self.allow_plain {
            return Err(fault("The address begins with http://, so anyone on the way could read it. Use https://, or turn on “Allow http://” if this is meant.".into()));
        }
        let literal = match address.host() {
            Some(url::Host::Ipv4(literal)) => Some(literal.into()),
            Some(url::Host::Ipv6(literal)) => Some(literal.into()),
            _ => None,
        };
        literal
            .map_or(Ok(()), |literal| self.guard.judge(&http::host_and_port(&address), literal))
            .map_err(|refused| fault(refused.to_string()))
    }

    fn context(&self, message: &Message, text: &str, delivery: DeliveryId, name: &str, address: &str) -> Value {
        words_for(message, text, delivery, name, address, self.settings.clone(), self.secrets.clone())
    }

    /// The message as it fits, and the body made of it.
    fn fitted(&self, message: &Message, delivery: DeliveryId, name: &str, address: &str) -> Result<Fitted, String> {
        let limits = self.entry.limits;
        let mut last = None;
        for cut in wording::CUTS {
            let message = wording::shortened(message, cut);
            let text = wording::full(&message);
            let with = self.context(&message, &text, delivery, name, address);
            let body = self.entry.fill("body", &with)?;
            let fits = limits.text_characters.is_none_or(|most| text.chars().count() <= most)
                && limits.body_bytes.is_none_or(|most| body.len() <= most);
            let fitted = Fitted { text, body, with };
            if fits {
                return Ok(fitted);
            }
            last = Some(fitted);
        }
        last.ok_or_else(|| "nothing to send".into())
    }

    fn request(&self, envelope: &Envelope) -> Result<Request, String> {
        let Envelope { delivery, to_name, address, message, now, .. } = envelope;
        let Fitted { body, with, .. } = self.fitted(message, *delivery, to_name, address)?;
        let address = url(&self.entry.fill("address", &with)?)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.entry.content_type));
        let mut insert = |name: &str, value: &str| {
            let wrong = || format!("the header {name} cannot be made");
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
            headers.insert(name, HeaderValue::from_str(value).map_err(|_| wrong())?);
            Ok::<(), String>(())
        };
        for name in &self.entry.headers {
            insert(name, &self.entry.fill(&format!("header:{name}"), &with)?)?;
        }
        if let Some(key) = &self.key {
            for (name, value) in key.headers(&format!("msg_{}", delivery.0.simple()), *now, body.as_bytes()) {
                insert(name, &value)?;
            }
        }
        Ok(Request { headers, body: body.into_bytes(), ..Request::new(self.entry.method.clone(), address) })
    }
}

struct Fitted {
    text: String,
    body: String,
    with: Value,
}

/// The channel itself.
pub(super) struct OneWay {
    destination: Destination,
    client: Client,
}

impl OneWay {
    pub(super) fn new(destination: Destination, clients: &Clients) -> Result<Self, SetupFault> {
        let client = clients.client(destination.guard, &destination.authorities)?;
        Ok(Self { destination, client })
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        let request = match self.destination.request(envelope) {
            Ok(request) => request,
            Err(words) => return Outcome::permanent(format!("The message could not be put into this channel's form: {words}")),
        };
        let host = http::host_and_port(&request.address);
        match http::exchange(&self.client, self.destination.guard, request).await {
            Ok(mut answer) => {
                for part in &self.destination.hidden {
                    answer.body = answer.body.replace(part.as_str(), "…");
                }
                self.judge(&answer, &host, envelope)
            }
            Err(outcome) => outcome,
        }
    }

    fn judge(&self, answer: &Answer, host: &str, envelope: &Envelope) -> Outcome {
        let entry = self.destination.entry;
        // Where the body decides, half a body decides nothing.
        if answer.cut && answer.status.is_success() && entry.reads_bodies() {
            return Outcome::uncertain(format!("{host} answered {} and broke off. It may have arrived all the same.", answer.status));
        }
        let outcome = entry
            .judge(answer.status.as_u16(), &answer.body, &http::words(answer, host))
            .unwrap_or_else(|| http::classify(answer, host, envelope.now));
        match (outcome, &entry.id_at) {
            (Outcome::Accepted { words, provider_id: None }, Some(pointer)) => {
                let provider_id =
                    serde_json::from_str::<serde_json::Value>(&answer.body).ok().and_then(|body| body.pointer(pointer)?.as_str().map(said));
                Outcome::Accepted { words, provider_id }
            }
            (outcome, _) => outcome,
        }
    }
}

impl Channel for OneWay {
    fn render(&self, message: &Message) -> Rendered {
        let limit = self.destination.entry.limits.text_characters;
        let text = self
            .destination
            .fitted(message, DeliveryId(uuid::Uuid::nil()), "", "")
            .map_or_else(|_| shorten(&wording::full(message), limit.unwrap_or(usize::MAX)), |fitted| fitted.text);
        Rendered::new(Some(wording::subject(message)), text, limit)
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }
}

/// A secret, and where it is an address also the part of it that error pages repeat.
fn hidden(secret: &str) -> Vec<String> {
    let path = Url::parse(secret).ok().map(|address| address[url::Position::BeforePath..url::Position::AfterPath].to_string());
    std::iter::once(secret.to_string()).chain(path).filter(|part| part.len() > 1).collect()
}

/// An address that can be sent to, or what it lacks.
pub(super) fn url(text: &str) -> Result<Url, String> {
    let address = Url::parse(text.trim()).map_err(|error| format!("That is no web address ({error}). It begins with https://."))?;
    if !matches!(address.scheme(), "https" | "http") {
        return Err(format!("A web address begins with https://, not {}:.", address.scheme()));
    }
    if !address.username().is_empty() || address.password().is_some() {
        return Err("A name or password in the address would be shown wherever the address is. Leave it out.".into());
    }
    Ok(address)
}
