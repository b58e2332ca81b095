//! PagerDuty by its Events interface: an alert there for each incident here, and
//! both are kept in step. Who acknowledges or resolves it there is asked for by its
//! REST interface, where the desk has a key for that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{self, Api};
use super::http::{self, Answer, Clients};
use super::inbound::{About, Arrival, Arrived, Deaf, From, Heard, Hears, Inbound, Listening};
use super::rounds::{Looks, Once};
use super::setup::{Form, SetupFault};
use super::{Channel, Envelope, Outcome, Rendered, Sending, catalogue, said, sentence, wording};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::message::{Message, Purpose};
use crate::domain::response::Response;
use crate::domain::severity::Severity;
use crate::domain::text::{clean_line, shorten};
use crate::domain::time::Instant;
use crate::host::Secret;

/// Characters of the line that people are paged with.
const SUMMARY: usize = 1024;

/// Characters of what stands below it.
const LIMIT: usize = 8000;

/// Between two looks at the alerts that are open there.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// So many are looked at each time: the interface allows 960 a minute.
const AT_ONCE: usize = 60;

pub(super) struct PagerDuty {
    events: Api,
    routing_key: Secret,
    rest: Option<(Api, Secret)>,
    /// What was heard of the alerts, and which are over there.
    told: Once,
}

impl PagerDuty {
    pub(super) fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        let key = form.secret("routing_key").map_or("", |key| key.reveal().trim());
        if key.len() != 32 || !key.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
            let words = "An integration key is 32 letters and digits. The service has it under Integrations, Events API V2.";
            return Err(SetupFault::new("routing_key", words));
        }
        let rest = form.secret("rest_token").cloned().map(|token| Api::read(form, "rest_server", clients).map(|api| (api, token)));
        Ok(Self {
            routing_key: Secret::new(key.to_string()),
            events: Api::read(form, "server", clients)?,
            rest: rest.transpose()?,
            told: Once::default(),
        })
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        let message = &envelope.message;
        let key = dedup_key(envelope);
        let action = match message.purpose {
            Purpose::Alert | Purpose::Drill | Purpose::Test => "trigger",
            Purpose::Taken => "acknowledge",
            Purpose::Resolved => "resolve",
            Purpose::StillOnIt | Purpose::Update | Purpose::Status | Purpose::Nudge | Purpose::Opinion | Purpose::Room => {
                return Outcome::permanent("PagerDuty carries alerts and nothing else, so this has to go another way.");
            }
        };
        if message.purpose == Purpose::Alert && self.is_quiet(&key, envelope.now).await {
            // What somebody has acknowledged there calls nobody again until it is closed and opened anew.
            if let Err(outcome) = self.event("resolve", &key, None, envelope.now).await {
                return outcome;
            }
        }
        let payload = (action == "trigger").then(|| self.payload(message));
        match self.event(action, &key, payload, envelope.now).await {
            // Only what calls somebody is answered.
            Ok(words) => Outcome::Accepted { words, provider_id: (action == "trigger").then_some(key) },
            Err(outcome) => outcome,
        }
    }

    fn payload(&self, message: &Message) -> Value {
        let rendered = self.render(message);
        let place = shorten(&clean_line(&message.place), 255);
        json!({
            "summary": rendered.subject,
            "source": if place.is_empty() { "Baton" } else { &place },
            "severity": severity(message),
            "custom_details": { "message": rendered.text },
        })
    }

    /// Sends one event; the provider's words where it took it.
    async fn event(&self, action: &str, key: &str, payload: Option<Value>, now: Instant) -> Result<String, Outcome> {
        let mut body = json!({ "routing_key": self.routing_key.reveal(), "event_action": action, "dedup_key": key, "client": "Baton" });
        if let Some(payload) = payload {
            body["payload"] = payload;
        }
        let answer = self.events.make(self.events.post(&["v2", "enqueue"]).json(&body)).await?;
        self.judge(&answer, now)
    }

    fn judge(&self, answer: &Answer, now: Instant) -> Result<String, Outcome> {
        let host = self.events.host();
        let told = serde_json::from_str::<Told>(&answer.body).ok();
        if answer.status.is_success() {
            return match told {
                Some(told) if told.status == "success" => Ok(format!("{host} took it.")),
                _ => Err(Outcome::uncertain(format!("{host} answered what Baton does not understand. It may have arrived all the same."))),
            };
        }
        let Some(told) = told else { return Err(http::classify(answer, &host, now)) };
        let reasons = std::iter::once(told.message).chain(told.errors).collect::<Vec<_>>().join("; ");
        let words = format!("{host} answered {}: {}", answer.status, said(&reasons));
        Err(match http::classify(answer, &host, now) {
            Outcome::Temporary { retry_after, .. } => Outcome::Temporary { words, retry_after },
            _ => Outcome::permanent(format!("{} Check the service's integration key.", sentence(&words))),
        })
    }

    /// Whether an alert of this name is open there and somebody has acknowledged it.
    /// Where nobody can say, it is taken for one that calls.
    async fn is_quiet(&self, key: &str, now: Instant) -> bool {
        self.latest(key, now).await.is_ok_and(|alert| alert.is_some_and(|alert| alert.status == "acknowledged"))
    }

    async fn latest(&self, key: &str, now: Instant) -> Result<Option<Alert>, Deaf> {
        let Some((rest, token)) = &self.rest else { return Ok(None) };
        let asked = rest
            .get(&["incidents"])
            .query(&[("incident_key", key), ("date_range", "all"), ("sort_by", "created_at:desc"), ("limit", "1")])
            .authorized(&format!("Token token={}", token.reveal().trim()))
            .header("accept", "application/vnd.pagerduty+json;version=2");
        let list: Alerts = rest.ask(asked, Duration::ZERO, now).await?;
        Ok(list.incidents.into_iter().next())
    }

    async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        self.told.goes_on_from(listening.cursor.as_deref());
        let mut open: BTreeMap<&str, Instant> = BTreeMap::new();
        for awaited in listening.awaited.iter().filter(|awaited| matches!(awaited.purpose, Purpose::Alert | Purpose::Drill)) {
            if let Some(key) = &awaited.provider_id {
                let sent = open.entry(key).or_insert(awaited.sent_at);
                *sent = (*sent).max(awaited.sent_at);
            }
        }
        let names: BTreeSet<String> = open.iter().map(|(key, sent)| name(key, *sent)).collect();
        open.retain(|key, sent| self.told.is_news(&name(key, *sent)));
        let mut newest: Vec<(&str, Instant)> = open.into_iter().collect();
        newest.sort_by_key(|(_, sent)| std::cmp::Reverse(*sent));
        let mut looks = Looks::default();
        for (key, sent) in newest.into_iter().take(AT_ONCE) {
            match self.latest(key, listening.now).await {
                Ok(alert) => {
                    let over = alert.as_ref().is_some_and(|alert| alert.status == "resolved");
                    let arrivals = alert.map(|alert| alert.arrivals(key)).unwrap_or_default();
                    looks.saw(&self.told, &name(key, sent), arrivals, over);
                }
                Err(deaf) => {
                    if !looks.fails(deaf) {
                        break;
                    }
                }
            }
        }
        looks.heard(&self.told, listening, &names, LOOK_AGAIN)
    }
}

impl Channel for PagerDuty {
    fn render(&self, message: &Message) -> Rendered {
        let text = wording::below(message, LIMIT, wording::characters);
        let subject = text.subject.map(|subject| shorten(&subject, SUMMARY));
        Rendered { subject, ..text }
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        self.rest.as_ref().map(|_| self as &dyn Inbound)
    }
}

impl Inbound for PagerDuty {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }
}

/// By which name an alert is known there: one for each incident, and one for each trial.
fn dedup_key(envelope: &Envelope) -> String {
    match envelope.message.purpose {
        Purpose::Drill | Purpose::Test => format!("baton-{}", envelope.delivery.0.simple()),
        _ => format!("baton-{}", envelope.message.incident.0.simple()),
    }
}

/// What an alert is known by here: what is sent again is opened anew, and not over any more.
fn name(key: &str, sent: Instant) -> String {
    format!("{key}@{}", sent.0)
}

const fn severity(message: &Message) -> &'static str {
    match (message.purpose, message.severity) {
        (Purpose::Drill | Purpose::Test, _) | (_, Severity::Low) => "info",
        (_, Severity::Critical) => "critical",
        (_, Severity::High) => "error",
        (_, Severity::Medium) => "warning",
    }
}

pub(super) fn provider() -> Provider {
    let secret = |key: &str, label: &str, required: bool, help: &str| Field {
        key: key.into(),
        label: label.into(),
        help: help.into(),
        kind: FieldKind::Secret,
        required,
        default: String::new(),
        choices: Vec::new(),
    };
    let mut fields = vec![
        secret("routing_key", "Integration key", true, "Of the service's integration “Events API V2”."),
        secret(
            "rest_token",
            "REST API key",
            false,
            "A read-only one is enough. Without it, what people do in PagerDuty is not heard here.",
        ),
        api::server_field("https://events.pagerduty.com", "In Europe https://events.eu.pagerduty.com."),
        Field {
            key: "rest_server".into(),
            label: "REST server".into(),
            ..api::server_field("https://api.pagerduty.com", "In Europe https://api.eu.pagerduty.com.")
        },
    ];
    fields.extend(catalogue::network_fields());
    Provider {
        id: "pagerduty".into(),
        name: "PagerDuty".into(),
        about: "An alert in PagerDuty for each incident. Acknowledged or resolved on either side, it is on the other.".into(),
        reach: Reach::Push,
        address: AddressKind::None,
        fields,
    }
}

pub(super) fn open(form: &Form, clients: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(PagerDuty::read(form, clients)?))
}

#[derive(Deserialize)]
struct Told {
    status: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<String>,
}

#[derive(Deserialize)]
struct Alerts {
    incidents: Vec<Alert>,
}

#[derive(Deserialize)]
struct Alert {
    id: String,
    status: String,
    #[serde(default)]
    acknowledgements: Vec<Acknowledgement>,
    last_status_change_by: Option<Actor>,
}

#[derive(Deserialize)]
struct Acknowledgement {
    at: String,
    acknowledger: Actor,
}

#[derive(Deserialize)]
struct Actor {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    summary: Option<String>,
}

impl Actor {
    /// A person. An integration is Baton itself, or a machine that nobody asked.
    fn person(&self) -> Option<From> {
        let name = self.summary.as_deref().map(said).filter(|name| !name.is_empty()).unwrap_or_else(|| self.id.clone());
        self.kind.starts_with("user").then(|| From::Member { id: self.id.clone(), name })
    }
}

impl Alert {
    fn arrivals(&self, key: &str) -> Vec<Arrival> {
        let about = || About::Thread(key.to_string());
        if self.status == "resolved" {
            let by = self.last_status_change_by.as_ref().and_then(Actor::person);
            let resolved = |by| Arrival { id: format!("resolved {}", self.id), about: about(), what: Arrived::Resolved { by } };
            return by.map(resolved).into_iter().collect();
        }
        let taken = self.acknowledgements.iter().filter_map(|taken| {
            let by = taken.acknowledger.person()?;
            let id = format!("acknowledged {} {} {}", self.id, taken.acknowledger.id, taken.at);
            Some(Arrival { id, about: about(), what: Arrived::Pressed { by, response: Response::OnIt } })
        });
        taken.collect()
    }
}
