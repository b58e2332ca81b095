//! What is made of a draft while it is written: advice, plan, messages, hints.
//! The right-hand column of the wizard; it sends nothing and changes nothing.

use rusqlite::Connection;
use std::collections::BTreeSet;

use super::types::{Asking, Clear, Consideration, LastOne, RenderedMessage, StakeholderView, StepState};
use super::{Answer, Desk, alike, asking, stakeholders};
use crate::channel::carries_files;
use crate::domain::advice::{Advice, advise};
use crate::domain::alike::Link;
use crate::domain::bridge::Bridge;
use crate::domain::brief::{self, Sender};
use crate::domain::channel::ChannelSetup;
use crate::domain::coach::{Coach, Hint, HintTone};
use crate::domain::desk::{DeskRules, DeskSettings};
use crate::domain::directory::Template;
use crate::domain::draft::Draft;
use crate::domain::event::IncidentEvent;
use crate::domain::facts::{FactField, Facts};
use crate::domain::impact::Impact;
use crate::domain::incident::Incident;
use crate::domain::message::Purpose;
use crate::domain::plan::{Contact, Plan};
use crate::domain::preview::{PlanPreview, preview};
use crate::domain::reference::reference;
use crate::domain::severity::Severity;
use crate::domain::time::{Instant, spoken};
use crate::engine::lookup;
use crate::store::{channels, incidents, services};

/// Minutes, in which every step of a sequence comes.
const WHOLE_DAY: u32 = 24 * 60;

impl Desk {
    pub async fn consider(&self, draft: Draft) -> Answer<Consideration> {
        let now = self.now();
        let read = self.read(move |db| Considered::read(db, draft, now)).await?;
        let messages = match read.first_level(now) {
            Some(contacts) => self.rendered(&contacts, &read.as_incident(now), &read.agreed, &read.bridge, &read.channels, now).await,
            None => vec![],
        };
        Ok(read.consideration(&self.coach, messages, now))
    }

    /// The alert to each of them, exactly as each channel would send it. Where a
    /// channel cannot be opened now, the reason stands where the message would.
    pub(super) async fn rendered(
        &self,
        contacts: &[&Contact],
        incident: &Incident,
        (desk, rules): &(DeskSettings, DeskRules),
        bridge: &Bridge,
        channels: &[ChannelSetup],
        now: Instant,
    ) -> Vec<RenderedMessage> {
        let sender = Sender::of(desk).who_meet_at(bridge);
        let message = brief::message(Purpose::Alert, incident, "", &sender, now);
        let mut rendered = Vec::new();
        for contact in contacts {
            if contact.presence.is_away(now) {
                continue;
            }
            let mut shown = BTreeSet::new();
            let tries = contact.tries(incident.severity, WHOLE_DAY, &rules.channels, &incident.wrong_methods);
            for method in tries.into_iter().map(|one| one.method).filter(|method| shown.insert(method.id)) {
                let Some(setup) = channels.iter().find(|setup| setup.id == method.channel) else { continue };
                // What is read out names no files.
                let carried = (setup.provider != lookup::BY_HAND).then(|| carries_files(&setup.provider).is_some());
                let told = carried.map(|carried| brief::with_attachments(message.clone(), &incident.attachments, carried));
                let told = told.as_ref().unwrap_or(&message);
                let (subject, body, limit) = match self.engine.ready(setup.clone()).await {
                    Ok(ready) => {
                        let form = ready.render(told);
                        (form.subject, form.text, form.limit)
                    }
                    Err(cannot) => (None, cannot.to_string(), None),
                };
                let with_files = carried.filter(|_| !incident.attachments.is_empty());
                rendered.push(RenderedMessage {
                    with_files,
                    to: contact.name.clone(),
                    channel_name: method.channel_name.clone(),
                    reach: method.reach,
                    subject,
                    length: u32::try_from(body.chars().count()).unwrap_or(u32::MAX),
                    body,
                    limit: limit.and_then(|limit| u32::try_from(limit).ok()),
                });
            }
        }
        rendered
    }
}

/// The chosen service's name stands in the facts, so that they read by themselves.
pub(super) fn with_service_name(db: &Connection, facts: Facts) -> Answer<Facts> {
    Ok(with_service(db, facts)?.0)
}

/// The same, and what the service is often described with.
fn with_service(db: &Connection, mut facts: Facts) -> Answer<(Facts, Vec<Template>)> {
    let Some(service) = services::all(db)?.into_iter().find(|service| Some(service.id) == facts.service) else {
        return Ok((facts, vec![]));
    };
    facts.customers_in_all = service.customers;
    facts.is_to_try(&service.checklist);
    facts.place = service.name;
    Ok((facts, service.templates))
}

/// A draft with everything that is needed to think about it.
struct Considered {
    draft: Draft,
    /// Of the chosen service.
    templates: Vec<Template>,
    agreed: (DeskSettings, DeskRules),
    bridge: Bridge,
    channels: Vec<ChannelSetup>,
    advice: Advice,
    severity: Severity,
    plan: Option<Plan>,
    /// Incidents that read like it.
    alike: Vec<Incident>,
    asking: Asking,
    /// The latest of the chosen service.
    last: Option<Incident>,
    went_into: Option<Link>,
    told: Vec<StakeholderView>,
}

impl Considered {
    fn read(db: &Connection, mut draft: Draft, now: Instant) -> Answer<Self> {
        let (facts, templates) = with_service(db, draft.facts)?;
        draft.facts = facts;
        let agreed = (lookup::desk(db)?, lookup::rules(db)?);
        let advice = advise(&agreed.1.policy, &draft.answers, now, agreed.0.tz());
        let severity = draft.severity.unwrap_or(advice.severity);
        let path = lookup::path_for(db, draft.path, &draft.facts, severity)?;
        let plan = path.map(|path| lookup::plan(db, path)).transpose()?.flatten();
        let went_into = incidents::filed_as(db, draft.id)?.map(|filed| incidents::goes_on_as(db, filed)).transpose()?;
        // What is part of another already is not joined again.
        let alike = if went_into.is_some() { vec![] } else { alike::to(db, &draft.facts, draft.id, now)? };
        Ok(Self {
            went_into: went_into.as_ref().map(alike::link_to),
            told: stakeholders::by_lists(db, &agreed.1, &draft.facts, severity)?,
            severity,
            asking: asking::before(db, &as_incident(&draft, severity, &agreed.0, now), plan.as_ref(), &agreed.0, now)?,
            plan,
            alike,
            last: draft.facts.service.map_or(Ok(None), |service| incidents::latest_of(db, service))?,
            channels: channels::all(db)?,
            bridge: lookup::bridge(db, &agreed.1, &draft.facts, severity)?,
            templates,
            draft,
            agreed,
            advice,
        })
    }

    /// Who would be contacted first.
    fn first_level(&self, now: Instant) -> Option<Vec<&Contact>> {
        let levels = &self.plan.as_ref()?.levels;
        let first = levels.iter().find(|level| level.why_empty(self.severity, &Default::default(), now).is_none())?;
        Some(first.at(now).into_iter().map(|one| one.contact).collect())
    }

    fn as_incident(&self, now: Instant) -> Incident {
        as_incident(&self.draft, self.severity, &self.agreed.0, now)
    }

    fn consideration(self, coach: &Coach, messages: Vec<RenderedMessage>, now: Instant) -> Consideration {
        let zone = self.agreed.0.tz();
        let facts = &self.draft.facts;
        let plan = match &self.plan {
            Some(plan) => {
                let mut plan = preview(plan, self.severity, &self.agreed.1, now, zone);
                if self.agreed.0.mask_addresses {
                    plan.mask();
                }
                plan
            }
            // Before anybody said where, no path is nobody's fault.
            None if facts.missing().contains(&FactField::Place) => PlanPreview { holes: vec![], ..PlanPreview::without_path() },
            None => PlanPreview::without_path(),
        };
        let hints = coach.hints(facts, &self.draft.answers, &self.templates, now, zone);
        let missing = facts.missing();
        let steps = steps(&self.advice, &plan, &messages, &hints, &missing);
        Consideration {
            went_into: self.went_into,
            told: self.told,
            severity: self.severity,
            impact: Impact::of(facts, None, &self.agreed.0.currency),
            similar: alike::shown(&self.alike, now, zone),
            rising: alike::rising_with_a_draft(&self.alike, facts, now),
            advice: self.advice,
            plan,
            messages,
            hints,
            steps,
            missing,
            asking: self.asking,
            last: self.last.as_ref().map(|last| LastOne {
                reference: last.reference.clone(),
                title: last.facts.title(),
                when: spoken(last.filed_at, now, zone),
            }),
        }
    }
}

/// The incident a draft would be, for the preview of what would be sent.
fn as_incident(draft: &Draft, severity: Severity, desk: &DeskSettings, now: Instant) -> Incident {
    let filed =
        IncidentEvent::Filed { reference: reference(draft.id.0.as_u128() as u64), by: desk.actor(), severity, facts: draft.facts.clone() };
    let incident = Incident::filed(draft.id, &filed, now).expect("a filed event files an incident");
    Incident { answers: draft.answers.clone(), attachments: draft.attachments.clone(), ..incident }
}

/// What makes a brief whole: of these, and of no others, the coach says what is missing.
const ASKED: [FactField; 6] = [FactField::What, FactField::Place, FactField::Who, FactField::Began, FactField::Impact, FactField::Tried];

fn steps(advice: &Advice, plan: &PlanPreview, messages: &[RenderedMessage], hints: &[Hint], missing: &[FactField]) -> Vec<StepState> {
    let state = |step, done, words: String| StepState { step, done, words, clear: None };
    let vague = |field: &FactField| hints.iter().any(|hint| hint.field == *field && hint.tone != HintTone::Good);
    let open = ASKED.iter().filter(|field| missing.contains(field) || vague(field)).count();
    let clear = Clear { facts: ASKED.len() - open, of: ASKED.len() };
    let mut reaches: Vec<&str> = messages.iter().map(|message| message.reach.word()).collect();
    reaches.sort_unstable();
    reaches.dedup();
    let names: Vec<&str> = plan.lines.iter().filter(|line| !line.skipped).map(|line| line.name.as_str()).take(2).collect();
    let details = match missing {
        [] if open == 0 => "clear".to_string(),
        [] => format!("what and where known, {open} to add"),
        [one] => format!("{} is missing", one.word()),
        _ => "what and where are missing".to_string(),
    };
    vec![
        state(1, advice.answered == advice.questions, format!("{} of {} answered", advice.answered, advice.questions)),
        state(
            2,
            !plan.lines.is_empty() && plan.holes.is_empty(),
            if names.is_empty() { "nobody to reach".into() } else { names.join(", then ") },
        ),
        state(3, !messages.is_empty(), if reaches.is_empty() { "by severity".into() } else { reaches.join(", ") }),
        StepState { clear: Some(clear), ..state(4, open == 0, details) },
        state(5, false, "after escalating".into()),
    ]
}
