//! The impact in figures: what is lost while it lasts, and how that was worked out.

use chrono_tz::Tz;
use serde::Serialize;
use ts_rs::TS;

use super::facts::{FactField, Facts};
use super::incident::{Incident, Phase};
use super::text::capital;
use super::time::{DAY, HOUR, Instant, spoken, spoken_length};

/// What stands behind a figure that nobody has confirmed.
pub const ASSUMED: &str = " (assumed)";

/// Everything that can be worked out, ready to go on counting on a screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Impact {
    pub losses: Vec<Loss>,
    /// "40 % of 50,000 customers = about 20,000 customers".
    pub customers: Option<String>,
    /// How much of it is affected, where no figure says so already: "40 %".
    pub share: Option<String>,
}

/// Something that is lost for as long as it lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Loss {
    pub of: Lost,
    /// "€ 10,000 per hour × 40 % affected".
    pub rate: String,
    /// Lost in an hour, in hundredths of what it is counted in.
    #[ts(type = "number")]
    pub hundredths_per_hour: i64,
    /// `None` while nobody knows when it began.
    pub since: Option<Instant>,
    /// Set once it is over.
    pub until: Option<Instant>,
    /// Nobody has confirmed one of the figures it is worked out from.
    pub assumed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// In the desk's currency.
    Money,
    /// In minutes that people cannot work.
    WorkingTime,
    Orders,
}

impl Impact {
    #[must_use]
    pub fn of(facts: &Facts, over_at: Option<Instant>, currency: &str) -> Self {
        let losses: Vec<Loss> = Lost::ALL.into_iter().filter_map(|lost| lost.of(facts, over_at, currency)).collect();
        let customers = customers(facts);
        let told = customers.is_some() || losses.iter().any(|loss| loss.of != Lost::WorkingTime);
        let share = facts.affected_percent.filter(|_| !told);
        Self { losses, customers, share: share.map(|percent| format!("{percent} %{}", mark(facts, FactField::Share))) }
    }

    /// That of an incident: what is over costs no more.
    #[must_use]
    pub fn of_incident(incident: &Incident, currency: &str) -> Self {
        let over_at = if let Phase::Resolved { at, .. } = incident.phase { Some(at) } else { None };
        Self::of(&incident.facts, over_at, currency)
    }
}

impl Loss {
    /// What was lost until `now`, rounded down; `None` while it has not begun or nobody
    /// knows since when. In the desk's currency, in minutes, or in orders.
    #[must_use]
    pub fn so_far(&self, now: Instant) -> Option<i64> {
        let lasted = i128::from(self.lasted(now)?);
        let lost = lasted * i128::from(self.hundredths_per_hour) / (100 * i128::from(HOUR));
        Some(i64::try_from(lost).unwrap_or(i64::MAX))
    }

    /// "€ 10,000 per hour × 1 h 30 min = about € 15,000": how long it lasted, whenever that was.
    #[must_use]
    pub fn in_all(&self, currency: &str, now: Instant) -> String {
        match self.so_far(now).zip(self.lasted(now)) {
            Some((lost, lasted)) => format!("{} × {} = about {}", self.rate, lasting(lasted), self.of.amount(lost, currency)),
            None => self.rate.clone(),
        }
    }

    fn lasted(&self, now: Instant) -> Option<i64> {
        let since = self.since.filter(|since| *since <= now)?;
        Some(self.until.map_or(now, |until| until.min(now)).since(since).max(0))
    }

    /// "€ 10,000 per hour × 40 % affected × 1 h 30 min since 14:02 = about € 6,000 so far".
    #[must_use]
    pub fn words(&self, currency: &str, zone: Tz, now: Instant) -> String {
        let until_now = if self.until.is_some() { "in all" } else { "so far" };
        let lost = self.so_far(now).zip(self.lasted(now)).zip(self.since).filter(|((lost, _), _)| *lost > 0);
        match lost {
            Some(((lost, lasted), since)) => {
                let since = spoken(since, now, zone);
                format!("{} × {} since {since} = about {} {until_now}", self.rate, lasting(lasted), self.of.amount(lost, currency))
            }
            None if self.rate.contains('×') => {
                format!("{} = about {} per hour", self.rate, self.of.amount(self.hundredths_per_hour / 100, currency))
            }
            None => self.rate.clone(),
        }
    }
}

impl Lost {
    const ALL: [Self; 3] = [Self::Money, Self::WorkingTime, Self::Orders];

    /// What the line about it is called.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Money => "Impact",
            Self::WorkingTime => "Working time",
            Self::Orders => "Orders",
        }
    }

    fn of(self, facts: &Facts, over_at: Option<Instant>, currency: &str) -> Option<Loss> {
        let (figure, field) = match self {
            Self::Money => (facts.cost_per_hour, FactField::Impact),
            Self::WorkingTime => (facts.people_affected, FactField::People),
            Self::Orders => (facts.orders_per_hour, FactField::Orders),
        };
        let figure = i64::from(figure.filter(|figure| *figure > 0)?);
        if self == Self::WorkingTime && facts.began_at.is_none() {
            return None;
        }
        // People are counted as affected, and not in part.
        let share = facts.affected_percent.filter(|_| self != Self::WorkingTime);
        let each = match self {
            Self::Money => format!("{} per hour", money(figure, currency)),
            Self::WorkingTime => people(figure),
            Self::Orders => format!("{} per hour", counted(figure, "order", "orders")),
        };
        let affected = share.map_or_else(String::new, |percent| format!(" × {percent} % affected{}", mark(facts, FactField::Share)));
        let in_an_hour = if self == Self::WorkingTime { figure * 60 } else { figure };
        let behind = [Some(field), share.map(|_| FactField::Share), Some(FactField::Began)];
        Some(Loss {
            of: self,
            rate: format!("{each}{}{affected}", mark(facts, field)),
            hundredths_per_hour: in_an_hour * i64::from(share.unwrap_or(100)),
            since: facts.began_at,
            until: over_at,
            assumed: behind.into_iter().flatten().any(|field| facts.assumed.contains(&field)),
        })
    }

    /// To two figures: what is worked out from a guess is no more exact than it.
    fn amount(self, amount: i64, currency: &str) -> String {
        match self {
            Self::Money => money(rounded(amount), currency),
            Self::WorkingTime if amount < 2 * 60 => counted(rounded(amount), "person-minute", "person-minutes"),
            Self::WorkingTime => counted(rounded(amount / 60), "person-hour", "person-hours"),
            Self::Orders => counted(rounded(amount), "order", "orders"),
        }
    }
}

/// How many customers are affected: as somebody said, or worked out from all there are.
fn customers(facts: &Facts) -> Option<String> {
    if let Some(count) = facts.customers_affected {
        return Some(format!("{}{}", counted(i64::from(count), "customer", "customers"), mark(facts, FactField::Customers)));
    }
    let (all, percent) = (i64::from(facts.customers_in_all.filter(|all| *all > 0)?), facts.affected_percent?);
    let (all_of_them, share) = (counted(all, "customer", "customers"), mark(facts, FactField::Share));
    let affected = counted(rounded(all * i64::from(percent) / 100), "customer", "customers");
    Some(format!("{percent} %{share} of {all_of_them}{ASSUMED} = about {affected}"))
}

fn mark(facts: &Facts, field: FactField) -> &'static str {
    if facts.assumed.contains(&field) { ASSUMED } else { "" }
}

/// What was worked out, without how: "About € 6,000 so far"; the words themselves where nothing was.
#[must_use]
pub fn result(words: &str) -> String {
    let Some((from, result)) = words.rsplit_once(" = ") else { return words.into() };
    capital(&format!("{result}{}", if from.contains(ASSUMED) { ASSUMED } else { "" }))
}

/// To the minute within the first days, so that the product can be worked out again.
fn lasting(milliseconds: i64) -> String {
    let (days, rest) = (milliseconds / DAY, milliseconds % DAY);
    if days == 0 || rest < HOUR {
        return spoken_length(milliseconds);
    }
    format!("{} {}", spoken_length(days * DAY), spoken_length(rest / HOUR * HOUR))
}

/// "1 person", "3,200 people".
#[must_use]
pub fn people(count: i64) -> String {
    counted(count, "person", "people")
}

fn counted(count: i64, one: &str, more: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {more}", grouped(count)) }
}

/// To two figures.
fn rounded(amount: i64) -> i64 {
    let mut unit = 1;
    while amount / unit >= 100 {
        unit *= 10;
    }
    amount.saturating_add(unit / 2) / unit * unit
}

/// The amount with its currency as people write it: "€ 10,000", "CHF 250".
#[must_use]
pub fn money(amount: i64, currency: &str) -> String {
    let sign = match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        other => other,
    };
    format!("{sign} {}", grouped(amount)).trim_start().into()
}

#[must_use]
pub fn grouped(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if amount < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::MINUTE;
    use proptest::prelude::*;

    const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin
    const BERLIN: Tz = chrono_tz::Europe::Berlin;

    fn said(facts: &Facts) -> Vec<String> {
        let impact = Impact::of(facts, None, "EUR");
        let losses = impact.losses.iter().map(|loss| format!("{}: {}", loss.of.label(), loss.words("EUR", BERLIN, NOW)));
        losses.chain(impact.customers).chain(impact.share).collect()
    }

    #[test]
    fn each_figure_says_how_it_was_worked_out() {
        let facts = Facts {
            began_at: Some(NOW.plus(-90 * MINUTE)),
            cost_per_hour: Some(10_000),
            people_affected: Some(3200),
            orders_per_hour: Some(120),
            customers_in_all: Some(50_000),
            affected_percent: Some(40),
            ..Facts::default()
        };
        assert_eq!(
            said(&facts),
            [
                "Impact: € 10,000 per hour × 40 % affected × 1 h 30 min since 12:12 = about € 6,000 so far",
                "Working time: 3,200 people × 1 h 30 min since 12:12 = about 4,800 person-hours so far",
                "Orders: 120 orders per hour × 40 % affected × 1 h 30 min since 12:12 = about 72 orders so far",
                "40 % of 50,000 customers (assumed) = about 20,000 customers",
            ]
        );
        let over = Impact::of(&facts, Some(NOW.plus(-30 * MINUTE)), "EUR");
        assert_eq!(
            over.losses[0].words("EUR", BERLIN, NOW),
            "€ 10,000 per hour × 40 % affected × 1 h since 12:12 = about € 4,000 in all",
            "once it is over it costs no more"
        );
    }

    #[test]
    fn what_is_not_known_is_not_worked_out() {
        let rate = Facts { cost_per_hour: Some(10_000), affected_percent: Some(40), ..Facts::default() };
        assert_eq!(said(&rate), ["Impact: € 10,000 per hour × 40 % affected = about € 4,000 per hour"], "nobody knows since when");
        let later = Facts { began_at: Some(NOW.plus(HOUR)), ..rate };
        assert_eq!(said(&later), ["Impact: € 10,000 per hour × 40 % affected = about € 4,000 per hour"], "it has not begun");
        let share = Facts { affected_percent: Some(40), ..Facts::default() };
        assert_eq!(said(&share), ["40 %"], "a share of nothing known stands by itself");
        let few = Facts { people_affected: Some(3), began_at: Some(NOW.plus(-10 * MINUTE)), ..Facts::default() };
        assert_eq!(said(&few), ["Working time: 3 people × 10 min since 13:32 = about 30 person-minutes so far"], "too little for hours");
        let free = Facts { cost_per_hour: Some(0), ..few };
        assert_eq!(said(&free).len(), 1, "what costs nothing is no impact");
    }

    #[test]
    fn what_nobody_confirmed_says_so_at_the_figure_it_is_said_of() {
        let facts = Facts {
            began_at: Some(NOW.plus(-60 * MINUTE)),
            cost_per_hour: Some(10_000),
            affected_percent: Some(40),
            customers_affected: Some(1),
            assumed: [FactField::Impact, FactField::Customers].into(),
            ..Facts::default()
        };
        assert_eq!(
            said(&facts),
            ["Impact: € 10,000 per hour (assumed) × 40 % affected × 1 h since 12:42 = about € 4,000 so far", "1 customer (assumed)"]
        );
        assert!(Impact::of(&facts, None, "EUR").losses[0].assumed, "and so does whatever is worked out from it");
    }

    #[test]
    fn a_long_time_is_said_to_the_hour() {
        let facts = Facts { began_at: Some(NOW.plus(-53 * HOUR)), cost_per_hour: Some(100), ..Facts::default() };
        assert_eq!(said(&facts), ["Impact: € 100 per hour × 2 days 5 h since 21 Nov 08:42 = about € 5,300 so far"]);
    }

    #[test]
    fn money_is_written_as_people_write_it() {
        assert_eq!(money(1_234_567, "USD"), "$ 1,234,567");
        assert_eq!(money(900, "CHF"), "CHF 900", "a currency without a sign keeps its letters");
        assert_eq!(money(900, ""), "900", "an amount without a currency has no gap before it");
        for (exact, about) in [(0, 0), (7, 7), (99, 99), (2166, 2200), (99_999, 100_000), (1_049_999, 1_000_000)] {
            assert_eq!(rounded(exact), about, "two figures of {exact}");
        }
    }

    proptest! {
        #[test]
        fn nothing_lost_comes_back_and_no_figure_is_too_large(
            figures in any::<[u32; 3]>(), percent in proptest::option::of(0_u8..=100),
            began in any::<i64>(), now in any::<i64>(), later in 0..i64::MAX, over in proptest::option::of(any::<i64>()),
        ) {
            let facts = Facts {
                cost_per_hour: Some(figures[0]), people_affected: Some(figures[1]), orders_per_hour: Some(figures[2]),
                customers_in_all: Some(figures[0]), affected_percent: percent, began_at: Some(Instant(began)), ..Facts::default()
            };
            for loss in Impact::of(&facts, over.map(Instant), "EUR").losses {
                let (before, after) = (loss.so_far(Instant(now)), loss.so_far(Instant(now).plus(later)));
                prop_assert!(before.unwrap_or(0) >= 0, "less than nothing is never lost: {before:?}");
                prop_assert!(before <= after, "what is lost stays lost: {before:?}, then {after:?}");
                prop_assert!(rounded(before.unwrap_or(0)) <= rounded(after.unwrap_or(0)), "and so it is said");
                prop_assert!(!loss.words("EUR", BERLIN, Instant(now)).is_empty());
            }
        }

        #[test]
        fn a_share_is_never_more_than_the_whole(rate in any::<u32>(), percent in 0_u8..=100, hours in 0_i64..100_000) {
            let of = |affected_percent| {
                let facts = Facts { cost_per_hour: Some(rate), affected_percent, began_at: Some(Instant(0)), ..Facts::default() };
                Impact::of(&facts, None, "EUR").losses.first().and_then(|loss| loss.so_far(Instant(hours * HOUR)))
            };
            prop_assert!(of(Some(percent)) <= of(None), "{percent} % of it");
            prop_assert_eq!(of(Some(100)), of(None), "all of it is what is meant where no share is said");
        }
    }
}
