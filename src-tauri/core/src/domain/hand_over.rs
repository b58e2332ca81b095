//! The desk goes from one person to the next at the end of a shift. Until the next one has accepted, it is still the
//! giver's, and whoever sits there is reminded: nothing is between two people.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::commitment::Commitment;
use super::id::{HandOverId, PersonId};
use super::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HandOver {
    pub id: HandOverId,
    pub given_at: Instant,
    /// Who sat at the desk.
    pub by: String,
    /// `None` for somebody who is not in the directory.
    pub person: Option<PersonId>,
    pub name: String,
    /// What the sheet does not say.
    pub note: String,
    /// The sheet as it was when it was given, as Markdown.
    pub sheet: String,
    pub standing: HandOverStanding,
    pub answered_at: Option<Instant>,
    /// Why it was declined.
    pub why: String,
    /// When the desk is reminded (again) that nobody has accepted it.
    pub remind_at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum HandOverStanding {
    Waiting,
    Accepted,
    Declined,
    TakenBack,
}

impl HandOver {
    /// Who has the desk by it.
    #[must_use]
    pub fn holder(&self) -> &str {
        if self.standing == HandOverStanding::Accepted { &self.name } else { &self.by }
    }

    /// What became of it: "not accepted yet: Ana still has the desk".
    #[must_use]
    pub fn words(&self) -> String {
        match self.standing {
            HandOverStanding::Waiting => format!("not accepted yet: {} still has the desk", self.by),
            HandOverStanding::Accepted => format!("accepted: {} has the desk", self.name),
            HandOverStanding::Declined if self.why.is_empty() => format!("declined: {} still has the desk", self.by),
            HandOverStanding::Declined => format!("declined, “{}”: {} still has the desk", self.why, self.by),
            HandOverStanding::TakenBack => format!("taken back: {} kept the desk", self.by),
        }
    }
}

/// Whether a promise or a task is of whoever sits at the desk: by who they are, or by their name alone.
#[must_use]
pub fn is_of(one: &Commitment, person: Option<PersonId>, name: &str) -> bool {
    one.is_open()
        && match one.person {
            Some(known) => Some(known) == person,
            None => !name.is_empty() && one.name.to_lowercase() == name.to_lowercase(),
        }
}
