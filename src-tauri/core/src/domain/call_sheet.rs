//! The call sheet: whom to call in which order, for when nothing else works. It
//! says enough to be true for a week on paper.

use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

use super::bridge::Bridge;
use super::brief::{self, Sender};
use super::contact::spoken_phone;
use super::desk::{DeskRules, DeskSettings};
use super::directory::Service;
use super::id::{MethodId, PathId, PersonId, RotationId};
use super::incident::Incident;
use super::message::Purpose;
use super::plan::{Contact, ContactMethod, Plan, PlanRotation};
use super::preview::preview;
use super::rotation::Shift;
use super::severity::Severity;
use super::time::{DAY, Instant, spoken};

/// A sheet tells the turns of so many days.
const AHEAD: i64 = 7 * DAY;

/// So far ahead is looked for somebody where nobody is on call.
const LONGEST: i64 = 371 * DAY;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CallSheet {
    pub title: String,
    /// When it was made, with the zone of every time on it.
    pub made: String,
    /// What to say.
    pub script: String,
    /// Where people talk, each with what it is for: "Critical: +49 30 23125011, code 123#".
    pub bridges: Vec<String>,
    pub paths: Vec<SheetPath>,
    pub rotations: Vec<SheetRotation>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SheetPath {
    pub id: PathId,
    pub name: String,
    pub rows: Vec<SheetRow>,
    pub after_last: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SheetRow {
    /// "Level 1 · now", "Level 2 · +10 min".
    pub level: String,
    pub name: String,
    pub note: String,
    pub person: Option<PersonId>,
    /// Numbers first, then every other way.
    pub ways: Vec<SheetWay>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SheetWay {
    pub method: MethodId,
    /// As the country writes a number.
    pub address: String,
    /// It can be called.
    pub phone: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SheetRotation {
    pub name: String,
    /// "Ana until Mon 08:00".
    pub turns: Vec<String>,
}

/// The sheet of one incident: whom its own plan calls, and what to say of it.
#[must_use]
pub fn incident_sheet(incident: &Incident, desk: &DeskSettings, rules: &DeskRules, bridge: &Bridge, now: Instant) -> CallSheet {
    let plans: Vec<Plan> = incident.plan.iter().cloned().collect();
    let message = brief::message(Purpose::Alert, incident, "", &Sender::of(desk).who_meet_at(bridge), now);
    let bridge = (!bridge.is_none()).then(|| format!("Bridge: {}", bridge.line()));
    CallSheet {
        title: format!("{} · {}", incident.reference, incident.facts.title()),
        script: brief::call_script(&message),
        bridges: bridge.into_iter().collect(),
        ..call_sheet(&plans, &[], desk, rules, now)
    }
}

/// The plans are those of all paths, as an escalation would make them now.
#[must_use]
pub fn call_sheet(plans: &[Plan], services: &[Service], desk: &DeskSettings, rules: &DeskRules, now: Instant) -> CallSheet {
    let zone = desk.tz();
    let mut rotations: BTreeMap<RotationId, &PlanRotation> = BTreeMap::new();
    for plan in plans {
        rotations.extend(plan.rotations().map(|one| (one.rotation.id, one)));
    }
    let who = if desk.name.is_empty() { "the service desk".to_string() } else { desk.name.clone() };
    CallSheet {
        title: format!("Whom to call · {who}"),
        made: format!("{} {zone}", now.at(zone).format("%A, %-d %B %Y, %H:%M")),
        script: format!(
            "This is {}. We have an incident that needs you: WHAT, WHERE, since WHEN, WHO is affected. Will you take it? \
             If not, who can? Call us back at: {}",
            if desk.me.is_empty() { who } else { format!("{}, {who}", desk.me) },
            if desk.phone.is_empty() { "________".into() } else { spoken_phone(&desk.phone) }
        ),
        bridges: bridges(services, rules),
        paths: plans.iter().map(|plan| path(plan, rules, now, zone)).collect(),
        rotations: rotations.values().map(|one| rotation(one, now, zone)).collect(),
    }
}

/// The services' own first: who is called about one looks for its name.
fn bridges(services: &[Service], rules: &DeskRules) -> Vec<String> {
    let of_services = services.iter().map(|service| (service.name.as_str(), &service.bridge));
    let of_severities = Severity::ALL.into_iter().map(|severity| (severity.word(), rules.bridges.of(severity)));
    let there = of_services.chain(of_severities).filter(|(_, bridge)| !bridge.is_none());
    there.map(|(whose, bridge)| format!("{whose}: {}", bridge.line())).collect()
}

fn path(plan: &Plan, rules: &DeskRules, now: Instant, zone: Tz) -> SheetPath {
    // For the worst, so that no level is left out.
    let preview = preview(plan, Severity::Critical, rules, now, zone);
    let row = |line: &super::preview::PlanLine| {
        let contact = line.person.and_then(|person| plan.contact(person));
        SheetRow {
            level: format!("Level {} · {}", line.level + 1, line.when),
            name: if line.person.is_some() { line.name.clone() } else { String::new() },
            note: line.note.clone(),
            person: line.person,
            ways: contact.map_or_else(Vec::new, ways),
        }
    };
    SheetPath {
        id: plan.path,
        name: plan.path_name.clone(),
        rows: preview.lines.iter().map(row).collect(),
        after_last: format!("After that it {}.", preview.after_last),
    }
}

fn ways(contact: &Contact) -> Vec<SheetWay> {
    let with_address = contact.methods.iter().filter(|method| !method.address.is_empty());
    let way = |method: &ContactMethod| {
        let phone = method.is_phone();
        let address = if phone { spoken_phone(&method.address) } else { method.address.clone() };
        SheetWay { method: method.id, address, phone }
    };
    let mut ways: Vec<SheetWay> = with_address.map(way).collect();
    ways.sort_by_key(|way| !way.phone);
    ways.dedup_by(|one, other| one.address == other.address);
    ways
}

fn rotation(one: &PlanRotation, now: Instant, zone: Tz) -> SheetRotation {
    let name = |person| one.members.iter().find(|contact| contact.person == person).map_or("somebody", |contact| contact.name.as_str());
    let end = now.plus(AHEAD);
    let names = |shift: &Shift| {
        let names: Vec<&str> = shift.people.iter().map(|known| name(known.person)).collect();
        if names.is_empty() { "NOBODY".into() } else { names.join(" and ") }
    };
    let turn = |shift: Shift| {
        let who = names(&shift);
        if shift.to < end {
            return format!("{who} until {}", spoken(shift.to, now, zone));
        }
        match shift.people.is_empty().then(|| next_turn(one, end)).flatten() {
            Some(next) => format!("{who} until {}, then {}", spoken(next.from, now, zone), names(&next)),
            None => format!("{who} after that"),
        }
    };
    SheetRotation { name: one.rotation.name.clone(), turns: one.schedule(now, end).into_iter().map(turn).collect() }
}

/// The first turn of somebody from a moment on at which nobody is on call; `None`
/// where there is none within a year.
fn next_turn(one: &PlanRotation, from: Instant) -> Option<Shift> {
    let weeks = (0..LONGEST / AHEAD).map(|week| from.plus(week * AHEAD));
    weeks.flat_map(|week| one.schedule(week, week.plus(AHEAD))).find(|shift| !shift.people.is_empty())
}

impl CallSheet {
    /// The same as plain text, which opens everywhere.
    #[must_use]
    pub fn as_text(&self) -> String {
        let mut lines = vec![self.title.clone(), self.made.clone(), String::new(), self.script.clone()];
        for path in &self.paths {
            lines.extend([String::new(), path.name.to_uppercase()]);
            for row in &path.rows {
                let note = if row.note.is_empty() { String::new() } else { format!(" ({})", row.note) };
                // There is nobody to be ticked off where the level is skipped.
                let (tick, name) = if row.person.is_some() { ("[ ]", format!(": {}", row.name)) } else { ("   ", String::new()) };
                lines.push(format!("{tick} {}{name}{note}", row.level));
                lines.extend(row.ways.iter().map(|way| format!("      {}", way.address)));
            }
            lines.push(path.after_last.clone());
        }
        if !self.bridges.is_empty() {
            lines.extend([String::new(), "BRIDGE".into()]);
            lines.extend(self.bridges.iter().map(|bridge| format!("  {bridge}")));
        }
        for rotation in &self.rotations {
            lines.extend([String::new(), format!("ON CALL: {}", rotation.name)]);
            lines.extend(rotation.turns.iter().map(|turn| format!("  {turn}")));
        }
        lines.push(String::new());
        lines.join("\n")
    }
}
