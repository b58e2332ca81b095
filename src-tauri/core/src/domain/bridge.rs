//! Where people talk about an incident: a meeting to join, and a number to dial.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::contact::{phone_number, spoken_phone};
use super::message::Fact;
use super::severity::BySeverity;
use super::text::clean_line;

/// The longest address of a meeting and the longest code that are kept.
const LONGEST_LINK: usize = 1000;
const LONGEST_CODE: usize = 40;

/// A service's own, or the one of a severity. Each part is empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct Bridge {
    /// Of the meeting: https://…
    pub link: String,
    /// To dial in, in E.164.
    pub phone: String,
    /// What is asked for after dialling.
    pub code: String,
}

pub type BridgePlan = BySeverity<Bridge>;

impl Bridge {
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.link.is_empty() && self.phone.is_empty()
    }

    /// As it is kept, or what is wrong with it.
    pub fn checked(&self) -> Result<Self, String> {
        let (link, code) = (clean_line(&self.link), clean_line(&self.code));
        let begins = ["https://", "http://"].iter().find_map(|start| link.strip_prefix(start));
        if !link.is_empty() && begins.is_none_or(|rest| rest.is_empty() || link.contains(' ') || link.chars().count() > LONGEST_LINK) {
            return Err("The link of a meeting begins with https:// and has no blank in it. Copy it from the meeting.".into());
        }
        if code.chars().count() > LONGEST_CODE {
            return Err(format!("A meeting’s code has up to {LONGEST_CODE} signs."));
        }
        let phone = if self.phone.trim().is_empty() { String::new() } else { phone_number(&self.phone, None)? };
        if phone.is_empty() && !code.is_empty() {
            return Err("There is a code, but no number to dial before it.".into());
        }
        Ok(Self { link, phone, code })
    }

    /// How to get there by phone, in words.
    #[must_use]
    pub fn dial_in(&self) -> String {
        let number = spoken_phone(&self.phone);
        if self.code.is_empty() { number } else { format!("{number}, code {}", self.code) }
    }

    /// As a message says it.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        let fact = |label: &str, value: String| Fact { label: label.into(), value };
        let join = (!self.link.is_empty()).then(|| fact(JOIN, self.link.clone()));
        let dial = (!self.phone.is_empty()).then(|| fact("Dial in", self.dial_in()));
        join.into_iter().chain(dial).collect()
    }

    /// As one line of a sheet that is read without a screen: what can be dialled first.
    #[must_use]
    pub fn line(&self) -> String {
        let parts = [if self.phone.is_empty() { String::new() } else { self.dial_in() }, self.link.clone()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

/// The label of a link, which nobody reads out.
pub(super) const JOIN: &str = "Join";

#[must_use]
pub fn no_bridges() -> BridgePlan {
    let none = Bridge::default;
    BySeverity { critical: none(), high: none(), medium: none(), low: none() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bridge(link: &str, phone: &str, code: &str) -> Bridge {
        Bridge { link: link.into(), phone: phone.into(), code: code.into() }
    }

    #[test]
    fn a_bridge_is_kept_as_it_can_be_used_or_refused_with_what_is_wrong() {
        let kept = bridge(" https://meet.example.org/ops ", "+49 (0)30 23125011", " 123 456# ").checked().expect("a whole one");
        assert_eq!(kept, bridge("https://meet.example.org/ops", "+493023125011", "123 456#"));
        assert_eq!(kept.line(), "+49 30 23125011, code 123 456# · https://meet.example.org/ops", "what can be dialled comes first");
        assert_eq!(bridge("", "", "").checked(), Ok(Bridge::default()), "none is no fault");
        for wrong in [
            bridge("meet.example.org", "", ""),
            bridge("https://", "", ""),
            bridge("https://a b", "", ""),
            bridge("javascript:alert(1)", "", ""),
            bridge("", "4711", ""),
            bridge("https://meet.example.org", "", "123"),
            bridge(&format!("https://{}", "a".repeat(1000)), "", ""),
        ] {
            assert!(wrong.checked().is_err(), "{wrong:?} leads nowhere");
        }
    }
}
