//! What a mail is that came back: somebody's answer, a machine's in their place, a bounce,
//! or a receipt. It belongs to a delivery only by the token in that delivery's Message-ID,
//! which nobody can know who did not receive it.

use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders};
use sha2::{Digest, Sha256};

use super::inbound::{About, Arrival, Arrived, From};
use super::{said, sentence, written};
use crate::domain::text::shorten;
use crate::domain::token::Token;

/// Headers that only machines set, whatever they say.
const MACHINES: [&str; 12] = [
    "List-Id",
    "List-Post",
    "List-Help",
    "List-Owner",
    "List-Archive",
    "List-Subscribe",
    "List-Unsubscribe",
    "X-Autoreply",
    "X-Autorespond",
    "X-Autorespons",
    "X-Auto-Response-Suppress",
    "X-Failed-Recipients",
];

/// Who writes that a mail could not be delivered.
const POSTMASTERS: [&str; 3] = ["mailer-daemon", "postmaster", "mail-daemon"];

/// Whether the rest of a mail with this header is worth reading.
pub(super) fn may_concern_us(header: &[u8]) -> bool {
    let Some(mail) = MessageParser::default().parse_headers(header) else { return false };
    answered_to(&mail).is_some() || is_report(&mail) || is_from_nobody(&mail) || is_from_a_postmaster(&mail)
}

/// What the mail says about a delivery; nothing where it says nothing of one.
pub(super) fn read(bytes: &[u8]) -> Option<Arrival> {
    let mail = MessageParser::default().parse(bytes)?;
    let (token, what) = match report(&mail).as_deref() {
        Some("disposition-notification") => opened(&mail, bytes)?,
        Some("delivery-status") => delivery_status(&mail, bytes)?,
        // Such as a complaint to an abuse desk.
        Some(_) => return None,
        None => match answered_to(&mail) {
            Some(token) => (token, answer(&mail, bytes)),
            None if is_from_nobody(&mail) || is_from_a_postmaster(&mail) => plain_bounce(&mail, bytes)?,
            None => return None,
        },
    };
    Some(Arrival { id: name(&mail, bytes), about: About::Token(token), what })
}

fn answer(mail: &Message<'_>, bytes: &[u8]) -> Arrived {
    let from = sender(mail);
    let text = written::text(mail, bytes);
    if is_automatic(mail) { Arrived::Automatic { from, text } } else { Arrived::Said { by: From::Address(from), text } }
}

/// Whether a machine wrote it. A subject such as "Out of office" alone says nothing: people
/// answer to those, too.
fn is_automatic(mail: &Message<'_>) -> bool {
    let says = |name: &str| mail.header_raw(name).map(|value| value.trim().to_ascii_lowercase());
    let submitted = says("Auto-Submitted").is_some_and(|value| value.split([';', ' ']).next() != Some("no"));
    let precedence = says("Precedence").is_some_and(|value| ["bulk", "junk", "list", "auto_reply"].contains(&value.as_str()));
    submitted || precedence || is_from_nobody(mail) || MACHINES.iter().any(|name| mail.header(*name).is_some())
}

/// Whether it was sent so that nothing can bounce back, as machines send.
fn is_from_nobody(mail: &Message<'_>) -> bool {
    mail.header_raw(HeaderName::ReturnPath).is_some_and(|value| value.trim() == "<>")
}

fn is_from_a_postmaster(mail: &Message<'_>) -> bool {
    let sender = sender(mail).to_ascii_lowercase();
    let local = sender.split('@').next().unwrap_or_default();
    POSTMASTERS.contains(&local) || mail.header("X-Failed-Recipients").is_some()
}

fn is_report(mail: &Message<'_>) -> bool {
    report(mail).is_some()
}

/// What kind of report it is, in lower case.
fn report(mail: &Message<'_>) -> Option<String> {
    let kind = mail.content_type()?;
    let is_report = kind.ctype().eq_ignore_ascii_case("multipart") && kind.subtype().is_some_and(|sub| sub.eq_ignore_ascii_case("report"));
    is_report.then(|| kind.attribute("report-type").unwrap_or_default().to_ascii_lowercase())
}

/// A server's word on what became of a mail.
fn delivery_status(mail: &Message<'_>, bytes: &[u8]) -> Option<(Token, Arrived)> {
    let token = returned_token(bytes).or_else(|| named(mail.in_reply_to()))?;
    let said_of_it = Fields::of(part(mail, "delivery-status")?, bytes);
    let groups = said_of_it.groups("action");
    let one = |action: &str| groups.iter().find(|group| group.get("action").is_some_and(|value| value.eq_ignore_ascii_case(action)));
    if let Some(failed) = one("failed") {
        let status = failed.get("status").unwrap_or_default();
        let reason =
            failed.get("diagnostic-code").map(|code| code.split_once(';').map_or(code.as_str(), |(_, words)| words.trim()).to_string());
        let words = [status.as_str(), reason.as_deref().unwrap_or_default()].join(" ");
        return Some((token, came_back(words.trim(), status.starts_with('5'))));
    }
    if let Some(delivered) = one("delivered") {
        let by = delivered.get("remote-mta").or_else(|| said_of_it.get("reporting-mta")).unwrap_or_default();
        let by = by.split_once(';').map_or(by.as_str(), |(_, name)| name).trim();
        let words = if by.is_empty() { "delivered to the mailbox".into() } else { format!("delivered to the mailbox, says {by}") };
        return Some((token, Arrived::Delivered { words: said(&words) }));
    }
    // Delayed or passed on: it may arrive yet, and nobody says that it has.
    None
}

/// A reader's mail program on what became of a mail.
fn opened(mail: &Message<'_>, bytes: &[u8]) -> Option<(Token, Arrived)> {
    let notice = Fields::of(part(mail, "disposition-notification")?, bytes);
    let original = notice.get("original-message-id").and_then(|id| token_of(&id));
    let token = original.or_else(|| returned_token(bytes)).or_else(|| named(mail.in_reply_to()))?;
    let became = notice.get("disposition")?.to_ascii_lowercase();
    let kind = became.rsplit(';').next().unwrap_or_default().split('/').next().unwrap_or_default().trim();
    (kind == "displayed").then(|| (token, Arrived::Seen { words: said(&format!("opened, says the mail program of {}", sender(mail))) }))
}

/// A bounce from a server that knows no reports: the mail it gives back names itself.
fn plain_bounce(mail: &Message<'_>, bytes: &[u8]) -> Option<(Token, Arrived)> {
    let token = returned_token(bytes)?;
    let text = written::whole_text(mail, bytes);
    let lower = text.to_lowercase();
    let above = lower.find("message-id:").map_or(lower.as_str(), |at| &lower[..at]);
    let code = status_in(above);
    let waits = ["delayed", "will be retried", "will keep trying", "still trying", "warning message only", "do not need to resend"];
    if code.is_none_or(|code| code.starts_with('4')) && waits.iter().any(|words| above.contains(words)) {
        return None;
    }
    let line = text.lines().map(str::trim).find(|line| code.is_some_and(|code| line.contains(code)));
    let line = line.or_else(|| text.lines().map(str::trim).find(|line| !line.is_empty())).unwrap_or_default();
    Some((token, came_back(line, code.is_some_and(|code| code.starts_with('5')))))
}

fn came_back(words: &str, for_good: bool) -> Arrived {
    let words = if words.is_empty() { "The mail came back.".into() } else { sentence(&format!("The mail came back: {}", said(words))) };
    Arrived::Failed { words: shorten(&words, 300), for_good }
}

/// The first status of mail in a text: 5.1.1, or the older 550.
fn status_in(text: &str) -> Option<&str> {
    let words = text.split(|sign: char| !(sign.is_ascii_digit() || sign == '.')).map(|word| word.trim_matches('.'));
    words.into_iter().find(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        let digits = |text: &str, most: usize| !text.is_empty() && text.len() <= most && text.bytes().all(|sign| sign.is_ascii_digit());
        match parts.as_slice() {
            [class @ ("4" | "5"), subject, detail] => digits(class, 1) && digits(subject, 3) && digits(detail, 3),
            [code] => code.len() == 3 && matches!(code.as_bytes(), [b'4', b'2' | b'5', _] | [b'5', b'5', _]),
            _ => false,
        }
    })
}

/// The token of the message it answers, by what its header says: the one it replies to, else
/// the latest of ours in its thread.
fn answered_to(mail: &Message<'_>) -> Option<Token> {
    named(mail.in_reply_to()).or_else(|| named(mail.references()))
}

fn named(value: &HeaderValue<'_>) -> Option<Token> {
    match value {
        HeaderValue::Text(id) => token_of(id),
        HeaderValue::TextList(ids) => ids.iter().rev().find_map(|id| token_of(id)),
        _ => None,
    }
}

/// The token of a mail that stands in this one whole or by its header, as in a bounce. Only
/// by its own name: its thread may name ours while it is somebody else's.
fn returned_token(bytes: &[u8]) -> Option<Token> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_start_matches(['>', ' ', '\t']);
        let Some(value) =
            line.get(.."message-id:".len()).filter(|start| start.eq_ignore_ascii_case("message-id:")).map(|start| &line[start.len()..])
        else {
            continue;
        };
        // A long name stands on a line of its own.
        let value = if value.trim().is_empty() { lines.peek().copied().unwrap_or_default() } else { value };
        if let Some(token) = token_of(value) {
            return Some(token);
        }
    }
    None
}

/// The token in a Message-ID of ours: `<delivery.token@domain>`.
fn token_of(id: &str) -> Option<Token> {
    let (local, _) = id.trim().trim_matches(['<', '>']).split_once('@')?;
    let (delivery, token) = local.rsplit_once('.')?;
    delivery.parse::<uuid::Uuid>().ok().and_then(|_| Token::read(token))
}

fn sender(mail: &Message<'_>) -> String {
    let first = mail.from().and_then(Address::first);
    first.and_then(|from| from.address.as_deref()).unwrap_or_default().trim().to_string()
}

/// By what it is known if it comes a second time, from another folder or after the server
/// has numbered its mails anew.
fn name(mail: &Message<'_>, bytes: &[u8]) -> String {
    if let Some(id) = mail.message_id().filter(|id| !id.trim().is_empty()) {
        return format!("mail {}", shorten(id.trim(), 200));
    }
    let header = mail.root_part().offset_body as usize;
    let sum = Sha256::digest(bytes.get(..header).unwrap_or(bytes));
    format!("mail {}", sum.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// The part of a report that machines read.
fn part<'a>(mail: &'a Message<'a>, subtype: &str) -> Option<&'a MessagePart<'a>> {
    mail.parts.iter().find(|part| {
        let kind = part.content_type();
        kind.is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("message") && kind.subtype().is_some_and(|sub| is_subtype(sub, subtype)))
    })
}

/// Reports about addresses with other letters have a kind of their own.
fn is_subtype(given: &str, wanted: &str) -> bool {
    given.eq_ignore_ascii_case(wanted) || given.to_ascii_lowercase().strip_prefix("global-") == Some(wanted)
}

/// Fields as a report has them: groups of lines, each group about one recipient.
struct Fields(Vec<Vec<(String, String)>>);

impl Fields {
    fn of(part: &MessagePart<'_>, bytes: &[u8]) -> Self {
        let text = written::decoded(part, bytes);
        let mut groups = vec![Vec::<(String, String)>::new()];
        for line in text.lines() {
            match (line.split_once(':'), groups.last_mut()) {
                _ if line.trim().is_empty() => groups.push(Vec::new()),
                (_, Some(group)) if line.starts_with([' ', '\t']) => {
                    if let Some((_, value)) = group.last_mut() {
                        value.push(' ');
                        value.push_str(line.trim());
                    }
                }
                (Some((name, value)), Some(group)) => group.push((name.trim().to_ascii_lowercase(), value.trim().to_string())),
                _ => {}
            }
        }
        Self(groups)
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().flatten().find(|(one, _)| one == name).map(|(_, value)| value.clone())
    }

    /// The groups that have this field.
    fn groups(&self, name: &str) -> Vec<Self> {
        self.0.iter().filter(|group| group.iter().any(|(one, _)| one == name)).map(|group| Self(vec![group.clone()])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_baton_gave_has_a_token_in_it() {
        let token = Token::sample();
        let ours = format!("<01a206d8-c800-7b67-95ab-0a6169a1b0b6.{}@example.org>", token.reveal());
        assert_eq!(token_of(&ours), Some(token));
        for other in ["", "<>", "<@>", "<.@>", "<a@b>", &ours.replace('.', "-"), &ours.replace("01a2", "zzzz"), &ours.to_lowercase()] {
            assert_eq!(token_of(other), None, "{other}");
        }
    }

    #[test]
    fn a_status_is_told_from_other_numbers() {
        for (text, expected) in [
            ("550 5.1.1 user unknown", Some("550")),
            ("said: 5.2.2 (mailbox full)", Some("5.2.2")),
            ("at 10.0.0.25 on 25.11.2026 it was 452", Some("452")),
            ("version 5.1, 555 mails, 192.168.4.20", Some("555")),
            ("nothing of the kind in 2026", None),
        ] {
            assert_eq!(status_in(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_lies_in_an_inbox_is_read_without_harm(
            kind in "(text/plain|text/html|multipart/report; report-type=delivery-status; boundary=b|multipart/mixed; boundary=b|message/rfc822)",
            encoding in "(base64|quoted-printable|7bit|x)",
            body in "(--b|--b--|=|[a-zA-Z0-9+/ :<>;.-]{1,12}|é|\\r\\n|Message-ID: |Content-Type: message/delivery-status|Action: failed){0,60}",
            bytes in proptest::collection::vec(0_u8.., 0..200),
        ) {
            let id = format!("<01a206d8-c800-7b67-95ab-0a6169a1b0b6.{}@example.org>", Token::sample().reveal());
            let header = format!("From: a@example.org\r\nIn-Reply-To: {id}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
            for rest in [body.as_bytes(), &bytes] {
                let mail = [header.as_bytes(), rest].concat();
                let _ = (may_concern_us(&mail), read(&mail), read(rest));
            }
        }
    }
}
