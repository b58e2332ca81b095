//! Text messages through a Twilio account. What became of each is asked after, and
//! answers are read from the list of what came in: a desktop has no address that
//! Twilio could call.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use serde::Deserialize;

use super::http::Clients;
use super::inbound::{About, Arrival, Arrived, Awaited, Deaf, From, Heard, Hears, Inbound, Listening};
use super::rounds::{Once, Rounds, pace, unreported};
use super::setup::{Form, SetupFault};
use super::twilio::{self, Account};
use super::{Channel, Envelope, Outcome, Rendered, Sending, said, sentence, texting};
use crate::domain::channel::{AddressKind, Field, FieldKind, Provider, Reach};
use crate::domain::message::Message;
use crate::domain::time::{Instant, MINUTE};
use crate::domain::token::Token;

/// After so many seconds a text that was not delivered is given up; nobody is woken by
/// what was urgent four hours ago.
const VALID: &str = "14400";

/// Messages on one page of a list, and pages read at once.
const PAGE: &str = "100";
const PAGES: usize = 20;

/// As much earlier as what was heard last is read again: the list is in the order in
/// which Twilio had them, not in the order in which they can be seen.
const OVERLAP: i64 = 10 * MINUTE;

pub(super) struct TwilioText {
    account: Account,
    sender: Sender,
    rounds: Rounds,
    replies: Once,
}

/// Whom the text is from.
enum Sender {
    /// A number or a short code.
    Number(String),
    /// A messaging service, which chooses one of its numbers.
    Service(String),
    /// Letters, which cannot be answered.
    Name(String),
}

impl Sender {
    fn read(form: &Form) -> Result<Self, SetupFault> {
        let text = form.text("sender");
        if twilio::is_sid(text, "MG") {
            return Ok(Self::Service(text.into()));
        }
        if (3..=8).contains(&text.len()) && text.bytes().all(|sign| sign.is_ascii_digit()) {
            return Ok(Self::Number(text.into()));
        }
        let is_name = text.len() <= 11
            && text.bytes().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b' ' | b'-' | b'+' | b'_' | b'&'))
            && text.bytes().any(|sign| sign.is_ascii_alphabetic());
        if is_name { Ok(Self::Name(text.into())) } else { twilio::own_number(form, "sender").map(Self::Number) }
    }

    fn pair(&self) -> (&'static str, &str) {
        match self {
            Self::Number(number) => ("From", number),
            Self::Service(sid) => ("MessagingServiceSid", sid),
            Self::Name(name) => ("From", name),
        }
    }
}

impl TwilioText {
    fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        Ok(Self {
            account: Account::read(form, clients)?,
            sender: Sender::read(form)?,
            rounds: Rounds::default(),
            replies: Once::default(),
        })
    }

    fn text(&self, message: &Message, token: &Token) -> String {
        match self.sender {
            Sender::Name(_) => texting::unanswerable(message),
            Sender::Number(_) | Sender::Service(_) => texting::answerable(message, token),
        }
    }

    async fn deliver(&self, envelope: &Envelope) -> Outcome {
        let text = self.text(&envelope.message, &envelope.token);
        if envelope.attempt > 1
            && let Some(sid) = self.arrived_before(envelope, &text).await
        {
            return Outcome::Accepted {
                words: format!("{} has had it from an earlier try.", self.account.api.host()),
                provider_id: Some(sid),
            };
        }
        let form = [("To", envelope.address.as_str()), self.sender.pair(), ("Body", &text), ("ValidityPeriod", VALID)];
        let host = self.account.api.host();
        match self.account.api.make(self.account.post(&["Messages.json"], &form)).await {
            Ok(answer) => twilio::judge::<Sent>(&answer, &host, envelope.now).map_or_else(
                |outcome| outcome,
                |sent| Outcome::Accepted { words: format!("{host} took it."), provider_id: Some(sent.sid) },
            ),
            Err(outcome) => outcome,
        }
    }

    /// Twilio takes no key that would make a second try the same message. So what it
    /// has for this number is read before it is given one again.
    async fn arrived_before(&self, envelope: &Envelope, text: &str) -> Option<String> {
        let list = self.account.get(&["Messages.json"]).query(&[("To", &envelope.address), ("PageSize", "50")]);
        // Where the list cannot be read, twice is better than never.
        let page: Page = self.account.api.ask(list, Duration::ZERO, envelope.now).await.ok()?;
        let (seconds, _) = envelope.delivery.0.get_timestamp()?.to_unix();
        let queued = Instant(i64::try_from(seconds).ok()?.saturating_mul(1000));
        let code = envelope.token.code();
        let same = |one: &Listed| {
            let lost = matches!(one.status.as_str(), "failed" | "undelivered" | "canceled");
            // A trial account's texts begin with words of Twilio's; and what is gathered may have grown since.
            let said = one.body.ends_with(text) || (text.contains(code) && one.body.contains(code));
            one.is_ours() && !lost && said && one.at().is_some_and(|at| at.since(queued) > -OVERLAP)
        };
        page.messages.into_iter().find(same).map(|one| one.sid)
    }

    async fn hear(&self, listening: &Listening) -> Result<Heard, Deaf> {
        self.replies.goes_on_from(listening.cursor.as_deref());
        let (mut arrivals, cursor) = self.answers(listening).await?;
        // What is known by now is not kept waiting by what could not be asked.
        if let Err(deaf) = self.receipts(listening, &mut arrivals).await
            && arrivals.is_empty()
        {
            return Err(deaf);
        }
        Ok(Heard { arrivals, cursor, again_in: pace(listening) })
    }

    /// What came in since the oldest message that is still awaited, or since what was
    /// heard last.
    async fn answers(&self, listening: &Listening) -> Result<(Vec<Arrival>, Option<String>), Deaf> {
        let before = listening.cursor.clone();
        if let Sender::Name(_) = self.sender {
            return Ok((Vec::new(), before));
        }
        let Some(oldest) = listening.awaited.iter().map(|one| one.sent_at).min() else { return Ok((Vec::new(), before)) };
        let heard = before.as_deref().and_then(Cursor::read).unwrap_or(Cursor { at: Instant(0), turn: 0 });
        let from = oldest.max(heard.at).plus(-OVERLAP);
        let listed = self.listed_since(from, listening.now).await?;
        let came: Vec<&Listed> = listed.iter().filter(|one| one.direction == "inbound" && !one.body.trim().is_empty()).collect();
        let news: Vec<&&Listed> = came.iter().filter(|one| self.replies.is_news(&one.sid)).collect();
        let cursor = if news.is_empty() {
            before
        } else {
            let at = came.iter().filter_map(|one| one.at()).max().unwrap_or(heard.at).max(heard.at);
            Some(Cursor { at, turn: heard.turn + 1 }.write())
        };
        let there = |sid: &str| came.iter().any(|one| one.sid == sid);
        self.replies.returns(news.iter().map(|one| one.sid.clone()), cursor.clone(), there);
        // The list begins with the newest; answers are taken in the order they were given.
        Ok((news.into_iter().rev().map(|one| one.arrival()).collect(), cursor))
    }

    async fn listed_since(&self, from: Instant, now: Instant) -> Result<Vec<Listed>, Deaf> {
        let day = from.utc().format("%Y-%m-%d").to_string();
        let mut asks = vec![("DateSent>".to_string(), day), ("PageSize".to_string(), PAGE.to_string())];
        if let Sender::Number(number) = &self.sender {
            asks.push(("To".to_string(), number.clone()));
        }
        let mut listed = Vec::new();
        for _ in 0..PAGES {
            let pairs: Vec<(&str, &str)> = asks.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let page: Page = self.account.api.ask(self.account.get(&["Messages.json"]).query(&pairs), Duration::ZERO, now).await?;
            let reached = page.messages.iter().any(|one| one.at().is_some_and(|at| at < from));
            listed.extend(page.messages.into_iter().filter(|one| one.at().is_none_or(|at| at >= from)));
            // Only what it asks is taken from the next page's address, so that an answer sends Baton nowhere.
            let Some((_, next)) = page.next_page_uri.as_deref().and_then(|uri| uri.split_once('?')).filter(|_| !reached) else { break };
            asks = url::form_urlencoded::parse(next.as_bytes()).into_owned().collect();
        }
        Ok(listed)
    }

    /// What became of what was sent.
    async fn receipts(&self, listening: &Listening, arrivals: &mut Vec<Arrival>) -> Result<(), Deaf> {
        for (sid, about) in self.rounds.due(listening, unreported) {
            let answer = self.account.api.make(self.account.get(&["Messages", &format!("{sid}.json")])).await;
            let answer = answer.map_err(|outcome| super::api::deaf(&outcome))?;
            self.rounds.asked(sid, about, listening.now);
            // Somebody may delete a message at Twilio; nothing more is heard of it then.
            if answer.status != reqwest::StatusCode::NOT_FOUND {
                let now = twilio::judge::<Listed>(&answer, &self.account.api.host(), listening.now);
                arrivals.extend(now.map_err(|outcome| super::api::deaf(&outcome))?.receipt(about));
            }
        }
        Ok(())
    }
}

impl Channel for TwilioText {
    fn render(&self, message: &Message) -> Rendered {
        texting::rendered(self.text(message, &Token::sample()))
    }

    fn send<'a>(&'a self, envelope: &'a Envelope) -> Sending<'a> {
        Box::pin(self.deliver(envelope))
    }

    fn inbound(&self) -> Option<&dyn Inbound> {
        Some(self)
    }
}

impl Inbound for TwilioText {
    fn listen<'a>(&'a self, listening: &'a Listening) -> Hears<'a> {
        Box::pin(self.hear(listening))
    }
}

/// Up to when answers were heard; `turn` makes each cursor another one.
struct Cursor {
    at: Instant,
    turn: u64,
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        let (at, turn) = text.split_once(' ')?;
        Some(Self { at: Instant(at.parse().ok()?), turn: turn.parse().ok()? })
    }

    fn write(&self) -> String {
        format!("{} {}", self.at.0, self.turn)
    }
}

pub(super) fn provider() -> Provider {
    let mut fields = twilio::account_fields();
    fields.push(Field {
        key: "sender".into(),
        label: "Sender".into(),
        help: "Your Twilio number or the SID of a messaging service (MG…). A name of letters works too in some countries, but nobody can answer it.".into(),
        kind: FieldKind::Text,
        required: true,
        default: String::new(),
        choices: Vec::new(),
    });
    fields.extend(twilio::place_fields());
    Provider {
        id: "twilio-text".into(),
        name: "Text message (Twilio)".into(),
        about: "A text to a mobile phone. Whoever answers it with “on it” and the code has it.".into(),
        reach: Reach::Text,
        address: AddressKind::Phone,
        fields,
    }
}

pub(super) fn open(form: &Form, clients: &Clients) -> Result<Arc<dyn Channel>, SetupFault> {
    Ok(Arc::new(TwilioText::read(form, clients)?))
}

#[derive(Deserialize)]
struct Sent {
    sid: String,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Listed>,
    next_page_uri: Option<String>,
}

/// A message as Twilio keeps it, theirs or ours.
#[derive(Deserialize)]
struct Listed {
    sid: String,
    #[serde(default)]
    direction: String,
    from: Option<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    status: String,
    error_code: Option<i64>,
    error_message: Option<String>,
    date_sent: Option<String>,
    date_created: Option<String>,
}

impl Listed {
    fn is_ours(&self) -> bool {
        self.direction.starts_with("outbound")
    }

    fn at(&self) -> Option<Instant> {
        let date = self.date_sent.as_deref().or(self.date_created.as_deref())?;
        DateTime::parse_from_rfc2822(date).ok().map(|at| Instant(at.timestamp_millis()))
    }

    fn arrival(&self) -> Arrival {
        let by = From::Address(self.from.clone().unwrap_or_default());
        Arrival { id: self.sid.clone(), about: About::Sender { at: self.at() }, what: Arrived::Said { by, text: self.body.clone() } }
    }

    /// What its status says that was not known before.
    fn receipt(&self, about: &Awaited) -> Option<Arrival> {
        let what = match self.status.as_str() {
            "delivered" => Arrived::Delivered { words: "Twilio says that it is on the phone.".into() },
            "read" => Arrived::Seen { words: "Twilio says that it was read.".into() },
            "undelivered" | "failed" | "canceled" => {
                let code = self.error_code.unwrap_or_default();
                let theirs = self.error_message.as_deref().map(|words| sentence(&said(words))).unwrap_or_default();
                let number = if code == 0 { String::new() } else { format!(" ({code})") };
                let words = format!("Twilio says: {}{number}. {theirs} {}", said(&self.status), twilio::advice(code));
                Arrived::Failed { words: super::said(&words), for_good: twilio::is_for_good(code) }
            }
            _ => return None,
        };
        Some(Arrival { id: format!("{} {}", self.sid, self.status), about: About::Delivery(about.delivery), what })
    }
}
