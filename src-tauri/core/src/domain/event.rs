//! Everything that can happen to an incident. State is the fold of these; the
//! timeline on screen is these; nothing else is "the audit log".
//!
//! The enum is append-only: old logs must fold for ever, so a variant or field
//! is added, never renamed or removed, and a new field has `#[serde(default)]`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

use super::alike::Link;
use super::asking::AfterWait;
use super::assessment::{Answers, ColleagueView};
use super::attachment::Attachment;
use super::commitment::{FollowUp, Happened};
use super::facts::{FactField, Facts};
use super::id::{ChannelId, DeliveryId, DeviceId, IncidentId, MethodId, PathId, PersonId};
use super::judgement::Judgement;
use super::plan::{Plan, PlanRotation};
use super::response::{NotCounted, Response};
use super::severity::Severity;
use super::stakeholder::{Because, Milestone};
use super::time::Instant;
use super::why::{Absent, Advised, Alarm, Changed};

/// An event with where and when it was written. (incident, device, sequence on
/// that device) names it uniquely, so that logs of several desks can be united.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Recorded {
    pub incident: IncidentId,
    pub device: DeviceId,
    #[ts(type = "number")]
    pub sequence: i64,
    pub at: Instant,
    pub event: IncidentEvent,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum IncidentEvent {
    Filed {
        reference: String,
        by: String,
        severity: Severity,
        facts: Facts,
    },
    Assessed {
        answers: Answers,
        #[serde(deserialize_with = "Advised::read")]
        advice: Advised,
        severity: Severity,
        against_advice: Option<String>,
        /// Another path than the service's own, where somebody chose one.
        #[serde(default)]
        path: Option<PathId>,
    },
    /// The desk goes on trying by itself until then.
    CarriedOn {
        until: Instant,
    },
    /// The time for trying is over; the desk is asked.
    TimeIsUp {
        remind_at: Instant,
        /// So much later than it was due, where this computer was off or asleep.
        #[serde(default)]
        late_ms: i64,
    },
    /// A script filed it, and nobody at the desk has taken it up; the desk is asked then.
    HandedIn {
        until: Instant,
    },
    SecondOpinionAsked {
        person: PersonId,
        name: String,
        method: MethodId,
        question: String,
        until: Instant,
        /// Who asked, and so decided what follows without an answer.
        #[serde(default)]
        by: String,
        #[serde(default)]
        then: AfterWait,
        /// The rotation they were on call in, where whoever is on call was asked.
        #[serde(default)]
        on_call: Option<String>,
        /// For the second time, as no answer had come.
        #[serde(default)]
        again: bool,
    },
    /// The question did not reach them.
    ColleagueNotReached {
        person: PersonId,
        name: String,
    },
    SecondOpinionGiven {
        name: String,
        view: ColleagueView,
        words: String,
    },
    Escalated {
        by: String,
        plan: Plan,
        check_in_at: Instant,
        /// The colleague who did not answer in time, where it was decided beforehand that this escalates it.
        #[serde(default)]
        unanswered: Option<String>,
    },
    /// What was agreed about a rotation of the plan changed while the escalation was under way.
    RotationChanged {
        rotation: PlanRotation,
    },
    /// The clock had been so much ahead when the incident's last event was recorded:
    /// what is due by it is due sooner.
    ClockPutRight {
        #[ts(type = "number")]
        ahead_ms: i64,
    },
    LevelEntered {
        level: usize,
        round: u8,
        contacts: Vec<PersonId>,
        by_hand: bool,
        late_ms: i64,
        until: Instant,
        /// Nobody is written to before then: quiet hours.
        #[serde(default)]
        held_until: Option<Instant>,
        /// Where check-ins begin anew by it, and sooner than the next one was due.
        #[serde(default)]
        check_in_at: Option<Instant>,
    },
    /// The same people again, while waiting at a level.
    LevelRepeated {
        level: usize,
        round: u8,
        contacts: Vec<PersonId>,
        until: Instant,
    },
    LevelSkipped {
        level: usize,
        round: u8,
        #[serde(deserialize_with = "Absent::read")]
        why: Vec<Absent>,
    },
    /// The climb cannot go on without the desk; it is alarmed until then, and then again.
    DeskAlarmed {
        #[serde(deserialize_with = "Alarm::read")]
        why: Alarm,
        until: Instant,
    },
    /// A delivery gave up; what follows from it is an event of its own.
    DeliveryFailed {
        delivery: DeliveryId,
        person: PersonId,
        name: String,
        via: String,
        words: String,
        /// Nothing else is tried for this message.
        #[serde(default)]
        last: bool,
        /// The way that reaches nobody, where it was said for good.
        #[serde(default)]
        wrong: Option<MethodId>,
    },
    /// What was tried did not reach the person; their next method is used at once.
    NextMethodTried {
        delivery: DeliveryId,
        person: PersonId,
        name: String,
        method: MethodId,
        via: String,
    },
    /// Nothing this person has reaches them.
    PersonUnreachable {
        person: PersonId,
        name: String,
    },
    CalledByHand {
        person: PersonId,
        name: String,
        method: MethodId,
        outcome: CallOutcome,
        note: String,
    },
    /// The desk had recorded a wrong number by mistake: it counts again.
    WrongNumberTakenBack {
        person: PersonId,
        name: String,
        method: MethodId,
    },
    Acknowledged {
        person: Option<PersonId>,
        name: String,
        how: AcknowledgedHow,
        until: Instant,
        /// By their own answer, which said this; `None` where the desk says so.
        #[serde(default)]
        answered: Option<Answered>,
        /// Where nothing had been escalated before, and so nobody was to check in.
        #[serde(default)]
        check_in_at: Option<Instant>,
    },
    /// Somebody answered a message themselves. "On it" is this only where somebody
    /// else has it already; otherwise it is `Acknowledged`.
    Responded {
        person: Option<PersonId>,
        name: String,
        via: String,
        response: Response,
        words: String,
    },
    /// Somebody wrote something that decides nothing.
    Wrote {
        person: Option<PersonId>,
        name: String,
        via: String,
        words: String,
        /// To the others in the incident's room, and not to the desk.
        #[serde(default)]
        in_room: bool,
        /// The incident that this one has become part of, for which it decides.
        #[serde(default)]
        counts_for: Option<String>,
    },
    /// Something came back that is nobody's answer, and why it does not count.
    ReplyNotCounted {
        from: String,
        via: String,
        why: NotCounted,
        words: String,
    },
    /// "Still on it?", before the climb resumes.
    AcknowledgementQuestioned {
        until: Instant,
    },
    AcknowledgementLapsed {},
    /// The holder gave it back; the climb resumes.
    HandedBack {
        name: String,
        why: String,
    },
    CheckInFell {
        remind_at: Instant,
        /// What was to be known by then, and is not.
        #[serde(default)]
        about: Vec<FactField>,
    },
    /// It was asked for twice and nobody at the desk answered: whoever leads it is told, or,
    /// where nobody is named, the desk is alarmed.
    CheckInMissed {
        lead: Option<PersonId>,
        name: String,
    },
    CheckedIn {
        by: String,
        note: String,
        next: Option<Instant>,
    },
    Snoozed {
        until: Instant,
        why: String,
    },
    SnoozeEnded {
        check_in_at: Instant,
        acknowledged_until: Option<Instant>,
    },
    /// Those who work on it have a room to write to one another.
    RoomOpened {
        channel: ChannelId,
        /// The channel, as the desk calls it.
        via: String,
        /// By which name the provider knows it.
        room: String,
        /// As people see it.
        name: String,
        /// Where it is opened; empty where there is no such address.
        link: String,
    },
    /// There is none, and why.
    RoomNotOpened {
        via: String,
        words: String,
    },
    RoomClosed {
        name: String,
    },
    UpdateShared {
        by: String,
        text: String,
        to: Vec<PersonId>,
        /// It says what changed of what is known, which the event before it says too.
        #[serde(default)]
        of_facts: bool,
        /// Those who are told and not called hear it with their next word.
        #[serde(default)]
        also_told: bool,
    },
    /// Somebody is told of it from here on, and not called.
    StakeholderAdded {
        person: PersonId,
        name: String,
        by: String,
        because: Because,
        /// Minutes from one word to the next, at the least.
        every: u32,
        /// They have no way to be told.
        #[serde(default)]
        unreached: bool,
    },
    StakeholderRemoved {
        person: PersonId,
        name: String,
        by: String,
    },
    /// Those who are told and not called hear how it stands.
    StakeholdersTold {
        milestone: Milestone,
        to: Vec<PersonId>,
        /// What the desk wanted them to know, each by itself.
        news: Vec<String>,
        /// How many words running said that nothing is new, this one included.
        unchanged: u32,
        every: u32,
        /// When they hear again; never where this was the last word.
        next: Option<Instant>,
        /// Who was to hear it as well and has no way to be told.
        #[serde(default)]
        unreached: Vec<PersonId>,
    },
    /// The desk that follows it went from one person to the next.
    HandedOver {
        from: String,
        to: String,
    },
    Nudged {
        person: PersonId,
        name: String,
        count: u32,
    },
    SeverityChanged {
        from: Severity,
        to: Severity,
        why: String,
        /// Where the new severity asks sooner than the old one would have.
        #[serde(default)]
        check_in_at: Option<Instant>,
        #[serde(default)]
        acknowledged_until: Option<Instant>,
        #[serde(default)]
        ask_at: Option<Instant>,
    },
    FactsChanged {
        by: String,
        facts: Facts,
        #[serde(deserialize_with = "Changed::read")]
        changed: Vec<Changed>,
        /// Where something is to be known sooner than the desk would have been asked.
        #[serde(default)]
        check_in_at: Option<Instant>,
    },
    /// Somebody else has the same trouble: what they say of it.
    ReportedAgain {
        by: String,
        /// The draft it was, or the incident.
        source: IncidentId,
        /// Of the incident that is part of this one now.
        reference: Option<String>,
        facts: Facts,
        /// Who was told of that incident, and so is told what is new.
        told: BTreeSet<PersonId>,
        /// Where something is to be known sooner than the desk would have been asked.
        #[serde(default)]
        check_in_at: Option<Instant>,
        /// What a colleague of whoever reported it thinks.
        #[serde(default)]
        colleague: Option<ColleagueView>,
    },
    /// It has to do with another incident.
    Linked {
        by: String,
        with: Link,
        title: String,
    },
    /// It is the same as another incident, and goes on there.
    MergedInto {
        by: String,
        into: Link,
        title: String,
    },
    /// Files came to it, with the filing or later.
    Attached {
        by: String,
        attachments: Vec<Attachment>,
    },
    Resolved {
        by: String,
        cause: String,
        fix: String,
        follow_ups: Vec<FollowUp>,
    },
    /// What it was and what mended it, told once it was over.
    ResolutionTold {
        by: String,
        cause: String,
        fix: String,
        follow_ups: Vec<FollowUp>,
    },
    Reopened {
        by: String,
        why: String,
        check_in_at: Instant,
    },
    /// What the desk thinks of the escalation, once it is over.
    Judged {
        by: String,
        judgement: Judgement,
        note: String,
    },
    /// What happens to a promise or a task.
    Commitment {
        number: u32,
        happened: Happened,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    Answered,
    Voicemail,
    NoAnswer,
    WrongNumber,
}

/// How the desk came to know that somebody has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum AcknowledgedHow {
    Call,
    Chat,
    Mail,
    InPerson,
    Other,
    Text,
    Push,
}

/// The answer by which somebody took it themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Answered {
    /// The channel it came by, as the desk calls it.
    pub via: String,
    pub words: String,
}

impl AcknowledgedHow {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Call => "by phone",
            Self::Chat => "in the chat",
            Self::Mail => "by mail",
            Self::InPerson => "in person",
            Self::Other => "another way",
            Self::Text => "by text",
            Self::Push => "by push",
        }
    }
}

impl CallOutcome {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Voicemail => "voicemail",
            Self::NoAnswer => "no answer",
            Self::WrongNumber => "wrong number",
        }
    }
}

impl IncidentEvent {
    /// Whether the incident is to be found by other words after it.
    #[must_use]
    pub const fn changes_words(&self) -> bool {
        matches!(
            self,
            Self::Filed { .. }
                | Self::FactsChanged { .. }
                | Self::ReportedAgain { .. }
                | Self::Resolved { .. }
                | Self::ResolutionTold { .. }
                | Self::MergedInto { .. }
                | Self::Reopened { .. }
        )
    }
}
