//! Whoever the drawn schedule names is on call, and whoever is on call is named
//! by it; and both say what somebody would who walks the calendar turn by turn.

use baton_core::domain::id::{PersonId, RotationId};
use baton_core::domain::rotation::{Absence, Absences, Hours, Layer, Rotation, ShiftChange, ShiftOverride};
use baton_core::domain::time::{DAY, HOUR, Instant, MINUTE, WallTime};
use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use proptest::collection::vec;
use proptest::prelude::*;

/// Both hemispheres, half-hour clocks, a zone without summer time, and one that lost a day.
const ZONES: [&str; 7] =
    ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC"];

#[derive(Debug)]
struct Away(Vec<(PersonId, Vec<Absence>)>);

impl Absences for Away {
    fn of(&self, person: PersonId) -> &[Absence] {
        self.0.iter().find(|(known, _)| *known == person).map_or(&[], |(_, absences)| absences)
    }
}

/// Around a change of the clocks, the end of a year, and 29 February.
fn beginnings() -> impl Strategy<Value = i64> {
    let dates = ["2026-03-28", "2026-10-24", "2026-04-04", "2026-10-03", "2026-11-01", "2026-12-30", "2028-02-27", "2011-12-28"];
    let moment = |date: &str| DateTime::parse_from_rfc3339(&format!("{date}T00:00:00Z")).expect("a date").timestamp_millis();
    (proptest::sample::select(dates.map(moment).to_vec()), 0..3 * 24 * 12_i64).prop_map(|(date, five)| date + five * 5 * MINUTE)
}

fn rotations() -> impl Strategy<Value = (Rotation, Away, i64)> {
    let some: Vec<PersonId> = (0..4).map(|_| PersonId::new(Instant(0))).collect();
    let hours = (vec(1..=7_u8, 1..5), 0..1440_u16, 0..=1440_u16).prop_map(|(days, from, to)| Hours { days, from, to });
    let turns = proptest::sample::select(vec![1_u32, 2, 8, 12, 24, 36, 168]);
    let layer = (1..5_usize, -4 * 24 * 4..24 * 4_i64, turns, vec(hours, 0..3));
    let agreed = (0..4_usize, 0..4_usize, 0..3_u8, 0..100_i64, 1..40_i64);
    let absence = (0..4_usize, 0..100_i64, 1..60_i64);
    (proptest::sample::select(ZONES.to_vec()), beginnings(), vec(layer, 1..4), vec(agreed, 0..4), vec(absence, 0..4)).prop_map(
        move |(zone, start, layers, agreed, absences)| {
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
            let absences = absences
                .into_iter()
                .map(|(one, from, length)| {
                    let (from, to) = time(from, length);
                    (some[one], vec![Absence { from, to }])
                })
                .collect();
            let (id, name, zone) = (RotationId::new(Instant(0)), "Databases".into(), zone.into());
            (Rotation { id, name, zone, layers, overrides, sample: false }, Away(absences), start)
        },
    )
}

/// Who is on call by walking from the very first turn, one handover after the other, and every date's hours.
fn by_hand(rotation: &Rotation, away: &Away, at: Instant) -> Vec<PersonId> {
    let zone: Tz = rotation.zone.parse().expect("a zone of the list");
    let shown = |wall: NaiveDateTime| WallTime(wall).in_zone(zone);
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
    let manned = |layer: &Layer| {
        let date = at.utc().date_naive();
        let dates = (-3..=3).map(|days| date + TimeDelta::days(days));
        let within = |hours: &Hours, date: chrono::NaiveDate| {
            let minutes = |minutes: u16| date.and_hms_opt(0, 0, 0).expect("midnight") + TimeDelta::minutes(minutes.into());
            let end = if hours.to > hours.from { minutes(hours.to) } else { minutes(hours.to) + TimeDelta::days(1) };
            let day = date.weekday().number_from_monday();
            hours.days.iter().any(|known| u32::from(*known) == day) && shown(minutes(hours.from)) <= at && at < shown(end)
        };
        layer.hours.is_empty() || dates.into_iter().any(|date| layer.hours.iter().any(|hours| within(hours, date)))
    };
    let present = |person: PersonId| !away.of(person).iter().any(|absence| absence.covers(at));
    let mut people: Vec<PersonId> = vec![];
    for layer in rotation.layers.iter().rev().filter(|layer| manned(layer)) {
        let Some(turn) = turn_of(layer) else { continue };
        let order = (0..layer.people.len()).map(|next| layer.people[(turn + next) % layer.people.len()]);
        if let Some(person) = order.into_iter().find(|person| present(*person)) {
            people = vec![person];
            break;
        }
    }
    for one in rotation.overrides.iter().filter(|one| one.covers(at)) {
        match one.change {
            ShiftChange::Add { person } if !people.contains(&person) => people.push(person),
            ShiftChange::Add { .. } => {}
            ShiftChange::Remove { person } => people.retain(|known| *known != person),
            ShiftChange::Replace { person, by } => people.iter_mut().filter(|known| **known == person).for_each(|known| *known = by),
        }
    }
    people
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_drawing_the_answer_and_the_calendar_agree((rotation, away, start) in rotations(), moments in vec(-2 * 24 * 60..6 * 24 * 60_i64, 40)) {
        let (from, to) = (Instant(start - 2 * DAY), Instant(start + 6 * DAY));
        let drawn = rotation.schedule(&away, from, to);
        prop_assert_eq!((drawn[0].from, drawn[drawn.len() - 1].to), (from, to), "all of the time is drawn");
        prop_assert!(drawn.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].people != pair[1].people), "without a gap, each piece its own");
        let edges = drawn.iter().flat_map(|shift| [shift.from, shift.to.plus(-1)]);
        for at in moments.into_iter().map(|minute| Instant(start + minute * MINUTE)).chain(edges) {
            let answered = rotation.on_call(&away, at);
            let piece = drawn.iter().find(|shift| shift.from <= at && at < shift.to).expect("some piece of it");
            prop_assert_eq!(&piece.people, &answered, "the drawing says what the answer says at {}", at.utc());
            let named: Vec<PersonId> = answered.iter().map(|known| known.person).collect();
            prop_assert_eq!(named, by_hand(&rotation, &away, at), "and both what the calendar says at {}", at.utc());
        }
    }
}
