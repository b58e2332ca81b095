//! Several messages to one person, said as one: how many, the first by name, and
//! every reference there is room for.

use super::message::{Fact, Message, Purpose};
use super::text::{clean_line, shorten};

/// So many are named; of the others their number.
const NAMED: usize = 20;

/// Characters of each.
const EACH: usize = 90;

/// `None` where there is only one to say.
#[must_use]
pub fn digest(messages: &[&Message]) -> Option<Message> {
    let [first, _, ..] = messages else { return None };
    let count = messages.len();
    let worst = messages.iter().map(|message| message.severity).max().unwrap_or(first.severity);
    let (lead, title) = match first.purpose {
        Purpose::Update => (format!("There is news of {count} incidents."), format!("{count} incidents, first: {}", named(first))),
        Purpose::Status => (format!("How {count} incidents stand."), format!("{count} incidents, first: {}", named(first))),
        Purpose::Resolved => (format!("{count} incidents are resolved."), format!("{count} incidents, first: {}", named(first))),
        _ => (
            format!("{count} incidents need somebody now. Your answer is for all of them; for a single one, tell the desk."),
            format!("{count} incidents, first: {}", named(first)),
        ),
    };
    let fact = |message: &&Message| Fact { label: message.reference.clone(), value: shorten(&said(message), EACH) };
    let mut facts: Vec<Fact> = messages.iter().take(NAMED).map(fact).collect();
    if count > NAMED {
        facts.push(Fact { label: "And".into(), value: format!("{} more; the desk has the list", count - NAMED) });
    }
    Some(Message { severity: worst, title, place: String::new(), lead, facts, ..(*first).clone() })
}

fn named(message: &Message) -> String {
    format!("{} {}", message.reference, clean_line(&message.title))
}

fn said(message: &Message) -> String {
    let place = if message.place.is_empty() { String::new() } else { format!("{}: ", clean_line(&message.place)) };
    match message.purpose {
        Purpose::Update => format!("{place}{}", clean_line(&message.lead)),
        Purpose::Status => format!("{place}{}. {}", clean_line(&message.title), clean_line(&message.lead)),
        _ => format!("{} · {place}{}", message.severity.word(), clean_line(&message.title)),
    }
}
