//! What a desk learns from what is over, as figures and as tables to take along.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use ts_rs::TS;

use super::file::replace;
use super::{Answer, Desk};
use crate::domain::id::IncidentId;
use crate::domain::insights::{Group, Insights, Judgements, LevelAnswers, Reached, Reaching, Span, Spread, insights};
use crate::domain::judgement::Judgement;
use crate::domain::severity::Severity;
use crate::domain::time::{Instant, dated};
use crate::engine::lookup;
use crate::error::Failure;
use crate::formats::csv;
use crate::store::{self, channels, incidents, services};

/// So many are worked out between two writes.
const AT_ONCE: usize = 500;

/// So many of those judged late or needless are named.
const NAMED: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InsightsView {
    /// The day on which the time begins; empty where all of it is looked at.
    pub since: String,
    /// There is nothing but the sample, which is what is shown.
    pub sample: bool,
    /// Something was filed at some time.
    pub any: bool,
    /// Left out, as their records cannot be read.
    pub left_out: u32,
    pub figures: Insights,
    pub learnt_from: Vec<LearntFrom>,
}

/// An escalation that was judged late or needless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LearntFrom {
    pub id: IncidentId,
    pub reference: String,
    pub title: String,
    pub severity: Severity,
    pub filed: String,
    pub judgement: Judgement,
}

/// The numbers behind one of the charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum InsightsTable {
    Weeks,
    Hours,
    Services,
    Severities,
    Levels,
    Channels,
    Drills,
    Answers,
    Judgements,
}

impl Desk {
    /// What is to be said of this time.
    pub async fn insights(&self, span: Span) -> Answer<InsightsView> {
        let left_out = self.work_out().await?;
        let now = self.now();
        self.read(move |db| view(db, span, left_out, now)).await
    }

    /// Writes one table down beside the database and says where.
    pub async fn save_insights(&self, span: Span, table: InsightsTable) -> Answer<String> {
        let figures = self.insights(span).await?.figures;
        let file = self.engine.store.folder().join(format!("insights-{}-{}.csv", table.name(), span.name()));
        let written = file.clone();
        let done = tokio::task::spawn_blocking(move || replace(&file, table.written(&figures).as_bytes())).await;
        let done = done.map_err(|error| Failure::other(error.to_string()))?;
        done.map_err(|error| Failure::other(format!("The file could not be written ({error}). What is on the screen is complete.")))?;
        Ok(written.display().to_string())
    }

    /// Brings what is kept of each incident up to date, some at a time: read beside the others, and written in between.
    /// Returns how many cannot be read.
    async fn work_out(&self) -> Answer<u32> {
        let behind = self.read(|db| Ok(store::insights::behind(db)?)).await?;
        let mut left_out = 0;
        for some in behind.chunks(AT_ONCE) {
            let some = some.to_vec();
            let asked = some.len();
            let worked = self.read(move |db| Ok(some.into_iter().filter_map(|id| store::insights::work_out(db, id)).collect::<Vec<_>>()));
            let worked = worked.await?;
            left_out += asked - worked.len();
            // Nothing on any screen changes by it.
            let kept = self.engine.store.write(move |db| worked.iter().try_for_each(|one| store::insights::keep(db, one)));
            kept.await.map_err(Failure::from)?;
        }
        Ok(u32::try_from(left_out).unwrap_or(u32::MAX))
    }
}

fn view(db: &Connection, span: Span, left_out: u32, now: Instant) -> Answer<InsightsView> {
    let zone = lookup::desk(db)?.tz();
    let (own, any) = store::insights::is_any(db)?;
    let (sample, from) = (any && !own, span.begins(now, zone));
    let services: HashMap<_, _> = services::all(db)?.into_iter().map(|service| (service.id, service.name)).collect();
    let channels: HashMap<_, _> = channels::all(db)?.into_iter().map(|channel| (channel.id, channel.name)).collect();
    let mut figures = insights(&store::insights::since(db, from, sample)?, &services, from, now, zone);
    let mut reaching = Reaching::default();
    store::insights::each_sent(db, from, sample, |sent| reaching.add(sent))?;
    (figures.channels, figures.drills) = reaching.by_channel(&channels);
    let mut learnt_from = Vec::new();
    for id in figures.learnt_from.iter().take(NAMED) {
        let Some(incident) = incidents::find(db, *id)? else { continue };
        let Some(judgement) = incident.judgement else { continue };
        let (title, filed) = (incident.facts.title(), dated(incident.filed_at, zone));
        learnt_from.push(LearntFrom { id: *id, reference: incident.reference, title, severity: incident.severity, filed, judgement });
    }
    let since = from.map_or_else(String::new, |from| from.at(zone).format("%a %-d %b %Y").to_string());
    Ok(InsightsView { since, sample, any, left_out, figures, learnt_from })
}

impl InsightsTable {
    const fn name(self) -> &'static str {
        match self {
            Self::Weeks => "by-week",
            Self::Hours => "by-hour",
            Self::Services => "by-service",
            Self::Severities => "by-severity",
            Self::Levels => "by-level",
            Self::Channels => "channels",
            Self::Drills => "drills",
            Self::Answers => "levels-that-answer",
            Self::Judgements => "judged",
        }
    }

    fn written(self, figures: &Insights) -> String {
        match self {
            Self::Weeks => groups("Week of", &figures.weeks),
            Self::Hours => groups("Hour of the week", &figures.hours),
            Self::Services => groups("Service", &figures.services),
            Self::Severities => groups("Severity", &figures.severities),
            Self::Levels => groups("Level that had it first", &figures.levels),
            Self::Channels => reached(&figures.channels),
            Self::Drills => reached(&figures.drills),
            Self::Answers => answers(&figures.answers),
            Self::Judgements => judged(&figures.judged_by_service),
        }
    }
}

fn groups(of: &str, groups: &[Group]) -> String {
    let columns = [
        of,
        "Filed",
        "Escalated",
        "Nobody ever had it",
        "Taken",
        "Taken: median (min)",
        "Taken: 9 of 10 within (min)",
        "Over",
        "Over: median (min)",
        "Over: 9 of 10 within (min)",
    ];
    let row = |one: &Group| {
        let counted = [one.incidents, one.escalated, one.untaken].map(|n| n.to_string());
        [vec![one.name.clone()], counted.to_vec(), spread(one.acknowledge), spread(one.resolve)].concat()
    };
    csv::write(&columns, &groups.iter().map(row).collect::<Vec<_>>())
}

fn reached(channels: &[Reached]) -> String {
    let columns = [
        "Channel",
        "Tried",
        "Accepted",
        "Delivered",
        "Seen",
        "Answered",
        "Failed",
        "Delivered: times known",
        "Delivered: median (min)",
        "Delivered: 9 of 10 within (min)",
        "Seen: times known",
        "Seen: median (min)",
        "Seen: 9 of 10 within (min)",
        "Answered: times known",
        "Answered: median (min)",
        "Answered: 9 of 10 within (min)",
    ];
    let row = |one: &Reached| {
        let counted = [one.tried, one.accepted, one.delivered, one.seen, one.answered, one.failed].map(|n| n.to_string());
        let lengths = [one.to_deliver, one.to_see, one.to_answer].map(spread).concat();
        [vec![one.channel.clone()], counted.to_vec(), lengths].concat()
    };
    csv::write(&columns, &channels.iter().map(row).collect::<Vec<_>>())
}

fn answers(levels: &[LevelAnswers]) -> String {
    let columns = ["Path", "Level", "Asked", "Answered", "Took it", "Took it: median (min)", "Took it: 9 of 10 within (min)"];
    let row = |one: &LevelAnswers| {
        let counted = [one.asked, one.answered].map(|n| n.to_string());
        [vec![one.path.clone(), one.level.clone()], counted.to_vec(), spread(one.took_after)].concat()
    };
    csv::write(&columns, &levels.iter().map(row).collect::<Vec<_>>())
}

fn judged(services: &[Judgements]) -> String {
    let row = |one: &Judgements| {
        let counted = [one.in_time, one.late, one.needless, one.unjudged].map(|n| n.to_string());
        [vec![one.name.clone()], counted.to_vec()].concat()
    };
    let columns = ["Service", "In time", "Too late", "Not needed", "Not judged"];
    csv::write(&columns, &services.iter().map(row).collect::<Vec<_>>())
}

/// How many, the middle one, and the one within which nine of ten were.
fn spread(spread: Spread) -> Vec<String> {
    vec![spread.count.to_string(), minutes(spread.median), minutes(spread.p90)]
}

/// As a spreadsheet counts with it.
fn minutes(milliseconds: Option<i64>) -> String {
    milliseconds.map_or_else(String::new, |length| format!("{}.{}", length / 60_000, length % 60_000 / 6_000))
}
