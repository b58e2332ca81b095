//! Drafts, and the three ways out of the wizard: escalate, ask a colleague, carry
//! on.

use rusqlite::Connection;

use super::alike;
use super::consider::with_service_name;
use super::types::OpinionRequest;
use super::{Answer, Desk, asking, stakeholders};
use crate::domain::advice::{Advice, advise};
use crate::domain::alike::Link;
use crate::domain::attachment;
use crate::domain::command::Command;
use crate::domain::decide::checked_facts;
use crate::domain::draft::Draft;
use crate::domain::event::IncidentEvent;
use crate::domain::id::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::reference::reference;
use crate::domain::text::clean_line;
use crate::domain::time::Instant;
use crate::domain::why::Advised;
use crate::engine::lookup;
use crate::engine::record::{self, Agreed};
use crate::error::Failure;
use crate::host::Change;
use crate::store::{drafts, incidents};

impl Desk {
    pub async fn new_draft(&self) -> Answer<Draft> {
        Ok(Draft::begun(self.now()))
    }

    pub async fn draft(&self, id: IncidentId) -> Answer<Option<Draft>> {
        self.read(move |db| Ok(drafts::find(db, id)?)).await
    }

    /// Kept as typed: a draft is not judged, only an incident is. Answers with the incident it has become, where it
    /// was filed or joined already: then nothing is kept.
    pub async fn save_draft(&self, mut draft: Draft) -> Answer<Option<Link>> {
        draft.saved_at = self.now();
        draft.step = draft.step.clamp(1, 5);
        self.write([Change::Drafts], move |db| {
            // A save that was under way when it was filed must not bring it back.
            let Some(filed) = incidents::filed_as(db, draft.id)? else {
                drafts::save(db, &draft)?;
                return Ok(None);
            };
            Ok(Some(alike::link_to(&incidents::goes_on_as(db, filed)?)))
        })
        .await
    }

    pub async fn discard_draft(&self, id: IncidentId) -> Answer<()> {
        self.write([Change::Drafts], move |db| Ok(drafts::delete(db, id)?)).await
    }

    pub async fn escalate(&self, draft: Draft) -> Answer<IncidentId> {
        // Whatever was done with it before: it is escalated once this has returned.
        self.file_and(draft, Again::Too, |db, agreed, draft, incident, now| {
            let Some(path) = lookup::path_for(db, draft.path, &incident.facts, incident.severity)? else {
                return Err(Failure::invalid(
                    "path",
                    "There is no path to escalate along: add one under Directory, or choose one for this incident. \"Try … more minutes\" keeps it on the board meanwhile. Your draft is kept.",
                ));
            };
            let plan = lookup::plan(db, path)?
                .ok_or_else(|| Failure::invalid("path", "That path was removed. Choose another in step 2. Your draft is kept."))?;
            let by = agreed.desk.actor();
            record::command(db, agreed, incident.id, Command::Escalate { by, plan }, now)?;
            Ok(())
        })
        .await
    }

    pub async fn carry_on(&self, draft: Draft, minutes: u32) -> Answer<IncidentId> {
        self.file_and(draft, Again::Not, move |db, agreed, _, incident, now| {
            record::command(db, agreed, incident.id, Command::CarryOn { minutes }, now)?;
            Ok(())
        })
        .await
    }

    pub async fn ask_colleague(&self, draft: Draft, request: OpinionRequest) -> Answer<IncidentId> {
        self.file_and(draft, Again::Not, move |db, agreed, _, incident, now| {
            let command = asking::command(db, incident, request, agreed.desk.actor(), now)?;
            record::command(db, agreed, incident.id, command, now)?;
            Ok(())
        })
        .await
    }

    /// Files the draft and does what is to be done with it in one transaction. One that was joined elsewhere is no
    /// incident of its own any more.
    async fn file_and(
        &self,
        draft: Draft,
        again: Again,
        then: impl FnOnce(&Connection, &Agreed, &Draft, &Incident, Instant) -> Answer<()> + Send + 'static,
    ) -> Answer<IncidentId> {
        let now = self.now();
        let linked = draft.links.iter().map(|link| Change::Incident(link.incident));
        let changes: Vec<Change> = linked.chain([Change::Incident(draft.id), Change::Drafts]).collect();
        self.write(changes, move |db| {
            let agreed = Agreed::read(db, now)?;
            let filed = incidents::filed_as(db, draft.id)?;
            let joined = filed.as_ref().is_some_and(|filed| filed.id != draft.id);
            let filed = filed.map(|filed| incidents::goes_on_as(db, filed)).transpose()?;
            if let (Some(into), true) = (&filed, joined) {
                return Err(Failure::other(format!(
                    "This was added to {} already, and it goes on there. Nothing was escalated and nobody was asked; what you wrote is still here.",
                    into.reference
                )));
            }
            let incident = match (filed, again) {
                (Some(filed), Again::Not) => return Ok(filed.id),
                (Some(filed), Again::Too) => filed,
                (None, _) => file(db, &agreed, &draft, &agreed.desk.actor(), now)?,
            };
            then(db, &agreed, &draft, &incident, now)?;
            stakeholders::inform(db, &agreed, incident.id, stakeholders::of_draft(db, draft.stakeholders.clone())?, now)?;
            alike::links_come_along(db, &agreed, &incident, &draft.links, now)?;
            drafts::delete(db, draft.id)?;
            Ok(incident.id)
        })
        .await
    }
}

/// What a draft that was filed already has done to it.
#[derive(Clone, Copy)]
enum Again {
    /// Nothing: it is the second of two clicks.
    Not,
    Too,
}

pub(super) fn advice_on(agreed: &Agreed, draft: &Draft, now: Instant) -> Advice {
    advise(&agreed.rules.policy, &draft.answers, now, agreed.desk.tz())
}

/// Files a draft in the name of whoever does.
pub(super) fn file(db: &Connection, agreed: &Agreed, draft: &Draft, by: &str, now: Instant) -> Answer<Incident> {
    let facts = checked_facts(with_service_name(db, draft.facts.clone())?)?;
    let advice = advice_on(agreed, draft, now);
    let severity = draft.severity.unwrap_or(advice.severity);
    let filed = IncidentEvent::Filed { reference: free_reference(db, draft.id)?, by: by.into(), severity, facts };
    let mut incident = record::file(db, agreed, draft.id, &filed, false, now)?;
    // Whatever of it may not be there keeps nobody from escalating.
    let (attachments, _) = attachment::added(&[], draft.attachments.clone());
    if !attachments.is_empty() {
        incident = record::append_filed(db, agreed, incident, &IncidentEvent::Attached { by: by.into(), attachments }, now)?;
    }
    let against = clean_line(&draft.against_advice);
    let assessed = IncidentEvent::Assessed {
        answers: draft.answers.clone(),
        advice: Advised::from(&advice),
        severity,
        against_advice: (!against.is_empty()).then_some(against),
        path: draft.path,
    };
    Ok(record::append_filed(db, agreed, incident, &assessed, now)?)
}

/// A reference nobody has yet, drawn from the random part of the id.
fn free_reference(db: &Connection, id: IncidentId) -> Answer<String> {
    let mut random = id.0.as_u128() as u64;
    for _ in 0..1000 {
        let candidate = reference(random);
        if !incidents::reference_is_taken(db, &candidate)? {
            return Ok(candidate);
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    }
    Err(Failure::other("No free reference was found. Your draft is kept; try again."))
}
