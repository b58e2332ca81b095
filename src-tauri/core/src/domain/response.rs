//! What somebody can answer to a message, and how what they typed is read. A
//! response is a decision only where it leaves no doubt; everything else is words,
//! which are passed on and stop nothing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::message::Purpose;
use super::text::{LONGEST, clean, clean_line};
use super::token;
use meaning::{Meant, meant};
use quoted::unquoted;

mod meaning;
mod phrases;
mod quoted;
mod words;

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
            Self::Update | Self::Status | Self::Nudge | Self::Resolved | Self::Taken | Self::Room | Self::Test => &[],
        }
    }
}

/// What somebody wrote, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub response: Option<Response>,
    /// It says so by itself, whatever was asked: a phrase or a button does, a bare yes or a digit does not.
    pub is_plain: bool,
    /// It is about what they have already: "still on it", "not me after all".
    pub goes_on: bool,
    /// All of it but the message's code and the quoted message.
    pub words: String,
}

impl Reading {
    /// A touch on a button.
    #[must_use]
    pub const fn pressed(response: Response) -> Self {
        Self { response: Some(response), is_plain: true, goes_on: false, words: String::new() }
    }

    /// Where a yes may be to something else: only what says it by itself counts.
    #[must_use]
    pub fn if_plain(self) -> Self {
        Self { response: self.response.filter(|_| self.is_plain), ..self }
    }
}

/// Reads a reply to a message for this purpose that names these codes. The beginning decides, where
/// nothing behind it takes it back: "on it, looking at the pool" is a response, "on it, tomorrow"
/// is none.
#[must_use]
pub fn read(text: &str, to: Purpose, codes: &[&str]) -> Reading {
    let own = unquoted(text);
    let is_code = |word: &str| codes.iter().any(|code| word.eq_ignore_ascii_case(code));
    let [words, whole] = [own.words.clone(), format!("{}\n\n{}", own.words, own.below)].map(|text| without(&text, is_code));
    let response = |words: &str| meant(words, to).filter(|meant| own.decides && (meant.is_plain || !own.asked));
    let (response, words) = match (response(&words), response(&whole)) {
        // Below the answered message stands what leaves it open.
        (Some(_), None) => (None, whole),
        (_, response) => (response, words),
    };
    let is = |what: fn(&Meant) -> bool| response.as_ref().is_some_and(what);
    let (is_plain, goes_on) = (is(|meant| meant.is_plain), is(|meant| meant.goes_on));
    Reading { response: response.map(|meant| meant.response), is_plain, goes_on, words }
}

/// Whether words of whoever has it leave open that they still do: "wrong incident, sorry".
#[must_use]
pub fn gives_up(words: &str) -> bool {
    meant(&format!("on it.\n{}", words.replace('?', ".")), Purpose::StillOnIt).is_none()
}

/// Words of a reply that could each be a message's code, in capitals.
#[must_use]
pub fn codes(text: &str) -> Vec<String> {
    unquoted(text).words.split_whitespace().flat_map(parts).filter(|word| token::is_code(word)).map(str::to_ascii_uppercase).collect()
}

/// Whether a reply says nothing besides a code but what it answers, or nothing at all: then
/// what looks like a code is meant for one. A port number in a sentence is none.
#[must_use]
pub fn is_but_a_code(text: &str, to: Purpose) -> bool {
    let words = without(&unquoted(text).words, token::is_code);
    words.is_empty() || meant(&words, to).is_some_and(|meant| meant.is_all)
}

/// The text without words of which that is true, and with the pause that was behind them: "on it 7KQ4, looking".
fn without(text: &str, gone: impl Fn(&str) -> bool) -> String {
    let is_gone = |word: &str| parts(word).all(&gone);
    let joins = |word: &str| ["and", "und", "&", "+"].contains(&word);
    let kept = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_between =
            |at: usize| joins(words[at]) && at > 0 && is_gone(words[at - 1]) && words.get(at + 1).is_some_and(|next| is_gone(next));
        let said = words.iter().enumerate().map(|(at, word)| match word {
            word if is_gone(word) => pause_behind(word).into(),
            _ if is_between(at) => String::new(),
            word => format!(" {word}"),
        });
        said.collect::<String>().trim_start_matches([' ', ',', '.', ';', ':', '!', '?']).to_string()
    };
    clean(text.lines().map(kept).collect::<Vec<_>>().join("\n").trim())
}

/// What may each be a code: two of them may stand joined, "7KQ4/8ABC".
fn parts(word: &str) -> impl Iterator<Item = &str> {
    bare(word).split(['/', '+', '&', ',']).map(bare)
}

fn pause_behind(word: &str) -> &str {
    word.trim_start_matches(|sign: char| !",.;:!?".contains(sign))
}

fn bare(word: &str) -> &str {
    word.trim_matches(|sign: char| !sign.is_alphanumeric())
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
    /// A yes or a number, which may be to the news that went to them since.
    AfterNews,
    /// By its header a machine's or a list's, although a person could have written it.
    ReadsAsAnswer,
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
            Self::AfterNews => "it may be about the news that came since; ask whether they take it",
            Self::ReadsAsAnswer => "a machine or a list passed it on, but it reads as an answer; ask whether they take it",
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
        super::read(text, to, &["7KQ4"])
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
    fn whatever_people_write_is_taken_for_what_it_means_and_for_no_more() {
        let mut wrong = Vec::new();
        for section in include_str!("response/answers.txt").split("\n## ").skip(1) {
            let (heading, lines) = section.split_once('\n').expect("a heading and lines");
            let (to, means) = heading.split_once(": ").expect("a purpose and what it means");
            let to = [Purpose::Alert, Purpose::StillOnIt, Purpose::Opinion].into_iter().find(|one| one.name() == to).expect("a purpose");
            for line in lines.lines().filter(|line| !line.is_empty()) {
                let found = read(&line.replace('⏎', "\n"), to).response.map_or("words only", Response::id);
                if found != means {
                    wrong.push(format!("{heading}, but read as {found}: {line}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
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
        for (typed, is_plain) in [("on it", true), ("I have it", true), ("will do", false), ("mach ich, rufe Ben an", false), ("ok", false)]
        {
            let reading = read(typed, Purpose::Alert);
            assert_eq!((reading.response, reading.is_plain), (Some(Response::OnIt), is_plain), "{typed:?}: after news, or among others");
        }
        assert_eq!(Response::CallMe.key(Purpose::Alert), '3');
    }

    #[test]
    fn a_code_is_found_and_what_was_answered_to_is_left_out() {
        let reading = super::read("on it 7kq4", Purpose::Alert, &["7KQ4"]);
        assert_eq!((reading.response, reading.words.as_str()), (Some(Response::OnIt), "on it"));
        assert_eq!(codes("on it (7kq4)."), ["7KQ4"], "however it was typed");
        let first = super::read("7KQ4 on it", Purpose::Alert, &["7KQ4"]);
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
