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
    const fn phrases(self) -> &'static [&'static str] {
        match self {
            Self::OnIt => &[
                "on it",
                "i am on it",
                "im on it",
                "still on it",
                "i have it",
                "ive got it",
                "got it",
                "i take it",
                "ill take it",
                "mine",
                "ack",
                "acknowledged",
                "received",
                "yes",
                "ok",
                "bin dran",
                "ich bin dran",
                "ich ubernehme",
                "ubernehme ich",
                "ubernommen",
                "erhalten",
                "ja",
            ],
            Self::NotMe => &[
                "not me",
                "i cannot",
                "i cant",
                "cannot",
                "cant",
                "no",
                "somebody else",
                "someone else",
                "ich nicht",
                "nicht ich",
                "ich kann nicht",
                "geht nicht",
                "nein",
            ],
            Self::CallMe => &["call me", "please call me", "call", "ruf mich an", "ruf an", "bitte anrufen", "anrufen"],
            Self::Escalate => &["escalate", "yes escalate", "eskalieren", "eskaliere"],
            Self::Wait => &["wait", "carry on", "do not escalate", "dont escalate", "warten", "nicht eskalieren"],
        }
    }
}

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
    /// The first word that could be a delivery's code, in capitals.
    pub code: Option<String>,
    /// All of it but the code and the quoted message.
    pub words: String,
}

/// Reads a reply to a message for this purpose. Only the beginning decides: "on it,
/// looking at the pool" is a response, "who is on it?" is a question.
#[must_use]
pub fn read(text: &str, to: Purpose) -> Reading {
    let (own, decides) = unquoted(text);
    let is_code = |word: &str| token::is_code(word.trim_matches(|sign: char| !sign.is_alphanumeric()));
    let code = own.split_whitespace().find(|word| is_code(word));
    let code = code.map(|word| word.trim_matches(|sign: char| !sign.is_alphanumeric()).to_ascii_uppercase());
    let without: Vec<String> = own
        .lines()
        .map(|line| line.split_whitespace().filter(|word| code.is_none() || !is_code(word)).collect::<Vec<_>>().join(" "))
        .collect();
    let words = clean(without.join("\n").trim());
    let first = plain(words.lines().next().unwrap_or_default());
    // "Received" and "yes" are no answer to "would you escalate?".
    let response = key_of(&first, to).or_else(|| {
        let matching = to.responses().iter().filter_map(|one| {
            let longest = one.phrases().iter().filter(|phrase| begins(&first, phrase)).map(|phrase| phrase.len()).max()?;
            Some((longest, *one))
        });
        matching.max_by_key(|(length, _)| *length).map(|(_, one)| one)
    });
    let question = words.lines().next().is_some_and(|line| line.trim_end().ends_with('?'));
    let ours = words.lines().next().is_some_and(|line| is_our_own(line, to));
    Reading { response: response.filter(|_| decides && !question && !ours), code, words }
}

/// Whether a line is what Baton wrote on how to answer, quoted without a mark.
fn is_our_own(line: &str, to: Purpose) -> bool {
    let line = line.to_lowercase();
    to.responses().iter().filter(|one| line.contains(&format!("“{}”", one.label(to).to_lowercase()))).count() > 1
}

/// A bare digit, as on a telephone.
fn key_of(first: &str, to: Purpose) -> Option<Response> {
    to.responses().iter().copied().find(|one| first.len() == 1 && first.starts_with(one.key(to)))
}

/// Whether the words begin with the phrase, as words.
fn begins(words: &str, phrase: &str) -> bool {
    let Some(rest) = words.strip_prefix(phrase) else { return false };
    // What is short means something only by itself: "no idea yet" is no refusal.
    let alone = phrase.len() <= 4 && phrase != "mine";
    rest.is_empty() || (!alone && rest.starts_with(' '))
}

/// Lower case, letters without their marks, nothing but words.
fn plain(line: &str) -> String {
    let letters: String = line
        .to_lowercase()
        .chars()
        .filter(|sign| !matches!(sign, '\'' | '’'))
        .map(|sign| match sign {
            'ü' => 'u',
            'ö' => 'o',
            'ä' => 'a',
            other if other.is_alphanumeric() => other,
            _ => ' ',
        })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
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
        ] {
            assert_eq!(read(typed, Purpose::Alert).response, expected, "{typed:?}");
        }
    }

    #[test]
    fn each_purpose_takes_its_own_answers() {
        assert_eq!(read("escalate, it hits orders", Purpose::Opinion).response, Some(Response::Escalate));
        assert_eq!(read("don't escalate yet", Purpose::Opinion).response, Some(Response::Wait));
        assert_eq!(read("yes", Purpose::Opinion).response, None, "yes to what?");
        assert_eq!(read("on it", Purpose::Update).response, None, "news asks for no decision");
        assert_eq!(read("Received", Purpose::Drill).response, Some(Response::OnIt));
        assert_eq!(Response::CallMe.key(Purpose::Alert), '3');
    }

    #[test]
    fn a_code_is_found_and_what_was_answered_to_is_left_out() {
        let reading = read("on it 7kq4", Purpose::Alert);
        assert_eq!((reading.response, reading.code.as_deref(), reading.words.as_str()), (Some(Response::OnIt), Some("7KQ4"), "on it"));
        let first = read("7KQ4 on it", Purpose::Alert);
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
