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
    /// To look as well, at who has the desk.
    HandOver,
    /// To look as well, at the heartbeat.
    SeeHeartbeat,
}

/// Why it is put off. A button can carry a reason only in its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    WorkGoesOn,
    AnswerAwaited,
    SupplierAwaited,
}

/// A button of a notification, or an entry of the tray.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// What was asked is answered: with a word where one can be typed beside the button.
    Done,
    Snooze(Reason),
    /// Opens it where a reason and an end are typed.
    SnoozeElse,
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
            // A click on the notification itself opens it, and some desktops show no more than three.
            Self::CheckIn => &[Button::Done, Button::Snooze(Reason::WorkGoesOn), Button::Escalate],
            Self::CheckInHeld => &[Button::Done, Button::Snooze(Reason::WorkGoesOn), Button::Nudge, Button::Escalate],
            Self::CheckInOnly => &[Button::Done, Button::Escalate],
            Self::Progress => &[Button::Solved, Button::Longer, Button::Escalate],
            Self::Decision => &[Button::Solved, Button::Escalate],
            Self::Look | Self::SeeBackup | Self::SeeHeartbeat | Self::HandOver => &[Button::Open],
            Self::Commitment => &[Button::Done, Button::Later, Button::Open],
        }
    }

    /// Whether it is answered with how things stand, so that a word belongs to it.
    #[must_use]
    pub const fn is_check_in(self) -> bool {
        matches!(self, Self::CheckIn | Self::CheckInHeld | Self::CheckInOnly)
    }

    /// The address in the window at which it is answered.
    #[must_use]
    pub fn opens(self, incident: Option<IncidentId>) -> String {
        match (self, incident) {
            (Self::SeeBackup, _) => "settings/backup".into(),
            (Self::HandOver, _) => "hand-over".into(),
            (Self::SeeHeartbeat, _) => "settings/desk".into(),
            (_, Some(incident)) => format!("incident/{incident}"),
            (_, None) => "directory/readiness".into(),
        }
    }
}

impl Reason {
    pub const ALL: [Self; 3] = [Self::WorkGoesOn, Self::AnswerAwaited, Self::SupplierAwaited];

    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::WorkGoesOn => "work goes on",
            Self::AnswerAwaited => "waiting for an answer",
            Self::SupplierAwaited => "waiting for a supplier",
        }
    }
}

impl Button {
    /// The name by which a desktop says that it was pressed.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Snooze(Reason::WorkGoesOn) => "snooze",
            Self::Snooze(Reason::AnswerAwaited) => "snooze-answer",
            Self::Snooze(Reason::SupplierAwaited) => "snooze-supplier",
            Self::SnoozeElse => "snooze-else",
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
            Self::Snooze(reason) => format!("Snooze {LATER} min: {}", reason.words()),
            Self::SnoozeElse => "Snooze for another reason…".into(),
            Self::Nudge => "Nudge".into(),
            Self::Later => format!("Ask in {LATER} min"),
            Self::Solved => "Solved".into(),
            Self::Longer => format!("{MORE} more minutes"),
            Self::Escalate => "Escalate".into(),
            Self::Open => "Open".into(),
        }
    }
}
