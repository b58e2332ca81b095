//! Holes in the plan, found on a quiet day: every path walked for now and for the
//! days ahead, and everybody on it asked how they would be reached.

use chrono_tz::Tz;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

use super::channel::ChannelSetup;
use super::contact::{phone_doubt, spoken_address, spoken_phone};
use super::directory::{Person, Service};
use super::id::{ChannelId, PathId, PersonId, RotationId, ServiceId};
use super::plan::{Contact, Plan, PlanLevel, PlanRotation};
use super::preview::the_only_person;
use super::severity::Severity;
use super::time::{DAY, Instant, spoken};
use super::timetable::Timetable;
use hole::{Hole, Times};

mod hole;

/// So far ahead is looked.
pub const AHEAD: i64 = 14 * DAY;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Finding {
    pub fault: Fault,
    /// Somebody would not be reached by it.
    pub grave: bool,
    pub words: String,
    /// "now until Sat 08:00", "Sat 08:00 to Sun 08:00, and 3 more times"; empty where it is no matter of time.
    pub when: String,
    pub mend: Mend,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nobody would be called, because there is no path at all, or none for a service.
    NoPath,
    ReachesNobody,
    LevelEmpty,
    NobodyOnCall,
    BrokenRotation,
    /// Hours that cannot be followed, and so count as always.
    BrokenHours,
    NoMethod,
    OneMethod,
    Unproven,
    Stale,
    Wrong,
    SamePersonOnEveryLevel,
    NeverRepeats,
    /// A step of somebody's sequence that the next level always overtakes.
    NeverTried,
    SharedNumber,
    DoubtfulNumber,
    ChannelOff,
    ChannelFailing,
    /// Nobody would be told where the desk misses a check-in.
    NoLead,
}

/// Where it is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mend {
    Person {
        id: PersonId,
    },
    Rotation {
        id: RotationId,
    },
    Path {
        id: PathId,
    },
    Channel {
        id: ChannelId,
    },
    Service {
        id: ServiceId,
    },
    /// A first path is wanted.
    Paths {},
    /// What the desk says of itself.
    Desk {},
}

/// What is looked through. The plans are those of all paths, as an escalation would make them now.
pub struct Directory<'a> {
    pub plans: &'a [Plan],
    pub people: &'a [Person],
    pub channels: &'a [ChannelSetup],
    pub services: &'a [Service],
    /// Of the desk itself.
    pub path: Option<PathId>,
    /// A way to reach somebody that nothing arrived by for so many days is only hoped for.
    pub stale_days: u32,
}

/// Everything that is found, what is grave first.
#[must_use]
pub fn findings(directory: &Directory<'_>, now: Instant, zone: Tz) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut rotations: BTreeMap<RotationId, &PlanRotation> = BTreeMap::new();
    let mut on_a_path: BTreeSet<PersonId> = BTreeSet::new();
    for plan in directory.plans {
        path(plan, now, zone, &mut found);
        rotations.extend(plan.rotations().map(|one| (one.rotation.id, one)));
        on_a_path.extend(plan.levels.iter().flat_map(PlanLevel::everybody).map(|contact| contact.person));
    }
    without_path(directory, &mut found);
    for one in rotations.values() {
        rotation(one, now, zone, &mut found);
    }
    let called: Vec<&Person> = directory.people.iter().filter(|person| on_a_path.contains(&person.id)).collect();
    for one in &called {
        person(one, directory, now, zone, &mut found);
    }
    shared_numbers(&called, &mut found);
    let used: BTreeSet<ChannelId> = called.iter().flat_map(|person| &person.methods).map(|method| method.channel).collect();
    for setup in directory.channels.iter().filter(|setup| used.contains(&setup.id)) {
        channel(setup, &mut found);
    }
    found.sort_by_key(|one| (!one.grave, one.fault, one.mend));
    found
}

fn path(plan: &Plan, now: Instant, zone: Tz, found: &mut Vec<Finding>) {
    let end = now.plus(AHEAD);
    let mend = Mend::Path { id: plan.path };
    let name = &plan.path_name;
    let mut edges = vec![now, end];
    for level in &plan.levels {
        edges.extend(level.rotations.iter().flat_map(|one| one.schedule(now, end)).map(|shift| shift.from));
        edges.extend(level.everybody().flat_map(|contact| contact.presence.edges(now, end)));
        edges.extend(level.hours.iter().flat_map(|hours| hours.edges(now, end)));
    }
    edges.retain(|edge| (now..=end).contains(edge));
    edges.sort_unstable();
    edges.dedup();

    let reached = |severity| {
        let mut by_why: BTreeMap<Hole, Times> = BTreeMap::new();
        for pair in edges.windows(2) {
            if let Some(hole) = Hole::in_path(plan, severity, pair[0]) {
                by_why.entry(hole).or_default().add(pair[0], pair[1]);
            }
        }
        by_why
    };
    let mut say = |at: &str, hole: &Hole, times: &Times| {
        let Some(when) = times.words(now, end, zone) else { return };
        let because = hole.words();
        let because = if because.is_empty() { because } else { format!(", because {because}") };
        let words = format!("{name} reaches nobody{at}{because}: only this desk would be alarmed");
        found.push(Finding { fault: Fault::ReachesNobody, grave: true, words, when, mend: hole.mend(plan.path) });
    };
    let nobody = reached(Severity::Critical);
    nobody.iter().for_each(|(hole, times)| say("", hole, times));
    // What is not so bad passes over the levels that are for the worse.
    for severity in
        Severity::ALL.into_iter().filter(|severity| plan.levels.iter().any(|level| level.least.is_some_and(|least| *severity < least)))
    {
        let milder = reached(severity);
        if Times::all(milder.values()) == Times::all(nobody.values()) {
            continue;
        }
        let at = format!(" at {} and below", severity.word());
        milder.iter().filter(|(hole, _)| hole.is_of_severity()).for_each(|(hole, times)| say(&at, hole, times));
        // Lower than that is no better.
        break;
    }
    let mut empty: BTreeMap<(usize, Hole), Times> = BTreeMap::new();
    for pair in edges.windows(2).filter(|pair| Hole::in_path(plan, Severity::Critical, pair[0]).is_none()) {
        for (at, level) in plan.levels.iter().enumerate() {
            if let Some(hole) = Hole::in_level(at, level, Severity::Critical, pair[0]) {
                empty.entry((at, hole)).or_default().add(pair[0], pair[1]);
            }
        }
    }
    for ((level, hole), times) in empty {
        let when = times.words(now, end, zone).unwrap_or_default();
        let words = format!("{name}: level {} is skipped, because {}", level + 1, hole.words_of_level());
        found.push(Finding { fault: Fault::LevelEmpty, grave: false, words, when, mend: hole.mend(plan.path) });
    }
    if let Some(person) = the_only_person(plan) {
        let words = format!("{name}: {person} is the only person on every level, so climbing reaches nobody new");
        found.push(Finding { fault: Fault::SamePersonOnEveryLevel, grave: false, words, when: String::new(), mend });
    }
    for (at, level) in plan.levels.iter().enumerate() {
        if let Some(Err((_, why))) = level.hours.as_ref().map(Timetable::check) {
            let words = format!("{name}: the hours of level {} cannot be followed, so it is called at any. {why}", at + 1);
            found.push(Finding { fault: Fault::BrokenHours, grave: false, words, when: String::new(), mend });
        }
        if let Some(every) = level.repeat_every.filter(|every| *every >= level.minutes) {
            let words = format!(
                "{name}: level {} is to be called again every {every} min and never is, for the next level comes after {} min",
                at + 1,
                level.minutes
            );
            found.push(Finding { fault: Fault::NeverRepeats, grave: false, words, when: String::new(), mend });
        }
        for contact in level.everybody() {
            never_tried(name, at, level, contact, found);
        }
    }
}

/// Where the desk itself does not look, whoever leads it is told: somebody has to be named for that.
#[must_use]
pub fn without_lead(people: &[Person], lead: Option<PersonId>) -> Option<Finding> {
    let named = lead.and_then(|lead| people.iter().find(|person| person.id == lead));
    let words = match named {
        None => "Nobody is named to lead this desk: where a check-in is missed twice, only the desk itself is alarmed".into(),
        Some(lead) if lead.methods.iter().all(|method| method.wrong_since.is_some()) => {
            format!(
                "{} leads this desk and cannot be reached: where a check-in is missed twice, only the desk itself is alarmed",
                lead.name
            )
        }
        Some(_) => return None,
    };
    let mend = named.map_or(Mend::Desk {}, |lead| Mend::Person { id: lead.id });
    Some(Finding { fault: Fault::NoLead, grave: false, words, when: String::new(), mend })
}

/// Whatever has no path reaches nobody. Where there is but one, it serves all.
fn without_path(directory: &Directory<'_>, found: &mut Vec<Finding>) {
    let there = |path: &PathId| directory.plans.iter().any(|plan| plan.path == *path);
    let mut say = |words: String, mend| found.push(Finding { fault: Fault::NoPath, grave: true, words, when: String::new(), mend });
    if directory.plans.is_empty() {
        return say("There is no path yet: nobody would be called for anything".into(), Mend::Paths {});
    }
    if directory.plans.len() == 1 || directory.path.as_ref().is_some_and(there) {
        return;
    }
    for service in directory.services {
        let missing: Vec<&str> =
            Severity::ALL.into_iter().filter(|at| !service.path_at(*at).as_ref().is_some_and(there)).map(Severity::word).collect();
        if !missing.is_empty() {
            let at = if missing.len() == Severity::ALL.len() { String::new() } else { format!(" at {}", missing.join(", ")) };
            let words = format!("Nobody would be called for {}{at}: it has no path, and the desk has none of its own", service.name);
            say(words, Mend::Service { id: service.id });
        }
    }
}

/// What somebody's sequence would do after the level is over.
fn never_tried(path: &str, at: usize, level: &PlanLevel, contact: &Contact, found: &mut Vec<Finding>) {
    for (severity, sequence) in &contact.sequences {
        // In force at the level, and not merely kept for what it is never entered for.
        if level.least.is_some_and(|least| *severity < least) {
            continue;
        }
        // The first comes at once, whatever it says.
        let first = sequence.steps.iter().map(|step| step.after).min().unwrap_or(0);
        let Some(step) = sequence.steps.iter().find(|step| step.after - first >= level.minutes) else { continue };
        let via = contact.methods.iter().find(|method| method.id == step.method).map_or("a way", |method| method.channel_name.as_str());
        let words = format!(
            "{path}: {} is to be reached by {via} after {} min at {}, and never is, for level {} lasts only {} min",
            contact.name,
            step.after,
            severity.word(),
            at + 1,
            level.minutes
        );
        found.push(Finding {
            fault: Fault::NeverTried,
            grave: false,
            words,
            when: String::new(),
            mend: Mend::Person { id: contact.person },
        });
    }
}

/// Two people who would both be reached by one number are probably one wrong number.
fn shared_numbers(people: &[&Person], found: &mut Vec<Finding>) {
    let mut known: BTreeMap<&str, Vec<&Person>> = BTreeMap::new();
    for person in people {
        // A mailbox may well be read by several; a telephone is answered by one.
        let numbers: BTreeSet<&str> =
            person.methods.iter().map(|method| method.address.as_str()).filter(|address| address.starts_with('+')).collect();
        numbers.into_iter().for_each(|number| known.entry(number).or_default().push(person));
    }
    for (number, people) in known.into_iter().filter(|(_, people)| people.len() > 1) {
        let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
        let words = format!("{} have the same number, {}: one of them may be wrong", names.join(" and "), spoken_phone(number));
        found.push(Finding {
            fault: Fault::SharedNumber,
            grave: false,
            words,
            when: String::new(),
            mend: Mend::Person { id: people[1].id },
        });
    }
}

fn rotation(one: &PlanRotation, now: Instant, zone: Tz, found: &mut Vec<Finding>) {
    let end = now.plus(AHEAD);
    let (name, mend) = (&one.rotation.name, Mend::Rotation { id: one.rotation.id });
    if let Err((_, why)) = one.rotation.check() {
        let words = format!("The rotation {name} cannot be followed. {why}");
        found.push(Finding { fault: Fault::BrokenRotation, grave: true, words, when: String::new(), mend });
        return;
    }
    let mut nobody = Times::default();
    for shift in one.schedule(now, end).into_iter().filter(|shift| shift.people.is_empty()) {
        nobody.add(shift.from, shift.to);
    }
    if let Some(when) = nobody.words(now, end, zone) {
        let words = format!("Nobody is on call in {name}");
        found.push(Finding { fault: Fault::NobodyOnCall, grave: true, words, when, mend });
    }
}

fn person(one: &Person, directory: &Directory<'_>, now: Instant, zone: Tz, found: &mut Vec<Finding>) {
    let channels = directory.channels;
    let (name, mend) = (&one.name, Mend::Person { id: one.id });
    let mut say = |fault, grave, words| found.push(Finding { fault, grave, words, when: String::new(), mend });
    if let Some(Err((_, why))) = one.presence.hours.as_ref().map(Timetable::check) {
        say(Fault::BrokenHours, false, format!("The working hours of {name} cannot be followed, so {name} is called at any. {why}"));
    }
    let enabled = |channel| channels.iter().any(|setup| setup.id == channel && setup.enabled);
    for method in one.methods.iter().filter(|method| method.wrong_since.is_some()) {
        let channel =
            channels.iter().find(|setup| setup.id == method.channel).map_or("a channel that is gone", |setup| setup.name.as_str());
        let address = if method.address.is_empty() { String::new() } else { format!(" {}", spoken_address(&method.address)) };
        say(Fault::Wrong, false, format!("{channel}{address} did not reach {name} and is not used any more"));
    }
    let usable: Vec<_> = one.methods.iter().filter(|method| method.wrong_since.is_none() && enabled(method.channel)).collect();
    match usable.len() {
        0 => return say(Fault::NoMethod, true, format!("{name} has no way to be reached")),
        1 => say(Fault::OneMethod, false, format!("{name} has only one way to be reached: if it fails, nothing else is tried")),
        _ => {}
    }
    // What somebody was reached by exists, whatever its country says.
    for doubt in usable.iter().filter(|method| method.proven_at.is_none()).filter_map(|method| phone_doubt(&method.address)) {
        say(Fault::DoubtfulNumber, false, format!("{name}: {doubt}"));
    }
    match usable.iter().filter_map(|method| method.proven_at).max() {
        None => say(Fault::Unproven, false, format!("Nothing has ever been known to reach {name}")),
        Some(proven) if now.since(proven) > i64::from(directory.stale_days) * DAY => {
            say(Fault::Stale, false, format!("Nothing has been known to reach {name} since {}", spoken(proven, now, zone)));
        }
        Some(_) => {}
    }
}

fn channel(setup: &ChannelSetup, found: &mut Vec<Finding>) {
    let (name, mend) = (&setup.name, Mend::Channel { id: setup.id });
    let mut say = |fault, words| found.push(Finding { fault, grave: true, words, when: String::new(), mend });
    if !setup.enabled {
        say(Fault::ChannelOff, format!("{name} is switched off, and people on a path are reached by it"));
    } else if let Some(test) = setup.last_test.as_ref().filter(|test| !test.worked) {
        let last = if test.real { "did not take the last message" } else { "failed its last test" };
        say(Fault::ChannelFailing, format!("{name} {last}: {}", test.words));
    }
}
