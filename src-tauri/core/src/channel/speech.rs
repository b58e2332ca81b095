//! A message as a machine says it on the phone.

use super::wording::shortened;
use crate::domain::brief;
use crate::domain::message::{Message, Purpose};
use crate::domain::text::{clean_line, shorten};

/// Characters of inline `TwiML` that Twilio takes.
pub(super) const DOCUMENT: usize = 4000;

/// Characters of what is said; more than a minute and a half nobody listens to.
const SPOKEN: usize = 1500;

/// Lengths to which the parts are cut until the whole is short enough.
const CUTS: [usize; 7] = [600, 400, 250, 160, 100, 60, 30];

/// What is said: who calls, about what, and what is known.
pub(super) fn script(message: &Message) -> String {
    let said = |cut: usize| brief::call_script(&shortened(message, cut)).lines().map(clean_line).collect::<Vec<_>>().join("\n");
    CUTS.into_iter().map(said).find(|text| text.chars().count() <= SPOKEN).unwrap_or_else(|| shorten(&said(CUTS[CUTS.len() - 1]), SPOKEN))
}

/// Which key says what: "Press 1 for on it, 2 for not me, or 3 for call me."
pub(super) fn keys(to: Purpose) -> String {
    let keys: Vec<String> = to.responses().iter().map(|one| format!("{} for {}", one.key(to), one.label(to).to_lowercase())).collect();
    match keys.split_last() {
        None => String::new(),
        Some((only, [])) => format!("Press {only}."),
        Some((last, first)) => format!("Press {}, or {last}.", first.join(", ")),
    }
}

/// Whom to tell, where no key is listened to.
pub(super) fn instead_of_keys(message: &Message) -> String {
    shorten(&clean_line(&message.reply), 300)
}

/// The call as `TwiML`: everything twice, because whoever is woken has missed the first half.
pub(super) fn document(script: &str, ending: &str) -> String {
    let write = |script: &str, ending: &str| {
        let said: String = script.lines().chain([ending]).filter(|line| !line.is_empty()).map(say).collect();
        format!("<Response><Pause length=\"1\"/>{said}<Pause length=\"2\"/>{}{said}</Response>", say("Once more."))
    };
    let whole = write(script, ending);
    if whole.chars().count() <= DOCUMENT {
        return whole;
    }
    // Escaped, five characters may stand for one.
    let cut = [1000, 600, 300, 150].into_iter().map(|most| write(&shorten(script, most), &shorten(ending, most.min(200))));
    cut.into_iter().find(|document| document.chars().count() <= DOCUMENT).unwrap_or_default()
}

fn say(line: &str) -> String {
    format!("<Say>{}</Say>", escaped(line))
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            // What XML has no place for.
            '\u{fffe}' | '\u{ffff}' => {}
            other if other.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_everything_twice_and_stays_within_what_is_taken() {
        let short = document("It is about R&D <now>.\nThe reference is K seven.", "Tell \"Ana\".");
        assert_eq!(short.matches("<Say>The reference is K seven.</Say>").count(), 2, "{short}");
        assert!(short.contains("R&amp;D &lt;now&gt;.") && short.contains("Tell &quot;Ana&quot;."), "{short}");
        let long = document(&"<&> \"'".repeat(400), &"&".repeat(400));
        assert!(!long.is_empty() && long.chars().count() <= DOCUMENT, "{}", long.len());
    }

    #[test]
    fn the_keys_are_said_as_the_answers_are_read() {
        assert_eq!(keys(Purpose::Alert), "Press 1 for on it, 2 for not me, or 3 for call me.");
        assert_eq!(keys(Purpose::Drill), "Press 1 for received.");
        assert_eq!(keys(Purpose::Update), "", "news asks for nothing");
    }
}
