//! A channel made of an entry of the catalogue and what the desk filled in.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use url::Url;

use super::catalogue::{Answers, Entry, Judged, Made, Signing, Step, Unmade, Words, value_at, words_for};
use super::http::{self, Answer, Clients, Request};
use super::outbound::Guard;
use super::setup::{Form, SetupFault};
use super::signature::SigningKey;
use super::tls::Authorities;
use super::{Channel, Envelope, Outcome, Rendered, Sending, said, sentence, wording};
use crate::domain::channel::{Field, FieldKind};
use crate::domain::id::DeliveryId;
use crate::domain::message::Message;
use crate::domain::short_text::{room, short_text};
use crate::domain::text::shorten;

/// What the requests before a message found, by their names; empty where nothing.
type Found = BTreeMap<String, String>;

/// Where it goes, read from the form.
pub(super) struct Destination {
    entry: Arc<Entry>,
    /// As the templates see them.
    settings: Value,
    secrets: Value,
    /// One of these is in an answer that accepts.
    promised: Vec<String>,
    /// What no answer may carry into the timeline, should a provider repeat it.
    hidden: Vec<String>,
    key: Option<SigningKey>,
    guard: Guard,
    allow_plain: bool,
    authorities: Authorities,
}

impl Destination {
    pub(super) fn read(entry: &Arc<Entry>, form: &Form) -> Result<Self, SetupFault> {
        let key = match entry.signing() {
            None => None,
            Some(Signing::StandardWebhooks) => {
                form.secret("signing_secret").map(SigningKey::read).transpose().map_err(|words| SetupFault::new("signing_secret", words))?
            }
        };
        // A secret that may be left out is an empty text to the templates.
        let secret = |field: &Field| {
            let value = form.secret(&field.key).map_or_else(String::new, |secret| secret.reveal().trim().to_string());
            (field.key.clone(), value)
        };
        let secrets = entry.provider.fields.iter().filter(|field| field.kind == FieldKind::Secret).map(secret);
        let mut destination = Self {
            entry: Arc::clone(entry),
            settings: Value::from(form.values().clone()),
            secrets: secrets.collect::<BTreeMap<_, _>>().into(),
            promised: Vec::new(),
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
    fn prove(&mut self) -> Result<(), SetupFault> {
        let entry = Arc::clone(&self.entry);
        let found = self.found("1");
        let with = self.context(&To::nobody(&wording::nothing()), "", &found);
        for parts in entry.requests() {
            let at = parts.field().or_else(|| entry.provider.fields.first().map(|field| field.key.as_str())).unwrap_or("name");
            let address = match entry.make(parts, &with) {
                Ok(made) => made.address,
                Err(Unmade::Header(header)) => {
                    let words = format!(
                        "This cannot be sent in the header {header}: it has a letter with an accent, or a line break, in it. Copy it again."
                    );
                    return Err(SetupFault::new(&entry.field_in(parts, &header).unwrap_or_else(|| at.into()), words));
                }
                Err(unmade) => return Err(SetupFault::new(at, unmade.to_string())),
            };
            self.may_go(&address).map_err(|words| SetupFault::new(at, words))?;
        }
        for template in entry.answers().contains() {
            let part = entry.fill(template, &with).map_err(|unmade| SetupFault::new("name", unmade.to_string()))?;
            self.promised.extend(Some(part).filter(|part| !part.is_empty()));
        }
        // The word after "Basic" is the password, for whoever can read base64.
        let sent = entry.secret_headers(&with);
        self.hidden.extend(sent.iter().filter_map(|value| value.split_whitespace().last()).filter(|part| part.len() > 3).map(String::from));
        Ok(())
    }

    fn may_go(&self, address: &Url) -> Result<(), String> {
        may_go(address, self.guard, self.allow_plain)
    }

    /// As if every request before the message had found this.
    fn found(&self, value: &str) -> Found {
        self.entry.before().iter().map(|step| (step.name.clone(), value.to_string())).collect()
    }

    fn context(&self, to: &To<'_>, text: &str, found: &Found) -> Value {
        let words = Words {
            text,
            text_is_gsm: room(text, 0).1,
            delivery: to.delivery,
            to_name: to.name,
            to_address: to.address,
            settings: self.settings.clone(),
            secrets: self.secrets.clone(),
            before: found.clone().into(),
        };
        words_for(to.message, words)
    }

    /// The message as it fits, and the request made of it. Where it has to be cut, it
    /// is cut no shorter than it must be.
    fn fitted(&self, to: &To<'_>, found: &Found) -> Result<Fitted, Unmade> {
        let mut too_long = None;
        for cut in wording::CUTS {
            let (mut fitted, fits) = self.cut(to, found, cut)?;
            // One text message is as short as it is, whatever its parts are cut to.
            if !fits && self.entry.limits().short_text.is_none() {
                too_long = Some((cut, fitted));
                continue;
            }
            let (mut short, mut long) = (cut, too_long.map_or(cut, |(cut, _)| cut));
            while fits && long - short > 20 {
                let between = usize::midpoint(short, long);
                match self.cut(to, found, between)? {
                    (longer, true) => (short, fitted) = (between, longer),
                    (_, false) => long = between,
                }
            }
            return Ok(fitted);
        }
        too_long.map(|(_, fitted)| fitted).ok_or_else(|| Unmade::Address("There is nothing to send.".into()))
    }

    /// The message with nothing in it longer than `most`, and whether that is short enough.
    fn cut(&self, to: &To<'_>, found: &Found, most: usize) -> Result<(Fitted, bool), Unmade> {
        let limits = self.entry.limits();
        let message = wording::shortened(to.message, most);
        let text = limits.short_text.map_or_else(|| wording::full(&message), |most| short_text(&message, most));
        let with = self.context(&To { message: &message, ..*to }, &text, found);
        let made = self.entry.make(self.entry.request(&with), &with)?;
        let written = limits.text_as.write(&text);
        let fits = limits.text_characters.is_none_or(|most| written.encode_utf16().count() <= most)
            && limits.text_bytes.is_none_or(|most| written.len() <= most)
            && limits.body_bytes.is_none_or(|most| made.body.len() <= most);
        Ok((Fitted { text, made, with }, fits))
    }

    fn request(&self, made: Made, envelope: &Envelope) -> Request {
        let mut request = Request::new(made.method, made.address);
        if let Some(content_type) = made.content_type {
            request.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        request.headers.extend(made.headers);
        if let Some(key) = &self.key {
            for (name, value) in key.headers(&format!("msg_{}", envelope.delivery.0.simple()), envelope.now, made.body.as_bytes()) {
                // A digest and a number, which a header can hold.
                if let Ok(value) = HeaderValue::from_str(&value) {
                    request.headers.insert(HeaderName::from_static(name), value);
                }
            }
        }
        request.body = made.body.into_bytes();
        request
    }
}

/// One message to one address.
#[derive(Clone, Copy)]
struct To<'a> {
    message: &'a Message,
    delivery: DeliveryId,
    name: &'a str,
    address: &'a str,
}

impl<'a> To<'a> {
    fn of(envelope: &'a Envelope) -> Self {
        Self { message: &envelope.message, delivery: envelope.delivery, name: &envelope.to_name, address: &envelope.address }
    }

    /// For a look at it before anybody is to get it.
    fn nobody(message: &'a Message) -> Self {
        Self { message, delivery: DeliveryId(uuid::Uuid::nil()), name: "", address: "" }
    }
}

struct Fitted {
    text: String,
    made: Made,
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
        let mut found = self.destination.found("");
        for step in self.destination.entry.before() {
            match self.find(step, envelope, &found).await {
                Ok(value) => drop(found.insert(step.name.clone(), value)),
                Err(outcome) => return outcome,
            }
        }
        let fitted = match self.destination.fitted(&To::of(envelope), &found) {
            Ok(fitted) => fitted,
            Err(unmade) => return cannot_be_made(&unmade),
        };
        let host = http::host_and_port(&fitted.made.address);
        match self.exchange(self.destination.request(fitted.made, envelope), &found).await {
            Ok(answer) => self.judge(&answer, &host, envelope, &fitted.with),
            Err(outcome) => outcome,
        }
    }

    /// Asks for a value that the message needs. Nothing of the message has left
    /// then, so nothing is uncertain.
    async fn find(&self, step: &Step, envelope: &Envelope, found: &Found) -> Result<String, Outcome> {
        let (destination, entry) = (&self.destination, &self.destination.entry);
        let message = wording::shortened(&envelope.message, 1_000);
        let with = destination.context(&To { message: &message, ..To::of(envelope) }, "", found);
        let made = entry.make(&step.request, &with).map_err(|unmade| cannot_be_made(&unmade))?;
        let sure = step.sure.as_ref().map(|(at, part)| Ok((at, entry.fill(part, &with)?))).transpose();
        let sure = sure.map_err(|unmade| cannot_be_made(&unmade))?;
        let host = http::host_and_port(&made.address);
        let nothing_left = |words: &str| format!("{} Nothing was sent yet.", sentence(words));
        let answer = match self.exchange(destination.request(made, envelope), found).await {
            Ok(answer) => answer,
            Err(Outcome::Uncertain { words }) => {
                return Err(Outcome::temporary(nothing_left(words.trim_end_matches(" It may have arrived all the same."))));
            }
            Err(outcome) => return Err(outcome),
        };
        let value = value_at(&answer.body, &step.value_at).filter(|_| answer.status.is_success() && !answer.cut);
        let value = value.filter(|_| {
            sure.as_ref()
                .is_none_or(|(at, part)| !part.is_empty() && value_at(&answer.body, at).is_some_and(|there| there.contains(part.as_str())))
        });
        let said = http::classify(&answer, &host, envelope.now);
        match (value, said) {
            (Some(value), _) => Ok(value),
            (None, Outcome::Temporary { words, retry_after }) => {
                let retry_after = retry_after.or_else(|| patience(entry.answers(), &answer));
                Err(Outcome::Temporary { words: nothing_left(&words), retry_after })
            }
            // Whether it is there already cannot be told, which keeps no message back.
            (None, _) if !step.needed => Ok(String::new()),
            (None, Outcome::Accepted { words, .. }) => {
                Err(Outcome::permanent(nothing_left(&format!("{} That is not how {} answers.", sentence(&words), entry.provider.name))))
            }
            (None, other) => Err(Outcome::permanent(nothing_left(other.words()))),
        }
    }

    /// Sends a request, and takes out of the answer what nobody may read.
    async fn exchange(&self, request: Request, found: &Found) -> Result<Answer, Outcome> {
        let mut answer = http::exchange(&self.client, self.destination.guard, request).await?;
        let needed = self.destination.entry.before().iter().filter(|step| step.needed).filter_map(|step| found.get(&step.name));
        for part in self.destination.hidden.iter().chain(needed.filter(|value| !value.is_empty())) {
            answer.body = answer.body.replace(part.as_str(), "…");
        }
        Ok(answer)
    }

    fn judge(&self, answer: &Answer, host: &str, envelope: &Envelope, with: &Value) -> Outcome {
        let (entry, promised) = (&self.destination.entry, &self.destination.promised);
        let answers = entry.answers();
        let id_at = entry.id_at(with);
        // Where the body decides, half a body decides nothing.
        if answer.cut && answer.status.is_success() && answers.reads_bodies(id_at, promised) {
            return Outcome::uncertain(format!("{host} answered {} and broke off. It may have arrived all the same.", answer.status));
        }
        let words = http::words(answer, host);
        let provider_id = || id_at.and_then(|at| value_at(&answer.body, at)).map(|id| said(&id));
        if let Some((judged, hint)) = answers.judge(answer.status.as_u16(), &answer.body) {
            let words = if hint.is_empty() { words } else { format!("{} {hint}", sentence(&words)) };
            return match judged {
                Judged::Accepted => Outcome::Accepted { words, provider_id: provider_id() },
                Judged::Temporary => Outcome::Temporary {
                    words,
                    retry_after: http::retry_after(&answer.headers, envelope.now).or_else(|| patience(answers, answer)),
                },
                Judged::Permanent => Outcome::permanent(words),
                Judged::Uncertain => Outcome::uncertain(words),
            };
        }
        match http::classify(answer, host, envelope.now) {
            Outcome::Accepted { words, .. } if !Answers::is_as_promised(&answer.body, id_at, promised) => {
                let name = &entry.provider.name;
                Outcome::uncertain(format!("{} That is not how {name} answers, so it may not have arrived.", sentence(&words)))
            }
            Outcome::Accepted { words, .. } => Outcome::Accepted { words, provider_id: provider_id() },
            Outcome::Temporary { words, retry_after: None } => Outcome::Temporary { words, retry_after: patience(answers, answer) },
            other => other,
        }
    }
}

impl Channel for OneWay {
    fn render(&self, message: &Message) -> Rendered {
        let destination = &self.destination;
        let limits = destination.entry.limits();
        let fitted = destination.fitted(&To::nobody(message), &destination.found(""));
        if let Some(most) = limits.short_text {
            let text = fitted.map_or_else(|_| short_text(message, most), |fitted| fitted.text);
            let (limit, _) = room(&text, most);
            return Rendered::new(None, text, Some(limit));
        }
        let limit = limits.text_characters;
        let text = fitted.map_or_else(|_| shorten(&wording::full(message), limit.unwrap_or(usize::MAX)), |fitted| fitted.text);
        Rendered::new(Some(wording::subject(message)), text, limit)
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }
}

fn cannot_be_made(unmade: &Unmade) -> Outcome {
    Outcome::permanent(format!("The message could not be put into this channel's form: {unmade}"))
}

fn patience(answers: &Answers, answer: &Answer) -> Option<std::time::Duration> {
    answers.retry_after(&answer.body).map(|wait| wait.min(http::LONGEST_WAIT))
}

/// A secret, as it may be repeated: percent-encoded in a query, and, where it is an
/// address, also the part of it that error pages show.
fn hidden(secret: &str) -> Vec<String> {
    let path = Url::parse(secret).ok().map(|address| address[url::Position::BeforePath..url::Position::AfterPath].to_string());
    let encoded = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
    [Some(secret.to_string()), Some(encoded), path].into_iter().flatten().filter(|part| part.len() > 1).collect()
}

/// Why nothing is sent to this address, as far as that can be said without looking it up.
pub(super) fn may_go(address: &Url, guard: Guard, allow_plain: bool) -> Result<(), String> {
    if address.scheme() == "http" && !allow_plain {
        return Err("The address begins with http://, so anyone on the way could read it. Use https://, or turn on “Allow http://” if this is meant.".into());
    }
    let literal = match address.host() {
        Some(url::Host::Ipv4(literal)) => Some(literal.into()),
        Some(url::Host::Ipv6(literal)) => Some(literal.into()),
        _ => None,
    };
    literal.map_or(Ok(()), |literal| guard.judge(&http::host_and_port(address), literal)).map_err(|refused| refused.to_string())
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
