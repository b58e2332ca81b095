//! Who and where this desk is, and what it has agreed.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::channel::{SeverityPlan, standard_severity_plan};
use super::id::PathId;
use super::policy::Policy;
use super::rhythm::Rhythm;

/// Who and where this desk is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeskSettings {
    /// The person at this desk; empty until told.
    pub me: String,
    pub name: String,
    /// IANA name, such as "Europe/Berlin".
    pub zone: String,
    /// ISO 4217, such as "EUR".
    pub currency: String,
    /// Used where a service has none.
    pub path: Option<PathId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeskRules {
    pub policy: Policy,
    pub channels: SeverityPlan,
    pub rhythm: Rhythm,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self { me: String::new(), name: String::new(), zone: "UTC".into(), currency: "EUR".into(), path: None }
    }
}

impl DeskSettings {
    /// The desk's zone; UTC where its name is not known (any more).
    #[must_use]
    pub fn tz(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }

    /// Who does what is done here.
    #[must_use]
    pub fn actor(&self) -> String {
        if self.me.is_empty() { "the desk".into() } else { self.me.clone() }
    }
}

impl Default for DeskRules {
    fn default() -> Self {
        Self { policy: Policy::standard(), channels: standard_severity_plan(), rhythm: Rhythm::standard() }
    }
}
