//! Incidents that read alike: joined instead of filed twice, linked, or made part of one another.

use chrono_tz::Tz;
use rusqlite::Connection;

use super::board::row;
use super::consider::with_service_name;
use super::types::{BoardRow, Joining, LinkView};
use super::{Answer, Desk, stakeholders};
use crate::domain::alike::{Link, cannot_go_on_as, rising};
use crate::domain::attachment::{self, Attachment};
use crate::domain::brief;
use crate::domain::command::Command;
use crate::domain::commitment::{Kind, Origin, Wanted};
use crate::domain::facts::Facts;
use crate::domain::id::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::time::{DAY, Instant};
use crate::domain::trouble;
use crate::engine::record::{self, Agreed};
use crate::engine::told_of;
use crate::error::Failure;
use crate::host::Change;
use crate::store::{Result, StoreError, drafts, incidents, search};

/// What was resolved may come back for so long.
const RECENT: i64 = 7 * DAY;

/// As many as are counted.
const COUNTED: usize = 20;

/// As many as are worth showing.
const SHOWN: usize = 3;

impl Desk {
    /// What the draft says goes to an incident that is open, and the draft ends.
    pub async fn join(&self, joining: Joining) -> Answer<()> {
        let now = self.now();
        let linked = joining.draft.links.iter().map(|link| Change::Incident(link.incident));
        let changes: Vec<Change> = linked.chain([Change::Incident(joining.into), Change::Drafts]).collect();
        self.write(changes, move |db| {
            let agreed = Agreed::read(db, now)?;
            let Joining { draft, into, share, raise } = joining;
            match incidents::filed_as(db, draft.id)? {
                Some(own) if own.id == draft.id => {
                    return Err(Failure::other("This is an incident of its own already. Make it part of the other one on its page."));
                }
                Some(other) if other.id != into => {
                    return Err(Failure::other(format!("This was added to {} already. Nothing was changed.", other.reference)));
                }
                _ => {}
            }
            let before = incidents::find(db, into)?.ok_or(StoreError::Missing)?;
            let by = agreed.desk.actor();
            let facts = with_service_name(db, draft.facts)?;
            let news = brief::reported_again(&facts);
            let report = Command::ReportAgain {
                by: by.clone(),
                source: draft.id,
                reference: None,
                facts,
                told: [].into(),
                colleague: draft.answers.colleague,
            };
            let after = record::command(db, &agreed, into, report, now)?;
            drafts::delete(db, draft.id)?;
            // The second of two clicks shares nothing again.
            if after.reports.len() == before.reports.len() {
                return Ok(());
            }
            links_come_along(db, &agreed, &after, &draft.links, now)?;
            // What has no room there refuses the whole, and the draft stays as it is.
            record::command(db, &agreed, into, Command::Attach { by: by.clone(), attachments: draft.attachments }, now)?;
            if let Some(to) = raise.filter(|to| *to > after.severity) {
                let why = rising_with(&self::to(db, &after.facts, into, now)?, &after, now);
                let why = why.unwrap_or_else(|| format!("Reported {} times", after.reports.len() + 1));
                record::command(
                    db,
                    &agreed,
                    into,
                    Command::ChangeSeverity { to, why, alone: *agreed.rules.policy.carry_on_minutes.of(to) },
                    now,
                )?;
            }
            stakeholders::inform(db, &agreed, into, stakeholders::of_draft(db, draft.stakeholders)?, now)?;
            if share && !after.told.is_empty() {
                record::command(db, &agreed, into, Command::ShareUpdate { by, text: news, also_told: false }, now)?;
            }
            Ok(())
        })
        .await
    }

    pub async fn link(&self, one: IncidentId, other: IncidentId) -> Answer<()> {
        self.with_two(one, other, link).await
    }

    /// The part ends, and goes on as the other one.
    pub async fn merge(&self, part: IncidentId, into: IncidentId) -> Answer<()> {
        self.with_two(part, into, merge).await
    }

    async fn with_two(
        &self,
        one: IncidentId,
        other: IncidentId,
        doing: fn(&Connection, &Agreed, &Incident, &Incident, Instant) -> Answer<()>,
    ) -> Answer<()> {
        let now = self.now();
        self.write([Change::Incident(one), Change::Incident(other), Change::Notices], move |db| {
            let agreed = Agreed::read(db, now)?;
            let find = |id| Answer::Ok(incidents::find(db, id)?.ok_or(StoreError::Missing)?);
            doing(db, &agreed, &find(one)?, &find(other)?, now)
        })
        .await
    }
}

/// Open and recent incidents that read like these facts, the most alike first.
pub(super) fn to(db: &Connection, facts: &Facts, besides: IncidentId, now: Instant) -> Result<Vec<Incident>> {
    search::alike(db, facts, besides, now.plus(-RECENT), COUNTED)
}

/// Those that are shown: where it can still be joined first.
pub(super) fn shown(alike: &[Incident], now: Instant, zone: Tz) -> Vec<BoardRow> {
    let open = alike.iter().filter(|one| one.is_open());
    open.chain(alike.iter().filter(|one| !one.is_open())).take(SHOWN).map(|incident| row(incident, now, zone)).collect()
}

/// The open ones beside an incident that is filed, without those it is linked with already.
pub(super) fn beside(alike: &[Incident], incident: &Incident, now: Instant, zone: Tz) -> Vec<BoardRow> {
    let linked = |one: &&Incident| incident.links.iter().any(|link| link.incident == one.id);
    let open = alike.iter().filter(|one| incident.is_open() && one.is_open() && !linked(one));
    open.take(SHOWN).map(|one| row(one, now, zone)).collect()
}

/// That they become more, the one that is looked at included.
pub(super) fn rising_with(alike: &[Incident], this: &Incident, now: Instant) -> Option<String> {
    rising(&std::iter::once(this).chain(of_one_trouble(alike, &this.facts)).flat_map(times).collect::<Vec<_>>(), now)
}

/// The same with one that is only being written.
pub(super) fn rising_with_a_draft(alike: &[Incident], draft: &Facts, now: Instant) -> Option<String> {
    rising(&of_one_trouble(alike, draft).flat_map(times).chain([now]).collect::<Vec<_>>(), now)
}

/// What reads alike is worth a look; only what is likely to be the same is counted.
fn of_one_trouble<'a>(alike: &'a [Incident], facts: &Facts) -> impl Iterator<Item = &'a Incident> {
    alike.iter().filter(|one| trouble::is_one(facts, &one.facts))
}

/// When it was filed, and reported again. What became part of another is counted there.
fn times(incident: &Incident) -> Vec<Instant> {
    std::iter::once(incident.filed_at).chain(incident.reports.iter().map(|report| report.at)).collect()
}

pub(super) fn link_to(incident: &Incident) -> Link {
    Link { incident: incident.id, reference: incident.reference.clone() }
}

/// Both of them say it.
fn link(db: &Connection, agreed: &Agreed, one: &Incident, other: &Incident, now: Instant) -> Answer<()> {
    for (from, to) in [(one, other), (other, one)] {
        let command = Command::Link { by: agreed.desk.actor(), with: link_to(to), title: to.facts.title() };
        record::command(db, agreed, from.id, command, now)?;
    }
    Ok(())
}

/// What a draft has to do with is what its incident has to do with. Whatever became of the others, it is filed.
pub(super) fn links_come_along(db: &Connection, agreed: &Agreed, into: &Incident, links: &[Link], now: Instant) -> Answer<()> {
    for one in links {
        if let Some(other) = incidents::find(db, one.incident)? {
            link(db, agreed, into, &other, now)?;
        }
    }
    Ok(())
}

/// What is known of it and who was told goes to the other one, where it goes on, as severe as either was; it ends.
fn merge(db: &Connection, agreed: &Agreed, part: &Incident, lead: &Incident, now: Instant) -> Answer<()> {
    let by = agreed.desk.actor();
    if part.is_open() {
        cannot_go_on_as(part, lead).map_or(Ok(()), |why| Err(Failure::other(why)))?;
        let report = Command::ReportAgain {
            by: by.clone(),
            source: part.id,
            reference: Some(part.reference.clone()),
            facts: part.facts.clone(),
            told: told_of(db, part)?.into_iter().collect(),
            colleague: part.answers.colleague,
        };
        record::command(db, agreed, lead.id, report, now)?;
        if part.severity > lead.severity {
            let (to, why) = (part.severity, format!("{} became part of it", part.reference));
            let alone = *agreed.rules.policy.carry_on_minutes.of(to);
            record::command(db, agreed, lead.id, Command::ChangeSeverity { to, why, alone }, now)?;
        }
        files_come_along(db, agreed, lead, part.attachments.clone(), now)?;
        promises_go_along(db, agreed, part, lead, now)?;
        stakeholders::inform(db, agreed, lead.id, stakeholders::of_part(part), now)?;
    }
    record::command(db, agreed, part.id, Command::MergeInto { by, into: link_to(lead), title: lead.facts.title() }, now)?;
    Ok(())
}

/// What was promised is awaited where it goes on.
fn promises_go_along(db: &Connection, agreed: &Agreed, part: &Incident, into: &Incident, now: Instant) -> Answer<()> {
    for one in part.commitments.iter().filter(|one| one.is_open() && one.kind == Kind::Promise).cloned() {
        let from = Origin::Part { reference: part.reference.clone(), reminders: one.reminders, remind_at: one.remind_at };
        let wanted = Wanted::Make { kind: one.kind, person: one.person, name: one.name, what: one.what, due_at: one.due_at, from };
        record::command(db, agreed, into.id, Command::Commitment { by: agreed.desk.actor(), wanted }, now)?;
    }
    Ok(())
}

/// As many of them as the incident has room for.
fn files_come_along(db: &Connection, agreed: &Agreed, into: &Incident, files: Vec<Attachment>, now: Instant) -> Answer<()> {
    let (attachments, _) = attachment::added(&into.attachments, files);
    record::command(db, agreed, into.id, Command::Attach { by: agreed.desk.actor(), attachments }, now)?;
    Ok(())
}

/// The incidents it is linked with as they stand now.
pub(super) fn linked(db: &Connection, incident: &Incident) -> Result<Vec<LinkView>> {
    let mut views = Vec::new();
    for link in &incident.links {
        let other = incidents::find(db, link.incident)?;
        views.push(LinkView {
            link: link.clone(),
            title: other.as_ref().map_or_else(String::new, |other| other.facts.title()),
            open: other.is_some_and(|other| other.is_open()),
        });
    }
    Ok(views)
}
