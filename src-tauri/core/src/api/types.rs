//! What crosses to the window besides the domain's own types. Words that need
//! the desk's zone, a name or a rule are made here, so that the window only
//! lays them out.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

use crate::domain::advice::Advice;
use crate::domain::alike::Link;
use crate::domain::asking::AfterWait;
use crate::domain::assessment::ColleagueView;
use crate::domain::attachment::Attachment;
use crate::domain::channel::{ChannelSetup, Provider, Reach};
use crate::domain::climb::Further;
use crate::domain::coach::Hint;
use crate::domain::commitment::FollowUp;
use crate::domain::delivery::DeliveryState;
use crate::domain::desk::DeskSettings;
use crate::domain::directory::{Path, Person, Service, Team};
use crate::domain::document::Block;
use crate::domain::draft::Draft;
use crate::domain::drill::{Drill, DrillSchedule, DrillScore};
use crate::domain::due::DueKind;
use crate::domain::event::{AcknowledgedHow, CallOutcome};
use crate::domain::facts::{FactField, Facts};
use crate::domain::found::Filling;
use crate::domain::id::{ChannelId, DeliveryId, IncidentId, MethodId, NoticeId, PersonId, RotationId, ServiceId, TeamId};
use crate::domain::impact::Impact;
use crate::domain::incident::Incident;
use crate::domain::judgement::Judgement;
use crate::domain::offers::{Candidate, Offer};
use crate::domain::preview::PlanPreview;
use crate::domain::progress::ProgressQuestion;
use crate::domain::rotation::Rotation;
use crate::domain::severity::Severity;
use crate::domain::time::Instant;
use crate::domain::timeline::TimelineEntry;
use crate::engine::{EarState, Lateness};
use crate::formats::people::{PeopleColumn, PeopleField};
use crate::host::SecretsState;

/// A policy that is not saved yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PolicyPreview {
    /// Why it would be refused; empty where it would not.
    pub faults: Vec<String>,
    /// The latest incidents that were assessed, the latest first.
    pub past: Vec<PastIncident>,
}

/// What was said and done of an incident, and what a policy would say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PastIncident {
    pub id: IncidentId,
    pub reference: String,
    pub title: String,
    /// When it was assessed.
    pub at: String,
    pub severity: Severity,
    pub advice: String,
    /// What the desk then did: "escalated"; empty where it did nothing yet.
    pub done: String,
    pub against_advice: Option<String>,
    pub severity_now: Severity,
    pub advice_now: String,
    pub severity_changed: bool,
    pub advice_changed: bool,
}

/// What the frame of the window shows whatever the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Overview {
    pub now: Instant,
    pub desk: DeskSettings,
    /// Nothing was ever set up or filed here.
    pub first_start: bool,
    /// How many holes there are in the plan, and whether one is grave.
    pub holes: u32,
    pub grave_holes: u32,
    /// There is no path, so an escalation would reach nobody.
    pub nobody_to_call: bool,
    pub has_sample: bool,
    pub open: u32,
    pub overdue: u32,
    pub channels_failing: u32,
    pub channels_untested: u32,
    pub channels_total: u32,
    /// Nothing leaves this computer at the moment.
    pub offline: Option<Offline>,
    pub unread_notices: u32,
    pub unfinished_drafts: u32,
    /// Lasting conditions to know of: no keyring, no tray, a database set aside.
    pub conditions: Vec<String>,
    /// What should have been done, as far as anything is late.
    pub late: Option<Lateness>,
    pub secrets: SecretsState,
    pub version: String,
    /// The file that everything but the secrets is kept in.
    pub database: String,
}

/// The line is down, as far as the channels can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Offline {
    pub since: String,
    /// Messages that go when it is back.
    pub waiting: u32,
    /// Channels that need no line.
    pub still_works: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Directory {
    pub people: Vec<Person>,
    pub teams: Vec<Team>,
    pub rotations: Vec<Rotation>,
    /// Who is on call now, by rotation.
    pub on_call: BTreeMap<RotationId, Vec<PersonId>>,
    pub services: Vec<Service>,
    pub paths: Vec<Path>,
    /// Who can be told how something stands: by what rings nowhere.
    pub tellable: Vec<PersonId>,
    /// Addresses as they are shown, by what they are: a number as its country writes
    /// it, and in part only where others see the screen.
    pub shown: BTreeMap<String, String>,
    pub channels: Vec<ChannelSetup>,
    pub providers: Vec<Provider>,
    /// Whether answers are heard, by channel; those that are not listened to are left out.
    pub ears: BTreeMap<ChannelId, EarState>,
}

/// Drills, and when they come by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Drills {
    pub schedule: Option<DrillSchedule>,
    /// When the next one comes by itself.
    pub next: Option<String>,
    /// How many people a drill of everybody would write to now, and in how many messages.
    pub people: u32,
    pub messages: u32,
    /// The last one first.
    pub latest: Vec<DrillView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DrillView {
    pub drill: Drill,
    pub when: String,
    /// "9 of 12 answered, half of the answers within 40 s".
    pub words: String,
    /// Whoever did not answer comes first.
    pub scores: Vec<DrillScore>,
}

/// A change to a channel: secrets travel inwards only.
#[derive(Clone, Debug, Deserialize, TS)]
#[ts(export)]
pub struct ChannelChange {
    pub setup: ChannelSetup,
    /// New values of secret fields; a field left out keeps its value.
    pub secrets: BTreeMap<String, String>,
    /// Secret fields whose value is taken away.
    pub forget: Vec<String>,
}

/// What was made of a draft so far: the right-hand column of the wizard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Consideration {
    pub advice: Advice,
    pub severity: Severity,
    pub plan: PlanPreview,
    pub messages: Vec<RenderedMessage>,
    pub hints: Vec<Hint>,
    pub steps: Vec<StepState>,
    /// What is still needed before it can be escalated; empty when nothing is.
    pub missing: Vec<FactField>,
    pub similar: Vec<BoardRow>,
    /// That such incidents become more: perhaps they are one large incident.
    pub rising: Option<String>,
    /// The latest of the chosen service, to begin like it.
    pub last: Option<LastOne>,
    pub impact: Impact,
    pub asking: Asking,
    /// The incident that the draft has become, or was joined to, elsewhere.
    pub went_into: Option<Link>,
    /// Who is on a list by which they are told of it, and not called.
    pub told: Vec<StakeholderView>,
}

/// An incident that has to do with the one that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LinkView {
    pub link: Link,
    /// Empty where it is not there any more.
    pub title: String,
    pub open: bool,
}

/// A draft that is no incident of its own: what it says goes to another.
#[derive(Clone, Debug, Deserialize, TS)]
#[ts(export)]
pub struct Joining {
    pub draft: Draft,
    pub into: IncidentId,
    /// Everybody who was told of the incident is told of this too.
    pub share: bool,
    /// The severity it is raised to, where it is more than it seemed.
    pub raise: Option<Severity>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LastOne {
    pub reference: String,
    pub title: String,
    /// "yesterday 13:42".
    pub when: String,
}

/// Where a description can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Beginning {
    /// One of the chosen service's, counted from 0.
    Template { at: usize },
    /// The latest of the chosen service.
    Last {},
}

/// A draft with what was found in a ticket, or is usual, filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TicketRead {
    pub draft: Draft,
    pub filling: Filling,
}

/// A file as it is shown in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FileShown {
    /// A small image of it as an address of its own; `None` where there is nothing to see.
    pub image: Option<String>,
    /// "40 KB".
    pub size: String,
}

/// A message exactly as one channel will send it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RenderedMessage {
    pub to: String,
    pub channel_name: String,
    pub reach: Reach,
    pub subject: Option<String>,
    pub body: String,
    pub length: u32,
    pub limit: Option<u32>,
    /// Whether the files follow it, or are only named; `None` where there are none.
    pub with_files: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct StepState {
    pub step: u8,
    pub done: bool,
    /// "5 of 6 answered".
    pub words: String,
    /// For a ring beside the words, where the step asks for facts.
    pub clear: Option<Clear>,
}

/// How many of the facts that are asked for are told clearly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Clear {
    pub facts: usize,
    pub of: usize,
}

/// A colleague is asked before it is decided.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct OpinionRequest {
    pub whom: Whom,
    pub question: String,
    pub minutes: u32,
    /// What follows where no answer comes.
    pub then: AfterWait,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Whom {
    /// By this way, or by the one that is likeliest to be answered in writing.
    Person { id: PersonId, method: Option<MethodId> },
    /// Whoever is on call at that moment in the first rotation of the path.
    OnCall {},
}

/// What can be said before a colleague is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Asking {
    /// Drafted from what is known.
    pub question: String,
    /// Who is on call, and by which way they would be asked; else why nobody can be, and what to do.
    pub on_call: String,
    pub on_call_can: bool,
    /// The way that is likeliest to be answered in writing, for whoever has one.
    pub ways: BTreeMap<PersonId, MethodId>,
}

/// What is worked out for a desk that is still to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Deciding {
    pub advice: Advice,
    /// Who would be called.
    pub plan: PlanPreview,
    pub asking: Asking,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Board {
    /// What is looked at: without what was removed from the directory meanwhile.
    pub filter: BoardFilter,
    /// The part that was asked for, in the board's order.
    pub rows: Vec<BoardRow>,
    /// How many the filter lets through, and how many of them are late.
    pub found: u32,
    pub found_late: u32,
    /// How many are open at all, and how many of them are late.
    pub open: u32,
    pub late: u32,
    /// How many open ones cannot be read, and so are on no board.
    pub unreadable: u32,
    pub choices: BoardChoices,
    /// A hand-over that waits for whoever it goes to, in words.
    pub hand_over: Option<String>,
    /// Still to be done of what is over.
    pub tasks: Vec<TaskRow>,
    pub drafts: Vec<Draft>,
}

/// What of the board is wanted: by default all of it, whatever is looked at in the window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct BoardPart {
    /// `None` is what the window looked at last, while Baton runs.
    pub filter: Option<BoardFilter>,
    /// The first row, counted from 0, and how many.
    pub from: u32,
    pub count: u32,
}

impl Default for BoardPart {
    fn default() -> Self {
        Self { filter: Some(BoardFilter::default()), from: 0, count: u32::MAX }
    }
}

/// Which open incidents are looked at; each choice that is made narrows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct BoardFilter {
    /// What whoever is at this desk filed, has or has promised something of.
    pub mine: bool,
    /// One of the team has it or, while nobody has, is being called.
    pub team: Option<TeamId>,
    pub service: Option<ServiceId>,
    pub severity: Option<Severity>,
}

/// What can be chosen, each with how many it would show while the other choices stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BoardChoices {
    /// `None` where the desk has no name for whoever sits at it.
    pub mine: Option<u32>,
    pub teams: Vec<BoardChoice>,
    pub services: Vec<BoardChoice>,
    pub severities: BTreeMap<Severity, u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BoardChoice {
    pub id: String,
    pub name: String,
    pub count: u32,
}

/// What the tray shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Urgent {
    pub open: u32,
    pub late: u32,
    /// The most urgent incidents, the most urgent first.
    pub rows: Vec<UrgentRow>,
    /// Promises and tasks that the desk has been asked about, the longest due first.
    pub committed: Vec<TaskRow>,
    pub unread_notices: u32,
}

/// An incident and what its entry in the tray offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrgentRow {
    pub row: BoardRow,
    pub snooze: bool,
    /// Whoever has it, and how often they were nudged.
    pub nudge: Option<(String, u32)>,
    pub escalate: bool,
}

/// Something to be done of an incident that is over, as one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TaskRow {
    pub incident: IncidentId,
    pub reference: String,
    pub title: String,
    pub number: u32,
    pub what: String,
    /// Empty for nobody yet.
    pub name: String,
    pub due_at: Option<Instant>,
    /// "Fri 09:00", "2 days late", "no day".
    pub due: String,
    pub late: bool,
}

/// A promise as it was read from what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PromiseRead {
    /// Whoever has the incident; nobody where nobody has.
    pub person: Option<PersonId>,
    pub name: String,
    pub what: String,
    pub due_at: Instant,
}

/// How the desk checks in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CheckInView {
    /// What counts as an update.
    pub counts: String,
    /// When the next one is asked for.
    pub next: String,
    /// It is asked for now.
    pub asked: bool,
    /// Twice, and whoever leads the desk was told.
    pub missed: bool,
    /// Whoever has it, where they can be nudged.
    pub nudge: Option<PersonId>,
    /// How often that was done without an answer, and what may be better.
    pub nudged: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BoardRow {
    pub id: IncidentId,
    pub reference: String,
    pub title: String,
    pub severity: Severity,
    pub place: String,
    pub filed_at: Instant,
    /// "13:42", "yesterday".
    pub filed: String,
    pub open: bool,
    /// "nobody yet", "Ilse Brandl", "you".
    pub holder: String,
    pub holder_note: String,
    /// Nothing has reached anybody: what was tried last failed.
    pub failing: bool,
    /// "Level 2: Databases 14:04"; empty once resolved.
    pub next: String,
    /// How that happens: "by itself: Mail, Signal"; empty where a person is awaited, and off the board.
    pub how: String,
    pub next_at: Option<Instant>,
    pub late: bool,
    /// How many have reported it; 1 is whoever was first.
    pub reports: u32,
    /// What the desk is asked about it now.
    pub asked: Option<ProgressQuestion>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct IncidentView {
    pub incident: Incident,
    pub row: BoardRow,
    pub timeline: Vec<TimelineEntry>,
    pub next: Vec<NextStep>,
    pub deliveries: Vec<DeliveryView>,
    /// Calls the desk is to make by hand, now.
    pub calls: Vec<CallTask>,
    /// Numbers that a call of this incident has said to be wrong, which can be taken back.
    pub wrong_numbers: Vec<WrongNumber>,
    pub impact: Impact,
    /// What "escalate further" would enter.
    pub further: Option<Further>,
    /// For how long "try more" tries.
    pub carry_on_minutes: u32,
    /// While the desk has it and has not decided.
    pub deciding: Option<Deciding>,
    pub offers: Vec<Offer>,
    pub check_in: CheckInView,
    /// Who may be the one that has it, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// Who is told and not called.
    pub stakeholders: Vec<StakeholderView>,
    /// When they hear next; empty where nobody does.
    pub next_word: String,
    pub brief: Vec<RenderedMessage>,
    /// What is otherwise than one would think.
    pub notes: Vec<String>,
    /// Others that read like it and are open; that they become more; and what it was linked with.
    pub similar: Vec<BoardRow>,
    pub rising: Option<String>,
    pub links: Vec<LinkView>,
    /// Where people talk about it, while it is open.
    pub bridge: Option<BridgeView>,
    /// Where those who work on it write to one another.
    pub room: Option<RoomView>,
}

/// Somebody who is told of an incident, and not called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct StakeholderView {
    pub person: PersonId,
    pub name: String,
    /// "listed for Order platform", and what is otherwise than one would think.
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RoomView {
    /// "#inc-k7-4rm-orders"; empty before it is open.
    pub name: String,
    /// Empty where there is no address to open.
    pub link: String,
    /// How it stands; empty while it is open.
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BridgeView {
    /// Empty where there is only a number.
    pub link: String,
    /// "+49 30 23125011, code 123#"; empty where there is only a link.
    pub dial_in: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NextStep {
    pub at: Instant,
    pub time: String,
    pub kind: DueKind,
    pub words: String,
    pub late: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DeliveryView {
    pub id: DeliveryId,
    pub name: String,
    pub via: String,
    pub address: String,
    pub state: DeliveryState,
    /// The state in words, with the provider's own where there are any.
    pub words: String,
    pub at: Instant,
    /// Since when it stands so; empty while it only waits for a time that its words name.
    pub time: String,
    /// Every try, the first one first.
    pub tries: Vec<Try>,
    pub next_try: Option<String>,
    /// What became of each file that belongs to it.
    pub files: Vec<FileSent>,
    /// The rungs from "sent" to "acknowledged", and how many are known to be reached;
    /// none for a call by hand.
    pub ladder: Vec<String>,
    pub reached: usize,
    /// What its recipient answered, and when.
    pub answer: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FileSent {
    pub name: String,
    /// "sent", "not sent: …".
    pub words: String,
    pub failed: bool,
}

/// What an import changes, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Import {
    pub added: Vec<String>,
    pub changed: Vec<String>,
    /// How many of those are what; a kind of which there is none is left out.
    pub added_of: BTreeMap<ImportKind, u32>,
    pub changed_of: BTreeMap<ImportKind, u32>,
    pub same: u32,
    /// Each with its reason; with one of them nothing is imported.
    pub refused: Vec<String>,
    /// What is good to know before it is done.
    pub notes: Vec<String>,
}

/// In the order in which one speaks of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    Person,
    Team,
    Rotation,
    Service,
    Path,
    Channel,
}

/// A file of people as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PeopleFileFound {
    /// "a table with ; between its columns in UTF-8".
    pub what: String,
    pub people: u32,
    /// Whether the first line of a table is somebody too; `None` where there are no lines.
    pub first_is_person: Option<bool>,
    /// Those of a table, for whoever says what they mean; none, where the format says it.
    pub columns: Vec<PeopleColumn>,
    pub notes: Vec<String>,
}

/// An event of a calendar that may be an absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CalendarAbsence {
    pub from: Instant,
    pub to: Instant,
    pub title: String,
    pub likely: bool,
}

/// What the columns of a table mean.
#[derive(Clone, Debug, Deserialize, TS)]
#[ts(export)]
pub struct PeopleColumns {
    pub fields: Vec<PeopleField>,
    /// Whether the first line is somebody too; guessed where it is not said.
    pub first_is_person: Option<bool>,
    /// The country of numbers that name none, by ISO 3166.
    pub region: Option<String>,
}

/// One try to send a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Try {
    pub time: String,
    /// What came of it, with the provider's own words.
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CallTask {
    pub delivery: DeliveryId,
    pub person: PersonId,
    pub name: String,
    /// As the country writes it.
    pub number: String,
    pub dial: String,
    pub script: String,
    pub since: String,
    /// Whether they may say on the phone that they have it.
    pub takes: bool,
}

/// A number that is not called any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct WrongNumber {
    pub person: PersonId,
    pub method: MethodId,
    pub name: String,
    /// As the country writes it; in part where others see the screen.
    pub number: String,
}

/// What a person at the desk does with an incident.
#[derive(Clone, Debug, PartialEq, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    Acknowledge {
        person: Option<PersonId>,
        name: String,
        how: AcknowledgedHow,
    },
    StillOnIt {},
    HandBack {
        why: String,
    },
    /// `from_level` is the level the window showed, so that a double click escalates once.
    EscalateFurther {
        from_level: Option<usize>,
        from_round: u8,
    },
    /// Hand an incident the desk was trying by itself to its path.
    Escalate {},
    CarryOn {
        minutes: u32,
    },
    AskColleague {
        request: OpinionRequest,
    },
    ColleagueSaid {
        view: ColleagueView,
        words: String,
    },
    CheckIn {
        note: String,
    },
    Snooze {
        minutes: u32,
        why: String,
    },
    WakeUp {},
    Nudge {
        person: PersonId,
    },
    ShareUpdate {
        text: String,
    },
    /// The same to those as well who are told and not called, in its time.
    ShareWithAll {
        text: String,
    },
    /// These are told of it from here on, and not called.
    Inform {
        people: Vec<PersonId>,
    },
    InformNoMore {
        person: PersonId,
    },
    ChangeSeverity {
        severity: Severity,
        why: String,
    },
    ChangeFacts {
        /// As they were when the edit was begun: what came meanwhile stays.
        opened: Box<Facts>,
        facts: Box<Facts>,
        /// Those who were told hear what changed.
        tell: bool,
    },
    /// Files that are kept already.
    Attach {
        attachments: Vec<Attachment>,
    },
    RecordCall {
        delivery: DeliveryId,
        outcome: CallOutcome,
        note: String,
        took_it: bool,
    },
    /// A call the desk made without being asked to, as from the call sheet.
    Called {
        person: PersonId,
        method: MethodId,
        outcome: CallOutcome,
        note: String,
        took_it: bool,
    },
    /// "Wrong number" was recorded by mistake.
    TakeBackWrongNumber {
        person: PersonId,
        method: MethodId,
    },
    Resolve {
        cause: String,
        fix: String,
        follow_ups: Vec<FollowUp>,
    },
    Reopen {
        why: String,
    },
    Judge {
        judgement: Judgement,
        note: String,
    },
    /// Somebody promised something.
    Promise {
        person: Option<PersonId>,
        name: String,
        what: String,
        due: Option<Instant>,
    },
    /// Somebody is to do something once it is over.
    Task {
        person: Option<PersonId>,
        name: String,
        what: String,
        due: Option<Instant>,
    },
    /// With a promise or a task.
    Commitment {
        number: u32,
        doing: Doing,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Doing {
    Done {},
    Move {
        to: Instant,
        why: String,
    },
    /// It is asked for again later; what was said stands.
    PutOff {
        minutes: u32,
    },
    Drop {
        why: String,
    },
}

/// The post-incident report of one incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PostIncident {
    pub reference: String,
    pub markdown: String,
    pub blocks: Vec<Block>,
    /// When the desk last wrote in it; `None` while it is what the events say.
    pub written_at: Option<String>,
    /// How much has happened since that.
    pub newer: u32,
    pub judgement: Option<Judgement>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ReportForm {
    Markdown,
    Html,
    Pdf,
}

/// What saving an edit would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EditPreview {
    /// What those who were told would hear of it; empty where nothing changes.
    pub news: String,
    /// What came while it was edited and would give way to it; empty where nothing would.
    pub gives_way: String,
}

/// Something the desk was told by a desktop notification, kept whether or not
/// it could be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Notice {
    pub id: NoticeId,
    pub incident: Option<IncidentId>,
    pub at: Instant,
    pub time: String,
    pub title: String,
    pub body: String,
    pub critical: bool,
    pub read: bool,
    /// The address in the window at which it is seen to.
    pub opens: String,
    /// What it asks, while that is still asked.
    pub asked: Option<ProgressQuestion>,
    /// What else answers it from here, while it is unread.
    pub buttons: Vec<NoticeButton>,
    /// Whether a word goes with "done".
    pub takes_word: bool,
}

/// A button by which a notice is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NoticeButton {
    pub id: String,
    pub label: String,
}

/// What came of sending a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TestResult {
    pub worked: bool,
    /// The provider's own words, or ours where there was nobody to say any.
    pub words: String,
    pub milliseconds: u32,
}
