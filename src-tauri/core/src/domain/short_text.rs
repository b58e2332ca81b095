//! A message in one text message. The network counts: 160 characters of the GSM
//! alphabet, or 70 as soon as one is not in it (3GPP TS 23.038, 23.040). So a
//! curly quote costs more than half of the room; what only looks nicer is
//! written plainly.

use super::impact::result;
use super::message::{Message, Purpose};
use super::text::{clean_line, shorten};

/// What fits one segment.
pub const SEGMENT: usize = 160;

/// What fits two. In each, six bytes say which it is; and what takes two places is
/// not cut in the middle, so that one place of the first may stay empty.
pub const PAIR: usize = 304;

/// The reference first, so that it is there whatever has to be left out; then
/// what happened, cut at a word; then each fact that still fits. `limit` counts
/// as the network does, so `SEGMENT` is one segment.
#[must_use]
pub fn short_text(message: &Message, limit: usize) -> String {
    begun(message, "", limit)
}

/// The same with an ending that is never cut. An alert may take two segments, for whoever
/// is woken by it wants the facts; anything else only where one would cut what is said.
#[must_use]
pub fn text_message(message: &Message, ending: &str) -> String {
    let bare = Message { facts: Vec::new(), ..message.clone() };
    let cut = || begun(&bare, ending, SEGMENT) != begun(&bare, ending, usize::MAX / 16);
    let limit = if message.purpose == Purpose::Alert || cut() { PAIR } else { SEGMENT };
    format!("{}{ending}", begun(message, ending, limit))
}

/// As much as leaves room for what follows.
fn begun(message: &Message, ending: &str, limit: usize) -> String {
    let fits = |text: &str| fits(&format!("{text}{ending}"), limit);
    let reference = &message.reference;
    let head = match message.purpose {
        Purpose::Alert => format!("{} {reference}", message.severity.word().to_uppercase()),
        Purpose::Drill => "DRILL".into(),
        Purpose::Test => "TEST".into(),
        Purpose::Resolved => format!("RESOLVED {reference}"),
        Purpose::StillOnIt | Purpose::Update | Purpose::Status | Purpose::Nudge | Purpose::Opinion | Purpose::Taken | Purpose::Room => {
            reference.clone()
        }
    };
    let said = match message.purpose {
        Purpose::Alert if message.place.is_empty() => plain(&message.title),
        Purpose::Alert => plain(&format!("{}: {}", message.place, message.title)),
        _ => plain(&message.lead),
    };
    let mut text = (3..=said.chars().count().min(limit))
        .rev()
        .map(|most| format!("{head} {}", plain(&shorten(&said, most))))
        .find(|text| fits(text))
        .unwrap_or(head);
    for fact in message.facts.iter().filter(|fact| fact.label != "What") {
        let value = plain(&fact.value);
        let words = match fact.label.as_str() {
            "Who" | "Impact" | "Working time" | "Orders" | "Customers" => value,
            "Since" | "Begins" => format!("{} {value}", fact.label),
            label => format!("{label}: {value}"),
        };
        let stop = if text.ends_with(['.', '!', '?']) { " " } else { ". " };
        // Where there is no room for all of it, what came of it or its first part says the most.
        let first = words.split(", ").next().unwrap_or(&words);
        let shorter = [&words, &result(&words), first].map(|words| format!("{text}{stop}{words}"));
        if let Some(longer) = shorter.into_iter().find(|longer| fits(longer)) {
            text = longer;
        }
    }
    text
}

/// How many characters of `text` the network takes where it takes `limit` of the
/// GSM alphabet, and whether all of it is in that alphabet.
#[must_use]
pub fn room(text: &str, limit: usize) -> (usize, bool) {
    let is_gsm = text.chars().all(|sign| septets(sign).is_some());
    (if is_gsm { limit } else { limit * 7 / 16 }, is_gsm)
}

/// One line, with the signs that a typewriter has where they say the same.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in clean_line(text).chars() {
        match sign {
            '“' | '”' | '„' | '«' | '»' => plain.push('"'),
            '‘' | '’' | '‚' => plain.push('\''),
            '–' | '—' | '−' | '·' | '•' => plain.push('-'),
            '…' => plain.push_str("..."),
            '×' => plain.push('x'),
            '→' => plain.push_str("->"),
            '\u{a0}' | '\u{202f}' => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain
}

/// Whether the network counts no more than `limit`. Outside the GSM alphabet a
/// character takes 16 bits instead of 7.
fn fits(text: &str, limit: usize) -> bool {
    match text.chars().map(septets).sum::<Option<usize>>() {
        Some(septets) => septets <= limit,
        None => text.encode_utf16().count() <= limit * 7 / 16,
    }
}

/// What a character takes in the GSM alphabet; `None` where it is not in it.
fn septets(sign: char) -> Option<usize> {
    match sign {
        '^' | '{' | '}' | '\\' | '[' | ']' | '~' | '|' | '€' => Some(2),
        '`' => None,
        ' '..='~' | '\n' => Some(1),
        '£' | '¥' | '§' | '¡' | '¿' | '¤' | 'Ä' | 'Ö' | 'Ü' | 'ä' | 'ö' | 'ü' | 'ß' | 'Å' | 'å' | 'Æ' | 'æ' | 'Ø' | 'ø' | 'É' | 'é'
        | 'è' | 'ù' | 'ì' | 'ò' | 'à' | 'Ç' | 'Ñ' | 'ñ' | 'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' => {
            Some(1)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::IncidentId;
    use crate::domain::message::Fact;
    use crate::domain::severity::Severity;
    use crate::domain::time::Instant;

    fn alert(place: &str, title: &str) -> Message {
        let fact = |label: &str, value: &str| Fact { label: label.into(), value: value.into() };
        Message {
            purpose: Purpose::Alert,
            incident: IncidentId::new(Instant(0)),
            reference: "K7-4RM".into(),
            severity: Severity::Critical,
            title: title.into(),
            place: place.into(),
            lead: "This needs somebody now.".into(),
            facts: vec![
                fact("What", "Order database unresponsive. Checkout fails."),
                fact("Since", "13:29 (13 min)"),
                fact("Who", "All web customers, about 3,200 people"),
                fact("Impact", "€ 10,000 per hour × 13 min since 13:29 = about € 2,200 so far"),
                fact("Tried", "Pool restart (no effect)"),
            ],
            reply: String::new(),
            from: "Ana Ruiz".into(),
            at: Instant(0),
            zone: chrono_tz::UTC,
        }
    }

    #[test]
    fn an_alert_fits_one_segment_with_the_important_first() {
        assert_eq!(
            short_text(&alert("Order platform", "Order database unresponsive"), SEGMENT),
            "CRITICAL K7-4RM Order platform: Order database unresponsive. Since 13:29 (13 min). All web customers, about 3,200 people. \
             About € 2,200 so far",
            "a figure for which there is no room is there without how it was worked out"
        );
    }

    #[test]
    fn how_to_answer_is_never_what_is_cut() {
        let ending = "\nAnswer: on it 7KQ4 / not me 7KQ4 / call me 7KQ4";
        assert_eq!(
            text_message(&alert("Order platform", "Order database unresponsive"), ending),
            "CRITICAL K7-4RM Order platform: Order database unresponsive. Since 13:29 (13 min). All web customers, about 3,200 people. \
             € 10,000 per hour x 13 min since 13:29 = about € 2,200 so far. Tried: Pool restart (no effect)\n\
             Answer: on it 7KQ4 / not me 7KQ4 / call me 7KQ4",
            "whoever is woken has the facts and how to answer, in two segments"
        );
        for title in
            ["the database of the orders ".repeat(200), "注文データベースが応答しません".repeat(20), "💥".repeat(200), "[€]".repeat(200)]
        {
            let text = text_message(&alert("Order platform", &title), ending);
            assert!(text.ends_with(ending) && text.starts_with("CRITICAL K7-4RM"), "{text}");
            assert!(fits(&text, PAIR), "two segments and no more: {text}");
        }
        let news = |lead: &str| Message { purpose: Purpose::Update, lead: lead.into(), ..alert("Shop", "") };
        let short = text_message(&news("db-17 answers again."), "");
        assert!(short.len() <= SEGMENT && short.contains("13:29"), "one segment, with what finds room in it: {short}");
        let long = "The disk of db-17 was full of old logs; they are being moved to the archive, which takes until about three, and then the pool is restarted by Ilse. Orders wait meanwhile.";
        assert!(text_message(&news(long), "").contains("Orders wait meanwhile."), "news is not cut to save a segment");
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_word_and_keeps_the_reference() {
        let endless = alert("Order platform", &"the database of the orders ".repeat(20));
        assert_eq!(
            short_text(&endless, SEGMENT),
            "CRITICAL K7-4RM Order platform: the database of the orders the database of the orders the database of the orders the database \
             of the orders the database of..."
        );
        for limit in [0, 10, 15, 20, 40, 70, 160] {
            let text = short_text(&endless, limit);
            assert!(text.contains("K7-4RM"), "the reference is never what is cut: {text}");
            assert!(fits(&text, limit.max("CRITICAL K7-4RM".len())), "{limit}: {text}");
        }
    }

    #[test]
    fn a_sign_that_only_looks_nicer_does_not_cost_half_of_the_room() {
        let curly = short_text(&alert("Checkout", "Shows “please try again” – since the update…"), SEGMENT);
        assert!(curly.starts_with("CRITICAL K7-4RM Checkout: Shows \"please try again\" - since the update..."), "{curly}");
        assert!(curly.chars().count() > 70, "there is still room for facts: {curly}");
    }

    #[test]
    fn other_scripts_are_kept_in_the_room_that_the_network_leaves_them() {
        let text = short_text(&alert("注文", "注文データベースが応答しません"), SEGMENT);
        assert!(text.contains("注文データベースが応答しません"), "{text}");
        assert!(text.encode_utf16().count() <= 70, "one segment of 70: {text}");
        let emoji = short_text(&alert("", &"💥".repeat(60)), SEGMENT);
        assert!(emoji.encode_utf16().count() <= 70, "an emoji counts as two: {emoji}");
        assert!(emoji.ends_with("...") && !emoji.contains(char::REPLACEMENT_CHARACTER), "and is never cut in half: {emoji}");
    }

    #[test]
    fn the_other_purposes_say_what_they_are_for() {
        let news = Message { purpose: Purpose::Update, lead: "db-17 answers again.".into(), facts: vec![], ..alert("", "") };
        assert_eq!(short_text(&news, SEGMENT), "K7-4RM db-17 answers again.");
        let over = Message { purpose: Purpose::Resolved, lead: "This is resolved.\nFix: Old logs removed".into(), ..news };
        assert_eq!(short_text(&over, SEGMENT), "RESOLVED K7-4RM This is resolved. Fix: Old logs removed", "on one line");
    }
}
