//! One brief for everybody: what is known of an incident, as a message that each
//! channel then gives its own form.

use chrono_tz::Tz;

use super::id::IncidentId;
use super::incident::{Incident, Phase};
use super::message::{Fact, Message, Purpose};
use super::severity::Severity;
use super::text::shorten;
use super::time::{Instant, spoken, spoken_length};

/// Who writes, and how they write times and money.
pub struct Sender<'a> {
    pub me: &'a str,
    pub desk: &'a str,
    pub zone: Tz,
    /// ISO 4217.
    pub currency: &'a str,
}

impl Sender<'_> {
    fn signature(&self) -> String {
        match (self.me, self.desk) {
            ("", "") => "the help desk".into(),
            (me, "") => me.into(),
            ("", desk) => desk.into(),
            (me, desk) => format!("{me}, {desk}"),
        }
    }
}

/// `text` is what the person at the desk wrote: the news of an update, the
/// question to a colleague. The other purposes need none.
#[must_use]
pub fn message(purpose: Purpose, incident: &Incident, text: &str, sender: &Sender<'_>, now: Instant) -> Message {
    let from = sender.signature();
    Message {
        purpose,
        incident: incident.id,
        reference: incident.reference.clone(),
        severity: incident.severity,
        title: incident.facts.title(),
        place: incident.facts.place.clone(),
        lead: lead(purpose, incident, text, now),
        facts: if matches!(purpose, Purpose::StillOnIt | Purpose::Nudge) { vec![] } else { facts(incident, sender, now) },
        reply: reply(purpose, incident, &from),
        from,
        at: now,
        zone: sender.zone,
    }
}

/// A message that says of itself that nothing is wrong.
#[must_use]
pub fn test_message(sender: &Sender<'_>, now: Instant) -> Message {
    Message {
        purpose: Purpose::Test,
        incident: IncidentId::new(now),
        reference: "TEST".into(),
        severity: Severity::Low,
        title: "Test from Baton".into(),
        place: sender.desk.into(),
        lead: "This is a test. Nothing is wrong, and there is nothing to do: it shows that this channel reaches you.".into(),
        facts: vec![],
        reply: "No answer is needed.".into(),
        from: sender.signature(),
        at: now,
        zone: sender.zone,
    }
}

fn lead(purpose: Purpose, incident: &Incident, text: &str, now: Instant) -> String {
    match purpose {
        Purpose::Alert => "This needs somebody now. Please take it, or say that you cannot.".into(),
        Purpose::StillOnIt => match &incident.phase {
            Phase::Held { since, .. } => {
                format!(
                    "You have had this for {}. Are you still on it? Without an answer, the next level is contacted.",
                    spoken_length(now.since(*since))
                )
            }
            _ => "Are you still on it? Without an answer, the next level is contacted.".into(),
        },
        Purpose::Nudge => "A friendly question: how is it going? One line is enough.".into(),
        Purpose::Update | Purpose::Opinion => text.into(),
        Purpose::Resolved => match &incident.phase {
            Phase::Resolved { cause, fix, .. } => {
                let told: Vec<String> = [("Cause", cause), ("Fix", fix)]
                    .iter()
                    .filter(|(_, words)| !words.is_empty())
                    .map(|(label, words)| format!("{label}: {words}"))
                    .collect();
                if told.is_empty() { "This is resolved.".into() } else { format!("This is resolved.\n{}", told.join("\n")) }
            }
            _ => "This is resolved.".into(),
        },
        Purpose::Test => String::new(),
    }
}

fn reply(purpose: Purpose, incident: &Incident, from: &str) -> String {
    let reference = &incident.reference;
    match purpose {
        Purpose::Alert => format!("To take it, tell {from}: \"{reference} is mine\". Until somebody does, the next level is contacted."),
        Purpose::StillOnIt => format!("Tell {from}: \"still on {reference}\", or that somebody else has it."),
        Purpose::Nudge | Purpose::Update => format!("Tell {from} what is new, with the reference {reference}."),
        Purpose::Opinion => format!("Tell {from} what you would do: escalate {reference}, or wait."),
        Purpose::Resolved | Purpose::Test => "No answer is needed.".into(),
    }
}

fn facts(incident: &Incident, sender: &Sender<'_>, now: Instant) -> Vec<Fact> {
    let facts = &incident.facts;
    let mut known: Vec<Fact> = Vec::new();
    let mut add = |label: &str, value: String| known.push(Fact { label: label.into(), value });
    // The title is the beginning of what happened; the whole follows where there is more.
    if facts.title() != facts.what.trim().trim_end_matches('.') {
        add("What", facts.what.clone());
    }
    if let Some(began) = facts.began_at {
        add("Since", format!("{} ({})", spoken(began, now, sender.zone), spoken_length(now.since(began))));
    }
    match (facts.who.as_str(), facts.people_affected) {
        ("", None) => {}
        ("", Some(count)) => add("Who", people(count)),
        (who, None) => add("Who", who.into()),
        (who, Some(count)) => add("Who", format!("{who}, about {}", people(count))),
    }
    if let Some(rate) = facts.cost_per_hour.filter(|rate| *rate > 0) {
        let per_hour = format!("{} per hour", money(i64::from(rate), sender.currency));
        let so_far = facts.cost_so_far(now).filter(|cost| *cost > 0);
        add("Impact", so_far.map_or_else(|| per_hour.clone(), |cost| format!("{per_hour}, about {} so far", money(cost, sender.currency))));
    }
    for tried in &facts.tried {
        add("Tried", format!("{} ({})", tried.what, tried.result.word()));
    }
    for unknown in &facts.unknown {
        add("Not known yet", format!("{}, finding out by {}", unknown.field.word(), spoken(unknown.until, now, sender.zone)));
    }
    known
}

fn people(count: u32) -> String {
    if count == 1 { "1 person".into() } else { format!("{} people", grouped(i64::from(count))) }
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
    format!("{sign} {}", grouped(amount))
}

fn grouped(amount: i64) -> String {
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

/// What fits a text message: the severity and reference first, so that they are
/// there whatever has to be left out, then the facts as far as there is room.
#[must_use]
pub fn short_text(message: &Message, limit: usize) -> String {
    let head = match message.purpose {
        Purpose::Alert => format!("{} {}", message.severity.word().to_uppercase(), message.reference),
        Purpose::Test => "TEST".into(),
        Purpose::Resolved => format!("RESOLVED {}", message.reference),
        Purpose::StillOnIt | Purpose::Update | Purpose::Nudge | Purpose::Opinion => message.reference.clone(),
    };
    let said = if matches!(message.purpose, Purpose::Alert) { message.title.clone() } else { message.lead.clone() };
    let room = limit.saturating_sub(head.chars().count() + 1);
    let mut text = format!("{head} {}", shorten(&said, room));
    for fact in message.facts.iter().filter(|fact| fact.label != "What") {
        let longer = format!("{text}. {}: {}", fact.label, fact.value);
        if longer.chars().count() > limit {
            break;
        }
        text = longer;
    }
    text
}

/// What to say on the phone, with the reference spelled.
#[must_use]
pub fn call_script(message: &Message) -> String {
    let spelled: Vec<String> = message.reference.chars().filter(|c| c.is_alphanumeric()).map(String::from).collect();
    let mut lines = vec![
        format!("Hello, this is {}.", message.from),
        format!("It is about the {} incident at {}: {}.", message.severity.word().to_lowercase(), message.place, message.title),
    ];
    let asked = match message.purpose {
        Purpose::Alert => "Can you take it?",
        Purpose::StillOnIt => "Are you still on it?",
        Purpose::Nudge => "How is it going?",
        Purpose::Opinion | Purpose::Update | Purpose::Resolved | Purpose::Test => &message.lead,
    };
    lines.extend(message.facts.iter().filter(|fact| fact.label != "What").take(4).map(|fact| format!("{}: {}.", fact.label, fact.value)));
    lines.push(format!("The reference is {}.", spelled.join(" ")));
    lines.push(asked.into());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::IncidentEvent;
    use crate::domain::facts::{FactField, Facts, Tried, TriedResult, Unknown};
    use crate::domain::time::MINUTE;

    const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

    fn sender() -> Sender<'static> {
        Sender { me: "Ana Ruiz", desk: "Service desk Berlin", zone: chrono_tz::Europe::Berlin, currency: "EUR" }
    }

    fn incident() -> Incident {
        let facts = Facts {
            what: "Order database unresponsive. Checkout shows \"please try again\".".into(),
            place: "Order platform".into(),
            who: "All web customers".into(),
            people_affected: Some(3200),
            began_at: Some(NOW.plus(-13 * MINUTE)),
            cost_per_hour: Some(10_000),
            tried: vec![Tried { what: "Pool restart".into(), result: TriedResult::NoEffect, at: NOW }],
            unknown: vec![Unknown { field: FactField::Who, until: NOW.plus(38 * MINUTE) }],
            ..Facts::default()
        };
        let filed = IncidentEvent::Filed { reference: "K7-4RM".into(), by: "Ana Ruiz".into(), severity: Severity::Critical, facts };
        Incident::filed(IncidentId::new(NOW), &filed, NOW).expect("filed")
    }

    #[test]
    fn the_brief_has_the_beginning_the_people_the_money_and_what_was_tried() {
        let alert = message(Purpose::Alert, &incident(), "", &sender(), NOW);
        let said: Vec<String> = alert.facts.iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect();
        assert_eq!(
            said[1..],
            [
                "Since: 13:29 (13 min)",
                "Who: All web customers, about 3,200 people",
                "Impact: € 10,000 per hour, about € 2,166 so far",
                "Tried: Pool restart (no effect)",
                "Not known yet: who is affected, finding out by 14:20",
            ],
            "in this order, with how the figure was worked out"
        );
        assert!(
            alert.reply.contains("Ana Ruiz, Service desk Berlin") && alert.reply.contains("K7-4RM"),
            "and how to answer: {}",
            alert.reply
        );
    }

    #[test]
    fn a_text_message_fits_and_always_has_the_reference() {
        let alert = message(Purpose::Alert, &incident(), "", &sender(), NOW);
        let text = short_text(&alert, 160);
        assert!(text.chars().count() <= 160, "one segment: {text}");
        assert!(text.starts_with("CRITICAL K7-4RM Order database unresponsive"), "the important comes first: {text}");
        assert!(short_text(&alert, 40).contains("K7-4RM"), "the reference is never what is cut");
    }

    #[test]
    fn money_is_written_as_people_write_it() {
        assert_eq!(money(1_234_567, "USD"), "$ 1,234,567");
        assert_eq!(money(900, "CHF"), "CHF 900", "a currency without a sign keeps its letters");
    }

    #[test]
    fn the_phone_script_spells_the_reference_and_asks() {
        let script = call_script(&message(Purpose::Alert, &incident(), "", &sender(), NOW));
        assert!(script.contains("K 7 4 R M") && script.ends_with("Can you take it?"), "{script}");
    }
}
