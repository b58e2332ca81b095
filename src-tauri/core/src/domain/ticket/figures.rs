//! How many people, and how much money per hour, as people write it.

/// Who is counted, by how the word begins.
const PEOPLE: [&str; 24] = [
    "user",
    "people",
    "person",
    "employee",
    "colleague",
    "customer",
    "client",
    "staff",
    "agent",
    "student",
    "member",
    "caller",
    "cashier",
    "mitarbeit",
    "kund",
    "benutzer",
    "anwender",
    "nutzer",
    "leute",
    "kolleg",
    "person",
    "beschäftigte",
    "arbeitsplätze",
    "teilnehmer",
];

const CURRENCIES: [(&str, &str); 13] = [
    ("€", "EUR"),
    ("eur", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("$", "USD"),
    ("usd", "USD"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("£", "GBP"),
    ("gbp", "GBP"),
    ("pounds", "GBP"),
    ("chf", "CHF"),
    ("franken", "CHF"),
];

/// The first number of a field that is one.
pub(super) fn first(said: &str) -> Option<u32> {
    words(said).iter().find_map(|word| figure(word)).and_then(whole)
}

/// How many people the text speaks of; of several figures the greatest, for it grew to that.
pub(super) fn people(text: &str) -> Option<u32> {
    let words = words(text);
    let counted = words.iter().enumerate().filter_map(|(at, word)| {
        let many = figure(word).or_else(|| spelled(word))?;
        let is_people = |word: &&String| PEOPLE.iter().any(|begin| word.starts_with(begin));
        // "40 of our web customers", and not "40 minutes until a user".
        let after: Vec<&String> = words[at + 1..].iter().take(4).take_while(|word| !is_other(word)).collect();
        after.iter().any(is_people).then_some(many)
    });
    counted.filter_map(whole).max()
}

/// What is counted instead, or where another figure begins.
fn is_other(word: &str) -> bool {
    let units = [
        "min", "mins", "minutes", "minuten", "hours", "hour", "stunden", "std", "uhr", "am", "pm", "h", "days", "tagen", "tage", "%",
        "percent", "prozent", "eur", "€", "mb", "gb",
    ];
    units.contains(&word) || figure(word).is_some() || word.contains(':')
}

/// Money per hour, and its currency where one is named.
pub(super) fn cost_per_hour(text: &str) -> Option<(u32, Option<&'static str>)> {
    let words = words(text);
    words.iter().enumerate().find_map(|(at, word)| {
        let amount = figure(word)?;
        let after = &words[at + 1..];
        let (times, skipped) = after.first().map_or((1.0, 0), |word| match word.as_str() {
            "k" | "tsd" | "thousand" | "tausend" => (1e3, 1),
            "m" | "mio" | "million" | "millionen" => (1e6, 1),
            _ => (1.0, 0),
        });
        let currency =
            |word: Option<&String>| CURRENCIES.iter().find(|(sign, _)| word.is_some_and(|word| word == sign)).map(|(_, code)| *code);
        let before = currency(at.checked_sub(1).and_then(|at| words.get(at)));
        let behind = currency(after.get(skipped));
        let known = before.or(behind)?;
        let rest = &after[(skipped + usize::from(behind.is_some())).min(after.len())..];
        let is = |words: &[&str]| rest.len() >= words.len() && words.iter().zip(rest).all(|(wanted, word)| wanted == word);
        let hourly = [
            &["per", "hour"][..],
            &["an", "hour"],
            &["each", "hour"],
            &["every", "hour"],
            &["pro", "stunde"],
            &["je", "stunde"],
            &["die", "stunde"],
            &["in", "der", "stunde"],
            &["/", "h"],
            &["/", "hour"],
            &["/", "std"],
            &["/", "stunde"],
            &["hourly"],
            &["stündlich"],
            &["pro", "std"],
        ];
        let minutely = [&["per", "minute"][..], &["a", "minute"], &["pro", "minute"], &["/", "min"], &["every", "minute"]];
        let per_hour = if hourly.iter().any(|way| is(way)) {
            amount * times
        } else if minutely.iter().any(|way| is(way)) {
            amount * times * 60.0
        } else {
            return None;
        };
        whole(per_hour).map(|amount| (amount, Some(known)))
    })
}

/// Small letters; signs of money and "/" stand by themselves, and so does what is stuck to a number.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![];
    for word in text.to_lowercase().split_whitespace() {
        let word = word.trim_matches(|sign: char| !sign.is_alphanumeric() && !"€$£/%".contains(sign));
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let end = if first.is_ascii_digit() {
                rest.find(|sign: char| !(sign.is_ascii_digit() || ".,:'’".contains(sign)))
            } else if "€$£/%".contains(first) {
                Some(first.len_utf8())
            } else {
                rest.find(|sign: char| "€$£/%".contains(sign))
            };
            let (one, after) = rest.split_at(end.unwrap_or(rest.len()));
            let one = one.trim_matches(|sign: char| !sign.is_alphanumeric() && !"€$£/%".contains(sign));
            if !one.is_empty() {
                words.push(one.into());
            }
            rest = after;
        }
    }
    // "3 200 customers": three digits after a short number belong to it.
    let mut at = 0;
    while at + 1 < words.len() {
        let is_digits = |word: &str, most: usize| word.len() <= most && !word.is_empty() && word.bytes().all(|sign| sign.is_ascii_digit());
        if is_digits(&words[at], 3) && words[at + 1].len() == 3 && is_digits(&words[at + 1], 3) {
            let next = words.remove(at + 1);
            words[at].push_str(&next);
        } else {
            at += 1;
        }
    }
    words
}

/// "3,200" and "3.200" are three thousand and two hundred; "2,5" is two and a half.
fn figure(word: &str) -> Option<f64> {
    if !word.starts_with(|sign: char| sign.is_ascii_digit()) || word.contains(':') {
        return None;
    }
    let plain: String = word.chars().filter(|sign| !matches!(sign, '\'' | '’')).collect();
    let parts: Vec<&str> = plain.split(['.', ',']).collect();
    if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|sign| sign.is_ascii_digit())) {
        return None;
    }
    let grouped = parts.len() > 1 && parts[0].len() <= 3 && parts[1..].iter().all(|part| part.len() == 3);
    if grouped || parts.len() == 1 {
        return parts.concat().parse().ok();
    }
    // "23.11.2026" is no number.
    if parts.len() == 2 { format!("{}.{}", parts[0], parts[1]).parse().ok() } else { None }
}

/// The numbers that people write as words.
fn spelled(word: &str) -> Option<f64> {
    let words = [
        ("two", 2.0),
        ("zwei", 2.0),
        ("three", 3.0),
        ("drei", 3.0),
        ("four", 4.0),
        ("vier", 4.0),
        ("five", 5.0),
        ("fünf", 5.0),
        ("six", 6.0),
        ("sechs", 6.0),
        ("seven", 7.0),
        ("sieben", 7.0),
        ("eight", 8.0),
        ("acht", 8.0),
        ("nine", 9.0),
        ("neun", 9.0),
        ("ten", 10.0),
        ("zehn", 10.0),
        ("twelve", 12.0),
        ("zwölf", 12.0),
        ("twenty", 20.0),
        ("zwanzig", 20.0),
        ("thirty", 30.0),
        ("dreißig", 30.0),
        ("forty", 40.0),
        ("vierzig", 40.0),
        ("fifty", 50.0),
        ("fünfzig", 50.0),
        ("hundred", 100.0),
        ("hundert", 100.0),
    ];
    words.iter().find(|(name, _)| *name == word).map(|(_, many)| *many)
}

fn whole(many: f64) -> Option<u32> {
    // What is greater than there are people or than anybody loses was misread.
    (many.fract() == 0.0 && (1.0..=1e9).contains(&many)).then_some(many as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted_where_a_figure_speaks_of_them() {
        for (text, expected) in [
            ("About 3,200 web customers cannot pay", Some(3200)),
            ("rund 1.200 Kundinnen und Kunden", Some(1200)),
            ("40 of our users", Some(40)),
            ("ca. 15 Mitarbeitende in Halle 3", Some(15)),
            ("first one user, now 12 users", Some(12)),
            ("drei Kollegen sind betroffen", Some(3)),
            ("3 200 customers", Some(3200)),
            ("after 20 minutes a user called", None),
            ("since 13:40 users cannot log in", None),
            ("error 500 is shown", None),
            ("on 23.11.2026 customers called", None),
        ] {
            assert_eq!(people(text), expected, "{text}");
        }
        assert_eq!((first("12"), first("~ 40 (whole floor)"), first("everybody")), (Some(12), Some(40), None));
    }

    #[test]
    fn money_counts_only_by_the_hour_and_with_its_currency() {
        for (text, expected) in [
            ("This costs us 10,000 EUR per hour", Some((10_000, Some("EUR")))),
            ("$10k an hour", Some((10_000, Some("USD")))),
            ("10.000 € pro Stunde", Some((10_000, Some("EUR")))),
            ("ca. 5 Tsd. Euro je Stunde", Some((5000, Some("EUR")))),
            ("€2.5k/h", Some((2500, Some("EUR")))),
            ("about 200 € pro Minute", Some((12_000, Some("EUR")))),
            ("£1,500 every hour", Some((1500, Some("GBP")))),
            ("an order of 10,000 EUR", None),
            ("5 calls per hour", None),
        ] {
            assert_eq!(cost_per_hour(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_read_without_harm(text in "([0-9.,:'€$/k% a-zé]{1,8} ?){0,20}") {
            let _ = (people(&text), cost_per_hour(&text), first(&text));
        }
    }
}
