//! The desk goes to the next person: the sheet, and whether they have accepted it.

use std::path::PathBuf;

use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;

use super::board::row;
use super::file::write_pages;
use super::types::ReportForm;
use super::{Answer, Desk, following};
use crate::domain::command::Command;
use crate::domain::commitment::{Kind, Wanted};
use crate::domain::desk::DeskSettings;
use crate::domain::document::Block;
use crate::domain::due;
use crate::domain::hand_over::{HandOver, HandOverStanding, is_of};
use crate::domain::id::{HandOverId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::text::{LONGEST, clean, clean_line, literal, shorten};
use crate::domain::time::{Instant, dated, spoken};
use crate::engine::record::{self, Agreed};
use crate::engine::{hand_over as reminding, lookup};
use crate::error::Failure;
use crate::formats::markdown::blocks;
use crate::host::Change;
use crate::store::{drafts, hand_overs, incidents, people, settings};

/// Hand-overs that are shown.
const SHOWN: usize = 20;

/// Due actions that are named on the sheet.
const NAMED: usize = 30;

/// Longer words are no line.
const LINE: usize = 300;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HandOverView {
    /// Who has the desk; empty where nobody said.
    pub holder: String,
    /// The sheet as it is now; as it was given, while that waits.
    pub sheet: Vec<Block>,
    pub waiting: Option<HandOverLine>,
    /// Those that were answered, the last first.
    pub latest: Vec<HandOverLine>,
}

/// One hand-over in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HandOverLine {
    pub hand_over: HandOver,
    pub when: String,
    pub words: String,
}

impl Desk {
    pub async fn hand_over(&self) -> Answer<HandOverView> {
        let now = self.now();
        self.read(move |db| {
            let desk = lookup::desk(db)?;
            let line = |one: HandOver| HandOverLine { when: spoken(one.given_at, now, desk.tz()), words: one.words(), hand_over: one };
            let waiting = hand_overs::waiting(db)?;
            let markdown = match &waiting {
                Some(given) => given.sheet.clone(),
                None => sheet(db, &desk, "", "", now)?,
            };
            let latest = hand_overs::latest(db, SHOWN)?.into_iter().filter(|one| one.standing != HandOverStanding::Waiting);
            Ok(HandOverView {
                holder: desk.me.clone(),
                sheet: blocks(&markdown),
                latest: latest.map(line).collect(),
                waiting: waiting.map(line),
            })
        })
        .await
    }

    /// The desk is to go to somebody. It stays where it is until they accept.
    pub async fn give_desk(&self, person: Option<PersonId>, name: String, note: String) -> Answer<()> {
        let now = self.now();
        self.write([Change::Settings, Change::Notices], move |db| {
            let desk = lookup::desk(db)?;
            let name = match person {
                Some(id) => people::all(db)?.into_iter().find(|one| one.id == id).map(|one| one.name),
                None => Some(shorten(&clean_line(&name), 80)).filter(|name| !name.is_empty()),
            };
            let name = name.ok_or_else(|| Failure::invalid("name", "Say who takes the desk."))?;
            if desk.me.is_empty() {
                return Err(Failure::invalid(
                    "me",
                    "Nobody is named at this desk. Say who you are under Settings, Desk; then it can be handed over.",
                ));
            }
            if name.to_lowercase() == desk.me.to_lowercase() {
                return Err(Failure::invalid("name", format!("{name} has the desk already. Choose who comes next.")));
            }
            if let Some(waiting) = hand_overs::waiting(db)? {
                return Err(Failure::other(format!("It is given to {} already. Take that back first.", waiting.name)));
            }
            let note = clean(&note);
            if note.chars().count() > LONGEST {
                return Err(Failure::invalid("note", format!("The note is too long; up to {LONGEST} characters are kept.")));
            }
            let given = HandOver {
                id: HandOverId::new(now),
                given_at: now,
                sheet: sheet(db, &desk, &name, &note, now)?,
                by: desk.me,
                person,
                name,
                note,
                standing: HandOverStanding::Waiting,
                answered_at: None,
                why: String::new(),
                remind_at: now.plus_minutes(lookup::rules(db)?.rhythm.reminder.max(1)),
            };
            Ok(hand_overs::save(db, &given, true)?)
        })
        .await
    }

    /// Whoever was to take the desk does: it is theirs, with what the giver had promised and was to do.
    pub async fn accept_desk(&self, id: HandOverId) -> Answer<()> {
        let now = self.now();
        let open = self.read(|db| Ok([incidents::open(db)?, incidents::with_tasks(db)?].concat())).await?;
        let changes = open.iter().map(|incident| Change::Incident(incident.id)).chain([Change::Settings, Change::Notices]);
        self.write(changes.collect::<Vec<_>>(), move |db| {
            let Some(given) = still_waiting(db, id)? else { return Ok(()) };
            let desk = lookup::desk(db)?;
            settings::put(db, "desk", &DeskSettings { me: given.name.clone(), ..desk })?;
            // What follows is done by whoever has the desk now.
            let agreed = Agreed::read(db, now)?;
            let everybody = people::all(db)?;
            let giver = everybody.iter().find(|person| person.is_called(&given.by)).map(|person| person.id);
            for incident in [incidents::open(db)?, incidents::with_tasks(db)?].concat() {
                goes_along(db, &agreed, &incident, &given, giver, now)?;
            }
            answered(db, given, HandOverStanding::Accepted, String::new(), now)
        })
        .await
    }

    /// It stays with the giver, who is told.
    pub async fn decline_desk(&self, id: HandOverId, why: String) -> Answer<()> {
        let now = self.now();
        self.write([Change::Settings, Change::Notices], move |db| {
            let Some(given) = still_waiting(db, id)? else { return Ok(()) };
            let why = shorten(&clean_line(&why), LINE);
            let (title, body) = (format!("{} has declined the desk", given.name), format!("{} still has it.\n{why}", given.by));
            let about = given.clone();
            answered(db, given, HandOverStanding::Declined, why, now)?;
            Ok(reminding::tell(db, &about, title, body.trim_end().into(), now)?)
        })
        .await
    }

    pub async fn take_desk_back(&self, id: HandOverId) -> Answer<()> {
        let now = self.now();
        self.write([Change::Settings, Change::Notices], move |db| {
            let Some(given) = still_waiting(db, id)? else { return Ok(()) };
            answered(db, given, HandOverStanding::TakenBack, String::new(), now)
        })
        .await
    }

    /// Writes the sheet down beside the database and says where.
    pub async fn write_hand_over(&self, form: ReportForm) -> Answer<PathBuf> {
        let now = self.now();
        let markdown = self.read(move |db| match hand_overs::waiting(db)? {
            Some(given) => Ok(given.sheet),
            None => sheet(db, &lookup::desk(db)?, "", "", now),
        });
        let markdown = markdown.await?;
        let written = write_pages(self.engine.store.folder(), "hand-over".into(), markdown, form).await;
        written.map_err(|error| Failure::other(format!("The sheet could not be written ({error}). What is on the screen is complete.")))
    }
}

/// `None` for the second of two clicks.
fn still_waiting(db: &Connection, id: HandOverId) -> Answer<Option<HandOver>> {
    Ok(hand_overs::find(db, id)?.filter(|one| one.standing == HandOverStanding::Waiting))
}

fn answered(db: &Connection, given: HandOver, standing: HandOverStanding, why: String, now: Instant) -> Answer<()> {
    hand_overs::save(db, &HandOver { standing, why, answered_at: Some(now), ..given }, false)?;
    Ok(reminding::clear(db, now)?)
}

/// An incident that is open says whose it is now; what the giver had promised or was to do is the next one's.
fn goes_along(
    db: &Connection,
    agreed: &Agreed,
    incident: &Incident,
    given: &HandOver,
    giver: Option<PersonId>,
    now: Instant,
) -> Answer<()> {
    if incident.is_open() {
        let command = Command::HandOver { from: given.by.clone(), to: given.name.clone() };
        record::command(db, agreed, incident.id, command, now)?;
    }
    for one in incident.commitments.iter().filter(|one| is_of(one, giver, &given.by)) {
        let wanted = Wanted::Give { number: one.number, person: given.person, name: given.name.clone() };
        record::command(db, agreed, incident.id, Command::Commitment { by: given.by.clone(), wanted }, now)?;
    }
    Ok(())
}

/// Everything that is open, promised, to be done or due, for whoever comes next.
fn sheet(db: &Connection, desk: &DeskSettings, to: &str, note: &str, now: Instant) -> Answer<String> {
    let zone = desk.tz();
    let plain = |text: &str| literal(&clean_line(text));
    let open = incidents::open(db)?;
    let mut lines = vec![format!("# Hand-over{}", if desk.name.is_empty() { String::new() } else { format!(": {}", plain(&desk.name)) })];
    let from = if desk.me.is_empty() { "the desk" } else { &desk.me };
    let to = if to.is_empty() { String::new() } else { format!(" to {}", plain(to)) };
    lines.push(format!("{}, from {}{to}", dated(now, zone), plain(from)));
    if !note.is_empty() {
        lines.push(note.lines().map(literal).collect::<Vec<_>>().join("\n\n"));
    }
    let mut part = |title: &str, items: Vec<String>, none: &str| {
        lines.push(format!("## {title}"));
        lines.push(if items.is_empty() {
            none.into()
        } else {
            items.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
        });
    };
    let mut by_severity: Vec<&Incident> = open.iter().collect();
    by_severity.sort_by_key(|incident| std::cmp::Reverse(incident.severity));
    let incident_line = |incident: &&Incident| {
        let row = row(incident, now, zone);
        let place = if row.place.is_empty() { String::new() } else { format!(" at {}", plain(&row.place)) };
        let note = if row.holder_note.is_empty() { String::new() } else { format!(", {}", plain(&row.holder_note)) };
        format!(
            "{} {}: {}{place}. {}{note}. Next: {}",
            row.reference,
            incident.severity.word(),
            plain(&row.title),
            plain(if row.holder == "you" { "this desk" } else { &row.holder }),
            plain(&row.next)
        )
    };
    let unreadable = incidents::count_open(db)?.saturating_sub(open.len());
    let left_out = (unreadable > 0).then(|| format!("{unreadable} more cannot be read: see the log, or a copy of the data."));
    let listed = by_severity.iter().map(incident_line).chain(left_out).collect();
    part(&format!("Open incidents ({})", open.len() + unreadable), listed, "Nothing is open.");
    let mut promises: Vec<(Option<Instant>, String)> = Vec::new();
    for incident in &open {
        for one in incident.commitments.iter().filter(|one| one.is_open() && one.kind == Kind::Promise) {
            let due = one.due_at.map_or_else(String::new, |at| format!(", {}", spoken(at, now, zone)));
            promises.push((one.due_at, format!("{}{due} ({})", plain(&one.words()), incident.reference)));
        }
    }
    promises.sort();
    part("Promised", promises.into_iter().map(|(_, line)| line).collect(), "Nothing is awaited of anybody.");
    let ids: Vec<_> = open.iter().map(|incident| incident.id).collect();
    let tasks = following::tasks(db, &ids, now)?.into_iter().map(|task| {
        let name = if task.name.is_empty() { "nobody yet".into() } else { plain(&task.name) };
        format!("{}: {name}, {} ({} {})", plain(&task.what), task.due, task.reference, plain(&task.title))
    });
    part("To do", tasks.collect(), "There is no task.");
    let mut dues: Vec<(Instant, String)> = Vec::new();
    for incident in &open {
        let line = |due: due::Due| {
            (due.at, format!("{} {}: {}", spoken(due.at, now, zone), incident.reference, plain(&due::words(incident, due))))
        };
        dues.extend(due::dues(incident).into_iter().map(line));
    }
    dues.sort();
    let more = dues.len().saturating_sub(NAMED);
    let mut next: Vec<String> = dues.into_iter().take(NAMED).map(|(_, line)| line).collect();
    next.extend((more > 0).then(|| format!("and {more} more, on the board")));
    part("Due next", next, "Nothing is due.");
    let begun = drafts::all(db)?.len();
    if begun > 0 {
        part("Begun and not filed", vec![format!("{begun} on the board")], "");
    }
    Ok(lines.join("\n\n") + "\n")
}
