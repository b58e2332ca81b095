//! The plan in words before anything is sent: who hears it, when, and through
//! what.

use serde::Serialize;
use std::collections::BTreeSet;
use ts_rs::TS;

use super::id::PathId;

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
    pub name: String,
    /// "text, mail"; empty where the level is skipped.
    pub via: String,
    pub note: String,
    pub skipped: bool,
}

use chrono_tz::Tz;

use super::channel::{Reach, SeverityPlan};
use super::plan::{Contact, Plan};
use super::severity::Severity;
use super::time::{Instant, spoken};

impl PlanPreview {
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

#[must_use]
pub fn preview(plan: &Plan, severity: Severity, channels: &SeverityPlan, now: Instant, zone: Tz) -> PlanPreview {
    let wrong = BTreeSet::new();
    let (mut lines, mut holes) = (Vec::new(), Vec::new());
    let mut minutes = 0;
    for (index, level) in plan.levels.iter().enumerate() {
        let when = if minutes == 0 { "now".to_string() } else { format!("+{minutes} min") };
        if let Some(why) = level.why_empty(&wrong, now) {
            holes.push(format!("Level {} is skipped: {why}.", index + 1));
            lines.push(PlanLine { level: index, when, name: format!("Level {}", index + 1), via: String::new(), note: why, skipped: true });
            continue;
        }
        for contact in &level.contacts {
            let skipped = !contact.is_reachable(&wrong, now);
            let via = if skipped { String::new() } else { via(contact, severity, channels) };
            let name = contact.name.clone();
            lines.push(PlanLine { level: index, when: when.clone(), name, via, note: note(contact, now, zone), skipped });
            if contact.methods.len() == 1 && !contact.is_away(now) {
                holes.push(format!("{} has only one method: if it fails, nothing else is tried.", contact.name));
            }
        }
        minutes += level.minutes;
    }
    if lines.iter().all(|line| line.skipped) {
        holes.insert(0, "Nobody on this path can be reached now: only this desk would be alarmed.".into());
    } else if plan.levels.len() > 1 {
        let everywhere = plan.levels[0]
            .contacts
            .iter()
            .find(|one| plan.levels.iter().all(|level| level.contacts.iter().all(|c| c.person == one.person)));
        holes.extend(everywhere.map(|one| format!("{} is the only person on every level.", one.name)));
    }
    holes.dedup();
    let again = match plan.rounds {
        0 | 1 => String::new(),
        2 => "repeats once, then ".into(),
        rounds => format!("repeats {} times, then ", rounds - 1),
    };
    PlanPreview {
        path: Some(plan.path),
        path_name: plan.path_name.clone(),
        lines,
        after_last: format!("{again}alarms this desk until somebody has it"),
        holes,
    }
}

fn via(contact: &Contact, severity: Severity, channels: &SeverityPlan) -> String {
    let words: Vec<String> = contact
        .methods_for(severity, channels, &BTreeSet::new())
        .into_iter()
        .map(|method| match (method.by_hand, method.reach) {
            (true, _) => "call by hand".into(),
            (_, Reach::Chat | Reach::Push) => method.channel_name.clone(),
            (_, reach) => reach.word().into(),
        })
        .collect();
    words.join(", ")
}

fn note(contact: &Contact, now: Instant, zone: Tz) -> String {
    match contact.away_until.filter(|_| contact.is_away(now)) {
        Some(until) => format!("away until {}", spoken(until, now, zone)),
        None if contact.methods.is_empty() => "no working method".into(),
        None => contact.role.clone(),
    }
}
