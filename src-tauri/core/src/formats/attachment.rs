//! What somebody attaches, told by what is in it and not by its name, and made fit to
//! be sent. Nothing is unpacked or run.

use super::{picture, text};
use crate::domain::attachment::{FileKind, NotTaken};

/// What is kept of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub kind: FileKind,
    pub bytes: Vec<u8>,
}

/// How archives begin, and where. Office documents are archives too.
const ARCHIVES: [(usize, &[u8]); 14] = [
    (0, b"PK\x03\x04"),
    (0, b"PK\x05\x06"),
    (0, b"PK\x07\x08"),
    (0, b"\x1f\x8b"),
    (0, b"\x1f\x9d"),
    (0, b"BZh"),
    (0, b"\xfd7zXZ\0"),
    (0, b"7z\xbc\xaf\x27\x1c"),
    (0, b"Rar!\x1a\x07"),
    (0, b"\x28\xb5\x2f\xfd"),
    (0, b"MSCF"),
    // Old Office documents, and installers.
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    (0, b"!<arch>\n"),
    (257, b"ustar"),
];

/// How programs begin: Linux, Windows, macOS, Java and Android, WebAssembly, scripts.
const PROGRAMS: [&[u8]; 12] = [
    b"\x7fELF",
    b"MZ",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"dex\n",
    b"\0asm",
    b"#!",
    b"\xef\xbb\xbf#!",
    // A shortcut of Windows, which starts whatever it names.
    b"L\0\0\0\x01\x14\x02\0",
];

/// Looks into a file. Its name says no more than which kind of text it is.
pub fn taken(name: &str, bytes: Vec<u8>) -> Result<Taken, NotTaken> {
    if bytes.is_empty() {
        return Err(NotTaken::Empty);
    }
    if ARCHIVES.iter().any(|(at, mark)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(mark))) {
        return Err(NotTaken::Archive);
    }
    if PROGRAMS.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(NotTaken::Program);
    }
    if let Some(kind) = image(&bytes) {
        return Ok(Taken { kind, bytes: picture::without_metadata(kind, &bytes)? });
    }
    if bytes.starts_with(b"%PDF-") {
        // Some programs write a little behind the end.
        let end = &bytes[bytes.len().saturating_sub(2048)..];
        let whole = end.windows(5).any(|part| part == b"%%EOF");
        return if whole { Ok(Taken { kind: FileKind::Pdf, bytes }) } else { Err(NotTaken::BrokenPdf) };
    }
    // One that is called an image and is none is said to be that, not just anything.
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let pretended = match ending.as_str() {
        "png" => Some(FileKind::Png),
        "jpg" | "jpeg" => Some(FileKind::Jpeg),
        "gif" => Some(FileKind::Gif),
        "webp" => Some(FileKind::Webp),
        _ => None,
    };
    if let Some(kind) = pretended {
        return Err(NotTaken::NoImage { kind });
    }
    let kind = written(&ending, &bytes).ok_or(NotTaken::Unknown)?;
    Ok(Taken { kind, bytes })
}

fn image(bytes: &[u8]) -> Option<FileKind> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(FileKind::Png),
        [0xff, 0xd8, 0xff, ..] => Some(FileKind::Jpeg),
        [b'G', b'I', b'F', b'8', ..] => Some(FileKind::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(FileKind::Webp),
        _ => None,
    }
}

/// Which kind of text it is; `None` for what is no text. Escape signs colour the logs of
/// many programs, so they may be in it.
fn written(ending: &str, bytes: &[u8]) -> Option<FileKind> {
    let text = text::decode(bytes).text;
    let fits = |sign: char| matches!(sign, '\n' | '\r' | '\t' | '\u{c}' | '\u{8}' | '\u{1b}') || !(sign.is_control() || sign == '\u{fffd}');
    if !text.chars().all(fits) {
        return None;
    }
    let begins = text.trim_start().starts_with(['{', '[']);
    Some(match ending {
        "csv" | "tsv" => FileKind::Csv,
        _ if begins && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() => FileKind::Json,
        _ => FileKind::Text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, bytes: &[u8]) -> Result<FileKind, NotTaken> {
        taken(name, bytes.to_vec()).map(|taken| taken.kind)
    }

    #[test]
    fn what_is_in_it_counts_and_not_what_it_is_called() {
        let tar = [&[0; 257][..], b"ustar\0"].concat();
        for (name, bytes, what) in [
            ("notes.txt", &b"PK\x03\x04 and then a bomb"[..], NotTaken::Archive),
            ("report.docx", b"PK\x03\x04[Content_Types].xml", NotTaken::Archive),
            ("app.log", b"\x1f\x8b\x08\0", NotTaken::Archive),
            ("all.txt", &tar, NotTaken::Archive),
            ("screenshot.png", b"MZ\x90\0 this program cannot be run", NotTaken::Program),
            ("tool", b"\x7fELF\x02\x01\x01", NotTaken::Program),
            ("fix.log", b"#!/bin/sh\nrm -rf /\n", NotTaken::Program),
            ("screenshot.png", b"\x89PNG\r\n\x1a\nand nothing else", NotTaken::BrokenImage { kind: FileKind::Png }),
            ("screenshot.png", b"a letter, and no image", NotTaken::NoImage { kind: FileKind::Png }),
            ("bill.pdf", b"%PDF-1.7\nhalf of it", NotTaken::BrokenPdf),
            ("core", b"some words\0\x01\x02\x03 and some bytes", NotTaken::Unknown),
            ("movie.mp4", b"\0\0\0\x20ftypisom", NotTaken::Unknown),
            ("nothing.log", b"", NotTaken::Empty),
        ] {
            assert_eq!(kind(name, bytes), Err(what), "{name}");
        }
    }

    #[test]
    fn text_is_taken_as_it_was_written() {
        let utf16: Vec<u8> = [0xfeff].into_iter().chain("Störung um 9".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for (name, bytes, what) in [
            ("app.log", &b"2026-11-23 \x1b[31mERROR\x1b[0m no connection\r\n"[..], FileKind::Text),
            ("alt.txt", b"St\xf6rung um 9\n", FileKind::Text),
            ("event.txt", &utf16, FileKind::Text),
            ("rows.csv", b"time;code\n9:00;500\n", FileKind::Csv),
            ("answer", b" {\"code\": 500}\n", FileKind::Json),
            ("many.json", b"{\"code\": 500}\n{\"code\": 501}\n", FileKind::Text),
            ("bill.pdf", b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n", FileKind::Pdf),
        ] {
            assert_eq!(taken(name, bytes.to_vec()), Ok(Taken { kind: what, bytes: bytes.to_vec() }), "{name}");
        }
    }
}
