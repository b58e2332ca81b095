//! What can be found in a ticket or a mail that somebody pasted, in English and in
//! German. It guesses, and so each guess is marked in the window; what is not plainly
//! there is not found.

mod figures;
mod letter;
mod steps;
pub(super) mod times;

use chrono::Offset;
use chrono_tz::Tz;

use super::directory::Service;
use super::facts::Facts;
use super::found::Found;
use super::text::{clean, clean_line, shorten};
use super::time::{Instant, MINUTE, spoken};

use letter::{Label, Letter};
use times::Wall;

/// What a description may be long; more is a log file.
const LONGEST: usize = 3000;

/// What a ticket is read against.
pub struct Around<'a> {
    pub now: Instant,
    pub zone: Tz,
    /// The desk's, by ISO 4217.
    pub currency: &'a str,
    pub services: &'a [Service],
}

/// Reads the plain text of a ticket or a mail.
#[must_use]
pub fn read(text: &str, around: &Around<'_>) -> Found {
    let letter = Letter::read(&clean(text));
    let body = letter.body.as_str();
    let title = letter.title();
    let here = Wall::Here(around.zone);
    let sent = letter.label(Label::Sent);
    let written = sent.and_then(|sent| times::moment(sent, around.now, here));
    // A ticket from the future was written by a clock that is wrong.
    let written = written.filter(|written| *written <= around.now).unwrap_or(around.now);
    // "Since 15:40" is by the clock of whoever wrote it, where that is known to be another one.
    let theirs =
        sent.and_then(times::ahead).filter(|ahead| *ahead != i64::from(written.at(around.zone).offset().fix().local_minus_utc()) * 1000);
    let wall = theirs.map_or(here, Wall::Theirs);
    let said = format!("{title}.\n{body}");

    let mut left_out = vec![];
    let cost = figures::cost_per_hour(&said);
    let cost_per_hour = match &cost {
        Some((_, Some(currency))) if !currency.eq_ignore_ascii_case(around.currency) => {
            left_out.push(format!("The cost was left out: it is in {currency}, and this desk counts in {}.", around.currency));
            None
        }
        Some((amount, _)) => Some(*amount),
        None => None,
    };
    let began = letter.label(Label::Began).and_then(|value| times::moment(value, written, wall));
    let began = began.or_else(|| times::began(&said, written, wall));
    if let (Some(ahead), Some(began)) = (theirs, began) {
        let at = spoken(began, around.now, around.zone);
        left_out.push(format!("When it began was read by the clock of whoever wrote it, {}: that is {at} here.", utc(ahead)));
    }
    let people = letter.label(Label::People).and_then(figures::first).or_else(|| figures::people(&said));
    let (service, place) = place(&letter, &title, around.services);
    let facts = Facts {
        what: what(&letter, &title),
        service: service.map(|service| service.id),
        place,
        who: who(&letter),
        reported_by: reported_by(&letter),
        people_affected: people,
        began_at: began,
        cost_per_hour,
        tried: steps::tried(&letter, written),
        ..Facts::default()
    };
    Found { facts, left_out }
}

/// The title, what was written under it, and the ticket's number to come back to it by.
fn what(letter: &Letter, title: &str) -> String {
    let body = letter.body.trim();
    let body = body.strip_prefix(title).map_or(body, |rest| rest.trim_start_matches(['.', ':', '\n', ' ']));
    let mut parts: Vec<String> = [title, body].into_iter().filter(|part| !part.is_empty()).map(String::from).collect();
    if parts.is_empty() {
        return String::new();
    }
    parts.extend(letter.number().map(|number| format!("Ticket {number}")));
    let text = parts.join("\n\n");
    if text.chars().count() > LONGEST { shorten(&text, LONGEST) } else { text }
}

/// Whom they say it is about.
fn who(letter: &Letter) -> String {
    let affected = letter.label(Label::People).filter(|value| value.chars().any(char::is_alphabetic));
    let mut text = affected.map(clean_line).unwrap_or_default();
    if let Some(first) = text.chars().next() {
        text.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    shorten(&text, 300)
}

/// Whom it came from, who need not be affected themselves, and where they can be called.
fn reported_by(letter: &Letter) -> String {
    let both: Vec<String> = letter.from().into_iter().chain(letter.phone()).collect();
    shorten(&both.join(", "), 200)
}

/// "UTC+05:30".
fn utc(ahead: i64) -> String {
    let minutes = ahead.abs() / MINUTE;
    format!("UTC{}{:02}:{:02}", if ahead < 0 { '−' } else { '+' }, minutes / 60, minutes % 60)
}

/// The service of the directory that is named, first where a form says it, then in the title,
/// then in the text; else what the form says.
fn place<'a>(letter: &Letter, title: &str, services: &'a [Service]) -> (Option<&'a Service>, String) {
    let said = letter.label(Label::Service).or_else(|| letter.label(Label::Site));
    let named = said.into_iter().chain([title, letter.body.as_str()]).find_map(|text| named(text, services));
    match named {
        Some(service) => (Some(service), service.name.clone()),
        None => (None, shorten(&clean_line(said.unwrap_or_default()), 200)),
    }
}

/// The service with the longest name that stands in the text as words.
fn named<'a>(text: &str, services: &'a [Service]) -> Option<&'a Service> {
    let text = format!(" {} ", words(text).join(" "));
    let is_named = |service: &&Service| {
        let name = words(&service.name).join(" ");
        name.len() > 2 && text.contains(&format!(" {name} "))
    };
    services.iter().filter(is_named).max_by_key(|service| service.name.len())
}

/// Small letters, parted by whatever is no letter and no digit.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase().split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).map(String::from).collect()
}
