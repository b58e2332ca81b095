//! The promises of the design, held against random histories.

use baton_core::domain::alike::Link;
use baton_core::domain::asking::AfterWait;
use baton_core::domain::assessment::ColleagueView;
use baton_core::domain::channel::Reach;
use baton_core::domain::command::{Command, Failing, Reaching, Responder};
use baton_core::domain::commitment::{FollowUp, Happened, Kind, Origin, Standing, Wanted};
use baton_core::domain::decide::decide;
use baton_core::domain::due::next_due;
use baton_core::domain::event::{AcknowledgedHow, CallOutcome, IncidentEvent};
use baton_core::domain::facts::{FactField, Facts, Unknown};
use baton_core::domain::id::{ChannelId, DeliveryId, IncidentId, MethodId, PathId, PersonId, RotationId};
use baton_core::domain::incident::{Incident, Phase};
use baton_core::domain::judgement::Judgement;
use baton_core::domain::message::Purpose;
use baton_core::domain::offers::{Offer, offers};
use baton_core::domain::plan::{Contact, ContactMethod, Plan, PlanLevel, PlanRotation};
use baton_core::domain::presence::Presence;
use baton_core::domain::quiet::QuietHours;
use baton_core::domain::response::{self, NotCounted, Response};
use baton_core::domain::rhythm::Rhythm;
use baton_core::domain::rotation::{Layer, Rotation};
use baton_core::domain::severity::Severity;
use baton_core::domain::stakeholder::{Because, Listed, Milestone};
use baton_core::domain::time::{Instant, MINUTE, WallTime};
use baton_core::domain::timetable::{Hours, Timetable};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

const START: Instant = Instant(1_795_437_720_000);

/// What a person, a provider or the passing of time may do next.
#[derive(Clone, Debug)]
enum Move {
    Wait(i64),
    Escalate,
    Further {
        stale: bool,
    },
    CarryOn(u32),
    HandIn,
    AskColleague(AfterWait, u32),
    ColleagueSays(ColleagueView),
    QuestionFails,
    Acknowledge {
        known: bool,
        name: &'static str,
    },
    StillOnIt,
    HandBack,
    CheckIn,
    Snooze(u32),
    WakeUp,
    Nudge,
    Share,
    /// Somebody new, or whoever is so far down on the path, is told and not called; or the first of those is not any more.
    Inform(Option<usize>),
    InformNoMore,
    Severity(usize),
    WrongNumberTakenBack,
    CallFails {
        wrong: bool,
    },
    /// To whoever is so far down among everybody on the path.
    SendFails {
        whom: usize,
        others: bool,
        waiting: bool,
        failing: Failing,
    },
    SendTooLate,
    /// Somebody on the path, or nobody known, answers a message themselves.
    Answers {
        whom: usize,
        typed: &'static str,
        to: Purpose,
    },
    /// Something comes back that is nobody's answer.
    DoesNotCount,
    CallAnswered {
        took_it: bool,
    },
    Unknown(i64),
    ReportedAgain,
    Merge,
    Resolve,
    /// With so many tasks, due in so many minutes.
    ResolveWith(usize, i64),
    Reopen,
    /// Somebody says they will do this in so many minutes.
    Promises(usize, Kind, i64),
    /// Something is done with one of what people said they will do.
    Commitment(u32, Deed),
    /// The clock had been ahead by so many minutes.
    ClockSetBack(i64),
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Done,
    Move(i64),
    PutOff(u32),
    Drop,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    vec(one_move(), 1..60)
}

/// The same with a clock that had been ahead now and then.
fn moves_and_clocks() -> impl Strategy<Value = Vec<Move>> {
    vec(prop_oneof![30 => one_move(), 1 => (2..600_i64).prop_map(Move::ClockSetBack)], 1..60)
}

fn one_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => (0..90_i64).prop_map(Move::Wait),
        1 => (1_000..6_000_i64).prop_map(Move::Wait),
        3 => Just(Move::Escalate),
        2 => any::<bool>().prop_map(|stale| Move::Further { stale }),
        2 => (0..120_u32).prop_map(Move::CarryOn),
        1 => Just(Move::HandIn),
        2 => (proptest::sample::select(vec![AfterWait::AskMe, AfterWait::AskAgain, AfterWait::Escalate]), 1..40_u32)
            .prop_map(|(then, minutes)| Move::AskColleague(then, minutes)),
        1 => proptest::sample::select(vec![ColleagueView::Escalate, ColleagueView::Wait]).prop_map(Move::ColleagueSays),
        1 => Just(Move::QuestionFails),
        2 => (any::<bool>(), proptest::sample::select(vec!["Marta", "Marta", "", " ", "\u{200b}"]))
            .prop_map(|(known, name)| Move::Acknowledge { known, name }),
        1 => Just(Move::StillOnIt),
        1 => Just(Move::HandBack),
        2 => Just(Move::CheckIn),
        2 => (0..90_u32).prop_map(Move::Snooze),
        1 => Just(Move::WakeUp),
        1 => Just(Move::Nudge),
        1 => Just(Move::Share),
        2 => proptest::option::of(0..6_usize).prop_map(Move::Inform),
        1 => Just(Move::InformNoMore),
        1 => (0..4_usize).prop_map(Move::Severity),
        2 => any::<bool>().prop_map(|wrong| Move::CallFails { wrong }),
        1 => Just(Move::WrongNumberTakenBack),
        3 => (0..6_usize, any::<bool>(), any::<bool>(), proptest::sample::select(vec![Failing::Refused, Failing::NoWay]))
            .prop_map(|(whom, others, later, failing)| Move::SendFails { whom, others, waiting: others && later, failing }),
        1 => Just(Move::SendTooLate),
        3 => (
            0..7_usize,
            proptest::sample::select(vec!["on it", "not me", "call me", "escalate", "who is on it?", ""]),
            proptest::sample::select(vec![Purpose::Alert, Purpose::StillOnIt, Purpose::Opinion, Purpose::Update]),
        )
            .prop_map(|(whom, typed, to)| Move::Answers { whom, typed, to }),
        1 => Just(Move::DoesNotCount),
        1 => any::<bool>().prop_map(|took_it| Move::CallAnswered { took_it }),
        1 => (-30..200_i64).prop_map(Move::Unknown),
        1 => Just(Move::ReportedAgain),
        1 => Just(Move::Merge),
        1 => Just(Move::Resolve),
        1 => (0..3_usize, 1..4_000_i64).prop_map(|(tasks, minutes)| Move::ResolveWith(tasks, minutes)),
        2 => Just(Move::Reopen),
        3 => (0..3_usize, proptest::sample::select(vec![Kind::Promise, Kind::Promise, Kind::Task]), 0..3_000_i64)
            .prop_map(|(what, kind, minutes)| Move::Promises(what, kind, minutes)),
        3 => (1..5_u32, prop_oneof![
            Just(Deed::Done),
            (0..500_i64).prop_map(Deed::Move),
            (0..200_u32).prop_map(Deed::PutOff),
            Just(Deed::Drop),
        ])
            .prop_map(|(number, deed)| Move::Commitment(number, deed)),
    ]
}

/// Paths with empty levels, levels for the worst or for some hours, rotations, people who are away, and people
/// without any method.
fn plans() -> impl Strategy<Value = Plan> {
    let contact = (0..3_usize, proptest::option::of(0..400_i64)).prop_map(|(methods, away)| Contact {
        person: PersonId::new(START),
        name: "Marta".into(),
        role: String::new(),
        presence: Presence { away_until: away.map(|minutes| START.plus(minutes * MINUTE)), ..Presence::default() },
        methods: (0..methods).map(|_| method()).collect(),
        sequences: BTreeMap::new(),
    });
    let rotation = (vec(contact.clone(), 1..3), 1..3_u32).prop_map(|(members, shift_hours)| {
        let people = members.iter().map(|contact| contact.person).collect();
        let from = WallTime(START.utc().naive_utc());
        let layers = vec![Layer { people, from, shift_hours, hours: vec![] }];
        let (id, name) = (RotationId::new(START), "Databases".into());
        PlanRotation { rotation: Rotation { id, name, zone: "UTC".into(), layers, overrides: vec![], sample: false }, members }
    });
    let hours = (0..1440_u16, 0..=1440_u16)
        .prop_map(|(from, to)| Timetable { zone: "UTC".into(), hours: vec![Hours { days: vec![1, 2, 3, 4, 5, 6, 7], from, to }] });
    let least = proptest::option::weighted(0.2, proptest::sample::select(Severity::ALL.to_vec()));
    let limits = (least, proptest::option::weighted(0.2, hours));
    let level = (vec(contact, 0..3), vec(rotation, 0..2), 0..30_u32, proptest::option::of(0..40_u32), limits).prop_map(
        |(contacts, rotations, minutes, repeat_every, (least, hours))| PlanLevel {
            name: String::new(),
            contacts,
            rotations,
            minutes,
            repeat_every,
            least,
            hours,
        },
    );
    (vec(level, 0..4), 0..3_u8).prop_map(|(levels, rounds)| Plan { path: PathId::new(START), path_name: "Orders".into(), levels, rounds })
}

fn method() -> ContactMethod {
    ContactMethod {
        id: MethodId::new(START),
        channel: ChannelId::new(START),
        channel_name: "mail".into(),
        reach: Reach::Mail,
        address: "marta@example.org".into(),
        by_hand: false,
    }
}

/// A try by all of somebody's methods.
fn reaching_of(contact: Contact, others: bool, now: Instant) -> Option<Reaching> {
    Some(Reaching {
        delivery: DeliveryId::new(now),
        purpose: Purpose::Alert,
        person: contact.person,
        method: contact.methods.first()?.id,
        name: contact.name,
        via: "mail".into(),
        tried: contact.methods.iter().map(|method| method.id).collect(),
        still_on_its_way: others,
        waiting: false,
    })
}

fn asks(contact: &Contact, then: AfterWait, minutes: u32, now: Instant) -> Command {
    let (person, name, method) = (contact.person, contact.name.clone(), MethodId::new(now));
    Command::AskColleague { by: "Ana".into(), person, name, method, question: "Escalate?".into(), minutes, then, on_call: None }
}

/// Somebody is to be told, and not called.
fn told(person: PersonId) -> Listed {
    Listed { person, name: "Dora".into(), because: Because::Desk {} }
}

/// What people say they will do.
const WHAT: [&str; 3] = ["send the logs", "restart the pool", "call the vendor"];

/// Marta says she will.
fn promised(what: &str, kind: Kind, due: Instant) -> Command {
    let (name, what, due_at, from) = ("Marta".into(), what.into(), Some(due), Origin::Desk);
    Command::Commitment { by: "Ana".into(), wanted: Wanted::Make { kind, person: None, name, what, due_at, from } }
}

/// Nights on which everything but the critical waits.
fn with_quiet_hours() -> Rhythm {
    let quiet =
        QuietHours { severities: vec![Severity::High, Severity::Medium, Severity::Low], zone: "UTC".into(), ..QuietHours::standard() };
    Rhythm { quiet, ..Rhythm::standard() }
}

struct History {
    plan: Plan,
    rhythm: Rhythm,
    now: Instant,
    incident: Incident,
    log: Vec<(Instant, IncidentEvent)>,
}

impl History {
    fn begin(plan: Plan) -> Self {
        let facts = Facts { what: "Orders fail".into(), place: "Shop".into(), ..Facts::default() };
        let filed = IncidentEvent::Filed { reference: "K7-3QF".into(), by: "Ana".into(), severity: Severity::High, facts };
        let incident = Incident::filed(IncidentId::new(START), &filed, START).expect("it is filed");
        Self { plan, rhythm: with_quiet_hours(), now: START, incident, log: vec![(START, filed)] }
    }

    fn does(&mut self, command: Command) {
        // What was decided beforehand comes before what the desk is asked, as the engine does it.
        if matches!(command, Command::TimePasses) {
            self.escalates_as_agreed();
        }
        let happened = decide(&self.incident, command, &self.rhythm, self.now).unwrap_or_default();
        self.happens(happened);
        self.escalates_as_agreed();
        let follows = decide(&self.incident, Command::TimePasses, &self.rhythm, self.now).expect("time is never refused");
        self.happens(follows);
        // Whoever leads the desk is told in the same breath, as the engine does it.
        let missed = Command::CheckInIsMissed { lead: None };
        let missed = decide(&self.incident, missed, &self.rhythm, self.now).unwrap_or_default();
        self.happens(missed);
    }

    /// Where there is a path: without one the desk is asked.
    fn escalates_as_agreed(&mut self) {
        if !self.plan.levels.is_empty() {
            let agreed = Command::EscalateAsAgreed { plan: self.plan.clone() };
            let happened = decide(&self.incident, agreed, &self.rhythm, self.now).unwrap_or_default();
            self.happens(happened);
        }
    }

    fn happens(&mut self, events: Vec<IncidentEvent>) {
        for event in events {
            // As the engine records it: the log goes on from a clock that was ahead.
            let recorded_at = self.now.plus(self.incident.ahead_ms);
            self.incident = self.incident.clone().apply(&event, recorded_at);
            self.log.push((self.now, event));
        }
    }

    /// What the window sends when this is chosen; `None` where the plan has nobody to do it with.
    fn takes_up(&self, offer: Offer) -> Option<Command> {
        let by = || "Ana".to_string();
        let somebody = || self.plan.levels.iter().flat_map(|level| &level.contacts).next().cloned();
        Some(match offer {
            Offer::Escalate => Command::Escalate { by: by(), plan: self.plan.clone() },
            Offer::CarryOn => Command::CarryOn { minutes: 20 },
            Offer::AskColleague => somebody().map(|contact| asks(&contact, AfterWait::AskMe, 10, self.now))?,
            Offer::ColleagueSaid => Command::ColleagueSaid { view: ColleagueView::Wait, words: String::new() },
            Offer::Acknowledge => Command::Acknowledge { person: None, name: "Ilse".into(), how: AcknowledgedHow::Call },
            Offer::Further => {
                let stands = self.incident.climb.as_ref()?;
                Command::EscalateFurther { from_level: stands.level, from_round: stands.round }
            }
            Offer::StillOnIt => Command::StillOnIt,
            Offer::HandBack => Command::HandBack { why: String::new() },
            Offer::CheckIn => Command::CheckIn { by: by(), note: "Nothing new".into() },
            Offer::Share => Command::ShareUpdate { by: by(), text: "News".into(), also_told: true },
            Offer::Nudge => somebody().map(|contact| Command::Nudge { person: contact.person, name: contact.name })?,
            Offer::Snooze => Command::Snooze { minutes: 15, why: "part ordered".into() },
            Offer::WakeUp => Command::WakeUp,
            Offer::Severity => {
                let other = if self.incident.severity == Severity::Low { Severity::High } else { Severity::Low };
                Command::ChangeSeverity { to: other, why: "it changed".into(), alone: 15 }
            }
            Offer::Facts => Command::ChangeFacts {
                by: by(),
                facts: Facts { who: "Everybody".into(), ..self.incident.facts.clone() },
                news: Some("Everybody".into()),
            },
            Offer::Resolve => Command::Resolve { by: by(), cause: String::new(), fix: String::new(), follow_ups: vec![] },
            Offer::TellResolution => Command::Resolve { by: by(), cause: "Pool exhausted".into(), fix: String::new(), follow_ups: vec![] },
            Offer::Judge => Command::Judge { by: by(), judgement: Judgement::Late, note: String::new() },
            Offer::Reopen => Command::Reopen { by: by(), why: "again".into() },
            Offer::Inform => Command::Inform { by: by(), people: vec![told(PersonId::new(self.now))] },
            Offer::Promise => promised("call back", Kind::Promise, self.now.plus(MINUTE + 1)),
            Offer::Task => promised("write it down", Kind::Task, self.now.plus(MINUTE + 1)),
        })
    }

    fn plays(&mut self, next: &Move) {
        let somebody = self.plan.levels.iter().flat_map(|level| &level.contacts).next().cloned();
        let now = self.now;
        let everybody: Vec<Contact> = self.plan.levels.iter().flat_map(PlanLevel::everybody).cloned().collect();
        let reaching = |others| reaching_of(somebody.clone()?, others, now);
        let by = || "Ana".to_string();
        let command = match next {
            Move::Wait(minutes) => {
                self.now = self.now.plus(minutes * MINUTE);
                Some(Command::TimePasses)
            }
            Move::Escalate => Some(Command::Escalate { by: by(), plan: self.plan.clone() }),
            Move::Further { stale } => {
                let stands = self.incident.climb.as_ref();
                let from_level = if *stale { Some(77) } else { stands.and_then(|climb| climb.level) };
                Some(Command::EscalateFurther { from_level, from_round: stands.map_or(1, |climb| climb.round) })
            }
            Move::CarryOn(minutes) => Some(Command::CarryOn { minutes: *minutes }),
            Move::HandIn => Some(Command::HandIn { minutes: 15 }),
            Move::AskColleague(then, minutes) => somebody.as_ref().map(|contact| asks(contact, *then, *minutes, now)),
            Move::ColleagueSays(view) => Some(Command::ColleagueSaid { view: *view, words: String::new() }),
            Move::QuestionFails => reaching(false).map(|send| Command::DeliveryFailed {
                send: Reaching { purpose: Purpose::Opinion, ..send },
                words: "550".into(),
                failing: Failing::Refused,
            }),
            Move::Acknowledge { known, name } => {
                let person = somebody.as_ref().filter(|_| *known).map(|contact| contact.person);
                Some(Command::Acknowledge { person, name: (*name).into(), how: AcknowledgedHow::Call })
            }
            Move::StillOnIt => Some(Command::StillOnIt),
            Move::HandBack => Some(Command::HandBack { why: String::new() }),
            Move::CheckIn => Some(Command::CheckIn { by: by(), note: String::new() }),
            Move::Snooze(minutes) => Some(Command::Snooze { minutes: *minutes, why: "part ordered".into() }),
            Move::WakeUp => Some(Command::WakeUp),
            Move::Nudge => somebody.as_ref().map(|contact| Command::Nudge { person: contact.person, name: contact.name.clone() }),
            Move::Inform(whom) => {
                let everybody: Vec<PersonId> =
                    self.plan.levels.iter().flat_map(PlanLevel::everybody).map(|contact| contact.person).collect();
                let person = whom.and_then(|at| everybody.get(at).copied()).unwrap_or_else(|| PersonId::new(now));
                Some(Command::Inform { by: by(), people: vec![told(person)] })
            }
            Move::InformNoMore => self.incident.stakeholders.first().map(|one| Command::InformNoMore { by: by(), person: one.person }),
            Move::Share => Some(Command::ShareUpdate { by: by(), text: "News".into(), also_told: true }),
            Move::Severity(index) => Some(Command::ChangeSeverity { to: Severity::ALL[*index], why: "grew".into(), alone: 15 }),
            Move::WrongNumberTakenBack => somebody.as_ref().and_then(|contact| {
                let (person, name, method) = (contact.person, contact.name.clone(), contact.methods.first()?.id);
                Some(Command::TakeBackWrongNumber { person, name, method })
            }),
            Move::CallFails { wrong } => reaching(false).map(|call| Command::RecordCall {
                call,
                outcome: if *wrong { CallOutcome::WrongNumber } else { CallOutcome::NoAnswer },
                note: String::new(),
                took_it: false,
            }),
            Move::SendFails { whom, others, waiting, failing } => {
                let send = everybody.get(*whom).cloned().and_then(|contact| reaching_of(contact, *others, now));
                let send = send.map(|send| Reaching { waiting: *waiting, ..send });
                send.map(|send| Command::DeliveryFailed { send, words: "550".into(), failing: *failing })
            }
            Move::SendTooLate => {
                reaching(false).map(|send| Command::DeliveryFailed { send, words: "late".into(), failing: Failing::TooLate })
            }
            Move::Answers { whom, typed, to } => {
                let responder = match everybody.get(*whom) {
                    Some(contact) => Responder { person: Some(contact.person), name: contact.name.clone() },
                    None if whom % 2 == 0 => Responder { person: None, name: "\u{200b}".into() },
                    None => Responder { person: None, name: "Somebody in the room".into() },
                };
                let (reading, how) = (response::read(typed, *to, &["7KQ4"]), AcknowledgedHow::Chat);
                Some(Command::Respond { by: responder, to: *to, reading, how, via: "chat".into() })
            }
            Move::DoesNotCount => {
                Some(Command::NotCounted { from: "stranger".into(), via: "mail".into(), why: NotCounted::Stranger, words: "on it".into() })
            }
            Move::CallAnswered { took_it } => {
                let outcome = CallOutcome::Answered;
                reaching(true).map(|call| Command::RecordCall { call, outcome, note: String::new(), took_it: *took_it })
            }
            Move::Unknown(minutes) => {
                let unknown = Unknown { field: FactField::Who, until: self.now.plus(minutes * MINUTE) };
                let facts = Facts { unknown: vec![unknown], who: minutes.to_string(), ..self.incident.facts.clone() };
                Some(Command::ChangeFacts { by: by(), facts, news: None })
            }
            Move::ReportedAgain => {
                let (source, facts) = (IncidentId::new(self.now), self.incident.facts.clone());
                Some(Command::ReportAgain {
                    by: by(),
                    source,
                    reference: None,
                    facts,
                    told: [PersonId::new(self.now)].into(),
                    colleague: None,
                })
            }
            Move::Merge => {
                let into = Link { incident: IncidentId::new(self.now), reference: "H2-9QX".into() };
                Some(Command::MergeInto { by: by(), into, title: "Orders fail".into() })
            }
            Move::Resolve => Some(Command::Resolve { by: by(), cause: String::new(), fix: String::new(), follow_ups: vec![] }),
            Move::ResolveWith(tasks, minutes) => {
                let task = |number: usize| FollowUp { due_at: Some(now.plus(*minutes * MINUTE)), ..FollowUp::from(WHAT[number]) };
                let follow_ups = (0..*tasks).map(task).collect();
                Some(Command::Resolve { by: by(), cause: String::new(), fix: String::new(), follow_ups })
            }
            Move::Promises(what, kind, minutes) => Some(promised(WHAT[*what], *kind, now.plus(*minutes * MINUTE))),
            Move::Commitment(number, deed) => {
                let number = *number;
                let wanted = match deed {
                    Deed::Done => Wanted::Done { number },
                    Deed::Move(minutes) => Wanted::Move { number, to: now.plus(*minutes * MINUTE), why: "the vendor is slow".into() },
                    Deed::PutOff(minutes) => Wanted::PutOff { number, minutes: *minutes },
                    Deed::Drop => Wanted::Drop { number, why: String::new() },
                };
                Some(Command::Commitment { by: by(), wanted })
            }
            Move::ClockSetBack(minutes) => {
                self.happens(vec![IncidentEvent::ClockPutRight { ahead_ms: minutes * MINUTE }]);
                Some(Command::TimePasses)
            }
            Move::Reopen => Some(Command::Reopen { by: by(), why: "again".into() }),
        };
        if let Some(command) = command {
            self.does(command);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Promise 1: an incident that is not resolved always has a next due action,
    /// and once what is due is done, that action lies in the future.
    #[test]
    fn nothing_falls_through_the_cracks(plan in plans(), moves in moves_and_clocks()) {
        let mut history = History::begin(plan);
        history.does(Command::TimePasses);
        for next in &moves {
            history.plays(next);
            let due = next_due(&history.incident);
            prop_assert!(!history.incident.is_open() || due.is_some(), "open means something is due: {:?}", history.incident.phase);
            if let Some(due) = due {
                prop_assert!(due.at > history.now, "what was due has been done, and the next is ahead: {:?} at {:?}", due, history.now);
            }
        }
    }

    /// Nothing that somebody has said they will do is forgotten, asked for before its time, asked for twice at the same
    /// time, or asked for when it is over: whatever happens, each is asked for when its time has come, or, where the desk
    /// slept or snoozed, as soon as it is awake.
    #[test]
    fn what_was_promised_is_asked_for_in_its_time_and_never_after_its_end(plan in plans(), moves in moves_and_clocks()) {
        let mut history = History::begin(plan);
        for next in &moves {
            let before = history.log.len();
            let stood = history.incident.clone();
            history.plays(next);
            for one in history.incident.commitments.iter().filter(|one| one.is_open() && history.incident.snooze.is_none()) {
                let remind = one.remind_at;
                prop_assert!(remind.is_none_or(|at| at > history.now), "{one:?} is asked for by now, at {:?}", history.now);
                prop_assert_eq!(one.due_at.is_some(), remind.is_some(), "what has a time has a reminder");
            }
            let mut asked = std::collections::BTreeSet::new();
            for (at, event) in &history.log[before..] {
                let IncidentEvent::Commitment { number, happened: Happened::Fell { remind_at, late_ms } } = event else { continue };
                prop_assert!(asked.insert(number), "{number} is asked for once in a turn: {next:?}");
                prop_assert!(remind_at > at && *late_ms >= 0);
                let known = stood.commitments.iter().find(|one| one.number == *number);
                prop_assert!(known.is_none_or(|one| one.is_open() || matches!(next, Move::Reopen)), "{next:?} asks for what is over: {known:?}");
            }
            let promises = history.incident.commitments.iter().filter(|one| one.kind == Kind::Promise);
            prop_assert!(history.incident.is_open() || promises.clone().all(|one| !one.is_open()), "a promise ends with its incident");
            let kept: Vec<u32> = stood.commitments.iter().filter(|one| one.kind == Kind::Task && one.is_open()).map(|one| one.number).collect();
            let ended = |number: &u32| history.incident.commitments.iter().any(|one| one.number == *number && one.standing == Standing::Ended);
            prop_assert!(!kept.iter().any(ended), "a task outlives it");
        }
        let mut numbers = std::collections::BTreeSet::new();
        prop_assert!(history.incident.commitments.iter().all(|one| numbers.insert(one.number)), "each has a number of its own");
    }

    /// A missed check-in is said once, after it was asked for twice, and never while a snooze holds it or somebody answered.
    #[test]
    fn a_missed_check_in_is_told_once(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        for next in &moves {
            history.plays(next);
        }
        let mut log = history.log.iter();
        let (filed_at, filed) = log.next().expect("filed");
        let mut stands = Incident::filed(history.incident.id, filed, *filed_at).expect("filed");
        let mut told = std::collections::BTreeSet::new();
        for (at, event) in log {
            if let (IncidentEvent::CheckInMissed { .. }, check_in) = (event, stands.check_in.clone()) {
                let check_in = check_in.expect("there was one to be missed");
                prop_assert_eq!(check_in.reminders, 3, "at the end of the second wait, and not later");
                prop_assert!(stands.is_open() && stands.snooze.is_none(), "nothing held it");
                prop_assert!(told.insert((check_in.due_at, stands.check_ins)), "once");
            }
            stands = stands.apply(event, *at);
            let overdue = stands.check_in.as_ref().is_some_and(|check_in| check_in.reminders > 3 && !check_in.missed);
            prop_assert!(!overdue, "and none is missed without a word: {:?}", stands.check_in);
        }
    }

    /// Whoever is only told hears of each milestone in the breath in which it happens, otherwise no sooner than was
    /// said, and never after the end; and nothing waits for them.
    #[test]
    fn whoever_is_only_told_hears_in_time_and_holds_nothing_up(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        for next in &moves {
            let (before, stood) = (history.log.len(), history.incident.clone());
            history.plays(next);
            let news: Vec<&IncidentEvent> = history.log[before..].iter().map(|(_, event)| event).collect();
            let told = || news.iter().filter_map(|event| if let IncidentEvent::StakeholdersTold { milestone, to, .. } = event { Some((*milestone, to)) } else { None });
            for (milestone, to) in told() {
                prop_assert!(!to.is_empty(), "nobody is told nothing");
                prop_assert!(to.iter().all(|person| history.incident.stakeholders.iter().any(|one| one.person == *person)));
                let due = stood.word.as_ref().map(|word| word.told_at.plus(i64::from(word.every) * MINUTE));
                prop_assert!(milestone != Milestone::Regular || due.is_none_or(|due| due <= history.now), "{next:?} told them sooner than they were to hear");
            }
            let ends = news.iter().any(|event| matches!(event, IncidentEvent::Resolved { .. } | IncidentEvent::MergedInto { .. }));
            prop_assert!(!ends || stood.listeners().next().is_none() || told().any(|(milestone, _)| milestone.is_last()), "whoever was told hears the end");
            let late = history.incident.word.as_ref().filter(|_| history.incident.listeners().next().is_some()).is_some_and(|word| word.due_at <= history.now);
            prop_assert!(!late, "by when they hear next was said to them");
            prop_assert!(history.incident.is_open() || history.incident.word.is_none(), "nothing comes after the end");
        }
        let waited_for = history.incident.climb.iter().flat_map(|climb| &climb.contacted);
        let on_path = |person: &PersonId| history.plan.levels.iter().flat_map(PlanLevel::everybody).any(|contact| contact.person == *person);
        prop_assert!(waited_for.clone().all(on_path), "a climb waits for those on its path alone");
    }

    /// Promise 2: once it climbs, nothing but a named person, a resolution or a
    /// person's own doing ends the climb.
    #[test]
    fn only_a_person_stops_the_clock(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        for next in &moves {
            let climbed = matches!(history.incident.phase, Phase::Climbing {});
            let (before, due) = (history.log.len(), history.incident.climb.as_ref().map(|climb| climb.until));
            history.plays(next);
            let climbs_on = climbed && matches!(history.incident.phase, Phase::Climbing {});
            let later = history.incident.climb.as_ref().map(|climb| climb.until) > due;
            // Entering a level, and alarming the desk, is what the time that was waited for was for.
            let moved = |event: &IncidentEvent| {
                use IncidentEvent as E;
                matches!(event, E::LevelEntered { .. } | E::DeskAlarmed { .. } | E::Acknowledged { .. } | E::Resolved { .. })
            };
            let by_right = history.log[before..].iter().any(|(_, event)| moved(event));
            prop_assert!(!(climbs_on && later) || by_right, "{next:?} put the climb off");
            let stopped = climbed && !matches!(history.incident.phase, Phase::Climbing {});
            if stopped {
                let by_a_person = history.log[before..].iter().any(|(_, event)| {
                    matches!(event, IncidentEvent::Acknowledged { name, .. } if name.chars().any(char::is_alphanumeric))
                        // Where it goes on as another incident, that one climbs: `an_escalated_incident_never_becomes_part_of_one_that_nobody_is_called_for`.
                        || matches!(event, IncidentEvent::Resolved { .. } | IncidentEvent::MergedInto { .. })
                });
                prop_assert!(by_a_person, "{:?} stopped the climb", next);
            }
            let snoozed = history.incident.snooze.is_some() && matches!(history.incident.phase, Phase::Climbing {});
            prop_assert!(!snoozed, "a climb cannot sleep");
        }
    }

    /// A level is left early only when nobody who was contacted at it can be reached or would take it, or by a person's hand.
    #[test]
    fn a_level_waits_for_whoever_can_still_be_reached(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        for next in &moves {
            let before = history.log.len();
            let (climbing, stood) = (matches!(history.incident.phase, Phase::Climbing {}), history.incident.climb.clone());
            history.plays(next);
            let (true, Some(stood), false) = (climbing, stood, matches!(next, Move::Further { .. })) else { continue };
            let gone_on = history.log[before..].iter().find(|(_, event)| matches!(event, IncidentEvent::LevelEntered { .. } | IncidentEvent::DeskAlarmed { .. }));
            let Some((at, _)) = gone_on.filter(|(at, _)| *at < stood.until && stood.level.is_some()) else { continue };
            let given_up: Vec<PersonId> = history.log.iter().filter_map(|(_, event)| match event {
                IncidentEvent::PersonUnreachable { person, .. }
                | IncidentEvent::Responded { person: Some(person), response: Response::NotMe, .. } => Some(*person),
                _ => None,
            }).collect();
            let waited_for: Vec<&PersonId> = stood.contacted.iter().filter(|person| !given_up.contains(person)).collect();
            prop_assert!(waited_for.is_empty(), "{next:?} left level {:?} at {at:?}, {} early, although {waited_for:?} were not given up", stood.level, stood.until.since(*at));
        }
    }

    /// Nothing escalates by itself but what a person decided beforehand, at the time they gave, without an answer and
    /// without another decision since.
    #[test]
    fn only_what_a_person_decided_beforehand_escalates_by_itself(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        for next in &moves {
            history.plays(next);
        }
        let mut agreed: Option<(Instant, String)> = None;
        for (at, event) in &history.log {
            use IncidentEvent as E;
            match event {
                E::SecondOpinionAsked { until, then: AfterWait::Escalate, by, .. } => agreed = Some((*until, by.clone())),
                E::Escalated { unanswered: Some(_), by, .. } => {
                    let (until, who) = agreed.take().expect("somebody had decided it and nobody anything else since");
                    prop_assert_eq!(by, &who, "it counts as decided by whoever did");
                    prop_assert!(*at >= until, "and not before its time");
                }
                E::SecondOpinionAsked { .. }
                | E::SecondOpinionGiven { .. }
                | E::CarriedOn { .. }
                | E::Snoozed { .. }
                | E::TimeIsUp { .. }
                | E::Escalated { .. }
                | E::Acknowledged { .. }
                | E::Resolved { .. }
                | E::MergedInto { .. }
                | E::Reopened { .. } => agreed = None,
                _ => {}
            }
        }
    }

    /// Whoever has it, the desk is asked how it stands: a check-in is never missing but while it sleeps.
    #[test]
    fn what_somebody_has_is_checked_in_on(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        for next in &moves {
            history.plays(next);
            let awake = matches!(history.incident.phase, Phase::Held { .. }) && history.incident.snooze.is_none();
            prop_assert!(!awake || history.incident.check_in.is_some(), "after {next:?}");
        }
    }

    /// Nobody loses it by silence who was not asked since they took it, or since it slept.
    #[test]
    fn it_is_taken_from_nobody_who_was_not_asked(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        for next in &moves {
            history.plays(next);
        }
        let mut asked = false;
        for (at, event) in &history.log {
            use IncidentEvent as E;
            match event {
                E::AcknowledgementQuestioned { .. } => asked = true,
                E::Acknowledged { .. } | E::Snoozed { .. } | E::SnoozeEnded { .. } => asked = false,
                E::AcknowledgementLapsed {} => prop_assert!(asked, "taken away at {:?} without a question", at),
                _ => {}
            }
        }
    }

    /// More time is given twice and no more, unless a colleague says to wait or it is another try.
    #[test]
    fn more_time_is_given_at_most_twice(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        for next in &moves {
            history.plays(next);
        }
        let mut given = 0;
        for (_, event) in &history.log {
            use IncidentEvent as E;
            match event {
                E::CarriedOn { .. } => given += 1,
                E::SecondOpinionGiven { view: ColleagueView::Wait, .. } | E::Reopened { .. } | E::Escalated { .. } | E::AcknowledgementLapsed {} | E::HandedBack { .. } => given = 0,
                _ => {}
            }
            prop_assert!(given <= 3, "the first time, and twice more");
        }
    }

    /// What is offered is never refused, and does something.
    #[test]
    fn what_is_offered_can_be_done(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        history.does(Command::TimePasses);
        for next in &moves {
            history.plays(next);
            for offer in offers(&history.incident) {
                let Some(command) = history.takes_up(offer) else { continue };
                // The same again in the same second is the second of two clicks.
                let done = decide(&history.incident, command, &history.rhythm, history.now.plus(5_000));
                prop_assert!(done.as_ref().is_ok_and(|events| !events.is_empty()), "{offer:?} in {:?}: {done:?}", history.incident.phase);
            }
        }
    }

    /// The state is the fold of the events, whatever happened.
    #[test]
    fn the_log_alone_tells_the_state(plan in plans(), moves in moves()) {
        let mut history = History::begin(plan);
        for next in &moves {
            history.plays(next);
        }
        let mut recorded = history.log.iter();
        let (at, first) = recorded.next().expect("filed");
        // As it comes back from the disk.
        let through_json = |event: &IncidentEvent| -> IncidentEvent {
            serde_json::from_str(&serde_json::to_string(event).expect("an event is written")).expect("and read back")
        };
        let mut folded = Incident::filed(history.incident.id, &through_json(first), *at).expect("filed");
        for (at, event) in recorded {
            folded = folded.apply(&through_json(event), *at);
        }
        prop_assert_eq!(folded, history.incident, "the fold of the stored events is the state");
    }
}
