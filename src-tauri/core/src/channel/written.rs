//! What somebody wrote in a mail, whatever their program made of it: the plain text if there
//! is one, else the text of the page, in the letters that were meant.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use encoding_rs::{Encoding, WINDOWS_1252};
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::html;

/// The words of the mail. What it answers to may still be quoted in it, by lines with ">".
pub(super) fn text(mail: &Message<'_>, bytes: &[u8]) -> String {
    plain(mail, bytes).or_else(|| page(mail).map(|part| html::text(&decoded(part, bytes), true))).unwrap_or_default()
}

/// All there is to read in it, however it is quoted.
pub(super) fn whole_text(mail: &Message<'_>, bytes: &[u8]) -> String {
    plain(mail, bytes).or_else(|| page(mail).map(|part| html::text(&decoded(part, bytes), false))).unwrap_or_default()
}

/// The content of a part as text.
pub(super) fn decoded(part: &MessagePart<'_>, bytes: &[u8]) -> String {
    let raw = bytes.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let content = match part.content_transfer_encoding().map(|way| way.trim().to_ascii_lowercase()).as_deref() {
        Some("quoted-printable") => unquoted_printable(raw),
        Some("base64") => unbased(raw),
        _ => raw.to_vec(),
    };
    letters(&content, part.content_type().and_then(|kind| kind.attribute("charset")))
}

/// Quoted-printable read; what is none stays as it stands.
fn unquoted_printable(raw: &[u8]) -> Vec<u8> {
    let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
    let mut content = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            content.push(*first);
        } else if let (Some(high), Some(low)) = (hex(after.first()), hex(after.get(1))) {
            content.push(high * 16 + low);
            rest = &after[2..];
        } else if let Some(line) = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")) {
            rest = line;
        } else {
            content.push(b'=');
        }
    }
    content
}

/// Base64 read as far as it is; what has spaces or marks in it is none.
fn unbased(raw: &[u8]) -> Vec<u8> {
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&STANDARD, lenient);
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut content = Vec::with_capacity(raw.len());
    let mut signs: Vec<u8> = Vec::new();
    for line in raw.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        let bare = line.strip_suffix(b"==").or_else(|| line.strip_suffix(b"=")).unwrap_or(line);
        if !bare.iter().all(is_sign) {
            break;
        }
        signs.extend_from_slice(bare);
        if bare.len() < line.len() {
            break;
        }
    }
    // A mail that was cut off may end in the middle of a group.
    signs.truncate(signs.len() - usize::from(signs.len() % 4 == 1));
    content.extend(engine.decode(&signs).unwrap_or_default());
    if content.is_empty() { raw.to_vec() } else { content }
}

/// Text in the letters it was meant in. What is UTF-8 by its bytes is that, whatever its
/// label says; what is not has the label's letters, or those of Western Europe.
fn letters(bytes: &[u8], named: Option<&str>) -> String {
    let labelled = named.and_then(|name| Encoding::for_label(name.trim().as_bytes()));
    // These are written with the bytes of plain letters.
    let hidden = bytes.contains(&0x1b) || bytes.contains(&0) || labelled.is_some_and(|letters| letters.name().starts_with("UTF-16"));
    if let (Ok(text), false) = (std::str::from_utf8(bytes), hidden) {
        return text.to_string();
    }
    if let Some(labelled) = labelled {
        let (text, _, wrong) = labelled.decode(bytes);
        if !wrong {
            return text.into_owned();
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

fn plain(mail: &Message<'_>, bytes: &[u8]) -> Option<String> {
    let parts = mail.text_body.iter().filter_map(|id| mail.part(*id)).filter(|part| matches!(part.body, PartType::Text(_)));
    let texts: Vec<String> = parts.map(|part| flowing(part, decoded(part, bytes))).filter(|text| !text.trim().is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

fn page<'a>(mail: &'a Message<'a>) -> Option<&'a MessagePart<'a>> {
    mail.html_body.iter().filter_map(|id| mail.part(*id)).find(|part| matches!(part.body, PartType::Html(_)))
}

/// Joins the lines that were broken only to be sent (RFC 3676).
fn flowing(part: &MessagePart<'_>, text: String) -> String {
    let kind = part.content_type();
    let is = |name: &str, value: &str| kind.is_some_and(|kind| kind.attribute(name).is_some_and(|given| given.eq_ignore_ascii_case(value)));
    if !is("format", "flowed") {
        return text;
    }
    let joined = is("delsp", "yes");
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let inside = line.trim_start_matches('>');
        let depth = line.len() - inside.len();
        // A line that began with a sign that means something was moved by one.
        let inside = inside.strip_prefix(' ').unwrap_or(inside);
        let flows = inside.ends_with(' ') && inside != "-- ";
        let content = if flows && joined { &inside[..inside.len() - 1] } else { inside };
        match lines.last_mut().filter(|(before, _)| open && *before == depth) {
            Some((_, before)) => before.push_str(content),
            None => lines.push((depth, content.to_string())),
        }
        open = flows;
    }
    let marked = |(depth, line): (usize, String)| if depth > 0 { format!("{} {line}", ">".repeat(depth)) } else { line };
    lines.into_iter().map(marked).collect::<Vec<_>>().join("\n")
}
