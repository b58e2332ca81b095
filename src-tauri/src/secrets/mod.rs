//! Where channels' passwords and tokens are kept: the operating system's keyring,
//! or, on a desktop without one, a file under a passphrase. Never the database.
//!
//! Once there is a passwords file it is used, keyring or not: it holds what was
//! entered. Otherwise the keyring is used if it answers when it is first wanted.

mod file;
mod keyring;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_core::api::types::SecretsState;
use baton_core::host::{Secret, SecretName, Secrets, SecretsFailure};

use file::SecretsFile;
use keyring::Keyring;

pub struct DeskSecrets {
    keyring: Keyring,
    file: Mutex<SecretsFile>,
}

impl DeskSecrets {
    /// Starts looking for the keyring and returns at once.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        Self { keyring: Keyring::probe(), file: Mutex::new(SecretsFile::at(folder.join("secrets.enc"))) }
    }

    fn file(&self) -> MutexGuard<'_, SecretsFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file, if that is where the secrets are.
    fn used_file(&self) -> Option<MutexGuard<'_, SecretsFile>> {
        let file = self.file();
        (file.exists() || !self.keyring.answers()).then_some(file)
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
            // Only what was set is asked for, so it was set in a keyring.
            Some(_) => Err(SecretsFailure::Unavailable("they are in this desktop's keyring, which does not answer".into())),
        }
    }

    fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretsFailure> {
        match self.used_file() {
            None => self.keyring.set(&spelled(name), secret),
            Some(mut file) => file.set(&spelled(name), secret),
        }
    }

    fn remove(&self, name: &SecretName) -> Result<(), SecretsFailure> {
        match self.used_file() {
            None => self.keyring.remove(&spelled(name)),
            Some(mut file) if file.exists() => file.remove(&spelled(name)),
            Some(_) => Ok(()),
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
