//! When the events of a calendar take place. The library counts a rule out on a wall
//! without a zone; what the wall shows becomes a moment here, by the rule of
//! [`WallTime`], since the library misplaces an hour that the clocks skip or show twice.

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz as Zone;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDuration, ICalendarEntry, ICalendarParameterName, ICalendarPeriod,
    ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue, timezone::TzResolver,
};
use chrono::{Datelike, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use chrono_tz::Tz;
use std::collections::HashMap;

use crate::domain::time::{Instant, WallTime};

/// One time that the event at this place of the calendar takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub event: usize,
    pub from: Instant,
    pub to: Instant,
}

/// Every time an event takes place that begins before `horizon`, in no order; an
/// error names what cannot be placed. `zone` is that of times that name none, and
/// `most` how many times are followed.
pub fn occurrences(calendar: &ICalendar, zone: Tz, horizon: Instant, most: usize) -> Result<Vec<Occurrence>, String> {
    let zones = Zones { named: calendar.build_tz_resolver(), default: zone };
    let (mut series, mut moved): (Vec<Event<'_>>, HashMap<&str, Vec<Event<'_>>>) = (Vec::new(), HashMap::new());
    for (place, component) in calendar.components.iter().enumerate().filter(|(_, one)| one.component_type.is_event()) {
        let event = Event::read(place, component, &zones)
            .map_err(|words| format!("The event \"{}\" {words}.", super::calendar::title(component)))?;
        if event.instead_of.is_some() { moved.entry(event.identity).or_default().push(event) } else { series.push(event) }
    }
    let mut found = Vec::new();
    for event in &series {
        let mut instead: HashMap<Instant, Event<'_>> =
            moved.remove(event.identity).into_iter().flatten().filter_map(|one| Some((one.instead_of?, one))).collect();
        let mut from_now_on: Option<(Event<'_>, TimeDelta)> = None;
        for (wall, length) in event.walls(horizon, most.saturating_sub(found.len()))? {
            let at = Stated { wall, ..event.start };
            match (instead.remove(&at.moment()), &from_now_on) {
                (Some(other), _) => {
                    found.push(other.occurrence(other.start, other.length));
                    if other.and_later {
                        let shift = other.start.on_the_wall_of(&event.start) - wall;
                        from_now_on = Some((other, shift));
                    }
                }
                (None, _) if event.is_left_out(at) => {}
                (None, Some((other, shift))) => found.push(other.occurrence(Stated { wall: wall + *shift, ..at }, other.length)),
                (None, None) => found.push(event.occurrence(at, length)),
            }
        }
        // What replaces nothing takes place all the same.
        found.extend(instead.into_values().map(|one| one.occurrence(one.start, one.length)));
    }
    found.extend(moved.into_values().flatten().map(|one| one.occurrence(one.start, one.length)));
    found.retain(|one| one.from < horizon);
    Ok(found)
}

/// A date and a time on some wall.
#[derive(Clone, Copy)]
struct Stated {
    wall: NaiveDateTime,
    zone: Zone,
    /// Only the day was said.
    day: bool,
}

impl Stated {
    fn moment(self) -> Instant {
        match self.zone {
            Zone::Tz(zone) => WallTime(self.wall).in_zone(zone),
            Zone::Fixed(offset) => Instant((self.wall - offset).and_utc().timestamp_millis()),
            Zone::Floating => WallTime(self.wall).in_zone(Tz::UTC),
        }
    }

    fn on_the_wall_of(self, other: &Self) -> NaiveDateTime {
        if self.zone == other.zone {
            return self.wall;
        }
        self.moment().utc().with_timezone(&other.zone).naive_local()
    }
}

/// How long something takes: days and hours on the wall, and then what a stopwatch shows.
#[derive(Clone, Copy)]
struct Length {
    wall: TimeDelta,
    exact: TimeDelta,
}

impl Length {
    fn of(said: &ICalendarDuration) -> Result<Self, String> {
        if said.neg {
            return Err("ends before it begins".into());
        }
        Ok(Self {
            wall: TimeDelta::days(i64::from(said.weeks) * 7 + i64::from(said.days)),
            exact: TimeDelta::seconds(i64::from(said.hours) * 3600 + i64::from(said.minutes) * 60 + i64::from(said.seconds)),
        })
    }
}

/// Nothing in anybody's calendar takes longer.
const LONGEST: TimeDelta = TimeDelta::days(36_600);

struct Zones<'a> {
    named: TzResolver<&'a str>,
    default: Tz,
}

impl Zones<'_> {
    fn read(&self, value: &PartialDateTime, name: Option<&str>) -> Result<Stated, String> {
        let read = value.to_date_time().ok_or("has a time that cannot be read")?;
        let zone = match (read.offset, name) {
            (Some(offset), _) if offset.local_minus_utc() == 0 => Zone::UTC,
            (Some(offset), _) => Zone::Fixed(offset),
            (None, Some(name)) => self.named.resolve(name).or_else(|| city(name)).ok_or_else(|| {
                format!("is in the time zone \"{name}\", which Baton does not know; a zone is called by its city, such as Europe/Berlin")
            })?,
            (None, None) => Zone::Tz(self.default),
        };
        Ok(Stated { wall: read.date_time, zone, day: !value.has_time() })
    }
}

/// Some programs write a registry before it: `/example.org/Europe/Berlin`.
fn city(name: &str) -> Option<Zone> {
    let ends = name.match_indices('/').filter_map(|(at, _)| name.get(at + 1..)).filter(|end| end.contains('/'));
    ends.filter_map(|end| end.parse().ok()).map(Zone::Tz).next()
}

struct Event<'a> {
    place: usize,
    /// The same for a series and what was moved of it.
    identity: &'a str,
    start: Stated,
    length: Length,
    rule: Option<&'a ICalendarRecurrenceRule>,
    besides: Vec<(Stated, Option<Length>)>,
    left_out: Vec<Stated>,
    /// It takes place instead of the one of its series that would begin then.
    instead_of: Option<Instant>,
    /// And all after it are moved as it is.
    and_later: bool,
}

impl<'a> Event<'a> {
    fn read(place: usize, component: &'a ICalendarComponent, zones: &Zones<'_>) -> Result<Self, String> {
        let moment = |property: &ICalendarProperty, default: Option<&str>| {
            let entry = component.property(property)?;
            let Some(ICalendarValue::PartialDateTime(value)) = entry.values.first() else {
                return Some(Err("has a time that cannot be read".to_string()));
            };
            Some(zones.read(value, entry.tz_id().or(default)))
        };
        let begins = component.property(&ICalendarProperty::Dtstart);
        let default = begins.and_then(ICalendarEntry::tz_id);
        let instead_of = moment(&ICalendarProperty::RecurrenceId, default).transpose()?;
        let start = moment(&ICalendarProperty::Dtstart, None).transpose()?.or(instead_of).ok_or("has no time at which it begins")?;
        let length = match (moment(&ICalendarProperty::Dtend, default).transpose()?, component.property(&ICalendarProperty::Duration)) {
            (Some(end), _) => Length { wall: end.on_the_wall_of(&start) - start.wall, exact: TimeDelta::zero() },
            (None, Some(entry)) => match entry.values.first() {
                Some(ICalendarValue::Duration(said)) => Length::of(said)?,
                _ => return Err("has a length that cannot be read".into()),
            },
            (None, None) if start.day => Length { wall: TimeDelta::days(1), exact: TimeDelta::zero() },
            // Until the day is over.
            (None, None) => {
                let midnight = start.wall.date().and_time(NaiveTime::MIN) + TimeDelta::days(1);
                Length { wall: midnight - start.wall, exact: TimeDelta::zero() }
            }
        };
        let (mut besides, mut left_out) = (Vec::new(), Vec::new());
        for entry in component.properties(&ICalendarProperty::Rdate) {
            let zone = entry.tz_id().or(default);
            for value in &entry.values {
                match value {
                    ICalendarValue::PartialDateTime(value) => besides.push((zones.read(value, zone)?, None)),
                    ICalendarValue::Period(period) => besides.push(self::period(period, zone, zones)?),
                    _ => return Err("has a time that cannot be read".into()),
                }
            }
        }
        for entry in component.properties(&ICalendarProperty::Exdate) {
            for value in &entry.values {
                let ICalendarValue::PartialDateTime(value) = value else { return Err("has a time that cannot be read".into()) };
                left_out.push(zones.read(value, entry.tz_id().or(default))?);
            }
        }
        let rule = match component.property(&ICalendarProperty::Rrule).map(|entry| entry.values.first()) {
            Some(Some(ICalendarValue::RecurrenceRule(rule))) => Some(rule.as_ref()),
            Some(_) => return Err("repeats by a rule that cannot be read".into()),
            None => None,
        };
        let and_later = component
            .property(&ICalendarProperty::RecurrenceId)
            .is_some_and(|entry| entry.parameter(&ICalendarParameterName::Range).is_some());
        if length.wall + length.exact > LONGEST {
            return Err("has a length that cannot be meant".into());
        }
        let instead_of = instead_of.map(Stated::moment);
        Ok(Self { place, identity: component.uid().unwrap_or_default(), start, length, rule, besides, left_out, instead_of, and_later })
    }

    /// What the wall shows each time, in order.
    fn walls(&self, horizon: Instant, most: usize) -> Result<Vec<(NaiveDateTime, Length)>, String> {
        let walls = match self.rule {
            Some(rule) => self.counted_out(rule, horizon, most)?,
            None => vec![self.start.wall],
        };
        let besides = |(stated, length): &(Stated, Option<Length>)| (stated.on_the_wall_of(&self.start), length.unwrap_or(self.length));
        let mut all: Vec<(NaiveDateTime, Length)> =
            walls.into_iter().map(|wall| (wall, self.length)).chain(self.besides.iter().map(besides)).collect();
        all.sort_by_key(|(wall, _)| *wall);
        all.dedup_by_key(|(wall, _)| *wall);
        Ok(all)
    }

    /// The rule on a wall without a zone, where no hour is skipped.
    fn counted_out(&self, rule: &ICalendarRecurrenceRule, horizon: Instant, most: usize) -> Result<Vec<NaiveDateTime>, String> {
        let at_horizon = Stated { wall: horizon.utc().naive_utc(), zone: Zone::UTC, day: false }.on_the_wall_of(&self.start);
        let said = rule.until.as_ref().and_then(|until| {
            let read = until.to_date_time()?;
            let zone = read.offset.map_or(self.start.zone, Zone::Fixed);
            let last = Stated { wall: read.date_time, zone, day: !until.has_time() };
            // A day is meant whole.
            Some(if last.day { last.wall + TimeDelta::days(1) - TimeDelta::seconds(1) } else { last.on_the_wall_of(&self.start) })
        });
        let until = said.map_or(at_horizon, |said| said.min(at_horizon));
        if until < self.start.wall {
            return Ok(vec![]);
        }
        let rule = ICalendarRecurrenceRule { until: Some(partial(until)), ..rule.clone() };
        let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
        event.entries = vec![
            ICalendarEntry::new(ICalendarProperty::Dtstart).with_value(ICalendarValue::PartialDateTime(Box::new(partial(self.start.wall)))),
            ICalendarEntry::new(ICalendarProperty::Rrule).with_value(ICalendarValue::RecurrenceRule(Box::new(rule))),
        ];
        let counted = ICalendar { components: vec![event] }.expand_dates(Zone::Floating, most);
        if let Some(error) = counted.errors.first() {
            return Err(format!("An event repeats by a rule that cannot be followed: {}.", error.error));
        }
        if counted.events.len() >= most {
            return Err("What repeats in this calendar repeats too often to be followed whole: export the coming year alone.".into());
        }
        Ok(counted.events.into_iter().map(|one| one.start.naive_local()).collect())
    }

    fn is_left_out(&self, at: Stated) -> bool {
        let whole_day = |one: &Stated| one.day && !self.start.day;
        self.left_out.iter().any(|one| if whole_day(one) { one.wall.date() == at.wall.date() } else { one.moment() == at.moment() })
    }

    fn occurrence(&self, at: Stated, length: Length) -> Occurrence {
        let from = at.moment();
        let exact = |length: TimeDelta| length.num_milliseconds();
        let to = Stated { wall: at.wall + length.wall, ..at }.moment().plus(exact(length.exact));
        // Whole within an hour that the clocks skip, it takes as long as on any other day.
        let to = if to > from { to } else { from.plus(exact(length.wall + length.exact)) };
        Occurrence { event: self.place, from, to }
    }
}

fn period(period: &ICalendarPeriod, zone: Option<&str>, zones: &Zones<'_>) -> Result<(Stated, Option<Length>), String> {
    match period {
        ICalendarPeriod::Range { start, end } => {
            let (start, end) = (zones.read(start, zone)?, zones.read(end, zone)?);
            Ok((start, Some(Length { wall: end.on_the_wall_of(&start) - start.wall, exact: TimeDelta::zero() })))
        }
        ICalendarPeriod::Duration { start, duration } => Ok((zones.read(start, zone)?, Some(Length::of(duration)?))),
    }
}

fn partial(wall: NaiveDateTime) -> PartialDateTime {
    let small = |number: u32| u8::try_from(number).ok();
    PartialDateTime {
        year: u16::try_from(wall.year()).ok(),
        month: small(wall.month()),
        day: small(wall.day()),
        hour: small(wall.hour()),
        minute: small(wall.minute()),
        second: small(wall.second()),
        ..PartialDateTime::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant(chrono::DateTime::parse_from_rfc3339(text).expect("a moment").timestamp_millis())
    }

    fn calendar(events: &[&str]) -> String {
        let event = |lines: &&str| format!("BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\n{}\r\nEND:VEVENT\r\n", lines.replace('\n', "\r\n"));
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{}END:VCALENDAR\r\n", events.iter().map(event).collect::<String>())
    }

    /// From when to when each time, in order, with the place of its event.
    fn times(events: &[&str]) -> Vec<(usize, Instant, Instant)> {
        let calendar = ICalendar::parse(calendar(events)).expect("a calendar");
        let found = occurrences(&calendar, chrono_tz::Europe::Berlin, at("2027-01-01T00:00:00Z"), 1000).expect("it can be placed");
        let mut times: Vec<_> = found.into_iter().map(|one| (one.event, one.from, one.to)).collect();
        times.sort_by_key(|(_, from, _)| *from);
        times
    }

    fn begins(events: &[&str]) -> Vec<Instant> {
        times(events).into_iter().map(|(_, from, _)| from).collect()
    }

    #[test]
    fn an_hour_that_the_clocks_skip_is_when_they_skip_it_and_one_shown_twice_the_first() {
        // Worked out by hand: Berlin is +1, and +2 from 29 March 01:00Z to 25 October 01:00Z; Sydney is +11 until
        // 4 April 16:00Z, then +10 until 3 October 16:00Z.
        for (zone, before, day, expected) in [
            // There is no 02:30 on the 29th: at 02:00 the clock shows 03:00.
            ("Europe/Berlin", "20260328", "20260329", ["03-28T01:30", "03-29T01:00", "03-30T00:30"]),
            // It is 02:30 twice on the 25th, an hour apart.
            ("Europe/Berlin", "20261024", "20261025", ["10-24T00:30", "10-25T00:30", "10-26T01:30"]),
            // The same in the south, where spring begins in October.
            ("Australia/Sydney", "20261003", "20261004", ["10-02T16:30", "10-03T16:00", "10-04T15:30"]),
            ("Australia/Sydney", "20260404", "20260405", ["04-03T15:30", "04-04T15:30", "04-05T16:30"]),
        ] {
            let daily = format!("UID:1\nDTSTART;TZID={zone}:{before}T023000\nDTEND;TZID={zone}:{before}T040000\nRRULE:FREQ=DAILY;COUNT=3");
            let expected = expected.map(|time| at(&format!("2026-{time}:00Z")));
            assert_eq!(begins(&[&daily]), expected, "{zone} from {before}");
            let once = format!("UID:1\nDTSTART;TZID={zone}:{day}T023000\nDURATION:PT15M");
            assert_eq!(begins(&[&once]), [expected[1]], "and once, on the day itself: {zone} {day}");
        }
    }

    #[test]
    fn what_ends_at_an_hour_ends_at_it_and_what_takes_hours_takes_them() {
        let night = |ends: &str| format!("UID:1\nDTSTART;TZID=Europe/Berlin:20260327T220000\n{ends}\nRRULE:FREQ=DAILY;COUNT=2");
        let ends = |event: &str| times(&[event]).into_iter().map(|(_, _, to)| to).collect::<Vec<_>>();
        let (sixth, seventh) = (at("2026-03-28T05:00:00Z"), at("2026-03-29T04:00:00Z"));
        assert_eq!(ends(&night("DTEND;TZID=Europe/Berlin:20260328T060000")), [sixth, seventh], "a shift until six ends at six");
        assert_eq!(ends(&night("DURATION:PT8H")), [sixth, seventh.plus(3_600_000)], "eight hours are eight hours");
        let within = "UID:1\nDTSTART;TZID=Europe/Berlin:20260329T021500\nDTEND;TZID=Europe/Berlin:20260329T024500";
        let skip = at("2026-03-29T01:00:00Z");
        assert_eq!(times(&[within]), [(1, skip, skip.plus(30 * 60_000))], "what lies whole in the hour that is skipped is not lost");
        let day = "UID:1\nDTSTART;TZID=America/Santiago;VALUE=DATE:20260906";
        assert_eq!(
            times(&[day]),
            [(1, at("2026-09-06T04:00:00Z"), at("2026-09-07T03:00:00Z"))],
            "a day whose midnight is skipped begins an hour later"
        );
    }

    #[test]
    fn what_never_ends_is_followed_as_far_as_anybody_looks() {
        let weekly = "UID:1\nDTSTART;TZID=Europe/Berlin:20200106T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY";
        let found = begins(&[weekly]);
        assert_eq!(found.last(), Some(&at("2026-12-28T07:00:00Z")), "the last Monday before the horizon");
        let minutely = "UID:1\nDTSTART:20260101T080000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY";
        let calendar = ICalendar::parse(calendar(&[minutely])).expect("a calendar");
        let refused = occurrences(&calendar, Tz::UTC, at("2027-01-01T00:00:00Z"), 1000).expect_err("too often");
        assert!(refused.contains("too often"), "it is refused, and not cut off somewhere: {refused}");
    }

    #[test]
    fn the_last_time_counts_however_its_moment_is_written() {
        let weekly =
            |until: &str| format!("UID:1\nDTSTART;TZID=Europe/Berlin:20260302T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL={until}");
        for until in ["20260316T070000Z", "20260316", "20260316T080000"] {
            assert_eq!(begins(&[&weekly(until)]).len(), 3, "2, 9 and 16 March, until {until}");
        }
        assert_eq!(begins(&[&weekly("20260316T065959Z")]).len(), 2);
    }

    #[test]
    fn one_of_a_series_is_moved_called_off_or_left_out_and_no_other_series_with_it() {
        let series = |identity: u8| {
            format!("UID:{identity}\nSEQUENCE:1\nDTSTART;TZID=Europe/Berlin:20260302T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4")
        };
        let moved = "UID:2\nSEQUENCE:7\nRECURRENCE-ID;TZID=Europe/Berlin:20260303T080000\nDTSTART;TZID=Europe/Berlin:20260303T120000\nDURATION:PT1H";
        let times = times(&[&series(1), &format!("{}\nEXDATE;VALUE=DATE:20260304", series(2)), moved]);
        let of = |event: usize| times.iter().filter(|one| one.0 == event).map(|one| one.1).collect::<Vec<_>>();
        let day = |day: u8, hour: u8| at(&format!("2026-03-0{day}T{hour:02}:00:00Z"));
        assert_eq!(of(1), [day(2, 7), day(3, 7), day(4, 7), day(5, 7)], "the other series at the same hour stays whole");
        assert_eq!(of(2), [day(2, 7), day(5, 7)]);
        assert_eq!(of(3), [day(3, 11)]);
    }

    #[test]
    fn a_series_that_is_moved_from_a_day_on_stays_moved() {
        let series = "UID:1\nDTSTART;TZID=Europe/Berlin:20260302T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3";
        let moved = "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260303T070000Z\nDTSTART;TZID=Europe/Berlin:20260303T090000\nDURATION:PT2H";
        let day = |day: u8, hour: u8| at(&format!("2026-03-0{day}T{hour:02}:00:00Z"));
        assert_eq!(times(&[series, moved]), [(1, day(2, 7), day(2, 8)), (2, day(3, 8), day(3, 10)), (2, day(4, 8), day(4, 10))]);
    }

    #[test]
    fn a_zone_that_does_not_exist_is_named_and_not_taken_for_the_desks() {
        let event = "UID:1\nSUMMARY:On call\nDTSTART;TZID=Europe/Atlantis:20260302T080000\nDURATION:PT1H";
        let calendar = ICalendar::parse(calendar(&[event])).expect("a calendar");
        let refused = occurrences(&calendar, Tz::UTC, at("2027-01-01T00:00:00Z"), 1000).expect_err("no such zone");
        assert!(refused.contains("\"On call\"") && refused.contains("Europe/Atlantis"), "{refused}");
        for known in ["W. Europe Standard Time", "/freeassociation.sourceforge.net/Europe/Berlin"] {
            let event = format!("UID:1\nDTSTART;TZID={known}:20260302T080000\nDURATION:PT1H");
            assert_eq!(begins(&[&event]), [at("2026-03-02T07:00:00Z")], "as other programs write it: {known}");
        }
    }
}
