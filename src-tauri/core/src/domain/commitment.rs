//! What somebody has said they will do by a time: a promise while an incident is open, a
//! task once it is over. Both are asked for when their time has come, and again, until they
//! are done, moved or dropped. A promise ends with its incident; a task outlives it.

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use super::command::Refusal;
use super::decide::at_most;
use super::event::{Answered, IncidentEvent};
use super::id::PersonId;
use super::incident::Incident;
use super::rhythm::Rhythm;
use super::text::clean_line;
use super::time::{DAY, Instant, MINUTE};

pub mod reading;
mod telling;

pub(super) use telling::is_reminder;
pub use telling::told;

/// From one reminder of a task to the next: whoever has it has other work too.
const TASK_REMINDER: i64 = DAY;

/// Longer words are no line.
const LONGEST_LINE: usize = 300;

/// The latest that anything may be due.
const LONGEST: i64 = 400 * DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, rename = "CommitmentKind")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Promise,
    Task,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Commitment {
    /// Counted from 1 within the incident.
    pub number: u32,
    pub kind: Kind,
    /// `None` for whoever is known by name only, or for nobody yet.
    pub person: Option<PersonId>,
    pub name: String,
    pub what: String,
    /// `None` for a note of what is still to do, which nobody is reminded of.
    pub due_at: Option<Instant>,
    /// When the reminder comes (again).
    pub remind_at: Option<Instant>,
    /// How often it has been reminded of since it last had a time.
    pub reminders: u32,
    pub moved: u32,
    pub standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Open,
    Done,
    Dropped,
    /// The incident was over before it was done.
    Ended,
}

/// What happens to one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, rename = "CommitmentHappened")]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happened {
    Made {
        by: String,
        kind: Kind,
        person: Option<PersonId>,
        name: String,
        what: String,
        due_at: Option<Instant>,
        /// Read from what they answered; `None` where the desk wrote it down.
        #[serde(default)]
        answered: Option<Answered>,
        /// The incident that became part of this one, and brought it along.
        #[serde(default)]
        part: Option<String>,
        /// How often it was asked for there, and when it is again.
        #[serde(default)]
        reminders: u32,
        #[serde(default)]
        remind_at: Option<Instant>,
    },
    /// Its time has come, or the reminder's.
    Fell {
        remind_at: Instant,
        late_ms: i64,
    },
    Done {
        by: String,
    },
    Moved {
        by: String,
        to: Instant,
        why: String,
        #[serde(default)]
        answered: Option<Answered>,
    },
    /// The desk asks later; what was said stands.
    PutOff {
        by: String,
        until: Instant,
    },
    Dropped {
        by: String,
        why: String,
    },
    /// It is somebody else's now, as the desk went to them.
    Given {
        by: String,
        person: Option<PersonId>,
        name: String,
    },
}

/// Something still to do once it is over, as it is said with the resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FollowUp {
    pub what: String,
    pub person: Option<PersonId>,
    /// Empty for nobody yet.
    pub name: String,
    pub due_at: Option<Instant>,
}

impl<'de> Deserialize<'de> for FollowUp {
    /// In older logs it is words alone.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Kept {
            Words(String),
            Whole { what: String, person: Option<PersonId>, name: String, due_at: Option<Instant> },
        }
        Ok(match Kept::deserialize(from)? {
            Kept::Words(what) => Self::from(what.as_str()),
            Kept::Whole { what, person, name, due_at } => Self { what, person, name, due_at },
        })
    }
}

impl From<&str> for FollowUp {
    fn from(what: &str) -> Self {
        Self { what: what.into(), person: None, name: String::new(), due_at: None }
    }
}

impl FollowUp {
    /// Two people may have the same to do.
    fn is_same_as(&self, other: &Self) -> bool {
        (&self.what, self.person, &self.name) == (&other.what, other.person, &other.name)
    }

    /// "alert at 80 % (Marta)".
    #[must_use]
    pub fn words(&self) -> String {
        if self.name.is_empty() { self.what.clone() } else { format!("{} ({})", self.what, self.name) }
    }
}

/// What is wanted of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    Make { kind: Kind, person: Option<PersonId>, name: String, what: String, due_at: Option<Instant>, from: Origin },
    Done { number: u32 },
    Move { number: u32, to: Instant, why: String },
    PutOff { number: u32, minutes: u32 },
    Drop { number: u32, why: String },
    Give { number: u32, person: Option<PersonId>, name: String },
}

/// Where it is known from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Desk,
    Answer(Answered),
    /// Another incident, which became part of this one, where it was asked for so often and is asked for again then.
    Part {
        reference: String,
        reminders: u32,
        remind_at: Option<Instant>,
    },
}

impl Commitment {
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Open)
    }

    /// "Marta promised: send logs", "task for Marta: a bigger pool".
    #[must_use]
    pub fn words(&self) -> String {
        let Self { name, what, .. } = self;
        match self.kind {
            Kind::Promise => format!("{name} promised: {what}"),
            Kind::Task if name.is_empty() => format!("task: {what}"),
            Kind::Task => format!("task for {name}: {what}"),
        }
    }

    /// Since when somebody at the desk is awaited.
    #[must_use]
    pub fn awaited_since(&self) -> Option<Instant> {
        self.due_at.filter(|_| self.is_open() && self.reminders > 0)
    }

    fn is_of(&self, owner: Option<PersonId>, by_name: &str) -> bool {
        self.person == owner && (self.person.is_some() || self.name == by_name)
    }

    fn as_follow_up(&self) -> FollowUp {
        FollowUp { what: self.what.clone(), person: self.person, name: self.name.clone(), due_at: self.due_at }
    }

    fn is_due(&mut self, at: Option<Instant>) {
        (self.due_at, self.remind_at, self.reminders) = (at, at, 0);
    }
}

/// The tasks that are still to be done, as they are said with a resolution.
#[must_use]
pub fn open_tasks(commitments: &[Commitment]) -> Vec<FollowUp> {
    let open = commitments.iter().filter(|one| one.is_open() && one.kind == Kind::Task);
    open.map(Commitment::as_follow_up).collect()
}

/// The tasks there are with those that are told now. One that is not told again stays: it is dropped by a word of its own.
pub(super) fn with_tasks(known: &[FollowUp], told: Vec<FollowUp>) -> Vec<FollowUp> {
    let mut all = known.to_vec();
    for task in told {
        match all.iter_mut().find(|one| one.is_same_as(&task)) {
            Some(one) => one.due_at = task.due_at.or(one.due_at),
            None => all.push(task),
        }
    }
    all
}

/// Those that an event leaves.
pub fn follow(commitments: &mut Vec<Commitment>, event: &IncidentEvent) {
    use IncidentEvent as E;
    let mut end =
        || commitments.iter_mut().filter(|one| one.is_open() && one.kind == Kind::Promise).for_each(|one| one.standing = Standing::Ended);
    match event {
        E::Commitment { number, happened } => happens(commitments, *number, happened),
        E::Resolved { follow_ups, .. } => {
            end();
            follow_ups.iter().for_each(|task| keep(commitments, task));
        }
        E::MergedInto { .. } => end(),
        // All of them as they are now: what is not among them is not to be done any more.
        E::ResolutionTold { follow_ups, .. } => {
            let told = |known: &Commitment| follow_ups.iter().any(|task| task.is_same_as(&known.as_follow_up()));
            let gone = commitments.iter_mut().filter(|one| one.is_open() && one.kind == Kind::Task && !told(one));
            gone.for_each(|one| one.standing = Standing::Dropped);
            follow_ups.iter().for_each(|task| keep(commitments, task));
        }
        // What is due by a clock that was ahead is due sooner.
        E::ClockPutRight { ahead_ms } => {
            let times = commitments.iter_mut().filter(|one| one.is_open()).flat_map(|one| one.due_at.iter_mut().chain(&mut one.remind_at));
            times.for_each(|at| *at = at.plus(-ahead_ms));
        }
        _ => {}
    }
}

/// The one that is open already where it is told again.
fn keep(commitments: &mut Vec<Commitment>, task: &FollowUp) {
    let same = |one: &&mut Commitment| one.is_open() && one.kind == Kind::Task && task.is_same_as(&one.as_follow_up());
    if let Some(known) = commitments.iter_mut().find(same) {
        // Said again without a day, it keeps the one that it has.
        if task.due_at.is_some() && known.due_at != task.due_at {
            known.is_due(task.due_at);
        }
        return;
    }
    let FollowUp { what, person, name, due_at } = task.clone();
    let number = next_number(commitments);
    add(commitments, number, Kind::Task, person, name, what, due_at);
}

fn add(
    commitments: &mut Vec<Commitment>,
    number: u32,
    kind: Kind,
    person: Option<PersonId>,
    name: String,
    what: String,
    due_at: Option<Instant>,
) {
    commitments.push(Commitment {
        number,
        kind,
        person,
        name,
        what,
        due_at,
        remind_at: due_at,
        reminders: 0,
        moved: 0,
        standing: Standing::Open,
    });
}

fn happens(commitments: &mut Vec<Commitment>, number: u32, happened: &Happened) {
    if let Happened::Made { kind, person, name, what, due_at, reminders, remind_at, .. } = happened {
        add(commitments, number, *kind, *person, name.clone(), what.clone(), *due_at);
        if let (Some(one), Some(at)) = (commitments.last_mut(), remind_at) {
            (one.reminders, one.remind_at) = (*reminders, Some(*at));
        }
        return;
    }
    let Some(one) = commitments.iter_mut().find(|one| one.number == number) else { return };
    match happened {
        Happened::Made { .. } => {}
        Happened::Fell { remind_at, .. } => {
            one.remind_at = Some(*remind_at);
            one.reminders += 1;
        }
        Happened::Done { .. } => one.standing = Standing::Done,
        Happened::Moved { to, .. } => {
            // What had no time yet gets one; nothing was put off by that.
            one.moved += u32::from(one.due_at.is_some());
            one.is_due(Some(*to));
        }
        Happened::PutOff { until, .. } => one.remind_at = Some(*until),
        Happened::Dropped { .. } => one.standing = Standing::Dropped,
        Happened::Given { person, name, .. } => (one.person, one.name) = (*person, name.clone()),
    }
}

fn next_number(commitments: &[Commitment]) -> u32 {
    commitments.iter().map(|one| one.number).max().unwrap_or(0) + 1
}

/// What falls due of it, at the moment it does.
pub(super) fn fell(commitment: &Commitment, rhythm: &Rhythm, now: Instant) -> Happened {
    let due = commitment.remind_at.unwrap_or(now);
    let late_ms = if commitment.reminders == 0 { now.since(due).max(0) } else { 0 };
    let remind_at = match commitment.kind {
        Kind::Promise => now.plus_minutes(rhythm.reminder.max(1)),
        Kind::Task => now.plus(TASK_REMINDER),
    };
    Happened::Fell { remind_at, late_ms: if late_ms >= MINUTE { late_ms } else { 0 } }
}

/// What a wish makes happen. The second of two clicks finds nothing to do.
pub(super) fn decide(incident: &Incident, by: String, wanted: Wanted, now: Instant) -> Result<Vec<IncidentEvent>, Refusal> {
    let happens = |number, happened| Ok(vec![IncidentEvent::Commitment { number, happened }]);
    let nothing = Ok(vec![]);
    let find = |number: u32| incident.commitments.iter().find(|one| one.number == number);
    match wanted {
        Wanted::Make { kind, person, name, what, due_at, from } => make(incident, by, (kind, person, name), &what, due_at, from, now),
        Wanted::Done { number } => match find(number) {
            Some(one) if one.is_open() => happens(number, Happened::Done { by }),
            Some(one) if one.standing == Standing::Done => nothing,
            _ => Err(over(incident)),
        },
        Wanted::Move { number, to, why } => match find(number) {
            Some(one) if one.is_open() && one.due_at == Some(to) => nothing,
            Some(one) if one.is_open() => {
                let why = line(&why, "why", "Say in one line why the time changes.")?;
                ahead(to, now)?;
                happens(number, Happened::Moved { by, to, why, answered: None })
            }
            _ => Err(over(incident)),
        },
        Wanted::PutOff { number, minutes } => match find(number) {
            Some(one) if one.is_open() => happens(number, Happened::PutOff { by, until: super::command::later(now, minutes, "minutes")? }),
            _ => Err(over(incident)),
        },
        Wanted::Drop { number, why } => match find(number) {
            Some(one) if one.is_open() => happens(number, Happened::Dropped { by, why: at_most(clean_line(&why), LONGEST_LINE, "why")? }),
            Some(one) if one.standing == Standing::Dropped => nothing,
            _ => Err(over(incident)),
        },
        Wanted::Give { number, person, name } => match find(number) {
            Some(one) if one.is_open() && !one.is_of(person, &name) => happens(number, Happened::Given { by, person, name }),
            _ => nothing,
        },
    }
}

fn make(
    incident: &Incident,
    by: String,
    (kind, person, name): (Kind, Option<PersonId>, String),
    what: &str,
    due_at: Option<Instant>,
    from: Origin,
    now: Instant,
) -> Result<Vec<IncidentEvent>, Refusal> {
    let what = line(what, "what", "Say in a few words what it is.")?;
    let name = at_most(clean_line(&name), LONGEST_LINE, "name")?;
    if kind == Kind::Promise && name.is_empty() {
        return Err(Refusal::Invalid { field: "name", words: "Say who promised it.".into() });
    }
    if kind == Kind::Promise && !incident.is_open() {
        return Err(over(incident));
    }
    let Some(due) = due_at else {
        return Err(Refusal::Invalid { field: "due", words: "Say by when; without a time nobody would be reminded.".into() });
    };
    // What another incident brings along may be due already.
    if !matches!(from, Origin::Part { .. }) {
        ahead(due, now)?;
    }
    let (answered, part, asked) = match from {
        Origin::Desk => (None, None, None),
        Origin::Answer(answered) => (Some(answered), None, None),
        Origin::Part { reference, reminders, remind_at } => (None, Some(reference), Some((reminders, remind_at))),
    };
    let same =
        |one: &&Commitment| one.is_open() && one.kind == kind && one.is_of(person, &name) && one.what.to_lowercase() == what.to_lowercase();
    match incident.commitments.iter().find(same) {
        // What was said here, or last, counts more than what a part brings along.
        Some(known) if known.due_at == Some(due) || part.is_some() => Ok(vec![]),
        // Whoever says another time for the same has moved it.
        Some(known) => {
            let why = answered.as_ref().map_or_else(String::new, |answered| super::response::gist(&answered.words));
            Ok(vec![IncidentEvent::Commitment { number: known.number, happened: Happened::Moved { by, to: due, why, answered } }])
        }
        None => {
            let number = next_number(&incident.commitments);
            let (reminders, remind_at) = asked.unwrap_or_default();
            let happened = Happened::Made { by, kind, person, name, what, due_at, answered, part, reminders, remind_at };
            Ok(vec![IncidentEvent::Commitment { number, happened }])
        }
    }
}

/// The tasks of a resolution as they are kept.
pub(super) fn kept_tasks(tasks: &[FollowUp], now: Instant) -> Result<Vec<FollowUp>, Refusal> {
    let mut kept: Vec<FollowUp> = Vec::new();
    for task in tasks {
        let what = at_most(clean_line(&task.what), LONGEST_LINE, "follow_ups")?;
        let name = at_most(clean_line(&task.name), LONGEST_LINE, "follow_ups")?;
        if task.due_at.is_some_and(|due| due.since(now) > LONGEST) {
            return Err(too_far("follow_ups"));
        }
        let task = FollowUp { what, name, ..task.clone() };
        if !task.what.is_empty() && !kept.iter().any(|one| one.is_same_as(&task)) {
            kept.push(task);
        }
    }
    Ok(kept)
}

fn line(text: &str, field: &'static str, words: &str) -> Result<String, Refusal> {
    let text = at_most(clean_line(text), LONGEST_LINE, field)?;
    if text.is_empty() { Err(Refusal::Invalid { field, words: words.into() }) } else { Ok(text) }
}

fn ahead(due: Instant, now: Instant) -> Result<(), Refusal> {
    if due <= now {
        return Err(Refusal::Invalid { field: "due", words: "That time has passed. Say when it will be.".into() });
    }
    if due.since(now) > LONGEST { Err(too_far("due")) } else { Ok(()) }
}

fn too_far(field: &'static str) -> Refusal {
    Refusal::Invalid { field, words: "That is more than a year away. Choose an earlier day.".into() }
}

fn over(incident: &Incident) -> Refusal {
    Refusal::MovedOn(format!("That is over already for {}. Nothing was changed.", incident.reference))
}
