//! The user's own files, in a folder beside the database. A faulty one takes no
//! other away: it is kept with what is wrong with it, for the screen to say.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::entry::Entry;
use super::fault::{FileFault, Page, listed};

/// Bytes of one file; the longest of Baton's own has a twentieth of it.
const LARGEST: u64 = 64 * 1024;

/// Files that are read; beyond it is no folder of channels.
const MOST: usize = 200;

#[derive(Clone, Debug, Default)]
pub struct OwnFiles(Vec<OwnFile>);

/// One file of the user's own.
#[derive(Clone, Debug)]
pub struct OwnFile {
    /// Without the folder.
    pub name: String,
    pub read: Result<Arc<Entry>, FileFault>,
    /// As it was found, to tell whether it has changed.
    text: String,
}

impl OwnFiles {
    /// Reads every `*.toml` in the folder, by name. An id that is `taken`, or that an
    /// earlier file has, is a fault: nothing is replaced without a word.
    pub(super) fn read(folder: &Path, taken: &[&str]) -> Self {
        let names = match names(folder) {
            Ok(names) => names,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Self::default(),
            Err(error) => {
                let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let page = Page { file: &name, text: "" };
                let remedy = "Make the folder one that Baton may read; its channels are missing until then.";
                let fault = page.fault(0, format!("This folder could not be read ({error})."), remedy);
                return Self(vec![OwnFile { name, read: Err(fault), text: error.to_string() }]);
            }
        };
        let mut files: Vec<OwnFile> = Vec::new();
        let left_out = names.len().saturating_sub(MOST);
        for name in names.into_iter().take(MOST) {
            let (text, read) = match text(&folder.join(&name), &name) {
                Ok(text) => (text.clone(), Entry::read(&name, &text)),
                Err(fault) => (fault.words.clone(), Err(fault)),
            };
            let read = read.and_then(|entry| {
                let id = entry.provider.id.as_str();
                let at = text.find(&format!("\"{id}\"")).unwrap_or(0);
                let page = Page { file: &name, text: &text };
                let remedy = format!("Give this one another id, such as `{id}-2`; until then it is not offered.");
                let same = files.iter().find(|file| file.read.as_ref().is_ok_and(|known| known.provider.id == id));
                if taken.contains(&id) {
                    return Err(page.fault(at, format!("`{id}` is the id of a channel that comes with Baton."), remedy));
                }
                match same {
                    Some(other) => Err(page.fault(at, format!("`{id}` is the id in {} too.", listed(&[&other.name])), remedy)),
                    None => Ok(Arc::new(entry)),
                }
            });
            files.push(OwnFile { name, read, text });
        }
        if left_out > 0 {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let words = format!("There are {left_out} files more than the {MOST} that are read.");
            let fault = Page { file: &name, text: "" }.fault(0, words, "Move what is no channel elsewhere.");
            files.push(OwnFile { name, read: Err(fault), text: left_out.to_string() });
        }
        Self(files)
    }

    pub fn iter(&self) -> impl Iterator<Item = &OwnFile> {
        self.0.iter()
    }

    pub fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.0.iter().filter_map(|file| file.read.as_ref().ok())
    }

    /// Whether the folder held the same.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(one, other)| one.name == other.name && one.text == other.text)
    }
}

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // What editors put beside a file while it is open is none of ours.
        if name.ends_with(".toml") && !name.starts_with(['.', '#', '~']) {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn text(path: &Path, name: &str) -> Result<String, FileFault> {
    let fault = |text: &str, at: usize, words: String, remedy: &str| Err(Page { file: name, text }.fault(at, words, remedy));
    let mut bytes = Vec::new();
    let read = fs::metadata(path).and_then(|about| {
        // A pipe would be waited for.
        if !about.is_file() {
            return Err(std::io::Error::other("it is no file"));
        }
        fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)
    });
    if let Err(error) = read {
        return fault("", 0, format!("This could not be read ({error})."), "Make it a file that Baton may read, or remove it.");
    }
    if bytes.len() as u64 > LARGEST {
        return fault(
            "",
            0,
            format!("This is longer than {} KiB.", LARGEST / 1024),
            "A channel takes a page; move what is no channel elsewhere.",
        );
    }
    String::from_utf8(bytes).or_else(|error| {
        let good = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        fault(&text, good, "This is not UTF-8 from here on.".into(), "Save the file as UTF-8.")
    })
}
