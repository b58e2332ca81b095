//! Drills: tried, scored, kept as proof, and a report of each.

use std::collections::BTreeSet;

use super::file::replace;
use super::types::{DrillView, Drills};
use super::{Answer, Desk};
use crate::domain::contact;
use crate::domain::desk::DeskSettings;
use crate::domain::drill::{Drill, DrillSchedule, DrillScore, median};
use crate::domain::id::{DeliveryId, DrillId, PersonId};
use crate::domain::time::{Instant, spoken, spoken_length};
use crate::engine::{drill, lookup};
use crate::error::Failure;
use crate::host::Change;
use crate::paper::{self, Passage};
use crate::store::{StoreError, drills, settings};

/// So many of the latest are shown.
const SHOWN: usize = 20;

impl Desk {
    pub async fn drills(&self) -> Answer<Drills> {
        let now = self.now();
        self.read(move |db| {
            let desk = lookup::desk(db)?;
            let schedule = settings::get::<Option<DrillSchedule>>(db, drill::SCHEDULE)?.flatten();
            let next = schedule.and_then(|schedule| schedule.next(drills::last_scheduled(db).ok().flatten(), desk.tz()));
            let latest = drills::latest(db, SHOWN)?;
            let views: Vec<DrillView> = latest
                .into_iter()
                .map(|one| Ok::<_, Failure>(view(one.clone(), drill::scores(db, &one)?, &desk, now)))
                .collect::<Result<_, _>>()?;
            let asked = drill::asked(db, None, now)?;
            Ok(Drills {
                schedule,
                next: next.map(|at| spoken(at, now, desk.tz())),
                people: count(asked.len()),
                messages: count(asked.iter().map(|contact| contact.methods.len()).sum()),
                latest: views,
            })
        })
        .await
    }

    /// Tries these people, or everybody, now.
    pub async fn begin_drill(&self, people: Option<BTreeSet<PersonId>>) -> Answer<DrillId> {
        let now = self.now();
        self.write([Change::Channels], move |db| {
            if let Some(open) = drills::open(db)?.first() {
                let until = spoken(open.ends_at, now, lookup::desk(db)?.tz());
                return Err(Failure::other(format!("A drill is under way until {until}. End it first, or wait for its result.")));
            }
            let by = lookup::desk(db)?.actor();
            let (id, sent) = drill::begin(db, people.as_ref(), &by, now)?;
            if sent == 0 {
                return Err(Failure::other(
                    "Nobody has a way that Baton sends by itself, so there is nothing to try. Numbers are tried by calling them: see the person, under Directory.",
                ));
            }
            Ok(id)
        })
        .await
    }

    pub async fn end_drill(&self, id: DrillId) -> Answer<()> {
        let now = self.now();
        self.write([Change::Channels, Change::Notices], move |db| {
            let known = drills::find(db, id)?.ok_or(StoreError::Missing)?;
            if known.closed { Ok(()) } else { Ok(drill::end(db, &known, now)?) }
        })
        .await
    }

    /// Somebody said that they received it.
    pub async fn drill_received(&self, delivery: DeliveryId) -> Answer<()> {
        let now = self.now();
        self.write([Change::Channels, Change::Directory], move |db| {
            if drill::told(db, delivery, now)? { Ok(()) } else { Err(StoreError::Missing.into()) }
        })
        .await
    }

    /// When drills come by themselves; `None` for never.
    pub async fn save_drill_schedule(&self, schedule: Option<DrillSchedule>) -> Answer<()> {
        let now = self.now();
        if let Some(schedule) = &schedule {
            schedule.check().map_err(|(field, words)| Failure::invalid(field, words))?;
        }
        let schedule = schedule.map(|schedule| DrillSchedule { since: now, ..schedule });
        self.write([Change::Channels], move |db| Ok(settings::put(db, drill::SCHEDULE, &schedule)?)).await
    }

    /// Writes the result down as a PDF and as text beside the database, and says where.
    pub async fn write_drill_report(&self, id: DrillId) -> Answer<std::path::PathBuf> {
        let now = self.now();
        let (one, scores, desk) = self
            .read(move |db| {
                let one = drills::find(db, id)?.ok_or(StoreError::Missing)?;
                let scores = drill::scores(db, &one)?;
                Ok((one, scores, lookup::desk(db)?))
            })
            .await?;
        let name = format!("drill-{}", one.begun_at.at(desk.tz()).format("%Y-%m-%d-%H%M"));
        let title = format!("Drill of {}", one.begun_at.at(desk.tz()).format("%-d %B %Y, %H:%M (%Z)"));
        let shown = view(one, scores, &desk, now);
        let passages = passages(&shown);
        let folder = self.engine.store.folder().to_path_buf();
        let written = tokio::task::spawn_blocking(move || {
            let pdf = paper::report(&title, &shown.words, &passages).ok_or_else(|| std::io::Error::other("the page could not be drawn"))?;
            replace(&folder.join(format!("{name}.txt")), as_text(&title, &shown.words, &passages).as_bytes())?;
            let file = folder.join(format!("{name}.pdf"));
            replace(&file, &pdf)?;
            Ok::<_, std::io::Error>(file)
        });
        written
            .await
            .map_err(|error| Failure::other(error.to_string()))?
            .map_err(|error| Failure::other(format!("The report could not be written ({error}). What is on the screen is complete.")))
    }
}

fn view(one: Drill, mut scores: Vec<DrillScore>, desk: &DeskSettings, now: Instant) -> DrillView {
    for way in scores.iter_mut().flat_map(|score| &mut score.ways) {
        way.address = contact::spoken_address(&way.address);
        if desk.mask_addresses {
            way.address = contact::masked(&way.address);
        }
        if let Some(after) = way.answered_after {
            way.words = format!("answered after {}", quick(after));
        }
    }
    let answered = scores.iter().filter(|score| score.fastest().is_some()).count();
    let soon = match (median(&scores).map(quick), answered) {
        (None, _) => String::new(),
        (Some(after), 1) => format!(", after {after}"),
        (Some(after), _) => format!(", half of the answers within {after}"),
    };
    let still = if one.closed { String::new() } else { format!(" · open until {}", spoken(one.ends_at, now, desk.tz())) };
    let words = format!("{answered} of {} answered{soon}{still}", scores.len());
    DrillView { when: spoken(one.begun_at, now, desk.tz()), words, scores, drill: one }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A length as one says it of an answer: seconds matter.
fn quick(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    if seconds < 60 { format!("{seconds} s") } else { spoken_length(milliseconds) }
}

fn passages(view: &DrillView) -> Vec<Passage> {
    let line = |way: &crate::domain::drill::DrillWay| {
        let address = if way.address.is_empty() { String::new() } else { format!(" {}", way.address) };
        format!("{}{address}: {}", way.via, way.words)
    };
    let of = |score: &DrillScore| Passage {
        heading: score.fastest().map_or_else(|| format!("{}: no answer", score.name), |after| format!("{}: {}", score.name, quick(after))),
        lines: score.ways.iter().map(line).collect(),
    };
    view.scores.iter().map(of).collect()
}

fn as_text(title: &str, words: &str, passages: &[Passage]) -> String {
    let mut text = format!("{title}\n{words}\n");
    for Passage { heading, lines } in passages {
        text.push_str(&format!("\n{heading}\n"));
        lines.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    text
}
