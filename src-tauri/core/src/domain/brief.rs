//! One brief for everybody: what is known of an incident, as a message that each
//! channel then gives its own form.

use chrono_tz::Tz;

use super::attachment::{Attachment, listed};
use super::bridge::{Bridge, JOIN};
use super::contact::spoken_phone;
use super::desk::DeskSettings;
use super::facts::{FactField, Facts};
use super::id::IncidentId;
use super::impact::{ASSUMED, Impact, Lost, grouped, people};
use super::incident::{Incident, Phase};
use super::message::{Fact, Message, Purpose};
use super::severity::Severity;
use super::status::{self, StatusLanguage};
use super::text::{clean, clean_line};
use super::time::{Instant, spoken, spoken_length};

/// Who writes, and how they write times and money.
pub struct Sender<'a> {
    pub me: &'a str,
    pub desk: &'a str,
    /// Where they can be called back; empty where nobody said.
    pub phone: &'a str,
    pub zone: Tz,
    /// ISO 4217.
    pub currency: &'a str,
    /// Where people talk about it.
    pub bridge: Option<&'a Bridge>,
}

impl<'a> Sender<'a> {
    #[must_use]
    pub fn of(desk: &'a DeskSettings) -> Self {
        Self { me: &desk.me, desk: &desk.name, phone: &desk.phone, zone: desk.tz(), currency: &desk.currency, bridge: None }
    }

    /// The same, with where people talk about it.
    #[must_use]
    pub const fn who_meet_at(self, bridge: &'a Bridge) -> Self {
        Self { bridge: Some(bridge), ..self }
    }

    /// Whom to answer, and by which number.
    fn answered(&self) -> String {
        if self.phone.is_empty() { self.signature() } else { format!("{} ({})", self.signature(), spoken_phone(self.phone)) }
    }

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
        facts: match purpose {
            // Whoever holds it knows it, but may not know where the others are.
            // The question to a colleague says what is known itself.
            Purpose::StillOnIt | Purpose::Nudge | Purpose::Opinion => bridge(incident, sender),
            Purpose::Taken => vec![],
            Purpose::Status => status::lines(incident, StatusLanguage::English, sender.zone, now),
            _ => facts(incident, sender, now),
        },
        reply: reply(purpose, incident, &sender.answered()),
        from,
        at: now,
        zone: sender.zone,
    }
}

/// What those in an incident's room are told: what it is about where they come in, and
/// after that no more than what is new.
#[must_use]
pub fn room_message(incident: &Incident, post: Option<&str>, sender: &Sender<'_>, now: Instant) -> Message {
    let lead = "This room is for those who work on it. What you write here is kept with the incident.";
    let whole = message(Purpose::Room, incident, post.unwrap_or(lead), sender, now);
    if post.is_some() { Message { facts: vec![], place: String::new(), ..whole } } else { whole }
}

/// What names the files that belong to a message.
const ATTACHED: &str = "Attached";

/// The message with these files named: where its channel carries files they follow it,
/// elsewhere whoever reads it knows where they are.
#[must_use]
pub fn with_attachments(mut message: Message, attachments: &[Attachment], carried: bool) -> Message {
    // By another channel it may have been said otherwise.
    message.facts.retain(|fact| fact.label != ATTACHED);
    if !attachments.is_empty() && message.brings_files() {
        let place = if carried { "sent right after this" } else { "at the desk" };
        message.facts.push(Fact { label: ATTACHED.into(), value: format!("{}; {place}", listed(attachments)) });
    }
    message
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

/// A drill: nothing is wrong, and an answer shows that somebody can be reached.
#[must_use]
pub fn drill_message(sender: &Sender<'_>, drill: IncidentId, minutes: i64, now: Instant) -> Message {
    Message {
        purpose: Purpose::Drill,
        incident: drill,
        reference: "DRILL".into(),
        title: "can you be reached this way?".into(),
        lead: format!(
            "This is a drill. Nothing is wrong, and there is nothing to do but to say within {minutes} minutes that you received it: that shows that this way reaches you when it matters."
        ),
        reply: format!("Tell {}.", sender.answered()),
        ..test_message(sender, now)
    }
}

/// Six digits that prove a way to reach somebody once they are told back.
#[must_use]
pub fn code_message(sender: &Sender<'_>, digits: &str, now: Instant) -> Message {
    let (first, last) = digits.split_at(3);
    Message {
        title: format!("Code {first} {last}"),
        lead: format!(
            "{first} {last} is your code. Tell it to {}: then it is known that you can be reached this way when it matters.",
            sender.answered()
        ),
        reply: "The code is good for 15 minutes. If nobody asked you for it, there is nothing to do.".into(),
        ..test_message(sender, now)
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
        Purpose::Nudge if !text.is_empty() => text.into(),
        Purpose::Nudge => "A friendly question: how is it going? One line is enough.".into(),
        Purpose::Update | Purpose::Status | Purpose::Opinion | Purpose::Room => text.into(),
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
        Purpose::Taken => match &incident.phase {
            Phase::Held { name, .. } => format!("{name} has it."),
            _ => "Nobody needs to be called any more.".into(),
        },
        Purpose::Drill | Purpose::Test => String::new(),
    }
}

fn reply(purpose: Purpose, incident: &Incident, from: &str) -> String {
    let reference = &incident.reference;
    match purpose {
        Purpose::Alert => format!("To take it, tell {from}: \"{reference} is mine\". If nobody does, the next level is contacted."),
        Purpose::StillOnIt => format!("Tell {from}: \"still on {reference}\", or that somebody else has it."),
        Purpose::Status => {
            format!("You are told so that you know; there is nothing for you to do. Questions: {from}, with the reference {reference}.")
        }
        Purpose::Nudge | Purpose::Update => format!("Tell {from} what is new, with the reference {reference}."),
        Purpose::Opinion => format!("Tell {from} what you would do: escalate {reference}, or wait."),
        Purpose::Drill => format!("Tell {from} that you received it."),
        Purpose::Resolved | Purpose::Taken | Purpose::Test => "No answer is needed.".into(),
        Purpose::Room => String::new(),
    }
}

pub(super) fn facts(incident: &Incident, sender: &Sender<'_>, now: Instant) -> Vec<Fact> {
    let facts = &incident.facts;
    let say = |moment| spoken(moment, now, sender.zone);
    let mark = |field| if facts.assumed.contains(&field) { ASSUMED } else { "" };
    let mut known: Vec<Fact> = Vec::new();
    let mut add = |label: &str, value: String| known.push(Fact { label: label.into(), value });
    // The title is the beginning of what happened; the whole follows where there is more.
    let assumed = mark(FactField::What);
    if facts.title() != facts.what.trim().trim_end_matches('.') || !assumed.is_empty() {
        add("What", format!("{}{assumed}", facts.what.trim()));
    }
    for fact in bridge(incident, sender) {
        add(&fact.label, fact.value);
    }
    match facts.began_at.map(|began| (began, mark(FactField::Began))) {
        Some((began, assumed)) if began > now => add("Begins", format!("{}{assumed}", say(began))),
        Some((began, assumed)) => add("Since", format!("{} ({}){assumed}", say(began), spoken_length(now.since(began)))),
        None => {}
    }
    let who = Some(facts.who.trim()).filter(|who| !who.is_empty()).map(|who| format!("{who}{}", mark(FactField::Who)));
    let count = facts.people_affected.map(|count| format!("{}{}", people(i64::from(count)), mark(FactField::People)));
    match (who, count) {
        (None, None) => {}
        (Some(only), None) | (None, Some(only)) => add("Who", only),
        (Some(who), Some(count)) => add("Who", format!("{who}, about {count}")),
    }
    if !facts.reported_by.trim().is_empty() {
        add("Reported by", facts.reported_by.trim().into());
    }
    let impact = Impact::of_incident(incident, sender.currency);
    for loss in &impact.losses {
        // How many people it is says the line above.
        if loss.of != Lost::WorkingTime || loss.so_far(now).is_some_and(|lost| lost > 0) {
            add(loss.of.label(), loss.words(sender.currency, sender.zone, now));
        }
    }
    if let Some(customers) = impact.customers {
        add(CUSTOMERS, customers);
    }
    if let Some(share) = impact.share {
        add("Affected", share);
    }
    for tried in facts.tried.iter().filter(|tried| !tried.what.trim().is_empty()) {
        add("Tried", format!("{} ({}){}", tried.what.trim(), tried.result.word(), mark(FactField::Tried)));
    }
    let untried: Vec<&str> = facts.untried().filter(|_| incident.is_open()).collect();
    if !untried.is_empty() {
        add("Not tried yet", untried.join("; "));
    }
    // What nobody found out while it lasted is no news once it is over.
    for unknown in facts.unknown.iter().filter(|_| incident.is_open()) {
        let finding = if unknown.until > now { "finding out by" } else { "still open, promised for" };
        add("Not known yet", format!("{}, {finding} {}", unknown.field.word(), say(unknown.until)));
    }
    known
}

/// Where to talk about it, while there is something to talk about.
fn bridge(incident: &Incident, sender: &Sender<'_>) -> Vec<Fact> {
    sender.bridge.filter(|_| incident.is_open()).map_or_else(Vec::new, Bridge::facts)
}

/// What the line about the customers is called.
const CUSTOMERS: &str = "Customers";

/// As many facts as somebody takes in by ear.
const HEARD: usize = 4;

/// What another report says, for those who know of the incident: "Reported again: …".
#[must_use]
pub fn reported_again(facts: &Facts) -> String {
    let people = facts.people_affected.map(|people| format!("about {} people", grouped(people.into())));
    let who: Vec<String> = [Some(clean_line(&facts.who)), people].into_iter().flatten().filter(|words| !words.is_empty()).collect();
    let who = if who.is_empty() { String::new() } else { format!("\nWho: {}", who.join(", ")) };
    format!("Reported again: {}{who}", clean(&facts.what))
}

/// What to say on the phone. What is wanted comes last, after the reference, so
/// that it is what gets answered.
#[must_use]
pub fn call_script(message: &Message) -> String {
    let greeting = format!("Hello, this is {}", message.from);
    if matches!(message.purpose, Purpose::Test | Purpose::Drill) {
        return format!("{}\n{}", sentence(&greeting), message.lead);
    }
    let severity = message.severity.word().to_lowercase();
    let place = if message.place.is_empty() { String::new() } else { format!(" at {}", message.place) };
    let about = format!("It is about the {severity} incident{place}: {}", message.title);
    let mut lines = vec![sentence(&greeting), sentence(&about)];
    // The money says by itself how bad it is; more figures nobody remembers.
    let unheard = ["What", JOIN, Lost::WorkingTime.label(), Lost::Orders.label(), CUSTOMERS];
    let heard = message.facts.iter().filter(|fact| !unheard.contains(&fact.label.as_str())).take(HEARD);
    lines.extend(heard.map(|fact| sentence(&format!("{}: {}", fact.label, fact.value))));
    lines.push(format!("The reference is {}.", spelled(&message.reference)));
    lines.push(match message.purpose {
        Purpose::Alert => "Can you take it?".into(),
        Purpose::StillOnIt => "Are you still on it?".into(),
        Purpose::Nudge => "How is it going?".into(),
        Purpose::Opinion
        | Purpose::Update
        | Purpose::Status
        | Purpose::Resolved
        | Purpose::Taken
        | Purpose::Room
        | Purpose::Drill
        | Purpose::Test => message.lead.clone(),
    });
    lines.join("\n")
}

/// "K7-4RM" as it is said: "K seven, four R M".
fn spelled(reference: &str) -> String {
    let said = |sign: char| match sign {
        '0' => "zero".into(),
        '1' => "one".into(),
        '2' => "two".into(),
        '3' => "three".into(),
        '4' => "four".into(),
        '5' => "five".into(),
        '6' => "six".into(),
        '7' => "seven".into(),
        '8' => "eight".into(),
        '9' => "nine".into(),
        letter => String::from(letter),
    };
    let parts: Vec<String> = reference.split('-').map(|part| part.chars().map(said).collect::<Vec<_>>().join(" ")).collect();
    parts.join(", ")
}

fn sentence(words: &str) -> String {
    if words.ends_with(['.', '!', '?', '…']) { words.into() } else { format!("{words}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::IncidentEvent;
    use crate::domain::facts::{Tried, TriedResult, Unknown};
    use crate::domain::time::MINUTE;

    const NOW: Instant = Instant(1_795_437_720_000); // 13:42 in Berlin

    fn sender() -> Sender<'static> {
        Sender { me: "Ana Ruiz", desk: "Service desk Berlin", phone: "", zone: chrono_tz::Europe::Berlin, currency: "EUR", bridge: None }
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

    fn said(message: &Message) -> Vec<String> {
        message.facts.iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect()
    }

    #[test]
    fn the_brief_has_the_beginning_the_people_the_money_and_what_was_tried() {
        let alert = message(Purpose::Alert, &incident(), "", &sender(), NOW);
        assert_eq!(
            said(&alert),
            [
                "What: Order database unresponsive. Checkout shows \"please try again\".",
                "Since: 13:29 (13 min)",
                "Who: All web customers, about 3,200 people",
                "Impact: € 10,000 per hour × 13 min since 13:29 = about € 2,200 so far",
                "Working time: 3,200 people × 13 min since 13:29 = about 690 person-hours so far",
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
    fn only_what_and_where_make_a_brief_without_empty_lines() {
        let mut bare = incident();
        bare.facts = Facts {
            what: "VPN drops".into(),
            place: "Graz".into(),
            who: "  ".into(),
            cost_per_hour: Some(0),
            tried: vec![Tried { what: " ".into(), result: TriedResult::NoEffect, at: NOW }],
            ..Facts::default()
        };
        let alert = message(Purpose::Alert, &bare, "", &sender(), NOW);
        assert_eq!(said(&alert), Vec::<String>::new(), "nothing is said where nothing is known");
        assert_eq!((alert.title.as_str(), alert.place.as_str()), ("VPN drops", "Graz"));
    }

    #[test]
    fn what_nobody_confirmed_is_marked_at_each_field() {
        let mut guessed = incident();
        guessed.facts.tried.clear();
        guessed.facts.unknown.clear();
        let of = |assumed: &[FactField]| {
            let facts = Facts { assumed: assumed.iter().copied().collect(), ..guessed.facts.clone() };
            said(&message(Purpose::Alert, &Incident { facts, ..guessed.clone() }, "", &sender(), NOW))
        };
        let all = of(&[FactField::What, FactField::Began, FactField::Who, FactField::People, FactField::Impact]);
        assert_eq!(
            all[..4],
            [
                "What: Order database unresponsive. Checkout shows \"please try again\". (assumed)",
                "Since: 13:29 (13 min) (assumed)",
                "Who: All web customers (assumed), about 3,200 people (assumed)",
                "Impact: € 10,000 per hour (assumed) × 13 min since 13:29 = about € 2,200 so far",
            ]
        );
        assert_eq!(of(&[FactField::People])[2], "Who: All web customers, about 3,200 people (assumed)", "only what is assumed is marked");
    }

    #[test]
    fn what_is_usually_tried_first_and_was_not_is_said() {
        let mut known = incident();
        known.facts.checklist = ["pool restart.", "Fail over to db-18", "Check the certificate"].map(String::from).to_vec();
        let said = said(&message(Purpose::Alert, &known, "", &sender(), NOW));
        let line = said.iter().position(|fact| fact == "Not tried yet: Fail over to db-18; Check the certificate");
        assert!(line > said.iter().position(|fact| fact.starts_with("Tried: ")), "after what was tried: {said:?}");
    }

    #[test]
    fn what_lies_ahead_and_what_is_overdue_are_not_said_as_if_they_were_otherwise() {
        let mut later = incident();
        later.facts.began_at = Some(NOW.plus(3 * 60 * MINUTE));
        later.facts.unknown[0].until = NOW.plus(-12 * MINUTE);
        let said = said(&message(Purpose::Update, &later, "The certificate is being renewed.", &sender(), NOW));
        assert!(said.contains(&"Begins: 16:42".into()), "it has not begun, so it is \"since\" nothing: {said:?}");
        assert!(said.contains(&"Impact: € 10,000 per hour".into()), "nor has it cost anything: {said:?}");
        assert!(said.contains(&"Not known yet: who is affected, still open, promised for 13:30".into()), "a promise not kept: {said:?}");
    }

    #[test]
    fn once_it_is_resolved_the_money_is_the_whole_and_nothing_is_being_found_out() {
        let resolved = IncidentEvent::Resolved {
            by: "Ana Ruiz".into(),
            cause: "The disk of db-17 was full".into(),
            fix: "Old logs removed".into(),
            follow_ups: vec![],
        };
        let told = message(Purpose::Resolved, &incident().apply(&resolved, NOW), "", &sender(), NOW);
        assert_eq!(told.lead, "This is resolved.\nCause: The disk of db-17 was full\nFix: Old logs removed");
        let said = said(&told);
        assert!(said.contains(&"Impact: € 10,000 per hour × 13 min since 13:29 = about € 2,200 in all".into()), "{said:?}");
        assert!(!said.iter().any(|fact| fact.starts_with("Not known")), "{said:?}");
    }

    #[test]
    fn each_purpose_asks_for_what_it_wants() {
        let sender = sender();
        let held = IncidentEvent::Acknowledged {
            person: None,
            name: "Ilse Brandl".into(),
            how: crate::domain::event::AcknowledgedHow::Call,
            until: NOW,
            answered: None,
            check_in_at: None,
        };
        let held = incident().apply(&held, NOW.plus(-30 * MINUTE));
        for (purpose, text, lead, reply) in [
            (Purpose::Alert, "", "needs somebody now", "\"K7-4RM is mine\""),
            (Purpose::StillOnIt, "", "You have had this for 30 min. Are you still on it?", "\"still on K7-4RM\""),
            (Purpose::Update, "db-17 answers again.", "db-17 answers again.", "what is new"),
            (Purpose::Nudge, "", "how is it going?", "what is new"),
            (Purpose::Opinion, "Would you wake Ilse?", "Would you wake Ilse?", "escalate K7-4RM, or wait"),
            (Purpose::Resolved, "", "This is resolved.", "No answer is needed."),
        ] {
            let message = message(purpose, &held, text, &sender, NOW);
            assert!(message.lead.contains(lead), "{purpose:?}: {}", message.lead);
            assert!(message.reply.contains(reply), "{purpose:?}: {}", message.reply);
        }
        let nobody = Sender { me: "", desk: "", ..sender };
        assert_eq!(test_message(&nobody, NOW).from, "the help desk", "a desk that is not set up yet still signs");
    }

    #[test]
    fn the_phone_script_spells_the_reference_and_ends_with_what_is_asked() {
        assert_eq!(
            call_script(&message(Purpose::Alert, &incident(), "", &sender(), NOW)),
            "Hello, this is Ana Ruiz, Service desk Berlin.\n\
             It is about the critical incident at Order platform: Order database unresponsive.\n\
             Since: 13:29 (13 min).\n\
             Who: All web customers, about 3,200 people.\n\
             Impact: € 10,000 per hour × 13 min since 13:29 = about € 2,200 so far.\n\
             Tried: Pool restart (no effect).\n\
             The reference is K seven, four R M.\n\
             Can you take it?"
        );
        let asked = call_script(&message(Purpose::Opinion, &incident(), "Would you wake Ilse?", &sender(), NOW));
        assert!(asked.ends_with("Would you wake Ilse?"), "a colleague hears the question: {asked}");
    }
}
