//! Who and where this desk is, and what it has agreed.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::bridge::{BridgePlan, no_bridges};
use super::channel::{SeverityPlan, standard_severity_plan};
use super::contact;
use super::id::{PathId, PersonId};
use super::policy::Policy;
use super::rhythm::Rhythm;
use super::room::RoomRules;
use super::stakeholder::{ToldPlan, nobody_told};
use super::text::{clean_line, shorten};

/// Who and where this desk is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeskSettings {
    /// The person at this desk; empty until told.
    pub me: String,
    pub name: String,
    /// Where the desk can be called back, in E.164; empty until told.
    pub phone: String,
    /// IANA name, such as "Europe/Berlin".
    pub zone: String,
    /// ISO 4217, such as "EUR".
    pub currency: String,
    /// Used where a service has none.
    pub path: Option<PathId>,
    /// Numbers and addresses are shown in part only, for a screen that others see.
    pub mask_addresses: bool,
    /// After so many days a way to reach somebody is no longer known to work.
    pub stale_days: u32,
    /// The day of the week on which the desk is reminded of holes in the plan, at
    /// nine in the morning: 1 is Monday. `None` for no reminder.
    pub reminder_day: Option<u8>,
    /// Whoever is told where the desk has missed a check-in.
    #[serde(default)]
    pub lead: Option<PersonId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeskRules {
    pub policy: Policy,
    pub channels: SeverityPlan,
    pub rhythm: Rhythm,
    /// Where people talk, for services that have nothing of their own.
    pub bridges: BridgePlan,
    pub rooms: RoomRules,
    /// Who is told of everything so severe, and not called.
    #[serde(default = "nobody_told")]
    pub told: ToldPlan,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            me: String::new(),
            name: String::new(),
            phone: String::new(),
            zone: "UTC".into(),
            currency: "EUR".into(),
            path: None,
            mask_addresses: false,
            stale_days: 90,
            reminder_day: Some(1),
            lead: None,
        }
    }
}

impl DeskSettings {
    /// The desk's zone; UTC where its name is not known (any more).
    #[must_use]
    pub fn tz(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }

    /// What to say where times are not the desk's own, because nobody knows its zone (any more).
    #[must_use]
    pub fn zone_fault(&self) -> Option<String> {
        let known = self.zone.parse::<Tz>().is_ok();
        let words = || {
            let zone = shorten(&clean_line(&self.zone), 40);
            format!("There is no time zone \"{zone}\" (any more), so times are in UTC. Choose the largest city near you under Settings.")
        };
        (!known).then(words)
    }

    /// An address as people write it; in part where others see the screen.
    #[must_use]
    pub fn shown(&self, address: &str) -> String {
        let spoken = contact::spoken_address(address);
        if self.mask_addresses { contact::masked(&spoken) } else { spoken }
    }

    /// Who does what is done here.
    #[must_use]
    pub fn actor(&self) -> String {
        if self.me.is_empty() { "the desk".into() } else { self.me.clone() }
    }
}

impl Default for DeskRules {
    fn default() -> Self {
        Self {
            policy: Policy::standard(),
            channels: standard_severity_plan(),
            rhythm: Rhythm::standard(),
            bridges: no_bridges(),
            rooms: RoomRules::default(),
            told: nobody_told(),
        }
    }
}
