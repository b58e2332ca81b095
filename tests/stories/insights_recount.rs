//! The figures of the insights, counted once more from the raw tables: by SQL that knows nothing of Baton's types, and by
//! sums of its own. Berlin's clock is written down here as what it was in the autumn of 2026.

use std::collections::BTreeMap;

use baton_core::domain::time::Instant;
use rusqlite::Connection;
use serde_json::Value;

#[derive(Default)]
pub struct Lengths(pub Vec<i64>);

impl Lengths {
    /// The one that has as many below as above it, or half way between the two that have.
    pub fn median(&self) -> Option<i64> {
        let nth = |n: usize| self.0.iter().copied().filter(|one| self.0.iter().filter(|other| *other <= one).count() >= n).min();
        let n = self.0.len();
        Some((nth(n.div_ceil(2))? + nth(n / 2 + 1)?).div_euclid(2))
    }

    /// The least that nine of ten do not exceed.
    pub fn nine_of_ten(&self) -> Option<i64> {
        self.0.iter().copied().filter(|one| self.0.iter().filter(|other| *other <= one).count() * 10 >= self.0.len() * 9).min()
    }
}

#[derive(Default)]
pub struct Counted {
    pub filed: u32,
    pub escalated: u32,
    pub untaken: u32,
    pub acknowledge: Lengths,
    pub resolve: Lengths,
}

#[derive(Default)]
pub struct LevelCounted {
    pub asked: u32,
    pub answered: u32,
    pub took: Lengths,
}

#[derive(Default)]
pub struct Recount {
    pub overall: Counted,
    pub open: u32,
    pub merged: u32,
    pub weeks: BTreeMap<String, Counted>,
    pub hours: BTreeMap<String, Counted>,
    pub services: BTreeMap<String, Counted>,
    pub severities: BTreeMap<String, Counted>,
    pub levels: BTreeMap<String, Counted>,
    pub answers: BTreeMap<(String, String), LevelCounted>,
    /// In time, late, needless, not judged.
    pub judged: [u32; 4],
    /// Made, and answered.
    pub calls: (u32, u32),
    pub channels: BTreeMap<String, ([u32; 6], [Lengths; 3])>,
    pub drills: BTreeMap<String, ([u32; 6], [Lengths; 3])>,
}

/// Every event with its place in its incident, and what it would have been on the wall.
const LOG: &str = "
WITH log AS MATERIALIZED (
  SELECT incident_id AS id, at, event, event ->> '$.type' AS type,
    row_number() OVER told AS n,
    at - sum(iif(event ->> '$.type' = 'clock_put_right', event ->> '$.ahead_ms', 0)) OVER told AS wall
  FROM events WHERE sample = 0 WINDOW told AS (PARTITION BY incident_id ORDER BY at, sequence)
),
berlin AS (SELECT 1792890000000 AS winter)";

/// The clock on Berlin's wall as if it were UTC's, in seconds: two hours ahead in summer, one in winter.
macro_rules! local {
    ($at:literal) => {
        concat!("(", $at, " / 1000 + iif(", $at, " < berlin.winter, 7200, 3600))")
    };
}

/// One row for each incident.
const INCIDENTS: &str = concat!(
    ", ends AS MATERIALIZED (
  SELECT filed.id,
    filed.at AS filed, filed.wall AS filed_wall,
    (SELECT min(n) FROM log WHERE id = filed.id AND type = 'escalated') AS escalated,
    (SELECT max(n) FROM log WHERE id = filed.id AND type IN ('resolved', 'merged_into', 'reopened')) AS last,
    (SELECT max(n) FROM log WHERE id = filed.id AND type IN ('filed', 'facts_changed')) AS described,
    (SELECT max(n) FROM log WHERE id = filed.id AND type IN ('filed', 'assessed', 'severity_changed')) AS graded,
    (SELECT max(n) FROM log WHERE id = filed.id AND type IN ('judged', 'reopened')) AS judged
  FROM log AS filed WHERE filed.type = 'filed'
)
SELECT ends.id, filed_wall,
  date(",
    local!("filed_wall"),
    ", 'unixepoch', 'weekday 0', '-6 days'),
  strftime('%w %H', ",
    local!("filed_wall"),
    ", 'unixepoch'),
  strftime('%w %H', ",
    local!("escalation.wall"),
    ", 'unixepoch'),
  iif(described.event ->> '$.facts.service' IS NULL, 'In no service of the directory', described.event ->> '$.facts.place'),
  coalesce(graded.event ->> '$.to', graded.event ->> '$.severity'),
  ends.escalated IS NOT NULL,
  iif(taken.wall >= escalation.wall, taken.wall - escalation.wall, max(0, taken.at - escalation.at)),
  coalesce(ended.type, 'reopened'),
  iif(ended.wall >= filed_wall, ended.wall - filed_wall, max(0, ended.at - filed)),
  coalesce(judged.event ->> '$.judgement', '')
FROM ends JOIN berlin
LEFT JOIN log AS escalation ON escalation.id = ends.id AND escalation.n = ends.escalated
LEFT JOIN log AS taken ON taken.id = ends.id
  AND taken.n = (SELECT min(n) FROM log WHERE id = ends.id AND type = 'acknowledged' AND n > ends.escalated)
LEFT JOIN log AS ended ON ended.id = ends.id AND ended.n = ends.last
LEFT JOIN log AS described ON described.id = ends.id AND described.n = ends.described
LEFT JOIN log AS graded ON graded.id = ends.id AND graded.n = ends.graded
LEFT JOIN log AS judged ON judged.id = ends.id AND judged.n = ends.judged
WHERE filed_wall >= ?1"
);

/// Messages that ask; when a provider took one is in the attempts.
const SENT: &str = "
SELECT via, purpose = 'drill',
  1,
  state IN ('accepted', 'delivered', 'seen') OR responded_at IS NOT NULL OR taken IS NOT NULL,
  state IN ('delivered', 'seen') OR responded_at IS NOT NULL OR delivered_at IS NOT NULL OR seen_at IS NOT NULL,
  state = 'seen' OR responded_at IS NOT NULL OR seen_at IS NOT NULL,
  responded_at IS NOT NULL,
  state = 'failed',
  delivered_at - taken, seen_at - taken, responded_at - taken
FROM (SELECT *, (SELECT min(ended_at) FROM attempts WHERE delivery_id = deliveries.id AND outcome = 'accepted') AS taken FROM deliveries)
WHERE attempts > 0 AND purpose IN ('alert', 'still_on_it', 'opinion', 'drill') AND queued_at >= ?1";

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// "2026-10-05" as people write it.
fn day(date: &str) -> String {
    let parts: Vec<usize> = date.split('-').map(|part| part.parse().expect("a number")).collect();
    format!("{} {} {}", parts[2], MONTHS[parts[1] - 1], parts[0])
}

/// "0 07", which is Sunday at seven, as it is shown.
fn hour(text: &str) -> String {
    let (day, hour) = text.split_once(' ').expect("a day and an hour");
    let day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][day.parse::<usize>().expect("a day")];
    format!("{day} {}:00", hour.parse::<u32>().expect("an hour"))
}

fn severity(name: &str) -> &'static str {
    match name {
        "critical" => "Critical",
        "high" => "High",
        "medium" => "Medium",
        _ => "Low",
    }
}

struct Row {
    id: String,
    week: String,
    filed_hour: String,
    escalated_hour: Option<String>,
    service: String,
    severity: String,
    escalated: bool,
    to_acknowledge: Option<i64>,
    end: String,
    to_resolve: Option<i64>,
    judgement: String,
}

/// Of the whole weeks up to now, or of all there is.
pub fn recount(db: &Connection, weeks: Option<usize>, now: Instant) -> rusqlite::Result<Recount> {
    // Monday at midnight on Berlin's wall, so many weeks ago.
    let from: i64 = match weeks {
        None => 0,
        Some(weeks) => db.query_row(
            "SELECT (midnight - iif(midnight - 7200 < 1792890000, 7200, 3600)) * 1000
             FROM (SELECT CAST(strftime('%s', ?1 / 1000 + 3600, 'unixepoch', 'weekday 0', '-6 days', 'start of day') AS INTEGER) - ?2 * 604800 AS midnight)",
            (now.0, i64::try_from(weeks - 1).expect("a few")),
            |row| row.get(0),
        )?,
    };
    let mut found = Recount::default();
    let logs = logs(db)?;
    let mut statement = db.prepare(&format!("{LOG}{INCIDENTS}"))?;
    let mut rows = statement.query([from])?;
    while let Some(row) = rows.next()? {
        let row = Row {
            id: row.get(0)?,
            week: row.get(2)?,
            filed_hour: row.get(3)?,
            escalated_hour: row.get(4)?,
            service: row.get(5)?,
            severity: row.get(6)?,
            escalated: row.get(7)?,
            to_acknowledge: row.get(8)?,
            end: row.get(9)?,
            to_resolve: row.get(10)?,
            judgement: row.get(11)?,
        };
        found.incident(&row, &logs[&row.id]);
    }
    for which in [false, true] {
        let mut statement = db.prepare(SENT)?;
        let mut rows = statement.query([from])?;
        while let Some(row) = rows.next()? {
            if row.get::<_, bool>(1)? != which {
                continue;
            }
            let group = if which { &mut found.drills } else { &mut found.channels };
            let (counts, lengths) = group.entry(row.get(0)?).or_default();
            for (at, count) in counts.iter_mut().enumerate() {
                *count += row.get::<_, u32>(2 + at)?;
            }
            for (at, lengths) in lengths.iter_mut().enumerate() {
                lengths.0.extend(row.get::<_, Option<i64>>(8 + at)?);
            }
        }
    }
    Ok(found)
}

/// When something happened: on the wall, and in the log.
type At = (i64, i64);

/// Every incident's events as they lie there.
fn logs(db: &Connection) -> rusqlite::Result<BTreeMap<String, Vec<(At, Value)>>> {
    let mut logs: BTreeMap<String, Vec<(At, Value)>> = BTreeMap::new();
    let mut statement = db.prepare(&format!("{LOG} SELECT id, wall, at, event FROM log ORDER BY id, n"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let event: String = row.get(3)?;
        logs.entry(row.get(0)?).or_default().push(((row.get(1)?, row.get(2)?), serde_json::from_str(&event).expect("JSON")));
    }
    Ok(logs)
}

impl Recount {
    fn incident(&mut self, row: &Row, log: &[(At, Value)]) {
        let (open, merged) = (row.end == "reopened", row.end == "merged_into");
        let resolve = row.to_resolve.filter(|_| row.end == "resolved");
        let untaken = row.escalated && row.to_acknowledge.is_none() && row.end == "resolved";
        let (first, levels) = asked(log);
        let mut groups = vec![
            &mut self.overall,
            self.weeks.entry(day(&row.week)).or_default(),
            self.services.entry(row.service.clone()).or_default(),
            self.severities.entry(severity(&row.severity).into()).or_default(),
        ];
        if row.escalated {
            let name = first.map_or("At no level".into(), |level| format!("Level {}", level + 1));
            groups.push(self.levels.entry(name).or_default());
        }
        for group in groups {
            group.filed += 1;
            group.escalated += u32::from(row.escalated);
            group.untaken += u32::from(untaken);
            group.acknowledge.0.extend(row.to_acknowledge);
            group.resolve.0.extend(resolve);
        }
        let filed = self.hours.entry(hour(&row.filed_hour)).or_default();
        filed.filed += 1;
        filed.resolve.0.extend(resolve);
        if let Some(escalated) = &row.escalated_hour {
            let escalated = self.hours.entry(hour(escalated)).or_default();
            escalated.escalated += 1;
            escalated.untaken += u32::from(untaken);
            escalated.acknowledge.0.extend(row.to_acknowledge);
        }
        self.open += u32::from(open);
        self.merged += u32::from(merged);
        let judged = ["in_time", "late", "needless"].iter().position(|one| *one == row.judgement);
        if let Some(judged) = judged.or((row.escalated && row.end == "resolved").then_some(3)) {
            self.judged[judged] += 1;
        }
        for (path, name, one) in levels {
            let level = self.answers.entry((path, name)).or_default();
            level.asked += 1;
            level.answered += u32::from(one.answered);
            level.took.0.extend(one.took);
        }
        let calls = || log.iter().filter(|(_, event)| event["type"] == "called_by_hand");
        self.calls.0 += u32::try_from(calls().count()).expect("few");
        self.calls.1 += u32::try_from(calls().filter(|(_, event)| event["outcome"] == "answered").count()).expect("few");
    }
}

#[derive(Default)]
struct Level {
    number: u64,
    since: At,
    people: Vec<Value>,
    last: usize,
    took: Option<i64>,
    answered: bool,
}

/// The level that had it first, and what became of each that was asked: path, name, and that.
fn asked(log: &[(At, Value)]) -> (Option<u64>, Vec<(String, String, Level)>) {
    let mut levels: Vec<(String, String, Level)> = Vec::new();
    let (mut path, mut first, mut acknowledged) = (None, None, false);
    for (at, ((wall, logged), event)) in log.iter().enumerate() {
        let kind = event["type"].as_str().expect("a type");
        let person = &event["person"];
        let theirs = |levels: &[(String, String, Level)]| {
            let mut with: Vec<usize> = (0..levels.len()).filter(|one| levels[*one].2.people.contains(person)).collect();
            with.sort_by_key(|one| levels[*one].2.last);
            with.pop().filter(|_| !person.is_null())
        };
        match kind {
            "escalated" => path = event["plan"]["path_name"].as_str(),
            "level_entered" | "level_repeated" => {
                let number = event["level"].as_u64().expect("a number");
                let name = (path.expect("a plan").to_string(), format!("Level {}", number + 1));
                let people = event["contacts"].as_array().expect("a list").clone();
                if people.is_empty() {
                    continue;
                }
                let known = levels.iter().position(|(path, level, _)| (path, level) == (&name.0, &name.1)).unwrap_or_else(|| {
                    let held = event["held_until"].as_i64().map_or(0, |until| (until - wall).max(0));
                    let since = (wall + held, logged + held);
                    levels.push((name.0, name.1, Level { number, since, ..Level::default() }));
                    levels.len() - 1
                });
                levels[known].2.people.extend(people);
                levels[known].2.last = at;
            }
            "acknowledged" if path.is_some() => {
                if let Some(level) = theirs(&levels) {
                    let level = &mut levels[level].2;
                    let took = if *wall >= level.since.0 { wall - level.since.0 } else { (logged - level.since.1).max(0) };
                    level.took = level.took.or(Some(took));
                    level.answered = true;
                    if !acknowledged {
                        first = Some(level.number);
                    }
                }
                acknowledged = true;
            }
            "responded" | "wrote" | "called_by_hand" => {
                let counts = kind != "called_by_hand" || event["outcome"] == "answered";
                if let Some(level) = theirs(&levels).filter(|_| counts && event["in_room"] != true) {
                    levels[level].2.answered = true;
                }
            }
            _ => {}
        }
    }
    (first, levels)
}
