//! What a person, a provider or the passing of time wants of an incident, with
//! everything looked up that `decide` needs to know.

use std::collections::BTreeSet;

use super::alike::Link;
use super::asking::AfterWait;
use super::assessment::ColleagueView;
use super::attachment::Attachment;
use super::commitment::{FollowUp, Wanted};
use super::event::{AcknowledgedHow, CallOutcome};
use super::facts::Facts;
use super::id::{DeliveryId, IncidentId, MethodId, PersonId};
use super::judgement::Judgement;
use super::message::Purpose;
use super::plan::Plan;
use super::response::{NotCounted, Reading};
use super::severity::Severity;
use super::stakeholder::Listed;
use super::time::Instant;

#[derive(Clone, Debug)]
pub enum Command {
    /// Performs whatever has fallen due.
    TimePasses,
    Escalate {
        by: String,
        plan: Plan,
    },
    EscalateFurther {
        from_level: Option<usize>,
        from_round: u8,
    },
    /// A colleague has not answered in time, and it was decided beforehand that this escalates it.
    EscalateAsAgreed {
        plan: Plan,
    },
    CarryOn {
        minutes: u32,
    },
    /// A script filed it: the desk is asked in so many minutes who takes it up.
    HandIn {
        minutes: u32,
    },
    AskColleague {
        by: String,
        person: PersonId,
        name: String,
        method: MethodId,
        question: String,
        minutes: u32,
        then: AfterWait,
        on_call: Option<String>,
    },
    ColleagueSaid {
        view: ColleagueView,
        words: String,
    },
    Acknowledge {
        person: Option<PersonId>,
        name: String,
        how: AcknowledgedHow,
    },
    /// Somebody answered a message themselves.
    Respond {
        by: Responder,
        to: Purpose,
        reading: Reading,
        how: AcknowledgedHow,
        via: String,
    },
    /// Somebody answered what was asked before it became part of another incident, for which the answer counts.
    RespondElsewhere {
        by: Responder,
        reading: Reading,
        to: Purpose,
        via: String,
        counts_for: String,
    },
    /// Somebody wrote in the incident's room.
    SaidInRoom {
        by: Responder,
        via: String,
        words: String,
    },
    /// Something came back that is nobody's answer.
    NotCounted {
        from: String,
        via: String,
        why: NotCounted,
        words: String,
    },
    StillOnIt,
    HandBack {
        why: String,
    },
    CheckIn {
        by: String,
        note: String,
    },
    Snooze {
        minutes: u32,
        why: String,
    },
    WakeUp,
    Nudge {
        person: PersonId,
        name: String,
    },
    ShareUpdate {
        by: String,
        text: String,
        /// Those who are told and not called hear it too.
        also_told: bool,
    },
    /// These are told of it from here on, and not called.
    Inform {
        by: String,
        people: Vec<Listed>,
    },
    /// The desk that follows it is somebody else's from here on.
    HandOver {
        from: String,
        to: String,
    },
    InformNoMore {
        by: String,
        person: PersonId,
    },
    ChangeSeverity {
        to: Severity,
        why: String,
        /// So long the desk tries alone at the new severity.
        alone: u32,
    },
    ChangeFacts {
        by: String,
        facts: Facts,
        /// What those who were told are told of it, if anything.
        news: Option<String>,
    },
    Attach {
        by: String,
        attachments: Vec<Attachment>,
    },
    RecordCall {
        call: Reaching,
        outcome: CallOutcome,
        note: String,
        took_it: bool,
    },
    TakeBackWrongNumber {
        person: PersonId,
        name: String,
        method: MethodId,
    },
    DeliveryFailed {
        send: Reaching,
        words: String,
        failing: Failing,
    },
    /// What somebody else says of the same trouble goes here.
    ReportAgain {
        by: String,
        source: IncidentId,
        reference: Option<String>,
        facts: Facts,
        told: BTreeSet<PersonId>,
        colleague: Option<ColleagueView>,
    },
    Link {
        by: String,
        with: Link,
        title: String,
    },
    /// It goes on as the other one, which is open and escalated at least as far.
    MergeInto {
        by: String,
        into: Link,
        title: String,
    },
    Resolve {
        by: String,
        cause: String,
        fix: String,
        follow_ups: Vec<FollowUp>,
    },
    Reopen {
        by: String,
        why: String,
    },
    Judge {
        by: String,
        judgement: Judgement,
        note: String,
    },
    /// A check-in was missed; whoever leads the desk, where somebody does.
    CheckInIsMissed {
        lead: Option<Responder>,
    },
    Commitment {
        by: String,
        wanted: Wanted,
    },
}

/// Why a message did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    Refused,
    /// Its way reaches nobody, and will not the next time either.
    NoWay,
    /// It was not even tried any more; nothing is tried instead.
    TooLate,
}

/// Who answers: somebody of the directory, or by name only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responder {
    pub person: Option<PersonId>,
    pub name: String,
}

/// One try to reach somebody, and what else is being tried.
#[derive(Clone, Debug)]
pub struct Reaching {
    pub delivery: DeliveryId,
    pub purpose: Purpose,
    pub person: PersonId,
    pub name: String,
    pub method: MethodId,
    pub via: String,
    /// Every method this message has been tried by, this one included.
    pub tried: BTreeSet<MethodId>,
    /// Something else to this person at this level has not failed (yet).
    pub still_on_its_way: bool,
    /// A later step of the person's own sequence, which then comes at once.
    pub waiting: bool,
}

/// Why a command has no effect. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{words}")]
    Invalid { field: &'static str, words: String },
    /// The incident is not in a state in which this makes sense.
    #[error("{0}")]
    MovedOn(String),
}

/// The latest moment anything may be put off to, from now.
pub const LONGEST_WAIT: i64 = 31 * super::time::DAY;

pub(super) fn later(now: Instant, minutes: u32, field: &'static str) -> Result<Instant, Refusal> {
    let until = now.plus_minutes(minutes);
    if minutes == 0 {
        return Err(Refusal::Invalid { field, words: "Say how many minutes, at least 1.".into() });
    }
    if until.since(now) > LONGEST_WAIT {
        return Err(Refusal::Invalid { field, words: "That is more than a month away. Choose an earlier time.".into() });
    }
    Ok(until)
}
