//! The ways in besides the window: what a script hands in, what a link fills in,
//! and what is found in a ticket. A script may file and escalate; a link and a
//! ticket only fill in.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::path::Path as FilePath;

use super::types::{Beginning, TicketRead};
use super::wizard::{advice_on, file};
use super::{Answer, Desk};
use crate::channel::pasted;
use crate::domain::advice::Verdict;
use crate::domain::attachment::Attachment;
use crate::domain::command::Command;
use crate::domain::desk::DeskSettings;
use crate::domain::directory::{Path, Service};
use crate::domain::draft::Draft;
use crate::domain::facts::{Facts, Tried, TriedResult};
use crate::domain::found::{self, Found, fill};
use crate::domain::id::IncidentId;
use crate::domain::incident::{Incident, Phase};
use crate::domain::severity::Severity;
use crate::domain::text::shorten;
use crate::domain::ticket::{self, Around};
use crate::domain::time::Instant;
use crate::engine::lookup;
use crate::engine::record::{self, Agreed, CommandFailure};
use crate::error::{Failure, FailureCode};
use crate::formats::link;
use crate::formats::new::{self, Fault, NewIncident};
use crate::host::Change;
use crate::store::{StoreError, drafts, incidents, keys, paths, services};

/// Who filed it, on the timeline.
const A_SCRIPT: &str = "a script";

/// The longest text that is read as a ticket, in bytes.
const LONGEST_TICKET: usize = 512 * 1024;

/// What became of one new incident, as the script is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedIn {
    /// As people say it on the phone; a draft has none yet.
    pub reference: Option<String>,
    pub id: IncidentId,
    pub state: HandedInState,
    pub severity: Severity,
    /// It was here already, by its key.
    pub again: bool,
    /// Whether a Baton runs that sends, climbs and reminds.
    pub watched: bool,
    /// What is otherwise than one would think.
    pub notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandedInState {
    Draft,
    Filed,
    Escalated,
    Resolved,
}

/// Nothing was filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotFiled {
    /// Something is wrong with what was handed in.
    Faulty(Vec<Fault>),
    /// Something is wrong here.
    Failed(Failure),
}

impl From<StoreError> for NotFiled {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Desk {
    /// Files what a script hands in: all of it, or with one thing wrong nothing. The paths of its files begin at
    /// `folder`.
    pub async fn hand_in(&self, bytes: Vec<u8>, folder: &FilePath) -> Result<Vec<HandedIn>, NotFiled> {
        let all = new::read(&bytes).map_err(NotFiled::Faulty)?;
        let now = self.now();
        let (mut attached, mut faults) = (vec![], vec![]);
        for (at, new) in all.iter().enumerate() {
            let path = path_of(at, all.len());
            attached.push(self.attachments(new, folder, &path, &mut faults).await?);
        }
        let handed = self.engine.store.write(move |db| hand_in(db, all.into_iter().zip(attached).collect(), faults, now)).await?;
        let changes = handed.iter().map(|one| if one.state == HandedInState::Draft { Change::Drafts } else { Change::Incident(one.id) });
        self.written(changes.collect());
        Ok(handed)
    }

    /// Its files, kept; nothing names them yet. Of what is here already by its key nothing is read: its files may be gone
    /// by now.
    async fn attachments(
        &self,
        new: &NewIncident,
        folder: &FilePath,
        path: &str,
        faults: &mut Vec<Fault>,
    ) -> Result<Vec<Attachment>, NotFiled> {
        let mut kept: Vec<Attachment> = vec![];
        let wanted = new.attach.iter().flatten();
        if new.attach.is_none() || self.is_here(new.key.clone()).await? {
            return Ok(kept);
        }
        for (at, name) in wanted.enumerate() {
            match self.keep_from_disk(folder.join(name), kept.clone()).await {
                Ok(attachment) => kept.push(attachment),
                Err(failure) if failure.code == FailureCode::Invalid => {
                    faults.push(Fault { path: format!("{path}.attach[{at}]"), words: failure.message });
                }
                Err(failure) => return Err(NotFiled::Failed(failure)),
            }
        }
        Ok(kept)
    }

    async fn is_here(&self, key: Option<String>) -> Result<bool, NotFiled> {
        let Some(key) = key else { return Ok(false) };
        let known = self.read(move |db| {
            let Some(id) = keys::find(db, &key)? else { return Ok(false) };
            Ok(incidents::filed_as(db, id)?.is_some() || drafts::find(db, id)?.is_some())
        });
        known.await.map_err(NotFiled::Failed)
    }

    /// A new draft with what the link says, beside whatever is being written. The same link
    /// again, before anybody has touched what it filled in, is the same draft.
    pub async fn draft_from_link(&self, link: String) -> Answer<IncidentId> {
        let now = self.now();
        self.write([Change::Drafts], move |db| {
            let linked = link::read(&link);
            let (services, desk) = (services::all(db)?, lookup::desk(db)?);
            let (facts, left_out) = facts_of(&linked.new, &services, &desk, now);
            let mut draft = Draft::begun(now);
            fill(&mut draft, Found { facts, left_out: [linked.left_out, left_out].concat() }, &services);
            let is_the_same = |other: &Draft| {
                let said = |draft: &Draft| (draft.found.clone(), draft.left_out.clone(), without_times(draft.facts.clone()));
                said(other) == said(&draft) && other.answers == draft.answers
            };
            if let Some(same) = drafts::all(db)?.into_iter().find(is_the_same) {
                return Ok(same.id);
            }
            drafts::save(db, &draft)?;
            Ok(draft.id)
        })
        .await
    }

    /// Fills in what is still empty of a draft from where it can begin. Nothing is kept by it.
    pub async fn begin_with(&self, mut draft: Draft, beginning: Beginning) -> Answer<TicketRead> {
        self.read(move |db| {
            let services = services::all(db)?;
            let gone = || Failure::other("There is nothing of that kind (any more). Nothing was changed.");
            let service = services.iter().find(|service| Some(service.id) == draft.facts.service).ok_or_else(gone)?;
            let facts = match beginning {
                Beginning::Template { at } => found::of_template(service.templates.get(at).ok_or_else(gone)?),
                Beginning::Last {} => found::of_last(&incidents::latest_of(db, service.id)?.ok_or_else(gone)?.facts, service),
            };
            let filling = found::begin_with(&mut draft, facts, &services);
            Ok(TicketRead { draft, filling })
        })
        .await
    }

    /// Fills in what is still empty of a draft with what is found in a ticket or a mail.
    /// Nothing is kept by it: the draft goes back to whoever writes on it.
    pub async fn read_ticket(&self, mut draft: Draft, text: String) -> Answer<TicketRead> {
        if text.len() > LONGEST_TICKET {
            let words = format!("This is {} kB long, which is no ticket. Paste the part that says what is wrong.", text.len() / 1024);
            return Err(Failure::invalid("ticket", words));
        }
        let now = self.now();
        self.read(move |db| {
            let (services, desk) = (services::all(db)?, lookup::desk(db)?);
            let around = Around { now, zone: desk.tz(), currency: &desk.currency, services: &services };
            let found = ticket::read(&pasted::text(&text), &around);
            let filling = fill(&mut draft, found, &services);
            Ok(TicketRead { draft, filling })
        })
        .await
    }
}

/// What was tried without a time of its own has the moment at which the link was opened.
fn without_times(mut facts: Facts) -> Facts {
    for tried in &mut facts.tried {
        tried.at = Instant(0);
    }
    facts
}

/// Where it stands in what came in.
fn path_of(at: usize, of: usize) -> String {
    if of == 1 { "$".into() } else { format!("$[{at}]") }
}

/// With `faults` that were found before.
fn hand_in(
    db: &Connection,
    all: Vec<(NewIncident, Vec<Attachment>)>,
    mut faults: Vec<Fault>,
    now: Instant,
) -> Result<Vec<HandedIn>, NotFiled> {
    let here = Here { db, agreed: Agreed::read(db, now)?, services: services::all(db)?, paths: paths::all(db)?, now };
    let (of, mut handed) = (all.len(), vec![]);
    for (at, (new, attached)) in all.into_iter().enumerate() {
        match here.take(&new, attached) {
            Ok(one) => handed.push(one),
            Err(NotTaken::Faulty(field, words)) => faults.push(Fault { path: format!("{}.{field}", path_of(at, of)), words }),
            Err(NotTaken::Failed(failure)) => return Err(NotFiled::Failed(failure)),
        }
    }
    if faults.is_empty() { Ok(handed) } else { Err(NotFiled::Faulty(faults)) }
}

/// Why one of them is not taken: a field that is wrong, or something here.
enum NotTaken {
    Faulty(String, String),
    Failed(Failure),
}

impl From<Failure> for NotTaken {
    fn from(failure: Failure) -> Self {
        match (failure.code, failure.details.first()) {
            (FailureCode::Invalid, Some(field)) => Self::Faulty(field.clone(), failure.message),
            _ => Self::Failed(failure),
        }
    }
}

impl From<StoreError> for NotTaken {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<CommandFailure> for NotTaken {
    fn from(failure: CommandFailure) -> Self {
        Failure::from(failure).into()
    }
}

/// The desk as one transaction sees it.
struct Here<'a> {
    db: &'a Connection,
    agreed: Agreed,
    services: Vec<Service>,
    paths: Vec<Path>,
    now: Instant,
}

impl Here<'_> {
    fn take(&self, new: &NewIncident, attached: Vec<Attachment>) -> Result<HandedIn, NotTaken> {
        if let Some(key) = &new.key
            && let Some(id) = keys::find(self.db, key)?
            && let Some(known) = self.again(new, id)?
        {
            return Ok(known);
        }
        let (mut draft, mut notes) = self.draft(new)?;
        draft.attachments = attached;
        if let Some(key) = &new.key {
            keys::put(self.db, key, draft.id, self.now)?;
        }
        let advice = advice_on(&self.agreed, &draft, self.now);
        if new.draft == Some(true) {
            draft.left_out.clone_from(&notes);
            drafts::save(self.db, &draft)?;
            let severity = draft.severity.unwrap_or(advice.severity);
            return Ok(HandedIn {
                reference: None,
                id: draft.id,
                state: HandedInState::Draft,
                severity,
                again: false,
                watched: false,
                notes,
            });
        }
        let incident = file(self.db, &self.agreed, &draft, A_SCRIPT, self.now)?;
        let incident = if new.escalate == Some(true) {
            self.escalate(&draft, &incident)?
        } else {
            if matches!(advice.verdict, Verdict::Escalate {}) {
                notes.push("By its answers this should be escalated, and it was not: \"escalate\" was not true.".into());
            }
            let minutes = *self.agreed.rules.policy.carry_on_minutes.of(incident.severity);
            record::command(self.db, &self.agreed, incident.id, Command::HandIn { minutes }, self.now)?
        };
        Ok(handed_in(&incident, false, notes))
    }

    /// What was handed in by this key before, as it goes on now. It is escalated now where it was only filed, for
    /// whoever says "escalate" must not be told that all is well.
    fn again(&self, new: &NewIncident, id: IncidentId) -> Result<Option<HandedIn>, NotTaken> {
        if let Some(filed) = incidents::filed_as(self.db, id)? {
            let incident = incidents::goes_on_as(self.db, filed)?;
            let elsewhere = (incident.id != id).then(|| format!("It is part of {} by now, which is this one.", incident.reference));
            if new.escalate == Some(true) && matches!(incident.phase, Phase::Trying { .. }) {
                let (draft, mut notes) = self.draft(new)?;
                notes.extend(elsewhere);
                return Ok(Some(handed_in(&self.escalate(&draft, &incident)?, true, notes)));
            }
            return Ok(Some(handed_in(&incident, true, elsewhere.into_iter().collect())));
        }
        let Some(draft) = drafts::find(self.db, id)? else { return Ok(None) };
        if new.draft != Some(true) {
            let words = "There is a draft by this key, which is with whoever writes on it: it is filed from there.";
            return Err(NotTaken::Faulty("key".into(), words.into()));
        }
        let severity = draft.severity.unwrap_or_else(|| advice_on(&self.agreed, &draft, self.now).severity);
        Ok(Some(HandedIn { reference: None, id, state: HandedInState::Draft, severity, again: true, watched: false, notes: vec![] }))
    }

    fn draft(&self, new: &NewIncident) -> Result<(Draft, Vec<String>), NotTaken> {
        let desk = &self.agreed.desk;
        if let Some(currency) = other_currency(new, desk) {
            let words = format!("This desk counts in {}; {currency} is another currency.", desk.currency);
            return Err(NotTaken::Faulty("currency".into(), words));
        }
        let (facts, mut notes) = facts_of(new, &self.services, desk, self.now);
        let mut draft = Draft::begun(self.now);
        fill(&mut draft, Found { facts, left_out: vec![] }, &self.services);
        if new.draft != Some(true) {
            // What a script says is said, and no guess.
            draft.facts.assumed.retain(|field| draft.found.iter().all(|found| found.fact() != *field));
            draft.found.clear();
        }
        draft.answers = new.answers.clone().unwrap_or_default();
        draft.severity = new.severity;
        if let Some(name) = &new.path {
            draft.path = self.paths.iter().find(|path| is_called(&path.name, name)).map(|path| path.id);
            if draft.path.is_none() {
                notes.push(format!("There is no path “{}”; the service's own is taken.", shorten(name, 60)));
            }
        }
        Ok((draft, notes))
    }

    fn escalate(&self, draft: &Draft, incident: &Incident) -> Result<Incident, NotTaken> {
        let path = lookup::path_for(self.db, draft.path, &incident.facts, incident.severity)?;
        let plan = path.map(|path| lookup::plan(self.db, path)).transpose()?.flatten().ok_or_else(|| {
            let words = "There is no path to escalate along: nobody would be called. Name one, or set one up under Directory.";
            NotTaken::Faulty("path".into(), words.into())
        })?;
        let command = Command::Escalate { by: A_SCRIPT.into(), plan };
        Ok(record::command(self.db, &self.agreed, incident.id, command, self.now)?)
    }
}

fn handed_in(incident: &Incident, again: bool, notes: Vec<String>) -> HandedIn {
    let state = match incident.phase {
        Phase::Trying { .. } => HandedInState::Filed,
        Phase::Climbing {} | Phase::Held { .. } => HandedInState::Escalated,
        Phase::Resolved { .. } => HandedInState::Resolved,
    };
    let reference = Some(incident.reference.clone());
    HandedIn { reference, id: incident.id, state, severity: incident.severity, again, watched: false, notes }
}

/// What was said, as the facts of an incident, and what had to be read otherwise than it was meant.
fn facts_of(new: &NewIncident, services: &[Service], desk: &DeskSettings, now: Instant) -> (Facts, Vec<String>) {
    let mut notes = vec![];
    let service = new.service.as_ref().and_then(|name| services.iter().find(|service| is_called(&service.name, name)));
    let place = match (service, &new.service, &new.place) {
        (Some(service), _, place) => {
            if place.as_ref().is_some_and(|place| !is_called(&service.name, place)) {
                notes.push(format!("“place” was left out: “{}” says where.", service.name));
            }
            service.name.clone()
        }
        (None, Some(name), place) if !name.is_empty() => {
            notes.push(format!("There is no service “{}” in the directory; it stands there as words.", shorten(name, 60)));
            place.as_ref().filter(|place| !place.is_empty()).map_or_else(|| name.clone(), |place| format!("{name}, {place}"))
        }
        (None, _, place) => place.clone().unwrap_or_default(),
    };
    let cost_per_hour = match other_currency(new, desk) {
        Some(currency) => {
            notes.push(format!("The cost was left out: it is in {currency}, and this desk counts in {}.", desk.currency));
            None
        }
        None => new.cost_per_hour,
    };
    let tried = new.tried.iter().flatten().map(|tried| Tried {
        what: tried.what.clone(),
        result: tried.result.unwrap_or(TriedResult::NoEffect),
        at: tried.at.unwrap_or(now),
    });
    let facts = Facts {
        what: new.what.clone().unwrap_or_default(),
        service: service.map(|service| service.id),
        place,
        who: new.who.clone().unwrap_or_default(),
        reported_by: new.reported_by.clone().unwrap_or_default(),
        people_affected: new.people_affected,
        began_at: new.began,
        cost_per_hour,
        affected_percent: new.affected_percent,
        orders_per_hour: new.orders_per_hour,
        customers_affected: new.customers_affected,
        tried: tried.collect(),
        ..Facts::default()
    };
    (facts, notes)
}

/// The currency that was named, where it is not the desk's.
fn other_currency(new: &NewIncident, desk: &DeskSettings) -> Option<String> {
    let named = new.currency.as_ref().filter(|currency| new.cost_per_hour.is_some() && !currency.is_empty())?;
    (!named.eq_ignore_ascii_case(&desk.currency)).then(|| shorten(named, 20))
}

fn is_called(name: &str, said: &str) -> bool {
    name.trim().to_lowercase() == said.trim().to_lowercase()
}
