//! Every kind of event has its line, and reads as it did when it happened.

use super::*;
use crate::domain::alike::Link;
use crate::domain::assessment::{Answers, ColleagueView};
use crate::domain::attachment::{Attachment, ContentHash, FileKind};
use crate::domain::commitment::{Happened, Kind};
use crate::domain::event::AcknowledgedHow;
use crate::domain::facts::FactField;
use crate::domain::id::RotationId;
use crate::domain::id::{ChannelId, DeliveryId, DeviceId, IncidentId, MethodId, PathId};
use crate::domain::judgement::Judgement;
use crate::domain::plan::PlanRotation;
use crate::domain::plan::{Contact, Plan, PlanLevel};
use crate::domain::presence::Presence;
use crate::domain::response::NotCounted;
use crate::domain::rotation::Rotation;
use crate::domain::severity::Severity;
use crate::domain::stakeholder::{Because, Milestone};
use crate::domain::why::Advised;
use crate::domain::why::Alarm;
use IncidentEvent as E;

const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

/// The last of these events as its line reads.
fn line(events: &[IncidentEvent]) -> (String, String, bool) {
    let (incident, device) = (IncidentId::new(NOW), DeviceId::new(NOW));
    let recorded: Vec<Recorded> =
        (1..).zip(events).map(|(sequence, event)| Recorded { incident, device, sequence, at: NOW, event: event.clone() }).collect();
    let last = entries(&recorded, "EUR", chrono_tz::Europe::Berlin, NOW).pop().expect("a line for each event");
    assert_eq!((last.sequence, last.time.as_str()), (i64::try_from(events.len()).unwrap(), "13:42"));
    (last.words, last.detail, last.bad)
}

fn escalated(people: &[(PersonId, &str)]) -> IncidentEvent {
    let contact = |(person, name): &(PersonId, &str)| Contact {
        person: *person,
        name: (*name).into(),
        role: String::new(),
        presence: Presence::default(),
        sequences: BTreeMap::new(),
        methods: vec![],
    };
    let levels = vec![PlanLevel { contacts: people.iter().map(contact).collect(), minutes: 10, ..PlanLevel::default() }];
    let plan = Plan { path: PathId::new(NOW), path_name: "Order platform".into(), levels, rounds: 1 };
    E::Escalated { by: "Ana Ruiz".into(), plan, check_in_at: NOW, unanswered: None }
}

fn acknowledged(name: &str) -> IncidentEvent {
    E::Acknowledged {
        person: None,
        name: name.into(),
        how: AcknowledgedHow::Call,
        until: NOW.plus_minutes(30),
        answered: None,
        check_in_at: None,
    }
}

fn link() -> Link {
    Link { incident: IncidentId::new(NOW), reference: "H2-9QX".into() }
}

/// One event of every kind, and the line expected of it.
fn every_kind() -> Vec<(IncidentEvent, &'static str, &'static str, bool)> {
    let rotation = Rotation {
        id: RotationId::new(NOW),
        name: "Databases".into(),
        zone: "UTC".into(),
        layers: vec![],
        overrides: vec![],
        sample: false,
    };
    let rotation = PlanRotation { rotation, members: vec![] };
    let (person, method, delivery) = (PersonId::new(NOW), MethodId::new(NOW), DeliveryId::new(NOW));
    let (at, name, by) = (NOW.plus_minutes(30), || "Marta Vogel".to_string(), || "Ana Ruiz".to_string());
    let facts = || Facts { place: "Order platform".into(), ..Facts::default() };
    let screenshot =
        Attachment { hash: ContentHash::of([7; 32]), name: "error.png".into(), kind: FileKind::Png, size: 40_000, added_at: NOW, by: by() };
    vec![
        (
            E::Filed { reference: "K7-4RM".into(), by: by(), severity: Severity::High, facts: facts() },
            "Filed by Ana Ruiz as High",
            "Order platform",
            false,
        ),
        (
            E::Assessed {
                answers: Answers::default(),
                advice: Advised::CarryOn { minutes: 15 },
                severity: Severity::High,
                against_advice: Some("the shop opens at 14:00".into()),
                path: None,
            },
            "Assessed as High",
            "advice: carry on for 15 min · decided otherwise: the shop opens at 14:00",
            false,
        ),
        (
            E::Responded { person: Some(person), name: name(), via: "text".into(), response: Response::NotMe, words: "on a plane".into() },
            "Marta Vogel cannot take it",
            "“on a plane” · answered by text",
            true,
        ),
        (
            E::Wrote {
                person: Some(person),
                name: name(),
                via: "chat".into(),
                words: "Looking at db-17".into(),
                in_room: false,
                counts_for: None,
            },
            "Marta Vogel wrote by chat",
            "Looking at db-17",
            false,
        ),
        (
            E::Wrote {
                person: Some(person),
                name: name(),
                via: "chat".into(),
                words: "on it".into(),
                in_room: false,
                counts_for: Some("H2-9QX".into()),
            },
            "Marta Vogel answered by chat",
            "on it · counts for H2-9QX, where it goes on",
            false,
        ),
        (
            E::Wrote {
                person: None,
                name: name(),
                via: "#inc-k7".into(),
                words: "Looking at db-17".into(),
                in_room: true,
                counts_for: None,
            },
            "Marta Vogel wrote in #inc-k7",
            "Looking at db-17",
            false,
        ),
        (
            E::RoomOpened {
                channel: ChannelId::new(NOW),
                via: "Slack".into(),
                room: "C1".into(),
                name: "#inc-k7".into(),
                link: String::new(),
            },
            "Opened the room #inc-k7",
            "by Slack",
            false,
        ),
        (
            E::RoomNotOpened { via: "Slack".into(), words: "A permission is missing.".into() },
            "No room could be opened by Slack",
            "A permission is missing.",
            true,
        ),
        (E::RoomClosed { name: "#inc-k7".into() }, "Closed the room #inc-k7", "", false),
        (
            E::ReplyNotCounted { from: "m@example.org".into(), via: "mail".into(), why: NotCounted::Automatic, words: "I am away".into() },
            "A reply from m@example.org by mail does not count",
            "an automatic answer, which is nobody's · I am away",
            false,
        ),
        (E::CarriedOn { until: at }, "The desk carried on until 14:12", "", false),
        (E::TimeIsUp { remind_at: at, late_ms: 0 }, "Asked the desk: any progress?", "", false),
        (
            E::TimeIsUp { remind_at: at, late_ms: 42 * MINUTE },
            "Asked the desk: any progress? 42 min late",
            "this computer was off or asleep",
            true,
        ),
        (
            E::SecondOpinionAsked {
                person,
                name: name(),
                method,
                question: "Would you wake Ilse?".into(),
                until: at,
                by: by(),
                then: AfterWait::Escalate,
                on_call: Some("Databases".into()),
                again: false,
            },
            "Asked Marta Vogel for an opinion",
            "on call in Databases · Would you wake Ilse? · waiting until 14:12 · without an answer it is escalated, as Ana Ruiz decided",
            false,
        ),
        (E::ColleagueNotReached { person, name: name() }, "The question did not reach Marta Vogel", "", true),
        (E::HandedIn { until: at }, "Nobody at the desk has taken it up yet", "the desk is asked 14:12", false),
        (
            E::SecondOpinionGiven { name: name(), view: ColleagueView::Wait, words: "It heals at 14:00".into() },
            "Marta Vogel would wait",
            "It heals at 14:00",
            false,
        ),
        (escalated(&[]), "Escalated by Ana Ruiz", "path Order platform", false),
        (
            E::LevelEntered {
                level: 1,
                round: 1,
                contacts: vec![person],
                by_hand: false,
                late_ms: 900,
                until: at,
                held_until: None,
                check_in_at: None,
            },
            "Level 2 entered",
            "1 person",
            false,
        ),
        (
            E::LevelRepeated { level: 0, round: 1, contacts: vec![person, PersonId::new(NOW)], until: at },
            "Level 1 contacted again",
            "2 people",
            false,
        ),
        (E::RotationChanged { rotation }, "The rotation Databases was changed", "followed from here on", false),
        (
            E::ClockPutRight { ahead_ms: 0 },
            "The computer's clock was put right: it had been 0 s ahead",
            "what was due by it is due sooner",
            false,
        ),
        (
            E::LevelSkipped { level: 0, round: 1, why: vec![Absent::Away { name: "Marta Vogel".into() }] },
            "Level 1 skipped",
            "Marta Vogel is away",
            true,
        ),
        (E::DeskAlarmed { why: Alarm::NobodyHasItYet {}, until: at }, "This desk was alarmed", "nobody has it yet", true),
        (
            E::DeliveryFailed {
                delivery,
                person,
                name: name(),
                via: "mail".into(),
                words: "550 no such user".into(),
                last: true,
                wrong: None,
            },
            "Mail to Marta Vogel failed",
            "550 no such user",
            true,
        ),
        (E::NextMethodTried { delivery, person, name: name(), method, via: "mail".into() }, "Tried Marta Vogel by mail instead", "", false),
        (E::PersonUnreachable { person, name: name() }, "Could not reach Marta Vogel", "nothing they have is left to try", true),
        (
            E::CalledByHand { person, name: name(), method, outcome: CallOutcome::WrongNumber, note: "a bakery".into() },
            "Called Marta Vogel: wrong number",
            "a bakery",
            true,
        ),
        (E::WrongNumberTakenBack { person, name: name(), method }, "Marta Vogel's number is not wrong after all", "it counts again", false),
        (acknowledged("Marta Vogel"), "Marta Vogel has it", "told by phone · asked again 14:12", false),
        (E::AcknowledgementQuestioned { until: at }, "Asked: still on it?", "without an answer the climb goes on 14:12", false),
        (E::AcknowledgementLapsed {}, "No answer: nobody has it any more", "the climb goes on", true),
        (E::HandedBack { name: name(), why: "on the train".into() }, "Marta Vogel gave it back", "on the train", true),
        (E::CheckInFell { remind_at: at, about: vec![] }, "Asked the desk to check in", "", false),
        (
            E::CheckedIn { by: by(), note: "Replica is up".into(), next: Some(at) },
            "Ana Ruiz checked in",
            "Replica is up · next 14:12",
            false,
        ),
        (E::Snoozed { until: at, why: "vendor calls back".into() }, "Snoozed until 14:12", "vendor calls back", false),
        (E::SnoozeEnded { check_in_at: NOW, acknowledged_until: None }, "The snooze ended", "", false),
        (
            E::UpdateShared { by: by(), text: "Replica is up".into(), to: vec![person], of_facts: false, also_told: false },
            "Ana Ruiz shared news with 1 person",
            "Replica is up",
            false,
        ),
        (
            E::UpdateShared { by: by(), text: "Replica is up".into(), to: vec![person], of_facts: false, also_told: true },
            "Ana Ruiz shared news with 1 person and those who are told",
            "Replica is up",
            false,
        ),
        (
            E::StakeholderAdded {
                person,
                name: name(),
                by: by(),
                because: Because::Service { name: "Shop".into() },
                every: 60,
                unreached: false,
            },
            "Marta Vogel is told from here on",
            "listed for Shop · by Ana Ruiz",
            false,
        ),
        (
            E::StakeholderAdded { person, name: name(), by: by(), because: Because::Desk {}, every: 60, unreached: true },
            "Marta Vogel is to be told and cannot be",
            "neither mail nor chat reaches them · chosen by the desk · by Ana Ruiz",
            true,
        ),
        (E::StakeholderRemoved { person, name: name(), by: by() }, "Marta Vogel is not told any more", "by Ana Ruiz", false),
        (
            E::StakeholdersTold {
                milestone: Milestone::Taken,
                to: vec![person],
                news: vec!["Cards work again".into()],
                unchanged: 0,
                every: 60,
                next: Some(at),
                unreached: vec![],
            },
            "Told 1 person that somebody has it",
            "Cards work again · next word by 14:12",
            false,
        ),
        (
            E::StakeholdersTold {
                milestone: Milestone::Regular,
                to: vec![],
                news: vec![],
                unchanged: 1,
                every: 60,
                next: Some(at),
                unreached: vec![person],
            },
            "Could not tell 1 person how it stands",
            "neither mail nor chat reaches them",
            true,
        ),
        (
            E::StakeholdersTold {
                milestone: Milestone::Taken,
                to: vec![person],
                news: vec![],
                unchanged: 0,
                every: 60,
                next: None,
                unreached: vec![PersonId::new(NOW)],
            },
            "Told 1 person that somebody has it",
            "not 1 person: neither mail nor chat reaches them",
            false,
        ),
        (E::HandedOver { from: by(), to: name() }, "Marta Vogel follows it from here on", "the desk was handed over by Ana Ruiz", false),
        (E::Nudged { person, name: name(), count: 2 }, "Marta Vogel was nudged", "2 times now", false),
        (
            E::SeverityChanged {
                from: Severity::High,
                to: Severity::Critical,
                why: "payments too".into(),
                check_in_at: None,
                acknowledged_until: None,
                ask_at: None,
            },
            "High became Critical",
            "payments too",
            false,
        ),
        (
            E::FactsChanged {
                by: by(),
                facts: facts(),
                changed: vec![Changed::Fact { field: FactField::Place }, Changed::Said { words: "who is affected".into() }],
                check_in_at: None,
            },
            "Ana Ruiz changed where, who is affected",
            "",
            false,
        ),
        (E::Attached { by: by(), attachments: vec![screenshot] }, "Ana Ruiz attached a file", "error.png (40 KB)", false),
        (
            E::ReportedAgain {
                by: by(),
                source: IncidentId::new(NOW),
                reference: None,
                facts: Facts { what: "Checkout fails in Graz".into(), place: "Shop".into(), people_affected: Some(40), ..facts() },
                told: [].into(),
                check_in_at: None,
                colleague: Some(ColleagueView::Escalate),
            },
            "Ana Ruiz added another report",
            "Checkout fails in Graz · Shop · 40 people · a colleague would escalate",
            false,
        ),
        (E::Linked { by: by(), with: link(), title: "Mail is late".into() }, "Ana Ruiz linked it with H2-9QX", "Mail is late", false),
        (
            E::MergedInto { by: by(), into: link(), title: "Mail is late".into() },
            "Ana Ruiz made it part of H2-9QX",
            "it goes on there · Mail is late",
            false,
        ),
        (
            E::ResolutionTold { by: by(), cause: "disk full".into(), fix: String::new(), follow_ups: vec![] },
            "Ana Ruiz told more of how it was resolved",
            "cause: disk full",
            false,
        ),
        (
            E::Resolved { by: by(), cause: "disk full".into(), fix: String::new(), follow_ups: vec!["alert at 80 %".into()] },
            "Resolved by Ana Ruiz",
            "cause: disk full · to do: alert at 80 %",
            false,
        ),
        (E::Reopened { by: by(), why: "it is back".into(), check_in_at: at }, "Reopened by Ana Ruiz", "it is back", false),
        (
            E::Judged { by: by(), judgement: Judgement::Late, note: "two hours alone".into() },
            "Ana Ruiz judged: escalated too late",
            "two hours alone",
            false,
        ),
        (
            E::CheckInMissed { lead: Some(person), name: name() },
            "Nobody checked in, although asked twice",
            "Marta Vogel, who leads this desk, was told",
            true,
        ),
        (
            E::Commitment {
                number: 1,
                happened: Happened::Made {
                    by: by(),
                    kind: Kind::Promise,
                    person: Some(person),
                    name: name(),
                    what: "send logs".into(),
                    due_at: Some(at),
                    answered: None,
                    part: None,
                    reminders: 0,
                    remind_at: None,
                },
            },
            "Marta Vogel promised: send logs",
            "by 14:12 · written down by Ana Ruiz",
            false,
        ),
    ]
}

#[test]
fn every_kind_of_event_has_its_line() {
    let table = every_kind();
    for (event, words, detail, bad) in &table {
        assert_eq!(line(std::slice::from_ref(event)), ((*words).into(), (*detail).into(), *bad), "{event:?}");
    }
    let source =
        include_str!("../event.rs").split("pub enum IncidentEvent {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("the enum");
    let variants = source.lines().filter(|line| line.starts_with("    ") && line[4..].starts_with(char::is_uppercase)).count();
    let mut kinds: Vec<_> = table.iter().map(|(event, ..)| std::mem::discriminant(event)).collect();
    kinds.dedup();
    assert_eq!(kinds.len(), variants, "a new kind of event is told here, too");
}

#[test]
fn what_changed_is_said_as_those_who_were_told_read_it() {
    let facts = |people| Facts { what: "Checkout fails".into(), people_affected: Some(people), ..Facts::default() };
    let filed = E::Filed { reference: "K7-4RM".into(), by: "Ana Ruiz".into(), severity: Severity::High, facts: facts(40) };
    let changed = |people| E::FactsChanged {
        by: "Ana Ruiz".into(),
        facts: facts(people),
        changed: vec![Changed::Fact { field: FactField::People }],
        check_in_at: None,
    };
    let (words, detail, _) = line(&[filed.clone(), changed(3200)]);
    assert_eq!(words, "Ana Ruiz changed how many people are affected");
    assert_eq!(detail, "People affected: 40 → 3,200.");
    assert_eq!(line(&[filed.clone(), changed(3200), changed(3300)]).1, "People affected: 3,200 → 3,300.", "since the last change");
    let told = E::UpdateShared { by: "Ana Ruiz".into(), text: detail, to: vec![PersonId::new(NOW)], of_facts: true, also_told: false };
    assert_eq!(line(&[filed.clone(), changed(3200), told]), ("Ana Ruiz told 1 person what changed".into(), String::new(), false));
    let asked = E::CheckInFell { remind_at: NOW, about: vec![FactField::Who, FactField::Began] };
    assert_eq!(line(&[filed, asked]).1, "who is affected, when it began", "a promise is named");
}

#[test]
fn people_are_named_as_the_plan_names_them() {
    let people: Vec<PersonId> = (0..3).map(|_| PersonId::new(NOW)).collect();
    let plan = escalated(&[(people[0], "Marta Vogel"), (people[1], "Jonas Behr"), (people[2], "Ilse Brandl")]);
    let entered = |contacts: &[PersonId]| {
        let entered = E::LevelEntered {
            level: 0,
            round: 1,
            contacts: contacts.into(),
            by_hand: false,
            late_ms: 0,
            until: NOW,
            held_until: None,
            check_in_at: None,
        };
        line(&[plan.clone(), entered]).1
    };
    assert_eq!(entered(&people[..1]), "Marta Vogel");
    assert_eq!(entered(&people[..2]), "Marta Vogel and Jonas Behr");
    assert_eq!(entered(&people), "Marta Vogel, Jonas Behr and Ilse Brandl");
    assert_eq!(entered(&[people[0], PersonId::new(NOW)]), "2 people", "half a list of names would mislead");
}

#[test]
fn what_is_late_says_how_late_and_why() {
    let late = E::LevelEntered {
        level: 1,
        round: 2,
        contacts: vec![],
        by_hand: true,
        late_ms: 12 * MINUTE,
        until: NOW,
        held_until: None,
        check_in_at: None,
    };
    let (words, detail, bad) = line(&[late]);
    assert_eq!(words, "Level 2 entered, 12 min late");
    assert_eq!(detail, "nobody · round 2 · by hand · this computer was off or asleep");
    assert!(bad, "lateness is never hidden");
}

#[test]
fn whoever_has_it_already_is_still_on_it_until_they_lose_it() {
    let marta = || acknowledged("Marta Vogel");
    assert_eq!(line(&[marta(), marta()]).0, "Marta Vogel is still on it");
    assert_eq!(line(&[marta(), acknowledged("Jonas Behr")]).0, "Jonas Behr has it", "somebody else took it over");
    let questioned = E::AcknowledgementQuestioned { until: NOW };
    assert_eq!(line(&[marta(), questioned.clone()]).0, "Asked Marta Vogel: still on it?");
    let lapsed = [marta(), questioned, E::AcknowledgementLapsed {}];
    assert_eq!(line(&lapsed).0, "No answer from Marta Vogel: nobody has it any more");
    assert_eq!(line(&[&lapsed[..], &[marta()]].concat()).0, "Marta Vogel has it", "once lost it has to be taken again");
}
