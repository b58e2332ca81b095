//! The board: who holds what since when, and what happens to it next.

use chrono_tz::Tz;

use super::types::{Board, BoardRow};
use super::{Answer, Desk, following};
use crate::domain::delivery::DeliveryState;
use crate::domain::due;
use crate::domain::incident::{Incident, Phase};
use crate::domain::message::Purpose;
use crate::domain::progress;
use crate::domain::time::{Instant, spoken, spoken_length};
use crate::engine::lookup;
use crate::store::deliveries::{Delivery, Held};
use crate::store::{deliveries, drafts, incidents, search};

impl Desk {
    pub async fn board(&self) -> Answer<Board> {
        let now = self.now();
        self.read(move |db| {
            let zone = lookup::desk(db)?.tz();
            let mut rows = Vec::new();
            for incident in incidents::open(db)? {
                let climbing = matches!(incident.phase, Phase::Climbing {});
                let sent = if climbing { deliveries::of(db, incident.id)? } else { vec![] };
                let row = row_as_sent(&incident, &sent, now, zone);
                rows.push(row);
            }
            // The overdue first, then the worst, then the soonest due.
            rows.sort_by_key(|row| (!row.late, std::cmp::Reverse(row.severity), row.next_at));
            Ok(Board { rows, tasks: following::tasks(db, now)?, drafts: drafts::all(db)? })
        })
        .await
    }

    pub async fn search(&self, query: String) -> Answer<Vec<BoardRow>> {
        let now = self.now();
        self.read(move |db| {
            let zone = lookup::desk(db)?.tz();
            Ok(search::find(db, &query)?.iter().map(|incident| row(incident, now, zone)).collect())
        })
        .await
    }
}

/// One incident as one line.
pub(super) fn row(incident: &Incident, now: Instant, zone: Tz) -> BoardRow {
    let (holder, holder_note) = holder(incident, now, zone);
    let next = due::next_due(incident);
    let awaited = due::awaited(incident);
    let alarmed =
        matches!(incident.phase, Phase::Climbing {}) && incident.climb.as_ref().is_some_and(|climb| climb.alarmed_since.is_some());
    let late = awaited.is_some() || next.is_some_and(|due| due.at < now);
    let words = match (next, awaited) {
        _ if alarmed => "needs you: nobody has it".into(),
        (Some(_), Some(due)) => format!("{} · {} late", due::words(incident, due), spoken_length(now.since(due.at))),
        (Some(due), None) if due.at < now => format!("{} · {} late", due::words(incident, due), spoken_length(now.since(due.at))),
        (Some(due), None) => format!("{} {}", due::words(incident, due), spoken(due.at, now, zone)),
        (None, _) => String::new(),
    };
    BoardRow {
        id: incident.id,
        reference: incident.reference.clone(),
        title: incident.facts.title(),
        severity: incident.severity,
        place: incident.facts.place.clone(),
        filed_at: incident.filed_at,
        filed: spoken(incident.filed_at, now, zone),
        open: incident.is_open(),
        holder,
        holder_note,
        failing: false,
        next: words,
        next_at: next.map(|due| due.at),
        late,
        reports: u32::try_from(incident.reports.len() + 1).unwrap_or(u32::MAX),
        asked: progress::question(incident, now, zone),
    }
}

fn holder(incident: &Incident, now: Instant, zone: Tz) -> (String, String) {
    let say = |at| spoken(at, now, zone);
    match (&incident.phase, &incident.snooze) {
        (Phase::Trying { handed_in: true, .. }, _) => ("nobody yet".into(), format!("filed by {}, to be taken up", incident.filed_by)),
        (Phase::Trying { .. }, Some(snooze)) => ("you".into(), format!("snoozed: {}", snooze.why)),
        (Phase::Trying { until, asked_at: None, .. }, None) => match &incident.opinion {
            Some(opinion) if opinion.is_awaited() => ("you".into(), format!("asked {} at {}", opinion.name, say(opinion.asked_at))),
            _ if *until > now => ("you".into(), format!("trying until {}", say(*until))),
            _ => ("you".into(), "to decide".into()),
        },
        (Phase::Trying { .. }, None) => ("you".into(), "to decide".into()),
        (Phase::Climbing {}, _) => ("nobody yet".into(), level(incident)),
        (Phase::Held { name, .. }, Some(snooze)) => (name.clone(), format!("snoozed: {}", snooze.why)),
        (Phase::Held { name, since, .. }, None) => (name.clone(), format!("on it since {}", say(*since))),
        (Phase::Resolved { at, by, .. }, _) => (String::new(), format!("resolved {} by {by}", say(*at))),
    }
}

fn level(incident: &Incident) -> String {
    incident.climb.as_ref().and_then(|climb| climb.level).map_or_else(String::new, |level| format!("at level {}", level + 1))
}

/// The same, saying how far the alerts have come while nobody has it.
pub(super) fn row_as_sent(incident: &Incident, sent: &[Delivery], now: Instant, zone: Tz) -> BoardRow {
    let mut row = row(incident, now, zone);
    if matches!(incident.phase, Phase::Climbing {})
        && let Some((words, failed)) = furthest(sent, now, zone)
    {
        (row.holder_note, row.failing) = (words, failed);
    }
    // Nothing else waits for a person at the desk.
    let call = sent.iter().rfind(|delivery| delivery.state == DeliveryState::ByHand && delivery.purpose == Purpose::Alert);
    if let Some(call) = call.filter(|_| matches!(incident.phase, Phase::Climbing {})) {
        row.next = format!("call {} now · then {}", call.name, row.next);
    }
    row
}

/// Why what has not been tried yet is not, and until when: "waits until 07:00 (quiet hours)".
pub(super) fn waits(delivery: &Delivery, now: Instant, zone: Tz) -> Option<String> {
    if delivery.state != DeliveryState::Queued || delivery.attempts > 0 {
        return None;
    }
    let at = spoken(delivery.next_attempt_at.filter(|at| *at > now)?, now, zone);
    Some(match delivery.held {
        Some(Held::Gathered) => format!("waits until {at}, gathered with what else there is for {}", delivery.name),
        Some(Held::Quiet) => format!("waits until {at} (quiet hours)"),
        None if delivery.words.is_empty() => format!("waits until {at}"),
        None => format!("waits until {at}: {}", delivery.words),
    })
}

/// How far the alert that came furthest has come, "mail to Marta: accepted 13:55", and whether that is nowhere.
fn furthest(sent: &[Delivery], now: Instant, zone: Tz) -> Option<(String, bool)> {
    let alerts = || sent.iter().filter(|delivery| delivery.purpose == Purpose::Alert);
    // How far an older level's came is no comfort now.
    let newest = alerts().map(|delivery| delivery.step).max();
    let latest = alerts().filter(|delivery| Some(delivery.step) == newest && delivery.state != DeliveryState::Cancelled);
    let best = latest.max_by_key(|delivery| (delivery.state.rung(), delivery.changed_at))?;
    let whom = format!("{} to {}", best.via, best.name);
    if best.state == DeliveryState::Queued && best.attempts > 0 {
        let again = best.next_attempt_at.map_or_else(String::new, |at| format!(", next try {}", spoken(at, now, zone)));
        return Some((format!("{whom}: not sent{again}: {}", best.words), true));
    }
    if let Some(waits) = waits(best, now, zone) {
        return Some((format!("{whom}: {waits}"), false));
    }
    Some((format!("{whom}: {} {}", best.state.word(), spoken(best.changed_at, now, zone)), best.state == DeliveryState::Failed))
}
