//! What Slack's answers mean. It says almost everything with a 200, so the body decides.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::channel::http::{self, Answer};
use crate::channel::inbound::Deaf;
use crate::channel::{Outcome, api, said};
use crate::domain::time::Instant;

/// Slack did not do what was asked, as far as anybody knows.
#[derive(Debug)]
pub(super) struct Refused {
    /// Slack's own name for why, where it gave one.
    pub(super) code: String,
    pub(super) outcome: Outcome,
}

impl Refused {
    pub(super) const fn unanswered(outcome: Outcome) -> Self {
        Self { code: String::new(), outcome }
    }

    pub(super) fn deaf(&self) -> Deaf {
        api::deaf(&self.outcome)
    }

    /// It is only this conversation or message that cannot be read.
    pub(super) fn concerns_one(&self) -> bool {
        matches!(self.code.as_str(), "channel_not_found" | "not_in_channel" | "thread_not_found" | "message_not_found" | "is_archived")
    }
}

#[derive(Deserialize)]
struct Answered {
    ok: bool,
    #[serde(default)]
    error: String,
    /// Which permission is missing, for `missing_scope`.
    #[serde(default)]
    needed: String,
}

/// The answer as what was asked for, or what the refusal means.
pub(super) fn told<T: DeserializeOwned>(answer: &Answer, host: &str, now: Instant) -> Result<T, Refused> {
    let answered: Result<Answered, _> = serde_json::from_str(&answer.body);
    match answered {
        Ok(Answered { ok: true, .. }) => serde_json::from_str(&answer.body).map_err(|_| Refused::unanswered(not_understood(host))),
        Ok(refusal) => {
            let outcome = meant(&refusal, answer, host, now);
            Err(Refused { code: refusal.error, outcome })
        }
        // Whatever stands in between may say anything with a 200.
        Err(_) => Err(Refused::unanswered(match http::classify(answer, host, now) {
            Outcome::Accepted { .. } => not_understood(host),
            other => other,
        })),
    }
}

fn not_understood(host: &str) -> Outcome {
    Outcome::uncertain(format!("{host} answered what Baton does not understand. It may have arrived all the same."))
}

fn meant(refusal: &Answered, answer: &Answer, host: &str, now: Instant) -> Outcome {
    let code = said(&refusal.error);
    let words = format!("{host} said “{code}”.");
    match code.as_str() {
        "internal_error" | "fatal_error" => Outcome::uncertain(format!("{words} It may have arrived all the same.")),
        "ratelimited" | "rate_limited" => match http::classify(answer, host, now) {
            Outcome::Temporary { retry_after, .. } => Outcome::Temporary { words, retry_after },
            // With a 200 it does not say how long; its own documents speak of half a minute.
            _ => Outcome::Temporary { words, retry_after: Some(Duration::from_secs(30)) },
        },
        // What was asked did not come whole, or the workspace is being moved.
        "request_timeout" | "service_unavailable" | "team_added_to_org" | "org_login_required" | "message_limit_exceeded" => {
            Outcome::temporary(words)
        }
        _ if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS => http::classify(answer, host, now),
        "missing_scope" => Outcome::permanent(format!(
            "{words} The app lacks the permission “{}”: add it under “OAuth & Permissions” and install the app again.",
            said(&refusal.needed)
        )),
        code => Outcome::permanent(format!("{words} {}", advice(code)).trim_end().to_string()),
    }
}

/// What somebody at the desk can do about it.
fn advice(code: &str) -> &'static str {
    match code {
        "channel_not_found" | "user_not_found" | "users_not_found" => {
            "There is no such person or channel, or the bot does not see it: check the ID, and invite the bot to the channel."
        }
        "not_in_channel" => "Invite the bot to the channel.",
        "is_archived" => "The channel was archived; give another one.",
        "cannot_dm_bot" | "user_disabled" | "user_is_bot" => "Nobody reads what is sent there; check the ID.",
        "messages_tab_disabled" => "Turn the app’s Messages Tab on, under “App Home”.",
        "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired" | "not_allowed_token_type" => {
            "The token is not valid (any more): install the app again, and enter the new one."
        }
        "restricted_action"
        | "restricted_action_read_only_channel"
        | "restricted_action_thread_only_channel"
        | "no_permission"
        | "team_access_not_granted"
        | "ekm_access_denied"
        | "access_denied"
        | "accesslimited" => "Somebody who runs this Slack has forbidden it; ask them.",
        "msg_too_long" | "msg_blocks_too_long" | "invalid_blocks" | "invalid_blocks_format" => {
            "Baton wrote it so that Slack does not take it."
        }
        _ => "",
    }
}
