//! Bytes of a file as text, whatever wrote them.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

pub struct Text {
    pub text: String,
    /// "UTF-8", "UTF-16", "Windows-1252".
    pub encoding: &'static str,
}

/// By its byte order mark, else UTF-8 where it can be, else what Windows programs
/// write in western Europe. Text in UTF-16 without a mark is known by its zeros.
#[must_use]
pub fn decode(bytes: &[u8]) -> Text {
    let zeros = |odd: usize| bytes.iter().take(2_000).skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let sampled = bytes.len().min(2_000) / 2;
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if sampled > 0 && zeros(1) > sampled / 2 => UTF_16LE,
        None if sampled > 0 && zeros(0) > sampled / 2 => UTF_16BE,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    let (text, _, _) = encoding.decode(bytes);
    let name = match encoding.name() {
        "UTF-16LE" | "UTF-16BE" => "UTF-16",
        "windows-1252" => "Windows-1252",
        other => other,
    };
    Text { text: text.into_owned(), encoding: name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_come_out_whoever_wrote_them() {
        let utf16: Vec<u8> = "Jörg;Zoë".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "Jörg;Zoë".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let with_mark = [&[0xFF, 0xFE][..], &utf16].concat();
        let cases: [(&[u8], &str); 6] = [
            ("Jörg;Zoë".as_bytes(), "UTF-8"),
            ("\u{feff}Jörg;Zoë".as_bytes(), "UTF-8"),
            (b"J\xf6rg;Zo\xeb", "Windows-1252"),
            (&utf16, "UTF-16"),
            (&big, "UTF-16"),
            (&with_mark, "UTF-16"),
        ];
        for (bytes, encoding) in cases {
            let read = decode(bytes);
            assert_eq!((read.text.as_str(), read.encoding), ("Jörg;Zoë", encoding), "without a mark in the text: {bytes:02x?}");
        }
        assert_eq!(decode(b"").text, "", "an empty file is empty");
    }
}
