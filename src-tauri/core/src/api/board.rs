//! The board: who holds what since when, and what happens to it next.

pub(super) mod order;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use chrono_tz::Tz;
use rusqlite::Connection;

use self::order::{Counts, Sieve, as_count, readable};
use super::types::{Board, BoardChoice, BoardChoices, BoardPart, BoardRow, Urgent, UrgentRow};
use super::{Answer, Desk, following};
use crate::domain::climb;
use crate::domain::delivery::DeliveryState;
use crate::domain::desk::DeskRules;
use crate::domain::directory::{Service, Team};
use crate::domain::due::{self, DueKind};
use crate::domain::id::IncidentId;
use crate::domain::incident::{Incident, Phase};
use crate::domain::message::Purpose;
use crate::domain::offers::{self, Offer};
use crate::domain::plan::Try;
use crate::domain::progress;
use crate::domain::time::{Instant, spoken, spoken_length};
use crate::engine::lookup;
use crate::store::deliveries::{Delivery, Held};
use crate::store::{deliveries, drafts, hand_overs, notices, search, services, teams};

impl Desk {
    /// All of it.
    pub async fn board(&self) -> Answer<Board> {
        self.board_part(BoardPart::default()).await
    }

    /// What the window shows of it, which it goes on looking at when it is opened again.
    pub async fn board_in_window(&self, part: BoardPart) -> Answer<Board> {
        let last = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let board = self.board_part(BoardPart { filter: Some(part.filter.unwrap_or(last)), ..part }).await?;
        *self.looked_at.lock().unwrap_or_else(PoisonError::into_inner) = board.filter.clone();
        Ok(board)
    }

    async fn board_part(&self, part: BoardPart) -> Answer<Board> {
        let (now, order) = (self.now(), Arc::clone(&self.order));
        self.read(move |db| {
            let desk = lookup::desk(db)?;
            let (teams, services) = (teams::all(db)?, services::all(db)?);
            let mut order = order.lock().unwrap_or_else(PoisonError::into_inner);
            order.follow(db)?;
            let me = Some(desk.me.as_str()).filter(|me| !me.trim().is_empty());
            let mut filter = part.filter.unwrap_or_default();
            let team = filter.team.and_then(|id| teams.iter().find(|team| team.id == id));
            filter.mine &= me.is_some();
            filter.team = team.map(|team| team.id);
            filter.service = filter.service.filter(|id| services.iter().any(|service| service.id == *id));
            let sieve = Sieve { me: me.filter(|_| filter.mine), team, service: filter.service, severity: filter.severity };
            let sorted = order.sorted(&sieve, now);
            let found_late = sorted.iter().filter(|entry| entry.is_late(now)).count();
            let shown: Vec<IncidentId> = sorted.iter().skip(part.from as usize).take(part.count as usize).map(|entry| entry.id).collect();
            let (open, late) = order.sizes(now);
            let unreadable = as_count(order.unreadable());
            let choices = choices(order.counts(&sieve, me, &teams), me.is_some(), &teams, &services);
            let (found, found_late) = (as_count(sorted.len()), as_count(found_late));
            let with_tasks: Vec<IncidentId> = order.all().filter(|entry| entry.tasks).map(|entry| entry.id).collect();
            drop(order);
            let tasks = following::tasks(db, &with_tasks, now)?;
            let rows = rows(db, &shown, now, desk.tz())?;
            let hand_over = hand_overs::waiting(db)?.map(|given| format!("{} hands this desk to {}", given.by, given.name));
            Ok(Board { filter, rows, found, found_late, open, late, unreadable, choices, hand_over, tasks, drafts: drafts::all(db)? })
        })
        .await
    }

    /// What the tray shows: the most urgent, so many of each kind, and how much there is besides.
    pub async fn urgent(&self, most: usize) -> Answer<Urgent> {
        let (now, order) = (self.now(), Arc::clone(&self.order));
        self.read(move |db| {
            let zone = lookup::desk(db)?.tz();
            let (shown, committed, (open, late)) = {
                let mut order = order.lock().unwrap_or_else(PoisonError::into_inner);
                order.follow(db)?;
                let sorted = order.sorted(&Sieve::default(), now);
                let shown: Vec<IncidentId> = sorted.iter().take(most).map(|entry| entry.id).collect();
                (shown, order.committed(most), order.sizes(now))
            };
            let mut rows = Vec::new();
            for id in shown {
                let Some(incident) = readable(db, id) else { continue };
                let sent = sent_of(db, &incident)?;
                rows.push(urgent(&incident, row_as_sent(&incident, &sent, now, zone)));
            }
            let committed = following::asked_for(db, &committed, most, now)?;
            Ok(Urgent { open, late, rows, committed, unread_notices: notices::unread(db)? })
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

fn rows(db: &Connection, ids: &[IncidentId], now: Instant, zone: Tz) -> Answer<Vec<BoardRow>> {
    let rules = lookup::rules(db)?;
    let mut rows = Vec::new();
    for id in ids {
        let Some(incident) = readable(db, *id) else { continue };
        let sent = sent_of(db, &incident)?;
        rows.push(BoardRow { how: how(&incident, &rules), ..row_as_sent(&incident, &sent, now, zone) });
    }
    Ok(rows)
}

/// How what is due next happens: "by itself: Mail, Signal". Empty where a person is awaited already.
fn how(incident: &Incident, rules: &DeskRules) -> String {
    let Some(next) = due::next_due(incident).filter(|_| due::awaited(incident).is_none()) else { return String::new() };
    match next.kind {
        DueKind::Climb | DueKind::Repeat => {
            let level = match next.kind {
                DueKind::Climb => climb::planned_level(incident).map(|(level, _)| level),
                _ => incident.climb.as_ref().and_then(|climb| climb.level),
            };
            let level = level.and_then(|level| incident.plan.as_ref()?.levels.get(level));
            let Some(level) = level else { return HERE.into() };
            let contacts = level.at(next.at);
            let tries = contacts
                .iter()
                .flat_map(|one| one.contact.tries(incident.severity, level.minutes, &rules.channels, &incident.wrong_methods));
            let (by_hand, sent): (Vec<Try<'_>>, Vec<Try<'_>>) = tries.partition(|one| one.method.by_hand);
            let ways: BTreeSet<&str> = sent.iter().map(|one| one.method.channel_name.as_str()).collect();
            let sent = ways.into_iter().collect::<Vec<_>>().join(", ");
            match (sent.is_empty(), by_hand.is_empty()) {
                (true, true) => "by itself".into(),
                (false, true) => format!("by itself: {sent}"),
                (true, false) => "you call".into(),
                (false, false) => format!("by itself: {sent}; and you call"),
            }
        }
        DueKind::AcknowledgementExpiry => "by itself, in writing and here".into(),
        DueKind::Word => "by itself, in writing".into(),
        DueKind::SnoozeEnd => "by itself".into(),
        DueKind::TimeIsUp | DueKind::CheckIn | DueKind::Commitment => HERE.into(),
    }
}

/// How the desk is asked.
const HERE: &str = "here and by a notification";

fn sent_of(db: &Connection, incident: &Incident) -> Answer<Vec<Delivery>> {
    Ok(if matches!(incident.phase, Phase::Climbing {}) { deliveries::of(db, incident.id)? } else { vec![] })
}

fn urgent(incident: &Incident, row: BoardRow) -> UrgentRow {
    let offered = offers::offers(incident);
    let nudge = match &incident.phase {
        Phase::Held { by: Some(person), name, .. } => Some((name.clone(), incident.nudges.get(person).copied().unwrap_or(0))),
        _ => None,
    };
    let offers = |offer| offered.contains(&offer);
    UrgentRow { snooze: offers(Offer::Snooze), nudge, escalate: offers(Offer::Further) || offers(Offer::Escalate), row }
}

fn choices(counts: Counts, me: bool, teams: &[Team], services: &[Service]) -> BoardChoices {
    let choice = |id: &dyn ToString, name: &str, count: Option<&u32>| {
        count.map(|count| BoardChoice { id: id.to_string(), name: name.into(), count: *count })
    };
    // What nothing is open of cannot be chosen, but for what is chosen already: the window keeps that.
    let teams = teams.iter().filter_map(|team| choice(&team.id, &team.name, counts.teams.get(&team.id)));
    let services = services.iter().filter_map(|service| choice(&service.id, &service.name, counts.services.get(&service.id)));
    let mut choices = BoardChoices {
        mine: me.then_some(counts.mine),
        teams: teams.collect(),
        services: services.collect(),
        severities: counts.severities,
    };
    choices.teams.sort_by_cached_key(|one| one.name.to_lowercase());
    choices.services.sort_by_cached_key(|one| one.name.to_lowercase());
    choices
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
        how: String::new(),
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
        (Phase::Climbing {}, _) => (if incident.was_held { "nobody any more" } else { "nobody yet" }.into(), level(incident)),
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
