//! Calendars, iCalendar (RFC 5545).

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName, ICalendarProperty, ICalendarStatus,
    ICalendarValue,
};
use chrono_tz::Tz;

use super::repeats::{Occurrence, occurrences};
use crate::domain::time::Instant;

/// One time an event takes place. It ends before `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEvent {
    pub from: Instant,
    pub to: Instant,
    pub title: String,
    /// Names and mail addresses of those who take part.
    pub people: Vec<String>,
}

/// What repeats is followed for so many times, all of it together.
const MOST: usize = 50_000;

/// Every time an event of it takes place that begins before `horizon`, in order;
/// repeated ones as often as they are. `zone` is that of times that name none.
pub fn read(text: &str, zone: Tz, horizon: Instant) -> Result<Vec<CalendarEvent>, String> {
    if !text.to_lowercase().contains("begin:vcalendar") {
        return Err("This is no calendar file: it does not begin with BEGIN:VCALENDAR.".into());
    }
    let calendar = ICalendar::parse(text).map_err(|_| "This calendar could not be read: it seems to be cut off or damaged.".to_string())?;
    let mut events: Vec<CalendarEvent> = Vec::new();
    for Occurrence { event, from, to } in occurrences(&calendar, zone, horizon, MOST)? {
        let Some(event) = calendar.components.get(event) else { continue };
        if to > from && event.status() != Some(&ICalendarStatus::Cancelled) {
            events.push(CalendarEvent { from, to, title: title(event), people: people(event) });
        }
    }
    events.sort_by_key(|event| (event.from, event.to));
    Ok(events)
}

/// A calendar for others to bring in. Each event keeps its identity, which stands
/// before it, from one export to the next.
#[must_use]
pub fn write(name: &str, events: &[(String, CalendarEvent)], now: Instant) -> String {
    let entry = |property, value: String| ICalendarEntry::new(property).with_value(value);
    let moment = |property, at: Instant| {
        let time = PartialDateTime::from_utc_timestamp(at.0.div_euclid(1000));
        ICalendarEntry::new(property).with_value(ICalendarValue::PartialDateTime(Box::new(time)))
    };
    let mut calendar = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    calendar.entries = vec![
        entry(ICalendarProperty::Version, "2.0".into()),
        entry(ICalendarProperty::Prodid, "-//Baton//Baton//EN".into()),
        entry(ICalendarProperty::Name, name.into()),
    ];
    calendar.component_ids = (1..=events.len()).filter_map(|at| u32::try_from(at).ok()).collect();
    let mut components = vec![calendar];
    for (identity, event) in events {
        let mut written = ICalendarComponent::new(ICalendarComponentType::VEvent);
        written.entries = vec![
            entry(ICalendarProperty::Uid, format!("{identity}@baton")),
            moment(ICalendarProperty::Dtstamp, now),
            moment(ICalendarProperty::Dtstart, event.from),
            moment(ICalendarProperty::Dtend, event.to),
            entry(ICalendarProperty::Summary, event.title.clone()),
        ];
        let addresses = event.people.iter().filter(|said| said.contains('@'));
        written.entries.extend(addresses.map(|address| entry(ICalendarProperty::Attendee, format!("mailto:{address}"))));
        components.push(written);
    }
    ICalendar { components }.to_string()
}

pub(super) fn title(event: &ICalendarComponent) -> String {
    let title = event.property(&ICalendarProperty::Summary).and_then(|entry| entry.values.first());
    title.and_then(ICalendarValue::as_text).unwrap_or_default().trim().into()
}

fn people(event: &ICalendarComponent) -> Vec<String> {
    let mut people = Vec::new();
    for entry in event.properties(&ICalendarProperty::Attendee) {
        people.extend(entry.calendar_address().map(|address| address.trim_start_matches("mailto:").to_string()));
        people.extend(entry.parameter(&ICalendarParameterName::Cn).and_then(|name| name.as_text()).map(str::to_string));
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(text: &str) -> Instant {
        Instant(DateTime::parse_from_rfc3339(text).expect("a moment").timestamp_millis())
    }

    /// Read as a desk in this zone does at the end of 2025.
    fn read_in(zone: Tz, text: &str) -> Result<Vec<CalendarEvent>, String> {
        read(text, zone, at("2027-12-31T00:00:00Z"))
    }

    fn calendar(events: &str) -> String {
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n")
    }

    fn event(lines: &str) -> String {
        calendar(&format!("BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n{lines}END:VEVENT\r\n"))
    }

    #[test]
    fn a_holiday_of_whole_days_begins_and_ends_at_midnight_where_the_desk_is() {
        let text = event("DTSTART;VALUE=DATE:20261221\r\nDTEND;VALUE=DATE:20261228\r\nSUMMARY:Holiday\r\n");
        let events = read_in(chrono_tz::Europe::Berlin, &text).expect("read");
        assert_eq!((events[0].from, events[0].to), (at("2026-12-21T00:00:00+01:00"), at("2026-12-28T00:00:00+01:00")));
    }

    #[test]
    fn what_repeats_stays_at_its_hour_over_the_change_of_the_clocks() {
        let text = event(
            "DTSTART;TZID=Europe/Berlin:20260327T080000\r\nDTEND;TZID=Europe/Berlin:20260327T100000\r\nRRULE:FREQ=DAILY;COUNT=4\r\n\
             EXDATE;TZID=Europe/Berlin:20260328T080000\r\nSUMMARY:Ana Ruiz on call\r\nATTENDEE;CN=Ana Ruiz:mailto:ana@example.org\r\n",
        );
        let events = read_in(Tz::UTC, &text).expect("read");
        let begin: Vec<Instant> = events.iter().map(|event| event.from).collect();
        let expected = ["2026-03-27T07:00:00Z", "2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z"].map(at);
        assert_eq!(begin, expected, "08:00 on the wall, and not on the day that was left out");
        assert_eq!(events[0].people, ["ana@example.org", "Ana Ruiz"]);
    }

    #[test]
    fn what_repeats_every_minute_is_refused_and_what_was_called_off_is_left_out() {
        let forever = event("DTSTART:20261101T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=MINUTELY\r\nSUMMARY:x\r\n");
        assert!(
            read_in(Tz::UTC, &forever).expect_err("nobody can follow it whole").contains("too often"),
            "it is refused, and not cut off somewhere"
        );
        let off = event("DTSTART:20261101T080000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED\r\nSUMMARY:x\r\n");
        assert_eq!(read_in(Tz::UTC, &off), Ok(vec![]));
    }

    #[test]
    fn what_is_no_calendar_says_so() {
        assert!(read_in(Tz::UTC, "Name,Mail\nAna,a@b.org").expect_err("a table").contains("no calendar file"));
        assert!(read_in(Tz::UTC, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n").is_err(), "cut off in the middle");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let event = |title: &str, from, to| CalendarEvent {
            from: at(from),
            to: at(to),
            title: title.into(),
            people: vec!["ana@example.org".into()],
        };
        let events = [
            event("Ana Ruiz: Databases, nights; and \\ more", "2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z"),
            event(
                "Zoë with a name that is so long that the line has to be folded somewhere in the middle of it",
                "2026-11-30T08:00:00Z",
                "2026-12-07T08:00:00Z",
            ),
        ];
        let identified: Vec<(String, CalendarEvent)> = (1..).map(|number| format!("turn-{number}")).zip(events.clone()).collect();
        let text = write("Databases", &identified, at("2026-11-23T00:00:00Z"));
        assert!(text.lines().all(|line| line.len() <= 75), "no line is longer than the standard allows:\n{text}");
        assert_eq!(read_in(Tz::UTC, &text).expect("read"), events);
        assert_eq!(text, write("Databases", &identified, at("2026-11-23T00:00:00Z")), "and the same again");
    }
}
