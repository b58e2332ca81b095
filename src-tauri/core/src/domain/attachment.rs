//! Files that say more than words: a screenshot, a log. What may be one, and the words
//! that say why something is none.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use ts_rs::TS;

use super::text::{clean_line, shorten};
use super::time::Instant;

/// Of one file, in bytes.
pub const LARGEST: u64 = 10 * MB;
/// Of all files of an incident together, in bytes.
pub const ALL: u64 = 20 * MB;
/// Files of an incident.
pub const MOST: usize = 20;

const KB: u64 = 1000;
const MB: u64 = 1000 * KB;

/// Characters of a name; what is longer is cut before its ending.
const LONGEST_NAME: usize = 120;

/// A file that is kept. Within an incident it is known by what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Attachment {
    pub hash: ContentHash,
    pub name: String,
    pub kind: FileKind,
    /// In bytes, as it is kept.
    #[ts(type = "number")]
    pub size: u64,
    pub added_at: Instant,
    /// Whose it is: the desk's own name for whoever attached it.
    pub by: String,
}

/// SHA-256 of what is kept, in 64 digits. Nothing else is one, so it can name a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[ts(export, type = "string")]
#[serde(transparent)]
pub struct ContentHash(String);

/// What is in a file, found by looking into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Png,
    Jpeg,
    Gif,
    Webp,
    Pdf,
    Json,
    Csv,
    Text,
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    Empty,
    TooLarge {
        size: u64,
    },
    /// With it, all of them would be.
    TooLargeTogether {
        already: u64,
    },
    TooMany,
    /// It is attached already, under this name.
    Already {
        name: String,
    },
    Archive,
    Program,
    /// It begins as an image does, and is none that can be shown.
    BrokenImage {
        kind: FileKind,
    },
    /// An image of more dots than anybody can look at.
    HugeImage {
        width: u32,
        height: u32,
    },
    /// It is called one, and is something else.
    NoImage {
        kind: FileKind,
    },
    BrokenPdf,
    /// It is neither an image nor a PDF nor text.
    Unknown,
}

impl ContentHash {
    /// Of a digest as SHA-256 gives it.
    #[must_use]
    pub fn of(digest: [u8; 32]) -> Self {
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let whole = text.len() == 64 && text.bytes().all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f'));
        whole.then(|| Self(text.into()))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom("no SHA-256 in 64 digits"))
    }
}

impl FileKind {
    #[must_use]
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp)
    }

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Webp => "WebP",
            Self::Pdf => "PDF",
            Self::Json => "JSON",
            Self::Csv => "table",
            Self::Text => "text",
        }
    }

    /// As mail and HTTP name it. Text names no encoding: it is kept as it came.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
        }
    }

    /// How a name of it may end, the usual one first.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
            Self::Json => &["json"],
            Self::Csv => &["csv", "tsv"],
            Self::Text => &["txt", "log", "out", "err", "trace", "md"],
        }
    }
}

/// Whether a file of this size may come to those that are there already. It is asked
/// before the file is read.
pub fn admit(size: u64, beside: &[Attachment]) -> Result<(), NotTaken> {
    let already: u64 = beside.iter().map(|one| one.size).sum();
    match size {
        0 => Err(NotTaken::Empty),
        _ if size > LARGEST => Err(NotTaken::TooLarge { size }),
        _ if beside.len() >= MOST => Err(NotTaken::TooMany),
        _ if already.saturating_add(size) > ALL => Err(NotTaken::TooLargeTogether { already }),
        _ => Ok(()),
    }
}

/// Those of `more` that come to the ones that are there, each content once, and the first
/// of them that may not, with why.
#[must_use]
pub fn added(beside: &[Attachment], more: Vec<Attachment>) -> (Vec<Attachment>, Option<(String, NotTaken)>) {
    let (mut all, mut refused) = (beside.to_vec(), None);
    for one in more {
        if all.iter().any(|other| other.hash == one.hash) {
            continue;
        }
        match admit(one.size, &all) {
            Ok(()) => all.push(one),
            Err(why) => refused = refused.or(Some((one.name, why))),
        }
    }
    (all.split_off(beside.len()), refused)
}

/// A name that is one, ends as its content says (whatever it pretended to be, nothing
/// starts it), and is no other's.
#[must_use]
pub fn named(name: &str, kind: FileKind, beside: &[Attachment]) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let odd = |sign: char| matches!(sign, '<' | '>' | ':' | '"' | '|' | '?' | '*');
    let plain = clean_line(last).replace(odd, "_");
    let plain = plain.trim_matches(['.', ' ']);
    let plain = if plain.is_empty() { "file" } else { plain };
    let (stem, ending) = match plain.rsplit_once('.') {
        Some((stem, ending)) if kind.endings().contains(&ending.to_lowercase().as_str()) => (stem, ending),
        _ => (plain, kind.endings()[0]),
    };
    let stem = shorten(stem, LONGEST_NAME);
    let taken = |name: &String| beside.iter().any(|one| one.name.to_lowercase() == name.to_lowercase());
    let with = |number: usize| if number == 1 { format!("{stem}.{ending}") } else { format!("{stem} ({number}).{ending}") };
    (1..=MOST + 1).map(with).find(|name| !taken(name)).unwrap_or_else(|| with(1))
}

/// "error.png (40 KB), app.log (3 KB)"; of many the first, and how many more there are.
#[must_use]
pub fn listed(all: &[Attachment]) -> String {
    const NAMED: usize = 6;
    let mut said: Vec<String> = all.iter().take(NAMED).map(|one| format!("{} ({})", one.name, spoken_size(one.size))).collect();
    said.extend((all.len() > NAMED).then(|| format!("{} more", all.len() - NAMED)));
    said.join(", ")
}

/// "a file", "3 files".
#[must_use]
pub fn files(all: &[Attachment]) -> String {
    if all.len() == 1 { "a file".into() } else { format!("{} files", all.len()) }
}

/// "812 bytes", "40 KB", "1.4 MB", "2 GB".
#[must_use]
pub fn spoken_size(bytes: u64) -> String {
    let to_one_place = |unit: u64, name: &str| {
        let tenths = (bytes.saturating_mul(10) + unit / 2) / unit;
        if tenths.is_multiple_of(10) || tenths >= 100 {
            format!("{} {name}", (tenths + 5) / 10)
        } else {
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
    };
    match bytes {
        1 => "1 byte".into(),
        0..KB => format!("{bytes} bytes"),
        KB..MB => format!("{} KB", (bytes + KB / 2) / KB),
        _ if bytes < 1000 * MB => to_one_place(MB, "MB"),
        _ => to_one_place(1000 * MB, "GB"),
    }
}

impl NotTaken {
    /// What happened, what is safe and what to do next.
    #[must_use]
    pub fn about(&self, name: &str) -> String {
        format!("{} was not attached: {}", shorten(&clean_line(name), LONGEST_NAME), self.why())
    }

    fn why(&self) -> String {
        match self {
            Self::Empty => "it is empty, or gone meanwhile. Look where it is; if something is still writing it, attach it again in a moment.".into(),
            Self::TooLarge { size } => format!(
                "it is {}, and a file may be at most {}. Attach the part that matters, or say in the description where it lies.",
                spoken_size(*size),
                spoken_size(LARGEST)
            ),
            Self::TooLargeTogether { already } => format!(
                "with it the files would be more than {} together; {} are attached already. Remove one, or attach a smaller part.",
                spoken_size(ALL),
                spoken_size(*already)
            ),
            Self::TooMany => format!("{MOST} files are attached already, and more nobody reads in an emergency. Remove one first."),
            Self::Already { name } => format!("the same is attached already as {name}."),
            Self::Archive => {
                "it is an archive, as Word and Excel files are too, and nobody can see what is in it. Unpack it and attach what matters, or save it as a PDF.".into()
            }
            Self::Program => "it is a program or a script, which Baton sends to nobody. Attach a screenshot or a log of what it does.".into(),
            Self::BrokenImage { kind } => {
                format!("it begins like a {} image, but is none that can be shown. Take the screenshot again, or save the image anew.", kind.word())
            }
            Self::NoImage { kind } => {
                format!("it is called a {} image and is none. Take the screenshot again, or give it the name of what it is.", kind.word())
            }
            Self::HugeImage { width, height } => {
                format!("it is an image of {width} by {height} dots, more than can be shown. Attach the part that matters.")
            }
            Self::BrokenPdf => "it begins like a PDF, but it has no end: it may have been cut off. Save it again.".into(),
            Self::Unknown => {
                "it is none of what can be attached: images (PNG, JPEG, GIF, WebP), PDF, and text such as logs, CSV and JSON. Attach a screenshot of it, or save it as a PDF.".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, size: u64) -> Attachment {
        Attachment {
            hash: ContentHash::of([7; 32]),
            name: name.into(),
            kind: FileKind::Png,
            size,
            added_at: Instant(0),
            by: "Ana Ruiz".into(),
        }
    }

    #[test]
    fn two_gigabytes_are_refused_by_their_size_alone() {
        let refused = admit(2_000_000_000, &[]).expect_err("far too large");
        assert_eq!(
            refused.about("dump.log"),
            "dump.log was not attached: it is 2 GB, and a file may be at most 10 MB. Attach the part that matters, or say in the description where it lies."
        );
        assert_eq!(admit(LARGEST, &[]), Ok(()), "as much as may be is not too much");
        assert_eq!(admit(0, &[]), Err(NotTaken::Empty));
        assert_eq!(admit(1, &vec![file("a.png", 1); MOST]), Err(NotTaken::TooMany));
        let two = [file("a.png", LARGEST), file("b.png", LARGEST - 5)];
        assert_eq!(admit(5, &two), Ok(()));
        assert_eq!(admit(6, &two), Err(NotTaken::TooLargeTogether { already: ALL - 5 }), "together they are too large");
        assert_eq!(admit(u64::MAX, &two), Err(NotTaken::TooLarge { size: u64::MAX }), "no size overflows");
    }

    #[test]
    fn a_name_ends_as_its_content_says_and_leads_nowhere() {
        for (given, kind, kept) in [
            ("error.png", FileKind::Png, "error.png"),
            ("Bildschirmfoto – Störung.JPG", FileKind::Jpeg, "Bildschirmfoto – Störung.JPG"),
            ("app.log", FileKind::Text, "app.log"),
            ("invoice.pdf.exe", FileKind::Pdf, "invoice.pdf.exe.pdf"),
            ("run.bat", FileKind::Text, "run.bat.txt"),
            ("page.html", FileKind::Text, "page.html.txt"),
            ("../../etc/passwd", FileKind::Text, "passwd.txt"),
            ("C:\\Users\\ana\\error.png", FileKind::Png, "error.png"),
            ("", FileKind::Text, "file.txt"),
            (".bashrc", FileKind::Text, "bashrc.txt"),
            ("cod\u{202e}gnp.exe", FileKind::Png, "codgnp.exe.png"),
            ("a\"b\r\nBcc: x.png", FileKind::Png, "a_b Bcc_ x.png"),
            ("...", FileKind::Gif, "file.gif"),
        ] {
            assert_eq!(named(given, kind, &[]), kept, "{given:?}");
        }
        let beside = [file("screenshot.png", 1), file("Screenshot (2).png", 1)];
        assert_eq!(named("screenshot.png", FileKind::Png, &beside), "screenshot (3).png", "each can be told from the others");
        assert!(named(&"ä".repeat(500), FileKind::Text, &[]).chars().count() <= LONGEST_NAME + 4, "however long it was");
    }

    #[test]
    fn sizes_are_said_as_people_say_them() {
        for (bytes, said) in [
            (1, "1 byte"),
            (812, "812 bytes"),
            (40_400, "40 KB"),
            (1_440_000, "1.4 MB"),
            (10_000_000, "10 MB"),
            (19_960_000, "20 MB"),
            (2_000_000_000, "2 GB"),
            (2_147_483_648, "2.1 GB"),
        ] {
            assert_eq!(spoken_size(bytes), said);
        }
    }

    #[test]
    fn only_a_hash_names_a_file() {
        let digits = "0123456789abcdef".repeat(4);
        assert_eq!(ContentHash::read(&digits).map(|hash| hash.to_string()), Some(digits.clone()));
        for foul in ["", "../../baton.db", &digits[1..], &digits.to_uppercase(), &format!("{}/", &digits[1..])] {
            assert_eq!(ContentHash::read(foul), None, "{foul:?} is none");
            assert!(serde_json::from_value::<ContentHash>(serde_json::json!(foul)).is_err(), "{foul:?} does not cross either");
        }
    }
}
