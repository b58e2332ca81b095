//! A message as a mail. The same delivery always gives the same Message-ID, so
//! that a second attempt is not a second mail, and an answer to it names the
//! delivery's token; everything about one incident answers one root, so that it
//! is one thread.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use super::{Envelope, wording};
use crate::domain::message::{Fact, Message, Purpose};
use crate::domain::severity::Severity;
use crate::domain::text::{LONGEST, clean_line, shorten};

pub(super) struct Letter {
    pub(super) id: String,
    pub(super) bytes: Vec<u8>,
}

/// Writes the envelope's mail with this message in it; fails only on what no server would take.
pub(super) fn write(envelope: &Envelope, message: &Message, from: &Mailbox, to: &Address) -> Result<Letter, lettre::error::Error> {
    let message = wording::shortened(message, LONGEST);
    let domain = from.email.domain();
    let id = format!("<{}.{}@{domain}>", envelope.delivery, envelope.token.reveal());
    let root = format!("<incident.{}@{domain}>", message.incident);
    let name = shorten(&clean_line(&envelope.to_name), 100);
    let moment = UNIX_EPOCH + Duration::from_millis(u64::try_from(envelope.now.0).unwrap_or(0));
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new((!name.is_empty()).then_some(name), to.clone()))
        .subject(wording::subject(&message))
        .date(moment)
        .message_id(Some(id.clone()))
        // No out-of-office answer should come back and be taken for a person's.
        .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"))
        .raw_header(header(HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"));
    if message.purpose != Purpose::Test {
        builder = builder.in_reply_to(root.clone()).references(root);
        if message.severity == Severity::Critical {
            builder = builder.raw_header(header(HeaderName::new_from_ascii_str("Importance"), "high"));
        }
    }
    let mail = builder.multipart(MultiPart::alternative_plain_html(wording::full(&message), page(&message)))?;
    Ok(Letter { id, bytes: mail.formatted() })
}

fn header(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::new(name, value.to_string())
}

/// The same words with the facts in a table. No style, image or link of its
/// own: it looks as the reader's mail program looks.
fn page(message: &Message) -> String {
    let paragraph = |text: &str| if text.is_empty() { String::new() } else { format!("<p>{}</p>\n", escaped(text)) };
    let rows: String = wording::with_title(message)
        .iter()
        .map(|Fact { label, value }| {
            format!("<tr><th align=\"left\" valign=\"top\">{}</th><td>{}</td></tr>\n", escaped(label), escaped(value))
        })
        .collect();
    let table = if rows.is_empty() { String::new() } else { format!("<table cellpadding=\"4\">\n{rows}</table>\n") };
    let (lead, reply, signed) = (paragraph(&message.lead), paragraph(&message.reply), paragraph(&wording::signed(message)));
    format!("<!DOCTYPE html>\n<html><body>\n{lead}{table}{reply}{signed}</body></html>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\n', "<br>\n")
}
