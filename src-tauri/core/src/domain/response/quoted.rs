//! What somebody wrote, and what their mail program put beside it: the message they
//! answered, its header, a signature.

/// What the sender wrote themselves.
pub(super) struct Own {
    pub words: String,
    /// What else stands below the answered message: it may take the words back.
    pub below: String,
    pub decides: bool,
}

/// What the sender wrote, without the message they answered: what stands above it, or below
/// it where nothing stands above, or between its lines. It ends at a signature, or where the
/// answered message goes on to the end. What stands between
/// decides nothing: it may be the end of a quoted line that a program has broken.
pub(super) fn unquoted(text: &str) -> Own {
    let own = |lines: &[&str], below: &[&str], decides| Own { words: lines.join("\n"), below: below.join("\n"), decides };
    let all: Vec<&str> = text.lines().collect();
    let end = all.iter().enumerate().position(|(index, line)| {
        let trimmed = line.trim();
        let original = trimmed.starts_with("-----") || (trimmed.len() >= 5 && trimmed.bytes().all(|sign| sign == b'_'));
        let header = index > 0 && HEADERS.iter().any(|start| trimmed.starts_with(start));
        original || header || line.trim_end() == "--"
    });
    let lines = &all[..end.unwrap_or(all.len())];
    let is_quoted = |line: &&str| line.trim_start().starts_with('>');
    let Some(first) = lines.iter().position(is_quoted) else { return own(lines, &[], true) };
    let above = unannounced(&lines[..first]);
    let below = lines.iter().rposition(is_quoted).map_or(&lines[..0], |last| &lines[last + 1..]);
    let is_something = |lines: &[&str]| lines.iter().any(|line| !line.trim().is_empty());
    if is_something(above) {
        own(above, below, true)
    } else if is_something(below) {
        own(below, &[], true)
    } else {
        own(&lines[first..].iter().filter(|line| !is_quoted(line)).copied().collect::<Vec<_>>(), &[], false)
    }
}

/// How the header of an answered message begins where it stands in the answer.
const HEADERS: [&str; 9] = ["From: ", "Von: ", "Sent: ", "Gesendet: ", "De : ", "De: ", "Da: ", "Van: ", "Från: "];

/// How the line begins that announces a quotation: "On Monday, Marta wrote:".
const ANNOUNCED: [&str; 9] = ["On ", "Am ", "Le ", "El ", "Il ", "Op ", "Den ", "Em ", "W dniu "];

/// The lines above a quotation without those that announce it.
fn unannounced<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    let Some(last) = lines.iter().rposition(|line| !line.trim().is_empty()).filter(|last| lines[*last].trim_end().ends_with(':')) else {
        return lines;
    };
    let begins = |line: &str| ANNOUNCED.iter().any(|word| line.trim_start().starts_with(word));
    // A long one is broken to two or three lines.
    let broken = (last.saturating_sub(2)..=last).rev().take_while(|at| !lines[*at].trim().is_empty()).find(|at| begins(lines[*at]));
    &lines[..broken.unwrap_or(last)]
}
