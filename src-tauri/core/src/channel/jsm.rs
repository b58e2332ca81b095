//! Jira Service Management (and Opsgenie before it) by its alerts: one there for each
//! incident here, known by its alias, and both kept in step. An alert is only asked
//! for there; what came of the asking is asked for in turn.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{self, Api, Call};
use super::http::{self, Answer, Clients};
use super::inbound::{About, Arrival, Arrived, Awaited, Deaf, From, Heard, Hears, Inbound, Listening};
use super::rounds::{Looks, Once, unreported};
use super::setup::{Form, SetupFault};
use super::{Channel, Envelope, Outcome, Rendered, Sending, catalogue, said, sentence, wording};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::message::{Message, Purpose};
use crate::domain::response::Response;
use crate::domain::severity::Severity;
use crate::domain::text::{clean_line, shorten};
use crate::domain::time::Instant;
use crate::host::Secret;

/// Characters of the line that people are paged with, and of what stands below it.
const LINE: usize = 130;
const LIMIT: usize = 15_000;

/// Between two looks at the alerts that are open there, and at how many each time.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 40;

pub(super) struct Jsm {
    api: Api,
    key: Secret,
    reads: Reads,
    /// By the number of its request: the alert that came of it.
    alerts: Mutex<BTreeMap<String, String>>,
    /// What was heard, and the requests whose alert will tell nothing more.
    told: Once,
}

/// Where an alert can be looked at.
enum Reads {
    /// Opsgenie: at the same place, with the same key.
    Here,
    /// Jira: by another interface, as somebody.
    There {
        api: Api,
        cloud: String,
        login: Secret,
    },
    Nowhere,
}

impl Jsm {
    pub(super) fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        let key = form.secret("key").cloned().unwrap_or_else(|| Secret::new(String::new()));
        let (cloud, user) = (form.text("cloud").to_string(), form.text("user"));
        let reads = match form.secret("token") {
            _ if !form.text("server").contains("atlassian.com") && cloud.is_empty() => Reads::Here,
            Some(token) if !cloud.is_empty() && !user.is_empty() => {
                let login = STANDARD.encode(format!("{user}:{}", token.reveal().trim()));
                Reads::There { api: Api::read(form, "read_server", clients)?, cloud, login: Secret::new(login) }
            }
            Some(_) => {
                return Err(SetupFault::new("cloud", "To look at alerts, the site's cloud id and whose token it is are needed too."));
            }
            None => Reads::Nowhere,
        };
        Ok(Self { key, api: Api::read(form, "server", clients)?, reads, alerts: Mutex::default(), told: Once::default() })
    }

    fn authorized(&self, call: Call) -> Call {
        call.authorized(&format!("GenieKey {}", self.key.reveal().trim()))
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        let message = &envelope.message;
        let alias = alias(envelope);
        let asked = |action: &str| self.api.post(&["v2", "alerts", &alias, action]).query(&[("identifierType", "alias")]);
        let note = json!({ "source": "Baton", "note": shorten(&clean_line(&message.lead), 1000) });
        let call = match message.purpose {
            Purpose::Alert | Purpose::Drill | Purpose::Test => self.api.post(&["v2", "alerts"]).json(&self.alert(message, &alias)),
            Purpose::Taken => asked("acknowledge").json(&note),
            Purpose::Resolved => asked("close").json(&note),
            Purpose::Update | Purpose::Room => asked("notes").json(&note),
            Purpose::StillOnIt | Purpose::Status | Purpose::Nudge | Purpose::Opinion => {
                return Outcome::permanent("An alert asks nobody anything, so this has to go another way.");
            }
        };
        let answered = matches!(message.purpose, Purpose::Alert | Purpose::Drill | Purpose::Test);
        match self.api.make(self.authorized(call)).await {
            Ok(answer) => self.judge(&answer, answered, envelope.now),
            Err(outcome) => outcome,
        }
    }

    fn alert(&self, message: &Message, alias: &str) -> Value {
        let rendered = self.render(message);
        json!({
            "message": rendered.subject,
            "alias": alias,
            "description": rendered.text,
            "priority": priority(message),
            "entity": shorten(&clean_line(&message.place), 500),
            "source": "Baton",
            "tags": [message.reference],
        })
    }

    fn judge(&self, answer: &Answer, answered: bool, now: Instant) -> Outcome {
        let host = self.api.host();
        let told = serde_json::from_str::<Asked>(&answer.body).ok();
        if answer.status.is_success() {
            return match told.and_then(|told| told.request_id) {
                Some(request) => Outcome::Accepted { words: format!("{host} took it."), provider_id: answered.then_some(request) },
                None => Outcome::uncertain(format!("{host} answered what Baton does not understand. It may have arrived all the same.")),
            };
        }
        let Some(told) = told else { return http::classify(answer, &host, now) };
        let words = format!("{host} answered {}: {}", answer.status, said(&told.message));
        match (answer.status.as_u16(), http::classify(answer, &host, now)) {
            (_, Outcome::Temporary { retry_after, .. }) => Outcome::Temporary { words, retry_after },
            (401 | 403, _) => Outcome::permanent(format!("{} Check the integration's API key, and that it may write.", sentence(&words))),
            _ => Outcome::permanent(words),
        }
    }

    async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        self.told.goes_on_from(listening.cursor.as_deref());
        let asked = listening.awaited.iter().filter(|one| matches!(one.purpose, Purpose::Alert | Purpose::Drill));
        let asked: Vec<(&Awaited, &str)> = asked.filter_map(|one| Some((one, one.provider_id.as_deref()?))).collect();
        let names: BTreeSet<String> = asked.iter().map(|(_, request)| (*request).to_string()).collect();
        let mut looks = Looks::default();
        for (awaited, request) in asked.into_iter().filter(|(_, request)| self.told.is_news(request)).take(AT_ONCE) {
            match self.look(awaited, request, listening.now).await {
                Ok((arrivals, over)) => looks.saw(&self.told, request, arrivals, over),
                Err(deaf) => {
                    if !looks.fails(deaf) {
                        break;
                    }
                }
            }
        }
        looks.heard(&self.told, listening, &names, LOOK_AGAIN)
    }

    /// What came of one alert that was asked for, and whether that is all.
    async fn look(&self, awaited: &Awaited, request: &str, now: Instant) -> Result<(Vec<Arrival>, bool), Deaf> {
        let about = || About::Delivery(awaited.delivery);
        let opened = || Arrival {
            id: format!("opened {request}"),
            about: about(),
            what: Arrived::Delivered { words: "the alert is open there".into() },
        };
        let known = self.alerts.lock().unwrap_or_else(PoisonError::into_inner).get(request).cloned();
        let Some(alert) = known else {
            return Ok(match self.made(request, now).await? {
                None => (vec![], false),
                Some(made) if made.is_success => {
                    self.alerts.lock().unwrap_or_else(PoisonError::into_inner).insert(request.into(), made.alert_id);
                    (vec![opened()], false)
                }
                Some(made) => {
                    let words = format!("it was refused after it had been taken: {}", said(&made.status));
                    let what = Arrived::Failed { words, for_good: false };
                    (vec![Arrival { id: format!("refused {request}"), about: about(), what }], true)
                }
            });
        };
        // That it was opened may not be on the disk yet.
        let mut arrivals: Vec<Arrival> = unreported(awaited).then(opened).into_iter().collect();
        let Some(alert) = self.alert_there(&alert, now).await? else { return Ok((arrivals, false)) };
        let person = |name: Option<&String>| {
            let name = name.map(|name| said(name)).filter(|name| !name.is_empty() && name != "Baton" && name != "System")?;
            Some(From::Member { id: name.clone(), name })
        };
        let over = alert.status == "closed";
        let came = if over {
            let by = person(alert.report.closed_by.as_ref());
            by.map(|by| Arrival { id: format!("closed {}", alert.id), about: about(), what: Arrived::Resolved { by } })
        } else {
            let by = alert.acknowledged.then(|| person(alert.report.acknowledged_by.as_ref().or(alert.owner.as_ref()))).flatten();
            let id = format!("acknowledged {} {}", alert.id, awaited.delivery.0.simple());
            by.map(|by| Arrival { id, about: about(), what: Arrived::Pressed { by, response: Response::OnIt } })
        };
        arrivals.extend(came);
        Ok((arrivals, over))
    }

    /// What came of the asking; a request is not known at once, and then for some time only.
    async fn made(&self, request: &str, now: Instant) -> Result<Option<Made>, Deaf> {
        let call = self.authorized(self.api.get(&["v2", "alerts", "requests", request]));
        match self.api.ask::<Data<Made>>(call, Duration::ZERO, now).await {
            Ok(made) => Ok(Some(made.data)),
            Err(deaf) if deaf.words.contains(" answered 404 ") => Ok(None),
            Err(deaf) => Err(deaf),
        }
    }

    async fn alert_there(&self, id: &str, now: Instant) -> Result<Option<Alert>, Deaf> {
        match &self.reads {
            Reads::Nowhere => Ok(None),
            Reads::Here => {
                let call = self.authorized(self.api.get(&["v2", "alerts", id]));
                Ok(Some(self.api.ask::<Data<Alert>>(call, Duration::ZERO, now).await?.data))
            }
            Reads::There { api, cloud, login } => {
                let call = api.get(&["jsm", "ops", "api", cloud, "v1", "alerts", id]).authorized(&format!("Basic {}", login.reveal()));
                Ok(Some(api.ask(call, Duration::ZERO, now).await?))
            }
        }
    }
}

impl Channel for Jsm {
    fn render(&self, message: &Message) -> Rendered {
        let text = wording::below(message, LIMIT, wording::characters);
        Rendered { subject: Some(line(message)), ..text }
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        Some(self)
    }
}

impl Inbound for Jsm {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }
}

/// By which name an alert is known there: one for each incident, and one for each trial.
fn alias(envelope: &Envelope) -> String {
    match envelope.message.purpose {
        Purpose::Drill | Purpose::Test => format!("baton-{}", envelope.delivery.0.simple()),
        _ => format!("baton-{}", envelope.message.incident.0.simple()),
    }
}

/// The subject with as much of the title as leaves room for the reference.
fn line(message: &Message) -> String {
    let whole = |most: usize| wording::subject(&Message { title: shorten(&clean_line(&message.title), most), ..message.clone() });
    let fitting = [120, 100, 80, 60, 40].map(whole).into_iter().find(|line| line.chars().count() <= LINE);
    fitting.unwrap_or_else(|| shorten(&whole(40), LINE))
}

const fn priority(message: &Message) -> &'static str {
    match (message.purpose, message.severity) {
        (Purpose::Drill | Purpose::Test, _) => "P5",
        (_, Severity::Critical) => "P1",
        (_, Severity::High) => "P2",
        (_, Severity::Medium) => "P3",
        (_, Severity::Low) => "P4",
    }
}

pub(super) fn provider() -> Provider {
    let field = |key: &str, label: &str, kind: FieldKind, required: bool, help: &str| Field {
        key: key.into(),
        label: label.into(),
        help: help.into(),
        kind,
        required,
        default: String::new(),
        choices: Vec::new(),
    };
    let mut fields = vec![
        field("key", "API key", FieldKind::Secret, true, "Of an API integration of the team that is to be called."),
        api::server_field(
            "https://api.atlassian.com/jsm/ops/integration",
            "For Opsgenie https://api.opsgenie.com, in Europe https://api.eu.opsgenie.com.",
        ),
        field(
            "cloud",
            "Cloud id",
            FieldKind::Text,
            false,
            "Of your Jira site, to hear who acknowledges or closes an alert; your-site.atlassian.net/_edge/tenant_info shows it.",
        ),
        field("user", "Atlassian account", FieldKind::Text, false, "The mail address of whoever's token it is."),
        field("token", "API token", FieldKind::Secret, false, "Of that account. Opsgenie needs none of these three."),
        Field {
            key: "read_server".into(),
            label: "Server to look at alerts".into(),
            ..api::server_field("https://api.atlassian.com", "There is no other one, unless something stands in between.")
        },
    ];
    fields.extend(catalogue::network_fields());
    Provider {
        id: "jsm".into(),
        name: "Jira Service Management".into(),
        about: "An alert in Jira or Opsgenie for each incident. Acknowledged or closed on either side, it is on the other.".into(),
        reach: Reach::Push,
        address: AddressKind::None,
        fields,
    }
}

pub(super) fn open(form: &Form, clients: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(Jsm::read(form, clients)?))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(rename = "requestId")]
    request_id: Option<String>,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    is_success: bool,
    #[serde(default)]
    status: String,
    #[serde(default)]
    alert_id: String,
}

#[derive(Deserialize)]
struct Alert {
    id: String,
    status: String,
    #[serde(default)]
    acknowledged: bool,
    owner: Option<String>,
    #[serde(default)]
    report: Report,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    acknowledged_by: Option<String>,
    closed_by: Option<String>,
}
