//! Where channels' passwords and tokens are kept: the operating system's keyring,
//! or, on a desktop without one, a file under a passphrase. Never the database.
//!
//! Once there is a passwords file it is used, keyring or not: it holds what was
//! entered. Otherwise the keyring is used if it answers when it is first wanted.

mod file;
mod keyring;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_core::api::types::SecretsState;
use baton_core::host::{Secret, SecretName, Secrets, SecretsFailure};

use file::SecretsFile;
use keyring::Keyring;

pub struct DeskSecrets {
    keyring: Keyring,
    file: Mutex<SecretsFile>,
    /// There once something was put into the keyring. Without it, a keyring that
    /// does not answer today would look like a desk that never had a password.
    in_keyring: PathBuf,
}

impl DeskSecrets {
    /// Starts looking for the keyring and returns at once.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        Self {
            keyring: Keyring::probe(),
            file: Mutex::new(SecretsFile::at(folder.join("secrets.enc"))),
            in_keyring: folder.join("secrets.in-keyring"),
        }
    }

    fn file(&self) -> MutexGuard<'_, SecretsFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file, if that is where the secrets are.
    fn used_file(&self) -> Option<MutexGuard<'_, SecretsFile>> {
        let file = self.file();
        (file.exists() || !self.keyring.answers()).then_some(file)
    }

    /// What the file says where there is none yet.
    fn no_file<T>(&self, otherwise: Result<T, SecretsFailure>) -> Result<T, SecretsFailure> {
        if self.in_keyring.exists() {
            return Err(SecretsFailure::Unavailable("they are in this desktop's keyring, which does not answer".into()));
        }
        otherwise
    }
}

impl Secrets for DeskSecrets {
    fn state(&self) -> SecretsState {
        match self.used_file() {
            None => SecretsState::Keyring,
            Some(file) if file.is_open() => SecretsState::FileOpen,
            Some(file) if file.exists() => SecretsState::FileLocked,
            Some(_) => SecretsState::FileWanted,
        }
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretsFailure> {
        match self.used_file() {
            None => self.keyring.get(&spelled(name)),
            Some(file) if file.exists() => file.get(&spelled(name)),
            // A channel that needs no password works without a keyring.
            Some(_) => self.no_file(Ok(None)),
        }
    }

    fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretsFailure> {
        match self.used_file() {
            None => {
                self.keyring.set(&spelled(name), secret)?;
                std::fs::write(&self.in_keyring, "").map_err(|error| SecretsFailure::Unavailable(error.to_string()))
            }
            Some(mut file) => file.set(&spelled(name), secret),
        }
    }

    fn remove(&self, name: &SecretName) -> Result<(), SecretsFailure> {
        match self.used_file() {
            None => self.keyring.remove(&spelled(name)),
            Some(mut file) if file.exists() => file.remove(&spelled(name)),
            Some(_) => self.no_file(Ok(())),
        }
    }

    fn unlock(&self, passphrase: &Secret) -> Result<(), SecretsFailure> {
        match self.used_file() {
            // Asked too late: the keyring answers, and needs no passphrase of ours.
            None => Ok(()),
            Some(mut file) => file.unlock(passphrase),
        }
    }
}

fn spelled(name: &SecretName) -> String {
    format!("{}/{}", name.channel, name.field)
}
