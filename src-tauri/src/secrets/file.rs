//! The passwords file, for a desktop without a keyring.
//!
//! One line of JSON, which says how the passphrase was stretched, then the secrets
//! as one sealed block. The line is authenticated with the block.
//!
//! passphrase → Argon2id → 32 bytes of key for XChaCha20-Poly1305 and 16 bytes
//! that stand in the line, by which a wrong passphrase is told from a damaged
//! file. Every write has a nonce of its own and replaces the file whole. A file
//! that cannot be read is never written over.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use baton_core::host::{Secret, SecretsFailure};
use chacha20poly1305::aead::{Aead, Generate, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const KEY: usize = 32;
const CHECK: usize = 16;

/// 64 MiB and three passes: half a second here, and dear for whoever tries
/// many. From RFC 9106's second recommendation, with one lane.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;

/// A file that asks for more than this is damaged, not careful.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;

pub struct SecretsFile {
    path: PathBuf,
    opened: Option<Opened>,
}

/// The key, and what it was made with, so that a write needs no passphrase.
struct Opened {
    key: Zeroizing<[u8; KEY]>,
    stretch: Stretch,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stretch {
    memory_kib: u32,
    passes: u32,
    salt: [u8; 16],
    check: [u8; CHECK],
}

#[derive(Serialize, Deserialize)]
struct Line {
    baton_secrets: u8,
    stretch: Stretch,
    nonce: [u8; 24],
}

type Values = BTreeMap<String, Zeroizing<String>>;

impl SecretsFile {
    pub const fn at(path: PathBuf) -> Self {
        Self { path, opened: None }
    }

    pub fn exists(&self) -> bool {
        // A file we may not look at is there all the same.
        self.path.try_exists().unwrap_or(true)
    }

    pub const fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    pub fn get(&self, name: &str) -> Result<Option<Secret>, SecretsFailure> {
        let (line, head, block) = self.read()?;
        let values = self.unseal(&line, &head, &block)?;
        Ok(values.get(name).map(|value| Secret::new(String::clone(value))))
    }

    pub fn set(&mut self, name: &str, secret: &Secret) -> Result<(), SecretsFailure> {
        self.change(|values| {
            values.insert(name.to_owned(), Zeroizing::new(secret.reveal().to_owned()));
        })
    }

    pub fn remove(&mut self, name: &str) -> Result<(), SecretsFailure> {
        self.change(|values| {
            values.remove(name);
        })
    }

    /// Opens the file, or makes it where there is none.
    pub fn unlock(&mut self, passphrase: &Secret) -> Result<(), SecretsFailure> {
        if !self.exists() {
            return self.make(passphrase);
        }
        let (line, head, block) = self.read()?;
        let (key, check) = stretched(passphrase, &line.stretch)?;
        if check != line.stretch.check {
            return Err(SecretsFailure::WrongPassphrase);
        }
        self.opened = Some(Opened { key, stretch: line.stretch.clone() });
        self.unseal(&line, &head, &block).map(drop).inspect_err(|_| self.opened = None)
    }

    fn make(&mut self, passphrase: &Secret) -> Result<(), SecretsFailure> {
        if passphrase.reveal().trim().is_empty() {
            return Err(SecretsFailure::Unavailable("an empty passphrase protects nothing; choose one".into()));
        }
        let mut stretch = Stretch { memory_kib: MEMORY_KIB, passes: PASSES, salt: random()?, check: [0; CHECK] };
        let (key, check) = stretched(passphrase, &stretch)?;
        stretch.check = check;
        let opened = Opened { key, stretch };
        self.write(&opened, &Values::new())?;
        self.opened = Some(opened);
        Ok(())
    }

    fn change(&mut self, change: impl FnOnce(&mut Values)) -> Result<(), SecretsFailure> {
        let opened = self.opened.as_ref().ok_or(SecretsFailure::Locked)?;
        let (line, head, block) = self.read()?;
        let mut values = self.unseal(&line, &head, &block)?;
        change(&mut values);
        self.write(opened, &values)
    }

    /// The line, the line's bytes as they stand, and the sealed block.
    fn read(&self) -> Result<(Line, Vec<u8>, Vec<u8>), SecretsFailure> {
        let mut bytes = std::fs::read(&self.path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SecretsFailure::Locked,
            _ => self.unreadable(&error.to_string()),
        })?;
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(|| self.damaged())?;
        let block = bytes.split_off(end + 1);
        let line: Line = serde_json::from_slice(&bytes).map_err(|_| self.damaged())?;
        if line.baton_secrets != VERSION {
            return Err(self.unreadable("it was written by a newer Baton; start that one"));
        }
        if line.stretch.memory_kib > MOST_MEMORY_KIB || line.stretch.passes > MOST_PASSES {
            return Err(self.damaged());
        }
        Ok((line, bytes, block))
    }

    fn unseal(&self, line: &Line, head: &[u8], block: &[u8]) -> Result<Values, SecretsFailure> {
        let opened = self.opened.as_ref().ok_or(SecretsFailure::Locked)?;
        let plain = cipher(&opened.key)
            .decrypt(&XNonce::from(line.nonce), Payload { msg: block, aad: head })
            .map(Zeroizing::new)
            .map_err(|_| self.damaged())?;
        serde_json::from_slice(&plain).map_err(|_| self.damaged())
    }

    fn write(&self, opened: &Opened, values: &Values) -> Result<(), SecretsFailure> {
        let line = Line { baton_secrets: VERSION, stretch: opened.stretch.clone(), nonce: random()? };
        let mut head = serde_json::to_vec(&line).map_err(|error| self.unreadable(&error.to_string()))?;
        head.push(b'\n');
        let plain = serde_json::to_vec(values).map(Zeroizing::new).map_err(|error| self.unreadable(&error.to_string()))?;
        let block = cipher(&opened.key)
            .encrypt(&XNonce::from(line.nonce), Payload { msg: &plain, aad: &head })
            .map_err(|error| self.unreadable(&error.to_string()))?;
        head.extend_from_slice(&block);
        replace(&self.path, &head).map_err(|error| self.unreadable(&error.to_string()))
    }

    fn damaged(&self) -> SecretsFailure {
        self.unreadable("it is damaged. It stays as it is; move it away and enter the passwords again")
    }

    fn unreadable(&self, why: &str) -> SecretsFailure {
        SecretsFailure::Unavailable(format!("{}: {why}", self.path.display()))
    }
}

fn stretched(passphrase: &Secret, stretch: &Stretch) -> Result<(Zeroizing<[u8; KEY]>, [u8; CHECK]), SecretsFailure> {
    let failed = |error: argon2::Error| SecretsFailure::Unavailable(error.to_string());
    let params = Params::new(stretch.memory_kib, stretch.passes, 1, Some(KEY + CHECK)).map_err(failed)?;
    let mut out = Zeroizing::new([0; KEY + CHECK]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.reveal().as_bytes(), &stretch.salt, &mut *out)
        .map_err(failed)?;
    let mut key = Zeroizing::new([0; KEY]);
    let mut check = [0; CHECK];
    key.copy_from_slice(&out[..KEY]);
    check.copy_from_slice(&out[KEY..]);
    Ok((key, check))
}

fn cipher(key: &[u8; KEY]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

fn random<const N: usize>() -> Result<[u8; N], SecretsFailure>
where
    [u8; N]: Generate,
{
    <[u8; N]>::try_generate().map_err(|error| SecretsFailure::Unavailable(error.to_string()))
}

/// The old file or the new one, whole, whatever happens between.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("enc.new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    // On Unix the new name is only on the disk once the folder is.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "0193/password";

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    fn in_folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.enc");
        (folder, path)
    }

    #[test]
    fn what_was_kept_is_there_after_a_restart() {
        let (_folder, path) = in_folder();
        let mut file = SecretsFile::at(path.clone());
        file.unlock(&secret("correct horse")).expect("the first passphrase makes the file");
        file.set(NAME, &secret("hunter2")).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"hunter2"), "the secret must not be readable in the file");

        let mut file = SecretsFile::at(path);
        assert!(matches!(file.get(NAME), Err(SecretsFailure::Locked)), "a new start has to ask for the passphrase");
        assert!(matches!(file.set(NAME, &secret("x")), Err(SecretsFailure::Locked)), "a locked file takes nothing new");
        file.unlock(&secret("correct horse")).unwrap();
        assert_eq!(file.get(NAME).unwrap(), Some(secret("hunter2")));
        file.remove(NAME).unwrap();
        assert_eq!(file.get(NAME).unwrap(), None, "removed is removed");
    }

    #[test]
    fn a_wrong_passphrase_is_told_from_a_damaged_file() {
        let (_folder, path) = in_folder();
        let mut file = SecretsFile::at(path.clone());
        file.unlock(&secret("right")).unwrap();
        file.set(NAME, &secret("hunter2")).unwrap();

        let mut file = SecretsFile::at(path.clone());
        assert!(matches!(file.unlock(&secret("wrong")), Err(SecretsFailure::WrongPassphrase)), "the person can try again");
        assert!(!file.is_open());

        for spoil in [spoil_the_block as fn(&mut Vec<u8>), cut_it_short, no_line_at_all, change_the_line] {
            let mut bytes = std::fs::read(&path).unwrap();
            let whole = bytes.clone();
            spoil(&mut bytes);
            std::fs::write(&path, &bytes).unwrap();
            let mut file = SecretsFile::at(path.clone());
            assert!(matches!(file.unlock(&secret("right")), Err(SecretsFailure::Unavailable(_))), "trying again would not help here");
            assert!(!file.is_open(), "nothing may be written over a file that could not be read");
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "a damaged file is left as it is");
            std::fs::write(&path, whole).unwrap();
        }
    }

    #[allow(clippy::ptr_arg, reason = "one of several that take the same")]
    fn spoil_the_block(bytes: &mut Vec<u8>) {
        if let Some(last) = bytes.last_mut() {
            *last ^= 1;
        }
    }

    fn cut_it_short(bytes: &mut Vec<u8>) {
        bytes.truncate(bytes.len() - 20);
    }

    fn no_line_at_all(bytes: &mut Vec<u8>) {
        bytes.clear();
    }

    fn change_the_line(bytes: &mut Vec<u8>) {
        bytes.insert(1, b' ');
    }

    #[test]
    fn an_empty_passphrase_is_refused() {
        let (_folder, path) = in_folder();
        let mut file = SecretsFile::at(path);
        assert!(file.unlock(&secret(" ")).is_err(), "a file that anybody opens would only look safe");
        assert!(!file.exists());
    }

    #[test]
    fn a_leftover_of_a_broken_write_does_no_harm() {
        let (_folder, path) = in_folder();
        std::fs::write(path.with_extension("enc.new"), "half").unwrap();
        let mut file = SecretsFile::at(path);
        file.unlock(&secret("right")).unwrap();
        file.set(NAME, &secret("hunter2")).unwrap();
        assert_eq!(file.get(NAME).unwrap(), Some(secret("hunter2")));
    }
}
