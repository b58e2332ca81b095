//! The five steps before anything is sent: drafts, what is made of them, and the
//! three ways out of the wizard: escalate, ask a colleague, carry on.

use rusqlite::Connection;

use super::board::row;
use super::types::{Consideration, OpinionRequest, RenderedMessage, StepState};
use super::{Answer, Desk};
use crate::channel::Ready;
use crate::domain::advice::{Advice, Verdict, advise};
use crate::domain::brief::{self, Sender};
use crate::domain::channel::ChannelSetup;
use crate::domain::coach;
use crate::domain::command::Command;
use crate::domain::decide::checked_facts;
use crate::domain::desk::{DeskRules, DeskSettings};
use crate::domain::draft::Draft;
use crate::domain::event::IncidentEvent;
use crate::domain::facts::{FactField, Facts};
use crate::domain::id::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::message::Purpose;
use crate::domain::plan::Plan;
use crate::domain::preview::{PlanPreview, preview};
use crate::domain::reference::reference;
use crate::domain::severity::Severity;
use crate::domain::text::clean_line;
use crate::domain::time::Instant;
use crate::engine::lookup;
use crate::engine::record::{self, Agreed};
use crate::error::Failure;
use crate::host::Change;
use crate::store::{channels, drafts, incidents, people, search, services};

/// The most similar incidents that are worth showing beside a draft.
const SIMILAR: usize = 3;

impl Desk {
    pub async fn new_draft(&self) -> Answer<Draft> {
        let now = self.now();
        Ok(Draft {
            id: IncidentId::new(now),
            began_at: now,
            saved_at: now,
            step: 1,
            answers: Default::default(),
            facts: Facts::default(),
            severity: None,
            path: None,
            against_advice: String::new(),
        })
    }

    pub async fn draft(&self, id: IncidentId) -> Answer<Option<Draft>> {
        self.read(move |db| Ok(drafts::find(db, id)?)).await
    }

    /// Kept as typed: a draft is not judged, only an incident is.
    pub async fn save_draft(&self, mut draft: Draft) -> Answer<()> {
        draft.saved_at = self.now();
        draft.step = draft.step.clamp(1, 5);
        self.write([Change::Drafts], move |db| {
            // A save that was under way when it was filed must not bring it back.
            if incidents::find(db, draft.id)?.is_some() { Ok(()) } else { Ok(drafts::save(db, &draft)?) }
        })
        .await
    }

    pub async fn discard_draft(&self, id: IncidentId) -> Answer<()> {
        self.write([Change::Drafts], move |db| Ok(drafts::delete(db, id)?)).await
    }

    /// What is made of the draft so far. Sends nothing and changes nothing.
    pub async fn consider(&self, draft: Draft) -> Answer<Consideration> {
        let now = self.now();
        let read = self.read(move |db| Considered::read(db, draft, now)).await?;
        let messages = self.messages(&read, now);
        Ok(read.consideration(messages, now))
    }

    pub async fn escalate(&self, draft: Draft) -> Answer<IncidentId> {
        let id = draft.id;
        self.file_and(draft, |db, agreed, draft, incident, now| {
            let Some(path) = lookup::path_for(db, draft.path, &incident.facts)? else {
                return Err(Failure::invalid(
                    "path",
                    "There is no path to escalate along. Add one under Directory, or choose one in step 2. Your draft is kept.",
                ));
            };
            let plan = lookup::plan(db, path)?
                .ok_or_else(|| Failure::invalid("path", "That path was removed. Choose another in step 2. Your draft is kept."))?;
            let by = agreed.desk.actor();
            record::command(db, agreed, incident.id, Command::Escalate { by, plan }, now)?;
            Ok(())
        })
        .await?;
        Ok(id)
    }

    pub async fn carry_on(&self, draft: Draft, minutes: u32) -> Answer<IncidentId> {
        let id = draft.id;
        self.file_and(draft, move |db, agreed, _, incident, now| {
            record::command(db, agreed, incident.id, Command::CarryOn { minutes }, now)?;
            Ok(())
        })
        .await?;
        Ok(id)
    }

    pub async fn ask_colleague(&self, draft: Draft, request: OpinionRequest) -> Answer<IncidentId> {
        let id = draft.id;
        self.file_and(draft, move |db, agreed, _, incident, now| {
            let person = people::find(db, request.person)?.ok_or_else(|| Failure::invalid("person", "Choose whom to ask."))?;
            let OpinionRequest { person: id, method, question, minutes } = request;
            let command = Command::AskColleague { person: id, name: person.name, method, question, minutes };
            record::command(db, agreed, incident.id, command, now)?;
            Ok(())
        })
        .await?;
        Ok(id)
    }

    /// Files the draft and does what is to be done with it in one transaction.
    /// Filing the same draft again does nothing.
    async fn file_and(
        &self,
        draft: Draft,
        then: impl FnOnce(&Connection, &Agreed, &Draft, &Incident, Instant) -> Answer<()> + Send + 'static,
    ) -> Answer<()> {
        let now = self.now();
        let id = draft.id;
        self.write([Change::Incident(id), Change::Drafts], move |db| {
            if incidents::find(db, id)?.is_some() {
                return Ok(());
            }
            let agreed = Agreed::read(db, now)?;
            let incident = file(db, &agreed, &draft, now)?;
            then(db, &agreed, &draft, &incident, now)?;
            Ok(drafts::delete(db, id)?)
        })
        .await
    }

    /// What the first level would get, exactly as each channel would send it.
    fn messages(&self, read: &Considered, now: Instant) -> Vec<RenderedMessage> {
        let Some(plan) = &read.plan else { return vec![] };
        let Some(level) = plan.levels.iter().find(|level| level.why_empty(&Default::default(), now).is_none()) else { return vec![] };
        let incident = read.as_incident(now);
        self.rendered(level.contacts.iter(), &incident, &read.agreed, &read.channels, now)
    }

    pub(super) fn rendered<'a>(
        &self,
        contacts: impl Iterator<Item = &'a crate::domain::plan::Contact>,
        incident: &Incident,
        (desk, rules): &(DeskSettings, DeskRules),
        channels: &[ChannelSetup],
        now: Instant,
    ) -> Vec<RenderedMessage> {
        let sender = Sender { me: &desk.me, desk: &desk.name, zone: desk.tz(), currency: &desk.currency };
        let message = brief::message(Purpose::Alert, incident, "", &sender, now);
        let mut rendered = Vec::new();
        for contact in contacts.filter(|contact| !contact.is_away(now)) {
            for method in contact.methods_for(incident.severity, &rules.channels, &incident.wrong_methods) {
                let Some(setup) = channels.iter().find(|setup| setup.id == method.channel) else { continue };
                let Some(form) = self.channels().ready(setup).ok().map(|ready: Ready| ready.render(&message)) else { continue };
                rendered.push(RenderedMessage {
                    to: contact.name.clone(),
                    channel_name: method.channel_name.clone(),
                    reach: method.reach,
                    subject: form.subject,
                    body: form.text,
                    length: u32::try_from(form.length).unwrap_or(u32::MAX),
                    limit: form.limit.and_then(|limit| u32::try_from(limit).ok()),
                });
            }
        }
        rendered
    }
}

fn file(db: &Connection, agreed: &Agreed, draft: &Draft, now: Instant) -> Answer<Incident> {
    let facts = checked_facts(with_service_name(db, draft.facts.clone())?)?;
    let advice = advise(&agreed.rules.policy, &draft.answers, now, agreed.desk.tz());
    let severity = draft.severity.unwrap_or(advice.severity);
    let filed = IncidentEvent::Filed { reference: free_reference(db, draft.id)?, by: agreed.desk.actor(), severity, facts };
    let incident = record::file(db, agreed, draft.id, &filed, false, now)?;
    let against = clean_line(&draft.against_advice);
    let assessed = IncidentEvent::Assessed {
        answers: draft.answers.clone(),
        advice: verdict_words(&advice),
        severity,
        against_advice: (!against.is_empty()).then_some(against),
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

/// The chosen service's name stands in the facts, so that they read by themselves.
fn with_service_name(db: &Connection, mut facts: Facts) -> Answer<Facts> {
    if let Some(service) = services::all(db)?.into_iter().find(|service| Some(service.id) == facts.service) {
        facts.place = service.name;
    }
    Ok(facts)
}

fn verdict_words(advice: &Advice) -> String {
    match &advice.verdict {
        Verdict::Open {} => "not assessed".into(),
        Verdict::Escalate {} => "escalate now".into(),
        Verdict::AskColleague {} => "ask a colleague first".into(),
        Verdict::CarryOn { minutes, .. } => format!("carry on for {minutes} min"),
    }
}

/// A draft with everything that is needed to think about it.
struct Considered {
    draft: Draft,
    agreed: (DeskSettings, DeskRules),
    channels: Vec<ChannelSetup>,
    advice: Advice,
    severity: Severity,
    plan: Option<Plan>,
    similar: Vec<Incident>,
}

impl Considered {
    fn read(db: &Connection, mut draft: Draft, now: Instant) -> Answer<Self> {
        draft.facts = with_service_name(db, draft.facts)?;
        let agreed = (lookup::desk(db)?, lookup::rules(db)?);
        let advice = advise(&agreed.1.policy, &draft.answers, now, agreed.0.tz());
        let path = lookup::path_for(db, draft.path, &draft.facts)?;
        let text = format!("{} {}", draft.facts.what, draft.facts.place);
        Ok(Self {
            severity: draft.severity.unwrap_or(advice.severity),
            plan: path.map(|path| lookup::plan(db, path)).transpose()?.flatten(),
            similar: search::similar_open(db, &text, SIMILAR)?,
            channels: channels::all(db)?,
            draft,
            agreed,
            advice,
        })
    }

    /// The incident this would be, for the preview of what would be sent.
    fn as_incident(&self, now: Instant) -> Incident {
        let filed = IncidentEvent::Filed {
            reference: reference(self.draft.id.0.as_u128() as u64),
            by: self.agreed.0.actor(),
            severity: self.severity,
            facts: self.draft.facts.clone(),
        };
        Incident::filed(self.draft.id, &filed, now).expect("a filed event files an incident")
    }

    fn consideration(self, messages: Vec<RenderedMessage>, now: Instant) -> Consideration {
        let zone = self.agreed.0.tz();
        let facts = &self.draft.facts;
        let plan = match &self.plan {
            Some(plan) => preview(plan, self.severity, &self.agreed.1.channels, now, zone),
            // Before anybody said where, no path is nobody's fault.
            None if facts.missing().contains(&FactField::Place) => PlanPreview { holes: vec![], ..PlanPreview::without_path() },
            None => PlanPreview::without_path(),
        };
        let hints = coach::hints(facts, &self.draft.answers, now, zone);
        let missing = facts.missing();
        let steps = steps(&self.advice, &plan, &messages, &hints, &missing);
        Consideration {
            severity: self.severity,
            cost_so_far: facts.cost_so_far(now).map(|cost| brief::money(cost, &self.agreed.0.currency)),
            similar: self.similar.iter().map(|incident| row(incident, now, zone)).collect(),
            advice: self.advice,
            plan,
            messages,
            hints,
            steps,
            missing,
        }
    }
}

fn steps(
    advice: &Advice,
    plan: &PlanPreview,
    messages: &[RenderedMessage],
    hints: &[coach::Hint],
    missing: &[FactField],
) -> Vec<StepState> {
    let state = |step, done, words: String| StepState { step, done, words };
    let open = hints.iter().filter(|hint| hint.tone != coach::HintTone::Good).count();
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
        state(4, missing.is_empty() && open == 0, details),
        state(5, false, "after escalating".into()),
    ]
}
