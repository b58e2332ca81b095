//! What the desk is asked by a notification, the buttons that go with it, and what
//! each of them does.

use serde::{Deserialize, Serialize};

use super::id::IncidentId;
use super::progress::MORE;

/// For so many minutes a button puts something off.
pub const LATER: u32 = 15;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    CheckIn,
    /// Somebody of the directory has it, and can be asked how it goes.
    CheckInHeld,
    /// While nobody has it, it cannot be snoozed.
    CheckInOnly,
    Progress,
    /// The same where more time is not offered.
    Decision,
    Look,
    /// Whether a promise or a task is done.
    Commitment,
    /// To look as well, at the copies of everything.
    SeeBackup,
}

/// A button of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    Done,
    Snooze,
    /// It is asked for again later; what was said stands.
    Later,
    /// A polite word to whoever has it.
    Nudge,
    Solved,
    /// Try so much longer.
    Longer,
    /// Opens it where one key escalates: what a stray click would send cannot be called back.
    Escalate,
    Open,
}

impl Asks {
    #[must_use]
    pub const fn buttons(self) -> &'static [Button] {
        match self {
            Self::CheckIn => &[Button::Done, Button::Snooze, Button::Open],
            Self::CheckInHeld => &[Button::Done, Button::Snooze, Button::Nudge, Button::Open],
            Self::CheckInOnly => &[Button::Done, Button::Open],
            Self::Progress => &[Button::Solved, Button::Longer, Button::Escalate],
            Self::Decision => &[Button::Solved, Button::Escalate],
            Self::Look | Self::SeeBackup => &[Button::Open],
            Self::Commitment => &[Button::Done, Button::Later, Button::Open],
        }
    }

    /// The address in the window at which it is answered.
    #[must_use]
    pub fn opens(self, incident: Option<IncidentId>) -> String {
        match (self, incident) {
            (Self::SeeBackup, _) => "settings/backup".into(),
            (_, Some(incident)) => format!("incident/{incident}"),
            (_, None) => "directory/readiness".into(),
        }
    }
}

impl Button {
    /// The name by which a desktop says that it was pressed.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Snooze => "snooze",
            Self::Later => "later",
            Self::Nudge => "nudge",
            Self::Solved => "solved",
            Self::Longer => "longer",
            Self::Escalate => "escalate",
            Self::Open => "open",
        }
    }

    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Done => "Done".into(),
            Self::Snooze => format!("Snooze {LATER} min"),
            Self::Nudge => "Nudge".into(),
            Self::Later => format!("Ask in {LATER} min"),
            Self::Solved => "Solved".into(),
            Self::Longer => format!("{MORE} more minutes"),
            Self::Escalate => "Escalate".into(),
            Self::Open => "Open".into(),
        }
    }
}
