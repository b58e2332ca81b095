//! gammu-smsd and the phone behind it, as far as its folders show: what lies in the
//! outbox is sent and moved, and what comes in is laid into the inbox.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use baton_core::clock::Clock;
use baton_core::domain::time::Instant;
use tempfile::TempDir;

use crate::world::TestClock;

pub struct Modem {
    folder: TempDir,
    clock: Arc<TestClock>,
}

/// A text as the modem sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub file: String,
    pub number: String,
    pub text: String,
    /// Whether the network is asked for a receipt.
    pub receipt: bool,
}

impl Modem {
    #[must_use]
    pub fn new(clock: Arc<TestClock>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for name in ["inbox", "outbox", "sent", "error"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder can be made");
        }
        Self { folder, clock }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The names in one of its folders, sorted as the program goes through them.
    #[must_use]
    pub fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.path().join(folder))
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        names
    }

    /// Sends what lies in the outbox, the most urgent first.
    pub fn sends(&self) -> Vec<Sent> {
        self.handles("sent")
    }

    /// The network takes none of it.
    pub fn cannot_send(&self) -> Vec<Sent> {
        self.handles("error")
    }

    fn handles(&self, to: &str) -> Vec<Sent> {
        let waiting = self.names("outbox").into_iter().filter(|name| name.to_lowercase().starts_with("out"));
        waiting
            .map(|name| {
                let (from, to) = (self.path().join("outbox").join(&name), self.path().join(to).join(&name));
                let bytes = std::fs::read(&from).expect("it is readable");
                std::fs::rename(from, to).expect("it can be moved");
                read(name, &bytes)
            })
            .collect()
    }

    /// Somebody writes to the modem's number; each part is a file.
    pub fn receives(&self, number: &str, parts: &[&str]) {
        for (place, text) in parts.iter().enumerate() {
            let bytes: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
            self.lays_down(number, place, &bytes);
        }
    }

    /// One part of a message, written as the program is set to.
    pub fn lays_down(&self, number: &str, place: usize, bytes: &[u8]) {
        let now = self.clock.now();
        let serial = (0..100).find(|serial| !self.inbox(now, *serial, number, place).exists()).expect("a free name");
        let path = self.inbox(now, serial, number, place);
        std::fs::write(&path, bytes).expect("it can be written");
        let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).expect("after 1970"));
        std::fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(at)).expect("its time can be set");
    }

    fn inbox(&self, at: Instant, serial: u32, number: &str, place: usize) -> PathBuf {
        self.path().join("inbox").join(format!("IN{}_{serial:02}_{number}_{place:02}.txt", at.utc().format("%Y%m%d_%H%M%S")))
    }
}

/// As gammu-smsd 1.42 reads a file of the outbox.
fn read(file: String, bytes: &[u8]) -> Sent {
    assert!(file.len() < 100, "longer names overflow what it keeps them in: {file}");
    let (stem, ending) = file.rsplit_once('.').expect("a name with an ending");
    let places: Vec<usize> = stem.match_indices('_').map(|(place, _)| place).collect();
    let number = match places[..] {
        [] => &stem[3..],
        [first, second] => &stem[first + 1..second],
        [_, _, third, fourth, ..] => &stem[third + 1..fourth],
        // Here the letter becomes part of the number, and it is sent all the same.
        _ => panic!("a number cannot be found in {file}"),
    };
    assert_eq!(&bytes[..2], [0xfe, 0xff], "without a mark it is read in the language of its account");
    let units: Vec<u16> = bytes[2..].chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).expect("it is Unicode");
    Sent { number: number.into(), text, receipt: ending.trim_start_matches("txt").contains('d'), file }
}
