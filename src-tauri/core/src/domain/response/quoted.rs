//! What somebody wrote, and what their mail program put beside it: the message they
//! answered, its header, a signature.

/// What the sender wrote themselves.
pub(super) struct Own {
    pub words: String,
    /// What else stands below the answered message: it may take the words back.
    pub below: String,
    pub decides: bool,
    /// It stands below a quoted question, to which a bare yes may be the answer.
    pub asked: bool,
}

/// What the sender wrote, without the message they answered: what stands above it, or below
/// it where nothing stands above, or between its lines. It ends at a signature, or where the
/// answered message goes on to the end. What stands between
/// decides nothing: it may be the end of a quoted line that a program has broken.
pub(super) fn unquoted(text: &str) -> Own {
    let own = |lines: &[&str], below: &[&str], decides| Own { words: lines.join("\n"), below: below.join("\n"), decides, asked: false };
    let all: Vec<&str> = text.lines().collect();
    let end = (0..all.len()).find(|at| {
        let line = all[*at].trim();
        let is_last = all[*at + 1..].iter().all(|line| line.trim().is_empty());
        let original = (line.starts_with("-----") && !is_rule(line)) || (is_rule(line) && (is_last || has_header(&all[*at..])));
        original || (*at > 0 && has_header(&all[*at - 1..])) || all[*at].trim_end() == "--"
    });
    let lines = &all[..end.unwrap_or(all.len())];
    let is_quoted = |line: &&str| line.trim_start().starts_with('>');
    let Some(first) = lines.iter().position(is_quoted) else { return own(&lines[..announced(lines)], &[], true) };
    let above = unannounced(&lines[..first]);
    let last = lines.iter().rposition(is_quoted).unwrap_or(first);
    let below = &lines[last + 1..];
    let is_something = |lines: &[&str]| lines.iter().any(|line| !line.trim().is_empty());
    let between: Vec<&str> = (first + 1..last).filter(|at| is_between(lines, *at)).map(|at| lines[at]).collect();
    if is_something(above) {
        own(above, &[&between, below].concat(), true)
    } else if is_something(below) {
        let asked = lines[last].trim_end().ends_with('?');
        Own { asked, ..own(&[&between, below].concat(), &[], between.is_empty()) }
    } else {
        own(&lines[first..].iter().filter(|line| !is_quoted(line)).copied().collect::<Vec<_>>(), &[], false)
    }
}

/// Short lines are not broken: what follows one is an answer to it, and not its end.
const BROKEN: usize = 50;

fn is_between(lines: &[&str], at: usize) -> bool {
    let is_quoted = |line: &str| line.trim_start().starts_with('>');
    let before = lines[..at].iter().rev().find(|line| !line.trim().is_empty());
    !lines[at].trim().is_empty() && !is_quoted(lines[at]) && before.is_some_and(|before| before.chars().count() < BROKEN)
}

/// A line that only parts what stands above it from what stands below.
fn is_rule(line: &str) -> bool {
    line.len() >= 5 && (line.bytes().all(|sign| sign == b'_') || line.bytes().all(|sign| sign == b'-'))
}

/// Whether behind the first of the lines stands the header of an answered message, in bold or not: parted from it by an empty
/// line or a rule, or with an address, or one line of several.
fn has_header(lines: &[&str]) -> bool {
    let is_apart = lines[0].trim().is_empty() || is_rule(lines[0].trim());
    let mut behind = lines[1..].iter().filter(|line| !line.trim().is_empty()).map(|line| line.replace('*', ""));
    let Some(first) = behind.next() else { return false };
    let Some((name, value)) = first.split_once(':') else { return false };
    let mut is_one_of_several = || behind.next().is_some_and(|next| next.split_once(':').is_some_and(|(name, _)| name.trim().len() <= 12));
    let says = HEADERS.contains(&name.trim()) && value.starts_with(char::is_whitespace);
    says && (is_apart || value.contains('@') || is_one_of_several())
}

const HEADERS: [&str; 8] = ["From", "Von", "Sent", "Gesendet", "De", "Da", "Van", "Från"];

/// How the line begins that announces a quotation: "On Monday, Marta wrote:".
const ANNOUNCED: [&str; 9] = ["On ", "Am ", "Le ", "El ", "Il ", "Op ", "Den ", "Em ", "W dniu "];

/// What else such a line has in it.
const WROTE: [&str; 8] = ["@", "wrote", "schrieb", "écrit", "escribió", "scritto", "schreef", "skrev"];

/// The lines above a quotation without those that announce it.
fn unannounced<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    let Some(last) = lines.iter().rposition(|line| !line.trim().is_empty()).filter(|last| lines[*last].trim_end().ends_with(':')) else {
        return lines;
    };
    &lines[..announcement(lines, last).unwrap_or(last)]
}

/// Where the line begins that announces a quotation and ends here: a long one is broken to two or three.
fn announcement(lines: &[&str], end: usize) -> Option<usize> {
    let begins = |line: &str| ANNOUNCED.iter().any(|word| line.trim_start().starts_with(word));
    (end.saturating_sub(2)..=end).rev().take_while(|at| !lines[*at].trim().is_empty()).find(|at| begins(lines[*at]))
}

/// How many lines stand above a quotation that has no marks.
fn announced(lines: &[&str]) -> usize {
    let ends = |line: &str| line.trim_end().ends_with(':') && WROTE.iter().any(|word| line.contains(word));
    let found = (1..lines.len()).filter(|at| ends(lines[*at])).find_map(|at| announcement(lines, at).filter(|begin| *begin > 0));
    found.unwrap_or(lines.len())
}

/// How a notice begins that a firm puts under every mail, in small letters. It goes on to the next empty line.
const NOTICES: [&str; 32] = [
    "please consider the environment",
    "please think of the environment",
    "think before you print",
    "bitte denken sie an die umwelt",
    "bitte prüfen sie der umwelt zuliebe",
    "der umwelt zuliebe",
    "this e-mail and any",
    "this email and any",
    "this message and any attach",
    "this e-mail may contain",
    "this email may contain",
    "this message may contain",
    "this e-mail is confidential",
    "this email is confidential",
    "this message is confidential",
    "this e-mail is intended",
    "this email is intended",
    "this message is intended",
    "the information in this e",
    "the information in this message is",
    "the information contained in this",
    "the contents of this e",
    "confidentiality notice",
    "disclaimer:",
    "diese e-mail enthält vertraulich",
    "diese e-mail enthält möglicherweise",
    "diese e-mail kann vertraulich",
    "diese e-mail ist vertraulich",
    "diese mail enthält vertraulich",
    "diese nachricht enthält vertraulich",
    "der inhalt dieser e",
    "der inhalt dieser nachricht ist",
];

/// How a line begins that says when somebody works, and is no word on now.
const HOURS: [&str; 10] = [
    "working days:",
    "working hours:",
    "my working days",
    "my working hours",
    "office days:",
    "office hours:",
    "arbeitstage:",
    "arbeitszeiten:",
    "bürozeiten:",
    "sprechzeiten:",
];

/// The lines without such a notice, and without when somebody works.
pub(super) fn without_notices(text: &str) -> Vec<&str> {
    let mut lines = text.lines();
    // What is all of it is no footer.
    let mut kept: Vec<&str> = lines.next().into_iter().collect();
    let mut in_notice = false;
    for line in lines {
        let said = line.trim_start().trim_start_matches(['*', '_', '|', '-', '\u{1f333}', '\u{1f331}', ' ']).to_lowercase();
        in_notice = !said.is_empty() && (in_notice || NOTICES.iter().any(|begin| said.starts_with(begin)));
        if !in_notice && !HOURS.iter().any(|begin| said.starts_with(begin)) {
            kept.push(line);
        }
    }
    kept
}

/// Words in the name of a firm that begin with a small letter.
const SMALL: [&str; 12] = ["of", "and", "for", "the", "und", "für", "fur", "vom", "von", "der", "des", "de"];

/// Whether lines are what a person or their mail program puts under what they wrote: names, and
/// numbers to call. No word of them is written small, and somebody or something is named.
pub(super) fn is_footer(lines: &[&str]) -> bool {
    let digits = lines.iter().flat_map(|line| line.bytes()).filter(u8::is_ascii_digit).count();
    let is_name = |word: &str| word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
    (digits >= 7 || lines.iter().any(|line| words(line).any(is_name))) && lines.iter().all(|line| says_nothing(line))
}

/// Whether a footer is but a name, or has a number to call.
pub(super) fn is_short(lines: &[&str]) -> bool {
    let number = |line: &&str| line.bytes().any(|sign| sign.is_ascii_digit());
    lines.iter().any(number) || lines.iter().flat_map(|line| words(line)).filter(|word| !word.is_empty()).count() <= 3
}

/// Where a footer begins under the first of the lines.
pub(super) fn footer(lines: &[&str]) -> usize {
    let begins = lines.len() - lines[1..].iter().rev().take_while(|line| says_nothing(line)).count();
    if is_footer(&lines[begins..]) { begins } else { lines.len() }
}

fn says_nothing(line: &str) -> bool {
    let is_address = |word: &str| word.contains(['@', '/']) || word.split('.').filter(|part| part.len() > 1).count() > 1;
    let is_small = |word: &str| word.starts_with(char::is_lowercase) && !SMALL.contains(&word) && !is_address(word);
    !line.contains(['?', '!']) && !words(line).any(is_small)
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split_whitespace().map(|word| word.trim_matches(|sign: char| !sign.is_alphanumeric()))
}
