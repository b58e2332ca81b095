//! What somebody can answer to a message, and how what they typed is read. A
//! response is a decision only where it leaves no doubt; everything else is words,
//! which are passed on and stop nothing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::message::Purpose;
use super::text::{LONGEST, clean, clean_line};
use super::token;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    OnIt,
    NotMe,
    CallMe,
    /// To a colleague's question: would escalate.
    Escalate,
    /// To a colleague's question: would wait.
    Wait,
}

impl Response {
    const ALL: [Self; 5] = [Self::OnIt, Self::NotMe, Self::CallMe, Self::Escalate, Self::Wait];

    /// The name by which a provider gives it back.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::OnIt => "on_it",
            Self::NotMe => "not_me",
            Self::CallMe => "call_me",
            Self::Escalate => "escalate",
            Self::Wait => "wait",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.id() == id)
    }

    /// What a button says, and what is typed where there is none.
    #[must_use]
    pub const fn label(self, to: Purpose) -> &'static str {
        match (self, to) {
            (Self::OnIt, Purpose::Drill) => "Received",
            (Self::OnIt, Purpose::StillOnIt) => "Still on it",
            (Self::OnIt, _) => "On it",
            (Self::NotMe, _) => "Not me",
            (Self::CallMe, _) => "Call me",
            (Self::Escalate, _) => "Escalate",
            (Self::Wait, _) => "Wait",
        }
    }

    /// The digit for it on a telephone.
    #[must_use]
    pub fn key(self, to: Purpose) -> char {
        let place = to.responses().iter().position(|one| *one == self).unwrap_or(0);
        char::from_digit(u32::try_from(place).unwrap_or(0) + 1, 10).unwrap_or('0')
    }

    /// What people write who mean it, in the languages of a desk; lower case, no marks.
    const fn phrases(self) -> &'static [(&'static str, Then)] {
        use Then::{Anything, Nothing, Pause};
        match self {
            Self::OnIt => &[
                ("on it", Anything),
                ("i am on it", Anything),
                ("im on it", Anything),
                ("still on it", Anything),
                ("i have it", Pause),
                ("ive got it", Anything),
                ("i take it", Pause),
                ("ill take it", Anything),
                ("bin dran", Anything),
                ("ich bin dran", Anything),
                ("ich ubernehme", Anything),
                ("ubernehme ich", Anything),
                ("mine", Pause),
                ("ubernommen", Pause),
                // That something arrived, and a yes, are decisions only by themselves.
                ("got it", Nothing),
                ("ack", Nothing),
                ("acknowledged", Nothing),
                ("received", Nothing),
                ("erhalten", Nothing),
                ("yes", Nothing),
                ("ok", Nothing),
                ("ja", Nothing),
            ],
            Self::NotMe => &[
                ("not me", Anything),
                ("somebody else", Pause),
                ("someone else", Pause),
                ("ich nicht", Anything),
                ("nicht ich", Anything),
                ("i cannot take it", Anything),
                ("i cant take it", Anything),
                ("i cannot", Pause),
                ("i cant", Pause),
                ("ich kann nicht", Pause),
                ("geht nicht", Nothing),
                ("cannot", Nothing),
                ("cant", Nothing),
                ("no", Nothing),
                ("nein", Nothing),
            ],
            Self::CallMe => &[
                ("call me", Anything),
                ("please call me", Anything),
                ("ruf mich an", Anything),
                ("bitte anrufen", Pause),
                ("ruf an", Pause),
                ("anrufen", Pause),
                ("call", Nothing),
            ],
            Self::Escalate => &[("escalate", Anything), ("yes escalate", Anything), ("eskalieren", Anything), ("eskaliere", Anything)],
            Self::Wait => &[
                ("wait", Pause),
                ("carry on", Anything),
                ("do not escalate", Anything),
                ("dont escalate", Anything),
                ("warten", Pause),
                ("nicht eskalieren", Anything),
            ],
        }
    }
}

/// What may follow a phrase so that it still means what it says: "mine, looking at the
/// pool" takes it, "mine is broken" does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Anything,
    /// Nothing but what a comma or a full stop parts from it.
    Pause,
    Nothing,
}

/// After these "on it" is no promise yet: "on it, but not before six".
const DOUBTS: &[&str] = &["but", "however", "aber", "jedoch", "allerdings"];

/// In the same piece of the sentence these turn it round or put it off: "ich übernehme das nicht".
const TURNS: &[&str] = &[
    "not", "no", "never", "unless", "when", "later", "tomorrow", "nicht", "kein", "keine", "nein", "nie", "wenn", "erst", "spater",
    "morgen",
];

impl Purpose {
    /// What can be answered to such a message by one touch, the likeliest first.
    #[must_use]
    pub const fn responses(self) -> &'static [Response] {
        match self {
            Self::Alert => &[Response::OnIt, Response::NotMe, Response::CallMe],
            Self::StillOnIt => &[Response::OnIt, Response::NotMe],
            Self::Opinion => &[Response::Escalate, Response::Wait, Response::CallMe],
            Self::Drill => &[Response::OnIt],
            Self::Update | Self::Nudge | Self::Resolved | Self::Taken | Self::Room | Self::Test => &[],
        }
    }
}

/// What somebody wrote, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub response: Option<Response>,
    /// All of it but the message's code and the quoted message.
    pub words: String,
}

/// Reads a reply to a message for this purpose that has this code. Only the beginning
/// decides: "on it, looking at the pool" is a response, "who is on it?" is a question.
#[must_use]
pub fn read(text: &str, to: Purpose, code: &str) -> Reading {
    let (own, decides) = unquoted(text);
    let words = without(&own, |word| word.eq_ignore_ascii_case(code));
    let response = meant(&words, to).map(|(response, _)| response);
    Reading { response: response.filter(|_| decides), words }
}

/// Words of a reply that could each be a message's code, in capitals.
#[must_use]
pub fn codes(text: &str) -> Vec<String> {
    let (own, _) = unquoted(text);
    own.split_whitespace().map(bare).filter(|word| token::is_code(word)).map(str::to_ascii_uppercase).collect()
}

/// Whether a reply says nothing besides a code but what it answers, or nothing at all: then
/// what looks like a code is meant for one. A port number in a sentence is none.
#[must_use]
pub fn is_but_a_code(text: &str, to: Purpose) -> bool {
    let (own, _) = unquoted(text);
    let words = without(&own, token::is_code);
    words.is_empty() || meant(&words, to).is_some_and(|(_, rest)| rest.is_empty())
}

/// The text without words of which that is true.
fn without(text: &str, gone: impl Fn(&str) -> bool) -> String {
    let kept = |line: &str| line.split_whitespace().filter(|word| !gone(bare(word))).collect::<Vec<_>>().join(" ");
    clean(text.lines().map(kept).collect::<Vec<_>>().join("\n").trim())
}

fn bare(word: &str) -> &str {
    word.trim_matches(|sign: char| !sign.is_alphanumeric())
}

/// What the first line answers, and the rest of that line in plain words.
fn meant(words: &str, to: Purpose) -> Option<(Response, String)> {
    let line = words.lines().next().unwrap_or_default();
    // "Received" and "yes" are no answer to "would you escalate?".
    if line.contains('?') || is_our_own(line, to) {
        return None;
    }
    let first = plain(line);
    // "Yes, escalate" and "no, carry on": what follows says what is meant.
    let first = if to == Purpose::Opinion { after_yes_or_no(&first) } else { &first };
    if let Some(response) = key_of(first, to) {
        return Some((response, String::new()));
    }
    let matching = to.responses().iter().flat_map(|one| one.phrases().iter().map(move |(phrase, then)| (*one, *phrase, *then)));
    let (response, phrase, _) =
        matching.filter(|(_, phrase, then)| begins(first, phrase, *then)).max_by_key(|(_, phrase, _)| phrase.len())?;
    let (rest, paragraph) = (&first[phrase.len()..], plain(words.split("\n\n").next().unwrap_or_default()));
    let doubtful = paragraph.split(' ').any(|word| DOUBTS.contains(&word));
    let turned = rest.split(PAUSE).next().unwrap_or_default().split(' ').any(|word| TURNS.contains(&word));
    match response {
        Response::OnIt if doubtful || turned => None,
        Response::Escalate if turned => None,
        _ => Some((response, rest.trim_start_matches([' ', PAUSE]).into())),
    }
}

/// Whether a line is what Baton wrote on how to answer, quoted without a mark.
fn is_our_own(line: &str, to: Purpose) -> bool {
    let line = line.to_lowercase();
    to.responses().iter().filter(|one| line.contains(&format!("“{}”", one.label(to).to_lowercase()))).count() > 1
}

fn after_yes_or_no(first: &str) -> &str {
    let rest = ["yes", "no", "ja", "nein"].iter().find_map(|word| first.strip_prefix(word)?.strip_prefix(" | "));
    rest.unwrap_or(first)
}

/// A bare digit, as on a telephone.
fn key_of(first: &str, to: Purpose) -> Option<Response> {
    to.responses().iter().copied().find(|one| first.len() == 1 && first.starts_with(one.key(to)))
}

/// Whether the words begin with the phrase, as words, and with what may follow it.
fn begins(words: &str, phrase: &str, then: Then) -> bool {
    let Some(rest) = words.strip_prefix(phrase) else { return false };
    match then {
        Then::Anything => rest.is_empty() || rest.starts_with(' '),
        Then::Pause => rest.is_empty() || rest.trim_start().starts_with(PAUSE),
        Then::Nothing => rest.trim_matches([' ', PAUSE]).is_empty(),
    }
}

/// Stands for whatever parts one piece of a sentence from the next.
const PAUSE: char = '|';

/// Lower case, letters without their marks, nothing but words and the pauses between them.
fn plain(text: &str) -> String {
    let letters: String = text
        .to_lowercase()
        .chars()
        .filter(|sign| !matches!(sign, '\'' | '’'))
        .flat_map(|sign| match sign {
            'ü' => [None, Some('u'), None],
            'ö' => [None, Some('o'), None],
            'ä' => [None, Some('a'), None],
            ',' | '.' | ';' | ':' | '!' | '(' | '–' | '—' | '\n' => [Some(' '), Some(PAUSE), Some(' ')],
            other if other.is_alphanumeric() => [None, Some(other), None],
            _ => [None, Some(' '), None],
        })
        .flatten()
        .collect();
    let words = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    words.trim_matches([' ', PAUSE]).into()
}

/// What the sender wrote, without the message they answered: what stands above it, or below
/// it where nothing stands above, or between its lines. It ends at a signature, or where the
/// answered message goes on to the end. With it, whether it can decide anything: what stands
/// between may be the end of a quoted line that a program has broken.
fn unquoted(text: &str) -> (String, bool) {
    let all: Vec<&str> = text.lines().collect();
    let end = all.iter().enumerate().position(|(index, line)| {
        let trimmed = line.trim();
        let original = trimmed.starts_with("-----") || (trimmed.len() >= 5 && trimmed.bytes().all(|sign| sign == b'_'));
        let header = index > 0 && HEADERS.iter().any(|start| trimmed.starts_with(start));
        original || header || line.trim_end() == "--"
    });
    let lines = &all[..end.unwrap_or(all.len())];
    let is_quoted = |line: &&str| line.trim_start().starts_with('>');
    let Some(first) = lines.iter().position(is_quoted) else { return (lines.join("\n"), true) };
    let above = unannounced(&lines[..first]);
    let below = lines.iter().rposition(is_quoted).map_or(&lines[..0], |last| &lines[last + 1..]);
    let is_something = |lines: &[&str]| lines.iter().any(|line| !line.trim().is_empty());
    if is_something(above) {
        (above.join("\n"), true)
    } else if is_something(below) {
        (below.join("\n"), true)
    } else {
        (lines[first..].iter().filter(|line| !is_quoted(line)).copied().collect::<Vec<_>>().join("\n"), false)
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

/// Who or what wrote instead of the person: it never counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum NotCounted {
    /// An out-of-office answer, or another machine's.
    Automatic,
    /// Not from where the message went.
    Stranger,
    /// It fits more than one message, and names none.
    Ambiguous,
    /// It names a message that it does not belong to.
    WrongCode,
    /// It names no message, and was written before any that still waits.
    Earlier,
}

impl NotCounted {
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Automatic => "an automatic answer, which is nobody's",
            Self::Stranger => "not from the address the message went to",
            Self::Ambiguous => "it could mean more than one incident; ask which",
            Self::WrongCode => "its code belongs to no message that waits for an answer",
            Self::Earlier => "it was written before the message was sent; ask whether it is meant for this",
        }
    }
}

/// A reply as it is kept: what is longer than anything a person writes in haste is cut.
#[must_use]
pub fn kept(words: &str) -> String {
    super::text::shorten(&clean(words), LONGEST)
}

/// One line of a reply, for where only a line has room.
#[must_use]
pub fn gist(words: &str) -> String {
    super::text::shorten(&clean_line(words), 240)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, to: Purpose) -> Reading {
        super::read(text, to, "7KQ4")
    }

    #[test]
    fn a_number_in_a_sentence_is_neither_a_code_nor_lost() {
        let reading = read("Port 6379 and 8443 are closed", Purpose::Alert);
        assert_eq!(reading.words, "Port 6379 and 8443 are closed");
        assert!(!is_but_a_code("On it, restarting redis on 6379", Purpose::Alert), "it is about the port");
        for typed in ["on it 6379", "6379", "not me, 8443!"] {
            assert!(is_but_a_code(typed, Purpose::Alert), "{typed:?} can only mean a code");
        }
    }

    #[test]
    fn only_what_leaves_no_doubt_is_a_response() {
        use Response::{CallMe, NotMe, OnIt};
        for (typed, expected) in [
            ("On it", Some(OnIt)),
            ("on it!", Some(OnIt)),
            ("I'm on it, looking at the pool", Some(OnIt)),
            ("Ich übernehme, bin in 5 Min dran", Some(OnIt)),
            ("ok", Some(OnIt)),
            ("OK, but who else knows?", None),
            ("1", Some(OnIt)),
            ("2", Some(NotMe)),
            ("3", Some(CallMe)),
            ("4", None),
            ("10", None),
            ("not me, ask Ben", Some(NotMe)),
            ("no", Some(NotMe)),
            ("no idea what this is", None),
            ("who is on it?", None),
            ("on it?", None),
            ("nobody is on it", None),
            ("Call me on my mobile please", Some(CallMe)),
            ("I can't, on a plane", Some(NotMe)),
            ("", None),
            ("mineral water is out", None),
            ("mine, looking at the pool", Some(OnIt)),
            ("Mine is broken, I cannot log in", None),
            ("Received", Some(OnIt)),
            ("Received, but I am on a plane until six", None),
            ("Acknowledged, but please ask Ben", None),
            ("Erhalten, bin aber im Urlaub", None),
            ("Got it, thanks for telling", None),
            ("On it from tomorrow on", None),
            ("On it,\nbut not before six", None),
            ("On it\n\nGuten Morgen allerseits", Some(OnIt)),
            ("Ich übernehme nicht, bin im Urlaub", None),
            ("Ich übernehme das nicht", None),
            ("Übernehme ich nicht", None),
            ("I take it Ben has this", None),
            ("I have it too, cannot log in", None),
            ("I have it", Some(OnIt)),
            ("On it? No, ask Ben", None),
            ("On it. Guten Morgen!", Some(OnIt)),
            ("On it, no need to call Ben", Some(OnIt)),
            ("I cannot log in either, looking why", None),
            ("cannot reach it from here either", None),
            ("I cannot. Ask Ben", Some(NotMe)),
        ] {
            assert_eq!(read(typed, Purpose::Alert).response, expected, "{typed:?}");
        }
    }

    #[test]
    fn each_purpose_takes_its_own_answers() {
        assert_eq!(read("escalate, it hits orders", Purpose::Opinion).response, Some(Response::Escalate));
        assert_eq!(read("don't escalate yet", Purpose::Opinion).response, Some(Response::Wait));
        assert_eq!(read("Eskalieren würde ich nicht", Purpose::Opinion).response, None, "which is the contrary");
        assert_eq!(read("yes", Purpose::Opinion).response, None, "yes to what?");
        assert_eq!(read("Yes, escalate it", Purpose::Opinion).response, Some(Response::Escalate));
        assert_eq!(read("No, carry on", Purpose::Opinion).response, Some(Response::Wait));
        assert_eq!(read("Nein, warten", Purpose::Opinion).response, Some(Response::Wait));
        assert_eq!(read("on it", Purpose::Update).response, None, "news asks for no decision");
        assert_eq!(read("Received", Purpose::Drill).response, Some(Response::OnIt));
        assert_eq!(Response::CallMe.key(Purpose::Alert), '3');
    }

    #[test]
    fn a_code_is_found_and_what_was_answered_to_is_left_out() {
        let reading = super::read("on it 7kq4", Purpose::Alert, "7KQ4");
        assert_eq!((reading.response, reading.words.as_str()), (Some(Response::OnIt), "on it"));
        assert_eq!(codes("on it (7kq4)."), ["7KQ4"], "however it was typed");
        let first = super::read("7KQ4 on it", Purpose::Alert, "7KQ4");
        assert_eq!(first.response, Some(Response::OnIt), "the code may come first");
        let quoted = "Not me, Ben has the rack keys.\n\nAm 23.11.2026 um 13:45 schrieb Service desk:\n> This needs somebody now.\n> on it";
        let reading = read(quoted, Purpose::Alert);
        assert_eq!((reading.response, reading.words.as_str()), (Some(Response::NotMe), "Not me, Ben has the rack keys."));
        let below = read("On it\r\n\r\n-- \r\nMarta\r\nEscalate and call me", Purpose::Alert);
        assert_eq!(below.words, "On it", "a signature is no answer");
        let outlook = read("mine\n________________________________\nFrom: Service desk\nnot me", Purpose::Alert);
        assert_eq!((outlook.response, outlook.words.as_str()), (Some(Response::OnIt), "mine"));
    }

    #[test]
    fn it_is_found_above_below_and_between_what_it_answers() {
        use Response::{NotMe, OnIt};
        let quote = "> This needs somebody now.\n> Answer this message with “on it”, “not me” or “call me”.\n> Ana Ruiz";
        for (typed, response, words) in [
            (format!("On Mon, 23 Nov 2026 at 13:45, Service desk <\ndesk@example.org> wrote:\n\n{quote}\n\nOn it"), Some(OnIt), "On it"),
            (format!("{quote}\nNot me\n-- \nMarta"), Some(NotMe), "Not me"),
            (format!("Le lun. 23 nov. 2026 à 13:45, Desk a écrit :\n{quote}\n"), None, ""),
            ("> When did it begin?\nNoon.\n> Who has it?\nNobody.\n> Ana".into(), None, "Noon.\nNobody."),
            (format!("On it\n\nAm 23.11.2026 um 13:45 schrieb Desk:\n{quote}\n\nThis mail is confidential."), Some(OnIt), "On it"),
            (format!("{quote}\nOn it, see:\nhttps://example.org"), Some(OnIt), "On it, see:\nhttps://example.org"),
        ] {
            let reading = read(&typed, Purpose::Alert);
            assert_eq!((reading.response, reading.words.as_str()), (response, words), "{typed}");
        }
    }

    #[test]
    fn what_baton_wrote_itself_is_nobodys_answer_however_it_comes_back() {
        for typed in [
            "> Answer this message with\n“on it”, “not me” or “call me”. Call the desk on 4711.",
            "“On it”, “not me” or “call me”.",
            "> Please take this over. Answer this message with “on it”, “not me” or\n“call me”.\n> Ana\n",
        ] {
            assert_eq!(read(typed, Purpose::Alert).response, None, "{typed:?}");
        }
        assert_eq!(read("“On it”", Purpose::Alert).response, Some(Response::OnIt), "one of them is a choice");
    }

    proptest::proptest! {
        #[test]
        fn whatever_arrives_is_read_without_harm(text in ".{0,200}", lines in "([^\\n]{0,20}\\n){0,10}") {
            for purpose in [Purpose::Alert, Purpose::Opinion, Purpose::Update] {
                for typed in [&text, &lines] {
                    let reading = read(typed, purpose);
                    proptest::prop_assert!(reading.response.is_none_or(|one| purpose.responses().contains(&one)));
                }
            }
        }
    }
}
