//! A Twilio account, as its texts and calls use it: who we are there, and what its
//! answers and error codes mean and ask of a person.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::api::{self, Api, Call};
use super::http::{self, Answer, Clients};
use super::setup::{Form, SetupFault};
use super::{Outcome, catalogue, said, sentence};
use crate::domain::channel::{Field, FieldKind};
use crate::domain::contact;
use crate::domain::time::Instant;
use crate::host::Secret;

pub(super) struct Account {
    pub(super) api: Api,
    sid: String,
    login: Secret,
}

impl Account {
    pub(super) fn read(form: &Form, clients: &Clients) -> Result<Self, SetupFault> {
        let (sid, key) = (form.text("account"), form.text("key"));
        if !is_sid(sid, "AC") {
            return Err(SetupFault::new(
                "account",
                "An account SID is AC and 32 digits and letters a to f; the console's first page shows it.",
            ));
        }
        if !key.is_empty() && !is_sid(key, "SK") {
            return Err(SetupFault::new("key", "The SID of an API key is SK and 32 digits and letters a to f."));
        }
        let secret = form.secret("secret").map_or("", |secret| secret.reveal().trim());
        let user = if key.is_empty() { sid } else { key };
        Ok(Self {
            api: Api::read(form, "server", clients)?,
            sid: sid.into(),
            login: Secret::new(format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")))),
        })
    }

    /// Asks for something of the account's: `["Messages.json"]`.
    pub(super) fn get(&self, path: &[&str]) -> Call {
        self.signed(self.api.get(&[&["2010-04-01", "Accounts", &self.sid], path].concat()))
    }

    pub(super) fn post(&self, path: &[&str], form: &[(&str, &str)]) -> Call {
        self.signed(self.api.post(&[&["2010-04-01", "Accounts", &self.sid], path].concat()).form(form))
    }

    /// A call of another of Twilio's interfaces, as this account.
    pub(super) fn signed(&self, call: Call) -> Call {
        call.authorized(self.login.reveal())
    }
}

/// What a form asks about the account.
pub(super) fn account_fields() -> Vec<Field> {
    let field = |key: &str, label: &str, help: &str, kind, required| Field {
        key: key.into(),
        label: label.into(),
        help: help.into(),
        kind,
        required,
        default: String::new(),
        choices: Vec::new(),
    };
    vec![
        field("account", "Account SID", "AC…, on the first page of the console.", FieldKind::Text, true),
        field(
            "key",
            "API key SID",
            "SK…, if you made a key for Baton, which is better than the account's own token.",
            FieldKind::Text,
            false,
        ),
        field("secret", "Auth token, or the key's secret", "", FieldKind::Secret, true),
    ]
}

/// Where Twilio is, and how it is reached.
pub(super) fn place_fields() -> Vec<Field> {
    let help = "Another one only for a region of Twilio's, such as https://api.dublin.ie1.twilio.com.";
    let mut fields = vec![api::server_field("https://api.twilio.com", help)];
    fields.extend(catalogue::network_fields());
    fields
}

/// A number that calls or texts come from.
pub(super) fn own_number(form: &Form, key: &str) -> Result<String, SetupFault> {
    contact::phone_number(form.text(key), None).map_err(|words| SetupFault::new(key, words))
}

pub(super) fn is_sid(text: &str, begins: &str) -> bool {
    text.strip_prefix(begins).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|sign| sign.is_ascii_hexdigit()))
}

/// What was made, or what the answer means instead.
pub(super) fn judge<T: DeserializeOwned>(answer: &Answer, host: &str, now: Instant) -> Result<T, Outcome> {
    if answer.status.is_success() {
        let made = if answer.cut { None } else { serde_json::from_str(&answer.body).ok() };
        return made.ok_or_else(|| {
            Outcome::uncertain(format!(
                "{host} answered {} with what Baton does not understand. It may have arrived all the same.",
                answer.status
            ))
        });
    }
    let usual = http::classify(answer, host, now);
    let Ok(told) = serde_json::from_str::<Told>(&answer.body) else {
        // Something went wrong after the request was read; whatever stood in between may not say so.
        return Err(match answer.status {
            StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => may_have_arrived(usual.words()),
            _ => usual,
        });
    };
    let words = format!("{host} answered {}: {} {}", answer.status, sentence(&said(&told.message)), advice(told.code)).trim().to_string();
    Err(match (usual, told.code) {
        (Outcome::Temporary { retry_after, .. }, code) if code != 20500 && answer.status != StatusCode::INTERNAL_SERVER_ERROR => {
            Outcome::Temporary { words, retry_after }
        }
        (Outcome::Temporary { .. }, _) => may_have_arrived(&words),
        // Too much at once from one number, or a call to the same phone that is not over.
        (_, 20429 | 21611) | (_, 20409) => Outcome::temporary(words),
        _ => Outcome::permanent(words),
    })
}

fn may_have_arrived(words: &str) -> Outcome {
    Outcome::uncertain(format!("{} It may have arrived all the same.", sentence(words)))
}

#[derive(Deserialize)]
struct Told {
    code: i64,
    #[serde(default)]
    message: String,
}

/// What to do about an error code; empty where the provider's words say it all.
pub(super) fn advice(code: i64) -> &'static str {
    CODES.iter().find(|known| known.0 == code).map_or("", |known| known.2)
}

/// Whether an error code says that this number can never be reached this way.
pub(super) fn is_for_good(code: i64) -> bool {
    CODES.iter().any(|known| known.0 == code && known.1)
}

/// Code, whether the number itself is what is wrong, and what to do.
const CODES: [(i64, bool, &str); 26] = [
    (20003, false, "The account SID, or the token or key, is not valid (any more); take them anew from the console."),
    (20005, false, "The account is not active; look into the console."),
    (21210, false, "The sender is none of this account's numbers; buy or verify it in the console."),
    (21211, true, "Check the number in the directory."),
    (21212, false, "The sender is no number; correct it in the channel's set-up."),
    (21214, true, "Check the number in the directory."),
    (21215, false, "The account may not call that country; allow it in the console under Voice, Geo permissions."),
    (21217, true, "Check the number in the directory."),
    (21219, false, "A trial account reaches only numbers that are verified in the console."),
    (21265, true, "A short number cannot be texted."),
    (21408, false, "The account may not text that country; allow it in the console under Messaging, Geo permissions."),
    (21603, false, "The sender is missing; correct it in the channel's set-up."),
    (21606, false, "The sender cannot send texts, or is none of this account's."),
    (21608, false, "A trial account reaches only numbers that are verified in the console."),
    (21610, true, "They have answered STOP to this sender; they have to text START to it first."),
    (21612, false, "There is no way from this sender to that number; another sender is needed."),
    (21614, true, "That is no mobile number; it can only be called."),
    (21635, true, "That is a landline; it can only be called."),
    (21659, false, "The sender is none of this account's numbers."),
    (30003, false, "The phone is off or out of reach."),
    (30004, false, "The recipient or their network blocks it."),
    (30005, true, "There is no such number (any more)."),
    (30006, true, "It is a landline, or a network that takes no texts."),
    (30007, false, "The network took it for spam."),
    (30008, false, "The network did not say why."),
    (30034, false, "Texts within the US need a registered campaign; see A2P 10DLC in the console."),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: u16, body: &str) -> Outcome {
        let status = StatusCode::from_u16(status).expect("a status");
        let answer = Answer { status, headers: reqwest::header::HeaderMap::new(), body: body.into(), cut: false };
        judge::<Told>(&answer, "api.twilio.com", Instant(0)).err().expect("no success")
    }

    #[test]
    fn an_error_code_says_whether_to_try_again_and_what_to_do() {
        let told = |status: u16, code: i64| outcome(status, &format!(r#"{{"code": {code}, "message": "no", "status": {status}}}"#));
        for (status, code) in [(429, 20429), (429, 63038), (400, 21611), (409, 20409), (503, 20503)] {
            assert!(matches!(told(status, code), Outcome::Temporary { .. }), "{code} passes: {:?}", told(status, code));
        }
        for (status, code, part) in [(401, 20003, "take them anew"), (400, 21211, "directory"), (400, 21610, "START"), (400, 99_999, "no.")]
        {
            assert!(matches!(told(status, code), Outcome::Permanent { .. }), "{code} stays: {:?}", told(status, code));
            assert!(told(status, code).words().contains(part), "{:?}", told(status, code));
        }
        for broken in [told(500, 20500), outcome(500, "oops"), outcome(502, "<html>"), outcome(504, "")] {
            assert!(matches!(broken, Outcome::Uncertain { .. }), "it may have been taken before it broke: {broken:?}");
        }
    }

    #[test]
    fn a_number_is_marked_wrong_only_for_what_is_wrong_with_the_number() {
        assert!([21211, 21610, 30005, 30006].into_iter().all(is_for_good), "no such number, a landline, whoever said STOP");
        assert!(![30003, 30004, 30007, 30008, 21608, 20003].into_iter().any(is_for_good), "a phone that is off is on again tomorrow");
    }
}
