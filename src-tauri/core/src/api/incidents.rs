//! Step 5: one incident as it is seen, and what is done with it.

use std::collections::BTreeSet;

use super::board::{row_as_sent, waits};
use super::consider::with_service_name;
use super::types::{
    Action, BridgeView, CallTask, Deciding, DeliveryView, Doing, EditPreview, FileSent, IncidentView, NextStep, RoomView, Try, WrongNumber,
};
use super::{Answer, Desk, alike, asking, following, stakeholders};
use crate::domain::advice::advise;
use crate::domain::bridge::Bridge;
use crate::domain::brief::{self, Sender};
use crate::domain::command::Command;
use crate::domain::commitment::{Kind, Origin, Wanted};
use crate::domain::decide::checked_facts;
use crate::domain::delivery::{self, DeliveryState};
use crate::domain::desk::{DeskRules, DeskSettings};
use crate::domain::difference::{difference, gave_way};
use crate::domain::edited::edited;
use crate::domain::event::CallOutcome;
use crate::domain::facts::Facts;
use crate::domain::id::{DeliveryId, IncidentId};
use crate::domain::impact::Impact;
use crate::domain::incident::{Incident, Phase};
use crate::domain::plan::{Contact, PlanLevel};
use crate::domain::preview::{PlanPreview, preview};
use crate::domain::progress::{self, MORE};
use crate::domain::time::{Instant, spoken};
use crate::domain::{climb, contact, due, offers, timeline};
use crate::engine::record::{self, Agreed};
use crate::engine::{calls_on_its_own, lookup, reaching};
use crate::error::Failure;
use crate::host::Change;
use crate::store::attempts::Attempt;
use crate::store::deliveries::Delivery;
use crate::store::parcels::{Parcel, ParcelState};
use crate::store::rooms::{Room, RoomState};
use crate::store::{StoreError, attempts, channels, deliveries, events, incidents, parcels, people, rooms};

impl Desk {
    pub async fn incident(&self, id: IncidentId) -> Answer<IncidentView> {
        let now = self.now();
        let (
            incident,
            recorded,
            (sent, files),
            attempts,
            agreed,
            (bridge, room),
            channels,
            known,
            (similar, links),
            deciding,
            stakeholders,
        ) = self
            .read(move |db| {
                let incident = incidents::find(db, id)?.ok_or(StoreError::Missing)?;
                let agreed = (lookup::desk(db)?, lookup::rules(db)?);
                let bridge = lookup::bridge(db, &agreed.1, &incident.facts, incident.severity)?;
                let others = (alike::to(db, &incident.facts, id, now)?, alike::linked(db, &incident)?);
                let deciding = deciding(db, &incident, &agreed, now)?;
                let stakeholders = stakeholders::views(db, &incident);
                Ok((
                    incident,
                    events::of(db, id)?,
                    (deliveries::of(db, id)?, parcels::of(db, id)?),
                    attempts::of(db, id)?,
                    agreed,
                    (bridge, rooms::of(db, id)?),
                    channels::all(db)?,
                    people::all(db)?,
                    others,
                    deciding,
                    stakeholders,
                ))
            })
            .await?;
        let desk = &agreed.0;
        let zone = desk.tz();
        let step = |due: &due::Due| NextStep {
            at: due.at,
            time: spoken(due.at, now, zone),
            kind: due.kind,
            words: due::words(&incident, *due),
            late: due.at < now,
        };
        // Somebody who is on two levels reads the same brief on both.
        let mut named = BTreeSet::new();
        let levels = || incident.plan.iter().flat_map(|plan| &plan.levels);
        let contacts = levels().flat_map(|level| level.at(now)).map(|one| one.contact);
        let contacts: Vec<&Contact> = contacts.filter(|contact| named.insert(contact.person)).collect();
        let gone: BTreeSet<&str> = levels()
            .flat_map(PlanLevel::everybody)
            .filter(|contact| incident.is_open() && known.iter().all(|person| person.id != contact.person))
            .map(|contact| contact.name.as_str())
            .collect();
        let note =
            |name: &str| format!("{name} was removed from the directory. This escalation keeps its plan and calls them all the same.");
        Ok(IncidentView {
            row: row_as_sent(&incident, &sent, now, zone),
            timeline: timeline::entries(&recorded, &desk.currency, zone, now),
            next: due::dues(&incident).iter().map(step).collect(),
            deliveries: sent.iter().map(|delivery| delivery_view(delivery, &attempts, &files, desk, now)).collect(),
            calls: sent
                .iter()
                .filter(|delivery| delivery.state == DeliveryState::ByHand)
                .map(|delivery| call_task(delivery, &incident, desk, &bridge, now))
                .collect(),
            wrong_numbers: wrong_numbers(&incident, desk),
            impact: Impact::of_incident(&incident, &desk.currency),
            further: climb::further(&incident),
            carry_on_minutes: match incident.phase {
                Phase::Trying { attempt: Some(_), .. } => MORE,
                _ => *agreed.1.policy.carry_on_minutes.of(incident.severity),
            },
            deciding,
            offers: offers::offers(&incident),
            check_in: following::check_in(&incident, &agreed.1),
            candidates: offers::candidates(&incident),
            stakeholders,
            next_word: stakeholders::next_word(&incident, now, zone),
            brief: self.rendered(&contacts, &incident, &agreed, &bridge, &channels, now).await,
            notes: gone.into_iter().map(note).collect(),
            rising: incident.is_open().then(|| alike::rising_with(&similar, &incident, now)).flatten(),
            similar: alike::beside(&similar, &incident, now, zone),
            links,
            room: room.as_ref().map(room_view),
            bridge: (!bridge.is_none() && incident.is_open()).then(|| BridgeView {
                link: bridge.link.clone(),
                dial_in: if bridge.phone.is_empty() { String::new() } else { bridge.dial_in() },
            }),
            incident,
        })
    }

    /// What would come of an edit that began with the facts as they were `opened`.
    pub async fn what_changes(&self, id: IncidentId, opened: Facts, facts: Facts) -> Answer<EditPreview> {
        let now = self.now();
        self.read(move |db| {
            let incident = incidents::find(db, id)?.ok_or(StoreError::Missing)?;
            let edited = edited(&opened, &facts, &incident.facts);
            // What would be refused changes nothing.
            let facts = known_facts(db, &incident, edited.facts).and_then(|facts| Ok(checked_facts(facts)?));
            let desk = lookup::desk(db)?;
            let preview = |facts| EditPreview {
                news: changes(&incident, &facts, &desk, now),
                gives_way: gave_way(&edited.overwritten, &incident.facts, &desk.currency, desk.tz(), now),
            };
            Ok(facts.map_or_else(|_| EditPreview::default(), preview))
        })
        .await
    }

    /// Does what a person at the desk wants done, in one transaction. Answers with what they should know of it
    /// besides; empty where that is nothing.
    pub async fn act(&self, id: IncidentId, action: Action) -> Answer<String> {
        let now = self.now();
        // A call says of a number whether it is right.
        let calls = matches!(action, Action::RecordCall { .. } | Action::Called { .. } | Action::TakeBackWrongNumber { .. });
        let changes = [Change::Incident(id), Change::Notices].into_iter().chain(calls.then_some(Change::Directory));
        self.write(changes, move |db| {
            let agreed = Agreed::read(db, now)?;
            let incident = incidents::find(db, id)?.ok_or(StoreError::Missing)?;
            let action = with_its_call(db, &agreed, &incident, action, now)?;
            let call = if let Action::RecordCall { delivery, outcome, .. } = &action { Some((*delivery, *outcome)) } else { None };
            let besides = gives_way(&agreed.desk, &incident, &action, now);
            let command = command(db, &agreed, &incident, action, now)?;
            record::command(db, &agreed, id, command, now)?;
            if let Some((delivery, outcome)) = call {
                call_was_made(db, delivery, outcome, now)?;
            }
            Ok(besides)
        })
        .await
    }
}

/// Where it is another service than it was, what is known of that.
fn known_facts(db: &rusqlite::Connection, incident: &Incident, facts: Facts) -> Answer<Facts> {
    if facts.service == incident.facts.service { Ok(facts) } else { with_service_name(db, facts) }
}

/// What an edit replaces that came while it was made.
fn gives_way(desk: &DeskSettings, incident: &Incident, action: &Action, now: Instant) -> String {
    let Action::ChangeFacts { opened, facts, .. } = action else { return String::new() };
    gave_way(&edited(opened, facts, &incident.facts).overwritten, &incident.facts, &desk.currency, desk.tz(), now)
}

fn changes(incident: &Incident, facts: &Facts, desk: &DeskSettings, now: Instant) -> String {
    difference(&incident.facts, facts, &desk.currency, desk.tz(), now)
}

/// A call that nobody was asked to make is put on the list first; the one that waits there for the same number is it.
fn with_its_call(db: &rusqlite::Connection, agreed: &Agreed, incident: &Incident, action: Action, now: Instant) -> Answer<Action> {
    let Action::Called { person, method, outcome, note, took_it } = action else { return Ok(action) };
    let waits = |delivery: &&Delivery| delivery.method == method && delivery.state == DeliveryState::ByHand;
    let waiting = deliveries::of(db, incident.id)?.iter().rfind(waits).map(|delivery| delivery.id);
    let delivery = waiting.map_or_else(|| calls_on_its_own(db, agreed, incident, person, method, now), |known| Ok(Some(known)))?;
    let delivery = delivery.ok_or_else(|| Failure::invalid("method", "That number is not on this incident's plan (any more)."))?;
    Ok(Action::RecordCall { delivery, outcome, note, took_it })
}

/// The action with everything looked up that deciding needs.
fn command(db: &rusqlite::Connection, agreed: &Agreed, incident: &Incident, action: Action, now: Instant) -> Answer<Command> {
    let by = agreed.desk.actor();
    let name_of = |id| {
        Ok::<_, Failure>(
            people::find(db, id)?.ok_or_else(|| Failure::invalid("person", "That person is not in the directory (any more)."))?.name,
        )
    };
    Ok(match action {
        Action::Acknowledge { person, name, how } => {
            let name = person.map_or(Ok(name), name_of)?;
            Command::Acknowledge { person, name, how }
        }
        Action::StillOnIt {} => Command::StillOnIt,
        Action::HandBack { why } => Command::HandBack { why },
        Action::EscalateFurther { from_level, from_round } => Command::EscalateFurther { from_level, from_round },
        Action::Escalate {} => {
            let before = incident.plan.as_ref().map(|plan| plan.path);
            let path = lookup::path_for(db, before.or(incident.path), &incident.facts, incident.severity)?;
            let plan = path.map(|path| lookup::plan(db, path)).transpose()?.flatten();
            let plan =
                plan.ok_or_else(|| Failure::invalid("path", "There is no path to escalate along. Add one under Directory first."))?;
            Command::Escalate { by, plan }
        }
        Action::CarryOn { minutes } => Command::CarryOn { minutes },
        Action::AskColleague { request } => asking::command(db, incident, request, by, now)?,
        Action::ColleagueSaid { view, words } => Command::ColleagueSaid { view, words },
        Action::CheckIn { note } => Command::CheckIn { by, note },
        Action::Snooze { minutes, why } => Command::Snooze { minutes, why },
        Action::WakeUp {} => Command::WakeUp,
        Action::Nudge { person } => Command::Nudge { person, name: name_of(person)? },
        Action::ShareUpdate { text } => Command::ShareUpdate { by, text, also_told: false },
        Action::ShareWithAll { text } => Command::ShareUpdate { by, text, also_told: true },
        Action::Inform { people } => Command::Inform { by, people: stakeholders::chosen(db, people)? },
        Action::InformNoMore { person } => Command::InformNoMore { by, person },
        Action::ChangeSeverity { severity, why } => {
            Command::ChangeSeverity { to: severity, why, alone: *agreed.rules.policy.carry_on_minutes.of(severity) }
        }
        Action::ChangeFacts { opened, facts, tell } => {
            let facts = known_facts(db, incident, edited(&opened, &facts, &incident.facts).facts)?;
            let news = tell.then(|| changes(incident, &facts, &agreed.desk, now));
            Command::ChangeFacts { by, facts, news }
        }
        Action::Attach { attachments } => Command::Attach { by, attachments },
        Action::RecordCall { delivery, outcome, note, took_it } => {
            let delivery = deliveries::find(db, delivery)?.ok_or(StoreError::Missing)?;
            if delivery.incident != incident.id || delivery.state != DeliveryState::ByHand {
                return Err(Failure::other("That call is no longer to be made. Nothing was changed."));
            }
            if outcome == CallOutcome::WrongNumber {
                // What follows is worked out without it.
                deliveries::method_is_wrong(db, &delivery.addressed(), "the number is wrong", now)?;
            }
            Command::RecordCall { call: reaching(db, &delivery.addressed())?, outcome, note, took_it }
        }
        Action::TakeBackWrongNumber { person, method } => Command::TakeBackWrongNumber { person, name: name_of(person)?, method },
        Action::Called { .. } => return Err(Failure::other("That call is not on the list. Nothing was changed.")),
        Action::Resolve { cause, fix, mut follow_ups } => {
            for task in &mut follow_ups {
                if let Some(person) = task.person {
                    task.name = name_of(person)?;
                }
            }
            Command::Resolve { by, cause, fix, follow_ups }
        }
        Action::Reopen { why } => Command::Reopen { by, why },
        Action::Judge { judgement, note } => Command::Judge { by, judgement, note },
        Action::Promise { person, name, what, due } => {
            let name = person.map_or(Ok(name), name_of)?;
            Command::Commitment { by, wanted: Wanted::Make { kind: Kind::Promise, person, name, what, due_at: due, from: Origin::Desk } }
        }
        Action::Task { person, name, what, due } => {
            let name = person.map_or(Ok(name), name_of)?;
            Command::Commitment { by, wanted: Wanted::Make { kind: Kind::Task, person, name, what, due_at: due, from: Origin::Desk } }
        }
        Action::Commitment { number, doing } => {
            let wanted = match doing {
                Doing::Done {} => Wanted::Done { number },
                Doing::Move { to, why } => Wanted::Move { number, to, why },
                Doing::PutOff { minutes } => Wanted::PutOff { number, minutes },
                Doing::Drop { why } => Wanted::Drop { number, why },
            };
            Command::Commitment { by, wanted }
        }
    })
}

/// What a desk that is still to decide goes by; `None` where it is decided.
fn deciding(
    db: &rusqlite::Connection,
    incident: &Incident,
    (desk, rules): &(DeskSettings, DeskRules),
    now: Instant,
) -> Answer<Option<Deciding>> {
    if !matches!(incident.phase, Phase::Trying { .. }) {
        return Ok(None);
    }
    let path = lookup::path_for(db, incident.path, &incident.facts, incident.severity)?;
    let plan = path.map(|path| lookup::plan(db, path)).transpose()?.flatten();
    let asking = asking::before(db, incident, plan.as_ref(), desk, now)?;
    let mut shown = match &plan {
        Some(plan) => preview(plan, incident.severity, rules, now, desk.tz()),
        None => PlanPreview::without_path(),
    };
    if desk.mask_addresses {
        shown.mask();
    }
    Ok(Some(Deciding { advice: advise(&rules.policy, &progress::answers(incident, now), now, desk.tz()), plan: shown, asking }))
}

fn wrong_numbers(incident: &Incident, desk: &DeskSettings) -> Vec<WrongNumber> {
    let contacts = incident.plan.iter().flat_map(|plan| &plan.levels).flat_map(PlanLevel::everybody);
    let wrong = contacts.flat_map(|contact| contact.methods.iter().map(move |method| (contact, method)));
    let mut named = BTreeSet::new();
    wrong
        .filter(|(_, method)| method.by_hand && incident.wrong_methods.contains(&method.id) && named.insert(method.id))
        .map(|(contact, method)| WrongNumber {
            person: contact.person,
            method: method.id,
            name: contact.name.clone(),
            number: desk.shown(&method.address),
        })
        .collect()
}

/// A call that was made leaves the list of calls to make.
fn call_was_made(db: &rusqlite::Connection, id: DeliveryId, outcome: CallOutcome, now: Instant) -> Answer<()> {
    let state = if outcome == CallOutcome::Answered { DeliveryState::Delivered } else { DeliveryState::Failed };
    let standing = deliveries::Standing { state, words: outcome.word(), next_attempt_at: None, provider_id: None };
    Ok(deliveries::stands(db, id, &standing, now)?)
}

fn delivery_view(delivery: &Delivery, attempts: &[Attempt], files: &[Parcel], desk: &DeskSettings, now: Instant) -> DeliveryView {
    let zone = desk.tz();
    let tries = attempts.iter().filter(|attempt| attempt.delivery == delivery.id);
    let tries = tries.map(|attempt| Try { time: spoken(attempt.began_at, now, zone), words: attempt_words(attempt) });
    let trying = delivery.state == DeliveryState::Queued && delivery.attempts > 0;
    let state = if trying { "failed, trying again" } else { delivery.state.word() };
    // What only waits says until when, and no other time beside it.
    let waits = waits(delivery, now, zone);
    let again = delivery.next_attempt_at.filter(|at| *at > now && waits.is_none()).map(|at| spoken(at, now, zone));
    let time = if waits.is_some() { String::new() } else { spoken(delivery.changed_at, now, zone) };
    let words = match waits {
        Some(waits) => waits,
        None if delivery.words.is_empty() => state.into(),
        None => format!("{state}: {}", delivery.words),
    };
    DeliveryView {
        id: delivery.id,
        name: delivery.name.clone(),
        via: delivery.via.clone(),
        address: desk.shown(&delivery.address),
        state: delivery.state,
        words,
        at: delivery.changed_at,
        time,
        tries: tries.collect(),
        files: files_sent(files.iter().filter(|one| one.delivery == delivery.id).collect(), now, desk),
        ladder: if delivery.state == DeliveryState::ByHand { vec![] } else { delivery::LADDER.map(String::from).into() },
        reached: delivery::reached(delivery.state, delivery.response),
        answer: delivery.response.map(|response| {
            let when = delivery.responded_at.map(|at| format!(", {}", spoken(at, now, zone))).unwrap_or_default();
            format!("“{}”{when}", response.label(delivery.purpose))
        }),
        next_try: again,
    }
}

const NAMED: &str = "named only: no files go this way";

/// What became of each; where none go this way, that is said once.
fn files_sent(parcels: Vec<&Parcel>, now: Instant, desk: &DeskSettings) -> Vec<FileSent> {
    let (named, carried): (Vec<&Parcel>, Vec<&Parcel>) = parcels.into_iter().partition(|one| one.state == ParcelState::Named);
    let name = match &named[..] {
        [one] => one.attachment.name.clone(),
        many => format!("{} files", many.len()),
    };
    let named = (!named.is_empty()).then(|| FileSent { name, words: NAMED.into(), failed: false });
    named.into_iter().chain(carried.into_iter().map(|one| file_sent(one, now, desk))).collect()
}

fn file_sent(parcel: &Parcel, now: Instant, desk: &DeskSettings) -> FileSent {
    let because = |words: &str| if parcel.words.is_empty() { words.into() } else { format!("{words}: {}", parcel.words) };
    let again = parcel.next_attempt_at.filter(|at| *at > now).map(|at| format!(", again {}", spoken(at, now, desk.tz())));
    let words = match parcel.state {
        ParcelState::Waits => "follows once the message is taken".into(),
        ParcelState::Queued if parcel.attempts == 0 => "follows".into(),
        ParcelState::Queued => format!("{}{}", because("not sent yet"), again.unwrap_or_default()),
        ParcelState::Carrying => "being sent".into(),
        ParcelState::Carried => "sent".into(),
        ParcelState::NotCarried => because("not sent"),
        ParcelState::Named => NAMED.into(),
    };
    FileSent { name: parcel.attachment.name.clone(), words, failed: parcel.state == ParcelState::NotCarried }
}

fn attempt_words(attempt: &Attempt) -> String {
    let outcome = match attempt.outcome.as_str() {
        "" => "under way",
        "accepted" => "accepted",
        "temporary" => "not now",
        "permanent" => "refused",
        _ => "not known whether it arrived",
    };
    if attempt.words.is_empty() { outcome.into() } else { format!("{outcome}: {}", attempt.words) }
}

/// How it stands with the incident's room.
fn room_view(room: &Room) -> RoomView {
    let words = match room.state {
        RoomState::Wanted if room.words.is_empty() => format!("being opened by {}", room.via),
        RoomState::Wanted => format!("not open yet: {}", room.words),
        RoomState::Failed if room.words.is_empty() => "not needed any more".into(),
        RoomState::Failed => format!("could not be opened: {}", room.words),
        RoomState::Open => String::new(),
        RoomState::Closed => "closed".into(),
    };
    RoomView { name: room.name.clone(), link: room.link.clone(), words }
}

/// The words are those of this minute: they are read out, and not yet sent.
fn call_task(delivery: &Delivery, incident: &Incident, desk: &DeskSettings, bridge: &Bridge, now: Instant) -> CallTask {
    let zone = desk.tz();
    let sender = Sender::of(desk).who_meet_at(bridge);
    let purpose = delivery.message.purpose;
    let message = brief::message(purpose, incident, &delivery.message.lead, &sender, now).with_news(delivery.message.news());
    CallTask {
        delivery: delivery.id,
        person: delivery.person,
        name: delivery.name.clone(),
        number: contact::spoken_phone(&delivery.address),
        dial: format!("tel:{}", delivery.address),
        script: brief::call_script(&message),
        since: spoken(delivery.changed_at, now, zone),
        takes: offers::takes_by_call(incident, purpose, delivery.person, &delivery.name),
    }
}
