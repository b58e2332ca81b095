//! A message as a mail. The same delivery always gives the same Message-ID, so
//! that a second attempt is not a second mail, and an answer to it names the
//! delivery's token; everything about one incident answers one root, so that it
//! is one thread. Files follow in a mail of their own below it.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MessageBuilder, MultiPart, SinglePart};

use super::files::{File, Parcel};
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
    let id = format!("<{}.{}@{}>", envelope.delivery, envelope.token.reveal(), from.email.domain());
    let mut builder = head(envelope, from, to, &id).subject(wording::subject(&message));
    if message.purpose != Purpose::Test {
        let root = root(&message, from);
        builder = builder.in_reply_to(root.clone()).references(root);
        if message.severity == Severity::Critical {
            builder = builder.raw_header(header(HeaderName::new_from_ascii_str("Importance"), "high"));
        }
    }
    let mail = builder.multipart(MultiPart::alternative_plain_html(wording::full(&message), page(&message)))?;
    Ok(Letter { id, bytes: mail.formatted() })
}

/// Writes the mail with the files that belong to another mail, below that one. Its name
/// has no token in it: where it comes back, the message itself has arrived all the same.
pub(super) fn with_files(parcel: &Parcel, from: &Mailbox, to: &Address) -> Result<Letter, lettre::error::Error> {
    let (envelope, message) = (&parcel.with, &parcel.with.message);
    let id = format!("<files.{}.{}@{}>", envelope.delivery, parcel.file().hash, from.email.domain());
    let mut builder = head(envelope, from, to, &id).subject(format!("Files: {}", wording::subject(message)));
    let root = root(message, from);
    match &parcel.below {
        Some(above) => builder = builder.in_reply_to(above.clone()).references(format!("{root} {above}")),
        None => builder = builder.in_reply_to(root.clone()).references(root),
    }
    let names: Vec<&str> = parcel.files.iter().map(|file| file.name.as_str()).collect();
    let words = format!("{}\n\nThis belongs to {}: {}", names.join("\n"), message.reference, message.title);
    let mut whole = MultiPart::mixed().singlepart(SinglePart::plain(words));
    for File { name, kind, bytes, .. } in &parcel.files {
        // Every media type here is one that can be read.
        let kind = ContentType::parse(kind.media_type()).unwrap_or(ContentType::TEXT_PLAIN);
        // Text too, or its line ends would become those of mail.
        let body = Body::new_with_encoding(bytes.clone(), ContentTransferEncoding::Base64).unwrap_or_else(Body::new);
        whole = whole.singlepart(Attachment::new(name.clone()).body(body, kind));
    }
    let mail = builder.multipart(whole)?;
    Ok(Letter { id, bytes: mail.formatted() })
}

/// What everything about an incident answers.
fn root(message: &Message, from: &Mailbox) -> String {
    format!("<incident.{}@{}>", message.incident, from.email.domain())
}

/// Who writes to whom, when, by which name, and that no machine shall answer.
fn head(envelope: &Envelope, from: &Mailbox, to: &Address, id: &str) -> MessageBuilder {
    let name = shorten(&clean_line(&envelope.to_name), 100);
    let moment = UNIX_EPOCH + Duration::from_millis(u64::try_from(envelope.now.0).unwrap_or(0));
    lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new((!name.is_empty()).then_some(name), to.clone()))
        .date(moment)
        .message_id(Some(id.to_string()))
        // No out-of-office answer should come back and be taken for a person's.
        .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"))
        .raw_header(header(HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"))
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
