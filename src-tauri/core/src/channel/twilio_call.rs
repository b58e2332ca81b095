//! Calls through a Twilio account: a voice that says what is wrong. By itself it is
//! only heard; with a flow in Twilio Studio a key can be pressed, and the flow keeps
//! which until Baton asks (docs/twilio-studio.md).

use std::sync::Arc;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::api::{self, Api, Call};
use super::http::{Answer, Clients};
use super::inbound::{About, Arrival, Arrived, Awaited, Deaf, From, Heard, Hears, Inbound, Listening};
use super::rounds::{Rounds, pace, unreported};
use super::setup::{Form, SetupFault};
use super::twilio::{self, Account};
use super::{Channel, Envelope, Outcome, Rendered, Sending, said, speech};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::message::{Message, Purpose};
use crate::domain::response::Response;
use crate::domain::time::Instant;

pub(super) struct TwilioCall {
    account: Account,
    from: String,
    flow: Option<Flow>,
    rounds: Rounds,
}

/// A flow in Twilio Studio, which has an interface of its own.
struct Flow {
    api: Api,
    sid: String,
}

impl TwilioCall {
    fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        let flow = match form.text("flow") {
            "" => None,
            sid if twilio::is_sid(sid, "FW") => Some(Flow { api: Api::read(form, "studio", clients)?, sid: sid.into() }),
            _ => {
                return Err(SetupFault::new(
                    "flow",
                    "A flow's SID is FW and 32 digits and letters a to f; Studio shows it in the list of flows.",
                ));
            }
        };
        Ok(Self { account: Account::read(form, clients)?, from: twilio::own_number(form, "from")?, flow, rounds: Rounds::default() })
    }

    /// What is heard once, with what it ends with.
    fn spoken(&self, message: &Message) -> (String, String) {
        let ending = if self.flow.is_some() { speech::keys(message.purpose) } else { speech::instead_of_keys(message) };
        (speech::script(message), ending)
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        let (script, ending) = self.spoken(&envelope.message);
        let (to, from) = (envelope.address.as_str(), self.from.as_str());
        let (api, call) = if let Some(flow) = &self.flow {
            let given = json!({
                "script": speakable(&script), "keys": ending, "token": envelope.token.reveal(), "reference": envelope.message.reference,
            });
            let form = [("To", to), ("From", from), ("Parameters", &given.to_string())];
            (&flow.api, self.account.signed(flow.at(&[], Api::post).form(&form)))
        } else {
            let twiml = speech::document(&script, &ending);
            (&self.account.api, self.account.post(&["Calls.json"], &[("To", to), ("From", from), ("Twiml", &twiml)]))
        };
        let host = api.host();
        match api.make(call).await {
            Ok(answer) => twilio::judge::<Made>(&answer, &host, envelope.now)
                .map_or_else(rings_twice, |made| Outcome::Accepted { words: format!("{host} is calling."), provider_id: Some(made.sid) }),
            Err(outcome) => rings_twice(outcome),
        }
    }

    async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        let (mut arrivals, mut failed) = (Vec::new(), None);
        for (sid, about) in self.rounds.due(listening, unreported) {
            match self.ask_after(sid, about, listening.now).await {
                Ok(heard) => {
                    self.rounds.asked(sid, about, listening.now);
                    arrivals.extend(heard);
                }
                Err(deaf) => {
                    failed = Some(deaf);
                    break;
                }
            }
        }
        match failed {
            Some(deaf) if arrivals.is_empty() => Err(deaf),
            _ => Ok(Heard { arrivals, cursor: listening.cursor.clone(), again_in: pace(listening) }),
        }
    }

    async fn ask_after(&self, sid: &str, about: &Awaited, now: Instant) -> Result<Option<Arrival>, Deaf> {
        let arrival = |name: &str, what| Some(Arrival { id: format!("{sid} {name}"), about: About::Delivery(about.delivery), what });
        // Whether it was a flow's is told by its name: one may have been set or taken away since.
        if sid.starts_with("FN") {
            let Some(flow) = &self.flow else { return Ok(None) };
            // In this order: what was pressed before it ended is there once it has ended.
            let Some(run) = self.look::<Run>(&flow.api, flow.at(&[sid], Api::get), now).await? else { return Ok(None) };
            let Some(kept) = self.look::<Kept>(&flow.api, flow.at(&[sid, "Context"], Api::get), now).await? else { return Ok(None) };
            return Ok(match kept.context.pressed(about) {
                Some(response) => arrival("pressed", Arrived::Pressed { by: From::Addressee, response }),
                None if run.status == "ended" => arrival("ended", kept.context.ended()),
                None => None,
            });
        }
        let path = ["Calls", &format!("{sid}.json")];
        let call: Option<Placed> = self.look(&self.account.api, self.account.get(&path), now).await?;
        Ok(call.and_then(|call| Some((call.status.clone(), became(&call.status)?))).and_then(|(status, what)| arrival(&status, what)))
    }

    /// What is kept at Twilio under a name; `None` where it was deleted there.
    async fn look<T: serde::de::DeserializeOwned>(&self, api: &Api, call: Call, now: Instant) -> Result<Option<T>, Deaf> {
        let answer: Answer = api.make(self.account.signed(call)).await.map_err(|outcome| api::deaf(&outcome))?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        twilio::judge(&answer, &api.host(), now).map(Some).map_err(|outcome| api::deaf(&outcome))
    }
}

impl Flow {
    /// A call about the runs of this flow.
    fn at(&self, path: &[&str], method: impl Fn(&Api, &[&str]) -> Call) -> Call {
        method(&self.api, &[&["v2", "Flows", &self.sid, "Executions"], path].concat())
    }
}

impl Channel for TwilioCall {
    fn render(&self, message: &Message) -> Rendered {
        let (script, ending) = self.spoken(message);
        Rendered::new(None, format!("{script}\n{ending}").trim_end().into(), None)
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        Some(self)
    }
}

impl Inbound for TwilioCall {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }
}

/// What may have been placed is placed again; a telephone that rings twice does no harm.
fn rings_twice(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Uncertain { words } => Outcome::uncertain(
            words.replace("It may have arrived all the same.", "It may have arrived all the same, so the phone may ring twice."),
        ),
        other => other,
    }
}

/// Without signs that a flow's text could take for something else.
fn speakable(script: &str) -> String {
    script.replace('&', " and ").replace(['<', '>', '{', '}'], " ")
}

/// What a call's status says once it is over.
fn became(status: &str) -> Option<Arrived> {
    let failed = |words: &str| Some(Arrived::Failed { words: words.into(), for_good: false });
    match status {
        "completed" => Some(Arrived::Delivered { words: "Somebody answered the call, or a mailbox did.".into() }),
        "busy" => failed("The line was busy, or the call was refused."),
        "no-answer" => failed("Nobody answered."),
        "failed" => failed("The call could not be put through. Check the number in the directory."),
        "canceled" => failed("The call was taken back before anybody answered."),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Made {
    sid: String,
}

#[derive(Deserialize)]
struct Placed {
    status: String,
}

#[derive(Deserialize)]
struct Run {
    status: String,
}

#[derive(Deserialize)]
struct Kept {
    context: Context,
}

/// What a flow has learnt: of each of its widgets by the widget's name, and its own variables.
#[derive(Default, Deserialize)]
struct Context {
    #[serde(default)]
    widgets: Map<String, Value>,
    #[serde(default)]
    flow: Value,
}

impl Context {
    /// The key, where one was pressed that means something. A flow that was given another
    /// message's token speaks of another call.
    fn pressed(&self, about: &Awaited) -> Option<Response> {
        let token = self.flow.pointer("/data/token").and_then(Value::as_str);
        if token.is_some_and(|token| token != about.token.reveal()) {
            return None;
        }
        let digits = self.widgets.values().filter_map(|widget| widget.get("Digits")?.as_str());
        digits.filter_map(|digits| meant(digits, about.purpose)).next_back()
    }

    /// How it ended, if nobody pressed anything.
    fn ended(&self) -> Arrived {
        let outcome = self.flow.pointer("/variables/outcome").and_then(Value::as_str);
        let status = self.widgets.values().find_map(|widget| widget.get("CallStatus")?.as_str());
        let known = outcome.or(status).map(|words| words.to_lowercase().replace(' ', "-")).unwrap_or_default();
        became(&known).unwrap_or_else(|| {
            // That a key was asked for means that somebody, or something, had answered.
            let words = match known.as_str() {
                "in-progress" | "answered" | "no-key" => "Somebody answered the call, or a mailbox did; no key was pressed.".to_string(),
                "" => return Arrived::Failed { words: "The call is over, and no key was pressed.".into(), for_good: false },
                other => return Arrived::Failed { words: format!("The call ended: {}.", said(other)), for_good: false },
            };
            Arrived::Delivered { words }
        })
    }
}

fn meant(digits: &str, to: Purpose) -> Option<Response> {
    to.responses().iter().copied().find(|one| digits.trim() == one.key(to).to_string())
}

pub(super) fn provider() -> Provider {
    let field = |key: &str, label: &str, help: &str, kind, required, default: &str| Field {
        key: key.into(),
        label: label.into(),
        help: help.into(),
        kind,
        required,
        default: default.into(),
        choices: Vec::new(),
    };
    let mut fields = twilio::account_fields();
    fields.extend([
        field("from", "Calls come from", "Your Twilio number, or one that is verified there.", FieldKind::Text, true, ""),
        field(
            "flow",
            "Studio flow",
            "FW…, so that a key can be pressed for “on it”; docs/twilio-studio.md has one to paste. Without it the call only tells.",
            FieldKind::Text,
            false,
            "",
        ),
    ]);
    fields.extend(twilio::place_fields());
    fields.push(field("studio", "Studio’s server", "Where flows are run.", FieldKind::Url, false, "https://studio.twilio.com"));
    Provider {
        id: "twilio-call".into(),
        name: "Call (Twilio)".into(),
        about: "A voice calls and says what is wrong. With a Studio flow, a key pressed on the phone says “on it”.".into(),
        reach: Reach::Phone,
        address: AddressKind::Phone,
        fields,
    }
}

pub(super) fn open(form: &Form, clients: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(TwilioCall::read(form, clients)?))
}
