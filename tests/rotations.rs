//! Whoever the drawn schedule names is on call, and whoever is on call is named
//! by it; and both say what somebody would who walks the calendar turn by turn.

use baton_core::domain::id::{PersonId, RotationId};
use baton_core::domain::presence::{Absence, Presence, Presences};
use baton_core::domain::rotation::{Layer, Rotation, ShiftChange, ShiftOverride};
use baton_core::domain::time::{DAY, HOUR, Instant, MINUTE, WallTime};
use baton_core::domain::timetable::{Hours, Timetable};
use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Both hemispheres, half-hour clocks, a zone without summer time, and one that lost a day.
const ZONES: [&str; 7] =
    ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC"];

/// When each of them is there.
type People = BTreeMap<PersonId, Presence>;

/// Around a change of the clocks, the end of a year, and 29 February.
fn beginnings() -> impl Strategy<Value = i64> {
    let dates = ["2026-03-28", "2026-10-24", "2026-04-04", "2026-10-03", "2026-11-01", "2026-12-30", "2028-02-27", "2011-12-28"];
    let moment = |date: &str| DateTime::parse_from_rfc3339(&format!("{date}T00:00:00Z")).expect("a date").timestamp_millis();
    (proptest::sample::select(dates.map(moment).to_vec()), 0..3 * 24 * 12_i64).prop_map(|(date, five)| date + five * 5 * MINUTE)
}

fn rotations() -> impl Strategy<Value = (Rotation, People, i64)> {
    let some: Vec<PersonId> = (0..4).map(|_| PersonId::new(Instant(0))).collect();
    let hours = (vec(1..=7_u8, 1..5), 0..1440_u16, 0..=1440_u16).prop_map(|(days, from, to)| Hours { days, from, to });
    let at_work = (0..4_usize, proptest::sample::select(ZONES.to_vec()), vec(hours.clone(), 1..3));
    let turns = proptest::sample::select(vec![1_u32, 2, 8, 12, 24, 36, 168]);
    let layer = (1..5_usize, -4 * 24 * 4..24 * 4_i64, turns, vec(hours, 0..3));
    let agreed = (0..4_usize, 0..4_usize, 0..3_u8, 0..100_i64, 1..40_i64);
    let absence = (0..4_usize, 0..100_i64, 1..60_i64);
    (proptest::sample::select(ZONES.to_vec()), beginnings(), vec(layer, 1..4), vec(agreed, 0..4), vec(absence, 0..4), vec(at_work, 0..3))
        .prop_map(move |(zone, start, layers, agreed, absences, at_work)| {
            let base = DateTime::from_timestamp_millis(start).expect("a moment").naive_utc();
            let layers = layers
                .into_iter()
                .map(|(count, quarter, shift_hours, hours)| Layer {
                    people: some[..count].to_vec(),
                    from: WallTime(base + TimeDelta::minutes(15 * quarter)),
                    shift_hours,
                    hours,
                })
                .collect();
            let time = |from: i64, length: i64| (Instant(start + from * HOUR), Instant(start + (from + length) * HOUR));
            let overrides = agreed
                .into_iter()
                .map(|(one, other, kind, from, length)| {
                    let (from, to) = time(from, length);
                    let change = match kind {
                        0 => ShiftChange::Add { person: some[one] },
                        1 => ShiftChange::Remove { person: some[one] },
                        _ => ShiftChange::Replace { person: some[one], by: some[other] },
                    };
                    ShiftOverride { from, to, change }
                })
                .collect();
            let mut people = People::new();
            for (one, from, length) in absences {
                let (from, to) = time(from, length);
                people.entry(some[one]).or_default().absences.push(Absence { from, to });
            }
            for (one, zone, hours) in at_work {
                people.entry(some[one]).or_default().hours = Some(Timetable { zone: zone.into(), hours });
            }
            let (id, name, zone) = (RotationId::new(Instant(0)), "Databases".into(), zone.into());
            let mut rotation = Rotation { id, name, zone, layers, overrides: vec![], sample: false };
            // Whatever is agreed must be what the form accepts.
            for one in <Vec<ShiftOverride>>::into_iter(overrides) {
                rotation.overrides.push(one);
                if rotation.check().is_err() {
                    rotation.overrides.pop();
                }
            }
            (rotation, people, start)
        })
}

/// Who is on call by walking from the very first turn, one handover after the other, and every date's hours.
fn by_hand(rotation: &Rotation, people: &People, at: Instant) -> Vec<PersonId> {
    let zone: Tz = rotation.zone.parse().expect("a zone of the list");
    let shown_in = |zone: Tz, wall: NaiveDateTime| WallTime(wall).in_zone(zone);
    let shown = |wall| shown_in(zone, wall);
    let turn_of = |layer: &Layer| {
        let mut turn = None;
        let mut wall = layer.from.0;
        for number in 0.. {
            if shown(wall) > at {
                break;
            }
            turn = Some(number);
            wall += TimeDelta::hours(i64::from(layer.shift_hours));
        }
        turn
    };
    let within_any = |all: &[Hours], zone: Tz| {
        let date = at.utc().date_naive();
        let dates = (-3..=3).map(|days| date + TimeDelta::days(days));
        let within = |hours: &Hours, date: chrono::NaiveDate| {
            let minutes = |minutes: u16| date.and_hms_opt(0, 0, 0).expect("midnight") + TimeDelta::minutes(minutes.into());
            let end = if hours.to > hours.from { minutes(hours.to) } else { minutes(hours.to) + TimeDelta::days(1) };
            let day = date.weekday().number_from_monday();
            hours.days.iter().any(|known| u32::from(*known) == day) && shown_in(zone, minutes(hours.from)) <= at && at < shown_in(zone, end)
        };
        dates.into_iter().any(|date| all.iter().any(|hours| within(hours, date)))
    };
    let manned = |layer: &Layer| layer.hours.is_empty() || within_any(&layer.hours, zone);
    let present = |person: PersonId| {
        people.get(&person).is_none_or(|presence| {
            let absent = presence.absences.iter().any(|absence| absence.from <= at && at < absence.to);
            let work = |hours: &Timetable| within_any(&hours.hours, hours.zone.parse().expect("a zone of the list"));
            !absent && presence.hours.as_ref().is_none_or(work)
        })
    };
    let taken_over = |whose: PersonId| {
        rotation.overrides.iter().filter(|one| one.from <= at && at < one.to).find_map(|one| match one.change {
            ShiftChange::Replace { person, by } if person == whose => Some(by),
            _ => None,
        })
    };
    let mut on_call: Vec<PersonId> = vec![];
    for layer in rotation.layers.iter().rev().filter(|layer| manned(layer)) {
        let Some(turn) = turn_of(layer) else { continue };
        // Who takes over somebody's turns has them, whether that somebody is there or not; else it is
        // whoever comes next in the order and is there, and if somebody takes over theirs, that one.
        let order: Vec<PersonId> = (0..layer.people.len()).map(|next| layer.people[(turn + next) % layer.people.len()]).collect();
        let found = taken_over(order[0]).or_else(|| {
            let there = order.into_iter().find(|person| present(*person))?;
            Some(taken_over(there).unwrap_or(there))
        });
        if let Some(person) = found {
            on_call = vec![person];
            break;
        }
    }
    for one in rotation.overrides.iter().filter(|one| one.covers(at)) {
        match one.change {
            ShiftChange::Add { person } if !on_call.contains(&person) => on_call.push(person),
            ShiftChange::Add { .. } | ShiftChange::Replace { .. } => {}
            ShiftChange::Remove { person } => on_call.retain(|known| *known != person),
        }
    }
    on_call
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_drawing_the_answer_and_the_calendar_agree((rotation, people, start) in rotations(), moments in vec(-2 * 24 * 60..6 * 24 * 60_i64, 40)) {
        let (from, to) = (Instant(start - 2 * DAY), Instant(start + 6 * DAY));
        let there: Presences<'_> = people.iter().map(|(id, presence)| (*id, presence)).collect();
        let drawn = rotation.schedule(&there, from, to);
        prop_assert_eq!((drawn[0].from, drawn[drawn.len() - 1].to), (from, to), "all of the time is drawn");
        prop_assert!(drawn.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].people != pair[1].people), "without a gap, each piece its own");
        let edges = drawn.iter().flat_map(|shift| [shift.from, shift.to.plus(-1)]);
        for at in moments.into_iter().map(|minute| Instant(start + minute * MINUTE)).chain(edges) {
            let answered = rotation.on_call(&there, at);
            let piece = drawn.iter().find(|shift| shift.from <= at && at < shift.to).expect("some piece of it");
            prop_assert_eq!(&piece.people, &answered, "the drawing says what the answer says at {}", at.utc());
            let named: Vec<PersonId> = answered.iter().map(|known| known.person).collect();
            prop_assert_eq!(named, by_hand(&rotation, &people, at), "and both what the calendar says at {}", at.utc());
        }
    }
}
