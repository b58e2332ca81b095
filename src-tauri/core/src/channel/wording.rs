//! A message as people read it: a subject, a full text, and one short enough
//! for a notification. Shortening happens here, so that no channel cuts blindly.

use super::Rendered;
use crate::domain::impact::result;
use crate::domain::message::{Fact, Message, Purpose};
use crate::domain::response::Response;
use crate::domain::text::{clean, clean_line, shorten};
use crate::domain::token::Token;

/// One line that names the incident and what is wanted.
pub(super) fn subject(message: &Message) -> String {
    let title = shorten(&clean_line(&message.title), 120);
    let (severity, reference) = (message.severity.word(), &message.reference);
    match message.purpose {
        Purpose::Alert | Purpose::Room => format!("{severity}: {title} [{reference}]"),
        Purpose::StillOnIt => format!("Still on it? {title} [{reference}]"),
        Purpose::Update => format!("Update: {title} [{reference}]"),
        Purpose::Status => format!("How it stands: {title} [{reference}]"),
        Purpose::Nudge => format!("Any news? {title} [{reference}]"),
        Purpose::Opinion => format!("Your opinion, please: {title} [{reference}]"),
        Purpose::Resolved => format!("Resolved: {title} [{reference}]"),
        Purpose::Taken => format!("Taken: {title} [{reference}]"),
        Purpose::Drill => format!("DRILL, nothing is wrong: {title}"),
        Purpose::Test => format!("Test: {title}"),
    }
}

/// Everything there is to say, in plain text.
pub(super) fn full(message: &Message) -> String {
    let known: Vec<String> = with_title(message).iter().map(|Fact { label, value }| format!("{label}: {value}")).collect();
    let mut paragraphs = vec![clean(&message.lead), known.join("\n"), clean(&message.reply), signed(message)];
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

/// What is known, with where it is first; the title is the subject's.
pub(super) fn facts(message: &Message) -> Vec<Fact> {
    let place = needs_title(message).then(|| Fact { label: "Where".into(), value: message.place.clone() });
    place
        .iter()
        .chain(&message.facts)
        .map(|Fact { label, value }| Fact { label: clean_line(label), value: clean(value) })
        .filter(|fact| !fact.value.is_empty())
        .collect()
}

/// The same where the subject is not in sight when it is read: what happened first.
pub(super) fn with_title(message: &Message) -> Vec<Fact> {
    let mut all = facts(message);
    let title = clean_line(&message.title);
    // What is said of many incidents names each by its reference.
    let said = all.iter().any(|fact| fact.label == "What" || fact.label == message.reference);
    if needs_title(message) && !title.is_empty() && !said {
        all.insert(0, Fact { label: "What".into(), value: title });
    }
    all
}

/// In a room everybody knows what the news are about.
fn needs_title(message: &Message) -> bool {
    message.purpose != Purpose::Test && !(message.purpose == Purpose::Room && message.place.is_empty())
}

/// The lead and the first facts, as many as fit; none takes the room of all the others.
pub(super) fn short(message: &Message, limit: usize) -> String {
    let mut text = clean_line(&message.lead);
    for Fact { label, value } in facts(message) {
        let value = shorten(&clean_line(&value), limit / 2);
        let room = limit.saturating_sub(text.chars().count());
        let lines = [&value, &result(&value)].map(|value| format!("\n{label}: {value}"));
        let Some(next) = lines.iter().find(|line| line.chars().count() <= room) else { break };
        text.push_str(next);
    }
    shorten(&text, limit)
}

/// How somebody answers by the channel itself, besides telling the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answering<'a> {
    /// Buttons stand below the message.
    Buttons,
    /// By answering this very message.
    Thread,
    /// By sending words and the delivery's code.
    Code(&'a Token),
    /// By answering this very message, or by a sign put on it: the first of each is named.
    Reactions(&'a [(Response, &'a [&'a str])]),
    /// By the one thing that the provider knows, which says "on it".
    Acknowledging,
}

impl Answering<'_> {
    /// The message with how to answer it in front of whom else to tell.
    pub(super) fn told(self, message: &Message) -> Message {
        let labels: Vec<String> =
            message.purpose.responses().iter().map(|one| format!("“{}”", one.label(message.purpose).to_lowercase())).collect();
        if labels.is_empty() {
            return message.clone();
        }
        let choice = one_of(&labels);
        let way = match self {
            Self::Buttons => format!("Press {}, or answer this message.", choice.replace(['“', '”'], "")),
            Self::Reactions(signs) => {
                let sign = |one: &Response| signs.iter().find(|(meant, _)| meant == one).and_then(|(_, signs)| signs.first().copied());
                let signs: Vec<&str> = message.purpose.responses().iter().filter_map(sign).collect();
                let by_sign = one_of(&signs.into_iter().map(str::to_string).collect::<Vec<_>>());
                format!("Answer this message with {choice}, or react with {by_sign}.")
            }
            Self::Thread => format!("Answer this message with {choice}."),
            Self::Acknowledging if message.purpose == Purpose::Drill => format!("Acknowledge it: that says {choice} to the desk."),
            Self::Acknowledging => "Acknowledge it only if you take it: that says “on it” to the desk.".into(),
            Self::Code(token) => format!("Answer with {choice} and the code {}.", token.code()),
        };
        let besides = match message.reply.strip_prefix("Tell ") {
            // What is told says the same as what is answered.
            Some(whom) if message.purpose == Purpose::Drill => format!("Or tell {whom}"),
            _ => message.reply.clone(),
        };
        Message { reply: format!("{way} {besides}").trim().into(), ..message.clone() }
    }

    /// The same in so few words that a text message has room for them: "Answer: on it
    /// 7KQ4 / not me 7KQ4". Empty where no answer is asked for.
    pub(super) fn briefly(self, to: Purpose) -> String {
        let code = if let Self::Code(token) = self { token.code() } else { "" };
        let words: Vec<String> =
            to.responses().iter().map(|one| format!("{} {code}", one.label(to).to_lowercase()).trim_end().to_string()).collect();
        if words.is_empty() { String::new() } else { format!("Answer: {}", words.join(" / ")) }
    }
}

/// "this", "this or that", "this, that or the other".
fn one_of(choices: &[String]) -> String {
    match choices.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => choices.concat(),
    }
}

/// Lengths to which the parts of a message are cut, one after the other, until
/// the whole fits.
pub(super) const CUTS: [usize; 8] = [20_000, 4_000, 2_000, 1_000, 500, 250, 120, 60];

/// Subject and text in one, cut at words until it is no longer than `limit` characters.
pub(super) fn within(message: &Message, limit: usize) -> Rendered {
    let whole = |cut: usize| {
        let message = shortened(message, cut);
        format!("{}\n\n{}", subject(&message), full(&message))
    };
    let fitting = CUTS.into_iter().map(whole).find(|text| text.chars().count() <= limit);
    Rendered::new(None, fitting.unwrap_or_else(|| shorten(&whole(CUTS[CUTS.len() - 1]), limit)), Some(limit))
}

/// The text below a subject of its own, cut at words until it is no longer than
/// `limit`, counted as the provider counts.
pub(super) fn below(message: &Message, limit: usize, counted: fn(&str) -> usize) -> Rendered {
    let whole = |cut: usize| full(&shortened(message, cut));
    let fitting = CUTS.into_iter().map(whole).find(|text| counted(text) <= limit);
    let text = fitting.unwrap_or_else(|| {
        let least = whole(CUTS[CUTS.len() - 1]);
        let halves = std::iter::successors(Some(limit), |most| (*most > 1).then_some(most / 2));
        halves.map(|most| shorten(&least, most)).find(|text| counted(text) <= limit).unwrap_or_default()
    });
    Rendered { subject: Some(subject(message)), length: counted(&text), text, limit: Some(limit) }
}

/// Characters, for whoever counts those.
pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}

/// The same message with nothing in it longer than `most` characters.
pub(super) fn shortened(message: &Message, most: usize) -> Message {
    let cut = |text: &str| shorten(text, most);
    Message {
        title: shorten(&clean_line(&message.title), most.min(200)),
        place: cut(&clean_line(&message.place)),
        lead: cut(&clean(&message.lead)),
        facts: message.facts.iter().map(|fact| Fact { label: cut(&clean_line(&fact.label)), value: cut(&clean(&fact.value)) }).collect(),
        reply: cut(&clean(&message.reply)),
        from: cut(&clean_line(&message.from)),
        ..message.clone()
    }
}

pub(super) fn signed(message: &Message) -> String {
    let time = message.at.at(message.zone).format("%H:%M, %a %-d %b %Y");
    format!("{}, {time} ({})", clean_line(&message.from), message.zone.name())
}

/// A message that says nothing, to try a set-up with.
pub(super) fn nothing() -> Message {
    Message {
        purpose: Purpose::Test,
        incident: crate::domain::id::IncidentId(uuid::Uuid::nil()),
        reference: String::new(),
        severity: crate::domain::severity::Severity::Low,
        title: String::new(),
        place: String::new(),
        lead: String::new(),
        facts: Vec::new(),
        reply: String::new(),
        from: String::new(),
        at: crate::domain::time::Instant(0),
        zone: chrono_tz::UTC,
    }
}
