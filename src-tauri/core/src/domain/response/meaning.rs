//! What the beginning of a reply means. A phrase of ours counts where nothing but a greeting
//! comes before it, nothing but a pause or idle words after it, nothing in the rest of what
//! they wrote turns it round, puts it off or takes it back, and no short piece behind "on it" is
//! but of those that are known to go with it.

use super::Response;
use super::phrases::{
    AFTERTHOUGHTS, ASKS, ASKS_ALL, ASKS_ANOTHER, ASKS_THEM, CLOSINGS, DENIES, DOES, DOES_ANYWAY, FIRST_PERSON, GIVES_BACK, GOES_ALONG,
    GOES_ON, GREETINGS, HANDS_OVER, HAS_GOT, LIMITS, LIMITS_IN_NUMBERS, MEANS, OPENINGS, Opening, PRAISES, PREFACES, REASSURES, RECEIPTS,
    RECONSIDERS, REPORTS, REQUESTS, SAYS_MORE, SENTENCES, SIGNS_OFF, TAKES_BACK, THANKS, THEMSELVES, TURNS, UNDOES,
};
use super::quoted::{footer, is_footer, is_short, without_notices};
use super::words::{APOSTROPHES, PAUSE, after, begins, is_one_of, longest, put_together, said, spoken, without_addresses, without_pause};
use crate::domain::message::Purpose;

pub(super) struct Meant {
    pub response: Response,
    /// It says nothing besides.
    pub is_all: bool,
    /// It says so by itself, and is no yes that may be to anything.
    pub is_plain: bool,
    /// It is about what they have already: "still on it", "not me after all".
    pub goes_on: bool,
}

/// By what words somebody says it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Phrase,
    /// It says something else where more follows: "I have it, the same error".
    Claim,
    /// A claim that may be to whatever they were asked to do.
    Promise,
    Bare,
}

/// `None` where it leaves a doubt.
pub(super) fn meant(text: &str, to: Purpose) -> Option<Meant> {
    let Letter { paragraphs, below } = letter(text);
    let mut paragraphs = paragraphs.into_iter().peekable();
    paragraphs.next_if(|lines| after_greeting(&spoken(lines).words(), to).is_empty());
    let lines = paragraphs.next()?;
    if is_our_own(lines[0], to) {
        return None;
    }
    let spoken = spoken(&lines);
    let words = spoken.words();
    let (response, rest, says) = match key_of(&words, to).filter(|key| is_digit_alone(lines[0], key.key(to))) {
        Some(response) => (response, &words[..0], Says::Bare),
        None => answered(after_greeting(&words, to), to)?,
    };
    // Who declines and asks for somebody else has declined.
    let asked = if matches!(response, Response::NotMe | Response::CallMe) { first_line(&lines) } else { &lines[..] };
    if leaves_open_by_asking(asked, true) && !is_request(response, after_greeting(&words, to)) {
        return None;
    }
    // Who takes it may need ten minutes; who would escalate in ten minutes would not escalate now.
    let hurried = response == Response::OnIt || !spoken.in_minutes;
    // "Wait, this is bad" is an exclamation.
    let is_whole = response != Response::Wait || without_pause(rest).is_empty();
    // A log below the answer says what it says.
    let first = first_line(&lines);
    let told = if is_own(&lines[first.len()..], to) { rest.len() } else { within(first, words.len() - rest.len()) };
    let something_else = response == Response::OnIt && says_something_else(&rest[..told.min(rest.len())]);
    let certain = hurried
        && is_whole
        && !something_else
        && !is_doubtful(response, rest, LIMITS_IN_NUMBERS)
        && !paragraphs.any(|lines| is_turned_later(response, says, &lines, to))
        && !below.iter().any(|lines| is_turned_below(response, lines));
    let goes_on = goes_on(response, &spoken.whole.split(' ').collect::<Vec<_>>());
    certain.then(|| Meant {
        response,
        is_all: without_pause(rest).is_empty(),
        is_plain: matches!(says, Says::Phrase | Says::Claim),
        goes_on,
    })
}

/// More words than these below an answer are a disclaimer, or a log, unless somebody speaks of themselves.
const AFTERTHOUGHT: usize = 12;

/// Whether a later paragraph takes it back, or says what leaves it open.
fn is_turned_later(response: Response, says: Says, lines: &[&str], to: Purpose) -> bool {
    let asks = || matches!(response, Response::OnIt | Response::Escalate | Response::Wait) && leaves_open_by_asking(lines, false);
    let is_footer = is_footer(lines);
    if (says != Says::Phrase && !is_footer) || asks() {
        return true;
    }
    let spoken = spoken(lines);
    let words: Vec<&str> = std::iter::once(PAUSE).chain(spoken.words()).collect();
    let is_theirs = is_own(lines, to);
    // "Ok" and thanks say that something was read, and who writes more than a name says more.
    if says == Says::Bare && (opening(&words[1..]).is_some() || longest(PRAISES, &words[1..]).is_some() || !is_short(lines)) {
        return true;
    }
    // A telephone number, a street and a room put nothing off.
    let numbers = if is_footer { "" } else { LIMITS_IN_NUMBERS };
    let something_else = response == Response::OnIt && !is_footer && is_theirs && says_something_else(&words);
    takes_back(&words[1..]) || something_else || hands_over(&words) || (is_theirs && is_doubtful(response, &words, numbers))
}

/// Whether lines are what somebody adds, and neither a disclaimer nor a log.
fn is_own(lines: &[&str], to: Purpose) -> bool {
    let speaks = |line: &&str| line.split_whitespace().any(speaks_of_themselves) && !is_our_own(line, to);
    let count = spoken(lines).words().iter().filter(|word| **word != PAUSE).count();
    count <= AFTERTHOUGHT || lines.iter().any(speaks)
}

/// How many words stand in the lines behind so many.
fn within(lines: &[&str], behind: usize) -> usize {
    let all = spoken(lines);
    let end = all.words().iter().rposition(|word| *word != PAUSE).map_or(0, |last| last + 1);
    end.saturating_sub(behind)
}

/// Whether what stands below a closing takes it back: "LG", and below it "aber erst morgen". Most of it is a signature.
fn is_turned_below(response: Response, lines: &[&str]) -> bool {
    let spoken = spoken(lines);
    let words: Vec<&str> = std::iter::once(PAUSE).chain(spoken.words()).collect();
    let is_theirs = words.iter().filter(|word| **word != PAUSE).count() <= AFTERTHOUGHT;
    !is_footer(lines) && (takes_back(&words[1..]) || hands_over(&words) || (is_theirs && is_doubtful(response, &words, "")))
}

fn hands_over(words: &[&str]) -> bool {
    (0..words.len()).any(|at| longest(HANDS_OVER, &words[at..]).is_some())
}

fn takes_back(words: &[&str]) -> bool {
    longest(TAKES_BACK, words).is_some() && longest(REASSURES, words).is_none()
}

fn speaks_of_themselves(word: &str) -> bool {
    let word = word.trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase().replace(APOSTROPHES, "'");
    is_one_of(THEMSELVES, word.split('\'').next().unwrap_or_default())
}

/// What somebody wrote, by paragraph.
struct Letter<'a> {
    /// Until it closes; what stands below a closing as an afterthought is one, too.
    paragraphs: Vec<Vec<&'a str>>,
    /// Below the closing: a name, mostly.
    below: Vec<Vec<&'a str>>,
}

fn blocks<'a>(lines: &[&'a str]) -> Vec<Vec<&'a str>> {
    lines.split(|line| line.trim().is_empty()).filter(|lines| !lines.is_empty()).map(<[_]>::to_vec).collect()
}

fn letter(text: &str) -> Letter<'_> {
    let lines = without_notices(text);
    let end = lines.iter().skip(1).position(|line| begins(&said(line), CLOSINGS)).map_or(lines.len(), |at| at + 1);
    let added = lines[end..].iter().position(|line| begins(&said(line), AFTERTHOUGHTS)).map_or(lines.len(), |at| end + at);
    let signed = blocks(&lines[..end]).into_iter().flat_map(|lines| {
        // Under the words may stand a name, and more of what a mail program adds.
        let signed = footer(&lines);
        [lines[..signed].to_vec(), lines[signed..].to_vec()]
    });
    let paragraphs = signed.chain([lines[added..].to_vec()]).filter(|lines| !lines.is_empty()).collect();
    // "LG, aber erst morgen": a name behind a closing says nothing, anything else does.
    let behind = lines.get(end).and_then(|line| line.split_once([',', '(', '.', '!', ';'])).map(|(_, behind)| vec![behind]);
    let below = behind.into_iter().chain(blocks(lines.get(end + 1..added).unwrap_or_default())).collect();
    Letter { paragraphs, below }
}

/// Whether they ask something by which an answer is none: with the answer itself, which their first
/// sentence is where `answers`, or behind it. Who works on it asks, too: "On it. Which server?"
fn leaves_open_by_asking(lines: &[&str], answers: bool) -> bool {
    let mut text = String::new();
    for line in lines {
        text.push(if goes_on_from(line) { ' ' } else { '\n' });
        text.push_str(&without_addresses(line).replace(['？', '؟'], "?"));
    }
    let sentences = text.trim_start().split_inclusive(['.', '!', '?', '\n']).enumerate();
    let mut questions = sentences.filter(|(_, sentence)| sentence.ends_with('?'));
    questions.any(|(place, sentence)| {
        let asked = said(sentence);
        let words: Vec<&str> = asked.split(' ').collect();
        let is_all = longest(ASKS_ALL, &words).is_some_and(|rest| without_pause(rest).is_empty());
        let works = longest(ASKS, &words).is_some_and(|rest| !without_pause(rest).is_empty()) && longest(ASKS_ANOTHER, &words).is_none();
        (answers && place == 0) || !(is_all || works)
    })
}

/// Whether a program has broken the line before it to this one.
fn goes_on_from(line: &str) -> bool {
    line.trim_start().starts_with(char::is_lowercase)
}

/// The first of the lines, with those to which it was broken.
fn first_line<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    &lines[..1 + lines[1..].iter().take_while(|line| goes_on_from(line)).count()]
}

/// "Can you call me?" asks for a call.
fn is_request(response: Response, words: &[&str]) -> bool {
    response == Response::CallMe && longest(REQUESTS, opened(words).1).is_some()
}

/// Whether the piece that answers has a word in it by which it is no news.
fn goes_on(response: Response, whole: &[&str]) -> bool {
    let says = if response == Response::NotMe { GIVES_BACK } else { GOES_ON };
    let piece = opened(longest(GREETINGS, whole).unwrap_or(whole)).1.split(|word| *word == PAUSE).next().unwrap_or_default();
    (0..piece.len()).any(|at| longest(says, &piece[at..]).is_some())
}

/// Whether a line is what Baton wrote on how to answer, quoted without a mark.
fn is_our_own(line: &str, to: Purpose) -> bool {
    let line = line.to_lowercase();
    to.responses().iter().filter(|one| line.contains(&format!("“{}”", one.label(to).to_lowercase()))).count() > 1
}

/// A bare digit, as on a telephone.
fn key_of(words: &[&str], to: Purpose) -> Option<Response> {
    let (mut rest, mut spoken) = (words, Vec::new());
    while let Some((word, behind)) = rest.split_first() {
        let thanked = longest(THANKS, rest);
        spoken.extend((thanked.is_none() && *word != PAUSE).then_some(*word));
        rest = thanked.unwrap_or(behind);
    }
    let [key] = spoken[..] else { return None };
    to.responses().iter().copied().find(|one| key.chars().eq([one.key(to)]))
}

/// Whether it stands there as a digit, and not in a sign such as "<3" or ":-1:".
fn is_digit_alone(line: &str, key: char) -> bool {
    let bare = |word: &str| {
        word.trim_start_matches(['(', '"', '#'])
            .trim_end_matches(['.', ',', '!', ')', ':', ';', '"', '\u{fe0f}', '\u{20e3}'])
            .chars()
            .eq([key])
    };
    line.split_whitespace().any(bare)
}

fn between_pauses<'a>(piece: &[&'a str]) -> Vec<&'a str> {
    std::iter::once(PAUSE).chain(piece.iter().copied()).chain([PAUSE]).collect()
}

/// What stands behind a greeting and whoever is greeted, or behind the name of whoever writes.
fn after_greeting<'a>(words: &'a [&'a str], to: Purpose) -> &'a [&'a str] {
    let rest = greeted(words, to);
    introduced(rest, to).unwrap_or(rest)
}

/// What stands behind "Marta here,".
fn introduced<'a>(words: &'a [&'a str], to: Purpose) -> Option<&'a [&'a str]> {
    let (piece, rest) = words.split_at(words.iter().position(|word| *word == PAUSE)?);
    let ([name @ .., "here" | "hier"] | ["hier" | "here", "ist" | "is", name @ ..] | ["hier", name @ ..]) = piece else { return None };
    let said = between_pauses(name);
    let is_name = (1..=2).contains(&name.len()) && !says_no(&said) && answered(&said[1..], to).is_none();
    is_name.then(|| without_pause(rest))
}

/// Whether there is a word among them that is no part of a name.
fn says_no(said: &[&str]) -> bool {
    (0..said.len()).any(|at| [DENIES, LIMITS, UNDOES, TURNS, SAYS_MORE].iter().any(|no| longest(no, &said[at..]).is_some()))
}

fn greeted<'a>(words: &'a [&'a str], to: Purpose) -> &'a [&'a str] {
    let Some(rest) = longest(GREETINGS, words) else { return words };
    let name = rest.iter().take_while(|word| **word != PAUSE).count();
    let said = between_pauses(&rest[..name]);
    let is_name = name <= 2 && rest.len() > name && !says_no(&said) && answered(&rest[..=name], to).is_none();
    // "Hallo Ana bin dran"
    let speaks = |rest: &'a [&'a str]| longest(FIRST_PERSON, rest).is_some() && answered(rest, to).is_some();
    match rest {
        _ if is_name => without_pause(&rest[name..]),
        [name, behind @ ..] if speaks(behind) && longest(DENIES, &[*name]).is_none() => behind,
        _ => without_pause(rest),
    }
}

/// Nobody says more before they come to it.
const MOST_OPENINGS: usize = 6;

/// How it begins before it says anything, and what is said then.
fn opened<'a>(words: &'a [&'a str]) -> (Vec<Opening>, &'a [&'a str]) {
    let (mut openings, mut rest) = (Vec::new(), words);
    while let Some((kind, behind)) = opening(rest).filter(|_| openings.len() < MOST_OPENINGS) {
        openings.push(kind);
        rest = behind;
    }
    (openings, rest)
}

/// The same where each piece is looked at by itself.
fn without_openings<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    let mut openings = 0;
    let mut rest = words;
    while let Some((_, behind)) = word_of_opening(rest).filter(|_| openings < MOST_OPENINGS) {
        (rest, openings) = (behind, openings + 1);
    }
    rest
}

fn opening<'a>(words: &'a [&'a str]) -> Option<(Opening, &'a [&'a str])> {
    let preface = preface(words).map(|(kind, rest)| (kind, without_pause(rest)));
    word_of_opening(words).into_iter().chain(preface).min_by_key(|(_, rest)| rest.len())
}

fn word_of_opening<'a>(words: &'a [&'a str]) -> Option<(Opening, &'a [&'a str])> {
    let here = OPENINGS.iter().filter_map(|(kind, phrases)| Some((*kind, longest(phrases, words)?)));
    here.min_by_key(|(_, rest)| rest.len()).map(|(kind, rest)| (kind, without_pause(rest)))
}

/// More words than these before an answer may be anything.
const PREFACE: usize = 8;

/// What stands behind a piece that says only that somebody has heard of it, or is sorry, or grateful. It
/// is none with a word in it that would leave an answer open, or by which somebody does something.
fn preface<'a>(words: &'a [&'a str]) -> Option<(Opening, &'a [&'a str])> {
    let (piece, rest) = words.split_at(words.iter().position(|word| *word == PAUSE)?);
    let (kind, _) = PREFACES.iter().find(|(_, slots)| put_together(slots, piece).is_some()).filter(|_| piece.len() <= PREFACE)?;
    let alone = between_pauses(piece);
    let mut left = &alone[..];
    while let Some((_, behind)) = left.split_first() {
        if let Some(reassured) = reassured(left) {
            left = reassured;
            continue;
        }
        let is_doubt = [TURNS, UNDOES, LIMITS, LIMITS_IN_NUMBERS, DENIES, SAYS_MORE].iter().any(|doubts| longest(doubts, left).is_some());
        let is_answer = Response::ALL.into_iter().any(|one| phrased(left, one).is_some());
        if is_doubt || is_answer {
            return None;
        }
        left = behind;
    }
    Some((*kind, rest))
}

/// The response whose words come first, what follows them, and by what words.
fn answered<'a>(words: &'a [&'a str], to: Purpose) -> Option<(Response, &'a [&'a str], Says)> {
    let (mut rest, mut openings) = (words, Vec::new());
    loop {
        let here = to.responses().iter().filter_map(|one| {
            let (behind, says) = phrased(rest, *one).or_else(|| Some((alone(rest, *one, &openings, to)?, Says::Bare)))?;
            Some((*one, behind, says))
        });
        if let Some(found) = here.min_by_key(|(_, behind, _)| behind.len()) {
            let refused = openings.contains(&Opening::Refuses) && !matches!(found.0, Response::NotMe | Response::Wait);
            // "Thank you for your message. I am not available until Monday" is a machine's.
            let is_machines = openings.contains(&Opening::Thanks) && found.0 == Response::NotMe;
            let is_news = openings.contains(&Opening::Thanks) && longest(HAS_GOT, rest).is_some();
            return (!refused && !is_machines && !is_news).then_some(found);
        }
        let (kind, behind) = opening(rest).filter(|_| openings.len() < MOST_OPENINGS)?;
        openings.push(kind);
        rest = behind;
    }
}

/// What follows a phrase of this response and the harmless words behind it, from a pause on.
fn phrased<'a>(words: &'a [&'a str], response: Response) -> Option<(&'a [&'a str], Says)> {
    let found = |phrases: &str| {
        let sentences = if phrases == response.phrases() { response.sentences() } else { &[] };
        let put_together = sentences.iter().filter_map(|slots| put_together(slots, words));
        let found = phrases.split(", ").filter_map(|phrase| after(words, phrase)).chain(put_together);
        let found = found.map(|rest| without_harmless(rest, response));
        found.filter(|rest| rest.first() == Some(&PAUSE)).min_by_key(|rest| rest.len())
    };
    let claimed = |claims, says| Some((found(claims).filter(|rest| is_all_the_same(rest, response))?, says));
    let phrase = found(response.phrases()).map(|rest| (rest, Says::Phrase));
    phrase.or_else(|| claimed(response.claims(), Says::Claim)).or_else(|| claimed(response.promises(), Says::Promise))
}

fn without_harmless<'a>(words: &'a [&'a str], response: Response) -> &'a [&'a str] {
    let mut rest = words;
    while let Some(shorter) = longest(response.harmless(), rest) {
        rest = shorter;
    }
    rest
}

/// Whether nothing follows but harmless words, what they do about it, or the same once more.
fn is_all_the_same(rest: &[&str], response: Response) -> bool {
    rest.split(|word| *word == PAUSE).all(|piece| {
        let piece: Vec<&str> = piece.iter().copied().chain([PAUSE]).collect();
        let is_harmless = without_harmless(&piece, response) == [PAUSE];
        is_harmless || longest(DOES, &piece).is_some() || phrased(&piece, response).is_some()
    })
}

/// A word that says it only where nothing else is said, except what leans the same way.
fn alone<'a>(words: &'a [&'a str], response: Response, openings: &[Opening], to: Purpose) -> Option<&'a [&'a str]> {
    let leans = match response {
        Response::OnIt => openings.iter().all(|one| *one == Opening::Agrees),
        _ => !openings.contains(&Opening::Agrees),
    };
    let spoken: Vec<&str> = words.iter().copied().filter(|word| *word != PAUSE).collect();
    let is_all = |one: &str| after(&spoken, one).is_some_and(<[_]>::is_empty);
    let is_them = response == Response::NotMe && (0..spoken.len()).any(|at| longest(ASKS_THEM, &spoken[at..]).is_some());
    let is_received = response == Response::OnIt && to == Purpose::Drill && RECEIPTS.split(", ").any(is_all);
    (leans && !is_them && (is_received || response.bare().split(", ").any(is_all))).then_some(&[])
}

/// Whether what else is said leaves it open.
fn is_doubtful(response: Response, rest: &[&str], numbers: &str) -> bool {
    let doubts: &[&str] = match response {
        Response::NotMe => &[TURNS, UNDOES],
        Response::CallMe => &[TURNS, UNDOES, LIMITS, numbers],
        Response::OnIt | Response::Escalate | Response::Wait => &[TURNS, UNDOES, LIMITS, numbers, DENIES],
    };
    let (mut rest, mut begins) = (rest, false);
    while let Some((word, behind)) = rest.split_first() {
        if let Some(reassured) = reassured(rest) {
            rest = reassured;
            continue;
        }
        if let Some((repeated, _)) = Some(rest).filter(|_| begins).and_then(|rest| phrased(rest, response)) {
            (rest, begins) = (repeated, false);
            continue;
        }
        let contrary = response.contrary().filter(|_| begins).and_then(|contrary| {
            let behind = without_openings(rest);
            phrased(longest(MEANS, behind).unwrap_or(behind), contrary)
        });
        let taken_back = begins && response == Response::OnIt && takes_back(rest);
        let taken = begins && response == Response::NotMe && (does_anyway(rest) || longest(RECONSIDERS, rest).is_some());
        if contrary.is_some() || taken_back || taken || doubts.iter().any(|doubts| longest(doubts, rest).is_some()) {
            return true;
        }
        (rest, begins) = (behind, *word == PAUSE);
    }
    false
}

/// More words than these are about the trouble.
const SHORT: usize = 3;

/// Whether a piece behind "on it" is short, and none of what is known to go with it: "nope", "pocket dial", "Ben covering".
fn says_something_else(rest: &[&str]) -> bool {
    let goes_along = |piece: &[&str]| {
        // "On it, database team" passes it on.
        let is_others = piece.last() == Some(&"team");
        let piece = between_pauses(piece);
        let words = &piece[1..];
        let is_known = [DOES, ASKS, ASKS_ALL, GOES_ALONG].iter().any(|phrases| longest(phrases, words).is_some());
        let is_harmless = without_harmless(words, Response::OnIt) == [PAUSE] || phrased(words, Response::OnIt).is_some();
        (is_known && !is_others) || is_harmless || reassured(&piece).is_some() || reassured(words).is_some() || opening(words).is_some()
    };
    without_sign_off(rest).split(|word| *word == PAUSE).any(|piece| piece.len() <= SHORT && !goes_along(piece))
}

/// What stands before "regards, Marta" at the end.
fn without_sign_off<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    let signs_off = |at: &usize| {
        let Some(name) = longest(SIGNS_OFF, &words[at + 1..]) else { return false };
        name.iter().filter(|word| **word != PAUSE).count() < SHORT && !says_no(&between_pauses(name))
    };
    let at = (0..words.len()).filter(|at| words[*at] == PAUSE).find(signs_off);
    at.map_or(words, |at| &words[..at])
}

/// What follows words that turn nothing, from the pause on where they end at one.
fn reassured<'a>(words: &'a [&'a str]) -> Option<&'a [&'a str]> {
    let reports = REPORTS.iter().filter_map(|slots| put_together(slots, words));
    let rest = longest(REASSURES, words).into_iter().chain(reports).min_by_key(|rest| rest.len())?;
    let used = words.len() - rest.len();
    let ends = used > 1 && words[used - 1] == PAUSE;
    Some(if ends { &words[used - 1..] } else { rest })
}

/// Whether somebody who has declined does something about it: "not on call, I'll take it anyway".
fn does_anyway(words: &[&str]) -> bool {
    let words = without_openings(words);
    // "Well, ok, I'll do it"
    let words = without_openings(longest(MEANS, words).map_or(words, without_pause));
    let on_it = Response::OnIt;
    let said = [on_it.phrases(), on_it.claims(), on_it.promises(), DOES].into_iter().any(|phrases| longest(phrases, words).is_some());
    said || [SENTENCES, DOES_ANYWAY].into_iter().flatten().any(|slots| put_together(slots, words).is_some())
}
