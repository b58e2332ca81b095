//! What a modem received, as gammu-smsd lays it down: a file for each part of a message,
//! `IN20261123_134500_00_+493023125011_00.txt`. Nothing here is written or removed;
//! the folder may be others' too.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::{Unreadable, names};
use crate::channel::inbound::{About, Arrival, Arrived, From, Listening};
use crate::channel::rounds::{Once, another, unreported};
use crate::domain::contact;
use crate::domain::time::{Instant, MINUTE};

/// What came so long before the oldest message that is awaited answers none of them.
const EARLIER: i64 = 10 * MINUTE;

/// A part of so many characters may be followed by another.
const MAY_GO_ON: usize = 60;

pub(super) struct Inbox {
    folder: PathBuf,
    seen: Once,
    /// Messages that may not be whole yet, with what there was of each at the last look.
    growing: Mutex<BTreeMap<String, Vec<u64>>>,
}

/// A file of the inbox, by what its name says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// What all parts of one message begin with, the sender's number last.
    message: String,
    place: u32,
}

impl Part {
    fn of(name: &str) -> Option<Self> {
        let (message, place) = name.strip_suffix(".txt")?.rsplit_once('_')?;
        let mut fields = message.strip_prefix("IN")?.splitn(4, '_');
        let numeric = |text: Option<&str>| text.is_some_and(|text| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit()));
        if !(numeric(fields.next()) && numeric(fields.next()) && numeric(fields.next())) {
            return None;
        }
        fields.next()?;
        Some(Self { message: message.into(), place: place.parse().ok()? })
    }
}

impl Inbox {
    pub(super) fn of(folder: PathBuf) -> Self {
        Self { folder, seen: Once::default(), growing: Mutex::default() }
    }

    /// What has come since the oldest message that is awaited was sent, and the cursor
    /// that confirms it.
    pub(super) fn look(&self, listening: &Listening) -> Result<(Vec<Arrival>, Option<String>), Unreadable> {
        self.seen.goes_on_from(listening.cursor.as_deref());
        let oldest = listening.awaited.iter().map(|one| one.sent_at).min().unwrap_or(listening.now).plus(-EARLIER);
        let mut messages: BTreeMap<String, Vec<(u32, String)>> = BTreeMap::new();
        for name in names(&self.folder)? {
            if let Some(part) = Part::of(&name) {
                messages.entry(part.message).or_default().push((part.place, name));
            }
        }
        let there: BTreeSet<String> = messages.keys().cloned().collect();
        let mut growing = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::take(&mut *growing);
        let mut arrivals = Vec::new();
        for (message, mut parts) in messages {
            if !self.seen.is_news(&message) {
                continue;
            }
            parts.sort();
            let Some(read) = self.read(&parts, oldest)? else { continue };
            // All parts of a message are written at once, but one after the other.
            let in_order = (0..).zip(&parts).all(|(place, part)| part.0 == place);
            if !(in_order && read.looks_whole) && before.get(&message) != Some(&read.sizes) {
                growing.insert(message, read.sizes);
                continue;
            }
            arrivals.extend(arrival(message, &read, listening));
        }
        drop(growing);
        let cursor = if arrivals.is_empty() { listening.cursor.clone() } else { Some(another(listening.cursor.as_deref())) };
        self.seen.returns(arrivals.iter().map(|one| one.id.clone()), cursor.clone(), |message| there.contains(message));
        Ok((arrivals, cursor))
    }

    /// The text of all parts; `None` where they are older than that, or one went while it
    /// was looked for.
    fn read(&self, parts: &[(u32, String)], oldest: Instant) -> Result<Option<Read>, Unreadable> {
        let mut read = Read { text: String::new(), at: Instant(0), sizes: Vec::new(), looks_whole: false };
        for (_, name) in parts {
            let path = self.folder.join(name);
            let found = std::fs::metadata(&path).and_then(|known| known.modified()).and_then(|modified| {
                let at = modified.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
                // What is old is not even opened; the folder may hold years of it.
                Ok((Instant(at), if Instant(at) < oldest { None } else { Some(std::fs::read(&path)?) }))
            });
            let (at, bytes) = match found {
                Ok((at, Some(bytes))) => (at, bytes),
                Ok((_, None)) => return Ok(None),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(Unreadable(path, error)),
            };
            read.at = read.at.max(at);
            read.sizes.push(bytes.len() as u64);
            let text = text_of(&bytes);
            let length = text.chars().count();
            read.looks_whole = length > 0 && length < MAY_GO_ON;
            read.text.push_str(&text);
        }
        Ok(Some(read))
    }
}

struct Read {
    text: String,
    /// When the last of it was written here.
    at: Instant,
    sizes: Vec<u64>,
    looks_whole: bool,
}

fn arrival(message: String, read: &Read, listening: &Listening) -> Option<Arrival> {
    let number = message.splitn(4, '_').nth(3).unwrap_or_default().to_string();
    // The network's receipt lies in the inbox as if the phone had written it.
    let reported = listening.awaited.iter().rev().find(|one| unreported(one) && one.sent_at <= read.at && is_same(&one.address, &number));
    let (about, what) = match (read.text.trim(), reported) {
        ("", _) | ("Pending" | "Unknown", Some(_)) => return None,
        ("Delivered", Some(one)) => {
            (About::Delivery(one.delivery), Arrived::Delivered { words: "The network says that it is on the phone.".into() })
        }
        ("Failed", Some(one)) => {
            (About::Delivery(one.delivery), Arrived::Failed { words: "The network could not deliver it.".into(), for_good: false })
        }
        (text, _) => (About::Sender { at: Some(read.at) }, Arrived::Said { by: From::Address(number), text: text.into() }),
    };
    Some(Arrival { id: message, about, what })
}

fn is_same(one: &str, other: &str) -> bool {
    contact::phone_number(other, None).is_ok_and(|other| other == one)
}

/// However gammu-smsd wrote it by its setting `inboxformat`: in UTF-16 with a mark, in its
/// account's own encoding, or as a backup with everything that is known of the message.
fn text_of(bytes: &[u8]) -> String {
    let text = decoded(bytes);
    if !text.contains("[SMSBackup") {
        return text;
    }
    let coded = text.lines().filter_map(|line| line.strip_prefix("Text")?.split_once(" = ")).map(|(_, digits)| digits.trim());
    let units = coded
        .flat_map(|digits| digits.as_bytes().chunks(4))
        .filter_map(|four| u16::from_str_radix(std::str::from_utf8(four).ok()?, 16).ok());
    String::from_utf16_lossy(&units.collect::<Vec<_>>())
}

/// Behind the text there may be zeros.
fn decoded(bytes: &[u8]) -> String {
    let text = match (Encoding::for_bom(bytes), std::str::from_utf8(bytes)) {
        (Some((encoding, mark)), _) => encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(),
        (None, Ok(text)) => text.to_string(),
        (None, Err(_)) => WINDOWS_1252.decode(bytes).0.into_owned(),
    };
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_part_of_a_message_by_its_name() {
        let part = Part::of("IN20261123_134500_01_+493023125011_02.txt").expect("a part");
        assert_eq!((part.message.as_str(), part.place), ("IN20261123_134500_01_+493023125011", 2));
        let named = Part::of("IN20261123_134500_00_My_Bank_00.txt").expect("senders may be words");
        assert_eq!(named.message.splitn(4, '_').nth(3), Some("My_Bank"));
        for other in ["IN20261123_134500_00_+49301_00.bin", "notes.txt", "IN_x_y_z_00.txt", "OUTA20261123_1_0_+49301_a.txtd", ""] {
            assert_eq!(Part::of(other), None, "{other} is somebody else's");
        }
    }

    #[test]
    fn whatever_the_daemon_is_set_to_the_words_are_read() {
        let words = "Ich übernehme – 💥";
        let marked =
            |bytes: fn(u16) -> [u8; 2]| [0xfeff].into_iter().chain(words.encode_utf16()).chain([0]).flat_map(bytes).collect::<Vec<u8>>();
        assert_eq!(text_of(&marked(u16::to_be_bytes)), words, "as it writes Unicode, with the zeros behind it");
        assert_eq!(text_of(&marked(u16::to_le_bytes)), words);
        assert_eq!(text_of(words.as_bytes()), words);
        assert_eq!(text_of(b"Ich \xfcbernehme"), "Ich übernehme", "an account without UTF-8");
        let coded: String = words.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
        let (first, second) = coded.split_at(20);
        let backup = format!("; Saved\n\n[SMSBackup000]\n; Ich ?bernehme\nText00 = {first}\nText01 = {second}\nCoding = Unicode\n");
        assert_eq!(text_of(backup.as_bytes()), words, "a backup's comment is not to be trusted, its digits are");
    }
}
