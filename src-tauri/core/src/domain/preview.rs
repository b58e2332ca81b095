//! The plan in words before anything is sent: who hears it, when, and through
//! what.

use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeSet;
use ts_rs::TS;

use super::channel::{Reach, SeverityPlan};
use super::climb;
use super::contact::{masked, spoken_address};
use super::desk::DeskRules;
use super::event::IncidentEvent;
use super::facts::Facts;
use super::id::{IncidentId, PathId, PersonId};
use super::incident::Incident;
use super::plan::{Contact, ContactMethod, OnLevel, Plan, PlanLevel, Try};
use super::severity::Severity;
use super::time::{Instant, MINUTE, spoken};
use super::why::Absent;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PlanPreview {
    pub path: Option<PathId>,
    pub path_name: String,
    pub lines: Vec<PlanLine>,
    pub after_last: String,
    /// Why it would reach nobody, or less than it should.
    pub holes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PlanLine {
    pub level: usize,
    /// "now", "+10 min".
    pub when: String,
    /// None where the level is skipped.
    pub person: Option<PersonId>,
    pub name: String,
    /// None where the level is skipped.
    pub ways: Vec<Way>,
    pub note: String,
    pub skipped: bool,
}

/// One way somebody is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Way {
    /// "text", "call by hand", "#orders".
    pub via: String,
    /// As the country writes a number; empty where the channel itself is the address.
    pub address: String,
    /// "+2 min" after the level was entered; empty where it is at once.
    pub after: String,
}

impl PlanLine {
    /// "text, call by hand +2 min".
    #[must_use]
    pub fn via(&self) -> String {
        let words = |way: &Way| if way.after.is_empty() { way.via.clone() } else { format!("{} {}", way.via, way.after) };
        self.ways.iter().map(words).collect::<Vec<_>>().join(", ")
    }
}

impl PlanPreview {
    /// For a screen that others see.
    pub fn mask(&mut self) {
        for way in self.lines.iter_mut().flat_map(|line| &mut line.ways) {
            way.address = masked(&way.address);
        }
    }

    /// There is no path to follow.
    #[must_use]
    pub fn without_path() -> Self {
        Self {
            path: None,
            path_name: String::new(),
            lines: vec![],
            after_last: String::new(),
            holes: vec!["There is no path for this service, so nobody would be contacted. Choose one, or add one under Directory.".into()],
        }
    }
}

/// The climb as it would go if nobody answered: what the engine itself decides,
/// from now on, in its first round.
#[must_use]
pub fn preview(plan: &Plan, severity: Severity, rules: &DeskRules, now: Instant, zone: Tz) -> PlanPreview {
    let mut lines = Vec::new();
    let mut holes: Vec<String> = Vec::new();
    for (then, event) in as_it_would_go(plan, severity, rules, now) {
        let minutes = then.since(now) / MINUTE;
        let when = if minutes == 0 { "now".to_string() } else { format!("+{minutes} min") };
        match event {
            IncidentEvent::LevelSkipped { level, why, .. } => {
                let why = Absent::all_words(&why);
                holes.push(format!("Level {} is skipped at once: {why}.", level + 1));
                let name = format!("Level {}", level + 1);
                lines.push(PlanLine {
                    level,
                    when,
                    person: None,
                    name,
                    ways: vec![],
                    note: format!("skipped at once: {why}"),
                    skipped: true,
                });
            }
            IncidentEvent::LevelEntered { level, contacts, held_until, .. } => {
                let when = held_until.map_or(when, |at| format!("{}, after the quiet hours", spoken(at, now, zone)));
                for one in plan.levels[level].at(then) {
                    let contact = one.contact;
                    let skipped = !contacts.contains(&contact.person);
                    let (ways, again) =
                        if skipped { (vec![], None) } else { ways(contact, severity, plan.levels[level].minutes, &rules.channels) };
                    let note =
                        if skipped { why_not(contact, then, now, zone) } else { note(one, &plan.levels[level], again, then, now, zone) };
                    let (when, person, name) = (when.clone(), Some(contact.person), contact.name.clone());
                    lines.push(PlanLine { level, when, person, name, ways, note, skipped });
                    let hole = match contact.methods.len() {
                        0 => format!("{} has no working method.", contact.name),
                        1 if !skipped => format!("{} has only one method: if it fails, nothing else is tried.", contact.name),
                        _ => continue,
                    };
                    if !holes.contains(&hole) {
                        holes.push(hole);
                    }
                }
                let unmanned = plan.levels[level].rotations.iter().filter(|one| one.at(then).is_empty());
                holes.extend(unmanned.map(|one| format!("Nobody is on call in {} then.", one.rotation.name)));
            }
            _ => {}
        }
    }
    let nobody = lines.iter().all(|line| line.skipped);
    if plan.levels.is_empty() {
        holes.push("This path has no levels, so nobody would be contacted: only this desk would be alarmed.".into());
    } else if nobody {
        holes.insert(0, "Nobody on this path can be reached now: only this desk would be alarmed.".into());
    }
    holes.extend(the_only_person(plan).map(|name| format!("{name} is the only person on every level: climbing reaches nobody new.")));
    let alarm = format!("alarms this desk every {} min until somebody has it", rules.rhythm.alarm.max(1));
    PlanPreview {
        path: Some(plan.path),
        path_name: plan.path_name.clone(),
        lines,
        after_last: format!("{}{alarm}", if nobody { String::new() } else { again(plan.rounds) }),
        holes,
    }
}

/// What happens, and when, until the desk is alarmed or the path begins again.
fn as_it_would_go(plan: &Plan, severity: Severity, rules: &DeskRules, now: Instant) -> Vec<(Instant, IncidentEvent)> {
    let by = String::new;
    let filed = IncidentEvent::Filed { reference: String::new(), by: by(), severity, facts: Facts::default() };
    let escalated = IncidentEvent::Escalated { by: by(), plan: plan.clone(), check_in_at: now, unanswered: None };
    let Some(incident) = Incident::filed(IncidentId::new(now), &filed, now) else { return vec![] };
    let mut incident = incident.apply(&escalated, now);
    let (mut told, mut then) = (Vec::new(), now);
    loop {
        let events = climb::next_level(&incident, &rules.rhythm, then, climb::Cause::Time);
        let alarmed = events.iter().any(|event| matches!(event, IncidentEvent::DeskAlarmed { .. }));
        for event in events {
            incident = incident.apply(&event, then);
            let round =
                if let IncidentEvent::LevelEntered { round, .. } | IncidentEvent::LevelSkipped { round, .. } = &event { *round } else { 1 };
            if round == 1 {
                told.push((then, event));
            }
        }
        match &incident.climb {
            Some(climb) if !alarmed && climb.round == 1 && climb.until > then => then = climb.until,
            _ => return told,
        }
    }
}

fn again(rounds: u8) -> String {
    match rounds {
        0 | 1 => String::new(),
        2 => "repeats once, then ".into(),
        rounds => format!("repeats {} times, then ", rounds - 1),
    }
}

/// How they are reached, and how often the last way is tried again.
fn ways(contact: &Contact, severity: Severity, minutes: u32, channels: &SeverityPlan) -> (Vec<Way>, Option<u32>) {
    let via = |method: &ContactMethod| match (method.by_hand, method.reach) {
        (true, _) => "call by hand".into(),
        (_, Reach::Chat | Reach::Push) => method.channel_name.clone(),
        (_, reach) => reach.word().to_string(),
    };
    let none = BTreeSet::new();
    let tries = contact.tries(severity, minutes, channels, &none);
    // What is repeated at the end is said once.
    let again = tries.windows(2).rev().take_while(|pair| pair[0].method == pair[1].method).count();
    let every = if again > 0 { contact.sequences.get(&severity).and_then(|own| own.again_every) } else { None };
    let named = &tries[..tries.len() - if every.is_some() { again } else { 0 }];
    let way = |one: &Try<'_>| Way {
        via: via(one.method),
        address: spoken_address(&one.method.address),
        after: if one.after == 0 { String::new() } else { format!("+{} min", one.after) },
    };
    (named.iter().map(way).collect(), every)
}

fn note(one: OnLevel<'_>, level: &PlanLevel, own: Option<u32>, then: Instant, now: Instant, zone: Tz) -> String {
    let own = own.map(|every| format!("the last again every {every} min"));
    let again = level.repeat_every.filter(|&every| every < level.minutes).map(|every| format!("again every {every} min"));
    let on_call = one.on_call.map(|(rotation, on_call)| rotation.why(on_call, then, now, zone));
    let name = Some(level.name.clone()).filter(|name| !name.is_empty());
    let role = Some(one.contact.role.clone()).filter(|role| !role.is_empty());
    [name, on_call, role, own, again].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn why_not(contact: &Contact, then: Instant, now: Instant, zone: Tz) -> String {
    let presence = &contact.presence;
    match presence.back_at(then) {
        Some(until) if presence.is_off_hours(then) => format!("not at work until {}", spoken(until, now, zone)),
        Some(until) => format!("away until {}", spoken(until, now, zone)),
        None if presence.is_away(then) => "away, and no end is known".into(),
        None => "no working method".into(),
    }
}

/// Who is alone on each of several levels that have anybody.
pub(super) fn the_only_person(plan: &Plan) -> Option<&str> {
    let people: BTreeSet<PersonId> = plan.levels.iter().flat_map(PlanLevel::everybody).map(|contact| contact.person).collect();
    let peopled = plan.levels.iter().filter(|level| level.everybody().next().is_some()).count();
    let one = people.first().filter(|_| people.len() == 1 && peopled > 1)?;
    plan.contact(*one).map(|contact| contact.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{ChannelId, MethodId};
    use crate::domain::presence::Presence;
    use crate::domain::sequence::{Sequence, SequenceStep};
    use crate::domain::time::{DAY, MINUTE};
    use std::collections::BTreeMap;

    const NOW: Instant = Instant(1_795_437_720_000); // Monday, 13:42 in Berlin

    fn person(name: &str, role: &str, reaches: &[Reach]) -> Contact {
        let method = |reach: &Reach| ContactMethod {
            id: MethodId::new(NOW),
            channel: ChannelId::new(NOW),
            channel_name: if *reach == Reach::Chat { "#orders".into() } else { "channel".into() },
            reach: *reach,
            address: String::new(),
            by_hand: *reach == Reach::Phone,
        };
        Contact {
            person: PersonId::new(NOW),
            name: name.into(),
            role: role.into(),
            presence: Presence::default(),
            methods: reaches.iter().map(method).collect(),
            sequences: BTreeMap::new(),
        }
    }

    fn away(contact: Contact, milliseconds: i64) -> Contact {
        Contact { presence: Presence { away_until: Some(NOW.plus(milliseconds)), ..Presence::default() }, ..contact }
    }

    fn level(minutes: u32, contacts: Vec<Contact>) -> PlanLevel {
        PlanLevel { contacts, minutes, ..PlanLevel::default() }
    }

    fn of(severity: Severity, rounds: u8, levels: Vec<PlanLevel>) -> PlanPreview {
        let plan = Plan { path: PathId::new(NOW), path_name: "Order platform".into(), levels, rounds };
        preview(&plan, severity, &DeskRules::default(), NOW, chrono_tz::Europe::Berlin)
    }

    fn told(preview: &PlanPreview) -> Vec<String> {
        let line = |line: &PlanLine| format!("{} | {} | {} | {}", line.when, line.name, line.via(), line.note);
        preview.lines.iter().map(line).collect()
    }

    fn marta() -> Contact {
        person("Marta Vogel", "on call", &[Reach::Chat, Reach::Mail, Reach::Phone])
    }

    #[test]
    fn the_minutes_add_up_and_everybody_has_their_channels() {
        let repeated = PlanLevel { repeat_every: Some(5), ..level(10, vec![marta()]) };
        let jonas = person("Jonas Behr", "databases", &[Reach::Mail, Reach::Phone]);
        let ilse = person("Ilse Brandl", "", &[Reach::Phone, Reach::Mail]);
        let preview = of(Severity::Critical, 2, vec![repeated, level(15, vec![jonas, marta()]), level(20, vec![ilse])]);
        assert_eq!(
            told(&preview),
            [
                "now | Marta Vogel | #orders, mail, call by hand | on call · again every 5 min",
                "+10 min | Jonas Behr | mail, call by hand | databases",
                "+10 min | Marta Vogel | #orders, mail, call by hand | on call",
                "+25 min | Ilse Brandl | call by hand, mail | ",
            ]
        );
        assert_eq!(preview.after_last, "repeats once, then alarms this desk every 5 min until somebody has it");
        assert_eq!(preview.holes, Vec::<String>::new(), "a path without a hole has none named");
    }

    #[test]
    fn the_channels_are_those_of_the_severity_and_never_none() {
        let via = |severity, contact| of(severity, 1, vec![level(10, vec![contact])]).lines[0].via();
        assert_eq!(via(Severity::Medium, marta()), "#orders, mail", "nobody is called for a medium one");
        assert_eq!(via(Severity::Low, marta()), "mail");
        assert_eq!(via(Severity::Low, person("Ilse", "", &[Reach::Phone])), "call by hand", "better called than not told");
    }

    #[test]
    fn who_has_a_sequence_of_their_own_is_reached_by_it() {
        let mut ilse = person("Ilse Brandl", "", &[Reach::Mail, Reach::Phone]);
        let steps = vec![SequenceStep { method: ilse.methods[0].id, after: 0 }, SequenceStep { method: ilse.methods[1].id, after: 2 }];
        ilse.sequences.insert(Severity::High, Sequence { steps, again_every: Some(5) });
        let told_at = |severity, minutes| told(&of(severity, 1, vec![level(minutes, vec![ilse.clone()])]));
        assert_eq!(told_at(Severity::High, 15), ["now | Ilse Brandl | mail, call by hand +2 min | the last again every 5 min"]);
        assert_eq!(
            told_at(Severity::High, 5),
            ["now | Ilse Brandl | mail, call by hand +2 min | "],
            "the next level comes before the repeat"
        );
        assert_eq!(told_at(Severity::Low, 15), ["now | Ilse Brandl | mail | "], "where she has none, the desk's plan counts");
    }

    #[test]
    fn a_level_where_nobody_is_there_is_skipped_at_once_and_costs_no_minutes() {
        let gone = away(person("Jonas Behr", "databases", &[Reach::Mail, Reach::Phone]), 3 * DAY - 282 * MINUTE);
        let preview = of(Severity::High, 1, vec![level(10, vec![gone.clone()]), level(10, vec![]), level(10, vec![marta(), gone])]);
        assert_eq!(
            told(&preview),
            [
                "now | Level 1 |  | skipped at once: Jonas Behr is away",
                "now | Level 2 |  | skipped at once: nobody is on this level",
                "now | Marta Vogel | #orders, mail | on call",
                "now | Jonas Behr |  | away until Thu 09:00",
            ]
        );
        assert_eq!(
            preview.holes,
            ["Level 1 is skipped at once: Jonas Behr is away.", "Level 2 is skipped at once: nobody is on this level."]
        );
    }

    #[test]
    fn who_is_back_before_their_level_is_entered_is_not_away() {
        let back_soon = away(person("Ilse Brandl", "", &[Reach::Mail, Reach::Phone]), 20 * MINUTE);
        let preview = of(Severity::High, 1, vec![level(30, vec![marta()]), level(10, vec![back_soon.clone()])]);
        assert_eq!(told(&preview)[1], "+30 min | Ilse Brandl | mail | ", "the climb comes to her ten minutes after she is back");
        let too_early = of(Severity::High, 1, vec![level(10, vec![marta()]), level(10, vec![back_soon])]);
        assert!(too_early.lines[1].skipped, "but not when it comes earlier");
    }

    #[test]
    fn each_hole_is_named_once() {
        let single = person("Ilse Brandl", "", &[Reach::Mail]);
        let none = person("Tom Ode", "", &[]);
        let other = marta();
        let preview =
            of(Severity::High, 1, vec![level(5, vec![single.clone(), none.clone()]), level(5, vec![other]), level(5, vec![single, none])]);
        assert_eq!(
            preview.holes,
            ["Ilse Brandl has only one method: if it fails, nothing else is tried.", "Tom Ode has no working method."],
            "although both are on two levels"
        );
        let marta = marta();
        let alone = of(Severity::High, 1, vec![level(5, vec![marta.clone()]), level(5, vec![marta])]);
        assert_eq!(alone.holes, ["Marta Vogel is the only person on every level: climbing reaches nobody new."]);
    }

    #[test]
    fn a_path_that_reaches_nobody_says_so_first_and_repeats_nothing() {
        let gone = away(marta(), DAY);
        let preview = of(Severity::High, 3, vec![level(5, vec![gone]), level(5, vec![person("Tom Ode", "", &[])])]);
        assert_eq!(preview.holes[0], "Nobody on this path can be reached now: only this desk would be alarmed.");
        assert_eq!(preview.after_last, "alarms this desk every 5 min until somebody has it", "there is nobody to repeat it to");
        let empty = of(Severity::High, 1, vec![]);
        assert_eq!(empty.holes, ["This path has no levels, so nobody would be contacted: only this desk would be alarmed."]);
        assert_eq!(
            of(Severity::High, 3, vec![level(5, vec![marta()])]).after_last,
            "repeats 2 times, then alarms this desk every 5 min until somebody has it"
        );
    }
}
