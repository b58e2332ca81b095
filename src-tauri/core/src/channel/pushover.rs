//! Pushover: a push that rings on until its reader acknowledges it. The provider
//! keeps a receipt of such a push, which is asked for now and then.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use super::api::{self, Api};
use super::http::{self, Answer, Clients};
use super::inbound::{About, Arrival, Arrived, Awaited, Deaf, From, Heard, Hears, Inbound, Listening};
use super::rounds::{Looks, Once};
use super::setup::{Form, SetupFault};
use super::wording::{self, Answering};
use super::{Channel, Envelope, Outcome, Rendered, Sending, catalogue, said, sentence};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::message::{Message, Purpose};
use crate::domain::response::Response;
use crate::domain::severity::Severity;
use crate::domain::text::shorten;
use crate::domain::time::Instant;
use crate::host::Secret;

/// Characters of one message, and of its title.
const LIMIT: usize = 1024;
const TITLE_LIMIT: usize = 250;

/// What must be acknowledged rings again after so long, and for so long at most.
const RINGS_AGAIN: &str = "60";
const RINGS_FOR: &str = "1800";
const DRILL_RINGS_FOR: &str = "300";

/// A receipt may be asked for no more often.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Where no receipt is open.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

pub(super) struct Pushover {
    api: Api,
    token: Secret,
    /// Receipts that will tell nothing more.
    told: Once,
}

impl Pushover {
    pub(super) fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        let token = form.secret("token").map_or("", |token| token.reveal().trim());
        if token.len() < 20 || !token.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
            return Err(SetupFault::new(
                "token",
                "An application's token is 30 letters and digits; pushover.net shows it with the application.",
            ));
        }
        Ok(Self { token: Secret::new(token.to_string()), api: Api::read(form, "server", clients)?, told: Once::default() })
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        let Envelope { message, address, .. } = envelope;
        // All pushes of one incident, so that what rings can be stopped.
        let tag = format!("baton-{}", message.incident.0.simple());
        if message.purpose == Purpose::Taken {
            return self.stop(&tag, envelope.now).await;
        }
        let text = self.render(message).text;
        let title = shorten(&wording::subject(message), TITLE_LIMIT);
        let at = (message.at.0 / 1000).to_string();
        let priority = priority(message);
        let level = priority.to_string();
        let mut form = vec![
            ("token", self.token.reveal()),
            ("user", address),
            ("title", &title),
            ("message", &text),
            ("timestamp", &at),
            ("priority", &level),
        ];
        if priority == 2 {
            let rings_for = if message.purpose == Purpose::Drill { DRILL_RINGS_FOR } else { RINGS_FOR };
            form.extend([("retry", RINGS_AGAIN), ("expire", rings_for), ("tags", &tag)]);
        }
        match self.api.make(self.api.post(&["1", "messages.json"]).form(&form)).await {
            Ok(answer) => self.judge(&answer, envelope.now),
            Err(outcome) => outcome,
        }
    }

    /// Whatever still rings for an incident rings no more.
    async fn stop(&self, tag: &str, now: Instant) -> Outcome {
        let path = ["1", "receipts", "cancel_by_tag", &format!("{tag}.json")];
        match self.api.make(self.api.post(&path).form(&[("token", self.token.reveal())])).await {
            Ok(answer) => match self.judge(&answer, now) {
                Outcome::Accepted { words, .. } => Outcome::Accepted { words, provider_id: None },
                other => other,
            },
            Err(outcome) => outcome,
        }
    }

    fn judge(&self, answer: &Answer, now: Instant) -> Outcome {
        let host = self.api.host();
        let Ok(told) = serde_json::from_str::<Answered>(&answer.body) else {
            return match http::classify(answer, &host, now) {
                Outcome::Accepted { .. } => {
                    Outcome::uncertain(format!("{host} answered what Baton does not understand. It may have arrived all the same."))
                }
                other => other,
            };
        };
        if answer.status.is_success() && told.status == 1 {
            return Outcome::Accepted { words: format!("{host} took it."), provider_id: told.receipt.or(told.request) };
        }
        let words = format!("{host} answered {}: {}", answer.status, said(&told.errors.join("; ")));
        let none_left = answer.headers.get("x-limit-app-remaining").is_some_and(|left| left.as_bytes() == b"0");
        match answer.status {
            StatusCode::TOO_MANY_REQUESTS if none_left => {
                Outcome::permanent(format!("{} The application's messages for this month are used up.", sentence(&words)))
            }
            _ if told.token.is_some() => Outcome::permanent(format!("{} Check the application's token on pushover.net.", sentence(&words))),
            _ if told.user.is_some() => {
                Outcome::permanent(format!("{} Ask them for the user key that their Pushover app shows.", sentence(&words)))
            }
            _ => match http::classify(answer, &host, now) {
                Outcome::Temporary { retry_after, .. } => Outcome::Temporary { words, retry_after },
                _ => Outcome::permanent(words),
            },
        }
    }

    async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        self.told.goes_on_from(listening.cursor.as_deref());
        let receipts: Vec<(&Awaited, &str)> = listening
            .awaited
            .iter()
            .filter_map(|awaited| Some((awaited, awaited.provider_id.as_deref()?)))
            .filter(|(_, id)| is_receipt(id))
            .collect();
        let names: BTreeSet<String> = receipts.iter().map(|(_, receipt)| (*receipt).to_string()).collect();
        let mut looks = Looks::default();
        let mut again_in = LOOK_AGAIN;
        for (awaited, receipt) in receipts.into_iter().filter(|(_, receipt)| self.told.is_news(receipt)) {
            again_in = ASK_AGAIN;
            match self.ask(receipt, listening.now).await {
                Ok(told) => {
                    let over = told.acknowledged != 0 || told.expired != 0;
                    looks.saw(&self.told, receipt, told.arrival(awaited, receipt), over);
                }
                Err(deaf) => {
                    if !looks.fails(deaf) {
                        break;
                    }
                }
            }
        }
        looks.heard(&self.told, listening, &names, again_in)
    }

    async fn ask(&self, receipt: &str, now: Instant) -> Result<Receipt, Deaf> {
        let asked = self.api.get(&["1", "receipts", &format!("{receipt}.json")]).query(&[("token", self.token.reveal())]);
        self.api.ask(asked, Duration::ZERO, now).await
    }
}

/// What needs no acknowledgement is known by the number of its request, which is a UUID
/// and no receipt.
fn is_receipt(id: &str) -> bool {
    id.len() == 30 && id.bytes().all(|sign| sign.is_ascii_alphanumeric())
}

impl Channel for Pushover {
    fn render(&self, message: &Message) -> Rendered {
        let told = if priority(message) == 2 { Answering::Acknowledging.told(message) } else { message.clone() };
        wording::below(&told, LIMIT, wording::characters)
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        Some(self)
    }
}

impl Inbound for Pushover {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }
}

/// 2 rings until it is acknowledged, 1 rings through quiet hours, -1 makes no sound.
const fn priority(message: &Message) -> i8 {
    match (message.purpose, message.severity) {
        // A drill has to be answered, and nothing else brings an answer back.
        (Purpose::Alert, Severity::Critical) | (Purpose::Drill, _) => 2,
        (Purpose::Alert, Severity::High) | (Purpose::StillOnIt | Purpose::Opinion, Severity::Critical | Severity::High) => 1,
        (Purpose::Test, _) => 0,
        (_, Severity::Low) => -1,
        _ => 0,
    }
}

pub(super) fn provider() -> Provider {
    let mut fields = vec![
        Field {
            key: "token".into(),
            label: "Application token".into(),
            help: "From pushover.net: create an application and copy its API token.".into(),
            kind: FieldKind::Secret,
            required: true,
            default: String::new(),
            choices: Vec::new(),
        },
        api::server_field("https://api.pushover.net", "There is no other one, unless something stands in between."),
    ];
    fields.extend(catalogue::network_fields());
    Provider {
        id: "pushover".into(),
        name: "Pushover".into(),
        about: "A push that rings on until it is acknowledged, where it is critical. The acknowledgement comes back as “on it”.".into(),
        reach: Reach::Push,
        address: AddressKind::handle("user key", "uQiRzpo4DXghDmr9QzzgQu27cmVRsG"),
        fields,
    }
}

pub(super) fn open(form: &Form, clients: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(Pushover::read(form, clients)?))
}

#[derive(Deserialize)]
struct Answered {
    /// 1 where it was taken.
    status: i64,
    request: Option<String>,
    receipt: Option<String>,
    #[serde(default)]
    errors: Vec<String>,
    /// "invalid" where it is what is wrong.
    user: Option<String>,
    token: Option<String>,
}

#[derive(Deserialize)]
struct Receipt {
    acknowledged: i64,
    expired: i64,
    #[serde(default)]
    acknowledged_by: String,
    #[serde(default)]
    acknowledged_by_device: String,
}

impl Receipt {
    fn arrival(self, awaited: &Awaited, receipt: &str) -> Option<Arrival> {
        let by = From::Member { id: self.acknowledged_by, name: self.acknowledged_by_device };
        (self.acknowledged == 1).then(|| Arrival {
            id: receipt.into(),
            about: About::Delivery(awaited.delivery),
            what: Arrived::Pressed { by, response: Response::OnIt },
        })
    }
}
