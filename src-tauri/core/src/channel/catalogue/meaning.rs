//! What a provider's answer means, where its status alone does not say it.

use std::time::Duration;

use serde_json::Value;

use super::written::Meaning;

#[derive(Debug, Default)]
pub(in crate::channel) struct Answers {
    pub(super) rules: Vec<Rule>,
    pub(super) id_at: Option<String>,
    /// Templates; one of what they come to is in an answer that accepts.
    pub(super) contains: Vec<String>,
    pub(super) retry_after_at: Option<String>,
}

#[derive(Debug)]
pub(super) struct Rule {
    pub status: Vec<u16>,
    pub contains: Option<String>,
    pub at: Option<String>,
    pub is: Option<Value>,
    pub meaning: Meaning,
    pub hint: String,
}

/// What a rule says of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channel) enum Judged {
    Accepted,
    Temporary,
    Permanent,
    Uncertain,
}

impl Answers {
    /// What the rules say of an answer, and what to do about it.
    pub(in crate::channel) fn judge(&self, status: u16, body: &str) -> Option<(Judged, &str)> {
        let json = serde_json::from_str(body).unwrap_or(Value::Null);
        let rule = self.rules.iter().find(|rule| rule.holds(status, body, &json))?;
        let judged = match rule.meaning {
            Meaning::Accepted => Judged::Accepted,
            Meaning::Temporary => Judged::Temporary,
            Meaning::Permanent => Judged::Permanent,
            Meaning::Uncertain => Judged::Uncertain,
        };
        Some((judged, &rule.hint))
    }

    /// Whether only the whole body tells what an answer means.
    pub(in crate::channel) fn reads_bodies(&self, id_at: Option<&str>, contains: &[String]) -> bool {
        id_at.is_some() || !contains.is_empty() || self.rules.iter().any(|rule| rule.contains.is_some() || rule.at.is_some())
    }

    /// Whether the body of an answer that accepts is as this provider writes it;
    /// what is not was said by something in between.
    pub(in crate::channel) fn is_as_promised(body: &str, id_at: Option<&str>, contains: &[String]) -> bool {
        id_at.is_none_or(|pointer| value_at(body, pointer).is_some())
            && (contains.is_empty() || contains.iter().any(|part| body.contains(part.as_str())))
    }

    /// For how long the body asks to be left in peace.
    pub(in crate::channel) fn retry_after(&self, body: &str) -> Option<Duration> {
        let seconds = value_at(body, self.retry_after_at.as_deref()?)?;
        Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
    }

    pub(in crate::channel) fn contains(&self) -> &[String] {
        &self.contains
    }
}

impl Rule {
    fn holds(&self, status: u16, body: &str, json: &Value) -> bool {
        let at = || self.at.as_deref().and_then(|pointer| json.pointer(pointer));
        (self.status.is_empty() || self.status.contains(&status))
            && self.contains.as_ref().is_none_or(|part| body.contains(part.as_str()))
            && match (&self.at, &self.is) {
                (None, _) => true,
                (Some(_), None) => at().is_some(),
                (Some(_), Some(is)) => at() == Some(is),
            }
    }
}

/// A text or a number in a JSON body, as text.
pub(in crate::channel) fn value_at(body: &str, pointer: &str) -> Option<String> {
    match serde_json::from_str::<Value>(body).ok()?.pointer(pointer)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
