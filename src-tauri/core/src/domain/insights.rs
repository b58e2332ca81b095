//! What a desk learns from what is over: how long it takes until somebody has it and until it is over, which channel
//! reaches people, which levels answer, and whether it was right to escalate. Pure: rows in, figures out.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Timelike};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use ts_rs::TS;

use super::id::{IncidentId, PathId, ServiceId};
use super::judgement::Judgement;
use super::severity::Severity;
use super::time::{Instant, WallTime};
pub use passed::{Asked, Passed};
pub use reach::{Reached, Reaching, Sent};

mod passed;
mod reach;

/// How far back one looks: whole weeks, the present one among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    FourWeeks,
    ThreeMonths,
    Year,
    All,
}

impl Span {
    /// The Monday on which it begins, where it begins anywhere.
    #[must_use]
    pub fn begins(self, now: Instant, zone: Tz) -> Option<Instant> {
        let weeks = match self {
            Self::FourWeeks => 4,
            Self::ThreeMonths => 13,
            Self::Year => 52,
            Self::All => return None,
        };
        let monday = monday(now, zone).checked_sub_days(Days::new(7 * (weeks - 1)))?;
        Some(WallTime(monday.and_time(NaiveTime::MIN)).in_zone(zone))
    }

    /// As it stands in the name of a file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FourWeeks => "4-weeks",
            Self::ThreeMonths => "3-months",
            Self::Year => "a-year",
            Self::All => "all",
        }
    }
}

/// Lengths of time, as the middle one and as the one within which nine of ten were. Milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Spread {
    pub count: u32,
    #[ts(type = "number | null")]
    pub median: Option<i64>,
    /// The 90th percentile by nearest rank: a length that there was.
    #[ts(type = "number | null")]
    pub p90: Option<i64>,
}

impl Spread {
    #[must_use]
    pub fn of(mut lengths: Vec<i64>) -> Self {
        lengths.sort_unstable();
        let n = lengths.len();
        let at = |index: usize| lengths.get(index).copied();
        // Of an even number the middle lies between two.
        let median = at(n / 2).map(|upper| if n % 2 == 1 { upper } else { i64::midpoint(lengths[n / 2 - 1], upper) });
        Self { count: count(n), median, p90: at((n * 9).div_ceil(10).max(1) - 1) }
    }
}

/// Those of one week, service, severity, level or hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Group {
    pub name: String,
    /// Filed in it.
    pub incidents: u32,
    pub escalated: u32,
    /// Escalated and over, and nobody ever had it.
    pub untaken: u32,
    pub acknowledge: Spread,
    /// Without what went on as part of another.
    pub resolve: Spread,
}

/// A level of a path, and whether anybody of it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LevelAnswers {
    pub path: String,
    pub level: String,
    /// Incidents in which it was asked.
    pub asked: u32,
    pub answered: u32,
    pub took: u32,
    pub took_after: Spread,
}

/// What the desk thought of its escalations afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Judgements {
    pub name: String,
    pub in_time: u32,
    pub late: u32,
    pub needless: u32,
    /// Escalated and over, and nobody said.
    pub unjudged: u32,
}

/// Everything there is to say of a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Insights {
    pub overall: Group,
    pub open: u32,
    /// Went on as part of another.
    pub merged: u32,
    /// By the week in which they were filed, every week there is, by its Monday.
    pub weeks: Vec<Group>,
    pub services: Vec<Group>,
    pub severities: Vec<Group>,
    /// By the level that had it first.
    pub levels: Vec<Group>,
    /// The 168 of a week from Monday at 0:00, on the desk's clock: taken by the hour of escalating, over by that of filing.
    pub hours: Vec<Group>,
    pub answers: Vec<LevelAnswers>,
    pub judgements: Judgements,
    pub judged_by_service: Vec<Judgements>,
    /// Those judged late or needless, the latest first.
    pub learnt_from: Vec<IncidentId>,
    pub channels: Vec<Reached>,
    pub drills: Vec<Reached>,
    pub calls: u32,
    pub calls_answered: u32,
}

#[derive(Default)]
struct Gathering {
    incidents: u32,
    escalated: u32,
    untaken: u32,
    acknowledge: Vec<i64>,
    resolve: Vec<i64>,
}

impl Gathering {
    fn filed(&mut self, one: &Passed) {
        self.incidents += 1;
        self.resolve.extend(one.to_resolve.filter(|_| !one.merged));
    }

    fn escalated(&mut self, one: &Passed) {
        self.escalated += u32::from(one.escalated.is_some());
        self.untaken += u32::from(one.escalated.is_some() && one.to_acknowledge.is_none() && !one.open && !one.merged);
        self.acknowledge.extend(one.to_acknowledge);
    }

    fn add(&mut self, one: &Passed) {
        self.filed(one);
        self.escalated(one);
    }

    fn named(self, name: String) -> Group {
        let Self { incidents, escalated, untaken, acknowledge, resolve } = self;
        Group { name, incidents, escalated, untaken, acknowledge: Spread::of(acknowledge), resolve: Spread::of(resolve) }
    }
}

/// Where no service of the directory was named.
pub const NO_SERVICE: &str = "In no service of the directory";

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The figures of these incidents, filed since `from` where that is given. `services` are the names of today.
#[must_use]
pub fn insights(
    passed: &[(IncidentId, Passed)],
    services: &HashMap<ServiceId, String>,
    from: Option<Instant>,
    now: Instant,
    zone: Tz,
) -> Insights {
    let mut overall = Gathering::default();
    let mut weeks: BTreeMap<NaiveDate, Gathering> = every_week(passed, from, now, zone);
    let mut hours: Vec<Gathering> = (0..168).map(|_| Gathering::default()).collect();
    let mut by_service: BTreeMap<Option<ServiceId>, (String, Gathering, Judgements)> = BTreeMap::new();
    let mut by_severity: BTreeMap<Severity, Gathering> = BTreeMap::new();
    let mut by_level: BTreeMap<Option<usize>, Gathering> = BTreeMap::new();
    let mut found = Insights::default();
    let mut learnt_from = Vec::new();
    for (id, one) in passed {
        overall.add(one);
        weeks.entry(monday(one.filed, zone)).or_default().add(one);
        by_severity.entry(one.severity).or_default().add(one);
        if one.escalated.is_some() {
            by_level.entry(one.taken_at).or_default().add(one);
        }
        hours[hour_of_week(one.filed, zone)].filed(one);
        if let Some(escalated) = one.escalated {
            hours[hour_of_week(escalated, zone)].escalated(one);
        }
        let (name, gathered, judged) = by_service.entry(one.service).or_default();
        match one.service {
            None => NO_SERVICE.clone_into(name),
            Some(service) => services.get(&service).unwrap_or(&one.place).clone_into(name),
        }
        gathered.add(one);
        found.judgements.count(one);
        judged.count(one);
        if matches!(one.judgement, Some(Judgement::Late | Judgement::Needless)) {
            learnt_from.push((one.filed, *id));
        }
        found.open += u32::from(one.open);
        found.merged += u32::from(one.merged);
        found.calls += one.calls;
        found.calls_answered += one.calls_answered;
    }
    learnt_from.sort_unstable_by(|one, other| other.cmp(one));
    let mut services: Vec<(Group, Judgements)> =
        by_service.into_values().map(|(name, group, judged)| (group.named(name.clone()), Judgements { name, ..judged })).collect();
    // What burns most often is read first.
    services.sort_by(|(one, _), (other, _)| other.incidents.cmp(&one.incidents).then_with(|| super::text::by_name(&one.name, &other.name)));
    let (services, judged_by_service) = services.into_iter().unzip();
    Insights {
        overall: overall.named(String::new()),
        weeks: weeks.into_iter().map(|(monday, group)| group.named(monday.format("%-d %b %Y").to_string())).collect(),
        hours: hours.into_iter().enumerate().map(|(hour, group)| group.named(format!("{} {}:00", DAYS[hour / 24], hour % 24))).collect(),
        severities: by_severity.into_iter().rev().map(|(severity, group)| group.named(severity.word().into())).collect(),
        levels: by_level.into_iter().map(|(level, group)| group.named(level_name(level))).collect(),
        services,
        judged_by_service,
        learnt_from: learnt_from.into_iter().map(|(_, id)| id).collect(),
        answers: answers(passed),
        ..found
    }
}

impl Judgements {
    fn count(&mut self, one: &Passed) {
        match one.judgement {
            Some(Judgement::InTime) => self.in_time += 1,
            Some(Judgement::Late) => self.late += 1,
            Some(Judgement::Needless) => self.needless += 1,
            None => self.unjudged += u32::from(one.escalated.is_some() && !one.open && !one.merged),
        }
    }
}

fn level_name(level: Option<usize>) -> String {
    level.map_or_else(|| "At no level".into(), |level| format!("Level {}", level + 1))
}

/// Which levels answer; those that never did come first, and of them the most often asked.
fn answers(passed: &[(IncidentId, Passed)]) -> Vec<LevelAnswers> {
    let mut levels: BTreeMap<(PathId, usize), (LevelAnswers, Vec<i64>, Instant)> = BTreeMap::new();
    for (_, incident) in passed {
        for asked in &incident.asked {
            let (row, took, last) = levels.entry((asked.path, asked.level)).or_insert_with(|| {
                let row = LevelAnswers {
                    path: String::new(),
                    level: String::new(),
                    asked: 0,
                    answered: 0,
                    took: 0,
                    took_after: Spread::default(),
                };
                (row, vec![], Instant(i64::MIN))
            });
            if incident.filed >= *last {
                (*last, row.path) = (incident.filed, asked.path_name.clone());
                row.level = match asked.level_name.as_str() {
                    "" => format!("Level {}", asked.level + 1),
                    name => format!("Level {} ({name})", asked.level + 1),
                };
            }
            row.asked += 1;
            row.answered += u32::from(asked.answered);
            row.took += u32::from(asked.took_after.is_some());
            took.extend(asked.took_after);
        }
    }
    let mut rows: Vec<((PathId, usize), LevelAnswers)> =
        levels.into_iter().map(|(key, (row, took, _))| (key, LevelAnswers { took_after: Spread::of(took), ..row })).collect();
    rows.sort_by(|(one_key, one), (other_key, other)| {
        let silent = |row: &LevelAnswers| if row.answered == 0 { row.asked } else { 0 };
        let name = || super::text::by_name(&one.path, &other.path).then_with(|| one_key.cmp(other_key));
        silent(other).cmp(&silent(one)).then_with(name)
    });
    rows.into_iter().map(|(_, row)| row).collect()
}

fn monday(at: Instant, zone: Tz) -> NaiveDate {
    let day = at.at(zone).date_naive();
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

fn hour_of_week(at: Instant, zone: Tz) -> usize {
    let then = at.at(zone);
    (then.weekday().num_days_from_monday() * 24 + then.hour()) as usize
}

/// A trend with weeks left out would lie: those in which nothing was filed are there too.
fn every_week(passed: &[(IncidentId, Passed)], from: Option<Instant>, now: Instant, zone: Tz) -> BTreeMap<NaiveDate, Gathering> {
    let first = from.or_else(|| passed.iter().map(|(_, one)| one.filed).min());
    let Some(first) = first.map(|first| monday(first, zone)) else { return BTreeMap::new() };
    let last = monday(now, zone);
    first.iter_weeks().take_while(|week| *week <= last).map(|week| (week, Gathering::default())).collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_nine_of_ten_are_what_people_mean_by_them() {
        let of = |lengths: &[i64]| {
            let spread = Spread::of(lengths.to_vec());
            (spread.count, spread.median, spread.p90)
        };
        assert_eq!(of(&[]), (0, None, None), "of nothing there is no middle");
        assert_eq!(of(&[7]), (1, Some(7), Some(7)));
        assert_eq!(of(&[9, 1, 5]), (3, Some(5), Some(9)), "in whatever order they come");
        assert_eq!(of(&[1, 3]), (2, Some(2), Some(3)), "between the two in the middle");
        assert_eq!(of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 100]), (10, Some(5), Some(9)), "nine of ten were within nine");
        assert_eq!(of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]).2, Some(10), "of eleven it takes ten to be nine of ten");
    }

    #[test]
    fn four_weeks_begin_on_the_monday_three_before_this_weeks_over_the_change_of_the_clocks_too() {
        let zone = chrono_tz::Europe::Berlin;
        let at = |text: &str| {
            let wall = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a test date");
            WallTime(wall).in_zone(zone)
        };
        let begins = |now| Span::FourWeeks.begins(at(now), zone);
        assert_eq!(begins("2026-11-23 13:42"), Some(at("2026-11-02 00:00")));
        assert_eq!(begins("2026-11-15 23:59"), Some(at("2026-10-19 00:00")), "by the clock on the wall of before");
        assert_eq!(Span::All.begins(at("2026-11-23 13:42"), zone), None);
    }
}
